// Package simulator is a small Discord: enough of REST v10 and of the gateway
// for a real discordgo session to connect to, and for tests and `salve preview`
// to use a bot as a member would.
//
// Members act through [Simulator.Run], [Simulator.Click] and their like, which
// send an interaction to the bot (over the gateway, or signed to an HTTP
// endpoint) and return an [Interaction] that collects what the bot replied.
// Moderators of a test read the replies as [Message] values.
//
// The simulator refuses what Discord refuses, with Discord's error codes: a
// reply after three seconds, a second acknowledgement, an edit after fifteen
// minutes, a body over a limit. Each refusal is also kept in
// [Simulator.Faults], so that a test fails even where the bot copes with it.
// The limits it checks are those of Discord's documentation of August 2026;
// whether the live service is stricter cannot be known from here.
//
// It serves on a loopback port, or with [Options.Memory] over connections in
// memory, which let a whole test run inside a testing/synctest bubble where
// time costs nothing.
package simulator

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Discord's own times.
const (
	ackWithin   = 3 * time.Second  // the first response to an interaction
	tokenLife   = 15 * time.Minute // edits and follow-ups of an interaction
	epoch       = 1420070400000    // Discord's epoch, in milliseconds
	defaultBeat = 41250 * time.Millisecond
)

// Options shape a Simulator. The zero value is a Discord on a loopback port.
type Options struct {
	// Now is the clock of snowflakes, budgets and expiry; time.Now when nil.
	Now func() time.Time
	// Schema checks every request body; nil leaves the built-in rules alone.
	Schema *Schema
	// Memory serves over connections in memory instead of a loopback port.
	Memory bool
	// Heartbeat is the interval told in HELLO; 41.25 s when zero, as Discord's.
	Heartbeat time.Duration
	// Identifies is the session start budget told by GET /gateway/bot; 1000 when zero.
	Identifies int
	// Shards is the number of shards advised; 1 when zero.
	Shards int
	// Token is the bot token that REST and the gateway accept; "simulated-token" when empty.
	Token string
	// AppID is the application's id; "900000000000000001" when empty.
	AppID string
	// Resolve is asked for each REST request before the rules; a non-nil Refusal
	// is sent in place of the real response (429, 5xx, a dropped connection).
	Resolve func(method, route string) *Refusal
	// Forgetful keeps no list of requests, for long runs.
	Forgetful bool
	// Endpoint, when set, receives interactions instead of the gateway, signed
	// with the key returned by [Simulator.PublicKey].
	Endpoint http.Handler
}

// A Refusal is a scripted failure of one REST request.
type Refusal struct {
	Status     int           // HTTP status; 0 cuts the connection
	RetryAfter time.Duration // for 429
	Global     bool          // for 429
	Body       string        // instead of Discord's JSON, such as Cloudflare's HTML
}

// A Simulator is a running small Discord. Its methods are safe for concurrent use.
type Simulator struct {
	opt    Options
	server *http.Server
	listen net.Listener
	pub    ed25519.PublicKey
	key    ed25519.PrivateKey

	mu       sync.Mutex
	changed  chan struct{} // closed and replaced whenever state changes
	serial   uint64
	calls    map[string]*Interaction // by interaction id
	tokens   map[string]*Interaction // by interaction token
	channels map[string]*Channel
	files    map[string]Attachment // on the CDN, by id
	messages []*Message            // in channels, by POST /channels/{id}/messages or a public reply
	commands []map[string]any
	faults   []string
	requests []string // "METHOD route", in order
	conns    []*gateway
	count    Numbers // of the gateway; Ready is not kept
	behave   func(n int) Behaviour
}

// New starts a Simulator. It panics if no loopback port can be had, since no
// test can go on without one.
func New(opt Options) *Simulator {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Heartbeat == 0 {
		opt.Heartbeat = defaultBeat
	}
	if opt.Identifies == 0 {
		opt.Identifies = 1000
	}
	if opt.Shards == 0 {
		opt.Shards = 1
	}
	if opt.Token == "" {
		opt.Token = "simulated-token"
	}
	if opt.AppID == "" {
		opt.AppID = "900000000000000001"
	}
	// A fixed seed: the key signs nothing but simulated interactions.
	key := ed25519.NewKeyFromSeed([]byte("a seed for the simulator's tests"))
	s := &Simulator{
		opt:      opt,
		key:      key,
		pub:      key.Public().(ed25519.PublicKey),
		changed:  make(chan struct{}),
		calls:    map[string]*Interaction{},
		tokens:   map[string]*Interaction{},
		channels: map[string]*Channel{},
	}
	if opt.Memory {
		s.listen = newMemoryListener()
	} else {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			panic(fmt.Sprintf("simulator: no loopback port: %v", err))
		}
		s.listen = l
	}
	s.server = &http.Server{Handler: s.routes(), ReadHeaderTimeout: 10 * time.Second}
	go s.server.Serve(s.listen)
	return s
}

// Close ends every connection and stops serving.
func (s *Simulator) Close() {
	s.server.Close()
	s.mu.Lock()
	conns := s.conns
	s.mu.Unlock()
	for _, c := range conns {
		c.drop()
	}
}

// Token returns the bot token the simulator accepts.
func (s *Simulator) Token() string { return s.opt.Token }

// AppID returns the application's id.
func (s *Simulator) AppID() string { return s.opt.AppID }

// PublicKey returns the key that verifies interactions sent to [Options.Endpoint].
func (s *Simulator) PublicKey() ed25519.PublicKey { return s.pub }

// Dial connects to the simulator whatever the address, for the dialer of a
// websocket.
func (s *Simulator) Dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if m, ok := s.listen.(*memoryListener); ok {
		return m.dial()
	}
	var d net.Dialer
	return d.DialContext(ctx, "tcp", s.listen.Addr().String())
}

// Transport sends requests for Discord's host, or any other, to the simulator.
// It changes no global: discordgo's maintainers advise this way of faking it.
func (s *Simulator) Transport() http.RoundTripper {
	t := &http.Transport{DialContext: s.Dial, MaxIdleConnsPerHost: 256}
	return rewriter{base: t, host: s.listen.Addr().String()}
}

type rewriter struct {
	base *http.Transport
	host string
}

func (r rewriter) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.URL.Scheme = "http"
	req.URL.Host = r.host
	req.Host = r.host
	return r.base.RoundTrip(req)
}

// CloseIdleConnections lets a client let go of connections, so that a synctest
// bubble can end.
func (r rewriter) CloseIdleConnections() { r.base.CloseIdleConnections() }

// URL is where REST and the gateway are served, "http://host:port".
func (s *Simulator) URL() string { return "http://" + s.listen.Addr().String() }

// gatewayURL is what GET /gateway tells.
func (s *Simulator) gatewayURL() string {
	u := url.URL{Scheme: "ws", Host: s.listen.Addr().String(), Path: "/"}
	return u.String()
}

// snowflake makes a new id. The caller holds s.mu.
func (s *Simulator) snowflake() string {
	s.serial++
	ms := s.opt.Now().UnixMilli() - epoch
	return strconv.FormatUint(uint64(ms)<<22|s.serial&0x3fffff, 10)
}

// touch wakes whoever waits for a change. The caller holds s.mu.
func (s *Simulator) touch() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// wait returns once ok says true, which it is asked under the lock at every
// change, or with an error when ctx ends.
func (s *Simulator) wait(ctx context.Context, ok func() bool) error {
	for {
		s.mu.Lock()
		if ok() {
			s.mu.Unlock()
			return nil
		}
		ch := s.changed
		s.mu.Unlock()
		select {
		case <-ch:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// fault keeps a broken rule. The caller holds s.mu.
func (s *Simulator) fault(format string, args ...any) {
	s.faults = append(s.faults, fmt.Sprintf(format, args...))
	s.touch()
}

// Faults lists every rule of Discord's that the bot broke so far.
func (s *Simulator) Faults() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.faults...)
}

// Requests lists every REST request so far as "METHOD /route", with ids and
// tokens replaced by "*", in order.
func (s *Simulator) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.requests...)
}

// Count returns how many REST requests went to route so far.
func (s *Simulator) Count(route string) int {
	n := 0
	for _, r := range s.Requests() {
		if strings.HasPrefix(r, route) {
			n++
		}
	}
	return n
}

// Commands returns the registered application commands.
func (s *Simulator) Commands() []map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.commands
}
