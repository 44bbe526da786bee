package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"salve/index"
)

// TestRun learns from twenty questions, each of which one document answers by
// its name and another only mentions.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	var corpus, queries, qrels strings.Builder
	qrels.WriteString("query-id\tcorpus-id\tscore\n")
	for i := range 20 {
		name := fmt.Sprintf("illness%c%c", 'a'+i, 'a'+i)
		fmt.Fprintf(&corpus, `{"_id": "named-%d", "title": "What is %s?", "text": "It hurts.", "metadata": {"names": [%q]}}`+"\n", i, name, name)
		fmt.Fprintf(&corpus, `{"_id": "other-%d", "title": "What is health?", "text": "Unlike %s and %s and %s, health is good."}`+"\n", i, name, name, name)
		fmt.Fprintf(&queries, `{"_id": "%d-long", "text": "tell me about %s"}`+"\n", i, name)
		fmt.Fprintf(&qrels, "%d-long\tnamed-%d\t2\n%d-long\tother-%d\t0\n", i, i, i, i)
	}
	if err := os.Mkdir(filepath.Join(dir, "qrels"), 0o777); err != nil {
		t.Fatal(err)
	}
	for file, text := range map[string]string{"corpus.jsonl": corpus.String(), "queries.jsonl": queries.String(), "qrels/long.tsv": qrels.String()} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	var out, log bytes.Buffer
	if err := run(t.Context(), []string{dir, "long"}, &out, &log); err != nil {
		t.Fatal(err)
	}
	var model index.CollectionModel
	if err := json.Unmarshal(out.Bytes(), &model); err != nil {
		t.Fatalf("%v in %s", err, &out)
	}
	if model.Signals["passage"] != 1 || model.Question.Heading <= 0 || !strings.Contains(model.About, "long 1.000 (1.000)") {
		t.Errorf("learned %+v", model)
	}
	if !strings.Contains(log.String(), "cross-validated, long: nDCG@10 1.000") {
		t.Errorf("said %s", &log)
	}
	if err := run(t.Context(), nil, &out, &log); err == nil || !strings.Contains(err.Error(), "usage") {
		t.Errorf("without arguments: %v", err)
	}
}

// TestClimb needs the second signal to tell the documents apart.
func TestClimb(t *testing.T) {
	signals := func(passage, second float64) []float64 {
		s := make([]float64, len(index.SignalNames()))
		s[0], s[1] = passage, second
		return s
	}
	c := newCase("s", "1-s", []index.Candidate{{ID: "wrong", Signals: signals(0.4, 0)}, {ID: "right", Signals: signals(0, 1)}},
		map[string]int{"right": 2, "wrong": 0})
	trials := []*trial{{cases: []*askedCase{c}}}
	_, w, worth := learn(trials, func(int) bool { return true })
	if w[1] <= 0.4 || worth != 1 {
		t.Errorf("weights %v reach %v; the second must outweigh .4 of the first", w, worth)
	}
}

func TestFoldOf(t *testing.T) {
	var size [folds]int
	for i := range 1000 {
		size[foldOf(fmt.Sprint(i))]++
	}
	for f, n := range size {
		if n < 100 || n > 300 {
			t.Errorf("fold %d holds %d of 1000", f, n)
		}
	}
}
