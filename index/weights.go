package index

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"sync"
)

// weights say how much each feature counts. They are learned from judged
// questions by "go run ./index/eval/tune", which also prints the
// cross-validated figures; weights.json is what it wrote.
type weights struct {
	// about says which data they were learned from.
	about string
	// rank orders the passages.
	rank *net
	// cover gives the logit of coverage: see Index.coverage.
	cover *net
}

//go:embed weights.json
var weightsFile []byte

// learned returns the weights that ship with Salve, or those of a beginner when
// the file is of other features than these: then it must be learned anew, which
// needs an index, and a test fails until that is done.
var learned = sync.OnceValue(func() *weights {
	w, err := parseWeights(weightsFile)
	if err != nil {
		return beginner()
	}
	return w
})

// beginner returns the weights that learning begins with: passages are ordered by
// BM25F, and all of them cover the question.
func beginner() *weights {
	rank := &net{names: featureNames[:], linear: make([]float64, numFeatures)}
	rank.linear[phraseScore] = 1
	return &weights{"not learned", rank, &net{names: coverNames, linear: make([]float64, numCoverFeature)}}
}

type weightsFileData struct {
	About string          `json:"about"`
	Rank  json.RawMessage `json:"rank"`
	Cover json.RawMessage `json:"cover"`
}

func parseWeights(src []byte) (*weights, error) {
	var file weightsFileData
	if err := json.Unmarshal(src, &file); err != nil {
		return nil, err
	}
	rank, err := netFrom(file.Rank, featureNames[:])
	if err != nil {
		return nil, fmt.Errorf("rank: %w", err)
	}
	cover, err := netFrom(file.Cover, coverNames)
	if err != nil {
		return nil, fmt.Errorf("cover: %w", err)
	}
	return &weights{file.About, rank, cover}, nil
}

// file writes the weights as JSON.
func (w *weights) file() []byte {
	return fmt.Appendf(nil, "{\n\"about\": %q,\n\"rank\": %s,\n\"cover\": %s\n}\n", w.about, w.rank.file(), w.cover.file())
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
