package knowledge

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
)

// Report writes a table of the library's published articles, one a line: its
// passages, words, reading grade, sources, the date of the newest source, the
// day of review and the day the next is due ("overdue" when that is before
// today, YYYY-MM-DD). The totals follow.
func (lib *Library) Report(w io.Writer, today string) error {
	c := &checker{lib: lib, today: today}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "article\tpassages\twords\tgrade\tsources\tnewest\treviewed\tdue")
	var sum totals
	for _, a := range lib.Articles {
		if a.Status != Published {
			continue
		}
		words, passages := 0, 0
		for _, s := range a.Sections {
			for _, p := range s.Passages {
				words += len(wordsOf(p.Text))
				passages++
				if sourced(p) {
					sum.sourced++
				}
			}
		}
		grade := c.articleGrade(a)
		due := a.NextReview
		if due < today {
			due += " overdue"
			sum.overdue++
		}
		fmt.Fprintf(t, "%s\t%d\t%d\t%.1f\t%d\t%s\t%s\t%s\n", a.Slug, passages, words, grade, len(a.Sources), newest(a.Sources), a.Reviewed, due)
		sum.articles++
		sum.passages += passages
		sum.words += words
		sum.grades = append(sum.grades, grade)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	return sum.write(w)
}

type totals struct {
	articles, passages, words, sourced, overdue int

	grades []float64
}

func (t totals) write(w io.Writer) error {
	_, err := fmt.Fprintf(w, "\n%d articles, %d passages, %d words; median reading grade %.1f; %d of %d passages with a source and its date; %d reviews overdue\n",
		t.articles, t.passages, t.words, median(t.grades), t.sourced, t.passages, t.overdue)
	return err
}

// sourced reports whether a passage names a source, and each source a date.
func sourced(p *Passage) bool {
	srcs := p.Section.Sources
	return len(srcs) > 0 && !slices.ContainsFunc(srcs, func(s *Source) bool { return s.Name == "" || s.Date() == "" })
}

// newest returns the latest date of publication among the sources, "undated" when
// none of them shows one.
func newest(srcs []*Source) string {
	date := ""
	for _, s := range srcs {
		if s.Published != Undated {
			date = max(date, s.Published)
		}
	}
	if date == "" {
		return Undated
	}
	return date
}

// median returns the middle value, the mean of the two middle ones when their
// number is even, and 0 of none.
func median(vs []float64) float64 {
	if len(vs) == 0 {
		return 0
	}
	vs = slices.Clone(vs)
	slices.Sort(vs)
	mid := len(vs) / 2
	if len(vs)%2 == 1 {
		return vs[mid]
	}
	return (vs[mid-1] + vs[mid]) / 2
}
