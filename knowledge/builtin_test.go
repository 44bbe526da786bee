package knowledge

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

func builtinLibrary(t testing.TB) *Library {
	t.Helper()
	lib, problems, err := Load(Builtin())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems.Faults() {
		t.Errorf("%v", p)
	}
	return lib
}

// The library that ships has no fault, as of the day it was written.
func TestBuiltinLibraryIsClean(t *testing.T) {
	for _, p := range builtinLibrary(t).Check(today) {
		if p.Warning {
			t.Logf("warning: %v", p)
			continue
		}
		t.Errorf("%v", p)
	}
}

// What the library promises to be: large enough, easy to read, sourced throughout.
func TestBuiltinLibraryHoldsItsPromises(t *testing.T) {
	lib := builtinLibrary(t)
	if n := len(lib.Articles); n < 60 {
		t.Errorf("%d articles, want 60 or more", n)
	}
	if n := len(lib.Passages()); n < 450 {
		t.Errorf("%d passages, want 450 or more", n)
	}
	c := &checker{lib: lib, today: today}
	var grades []float64
	for _, a := range lib.Articles {
		grades = append(grades, c.articleGrade(a))
	}
	if m := median(grades); m >= 9 {
		t.Errorf("median reading grade %.1f, want under 9", m)
	}
	for _, p := range lib.Passages() {
		if !sourced(p) {
			t.Errorf("%s has no dated source", p.ID)
		}
	}
	if n := len(lib.Lexicon.Entities); n < 330 {
		t.Errorf("%d groups of words, want 330 or more", n)
	}
}

// No clinician has reviewed the library yet, and it must not say otherwise.
func TestBuiltinLibraryInventsNoReviewer(t *testing.T) {
	for _, a := range builtinLibrary(t).Articles {
		if a.ReviewedBy != NotReviewed {
			t.Errorf("%s: reviewed_by is %q; keep a record of the review beside the change", a.File, a.ReviewedBy)
		}
	}
}

// The founding article listed "swelling in the back of your throat" as an
// ordinary effect. Wherever the library speaks of such swelling, whatever the
// passage is about, the passage itself must say that it is an alarm.
func TestThroatSwellingIsNeverOrdinary(t *testing.T) {
	lib := builtinLibrary(t)
	seen := 0
	for _, p := range lib.Passages() {
		if !swelling.MatchString(p.Text) {
			continue
		}
		seen++
		if !alarm.MatchString(p.Text) {
			t.Errorf("%s speaks of swelling without alarm: %q", p.ID, p.Text)
		}
	}
	if seen < 3 {
		t.Errorf("%d passages speak of throat swelling; want some, with the alarm", seen)
	}
	if !slices.Contains(lib.Lexicon.Entity("throat-swelling").Not, "sore-throat") {
		t.Error("the lexicon does not tell throat swelling from a sore throat")
	}
}

// Pairs that are searched together but are not the same thing, both ways.
func TestLexiconTellsApart(t *testing.T) {
	lex := builtinLibrary(t).Lexicon
	for _, pair := range [][2]string{
		{"ruxolitinib-cream", "ruxolitinib-tablets"}, {"hepatitis-b", "hepatitis-c"}, {"throat-swelling", "sore-throat"},
		{"throat-swelling", "nasopharyngitis"}, {"anticoagulant", "antiplatelet-medicine"}, {"tacrolimus-ointment", "tacrolimus-tablets"},
		{"oral-jak-inhibitor", "topical-jak-inhibitor"}, {"oral-corticosteroid", "topical-corticosteroid"},
		{"red-skin-syndrome", "red-skin-all-over"}, {"shingles", "chickenpox"},
	} {
		for _, p := range [][2]string{pair, {pair[1], pair[0]}} {
			if e := lex.Entity(p[0]); e == nil || !slices.Contains(e.Not, p[1]) {
				t.Errorf("%s is not told from %s", p[0], p[1])
			}
		}
	}
}

func TestLexiconKinds(t *testing.T) {
	lex := builtinLibrary(t).Lexicon
	for _, test := range []struct {
		id, wide string
		want     bool
	}{
		{"abrocitinib", "jak-inhibitor", true},
		{"abrocitinib", "oral-jak-inhibitor", true},
		{"ruxolitinib-cream", "jak-inhibitor", true},
		{"ruxolitinib-cream", "oral-jak-inhibitor", false},
		{"dupilumab", "biologic", true},
		{"dupilumab", "jak-inhibitor", false},
		{"hydrocortisone", "topical-corticosteroid", true},
		{"tacrolimus-ointment", "calcineurin-inhibitor", true},
		{"eczema-herpeticum", "infection", true},
		{"deep-vein-thrombosis", "blood-clot", true},
		{"blood-clot", "deep-vein-thrombosis", false},
		{"jak-inhibitor", "jak-inhibitor", true},
		{"nothing", "jak-inhibitor", false},
	} {
		if got := lex.Is(test.id, test.wide); got != test.want {
			t.Errorf("Is(%s, %s) = %v, want %v", test.id, test.wide, got, test.want)
		}
	}
}

// A share written with a decimal point, an address or a date must not read as
// the end of a sentence, nor may a passage hold what only an editor should see.
func TestBuiltinPassagesArePlain(t *testing.T) {
	markup := regexp.MustCompile("[*_`]{2}|\\]\\(|<[a-z/]|https?://|&[a-z]+;|\\bTODO\\b|\\bunconfirmed\\b")
	for _, p := range builtinLibrary(t).Passages() {
		if m := markup.FindString(p.Text); m != "" {
			t.Errorf("%s holds %q: %q", p.ID, m, p.Text)
		}
		if !strings.ContainsAny(p.Text[len(p.Text)-1:], ".!?)") && p.Shape == Paragraph {
			t.Errorf("%s does not end like a sentence: %q", p.ID, p.Text)
		}
	}
}
