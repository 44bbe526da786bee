package preview

import (
	"cmp"
	"slices"
	"strconv"

	"salve/bot/simulator"
)

// An entry is a line of a channel: a member's message, a reply of the bot, or
// the wait for one.
type entry struct {
	ID      string           `json:"id"`
	Author  string           `json:"author"`
	Bot     bool             `json:"bot"`
	Text    string           `json:"text"`  // of a member's message
	By      string           `json:"by"`    // who used the command
	Used    string           `json:"used"`  // the command
	State   string           `json:"state"` // "", waiting, thinking or failed
	Private bool             `json:"private"`
	Edited  int              `json:"edited"`
	Message map[string]any   `json:"message"`
	Usage   *simulator.Usage `json:"usage"`
	m       *simulator.Message
	at      uint64 // where it stands: a reply stands where it was asked for
}

// entries lists what role sees in a channel, oldest first.
func (p *Preview) entries(channel, role string) []entry {
	p.mu.Lock()
	posts := slices.Clone(p.posts)
	p.mu.Unlock()
	out := []entry{}
	shown := map[string]bool{}
	for _, x := range posts {
		if x.channel != channel {
			continue
		}
		if x.it == nil {
			out = append(out, entry{ID: x.id, Author: p.name(x.role), Text: x.text})
			continue
		}
		v := x.it.View()
		if mine := x.role == role; mine && v.Thinking {
			out = append(out, entry{ID: x.id, Bot: true, Author: "Salve", State: "thinking", By: p.name(x.role), Used: x.used, Private: v.Private})
		} else if mine && !v.Acked && x.used != "" {
			state := "waiting"
			if x.failed {
				state = "failed"
			}
			out = append(out, entry{ID: x.id, Bot: true, Author: "Salve", State: state, By: p.name(x.role), Used: x.used, Private: true})
		}
		for _, m := range v.Replies {
			if shown[m.ID] || m.Private() && x.role != role {
				continue
			}
			shown[m.ID] = true
			e := reply(m, p.name(x.role), x.used)
			e.at = number(x.id)
			out = append(out, e)
		}
	}
	if c := p.channel(channel); c != nil {
		for _, m := range p.sim.Messages(c.ch) {
			if !shown[m.ID] {
				out = append(out, reply(m, "", ""))
			}
		}
	}
	slices.SortStableFunc(out, func(a, b entry) int { return cmp.Compare(cmp.Or(a.at, number(a.ID)), cmp.Or(b.at, number(b.ID))) })
	return out
}

func reply(m *simulator.Message, by, used string) entry {
	u := m.Usage()
	return entry{ID: m.ID, Bot: true, Author: "Salve", By: by, Used: used, Private: m.Private(), Edited: m.Edits(), Message: m.JSON(), Usage: &u, m: m}
}

func (p *Preview) name(role string) string {
	if u := p.users[role]; u != nil {
		return u.Name
	}
	return "Robin"
}

func number(id string) uint64 {
	n, _ := strconv.ParseUint(id, 10, 64)
	return n
}
