package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"

	"salve/bot/answer/lane/model"
)

// A result is what a model that never saw a message says of it.
type result struct {
	row
	p float64
}

// crossValidate learns folds times, each time without one part of the rows, and
// returns what it says of that part. Stories are split like the rest.
func crossValidate(rows []row, folds int) ([]result, error) {
	order := rand.New(rand.NewPCG(5, 6)).Perm(len(rows))
	var out []result
	for fold := range folds {
		var train, test []row
		for i, n := range order {
			if i%folds == fold {
				test = append(test, rows[n])
			} else {
				train = append(train, rows[n])
			}
		}
		weights, err := model.Learn(examples(train))
		if err != nil {
			return nil, err
		}
		m, err := model.Trained(weights)
		if err != nil {
			return nil, err
		}
		for _, r := range test {
			if r.kind != "story" {
				out = append(out, result{r, m.Probability(r.text, r.previous)})
			}
		}
	}
	return out, nil
}

// at returns the share of the messages of a kind that reach the bar: the recall
// for "personal", false alarms for the others.
func at(results []result, kind string, bar float64) float64 {
	n, high := 0.0, 0.0
	for _, r := range results {
		if r.kind != kind {
			continue
		}
		n++
		if r.p >= bar {
			high++
		}
	}
	return high / n
}

// loss is the mean logistic loss, in nats: the figure to make smaller.
func loss(results []result) float64 {
	sum := 0.0
	for _, r := range results {
		p := r.p
		if r.kind != "personal" {
			p = 1 - p
		}
		sum -= math.Log(max(p, 1e-6))
	}
	return sum / float64(len(results))
}

func report(w io.Writer, results []result) {
	fmt.Fprintf(w, "%d messages, loss %.4f\nbar   recall  false alarms (general, other)\n", len(results), loss(results))
	for bar := 0.3; bar < 0.85; bar += 0.05 {
		fmt.Fprintf(w, "%.2f  %.3f   %.3f  %.3f\n", bar, at(results, "personal", bar), at(results, "general", bar), at(results, "other", bar))
	}
	slices.SortStableFunc(results, func(a, b result) int { return cmp.Compare(a.p, b.p) })
	fmt.Fprintln(w, "\npersonal, lowest first")
	printSome(w, results, true)
	slices.Reverse(results)
	fmt.Fprintln(w, "\nnot personal, highest first")
	printSome(w, results, false)
}

func printSome(w io.Writer, results []result, personal bool) {
	n := 0
	for _, r := range results {
		if (r.kind == "personal") != personal {
			continue
		}
		if n++; n > 60 || personal && r.p > 0.6 || !personal && r.p < 0.4 {
			break
		}
		fmt.Fprintf(w, "%.2f  %-12s %.150s\n", r.p, r.style, r.text)
	}
}
