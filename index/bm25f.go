package index

import (
	"cmp"
	"context"
	"encoding/binary"
	"math"
	"slices"
	"sync"

	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/search"
	bleveindex "github.com/blevesearch/bleve_index_api"
)

// A weightedTerm is a term of a question with how much it counts: 1 for a word
// of the question, less for a word added by a synonym or a spelling.
type weightedTerm struct {
	Term   string // as indexed
	Weight float64
}

// A weightedField is a field of the documents with its part in BM25F.
type weightedField struct {
	Name string
	// Weight multiplies the term's occurrences in this field, 0 or more.
	Weight float64
	// B is how much a field longer than average is held back, 0 to 1.
	B float64
	// AvgLen is the mean number of terms of the field over all documents.
	AvgLen float64
}

// bm25f is a Bleve query that ranks by BM25F (Robertson and Zaragoza, The
// Probabilistic Relevance Framework, 2009, section 3.6):
//
//	score(d) = sum over terms t of Weight(t) * idf(t) * tf(t, d) * (K1+1) / (K1 + tf(t, d))
//	tf(t, d) = sum over fields f of Weight(f) * freq(t, f, d) / (1 - B(f) + B(f) * len(f, d) / AvgLen(f))
//	idf(t)   = ln(1 + (Docs - df(t) + 0.5) / (df(t) + 0.5))
//
// where df counts documents, not fields. It exists because the scoring model
// that Bleve 2.6.3 calls bm25 is not BM25: its average length is that of
// distinct terms, it takes the root of the frequency, counts idf twice and
// scales every disjunction by the part of its terms that matched.
//
// It returns only the Depth best documents: Bleve's collector then handles
// hundreds of matches rather than most of the index. Documents of equal score
// are taken in the order of the index. Term locations are not reported.
type bm25f struct {
	Terms  []weightedTerm
	Fields []weightedField
	K1     float64
	Depth  int // how many documents to return, 1 or more

	// Docs is the number of documents, and DocFreq the number that hold a term
	// in any of Fields.
	Docs    int
	DocFreq func(term string) int

	// Scratch lends *bm25fScratch from search to search.
	Scratch *sync.Pool
}

// Searcher implements Bleve's query.Query. It does all the work at once.
func (q *bm25f) Searcher(ctx context.Context, r bleveindex.IndexReader, _ mapping.IndexMapping, _ search.SearcherOptions) (search.Searcher, error) {
	s, _ := q.Scratch.Get().(*bm25fScratch)
	if s == nil {
		s = new(bm25fScratch)
	}
	defer q.Scratch.Put(s)
	defer s.reset()
	if err := q.run(ctx, r, s); err != nil {
		return nil, err
	}
	best := s.best(q.Depth)
	slices.SortFunc(best, func(a, b docScore) int { return cmp.Compare(a.doc, b.doc) })
	return &bm25fSearcher{found: best}, nil
}

// A plannedTerm is a term with the most it can add to a score.
type plannedTerm struct {
	weightedTerm
	gain float64 // Weight * idf * (K1+1)
}

// plan merges repeated terms and orders them by what they can add.
func (q *bm25f) plan() []plannedTerm {
	weight := make(map[string]float64, len(q.Terms))
	for _, t := range q.Terms {
		weight[t.Term] += t.Weight
	}
	plan := make([]plannedTerm, 0, len(weight))
	for term, w := range weight {
		if df := q.DocFreq(term); df > 0 && w > 0 {
			plan = append(plan, plannedTerm{weightedTerm{term, w}, w * bm25IDF(df, q.Docs) * (q.K1 + 1)})
		}
	}
	slices.SortFunc(plan, func(a, b plannedTerm) int {
		return cmp.Or(cmp.Compare(b.gain, a.gain), cmp.Compare(a.Term, b.Term))
	})
	return plan
}

func bm25IDF(df, docs int) float64 {
	return math.Log(1 + (float64(docs)-float64(df)+0.5)/(float64(df)+0.5))
}

// run scores term by term, the most telling first. As soon as the terms left
// cannot lift a new document among the best, only those still in the running
// are scored.
func (q *bm25f) run(ctx context.Context, r bleveindex.IndexReader, s *bm25fScratch) error {
	plan := q.plan()
	rest := 0.0
	for _, t := range plan {
		rest += t.gain
	}
	for _, t := range plan {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !s.closed && len(s.docs) > q.Depth {
			s.closed = s.kth(q.Depth) > rest*(1+1e-9)
		}
		if s.closed {
			s.drop(s.kth(q.Depth) - rest*(1+1e-9))
		}
		for _, f := range q.Fields {
			if f.Weight <= 0 {
				continue
			}
			if err := q.scan(ctx, r, s, t.Term, f); err != nil {
				return err
			}
		}
		for _, d := range s.touched {
			tf := s.tf[d]
			s.tf[d] = 0
			if s.score[d] == 0 {
				s.docs = append(s.docs, d)
			}
			s.score[d] += t.gain * tf / (q.K1 + tf)
		}
		s.touched = s.touched[:0]
		rest -= t.gain
	}
	return nil
}

// scan adds the occurrences of term in the field f to s.tf.
func (q *bm25f) scan(ctx context.Context, r bleveindex.IndexReader, s *bm25fScratch, term string, f weightedField) (err error) {
	tfr, err := r.TermFieldReader(ctx, []byte(term), f.Name, true, true, false)
	if err != nil {
		return err
	}
	defer func() {
		if e := tfr.Close(); err == nil {
			err = e
		}
	}()
	if s.closed && uint64(len(s.docs))*advanceCost < tfr.Count() {
		return q.probe(tfr, s, f)
	}
	for {
		p, err := tfr.Next(s.posting.Reset())
		if err != nil || p == nil {
			return err
		}
		if d := uint32(p.ID.Value()); !s.closed || s.has(d) {
			q.count(s, d, p, f)
		}
	}
}

// advanceCost is how many calls of Next cost as much as one of Advance
// (measured: some 40 ns against 200 to 300 ns).
const advanceCost = 6

// probe is scan for few documents of a long list.
func (q *bm25f) probe(tfr bleveindex.TermFieldReader, s *bm25fScratch, f weightedField) error {
	slices.Sort(s.docs)
	var id [8]byte
	var at int64 = -1 // the document the reader stands on
	for _, d := range s.docs {
		if int64(d) <= at {
			if int64(d) == at {
				q.count(s, d, &s.posting, f)
			}
			continue
		}
		binary.BigEndian.PutUint64(id[:], uint64(d))
		p, err := tfr.Advance(id[:], s.posting.Reset())
		if err != nil || p == nil {
			return err
		}
		if at = int64(p.ID.Value()); at == int64(d) {
			q.count(s, d, p, f)
		}
	}
	return nil
}

// count adds one posting to s.tf. Bleve's norm is the inverse root of the
// field's length.
func (q *bm25f) count(s *bm25fScratch, d uint32, p *bleveindex.TermFieldDoc, f weightedField) {
	length := math.Round(1 / (p.Norm * p.Norm))
	s.grow(d)
	if s.tf[d] == 0 {
		s.touched = append(s.touched, d)
	}
	s.tf[d] += f.Weight * float64(p.Freq) / (1 - f.B + f.B*length/f.AvgLen)
}

type docScore struct {
	doc   uint32
	score float64
}

// bm25fScratch is the memory of one search: a score for every document.
type bm25fScratch struct {
	score   []float64 // by document; 0 when it has not matched
	tf      []float64 // by document; of the term under way
	docs    []uint32  // those with a score, in any order
	touched []uint32  // those with a tf
	closed  bool      // no further document can be among the best
	posting bleveindex.TermFieldDoc
	order   []docScore
}

func (s *bm25fScratch) grow(d uint32) {
	for int(d) >= len(s.score) {
		n := max(1024, 2*len(s.score), int(d)+1)
		s.score = append(s.score, make([]float64, n-len(s.score))...)
		s.tf = append(s.tf, make([]float64, n-len(s.tf))...)
	}
}

func (s *bm25fScratch) has(d uint32) bool {
	return int(d) < len(s.score) && s.score[d] > 0
}

func (s *bm25fScratch) reset() {
	for _, d := range s.docs {
		s.score[d] = 0
	}
	for _, d := range s.touched {
		s.tf[d] = 0
	}
	s.docs, s.touched, s.closed = s.docs[:0], s.touched[:0], false
}

// kth returns the k-th best score so far, or 0.
func (s *bm25fScratch) kth(k int) float64 {
	if len(s.docs) < k {
		return 0
	}
	s.order = s.order[:0]
	for _, d := range s.docs {
		s.order = append(s.order, docScore{d, s.score[d]})
	}
	selectBest(s.order, k)
	least := math.Inf(1)
	for _, o := range s.order[:k] {
		least = min(least, o.score)
	}
	return least
}

// drop forgets the documents below a score.
func (s *bm25fScratch) drop(least float64) {
	kept := s.docs[:0]
	for _, d := range s.docs {
		if s.score[d] >= least {
			kept = append(kept, d)
		} else {
			s.score[d] = 0
		}
	}
	s.docs = kept
}

// best returns the k best documents, in no order.
func (s *bm25fScratch) best(k int) []docScore {
	all := make([]docScore, len(s.docs))
	for i, d := range s.docs {
		all[i] = docScore{d, s.score[d]}
	}
	if len(all) > k {
		selectBest(all, k)
		all = all[:k]
	}
	return all
}

// before says whether a ranks before b.
func (a docScore) before(b docScore) bool {
	return a.score > b.score || a.score == b.score && a.doc < b.doc
}

// selectBest moves the k best of list to its front (quickselect with the
// middle of three, so that ordered lists are no worst case).
func selectBest(list []docScore, k int) {
	for len(list) > 1 && 0 < k && k < len(list) {
		a, b, c := list[0], list[len(list)/2], list[len(list)-1]
		if b.before(a) {
			a, b = b, a
		}
		if c.before(b) {
			b = c
			if b.before(a) {
				b = a
			}
		}
		i, j := 0, len(list)-1
		for i <= j {
			for list[i].before(b) {
				i++
			}
			for b.before(list[j]) {
				j--
			}
			if i <= j {
				list[i], list[j] = list[j], list[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			list = list[:j+1]
		case k >= i:
			list, k = list[i:], k-i
		default:
			return
		}
	}
}

// bm25fSearcher hands the documents found to Bleve, in the order of the index.
type bm25fSearcher struct {
	found []docScore
	next  int
}

// Next implements search.Searcher.
func (s *bm25fSearcher) Next(ctx *search.SearchContext) (*search.DocumentMatch, error) {
	if s.next == len(s.found) {
		return nil, nil
	}
	f := s.found[s.next]
	s.next++
	m := ctx.DocumentMatchPool.Get()
	m.IndexInternalID = bleveindex.NewIndexInternalID(m.IndexInternalID, uint64(f.doc))
	m.Score = f.score
	return m, nil
}

// Advance implements search.Searcher.
func (s *bm25fSearcher) Advance(ctx *search.SearchContext, id bleveindex.IndexInternalID) (*search.DocumentMatch, error) {
	for s.next < len(s.found) && uint64(s.found[s.next].doc) < id.Value() {
		s.next++
	}
	return s.Next(ctx)
}

// Close implements search.Searcher.
func (s *bm25fSearcher) Close() error { return nil }

// Weight implements search.Searcher; scores are final.
func (s *bm25fSearcher) Weight() float64 { return 1 }

// SetQueryNorm implements search.Searcher; scores are final.
func (s *bm25fSearcher) SetQueryNorm(float64) {}

// Count implements search.Searcher.
func (s *bm25fSearcher) Count() uint64 { return uint64(len(s.found)) }

// Min implements search.Searcher.
func (s *bm25fSearcher) Min() int { return 0 }

// Size implements search.Searcher: bytes held.
func (s *bm25fSearcher) Size() int { return 16*len(s.found) + 32 }

// DocumentMatchPoolSize implements search.Searcher.
func (s *bm25fSearcher) DocumentMatchPoolSize() int { return 1 }
