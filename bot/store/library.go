package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// librarySchema keeps how libraries change. A scope is "" for the shared library
// or the id of the server whose moderators keep it. The files of a version or a
// draft are one zip archive. Moderators are named as they are shown; "key" tells
// two of them apart and is no user id (see package library).
const librarySchema = `
CREATE TABLE library_versions (scope TEXT NOT NULL, number INTEGER NOT NULL, at TEXT NOT NULL, who TEXT NOT NULL,
  note TEXT NOT NULL, files BLOB, PRIMARY KEY (scope, number)) WITHOUT ROWID;
CREATE TABLE library_drafts (scope TEXT PRIMARY KEY, value TEXT NOT NULL, files BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE library_audit (id INTEGER PRIMARY KEY, scope TEXT NOT NULL, value TEXT NOT NULL);
CREATE TABLE posts (message TEXT PRIMARY KEY, guild TEXT NOT NULL, channel TEXT NOT NULL, at TEXT NOT NULL, passages TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE secrets (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;`

// revisionSchema tells one state of a draft from the next: a revision is the
// number of the line of the audit that was written with it.
const revisionSchema = `ALTER TABLE library_drafts ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;`

// A Version is a published state of a library.
type Version struct {
	Number int // 1 for the first
	At     time.Time
	Who    string
	Note   string
}

// A Draft is a change of a library under way.
type Draft struct {
	Base  int       `json:"base"` // the version it started from; 0 when there was none
	At    time.Time `json:"at"`   // of the last change
	Who   string    `json:"who"`  // made the last change
	Keys  []string  `json:"keys"` // of all who changed it
	Since time.Time `json:"since"`
	// Approved is the candidate that a second moderator approved, and By who did.
	Approved    string `json:"approved,omitempty"`
	By          string `json:"by,omitempty"`
	ApprovedKey string `json:"approved_key,omitempty"`

	Files []byte `json:"-"` // zip archive
	// Revision is another one after each change; 0 is that of no draft.
	Revision int64 `json:"-"`
}

// An Entry is a line of the audit: who changed what in a library.
type Entry struct {
	At      time.Time `json:"at"`
	Who     string    `json:"who"`
	What    string    `json:"what"`              // "put", "publish", "retract", ...
	Subject string    `json:"subject,omitempty"` // article, passage or version
	Note    string    `json:"note,omitempty"`
}

// KeptVersions is how many versions of a library keep their files, so that one
// can go back to them. Of older ones only the line of the history stays.
const KeptVersions = 11 // the one served and ten to go back to

// ErrMoved reports that a library was published by somebody else meanwhile.
var ErrMoved = errors.New("the library was published by somebody else meanwhile; look at it again")

// ErrDraftMoved reports that a draft was changed by somebody else meanwhile.
var ErrDraftMoved = errors.New("the draft was changed by somebody else meanwhile; look at it again")

// Versions returns the history of a library, newest first.
func (s *Store) Versions(ctx context.Context, scope string) ([]Version, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT number, at, who, note FROM library_versions WHERE scope = ? ORDER BY number DESC", scope)
	if err != nil {
		return nil, fmt.Errorf("store: versions: %w", err)
	}
	defer rows.Close()
	var out []Version
	for rows.Next() {
		var v Version
		var at string
		if err := rows.Scan(&v.Number, &at, &v.Who, &v.Note); err != nil {
			return nil, fmt.Errorf("store: versions: %w", err)
		}
		v.At, _ = time.Parse(time.RFC3339, at)
		out = append(out, v)
	}
	return out, rows.Err()
}

// Latest returns the number of the published version of each library that has one.
func (s *Store) Latest(ctx context.Context) (map[string]int, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT scope, max(number) FROM library_versions GROUP BY scope")
	if err != nil {
		return nil, fmt.Errorf("store: versions: %w", err)
	}
	defer rows.Close()
	out := map[string]int{}
	for rows.Next() {
		var scope string
		var n int
		if err := rows.Scan(&scope, &n); err != nil {
			return nil, fmt.Errorf("store: versions: %w", err)
		}
		out[scope] = n
	}
	return out, rows.Err()
}

// VersionFiles returns the zip archive of a version, or nil when there is no
// such version or its files are no longer kept.
func (s *Store) VersionFiles(ctx context.Context, scope string, number int) ([]byte, error) {
	var files []byte
	err := s.db.QueryRowContext(ctx, "SELECT files FROM library_versions WHERE scope = ? AND number = ?", scope, number).Scan(&files)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("store: version: %w", err)
	}
	return files, nil
}

// A Publication is the next version of a library.
type Publication struct {
	Scope   string
	Base    int     // the version that it follows
	Version Version // its Number is not looked at
	Files   []byte  // zip archive
	// Draft is the revision of the draft that is published and so ends; with 0 a
	// draft stays as it is.
	Draft     int64
	Retracted []Retraction // everything that is retracted from the library
	Entry     Entry
}

// Publish publishes the next version of a library, whole or not at all: the
// version, the end of its draft, the posts to be withdrawn for what it retracts,
// the line of the audit, and letting go of old files are one transaction. It
// returns the number of the version and those posts. Its error wraps [ErrMoved]
// when the published version is not the base any more, and [ErrDraftMoved] when
// the draft is not at that revision any more.
func (s *Store) Publish(ctx context.Context, p Publication) (number int, withdrawn []Post, err error) {
	scope, v := p.Scope, p.Version
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		var now int
		if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(number), 0) FROM library_versions WHERE scope = ?", scope).Scan(&now); err != nil {
			return err
		}
		if now != p.Base {
			return ErrMoved
		}
		number = p.Base + 1
		if _, err := tx.ExecContext(ctx, "INSERT INTO library_versions (scope, number, at, who, note, files) VALUES (?, ?, ?, ?, ?, ?)",
			scope, number, v.At.UTC().Format(time.RFC3339), v.Who, v.Note, p.Files); err != nil {
			return err
		}
		if err := s.at("version written"); err != nil {
			return err
		}
		if p.Draft != 0 {
			if err := atRevision(ctx, tx, scope, p.Draft); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, "DELETE FROM library_drafts WHERE scope = ?", scope); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, "UPDATE library_versions SET files = NULL WHERE scope = ? AND number <= ?", scope, number-KeptVersions); err != nil {
			return err
		}
		if _, err := audit(ctx, tx, scope, p.Entry); err != nil {
			return err
		}
		if withdrawn, err = retract(ctx, tx, scope, p.Retracted); err != nil {
			return err
		}
		return s.at("before commit")
	})
	if err != nil {
		return 0, nil, fmt.Errorf("store: publish: %w", err)
	}
	return number, withdrawn, s.at("committed")
}

// Draft returns the draft of a library, or nil when there is none.
func (s *Store) Draft(ctx context.Context, scope string) (*Draft, error) {
	var raw string
	var d Draft
	err := s.db.QueryRowContext(ctx, "SELECT value, files, revision FROM library_drafts WHERE scope = ?", scope).Scan(&raw, &d.Files, &d.Revision)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(raw), &d)
	}
	if err != nil {
		return nil, fmt.Errorf("store: draft: %w", err)
	}
	return &d, nil
}

// SaveDraft replaces the draft of a library, or removes it when d is nil, and
// writes the line of the audit with it. base is the revision that the change was
// made from, 0 for none. It returns an error wrapping [ErrDraftMoved] when the
// draft is not at that revision any more, so that of two changes made at once
// the second is not written over the first.
func (s *Store) SaveDraft(ctx context.Context, scope string, base int64, d *Draft, e Entry) error {
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		if err := atRevision(ctx, tx, scope, base); err != nil {
			return err
		}
		revision, err := audit(ctx, tx, scope, e)
		if err != nil {
			return err
		}
		if d == nil {
			_, err := tx.ExecContext(ctx, "DELETE FROM library_drafts WHERE scope = ?", scope)
			return err
		}
		raw, err := json.Marshal(d)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO library_drafts (scope, value, files, revision) VALUES (?, ?, ?, ?)
			ON CONFLICT (scope) DO UPDATE SET value = excluded.value, files = excluded.files, revision = excluded.revision`, scope, string(raw), d.Files, revision)
		return err
	})
	if err != nil {
		return fmt.Errorf("store: draft: %w", err)
	}
	return nil
}

// atRevision returns [ErrDraftMoved] when the draft of a library is not at that
// revision, which is 0 when there is none.
func atRevision(ctx context.Context, tx *sql.Tx, scope string, revision int64) error {
	var now int64
	if err := tx.QueryRowContext(ctx, "SELECT coalesce((SELECT revision FROM library_drafts WHERE scope = ?), 0)", scope).Scan(&now); err != nil {
		return err
	}
	if now != revision {
		return ErrDraftMoved
	}
	return nil
}

// audit writes a line and returns its number, which no other line had.
func audit(ctx context.Context, tx *sql.Tx, scope string, e Entry) (int64, error) {
	e.At = e.At.UTC()
	raw, err := json.Marshal(e)
	if err != nil {
		return 0, err
	}
	res, err := tx.ExecContext(ctx, "INSERT INTO library_audit (scope, value) VALUES (?, ?)", scope, string(raw))
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// Audit returns what was done to a library, oldest first.
func (s *Store) Audit(ctx context.Context, scope string) ([]Entry, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT value FROM library_audit WHERE scope = ? ORDER BY id", scope)
	if err != nil {
		return nil, fmt.Errorf("store: audit: %w", err)
	}
	defer rows.Close()
	var out []Entry
	for rows.Next() {
		var raw string
		var e Entry
		if err := rows.Scan(&raw); err != nil {
			return nil, fmt.Errorf("store: audit: %w", err)
		}
		if err := json.Unmarshal([]byte(raw), &e); err != nil {
			return nil, fmt.Errorf("store: audit: %w", err)
		}
		out = append(out, e)
	}
	return out, rows.Err()
}

// Secret returns 32 random bytes kept under a name, made at the first call.
func (s *Store) Secret(ctx context.Context, name string) ([]byte, error) {
	fresh := make([]byte, 32)
	rand.Read(fresh)
	if _, err := s.db.ExecContext(ctx, "INSERT INTO secrets (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING", name, fresh); err != nil {
		return nil, fmt.Errorf("store: secret: %w", err)
	}
	var out []byte
	if err := s.db.QueryRowContext(ctx, "SELECT value FROM secrets WHERE name = ?", name).Scan(&out); err != nil {
		return nil, fmt.Errorf("store: secret: %w", err)
	}
	return out, nil
}

// at is a point where a test lets the process end.
func (s *Store) at(point string) error {
	if s.fault == nil {
		return nil
	}
	return s.fault(point)
}

// inTx runs f in one transaction.
func (s *Store) inTx(ctx context.Context, f func(tx *sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}
