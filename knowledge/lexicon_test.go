package knowledge

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

const smallLexicon = `itch:
  name: itch
  type: symptom
  terms: [itching, "itch, scratch"]
upadacitinib:
  name: upadacitinib
  type: drug
  is_a: [jak-inhibitor]
  route: oral
  not: [itch]
  note: a tablet
jak-inhibitor:
  name: JAK inhibitor
  type: class
`

func TestParseLexicon(t *testing.T) {
	lex, problems := ParseLexicon([]byte(smallLexicon))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	want := &Entity{ID: "upadacitinib", Name: "upadacitinib", Type: "drug", IsA: []string{"jak-inhibitor"}, Route: "oral", Not: []string{"itch"}, Note: "a tablet", Line: 5}
	if got := lex.Entity("upadacitinib"); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := lex.Entity("itch"); !reflect.DeepEqual(got.Terms, []string{"itching", "itch, scratch"}) || got.Route != "none" {
		t.Errorf("got %+v", got)
	}
	if lex.Entity("nothing") != nil || (*Lexicon)(nil).Entity("itch") != nil {
		t.Error("an unknown entity is found")
	}
}

func TestParseLexiconReportsFaults(t *testing.T) {
	tests := []struct{ name, old, new, want string }{
		{"no type", "  type: symptom\n", "", "lexicon.yaml:2: type is missing"},
		{"unknown type", "type: drug", "type: medicine", `lexicon.yaml:7: type "medicine" is unknown`},
		{"no name", "  name: itch\n", "", "lexicon.yaml:2: name is missing"},
		{"unknown kind", "[jak-inhibitor]", "[jak]", `lexicon.yaml:5: entity "upadacitinib" refers to "jak", which does not exist`},
		{"unknown not", "not: [itch]", "not: [scratch]", `lexicon.yaml:5: entity "upadacitinib" refers to "scratch"`},
		{"unknown key", "note:", "nota:", `lexicon.yaml:11: unknown key "nota"`},
		{"entity twice", "upadacitinib:\n", "itch:\n", `lexicon.yaml:5: key "itch" stands twice`},
		{"bad id", "itch:\n  name", "Itch!:\n  name", `lexicon.yaml:1: entity id "Itch!"`},
		{"empty entity", "jak-inhibitor:\n  name: JAK inhibitor\n  type: class\n", "jak-inhibitor:\n", `lexicon.yaml:12: entity "jak-inhibitor" is empty`},
		{"kind of itself", "  type: class\n", "  type: class\n  is_a: [upadacitinib]\n", "is, through is_a, a kind of itself"},
		{"not YAML", "name: itch", "name: itch: no", "lexicon.yaml:2: the lexicon is not valid YAML"},
		{"not UTF-8", "name: itch", "name: \xff", "the file is not UTF-8 text"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, problems := ParseLexicon([]byte(strings.Replace(smallLexicon, test.old, test.new, 1)))
			if !strings.Contains(problems.Error(), test.want) {
				t.Errorf("got %v, want %q", problems, test.want)
			}
		})
	}
}

// Many ways up to the same class must not take time by their number: 15 storeys
// of 15 entities have 15^15 of them.
func TestIsTakesNoTimeByTheWays(t *testing.T) {
	const wide, high = 15, 15
	var b strings.Builder
	for y := range high {
		for x := range wide {
			fmt.Fprintf(&b, "e-%d-%d:\n  name: E %d %d\n  type: topic\n", y, x, y, x)
			if y+1 == high {
				continue
			}
			var up []string
			for i := range wide {
				up = append(up, fmt.Sprintf("e-%d-%d", y+1, i))
			}
			fmt.Fprintf(&b, "  is_a: [%s]\n", strings.Join(up, ", "))
		}
	}
	done := make(chan bool, 1)
	go func() {
		lex, problems := ParseLexicon([]byte(b.String()))
		done <- len(problems) == 0 && lex.Is("e-0-0", fmt.Sprintf("e-%d-0", high-1)) && !lex.Is("e-0-0", "nothing")
	}()
	select {
	case ok := <-done:
		if !ok {
			t.Error("the storeys are not read as kinds of one another")
		}
	case <-time.After(time.Minute):
		t.Fatal("still at it after a minute")
	}
}

// A long chain of kinds is no loop.
func TestLongChainIsNoLoop(t *testing.T) {
	var b strings.Builder
	for i := range 40 {
		fmt.Fprintf(&b, "e-%d:\n  name: E %d\n  type: topic\n", i, i)
		if i < 39 {
			fmt.Fprintf(&b, "  is_a: [e-%d]\n", i+1)
		}
	}
	lex, problems := ParseLexicon([]byte(b.String()))
	if len(problems) > 0 || !lex.Is("e-0", "e-39") {
		t.Errorf("got %v", problems)
	}
}

func TestParseTranslations(t *testing.T) {
	got, problems := parseTranslations([]byte("# comment\n\nes\tPicor\titch\r\nes\tel\t\nes\tla\nfr\tdémangeaison\titch scratch\n"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	want := map[string]map[string]string{"es": {"picor": "itch", "el": "", "la": ""}, "fr": {"démangeaison": "itch scratch"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	_, problems = parseTranslations([]byte("es\tpicor\titch\nspanish\tpicor\titch\nes picor itch\nes\t \titch\n"))
	if len(problems) != 3 || problems[0].Line != 2 || problems[1].Line != 3 || problems[2].Line != 4 {
		t.Errorf("got %v, want faults on lines 2, 3 and 4", problems)
	}
}

// A library with its own lexicon does not see the one that ships.
func TestLoadLexicon(t *testing.T) {
	own, problems, err := LoadLexicon(fstest.MapFS{LexiconFile: {Data: []byte(smallLexicon)}, TranslationsFile: {Data: []byte("es\tpicor\titch\n")}})
	if err != nil || len(problems) > 0 || len(own.Entities) != 3 || own.Translations["es"]["picor"] != "itch" {
		t.Errorf("got %d entities, %v, %v, %v", len(own.Entities), own.Translations, problems, err)
	}
	shipped, _, err := LoadLexicon(fstest.MapFS{})
	if err != nil || shipped.Entity("abrocitinib") == nil {
		t.Errorf("the lexicon that ships is not used: %v", err)
	}
}
