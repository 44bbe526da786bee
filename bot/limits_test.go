package bot

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"salve/bot/answer"
)

// A clock for tests of what happens with time.
type testClock struct{ t time.Time }

func (c *testClock) now() time.Time      { return c.t }
func (c *testClock) add(d time.Duration) { c.t = c.t.Add(d) }

func newClock() *testClock { return &testClock{time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)} }

func TestLimit(t *testing.T) {
	for _, tt := range []struct {
		name string
		most int
		per  time.Duration
		step time.Duration // between takes
		n    int
		free int // takes that pass
	}{
		{"at once", 10, 5 * time.Minute, 0, 30, 10},
		{"one each half minute never ends", 10, 5 * time.Minute, 30 * time.Second, 100, 100},
		{"one a second", 10, 5 * time.Minute, time.Second, 40, 11},
		{"one at most", 1, time.Minute, 0, 3, 1},
		{"a thousand", 1000, time.Minute, 0, 1500, 1000},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newClock()
			l := newLimits(c.now)
			free := 0
			for range tt.n {
				wait := l.take(person{1}, tt.most, tt.per)
				if wait == 0 {
					free++
				} else if wait < 0 || wait > tt.per {
					t.Fatalf("wait %v", wait)
				}
				c.add(tt.step)
			}
			if free != tt.free {
				t.Errorf("%d of %d pass; want %d", free, tt.n, tt.free)
			}
		})
	}
}

func TestLimitTellsTheTruth(t *testing.T) {
	c := newClock()
	l := newLimits(c.now)
	for l.take(person{1}, 10, 5*time.Minute) == 0 {
	}
	wait := l.take(person{1}, 10, 5*time.Minute)
	c.add(wait - time.Millisecond)
	if l.take(person{1}, 10, 5*time.Minute) == 0 {
		t.Error("free before the time that was told")
	}
	c.add(time.Millisecond)
	if w := l.take(person{1}, 10, 5*time.Minute); w != 0 {
		t.Errorf("not free at the time that was told: %v more", w)
	}
	if w := l.take(person{2}, 10, 5*time.Minute); w != 0 {
		t.Error("another person waits too")
	}
}

func TestLimitsForget(t *testing.T) {
	c := newClock()
	l := newLimits(c.now)
	for i := range 1000 {
		l.take(person{byte(i), byte(i >> 8)}, 10, 5*time.Minute)
	}
	c.add(10 * time.Minute)
	l.take(person{9, 9, 9}, 10, 5*time.Minute)
	if n := len(l.seen); n != 1 {
		t.Errorf("%d counts kept after their time", n)
	}
	for i := range limitsMost + 10 {
		l.take(person{byte(i), byte(i >> 8), byte(i >> 16), 1}, 10, time.Hour)
	}
	if n := len(l.seen); n > limitsMost+1 {
		t.Errorf("%d counts; the memory is not bounded", n)
	}
}

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		time.Millisecond: "1 seconds", 30 * time.Second: "30 seconds", 29500 * time.Millisecond: "30 seconds", 90 * time.Second: "90 seconds",
		91 * time.Second: "2 minutes", 5 * time.Minute: "5 minutes",
	} {
		if got := duration("en", d); got != want {
			t.Errorf("duration(%v) = %q; want %q", d, got, want)
		}
	}
}

func TestSeen(t *testing.T) {
	c := newClock()
	s := &seenSet{now: c.now}
	if !s.first("1") || s.first("1") || !s.first("2") {
		t.Error("seen")
	}
	c.add(seenFor - time.Second)
	if s.first("1") {
		t.Error("forgotten before its time")
	}
	for i := range 5 {
		c.add(seenFor + time.Second)
		s.first(fmt.Sprint("x", i))
	}
	if len(s.old)+len(s.new) > 2 {
		t.Errorf("%d ids kept", len(s.old)+len(s.new))
	}
}

func TestLane(t *testing.T) {
	l := newLane(2, 3)
	for range 5 {
		if !l.enter() {
			t.Fatal("no room where there is")
		}
	}
	if l.enter() {
		t.Error("room where there is none")
	}
	l.leave()
	if !l.enter() {
		t.Error("a place that was left is not free")
	}
}

func TestMemory(t *testing.T) {
	c := newClock()
	m := newMemory("t", c.now)
	p := m.person("1")
	id := m.keep(kept{owner: p, question: "what helps"})
	if k, ok := m.get(id); !ok || k.question != "what helps" {
		t.Fatal("not kept")
	}
	if m.person("1") != p || m.person("2") == p || newMemory("t", c.now).person("1") == p {
		t.Error("persons: one must be the same within a process and another in the next")
	}
	c.add(stateLife - time.Second)
	if _, ok := m.get(id); !ok {
		t.Error("gone before its time")
	}
	c.add(time.Second)
	if _, ok := m.get(id); ok || m.len() != 0 {
		t.Error("kept beyond its time")
	}
	m.set(id, answer.Answer{}) // nothing happens
}

func TestMemoryIsBounded(t *testing.T) {
	c := newClock()
	m := newMemory("t", c.now)
	first := m.keep(kept{})
	for range stateMost {
		m.keep(kept{})
	}
	if m.len() != stateMost {
		t.Errorf("%d kept", m.len())
	}
	if _, ok := m.get(first); ok {
		t.Error("the oldest did not go first")
	}
}

func TestMemoryForgets(t *testing.T) {
	c := newClock()
	m := newMemory("t", c.now)
	for i := range 10 {
		m.keep(kept{owner: m.person(fmt.Sprint(i % 2)), guild: fmt.Sprint(i % 5)})
	}
	if n := m.forget(m.person("1")); n != 5 || m.len() != 5 {
		t.Errorf("forgot %d, %d left", n, m.len())
	}
	m.forgetGuild("0")
	if m.len() != 4 {
		t.Errorf("%d left of four servers", m.len())
	}
}

func TestCustomID(t *testing.T) {
	m := newMemory("t", time.Now)
	id := m.keep(kept{question: "secret words"})
	for _, action := range []string{actSection, actSources, actShare, actHelpful, actNot, actWhy, actAsk, actSend, actSendName, actFollow, actFollowed, actPick, actNear, actPage, actForget, actReport, actSections, actPlace, actArticle, actPublish, actApprove} {
		custom := m.sign(action, "123456", id)
		if len(custom) > maxCustomID {
			t.Errorf("%s: %d characters", action, len(custom))
		}
		if strings.Contains(custom, "secret") {
			t.Error("a custom id holds the question")
		}
		a, arg, got, ok := m.open(custom)
		if !ok || a != action || arg != "123456" || got != id {
			t.Errorf("open(%q) = %q %q %q %v", custom, a, arg, got, ok)
		}
		for i := range custom {
			b := []byte(custom)
			b[i] ^= 1
			if _, _, _, ok := m.open(string(b)); ok {
				t.Fatalf("%q is taken for signed", b)
			}
		}
	}
}

func FuzzOpen(f *testing.F) {
	m := newMemory("t", time.Now)
	f.Add("s1:a:b:c:d")
	f.Add(":")
	f.Fuzz(func(t *testing.T, s string) {
		if _, _, _, ok := m.open(s); ok {
			t.Errorf("%q is taken for signed", s)
		}
	})
}
