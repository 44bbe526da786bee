// Package beir measures the index package on a judged collection in the format
// of the BEIR benchmark:
//
//	DIR/corpus.jsonl      {"_id": "...", "title": "...", "text": "..."} on each line;
//	                      also gzipped, as corpus.jsonl.gz. Optional:
//	                      "metadata": {"names": ["subject", "also called"], "kind": "symptoms"}
//	DIR/queries.jsonl     {"_id": "...", "text": "..."}
//	DIR/qrels/SPLIT.tsv   query id, document id, grade (0 and up), with or without a heading
//
// [Run] indexes the corpus in a folder of its own, asks every judged question,
// and reports how good the ranking is and what it costs. A fault in a file is
// reported as FILE:LINE: what is wrong; what to do. Nothing is learned here: see
// the command in the folder tune.
package beir

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"salve/index"
)

// Options say what to measure.
type Options struct {
	// Dir is the folder of the collection. Required.
	Dir string
	// Split names the judgements, DIR/qrels/SPLIT.tsv. Default "test".
	Split string
	// RunFile is where to write what was found, in TREC's format. Default: nowhere.
	RunFile string
	// Depth is how many documents a question may find. Default 1000.
	Depth int
	// Rounds is how often every question is asked, ten documents deep, to time
	// it. Default 5.
	Rounds int
	// IndexDir is where to build the index; it must not exist, and it stays.
	// Default: a temporary folder that is removed.
	IndexDir string
}

// A Report is what was measured.
type Report struct {
	Metrics

	Documents, Questions int
	IndexTime            time.Duration
	IndexBytes           int64
	// P50 and P99 are times of one search ten documents deep, on one thread.
	P50, P99 time.Duration
	// PeakRSS is the most memory the process held while searching, in bytes,
	// with the index files mapped into it; 0 where the system does not tell.
	PeakRSS int64
}

// Run measures what opts say, writes the report to w for people, and returns it.
func Run(ctx context.Context, w io.Writer, opts Options) (Report, error) {
	var r Report
	opts.Split = cmp.Or(opts.Split, "test")
	opts.Depth = cmp.Or(opts.Depth, 1000)
	opts.Rounds = cmp.Or(opts.Rounds, 5)
	questions, qrels, err := readJudged(opts.Dir, opts.Split)
	if err != nil {
		return r, err
	}
	dir, err := build(ctx, opts, &r)
	if opts.IndexDir == "" {
		defer os.RemoveAll(dir)
	}
	if err != nil {
		return r, err
	}
	debug.FreeOSMemory()
	resetPeak()
	c, err := index.OpenCollection(filepath.Join(dir, "collection"), nil)
	if err != nil {
		return r, err
	}
	defer c.Close()
	debug.FreeOSMemory()
	resetPeak()
	r.Documents, r.Questions = c.Len(), len(questions)
	if err := timeSearches(ctx, c, questions, opts.Rounds, &r); err != nil {
		return r, err
	}
	r.PeakRSS = peak()
	if err := judge(ctx, c, questions, qrels, opts, &r); err != nil {
		return r, err
	}
	return r, r.print(w, opts)
}

// readJudged returns the questions that have judgements, in their order.
func readJudged(dir, split string) ([]Query, Qrels, error) {
	qrels, err := ReadQrels(dir, split)
	if err != nil {
		return nil, nil, err
	}
	all, err := ReadQueries(dir)
	if err != nil {
		return nil, nil, err
	}
	judged := slices.DeleteFunc(slices.Clone(all), func(q Query) bool { return qrels[q.ID] == nil })
	if len(judged) != len(qrels) {
		known := make(map[string]bool)
		for _, q := range all {
			known[q.ID] = true
		}
		var unknown []string
		for id := range qrels {
			if !known[id] {
				unknown = append(unknown, id)
			}
		}
		slices.Sort(unknown)
		return nil, nil, fmt.Errorf("qrels/%s.tsv judges the query %q, which queries.jsonl does not hold; add it, or remove its judgements", split, unknown[0])
	}
	return judged, qrels, nil
}

// build indexes the corpus into the folder collection of the folder returned.
func build(ctx context.Context, opts Options, r *Report) (dir string, err error) {
	dir = opts.IndexDir
	if dir == "" {
		if dir, err = os.MkdirTemp("", "beir"); err != nil {
			return dir, err
		}
	} else if _, err := os.Stat(dir); err == nil {
		return dir, fmt.Errorf("%s exists; name a new folder for the index", dir)
	}
	start := time.Now()
	if err := index.BuildCollection(ctx, filepath.Join(dir, "collection"), ReadCorpus(opts.Dir)); err != nil {
		return dir, err
	}
	r.IndexTime = time.Since(start)
	return dir, filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			r.IndexBytes += info.Size()
		}
		return err
	})
}

// timeSearches asks all questions once to warm up, then rounds times.
func timeSearches(ctx context.Context, c *index.Collection, questions []Query, rounds int, r *Report) error {
	var took []time.Duration
	for round := range rounds + 1 {
		for _, q := range questions {
			start := time.Now()
			if _, err := c.Search(ctx, q.Text, 10); err != nil {
				return err
			}
			if round > 0 {
				took = append(took, time.Since(start))
			}
		}
	}
	r.P50, r.P99 = Percentile(took, 50), Percentile(took, 99)
	return nil
}

// Percentile returns the time that p percent of took do not exceed, 0 if there
// are none. It sorts took.
func Percentile(took []time.Duration, p int) time.Duration {
	if len(took) == 0 {
		return 0
	}
	slices.Sort(took)
	return took[max(0, (len(took)*p+99)/100-1)]
}

// judge asks all questions, writes the run file and sets the metrics.
func judge(ctx context.Context, c *index.Collection, questions []Query, qrels Qrels, opts Options, r *Report) (err error) {
	run := bufio.NewWriter(io.Discard)
	if opts.RunFile != "" {
		f, err := os.Create(opts.RunFile)
		if err != nil {
			return err
		}
		defer func() {
			if e := f.Close(); err == nil {
				err = e
			}
		}()
		run.Reset(f)
	}
	var all []Metrics
	relevant := relevance(qrels)
	for _, q := range questions {
		found, err := c.Search(ctx, q.Text, opts.Depth)
		if err != nil {
			return err
		}
		writeRun(run, q.ID, found)
		ids := make([]string, len(found))
		for i, d := range found {
			ids[i] = d.ID
		}
		all = append(all, Measure(ids, qrels[q.ID], relevant))
	}
	r.Metrics = Mean(all)
	return run.Flush()
}

// writeRun writes "query Q0 document rank score salve" lines. Scores fall
// strictly, as tools that read the file sort by them. Errors surface in Flush.
func writeRun(w *bufio.Writer, query string, found []index.Ranked) {
	const step = 1e-6
	last := 0.0
	for i, d := range found {
		score := d.Score
		if i > 0 {
			score = min(score, last-step)
		}
		last = score
		fmt.Fprintf(w, "%s Q0 %s %d %.6f salve\n", query, d.ID, i+1, score)
	}
}

func (r *Report) print(w io.Writer, opts Options) error {
	const mb = 1 << 20
	rss := "unknown"
	if r.PeakRSS > 0 {
		rss = fmt.Sprintf("%.1f MB", float64(r.PeakRSS)/mb)
	}
	_, err := fmt.Fprintf(w, `collection      %s, split %s
documents       %d
questions       %d
nDCG@10         %.4f
MAP@10          %.4f
MRR@10          %.4f
P@1             %.4f
judged nDCG@10  %.4f
recall@100      %.4f
index time      %.1f s
index size      %.1f MB
query p50       %.2f ms
query p99       %.2f ms
peak memory     %s
`, filepath.Base(opts.Dir), opts.Split, r.Documents, r.Questions, r.NDCG, r.MAP, r.MRR, r.P1, r.JudgedNDCG, r.Recall100,
		r.IndexTime.Seconds(), float64(r.IndexBytes)/mb, millis(r.P50), millis(r.P99), rss)
	return err
}

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// resetPeak and peak ask Linux for the most memory the process has held.
// Elsewhere, and where that is not allowed, peak returns 0.
func resetPeak() {
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // best effort: else the peak includes the build
}

func peak() int64 {
	raw, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(raw)) {
		if kb, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(kb), "kB")), 10, 64)
			if err == nil {
				return n << 10
			}
		}
	}
	return 0
}
