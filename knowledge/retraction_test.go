package knowledge

import (
	"strings"
	"testing"
	"testing/fstest"
)

// What was withdrawn is in no list of passages, under no section and no id.
func TestRetractedIsGone(t *testing.T) {
	files := fstest.MapFS{}
	names, err := builtin.ReadDir("articles")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names[:3] {
		src, err := builtin.ReadFile("articles/" + n.Name())
		if err != nil {
			t.Fatal(err)
		}
		files[n.Name()] = &fstest.MapFile{Data: src}
	}
	src, err := builtin.ReadFile("articles/sources.yaml")
	if err != nil {
		t.Fatal(err)
	}
	files[SourcesFile] = &fstest.MapFile{Data: src}
	whole, _, err := Load(files)
	if err != nil {
		t.Fatal(err)
	}
	passage, article := whole.Passages()[0], whole.Passages()[len(whole.Passages())-1].Section.Article
	files[RetractedFile] = &fstest.MapFile{Data: []byte("# withdrawn\n" +
		Retraction{passage.ID, "2026-11-28", "the source\nwas corrected"}.String() + "\n" + Retraction{article.Slug, "2026-11-28", "out of date"}.String() + "\n")}
	lib, problems, err := Load(files)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		if p.File == RetractedFile {
			t.Error(p)
		}
	}
	if lib.Passage(passage.ID) != nil {
		t.Error("the passage is still found by its id")
	}
	if s := lib.Section(passage.Section.Ref()); s != nil {
		for _, p := range s.Passages {
			if p.ID == passage.ID {
				t.Error("the passage still stands in its section")
			}
		}
	}
	for _, p := range lib.Passages() {
		if p.Section.Article.Slug == article.Slug || p.Text == passage.Text {
			t.Errorf("%s is still published", p.ID)
		}
	}
	if got := lib.Article(article.Slug).Status; got != Retracted {
		t.Errorf("the article is %s", got)
	}
	if len(lib.Retracted) != 2 || lib.Retracted[0].Reason != "the source was corrected" {
		t.Errorf("the list reads %+v", lib.Retracted)
	}
}

func TestFaultyRetractions(t *testing.T) {
	_, problems := loadRetractions(fstest.MapFS{RetractedFile: {Data: []byte("slug\t28 November\tx\nslug\n\tx\n\nok\t2026-01-01\tits reason\n")}})
	if len(problems) != 3 || problems[0].Line != 1 || !strings.Contains(problems[0].Fix, "YYYY-MM-DD") {
		t.Errorf("%v; want the faults of lines 1 to 3", problems)
	}
}
