// Package bot is Salve on Discord: commands, replies, buttons and a connection
// that does not die.
//
// It is the only package that knows discordgo, and it uses little of it: a
// Session for each gateway connection, and the types of commands. What
// discordgo does badly (reconnection, decoding of interactions, edits of
// replies) is done here; the comments say which fault each part is for.
//
// What a member writes is looked at for danger before anything else, then
// answered by an [Answerer], laid out by one pure function within Discord's
// limits, and forgotten. No question, user id or token is logged or stored. What
// the buttons of a reply need is kept in memory for fifteen minutes.
//
// Every message is sent with allowed_mentions that allow nothing.
package bot

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"salve/bot/answer"
	"salve/bot/library"
	"salve/bot/store"
	"salve/bot/triage"
)

// An Answerer answers questions, such as an answer.Composer. It must be safe for
// concurrent use and should take milliseconds.
type Answerer interface {
	Answer(ctx context.Context, q answer.Question) (answer.Answer, error)
}

// A Library is what the bot shows of the articles beside answers. Its methods
// must be safe for concurrent use and show the published version.
type Library interface {
	// Articles lists the published articles, in the order to show them.
	Articles() []ArticleInfo
	// Section returns the passages of a section in order, or of the whole article
	// when anchor is empty; false when there is no such section.
	Section(slug, anchor string) ([]answer.Quote, bool)
	// Verify returns the passage of the published version if its words have this
	// hash, and false when they changed or are gone.
	Verify(passage, hash string) (answer.Quote, bool)
}

// An ArticleInfo is an article as lists and suggestions show it.
type ArticleInfo struct {
	Slug     string
	Title    string
	Summary  string
	Topics   []string
	Aliases  []string // other names people use: brands, everyday words
	Reviewed string   // day, YYYY-MM-DD
	Language string
	Sections []SectionInfo
}

// A SectionInfo is a section of an article.
type SectionInfo struct {
	Anchor  string // id within the article
	Heading string
}

// A Store keeps what must last: settings of servers, and totals. store.Store is
// one.
type Store interface {
	// Settings returns what a server set; the zero value when it set nothing.
	Settings(ctx context.Context, guild string) (store.Settings, error)
	SaveSettings(ctx context.Context, guild string, s store.Settings) error
	// Forget removes everything of a server.
	Forget(ctx context.Context, guild string) error
	// Count adds one to a total.
	Count(ctx context.Context, c store.Counter) error
	// CountWeekly adds one to a count of a server and the week of at.
	CountWeekly(ctx context.Context, at time.Time, t store.Tally) error
	// SavePost remembers a public message, for the day a passage is retracted.
	SavePost(ctx context.Context, p store.Post) error
	// NextNote claims a server's weekly note for the week of at, once among all
	// processes; empty when none is left. EndNote keeps why it could not be sent, or
	// "", which NoteProblem returns.
	NextNote(ctx context.Context, at time.Time) (guild string, err error)
	EndNote(ctx context.Context, guild, problem string) error
	NoteProblem(ctx context.Context, guild string) (string, error)
}

// Config is what a Bot is made of.
type Config struct {
	Token string // of the bot, without "Bot "; required
	AppID string // application id; asked of Discord when empty
	// PublicKey of the application, hex, for [Bot.Handler]; not needed for Run.
	PublicKey string

	Answerer Answerer // answers questions; required
	// Assess tells how urgent a message is, before any limit; triage.Assess when nil.
	Assess  func(text, locale string) triage.Assessment
	Library Library // for /article, /topic, /verify and sections; required
	// ServerLibrary is the library that the readers of a server see, which may hold
	// articles of its own; Library for every server when nil.
	ServerLibrary func(guild string) Library
	Store         Store // settings, totals and posts; required
	// Shelf is what /library changes; it says that it is off when nil, and then
	// nothing is counted by week.
	Shelf *library.Shelf
	// Home is the id of the server whose moderators keep the shared library; those
	// of other servers keep their own articles. Nobody on Discord does when empty.
	Home string
	Log  *slog.Logger

	// Contact is an address where the operator of this bot is reached: shown by
	// /help, /privacy and /report, and told to Discord in the User-Agent.
	Contact string

	Shards   int   // how many shards there are; as Discord advises when 0
	ShardIDs []int // those that run here; all when empty

	Workers int // questions answered at once; 8 when 0
	Waiting int // questions that may wait for a worker; 512 when 0

	Now       func() time.Time  // time.Now when nil
	Transport http.RoundTripper // for REST; http.DefaultTransport when nil
	// Dial makes the gateway's network connection; a net.Dialer's when nil.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
}

// A Bot is Salve on Discord. Start it with [Bot.Run], or serve [Bot.Handler].
type Bot struct {
	cfg    Config
	log    *slog.Logger
	now    func() time.Time
	api    *api
	key    ed25519.PublicKey
	memory *memory
	limits *limits
	lane   *lane
	seen   *seenSet
	today  *today

	withdrawing withdrawer

	mu    sync.Mutex
	ready map[int]bool   // shards that are connected
	turns sync.WaitGroup // interactions being answered
	ended bool           // no new turns
}

// New makes a Bot. It connects to nothing yet. It returns an error that says
// what is missing from cfg, or that the public key is not one.
func New(cfg Config) (*Bot, error) {
	switch {
	case cfg.Token == "":
		return nil, errors.New("bot: no token; take one from the Discord Developer Portal, Bot page")
	case cfg.Answerer == nil || cfg.Library == nil || cfg.Store == nil:
		return nil, errors.New("bot: Answerer, Library and Store are required")
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Assess == nil {
		cfg.Assess = triage.Assess
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Transport == nil {
		cfg.Transport = http.DefaultTransport
	}
	if cfg.Dial == nil {
		cfg.Dial = (&net.Dialer{}).DialContext
	}
	if cfg.Workers == 0 {
		cfg.Workers = 8
	}
	if cfg.Waiting == 0 {
		cfg.Waiting = 512
	}
	var key ed25519.PublicKey
	if cfg.PublicKey != "" {
		var err error
		if key, err = publicKey(cfg.PublicKey); err != nil {
			return nil, err
		}
	}
	return &Bot{
		cfg: cfg, log: cfg.Log, now: cfg.Now, key: key,
		api:    newAPI(cfg),
		memory: newMemory(cfg.Token, cfg.Now),
		limits: newLimits(cfg.Now),
		lane:   newLane(cfg.Workers, cfg.Waiting),
		seen:   &seenSet{now: cfg.Now},
		today:  &today{now: cfg.Now},
		ready:  map[int]bool{},

		withdrawing: newWithdrawer(),
	}, nil
}

func newAPI(cfg Config) *api {
	contact := cfg.Contact
	if contact == "" {
		contact = "https://discord.com/developers"
	}
	return &api{
		base: apiBase, token: cfg.Token, app: cfg.AppID, now: cfg.Now,
		agent:  "DiscordBot (" + contact + ", 1.0)",
		client: &http.Client{Transport: cfg.Transport, Timeout: 20 * time.Second},
	}
}

// stopWithin is how long Run waits, after ctx ends, for replies under way.
const stopWithin = 10 * time.Second

// Run registers the commands and keeps the gateway connections alive until ctx
// ends; then it finishes what it acknowledged and returns nil. It returns an
// error when Discord refuses the bot for good, and says what to do.
func (b *Bot) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if err := b.Register(ctx); err != nil {
		return err
	}
	pace := newPacer(b.now)
	shards, err := b.shards(ctx, pace)
	if err != nil {
		return err
	}
	b.mu.Lock()
	for _, s := range shards {
		b.ready[s.id] = false
	}
	b.mu.Unlock()
	var beside sync.WaitGroup
	beside.Go(func() { b.Withdraw(ctx) })
	beside.Go(func() { b.WeeklyNotes(ctx) })
	results := make(chan error, len(shards))
	for _, s := range shards {
		go func() { results <- s.run(ctx) }()
	}
	var first error
	for range shards {
		if err := <-results; err != nil && first == nil {
			first = err
			stop() // one shard that may not come back ends all: the cause is shared
		}
	}
	stop()
	b.drain()
	beside.Wait()
	return first
}

// Register tells Discord the commands, and asks it for the application's id
// when that is not set. [Bot.Run] does it by itself; a bot that only serves
// [Bot.Handler] calls it once.
func (b *Bot) Register(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	if b.api.app == "" {
		var app struct {
			ID string `json:"id"`
		}
		if err := b.api.get(ctx, "/applications/@me", &app); err != nil {
			return refused(err)
		}
		b.api.app = app.ID
	}
	return refused(b.api.putCommands(ctx, commands()))
}

// refused adds to a REST error what a person can do about it.
func refused(err error) error {
	var e *apiError
	if errors.As(err, &e) && e.Status == http.StatusUnauthorized {
		return errors.New("discord refuses the token; copy it again from the Discord Developer Portal, Bot page")
	}
	return err
}

func (b *Bot) shards(ctx context.Context, pace *pacer) ([]*shard, error) {
	count := b.cfg.Shards
	if count == 0 {
		var g gatewayInfo
		if err := b.api.get(ctx, "/gateway/bot", &g); err != nil {
			return nil, refused(err)
		}
		count = max(1, g.Shards)
	}
	ids := b.cfg.ShardIDs
	if len(ids) == 0 {
		for i := range count {
			ids = append(ids, i)
		}
	}
	var out []*shard
	for _, id := range ids {
		if id < 0 || id >= count {
			return nil, fmt.Errorf("bot: there is no shard %d of %d; check the shard settings", id, count)
		}
		out = append(out, &shard{
			id: id, count: count, api: b.api, dial: b.cfg.Dial, pace: pace, now: b.now, log: b.log,
			handle: func(event string, data json.RawMessage) { b.event(ctx, event, data) },
			state: func(ready bool) {
				b.mu.Lock()
				defer b.mu.Unlock()
				b.ready[id] = ready
			},
		})
	}
	return out, nil
}

// Ready reports whether every shard of this process is connected, for a health
// check. It is true of a bot that only serves [Bot.Handler].
func (b *Bot) Ready() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.ready {
		if !r {
			return false
		}
	}
	return true
}

// event takes an event from the gateway. It may not panic: discordgo calls it on
// a goroutine without recover.
func (b *Bot) event(ctx context.Context, name string, data json.RawMessage) {
	defer b.recovered("event")
	switch name {
	case "INTERACTION_CREATE":
		in, err := decode(data)
		if err != nil {
			b.log.Warn("interaction not understood", "err", err)
			return
		}
		b.take(ctx, in)
	case "GUILD_DELETE":
		b.left(ctx, data)
	}
}

// left forgets a server that the bot was removed from. A server that is merely
// unavailable is not forgotten.
func (b *Bot) left(ctx context.Context, data json.RawMessage) {
	var g struct {
		ID          string `json:"id"`
		Unavailable *bool  `json:"unavailable"`
	}
	if json.Unmarshal(data, &g) != nil || g.ID == "" || g.Unavailable != nil && *g.Unavailable {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	b.memory.forgetGuild(g.ID)
	if err := b.cfg.Store.Forget(ctx, g.ID); err != nil {
		b.log.Error("a server's settings could not be removed", "err", err)
	}
}

// recovered, deferred, turns a panic into a log line.
func (b *Bot) recovered(where string) {
	if r := recover(); r != nil {
		b.panicked(where, r)
	}
}

// panicked logs a panic. Its value may quote a question, so only the type is
// logged, and where it came from.
func (b *Bot) panicked(where string, value any) {
	b.log.Error("panic", "in", where, "type", fmt.Sprintf("%T", value), "stack", stack())
}

// begin counts a turn in, unless the bot is stopping.
func (b *Bot) begin() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ended {
		return false
	}
	b.turns.Add(1)
	return true
}

// drain waits for the turns under way.
func (b *Bot) drain() {
	b.mu.Lock()
	b.ended = true
	b.mu.Unlock()
	done := make(chan struct{})
	go func() {
		b.turns.Wait()
		close(done)
	}()
	t := time.NewTimer(stopWithin)
	defer t.Stop()
	select {
	case <-done:
	case <-t.C:
		b.log.Warn("stopped with replies under way")
	}
}

// library is the one that the readers of a server see; of direct messages when
// guild is empty.
func (b *Bot) library(guild string) Library {
	if guild == "" || b.cfg.ServerLibrary == nil {
		return b.cfg.Library
	}
	return b.cfg.ServerLibrary(guild)
}
