package bot

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"salve/bot/library"
	"salve/bot/library/librarytest"
	"salve/bot/simulator"
	"salve/bot/store"
	"salve/bot/triage"
)

// heldFS is a folder on a disk that stops answering: while held, what opens a
// file waits.
type heldFS struct {
	fs.FS
	entered chan struct{} // gets one for each that waits
	hold    chan struct{} // nil: answers at once
}

func (h *heldFS) Open(name string) (fs.File, error) {
	if h.hold != nil {
		select {
		case h.entered <- struct{}{}:
		default:
		}
		<-h.hold
	}
	return h.FS.Open(name)
}

// TestCardWhileTheLibraryChanges asks for help in the worst hour: the person's
// allowance is spent, the queue is full, and the library is being read again,
// built, published, rolled back, or is broken. The gate, the shelf and the store
// are those that ship. It runs in real time: the index has goroutines of before
// any bubble.
func TestCardWhileTheLibraryChanges(t *testing.T) {
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "salve.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	mango := func(text string) []byte {
		return librarytest.Article("mango-balm", "Eczema mango balm", "what is eczema mango balm", "Eczema mango balm is a fruit balm from "+text+".", "definition")
	}
	base := &heldFS{FS: fstest.MapFS{"mango.md": {Data: mango("one clinic")}}, entered: make(chan struct{}, 1)}
	shelf, err := library.Open(t.Context(), library.Options{Store: st, Base: base})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shelf.Close() })
	w := newWorld(t, setup{real: true, cfg: func(c *Config) {
		c.Shelf, c.Answerer, c.Store, c.Assess = shelf, shelf, st, nil
		c.Workers, c.Waiting = 1, 1
	}})
	const question = "what is eczema mango balm"
	wants(t, w.ask(question), "one clinic")
	if err := st.SaveSettings(t.Context(), w.guild, store.Settings{PerPerson: 1, Country: "GB"}); err != nil {
		t.Fatal(err)
	}
	w.ask(question)
	wants(t, w.ask(question), "Please come back in")
	w.bot.lane.room <- struct{}{}
	w.bot.lane.room <- struct{}{}

	op := shelf.Actor("operator", "op")
	help := func(t *testing.T) {
		t.Helper()
		for _, text := range []string{"my throat is closing up, i ate peanuts", "i want to kill myself tonight", "my left calf is swollen, hot and painful"} {
			card, _ := triage.Help(triage.Assess(text, "en-US"), "GB", "en-US", triage.Numbers{})
			m := w.reply(w.sim.Run(w.act(), "ask", simulator.Values{"question": text}))
			if !strings.Contains(m.Text(), card.Text()) {
				t.Errorf("%q: no card, but\n%s", text, m.Text())
			}
			if !m.Private() {
				t.Errorf("%q: the card is public", text)
			}
		}
	}
	publish := func(text string) error {
		if _, _, err := shelf.Edit(context.Background(), "", op, "", "", mango(text)); err != nil {
			return err
		}
		p, err := shelf.Preview(context.Background(), "", op, nil)
		if err != nil {
			return err
		}
		_, err = shelf.Publish(context.Background(), "", op, p.Candidate, "")
		return err
	}

	t.Run("the folder is being read again", func(t *testing.T) {
		base.hold = make(chan struct{})
		done := make(chan error, 1)
		go func() {
			_, err := shelf.Reindex(context.Background(), op)
			done <- err
		}()
		<-base.entered
		help(t)
		close(base.hold)
		<-done // that nothing changed is an error
		base.hold = nil
	})
	t.Run("the next version is being built", func(t *testing.T) {
		if _, _, err := shelf.Edit(t.Context(), "", op, "", "", mango("two clinics")); err != nil {
			t.Fatal(err)
		}
		entered, hold := make(chan struct{}, 1), make(chan struct{})
		done := make(chan error, 1)
		go func() {
			_, err := shelf.Preview(context.Background(), "", op, func(library.Progress) {
				select {
				case entered <- struct{}{}:
				default:
				}
				<-hold
			})
			done <- err
		}()
		<-entered
		help(t)
		close(hold)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	})
	t.Run("versions are published and rolled back", func(t *testing.T) {
		stop, done := make(chan struct{}), make(chan error, 1)
		go func() {
			var errs error
			for n := 0; ; n++ {
				select {
				case <-stop:
					done <- errs
					return
				default:
				}
				errs = errors.Join(errs, publish("clinic "+strings.Repeat("x", n%7+1)))
				_, err := shelf.Rollback(context.Background(), "", op, 1)
				errs = errors.Join(errs, err)
			}
		}()
		for range 4 {
			help(t)
		}
		close(stop)
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	t.Run("there is no index", func(t *testing.T) {
		shelf.Close()
		help(t)
		<-w.bot.lane.room
		<-w.bot.lane.room
		help(t) // and with room in the queue, where the answer fails
	})
}
