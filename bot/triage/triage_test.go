package triage

import (
	"os"
	"strings"
	"testing"
)

func TestDev(t *testing.T) {
	f, err := os.Open("../../../shared/eval/redflags_dev.tsv")
	if err != nil {
		t.Skip("development messages are not here: ", err)
	}
	defer f.Close()
	var b strings.Builder
	if err := Evaluate(&b, f); err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + b.String())
}

func BenchmarkAssess4000(b *testing.B) {
	text := strings.Repeat("my legs are swollen and i am not sure what to do, the doctor is closed today. ", 60)[:4000]
	Load()
	for b.Loop() {
		Assess(text, "en-US")
	}
}
