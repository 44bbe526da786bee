package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"salve/bot/answer"
	"salve/bot/triage"
	"salve/index"
)

// input is one line of "ask --json -" when it is a JSON object.
type input struct {
	Question string   `json:"question"`
	Previous []string `json:"previous"`
	Locale   string   `json:"locale"`
	Country  string   `json:"country"`
}

// startGC is the growth of memory, in percent, at which ask collects garbage; 100
// is usual. At 400 a question takes a quarter less time and 150 MB in place of 95.
const startGC = 400

// maxLine is the longest line of standard input, in bytes.
const maxLine = 4 << 20

func (p *program) ask(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("ask", flag.ContinueOnError)
	asJSON := f.Bool("json", false, "")
	explain := f.Bool("explain", false, "")
	dir := f.String("knowledge", "", "")
	built := f.String("index", "", "")
	var in input
	f.StringVar(&in.Country, "country", "", "")
	f.StringVar(&in.Locale, "locale", "", "")
	f.Func("previous", "", func(s string) error { in.Previous = append(in.Previous, s); return nil })
	rest, err := parse(f, args)
	if err != nil {
		return err
	}
	if len(rest) == 0 {
		return usagef("ask needs a question; write salve ask \"what are JAK inhibitors\"")
	}
	// One question costs mostly the start: building the index makes little garbage
	// that is worth collecting, and the gate loads beside it.
	defer debug.SetGCPercent(debug.SetGCPercent(startGC))
	go triage.Load()
	c, done, err := p.answers(*dir, *built)
	if err != nil {
		return err
	}
	defer done()
	if *asJSON && len(rest) == 1 && rest[0] == "-" {
		return p.askLines(ctx, c, in)
	}
	in.Question = strings.Join(rest, " ")
	if *asJSON {
		line, err := reply(ctx, c, in)
		if err != nil {
			return err
		}
		_, err = p.stdout.Write(line)
		return err
	}
	if *explain {
		return p.explain(ctx, c, in)
	}
	a, err := c.Answer(ctx, in.question())
	if err != nil {
		return err
	}
	_, err = io.WriteString(p.stdout, fullText(a, in))
	return err
}

func (in input) question() answer.Question {
	return answer.Question{Text: in.Question, Previous: in.Previous, Locale: in.Locale, Country: in.Country}
}

// askLines answers standard input line by line, in order. A line that is a JSON
// object is read as such; any other line is the question itself.
func (p *program) askLines(ctx context.Context, c *answer.Composer, defaults input) error {
	r := bufio.NewReaderSize(p.stdin, 64<<10)
	w := bufio.NewWriter(p.stdout)
	defer w.Flush()
	for {
		line, err := readLine(r)
		if err == io.EOF {
			return w.Flush()
		}
		if err != nil {
			return err
		}
		in := defaults
		if trimmed := bytes.TrimSpace(line); len(trimmed) > 0 && trimmed[0] == '{' {
			var obj input
			if json.Unmarshal(trimmed, &obj) == nil {
				in = obj
				if in.Country == "" {
					in.Country = defaults.Country
				}
				if in.Locale == "" {
					in.Locale = defaults.Locale
				}
			} else {
				in.Question = string(line)
			}
		} else {
			in.Question = string(line)
		}
		out, err := reply(ctx, c, in)
		if err != nil {
			return err
		}
		w.Write(out)
		if r.Buffered() == 0 { // whoever waits for this answer gets it now
			if err := w.Flush(); err != nil {
				return err
			}
		}
	}
}

// readLine reads a line of any length, keeping at most maxLine bytes of it.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		if len(line) < maxLine {
			line = append(line, part...)
		}
		switch err {
		case nil:
			return bytes.TrimRight(line, "\r\n"), nil
		case bufio.ErrBufferFull:
		case io.EOF:
			if len(line) == 0 {
				return nil, io.EOF
			}
			return line, nil
		default:
			return nil, fmt.Errorf("can't read standard input: %w", err)
		}
	}
}

// output is the machine-readable answer. Its fields are an interface: add, but
// don't rename or remove.
type output struct {
	Question      string        `json:"question"`
	Kind          answer.Kind   `json:"kind"`
	Urgency       string        `json:"urgency"`
	UrgencyReason string        `json:"urgency_reason"`
	Text          string        `json:"text"`
	Choices       []string      `json:"choices"`
	Quotes        []outputQuote `json:"quotes"`
	Ask           []outputQuote `json:"ask,omitempty"`
	Near          []string      `json:"near,omitempty"`
	Missing       []string      `json:"missing,omitempty"`
	Coverage      float64       `json:"coverage"`
	ElapsedMS     float64       `json:"elapsed_ms"`
}

type outputQuote struct {
	Text       string          `json:"text"`
	Article    string          `json:"article"`
	Title      string          `json:"title"`
	Section    string          `json:"section"`
	Passage    string          `json:"passage"`
	Version    int             `json:"version"`
	Hash       string          `json:"hash"`
	Reviewed   string          `json:"reviewed"`
	ReviewedBy string          `json:"reviewed_by"`
	Stale      bool            `json:"stale"`
	Regions    []string        `json:"regions,omitempty"`
	Because    string          `json:"because,omitempty"`
	Conflict   bool            `json:"conflict,omitempty"`
	Sources    []answer.Source `json:"sources"`
}

func outputQuotes(quotes []answer.Quote) []outputQuote {
	out := []outputQuote{}
	for _, q := range quotes {
		sources := q.Sources
		if sources == nil {
			sources = []answer.Source{}
		}
		out = append(out, outputQuote{
			Text: q.Text, Article: q.Article, Title: q.Title, Section: q.Section, Passage: q.Passage, Version: q.Version, Hash: q.Hash,
			Reviewed: q.Reviewed, ReviewedBy: q.ReviewedBy, Stale: q.Stale, Regions: q.Regions, Because: q.Because, Conflict: q.Conflict, Sources: sources,
		})
	}
	return out
}

// reply answers one question as a line of JSON.
func reply(ctx context.Context, c *answer.Composer, in input) ([]byte, error) {
	start := time.Now()
	a, err := c.Answer(ctx, in.question())
	if err != nil {
		return nil, err
	}
	elapsed := time.Since(start)
	out := output{
		Question: strings.ToValidUTF8(in.Question, "�"), Kind: a.Kind, Urgency: a.Urgency.Urgency.String(), UrgencyReason: a.Urgency.Reason(),
		Text: fullText(a, in), Choices: []string{}, Quotes: outputQuotes(a.Quotes), Missing: a.Missing,
		Coverage: float64(int(a.Coverage*1000+0.5)) / 1000, ElapsedMS: float64(elapsed.Microseconds()) / 1000,
	}
	if len(a.Ask) > 0 {
		out.Ask = outputQuotes(a.Ask)
	}
	for _, ch := range a.Choices {
		out.Choices = append(out.Choices, ch.Label)
	}
	for _, t := range a.Near {
		out.Near = append(out.Near, t.Title)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(out); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// fullText is the whole reply as plain text, the card of an urgent message first.
func fullText(a answer.Answer, in input) string {
	help := card(a, in)
	if help != "" && a.Kind == answer.NotCovered {
		return help // who is in danger is not told what the library lacks
	}
	return help + a.Text()
}

// explain prints how an answer came about.
func (p *program) explain(ctx context.Context, c *answer.Composer, in input) error {
	a, ex, err := c.Explain(ctx, in.question())
	if err != nil {
		return err
	}
	w := p.stdout
	u := ex.Result.Understanding
	fmt.Fprintf(w, "urgency   %s %s\n", a.Urgency.Urgency, a.Urgency.Reason())
	fmt.Fprintf(w, "language  %s\n", u.Language)
	for _, word := range u.Words {
		as := word.As
		if as == "" {
			as = "a word"
		}
		fmt.Fprintf(w, "word      %-28s %-28s weight %.2f\n", word.Text, as, word.Weight)
	}
	for _, g := range u.Intents {
		fmt.Fprintf(w, "asks      %-28s %.2f\n", g.Intent, g.P)
	}
	fmt.Fprintf(w, "regions   %s; reader %s\n", orNone(u.Regions), orNone([]string{u.Reader}))
	fmt.Fprintf(w, "unknown   %s\n", orNone(slices.Concat(u.Unknown, u.Foreign)))
	for _, part := range u.Parts {
		fmt.Fprintf(w, "part      %s\n", part)
	}
	fmt.Fprintf(w, "lane      %.2f asks us to decide for a person\n", ex.Lane)
	for i, h := range ex.Result.Hits {
		if i == 5 {
			break
		}
		fmt.Fprintf(w, "\n%d. %s  score %.2f, probability %.2f, coverage %.2f\n   %s\n   missing: %s\n", i+1, h.Passage.ID, h.Score, h.Probability, h.Coverage, firstLine(h.Passage.Text), orNone(h.Missing))
		printParts(w, "", h.Parts())
		if i == 0 {
			printParts(w, "coverage: ", h.Evidence())
		}
	}
	fmt.Fprintf(w, "\nkind      %s: %s (coverage %.2f, bar %.2f)\n\n", a.Kind, ex.Rule, a.Coverage, ex.Bar)
	_, err = io.WriteString(w, fullText(a, in))
	return err
}

// printParts prints features with what each adds.
func printParts(w io.Writer, of string, parts []index.Part) {
	for _, part := range parts {
		fmt.Fprintf(w, "     %-28s %6.2f -> %+.2f\n", of+part.Name, part.Value, part.Points)
	}
}

func orNone(list []string) string {
	var out []string
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		return "none"
	}
	return strings.Join(out, ", ")
}

func firstLine(s string) string {
	line, _, more := strings.Cut(s, "\n")
	if more {
		line += " ..."
	}
	return line
}
