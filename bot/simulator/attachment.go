package simulator

import (
	"net/http"
	"net/url"
)

// An Attachment is a file a member gives as the value of an option. It is
// served at an address of Discord's CDN, which [Simulator.Transport] leads to
// the simulator.
type Attachment struct {
	Name string // as the member's computer names it
	Type string // the content type Discord tells; none when empty
	Data []byte // what the CDN serves
	Size int    // the size Discord tells, in bytes; that of Data when 0
}

// Sub is the value of a subcommand: its options by name.
type Sub Values

// cdnPath is where the files of commands are, on cdn.discordapp.com.
const cdnPath = "/ephemeral-attachments/"

// attach keeps the files among the values, those of subcommands too, and returns
// the values with ids in their places, and what Discord resolves the ids to.
func (s *Simulator) attach(v Values) (Values, map[string]any) {
	out, resolved := Values{}, map[string]any{}
	for name, val := range v {
		switch val := val.(type) {
		case Attachment:
			s.mu.Lock()
			id := s.snowflake()
			if s.files == nil {
				s.files = map[string]Attachment{}
			}
			s.files[id] = val
			s.mu.Unlock()
			out[name] = attachmentID(id)
			resolved[id] = val.raw(id)
		case Sub:
			inner, more := s.attach(Values(val))
			out[name] = Sub(inner)
			for id, a := range more {
				resolved[id] = a
			}
		default:
			out[name] = val
		}
	}
	return out, resolved
}

// attachmentID is the value of an attachment option as Discord sends it.
type attachmentID string

func (a Attachment) raw(id string) map[string]any {
	size := a.Size
	if size == 0 {
		size = len(a.Data)
	}
	at := "https://cdn.discordapp.com" + cdnPath + id + "/" + url.PathEscape(a.Name)
	m := map[string]any{"id": id, "filename": a.Name, "size": size, "url": at, "proxy_url": at, "ephemeral": true}
	if a.Type != "" {
		m["content_type"] = a.Type
	}
	return m
}

// getFile is the CDN. It asks for no token and no user agent, as Discord's.
func (s *Simulator) getFile(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	a, ok := s.files[r.PathValue("id")]
	s.mu.Unlock()
	if !ok || r.PathValue("name") != a.Name {
		http.Error(w, "This content is no longer available.", http.StatusNotFound)
		return
	}
	if a.Type != "" {
		w.Header().Set("Content-Type", a.Type)
	}
	w.Write(a.Data)
}
