package index

import (
	"strings"

	"salve/knowledge"
)

// A concept is what a word or a phrase stands for: an entity of the lexicon,
// whichever of its names is used, or the stem of any other word. Texts and
// questions are compared by concepts, so "zits on rinvok" meets "acne ...
// upadacitinib (Rinvoq)".
//
// Concepts are numbered: 0 to len(entities)-1 are the lexicon's entities, in its
// order; word stems follow as they are met.
type concepts struct {
	lex     *knowledge.Lexicon
	phrases map[string]int32   // stems joined by a space -> entity
	longest int                // words of the longest phrase
	stems   map[string]int32   // stem -> concept
	entity  map[string]int32   // entity id -> concept
	up      [][]int32          // entity -> its wider entities, near ones first
	down    [][]int32          // entity -> its direct kinds
	words   map[string]int     // every word form of the library and lexicon, with its count
	spell   *speller           // knows everyday English too
	memo    map[string][]int32 // texts learned so far; dropped once the index is built
	roots   map[string]string  // word -> stem, likewise
	near    *speller           // knows the library's words only
}

func newConcepts(lex *knowledge.Lexicon) *concepts {
	c := &concepts{
		lex: lex, phrases: map[string]int32{}, stems: map[string]int32{},
		entity: map[string]int32{}, words: map[string]int{}, memo: map[string][]int32{}, roots: map[string]string{},
	}
	for i, e := range lex.Entities {
		c.entity[e.ID] = int32(i)
	}
	c.up = make([][]int32, len(lex.Entities))
	c.down = make([][]int32, len(lex.Entities))
	for i, e := range lex.Entities {
		for _, id := range e.IsA {
			w := c.entity[id]
			c.down[w] = append(c.down[w], int32(i))
		}
		c.up[i] = c.ancestors(e, 0)
		for _, term := range append([]string{e.Name}, e.Terms...) {
			c.addPhrase(term, int32(i))
		}
	}
	return c
}

func (c *concepts) ancestors(e *knowledge.Entity, depth int) []int32 {
	var out []int32
	for _, id := range e.IsA {
		out = append(out, c.entity[id])
		if depth < 10 {
			out = append(out, c.ancestors(c.lex.Entity(id), depth+1)...)
		}
	}
	return out
}

func (c *concepts) addPhrase(term string, entity int32) {
	toks := c.tokenize(term)
	if len(toks) == 0 {
		return
	}
	stems := make([]string, len(toks))
	for i, t := range toks {
		stems[i] = t.Stem
		c.words[t.Text]++
	}
	key := strings.Join(stems, " ")
	if _, taken := c.phrases[key]; !taken {
		c.phrases[key] = entity
	}
	c.longest = max(c.longest, len(toks))
}

// tokenize is the function of that name, with the stems of words met before
// remembered: a library says the same words over and over. Only while it is built.
func (c *concepts) tokenize(s string) []token {
	toks := tokenizeRaw(s)
	for i := range toks {
		t := &toks[i]
		root, ok := c.roots[t.Text]
		if !ok {
			root = stem(t.Text)
			c.roots[t.Text] = root
		}
		t.Stem, t.Stop = root, stopWords[t.Text]
	}
	return toks
}

// stemID returns the concept of a stem, a new one when it is met first and learn
// is set, and otherwise -1.
func (c *concepts) stemID(stem string, learn bool) int32 {
	id, ok := c.stems[stem]
	if !ok {
		if !learn {
			return -1
		}
		id = int32(len(c.lex.Entities) + len(c.stems))
		c.stems[stem] = id
	}
	return id
}

// size is the number of concepts.
func (c *concepts) size() int { return len(c.lex.Entities) + len(c.stems) }

func (c *concepts) isEntity(id int32) bool { return id >= 0 && int(id) < len(c.lex.Entities) }

// A span is a stretch of a text that stands for one concept.
type span struct {
	first, last int   // tokens, last included
	entity      int32 // -1 when it is a plain word
}

// spans cuts tokens into spans, the longest phrase of the lexicon first. A
// phrase that is a single stop word is no phrase.
func (c *concepts) spans(toks []token) []span {
	out := make([]span, 0, len(toks))
	var key []byte
	for i := 0; i < len(toks); {
		best, entity := 0, int32(-1)
		key = key[:0]
		for n := 0; n < c.longest && i+n < len(toks); n++ {
			if n > 0 {
				key = append(key, ' ')
			}
			key = append(key, toks[i+n].Stem...)
			if e, ok := c.phrases[string(key)]; ok && (n > 0 || !toks[i].Stop) {
				best, entity = n+1, e
			}
		}
		if best == 0 {
			best = 1
		}
		out = append(out, span{i, i + best - 1, entity})
		i += best
	}
	return out
}

// learn returns the concepts of a text of the library: of each span its entity,
// and every word, so that a part of a phrase can be found too. Words are counted
// for the speller.
func (c *concepts) learn(text string) []int32 {
	if ids, ok := c.memo[text]; ok {
		return ids
	}
	toks := c.tokenize(text)
	for _, t := range toks {
		c.words[t.Text]++
	}
	ids := c.ids(toks, true)
	c.memo[text] = ids
	return ids
}

func (c *concepts) ids(toks []token, learn bool) []int32 {
	var out []int32
	for _, s := range c.spans(toks) {
		if s.entity >= 0 {
			out = append(out, s.entity)
		}
		for _, t := range toks[s.first : s.last+1] {
			if t.Stop {
				continue
			}
			if id := c.stemID(t.Stem, learn); id >= 0 {
				out = append(out, id)
			}
		}
	}
	return out
}

// finish builds the speller, once every text has been learned.
func (c *concepts) finish() {
	vocab := make(map[string]int, len(c.words)+20_000)
	for w, r := range english() {
		if r < 8_000 && len(w) > 2 {
			// A word of the library beats an English word that is as near.
			vocab[w] = 1 + 200/(r+10)
		}
	}
	for w, n := range c.words {
		vocab[w] = 20 + n
	}
	c.spell = newSpeller(vocab)
	c.near = newSpeller(c.words)
}

// known reports whether a word needs no correction.
func (c *concepts) known(t token) bool {
	if t.Stop || c.words[t.Text] > 0 || t.Text[0] <= '9' {
		return true
	}
	if _, ok := c.stems[t.Stem]; ok {
		return true
	}
	_, ok := english()[t.Text]
	return ok
}

// correct respells the unknown words of a question. It returns the tokens to
// search with, and for each whether it was respelt.
func (c *concepts) correct(toks []token) ([]token, []bool) {
	fixed := make([]bool, len(toks))
	out := toks
	copied := false
	for i, t := range toks {
		if c.known(t) || len(t.Text) < 3 {
			continue
		}
		best, ok := c.spell.correct(t.Text)
		if !ok {
			continue
		}
		if !copied {
			out, copied = append([]token(nil), toks...), true
		}
		out[i].Text, out[i].Stem, out[i].Stop = best, stem(best), stopWords[best]
		fixed[i] = true
	}
	return out, fixed
}

// doubt proposes a word of the library for one that is no everyday word though
// it is in a list: a name, or a rare word.
func (c *concepts) doubt(t token) (string, bool) {
	if len(t.Text) < 4 || c.words[t.Text] > 0 || english()[t.Text] < unranked {
		return "", false
	}
	return c.near.correct(t.Text)
}
