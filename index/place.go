package index

import "slices"

// ownWord is the number of passages up to which a word is a name of its own, as
// that of one country's help line ("1737", "mindline").
const ownWord = 3

func (x *Index) isPlace(id int32) bool { return x.lib.Lexicon.Entities[id].Type == "place" }

// elsewhere reports whether a passage is on one country while the question names
// neither that country nor anything that only few passages have: one country's
// number is no answer to who did not ask about it. Nor is it to who names the
// country and nothing else that the section speaks of ("rain in Dublin").
func (x *Index) elsewhere(q *query, d *doc) bool {
	s := &x.sections[d.section]
	if len(s.places) == 0 {
		return false
	}
	named := slices.ContainsFunc(s.section.Regions, func(r string) bool {
		return r == q.reader || slices.Contains(q.regions, r)
	})
	spoken := false
	for i := range q.units {
		n := &q.units[i]
		if n.entity >= 0 && x.isPlace(n.entity) {
			named = named || slices.ContainsFunc(s.places, func(p int32) bool {
				return n.entity == p || slices.Contains(x.concepts.up[n.entity], p) || slices.Contains(x.concepts.up[p], n.entity)
			})
			continue
		}
		spoken = spoken || s.speaksOf(n) || n.cover(d.text) > 0
		// The name of the country's own line is a word, or an entity, of its own.
		if n.entity >= 0 && slices.Contains(s.entities, n.entity) && x.df(n.entity) <= ownWord {
			return false
		}
		if n.entity < 0 && slices.ContainsFunc(n.alts, func(a alternative) bool { return d.text.has(a.id) && x.df(a.id) <= ownWord }) {
			return false
		}
	}
	return !named || !spoken
}

// speaksOf reports whether the heading or a question of a section has a unit.
func (s *sectionData) speaksOf(n *unit) bool {
	return slices.ContainsFunc(n.alts, func(a alternative) bool { return len(s.asked.of(a.id)) > 0 })
}
