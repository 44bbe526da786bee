package answer

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"salve/bot/triage"
	"salve/index"
	"salve/knowledge"
)

// A Lender lends the index of the published library. Both *index.Index and
// *index.Library are one. What f is lent stays whole until f returns, also when
// another version is published meanwhile.
type Lender interface {
	Use(ctx context.Context, f func(ctx context.Context, x *index.Index) error) error
}

const (
	// maxQuotes is how many passages one answer quotes at most, with those that
	// must accompany others. More is not read.
	maxQuotes = 3
	// enough is the probability, that one of the quotes so far holds the asked
	// fact, from which on no further one is added. Ranking is learned as such a
	// probability (a softmax), so it needs no scale of its own.
	enough = 0.97
	// least is the probability below which a further passage is not quoted.
	least = 0.02
	// leastShare is the same as a share of the first passage's probability.
	leastShare = 0.06
	// considered is how many hits are looked at.
	considered = 12
	// Grace is how long a passage may be quoted, labelled, after its review was
	// due. Then it is not quoted any more.
	Grace = 90 * 24 * time.Hour
)

// A Composer answers questions from a library. It is safe for concurrent use.
type Composer struct {
	source Lender
	now    func() time.Time
}

// New returns a Composer. It borrows from source once for each answer, so that
// one answer quotes one version of the library; now tells which reviews are
// overdue.
func New(source Lender, now func() time.Time) *Composer {
	return &Composer{source: source, now: now}
}

// reply is one answer in the making.
type reply struct {
	*Composer
	search *index.Index
	q      Question
	a      *Answer
}

// Answer composes the reply to a question. Any text is allowed. The error is
// that of the search; a question without an answer is not an error.
func (c *Composer) Answer(ctx context.Context, q Question) (Answer, error) {
	a, _, err := c.explain(ctx, q)
	return a, err
}

// An Explanation says how an answer came about, for moderators and developers.
type Explanation struct {
	Result index.Result
	// Rule names the rule that decided the kind.
	Rule string
	Bar  float64 // the coverage that was needed
	Lane float64 // the probability that the message asks us to decide for a person
}

// Explain is [Composer.Answer] with the reasons.
func (c *Composer) Explain(ctx context.Context, q Question) (Answer, Explanation, error) {
	return c.explain(ctx, q)
}

func (c *Composer) explain(ctx context.Context, q Question) (a Answer, ex Explanation, err error) {
	// An urgent message keeps its urgency whatever happens to the search.
	a = Answer{Question: q.Text, Kind: NotCovered, Language: "en", Urgency: triage.Assess(q.Text, q.Locale)}
	err = c.source.Use(ctx, func(ctx context.Context, x *index.Index) error {
		r := &reply{Composer: c, search: x, q: q, a: &a}
		ex, err = r.compose(ctx)
		return err
	})
	return a, ex, err
}

// compose fills in the answer.
func (r *reply) compose(ctx context.Context) (Explanation, error) {
	a, q, lib := r.a, r.q, r.search.Library()
	a.Searched = searched(lib)
	var ex Explanation
	if strings.TrimSpace(q.Text) == "" {
		ex.Rule = "the message is empty"
		return ex, nil
	}
	res, err := r.find(ctx, q, q.Text)
	if err != nil {
		return ex, err
	}
	ex.Result = res
	ex.Lane = lane(q.Text, q.Previous)
	if len(res.Hits) > 0 {
		a.Coverage = res.Hits[0].Coverage
	}
	ex.Bar = coverageBar
	if ex.Lane >= laneBar {
		ex.Rule = "the message asks us to decide, diagnose or dose for a person"
	}
	switch {
	case ex.Lane >= laneBar && (a.Coverage >= coverageBar || onTopic(res)):
		a.Kind = Personal
		a.Ask = r.questionsFor(lib, q)
		if a.Coverage >= coverageBar {
			r.quote(res)
		}
	case a.Urgency.Urgency == triage.None && r.choose(res):
		ex.Rule = "the answer differs with how the medicine is taken, and the question does not say"
	case len(res.Understanding.Parts) > 1:
		ex.Rule = "the message asks several things, each answered by itself"
		if err := r.citeParts(ctx, res); err != nil {
			return ex, err
		}
	case a.Coverage >= coverageBar:
		ex.Rule = "the best passage covers the question"
		a.Kind = Cited
		r.quote(res)
	default:
		ex.Rule = "no passage covers enough of the question"
		asked, err := r.chooseMedicine(ctx, res)
		if err != nil {
			return ex, err
		}
		if asked {
			ex.Rule = "the question names no medicine, and the answer is each one's own"
		}
	}
	if a.Kind == Cited && len(a.Quotes) == 0 {
		a.Kind, ex.Rule = NotCovered, "the passages that cover it are past their review"
	}
	if a.Kind == NotCovered {
		a.Near = near(res)
		a.Unknown = slices.Concat(res.Understanding.Foreign, res.Understanding.Unknown)
	}
	if len(a.Quotes) == 0 && a.Kind != Choose {
		r.lacks(res.Understanding)
	}
	return ex, nil
}

func (r *reply) find(ctx context.Context, q Question, text string) (index.Result, error) {
	res, err := r.search.Search(ctx, index.Question{Text: text, Previous: q.Previous, Locale: q.Locale, Country: q.Country}, considered)
	if err != nil {
		return res, err
	}
	today := r.now()
	lists := asksWhatToAsk(text)
	res.Hits = slices.DeleteFunc(res.Hits, func(h index.Hit) bool {
		a := h.Passage.Section.Article
		return expired(a, today) || a.Slug == prescriberArticle && !lists
	})
	return res, nil
}

// quote adds the passages that are likely enough to hold the asked fact.
func (r *reply) quote(res index.Result) {
	b := builder{reply: r}
	sum := 0.0
	if other, ok := elsewhere(res); ok && r.a.Urgency.Urgency == triage.None {
		first, second := readersFirst(res.Hits[0], other, res.Understanding.Reader)
		for _, h := range []index.Hit{first, second} {
			if b.add(h) {
				sum += h.Probability
			}
		}
	}
	for i, h := range res.Hits {
		if i > 0 && r.a.Urgency.Urgency >= triage.SameDay && !onDanger(h.Passage.Section) {
			continue // beside a card, nothing that makes light of the sign
		}
		if i > 0 && (sum >= enough || h.Probability < max(least, leastShare*res.Hits[0].Probability)) {
			break
		}
		if b.add(h) {
			sum += h.Probability
		}
	}
	b.finish()
}

// onDanger reports whether a section is on signs, warnings or getting help.
func onDanger(s *knowledge.Section) bool {
	return slices.ContainsFunc(s.Asks, func(ask string) bool {
		return ask == "help" || ask == "signs" || ask == "warning" || ask == "overdose" || ask == "mental-health"
	})
}

// builder adds quotes to an answer, no two of which say the same, and keeps room
// for what must accompany them.
type builder struct {
	*reply
	hits    []index.Hit
	pending []companion // still to be added
}

// A companion is a section that must accompany a quote.
type companion struct {
	section *knowledge.Section
	because string // passage id of the quote
}

// add quotes a passage, if there is room for it and for what must accompany it:
// a benefit without its warning is not shown. It reports whether it did.
func (b *builder) add(h index.Hit) bool {
	for _, other := range b.a.Quotes {
		if other.Passage == h.Passage.ID || alike(other.Text, h.Passage.Text) {
			return false
		}
	}
	with, ok := b.companions(h.Passage)
	if !ok {
		return false
	}
	others := b.differing(h.Passage.Section)
	for _, o := range others {
		more, ok := b.companions(o.Passages[0])
		if !ok {
			return false
		}
		with = append(with, more...)
	}
	pending := slices.Clone(b.pending)
	for _, c := range with {
		if !slices.ContainsFunc(pending, func(p companion) bool { return p.section == c.section }) {
			pending = append(pending, c)
		}
	}
	pending = slices.DeleteFunc(pending, func(c companion) bool {
		return c.section == h.Passage.Section || slices.Contains(others, c.section)
	})
	if len(b.a.Quotes)+1+len(others)+len(pending) > maxQuotes {
		return false
	}
	b.put(h, "")
	for _, o := range others {
		b.put(index.Hit{Passage: o.Passages[0]}, "")
	}
	b.pending = pending
	return true
}

// differing returns the sections not quoted yet whose sources disagree with those
// of s, as far as they may be quoted: what s says is shown together with them.
// Beside the card of an urgent message only those on danger are.
func (b *builder) differing(s *knowledge.Section) (others []*knowledge.Section) {
	for _, ref := range s.Differs {
		o := b.search.Library().Section(ref)
		quoted := slices.ContainsFunc(b.hits, func(h index.Hit) bool { return h.Passage.Section == o })
		if o == nil || quoted || len(o.Passages) == 0 || o.Article.Status != knowledge.Published || expired(o.Article, b.now()) {
			continue
		}
		if b.a.Urgency.Urgency >= triage.SameDay && !onDanger(o) {
			continue
		}
		others = append(others, o)
	}
	return others
}

// companions returns what must accompany a passage, and what must accompany
// that, as far as it is not quoted yet. It reports false when some of it may not
// be quoted: its article is a draft, or retracted.
func (b *builder) companions(p *knowledge.Passage) (with []companion, ok bool) {
	refs := slices.Clone(p.Section.With)
	for i := 0; i < len(refs); i++ {
		s := b.search.Library().Section(refs[i])
		if s == nil || len(s.Passages) == 0 || s.Article.Status != knowledge.Published {
			return nil, false
		}
		if s == p.Section || b.has(s) || slices.ContainsFunc(with, func(c companion) bool { return c.section == s }) {
			continue
		}
		with = append(with, companion{s, p.ID})
		refs = append(refs, s.With...)
	}
	return with, true
}

func (b *builder) put(h index.Hit, because string) {
	quote := b.Quote(h.Passage)
	quote.Because = because
	b.a.Quotes = append(b.a.Quotes, quote)
	b.hits = append(b.hits, h)
}

// has reports whether a section is quoted, or will be.
func (b *builder) has(s *knowledge.Section) bool {
	return slices.ContainsFunc(b.hits, func(h index.Hit) bool { return h.Passage.Section == s }) ||
		slices.ContainsFunc(b.pending, func(c companion) bool { return c.section == s })
}

// finish adds what must accompany the quotes, and marks those that disagree.
func (b *builder) finish() {
	for _, c := range b.pending {
		b.put(index.Hit{Passage: c.section.Passages[0]}, c.because)
	}
	b.pending = nil
	for i, h := range b.hits {
		s := h.Passage.Section
		b.a.Quotes[i].Conflict = slices.ContainsFunc(b.hits, func(other index.Hit) bool {
			return slices.Contains(s.Differs, other.Passage.Section.Ref())
		})
	}
}

// Quote makes a quote of a passage.
func (c *Composer) Quote(p *knowledge.Passage) Quote {
	s := p.Section
	q := Quote{
		Text: p.Text, Article: s.Article.Slug, Title: s.Article.Title, Section: s.Heading, Asks: s.Asks, Anchor: s.ID,
		Passage: p.ID, Version: s.Article.Version, Hash: p.Hash,
		Reviewed: s.Article.Reviewed, ReviewedBy: s.Article.ReviewedBy, NextReview: s.Article.NextReview,
		Stale: overdue(s.Article, c.now()), Regions: s.Regions, Language: s.Article.Language,
	}
	for _, src := range s.Sources {
		q.Sources = append(q.Sources, Source{Name: src.Name, Publisher: src.Publisher, URL: src.URL, Published: src.Published, Accessed: src.Accessed})
	}
	return q
}

func overdue(a *knowledge.Article, now time.Time) bool {
	return a.NextReview != "" && a.NextReview < now.Format(time.DateOnly)
}

func expired(a *knowledge.Article, now time.Time) bool {
	return a.NextReview != "" && a.NextReview < now.Add(-Grace).Format(time.DateOnly)
}

// alike reports whether two texts say the same in nearly the same words: nine
// of ten of the shorter one's words are in the other.
func alike(a, b string) bool {
	set := map[string]bool{}
	wa, wb := strings.Fields(strings.ToLower(a)), strings.Fields(strings.ToLower(b))
	if len(wa) > len(wb) {
		wa, wb = wb, wa
	}
	for _, w := range wb {
		set[w] = true
	}
	same := 0
	for _, w := range wa {
		if set[w] {
			same++
		}
	}
	return 10*same >= 9*len(wa)
}

// near lists the sections of the best hits, one for each article.
func near(res index.Result) []Topic {
	var out []Topic
	for _, h := range res.Hits {
		s := h.Passage.Section
		if h.Coverage < nearBar || slices.ContainsFunc(out, func(t Topic) bool { return t.Article == s.Article.Slug }) {
			continue
		}
		out = append(out, Topic{Article: s.Article.Slug, Anchor: s.ID, Title: fmt.Sprintf("%s: %s", s.Article.Title, s.Heading)})
		if len(out) == 3 {
			break
		}
	}
	return out
}

func searched(lib *knowledge.Library) Searched {
	s := Searched{Passages: len(lib.Passages())}
	for _, a := range lib.Articles {
		if a.Status == knowledge.Published {
			s.Articles++
			s.Newest = max(s.Newest, a.Reviewed)
		}
	}
	return s
}

// Section returns the passages of a section in order, or of a whole published
// article when anchor is empty. It reports false when there is no such section.
func (c *Composer) Section(slug, anchor string) ([]Quote, bool) {
	var out []Quote
	c.look(func(lib *knowledge.Library) {
		a := lib.Article(slug)
		if a == nil || a.Status != knowledge.Published {
			return
		}
		for _, s := range a.Sections {
			if anchor == "" || s.ID == anchor {
				for _, p := range s.Passages {
					out = append(out, c.Quote(p))
				}
			}
		}
	})
	return out, len(out) > 0
}

// Verify returns the published passage with that id if its words have this hash.
// It reports false when they changed, or are gone.
func (c *Composer) Verify(passage, hash string) (q Quote, ok bool) {
	c.look(func(lib *knowledge.Library) {
		if p := lib.Passage(passage); p != nil && p.Hash == hash {
			q, ok = c.Quote(p), true
		}
	})
	return q, ok
}

// Library returns the library that is quoted now, or nil when there is none.
func (c *Composer) Library() (lib *knowledge.Library) {
	c.look(func(l *knowledge.Library) { lib = l })
	return lib
}

// look shows f the library. A library stays readable after its index is closed;
// without one f is not called.
func (c *Composer) look(f func(lib *knowledge.Library)) {
	_ = c.source.Use(context.Background(), func(_ context.Context, x *index.Index) error {
		f(x.Library())
		return nil
	})
}
