package index

import (
	"cmp"
	"slices"
	"strings"
)

// An askedFor is a question as the terms to search for.
type askedFor struct {
	terms []weightedTerm // without repetition, the weightiest first
	class questionClass
}

// ask reads a question.
func (c *Collection) ask(question string) askedFor {
	r := questionReader{c: c, w: &c.model.Question, weight: make(map[string]float64)}
	r.shouted = strings.ToUpper(question) == question
	toks := tokenize(question)
	for i := range toks {
		r.read(question, toks, i)
	}
	return r.finish()
}

// questionReader gathers the words of a question.
type questionReader struct {
	c      *Collection
	w      *QuestionWeights
	weight map[string]float64 // by stem, of its weightiest occurrence
	class  questionClass
	// shouted says that the question is in capitals, which then mean nothing.
	shouted bool
}

func (r *questionReader) add(stem string, weight float64) {
	r.weight[stem] = max(r.weight[stem], weight)
}

// read takes in the word i.
func (r *questionReader) read(question string, toks []token, i int) {
	t := &toks[i]
	r.class |= classWords[t.Stem]
	if t.Stop {
		return
	}
	weight := 1.0
	if classWords[t.Stem] != 0 {
		weight = r.w.Heading
	}
	r.add(t.Stem, weight)
	if raw := question[t.Start:t.End]; !common(t.Text) || !r.shouted && raw == strings.ToUpper(raw) {
		r.alias(t.Text, weight) // of "MEN" and "meds", not of "men" and "car"
	}
	if fixed, ok := r.c.spelled(t.Text); ok {
		r.add(stem(fixed), weight)
		r.alias(fixed, weight)
	}
	if i+1 < len(toks) && len(t.Text)+len(toks[i+1].Text) >= joinedLetters {
		if joined := stem(t.Text + toks[i+1].Text); r.c.e.docFreq(joined) > 1 {
			r.add(joined, weight*r.w.Other)
		}
	}
}

// joinedLetters is the shortest word that two may be written for: shorter ones
// are words by chance ("in", "to").
const joinedLetters = 6

// alias adds the long form of a short one.
func (r *questionReader) alias(word string, weight float64) {
	for _, term := range stemTerms(r.c.e.side.Aliases[word]) {
		r.add(term, weight*r.w.Other)
	}
}

// finish drops the words that no document holds.
func (r *questionReader) finish() askedFor {
	a := askedFor{class: r.class}
	for stem, w := range r.weight {
		if r.c.e.docFreq(stem) > 0 {
			a.terms = append(a.terms, weightedTerm{stem, w})
		}
	}
	slices.SortFunc(a.terms, func(x, y weightedTerm) int {
		return cmp.Or(cmp.Compare(y.Weight*r.c.e.idf(y.Term), x.Weight*r.c.e.idf(x.Term)), cmp.Compare(x.Term, y.Term))
	})
	return a
}

// common says whether a word is everyday English, by which people mean what
// they write: "dancer" is not "cancer" misspelt.
func common(word string) bool {
	rank := english()[word]
	return rank > 0 && rank != unranked
}

// spelled returns the word that a misspelt word stands for. A word is misspelt when no document holds it, or when hardly
// any does and a near one is a hundred times as frequent.
func (c *Collection) spelled(word string) (fixed string, ok bool) {
	n := c.spell.count[word]
	if n > rareWord || common(word) {
		return "", false
	}
	for _, s := range c.spell.near(word, 1) {
		if n == 0 || s.Cost <= 1 && c.spell.count[s.Word] >= 100*n {
			return s.Word, !stopWords[s.Word] && stem(s.Word) != stem(word)
		}
	}
	return "", false
}

// rareWord is up to how many documents a word may itself be a misspelling.
const rareWord = 5
