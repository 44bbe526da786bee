package beir

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"salve/index"
)

// maxLine is the longest line read, in bytes. The longest answer of the
// consumer health collection takes 0.2 MB.
const maxLine = 32 << 20

// A Query is a question of a collection.
type Query struct {
	ID   string `json:"_id"`
	Text string `json:"text"`
}

// Qrels holds the judgements: query id -> document id -> grade, 0 and up.
type Qrels map[string]map[string]int

// A fault is a line of a file that cannot be read.
func fault(file string, line int, what, fix string) error {
	return fmt.Errorf("%s:%d: %s; %s", file, line, what, fix)
}

// ReadCorpus returns the documents of corpus.jsonl, or else corpus.jsonl.gz, in
// the folder dir, in their order. The iterator ends with the first error.
func ReadCorpus(dir string) iter.Seq2[index.Doc, error] {
	return func(yield func(index.Doc, error) bool) {
		path := filepath.Join(dir, "corpus.jsonl")
		f, err := os.Open(path)
		if errors.Is(err, fs.ErrNotExist) {
			path += ".gz"
			f, err = os.Open(path)
		}
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				err = fmt.Errorf("%s has neither corpus.jsonl nor corpus.jsonl.gz; name the folder of a BEIR collection", dir)
			}
			yield(index.Doc{}, err)
			return
		}
		defer f.Close()
		var r io.Reader = f
		if strings.HasSuffix(path, ".gz") {
			if r, err = gzip.NewReader(f); err != nil {
				yield(index.Doc{}, fmt.Errorf("%s is not a gzip file (%w); compress it again", path, err))
				return
			}
		}
		readCorpus(path, r, yield)
	}
}

func readCorpus(file string, r io.Reader, yield func(index.Doc, error) bool) {
	n := 0
	for line, err := range lines(file, r) {
		if err != nil {
			yield(index.Doc{}, err)
			return
		}
		n++
		var d struct {
			ID       string `json:"_id"`
			Title    string `json:"title"`
			Text     string `json:"text"`
			Metadata struct {
				Names []string `json:"names"`
				Kind  string   `json:"kind"`
			} `json:"metadata"`
		}
		if err := json.Unmarshal([]byte(line.text), &d); err != nil {
			yield(index.Doc{}, fault(file, line.number, "not a document in JSON ("+err.Error()+")", `write {"_id": "...", "title": "...", "text": "..."}`))
			return
		}
		if d.ID == "" {
			yield(index.Doc{}, fault(file, line.number, "the document has no _id", "give it one"))
			return
		}
		if !yield(index.Doc{ID: d.ID, Title: d.Title, Body: d.Text, Names: d.Metadata.Names, Kind: d.Metadata.Kind}, nil) {
			return
		}
	}
	if n == 0 {
		yield(index.Doc{}, fmt.Errorf("%s holds no document; write one in JSON on each line", file))
	}
}

// ReadQueries returns the questions of queries.jsonl in the folder dir.
func ReadQueries(dir string) ([]Query, error) {
	path := filepath.Join(dir, "queries.jsonl")
	f, err := os.Open(path)
	if err != nil {
		return nil, missing(err, dir, "queries.jsonl")
	}
	defer f.Close()
	return readQueries(path, f)
}

func readQueries(file string, r io.Reader) ([]Query, error) {
	var out []Query
	seen := make(map[string]bool)
	for line, err := range lines(file, r) {
		if err != nil {
			return nil, err
		}
		var q Query
		if err := json.Unmarshal([]byte(line.text), &q); err != nil {
			return nil, fault(file, line.number, "not a query in JSON ("+err.Error()+")", `write {"_id": "...", "text": "..."}`)
		}
		switch {
		case q.ID == "" || strings.ContainsAny(q.ID, " \t"):
			return nil, fault(file, line.number, fmt.Sprintf("the query id %q is empty or holds a space", q.ID), "give it one without")
		case seen[q.ID]:
			return nil, fault(file, line.number, fmt.Sprintf("a second query %q", q.ID), "remove one of them")
		}
		seen[q.ID] = true
		out = append(out, q)
	}
	return out, nil
}

// ReadQrels returns the judgements of qrels/SPLIT.tsv in the folder dir. A
// missing file names the splits that there are.
func ReadQrels(dir, split string) (Qrels, error) {
	path := filepath.Join(dir, "qrels", split+".tsv")
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		have, _ := filepath.Glob(filepath.Join(dir, "qrels", "*.tsv"))
		for i, h := range have {
			have[i] = strings.TrimSuffix(filepath.Base(h), ".tsv")
		}
		if len(have) == 0 {
			return nil, missing(err, dir, "qrels/"+split+".tsv")
		}
		return nil, fmt.Errorf("%s has no judgements %q; choose one of its splits: %s", dir, split, strings.Join(have, ", "))
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readQrels(path, f)
}

// readQrels reads "query TAB document TAB grade" lines, as BEIR has them, or
// TREC's four columns with an ignored second one; a heading is passed over.
func readQrels(file string, r io.Reader) (Qrels, error) {
	out := make(Qrels)
	for line, err := range lines(file, r) {
		if err != nil {
			return nil, err
		}
		cols := strings.Fields(line.text)
		if len(cols) == 4 {
			cols = []string{cols[0], cols[2], cols[3]}
		}
		if len(cols) != 3 {
			return nil, fault(file, line.number, fmt.Sprintf("%d columns", len(cols)), "write the query id, the document id and the grade, with tabs between")
		}
		grade, err := strconv.Atoi(cols[2])
		if err != nil {
			if line.number == 1 {
				continue // the heading
			}
			return nil, fault(file, line.number, fmt.Sprintf("the grade %q is not a whole number", cols[2]), "write 0 for not relevant, 1 or more for relevant")
		}
		if out[cols[0]] == nil {
			out[cols[0]] = make(map[string]int)
		}
		out[cols[0]][cols[1]] = max(0, grade)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s holds no judgement; write one on each line", file)
	}
	return out, nil
}

func missing(err error, dir, file string) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s has no %s; name the folder of a BEIR collection", dir, file)
	}
	return err
}

// source remembers an error of r, because a scanner hands out the piece of a
// line before an error as if it were a line.
type source struct {
	r   io.Reader
	err error
}

// Read implements io.Reader.
func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

type textLine struct {
	number int
	text   string
}

// lines returns the lines of r that are not blank.
func lines(file string, r io.Reader) iter.Seq2[textLine, error] {
	return func(yield func(textLine, error) bool) {
		src := &source{r: r}
		sc := bufio.NewScanner(src)
		sc.Buffer(nil, maxLine)
		n := 0
		for sc.Scan() && src.err == nil {
			n++
			if text := strings.TrimPrefix(sc.Text(), "\ufeff"); strings.TrimSpace(text) != "" && !yield(textLine{n, text}, nil) {
				return
			}
		}
		if err := cmp.Or(src.err, sc.Err()); err != nil {
			yield(textLine{}, fault(file, n+1, err.Error(), "check that the file is whole"))
		}
	}
}
