package bot

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"salve/bot/answer"
	"salve/bot/simulator"
)

var update = flag.Bool("update", false, "write the golden files anew")

// plainSign makes custom ids that golden files can hold.
func plainSign(action, arg string) string { return action + ":" + arg }

func everything(lang string) view {
	return view{lang: lang, canAsk: true, share: true, sign: plainSign}
}

// renderTests are answers of every kind, each kept in a golden file.
func renderTests() map[string]struct {
	a answer.Answer
	v view
} {
	type test = struct {
		a answer.Answer
		v view
	}
	stale := nausea
	stale.Stale, stale.Regions, stale.NextReview = true, []string{"US", "EU"}, "2025-01-01"
	stale.ReviewedBy = "Dermatology nurse, A. N. Other"
	bound := warning
	bound.Because = nausea.Passage
	differ := warning
	differ.Conflict = true
	undated := cream
	undated.Sources = []answer.Source{{Name: "Patient leaflet", Publisher: "EMA", Published: "undated", Accessed: "2026-11-01"},
		{Name: "A page", URL: "javascript:alert(1)", Published: "2020"}, {Publisher: "NHS", URL: "https://www.nhs.uk/x", Published: "2023-05"}, {Name: "Fourth", Published: "2019"}}
	none := answer.Answer{Question: "best pizza", Kind: answer.NotCovered, Unknown: []string{"pizza", "town"},
		Near:     []answer.Topic{{Article: "jak-pills", Anchor: "side-effects", Title: "JAK inhibitor tablets: side effects"}},
		Searched: answer.Searched{Articles: 14, Passages: 210, Newest: "2026-11-23"}}
	personal := answer.Answer{Question: "should I stop", Kind: answer.Personal, Language: "en", Quotes: []answer.Quote{nausea}, Ask: []answer.Quote{quote("ask", "Questions to ask", "stop", "Before stopping", "What happens to my skin if I stop?")}}
	choose := answer.Answer{Question: "side effects", Kind: answer.Choose, Choices: []answer.Choice{{Label: "Tablets", Question: "of tablets"}, {Label: "Cream", Question: "of the cream"}}}
	return map[string]test{
		"cited":             {cited("q"), everything("en")},
		"cited-es":          {cited("q"), everything("es")},
		"cited-fr":          {cited("q"), everything("fr")},
		"cited-de":          {cited("q"), everything("de")},
		"cited-pt":          {cited("q"), everything("pt")},
		"shared":            {cited("q"), view{lang: "en", shared: true}},
		"stale-region":      {answer.Answer{Kind: answer.Cited, Language: "en", Quotes: []answer.Quote{stale}}, everything("en")},
		"must-accompany":    {answer.Answer{Kind: answer.Cited, Language: "en", Quotes: []answer.Quote{nausea, bound}}, everything("en")},
		"conflict":          {answer.Answer{Kind: answer.Cited, Language: "en", Quotes: []answer.Quote{nausea, differ}}, everything("en")},
		"sources":           {answer.Answer{Kind: answer.Cited, Language: "en", Quotes: []answer.Quote{undated}}, everything("en")},
		"missing":           {answer.Answer{Kind: answer.Cited, Language: "en", Quotes: []answer.Quote{nausea}, Missing: []string{"cost in France"}}, everything("en")},
		"not-covered":       {none, everything("en")},
		"not-covered-alone": {none, view{lang: "en", sign: plainSign}},
		"personal":          {personal, everything("en")},
		"choose":            {choose, everything("en")},
		"order":             {answer.Answer{Kind: answer.Cited, Language: "en", Quotes: []answer.Quote{nausea, cream, bound}}, everything("en")},
		"urgent":            {answer.Answer{}, view{lang: "en", card: "**Call now**\nThe number is **112**", sign: plainSign, places: []choice{{Label: "Germany", Value: "DE"}}}},
		"urgent-cited":      {cited("q"), view{lang: "en", card: "**Call now**", canAsk: true, sign: plainSign}},
	}
}

func TestRenderGolden(t *testing.T) {
	for name, tt := range renderTests() {
		t.Run(name, func(t *testing.T) {
			got, err := json.MarshalIndent(render(tt.a, tt.v), "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, '\n')
			file := filepath.Join("testdata", "render", name+".json")
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != string(want) {
				t.Errorf("%s differs; go test ./bot -run RenderGolden -update shows how", file)
			}
			sound(t, render(tt.a, tt.v))
		})
	}
}

// sound holds a message against Discord's rules.
func sound(t testing.TB, m message) {
	t.Helper()
	raw, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	if f := simulator.Check("POST /channels/{channel_id}/messages", v, false); len(f) > 0 {
		t.Errorf("rules broken: %q", f)
	}
	if s := schema(t); s != nil {
		if err := s.Check("POST /channels/{channel_id}/messages", raw); err != nil {
			t.Error(err)
		}
	}
}

// alphabets are words in scripts of one, two, three and four bytes a letter,
// right to left, combining, and with everything Discord's Markdown can do.
var alphabets = []string{
	"itch skin tablet cream nausea headache", "зуд кожа таблетка", "薬 皮膚 湿疹 かゆみ", "دواء جلد حكة", "खुजली त्वचा दवा",
	"🤒 💊 🧴", "e\u0301te\u0301 n\u0303o", "**bold** __u__ ~~s~~ `code` ||spoiler||", "@everyone <@1> <#2> <@&3> <:a:4> </ask:5> <t:1:R>",
	"[x](https://evil.example) https://ok.example/a_b_c", "# head\n> quote\n-# small\n* item\n1. one", "\u202eright\u202c \u0000 \ufeff \u200b",
}

func randomText(r *rand.Rand, words int) string {
	var b strings.Builder
	a := strings.Split(alphabets[r.IntN(len(alphabets))], " ")
	for range r.IntN(words + 1) {
		b.WriteString(a[r.IntN(len(a))])
		b.WriteString([]string{" ", " ", " ", ". ", "\n"}[r.IntN(5)])
	}
	return b.String()
}

func randomQuote(r *rand.Rand, i int) answer.Quote {
	words := []int{0, 5, 40, 200, 3000}[r.IntN(5)]
	q := answer.Quote{Text: randomText(r, words), Article: fmt.Sprint("a", r.IntN(4)), Title: randomText(r, 30), Section: randomText(r, 30),
		Anchor: randomText(r, 3), Passage: fmt.Sprint("p", i), Version: r.IntN(9), Hash: hashOf(fmt.Sprint(r.Uint64())),
		Reviewed: "2026-11-23", ReviewedBy: randomText(r, 10), NextReview: "2027-01-01", Stale: r.IntN(3) == 0, Conflict: r.IntN(4) == 0, Language: "en"}
	for range r.IntN(12) {
		q.Sources = append(q.Sources, answer.Source{Name: randomText(r, 20), Publisher: randomText(r, 6), URL: "https://x.example/" + strings.Repeat("y", r.IntN(700)), Published: "2020"})
	}
	for range r.IntN(5) {
		q.Regions = append(q.Regions, randomText(r, 2))
	}
	if i > 0 && r.IntN(3) == 0 {
		q.Because = fmt.Sprint("p", r.IntN(i))
	}
	return q
}

func randomAnswer(r *rand.Rand) answer.Answer {
	a := answer.Answer{Question: randomText(r, 60), Kind: []answer.Kind{answer.Cited, answer.Choose, answer.Personal, answer.NotCovered, ""}[r.IntN(5)],
		Language: []string{"en", "es", "xx", ""}[r.IntN(4)], Coverage: r.Float64(),
		Searched: answer.Searched{Articles: r.IntN(100), Passages: r.IntN(1000), Newest: randomText(r, 2)}}
	for i := range r.IntN(14) {
		a.Quotes = append(a.Quotes, randomQuote(r, i))
	}
	for i := range r.IntN(5) {
		a.Ask = append(a.Ask, randomQuote(r, 100+i))
	}
	for range r.IntN(30) {
		a.Choices = append(a.Choices, answer.Choice{Label: randomText(r, 20), Question: randomText(r, 40)})
		a.Near = append(a.Near, answer.Topic{Article: "a", Title: randomText(r, 40)})
		a.Unknown = append(a.Unknown, randomText(r, 30))
		a.Missing = append(a.Missing, randomText(r, 30))
	}
	return a
}

// TestRenderProperty renders answers of any content in every language: none may
// break a rule, lose a companion, or cut a quote.
func TestRenderProperty(t *testing.T) {
	for seed := range uint64(250) {
		r := rand.New(rand.NewPCG(seed, 1))
		a := randomAnswer(r)
		v := view{lang: languages[r.IntN(len(languages))], canAsk: r.IntN(2) == 0, share: r.IntN(2) == 0, shared: r.IntN(5) == 0, sign: plainSign}
		if r.IntN(4) == 0 {
			v.card = "**Call now**\n" + strings.Repeat("Stay with somebody. ", r.IntN(60))
		}
		m := render(a, v)
		raw, _ := json.Marshal(m)
		var body any
		json.Unmarshal(raw, &body)
		if f := simulator.Check("POST /channels/{channel_id}/messages", body, false); len(f) > 0 {
			t.Fatalf("seed %d: rules broken: %q", seed, f)
		}
		if seed%100 == 0 {
			sound(t, m)
		}
		whole(t, seed, a, textOf(m.Components))
	}
}

// whole wants each quote shown to be whole, and with what must accompany it.
func whole(t *testing.T, seed uint64, a answer.Answer, shown string) {
	t.Helper()
	quotes := allQuotes(a)
	has := func(i int) bool { return strings.Contains(shown, fmt.Sprintf("**[%d]** ", i+1)) }
	for i, q := range quotes {
		if !has(i) {
			continue
		}
		if !strings.Contains(shown, escape(strings.TrimSpace(q.Text))) {
			t.Fatalf("seed %d: quote %d is cut", seed, i+1)
		}
		for j, other := range a.Quotes {
			if i < len(a.Quotes) && (q.Because == other.Passage || other.Because == q.Passage) && q.Passage != other.Passage && !has(j) {
				t.Fatalf("seed %d: quote %d is shown without %d, which it is bound to", seed, i+1, j+1)
			}
		}
	}
}

func textOf(list []component) string {
	var b strings.Builder
	for _, c := range list {
		b.WriteString(c.Content + "\n")
		b.WriteString(textOf(c.Components))
	}
	return b.String()
}

func TestLongQuoteIsLeftOutWhole(t *testing.T) {
	long := nausea
	long.Text = strings.Repeat("A long sentence of the library. ", 200)
	a := answer.Answer{Kind: answer.Cited, Language: "en", Quotes: []answer.Quote{long, warning}}
	got := textOf(render(a, everything("en")).Components)
	if strings.Contains(got, "A long sentence") || !strings.Contains(got, warning.Text) || !strings.Contains(got, "Not shown here for length: 1") {
		t.Errorf("got:\n%s", got)
	}
	bound := warning
	bound.Because = long.Passage
	got = textOf(render(answer.Answer{Kind: answer.Cited, Quotes: []answer.Quote{long, bound}}, everything("en")).Components)
	if strings.Contains(got, warning.Text) || !strings.Contains(got, "Not shown here for length: 2") {
		t.Errorf("a companion is shown without its quote:\n%s", got)
	}
}

func TestRenderIsPure(t *testing.T) {
	a := cited("q")
	one, _ := json.Marshal(render(a, everything("en")))
	two, _ := json.Marshal(render(a, everything("en")))
	if string(one) != string(two) {
		t.Error("the same answer renders in two ways")
	}
}

func FuzzRender(f *testing.F) {
	f.Add("words", "title", "section", "reviewer", "https://x.org", "en")
	f.Add("@everyone **x**", "\\", "`", "[", "javascript:x", "de")
	f.Fuzz(func(t *testing.T, words, title, section, by, url, lang string) {
		q := answer.Quote{Text: words, Title: title, Section: section, ReviewedBy: by, Hash: hashOf(words), Sources: []answer.Source{{Name: title, URL: url, Published: section}}}
		a := answer.Answer{Kind: answer.Cited, Quotes: []answer.Quote{q}, Language: lang, Missing: []string{section}}
		m := render(a, everything(languageOf(lang)))
		raw, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		var v any
		json.Unmarshal(raw, &v)
		if faults := simulator.Check("POST /channels/{channel_id}/messages", v, false); len(faults) > 0 {
			t.Errorf("rules broken: %q", faults)
		}
	})
}
