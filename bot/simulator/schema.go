package simulator

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// The operations of Discord's OpenAPI document whose bodies are checked.
const (
	opCommands     = "PUT /applications/{application_id}/commands"
	opCallback     = "POST /interactions/{interaction_id}/{interaction_token}/callback"
	opEditOriginal = "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original"
	opFollowup     = "POST /webhooks/{webhook_id}/{webhook_token}"
	opMessage      = "POST /channels/{channel_id}/messages"
	opEdit         = "PATCH /channels/{channel_id}/messages/{message_id}"
)

// A Schema holds the request bodies of Discord's OpenAPI document. It is a test
// oracle only: Discord calls the document a preview, and it leaves out about a
// third of the rules, which [Check] adds.
type Schema struct {
	ops map[string]*jsonschema.Schema
}

// LoadSchema reads Discord's openapi.json. Its error wraps fs.ErrNotExist when
// there is no such file.
func LoadSchema(path string) (*Schema, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("simulator: %s: %v", path, err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("doc.json", doc); err != nil {
		return nil, fmt.Errorf("simulator: %s: %v", path, err)
	}
	s := &Schema{ops: map[string]*jsonschema.Schema{}}
	for _, op := range []string{opCommands, opCallback, opEditOriginal, opFollowup, opMessage, opEdit} {
		method, route, _ := strings.Cut(op, " ")
		ptr := strings.NewReplacer("~", "~0", "/", "~1").Replace(route)
		compiled, err := c.Compile("doc.json#/paths/" + ptr + "/" + strings.ToLower(method) + "/requestBody/content/application~1json/schema")
		if err != nil {
			return nil, fmt.Errorf("simulator: %s: %s: %v", path, op, err)
		}
		s.ops[op] = compiled
	}
	return s, nil
}

// Check holds a request body against the document.
func (s *Schema) Check(op string, body []byte) error {
	sch, ok := s.ops[op]
	if !ok {
		return fmt.Errorf("no schema for %s", op)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return err
	}
	if op == opCommands {
		permissionsAsNumber(v)
	}
	if err := sch.Validate(v); err != nil {
		return fmt.Errorf("refused by openapi.json: %v", err)
	}
	return nil
}

// permissionsAsNumber turns default_member_permissions into the integer that
// the document wants. The documentation, and discordgo, have a string: the one
// known place where the document refuses a good body.
func permissionsAsNumber(v any) {
	cmds, _ := v.([]any)
	for _, c := range cmds {
		if c, ok := c.(map[string]any); ok {
			if p, ok := c["default_member_permissions"].(string); ok {
				n, err := jsonschema.UnmarshalJSON(strings.NewReader(p))
				if err == nil {
					c["default_member_permissions"] = n
				}
			}
		}
	}
}
