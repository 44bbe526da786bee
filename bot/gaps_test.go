package bot

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"salve/bot/answer"
	"salve/bot/library"
	"salve/bot/simulator"
	"salve/bot/store"
	"salve/knowledge"
)

// A clock is real time, moved.
type clock struct {
	mu    sync.Mutex
	moved time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.moved)
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.moved = time.Until(t)
}

// A countingWorld is a bot with the real core, store and the library that ships, in real
// time: the index has goroutines of before any bubble.
type countingWorld struct {
	*world
	clock *clock
	store *store.Store
	shelf *library.Shelf
	path  string
	mod   simulator.Act
}

func newCounting(t *testing.T, sim func(*simulator.Options)) *countingWorld {
	t.Helper()
	c := &countingWorld{clock: &clock{}, path: filepath.Join(t.TempDir(), "salve.db")}
	var err error
	if c.store, err = store.Open(context.Background(), c.path); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.store.Close() })
	if c.shelf, err = library.Open(context.Background(), library.Options{Store: c.store, Base: knowledge.Builtin(), Now: c.clock.now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.shelf.Close() })
	c.world = newWorld(t, setup{sim: sim, real: true, cfg: func(g *Config) {
		g.Shelf, g.Answerer, g.Store, g.Now, g.Assess = c.shelf, c.shelf, c.store, c.clock.now, nil
		g.Library = fakeLibrary{}
	}})
	c.mod = c.act()
	c.mod.User = c.sim.NewUser("Mo", "en-US")
	c.mod.User.Permissions = permManageServer
	return c
}

// by is an act of somebody new.
func (c *countingWorld) by() simulator.Act {
	u := c.sim.NewUser("Member", "en-US")
	secret(u.ID)
	return simulator.Act{User: u, Channel: c.channel}
}

func (c *countingWorld) asks(a simulator.Act, question string) *simulator.Message {
	c.t.Helper()
	secret(question)
	return c.reply(c.sim.Run(a, "ask", simulator.Values{"question": question}))
}

func (c *countingWorld) gaps() *simulator.Message {
	c.t.Helper()
	m := c.reply(c.library(c.mod, "gaps", nil))
	if !m.Private() {
		c.t.Error("everybody sees the gaps")
	}
	return m
}

// lacks fails the test when the message has one of the words.
func lacks(t testing.TB, m *simulator.Message, words ...string) {
	t.Helper()
	for _, s := range words {
		if strings.Contains(m.Text(), s) {
			t.Errorf("the message has %q:\n%s", s, m.Text())
		}
	}
}

// Questions that the library that ships does not answer, and what they are
// counted as. A test fails when it answers one: then put another here.
const (
	onThyroid = "levothyroxine with upadacitinib" // levothyroxine and upadacitinib, interaction
	onCoffee  = "does coffee affect upadacitinib" // coffee and upadacitinib, interaction
	onPrice   = "how much is rinvoq in India"     // upadacitinib and India, cost
	onNothing = "who won the match last night"    // nothing that the lexicon knows
)

func TestGaps(t *testing.T) {
	t.Parallel()
	c := newCounting(t, nil)
	wants(t, c.gaps(), "Nothing was asked in vain", "3 times or more")
	wants(t, c.reply(c.library(c.by(), "gaps", nil)), "Only the moderators")

	ann, ben, kim := c.by(), c.by(), c.by()
	for _, who := range []simulator.Act{ann, ben} {
		wants(t, c.asks(who, onThyroid), "The library does not answer this")
	}
	lacks(t, c.gaps(), "levothyroxine", "upadacitinib")
	for range 3 {
		c.asks(ann, onPrice)
	}
	lacks(t, c.gaps(), "cost")
	c.asks(kim, onThyroid)
	m := c.gaps()
	wants(t, m, "Asked and not answered", "**3×** levothyroxine · `interaction` · ↑ more than before", "upadacitinib · `interaction`", "nearest: ")
	lacks(t, m, "cost")

	// A day later the same person counts again; another server's readers never do.
	elsewhere := simulator.Act{User: ben.User, Channel: c.sim.NewChannel(c.sim.NewID(), "elsewhere")}
	dm := simulator.Act{User: kim.User, Channel: c.sim.NewChannel("", "dm")}
	brought := c.by()
	brought.UserApp = true // the server did not install the bot
	for _, who := range []simulator.Act{elsewhere, dm, brought} {
		c.asks(who, onPrice)
	}
	lacks(t, c.gaps(), "cost")
	for day := range 2 {
		c.clock.set(time.Now().AddDate(0, 0, day+1))
		c.asks(ann, onPrice)
	}
	wants(t, c.gaps(), "**3×** upadacitinib · `cost`")
	if m := c.reply(c.library(simulator.Act{User: c.mod.User, Channel: elsewhere.Channel}, "gaps", nil)); !strings.Contains(m.Text(), "Nothing was asked") {
		t.Errorf("another server is shown:\n%s", m.Text())
	}

	// Whoever keeps the shared library sees all servers together, and direct messages.
	c.bot.cfg.Home = elsewhere.Channel.Guild
	wants(t, c.reply(c.library(simulator.Act{User: c.mod.User, Channel: elsewhere.Channel}, "gaps", nil)), "**6×** upadacitinib · `cost`")
	c.bot.cfg.Home = ""

	// What the lexicon does not know is that, and no more.
	for range 3 {
		c.asks(c.by(), onNothing)
	}
	m = c.gaps()
	wants(t, m, "something that the lexicon does not know")
	lacks(t, m, "match", "night")

	// Looked up is not asked, and danger is never counted.
	for range 3 {
		who := c.by()
		c.reply(c.sim.Apps(who, tr("en", "cmd_find"), onCoffee))
		wants(t, c.asks(who, "i want to kill myself with olumiant"), "988")
	}
	lacks(t, c.gaps(), "coffee", "baricitinib")

	// What is kept is told to everybody.
	wants(t, c.reply(c.sim.Run(c.by(), "privacy", nil)), fmt.Sprintf("for %d weeks", store.KeptWeeks), fmt.Sprintf("a count from %d on", library.LeastShown))

	// In everybody's language, by every moderator, and gone with the server.
	for _, lang := range languages {
		c.mod.User.Locale = map[string]string{"en": "en-GB", "es": "es-419", "pt": "pt-BR"}[lang]
		if c.mod.User.Locale == "" {
			c.mod.User.Locale = lang
		}
		wants(t, c.gaps(), tr(lang, "gaps_asked"), tr(lang, "gaps_unknown"), "levothyroxine")
	}
	c.mod.User.Locale = "en-US"
	c.sim.Dispatch("GUILD_DELETE", map[string]any{"id": c.guild})
	for strings.Contains(c.gaps().Text(), "levothyroxine") {
		time.Sleep(20 * time.Millisecond) // until the event has arrived
	}
}

func TestNotHelpfulAndMostUsed(t *testing.T) {
	t.Parallel()
	c := newCounting(t, nil)
	const question = "what are side effects of oral JAK inhibitors"
	judge := func(n int, reason string) {
		for range n {
			who := c.by()
			m := c.asks(who, question)
			id, err := m.Button("Not helpful")
			if err != nil {
				t.Fatal(err)
			}
			why := c.reply(c.sim.Click(who, m, id))
			menu := why.Buttons()[0].CustomID
			for range 2 { // judged twice, counted once
				c.reply(c.sim.Select(who, why, menu, reason))
				wants(t, why, "Thank you")
			}
		}
	}
	judge(2, "unsafe")
	m := c.gaps()
	lacks(t, m, "Not helpful", "Shown most", tr("en", "why_unsafe"))
	judge(3, "unclear")
	m = c.gaps()
	wants(t, m, "Not helpful", "**5×** ", tr("en", "why_unclear")+": 3", "Shown most", "**5×** What are the side effects of oral JAK inhibitors? `oral-jak-inhibitors#side-effects/")
	lacks(t, m, tr("en", "why_unsafe"))
}

// TestNothingWrittenIsKept asks with a name, an address and a token in the
// question, in every way there is to write something, and searches the bytes of the
// store.
func TestNothingWrittenIsKept(t *testing.T) {
	t.Parallel()
	c := newCounting(t, nil)
	const name, address, token = "Zorbelina Quimbleton", "zorbelina.q@mailhost.example", "MTk4NjIyNDgzNDcx.Cl2FMQ.ZnCjm1XVW7vRze4b7"
	if err := c.store.SaveSettings(t.Context(), c.guild, store.Settings{ModeratorChannel: c.mods.ID}); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		who := c.by()
		for _, q := range []string{
			"is levothyroxine with upadacitinib ok for " + name,
			name + " of " + address + " wants to know about aloe vera gel for eczema",
			"why does " + token + " not work with baricitinib and lactose",
			strings.ToLower(name) + "?",
		} {
			m := c.asks(who, q)
			id, err := m.Button("Ask a follow-up")
			if err != nil {
				continue
			}
			modal, err := c.sim.Click(who, m, id).Modal(c.wait())
			if err != nil {
				t.Fatal(err)
			}
			c.reply(c.sim.Submit(who, m, modal["custom_id"].(string), map[string]string{"question": "and for " + name + "?"}))
		}
	}
	wants(t, c.gaps(), "levothyroxine")
	if err := c.store.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	found := false
	for _, file := range []string{c.path, c.path + "-wal", c.path + "-shm"} {
		raw, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		all := strings.ToLower(string(raw))
		found = found || strings.Contains(all, "levothyroxine") // what is searched holds what was counted
		for _, s := range []string{"zorbelina", "quimbleton", "mailhost", strings.ToLower(token), "znCjm1", c.mod.User.ID} {
			if strings.Contains(all, strings.ToLower(s)) {
				t.Errorf("%s holds %q", filepath.Base(file), s)
			}
		}
	}
	if !found {
		t.Error("the files that were searched do not hold the counts")
	}
}

// FuzzCounted asks anything of the real core: what would be counted is in the
// closed vocabulary, whatever is asked, and by whom.
func FuzzCounted(f *testing.F) {
	st, err := store.Open(context.Background(), ":memory:")
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { st.Close() })
	shelf, err := library.Open(context.Background(), library.Options{Store: st, Base: knowledge.Builtin()})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { shelf.Close() })
	kept := &tallies{memStore: newMemStore()}
	b, err := New(Config{Token: "simulated-token", Answerer: shelf, Library: fakeLibrary{}, Store: kept, Shelf: shelf})
	if err != nil {
		f.Fatal(err)
	}
	lib := shelf.Composer("").Library()
	for _, q := range []string{onThyroid, onCoffee, onNothing, "Zorbelina Quimbleton <zorbelina@mailhost.example> abrocitinib cost?", "token abc.def.ghi and rinvoq", "what are side effects of oral JAK inhibitors", "\x00#/'\"", "is drug#main/0a ok"} {
		f.Add(q, "1409876543210987654")
	}
	f.Fuzz(func(t *testing.T, question, user string) {
		in := &interaction{Guild: "77", Locale: "en-US", User: member(user)}
		turn := &turn{bot: b, in: in, lang: "en"}
		ans, err := shelf.Answer(t.Context(), answer.Question{Text: question})
		if err != nil {
			t.Skip()
		}
		b.countByWeek(t.Context(), turn, asked{text: question}, ans)
		for _, c := range kept.take() {
			switch {
			case c.Guild != "77":
				t.Errorf("counted for server %q", c.Guild)
			case c.Kind == store.Shown && c.Detail == "" && lib.Passage(c.Subject) != nil:
			case c.Kind == store.Gap && (c.Subject == "" || lib.Lexicon.Entity(c.Subject) != nil) && (c.Detail == "" || slices.Contains(knowledge.Intents, c.Detail)):
			default:
				t.Errorf("%q counts %+v", question, c)
			}
			if err := st.CountWeekly(t.Context(), time.Now(), c); err != nil {
				t.Errorf("the store refuses %+v: %v", c, err)
			}
		}
	})
}

func member(id string) user { return user{ID: id} }

// tallies is a store that notes what is counted by week.
type tallies struct {
	*memStore
	mu   sync.Mutex
	list []store.Tally
}

func (s *tallies) CountWeekly(_ context.Context, _ time.Time, t store.Tally) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, t)
	return nil
}

func (s *tallies) take() []store.Tally {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.list
	s.list = nil
	return out
}

func TestToday(t *testing.T) {
	at := time.Date(2026, 11, 28, 23, 59, 0, 0, time.UTC)
	d := &today{now: func() time.Time { return at }}
	m := newMemory("x", time.Now)
	if k := m.person("a"); !d.first(k) || d.first(k) || !d.first(m.person("b")) {
		t.Error("each counts once a day")
	}
	for i := range maxToday {
		d.first(m.person(fmt.Sprint(i)))
	}
	if len(d.seen) != maxToday || d.first(m.person("one more")) {
		t.Errorf("%d are remembered; at most %d may be, and nothing counts beyond", len(d.seen), maxToday)
	}
	at = at.Add(2 * time.Minute)
	if d.forget(); len(d.seen) > 0 {
		t.Errorf("after midnight %d are still remembered", len(d.seen))
	}
	if k := m.person("a"); !d.first(k) || d.first(k) {
		t.Error("the next day counts anew")
	}
}

// BenchmarkCountByWeek is what counting costs an answer of three quotes, or one that
// lacks four things, while the store writes what was counted.
func BenchmarkCountByWeek(b *testing.B) {
	st, err := store.Open(b.Context(), filepath.Join(b.TempDir(), "salve.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer st.Close()
	bt := &Bot{cfg: Config{Store: st, Shelf: &library.Shelf{}}, memory: newMemory("t", time.Now), now: time.Now, today: &today{now: time.Now}}
	cited := answer.Answer{Quotes: []answer.Quote{nausea, warning, cream}}
	lacking := answer.Answer{Lacks: []answer.Lack{{}, {Entity: "abrocitinib", Intent: "cost"}, {Entity: "upadacitinib"}, {Entity: "coffee"}}}
	for i := 0; b.Loop(); i++ {
		t := &turn{in: &interaction{Guild: fmt.Sprint(i % 1000), User: user{ID: fmt.Sprint(i)}}}
		bt.countByWeek(b.Context(), t, asked{}, cited)
		bt.countByWeek(b.Context(), t, asked{}, lacking)
	}
}

// TestALongDigestFits lays out the longest digest there can be, in every language.
func TestALongDigestFits(t *testing.T) {
	long := strings.Repeat("Ωé*_~`|<>[]@ ", 30)
	near := answer.Topic{Article: strings.Repeat("long-slug-", 6), Anchor: "b", Title: long}
	var d library.Digest
	for i := range 400 {
		used := library.Used{Passage: strings.Repeat("long-slug-", 6) + "#what-it-says/decb6ac890", Topic: near, Count: 1000 + i}
		for _, r := range reasons {
			used.Reasons = append(used.Reasons, library.Reason{Reason: r, Count: 999})
		}
		d.Gaps = append(d.Gaps, library.Gap{Lack: answer.Lack{Entity: "a", Intent: "mental-health"}, Name: long, Count: 1000 + i, Trend: "same", Near: []answer.Topic{near, near}})
		d.NotHelpful = append(d.NotHelpful, used)
		d.MostUsed = append(d.MostUsed, used)
		d.Due = append(d.Due, library.Article{Slug: "a", Title: long, NextReview: "2026-11-28"})
	}
	for _, lang := range languages {
		m := plain(tr(lang, "note_title", "n", library.LeastShown) + digestText(d, lang))
		lawful(t, lang, m)
		words := textOf(m.Components)
		if size(words) > textBudget || len(words) > byteBudget {
			t.Errorf("%s: %d characters, %d bytes", lang, size(words), len(words))
		}
		if got := strings.Count(words, "… +"); got != 4 {
			t.Errorf("%s: %d parts say how much they leave out; want 4\n%s", lang, got, words)
		}
	}
}
