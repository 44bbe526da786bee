package index

import (
	"slices"

	"salve/knowledge"
)

// A feature is one piece of evidence that a passage answers a question. Each is
// between 0 and 1 (or -1 and 1), so that the learned weights compare.
type feature int

const (
	coverText      feature = iota // share of the question that the passage's words cover
	coverHeading                  // ... that its heading covers
	coverTitle                    // ... that article title, heading and names cover
	coverQuestion                 // ... that the nearest of the section's questions covers
	likeQuestion                  // how alike the question and the nearest of the section's questions are
	coverAll                      // ... that any of these cover
	coverRarest                   // whether the rarest word of the question is in the passage
	intentMatch                   // probability that the question asks what the section answers
	intentFirst                   // ... what the section answers first
	detailMatch                   // share of the details looked for (a date, a rate ...) that the passage has
	numberMatch                   // share of the question's numbers that the passage has
	drugMatch                     // share of the question's drugs that the passage is on
	drugMissing                   // the question names a drug and neither passage nor section is on it
	drugOther                     // the passage is on drugs that the question does not name
	drugNone                      // the passage is on a drug and the question names none
	classMatch                    // the passage is on the class that the question names
	regionMatch                   // the section holds where the question says
	regionOther                   // it holds only elsewhere
	readerMatch                   // the section holds where the reader is
	childMatch                    // both are on children
	childOther                    // only the section is
	routeOther                    // tablet against cream
	firstPlace                    // the passage opens its section
	nearness                      // share of the question's neighbouring words that stand near in the passage
	shortness                     // 1 for a short passage, 0 for a long one
	isRow                         // the passage is a table row
	isList                        // the passage is a list
	drugOnly                      // the passage is on just the drugs that the question names
	headingLike                   // share of the heading that the question covers
	textFocus                     // share of the passage that the question covers
	textMass                      // how much of the question, in absolute terms, the passage covers
	fewAsks                       // the section answers one thing only
	intentTop                     // the section answers the likeliest thing asked
	likeBest                      // likeQuestion, against the candidate where it is highest
	textBest                      // coverText, against the candidate where it is highest
	headingBest                   // headingLike, against the candidate where it is highest
	sectionOnly                   // the section is on just the drugs that the question names
	summarySingle                 // the section sums up its subject, and the question asks one thing
	summarySeveral                // ... and the question asks several
	detailMissing                 // none of the details looked for is in the passage
	subjectNamed                  // share of what the section is on that the question names
	phraseScore                   // BM25F of the passage, against the best one
	askedText                     // share of what is asked that the passage's words cover
	askedAll                      // ... that text, title or questions do
	storyText                     // share of the story that the passage covers, by rarity
	storyAll                      // ... that text, title or questions do
	isLong                        // how much of the message is story
	numFeatures
)

// featureNames are the names in the weights file and in explanations.
var featureNames = [numFeatures]string{
	"cover_text", "cover_heading", "cover_title", "cover_question", "like_question", "cover_all", "cover_rarest",
	"intent_match", "intent_first", "detail_match", "number_match", "drug_match", "drug_missing", "drug_other",
	"drug_none", "class_match", "region_match", "region_other", "reader_match", "child_match", "child_other",
	"route_other", "first_place", "nearness", "shortness", "is_row", "is_list",
	"drug_only", "heading_like", "text_focus", "text_mass", "few_asks", "intent_top", "like_best", "text_best", "heading_best",
	"section_only", "summary_single", "summary_several", "detail_missing", "subject_named", "bm25f",
	"asked_text", "asked_all", "story_text", "story_all", "is_long",
}

// summarySection is the id of a section that sums up its article's subject.
const summarySection = "at-a-glance"

type vector [numFeatures]float64

// candidate is a passage under consideration.
type candidate struct {
	doc    int
	v      vector
	score  float64
	covers []float64 // by unit: how far text, title or questions cover it
}

// features fills in the evidence for one passage.
func (x *Index) features(q *query, c *candidate, m *matcher) {
	d := &x.docs[c.doc]
	s := &x.sections[d.section]
	v := &c.v

	// The nearest of the questions that the section's editor foresaw.
	asked := m.section(q, s, d.section)
	v[coverQuestion], v[likeQuestion] = asked.question, asked.like

	x.wordFeatures(q, c, m, asked)
	x.askFeatures(q, d, s, v)
	v[subjectNamed] = x.subjectNamed(s, m)
	x.drugFeatures(q, d, s, v)
	x.placeFeatures(q, d, s, v)
	v[nearness] = m.near(q, d.order)
	x.storyFeatures(q, c, m)
}

const (
	// askedCover is how far a unit is covered that only a question of the
	// section has: a little less than by its text.
	askedCover = 0.9
	// halfMass is the covered weight of which text_mass makes one half.
	halfMass = 10
	// halfShort is the length, in concepts, of which shortness makes one half.
	halfShort = 60
)

// wordFeatures are on how much of the question the words of a passage cover, and
// the other way round.
func (x *Index) wordFeatures(q *query, c *candidate, m *matcher, asked *sectionCover) {
	d := &x.docs[c.doc]
	s := &x.sections[d.section]
	v := &c.v
	total := max(q.total, 1e-9)
	m.match(d.text, &m.text)
	m.match(s.heading, &m.heading)
	m.match(s.title, &m.title)
	rarest, rare := -1, 0.0
	numbers, hit := 0.0, 0.0
	headingBack, textBack := 0.0, 0.0
	for j := range q.units {
		n := &q.units[j]
		text, heading, title := m.text.cover[j], m.heading.cover[j], m.title.cover[j]
		v[coverText] += text * n.weight / total
		v[coverHeading] += heading * n.weight / total
		v[coverTitle] += title * n.weight / total
		v[textMass] += text * n.weight
		headingBack += heading * m.heading.idf[j]
		textBack += text * m.text.idf[j]
		c.covers[j] = max(text, title, askedCover*asked.asked[j])
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
		v[coverRarest] = m.text.cover[rarest]
	}
	if numbers > 0 {
		v[numberMatch] = hit / numbers
	}
	v[textMass] = v[textMass] / (v[textMass] + halfMass)
	v[headingLike] = min(1, headingBack/max(s.norms[len(s.norms)-1], 1e-9))
	v[textFocus] = min(1, textBack/max(d.norm, 1e-9))
}

// storyFeatures tell what is asked from the story around it.
func (x *Index) storyFeatures(q *query, c *candidate, m *matcher) {
	v := &c.v
	asked, story := 1e-9, 1e-9
	for j := range q.units {
		n := &q.units[j]
		if n.asked {
			asked += n.weight
			v[askedText] += n.weight * m.text.cover[j]
			v[askedAll] += n.weight * c.covers[j]
		} else {
			story += n.rarity
			v[storyText] += n.rarity * m.text.cover[j]
			v[storyAll] += n.rarity * c.covers[j]
		}
	}
	v[askedText] /= asked
	v[askedAll] /= asked
	v[storyText] /= story
	v[storyAll] /= story
	v[isLong] = story / (story + 30)
}

// askFeatures are on whether a section answers what is asked.
func (x *Index) askFeatures(q *query, d *doc, s *sectionData, v *vector) {
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
	if q.wants != 0 && v[detailMatch] == 0 {
		v[detailMissing] = 1
	}
	if s.section.ID == summarySection {
		if q.several {
			v[summarySeveral] = 1
		} else {
			v[summarySingle] = 1
		}
	}
}

// subjectNamed is the share of a section's entities, by rarity, that the question
// names.
func (x *Index) subjectNamed(s *sectionData, m *matcher) float64 {
	named, all := 0.0, 1e-9
	for _, id := range s.entities {
		w := x.idf(id)
		all += w
		best := 0.0
		for e := m.marks[id]; e != 0; e = m.entries[e-1].next {
			best = max(best, m.entries[e-1].weight)
		}
		named += w * best
	}
	return named / all
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
	here := func(id int32) bool { return d.text.has(id) || slices.Contains(s.entities, id) }
	on := func(id int32) bool { return here(id) || slices.ContainsFunc(x.concepts.down[id], here) }
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
		if !slices.Contains(q.drugs, id) && !slices.ContainsFunc(x.concepts.up[id], func(up int32) bool { return slices.Contains(q.drugs, up) }) {
			others++
		}
	}
	v[drugOther] = others / (others + 2)
	if len(q.drugs) > 0 && v[drugMatch] == 1 {
		if others == 0 {
			v[drugOnly] = 1
		}
		if len(s.drugs) > 0 && !slices.ContainsFunc(s.drugs, func(id int32) bool { return !slices.Contains(q.drugs, id) }) {
			v[sectionOnly] = 1
		}
	}
	for _, id := range q.classes {
		if on(id) {
			v[classMatch] = 1
		}
	}
}

func (x *Index) placeFeatures(q *query, d *doc, s *sectionData, v *vector) {
	regions := d.regions // what the passage itself says comes first
	if len(regions) == 0 {
		regions = s.section.Regions
	}
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
	v[shortness] = 1 / (1 + float64(d.words)/halfShort)
	switch d.passage.Shape {
	case knowledge.Row:
		v[isRow] = 1
	case knowledge.List:
		v[isList] = 1
	}
}

// relate fills in the features that compare a candidate with its rivals.
func relate(cands []candidate) {
	for _, pair := range [][2]feature{{likeQuestion, likeBest}, {coverText, textBest}, {headingLike, headingBest}} {
		most := 1e-9
		for i := range cands {
			most = max(most, cands[i].v[pair[0]])
		}
		for i := range cands {
			cands[i].v[pair[1]] = cands[i].v[pair[0]] / most
		}
	}
}
