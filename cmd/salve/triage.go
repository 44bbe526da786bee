package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"

	"salve/bot/answer"
	"salve/bot/triage"
)

// triage says how urgent a message is, or measures that on a file.
func (p *program) triage(_ context.Context, args []string) error {
	f := flag.NewFlagSet("triage", flag.ContinueOnError)
	asJSON := f.Bool("json", false, "")
	file := f.String("eval", "", "")
	var in input
	f.StringVar(&in.Locale, "locale", "", "")
	f.StringVar(&in.Country, "country", "", "")
	rest, err := parse(f, args)
	if err != nil {
		return err
	}
	if *file != "" {
		r, err := os.Open(*file)
		if err != nil {
			return fmt.Errorf("can't read the judged messages; check the name (%w)", err)
		}
		defer r.Close()
		return triage.Evaluate(p.stdout, r)
	}
	if len(rest) == 0 {
		return usagef("triage needs a message; write salve triage \"my throat is swelling\"")
	}
	in.Question = strings.Join(rest, " ")
	a := triage.Assess(in.Question, in.Locale)
	text := card(answer.Answer{Urgency: a}, in)
	if *asJSON {
		enc := json.NewEncoder(p.stdout)
		enc.SetEscapeHTML(false)
		return enc.Encode(map[string]any{
			"urgency": a.Urgency.String(), "sign": a.Sign, "words": append([]string{}, a.Words...), "reason": a.Reason(), "card": text,
		})
	}
	fmt.Fprintf(p.stdout, "%s", a.Urgency)
	if reason := a.Reason(); reason != "" {
		fmt.Fprintf(p.stdout, "  %s", reason)
	}
	fmt.Fprintf(p.stdout, "\n\n%s", text)
	return nil
}

// card returns the card of an urgent message as plain text, "" when it is not urgent.
func card(a answer.Answer, in input) string {
	c, ok := triage.Help(a.Urgency, triage.Country(in.Country, in.Locale), in.Locale, triage.Numbers{})
	if !ok {
		return ""
	}
	return strings.ReplaceAll(c.Text(), "**", "") + "\n\n"
}
