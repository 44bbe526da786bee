package bot

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"salve/bot/library"
	"salve/bot/store"
	"salve/knowledge"
)

// dueDays is how far ahead /library due looks.
const dueDays = 60

// listing makes what a subcommand lists.
func (b *Bot) listing(ctx context.Context, t *turn, what, of string) (listing, error) {
	s, scope := b.cfg.Shelf, b.scope(t)
	switch what {
	case "status":
		return b.statusListing(ctx, t, scope)
	case "list":
		list, err := s.List(ctx, scope)
		return listing{lines: articleLines(t.lang, list)}, err
	case "due":
		return listing{lines: articleLines(t.lang, s.Due(scope, dueDays))}, nil
	case "check":
		problems, err := s.Check(ctx, scope)
		return listing{head: problemHead(t.lang, problems), lines: problemLines(problems)}, err
	case "judged":
		return b.judgedListing(ctx, t, scope)
	case "history":
		versions, err := s.History(ctx, scope)
		var lines []string
		for _, v := range versions {
			lines = append(lines, escape(fmt.Sprintf("%d · %s · %s · %s", v.Number, v.At.UTC().Format(time.DateTime), v.Who, oneLine(v.Note))))
		}
		return listing{lines: lines}, err
	case "audit":
		entries, err := s.Audit(ctx, scope)
		return auditListing(t.lang, entries), err
	}
	return b.previewListing(t, of)
}

func (b *Bot) statusListing(ctx context.Context, t *turn, scope string) (listing, error) {
	s, err := b.cfg.Shelf.Status(ctx, scope)
	if err != nil {
		return listing{}, err
	}
	l := listing{head: tr(t.lang, "lib_status", "n", s.Version.Number, "articles", s.Articles, "passages", s.Passages, "due", s.Due)}
	if s.Draft != nil {
		l.head += "\n" + tr(t.lang, "lib_draft", "who", escape(s.Draft.Who))
		l.lines = changeLines(t.lang, s.Changes)
	}
	l.head += b.noteProblem(ctx, t)
	if s.NeedsApproval {
		l.foot = tr(t.lang, "lib_needs")
	}
	if s.BusyBy != "" {
		l.foot += "\n" + tr(t.lang, "lib_busy", "who", escape(s.BusyBy))
	}
	l.foot = strings.TrimSpace(l.foot)
	return l, nil
}

func auditListing(lang string, entries []store.Entry) listing {
	l := listing{file: func() (upload, error) {
		var out bytes.Buffer
		err := library.WriteAudit(&out, entries)
		return upload{"audit.csv", out.Bytes()}, err
	}}
	for _, e := range slices.Backward(entries) {
		l.lines = append(l.lines, escape(strings.Join(noEmpty([]string{e.At.UTC().Format(time.DateTime), e.Who, did(lang, e.What), e.Subject, oneLine(e.Note)}), " · ")))
	}
	if len(l.lines) == 0 {
		return listing{}
	}
	return l
}

// did is what was done, by its name in the audit.
func did(lang, what string) string {
	if _, ok := texts()["lib_did_"+what]; !ok {
		return what
	}
	return tr(lang, "lib_did_"+what)
}

func articleLines(lang string, list []library.Article) []string {
	var out []string
	for _, a := range list {
		line := strings.Join(noEmpty([]string{escape(a.Slug), escape(clip(oneLine(a.Title), 100)), escape(a.NextReview)}), " · ")
		if a.Draft != "" {
			line += " · **" + tr(lang, "lib_what_"+a.Draft) + "**"
		}
		out = append(out, line)
	}
	return out
}

func changeLines(lang string, list []library.Change) []string {
	var out []string
	for _, c := range list {
		out = append(out, tr(lang, "lib_what_"+c.What)+": "+escape(c.File))
	}
	return out
}

// problemHead says how much is wrong, and that the lines below it are in English.
func problemHead(lang string, problems knowledge.Problems) string {
	switch n := len(problems.Faults()); {
	case n > 0:
		return tr(lang, "lib_faults", "n", n)
	case len(problems) > 0:
		return tr(lang, "lib_warnings", "n", len(problems))
	}
	return tr(lang, "lib_clean")
}

func problemLines(problems knowledge.Problems) []string {
	var out []string
	for _, p := range problems {
		mark := "❌ "
		if p.Warning {
			mark = "⚠ "
		}
		out = append(out, mark+cutRunes(escape(oneLine(p.Error())), 600))
	}
	return out
}

// problemText is what is wrong with one article. What has no room stands in
// /library check.
func problemText(lang string, problems knowledge.Problems) string {
	return strings.TrimSpace(problemHead(lang, problems) + "\n" + listed(problemLines(problems)))
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
		_ = t.tell(ctx, "lib_working", "phase", tr(t.lang, "lib_phase_"+p.Phase), "done", p.Done, "of", p.Total, "seconds", int(p.Took.Seconds()))
	})
	if err != nil {
		return message{}, err
	}
	if len(p.Problems.Faults()) > 0 {
		return b.list(ctx, t, "check", "")
	}
	return b.list(ctx, t, "preview", p.Candidate)
}

// previewListing lists the answers of the last preview that differ, if it still
// holds: those on safety first.
func (b *Bot) previewListing(t *turn, candidate string) (listing, error) {
	p, err := b.cfg.Shelf.Previewed(b.scope(t), candidate)
	if err != nil {
		return listing{}, err
	}
	l := listing{
		head:    tr(t.lang, "lib_preview", "asked", p.Asked, "n", len(p.Answers)),
		buttons: []component{button(stylePrimary, tr(t.lang, "b_publish"), b.memory.sign(actPublish, "", p.Candidate))},
	}
	l.lines = changeLines(t.lang, p.Files)
	if len(p.Unmet) > 0 {
		l.head += "\n" + tr(t.lang, "lib_unmet", "n", len(p.Unmet))
	}
	for _, u := range p.Unmet {
		l.lines = append(l.lines, "❌ "+escape(cutRunes(oneLine(u.Question), 300))+" → "+tr(t.lang, "choice_"+u.Expect)+"\n  + "+escape(cutRunes(oneLine(u.Got), 250)))
	}
	answers := slices.Clone(p.Answers)
	slices.SortStableFunc(answers, func(a, b library.Difference) int { return cmp.Compare(rankSafety(a), rankSafety(b)) })
	for _, d := range answers {
		l.lines = append(l.lines, safetyMark(d)+"**"+tr(t.lang, "lib_what_"+d.What)+"** "+escape(cutRunes(oneLine(d.Question), 150))+
			"\n  − "+escape(cutRunes(oneLine(d.Before), 250))+"\n  + "+escape(cutRunes(oneLine(d.After), 250)))
	}
	if p.NeedsApproval {
		l.foot = tr(t.lang, "lib_needs")
		l.buttons = append(l.buttons, button(styleSecondary, tr(t.lang, "b_approve"), b.memory.sign(actApprove, "", p.Candidate)))
	}
	if len(answers) > 0 {
		l.file = func() (upload, error) { return upload{"preview.md", previewFile(t.lang, p, answers)}, nil }
	}
	return l, nil
}

// previewFile is the whole of a preview, both texts of every answer uncut.
func previewFile(lang string, p *library.Preview, answers []library.Difference) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s\n\n", tr(lang, "lib_preview", "asked", p.Asked, "n", len(answers)))
	for _, c := range p.Files {
		fmt.Fprintf(&out, "- %s: %s\n", tr(lang, "lib_what_"+c.What), c.File)
	}
	for _, d := range answers {
		fmt.Fprintf(&out, "\n## %s%s: %s\n\n### −\n\n%s\n\n### +\n\n%s\n", safetyMark(d), tr(lang, "lib_what_"+d.What), oneLine(d.Question),
			strings.TrimSpace(d.Before), strings.TrimSpace(d.After))
	}
	return out.Bytes()
}

func safetyMark(d library.Difference) string {
	if d.Safety {
		return "⚠ "
	}
	return ""
}

// rankSafety puts the answers on safety first, and of those the lost ones: they
// must not be those that nobody turns the page for.
func rankSafety(d library.Difference) int {
	n := slices.Index([]string{"lost", "changed", "gained"}, d.What)
	if !d.Safety {
		n += 3
	}
	return n
}
