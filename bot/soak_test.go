package bot

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"salve/bot/answer"
	"salve/bot/simulator"
)

var soak = flag.Int("soak", 0, "ask this many questions, 200 a second, over a bad network, and report")

const soakRate = 200 // questions a second

// TestSoak is a report more than a test: go test ./bot -run Soak -soak 10000 -v.
// It asks over loopback while the simulator drops the gateway, sends ops 7 and
// 9, and answers one REST request in forty with 429 and one in a hundred with
// 5xx or a cut connection.
//
// A question that finds no connection, or whose connection is cut while it is on
// its way, is one to which Discord says "did not respond"; its member asks again.
// Every other question must be answered, once, and acknowledged in time.
func TestSoak(t *testing.T) {
	if *soak == 0 {
		t.Skip("only with -soak N")
	}
	s := &soaking{t: t, answered: map[string]int{}}
	s.sim = simulator.New(simulator.Options{Forgetful: true, Resolve: s.trouble, Identifies: 1000})
	defer s.sim.Close()
	b, err := New(Config{Token: s.sim.Token(), AppID: s.sim.AppID(), Answerer: &forgetfulAnswerer{}, Library: fakeLibrary{}, Store: newMemStore(),
		Assess: fakeAssess, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Transport: s.sim.Transport()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	if err := s.sim.Connected(ctx, 1); err != nil {
		t.Fatal(err)
	}
	go s.havoc(ctx)
	s.calm.Store(true)
	for range 200 {
		s.channels = append(s.channels, s.sim.NewChannel(s.sim.NewID(), "general"))
	}
	s.heap("at the start", b)
	start := time.Now()
	tick := time.NewTicker(time.Second / soakRate)
	defer tick.Stop()
	var wg sync.WaitGroup
	for i := range *soak {
		<-tick.C
		wg.Go(func() { s.ask(ctx, i) })
		if i == 0 {
			s.calm.Store(false)
		}
		if i > 0 && i%(*soak/4) == 0 {
			s.heap(fmt.Sprintf("after %d", i), b)
		}
	}
	wg.Wait()
	took := time.Since(start)
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	s.heap("at the end", b)
	b.memory = newMemory("t", time.Now)
	s.heap("without them", b)
	s.report(took)
}

type soaking struct {
	t        *testing.T
	sim      *simulator.Simulator
	channels []*simulator.Channel
	calm     atomic.Bool

	mu                         sync.Mutex
	answered                   map[string]int
	acks                       []time.Duration
	away, cut, twice, told     int
	refused429, failed, events int
}

// trouble refuses some requests.
func (s *soaking) trouble(method, route string) *simulator.Refusal {
	if s.calm.Load() || !strings.HasPrefix(route, "/interactions") && !strings.HasPrefix(route, "/webhooks") {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch n := rand.IntN(200); {
	case n < 5:
		s.refused429++
		return &simulator.Refusal{Status: 429, RetryAfter: time.Duration(100+rand.IntN(200)) * time.Millisecond}
	case n == 5:
		s.failed++
		return &simulator.Refusal{Status: 502}
	case n == 6:
		s.failed++
		return &simulator.Refusal{}
	}
	return nil
}

// havoc ends the gateway connection in all ways, every few seconds.
func (s *soaking) havoc(ctx context.Context) {
	for i := 0; sleep(ctx, 10*time.Second) == nil; i++ {
		s.mu.Lock()
		s.events++
		s.mu.Unlock()
		switch i % 4 {
		case 0:
			s.sim.SendOp(7, nil)
		case 1:
			s.sim.Drop()
		case 2:
			s.sim.SendOp(9, false)
		case 3:
			s.sim.CloseAll(4009)
		}
	}
}

// ask asks one question until it is answered, as a member would.
func (s *soaking) ask(ctx context.Context, i int) {
	user := s.sim.NewUser("member", "")
	act := simulator.Act{User: user, Channel: s.channels[i%len(s.channels)]}
	if i%10 == 0 {
		act.Repeat = 1
	}
	for {
		it := s.sim.Run(act, "ask", simulator.Values{"question": "what helps with itching"})
		if !it.Delivered() {
			s.add(&s.away)
			sleep(ctx, time.Second)
			continue
		}
		// Three seconds for a first response; then as long as the reply may take.
		wait, cancel := context.WithTimeout(ctx, 4*time.Second)
		err := it.First(wait)
		cancel()
		if err != nil {
			s.add(&s.cut)
			s.sim.Release(it)
			continue
		}
		wait, cancel = context.WithTimeout(ctx, time.Minute)
		m, err := it.Reply(wait)
		cancel()
		if err != nil {
			s.t.Errorf("question %d: acknowledged and never answered", i)
			return
		}
		_, after := it.Acked()
		s.mu.Lock()
		s.acks = append(s.acks, after)
		s.answered[user.ID]++
		if s.answered[user.ID] > 1 || it.Edits() > 1 {
			s.twice++
		}
		if !strings.Contains(m.Text(), "nausea") {
			s.told++
		}
		s.mu.Unlock()
		s.sim.Release(it)
		return
	}
}

func (s *soaking) add(n *int) {
	s.mu.Lock()
	*n++
	s.mu.Unlock()
}

func (s *soaking) heap(when string, b *Bot) {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	s.t.Logf("%-12s heap %5.1f MiB, %d goroutines, %d replies with buttons kept", when, float64(m.HeapAlloc)/(1<<20), runtime.NumGoroutine(), b.memory.len())
}

func (s *soaking) report(took time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	slices.Sort(s.acks)
	at := func(q float64) time.Duration {
		return s.acks[int(q*float64(len(s.acks)-1))].Round(100 * time.Microsecond)
	}
	n := s.sim.Numbers()
	s.t.Logf("%d questions in %v; %d ends of the connection, %d connections; %d answers 429, %d failures", *soak, took.Round(time.Millisecond), s.events, n.Connected, s.refused429, s.failed)
	s.t.Logf("answered %d, of them told why not %d; answered twice %d; asked again: %d found no connection, %d were cut off", len(s.answered), s.told, s.twice, s.away, s.cut)
	s.t.Logf("acknowledged: p50 %v, p90 %v, p99 %v, p99.9 %v, most %v", at(.5), at(.9), at(.99), at(.999), at(1))
	if f := s.sim.Faults(); len(f) > 0 {
		s.t.Logf("rules broken: %d, the first %q", len(f), f[0])
	}
	if len(s.answered) != *soak || s.twice > 0 {
		s.t.Error("questions were lost or answered twice")
	}
}

// forgetfulAnswerer answers without keeping what it was asked.
type forgetfulAnswerer struct{}

func (forgetfulAnswerer) Answer(_ context.Context, q answer.Question) (answer.Answer, error) {
	return cited(q.Text), nil
}
