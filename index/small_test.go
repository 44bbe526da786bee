package index

import (
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"salve/knowledge"
)

// The library of most tests: two invented tablets of one class, a cream, and
// entities whose wider ones hold for them (opioids for codeine) or do not
// (supplements for vitamin D).
const smallLexicon = `
alfacitinib:
  name: "alfacitinib"
  type: drug
  is_a: [alfa-inhibitor]
  route: oral
  terms: ["Alfaro", "alfa tablets"]
betacitinib:
  name: "betacitinib"
  type: drug
  is_a: [alfa-inhibitor]
  route: oral
  terms: ["Betaro"]
alfa-inhibitor:
  name: "alfa inhibitor"
  type: class
  terms: ["alfa inhibitors"]
gammalib:
  name: "gammalib"
  type: drug
gammalib-cream:
  name: "gammalib cream"
  type: drug
  is_a: [gammalib]
  route: topical
gammalib-tablet:
  name: "gammalib tablet"
  type: drug
  is_a: [gammalib]
  route: oral
opioid:
  name: "opioid"
  type: class
  terms: ["opioids"]
codeine:
  name: "codeine"
  type: drug
  is_a: [opioid]
supplement:
  name: "supplement"
  type: topic
  terms: ["supplements"]
vitamin-d:
  name: "vitamin D"
  type: topic
  is_a: [supplement]
eczema:
  name: "eczema"
  type: condition
  terms: ["atopic dermatitis"]
acne:
  name: "acne"
  type: symptom
  terms: ["zits"]
child:
  name: "child"
  type: topic
  terms: ["children", "kids"]
`

const smallTranslations = `es	efectos secundarios	side effects
es	los	
es	cuáles	what
es	son	
es	qué	what
es	de	
es	edad	age
fr	effets secondaires	side effects
fr	quels	what
fr	sont	
fr	les	
fr	grossesse	pregnancy
de	nebenwirkungen	side effects
de	welche	which
de	hat	
de	schwangerschaft	pregnancy
pt	efeitos secundários	side effects
pt	quais	what
pt	são	
pt	os	
pt	gravidez	pregnancy
`

// smallSection is a section of a test library; empty fields are left out.
type smallSection struct {
	id, heading, asks string
	more              string // further lines of its block, such as "with: [a#b]"
	questions         []string
	text              string
}

const smallSource = `  - name: A study
    publisher: Example Institute
    url: https://example.org/study
    published: 2025-04
    accessed: 2026-01-10
`

func smallArticle(slug, entities string, sections ...smallSection) *fstest.MapFile {
	var b strings.Builder
	fmt.Fprintf(&b, "---\ntitle: About %s\nslug: %s\nsummary: What is known of %s.\ntopics: [tests]\naudience: all\nroute: none\nentities: [%s]\nlanguage: en\nsources:\n%s", slug, slug, slug, entities, smallSource)
	b.WriteString("reviewed: 2026-01-10\nreviewed_by: not clinically reviewed\nnext_review: 2099-01-10\nstatus: published\n---\n")
	for _, s := range sections {
		fmt.Fprintf(&b, "\n## %s\n\n```section\nid: %s\nasks: [%s]\nquestions:\n", s.heading, s.id, s.asks)
		for _, q := range s.questions {
			fmt.Fprintf(&b, "  - %q\n", q)
		}
		if s.more != "" {
			b.WriteString(s.more + "\n")
		}
		fmt.Fprintf(&b, "sources:\n%s```\n\n%s\n", smallSource, s.text)
	}
	return &fstest.MapFile{Data: []byte(b.String())}
}

func smallTablet(name, brand, age, mg string) *fstest.MapFile {
	n := strings.ToLower(name)
	return smallArticle(n, n,
		smallSection{"effects", "What are the side effects of " + n + "?", "side-effects", "",
			[]string{"side effects of " + n, "does " + brand + " cause acne", "what are the adverse effects"},
			name + " (" + brand + ") can cause acne, a headache and nausea."},
		smallSection{"dose", "What is the dose of " + n + "?", "dose", "",
			[]string{"how much " + brand + " do i take", "what is the dose", "how many mg a day"},
			"The dose of " + n + " (" + brand + ") is " + mg + " mg once a day."},
		smallSection{"age", "From what age is " + n + " taken?", "age", "region: [US]",
			[]string{"how old must you be for " + brand, "can kids take it", "is there a minimum age"},
			name + " (" + brand + ") is approved in the US from age " + age + "."},
		smallSection{"speed", "How fast does " + n + " work?", "onset", "",
			[]string{"how fast does " + brand + " work", "how long until the itch is better", "when does it start working"},
			"With " + n + ", the itch is better after " + mg + " days."},
	)
}

// smallFiles is the small library, for a test to add to.
func smallFiles() fstest.MapFS {
	return fstest.MapFS{
		knowledge.LexiconFile:      {Data: []byte(smallLexicon)},
		knowledge.TranslationsFile: {Data: []byte(smallTranslations)},
		"alfacitinib.md":           smallTablet("Alfacitinib", "Alfaro", "12", "15"),
		"betacitinib.md":           smallTablet("Betacitinib", "Betaro", "18", "4"),
		"gammalib.md": smallArticle("gammalib", "gammalib-cream",
			smallSection{"cream", "How is gammalib cream used?", "how-to-use, dose", "", []string{"how to use gammalib cream", "how thick", "how often a day"}, "Gammalib cream is spread thinly twice a day."},
			smallSection{"tablet", "How are gammalib tablets used?", "how-to-use, dose", "entities: [gammalib-tablet]", []string{"how to take gammalib tablets", "with food", "how many a day"}, "A gammalib tablet is swallowed whole."}),
		"other.md": smallArticle("other", "eczema",
			smallSection{"supplements", "Do supplements help eczema?", "self-care", "entities: [supplement, eczema]", []string{"do supplements help", "supplements and eczema", "pills from the shop"}, "Supplements have not been shown to help eczema."},
			smallSection{"opioids", "Do opioids itch?", "cause", "entities: [opioid]", []string{"do opioids make you itch", "opioids and itching", "pain killers and itch"}, "Opioids may cause itching of the skin."},
			smallSection{"cause", "What causes eczema?", "cause", "", []string{"why do i have eczema", "what causes atopic dermatitis", "is eczema in the genes"}, "Eczema comes from genes and surroundings together."}),
	}
}

func loadFiles(t testing.TB, files fs.FS) *knowledge.Library {
	t.Helper()
	lib, problems, err := knowledge.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	if faults := problems.Faults(); len(faults) > 0 {
		t.Fatal(faults)
	}
	return lib
}

func newIndex(t testing.TB, files fs.FS) *Index {
	t.Helper()
	x, err := New(loadFiles(t, files))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
	return x
}

var sharedSmall = sync.OnceValues(func() (*Index, error) {
	lib, problems, err := knowledge.Load(smallFiles())
	if err != nil {
		return nil, err
	}
	if faults := problems.Faults(); len(faults) > 0 {
		return nil, faults
	}
	return New(lib)
})

// smallIndex is the index of smallFiles, shared by the tests that only read it.
func smallIndex(t testing.TB) *Index {
	t.Helper()
	x, err := sharedSmall()
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func searchFor(t testing.TB, x *Index, question string, previous ...string) Result {
	t.Helper()
	res, err := x.Search(t.Context(), Question{Text: question, Previous: previous}, 10)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// first returns the section of the best hit, "" for none.
func first(res Result) string {
	if len(res.Hits) == 0 {
		return ""
	}
	return res.Hits[0].Passage.Section.Ref()
}
