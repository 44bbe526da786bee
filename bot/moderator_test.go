package bot

import (
	"fmt"
	"strings"
	"testing"

	"salve/bot/simulator"
	"salve/bot/store"
)

func TestAskAModerator(t *testing.T) {
	const question = "is the cream safe near the eyes?"
	for _, tt := range []struct {
		button string
		named  bool
	}{{"Send without my name", false}, {"Send with my name", true}} {
		t.Run(tt.button, func(t *testing.T) {
			bubble(t, setup{}, func(w *world) {
				w.store.SaveSettings(w.t.Context(), w.guild, store.Settings{ModeratorChannel: w.mods.ID})
				preview := w.click(w.ask(question), "Ask a moderator")
				wants(t, preview, "This, and nothing else", question, "Side effects")
				if len(w.sim.Messages(w.mods)) != 0 {
					t.Fatal("sent on the first click")
				}
				w.reply(w.press(preview, tt.button))
				wants(t, preview, "Sent to the moderators")
				sent := w.sim.Messages(w.mods)
				if len(sent) != 1 {
					t.Fatalf("%d messages to the moderators", len(sent))
				}
				wants(t, sent[0], question)
				if got := strings.Contains(sent[0].Text(), w.ana.ID); got != tt.named {
					t.Errorf("names the sender: %v; want %v\n%s", got, tt.named, sent[0].Text())
				}
				if len(preview.Buttons()) > 0 {
					t.Error("it can be sent a second time")
				}
			})
		})
	}
}

func TestPreviewIsWhatIsSent(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		w.store.SaveSettings(w.t.Context(), w.guild, store.Settings{ModeratorChannel: w.mods.ID, Language: "de"})
		preview := w.click(w.ask("is **this** @everyone safe?\nreally"), "Ask a moderator")
		shown := preview.Text()
		w.reply(w.press(preview, "Send without"))
		if sent := w.sim.Messages(w.mods)[0].Text(); !strings.HasSuffix(shown, sent) {
			t.Errorf("shown:\n%s\nsent:\n%s", shown, sent)
		}
	})
}

func TestModeratorsCannotBeReached(t *testing.T) {
	t.Run("no channel set", func(t *testing.T) {
		bubble(t, setup{}, func(w *world) {
			if _, err := w.ask("is it safe").Button("Ask a moderator"); err == nil {
				t.Error("the button is offered where it cannot work")
			}
		})
	})
	t.Run("channel taken back since", func(t *testing.T) {
		bubble(t, setup{}, func(w *world) {
			w.store.SaveSettings(w.t.Context(), w.guild, store.Settings{ModeratorChannel: w.mods.ID})
			m := w.ask("is it safe")
			w.store.SaveSettings(w.t.Context(), w.guild, store.Settings{})
			wants(t, w.click(m, "Ask a moderator"), "have not said where questions should go")
		})
	})
	for _, id := range []string{"closed", "gone"} {
		t.Run("channel "+id, func(t *testing.T) {
			bubble(t, setup{}, func(w *world) {
				w.mods.NoSend = true
				ch := w.mods.ID
				if id == "gone" {
					ch = "12345"
				}
				w.store.SaveSettings(w.t.Context(), w.guild, store.Settings{ModeratorChannel: ch})
				preview := w.click(w.ask("is it safe"), "Ask a moderator")
				wants(t, w.click(preview, "Send without"), "It was not sent")
			})
		})
	}
}

func TestReport(t *testing.T) {
	const words = "the passage on doses is wrong, see id 1234"
	t.Run("to the moderators", func(t *testing.T) {
		bubble(t, setup{}, func(w *world) {
			w.store.SaveSettings(w.t.Context(), w.guild, store.Settings{ModeratorChannel: w.mods.ID})
			secret(words)
			modal, err := w.sim.Run(w.act(), "report", nil).Modal(w.wait())
			if err != nil {
				t.Fatal(err)
			}
			m := w.reply(w.sim.Submit(w.act(), nil, modal["custom_id"].(string), map[string]string{"report": words}))
			wants(t, m, "Sent to the moderators")
			sent := w.sim.Messages(w.mods)
			if len(sent) != 1 || strings.Contains(sent[0].Text(), w.ana.ID) {
				t.Fatalf("%d messages, or it names the sender", len(sent))
			}
			wants(t, sent[0], "Report about the bot", "doses is wrong")
		})
	})
	t.Run("nobody set", func(t *testing.T) {
		bubble(t, setup{}, func(w *world) {
			wants(t, w.reply(w.sim.Run(w.act(), "report", nil)), "have not said where")
		})
	})
	t.Run("contact of the operator", func(t *testing.T) {
		bubble(t, setup{cfg: func(c *Config) { c.Contact = "https://example.org/salve" }}, func(w *world) {
			act := w.act()
			act.Channel = w.sim.NewChannel("", "dm")
			wants(t, w.reply(w.sim.Run(act, "report", nil)), "https://example.org/salve")
		})
	})
}

func TestPrivacyAndForget(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		m := w.ask("what are the side effects")
		ben := simulator.Act{User: w.sim.NewUser("Ben", ""), Channel: w.channel}
		theirs := w.reply(w.sim.Run(ben, "ask", simulator.Values{"question": "what helps"}))
		p := w.reply(w.sim.Run(w.act(), "privacy", nil))
		wants(t, p, "15 minutes", "never stored")
		wants(t, w.click(p, "Delete what is kept about me"), "gone now: 1")
		wants(t, w.click(m, "Ask a follow-up"), "This button has expired")
		id, _ := theirs.Button("Sources")
		wants(t, w.reply(w.sim.Click(ben, theirs, id)), "Drug Safety")
	})
}

func TestReportOfDanger(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		w.store.SaveSettings(w.t.Context(), w.guild, store.Settings{ModeratorChannel: w.mods.ID})
		modal, err := w.sim.Run(w.act(), "report", nil).Modal(w.wait())
		if err != nil {
			t.Fatal(err)
		}
		m := w.reply(w.sim.Submit(w.act(), nil, modal["custom_id"].(string), map[string]string{"report": "CRISIS nobody listens"}))
		if _, err := m.Button("Where are you?"); err != nil {
			t.Errorf("no card: %v\n%s", err, m.Text())
		}
		w.settle()
		if n := len(w.sim.Messages(w.mods)); n != 1 {
			t.Errorf("%d messages to the moderators", n)
		}
	})
}

func TestModeratorsAreNotFlooded(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		w.store.SaveSettings(w.t.Context(), w.guild, store.Settings{ModeratorChannel: w.mods.ID})
		var last *simulator.Message
		for i := range sendMost + 2 {
			last = w.click(w.click(w.ask(fmt.Sprint("question number ", i)), "Ask a moderator"), "Send without")
		}
		wants(t, last, "several messages already", "minutes")
		if n := len(w.sim.Messages(w.mods)); n != sendMost {
			t.Errorf("%d messages to the moderators", n)
		}
	})
}
