package index

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// spellVocabulary is a small library's.
var spellVocabulary = func() map[string]int {
	v := make(map[string]int)
	for i, w := range strings.Fields(`
the with have weight heart attack allowed approved cream ointment tablet children youngest age infected infection
reactions eczema psoriasis vitiligo contraception pregnancy pregnant breastfeeding bleach bath gallon diarrhea diary
liver lover kidney itchy itching rash leaflet cholesterol shingles vaccine acne pneumonia asthma penicillin amoxicillin fever
opzelura rinvoq dupixent cibinqo olumiant nemluvio adbry ebglyss anzupgo leqselvi litfulo
ruxolitinib upadacitinib abrocitinib baricitinib delgocitinib tralokinumab lebrikizumab dupilumab nemolizumab
line reason lion been like`) {
		v[w] = 100 - i
	}
	return v
}()

func TestCorrect(t *testing.T) {
	s := newSpeller(spellVocabulary)
	for word, want := range map[string]string{
		// one letter
		"rinvok": "rinvoq", "opzalura": "opzelura", "contreception": "contraception", "dupixint": "dupixent",
		"bleech": "bleach", "galon": "gallon", "creem": "cream", "ointmant": "ointment", "infeckted": "infected",
		"yungest": "youngest", "hart": "heart", "atack": "attack", "aproved": "approved", "alowed": "allowed",
		"abrocitnib": "abrocitinib", "ruxolitnib": "ruxolitinib", "leeflet": "leaflet", "penicillan": "penicillin",
		// letters in the wrong order
		"oplezura": "opzelura", "wieght": "weight", "shingels": "shingles", "childern": "children",
		// written as heard
		"excema": "eczema", "exema": "eczema", "reacshuns": "reactions", "ichy": "itchy", "diahrrea": "diarrhea",
		"numonia": "pneumonia", "vaxine": "vaccine", "soriasis": "psoriasis", "feaver": "fever", "colesterol": "cholesterol",
	} {
		if got, ok := s.correct(word); !ok || got != want {
			t.Errorf("correct(%q) = %q, %v; want %q; near it: %v", word, got, ok, want, s.candidates(word, 3))
		}
	}
}

func TestCorrectRefuses(t *testing.T) {
	s := newSpeller(spellVocabulary)
	for _, word := range []string{
		// drugs that the vocabulary does not hold
		"methotrexate", "humira", "otezla", "xolair", "plaquenil", "tofacitinib", "povorcitinib", "ritlecitinib",
		"filgotinib", "momelotinib", "ampicillin", "ustekinumab", "secukinumab", "omalizumab", "cyclosporine", "prednisone",
		// what is not a word of ours at all
		"bicycle", "iphone", "tiktok", "netflix", "asdfgh", "cat", "ige", "qqqqqqqqq", "",
		// known words, numbers, other scripts
		"eczema", "rinvoq", "il13", "14.6", "экзема", strings.Repeat("a", 64),
	} {
		if got, ok := s.correct(word); ok {
			t.Errorf("correct(%q) = %q; want no guess", word, got)
		}
	}
}

func TestCandidatesAreDeterministicAndNearestFirst(t *testing.T) {
	s, again := newSpeller(spellVocabulary), newSpeller(spellVocabulary)
	for _, word := range []string{"abrocitinab", "linen", "reasen", "fevar", "lyne"} {
		a, b := s.candidates(word, 5), again.candidates(word, 5)
		if fmt.Sprint(a) != fmt.Sprint(b) {
			t.Errorf("%q: %v, then %v", word, a, b)
		}
		for i := 1; i < len(a); i++ {
			if s.rank(a[i]) < s.rank(a[i-1]) {
				t.Errorf("%q: %v is not in order", word, a)
			}
		}
	}
	if got := s.candidates("abrocitnib", 0); len(got) != 0 {
		t.Errorf("candidates(_, 0) = %v", got)
	}
}

// TestSignatureMissesNothing holds the filter against comparing with every word.
func TestSignatureMissesNothing(t *testing.T) {
	s := newSpeller(spellVocabulary)
	rng := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		w := []byte(s.words[rng.IntN(len(s.words))])
		for range 1 + rng.IntN(2) {
			i := rng.IntN(len(w))
			switch rng.IntN(4) {
			case 0:
				w[i] = byte('a' + rng.IntN(26))
			case 1:
				w = append(w[:i], w[i+1:]...)
			case 2:
				w = append(w[:i], append([]byte{byte('a' + rng.IntN(26))}, w[i:]...)...)
			case 3:
				if i > 0 {
					w[i], w[i-1] = w[i-1], w[i]
				}
			}
		}
		word := string(w)
		if len(word) < minSpellLen || s.known(word) {
			continue
		}
		got := make(map[string]bool)
		for _, c := range s.candidates(word, 100) {
			got[c.Word] = true
		}
		for _, known := range s.words {
			if cost := slips(word, known, limit(len(word))); cost <= limit(len(word)) && !got[known] {
				t.Fatalf("%q is %.2f from %q, but was not found", word, cost, known)
			}
		}
	}
}

func TestSlips(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want float64
	}{
		{"rash", "rash", 0},
		{"rush", "rash", vowelSwap},
		{"tash", "rash", keySwap + farSlip},
		{"atack", "attack", cheapest},
		{"hart", "heart", vowelSlip},
		{"rinvok", "rinvoq", alikeSwap},
		{"wieght", "weight", neighbours},
		{"oplezura", "opzelura", acrossSwap},
		{"dab", "rab", 1 + farSlip},
	} {
		if got := slips(tt.a, tt.b, 3); got < tt.want-1e-9 || got > tt.want+1e-9 {
			t.Errorf("slips(%q, %q) = %v; want %v", tt.a, tt.b, got, tt.want)
		}
		if ab, ba := slips(tt.a, tt.b, 3), slips(tt.b, tt.a, 3); ab-ba > 1e-9 || ba-ab > 1e-9 {
			t.Errorf("slips(%q, %q) = %v, but the other way %v", tt.a, tt.b, ab, ba)
		}
	}
}

func FuzzCorrect(f *testing.F) {
	s := newSpeller(spellVocabulary)
	f.Add("excema")
	f.Add("ﬁ–x")
	f.Fuzz(func(t *testing.T, word string) {
		if got, ok := s.correct(word); ok != s.known(got) {
			t.Fatalf("correct(%q) = %q, %v", word, got, ok)
		}
	})
}

func BenchmarkCorrect(b *testing.B) {
	vocab := make(map[string]int)
	rng := rand.New(rand.NewPCG(1, 2))
	for len(vocab) < 30_000 {
		w := make([]byte, 4+rng.IntN(9))
		for i := range w {
			w[i] = "eeeetaoinshrdlucmfwypvbgkjqxz"[rng.IntN(29)]
		}
		vocab[string(w)] = 1 + rng.IntN(100)
	}
	s := newSpeller(vocab)
	for b.Loop() {
		s.correct("oplezura")
	}
}
