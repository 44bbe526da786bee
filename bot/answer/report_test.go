package answer

import (
	"bytes"
	"context"
	"flag"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"salve/index"
	"salve/index/eval"
	"salve/knowledge"
)

var update = flag.Bool("update", false, "accept the report as it is now")

// builtin is the shipped library's composer, on a day on which nothing is overdue.
var builtin = sync.OnceValue(func() *Composer {
	lib, problems, err := knowledge.Load(knowledge.Builtin())
	if err != nil {
		panic(err)
	}
	if faults := problems.Faults(); len(faults) > 0 {
		panic(faults)
	}
	x, err := index.New(lib)
	if err != nil {
		panic(err)
	}
	return New(x, func() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) })
})

// judged are the answers to all judged questions, made once.
var judged = sync.OnceValues(func() ([]Answer, *eval.Report) {
	cases, err := eval.Builtin()
	if err != nil {
		panic(err)
	}
	var answers []Answer
	report, err := eval.Run(context.Background(), cases, func(ctx context.Context, c *eval.Case) (eval.Outcome, error) {
		a, err := builtin().Answer(ctx, Question{Text: c.Question, Previous: c.Previous, Country: c.Country})
		answers = append(answers, a)
		out := eval.Outcome{Kind: string(a.Kind), Urgency: a.Urgency.Urgency.String(), Coverage: a.Coverage}
		for _, q := range a.Quotes {
			out.Quotes = append(out.Quotes, q.Text)
		}
		return out, err
	})
	if err != nil {
		panic(err)
	}
	return answers, report
})

// The quality of answers is a file: a change that moves it must change the file,
// with "go test ./bot/answer -run Report -update".
func TestReportIsAsCommitted(t *testing.T) {
	_, report := judged()
	var got bytes.Buffer
	if err := report.Write(&got); err != nil {
		t.Fatal(err)
	}
	const name = "testdata/report.txt"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	g, w := strings.Split(got.String(), "\n"), strings.Split(string(want), "\n")
	for i := range max(len(g), len(w)) {
		switch {
		case i >= len(w):
			t.Errorf("line %d: got %q, and the file ends", i+1, g[i])
		case i >= len(g):
			t.Errorf("line %d: got the end, want %q", i+1, w[i])
		case g[i] != w[i]:
			t.Errorf("line %d:\n got %s\nwant %s", i+1, g[i], w[i])
		}
	}
	if t.Failed() {
		t.Log("if the change is wanted: go test ./bot/answer -run Report -update")
	}
}

// What every answer promises, over all judged questions.
func TestPromisesOfEveryAnswer(t *testing.T) {
	answers, _ := judged()
	lib := builtin().Library()
	for _, a := range answers {
		if len(a.Quotes) > maxQuotes {
			t.Errorf("%q: %d quotes", a.Question, len(a.Quotes))
		}
		switch {
		case a.Kind == Cited && len(a.Quotes) == 0:
			t.Errorf("%q: cited, but nothing is quoted", a.Question)
		case (a.Kind == NotCovered || a.Kind == Choose) && len(a.Quotes) > 0:
			t.Errorf("%q: %s, but quotes", a.Question, a.Kind)
		case a.Kind == Choose && len(a.Choices) < 2:
			t.Errorf("%q: nothing to choose from", a.Question)
		case a.Kind == NotCovered && strings.TrimSpace(a.Question) != "" && !strings.Contains(a.Text(), "does not mean that something is safe"):
			t.Errorf("%q: absence reads as safety", a.Question)
		}
		quoted := map[string]bool{}
		for _, q := range a.Quotes {
			p := lib.Passage(q.Passage)
			if p == nil || p.Text != q.Text || p.Hash != q.Hash {
				t.Errorf("%q: quote %s is not the passage word for word", a.Question, q.Passage)
				continue
			}
			if len(q.Sources) == 0 || q.Reviewed == "" || q.ReviewedBy == "" {
				t.Errorf("%q: quote %s has no source, date or reviewer", a.Question, q.Passage)
			}
			if !strings.Contains(a.Text(), strings.SplitN(q.Text, "\n", 2)[0]) {
				t.Errorf("%q: quote %s is not in the text", a.Question, q.Passage)
			}
			quoted[p.Section.Ref()] = true
		}
		// A benefit is never shown without the warning that belongs to it.
		for _, q := range a.Quotes {
			if p := lib.Passage(q.Passage); p != nil {
				for _, ref := range p.Section.With {
					if !quoted[ref] {
						t.Errorf("%q: %s is quoted without %s", a.Question, p.Section.Ref(), ref)
					}
				}
			}
		}
	}
}
