package model

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed lexicon.txt
var lexiconText string

// languages are those the gate reads, in the order of their bits. Every other
// language gets the words that are common to all.
var languages = []string{"en", "es", "fr", "de", "pt"}

const allLanguages = 1<<5 - 1

// A phrase is one entry of the lexicon.
type phrase struct {
	concept int
	langs   uint8 // bits of the languages it belongs to
	parts   []part
}

// A part is one word of a phrase.
type part struct {
	kind partKind
	text string
}

type partKind uint8

const (
	literal partKind = iota
	prefix
	anyNumber
	anyWord
	gap // up to three words
)

// A lexicon finds concepts in words.
type lexicon struct {
	concepts []string
	hashes   []uint32       // of the concepts' names
	families []uint32       // hashes of the concepts' families, 0 for none
	told     []int          // place of the concepts among telling, -1 for none
	index    map[string]int // concept name to its number
	phrases  []phrase
	exact    map[string][]int32 // phrases by their first word
	prefixes map[string][]int32 // phrases by the stem of their first word
	longest  int                // of the stems, in bytes
	numeric  []int32            // phrases that begin with a number
	folds    foldTable
	known    map[string]bool   // words that are never corrected
	near     map[uint64]string // hash of a known word with one letter left out -> that word
	common   map[string]uint8  // everyday words by language
	plain    map[string]bool   // words that say who, not what: "my", "she"
}

// A hit is a phrase found: words [from, to) show the concept.
type hit struct {
	concept  int
	from, to int
}

// parseLexicon reads the format described at the top of lexicon.txt.
func parseLexicon(text string) (*lexicon, error) {
	lx := &lexicon{
		index: map[string]int{}, exact: map[string][]int32{}, prefixes: map[string][]int32{},
		folds: newFoldTable(), known: map[string]bool{}, near: map[uint64]string{}, common: everyday(),
	}
	family := map[string]uint32{}
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		head, body, ok := strings.Cut(line, ":")
		name, lang, ok2 := strings.Cut(head, " ")
		if ok && name == "family" {
			for c := range strings.FieldsSeq(body) {
				family[c] = mix(hashWord(lang), 0xfa111)
			}
			continue
		}
		if !ok || !ok2 {
			return nil, fmt.Errorf("lexicon line %d: no \"concept language:\"; begin the line so", n+1)
		}
		var langs uint8
		for i, l := range languages {
			if l == lang || lang == "xx" {
				langs |= 1 << i
			}
		}
		if langs == 0 {
			return nil, fmt.Errorf("lexicon line %d: language %q is not known; use one of %v or xx", n+1, lang, languages)
		}
		c, ok := lx.index[name]
		if !ok {
			c = len(lx.concepts)
			lx.index[name] = c
			lx.concepts = append(lx.concepts, name)
			lx.hashes = append(lx.hashes, mix(hashWord(name), 0x77))
			lx.families = append(lx.families, family[name])
			lx.told = append(lx.told, slices.Index(telling[:], name))
		}
		for entry := range strings.SplitSeq(body, "|") {
			lx.add(c, langs, strings.Fields(entry))
		}
	}
	lx.buildCorrections()
	lx.plain = map[string]bool{}
	for _, p := range lx.phrases {
		if name := lx.concepts[p.concept]; len(p.parts) == 1 && (name == "me" || name == "neg" || name == "now") {
			lx.plain[p.parts[0].text] = true
		}
	}
	return lx, nil
}

func (lx *lexicon) add(concept int, langs uint8, fields []string) {
	var parts []part
	for _, f := range fields {
		switch {
		case f == "~":
			parts = append(parts, part{kind: gap})
		case f == "*":
			parts = append(parts, part{kind: anyWord})
		case f[0] == '<':
			parts = append(parts, part{kind: literal, text: f})
		case f[0] == '#':
			parts = append(parts, part{kind: anyNumber})
			if len(f) > 1 {
				parts = append(parts, part{text: expandOne(f[1:])})
			}
		case strings.HasSuffix(f, "*"):
			for _, w := range lx.split(strings.TrimSuffix(f, "*")) {
				parts = append(parts, part{kind: prefix, text: w.text})
			}
		default:
			for _, w := range lx.split(f) {
				k := literal
				if w.number && len(w.text) == 1 && w.text == "#" {
					k = anyNumber
				}
				parts = append(parts, part{kind: k, text: w.text})
			}
		}
	}
	if len(parts) == 0 {
		return
	}
	for _, p := range parts {
		if p.kind == literal && len(p.text) > 1 {
			lx.known[p.text] = true
		}
	}
	id := int32(len(lx.phrases))
	lx.phrases = append(lx.phrases, phrase{concept, langs, parts})
	switch first := parts[0]; first.kind {
	case literal:
		lx.exact[first.text] = append(lx.exact[first.text], id)
	case prefix:
		lx.prefixes[first.text] = append(lx.prefixes[first.text], id)
		lx.longest = max(lx.longest, len(first.text))
	case anyNumber:
		lx.numeric = append(lx.numeric, id)
	}
}

func expandOne(s string) string {
	if long, ok := shortForms[s]; ok {
		return long
	}
	return s
}

// find returns the phrases of the given languages in words, in the order of
// their first word; for each concept and first word the longest one.
func (lx *lexicon) find(words []word, langs uint8) []hit {
	hits := make([]hit, 0, len(words))
	for i := range words {
		first := len(hits)
		try := func(ids []int32) {
			for _, id := range ids {
				p := &lx.phrases[id]
				if p.langs&langs == 0 {
					continue
				}
				to := matchParts(p.parts[1:], words, i+1, words[i].sentence)
				if to < 0 {
					continue
				}
				for j := first; j < len(hits); j++ {
					if hits[j].concept == p.concept {
						hits[j].to = max(hits[j].to, to)
						to = -1
						break
					}
				}
				if to > 0 {
					hits = append(hits, hit{p.concept, i, to})
				}
			}
		}
		t := words[i].text
		try(lx.exact[t])
		for n := 2; n <= len(t) && n <= lx.longest; n++ {
			if ids, ok := lx.prefixes[t[:n]]; ok {
				try(ids)
			}
		}
		if words[i].number {
			try(lx.numeric)
		}
	}
	return hits
}

// matchParts returns the end of the match of parts from word i on, or -1. A
// phrase never crosses the end of a sentence.
func matchParts(parts []part, words []word, i, sentence int) int {
	for k, p := range parts {
		if p.kind == gap {
			for skip := range 4 {
				if to := matchParts(parts[k+1:], words, i+skip, sentence); to >= 0 {
					return to
				}
			}
			return -1
		}
		if i >= len(words) || words[i].sentence != sentence {
			return -1
		}
		switch p.kind {
		case literal:
			if words[i].text != p.text {
				return -1
			}
		case prefix:
			if !strings.HasPrefix(words[i].text, p.text) {
				return -1
			}
		case anyNumber:
			if !words[i].number {
				return -1
			}
		}
		i++
	}
	return i
}

// shortestCorrected is the length from which a word is corrected, in bytes.
// Shorter words have too many neighbours: "rope" and "ripe".
const shortestCorrected = 6

// buildCorrections makes the table by which a word with one wrong, missing,
// extra or swapped letter is read as the word of the lexicon it is near to.
func (lx *lexicon) buildCorrections() {
	for w := range lx.common {
		lx.known[w] = true
	}
	for _, p := range lx.phrases {
		for _, q := range p.parts {
			if q.kind != literal || len(q.text) < shortestCorrected || !isWordy(q.text) || isDigit(q.text[0]) {
				continue
			}
			lx.near[hashBytes(q.text, -1)] = q.text
			for i := 1; i < len(q.text); i++ {
				h := hashBytes(q.text, i)
				// The smaller word wins, so that the table does not depend on the order of entries.
				if old, ok := lx.near[h]; !ok || len(old) == len(q.text) && q.text < old {
					lx.near[h] = q.text
				}
			}
		}
	}
}

// correct returns the lexicon's word that s is one slip away from, else s.
func (lx *lexicon) correct(s string) string {
	if len(s) < shortestCorrected || len(s) > 20 || lx.known[s] || !isWordy(s) {
		return s
	}
	for n := 3; n < len(s); n++ { // a word whose stem is known is spelled well enough
		if _, ok := lx.prefixes[s[:n]]; ok && n >= 5 {
			return s
		}
	}
	if w, ok := lx.near[hashBytes(s, -1)]; ok && oneSlip(s, w) {
		return w
	}
	for i := 1; i < len(s); i++ {
		if w, ok := lx.near[hashBytes(s, i)]; ok && oneSlip(s, w) {
			return w
		}
	}
	return s
}

// oneSlip reports whether a becomes b by one insertion, deletion, substitution
// or swap of neighbours that keeps the first letter. Plurals and tenses are
// other words, not slips: a difference in the last letter does not count.
func oneSlip(a, b string) bool {
	if a == b || a[0] != b[0] {
		return false
	}
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	if i >= len(a)-1 && i >= len(b)-1 {
		return false
	}
	ra, rb := a[i:], b[i:]
	switch len(a) - len(b) {
	case 0:
		return ra[1:] == rb[1:] || len(ra) > 1 && ra[0] == rb[1] && ra[1] == rb[0] && ra[2:] == rb[2:]
	case 1:
		return len(ra) > 1 && ra[1:] == rb
	case -1:
		return len(rb) > 1 && ra == rb[1:]
	}
	return false
}

// hashBytes is FNV-1a over s without its byte skip (-1: with all of them).
func hashBytes(s string, skip int) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		if i != skip {
			h = (h ^ uint64(s[i])) * 1099511628211
		}
	}
	return h
}
