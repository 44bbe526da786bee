package model

import (
	_ "embed"
	"math"
	"strings"
)

// The size of the weight table. Features are hashed into it; 2^16 lost a little
// against 2^18 in cross-validation.
const (
	bits  = 18
	table = 1 << bits
)

// A group holds features that are counted together: the contribution of a group
// is divided by the square root of its size, so that a long story does not
// outvote the question it ends in.
type group uint8

const (
	whole    group = iota // words of the whole message
	asked                 // words of the asking sentences
	letters               // letters of the asking sentences
	meaning               // concepts of the asking sentences
	traits                // which concepts occur where, in pairs
	earlier               // the message before, when this one leans on it
	numGroup = iota
)

// maxWords bounds the work for one message. What asks stands at its end or its
// beginning, so both are kept.
const maxWords = 600

// maxAsked is how many words of the asking sentences are looked at, from the end.
const maxAsked = 60

// A vector is the features of one message: for each group the distinct slots of
// the weight table.
type vector [numGroup][]uint32

type collector struct {
	seen [table / 64]uint64 // the slots taken, by hash
	v    vector
}

func (c *collector) add(g group, h uint64) {
	h ^= h >> 29
	h *= 0xbf58476d1ce4e5b9
	h ^= h >> 32
	slot := uint32(h) & (table - 1)
	if c.seen[slot/64]&(1<<(slot%64)) != 0 {
		return
	}
	c.seen[slot/64] |= 1 << (slot % 64)
	c.v[g] = append(c.v[g], slot)
}

const (
	offset = 14695981039346656037
	prime  = 1099511628211
)

func hash(h uint64, s string) uint64 {
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * prime
	}
	return (h ^ 0xff) * prime
}

func mix(h, x uint64) uint64 { return (h ^ x) * prime }

// kinds of features, hashed with them so that they do not meet.
const (
	kUni uint64 = iota + 1
	kBi
	kTri
	kSkip
	kLetters
	kConcept
	kConceptPair
	kConceptTri
	kNear
	kTrait
	kTraitPair
	kFirst
	kLast
	kWhole
	kWholeBi
	kEarlier
	kEarlierPair
)

func (c *collector) feature(g group, kind uint64, parts ...uint64) {
	h := mix(offset, kind)
	for _, p := range parts {
		h = mix(h, p)
	}
	c.add(g, h)
}

// features reads a message and the one before it.
func (x *lexicon) features(text string, previous []string) vector {
	var c collector
	c.v[letters] = make([]uint32, 0, 512)
	c.v[asked] = make([]uint32, 0, 256)
	words, sentences := x.read(text)
	q := question(words, sentences)

	for i, w := range words {
		c.feature(whole, kWhole, w.hash)
		if i > 0 && !w.opens {
			c.feature(whole, kWholeBi, words[i-1].hash, w.hash)
		}
	}
	c.words(q)
	c.concepts(q)
	c.traits(x, words, q, len(sentences))
	if len(words) <= 9 && len(previous) > 0 {
		c.earlier(x, previous[len(previous)-1])
	}
	return c.v
}

// words adds the words of what is asked, one to three in a row, pairs with one
// word between, and runs of letters.
func (c *collector) words(q []word) {
	for i, w := range q {
		c.feature(asked, kUni, w.hash)
		if i == 0 {
			c.feature(asked, kFirst, w.hash)
		}
		if i == len(q)-1 {
			c.feature(asked, kLast, w.hash)
		}
		if i >= 1 {
			c.feature(asked, kBi, q[i-1].hash, w.hash)
		}
		if i >= 2 {
			c.feature(asked, kTri, q[i-2].hash, q[i-1].hash, w.hash)
			c.feature(asked, kSkip, q[i-2].hash, w.hash)
		}
		if i >= 3 {
			c.feature(asked, kSkip, q[i-3].hash, w.hash)
		}
		if len(w.text) >= 40 {
			continue // not a word anybody would misspell
		}
		padded := "<" + w.text + ">"
		for n := 3; n <= 4; n++ {
			for j := 0; j+n <= len(padded); j++ {
				c.add(letters, hash(mix(offset, kLetters), padded[j:j+n]))
			}
		}
	}
}

// concepts adds the meanings of what is asked in their order, the words without
// one left out.
func (c *collector) concepts(q []word) {
	var row [4]uint64 // the last four, newest first
	n := 0
	first := uint64(0)
	for _, w := range q {
		if w.opens {
			first = w.hash
		}
		if w.concept == 0 {
			continue
		}
		k := uint64(w.concept)
		c.feature(meaning, kFirst, first, k)
		c.feature(meaning, kConcept, k)
		if n >= 1 {
			c.feature(meaning, kConceptPair, row[0], k)
		}
		if n >= 2 {
			c.feature(meaning, kConceptTri, row[1], row[0], k)
		}
		for d := 1; d < 4 && d < n; d++ {
			c.feature(meaning, kNear, row[d], k)
		}
		copy(row[1:], row[:3])
		row[0] = k
		n++
	}
}

// traits adds which concepts occur in what is asked and in the rest, and all
// pairs of them, with a few traits of the form.
func (c *collector) traits(x *lexicon, words, q []word, sentences int) {
	var in, out uint64 // bits of the concepts in the question and in the whole
	numbers, ages := 0, 0
	for _, w := range words {
		out |= 1 << (w.concept % 64)
		switch w.text {
		case number:
			numbers++
		case age:
			ages++
		}
	}
	for _, w := range q {
		in |= 1 << (w.concept % 64)
	}
	out &^= in
	var on []uint64
	for b := uint64(1); b < 64; b++ {
		if in&(1<<b) != 0 {
			on = append(on, b)
			c.feature(traits, kTrait, 1, b)
		}
		if out&(1<<b) != 0 {
			c.feature(traits, kTrait, 2, b)
		}
	}
	form := []uint64{
		100 + uint64(min(bucket(len(words)), 7)),
		110 + uint64(min(bucket(len(q)), 7)),
		120 + uint64(min(numbers, 4)),
		130 + uint64(min(ages, 2)),
		140 + uint64(min(sentences, 4)),
	}
	for _, f := range form {
		c.feature(traits, kTrait, 3, f)
	}
	on = append(on, form[2], form[3], x.about(150, in, out, x.persons), x.about(160, in, out, x.matters))
	c.feature(traits, kTrait, 4, on[len(on)-2], on[len(on)-1])
	for i, a := range on {
		for _, b := range on[:i] {
			c.feature(traits, kTraitPair, a, b)
		}
	}
}

// about tells where concepts of one sort occur: nowhere, in the rest only, or in
// what is asked. It adds the place to code.
func (x *lexicon) about(code, in, out, sort uint64) uint64 {
	switch {
	case in&sort != 0:
		return code + 2
	case out&sort != 0:
		return code + 1
	}
	return code
}

// bucket is the number of bits of n: 0, 1, 2-3, 4-7, 8-15 ...
func bucket(n int) int {
	b := 0
	for ; n > 0; n >>= 1 {
		b++
	}
	return b
}

// earlier adds the meanings of the message before this one.
func (c *collector) earlier(x *lexicon, text string) {
	words, sentences := x.read(text)
	var last uint64
	for _, w := range question(words, sentences) {
		if w.concept == 0 {
			continue
		}
		k := uint64(w.concept)
		c.feature(earlier, kEarlier, k)
		c.feature(earlier, kEarlierPair, last, k)
		last = k
	}
}

// sum is the score of v with the weights w: the sum of each group's weights,
// divided by the square root of how many there are.
func (v *vector) sum(w func(slot uint32) float64) float64 {
	total := 0.0
	for _, slots := range v {
		if len(slots) == 0 {
			continue
		}
		s := 0.0
		for _, slot := range slots {
			s += w(slot)
		}
		total += float64(s / math.Sqrt(float64(len(slots))))
	}
	return total
}

// question returns the words of the sentences that ask, at most maxAsked of
// them: those that end in a question mark or open like a question, and the last.
func question(words []word, sentences []sentence) []word {
	if len(sentences) == 0 {
		return nil
	}
	asks := make([]bool, len(sentences))
	marked := false
	for i, s := range sentences {
		asks[i] = s.mark || asksFirst[words[s.from].text]
		marked = marked || s.mark
	}
	last := len(sentences) - 1
	if !marked || sentences[last].to-sentences[last].from > 3 {
		asks[last] = true
	}
	// "Thoughts?" says little without what comes before it.
	for i := 1; i <= last; i++ {
		if asks[i] && sentences[i].to-sentences[i].from <= 3 {
			asks[i-1] = true
		}
	}
	var q []word
	for i, s := range sentences {
		if asks[i] {
			q = append(q, words[s.from:s.to]...)
		}
	}
	if len(q) > maxAsked {
		q = q[len(q)-maxAsked:]
	}
	return q
}

var asksFirst = set("should shall would could can may do does did is are am what which who whose why how when where " +
	"tell give make pick choose debo deberia puedo que cual cuanto dois puis faut est quel quelle combien soll sollte " +
	"kann darf welche welches ist was wie devo posso qual quanto devia deveria")

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}
