package bot

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"time"

	"salve/bot/store"
)

const (
	// ackBy is when a turn that has said nothing yet is deferred for it. Discord
	// gives 3 s from sending to having the reply; this leaves two thirds for the
	// network.
	ackBy = time.Second
	// ackUntil is when a first response is no use any more.
	ackUntil = 2800 * time.Millisecond
	// turnLife bounds one turn; Discord takes edits for 15 min.
	turnLife = time.Minute
)

// errLate reports that the first response came too late for Discord.
var errLate = errors.New("bot: too late for a first response")

// A turn is one interaction being answered. It knows what was sent already: the
// first response is a callback, what follows are edits. All sending is here.
type turn struct {
	bot      *Bot
	in       *interaction
	lang     string
	who      person
	received time.Time
	settings store.Settings

	mu       sync.Mutex
	response *response // nil before there is one
}

// take answers an interaction on the caller's goroutine. ctx is the bot's life;
// a turn that has begun is finished even if that ends.
func (b *Bot) take(ctx context.Context, in *interaction) {
	if !b.seen.first(in.ID) || !b.begin() {
		return
	}
	defer b.turns.Done()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), turnLife)
	defer cancel()
	t := &turn{bot: b, in: in, lang: languageOf(in.Locale), who: b.memory.person(in.userID()), received: b.now()}
	late := time.AfterFunc(ackBy, func() {
		defer b.recovered("deferral")
		t.deferLate(ctx)
	})
	defer late.Stop()
	defer func() {
		if r := recover(); r != nil {
			b.panicked("turn", r)
			t.sorry(ctx)
		}
	}()
	if err := b.route(ctx, t); err != nil {
		b.log.Warn("an interaction was not answered as it should", "kind", in.Kind, "err", err)
		switch {
		case errors.Is(err, errLate), errCode(err) == codeUnknownInteraction,
			errCode(err) == codeAlreadyAcknowledged, errCode(err) == codeInvalidWebhookToken:
			return // nothing can reach the reader any more
		}
		t.sorry(ctx)
	}
}

// A response is a first response under way. err may be read when done is closed.
type response struct {
	done chan struct{}
	err  error
}

// first sends the first response, or reports false when there was one already;
// then it waits until that one is through and returns its error.
func (t *turn) first(ctx context.Context, kind int, data any) (bool, error) {
	t.mu.Lock()
	if r := t.response; r != nil {
		t.mu.Unlock()
		select {
		case <-r.done:
			return false, r.err
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
	r := &response{done: make(chan struct{})}
	t.response = r
	t.mu.Unlock()

	r.err = t.callback(ctx, kind, data)
	if refusedBody(r.err) {
		// Discord did not take this body; it may take that of an apology.
		t.mu.Lock()
		t.response = nil
		t.mu.Unlock()
	}
	close(r.done)
	return true, r.err
}

// callback sends a first response while Discord still takes one.
func (t *turn) callback(ctx context.Context, kind int, data any) error {
	left := ackUntil - t.bot.now().Sub(t.received)
	if left <= 0 {
		return errLate
	}
	ctx, cancel := context.WithTimeout(ctx, left)
	defer cancel()
	return t.bot.api.callback(ctx, t.in.ID, t.in.Token, struct {
		Type int `json:"type"`
		Data any `json:"data,omitempty"`
	}{kind, data})
}

// refusedBody reports whether Discord refused what was said, and not when or by
// whom. It answers 500 to some bodies that break an undocumented limit.
func refusedBody(err error) bool {
	var e *apiError
	return errors.As(err, &e) && e.Code != codeAlreadyAcknowledged &&
		(e.Status == http.StatusBadRequest || e.Status == http.StatusInternalServerError)
}

type flags struct {
	Flags int `json:"flags"`
}

// deferred tells the member that the bot works on it.
func (t *turn) deferred(ctx context.Context, private bool) error {
	f := flags{}
	if private {
		f.Flags = flagEphemeral
	}
	_, err := t.first(ctx, replyDeferred, f)
	return err
}

// deferLate defers a turn whose handler has not spoken in time.
func (t *turn) deferLate(ctx context.Context) {
	t.mu.Lock()
	spoken := t.response != nil
	t.mu.Unlock()
	switch {
	case spoken:
	case t.in.Kind == kindAutocomplete:
		t.choices(ctx, nil) // cannot be deferred: nothing to suggest is an answer
	default:
		t.deferred(ctx, true)
	}
}

// reply sends a private message, or edits the reply if there is one.
func (t *turn) reply(ctx context.Context, m message) error { return t.say(ctx, m, true) }

// say sends a message, or edits the reply, whose visibility cannot change, if
// there is one.
func (t *turn) say(ctx context.Context, m message, private bool) error {
	data := m
	if private {
		data.Flags |= flagEphemeral
	}
	if len(m.files) > 0 { // only an edit takes them along
		if err := t.deferred(ctx, private); err != nil {
			return err
		}
	}
	if first, err := t.first(ctx, replyMessage, data); first || err != nil {
		return err
	}
	_, err := t.bot.api.edit(ctx, t.in.Token, m)
	return err
}

// update changes the message whose button was pressed.
func (t *turn) update(ctx context.Context, m message) error {
	if first, err := t.first(ctx, replyUpdate, m); first || err != nil {
		return err
	}
	_, err := t.bot.api.edit(ctx, t.in.Token, m)
	return err
}

// choices answers an autocomplete. An empty list is sent as one: Discord shows
// an error when it is left out.
func (t *turn) choices(ctx context.Context, list []choice) error {
	if list == nil {
		list = []choice{}
	}
	_, err := t.first(ctx, replyChoices, struct {
		Choices []choice `json:"choices"`
	}{list})
	return err
}

// open opens a modal, which only a first response can.
func (t *turn) open(ctx context.Context, m modal) error {
	if first, err := t.first(ctx, replyModal, m); first || err != nil {
		return err
	}
	return t.tell(ctx, "again") // the turn was deferred meanwhile
}

// sorry tells the reader, if that is still possible, that something failed.
func (t *turn) sorry(ctx context.Context) {
	defer t.bot.recovered("apology")
	if t.in.Kind == kindAutocomplete {
		t.choices(ctx, nil)
		return
	}
	if err := t.reply(ctx, plain(tr(t.lang, "failed"))); err != nil {
		t.bot.log.Warn("an apology did not arrive", "err", err)
	}
}

// tell sends a private line of the catalogue.
func (t *turn) tell(ctx context.Context, key string, args ...any) error {
	return t.reply(ctx, plain(tr(t.lang, key, args...)))
}

// stack is where a panic came from: function names only, which hold no data.
func stack() string {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	var out []string
	for {
		f, more := frames.Next()
		if strings.HasPrefix(f.Function, "salve/") {
			out = append(out, f.Function)
		}
		if !more {
			return strings.Join(out, " < ")
		}
	}
}
