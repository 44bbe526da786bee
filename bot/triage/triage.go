package triage

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"salve/bot/triage/model"
)

// An Urgency says how soon a person needs help. Higher is sooner; a Crisis is
// an emergency of the mind.
type Urgency int

const (
	None      Urgency = iota
	SameDay           // a doctor today
	Emergency         // the emergency number now
	Crisis            // thoughts of suicide or self-harm
)

var urgencyNames = [...]string{"none", "same_day", "emergency", "crisis"}

// String returns none, same_day, emergency or crisis.
func (u Urgency) String() string {
	if u < None || u > Crisis {
		return fmt.Sprintf("Urgency(%d)", int(u))
	}
	return urgencyNames[u]
}

// ParseUrgency reads what String writes, and "urgent" as same_day.
func ParseUrgency(s string) (Urgency, error) {
	for u, name := range urgencyNames {
		if s == name || s == "urgent" && Urgency(u) == SameDay {
			return Urgency(u), nil
		}
	}
	return None, fmt.Errorf("urgency %q is not known; use one of %s", s, strings.Join(urgencyNames[:], ", "))
}

// An Assessment is what the gate makes of a message.
type Assessment struct {
	Urgency Urgency

	// Sign is the stable name of what was recognised, such as "clot_leg" or
	// "suicide"; see Signs. It is "" when Urgency is None, and may be counted.
	Sign string

	// Words are the words of the message that showed it, as they were written,
	// in their order. At least one when Urgency is not None. They are the
	// reader's own: never log or store them.
	Words []string

	// Language is the likeliest language of the message: en, es, fr, de or pt.
	Language string

	// Chance is the model's chance that this is some danger, 0 to 1, for
	// reports on the gate itself.
	Chance float64
}

// Reason says why, as "sign: words", or "" when Urgency is None.
func (a Assessment) Reason() string {
	if a.Urgency == None {
		return ""
	}
	return a.Sign + ": " + strings.Join(a.Words, ", ")
}

//go:embed weights.bin
var weights []byte

// gate is the model that ships, read once at first use.
var gate = sync.OnceValue(func() *model.Model {
	m, err := model.Parse(weights)
	if err != nil {
		panic("triage: " + err.Error()) // the program was built with broken weights
	}
	return m
})

// Load reads the weights, which takes some tens of milliseconds, so that the
// first message need not wait for it. Calling it is optional.
func Load() { gate() }

// Assess tells how urgent a message is. The locale is the reader's Discord
// locale ("en-US", "pt-BR", or "") and only a hint: the language is recognised
// from the text too. Assess takes well under a millisecond for 4,000
// characters, never fails, and is safe for concurrent use.
func Assess(text, locale string) Assessment {
	return Decide(gate().Read(text, locale), text)
}

// Decide turns a reading of text into an assessment. Training uses it to
// measure weights that are not built in yet.
func Decide(r model.Reading, text string) Assessment {
	a := Assessment{Urgency: likeliest(r.Chance), Language: r.Language, Chance: float64(1 - r.Chance[model.None])}
	bar := bars[a.Urgency]
	if !shown(a.Urgency, r.Signs) {
		bar = max(bar, bareBar)
	}
	if a.Urgency == Crisis && plain(r.Signs) {
		bar = plainBar
	}
	if a.Chance < bar {
		a.Urgency = None
		return a
	}
	a.Sign, a.Words = explain(a.Urgency, r, text)
	return a
}

// bars are the chances of danger from which a card is shown, by urgency. With
// bareBar they are from cross-validation and from held messages; see the package
// comment. They are set for few missed dangers: an alarm costs a card above the
// answer.
var bars = [...]float64{SameDay: 0.8, Emergency: 0.25, Crisis: 0.4}

const (
	// bareBar is the bar when no word of the lexicon speaks for this kind of
	// danger and only the manner of the message does.
	bareBar = 0.7
	// plainBar is the bar of a crisis when the wish to die or the harm done to
	// oneself is said in plain words, and not denied.
	plainBar = 0.15
	// Between dangers the worse one wins ties: its share of the danger need
	// only reach this. A card too strong costs the reader less than one too weak.
	crisisShare    = 0.08
	emergencyShare = 0.03
)

// likeliest returns the danger to show if there is one.
func likeliest(p model.Chance) Urgency {
	danger := 1 - p[model.None]
	switch {
	case p[model.Crisis] >= crisisShare*danger:
		return Crisis
	case p[model.Emergency] >= emergencyShare*danger:
		return Emergency
	}
	return SameDay
}

// shown reports whether a concept of some sign of u is among those found.
func shown(u Urgency, found []model.Sign) bool {
	for _, s := range signs {
		for _, f := range found {
			if s.urgency == u && s.concepts[f.Concept] >= 3 {
				return true
			}
		}
	}
	return false
}

// plain reports whether plain words of suicide or self-harm are among those
// found, not denied, past, supposed or told.
func plain(found []model.Sign) bool {
	return slices.ContainsFunc(found, func(f model.Sign) bool {
		return !f.Denied && (f.Concept == "suiplain" || f.Concept == "hurtself")
	})
}
