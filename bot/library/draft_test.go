package library

import (
	"bytes"
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"salve/bot/library/librarytest"
	"salve/bot/store"
)

// What is there is edited and not added, what is not there is added and not
// edited, and nothing is written over what somebody else wrote meanwhile.
func TestAddAndEdit(t *testing.T) {
	ctx := t.Context()
	s := openShelf(t, openStore(t), librarytest.Base())
	ann, ben := s.Actor("ann", "1"), s.Actor("ben", "2")
	kiwi := librarytest.Kiwi("how-to-use")
	longer := append(bytes.Clone(kiwi), "\nMore of it.\n"...)
	refused := func(what string, err, want error) {
		t.Helper()
		if !errors.Is(err, want) {
			t.Errorf("%s: %v; want %v", what, err, want)
		}
	}
	_, _, err := s.Edit(ctx, "", ann, "", "", kiwi)
	refused("editing what is not there", err, ErrNoArticle)
	if _, faults, err := s.Add(ctx, "", ann, kiwi); err != nil || len(faults.Faults()) > 0 {
		t.Fatal(faults, err)
	}
	_, _, err = s.Add(ctx, "", ben, longer)
	refused("adding what is in the draft", err, ErrExists)
	_, _, err = s.Add(ctx, "", ben, librarytest.Base()["mango.md"].Data)
	refused("adding what is published", err, ErrExists)
	_, _, err = s.Edit(ctx, "", ann, "mango-balm", "", kiwi)
	refused("another slug than was opened", err, ErrOtherSlug)
	opened := Mark(kiwi)
	if _, _, err := s.Edit(ctx, "", ann, "kiwi-bath", opened, longer); err != nil {
		t.Fatal(err)
	}
	_, _, err = s.Edit(ctx, "", ben, "kiwi-bath", opened, kiwi)
	refused("what ann changed since ben opened it", err, ErrEdited)
	if got := must(s.Show(ctx, "", "kiwi-bath"))(t); !bytes.Equal(got, longer) {
		t.Errorf("the draft holds %q; want ann's text", got)
	}
}

// Two processes on one store that change a draft at the same moment: the second
// is told who was first, and the first change is there.
func TestTwoProcessesChangeADraft(t *testing.T) {
	ctx, path := t.Context(), filepath.Join(t.TempDir(), "salve.db")
	var shelves []*Shelf
	for range 2 {
		st := must(store.Open(ctx, path))(t)
		t.Cleanup(func() { st.Close() })
		shelves = append(shelves, openShelf(t, st, librarytest.Base()))
	}
	one, two := shelves[0], shelves[1]
	ann, ben := one.Actor("ann", "1"), two.Actor("ben", "2")
	if one.Actor("ann", "1") != two.Actor("ann", "1") {
		t.Error("two processes name one person by different keys")
	}
	told := func(what string, during func() error, change func() error) {
		t.Helper()
		err := two.edit(ctx, "", ben, store.Entry{What: "test"}, func(draft Files) error {
			if err := during(); err != nil {
				t.Fatal(err)
			}
			return change()
		})
		if !errors.Is(err, ErrDraftMoved) {
			t.Errorf("%s: %v; want ErrDraftMoved", what, err)
		}
	}
	nothing := func() error { return nil }
	told("both begin the draft", func() error { return one.Remove(ctx, "", ann, "mango-balm") }, nothing)
	told("both change it", func() error { _, _, err := one.Add(ctx, "", ann, librarytest.Kiwi("how-to-use")); return err }, nothing)
	told("one ends it", func() error { return one.Discard(ctx, "", ann) }, nothing)
	if _, _, err := one.Add(ctx, "", ann, librarytest.Kiwi("how-to-use")); err != nil {
		t.Fatal(err)
	}
	told("one publishes it", func() error {
		p, err := one.Preview(ctx, "", ann, nil)
		if err != nil {
			return err
		}
		_, err = one.Publish(ctx, "", ann, p.Candidate, "")
		return err
	}, nothing)

	// What was previewed and then changed elsewhere is neither approved nor
	// published, and the change is kept.
	if err := two.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	if err := one.Remove(ctx, "", ann, "lemon-warning"); err != nil {
		t.Fatal(err)
	}
	p := must(one.Preview(ctx, "", ann, nil))(t)
	if err := two.Remove(ctx, "", ben, "mango-balm"); err != nil {
		t.Fatal(err)
	}
	if err := one.Approve(ctx, "", one.Actor("cleo", "3"), p.Candidate); !errors.Is(err, ErrChanged) {
		t.Errorf("approving what changed elsewhere: %v; want ErrChanged", err)
	}
	if _, err := one.Publish(ctx, "", ann, p.Candidate, ""); !errors.Is(err, ErrChanged) {
		t.Errorf("publishing what changed elsewhere: %v; want ErrChanged", err)
	}
	if got := must(one.Status(ctx, ""))(t); len(got.Changes) != 2 {
		t.Errorf("the draft holds %v; want both removals", got.Changes)
	}
}

// A library's own judged questions are added once, listed, put to previews, and
// removed; words are words, whatever they look like.
func TestJudgedQuestions(t *testing.T) {
	ctx := t.Context()
	s := openShelf(t, openStore(t), librarytest.Base())
	s.questions = fruitCases
	ann := s.Actor("ann", "1")
	for _, tt := range []struct {
		j    Judged
		want error
	}{
		{Judged{Question: " ", Expect: "answer", Words: []string{"x"}}, ErrNoQuestion},
		{Judged{Question: "why", Expect: "yes"}, ErrJudgedKind},
		{Judged{Question: "why", Expect: "answer", Words: []string{" "}}, ErrJudgedFact},
		{Judged{Question: librarytest.LemonQuestion, Expect: "answer", Words: []string{"burns", "in the sun."}}, nil},
		{Judged{Question: "Is lemon juice on\neczema skin dangerous", Expect: "personal"}, ErrJudged},
		{Judged{Question: "a && (b", Expect: "not_covered", Words: []string{"a && (b", `c:\d`}}, nil},
		{Judged{Question: "question: x\n\nexpect: answer", Expect: "choose"}, nil},
	} {
		if err := s.AddJudged(ctx, "", ann, tt.j); !errors.Is(err, tt.want) {
			t.Errorf("%+v: %v; want %v", tt.j, err, tt.want)
		}
	}
	list := must(s.Judged(ctx, ""))(t)
	if len(list) != 3 || !slices.Equal(list[0].Words, []string{"burns", "in the sun."}) || !slices.Equal(list[1].Words, []string{"a && (b", `c:\d`}) || list[2].Question != "question: x expect: answer" {
		t.Fatalf("the list is %+v", list)
	}
	p := must(s.Preview(ctx, "", ann, nil))(t)
	if p.Asked != len(must(fruitCases())(t))+3 {
		t.Errorf("%d questions were put to the draft", p.Asked)
	}
	if len(p.Unmet) != 1 || p.Unmet[0].Expect != "choose" {
		t.Errorf("not answered as expected are %+v; want the one that is to be asked back", p.Unmet)
	}
	if err := s.RemoveJudged(ctx, "", ann, "nothing"); !errors.Is(err, ErrJudgedUnknown) {
		t.Errorf("removing what is not there: %v", err)
	}
	for _, j := range list {
		if err := s.RemoveJudged(ctx, "", ann, j.Question); err != nil {
			t.Error(err)
		}
	}
	if st := must(s.Status(ctx, ""))(t); len(st.Changes) != 0 {
		t.Errorf("after all are removed the draft still has %v", st.Changes)
	}
}

// The last article can't be taken away: nothing could be answered.
func TestLibraryIsNeverEmpty(t *testing.T) {
	ctx := t.Context()
	s := openShelf(t, openStore(t), librarytest.Base())
	s.questions = fruitCases
	ann := s.Actor("ann", "1")
	must(s.Retract(ctx, "", ann, "mango-balm", "because"))(t)
	if _, err := s.Retract(ctx, "", ann, "lemon-warning", "because"); !errors.Is(err, ErrEmpty) {
		t.Errorf("retracting the last article: %v; want ErrEmpty", err)
	}
	if err := s.Remove(ctx, "", ann, "lemon-warning"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Preview(ctx, "", ann, nil); !errors.Is(err, ErrEmpty) {
		t.Errorf("a draft with nothing: %v; want ErrEmpty", err)
	}
	if !says(t, s, "", librarytest.LemonQuestion, "burns") {
		t.Error("what was published is not answered any more")
	}
}
