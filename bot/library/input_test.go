package library

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf16"

	"salve/knowledge"
)

// bomb is a small archive of much.
func bomb(t *testing.T) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w := must(z.Create("big.md"))(t)
	zeros := make([]byte, 1<<20)
	for range 300 {
		must(w.Write(zeros))(t)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What is no article is refused with a clear sentence, quickly, and changes
// neither the draft nor what is published.
func TestBadInputIsRefused(t *testing.T) {
	good := string(fruitFile("kiwi", "good"))
	utf := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(good)) {
		utf = append(utf, byte(u), byte(u>>8))
	}
	aliases := "---\na: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'l'; c++ {
		aliases += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.Repeat(fmt.Sprintf("*%c,", c-1), 9))
	}
	slug := func(s string) []byte { return []byte(strings.Replace(good, "slug: kiwi-balm", "slug: "+s, 1)) }
	for _, tt := range []struct {
		name    string
		article []byte
		want    string // part of the error
	}{
		{"nothing", nil, ""},
		{"9 MB", append([]byte(good), bytes.Repeat([]byte("More text of it. "), 9<<20/17)...), "bytes"},
		{"binary", append([]byte("\x7fELF\x00\x01"), bytes.Repeat([]byte{0, 0xff, 0xfe}, 1000)...), ""},
		{"zip bomb", bomb(t), ""},
		{"UTF-16", utf, "UTF-8"},
		{"Latin-1", []byte(strings.Replace(good, "title: Eczema", "title: Ecz\xe9ma", 1)), "UTF-8"},
		{"YAML alias bomb", []byte(aliases + "---\n\n## X\n\ntext\n"), ""},
		{"YAML nested past reason", []byte("---\nslug: " + strings.Repeat("[", 50000) + "\n---\n"), ""},
		{"HTML named .md", []byte("<html><body>" + strings.Repeat("<div>", 10000) + "</body></html>"), ""},
		{"path up", slug("../../etc/passwd"), "slug"},
		{"absolute path", slug("/etc/passwd"), "slug"},
		{"backslash", slug(`..\..\boot`), "slug"},
		{"folder", slug("server/other"), "slug"},
		{"NUL", slug("a\x00b"), "NUL"},
		{"line break", slug(`"a\nslug: mango-balm"`), "slug"},
		{"reserved file", slug("retracted.tsv"), "slug"},
		{"no slug", slug(`""`), "slug"},
		{"slug without end", slug(strings.Repeat("a", 5000)), "slug"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ctx := t.Context()
			s := fruitShelf(t, openStore(t))
			ann := s.Actor("ann", "1")
			if _, _, err := s.Put(ctx, "", ann, fruitFile("fig", "kept")); err != nil {
				t.Fatal(err)
			}
			before, _, err := s.both(ctx, "")
			if err != nil {
				t.Fatal(err)
			}
			got, _, err := s.Put(ctx, "", ann, tt.article)
			if err == nil {
				t.Fatalf("it is in the draft as %.100q", got)
			}
			if text := err.Error(); len(text) > 500 || !strings.Contains(text, tt.want) || strings.ContainsRune(text, 0) {
				t.Errorf("the error is %d bytes: %.500q; want a sentence with %q", len(text), text, tt.want)
			}
			after, _, err := s.both(ctx, "")
			if err != nil || after.hash() != before.hash() {
				t.Errorf("the draft changed; %v", err)
			}
			if !says(t, s, "", fruitQuestion("mango"), "first-mango") {
				t.Error("what is published is not answered any more")
			}
		})
	}
}

// A folder or an archive costs no more than a library may.
func TestTooMuchIsRefused(t *testing.T) {
	many := fstest.MapFS{}
	for i := range knowledge.MaxArticles + 20 {
		many[fmt.Sprintf("a%d.md", i)] = &fstest.MapFile{Data: []byte("x")}
	}
	if _, err := ReadFiles(many); err == nil || !strings.Contains(err.Error(), "split the library") {
		t.Errorf("a folder of %d files: %v", len(many), err)
	}
	large := fstest.MapFS{"large.md": {Data: make([]byte, 9<<20)}}
	if _, err := ReadFiles(large); err == nil || !strings.Contains(err.Error(), "large.md has") {
		t.Errorf("a file of 9 MB: %v", err)
	}
	if _, err := Unpack(bomb(t)); err == nil || !strings.Contains(err.Error(), "bytes unpacked") {
		t.Errorf("an archive of 300 MB: %v", err)
	}
	var tricks bytes.Buffer
	z := zip.NewWriter(&tricks)
	for _, name := range []string{"../up.md", "/etc/cron.md", "a/b/c.md", `..\up.md`, "passwd", "ok.md"} {
		must(z.Create(name))(t)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := Unpack(tricks.Bytes())
	if err != nil || len(files) != 1 || files["ok.md"] == nil {
		t.Errorf("an archive with path tricks gives %d files, %v; want ok.md alone", len(files), err)
	}
}
