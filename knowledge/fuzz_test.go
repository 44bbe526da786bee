package knowledge

import (
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"
)

// Whatever is uploaded, reading it ends without panic, every problem is whole,
// and what was read of it can be quoted.
func FuzzParse(f *testing.F) {
	f.Add([]byte(article))
	for _, test := range faultTests {
		if len(test.new) < 1000 {
			f.Add([]byte(strings.Replace(article, test.old, test.new, 1)))
		}
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		a, problems := Parse("f.md", src, knownSources)
		lines := strings.Count(string(src), "\n") + 1
		for _, p := range problems {
			if p.What == "" || p.Fix == "" || p.Line < 0 || p.Line > lines {
				t.Errorf("problem %+v of a file of %d lines", p, lines)
			}
		}
		for _, s := range a.Sections {
			for _, p := range s.Passages {
				if p.Text == "" || !utf8.ValidString(p.Text) || len(p.Hash) != 64 || p.Line < 1 || p.Line > lines {
					t.Errorf("passage %+v", p)
				}
			}
		}
		again, _ := Parse("f.md", src, knownSources)
		for i, s := range a.Sections {
			if passageIDs(s) != passageIDs(again.Sections[i]) {
				t.Error("reading twice gives other ids")
			}
		}
		lib, _, err := Load(fstest.MapFS{"f.md": {Data: src}, LexiconFile: {Data: []byte(smallLexicon)}})
		if err != nil {
			t.Fatal(err)
		}
		_ = lib.Check(today)
		_ = lib.Report(discard{}, today)
		_ = lib.WriteSources(discard{}, a.Slug)
	})
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

func FuzzParseLexicon(f *testing.F) {
	f.Add([]byte(smallLexicon))
	f.Add([]byte("a: {name: a, type: topic, is_a: [b]}\nb: {name: b, type: topic, is_a: [a]}\n"))
	f.Add([]byte("a: &x {name: a}\nb: *x\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		lex, problems := ParseLexicon(src)
		for _, p := range problems {
			if p.What == "" || p.Fix == "" {
				t.Errorf("problem %+v", p)
			}
		}
		for _, e := range lex.Entities {
			if !lex.Is(e.ID, e.ID) {
				t.Errorf("%q is not itself", e.ID)
			}
			for _, up := range e.IsA {
				if lex.Is(up, e.ID) {
					t.Errorf("%q is a kind of itself", e.ID)
				}
			}
		}
		sharedTerms(&checker{lib: &Library{Lexicon: lex}, today: today})
	})
}

func FuzzParseTranslations(f *testing.F) {
	f.Add([]byte("es\tpicor\titch\n# c\nes\tel\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		words, problems := parseTranslations(src)
		for _, p := range problems {
			if p.Line > strings.Count(string(src), "\n")+1 {
				t.Errorf("problem %+v", p)
			}
		}
		for lang, m := range words {
			for w := range m {
				if len(lang) != 2 || strings.TrimSpace(w) == "" {
					t.Errorf("%q: %q", lang, w)
				}
			}
		}
	})
}

func FuzzLoadSources(f *testing.F) {
	f.Add([]byte("leaflet:\n  name: L\n  publisher: E\n  url: https://example.org\n  published: undated\n  accessed: 2026-11-01\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		sources, _ := loadSources(fstest.MapFS{SourcesFile: {Data: src}})
		for k, s := range sources {
			if s == nil || s.Key != k {
				t.Errorf("source %q is %+v", k, s)
			}
		}
	})
}
