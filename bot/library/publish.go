package library

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"salve/bot/store"
)

// Previewed returns the last preview of a scope if it is of that candidate and
// nothing changed since.
func (s *Shelf) Previewed(scope, candidate string) (*Preview, error) {
	s.mu.RLock()
	p := s.previews[scope]
	s.mu.RUnlock()
	switch {
	case p == nil || candidate != "" && p.Candidate != candidate:
		return nil, ErrChanged
	case p.Base != s.number(scope) || p.next.shared != s.number(""):
		return nil, ErrMoved
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
	p, err := s.Previewed(scope, candidate)
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
		return ErrOwnDraft
	}
	// What is approved is what was previewed, whatever the draft became since.
	if draft, err := Unpack(d.Files); err != nil || draft.withRetractions(s.live(scope)).hash() != p.files.hash() {
		return cmp.Or(err, error(ErrChanged))
	}
	d.Approved, d.By, d.ApprovedKey = p.Candidate, by.Name, by.Key
	return s.saved(ctx, scope, s.store.SaveDraft(ctx, scope, d.Revision, d, s.entry(by, store.Entry{What: "approve", Subject: p.Candidate})))
}

// Publish makes the candidate that was previewed the published library. It
// returns its version.
func (s *Shelf) Publish(ctx context.Context, scope string, by Actor, candidate, note string) (int, error) {
	done, err := s.begin(scope, by)
	if err != nil {
		return 0, err
	}
	defer done()
	p, err := s.Previewed(scope, candidate)
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
	draft, err := Unpack(d.Files)
	if err != nil {
		return 0, err
	}
	if draft.withRetractions(s.live(scope)).hash() != p.files.hash() {
		return 0, ErrChanged
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
	n, _, err := s.store.Publish(ctx, store.Publication{Scope: scope, Base: p.Base, Version: store.Version{At: now, Who: by.Name, Note: note}, Files: raw,
		Draft: d.Revision, Retracted: p.files.retractions(), Entry: s.entry(by, store.Entry{What: "publish", Subject: subject, Note: note})})
	if err != nil {
		return 0, s.saved(ctx, scope, moved(err))
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

// moved says that another process published first, if that is what err is.
func moved(err error) error {
	if errors.Is(err, store.ErrMoved) {
		return ErrMoved
	}
	return err
}

// put publishes files at once, without a draft: for what must not wait. It
// returns the version, and the public messages that are to be edited for it.
func (s *Shelf) put(ctx context.Context, scope string, files Files, v store.Version, e store.Entry) (int, []store.Post, error) {
	base := s.number(scope)
	next, _, err := s.build(scope, files, base+1, s.number(""))
	if err != nil {
		return 0, nil, err
	}
	var posts []store.Post
	raw, err := files.Pack()
	if err == nil {
		_, posts, err = s.store.Publish(ctx, store.Publication{Scope: scope, Base: base, Version: v, Files: raw, Retracted: files.retractions(), Entry: e})
	}
	if err != nil {
		return 0, nil, errors.Join(moved(err), next.close())
	}
	s.setPreview(scope, nil) // it was of another base
	s.install(scope, next)
	if scope == "" {
		err = s.Refresh(ctx)
	}
	return base + 1, posts, err
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
		return 0, ErrNoVersion.with("n", strconv.Itoa(number))
	}
	files, err := s.stored(ctx, scope, number)
	if err != nil {
		return 0, err
	}
	note := fmt.Sprintf("back to version %d", number)
	n, _, err := s.put(ctx, scope, files.withRetractions(s.live(scope)), store.Version{At: s.now(), Who: by.Name, Note: note},
		s.entry(by, store.Entry{What: "rollback", Subject: fmt.Sprint(number)}))
	return n, err
}
