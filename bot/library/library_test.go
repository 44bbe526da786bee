package library

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"salve/bot/answer"
	"salve/bot/library/librarytest"
	"salve/bot/store"
	"salve/knowledge"
)

var day = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

func openShelf(t *testing.T, st *store.Store, files fstest.MapFS) *Shelf {
	t.Helper()
	s, err := Open(t.Context(), Options{Store: st, Base: files, Questions: librarytest.Questions, Now: func() time.Time { return day }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func openStore(t *testing.T) *store.Store {
	t.Helper()
	st, err := store.Open(context.Background(), filepath.Join(t.TempDir(), "salve.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	return st
}

// says reports whether the answer to a question on a server quotes text.
func says(t *testing.T, s *Shelf, server, question, text string) bool {
	t.Helper()
	a, err := s.Answer(t.Context(), answer.Question{Text: question, Server: server})
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range a.Quotes {
		if strings.Contains(q.Text, text) {
			return true
		}
	}
	return false
}

func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// Put adds an article to the draft, or replaces the one with its slug.
func (s *Shelf) Put(ctx context.Context, scope string, by Actor, article []byte) (string, knowledge.Problems, error) {
	return s.write(ctx, scope, by, article, func(Files, string) error { return nil })
}

// The life of an article: added with a fault, mended, previewed, approved,
// published, cited, retracted, gone, and not back by a rollback.
func TestLifeOfAnArticle(t *testing.T) {
	ctx := t.Context()
	st := openStore(t)
	s := openShelf(t, st, librarytest.Base())
	ann, ben := s.Actor("ann", "1"), s.Actor("ben", "2")

	faulty := strings.Replace(string(librarytest.Kiwi("how-to-use")), "asks: [how-to-use]", "asks: [nonsense]", 1)
	slug, faults, err := s.Put(ctx, "", ann, []byte(faulty))
	if err != nil || slug != "kiwi-bath" || len(faults.Faults()) == 0 {
		t.Fatalf("a faulty article: %q, %v, %v; want it in the draft with its faults", slug, faults, err)
	}
	p := must(s.Preview(ctx, "", ann, nil))(t)
	if len(p.Problems.Faults()) == 0 {
		t.Error("a draft with faults is previewed without them")
	}
	if _, err := s.Publish(ctx, "", ann, p.Candidate, ""); err == nil {
		t.Fatal("a draft with faults is published")
	}
	good := strings.Replace(faulty, "[nonsense]", "[how-to-use]", 1)
	if _, faults, err = s.Put(ctx, "", ann, []byte(good)); err != nil || len(faults.Faults()) > 0 {
		t.Fatalf("the mended article: %v, %v", faults.Faults(), err)
	}
	if says(t, s, "", "how is an eczema kiwi bath made", "two kiwis") {
		t.Fatal("a draft is quoted")
	}
	if err := s.Judge(ctx, "", ann, "title: lemon\nquestion: is lemon juice on eczema skin dangerous\nexpect: answer\nfact: burns\n"); err != nil {
		t.Fatal(err)
	}
	if err := s.Remove(ctx, "", ann, "lemon-warning"); err != nil {
		t.Fatal(err)
	}
	var phases []string
	p = must(s.Preview(ctx, "", ann, func(p Progress) { phases = append(phases, p.Phase) }))(t)
	lost := false
	for _, d := range p.Answers {
		lost = lost || d.Question == "is lemon juice on eczema skin dangerous" && d.Safety && d.What != "gained" && strings.Contains(d.Before, "burns") && !strings.Contains(d.After, "burns")
	}
	if !lost || !p.NeedsApproval {
		t.Errorf("a lost warning is not shown as one: %+v", p.Answers)
	}
	if got := strings.Join(phases, " "); !strings.HasPrefix(got, "reading indexing asking") {
		t.Errorf("progress told %q", got)
	}
	if _, err := s.Publish(ctx, "", ann, p.Candidate, "kiwi"); !errors.Is(err, ErrNeedsApproval) {
		t.Fatalf("publishing a lost warning: %v; want ErrNeedsApproval", err)
	}
	if err := s.Approve(ctx, "", ann, p.Candidate); err == nil {
		t.Fatal("whoever made the draft approves it")
	}
	if err := s.Approve(ctx, "", ben, "another"); err == nil {
		t.Fatal("another candidate is approved")
	}
	if err := s.Approve(ctx, "", ben, p.Candidate); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Publish(ctx, "", ann, p.Candidate, "kiwi"); err != nil || n != 2 {
		t.Fatalf("published as %d, %v", n, err)
	}
	if !says(t, s, "", "how is an eczema kiwi bath made", "two kiwis") {
		t.Error("what was published is not quoted")
	}
	if says(t, s, "", "is lemon juice on eczema skin dangerous", "burns") {
		t.Error("what was removed is quoted")
	}
	kiwi := s.Composer("").Library().Article("kiwi-bath").Sections[0].Passages[0]
	post := store.Post{Guild: "7", Channel: "8", Message: "9", At: day, Passages: []string{kiwi.ID}}
	if err := st.SavePost(ctx, post); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Retract(ctx, "", ben, "kiwi-bath", " "); err == nil {
		t.Error("a retraction without a reason")
	}
	reach := must(s.Retract(ctx, "", ben, "kiwi-bath", "the source was withdrawn"))(t)
	if len(reach.Passages) != 1 || len(reach.Posts) != 1 || reach.Posts[0].Message != "9" {
		t.Errorf("the retraction reaches %+v", reach)
	}
	if says(t, s, "", "how is an eczema kiwi bath made", "two kiwis") {
		t.Error("what was retracted is quoted")
	}
	if _, ok := s.Composer("").Verify(kiwi.ID, kiwi.Hash); ok {
		t.Error("what was retracted is verified")
	}
	if n, err := s.Rollback(ctx, "", ann, 2); err != nil || n != 4 {
		t.Fatalf("rolled back as %d, %v", n, err)
	}
	if says(t, s, "", "how is an eczema kiwi bath made", "two kiwis") {
		t.Error("a rollback brings back what was retracted")
	}
	if n, err := s.Rollback(ctx, "", ann, 1); err != nil || !says(t, s, "", "is lemon juice on eczema skin dangerous", "burns") {
		t.Errorf("back to version 1, as %d: %v; want its answers", n, err)
	}
	var did []string
	for _, e := range must(s.Audit(ctx, ""))(t) {
		did = append(did, e.Who+" "+e.What)
	}
	want := "operator import, ann put, ann put, ann judge, ann remove, ben approve, ann publish, ben retract, ann rollback, ann rollback"
	if got := strings.Join(did, ", "); got != want {
		t.Errorf("the audit says %s\nwant %s", got, want)
	}
}

// Two servers with articles of their own never see each other's.
func TestServersAreApart(t *testing.T) {
	ctx := t.Context()
	s := openShelf(t, openStore(t), librarytest.Base())
	for _, server := range []string{"100", "200"} {
		by := s.Actor("mod"+server, server)
		text := "Eczema papaya soap is sold at shop number " + server + "."
		if _, faults, err := s.Put(ctx, server, by, librarytest.Article("papaya-soap", "Eczema papaya soap", "where is eczema papaya soap sold", text, "access")); err != nil || len(faults.Faults()) > 0 {
			t.Fatal(faults, err)
		}
		p := must(s.Preview(ctx, server, by, nil))(t)
		if _, err := s.Publish(ctx, server, by, p.Candidate, ""); err != nil {
			t.Fatal(err)
		}
	}
	const q = "where is eczema papaya soap sold"
	for _, tt := range []struct {
		server, text string
		want         bool
	}{
		{"100", "number 100", true}, {"100", "number 200", false}, {"200", "number 200", true}, {"200", "number 100", false},
		{"", "number", false}, {"300", "number", false},
	} {
		if got := says(t, s, tt.server, q, tt.text); got != tt.want {
			t.Errorf("on server %q %q is quoted: %v", tt.server, tt.text, got)
		}
	}
	if !says(t, s, "100", "what is eczema mango balm", "smells of mango") {
		t.Error("a server with own articles lost the shared ones")
	}
	by := s.Actor("mod100", "100")
	if _, _, err := s.Put(ctx, "100", by, librarytest.Article("mango-balm", "Mine", "q", "x", "access")); err == nil {
		t.Error("a server takes the slug of a shared article")
	}
	if _, err := s.Retract(ctx, "100", by, "mango-balm", "because"); err == nil {
		t.Error("a server retracts a shared article")
	}
	// A shared change reaches servers with own articles too.
	op := s.Actor("operator", "op")
	must(s.Retract(ctx, "", op, "mango-balm", "because"))(t)
	if says(t, s, "100", "what is eczema mango balm", "smells of mango") {
		t.Error("a retracted shared article is quoted on a server with own articles")
	}
}

// The second moderator is told who is at work.
func TestSecondModeratorIsTold(t *testing.T) {
	ctx := t.Context()
	s := openShelf(t, openStore(t), librarytest.Base())
	ann, ben := s.Actor("ann", "1"), s.Actor("ben", "2")
	if err := s.Remove(ctx, "", ann, "lemon-warning"); err != nil {
		t.Fatal(err)
	}
	var busy error
	_, err := s.Preview(ctx, "", ann, func(Progress) {
		if busy == nil {
			if busy = s.Remove(ctx, "", ben, "mango-balm"); !errors.Is(busy, ErrBusy) || !strings.Contains(busy.Error(), "ann is at work") {
				t.Errorf("ben, while ann previews: %v; want ErrBusy, and who is at work", busy)
			}
		}
	})
	if err != nil || busy == nil {
		t.Errorf("%v, %v", err, busy)
	}
	if err := s.Remove(ctx, "", ben, "mango-balm"); err != nil {
		t.Errorf("after ann is done: %v", err)
	}
}

// Another process sees what is published, and a preview of the former version
// can't be published over it.
func TestAnotherProcessPublishes(t *testing.T) {
	ctx := t.Context()
	st := openStore(t)
	one, two := openShelf(t, st, librarytest.Base()), openShelf(t, st, librarytest.Base())
	ann := one.Actor("ann", "1")
	if err := one.Remove(ctx, "", ann, "mango-balm"); err != nil {
		t.Fatal(err)
	}
	p := must(one.Preview(ctx, "", ann, nil))(t)
	if err := one.Approve(ctx, "", one.Actor("ben", "2"), p.Candidate); err != nil {
		t.Fatal(err)
	}
	must(two.Retract(ctx, "", ann, "lemon-warning", "because"))(t)
	if _, err := one.Publish(ctx, "", ann, p.Candidate, ""); !errors.Is(err, ErrMoved) {
		t.Errorf("publishing over what was published meanwhile: %v; want ErrMoved", err)
	}
	if !says(t, one, "", "is lemon juice on eczema skin dangerous", "burns") {
		t.Error("the first process changed before it looked")
	}
	if err := one.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	if says(t, one, "", "is lemon juice on eczema skin dangerous", "burns") {
		t.Error("the first process still quotes what the second retracted")
	}
}
