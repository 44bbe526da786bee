package index_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"salve/index"
	"salve/knowledge"
)

func builtinIndex(tb testing.TB) *index.Index {
	tb.Helper()
	lib, _, err := knowledge.Load(knowledge.Builtin())
	if err != nil {
		tb.Fatal(err)
	}
	x, err := index.New(lib)
	if err != nil {
		tb.Fatal(err)
	}
	return x
}

// benchQuestions are of the lengths and styles that people send.
var benchQuestions = []string{
	"what are side effects of oral JAK inhibitors",
	"rinvok side affects",
	"deglocitinib cream",
	"can i take omeprazole with cibinqo",
	"how fast does the itch get better with the cream",
	"¿desde qué edad se puede usar la crema de ruxolitinib para el eczema en Estados Unidos?",
	"my aunt is 71, lives in Tampa and has just been told that her tablets cost more than her car. she saw an advert for one of those copay cards and got very excited, then a man at church said they don't work with medicare. is that right, and is there anything else she could ask for?",
	"best pizza in town",
}

// BenchmarkSearch reports the median and the 99th percentile of one search of
// the built-in library, in microseconds.
func BenchmarkSearch(b *testing.B) {
	x := builtinIndex(b)
	var took []time.Duration
	b.ResetTimer()
	for i := range b.N {
		start := time.Now()
		if _, err := x.Search(context.Background(), index.Question{Text: benchQuestions[i%len(benchQuestions)]}, 12); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}

// BenchmarkBuild is what every start of the program pays.
func BenchmarkBuild(b *testing.B) {
	for b.Loop() {
		builtinIndex(b)
	}
}
