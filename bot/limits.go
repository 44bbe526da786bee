package bot

import (
	"context"
	"sync"
	"time"
)

// Defaults of the limits on questions. A person reads an answer for about half
// a minute, so ten in five minutes are more than reading takes; a server may set
// its own with /settings.
const (
	personPer     = 5 * time.Minute
	personDefault = 10 // questions of one person in personPer
	serverPer     = time.Minute
	serverDefault = 120 // questions of one server in serverPer
	limitsMost    = 50000
)

// limits counts questions in fixed memory. Its keys are keyed hashes, and a
// count is gone as soon as its window is over. Safe for concurrent use.
type limits struct {
	now func() time.Time

	mu   sync.Mutex
	seen map[person]*window
	next time.Time // of the next sweep
}

// A window is a token bucket, written as the time at which it is full again.
type window struct {
	full time.Time
}

func newLimits(now func() time.Time) *limits {
	return &limits{now: now, seen: map[person]*window{}}
}

// take takes one of most per window for key, and returns 0, or the time until
// one is free again.
func (l *limits) take(key person, most int, per time.Duration) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	l.sweep(now)
	each := per / time.Duration(most)
	w := l.seen[key]
	if w == nil {
		w = &window{full: now}
		l.seen[key] = w
	}
	if w.full.Before(now) {
		w.full = now
	}
	if wait := w.full.Add(each).Sub(now) - per; wait > 0 {
		return wait
	}
	w.full = w.full.Add(each)
	return 0
}

// sweep drops the windows that are full again, once a minute, and all of them
// when there are too many: letting some questions through is the safe side.
func (l *limits) sweep(now time.Time) {
	if len(l.seen) > limitsMost {
		clear(l.seen)
	}
	if now.Before(l.next) {
		return
	}
	l.next = now.Add(time.Minute)
	for k, w := range l.seen {
		if !w.full.After(now) {
			delete(l.seen, k)
		}
	}
}

// A lane lets so many questions be answered at once and so many wait. Beyond
// that it refuses, so that memory and waiting time stay bounded.
type lane struct {
	room  chan struct{} // one for every question inside, waiting or not
	slots chan struct{} // one for every question being answered
}

func newLane(workers, waiting int) *lane {
	return &lane{room: make(chan struct{}, workers+waiting), slots: make(chan struct{}, workers)}
}

// enter takes a place in the queue, or reports that there is none.
func (l *lane) enter() bool {
	select {
	case l.room <- struct{}{}:
		return true
	default:
		return false
	}
}

// leave gives the place back.
func (l *lane) leave() { <-l.room }

// run waits for a slot and calls f in it.
func (l *lane) run(ctx context.Context, f func()) error {
	select {
	case l.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-l.slots }()
	f()
	return nil
}

// seen remembers the interactions of the last minutes, so that one that Discord
// delivers twice is answered once. Safe for concurrent use.
type seenSet struct {
	now func() time.Time

	mu       sync.Mutex
	old, new map[string]struct{}
	turn     time.Time
}

// seenFor is how long an interaction is remembered, at least. Discord says an
// event may come any number of times but not how late; a token dies after 15 min.
const seenFor = 15 * time.Minute

// first reports whether id was not seen before.
func (s *seenSet) first(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := s.now(); s.new == nil || now.After(s.turn) {
		s.old, s.new = s.new, map[string]struct{}{}
		s.turn = now.Add(seenFor)
	}
	_, a := s.old[id]
	_, b := s.new[id]
	s.new[id] = struct{}{}
	return !a && !b
}
