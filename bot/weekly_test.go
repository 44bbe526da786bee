package bot

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"salve/bot/library"
	"salve/bot/simulator"
	"salve/bot/store"
)

var noteTimeTests = []struct{ now, want string }{
	{"2026-11-30T00:00:00Z", "2026-11-30T09:00:00Z"}, // Monday
	{"2026-11-30T09:00:00Z", "2026-11-30T09:00:00Z"},
	{"2026-12-02T12:00:00Z", "2026-11-30T09:00:00Z"},
	{"2026-12-06T23:59:59Z", "2026-11-30T09:00:00Z"}, // Sunday
	{"2026-12-07T05:00:00+14:00", "2026-11-30T09:00:00Z"},
	{"2027-01-01T12:00:00Z", "2026-12-28T09:00:00Z"},
}

func TestNoteTime(t *testing.T) {
	for _, tt := range noteTimeTests {
		now, err := time.Parse(time.RFC3339, tt.now)
		if err != nil {
			t.Fatal(err)
		}
		if got := noteTime(now).Format(time.RFC3339); got != tt.want {
			t.Errorf("at %s: %s; want %s", tt.now, got, tt.want)
		}
	}
}

func TestUntilNext(t *testing.T) {
	for _, tt := range []struct {
		now  string
		want time.Duration
	}{
		{"2026-11-28T12:00:00Z", noteLook},
		{"2026-11-28T23:59:30Z", 30 * time.Second},
		{"2026-11-28T01:59:30+02:00", 30 * time.Second}, // UTC counts
		{"2026-11-30T08:59:59Z", time.Second},
		{"2026-11-30T09:00:00Z", noteLook},
		{"2026-11-29T00:00:00Z", noteLook},
	} {
		now, err := time.Parse(time.RFC3339, tt.now)
		if err != nil {
			t.Fatal(err)
		}
		if got := untilNext(now); got != tt.want {
			t.Errorf("at %s: %v; want %v", tt.now, got, tt.want)
		}
	}
}

// nextMonday is the time of the first note that is not past.
func nextMonday() time.Time { return noteTime(time.Now().AddDate(0, 0, 7)) }

// noted is a bot, a second before its Monday's note, whose server wants one and
// asked last week what the library lacks.
func noted(t *testing.T, s store.Settings, sim func(*simulator.Options)) (c *countingWorld, monday time.Time) {
	t.Helper()
	monday = nextMonday()
	c = newCounting(t, sim)
	c.clock.set(monday.Add(-3 * 24 * time.Hour))
	s.WeeklyNote = true
	if s.ModeratorChannel == "" {
		s.ModeratorChannel = c.mods.ID
	}
	if err := c.store.SaveSettings(t.Context(), c.guild, s); err != nil {
		t.Fatal(err)
	}
	c.count(3)
	return c, monday
}

// count counts a gap n times in the week that it is.
func (c *countingWorld) count(n int) {
	c.t.Helper()
	for range n {
		if err := c.store.CountWeekly(c.t.Context(), c.clock.now(), store.Tally{Guild: c.guild, Kind: store.Gap, Subject: "abrocitinib", Detail: "cost"}); err != nil {
			c.t.Fatal(err)
		}
	}
}

// sent looks for due notes at a time and returns all messages to the moderators.
func (c *countingWorld) sent(at time.Time) []*simulator.Message {
	c.clock.set(at)
	c.bot.sendNotes(context.Background())
	return c.sim.Messages(c.mods)
}

func TestWeeklyNote(t *testing.T) {
	t.Parallel()
	c, monday := noted(t, store.Settings{}, nil)
	if got := c.sent(monday.Add(-time.Minute)); len(got) > 0 {
		t.Fatal("sent before its time")
	}
	c.clock.set(monday.Add(time.Second))
	var wg sync.WaitGroup
	for range 5 { // several look at once
		wg.Go(func() { c.bot.sendNotes(context.Background()) })
	}
	wg.Wait()
	got := c.sent(monday.Add(5 * time.Hour))
	if len(got) != 1 {
		t.Fatalf("%d notes; want one", len(got))
	}
	wants(t, got[0], "The library last week", "**3×** abrocitinib · `cost`", "nearest: ", "/settings weekly_note")

	// A second process, and one after a restart, know that it was sent.
	for range 2 {
		other, err := store.Open(t.Context(), c.path)
		if err != nil {
			t.Fatal(err)
		}
		cfg := c.bot.cfg
		cfg.Store = other
		b, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		b.sendNotes(context.Background())
		other.Close()
	}
	if got := c.sent(monday.Add(23 * time.Hour)); len(got) != 1 {
		t.Errorf("%d notes after another process looked", len(got))
	}

	// The next week it comes again, in the server's language.
	if err := c.store.SaveSettings(t.Context(), c.guild, store.Settings{WeeklyNote: true, ModeratorChannel: c.mods.ID, Language: "de"}); err != nil {
		t.Fatal(err)
	}
	got = c.sent(monday.Add(7*24*time.Hour + 22*time.Hour))
	if len(got) != 2 {
		t.Fatalf("%d notes in two weeks", len(got))
	}
	wants(t, got[1], "Die Bibliothek letzte Woche", "/bibliothek lücken")
	// The week after, five weeks on, nothing is left to say.
	if got := c.sent(monday.Add(5 * 7 * 24 * time.Hour)); len(got) != 2 {
		t.Errorf("a note with nothing to say:\n%s", got[len(got)-1].Text())
	}
}

func TestNoWeeklyNote(t *testing.T) {
	t.Parallel()
	c, monday := noted(t, store.Settings{}, nil)
	set := func(wanted bool) {
		t.Helper()
		if err := c.store.SaveSettings(t.Context(), c.guild, store.Settings{WeeklyNote: wanted, ModeratorChannel: c.mods.ID}); err != nil {
			t.Fatal(err)
		}
	}
	set(false)
	if got := c.sent(monday); len(got) > 0 {
		t.Errorf("sent to who does not want it:\n%s", got[0].Text())
	}
	set(true)
	for _, late := range []time.Duration{-time.Second, 24 * time.Hour, 6 * 24 * time.Hour} {
		if got := c.sent(monday.Add(late)); len(got) > 0 {
			t.Errorf("sent %v late:\n%s", late, got[0].Text())
		}
	}
	// Two are too few for a count, five weeks later.
	monday = monday.AddDate(0, 0, 35)
	c.clock.set(monday.Add(-24 * time.Hour))
	c.count(library.LeastShown - 1)
	if got := c.sent(monday); len(got) > 0 {
		t.Errorf("sent with nothing to say:\n%s", got[0].Text())
	}
	monday = monday.AddDate(0, 0, 7)
	c.clock.set(monday.Add(-24 * time.Hour))
	c.count(1)
	if got := c.sent(monday); len(got) != 1 {
		t.Errorf("%d notes when there is something to say", len(got))
	}
}

// TestWeeklyNoteByItself lets the bot's own clock reach Monday.
func TestWeeklyNoteByItself(t *testing.T) {
	t.Parallel()
	c, monday := noted(t, store.Settings{}, nil)
	c.clock.set(monday.Add(-100 * time.Millisecond))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		c.bot.WeeklyNotes(ctx)
		close(ended)
	}()
	for len(c.sim.Messages(c.mods)) == 0 {
		time.Sleep(10 * time.Millisecond)
	}
	cancel()
	<-ended
}

// TestWeeklyNoteCannotBeSent has one thing in the way a week, and in the fifth
// nothing.
func TestWeeklyNoteCannotBeSent(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	tries, failing := 0, false
	c, monday := noted(t, store.Settings{}, func(o *simulator.Options) {
		o.Resolve = func(method, route string) *simulator.Refusal {
			if method != "POST" || route != "/channels/*/messages" {
				return nil
			}
			mu.Lock()
			defer mu.Unlock()
			tries++
			if failing {
				return &simulator.Refusal{Status: 503}
			}
			return nil
		}
	})
	lacks(t, c.reply(c.library(c.mod, "status", nil)), "⚠")
	for week, tt := range []struct {
		name             string
		hidden, readOnly bool
		channel          string
		failing          bool
		says             string
	}{
		{name: "no right to see", hidden: true, says: "may not see or write"},
		{name: "no right to write", readOnly: true, says: "may not see or write"},
		{name: "the channel is gone", channel: "4242424242", says: "the moderator channel is gone"},
		{name: "Discord fails", failing: true, says: "Discord did not take it"},
		{name: "nothing is in the way"},
	} {
		want := store.Settings{WeeklyNote: true, ModeratorChannel: orElse(tt.channel, c.mods.ID)}
		if err := c.store.SaveSettings(t.Context(), c.guild, want); err != nil {
			t.Fatal(err)
		}
		c.mods.Hidden, c.mods.NoSend = tt.hidden, tt.readOnly
		mu.Lock()
		tries, failing = 0, tt.failing
		mu.Unlock()
		at := monday.AddDate(0, 0, 7*week)
		c.clock.set(at.Add(-24 * time.Hour))
		c.count(library.LeastShown)
		for hour := range 24 {
			c.sent(at.Add(time.Duration(hour) * time.Hour))
		}
		mu.Lock()
		if tries != 1 {
			t.Errorf("%s: tried %d times; want once a week", tt.name, tries)
		}
		failing = false
		mu.Unlock()
		m := c.reply(c.library(c.mod, "status", nil))
		if tt.says == "" {
			lacks(t, m, "⚠")
		} else {
			wants(t, m, "⚠", tt.says)
		}
		if got, err := c.store.Settings(t.Context(), c.guild); err != nil || !got.WeeklyNote {
			t.Errorf("%s: the setting is gone: %+v, %v", tt.name, got, err)
		}
	}
	if got := c.sim.Messages(c.mods); len(got) != 1 {
		t.Errorf("%d notes arrived; want that of the last week", len(got))
	}
}

// TestNotesOfManyServers sends each server its own, whatever becomes of the others.
func TestNotesOfManyServers(t *testing.T) {
	t.Parallel()
	c, monday := noted(t, store.Settings{}, nil)
	var channels []*simulator.Channel
	for i := range 30 {
		guild := c.sim.NewID()
		ch := c.sim.NewChannel(guild, fmt.Sprint("mods-", i))
		ch.Hidden = i%3 == 0
		channels = append(channels, ch)
		if err := c.store.SaveSettings(t.Context(), guild, store.Settings{WeeklyNote: true, ModeratorChannel: ch.ID}); err != nil {
			t.Fatal(err)
		}
		for range i % 5 {
			if err := c.store.CountWeekly(t.Context(), c.clock.now(), store.Tally{Guild: guild, Kind: store.Gap}); err != nil {
				t.Fatal(err)
			}
		}
	}
	c.sent(monday)
	for i, ch := range channels {
		want := 0
		if i%3 != 0 && i%5 >= 3 {
			want = 1
		}
		got := c.sim.Messages(ch)
		if len(got) != want {
			t.Errorf("server %d: %d notes; want %d", i, len(got), want)
		}
		for _, m := range got {
			lacks(t, m, "abrocitinib")
			wants(t, m, fmt.Sprintf("**%d×** something that the lexicon does not know", i%5))
		}
	}
}
