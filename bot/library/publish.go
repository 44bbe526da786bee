package library

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"salve/bot/answer"
	"salve/bot/store"
	"salve/bot/triage"
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
	// NeedsApproval says that a safety answer changes or is lost, so that a second
	// moderator must approve.
	NeedsApproval bool
	Took          time.Duration

	next  *edition
	files Files
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

// ErrNoDraft reports that there is nothing to preview or publish.
var ErrNoDraft = errors.New("there is no draft; add or edit an article first")

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
	draft, live, err := s.both(ctx, scope)
	if err != nil {
		return nil, err
	}
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

// judged returns the questions that ship, and those of the library itself: of
// the published one too, so that a draft can't drop the question it fails.
func (s *Shelf) judged(live, draft Files) ([]*eval.Case, error) {
	cases, err := s.questions()
	if err != nil {
		return nil, err
	}
	cases = slices.Clone(cases)
	asked := map[string]bool{}
	for _, f := range []Files{live, draft} {
		own, err := eval.ReadCases(JudgedFile, bytes.NewReader(f[JudgedFile]))
		if err != nil {
			return nil, err
		}
		for _, c := range own {
			if !asked[c.Question] {
				asked[c.Question] = true
				cases = append(cases, c)
			}
		}
	}
	return cases, nil
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
	if old.Kind == fresh.Kind && slices.EqualFunc(old.Quotes, fresh.Quotes, func(a, b answer.Quote) bool { return a.Text == b.Text && a.Title == b.Title }) {
		return nil
	}
	d := Difference{Question: c.Question, What: "changed", Safety: onSafety(old) || onSafety(fresh) || c.Urgency != "" && c.Urgency != "none", Before: old.Text(), After: fresh.Text()}
	switch had, has := len(old.Quotes) > 0, len(fresh.Quotes) > 0; {
	case had && !has:
		d.What = "lost"
	case !had && has:
		d.What = "gained"
	}
	p.Answers = append(p.Answers, d)
	p.NeedsApproval = p.NeedsApproval || d.Safety && d.What != "gained"
	return nil
}

// safetyAsks are what a section may answer that makes its answers safety answers.
var safetyAsks = []string{"warning", "overdose", "pregnancy", "breastfeeding", "contraception", "interaction", "infection", "vaccine", "stopping", "signs", "help", "mental-health", "monitoring"}

// onSafety reports whether an answer is on a danger: its message is urgent, or
// one of its quotes is from a section on safety or accompanies another as a warning.
func onSafety(a answer.Answer) bool {
	return a.Urgency.Urgency > triage.None || slices.ContainsFunc(a.Quotes, func(q answer.Quote) bool {
		return q.Because != "" || slices.ContainsFunc(q.Asks, func(ask string) bool { return slices.Contains(safetyAsks, ask) })
	})
}

var errChanged = errors.New("the draft changed since it was previewed, or was not yet; preview it again")

// last returns the last preview of a scope if it is of that candidate and
// nothing changed since.
func (s *Shelf) last(scope, candidate string) (*Preview, error) {
	s.mu.RLock()
	p := s.previews[scope]
	s.mu.RUnlock()
	switch {
	case p == nil || candidate != "" && p.Candidate != candidate:
		return nil, errChanged
	case p.Base != s.number(scope) || p.next.shared != s.number(""):
		return nil, errors.New("the published library changed since the preview; preview the draft again")
	}
	return p, nil
}

// Approve lets a candidate that changes a safety answer be published. It must be
// somebody else than those who made the draft.
func (s *Shelf) Approve(ctx context.Context, scope string, by Actor, candidate string) error {
	done, err := s.begin(scope, by)
	if err != nil {
		return err
	}
	defer done()
	p, err := s.last(scope, candidate)
	if err != nil {
		return err
	}
	d, err := s.store.Draft(ctx, scope)
	if err != nil {
		return err
	}
	if d == nil {
		return ErrNoDraft
	}
	if slices.Contains(d.Keys, by.Key) {
		return errors.New("whoever changed the draft can't approve it; ask another moderator")
	}
	d.Approved, d.By, d.ApprovedKey = p.Candidate, by.Name, by.Key
	return s.store.SaveDraft(ctx, scope, d, s.entry(by, store.Entry{What: "approve", Subject: p.Candidate}))
}

// ErrNeedsApproval reports that a safety answer changes and nobody approved it.
var ErrNeedsApproval = errors.New("a safety answer changes or is lost; a second moderator must approve this preview first")

// Publish makes the candidate that was previewed the published library. It
// returns its version.
func (s *Shelf) Publish(ctx context.Context, scope string, by Actor, candidate, note string) (int, error) {
	done, err := s.begin(scope, by)
	if err != nil {
		return 0, err
	}
	defer done()
	p, err := s.last(scope, candidate)
	if err != nil {
		return 0, err
	}
	d, err := s.store.Draft(ctx, scope)
	if err != nil {
		return 0, err
	}
	if d == nil {
		return 0, ErrNoDraft
	}
	// Another process may have changed the draft since; that change isn't lost.
	draft, live, err := s.both(ctx, scope)
	if err != nil {
		return 0, err
	}
	if draft.withRetractions(live).hash() != p.files.hash() {
		return 0, errChanged
	}
	if p.NeedsApproval && (d.Approved != p.Candidate || d.ApprovedKey == "") {
		return 0, ErrNeedsApproval
	}
	raw, err := p.files.Pack()
	if err != nil {
		return 0, err
	}
	now := s.now()
	subject := ""
	if d.By != "" && d.Approved == p.Candidate {
		subject = "approved by " + d.By
	}
	n, err := s.store.Publish(ctx, scope, p.Base, store.Version{At: now, Who: by.Name, Note: note}, raw, true, s.entry(by, store.Entry{What: "publish", Subject: subject, Note: note}))
	if err != nil {
		return 0, err
	}
	p.next.number = n
	s.mu.Lock()
	delete(s.previews, scope) // its index is served from now on
	s.mu.Unlock()
	s.install(scope, p.next)
	if scope == "" {
		err = s.Refresh(ctx) // what servers have beside it
	}
	return n, err
}

// put publishes files at once, without a draft: for what must not wait.
func (s *Shelf) put(ctx context.Context, scope string, files Files, v store.Version, e store.Entry) (int, error) {
	base := s.number(scope)
	next, _, err := s.build(scope, files, base+1, s.number(""))
	if err != nil {
		return 0, err
	}
	raw, err := files.Pack()
	if err == nil {
		_, err = s.store.Publish(ctx, scope, base, v, raw, false, e)
	}
	if err != nil {
		return 0, errors.Join(err, next.close())
	}
	s.setPreview(scope, nil) // it was of another base
	s.install(scope, next)
	if scope == "" {
		err = s.Refresh(ctx)
	}
	return base + 1, err
}

// History returns the versions of a library, newest first.
func (s *Shelf) History(ctx context.Context, scope string) ([]store.Version, error) {
	return s.store.Versions(ctx, scope)
}

// Audit returns who did what to a library, oldest first.
func (s *Shelf) Audit(ctx context.Context, scope string) ([]store.Entry, error) {
	return s.store.Audit(ctx, scope)
}

// Rollback publishes again what an older version held, at once. What was
// retracted since stays retracted. It returns the new version.
func (s *Shelf) Rollback(ctx context.Context, scope string, by Actor, number int) (int, error) {
	done, err := s.begin(scope, by)
	if err != nil {
		return 0, err
	}
	defer done()
	if number < 1 || number >= s.number(scope) {
		return 0, fmt.Errorf("there is no version %d to go back to; look at the history", number)
	}
	files, err := s.stored(ctx, scope, number)
	if err != nil {
		return 0, err
	}
	_, live, err := s.both(ctx, scope)
	if err != nil {
		return 0, err
	}
	note := fmt.Sprintf("back to version %d", number)
	return s.put(ctx, scope, files.withRetractions(live), store.Version{At: s.now(), Who: by.Name, Note: note},
		s.entry(by, store.Entry{What: "rollback", Subject: fmt.Sprint(number)}))
}

// A Reach is what a retraction concerns.
type Reach struct {
	Version  int
	Passages []string     // ids of the passages that are out of answers
	Posts    []store.Post // public messages that quoted one of them
}

// Retract takes an article or a passage, named by its slug or id, out of answers
// at once, and keeps it out of every later version. It returns the public
// messages that quoted it, to be edited. A server's moderators can retract their
// own articles only; the shared ones are the operator's.
func (s *Shelf) Retract(ctx context.Context, scope string, by Actor, ref, reason string) (Reach, error) {
	done, err := s.begin(scope, by)
	if err != nil {
		return Reach{}, err
	}
	defer done()
	if reason = strings.Join(strings.Fields(reason), " "); reason == "" {
		return Reach{}, errors.New("a retraction needs a reason; readers of earlier messages will see it")
	}
	var r Reach
	named := []string{ref}
	for _, a := range s.articles(scope) {
		if a.Status != knowledge.Published {
			continue
		}
		for _, sec := range a.Sections {
			for _, p := range sec.Passages {
				if a.Slug == ref || p.ID == ref {
					r.Passages = append(r.Passages, p.ID)
				}
			}
		}
		if a.Slug == ref {
			named = []string{ref + "#"} // older wordings of it too
		}
	}
	if len(r.Passages) == 0 {
		return Reach{}, fmt.Errorf("%q is neither an article nor a passage published in this library; name a slug, or a passage id as slug#section/hash", ref)
	}
	_, live, err := s.both(ctx, scope)
	if err != nil {
		return Reach{}, err
	}
	line := knowledge.Retraction{Ref: ref, Day: s.now().Format(time.DateOnly), Reason: reason}.String() + "\n"
	files := live.withRetractions(Files{knowledge.RetractedFile: []byte(line)})
	r.Version, err = s.put(ctx, scope, files, store.Version{At: s.now(), Who: by.Name, Note: "retracted " + ref},
		s.entry(by, store.Entry{What: "retract", Subject: ref, Note: reason}))
	if err != nil {
		return Reach{}, err
	}
	r.Posts, err = s.store.Posts(ctx, scope, named)
	return r, err
}

// Export returns the published library of a scope as a zip archive.
func (s *Shelf) Export(ctx context.Context, scope string) ([]byte, error) {
	_, live, err := s.both(ctx, scope)
	if err != nil {
		return nil, err
	}
	if len(live) == 0 {
		return nil, errors.New("nothing is published here yet")
	}
	return live.Pack()
}
