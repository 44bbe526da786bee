package bot

import (
	"container/list"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"sync"
	"time"

	"salve/bot/answer"
	"salve/bot/triage"
)

const (
	stateLife = 15 * time.Minute // what a button needs is kept this long
	stateMost = 20000            // answers kept at once; the oldest goes first
)

// A person is a user as the bot tells users apart while it runs: a keyed hash,
// whose key is made anew at every start and never leaves the process.
type person [16]byte

// A kept is what the buttons of one reply need. It lives in memory only.
type kept struct {
	owner    person
	guild    string
	question string   // of the owner: for follow-ups and for moderators, on a click
	previous []string // earlier questions of the conversation
	answer   answer.Answer
	article  string // of a section that is being read
	anchor   string
	listing  string // of /library that is being read, and what it is of
	of       string

	assessment triage.Assessment // of the question
}

// A memory keeps what is behind buttons, for a time. A custom id holds an opaque
// id and a signature and nothing of the question. Safe for concurrent use.
type memory struct {
	people  []byte // key of the hashes of people: made anew at every start
	signing []byte // key of the signatures: the same for all processes of one bot
	now     func() time.Time

	mu    sync.Mutex
	byID  map[string]*list.Element
	order *list.List // of *slot, oldest first
}

type slot struct {
	id   string
	till time.Time
	kept kept
}

// newMemory makes a memory. The signatures are made with a key from the bot's
// token, so that a button of before a restart, or of another process behind the
// same endpoint, is known for one of ours.
func newMemory(token string, now func() time.Time) *memory {
	people := make([]byte, 32)
	rand.Read(people) // never fails: it ends the process instead
	h := hmac.New(sha256.New, []byte(token))
	h.Write([]byte("salve: key of button signatures"))
	return &memory{people: people, signing: h.Sum(nil), now: now, byID: map[string]*list.Element{}, order: list.New()}
}

// person hashes a user id.
func (m *memory) person(userID string) person {
	h := hmac.New(sha256.New, m.people)
	h.Write([]byte("person " + userID))
	return person(h.Sum(nil)[:16])
}

// keep stores k and returns its opaque id.
func (m *memory) keep(k kept) string {
	raw := make([]byte, 12)
	rand.Read(raw)
	id := base64.RawURLEncoding.EncodeToString(raw)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sweep()
	for m.order.Len() >= stateMost {
		m.remove(m.order.Front())
	}
	m.byID[id] = m.order.PushBack(&slot{id: id, till: m.now().Add(stateLife), kept: k})
	return id
}

// get returns what is kept under id, and false when its time is over.
func (m *memory) get(id string) (kept, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sweep()
	e, ok := m.byID[id]
	if !ok {
		return kept{}, false
	}
	return e.Value.(*slot).kept, true
}

// set replaces the answer kept under id; nothing happens when its time is over.
func (m *memory) set(id string, a answer.Answer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e, ok := m.byID[id]; ok {
		e.Value.(*slot).kept.answer = a
	}
}

// forget drops everything of one person and returns how many answers that was.
func (m *memory) forget(p person) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for e := m.order.Front(); e != nil; {
		next := e.Next()
		if e.Value.(*slot).kept.owner == p {
			m.remove(e)
			n++
		}
		e = next
	}
	return n
}

// forgetGuild drops everything of one server.
func (m *memory) forgetGuild(guild string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for e := m.order.Front(); e != nil; {
		next := e.Next()
		if e.Value.(*slot).kept.guild == guild {
			m.remove(e)
		}
		e = next
	}
}

// sweep drops what is over. The caller holds m.mu.
func (m *memory) sweep() {
	now := m.now()
	for e := m.order.Front(); e != nil && !now.Before(e.Value.(*slot).till); e = m.order.Front() {
		m.remove(e)
	}
}

func (m *memory) remove(e *list.Element) {
	delete(m.byID, e.Value.(*slot).id)
	m.order.Remove(e)
}

func (m *memory) len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sweep()
	return m.order.Len()
}

// sign makes a custom id: version, action, argument, opaque id, signature.
func (m *memory) sign(action, arg, id string) string {
	body := "s1:" + action + ":" + arg + ":" + id
	return body + ":" + m.mac(body)
}

func (m *memory) mac(body string) string {
	h := hmac.New(sha256.New, m.signing)
	h.Write([]byte("button " + body))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:12])
}

// open takes a custom id apart. It is false for one that this bot did not sign.
func (m *memory) open(custom string) (action, arg, id string, ok bool) {
	body, mac, found := cutLast(custom, ":")
	if !found || !hmac.Equal([]byte(mac), []byte(m.mac(body))) {
		return "", "", "", false
	}
	p := strings.Split(body, ":")
	if len(p) != 4 || p[0] != "s1" {
		return "", "", "", false
	}
	return p[1], p[2], p[3], true
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
