package index

import "sync"

// A matcher finds which units of one query a text covers, in one pass over the
// text's concepts.
type matcher struct {
	marks   []int32 // concept -> 1 + its first entry, 0 for none
	entries []entry
	used    []int32 // concepts with a mark, to clean up

	text, heading, title covered
	hits                 []hit
	bySection            map[int]*sectionCover

	// The memory of section.
	asking              []entry // by question and unit; all of weight 0 between calls
	touched             []int32 // those of asking that are not
	askedHit, askedBack []float64
}

// An entry says that a concept covers a unit.
type entry struct {
	unit   int32
	weight float64 // of the alternative
	idf    float64 // of the concept
	next   int32   // 1 + the next entry of the same concept
}

// covered is how far a text covers each unit, and with a concept how rare.
type covered struct {
	cover []float64
	idf   []float64
}

// A hit is a place in a text that covers a unit.
type hit struct{ at, unit int }

// sectionCover is what the passages of a section share for one query.
type sectionCover struct {
	question float64 // share of the query that the nearest question covers
	like     float64 // how alike the two are
	asked    []float64
}

var matchers = sync.Pool{New: func() any { return &matcher{} }}

// matcher readies a matcher for a query; release gives it back.
func (x *Index) matcher(q *query) *matcher {
	m := matchers.Get().(*matcher)
	if n := x.concepts.size(); len(m.marks) < n {
		m.marks = make([]int32, n)
	}
	for j := range q.units {
		for _, a := range q.units[j].alts {
			if a.id < 0 {
				continue
			}
			if m.marks[a.id] == 0 {
				m.used = append(m.used, a.id)
			}
			m.entries = append(m.entries, entry{int32(j), a.weight, x.idf(a.id), m.marks[a.id]})
			m.marks[a.id] = int32(len(m.entries))
		}
	}
	for _, c := range []*covered{&m.text, &m.heading, &m.title} {
		c.cover = resize(c.cover, len(q.units))
		c.idf = resize(c.idf, len(q.units))
	}
	m.bySection = map[int]*sectionCover{}
	return m
}

func (m *matcher) release() {
	for _, id := range m.used {
		m.marks[id] = 0
	}
	m.used, m.entries, m.bySection = m.used[:0], m.entries[:0], nil
	matchers.Put(m)
}

func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// match fills c with what a bag covers.
func (m *matcher) match(b bag, c *covered) {
	clear(c.cover)
	clear(c.idf)
	for _, id := range b.ids {
		for e := m.marks[id]; e != 0; e = m.entries[e-1].next {
			en := &m.entries[e-1]
			if en.weight > c.cover[en.unit] {
				c.cover[en.unit], c.idf[en.unit] = en.weight, en.idf
			}
		}
	}
}

// section returns what the questions of a section cover. They are many and each
// covers few units, so only those are looked at.
func (m *matcher) section(q *query, s *sectionData, number int) *sectionCover {
	if sc := m.bySection[number]; sc != nil {
		return sc
	}
	units := len(q.units)
	sc := &sectionCover{asked: make([]float64, units)}
	m.asking = resize(m.asking, len(s.questions)*units)
	m.touched = m.touched[:0]
	for i, id := range s.asked.ids {
		for e := m.marks[id]; e != 0; e = m.entries[e-1].next {
			en := &m.entries[e-1]
			for _, question := range s.asked.bags[s.asked.from[i]:s.asked.from[i+1]] {
				at := int(question)*units + int(en.unit)
				if m.asking[at].weight == 0 {
					m.touched = append(m.touched, int32(at))
				}
				if en.weight > m.asking[at].weight {
					m.asking[at] = *en
				}
			}
		}
	}
	m.askedHit, m.askedBack = resize(m.askedHit, len(s.questions)), resize(m.askedBack, len(s.questions))
	clear(m.askedHit)
	clear(m.askedBack)
	for _, at := range m.touched {
		en := &m.asking[at]
		question := int(at) / units
		m.askedHit[question] += en.weight * q.units[en.unit].weight
		m.askedBack[question] += en.weight * en.idf
		sc.asked[en.unit] = max(sc.asked[en.unit], en.weight)
		en.weight = 0
	}
	total := max(q.total, 1e-9)
	for i := range s.questions {
		precision := m.askedHit[i] / total
		recall := min(1, m.askedBack[i]/max(s.norms[i], 1e-9))
		sc.question = max(sc.question, precision)
		sc.like = max(sc.like, 2*precision*recall/max(precision+recall, 1e-9))
	}
	m.bySection[number] = sc
	return sc
}

// near is the share of the query's neighbouring units that stand near one
// another in a text.
func (m *matcher) near(q *query, order []int32) float64 {
	const window = 8 // concepts; a phrase counts with each of its words
	if len(q.pairs) == 0 {
		return 0
	}
	m.hits = m.hits[:0]
	for i, id := range order {
		for e := m.marks[id]; e != 0; e = m.entries[e-1].next {
			m.hits = append(m.hits, hit{i, int(m.entries[e-1].unit)})
		}
	}
	got, total := 0.0, 0.0
	for _, p := range q.pairs {
		w := min(q.units[p[0]].weight, q.units[p[1]].weight)
		total += w
		last := hit{-window - 1, -1}
		for _, h := range m.hits {
			if h.unit != p[0] && h.unit != p[1] {
				continue
			}
			if last.unit >= 0 && h.unit != last.unit && h.at-last.at <= window {
				got += w
				break
			}
			last = h
		}
	}
	return got / max(total, 1e-9)
}
