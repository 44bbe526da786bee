package index

// The engine finds documents for weighted terms. It knows nothing of medicine
// and nothing of English: what a term is, and what its weight is, is up to the
// caller. The rest of the package uses
//
//	buildMemory(ctx, docs, opts)          an engine in memory, for the library that ships
//	buildFolder(ctx, dir, docs, opts)     the same in a folder; then
//	openFolder(dir, opts)                 an engine that reads it, and nothing else
//	e.match(ctx, terms, depth)            the best documents by BM25F, as [match]
//	e.evidence(terms, docs)               what each of them holds of the terms, as [evidence]
//	e.doc(n)                              the document's own id, parent and kind
//	e.docFreq(term), e.idf(term)          how rare a term is
//	e.words()                             every word form with its document count, for newSpeller
//	e.close()                             when no search uses it any more
//
// match costs a Bleve search (0.4 ms for 7 terms over 600 short passages, 150
// deep); evidence costs some 1 µs a document and reads no disk, so a caller
// matches some hundred deep and ranks by its own reading of the evidence. All
// are safe for concurrent use.

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/document"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/mapping"
	bleveindex "github.com/blevesearch/bleve_index_api"
)

// A Doc is a text to be found.
type Doc struct {
	ID        string   // unique, not empty
	Parent    string   // what it is a part of: a section, an article; may be empty
	Kind      string   // what it tells about its subject: "symptoms", "treatment"; may be empty
	Names     []string // its subject, and what else that is called
	Title     string
	Questions []string // ways people ask for it
	Body      string
}

// The fields of a document, in the order of every per-field array.
const (
	fieldNames = iota
	fieldTitle
	fieldQuestions
	fieldBody
	fieldCount
)

var fieldLabels = [fieldCount]string{"names", "title", "questions", "body"}

// engineOptions are the engine's settings; the zero value gives the defaults.
type engineOptions struct {
	// Terms cuts a text into the terms it is found by. Default: the stems of
	// its words without the stop words.
	Terms func(text string) []string
	// NoWords leaves out the counts that engine.words returns. Default: they
	// are kept.
	NoWords bool
	// Tag computes a number that is kept with a document. Default: 0.
	Tag func(*Doc) uint32
	// Aliases returns sideData.Aliases; it is called when the documents have
	// been read.
	Aliases func() map[string]string
	// Weights and B are the BM25F settings of each field. Default: see
	// defaultWeights and defaultB.
	Weights, B *[fieldCount]float64
	// K1 is how many occurrences of a term it takes to be half convinced.
	// Default: defaultK1.
	K1 float64
}

// Defaults measured on the consumer health collection: a term in the names or
// the title says more than one in the text, short fields are held back less for
// their length, and repetition goes on counting longer than in news text, for
// which 1.2 is usual. The collection has no questions field; questions are
// weighed as titles, which they are there.
var (
	defaultWeights = [fieldCount]float64{fieldNames: 4, fieldTitle: 3, fieldQuestions: 3, fieldBody: 1}
	defaultB       = [fieldCount]float64{fieldNames: 0.5, fieldTitle: 0.5, fieldQuestions: 0.5, fieldBody: 0.5}
)

const defaultK1 = 2.5

func (o engineOptions) withDefaults() engineOptions {
	if o.Terms == nil {
		o.Terms = stemTerms
	}
	if o.Weights == nil {
		o.Weights = &defaultWeights
	}
	if o.B == nil {
		o.B = &defaultB
	}
	if o.K1 == 0 {
		o.K1 = defaultK1
	}
	return o
}

// stemTerms returns the stems of the words of text that are not stop words.
func stemTerms(text string) []string {
	toks := tokenizeRaw(text)
	terms := make([]string, 0, len(toks))
	for _, t := range toks {
		if !stopWords[t.Text] {
			terms = append(terms, stem(t.Text))
		}
	}
	return terms
}

// engine searches one immutable set of documents.
type engine struct {
	opts    engineOptions
	bleve   bleve.Index
	side    *sideData
	fields  []weightedField
	scratch *sync.Pool // *bm25fScratch
	slots   *sync.Pool // *termSlots
}

func newEngine(idx bleve.Index, side *sideData, opts engineOptions) *engine {
	e := &engine{opts: opts, bleve: idx, side: side, scratch: new(sync.Pool), slots: new(sync.Pool)}
	for f, name := range fieldLabels {
		e.fields = append(e.fields, weightedField{name, opts.Weights[f], opts.B[f], side.avgLen(f)})
	}
	return e
}

// buildMemory indexes docs in memory. It returns the first error of docs.
func buildMemory(ctx context.Context, docs iter.Seq2[Doc, error], opts engineOptions) (*engine, error) {
	opts = opts.withDefaults()
	idx, err := bleve.NewUsing("", newDocMapping(), scorch.Name, scorch.Name, nil)
	if err != nil {
		return nil, fmt.Errorf("index in memory: %w", err)
	}
	batch := idx.NewBatch()
	side, err := indexAll(ctx, docs, opts, func(id string, d *termDoc) error {
		if batch.Size() >= memoryBatch {
			if err := idx.Batch(batch); err != nil {
				return err
			}
			batch.Reset()
		}
		return batch.Index(id, d)
	})
	if err == nil && batch.Size() > 0 {
		err = idx.Batch(batch)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("index in memory: %w", err), idx.Close())
	}
	return newEngine(idx, side, opts), nil
}

// memoryBatch is the number of documents of one segment in memory. A library
// fits one; more segments make each search a little slower.
const memoryBatch = 4000

// The files of an index folder.
const (
	bleveFolder = "bleve"
	sideFile    = "side"
)

// buildFolder indexes docs into the folder dir, which must not exist or be
// empty. After an error the folder is to be removed.
func buildFolder(ctx context.Context, dir string, docs iter.Seq2[Doc, error], opts engineOptions) error {
	opts = opts.withDefaults()
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	builder, err := bleve.NewBuilder(filepath.Join(dir, bleveFolder), newDocMapping(), map[string]any{
		"batchSize":       2000,
		"mergeMax":        10,
		"buildPathPrefix": dir, // beside the index, not in the system's folder
	})
	if err != nil {
		return fmt.Errorf("index into %s: %w", dir, err)
	}
	some := false
	side, err := indexAll(ctx, docs, opts, func(id string, d *termDoc) error {
		some = true
		return builder.Index(id, d)
	})
	if some { // Bleve's builder panics when it is closed with no document in it
		err = errors.Join(err, builder.Close())
	} else if err == nil {
		err = errors.New("there is no document to index")
	}
	if err == nil {
		side.Files, err = sums(filepath.Join(dir, bleveFolder))
	}
	if err == nil {
		err = side.save(filepath.Join(dir, sideFile))
	}
	if err != nil {
		return fmt.Errorf("index into %s: %w", dir, err)
	}
	return nil
}

// openFolder opens what buildFolder wrote, for reading only. It takes no lock
// that another reader minds, and gives up rather than wait for one. Every file
// is held against its checksum first, as Bleve takes the contents on trust.
func openFolder(dir string, opts engineOptions) (*engine, error) {
	side, err := loadSide(filepath.Join(dir, sideFile))
	if err != nil {
		return nil, fmt.Errorf("index folder %s: %w", dir, err)
	}
	files, err := sums(filepath.Join(dir, bleveFolder))
	if err == nil && !maps.Equal(files, side.Files) {
		err = errDamaged
	}
	if err != nil {
		return nil, fmt.Errorf("index folder %s: %w", filepath.Join(dir, bleveFolder), err)
	}
	idx, err := bleve.OpenUsing(filepath.Join(dir, bleveFolder), map[string]any{
		"read_only":    true,
		"bolt_timeout": "200ms",
	})
	if err != nil {
		return nil, fmt.Errorf("index folder %s: %w", dir, err)
	}
	if n, err := idx.DocCount(); err != nil || n != uint64(len(side.Docs)) {
		err = errors.Join(err, fmt.Errorf("index folder %s: %d documents, but %d in its %s file", dir, n, len(side.Docs), sideFile))
		return nil, errors.Join(err, idx.Close())
	}
	return newEngine(idx, side, opts.withDefaults()), nil
}

// close releases the files. No search may be under way.
func (e *engine) close() error { return e.bleve.Close() }

// indexAll hands every document of docs to add, under its number as id.
func indexAll(ctx context.Context, docs iter.Seq2[Doc, error], opts engineOptions, add func(id string, d *termDoc) error) (*sideData, error) {
	b := newSideBuilder(opts)
	for d, err := range docs {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		td, err := b.add(&d)
		if err != nil {
			return nil, err
		}
		if err := add(strconv.Itoa(len(b.side.Docs)-1), td); err != nil {
			return nil, err
		}
	}
	if opts.Aliases != nil {
		b.side.Aliases = opts.Aliases()
	}
	return b.finish(), nil
}

// A termDoc is a document as terms.
type termDoc struct {
	fields [fieldCount][]string
}

// docMapping is Bleve's mapping for a termDoc: terms go in as they are, nothing
// is stored, no positions are kept. A reopened index needs no mapping.
type docMapping struct {
	*mapping.IndexMappingImpl
}

func newDocMapping() docMapping {
	m := bleve.NewIndexMapping()
	m.StoreDynamic, m.DocValuesDynamic = false, false
	return docMapping{m}
}

// MapDocument implements mapping.IndexMapping.
func (docMapping) MapDocument(doc *document.Document, data any) error {
	d, ok := data.(*termDoc)
	if !ok {
		return fmt.Errorf("cannot index a %T", data)
	}
	for f, terms := range d.fields {
		if len(terms) > 0 {
			doc.AddField(document.NewTextFieldCustom(fieldLabels[f], nil, nil, bleveindex.IndexField, termStream(terms)))
		}
	}
	return nil
}

// termStream is an analyzer that has its terms already.
type termStream []string

// Analyze implements analysis.Analyzer.
func (s termStream) Analyze([]byte) analysis.TokenStream {
	toks := make([]analysis.Token, len(s))
	stream := make(analysis.TokenStream, len(s))
	for i, t := range s {
		toks[i] = analysis.Token{Term: []byte(t), Position: i + 1, Type: analysis.AlphaNumeric}
		stream[i] = &toks[i]
	}
	return stream
}

// A match is a document found.
type match struct {
	Doc   int     // its number: 0 to the number of documents - 1
	Score float64 // BM25F; only the order within one search has a meaning
}

// match returns the depth best documents by BM25F, the best first, ties in the
// order in which they were indexed. Terms that no document holds are passed
// over; with none left it returns nothing. It fails when ctx ends first.
func (e *engine) match(ctx context.Context, terms []weightedTerm, depth int) ([]match, error) {
	if depth <= 0 || len(terms) == 0 {
		return nil, nil
	}
	req := bleve.NewSearchRequestOptions(&bm25f{
		Terms: terms, Fields: e.fields, K1: e.opts.K1, Depth: depth,
		Docs: len(e.side.Docs), DocFreq: e.docFreq, Scratch: e.scratch,
	}, depth, 0, false)
	res, err := e.bleve.SearchInContext(ctx, req)
	if err != nil {
		return nil, err
	}
	found := make([]match, 0, len(res.Hits))
	for _, h := range res.Hits {
		n, err := strconv.Atoi(h.ID)
		if err != nil || n < 0 || n >= len(e.side.Docs) {
			return nil, fmt.Errorf("the index holds a document %q, which its %s file does not know", h.ID, sideFile)
		}
		found = append(found, match{n, h.Score})
	}
	sortMatches(found)
	return found, nil
}

// doc returns what is known of document n, 0 to docs()-1.
func (e *engine) doc(n int) *sideDoc { return &e.side.Docs[n] }

// docs returns the number of documents.
func (e *engine) docs() int { return len(e.side.Docs) }

// docFreq returns the number of documents that hold term in any field.
func (e *engine) docFreq(term string) int {
	if id, ok := e.side.termID[term]; ok {
		return int(e.side.DocFreq[id])
	}
	return 0
}

// idf returns how much term tells documents apart, 0 and more; a term of no
// document weighs as much as one of a single document.
func (e *engine) idf(term string) float64 {
	return bm25IDF(max(1, e.docFreq(term)), e.docs())
}

// words returns the word forms of all documents, in the form of token.Text,
// with the number of documents that hold each. It must not be changed.
func (e *engine) words() map[string]int { return e.side.Words }
