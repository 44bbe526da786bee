package bot

import (
	"context"
	"fmt"
	"slices"
	"time"

	"salve/bot/library"
	"salve/knowledge"
)

// dueDays is how far ahead /library due looks.
const dueDays = 60

// libraryText does what a subcommand asks whose outcome is a text.
func (b *Bot) libraryText(ctx context.Context, t *turn, slug string) (string, error) {
	s, scope, by := b.cfg.Shelf, b.scope(t), b.actor(t)
	var lines []string
	var err error
	switch t.in.Data.Sub {
	case "status":
		return b.statusText(ctx, t, scope)
	case "list":
		list, failed := s.List(ctx, scope)
		lines, err = articleLines(list), failed
	case "due":
		lines = articleLines(s.Due(scope, dueDays))
	case "gaps":
		return b.gapsText(ctx, t)
	case "show":
		src, err := s.Show(ctx, scope, slug)
		return cutRunes(escape(string(src)), maxListed), err
	case "remove":
		return tr(t.lang, "lib_removed", "article", escape(slug)), s.Remove(ctx, scope, by, slug)
	case "discard":
		return tr(t.lang, "lib_discarded"), s.Discard(ctx, scope, by)
	case "check":
		problems, err := s.Check(ctx, scope)
		return problemText(t.lang, problems), err
	case "reindex":
		if scope != "" {
			return tr(t.lang, "lib_not_home"), nil
		}
		changes, failed := s.Reindex(ctx, by)
		lines, err = changeLines(changes), failed
	case "history":
		versions, failed := s.History(ctx, scope)
		err = failed
		for _, v := range versions {
			lines = append(lines, escape(fmt.Sprintf("%d · %s · %s · %s", v.Number, v.At.UTC().Format(time.DateTime), v.Who, oneLine(v.Note))))
		}
	case "rollback":
		n, err := s.Rollback(ctx, scope, by, t.in.number("version"))
		return tr(t.lang, "lib_published", "n", n), err
	case "audit":
		entries, failed := s.Audit(ctx, scope)
		err = failed
		for i := len(entries) - 1; i >= 0; i-- {
			e := entries[i]
			lines = append(lines, escape(fmt.Sprintf("%s · %s · %s %s %s", e.At.UTC().Format(time.DateTime), e.Who, e.What, e.Subject, oneLine(e.Note))))
		}
	default:
		return tr(t.lang, "unknown_command"), nil
	}
	if len(lines) == 0 {
		return tr(t.lang, "lib_nothing"), err
	}
	return listed(lines), err
}

func (b *Bot) statusText(ctx context.Context, t *turn, scope string) (string, error) {
	s, err := b.cfg.Shelf.Status(ctx, scope)
	if err != nil {
		return "", err
	}
	words := tr(t.lang, "lib_status", "n", s.Version.Number, "articles", s.Articles, "passages", s.Passages, "due", s.Due)
	if s.Draft != nil {
		words += "\n" + tr(t.lang, "lib_draft", "who", escape(s.Draft.Who)) + "\n" + listed(changeLines(s.Changes))
	}
	words += b.noteProblem(ctx, t)
	if s.NeedsApproval {
		words += "\n" + tr(t.lang, "lib_needs")
	}
	if s.BusyBy != "" {
		words += "\n" + tr(t.lang, "lib_busy", "who", escape(s.BusyBy))
	}
	return words, nil
}

func articleLines(list []library.Article) []string {
	var out []string
	for _, a := range list {
		line := escape(a.Slug) + " · " + escape(clip(oneLine(a.Title), 100)) + " · " + escape(a.NextReview)
		if a.Draft != "" {
			line += " · **" + a.Draft + "**"
		}
		out = append(out, line)
	}
	return out
}

func changeLines(list []library.Change) []string {
	var out []string
	for _, c := range list {
		out = append(out, c.What+": "+escape(c.File))
	}
	return out
}

func problemText(lang string, problems knowledge.Problems) string {
	if len(problems) == 0 {
		return tr(lang, "lib_clean")
	}
	var lines []string
	for _, p := range problems {
		mark := "❌ "
		if p.Warning {
			mark = "⚠ "
		}
		lines = append(lines, mark+cutRunes(escape(oneLine(p.Error())), 600))
	}
	return tr(lang, "lib_faults", "n", len(problems.Faults())) + "\n" + listed(lines)
}

// previewed shows what publishing the draft would change for readers.
func (b *Bot) previewed(ctx context.Context, t *turn) (message, error) {
	last := b.now()
	p, err := b.cfg.Shelf.Preview(ctx, b.scope(t), b.actor(t), func(p library.Progress) {
		if b.now().Sub(last) < progressEvery {
			return
		}
		last = b.now()
		// Progress that does not arrive is no reason to stop.
		_ = t.tell(ctx, "lib_working", "phase", p.Phase, "done", p.Done, "of", p.Total, "seconds", int(p.Took.Seconds()))
	})
	if err != nil {
		return message{}, err
	}
	if len(p.Problems.Faults()) > 0 {
		return plain(problemText(t.lang, p.Problems)), nil
	}
	words := tr(t.lang, "lib_preview", "asked", p.Asked, "n", len(p.Answers)) + "\n" + listed(changeLines(p.Files)[:min(len(p.Files), 10)])
	var lines []string
	answers := slices.Clone(p.Answers)
	slices.SortStableFunc(answers, func(a, b library.Difference) int { return rankSafety(a) - rankSafety(b) })
	for _, d := range answers {
		mark := ""
		if d.Safety {
			mark = "⚠ "
		}
		lines = append(lines, mark+"**"+d.What+"** "+escape(cutRunes(oneLine(d.Question), 150))+
			"\n  − "+escape(cutRunes(oneLine(d.Before), 250))+"\n  + "+escape(cutRunes(oneLine(d.After), 250)))
	}
	words += "\n" + cutRunes(listed(lines), maxListed)
	buttons := []component{button(stylePrimary, tr(t.lang, "b_publish"), b.memory.sign(actPublish, "", p.Candidate))}
	if p.NeedsApproval {
		words += "\n" + tr(t.lang, "lib_needs")
		buttons = append(buttons, button(styleSecondary, tr(t.lang, "b_approve"), b.memory.sign(actApprove, "", p.Candidate)))
	}
	return newMessage(append([]component{text(cutRunes(words, 3500))}, rows(buttons...)...)...), nil
}

// rankSafety puts the answers on safety first: they must not be those for which
// a message has no room.
func rankSafety(d library.Difference) int {
	if d.Safety {
		return 0
	}
	return 1
}
