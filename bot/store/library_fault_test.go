package store

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// publishPoints are the moments of Publish at which a process may end, and
// whether the new version is there afterwards.
var publishPoints = []struct {
	name string
	done bool
}{{"version written", false}, {"before commit", false}, {"committed", true}}

// publishOver makes version 2 of a library that has a version 1 and a draft;
// fault is called at each point of that.
func publishOver(t *testing.T, s *Store, fault func(point string) error) error {
	t.Helper()
	ctx := t.Context()
	if _, _, err := s.Publish(ctx, Publication{Scope: "7", Files: []byte("one"), Entry: Entry{What: "import"}}); err != nil {
		t.Fatal(err)
	}
	if err := s.SavePost(ctx, Post{Guild: "7", Channel: "8", Message: "9", At: time.Now(), Passages: []string{"a#b/c"}}); err != nil {
		t.Fatal(err)
	}
	if err := s.SaveDraft(ctx, "7", 0, &Draft{Base: 1, Files: []byte("two")}, Entry{What: "put"}); err != nil {
		t.Fatal(err)
	}
	d, err := s.Draft(ctx, "7")
	if err != nil {
		t.Fatal(err)
	}
	s.fault = fault
	_, _, err = s.Publish(ctx, Publication{Scope: "7", Base: 1, Files: []byte("two"), Draft: d.Revision, Entry: Entry{What: "publish"}, Retracted: []Retraction{{Ref: "a", Day: "2026-11-28", Reason: "because"}}})
	return err
}

// expectWhole fails unless the store at path holds either version 1 and its
// draft, or version 2 and none.
func expectWhole(t *testing.T, path string, published bool) {
	t.Helper()
	s := open(t, path)
	defer s.Close()
	ctx := t.Context()
	number, files, entries := 1, "one", 2
	if published {
		number, files, entries = 2, "two", 3
	}
	latest, err := s.Latest(ctx)
	if err != nil || latest["7"] != number {
		t.Errorf("published is version %d, %v; want %d", latest["7"], err, number)
	}
	if got, err := s.VersionFiles(ctx, "7", number); err != nil || string(got) != files {
		t.Errorf("version %d holds %q, %v; want %q", number, got, err, files)
	}
	d, err := s.Draft(ctx, "7")
	if err != nil || (d == nil) != published || d != nil && string(d.Files) != "two" {
		t.Errorf("the draft is %+v, %v; want one only if nothing was published", d, err)
	}
	if got, err := s.Audit(ctx, "7"); err != nil || len(got) != entries {
		t.Errorf("the audit has %d lines, %v; want %d", len(got), err, entries)
	}
	if w, err := s.Withdrawals(ctx, time.Now(), time.Minute, 10); err != nil || (len(w) == 1) != published {
		t.Errorf("to be withdrawn are %+v, %v; want a message only if something was published", w, err)
	}
	// Whatever happened, the next one can be published.
	if n, _, err := s.Publish(ctx, Publication{Scope: "7", Base: number, Files: []byte("next"), Draft: revision(d), Entry: Entry{What: "publish"}}); err != nil || n != number+1 {
		t.Errorf("the next version is %d, %v", n, err)
	}
}

// A failure at any point leaves the library whole: published, or as it was.
func TestPublishFailsWhole(t *testing.T) {
	for _, point := range publishPoints {
		t.Run(point.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "salve.db")
			s := open(t, path)
			broken := errors.New("the disk is full")
			err := publishOver(t, s, func(p string) error {
				if p == point.name {
					return broken
				}
				return nil
			})
			if !errors.Is(err, broken) {
				t.Errorf("publishing fails with %v; want the fault", err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			expectWhole(t, path, point.done)
		})
	}
}

const killedAt = "SALVE_TEST_KILLED_AT"

// A process that is killed at any point of publishing leaves the library whole.
func TestPublishKilled(t *testing.T) {
	if at := os.Getenv(killedAt); at != "" {
		t.Fatal(publishOver(t, open(t, os.Getenv("SALVE_TEST_STORE")), func(p string) error {
			if p == at {
				fmt.Println("at the point")
				time.Sleep(time.Minute) // until the parent kills it
			}
			return nil
		}))
	}
	for _, point := range publishPoints {
		t.Run(point.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "salve.db")
			child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestPublishKilled$")
			child.Env = append(os.Environ(), killedAt+"="+point.name, "SALVE_TEST_STORE="+path)
			out, err := child.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := child.Start(); err != nil {
				t.Fatal(err)
			}
			if line, err := bufio.NewReader(out).ReadString('\n'); line != "at the point\n" {
				t.Errorf("the child says %q, %v", line, err)
			}
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			if err := child.Wait(); err == nil {
				t.Error("the child ended by itself")
			}
			expectWhole(t, path, point.done)
		})
	}
}

func revision(d *Draft) int64 {
	if d == nil {
		return 0
	}
	return d.Revision
}

// Of two changes made from the same draft the second is refused and not written
// over the first, in whatever process; also when the draft is ended and begun
// anew between.
func TestDraftsAreNotOverwritten(t *testing.T) {
	ctx, path := t.Context(), filepath.Join(t.TempDir(), "salve.db")
	one, two := open(t, path), open(t, path)
	defer one.Close()
	defer two.Close()
	put := Entry{What: "put"}
	save := func(s *Store, base int64, files string) error {
		return s.SaveDraft(ctx, "7", base, &Draft{Files: []byte(files)}, put)
	}
	if err := save(one, 0, "a"); err != nil {
		t.Fatal(err)
	}
	if err := save(two, 0, "b"); !errors.Is(err, ErrDraftMoved) {
		t.Errorf("a second draft at the same moment: %v; want ErrDraftMoved", err)
	}
	seen, err := two.Draft(ctx, "7")
	if err != nil || string(seen.Files) != "a" {
		t.Fatalf("the draft is %+v, %v", seen, err)
	}
	if err := save(one, seen.Revision, "c"); err != nil {
		t.Fatal(err)
	}
	if err := save(two, seen.Revision, "d"); !errors.Is(err, ErrDraftMoved) {
		t.Errorf("a change of what changed meanwhile: %v; want ErrDraftMoved", err)
	}
	if _, _, err := two.Publish(ctx, Publication{Scope: "7", Files: []byte("a"), Draft: seen.Revision, Entry: put}); !errors.Is(err, ErrDraftMoved) {
		t.Errorf("publishing what changed meanwhile: %v; want ErrDraftMoved", err)
	}
	if err := two.SaveDraft(ctx, "7", seen.Revision, nil, put); !errors.Is(err, ErrDraftMoved) {
		t.Errorf("discarding what changed meanwhile: %v; want ErrDraftMoved", err)
	}
	now, err := two.Draft(ctx, "7")
	if err != nil || string(now.Files) != "c" {
		t.Fatalf("the draft is %+v, %v; want the first change", now, err)
	}
	if err := one.SaveDraft(ctx, "7", now.Revision, nil, put); err != nil {
		t.Fatal(err)
	}
	if err := save(one, 0, "e"); err != nil {
		t.Fatal(err)
	}
	if err := save(two, now.Revision, "f"); !errors.Is(err, ErrDraftMoved) {
		t.Errorf("a change of a draft that ended: %v; want ErrDraftMoved", err)
	}
	if d, err := one.Draft(ctx, "7"); err != nil || string(d.Files) != "e" {
		t.Errorf("the draft is %+v, %v", d, err)
	}
}
