package index

import (
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
