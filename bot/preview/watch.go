package preview

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"salve/bot/answer"
	"salve/bot/library"
	"salve/bot/triage"
)

// A watch stands between the bot and what it uses, and keeps the last of each
// for the inspector: in memory, never written.
type watch struct {
	shelf *library.Shelf
	base  http.RoundTripper

	mu     sync.Mutex
	serial int
	triage *assessed
	answer *explained
	sent   []sent // newest last
}

type assessed struct {
	Urgency string   `json:"urgency"`
	Reason  string   `json:"reason"`
	Words   []string `json:"words"`
	Chance  float64  `json:"chance"`
	Ms      float64  `json:"ms"`
}

type explained struct {
	Question   string      `json:"question"`
	Previous   []string    `json:"previous"`
	Kind       string      `json:"kind"`
	Rule       string      `json:"rule"`
	Bar        float64     `json:"bar"`
	Lane       float64     `json:"lane"`
	Coverage   float64     `json:"coverage"`
	Ms         float64     `json:"ms"`
	Language   string      `json:"language"`
	Words      []word      `json:"words"`
	Intents    []string    `json:"intents"`
	Entities   []string    `json:"entities"`
	Unknown    []string    `json:"unknown"`
	Candidates []candidate `json:"candidates"`
}

type word struct {
	Text   string  `json:"text"`
	As     string  `json:"as"`
	Weight float64 `json:"weight"`
}

type candidate struct {
	Passage     string   `json:"passage"`
	Text        string   `json:"text"`
	Score       float64  `json:"score"`
	Probability float64  `json:"probability"`
	Coverage    float64  `json:"coverage"`
	Missing     []string `json:"missing"`
	Parts       []part   `json:"parts"`
}

type part struct {
	Name   string  `json:"name"`
	Points float64 `json:"points"`
}

// sent is a request of the bot to Discord.
type sent struct {
	Request string          `json:"request"`
	Bytes   int             `json:"bytes"`
	Body    json.RawMessage `json:"body"`
	Ms      float64         `json:"ms"`
}

const (
	maxSent       = 12 // requests kept
	maxCandidates = 6  // shown of a search
)

func newWatch(s *library.Shelf, base http.RoundTripper) *watch {
	return &watch{shelf: s, base: base}
}

func milliseconds(since time.Time) float64 { return float64(time.Since(since).Microseconds()) / 1000 }

// assess is triage.Assess, kept.
func (w *watch) assess(text, locale string) triage.Assessment {
	start := time.Now()
	a := triage.Assess(text, locale)
	x := &assessed{Urgency: a.Urgency.String(), Reason: a.Reason(), Words: a.Words, Chance: a.Chance, Ms: milliseconds(start)}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.triage, w.answer = x, nil
	w.serial++
	return a
}

// Answer is the composer's, kept with its reasons.
func (w *watch) Answer(ctx context.Context, q answer.Question) (answer.Answer, error) {
	start := time.Now()
	a, ex, err := w.shelf.Composer(q.Server).Explain(ctx, q)
	u := ex.Result.Understanding
	x := &explained{Question: q.Text, Previous: q.Previous, Kind: string(a.Kind), Rule: ex.Rule, Bar: ex.Bar, Lane: ex.Lane,
		Coverage: a.Coverage, Ms: milliseconds(start), Language: u.Language, Entities: u.Entities, Unknown: append(append([]string{}, u.Unknown...), u.Foreign...)}
	for _, v := range u.Words {
		x.Words = append(x.Words, word{v.Text, v.As, v.Weight})
	}
	for _, g := range u.Intents {
		x.Intents = append(x.Intents, string(g.Intent))
	}
	for i, h := range ex.Result.Hits {
		if i == maxCandidates {
			break
		}
		c := candidate{Passage: h.Passage.ID, Text: h.Passage.Text, Score: h.Score, Probability: h.Probability, Coverage: h.Coverage, Missing: h.Missing}
		for _, v := range h.Parts() {
			c.Parts = append(c.Parts, part{v.Name, v.Points})
		}
		x.Candidates = append(x.Candidates, c)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answer = x
	w.serial++
	return a, err
}

// RoundTrip passes a request on and keeps its body; ids and tokens are left out
// of its path.
func (w *watch) RoundTrip(req *http.Request) (*http.Response, error) {
	var body []byte
	if req.Body != nil {
		var err error
		if body, err = io.ReadAll(req.Body); err != nil {
			return nil, err
		}
		req.Body.Close()
		req = req.Clone(req.Context())
		req.Body = io.NopCloser(bytes.NewReader(body))
	}
	start := time.Now()
	resp, err := w.base.RoundTrip(req)
	if json.Valid(body) && !strings.Contains(req.URL.Path, "/applications/") {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.sent = append(w.sent, sent{req.Method + " " + route(req.URL.Path), len(body), body, milliseconds(start)})
		w.sent = w.sent[max(0, len(w.sent)-maxSent):]
		w.serial++
	}
	return resp, err
}

// route is a path of the API with a star for each id and token.
func route(path string) string {
	parts := strings.Split(path, "/")
	for i, s := range parts {
		if len(s) > 15 {
			parts[i] = "*"
		}
	}
	return strings.Join(parts, "/")
}

// An inspection is what the inspector shows.
type inspection struct {
	Triage *assessed  `json:"triage"`
	Answer *explained `json:"answer"`
	Sent   []sent     `json:"sent"`
	Faults []string   `json:"faults"` // rules of Discord's that the bot broke
}

func (w *watch) now() inspection {
	w.mu.Lock()
	defer w.mu.Unlock()
	return inspection{Triage: w.triage, Answer: w.answer, Sent: append([]sent{}, w.sent...)}
}
