package answer

import (
	"fmt"
	"slices"
	"strings"

	"salve/knowledge"
)

// Text returns the whole reply as plain text for people, in English, without
// the card of an urgent message (see package triage), which comes first.
func (a Answer) Text() string {
	var b strings.Builder
	switch a.Kind {
	case Cited:
		a.writeQuotes(&b)
		for _, m := range a.Missing {
			fmt.Fprintf(&b, "The library has nothing on this part: %q. That does not mean it is safe.\n\n", m)
		}
		b.WriteString(safetyNote(a.Quotes))
	case Personal:
		b.WriteString("This is a decision for you and the people who treat you. Salve does not decide, diagnose or choose doses.")
		if len(a.Quotes) > 0 {
			b.WriteString(" Here is what the library says on the topic, word for word.\n\n")
			a.writeQuotes(&b)
		} else {
			b.WriteString("\n\n")
		}
		for _, q := range a.Ask {
			b.WriteString("To take to your doctor or pharmacist:\n")
			b.WriteString(indent(q.Text, "  "))
			fmt.Fprintf(&b, "\n  %s, %s\n\n", q.Title, q.Section)
		}
		b.WriteString(safetyNote(slices.Concat(a.Quotes, a.Ask)))
	case Choose:
		b.WriteString("The answer differs. Which do you mean?\n")
		for i, c := range a.Choices {
			fmt.Fprintf(&b, "  %d. %s\n", i+1, c.Label)
		}
	default:
		a.writeNotCovered(&b)
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

func (a Answer) writeNotCovered(b *strings.Builder) {
	if strings.TrimSpace(a.Question) == "" {
		b.WriteString("There is no question to answer. Ask one in a sentence, for example: what are the side effects of oral JAK inhibitors?\n")
		return
	}
	fmt.Fprintf(b, "The library does not answer this. %d articles (%d passages, newest check %s) were searched.\n", a.Searched.Articles, a.Searched.Passages, a.Searched.Newest)
	b.WriteString("That nothing was found does not mean that something is safe. A doctor or pharmacist can answer.\n")
	if len(a.Near) > 0 {
		b.WriteString("\nNear topics in the library:\n")
		for _, t := range a.Near {
			fmt.Fprintf(b, "  - %s\n", t.Title)
		}
	}
	b.WriteString("\nIf the library should cover it, tell the moderators.\n")
}

func (a Answer) writeQuotes(b *strings.Builder) {
	for i, q := range a.Quotes {
		fmt.Fprintf(b, "[%d] %s\n", i+1, strings.TrimLeft(indent(q.Text, "    "), " "))
		where := q.Title
		if q.Section != "" && q.Section != q.Title {
			where += " > " + q.Section
		}
		fmt.Fprintf(b, "    %s\n", where)
		if line := q.Labels(); line != "" {
			fmt.Fprintf(b, "    %s\n", line)
		}
		for _, s := range q.Sources {
			fmt.Fprintf(b, "    Source: %s\n", s.Line())
		}
		b.WriteByte('\n')
	}
}

// Labels says in one line what limits a quote: where it holds, why it is there,
// and when it was checked.
func (q Quote) Labels() string {
	var parts []string
	if len(q.Regions) > 0 {
		parts = append(parts, "Holds for: "+strings.Join(q.Regions, ", "))
	}
	if q.Because != "" {
		parts = append(parts, "shown together with the quote above")
	}
	if q.Conflict {
		parts = append(parts, "sources differ, those of this quote are of "+q.Dated())
	}
	parts = append(parts, fmt.Sprintf("text checked against its sources %s, %s", q.Reviewed, q.ReviewedBy))
	if q.Stale {
		parts = append(parts, "OVERDUE for review since "+q.NextReview)
	}
	return strings.Join(parts, "; ")
}

// Dated returns the date of the quote's newest source that has one: when it was
// published or, for an undated one, when it was read.
func (q Quote) Dated() string {
	published, read := "", ""
	for _, s := range q.Sources {
		if s.Published != knowledge.Undated {
			published = max(published, s.Published)
		}
		read = max(read, s.Accessed)
	}
	if published == "" && read != "" {
		return read + " (undated, day read)"
	}
	return published
}

// Line returns the source in one line: name, date and address.
func (s Source) Line() string {
	line := s.Name
	switch {
	case s.Published != "" && s.Published != "undated":
		line += ", " + s.Published
	case s.Accessed != "":
		line += ", undated, read " + s.Accessed
	}
	if s.URL != "" {
		line += ", " + s.URL
	}
	return line
}

// safetyNote is what stands under every reply that quotes.
func safetyNote(quotes []Quote) string {
	unreviewed := 0
	for _, q := range quotes {
		if q.ReviewedBy == "" || strings.HasPrefix(q.ReviewedBy, "not ") {
			unreviewed++
		}
	}
	note := "These are quotations from the library, not medical advice."
	switch {
	case unreviewed == 0:
	case unreviewed == len(quotes):
		note += " No clinician has reviewed them yet."
	default:
		note += " No clinician has reviewed those marked so."
	}
	return note + " Do not start, stop or change a medicine because of them; ask the person who prescribes it. In an emergency call your local emergency number.\n"
}

func indent(s, by string) string {
	return by + strings.ReplaceAll(s, "\n", "\n"+by)
}
