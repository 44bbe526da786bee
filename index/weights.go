package index

import (
	_ "embed"
	"encoding/json"
	"math"
	"sync"
)

// weights say how much each feature counts. They are learned from judged
// questions by "go run ./index/eval/tune", which also prints the
// cross-validated figures; weights.json is what it wrote.
type weights struct {
	// About says which data they were learned from, and with what result.
	About string             `json:"about"`
	Rank  map[string]float64 `json:"rank"`
	// Cover is the logistic model that turns the evidence for the best passage
	// into coverage: see Index.coverage.
	Cover map[string]float64 `json:"cover"`

	rank vector
}

//go:embed weights.json
var weightsFile []byte

// learned returns the weights that ship with Salve.
var learned = sync.OnceValue(func() *weights {
	w, err := parseWeights(weightsFile)
	if err != nil {
		panic(err) // unreachable: the file is compiled in and tested
	}
	return w
})

func parseWeights(src []byte) (*weights, error) {
	var w weights
	if err := json.Unmarshal(src, &w); err != nil {
		return nil, err
	}
	for i, name := range featureNames {
		w.rank[i] = w.Rank[name]
	}
	return &w, nil
}

func (v *vector) dot(w *vector) float64 {
	sum := 0.0
	for i, x := range v {
		sum += x * w[i]
	}
	return sum
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
