package index

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var collectionDocs = []Doc{
	{ID: "dvt-causes", Kind: "causes", Names: []string{"Deep vein thrombosis"}, Title: "What causes deep vein thrombosis?",
		Body: "Deep vein thrombosis (DVT) is a clot in a leg. Long journeys and surgery bring it on. Warfarin (Coumadin) thins the blood."},
	{ID: "dvt-treatment", Kind: "treatment", Names: []string{"Deep vein thrombosis"}, Title: "What are the treatments for deep vein thrombosis?",
		Body: "Blood thinners such as warfarin (Coumadin, Jantoven) are given for months. Deep vein thrombosis (DVT) may come back."},
	{ID: "warfarin", Kind: "side effects", Names: []string{"Warfarin"}, Title: "What are the side effects of warfarin?", Body: "Bleeding is the most serious side effect."},
	{ID: "ribs", Kind: "causes", Names: []string{"Ribcage pain"}, Title: "What causes ribcage pain?", Body: "A bruise or a cracked rib makes the ribcage hurt."},
	{ID: "ribs-see", Kind: "help", Names: []string{"Ribcage pain"}, Title: "When to see a doctor about ribcage pain?", Body: "See a doctor when the ribcage hurts for weeks."},
	{ID: "eczema", Kind: "information", Title: "What is atopic eczema?", Body: "Eczema makes the skin itch."},
}

func testCollection(t testing.TB) *Collection {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "c")
	if err := BuildCollection(t.Context(), dir, docSeq(collectionDocs)); err != nil {
		t.Fatal(err)
	}
	c, err := OpenCollection(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func TestCollectionSearch(t *testing.T) {
	c := testCollection(t)
	for _, tt := range []struct{ name, question, first string }{
		{"the name", "deep vein thrombosis causes", "dvt-causes"},
		{"what is asked decides between two on the same subject", "how is deep vein thrombosis treated?", "dvt-treatment"},
		{"an abbreviation that the texts explain", "treatment of DVT", "dvt-treatment"},
		{"a brand that the texts explain", "coumadin side effects", "warfarin"},
		{"a misspelt name", "side efects of warfarine", "warfarin"},
		{"one word written as two", "what causes rib cage pain", "ribs"},
		{"a name taken from the title", "what is excema", "eczema"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			found, err := c.Search(t.Context(), tt.question, 3)
			if err != nil || len(found) == 0 || found[0].ID != tt.first {
				t.Errorf("Search(%q) = %v, %v; want %s first", tt.question, found, err, tt.first)
			}
		})
	}
}

func TestCollectionSearchOrder(t *testing.T) {
	c := testCollection(t)
	all, err := c.Search(t.Context(), "deep vein thrombosis warfarin ribcage eczema", 100)
	if err != nil || len(all) != len(collectionDocs) {
		t.Fatalf("%v, %v", all, err)
	}
	for i := 1; i < len(all); i++ {
		if all[i].Score > all[i-1].Score {
			t.Errorf("place %d scores more than the one before: %v", i, all)
		}
	}
	three, err := c.Search(t.Context(), "deep vein thrombosis warfarin ribcage eczema", 3)
	if err != nil || fmt.Sprint(three) != fmt.Sprint(all[:3]) {
		t.Errorf("the best three are %v, %v; of all: %v", three, err, all[:3])
	}
	for _, q := range []string{"", "the of and", "zzzzqqq", "?!"} {
		if got, err := c.Search(t.Context(), q, 5); err != nil || len(got) != 0 {
			t.Errorf("Search(%q) = %v, %v; want nothing", q, got, err)
		}
	}
}

func TestShippedModel(t *testing.T) {
	m := ShippedModel()
	known := make(map[string]bool)
	for _, name := range SignalNames() {
		known[name] = true
	}
	for name := range m.Signals {
		if !known[name] {
			t.Errorf("the model weighs a signal %q, which is none of %v", name, SignalNames())
		}
	}
	if m.About == "" || m.Signals["passage"] != 1 || m.Question.Heading <= 0 {
		t.Errorf("the model is not whole: %+v", m)
	}
}

func TestEverydayWordsAreMeant(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "c")
	docs := []Doc{
		{ID: "cancer", Names: []string{"Cancer"}, Title: "What is cancer?", Body: "Cancer is a growth."},
		{ID: "men", Names: []string{"MEN1"}, Body: "Multiple endocrine neoplasia (MEN) is rare. Neoplasia is a growth."},
	}
	if err := BuildCollection(t.Context(), dir, docSeq(docs)); err != nil {
		t.Fatal(err)
	}
	c, err := OpenCollection(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for question, want := range map[string]string{
		"I am a dancer": "", "kancer": "cancer", "the men": "men", "THE MEN": "men", "is MEN rare": "endocrin men multipl neoplasia rare",
	} {
		var got []string
		for _, t := range c.ask(question).terms {
			got = append(got, t.Term)
		}
		slices.Sort(got)
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%q is searched as %q; want %q", question, s, want)
		}
	}
}

func TestAliases(t *testing.T) {
	m := make(aliasMiner)
	for _, text := range []string{
		"deep vein thrombosis (DVT) and fluoxetine (Prozac, Sarafem)", "a urinary tract infection (UTI)", "urinary tract infections (UTIs)",
		"magnetic resonance imaging (MRI) of the head", "National Institutes of Health (NIH)", "acquired immune deficiency syndrome (AIDS)",
		"see the doctor (Monday)", "the skin (Figure 2)", "cells (see below)", "end (", "()", " ()", "skin ()", " (A)", "x (É)", "a (B", "ab (AB)",
	} {
		m.add(text)
	}
	got := m.aliases()
	for short, long := range map[string]string{
		"dvt": "deep vein thrombosis", "prozac": "fluoxetine", "sarafem": "fluoxetine", "uti": "urinary tract infection",
		"mri": "magnetic resonance imaging", "nih": "national institutes of health", "aids": "acquired immune deficiency syndrome",
		"figure": "", "b": "", "ab": "",
	} {
		if got[short] != long {
			t.Errorf("%q stands for %q; want %q", short, got[short], long)
		}
	}
}

func TestAliasesTakeTheMajority(t *testing.T) {
	m := make(aliasMiner)
	for _, text := range []string{"erectile dysfunction (ED)", "erectile dysfunction (ED)", "emergency department (ED)", "basal cell (BC)", "birth control (BC)"} {
		m.add(text)
	}
	if got := m.aliases(); got["ed"] != "erectile dysfunction" || got["bc"] != "" {
		t.Errorf("%v; want the commoner for ed and none for bc", got)
	}
}

func TestQuestionClasses(t *testing.T) {
	bit := make(map[string]questionClass)
	for i, c := range questionClasses {
		bit[c.name] = 1 << i
	}
	for text, want := range map[string]string{
		"how is asthma treated": "treatment", "what are the symptoms": "symptoms", "is it inherited": "inheritance",
		"can it be prevented": "prevention", "how should I store it": "storage", "is it safe with alcohol": "safety",
	} {
		if classOf(text)&bit[want] == 0 {
			t.Errorf("%q is not taken to ask for %s", text, want)
		}
	}
	if got := classOf("tell me about eczema"); got&^classInformation != 0 {
		t.Errorf("a plain question has classes %b", got)
	}
}

func FuzzCollectionSearch(f *testing.F) {
	c := testCollection(f)
	for _, tt := range tokenizeTests {
		f.Add(tt.text)
	}
	f.Add(strings.Repeat("deep vein thrombosis ", 500))
	f.Fuzz(func(t *testing.T, question string) {
		found, err := c.Search(t.Context(), question, 10)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range found {
			if i > 0 && r.Score > found[i-1].Score || r.Score != r.Score {
				t.Fatalf("%q: %v", question, found)
			}
		}
	})
}

func FuzzAliases(f *testing.F) {
	f.Add("deep vein thrombosis (DVT) and fluoxetine (Prozac, Sarafem)")
	f.Add("é (A-B, and C) ( (D")
	f.Fuzz(func(t *testing.T, text string) {
		m := make(aliasMiner)
		m.add(text)
		m.aliases()
	})
}
