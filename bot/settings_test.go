package bot

import (
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"salve/bot/simulator"
	"salve/bot/store"
)

// settingsTests say what an option of /settings does.
var settingsTests = []struct {
	name   string
	before store.Settings
	set    simulator.Values
	after  store.Settings
	says   string
}{
	{"role", store.Settings{}, simulator.Values{"moderator_role": simulator.Role("77")}, store.Settings{ModeratorRole: "77"}, "<@&77>"},
	{"moderator channel", store.Settings{}, simulator.Values{"moderator_channel": "88"}, store.Settings{ModeratorChannel: "88"}, "<#88>"},
	{"public channel", store.Settings{}, simulator.Values{"public_channel": "5"}, store.Settings{PublicChannels: []string{"5"}}, "<#5>"},
	{"second public channel", store.Settings{PublicChannels: []string{"5"}}, simulator.Values{"public_channel": "6"}, store.Settings{PublicChannels: []string{"5", "6"}}, "<#5> <#6>"},
	{"public channel taken back", store.Settings{PublicChannels: []string{"5", "6"}}, simulator.Values{"public_channel": "5"}, store.Settings{PublicChannels: []string{"6"}}, "<#6>"},
	{"public answers", store.Settings{}, simulator.Values{"answers": "public"}, store.Settings{Public: true}, "by default: public"},
	{"private answers", store.Settings{Public: true}, simulator.Values{"answers": "private"}, store.Settings{}, "by default: private"},
	{"country", store.Settings{}, simulator.Values{"country": " gb "}, store.Settings{Country: "GB"}, "Country: GB"},
	{"no country", store.Settings{Country: "GB"}, simulator.Values{"country": "Britain"}, store.Settings{Country: "GB"}, "two letters"},
	{"language", store.Settings{}, simulator.Values{"language": "pt"}, store.Settings{Language: "pt"}, "Portuguese"},
	{"language of the reader", store.Settings{Language: "pt"}, simulator.Values{"language": "own"}, store.Settings{}, "each reader's own"},
	{"language nobody offered", store.Settings{Language: "pt"}, simulator.Values{"language": "tlh"}, store.Settings{Language: "pt"}, "Portuguese"},
	{"limits", store.Settings{}, simulator.Values{"per_person": 3, "per_server": 40}, store.Settings{PerPerson: 3, PerServer: 40}, "3 questions per person"},
	{"limit as a float", store.Settings{}, simulator.Values{"per_person": 3.0}, store.Settings{PerPerson: 3}, "3 questions per person"},
	{"limit below none", store.Settings{}, simulator.Values{"per_person": -3}, store.Settings{}, "10 questions per person"},
	{"limit beyond all", store.Settings{}, simulator.Values{"per_server": 1e8}, store.Settings{PerServer: 10000}, "10000 per server"},
	{"default limits", store.Settings{PerPerson: 3}, simulator.Values{"per_person": 0}, store.Settings{}, "10 questions per person"},
	{"reset", store.Settings{Country: "GB", Public: true}, simulator.Values{"reset": true}, store.Settings{}, "Country: not set"},
	{"reset and set", store.Settings{Country: "GB", Public: true}, simulator.Values{"reset": true, "country": "DE"}, store.Settings{Country: "DE"}, "Country: DE"},
	{"ids that are none", store.Settings{}, simulator.Values{"moderator_channel": "<#5> @everyone", "moderator_role": "x", "public_channel": "y"}, store.Settings{}, "Moderator channel: not set"},
	{"emergency number", store.Settings{Country: "GB"}, simulator.Values{"emergency_number": "999 Ambulance"}, store.Settings{Country: "GB", Emergency: store.Line{Number: "999", Label: "Ambulance"}}, "Emergency number: 999 Ambulance"},
	{"crisis number with country", store.Settings{}, simulator.Values{"crisis_number": " 116 123  Samaritans ", "country": "gb"}, store.Settings{Country: "GB", Crisis: store.Line{Number: "116 123", Label: "Samaritans"}}, "Crisis line: 116 123 Samaritans"},
	{"number taken back", store.Settings{Country: "GB", Crisis: store.Line{Number: "116 123"}}, simulator.Values{"crisis_number": "-"}, store.Settings{Country: "GB"}, "Crisis line: the one that ships"},
	{"number without country", store.Settings{}, simulator.Values{"crisis_number": "116 123"}, store.Settings{}, "Set the country first"},
	{"number that is none", store.Settings{Country: "GB"}, simulator.Values{"emergency_number": "@everyone"}, store.Settings{Country: "GB"}, "A number is up to 20 digits"},
	{"number with a link", store.Settings{Country: "GB"}, simulator.Values{"emergency_number": "999 [call](https://evil.example)"}, store.Settings{Country: "GB"}, "A number is up to 20 digits"},
	{"weekly note", store.Settings{ModeratorChannel: "88"}, simulator.Values{"weekly_note": true}, store.Settings{ModeratorChannel: "88", WeeklyNote: true}, "moderator channel: on"},
	{"weekly note with its channel", store.Settings{}, simulator.Values{"weekly_note": true, "moderator_channel": "88"}, store.Settings{ModeratorChannel: "88", WeeklyNote: true}, "moderator channel: on"},
	{"weekly note without a channel", store.Settings{}, simulator.Values{"weekly_note": true}, store.Settings{}, "needs a moderator channel"},
	{"no weekly note any more", store.Settings{ModeratorChannel: "88", WeeklyNote: true}, simulator.Values{"weekly_note": false}, store.Settings{ModeratorChannel: "88"}, "moderator channel: off"},
	{"nothing", store.Settings{Country: "GB"}, nil, store.Settings{Country: "GB"}, "Country: GB"},
}

func TestSettingsCommand(t *testing.T) {
	for _, tt := range settingsTests {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, setup{}, func(w *world) {
				w.ana.Permissions = permManageServer
				w.store.SaveSettings(w.t.Context(), w.guild, tt.before)
				m := w.reply(w.sim.Run(w.act(), "settings", tt.set))
				wants(t, m, tt.says)
				if !m.Private() {
					t.Error("settings are shown to everybody")
				}
				got, _ := w.store.Settings(w.t.Context(), w.guild)
				if len(got.PublicChannels) == 0 {
					got.PublicChannels = nil
				}
				if !reflect.DeepEqual(got, tt.after) {
					t.Errorf("got %+v\nwant %+v", got, tt.after)
				}
			})
		})
	}
}

func TestWhoMayChangeSettings(t *testing.T) {
	for _, tt := range []struct {
		name  string
		perms uint64
		dm    bool
		may   bool
	}{
		{"a member", 0, false, false},
		{"a member with other rights", 1<<11 | 1<<13, false, false},
		{"who manages the server", permManageServer, false, true},
		{"an administrator", 1 << 3, false, true},
		{"in a direct message", permManageServer, true, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, setup{}, func(w *world) {
				act := w.act()
				act.User.Permissions = tt.perms
				if tt.dm {
					act.Channel = w.sim.NewChannel("", "dm")
				}
				m := w.reply(w.sim.Run(act, "settings", simulator.Values{"country": "DE"}))
				if refused := strings.Contains(m.Text(), "Manage Server"); refused == tt.may {
					t.Errorf("refused %v:\n%s", refused, m.Text())
				}
				if got, _ := w.store.Settings(w.t.Context(), w.guild); (got.Country == "DE") != tt.may {
					t.Errorf("settings %+v", got)
				}
			})
		})
	}
}

func TestTooManyPublicChannels(t *testing.T) {
	var s store.Settings
	for i := range maxPublicChannels {
		s.PublicChannels = append(s.PublicChannels, fmt.Sprint(100+i))
	}
	bubble(t, setup{}, func(w *world) {
		w.ana.Permissions = permManageServer
		w.store.SaveSettings(w.t.Context(), w.guild, s)
		wants(t, w.reply(w.sim.Run(w.act(), "settings", nil)), "<#149>")
		wants(t, w.reply(w.sim.Run(w.act(), "settings", simulator.Values{"public_channel": "5"})), "Too many public channels")
	})
}

// TestStoreContract holds the store of the tests to what the real one does.
func TestStoreContract(t *testing.T) {
	for name, open := range map[string]func(t *testing.T) Store{
		"in memory": func(*testing.T) Store { return newMemStore() },
		"SQLite": func(t *testing.T) Store {
			s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "salve.db"))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { s.Close() })
			return s
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, ctx := open(t), t.Context()
			get := func(guild string) store.Settings {
				v, err := s.Settings(ctx, guild)
				if err != nil {
					t.Fatal(err)
				}
				return v
			}
			if v := get("1"); !reflect.DeepEqual(v, store.Settings{}) {
				t.Errorf("a server that set nothing has %+v", v)
			}
			want := store.Settings{Country: "DE", PublicChannels: []string{"5"}, Public: true, PerPerson: 3}
			for range 2 {
				if err := s.SaveSettings(ctx, "1", want); err != nil {
					t.Fatal(err)
				}
			}
			if v := get("1"); !reflect.DeepEqual(v, want) {
				t.Errorf("saved %+v, got %+v", want, v)
			}
			if err := s.SaveSettings(ctx, "2", store.Settings{Country: "FR"}); err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(s.Forget(ctx, "1"), s.Forget(ctx, "never seen"), s.Count(ctx, store.Counter{Kind: "cited"})); err != nil {
				t.Fatal(err)
			}
			if v := get("1"); v.Country != "" {
				t.Errorf("forgotten, and still %+v", v)
			}
			if v := get("2"); v.Country != "FR" {
				t.Errorf("another server's settings are %+v", v)
			}
		})
	}
}

func TestLeavingAServer(t *testing.T) {
	for _, tt := range []struct {
		name   string
		event  map[string]any
		forget bool
	}{
		{"removed", map[string]any{}, true},
		{"unavailable false", map[string]any{"unavailable": false}, true},
		{"an outage", map[string]any{"unavailable": true}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, setup{}, func(w *world) {
				w.store.SaveSettings(w.t.Context(), w.guild, store.Settings{Country: "DE"})
				m := w.ask("what are the side effects")
				tt.event["id"] = w.guild
				w.sim.Dispatch("GUILD_DELETE", tt.event)
				w.settle()
				want := "Drug Safety" // what sharing shows
				if tt.forget {
					want = "expired"
				}
				wants(t, w.click(m, "Share"), want)
				got, _ := w.store.Settings(w.t.Context(), w.guild)
				if (got.Country == "") != tt.forget {
					t.Errorf("settings %+v", got)
				}
			})
		})
	}
}
