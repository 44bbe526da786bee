// Package store keeps what must last between runs of the bot: what the
// moderators of a server set, and totals.
//
// It is one SQLite file, in WAL mode, reached through a driver in pure Go. The
// schema has a version and is brought up to date by [Open]; a file written by a
// newer program is refused rather than guessed at.
//
// The store holds no user id, no question of a reader and no answer. Settings,
// own articles, posts and weekly counts of a server are removed with
// [Store.Forget] when the bot leaves it. Totals are counts by kind, passage and
// reason, never by person. What is counted by server and week is named by ids of
// the library and its lexicon alone, and kept for eight weeks.
//
// It also keeps the libraries: versions, drafts and the audit name the moderators
// who made them, as they are shown in their server; a post is the id of a public
// message of the bot with the passages it quotes, so that a retraction reaches it.
// What was retracted is kept with its reason, and the messages still to be edited.
package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// Settings are what the moderators of a server set.
type Settings struct {
	ModeratorRole    string   `json:"moderator_role,omitempty"`    // role id; empty when not set
	ModeratorChannel string   `json:"moderator_channel,omitempty"` // channel id; empty when not set
	PublicChannels   []string `json:"public_channels,omitempty"`   // channel ids where answers may be public; any when empty
	Public           bool     `json:"public,omitempty"`            // answers are public by default
	Country          string   `json:"country,omitempty"`           // ISO 3166 code, for emergency numbers; empty when not set
	Language         string   `json:"language,omitempty"`          // of messages to everybody; empty for the reader's own
	PerPerson        int      `json:"per_person,omitempty"`        // questions of one person in five minutes; 0 for the default
	PerServer        int      `json:"per_server,omitempty"`        // questions of the server in a minute; 0 for the default
	Emergency        Line     `json:"emergency,omitzero"`          // shown on emergency cards for Country in place of the number that ships
	Crisis           Line     `json:"crisis,omitzero"`             // shown on crisis cards for Country in place of the lines that ship
	WeeklyNote       bool     `json:"weekly_note,omitempty"`       // ModeratorChannel gets a note every Monday
}

// A Line is a number to call that moderators set.
type Line struct {
	Number string `json:"number"`
	Label  string `json:"label,omitempty"` // whose it is
}

// A Counter names a total.
type Counter struct {
	Kind    string // what happened: "cited", "not_covered", "helpful", ...
	Passage string // passage id it concerns; may be empty
	Reason  string // of "not_helpful"; may be empty
}

// A Total is a counter and how often it was counted.
type Total struct {
	Counter
	N int64
}

// ErrNewer reports a file written by a newer version of the program.
var ErrNewer = errors.New("the store was written by a newer version of salve; use that version, or another file")

// migrations bring the schema up, one version each. One that was released is
// never changed.
var migrations = []string{
	`CREATE TABLE settings (guild TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
	 CREATE TABLE totals (kind TEXT NOT NULL, passage TEXT NOT NULL, reason TEXT NOT NULL, n INTEGER NOT NULL,
	   PRIMARY KEY (kind, passage, reason)) WITHOUT ROWID;`,
	librarySchema,
	revisionSchema,
	withdrawalSchema,
	weeklySchema,
}

// A Store is an open file. Its methods are safe for concurrent use.
type Store struct {
	db *sql.DB

	mu    sync.Mutex
	cache map[string]Settings // by guild; settings are read for every interaction

	flush  sync.Mutex // held while counts are written
	counts sync.Mutex // of the two maps; never held while the disk is waited for
	totals map[Counter]int64
	weekly map[weekly]int64
	full   chan struct{} // told when many counts wait
	stop   chan struct{}
	done   chan struct{}
	now    func() time.Time // for how long weeks are kept

	fault func(point string) error // of tests: what happens at a point of Publish
}

// maxCached bounds the settings kept in memory; beyond it the cache starts anew.
const maxCached = 10000

// Open opens the SQLite file at path, makes it if there is none, and brings its
// schema up to date. The path ":memory:" is a store that ends with the process.
// It returns an error wrapping [ErrNewer] if a newer program wrote the file.
func Open(ctx context.Context, path string) (*Store, error) {
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?_pragma=journal_mode(WAL)&_pragma=busy_timeout(5000)&_pragma=synchronous(NORMAL)&_txlock=immediate"
	// Transactions take the write lock at their beginning: one that reads first and
	// is then overtaken by another process fails, whatever the timeout.
	if path == ":memory:" {
		dsn = path
	}
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	// One connection: SQLite has one writer anyway, and ":memory:" is per connection.
	db.SetMaxOpenConns(1)
	err = migrate(ctx, db)
	if err == nil {
		err = letGo(ctx, db, time.Now())
	}
	if err != nil {
		db.Close()
		return nil, fmt.Errorf("store %s: %w", path, err)
	}
	s := &Store{
		db: db, cache: map[string]Settings{}, totals: map[Counter]int64{}, weekly: map[weekly]int64{},
		full: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{}), now: time.Now,
	}
	go s.flushing()
	return s, nil
}

func migrate(ctx context.Context, db *sql.DB) error {
	var have int
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
		return err
	}
	if have > len(migrations) {
		return ErrNewer
	}
	for v := have; v < len(migrations); v++ {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, migrations[v]+fmt.Sprintf("PRAGMA user_version = %d;", v+1))
		if err != nil {
			return errors.Join(err, tx.Rollback())
		}
		if err := tx.Commit(); err != nil {
			return err
		}
	}
	return nil
}

// Close writes what is gathered and closes the file.
func (s *Store) Close() error {
	close(s.stop)
	<-s.done
	ctx, cancel := context.WithTimeout(context.Background(), flushEvery)
	defer cancel()
	return errors.Join(s.Flush(ctx), s.db.Close())
}

// Settings returns what a server set, or the zero value when it set nothing.
func (s *Store) Settings(ctx context.Context, guild string) (Settings, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if have, ok := s.cache[guild]; ok {
		return have, nil
	}
	var raw string
	var out Settings
	err := s.db.QueryRowContext(ctx, "SELECT value FROM settings WHERE guild = ?", guild).Scan(&raw)
	switch {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return Settings{}, fmt.Errorf("store: settings: %w", err)
	default:
		if err := json.Unmarshal([]byte(raw), &out); err != nil {
			return Settings{}, fmt.Errorf("store: settings: %w", err)
		}
	}
	s.keep(guild, out)
	return out, nil
}

// SaveSettings replaces what a server set.
func (s *Store) SaveSettings(ctx context.Context, guild string, v Settings) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("store: settings: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err = s.db.ExecContext(ctx, "INSERT INTO settings (guild, value) VALUES (?, ?) ON CONFLICT (guild) DO UPDATE SET value = excluded.value", guild, string(raw))
	if err != nil {
		return fmt.Errorf("store: settings: %w", err)
	}
	v.PublicChannels = append([]string(nil), v.PublicChannels...)
	s.keep(guild, v)
	return nil
}

// keep caches settings. The caller holds s.mu.
func (s *Store) keep(guild string, v Settings) {
	if len(s.cache) >= maxCached {
		clear(s.cache)
	}
	s.cache[guild] = v
}

// Forget removes everything of a server.
func (s *Store) Forget(ctx context.Context, guild string) error {
	s.flush.Lock()
	defer s.flush.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.cache, guild)
	s.dropCounts(guild)
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		for _, table := range []string{"settings WHERE guild", "posts WHERE guild", "withdrawals WHERE guild", "retractions WHERE scope", "library_drafts WHERE scope", "library_versions WHERE scope", "library_audit WHERE scope", "weekly WHERE guild", "notes WHERE guild"} {
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+table+" = ?", guild); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store: forget: %w", err)
	}
	return nil
}

// Totals returns every total, by kind, passage and reason.
func (s *Store) Totals(ctx context.Context) ([]Total, error) {
	if err := s.Flush(ctx); err != nil {
		return nil, err
	}
	rows, err := s.db.QueryContext(ctx, "SELECT kind, passage, reason, n FROM totals ORDER BY kind, passage, reason")
	if err != nil {
		return nil, fmt.Errorf("store: totals: %w", err)
	}
	defer rows.Close()
	var out []Total
	for rows.Next() {
		var t Total
		if err := rows.Scan(&t.Kind, &t.Passage, &t.Reason, &t.N); err != nil {
			return nil, fmt.Errorf("store: totals: %w", err)
		}
		out = append(out, t)
	}
	return out, rows.Err()
}
