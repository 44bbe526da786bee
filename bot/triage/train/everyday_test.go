package main

import (
	"os"
	"slices"
	"testing"
	"testing/fstest"
)

func TestSnapshot(t *testing.T) {
	repo := fstest.MapFS{
		"index/eval/questions/a.txt":         {Data: []byte("# comment\n\ntitle: One\nprevious: hello\nquestion: how do i use it\nexpect: answer\n\ntitle: Two\nquestion: my throat closes\nurgency: emergency\n")},
		"knowledge/articles/baths.md":        {Data: []byte("---\ntitle: Baths\n---\n## How long?\n\n```section\nid: x\nquestions:\n  - how long in the bath\n  - \"salt: yes or no\"\n  - how do i use it\nsources: [seed]\n```\n\n  - no question\n")},
		"knowledge/articles/sepsis-signs.md": {Data: []byte("questions:\n  - fever and confused\n")},
	}
	got, err := snapshot(repo)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"hello", "how do i use it", "how long in the bath", "salt: yes or no"}; !slices.Equal(got, want) {
		t.Errorf("snapshot made %q, want %q", got, want)
	}
}

// The same question is never an everyday one and a judged one.
func TestEverydayQuestionsAreQuiet(t *testing.T) {
	cases, err := readCases(os.DirFS("../data"))
	if err != nil {
		t.Fatal(err)
	}
	n, judged := 0, map[string]bool{}
	for _, c := range cases {
		if c.file != everydayFile {
			judged[c.Text] = true
			continue
		}
		n++
		if judged[c.Text] {
			t.Errorf("%q is judged in another file too", c.Text)
		}
	}
	if n < 5000 {
		t.Errorf("%d everyday questions; the file is cut short", n)
	}
}
