package knowledge

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longPassage finds a passage of more than [maxPassage] characters.
func longPassage(c *checker, p *Passage) {
	if n := utf8.RuneCountInString(p.Text); n > maxPassage {
		c.fault(p.Section.Article.File, p.Line, fmt.Sprintf("a passage has %d characters, more than %d", n, maxPassage),
			"split it; a passage is quoted whole")
	}
}

// leaning are the first words of a sentence that leans on the one before it.
var leaning = map[string]bool{
	"it": true, "its": true, "this": true, "that": true, "these": true, "those": true, "they": true,
	"their": true, "them": true, "he": true, "she": true, "his": true, "her": true, "such": true,
	"however": true, "also": true, "but": true, "and": true, "or": true, "so": true, "then": true,
	"therefore": true, "thus": true, "moreover": true, "furthermore": true, "additionally": true,
	"nevertheless": true, "nonetheless": true, "yet": true, "otherwise": true, "instead": true,
	"meanwhile": true, "besides": true, "hence": true, "likewise": true, "similarly": true,
}

// leaningPassage finds an English passage that opens with a pronoun or a
// connective: quoted alone, nobody knows what it speaks of.
func leaningPassage(c *checker, p *Passage) {
	if !isEnglish(p.Section.Article) {
		return
	}
	word := strings.TrimFunc(firstWord(p.Text), func(r rune) bool { return !unicode.IsLetter(r) })
	if leaning[strings.ToLower(word)] {
		c.fault(p.Section.Article.File, p.Line, fmt.Sprintf("a passage opens with %q, but it is quoted alone", word),
			"name its subject first")
	}
}

func firstWord(s string) string {
	if f := strings.Fields(s); len(f) > 0 {
		return f[0]
	}
	return ""
}

// namelessPassage finds an English passage that holds no name of anything its
// section is about: quoted alone, it could be about another medicine.
func namelessPassage(c *checker, p *Passage) {
	if len(p.Section.Entities) == 0 || !isEnglish(p.Section.Article) {
		return
	}
	if !c.namesOf(p.Section.Entities).in(foldTerm(p.Text)) {
		c.fault(p.Section.Article.File, p.Line, fmt.Sprintf("a passage names nothing that its section is about (%s)", strings.Join(p.Section.Entities, ", ")),
			"name its subject, or correct the entities of the section")
	}
}

// A nameSet is a set of folded terms, each between two spaces.
type nameSet []string

func (ns nameSet) in(folded string) bool {
	folded = " " + folded + " "
	return slices.ContainsFunc(ns, func(n string) bool { return strings.Contains(folded, n) })
}

// namesOf returns the terms of the entities, of their kinds and of their classes.
func (c *checker) namesOf(ids []string) nameSet {
	key := strings.Join(ids, " ")
	if ns, ok := c.subjects[key]; ok {
		return ns
	}
	var ns nameSet
	for _, e := range c.lib.Lexicon.Entities {
		if slices.ContainsFunc(ids, func(id string) bool { return c.lib.Lexicon.Is(e.ID, id) || c.lib.Lexicon.Is(id, e.ID) }) {
			for _, t := range append([]string{e.Name}, e.Terms...) {
				ns = append(ns, " "+foldTerm(t)+" ")
			}
		}
	}
	if c.subjects == nil {
		c.subjects = map[string]nameSet{}
	}
	c.subjects[key] = ns
	return ns
}

var percentage = regexp.MustCompile(`(\d[\d,]*(?:\.\d+)?)\s?(?:%|per ?cent\b)( of (?:the )?(?:US |federal )*poverty)?`)

// impossiblePercentage finds a share of more than 100%, mostly a slip of the
// decimal point. US help plans do reckon in multiples of the poverty level.
func impossiblePercentage(c *checker, p *Passage) {
	for _, m := range percentage.FindAllStringSubmatch(p.Text, -1) {
		if m[2] != "" {
			continue
		}
		if v, err := strconv.ParseFloat(strings.ReplaceAll(m[1], ",", ""), 64); err == nil && v > 100 {
			c.fault(p.Section.Article.File, p.Line, fmt.Sprintf("%q is more than all", m[0]),
				"correct the figure, or write a rise as \"twice as many\"")
		}
	}
}

var (
	// localFacts are the intents whose answers differ by country.
	localFacts = []string{"dose", "age", "approval", "access", "cost"}
	// everywhere are the intents whose figures hold everywhere: the results of a
	// trial, and the strengths that a medicine is made in.
	everywhere = []string{"efficacy", "evidence", "form"}
)

var (
	// labelFact matches an amount of a medicine, an age limit and a price.
	labelFact = regexp.MustCompile(`(?i)[$£€]\d|\b\d[\d,.]* (dollars|pounds|euros)\b|\b\d+(\.\d+)?\s?(mg|mcg)\b|\b(aged?|ages)\s+(of\s+)?\d+|\b\d+\s+(years|months)\s+(old|and over|and older|or older|or over)\b`)
	// place matches the name of a country or of a body that speaks for one.
	place = regexp.MustCompile(`\b(US|U\.S\.|USA|America[n]?|FDA|United States|Medicare|Medicaid|EU|Europe(an)?|EMA|CHMP|UK|Brit(ain|ish)|NHS|NICE|MHRA|England|Scotland|Wales|Northern Ireland|Japan(ese)?|Canad(a|ian)|Australian?|TGA|New Zealand|Thai(land)?|[Ww]orldwide|[Tt]rials?)\b`)
)

// regionlessFact finds a dose or an age limit that says neither in its words nor
// in its section's region where it holds.
func regionlessFact(c *checker, p *Passage) {
	s := p.Section
	if len(s.Regions) > 0 || !overlap(s.Asks, localFacts) || overlap(s.Asks, everywhere) {
		return
	}
	m := labelFact.FindString(p.Text)
	if m == "" || place.MatchString(p.Text) {
		return
	}
	c.fault(s.Article.File, p.Line, fmt.Sprintf("%q does not say where it holds", m),
		"add region: [...] to the section block, and name the place in the sentence")
}

var (
	// swelling matches what a serious allergic reaction looks like; in the trials
	// the everyday effect was a cold (nasopharyngitis) or a sore throat.
	swelling = regexp.MustCompile(`(?i)\b(swelling|swollen|swell)\b[^.;\n]{0,40}\b(throat|tongue|lips?|nose|nasal)\b|\b(throat|tongue|lips?|nose|nasal)\b[^.;\n]{0,20}\b(swelling|swells?|swollen|closing)\b|\bangioedema\b`)
	// alarm matches words that mark a sign as dangerous.
	alarm = regexp.MustCompile(`(?i)\b(emergency|allergic reactions?|anaphyla\w+|999|911|112|ambulance|at once|right away)\b`)
)

// swellingAsOrdinary finds throat, tongue, lip or nasal swelling in a list of
// ordinary side effects. An article of 2021 listed it so; it is a sign of a
// serious allergic reaction and must never read as harmless.
func swellingAsOrdinary(c *checker, p *Passage) {
	if !slices.Contains(p.Section.Asks, "side-effects") {
		return
	}
	if m := swelling.FindString(p.Text); m != "" && !alarm.MatchString(p.Text) {
		c.fault(p.Section.Article.File, p.Line, fmt.Sprintf("%q stands among side effects as if it were harmless", m),
			"write the effect that was meant (a cold, a sore throat), or say that it is an emergency")
	}
}
