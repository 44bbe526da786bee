package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
)

// Backup writes the whole store into the new file at path, which only its owner
// may read. It may run while the store is in use, and writes what stood there at
// one moment. It refuses to overwrite a file; after any error there is none.
func (s *Store) Backup(ctx context.Context, path string) error {
	if err := s.Flush(ctx); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already; name a new file", path)
	}
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	_, err = s.db.ExecContext(ctx, "VACUUM INTO ?", path)
	if err == nil {
		err = Check(ctx, path)
	}
	if err == nil {
		err = syncPath(path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("store: backup: %w", err), os.Remove(path))
	}
	return nil
}

// Check reports whether the file at path is a whole store that this program can
// read. It changes nothing. The error wraps [ErrNewer] when a newer program
// wrote the file.
func Check(ctx context.Context, path string) error {
	if _, err := os.Stat(path); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?mode=ro")
	if err != nil {
		return err
	}
	defer db.Close()
	var found string
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&found); err != nil {
		return fmt.Errorf("%s is not a store of salve; name a file that salve backup wrote (%w)", path, err)
	}
	if found != "ok" {
		return fmt.Errorf("%s is damaged; use another backup", path)
	}
	var version, tables int
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if version > len(migrations) {
		return fmt.Errorf("%s: %w", path, ErrNewer)
	}
	err = db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE name IN ('settings', 'totals')").Scan(&tables)
	if err == nil && (version < 1 || tables < 2) {
		err = fmt.Errorf("%s is not a store of salve; name a file that salve backup wrote", path)
	}
	return err
}

// Restore puts the backup in place of the store at path, which no process may
// have open. The backup is checked first, and copied whole before anything is
// replaced. A store that is there is refused unless replace is set, and then
// kept beside as path with ".before-restore" added.
func Restore(ctx context.Context, backup, path string, replace bool) error {
	if err := Check(ctx, backup); err != nil {
		return err
	}
	before := path + ".before-restore"
	_, err := os.Stat(path)
	there := err == nil
	if there {
		if !replace {
			return fmt.Errorf("%s holds a store already; add --replace to put the backup in its place (the present one is kept as %s)", path, before)
		}
		if err := alone(ctx, path); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	next := path + ".restoring"
	if err := copyFile(backup, next); err != nil {
		return errors.Join(err, os.Remove(next))
	}
	if there {
		if err := os.Rename(path, before); err != nil {
			return err
		}
	}
	if err := os.Rename(next, path); err != nil {
		return err
	}
	return syncPath(filepath.Dir(path))
}

// alone folds the journal of the store at path into its file, so that the file
// stands for itself. SQLite lets nobody do so while another has it open.
func alone(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath())
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	var mode string
	if err := db.QueryRowContext(ctx, "PRAGMA journal_mode = DELETE").Scan(&mode); err != nil || mode != "delete" {
		return fmt.Errorf("%s is in use or damaged; stop salve, or move the file away, and restore again", path)
	}
	return nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

// syncPath flushes a file, or the names in a folder, to disk.
func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
