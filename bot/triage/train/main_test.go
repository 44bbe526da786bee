package main

import (
	"bytes"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"salve/bot/triage"
)

// The committed weights are those that the committed data makes, to the byte.
func TestWeightsAreReproducible(t *testing.T) {
	cases, err := readCases(os.DirFS("../data"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := learn(cases)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("../weights.bin")
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Marshal(); !bytes.Equal(got, want) {
		t.Errorf("weights.bin (%d bytes) is not what the data makes (%d bytes); run go run ./bot/triage/train", len(want), len(got))
	}
}

var wholeCV = flag.Bool("cv", false, "recompute all of the cross-validation, not its first fold alone")

// The figures of cross-validation are a committed file, changed on purpose:
// go run ./bot/triage/train -cv > bot/triage/testdata/crossvalidation.txt
//
// The first fold stands for all: whatever changes the training, the data or the
// decision changes its figures too. go test ./bot/triage/train -cv does the rest.
func TestCrossValidationIsCommitted(t *testing.T) {
	if testing.Short() {
		t.Skip("trains")
	}
	cases, err := readCases(os.DirFS("../data"))
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("../testdata/crossvalidation.txt")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if *wholeCV {
		err = crossValidate(&b, cases, false)
	} else {
		given := make([]triage.Assessment, len(cases))
		if err = judgeFold(cases, 0, given); err == nil {
			err = reportFirst(&b, cases, given)
		}
		want = want[:min(len(want), b.Len())]
	}
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), want) {
		t.Errorf("the figures changed; accept them with go run ./bot/triage/train -cv > bot/triage/testdata/crossvalidation.txt. Now:\n%s", b.Bytes())
	}
}

func TestNoMessageIsLabelledTwice(t *testing.T) {
	cases, err := readCases(os.DirFS("../data"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]labelled{}
	for _, c := range cases {
		if old, ok := seen[strings.ToLower(c.Text)]; ok && old.Want != c.Want {
			t.Errorf("%q is %s in %s and %s in %s", c.Text, old.Want, old.file, c.Want, c.file)
		}
		seen[strings.ToLower(c.Text)] = c
	}
}

// What is kept to judge by is not learned.
func TestHeldMessagesAreNotLearned(t *testing.T) {
	cases, err := readCases(os.DirFS("../data"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open("../testdata/held.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	list, err := triage.ReadJudged(f)
	if err != nil {
		t.Fatal(err)
	}
	held := map[string]string{}
	for _, j := range list {
		held[strings.ToLower(j.Text)] = j.ID
	}
	for _, c := range cases {
		if id := held[strings.ToLower(c.Text)]; id != "" {
			t.Errorf("%s has message %s of held.tsv", c.file, id)
		}
	}
}

func TestFaultyCasesAreNamedByLine(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"no heading", "help", "line 1"},
		{"unknown label", "== bad x\nhelp", "line 1"},
	} {
		if _, err := parseCases(tt.text); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.want)
		}
	}
	if _, err := expand("a: b\n== none x\nhello {c}"); err == nil || !strings.Contains(err.Error(), "line 3") {
		t.Errorf("a template with an unknown list: error %v", err)
	}
}

func TestExpandIsTheSameEachTime(t *testing.T) {
	text := "who: he | she | they\n== none x\n{who} is fine and {who} is well"
	a, err := expand(text)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := expand(text)
	if len(a) < 3 || !slices.Equal(a, b) {
		t.Errorf("expand made %v, then %v", a, b)
	}
}
