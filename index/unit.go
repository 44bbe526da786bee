package index

import (
	"cmp"
	"slices"
	"strings"

	"salve/knowledge"
)

// How far a concept covers another, before any learning: a narrower entity is
// nearly the thing asked about, a wider one is in part, and the words of a
// phrase found apart are a hint.
const (
	narrowerCover  = 0.6
	widerCover     = 0.5
	partCover      = 0.4
	correctedCover = 0.95
	doubtCover     = 0.6
)

// unit makes the unit of one span.
func (x *Index) unit(toks []token, fixed []bool, entity int32, weight float64) unit {
	c := x.concepts
	words := make([]string, len(toks))
	for i, t := range toks {
		words[i] = t.Text
	}
	n := unit{text: strings.Join(words, " "), entity: entity, number: toks[0].Text[0] <= '9'}
	if entity >= 0 {
		n.alts = append(n.alts, alternative{entity, 1})
		n.known = x.df(entity) > 0
		for _, up := range c.up[entity] {
			n.alts = append(n.alts, alternative{up, widerCover})
		}
		for _, down := range c.down[entity] {
			n.alts = append(n.alts, alternative{down, narrowerCover})
			n.known = n.known || x.df(down) > 0
		}
	}
	rare := 0.0
	for i, t := range toks {
		if t.Stop {
			continue
		}
		root := t.Stem
		if digit, ok := numberWords[t.Text]; ok {
			root, n.number = digit, true
		}
		cover := 1.0
		switch {
		case entity >= 0:
			cover = partCover
		case fixed[i]:
			cover = correctedCover
		}
		id := c.stemID(root, false)
		usual := rarity(t.Text)
		written := word{id, usual}
		if id >= 0 {
			written.rarity = min(x.idf(id), 1+usual)
		}
		n.words = append(n.words, written)
		if entity < 0 && !fixed[i] {
			// "hart" is a name, and how some write "heart".
			if other, ok := c.doubt(t); ok {
				if id := c.stemID(stem(other), false); id >= 0 {
					n.alts = append(n.alts, alternative{id, doubtCover})
				}
			}
		}
		if id >= 0 {
			n.alts = append(n.alts, alternative{id, cover})
			n.known = n.known || entity < 0
			// A word of every day says little, however rare it is in the library.
			rare = max(rare, min(x.idf(id), 1+usual))
		} else {
			rare = max(rare, usual)
		}
	}
	switch {
	case entity >= 0 && x.df(entity) > 0:
		rare = x.idf(entity)
	case entity >= 0:
		rare = 5
	}
	if x.isSubject(entity) && weight < asksWeight {
		weight = min(1, 2*weight) // what a story names matters more than how it tells it
	}
	n.asked = weight >= asksWeight
	n.subject = x.isSubject(entity)
	n.lay = entity >= 0 && x.lib.Lexicon.Entities[entity].Type == knowledge.LayWord
	if !n.subject {
		rare *= x.generic(rare)
	}
	n.rarity, n.weight = rare, rare*weight
	return n
}

// generic holds back words that are in many passages: they are how people ask,
// more than what they ask about.
func (x *Index) generic(rarity float64) float64 {
	return min(1, max(genericFloor, (rarity-genericFrom)/genericSpan))
}

// finish drops the lightest units when there are too many, and adds up.
func (x *Index) finish(out *query, u *Understanding) {
	if len(out.units) > maxUnits {
		order := make([]int, len(out.units)) // of units, the heaviest first
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(out.units[b].weight, out.units[a].weight) })
		keep := make([]int, len(out.units)) // unit -> its new place, or -1
		for _, i := range order[maxUnits:] {
			keep[i] = -1
		}
		kept := out.units[:0]
		for i, n := range out.units {
			if keep[i] == 0 {
				keep[i] = len(kept)
				kept = append(kept, n)
			}
		}
		out.units = kept
		pairs := out.pairs[:0]
		for _, p := range out.pairs {
			if a, b := keep[p[0]], keep[p[1]]; a >= 0 && b >= 0 {
				pairs = append(pairs, [2]int{a, b})
			}
		}
		out.pairs = pairs
	}
	for _, n := range out.units {
		out.total += n.weight
		as := ""
		if n.entity >= 0 {
			as = x.lib.Lexicon.Entities[n.entity].ID
		}
		u.Words = append(u.Words, Word{n.text, as, n.weight})
	}
	for _, d := range out.drugs {
		out.wide = append(out.wide, x.concepts.up[d]...)
	}
}
