package bot

import (
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"salve/bot/simulator"
)

// answersAgain wants the bot to be connected within d and to answer.
func (w *world) answersAgain(d time.Duration) {
	w.t.Helper()
	start := time.Now()
	w.connected()
	if took := time.Since(start); took > d {
		w.t.Errorf("connected again after %v; want within %v", took, d)
	}
	wants(w.t, w.ask("does it still answer questions"), "nausea")
}

func TestOpensDespite(t *testing.T) {
	for _, tt := range []struct {
		name   string
		first  simulator.Behaviour
		within time.Duration
	}{
		{"op 9 in answer to Identify", simulator.Behaviour{Instead: 9}, 15 * time.Second},
		{"op 7 in answer to Identify", simulator.Behaviour{Instead: 7}, 15 * time.Second},
		{"no HELLO", simulator.Behaviour{NoHello: true}, time.Minute},
		{"no READY", simulator.Behaviour{NoAnswer: true}, time.Minute},
		{"close code 4000", simulator.Behaviour{Close: 4000}, 15 * time.Second},
		{"close code 4007", simulator.Behaviour{Close: 4007}, 15 * time.Second},
		{"close code 4008", simulator.Behaviour{Close: 4008}, 15 * time.Second},
		{"close code 4009", simulator.Behaviour{Close: 4009}, 15 * time.Second},
		{"close code 1001", simulator.Behaviour{Close: 1001}, 15 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			script := func(n int) simulator.Behaviour {
				if n == 1 {
					return tt.first
				}
				return simulator.Behaviour{}
			}
			bubble(t, setup{script: script}, func(w *world) { w.answersAgain(tt.within) })
		})
	}
}

func TestComesBackAfter(t *testing.T) {
	for _, tt := range []struct {
		name   string
		happen func(w *world)
		within time.Duration
	}{
		{"a drop", func(w *world) { w.sim.Drop() }, 3 * time.Second},
		{"op 7", func(w *world) { w.sim.SendOp(7, nil) }, 3 * time.Second},
		{"op 9", func(w *world) { w.sim.SendOp(9, false) }, 3 * time.Second},
		{"op 9 that may resume", func(w *world) { w.sim.SendOp(9, true) }, 3 * time.Second},
		{"close code 4009", func(w *world) { w.sim.CloseAll(4009) }, 3 * time.Second},
		{"close code 4007", func(w *world) { w.sim.CloseAll(4007) }, 3 * time.Second},
		{"close code 1000", func(w *world) { w.sim.CloseAll(1000) }, 3 * time.Second},
		{"a zombie", func(w *world) { w.sim.Mute(); time.Sleep(100 * time.Second) }, 5 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, setup{}, func(w *world) {
				time.Sleep(2 * time.Minute) // a healthy connection
				tt.happen(w)
				time.Sleep(100 * time.Millisecond)
				w.answersAgain(tt.within)
				if w.sim.Numbers().Resumed > 0 {
					t.Error("resumed: a session that is dead would be resumed for ever")
				}
			})
		})
	}
}

func TestFatalCloseCodes(t *testing.T) {
	for code := range fatalCloses {
		for _, when := range []string{"while opening", "while running"} {
			t.Run(fmt.Sprint(code, " ", when), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := setup{}
					if when == "while opening" {
						s.script = func(int) simulator.Behaviour { return simulator.Behaviour{Close: code} }
					}
					w := newWorld(t, s)
					if when == "while running" {
						w.sim.CloseAll(code)
					}
					var err error
					select {
					case err = <-w.ended:
					case <-time.After(10 * time.Minute):
						t.Fatal("still trying after ten minutes")
					}
					w.ended <- err // for the clean-up
					if err == nil || !strings.Contains(err.Error(), fmt.Sprint(code)) || !strings.Contains(err.Error(), ";") {
						t.Errorf("Run ended with %v; want the code and what to do", err)
					}
				})
			})
		}
	}
}

func TestZombieIsNoticedInTime(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		time.Sleep(time.Minute)
		w.sim.Mute()
		start := time.Now()
		ctx, cancel := context.WithTimeout(w.t.Context(), 10*time.Minute)
		defer cancel()
		if err := w.sim.Until(ctx, func(n simulator.Numbers) bool { return n.Connected > 1 }); err != nil {
			w.t.Fatal("never noticed")
		}
		if d := time.Since(start); d > 2*42*time.Second+watchEvery+time.Second {
			t.Errorf("noticed after %v; want two heartbeats", d)
		}
		w.answersAgain(time.Minute)
	})
}

func TestBackOffGrows(t *testing.T) {
	script := func(n int) simulator.Behaviour {
		if n <= 6 {
			return simulator.Behaviour{Instead: 9}
		}
		return simulator.Behaviour{}
	}
	bubble(t, setup{script: script}, func(w *world) {
		start := time.Now()
		w.connected()
		// 5+10+20+40+80+160 s, each longer by up to a half.
		if d := time.Since(start); d < 4*time.Minute || d > 10*time.Minute {
			t.Errorf("the seventh attempt came after %v", d)
		}
	})
}

func TestWaitAfter(t *testing.T) {
	for range 200 {
		for failures, base := range map[int]time.Duration{0: firstWait, 1: 2 * firstWait, 3: 8 * firstWait, 9: longestWait, 1000: longestWait} {
			if w := waitAfter(failures); w < base || w > base*3/2 {
				t.Fatalf("after %d failures %v", failures, w)
			}
		}
	}
}

func TestIdentifyBudget(t *testing.T) {
	opt := func(o *simulator.Options) { o.Identifies = 25 }
	script := func(n int) simulator.Behaviour { return simulator.Behaviour{Instead: 9} }
	bubble(t, setup{sim: opt, script: script}, func(w *world) {
		time.Sleep(48 * time.Hour)
		if identified := w.sim.Numbers().Identified; identified > 25-keepIdentifies {
			t.Errorf("%d Identifies of 25 used; %d must stay", identified, keepIdentifies)
		}
		if !strings.Contains(w.log.String(), "budget of gateway sessions is spent") {
			t.Error("the log does not say why the bot is away")
		}
	})
}

func TestGatewayUnreachable(t *testing.T) {
	bubble(t, setup{sim: refuseFirst(12, "GET /gateway/bot", simulator.Refusal{Status: 500}), script: func(int) simulator.Behaviour { return simulator.Behaviour{} },
		cfg: func(c *Config) { c.Shards = 1 }}, func(w *world) { w.answersAgain(2 * time.Minute) })
}

func TestShards(t *testing.T) {
	bubble(t, setup{sim: func(o *simulator.Options) { o.Shards = 4 }, script: func(int) simulator.Behaviour { return simulator.Behaviour{} }}, func(w *world) {
		start := time.Now()
		w.connected()
		if d := time.Since(start); d < 3*identifyGap {
			t.Errorf("four shards identified within %v; Discord wants them %v apart", d, identifyGap)
		}
		for range 8 {
			guild := w.sim.NewID()
			time.Sleep(time.Second)
			act := simulator.Act{User: w.sim.NewUser("member", ""), Channel: w.sim.NewChannel(guild, "general")}
			wants(t, w.reply(w.sim.Run(act, "ask", simulator.Values{"question": "what helps"})), "nausea")
		}
		w.sim.Drop()
		time.Sleep(100 * time.Millisecond)
		w.connected()
		if ready := w.sim.Numbers().Ready; ready != 4 {
			t.Errorf("%d shards are back", ready)
		}
	})
}

func TestShardSettings(t *testing.T) {
	t.Run("some of them", func(t *testing.T) {
		bubble(t, setup{sim: func(o *simulator.Options) { o.Shards = 4 }, cfg: func(c *Config) { c.Shards, c.ShardIDs = 4, []int{1, 3} }}, func(w *world) {
			time.Sleep(time.Minute)
			if ready := w.sim.Numbers().Ready; ready != 2 {
				t.Errorf("%d shards run", ready)
			}
		})
	})
	t.Run("one that is not there", func(t *testing.T) {
		bubble(t, setup{idle: true, cfg: func(c *Config) { c.Shards, c.ShardIDs = 2, []int{2} }}, func(w *world) {
			if err := w.bot.Run(w.t.Context()); err == nil || !strings.Contains(err.Error(), "no shard 2 of 2") {
				t.Errorf("Run: %v", err)
			}
		})
	})
}

func TestReadyTellsTheTruth(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		if !w.bot.Ready() {
			t.Error("connected and not ready")
		}
		w.sim.Drop()
		synctest.Wait()
		if w.bot.Ready() {
			t.Error("ready without a connection")
		}
		w.answersAgain(time.Minute)
	})
}

func TestStopWhileConnecting(t *testing.T) {
	for name, b := range map[string]simulator.Behaviour{"before HELLO": {NoHello: true}, "before READY": {NoAnswer: true}, "between attempts": {Instead: 9}} {
		t.Run(name, func(t *testing.T) {
			bubble(t, setup{script: func(int) simulator.Behaviour { return b }}, func(w *world) {
				time.Sleep(3 * time.Second)
				start := time.Now()
				w.stop()
				err := <-w.ended
				w.ended <- err
				if d := time.Since(start); err != nil || d > 5*time.Second {
					t.Errorf("Run ended with %v after %v", err, d)
				}
			})
		})
	}
}

// TestOverTLS opens a session through TLS, as Discord's gateway has it.
func TestOverTLS(t *testing.T) {
	sim := simulator.New(simulator.Options{})
	defer sim.Close()
	to, err := url.Parse(sim.URL())
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewTLSServer(httputil.NewSingleHostReverseProxy(to))
	defer front.Close()
	roots := x509.NewCertPool()
	roots.AddCert(front.Certificate())
	for name, tt := range map[string]struct {
		roots *x509.CertPool
		opens bool
	}{"a good certificate": {roots, true}, "a certificate of nobody's": {x509.NewCertPool(), false}} {
		t.Run(name, func(t *testing.T) {
			s := &shard{count: 1, api: &api{token: sim.Token()}, dial: (&net.Dialer{}).DialContext, roots: tt.roots, now: time.Now}
			life, end := context.WithCancel(t.Context())
			defer end()
			d, tapped, err := s.session(life, strings.Replace(front.URL, "https:", "wss:", 1)+"/")
			if err != nil {
				t.Fatal(err)
			}
			if err := d.Open(); (err == nil) != tt.opens {
				t.Fatalf("Open: %v", err)
			}
			if !tt.opens {
				return
			}
			c := <-tapped
			c.mu.Lock()
			defer c.mu.Unlock()
			if c.interval == 0 {
				t.Error("HELLO was not seen")
			}
		})
	}
}

// TestOverLoopback is the one test with a real socket and a real clock.
func TestOverLoopback(t *testing.T) {
	sim := simulator.New(simulator.Options{Schema: schema(t)})
	defer sim.Close()
	b, err := New(Config{Token: sim.Token(), AppID: sim.AppID(), Answerer: &fakeAnswerer{}, Library: fakeLibrary{}, Store: newMemStore(), Transport: sim.Transport()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	if err := sim.Connected(ctx, 1); err != nil {
		t.Fatal(err)
	}
	act := simulator.Act{User: sim.NewUser("Ana", ""), Channel: sim.NewChannel(sim.NewID(), "general")}
	m, err := sim.Run(act, "ask", simulator.Values{"question": "what are the side effects"}).Reply(ctx)
	if err != nil {
		t.Fatal(err)
	}
	wants(t, m, "nausea")
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if f := sim.Faults(); len(f) > 0 {
		t.Errorf("rules broken: %q", f)
	}
}
