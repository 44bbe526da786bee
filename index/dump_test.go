package index

import (
	"context"
	"fmt"
	"os"
	"testing"

	"salve/knowledge"
)

// DumpCover prints the evidence of one question; see TestDumpCover.
func (x *Index) dumpCover(text string, prev []string) {
	q, _ := x.understand(Question{Text: text, Previous: prev})
	c, err := x.rank(context.Background(), q)
	if err != nil || len(c) == 0 {
		fmt.Println("none", text)
		return
	}
	d := &x.docs[c[0].doc]
	s := &x.sections[d.section]
	fmt.Printf("%.2f %s\n     -> %s like %.2f coverall %.2f text %.2f intent %.2f score %.1f\n    ", x.coverage(q, &c[0], c), text, d.passage.Section.Ref(), c[0].v[likeQuestion], c[0].v[coverAll], c[0].v[coverText], c[0].v[intentMatch], c[0].score)
	for j := range q.units {
		n := &q.units[j]
		fmt.Printf(" %s/%s:%.1f*%.1f", n.text, sortNames[x.sortOf(n)], n.weight, x.exactly(n, d, s))
	}
	fmt.Println()
}

func TestDumpCover(t *testing.T) {
	name := os.Getenv("DUMP")
	if name == "" {
		t.Skip("set DUMP to a file of questions, one a line")
	}
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	lib, _, _ := knowledge.Load(knowledge.Builtin())
	x, err := New(lib)
	if err != nil {
		t.Fatal(err)
	}
	start := 0
	for i, b := range raw {
		if b == '\n' {
			x.dumpCover(string(raw[start:i]), nil)
			start = i + 1
		}
	}
}
