package bot

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"salve/bot/answer"
	"salve/bot/simulator"
	"salve/bot/store"
	"salve/bot/triage"
)

// schemaPath is Discord's OpenAPI document, beside the repository.
const schemaPath = "../../shared/discord/openapi.json"

var loadSchema = sync.OnceValues(func() (*simulator.Schema, error) { return simulator.LoadSchema(schemaPath) })

// schema returns Discord's schema for the simulator, or nil where the document
// is absent; on CI it must be there.
func schema(t testing.TB) *simulator.Schema {
	t.Helper()
	s, err := loadSchema()
	switch {
	case err == nil:
		return s
	case errors.Is(err, fs.ErrNotExist) && os.Getenv("CI") != "true":
		t.Logf("bodies are not held against Discord's schema: %v", err)
		return nil
	}
	t.Fatal(err)
	return nil
}

// fakeAnswerer answers from a function; by default with two quotes.
type fakeAnswerer struct {
	mu    sync.Mutex
	asked []answer.Question
	f     func(ctx context.Context, q answer.Question) (answer.Answer, error)
}

func (f *fakeAnswerer) Answer(ctx context.Context, q answer.Question) (answer.Answer, error) {
	secret(q.Text)
	f.mu.Lock()
	f.asked = append(f.asked, q)
	g := f.f
	f.mu.Unlock()
	if g != nil {
		return g(ctx, q)
	}
	return cited(q.Text), nil
}

func (f *fakeAnswerer) questions() []answer.Question {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]answer.Question(nil), f.asked...)
}

func hashOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func quote(slug, title, anchor, section, words string) answer.Quote {
	h := hashOf(words)
	return answer.Quote{Text: words, Article: slug, Title: title, Section: section, Anchor: anchor,
		Passage: slug + "#" + anchor + "/" + h[:8], Version: 3, Hash: h, Reviewed: "2026-11-23", ReviewedBy: "not clinically reviewed",
		NextReview: "2027-11-23", Language: "en",
		Sources: []answer.Source{{Name: "Drug Safety Communication", Publisher: "FDA", URL: "https://www.fda.gov/dsc", Published: "2021-09-01"}}}
}

var (
	nausea  = quote("jak-pills", "JAK inhibitor tablets", "side-effects", "Side effects", "Common side effects are nausea, headache, acne and colds.")
	warning = quote("jak-pills", "JAK inhibitor tablets", "warning", "The boxed warning", "The label warns of serious infections, heart attack, stroke, cancer, blood clots and death.")
	cream   = quote("rux-cream", "Ruxolitinib cream", "how", "How it is used", "It is put on the skin twice a day.")
)

func cited(question string) answer.Answer {
	return answer.Answer{Question: question, Kind: answer.Cited, Quotes: []answer.Quote{nausea, warning}, Coverage: 0.9, Language: "en"}
}

// fakeLibrary is a library of two articles.
type fakeLibrary struct{}

func (fakeLibrary) Articles() []ArticleInfo {
	return []ArticleInfo{
		{Slug: "jak-pills", Title: "JAK inhibitor tablets", Summary: "What the tablets do. What they may cause.", Topics: []string{"Tablets", "safety"},
			Aliases: []string{"Rinvoq", "Cibinqo", "upadacitinib"}, Reviewed: "2026-11-23", Language: "en",
			Sections: []SectionInfo{{"side-effects", "Side effects"}, {"warning", "The boxed warning"}}},
		{Slug: "rux-cream", Title: "Ruxolitinib cream", Summary: "A cream for eczema.", Topics: []string{"Creams"},
			Aliases: []string{"Opzelura"}, Reviewed: "2026-11-23", Language: "en", Sections: []SectionInfo{{"how", "How it is used"}}},
	}
}

func (fakeLibrary) Section(slug, anchor string) ([]answer.Quote, bool) {
	var out []answer.Quote
	for _, q := range []answer.Quote{nausea, warning, cream} {
		if q.Article == slug && (anchor == "" || q.Anchor == anchor) {
			out = append(out, q)
		}
	}
	return out, len(out) > 0
}

func (fakeLibrary) Verify(passage, hash string) (answer.Quote, bool) {
	for _, q := range []answer.Quote{nausea, warning, cream} {
		if q.Passage == passage && q.Hash == hash {
			return q, true
		}
	}
	return answer.Quote{}, false
}

// memStore is a Store in memory; it must pass the same contract as store.Store.
type memStore struct {
	mu     sync.Mutex
	guilds map[string]store.Settings
	counts map[store.Counter]int
	posts  []store.Post
	fail   error
}

func newMemStore() *memStore {
	return &memStore{guilds: map[string]store.Settings{}, counts: map[store.Counter]int{}}
}

func (m *memStore) Settings(_ context.Context, guild string) (store.Settings, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.guilds[guild], m.fail
}

func (m *memStore) SaveSettings(_ context.Context, guild string, s store.Settings) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.guilds[guild] = s
	return m.fail
}

func (m *memStore) Forget(_ context.Context, guild string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.guilds, guild)
	return m.fail
}

func (m *memStore) Count(_ context.Context, c store.Counter) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.counts[c]++
	return m.fail
}

func (m *memStore) SavePost(_ context.Context, p store.Post) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.posts = append(m.posts, p)
	return m.fail
}

func (m *memStore) CountWeekly(context.Context, time.Time, store.Tally) error { return m.fail }

func (m *memStore) NextNote(context.Context, time.Time) (string, error) { return "", m.fail }

func (m *memStore) EndNote(context.Context, string, string) error { return m.fail }

func (m *memStore) NoteProblem(context.Context, string) (string, error) { return "", m.fail }

func (m *memStore) total(c store.Counter) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.counts[c]
}

// logged collects what the whole suite logs, for TestLogsHoldNoSecrets.
var logged lockedBuffer

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// A world is a bot on a simulated Discord.
type world struct {
	t        testing.TB
	sim      *simulator.Simulator
	bot      *Bot
	answers  *fakeAnswerer
	store    *memStore
	log      *lockedBuffer
	guild    string
	channel  *simulator.Channel
	mods     *simulator.Channel
	ana      *simulator.User
	stop     context.CancelFunc
	ended    chan error
	mayFault bool // the test expects broken rules
}

// setup changes a world before it starts.
type setup struct {
	sim    func(*simulator.Options)
	cfg    func(*Config)
	script func(n int) simulator.Behaviour
	idle   bool // do not Run
	real   bool // in no bubble: waiting costs time
}

// newWorld starts a bot on a simulator in memory. It must be called in a
// synctest bubble, where waiting costs no time.
func newWorld(t testing.TB, s setup) *world {
	t.Helper()
	w := &world{t: t, answers: &fakeAnswerer{}, store: newMemStore(), log: &lockedBuffer{}, ended: make(chan error, 1)}
	opt := simulator.Options{Memory: true, Schema: schema(t)}
	if s.sim != nil {
		s.sim(&opt)
	}
	w.sim = simulator.New(opt)
	if s.script != nil {
		w.sim.OnConnect(s.script)
	}
	w.guild = w.sim.NewID()
	w.channel = w.sim.NewChannel(w.guild, "general")
	w.mods = w.sim.NewChannel(w.guild, "moderators")
	w.ana = w.sim.NewUser("Ana", "en-US")
	secret(w.ana.ID)
	secret(w.ana.ID)
	cfg := Config{
		Token: w.sim.Token(), AppID: w.sim.AppID(), Answerer: w.answers, Library: fakeLibrary{}, Store: w.store,
		Assess: fakeAssess, Log: slog.New(slog.NewTextHandler(multi{w.log, &logged}, nil)),
		Transport: w.sim.Transport(), Dial: w.sim.Dial,
	}
	if s.cfg != nil {
		s.cfg(&cfg)
	}
	var err error
	if w.bot, err = New(cfg); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	w.stop = stop
	if !s.idle {
		go func() { w.ended <- w.bot.Run(ctx) }()
	}
	t.Cleanup(func() {
		stop()
		if !s.idle {
			<-w.ended
		}
		w.sim.Close()
		if !s.real {
			time.Sleep(5 * time.Second) // discordgo sleeps a second before a session is gone, and no bubble may end before
		}
		if c, ok := cfg.Transport.(interface{ CloseIdleConnections() }); ok {
			c.CloseIdleConnections()
		}
		if faults := w.sim.Faults(); len(faults) > 0 && !w.mayFault {
			t.Errorf("rules of Discord broken:\n%s", strings.Join(faults, "\n"))
		}
	})
	if !s.idle && s.script == nil {
		w.connected()
	}
	return w
}

type multi struct{ a, b *lockedBuffer }

func (m multi) Write(p []byte) (int, error) {
	m.a.Write(p)
	return m.b.Write(p)
}

// fakeAssess knows three words of danger, so that the tests of the flow do not
// depend on the model.
func fakeAssess(text, locale string) triage.Assessment {
	for word, as := range map[string]triage.Assessment{
		"EMERGENCY": {Urgency: triage.Emergency, Sign: "heart", Words: []string{"EMERGENCY"}},
		"CRISIS":    {Urgency: triage.Crisis, Sign: "suicide", Words: []string{"CRISIS"}},
		"SAMEDAY":   {Urgency: triage.SameDay, Sign: "infection", Words: []string{"SAMEDAY"}},
	} {
		if strings.Contains(text, word) {
			return as
		}
	}
	return triage.Assessment{}
}

// connected waits until a gateway connection is ready.
func (w *world) connected() {
	w.t.Helper()
	for range 10000 {
		if w.sim.Numbers().Ready > 0 && w.bot.Ready() {
			return
		}
		time.Sleep(100 * time.Millisecond) // of the bubble's time: it costs none
	}
	w.t.Fatalf("never connected; log:\n%s", w.log)
}

func (w *world) act() simulator.Act { return simulator.Act{User: w.ana, Channel: w.channel} }

// wait is the longest a test waits for a reply, in the bubble's time.
func (w *world) wait() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	w.t.Cleanup(cancel)
	return ctx
}

// reply waits for the reply to it.
func (w *world) reply(it *simulator.Interaction) *simulator.Message {
	w.t.Helper()
	m, err := it.Reply(w.wait())
	if err != nil {
		w.t.Fatalf("%v; log:\n%s", err, w.log)
	}
	return m
}

// ask asks a question and waits for the answer.
func (w *world) ask(question string) *simulator.Message {
	w.t.Helper()
	secret(question)
	secret(question)
	return w.reply(w.sim.Run(w.act(), "ask", simulator.Values{"question": question}))
}

// click presses the button labelled label and waits for the reply.
func (w *world) click(m *simulator.Message, label string) *simulator.Message {
	w.t.Helper()
	return w.reply(w.press(m, label))
}

func (w *world) press(m *simulator.Message, label string) *simulator.Interaction {
	w.t.Helper()
	id, err := m.Button(label)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.sim.Click(w.act(), m, id)
}

// settle waits until what was started is done.
func (w *world) settle() { time.Sleep(20 * time.Second) }

// wants fails the test unless the message has every one of the words.
func wants(t testing.TB, m *simulator.Message, words ...string) {
	t.Helper()
	for _, s := range words {
		if !strings.Contains(m.Text(), s) {
			t.Errorf("the message lacks %q:\n%s", s, m.Text())
		}
	}
}

// bubble runs f with a world in a synctest bubble.
func bubble(t *testing.T, s setup, f func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { f(newWorld(t, s)) })
}
