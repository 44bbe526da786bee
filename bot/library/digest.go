package library

import (
	"cmp"
	"context"
	"slices"
	"time"

	"salve/bot/answer"
	"salve/bot/store"
	"salve/knowledge"
)

// LeastShown is the count from which something is shown. One or two may be the
// questions of somebody whom the moderators know, and then the count would say what
// that person asked; and of two, each would know what the other one did. Each person
// is counted once a day, so asking again and again does not get one's own shown.
const LeastShown = 3

const (
	mostUsed  = 10 // passages listed as most used
	mostNear  = 2  // topics listed near to a gap
	dueInNote = 7  // days ahead that a digest looks for reviews: until the next one
)

// A Digest is what the readers of a server want of its library, or those of all
// servers together, from counts of four weeks. Nothing in it is of a reader's words.
type Digest struct {
	Gaps       []Gap  // what was asked and not answered, the most asked first
	NotHelpful []Used // passages that did not help, the most often first
	MostUsed   []Used // passages shown most, at most ten
	Due        []Article
}

// Empty reports whether there is nothing to say.
func (d Digest) Empty() bool {
	return len(d.Gaps)+len(d.NotHelpful)+len(d.MostUsed)+len(d.Due) == 0
}

// A Gap is something that readers asked and the library does not answer.
type Gap struct {
	answer.Lack
	Name  string // of the entity, to show; empty when the lexicon knows none
	Count int
	Trend string // more, fewer or same, beside the four weeks before
	Near  []answer.Topic
}

// A Used is a published passage with how often something befell it.
type Used struct {
	Passage string // id
	answer.Topic
	Count   int
	Reasons []Reason // of not being helpful; those that are shown
}

// A Reason is why a passage did not help, with how often.
type Reason struct {
	Reason string
	Count  int
}

// Digest sums up the four weeks of which the last is that of at: for a server
// what its readers asked, and for "" what those of all servers did. It leaves out
// what is counted less often than [LeastShown], and passages that are not, or no
// more, in the scope's library.
func (s *Shelf) Digest(ctx context.Context, scope string, at time.Time) (Digest, error) {
	d := Digest{Due: s.Due(scope, dueInNote)}
	totals, err := s.store.Weekly(ctx, scope, at)
	if err != nil {
		return d, err
	}
	lib := s.Composer(scope).Library()
	if lib == nil {
		return d, nil
	}
	unhelpful := map[string]*Used{}
	for _, w := range totals {
		n := int(w.N)
		if w.Kind == store.NotHelpful { // its reasons are added up first
			u := unhelpful[w.Subject]
			if u == nil {
				u = &Used{Passage: w.Subject}
				unhelpful[w.Subject] = u
			}
			u.Count += n
			if n >= LeastShown {
				u.Reasons = append(u.Reasons, Reason{w.Detail, n})
			}
			continue
		}
		if n < LeastShown {
			continue
		}
		switch w.Kind {
		case store.Gap:
			g := Gap{Lack: answer.Lack{Entity: w.Subject, Intent: w.Detail}, Count: n, Trend: trend(w.N, w.Before)}
			if g.Entity != "" {
				e := lib.Lexicon.Entity(g.Entity)
				if e == nil {
					continue // the lexicon changed
				}
				g.Name = e.Name
				g.Near = nearTo(lib, g.Lack)
			}
			d.Gaps = append(d.Gaps, g)
		case store.Shown:
			d.MostUsed = append(d.MostUsed, Used{Passage: w.Subject, Count: n})
		}
	}
	for _, u := range unhelpful {
		if u.Count >= LeastShown {
			slices.SortStableFunc(u.Reasons, func(a, b Reason) int { return cmp.Compare(b.Count, a.Count) })
			d.NotHelpful = append(d.NotHelpful, *u)
		}
	}
	slices.SortStableFunc(d.Gaps, func(a, b Gap) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Intent, b.Intent))
	})
	d.NotHelpful = published(lib, d.NotHelpful)
	d.MostUsed = published(lib, d.MostUsed)
	d.MostUsed = d.MostUsed[:min(len(d.MostUsed), mostUsed)]
	return d, nil
}

// trend compares four weeks with the four before. The last one may have just
// begun, so a quarter more or less is no difference.
func trend(n, before int64) string {
	switch {
	case 4*n > 5*before:
		return "more"
	case 4*n < 3*before:
		return "fewer"
	}
	return "same"
}

// published keeps the passages that the library has, named, the most counted first.
func published(lib *knowledge.Library, list []Used) []Used {
	var out []Used
	for _, u := range list {
		p := lib.Passage(u.Passage)
		if p == nil || p.Section.Article.Status != knowledge.Published {
			continue
		}
		u.Topic = topic(p.Section)
		out = append(out, u)
	}
	slices.SortFunc(out, func(a, b Used) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Passage, b.Passage))
	})
	return out
}

// topic names a section by its heading, which names its subject.
func topic(s *knowledge.Section) answer.Topic {
	return answer.Topic{Article: s.Article.Slug, Anchor: s.ID, Title: s.Heading}
}

// nearTo returns the sections nearest to what is lacking, one of an article: those
// on the entity, or on something narrower or wider, and of these first those that
// answer what was asked. A section on fewer things is nearer.
func nearTo(lib *knowledge.Library, l answer.Lack) []answer.Topic {
	type near struct {
		section *knowledge.Section
		rank    int // the lower the nearer
	}
	var found []near
	for _, a := range lib.Articles {
		if a.Status != knowledge.Published {
			continue
		}
		for _, s := range a.Sections {
			rank := 3
			for _, e := range s.Entities {
				switch {
				case e == l.Entity:
					rank = 0
				case lib.Lexicon.Is(e, l.Entity):
					rank = min(rank, 1)
				case lib.Lexicon.Is(l.Entity, e):
					rank = min(rank, 2)
				}
			}
			if rank == 3 || len(s.Passages) == 0 {
				continue
			}
			if l.Intent == "" || !slices.Contains(s.Asks, l.Intent) {
				rank += 3
			}
			found = append(found, near{s, rank})
		}
	}
	slices.SortStableFunc(found, func(a, b near) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(len(a.section.Entities), len(b.section.Entities)))
	})
	var out []answer.Topic
	for _, n := range found {
		if len(out) < mostNear && !slices.ContainsFunc(out, func(t answer.Topic) bool { return t.Article == n.section.Article.Slug }) {
			out = append(out, topic(n.section))
		}
	}
	return out
}
