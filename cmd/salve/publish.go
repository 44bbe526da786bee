package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"salve/bot/library"
)

// look previews the draft, with progress on standard error. It fails when the
// draft has faults, or is not the candidate that is named.
func (d *desk) look(ctx context.Context, candidate string) (*library.Preview, error) {
	shown := ""
	p, err := d.shelf.Preview(ctx, d.scope, d.by, func(g library.Progress) {
		// Asking is told often; a line for every hundredth part of it is enough.
		line := g.Phase
		if g.Total > 1 {
			line = fmt.Sprintf("%s %d%%", g.Phase, g.Done*100/g.Total/10*10)
		}
		if line != shown {
			shown = line
			fmt.Fprintf(d.stderr, "%s, %d of %d, %.1f s\n", g.Phase, g.Done, g.Total, g.Took.Seconds())
		}
	})
	if err != nil {
		return nil, err
	}
	if faults := p.Problems.Faults(); len(faults) > 0 {
		for _, f := range faults {
			fmt.Fprintln(d.stderr, f.Error())
		}
		return nil, fmt.Errorf("the draft has %d faults, listed above; mend them first", len(faults))
	}
	if candidate != "" && candidate != p.Candidate {
		return nil, fmt.Errorf("the draft or what is published changed: the candidate is %s now, not %s; look at salve library preview again", p.Candidate, candidate)
	}
	return p, nil
}

func (d *desk) preview(ctx context.Context, _ string) error {
	p, err := d.look(ctx, "")
	if err != nil {
		return err
	}
	if d.json {
		return d.write(struct {
			Candidate     string
			Base          int
			Files         []library.Change
			Asked         int
			Answers       []library.Difference
			Unmet         []library.Unmet
			NeedsApproval bool
		}{p.Candidate, p.Base, p.Files, p.Asked, p.Answers, p.Unmet, p.NeedsApproval})
	}
	fmt.Fprintf(d.stdout, "candidate %s, compared with version %d\n", p.Candidate, p.Base)
	d.changes(p.Files)
	// What can do harm is read first.
	slices.SortStableFunc(p.Answers, func(a, b library.Difference) int { return rank(a) - rank(b) })
	for _, a := range p.Answers {
		what := a.What
		if a.Safety {
			what += ", a safety answer"
		}
		fmt.Fprintf(d.stdout, "\n%s (%s)\n  before:\n%s  after:\n%s", a.Question, what, indented(a.Before), indented(a.After))
	}
	for _, u := range p.Unmet {
		fmt.Fprintf(d.stdout, "\n%s (not as it should be: %s)\n  after:\n%s", u.Question, u.Expect, indented(u.Got))
	}
	fmt.Fprintf(d.stdout, "\n%d questions asked, %d answers differ\n", p.Asked, len(p.Answers))
	if p.NeedsApproval {
		fmt.Fprintf(d.stdout, "a safety answer changes or is lost: somebody else than who made the draft must run\n  salve library approve %s --by NAME\n", p.Candidate)
	}
	return nil
}

// rank orders differences: safety answers first, and of those the lost ones.
func rank(a library.Difference) int {
	n := slices.Index([]string{"lost", "changed", "gained"}, a.What)
	if !a.Safety {
		n += 3
	}
	return n
}

func indented(text string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.TrimRight(text, "\n") + "\n") {
		b.WriteString("    " + line)
	}
	return b.String()
}

func (d *desk) approve(ctx context.Context, candidate string) error {
	p, err := d.look(ctx, candidate)
	if err != nil {
		return err
	}
	if err := d.shelf.Approve(ctx, d.scope, d.by, p.Candidate); err != nil {
		return err
	}
	fmt.Fprintf(d.stdout, "%s is approved by %s\n", p.Candidate, d.by.Name)
	return nil
}

func (d *desk) publish(ctx context.Context, candidate string) error {
	p, err := d.look(ctx, candidate)
	if err != nil {
		return err
	}
	n, err := d.shelf.Publish(ctx, d.scope, d.by, p.Candidate, d.note)
	if errors.Is(err, library.ErrNeedsApproval) {
		return fmt.Errorf("%w, with salve library approve %s --by NAME", err, p.Candidate)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(d.stdout, "published as version %d; %d of %d answers differ\n", n, len(p.Answers), p.Asked)
	return nil
}

func (d *desk) history(ctx context.Context, _ string) error {
	versions, err := d.shelf.History(ctx, d.scope)
	if err != nil {
		return err
	}
	if d.json {
		return d.write(versions)
	}
	for _, v := range versions {
		fmt.Fprintln(d.stdout, strings.TrimSpace(fmt.Sprintf("%d  %s  %s  %s", v.Number, stamp(v.At), v.Who, v.Note)))
	}
	return nil
}

func (d *desk) rollback(ctx context.Context, version string) error {
	old, err := strconv.Atoi(version)
	if err != nil {
		return usagef("rollback needs the number of a version; salve library history lists them")
	}
	n, err := d.shelf.Rollback(ctx, d.scope, d.by, old)
	if err != nil {
		return err
	}
	fmt.Fprintf(d.stdout, "version %d is published again, as version %d\n", old, n)
	return nil
}

func (d *desk) retract(ctx context.Context, ref string) error {
	if strings.TrimSpace(d.reason) == "" {
		return usagef("a retraction needs --reason TEXT; readers of earlier messages may see it")
	}
	r, err := d.shelf.Retract(ctx, d.scope, d.by, ref, d.reason)
	if err != nil {
		return err
	}
	if d.json {
		return d.write(r)
	}
	fmt.Fprintf(d.stdout, "%s is retracted, in version %d: %d passages are out of answers\n", ref, r.Version, len(r.Passages))
	for _, p := range r.Posts {
		fmt.Fprintf(d.stdout, "quoted in a public message, to be edited by the bot: %s\n", p.Link())
	}
	if len(r.Posts) > 0 {
		fmt.Fprintln(d.stdout, "salve serve edits them within seconds, or when it starts; salve library audit lists what could not be edited")
	}
	return nil
}

func (d *desk) audit(ctx context.Context, _ string) error {
	entries, err := d.shelf.Audit(ctx, d.scope)
	if err != nil {
		return err
	}
	switch {
	case d.json:
		return d.write(entries)
	case d.csv:
		return library.WriteAudit(d.stdout, entries)
	}
	for _, e := range entries {
		fmt.Fprintln(d.stdout, strings.TrimSpace(strings.Join([]string{stamp(e.At), e.Who, e.What, e.Subject, e.Note}, "  ")))
	}
	return nil
}

func (d *desk) export(ctx context.Context, file string) error {
	raw, err := d.shelf.Export(ctx, d.scope)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already; name a new file", file)
	}
	if err != nil {
		return fmt.Errorf("can't write the archive (%w)", err)
	}
	_, err = f.Write(raw)
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(fmt.Errorf("can't write the archive (%w)", err), os.Remove(file))
	}
	fmt.Fprintf(d.stdout, "the published library is in %s, %d bytes\n", file, len(raw))
	return nil
}
