package index

import (
	"maps"
	"math"
	"slices"

	"salve/knowledge"
)

// A unitSort is what a unit of a question is, for what its absence from a passage
// means: a drug that is missing tells more than a turn of phrase.
type unitSort int

const (
	subjectSort  unitSort = iota // a drug, a class, a condition
	topicSort                    // any other entity: a symptom, a test, a food
	phraseSort                   // an everyday word with a group of its own
	wordSort                     // a word that the library uses
	englishSort                  // an English word that it does not use
	strangerSort                 // a word in no list: a name, slang, a slip
	numSorts
)

var sortNames = [numSorts]string{"subject", "topic", "phrase", "word", "english", "stranger"}

func (x *Index) sortOf(n *unit) unitSort {
	switch {
	case x.isSubject(n.entity):
		return subjectSort
	case n.entity >= 0 && x.lib.Lexicon.Entities[n.entity].Type == knowledge.LayWord:
		return phraseSort
	case n.entity >= 0:
		return topicSort
	case n.known:
		return wordSort
	case english()[n.text] > 0:
		return englishSort
	}
	return strangerSort
}

// isMedicine reports whether an entity is a medicine or a class of them: what
// holds for the class then holds for it ("opioids" for codeine).
func (x *Index) isMedicine(id int32) bool {
	t := x.lib.Lexicon.Entities[id].Type
	return t == "drug" || t == "class"
}

// exactly returns how far a passage covers a unit by itself or by something
// narrower: a passage on supplements does not cover vitamin D.
func (x *Index) exactly(n *unit, d *doc, s *sectionData) float64 {
	best := 0.0
	for _, a := range n.alts {
		wider := n.entity >= 0 && a.weight == widerCover
		if a.weight <= best || wider && !x.isMedicine(n.entity) {
			continue
		}
		held := d.text.has(a.id) || s.title.has(a.id)
		for i := 0; i < len(s.questions) && !held; i++ {
			held = s.questions[i].has(a.id)
		}
		if held {
			best = a.weight
		}
	}
	return best
}

// coverFeatures are the evidence on whether a passage answers the question at
// all. Each is between 0 and 1.
func (x *Index) coverFeatures(q *query, c *candidate, all []candidate) map[string]float64 {
	d := &x.docs[c.doc]
	s := &x.sections[d.section]
	f := map[string]float64{
		"bias": 1, "cover_text": c.v[coverText], "cover_title": c.v[coverTitle], "cover_all": c.v[coverAll],
		"cover_question": c.v[coverQuestion], "like_question": c.v[likeQuestion], "intent_match": c.v[intentMatch],
		"detail_match": c.v[detailMatch], "drug_missing": c.v[drugMissing], "nearness": c.v[nearness],
		"text_mass": c.v[textMass], "score": logistic((c.score - 12) / 4),
	}
	// By sort of unit: the heaviest one that the passage misses, the share of the
	// question that is missed, and how many are.
	var heaviest, missed, mass, lacking [numSorts]float64
	facets, facetsHit := 0.0, 0.0
	asks := 0.0
	for j := range q.units {
		n := &q.units[j]
		k := x.sortOf(n)
		if !n.asked {
			// A story may name anything; only its subjects matter.
			if k == subjectSort {
				mass[k] += n.weight
			}
			continue
		}
		asks++
		held := x.exactly(n, d, s)
		left := n.weight * (1 - held)
		heaviest[k] = max(heaviest[k], left)
		missed[k] += left
		if held < partCover {
			lacking[k]++
		}
		mass[k] += n.weight
		if k != subjectSort {
			facets += n.weight
			facetsHit += n.weight * held
		}
	}
	total := 1e-9
	for _, m := range mass {
		total += m
	}
	for k, name := range sortNames {
		f["heaviest_"+name] = heaviest[k] / 6
		f["missed_"+name] = missed[k] / total
		f["lacking_"+name] = min(1, lacking[k]/4)
	}
	f["facets"] = facetsHit / max(facets, 1e-9)
	if facets == 0 {
		f["facets"], f["no_facet"] = 0, 1
	} else {
		f["no_facet"] = 0
	}
	f["detail_missing"], f["intent_clash"] = 0, 0
	if q.wants != 0 && c.v[detailMatch] == 0 {
		f["detail_missing"] = 1
	}
	// A dose is looked for, in vain.
	f["dose_missing"] = 0
	if q.wants&wantsDose != 0 && d.details&wantsDose == 0 && !slices.Contains(s.section.Asks, "dose") {
		f["dose_missing"] = 1
	}
	if c.v[intentTop] == 0 {
		f["intent_clash"] = q.intents[q.topIntent]
	}
	f["no_subject"] = 0
	if mass[subjectSort] == 0 {
		f["no_subject"] = 1
	}
	// A passage on something that the question does not name, for a question that
	// names no subject: "how much a week for a toddler" may be on anything.
	f["subject_named"], f["subject_unnamed"] = c.v[subjectNamed], 0
	if f["no_subject"] == 1 && c.v[subjectNamed] < 0.2 {
		f["subject_unnamed"] = 1
	}
	// A question of everyday words alone is covered by too many passages.
	f["thin"] = 1 / (1 + total/4)
	f["thin_unnamed"] = f["thin"] * f["subject_unnamed"]
	f["length"] = min(1, asks/15)
	sum, rival := 0.0, 0.0
	for i := range all {
		sum += math.Exp(all[i].score - c.score)
		if x.docs[all[i].doc].section != d.section {
			rival = max(rival, all[i].score)
		}
	}
	f["probability"] = 1 / max(sum, 1)
	f["margin"] = max(-1, min(1, (c.score-rival)/6))
	nearest, exact := 0.0, 0.0
	for _, b := range s.questions {
		hit := 0.0
		for j := range q.units {
			n := &q.units[j]
			if n.asked {
				hit += n.weight * max(n.cover(b), n.cover(d.text), n.cover(s.title))
			}
		}
		nearest = max(nearest, hit)
	}
	for j := range q.units {
		if n := &q.units[j]; n.asked {
			exact += n.weight
		}
	}
	f["cover_nearest"] = nearest / max(exact, 1e-9)
	f["foreign"] = 0
	for _, n := range q.units {
		if n.entity >= 0 && !n.known {
			f["foreign"] = 1
		}
	}
	return f
}

// coverage is the probability that a passage is on what the question asks, with
// the evidence for it that is not 0, by name. It is summed in that order: the
// last digit of a sum depends on its order, and one search gives one result.
func (x *Index) coverage(q *query, c *candidate, all []candidate) (p float64, evidence []Part) {
	if q.thin() && c.v[likeQuestion] < foreseen {
		return 0, nil
	}
	f := x.coverFeatures(q, c, all)
	sum := 0.0
	for _, name := range slices.Sorted(maps.Keys(f)) {
		if value := f[name]; value != 0 {
			points := value * x.weights.Cover[name]
			sum += points
			evidence = append(evidence, Part{name, value, points})
		}
	}
	return logistic(sum), evidence
}

// cover returns how far a bag covers a unit, 0 to 1.
func (n *unit) cover(b bag) float64 {
	best := 0.0
	for _, a := range n.alts {
		if a.weight > best && b.has(a.id) {
			best = a.weight
		}
	}
	return best
}

const (
	// telling is the weight from which a word tells what a question is on. Words
	// below it are in a fifth of all passages, or in everybody's mouth.
	telling = 0.8
	// tellingTopic is the same for a topic of the lexicon, such as itch.
	tellingTopic = 0.35
	// foreseen is how alike a question without a telling word must be to one that
	// an editor foresaw, to be taken for it.
	foreseen = 0.75
)

// thin reports whether no word of a question tells what it is on: "how much cream
// a week for a toddler" may be on anything that is put on.
func (q *query) thin() bool {
	for i := range q.units {
		switch n := &q.units[i]; {
		case n.subject, n.weight >= telling && !n.lay, n.entity >= 0 && !n.lay && n.weight >= tellingTopic:
			return false
		}
	}
	return true
}
