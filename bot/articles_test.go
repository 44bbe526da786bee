package bot

import (
	"strings"
	"testing"
	"unicode/utf8"

	"salve/bot/answer"
	"salve/bot/simulator"
)

func TestArticleCommand(t *testing.T) {
	for _, tt := range []struct{ name, typed, want string }{
		{"its id", "jak-pills", "JAK inhibitor tablets"},
		{"its title", "JAK inhibitor tablets", "JAK inhibitor tablets"},
		{"another name", "opzelura", "Ruxolitinib cream"},
		{"a misspelling", "opzellura", "Ruxolitinib cream"},
		{"part of the title", "cream", "Ruxolitinib cream"},
		{"capitals and blanks", "  RUXOLITINIB ", "Ruxolitinib cream"},
		{"nothing like it", "pizza", "No article is called “pizza”"},
		{"nothing like it offers what there is", "pizza", "- Ruxolitinib cream"},
		{"blank", "  ", "No article is called"},
		{"a ping", "@everyone", `\@everyone`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, setup{}, func(w *world) {
				wants(t, w.reply(w.sim.Run(w.act(), "article", simulator.Values{"name": tt.typed})), tt.want)
			})
		})
	}
}

func TestArticleSections(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		m := w.reply(w.sim.Run(w.act(), "article", simulator.Values{"name": "rinvoq"}))
		wants(t, m, "What the tablets do.", "Checked 2026-11-23")
		menu := m.Buttons()[0]
		if len(menu.Options) != 2 {
			t.Fatalf("sections %v", menu.Options)
		}
		wants(t, w.reply(w.sim.Select(w.act(), m, menu.CustomID, "warning")), warning.Text)
		wants(t, w.reply(w.sim.Select(w.act(), m, menu.CustomID, "no-such")), "not in the published library any more")
	})
}

func TestTopicCommand(t *testing.T) {
	for _, tt := range []struct{ typed, want, option string }{
		{"creams", "Creams", "Ruxolitinib cream"},
		{"side effects", "Side effects", "JAK inhibitor tablets › Side effects"},
		{"SIDE EFECTS", "Side effects", "JAK inhibitor tablets › Side effects"},
		{"pizza", "No topic is called", ""},
	} {
		t.Run(tt.typed, func(t *testing.T) {
			bubble(t, setup{}, func(w *world) {
				m := w.reply(w.sim.Run(w.act(), "topic", simulator.Values{"topic": tt.typed}))
				wants(t, m, tt.want)
				if tt.option == "" {
					return
				}
				menu := m.Buttons()[0]
				if menu.Options[0].Name != tt.option {
					t.Errorf("offers %v; want %q", menu.Options, tt.option)
				}
				w.reply(w.sim.Select(w.act(), m, menu.CustomID, "0"))
			})
		})
	}
}

func TestVerifyCommand(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		m := w.ask("what are the side effects")
		_, id, ok := strings.Cut(m.Text(), "/verify id:")
		if !ok {
			t.Fatal("the answer has no id")
		}
		got := w.reply(w.sim.Run(w.act(), "verify", simulator.Values{"id": id}))
		wants(t, got, "**[1]** ✅", "**[2]** ✅", "Every quote of this answer still stands", "version 3", nausea.Hash[:12])

		gone := nausea.Hash[:12] + "." + strings.Repeat("0", 12)
		wants(t, w.reply(w.sim.Run(w.act(), "verify", simulator.Values{"id": " `" + strings.ToUpper(gone) + "` "})),
			"**[1]** ✅", "**[2]** ❌", "changed or withdrawn", "Do not rely on")
		for _, bad := range []string{"", "hello", "abc", strings.Repeat("0", 13), strings.Repeat("0", 12) + ".", "@everyone"} {
			wants(t, w.reply(w.sim.Run(w.act(), "verify", simulator.Values{"id": bad})), "not the id of an answer")
		}
	})
}

// changedLibrary has other words under the same hash and passage.
type changedLibrary struct{ fakeLibrary }

func (changedLibrary) Section(slug, anchor string) ([]answer.Quote, bool) {
	q := nausea
	q.Text = "There are no side effects."
	return []answer.Quote{q}, true
}

func TestVerifyComparesTheWords(t *testing.T) {
	bubble(t, setup{cfg: func(c *Config) { c.Library = changedLibrary{} }}, func(w *world) {
		wants(t, w.reply(w.sim.Run(w.act(), "verify", simulator.Values{"id": nausea.Hash[:12]})), "❌")
	})
}

func TestHelpCommand(t *testing.T) {
	bubble(t, setup{cfg: func(c *Config) { c.Contact = "https://example.org" }}, func(w *world) {
		m := w.reply(w.sim.Run(w.act(), "help", nil))
		wants(t, m, "/ask", "/privacy", "Find in library", "https://example.org", "not medical advice")
		if strings.Contains(m.Text(), "/settings") {
			t.Error("a member is shown /settings")
		}
		w.ana.Permissions = permManageServer
		wants(t, w.reply(w.sim.Run(w.act(), "help", nil)), "/settings")
	})
}

func TestUnknownInteractions(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		wants(t, w.reply(w.sim.Run(w.act(), "retired", nil)), "not known any more")
		wants(t, w.reply(w.sim.Raw(w.act(), typeUnknown, map[string]any{})), "Something failed")
		wants(t, w.reply(w.sim.Raw(w.act(), kindCommand, map[string]any{"name": 5, "options": "none"})), "not known any more")
		wants(t, w.reply(w.sim.Raw(w.act(), kindModal, map[string]any{"custom_id": "x", "components": []any{map[string]any{"type": 21, "values": []any{1}}}})), "expired")
		wants(t, w.ask("and it still answers"), "nausea")
	})
}

const typeUnknown = 77

func TestPages(t *testing.T) {
	long := nausea
	long.Text = strings.Repeat("It may make you feel sick for a while. ", 200)
	lib := longLibrary{long}
	bubble(t, setup{cfg: func(c *Config) { c.Library = lib }}, func(w *world) {
		m := w.click(w.ask("what are the side effects"), "Read the section")
		wants(t, m, "Page 1 of 3")
		var seen strings.Builder
		seen.WriteString(m.Text())
		for _, page := range []string{"Page 2 of 3", "Page 3 of 3"} {
			w.press(m, "Next page")
			w.settle()
			wants(t, m, page)
			seen.WriteString(m.Text())
		}
		if n := strings.Count(seen.String(), "feel sick for a while."); n != 200 {
			t.Errorf("%d sentences of 200 on the pages", n)
		}
		if _, err := m.Button("Next page"); err == nil {
			t.Error("the last page has a next one")
		}
		w.press(m, "Back")
		w.settle()
		wants(t, m, "Page 2 of 3")
	})
}

type longLibrary struct{ q answer.Quote }

func (l longLibrary) Articles() []ArticleInfo                       { return nil }
func (l longLibrary) Section(string, string) ([]answer.Quote, bool) { return []answer.Quote{l.q}, true }
func (l longLibrary) Verify(string, string) (answer.Quote, bool)    { return answer.Quote{}, false }

func TestDivide(t *testing.T) {
	for name, s := range map[string]string{
		"one page":      "Short.",
		"sentences":     strings.Repeat("A sentence of some length. ", 500),
		"lines":         strings.Repeat("- an item of a list\n", 500),
		"one sentence":  strings.Repeat("word ", 3000),
		"one word":      strings.Repeat("x", 20000),
		"wide letters":  strings.Repeat("薬を飲む。", 3000),
		"wide no stops": strings.Repeat("薬", 9000),
		"emoji":         strings.Repeat("🤒 ", 5000),
		"blank":         strings.Repeat(" ", 5000),
		"long line":     strings.Repeat("x y ", 2000) + "\n" + strings.Repeat("Z. ", 2000),
	} {
		t.Run(name, func(t *testing.T) {
			parts := divide(s)
			for _, p := range parts {
				if size(p) > pageChars || len(p) > pageBytes || !utf8.ValidString(p) {
					t.Errorf("a part of %d characters, %d bytes", size(p), len(p))
				}
			}
			flat := func(s string) string { return strings.Join(strings.Fields(s), "") }
			if flat(strings.Join(parts, "")) != flat(s) {
				t.Error("words were lost or moved")
			}
		})
	}
}

func TestSentences(t *testing.T) {
	for s, want := range map[string]int{
		"One. Two.": 2, "Take 2.5 mg. Rest.": 2, "e.g. this one": 1, "Really? Yes! Good.": 3, "No stop": 1, "": 1, "See Dr. smith today.": 1,
	} {
		if got := sentences(s); len(got) != want || strings.Join(got, "") != s {
			t.Errorf("sentences(%q) = %q; want %d", s, got, want)
		}
	}
}
