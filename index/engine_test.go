package index

import (
	"context"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// docSeq is a list of documents as an iterator.
func docSeq(docs []Doc) iter.Seq2[Doc, error] {
	return func(yield func(Doc, error) bool) {
		for _, d := range docs {
			if !yield(d, nil) {
				return
			}
		}
	}
}

// randomDocs returns n documents of a small vocabulary, with empty fields.
func randomDocs(rng *rand.Rand, n int) []Doc {
	text := func(words int) string {
		var b strings.Builder
		for range rng.IntN(words + 1) {
			fmt.Fprintf(&b, "term%c ", 'a'+min(rng.IntN(26), rng.IntN(26)))
		}
		return b.String()
	}
	docs := make([]Doc, n)
	for i := range docs {
		docs[i] = Doc{ID: fmt.Sprintf("d%d", i), Names: []string{text(2), text(3)}, Title: text(5), Body: text(60)}
		if i%3 == 0 {
			docs[i].Questions = []string{text(6)}
		}
	}
	return docs
}

// naiveBM25F scores every document as the formula in the comment of bm25f says.
func naiveBM25F(docs []Doc, terms []weightedTerm) []match {
	var texts [][fieldCount][]string
	var sum [fieldCount]float64
	for _, d := range docs {
		t := [fieldCount][]string{
			stemTerms(strings.Join(d.Names, " ")), stemTerms(d.Title), stemTerms(strings.Join(d.Questions, " ")), stemTerms(d.Body),
		}
		for f := range t {
			sum[f] += float64(len(t[f]))
		}
		texts = append(texts, t)
	}
	count := func(list []string, term string) (n float64) {
		for _, w := range list {
			if w == term {
				n++
			}
		}
		return n
	}
	scores := make([]match, len(docs))
	for i := range docs {
		scores[i].Doc = i
	}
	for _, t := range terms {
		df := 0
		tf := make([]float64, len(docs))
		for i, text := range texts {
			for f := range text {
				avg := max(1, sum[f]/float64(len(docs)))
				b := defaultB[f]
				tf[i] += defaultWeights[f] * count(text[f], t.Term) / (1 - b + b*float64(len(text[f]))/avg)
			}
			if tf[i] > 0 {
				df++
			}
		}
		for i := range docs {
			scores[i].Score += t.Weight * bm25IDF(df, len(docs)) * (defaultK1 + 1) * tf[i] / (defaultK1 + tf[i])
		}
	}
	scores = slices.DeleteFunc(scores, func(m match) bool { return m.Score == 0 })
	sortMatches(scores)
	return scores
}

func TestMatchAgreesWithTheFormula(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for round := range 6 {
		docs := randomDocs(rng, 200+rng.IntN(400))
		memory, err := buildMemory(t.Context(), docSeq(docs), engineOptions{})
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		if err := buildFolder(t.Context(), dir, docSeq(docs), engineOptions{}); err != nil {
			t.Fatal(err)
		}
		folder, err := openFolder(dir, engineOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for range 25 {
			var terms []weightedTerm
			for range 1 + rng.IntN(12) {
				terms = append(terms, weightedTerm{fmt.Sprintf("term%c", 'a'+rng.IntN(27)), float64(1+rng.IntN(4)) / 2})
			}
			want := naiveBM25F(docs, terms)
			for _, depth := range []int{1, 10, 50, 1000} {
				for _, e := range []*engine{memory, folder} {
					got, err := e.match(t.Context(), terms, depth)
					if err != nil {
						t.Fatal(err)
					}
					compareMatches(t, fmt.Sprintf("round %d, depth %d, %v", round, depth, terms), got, want[:min(depth, len(want))])
				}
			}
		}
		if err := memory.close(); err != nil {
			t.Error(err)
		}
		if err := folder.close(); err != nil {
			t.Error(err)
		}
	}
}

// compareMatches allows for rounding: documents of nearly equal score may trade places.
func compareMatches(t *testing.T, name string, got, want []match) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d documents; want %d", name, len(got), len(want))
	}
	for i := range got {
		if math.Abs(got[i].Score-want[i].Score) > 1e-9*want[i].Score {
			t.Fatalf("%s: place %d is %v; want %v", name, i, got[i], want[i])
		}
	}
}

func TestMatchGolden(t *testing.T) {
	e := smallEngine(t)
	got, err := e.match(t.Context(), []weightedTerm{{"itch", 1}, {"cream", 0.5}}, 10)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, m := range got {
		lines = append(lines, fmt.Sprintf("%s %.4f", e.doc(m.Doc).ID, m.Score))
	}
	want := "itch 1.4567, opzelura 1.4299"
	if s := strings.Join(lines, ", "); s != want {
		t.Errorf("got %s\nwant %s", s, want)
	}
}

var smallDocs = []Doc{
	{ID: "opzelura", Parent: "creams", Kind: "information", Names: []string{"Opzelura", "ruxolitinib cream"}, Title: "What is Opzelura?",
		Questions: []string{"what is ruxolitinib cream", "does opzelura help the itch"}, Body: "Opzelura is a cream. It calms the itch of eczema within days."},
	{ID: "rinvoq", Parent: "tablets", Kind: "side effects", Names: []string{"Rinvoq", "upadacitinib"}, Title: "What are the side effects of Rinvoq?",
		Body: "Common side effects are acne, colds and headache."},
	{ID: "itch", Parent: "care", Kind: "treatment", Names: []string{"Itch", "pruritus"}, Title: "What helps against itch?",
		Body: "A cool cloth helps. Itching gets worse at night; keep the room cool. A moisturising cream helps too."},
}

func smallEngine(t testing.TB) *engine {
	t.Helper()
	e, err := buildMemory(context.Background(), docSeq(smallDocs), engineOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

func TestEvidence(t *testing.T) {
	e := smallEngine(t)
	terms := []weightedTerm{{"upadacitinib", 1}, {"side", 1}, {"effect", 1}, {"unheard", 1}}
	ev := e.evidence(terms, []match{{Doc: 1}, {Doc: 0}})
	if got := ev[0].Hit; got != [fieldCount]uint64{fieldNames: 0b1, fieldTitle: 0b110, fieldBody: 0b110} {
		t.Errorf("hits %b", got)
	}
	if ev[0].any() != 0b111 || ev[1].any() != 0 {
		t.Errorf("any hits %b and %b", ev[0].any(), ev[1].any())
	}
	if c := ev[0].Name; c.Part != 1 || c.Hit != 0b1 || c.Mass != e.idf("upadacitinib") {
		t.Errorf("name cover %+v; the second name is covered whole", c)
	}
	if c := ev[0].Title; c.Part <= 0.6 || c.Part >= 0.7 {
		t.Errorf("title cover %+v; two of three terms are covered", c)
	}
	if ev[0].Pairs != 0b10 {
		t.Errorf("pairs %b; only \"side effects\" stand together", ev[0].Pairs)
	}
	if ev[0].PassageHit != 0b110 || ev[0].PassageAt != 1 || ev[0].Passage <= 0 {
		t.Errorf("passage %+v", ev[0])
	}
	if again := e.evidence(terms, []match{{Doc: 1}}); again[0] != ev[0] {
		t.Errorf("a second look differs: %+v, %+v", again[0], ev[0])
	}
}

func TestMatchOddInput(t *testing.T) {
	e := smallEngine(t)
	many := make([]weightedTerm, 5000)
	for i := range many {
		many[i] = weightedTerm{fmt.Sprintf("noise%d", i), 1}
	}
	for name, terms := range map[string][]weightedTerm{
		"none": nil, "empty": {{"", 1}}, "unknown": {{"zzz", 1}}, "negative": {{"itch", -1}}, "many": many,
		"long": {{strings.Repeat("x", 100_000), 1}},
	} {
		got, err := e.match(t.Context(), terms, 10)
		if err != nil || len(got) != 0 {
			t.Errorf("%s: %v, %v", name, got, err)
		}
		e.evidence(terms, []match{{Doc: 0}})
	}
	if got, err := e.match(t.Context(), []weightedTerm{{"itch", 1}}, 0); err != nil || got != nil {
		t.Errorf("depth 0: %v, %v", got, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.match(ended, []weightedTerm{{"itch", 1}}, 10); err == nil {
		t.Error("a search outlives its context")
	}
}

func TestBuildRefuses(t *testing.T) {
	for name, docs := range map[string][]Doc{
		"two documents have the id \"a\"": {{ID: "a"}, {ID: "a"}},
		"document 2 has no id":            {{ID: "a"}, {Title: "b"}},
	} {
		if _, err := buildMemory(t.Context(), docSeq(docs), engineOptions{}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("in memory: %v; want %s", err, name)
		}
		if err := buildFolder(t.Context(), t.TempDir(), docSeq(docs), engineOptions{}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("in a folder: %v; want %s", err, name)
		}
	}
}

func TestSelectBest(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 2000 {
		list := make([]docScore, rng.IntN(40))
		for i := range list {
			list[i] = docScore{uint32(i), float64(rng.IntN(8))}
		}
		rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		sorted := slices.Clone(list)
		slices.SortFunc(sorted, func(a, b docScore) int {
			if a.before(b) {
				return -1
			}
			return 1
		})
		k := rng.IntN(len(list) + 2)
		selectBest(list, k)
		k = min(k, len(list))
		got := map[docScore]bool{}
		for _, d := range list[:k] {
			got[d] = true
		}
		for _, d := range sorted[:k] {
			if !got[d] {
				t.Fatalf("the best %d of %v miss %v", k, sorted, d)
			}
		}
	}
}

func TestBuildNothing(t *testing.T) {
	if err := buildFolder(t.Context(), t.TempDir(), docSeq(nil), engineOptions{}); err == nil || !strings.Contains(err.Error(), "no document") {
		t.Errorf("in a folder: %v", err)
	}
	e, err := buildMemory(t.Context(), docSeq(nil), engineOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	if got, err := e.match(t.Context(), []weightedTerm{{"itch", 1}}, 5); err != nil || len(got) != 0 {
		t.Errorf("a search in nothing: %v, %v", got, err)
	}
}
