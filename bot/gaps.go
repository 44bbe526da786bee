package bot

import (
	"context"
	"strings"
	"sync"
	"time"

	"salve/bot/answer"
	"salve/bot/library"
	"salve/bot/store"
	"salve/bot/triage"
)

// countByWeek counts, for the moderators, what an answer lacked and which passages
// it showed, by server and week. Only ids of the library and of its lexicon are
// counted, so nothing that was written can be. Where nobody could look at the
// counts, nothing is counted.
func (b *Bot) countByWeek(ctx context.Context, t *turn, a asked, ans answer.Answer) {
	if ans.Urgency.Urgency != triage.None || a.elsewhere {
		return // danger is no topic for a list; and whoever wrote elsewhere did not ask the bot
	}
	for _, q := range ans.Quotes {
		b.tally(ctx, t, store.Shown, q.Passage, "")
	}
	for _, l := range ans.Lacks {
		b.tally(ctx, t, store.Gap, l.Entity, l.Intent)
	}
}

// tally counts one thing, for each person once a day.
func (b *Bot) tally(ctx context.Context, t *turn, kind, subject, detail string) {
	if b.cfg.Shelf == nil || kind != store.Gap && subject == "" {
		return
	}
	c := store.Tally{Kind: kind, Subject: subject, Detail: detail}
	if t.in.installed() { // else the moderators of the place did not ask for the bot
		c.Guild = t.in.Guild
	}
	if !b.today.first(b.memory.person(strings.Join([]string{"counted", c.Guild, kind, subject, detail, t.in.userID()}, " "))) {
		return
	}
	if err := b.cfg.Store.CountWeekly(ctx, b.now(), c); err != nil {
		b.log.Error("a count could not be kept", "err", err)
	}
}

// maxToday is how many different things of different people are told apart in a
// day, about 10 MB; then no more is counted until midnight, so that nobody is ever
// counted as several.
const maxToday = 100_000

// today remembers until midnight, UTC, what of whom was counted: a keyed hash that
// can't be turned back, whose key ends with the process. Safe for concurrent use.
type today struct {
	now func() time.Time

	mu   sync.Mutex
	day  string
	seen map[person]struct{}
}

// first reports whether k was not seen today.
func (d *today) first(k person) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.turn()
	if _, ok := d.seen[k]; ok || len(d.seen) >= maxToday {
		return false
	}
	d.seen[k] = struct{}{}
	return true
}

// turn forgets at midnight. The caller holds d.mu.
func (d *today) turn() {
	if day := d.now().UTC().Format(time.DateOnly); day != d.day {
		d.day, d.seen = day, map[person]struct{}{}
	}
}

// forget forgets what was of another day, where nobody asks any more.
func (d *today) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.turn()
}

// gapsText is /library gaps.
func (b *Bot) gapsText(ctx context.Context, t *turn) (string, error) {
	d, err := b.cfg.Shelf.Digest(ctx, b.scope(t), b.now())
	if err != nil {
		return "", err
	}
	head := tr(t.lang, "gaps_title", "n", library.LeastShown)
	d.Due = nil // /library due lists them
	if d.Empty() {
		return head + "\n" + tr(t.lang, "gaps_none", "n", library.LeastShown), nil
	}
	return head + digestText(d, t.lang), nil
}

// The room of the parts of a digest in one message, in characters: with their
// headings they stay below the budget of a text. What is asked in vain gets most.
const (
	maxDue, maxAsked, maxBad, maxUsed = 450, 1400, 750, 700
	// maxNamed is how much of a title is shown.
	maxNamed = 70
)

// digestText lists what is in a digest, each part under its heading, with how
// much was left out.
func digestText(d library.Digest, lang string) string {
	words := ""
	part := func(key string, most int, lines []string) {
		if len(lines) > 0 {
			words += "\n\n**" + tr(lang, key) + "**\n" + listedWithin(lines, most)
		}
	}
	var due, asked, bad, used []string
	for _, a := range d.Due {
		due = append(due, escape(a.NextReview)+" · "+escape(clip(oneLine(a.Title), maxNamed)))
	}
	for _, g := range d.Gaps {
		asked = append(asked, gapText(g, lang))
	}
	for _, u := range d.NotHelpful {
		line := usedText(u)
		for _, r := range u.Reasons {
			line += " · " + tr(lang, "why_"+r.Reason) + ": " + number(r.Count)
		}
		bad = append(bad, line)
	}
	for _, u := range d.MostUsed {
		used = append(used, usedText(u))
	}
	part("gaps_due", maxDue, due)
	part("gaps_asked", maxAsked, asked)
	part("gaps_not_helpful", maxBad, bad)
	part("gaps_used", maxUsed, used)
	return words
}

func times(n int, what string) string { return "**" + number(n) + "×** " + what }

// usedText names a passage by its section, and by the id that /library retract
// takes.
func usedText(u library.Used) string {
	return times(u.Count, escape(clip(oneLine(u.Title), maxNamed))+" `"+u.Passage+"`")
}

func gapText(g library.Gap, lang string) string {
	name := tr(lang, "gaps_unknown")
	if g.Name != "" {
		name = escape(oneLine(g.Name))
	}
	if g.Intent != "" {
		name += " · `" + g.Intent + "`" // as an article writes it under asks
	}
	trend := map[string]string{"more": "gaps_more", "fewer": "gaps_fewer", "same": "gaps_same"}[g.Trend]
	line := times(g.Count, name+" · "+tr(lang, trend))
	var near []string
	for _, n := range g.Near {
		near = append(near, escape(clip(oneLine(n.Title), maxNamed))+" `"+n.Article+"`")
	}
	if len(near) > 0 {
		line += "\n  -# " + tr(lang, "gaps_near", "topics", strings.Join(near, "; "))
	}
	return line
}
