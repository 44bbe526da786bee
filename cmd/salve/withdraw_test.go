package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"salve/bot"
	"salve/bot/library"
	"salve/bot/library/librarytest"
	"salve/bot/simulator"
	"salve/bot/store"
)

// A house is a data folder with a library, and the command line at work on it.
type house struct {
	t    *testing.T
	data string
	env  map[string]string
}

func newHouse(t *testing.T) *house {
	dir := t.TempDir()
	for name, f := range librarytest.Base() {
		if err := os.WriteFile(filepath.Join(dir, name), f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	h := &house{t: t, data: t.TempDir()}
	if err := os.WriteFile(filepath.Join(dir, "kiwi.md"), librarytest.Kiwi("how-to-use"), 0o644); err != nil {
		t.Fatal(err)
	}
	h.env = map[string]string{"SALVE_DATA": h.data, "SALVE_KNOWLEDGE": dir}
	return h
}

// salve runs the program as main does, and returns what it prints.
func (h *house) salve(args ...string) string {
	h.t.Helper()
	var out, failed bytes.Buffer
	p := &program{getenv: func(k string) (string, bool) { v, ok := h.env[k]; return v, ok }, stdin: strings.NewReader(""), stdout: &out, stderr: &failed}
	if err := p.run(h.t.Context(), args); err != nil {
		h.t.Fatalf("salve %s: %v\n%s", strings.Join(args, " "), err, failed.String())
	}
	return out.String()
}

// serve starts a bot of the house on a Discord. The returned function ends it.
func (h *house) serve(sim *simulator.Simulator) func() {
	h.t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	kept, err := store.Open(ctx, filepath.Join(h.data, "salve.db"))
	if err != nil {
		h.t.Fatal(err)
	}
	articles, err := library.Open(ctx, library.Options{Store: kept, Base: os.DirFS(h.env["SALVE_KNOWLEDGE"])})
	if err != nil {
		h.t.Fatal(err)
	}
	b, err := bot.New(bot.Config{Token: sim.Token(), AppID: sim.AppID(), Answerer: articles, Library: bot.Published(articles.Composer("")), Store: kept, Shelf: articles,
		Transport: sim.Transport(), Dial: sim.Dial})
	if err != nil {
		h.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	go articles.Watch(ctx)
	within, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for !b.Ready() || sim.Numbers().Ready == 0 {
		if within.Err() != nil {
			h.t.Fatal("the bot never connected")
		}
		time.Sleep(10 * time.Millisecond)
	}
	return func() {
		stop()
		if err := <-ended; err != nil {
			h.t.Error(err)
		}
		if err := articles.Close(); err != nil {
			h.t.Error(err)
		}
		if err := kept.Close(); err != nil {
			h.t.Error(err)
		}
	}
}

// What is retracted at the command line is withdrawn from the public messages by
// the running bot, or by the one that starts later; each message is edited once,
// and the audit tells what could not be edited.
func TestRetractionAtTheCommandLineReachesDiscord(t *testing.T) {
	h := newHouse(t)
	sim := simulator.New(simulator.Options{Memory: true})
	defer sim.Close()
	guild := sim.NewID()
	open, closed := sim.NewChannel(guild, "general"), sim.NewChannel(guild, "later closed")
	ana := sim.NewUser("Ana", "en-US")
	ask := func(channel *simulator.Channel, question, want string) *simulator.Message {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		m, err := sim.Run(simulator.Act{User: ana, Channel: channel}, "ask", simulator.Values{"question": question, "share": true}).Reply(ctx)
		if err != nil || m.Private() || !strings.Contains(m.Text(), want) {
			t.Fatalf("no public answer, %v: %v", err, m)
		}
		return m
	}
	until := func(what string, ok func() bool) {
		t.Helper()
		for end := time.Now().Add(time.Minute); !ok(); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("not within a minute: %s\n%s", what, h.salve("library", "audit"))
			}
		}
	}
	stop := h.serve(sim)
	mango, lemon := ask(open, librarytest.MangoQuestion, librarytest.MangoText), ask(open, librarytest.LemonQuestion, librarytest.LemonText)
	hidden, deleted := ask(closed, librarytest.MangoQuestion, librarytest.MangoText), ask(open, librarytest.MangoQuestion, librarytest.MangoText)
	closed.Hidden = true
	sim.Delete(deleted)

	said := h.salve("library", "retract", "mango-balm", "--reason", "its source was withdrawn", "--by", "ann")
	if strings.Count(said, "https://discord.com/channels/"+guild+"/") != 3 {
		t.Errorf("the command line says\n%s\nwant the three messages that quote it", said)
	}
	until("the message is withdrawn", func() bool {
		return strings.Contains(mango.Text(), "Withdrawn on") && strings.Contains(mango.Text(), "its source was withdrawn")
	})
	until("what can't be edited is in the audit", func() bool {
		audit := h.salve("library", "audit")
		return strings.Contains(audit, "/"+mango.ID) && strings.Contains(audit, "/"+hidden.ID+"  not edited: the bot may not see") && strings.Contains(audit, "/"+deleted.ID+"  not edited: it was deleted")
	})
	if strings.Contains(lemon.Text(), "Withdrawn") {
		t.Error("a message on another article is withdrawn")
	}

	// While the bot is off nothing is lost; and two bots don't do it twice.
	stop()
	h.salve("library", "retract", "lemon-warning", "--reason", "it was mended", "--by", "ann")
	if strings.Contains(lemon.Text(), "Withdrawn") {
		t.Fatal("edited by a bot that ended")
	}
	before := lemon.Edits()
	one, two := h.serve(sim), h.serve(sim)
	until("the message is withdrawn by a bot that starts later", func() bool { return strings.Contains(lemon.Text(), "it was mended") })
	until("that is in the audit", func() bool { return strings.Contains(h.salve("library", "audit"), "/"+lemon.ID) })
	one()
	two()
	stop = h.serve(sim) // a restart does nothing again
	time.Sleep(3 * time.Second)
	stop()
	if got := lemon.Edits() - before; got != 1 {
		t.Errorf("the message was edited %d times", got)
	}
	if got := strings.Count(h.salve("library", "audit"), "/"+lemon.ID); got != 1 {
		t.Errorf("the audit tells of it %d times", got)
	}
}
