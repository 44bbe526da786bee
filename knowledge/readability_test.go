package knowledge

import (
	"math"
	"testing"
)

func TestSyllables(t *testing.T) {
	tests := map[string]int{
		"itch": 1, "skin": 1, "the": 1, "a": 1, "cream": 1, "dose": 1, "dosed": 1, "takes": 1, "used": 1, "rhythm": 1,
		"doctor": 2, "tablet": 2, "table": 2, "treated": 2, "needed": 2, "sources": 2, "rashes": 2, "itches": 2, "muscles": 2,
		"eczema": 3, "infection": 3, "medicine": 3, "emergency": 4, "inflammation": 4,
	}
	for word, want := range tests {
		if got := syllables(word); got != want {
			t.Errorf("syllables(%q) = %d, want %d", word, got, want)
		}
	}
}

func TestMeasureText(t *testing.T) {
	lex, problems := ParseLexicon([]byte(smallLexicon))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	names := namesOf(lex)
	tests := []struct {
		name, text string
		want       measure
	}{
		{"two sentences", "Cool the skin. Rest well!", measure{words: 5, sentences: 2, syllables: 5}},
		{"a decimal point ends nothing", "It fell by 14.6 in week 12.", measure{words: 5, sentences: 1, syllables: 5}},
		{"names of drugs and classes do not count", "Upadacitinib is a JAK inhibitor.", measure{words: 2, sentences: 1, syllables: 2}},
		{"symptoms do", "Upadacitinib helps itch.", measure{words: 2, sentences: 1, syllables: 2}},
		{"a list item is a sentence", "Tips:\n- cool cloths\n- short nails", measure{words: 5, sentences: 3, syllables: 5}},
		{"nothing but names and numbers", "Upadacitinib 15", measure{}},
		{"nothing", "", measure{}},
	}
	for _, test := range tests {
		if got := measureText(test.text, names); got != test.want {
			t.Errorf("%s: got %+v, want %+v", test.name, got, test.want)
		}
	}
}

// The formula, worked by hand: 10 words in 2 sentences with 15 syllables.
func TestGrade(t *testing.T) {
	if got, want := (measure{words: 10, sentences: 2, syllables: 15}).grade(), 0.39*5+11.8*1.5-15.59; math.Abs(got-want) > 1e-9 {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := (measure{}).grade(); got != 0 {
		t.Errorf("got %v of nothing, want 0", got)
	}
}
