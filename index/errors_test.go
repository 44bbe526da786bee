package index_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"salve/index"
	"salve/index/eval"
	"salve/knowledge"
)

// TestErrors prints the questions whose first passage is wrong; a tool for
// those who improve the ranking, run with ERRORS set to a table or "builtin".
func TestErrors(t *testing.T) {
	name := os.Getenv("ERRORS")
	if name == "" {
		t.Skip("set ERRORS to a table of judged questions, or to builtin")
	}
	lib, _, err := knowledge.Load(knowledge.Builtin())
	if err != nil {
		t.Fatal(err)
	}
	x, err := index.New(lib)
	if err != nil {
		t.Fatal(err)
	}
	var cases []*eval.Case
	if name == "builtin" {
		cases, err = eval.Builtin()
	} else {
		var f *os.File
		f, err = os.Open(name)
		if err == nil {
			cases, err = eval.ReadTable(name, f)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		res, err := x.Search(context.Background(), index.Question{Text: c.Question, Previous: c.Previous, Country: c.Country}, 2000)
		if err != nil {
			t.Fatal(err)
		}
		if c.Expect == "answer" {
			r := -1
			for i, h := range res.Hits {
				if c.Holds(h.Passage.Text) {
					r = i
					break
				}
			}
			if r == 0 {
				continue
			}
			fmt.Printf("\n## [%s/%s] %v >> %s\n   words %v\n   intents %v regions %v\n", c.Topic, c.Style, c.Previous, c.Question, res.Understanding.Words, res.Understanding.Intents, res.Understanding.Regions)
			if len(res.Hits) > 0 {
				fmt.Printf("   got  %.2f %.2f %s | %.200s\n", res.Hits[0].Score, res.Hits[0].Coverage, res.Hits[0].Passage.ID, res.Hits[0].Passage.Text)
			}
			if r > 0 {
				fmt.Printf("   want #%d %.2f %s | %.200s\n", r+1, res.Hits[r].Score, res.Hits[r].Passage.ID, res.Hits[r].Passage.Text)
			} else {
				fmt.Printf("   NO PASSAGE holds %v not %v\n", c.Fact, c.Not)
			}
		}
	}
}
