package library

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"salve/bot/answer"
	"salve/bot/store"
	"salve/index"
	"salve/knowledge"
)

// A reader under way finishes on the edition it began with, also when that was
// replaced twice, and the index it reads stays open for it.
func TestReaderFinishesOnItsEdition(t *testing.T) {
	s := fruitShelf(t, openStore(t))
	ctx, op := t.Context(), s.Actor("operator", "op")
	ask := func(ctx context.Context, x *index.Index) string {
		a, err := answer.New(x, s.now).Answer(ctx, answer.Question{Text: fruitQuestion("mango")})
		if err != nil {
			t.Error(err)
		}
		return a.Text()
	}
	err := s.use(ctx, "", func(ctx context.Context, x *index.Index) error {
		before := ask(ctx, x)
		must(s.Retract(ctx, "", op, "mango-balm", "because"))(t)
		must(s.Rollback(ctx, "", op, 1))(t)
		if says(t, s, "", fruitQuestion("mango"), "first-mango") {
			t.Error("a new reader gets what was retracted")
		}
		if after := ask(ctx, x); after != before {
			t.Errorf("the reader under way got\n%s\nand then\n%s", before, after)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What was built to be published is served; it is not built again.
func TestPublishedIsBuiltOnce(t *testing.T) {
	s := fruitShelf(t, openStore(t))
	ctx, ann := t.Context(), s.Actor("ann", "1")
	if _, _, err := s.Put(ctx, "", ann, fruitFile("mango", "next")); err != nil {
		t.Fatal(err)
	}
	p := must(s.Preview(ctx, "", ann, nil))(t)
	must(s.Publish(ctx, "", ann, p.Candidate, ""))(t)
	if err := s.Refresh(ctx); err != nil || s.editions[""] != p.next {
		t.Errorf("what was previewed is built again to be served, %v", err)
	}
}

// While versions are published, rolled back and previewed, no answer fails and
// each is of one version.
func TestAnswersNeverFailMeanwhile(t *testing.T) {
	s := fruitShelf(t, openStore(t))
	ctx, ann := t.Context(), s.Actor("ann", "1")
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				a, err := s.Answer(ctx, answer.Question{Text: fruitQuestion("mango")})
				if err != nil || len(a.Quotes) == 0 {
					t.Errorf("an answer with %d quotes, %v", len(a.Quotes), err)
					return
				}
			}
		})
	}
	for i := range 4 {
		if _, _, err := s.Put(ctx, "", ann, fruitFile("mango", fmt.Sprint("next-", i))); err != nil {
			t.Fatal(err)
		}
		p := must(s.Preview(ctx, "", ann, nil))(t)
		if _, err := s.Publish(ctx, "", ann, p.Candidate, ""); err != nil {
			t.Fatal(err)
		}
		must(s.Rollback(ctx, "", ann, 1))(t)
	}
	close(stop)
	readers.Wait()
}

func benchShelf(b *testing.B, o Options) *Shelf {
	b.Helper()
	st, err := store.Open(b.Context(), filepath.Join(b.TempDir(), "salve.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { st.Close() })
	o.Store = st
	s, err := Open(b.Context(), o)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	return s
}

// BenchmarkRollback goes back to an older version of the library that ships.
func BenchmarkRollback(b *testing.B) {
	s := benchShelf(b, Options{Base: knowledge.Builtin()})
	op := s.Actor("operator", "op")
	if _, err := s.Retract(b.Context(), "", op, "about-salve", "because"); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := s.Rollback(b.Context(), "", op, s.number("")-1); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkReindex reads, checks, indexes, previews with the questions that ship
// and publishes 1,000 and 10,000 articles, while a reader asks one question after
// another. It tells the longest that an answer took meanwhile and before, and the
// memory that the process holds in the end.
func BenchmarkReindex(b *testing.B) {
	for _, articles := range []int{1000, 10_000} {
		b.Run(fmt.Sprint(articles), func(b *testing.B) { benchReindex(b, articles) })
	}
}

func benchReindex(b *testing.B, articles int) {
	folder := fstest.MapFS{}
	for i := range articles {
		name := fmt.Sprintf("fruit%d", i)
		folder[name+"-balm.md"] = &fstest.MapFile{Data: fruitFile(name, fmt.Sprint("first-", i))}
	}
	s := benchShelf(b, Options{Base: folder})
	op, ben := s.Actor("operator", "op"), s.Actor("ben", "2")
	ask := func() time.Duration {
		start := time.Now()
		if _, err := s.Answer(b.Context(), answer.Question{Text: fruitQuestion("fruit7")}); err != nil {
			b.Error(err)
		}
		return time.Since(start)
	}
	alone := time.Duration(0)
	for range 100 {
		alone = max(alone, ask())
	}
	var took []time.Duration
	round := 0
	for b.Loop() {
		round++
		for i := range articles {
			name := fmt.Sprintf("fruit%d", i)
			folder[name+"-balm.md"] = &fstest.MapFile{Data: fruitFile(name, fmt.Sprint("round-", round, "-", i))}
		}
		done := make(chan struct{})
		var reader sync.WaitGroup
		reader.Go(func() {
			for {
				select {
				case <-done:
					return
				case <-time.After(5 * time.Millisecond): // a reader, not a flood
					took = append(took, ask())
				}
			}
		})
		if _, err := s.Reindex(b.Context(), op); err != nil {
			b.Fatal(err)
		}
		p, err := s.Preview(b.Context(), "", op, nil)
		if err != nil || len(p.Problems.Faults()) > 0 {
			b.Fatal(err, p)
		}
		if err := s.Approve(b.Context(), "", ben, p.Candidate); err != nil {
			b.Fatal(err)
		}
		if _, err := s.Publish(b.Context(), "", op, p.Candidate, ""); err != nil {
			b.Fatal(err)
		}
		close(done)
		reader.Wait()
	}
	slices.Sort(took)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(ms(took[len(took)-1]), "ms/longest-answer")
	b.ReportMetric(ms(took[len(took)*99/100]), "ms/p99-answer")
	b.ReportMetric(ms(alone), "ms/longest-alone")
	b.ReportMetric(float64(len(took)), "answers")
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	b.ReportMetric(float64(memory.Sys)/(1<<20), "MB")
}
