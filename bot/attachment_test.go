package bot

import (
	"bytes"
	"strings"
	"testing"

	"salve/bot/library/librarytest"
	"salve/bot/simulator"
)

// A file becomes a draft, or is refused with a reason and changes nothing.
func TestAttachedArticles(t *testing.T) {
	w, shelf, _ := moderated(t)
	mod := w.act()
	good := librarytest.Kiwi("how-to-use")
	for _, tt := range []struct {
		name  string
		file  simulator.Attachment
		wants string
		added bool
	}{
		{"9 MB", simulator.Attachment{Name: "a.md", Data: bytes.Repeat([]byte("a "), 9<<19)}, "bytes; split it", false},
		{"9 MB that says it is small", simulator.Attachment{Name: "a.md", Data: bytes.Repeat([]byte("a "), 9<<19), Size: 10}, "bytes; split it", false},
		{"binary", simulator.Attachment{Name: "a.md", Data: []byte("PK\x03\x04\x00\x00")}, "not UTF-8 text", false},
		{"UTF-16", simulator.Attachment{Name: "a.md", Data: []byte("\xff\xfe-\x00-\x00-\x00")}, "not UTF-8 text", false},
		{"nested page", simulator.Attachment{Name: "a.html", Data: []byte("<title>t</title>" + strings.Repeat("<div>", 300) + "x")}, "nested", false},
		{"no front matter", simulator.Attachment{Name: "a.md", Data: []byte("Just words.")}, "front matter", false},
		{"a name full of markup", simulator.Attachment{Name: "<img src=x onerror=alert(1)>.md", Data: []byte("x")}, "front matter", false},
		{"Markdown", simulator.Attachment{Name: "kiwi.md", Data: good}, "Nothing is wrong", true},
		{"page", simulator.Attachment{Name: "page.html", Data: []byte("<title>Eczema plums</title><p>Eczema plums are plums.</p>")}, "name where the facts come from", true},
		{"page by its content", simulator.Attachment{Name: "page.md", Data: []byte("<!DOCTYPE html><title>Eczema pears</title><p>Eczema pears are pears.</p>")}, "can't vouch for itself", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before, err := shelf.List(t.Context(), w.channel.Guild)
			if err != nil {
				t.Fatal(err)
			}
			wants(t, w.reply(w.sim.Run(mod, "library", simulator.Values{"add": simulator.Sub{"file": tt.file}})), tt.wants)
			after, err := shelf.List(t.Context(), w.channel.Guild)
			if err != nil {
				t.Fatal(err)
			}
			if got := len(after) - len(before); (got == 1) != tt.added {
				t.Errorf("%d articles more", got)
			}
		})
	}
}
