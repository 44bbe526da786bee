package index

import (
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
		if d.text.has(a.id) || s.title.has(a.id) || len(s.asked.of(a.id)) > 0 {
			best = a.weight
		}
	}
	return best
}

// A coverFeature is one piece of evidence on whether a passage answers a question
// at all. Each is between 0 and 1 (or -1 and 1).
type coverFeature int

const (
	coverBias coverFeature = iota
	coverScore
	coverFacets      // share of what is asked about the subjects that is covered
	coverNoFacet     // nothing is asked about them
	coverDoseMissing // a dose is looked for, in vain
	coverIntentClash // how sure it is that something else is asked
	coverNoSubject   // the question names no subject
	coverUnnamed     // the question names no subject, and not what the section is on
	coverThin        // 1 for a question of everyday words alone: too many passages cover it
	coverThinUnnamed
	coverLength
	coverProbability // of the passage, among its rivals
	coverMargin      // of its score, before the next section
	coverNearest     // share covered with the nearest of the section's questions
	coverForeign     // the question names what the library has nothing on
	// The words as they are written, whatever the lexicon takes them for: "discovered"
	// is as good as "history" to find a passage, but not to tell that it answers.
	coverWritten        // share of them, by rarity, that text, title or questions have
	coverWrittenText    // ... that text or title have
	coverWrittenNearest // ... that text, title or the nearest of the questions have
	coverUnwritten      // the rarest that none of them has
	// By sort of unit: the heaviest one that the passage misses, the share of the
	// question that is missed, and how many are.
	coverHeaviest
	coverMissed  = coverHeaviest + coverFeature(numSorts)
	coverLacking = coverMissed + coverFeature(numSorts)
	// And all that it was ranked by.
	coverRank       = coverLacking + coverFeature(numSorts)
	numCoverFeature = coverRank + coverFeature(numFeatures)
)

// coverNames are the names in the weights file and in explanations.
var coverNames = func() []string {
	names := []string{
		"bias", "score", "facets", "no_facet", "dose_missing", "intent_clash", "no_subject", "subject_unnamed",
		"thin", "thin_unnamed", "length", "probability", "margin", "cover_nearest", "foreign",
		"written", "written_text", "written_nearest", "unwritten",
	}
	for _, what := range []string{"heaviest_", "missed_", "lacking_"} {
		for _, sort := range sortNames {
			names = append(names, what+sort)
		}
	}
	return append(names, featureNames[:]...)
}()

// The scale of the score as evidence: halfScore makes one half.
const (
	halfScore  = 12
	scoreScale = 4
)

// coverFeatures are the evidence on whether a passage answers the question.
func (x *Index) coverFeatures(q *query, c *candidate, all []candidate) []float64 {
	d := &x.docs[c.doc]
	s := &x.sections[d.section]
	f := make([]float64, numCoverFeature)
	f[coverBias] = 1
	f[coverScore] = logistic((c.score - halfScore) / scoreScale)
	total := x.coverUnits(q, d, s, f)
	copy(f[coverRank:], c.v[:])
	yes := func(when bool) float64 {
		if when {
			return 1
		}
		return 0
	}
	f[coverDoseMissing] = yes(q.wants&wantsDose != 0 && d.details&wantsDose == 0 && !slices.Contains(s.section.Asks, "dose"))
	if c.v[intentTop] == 0 {
		f[coverIntentClash] = q.intents[q.topIntent]
	}
	// A passage on something that the question does not name, for a question that
	// names no subject: "how much a week for a toddler" may be on anything.
	f[coverUnnamed] = yes(f[coverNoSubject] == 1 && c.v[subjectNamed] < 0.2)
	f[coverThin] = 1 / (1 + total/4)
	f[coverThinUnnamed] = f[coverThin] * f[coverUnnamed]
	writtenFeatures(q, d, s, f)
	sum, rival := 0.0, 0.0
	for i := range all {
		sum += math.Exp(all[i].score - c.score)
		if x.docs[all[i].doc].section != d.section {
			rival = max(rival, all[i].score)
		}
	}
	f[coverProbability] = 1 / max(sum, 1)
	f[coverMargin] = max(-1, min(1, (c.score-rival)/6))
	f[coverForeign] = yes(slices.ContainsFunc(q.units, func(n unit) bool { return n.entity >= 0 && !n.known }))
	return f
}

// writtenFeatures are the evidence from the words as they are written.
func writtenFeatures(q *query, d *doc, s *sectionData, f []float64) {
	all, inText, inQuestions := 1e-9, 0.0, 0.0
	nearest := make([]float64, len(s.questions))
	for i := range q.units {
		n := &q.units[i]
		if !n.asked || n.subject {
			continue // beside the names of subjects
		}
		for _, w := range n.words {
			all += w.rarity
			in := s.asked.of(w.stem)
			switch {
			case d.text.has(w.stem) || s.title.has(w.stem):
				inText += w.rarity
			case len(in) > 0:
				inQuestions += w.rarity
				for _, question := range in {
					nearest[question] += w.rarity
				}
			default:
				f[coverUnwritten] = max(f[coverUnwritten], w.rarity/6)
			}
		}
	}
	f[coverWritten] = (inText + inQuestions) / all
	f[coverWrittenText] = inText / all
	f[coverWrittenNearest] = (inText + slices.Max(nearest)) / all
}

// coverUnits fills in the evidence from the units of the question, and returns
// what they weigh together.
func (x *Index) coverUnits(q *query, d *doc, s *sectionData, f []float64) (total float64) {
	var heaviest, missed, mass, lacking [numSorts]float64
	facets, facetsHit, asks, askedMass := 0.0, 0.0, 0.0, 0.0
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
		askedMass += n.weight
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
	total = 1e-9
	for _, m := range mass {
		total += m
	}
	for k := range numSorts {
		f[coverHeaviest+coverFeature(k)] = heaviest[k] / 6
		f[coverMissed+coverFeature(k)] = missed[k] / total
		f[coverLacking+coverFeature(k)] = min(1, lacking[k]/4)
	}
	if facets > 0 {
		f[coverFacets] = facetsHit / facets
	} else {
		f[coverNoFacet] = 1
	}
	if mass[subjectSort] == 0 {
		f[coverNoSubject] = 1
	}
	f[coverLength] = min(1, asks/15)
	nearest := make([]float64, len(s.questions))
	more := make([]float64, len(s.questions)) // that a question covers of one unit
	for j := range q.units {
		n := &q.units[j]
		if !n.asked {
			continue
		}
		clear(more)
		held := max(n.cover(d.text), n.cover(s.title))
		for _, a := range n.alts {
			for _, question := range s.asked.of(a.id) {
				more[question] = max(more[question], a.weight-held)
			}
		}
		for i := range nearest {
			nearest[i] += n.weight * (held + more[i])
		}
	}
	f[coverNearest] = slices.Max(nearest) / max(askedMass, 1e-9)
	return total
}

// coverage is the probability that a passage is on what the question asks, with
// the evidence for it; there is none when no word tells what the question is on.
func (x *Index) coverage(q *query, c *candidate, all []candidate) (p float64, evidence []float64) {
	if q.thin() && c.v[likeQuestion] < foreseen {
		return 0, nil
	}
	evidence = x.coverFeatures(q, c, all)
	return logistic(x.weights.cover.score(evidence)), evidence
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
