package index

import "slices"

// ownWord is the number of passages up to which a word is a name of its own, as
// that of one country's help line ("1737", "mindline").
const ownWord = 3

func (x *Index) isPlace(id int32) bool { return x.lib.Lexicon.Entities[id].Type == "place" }

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
	for i := range q.units {
		n := &q.units[i]
		if n.entity < 0 {
			for _, a := range n.alts {
				if d.text.has(a.id) && x.df(a.id) <= ownWord {
					return false
				}
			}
			continue
		}
		if x.isPlace(n.entity) && slices.ContainsFunc(s.places, func(p int32) bool {
			return n.entity == p || slices.Contains(x.concepts.up[n.entity], p) || slices.Contains(x.concepts.up[p], n.entity)
		}) {
			return false
		}
		// The name of the country's own line is an entity of its section.
		if slices.Contains(s.entities, n.entity) && x.df(n.entity) <= ownWord {
			return false
		}
	}
	return true
}
