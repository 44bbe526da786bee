package index

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

var tokenizeTests = []struct {
	name string
	text string
	want string // Text of every token
}{
	{"case and punctuation", "Is Rinvoq (upadacitinib) safe?", "is rinvoq upadacitinib safe"},
	{"a name and its number", "IL-13, il 13, IL13 and il–13", "il13 il13 il13 and il13"},
	{"a kinase", "JAK1/JAK2 jak 3 JAK-1", "jak1 jak2 jak3 jak1"},
	{"scores", "EASI-75 and easi 75", "easi75 and easi75"},
	{"a disease with its year", "covid-19 Covid 19", "covid19 covid19"},
	{"a vitamin", "vitamin B-12 b12", "vitamin b12 b12"},
	{"an age range is two numbers", "ages 2-11 or 12–17", "ages 2 11 or 12 17"},
	{"a counted word is not a name", "week-16 type-2 under-12 week 16", "week 16 type 2 under 12 week 16"},
	{"decimals and units", "14.6 5.5% 20mg 1.5mg/kg 12yo", "14.6 5.5 20 mg 1.5 mg kg 12 yo"},
	{"thousands", "50,000 IU, 1,234,567 and 1,2", "50000 iu 1234567 and 1 2"},
	{"a full stop is no decimal point", "Take 2. Then 3.", "take 2 then 3"},
	{"hyphens split", "extended-release side-effects", "extended release side effects"},
	{"apostrophes do not", "don't I’m what's Crohn's crohn’s", "dont im what crohn crohn"},
	{"feet and inches", "5'10 tall", "5 10 tall"},
	{"two words without a space", "MedlinePlus clinicalTrials PsA dL", "medline plus clinical trials psa dl"},
	{"accents", "Sjögren’s naïve ECZÉMA Müller", "sjogren naive eczema muller"},
	{"letters with no accent to remove", "straße œdema Łódź", "strasse oedema lodz"},
	{"Greek letters in Latin text", "IFN-γ TNFα β-blocker 5 µg", "ifn gamma tnf alpha beta blocker 5 mcg"},
	{"Greek text", "έκζεμα", "εκζεμα"},
	{"full width", "ＪＡＫ１", "jak1"},
	{"zero width and direction marks", "rin\u200bvoq \u202ejak\u202c \ufeffcream so\u00adft", "rinvoq jak cream soft"},
	{"emoji", "itchy😭😭help🙏🏽", "itchy help"},
	{"right to left", "سؤال عن الإكزيما rinvoq", "سوال عن الاكزيما rinvoq"},
	{"not UTF-8", "ec\xffzema \xc3", "ec zema"},
	{"a chromosome and a virus", "22q11 H1N1", "22q11 h1n1"},
	{"nothing", " \n\t…", ""},
}

func TestTokenize(t *testing.T) {
	for _, tt := range tokenizeTests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, tok := range tokenize(tt.text) {
				got = append(got, tok.Text)
			}
			if s := strings.Join(got, " "); s != tt.want {
				t.Errorf("tokenize(%q)\n got %q\nwant %q", tt.text, s, tt.want)
			}
		})
	}
}

func TestTokenOffsetsStemsAndStops(t *testing.T) {
	const text = "Does IL-13 cause infections? Please help"
	want := []token{
		{"does", "doe", 0, 4, true},
		{"il13", "il13", 5, 10, false},
		{"cause", "caus", 11, 16, false},
		{"infections", "infect", 17, 27, false},
		{"please", "pleas", 29, 35, true},
		{"help", "help", 36, 40, true},
	}
	if got := tokenize(text); !slices.Equal(got, want) {
		t.Errorf("tokenize(%q)\n got %+v\nwant %+v", text, got, want)
	}
}

func TestStopWordsAreTokens(t *testing.T) {
	for w := range stopWords {
		if toks := tokenize(w); len(toks) != 1 || toks[0].Text != w {
			t.Errorf("the stop word %q can never match: its tokens are %v", w, toks)
		}
	}
	for _, w := range []string{"doctor", "pain", "child", "dose", "safe", "cause", "treatment"} {
		if stopWords[w] {
			t.Errorf("%q says what a question is about and must not be a stop word", w)
		}
	}
}

func TestTokenizeLongInput(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("a", 100_000), strings.Repeat("a1.", 50_000), strings.Repeat("é", 50_000),
		strings.Repeat("1,000", 20_000), strings.Repeat("'", 100_000), strings.Repeat("γ", 50_000),
		strings.Repeat("a-1-", 20_000), strings.Repeat("1.1", 30_000),
	} {
		for _, tok := range tokenize(text) {
			if len(tok.Text) > maxTokenBytes+8 {
				t.Fatalf("%.10q...: a token of %d bytes", text, len(tok.Text))
			}
		}
	}
}

func FuzzTokenize(f *testing.F) {
	for _, tt := range tokenizeTests {
		f.Add(tt.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		last := 0
		for _, tok := range tokenize(text) {
			if tok.Start < last || tok.End <= tok.Start || tok.End > len(text) {
				t.Fatalf("%q: token %+v after byte %d", text, tok, last)
			}
			if tok.Text == "" || tok.Stem == "" || strings.ContainsAny(tok.Text, " '\n") {
				t.Fatalf("%q: token %+v", text, tok)
			}
			if utf8.ValidString(text) && !utf8.ValidString(tok.Text) {
				t.Fatalf("%q: token %+v is not UTF-8", text, tok)
			}
			if tok.Start > last {
				last = tok.Start
			}
		}
	})
}

func BenchmarkTokenize(b *testing.B) {
	text := strings.Repeat("Does upadacitinib 15 mg raise the risk of serious infections in people over 65? ", 12)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		tokenize(text)
	}
}
