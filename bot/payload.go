package bot

// Discord's limits on a message, from its documentation of August 2026, in
// Discord's units.
const (
	maxComponents  = 40    // of a message, nested ones too
	maxText        = 4000  // characters of all text displays together
	maxBytes       = 10170 // UTF-8 bytes + 12 for each text display; above it Discord fails with 500 (discord-api-docs#8554)
	displayCost    = 12    // bytes a text display counts for beside its text
	maxLabel       = 38    // characters of a button's label: Discord's guideline; the limit is 80
	maxCustomID    = 100
	maxRowButtons  = 5
	maxOptions     = 25  // of a select menu, and of an autocomplete
	maxOptionText  = 100 // characters of an option's label, value or description
	maxModalTitle  = 45
	maxModalLabel  = 45
	maxChoiceText  = 100
	maxPlaceholder = 150
	maxURL         = 512
)

// The text budget keeps slack below Discord's limits: what a character is
// (code point or UTF-16 unit) is not documented.
const (
	textBudget = 3900
	byteBudget = 10000
)

// Component types.
const (
	compRow       = 1
	compButton    = 2
	compSelect    = 3
	compTextInput = 4
	compText      = 10
	compFile      = 13
	compSeparator = 14
	compContainer = 17
	compLabel     = 18
)

// Button styles.
const (
	stylePrimary   = 1
	styleSecondary = 2
	styleDanger    = 4
	styleLink      = 5
)

// A message is the body of a reply: always Components V2, and never a mention.
type message struct {
	Flags           int         `json:"flags"`
	Components      []component `json:"components"`
	AllowedMentions mentions    `json:"allowed_mentions"`
	Attachments     []attached  `json:"attachments,omitempty"`

	files []upload // see [message.with]
}

// attached names a file of a message.
type attached struct {
	ID   string `json:"id"` // index among the files that are sent
	Name string `json:"filename"`
}

// media refers to a file of the message.
type media struct {
	URL string `json:"url"` // "attachment://" and its name
}

// mentions is sent with every create and edit; Parse must be empty, not null.
type mentions struct {
	Parse []string `json:"parse"`
}

// newMessage makes a message of components.
func newMessage(parts ...component) message {
	return message{Flags: flagComponentsV2, Components: parts, AllowedMentions: mentions{Parse: []string{}}}
}

// A component is any of Discord's components; fields that do not belong to its
// type stay empty.
type component struct {
	Type        int         `json:"type"`
	Content     string      `json:"content,omitempty"`
	Components  []component `json:"components,omitempty"`
	Component   *component  `json:"component,omitempty"` // of a label
	Accent      *int        `json:"accent_color,omitempty"`
	Style       int         `json:"style,omitempty"`
	Label       string      `json:"label,omitempty"`
	Description string      `json:"description,omitempty"` // of a label
	CustomID    string      `json:"custom_id,omitempty"`
	URL         string      `json:"url,omitempty"`
	Disabled    bool        `json:"disabled,omitempty"`
	Placeholder string      `json:"placeholder,omitempty"`
	Options     []choice    `json:"options,omitempty"` // of a select menu
	MinLength   int         `json:"min_length,omitempty"`
	MaxLength   int         `json:"max_length,omitempty"`
	Value       string      `json:"value,omitempty"`
	File        *media      `json:"file,omitempty"`
}

// A choice is an option of a select menu (with Label) or a suggestion of an
// autocomplete (with Name).
type choice struct {
	Label       string `json:"label,omitempty"`
	Name        string `json:"name,omitempty"`
	Value       string `json:"value"`
	Description string `json:"description,omitempty"`
}

// A modal is the body that opens one.
type modal struct {
	CustomID   string      `json:"custom_id"`
	Title      string      `json:"title"`
	Components []component `json:"components"`
}

func text(s string) component { return component{Type: compText, Content: s} }

func button(style int, label, id string) component {
	return component{Type: compButton, Style: style, Label: shown(label, maxLabel), CustomID: id}
}

// shown is a label that can be seen: Discord refuses an empty one.
func shown(label string, most int) string {
	return clip(orElse(oneLine(clean(label)), "–"), most)
}

func selectMenu(placeholder, id string, options []choice) component {
	if len(options) > maxOptions {
		options = options[:maxOptions]
	}
	return component{Type: compSelect, Placeholder: clip(placeholder, maxPlaceholder), CustomID: id, Options: options}
}

// rows puts buttons into as many action rows as they need.
func rows(buttons ...component) []component {
	var out []component
	for len(buttons) > 0 {
		n := min(len(buttons), maxRowButtons)
		out = append(out, component{Type: compRow, Components: buttons[:n:n]})
		buttons = buttons[n:]
	}
	return out
}

func row(c component) component { return component{Type: compRow, Components: []component{c}} }

func container(accent int, parts ...component) component {
	c := component{Type: compContainer, Components: parts}
	if accent != 0 {
		c.Accent = &accent
	}
	return c
}

// plain is a message of one text.
func plain(s string) message { return newMessage(text(s)) }
