package bot

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"salve/bot/simulator"
)

// registered are the commands as Discord has them after the start.
func registered(t *testing.T) []map[string]any {
	t.Helper()
	var out []map[string]any
	bubble(t, setup{}, func(w *world) { out = w.sim.Commands() })
	return out
}

func TestRegistration(t *testing.T) {
	list := registered(t)
	if len(list) == 0 {
		t.Fatal("nothing is registered")
	}
	if f := simulator.CheckCommands(list); len(f) > 0 {
		t.Errorf("rules broken: %q", f)
	}
	for _, c := range list {
		name, _ := c["name"].(string)
		contexts, types := fmt.Sprint(c["contexts"]), fmt.Sprint(c["integration_types"])
		if name == "settings" || name == "library" {
			if contexts != "[0]" || types != "[0]" || c["default_member_permissions"] != "32" {
				t.Errorf("/%s: contexts %s, types %s, permissions %v; want servers only, for Manage Server", name, contexts, types, c["default_member_permissions"])
			}
			continue
		}
		if contexts != "[0 1 2]" || types != "[0 1]" {
			t.Errorf("%s: contexts %s, types %s; want servers, direct messages and group messages, for servers and users", name, contexts, types)
		}
	}
}

func TestEveryNameHasEveryLocale(t *testing.T) {
	want := []string{"de", "en-GB", "en-US", "es-419", "es-ES", "fr", "pt-BR"}
	var check func(path string, x map[string]any)
	check = func(path string, x map[string]any) {
		name, _ := x["name"].(string)
		path += " " + name
		keys := []string{"name_localizations"}
		if _, ok := x["description"].(string); ok && x["description"] != "" {
			keys = append(keys, "description_localizations")
		}
		for _, k := range keys {
			m, _ := x[k].(map[string]any)
			var got []string
			for l := range m {
				got = append(got, l)
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%s: %s has %v; want %v", path, k, got, want)
			}
		}
		for _, k := range []string{"options", "choices"} {
			l, _ := x[k].([]any)
			for _, o := range l {
				check(path, o.(map[string]any))
			}
		}
	}
	for _, c := range registered(t) {
		check("", c)
	}
}

// TestReference holds the reference that the README prints against what is
// registered, by a reading of its own.
func TestReference(t *testing.T) {
	var want []string
	for _, c := range registered(t) {
		name, _ := c["name"].(string)
		if c["type"] == float64(3) {
			want = append(want, name)
			continue
		}
		var line strings.Builder
		line.WriteString("/" + name)
		opts, _ := c["options"].([]any)
		for _, o := range opts {
			o := o.(map[string]any)
			if o["required"] == true {
				line.WriteString(fmt.Sprintf(" %v", o["name"]))
			} else {
				line.WriteString(fmt.Sprintf(" [%v]", o["name"]))
			}
		}
		want = append(want, line.String())
	}
	var got []string
	for _, c := range Commands() {
		got = append(got, c.Usage)
		if c.Description == "" {
			t.Errorf("%s has no description", c.Name)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the reference has\n%s\nregistered are\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestSameCommandsEveryTime(t *testing.T) {
	a, _ := json.Marshal(commands())
	b, _ := json.Marshal(commands())
	if string(a) != string(b) {
		t.Error("Discord would see a change where there is none")
	}
}

func TestAutocomplete(t *testing.T) {
	for _, tt := range []struct{ command, option, typed, first string }{
		{"article", "name", "", "JAK inhibitor tablets"},
		{"article", "name", "rux", "Ruxolitinib cream"},
		{"article", "name", "opzel", "Ruxolitinib cream"},
		{"article", "name", "rinvok", "JAK inhibitor tablets"},
		{"article", "name", "zzzz", ""},
		{"topic", "topic", "side", "Side effects"},
		{"topic", "topic", "", "Tablets"},
		{"settings", "country", "d", "DE"},
		{"ask", "question", "x", ""},
		{"nothing", "none", "x", ""},
	} {
		t.Run(tt.command+" "+tt.typed, func(t *testing.T) {
			bubble(t, setup{}, func(w *world) {
				got, err := w.sim.Complete(w.act(), tt.command, tt.option, simulator.Values{tt.option: tt.typed}).Choices(w.wait())
				if err != nil {
					t.Fatal(err)
				}
				switch {
				case tt.first == "" && len(got) > 0:
					t.Errorf("suggests %v", got)
				case tt.first != "" && (len(got) == 0 || got[0].Name != tt.first):
					t.Errorf("suggests %v; want %q first", got, tt.first)
				}
			})
		})
	}
}

// bigLibrary has more articles than an autocomplete may show, some with long ids.
type bigLibrary struct{ fakeLibrary }

func (bigLibrary) Articles() []ArticleInfo {
	var out []ArticleInfo
	for i := range 60 {
		slug := fmt.Sprintf("article-%d", i)
		if i%10 == 0 {
			slug += strings.Repeat("-long", 30)
		}
		out = append(out, ArticleInfo{Slug: slug, Title: fmt.Sprintf("Article %d %s", i, strings.Repeat("of great length ", i%12)), Topics: []string{strings.Repeat("wide topic ", i)}})
	}
	return out
}

func TestAutocompleteStaysWithinLimits(t *testing.T) {
	bubble(t, setup{cfg: func(c *Config) { c.Library = bigLibrary{} }}, func(w *world) {
		for _, tt := range []struct{ command, option string }{{"article", "name"}, {"topic", "topic"}} {
			for _, typed := range []string{"", "article", "wide", "great"} {
				got, err := w.sim.Complete(w.act(), tt.command, tt.option, simulator.Values{tt.option: typed}).Choices(w.wait())
				if err != nil {
					t.Fatal(err)
				}
				if len(got) > maxOptions {
					t.Errorf("%s %q: %d suggestions", tt.command, typed, len(got))
				}
				for _, c := range got {
					if utf8.RuneCountInString(c.Name) > 100 || utf8.RuneCountInString(c.Value.(string)) > 100 {
						t.Errorf("a suggestion over the limit: %q", c.Name)
					}
				}
			}
		}
	})
}

func TestInviteURL(t *testing.T) {
	if got, want := InviteURL("123"), "https://discord.com/oauth2/authorize?client_id=123&permissions=3072&scope=bot+applications.commands"; got != want {
		t.Errorf("got %s", got)
	}
}
