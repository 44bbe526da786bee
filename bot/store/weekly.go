package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"time"
)

// weeklySchema keeps what was counted in a week of a server, and which week's
// note each server was sent. A week is an ISO one, such as "2026-W48": nothing
// finer is kept.
const weeklySchema = `
CREATE TABLE weekly (week TEXT NOT NULL, guild TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (week, guild, kind, subject, detail)) WITHOUT ROWID;
CREATE TABLE notes (guild TEXT PRIMARY KEY, week TEXT NOT NULL, problem TEXT NOT NULL) WITHOUT ROWID;`

// The kinds of what is counted by week.
const (
	Gap        = "gap"         // Subject is a lexicon id or empty, Detail an intent or empty
	Shown      = "shown"       // Subject is a passage id
	NotHelpful = "not_helpful" // Subject is a passage id, Detail the reason
)

// A Tally names what is counted by week. It holds ids of the library and words of
// lists, never words of a reader; [Store.CountWeekly] refuses what looks otherwise.
type Tally struct {
	Guild   string // server id; empty for what was asked outside of one
	Kind    string
	Subject string
	Detail  string
}

// A WeeklyTotal is how often something was counted in the four weeks up to one,
// and in the four before them.
type WeeklyTotal struct {
	Kind, Subject, Detail string
	N, Before             int64
}

// KeptWeeks is how many weeks are kept: those of a span and of the one it is
// compared with.
const KeptWeeks = 2 * spanWeeks

// spanWeeks is how many weeks are looked at together: a month, so that what is
// asked now and then in a small server comes together.
const spanWeeks = 4

// A weekly is a tally of a week.
type weekly struct {
	week string
	Tally
}

var (
	guildForm = regexp.MustCompile(`^\d{0,20}$`)
	// idForm is that of lexicon ids, passage ids, intents and reasons.
	idForm = regexp.MustCompile(`^[a-z0-9_-]{0,100}(#[a-z0-9-]{1,100}/[0-9a-f]{1,64})?$`)
)

// weekOf names the ISO week of a time, back weeks before it. The names sort by time.
func weekOf(t time.Time, back int) string {
	year, week := t.UTC().AddDate(0, 0, -7*back).ISOWeek()
	return fmt.Sprintf("%04d-W%02d", year, week)
}

// Weekly returns what was counted of a server, or of all together when guild is
// empty, in the four ISO weeks of which the last is that of at. What was counted
// only in the four weeks before them has N 0.
func (s *Store) Weekly(ctx context.Context, guild string, at time.Time) ([]WeeklyTotal, error) {
	if err := s.Flush(ctx); err != nil {
		return nil, err
	}
	rows, err := s.db.QueryContext(ctx, `SELECT kind, subject, detail, sum(iif(week >= ?, n, 0)), sum(iif(week < ?, n, 0)) FROM weekly
		WHERE week > ? AND week <= ? AND (? = '' OR guild = ?) GROUP BY kind, subject, detail ORDER BY kind, subject, detail`,
		weekOf(at, spanWeeks-1), weekOf(at, spanWeeks-1), weekOf(at, KeptWeeks), weekOf(at, 0), guild, guild)
	if err != nil {
		return nil, fmt.Errorf("store: weekly: %w", err)
	}
	defer rows.Close()
	var out []WeeklyTotal
	for rows.Next() {
		var w WeeklyTotal
		if err := rows.Scan(&w.Kind, &w.Subject, &w.Detail, &w.N, &w.Before); err != nil {
			return nil, fmt.Errorf("store: weekly: %w", err)
		}
		out = append(out, w)
	}
	return out, rows.Err()
}

// letGo deletes the tallies that are older than is kept.
func letGo(ctx context.Context, db execer, now time.Time) error {
	_, err := db.ExecContext(ctx, "DELETE FROM weekly WHERE week <= ?", weekOf(now, KeptWeeks))
	return err
}

// NextNote claims the weekly note of one server for the week of at, and returns
// the server's id; empty when every server that wants a note was claimed. Of
// several processes one gets it, once.
func (s *Store) NextNote(ctx context.Context, at time.Time) (guild string, err error) {
	err = s.db.QueryRowContext(ctx, `INSERT INTO notes (guild, week, problem)
		SELECT s.guild, ?, coalesce(n.problem, '') FROM settings s LEFT JOIN notes n USING (guild)
		WHERE json_extract(s.value, '$.weekly_note') AND coalesce(n.week, '') < ? ORDER BY s.guild LIMIT 1
		ON CONFLICT (guild) DO UPDATE SET week = excluded.week RETURNING guild`, weekOf(at, 0), weekOf(at, 0)).Scan(&guild)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("store: note: %w", err)
	}
	return guild, nil
}

// EndNote keeps why the note of a server could not be sent; empty when it was.
func (s *Store) EndNote(ctx context.Context, guild, problem string) error {
	if _, err := s.db.ExecContext(ctx, "UPDATE notes SET problem = ? WHERE guild = ?", problem, guild); err != nil {
		return fmt.Errorf("store: note: %w", err)
	}
	return nil
}

// NoteProblem returns why the last note of a server could not be sent; empty when
// it was, or there was none.
func (s *Store) NoteProblem(ctx context.Context, guild string) (problem string, err error) {
	err = s.db.QueryRowContext(ctx, "SELECT problem FROM notes WHERE guild = ?", guild).Scan(&problem)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("store: note: %w", err)
	}
	return problem, nil
}

// An execer is a database or a transaction.
type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}
