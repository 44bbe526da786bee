package simulator

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// Discord's limits on the files of a message.
const (
	maxFiles   = 10
	maxFile    = 10 << 20 // bytes, in a server without boosts
	maxRequest = 25 << 20 // bytes of a request
)

// fileName is what "attachment://" may refer to.
var fileName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,260}$`)

// errTooLarge reports a request or a file over its limit.
var errTooLarge = errors.New("too large")

// form reads the body of a request: JSON, or a form of payload_json and files.
// faults are the rules that the form breaks.
func form(w http.ResponseWriter, r *http.Request) (raw []byte, files []Attachment, faults []string, err error) {
	body := http.MaxBytesReader(w, r.Body, maxRequest)
	kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "multipart/form-data" {
		if raw, err = io.ReadAll(body); err != nil {
			err = errTooLarge
		}
		return raw, nil, nil, err
	}
	parts := multipart.NewReader(body, params["boundary"])
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return raw, files, faults, nil
		}
		if err != nil {
			return nil, nil, nil, errTooLarge
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return nil, nil, nil, errTooLarge
		}
		name := part.FormName()
		switch {
		case name == "payload_json":
			raw = data
		case name != fmt.Sprintf("files[%d]", len(files)):
			faults = append(faults, fmt.Sprintf("form part %q; want payload_json or files[%d]", name, len(files)))
		case len(data) > maxFile:
			return nil, nil, nil, errTooLarge
		default:
			files = append(files, Attachment{Name: part.FileName(), Type: part.Header.Get("Content-Type"), Data: data})
		}
	}
}

// checkFiles holds the files of a message against what its body says of them.
// kept are those that the message has already.
func checkFiles(body map[string]any, files, kept []Attachment) (faults []string) {
	bad := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	if len(files) > maxFiles {
		bad("%d files, at most %d", len(files), maxFiles)
	}
	names := map[string]bool{}
	for _, f := range kept {
		names[f.Name] = true
	}
	for i, f := range files {
		if !fileName.MatchString(f.Name) {
			bad("file name %q: attachment:// refers to letters, digits, dots, underscores and hyphens only", f.Name)
		}
		if names[f.Name] {
			bad("two files are called %q", f.Name)
		}
		names[f.Name] = true
		found := false
		for _, a := range list(body["attachments"]) {
			a, _ := a.(map[string]any)
			found = found || a["id"] == fmt.Sprint(i) && a["filename"] == f.Name
		}
		if !found {
			bad("attachments does not list file %d, %q", i, f.Name)
		}
	}
	shown := map[string]bool{}
	walk(list(body["components"]), func(c map[string]any) {
		if number(c["type"]) != 13 {
			return
		}
		media, _ := c["file"].(map[string]any)
		at, _ := media["url"].(string)
		name, ok := strings.CutPrefix(at, "attachment://")
		if !ok || !names[name] {
			bad("a file component shows %q, which is no file of the message", at)
		}
		shown[name] = true
	})
	for _, f := range files {
		if !shown[f.Name] && int(number(body["flags"]))&flagComponentsV2 != 0 {
			bad("file %q is in no component: nobody sees it", f.Name)
		}
	}
	return faults
}

// Files returns the files of the message.
func (m *Message) Files() []Attachment {
	m.sim.mu.Lock()
	defer m.sim.mu.Unlock()
	return append([]Attachment(nil), m.files...)
}

// attached are the files of the message as its object lists them. The caller
// holds s.mu.
func (m *Message) attached() []any {
	out := []any{}
	for _, f := range m.files {
		at := "https://cdn.discordapp.com/attachments/" + m.Channel.ID + "/" + m.ID + "/" + url.PathEscape(f.Name)
		out = append(out, map[string]any{"id": m.ID, "filename": f.Name, "size": len(f.Data), "content_type": f.Type, "url": at, "proxy_url": at})
	}
	return out
}
