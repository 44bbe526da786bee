package simulator

import (
	"fmt"
	"unicode/utf8"
)

// Discord's limits on a message, from its documentation of August 2026 unless
// a line says otherwise.
const (
	maxComponents  = 40    // of a message, nested ones too
	maxText        = 4000  // characters of all text displays together
	maxContent     = 2000  // characters of a plain message
	maxBytes       = 10170 // UTF-8 bytes + 12 for each text display; above it Discord fails with 500 (discord-api-docs#8554, undocumented)
	maxCustomID    = 100
	maxLabel       = 80
	maxURL         = 512
	maxRowButtons  = 5
	maxOptions     = 25
	maxPlaceholder = 150
	maxModal       = 5 // components of a modal; the schema would let 40 pass
	maxModalTitle  = 45
	maxChoice      = 100
	knownFlags     = 1<<2 | flagEphemeral | 1<<12 | 1<<13 | flagComponentsV2
)

// Check holds the body v of an operation against the rules that Discord's
// schema does not state, and returns each one it breaks. editsV2 says that the
// body edits a message which has the Components V2 flag already.
func Check(op string, v any, editsV2 bool) []string {
	body, ok := v.(map[string]any)
	if !ok {
		return []string{"the body is not an object"}
	}
	c := &checker{}
	if op == opCallback {
		c.callback(body, editsV2)
	} else {
		c.message(body, editsV2, op == opEditOriginal || op == opEdit)
	}
	return c.faults
}

type checker struct {
	faults []string
	ids    map[string]bool
	nums   map[int]bool
}

func (c *checker) bad(format string, args ...any) {
	c.faults = append(c.faults, fmt.Sprintf(format, args...))
}

func (c *checker) callback(body map[string]any, editsV2 bool) {
	data, _ := body["data"].(map[string]any)
	switch kind := int(number(body["type"])); kind {
	case replyMessage:
		c.message(data, false, false)
	case replyUpdate:
		c.message(data, editsV2, true)
	case replyDeferred:
		if f := int(number(data["flags"])); f&^flagEphemeral != 0 {
			c.bad("a deferral may set no flag but EPHEMERAL, has %d", f)
		}
	case replyDeferredUpdate:
	case replyChoices:
		c.choices(data)
	case replyModal:
		c.modal(data)
	default:
		c.bad("callback type %d does not exist", kind)
	}
}

func (c *checker) choices(data map[string]any) {
	l, ok := data["choices"].([]any)
	if !ok {
		c.bad("choices is missing")
	}
	if len(l) > maxOptions {
		c.bad("%d choices, at most %d", len(l), maxOptions)
	}
	for i, x := range l {
		x, _ := x.(map[string]any)
		name, _ := x["name"].(string)
		c.length(fmt.Sprintf("choice %d name", i), name, 1, maxChoice)
		if val, ok := x["value"].(string); ok {
			c.length(fmt.Sprintf("choice %d value", i), val, 1, maxChoice)
		}
	}
}

func (c *checker) modal(data map[string]any) {
	title, _ := data["title"].(string)
	id, _ := data["custom_id"].(string)
	c.length("modal title", title, 1, maxModalTitle)
	c.length("modal custom_id", id, 1, maxCustomID)
	comps := list(data["components"])
	if len(comps) < 1 || len(comps) > maxModal {
		c.bad("a modal has 1 to %d components, not %d", maxModal, len(comps))
	}
	c.ids, c.nums = map[string]bool{}, map[int]bool{}
	walk(comps, func(x map[string]any) {
		c.component(x)
	})
}

// message checks a message body. editing says that parts may be absent.
func (c *checker) message(body map[string]any, hasV2, editing bool) {
	flags := int(number(body["flags"]))
	if flags&^knownFlags != 0 {
		c.bad("flags %d has bits that an app may not set", flags)
	}
	content, _ := body["content"].(string)
	c.length("content", content, 0, maxContent)
	comps := list(body["components"])
	v2 := flags&flagComponentsV2 != 0 || hasV2
	if v2 && (content != "" || len(list(body["embeds"])) > 0 || body["poll"] != nil) {
		c.bad("content, embeds and polls are refused with the Components V2 flag")
	}
	if !editing && content == "" && len(comps) == 0 && len(list(body["embeds"])) == 0 {
		c.bad("an empty message")
	}
	c.mentions(body)
	c.ids, c.nums = map[string]bool{}, map[int]bool{}
	count, chars := 0, 0
	walk(comps, func(x map[string]any) {
		count++
		if t, ok := x["content"].(string); ok {
			chars += utf8.RuneCountInString(t)
		}
		if k := int(number(x["type"])); k >= 9 && k != 18 && !v2 {
			c.bad("component type %d needs the Components V2 flag", k)
		}
		c.component(x)
	})
	if count > maxComponents {
		c.bad("%d components, at most %d", count, maxComponents)
	}
	if chars > maxText {
		c.bad("%d characters of text, at most %d", chars, maxText)
	}
	if n := byteBudget(body); n > maxBytes {
		c.bad("%d bytes of text, at most %d", n, maxBytes)
	}
}

// mentions wants allowed_mentions on every create and edit. Discord does not,
// and would then ping whom the text names: no reply of ours may.
func (c *checker) mentions(body map[string]any) {
	am, ok := body["allowed_mentions"].(map[string]any)
	if !ok {
		c.bad("allowed_mentions is missing: Discord would ping")
		return
	}
	parse, ok := am["parse"].([]any)
	if !ok {
		c.bad("allowed_mentions.parse is not a list")
	}
	for _, p := range parse {
		for _, k := range []string{"users", "roles"} {
			if p == k && len(list(am[k])) > 0 {
				c.bad("allowed_mentions has both parse %q and a list of them", k)
			}
		}
	}
}

// byteBudget counts what discord-api-docs#8554 found to make Discord fail.
func byteBudget(v any) int {
	n := 0
	body, _ := v.(map[string]any)
	if d, ok := body["data"].(map[string]any); ok {
		body = d
	}
	walk(list(body["components"]), func(x map[string]any) {
		if t, ok := x["content"].(string); ok && number(x["type"]) == 10 {
			n += len(t) + 12
		}
	})
	return n
}

func (c *checker) length(what, s string, lo, hi int) {
	if n := utf8.RuneCountInString(s); n < lo || n > hi {
		c.bad("%s has %d characters, wants %d to %d", what, n, lo, hi)
	}
}

func (c *checker) component(x map[string]any) {
	if id, ok := x["id"]; ok {
		n := int(number(id))
		if n != 0 && c.nums[n] {
			c.bad("component id %d twice", n)
		}
		c.nums[n] = true
	}
	id, hasID := x["custom_id"].(string)
	if hasID {
		c.length("custom_id", id, 1, maxCustomID)
		if c.ids[id] {
			c.bad("custom_id %q twice", id)
		}
		c.ids[id] = true
	}
	switch kind := int(number(x["type"])); kind {
	case 1:
		c.row(x)
	case 2:
		c.button(x, hasID)
	case 3, 5, 6, 7, 8:
		c.menu(x, kind, hasID)
	case 4:
		if !hasID {
			c.bad("a text input without custom_id")
		}
	case 10:
		t, _ := x["content"].(string)
		c.length("text display", t, 1, maxText)
	case 18:
		label, _ := x["label"].(string)
		c.length("label", label, 1, 45)
	}
}

func (c *checker) row(x map[string]any) {
	buttons, menus := 0, 0
	for _, k := range list(x["components"]) {
		k, _ := k.(map[string]any)
		if number(k["type"]) == 2 {
			buttons++
		} else {
			menus++
		}
	}
	if buttons+menus == 0 || buttons > maxRowButtons || menus > 1 || buttons > 0 && menus > 0 {
		c.bad("an action row holds 1 to 5 buttons or one select, not %d and %d", buttons, menus)
	}
}

func (c *checker) button(x map[string]any, hasID bool) {
	label, _ := x["label"].(string)
	url, hasURL := x["url"].(string)
	c.length("button label", label, 1, maxLabel)
	if number(x["style"]) == 5 {
		c.length("button url", url, 1, maxURL)
		if hasID {
			c.bad("a link button with a custom_id")
		}
	} else if !hasID || hasURL {
		c.bad("a button needs a custom_id and no url")
	}
}

func (c *checker) menu(x map[string]any, kind int, hasID bool) {
	if !hasID {
		c.bad("a select without custom_id")
	}
	ph, _ := x["placeholder"].(string)
	c.length("placeholder", ph, 0, maxPlaceholder)
	if x["required"] == true && x["min_values"] != nil && number(x["min_values"]) == 0 {
		c.bad("a required select with min_values 0")
	}
	if kind != 3 {
		return
	}
	opts := list(x["options"])
	if len(opts) < 1 || len(opts) > maxOptions {
		c.bad("a select has 1 to 25 options, not %d", len(opts))
	}
	seen := map[any]bool{}
	for _, o := range opts {
		o, _ := o.(map[string]any)
		label, _ := o["label"].(string)
		value, _ := o["value"].(string)
		desc, _ := o["description"].(string)
		c.length("option label", label, 1, 100)
		c.length("option value", value, 1, 100)
		c.length("option description", desc, 0, 100)
		if seen[value] {
			c.bad("option value %q twice", value)
		}
		seen[value] = true
	}
}
