package library

import (
	"slices"

	"salve/bot/answer"
	"salve/index/eval"
)

// safetyAsks are what a section may answer that makes its answers safety answers.
var safetyAsks = []string{"warning", "overdose", "pregnancy", "breastfeeding", "contraception", "interaction", "infection", "vaccine", "stopping", "signs", "help", "mental-health", "monitoring"}

// onSafety reports whether a quote is on a danger: its section answers that, or it
// accompanies another quote as a warning.
func onSafety(q answer.Quote) bool {
	return q.Because != "" || slices.ContainsFunc(q.Asks, func(ask string) bool { return slices.Contains(safetyAsks, ask) })
}

// changesSafety reports whether readers lose something on safety by a difference
// between two answers, or are told something else first: a second moderator must
// look at that. What was quoted further down and is still published is not lost;
// the order of what is less likely meant moves with every article. Something more
// to read below the same first quote is no such change either, nor is an answer
// where there was none.
func changesSafety(c *eval.Case, old, fresh answer.Answer, after *answer.Composer) bool {
	for i, q := range old.Quotes {
		kept := slices.ContainsFunc(fresh.Quotes, func(f answer.Quote) bool { return f.Text == q.Text })
		if !kept && i > 0 && q.Because == "" {
			_, kept = after.Verify(q.Passage, q.Hash)
		}
		if onSafety(q) && !kept {
			return true
		}
	}
	urgent := c.Urgency != "" && c.Urgency != "none"
	switch {
	case len(old.Quotes) == 0:
		return false
	case len(fresh.Quotes) == 0:
		return urgent
	}
	first, then := old.Quotes[0], fresh.Quotes[0]
	return first.Text != then.Text && (urgent || onSafety(first) || onSafety(then))
}
