// Lane trains the recogniser of messages that ask Salve to decide for a person.
//
//	go run ./bot/answer/lane              learn from messages.tsv and questions.tsv, write model/weights.bin
//	go run ./bot/answer/lane -check       5-fold cross-validation, writes nothing
//	go run ./bot/answer/lane -snapshot    write questions.tsv from the judged questions of index/eval
//	go run ./bot/answer/lane -score FILE  the probability of each line "kind TAB style TAB message"
//
// It is run in the root of the module. The same messages give the same bytes.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"salve/bot/answer/lane/model"
	"salve/index/eval"
)

const (
	messagesFile = "bot/answer/lane/messages.tsv"
	// A snapshot, so that a judged question can be added without learning anew.
	questionsFile = "bot/answer/lane/questions.tsv"
	weightsFile   = "bot/answer/lane/model/weights.bin"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "lane: %v\n", err)
		os.Exit(1)
	}
}

func run(args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("lane", flag.ContinueOnError)
	check := flags.Bool("check", false, "cross-validate and write nothing")
	snapshot := flags.Bool("snapshot", false, "write the judged questions to "+questionsFile)
	score := flags.String("score", "", "print the probability of each message of a `file`")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *score != "" {
		return printScores(*score, stdout)
	}
	if *snapshot {
		return writeQuestions(questionsFile)
	}
	rows, err := readRows(messagesFile)
	if err != nil {
		return err
	}
	questions, err := readRows(questionsFile)
	if err != nil {
		return err
	}
	rows = append(rows, questions...)
	if *check {
		results, err := crossValidate(rows, 5)
		if err != nil {
			return err
		}
		report(stdout, results)
		return nil
	}
	weights, err := model.Learn(examples(rows))
	if err != nil {
		return err
	}
	return os.WriteFile(weightsFile, weights, 0o644)
}

// writeQuestions writes the judged questions that ship with Salve as rows: who
// asks for a fact is answered with it, whatever story stands around.
func writeQuestions(name string) error {
	cases, err := eval.Builtin()
	if err != nil {
		return err
	}
	out := "# Judged questions of index/eval, written by go run ./bot/answer/lane -snapshot.\n"
	seen := map[string]bool{}
	for _, c := range cases {
		kind := map[string]string{"answer": "general", "choose": "general", "personal": "personal"}[c.Expect]
		text := strings.ReplaceAll(strings.Join(append(slices.Clone(c.Previous), c.Question), " >> "), "\t", " ")
		if kind == "" || c.Urgency != "none" || seen[strings.ToLower(text)] {
			continue
		}
		seen[strings.ToLower(text)] = true
		out += kind + "\t" + c.Style + "\t" + text + "\n"
	}
	return os.WriteFile(name, []byte(out), 0o644)
}

// printScores prints the probability of each message of a file, with its line.
func printScores(name string, stdout io.Writer) error {
	rows, err := readRows(name)
	if err != nil {
		return err
	}
	m, err := model.Load()
	if err != nil {
		return err
	}
	for _, r := range rows {
		fmt.Fprintf(stdout, "%.3f\t%s\t%s\t%s\n", m.Probability(r.text, r.previous), r.kind, r.style, r.text)
	}
	return nil
}
