package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"

	"salve/bot/answer"
	"salve/index/eval"
	"salve/index/eval/beir"
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
		return p.printWrong(report)
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

// printWrong lists what did not come out as expected.
func (p *program) printWrong(report *eval.Report) error {
	for _, r := range report.Results {
		c := r.Case
		ok := r.Rank == 1 && r.Outcome.Kind == "cited"
		switch c.Expect {
		case "personal":
			ok = r.Outcome.Kind == "personal"
		case "not_covered":
			ok = len(r.Outcome.Quotes) == 0
		}
		if ok {
			continue
		}
		fmt.Fprintf(p.stdout, "%s:%d [%s/%s] %s\n    expected %s, got %s, rank %d, coverage %.2f\n", c.File, c.Line, c.Topic, c.Style, strings.Join(append(c.Previous, c.Question), " >> "), c.Expect, r.Outcome.Kind, r.Rank, r.Outcome.Coverage)
		for i, q := range r.Outcome.Quotes {
			fmt.Fprintf(p.stdout, "    [%d] %.160s\n", i+1, strings.ReplaceAll(q, "\n", " / "))
		}
	}
	return nil
}
