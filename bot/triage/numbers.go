package triage

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Number is a line to call, text or visit.
type Number struct {
	Number    string
	Label     string // whose it is; "" when the place says it all
	Source    string // where it was seen; "" when it was not
	Dated     string // the source's own date
	Checked   string // day we gathered it, YYYY-MM-DD; "" for an override
	Confirmed bool   // seen at a source, or set by moderators
	Override  bool   // set by the server's moderators
}

// Numbers are the numbers that the moderators of a server set for their
// country. A kind that is empty keeps the numbers that ship.
type Numbers struct {
	Country   string // ISO code; a card of another country ignores all of it
	Emergency []Number
	SameDay   []Number
	Crisis    []Number
	Poison    []Number
}

// Limits of what moderators may set.
const (
	maxNumber    = 20 // characters of a number
	maxLabel     = 40 // characters of a label
	maxOverrides = 5  // numbers of a kind
)

// Validate returns every fault of n, or nil. A number holds digits, spaces, +
// and -; a label holds letters, digits and plain punctuation, so that neither
// can carry a link, a mention or markup.
func (n Numbers) Validate() error {
	var errs []error
	if _, ok := help().byCode[n.Country]; !ok {
		errs = append(errs, fmt.Errorf("country %q is not known; use a two-letter code such as GB", n.Country))
	}
	for _, k := range []struct {
		name string
		list []Number
	}{{"emergency", n.Emergency}, {"same day", n.SameDay}, {"crisis", n.Crisis}, {"poison", n.Poison}} {
		if len(k.list) > maxOverrides {
			errs = append(errs, fmt.Errorf("%s: %d numbers; keep at most %d", k.name, len(k.list), maxOverrides))
		}
		for _, x := range k.list {
			if !validNumber(x.Number) {
				errs = append(errs, fmt.Errorf("%s: %q is not a phone number; use 2 to %d digits, spaces, + and -", k.name, x.Number, maxNumber))
			}
			if !validLabel(x.Label) {
				errs = append(errs, fmt.Errorf("%s: label %q; use at most %d letters, digits, spaces and . , ' ( ) -", k.name, x.Label, maxLabel))
			}
		}
	}
	return errors.Join(errs...)
}

func validNumber(s string) bool {
	digits := 0
	for _, r := range s {
		switch {
		case '0' <= r && r <= '9':
			digits++
		case r != ' ' && r != '+' && r != '-':
			return false
		}
	}
	return digits >= 2 && len(s) <= maxNumber && strings.TrimSpace(s) == s
}

func validLabel(s string) bool {
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" .,'()-’", r) {
			return false
		}
	}
	// A dot between letters would make a link of it.
	for i, r := range s {
		if next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):]); r == '.' && next != utf8.RuneError && next != ' ' {
			return false
		}
	}
	return utf8.RuneCountInString(s) <= maxLabel && utf8.ValidString(s)
}
