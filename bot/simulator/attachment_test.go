package simulator

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"testing"
)

func TestAttachmentOfASubcommand(t *testing.T) {
	got := make(chan []byte, 1)
	b := newBench(t, Options{Endpoint: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		got <- raw
	})})
	file := Attachment{Name: "new article.md", Type: "text/markdown", Data: []byte("# Words"), Size: 9 << 20}
	b.sim.Run(b.act, "library", Values{"add": Sub{"file": file, "slug": "words"}})
	var in struct {
		Data struct {
			Options []struct {
				Name    string
				Type    int
				Options []struct {
					Name  string
					Type  int
					Value string
				}
			}
			Resolved struct {
				Attachments map[string]struct {
					Filename, URL string
					ContentType   string `json:"content_type"`
					Size          int
				}
			}
		}
	}
	if err := json.Unmarshal(<-got, &in); err != nil {
		t.Fatal(err)
	}
	if len(in.Data.Options) != 1 || in.Data.Options[0].Type != 1 || len(in.Data.Options[0].Options) != 2 {
		t.Fatalf("not a subcommand with two options: %+v", in.Data.Options)
	}
	for _, o := range in.Data.Options[0].Options {
		if o.Name != "file" {
			continue
		}
		a, ok := in.Data.Resolved.Attachments[o.Value]
		if o.Type != 11 || !ok || a.Filename != file.Name || a.ContentType != file.Type || a.Size != file.Size {
			t.Fatalf("option %+v resolves to %+v", o, a)
		}
		// The CDN serves it to whoever has the address, with no token.
		resp, err := (&http.Client{Transport: b.sim.Transport()}).Get(a.URL)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if body, _ := io.ReadAll(resp.Body); resp.StatusCode != 200 || !bytes.Equal(body, file.Data) {
			t.Errorf("the CDN answered %d %q", resp.StatusCode, body)
		}
		other, err := (&http.Client{Transport: b.sim.Transport()}).Get("https://cdn.discordapp.com" + cdnPath + "1/x.md")
		if err != nil {
			t.Fatal(err)
		}
		other.Body.Close()
		if other.StatusCode != 404 {
			t.Errorf("a file that is not there: %d", other.StatusCode)
		}
	}
}

func TestEditsOfOwnChannelMessages(t *testing.T) {
	b := newBench(t, Options{})
	ch := b.act.Channel
	b.call("POST", "/channels/"+ch.ID+"/messages", `{"content":"words","allowed_mentions":{"parse":[]}}`)
	m := b.sim.Messages(ch)[0]
	const edit = `{"content":"withdrawn","allowed_mentions":{"parse":[]}}`
	at := "/channels/" + ch.ID + "/messages/" + m.ID
	for _, tt := range []struct {
		name         string
		change       func()
		path         string
		status, code int
	}{
		{"its own", func() {}, at, 200, 0},
		{"where it may not write it may still edit", func() { ch.NoSend = true }, at, 200, 0},
		{"in a channel it cannot see", func() { ch.Hidden = true }, at, 403, 50001},
		{"in a channel that is gone", func() {}, "/channels/123456/messages/" + m.ID, 404, 10003},
		{"deleted by a moderator", func() { ch.Hidden = false; b.sim.Delete(m) }, at, 404, 10008},
	} {
		tt.change()
		if status, code := b.call("PATCH", tt.path, edit); status != tt.status || code != tt.code {
			t.Errorf("%s: %d, code %d; want %d, %d", tt.name, status, code, tt.status, tt.code)
		}
	}
	if m.Text() != "withdrawn" {
		t.Errorf("the message reads %q", m.Text())
	}
	if len(b.sim.Messages(ch)) != 0 {
		t.Error("a deleted message is still there")
	}
}
