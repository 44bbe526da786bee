package index

import "slices"

// placeRoots are the entities of the lexicon whose kinds are countries. The
// first stands for any country.
var placeRoots = []string{"country", "europe", "united-states", "united-kingdom", "canada", "japan", "australia"}

// ownWord is the number of passages up to which a word is a name of its own, as
// that of one country's help line ("1737", "mindline").
const ownWord = 3

// placesOf returns those of a section's entities that are countries.
func (x *Index) placesOf(entities []int32) []int32 {
	var out []int32
	for _, id := range entities {
		e := x.lib.Lexicon.Entities[id].ID
		if e != placeRoots[0] && slices.ContainsFunc(placeRoots, func(root string) bool { return x.lib.Lexicon.Is(e, root) }) {
			out = append(out, id)
		}
	}
	return out
}

// elsewhere reports whether a passage is on one country while the question names
// neither that country nor anything that only few passages have: one country's
// number is no answer to who did not ask about it.
func (x *Index) elsewhere(q *query, d *doc) bool {
	s := &x.sections[d.section]
	if len(s.places) == 0 {
		return false
	}
	for _, r := range s.section.Regions {
		if r == q.reader || slices.Contains(q.regions, r) {
			return false
		}
	}
	anywhere := x.concepts.entity[placeRoots[0]]
	for i := range q.units {
		n := &q.units[i]
		if n.entity < 0 {
			for _, a := range n.alts {
				if slices.Contains(d.text.ids, a.id) && x.df(a.id) <= ownWord {
					return false
				}
			}
			continue
		}
		if n.entity == anywhere {
			continue
		}
		for _, p := range s.places {
			if n.entity == p || slices.Contains(x.concepts.up[n.entity], p) || slices.Contains(x.concepts.up[p], n.entity) {
				return false
			}
		}
		// The name of the country's own line is an entity of its section.
		if slices.Contains(s.entities, n.entity) && x.df(n.entity) <= ownWord {
			return false
		}
	}
	return true
}
