package bot

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"salve/bot/answer"
	"salve/bot/simulator"
)

// endpoint lets a simulator send interactions to a handler made after it.
type endpoint struct{ http.Handler }

// httpWorld is a world whose interactions come over HTTP.
func httpWorld(t *testing.T, f func(w *world)) {
	t.Helper()
	e := &endpoint{}
	s := setup{idle: true,
		sim: func(o *simulator.Options) { o.Endpoint = e },
		cfg: func(c *Config) { c.PublicKey = hex.EncodeToString(testKey().Public().(ed25519.PublicKey)) }}
	bubble(t, s, func(w *world) {
		e.Handler = w.bot.Handler()
		f(w)
		w.bot.Drain()
	})
}

// testKey is the simulator's key, which a test may sign with.
func testKey() ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed([]byte("a seed for the simulator's tests"))
}

func TestHTTPEndToEnd(t *testing.T) {
	httpWorld(t, func(w *world) {
		if err := w.bot.Register(w.t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(w.sim.Commands()) == 0 {
			t.Error("nothing registered")
		}
		m := w.ask("what are the side effects")
		wants(t, m, "nausea")
		wants(t, w.click(m, "Sources"), "Drug Safety")
		w.submit(m, "Ask a follow-up", "question", "and of the cream?")
		got, err := w.sim.Complete(w.act(), "article", "name", simulator.Values{"name": "rux"}).Choices(w.wait())
		if err != nil || len(got) != 1 {
			t.Errorf("suggestions %v, %v", got, err)
		}
		if !w.bot.Ready() {
			t.Error("an endpoint is always ready")
		}
	})
}

func TestHTTPDuplicates(t *testing.T) {
	httpWorld(t, func(w *world) {
		act := w.act()
		act.Repeat = 2
		w.reply(w.sim.Run(act, "ask", simulator.Values{"question": "what helps with itching"}))
		w.settle()
		if n := len(w.answers.questions()); n != 1 {
			t.Errorf("answered %d times", n)
		}
	})
}

func TestHTTPPing(t *testing.T) {
	httpWorld(t, func(w *world) {
		r := w.sim.Sign(w.bot.Handler(), map[string]any{"type": 1, "id": "1", "token": "t"})
		if r.Code != 200 || r.Body.String() != `{"type":1}` || r.Header().Get("Content-Type") != "application/json" {
			t.Errorf("PING: %d %q %q", r.Code, r.Body, r.Header())
		}
	})
}

func TestHTTPRefuses(t *testing.T) {
	now := time.Now()
	body := `{"type":1,"id":"1","token":"t"}`
	sign := func(at, body string) string {
		return hex.EncodeToString(ed25519.Sign(testKey(), []byte(at+body)))
	}
	stamp := func(d time.Duration) string { return strconv.FormatInt(now.Add(d).Unix(), 10) }
	for _, tt := range []struct {
		name, method, at, sig, body string
		want                        int
	}{
		{"a good PING", "POST", stamp(0), sign(stamp(0), body), body, 200},
		{"a clock a little off", "POST", stamp(-20 * time.Second), sign(stamp(-20*time.Second), body), body, 200},
		{"GET", "GET", stamp(0), sign(stamp(0), body), body, 405},
		{"no signature", "POST", stamp(0), "", body, 401},
		{"no timestamp", "POST", "", sign("", body), body, 401},
		{"a timestamp that is none", "POST", "now", sign("now", body), body, 401},
		{"signature not hex", "POST", stamp(0), "zz", body, 401},
		{"a short signature", "POST", stamp(0), "abcd", body, 401},
		{"one bit off", "POST", stamp(0), flip(sign(stamp(0), body)), body, 401},
		{"another body", "POST", stamp(0), sign(stamp(0), body), body + " ", 401},
		{"another timestamp", "POST", stamp(time.Second), sign(stamp(0), body), body, 401},
		{"an old request", "POST", stamp(-time.Minute), sign(stamp(-time.Minute), body), body, 401},
		{"a request of tomorrow", "POST", stamp(24 * time.Hour), sign(stamp(24*time.Hour), body), body, 401},
		{"another key", "POST", stamp(0), hex.EncodeToString(ed25519.Sign(ed25519.NewKeyFromSeed(make([]byte, 32)), []byte(stamp(0)+body))), body, 401},
		{"not an interaction", "POST", stamp(0), sign(stamp(0), "[]"), "[]", 400},
		{"too large", "POST", stamp(0), "00", strings.Repeat("x", maxBody+1), 413},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, err := New(Config{Token: "t", AppID: "1", Answerer: &fakeAnswerer{}, Library: fakeLibrary{}, Store: newMemStore(),
				PublicKey: hex.EncodeToString(testKey().Public().(ed25519.PublicKey)), Now: func() time.Time { return now }})
			if err != nil {
				t.Fatal(err)
			}
			r := httptest.NewRequest(tt.method, "/", strings.NewReader(tt.body))
			r.Header.Set("X-Signature-Timestamp", tt.at)
			r.Header.Set("X-Signature-Ed25519", tt.sig)
			w := httptest.NewRecorder()
			b.Handler().ServeHTTP(w, r)
			if w.Code != tt.want {
				t.Errorf("status %d; want %d", w.Code, tt.want)
			}
			if strings.Contains(w.Body.String(), "xxxx") {
				t.Error("the answer quotes the request")
			}
		})
	}
}

func flip(sig string) string {
	b, _ := hex.DecodeString(sig)
	b[10] ^= 1
	return hex.EncodeToString(b)
}

func TestHTTPWithoutKey(t *testing.T) {
	b, err := New(Config{Token: "t", Answerer: &fakeAnswerer{}, Library: fakeLibrary{}, Store: newMemStore()})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/", bytes.NewReader([]byte(`{"type":1}`)))
	w := httptest.NewRecorder()
	b.Handler().ServeHTTP(w, r)
	if w.Code != http.StatusUnauthorized {
		t.Errorf("status %d", w.Code)
	}
}

func FuzzHTTP(f *testing.F) {
	f.Add(`{"type":1}`, "0", "00")
	f.Add(`{"id":"1","token":"t","type":99}`, "1", "")
	now := time.Unix(1_700_000_000, 0)
	b, err := New(Config{Token: "t", AppID: "1", Answerer: &fakeAnswerer{}, Library: fakeLibrary{}, Store: newMemStore(),
		PublicKey: hex.EncodeToString(testKey().Public().(ed25519.PublicKey)), Now: func() time.Time { return now }})
	if err != nil {
		f.Fatal(err)
	}
	h := b.Handler()
	f.Fuzz(func(t *testing.T, body, at, sig string) {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.Header["X-Signature-Timestamp"], r.Header["X-Signature-Ed25519"] = []string{at}, []string{sig}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusUnauthorized {
			t.Errorf("unsigned, and status %d", w.Code)
		}
	})
}

func TestDrainTakesNothingMore(t *testing.T) {
	httpWorld(t, func(w *world) {
		w.bot.Drain()
		it := w.sim.Run(w.act(), "ask", simulator.Values{"question": "too late for this"})
		w.settle()
		if kind, _ := it.Acked(); kind != 0 {
			t.Error("answered after the drain")
		}
	})
}

// TestAnotherProcess presses buttons of one process in another, as after a
// restart, or behind a load balancer.
func TestAnotherProcess(t *testing.T) {
	e := &endpoint{}
	s := setup{idle: true,
		sim: func(o *simulator.Options) { o.Endpoint = e },
		cfg: func(c *Config) { c.PublicKey = hex.EncodeToString(testKey().Public().(ed25519.PublicKey)) }}
	bubble(t, s, func(w *world) {
		e.Handler = w.bot.Handler()
		m := w.ask("what are the side effects")
		second, err := New(w.bot.cfg)
		if err != nil {
			t.Fatal(err)
		}
		e.Handler = second.Handler()
		for label, want := range map[string]string{"Read the section [2]": warning.Text, "Sources": "Drug Safety", "Helpful": "Thank you", "Ask a follow-up": "expired"} {
			wants(t, w.click(m, label), want)
		}
		second.cfg.Library = noLibrary{}
		wants(t, w.click(m, "Sources"), "expired")
		w.bot.Drain()
		second.Drain()
	})
}

// noLibrary is a library from which everything was withdrawn.
type noLibrary struct{}

func (noLibrary) Articles() []ArticleInfo                       { return nil }
func (noLibrary) Section(string, string) ([]answer.Quote, bool) { return nil, false }
func (noLibrary) Verify(string, string) (answer.Quote, bool)    { return answer.Quote{}, false }
