package library

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"salve/bot/answer"
	"salve/index/eval"
	"salve/knowledge"
)

// Progress tells how far a long piece of work is.
type Progress struct {
	Phase       string // "reading", "indexing" or "asking"
	Done, Total int
	Took        time.Duration
}

// A Preview is what publishing a draft would change for readers.
type Preview struct {
	// Candidate names exactly this draft on exactly this published version. It is
	// what is approved and published; after any change it is another one.
	Candidate string
	Base      int // the published version it was compared with
	Files     []Change
	Problems  knowledge.Problems // with faults it can't be published
	Asked     int                // judged questions that were put to both
	Answers   []Difference
	Unmet     []Unmet // the library's own judged questions that the draft does not answer as they expect
	// NeedsApproval says that a safety answer changes or is lost, so that a second
	// moderator must approve.
	NeedsApproval bool
	Took          time.Duration

	next  *edition
	files Files
}

// An Unmet is a judged question of the library's own that gets another answer
// than it expects.
type Unmet struct {
	Question, Expect string
	Got              string // the whole reply
}

// A Difference is a judged question that is answered in another way.
type Difference struct {
	Question string
	// What is changed, lost (there was an answer and is none) or gained.
	What   string
	Safety bool   // it is on a danger, a warning or who must not take a medicine
	Before string // the whole reply
	After  string
}

func (p *Preview) discard() error {
	if p == nil || p.next == nil {
		return nil
	}
	return p.next.close()
}

// setPreview replaces the last preview of a scope.
func (s *Shelf) setPreview(scope string, p *Preview) {
	s.mu.Lock()
	old := s.previews[scope]
	if p == nil {
		delete(s.previews, scope)
	} else {
		s.previews[scope] = p
	}
	s.mu.Unlock()
	if old != nil && old.next != nil {
		go old.discard()
	}
}

// Preview checks the draft of a scope, indexes it beside the published library
// and puts the judged questions to both. progress, which may be nil, is called
// now and then. Readers are answered all the while. A draft with faults is
// returned with them and without answers.
func (s *Shelf) Preview(ctx context.Context, scope string, by Actor, progress func(Progress)) (*Preview, error) {
	done, err := s.begin(scope, by)
	if err != nil {
		return nil, err
	}
	defer done()
	return s.preview(ctx, scope, progress)
}

func (s *Shelf) preview(ctx context.Context, scope string, progress func(Progress)) (*Preview, error) {
	start := s.now()
	tell := func(phase string, done, total int) {
		if progress != nil {
			progress(Progress{phase, done, total, s.now().Sub(start)})
		}
	}
	tell("reading", 0, 1)
	d, err := s.store.Draft(ctx, scope)
	if err != nil {
		return nil, err
	}
	if d == nil {
		return nil, ErrNoDraft
	}
	draft, err := Unpack(d.Files)
	if err != nil {
		return nil, err
	}
	live := s.live(scope)
	files := draft.withRetractions(live)
	p := &Preview{Base: s.number(scope), Files: changes(live, files), files: files}
	p.Candidate = fmt.Sprintf("%s-%d-%d", files.hash(), p.Base, s.number(""))
	if p.Problems, err = s.check(scope, files); err != nil {
		return nil, err
	}
	if len(p.Problems.Faults()) > 0 {
		p.Took = s.now().Sub(start)
		return p, nil
	}
	tell("indexing", 0, 1)
	if p.next, _, err = s.build(scope, files, p.Base+1, s.number("")); err != nil {
		return nil, err
	}
	cases, err := s.judged(live, files)
	if err != nil {
		return nil, errors.Join(err, p.discard())
	}
	before, after := s.Composer(scope), answer.New(p.next.index, s.now)
	for i, c := range cases {
		if i%50 == 0 {
			tell("asking", i, len(cases))
		}
		if err := p.compare(ctx, c, before, after); err != nil {
			return nil, errors.Join(err, p.discard())
		}
	}
	tell("asking", len(cases), len(cases))
	p.Asked, p.Took = len(cases), s.now().Sub(start)
	s.setPreview(scope, p)
	return p, nil
}

// compare asks one judged question of both libraries.
func (p *Preview) compare(ctx context.Context, c *eval.Case, before, after *answer.Composer) error {
	q := answer.Question{Text: c.Question, Previous: c.Previous, Country: c.Country}
	old, err := before.Answer(ctx, q)
	if err != nil {
		return err
	}
	fresh, err := after.Answer(ctx, q)
	if err != nil {
		return err
	}
	if c.File == JudgedFile && !meets(c, fresh) {
		p.Unmet = append(p.Unmet, Unmet{c.Question, c.Expect, fresh.Text()})
	}
	if old.Kind == fresh.Kind && slices.EqualFunc(old.Quotes, fresh.Quotes, func(a, b answer.Quote) bool { return a.Text == b.Text && a.Title == b.Title }) {
		return nil
	}
	d := Difference{Question: c.Question, What: "changed", Safety: changesSafety(c, old, fresh, after), Before: old.Text(), After: fresh.Text()}
	switch had, has := len(old.Quotes) > 0, len(fresh.Quotes) > 0; {
	case had && !has:
		d.What = "lost"
	case !had && has:
		d.What = "gained"
	}
	p.Answers = append(p.Answers, d)
	p.NeedsApproval = p.NeedsApproval || d.Safety
	return nil
}

// meets reports whether an answer is what a judged question expects.
func meets(c *eval.Case, a answer.Answer) bool {
	if c.Expect != "answer" {
		return string(a.Kind) == c.Expect
	}
	var quotes []string
	for _, q := range a.Quotes {
		quotes = append(quotes, q.Text)
	}
	return a.Kind == answer.Cited && c.Holds(strings.Join(quotes, "\n"))
}
