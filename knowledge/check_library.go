package knowledge

import (
	"fmt"
	"hash/maphash"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// duplicatePassages finds passages that say the same in the same words: the
// reader would get both.
func duplicatePassages(c *checker) {
	first := map[string]*Passage{}
	for p := range c.livePassages() {
		key := plainText(p)
		if other := first[key]; other != nil {
			c.fault(p.Section.Article.File, p.Line, fmt.Sprintf("the passage also stands in %s (line %d of %s)", other.Section.Ref(), other.Line, other.Section.Article.File),
				"keep one, and point to it with with:")
			continue
		}
		first[key] = p
	}
}

// livePassages yields the passages of all articles but the retracted ones.
func (c *checker) livePassages() func(yield func(*Passage) bool) {
	return func(yield func(*Passage) bool) {
		for _, a := range c.lib.Articles {
			if a.Status == Retracted {
				continue
			}
			for _, s := range a.Sections {
				for _, p := range s.Passages {
					if !yield(p) {
						return
					}
				}
			}
		}
	}
}

// nearDuplicates finds passages on the same medicines that share [nearDuplicate]
// of their four-word runs. Two drugs of a class may be told alike. Table rows are
// left out: they share their lead-in and header.
func nearDuplicates(c *checker) {
	seed := maphash.MakeSeed()
	var sets []map[uint64]bool
	var passages []*Passage
	holders := map[uint64][]int{} // run -> passages that hold it
	for p := range c.livePassages() {
		if p.Shape == Row {
			continue
		}
		set := runs(seed, wordsOf(p.Text))
		shared := map[int]int{}
		for r := range set {
			for _, i := range holders[r] {
				shared[i]++
			}
		}
		for _, i := range slices.Sorted(maps.Keys(shared)) {
			other := passages[i]
			union := len(set) + len(sets[i]) - shared[i]
			if float64(shared[i])/float64(union) < nearDuplicate || plainText(p) == plainText(other) ||
				!slices.Equal(c.medicines(p), c.medicines(other)) {
				continue
			}
			c.warn(p.Section.Article.File, p.Line, fmt.Sprintf("the passage is nearly that of %s (line %d of %s)", other.Section.Ref(), other.Line, other.Section.Article.File),
				"keep one, or say what differs")
			break
		}
		for r := range set {
			holders[r] = append(holders[r], len(passages))
		}
		sets, passages = append(sets, set), append(passages, p)
	}
}

// medicines returns the drugs and classes that a passage's section is about, sorted.
func (c *checker) medicines(p *Passage) []string {
	ids := slices.DeleteFunc(slices.Clone(p.Section.Entities), func(id string) bool { return !c.isMedicine(id) })
	slices.Sort(ids)
	return ids
}

// plainText is the text without case and punctuation, by which exact duplicates, which
// are reported as faults, are told apart.
func plainText(p *Passage) string { return strings.Join(wordsOf(p.Text), " ") }

// runs returns the hashes of all runs of four words; of fewer words, of all of them.
func runs(seed maphash.Seed, words []string) map[uint64]bool {
	const n = 4
	set := map[uint64]bool{}
	for i := 0; i == 0 || i+n <= len(words); i++ {
		set[maphash.String(seed, strings.Join(words[i:min(i+n, len(words))], " "))] = true
	}
	return set
}

// wordsOf returns the words of a text in lower case; a decimal point stays.
func wordsOf(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '.' && r != '%'
	})
}

// sharedQuestions finds a question that two sections claim to answer, so that it
// is left to chance which one does.
func sharedQuestions(c *checker) {
	owner := map[string]*Section{}
	for _, a := range c.lib.Articles {
		if a.Status == Retracted {
			continue
		}
		for _, s := range a.Sections {
			for _, q := range s.Questions {
				key := foldTerm(q)
				if other := owner[key]; other != nil && other != s {
					c.warn(a.File, s.Line, fmt.Sprintf("question %q is also one of %s", q, other.Ref()), "leave it with the section that answers it best")
					continue
				}
				owner[key] = s
			}
		}
	}
}

// sharedTerms finds words of the lexicon that belong to two entities, so that a
// question on one would be answered with the other.
func sharedTerms(c *checker) {
	if c.lib.Lexicon == nil {
		return
	}
	owner := map[string]*Entity{}
	for _, e := range c.lib.Lexicon.Entities {
		for _, t := range append([]string{e.Name}, e.Terms...) {
			key := foldTerm(t)
			other := owner[key]
			if other != nil && other != e {
				file := LexiconFile
				if e.Type == LayWord {
					file = WordsFile
				}
				c.fault(file, e.Line, fmt.Sprintf("%q belongs to %s and to %s", t, other.ID, e.ID),
					"leave it with the one people mean, or drop it")
				continue
			}
			owner[key] = e
		}
	}
}

// foldTerm maps spellings that a search does not tell apart to one: case,
// hyphens, apostrophes and a plural s.
func foldTerm(s string) string {
	words := strings.FieldsFunc(strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(s, "'", ""), "’", "")), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '.' && r != '%'
	})
	for i, w := range words {
		w = strings.Trim(w, ".") // the end of a sentence; a decimal point stays
		words[i] = w
		if len(w) > 4 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") && !strings.HasSuffix(w, "is") && !strings.HasSuffix(w, "us") {
			words[i] = w[:len(w)-1]
		}
	}
	return strings.Join(words, " ")
}

// badSources finds sources whose dates can't be or whose publisher is not said.
func badSources(c *checker) {
	for _, at := range c.sources() {
		s := at.source
		name := s.Key
		if name == "" {
			name = s.Name
		}
		if s.Accessed > c.today {
			c.fault(at.file, at.line, fmt.Sprintf("source %q was accessed on %s, after today", name, s.Accessed), "write the day it was read")
		}
		if s.Published != "" && s.Published != Undated && s.Accessed != "" && olderThan(s.Accessed, s.Published) {
			c.fault(at.file, at.line, fmt.Sprintf("source %q was accessed on %s, before it was published (%s)", name, s.Accessed, s.Published), "correct one of the dates")
		}
		if s.Publisher != "" && strings.EqualFold(s.Publisher, s.Name) {
			c.fault(at.file, at.line, fmt.Sprintf("source %q has its name as publisher", name), "name the body that publishes the page")
		}
	}
}

type citedSource struct {
	source *Source
	file   string
	line   int
}

// sources returns every source once: those of sources.yaml by key, then those
// written out in articles.
func (c *checker) sources() []citedSource {
	var out []citedSource
	keys := make([]string, 0, len(c.lib.Sources))
	for k := range c.lib.Sources {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		out = append(out, citedSource{c.lib.Sources[k], SourcesFile, 0})
	}
	seen := map[*Source]bool{}
	for _, a := range c.lib.Articles {
		add := func(list []*Source, line int) {
			for _, s := range list {
				if s.Key == "" && !seen[s] {
					seen[s] = true
					out = append(out, citedSource{s, a.File, line})
				}
			}
		}
		add(a.Sources, 1)
		for _, s := range a.Sections {
			add(s.Sources, s.Line)
		}
	}
	return out
}

// unusedSources finds entries of sources.yaml that no article cites.
func unusedSources(c *checker) {
	used := map[*Source]bool{}
	for _, a := range c.lib.Articles {
		for _, s := range a.Sources {
			used[s] = true
		}
		for _, sec := range a.Sections {
			for _, s := range sec.Sources {
				used[s] = true
			}
		}
	}
	for _, at := range c.sources() {
		if at.source.Key != "" && !used[at.source] {
			c.warn(SourcesFile, 0, fmt.Sprintf("source %q is cited by no article", at.source.Key), "cite it, or remove it")
		}
	}
}
