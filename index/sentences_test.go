package index

import (
	"slices"
	"strings"
	"testing"
)

func TestSplitSentences(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"at points and marks", "It itches. Why? Help!", []string{"It itches.", "Why?", "Help!"}},
		{"at line breaks", "one\ntwo\n\nthree", []string{"one", "two", "three"}},
		{"not within a number", "It was 14.6 percent. Why", []string{"It was 14.6 percent.", "Why"}},
		{"not before a number", "about no. 5 in the list", []string{"about no. 5 in the list"}},
		{"not after e.g.", "a tablet, e.g. alfaro, at night", []string{"a tablet, e.g. alfaro, at night"}},
		{"not after a title", "I saw Dr. Smith. What now?", []string{"I saw Dr. Smith.", "What now?"}},
		{"not after U.S. within a sentence", "in the U.S. what age is it", []string{"in the U.S. what age is it"}},
		{"after U.S. before a capital", "I live in the U.S. What age is it?", []string{"I live in the U.S.", "What age is it?"}},
		{"small letters may open one", "i took it yesterday. is that ok", []string{"i took it yesterday.", "is that ok"}},
		{"marks in a row are one", "really?! what?? no...", []string{"really?!", "what??", "no..."}},
		{"an address is one word", "see example.org/a.b now", []string{"see example.org/a.b now"}},
		{"a numbered list", "Hi: 1) what is it 2) how old for it", []string{"Hi:", "what is it", "how old for it"}},
		{"a lettered one", "a. dose b. age", []string{"dose", "age"}},
		{"letters and numbers that are names", "hepatitis B. And vitamin D. with stage 2. What now?", []string{"hepatitis B. And vitamin D. with stage 2. What now?"}},
		{"nothing", " \n ", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := splitSentences(tt.text); !slices.Equal(got, tt.want) {
				t.Errorf("splitSentences(%q)\n got %q\nwant %q", tt.text, got, tt.want)
			}
		})
	}
}

func TestSentenceWeights(t *testing.T) {
	story := "My aunt is 71 and lives by the sea with two dogs and a parrot. She has been told that her tablets cost more than her car does. "
	for _, tt := range []struct {
		name, text string
		want       []float64
	}{
		{"beside a short question the rest counts in part", "I have acne. Is it the tablets?", []float64{asideWeight, asksWeight}},
		{"in a long one the questions count", story + "What do they cost?", []float64{asideWeight, asideWeight, asksWeight}},
		{"asked without a mark", story + "I wonder about the price of it", []float64{asideWeight, asideWeight, asksWeight}},
		{"when none asks, all of it may", story + "So much for that", []float64{1, 1, 1}},
		{"nothing", "", []float64{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := sentenceWeights(splitSentences(tt.text)); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
	x := smallIndex(t)
	if res := searchFor(t, x, story+"Her neighbour drinks and has a headache. How fast does alfaro work?"); first(res) != "alfacitinib#speed" {
		t.Errorf("a question after a story finds %s", first(res))
	}
}

func TestParts(t *testing.T) {
	x := smallIndex(t)
	for _, tt := range []struct {
		text string
		want []string
	}{
		{"what is alfaro, how fast does it work and what are the side effects?", []string{"what is alfaro", "how fast does it work", "what are the side effects?"}},
		{"What is alfaro? How fast does it work?", []string{"What is alfaro?", "How fast does it work?"}},
		{"What is alfaro?? How fast does it work?!", []string{"What is alfaro??", "How fast does it work?!"}},
		{"what is the dose of alfaro", nil},
		{"Hi, I have two things to ask. 1) what is alfaro 2) age. Thanks", []string{"what is alfaro", "age."}},
		{"I have hepatitis B. And low vitamin D. Can I take alfaro?", nil},
		{"What is alfaro? How fast does it work? Can anyone help?", []string{"What is alfaro?", "How fast does it work?"}},
		{"what is alfaro? thanks! is it?", nil}, // the second asks nothing of its own
		{"salt and what else", nil},
		{"b? c? d? e? f?", nil},
		{"", nil},
	} {
		if got := x.parts(tt.text); !slices.Equal(got, tt.want) {
			t.Errorf("parts(%q)\n got %q\nwant %q", tt.text, got, tt.want)
		}
	}
}

func TestRegionsIn(t *testing.T) {
	for _, tt := range []struct {
		text string
		want []string
	}{
		{"is it approved in the US", []string{"US"}},
		{"is it approved in the us", []string{"US"}},
		{"the us label", nil}, // too little to go by
		{"what does the us label say", []string{"US"}},
		{"can you tell us more", nil},
		{"US and EU labels", []string{"US", "EU"}},
		{"in the States", []string{"US"}},
		{"united states", []string{"US"}},
		{"what it states here", nil},
		{"in the U.S. it is", []string{"US"}},
		{"the MHRA warning", []string{"UK"}},
		{"what does NICE say", []string{"UK"}},
		{"what does nice say", []string{"UK"}},
		{"a nice cream", nil},
		{"it would be nice to know", nil},
		{"England, Scotland and Wales", []string{"UK"}},
		{"anywhere", nil},
	} {
		if got := regionsIn(tt.text, tokenize(tt.text)); !slices.Equal(got, tt.want) {
			t.Errorf("regionsIn(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestReaderRegion(t *testing.T) {
	for _, tt := range []struct{ country, locale, want string }{
		{"GB", "fr", "UK"}, {"us", "", "US"}, {"DE", "en-US", "EU"}, {"", "en-GB", "UK"},
		{"", "en-US", ""}, // what Discord sets when nobody chose
		{"", "fr", "EU"}, {"", "es-ES", "EU"}, {"", "sv-SE", "EU"}, {"", "no", "EU"}, {"", "ja", "JP"},
		{"", "es-419", ""}, {"", "pt-BR", ""}, {"", "uk", ""}, {"", "", ""}, {"", "xx-", ""},
		{"IN", "en-GB", ""}, // the country that was set decides, also when the library has no label for it
	} {
		if got := readerRegion(tt.country, tt.locale); got != tt.want {
			t.Errorf("readerRegion(%q, %q) = %q, want %q", tt.country, tt.locale, got, tt.want)
		}
	}
}

func TestLanguages(t *testing.T) {
	x := smallIndex(t)
	for _, tt := range []struct{ text, locale, lang, english string }{
		{"¿Cuáles son los efectos secundarios de alfaro?", "", "es", "what side effects alfaro ?"},
		{"quels sont les effets secondaires", "", "fr", "what side effects \n"},
		{"welche nebenwirkungen hat betaro", "", "de", "which side effects betaro \n"},
		{"quais são os efeitos secundários?", "", "pt", "what side effects ?"},
		{"what are the side effects", "de", "en", "what are the side effects"},
		{"alfaro grossesse", "fr", "fr", "alfaro pregnancy \n"},
		{"", "fr", "en", ""},
	} {
		lang := x.language(tt.text, tt.locale)
		if lang != tt.lang {
			t.Errorf("language of %q is %s, want %s", tt.text, lang, tt.lang)
		}
		if got := x.translate(tt.text, lang); got != tt.english {
			t.Errorf("translate(%q) = %q, want %q", tt.text, got, tt.english)
		}
	}
}

// Sentences are not empty, and add nothing to the text.
func FuzzSplitSentences(f *testing.F) {
	f.Add("I saw Dr. Smith in the U.S. yesterday, e.g. at 14.6... Why?!")
	f.Add("a.\xff. .b\n?")
	f.Fuzz(func(t *testing.T, text string) {
		sum := 0
		for _, s := range splitSentences(text) {
			sum += len(s)
			if s == "" || s != strings.TrimSpace(s) {
				t.Errorf("sentence %q", s)
			}
		}
		if sum > len(text) {
			t.Errorf("%d bytes of sentences in %d of text", sum, len(text))
		}
	})
}
