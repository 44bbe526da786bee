package index

import (
	"testing"

	"salve/knowledge"
)

// Every line of the shipped library belongs to a country: who names none, or
// another, must never get one country's number as theirs.
func TestOneCountrysPassageIsForWhoNamesIt(t *testing.T) {
	lib, problems, err := knowledge.Load(knowledge.Builtin())
	if err != nil || len(problems.Faults()) > 0 {
		t.Fatal(err, problems)
	}
	x, err := New(lib)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ question, section, not string }{
		{"crisis line in Spain", "spain", "germany"},
		{"telefonseelsorge number", "germany", "spain"},
		{"mindline", "singapore", "germany"},
		{"suicide hotline number", "", "germany"},
		{"is the suicide line open at night", "", "south-korea"},
		{"crisis line in Peru", "", "spain"},
		{"who can i call in japan", "japan", "spain"},
		{"will it rain in Dublin tomorrow", "", "ireland"},
		{"hotels in madrid", "", "spain"},
	} {
		got := map[string]bool{}
		for _, h := range searchFor(t, x, tt.question).Hits {
			if s := h.Passage.Section; s.Article.Slug == "crisis-lines-by-country" {
				got[s.ID] = true
			}
		}
		if got[tt.not] || tt.section != "" && !got[tt.section] {
			t.Errorf("%q finds the sections %v; want %q and not %q", tt.question, got, tt.section, tt.not)
		}
	}
}
