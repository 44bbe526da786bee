package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"salve/bot/answer"
	"salve/bot/simulator"
	"salve/bot/store"
)

// shareTests say who sees an answer, and why.
var shareTests = []struct {
	name     string
	settings store.Settings
	dm       bool
	share    any // value of the option, nil when not given
	public   bool
}{
	{"private unless asked otherwise", store.Settings{}, false, nil, false},
	{"share", store.Settings{}, false, true, true},
	{"share false", store.Settings{Public: true}, false, false, false},
	{"public by default", store.Settings{Public: true}, false, nil, true},
	{"share where answers may be public", store.Settings{PublicChannels: []string{"HERE"}}, false, true, true},
	{"share where they may not", store.Settings{PublicChannels: []string{"1"}}, false, true, false},
	{"public by default where they may not", store.Settings{Public: true, PublicChannels: []string{"1"}}, false, nil, false},
	{"in a direct message", store.Settings{}, true, true, false},
	{"in a thread of a channel where answers may be public", store.Settings{PublicChannels: []string{"PARENT"}}, false, true, true},
}

func TestWhoSeesAnAnswer(t *testing.T) {
	for _, tt := range shareTests {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, setup{}, func(w *world) {
				act := w.act()
				act.Channel.Parent = "4242"
				if tt.dm {
					act.Channel = w.sim.NewChannel("", "dm")
				}
				for i, c := range tt.settings.PublicChannels {
					tt.settings.PublicChannels[i] = strings.NewReplacer("HERE", w.channel.ID, "PARENT", "4242").Replace(c)
				}
				w.store.SaveSettings(w.t.Context(), w.guild, tt.settings)
				v := simulator.Values{"question": "what are the side effects of tablets"}
				if tt.share != nil {
					v["share"] = tt.share
				}
				m := w.reply(w.sim.Run(act, "ask", v))
				if m.Private() == tt.public {
					t.Errorf("private %v; want public %v", m.Private(), tt.public)
				}
				wants(t, m, "nausea")
			})
		})
	}
}

func TestUserInstall(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		act := w.act()
		act.UserApp = true
		m := w.reply(w.sim.Run(act, "ask", simulator.Values{"question": "side effects of tablets", "share": true}))
		wants(t, m, "nausea")
		if _, err := m.Button("Share"); err == nil || !m.Private() {
			t.Error("public in a server that did not install the bot")
		}
	})
}

func TestOddQuestions(t *testing.T) {
	for _, tt := range []struct {
		name, question, want string
		asked                int // times the answerer is asked
	}{
		{"empty", "", "Write your question", 0},
		{"blanks", " \n\t ", "Write your question", 0},
		{"ten thousand characters", strings.Repeat("itch again ", 1000), "nausea", 1},
		{"emoji", "🤔🤔🤔🤔🤔🤔🤔", "nausea", 1},
		{"not UTF-8 when cut", strings.Repeat("é", 2000), "nausea", 1},
		{"pings", "@everyone <@123456> <@&123456> what helps", "nausea", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, setup{}, func(w *world) {
				wants(t, w.ask(tt.question), tt.want)
				asked := w.answers.questions()
				if len(asked) != tt.asked {
					t.Fatalf("asked the answerer %d times; want %d", len(asked), tt.asked)
				}
				if tt.asked > 0 && len([]rune(asked[0].Text)) > maxQuestion {
					t.Errorf("a question of %d characters was passed on", len([]rune(asked[0].Text)))
				}
			})
		})
	}
}

func TestLimits(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		for i := range personDefault {
			wants(t, w.ask(fmt.Sprint("side effects number ", i)), "nausea")
		}
		m := w.ask("and one question more")
		wants(t, m, "Please come back in 30 seconds")
		if !m.Private() {
			t.Error("the refusal is public")
		}
		other := w.act()
		other.User = w.sim.NewUser("Ben", "de")
		wants(t, w.reply(w.sim.Run(other, "ask", simulator.Values{"question": "Nebenwirkungen der Tabletten"})), "nausea")
		time.Sleep(31 * time.Second)
		wants(t, w.ask("and after half a minute"), "nausea")
	})
}

func TestLimitOfAServer(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		w.store.SaveSettings(w.t.Context(), w.guild, store.Settings{PerServer: 2})
		for i, want := range []string{"nausea", "nausea", "This server asks more"} {
			act := w.act()
			act.User = w.sim.NewUser(fmt.Sprint("member", i), "")
			wants(t, w.reply(w.sim.Run(act, "ask", simulator.Values{"question": "what helps with itching"})), want)
		}
	})
}

func TestFullQueue(t *testing.T) {
	bubble(t, setup{cfg: func(c *Config) { c.Workers, c.Waiting = 1, 1 }}, func(w *world) {
		hold := make(chan struct{})
		w.answers.f = func(_ context.Context, q answer.Question) (answer.Answer, error) {
			<-hold
			return cited(q.Text), nil
		}
		var its []*simulator.Interaction
		for range 3 {
			act := w.act()
			act.User = w.sim.NewUser("member", "")
			its = append(its, w.sim.Run(act, "ask", simulator.Values{"question": "what helps"}))
			time.Sleep(time.Second)
		}
		wants(t, w.reply(its[2]), "Too many people are asking")
		close(hold)
		for _, it := range its[:2] {
			wants(t, w.reply(it), "nausea")
		}
	})
}

func TestSlowAnswer(t *testing.T) {
	for _, tt := range []struct {
		after time.Duration
		want  string
	}{
		{2 * time.Second, "nausea"},
		{9 * time.Second, "nausea"},
		{11 * time.Second, "Something failed on our side"},
	} {
		t.Run(tt.after.String(), func(t *testing.T) {
			bubble(t, setup{}, func(w *world) {
				w.answers.f = func(ctx context.Context, q answer.Question) (answer.Answer, error) {
					return cited(q.Text), sleep(ctx, tt.after)
				}
				wants(t, w.ask("what helps with itching"), tt.want)
			})
		})
	}
}

func TestAnswererFails(t *testing.T) {
	for name, f := range map[string]func(context.Context, answer.Question) (answer.Answer, error){
		"error": func(_ context.Context, q answer.Question) (answer.Answer, error) {
			return answer.Answer{}, fmt.Errorf("cannot answer %q", q.Text)
		},
		"panic": func(_ context.Context, q answer.Question) (answer.Answer, error) { panic("panic over " + q.Text) },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, setup{}, func(w *world) {
				w.answers.f = f
				m := w.ask("my private question of today")
				wants(t, m, "Something failed on our side")
				l := w.log.String()
				if strings.Contains(l, "private question") || !strings.Contains(l, "level=") || name == "panic" && !strings.Contains(l, "fakeAnswerer") {
					t.Errorf("log:\n%s\nwant where it happened, without the question", l)
				}
				w.answers.f = nil
				wants(t, w.ask("and the next one"), "nausea")
			})
		})
	}
}

func TestDuplicatesAreAnsweredOnce(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		act := w.act()
		act.Repeat = 3
		wants(t, w.reply(w.sim.Run(act, "ask", simulator.Values{"question": "what helps with itching"})), "nausea")
		time.Sleep(time.Minute)
		if n := len(w.answers.questions()); n != 1 {
			t.Errorf("answered %d times", n)
		}
	})
}

func TestNew(t *testing.T) {
	good := Config{Token: "t", Answerer: &fakeAnswerer{}, Library: fakeLibrary{}, Store: newMemStore()}
	if _, err := New(good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Config){
		"no token":          func(c *Config) { c.Token = "" },
		"no answerer":       func(c *Config) { c.Answerer = nil },
		"no library":        func(c *Config) { c.Library = nil },
		"no store":          func(c *Config) { c.Store = nil },
		"key not hex":       func(c *Config) { c.PublicKey = "zz" },
		"key of 31 bytes":   func(c *Config) { c.PublicKey = strings.Repeat("ab", 31) },
		"key of 33 bytes":   func(c *Config) { c.PublicKey = strings.Repeat("ab", 33) },
		"key with a prefix": func(c *Config) { c.PublicKey = "0x" + strings.Repeat("ab", 31) },
	} {
		t.Run(name, func(t *testing.T) {
			c := good
			change(&c)
			if _, err := New(c); err == nil {
				t.Error("no error")
			}
		})
	}
}

func TestStoreFails(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		w.store.fail = errors.New("disk full")
		m := w.ask("what helps with itching")
		wants(t, m, "nausea")
		if !m.Private() {
			t.Error("without settings an answer must be private")
		}
	})
}

// TestSlowStore is a disk that takes two seconds: whatever the interaction, its
// first response comes in time, and an answer after it.
func TestSlowStore(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		w.store.SaveSettings(w.t.Context(), w.guild, store.Settings{ModeratorChannel: w.mods.ID})
		m := w.ask("what are the side effects")
		w.bot.cfg.Store = slowStore{w.store}
		follow, _ := m.Button("Ask a follow-up")
		sources, _ := m.Button("Sources")
		for name, tt := range map[string]struct {
			it   *simulator.Interaction
			want string
		}{
			"question": {w.sim.Run(w.act(), "ask", simulator.Values{"question": "and now, with a slow disk"}), "nausea"},
			"danger":   {w.sim.Run(w.act(), "ask", simulator.Values{"question": "EMERGENCY and a slow disk"}), "emergency"},
			"command":  {w.sim.Run(w.act(), "help", nil), "Salve"},
			"button":   {w.sim.Click(w.act(), m, sources), "Drug Safety"},
			"modal":    {w.sim.Click(w.act(), m, follow), "took too long"},
		} {
			w.t.Log(name)
			wants(t, w.reply(tt.it), tt.want)
			if kind, after := tt.it.Acked(); kind != replyDeferred || after > ackBy+100*time.Millisecond {
				t.Errorf("%s: acknowledged with type %d after %v", name, kind, after)
			}
		}
		if got, err := w.sim.Complete(w.act(), "article", "name", simulator.Values{"name": "rux"}).Choices(w.wait()); err != nil || len(got) > 0 {
			t.Errorf("suggestions %v, %v", got, err)
		}
	})
}

type slowStore struct{ *memStore }

func (s slowStore) Settings(_ context.Context, guild string) (store.Settings, error) {
	time.Sleep(2 * time.Second) // deaf to its context
	return s.memStore.Settings(context.Background(), guild)
}

func TestGracefulStop(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		w.answers.f = func(ctx context.Context, q answer.Question) (answer.Answer, error) {
			return cited(q.Text), sleep(ctx, 4*time.Second)
		}
		it := w.sim.Run(w.act(), "ask", simulator.Values{"question": "what helps with itching"})
		time.Sleep(time.Second)
		w.stop()
		wants(t, w.reply(it), "nausea")
	})
}

func TestNothingOfAQuestionInPublic(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		w.answering(answer.Answer{Kind: answer.NotCovered, Unknown: []string{"chlamydia"}, Missing: []string{"chlamydia"}, Searched: answer.Searched{Articles: 2, Passages: 3}})
		m := w.reply(w.sim.Run(w.act(), "ask", simulator.Values{"question": "does it help with chlamydia", "share": true}))
		if m.Private() || strings.Contains(m.Text(), "chlamydia") {
			t.Errorf("private %v:\n%s", m.Private(), m.Text())
		}
	})
}
