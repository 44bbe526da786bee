package index

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"salve/knowledge"
)

func words(toks []token) string {
	out := make([]string, len(toks))
	for i, t := range toks {
		out[i] = t.Text
	}
	return strings.Join(out, " ")
}

func TestExpand(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"wen can i stop b4 surgery", "when can i stop before surgery"},
		{"fx of alfaro 2moro", "side effects of alfaro tomorrow"},
		{"5 yo", "5 year old"},
		{"when can i stop", "when can i stop"},
		{"", ""},
	} {
		if got := words(expand(tokenize(tt.text))); got != tt.want {
			t.Errorf("expand(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
	// What was written out keeps the place of what it stands for.
	text := "the fx?"
	toks := expand(tokenize(text))
	for _, tok := range toks[1:] {
		if got := text[tok.Start:tok.End]; got != "fx" {
			t.Errorf("%q stands at %q", tok.Text, got)
		}
	}
}

// Every entry is in the form of a token, or it would never be met.
func TestShorthandIsMet(t *testing.T) {
	for short, long := range shorthand {
		if toks := tokenizeRaw(short); len(toks) != 1 || toks[0].Text != short {
			t.Errorf("%q is never met: it is read as %q", short, words(toks))
		}
		for _, w := range long {
			if toks := tokenizeRaw(w); len(toks) != 1 || toks[0].Text != w {
				t.Errorf("%q stands for %q, which is read as %q", short, w, words(toks))
			}
		}
	}
}

func TestEntities(t *testing.T) {
	x := smallIndex(t)
	for _, tt := range []struct {
		name, question string
		want           []string
	}{
		{"by name, brand and lay word", "betacitinib, Alfaro or zits", []string{"betacitinib", "alfacitinib", "acne"}},
		{"the longest phrase", "is gammalib cream ok", []string{"gammalib-cream"}},
		{"the shorter one", "is gammalib ok", []string{"gammalib"}},
		{"in the plural", "alfa inhibitors", []string{"alfa-inhibitor"}},
		{"two words in the form of one spelling", "atopic dermatitis", []string{"eczema"}},
		{"misspelt", "betacitnib", []string{"betacitinib"}},
		{"once each", "alfaro alfaro alfacitinib", []string{"alfacitinib"}},
		{"none", "the weather in town", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, u := x.understand(Question{Text: tt.question}); !slices.Equal(u.Entities, tt.want) {
				t.Errorf("entities of %q: %q, want %q", tt.question, u.Entities, tt.want)
			}
		})
	}
}

// A real word is not turned into one that the library happens to hold.
func TestCorrectLeavesRealWords(t *testing.T) {
	files := smallFiles()
	files["factor.md"] = smallArticle("factor", "eczema", smallSection{"factor", "Which factors matter?", "cause", "",
		[]string{"what factor", "risk factors", "other factors"}, "A factor is a cause; the worst factor is heat. Itching hurts, and rashes spread."})
	x := newIndex(t, files)
	for _, tt := range []struct{ word, want string }{
		{"actor", "actor"}, {"heap", "heap"}, {"alfro", "alfaro"}, {"faktor", "factor"}, {"itchin", "itching"},
		{"12", "12"}, {"xqzvw", "xqzvw"}, {"éczéma", "eczema"},
	} {
		toks, fixed := x.concepts.correct(tokenize(tt.word))
		if words(toks) != tt.want {
			t.Errorf("correct(%q) = %q, want %q", tt.word, words(toks), tt.want)
		}
		if same := words(tokenize(tt.word)) == tt.want; fixed[0] == same {
			t.Errorf("correct(%q): respelt is %v", tt.word, fixed[0])
		}
	}
}

func TestReaderWords(t *testing.T) {
	x := smallIndex(t)
	q, u := x.understand(Question{Text: "can my kids use gammalib cream in the UK?", Country: "DE"})
	if !q.child || q.route != "topical" || !slices.Equal(u.Regions, []string{"UK"}) || u.Reader != "EU" {
		t.Errorf("child %v, route %q, regions %q, reader %q", q.child, q.route, u.Regions, u.Reader)
	}
	if q, _ := x.understand(Question{Text: "how often a day"}); q.child || q.route != "" || q.regions != nil || q.reader != "" {
		t.Errorf("nothing said, but %+v", q)
	}
}

// A name that stands for a cream and a tablet has two readings until one is named.
func TestReadings(t *testing.T) {
	files := smallFiles()
	files[knowledge.LexiconFile].Data = []byte(strings.Replace(smallLexicon, "name: \"gammalib\"\n  type: drug\n", "name: \"gammalib\"\n  type: drug\n  route: none\n", 1))
	x := newIndex(t, files)
	for _, tt := range []struct {
		question string
		want     []string
	}{
		{"gammalib dose", []string{"gammalib-cream", "gammalib-tablet"}},
		{"gammalib cream dose", nil},
		{"alfaro dose", nil},
		{"gammalib and alfaro dose", nil},
	} {
		if _, u := x.understand(Question{Text: tt.question}); !slices.Equal(u.Readings, tt.want) {
			t.Errorf("readings of %q: %q, want %q", tt.question, u.Readings, tt.want)
		}
	}
}

func TestWantsAndDetails(t *testing.T) {
	for _, tt := range []struct {
		question string
		want     wants
	}{
		{"how many people get acne", wantsNumber}, {"when was it approved", wantsDate}, {"minimum age", wantsAge},
		{"how long until it works", wantsSpan}, {"what dose", wantsDose}, {"what if I miss a dose", 0}, {"is there a helpline", wantsPhone},
		{"what does it cost", wantsMoney}, {"which tablets are there", wantsList}, {"does it itch", 0},
	} {
		if got := wantsOf(tokenize(tt.question)); got&tt.want != tt.want || tt.want == 0 && got != 0 {
			t.Errorf("wantsOf(%q) = %b, want %b", tt.question, got, tt.want)
		}
	}
	for _, tt := range []struct {
		text string
		list bool
		want wants
	}{
		{"Acne was seen in 12% of people.", false, wantsNumber},
		{"About half of them got better.", false, wantsNumber},
		{"It helped 3 of 10.", false, wantsNumber},
		{"Acne on Day 3.", false, wantsSpan},
		{"(08001234567)", false, wantsPhone},
		{"It was approved in January 2022.", false, wantsDate},
		{"For adults aged 18.", false, wantsAge},
		{"The itch is better after two weeks.", false, wantsSpan},
		{"Take 15 mg.", false, wantsDose},
		{"Take 5g.", false, wantsDose},
		{"Call 1-800-555-0199.", false, wantsPhone},
		{"Call (800)555-0199.", false, wantsPhone},
		{"The first month is free of charge.", false, wantsMoney},
		{"- acne", true, wantsList},
		{"It is a tablet.", false, 0},
	} {
		if got := detailsIn(tt.text, tt.list); got != tt.want {
			t.Errorf("detailsIn(%q) = %b, want %b", tt.text, got, tt.want)
		}
	}
	for have, want := range map[wants]float64{0: 0, wantsDose: 0.5, wantsDose | wantsAge: 1, wantsMoney: 0} {
		if got := (wantsDose | wantsAge).share(have); got != want {
			t.Errorf("share of %b = %v, want %v", have, got, want)
		}
	}
}

// What a question asks is learned from how the library's own sections are asked
// for, and holds for a drug that was never asked that way.
func TestIntentsAreLearned(t *testing.T) {
	x := smallIndex(t)
	for _, tt := range []struct{ question, want string }{
		{"side effects of gammalib cream", "side-effects"},
		{"how much betaro do i take", "dose"},
		{"how fast does gammalib cream work", "onset"},
		{"how old must you be for gammalib cream", "age"},
	} {
		_, u := x.understand(Question{Text: tt.question})
		if u.Intents[0].Intent != tt.want {
			t.Errorf("%q asks %v, want %s", tt.question, u.Intents, tt.want)
		}
		sum := 0.0
		for _, p := range x.intents.guess(x.concepts.intentFeatures(tokenize(tt.question))) {
			sum += p
		}
		if sum < 0.999 || sum > 1.001 {
			t.Errorf("%q: the probabilities add up to %v", tt.question, sum)
		}
	}
}

func TestFollowUps(t *testing.T) {
	x := smallIndex(t)
	for _, tt := range []struct {
		name, question string
		previous       []string
		want           string
	}{
		{"keeps the drug", "and the side effects?", []string{"how fast does alfaro work"}, "alfacitinib#effects"},
		{"keeps what was asked", "and betaro?", []string{"what are the side effects of alfaro"}, "betacitinib#effects"},
		{"its own intent wins", "how many mg a day?", []string{"side effects of betaro"}, "betacitinib#dose"},
		{"across two questions", "and from what age?", []string{"how fast does betaro work", "what is the dose"}, "betacitinib#age"},
		{"its own drug wins", "what is the dose of betacitinib", []string{"side effects of alfaro"}, "betacitinib#dose"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if res := searchFor(t, x, tt.question, tt.previous...); first(res) != tt.want {
				t.Errorf("%q after %q: %s first, want %s; %+v", tt.question, tt.previous, first(res), tt.want, res.Understanding)
			}
		})
	}
}

// However much is written, one search has a bound, and what is dropped is light.
func TestUnderstandingIsBounded(t *testing.T) {
	x := smallIndex(t)
	rng := rand.New(rand.NewPCG(1, 2))
	noise := func(n int) string {
		var b strings.Builder
		for b.Len() < n {
			for range 3 + rng.IntN(6) {
				b.WriteByte(byte('a' + rng.IntN(26)))
			}
			b.WriteByte(" \n.?"[rng.IntN(4)])
		}
		return b.String()
	}
	common := strings.Fields(strings.Repeat("x ", 1) + "table chair window garden river mountain music letter paper bottle kitchen summer winter holiday station bridge market castle village island forest desert ocean planet rocket engine wheel button pocket jacket mirror candle basket ladder hammer carpet curtain pillow blanket towel spoon knife plate glass coffee sugar butter cheese bread apple orange lemon banana cherry grape melon")
	for _, tt := range []struct{ name, text string }{
		{"noise", noise(maxQuestion)},
		{"beyond what is read", noise(4*maxQuestion) + " alfaro"},
		{"bytes", strings.Repeat("\xff\xfe\x80é", maxQuestion/4)},
		{"questions", strings.Repeat("what is alfaro? ", 1000)},
		{"one word", strings.Repeat("a", maxQuestion)},
		{"the subject last", strings.Join(common, " ") + " alfaro"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			q, u := x.understand(Question{Text: tt.text, Previous: []string{tt.text, tt.text}})
			if len(q.units) > maxUnits || len(u.Words) != len(q.units) {
				t.Errorf("%d units, %d words; want at most %d", len(q.units), len(u.Words), maxUnits)
			}
			for _, p := range q.pairs {
				if max(p[0], p[1]) >= len(q.units) || min(p[0], p[1]) < 0 {
					t.Fatalf("pair %v of %d units", p, len(q.units))
				}
			}
			for _, w := range u.Words {
				if !utf8.ValidString(w.Text) {
					t.Errorf("word %q is not UTF-8", w.Text)
				}
			}
		})
	}
	_, u := x.understand(Question{Text: strings.Join(common, " ") + " alfaro"})
	if !slices.ContainsFunc(u.Words, func(w Word) bool { return w.As == "alfacitinib" }) {
		t.Error("the drug, which stands last and weighs most, is dropped")
	}
}

// Of units of one weight the first are kept, and never at the cost of a heavier one.
func TestFinishKeepsTheHeaviest(t *testing.T) {
	x := smallIndex(t)
	q := &query{}
	for i := range maxUnits + 10 {
		q.units = append(q.units, unit{text: fmt.Sprint(i), entity: -1, weight: 1})
		if i > 0 {
			q.pairs = append(q.pairs, [2]int{i - 1, i})
		}
	}
	q.units[maxUnits+9].weight = 5
	var u Understanding
	x.finish(q, &u)
	if len(q.units) != maxUnits || q.units[maxUnits-1].text != fmt.Sprint(maxUnits+9) || q.units[0].text != "0" {
		t.Errorf("%d units, from %q to %q", len(q.units), q.units[0].text, q.units[len(q.units)-1].text)
	}
	if q.total != maxUnits-1+5 {
		t.Errorf("total %v", q.total)
	}
	if len(q.pairs) != maxUnits-2 {
		t.Errorf("%d pairs; the kept neighbours make %d", len(q.pairs), maxUnits-2)
	}
}

func TestMatcherNear(t *testing.T) {
	x := smallIndex(t)
	q, _ := x.understand(Question{Text: "alfaro headache"})
	if len(q.units) != 2 || len(q.pairs) != 1 {
		t.Fatalf("%d units, %d pairs", len(q.units), len(q.pairs))
	}
	drug, ache := q.units[0].entity, x.concepts.stemID(stem("headache"), false)
	other := x.concepts.stemID(stem("nausea"), false)
	apart := func(n int) []int32 {
		out := []int32{drug}
		for range n - 1 {
			out = append(out, other)
		}
		return append(out, ache)
	}
	m := x.matcher(q)
	defer m.release()
	for _, tt := range []struct {
		name  string
		order []int32
		want  float64
	}{
		{"side by side", apart(1), 1},
		{"in the other order", []int32{ache, drug}, 1},
		{"just near", apart(8), 1},
		{"just not near", apart(9), 0},
		{"far, then near", append(apart(20), drug), 1},
		{"one of them", []int32{drug, drug}, 0},
		{"nothing", nil, 0},
	} {
		if got := m.near(q, tt.order); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	if got := m.near(&query{}, apart(1)); got != 0 {
		t.Errorf("a question with no neighbours: %v", got)
	}
}
