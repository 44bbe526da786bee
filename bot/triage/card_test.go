package triage

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Discord's limits for what a card becomes.
const (
	maxContent    = 2000  // characters of a message's content
	maxComponents = 4000  // characters of text over all components
	maxBytes      = 10170 // bytes of text that one message was seen to take
)

// everyCard calls f with each card there is.
func everyCard(t *testing.T, f func(t *testing.T, a Assessment, place, locale string, c Card)) {
	places := []string{""}
	for _, p := range Places("en-US") {
		places = append(places, p.Code)
	}
	for _, u := range []Urgency{SameDay, Emergency, Crisis} {
		for _, sign := range Signs(u) {
			for _, place := range places {
				for _, locale := range []string{"en-US", "es-ES", "fr", "de", "pt-BR", "ja", ""} {
					a := Assessment{Urgency: u, Sign: sign, Words: []string{"x"}}
					c, ok := Help(a, place, locale, Numbers{})
					if !ok {
						t.Fatalf("no card for %s %s", u, sign)
					}
					f(t, a, place, locale, c)
				}
			}
		}
	}
}

func TestEveryCardFitsDiscord(t *testing.T) {
	most, bytes := 0, 0
	everyCard(t, func(t *testing.T, a Assessment, place, locale string, c Card) {
		text := c.Text()
		if n := utf8.RuneCountInString(text); n > maxContent || n > maxComponents {
			t.Errorf("%s %s in %q: %d characters", a.Sign, place, locale, n)
		}
		if len(text) > maxBytes {
			t.Errorf("%s %s in %q: %d bytes", a.Sign, place, locale, len(text))
		}
		most, bytes = max(most, utf8.RuneCountInString(text)), max(bytes, len(text))
		if strings.Contains(text, "{") || strings.Contains(text, "\n\n\n") || strings.Contains(text, "@") {
			t.Errorf("%s %s in %q: not clean:\n%s", a.Sign, place, locale, text)
		}
		if len(c.Numbers) == 0 || a.Urgency == Crisis && len(c.Talk) == 0 {
			t.Errorf("%s %s in %q: no number to call", a.Sign, place, locale)
		}
		if !slices.Contains(c.Lines, help().Lines["wait"][cardLanguage(locale)]) {
			t.Errorf("%s %s in %q does not say to not wait here", a.Sign, place, locale)
		}
		if c.Choose != (place == "") {
			t.Errorf("%s %s: Choose is %v", a.Sign, place, c.Choose)
		}
	})
	t.Logf("longest card: %d characters, %d bytes", most, bytes)
}

// A country's card shows that country's numbers, and beside an unconfirmed one
// the general one; never those of another country.
func TestACardShowsNoOtherCountry(t *testing.T) {
	h := help()
	everyCard(t, func(t *testing.T, a Assessment, place, locale string, c Card) {
		if place == "" {
			return
		}
		own := h.byCode[place]
		var allowed []string
		for _, e := range slices.Concat(own.Emergency, own.SameDay, own.Crisis, own.Poison) {
			allowed = append(allowed, e.Number)
		}
		text := c.Text()
		for _, n := range slices.Concat(c.Numbers, c.Talk) {
			general := n.Number == h.general.Emergency[0].Number && !own.Emergency[0].confirmed() ||
				n.Number == h.general.Crisis[0].Number && !slices.ContainsFunc(own.Crisis, entry.confirmed)
			if !slices.Contains(allowed, n.Number) && !general {
				t.Errorf("card %s of %s shows %s", a.Sign, place, n.Number)
			}
			if !n.Confirmed && !strings.Contains(text, "("+h.Lines["check"][cardLanguage(locale)]+")") {
				t.Errorf("card %s of %s does not mark %s", a.Sign, place, n.Number)
			}
			if n.Confirmed && (n.Source == "" || n.Dated == "" || n.Checked == "") {
				t.Errorf("%s of %s has no source, date or day of checking", n.Number, place)
			}
		}
		for _, other := range h.Countries { // nor in the running text
			for _, e := range slices.Concat(other.Emergency, other.SameDay, other.Crisis, other.Poison) {
				if len(e.Number) >= 5 && !slices.Contains(allowed, e.Number) && strings.Contains(text, e.Number) {
					t.Errorf("card %s of %s carries %s of %s", a.Sign, place, e.Number, other.Code)
				}
			}
		}
	})
}

func TestEverySignHasItsWords(t *testing.T) {
	without := []string{"suicide", "self_harm", "burn", "emergency", "same_day"}
	for _, s := range signs {
		if _, ok := help().Why[s.name]; ok == slices.Contains(without, s.name) {
			t.Errorf("sign %s: has a line of why: %v", s.name, ok)
		}
	}
	for name := range help().Why {
		if !slices.ContainsFunc(signs, func(x sign) bool { return x.name == name }) {
			t.Errorf("help.yaml explains %q, which is no sign", name)
		}
	}
}

func TestSignsUseConceptsThatExist(t *testing.T) {
	known := gate().Concepts()
	for _, s := range signs {
		for c := range s.concepts {
			if !slices.Contains(known, c) {
				t.Errorf("sign %s: no concept %q", s.name, c)
			}
		}
	}
}

var countryTests = []struct {
	name, setting, locale, want string
}{
	{"the server's setting wins", "GB", "pt-BR", "GB"},
	{"in small letters too", "gb", "", "GB"},
	{"a member state without own numbers", "AT", "de", "EU"},
	{"a setting that is no country falls back", "Atlantis", "en-GB", "GB"},
	{"the region of British English", "", "en-GB", "GB"},
	{"the region of Brazilian Portuguese", "", "pt-BR", "BR"},
	{"the region of Spanish of Spain", "", "es-ES", "ES"},
	{"en-US is what nobody chose", "", "en-US", ""},
	{"unless the server says so", "US", "en-US", "US"},
	{"Latin America is no country", "", "es-419", ""},
	{"French is spoken in many countries", "", "fr", ""},
	{"Japanese is not", "", "ja", "JP"},
	{"nothing", "", "", ""},
}

func TestCountry(t *testing.T) {
	for _, tt := range countryTests {
		if got := Country(tt.setting, tt.locale); got != tt.want {
			t.Errorf("%s: Country(%q, %q) = %q, want %q", tt.name, tt.setting, tt.locale, got, tt.want)
		}
	}
}

func TestOverrides(t *testing.T) {
	a := Assessment{Urgency: Crisis, Sign: "suicide"}
	own := Numbers{Country: "IE", Crisis: []Number{{Number: "1800 247 247", Label: "Pieta"}}}
	if err := own.Validate(); err != nil {
		t.Fatal(err)
	}
	c, _ := Help(a, "IE", "en-GB", own)
	if len(c.Talk) != 1 || c.Talk[0].Number != "1800 247 247" || !strings.Contains(c.Text(), "set by this server’s moderators") {
		t.Errorf("the override is not shown:\n%s", c.Text())
	}
	if c.Numbers[0].Number != "112" {
		t.Errorf("the emergency number changed to %s", c.Numbers[0].Number)
	}
	if c, _ = Help(a, "GB", "en-GB", own); strings.Contains(c.Text(), "1800 247 247") {
		t.Error("Ireland's override is on Britain's card")
	}
	for _, bad := range []Numbers{
		{Country: "XX"},
		{Country: "IE", Crisis: []Number{{Number: "https://evil"}}},
		{Country: "IE", Crisis: []Number{{Number: "1"}}},
		{Country: "IE", Crisis: []Number{{Number: "112**"}}},
		{Country: "IE", Crisis: []Number{{Number: "112", Label: "[here](http"}}},
		{Country: "IE", Crisis: []Number{{Number: "112", Label: "evil.com"}}},
		{Country: "IE", Crisis: []Number{{Number: "112", Label: "@everyone"}}},
		{Country: "IE", Crisis: []Number{{Number: "112", Label: strings.Repeat("a", 41)}}},
		{Country: "IE", Crisis: []Number{{Number: "112", Label: "\u202ex"}}},
		{Country: "IE", Crisis: []Number{{Number: "112", Label: "\xff"}}},
		{Country: "IE", Crisis: slices.Repeat([]Number{{Number: "112"}}, 6)},
	} {
		if bad.Validate() == nil {
			t.Errorf("Validate(%+v) found nothing", bad)
		}
		if c, ok := Help(a, "IE", "en-GB", bad); !ok || len(c.Talk) != 2 {
			t.Errorf("invalid overrides changed the card:\n%s", c.Text())
		}
	}
}

// The cards as people see them.
func TestCardsGolden(t *testing.T) {
	var b strings.Builder
	for _, x := range []struct{ sign, place, locale string }{
		{"anaphylaxis", "GB", "en-GB"}, {"anaphylaxis", "", "en-US"}, {"suicide", "US", "en-US"}, {"suicide", "", "de"},
		{"overdose", "US", "en-US"}, {"stroke", "BR", "pt-BR"}, {"herpeticum", "FR", "fr"}, {"pregnancy", "EU", "es-ES"}, {"suicide", "NG", "en-GB"},
	} {
		i := slices.IndexFunc(signs, func(s sign) bool { return s.name == x.sign })
		c, _ := Help(Assessment{Urgency: signs[i].urgency, Sign: x.sign}, x.place, x.locale, Numbers{})
		b.WriteString("-- " + x.sign + " " + x.place + " " + x.locale + " --\n" + c.Text() + "\n")
	}
	golden(t, "testdata/cards.txt", b.String())
}

// golden compares got with a committed file; go test ./bot/triage -update
// accepts a change.
func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs; go test ./bot/triage -update accepts the change. Got:\n%s", name, got)
	}
}

// On a JAK inhibitor, herpes on eczema belongs in emergency care, not with a
// doctor some time today; the card says so in every language.
func TestHerpeticumOnJAKGoesToEmergencyCare(t *testing.T) {
	for _, lang := range []string{"en-US", "es-ES", "fr", "de", "pt-BR"} {
		card, ok := Help(Assessment{Urgency: SameDay, Sign: "herpeticum", Words: []string{"x"}}, "", lang, Numbers{})
		if !ok || !strings.Contains(card.Text(), "JAK") {
			t.Errorf("%s: the card says nothing of JAK inhibitors:\n%s", lang, card.Text())
		}
	}
}
