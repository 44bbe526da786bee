package bot

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"salve/bot/library"
	"salve/bot/library/librarytest"
	"salve/bot/simulator"
	"salve/index/eval"
)

// A street has two servers with articles of their own, and a third with none.
type street struct {
	*world
	shelf         *library.Shelf
	mods, readers []simulator.Act
	said          map[string]*strings.Builder // everything that was shown to somebody, by server
	step          int
}

func newStreet(t testing.TB) *street {
	s := &street{said: map[string]*strings.Builder{}}
	none := func() ([]*eval.Case, error) { return nil, nil } // a preview asks what the library itself asks
	s.world, s.shelf, _ = moderated(t, func(o *library.Options) { o.Questions = none })
	s.bot.cfg.ServerLibrary = func(guild string) Library { return Published(s.shelf.Composer(guild)) }
	for i := range 3 {
		channel := s.sim.NewChannel(s.sim.NewID(), "general")
		mod, reader := simulator.Act{User: s.sim.NewUser(fmt.Sprint("Mod ", i), ""), Channel: channel}, simulator.Act{User: s.sim.NewUser(fmt.Sprint("Reader ", i), ""), Channel: channel}
		mod.User.Permissions = permManageServer
		s.mods, s.readers = append(s.mods, mod), append(s.readers, reader)
		s.said[channel.Guild] = &strings.Builder{}
	}
	return s
}

// hear keeps what a message says, with its files and what its buttons lead to.
func (s *street) hear(act simulator.Act, m *simulator.Message) *simulator.Message {
	s.t.Helper()
	words := s.said[act.Channel.Guild]
	words.WriteString(m.Text() + "\n")
	for _, b := range m.Buttons() {
		fmt.Fprintln(words, b.Label, b.Options)
	}
	for _, f := range m.Files() {
		z, err := zip.NewReader(bytes.NewReader(f.Data), int64(len(f.Data)))
		if err != nil {
			words.Write(f.Data)
			continue
		}
		for _, part := range z.File {
			r, err := part.Open()
			if err != nil {
				s.t.Fatal(err)
			}
			body, err := io.ReadAll(r)
			if err != nil {
				s.t.Fatal(err)
			}
			words.Write(body)
		}
	}
	return m
}

func (s *street) mod(act simulator.Act, sub string, v simulator.Values) *simulator.Message {
	s.t.Helper()
	return s.hear(act, s.reply(s.sim.Run(act, "library", simulator.Values{sub: simulator.Sub(v)})))
}

func (s *street) ask(act simulator.Act, question string, public bool) {
	s.t.Helper()
	s.hear(act, s.reply(s.sim.Run(act, "ask", simulator.Values{"question": question, "share": public})))
}

// complete types into an option and keeps the suggestions.
func (s *street) complete(act simulator.Act, command, option string, v simulator.Values) {
	s.t.Helper()
	s.suggested(act, command, option, v)
}

func (s *street) suggested(act simulator.Act, command, option string, v simulator.Values) string {
	s.t.Helper()
	list, err := s.sim.Complete(act, command, option, v).Choices(s.wait())
	if err != nil {
		s.t.Fatal(err)
	}
	words := fmt.Sprintln(list)
	s.said[act.Channel.Guild].WriteString(words)
	return words
}

var markPattern = regexp.MustCompile(`of-[0-9]+-[0-9]+`)

// expectFresh fails if a reader is suggested a title or a heading that is not, or
// no more, published: every one of them bears the mark of its edit.
func (s *street) expectFresh(at int) {
	s.t.Helper()
	reader := s.readers[at]
	there := map[string]bool{}
	for _, p := range s.shelf.Composer(reader.Channel.Guild).Library().Passages() {
		for _, mark := range markPattern.FindAllString(p.Section.Article.Title, -1) {
			there[mark] = true
		}
	}
	titles := s.suggested(reader, "article", "name", simulator.Values{"name": "eczema"})
	headings := s.suggested(reader, "topic", "topic", simulator.Values{"topic": "eczema"})
	for mark := range there {
		if !strings.Contains(titles, mark) || !strings.Contains(headings, mark) {
			s.t.Errorf("%s is published and not suggested:\n%s%s", mark, titles, headings)
		}
	}
	for _, mark := range markPattern.FindAllString(titles+headings, -1) {
		if !there[mark] {
			s.t.Errorf("%s is suggested, and not published", mark)
		}
	}
}

var streetFruits = []string{"fig", "kiwi", "quince", "papaya"}

func balm(fruit string) string         { return fruit + "-balm" }
func balmQuestion(fruit string) string { return "what is eczema " + fruit + " balm" }

// act does what one byte says.
func (s *street) act(op byte) {
	s.step++
	at := int(op & 1)
	mod, reader, fruit := s.mods[at], s.readers[at], streetFruits[op>>1&3]
	mark := fmt.Sprintf("of-%s-%d", mod.Channel.Guild, s.step)
	switch op >> 3 % 9 {
	case 0, 1:
		file := simulator.Attachment{Name: "a.md", Data: librarytest.Article(balm(fruit), "Eczema "+fruit+" balm "+mark, balmQuestion(fruit), "Eczema "+fruit+" balm bears the label "+mark+".", "definition")}
		if m := s.mod(mod, "add", simulator.Values{"file": file}); strings.Contains(m.Text(), "already") {
			s.mod(mod, "edit", simulator.Values{"article": balm(fruit), "file": file})
		}
	case 2:
		s.mod(mod, "remove", simulator.Values{"article": balm(fruit)})
	case 3, 4:
		m := s.mod(mod, "preview", nil)
		if id, err := m.Button("Publish"); err == nil {
			s.hear(mod, s.reply(s.sim.Click(mod, m, id)))
		}
		if id, err := m.Button("As a file"); err == nil {
			s.hear(mod, s.reply(s.sim.Click(mod, m, id)))
		}
	case 5:
		s.ask(reader, balmQuestion(fruit), op&0x80 != 0)
	case 6:
		s.mod(mod, "retract", simulator.Values{"article": balm(fruit), "reason": "because of " + mark})
	case 7:
		s.mod(mod, "judged", simulator.Values{"add": balmQuestion(fruit) + " " + mark, "words": mark})
	case 8:
		s.look(at)
	}
}

// look looks at everything that a server's moderator and reader can see.
func (s *street) look(at int) {
	mod, reader := s.mods[at], s.readers[at]
	for _, sub := range []string{"status", "list", "check", "history", "audit", "due", "judged", "export"} {
		m := s.mod(mod, sub, nil)
		if id, err := m.Button("As a file"); err == nil {
			s.hear(mod, s.reply(s.sim.Click(mod, m, id)))
		}
	}
	s.complete(mod, "library", "article", simulator.Values{"show": simulator.Sub{"article": ""}})
	s.complete(mod, "library", "remove", simulator.Values{"judged": simulator.Sub{"remove": ""}})
	s.complete(reader, "article", "name", simulator.Values{"name": ""})
	s.complete(reader, "topic", "topic", simulator.Values{"topic": ""})
	for _, fruit := range streetFruits {
		s.mod(mod, "show", simulator.Values{"article": balm(fruit)})
		s.ask(reader, balmQuestion(fruit), false)
		s.hear(reader, s.reply(s.sim.Run(reader, "article", simulator.Values{"name": balm(fruit)})))
	}
}

// expectApart fails if something of one server was shown in another.
func (s *street) expectApart() {
	s.t.Helper()
	for guild, words := range s.said {
		for _, other := range s.mods {
			if g := other.Channel.Guild; g != guild && strings.Contains(words.String(), "of-"+g+"-") {
				s.t.Errorf("something of server %s is shown in %s:\n%s", g, guild, words)
			}
		}
	}
}

// FuzzServersApart lets two servers add, publish, ask, retract and look in any
// order: neither ever sees what is the other's, and a third sees nothing of both;
// and after each step suggestions are of what is published then, no more and no less.
func FuzzServersApart(f *testing.F) {
	const ( // what act does, for a server and a fruit
		add, publish, ask, retract, judge, look = 0, 3 << 3, 5<<3 | 0x80, 6 << 3, 7 << 3, 8 << 3
	)
	f.Add([]byte{add, add | 1, publish, publish | 1, ask, ask | 1, look, look | 1, retract, ask | 1, look | 1, ask})
	f.Add([]byte{add | 2, add | 4, judge | 2, publish, add | 3, publish | 1, ask | 2, ask | 3, retract | 3, publish | 1, add | 2, look, publish, ask | 2, look | 1})
	f.Add([]byte("two servers side by side, whatever they do"))
	f.Fuzz(func(t *testing.T, ops []byte) {
		if len(ops) > 50 {
			return
		}
		s := newStreet(t)
		for _, op := range ops {
			s.act(op)
			s.expectFresh(int(op & 1))
		}
		for at := range s.mods {
			s.look(at)
		}
		s.expectApart()
	})
}

// What the fuzzing would find is found: each server does see what is its own.
func TestStreetSeesItsOwn(t *testing.T) {
	s := newStreet(t)
	for _, op := range []byte{0, 3 << 3, 5 << 3} {
		s.act(op)
	}
	own := s.mods[0].Channel.Guild
	if got := strings.Count(s.said[own].String(), "bears the label of-"+own+"-1."); got < 1 {
		t.Errorf("the server's own article is not quoted there:\n%s", s.said[own])
	}
	s.said[s.mods[2].Channel.Guild].WriteString("of-" + own + "-1")
	caught := &testing.T{}
	s.t = caught
	s.expectApart()
	s.t = t
	if !caught.Failed() {
		t.Error("what is shown in another server is not noticed")
	}
}

// Who is no moderator gets no suggestion of the library's drafts, and no command
// of it; nor does a moderator of another server.
func TestSuggestionsAreForModerators(t *testing.T) {
	s := newStreet(t)
	s.act(0)
	s.act(7 << 3)
	typed := map[string]simulator.Values{
		"article": {"show": simulator.Sub{"article": "fig"}},
		"remove":  {"judged": simulator.Sub{"remove": "fig"}},
	}
	for option, v := range typed {
		for name, who := range map[string]struct {
			act  simulator.Act
			want int
		}{"moderator": {s.mods[0], 1}, "reader": {s.readers[0], 0}, "moderator of another server": {s.mods[1], 0}} {
			list, err := s.sim.Complete(who.act, "library", option, v).Choices(s.wait())
			if err != nil || len(list) != who.want {
				t.Errorf("%s, %s: %d suggestions, %v; want %d", option, name, len(list), err, who.want)
			}
		}
	}
	for _, sub := range []string{"status", "list", "check", "history", "audit", "judged", "export", "preview", "publish", "discard"} {
		wants(t, s.mod(s.readers[0], sub, nil), "Only the moderators")
	}
}

// A public message in a channel that the bot was shut out of is told as not
// edited, in the moderator's language, and stands in the audit.
func TestMessageInAClosedChannelIsTold(t *testing.T) {
	s := newStreet(t)
	s.act(0)
	s.act(3 << 3)
	mod := s.mods[0]
	public := s.reply(s.sim.Run(s.readers[0], "ask", simulator.Values{"question": balmQuestion("fig"), "share": true}))
	wants(t, public, "bears the label")
	mod.Channel.Hidden = true
	mod.User.Locale = "fr"
	m := s.mod(mod, "retract", simulator.Values{"article": balm("fig"), "reason": "une erreur"})
	wants(t, m, "Messages publics modifiés : 0", public.ID+" non modifié : le bot n'a pas accès à ce salon")
	wants(t, s.mod(mod, "audit", nil), "n'a pas pu modifier un message public", public.ID, "une erreur")
	if strings.Contains(public.Text(), "Withdrawn") {
		t.Error("it was edited")
	}
}
