package triage

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
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

// A Place is a country a reader can choose.
type Place struct {
	Code string // ISO 3166-1 alpha-2, or EU for a member state without its own numbers
	Name string // in the reader's language
}

// Places lists the countries with their names in the language of the locale,
// in the order they are offered.
func Places(locale string) []Place {
	lang := cardLanguage(locale)
	var list []Place
	for _, c := range help().Countries {
		list = append(list, Place{c.Code, c.Name[lang]})
	}
	return list
}

// Country returns the code of the country whose numbers to show, or "" when it
// is not known and the general numbers are safer. The server's setting wins;
// else the region of the reader's locale ("en-GB"), or a language spoken in
// one country ("ja"). "en-US" proves nothing: it is what Discord says of who
// never chose. Neither do "fr", "de" and the like.
func Country(setting, locale string) string {
	h := help()
	if c, ok := h.byCode[strings.ToUpper(strings.TrimSpace(setting))]; ok {
		return c.Code
	}
	switch locale {
	case "ja":
		return "JP"
	case "ko":
		return "KR"
	case "pl":
		return "PL"
	case "da":
		return "DK"
	case "no":
		return "NO"
	case "en-US":
		return ""
	}
	if _, region, ok := strings.Cut(locale, "-"); ok {
		if c, ok := h.byCode[strings.ToUpper(region)]; ok {
			return c.Code
		}
	}
	return ""
}

// likely is the country to name first among the general numbers.
func likely(locale string) string {
	switch locale {
	case "en-US":
		return "US"
	case "de", "fr", "it", "nl":
		return strings.ToUpper(locale)
	}
	return ""
}

// A Card is the help that is shown, before anything else.
type Card struct {
	Urgency Urgency
	Sign    string
	Country string   // code, or "" for the general card
	Title   string   // what to do, in a few words
	Lines   []string // what to do and why
	Lead    string   // heading of Numbers on the general card, else ""
	Numbers []Number // to call
	Listen  string   // heading of Talk, "" when there are none
	Talk    []Number // lines that listen, in a crisis
	Choose  bool     // ask for the country, see Places
	marks   marks
}

// marks are the words beside a number, in the card's language.
type marks struct{ check, moderators string }

// Help builds the card for an assessment. The place is a code that Country
// returned, the locale gives the language (English when there is no text in
// it), overrides are those of the reader's server. Invalid overrides are
// ignored: a card is never held back. It returns false when the urgency is None.
func Help(a Assessment, place, locale string, overrides Numbers) (Card, bool) {
	if a.Urgency <= None || a.Urgency > Crisis {
		return Card{}, false
	}
	h, lang := help(), cardLanguage(locale)
	c, known := h.byCode[place]
	if !known {
		c = &h.general
	}
	if known && c.Code == overrides.Country && overrides.Validate() == nil {
		c = c.with(overrides)
	}
	t := h.Texts[a.Urgency.String()][lang]
	card := Card{Urgency: a.Urgency, Sign: a.Sign, Title: t.Title,
		marks: marks{h.Lines["check"][lang], h.Lines["moderators"][lang]}}
	call := t.Anywhere
	if known {
		card.Country = c.Code
		call = strings.ReplaceAll(t.Call, "{number}", "**"+c.Emergency[0].Number+"**"+card.marks.of(c.Emergency[0].number(h.Checked, lang)))
	} else {
		card.Lead, card.Choose = h.Lines["choose"][lang], true
	}
	why := h.Why[a.Sign][lang]
	wait := h.Lines["wait"][lang]
	switch a.Urgency {
	case Emergency:
		card.Lines = []string{call, why, h.Lines["now"][lang], wait}
	case Crisis:
		card.Lines = []string{h.Lines["stay"][lang], call, wait}
	case SameDay:
		card.Lines = []string{h.Lines["today"][lang], why, call, wait}
	}
	card.Lines = slices.DeleteFunc(card.Lines, func(s string) bool { return s == "" })
	add := func(to *[]Number, list []entry) {
		for _, e := range list {
			n := e.number(h.Checked, lang)
			if !slices.ContainsFunc(*to, func(o Number) bool { return o.Number == n.Number }) {
				*to = append(*to, n)
			}
		}
	}
	talk := a.Urgency == Crisis || a.Sign == "overdose"
	guess := &country{}
	if g := h.byCode[likely(locale)]; !known && g != nil {
		guess = g.named(lang, c)
	}
	add(&card.Numbers, guess.Emergency)
	add(&card.Numbers, c.Emergency)
	if known && !c.Emergency[0].confirmed() {
		add(&card.Numbers, h.general.Emergency[:1]) // beside a number nobody has confirmed
	}
	if a.Urgency == SameDay {
		add(&card.Numbers, c.SameDay)
	}
	if a.Sign == "overdose" || a.Sign == "child_poison" || a.Sign == "double_dose" {
		add(&card.Numbers, c.Poison)
	}
	if talk {
		card.Listen = h.Lines["crisis_line"][lang]
		add(&card.Talk, guess.Crisis)
		add(&card.Talk, c.Crisis)
		if !slices.ContainsFunc(c.Crisis, entry.confirmed) {
			add(&card.Talk, h.general.Crisis[:1])
		}
	}
	return card, true
}

// Text is the whole card as plain text: readable on its own, also where
// Discord's bold marks are not drawn.
func (c Card) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "**%s**\n", c.Title)
	for _, l := range c.Lines {
		b.WriteString(l + "\n")
	}
	b.WriteString("\n")
	list := func(head string, numbers []Number) {
		if head != "" {
			b.WriteString(head + "\n")
		}
		for _, n := range numbers {
			b.WriteString("- **" + n.Number + "**")
			if n.Label != "" {
				b.WriteString(" " + n.Label)
			}
			b.WriteString(c.marks.of(n) + "\n")
		}
	}
	list(c.Lead, c.Numbers)
	if len(c.Talk) > 0 {
		list(c.Listen, c.Talk)
	}
	return strings.TrimRight(b.String(), "\n")
}

// of returns what stands in brackets after a number.
func (m marks) of(n Number) string {
	switch {
	case n.Override:
		return " (" + m.moderators + ")"
	case !n.Confirmed:
		return " (" + m.check + ")"
	}
	return ""
}

//go:embed help.yaml
var helpFile []byte

// Shape of help.yaml.
type (
	helpData struct {
		Checked string                         `yaml:"checked"`
		Texts   map[string]map[string]helpText `yaml:"texts"`
		Lines   map[string]map[string]string   `yaml:"lines"`
		Why     map[string]map[string]string   `yaml:"why"`
		General struct {
			Emergency []entry `yaml:"emergency"`
			Crisis    []entry `yaml:"crisis"`
		} `yaml:"general"`
		Countries []*country `yaml:"countries"`

		general country
		byCode  map[string]*country
	}
	helpText struct {
		Title    string `yaml:"title"`
		Call     string `yaml:"call"`
		Anywhere string `yaml:"anywhere"`
	}
	country struct {
		Code      string            `yaml:"code"`
		Codes     []string          `yaml:"codes"` // more codes that mean it
		Name      map[string]string `yaml:"name"`
		Emergency []entry           `yaml:"emergency"`
		SameDay   []entry           `yaml:"same_day"`
		Crisis    []entry           `yaml:"crisis"`
		Poison    []entry           `yaml:"poison"`
	}
	entry struct {
		Number string `yaml:"number"`
		Label  label  `yaml:"label"`
		Seen   string `yaml:"seen"`
		Dated  string `yaml:"dated"`

		override bool
	}
	// A label is one text, or one for each language.
	label struct {
		any string
		by  map[string]string
	}
)

func (l *label) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		return n.Decode(&l.any)
	}
	return n.Decode(&l.by)
}

func (e entry) confirmed() bool { return e.Seen != "" || e.override }

func (e entry) number(checked, lang string) Number {
	n := Number{Number: e.Number, Label: e.Label.any, Source: e.Seen, Dated: e.Dated, Checked: checked, Confirmed: e.confirmed(), Override: e.override}
	if s := e.Label.by[lang]; s != "" {
		n.Label = s
	}
	if e.override {
		n.Checked = ""
	}
	return n
}

// named returns the first lines of c with its name, or with the general label
// where the general card g lists the same number for more than one country.
func (c *country) named(lang string, g *country) *country {
	of := func(own, general []entry) []entry {
		e := own[0]
		if i := slices.IndexFunc(general, func(x entry) bool { return x.Number == e.Number }); i >= 0 {
			return general[i : i+1]
		}
		e.Label = label{any: strings.TrimSuffix(c.Name[lang]+", "+e.number("", lang).Label, ", ")}
		return []entry{e}
	}
	return &country{Emergency: of(c.Emergency, g.Emergency), Crisis: of(c.Crisis, g.Crisis)}
}

// with returns c with the kinds that moderators set.
func (c *country) with(o Numbers) *country {
	set := func(old []entry, list []Number) []entry {
		if len(list) == 0 {
			return old
		}
		var es []entry
		for _, n := range list {
			es = append(es, entry{Number: n.Number, Label: label{any: n.Label}, override: true})
		}
		return es
	}
	d := *c
	d.Emergency, d.SameDay = set(c.Emergency, o.Emergency), set(c.SameDay, o.SameDay)
	d.Crisis, d.Poison = set(c.Crisis, o.Crisis), set(c.Poison, o.Poison)
	return &d
}

var cardLanguages = []string{"en", "es", "fr", "de", "pt"}

// cardLanguage returns the language of a locale that cards are written in.
func cardLanguage(locale string) string {
	l, _, _ := strings.Cut(strings.ToLower(locale), "-")
	if slices.Contains(cardLanguages, l) {
		return l
	}
	return "en"
}

var help = sync.OnceValue(func() *helpData {
	h, err := parseHelp(helpFile)
	if err != nil {
		panic("triage: help.yaml: " + err.Error()) // the program was built with a broken file
	}
	return h
})

// parseHelp reads help.yaml and refuses a file with a hole in it.
func parseHelp(data []byte) (*helpData, error) {
	h := &helpData{byCode: map[string]*country{}}
	if err := yaml.Unmarshal(data, h); err != nil {
		return nil, err
	}
	for _, u := range []Urgency{SameDay, Emergency, Crisis} {
		for _, l := range cardLanguages {
			if t := h.Texts[u.String()][l]; t.Title == "" || !strings.Contains(t.Call, "{number}") || t.Anywhere == "" {
				return nil, fmt.Errorf("texts %s %s: title, call with {number} and anywhere are needed", u, l)
			}
		}
	}
	for _, k := range []string{"now", "stay", "today", "wait", "crisis_line", "check", "moderators", "choose"} {
		for _, l := range cardLanguages {
			if h.Lines[k][l] == "" {
				return nil, fmt.Errorf("lines %s %s is missing", k, l)
			}
		}
	}
	for sign, by := range h.Why {
		for _, l := range cardLanguages {
			if by[l] == "" {
				return nil, fmt.Errorf("why %s %s is missing", sign, l)
			}
		}
	}
	for _, c := range h.Countries {
		if len(c.Emergency) == 0 {
			return nil, fmt.Errorf("country %s has no emergency number", c.Code)
		}
		for _, code := range append([]string{c.Code}, c.Codes...) {
			if h.byCode[code] != nil {
				return nil, fmt.Errorf("country %s stands there twice", code)
			}
			h.byCode[code] = c
		}
	}
	h.general = country{Emergency: h.General.Emergency, Crisis: h.General.Crisis}
	if len(h.general.Emergency) == 0 || len(h.general.Crisis) == 0 {
		return nil, errors.New("general numbers are missing")
	}
	return h, nil
}
