package simulator

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

// The id of a public reply can be had in two ways: with the callback, and later
// with the interaction's token, as long as that lives.
func TestIDOfAReply(t *testing.T) {
	b := newBench(t, Options{Endpoint: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})})
	do := func(method, path, body string) (int, []byte) {
		t.Helper()
		req, err := http.NewRequest(method, "https://discord.com/api/v10"+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("User-Agent", "DiscordBot (https://example.org, 1)")
		resp, err := (&http.Client{Transport: b.sim.Transport()}).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var raw json.RawMessage
		_ = json.NewDecoder(resp.Body).Decode(&raw) // 204 has none
		return resp.StatusCode, raw
	}
	const words = `{"type":4,"data":{"content":"words","allowed_mentions":{"parse":[]}}}`

	it := b.sim.Run(b.act, "ask", nil)
	original := "/webhooks/" + b.sim.AppID() + "/" + it.Token + "/messages/@original"
	status, raw := do("POST", "/interactions/"+it.ID+"/"+it.Token+"/callback?with_response=true", words)
	var with struct {
		Resource struct {
			Message struct{ ID string }
		}
	}
	if err := json.Unmarshal(raw, &with); err != nil || status != 200 {
		t.Fatalf("with_response: %d %s", status, raw)
	}
	posted := b.sim.Messages(b.act.Channel)[0].ID
	if with.Resource.Message.ID != posted {
		t.Errorf("with_response tells %q, the message is %q", with.Resource.Message.ID, posted)
	}
	var got struct{ ID string }
	status, raw = do("GET", original, "")
	if err := json.Unmarshal(raw, &got); err != nil || status != 200 || got.ID != posted {
		t.Errorf("GET @original: %d %s", status, raw)
	}
	b.clock.add(16 * time.Minute)
	if status, _ = do("GET", original, ""); status != 401 {
		t.Errorf("GET @original after the token's life: %d", status)
	}

	it = b.sim.Run(b.act, "ask", nil)
	if status, raw = do("POST", "/interactions/"+it.ID+"/"+it.Token+"/callback", words); status != 204 || raw != nil {
		t.Errorf("without with_response: %d %s", status, raw)
	}
}
