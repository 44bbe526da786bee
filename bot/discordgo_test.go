package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"

	"salve/bot/simulator"
)

// The tests in this file keep the reasons for this package's own connection,
// decoding and REST client: each shows a fault of plain discordgo on the
// simulator, beside a test that shows ours without it. When one fails because
// discordgo was mended, the part of ours that it names may go.

// plainSession is discordgo as its documentation has it used.
func plainSession(t testing.TB, sim *simulator.Simulator) *discordgo.Session {
	t.Helper()
	s, err := discordgo.New("Bot " + sim.Token())
	if err != nil {
		t.Fatal(err)
	}
	s.LogLevel = -1
	s.Client = &http.Client{Transport: sim.Transport()}
	s.Dialer = &websocket.Dialer{NetDialContext: sim.Dial}
	return s
}

// locked waits until a goroutine of f has locked itself up in discordgo, which
// its stack shows, and reports whether it did before the deadline.
func locked(ctx context.Context, in ...string) bool {
	buf := make([]byte, 4<<20)
	for ctx.Err() == nil {
		for g := range bytes.SplitSeq(buf[:runtime.Stack(buf, true)], []byte("\n\n")) {
			found := bytes.Contains(g, []byte("sync.(*RWMutex).Lock"))
			for _, f := range in {
				found = found && bytes.Contains(g, []byte(f))
			}
			if found {
				return true
			}
		}
		runtime.Gosched()
	}
	return false
}

// TestPlainLocksUp is discordgo#513: ops 7 and 9 in answer to Identify, and op 9
// in answer to Resume. Ours: TestOpensDespite and TestComesBackAfter. It needs
// real time, since a bubble waits for ever for a goroutine that is locked up;
// such a goroutine stays behind.
func TestPlainLocksUp(t *testing.T) {
	t.Parallel()
	for name, op := range map[string]int{"op 9 in answer to Identify": 9, "op 7 in answer to Identify": 7} {
		t.Run(name, func(t *testing.T) {
			sim := simulator.New(simulator.Options{})
			defer sim.Close()
			sim.OnConnect(func(int) simulator.Behaviour { return simulator.Behaviour{Instead: op} })
			go plainSession(t, sim).Open()
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			if !locked(ctx, "CloseWithCode", "onEvent", ").Open") {
				t.Error("discordgo does not lock up any more")
			}
		})
	}
	t.Run("op 9 in answer to Resume", func(t *testing.T) {
		sim := simulator.New(simulator.Options{})
		defer sim.Close()
		sim.OnConnect(func(n int) simulator.Behaviour {
			if n > 1 {
				return simulator.Behaviour{Instead: 9}
			}
			return simulator.Behaviour{}
		})
		s := plainSession(t, sim)
		if err := s.Open(); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		if err := sim.Connected(ctx, 1); err != nil {
			t.Fatal(err)
		}
		sim.Drop()
		if !locked(ctx, "CloseWithCode", "onEvent", "reconnect") {
			t.Error("discordgo does not lock up any more")
		}
	})
}

// plainOpen opens a plain session on a loopback simulator. These tests need real
// time, a few seconds: discordgo sleeps with its lock held, which a bubble's
// clock waits for. They run beside one another.
func plainOpen(t *testing.T, opt simulator.Options, script func(n int) simulator.Behaviour) (*simulator.Simulator, context.Context) {
	t.Helper()
	sim := simulator.New(opt)
	t.Cleanup(sim.Close)
	sim.OnConnect(script)
	s := plainSession(t, sim)
	if err := s.Open(); err != nil {
		t.Fatal(err)
	}
	// The session goes on trying: nothing can stop it, which is the fault.
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	t.Cleanup(cancel)
	if err := sim.Connected(ctx, 1); err != nil {
		t.Fatal(err)
	}
	return sim, ctx
}

func after(n int, b simulator.Behaviour) func(int) simulator.Behaviour {
	return func(i int) simulator.Behaviour {
		if i > n {
			return b
		}
		return simulator.Behaviour{}
	}
}

// TestPlainLoopsOnAFatalClose is discordgo#1544. Ours: TestFatalCloseCodes.
func TestPlainLoopsOnAFatalClose(t *testing.T) {
	t.Parallel()
	sim, ctx := plainOpen(t, simulator.Options{}, after(1, simulator.Behaviour{Close: 4014}))
	sim.CloseAll(4014)
	if err := sim.Until(ctx, func(n simulator.Numbers) bool { return n.Connected >= 3 }); err != nil {
		t.Errorf("discordgo stops on 4014 now: %v", err)
	}
}

// TestPlainResumesADeadSession: after 4009 the session is over. Ours:
// TestComesBackAfter.
func TestPlainResumesADeadSession(t *testing.T) {
	t.Parallel()
	sim, ctx := plainOpen(t, simulator.Options{}, after(1, simulator.Behaviour{Close: 4009}))
	sim.CloseAll(4009)
	if err := sim.Until(ctx, func(n simulator.Numbers) bool { return n.Resumed >= 2 || n.Identified > 1 }); err != nil {
		t.Fatal(err)
	}
	if n := sim.Numbers(); n.Identified > 1 {
		t.Error("discordgo identifies anew now")
	}
}

// TestPlainNoticesAZombieLate: after five beats into silence, where Discord says
// one. Ours: TestZombieIsNoticedInTime.
func TestPlainNoticesAZombieLate(t *testing.T) {
	if discordgo.FailedHeartbeatAcks <= 2*time.Millisecond { // a number of beats, whatever its unit
		t.Error("discordgo is quicker now")
	}
}

// TestPlainIgnoresTheBudget. Ours: TestIdentifyBudget.
func TestPlainIgnoresTheBudget(t *testing.T) {
	t.Parallel()
	sim, _ := plainOpen(t, simulator.Options{}, after(0, simulator.Behaviour{}))
	if n := sim.Count("GET /gateway/bot"); n > 0 {
		t.Error("discordgo asks for the budget now")
	}
}

// TestPlainEditsQueue: all edits of replies share one lock. Ours:
// TestEditsDoNotQueue. In real time, as a bubble does not wait for a mutex.
func TestPlainEditsQueue(t *testing.T) {
	sim := simulator.New(simulator.Options{})
	defer sim.Close()
	s := plainSession(t, sim)
	inFlight := &counting{RoundTripper: sim.Transport()}
	s.Client = &http.Client{Transport: inFlight}
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			s.InteractionResponseEdit(&discordgo.Interaction{AppID: sim.AppID(), Token: "tok-x"}, &discordgo.WebhookEdit{})
		})
	}
	wg.Wait()
	if inFlight.most > 1 {
		t.Errorf("%d edits at once: discordgo does not queue them any more", inFlight.most)
	}
}

type counting struct {
	http.RoundTripper
	mu        sync.Mutex
	now, most int
}

func (c *counting) RoundTrip(r *http.Request) (*http.Response, error) {
	c.mu.Lock()
	c.now++
	c.most = max(c.most, c.now)
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		c.now--
		c.mu.Unlock()
	}()
	return c.RoundTripper.RoundTrip(r)
}

// TestPlainKeepsBuckets is discordgo#1333: a bucket, named with the interaction's
// token, for every reply, for ever. Ours keeps none.
func TestPlainKeepsBuckets(t *testing.T) {
	sim := simulator.New(simulator.Options{})
	defer sim.Close()
	s := plainSession(t, sim)
	for i := range 50 {
		s.InteractionRespond(&discordgo.Interaction{ID: "1", Token: "tok-" + strings.Repeat("x", i)}, &discordgo.InteractionResponse{Type: 5})
	}
	if n := reflect.ValueOf(s.Ratelimiter).Elem().FieldByName("buckets").Len(); n < 50 {
		t.Errorf("%d buckets after 50 replies: discordgo frees them now", n)
	}
}

// TestPlainSleepsThroughItsContext on a 429. Ours: TestRateLimitEndsWithTheContext.
func TestPlainSleepsThroughItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := simulator.New(simulator.Options{Memory: true, Resolve: func(string, string) *simulator.Refusal {
			return &simulator.Refusal{Status: 429, RetryAfter: time.Minute}
		}})
		s := plainSession(t, sim)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		s.GatewayBot(discordgo.WithContext(ctx))
		if d := time.Since(start); d < time.Minute {
			t.Errorf("returned after %v: discordgo heeds its context now", d)
		}
		s.Client.CloseIdleConnections()
		sim.Close()
	})
}

func TestRateLimitEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := simulator.New(simulator.Options{Memory: true, Resolve: func(string, string) *simulator.Refusal {
			return &simulator.Refusal{Status: 429, RetryAfter: 30 * time.Second}
		}})
		tr := sim.Transport()
		a := newAPI(Config{Token: sim.Token(), Now: time.Now, Transport: tr})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		err := a.get(ctx, "/gateway/bot", nil)
		if d := time.Since(start); d > time.Second || err == nil {
			t.Errorf("returned %v after %v", err, d)
		}
		tr.(interface{ CloseIdleConnections() }).CloseIdleConnections()
		sim.Close()
	})
}

// TestPlainCannotReadCloudflare is discordgo#659. Ours: TestRESTTrouble.
func TestPlainCannotReadCloudflare(t *testing.T) {
	sim := simulator.New(simulator.Options{Resolve: func(string, string) *simulator.Refusal {
		return &simulator.Refusal{Status: 429, RetryAfter: time.Second, Body: "<html>error 1015</html>"}
	}})
	defer sim.Close()
	_, err := plainSession(t, sim).GatewayBot()
	var rate *discordgo.RateLimitError
	if err == nil || errors.As(err, &rate) {
		t.Errorf("got %v: discordgo understands a 429 of Cloudflare's now", err)
	}
}

// TestSecretsInErrors: discordgo's errors hold tokens, ours do not.
func TestSecretsInErrors(t *testing.T) {
	opt := simulator.Options{Memory: true, Resolve: func(method, _ string) *simulator.Refusal {
		if method == "POST" {
			return &simulator.Refusal{} // cut
		}
		return &simulator.Refusal{Status: 404}
	}}
	const token = "tok-of-the-interaction"
	t.Run("discordgo", func(t *testing.T) {
		sim := simulator.New(opt)
		defer sim.Close()
		s := plainSession(t, sim)
		err := s.InteractionRespond(&discordgo.Interaction{ID: "1", Token: token}, &discordgo.InteractionResponse{Type: 5})
		if err == nil || !strings.Contains(err.Error(), token) {
			t.Errorf("got %v: discordgo leaves the token out now", err)
		}
		_, err = s.GatewayBot()
		var rest *discordgo.RESTError
		if !errors.As(err, &rest) || rest.Request.Header.Get("Authorization") == "" {
			t.Errorf("got %v: discordgo leaves the authorization out now", err)
		}
	})
	t.Run("ours", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			sim := simulator.New(opt)
			defer sim.Close()
			tr := sim.Transport()
			defer tr.(interface{ CloseIdleConnections() }).CloseIdleConnections()
			a := newAPI(Config{Token: sim.Token(), AppID: "9", Now: time.Now, Transport: tr})
			_, edited := a.edit(t.Context(), token, plain("my question"))
			for name, err := range map[string]error{
				"callback": a.callback(t.Context(), "12345", token, map[string]any{"type": 5, "data": map[string]any{"content": "my question"}}),
				"edit":     edited,
				"get":      a.get(t.Context(), "/gateway/bot", nil),
			} {
				if err == nil {
					t.Errorf("%s: no error", name)
					continue
				}
				dump, _ := json.Marshal(err)
				for _, text := range []string{err.Error(), string(dump)} {
					for _, s := range []string{token, sim.Token(), "my question", "http"} {
						if strings.Contains(text, s) {
							t.Errorf("%s: %q holds %q", name, text, s)
						}
					}
				}
			}
		})
	})
}
