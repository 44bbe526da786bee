package library

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"salve/bot/answer"
	"salve/bot/library/librarytest"
	"salve/bot/store"
	"salve/knowledge"
)

// counted counts something n times in a week so many weeks ago.
func counted(t *testing.T, s *Shelf, weeksAgo, n int, tally store.Tally) {
	t.Helper()
	for range n {
		if err := s.store.CountWeekly(t.Context(), time.Now().AddDate(0, 0, -7*weeksAgo), tally); err != nil {
			t.Fatal(err)
		}
	}
}

func digest(t *testing.T, s *Shelf, scope string) Digest {
	t.Helper()
	d, err := s.Digest(t.Context(), scope, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDigest(t *testing.T) {
	s := openShelf(t, openStore(t), librarytest.Base())
	if d := digest(t, s, ""); !d.Empty() {
		t.Errorf("nothing was asked, and still %+v", d)
	}
	gap := func(guild, entity, intent string) store.Tally {
		return store.Tally{Guild: guild, Kind: store.Gap, Subject: entity, Detail: intent}
	}
	passage := func(slug string) string {
		quotes, ok := s.Composer("").Section(slug, "")
		if !ok {
			t.Fatal(slug)
		}
		return quotes[0].Passage
	}
	mango, lemon := passage("mango-balm"), passage("lemon-warning")
	counted(t, s, 0, 2, gap("1", "abrocitinib", "cost")) // shown to nobody but with server 2's
	counted(t, s, 0, 1, gap("2", "abrocitinib", "cost"))
	counted(t, s, 0, 3, gap("1", "atopic-dermatitis", "warning"))
	counted(t, s, 5, 9, gap("1", "atopic-dermatitis", "warning"))
	counted(t, s, 3, 2, gap("1", "", ""))
	counted(t, s, 0, 2, gap("1", "", ""))
	counted(t, s, 6, 4, gap("1", "", ""))
	counted(t, s, 0, 2, gap("1", "upadacitinib", ""))
	counted(t, s, 4, 7, gap("1", "upadacitinib", "")) // of the weeks before
	counted(t, s, 0, 5, gap("1", "gone-from-the-lexicon", ""))
	unhelpful := func(reason string) store.Tally {
		return store.Tally{Guild: "1", Kind: store.NotHelpful, Subject: mango, Detail: reason}
	}
	counted(t, s, 0, 3, unhelpful("unclear"))
	counted(t, s, 0, 1, unhelpful("wrong"))
	counted(t, s, 0, 2, store.Tally{Guild: "1", Kind: store.NotHelpful, Subject: lemon, Detail: "wrong"})
	counted(t, s, 0, 3, store.Tally{Guild: "1", Kind: store.Shown, Subject: lemon})
	counted(t, s, 0, 2, store.Tally{Guild: "1", Kind: store.Shown, Subject: mango})
	counted(t, s, 0, 8, store.Tally{Guild: "1", Kind: store.Shown, Subject: "no-more#main/0a"})

	lines := func(d Digest) string {
		var b strings.Builder
		for _, g := range d.Gaps {
			fmt.Fprintf(&b, "gap %s/%s %d %s", g.Entity, g.Intent, g.Count, g.Trend)
			for _, n := range g.Near {
				b.WriteString(" " + n.Article)
			}
			b.WriteString("\n")
		}
		for _, u := range d.NotHelpful {
			fmt.Fprintf(&b, "not helpful %s %d %v\n", u.Article, u.Count, u.Reasons)
		}
		for _, u := range d.MostUsed {
			fmt.Fprintf(&b, "used %s %d\n", u.Article, u.Count)
		}
		return b.String()
	}
	of1 := `gap / 4 same
gap atopic-dermatitis/warning 3 fewer lemon-warning mango-balm
not helpful mango-balm 4 [{unclear 3}]
used lemon-warning 3
`
	if got := lines(digest(t, s, "1")); got != of1 {
		t.Errorf("server 1:\n%s\nwant:\n%s", got, of1)
	}
	all := strings.Replace(of1, "gap atopic", "gap abrocitinib/cost 3 more\ngap atopic", 1)
	if got := lines(digest(t, s, "")); got != all {
		t.Errorf("all servers:\n%s\nwant:\n%s", got, all)
	}
	if d := digest(t, s, "2"); !d.Empty() {
		t.Errorf("server 2 is shown %+v", d)
	}

	// What was retracted is not listed any more; reviews due in a week are.
	if _, err := s.Retract(t.Context(), "", s.Actor("ann", "1"), "lemon-warning", "it stings"); err != nil {
		t.Fatal(err)
	}
	if d := digest(t, s, "1"); len(d.MostUsed) > 0 || len(d.NotHelpful) != 1 {
		t.Errorf("after a retraction: %s", lines(d))
	}
	due, err := time.Parse(time.DateOnly, "2027-04-24") // both reviews are due on 1 May
	if err != nil {
		t.Fatal(err)
	}
	for late, want := range map[int]int{-1: 0, 0: 1} {
		s.now = func() time.Time { return due.AddDate(0, 0, late) }
		if d := digest(t, s, ""); len(d.Due) != want {
			t.Errorf("%d days after %s %d reviews are due; want %d", late, due, len(d.Due), want)
		}
	}
}

func TestTrend(t *testing.T) {
	for _, tt := range []struct {
		n, before int64
		want      string
	}{{3, 0, "more"}, {3, 3, "same"}, {5, 4, "same"}, {6, 4, "more"}, {3, 4, "same"}, {3, 5, "fewer"}} {
		if got := trend(tt.n, tt.before); got != tt.want {
			t.Errorf("trend(%d, %d) = %s; want %s", tt.n, tt.before, got, tt.want)
		}
	}
}

// TestNearTo looks in the library that ships.
func TestNearTo(t *testing.T) {
	lib, _, err := knowledge.Load(knowledge.Builtin())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []answer.Lack{{Entity: "abrocitinib", Intent: "cost"}, {Entity: "upadacitinib"}, {Entity: "jak-inhibitor", Intent: "warning"}} {
		near := nearTo(lib, l)
		if len(near) == 0 || len(near) > mostNear {
			t.Fatalf("%v: %d topics near", l, len(near))
		}
		s := lib.Section(near[0].Article + "#" + near[0].Anchor)
		if s == nil || !reflect.DeepEqual(near[0], topic(s)) {
			t.Errorf("%v: %+v is no section", l, near[0])
		}
		on := false
		for _, e := range s.Entities {
			on = on || lib.Lexicon.Is(e, l.Entity) || lib.Lexicon.Is(l.Entity, e)
		}
		if !on {
			t.Errorf("%v: %s is on %v", l, s.Ref(), s.Entities)
		}
		t.Logf("%v: %v", l, near)
	}
	if near := nearTo(lib, answer.Lack{Entity: "levothyroxine"}); len(near) > 0 {
		t.Logf("levothyroxine: %v", near)
	}
}

// TestEveryPassageCanBeCounted holds the form that the store wants of ids against
// those of the library that ships.
func TestEveryPassageCanBeCounted(t *testing.T) {
	st, err := store.Open(t.Context(), ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	lib, _, err := knowledge.Load(knowledge.Builtin())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range lib.Passages() {
		if err := st.CountWeekly(t.Context(), time.Now(), store.Tally{Kind: store.Shown, Subject: p.ID}); err != nil {
			t.Fatalf("%s: %v", p.ID, err)
		}
	}
	for _, intent := range knowledge.Intents {
		if err := st.CountWeekly(t.Context(), time.Now(), store.Tally{Kind: store.Gap, Detail: intent}); err != nil {
			t.Fatalf("%s: %v", intent, err)
		}
	}
	for _, e := range lib.Lexicon.Entities {
		if err := st.CountWeekly(t.Context(), time.Now(), store.Tally{Kind: store.Gap, Subject: e.ID}); err != nil {
			t.Fatalf("%s: %v", e.ID, err)
		}
	}
}
