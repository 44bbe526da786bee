package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
)

func open(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var full = Settings{ModeratorRole: "1", ModeratorChannel: "2", PublicChannels: []string{"3", "4"}, Public: true, Country: "GB", Language: "de", PerPerson: 5, PerServer: 50, Emergency: Line{"999", ""}, Crisis: Line{"116 123", "Samaritans"}}

func TestSettings(t *testing.T) {
	for _, path := range []string{":memory:", filepath.Join(t.TempDir(), "with space & 100%.db")} {
		t.Run(filepath.Base(path), func(t *testing.T) {
			ctx := t.Context()
			s := open(t, path)
			defer s.Close()
			got, err := s.Settings(ctx, "10")
			if err != nil || !reflect.DeepEqual(got, Settings{}) {
				t.Errorf("a server that set nothing: %+v, %v; want the zero value", got, err)
			}
			for _, want := range []Settings{full, {Country: "US"}, {}} {
				if err := s.SaveSettings(ctx, "10", want); err != nil {
					t.Fatal(err)
				}
				for range 2 { // from the cache, then from the file
					if got, err := s.Settings(ctx, "10"); err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
						t.Errorf("saved %+v, read %+v, %v", want, got, err)
					}
					s.mu.Lock()
					clear(s.cache)
					s.mu.Unlock()
				}
			}
			if got, _ := s.Settings(ctx, "11"); got.Country != "" {
				t.Error("another server has these settings")
			}
		})
	}
}

func TestForget(t *testing.T) {
	s := open(t, ":memory:")
	defer s.Close()
	ctx := t.Context()
	for _, g := range []string{"1", "2"} {
		if err := s.SaveSettings(ctx, g, full); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Forget(ctx, "1"); err != nil {
		t.Fatal(err)
	}
	if got, _ := s.Settings(ctx, "1"); got.Country != "" {
		t.Errorf("still there after Forget: %+v", got)
	}
	if got, _ := s.Settings(ctx, "2"); got.Country != "GB" {
		t.Error("Forget took another server's settings")
	}
	var n int
	if err := s.db.QueryRow("SELECT count(*) FROM settings").Scan(&n); err != nil || n != 1 {
		t.Errorf("%d rows in the file, %v; want 1", n, err)
	}
	if err := s.Forget(ctx, "never seen"); err != nil {
		t.Errorf("Forget of an unknown server: %v", err)
	}
}

func TestTotalsOutliveTheProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "salve.db")
	ctx := t.Context()
	s := open(t, path)
	for range 3 {
		s.Count(ctx, Counter{Kind: "cited"})
	}
	s.Count(ctx, Counter{Kind: "not_helpful", Passage: "a#b/1", Reason: "wrong"})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, path)
	defer s.Close()
	s.Count(ctx, Counter{Kind: "cited"})
	got, err := s.Totals(ctx)
	want := []Total{{Counter{Kind: "cited"}, 4}, {Counter{"not_helpful", "a#b/1", "wrong"}, 1}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("totals %+v, %v\nwant %+v", got, err, want)
	}
}

func TestCountsAtOnce(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "salve.db"))
	defer s.Close()
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := range 300 {
				if err := s.Count(t.Context(), Counter{Kind: "shown", Passage: fmt.Sprint((w*300 + i) % 1500)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	totals, err := s.Totals(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var n int64
	for _, x := range totals {
		n += x.N
	}
	if n != 2400 || len(totals) != 1500 {
		t.Errorf("%d counted in %d totals; want 2400 in 1500", n, len(totals))
	}
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	t.Run("a newer file is refused", func(t *testing.T) {
		path := filepath.Join(dir, "newer.db")
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec("PRAGMA user_version = 99"); err != nil {
			t.Fatal(err)
		}
		db.Close()
		if _, err := Open(t.Context(), path); !errors.Is(err, ErrNewer) {
			t.Errorf("got %v; want ErrNewer", err)
		}
	})
	t.Run("a file that is no database is refused", func(t *testing.T) {
		path := filepath.Join(dir, "text.db")
		if err := os.WriteFile(path, []byte(strings.Repeat("not a database ", 100)), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(t.Context(), path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("got %v; want an error that names the file", err)
		}
	})
	t.Run("a missing folder is refused", func(t *testing.T) {
		if _, err := Open(t.Context(), filepath.Join(dir, "no", "such", "x.db")); err == nil {
			t.Error("no error")
		}
	})
	t.Run("opening again changes nothing", func(t *testing.T) {
		path := filepath.Join(dir, "again.db")
		for range 3 {
			s := open(t, path)
			s.SaveSettings(t.Context(), "1", full)
			s.Close()
		}
		s := open(t, path)
		defer s.Close()
		if got, _ := s.Settings(t.Context(), "1"); got.Country != "GB" {
			t.Errorf("settings lost: %+v", got)
		}
	})
	t.Run("it is in WAL mode", func(t *testing.T) {
		s := open(t, filepath.Join(dir, "wal.db"))
		defer s.Close()
		var mode string
		if err := s.db.QueryRow("PRAGMA journal_mode").Scan(&mode); err != nil || mode != "wal" {
			t.Errorf("journal mode %q, %v", mode, err)
		}
	})
}

// The store's promise: there is no place in it for a person or a question.
func TestSchemaHasNoPlaceForPeople(t *testing.T) {
	s := open(t, ":memory:")
	defer s.Close()
	rows, err := s.db.Query("SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	allowed := map[string]bool{"settings.guild": true, "settings.value": true, "totals.kind": true, "totals.passage": true, "totals.reason": true, "totals.n": true}
	for _, c := range []string{
		"library_versions.scope", "library_versions.number", "library_versions.at", "library_versions.who", "library_versions.note", "library_versions.files",
		"library_drafts.scope", "library_drafts.value", "library_drafts.files", "library_drafts.revision", "library_audit.id", "library_audit.scope", "library_audit.value",
		"posts.message", "posts.guild", "posts.channel", "posts.at", "posts.passages",
		"retractions.scope", "retractions.ref", "retractions.day", "retractions.reason", "withdrawals.message", "withdrawals.guild", "withdrawals.channel", "withdrawals.scope",
		"withdrawals.day", "withdrawals.reason", "withdrawals.until", "withdrawals.tries", "secrets.name", "secrets.value",
		"weekly.week", "weekly.guild", "weekly.kind", "weekly.subject", "weekly.detail", "weekly.n", "notes.guild", "notes.week", "notes.problem",
	} {
		allowed[c] = true
	}
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			t.Fatal(err)
		}
		if !allowed[table+"."+column] {
			t.Errorf("column %s.%s is new: say in the package comment what it holds, and that it is no person and no question", table, column)
		}
	}
	typ := reflect.TypeFor[Settings]()
	for field := range typ.Fields() {
		if n := strings.ToLower(field.Name); strings.Contains(n, "user") || strings.Contains(n, "question") {
			t.Errorf("Settings.%s", field.Name)
		}
	}
}

func TestCancelled(t *testing.T) {
	s := open(t, ":memory:")
	defer s.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Settings(ctx, "1"); err == nil {
		t.Error("Settings ignores its context")
	}
	if err := s.SaveSettings(ctx, "1", full); err == nil {
		t.Error("SaveSettings ignores its context")
	}
	s.Count(t.Context(), Counter{Kind: "cited"})
	if err := s.Flush(ctx); err == nil {
		t.Error("Flush ignores its context")
	}
	if got, err := s.Totals(t.Context()); err != nil || len(got) != 1 || got[0].N != 1 {
		t.Errorf("a total was lost by a failed write: %v, %v", got, err)
	}
}
