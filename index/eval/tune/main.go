// Command tune learns the weights of package index from judged questions and
// writes index/weights.json:
//
//	go run ./index/eval/tune [-o index/weights.json] [-v] [-tables] [TABLE.tsv ...]
//
// It always learns from the judged questions that ship with Salve; further ones
// are read from tab-separated tables (see eval.ReadTable). It prints figures
// from five-fold cross-validation, which are the ones to believe.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"

	"salve/index"
	"salve/index/eval"
	"salve/knowledge"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "tune: %v\n", err)
		os.Exit(1)
	}
}

func run(args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("tune", flag.ContinueOnError)
	out := flags.String("o", "", "file to write the weights to; none when empty")
	verbose := flags.Bool("v", false, "list the questions that cross-validation gets wrong")
	only := flags.Bool("tables", false, "learn from the tables alone")
	if err := flags.Parse(args); err != nil {
		return err
	}
	lib, problems, err := knowledge.Load(knowledge.Builtin())
	if err != nil {
		return err
	}
	if len(problems.Faults()) > 0 {
		fmt.Fprintln(stdout, "library has", len(problems.Faults()), "faults")
	}
	x, err := index.New(lib)
	if err != nil {
		return err
	}
	cases, err := eval.Builtin()
	if err != nil {
		return err
	}
	if *only {
		cases = nil
	}
	for _, name := range flags.Args() {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		more, err := eval.ReadTable(name, f)
		f.Close()
		if err != nil {
			return err
		}
		cases = append(cases, more...)
	}
	var examples []index.Example
	for _, c := range cases {
		e := index.Example{
			Name:     c.Question,
			Question: index.Question{Text: c.Question, Previous: c.Previous, Country: c.Country},
			Refuse:   c.Expect == "not_covered",
		}
		if c.Expect == "answer" {
			e.Holds = c.Holds
		}
		examples = append(examples, e)
	}
	errors := io.Discard
	if *verbose {
		errors = stdout
	}
	weights, err := x.Learn(context.Background(), examples, stdout, errors)
	if err != nil || *out == "" {
		return err
	}
	return os.WriteFile(*out, weights, 0o644)
}
