package bot

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"salve/bot/answer"
	"salve/bot/simulator"
	"salve/bot/store"
)

// answers makes the world's answerer give a.
func (w *world) answering(a answer.Answer) {
	w.answers.f = func(context.Context, answer.Question) (answer.Answer, error) { return a, nil }
}

func TestReadTheSection(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		m := w.ask("what are the side effects")
		got := w.click(m, "Read the section")
		wants(t, got, "JAK inhibitor tablets › Side effects", nausea.Text, "Checked against its sources 2026-11-23")
		if !got.Private() {
			t.Error("a section read by one person is public")
		}
		wants(t, w.click(m, "Read the section [2]"), "The boxed warning", "blood clots")
	})
}

func TestSourcesButton(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		q := nausea
		q.Sources = nil
		for i := range 9 {
			q.Sources = append(q.Sources, answer.Source{Name: fmt.Sprint("Study ", i), Publisher: "JAMA", Published: "2020"})
		}
		w.answering(answer.Answer{Kind: answer.Cited, Quotes: []answer.Quote{q}})
		m := w.ask("what are the side effects")
		wants(t, m, "Study 1", "and 7 more")
		got := w.click(m, "Sources")
		for i := range 9 {
			wants(t, got, fmt.Sprint("Study ", i))
		}
	})
}

func TestShareInChannel(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		const question = "can I take this while breastfeeding my daughter"
		a := cited(question)
		a.Unknown, a.Missing = []string{"daughter"}, []string{"breastfeeding my daughter"}
		w.answering(a)
		m := w.ask(question)
		shared := w.click(m, "Share in channel")
		if shared.Private() {
			t.Fatal("the shared copy is private")
		}
		wants(t, shared, nausea.Text, "not medical advice")
		if strings.Contains(shared.Text(), "breastfeeding") || strings.Contains(shared.Text(), "daughter") {
			t.Errorf("the question is shared:\n%s", shared.Text())
		}
		if len(shared.Buttons()) > 0 {
			t.Errorf("the shared copy has buttons of the person who asked: %v", shared.Buttons())
		}
		if n := len(w.sim.Messages(w.channel)); n != 1 {
			t.Errorf("%d messages in the channel", n)
		}
	})
}

func TestShareRespectsTheServer(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		m := w.ask("what are the side effects")
		w.store.SaveSettings(w.t.Context(), w.guild, store.Settings{PublicChannels: []string{"1"}})
		got := w.click(m, "Share in channel")
		wants(t, got, "stay private here")
		if !got.Private() || len(w.sim.Messages(w.channel)) > 0 {
			t.Error("something is public")
		}
		if _, err := w.ask("and once more, please").Button("Share"); err == nil {
			t.Error("the button is offered where it cannot work")
		}
	})
}

func TestSharedInTheServersLanguage(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		w.store.SaveSettings(w.t.Context(), w.guild, store.Settings{Language: "fr"})
		wants(t, w.click(w.ask("what are the side effects"), "Share in channel"), "pas un avis médical", "Les articles sont en anglais")
	})
}

func TestHelpful(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		m := w.ask("what are the side effects")
		for range 3 { // counted once
			wants(t, w.click(m, "Helpful"), "counted for the passage, without you")
		}
		for _, q := range []answer.Quote{nausea, warning} {
			if n := w.store.total(store.Counter{Kind: "helpful", Passage: q.Passage}); n != 1 {
				t.Errorf("%s counted %d times; want 1", q.Passage, n)
			}
		}
	})
}

func TestNotHelpful(t *testing.T) {
	for _, reason := range reasons {
		t.Run(reason, func(t *testing.T) {
			bubble(t, setup{}, func(w *world) {
				why := w.click(w.ask("what are the side effects"), "Not helpful")
				menu := why.Buttons()[0]
				if len(menu.Options) != len(reasons) {
					t.Errorf("%d reasons; want %d", len(menu.Options), len(reasons))
				}
				w.reply(w.sim.Select(w.act(), why, menu.CustomID, reason))
				wants(t, why, "Thank you")
				if n := w.store.total(store.Counter{Kind: "not_helpful", Passage: nausea.Passage, Reason: reason}); n != 1 {
					t.Errorf("counted %d times", n)
				}
			})
		})
	}
	t.Run("a reason nobody offered", func(t *testing.T) {
		bubble(t, setup{}, func(w *world) {
			why := w.click(w.ask("what are the side effects"), "Not helpful")
			wants(t, w.reply(w.sim.Select(w.act(), why, why.Buttons()[0].CustomID, "my name is Ana")), "expired")
			for c := range w.store.counts {
				if c.Kind == "not_helpful" {
					t.Errorf("counted %+v", c)
				}
			}
		})
	})
}

// modal opens a modal with a button and submits it.
func (w *world) submit(m *simulator.Message, label, field, value string) *simulator.Message {
	w.t.Helper()
	secret(value)
	modal, err := w.press(m, label).Modal(w.wait())
	if err != nil {
		w.t.Fatal(err)
	}
	return w.reply(w.sim.Submit(w.act(), m, modal["custom_id"].(string), map[string]string{field: value}))
}

func TestFollowUp(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		m := w.ask("side effects of tablets")
		m = w.submit(m, "Ask a follow-up", "question", "and of the cream?")
		m = w.submit(m, "Ask a follow-up", "question", "how long do they last")
		wants(t, m, "nausea")
		asked := w.answers.questions()
		last := asked[len(asked)-1]
		if last.Text != "how long do they last" || strings.Join(last.Previous, "|") != "side effects of tablets|and of the cream?" {
			t.Errorf("asked %+v", last)
		}
	})
}

func TestFollowUpIsBounded(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		m := w.ask("question number 0")
		for i := range 7 {
			m = w.submit(m, "Ask a follow-up", "question", fmt.Sprint("question number ", i+1))
		}
		asked := w.answers.questions()
		if p := asked[len(asked)-1].Previous; len(p) != maxPrevious || p[maxPrevious-1] != "question number 6" {
			t.Errorf("previous %q", p)
		}
	})
}

func TestFollowUpAfterItsTime(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		m := w.ask("side effects of tablets")
		modal, err := w.press(m, "Ask a follow-up").Modal(w.wait())
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(stateLife + time.Minute)
		wants(t, w.reply(w.sim.Submit(w.act(), m, modal["custom_id"].(string), map[string]string{"question": "and of the cream?"})), "nausea")
		asked := w.answers.questions()
		if p := asked[len(asked)-1].Previous; len(p) > 0 {
			t.Errorf("a question was kept beyond its time: %q", p)
		}
	})
}

func TestUrgentFollowUp(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		m := w.submit(w.ask("side effects of tablets"), "Ask a follow-up", "question", "EMERGENCY it hurts")
		if strings.Contains(m.Text(), "failed") {
			t.Error(m.Text())
		}
		if _, err := m.Button("Where are you?"); err != nil {
			t.Errorf("no card: %v\n%s", err, m.Text())
		}
	})
}

func TestChoose(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		w.answering(answer.Answer{Kind: answer.Choose, Choices: []answer.Choice{
			{Label: "Tablets", Question: "side effects of tablets"}, {Label: "Cream", Question: "side effects of the cream"}}})
		m := w.ask("side effects")
		wants(t, m, "Which do you mean?")
		w.answers.f = nil
		wants(t, w.click(m, "Cream"), "nausea")
		asked := w.answers.questions()
		if q := asked[1]; q.Text != "side effects of the cream" || len(q.Previous) != 1 {
			t.Errorf("asked %+v", q)
		}
	})
}

func TestNearTopics(t *testing.T) {
	for _, n := range []int{1, 5, 6, 30} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			bubble(t, setup{}, func(w *world) {
				a := answer.Answer{Kind: answer.NotCovered, Unknown: []string{"pizza"}, Searched: answer.Searched{Articles: 2, Passages: 3, Newest: "2026-11-23"}}
				for i := range n {
					a.Near = append(a.Near, answer.Topic{Article: "rux-cream", Anchor: "how", Title: fmt.Sprintf("Topic %d: how it is used", i)})
				}
				w.answering(a)
				m := w.ask("best pizza in town")
				wants(t, m, "The library does not answer this.", "This does not mean that something is safe", "2 articles, 3 passages", "2026-11-23", "pizza", "/report")
				b := m.Buttons()[0]
				it := w.sim.Click(w.act(), m, b.CustomID)
				if len(b.Options) > 0 {
					if len(b.Options) > maxOptions {
						t.Errorf("%d options", len(b.Options))
					}
					it = w.sim.Select(w.act(), m, b.CustomID, "0")
				}
				wants(t, w.reply(it), cream.Text)
			})
		})
	}
}

func TestExpiredButtons(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		w.store.SaveSettings(w.t.Context(), w.guild, store.Settings{ModeratorChannel: w.mods.ID})
		m := w.ask("what are the side effects")
		time.Sleep(stateLife + time.Second)
		for _, l := range []string{"Share in channel", "Ask a follow-up", "Ask a moderator"} {
			wants(t, w.click(m, l), "This button has expired")
		}
		// These need the passages only.
		for l, want := range map[string]string{"Read the section": nausea.Text, "Sources": "Drug Safety", "Helpful": "Thank you", "Not helpful": "What was wrong"} {
			wants(t, w.click(m, l), want)
		}
		if n := w.store.total(store.Counter{Kind: "helpful", Passage: nausea.Passage}); n != 1 {
			t.Errorf("counted %d times", n)
		}
		time.Sleep(stateLife + time.Second)
		if n := w.bot.memory.len(); n != 0 {
			t.Errorf("%d answers still in memory", n)
		}
	})
}

func TestForgedButtons(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		m := w.ask("what are the side effects")
		good, err := m.Button("Helpful")
		if err != nil {
			t.Fatal(err)
		}
		other := newMemory("another bot", time.Now)
		for name, id := range map[string]string{
			"another bot's":    other.sign(actHelpful, "", "AAAA"),
			"action changed":   strings.Replace(good, ":good:", ":share:", 1),
			"argument changed": strings.Replace(good, ":good::", ":good:1:", 1),
			"last letter off":  good[:len(good)-1],
			"no signature":     "s1:good::AAAA",
			"empty":            "x",
			"colons":           "::::::",
		} {
			w.t.Log(name)
			wants(t, w.reply(w.sim.Click(w.act(), m, id)), "This button has expired")
		}
	})
}

func TestButtonsOfAnotherPerson(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		w.store.SaveSettings(w.t.Context(), w.guild, store.Settings{ModeratorChannel: w.mods.ID})
		const question = "does it help a rash on private parts"
		secret(question)
		m := w.reply(w.sim.Run(w.act(), "ask", simulator.Values{"question": question, "share": true}))
		if m.Private() {
			t.Fatal("not shared")
		}
		ben := simulator.Act{User: w.sim.NewUser("Ben", ""), Channel: w.channel}
		for label, want := range map[string]string{
			"Ask a moderator": "Only the person who asked", "Ask a follow-up": "Only the person who asked",
			"Sources": "Drug Safety", "Read the section": "nausea", "Helpful": "Thank you",
		} {
			id, err := m.Button(label)
			if err != nil {
				t.Fatal(err)
			}
			got := w.reply(w.sim.Click(ben, m, id))
			wants(t, got, want)
			if strings.Contains(got.Text(), "rash") {
				t.Errorf("%s shows the question of another person", label)
			}
		}
	})
}

func TestFindInLibrary(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		w.store.SaveSettings(w.t.Context(), w.guild, store.Settings{Public: true, ModeratorChannel: w.mods.ID})
		const words = "does anybody know what the tablets do to you"
		secret(words)
		m := w.reply(w.sim.Apps(w.act(), "Find in library", words))
		wants(t, m, "nausea")
		if !m.Private() {
			t.Error("the words of another person are answered in public")
		}
		if _, err := m.Button("Ask a moderator"); err == nil {
			t.Error("another person's words can be sent on")
		}
		for name, it := range map[string]*simulator.Interaction{
			"components": w.sim.Apps(w.act(), "Find in library", "", map[string]any{"type": 17, "components": []any{map[string]any{"type": 10, "content": "what of the tablets"}}}),
			"unknown component types": w.sim.Apps(w.act(), "Find in library", "", map[string]any{"type": 20, "new": true},
				map[string]any{"type": 99, "components": []any{map[string]any{"type": 10, "content": "what of the tablets"}}}),
		} {
			w.t.Log(name)
			wants(t, w.reply(it), "nausea")
		}
		wants(t, w.reply(w.sim.Apps(w.act(), "Find in library", " ")), "no words to look up")
		for _, q := range w.answers.questions() {
			if len(q.Previous) > 0 {
				t.Error("another person's words became a conversation")
			}
		}
	})
}
