package main

import (
	"bytes"
	"os"
	"path"
	"strings"
	"testing"

	"salve/bot/answer/lane/model"
)

func messages(t *testing.T) []row {
	t.Helper()
	return rowsOf(t, messagesFile)
}

func rowsOf(t *testing.T, file string) []row {
	t.Helper()
	src, err := os.ReadFile(path.Base(file))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := parseRows(file, string(src))
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestWeightsAreThoseOfTheMessages fails when a message was added without
// learning again, and when learning is not reproducible.
func TestWeightsAreThoseOfTheMessages(t *testing.T) {
	got, err := model.Learn(examples(append(messages(t), rowsOf(t, questionsFile)...)))
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("model/weights.bin")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("model/weights.bin is not what messages.tsv and questions.tsv teach; run go run ./bot/answer/lane")
	}
	if len(want) > 500<<10 {
		t.Errorf("the weights take %d bytes, want at most 500 KB", len(want))
	}
}

// TestMessages keeps both sides large enough to learn from, in all languages.
func TestMessages(t *testing.T) {
	kinds, styles := map[string]int{}, map[string]int{}
	for _, r := range messages(t) {
		kinds[r.kind]++
		styles[r.kind+" "+r.style]++
	}
	if kinds["personal"] < 500 || kinds["general"]+kinds["other"] < 600 {
		t.Errorf("messages by kind: %v", kinds)
	}
	for _, kind := range []string{"personal", "general"} {
		for _, style := range []string{"plain", "typo", "slang", "abbreviation", "brand", "keyword", "longwinded", "multi", "followup", "es", "fr", "de", "pt"} {
			if styles[kind+" "+style] < 10 {
				t.Errorf("%d %s messages in the style %s, want at least 10", styles[kind+" "+style], kind, style)
			}
		}
	}
}

// TestCrossValidation holds the figures on messages that the weights were not
// learned from. The set is made of near pairs, so it is harder than what readers
// write.
func TestCrossValidation(t *testing.T) {
	if testing.Short() {
		t.Skip("learns five times")
	}
	results, err := crossValidate(messages(t), 5)
	if err != nil {
		t.Fatal(err)
	}
	recall, alarms := at(results, "personal", 0.4), at(results, "general", 0.4)
	t.Logf("recall %.3f, false alarms %.3f, loss %.4f", recall, alarms, loss(results))
	if recall < 0.88 || alarms > 0.09 {
		t.Errorf("recall %.3f and false alarms %.3f, want at least 0.88 and at most 0.09", recall, alarms)
	}
}

// TestHeldOut holds the figures of the built-in weights on messages that were
// written after the features were settled.
func TestHeldOut(t *testing.T) {
	rows, err := readRows("heldout.tsv")
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Load()
	if err != nil {
		t.Fatal(err)
	}
	var results []result
	for _, r := range rows {
		results = append(results, result{r, m.Probability(r.text, r.previous)})
	}
	recall, alarms := at(results, "personal", 0.4), at(results, "general", 0.4)
	t.Logf("recall %.3f, false alarms %.3f of %d messages", recall, alarms, len(rows))
	if recall < 0.93 || alarms > 0.07 {
		t.Errorf("recall %.3f and false alarms %.3f, want at least 0.93 and at most 0.07", recall, alarms)
	}
}

func TestParseRowsNamesTheFault(t *testing.T) {
	for _, tt := range []struct{ name, src, want string }{
		{"fields", "personal\tplain", "m.tsv:1: 2 fields"},
		{"kind", "# head\nadvice\tplain\thelp", `m.tsv:2: unknown kind "advice"`},
		{"twice", "other\tplain\tHi\nother\tslang\thi", "m.tsv:2: the same message as in line 1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := parseRows("m.tsv", tt.src); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("parseRows: %v, want %q", err, tt.want)
			}
		})
	}
}
