package bot

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"salve/bot/simulator"
)

// refuseFirst refuses the first n requests whose route begins with route.
func refuseFirst(n int, route string, f simulator.Refusal) func(*simulator.Options) {
	return func(o *simulator.Options) {
		left := n
		o.Resolve = func(method, r string) *simulator.Refusal {
			if left > 0 && strings.HasPrefix(method+" "+r, route) {
				left--
				return &f
			}
			return nil
		}
	}
}

func TestRESTTrouble(t *testing.T) {
	const first, second = "POST /interactions", "PATCH /webhooks"
	for _, tt := range []struct {
		name  string
		n     int
		route string
		f     simulator.Refusal
	}{
		{"429 on the deferral", 1, first, simulator.Refusal{Status: 429, RetryAfter: 300 * time.Millisecond}},
		{"429 twice on the edit", 2, second, simulator.Refusal{Status: 429, RetryAfter: 2 * time.Second}},
		{"global 429", 1, second, simulator.Refusal{Status: 429, RetryAfter: time.Second, Global: true}},
		{"Cloudflare's 429", 1, second, simulator.Refusal{Status: 429, RetryAfter: 3 * time.Second, Body: "<html>error 1015</html>"}},
		{"500 on the deferral", 1, first, simulator.Refusal{Status: 500}},
		{"502 on the edit", 3, second, simulator.Refusal{Status: 502}},
		{"503 with HTML", 1, second, simulator.Refusal{Status: 503, Body: "<html>"}},
		{"connection cut on the deferral", 1, first, simulator.Refusal{}},
		{"connection cut on the edit", 2, second, simulator.Refusal{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, setup{sim: refuseFirst(tt.n, tt.route, tt.f)}, func(w *world) {
				wants(t, w.ask("what helps with itching"), "nausea")
			})
		})
	}
}

func TestLongWait(t *testing.T) {
	bubble(t, setup{sim: refuseFirst(1, "POST /interactions", simulator.Refusal{Status: 429, RetryAfter: 10 * time.Second})}, func(w *world) {
		it := w.sim.Run(w.act(), "ask", simulator.Values{"question": "what helps with itching"})
		time.Sleep(20 * time.Second)
		if kind, _ := it.Acked(); kind != 0 {
			t.Error("acknowledged after Discord forgot the interaction")
		}
		if n := w.sim.Count("POST /interactions"); n != 1 {
			t.Errorf("%d tries; a wait of 10 s cannot help", n)
		}
	})
}

func TestLateResponse(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		w.mayFault = true // the simulator notes it
		err := w.bot.api.callback(w.t.Context(), "123456789", "tok-none", map[string]any{"type": 5})
		if errCode(err) != codeUnknownInteraction {
			t.Errorf("got %v; want code %d", err, codeUnknownInteraction)
		}
	})
}

func TestTokenIsOver(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		w.mayFault = true
		it := w.sim.Run(w.act(), "ask", simulator.Values{"question": "what helps with itching"})
		w.reply(it)
		time.Sleep(16 * time.Minute)
		_, err := w.bot.api.edit(w.t.Context(), it.Token, plain("x"))
		if errCode(err) != codeInvalidWebhookToken {
			t.Errorf("got %v; want code %d", err, codeInvalidWebhookToken)
		}
		if s := err.Error(); strings.Contains(s, it.Token) {
			t.Errorf("the error holds the token: %s", s)
		}
	})
}

func TestRefusedToken(t *testing.T) {
	bubble(t, setup{idle: true, cfg: func(c *Config) { c.Token = "wrong" }}, func(w *world) {
		err := w.bot.Run(w.t.Context())
		if err == nil || !strings.Contains(err.Error(), "Developer Portal") || strings.Contains(err.Error(), "wrong\"") {
			t.Errorf("Run: %v; want an error that says what to do", err)
		}
	})
}

func TestAppIDIsAskedFor(t *testing.T) {
	bubble(t, setup{cfg: func(c *Config) { c.AppID = "" }}, func(w *world) {
		wants(t, w.ask("what helps with itching"), "nausea")
	})
}

func TestEditsDoNotQueue(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		// Each edit takes 100 ms at Discord; discordgo would take two seconds for 20.
		slow := slowTransport{w.sim.Transport(), 100 * time.Millisecond}
		w.bot.api.client = &http.Client{Transport: slow}
		start := time.Now()
		var its []*simulator.Interaction
		for range 20 {
			act := w.act()
			act.User = w.sim.NewUser("member", "")
			its = append(its, w.sim.Run(act, "ask", simulator.Values{"question": "what helps with itching"}))
		}
		for _, it := range its {
			w.reply(it)
		}
		if d := time.Since(start); d > 500*time.Millisecond {
			t.Errorf("20 replies took %v", d)
		}
		slow.RoundTripper.(interface{ CloseIdleConnections() }).CloseIdleConnections()
	})
}

type slowTransport struct {
	http.RoundTripper
	d time.Duration
}

func (s slowTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.Contains(r.URL.Path, "@original") {
		time.Sleep(s.d)
	}
	return s.RoundTripper.RoundTrip(r)
}

// TestRefusedFirstResponse is a reply that Discord refuses as badly formed: the
// reader is told that something failed.
func TestRefusedFirstResponse(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		w.mayFault = true
		w.bot.cfg.Library = hugeTitles{}
		it := w.sim.Run(w.act(), "article", simulator.Values{"name": "huge"})
		wants(t, w.reply(it), "Something failed on our side")
	})
}

// hugeTitles has an article whose title no message can hold.
type hugeTitles struct{ fakeLibrary }

func (hugeTitles) Articles() []ArticleInfo {
	return []ArticleInfo{{Slug: "huge", Title: strings.Repeat("huge ", 2000)}}
}
