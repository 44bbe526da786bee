package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"
)

// withdrawalSchema keeps what was retracted, and the public messages that quote
// it and are still to be edited. A message is a post or a withdrawal, never both.
const withdrawalSchema = `
CREATE TABLE retractions (scope TEXT NOT NULL, ref TEXT NOT NULL, day TEXT NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (scope, ref)) WITHOUT ROWID;
CREATE TABLE withdrawals (message TEXT PRIMARY KEY, guild TEXT NOT NULL, channel TEXT NOT NULL, scope TEXT NOT NULL, day TEXT NOT NULL,
  reason TEXT NOT NULL, until TEXT NOT NULL, tries INTEGER NOT NULL) WITHOUT ROWID;`

// A Post is a public message of the bot that quotes passages. Who asked is not
// part of it.
type Post struct {
	Guild, Channel, Message string
	At                      time.Time
	Passages                []string
}

// A Retraction is what was taken out of a library for good.
type Retraction struct {
	Ref    string // slug of an article, or id of a passage
	Day    string // YYYY-MM-DD
	Reason string
}

// A Withdrawal is a public message that quotes what was retracted, and is to be
// edited to say so.
type Withdrawal struct {
	Guild, Channel, Message string
	Scope                   string // library that it was retracted from
	Day, Reason             string // of the retraction
	Tries                   int    // how often it was taken to be edited, this time included
}

// Link is where the message is read.
func (p Post) Link() string { return link(p.Guild, p.Channel, p.Message) }

// Link is where the message is read.
func (w Withdrawal) Link() string { return link(w.Guild, w.Channel, w.Message) }

func link(guild, channel, message string) string {
	return "https://discord.com/channels/" + guild + "/" + channel + "/" + message
}

// KeptPosts is how long a post is remembered: longer than a passage may go
// unreviewed, so that a retraction reaches what may still be read as current.
const KeptPosts = 400 * 24 * time.Hour

// SavePost remembers a public message, and lets go of those that are too old. One
// that quotes what was retracted meanwhile is a withdrawal at once.
func (s *Store) SavePost(ctx context.Context, p Post) error {
	raw, err := json.Marshal(p.Passages)
	if err != nil {
		return fmt.Errorf("store: post: %w", err)
	}
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO posts (message, guild, channel, at, passages) VALUES (?, ?, ?, ?, ?)",
			p.Message, p.Guild, p.Channel, p.At.UTC().Format(time.RFC3339), string(raw)); err != nil {
			return err
		}
		if _, err := withdraw(ctx, tx, "p.message = ?", p.Message); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM posts WHERE at < ?", p.At.Add(-KeptPosts).UTC().Format(time.RFC3339))
		return err
	})
	if err != nil {
		return fmt.Errorf("store: post: %w", err)
	}
	return nil
}

// retract remembers what was retracted, and makes the posts that quote what is
// new of it withdrawals. It returns those.
func retract(ctx context.Context, tx *sql.Tx, scope string, list []Retraction) ([]Post, error) {
	var out []Post
	for _, r := range list {
		res, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO retractions (scope, ref, day, reason) VALUES (?, ?, ?, ?)", scope, r.Ref, r.Day, r.Reason)
		if err != nil {
			return nil, err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return nil, err
		}
		if n == 0 {
			continue // it was retracted before
		}
		more, err := withdraw(ctx, tx, "r.scope = ? AND r.ref = ?", scope, r.Ref)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// withdraw makes the posts that quote what was retracted withdrawals: those that
// where allows, of posts p and retractions r. An article stands for every passage
// that it has or had.
func withdraw(ctx context.Context, tx *sql.Tx, where string, args ...any) ([]Post, error) {
	rows, err := tx.QueryContext(ctx, `SELECT p.message, p.guild, p.channel, p.at, p.passages, r.scope, r.day, r.reason
		FROM posts p JOIN retractions r ON (r.scope = '' OR r.scope = p.guild)
		WHERE `+where+` AND EXISTS (SELECT 1 FROM json_each(p.passages) q WHERE q.value = r.ref OR substr(q.value, 1, length(r.ref) + 1) = r.ref || '#')
		ORDER BY p.at, p.message`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Post
	var found []Withdrawal
	for rows.Next() {
		var p Post
		var w Withdrawal
		var at, raw string
		if err := rows.Scan(&p.Message, &p.Guild, &p.Channel, &at, &raw, &w.Scope, &w.Day, &w.Reason); err != nil {
			return nil, err
		}
		p.At, _ = time.Parse(time.RFC3339, at)
		if err := json.Unmarshal([]byte(raw), &p.Passages); err != nil {
			return nil, err
		}
		out, found = append(out, p), append(found, w)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for i, p := range out {
		if _, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO withdrawals (message, guild, channel, scope, day, reason, until, tries) VALUES (?, ?, ?, ?, ?, ?, '', 0)",
			p.Message, p.Guild, p.Channel, found[i].Scope, found[i].Day, found[i].Reason); err != nil {
			return nil, err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM posts WHERE message = ?", p.Message); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Withdrawals takes up to most messages that are to be edited. Each is the
// caller's until the lease is over, and then anybody's again, so that a process
// that ends in between leaves none behind and two never have the same.
func (s *Store) Withdrawals(ctx context.Context, now time.Time, lease time.Duration, most int) ([]Withdrawal, error) {
	at := now.UTC().Format(time.RFC3339)
	var some bool
	if err := s.db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM withdrawals WHERE until <= ?)", at).Scan(&some); err != nil || !some {
		return nil, wrap(err, "store: withdrawals")
	}
	rows, err := s.db.QueryContext(ctx, `UPDATE withdrawals SET until = ?, tries = tries + 1
		WHERE message IN (SELECT message FROM withdrawals WHERE until <= ? ORDER BY message LIMIT ?)
		RETURNING message, guild, channel, scope, day, reason, tries`, now.Add(lease).UTC().Format(time.RFC3339), at, most)
	if err != nil {
		return nil, wrap(err, "store: withdrawals")
	}
	defer rows.Close()
	var out []Withdrawal
	for rows.Next() {
		var w Withdrawal
		if err := rows.Scan(&w.Message, &w.Guild, &w.Channel, &w.Scope, &w.Day, &w.Reason, &w.Tries); err != nil {
			return nil, wrap(err, "store: withdrawals")
		}
		out = append(out, w)
	}
	return out, wrap(rows.Err(), "store: withdrawals")
}

// EndWithdrawal forgets a message that was edited, or can't be, and writes the
// line of the audit; once only, whoever else ends it.
func (s *Store) EndWithdrawal(ctx context.Context, w Withdrawal, e Entry) error {
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, "DELETE FROM withdrawals WHERE message = ?", w.Message)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		_, err = audit(ctx, tx, w.Scope, e)
		return err
	})
	return wrap(err, "store: withdrawals")
}

func wrap(err error, what string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
