package beir

import (
	"math"
	"slices"
)

// Metrics are the means over the questions of a run, each 0 to 1.
type Metrics struct {
	NDCG       float64 // nDCG@10, gain = grade; a document nobody judged counts 0
	JudgedNDCG float64 // nDCG@10 of the judged documents among the first 100
	MAP        float64 // MAP@10
	MRR        float64 // MRR@10
	P1         float64 // part of the questions whose first document is relevant
	Recall100  float64 // part of the relevant documents among the first 100
}

// relevance says from which grade a document counts as relevant for MAP, MRR,
// P@1 and recall: 2 where the grades go to 2 or higher (1 is "related"), else 1.
func relevance(qrels Qrels) int {
	for _, docs := range qrels {
		for _, g := range docs {
			if g > 1 {
				return 2
			}
		}
	}
	return 1
}

// Measure returns the figures of one question from the ids found, best first.
// A question with no relevant document scores 0 where relevance is asked for.
func Measure(found []string, judged map[string]int, relevant int) (m Metrics) {
	ideal := make([]int, 0, len(judged))
	total := 0
	for _, g := range judged {
		ideal = append(ideal, g)
		if g >= relevant {
			total++
		}
	}
	slices.SortFunc(ideal, func(a, b int) int { return b - a })
	best := dcg(ideal)

	var grades, known []int
	hits, sum := 0, 0.0
	for i, id := range found[:min(len(found), 100)] {
		g, ok := judged[id]
		grades = append(grades, g)
		if ok {
			known = append(known, g)
		}
		if g < relevant {
			continue
		}
		m.Recall100 += 1 / float64(total)
		if i < 10 {
			hits++
			sum += float64(hits) / float64(i+1)
			if hits == 1 {
				m.MRR = 1 / float64(i+1)
			}
		}
		if i == 0 {
			m.P1 = 1
		}
	}
	if total > 0 {
		m.MAP = sum / float64(min(total, 10))
	}
	if best > 0 {
		m.NDCG, m.JudgedNDCG = dcg(grades)/best, dcg(known)/best
	}
	return m
}

// dcg is the discounted gain of the first ten.
func dcg(grades []int) (sum float64) {
	for i, g := range grades[:min(len(grades), 10)] {
		sum += float64(g) / math.Log2(float64(i+2))
	}
	return sum
}

// Mean returns the mean of the figures of several questions.
func Mean(all []Metrics) (m Metrics) {
	n := float64(max(1, len(all)))
	for _, x := range all {
		m.NDCG += x.NDCG / n
		m.JudgedNDCG += x.JudgedNDCG / n
		m.MAP += x.MAP / n
		m.MRR += x.MRR / n
		m.P1 += x.P1 / n
		m.Recall100 += x.Recall100 / n
	}
	return m
}
