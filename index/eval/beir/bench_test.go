package beir

import (
	"context"
	"path/filepath"
	"runtime/debug"
	"testing"
	"time"

	"github.com/blevesearch/bleve/v2"

	"salve/index"
)

// BenchmarkSearch compares this package with Bleve's own match query, as Bleve
// comes, on the same documents and questions, in one run: ten documents deep,
// one thread, all questions of the consumer health collection in turn.
//
//	go test -run '^$' -bench Search ./index/eval/beir
func BenchmarkSearch(b *testing.B) {
	dir := consumerHealth(b)
	all, err := ReadQueries(dir)
	if err != nil {
		b.Fatal(err)
	}
	ours, err := openOurs(b, dir)
	if err != nil {
		b.Fatal(err)
	}
	theirs, err := openBleve(b, dir)
	if err != nil {
		b.Fatal(err)
	}
	for _, form := range []string{"full", "summary"} {
		var questions []string
		for _, q := range all {
			if ok, _ := filepath.Match("*-"+form, q.ID); ok {
				questions = append(questions, q.Text)
			}
		}
		b.Run(form+"/salve", func(b *testing.B) {
			measureSearch(b, questions, func(ctx context.Context, q string) (int, error) {
				found, err := ours.Search(ctx, q, 10)
				return len(found), err
			})
		})
		b.Run(form+"/bleve", func(b *testing.B) {
			measureSearch(b, questions, func(ctx context.Context, q string) (int, error) {
				res, err := theirs.SearchInContext(ctx, bleve.NewSearchRequestOptions(bleve.NewMatchQuery(q), 10, 0, false))
				if err != nil {
					return 0, err
				}
				return len(res.Hits), nil
			})
		})
	}
}

// measureSearch asks every question ten times for each iteration, and reports
// the times of single questions.
func measureSearch(b *testing.B, questions []string, search func(ctx context.Context, q string) (int, error)) {
	var took []time.Duration
	for b.Loop() {
		for range 10 {
			for _, q := range questions {
				start := time.Now()
				n, err := search(b.Context(), q)
				took = append(took, time.Since(start))
				if err != nil || n == 0 {
					b.Fatalf("%d documents, %v", n, err)
				}
			}
		}
	}
	b.ReportMetric(millis(Percentile(took, 50)), "p50-ms")
	b.ReportMetric(millis(Percentile(took, 99)), "p99-ms")
}

func openOurs(b *testing.B, dir string) (*index.Collection, error) {
	built := filepath.Join(b.TempDir(), "collection")
	start := time.Now()
	if err := index.BuildCollection(b.Context(), built, ReadCorpus(dir)); err != nil {
		return nil, err
	}
	b.Logf("salve indexes in %.1f s", time.Since(start).Seconds())
	debug.FreeOSMemory()
	c, err := index.OpenCollection(built, nil)
	if err == nil {
		b.Cleanup(func() {
			if err := c.Close(); err != nil {
				b.Error(err)
			}
		})
	}
	return c, err
}

// openBleve indexes the same documents as Bleve does by default.
func openBleve(b *testing.B, dir string) (bleve.Index, error) {
	path := filepath.Join(b.TempDir(), "bleve")
	start := time.Now()
	builder, err := bleve.NewBuilder(path, bleve.NewIndexMapping(), map[string]any{"buildPathPrefix": b.TempDir()})
	if err != nil {
		return nil, err
	}
	for d, err := range ReadCorpus(dir) {
		if err == nil {
			err = builder.Index(d.ID, map[string]any{"title": d.Title, "text": d.Body, "names": d.Names})
		}
		if err != nil {
			return nil, err
		}
	}
	if err := builder.Close(); err != nil {
		return nil, err
	}
	b.Logf("bleve indexes in %.1f s", time.Since(start).Seconds())
	idx, err := bleve.OpenUsing(path, map[string]any{"read_only": true, "bolt_timeout": "200ms"})
	if err == nil {
		b.Cleanup(func() {
			if err := idx.Close(); err != nil {
				b.Error(err)
			}
		})
	}
	return idx, err
}

// BenchmarkOpen tells how long a process waits for its index.
func BenchmarkOpen(b *testing.B) {
	dir := filepath.Join(b.TempDir(), "collection")
	if err := index.BuildCollection(b.Context(), dir, ReadCorpus(consumerHealth(b))); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		c, err := index.OpenCollection(dir, nil)
		if err != nil {
			b.Fatal(err)
		}
		if err := c.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
