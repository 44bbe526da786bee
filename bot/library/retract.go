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
	Posts    []store.Post // public messages that quote one of them; see [Shelf.Withdrawals]
}

// Retract takes an article or a passage, named by its slug or id, out of answers
// at once, and keeps it out of every later version. The public messages that quote
// it are marked in the store, to be edited by whichever process is on Discord. A server's moderators can retract their
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
	}
	if len(r.Passages) == 0 {
		return Reach{}, ErrNoPassage.with("ref", ref)
	}
	line := knowledge.Retraction{Ref: ref, Day: s.now().Format(time.DateOnly), Reason: reason}.String() + "\n"
	files := s.live(scope).withRetractions(Files{knowledge.RetractedFile: []byte(line)})
	r.Version, r.Posts, err = s.put(ctx, scope, files, store.Version{At: s.now(), Who: by.Name, Note: "retracted " + ref},
		s.entry(by, store.Entry{What: "retract", Subject: ref, Note: reason}))
	return r, err
}

const (
	// withdrawLease is how long a process has to edit the messages that it took; a
	// message that can't be edited for now comes back after it.
	withdrawLease = 5 * time.Minute
	// withdrawBatch is how many it takes: Discord lets some be edited in a second.
	withdrawBatch = 20
	// WithdrawTries is how often the edit of a message is tried: for a day.
	WithdrawTries = int(24 * time.Hour / withdrawLease)
)

// Withdrawals takes public messages that quote what was retracted, by whatever
// process, to be edited. Call [Shelf.Withdrawn] for each that is done with.
func (s *Shelf) Withdrawals(ctx context.Context) ([]store.Withdrawal, error) {
	return s.store.Withdrawals(ctx, s.now(), withdrawLease, withdrawBatch)
}

// Withdrawn writes into the audit that a message was edited, or why it can't be.
func (s *Shelf) Withdrawn(ctx context.Context, w store.Withdrawal, why string) error {
	e := store.Entry{At: s.now(), Who: program, What: "withdraw", Subject: w.Link(), Note: why}
	if why != "" {
		e.What = "unreached"
	}
	return s.store.EndWithdrawal(ctx, w, e)
}

// program is who does what no person does.
const program = "salve"
