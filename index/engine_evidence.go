package index

import (
	"cmp"
	"math/bits"
	"slices"
)

// evidence is what one document holds of a question's terms. Fractions go from
// 0 to 1; the other figures are in units of weight times idf and have a meaning
// only beside those of other documents for the same terms.
//
// A set of terms is a bit mask: bit i is terms[i] of the call. Only the first
// maxEvidenceTerms terms are looked at.
type evidence struct {
	Doc int

	// Field is BM25 within each field by itself.
	Field [fieldCount]float64
	// Hit is the set of terms that occur in each field.
	Hit [fieldCount]uint64

	// Name is the subject's name that the question covers best, Title the title
	// and Question the way to ask that does.
	Name, Title, Question cover

	// Passage is BM25F of the names, the title, the questions and the best
	// stretch of passageTerms terms of the body, PassageHit the terms in that
	// stretch and PassageAt where it starts, counted in terms of the body.
	Passage    float64
	PassageHit uint64
	PassageAt  int

	// Pairs is the set of terms i that stand in the body with term i+1 right
	// behind, or with one term between.
	Pairs uint64
}

// A cover is how much of a short text (a name, a title) a question covers.
type cover struct {
	Part float64 // of the text's idf mass, that of terms of the question; a term counts by its weight
	Mass float64 // weight times idf of those terms
	Hit  uint64  // those terms
}

const (
	maxEvidenceTerms = 64
	// passageTerms is the length of a passage in terms: some 75 words of running
	// text, of which about half are stop words. On the consumer health
	// collection 30, 40 and 50 are alike within the noise of 52 questions
	// (cross-validated nDCG@10 .687, .696, .678 over both wordings), 20, 60 and
	// 100 are a little worse.
	passageTerms = 40
)

// any returns the terms that occur anywhere in the document.
func (ev *evidence) any() (set uint64) {
	for _, h := range ev.Hit {
		set |= h
	}
	return set
}

// termSlots is the memory of one call of evidence.
type termSlots struct {
	slot []uint8   // by term id: 1 + the index of the question's term, 0 for none
	gain []float64 // by index: weight times idf
	wt   []float64 // by index: weight
	tf   [maxEvidenceTerms]float64
	base [maxEvidenceTerms]float64 // weighted occurrences outside the body
	hits []bodyHit
}

type bodyHit struct {
	at   int32
	term uint8
}

// evidence looks at each of docs for terms and returns one evidence for each,
// in their order.
func (e *engine) evidence(terms []weightedTerm, docs []match) []evidence {
	s, _ := e.slots.Get().(*termSlots)
	if s == nil {
		s = &termSlots{slot: make([]uint8, len(e.side.Terms))}
	}
	defer e.slots.Put(s)
	terms = terms[:min(len(terms), maxEvidenceTerms)]
	s.gain, s.wt = s.gain[:0], s.wt[:0]
	for i, t := range terms {
		idf := e.idf(t.Term)
		s.gain, s.wt = append(s.gain, t.Weight*idf), append(s.wt, t.Weight)
		if id, ok := e.side.termID[t.Term]; ok && s.slot[id] == 0 {
			s.slot[id] = uint8(i + 1)
		}
	}
	out := make([]evidence, len(docs))
	for i, m := range docs {
		e.look(s, m.Doc, &out[i])
	}
	for _, t := range terms {
		if id, ok := e.side.termID[t.Term]; ok {
			s.slot[id] = 0
		}
	}
	return out
}

// look fills in the evidence of document n.
func (e *engine) look(s *termSlots, n int, ev *evidence) {
	ev.Doc = n
	for f := range fieldCount {
		if f == fieldBody {
			s.hits = s.hits[:0]
		}
		ids := e.side.field(n, f)
		for at, id := range ids {
			if t := s.slot[id]; t != 0 {
				ev.Hit[f] |= 1 << (t - 1)
				s.tf[t-1]++
				if f == fieldBody {
					s.hits = append(s.hits, bodyHit{int32(at), t - 1})
				}
			}
		}
		if f != fieldBody {
			w := &e.fields[f]
			for set := ev.Hit[f]; set != 0; set &= set - 1 {
				t := bits.TrailingZeros64(set)
				s.base[t] += w.Weight * s.tf[t] / (1 - w.B + w.B*float64(e.side.Docs[n].Len[f])/w.AvgLen)
			}
		}
		ev.Field[f] = e.fieldScore(s, f, float64(e.side.Docs[n].Len[f]), ev.Hit[f])
	}
	ev.Name = e.bestCover(s, n, fieldNames)
	ev.Title = e.bestCover(s, n, fieldTitle)
	ev.Question = e.bestCover(s, n, fieldQuestions)
	e.passage(s, ev)
}

// fieldScore is BM25 of the terms in set; it clears their counts.
func (e *engine) fieldScore(s *termSlots, f int, length float64, set uint64) (score float64) {
	w := &e.fields[f]
	norm := e.opts.K1 * (1 - w.B + w.B*length/w.AvgLen)
	for ; set != 0; set &= set - 1 {
		t := bits.TrailingZeros64(set)
		score += s.gain[t] * s.tf[t] * (e.opts.K1 + 1) / (s.tf[t] + norm)
		s.tf[t] = 0
	}
	return score
}

// bestCover returns the cover of the text of field f with the greatest Part
// times Mass: a long name that is all there beats a short one.
func (e *engine) bestCover(s *termSlots, n, f int) (best cover) {
	ids := e.side.field(n, f)
	for len(ids) > 0 {
		end := slices.Index(ids, 0)
		text := ids
		if end >= 0 {
			text, ids = ids[:end], ids[end+1:]
		} else {
			ids = nil
		}
		if c := e.coverOf(s, text); c.Part*c.Mass > best.Part*best.Mass {
			best = c
		}
	}
	return best
}

func (e *engine) coverOf(s *termSlots, text []uint32) (c cover) {
	var held, all float64
	for _, id := range text {
		t := s.slot[id]
		idf := e.side.idf[id]
		all += idf
		if t == 0 {
			continue
		}
		held += idf * min(1, s.wt[t-1])
		if c.Hit&(1<<(t-1)) == 0 {
			c.Hit |= 1 << (t - 1)
			c.Mass += s.gain[t-1]
		}
	}
	if all > 0 {
		c.Part = held / all
	}
	return c
}

// passage finds the best stretch of the body among those that start with a hit.
func (e *engine) passage(s *termSlots, ev *evidence) {
	k1 := e.opts.K1
	outside := 0.0
	for set := ev.any(); set != 0; set &= set - 1 {
		t := bits.TrailingZeros64(set)
		outside += s.gain[t] * s.base[t] * (k1 + 1) / (s.base[t] + k1)
	}
	ev.Passage = outside
	for i, first := range s.hits {
		if i > 0 && s.hits[i-1].term+1 == first.term && first.at-s.hits[i-1].at <= 2 {
			ev.Pairs |= 1 << s.hits[i-1].term
		}
		var set uint64
		for _, h := range s.hits[i:] {
			if h.at-first.at >= passageTerms {
				break
			}
			set |= 1 << h.term
			s.tf[h.term]++
		}
		score := outside
		for left := set; left != 0; left &= left - 1 {
			t := bits.TrailingZeros64(left)
			b := s.base[t]
			tf := b + s.tf[t]
			score += s.gain[t] * (k1 + 1) * (tf/(tf+k1) - b/(b+k1))
			s.tf[t] = 0
		}
		if score > ev.Passage {
			ev.Passage, ev.PassageHit, ev.PassageAt = score, set, int(first.at)
		}
	}
	for set := ev.any(); set != 0; set &= set - 1 {
		s.base[bits.TrailingZeros64(set)] = 0
	}
}

// sortMatches orders matches by score, the best first, ties by number.
func sortMatches(found []match) {
	slices.SortFunc(found, func(a, b match) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Doc, b.Doc))
	})
}
