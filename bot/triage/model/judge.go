package model

import "math"

// A judge is the second stage: a few small networks that read what the linear
// model makes of a message (the whole, its loudest, next and quietest part, its
// ends) beside how it is told (asked, past, denied, of whom, how long), and say
// the chance of each class. It learns only from messages as a linear model saw
// them that had not learned them. In cross-validation it misses three in ten fewer
// dangers, at the same rate of alarms, than any mean of whole and loudest part.
type judge struct {
	mean, gain seen // brings each number to about -1 to 1
	nets       [nets]net
}

const (
	nets   = 3 // whose mean is taken
	hidden = 32
)

// A net has one hidden layer, and goes past it as well.
type net struct {
	in     [hidden][seenSize + 1]float32 // the last is the bias
	out    [classes][hidden + 1]float32
	direct [classes][seenSize]float32
}

// telling lists the concepts of how a message is told; each is counted.
var telling = [...]string{"me", "child", "baby", "other", "pet", "now", "past", "resolved", "mildword", "ask", "info",
	"hyp", "neg", "denysui", "fiction", "news", "mod", "joke", "figur", "guard", "jak", "suiplain", "hurtself", "methodask", "death"}

// seenSize is how many numbers a judge reads, in the order in which look makes
// them.
const seenSize = 4*kinds + groupCount*classes + 5*classes + 3 + len(telling) + 7

type seen [seenSize]float32

// A survey is what a linear model makes of a section of a message and its parts.
type survey struct {
	from, to                 int    // chunks of the section
	whole, loud, next, quiet scores // by chance of danger
	run                      [2]int // the loudest part
	groups                   [groupCount]Chance
	first, last, mean        Chance // of single chunks
}

// look makes the numbers for the judge.
func (m *Model) look(a *analysis, s *survey) (out seen) {
	if len(a.chunks) == 0 {
		return out
	}
	n := 0
	add := func(x float32) {
		out[n] = x
		n++
	}
	for _, z := range []scores{s.whole, s.loud, s.next, s.quiet} {
		for _, x := range z {
			add(x / 2)
		}
	}
	for _, c := range append(s.groups[:], s.mean, s.first, s.last, chanceOf(softmax(s.whole)), chanceOf(softmax(s.loud))) {
		for _, x := range c {
			add(x)
		}
	}
	words := a.words[a.chunks[s.from].from:a.chunks[s.to-1].to]
	add(float32(math.Sqrt(float64(s.to-s.from))) / 3)
	add(float32(math.Sqrt(float64(len(words)))) / 10)
	questions := float32(0)
	for _, w := range words {
		if w.text == "?" {
			questions++
		}
	}
	add(min(questions, 3) / 2)
	var how [len(telling)]float32
	var live, quiet float32
	var of [5]float32 // dangers denied, past, told, supposed, asked
	for i, h := range a.hits {
		if h.from < a.chunks[s.from].from || h.from >= a.chunks[s.to-1].to {
			continue
		}
		if slot := m.lx.told[h.concept]; slot >= 0 {
			how[slot]++
		}
		if m.lx.families[h.concept] == 0 {
			continue
		}
		f := a.flags[i]
		if f&(negated|past|supposed|ofPet|told) == 0 {
			live++
		} else {
			quiet++
		}
		for j, bit := range [len(of)]scope{negated, past, told, supposed, asked} {
			if f&bit != 0 {
				of[j]++
			}
		}
	}
	for _, x := range how {
		add(min(x, 2) / 2)
	}
	for _, x := range append(of[:], live, quiet) {
		add(min(x, 4) / 3)
	}
	return out
}

// even brings x to the scale that the nets learned.
func (j *judge) even(x *seen) (y seen) {
	for i := range x {
		y[i] = max(-4, min(4, float32((x[i]-j.mean[i])*j.gain[i])))
	}
	return y
}

// chance is the mean of the nets.
func (j *judge) chance(x *seen) (c Chance) {
	y := j.even(x)
	var h [hidden]float32
	for n := range j.nets {
		p := j.nets[n].chance(&y, &h)
		for k := range p {
			c[k] += p[k] / nets
		}
	}
	return c
}

func (n *net) chance(x *seen, h *[hidden]float32) Chance {
	for j := range n.in {
		w := &n.in[j]
		s := w[seenSize]
		for i, v := range x {
			s += float32(w[i] * v)
		}
		h[j] = max(0, s)
	}
	var z Chance
	for k := range z {
		s := n.out[k][hidden]
		for j, v := range h {
			s += float32(n.out[k][j] * v)
		}
		for i, v := range x {
			s += float32(n.direct[k][i] * v)
		}
		z[k] = s
	}
	soften(z[:])
	return z
}

// How a net learns, from cross-validation.
const (
	judgeEpochs         = 10
	judgeRate   float32 = 0.0015 // first step of RMSProp; falls to 0
	judgeDecay  float32 = 1e-3   // L2, per step
	judgeDrop   uint64  = 15     // per cent of the numbers hidden in a step
)

// learnJudge learns from what was seen of the items that belong to a part.
func learnJudge(items []item, all []seen, seed uint64) *judge {
	j := &judge{}
	var rows []int
	for i, it := range items {
		if !it.made && it.part >= 0 && len(it.chunks) > 0 {
			rows = append(rows, i)
		}
	}
	for x := range j.mean {
		var sum, squares float64
		for _, i := range rows {
			v := float64(all[i][x])
			sum += v
			squares += float64(v * v)
		}
		n := float64(max(len(rows), 1))
		mean := sum / n
		j.mean[x] = float32(mean)
		j.gain[x] = float32(1 / math.Sqrt(max(1e-4, squares/n-float64(mean*mean))))
	}
	even := make([]seen, len(rows))
	for r, i := range rows {
		even[r] = j.even(&all[i])
	}
	inTurn(nets, func(n int) {
		t := &tutor{net: &j.nets[n], rnd: (seed+uint64(n))*2862933555777941757 + 3037000493}
		t.learn(items, rows, even)
	})
	return j
}

// A tutor teaches one net.
type tutor struct {
	net     *net
	squares net // running means of the squared gradients
	rnd     uint64
	rate    float32
}

func (t *tutor) next() uint64 {
	t.rnd = t.rnd*6364136223846793005 + 1442695040888963407
	return t.rnd >> 33
}

func (t *tutor) learn(items []item, rows []int, even []seen) {
	around := func(width float32) float32 { return float32(width * (float32(t.next()%2001)/1000 - 1)) }
	for j := range t.net.in {
		for i := range t.net.in[j] {
			t.net.in[j][i] = around(0.15)
		}
	}
	for k := range t.net.out {
		for j := range t.net.out[k] {
			t.net.out[k][j] = around(0.15)
		}
	}
	order := make([]int, len(rows))
	for i := range order {
		order[i] = i
	}
	for epoch := range judgeEpochs {
		t.rate = float32(judgeRate*float32(judgeEpochs-epoch)) / judgeEpochs
		for i := len(order) - 1; i > 0; i-- {
			j := int(t.next()) % (i + 1)
			order[i], order[j] = order[j], order[i]
		}
		for _, r := range order {
			x := even[r]
			for i := range x {
				if t.next()%100 < judgeDrop {
					x[i] = 0
				}
			}
			it := &items[rows[r]]
			t.step(&x, it.class, it.weight)
		}
	}
}

// step moves the net towards class.
func (t *tutor) step(x *seen, class int, weight float32) {
	n, g := t.net, &t.squares
	var h [hidden]float32
	d := n.chance(x, &h)
	for k := range d {
		d[k] = float32(d[k] * weight)
	}
	d[class] -= weight
	for j := range h {
		if h[j] <= 0 {
			continue
		}
		var s float32
		for k := range d {
			s += float32(d[k] * n.out[k][j])
		}
		for i, v := range x {
			if v != 0 {
				t.move(&n.in[j][i], &g.in[j][i], float32(s*v))
			}
		}
		t.move(&n.in[j][seenSize], &g.in[j][seenSize], s)
	}
	for k := range d {
		for j, v := range h {
			if v != 0 {
				t.move(&n.out[k][j], &g.out[k][j], float32(d[k]*v))
			}
		}
		t.move(&n.out[k][hidden], &g.out[k][hidden], d[k])
		for i, v := range x {
			if v != 0 {
				t.move(&n.direct[k][i], &g.direct[k][i], float32(d[k]*v))
			}
		}
	}
}

// move takes one step of RMSProp.
func (t *tutor) move(w, g *float32, grad float32) {
	grad += float32(judgeDecay * *w)
	*g = float32(0.999**g) + float32(0.001*float32(grad*grad))
	*w -= float32(t.rate*grad) / (0.02 + float32(math.Sqrt(float64(*g))))
}
