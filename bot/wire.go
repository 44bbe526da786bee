package bot

import (
	"encoding/json"
	"errors"
	"regexp"
	"strconv"
	"strings"
)

// Interaction types and callback types, as Discord numbers them.
const (
	kindPing         = 1
	kindCommand      = 2
	kindComponent    = 3
	kindAutocomplete = 4
	kindModal        = 5

	replyPong     = 1
	replyMessage  = 4
	replyDeferred = 5
	replyUpdate   = 7
	replyChoices  = 8
	replyModal    = 9
)

const (
	flagEphemeral    = 1 << 6
	flagComponentsV2 = 1 << 15

	permManageServer = 1 << 5

	commandOnMessage = 3 // application command type
	optionSub        = 1 // option type of a subcommand
)

// An interaction is what a member did, decoded from Discord's JSON. The decode
// is our own because discordgo's leaves the data out, and then panics, when it
// meets a component type it does not know (discordgo#1683).
type interaction struct {
	ID      string `json:"id"`
	Token   string `json:"token"`
	Kind    int    `json:"type"`
	Guild   string `json:"guild_id"`
	Channel string `json:"channel_id"`
	Locale  string `json:"locale"`
	// Owners says how the app came here: key "0" by the server, "1" by the user.
	Owners map[string]json.RawMessage `json:"authorizing_integration_owners"`
	// MaxFile is the largest file that a reply may have, in bytes.
	MaxFile int `json:"attachment_size_limit"`
	Where   struct {
		Parent string `json:"parent_id"` // the channel of a thread
	} `json:"channel"`
	Data struct {
		Name     string   `json:"name"`
		Type     int      `json:"type"`
		Options  []option `json:"options"`
		Sub      string   `json:"-"` // the subcommand, whose options Options then are
		CustomID string   `json:"custom_id"`
		Values   []string `json:"values"`
		TargetID string   `json:"target_id"`
		Resolved struct {
			Messages map[string]struct {
				Content    string          `json:"content"`
				Components json.RawMessage `json:"components"`
			} `json:"messages"`
			Attachments map[string]attachment `json:"attachments"`
		} `json:"resolved"`
		Components json.RawMessage `json:"components"` // of a modal: read by modalValues
	} `json:"data"`
	Member struct {
		User        user     `json:"user"`
		Permissions string   `json:"permissions"`
		Roles       []string `json:"roles"`
	} `json:"member"`
	User user `json:"user"`
}

type user struct {
	ID   string `json:"id"`
	Name string `json:"username"`
}

type option struct {
	Name    string          `json:"name"`
	Type    int             `json:"type"`
	Value   json.RawMessage `json:"value"`
	Focused bool            `json:"focused"`
	Options []option        `json:"options"`
}

// maxToken bounds an interaction token, in bytes; today's have about 250.
const maxToken = 1024

var (
	snowflakeForm = regexp.MustCompile(`^\d{1,20}$`)
	tokenForm     = regexp.MustCompile(`^[A-Za-z0-9._~+/=-]+$`)
)

// decode reads an INTERACTION_CREATE. It bears fields of unknown shapes, and
// wants only what a reply needs: id, token and type.
func decode(raw []byte) (*interaction, error) {
	var in interaction
	err := json.Unmarshal(raw, &in)
	var shape *json.UnmarshalTypeError
	if err != nil && !errors.As(err, &shape) {
		return nil, errors.New("bot: an interaction that is not JSON") // err quotes it
	}
	if !snowflakeForm.MatchString(in.ID) || len(in.Token) > maxToken || !tokenForm.MatchString(in.Token) || in.Kind == 0 {
		if in.Kind == kindPing {
			return &in, nil
		}
		return nil, errors.New("bot: an interaction without id, token or type")
	}
	if o := in.Data.Options; len(o) == 1 && o[0].Type == optionSub {
		in.Data.Sub, in.Data.Options = o[0].Name, o[0].Options
	}
	return &in, nil
}

// userID is who acted: in a server the member, elsewhere the user.
func (in *interaction) userID() string {
	if in.Member.User.ID != "" {
		return in.Member.User.ID
	}
	return in.User.ID
}

// installed reports whether the server itself has the app. A member may bring it
// along without the moderators' knowledge.
func (in *interaction) installed() bool {
	_, server := in.Owners["0"]
	return in.Guild != "" && (server || len(in.Owners) == 0)
}

// manages reports whether the member may manage the server. It is asked for
// buttons too, which Discord's command permissions do not cover.
func (in *interaction) manages() bool {
	p, err := strconv.ParseUint(in.Member.Permissions, 10, 64)
	const administrator = 1 << 3
	return err == nil && p&(permManageServer|administrator) != 0
}

// text returns the value of a string option, or "".
func (in *interaction) text(name string) string {
	var s string
	for _, o := range in.Data.Options {
		if o.Name == name && json.Unmarshal(o.Value, &s) == nil {
			return s
		}
	}
	return ""
}

// has reports whether the option was given.
func (in *interaction) has(name string) bool {
	for _, o := range in.Data.Options {
		if o.Name == name {
			return true
		}
	}
	return false
}

// flag returns the value of a boolean option and whether it was given.
func (in *interaction) flag(name string) (value, given bool) {
	for _, o := range in.Data.Options {
		if o.Name == name && json.Unmarshal(o.Value, &value) == nil {
			return value, true
		}
	}
	return false, false
}

// number returns the value of an integer option, or 0. Discord may send it as a
// float.
func (in *interaction) number(name string) int {
	var f float64
	for _, o := range in.Data.Options {
		if o.Name == name && json.Unmarshal(o.Value, &f) == nil && f > -1e9 && f < 1e9 {
			return int(f)
		}
	}
	return 0
}

// focused returns the option a member is typing into.
func (in *interaction) focused() (name, typed string) {
	for _, o := range in.Data.Options {
		if o.Focused {
			_ = json.Unmarshal(o.Value, &typed) // a number: nothing typed yet
			return o.Name, typed
		}
	}
	return "", ""
}

// targetText returns the words of the message a message command was used on:
// its content, or the text displays of a Components V2 message.
func (in *interaction) targetText() string {
	m := in.Data.Resolved.Messages[in.Data.TargetID]
	if strings.TrimSpace(m.Content) != "" {
		return m.Content
	}
	var parts []string
	eachComponent(m.Components, 0, func(c wireComponent) {
		if c.Content != "" {
			parts = append(parts, c.Content)
		}
	})
	return strings.Join(parts, "\n")
}

// modalValues returns what was typed into a modal, by custom id.
func (in *interaction) modalValues() map[string]string {
	out := map[string]string{}
	eachComponent(in.Data.Components, 0, func(c wireComponent) {
		if c.CustomID != "" {
			out[c.CustomID] = c.Value
		}
	})
	return out
}

type wireComponent struct {
	Content    string          `json:"content"`
	CustomID   string          `json:"custom_id"`
	Value      string          `json:"value"`
	Components json.RawMessage `json:"components"`
	Component  json.RawMessage `json:"component"`
}

// maxDepth bounds how deep components are looked into; Discord nests four deep.
const maxDepth = 8

// eachComponent visits the components in raw, of whatever types, and stops
// quietly at what is not a component.
func eachComponent(raw json.RawMessage, depth int, f func(wireComponent)) {
	if len(raw) == 0 || depth > maxDepth {
		return
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		list = []json.RawMessage{raw}
	}
	for _, one := range list {
		var c wireComponent
		var shape *json.UnmarshalTypeError
		if err := json.Unmarshal(one, &c); err != nil && !errors.As(err, &shape) {
			continue
		}
		f(c)
		eachComponent(c.Components, depth+1, f)
		eachComponent(c.Component, depth+1, f)
	}
}
