package bot

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"salve/bot/answer"
	"salve/bot/simulator"
	"salve/bot/store"
	"salve/bot/triage"
)

func TestDangerComesFirst(t *testing.T) {
	for _, word := range []string{"EMERGENCY", "CRISIS", "SAMEDAY"} {
		t.Run(word, func(t *testing.T) {
			bubble(t, setup{cfg: func(c *Config) { c.Workers, c.Waiting = 1, 1 }}, func(w *world) {
				// The person's allowance is spent, and the queue is full.
				w.store.SaveSettings(w.t.Context(), w.guild, store.Settings{PerPerson: 1, Country: "GB"})
				w.ask("what are the side effects")
				wants(t, w.ask("what else is there to know"), "Please come back in")
				hold := make(chan struct{})
				w.bot.lane.room <- struct{}{}
				w.bot.lane.room <- struct{}{}
				w.answers.f = func(ctx context.Context, q answer.Question) (answer.Answer, error) {
					<-hold
					return cited(q.Text), nil
				}
				it := w.sim.Run(w.act(), "ask", simulator.Values{"question": word + " it is happening", "share": true})
				m := w.reply(it)
				if kind, after := it.Acked(); kind != replyMessage || after > 100*time.Millisecond {
					t.Errorf("the card came with type %d after %v; want at once", kind, after)
				}
				if !m.Private() {
					t.Error("an urgent reply is public")
				}
				card, _ := triage.Help(fakeAssess(word, ""), "GB", "en-US", triage.Numbers{})
				wants(t, m, card.Title)
				if strings.Contains(m.Text(), "nausea") {
					t.Error("quotes came before the card stood alone")
				}
				close(hold)
				m, err := it.Edited(w.wait(), 1)
				if err != nil {
					t.Fatal(err)
				}
				wants(t, m, card.Title, "nausea")
				if strings.Index(m.Text(), card.Title) > strings.Index(m.Text(), "nausea") {
					t.Error("the card does not come first")
				}
				if _, err := m.Button("Share"); err == nil {
					t.Error("an urgent answer can be shared")
				}
				<-w.bot.lane.room
				<-w.bot.lane.room
			})
		})
	}
}

func TestDangerWithoutAnAnswer(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		w.answers.f = func(context.Context, answer.Question) (answer.Answer, error) {
			return answer.Answer{}, errors.New("broken")
		}
		m := w.ask("EMERGENCY please")
		time.Sleep(10 * time.Second)
		if strings.Contains(m.Text(), "failed") {
			t.Errorf("an apology hides the card:\n%s", m.Text())
		}
	})
}

func TestCountryOfACard(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		it := w.sim.Run(w.act(), "ask", simulator.Values{"question": "EMERGENCY please"})
		m, err := it.Edited(w.wait(), 1)
		if err != nil {
			t.Fatal(err)
		}
		id, err := m.Button("Where are you?")
		if err != nil {
			t.Fatal(err)
		}
		got := w.reply(w.sim.Select(w.act(), m, id, "GB"))
		card, _ := triage.Help(fakeAssess("EMERGENCY", ""), "GB", "en-US", triage.Numbers{})
		wants(t, got, card.Text(), "nausea")
		if _, err := got.Button("Where are you?"); err == nil {
			t.Error("the country is asked for again")
		}
	})
}

func TestNumbersOfAServer(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		w.store.SaveSettings(w.t.Context(), w.guild, store.Settings{Country: "GB", Emergency: store.Line{Number: "555 123", Label: "Our ambulance"}})
		wants(t, w.ask("EMERGENCY please"), "555 123", "Our ambulance")
	})
}

// TestStuckStore is a disk that never answers: help comes all the same, at once.
func TestStuckStore(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		w.bot.cfg.Store = stuckStore{w.store}
		it := w.sim.Run(w.act(), "ask", simulator.Values{"question": "EMERGENCY and a stuck disk"})
		wants(t, w.reply(it), "emergency")
		if _, after := it.Acked(); after > settingsWithin+100*time.Millisecond {
			t.Errorf("help came after %v", after)
		}
	})
}

type stuckStore struct{ *memStore }

func TestDangerInOtherFields(t *testing.T) {
	for command, field := range map[string]string{"article": "name", "topic": "topic"} {
		t.Run(command, func(t *testing.T) {
			bubble(t, setup{}, func(w *world) {
				it := w.sim.Run(w.act(), command, simulator.Values{field: "EMERGENCY please"})
				if _, err := w.reply(it).Button("Where are you?"); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// TestRealTriage is the one test of the flow with the gate that ships.
func TestRealTriage(t *testing.T) {
	bubble(t, setup{cfg: func(c *Config) { c.Assess = nil }}, func(w *world) {
		if _, err := w.ask("I am going to kill myself tonight").Button("Where are you?"); err != nil {
			t.Errorf("no card: %v", err)
		}
		if m := w.ask("can these tablets cause blood clots?"); !strings.Contains(m.Text(), "nausea") {
			t.Errorf("a question about a danger is taken for one:\n%s", m.Text())
		}
	})
}

func TestCardInTheLanguageOfTheMessage(t *testing.T) {
	bubble(t, setup{cfg: func(c *Config) {
		c.Assess = func(text, locale string) triage.Assessment {
			as := fakeAssess(text, locale)
			as.Language = "es"
			return as
		}
	}}, func(w *world) {
		m := w.ask("EMERGENCY me duele mucho el pecho")
		as := fakeAssess("EMERGENCY", "")
		es, _ := triage.Help(as, "", "es", triage.Numbers{})
		en, _ := triage.Help(as, "", "en-US", triage.Numbers{})
		wants(t, m, es.Title, en.Title)
		if strings.Index(m.Text(), es.Title) > strings.Index(m.Text(), en.Title) {
			t.Error("the language of the message does not come first")
		}
	})
}

func (s stuckStore) Settings(ctx context.Context, guild string) (store.Settings, error) {
	<-ctx.Done()
	return store.Settings{}, ctx.Err()
}

func TestCrisisWithoutAQuestion(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		w.answering(answer.Answer{Kind: answer.Personal, Quotes: []answer.Quote{nausea}})
		it := w.sim.Run(w.act(), "ask", simulator.Values{"question": "CRISIS nobody would miss me"})
		w.settle()
		if it.Edits() > 0 {
			t.Error("passages about medicines stand beside help in a crisis")
		}
		if n := w.store.total(store.Counter{Kind: "urgent", Reason: "crisis suicide"}); n != 1 {
			t.Errorf("counted %d times by sign", n)
		}
	})
}

// TestEveryCard lays out the card of every sign, for every country and language,
// alone and above a long answer.
func TestEveryCard(t *testing.T) {
	long := nausea
	long.Text = strings.Repeat("It may make you feel sick. ", 120)
	locales := []string{"en-US", "es-ES", "fr", "de", "pt-BR", "ja"}
	for _, u := range []triage.Urgency{triage.SameDay, triage.Emergency, triage.Crisis} {
		for i, sign := range triage.Signs(u) {
			for j, place := range append(triage.Places("en-US"), triage.Place{}) {
				locale := locales[(i+j)%len(locales)]
				as := triage.Assessment{Urgency: u, Sign: sign, Words: []string{"x"}, Language: "fr"}
				b := &Bot{memory: newMemory("t", time.Now)}
				tn := &turn{bot: b, in: &interaction{Locale: locale}, lang: languageOf(locale)}
				for _, a := range []answer.Answer{{}, {Kind: answer.Cited, Language: "en", Quotes: []answer.Quote{long, nausea}}} {
					v := b.urgentView(tn, as, a, place.Code, b.memory.keep(kept{}))
					what := u.String() + " " + sign + " " + place.Code + " " + locale
					m := render(a, v)
					lawful(t, what, m)
					card, _ := triage.Help(as, place.Code, locale, triage.Numbers{})
					if !strings.Contains(textOf(m.Components), card.Text()) {
						t.Errorf("%s: the card is not whole", what)
					}
				}
			}
		}
	}
}
