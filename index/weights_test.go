package index

import (
	"bytes"
	"strings"
	"testing"
)

// The file that ships is of the features that there are: otherwise learned falls
// back to a beginner's weights.
func TestWeightsFit(t *testing.T) {
	w, err := parseWeights(weightsFile)
	if err != nil {
		t.Fatalf("%v: run go run ./index/eval/tune -o index/weights.json", err)
	}
	if got := w.file(); !bytes.Equal(got, weightsFile) {
		t.Errorf("read and written again, the file is another one:\n%s", got)
	}
	for name, broken := range map[string]string{
		"cut short":         "{",
		"of other features": strings.Replace(string(weightsFile), "cover_text", "cover_poem", 1),
		"with a short row":  strings.Replace(string(weightsFile), "cover_text\": [", "cover_text\": [1], \"x\": [", 1),
		"one bias lost":     strings.Replace(string(weightsFile), "bias\": [", "bias\": [], \"x\": [", 1),
	} {
		if _, err := parseWeights([]byte(broken)); err == nil {
			t.Errorf("a file %s is accepted", name)
		}
	}
}

func TestFeaturesAreBounded(t *testing.T) {
	x := smallIndex(t)
	for _, question := range []string{"alfaro side effects", "how old", "does vitamin d help the itch 12"} {
		q, _ := x.understand(Question{Text: question})
		cands, err := x.rank(t.Context(), q)
		if err != nil || len(cands) == 0 {
			t.Fatalf("%q: %d candidates, %v", question, len(cands), err)
		}
		for _, c := range cands {
			for i, value := range c.v {
				if value < -1 || value > 1 {
					t.Errorf("%q: %s is %v, beyond -1 to 1", question, featureNames[i], value)
				}
			}
			for i, value := range x.coverFeatures(q, &c, cands) {
				if value < -1 || value > 1 {
					t.Errorf("%q: the evidence %s is %v, beyond -1 to 1", question, coverNames[i], value)
				}
			}
		}
	}
}

// A hit says what its numbers are made of.
func TestPartsAddUp(t *testing.T) {
	for _, h := range searchFor(t, smallIndex(t), "alfaro side effects for kids").Hits {
		score, logit := 0.0, 0.0
		for _, p := range h.Parts() {
			score += p.Points
		}
		for _, p := range h.Evidence() {
			logit += p.Points
		}
		if d := score - h.Score; d < -1e-9 || d > 1e-9 {
			t.Errorf("%s: the parts make %v, the score is %v", h.Passage.ID, score, h.Score)
		}
		if d := logistic(logit) - h.Coverage; d < -1e-9 || d > 1e-9 {
			t.Errorf("%s: the evidence makes %v, the coverage is %v", h.Passage.ID, logistic(logit), h.Coverage)
		}
	}
}
