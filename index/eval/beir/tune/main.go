// Tune learns the weights of index.CollectionModel from judged questions, and
// prints how well they carry over to questions they were not learned from:
//
//	go run ./index/eval/beir/tune DIR SPLIT...
//
// DIR is a folder in BEIR's format. The splits may judge the same questions in
// several wordings (ids "7-full", "7-summary": what precedes the hyphen names
// the question); all wordings of a question fall in the same fold.
//
// Every combination of the settings in headings and others is tried. For each,
// the weights of the signals are found by coordinate ascent over a few coarse
// values: from a few orders, one weight after the other is set to the value
// that gives the best mean of nDCG@10 and judged-only nDCG@10, if that gains at
// least minGain. Asking for both figures keeps it from learning which documents
// happened to be judged; coarse values and minGain keep it from learning the
// questions by heart. The best combination on the training folds is what is
// measured on the fold left out. The model printed is the mean of those of the
// folds, which is steadier than one found on everything. It is written as JSON
// on standard output, the figures on standard error.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"salve/index"
	"salve/index/eval/beir"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "tune:", err)
		os.Exit(1)
	}
}

// folds is the number of parts of the cross-validation.
const folds = 5

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if len(args) < 2 {
		return errors.New("usage: tune DIR SPLIT [SPLIT]")
	}
	trials, err := load(ctx, args[0], args[1:])
	if err != nil {
		return err
	}
	model := index.CollectionModel{Signals: make(map[string]float64)}
	mean := make([]float64, len(index.SignalNames()))
	held := make(map[string][]beir.Metrics)
	for f := range folds {
		t, w, worth := learn(trials, func(fold int) bool { return fold != f })
		for i := range w {
			mean[i] += w[i] / folds
		}
		model.Question.Heading += t.question.Heading / folds
		model.Question.Other += t.question.Other / folds
		fmt.Fprintf(stderr, "fold %d: %+v, on the other folds %.4f\n", f, t.question, worth)
		for _, c := range t.cases {
			if c.fold == f {
				held[c.split] = append(held[c.split], c.measure(w))
			}
		}
	}
	model.About = fmt.Sprintf("Learned by index/eval/beir/tune from %s; %d-fold cross-validated nDCG@10 (judged only):", filepath.Base(args[0]), folds)
	for _, split := range args[1:] {
		m := beir.Mean(held[split])
		fmt.Fprintf(stderr, "cross-validated, %s: %s\n", split, figures(held[split]))
		model.About += fmt.Sprintf(" %s %.3f (%.3f)", split, m.NDCG, m.JudgedNDCG)
	}
	model.Question.Heading, model.Question.Other = round(model.Question.Heading), round(model.Question.Other)
	for i, name := range index.SignalNames() {
		if w := round(mean[i]); w != 0 {
			model.Signals[name] = w
		}
	}
	enc := json.NewEncoder(stdout)
	enc.SetIndent("", "  ")
	return enc.Encode(model)
}

func round(x float64) float64 { return math.Round(x*100) / 100 }

func figures(ms []beir.Metrics) string {
	m := beir.Mean(ms)
	return fmt.Sprintf("nDCG@10 %.3f, judged only %.3f, MAP@10 %.3f, MRR@10 %.3f, P@1 %.3f", m.NDCG, m.JudgedNDCG, m.MAP, m.MRR, m.P1)
}

// A trial is what all questions find with one reading of them.
type trial struct {
	question index.QuestionWeights
	cases    []*askedCase
}

// The readings to try.
var (
	headings = []float64{0.25, 0.4, 0.55, 0.7}
	others   = []float64{0.3, 0.5, 0.7}
)

// An askedCase is a question with what was found for it.
type askedCase struct {
	split  string
	fold   int
	docs   []index.Candidate
	grades []int // by docs; -1 when nobody judged it
	judged map[string]int
	best   float64 // the ideal discounted gain
	score  []float64
}

// load indexes the collection in a folder that is removed again, and asks all
// questions in all readings.
func load(ctx context.Context, dir string, splits []string) ([]*trial, error) {
	tmp, err := os.MkdirTemp("", "tune")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp)
	built := filepath.Join(tmp, "collection")
	if err := index.BuildCollection(ctx, built, beir.ReadCorpus(dir)); err != nil {
		return nil, err
	}
	var trials []*trial
	for _, heading := range headings {
		for _, other := range others {
			t := &trial{question: index.QuestionWeights{Heading: heading, Other: other}}
			if err := t.ask(ctx, dir, built, splits); err != nil {
				return nil, err
			}
			trials = append(trials, t)
		}
	}
	return trials, nil
}

// ask asks all questions of the splits.
func (t *trial) ask(ctx context.Context, dir, built string, splits []string) error {
	c, err := index.OpenCollection(built, &index.CollectionModel{Question: t.question})
	if err != nil {
		return err
	}
	defer c.Close()
	queries, err := beir.ReadQueries(dir)
	if err != nil {
		return err
	}
	for _, split := range splits {
		qrels, err := beir.ReadQrels(dir, split)
		if err != nil {
			return err
		}
		for _, q := range queries {
			if qrels[q.ID] == nil {
				continue
			}
			found, err := c.Candidates(ctx, q.Text)
			if err != nil {
				return err
			}
			t.cases = append(t.cases, newCase(split, q.ID, found, qrels[q.ID]))
		}
	}
	return nil
}

func newCase(split, id string, found []index.Candidate, judged map[string]int) *askedCase {
	c := &askedCase{split: split, docs: found, judged: judged, score: make([]float64, len(found))}
	for _, d := range found {
		g, ok := judged[d.ID]
		if !ok {
			g = -1
		}
		c.grades = append(c.grades, g)
	}
	var ideal []int
	for _, g := range judged {
		ideal = append(ideal, g)
	}
	slices.SortFunc(ideal, func(a, b int) int { return b - a })
	for i, g := range ideal[:min(10, len(ideal))] {
		c.best += float64(g) / math.Log2(float64(i+2))
	}
	question, _, _ := strings.Cut(id, "-")
	c.fold = foldOf(question)
	return c
}

// foldOf puts a question in a fold by its id, the same one in every run.
func foldOf(question string) int {
	h := uint32(2166136261)
	for i := range len(question) {
		h = (h ^ uint32(question[i])) * 16777619
	}
	return int(h>>8) % folds
}

// measure ranks the documents with the weights w.
func (c *askedCase) measure(w []float64) beir.Metrics {
	order := make([]int, len(c.docs))
	for i, d := range c.docs {
		order[i] = i
		c.score[i] = dot(d.Signals, w)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(c.score[b], c.score[a]) })
	ids := make([]string, len(order))
	for i, o := range order {
		ids[i] = c.docs[o].ID
	}
	return beir.Measure(ids, c.judged, 2)
}

func dot(x, w []float64) (sum float64) {
	for i, v := range x {
		sum += v * w[i]
	}
	return sum
}

// goal is the mean of nDCG@10 and judged-only nDCG@10 over the cases of the
// chosen folds.
func goal(cases []*askedCase, w []float64, use func(fold int) bool) float64 {
	sum, n := 0.0, 0
	for _, c := range cases {
		if !use(c.fold) {
			continue
		}
		n++
		if c.best == 0 {
			continue
		}
		for i := range c.docs {
			c.score[i] = dot(c.docs[i].Signals, w)
		}
		sum += (c.gain(false) + c.gain(true)) / 2 / c.best
	}
	return sum / float64(max(1, n))
}

// gain is the discounted gain of the ten best by score.
func (c *askedCase) gain(judgedOnly bool) (sum float64) {
	var top [10]int
	n := 0
	for i, s := range c.score {
		if judgedOnly && c.grades[i] < 0 || n == 10 && s <= c.score[top[9]] {
			continue
		}
		if n < 10 {
			n++
		}
		j := n - 1
		for ; j > 0 && c.score[top[j-1]] < s; j-- {
			top[j] = top[j-1]
		}
		top[j] = i
	}
	for i, d := range top[:n] {
		sum += float64(max(0, c.grades[d])) / math.Log2(float64(i+2))
	}
	return sum
}

const (
	// starts is how many orders of the weights coordinate ascent tries.
	starts = 4
	// minGain is the gain in the goal that a change of weight must bring; the
	// standard error of the goal over 40 questions is some 0.03.
	minGain = 0.002
)

// values are the weights to choose from; the first signal has 1. The ascent
// sets out from startValue for all others, so that a signal that makes no
// difference on the training folds keeps a say.
var values = []float64{0, 0.15, 0.3, 0.6, 1}

const startValue = 0.3

// learn returns the best trial with the mean of the weights that coordinate
// ascent finds for it from several orders, and what it reaches.
func learn(trials []*trial, use func(fold int) bool) (best *trial, weights []float64, worth float64) {
	for _, t := range trials {
		mean := make([]float64, len(index.SignalNames()))
		for s := range starts {
			for i, x := range climb(t.cases, rand.New(rand.NewPCG(uint64(s), 7)), use) {
				mean[i] += x / starts
			}
		}
		if g := goal(t.cases, mean, use); g > worth {
			best, weights, worth = t, mean, g
		}
	}
	return best, weights, worth
}

// climb is one coordinate ascent. The first signal's weight stays 1: only the
// order of scores matters.
func climb(cases []*askedCase, rng *rand.Rand, use func(fold int) bool) []float64 {
	w := make([]float64, len(index.SignalNames()))
	for i := range w {
		w[i] = startValue
	}
	w[0] = 1
	best := goal(cases, w, use)
	for moved := true; moved; {
		moved = false
		for _, i := range rng.Perm(len(w)) {
			if i == 0 {
				continue
			}
			keep, from := w[i], best
			for _, x := range values {
				w[i] = x
				if g := goal(cases, w, use); g > best && g > from+minGain {
					best, keep, moved = g, x, true
				}
			}
			w[i] = keep
		}
	}
	return w
}
