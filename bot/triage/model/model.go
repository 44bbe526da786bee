package model

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
)

// A Model holds the learned weights. It is safe for concurrent use.
type Model struct {
	lx    *lexicon
	w     [][kinds]int8
	scale float32 // of a weight of 1
	bias  [kinds]float32
	judge *judge
}

// quantise keeps each weight in a byte.
func quantise(lx *lexicon, l linear) *Model {
	var top float32
	for b := range l.w {
		for _, x := range l.w[b] {
			top = max(top, x, -x)
		}
	}
	m := &Model{lx: lx, w: make([][kinds]int8, len(l.w)), scale: top / 127, bias: l.bias, judge: &judge{}}
	if top == 0 {
		return m
	}
	for b := range l.w {
		for k, x := range l.w[b] {
			m.w[b][k] = int8(math.Round(float64(x / m.scale)))
		}
	}
	return m
}

// magic begins a file of weights. Raise its number when features change.
const magic = "salve triage weights 2\n"

// Marshal returns the weights as Parse reads them: the magic line, the scale,
// the biases and the judge as 32-bit floats, then one byte per bucket and kind.
func (m *Model) Marshal() []byte {
	var b bytes.Buffer
	b.WriteString(magic)
	for _, part := range m.floats() {
		binary.Write(&b, binary.LittleEndian, part) // to memory: no error
	}
	for _, w := range m.w {
		for _, x := range w {
			b.WriteByte(byte(x))
		}
	}
	return b.Bytes()
}

// floats are what is kept as 32-bit floats, in the order of the file.
func (m *Model) floats() []any {
	list := []any{&m.scale, &m.bias, &m.judge.mean, &m.judge.gain}
	for i := range m.judge.nets {
		n := &m.judge.nets[i]
		list = append(list, &n.in, &n.out, &n.direct)
	}
	return list
}

// Parse reads weights written by Marshal.
func Parse(data []byte) (*Model, error) {
	rest, ok := bytes.CutPrefix(data, []byte(magic))
	if !ok {
		return nil, errors.New("not a file of triage weights; run go run ./bot/triage/train")
	}
	m := &Model{w: make([][kinds]int8, buckets), judge: &judge{}}
	r := bytes.NewReader(rest)
	for _, part := range m.floats() {
		if err := binary.Read(r, binary.LittleEndian, part); err != nil {
			return nil, fmt.Errorf("triage weights are cut short (%w); run go run ./bot/triage/train", err)
		}
	}
	rest = rest[len(rest)-r.Len():]
	if want := buckets * kinds; len(rest) != want {
		return nil, fmt.Errorf("triage weights have %d bytes of buckets, not %d; run go run ./bot/triage/train", len(rest), want)
	}
	for i, x := range rest {
		m.w[i/kinds][i%kinds] = int8(x)
	}
	var err error
	m.lx, err = parseLexicon(lexiconText)
	return m, err
}

// A Reading is what the model makes of a message.
type Reading struct {
	Chance   Chance
	Language string // the likeliest: en, es, fr, de or pt
	Signs    []Sign // concepts of the loudest part, in the order of its words
	Telling  []Sign // its words, without concept, that are not everyday ones
}

// A Sign is a concept of the lexicon found in a message.
type Sign struct {
	Concept    string
	Start, End int     // bytes of the message that show it
	Denied     bool    // or past, supposed, told: not said to be so now
	Weight     float32 // what it adds to the likeliest danger
}

// sums are the weights of a chunk or seam, by group.
type sums struct {
	n [groupCount]int
	z [groupCount][kinds]int32
}

func (m *Model) sum(features *[groupCount][]feature) (s sums) {
	for g := range groupCount {
		s.n[g] = len(features[g])
		z := &s.z[g]
		for _, f := range features[g] {
			for k, w := range &m.w[f.bucket] {
				z[k] += int32(w)
			}
		}
	}
	return s
}

func (s *sums) add(t *sums) {
	for g := range groupCount {
		s.n[g] += t.n[g]
		for k := range kinds {
			s.z[g][k] += t.z[g][k]
		}
	}
}

// group returns the part of one group in the scores.
func (m *Model) group(s *sums, g int) (z scores) {
	if s.n[g] == 0 {
		return z
	}
	f := groupScale(g, s.n[g]) * m.scale
	for k := range z {
		z[k] = float32(float32(s.z[g][k]) * f)
	}
	return z
}

func (m *Model) score(s *sums) scores {
	z := scores(m.bias)
	for g := range groupCount {
		for k, x := range m.group(s, g) {
			z[k] += x
		}
	}
	return z
}

// Read scores text. The locale is a Discord locale and only a hint.
func (m *Model) Read(text, locale string) Reading {
	a := m.lx.analyse(text, locale)
	r := Reading{Language: languages[a.best], Chance: Chance{1}}
	if len(a.chunks) == 0 {
		return r
	}
	s := m.survey(a, [2]int{0, len(a.chunks)})
	r.Chance = m.judged(a, s)
	if len(a.chunks) > section {
		// The loudest part alone counts the same: in a long post a plain danger is
		// one whatever stands around it.
		for k, alone := range m.judged(a, m.survey(a, s.run)) {
			r.Chance[k] = (r.Chance[k] + alone) / 2
		}
	}
	r.Signs = m.signs(a, s.run)
	r.Telling = m.telling(a, s.run)
	return r
}

// section is how many chunks are judged together, about a long post. Of a longer
// message it is those around its loudest part: what stands far from a danger
// takes nothing from it.
const section = 10

func (m *Model) judged(a *analysis, s *survey) Chance {
	x := m.look(a, s)
	return m.judge.chance(&x)
}

// survey scores chunks of a message and their parts.
func (m *Model) survey(a *analysis, of [2]int) *survey {
	n := of[1] - of[0]
	s := &survey{run: of, from: of[0], to: of[1]}
	if n == 0 {
		return s
	}
	own, seam := make([]sums, len(a.chunks)), make([]sums, len(a.chunks))
	for i := of[0]; i < of[1]; i++ {
		own[i], seam[i] = m.sum(&a.chunks[i].own), m.sum(&a.chunks[i].seam)
	}
	runs := runsOf(n)[1:]
	for i := range runs {
		runs[i] = [2]int{of[0] + runs[i][0], of[0] + runs[i][1]}
	}
	z, danger := make([]scores, len(runs)), make([]float32, len(runs))
	top := 0
	for i, w := range runs {
		sum := own[w[0]]
		if w[1]-w[0] == 2 {
			sum.add(&own[w[0]+1])
			sum.add(&seam[w[0]+1])
		}
		z[i] = m.score(&sum)
		danger[i] = 1 - chanceOf(softmax(z[i]))[None]
		if danger[i] > danger[top] {
			top = i
		}
	}
	if n > section {
		s.from = min(max(of[0], runs[top][0]-section/2), of[1]-section)
		s.to = s.from + section
	}
	whole := own[s.from]
	for i := s.from + 1; i < s.to; i++ {
		whole.add(&own[i])
		whole.add(&seam[i])
	}
	s.whole = m.score(&whole)
	for g := range s.groups {
		s.groups[g] = loudest(m.group(&whole, g))
	}
	all := chanceOf(softmax(s.whole))
	s.loud, s.next, s.quiet = s.whole, s.whole, s.whole
	s.first, s.last, s.mean = all, all, all
	if n == 1 {
		return s
	}
	s.run, s.loud, s.mean = runs[top], z[top], Chance{}
	next, quiet := float32(-1), float32(2)
	for i, w := range runs {
		if w[0] < s.from || w[1] > s.to {
			continue
		}
		if w[1]-w[0] == 1 {
			c := chanceOf(softmax(z[i]))
			for k := range c {
				s.mean[k] += c[k] / float32(s.to-s.from)
			}
			if w[0] == s.from {
				s.first = c
			}
			s.last = c
		}
		if i != top && danger[i] > next {
			s.next, next = z[i], danger[i]
		}
		if danger[i] < quiet {
			s.quiet, quiet = z[i], danger[i]
		}
	}
	return s
}

// loudest returns the highest score of each class.
func loudest(z scores) Chance {
	c := Chance{-99, -99, -99, -99}
	for k, t := range kindTable {
		c[t.class] = max(c[t.class], z[k])
	}
	return c
}

// signs lists the concepts found in a run of chunks.
func (m *Model) signs(a *analysis, run [2]int) []Sign {
	from, to := a.chunks[run[0]].from, a.chunks[run[1]-1].to
	var list []Sign
	for i, h := range a.hits {
		if h.from < from || h.from >= to {
			continue
		}
		f := a.flags[i]
		list = append(list, Sign{
			Concept: m.lx.concepts[h.concept],
			Start:   a.words[h.from].start, End: a.words[h.to-1].end,
			Denied: f&(negated|farNegated|past|supposed|told) != 0,
			Weight: m.danger(m.lx.hashes[h.concept]),
		})
	}
	return list
}

// telling lists the words of a run of chunks that are neither everyday words
// ("just", "me") nor numbers, with what each weighs.
func (m *Model) telling(a *analysis, run [2]int) []Sign {
	var list []Sign
	for _, w := range a.words[a.chunks[run[0]].from:a.chunks[run[1]-1].to] {
		if w.number || len(w.text) < 3 || m.lx.common[w.text] != 0 || m.lx.plain[w.text] {
			continue
		}
		list = append(list, Sign{Start: w.start, End: w.end, Weight: m.danger(hashWord(w.text))})
	}
	return list
}

// danger is how much a feature speaks for its likeliest danger.
func (m *Model) danger(hash uint32) float32 {
	var z scores
	for k, w := range &m.w[hash&(buckets-1)] {
		z[k] = float32(float32(w) * m.scale)
	}
	c := loudest(z)
	return max(c[SameDay], c[Emergency], c[Crisis]) - c[None]
}

// Concepts lists the concepts of the lexicon in the order of their first line.
func (m *Model) Concepts() []string { return slices.Clone(m.lx.concepts) }
