package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
)

func oracle(t *testing.T) *Schema {
	t.Helper()
	s, err := LoadSchema("../../../shared/discord/openapi.json")
	if errors.Is(err, fs.ErrNotExist) && os.Getenv("CI") != "true" {
		t.Skipf("Discord's schema is absent: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// rep is a JSON string of n letters.
func rep(n int) string { return `"` + strings.Repeat("x", n) + `"` }

// many is a JSON list of n times the element; %d in it is the index.
func many(n int, element string) string {
	var out []string
	for i := range n {
		out = append(out, strings.ReplaceAll(element, "%d", fmt.Sprint(i)))
	}
	return "[" + strings.Join(out, ",") + "]"
}

const am = `"allowed_mentions":{"parse":[]}`

// v2 is a Components V2 message with the given components.
func v2(components string) string {
	return `{"flags":32768,` + am + `,"components":` + components + `}`
}

func reply4(data string) string { return `{"type":4,"data":` + data + `}` }

func buttons(n int) string {
	return `[{"type":1,"components":` + many(n, `{"type":2,"style":1,"label":"b","custom_id":"c%d"}`) + `}]`
}

func menu(inside string) string {
	return v2(`[{"type":1,"components":[{"type":3,"custom_id":"m",` + inside + `}]}]`)
}

func modalWith(title, components string) string {
	return `{"type":9,"data":{"title":` + title + `,"custom_id":"m","components":` + components + `}}`
}

const textInput = `{"type":18,"label":"l","component":{"type":4,"custom_id":"i%d","style":1}}`

// ruleTests hold one body each. by says which oracle must refuse it: "schema"
// (Discord's document), "rules" (our own checker), or "" for a good body.
var ruleTests = []struct {
	name, op, body, by string
}{
	{"text reply", opCallback, reply4(v2(`[{"type":10,"content":"hi"}]`)), ""},
	{"text of 4000", opCallback, reply4(v2(`[{"type":10,"content":` + rep(4000) + `}]`)), ""},
	{"text of 4001", opCallback, reply4(v2(`[{"type":10,"content":` + rep(4001) + `}]`)), "schema"},
	{"texts of 4000 in all", opCallback, reply4(v2(many(2, `{"type":10,"content":`+rep(2000)+`}`))), ""},
	{"texts of 4002 in all", opCallback, reply4(v2(many(2, `{"type":10,"content":`+rep(2001)+`}`))), "rules"},
	{"10171 bytes of text", opEditOriginal, v2(`[{"type":10,"content":"` + strings.Repeat("薬", 3387) + `"}]`), "rules"},
	{"40 components", opCallback, reply4(v2(many(40, `{"type":10,"content":"x"}`))), ""},
	{"41 components", opCallback, reply4(v2(many(41, `{"type":10,"content":"x"}`))), "schema"},
	{"41 components in all", opCallback, reply4(v2(many(2, `{"type":17,"components":`+many(20, `{"type":10,"content":"x"}`)+`}`))), "rules"},
	{"5 buttons", opCallback, reply4(v2(buttons(5))), ""},
	{"6 buttons in a row", opCallback, reply4(v2(buttons(6))), "schema"},
	{"a bare button", opCallback, reply4(v2(`[{"type":2,"style":1,"label":"b","custom_id":"c"}]`)), "schema"},
	{"button and select in a row", opCallback, reply4(v2(`[{"type":1,"components":[{"type":2,"style":1,"label":"b","custom_id":"c"},{"type":3,"custom_id":"m","options":[{"label":"a","value":"a"}]}]}]`)), "rules"},
	{"custom_id of 101", opCallback, reply4(v2(`[{"type":1,"components":[{"type":2,"style":1,"label":"b","custom_id":` + rep(101) + `}]}]`)), "schema"},
	{"custom_id twice", opCallback, reply4(v2(`[{"type":1,"components":` + many(2, `{"type":2,"style":1,"label":"b","custom_id":"c"}`) + `}]`)), "rules"},
	{"component id twice", opCallback, reply4(v2(many(2, `{"type":10,"id":7,"content":"x"}`))), "rules"},
	{"label of 81", opCallback, reply4(v2(`[{"type":1,"components":[{"type":2,"style":1,"label":` + rep(81) + `,"custom_id":"c"}]}]`)), "schema"},
	{"button without custom_id", opCallback, reply4(v2(`[{"type":1,"components":[{"type":2,"style":1,"label":"b"}]}]`)), "rules"},
	{"link button", opCallback, reply4(v2(`[{"type":1,"components":[{"type":2,"style":5,"label":"b","url":"https://x.org"}]}]`)), ""},
	{"link button with custom_id", opCallback, reply4(v2(`[{"type":1,"components":[{"type":2,"style":5,"label":"b","url":"https://x.org","custom_id":"c"}]}]`)), "rules"},
	{"url of 513", opCallback, reply4(v2(`[{"type":1,"components":[{"type":2,"style":5,"label":"b","url":"https://x.org/` + strings.Repeat("x", 500) + `"}]}]`)), "schema"},
	{"style 7", opCallback, reply4(v2(`[{"type":1,"components":[{"type":2,"style":7,"label":"b","custom_id":"c"}]}]`)), "schema"},
	{"25 options", opFollowup, menu(`"options":` + many(25, `{"label":"a","value":"%d"}`)), ""},
	{"26 options", opFollowup, menu(`"options":` + many(26, `{"label":"a","value":"%d"}`)), "schema"},
	{"option value twice", opFollowup, menu(`"options":` + many(2, `{"label":"a","value":"v"}`)), "rules"},
	{"option value of 101", opFollowup, menu(`"options":[{"label":"a","value":` + rep(101) + `}]`), "schema"},
	{"option label of 101", opFollowup, menu(`"options":[{"label":` + rep(101) + `,"value":"a"}]`), "schema"},
	{"placeholder of 151", opFollowup, menu(`"placeholder":` + rep(151) + `,"options":[{"label":"a","value":"v"}]`), "schema"},
	{"section of 4 texts", opMessage, v2(`[{"type":9,"components":` + many(4, `{"type":10,"content":"x"}`) + `,"accessory":{"type":2,"style":1,"label":"b","custom_id":"c"}}]`), "schema"},
	{"section without accessory", opMessage, v2(`[{"type":9,"components":[{"type":10,"content":"x"}]}]`), "schema"},
	{"container in container", opMessage, v2(`[{"type":17,"components":[{"type":17,"components":[]}]}]`), "schema"},
	{"accent above ffffff", opMessage, v2(`[{"type":17,"accent_color":16777216,"components":[{"type":10,"content":"x"}]}]`), "schema"},
	{"separator spacing 3", opMessage, v2(`[{"type":14,"spacing":3}]`), "schema"},
	{"gallery of 11", opMessage, v2(`[{"type":12,"items":` + many(11, `{"media":{"url":"https://x.org"}}`) + `}]`), "schema"},
	{"content of 2001", opMessage, `{` + am + `,"content":` + rep(2001) + `}`, "rules"},
	{"plain content", opMessage, `{` + am + `,"content":"hi"}`, ""},
	{"V2 flag with content", opMessage, `{"flags":32768,` + am + `,"content":"hi","components":[{"type":10,"content":"x"}]}`, "rules"},
	{"V2 component without the flag", opMessage, `{` + am + `,"components":[{"type":10,"content":"x"}]}`, "rules"},
	{"edit of a V2 message", opEditOriginal, `{` + am + `,"components":[{"type":10,"content":"x"}]}`, "rules"},
	{"empty message", opMessage, `{` + am + `}`, "rules"},
	{"a flag no app may set", opMessage, `{"flags":32784,` + am + `,"components":[{"type":10,"content":"x"}]}`, "rules"},
	{"no allowed_mentions", opMessage, `{"content":"hi"}`, "rules"},
	{"allowed_mentions parse null", opMessage, `{"content":"hi","allowed_mentions":{"parse":null}}`, "rules"},
	{"mentions of everybody", opMessage, `{"content":"hi","allowed_mentions":{"parse":["all"]}}`, "schema"},
	{"parse users and a list", opMessage, `{"content":"hi","allowed_mentions":{"parse":["users"],"users":["123456"]}}`, "rules"},
	{"deferral", opCallback, `{"type":5,"data":{"flags":64}}`, ""},
	{"deferral with the V2 flag", opCallback, `{"type":5,"data":{"flags":32832}}`, "rules"},
	{"deferred update", opCallback, `{"type":6}`, ""},
	{"callback type 3", opCallback, `{"type":3,"data":{}}`, "schema"},
	{"25 choices", opCallback, `{"type":8,"data":{"choices":` + many(25, `{"name":"a","value":"b"}`) + `}}`, ""},
	{"26 choices", opCallback, `{"type":8,"data":{"choices":` + many(26, `{"name":"a","value":"b"}`) + `}}`, "schema"},
	{"choices left out", opCallback, `{"type":8,"data":{}}`, "rules"},
	{"choice name of 101", opCallback, `{"type":8,"data":{"choices":[{"name":` + rep(101) + `,"value":"b"}]}}`, "schema"},
	{"choice name empty", opCallback, `{"type":8,"data":{"choices":[{"name":"","value":"b"}]}}`, "schema"},
	{"choice value of 101", opCallback, `{"type":8,"data":{"choices":[{"name":"a","value":` + rep(101) + `}]}}`, "rules"},
	{"modal", opCallback, modalWith(`"t"`, many(5, textInput)), ""},
	{"modal of 6", opCallback, modalWith(`"t"`, many(6, textInput)), "rules"},
	{"modal title of 46", opCallback, modalWith(rep(46), many(1, textInput)), "schema"},
	{"modal label of 46", opCallback, modalWith(`"t"`, `[{"type":18,"label":`+rep(46)+`,"component":{"type":4,"custom_id":"i","style":1}}]`), "schema"},
	{"modal description of 101", opCallback, modalWith(`"t"`, `[{"type":18,"label":"l","description":`+rep(101)+`,"component":{"type":4,"custom_id":"i","style":1}}]`), "schema"},
	{"input of 4001", opCallback, modalWith(`"t"`, `[{"type":18,"label":"l","component":{"type":4,"custom_id":"i","style":1,"max_length":4001}}]`), "schema"},
	{"required select of 0", opCallback, modalWith(`"t"`, `[{"type":18,"label":"l","component":{"type":3,"custom_id":"i","required":true,"min_values":0,"options":[{"label":"a","value":"a"}]}}]`), "rules"},
}

func TestRules(t *testing.T) {
	s := oracle(t)
	for _, tt := range ruleTests {
		t.Run(tt.name, func(t *testing.T) {
			var v any
			if err := json.Unmarshal([]byte(tt.body), &v); err != nil {
				t.Fatal(err)
			}
			err := s.Check(tt.op, []byte(tt.body))
			faults := Check(tt.op, v, false)
			switch tt.by {
			case "":
				if err != nil || len(faults) > 0 {
					t.Errorf("a good body is refused: %v, %q", err, faults)
				}
			case "schema":
				if err == nil {
					t.Error("Discord's schema lets it pass")
				}
			case "rules":
				if len(faults) == 0 {
					t.Error("our rules let it pass")
				}
			}
		})
	}
}

func TestRuleOfEdits(t *testing.T) {
	var v any
	json.Unmarshal([]byte(`{`+am+`,"components":[{"type":10,"content":"x"}]}`), &v)
	if f := Check(opEditOriginal, v, true); len(f) > 0 {
		t.Errorf("an edit of a Components V2 message needs no flag: %q", f)
	}
	json.Unmarshal([]byte(`{`+am+`,"content":"x"}`), &v)
	if f := Check(opEditOriginal, v, true); len(f) == 0 {
		t.Error("a Components V2 message cannot be given content")
	}
}

// commandTests hold one command list each.
var commandTests = []struct {
	name, list, by string
}{
	{"a command", `[{"name":"ask","description":"d","options":[{"type":3,"name":"q","description":"d","required":true}]}]`, ""},
	{"message command", `[{"name":"Find it","type":3}]`, ""},
	{"permissions as a string", `[{"name":"ask","description":"d","default_member_permissions":"32"}]`, ""},
	{"permissions not a number", `[{"name":"ask","description":"d","default_member_permissions":"all"}]`, "rules"},
	{"name of 33", `[{"name":` + rep(33) + `,"description":"d"}]`, "schema"},
	{"name with capitals", `[{"name":"Ask","description":"d"}]`, "rules"},
	{"name with a space", `[{"name":"ask me","description":"d"}]`, "rules"},
	{"no description", `[{"name":"ask"}]`, "rules"},
	{"description of 101", `[{"name":"ask","description":` + rep(101) + `}]`, "schema"},
	{"message command with description", `[{"name":"Find","type":3,"description":"d"}]`, "rules"},
	{"command twice", `[{"name":"a","description":"d"},{"name":"a","description":"d"}]`, "rules"},
	{"131 commands", many(131, `{"name":"a%d","description":"d"}`), "schema"},
	{"101 slash commands", many(101, `{"name":"a%d","description":"d"}`), "rules"},
	{"16 message commands", many(16, `{"name":"A%d","type":3}`), "rules"},
	{"26 options", `[{"name":"a","description":"d","options":` + many(26, `{"type":3,"name":"o%d","description":"d"}`) + `}]`, "schema"},
	{"option twice", `[{"name":"a","description":"d","options":` + many(2, `{"type":3,"name":"o","description":"d"}`) + `}]`, "rules"},
	{"required after optional", `[{"name":"a","description":"d","options":[{"type":3,"name":"o","description":"d"},{"type":3,"name":"p","description":"d","required":true}]}]`, "rules"},
	{"choices and autocomplete", `[{"name":"a","description":"d","options":[{"type":3,"name":"o","description":"d","autocomplete":true,"choices":[{"name":"x","value":"x"}]}]}]`, "rules"},
	{"autocomplete of a boolean", `[{"name":"a","description":"d","options":[{"type":5,"name":"o","description":"d","autocomplete":true}]}]`, "rules"},
	{"subcommand beside an option", `[{"name":"a","description":"d","options":[{"type":1,"name":"s","description":"d"},{"type":3,"name":"o","description":"d"}]}]`, "rules"},
	{"choice value of 101", `[{"name":"a","description":"d","options":[{"type":3,"name":"o","description":"d","choices":[{"name":"x","value":` + rep(101) + `}]}]}]`, "rules"},
	{"unknown locale", `[{"name":"a","description":"d","description_localizations":{"xx":"d"}}]`, "rules"},
	{"localized name with capitals", `[{"name":"a","description":"d","name_localizations":{"de":"Fragen"}}]`, "rules"},
	{"8001 characters in all", `[{"name":"a","description":"d","options":[` + strings.Trim(many(4, `{"type":3,"name":"o%d","description":"d","choices":`+many(25, `{"name":"`+strings.Repeat("n", 40)+`","value":"`+strings.Repeat("v", 40)+`"}`)+`}`), "[]") + `]}]`, "rules"},
}

func TestCommandRules(t *testing.T) {
	s := oracle(t)
	for _, tt := range commandTests {
		t.Run(tt.name, func(t *testing.T) {
			var list []map[string]any
			if err := json.Unmarshal([]byte(tt.list), &list); err != nil {
				t.Fatal(err)
			}
			err := s.Check(opCommands, []byte(tt.list))
			faults := CheckCommands(list)
			if tt.by == "" && (err != nil || len(faults) > 0) {
				t.Errorf("a good list is refused: %v, %q", err, faults)
			}
			if tt.by == "schema" && err == nil {
				t.Error("Discord's schema lets it pass")
			}
			if tt.by == "rules" && len(faults) == 0 {
				t.Error("our rules let it pass")
			}
		})
	}
}

func TestSchemaOfUnknownOperation(t *testing.T) {
	if err := oracle(t).Check("GET /nothing", nil); err == nil {
		t.Error("no error")
	}
	if _, err := LoadSchema("no-such-file.json"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v; want fs.ErrNotExist", err)
	}
}
