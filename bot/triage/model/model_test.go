package model

import (
	"slices"
	"strings"
	"testing"
)

func testLexicon(t *testing.T) *lexicon {
	t.Helper()
	lx, err := parseLexicon(lexiconText)
	if err != nil {
		t.Fatal(err)
	}
	return lx
}

func TestSplit(t *testing.T) {
	lx := testLexicon(t)
	for _, tt := range []struct {
		name, text, want string
	}{
		{"case and accents", "Não RESPIRA", "nao respira"},
		{"a contraction is one word", "I can't", "i cant"},
		{"a French elision is two", "j'ai mal", "j ai mal"},
		{"letters repeated for emphasis", "soooo bad", "so bad"},
		{"a fever, with either decimal sign", "39,4 and 38.5", "<38> and <38>"},
		{"a weight is no fever", "38 kg, 38.2", "# kg <38>"},
		{"a number and its unit", "3yo", "3 yo"},
		{"a digit inside a word", "k1ll", "kill"},
		{"a word cut by invisible letters", "k\u200bill", "kill"},
		{"mathematical letters", "𝗸𝗶𝗹𝗹", "kill"},
		{"a slip of the keyboard", "swolllen swollne breathign", "swollen swollen breathing"},
		{"nothing", " \n", ""},
	} {
		var got []string
		for _, w := range lx.split(tt.text) {
			got = append(got, w.text)
		}
		if want := strings.Fields(tt.want); !slices.Equal(got, want) {
			t.Errorf("%s: split(%q) = %q, want %q", tt.name, tt.text, got, want)
		}
	}
}

func TestScopes(t *testing.T) {
	lx := testLexicon(t)
	for _, tt := range []struct {
		name, text, concept string
		want                scope
	}{
		{"denied", "i have no fever", "fever", negated},
		{"past", "i had a stroke years ago", "stroke", past},
		{"asked", "can rinvoq cause a stroke?", "stroke", asked},
		{"supposed", "what if i get a fever one day", "fever", supposed},
	} {
		a := lx.analyse(tt.text, "en")
		found := false
		for i, h := range a.hits {
			if lx.concepts[h.concept] == tt.concept {
				found = true
				if a.flags[i]&tt.want == 0 {
					t.Errorf("%s: %q has the scope %b", tt.name, tt.text, a.flags[i])
				}
			}
		}
		if !found {
			t.Errorf("%s: %q does not show %s", tt.name, tt.text, tt.concept)
		}
	}
}

func TestLanguage(t *testing.T) {
	lx := testLexicon(t)
	for text, want := range map[string]string{
		"my eyes are yellow since monday":                "en",
		"me duele la pierna desde ayer y no puedo andar": "es",
		"j'ai mal à la jambe depuis hier":                "fr",
		"ich habe seit gestern schmerzen im bein":        "de",
		"tô com dor na perna desde ontem":                "pt",
	} {
		if a := lx.analyse(text, "en-US"); languages[a.best] != want {
			t.Errorf("%q is %s, want %s", text, languages[a.best], want)
		}
	}
}

func TestWeightsSurviveTheFile(t *testing.T) {
	m, err := Learn([]Example{{Text: "i want to die", Class: Crisis}, {Text: "which cream is good", Class: None}, {Text: "chest pain now", Class: Emergency}, {Text: "fever on rinvoq", Class: SameDay}}, Options{Epochs: 4})
	if err != nil {
		t.Fatal(err)
	}
	n, err := Parse(m.Marshal())
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"i want to die", "cream for chest pain"} {
		if a, b := m.Read(text, ""), n.Read(text, ""); a.Chance != b.Chance {
			t.Errorf("%q: %v before, %v after", text, a.Chance, b.Chance)
		}
	}
	if _, err := Parse([]byte("x")); err == nil {
		t.Error("Parse took a file that holds no weights")
	}
	if _, err := Parse(m.Marshal()[:1000]); err == nil {
		t.Error("Parse took half a file")
	}
}

func TestFaultyLexicon(t *testing.T) {
	for _, text := range []string{"fever", "fever xy: hot"} {
		if _, err := parseLexicon(text); err == nil {
			t.Errorf("parseLexicon(%q) found no fault", text)
		}
	}
}
