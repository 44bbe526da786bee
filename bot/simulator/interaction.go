package simulator

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// Interaction types and callback types, as Discord numbers them.
const (
	typeCommand      = 2
	typeComponent    = 3
	typeAutocomplete = 4
	typeModal        = 5

	replyMessage        = 4
	replyDeferred       = 5
	replyDeferredUpdate = 6
	replyUpdate         = 7
	replyChoices        = 8
	replyModal          = 9
)

// An Interaction is one act of a member and what the bot made of it. Its
// fields are read through methods, which are safe while the bot still works.
type Interaction struct {
	ID    string
	Token string

	sim      *Simulator
	kind     int
	user     *User
	channel  *Channel
	userApp  bool // the app is installed by the user only, so follow-ups are capped
	created  time.Time
	acked    int // callback type, 0 before
	ackedAt  time.Time
	private  bool
	pending  bool // deferred and not yet edited
	original *Message
	edits    int
	follow   []*Message
	choices  []Choice
	modal    map[string]any
	source   *Message // the message whose component was used

	delivered bool // it went out to a connection, or to the endpoint
}

// A Choice is one suggestion of an autocomplete.
type Choice struct {
	Name  string
	Value any
}

func (s *Simulator) postCallback(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	it := s.calls[r.PathValue("id")]
	now := s.opt.Now()
	switch {
	case it == nil || it.Token != r.PathValue("token") || (it.acked == 0 && now.Sub(it.created) > ackWithin):
		s.fault("callback: unknown interaction, or later than 3 s")
		s.mu.Unlock()
		refuse(w, http.StatusNotFound, 10062, "Unknown interaction")
		return
	case it.acked != 0:
		s.fault("callback: interaction acknowledged twice")
		s.mu.Unlock()
		refuse(w, http.StatusBadRequest, 40060, "Interaction has already been acknowledged.")
		return
	}
	state := it.source.state()
	s.mu.Unlock()
	m, files, ok := s.body(w, r, opCallback, state)
	if !ok {
		return
	}
	kind := int(number(m["type"]))
	data, _ := m["data"].(map[string]any)

	s.mu.Lock()
	defer s.mu.Unlock()
	if it.acked != 0 {
		s.fault("callback: interaction acknowledged twice")
		refuse(w, http.StatusBadRequest, 40060, "Interaction has already been acknowledged.")
		return
	}
	if why := it.mayReply(kind); why != "" {
		s.fault("callback: %s", why)
		refuse(w, http.StatusBadRequest, 50035, "Invalid Form Body: "+why)
		return
	}
	it.acked, it.ackedAt = kind, now
	switch kind {
	case replyMessage:
		it.private = int(number(data["flags"]))&flagEphemeral != 0
		it.original = s.newMessage(data, files, it.channel, it.private)
		s.publish(it.original)
	case replyDeferred:
		it.private = int(number(data["flags"]))&flagEphemeral != 0
		it.pending = true
	case replyDeferredUpdate:
		it.original = it.source
	case replyUpdate:
		it.original = it.source
		it.source.apply(data, files)
	case replyChoices:
		for _, c := range list(data["choices"]) {
			c, _ := c.(map[string]any)
			name, _ := c["name"].(string)
			it.choices = append(it.choices, Choice{Name: name, Value: c["value"]})
		}
	case replyModal:
		it.modal = data
	}
	s.touch()
	if r.URL.Query().Get("with_response") != "true" {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	about := map[string]any{"id": it.ID, "type": it.kind, "response_message_loading": it.pending, "response_message_ephemeral": it.private}
	resource := map[string]any{"type": kind}
	if it.original != nil && (kind == replyMessage || kind == replyUpdate) {
		about["response_message_id"] = it.original.ID
		resource["message"] = it.original.raw(s)
	}
	reply(w, 200, map[string]any{"interaction": about, "resource": resource})
}

// mayReply says why a callback type does not fit the interaction, or "".
func (it *Interaction) mayReply(kind int) string {
	switch {
	case kind == replyChoices && it.kind != typeAutocomplete:
		return "choices answer an autocomplete only"
	case it.kind == typeAutocomplete && kind != replyChoices:
		return "an autocomplete is answered by choices only"
	case kind == replyModal && it.kind == typeModal:
		return "a modal cannot answer a modal"
	case (kind == replyDeferredUpdate || kind == replyUpdate) && it.source == nil:
		return "there is no message to update"
	}
	return ""
}

// webhook finds the interaction of a token that may still be used, or answers
// the request itself and returns nil.
func (s *Simulator) webhook(w http.ResponseWriter, r *http.Request) *Interaction {
	s.mu.Lock()
	defer s.mu.Unlock()
	it := s.tokens[r.PathValue("token")]
	switch {
	case it == nil || r.PathValue("app") != s.opt.AppID:
		s.fault("webhook: unknown token or application")
		refuse(w, http.StatusNotFound, 10015, "Unknown Webhook")
	case s.opt.Now().Sub(it.created) > tokenLife:
		s.fault("webhook: token older than 15 minutes")
		refuse(w, http.StatusUnauthorized, 50027, "Invalid Webhook Token")
	case it.acked == 0:
		s.fault("webhook: used before the interaction was acknowledged")
		refuse(w, http.StatusNotFound, 10015, "Unknown Webhook")
	default:
		return it
	}
	return nil
}

func (s *Simulator) patchOriginal(w http.ResponseWriter, r *http.Request) {
	it := s.webhook(w, r)
	if it == nil {
		return
	}
	s.mu.Lock()
	state := it.original.state()
	exists := it.original != nil || it.pending
	s.mu.Unlock()
	if !exists {
		refuse(w, http.StatusNotFound, 10008, "Unknown Message")
		return
	}
	m, files, ok := s.body(w, r, opEditOriginal, state)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	it.edits++
	if it.pending {
		it.pending = false
		it.original = s.newMessage(m, files, it.channel, it.private)
		s.publish(it.original)
	} else {
		it.original.apply(m, files)
	}
	s.touch()
	reply(w, 200, it.original.raw(s))
}

// getOriginal tells the first response, whose id a callback does not give.
func (s *Simulator) getOriginal(w http.ResponseWriter, r *http.Request) {
	it := s.webhook(w, r)
	if it == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if it.original == nil {
		refuse(w, http.StatusNotFound, 10008, "Unknown Message")
		return
	}
	reply(w, 200, it.original.raw(s))
}

func (s *Simulator) deleteOriginal(w http.ResponseWriter, r *http.Request) {
	it := s.webhook(w, r)
	if it == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	it.original = nil
	s.touch()
	w.WriteHeader(http.StatusNoContent)
}

func (s *Simulator) postFollowup(w http.ResponseWriter, r *http.Request) {
	it := s.webhook(w, r)
	if it == nil {
		return
	}
	m, files, ok := s.body(w, r, opFollowup, bodyState{})
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if it.userApp && len(it.follow) >= 5 {
		s.fault("follow-up: more than 5 for a user install")
		refuse(w, http.StatusBadRequest, 40094, "Maximum number of follow-up messages reached")
		return
	}
	private := int(number(m["flags"]))&flagEphemeral != 0
	msg := s.newMessage(m, files, it.channel, private)
	it.follow = append(it.follow, msg)
	s.publish(msg)
	s.touch()
	reply(w, 200, msg.raw(s))
}

// publish adds a public message to its channel. The caller holds s.mu.
func (s *Simulator) publish(m *Message) {
	if !m.private {
		s.messages = append(s.messages, m)
	}
}

// Acked returns the callback type of the first response, 0 before, and how
// long it took.
func (it *Interaction) Acked() (kind int, after time.Duration) {
	it.sim.mu.Lock()
	defer it.sim.mu.Unlock()
	if it.acked == 0 {
		return 0, 0
	}
	return it.acked, it.ackedAt.Sub(it.created)
}

// Delivered reports whether there was a connection to send the interaction to.
func (it *Interaction) Delivered() bool { return it.delivered }

// Edits returns how often the reply was edited.
func (it *Interaction) Edits() int {
	it.sim.mu.Lock()
	defer it.sim.mu.Unlock()
	return it.edits
}

// First waits for the first response of whatever kind.
func (it *Interaction) First(ctx context.Context) error {
	return it.sim.wait(ctx, func() bool { return it.acked != 0 })
}

// Reply waits for the bot's message: the edit, where it deferred.
func (it *Interaction) Reply(ctx context.Context) (*Message, error) {
	err := it.sim.wait(ctx, func() bool {
		return it.original != nil && it.acked != replyDeferredUpdate || it.edits > 0
	})
	if err != nil {
		it.sim.mu.Lock()
		defer it.sim.mu.Unlock()
		return nil, fmt.Errorf("simulator: no reply (acknowledged with type %d, deferred %v, faults %v): %w", it.acked, it.pending, it.sim.faults, err)
	}
	it.sim.mu.Lock()
	defer it.sim.mu.Unlock()
	return it.original, nil
}

// Edited waits until the reply was edited n times or more.
func (it *Interaction) Edited(ctx context.Context, n int) (*Message, error) {
	if err := it.sim.wait(ctx, func() bool { return it.edits >= n }); err != nil {
		return nil, err
	}
	it.sim.mu.Lock()
	defer it.sim.mu.Unlock()
	return it.original, nil
}

// Choices waits for the suggestions of an autocomplete.
func (it *Interaction) Choices(ctx context.Context) ([]Choice, error) {
	if err := it.sim.wait(ctx, func() bool { return it.acked == replyChoices }); err != nil {
		return nil, err
	}
	return it.choices, nil
}

// Modal waits for the modal the bot opens.
func (it *Interaction) Modal(ctx context.Context) (map[string]any, error) {
	if err := it.sim.wait(ctx, func() bool { return it.modal != nil }); err != nil {
		return nil, err
	}
	return it.modal, nil
}

// Followups returns the follow-up messages so far.
func (it *Interaction) Followups() []*Message {
	it.sim.mu.Lock()
	defer it.sim.mu.Unlock()
	return append([]*Message(nil), it.follow...)
}
