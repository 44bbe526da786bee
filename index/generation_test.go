package index

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

var collectionGenerations = GenerationOptions[*Collection]{
	Open: func(dir string) (*Collection, error) { return OpenCollection(dir, nil) },
	Check: func(ctx context.Context, c *Collection) error {
		found, err := c.Search(ctx, "itch", 1)
		if err == nil && len(found) == 0 {
			err = errors.New(`nothing is found for "itch"`)
		}
		return err
	},
}

// editionDocs are documents of which the first names the edition.
func editionDocs(edition int) []Doc {
	return append([]Doc{{ID: fmt.Sprintf("edition-%d", edition), Names: []string{"Edition"}, Body: "This edition tells of itch."}}, smallDocs...)
}

func publishEdition(ctx context.Context, g *Generations[*Collection], edition int) (int, error) {
	return g.Publish(ctx, func(ctx context.Context, dir string) error {
		return BuildCollection(ctx, dir, docSeq(editionDocs(edition)))
	})
}

// servedEdition asks g which edition it serves.
func servedEdition(ctx context.Context, g *Generations[*Collection]) (id string, err error) {
	err = g.Use(ctx, func(ctx context.Context, c *Collection) error {
		found, err := c.Search(ctx, "which edition", 1)
		if err == nil && len(found) == 0 {
			return errors.New("nothing found")
		}
		if err == nil {
			id = found[0].ID
		}
		return err
	})
	return id, err
}

func openTestGenerations(t *testing.T, dir string) *Generations[*Collection] {
	t.Helper()
	g, err := OpenGenerations(dir, collectionGenerations)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	})
	return g
}

func expectEdition(t *testing.T, g *Generations[*Collection], want string) {
	t.Helper()
	if got, err := servedEdition(t.Context(), g); err != nil || got != want {
		t.Errorf("serves %q, %v; want %q", got, err, want)
	}
}

func TestPublishRollbackReopen(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "library")
	g := openTestGenerations(t, dir)
	if _, err := servedEdition(t.Context(), g); !errors.Is(err, ErrNoIndex) {
		t.Errorf("before the first: %v; want ErrNoIndex", err)
	}
	for edition := 1; edition <= 5; edition++ {
		if n, err := publishEdition(t.Context(), g, edition); err != nil || n != edition {
			t.Fatalf("publish %d: generation %d, %v", edition, n, err)
		}
		expectEdition(t, g, fmt.Sprintf("edition-%d", edition))
	}
	if numbers, err := g.list(); err != nil || fmt.Sprint(numbers) != "[3 4 5]" {
		t.Errorf("on disk %v, %v; want the last three", numbers, err)
	}
	expectEdition(t, openTestGenerations(t, dir), "edition-5")

	if n, err := g.Rollback(t.Context()); err != nil || n != 4 {
		t.Errorf("rollback: generation %d, %v; want 4", n, err)
	}
	expectEdition(t, g, "edition-4")
	expectEdition(t, openTestGenerations(t, dir), "edition-4")
	if n, err := publishEdition(t.Context(), g, 6); err != nil || n != 5 {
		t.Errorf("publish after a rollback: generation %d, %v; want 5", n, err)
	}
	expectEdition(t, g, "edition-6")
}

func TestRollbackWithoutOlder(t *testing.T) {
	g := openTestGenerations(t, t.TempDir())
	if _, err := g.Rollback(t.Context()); err == nil || !strings.Contains(err.Error(), "no older index") {
		t.Errorf("an empty folder: %v", err)
	}
	if _, err := publishEdition(t.Context(), g, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := g.Rollback(t.Context()); err == nil || !strings.Contains(err.Error(), "no older index") {
		t.Errorf("one generation: %v", err)
	}
	expectEdition(t, g, "edition-1")
}

func TestFailedPublishChangesNothing(t *testing.T) {
	dir := t.TempDir()
	g := openTestGenerations(t, dir)
	if _, err := publishEdition(t.Context(), g, 1); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	for name, build := range map[string]func(ctx context.Context, dir string) error{
		"broken": func(context.Context, string) error { return broken },
		"cannot be": func(_ context.Context, dir string) error {
			return os.WriteFile(filepath.Join(dir, sideFile), []byte("nonsense"), 0o666)
		},
		"nothing is found": func(ctx context.Context, dir string) error {
			return BuildCollection(ctx, dir, docSeq([]Doc{{ID: "a", Body: "Something else."}}))
		},
	} {
		if _, err := g.Publish(t.Context(), build); err == nil {
			t.Errorf("%s: no error", name)
		}
		expectEdition(t, g, "edition-1")
		if numbers, err := g.list(); err != nil || fmt.Sprint(numbers) != "[1]" {
			t.Errorf("%s: on disk %v, %v", name, numbers, err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := publishEdition(ended, g, 2); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	expectEdition(t, openTestGenerations(t, dir), "edition-1")
}

// TestKilledWhilePublishing ends the process, as far as the folder can tell, at
// every point, and opens the folder anew.
func TestKilledWhilePublishing(t *testing.T) {
	for _, point := range []string{"built", "flushed", "named", "opened", "checked", "current written", "current"} {
		t.Run(point, func(t *testing.T) {
			dir := t.TempDir()
			g := openTestGenerations(t, dir)
			if _, err := publishEdition(t.Context(), g, 1); err != nil {
				t.Fatal(err)
			}
			reached := false
			g.fault = func(p string) error {
				if p == point {
					reached = true
					return errKilled
				}
				return nil
			}
			if _, err := publishEdition(t.Context(), g, 2); !errors.Is(err, errKilled) || !reached {
				t.Fatalf("not killed: %v", err)
			}
			want := "edition-1"
			if point == "current" {
				want = "edition-2"
			}
			again := openTestGenerations(t, dir)
			expectEdition(t, again, want)
			if _, err := publishEdition(t.Context(), again, 3); err != nil {
				t.Fatal(err)
			}
			expectEdition(t, again, "edition-3")
			if left, err := filepath.Glob(filepath.Join(dir, newPrefix+"*")); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

// TestSwapUnderLoad publishes forty times under four searchers: no search may
// fail, find nothing, or see an older edition after a newer one.
func TestSwapUnderLoad(t *testing.T) {
	const swaps = 40
	g := openTestGenerations(t, t.TempDir())
	if _, err := publishEdition(t.Context(), g, 1); err != nil {
		t.Fatal(err)
	}
	var searchers sync.WaitGroup
	var done atomic.Bool
	var searches atomic.Int64
	for range 4 {
		searchers.Go(func() {
			last := 0
			for !done.Load() {
				id, err := servedEdition(context.Background(), g)
				var edition int
				if err == nil {
					_, err = fmt.Sscanf(id, "edition-%d", &edition)
				}
				if err != nil || edition < last {
					t.Errorf("found %q after edition %d: %v", id, last, err)
					return
				}
				last = edition
				searches.Add(1)
			}
		})
	}
	for edition := 2; edition <= swaps+1; edition++ {
		if _, err := publishEdition(t.Context(), g, edition); err != nil {
			t.Error(err)
			break
		}
	}
	done.Store(true)
	searchers.Wait()
	expectEdition(t, g, fmt.Sprintf("edition-%d", swaps+1))
	if searches.Load() < swaps {
		t.Errorf("only %d searches during %d swaps", searches.Load(), swaps)
	}
}

func TestOpenDamaged(t *testing.T) {
	damage := func(t *testing.T, path string, change func(raw []byte) []byte) {
		t.Helper()
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, change(raw), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	half := func(raw []byte) []byte { return raw[:len(raw)/2] }
	flip := func(raw []byte) []byte { raw[len(raw)/2] ^= 1; return raw }
	for _, tt := range []struct {
		name, file string
		change     func(raw []byte) []byte
		want       string
	}{
		{"the side file is cut short", sideFile, half, "build the index again"},
		{"a bit of the side file flips", sideFile, flip, "build the index again"},
		{"the side file is empty", sideFile, func([]byte) []byte { return nil }, "build the index again"},
		{"a segment is cut short", bleveFolder + "/store/*.zap", half, "build the index again"},
		{"a bit of a segment flips", bleveFolder + "/store/*.zap", flip, "build the index again"},
		{"the root is cut short", bleveFolder + "/store/root.bolt", half, "build the index again"},
		{"Bleve's own description is gone", bleveFolder + "/index_meta.json", func([]byte) []byte { return nil }, "build the index again"},
		{"CURRENT is no number", "../CURRENT", func([]byte) []byte { return []byte("seven") }, "write the one to serve into it"},
		{"CURRENT names what is gone", "../CURRENT", func([]byte) []byte { return []byte("9") }, "write 1 into"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			g := openTestGenerations(t, dir)
			if _, err := publishEdition(t.Context(), g, 1); err != nil {
				t.Fatal(err)
			}
			if err := g.Close(); err != nil {
				t.Fatal(err)
			}
			files, err := filepath.Glob(filepath.Join(g.path(1), tt.file))
			if err != nil || len(files) == 0 {
				t.Fatalf("no file %s: %v", tt.file, err)
			}
			damage(t, files[0], tt.change)
			if _, err := OpenGenerations(dir, collectionGenerations); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v; want one that says %q", err, tt.want)
			}
		})
	}
}

func TestCloseTwice(t *testing.T) {
	g := openTestGenerations(t, t.TempDir())
	if _, err := publishEdition(t.Context(), g, 1); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := servedEdition(t.Context(), g); !errors.Is(err, ErrNoIndex) {
		t.Errorf("after Close: %v; want ErrNoIndex", err)
	}
}
