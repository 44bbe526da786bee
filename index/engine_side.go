package index

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// sideData is what a search needs beside Bleve's index: the terms of every
// document in order, so that a candidate is looked at without disk or JSON, and
// statistics over all of them. It is a file of the index folder and never
// changes; 18,000 answers of 200 words take 12 MB in memory.
type sideData struct {
	Docs    []sideDoc
	Terms   []string // by term id; id 0 is the gap between two names or questions
	DocFreq []uint32 // by term id: documents that hold it in any field
	Stream  []uint32 // term ids of all fields of all documents, one after the other
	Total   [fieldCount]int
	Words   map[string]int // word form -> documents

	// Files are the SHA-256 sums of the files of Bleve's folder.
	Files map[string][sha256.Size]byte
	// Aliases are other names, from a short form to a long one, as the builder
	// of the collection gave them.
	Aliases map[string]string

	termID map[string]uint32
	idf    []float64 // by term id
}

// derive fills in what is not in the file.
func (s *sideData) derive() {
	s.termID = make(map[string]uint32, len(s.Terms))
	s.idf = make([]float64, len(s.Terms))
	for id, t := range s.Terms[1:] {
		s.termID[t] = uint32(id + 1)
		s.idf[id+1] = bm25IDF(int(s.DocFreq[id+1]), len(s.Docs))
	}
}

// sideDoc is one document.
type sideDoc struct {
	ID, Parent, Kind string
	// Tag is what engineOptions.Tag said of the document.
	Tag uint32
	// At holds where each field starts in Stream; the last entry is the end.
	At [fieldCount + 1]uint32
	// Len holds the number of terms of each field.
	Len [fieldCount]uint32
}

// field returns the term ids of field f of document n, with 0 between two
// names or questions.
func (s *sideData) field(n, f int) []uint32 {
	d := &s.Docs[n]
	return s.Stream[d.At[f]:d.At[f+1]]
}

// avgLen is the mean number of terms of field f, at least 1 to divide by.
func (s *sideData) avgLen(f int) float64 {
	return max(1, float64(s.Total[f])/float64(max(1, len(s.Docs))))
}

// sideBuilder gathers sideData.
type sideBuilder struct {
	side    *sideData
	opts    engineOptions
	ids     map[string]bool
	strings map[string]string // one copy of each kind and parent
	seen    []uint32          // by term id: 1 + the last document that held it
	words   map[string]wordCount
}

type wordCount struct{ docs, last int }

func newSideBuilder(opts engineOptions) *sideBuilder {
	return &sideBuilder{
		side: &sideData{
			Terms: []string{""}, DocFreq: []uint32{0}, termID: map[string]uint32{},
		},
		opts: opts, ids: map[string]bool{}, strings: map[string]string{}, seen: []uint32{0},
		words: map[string]wordCount{},
	}
}

// add takes in a document and returns its terms. It fails when the id is empty
// or known already.
func (b *sideBuilder) add(d *Doc) (*termDoc, error) {
	if d.ID == "" {
		return nil, fmt.Errorf("document %d has no id", len(b.side.Docs)+1)
	}
	if b.ids[d.ID] {
		return nil, fmt.Errorf("two documents have the id %q", d.ID)
	}
	b.ids[d.ID] = true
	sd := sideDoc{ID: d.ID, Parent: b.intern(d.Parent), Kind: b.intern(d.Kind)}
	if b.opts.Tag != nil {
		sd.Tag = b.opts.Tag(d)
	}
	td := new(termDoc)
	for f, texts := range [fieldCount][]string{d.Names, {d.Title}, d.Questions, {d.Body}} {
		sd.At[f] = uint32(len(b.side.Stream))
		for i, text := range texts {
			if i > 0 {
				b.side.Stream = append(b.side.Stream, 0)
			}
			if !b.opts.NoWords {
				b.countWords(text)
			}
			for _, term := range b.opts.Terms(text) {
				id := b.id(term)
				b.side.Stream = append(b.side.Stream, id)
				td.fields[f] = append(td.fields[f], b.side.Terms[id])
			}
		}
		sd.Len[f] = uint32(len(td.fields[f]))
		b.side.Total[f] += len(td.fields[f])
	}
	sd.At[fieldCount] = uint32(len(b.side.Stream))
	b.side.Docs = append(b.side.Docs, sd)
	return td, nil
}

func (b *sideBuilder) intern(s string) string {
	if t, ok := b.strings[s]; ok {
		return t
	}
	b.strings[s] = s
	return s
}

// id returns the id of term and counts the document under way for it.
func (b *sideBuilder) id(term string) uint32 {
	id, ok := b.side.termID[term]
	if !ok {
		id = uint32(len(b.side.Terms))
		b.side.termID[term] = id
		b.side.Terms = append(b.side.Terms, term)
		b.side.DocFreq = append(b.side.DocFreq, 0)
		b.seen = append(b.seen, 0)
	}
	if n := uint32(len(b.side.Docs) + 1); b.seen[id] != n {
		b.seen[id] = n
		b.side.DocFreq[id]++
	}
	return id
}

func (b *sideBuilder) countWords(text string) {
	n := len(b.side.Docs) + 1
	for _, t := range tokenizeRaw(text) {
		if c := b.words[t.Text]; c.last != n {
			b.words[t.Text] = wordCount{c.docs + 1, n}
		}
	}
}

func (b *sideBuilder) finish() *sideData {
	b.side.Words = make(map[string]int, len(b.words))
	for w, c := range b.words {
		b.side.Words[w] = c.docs
	}
	b.side.derive()
	return b.side
}

// sideMagic opens the file; the number is the version of its format.
const sideMagic = "salve side data 1\n"

// save writes the file: sideMagic, the SHA-256 of the rest, the rest in gob.
func (s *sideData) save(path string) error {
	var body bytes.Buffer
	if err := gob.NewEncoder(&body).Encode(s); err != nil {
		return err
	}
	sum := sha256.Sum256(body.Bytes())
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	_, err = w.WriteString(sideMagic)
	if err == nil {
		_, err = w.Write(sum[:])
	}
	if err == nil {
		_, err = w.Write(body.Bytes())
	}
	return errors.Join(err, w.Flush(), f.Sync(), f.Close())
}

// sums returns the SHA-256 of every file under dir, by its path in it.
func sums(dir string) (map[string][sha256.Size]byte, error) {
	out := make(map[string][sha256.Size]byte)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		out[filepath.ToSlash(name)] = sha256.Sum256(raw)
		return err
	})
	return out, err
}

// errDamaged reports a file of an index folder that was changed or cut short.
var errDamaged = errors.New("not as it was written")

// loadSide reads what save wrote. It returns an error wrapping fs.ErrNotExist
// when there is no file, and errDamaged when it is not whole.
func loadSide(path string) (*sideData, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	head := len(sideMagic) + sha256.Size
	if len(raw) < head || string(raw[:len(sideMagic)]) != sideMagic {
		return nil, &fs.PathError{Op: "read", Path: path, Err: errDamaged}
	}
	if sum := sha256.Sum256(raw[head:]); !bytes.Equal(sum[:], raw[len(sideMagic):head]) {
		return nil, &fs.PathError{Op: "read", Path: path, Err: errDamaged}
	}
	s := new(sideData)
	if err := gob.NewDecoder(bytes.NewReader(raw[head:])).Decode(s); err != nil {
		return nil, &fs.PathError{Op: "read", Path: path, Err: fmt.Errorf("%w: %v", errDamaged, err)}
	}
	s.derive()
	return s, nil
}
