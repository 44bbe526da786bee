package index

import (
	"maps"
	"slices"
	"testing"
)

// A feature without a weight counts for nothing, and a weight without a feature
// is the rest of one that was renamed: both are mistakes nobody would see.
func TestEveryFeatureHasAWeight(t *testing.T) {
	w, err := parseWeights(weightsFile)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for i, name := range featureNames {
		if name == "" || names[name] {
			t.Errorf("feature %d is named %q, as another one or not at all", i, name)
		}
		names[name] = true
		if w.rank[i] != w.Rank[name] {
			t.Errorf("%s: %v is not the weight in the file", name, w.rank[i])
		}
	}
	sameNames(t, "rank", slices.Sorted(maps.Keys(w.Rank)), slices.Sorted(maps.Keys(names)))

	x := smallIndex(t)
	for _, question := range []string{"alfaro side effects", "how old", "does vitamin d help the itch 12"} {
		q, _ := x.understand(Question{Text: question})
		cands, err := x.rank(t.Context(), q)
		if err != nil || len(cands) == 0 {
			t.Fatalf("%q: %d candidates, %v", question, len(cands), err)
		}
		sameNames(t, "cover", slices.Sorted(maps.Keys(w.Cover)), slices.Sorted(maps.Keys(x.coverFeatures(q, &cands[0], cands))))
		for _, c := range cands {
			for i, value := range c.v {
				if value < -1 || value > 1 {
					t.Errorf("%q: %s is %v, beyond -1 to 1", question, featureNames[i], value)
				}
			}
			for name, value := range x.coverFeatures(q, &c, cands) {
				if value < -1 || value > 1 {
					t.Errorf("%q: the evidence %s is %v, beyond -1 to 1", question, name, value)
				}
			}
		}
	}
	if _, err := parseWeights([]byte("{")); err == nil {
		t.Error("a broken file is accepted")
	}
}

func sameNames(t *testing.T, part string, weights, features []string) {
	t.Helper()
	for _, name := range weights {
		if !slices.Contains(features, name) {
			t.Errorf("%s: weights.json has %q, which is no feature", part, name)
		}
	}
	for _, name := range features {
		if !slices.Contains(weights, name) {
			t.Errorf("%s: weights.json lacks %q", part, name)
		}
	}
}

// A hit says what its numbers are made of.
func TestPartsAddUp(t *testing.T) {
	for _, h := range searchFor(t, smallIndex(t), "alfaro side effects for kids").Hits {
		score, logit := 0.0, 0.0
		for _, p := range h.Parts {
			score += p.Points
		}
		for _, p := range h.Evidence {
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
