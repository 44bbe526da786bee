package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	flagEphemeral    = 1 << 6
	flagComponentsV2 = 1 << 15
)

var (
	apiPrefix = regexp.MustCompile(`^/api/v\d+`)
	userAgent = regexp.MustCompile(`^DiscordBot \(.+, .+\)`)
	// A user agent that begins so but names no URL is refused by Discord too (40333).
	idOrToken = regexp.MustCompile(`/(\d{5,}|tok-[^/]+)`)
)

// routes is REST v10, and the gateway at "/".
func (s *Simulator) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.serveGateway)
	bot := func(h http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "Bot "+s.opt.Token {
				refuse(w, http.StatusUnauthorized, 0, "401: Unauthorized")
				return
			}
			h(w, r)
		}
	}
	mux.HandleFunc("GET /gateway", func(w http.ResponseWriter, r *http.Request) {
		reply(w, 200, map[string]any{"url": s.gatewayURL()})
	})
	mux.HandleFunc("GET /gateway/bot", bot(s.getGatewayBot))
	mux.HandleFunc("GET /applications/@me", bot(func(w http.ResponseWriter, r *http.Request) {
		reply(w, 200, map[string]any{"id": s.opt.AppID, "name": "Salve", "verify_key": fmt.Sprintf("%x", s.pub)})
	}))
	mux.HandleFunc("PUT /applications/{app}/commands", bot(s.putCommands))
	mux.HandleFunc("POST /interactions/{id}/{token}/callback", s.postCallback)
	mux.HandleFunc("PATCH /webhooks/{app}/{token}/messages/@original", s.patchOriginal)
	mux.HandleFunc("GET /webhooks/{app}/{token}/messages/@original", s.getOriginal)
	mux.HandleFunc("DELETE /webhooks/{app}/{token}/messages/@original", s.deleteOriginal)
	mux.HandleFunc("POST /webhooks/{app}/{token}", s.postFollowup)
	mux.HandleFunc("POST /channels/{channel}/messages", bot(s.postMessage))
	mux.HandleFunc("PATCH /channels/{channel}/messages/{message}", bot(s.patchMessage))
	mux.HandleFunc("GET "+cdnPath+"{id}/{name}", s.getFile)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, cdnPath) {
			mux.ServeHTTP(w, r)
			return
		}
		r.URL.Path = apiPrefix.ReplaceAllString(r.URL.Path, "")
		if r.URL.Path == "/" {
			mux.ServeHTTP(w, r)
			return
		}
		route := idOrToken.ReplaceAllString(r.URL.Path, "/*")
		s.mu.Lock()
		if !s.opt.Forgetful {
			s.requests = append(s.requests, r.Method+" "+route)
		}
		s.touch()
		s.mu.Unlock()
		if s.opt.Resolve != nil {
			if f := s.opt.Resolve(r.Method, route); f != nil {
				io.Copy(io.Discard, r.Body)
				f.send(w)
				return
			}
		}
		if !userAgent.MatchString(r.Header.Get("User-Agent")) {
			refuse(w, http.StatusForbidden, 40333, "internal network error")
			return
		}
		mux.ServeHTTP(w, r)
	})
}

func (f *Refusal) send(w http.ResponseWriter) {
	if f.Status == 0 {
		panic(http.ErrAbortHandler) // cuts the connection
	}
	if f.Status == http.StatusTooManyRequests {
		sec := strconv.FormatFloat(f.RetryAfter.Seconds(), 'f', 3, 64)
		h := w.Header()
		h.Set("Retry-After", strconv.Itoa(int((f.RetryAfter+time.Second-1)/time.Second)))
		h.Set("X-RateLimit-Reset-After", sec)
		h.Set("X-RateLimit-Limit", "5")
		h.Set("X-RateLimit-Remaining", "0")
		h.Set("X-RateLimit-Scope", "user")
		if f.Global {
			h.Set("X-RateLimit-Global", "true")
			h.Set("X-RateLimit-Scope", "global")
		}
		if f.Body == "" {
			reply(w, f.Status, map[string]any{"message": "You are being rate limited.", "retry_after": f.RetryAfter.Seconds(), "global": f.Global})
			return
		}
	}
	if f.Body != "" {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(f.Status)
		io.WriteString(w, f.Body)
		return
	}
	refuse(w, f.Status, 0, http.StatusText(f.Status))
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if v != nil {
		json.NewEncoder(w).Encode(v)
	}
}

func refuse(w http.ResponseWriter, status, code int, message string) {
	reply(w, status, map[string]any{"code": code, "message": message})
}

func (s *Simulator) botUser() map[string]any {
	return map[string]any{"id": s.opt.AppID, "username": "salve", "discriminator": "0000", "global_name": nil, "avatar": nil, "bot": true}
}

func (s *Simulator) getGatewayBot(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	left := max(0, s.opt.Identifies-s.count.Identified)
	s.mu.Unlock()
	reply(w, 200, map[string]any{
		"url": s.gatewayURL(), "shards": s.opt.Shards,
		"session_start_limit": map[string]any{"total": s.opt.Identifies, "remaining": left, "reset_after": 3600_000, "max_concurrency": 1},
	})
}

// body reads a JSON body, and the files beside it, and holds them against the
// schema and the rules. It answers the request itself, and returns false, when
// they are refused.
func (s *Simulator) body(w http.ResponseWriter, r *http.Request, op string, state bodyState) (map[string]any, []Attachment, bool) {
	raw, files, faults, err := form(w, r)
	if err != nil {
		s.mu.Lock()
		s.fault("%s: a request over %d bytes, or a file over %d", op, maxRequest, maxFile)
		s.mu.Unlock()
		refuse(w, http.StatusRequestEntityTooLarge, 40005, "Request entity too large")
		return nil, nil, false
	}
	var v any
	dec := json.NewDecoder(bytes.NewReader(raw))
	if err := dec.Decode(&v); err != nil {
		s.mu.Lock()
		s.fault("%s: not JSON: %v", op, err)
		s.mu.Unlock()
		refuse(w, http.StatusBadRequest, 50109, "The request body contains invalid JSON.")
		return nil, nil, false
	}
	if s.opt.Schema != nil {
		if err := s.opt.Schema.Check(op, raw); err != nil {
			faults = append(faults, err.Error())
		}
	}
	faults = append(faults, Check(op, v, state.editsV2)...)
	m, _ := v.(map[string]any)
	said := m
	if data, ok := m["data"].(map[string]any); ok && op == opCallback {
		said = data
	}
	faults = append(faults, checkFiles(said, files, state.files)...)
	if len(faults) > 0 {
		s.mu.Lock()
		for _, f := range faults {
			s.fault("%s: %s", op, f)
		}
		s.mu.Unlock()
		if over := byteBudget(v); over > 10170 {
			refuse(w, http.StatusInternalServerError, 0, "500: Internal Server Error")
			return nil, nil, false
		}
		refuse(w, http.StatusBadRequest, 50035, "Invalid Form Body: "+strings.Join(faults, "; "))
		return nil, nil, false
	}
	return m, files, true
}

// bodyState is what a rule needs to know beside the body.
type bodyState struct {
	editsV2 bool         // the message being edited has the Components V2 flag already
	files   []Attachment // of the message being edited
}

func (s *Simulator) putCommands(w http.ResponseWriter, r *http.Request) {
	if r.PathValue("app") != s.opt.AppID {
		refuse(w, http.StatusForbidden, 20012, "You are not authorized to perform this action on this application")
		return
	}
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	var list []map[string]any
	if err := json.Unmarshal(raw, &list); err != nil {
		refuse(w, http.StatusBadRequest, 50109, "The request body contains invalid JSON.")
		return
	}
	var faults []string
	if s.opt.Schema != nil {
		if err := s.opt.Schema.Check(opCommands, raw); err != nil {
			faults = append(faults, err.Error())
		}
	}
	faults = append(faults, CheckCommands(list)...)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(faults) > 0 {
		for _, f := range faults {
			s.fault("%s: %s", opCommands, f)
		}
		refuse(w, http.StatusBadRequest, 50035, "Invalid Form Body: "+strings.Join(faults, "; "))
		return
	}
	for _, c := range list {
		c["id"] = s.snowflake()
	}
	s.commands = list
	s.touch()
	reply(w, 200, list)
}

func (s *Simulator) postMessage(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	ch := s.channels[r.PathValue("channel")]
	s.mu.Unlock()
	if ch == nil {
		refuse(w, http.StatusNotFound, 10003, "Unknown Channel")
		return
	}
	if ch.Hidden {
		refuse(w, http.StatusForbidden, 50001, "Missing Access")
		return
	}
	if ch.NoSend {
		refuse(w, http.StatusForbidden, 50013, "Missing Permissions")
		return
	}
	m, files, ok := s.body(w, r, opMessage, bodyState{})
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	msg := s.newMessage(m, files, ch, false)
	s.messages = append(s.messages, msg)
	s.touch()
	reply(w, 200, msg.raw(s))
}

func (s *Simulator) patchMessage(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	ch := s.channels[r.PathValue("channel")]
	var msg *Message
	for _, x := range s.messages {
		if x.ID == r.PathValue("message") && x.Channel.ID == r.PathValue("channel") {
			msg = x
		}
	}
	state := msg.state()
	s.mu.Unlock()
	switch { // an edit of one's own message needs to see the channel, not to write in it
	case ch == nil:
		refuse(w, http.StatusNotFound, 10003, "Unknown Channel")
		return
	case ch.Hidden:
		refuse(w, http.StatusForbidden, 50001, "Missing Access")
		return
	case msg == nil:
		refuse(w, http.StatusNotFound, 10008, "Unknown Message")
		return
	}
	m, files, ok := s.body(w, r, opEdit, state)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	msg.apply(m, files)
	s.touch()
	reply(w, 200, msg.raw(s))
}
