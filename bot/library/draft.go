package library

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"salve/bot/store"
	"salve/knowledge"
)

// A Change is what a draft does to one file.
type Change struct {
	File string
	What string // added, changed or removed
}

// live returns the published files of a scope.
func (s *Shelf) live(scope string) Files {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if e := s.editions[scope]; e != nil {
		return e.files
	}
	return Files{}
}

// both returns the draft of a scope, which is the published library when there
// is no draft, and the published library.
func (s *Shelf) both(ctx context.Context, scope string) (draft, live Files, err error) {
	live = s.live(scope)
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

// Add puts a new article into the draft. It returns what is wrong with it, which
// does not keep it out of the draft: a draft may be mended later. It refuses a
// slug that the library has ([ErrExists]), and what is no article at all: a file
// that is too large, no text, or that has no usable slug.
func (s *Shelf) Add(ctx context.Context, scope string, by Actor, article []byte) (slug string, faults knowledge.Problems, err error) {
	return s.write(ctx, scope, by, article, func(draft Files, slug string) error {
		if _, ok := draft.file(slug); ok {
			return ErrExists.with("slug", slug)
		}
		return nil
	})
}

// Edit replaces an article in the draft; see [Shelf.Add] for what it returns. It
// must have a slug that the library has ([ErrNoArticle]). slug and mark, which
// may be empty, say which article was opened to be edited and the [Mark] of its
// text then: another slug ([ErrOtherSlug]), or an article that somebody changed
// since ([ErrEdited]), is refused.
func (s *Shelf) Edit(ctx context.Context, scope string, by Actor, slug, mark string, article []byte) (string, knowledge.Problems, error) {
	return s.write(ctx, scope, by, article, func(draft Files, has string) error {
		if slug != "" && has != slug {
			return ErrOtherSlug.with("slug", has, "want", slug)
		}
		name, ok := draft.file(has)
		if !ok {
			return ErrNoArticle.with("slug", has)
		}
		if mark != "" && mark != Mark(draft[name]) {
			return ErrEdited.with("slug", has)
		}
		return nil
	})
}

// Mark names the text of an article: another text has another mark.
func Mark(article []byte) string {
	sum := sha256.Sum256(article)
	return hex.EncodeToString(sum[:])[:12]
}

// write puts an article into the draft if allowed says that it may.
func (s *Shelf) write(ctx context.Context, scope string, by Actor, article []byte, allowed func(draft Files, slug string) error) (slug string, faults knowledge.Problems, err error) {
	a, problems := knowledge.Parse("article.md", article, nil)
	if a.Slug == "" {
		for _, p := range problems.Faults() {
			if p.Line == 0 || strings.Contains(p.What, "UTF-8") || strings.Contains(p.What, "NUL") || strings.Contains(p.What, "front matter") || strings.Contains(p.What, "slug") {
				return "", nil, p
			}
		}
		return "", nil, ErrNoSlug
	}
	if scope != "" {
		s.mu.RLock()
		shared := s.editions[""]
		s.mu.RUnlock()
		if shared != nil && shared.index.Library().Article(a.Slug) != nil {
			return "", nil, ErrSharedSlug.with("slug", a.Slug)
		}
	}
	err = s.edit(ctx, scope, by, store.Entry{What: "put", Subject: a.Slug}, func(draft Files) error {
		if err := allowed(draft, a.Slug); err != nil {
			return err
		}
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
			return ErrNoArticle.with("slug", slug)
		}
		delete(draft, name)
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
	d, err := s.store.Draft(ctx, scope)
	if err != nil || d == nil {
		return cmp.Or(err, error(ErrNoDraft))
	}
	s.setPreview(scope, nil)
	return s.saved(ctx, scope, s.store.SaveDraft(ctx, scope, d.Revision, nil, s.entry(by, store.Entry{What: "discard"})))
}

// saved tells who was first when a draft could not be saved for that.
func (s *Shelf) saved(ctx context.Context, scope string, err error) error {
	if !errors.Is(err, store.ErrDraftMoved) {
		return err
	}
	d, failed := s.store.Draft(ctx, scope)
	if failed != nil {
		return failed
	}
	who := "somebody else"
	if d != nil {
		who = d.Who
	}
	return ErrDraftMoved.with("who", who)
}

// Reindex makes the draft of the shared library what base, the library's folder,
// holds now. It returns what that changes.
func (s *Shelf) Reindex(ctx context.Context, by Actor) ([]Change, error) {
	files, err := ReadFiles(s.base)
	if err != nil {
		return nil, ErrFolder.with("why", err.Error())
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
	now := s.now()
	var revision int64
	draft := s.live(scope)
	if d == nil {
		d = &store.Draft{Base: s.number(scope), Since: now}
	} else if draft, err = Unpack(d.Files); err != nil {
		return err
	} else {
		revision = d.Revision
	}
	next := maps.Clone(draft)
	if err := change(next); err != nil {
		return err
	}
	if len(next) > maxFiles {
		return ErrTooMany.with("n", strconv.Itoa(len(next)), "most", strconv.Itoa(maxFiles))
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
	return s.saved(ctx, scope, s.store.SaveDraft(ctx, scope, revision, d, s.entry(by, e)))
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
