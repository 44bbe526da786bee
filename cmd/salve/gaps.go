package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"salve/bot/library"
)

// gaps prints what was counted of readers: of one server, or of all together.
func (d *desk) gaps(ctx context.Context, _ string) error {
	g, err := d.shelf.Digest(ctx, d.scope, time.Now())
	if err != nil {
		return err
	}
	if d.json {
		return d.write(struct {
			Least      int // what is counted less often is not shown
			Gaps       []library.Gap
			NotHelpful []library.Used
			MostUsed   []library.Used
		}{library.LeastShown, append([]library.Gap{}, g.Gaps...), append([]library.Used{}, g.NotHelpful...), append([]library.Used{}, g.MostUsed...)})
	}
	fmt.Fprintf(d.stdout, "counts of four weeks, this one included, shown from %d on; each person counts once a day\n", library.LeastShown)
	g.Due = nil // the step due lists them
	if g.Empty() {
		fmt.Fprintf(d.stdout, "nothing was asked in vain, judged unhelpful or shown %d times or more\n", library.LeastShown)
		return nil
	}
	if len(g.Gaps) > 0 {
		fmt.Fprintln(d.stdout, "\nasked and not answered")
	}
	for _, x := range g.Gaps {
		what := "something that the lexicon does not know"
		if x.Name != "" {
			what = x.Name
		}
		if x.Intent != "" {
			what += ", " + x.Intent
		}
		trend := map[string]string{"more": "more than", "fewer": "less than", "same": "about as"}[x.Trend]
		fmt.Fprintf(d.stdout, "%5d  %s (%s in the four weeks before)\n", x.Count, what, trend)
		for _, n := range x.Near {
			fmt.Fprintf(d.stdout, "       near: %s#%s  %s\n", n.Article, n.Anchor, n.Title)
		}
	}
	d.used("not helpful", g.NotHelpful)
	d.used("shown most", g.MostUsed)
	return nil
}

func (d *desk) used(title string, list []library.Used) {
	if len(list) > 0 {
		fmt.Fprintf(d.stdout, "\n%s\n", title)
	}
	for _, u := range list {
		fmt.Fprintf(d.stdout, "%5d  %s  %s", u.Count, u.Passage, u.Title)
		for _, r := range u.Reasons {
			fmt.Fprintf(d.stdout, "; %s %d", strings.ReplaceAll(r.Reason, "_", " "), r.Count)
		}
		fmt.Fprintln(d.stdout)
	}
}
