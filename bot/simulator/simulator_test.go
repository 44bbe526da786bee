package simulator

import (
	"bytes"
	"encoding/json"
	"net/http"
	"sync"
	"testing"
	"time"
)

// A clock that a test moves.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// bench is a simulator with a client in the place of a bot.
type bench struct {
	t     *testing.T
	sim   *Simulator
	clock *clock
	act   Act
}

func newBench(t *testing.T, opt Options) *bench {
	c := &clock{t: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	opt.Now = c.now
	s := New(opt)
	t.Cleanup(s.Close)
	return &bench{t: t, sim: s, clock: c, act: Act{User: s.NewUser("Ana", ""), Channel: s.NewChannel(s.NewID(), "general")}}
}

// call makes a request and returns status and Discord's error code.
func (b *bench) call(method, path, body string, change ...func(*http.Request)) (status, code int) {
	b.t.Helper()
	req, err := http.NewRequest(method, "https://discord.com/api/v10"+path, bytes.NewReader([]byte(body)))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("User-Agent", "DiscordBot (https://example.org, 1)")
	req.Header.Set("Authorization", "Bot "+b.sim.Token())
	for _, f := range change {
		f(req)
	}
	resp, err := (&http.Client{Transport: b.sim.Transport()}).Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	var e struct {
		Code int `json:"code"`
	}
	json.NewDecoder(resp.Body).Decode(&e)
	return resp.StatusCode, e.Code
}

func (b *bench) wants(what string, status, code, wantStatus, wantCode int) {
	b.t.Helper()
	if status != wantStatus || code != wantCode {
		b.t.Errorf("%s: status %d, code %d; want %d, %d", what, status, code, wantStatus, wantCode)
	}
}

func (b *bench) callback(it *Interaction, body string) (int, int) {
	return b.call("POST", "/interactions/"+it.ID+"/"+it.Token+"/callback", body)
}

func (b *bench) original(method string, it *Interaction, body string) (int, int) {
	return b.call(method, "/webhooks/"+b.sim.AppID()+"/"+it.Token+"/messages/@original", body)
}

const (
	private   = `{"type":5,"data":{"flags":64}}`
	aMessage  = `{"flags":32768,` + am + `,"components":[{"type":10,"content":"hi"}]}`
	badFormed = `{"flags":32768,` + am + `,"components":[{"type":10,"content":""}]}`
)

func TestTimesAndStates(t *testing.T) {
	b := newBench(t, Options{})
	it := b.sim.Run(b.act, "ask", nil)
	st, code := b.original("PATCH", it, aMessage)
	b.wants("edit before a response", st, code, 404, 10015)
	st, code = b.callback(it, badFormed)
	b.wants("badly formed", st, code, 400, 50035)
	st, code = b.callback(it, `{"type":5`)
	b.wants("not JSON", st, code, 400, 50109)
	st, code = b.callback(it, private)
	b.wants("deferral", st, code, 204, 0)
	st, code = b.callback(it, private)
	b.wants("second response", st, code, 400, 40060)
	st, code = b.original("PATCH", it, aMessage)
	b.wants("edit", st, code, 200, 0)
	m, err := it.Reply(t.Context())
	if err != nil || m.Text() != "hi" || !m.Private() {
		t.Errorf("reply %v, %v", m, err)
	}
	if u := m.Usage(); u.Components != 1 || u.Characters != 2 || u.Bytes != 14 || u.MaxComponents != 40 {
		t.Errorf("usage %+v", u)
	}
	b.clock.add(15*time.Minute + time.Second)
	st, code = b.original("PATCH", it, aMessage)
	b.wants("edit after 15 minutes", st, code, 401, 50027)

	late := b.sim.Run(b.act, "ask", nil)
	b.clock.add(3*time.Second + time.Millisecond)
	st, code = b.callback(late, private)
	b.wants("response after 3 s", st, code, 404, 10062)
	if n := len(b.sim.Faults()); n < 5 {
		t.Errorf("%d faults kept", n)
	}
}

func TestWhatMayAnswerWhat(t *testing.T) {
	b := newBench(t, Options{})
	choices := `{"type":8,"data":{"choices":[]}}`
	modal := `{"type":9,"data":{"title":"t","custom_id":"m","components":[{"type":18,"label":"l","component":{"type":4,"custom_id":"i","style":1}}]}}`
	for _, tt := range []struct {
		name string
		it   *Interaction
		body string
		ok   bool
	}{
		{"choices for a command", b.sim.Run(b.act, "ask", nil), choices, false},
		{"choices for an autocomplete", b.sim.Complete(b.act, "ask", "q", Values{"q": "x"}), choices, true},
		{"deferral of an autocomplete", b.sim.Complete(b.act, "ask", "q", Values{"q": "x"}), private, false},
		{"modal for a command", b.sim.Run(b.act, "ask", nil), modal, true},
		{"modal for a modal", b.sim.Submit(b.act, nil, "m", nil), modal, false},
		{"update without a message", b.sim.Run(b.act, "ask", nil), `{"type":7,"data":` + aMessage + `}`, false},
	} {
		st, _ := b.callback(tt.it, tt.body)
		if (st == 204) != tt.ok {
			t.Errorf("%s: status %d", tt.name, st)
		}
	}
}

func TestFollowups(t *testing.T) {
	for _, userApp := range []bool{false, true} {
		b := newBench(t, Options{})
		b.act.UserApp = userApp
		it := b.sim.Run(b.act, "ask", nil)
		b.callback(it, private)
		for i := range 6 {
			st, code := b.call("POST", "/webhooks/"+b.sim.AppID()+"/"+it.Token, aMessage)
			if userApp && i == 5 {
				b.wants("sixth follow-up of a user install", st, code, 400, 40094)
			} else {
				b.wants("follow-up", st, code, 200, 0)
			}
		}
	}
}

func TestWhoMayDoWhat(t *testing.T) {
	b := newBench(t, Options{})
	header := func(k, v string) func(*http.Request) { return func(r *http.Request) { r.Header.Set(k, v) } }
	st, code := b.call("GET", "/gateway/bot", "", header("Authorization", "Bot wrong"))
	b.wants("wrong token", st, code, 401, 0)
	st, code = b.call("GET", "/gateway/bot", "", header("User-Agent", "curl/8"))
	b.wants("user agent", st, code, 403, 40333)
	st, code = b.call("PUT", "/applications/5/commands", "[]")
	b.wants("another application", st, code, 403, 20012)
	st, code = b.call("POST", "/channels/5/messages", aMessage)
	b.wants("unknown channel", st, code, 404, 10003)
	st, code = b.call("POST", "/channels/"+b.act.Channel.ID+"/messages", aMessage)
	b.wants("a message", st, code, 200, 0)
	sent := b.sim.Messages(b.act.Channel)[0]
	st, code = b.call("PATCH", "/channels/"+b.act.Channel.ID+"/messages/"+sent.ID, aMessage)
	b.wants("an edit", st, code, 200, 0)
	st, code = b.call("PATCH", "/channels/"+b.act.Channel.ID+"/messages/5", aMessage)
	b.wants("an edit of nothing", st, code, 404, 10008)
	b.act.Channel.NoSend = true
	st, code = b.call("POST", "/channels/"+b.act.Channel.ID+"/messages", aMessage)
	b.wants("a channel closed to the bot", st, code, 403, 50013)
	it := b.sim.Run(b.act, "ask", nil)
	b.callback(it, private)
	st, code = b.call("PATCH", "/webhooks/5/"+it.Token+"/messages/@original", aMessage)
	b.wants("another application's webhook", st, code, 404, 10015)
	st, _ = b.original("DELETE", it, "")
	b.wants("delete", st, 0, 204, 0)
}

func TestRefusals(t *testing.T) {
	next := &Refusal{Status: 429, RetryAfter: 1500 * time.Millisecond, Global: true}
	b := newBench(t, Options{Resolve: func(string, string) *Refusal { return next }})
	req, _ := http.NewRequest("GET", "https://discord.com/api/v10/gateway", nil)
	resp, err := (&http.Client{Transport: b.sim.Transport()}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	for k, want := range map[string]string{"Retry-After": "2", "X-RateLimit-Reset-After": "1.500", "X-RateLimit-Remaining": "0", "X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"} {
		if got := resp.Header.Get(k); got != want {
			t.Errorf("%s is %q; want %q", k, got, want)
		}
	}
	next = &Refusal{}
	if _, err := (&http.Client{Transport: b.sim.Transport()}).Get("https://discord.com/api/v10/gateway"); err == nil {
		t.Error("a cut connection answers")
	}
}

func TestPrivateMessagesStayPrivate(t *testing.T) {
	b := newBench(t, Options{})
	for _, body := range []string{private, `{"type":5}`} {
		it := b.sim.Run(b.act, "ask", nil)
		b.callback(it, body)
		// The edit cannot change who sees it.
		b.original("PATCH", it, aMessage)
		m, err := it.Reply(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if m.Private() != (body == private) {
			t.Errorf("%s: private %v", body, m.Private())
		}
	}
	if n := len(b.sim.Messages(b.act.Channel)); n != 1 {
		t.Errorf("%d public messages", n)
	}
}

func TestSnowflakesGrow(t *testing.T) {
	b := newBench(t, Options{})
	last := ""
	for range 100 {
		id := b.sim.NewID()
		if len(id) < 17 || id <= last && len(id) == len(last) {
			t.Fatalf("%s after %s", id, last)
		}
		last = id
		b.clock.add(time.Millisecond)
	}
}
