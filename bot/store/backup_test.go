package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// totals writes one total so that a store can be told from another.
func counted(t *testing.T, s *Store, kind string) {
	t.Helper()
	if err := s.Count(t.Context(), Counter{Kind: kind}); err != nil {
		t.Fatal(err)
	}
}

func kinds(t *testing.T, path string) string {
	t.Helper()
	s := open(t, path)
	defer s.Close()
	totals, err := s.Totals(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, total := range totals {
		out = append(out, total.Kind)
	}
	return strings.Join(out, " ")
}

func TestBackupIsRestored(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	live, saved := filepath.Join(dir, "salve.db"), filepath.Join(dir, "with space & 100%.db")
	s := open(t, live)
	counted(t, s, "first")
	if err := s.SaveSettings(ctx, "10", full); err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(ctx, saved); err != nil { // what is only in memory too, while the store is open
		t.Fatal(err)
	}
	if info, err := os.Stat(saved); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup has mode %v, %v; others could read it", info.Mode(), err)
	}
	if err := s.Backup(ctx, saved); err == nil || !strings.Contains(err.Error(), "there already") {
		t.Errorf("a second backup into the same file: %v; want it refused", err)
	}
	counted(t, s, "later")
	if err := Restore(ctx, saved, live, true); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("restoring over an open store: %v; want it refused", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := kinds(t, live); got != "first later" {
		t.Errorf("after a refused restore the store holds %q", got)
	}
	if err := Restore(ctx, saved, live, false); err == nil || !strings.Contains(err.Error(), "--replace") {
		t.Errorf("restoring over a store: %v; want it refused", err)
	}
	if err := Restore(ctx, saved, live, true); err != nil {
		t.Fatal(err)
	}
	if got := kinds(t, live); got != "first" {
		t.Errorf("restored, the store holds %q, want %q", got, "first")
	}
	if got := kinds(t, live+".before-restore"); got != "first later" {
		t.Errorf("the store that was replaced holds %q", got)
	}
	s = open(t, live)
	defer s.Close()
	if got, err := s.Settings(ctx, "10"); err != nil || got.Country != "GB" {
		t.Errorf("the settings are %+v, %v", got, err)
	}
	fresh := filepath.Join(dir, "new", "salve.db")
	if err := Restore(ctx, saved, fresh, false); err != nil || kinds(t, fresh) != "first" {
		t.Errorf("restoring where there is no store: %v", err)
	}
}

func TestOnlyAWholeStoreIsRestored(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	live := filepath.Join(dir, "salve.db")
	write := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	s := open(t, live)
	for range 200 {
		counted(t, s, strings.Repeat("x", 100))
		if err := s.SaveSettings(ctx, strings.Repeat("9", 50), full); err != nil {
			t.Fatal(err)
		}
	}
	good := filepath.Join(dir, "good.db")
	if err := s.Backup(ctx, good); err != nil {
		t.Fatal(err)
	}
	if _, err := s.db.ExecContext(ctx, "PRAGMA user_version = 999"); err != nil {
		t.Fatal(err)
	}
	newer := filepath.Join(dir, "newer.db")
	if _, err := s.db.ExecContext(ctx, "VACUUM INTO ?", newer); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, path string
		want       error
	}{
		{"missing", filepath.Join(dir, "nothing.db"), os.ErrNotExist},
		{"text", write("text.db", []byte("# An article\n")), nil},
		{"empty", write("empty.db", nil), nil},
		{"cut short", write("short.db", whole[:len(whole)/2]), nil},
		{"newer", newer, ErrNewer},
	} {
		t.Run(tt.name, func(t *testing.T) {
			target := filepath.Join(dir, "target-"+tt.name+".db")
			err := Restore(context.Background(), tt.path, target, true)
			if err == nil || tt.want != nil && !errors.Is(err, tt.want) {
				t.Errorf("Restore: %v, want an error, %v", err, tt.want)
			}
			if _, err := os.Stat(target); err == nil {
				t.Error("a store was written all the same")
			}
		})
	}
}
