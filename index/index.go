// Package index finds the passages of a library that answer a question, and
// says how far they do.
//
// A search has three steps. The question is read ([Understanding]): language,
// spelling, entities of the lexicon, what is asked, where and for whom.
// Candidates are found with BM25F over Bleve. And the candidates are ranked by
// a linear model over features that each mean something (how much of the
// question the passage covers, whether it is on the same drug, whether the
// section says it answers this kind of question); its weights are learned from
// judged questions. The same evidence gives the coverage of the best passage,
// which tells whether to answer at all.
//
// The package is the only one that knows Bleve. It decides nothing about what
// to say; that is bot/answer.
package index

import (
	"cmp"
	"context"
	"math"
	"slices"

	"salve/knowledge"
)

// A Hit is a passage that may answer a question.
type Hit struct {
	Passage *knowledge.Passage
	// Score orders the hits of one search; scores of two searches must not be compared.
	Score float64
	// Probability is how likely the passage, among all of them, is the one that
	// holds the asked fact, if any does. It sums to 1 over all passages.
	Probability float64
	// Coverage is known of the first hits only, as are Covered and Missing; it is 0 for the others. It is the probability, learned from judged questions, that the
	// passage is on what the question asks, from how much of its entities, its
	// intent and its words (by rarity) the passage covers. 0 to 1, comparable
	// between searches.
	Coverage float64
	// Covered are the words of the question that the passage or its section
	// covers, and Missing those that it does not.
	Covered, Missing []string

	weights         *weights
	parts, evidence []float64
}

// Parts are the features behind Score that are not 0, with what each adds to it.
func (h *Hit) Parts() []Part {
	if h.parts == nil {
		return nil
	}
	return h.weights.rank.parts(h.parts)
}

// Evidence are the features behind Coverage that are not 0, with what each adds
// to its logit.
func (h *Hit) Evidence() []Part {
	if h.evidence == nil {
		return nil
	}
	return h.weights.cover.parts(h.evidence)
}

// A Part is one feature with what it adds to a score, or to the logit of a coverage.
type Part struct {
	Name   string
	Value  float64
	Points float64
}

// A Result is what a search found.
type Result struct {
	Understanding Understanding
	Hits          []Hit // best first
}

// Library returns the library that is indexed.
func (x *Index) Library() *knowledge.Library { return x.lib }

// Search returns the best passages for a question, at most limit of them, best
// first. No match is not an error: it returns no hits.
func (x *Index) Search(ctx context.Context, q Question, limit int) (Result, error) {
	if err := ctx.Err(); err != nil {
		return Result{}, err
	}
	query, u := x.understand(q)
	res := Result{Understanding: u}
	if len(query.units) == 0 {
		return res, nil
	}
	cands, err := x.rank(ctx, query)
	if err != nil || len(cands) == 0 {
		return res, err
	}
	sum := 0.0
	for i := range cands {
		sum += math.Exp(cands[i].score - cands[0].score)
	}
	for i := range cands[:min(limit, len(cands))] {
		h := Hit{Passage: x.docs[cands[i].doc].passage, Score: cands[i].score}
		if i < examined {
			x.examine(&h, query, &cands[i], cands)
		}
		h.Probability = math.Exp(cands[i].score-cands[0].score) / sum
		res.Hits = append(res.Hits, h)
	}
	return res, nil
}

// rank returns the candidates for a query, best first.
func (x *Index) rank(ctx context.Context, q *query) ([]candidate, error) {
	cands, err := x.candidates(ctx, q)
	if err != nil {
		return nil, err
	}
	m := x.matcher(q)
	defer m.release()
	for i := range cands {
		x.features(q, &cands[i], m)
	}
	cands = onSubject(cands)
	relate(cands)
	for i := range cands {
		cands[i].score = x.weights.rank.score(cands[i].v[:])
	}
	return sorted(cands), nil
}

// sorted returns the candidates, the best first. They are large, so their places
// are sorted and each is moved once.
func sorted(cands []candidate) []candidate {
	order := make([]int, len(cands))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		a, b := &cands[i], &cands[j]
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.doc, b.doc))
	})
	out := make([]candidate, len(cands))
	for place, i := range order {
		out[place] = cands[i]
	}
	return out
}

// onSubject drops the passages that are on neither the drug that the question
// names nor its class, unless there is nothing else: one drug's facts are never
// an answer about another.
func onSubject(cands []candidate) []candidate {
	some := slices.ContainsFunc(cands, func(c candidate) bool { return c.v[drugMatch] > 0 })
	if !some {
		return cands
	}
	return slices.DeleteFunc(cands, func(c candidate) bool { return c.v[drugMissing] == 1 })
}

// examined is how many hits get a coverage and their evidence. Whether to answer
// hangs on the first; the next are near topics.
const examined = 5

// examine fills in what a hit covers, and why.
func (x *Index) examine(h *Hit, q *query, c *candidate, all []candidate) {
	h.Coverage, h.evidence = x.coverage(q, c, all)
	h.weights, h.parts = x.weights, c.v[:]
	for j := range q.units {
		if c.covers[j] >= partCover {
			h.Covered = append(h.Covered, q.units[j].text)
		} else {
			h.Missing = append(h.Missing, q.units[j].text)
		}
	}
}
