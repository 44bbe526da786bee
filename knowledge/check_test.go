package knowledge

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"
)

// today is the day by which the cases and the shipped library are judged.
const today = "2026-11-23"

var update = flag.Bool("update", false, "write what is found to the want section of testdata/check")

// Each file of testdata/check is a small library and, as its last file, the
// problems wanted: one a line, without the advice on how to mend it.
func TestCheck(t *testing.T) {
	files, err := filepath.Glob("testdata/check/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			fsys := fstest.MapFS{}
			want := -1
			for i, f := range ar.Files {
				if f.Name == "want" {
					want = i
					continue
				}
				fsys[f.Name] = &fstest.MapFile{Data: f.Data}
			}
			if want < 0 {
				t.Fatal("the case has no want file")
			}
			lib, problems, err := Load(fsys)
			if err != nil {
				t.Fatal(err)
			}
			problems = append(problems, lib.Check(today)...)
			var got strings.Builder
			for _, p := range problems {
				if p.Fix == "" || p.What == "" {
					t.Errorf("%v: what or fix is empty", p)
				}
				line := strings.TrimSuffix(p.Error(), "; "+p.Fix)
				if p.Warning {
					line = "warning: " + line
				}
				fmt.Fprintln(&got, line)
			}
			if *update {
				ar.Files[want].Data = []byte(got.String())
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got.String() != string(ar.Files[want].Data) {
				t.Errorf("got:\n%swant:\n%s", got.String(), ar.Files[want].Data)
			}
		})
	}
}

// Every rule must find something in some case, and pass over something in the
// same case: a rule that never fires, or always does, checks nothing.
func TestEveryRuleHasACase(t *testing.T) {
	var rules []any
	for _, r := range articleRules {
		rules = append(rules, r)
	}
	for _, r := range sectionRules {
		rules = append(rules, r)
	}
	for _, r := range passageRules {
		rules = append(rules, r)
	}
	for _, r := range libraryRules {
		rules = append(rules, r)
	}
	src, err := filepath.Glob("testdata/check/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	var libs []*Library
	for _, file := range src {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		fsys := fstest.MapFS{}
		for _, f := range ar.Files {
			if f.Name != "want" {
				fsys[f.Name] = &fstest.MapFile{Data: f.Data}
			}
		}
		lib, _, err := Load(fsys)
		if err != nil {
			t.Fatal(err)
		}
		libs = append(libs, lib)
	}
	for _, rule := range rules {
		name := runtime.FuncForPC(reflect.ValueOf(rule).Pointer()).Name()
		name = name[strings.LastIndexByte(name, '.')+1:]
		found, passed := 0, 0
		for _, lib := range libs {
			c := &checker{lib: lib, today: today}
			for _, a := range lib.Articles {
				before := len(c.problems)
				switch rule := rule.(type) {
				case func(*checker, *Article):
					rule(c, a)
				case func(*checker, *Section):
					for _, s := range a.Sections {
						rule(c, s)
					}
				case func(*checker, *Passage):
					for _, s := range a.Sections {
						for _, p := range s.Passages {
							rule(c, p)
						}
					}
				}
				if len(c.problems) == before {
					passed++
				}
			}
			if rule, ok := rule.(func(*checker)); ok {
				rule(c)
			}
			found += len(c.problems)
		}
		if found == 0 || passed == 0 {
			t.Errorf("rule %s: found %d problems and passed over %d articles in testdata/check; want some of each", name, found, passed)
		}
	}
}

// A retracted article is not quoted, so nothing of it needs mending.
func TestCheckLeavesRetractedArticlesAlone(t *testing.T) {
	src := "---\ntitle: Old\nslug: old\nsummary: Old.\ntopics: [itch]\naudience: all\nroute: none\nentities: [itch]\nlanguage: en\n" +
		"sources: [{name: Page, publisher: NHS, url: \"https://example.org\", published: 2020, accessed: 2021-01-01}]\n" +
		"reviewed: 2021-01-01\nreviewed_by: somebody\nnext_review: 2021-06-01\nstatus: retracted\n---\n\n" +
		"## Itch\n\n```section\nid: itch\nasks: [self-care]\nquestions: [itch]\nsources: [{name: Page, publisher: NHS, url: \"https://example.org\", published: 2020, accessed: 2021-01-01}]\n```\n\nIt fell in 300% of people.\n"
	lib, problems, err := Load(fstest.MapFS{"old.md": {Data: []byte(src)}, LexiconFile: {Data: []byte(smallLexicon)}})
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	if got := lib.Check(today); len(got) > 0 {
		t.Errorf("Check reports %v, want nothing of a retracted article", got)
	}
}

// Faults are for editors: each tells in a sentence what is wrong and what to do,
// and where, so that an editor can click on it.
func TestProblemForm(t *testing.T) {
	p := &Problem{File: "a.md", Line: 3, What: "it is wrong", Fix: "mend it"}
	if got, want := p.Error(), "a.md:3: it is wrong; mend it"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	p.Line = 0
	if got, want := p.Error(), "a.md: it is wrong; mend it"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if !regexp.MustCompile(`^a\.md: `).MatchString((Problems{p, p}).Error()) {
		t.Error("Problems.Error does not list its problems")
	}
}
