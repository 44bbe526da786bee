package index

import (
	"math"
	"testing"
)

// What no weighted sum can learn: that one of two features tells, but not both.
func TestNetLearnsWhatASumCannot(t *testing.T) {
	names := []string{"left", "right"}
	var lessons []lesson
	for _, x := range [][]float64{{0, 0}, {0, 1}, {1, 0}, {1, 1}} {
		want := math.Abs(x[0] - x[1])
		lessons = append(lessons, lesson{[][]float64{x}, func(scores, rise []float64) { rise[0] = want - logistic(scores[0]) }})
	}
	right := func(hidden int) (n int) {
		net := course{hidden: hidden, nets: 1, rounds: 500, batch: 4, rate: 0.05}.teach(names, lessons)
		for _, l := range lessons {
			rise := []float64{0}
			l.blame([]float64{net.score(l.x[0])}, rise)
			if math.Abs(rise[0]) < 0.5 {
				n++
			}
		}
		return n
	}
	if n := right(4); n != 4 {
		t.Errorf("with hidden units %d of 4 are right", n)
	}
	if n := right(0); n == 4 {
		t.Error("without hidden units all are right: the test proves nothing")
	}
}

func TestCourseKeepsItsBound(t *testing.T) {
	var lessons []lesson
	for range 10 {
		lessons = append(lessons, lesson{[][]float64{{1}}, func(scores, rise []float64) { rise[0] = 1 }})
	}
	n := course{hidden: 2, nets: 2, rounds: 50, batch: 1, rate: 0.1, most: map[int]float64{0: 0.5}}.teach([]string{"summary"}, lessons)
	if n.linear[0] != 0.5 {
		t.Errorf("the weight is %v, bound to 0.5", n.linear[0])
	}
	for _, h := range n.hidden {
		if h.in[0] != 0 {
			t.Errorf("a hidden unit sees the feature, with %v", h.in[0])
		}
	}
}
