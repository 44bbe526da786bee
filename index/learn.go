package index

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
)

// An Example is a judged question to learn from.
type Example struct {
	Name     string
	Question Question
	// Holds reports whether a passage holds the asked fact; nil when the library
	// is not expected to answer.
	Holds func(text string) bool
	// Refuse says that the question is not to be answered.
	Refuse bool
}

const (
	learnFolds  = 5
	learnRivals = 80 // candidates kept for each example, the best by the weights so far

	// Steps of gradient ascent, how long each is, and how much large weights cost:
	// half the sum of their squares, times the penalty.
	rankSteps    = 400
	rankRate     = 0.1
	rankPenalty  = 0.002
	coverSteps   = 1500
	coverRate    = 0.05
	coverPenalty = 0.0001
)

// adam is gradient ascent that adapts the length of its steps by weight, with the
// constants of the paper (Kingma and Ba, 2015).
type adam struct {
	rate float64
	n    int       // steps so far
	m, v []float64 // running means of the gradient and of its square
}

func newAdam(weights int, rate float64) *adam {
	return &adam{rate: rate, m: make([]float64, weights), v: make([]float64, weights)}
}

// step moves the weights w up the gradient.
func (a *adam) step(w, gradient []float64) {
	a.n++
	for k, g := range gradient {
		a.m[k] = 0.9*a.m[k] + 0.1*g
		a.v[k] = 0.999*a.v[k] + 0.001*g*g
		mean := a.m[k] / (1 - math.Pow(0.9, float64(a.n)))
		square := a.v[k] / (1 - math.Pow(0.999, float64(a.n)))
		w[k] += a.rate * mean / (math.Sqrt(square) + 1e-8)
	}
}

// rankSet is one example's candidates.
type rankSet struct {
	name  string
	cands []vector
	holds []bool
	any   bool // one of them holds the fact
}

// Learn learns the weights of ranking and coverage from examples, writes the
// cross-validated figures to w and returns the weights file. The result depends
// on nothing but the library and the examples, in their order. Learn changes the
// weights that x ranks with, so x must be in no other use.
func (x *Index) Learn(ctx context.Context, examples []Example, w io.Writer) ([]byte, error) {
	var sets []*rankSet
	var err error
	for round := range 2 {
		if sets, err = x.rankSets(ctx, examples); err != nil {
			return nil, err
		}
		x.weights = &weights{rank: fitRank(sets, nil), Cover: x.weights.Cover}
		at1, at3, n := score(sets, &x.weights.rank)
		fmt.Fprintf(w, "round %d, on the training data: right@1 %.3f, right@3 %.3f (%d questions)\n", round+1, at1, at3, n)
	}
	x.crossValidateRank(sets, w)
	cover, err := x.learnCover(ctx, examples, w)
	if err != nil {
		return nil, err
	}
	out := weights{
		About: fmt.Sprintf("learned by go run ./index/eval/tune from %d judged questions", len(examples)),
		Rank:  map[string]float64{}, Cover: cover,
	}
	for i, name := range featureNames {
		out.Rank[name] = round(x.weights.rank[i])
	}
	return json.MarshalIndent(out, "", "  ")
}

func round(x float64) float64 { return math.Round(x*1000) / 1000 }

func (x *Index) rankSets(ctx context.Context, examples []Example) ([]*rankSet, error) {
	var sets []*rankSet
	for _, e := range examples {
		if e.Holds == nil {
			continue
		}
		q, _ := x.understand(e.Question)
		cands, err := x.rank(ctx, q)
		if err != nil {
			return nil, err
		}
		s := &rankSet{name: e.Name}
		for i, c := range cands {
			holds := e.Holds(x.docs[c.doc].passage.Text)
			if i < learnRivals || holds {
				s.cands = append(s.cands, c.v)
				s.holds = append(s.holds, holds)
				s.any = s.any || holds
			}
		}
		sets = append(sets, s)
	}
	return sets, nil
}

// fitRank maximises the probability, by a softmax over each example's
// candidates, of those that hold the fact. skip leaves examples out.
func fitRank(sets []*rankSet, skip func(i int) bool) vector {
	var w vector
	climb := newAdam(len(w), rankRate)
	for range rankSteps {
		var grad vector
		n := 0.0
		for i, s := range sets {
			if !s.any || skip != nil && skip(i) {
				continue
			}
			n++
			scores := make([]float64, len(s.cands))
			top := math.Inf(-1)
			for j := range s.cands {
				scores[j] = s.cands[j].dot(&w)
				top = max(top, scores[j])
			}
			all, right := 0.0, 0.0
			for j := range scores {
				scores[j] = math.Exp(scores[j] - top)
				all += scores[j]
				if s.holds[j] {
					right += scores[j]
				}
			}
			for j := range s.cands {
				g := -scores[j] / all
				if s.holds[j] {
					g += scores[j] / right
				}
				for k, f := range s.cands[j] {
					grad[k] += g * f
				}
			}
		}
		for k := range w {
			grad[k] = grad[k]/max(n, 1) - rankPenalty*w[k]
		}
		climb.step(w[:], grad[:])
		// A summary holds every fact, so it is nearly always right; but who asks
		// one thing wants the passage on that.
		w[summarySingle] = min(1.3, w[summarySingle])
	}
	return w
}

// score returns the share of examples whose first, and one of whose first three,
// candidates hold the fact.
func score(sets []*rankSet, w *vector) (at1, at3 float64, n int) {
	for _, s := range sets {
		n++
		r := s.firstRight(w)
		if r == 0 {
			at1++
		}
		if r < 3 {
			at3++
		}
	}
	return at1 / float64(max(n, 1)), at3 / float64(max(n, 1)), n
}

func (s *rankSet) firstRight(w *vector) int {
	order := make([]int, len(s.cands))
	scores := make([]float64, len(s.cands))
	for i := range order {
		order[i] = i
		scores[i] = s.cands[i].dot(w)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
	for r, i := range order {
		if s.holds[i] {
			return r
		}
	}
	return len(order)
}

func (x *Index) crossValidateRank(sets []*rankSet, w io.Writer) {
	at1, at3, n, hopeless := 0, 0, 0, 0
	for fold := range learnFolds {
		fitted := fitRank(sets, func(i int) bool { return i%learnFolds == fold })
		for i, s := range sets {
			if i%learnFolds != fold {
				continue
			}
			n++
			if !s.any {
				hopeless++
			}
			if r := s.firstRight(&fitted); r == 0 {
				at1++
			} else if r < 3 {
				at3++
			}
		}
	}
	fmt.Fprintf(w, "cross-validated (%d folds): right@1 %.3f, right@3 %.3f (%d questions, %d of them with no passage that holds the fact)\n",
		learnFolds, float64(at1)/float64(max(n, 1)), float64(at1+at3)/float64(max(n, 1)), n, hopeless)
}

// coverSample is the evidence on one example's best passage.
type coverSample struct {
	f     map[string]float64
	label float64
}

// coverSamples looks at the best passage for each example.
func (x *Index) coverSamples(ctx context.Context, examples []Example) ([]coverSample, error) {
	var samples []coverSample
	for _, e := range examples {
		if e.Holds == nil && !e.Refuse {
			continue
		}
		q, _ := x.understand(e.Question)
		if len(q.units) == 0 {
			continue
		}
		cands, err := x.rank(ctx, q)
		if err != nil {
			return nil, err
		}
		if len(cands) == 0 {
			continue
		}
		s := coverSample{f: x.coverFeatures(q, &cands[0], cands)}
		if !e.Refuse {
			if !slices.ContainsFunc(cands[:min(3, len(cands))], func(c candidate) bool { return e.Holds(x.docs[c.doc].passage.Text) }) {
				continue // ranking's fault: nothing can be learned about coverage
			}
			s.label = 1
		}
		samples = append(samples, s)
	}
	return samples, nil
}

func (x *Index) learnCover(ctx context.Context, examples []Example, w io.Writer) (map[string]float64, error) {
	samples, err := x.coverSamples(ctx, examples)
	if err != nil {
		return nil, err
	}
	type judged struct {
		p     float64
		label float64
	}
	var all []judged
	for fold := range learnFolds {
		cover := fitCover(samples, func(i int) bool { return i%learnFolds == fold })
		for i, s := range samples {
			if i%learnFolds == fold {
				all = append(all, judged{logistic(dotMap(s.f, cover)), s.label})
			}
		}
	}
	fmt.Fprintln(w, "coverage, cross-validated: bar, answerable that pass, refusable that are refused")
	for _, bar := range []float64{0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8} {
		var pass, answerable, refused, refusable float64
		for _, j := range all {
			if j.label == 1 {
				answerable++
				if j.p >= bar {
					pass++
				}
			} else {
				refusable++
				if j.p < bar {
					refused++
				}
			}
		}
		fmt.Fprintf(w, "  %.2f  %.3f  %.3f\n", bar, pass/max(answerable, 1), refused/max(refusable, 1))
	}
	cover := fitCover(samples, nil)
	for k, v := range cover {
		cover[k] = round(v)
	}
	return cover, nil
}

// dotMap is the inner product, summed in the order of the names, as coverage is.
func dotMap(f, w map[string]float64) float64 {
	sum := 0.0
	for _, k := range slices.Sorted(maps.Keys(f)) {
		sum += f[k] * w[k]
	}
	return sum
}

// fitCover fits a logistic regression in which both classes weigh the same.
func fitCover(samples []coverSample, skip func(i int) bool) map[string]float64 {
	if len(samples) == 0 {
		return nil
	}
	names := slices.Sorted(maps.Keys(samples[0].f))
	w := make([]float64, len(names))
	climb := newAdam(len(names), coverRate)
	pos, neg := 0.0, 0.0
	for i, s := range samples {
		if skip != nil && skip(i) {
			continue
		}
		pos += s.label
		neg += 1 - s.label
	}
	for range coverSteps {
		grad := make([]float64, len(names))
		for i, s := range samples {
			if skip != nil && skip(i) {
				continue
			}
			z := 0.0
			for k, name := range names {
				z += w[k] * s.f[name]
			}
			weight := 0.5 / max(neg, 1)
			if s.label == 1 {
				weight = 0.5 / max(pos, 1)
			}
			g := (s.label - logistic(z)) * weight
			for k, name := range names {
				grad[k] += g * s.f[name]
			}
		}
		for k, name := range names {
			if name != "bias" {
				grad[k] -= coverPenalty * w[k]
			}
		}
		climb.step(w, grad)
	}
	out := map[string]float64{}
	for k, name := range names {
		out[name] = w[k]
	}
	return out
}
