package bot

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"
)

// The supervised gateway connection. discordgo's own reconnection locks up or
// loops in six known ways, so each connection has a Session of its own, with
// reconnection off, and this file decides what follows its end. It never
// resumes: an interaction missed for three seconds is dead anyway.

const (
	openTimeout = 30 * time.Second // of one connection attempt, from dial to READY
	firstWait   = 5 * time.Second  // before the second attempt; doubles
	longestWait = 5 * time.Minute
	identifyGap = 5 * time.Second // Discord: max_concurrency Identifies per 5 s; we take one
	watchEvery  = 5 * time.Second
)

// How often a connection that was ready is made anew at once. More, and it waits
// as after a failure: 1000 Identifies must last a day.
const (
	quickMost = 20
	quickPer  = time.Hour
)

// fatalCloses are the close codes after which Discord forbids to reconnect, and
// what to do about each.
var fatalCloses = map[int]string{
	4004: "the token is wrong; copy it again from the Discord Developer Portal, Bot page",
	4010: "the shard number is wrong; check the shard settings",
	4011: "the bot is in too many servers for one shard; let Discord advise the number of shards",
	4012: "this version of the gateway is gone; update the bot",
	4013: "the intents are wrong; update the bot",
	4014: "an intent is not enabled; check the Bot page of the Discord Developer Portal",
}

// errFatal is an end that no new attempt can mend.
type errFatal struct{ why string }

func (e *errFatal) Error() string { return e.why }

// A shard keeps one gateway connection alive.
type shard struct {
	id, count int
	api       *api
	dial      func(ctx context.Context, network, addr string) (net.Conn, error)
	roots     *x509.CertPool // of the gateway's certificate; the system's when nil
	pace      *pacer
	now       func() time.Time
	log       *slog.Logger
	handle    func(event string, data json.RawMessage) // called on a goroutine of its own
	state     func(ready bool)
}

// run connects, and again, until ctx ends (nil) or Discord forbids it.
func (s *shard) run(ctx context.Context) error {
	wait := time.Duration(0)
	failures := 0
	quick := newLimits(s.now)
	for {
		if sleep(ctx, wait) != nil {
			return nil
		}
		why, err := s.connect(ctx)
		if ctx.Err() != nil {
			return nil
		}
		var fatal *errFatal
		if errors.As(err, &fatal) {
			return fatal
		}
		if err == nil && quick.take(person{}, quickMost, quickPer) == 0 {
			// The first attempt after a good connection comes quickly, spread so
			// that the shards of a fleet do not come back at the same instant.
			wait = rand.N(time.Second)
			failures = 0
		} else {
			wait = waitAfter(failures)
			failures++
		}
		s.log.Info("gateway connection ended", "shard", s.id, "why", why, "next_attempt_in", wait.Round(time.Millisecond))
	}
}

// waitAfter is the wait after so many failures before this one: it doubles
// between its bounds, and is spread by up to a half.
func waitAfter(failures int) time.Duration {
	wait := min(firstWait<<min(failures, 10), longestWait)
	return wait + rand.N(wait/2)
}

// connect opens one connection and stays until it ends. It returns why it ended,
// and an error if it never became ready or must not be tried again.
func (s *shard) connect(ctx context.Context) (string, error) {
	g, err := s.pace.ticket(ctx, s.api, s.log)
	if err != nil {
		return "no ticket: " + err.Error(), err
	}
	// The connection lives as long as this call; a dial that succeeds later is
	// closed at once. It outlives ctx by the close frame.
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	session, tapped, err := s.session(life, g.URL)
	if err != nil {
		return "no session", err
	}
	ready := make(chan struct{})
	var once sync.Once
	session.AddHandler(func(_ *discordgo.Session, e *discordgo.Event) {
		if e.Type == "READY" {
			once.Do(func() { close(ready) })
		}
		s.handle(e.Type, e.RawData)
	})
	opened := make(chan error, 1)
	go func() { opened <- session.Open() }()

	limit := time.NewTimer(openTimeout)
	defer limit.Stop()
	var t *tap
	select {
	case err = <-opened:
	case <-limit.C:
		err = errors.New("timed out")
	case <-ctx.Done():
		err = ctx.Err()
	}
	select {
	case t = <-tapped:
	default:
		return "no connection", errors.New("the gateway could not be reached")
	}
	if err != nil {
		// Closing the connection also ends an Open that is still waiting for it.
		t.Close()
		code, op := t.ending()
		return describe(code, op, "while opening"), s.verdict(code, errors.New("not opened"))
	}
	select {
	case <-ready:
	case <-t.done:
		code, op := t.ending()
		return describe(code, op, "before READY"), s.verdict(code, errors.New("not ready"))
	case <-limit.C:
		return "no READY", errors.New("not ready")
	case <-ctx.Done():
		t.goodbye()
		return "stopped", nil
	}
	s.state(true)
	defer s.state(false)
	s.log.Info("gateway connection ready", "shard", s.id, "shards", s.count)
	return s.watch(ctx, t)
}

// watch stays with a ready connection until it ends.
func (s *shard) watch(ctx context.Context, t *tap) (string, error) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			t.goodbye()
			return "stopped", nil
		case <-t.done:
			code, op := t.ending()
			return describe(code, op, "dropped"), s.verdict(code, nil)
		case <-tick.C:
			if t.silent() {
				return "heartbeats not acknowledged", nil
			}
		}
	}
}

func (s *shard) verdict(code int, otherwise error) error {
	if hint, ok := fatalCloses[code]; ok {
		return &errFatal{fmt.Sprintf("Discord closed the gateway connection with code %d: %s", code, hint)}
	}
	return otherwise
}

func describe(code, op int, otherwise string) string {
	switch {
	case code != 0:
		return fmt.Sprintf("close code %d", code)
	case op != 0:
		return fmt.Sprintf("op %d", op)
	}
	return otherwise
}

// session makes a discordgo Session for one connection. The channel holds its
// tap once it has dialled.
func (s *shard) session(life context.Context, gateway string) (*discordgo.Session, <-chan *tap, error) {
	d, err := discordgo.New("Bot " + s.api.token)
	if err != nil {
		return nil, nil, err
	}
	d.LogLevel = -1 // its lines can hold tokens and questions
	d.ShouldReconnectOnError = false
	d.ShouldReconnectVoiceOnSessionError = false
	d.StateEnabled = false
	d.UserAgent = s.api.agent
	d.Compress = false // so that the tap can read the frames
	d.Identify.Compress = false
	d.Identify.Intents = discordgo.IntentsGuilds // for GUILD_DELETE; interactions need none
	d.ShardID, d.ShardCount = s.id, s.count
	// discordgo asks for the gateway's address itself and would retry a 429 for
	// ever; it is told the address that the pacer was given.
	d.Client = &http.Client{Transport: gatewayIs(gateway)}
	tapped := make(chan *tap, 1)
	keep := func(c net.Conn, err error) (net.Conn, error) {
		if err != nil {
			return nil, err
		}
		t := newTap(c, s.now)
		context.AfterFunc(life, func() { t.Close() })
		tapped <- t
		return t, nil
	}
	d.Dialer = &websocket.Dialer{
		HandshakeTimeout: openTimeout,
		NetDialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			return keep(s.dial(ctx, network, addr))
		},
		NetDialTLSContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			return keep(s.dialTLS(ctx, network, addr))
		},
	}
	return d, tapped, nil
}

func (s *shard) dialTLS(ctx context.Context, network, addr string) (net.Conn, error) {
	raw, err := s.dial(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		host = addr
	}
	c := tls.Client(raw, &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12, RootCAs: s.roots})
	if err := c.HandshakeContext(ctx); err != nil {
		raw.Close()
		return nil, err
	}
	return c, nil
}

// gatewayIs answers every request with a gateway address.
type gatewayIs string

func (g gatewayIs) RoundTrip(*http.Request) (*http.Response, error) {
	b, err := json.Marshal(map[string]string{"url": string(g)})
	if err != nil {
		return nil, err
	}
	return &http.Response{Status: "200 OK", StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(b))}, nil
}

// sleep waits d, or returns the error of ctx if that ends first.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
