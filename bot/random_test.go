package bot

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"salve/bot/simulator"
	"salve/bot/store"
)

// TestRandomInteractions throws interactions of every shape at the bot, most of
// which no client sends. Each must be acknowledged in time and within Discord's
// rules, and the bot must answer on.
func TestRandomInteractions(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		w.store.SaveSettings(w.t.Context(), w.guild, store.Settings{ModeratorChannel: w.mods.ID})
		r := rand.New(rand.NewPCG(1, 2))
		m := w.ask("what are the side effects")
		ids := []string{"", "x", "s1:::", "s1:sec:0:x:y"}
		for _, b := range m.Buttons() {
			ids = append(ids, b.CustomID)
		}
		for _, a := range []string{actSection, actNear, actPage, actPick, actWhy, actPlace, actSections, actForget, actReport, actFollowed, actShare, "odd"} {
			for _, arg := range []string{"", "0", "-1", "99", "x"} {
				ids = append(ids, w.bot.memory.sign(a, arg, ""), w.bot.memory.sign(a, arg, "nothing~"+nausea.Hash[:12]))
			}
		}
		names := []string{"ask", "article", "topic", "verify", "help", "privacy", "report", "settings", "none", ""}
		values := []any{"", "side effects", nausea.Hash[:12], "EMERGENCY", "@everyone", 3, -1.5, true, nil, []any{1}, map[string]any{"a": "b"}}
		pick := func(l []any) any { return l[r.IntN(len(l))] }
		var its []*simulator.Interaction
		for i := range 600 {
			var options []any
			for range r.IntN(4) {
				options = append(options, map[string]any{"name": []string{"question", "name", "topic", "id", "share", "country", "per_person", "emergency_number"}[r.IntN(8)],
					"type": r.IntN(12), "value": pick(values), "focused": r.IntN(2) == 0})
			}
			data := map[string]any{"id": "1", "name": names[r.IntN(len(names))], "type": 1 + r.IntN(3), "options": options,
				"custom_id": ids[r.IntN(len(ids))], "values": []any{fmt.Sprint(r.IntN(5))}, "target_id": "5",
				"resolved":   pick([]any{nil, map[string]any{"messages": map[string]any{"5": map[string]any{"content": "tablets"}}}, []any{}}),
				"components": pick([]any{nil, "x", []any{map[string]any{"type": 18, "component": map[string]any{"type": 4, "custom_id": "question", "value": "what helps"}}}})}
			act := w.act()
			act.User = w.sim.NewUser(fmt.Sprint("member", i), "")
			act.User.Permissions = uint64(r.IntN(2)) * permManageServer
			if r.IntN(5) == 0 {
				act.Channel = w.sim.NewChannel("", "dm")
			}
			its = append(its, w.sim.Raw(act, 2+r.IntN(4), data))
			time.Sleep(50 * time.Millisecond)
		}
		w.settle()
		for i, it := range its {
			if kind, _ := it.Acked(); kind == 0 {
				t.Errorf("interaction %d was never acknowledged; log:\n%s", i, w.log)
				break
			}
		}
		wants(t, w.ask("and does it still answer"), "nausea")
	})
}
