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
	w     [][classes]int8
	scale float32 // of a weight of 1
	bias  [classes]float32
}

// quantise keeps each weight in a byte.
func quantise(lx *lexicon, w [][classes]float32, bias [classes]float32) *Model {
	var top float32
	for b := range w {
		for _, x := range w[b] {
			top = max(top, x, -x)
		}
	}
	m := &Model{lx: lx, w: make([][classes]int8, len(w)), scale: top / 127, bias: bias}
	if top == 0 {
		return m
	}
	for b := range w {
		for k, x := range w[b] {
			m.w[b][k] = int8(math.Round(float64(x / m.scale)))
		}
	}
	return m
}

// magic begins a file of weights. Raise its number when features change.
const magic = "salve triage weights 1\n"

// Marshal returns the weights as Parse reads them: the magic line, the scale
// and the biases as 32-bit floats, then one byte per bucket and class.
func (m *Model) Marshal() []byte {
	var b bytes.Buffer
	b.WriteString(magic)
	for _, x := range append([]float32{m.scale}, m.bias[:]...) {
		b.Write(binary.LittleEndian.AppendUint32(nil, math.Float32bits(x)))
	}
	for _, w := range m.w {
		for _, x := range w {
			b.WriteByte(byte(x))
		}
	}
	return b.Bytes()
}

// Parse reads weights written by Marshal.
func Parse(data []byte) (*Model, error) {
	rest, ok := bytes.CutPrefix(data, []byte(magic))
	if !ok {
		return nil, errors.New("not a file of triage weights; run go run ./bot/triage/train")
	}
	const head = 4 * (1 + classes)
	if want := head + buckets*classes; len(rest) != want {
		return nil, fmt.Errorf("triage weights have %d bytes, not %d; run go run ./bot/triage/train", len(rest), want)
	}
	lx, err := parseLexicon(lexiconText)
	if err != nil {
		return nil, err
	}
	m := &Model{lx: lx, w: make([][classes]int8, buckets)}
	float := func(i int) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(rest[4*i:])) }
	m.scale = float(0)
	for k := range m.bias {
		m.bias[k] = float(1 + k)
	}
	for i, x := range rest[head:] {
		m.w[i/classes][i%classes] = int8(x)
	}
	return m, nil
}

// A Chance is the chance of each class, by its number. They sum to 1.
type Chance [classes]float32

// A Reading is what the model makes of a message.
type Reading struct {
	Whole    Chance // of the message as a whole
	Window   Chance // of the part that is least quiet, a sentence or two
	Mean     Chance // of the two, weighed by length, by which to decide
	Language string // the likeliest: en, es, fr, de or pt
	Signs    []Sign // concepts of the window, in the order of its words
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
	z [groupCount][classes]int32
}

func (m *Model) sum(features *[groupCount][]feature) (s sums) {
	for g := range groupCount {
		s.n[g] = len(features[g])
		for _, f := range features[g] {
			w := &m.w[f.bucket]
			for k := range classes {
				s.z[g][k] += int32(w[k])
			}
		}
	}
	return s
}

func (s *sums) add(t *sums) {
	for g := range groupCount {
		s.n[g] += t.n[g]
		for k := range classes {
			s.z[g][k] += t.z[g][k]
		}
	}
}

func (m *Model) chance(s *sums) Chance {
	z := scores(m.bias)
	for g := range groupCount {
		if s.n[g] > 0 {
			f := groupScale(g, s.n[g]) * m.scale
			for k := range z {
				z[k] += float32(float32(s.z[g][k]) * f)
			}
		}
	}
	return Chance(softmax(z))
}

// The whole message and its loudest part count the same, up to a length of
// wholeChunks chunks; in a longer one the rest says less and less about the
// danger in it.
const (
	wholeShare  float32 = 0.5
	wholeChunks int     = 8
)

// Read scores text. The locale is a Discord locale and only a hint.
func (m *Model) Read(text, locale string) Reading {
	a := m.lx.analyse(text, locale)
	n := len(a.chunks)
	r := Reading{Language: languages[a.best]}
	if n == 0 {
		r.Whole, r.Window, r.Mean = Chance{1}, Chance{1}, Chance{1}
		return r
	}
	own, seam := make([]sums, n), make([]sums, n)
	var whole sums
	for i := range a.chunks {
		own[i], seam[i] = m.sum(&a.chunks[i].own), m.sum(&a.chunks[i].seam)
		whole.add(&own[i])
		whole.add(&seam[i])
	}
	r.Whole = m.chance(&whole)
	r.Window = r.Whole
	run := [2]int{0, n}
	for i, w := range runsOf(n) {
		if i == 0 {
			continue
		}
		s := own[w[0]]
		if w[1]-w[0] == 2 {
			s.add(&own[w[0]+1])
			s.add(&seam[w[0]+1])
		}
		if p := m.chance(&s); i == 1 || p[None] < r.Window[None] {
			r.Window, run = p, w
		}
	}
	share := wholeShare
	if n > wholeChunks {
		share = share * float32(wholeChunks) / float32(n)
	}
	for k := range r.Mean {
		r.Mean[k] = float32(share*r.Whole[k]) + float32((1-share)*r.Window[k])
	}
	r.Signs = m.signs(a, run)
	r.Telling = m.telling(a, run)
	return r
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
	w := m.w[hash&(buckets-1)]
	return float32(int(max(w[SameDay], w[Emergency], w[Crisis]))-int(w[None])) * m.scale
}

// Concepts lists the concepts of the lexicon in the order of their first line.
func (m *Model) Concepts() []string { return slices.Clone(m.lx.concepts) }
