package simulator

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Message is one that the bot wrote, as a member sees it.
type Message struct {
	ID      string
	Channel *Channel

	sim        *Simulator
	private    bool
	flags      int
	content    string
	components []any
	files      []Attachment
	edited     int
}

// newMessage makes a message of a request body. The caller holds s.mu.
func (s *Simulator) newMessage(body map[string]any, files []Attachment, ch *Channel, private bool) *Message {
	m := &Message{ID: s.snowflake(), Channel: ch, sim: s, private: private}
	m.apply(body, files)
	m.edited = 0
	return m
}

// state is what the rules need to know of the message, nil before there is one,
// when it is edited.
func (m *Message) state() bodyState {
	if m == nil {
		return bodyState{}
	}
	return bodyState{editsV2: m.flags&flagComponentsV2 != 0, files: m.files}
}

// apply edits the message as a PATCH does. Files that a body's attachments do not
// list are gone; without attachments all stay. The caller holds s.mu.
func (m *Message) apply(body map[string]any, files []Attachment) {
	if v, ok := body["attachments"]; ok {
		m.files = slices.DeleteFunc(slices.Clone(m.files), func(f Attachment) bool {
			return !slices.ContainsFunc(list(v), func(a any) bool {
				kept, _ := a.(map[string]any)
				return kept["filename"] == f.Name
			})
		})
	}
	m.files = slices.Concat(m.files, files)

	if v, ok := body["content"]; ok {
		m.content, _ = v.(string)
	}
	if v, ok := body["components"]; ok {
		m.components = list(v)
	}
	m.flags |= int(number(body["flags"]))
	m.edited++
}

// raw is the message object sent to the bot. The caller holds s.mu.
func (m *Message) raw(s *Simulator) map[string]any {
	comps := m.components
	if comps == nil {
		comps = []any{}
	}
	return map[string]any{"id": m.ID, "channel_id": m.Channel.ID, "type": 0, "author": s.botUser(), "content": m.content,
		"components": comps, "flags": m.flags, "embeds": []any{}, "attachments": m.attached(), "mentions": []any{}, "mention_roles": []any{},
		"timestamp": "2026-11-23T10:00:00Z", "edited_timestamp": nil, "tts": false, "pinned": false, "mention_everyone": false}
}

// Private reports whether only the member who acted can see the message.
func (m *Message) Private() bool { return m.private }

// Text returns what can be read in the message, one part per line.
func (m *Message) Text() string {
	m.sim.mu.Lock()
	defer m.sim.mu.Unlock()
	var b strings.Builder
	b.WriteString(m.content)
	walk(m.components, func(c map[string]any) {
		if t, ok := c["content"].(string); ok && number(c["type"]) == 10 {
			if b.Len() > 0 {
				b.WriteByte('\n')
			}
			b.WriteString(t)
		}
	})
	return b.String()
}

// Components returns the message's components as decoded JSON.
func (m *Message) Components() []any {
	m.sim.mu.Lock()
	defer m.sim.mu.Unlock()
	return m.components
}

// A Usage is what a message takes of Discord's limits.
type Usage struct {
	Components, MaxComponents int
	Characters, MaxCharacters int // of all text displays
	Bytes, MaxBytes           int // of all text displays, with 12 for each
}

// Usage counts what the message takes of Discord's limits.
func (m *Message) Usage() Usage {
	m.sim.mu.Lock()
	defer m.sim.mu.Unlock()
	u := Usage{MaxComponents: maxComponents, MaxCharacters: maxText, MaxBytes: maxBytes,
		Bytes: byteBudget(map[string]any{"components": m.components})}
	walk(m.components, func(c map[string]any) {
		u.Components++
		if t, ok := c["content"].(string); ok {
			u.Characters += utf8.RuneCountInString(t)
		}
	})
	return u
}

// A Button of a message; a select menu counts as one, labelled with its placeholder.
type Button struct {
	Label    string
	CustomID string
	URL      string
	Options  []Choice // of a select menu
}

// Buttons returns the buttons and select menus in order.
func (m *Message) Buttons() []Button {
	m.sim.mu.Lock()
	defer m.sim.mu.Unlock()
	var out []Button
	walk(m.components, func(c map[string]any) {
		id, _ := c["custom_id"].(string)
		switch number(c["type"]) {
		case 2:
			label, _ := c["label"].(string)
			url, _ := c["url"].(string)
			out = append(out, Button{Label: label, CustomID: id, URL: url})
		case 3, 5, 6, 7, 8:
			b := Button{CustomID: id}
			b.Label, _ = c["placeholder"].(string)
			for _, o := range list(c["options"]) {
				o, _ := o.(map[string]any)
				name, _ := o["label"].(string)
				b.Options = append(b.Options, Choice{Name: name, Value: o["value"]})
			}
			out = append(out, b)
		}
	})
	return out
}

// Button returns the custom id of the first button or select whose label
// contains text, or an error that lists the labels there are.
func (m *Message) Button(text string) (string, error) {
	var labels []string
	for _, b := range m.Buttons() {
		if strings.Contains(b.Label, text) {
			return b.CustomID, nil
		}
		labels = append(labels, b.Label)
	}
	return "", fmt.Errorf("simulator: no button %q among %q", text, labels)
}

// Messages returns the public messages of a channel.
func (s *Simulator) Messages(ch *Channel) []*Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []*Message
	for _, m := range s.messages {
		if m.Channel == ch {
			out = append(out, m)
		}
	}
	return out
}

// Delete removes a public message from its channel, as a moderator may.
func (s *Simulator) Delete(m *Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages = slices.DeleteFunc(s.messages, func(x *Message) bool { return x == m })
	s.touch()
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

func number(v any) float64 {
	n, _ := v.(float64)
	return n
}

// walk visits every component, nested ones too, in reading order.
func walk(components []any, f func(map[string]any)) {
	for _, c := range components {
		c, ok := c.(map[string]any)
		if !ok {
			continue
		}
		f(c)
		walk(list(c["components"]), f)
		for _, k := range []string{"accessory", "component"} {
			if n, ok := c[k].(map[string]any); ok {
				walk([]any{n}, f)
			}
		}
	}
}
