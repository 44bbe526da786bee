package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The REST client. discordgo's has one lock for all edits of interaction
// replies, keeps a rate bucket (with the interaction's token) for every reply
// for ever, sleeps through cancelled contexts on 429, and puts tokens into its
// errors. The bot needs six calls, so it makes them itself.

const (
	apiBase = "https://discord.com/api/v10"

	maxTries     = 5                // of one request, for network errors and 5xx
	maxResponse  = 4 << 20          // bytes read of a response
	unclearWait  = 5 * time.Second  // after a 429 that names no time (Cloudflare's HTML)
	longestRetry = 60 * time.Second // a longer Retry-After is given back as an error
)

// Discord's error codes that the bot tells apart.
const (
	codeUnknownInteraction  = 10062 // later than 3 s
	codeAlreadyAcknowledged = 40060
	codeInvalidWebhookToken = 50027 // later than 15 min
	codeMissingAccess       = 50001
	codeMissingPermissions  = 50013
	codeUnknownChannel      = 10003
	codeUnknownMessage      = 10008
)

// An apiError is a refusal by Discord. It holds neither URL nor body: they have
// tokens and questions in them.
type apiError struct {
	Op     string // what was asked, such as "edit reply"
	Status int    // HTTP status, 0 when no answer came
	Code   int    // Discord's error code, 0 when none was given
}

func (e *apiError) Error() string {
	if e.Status == 0 {
		return "discord: " + e.Op + ": no answer"
	}
	return fmt.Sprintf("discord: %s: status %d, code %d", e.Op, e.Status, e.Code)
}

// errCode returns Discord's error code in err, or 0.
func errCode(err error) int {
	var e *apiError
	if errors.As(err, &e) {
		return e.Code
	}
	return 0
}

// An api calls Discord's REST API for one application. Safe for concurrent use.
type api struct {
	base   string
	token  string
	app    string // application id
	agent  string // User-Agent; Discord wants "DiscordBot (URL, version)" and refuses others
	client *http.Client
	now    func() time.Time

	mu    sync.Mutex
	pause time.Time // no authorized request before then: a global 429
}

// get reads a resource of the bot.
func (a *api) get(ctx context.Context, path string, out any) error {
	return a.do(ctx, call{op: "get " + path, method: http.MethodGet, path: path, auth: true}, out)
}

// putCommands replaces all commands.
func (a *api) putCommands(ctx context.Context, list any) error {
	return a.do(ctx, call{op: "register commands", method: http.MethodPut, path: "/applications/" + a.app + "/commands", body: list, auth: true}, nil)
}

// callback sends the first response to an interaction.
func (a *api) callback(ctx context.Context, id, token string, body any) error {
	err := a.do(ctx, call{op: "respond", method: http.MethodPost, path: "/interactions/" + url.PathEscape(id) + "/" + url.PathEscape(token) + "/callback", body: body}, nil)
	var again *retried
	if errors.As(err, &again) && errCode(err) == codeAlreadyAcknowledged {
		return nil // an earlier try arrived; only its answer was lost
	}
	return err
}

// edit replaces the first response and returns the id of that message.
func (a *api) edit(ctx context.Context, token string, m message) (string, error) {
	var out struct {
		ID string `json:"id"`
	}
	err := a.do(ctx, call{op: "edit reply", method: http.MethodPatch, path: "/webhooks/" + a.app + "/" + url.PathEscape(token) + "/messages/@original", body: m, files: m.files}, &out)
	return out.ID, err
}

// change replaces a message of the bot in a channel, long after the interaction
// that it replied to is over.
func (a *api) change(ctx context.Context, channel, id string, m message) error {
	return a.do(ctx, call{op: "edit message", method: http.MethodPatch, path: "/channels/" + url.PathEscape(channel) + "/messages/" + url.PathEscape(id), body: m, auth: true}, nil)
}

// send posts a message to a channel as the bot and returns its id.
func (a *api) send(ctx context.Context, channel string, m message) (string, error) {
	var out struct {
		ID string `json:"id"`
	}
	err := a.do(ctx, call{op: "send message", method: http.MethodPost, path: "/channels/" + url.PathEscape(channel) + "/messages", body: m, auth: true, once: true}, &out)
	return out.ID, err
}

// A call is one request.
type call struct {
	op, method, path string
	body             any
	files            []upload
	auth             bool
	once             bool // a second try could post twice: only 429 is tried again
}

// retried marks the error of a request that was tried before.
type retried struct{ error }

func (r *retried) Unwrap() error { return r.error }

// do makes a call, again where that helps and ctx allows.
func (a *api) do(ctx context.Context, c call, out any) error {
	var body []byte
	var kind string
	if c.body != nil {
		var err error
		if body, kind, err = encode(c.body, c.files); err != nil {
			return fmt.Errorf("discord: %s: %w", c.op, err)
		}
	}
	for try := 1; ; try++ {
		if c.auth {
			if err := a.waitGlobal(ctx); err != nil {
				return &apiError{Op: c.op}
			}
		}
		wait, err := a.once(ctx, c, body, kind, out)
		if err == nil {
			return nil
		}
		if wait < 0 || ctx.Err() != nil || try >= maxTries {
			return again(err, try)
		}
		if wait == 0 {
			if c.once {
				return err
			}
			wait = 100*time.Millisecond<<(try-1) + rand.N(50*time.Millisecond)
		}
		if end, ok := ctx.Deadline(); ok && time.Until(end) <= wait {
			return again(err, try)
		}
		if sleep(ctx, wait) != nil {
			return again(err, try)
		}
	}
}

func again(err error, try int) error {
	if try > 1 {
		return &retried{err}
	}
	return err
}

// once makes one request. With its error it says how long to wait before
// another: a time that Discord named, 0 for one of the caller's choice, or less
// than 0 when another would be no use.
func (a *api) once(ctx context.Context, c call, body []byte, kind string, out any) (time.Duration, error) {
	req, err := http.NewRequestWithContext(ctx, c.method, a.base+c.path, bytes.NewReader(body))
	if err != nil {
		return -1, &apiError{Op: c.op}
	}
	req.Header.Set("User-Agent", a.agent)
	if body != nil {
		req.Header.Set("Content-Type", kind)
	}
	if c.auth {
		req.Header.Set("Authorization", "Bot "+a.token)
	}
	resp, err := a.client.Do(req)
	if err != nil {
		return 0, &apiError{Op: c.op} // err names the URL, which holds a token
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxResponse))
	if err != nil {
		return 0, &apiError{Op: c.op}
	}
	if resp.StatusCode < 300 {
		if out != nil && json.Unmarshal(raw, out) != nil {
			return -1, &apiError{Op: c.op, Status: resp.StatusCode}
		}
		return 0, nil
	}
	var e struct {
		Code       int     `json:"code"`
		RetryAfter float64 `json:"retry_after"` // seconds
		Global     bool    `json:"global"`
	}
	_ = json.Unmarshal(raw, &e) // Cloudflare's answers are HTML: the status says enough
	fail := &apiError{Op: c.op, Status: resp.StatusCode, Code: e.Code}
	switch {
	case resp.StatusCode == http.StatusTooManyRequests:
		wait := retryAfter(resp.Header, e.RetryAfter)
		if c.auth && (e.Global || resp.Header.Get("X-RateLimit-Global") != "") {
			a.pauseFor(wait)
		}
		if wait > longestRetry {
			return -1, fail
		}
		return wait + rand.N(50*time.Millisecond), fail
	case resp.StatusCode >= 500:
		return 0, fail
	}
	return -1, fail
}

// retryAfter is the time Discord wants between a 429 and the next try.
func retryAfter(h http.Header, inBody float64) time.Duration {
	if inBody > 0 {
		return time.Duration(inBody * float64(time.Second))
	}
	for _, k := range []string{"X-RateLimit-Reset-After", "Retry-After"} {
		if sec, err := strconv.ParseFloat(strings.TrimSpace(h.Get(k)), 64); err == nil && sec > 0 {
			return time.Duration(min(sec, 86400) * float64(time.Second))
		}
	}
	return unclearWait
}

func (a *api) pauseFor(d time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if t := a.now().Add(d); t.After(a.pause) {
		a.pause = t
	}
}

func (a *api) waitGlobal(ctx context.Context) error {
	a.mu.Lock()
	d := a.pause.Sub(a.now())
	a.mu.Unlock()
	return sleep(ctx, d)
}
