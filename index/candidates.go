package index

import (
	"context"
	"iter"
	"slices"
	"strconv"
	"strings"

	"salve/knowledge"
)

// shortlist is how many passages BM25F hands to ranking. On the judged questions
// the passage with the asked fact is among the first 100 in 99 of 100 cases.
const shortlist = 110

// conceptTerms are the terms that the engine knows a text by: its concepts.
func (x *Index) conceptTerms(text string) []string {
	ids, ok := x.concepts.memo[text]
	if !ok {
		// What prepare has not learned has no number when the folder is opened.
		ids = x.concepts.ids(tokenize(text), false)
	}
	terms := make([]string, len(ids))
	for i, id := range ids {
		terms[i] = conceptTerm(id)
	}
	return terms
}

func conceptTerm(id int32) string { return strconv.Itoa(int(id)) }

// engineDocs are the library's passages as the engine wants them, in the order
// of Index.docs.
func (x *Index) engineDocs() iter.Seq2[Doc, error] {
	return func(yield func(Doc, error) bool) {
		for i := range x.docs {
			p := x.docs[i].passage
			s := p.Section
			var names []string
			for _, id := range s.Entities {
				names = append(names, x.lib.Lexicon.Entity(id).Name)
			}
			d := Doc{
				ID: p.ID, Parent: s.Ref(), Names: names, Title: titleText(p),
				Questions: []string{questionsText(s)}, Body: p.Text,
			}
			if !yield(d, nil) {
				return
			}
		}
	}
}

// titleText is the heading of a passage with those below it, if any.
func titleText(p *knowledge.Passage) string {
	return strings.Join(append([]string{p.Section.Heading}, p.Path...), " ")
}

// questionsText is the questions of a section as one text.
func questionsText(s *knowledge.Section) string { return strings.Join(s.Questions, "\n") }

// engineOptions cut a text into concepts.
func (x *Index) engineOptions() engineOptions {
	return engineOptions{Terms: x.conceptTerms, NoWords: true}
}

// candidates finds the passages worth ranking.
func (x *Index) candidates(ctx context.Context, q *query) ([]candidate, error) {
	var terms []weightedTerm
	for i := range q.units {
		n := &q.units[i]
		// A unit weighs by its rarity, which BM25F knows itself; what is left is
		// how much its sentence has to do with the question.
		sentence := min(1, n.weight/max(n.rarity, 1e-9))
		for _, a := range n.alts {
			terms = append(terms, weightedTerm{conceptTerm(a.id), a.weight * sentence})
		}
	}
	found, err := x.engine.match(ctx, terms, shortlist)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	best := found[0].Score
	found = slices.DeleteFunc(found, func(m match) bool { return x.elsewhere(q, &x.docs[m.Doc]) })
	slices.SortFunc(found, func(a, b match) int { return a.Doc - b.Doc })
	out := make([]candidate, len(found))
	covers := make([]float64, len(found)*len(q.units))
	for i, m := range found {
		out[i].doc = m.Doc
		out[i].v[phraseScore] = m.Score / best
		out[i].covers, covers = covers[:len(q.units):len(q.units)], covers[len(q.units):]
	}
	return out, nil
}
