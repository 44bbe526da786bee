package index

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"sync"

	"github.com/nbutton23/zxcvbn-go/data"
)

// english is the rank of everyday English words by how often they are used in
// films, television and encyclopaedia text (about 32,500 words, and some 10,000
// names and other words without a useful rank). It serves two purposes: a word
// that is English is not "corrected" into one that the library happens to hold
// ("actor" is not "factor"), and a word that the library does not hold can
// still be weighed (the rarer, the more it says about what is asked).
var english = sync.OnceValue(func() map[string]int {
	rank := make(map[string]int, 45_000)
	add := func(asset string, ranked bool) {
		var list struct{ List []string }
		raw, err := data.Asset(asset)
		if err == nil {
			err = json.Unmarshal(raw, &list)
		}
		if err != nil {
			panic(err) // unreachable: the list is compiled in
		}
		for i, w := range list.List {
			r := i + 1
			if !ranked {
				r = unranked
			}
			for _, t := range tokenizeRaw(w) {
				if rank[t.Text] == 0 {
					rank[t.Text] = r
				}
			}
		}
	}
	add("data/English.json", true)
	add("data/Passwords.json", false)
	add("data/FemaleNames.json", false)
	add("data/MaleNames.json", false)
	return rank
})

// unranked is the rank given to words known only from lists of names and the like.
const unranked = 12_000

// rarity weighs a word that the library does not hold, on the scale of inverse
// document frequency: near 0 for a word in every sentence, 5 for a rare one or
// one that is in no list (a name, a foreign word).
func rarity(word string) float64 {
	r, ok := english()[word]
	switch {
	case len(word) <= 2:
		return 0.3 // "w", "lv": too short to mean much
	case !ok:
		return 5
	}
	return min(5, max(0.3, math.Log(float64(r)/80)))
}

// A bag is the distinct concepts of a text, sorted, with their counts.
type bag struct {
	ids    []int32
	counts []uint8
}

func newBag(ids []int32) bag {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	var b bag
	for i, id := range ids {
		if i > 0 && id == ids[i-1] {
			if b.counts[len(b.counts)-1] < math.MaxUint8 {
				b.counts[len(b.counts)-1]++
			}
			continue
		}
		b.ids = append(b.ids, id)
		b.counts = append(b.counts, 1)
	}
	return b
}

func (b bag) has(id int32) bool {
	_, ok := slices.BinarySearch(b.ids, id)
	return ok
}

// postings are some bags, by what they hold.
type postings struct {
	ids  []int32  // the concepts that any of the bags holds, sorted
	from []int32  // where in bags the list of each begins, and where the last ends
	bags []uint16 // by number
}

func newPostings(list []bag) (p postings) {
	type pair struct {
		id  int32
		bag uint16
	}
	var pairs []pair
	for i, b := range list[:min(len(list), math.MaxUint16)] {
		for _, id := range b.ids {
			pairs = append(pairs, pair{id, uint16(i)})
		}
	}
	slices.SortFunc(pairs, func(a, b pair) int { return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.bag, b.bag)) })
	for i, a := range pairs {
		if i == 0 || a.id != pairs[i-1].id {
			p.ids, p.from = append(p.ids, a.id), append(p.from, int32(i))
		}
		p.bags = append(p.bags, a.bag)
	}
	p.from = append(p.from, int32(len(p.bags)))
	return p
}

// of returns the bags that hold a concept.
func (p *postings) of(id int32) []uint16 {
	i, ok := slices.BinarySearch(p.ids, id)
	if !ok {
		return nil
	}
	return p.bags[p.from[i]:p.from[i+1]]
}
