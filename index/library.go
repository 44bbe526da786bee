package index

import (
	"context"
	"errors"
	"math"
	"slices"

	"salve/knowledge"
)

// An Index answers questions from one version of a library. It does not change
// once built; it is safe for concurrent use.
type Index struct {
	lib        *knowledge.Library
	engine     *engine
	concepts   *concepts
	intents    *intents
	glossaries map[string]*glossary
	docs       []doc
	sections   []sectionData
	frequency  map[int32]int // passages that hold a concept, in text, title or questions
	weights    *weights
}

// A doc is a passage made ready for matching.
type doc struct {
	passage *knowledge.Passage
	section int // in Index.sections
	text    bag
	order   []int32 // concepts of the text in order, for nearness
	drugs   []int32 // entities of type drug in its text
	details wants
	regions []string // that the text names
	words   int
	norm    float64 // sum of the weights of the text's concepts
	place   int     // 0 for the first passage of its section
}

// sectionData is what the passages of a section share.
type sectionData struct {
	section   *knowledge.Section
	title     bag // heading, article title and names
	heading   bag
	questions []bag // the heading is the last
	asked     postings
	norms     []float64 // sum of the weights of each question's concepts
	drugs     []int32
	entities  []int32
	places    []int32 // those of the entities that are places
	asks      []int   // positions in knowledge.Intents
	child     bool
}

// New indexes a library in memory.
func New(lib *knowledge.Library) (*Index, error) {
	x, err := prepare(lib)
	if err != nil {
		return nil, err
	}
	x.engine, err = buildMemory(context.Background(), x.engineDocs(), x.engineOptions())
	x.concepts.memo, x.concepts.roots = nil, nil
	return x, err
}

// prepare computes what an index holds beside Bleve's part.
func prepare(lib *knowledge.Library) (*Index, error) {
	if len(lib.Passages()) == 0 {
		return nil, errors.New("the library holds no published passage; set the status of its articles to published")
	}
	x := &Index{
		lib: lib, concepts: newConcepts(lib.Lexicon), frequency: map[int32]int{},
		glossaries: newGlossaries(lib.Lexicon.Translations), weights: learned(),
	}
	var samples []intentSample
	intentIndex := map[string]int{}
	for i, name := range knowledge.Intents {
		intentIndex[name] = i
	}
	bySection := map[*knowledge.Section]int{}
	for _, p := range lib.Passages() {
		s := p.Section
		si, ok := bySection[s]
		if !ok {
			si = len(x.sections)
			bySection[s] = si
			x.sections = append(x.sections, x.sectionData(s, intentIndex))
			for _, q := range append([]string{s.Heading}, s.Questions...) {
				samples = append(samples, intentSample{x.concepts.intentFeatures(x.concepts.tokenize(q)), s.Asks})
			}
		}
		x.docs = append(x.docs, x.doc(p, si))
	}
	x.intents = learnIntents(samples)
	x.count()
	for i := range x.docs {
		d := &x.docs[i]
		for _, id := range d.text.ids {
			d.norm += x.idf(id)
		}
	}
	for i := range x.sections {
		s := &x.sections[i]
		for _, q := range s.questions {
			norm := 0.0
			for _, id := range q.ids {
				norm += x.idf(id)
			}
			s.norms = append(s.norms, norm)
		}
	}
	x.concepts.finish()
	return x, nil
}

func (x *Index) sectionData(s *knowledge.Section, intents map[string]int) sectionData {
	d := sectionData{section: s}
	d.heading = newBag(x.concepts.learn(s.Heading))
	ids := slices.Concat(x.concepts.learn(s.Article.Title), d.heading.ids)
	for _, e := range s.Entities {
		id := x.concepts.entity[e]
		d.entities = append(d.entities, id)
		ids = append(ids, id)
		entity := x.lib.Lexicon.Entity(e)
		x.concepts.learn(entity.Name) // the engine will ask for it
		if entity.Type == "drug" {
			d.drugs = append(d.drugs, id)
		}
		d.child = d.child || e == "child" || e == "baby"
	}
	d.places = slices.DeleteFunc(slices.Clone(d.entities), func(id int32) bool { return !x.isPlace(id) })
	d.title = newBag(ids)
	var all []int32
	for _, q := range s.Questions {
		b := newBag(x.concepts.learn(q))
		d.questions = append(d.questions, b)
		all = append(all, b.ids...)
	}
	// To the engine, a section's questions are the concepts in them, once each.
	x.concepts.memo[questionsText(s)] = newBag(all).ids
	d.questions = append(d.questions, d.heading)
	d.asked = newPostings(d.questions)
	for _, a := range s.Asks {
		d.asks = append(d.asks, intents[a])
	}
	d.child = d.child || s.Audience == "child"
	return d
}

func (x *Index) doc(p *knowledge.Passage, section int) doc {
	ids := x.concepts.learn(p.Text)
	x.concepts.learn(titleText(p))
	d := doc{
		passage: p, section: section, text: newBag(ids), order: ids,
		details: detailsIn(p.Text, p.Shape == knowledge.List),
		regions: regionsIn(p.Text, tokenizeRaw(p.Text)),
		words:   len(ids),
		place:   slices.Index(p.Section.Passages, p),
	}
	for _, id := range d.text.ids {
		if x.concepts.isEntity(id) && x.lib.Lexicon.Entities[id].Type == "drug" {
			d.drugs = append(d.drugs, id)
		}
	}
	return d
}

// count fills the document frequencies.
func (x *Index) count() {
	last := map[int32]int{} // concept -> 1 + the last passage that held it
	for i := range x.docs {
		d := &x.docs[i]
		s := &x.sections[d.section]
		for _, b := range append([]bag{d.text, s.title}, s.questions...) {
			for _, id := range b.ids {
				if last[id] != i+1 {
					last[id] = i + 1
					x.frequency[id]++
				}
			}
		}
	}
}

func (x *Index) df(id int32) int { return x.frequency[id] }

// idf is the inverse document frequency of a concept over the passages, as BM25
// has it: 0 for one in every passage, about 6 for one in a single passage of 600.
func (x *Index) idf(id int32) float64 {
	n, df := float64(len(x.docs)), float64(x.frequency[id])
	return math.Log(1 + (n-df+0.5)/(df+0.5))
}
