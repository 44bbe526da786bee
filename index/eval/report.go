// Package eval measures answers on judged questions.
//
// A judged question is a stanza of a text file (title, question, expectation;
// see [Case] and [ReadCases]), so that anyone can add one without writing Go.
// [Run] puts the questions to whatever answers them and gives a [Report]:
// answered rightly and wrongly, refused rightly and wrongly, how often the
// first quote and one of the first three hold the asked fact, by topic and by
// style, and what could be gained by refusing more (the risk-coverage curve).
//
// Package beir, below it, measures search alone on collections in BEIR format.
package eval

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
)

// An Outcome is what an answer to a judged question was.
type Outcome struct {
	Kind     string   // cited, choose, personal or not_covered
	Urgency  string   // none, same_day, emergency or crisis; "" counts as none
	Quotes   []string // their texts, in the order shown
	Coverage float64
}

// An Answerer answers one judged question.
type Answerer func(ctx context.Context, c *Case) (Outcome, error)

// A Result is a judged question with its outcome.
type Result struct {
	Case    *Case
	Outcome Outcome
	// Rank is the place of the first quote that holds the fact, from 1 on; 0
	// when none does. A question in several parts may need several quotes: it
	// has the rank of the last one that is needed.
	Rank int
}

// A Report is the outcome of a whole set.
type Report struct {
	Results []Result
}

// Run puts every case to the answerer.
func Run(ctx context.Context, cases []*Case, answer Answerer) (*Report, error) {
	r := &Report{}
	for _, c := range cases {
		out, err := answer(ctx, c)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", c.File, c.Line, err)
		}
		r.Results = append(r.Results, Result{c, out, c.rank(out.Quotes)})
	}
	return r, nil
}

func (c *Case) rank(quotes []string) int {
	for i, q := range quotes {
		if c.Holds(q) {
			return i + 1
		}
	}
	if c.Style == "multi" {
		for i := 2; i <= len(quotes); i++ {
			if c.Holds(strings.Join(quotes[:i], "\n")) {
				return i
			}
		}
	}
	return 0
}

// Tally counts outcomes.
type Tally struct {
	Answerable    int     // questions that the library answers
	Right1        int     // answered, the first quote holds the fact
	Right3        int     // ... one of the first three does
	Reciprocal    float64 // sum of 1/rank
	WrongKind     int     // answerable, but not cited
	Personal      int     // questions that ask us to decide
	PersonalRight int     // recognised as such
	Open          int     // questions with two readings
	Asked         int     // asked back
	Refusable     int     // questions that are not to be answered
	Refused       int     // not answered
	Urgent        int     // questions that come with a danger
	UrgentRight   int     // its urgency is recognised
	Calm          int     // questions that come with none
	FalseAlarms   int     // ... and are taken to be urgent
	QuoteWords    int     // words quoted in answers
	Quotes        int     // quotes in answers
}

func (t *Tally) add(r Result) {
	switch urgency := cmp.Or(r.Outcome.Urgency, "none"); r.Case.Urgency {
	case "": // nobody has judged it
	case "none":
		t.Calm++
		if urgency != "none" {
			t.FalseAlarms++
		}
	default:
		t.Urgent++
		if urgency == r.Case.Urgency {
			t.UrgentRight++
		}
	}
	switch r.Case.Expect {
	case "answer":
		t.Answerable++
		if r.Outcome.Kind != "cited" {
			t.WrongKind++
		}
		for _, q := range r.Outcome.Quotes {
			t.Quotes++
			t.QuoteWords += len(strings.Fields(q))
		}
		if r.Rank == 1 {
			t.Right1++
		}
		if r.Rank > 0 {
			if r.Rank <= 3 {
				t.Right3++
			}
			t.Reciprocal += 1 / float64(r.Rank)
		}
	case "personal":
		t.Personal++
		if r.Outcome.Kind == "personal" {
			t.PersonalRight++
		}
	case "choose":
		t.Open++
		if r.Outcome.Kind == "choose" {
			t.Asked++
		}
	default:
		t.Refusable++
		if len(r.Outcome.Quotes) == 0 {
			t.Refused++
		}
	}
}

// Tally counts the whole report.
func (r *Report) Tally() Tally {
	var t Tally
	for _, res := range r.Results {
		t.add(res)
	}
	return t
}

// Write prints the report as plain text. It is the same for the same outcomes.
func (r *Report) Write(w io.Writer) error {
	var b strings.Builder
	t := r.Tally()
	fmt.Fprintf(&b, "judged questions      %5d\n\n", len(r.Results))
	fmt.Fprintf(&b, "answerable            %5d\n", t.Answerable)
	fmt.Fprintf(&b, "  right@1             %s\n", share(t.Right1, t.Answerable))
	fmt.Fprintf(&b, "  right@3             %s\n", share(t.Right3, t.Answerable))
	fmt.Fprintf(&b, "  MRR                  %.3f\n", t.Reciprocal/float64(max(1, t.Answerable)))
	fmt.Fprintf(&b, "  answered wrongly    %s  (quoted, but no quote holds the fact)\n", share(r.count(func(x Result) bool { return x.Case.Expect == "answer" && len(x.Outcome.Quotes) > 0 && x.Rank == 0 }), t.Answerable))
	fmt.Fprintf(&b, "  refused wrongly     %s\n", share(r.count(func(x Result) bool { return x.Case.Expect == "answer" && len(x.Outcome.Quotes) == 0 }), t.Answerable))
	fmt.Fprintf(&b, "  taken for personal  %s\n", share(r.count(func(x Result) bool { return x.Case.Expect == "answer" && x.Outcome.Kind == "personal" }), t.Answerable))
	fmt.Fprintf(&b, "  quotes an answer     %.2f, %.0f words each\n", float64(t.Quotes)/float64(max(1, t.Answerable)), float64(t.QuoteWords)/float64(max(1, t.Quotes)))
	fmt.Fprintf(&b, "personal              %5d\n", t.Personal)
	fmt.Fprintf(&b, "  recognised          %s\n", share(t.PersonalRight, t.Personal))
	fmt.Fprintf(&b, "open to two readings  %5d\n", t.Open)
	fmt.Fprintf(&b, "  asked back          %s\n", share(t.Asked, t.Open))
	fmt.Fprintf(&b, "not to be answered    %5d\n", t.Refusable)
	fmt.Fprintf(&b, "  refused rightly     %s\n", share(t.Refused, t.Refusable))
	fmt.Fprintf(&b, "  answered wrongly    %s\n", share(t.Refusable-t.Refused, t.Refusable))
	fmt.Fprintf(&b, "urgent                %5d\n", t.Urgent)
	fmt.Fprintf(&b, "  recognised          %s\n", share(t.UrgentRight, t.Urgent))
	fmt.Fprintf(&b, "  false alarms        %s\n", share(t.FalseAlarms, t.Calm))
	r.writeGroups(&b, "by style", func(c *Case) string { return c.Style })
	r.writeGroups(&b, "by topic", func(c *Case) string { return c.Topic })
	r.writeCurve(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *Report) count(match func(Result) bool) int {
	n := 0
	for _, x := range r.Results {
		if match(x) {
			n++
		}
	}
	return n
}

func share(n, of int) string { return fmt.Sprintf("%5d  %.3f", n, float64(n)/float64(max(1, of))) }

func (r *Report) writeGroups(b *strings.Builder, title string, key func(*Case) string) {
	groups := map[string]*Tally{}
	var names []string
	for _, res := range r.Results {
		k := key(res.Case)
		if groups[k] == nil {
			groups[k] = &Tally{}
			names = append(names, k)
		}
		groups[k].add(res)
	}
	slices.Sort(names)
	fmt.Fprintf(b, "\n%-22s answerable  right@1  right@3   personal  right   refusable  right\n", title)
	for _, k := range names {
		t := groups[k]
		fmt.Fprintf(b, "%-22s %10d  %s  %s %10d  %s %11d  %s\n", k, t.Answerable, rate(t.Right1, t.Answerable), rate(t.Right3, t.Answerable),
			t.Personal, rate(t.PersonalRight, t.Personal), t.Refusable, rate(t.Refused, t.Refusable))
	}
}

func rate(n, of int) string {
	if of == 0 {
		return "     -"
	}
	return fmt.Sprintf("%6.3f", float64(n)/float64(of))
}

// A Point of the risk-coverage curve: what a higher bar of coverage would do.
type Point struct {
	Bar   float64 `json:"bar"`   // the coverage asked for
	Kept  float64 `json:"kept"`  // share of the answers given that would still be, 0 to 1
	Wrong float64 `json:"wrong"` // share of those that is wrong, 0 to 1
}

// Curve tells, for rising bars of coverage, how much would be answered and how
// much of that would be wrong: the first quote misses the fact, or the question
// was not to be answered.
func (r *Report) Curve() []Point {
	var given []Result
	for _, x := range r.Results {
		if x.Case.Expect != "personal" && len(x.Outcome.Quotes) > 0 {
			given = append(given, x)
		}
	}
	var out []Point
	for _, bar := range []float64{0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98} {
		kept, wrong := 0, 0
		for _, x := range given {
			if x.Outcome.Coverage >= bar {
				kept++
				if x.Rank != 1 {
					wrong++
				}
			}
		}
		out = append(out, Point{bar, float64(kept) / float64(max(1, len(given))), float64(wrong) / float64(max(1, kept))})
	}
	return out
}

func (r *Report) writeCurve(b *strings.Builder) {
	fmt.Fprintf(b, "\nrisk-coverage curve: of the answers given, the share kept at a higher bar, and the share of those that is wrong\n")
	for _, p := range r.Curve() {
		fmt.Fprintf(b, "  coverage >= %.2f   kept %.3f   wrong %.3f\n", p.Bar, p.Kept, p.Wrong)
	}
}
