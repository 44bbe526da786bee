package index

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"salve/knowledge"
)

func TestSearchFindsTheSection(t *testing.T) {
	x := smallIndex(t)
	for _, tt := range []struct{ name, question, want string }{
		{"its own question", "what are the side effects of alfacitinib", "alfacitinib#effects"},
		{"a brand and a lay word", "zits on alfaro?", "alfacitinib#effects"},
		{"a misspelt brand", "how fast does betarro work", "betacitinib#speed"},
		{"what is asked decides", "alfaro dose", "alfacitinib#dose"},
		{"shorthand", "wat fx does betaro hav", "betacitinib#effects"},
		{"Spanish", "¿Cuáles son los efectos secundarios de alfaro?", "alfacitinib#effects"},
		{"German", "welche nebenwirkungen hat betaro", "betacitinib#effects"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if res := searchFor(t, x, tt.question); first(res) != tt.want {
				t.Errorf("Search(%q): %s first, want %s; understood as %+v", tt.question, first(res), tt.want, res.Understanding)
			}
		})
	}
	for _, nothing := range []string{"", " \n", "?!", "zxqj wvvk"} {
		if res := searchFor(t, x, nothing); len(res.Hits) > 0 {
			t.Errorf("Search(%q) finds %s", nothing, first(res))
		}
	}
}

// One drug's facts are never an answer about another.
func TestHitsAreOnTheDrugAsked(t *testing.T) {
	x := smallIndex(t)
	for _, tt := range []struct{ question, want string }{
		{"alfaro age", "alfacitinib"}, {"betaro side effects acne headache nausea", "betacitinib"}, {"what dose of betacitinib", "betacitinib"},
	} {
		res := searchFor(t, x, tt.question)
		if len(res.Hits) == 0 {
			t.Errorf("%q finds nothing", tt.question)
		}
		for _, h := range res.Hits {
			if a := h.Passage.Section.Article.Slug; a != tt.want {
				t.Errorf("%q finds %s", tt.question, h.Passage.ID)
			}
		}
	}
}

// A passage on the class of a medicine is on the medicine too; a passage on
// supplements at large is not on vitamin D.
func TestAWiderPassageCoversMedicinesOnly(t *testing.T) {
	x := smallIndex(t)
	for _, tt := range []struct {
		question, entity, section string
		want                      float64
	}{
		{"does codeine itch", "codeine", "other#opioids", widerCover},
		{"do opioids itch", "opioid", "other#opioids", 1},
		{"does vitamin d help", "vitamin-d", "other#supplements", 0},
		{"do supplements help", "supplement", "other#supplements", 1},
		{"alfa inhibitor side effects", "alfa-inhibitor", "alfacitinib#effects", narrowerCover},
	} {
		q, _ := x.understand(Question{Text: tt.question})
		for i := range x.docs {
			if x.docs[i].passage.Section.Ref() != tt.section {
				continue
			}
			for j := range q.units {
				if n := &q.units[j]; n.entity == x.concepts.entity[tt.entity] {
					if got := x.exactly(n, &x.docs[i], &x.sections[x.docs[i].section]); got != tt.want {
						t.Errorf("%q: %s covers %s to %.2f, want %.2f", tt.question, tt.section, tt.entity, got, tt.want)
					}
				}
			}
		}
	}
}

func TestSearchIsDeterministic(t *testing.T) {
	x := smallIndex(t)
	for _, question := range []string{"alfaro side effects and dose for kids in the US", "what causes eczema", "do vitamin d supplements help the itch"} {
		want := searchFor(t, x, question)
		for range 5 {
			if got := searchFor(t, x, question); !reflect.DeepEqual(got, want) {
				t.Errorf("%q: two searches differ\n got %+v\nwant %+v", question, got, want)
			}
		}
	}
	other := newIndex(t, smallFiles())
	a, b := searchFor(t, x, "alfaro side effects"), searchFor(t, other, "alfaro side effects")
	if got, want := fmt.Sprint(scores(a)), fmt.Sprint(scores(b)); got != want {
		t.Errorf("two indexes of one library differ\n%s\n%s", got, want)
	}
}

// scores lists passages with what was found out about them.
func scores(res Result) []string {
	var out []string
	for _, h := range res.Hits {
		out = append(out, fmt.Sprintf("%s %v %v %v %v %v", h.Passage.ID, h.Score, h.Probability, h.Coverage, h.Covered, h.Missing))
	}
	return out
}

func TestConcurrentSearches(t *testing.T) {
	x := smallIndex(t)
	questions := []string{"alfaro dose", "zits on betaro", "what causes eczema", "welche nebenwirkungen hat betaro", "how is gammalib cream used"}
	want := make([]string, len(questions))
	for i, q := range questions {
		want[i] = fmt.Sprint(scores(searchFor(t, x, q)))
	}
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for n := range 20 {
				i := (g + n) % len(questions)
				res, err := x.Search(t.Context(), Question{Text: questions[i]}, 10)
				if err != nil {
					t.Error(err)
				} else if got := fmt.Sprint(scores(res)); got != want[i] {
					t.Errorf("%q differs beside other searches\n got %s\nwant %s", questions[i], got, want[i])
				}
			}
		})
	}
	wg.Wait()
}

func TestNewRefusesAnEmptyLibrary(t *testing.T) {
	files := fstest.MapFS{"a.md": smallArticle("a", "eczema", smallSection{"a", "A?", "cause", "", []string{"a"}, "Some text."})}
	files["a.md"].Data = bytes.Replace(files["a.md"].Data, []byte("status: published"), []byte("status: draft"), 1)
	lib, _, err := knowledge.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(lib); err == nil || !strings.Contains(err.Error(), "set the status of its articles to published") {
		t.Errorf("got %v; want what to do", err)
	}
}

// An index read back from its folder is the one that was written.
func TestFolderHoldsTheSameIndex(t *testing.T) {
	files := smallFiles()
	files["paths.md"] = smallArticle("paths", "eczema", smallSection{"tips", "What helps at night?", "self-care", "",
		[]string{"tips for the night", "sleep with eczema", "what helps in bed"}, "### Bedroom zebra\n\nKeep the room cool.\n\n### Blanket giraffe\n\nUse a light one of cotton."})
	memory := newIndex(t, files)
	dir := filepath.Join(t.TempDir(), "index")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Write(t.Context(), files, dir); err != nil {
		t.Fatal(err)
	}
	disk, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer disk.Close()
	for _, question := range []string{
		"alfaro side effects", "zits", "how old for betaro in the states", "gammalib", "quels sont les effets secondaires",
		"does a zebra help", "giraffe blanket", "what helps at night",
	} {
		got, want := searchFor(t, disk, question), searchFor(t, memory, question)
		if len(want.Hits) == 0 {
			t.Errorf("%q finds nothing", question)
		}
		if !reflect.DeepEqual(scores(got), scores(want)) {
			t.Errorf("%q:\n   folder %q\nin memory %q", question, scores(got), scores(want))
		}
	}
}

func TestOpenSaysWhatToDo(t *testing.T) {
	good := filepath.Join(t.TempDir(), "good")
	if err := os.Mkdir(good, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Write(t.Context(), smallFiles(), good); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		damage func(dir string) error
		want   string
	}{
		{"no folder", os.RemoveAll, "not a finished index"},
		{"a build cut short", func(dir string) error { return os.Remove(filepath.Join(dir, formatFile)) }, "not a finished index"},
		{"another format", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, formatFile), []byte("salve 0\n"), 0o644)
		}, "build the index again"},
		{"a fault in its library", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, libraryFolder, "other.md"), []byte("no front matter"), 0o644)
		}, "was damaged"},
		{"an article more", func(dir string) error {
			a := smallArticle("more", "eczema", smallSection{"a", "More?", "cause", "", []string{"a"}, "Some text."})
			return os.WriteFile(filepath.Join(dir, libraryFolder, "more.md"), a.Data, 0o644)
		}, "build the index again"},
		{"no articles", func(dir string) error { return os.RemoveAll(filepath.Join(dir, libraryFolder)) }, "library folder"},
		{"no engine", func(dir string) error { return os.RemoveAll(filepath.Join(dir, engineFolder)) }, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "index")
			if err := os.CopyFS(dir, os.DirFS(good)); err != nil {
				t.Fatal(err)
			}
			if err := tt.damage(dir); err != nil {
				t.Fatal(err)
			}
			x, err := Open(dir)
			if err == nil {
				x.Close()
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// A library with faults is refused, and the one before it goes on answering.
func TestAFaultyLibraryIsNotPublished(t *testing.T) {
	lib, err := OpenLibrary(filepath.Join(t.TempDir(), "library"))
	if err != nil {
		t.Fatal(err)
	}
	defer lib.Close()
	publish := func(files fstest.MapFS) error {
		_, err := lib.Publish(t.Context(), func(ctx context.Context, dir string) error { return Write(ctx, files, dir) })
		return err
	}
	if err := publish(smallFiles()); err != nil {
		t.Fatal(err)
	}
	bad := smallFiles()
	bad["alfacitinib.md"] = &fstest.MapFile{Data: []byte("---\ntitle: A\n---\n\n## A\n")}
	if err := publish(bad); err == nil || !strings.Contains(err.Error(), "alfacitinib.md:") {
		t.Errorf("publishing a faulty library: %v; want its faults", err)
	}
	if lib.Number() != 1 {
		t.Errorf("generation %d is served, want 1", lib.Number())
	}
	err = lib.Use(t.Context(), func(_ context.Context, x *Index) error {
		if got := first(searchFor(t, x, "alfaro dose")); got != "alfacitinib#dose" {
			t.Errorf("%q answers after the refusal", got)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
