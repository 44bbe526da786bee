package knowledge

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// A measure counts what the reading grade needs.
type measure struct{ words, sentences, syllables int }

// grade is the US school grade of Flesch and Kincaid (1975): 0.39 words a
// sentence + 11.8 syllables a word - 15.59. It is 0 for a text without words.
func (m measure) grade() float64 {
	if m.words == 0 || m.sentences == 0 {
		return 0
	}
	w := float64(m.words)
	return max(0, 0.39*w/float64(m.sentences)+11.8*float64(m.syllables)/w-15.59)
}

func (m *measure) add(other measure) {
	m.words += other.words
	m.sentences += other.sentences
	m.syllables += other.syllables
}

// nameTypes are the entities whose terms are left out of the reading grade, beside
// the names of trials: a medicine has no easier name. Diseases and tests do count,
// for most have an everyday word.
var nameTypes = []string{"drug", "class"}

// articleGrade returns the reading grade of an article, its names and numbers
// left out. Table rows do not count: they are not sentences.
func (c *checker) articleGrade(a *Article) float64 {
	var m measure
	for _, s := range a.Sections {
		for _, p := range s.Passages {
			m.add(c.measure(p))
		}
	}
	return m.grade()
}

func (c *checker) measure(p *Passage) measure {
	if p.Shape == Row {
		return measure{}
	}
	if c.names == nil {
		c.names = namesOf(c.lib.Lexicon)
	}
	return measureText(p.Text, c.names)
}

var sentenceEnd = regexp.MustCompile(`[.!?][")’”]?\s+|\n|[.!?][")’”]?$`)

// measureText counts the words, sentences and syllables of text, leaving out
// names and everything that holds a digit. A line, such as a list item, is a
// sentence at least.
func measureText(text string, names *phraseSet) measure {
	var m measure
	for _, sentence := range sentenceEnd.Split(text, -1) {
		words := names.without(plainWords(sentence))
		if len(words) == 0 {
			continue
		}
		m.sentences++
		m.words += len(words)
		for _, w := range words {
			m.syllables += syllables(w)
		}
	}
	return m
}

// plainWords returns the words of a sentence in lower case. Words with a digit
// in them become "", which no name holds.
func plainWords(s string) []string {
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' && r != '’'
	})
	for i, w := range words {
		if strings.ContainsFunc(w, unicode.IsDigit) {
			words[i] = ""
		}
	}
	return words
}

// A phraseSet is a set of word sequences.
type phraseSet struct {
	phrases map[string]bool
	longest int
}

func namesOf(lex *Lexicon) *phraseSet {
	set := &phraseSet{phrases: map[string]bool{}}
	if lex == nil {
		return set
	}
	for _, e := range lex.Entities {
		if !slices.Contains(nameTypes, e.Type) && !lex.Is(e.ID, "clinical-trial") {
			continue
		}
		for _, t := range append([]string{e.Name}, e.Terms...) {
			if words := plainWords(t); len(words) > 0 && !slices.Contains(words, "") {
				set.phrases[strings.Join(words, " ")] = true
				set.longest = max(set.longest, len(words))
			}
		}
	}
	return set
}

// without returns words less the longest names found in them, and less numbers.
func (set *phraseSet) without(words []string) []string {
	var out []string
	for i := 0; i < len(words); {
		n := min(set.longest, len(words)-i)
		for n > 0 && !set.phrases[strings.Join(words[i:i+n], " ")] {
			n--
		}
		if n == 0 {
			if words[i] != "" {
				out = append(out, words[i])
			}
			n = 1
		}
		i += n
	}
	return out
}

// syllables estimates the syllables of an English word by its groups of vowels.
// It is within one of the dictionary for most words, which is enough for a mean.
func syllables(word string) int {
	n, inVowel := 0, false
	for _, r := range word {
		vowel := strings.ContainsRune("aeiouyáéíóúäëïöüœæ", r)
		if vowel && !inVowel {
			n++
		}
		inVowel = vowel
	}
	consonant := func(i int) bool { return i >= 0 && !strings.ContainsRune("aeiouy", rune(word[i])) }
	last := len(word) - 1
	switch {
	case n < 2:
	case strings.HasSuffix(word, "le") && consonant(last-2): // ta-ble
	case strings.HasSuffix(word, "e") && consonant(last-1): // dos(e)
		n--
	case strings.HasSuffix(word, "es") && consonant(last-2) && !strings.ContainsRune("scxz", rune(word[last-2])) && !strings.HasSuffix(word, "shes") && !strings.HasSuffix(word, "ches") && !strings.HasSuffix(word, "ges") && !strings.HasSuffix(word, "les"): // tak(e)s
		n--
	case strings.HasSuffix(word, "ed") && consonant(last-2) && word[last-2] != 't' && word[last-2] != 'd': // us(e)d
		n--
	}
	return max(1, n)
}
