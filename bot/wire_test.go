package bot

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/bwmarrin/discordgo"
)

var decodeTests = []struct{ name, raw, wantErr string }{
	{"a command", `{"id":"1","token":"t","type":2,"data":{"name":"ask"}}`, ""},
	{"a ping", `{"type":1}`, ""},
	{"unknown fields", `{"id":"1","token":"t","type":2,"new":{"x":[1]},"data":{"name":"ask","new":1}}`, ""},
	{"fields of other shapes", `{"id":"1","token":"t","type":2,"data":{"name":"ask","options":{"a":1},"resolved":[]},"member":"x","guild_id":5}`, ""},
	{"no data", `{"id":"1","token":"t","type":2}`, ""},
	{"data null", `{"id":"1","token":"t","type":2,"data":null,"member":null}`, ""},
	{"not JSON", `{"id":"1","token":"t`, "not JSON"},
	{"a list", `[1,2]`, "without id"},
	{"no id", `{"token":"t","type":2}`, "without id"},
	{"an id that is a path", `{"id":"1/../2","token":"t","type":2}`, "without id"},
	{"a token that is a path", `{"id":"1","token":"a/../b?c","type":2}`, "without id"},
	{"a token with blanks", `{"id":"1","token":"a b","type":2}`, "without id"},
	{"a long token", `{"id":"1","token":"` + strings.Repeat("a", 2000) + `","type":2}`, "without id"},
	{"no type", `{"id":"1","token":"t"}`, "without id"},
	{"empty", ``, "not JSON"},
}

func TestDecode(t *testing.T) {
	for _, tt := range decodeTests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := decode([]byte(tt.raw))
			if tt.wantErr == "" && err != nil || tt.wantErr != "" && (err == nil || !strings.Contains(err.Error(), tt.wantErr)) {
				t.Errorf("got %v; want %q", err, tt.wantErr)
			}
		})
	}
}

func TestOptions(t *testing.T) {
	in, err := decode([]byte(`{"id":"1","token":"t","type":2,"data":{"options":[
		{"name":"s","value":"words"},{"name":"b","value":true},{"name":"i","value":7},{"name":"f","value":7.0},
		{"name":"huge","value":1e300},{"name":"null","value":null},{"name":"wrong","value":{"a":1}},{"name":"none"},{"name":"typing","value":"ab","focused":true}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	if in.text("s") != "words" || in.text("b") != "" || in.text("absent") != "" || in.text("wrong") != "" || in.text("none") != "" {
		t.Error("text")
	}
	if v, ok := in.flag("b"); !v || !ok {
		t.Error("flag")
	}
	if _, ok := in.flag("s"); ok {
		t.Error("a string is a flag")
	}
	if in.number("i") != 7 || in.number("f") != 7 || in.number("huge") != 0 || in.number("s") != 0 {
		t.Error("number")
	}
	if n, v := in.focused(); n != "typing" || v != "ab" {
		t.Error("focused")
	}
	if !in.has("none") || in.has("absent") {
		t.Error("has")
	}
}

// TestUnknownComponent is discordgo#1683: a component type that it does not know
// makes its own accessor panic; ours reads what is known.
func TestUnknownComponent(t *testing.T) {
	raw := []byte(`{"id":"1","token":"t","type":5,"application_id":"2","data":{"custom_id":"c","components":[
		{"type":18,"component":{"type":21,"custom_id":"radio","value":"a"}},{"type":18,"component":{"type":4,"custom_id":"question","value":"words"}}]}}`)
	t.Run("discordgo panics", func(t *testing.T) {
		var in discordgo.InteractionCreate
		if err := json.Unmarshal(raw, &in); err == nil {
			t.Skip("this discordgo knows the type")
		}
		defer func() {
			if recover() == nil {
				t.Error("it does not any more: the decode here may go")
			}
		}()
		in.Type = discordgo.InteractionModalSubmit
		in.ModalSubmitData()
	})
	t.Run("ours reads it", func(t *testing.T) {
		in, err := decode(raw)
		if err != nil {
			t.Fatal(err)
		}
		if v := in.modalValues(); v["question"] != "words" || v["radio"] != "a" {
			t.Errorf("values %v", v)
		}
	})
}

func TestDeepComponents(t *testing.T) {
	deep := `{"type":10,"content":"bottom"}`
	for range 5000 {
		deep = `{"type":17,"components":[` + deep + `]}`
	}
	n := 0
	eachComponent([]byte("["+deep+"]"), 0, func(wireComponent) { n++ })
	if n > maxDepth+1 {
		t.Errorf("visited %d deep", n)
	}
}

func TestManages(t *testing.T) {
	for perms, want := range map[string]bool{"32": true, "8": true, "40": true, "0": false, "16": false, "": false, "-1": false, "x": false, "562949953421311": true} {
		in := &interaction{}
		in.Member.Permissions = perms
		if in.manages() != want {
			t.Errorf("%q: manages %v", perms, !want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, tt := range decodeTests {
		f.Add([]byte(tt.raw))
	}
	f.Add([]byte(`{"id":"1","token":"t","type":2,"data":{"target_id":"5","resolved":{"messages":{"5":{"components":[{"component":{"components":[]}}]}}}}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		in, err := decode(raw)
		if err != nil {
			if strings.Contains(err.Error(), "secret") {
				t.Error("the error quotes its input")
			}
			return
		}
		in.modalValues()
		in.targetText()
		in.focused()
		in.text("a")
		in.number("a")
		in.flag("a")
		in.userID()
		in.manages()
	})
}
