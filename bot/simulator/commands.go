package simulator

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

var (
	commandName = regexp.MustCompile(`^[-_'\p{L}\p{N}\p{Devanagari}\p{Thai}]{1,32}$`)
	// The 32 locales of Discord's reference.
	locales = strings.Fields("id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs el bg ru uk hi th zh-CN ja zh-TW ko")
)

// CheckCommands holds a command list against Discord's rules that its schema
// does not state, and returns each one it breaks.
func CheckCommands(cmds []map[string]any) []string {
	c := &checker{}
	per := map[int]int{}
	names := map[string]bool{}
	for _, cmd := range cmds {
		name, _ := cmd["name"].(string)
		kind := int(number(cmd["type"]))
		if kind == 0 {
			kind = 1
		}
		per[kind]++
		if key := fmt.Sprint(kind, name); names[key] {
			c.bad("command %q twice", name)
		} else {
			names[key] = true
		}
		c.command(cmd, name, kind)
	}
	for kind, most := range map[int]int{1: 100, 2: 15, 3: 15} {
		if per[kind] > most {
			c.bad("%d commands of type %d, at most %d", per[kind], kind, most)
		}
	}
	return c.faults
}

func (c *checker) command(cmd map[string]any, name string, kind int) {
	desc, _ := cmd["description"].(string)
	if kind == 1 {
		c.slashName(name, "command")
		c.length("description of "+name, desc, 1, 100)
	} else if desc != "" {
		c.bad("%q is not a slash command and may have no description", name)
	}
	c.localized(cmd, name, kind)
	if n := commandText(cmd); n > 8000 {
		c.bad("%q has %d characters of text, at most 8000", name, n)
	}
	if p, ok := cmd["default_member_permissions"].(string); ok {
		if _, err := strconv.ParseUint(p, 10, 64); err != nil {
			c.bad("%q: default_member_permissions %q is not a bit string", name, p)
		}
	}
	c.options(list(cmd["options"]), name)
}

func (c *checker) slashName(name, what string) {
	if !commandName.MatchString(name) || strings.ToLower(name) != name {
		c.bad("%s name %q is not 1 to 32 lower-case letters, digits, - or _", what, name)
	}
}

func (c *checker) localized(x map[string]any, name string, kind int) {
	for _, k := range []string{"name_localizations", "description_localizations"} {
		m, _ := x[k].(map[string]any)
		for loc, v := range m {
			s, _ := v.(string)
			if !strings.Contains(" "+strings.Join(locales, " ")+" ", " "+loc+" ") {
				c.bad("%q: there is no locale %q", name, loc)
			}
			if k == "description_localizations" {
				c.length("description of "+name+" in "+loc, s, 1, 100)
			} else if kind == 1 {
				c.slashName(s, "localized")
			} else {
				c.length("name of "+name+" in "+loc, s, 1, 32)
			}
		}
	}
}

func (c *checker) options(opts []any, in string) {
	if len(opts) > 25 {
		c.bad("%q has %d options, at most 25", in, len(opts))
	}
	seen := map[string]bool{}
	optional, subs := false, 0
	for _, o := range opts {
		o, _ := o.(map[string]any)
		name, _ := o["name"].(string)
		desc, _ := o["description"].(string)
		kind := int(number(o["type"]))
		c.slashName(name, "option")
		c.length("description of "+in+" "+name, desc, 1, 100)
		c.localized(o, in+" "+name, 1)
		if seen[name] {
			c.bad("%q: option %q twice", in, name)
		}
		seen[name] = true
		if kind <= 2 {
			subs++
			c.options(list(o["options"]), in+" "+name)
			continue
		}
		if o["required"] == true && optional {
			c.bad("%q: required option %q after an optional one", in, name)
		}
		optional = optional || o["required"] != true
		choices := list(o["choices"])
		if o["autocomplete"] == true && (len(choices) > 0 || kind != 3 && kind != 4 && kind != 10) {
			c.bad("%q: option %q may not have autocomplete", in, name)
		}
		for _, ch := range choices {
			ch, _ := ch.(map[string]any)
			if v, ok := ch["value"].(string); ok {
				c.length("choice of "+in+" "+name, v, 1, maxChoice)
			}
		}
	}
	if subs > 0 && subs != len(opts) {
		c.bad("%q mixes subcommands and options", in)
	}
}

// commandText counts name, description and values, each in its longest localization.
func commandText(x map[string]any) int {
	n := 0
	for _, k := range []string{"name", "description"} {
		s, _ := x[k].(string)
		most := utf8.RuneCountInString(s)
		m, _ := x[k+"_localizations"].(map[string]any)
		for _, v := range m {
			s, _ := v.(string)
			most = max(most, utf8.RuneCountInString(s))
		}
		n += most
	}
	for _, o := range list(x["options"]) {
		if o, ok := o.(map[string]any); ok {
			n += commandText(o)
		}
	}
	for _, ch := range list(x["choices"]) {
		if ch, ok := ch.(map[string]any); ok {
			n += commandText(ch)
			v, _ := ch["value"].(string)
			n += utf8.RuneCountInString(v)
		}
	}
	return n
}
