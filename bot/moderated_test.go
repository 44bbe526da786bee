package bot

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"salve/bot/library"
	"salve/bot/library/librarytest"
	"salve/bot/simulator"
	"salve/bot/store"
)

// sub is a subcommand's options as Discord sends them.
func (w *world) library(act simulator.Act, sub string, v simulator.Values) *simulator.Interaction {
	opts := []any{}
	for name, val := range v {
		kind := 3
		if _, ok := val.(int); ok {
			kind = 4
		}
		opts = append(opts, map[string]any{"name": name, "type": kind, "value": val})
	}
	return w.sim.Raw(act, 2, map[string]any{"id": "1", "name": "library", "type": 1,
		"options": []any{map[string]any{"name": sub, "type": 1, "options": opts}}})
}

// moderated starts a world with the real core and store, its library that of
// librarytest, where Ana is a moderator. It must not be in a bubble: the index has goroutines of before.
func moderated(t testing.TB, change ...func(*library.Options)) (*world, *library.Shelf, *store.Store) {
	t.Helper()
	st, err := store.Open(context.Background(), filepath.Join(t.TempDir(), "salve.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	o := library.Options{Store: st, Base: librarytest.Base(), Questions: librarytest.Questions}
	for _, f := range change {
		f(&o)
	}
	shelf, err := library.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shelf.Close() })
	w := newWorld(t, setup{real: true, cfg: func(c *Config) { c.Shelf, c.Answerer, c.Store = shelf, shelf, st }})
	w.ana.Permissions = permManageServer
	return w, shelf, st
}

// moderator makes another member who may manage the server, in its first channel.
func (w *world) moderator(name string) simulator.Act {
	act := simulator.Act{User: w.sim.NewUser(name, "en-US"), Channel: w.channel}
	act.User.Permissions = permManageServer
	return act
}

// TestModeratorsChangeTheLibrary is the life of an article on Discord, with the
// real core and store: added with a fault, mended, previewed, published, quoted
// in public, retracted with its message, and undone. It runs in real time: the
// index has goroutines of before any bubble.
func TestModeratorsChangeTheLibrary(t *testing.T) {
	w, _, st := moderated(t)
	mod, plainMember := w.act(), simulator.Act{User: w.sim.NewUser("Ben", "en-US"), Channel: w.channel}

	wants(t, w.reply(w.library(plainMember, "status", nil)), "Only the moderators")
	const fact = librarytest.KiwiText
	kiwi := func(asks string) string { return string(librarytest.Kiwi(asks)) }
	submit := func(act simulator.Act, sub, src string) *simulator.Message {
		var v simulator.Values
		if sub == "edit" {
			v = simulator.Values{"article": "kiwi-bath"}
		}
		modal, err := w.library(mod, sub, v).Modal(w.wait())
		if err != nil {
			t.Fatal(err)
		}
		return w.reply(w.sim.Submit(act, nil, modal["custom_id"].(string), map[string]string{"article": src}))
	}
	wants(t, submit(plainMember, "add", kiwi("how-to-use")), "Only the moderators")
	wants(t, submit(mod, "add", kiwi("nonsense")), "kiwi-bath", "To mend", "nonsense")
	wants(t, w.reply(w.library(mod, "preview", nil)), "To mend")
	wants(t, submit(mod, "edit", kiwi("how-to-use")), "Nothing is wrong")
	preview := w.previewed(mod)
	wants(t, preview, "Judged questions asked", "added")
	id, err := preview.Button("Publish")
	if err != nil {
		t.Fatal(err)
	}
	wants(t, w.reply(w.sim.Click(plainMember, preview, id)), "Only the moderators")
	wants(t, w.reply(w.sim.Click(mod, preview, id)), "Published as version 1")

	ask := func(act simulator.Act, share bool) *simulator.Message {
		return w.reply(w.sim.Run(act, "ask", simulator.Values{"question": "how is an eczema kiwi bath made", "share": share}))
	}
	public := ask(plainMember, true)
	wants(t, public, fact)
	other := plainMember
	other.Channel = w.sim.NewChannel(w.sim.NewID(), "elsewhere")
	if m := ask(other, false); strings.Contains(m.Text(), fact) {
		t.Errorf("another server is shown it:\n%s", m.Text())
	}
	private := ask(plainMember, false)
	shared := w.click(private, "Share")
	wants(t, shared, fact)

	wants(t, w.reply(w.library(plainMember, "retract", simulator.Values{"article": "kiwi-bath", "reason": "x"})), "Only the moderators")
	lost := store.Post{Guild: w.guild, Channel: w.channel.ID, Message: "123456", At: time.Now(), Passages: []string{"kiwi-bath#main/older"}}
	if err := st.SavePost(t.Context(), lost); err != nil {
		t.Fatal(err)
	}
	wants(t, w.reply(w.library(mod, "retract", simulator.Values{"article": "kiwi-bath", "reason": "kiwis sting"})),
		"Out of answers now", "Public messages edited: 2", w.channel.ID, "/123456 not edited: it was deleted")
	for _, m := range []*simulator.Message{public, shared} {
		wants(t, m, "Withdrawn on", "kiwis sting")
		if strings.Contains(m.Text(), fact) {
			t.Error("a public message still quotes what was retracted")
		}
	}
	if m := ask(plainMember, false); strings.Contains(m.Text(), fact) {
		t.Errorf("retracted, and quoted:\n%s", m.Text())
	}
	w.reply(w.library(mod, "rollback", simulator.Values{"version": 1}))
	if m := ask(plainMember, false); strings.Contains(m.Text(), fact) {
		t.Errorf("a rollback brings back what was retracted:\n%s", m.Text())
	}
	for _, sub := range []string{"status", "list", "check", "history", "due", "audit", "reindex", "discard", "approve", "publish"} {
		w.reply(w.library(mod, sub, nil))
	}
	wants(t, w.reply(w.library(mod, "audit", nil)), "retracted", "kiwis sting", "Ana")

	// The moderator role is as good as the right to manage the server, while it
	// is held.
	if err := st.SaveSettings(t.Context(), w.guild, store.Settings{ModeratorRole: "777"}); err != nil {
		t.Fatal(err)
	}
	plainMember.User.Roles = []string{"777"}
	wants(t, w.reply(w.library(plainMember, "status", nil)), "Published: version")
	plainMember.User.Roles = nil
	wants(t, w.reply(w.library(plainMember, "status", nil)), "Only the moderators")
}

// previewed runs a preview and waits until its progress is over.
func (w *world) previewed(act simulator.Act) *simulator.Message {
	m := w.reply(w.library(act, "preview", nil))
	for strings.HasPrefix(m.Text(), "Working") {
		time.Sleep(50 * time.Millisecond)
	}
	return m
}

// TestSecondApproval is the same life in the shared library, where a warning goes as
// the article comes: who made the draft can't publish it alone. In the end the
// version of before is published again, with the warning and without the article.
func TestSecondApproval(t *testing.T) {
	w, shelf, _ := moderated(t)
	w.bot.cfg.Home = w.guild
	ann, ben := w.act(), w.moderator("Ben")
	const question, warning = "how is an eczema kiwi bath made", "is lemon juice on eczema skin dangerous"
	if err := shelf.Judge(t.Context(), "", shelf.Actor("Ana", ann.User.ID), "title: lemon\nquestion: "+warning+"\nexpect: answer\nfact: burns\n"); err != nil {
		t.Fatal(err)
	}
	file := func(sub, asks string) *simulator.Message {
		v := simulator.Sub{"file": simulator.Attachment{Name: "kiwi.md", Data: librarytest.Kiwi(asks)}}
		if sub == "edit" {
			v["article"] = "kiwi-bath"
		}
		return w.reply(w.sim.Run(ann, "library", simulator.Values{sub: v}))
	}
	file("add", "nonsense")
	wants(t, w.reply(w.library(ann, "check", nil)), "nonsense")
	file("edit", "how-to-use")
	wants(t, w.reply(w.library(ann, "check", nil)), "Nothing is wrong")
	wants(t, w.reply(w.library(ann, "remove", simulator.Values{"article": "lemon-warning"})), "will not be in the next version")

	p := w.previewed(ann)
	wants(t, p, warning, "burns", "a second moderator must")
	wants(t, w.click(p, "Publish"), "second moderator must approve")
	wants(t, w.click(p, "Approve"), "⚠")
	wants(t, w.reply(w.library(ben, "approve", nil)), "Approved")
	wants(t, w.click(p, "Publish"), "Published as version 2")

	ask := func(question string, share bool) *simulator.Message {
		return w.reply(w.sim.Run(ben, "ask", simulator.Values{"question": question, "share": share}))
	}
	public := ask(question, true)
	wants(t, public, librarytest.KiwiText, "https://example.org/kiwi-bath")
	wants(t, w.reply(w.library(ben, "retract", simulator.Values{"article": "kiwi-bath", "reason": "kiwis sting"})), "Public messages edited: 1")
	wants(t, public, "Withdrawn on", "kiwis sting")
	if m := ask(question, false); strings.Contains(m.Text(), librarytest.KiwiText) {
		t.Errorf("retracted, and quoted:\n%s", m.Text())
	}
	if m := ask(warning, false); strings.Contains(m.Text(), "burns") {
		t.Errorf("the warning was taken out, and is quoted:\n%s", m.Text())
	}
	wants(t, w.reply(w.library(ann, "rollback", simulator.Values{"version": 1})), "version 4")
	wants(t, ask(warning, false), "burns")
	if m := ask(question, false); strings.Contains(m.Text(), librarytest.KiwiText) {
		t.Errorf("a rollback brings back what was retracted:\n%s", m.Text())
	}
}
