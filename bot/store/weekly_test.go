package store

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
)

const aWeek = 7 * 24 * time.Hour

// cost is a tally of the tests.
var cost = Tally{Guild: "1", Kind: Gap, Subject: "abrocitinib", Detail: "cost"}

func (s *Store) tally(t testing.TB, at time.Time, n int, tally Tally) {
	t.Helper()
	for range n {
		if err := s.CountWeekly(t.Context(), at, tally); err != nil {
			t.Fatal(err)
		}
	}
}

func (s *Store) weeks(t testing.TB, guild string, at time.Time) []WeeklyTotal {
	t.Helper()
	out, err := s.Weekly(t.Context(), guild, at)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestWeekly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "salve.db")
	s := open(t, path)
	now := time.Now()
	s.tally(t, now, 3, cost)
	s.tally(t, now.Add(-3*aWeek), 2, cost)
	s.tally(t, now.Add(-4*aWeek), 1, cost)
	s.tally(t, now.Add(-7*aWeek), 1, cost)
	other := cost
	other.Guild = "2"
	s.tally(t, now, 5, other)
	shown := Tally{Guild: "1", Kind: Shown, Subject: "a-slug#side-effects/0f3a"}
	s.tally(t, now, 1, shown)
	s.tally(t, now, 1, Tally{Kind: Gap})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, path)
	defer s.Close()
	s.tally(t, now, 1, cost)
	want := []WeeklyTotal{{Gap, "abrocitinib", "cost", 6, 2}, {Shown, shown.Subject, "", 1, 0}}
	if got := s.weeks(t, "1", now); !reflect.DeepEqual(got, want) {
		t.Errorf("server 1: %+v\nwant %+v", got, want)
	}
	want = []WeeklyTotal{{Gap, "", "", 1, 0}, {Gap, "abrocitinib", "cost", 11, 2}, {Shown, shown.Subject, "", 1, 0}}
	if got := s.weeks(t, "", now); !reflect.DeepEqual(got, want) {
		t.Errorf("all together: %+v\nwant %+v", got, want)
	}
	want = []WeeklyTotal{{Gap, "abrocitinib", "cost", 3, 1}}
	if got := s.weeks(t, "1", now.Add(-aWeek)); !reflect.DeepEqual(got, want) {
		t.Errorf("up to last week: %+v\nwant %+v", got, want)
	}

	copied := filepath.Join(t.TempDir(), "backup.db")
	s.tally(t, now, 1, other)
	if err := s.Backup(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	b := open(t, copied)
	defer b.Close()
	if got := b.weeks(t, "2", now); len(got) != 1 || got[0].N != 6 {
		t.Errorf("the backup holds %+v", got)
	}

	s.tally(t, now, 1, cost) // not written yet when the server is left
	if err := s.Forget(t.Context(), "1"); err != nil {
		t.Fatal(err)
	}
	if got := s.weeks(t, "1", now); len(got) > 0 {
		t.Errorf("the bot left, and still %+v", got)
	}
	if got := s.weeks(t, "2", now); len(got) != 1 || got[0].N != 6 {
		t.Errorf("another server has %+v", got)
	}
}

func TestOldWeeksGo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "salve.db")
	rows := func() (n int) {
		t.Helper()
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if err := db.QueryRow("SELECT count(*) FROM weekly").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	s := open(t, path)
	now := time.Now()
	for back := range 20 {
		s.tally(t, now.Add(-time.Duration(back)*aWeek), 1, cost)
	}
	if err := s.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := rows(); n != KeptWeeks {
		t.Errorf("%d weeks are kept; want %d", n, KeptWeeks)
	}
	s.now = func() time.Time { return now.Add(3 * aWeek) }
	s.tally(t, now, 1, Tally{Kind: Gap})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if n := rows(); n != KeptWeeks-3+1 {
		t.Errorf("three weeks later there are %d rows; want %d", n, KeptWeeks-3+1)
	}
	// A store that lay unused lets go when it is opened.
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("UPDATE weekly SET week = '2001-W01' WHERE subject = ''"); err != nil {
		t.Fatal(err)
	}
	db.Close()
	open(t, path).Close()
	if n := rows(); n != KeptWeeks-3 {
		t.Errorf("opened again there are %d rows; want %d", n, KeptWeeks-3)
	}
}

func TestWeekOf(t *testing.T) {
	for _, tt := range []struct {
		at   string
		back int
		want string
	}{
		{"2026-11-28T15:00:00Z", 0, "2026-W48"},
		{"2026-11-30T00:00:00+14:00", 0, "2026-W48"}, // in UTC it is Sunday
		{"2026-01-01T12:00:00Z", 0, "2026-W01"},
		{"2027-01-01T12:00:00Z", 0, "2026-W53"},
		{"2027-01-05T12:00:00Z", 1, "2026-W53"},
		{"2027-01-05T12:00:00Z", 2, "2026-W52"},
	} {
		at, err := time.Parse(time.RFC3339, tt.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := weekOf(at, tt.back); got != tt.want {
			t.Errorf("weekOf(%s, %d) = %s; want %s", tt.at, tt.back, got, tt.want)
		}
	}
}

// TestOnlyIDsAreCounted tries what a reader may write in each field.
func TestOnlyIDsAreCounted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "salve.db")
	s := open(t, path)
	for _, words := range []string{
		"zorbel@example.org", "Zorbel", "zorbel quimby", "MTk4NjIyNDgz.Cl2FMQ.ZnCjm1", "+44 7700 900123", "é", "a'b", "\x00", "https://x", strings.Repeat("q", 101), "a#b/zz", "<@123>",
	} {
		for _, tally := range []Tally{
			{Guild: words, Kind: Gap}, {Guild: "1", Kind: words}, {Guild: "1", Kind: Gap, Subject: words}, {Guild: "1", Kind: NotHelpful, Subject: "a#b/0", Detail: words},
		} {
			if err := s.CountWeekly(t.Context(), time.Now(), tally); err == nil {
				t.Errorf("counted %+v", tally)
			} else if strings.Contains(err.Error(), words) {
				t.Errorf("the error quotes it: %v", err)
			}
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil || strings.Contains(strings.ToLower(string(raw)), "zorbel") {
		t.Errorf("it is in the file (%v)", err)
	}
}

// TestCountingWaitsForNothing counts while the disk is busy: nothing here may
// need the one connection, or wait for what is being written.
func TestCountingWaitsForNothing(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "salve.db"))
	defer s.Close()
	busy, err := s.db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.flush.Lock()
	for i := range 3 * flushAt { // it would wait for ever if it did
		if err := s.Count(t.Context(), Counter{Kind: "shown", Passage: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
		s.tally(t, time.Now(), 1, Tally{Kind: Gap, Subject: fmt.Sprint("drug-", i)})
	}
	s.flush.Unlock()
	if err := busy.Close(); err != nil {
		t.Fatal(err)
	}
	if got := s.weeks(t, "", time.Now()); len(got) != 3*flushAt {
		t.Errorf("%d tallies; want %d", len(got), 3*flushAt)
	}
}

func TestCountsThatCannotBeWrittenAreBounded(t *testing.T) {
	s := open(t, ":memory:")
	defer s.Close()
	s.flush.Lock()
	for i := range mostPending {
		s.tally(t, time.Now(), 1, Tally{Kind: Gap, Subject: fmt.Sprint(i)})
	}
	if err := s.CountWeekly(t.Context(), time.Now(), Tally{Kind: Gap, Subject: "one-more"}); err == nil {
		t.Error("memory grows without end")
	}
	s.tally(t, time.Now(), 1, Tally{Kind: Gap, Subject: "0"}) // has its place
	clear(s.weekly)                                           // to write them all takes a second
	s.flush.Unlock()
}

// TestEachNoteIsClaimedOnce lets three processes claim the notes of 40 servers.
func TestEachNoteIsClaimedOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "salve.db")
	stores := []*Store{open(t, path), open(t, path), open(t, path)}
	ctx := t.Context()
	for i := range 60 {
		if err := stores[0].SaveSettings(ctx, fmt.Sprint(i), Settings{WeeklyNote: i < 40, ModeratorChannel: "5"}); err != nil {
			t.Fatal(err)
		}
	}
	monday := time.Date(2027, 1, 4, 9, 0, 0, 0, time.UTC)
	claim := func(at time.Time) map[string]int {
		var mu sync.Mutex
		var wg sync.WaitGroup
		got := map[string]int{}
		for _, s := range stores {
			wg.Go(func() {
				for {
					guild, err := s.NextNote(ctx, at)
					if err != nil {
						t.Error(err)
						return
					}
					if guild == "" {
						return
					}
					mu.Lock()
					got[guild]++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		return got
	}
	once := func(got map[string]int) {
		t.Helper()
		if len(got) != 40 {
			t.Errorf("%d servers get a note; want 40", len(got))
		}
		for guild, n := range got {
			if n != 1 {
				t.Errorf("server %s gets %d", guild, n)
			}
		}
	}
	once(claim(monday))
	if err := stores[0].EndNote(ctx, "7", "gone"); err != nil {
		t.Fatal(err)
	}
	for _, s := range stores {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	stores = []*Store{open(t, path)}
	defer stores[0].Close()
	if got := claim(monday.Add(6*24*time.Hour + 14*time.Hour)); len(got) > 0 {
		t.Errorf("after a restart in the same week %d are sent again", len(got))
	}
	once(claim(monday.Add(aWeek)))
	if p, err := stores[0].NoteProblem(ctx, "7"); err != nil || p != "gone" {
		t.Errorf("problem %q, %v; want it kept until a note is sent", p, err)
	}
	if err := stores[0].EndNote(ctx, "7", ""); err != nil {
		t.Fatal(err)
	}
	for _, guild := range []string{"7", "8", "never seen"} {
		if p, err := stores[0].NoteProblem(ctx, guild); err != nil || p != "" {
			t.Errorf("server %s: problem %q, %v", guild, p, err)
		}
	}
}

// TestMigrationToWeekly opens a file of the version before weekly counts.
func TestMigrationToWeekly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "salve.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{
		migrations[0], migrations[1], "PRAGMA user_version = 2",
		`INSERT INTO settings VALUES ('10', '{"country":"GB","moderator_channel":"5"}')`,
		`INSERT INTO totals VALUES ('shown', 'a#b/1', '', 4)`,
	} {
		if _, err := db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s := open(t, path)
	defer s.Close()
	if got, err := s.Settings(t.Context(), "10"); err != nil || got.Country != "GB" || got.WeeklyNote {
		t.Errorf("settings %+v, %v", got, err)
	}
	if got, err := s.Totals(t.Context()); err != nil || len(got) != 1 || got[0].N != 4 {
		t.Errorf("totals %+v, %v", got, err)
	}
	s.tally(t, time.Now(), 2, cost)
	if got := s.weeks(t, "1", time.Now()); len(got) != 1 || got[0].N != 2 {
		t.Errorf("counted %+v", got)
	}
	if guild, err := s.NextNote(t.Context(), time.Now()); err != nil || guild != "" {
		t.Errorf("a note for %q, %v: it is off by default", guild, err)
	}
}

// BenchmarkCountWeekly is what counting costs an answer.
func BenchmarkCountWeekly(b *testing.B) {
	s, err := Open(b.Context(), filepath.Join(b.TempDir(), "salve.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	now := time.Now()
	for i := 0; b.Loop(); i++ {
		t := Tally{Guild: "800000000000000001", Kind: Shown, Subject: "jak-pills#side-effects/" + fmt.Sprint(i%500)}
		if err := s.CountWeekly(b.Context(), now, t); err != nil {
			b.Fatal(err)
		}
	}
}
