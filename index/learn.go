package index

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
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
)

// How the two nets are taught. Chosen by cross-validation, with the table of
// development questions held out.
var (
	rankCourse = course{
		hidden: 4, nets: 3, rounds: 30, batch: 64, rate: 0.01, penalty: 0.002,
		// A summary holds every fact, so it is nearly always right; but who asks
		// one thing wants the passage on that.
		most: map[int]float64{int(summarySingle): 1.3},
	}
	coverCourse = course{hidden: 4, nets: 3, rounds: 60, batch: 64, rate: 0.01, penalty: 0.001}
)

// rankSet is one example's candidates.
type rankSet struct {
	name  string
	long  bool // a story around a question
	cands [][]float64
	holds []bool
	any   bool // one of them holds the fact
}

// Learn learns the weights of ranking and coverage from examples, writes the
// cross-validated figures to w, with every error behind them to errors, and
// returns the weights file. The result depends
// on nothing but the library and the examples, in their order. Learn changes the
// weights that x ranks with, so x must be in no other use.
func (x *Index) Learn(ctx context.Context, examples []Example, w, errors io.Writer) ([]byte, error) {
	var sets []*rankSet
	var err error
	x.weights = beginner()
	for round := range 2 {
		if sets, err = x.rankSets(ctx, examples); err != nil {
			return nil, err
		}
		x.weights = &weights{rank: fitRank(sets, nil), cover: x.weights.cover}
		at1, at3, n := score(sets, x.weights.rank)
		fmt.Fprintf(w, "round %d, on the training data: right@1 %.3f, right@3 %.3f (%d questions)\n", round+1, at1, at3, n)
	}
	x.crossValidateRank(sets, w, errors)
	x.weights.cover, err = x.learnCover(ctx, examples, w, errors)
	if err != nil {
		return nil, err
	}
	x.weights.about = fmt.Sprintf("learned by go run ./index/eval/tune from %d judged questions", len(examples))
	return x.weights.file(), nil
}

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
		s := &rankSet{name: e.Name, long: len(strings.Fields(e.Question.Text)) >= longMessage}
		for i, c := range cands {
			holds := e.Holds(x.docs[c.doc].passage.Text)
			if i < learnRivals || holds {
				s.cands = append(s.cands, c.v[:])
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
func fitRank(sets []*rankSet, skip func(i int) bool) *net {
	var lessons []lesson
	for i, s := range sets {
		if s.any && (skip == nil || !skip(i)) {
			lessons = append(lessons, lesson{s.cands, s.blame})
		}
	}
	return rankCourse.teach(featureNames[:], lessons)
}

// blame is what the softmax asks of each candidate's score: to rise as much as it
// is likelier among those that hold the fact than among all.
func (s *rankSet) blame(scores, rise []float64) {
	top := slices.Max(scores)
	all, right := 0.0, 0.0
	for j := range scores {
		scores[j] = math.Exp(scores[j] - top)
		all += scores[j]
		if s.holds[j] {
			right += scores[j]
		}
	}
	for j := range scores {
		rise[j] = -scores[j] / all
		if s.holds[j] {
			rise[j] += scores[j] / max(right, 1e-300)
		}
	}
}

// score returns the share of examples whose first, and one of whose first three,
// candidates hold the fact.
func score(sets []*rankSet, n *net) (at1, at3 float64, questions int) {
	for _, s := range sets {
		questions++
		r := s.firstRight(n)
		if r == 0 {
			at1++
		}
		if r < 3 {
			at3++
		}
	}
	return at1 / float64(max(questions, 1)), at3 / float64(max(questions, 1)), questions
}

func (s *rankSet) firstRight(n *net) int {
	order := make([]int, len(s.cands))
	scores := make([]float64, len(s.cands))
	for i := range order {
		order[i] = i
		scores[i] = n.score(s.cands[i])
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
	for r, i := range order {
		if s.holds[i] {
			return r
		}
	}
	return len(order)
}

func (x *Index) crossValidateRank(sets []*rankSet, w, errors io.Writer) {
	at1, at3, n, hopeless := 0, 0, 0, 0
	long, long1 := 0, 0
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
			r := s.firstRight(fitted)
			if s.long {
				long++
			}
			if r == 0 {
				at1++
				if s.long {
					long1++
				}
				continue
			}
			if r < 3 {
				at3++
			}
			fmt.Fprintf(errors, "rank %d\t%s\n", r+1, s.name)
		}
	}
	fmt.Fprintf(w, "cross-validated (%d folds): right@1 %.3f, right@3 %.3f (%d questions, %d of them with no passage that holds the fact); right@1 of long ones %.3f (%d)\n",
		learnFolds, float64(at1)/float64(max(n, 1)), float64(at1+at3)/float64(max(n, 1)), n, hopeless, float64(long1)/float64(max(long, 1)), long)
}

// coverSample is the evidence on one example's best passage.
type coverSample struct {
	name  string
	f     []float64
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
		s := coverSample{name: e.Name, f: x.coverFeatures(q, &cands[0], cands)}
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

func (x *Index) learnCover(ctx context.Context, examples []Example, w, errors io.Writer) (*net, error) {
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
				p := logistic(cover.score(s.f))
				all = append(all, judged{p, s.label})
				if s.label != math.Round(p) {
					fmt.Fprintf(errors, "coverage %.2f, wanted %.0f\t%s\n", p, s.label, s.name)
				}
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
	return fitCover(samples, nil), nil
}

// fitCover fits the log odds of being on what is asked; both classes weigh the
// same.
func fitCover(samples []coverSample, skip func(i int) bool) *net {
	count := map[float64]float64{}
	for i, s := range samples {
		if skip == nil || !skip(i) {
			count[s.label]++
		}
	}
	var lessons []lesson
	for i, s := range samples {
		if skip != nil && skip(i) {
			continue
		}
		weight := (count[0] + count[1]) / 2 / max(count[s.label], 1)
		lessons = append(lessons, lesson{[][]float64{s.f}, func(scores, rise []float64) {
			rise[0] = (s.label - logistic(scores[0])) * weight
		}})
	}
	return coverCourse.teach(coverNames, lessons)
}
