package knowledge

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"regexp"
	"strings"
	"testing"
)

func parseClean(t *testing.T, src string) *Article {
	t.Helper()
	a, problems := Parse("itch.md", []byte(src), knownSources)
	if len(problems) > 0 {
		t.Fatalf("faults: %v", problems)
	}
	return a
}

func passageIDs(s *Section) string {
	var ids []string
	for _, p := range s.Passages {
		ids = append(ids, p.ID)
	}
	return strings.Join(ids, " ")
}

// The hash is that of the words as shown, so that anybody can check a quotation
// with sha256sum; the id is made of it.
func TestHashIsOfTheText(t *testing.T) {
	for _, s := range parseClean(t, article).Sections {
		for _, p := range s.Passages {
			sum := sha256.Sum256([]byte(p.Text))
			if want := hex.EncodeToString(sum[:]); p.Hash != want {
				t.Errorf("%q: hash %s, want %s", p.Text, p.Hash, want)
			}
			if want := s.Ref() + "/" + p.Hash[:10]; p.ID != want {
				t.Errorf("id %s, want %s", p.ID, want)
			}
		}
	}
}

// A change in one place leaves the ids of all other passages as they were, so
// that counters, retractions and links keep meaning what they meant.
func TestIDsOutliveOtherChanges(t *testing.T) {
	before := parseClean(t, article)
	tests := []struct {
		name, old, new string
		same           []bool // by section: whether its ids stay
	}{
		{"another section's words", "bedroom | 18", "bedroom | 17", []bool{true, false}},
		{"a word of the first section", "is cool", "is cold", []bool{false, true}},
		{"front matter", "title: Itch", "title: Itching", []bool{true, true}},
		{"a heading", "## Itch: what helps?", "## What helps itch?", []bool{true, true}},
		{"how people ask", "stop the itch", "make the itch stop", []bool{true, true}},
		{"line breaks", "cloth \\*helps\\* at\nonce", "cloth\n\\*helps\\*\nat once", []bool{true, true}},
		{"a section between", "## Sleep and itch\n", "## Cold\n\n```section\nid: cold\nasks: [help]\nquestions: [x]\nsources: [leaflet]\n```\n\nCold helps itch.\n\n## Sleep and itch\n", []bool{true, true}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			after := parseClean(t, strings.Replace(article, test.old, test.new, 1))
			for i, s := range []string{"relief", "sleep"} {
				was, is := passageIDs(before.Sections[i]), ""
				for _, sec := range after.Sections {
					if sec.ID == s {
						is = passageIDs(sec)
					}
				}
				if (was == is) != test.same[i] {
					t.Errorf("section %s: ids %q became %q, want same: %v", s, was, is, test.same[i])
				}
			}
		})
	}
}

// A new passage in a section leaves the ids of its neighbours as they were.
func TestIDsOutliveANewNeighbour(t *testing.T) {
	before := passageIDs(parseClean(t, article).Sections[0])
	after := passageIDs(parseClean(t, strings.Replace(article, "Itch tips:", "Itch is common.\n\nItch tips:", 1)).Sections[0])
	for _, id := range strings.Fields(before) {
		if !strings.Contains(after, id) {
			t.Errorf("id %s is gone; there are %s", id, after)
		}
	}
}

// A whole list is one passage with its lead-in, and never cut.
func TestListIsOnePassage(t *testing.T) {
	var items []string
	for range 60 {
		items = append(items, "- a cool cloth on the spot")
	}
	a := parseClean(t, strings.Replace(article, "- cool cloths\n- short\n  nails", strings.Join(items, "\n"), 1))
	p := a.Sections[0].Passages[1]
	if p.Shape != List || strings.Count(p.Text, "\n- ") != 60 || !strings.HasPrefix(p.Text, "Itch tips:\n") {
		t.Errorf("got %s %q", p.Shape, p.Text)
	}
}

var word = regexp.MustCompile(`[\pL\pN]+(?:[.,%'’-][\pL\pN]+)*`)

// Word for word: the words of every shipped passage stand in its article, in the
// same order. A table row also holds its lead-in and header, which stand above.
func TestPassagesHoldTheirArticlesWords(t *testing.T) {
	lib := builtinLibrary(t)
	for _, a := range lib.Articles {
		src, err := fs.ReadFile(Builtin(), a.File)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(string(src), "\n")
		for _, s := range a.Sections {
			for _, p := range s.Passages {
				from := lines[p.Line-1:]
				text := p.Text
				if p.Shape == Row {
					// cells after their header: "header: cell; header: cell"
					i := strings.LastIndexByte(text, '\n') + 1
					if lead := text[:i]; lead != "" && !inOrder(lead, strings.Join(lines[s.Line:], "\n")) {
						t.Errorf("%s: lead-in %q is not in the section", p.ID, lead)
					}
					for _, cell := range strings.Split(from[0], "|") {
						if c := strings.Join(strings.Fields(cell), " "); c != "-" && !strings.Contains(text[i:], strings.ReplaceAll(c, `\`, "")) {
							t.Errorf("%s: cell %q is not in the passage %q", p.ID, c, text)
						}
					}
					continue
				}
				if !inOrder(text, strings.Join(from, "\n")) {
					t.Errorf("%s (line %d): the words are not those of the file: %q", p.ID, p.Line, text)
				}
			}
		}
	}
}

// inOrder reports whether src opens with the words of text, one after another,
// with no other word between.
func inOrder(text, src string) bool {
	want, have := word.FindAllString(text, -1), word.FindAllString(src, -1)
	for start := range have {
		if start+len(want) > len(have) {
			return false
		}
		n := 0
		for n < len(want) && have[start+n] == want[n] {
			n++
		}
		if n == len(want) {
			return true
		}
	}
	return len(want) == 0
}
