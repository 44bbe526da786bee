package index

import (
	"math"
	"slices"

	"salve/knowledge"
)

// A feature is one piece of evidence that a passage answers a question. Each is
// between 0 and 1 (or -1 and 1), so that the learned weights compare.
type feature int

const (
	coverText     feature = iota // share of the question that the passage's words cover
	coverHeading                 // ... that its heading covers
	coverTitle                   // ... that article title, heading and names cover
	coverQuestion                // ... that the nearest of the section's questions covers
	likeQuestion                 // how alike the question and the nearest of the section's questions are
	coverAll                     // ... that any of these cover
	coverRarest                  // whether the rarest word of the question is in the passage
	intentMatch                  // probability that the question asks what the section answers
	intentFirst                  // ... what the section answers first
	detailMatch                  // share of the details looked for (a date, a rate ...) that the passage has
	numberMatch                  // share of the question's numbers that the passage has
	drugMatch                    // share of the question's drugs that the passage is on
	drugMissing                  // the question names a drug and neither passage nor section is on it
	drugOther                    // the passage is on drugs that the question does not name
	drugNone                     // the passage is on a drug and the question names none
	classMatch                   // the passage is on the class that the question names
	regionMatch                  // the section holds where the question says
	regionOther                  // it holds only elsewhere
	readerMatch                  // the section holds where the reader is
	childMatch                   // both are on children
	childOther                   // only the section is
	routeOther                   // tablet against cream
	firstPlace                   // the passage opens its section
	nearness                     // share of the question's neighbouring words that stand near in the passage
	shortness                    // 1 for a short passage, 0 for a long one
	isRow                        // the passage is a table row
	isList                       // the passage is a list
	drugOnly                     // the passage is on just the drugs that the question names
	headingLike                  // share of the heading that the question covers
	textFocus                    // share of the passage that the question covers
	textMass                     // how much of the question, in absolute terms, the passage covers
	fewAsks                      // the section answers one thing only
	intentTop                    // the section answers the likeliest thing asked
	phraseScore                  // BM25F of the passage, against the best one
	numFeatures
)

// featureNames are the names in the weights file and in explanations.
var featureNames = [numFeatures]string{
	"cover_text", "cover_heading", "cover_title", "cover_question", "like_question", "cover_all", "cover_rarest",
	"intent_match", "intent_first", "detail_match", "number_match", "drug_match", "drug_missing", "drug_other",
	"drug_none", "class_match", "region_match", "region_other", "reader_match", "child_match", "child_other",
	"route_other", "first_place", "nearness", "shortness", "is_row", "is_list",
	"drug_only", "heading_like", "text_focus", "text_mass", "few_asks", "intent_top", "bm25f",
}

type vector [numFeatures]float64

// candidate is a passage under consideration.
type candidate struct {
	doc    int
	v      vector
	score  float64
	covers []float64 // by unit: how far text, title or questions cover it
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

// features fills in the evidence for one passage.
func (x *Index) features(q *query, c *candidate) {
	d := &x.docs[c.doc]
	s := &x.sections[d.section]
	v := &c.v
	total := max(q.total, 1e-9)

	// The nearest of the questions that the section's editor foresaw.
	nearest, like := -1, 0.0
	for i, b := range s.questions {
		covered, back := 0.0, 0.0
		for j := range q.units {
			n := &q.units[j]
			if m := n.cover(b); m > 0 {
				covered += m * n.weight
				back += m * x.backWeight(n, b)
			}
		}
		precision := covered / total
		recall := min(1, back/max(s.norms[i], 1e-9))
		if f := 2 * precision * recall / max(precision+recall, 1e-9); f > like || nearest < 0 {
			nearest, like = i, f
		}
		v[coverQuestion] = max(v[coverQuestion], precision)
	}
	v[likeQuestion] = like

	c.covers = make([]float64, len(q.units))
	rarest, rare := -1, 0.0
	numbers, hit := 0.0, 0.0
	headingBack, textBack := 0.0, 0.0
	for j := range q.units {
		n := &q.units[j]
		text, heading, title := n.cover(d.text), n.cover(s.heading), n.cover(s.title)
		v[coverText] += text * n.weight / total
		v[coverHeading] += heading * n.weight / total
		v[coverTitle] += title * n.weight / total
		v[textMass] += text * n.weight
		if heading > 0 {
			headingBack += heading * x.backWeight(n, s.heading)
		}
		if text > 0 {
			textBack += text * x.backWeight(n, d.text)
		}
		asked := 0.0
		for _, b := range s.questions {
			asked = max(asked, n.cover(b))
		}
		c.covers[j] = max(text, title, 0.9*asked)
		v[coverAll] += c.covers[j] * n.weight / total
		if n.weight > rare {
			rarest, rare = j, n.weight
		}
		if n.number {
			numbers++
			hit += text
		}
	}
	if rarest >= 0 {
		v[coverRarest] = q.units[rarest].cover(d.text)
	}
	if numbers > 0 {
		v[numberMatch] = hit / numbers
	}
	v[textMass] = v[textMass] / (v[textMass] + 10)
	v[headingLike] = min(1, headingBack/max(s.norms[len(s.norms)-1], 1e-9))
	v[textFocus] = min(1, textBack/max(d.norm, 1e-9))
	v[fewAsks] = 1 / float64(len(s.asks))
	if slices.Contains(s.asks, q.topIntent) {
		v[intentTop] = 1
	}
	for i, a := range s.asks {
		v[intentMatch] += q.intents[a]
		if i == 0 {
			v[intentFirst] = q.intents[a]
		}
	}
	v[detailMatch] = q.wants.share(d.details)
	x.drugFeatures(q, d, s, v)
	x.placeFeatures(q, d, s, v)
	v[nearness] = x.near(q, d)
}

// backWeight is the weight, within one of a section's questions, of what covers
// a unit there.
func (x *Index) backWeight(n *unit, b bag) float64 {
	best, w := 0.0, 0.0
	for _, a := range n.alts {
		if a.weight > best && b.has(a.id) {
			best, w = a.weight, x.idf(a.id)
		}
	}
	return w
}

func (w wants) share(have wants) float64 {
	if w == 0 {
		return 0
	}
	n, hit := 0.0, 0.0
	for i := range numWants {
		if bit := wants(1) << i; w&bit != 0 {
			n++
			if have&bit != 0 {
				hit++
			}
		}
	}
	return hit / n
}

func (x *Index) drugFeatures(q *query, d *doc, s *sectionData, v *vector) {
	on := func(id int32) bool { return d.text.has(id) || slices.Contains(s.entities, id) }
	if len(q.drugs) == 0 {
		if len(s.drugs) > 0 || len(d.drugs) > 0 {
			v[drugNone] = 1
		}
	} else {
		hit, wide := 0.0, false
		for _, id := range q.drugs {
			if on(id) {
				hit++
			}
		}
		for _, id := range q.wide {
			wide = wide || on(id)
		}
		v[drugMatch] = hit / float64(len(q.drugs))
		if hit == 0 {
			v[drugMissing] = 1
			if wide && len(s.drugs) == 0 {
				v[drugMissing] = 0.5 // a passage on the class holds for its drugs, with less weight
			}
		}
	}
	others := 0.0
	for _, id := range d.drugs {
		if !slices.Contains(q.drugs, id) {
			others++
		}
	}
	v[drugOther] = others / (others + 2)
	if len(q.drugs) > 0 && v[drugMatch] == 1 && others == 0 {
		v[drugOnly] = 1
	}
	for _, id := range q.classes {
		if on(id) {
			v[classMatch] = 1
		}
	}
}

func (x *Index) placeFeatures(q *query, d *doc, s *sectionData, v *vector) {
	regions := s.section.Regions
	if len(q.regions) > 0 && len(regions) > 0 {
		if slices.ContainsFunc(q.regions, func(r string) bool { return slices.Contains(regions, r) }) {
			v[regionMatch] = 1
		} else {
			v[regionOther] = 1
		}
	}
	if q.reader != "" && slices.Contains(regions, q.reader) {
		v[readerMatch] = 1
	}
	child := q.child || q.teen
	if s.child && child {
		v[childMatch] = 1
	} else if s.child && !child {
		v[childOther] = 1
	}
	if r := s.section.Route; q.route != "" && (r == "oral" || r == "topical") && r != q.route {
		v[routeOther] = 1
	}
	if d.place == 0 {
		v[firstPlace] = 1
	}
	v[shortness] = 1 / (1 + float64(d.words)/60)
	switch d.passage.Shape {
	case knowledge.Row:
		v[isRow] = 1
	case knowledge.List:
		v[isList] = 1
	}
}

// near is the share of neighbouring pairs of the question that stand within six
// concepts of one another in the passage.
func (x *Index) near(q *query, d *doc) float64 {
	const window = 8
	if len(q.pairs) == 0 {
		return 0
	}
	hit, total := 0.0, 0.0
	for _, p := range q.pairs {
		a, b := &q.units[p[0]], &q.units[p[1]]
		w := min(a.weight, b.weight)
		total += w
		if a.cover(d.text) == 0 || b.cover(d.text) == 0 {
			continue
		}
		last := math.MinInt32
		lastKind := 0
		for i, id := range d.order {
			kind := 0
			if a.covers(id) {
				kind = 1
			} else if b.covers(id) {
				kind = 2
			}
			if kind == 0 {
				continue
			}
			if lastKind != 0 && kind != lastKind && i-last <= window {
				hit += w
				break
			}
			last, lastKind = i, kind
		}
	}
	return hit / max(total, 1e-9)
}

func (n *unit) covers(id int32) bool {
	return slices.ContainsFunc(n.alts, func(a alternative) bool { return a.id == id })
}
