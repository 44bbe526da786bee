package beir

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"salve/index"
)

// consumerHealth returns the folder of the collection beside the repository, or
// skips.
func consumerHealth(t testing.TB) string {
	t.Helper()
	_, file, _, _ := runtime.Caller(0)
	dir := filepath.Join(filepath.Dir(file), "../../../../shared/eval/consumer-health")
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%v; check the collection out beside the repository", err)
		}
		t.Skipf("the collection is not beside the repository: %v", err)
	}
	return dir
}

// TestConsumerHealth holds the ranking to what was reached, less .02 for small
// changes elsewhere. The bounds we set ourselves are .63 and .67, and .80 on
// judged documents.
func TestConsumerHealth(t *testing.T) {
	dir := consumerHealth(t)
	built := filepath.Join(t.TempDir(), "index")
	var out bytes.Buffer
	full, err := Run(t.Context(), &out, Options{Dir: dir, Split: "dev-full", Rounds: 1, IndexDir: built})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("\n%s", &out)
	holds(t, "dev-full", full.Metrics, 0.675, 0.80)

	c, err := index.OpenCollection(filepath.Join(built, "collection"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	questions, qrels, err := readJudged(dir, "dev-summary")
	if err != nil {
		t.Fatal(err)
	}
	var summary Report
	if err := judge(t.Context(), c, questions, qrels, Options{Depth: 1000}, &summary); err != nil {
		t.Fatal(err)
	}
	holds(t, "dev-summary", summary.Metrics, 0.70, 0.80)
}

func holds(t *testing.T, split string, got Metrics, ndcg, judged float64) {
	t.Helper()
	t.Logf("%s: %+v", split, got)
	if got.NDCG < ndcg || got.JudgedNDCG < judged {
		t.Errorf("%s: nDCG@10 %.3f (judged only %.3f); want at least %.3f (%.3f)", split, got.NDCG, got.JudgedNDCG, ndcg, judged)
	}
}

// smallCollection writes a collection of three documents and two questions.
func smallCollection(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{
		"corpus.jsonl": `{"_id": "a", "title": "What is asthma?", "text": "Asthma makes it hard to breathe.", "metadata": {"names": ["Asthma"], "kind": "information"}}

{"_id": "b", "title": "How is asthma treated?", "text": "An inhaler treats asthma.", "metadata": {"names": ["Asthma"], "kind": "treatment"}}
{"_id": "c", "title": "What is gout?", "text": "Gout is a painful joint."}
`,
		"queries.jsonl":  "{\"_id\": \"q1\", \"text\": \"how is asthma treated\"}\n{\"_id\": \"q2\", \"text\": \"what is gout\"}\n{\"_id\": \"q3\", \"text\": \"not judged\"}\n",
		"qrels/test.tsv": "query-id\tcorpus-id\tscore\nq1\tb\t2\nq1\ta\t1\nq2\tc\t2\n",
	})
	return dir
}

func writeFiles(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRun(t *testing.T) {
	dir := smallCollection(t)
	run := filepath.Join(t.TempDir(), "run.txt")
	var out bytes.Buffer
	r, err := Run(t.Context(), &out, Options{Dir: dir, RunFile: run})
	if err != nil {
		t.Fatal(err)
	}
	if r.NDCG != 1 || r.JudgedNDCG != 1 || r.MAP != 1 || r.MRR != 1 || r.P1 != 1 || r.Recall100 != 1 || r.Documents != 3 || r.Questions != 2 {
		t.Errorf("report %+v; every question has its best order", r)
	}
	for _, want := range []string{"nDCG@10         1.0000", "recall@100      1.0000", "documents       3", "query p99"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report does not say %q:\n%s", want, &out)
		}
	}
	raw, err := os.ReadFile(run)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	var id, zero, doc, tag string
	var rank int
	var score float64
	if n, err := fmt.Sscan(lines[0], &id, &zero, &doc, &rank, &score, &tag); n != 6 || err != nil || id != "q1" || doc != "b" || rank != 1 {
		t.Errorf("the run file begins %q", lines[0])
	}
}

func TestRunGzipped(t *testing.T) {
	dir := smallCollection(t)
	raw, err := os.ReadFile(filepath.Join(dir, "corpus.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	if _, err := z.Write(raw); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "corpus.jsonl")); err != nil {
		t.Fatal(err)
	}
	writeFiles(t, dir, map[string]string{"corpus.jsonl.gz": zipped.String()})
	if r, err := Run(t.Context(), new(bytes.Buffer), Options{Dir: dir}); err != nil || r.Documents != 3 {
		t.Errorf("%+v, %v", r, err)
	}
	writeFiles(t, dir, map[string]string{"corpus.jsonl.gz": zipped.String()[:zipped.Len()/2]})
	if _, err := Run(t.Context(), new(bytes.Buffer), Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "check that the file is whole") {
		t.Errorf("half a corpus: %v", err)
	}
}

func TestRunFaults(t *testing.T) {
	for _, tt := range []struct{ name, file, text, split, want string }{
		{"no such split", "", "", "dev", `no judgements "dev"; choose one of its splits: test`},
		{"a document that is no JSON", "corpus.jsonl", "{\"_id\": \"a\"}\nhello\n", "", "corpus.jsonl:2: not a document in JSON"},
		{"a document without an id", "corpus.jsonl", "{\"title\": \"a\"}\n", "", "corpus.jsonl:1: the document has no _id; give it one"},
		{"two documents of one id", "corpus.jsonl", "{\"_id\": \"a\"}\n{\"_id\": \"a\"}\n", "", `two documents have the id "a"`},
		{"an empty corpus", "corpus.jsonl", "\n", "", "holds no document"},
		{"a query that is no JSON", "queries.jsonl", "what?", "", "queries.jsonl:1: not a query in JSON"},
		{"a query id with a space", "queries.jsonl", `{"_id": "q 1"}`, "", `the query id "q 1" is empty or holds a space`},
		{"a query twice", "queries.jsonl", "{\"_id\": \"q1\"}\n{\"_id\": \"q1\"}\n", "", `a second query "q1"`},
		{"a query that is judged but not asked", "queries.jsonl", `{"_id": "q1", "text": "a"}`, "", `judges the query "q2"`},
		{"a judgement of two columns", "qrels/test.tsv", "q1\ta\n", "", "test.tsv:1: 2 columns; write the query id"},
		{"a grade that is no number", "qrels/test.tsv", "q\td\ts\nq1\ta\tgood\n", "", `test.tsv:2: the grade "good" is not a whole number`},
		{"no judgement", "qrels/test.tsv", "query-id\tcorpus-id\tscore\n", "", "holds no judgement"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := smallCollection(t)
			if tt.file != "" {
				writeFiles(t, dir, map[string]string{tt.file: tt.text})
			}
			_, err := Run(t.Context(), new(bytes.Buffer), Options{Dir: dir, Split: tt.split})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v; want one that says %q", err, tt.want)
			}
		})
	}
	for _, missing := range []string{"corpus.jsonl", "queries.jsonl", "qrels/test.tsv"} {
		dir := smallCollection(t)
		if err := os.Remove(filepath.Join(dir, missing)); err != nil {
			t.Fatal(err)
		}
		if _, err := Run(t.Context(), new(bytes.Buffer), Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "name the folder of a BEIR collection") {
			t.Errorf("without %s: %v", missing, err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Run(ended, new(bytes.Buffer), Options{Dir: smallCollection(t)}); err == nil {
		t.Error("a run outlives its context")
	}
}

// TestMeasure has values computed by hand.
func TestMeasure(t *testing.T) {
	log2 := math.Log2
	judged := map[string]int{"a": 3, "b": 2, "c": 1, "d": 0}
	ideal := 3 + 2/log2(3) + 1/log2(4)
	for _, tt := range []struct {
		name  string
		found []string
		want  Metrics
	}{
		{"the best order", []string{"a", "b", "c", "d"}, Metrics{NDCG: 1, JudgedNDCG: 1, MAP: 1, MRR: 1, P1: 1, Recall100: 1}},
		{"nothing found", nil, Metrics{}},
		{"one that nobody judged comes first", []string{"x", "a"}, Metrics{
			NDCG: 3 / log2(3) / ideal, JudgedNDCG: 3 / ideal, MAP: 0.25, MRR: 0.5, Recall100: 0.5}},
		{"related is not relevant", []string{"c", "b", "a"}, Metrics{
			NDCG: (1 + 2/log2(3) + 3/log2(4)) / ideal, JudgedNDCG: (1 + 2/log2(3) + 3/log2(4)) / ideal,
			MAP: (1.0/2 + 2.0/3) / 2, MRR: 0.5, Recall100: 1}},
		{"beyond the tenth place", []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "a"}, Metrics{
			JudgedNDCG: 3 / ideal, Recall100: 0.5}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Measure(tt.found, judged, 2)
			for i, pair := range [][2]float64{{got.NDCG, tt.want.NDCG}, {got.JudgedNDCG, tt.want.JudgedNDCG}, {got.MAP, tt.want.MAP},
				{got.MRR, tt.want.MRR}, {got.P1, tt.want.P1}, {got.Recall100, tt.want.Recall100}} {
				if math.Abs(pair[0]-pair[1]) > 1e-12 {
					t.Errorf("figure %d is %v; want %v", i, pair[0], pair[1])
				}
			}
		})
	}
	if got := Measure([]string{"a"}, map[string]int{"a": 0}, 1); got != (Metrics{}) {
		t.Errorf("nothing relevant: %+v", got)
	}
	if got := Mean([]Metrics{{NDCG: 1, P1: 1}, {NDCG: 0.5}}); got.NDCG != 0.75 || got.P1 != 0.5 {
		t.Errorf("mean %+v", got)
	}
	if relevance(Qrels{"q": {"a": 1}}) != 1 || relevance(Qrels{"q": {"a": 1, "b": 2}}) != 2 {
		t.Error("where the grades go to 2, 1 is not relevant")
	}
}

func TestPercentile(t *testing.T) {
	var took []time.Duration
	for i := range 100 {
		took = append(took, time.Duration(100-i))
	}
	if p50, p99 := Percentile(took, 50), Percentile(took, 99); p50 != 50 || p99 != 99 {
		t.Errorf("p50 %d, p99 %d", p50, p99)
	}
	if Percentile(nil, 50) != 0 || Percentile(took[:1], 99) != 1 {
		t.Error("of none or one")
	}
}

func FuzzReaders(f *testing.F) {
	f.Add("{\"_id\": \"a\", \"title\": \"t\", \"text\": \"x\", \"metadata\": {\"names\": [\"n\"]}}\n")
	f.Add("query-id\tcorpus-id\tscore\nq1\tb\t2\n")
	f.Add("q1 0 b 1\n\n\ufeffq2\ta\t-1")
	f.Fuzz(func(t *testing.T, text string) {
		readCorpus("corpus.jsonl", strings.NewReader(text), func(d index.Doc, err error) bool {
			if err == nil && d.ID == "" {
				t.Fatal("a document without an id")
			}
			return true
		})
		if queries, err := readQueries("queries.jsonl", strings.NewReader(text)); err == nil {
			for _, q := range queries {
				if q.ID == "" {
					t.Fatal("a query without an id")
				}
			}
		}
		if qrels, err := readQrels("test.tsv", strings.NewReader(text)); err == nil {
			for q, docs := range qrels {
				for d, g := range docs {
					if q == "" || d == "" || g < 0 {
						t.Fatalf("judgement %q %q %d", q, d, g)
					}
				}
			}
		}
	})
}
