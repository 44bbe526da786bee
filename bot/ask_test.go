package bot

import (
	"testing"

	"salve/bot/simulator"
)

func TestAskEndToEnd(t *testing.T) {
	bubble(t, setup{}, func(w *world) {
		it := w.sim.Run(w.act(), "ask", simulator.Values{"question": "what are side effects of oral JAK inhibitors"})
		m := w.reply(it)
		if !m.Private() {
			t.Error("the answer is public; it must be private unless asked otherwise")
		}
		if kind, after := it.Acked(); kind != replyDeferred || after > ackBy {
			t.Errorf("acknowledged with type %d after %v; want a deferral within %v", kind, after, ackBy)
		}
		wants(t, m, "Common side effects are nausea, headache, acne and colds.", "**[1]**", "**[2]**", "JAK inhibitor tablets › Side effects",
			"Checked against its sources 2026-11-23: not clinically reviewed", "FDA, 2021-09-01", "not medical advice", "/verify id:")
	})
}
