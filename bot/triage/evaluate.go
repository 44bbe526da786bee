package triage

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
)

// A Judged message is one line of an evaluation file.
type Judged struct {
	ID, Text string
	Want     Urgency
	Kind     string
	Locale   string
}

// ReadJudged reads tab-separated lines "id, message, label, kind, note" with no
// quoting, the first one the header. Labels are none, urgent (or same_day),
// emergency and crisis. It returns an error naming the line that is wrong.
func ReadJudged(r io.Reader) ([]Judged, error) {
	var list []Judged
	s := bufio.NewScanner(r)
	s.Buffer(nil, 1<<20)
	for n := 1; s.Scan(); n++ {
		f := strings.Split(s.Text(), "\t")
		if n == 1 && f[0] == "id" || strings.TrimSpace(s.Text()) == "" {
			continue
		}
		if len(f) < 4 {
			return nil, fmt.Errorf("line %d: %d columns; write id, message, label, kind and note with tabs between", n, len(f))
		}
		want, err := ParseUrgency(f[2])
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		list = append(list, Judged{ID: f[0], Text: f[1], Want: want, Kind: f[3]})
	}
	return list, s.Err()
}

// A Result counts what was given for what was wanted.
type Result struct {
	Given [4][4]int            // [wanted][given]
	Kinds map[string][4][4]int // the same by kind
	Wrong []string             // ids of those that missed, in order of the file
}

// missed reports whether given is too little for want, or an alarm for none.
// An emergency may be shown as a crisis and a same-day problem as anything
// higher; a crisis must be a crisis.
func missed(want, given Urgency) bool {
	switch want {
	case None:
		return given != None
	case Crisis:
		return given != Crisis
	}
	return given < want
}

// Count assesses the judged messages with assess and counts the results.
func Count(list []Judged, assess func(text, locale string) Assessment) Result {
	r := Result{Kinds: map[string][4][4]int{}}
	for _, j := range list {
		given := assess(j.Text, j.Locale).Urgency
		r.Given[j.Want][given]++
		k := r.Kinds[j.Kind]
		k[j.Want][given]++
		r.Kinds[j.Kind] = k
		if missed(j.Want, given) {
			r.Wrong = append(r.Wrong, j.ID)
		}
	}
	return r
}

// Caught returns the share of messages of an urgency that got a card at least
// as strong, 0 to 1; for None the share of false alarms. It is 0 of none.
func (r Result) Caught(u Urgency) float64 {
	all, bad := 0, 0
	for given, n := range r.Given[u] {
		all += n
		if missed(u, Urgency(given)) {
			bad += n
		}
	}
	switch {
	case all == 0:
		return 0
	case u == None:
		return float64(bad) / float64(all)
	}
	return float64(all-bad) / float64(all)
}

// Write prints the tables: all messages, then by kind.
func (r Result) Write(w io.Writer) error {
	var b strings.Builder
	b.WriteString("wanted      none  same_day  emergency  crisis   caught\n")
	for u := None; u <= Crisis; u++ {
		g := r.Given[u]
		label := "caught"
		if u == None {
			label = "alarms"
		}
		fmt.Fprintf(&b, "%-10s %5d  %8d  %9d  %6d   %.4f %s\n", u, g[0], g[1], g[2], g[3], r.Caught(u), label)
	}
	b.WriteString("\nkind            wanted        n  missed\n")
	names := make([]string, 0, len(r.Kinds))
	for k := range r.Kinds {
		names = append(names, k)
	}
	slices.Sort(names)
	for _, k := range names {
		for u := None; u <= Crisis; u++ {
			n, bad := 0, 0
			for given, c := range r.Kinds[k][u] {
				n += c
				if missed(u, Urgency(given)) {
					bad += c
				}
			}
			if n > 0 {
				fmt.Fprintf(&b, "%-15s %-10s %4d  %6d\n", k, u, n, bad)
			}
		}
	}
	if len(r.Wrong) > 0 {
		fmt.Fprintf(&b, "\nmissed: %s\n", strings.Join(r.Wrong, " "))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Evaluate reads judged messages from r and writes the table of wanted against
// given to w. The table names messages by id only.
func Evaluate(w io.Writer, r io.Reader) error {
	list, err := ReadJudged(r)
	if err != nil {
		return err
	}
	return Count(list, Assess).Write(w)
}
