package library

import (
	"context"
	"encoding/csv"
	"io"
	"slices"
	"strings"
	"time"

	"salve/bot/store"
	"salve/knowledge"
)

// Status says how a library stands.
type Status struct {
	Version            store.Version // the published one; Number 0 when there is none
	Articles, Passages int           // published: of this scope alone
	Draft              *store.Draft  // nil when nothing is being changed
	Changes            []Change      // what the draft does
	NeedsApproval      bool          // the last preview needs a second moderator
	Preview            string        // the candidate of the last preview; empty when there is none
	BusyBy             string        // who is at work just now; empty when nobody is
	BusySince          time.Time
	Due                int // articles whose review is due
	SharedVersion      int // the shared library that is served beside it
}

// Status returns how the library of a scope stands.
func (s *Shelf) Status(ctx context.Context, scope string) (Status, error) {
	var st Status
	versions, err := s.store.Versions(ctx, scope)
	if err != nil {
		return st, err
	}
	if len(versions) > 0 {
		st.Version = versions[0]
	}
	for _, a := range s.articles(scope) {
		if a.Status != knowledge.Published {
			continue
		}
		st.Articles++
		for _, sec := range a.Sections {
			st.Passages += len(sec.Passages)
		}
	}
	if st.Draft, err = s.store.Draft(ctx, scope); err != nil {
		return st, err
	}
	if st.Draft != nil {
		draft, live, err := s.both(ctx, scope)
		if err != nil {
			return st, err
		}
		st.Changes = changes(live, draft)
	}
	st.Due = len(s.Due(scope, 0))
	s.mu.RLock()
	defer s.mu.RUnlock()
	if p := s.previews[scope]; p != nil {
		st.Preview, st.NeedsApproval = p.Candidate, p.NeedsApproval
	}
	if w, ok := s.busy[scope]; ok {
		st.BusyBy, st.BusySince = w.who, w.since
	}
	if e := s.editions[""]; e != nil {
		st.SharedVersion = e.number
	}
	return st, nil
}

// articles returns the articles of a scope's own library as it is published.
func (s *Shelf) articles(scope string) []*knowledge.Article {
	s.mu.RLock()
	e := s.editions[scope]
	s.mu.RUnlock()
	if e == nil {
		return nil
	}
	var out []*knowledge.Article
	for _, a := range e.index.Library().Articles {
		if scope == "" || strings.HasPrefix(a.File, serverFolder) {
			out = append(out, a)
		}
	}
	return out
}

// An Article is a line of the list of a library.
type Article struct {
	Slug, Title string
	Status      knowledge.Status
	Passages    int
	Reviewed    string // day
	NextReview  string // day
	Draft       string // what the draft does to it: added, changed, removed, or empty
}

// List returns the articles of a library and its draft, by slug.
func (s *Shelf) List(ctx context.Context, scope string) ([]Article, error) {
	byFile := map[string]*Article{}
	var out []*Article
	for _, a := range s.articles(scope) {
		l := &Article{Slug: a.Slug, Title: a.Title, Status: a.Status, Reviewed: a.Reviewed, NextReview: a.NextReview}
		for _, sec := range a.Sections {
			l.Passages += len(sec.Passages)
		}
		byFile[strings.TrimPrefix(a.File, serverPrefix(scope))] = l
		out = append(out, l)
	}
	draft, live, err := s.both(ctx, scope)
	if err != nil {
		return nil, err
	}
	for _, c := range changes(live, draft) {
		if !strings.HasSuffix(c.File, ".md") {
			continue
		}
		if l := byFile[c.File]; l != nil {
			l.Draft = c.What
			continue
		}
		a, _ := knowledge.Parse(c.File, draft[c.File], nil)
		out = append(out, &Article{Slug: a.Slug, Title: a.Title, Status: knowledge.Draft, Reviewed: a.Reviewed, NextReview: a.NextReview, Draft: c.What})
	}
	var list []Article
	for _, l := range out {
		list = append(list, *l)
	}
	slices.SortFunc(list, func(a, b Article) int { return strings.Compare(a.Slug, b.Slug) })
	return list, nil
}

func serverPrefix(scope string) string {
	if scope == "" {
		return ""
	}
	return serverFolder
}

// Show returns the Markdown of an article: of the draft when it has one, else as
// it is published. It returns an error wrapping [ErrNoArticle] when there is none.
func (s *Shelf) Show(ctx context.Context, scope, slug string) ([]byte, error) {
	draft, _, err := s.both(ctx, scope)
	if err != nil {
		return nil, err
	}
	name, ok := draft.file(slug)
	if !ok {
		return nil, ErrNoArticle.with("slug", slug)
	}
	return draft[name], nil
}

// Check returns everything that is wrong with the draft, or with the published
// library when there is no draft, warnings included.
func (s *Shelf) Check(ctx context.Context, scope string) (knowledge.Problems, error) {
	draft, live, err := s.both(ctx, scope)
	if err != nil {
		return nil, err
	}
	return s.check(scope, draft.withRetractions(live))
}

func (s *Shelf) check(scope string, own Files) (knowledge.Problems, error) {
	all := own
	if scope != "" {
		all = s.shared().with(own)
	}
	lib, problems, err := load(all)
	if err != nil {
		return nil, err
	}
	problems = append(problems, lib.Check(s.now().Format(time.DateOnly))...)
	if scope == "" {
		return problems, nil
	}
	var ours knowledge.Problems
	for _, p := range problems {
		if name, ok := strings.CutPrefix(p.File, serverFolder); ok {
			p.File = name
			ours = append(ours, p)
		}
	}
	return ours, nil
}

// Due lists the articles of a scope whose review is due within so many days,
// the most overdue first.
func (s *Shelf) Due(scope string, days int) []Article {
	until := s.now().AddDate(0, 0, days).Format(time.DateOnly)
	var out []Article
	for _, a := range s.articles(scope) {
		if a.Status == knowledge.Published && a.NextReview <= until {
			out = append(out, Article{Slug: a.Slug, Title: a.Title, Status: a.Status, Reviewed: a.Reviewed, NextReview: a.NextReview})
		}
	}
	slices.SortStableFunc(out, func(a, b Article) int { return strings.Compare(a.NextReview, b.NextReview) })
	return out
}

// History returns the versions of a library, newest first.
func (s *Shelf) History(ctx context.Context, scope string) ([]store.Version, error) {
	return s.store.Versions(ctx, scope)
}

// Audit returns who did what to a library, oldest first.
func (s *Shelf) Audit(ctx context.Context, scope string) ([]store.Entry, error) {
	return s.store.Audit(ctx, scope)
}

// WriteAudit writes the lines of an audit as CSV, under a line of column names.
// A value that a spreadsheet would take for a formula gets an apostrophe before.
func WriteAudit(w io.Writer, entries []store.Entry) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{"at", "who", "what", "subject", "note"}) // Flush keeps the error
	for _, e := range entries {
		line := []string{e.At.UTC().Format(time.RFC3339), e.Who, e.What, e.Subject, e.Note}
		for i, v := range line {
			if v != "" && strings.ContainsRune("=+-@\t\r", rune(v[0])) {
				line[i] = "'" + v
			}
		}
		_ = out.Write(line)
	}
	out.Flush()
	return out.Error()
}

// Export returns the published library of a scope as a zip archive.
func (s *Shelf) Export(ctx context.Context, scope string) ([]byte, error) {
	_, live, err := s.both(ctx, scope)
	if err != nil {
		return nil, err
	}
	if len(live) == 0 {
		return nil, ErrNothing
	}
	return live.Pack()
}
