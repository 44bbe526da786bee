package knowledge

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Check looks for what [Load] lets pass but an editor must not: an answer that
// has gone stale, a benefit without its warning, a passage that can't stand
// alone, an age or a dose that does not say where it holds. It returns every
// problem of the library in one pass, ordered by file and line; what Load
// reported is not repeated. today is the day to judge by, YYYY-MM-DD.
//
// Problems that are advice are marked [Problem.Warning]. Drafts are checked like
// published articles; retracted ones are not.
func (lib *Library) Check(today string) Problems {
	c := &checker{lib: lib, today: today}
	for _, a := range lib.Articles {
		if a.Status == Retracted {
			continue
		}
		for _, rule := range articleRules {
			rule(c, a)
		}
		for _, s := range a.Sections {
			for _, rule := range sectionRules {
				rule(c, s)
			}
			for _, p := range s.Passages {
				for _, rule := range passageRules {
					rule(c, p)
				}
			}
		}
	}
	for _, rule := range libraryRules {
		rule(c)
	}
	c.problems.sort()
	return c.problems
}

// The rules, by what they look at. Each is a function named after the fault it finds.
var (
	articleRules = []func(*checker, *Article){overdueReview, namelessReviewer, hardToRead}
	sectionRules = []func(*checker, *Section){staleClaim, fewQuestions, benefitWithoutWarning}
	passageRules = []func(*checker, *Passage){
		longPassage, leaningPassage, namelessPassage, impossiblePercentage, regionlessFact, swellingAsOrdinary,
	}
	libraryRules = []func(*checker){duplicatePassages, nearDuplicates, sharedQuestions, sharedTerms, badSources, unusedSources}
)

// Limits of the rules.
const (
	// minQuestions is how many ways of asking a section must list. With fewer, the
	// words of one editor decide whether the section is found.
	minQuestions = 3
	// maxPassage is the longest passage in characters. Discord shows 4,096 in an
	// embed: three passages, their sources and a note must fit.
	maxPassage = 1200
	// maxGrade is the highest US school grade an article should need, drug names
	// and numbers left out. Patient-information guides ask for grade 6 to 8.
	maxGrade = 10.0
	// nearDuplicate is the share of four-word runs that two passages have in
	// common from which on they are reported (Jaccard, 0 to 1).
	nearDuplicate = 0.75
)

// checker collects the problems of one pass.
type checker struct {
	lib      *Library
	today    string
	problems Problems
	warns    map[string][]string // sections with a boxed warning, by drug or class
	names    *phraseSet          // names that the reading grade leaves out
	subjects map[string]nameSet  // see namesOf
}

func (c *checker) fault(file string, line int, what, fix string) {
	c.problems = append(c.problems, &Problem{File: file, Line: line, What: what, Fix: fix})
}

func (c *checker) warn(file string, line int, what, fix string) {
	c.problems = append(c.problems, &Problem{File: file, Line: line, What: what, Fix: fix, Warning: true})
}

// overdueReview finds an article whose next review has passed.
func overdueReview(c *checker, a *Article) {
	if a.NextReview != "" && a.NextReview < c.today {
		c.fault(a.File, 1, fmt.Sprintf("the review was due on %s", a.NextReview),
			"check the article against its sources, then set reviewed and next_review")
	}
}

// namelessReviewer finds an article that claims a review without saying by whom.
func namelessReviewer(c *checker, a *Article) {
	if a.ReviewedBy == "" || a.ReviewedBy == NotReviewed {
		return
	}
	role, name, _ := strings.Cut(a.ReviewedBy, ",")
	if strings.TrimSpace(role) == "" || !isPersonName(name) {
		c.fault(a.File, 1, fmt.Sprintf("reviewed_by %q does not name the reviewer", a.ReviewedBy),
			fmt.Sprintf("write role and name, like \"dermatologist, Jane Doe\", or %q", NotReviewed))
	}
}

// isPersonName accepts two or more words, the first and last of which open with
// a capital letter, or are written in a script without capitals.
func isPersonName(s string) bool {
	words := strings.Fields(s)
	if len(words) < 2 {
		return false
	}
	for _, w := range []string{words[0], words[len(words)-1]} {
		first := []rune(w)[0]
		if !unicode.IsLetter(first) || unicode.IsLower(first) {
			return false
		}
	}
	return true
}

// hardToRead finds an English article whose text needs more than [maxGrade]
// years of school.
func hardToRead(c *checker, a *Article) {
	if !isEnglish(a) {
		return
	}
	if g := c.articleGrade(a); g > maxGrade {
		c.warn(a.File, 1, fmt.Sprintf("the text needs reading grade %.1f, over %.0f", g, maxGrade),
			"shorten sentences and use everyday words")
	}
}

func isEnglish(a *Article) bool {
	return a.Language == "en" || strings.HasPrefix(a.Language, "en-")
}

// staleClaim finds a section whose claims are said to hold for a day on which
// none of its sources had been published yet.
func staleClaim(c *checker, s *Section) {
	if s.AsOf == "" || len(s.Sources) == 0 {
		return
	}
	newest := ""
	for _, src := range s.Sources {
		if !olderThan(src.Date(), s.AsOf) {
			return
		}
		newest = max(newest, src.Date())
	}
	c.fault(s.Article.File, s.Line, fmt.Sprintf("section %q holds as of %s, but its newest source is of %s", s.ID, s.AsOf, newest),
		"cite a source of that date or later, or correct as_of")
}

// olderThan compares two dates at the precision they share: 2024 is not older
// than 2024-05-03.
func olderThan(date, than string) bool {
	n := min(len(date), len(than))
	return date[:n] < than[:n]
}

// fewQuestions finds a section that lists fewer than [minQuestions] ways of asking.
func fewQuestions(c *checker, s *Section) {
	if n := len(s.Questions); n < minQuestions {
		c.fault(s.Article.File, s.Line, fmt.Sprintf("section %q lists too few questions (%d, not %d)", s.ID, n, minQuestions),
			"add other ways people ask this: the brand, everyday words, a parent's words")
	}
}

// benefits are the intents whose answer may sell a medicine.
var benefits = []string{"efficacy", "onset", "use", "compare"}

// benefitWithoutWarning finds a section on the benefit of a medicine that has a
// boxed warning, when neither it nor a section it must come with holds that warning.
func benefitWithoutWarning(c *checker, s *Section) {
	if !overlap(s.Asks, benefits) || slices.Contains(s.Asks, "warning") {
		return
	}
	warned := map[string]bool{}
	for _, ref := range s.With {
		w := c.lib.Section(ref)
		if w == nil || !slices.Contains(w.Asks, "warning") {
			continue
		}
		for _, id := range w.Entities {
			warned[id] = true
		}
	}
	for _, id := range s.Entities {
		refs := c.boxedWarnings()[id]
		if len(refs) == 0 || c.coveredBy(id, warned) {
			continue
		}
		c.fault(s.Article.File, s.Line, fmt.Sprintf("section %q tells a benefit of %s without its boxed warning", s.ID, c.name(id)),
			fmt.Sprintf("add with: [%s]", refs[0]))
	}
}

// coveredBy reports whether the warning of id, of a class it belongs to, or, when
// id is a class, of one of its drugs is among warned.
func (c *checker) coveredBy(id string, warned map[string]bool) bool {
	for w := range warned {
		if c.isMedicine(w) && (c.lib.Lexicon.Is(id, w) || c.lib.Lexicon.Is(w, id)) {
			return true
		}
	}
	return false
}

func (c *checker) isMedicine(id string) bool {
	e := c.lib.Lexicon.Entity(id)
	return e != nil && (e.Type == "drug" || e.Type == "class")
}

// boxedWarnings returns, by drug or class, the sections that hold its boxed
// warning, the best first. The library itself says which medicines have one: a
// section that asks "warning" and has the id "boxed-warning" is that of the one
// drug it is about; one whose entities hold a class and boxed-warning is the class's.
func (c *checker) boxedWarnings() map[string][]string {
	if c.warns != nil {
		return c.warns
	}
	c.warns = map[string][]string{}
	for _, a := range c.lib.Articles {
		for _, s := range a.Sections {
			if a.Status == Retracted || !slices.Contains(s.Asks, "warning") {
				continue
			}
			if drugs := c.drugs(s.Entities); s.ID == "boxed-warning" && len(drugs) == 1 {
				c.warns[drugs[0]] = append(c.warns[drugs[0]], s.Ref())
			}
			if !slices.Contains(s.Entities, "boxed-warning") {
				continue
			}
			for _, id := range s.Entities {
				if e := c.lib.Lexicon.Entity(id); e != nil && e.Type == "class" {
					c.warns[id] = append(c.warns[id], s.Ref())
				}
			}
		}
	}
	for _, refs := range c.warns {
		slices.SortStableFunc(refs, func(a, b string) int {
			return strings.Count(b, "boxed-warning") - strings.Count(a, "boxed-warning")
		})
	}
	return c.warns
}

// drugs returns those of the entities that are single medicines.
func (c *checker) drugs(ids []string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		e := c.lib.Lexicon.Entity(id)
		return e == nil || e.Type != "drug"
	})
}

func (c *checker) name(id string) string {
	if e := c.lib.Lexicon.Entity(id); e != nil {
		return e.Name
	}
	return id
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}
