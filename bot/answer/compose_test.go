package answer

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"salve/index"
	"salve/knowledge"
)

// A madeUp is a section of a made-up article.
type madeUp struct {
	id, heading, text string
	with, differs     []string
}

func article(slug, status string, sections ...madeUp) *fstest.MapFile {
	const source = "  - name: A study\n    publisher: Example Institute\n    url: https://example.org/study\n    published: 2025-04\n    accessed: 2026-01-10\n"
	var b strings.Builder
	fmt.Fprintf(&b, "---\ntitle: About %s\nslug: %s\nsummary: What is known of %s.\ntopics: [tests]\naudience: all\nroute: none\nentities: [insomnia]\nlanguage: en\nsources:\n%sreviewed: 2026-01-10\nreviewed_by: not clinically reviewed\nnext_review: 2099-01-10\nstatus: %s\n---\n", slug, slug, slug, source, status)
	for _, s := range sections {
		fmt.Fprintf(&b, "\n## %s\n\n```section\nid: %s\nasks: [use]\nquestions: [%q]\nwith: [%s]\ndiffers: [%s]\nsources:\n%s```\n\n%s\n", s.heading, s.id, s.heading, strings.Join(s.with, ", "), strings.Join(s.differs, ", "), source, s.text)
	}
	return &fstest.MapFile{Data: []byte(b.String())}
}

func composer(t *testing.T, files fstest.MapFS) *Composer {
	t.Helper()
	lib, problems, err := knowledge.Load(files)
	if err != nil || len(problems.Faults()) > 0 {
		t.Fatal(err, problems)
	}
	x, err := index.New(lib)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	return New(x, func() time.Time { return time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC) })
}

// randomLibrary has sections that must come with others at random: in chains, in
// rings, and with some that are not published.
func randomLibrary(rng *rand.Rand) fstest.MapFS {
	const published, sections = 4, 3
	files := fstest.MapFS{}
	word := func() string {
		b := make([]byte, 7)
		for i := range b {
			b[i] = byte('a' + rng.IntN(26))
		}
		return string(b)
	}
	for a := range published + 1 {
		status := "published"
		if a == published {
			status = "retracted"
		}
		var list []madeUp
		for s := range sections {
			m := madeUp{id: fmt.Sprint("s", s), heading: fmt.Sprint("Is ", word(), " good?"), text: fmt.Sprintf("The %s is %s, and %s is %s.", word(), word(), word(), word())}
			for range rng.IntN(3) {
				to := rng.IntN(published)
				if rng.IntN(12) == 0 {
					to = published
				}
				if ref := fmt.Sprintf("a%d#s%d", to, rng.IntN(sections)); !slices.Contains(m.with, ref) {
					m.with = append(m.with, ref)
				}
			}
			if to := fmt.Sprintf("a%d#s%d", rng.IntN(published+1), rng.IntN(sections)); len(m.with) < 2 && rng.IntN(3) == 0 && to != fmt.Sprintf("a%d#%s", a, m.id) {
				m.differs = append(m.differs, to)
			}
			list = append(list, m)
		}
		slug := fmt.Sprint("a", a)
		files[slug+".md"] = article(slug, status, list...)
	}
	return files
}

// Whatever is found, in whatever order: never more than maxQuotes, never the
// same twice, never what is not published, and no benefit without its warning.
func TestQuotesKeepTheirCompanions(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	full := 0
	for range 6 {
		c := composer(t, randomLibrary(rng))
		lib := c.Library()
		for range 300 {
			var a Answer
			b := builder{reply: &reply{Composer: c, search: c.source.(*index.Index), a: &a}}
			for range 1 + rng.IntN(6) {
				b.add(index.Hit{Passage: lib.Passages()[rng.IntN(len(lib.Passages()))]})
			}
			b.finish()
			if len(a.Quotes) > maxQuotes {
				t.Fatalf("%d quotes", len(a.Quotes))
			}
			if len(a.Quotes) == maxQuotes {
				full++
			}
			quoted, seen := map[string]bool{}, map[string]bool{}
			for _, q := range a.Quotes {
				p := lib.Passage(q.Passage)
				if p == nil || seen[q.Passage] {
					t.Fatalf("%s is quoted twice, or is not published", q.Passage)
				}
				seen[q.Passage], quoted[p.Section.Ref()] = true, true
			}
			for _, q := range a.Quotes {
				for _, ref := range lib.Passage(q.Passage).Section.With {
					if !quoted[ref] {
						t.Fatalf("%s is quoted without %s: %v", q.Passage, ref, quoted)
					}
				}
				for _, ref := range lib.Passage(q.Passage).Section.Differs {
					// One that was brought along itself brings no others.
					found := q.Because == "" && !q.Conflict
					if o := lib.Section(ref); found && !quoted[ref] && o.Article.Status == knowledge.Published {
						t.Fatalf("%s is quoted without %s, which says something else: %v", q.Passage, ref, quoted)
					} else if quoted[ref] && !q.Conflict {
						t.Fatalf("%s is not marked as differing from %s", q.Passage, ref)
					}
				}
				if q.Because != "" && !seen[q.Because] {
					t.Fatalf("%s accompanies %s, which is not quoted", q.Passage, q.Because)
				}
			}
		}
	}
	if full == 0 {
		t.Error("no answer was full: the test shows nothing")
	}
}

func TestBuilder(t *testing.T) {
	c := composer(t, fstest.MapFS{
		"a.md": article("a", "published",
			madeUp{id: "benefit", heading: "Does alfa help?", text: "Alfa helps the skin within a week.", with: []string{"a#warning"}},
			madeUp{id: "warning", heading: "What is the warning on alfa?", text: "Alfa can cause clots.", with: nil},
			madeUp{id: "many", heading: "What does alfa do?", text: "Alfa does very many things at once.", with: []string{"a#warning", "a#chain"}},
			madeUp{id: "chain", heading: "What is a chain?", text: "A chain holds links of iron.", with: []string{"a#c"}},
			madeUp{id: "b", heading: "What is bravo?", text: "Bravo is a river in the north.", with: nil},
			madeUp{id: "c", heading: "What is charlie?", text: "Charlie is a hill in the south.", with: nil},
			madeUp{id: "orphan", heading: "Does orphan help?", text: "Orphan helps with everything there is.", with: []string{"gone#warning"}},
			madeUp{id: "twin", heading: "What is a twin?", text: "Bravo is a river in the NORTH.", with: nil}),
		"gone.md": article("gone", "retracted", madeUp{id: "warning", heading: "What is the warning?", text: "This was withdrawn.", with: nil}),
	})
	lib := c.Library()
	for _, tt := range []struct {
		name string
		add  string
		want string
	}{
		{"a benefit brings its warning", "benefit", "benefit warning"},
		{"which comes last", "benefit b", "benefit b warning"},
		{"and keeps its room", "benefit b c", "benefit b warning"},
		{"also when it is found itself", "benefit warning b", "benefit warning b"},
		{"or was there before", "warning benefit b", "warning benefit b"},
		{"there is no room for its warning", "b c benefit", "b c"},
		{"more companions than there is room, with those of companions", "many b", "b"},
		{"a companion is retracted", "orphan b", "b"},
		{"the same in nearly the same words", "b twin", "b"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var a Answer
			b := builder{reply: &reply{Composer: c, search: c.source.(*index.Index), a: &a}}
			for id := range strings.FieldsSeq(tt.add) {
				b.add(index.Hit{Passage: lib.Section("a#" + id).Passages[0]})
			}
			b.finish()
			var got []string
			for _, q := range a.Quotes {
				got = append(got, q.Anchor)
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("adding %s quotes %s, want %s", tt.add, got, tt.want)
			}
		})
	}
}

func TestAlike(t *testing.T) {
	for _, tt := range []struct {
		name, a, b string
		want       bool
	}{
		{"the same", "Rest for two days.", "Rest for two days.", true},
		{"but for capitals", "REST for two days.", "rest for TWO days.", true},
		{"one holds the other", "Rest for two days.", "Drink, and rest for two days.", true},
		{"nine of ten words", "a b c d e f g h i j", "a b c d e f g h i x", true},
		{"eight of ten words", "a b c d e f g h i j", "a b c d e f g h x y", false},
		{"another figure in a short text", "The dose is 15 mg.", "The dose is 30 mg.", false},
		{"nothing in common", "Rest.", "Run.", false},
	} {
		if got := alike(tt.a, tt.b); got != tt.want || alike(tt.b, tt.a) != tt.want {
			t.Errorf("%s: alike is %v", tt.name, got)
		}
	}
}

func TestAPartWithNoAnswerIsNamed(t *testing.T) {
	const known, unknown = "What are the side effects of oral JAK inhibitors?", "What does a new bicycle cost?"
	a := ask(t, known+" "+unknown)
	if a.Kind != Cited || !slices.Equal(a.Missing, []string{unknown}) {
		t.Fatalf("%s, missing %q; want %q to be missing", a.Kind, a.Missing, unknown)
	}
	if !strings.Contains(a.Text(), `nothing on this part: "`+unknown+`". That does not mean it is safe.`) {
		t.Errorf("the text does not say so:\n%s", a.Text())
	}
	if a := ask(t, "What does a new bicycle cost? How far is the moon?"); a.Kind != NotCovered || a.Missing != nil || len(a.Quotes) > 0 {
		t.Errorf("nothing known: %s, missing %q, %d quotes", a.Kind, a.Missing, len(a.Quotes))
	}
	if a := ask(t, known+" What are JAK inhibitors?"); len(a.Missing) > 0 || len(a.Quotes) < 2 {
		t.Errorf("both known: missing %q, %d quotes", a.Missing, len(a.Quotes))
	}
}

func TestReadersFirst(t *testing.T) {
	hit := func(regions ...string) index.Hit {
		return index.Hit{Passage: &knowledge.Passage{Section: &knowledge.Section{Regions: regions}}}
	}
	for _, tt := range []struct {
		first, other []string
		reader, want string
	}{
		{[]string{"US"}, []string{"EU"}, "EU", "EU"}, {[]string{"US"}, []string{"EU"}, "US", "US"},
		{[]string{"US"}, []string{"EU"}, "", "US"}, {[]string{"US"}, []string{"EU"}, "JP", "US"},
		{[]string{"US", "UK"}, []string{"EU", "UK"}, "UK", "US"},
	} {
		if got, _ := readersFirst(hit(tt.first...), hit(tt.other...), tt.reader); got.Passage.Section.Regions[0] != tt.want {
			t.Errorf("%v and %v for %q: %v first", tt.first, tt.other, tt.reader, got.Passage.Section.Regions)
		}
	}
	section := func(ask string, entity string, regions ...string) *knowledge.Section {
		return &knowledge.Section{Asks: []string{ask}, Entities: []string{entity}, Regions: regions}
	}
	us := section("dose", "a", "US")
	for _, tt := range []struct {
		name  string
		other *knowledge.Section
		want  bool
	}{
		{"the same elsewhere", section("dose", "a", "EU"), true},
		{"the same here", section("dose", "a", "US", "EU"), false},
		{"everywhere", section("dose", "a"), false},
		{"another question", section("age", "a", "EU"), false},
		{"another drug", section("dose", "b", "EU"), false},
	} {
		if got := sameForAnother(us, tt.other); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

// What readers of plain text see, one reply of each kind.
func TestTextOfEachKind(t *testing.T) {
	quote := Quote{
		Text: "The effects are:\n- acne\n- nausea", Title: "Alfaro", Section: "What are the side effects?", Passage: "alfaro#effects/1",
		Reviewed: "2026-01-10", ReviewedBy: knowledge.NotReviewed, Regions: []string{"US", "EU"},
		Sources: []Source{{Name: "Label", Publisher: "FDA", URL: "https://example.org/label", Published: "2025-04"}},
	}
	warning := Quote{
		Text: "Clots can occur.", Title: "Warnings", Section: "Warnings", Reviewed: "2025-01-10", ReviewedBy: "dermatologist, A. Example",
		NextReview: "2026-01-10", Stale: true, Because: quote.Passage, Conflict: true,
		Sources: []Source{{Name: "Page", Published: "undated", Accessed: "2026-01-02", URL: "https://example.org"}, {Name: "Book", Published: "1999"}},
	}
	list := Quote{Text: "- Which tests do I need?", Title: "Questions", Section: "Tests", Reviewed: "2026-01-10", ReviewedBy: knowledge.NotReviewed}
	var b strings.Builder
	for _, tt := range []struct {
		name string
		a    Answer
	}{
		{"cited, with a warning and a part missing", Answer{Kind: Cited, Quotes: []Quote{quote, warning}, Missing: []string{"what does it cost"}}},
		{"cited, not reviewed", Answer{Kind: Cited, Quotes: []Quote{quote}}},
		{"personal, on a known topic", Answer{Kind: Personal, Quotes: []Quote{quote}, Ask: []Quote{list}}},
		{"personal, on an unknown one", Answer{Kind: Personal, Ask: []Quote{list}}},
		{"choose", Answer{Kind: Choose, Choices: []Choice{{Label: "alfa cream"}, {Label: "alfa tablet"}}}},
		{"not covered", Answer{Kind: NotCovered, Question: "bicycles", Searched: Searched{3, 9, "2026-01-10"}, Near: []Topic{{Title: "Alfaro: What is it?"}}}},
		{"not covered, nothing near", Answer{Kind: NotCovered, Question: "bicycles", Searched: Searched{3, 9, "2026-01-10"}}},
		{"no question", Answer{Kind: NotCovered, Question: " \n"}},
	} {
		fmt.Fprintf(&b, "-- %s --\n%s", tt.name, tt.a.Text())
	}
	const name = "testdata/text.txt"
	if *update {
		if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("the text differs from %s; if that is wanted: go test ./bot/answer -run TextOfEachKind -update\n%s", name, b.String())
	}
}

// A closed or empty library is an error, and the urgency of the message stays.
func TestUrgencyOutlivesAFailedSearch(t *testing.T) {
	c := New(failing{}, time.Now)
	a, err := c.Answer(context.Background(), Question{Text: "my throat is swelling and I can't breathe"})
	if err == nil || a.Kind != NotCovered || a.Urgency.Urgency.String() != "emergency" {
		t.Errorf("%v, %s, urgency %s", err, a.Kind, a.Urgency.Urgency)
	}
	if lib := c.Library(); lib != nil {
		t.Error("a library out of nothing")
	}
	if _, ok := c.Section("a", ""); ok {
		t.Error("a section out of nothing")
	}
}

type failing struct{}

func (failing) Use(context.Context, func(context.Context, *index.Index) error) error {
	return index.ErrNoIndex
}
