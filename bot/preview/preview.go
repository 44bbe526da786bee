// Package preview shows the whole bot on a local web page, with no Discord
// account: the real [bot.Bot], through a real discordgo session, on
// [simulator.Simulator], in one process.
//
// The page acts as a member or a moderator of one of two servers. What is typed
// stays in the memory of this process, for the inspector, and is gone when it
// ends. The page loads nothing from elsewhere, puts data into the document as
// text only, and is served to names of this machine alone.
package preview

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"salve/bot"
	"salve/bot/library"
	"salve/bot/simulator"
	"salve/bot/store"
)

// Config is what a Preview is made of. All fields but Log and Contact are required.
type Config struct {
	Shelf *library.Shelf // the libraries: what answers, and what /library changes
	// Library returns what the commands of a server show of the articles.
	Library func(server string) bot.Library
	Store   bot.Store // settings and totals
	Log     *slog.Logger
	Contact string // of whoever runs the bot
}

// home is the server whose moderators keep the shared library.
const home = "800000000000000001"

// A Preview is a running bot with its simulated Discord. Serve [Preview.Handler].
type Preview struct {
	cfg   Config
	sim   *simulator.Simulator
	watch *watch
	close func()

	servers []*server
	users   map[string]*simulator.User // "member", "moderator" and, for approvals, "second"

	mu    sync.Mutex
	posts []post        // what members did, oldest first
	woken chan struct{} // closed and replaced when posts change
	curve func() curve
}

// A server is a Discord server of the preview.
type server struct {
	ID       string     `json:"id"`
	Name     string     `json:"name"`
	About    string     `json:"about"`
	Channels []*channel `json:"channels"`
}

type channel struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Mods bool   `json:"mods"` // moderators only
	ch   *simulator.Channel
}

// A post is one act of a member that shows in a channel.
type post struct {
	id      string
	channel string
	role    string // who acted
	used    string // "/ask", "Find in library"; empty for plain words
	text    string // plain words
	it      *simulator.Interaction
	failed  bool // the bot did not respond in time
}

// maxPosts is how many acts are remembered; older ones scroll out of the page.
const maxPosts = 200

// Start connects a bot to a simulated Discord with two servers. It returns when
// the bot is ready, or with an error when it is not within ctx. Call
// [Preview.Close] at the end.
func Start(ctx context.Context, cfg Config) (*Preview, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	p := &Preview{cfg: cfg, woken: make(chan struct{}), sim: simulator.New(simulator.Options{Forgetful: true})}
	p.watch = newWatch(cfg.Shelf, p.sim.Transport())
	p.curve = sync.OnceValue(p.measure)
	p.users = map[string]*simulator.User{"member": p.sim.NewUser("Ana", ""), "moderator": p.sim.NewUser("Mo", ""), "second": p.sim.NewUser("Kim", "")}
	const manageServer = 1 << 5
	p.users["moderator"].Permissions, p.users["second"].Permissions = manageServer, manageServer
	if err := p.found(ctx); err != nil {
		p.sim.Close()
		return nil, err
	}
	b, err := bot.New(bot.Config{
		Token: p.sim.Token(), AppID: p.sim.AppID(), Contact: cfg.Contact, Log: cfg.Log, Library: cfg.Library(""), ServerLibrary: cfg.Library,
		Store: cfg.Store, Shelf: cfg.Shelf, Home: home,
		Answerer: p.watch, Assess: p.watch.assess, Transport: p.watch, Dial: p.sim.Dial,
	})
	if err != nil {
		p.sim.Close()
		return nil, err
	}
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 1)
	go func() { ended <- b.Run(run) }()
	p.close = sync.OnceFunc(func() {
		stop()
		<-ended
		p.sim.Close()
	})
	within, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := p.sim.Connected(within, 1); err != nil {
		p.close()
		return nil, fmt.Errorf("the bot did not connect to the simulated Discord: %w", err)
	}
	return p, nil
}

// Close stops the bot, after what it acknowledged, and the simulated Discord.
func (p *Preview) Close() { p.close() }

// found makes the two servers and, unless the store has them, their settings: one
// keeps the defaults but for its country, the other answers in public and in German.
func (p *Preview) found(ctx context.Context) error {
	for _, s := range []struct {
		id, name, about string
		channels        []string
		set             store.Settings
	}{
		{home, "Eczema Circle", "Answers are private", []string{"questions", "living-with-it", "moderators"}, store.Settings{Country: "US"}},
		{"800000000000000002", "Haut & Leben", "Answers are public, in German", []string{"fragen", "moderation"}, store.Settings{Country: "DE", Language: "de", Public: true}},
	} {
		sv := &server{ID: s.id, Name: s.name, About: s.about}
		for i, name := range s.channels {
			c := p.sim.NewChannel(sv.ID, name)
			sv.Channels = append(sv.Channels, &channel{ID: c.ID, Name: name, Mods: i == len(s.channels)-1, ch: c})
		}
		kept, err := p.cfg.Store.Settings(ctx, sv.ID)
		if err != nil {
			return err
		}
		if kept.ModeratorChannel == "" {
			kept = s.set
		}
		// Channels are new at every start.
		kept.ModeratorChannel, kept.PublicChannels = sv.Channels[len(sv.Channels)-1].ID, nil
		if err := p.cfg.Store.SaveSettings(ctx, sv.ID, kept); err != nil {
			return err
		}
		p.servers = append(p.servers, sv)
	}
	first := p.servers[0].Channels[0]
	p.remember(post{id: p.sim.NewID(), channel: first.ID, role: "other", text: "does anyone know if JAK inhibitor tablets can cause acne?"})
	return nil
}

func (p *Preview) remember(x post) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.posts = append(p.posts, x)
	p.wake()
	if over := len(p.posts) - maxPosts; over > 0 {
		for _, old := range p.posts[:over] {
			if old.it != nil {
				p.sim.Release(old.it)
			}
		}
		p.posts = p.posts[over:]
	}
}

// wake tells the pages that posts changed. The caller holds p.mu.
func (p *Preview) wake() {
	close(p.woken)
	p.woken = make(chan struct{})
}

// fail marks a post as one that the bot did not respond to.
func (p *Preview) fail(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.posts {
		if p.posts[i].id == id {
			p.posts[i].failed = true
		}
	}
	p.wake()
}

// channel returns a channel by its id, nil when there is none.
func (p *Preview) channel(id string) *channel {
	for _, s := range p.servers {
		for _, c := range s.Channels {
			if c.ID == id {
				return c
			}
		}
	}
	return nil
}
