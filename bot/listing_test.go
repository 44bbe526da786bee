package bot

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"salve/bot/library"
	"salve/bot/library/librarytest"
	"salve/bot/simulator"
)

// file is the only file of a message.
func (w *world) file(m *simulator.Message) simulator.Attachment {
	w.t.Helper()
	files := m.Files()
	if len(files) != 1 {
		w.t.Fatalf("the message has %d files:\n%s", len(files), m.Text())
	}
	if !m.Private() {
		w.t.Error("a file of the moderators is public")
	}
	return files[0]
}

// A long list is read page by page, whole, by who asked for it and still is a
// moderator.
func TestLongListsHavePages(t *testing.T) {
	w, shelf, _ := moderated(t)
	mod := w.act()
	by := shelf.Actor("Ana", mod.User.ID)
	for i := range 60 {
		slug := fmt.Sprintf("fruit-%02d-balm", i)
		if _, _, err := shelf.Add(t.Context(), w.guild, by, librarytest.Article(slug, "Eczema fruit balm number "+slug, "what is "+slug, "Eczema "+slug+" is a balm.", "definition")); err != nil {
			t.Fatal(err)
		}
	}
	m := w.reply(w.library(mod, "list", nil))
	seen, pages := m.Text(), 1
	for ; ; pages++ {
		id, err := m.Button("Next page")
		if err != nil {
			break
		}
		w.reply(w.sim.Click(mod, m, id))
		seen += m.Text()
	}
	for i := range 60 {
		if !strings.Contains(seen, fmt.Sprintf("fruit-%02d-balm", i)) {
			t.Errorf("no page lists article %d", i)
		}
	}
	if pages < 2 {
		t.Fatalf("%d pages", pages)
	}
	wants(t, m, fmt.Sprintf("Page %d of %d", pages, pages))
	id, err := m.Button("Back")
	if err != nil {
		t.Fatal(err)
	}
	ben := w.moderator("Ben")
	wants(t, w.reply(w.sim.Click(ben, m, id)), "Only the person who asked")
	mod.User.Permissions = 0
	wants(t, w.reply(w.sim.Click(mod, m, id)), "Only the moderators")
	wants(t, m, fmt.Sprintf("Page %d of %d", pages, pages)) // it did not turn
}

// Every line stands on one page, whatever its letters weigh.
func TestPaged(t *testing.T) {
	var lines []string
	for i := range 300 {
		lines = append(lines, fmt.Sprintf("line %03d %s", i, strings.Repeat("皮", i*7)))
	}
	pages := paged(lines)
	all := strings.Join(pages, "\n")
	for i := range lines {
		if !strings.Contains(all, fmt.Sprintf("- line %03d ", i)) {
			t.Errorf("line %d is on no page", i)
		}
	}
	for i, p := range pages {
		if size(p) > listChars || len(p) > listBytes {
			t.Errorf("page %d has %d characters, %d bytes", i, size(p), len(p))
		}
	}
	if paged(nil) != nil {
		t.Error("no lines have a page")
	}
}

// The library, the audit, a preview and a long article are had as files.
func TestFilesForModerators(t *testing.T) {
	w, shelf, _ := moderated(t)
	mod := w.act()
	wants(t, w.reply(w.library(mod, "export", nil)), "Nothing is published here yet")
	long := librarytest.Kiwi("how-to-use")
	for i := range 150 {
		long = fmt.Appendf(long, "\nThe eczema kiwi bath takes ten minutes in month %d.\n", i)
	}
	wants(t, w.reply(w.library(mod, "judged", simulator.Values{"add": librarytest.KiwiQuestion, "words": "two kiwis"})), "in the draft")
	wants(t, w.reply(w.sim.Run(mod, "library", simulator.Values{"add": simulator.Sub{"file": simulator.Attachment{Name: "k.md", Data: long}}})), "kiwi-bath")
	shown := w.reply(w.library(mod, "show", simulator.Values{"article": "kiwi-bath"}))
	wants(t, shown, "Eczema kiwi bath", "the whole article is in the file")
	if f := w.file(shown); f.Name != "kiwi-bath.md" || !bytes.Equal(f.Data, long) {
		t.Errorf("the file %s has %d bytes; want the article's %d", f.Name, len(f.Data), len(long))
	}
	wants(t, w.reply(w.library(mod, "edit", simulator.Values{"article": "kiwi-bath"})), "too long for a form", "/library show")
	edited := bytes.Replace(long, []byte("ten minutes"), []byte("nine minutes"), 1)
	wants(t, w.reply(w.sim.Run(mod, "library", simulator.Values{"edit": simulator.Sub{"article": "kiwi-bath", "file": simulator.Attachment{Name: "k.md", Data: edited}}})), "kiwi-bath", "in the draft")
	wants(t, w.reply(w.sim.Run(mod, "library", simulator.Values{"edit": simulator.Sub{"article": "mango-balm", "file": simulator.Attachment{Name: "k.md", Data: edited}}})), "mango-balm", "keep the slug")

	m := w.previewed(mod)
	if strings.Contains(m.Text(), "not answered as they should be") {
		t.Errorf("the judged question is answered, and told as not:\n%s", m.Text())
	}
	if f := w.file(w.click(m, "As a file")); f.Name != "preview.md" || !strings.Contains(string(f.Data), librarytest.KiwiText) {
		t.Errorf("the preview's file %s:\n%.300s", f.Name, f.Data)
	}
	wants(t, w.click(m, "Publish"), "Published as version 1")
	wants(t, w.click(m, "As a file"), "The draft changed since it was previewed")

	f := w.file(w.reply(w.library(mod, "export", nil)))
	z, err := zip.NewReader(bytes.NewReader(f.Data), int64(len(f.Data)))
	if err != nil || len(z.File) != 2 || z.File[1].Name != "kiwi-bath.md" {
		t.Errorf("the export %s: %v, %d files", f.Name, err, len(z.File))
	}
	audit := w.reply(w.library(mod, "audit", nil))
	wants(t, audit, "published", "wrote")
	want, err := shelf.Audit(t.Context(), w.guild)
	if err != nil {
		t.Fatal(err)
	}
	var csv bytes.Buffer
	if err := library.WriteAudit(&csv, want); err != nil {
		t.Fatal(err)
	}
	if f := w.file(w.click(audit, "As a file")); f.Name != "audit.csv" || !bytes.Equal(f.Data, csv.Bytes()) {
		t.Errorf("the file %s:\n%s\nwant\n%s", f.Name, f.Data, csv.Bytes())
	}
}

// A file that Discord would not take is not sent, and its size is told.
func TestFileTooLargeIsTold(t *testing.T) {
	turn := &turn{lang: "en", in: &interaction{MaxFile: 1 << 20}}
	m := turn.attach(plain("x"), upload{"a.zip", make([]byte, 1<<20+1)})
	if len(m.files) != 0 || !strings.Contains(m.Components[0].Content, "1.0 MB") {
		t.Errorf("%d files, %q", len(m.files), m.Components[0].Content)
	}
	turn.in.MaxFile = 0 // not told
	if m := turn.attach(plain("x"), upload{"a.zip", make([]byte, maxUpload)}); len(m.files) != 1 {
		t.Error("the largest file that Discord takes is not sent")
	}
}

// A server adds a judged question of its own, sees it and removes it.
func TestJudgedOnDiscord(t *testing.T) {
	w, _, _ := moderated(t)
	mod := w.act()
	judged := func(v simulator.Values) *simulator.Message { return w.reply(w.library(mod, "judged", v)) }
	wants(t, judged(nil), "Judged questions of this library: 0")
	wants(t, judged(simulator.Values{"add": "where is papaya soap sold"}), "needs words")
	wants(t, judged(simulator.Values{"add": "where is papaya soap sold", "words": "shop (100); papaya"}), "in the draft")
	wants(t, judged(simulator.Values{"add": "Where is papaya soap sold", "expect": "personal"}), "already")
	long := strings.Repeat("why does it itch ", 17) + "?"
	wants(t, judged(simulator.Values{"add": long, "expect": "not_covered"}), "in the draft")
	wants(t, judged(nil), "where is papaya soap sold", "an answer", "shop (100); papaya", "not in the library")
	list, err := w.sim.Complete(mod, "library", "remove", simulator.Values{"judged": simulator.Sub{"remove": "itch"}}).Choices(w.wait())
	if err != nil || len(list) != 1 {
		t.Fatalf("%d suggestions, %v", len(list), err)
	}
	wants(t, judged(simulator.Values{"remove": list[0].Value}), "out of the draft")
	wants(t, judged(simulator.Values{"remove": "where is papaya soap sold"}), "out of the draft")
	wants(t, judged(simulator.Values{"remove": "where is papaya soap sold"}), "no judged question")
	wants(t, judged(nil), "Judged questions of this library: 0")
}

// Two moderators at once: the second is told, and what they wrote comes back.
func TestTwoModeratorsAtOnce(t *testing.T) {
	w, shelf, _ := moderated(t)
	ann, ben := w.act(), w.moderator("Ben")
	open := func(act simulator.Act, sub string, v simulator.Values) string {
		modal, err := w.library(act, sub, v).Modal(w.wait())
		if err != nil {
			t.Fatal(err)
		}
		return modal["custom_id"].(string)
	}
	submit := func(act simulator.Act, form, src string) *simulator.Message {
		return w.reply(w.sim.Submit(act, nil, form, map[string]string{"article": src}))
	}
	kiwi := string(librarytest.Kiwi("how-to-use"))
	anns, bens := open(ann, "add", nil), open(ben, "add", nil)
	wants(t, submit(ann, anns, kiwi), "in the draft")
	again := submit(ben, bens, kiwi+"\nBen's words.\n")
	wants(t, again, "already", "/library edit")
	if f := w.file(again); !strings.Contains(string(f.Data), "Ben's words.") {
		t.Error("what the second moderator wrote is lost")
	}
	article := simulator.Values{"article": "kiwi-bath"}
	anns, bens = open(ann, "edit", article), open(ben, "edit", article)
	wants(t, submit(ann, anns, kiwi+"\nAnn's words.\n"), "in the draft")
	ben.User.Locale = "de"
	again = submit(ben, bens, kiwi+"\nBen's words.\n")
	wants(t, again, "wurde geändert, seit du ihn geöffnet hast")
	if f := w.file(again); !strings.Contains(string(f.Data), "Ben's words.") {
		t.Error("what the second moderator wrote is lost")
	}
	if src, err := shelf.Show(t.Context(), w.guild, "kiwi-bath"); err != nil || !strings.Contains(string(src), "Ann's words.") {
		t.Errorf("the draft lost the first moderator's change: %v\n%s", err, src)
	}
	// While one previews, the other is told who is at work.
	told := false
	_, err := shelf.Preview(t.Context(), w.guild, shelf.Actor("Ana", ann.User.ID), func(library.Progress) {
		if !told {
			told = true
			wants(t, w.reply(w.library(ben, "discard", nil)), "Ana arbeitet seit")
		}
	})
	if err != nil || !told {
		t.Errorf("previewed: %v, told: %v", err, told)
	}
}

// Every refusal of the library has words in every language, with its places.
func TestRefusalsInEveryLanguage(t *testing.T) {
	for _, code := range library.Codes() {
		words, ok := texts()["lib_err_"+code]
		if !ok {
			t.Errorf("the refusal %s has no words", code)
		}
		english := (&library.Refusal{Code: code}).Error()
		for lang, s := range words {
			for _, place := range placeholder.FindAllString(english, -1) {
				if !strings.Contains(s, place) {
					t.Errorf("%s in %s lacks %s", code, lang, place)
				}
			}
		}
	}
	for key := range texts() {
		if code, ok := strings.CutPrefix(key, "lib_err_"); ok && (&library.Refusal{Code: code}).Error() == "" {
			t.Errorf("%s is no refusal", key)
		}
	}
}

// What nobody can mend is logged, and not shown with its inner words.
func TestInnerFaultsAreNotShown(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		m := w.bot.wrong(&turn{lang: "en"}, errors.New("store: disk I/O error"))
		if got := m.Components[0].Content; !strings.Contains(got, tr("en", "failed")) || strings.Contains(got, "disk") {
			t.Errorf("shown: %s", got)
		}
		if !strings.Contains(w.log.String(), "disk I/O error") {
			t.Errorf("logged: %s", w.log)
		}
	})
}
