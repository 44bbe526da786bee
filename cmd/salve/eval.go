package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"

	"salve/bot/answer"
	"salve/index"
	"salve/index/eval"
	"salve/index/eval/beir"
	"salve/knowledge"
)

// eval runs the judged questions, or a search collection.
func (p *program) eval(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("eval", flag.ContinueOnError)
	dir := f.String("knowledge", "", "")
	wrong := f.Bool("wrong", false, "")
	var o beir.Options
	f.StringVar(&o.RunFile, "run", "", "")
	f.StringVar(&o.Split, "split", "test", "")
	rest, err := parse(f, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 && rest[0] == "beir" {
		if len(rest) != 2 {
			return usagef("eval beir needs one folder; write salve eval beir DIR")
		}
		o.Dir = rest[1]
		_, err := beir.Run(ctx, p.stdout, o)
		return err
	}
	cases, err := judged(rest)
	if err != nil {
		return err
	}
	c, done, err := p.answers(*dir, "")
	if err != nil {
		return err
	}
	defer done()
	report, err := eval.Run(ctx, cases, answerer(c))
	if err != nil {
		return err
	}
	if *wrong {
		return p.printWrong(ctx, c, report)
	}
	return report.Write(p.stdout)
}

// judged reads the judged questions of the named files, or the built-in ones.
func judged(files []string) ([]*eval.Case, error) {
	if len(files) == 0 {
		return eval.Builtin()
	}
	var cases []*eval.Case
	for _, name := range files {
		file, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("can't read the judged questions; check the name (%w)", err)
		}
		read := eval.ReadCases
		if strings.HasSuffix(name, ".tsv") {
			read = eval.ReadTable
		}
		more, err := read(name, file)
		file.Close()
		if err != nil {
			return nil, err
		}
		cases = append(cases, more...)
	}
	return cases, nil
}

func answerer(c *answer.Composer) eval.Answerer {
	return func(ctx context.Context, j *eval.Case) (eval.Outcome, error) {
		a, err := c.Answer(ctx, answer.Question{Text: j.Question, Previous: j.Previous, Country: j.Country})
		if err != nil {
			return eval.Outcome{}, err
		}
		out := eval.Outcome{Kind: string(a.Kind), Urgency: a.Urgency.Urgency.String(), Coverage: a.Coverage}
		for _, q := range a.Quotes {
			out.Quotes = append(out.Quotes, q.Text)
		}
		return out, nil
	}
}

// printWrong lists what did not come out as expected: what was quoted and, for a
// question that the library should answer, where the asked fact stands.
func (p *program) printWrong(ctx context.Context, composer *answer.Composer, report *eval.Report) error {
	for _, r := range report.Results {
		c := r.Case
		if asExpected(r) {
			continue
		}
		fmt.Fprintf(p.stdout, "%s:%d [%s/%s] %s\n    expected %s, got %s, rank %d, coverage %.2f\n", c.File, c.Line, c.Topic, c.Style, strings.Join(append(slices.Clone(c.Previous), c.Question), " >> "), c.Expect, r.Outcome.Kind, r.Rank, r.Outcome.Coverage)
		for i, q := range r.Outcome.Quotes {
			fmt.Fprintf(p.stdout, "    [%d] %.160s\n", i+1, oneLine(q))
		}
		if c.Expect != "answer" || r.Rank == 1 {
			continue
		}
		_, ex, err := composer.Explain(ctx, answer.Question{Text: c.Question, Previous: c.Previous, Country: c.Country})
		if err != nil {
			return err
		}
		p.printWanted(c, composer.Library(), ex.Result.Hits)
	}
	return nil
}

// asExpected reports whether a question came out as its case says.
func asExpected(r eval.Result) bool {
	switch r.Case.Expect {
	case "personal", "choose":
		return r.Outcome.Kind == r.Case.Expect
	case "not_covered":
		return len(r.Outcome.Quotes) == 0
	}
	return r.Rank == 1 && r.Outcome.Kind == "cited"
}

// maxWanted is how many passages with the asked fact are listed.
const maxWanted = 3

// printWanted lists the passages that hold the asked fact, with their place in
// the search.
func (p *program) printWanted(c *eval.Case, lib *knowledge.Library, hits []index.Hit) {
	n := 0
	show := func(place string, passage *knowledge.Passage) {
		if n++; n <= maxWanted {
			fmt.Fprintf(p.stdout, "    want %s, %s: %.160s\n", place, passage.ID, oneLine(passage.Text))
		}
	}
	found := map[string]bool{}
	for i, h := range hits {
		if c.Holds(h.Passage.Text) {
			found[h.Passage.ID] = true
			show(fmt.Sprintf("hit %d", i+1), h.Passage)
		}
	}
	for _, passage := range lib.Passages() {
		if !found[passage.ID] && c.Holds(passage.Text) {
			show("further down", passage)
		}
	}
	if n == 0 {
		fmt.Fprintf(p.stdout, "    no passage of the library holds the fact\n")
	}
}

func oneLine(s string) string { return strings.ReplaceAll(s, "\n", " / ") }
