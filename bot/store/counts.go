package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"time"
)

// Counts are gathered in memory, and written together.
const (
	// flushEvery is how long counts are gathered in memory. A crash loses that
	// much of them; writing each would cost more than the answer it counts.
	flushEvery = 5 * time.Second
	// flushAt is how many different counts are gathered before they are written
	// at once.
	flushAt = 1000
	// mostPending bounds what is gathered while it can't be written.
	mostPending = 50_000
)

// Count adds one to a total. Totals are gathered in memory and written every five
// seconds, so that no answer waits for the disk. It returns an error when too many
// wait to be written.
func (s *Store) Count(_ context.Context, c Counter) error {
	s.counts.Lock()
	defer s.counts.Unlock()
	if _, ok := s.totals[c]; !ok && len(s.totals) >= mostPending {
		return errors.New("store: too much is waiting to be written; is the disk full?")
	}
	s.totals[c]++
	s.kick()
	return nil
}

// CountWeekly adds one to a tally of the week of at. Like totals, tallies are
// gathered in memory, so no answer waits for them. It returns an error for a tally
// of an unknown kind or with anything but ids, and keeps nothing of it.
func (s *Store) CountWeekly(_ context.Context, at time.Time, t Tally) error {
	if t.Kind != Gap && t.Kind != Shown && t.Kind != NotHelpful || !guildForm.MatchString(t.Guild) || !idForm.MatchString(t.Subject) || !idForm.MatchString(t.Detail) {
		return errors.New("store: only ids are counted by week")
	}
	s.counts.Lock()
	defer s.counts.Unlock()
	k := weekly{weekOf(at, 0), t}
	if _, ok := s.weekly[k]; !ok && len(s.weekly) >= mostPending {
		return errors.New("store: too much is waiting to be written; is the disk full?")
	}
	s.weekly[k]++
	s.kick()
	return nil
}

// kick has the gathered counts written before their time when there are many. The
// caller holds s.counts.
func (s *Store) kick() {
	if len(s.totals)+len(s.weekly) >= flushAt {
		select {
		case s.full <- struct{}{}:
		default: // it is told already
		}
	}
}

// Flush writes what was counted. When that fails it stays in memory.
func (s *Store) Flush(ctx context.Context) error {
	s.flush.Lock()
	defer s.flush.Unlock()
	s.counts.Lock()
	totals, tallies := s.totals, s.weekly
	s.totals, s.weekly = map[Counter]int64{}, map[weekly]int64{}
	s.counts.Unlock()
	if len(totals)+len(tallies) == 0 {
		return nil
	}
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		for c, n := range totals {
			if _, err := tx.ExecContext(ctx, "INSERT INTO totals (kind, passage, reason, n) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n", c.Kind, c.Passage, c.Reason, n); err != nil {
				return err
			}
		}
		for k, n := range tallies {
			if _, err := tx.ExecContext(ctx, "INSERT INTO weekly (week, guild, kind, subject, detail, n) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n", k.week, k.Guild, k.Kind, k.Subject, k.Detail, n); err != nil {
				return err
			}
		}
		return letGo(ctx, tx, s.now())
	})
	if err != nil {
		s.counts.Lock()
		defer s.counts.Unlock()
		giveBack(s.totals, totals)
		giveBack(s.weekly, tallies)
		return fmt.Errorf("store: counts: %w", err)
	}
	return nil
}

// giveBack adds what could not be written to what was counted meanwhile.
func giveBack[K comparable](to, from map[K]int64) {
	for k, n := range from {
		to[k] += n
	}
}

// dropCounts forgets what was counted of a server and is not written yet. The
// caller holds s.flush.
func (s *Store) dropCounts(guild string) {
	s.counts.Lock()
	defer s.counts.Unlock()
	maps.DeleteFunc(s.weekly, func(k weekly, _ int64) bool { return k.Guild == guild })
}

// flushing writes the counts now and then, and lets go of old weeks, until the
// store is closed.
func (s *Store) flushing() {
	defer close(s.done)
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	week := ""
	for {
		select {
		case <-s.stop:
			return
		case <-s.full:
		case <-tick.C:
		}
		ctx, cancel := context.WithTimeout(context.Background(), flushEvery)
		// What cannot be written or deleted now is at the next tick.
		_ = s.Flush(ctx)
		if now := weekOf(s.now(), 0); now != week && letGo(ctx, s.db, s.now()) == nil {
			week = now
		}
		cancel()
	}
}
