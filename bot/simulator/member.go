package simulator

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
)

// A Channel of a server, or a direct message when Guild is empty.
type Channel struct {
	ID     string
	Guild  string // server id; empty for a direct message
	Name   string
	Parent string // the channel of a thread; else empty
	NoSend bool   // the bot may not write here
	Hidden bool   // the bot may not see it
}

// A User is a member of whatever server it acts in.
type User struct {
	ID          string
	Name        string
	Locale      string   // "en-US" when empty
	Permissions uint64   // in the server it acts in
	Roles       []string // role ids
}

// NewChannel makes a channel of the server guild, or a direct message with the
// bot when guild is empty.
func (s *Simulator) NewChannel(guild, name string) *Channel {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &Channel{ID: s.snowflake(), Guild: guild, Name: name}
	s.channels[c.ID] = c
	return c
}

// NewUser makes a user.
func (s *Simulator) NewUser(name, locale string) *User {
	s.mu.Lock()
	defer s.mu.Unlock()
	if locale == "" {
		locale = "en-US"
	}
	return &User{ID: s.snowflake(), Name: name, Locale: locale}
}

// NewID makes a snowflake, for a server or a role.
func (s *Simulator) NewID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.snowflake()
}

// Values are a command's values by option name. A bool, an int, a float64 or a
// string is what the member typed; [Role], [*Channel] and [Attachment] are what
// they picked; [Sub] is a subcommand with its own values.
type Values map[string]any

// Role is a role id given as the value of an option.
type Role string

// An Act says who does something, and where.
type Act struct {
	User    *User
	Channel *Channel
	// UserApp says that the app is installed by the user and not by the server.
	UserApp bool
	// Repeat delivers the event this many times more, as Discord may.
	Repeat int
}

// Run uses a slash command.
func (s *Simulator) Run(a Act, command string, v Values) *Interaction {
	v, files := s.attach(v)
	data := map[string]any{"id": "1", "name": command, "type": 1, "options": options(v, "")}
	if len(files) > 0 {
		data["resolved"] = map[string]any{"attachments": files}
	}
	return s.deliver(a, typeCommand, data, nil)
}

// Complete types into the option focused of a command.
func (s *Simulator) Complete(a Act, command, focused string, v Values) *Interaction {
	return s.deliver(a, typeAutocomplete, map[string]any{"id": "1", "name": command, "type": 1, "options": options(v, focused)}, nil)
}

// Apps uses a message command on a message with the given text.
func (s *Simulator) Apps(a Act, command, text string, components ...any) *Interaction {
	s.mu.Lock()
	id := s.snowflake()
	s.mu.Unlock()
	if components == nil {
		components = []any{}
	}
	target := map[string]any{"id": id, "content": text, "type": 0, "channel_id": a.Channel.ID, "components": components,
		"author": map[string]any{"id": "5", "username": "someone", "discriminator": "0"}, "embeds": []any{}, "attachments": []any{},
		"mentions": []any{}, "mention_roles": []any{}, "timestamp": "2026-11-23T10:00:00Z", "edited_timestamp": nil, "tts": false, "pinned": false, "mention_everyone": false}
	return s.deliver(a, typeCommand, map[string]any{"id": "1", "name": command, "type": 3, "target_id": id,
		"resolved": map[string]any{"messages": map[string]any{id: target}}}, nil)
}

// Click presses the button with the given custom id.
func (s *Simulator) Click(a Act, m *Message, customID string) *Interaction {
	return s.deliver(a, typeComponent, map[string]any{"custom_id": customID, "component_type": 2}, m)
}

// Select picks values in a select menu.
func (s *Simulator) Select(a Act, m *Message, customID string, values ...string) *Interaction {
	return s.deliver(a, typeComponent, map[string]any{"custom_id": customID, "component_type": 3, "values": values}, m)
}

// Submit sends a modal with the given values by the inputs' custom ids. m is
// the message whose button opened it, nil if it was a command.
func (s *Simulator) Submit(a Act, m *Message, modalID string, values map[string]string) *Interaction {
	var rows []any
	for id, v := range values {
		rows = append(rows, map[string]any{"type": 18, "id": 1, "component": map[string]any{"type": 4, "id": 2, "custom_id": id, "value": v}})
	}
	return s.deliver(a, typeModal, map[string]any{"custom_id": modalID, "components": rows}, m)
}

// Raw delivers an interaction of any shape, for what no honest client sends.
func (s *Simulator) Raw(a Act, kind int, data map[string]any) *Interaction {
	return s.deliver(a, kind, data, nil)
}

func options(v Values, focused string) []any {
	out := []any{}
	for name, val := range v {
		o := map[string]any{"name": name, "value": val}
		switch val := val.(type) {
		case bool:
			o["type"] = 5
		case int:
			o["type"] = 4
		case float64:
			o["type"] = 10
		case Role:
			o["type"], o["value"] = 8, string(val)
		case *Channel:
			o["type"], o["value"] = 7, val.ID
		case attachmentID:
			o["type"] = 11
		case Sub:
			delete(o, "value")
			o["type"], o["options"] = 1, options(Values(val), focused)
		default:
			o["type"] = 3
		}
		if _, sub := val.(Sub); name == focused && !sub {
			o["focused"] = true
		}
		out = append(out, o)
	}
	return out
}

// deliver makes an interaction and sends it, over the gateway or over HTTP.
func (s *Simulator) deliver(a Act, kind int, data map[string]any, source *Message) *Interaction {
	s.mu.Lock()
	it := &Interaction{ID: s.snowflake(), sim: s, kind: kind, user: a.User, channel: a.Channel, userApp: a.UserApp,
		created: s.opt.Now(), source: source}
	it.Token = "tok-" + it.ID
	s.calls[it.ID], s.tokens[it.Token] = it, it
	payload := s.payload(a, it, data)
	endpoint := s.opt.Endpoint
	s.mu.Unlock()
	for range a.Repeat + 1 {
		if endpoint != nil {
			s.Sign(endpoint, payload)
			it.delivered = true
		} else {
			it.delivered = s.dispatchTo(a.Channel.Guild, payload) || it.delivered
		}
	}
	return it
}

// Release lets the simulator forget an interaction that is over, and its
// message, for long runs.
func (s *Simulator) Release(it *Interaction) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.calls, it.ID)
	delete(s.tokens, it.Token)
}

// dispatchTo sends an interaction to the shard of a server. It reports false
// when that is not connected: Discord would tell the member so.
func (s *Simulator) dispatchTo(guild string, payload map[string]any) bool {
	shard := 0
	if id, err := strconv.ParseUint(guild, 10, 64); err == nil {
		shard = int(id >> 22 % uint64(s.opt.Shards))
	}
	for _, c := range s.readyConns() {
		if s.opt.Shards == 1 || c.shard == shard {
			return c.send(0, "INTERACTION_CREATE", payload) == nil
		}
	}
	return false
}

// Sign posts v to an interactions endpoint with a good signature.
func (s *Simulator) Sign(h http.Handler, v any) *httptest.ResponseRecorder {
	body, _ := json.Marshal(v)
	at := strconv.FormatInt(s.opt.Now().Unix(), 10)
	req := httptest.NewRequest("POST", "/interactions", bytes.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Signature-Timestamp", at)
	req.Header.Set("X-Signature-Ed25519", hex.EncodeToString(ed25519.Sign(s.key, append([]byte(at), body...))))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	return w
}

// payload is the INTERACTION_CREATE of an act. The caller holds s.mu.
func (s *Simulator) payload(a Act, it *Interaction, data map[string]any) map[string]any {
	locale := a.User.Locale
	if locale == "" {
		locale = "en-US"
	}
	user := map[string]any{"id": a.User.ID, "username": a.User.Name, "discriminator": "0", "global_name": a.User.Name, "avatar": nil}
	p := map[string]any{
		"id": it.ID, "application_id": s.opt.AppID, "type": it.kind, "token": it.Token, "version": 1, "data": data,
		"channel_id": a.Channel.ID, "channel": map[string]any{"id": a.Channel.ID, "type": 0, "parent_id": a.Channel.Parent},
		"locale": locale, "app_permissions": "277025770560", "entitlements": []any{}, "attachment_size_limit": 10 << 20,
	}
	owners := map[string]any{"0": a.Channel.Guild}
	if a.UserApp {
		owners = map[string]any{"1": a.User.ID}
	}
	p["authorizing_integration_owners"] = owners
	if a.Channel.Guild != "" {
		roles := a.User.Roles
		if roles == nil {
			roles = []string{}
		}
		p["guild_id"], p["guild_locale"], p["context"] = a.Channel.Guild, "en-US", 0
		p["member"] = map[string]any{"user": user, "roles": roles, "permissions": strconv.FormatUint(a.User.Permissions, 10),
			"joined_at": "2026-01-01T00:00:00Z", "deaf": false, "mute": false, "flags": 0}
	} else {
		p["user"], p["context"] = user, 1
	}
	if it.source != nil {
		p["message"] = it.source.raw(s)
	}
	return p
}
