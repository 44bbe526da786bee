package triage

import (
	"fmt"
	"slices"
	"strings"
)

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
