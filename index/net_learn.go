package index

import (
	"math"
	"math/rand/v2"
)

// A lesson is what a net learns from at once: the features of one thing or of
// several that compete, and how wrong their scores are.
type lesson struct {
	x [][]float64
	// blame sets for each score by how much it should rise, for how much.
	blame func(scores, rise []float64)
}

// A course is how a net is taught.
type course struct {
	hidden  int // units of one net
	nets    int // taught from different beginnings; the mean of them is used
	rounds  int // times that each lesson is gone through
	batch   int // lessons a step
	rate    float64
	penalty float64 // half the sum of the squares of the weights, times it
	// most bounds linear weights from above, by feature. The hidden units do not see
	// these features, so that the bound holds.
	most map[int]float64
}

// adam is gradient ascent that adapts the length of its steps by weight, with the
// constants of the paper (Kingma and Ba, 2015).
type adam struct {
	n    int       // steps so far
	m, v []float64 // running means of the gradient and of its square
}

// step moves the weights w up the gradient.
func (a *adam) step(w, gradient []float64, rate float64) {
	if a.m == nil {
		a.m, a.v = make([]float64, len(w)), make([]float64, len(w))
	}
	a.n++
	mean, square := 1-math.Pow(0.9, float64(a.n)), 1-math.Pow(0.999, float64(a.n))
	for k, g := range gradient {
		a.m[k] = 0.9*a.m[k] + 0.1*g
		a.v[k] = 0.999*a.v[k] + 0.001*g*g
		w[k] += rate * a.m[k] / mean / (math.Sqrt(a.v[k]/square) + 1e-8)
	}
}

// teach returns the mean of the nets taught by the lessons. It depends on nothing
// but what it is given.
func (c course) teach(names []string, lessons []lesson) *net {
	all := &net{names: names, linear: make([]float64, len(names))}
	for seed := range c.nets {
		one := c.teachOne(names, lessons, rand.New(rand.NewPCG(uint64(seed+1), 7)))
		for i, w := range one.linear {
			all.linear[i] += w / float64(c.nets)
		}
		for _, h := range one.hidden {
			h.out /= float64(c.nets)
			all.hidden = append(all.hidden, h)
		}
	}
	return all
}

// The spread of the weights into and out of a hidden unit at the beginning.
const (
	spreadIn  = 0.3
	spreadOut = 0.1
)

func (c course) teachOne(names []string, lessons []lesson, random *rand.Rand) *net {
	// The weights stand in one list, for adam: the linear ones, then those of each
	// hidden unit, then the biases, then what the units count.
	features := len(names)
	w := make([]float64, features+c.hidden*(features+2))
	gradient := make([]float64, len(w))
	n := &net{names: names, linear: w[:features], hidden: make([]hiddenUnit, c.hidden)}
	bias, out := w[features*(1+c.hidden):][:c.hidden], w[features*(1+c.hidden)+c.hidden:]
	for j := range c.hidden {
		n.hidden[j].in = w[features*(1+j):][:features]
		for i := range n.hidden[j].in {
			n.hidden[j].in[i] = random.NormFloat64() * spreadIn
		}
		out[j] = random.NormFloat64() * spreadOut
	}
	order := random.Perm(len(lessons))
	steps := c.rounds * ((len(lessons) + c.batch - 1) / c.batch)
	var climb adam
	var p pass
	for range c.rounds {
		random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for at := 0; at < len(order); at += c.batch {
			clear(gradient)
			batch := order[at:min(at+c.batch, len(order))]
			for _, i := range batch {
				p.learn(n, &lessons[i], gradient, 1/float64(len(batch)))
			}
			for k := range gradient {
				gradient[k] -= c.penalty * w[k]
			}
			climb.step(w, gradient, c.rate*(1-float64(climb.n)/float64(steps)))
			for i, most := range c.most {
				w[i] = min(w[i], most)
				for j := range n.hidden {
					n.hidden[j].in[i] = 0
				}
			}
			for j := range n.hidden {
				n.hidden[j].bias, n.hidden[j].out = bias[j], out[j]
			}
		}
	}
	return n
}

// A pass is the memory of going through a lesson.
type pass struct {
	scores, rise []float64
	bends        []float64 // by thing and hidden unit
}

// learn adds to the gradient what one lesson says, in the order of teachOne's
// list.
func (p *pass) learn(n *net, l *lesson, gradient []float64, share float64) {
	features, hidden := len(n.linear), len(n.hidden)
	p.scores, p.rise, p.bends = p.scores[:0], p.rise[:0], p.bends[:0]
	for _, x := range l.x {
		sum := 0.0
		for i, v := range x {
			sum += v * n.linear[i]
		}
		for j := range n.hidden {
			y := n.hidden[j].bend(x)
			p.bends = append(p.bends, y)
			sum += n.hidden[j].out * y
		}
		p.scores, p.rise = append(p.scores, sum), append(p.rise, 0)
	}
	l.blame(p.scores, p.rise)
	bias := gradient[features*(1+hidden):]
	out := bias[hidden:]
	for t, x := range l.x {
		g := p.rise[t] * share
		if math.Abs(g) < negligible*share {
			continue
		}
		for i, v := range x {
			gradient[i] += g * v
		}
		for j := range n.hidden {
			y := p.bends[t*hidden+j]
			out[j] += g * y
			back := g * n.hidden[j].out * slope(y)
			bias[j] += back
			in := gradient[features*(1+j):][:features]
			for i, v := range x {
				if v != 0 {
					in[i] += back * v
				}
			}
		}
	}
}

// negligible is a blame too small to be worth the time.
const negligible = 1e-4
