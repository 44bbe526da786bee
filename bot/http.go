package bot

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/bwmarrin/discordgo"
)

const (
	// maxBody bounds an interaction, in bytes. The largest is a modal or a message
	// command: a few texts of 4,000 characters and their envelope.
	maxBody = 256 << 10
	// maxAge is how far a signed timestamp may be from our clock. A first response
	// is void after 3 s, so an older request is a replay or a clock that is wrong.
	maxAge = 30 * time.Second
)

// publicKey reads an application's public key.
func publicKey(s string) (ed25519.PublicKey, error) {
	raw, err := hex.DecodeString(s)
	if err != nil || len(raw) != ed25519.PublicKeySize {
		return nil, errors.New("bot: the public key is not 64 hex digits; copy it from the Discord Developer Portal, General Information page")
	}
	return raw, nil
}

// Handler serves Discord's HTTP interactions endpoint, the alternative to the
// gateway. Every request must be signed by the application's key. It answers 202
// and sends the replies through REST as in gateway mode, so that both ways share
// every line behind it. Without Config.PublicKey it refuses every request.
//
// Call [Bot.Register] once beside it, and [Bot.Drain] after the server stopped.
func (b *Bot) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer b.recovered("endpoint")
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			http.Error(w, "only POST is served here", http.StatusMethodNotAllowed)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			http.Error(w, "the body is too large", http.StatusRequestEntityTooLarge)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		if !b.signed(r) {
			http.Error(w, "invalid request signature", http.StatusUnauthorized)
			return
		}
		in, err := decode(body)
		if err != nil {
			http.Error(w, "not an interaction", http.StatusBadRequest)
			return
		}
		if in.Kind == kindPing {
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, `{"type":1}`)
			return
		}
		w.WriteHeader(http.StatusAccepted)
		// The request's context ends with this function; the turn has its own.
		go func() {
			defer b.recovered("interaction")
			b.take(context.WithoutCancel(r.Context()), in)
		}()
	})
}

// signed reports whether Discord signed the request, lately. discordgo checks
// the signature but neither the age nor the key's length.
func (b *Bot) signed(r *http.Request) bool {
	if len(b.key) != ed25519.PublicKeySize {
		return false
	}
	at, err := strconv.ParseInt(r.Header.Get("X-Signature-Timestamp"), 10, 64)
	if err != nil {
		return false
	}
	if age := b.now().Sub(time.Unix(at, 0)); age > maxAge || age < -maxAge {
		return false
	}
	return discordgo.VerifyInteraction(r, b.key)
}

// Drain waits, for a while, until the replies under way are sent. Interactions
// that come later are dropped.
func (b *Bot) Drain() { b.drain() }
