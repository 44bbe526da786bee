package simulator

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
)

// A reply with files keeps Discord's rules, or is refused by one of them.
func TestFilesOfAReply(t *testing.T) {
	type file struct {
		field, name string
		size        int
	}
	one := []file{{"files[0]", "a.txt", 5}}
	const (
		shown  = `{"type":13,"file":{"url":"attachment://a.txt"}}`
		listed = `{"id":"0","filename":"a.txt"}`
	)
	body := func(components, attachments string) string {
		return `{"flags":32768,"allowed_mentions":{"parse":[]},"components":[{"type":10,"content":"x"}` + components + `],"attachments":[` + attachments + `]}`
	}
	var eleven []file
	var show, list []string
	for i := range 11 {
		name := fmt.Sprintf("%d.txt", i)
		eleven = append(eleven, file{fmt.Sprintf("files[%d]", i), name, 1})
		show = append(show, `,{"type":13,"file":{"url":"attachment://`+name+`"}}`)
		list = append(list, fmt.Sprintf(`{"id":"%d","filename":%q}`, i, name))
	}
	for _, tt := range []struct {
		name   string
		files  []file
		body   string
		status int
		fault  string
	}{
		{"a file", one, body(","+shown, listed), 200, ""},
		{"as large as may be", []file{{"files[0]", "a.txt", maxFile}}, body(","+shown, listed), 200, ""},
		{"too large", []file{{"files[0]", "a.txt", maxFile + 1}}, body(","+shown, listed), 413, "a file over 10485760"},
		{"together too large", []file{{"files[0]", "a.txt", 9 << 20}, {"files[1]", "b.txt", 9 << 20}, {"files[2]", "c.txt", 9 << 20}}, body(","+shown, listed), 413, "a request over 26214400"},
		{"eleven", eleven, body(strings.Join(show, ""), strings.Join(list, ",")), 400, "11 files, at most 10"},
		{"a name with a space", []file{{"files[0]", "a b.txt", 1}}, body(`,{"type":13,"file":{"url":"attachment://a b.txt"}}`, `{"id":"0","filename":"a b.txt"}`), 400, "file name"},
		{"not listed", one, body(","+shown, ""), 400, "attachments does not list"},
		{"not shown", one, body("", listed), 400, "nobody sees it"},
		{"shown and not there", nil, body(","+shown, ""), 400, "no file of the message"},
		{"another field", []file{{"file", "a.txt", 1}}, body("", ""), 400, "form part"},
		{"twice", []file{{"files[0]", "a.txt", 1}, {"files[1]", "a.txt", 1}}, body(","+shown, listed+`,{"id":"1","filename":"a.txt"}`), 400, "two files are called"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, Options{Endpoint: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})})
			it := b.sim.Run(b.act, "ask", nil)
			b.callback(it, `{"type":5,"data":{"flags":64}}`)
			var form bytes.Buffer
			w := multipart.NewWriter(&form)
			if err := w.WriteField("payload_json", tt.body); err != nil {
				t.Fatal(err)
			}
			for _, f := range tt.files {
				part, err := w.CreateFormFile(f.field, f.name)
				if err != nil {
					t.Fatal(err)
				}
				part.Write(make([]byte, f.size))
			}
			w.Close()
			req, err := http.NewRequest("PATCH", "https://discord.com/api/v10/webhooks/"+b.sim.AppID()+"/"+it.Token+"/messages/@original", &form)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("User-Agent", "DiscordBot (https://example.org, 1)")
			req.Header.Set("Content-Type", w.FormDataContentType())
			resp, err := (&http.Client{Transport: b.sim.Transport()}).Do(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			faults := strings.Join(b.sim.Faults(), "\n")
			if resp.StatusCode != tt.status || !strings.Contains(faults, tt.fault) || (tt.fault == "") != (faults == "") {
				t.Errorf("status %d, faults %q; want %d and %q", resp.StatusCode, faults, tt.status, tt.fault)
			}
			if tt.status != 200 {
				return
			}
			if m, err := it.Reply(t.Context()); err != nil || len(m.Files()) != 1 || len(m.Files()[0].Data) != tt.files[0].size {
				t.Errorf("the message has %d files", len(m.Files()))
			}
		})
	}
}
