// Package library is how a library changes without fear: articles are put into
// a draft, checked, previewed as a difference of answers, approved where a
// safety answer changes, published whole or not at all, rolled back, retracted.
//
// There is one shared library, kept by whoever runs the bot, and each server may
// have its own articles beside it, kept by its moderators. A scope names one of
// them: "" is the shared library, a server's id its own articles. Readers of a
// server are answered from both; nobody sees another server's.
//
// What is published is what the store holds; an index is built from it and
// served from memory. A version is published in one transaction, so a crash at
// any moment leaves the last one. Readers under way finish on the version they
// began with. Several processes may use one store: [Shelf.Watch] notices what
// another one published.
//
// The package knows nothing of Discord. Moderators are told apart by a [Actor.Key]
// that is no user id.
package library

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"log/slog"
	"maps"
	"strconv"
	"sync"
	"time"

	"salve/bot/answer"
	"salve/bot/store"
	"salve/index"
	"salve/index/eval"
	"salve/knowledge"
)

// An Actor is who changes a library.
type Actor struct {
	Name string // as it is shown in the history
	Key  string // tells two of them apart; see [Shelf.Actor]
}

// Options are what a Shelf is made of.
type Options struct {
	Store *store.Store
	// Base is the library of the program or of the operator's folder. It is
	// published as version 1 when the store has none.
	Base fs.FS
	// Follow publishes a changed Base by itself at the start, as long as nobody
	// changed the shared library in the store: for the library that ships, which
	// changes with the program. A folder of the operator's waits for Reindex.
	Follow bool
	// Questions are the judged questions that every preview asks beside the
	// library's own; those that ship with Salve when nil.
	Questions func() ([]*eval.Case, error)
	Now       func() time.Time // time.Now when nil
	Log       *slog.Logger     // nothing is logged when nil
}

// A Shelf holds the published libraries and changes them. It is safe for
// concurrent use.
type Shelf struct {
	store *store.Store
	now   func() time.Time
	log   *slog.Logger
	base  fs.FS
	key   []byte // of actors

	questions func() ([]*eval.Case, error)

	mu       sync.RWMutex
	editions map[string]*edition // by scope; "" is the shared library
	busy     map[string]work     // by scope
	previews map[string]*Preview // the last one of each scope
}

// An edition is what the readers of a scope are answered from.
type edition struct {
	number  int   // of the scope's own version; of the shared one for ""
	shared  int   // the shared version it was built with
	files   Files // the scope's own
	index   *index.Index
	readers sync.WaitGroup
}

// work is a change under way.
type work struct {
	who   string
	since time.Time
}

// Open reads the published libraries from the store and indexes them.
func Open(ctx context.Context, o Options) (*Shelf, error) {
	s := &Shelf{store: o.Store, now: o.Now, log: o.Log, base: o.Base, questions: o.Questions, editions: map[string]*edition{}, busy: map[string]work{}, previews: map[string]*Preview{}}
	if s.questions == nil {
		s.questions = eval.Builtin
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	var err error
	if s.key, err = o.Store.Secret(ctx, "actors"); err != nil {
		return nil, err
	}
	if err := s.importBase(ctx, o.Follow); err != nil {
		return nil, err
	}
	if err := s.Refresh(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

const importNote = "imported "

// importBase makes the base the first version, or the next one when it changed
// and may follow.
func (s *Shelf) importBase(ctx context.Context, follow bool) error {
	versions, err := s.store.Versions(ctx, "")
	if err != nil {
		return err
	}
	if len(versions) > 0 && (!follow || len(versions[0].Note) < len(importNote) || versions[0].Note[:len(importNote)] != importNote) {
		return nil
	}
	files, err := ReadFiles(s.base)
	if err != nil {
		return err
	}
	note, number := importNote+files.hash(), 0
	if len(versions) > 0 {
		if versions[0].Note == note {
			return nil
		}
		number = versions[0].Number
		old, err := s.stored(ctx, "", number)
		if err != nil {
			return err
		}
		files = files.withRetractions(old)
	}
	lib, problems, err := load(files)
	if err != nil {
		return err
	}
	if faults := problems.Faults(); len(faults) > 0 {
		return faults
	}
	if len(lib.Passages()) == 0 {
		return errors.New("the library holds no published passage; set the status of its articles to published")
	}
	raw, err := files.Pack()
	if err != nil {
		return err
	}
	now := s.now()
	_, _, err = s.store.Publish(ctx, store.Publication{Base: number, Version: store.Version{At: now, Who: operator, Note: note}, Files: raw, Retracted: files.retractions(),
		Entry: store.Entry{At: now, Who: operator, What: "import", Note: note}})
	if errors.Is(err, store.ErrMoved) {
		return nil // another process was first
	}
	return err
}

// operator is who acts at the command line or at the start of the program.
const operator = "operator"

// Actor names a person: name is shown, and id, which is not kept, is made into a
// key that tells them apart.
func (s *Shelf) Actor(name, id string) Actor {
	m := hmac.New(sha256.New, s.key)
	m.Write([]byte(id))
	return Actor{Name: name, Key: hex.EncodeToString(m.Sum(nil))[:16]}
}

// load reads files as a library.
func load(files Files) (*knowledge.Library, knowledge.Problems, error) {
	fsys, err := files.FS()
	if err != nil {
		return nil, nil, err
	}
	return knowledge.Load(fsys)
}

// stored reads the files of a version.
func (s *Shelf) stored(ctx context.Context, scope string, number int) (Files, error) {
	if number == 0 {
		return Files{}, nil
	}
	raw, err := s.store.VersionFiles(ctx, scope, number)
	if err != nil {
		return nil, err
	}
	if raw == nil {
		return nil, ErrNotKept.with("n", strconv.Itoa(number), "kept", strconv.Itoa(store.KeptVersions))
	}
	return Unpack(raw)
}

// Refresh serves what the store holds as published now, if that is newer than
// what is served.
func (s *Shelf) Refresh(ctx context.Context) error {
	latest, err := s.store.Latest(ctx)
	if err != nil {
		return err
	}
	for scope := range s.scopes() {
		if _, ok := latest[scope]; !ok {
			s.install(scope, nil) // the server left
		}
	}
	scopes := []string{""}
	for scope := range latest {
		if scope != "" {
			scopes = append(scopes, scope)
		}
	}
	for _, scope := range scopes {
		s.mu.RLock()
		have := s.editions[scope]
		s.mu.RUnlock()
		if have != nil && have.number == latest[scope] && have.shared == latest[""] {
			continue
		}
		own, err := s.stored(ctx, scope, latest[scope])
		if err != nil {
			return err
		}
		e, _, err := s.build(scope, own, latest[scope], latest[""])
		if err != nil {
			// One server's fault (a shared article took its slug, say) must not
			// keep the rest from being served.
			if scope == "" {
				return err
			}
			s.log.Error("a server's own articles can't be served beside the shared library; its readers get the shared one", "err", err)
			s.install(scope, nil)
			continue
		}
		s.install(scope, e)
	}
	return nil
}

func (s *Shelf) scopes() map[string]*edition {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return maps.Clone(s.editions)
}

// shared returns the files of the shared library that is served.
func (s *Shelf) shared() Files {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if e := s.editions[""]; e != nil {
		return e.files
	}
	return Files{}
}

// build indexes the files of a scope, beside the shared ones if it is a server's.
func (s *Shelf) build(scope string, own Files, number, shared int) (*edition, knowledge.Problems, error) {
	all := own
	if scope != "" {
		all = s.shared().with(own)
	}
	lib, problems, err := load(all)
	if err != nil {
		return nil, nil, err
	}
	if faults := problems.Faults(); len(faults) > 0 {
		return nil, problems, faults
	}
	if len(lib.Passages()) == 0 {
		return nil, problems, ErrEmpty
	}
	x, err := index.New(lib)
	if err != nil {
		return nil, problems, err
	}
	return &edition{number: number, shared: shared, files: own, index: x}, problems, nil
}

// install serves an edition, or none, in place of the scope's present one, which
// is closed when its readers are done.
func (s *Shelf) install(scope string, e *edition) {
	if scope == "" && e != nil {
		e.shared = e.number // it was built beside the one before it
	}
	s.mu.Lock()
	old := s.editions[scope]
	if e == nil {
		delete(s.editions, scope)
	} else {
		s.editions[scope] = e
	}
	s.mu.Unlock()
	if old != nil && old != e {
		go old.close()
	}
}

func (e *edition) close() error {
	e.readers.Wait()
	return e.index.Close()
}

// use calls f with what the readers of a server are answered from.
func (s *Shelf) use(ctx context.Context, scope string, f func(ctx context.Context, x *index.Index) error) error {
	s.mu.RLock()
	e := s.editions[scope]
	if e == nil {
		e = s.editions[""]
	}
	if e != nil {
		e.readers.Add(1)
	}
	s.mu.RUnlock()
	if e == nil {
		return index.ErrNoIndex
	}
	defer e.readers.Done()
	return f(ctx, e.index)
}

// view lends the index of one scope.
type view struct {
	*Shelf
	scope string
}

func (v view) Use(ctx context.Context, f func(ctx context.Context, x *index.Index) error) error {
	return v.use(ctx, v.scope, f)
}

// Composer answers the readers of a server, or with "" those of none, from what
// is published at the moment of each answer.
func (s *Shelf) Composer(server string) *answer.Composer { return answer.New(view{s, server}, s.now) }

// Answer answers a question from the library of the server it was asked in.
func (s *Shelf) Answer(ctx context.Context, q answer.Question) (answer.Answer, error) {
	return s.Composer(q.Server).Answer(ctx, q)
}

// Watch serves what other processes publish, looking every second, until ctx ends.
func (s *Shelf) Watch(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := s.Refresh(ctx); err != nil && ctx.Err() == nil {
				s.log.Error("what was published can't be served; the former version still is", "err", err)
			}
		}
	}
}

// Close waits for the readers under way and releases the indexes.
func (s *Shelf) Close() error {
	s.mu.Lock()
	editions, previews := s.editions, s.previews
	s.editions, s.previews = map[string]*edition{}, map[string]*Preview{}
	s.mu.Unlock()
	var err error
	for _, e := range editions {
		err = errors.Join(err, e.close())
	}
	for _, p := range previews {
		err = errors.Join(err, p.discard())
	}
	return err
}

// begin marks a library as being worked on. It returns [ErrBusy] when
// somebody is; done ends the work.
func (s *Shelf) begin(scope string, by Actor) (done func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w, ok := s.busy[scope]; ok {
		return nil, ErrBusy.with("who", w.who, "since", w.since.UTC().Format(time.TimeOnly))
	}
	s.busy[scope] = work{by.Name, s.now()}
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.busy, scope)
	}, nil
}
