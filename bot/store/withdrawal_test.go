package store

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"
)

// What is retracted makes withdrawals of the posts that quote it, also of those
// saved later by a process that had not heard of it; others stay posts.
func TestWithdrawals(t *testing.T) {
	ctx, path := t.Context(), filepath.Join(t.TempDir(), "salve.db")
	one, two := open(t, path), open(t, path)
	defer one.Close()
	defer two.Close()
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	post := func(s *Store, guild, message string, passages ...string) {
		t.Helper()
		if err := s.SavePost(ctx, Post{Guild: guild, Channel: "5", Message: message, At: now, Passages: passages}); err != nil {
			t.Fatal(err)
		}
	}
	publish := func(scope string, base int, list ...Retraction) []Post {
		t.Helper()
		_, moved, err := one.Publish(ctx, Publication{Scope: scope, Base: base, Retracted: list, Entry: Entry{What: "retract"}})
		if err != nil {
			t.Fatal(err)
		}
		return moved
	}
	post(one, "1", "10", "kiwi#main/aa", "mango#main/bb")
	post(one, "1", "11", "kiwi-two#main/cc") // another article
	post(one, "2", "20", "kiwi#main/old")
	post(one, "2", "21", "lemon#main/dd")
	post(one, "2", "22", "lemon#main/ee")

	kiwi := Retraction{"kiwi", "2026-11-28", "because"}
	if got := publish("", 0, kiwi); len(got) != 2 || got[0].Message != "10" || got[1].Message != "20" || got[0].Passages[1] != "mango#main/bb" {
		t.Errorf("the shared article is quoted by %+v", got)
	}
	if got := publish("", 1, kiwi); len(got) != 0 {
		t.Errorf("retracted before, and again by the next version: %+v", got)
	}
	if got := publish("2", 0, Retraction{"lemon#main/dd", "2026-11-28", "it burns"}); len(got) != 1 || got[0].Message != "21" {
		t.Errorf("the passage is quoted by %+v", got)
	}
	post(two, "1", "12", "kiwi#other/ff") // of a reader who was being answered
	post(two, "1", "13", "lemon#main/dd") // another server's retraction

	// Two processes share what is to be done, and none has what the other has.
	got := map[string]Withdrawal{}
	take := func(s *Store, at time.Time, most int) int {
		t.Helper()
		list, err := s.Withdrawals(ctx, at, time.Minute, most)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range list {
			if old, ok := got[w.Message]; ok && w.Tries <= old.Tries {
				t.Errorf("message %s was taken twice", w.Message)
			}
			got[w.Message] = w
		}
		return len(list)
	}
	if a, b, c := take(one, now, 3), take(two, now, 3), take(one, now, 3); a != 3 || b != 1 || c != 0 {
		t.Errorf("taken are %d, %d and %d of 4", a, b, c)
	}
	want := "{1 5 10  2026-11-28 because 1} {1 5 12  2026-11-28 because 1} {2 5 20  2026-11-28 because 1} {2 5 21 2 2026-11-28 it burns 1}"
	if s := fmt.Sprint(got["10"], got["12"], got["20"], got["21"]); s != want {
		t.Errorf("taken are\n%s\nwant\n%s", s, want)
	}
	// What is not ended comes back when the lease is over; what is ended does not,
	// and is told once.
	for _, s := range []*Store{one, two} {
		for _, m := range []string{"10", "21"} {
			if err := s.EndWithdrawal(ctx, got[m], Entry{What: "withdraw", Subject: m}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := take(two, now.Add(time.Minute), 9); n != 2 || got["12"].Tries != 2 {
		t.Errorf("after the lease %d are taken, %+v", n, got["12"])
	}
	for scope, subject := range map[string]string{"": "10", "2": "21"} {
		list, err := one.Audit(ctx, scope)
		told := 0
		for _, e := range list {
			if e.What == "withdraw" && e.Subject == subject {
				told++
			}
		}
		if err != nil || told != 1 {
			t.Errorf("the audit of %q tells the edit %d times, %v", scope, told, err)
		}
	}
	if err := one.Forget(ctx, "1"); err != nil {
		t.Fatal(err)
	}
	if n := take(one, now.Add(time.Hour), 9); n != 1 {
		t.Errorf("%d are left when a server is forgotten; want the other's", n)
	}
}
