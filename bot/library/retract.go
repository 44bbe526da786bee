package library

import (
	"context"
	"strings"
	"time"

	"salve/bot/store"
	"salve/knowledge"
)

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
		return Reach{}, ErrNoReason
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
		return Reach{}, ErrNoPassage.with("ref", ref)
	}
	line := knowledge.Retraction{Ref: ref, Day: s.now().Format(time.DateOnly), Reason: reason}.String() + "\n"
	files := s.live(scope).withRetractions(Files{knowledge.RetractedFile: []byte(line)})
	r.Version, err = s.put(ctx, scope, files, store.Version{At: s.now(), Who: by.Name, Note: "retracted " + ref},
		s.entry(by, store.Entry{What: "retract", Subject: ref, Note: reason}))
	if err != nil {
		return Reach{}, err
	}
	r.Posts, err = s.store.Posts(ctx, scope, named)
	return r, err
}
