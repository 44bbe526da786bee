package index

import (
	"context"
	"fmt"
	"iter"
	"strings"
)

// A Collection is a set of documents that answers whole questions with whole
// documents, in a folder of its own. The library that ships is an [Index]; a
// Collection is for texts by the ten thousand that nobody has marked up, and
// for measuring this package on collections that others have judged.
//
// A Collection is safe for concurrent use.
type Collection struct {
	e       *engine
	spell   *speller
	model   *CollectionModel
	weights signals // of model, in order
}

var collectionOptions = engineOptions{
	Tag: func(d *Doc) uint32 { return uint32(classOf(d.Kind) | classOf(d.Title)) },
}

// BuildCollection indexes docs into the folder dir, which must not exist or be
// empty. It returns the first error of docs; then the folder is to be removed.
func BuildCollection(ctx context.Context, dir string, docs iter.Seq2[Doc, error]) error {
	miner := make(aliasMiner)
	opts := collectionOptions
	opts.Aliases = miner.aliases
	return buildFolder(ctx, dir, miner.watch(named(docs)), opts)
}

// named gives a document without names the subject of its title for a name.
func named(docs iter.Seq2[Doc, error]) iter.Seq2[Doc, error] {
	return func(yield func(Doc, error) bool) {
		for d, err := range docs {
			if err == nil && len(d.Names) == 0 {
				if s := subjectOf(d.Title); s != "" {
					d.Names = []string{s}
				}
			}
			if !yield(d, err) {
				return
			}
		}
	}
}

// subjectOf returns the words of a title that are neither stop words nor words
// of questionClasses.
func subjectOf(title string) string {
	var words []string
	for _, t := range tokenize(title) {
		if !t.Stop && classWords[t.Stem] == 0 {
			words = append(words, t.Text)
		}
	}
	return strings.Join(words, " ")
}

// OpenCollection opens what [BuildCollection] wrote, to rank by model; nil
// stands for the model that ships. It returns an error that says what to do
// when the folder holds no collection.
func OpenCollection(dir string, model *CollectionModel) (*Collection, error) {
	if model == nil {
		model = shippedModel()
	}
	e, err := openFolder(dir, collectionOptions)
	if err != nil {
		return nil, fmt.Errorf("%w; build the collection again", err)
	}
	c := &Collection{e: e, spell: newSpeller(e.words()), model: model}
	english() // so that the first question need not wait for it
	for i, name := range signalNames {
		c.weights[i] = model.Signals[name]
	}
	return c, nil
}

// Close releases the files. No search may be under way.
func (c *Collection) Close() error { return c.e.close() }

// Len returns the number of documents.
func (c *Collection) Len() int { return c.e.docs() }

// A Ranked is a document found.
type Ranked struct {
	ID    string
	Score float64 // orders the documents of one search; of two searches it must not be compared
}

// rerankDepth is how many documents of the first search are looked at closely.
// Measured on the consumer health collection: 100, 150, 200 and 300 reach the
// same nDCG@10 to .003, and 300 takes half as long again.
const rerankDepth = 150

// Search returns the documents that answer question, the best first, at most
// limit of them. No match is not an error: it returns no documents. Documents
// beyond the first 150 keep the order of plain BM25F.
func (c *Collection) Search(ctx context.Context, question string, limit int) ([]Ranked, error) {
	a := c.ask(question)
	found, err := c.e.match(ctx, a.terms, max(limit, rerankDepth))
	if err != nil {
		return nil, err
	}
	top := found[:min(len(found), rerankDepth)]
	signals := c.signals(a, top)
	for i := range top {
		top[i].Score = 0
		for j, x := range signals[i] {
			top[i].Score += x * c.weights[j]
		}
	}
	sortMatches(top)
	for i := len(top); i < len(found); i++ {
		found[i].Score = found[i-1].Score - 1
	}
	out := make([]Ranked, 0, min(limit, len(found)))
	for _, m := range found[:cap(out)] {
		out = append(out, Ranked{c.e.doc(m.Doc).ID, m.Score})
	}
	return out, nil
}

// A Candidate is a document with the signals that rank it, for learning.
type Candidate struct {
	ID      string
	Signals []float64 // in the order of SignalNames
}

// Candidates returns the documents that Search would rank, for learning weights.
func (c *Collection) Candidates(ctx context.Context, question string) ([]Candidate, error) {
	a := c.ask(question)
	found, err := c.e.match(ctx, a.terms, rerankDepth)
	if err != nil {
		return nil, err
	}
	out := make([]Candidate, len(found))
	for i, s := range c.signals(a, found) {
		out[i] = Candidate{c.e.doc(found[i].Doc).ID, s[:]}
	}
	return out, nil
}
