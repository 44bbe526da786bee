package preview

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"mime"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

//go:embed page
var page embed.FS

// policy lets the page load its own files and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

// maxBody is the longest request of the page, in bytes: a file of 10 MiB,
// Discord's own limit, in base64.
const maxBody = 14 << 20

// Handler serves the page. It answers only requests addressed to localhost, to
// an IP address or to a name in also, and only from its own page, so that no
// other web page can use the bot through a name that it points here.
func (p *Preview) Handler(also ...string) http.Handler {
	files, err := fs.Sub(page, "page")
	if err != nil {
		panic(err) // the folder is part of the binary
	}
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServerFS(files))
	mux.HandleFunc("GET /api/start", func(w http.ResponseWriter, r *http.Request) { send(w, p.start()) })
	mux.HandleFunc("GET /api/events", p.events)
	mux.HandleFunc("POST /api/act", p.postAct)
	mux.HandleFunc("GET /api/file", p.getFile)
	mux.HandleFunc("GET /api/inspect", func(w http.ResponseWriter, r *http.Request) {
		x := p.watch.now()
		x.Faults = p.sim.Faults()
		send(w, x)
	})
	mux.HandleFunc("GET /api/library", func(w http.ResponseWriter, r *http.Request) { send(w, p.library()) })
	mux.HandleFunc("GET /api/curve", func(w http.ResponseWriter, r *http.Request) { send(w, p.curve()) })
	return guard(mux, also)
}

// guard sets the headers that confine the page, and refuses foreign names and
// foreign pages.
func guard(next http.Handler, also []string) http.Handler {
	// A number cannot be pointed elsewhere; only names can.
	ours := func(host string) bool {
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		host = strings.Trim(host, "[]")
		return host == "localhost" || net.ParseIP(host) != nil || host != "" && slices.Contains(also, host)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if !ours(r.Host) {
			http.Error(w, "this page is served to this machine only; open the address that salve printed", http.StatusForbidden)
			return
		}
		if origin := r.Header.Get("Origin"); origin != "" {
			if u, err := url.Parse(origin); err != nil || u.Host != r.Host {
				http.Error(w, "another page may not use this one", http.StatusForbidden)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

func send(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // the page went away
}

// start is what the page needs once.
func (p *Preview) start() any {
	return map[string]any{"servers": p.servers, "commands": p.sim.Commands(),
		"members": map[string]string{"member": p.users["member"].Name, "moderator": p.users["moderator"].Name, "second": p.users["second"].Name}}
}

func (p *Preview) postAct(w http.ResponseWriter, r *http.Request) {
	var a action
	if r.Header.Get("Content-Type") != "application/json" {
		http.Error(w, "send JSON", http.StatusUnsupportedMediaType)
		return
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&a); err != nil {
		http.Error(w, "this is no act the page can send, or it is too long", http.StatusBadRequest)
		return
	}
	out, err := p.act(r.Context(), a)
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	send(w, out)
}

// getFile gives a file of a reply to the role that may see it, to be saved and
// not shown.
func (p *Preview) getFile(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if m := p.message(q.Get("message"), q.Get("channel"), q.Get("role")); m != nil {
		for _, f := range m.Files() {
			if f.Name == q.Get("name") {
				w.Header().Set("Content-Type", "application/octet-stream")
				w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
				_, _ = w.Write(f.Data) // the page went away
				return
			}
		}
	}
	http.Error(w, "there is no such file; reload the page", http.StatusNotFound)
}

// events streams the entries of a channel, whole, at every change.
func (p *Preview) events(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	c, role := p.channel(q.Get("channel")), q.Get("role")
	if c == nil || c.Mods && role == "member" {
		http.Error(w, "there is no such channel", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	flush := http.NewResponseController(w)
	var last string
	for {
		changed := p.sim.Changed()
		p.mu.Lock()
		woken := p.woken
		p.mu.Unlock()
		now, err := json.Marshal(p.entries(c.ID, role))
		if err != nil {
			return
		}
		if string(now) != last {
			last = string(now)
			if _, err := fmt.Fprintf(w, "data: %s\n\n", now); err != nil || flush.Flush() != nil {
				return
			}
		}
		select {
		case <-changed:
		case <-woken:
		case <-r.Context().Done():
			return
		}
	}
}
