package library

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"salve/bot/store"
	"salve/index/eval"
	"salve/knowledge"
)

// A Change is what a draft does to one file.
type Change struct {
	File string
	What string // added, changed or removed
}

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

// both returns the draft of a scope, which is the published library when there
// is no draft, and the published library.
func (s *Shelf) both(ctx context.Context, scope string) (draft, live Files, err error) {
	s.mu.RLock()
	e := s.editions[scope]
	s.mu.RUnlock()
	live = Files{}
	if e != nil {
		live = e.files
	}
	d, err := s.store.Draft(ctx, scope)
	if err != nil || d == nil {
		return live, live, err
	}
	draft, err = Unpack(d.Files)
	return draft, live, err
}

func changes(live, draft Files) []Change {
	var out []Change
	for name, body := range draft {
		switch old, ok := live[name]; {
		case !ok:
			out = append(out, Change{name, "added"})
		case string(old) != string(body):
			out = append(out, Change{name, "changed"})
		}
	}
	for name := range live {
		if _, ok := draft[name]; !ok {
			out = append(out, Change{name, "removed"})
		}
	}
	slices.SortFunc(out, func(a, b Change) int { return strings.Compare(a.File, b.File) })
	return out
}

// ErrNoArticle reports that a library has no article of that name.
var ErrNoArticle = errors.New("there is no such article in this library; look at the list")

// Show returns the Markdown of an article: of the draft when it has one, else as
// it is published. It returns an error wrapping [ErrNoArticle] when there is none.
func (s *Shelf) Show(ctx context.Context, scope, slug string) ([]byte, error) {
	draft, _, err := s.both(ctx, scope)
	if err != nil {
		return nil, err
	}
	name, ok := draft.file(slug)
	if !ok {
		return nil, fmt.Errorf("%q: %w", slug, ErrNoArticle)
	}
	return draft[name], nil
}

// Put adds an article to the draft, or replaces the one with the same slug. It
// returns what is wrong with it, which does not keep it out of the draft: a
// draft may be mended later. It refuses only what is no article at all: a file
// that is too large, no text, or that has no usable slug.
func (s *Shelf) Put(ctx context.Context, scope string, by Actor, article []byte) (slug string, faults knowledge.Problems, err error) {
	a, problems := knowledge.Parse("article.md", article, nil)
	if a.Slug == "" {
		for _, p := range problems.Faults() {
			if p.Line == 0 || strings.Contains(p.What, "UTF-8") || strings.Contains(p.What, "NUL") || strings.Contains(p.What, "front matter") || strings.Contains(p.What, "slug") {
				return "", nil, p
			}
		}
		return "", nil, errors.New("the article has no usable slug; give it a line like slug: my-article in its front matter")
	}
	if scope != "" {
		s.mu.RLock()
		shared := s.editions[""]
		s.mu.RUnlock()
		if shared != nil && shared.index.Library().Article(a.Slug) != nil {
			return "", nil, fmt.Errorf("slug %q is that of an article of the shared library; choose another", a.Slug)
		}
	}
	err = s.edit(ctx, scope, by, store.Entry{What: "put", Subject: a.Slug}, func(draft Files) error {
		name, ok := draft.file(a.Slug)
		if !ok {
			name = a.Slug + ".md"
		}
		draft[name] = slices.Clone(article)
		return nil
	})
	if err != nil {
		return "", nil, err
	}
	all, err := s.Check(ctx, scope)
	if err != nil {
		return "", nil, err
	}
	draft, _, err := s.both(ctx, scope)
	if err != nil {
		return "", nil, err
	}
	name, _ := draft.file(a.Slug)
	return a.Slug, slices.DeleteFunc(all, func(p *knowledge.Problem) bool { return p.File != name }), nil
}

// Remove takes an article out of the draft, so that the next version lacks it.
func (s *Shelf) Remove(ctx context.Context, scope string, by Actor, slug string) error {
	return s.edit(ctx, scope, by, store.Entry{What: "remove", Subject: slug}, func(draft Files) error {
		name, ok := draft.file(slug)
		if !ok {
			return fmt.Errorf("%q: %w", slug, ErrNoArticle)
		}
		delete(draft, name)
		return nil
	})
}

// Judge adds judged questions to the draft, in the format of package eval.
func (s *Shelf) Judge(ctx context.Context, scope string, by Actor, stanzas string) error {
	if _, err := eval.ReadCases(JudgedFile, strings.NewReader(stanzas)); err != nil {
		return err
	}
	return s.edit(ctx, scope, by, store.Entry{What: "judge"}, func(draft Files) error {
		draft[JudgedFile] = []byte(strings.TrimSpace(string(draft[JudgedFile])+"\n\n"+stanzas) + "\n")
		return nil
	})
}

// Discard ends the draft; the published library stays as it is.
func (s *Shelf) Discard(ctx context.Context, scope string, by Actor) error {
	done, err := s.begin(scope, by)
	if err != nil {
		return err
	}
	defer done()
	s.setPreview(scope, nil)
	return s.store.SaveDraft(ctx, scope, nil, s.entry(by, store.Entry{What: "discard"}))
}

// Reindex makes the draft of the shared library what base, the library's folder,
// holds now. It returns what that changes.
func (s *Shelf) Reindex(ctx context.Context, by Actor) ([]Change, error) {
	files, err := ReadFiles(s.base)
	if err != nil {
		return nil, err
	}
	err = s.edit(ctx, "", by, store.Entry{What: "reindex"}, func(draft Files) error {
		clear(draft)
		maps.Copy(draft, files)
		return nil
	})
	if err != nil {
		return nil, err
	}
	draft, live, err := s.both(ctx, "")
	return changes(live, draft), err
}

func (s *Shelf) entry(by Actor, e store.Entry) store.Entry {
	e.At, e.Who = s.now(), by.Name
	return e
}

// edit changes the draft of a scope, which starts as the published library. Any
// approval of it ends.
func (s *Shelf) edit(ctx context.Context, scope string, by Actor, e store.Entry, change func(draft Files) error) error {
	done, err := s.begin(scope, by)
	if err != nil {
		return err
	}
	defer done()
	d, err := s.store.Draft(ctx, scope)
	if err != nil {
		return err
	}
	draft, _, err := s.both(ctx, scope)
	if err != nil {
		return err
	}
	now := s.now()
	if d == nil {
		d = &store.Draft{Base: s.number(scope), Since: now}
	}
	next := maps.Clone(draft)
	if err := change(next); err != nil {
		return err
	}
	if len(next) > maxFiles {
		return fmt.Errorf("the library would hold %d files, more than %d; split it", len(next), maxFiles)
	}
	if d.Files, err = next.Pack(); err != nil {
		return err
	}
	d.At, d.Who = now, by.Name
	d.Approved, d.By, d.ApprovedKey = "", "", ""
	if !slices.Contains(d.Keys, by.Key) {
		d.Keys = append(d.Keys, by.Key)
	}
	s.setPreview(scope, nil)
	return s.store.SaveDraft(ctx, scope, d, s.entry(by, e))
}

// number returns the version of a scope that is served, or 0.
func (s *Shelf) number(scope string) int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if e := s.editions[scope]; e != nil {
		return e.number
	}
	return 0
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
