package simulator

import "maps"

// A View is an interaction as a client of Discord shows it at one moment.
type View struct {
	Acked    bool           // the bot has responded in some way
	Thinking bool           // deferred, and not yet edited
	Private  bool           // the reply is for the member alone
	Modal    map[string]any // the modal the bot opened; nil if none
	Replies  []*Message     // the reply, unless it edits the message it came from, and the follow-ups
}

// View returns what there is to show of an interaction now.
func (it *Interaction) View() View {
	it.sim.mu.Lock()
	defer it.sim.mu.Unlock()
	v := View{Acked: it.acked != 0, Thinking: it.pending, Private: it.private, Modal: it.modal}
	if it.original != nil && it.original != it.source {
		v.Replies = append(v.Replies, it.original)
	}
	v.Replies = append(v.Replies, it.follow...)
	return v
}

// Changed returns a channel that is closed at the next change of anything.
func (s *Simulator) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// Edits returns how often the message was edited since it was written.
func (m *Message) Edits() int {
	m.sim.mu.Lock()
	defer m.sim.mu.Unlock()
	return m.edited
}

// JSON returns the message object as Discord would give it.
func (m *Message) JSON() map[string]any {
	m.sim.mu.Lock()
	defer m.sim.mu.Unlock()
	return maps.Clone(m.raw(m.sim))
}
