package knowledge

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// folder returns a library folder with the article under several names.
func folder(files map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{
		LexiconFile: {Data: []byte(smallLexicon)},
		SourcesFile: {Data: []byte("leaflet:\n  name: Leaflet\n  publisher: EMA\n  url: https://example.org\n  published: undated\n  accessed: 2026-11-01\n")},
	}
	for name, src := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(src)}
	}
	return fsys
}

// variant returns the article with another slug and other words.
func variant(slug string, oldnew ...string) string {
	src := strings.NewReplacer("slug: itch", "slug: "+slug, ", other#part", "", "Itch eases", "Itch of "+slug+" eases").Replace(article)
	return strings.NewReplacer(oldnew...).Replace(src)
}

func TestLoad(t *testing.T) {
	lib, problems, err := Load(folder(map[string]string{
		"zebra.md":        variant("zebra"),
		"sub/apple.md":    variant("apple"),
		"draft.md":        variant("draft", "status: published", "status: draft"),
		"gone.md":         variant("gone", "status: published", "status: retracted"),
		"README.md":       "not an article",
		"sub/README.md":   "not an article",
		"sub/deep/far.md": "too deep to be read",
		"notes.txt":       "not Markdown",
	}))
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	var slugs []string
	for _, a := range lib.Articles {
		slugs = append(slugs, a.Slug)
	}
	if got, want := strings.Join(slugs, " "), "apple draft gone zebra"; got != want {
		t.Errorf("articles %q, want %q", got, want)
	}
	for _, p := range lib.Passages() {
		if p.Section.Article.Status != Published {
			t.Errorf("%s may be quoted, but its article is %s", p.ID, p.Section.Article.Status)
		}
		if lib.Passage(p.ID) != p {
			t.Errorf("Passage(%q) is another passage", p.ID)
		}
	}
	if n := len(lib.Passages()); n != 12 {
		t.Errorf("%d passages may be quoted, want the 6 of apple and the 6 of zebra", n)
	}
	if lib.Article("zebra") == nil || lib.Article("draft") == nil || lib.Article("nothing") != nil {
		t.Error("Article finds the wrong articles")
	}
	if lib.Section("zebra#sleep") == nil || lib.Section("zebra#nothing") != nil || lib.Section("zebra") != nil {
		t.Error("Section finds the wrong sections")
	}
	if lib.Passage("zebra#sleep/0000000000") != nil {
		t.Error("Passage finds what is not there")
	}
}

// The order and the ids do not depend on how the files are named.
func TestLoadKeepsIDsWhenFilesAreRenamed(t *testing.T) {
	ids := func(files map[string]string) string {
		lib, _, err := Load(folder(files))
		if err != nil {
			t.Fatal(err)
		}
		set := map[string]bool{}
		for _, p := range lib.Passages() {
			set[p.ID] = true
		}
		return fmt.Sprint(set)
	}
	a := ids(map[string]string{"a.md": variant("a"), "b.md": variant("b")})
	b := ids(map[string]string{"x/b2.md": variant("b"), "a2.md": variant("a")})
	if a != b {
		t.Errorf("ids differ:\n%s\n%s", a, b)
	}
}

// What one section says of two that disagree holds for both.
func TestDifferingSectionsNameEachOther(t *testing.T) {
	lib, problems, err := Load(folder(map[string]string{"a.md": variant("itch", "with: [sleep]", "differs: [sleep]")}))
	if err != nil || len(problems.Faults()) > 0 {
		t.Fatal(err, problems)
	}
	for ref, other := range map[string]string{"itch#relief": "itch#sleep", "itch#sleep": "itch#relief"} {
		if got := lib.Section(ref).Differs; !slices.Equal(got, []string{other}) {
			t.Errorf("%s differs from %v", ref, got)
		}
	}
}

func TestLoadReportsFaults(t *testing.T) {
	tests := []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"slug twice", map[string]string{"a.md": variant("itch"), "b.md": variant("itch")}, `b.md:1: slug "itch" is also that of a.md`},
		{"no such section", map[string]string{"a.md": variant("itch", "with: [sleep]", "with: [other#part]")}, `a.md:24: section "relief" must come with "other#part", which does not exist`},
		{"no such section that differs", map[string]string{"a.md": variant("itch", "with: [sleep]", "differs: [other#part]")}, `a.md:24: section "relief" differs from "other#part", which does not exist`},
		{"differs from itself", map[string]string{"a.md": variant("itch", "with: [sleep]", "differs: [relief]")}, `a.md:24: section "relief" differs from itself`},
		{"unknown entity", map[string]string{"a.md": variant("itch", "entities: [itch]", "entities: [itching]")}, `a.md:1: entity "itching" is not in the lexicon`},
		{"passage twice", map[string]string{"a.md": variant("itch", "- cool cloths", "- cool cloths\n- short nails\n\nItch tips:\n\n- cool cloths")}, "a.md:48: the same passage stands twice in one section"},
		{"bad source", map[string]string{"a.md": variant("itch"), SourcesFile: "leaflet:\n  name: L\n"}, "sources.yaml:2: publisher is missing from the source leaflet"},
		{"sources not a mapping", map[string]string{"a.md": variant("itch"), SourcesFile: "- leaflet\n"}, `sources.yaml:1: the list of sources holds no "key: value" lines`},
		{"empty source", map[string]string{"a.md": variant("itch"), SourcesFile: "leaflet:\n"}, `sources.yaml:1: source "leaflet" is empty`},
		{"sources not UTF-8", map[string]string{"a.md": variant("itch"), SourcesFile: "leaflet: \xff\n"}, "sources.yaml: the file is not UTF-8 text"},
		{"huge file", map[string]string{"a.md": strings.Repeat("x", MaxArticle+1)}, "a.md: the file has"},
		{"bad lexicon", map[string]string{"a.md": variant("itch"), LexiconFile: "itch: {name: itch}\n"}, "lexicon.yaml:1: type is missing"},
		{"bad translation", map[string]string{"a.md": variant("itch"), TranslationsFile: "picor itch\n"}, "translations.tsv:1: the line is not language"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, problems, err := Load(folder(test.files))
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(problems.Error(), test.want) {
				t.Errorf("got %v, want %q", problems, test.want)
			}
			if len(problems.Faults()) == 0 {
				t.Error("the library may be published")
			}
		})
	}
}

// All faults of all files come in one pass, ordered as an editor works.
func TestLoadReportsEverythingInOrder(t *testing.T) {
	_, problems, err := Load(folder(map[string]string{
		"b.md": variant("b", "title: Itch\n", "", "status: published", "status: live", "asks: [self-care]\n", "asks: [x]\n"),
		"a.md": variant("a", "next_review: 2027-05-01", "next_review: soon"),
	}))
	if err != nil {
		t.Fatal(err)
	}
	var at []string
	for _, p := range problems {
		at = append(at, fmt.Sprintf("%s:%d", p.File, p.Line))
	}
	if got, want := strings.Join(at, " "), "a.md:19 b.md:2 b.md:19 b.md:52"; got != want {
		t.Errorf("problems at %s, want %s", got, want)
	}
}

func TestLoadOfNoLibrary(t *testing.T) {
	if _, _, err := Load(fstest.MapFS{"notes.txt": {Data: []byte("x")}}); err == nil || !strings.Contains(err.Error(), "holds no article") {
		t.Errorf("got %v", err)
	}
	sub, err := fs.Sub(fstest.MapFS{}, "nowhere")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := Load(sub); err == nil {
		t.Error("a folder that is not there is a library")
	}
}
