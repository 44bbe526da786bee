package model

import (
	"cmp"
	"math"
	"slices"
)

// Classes, in the order of the weights.
const (
	None = iota
	SameDay
	Emergency
	Crisis
	classes
)

// An Example is a message with its class.
type Example struct {
	Text   string
	Locale string
	Class  int
	Weight float32 // 0 counts as 1
}

// Options of a training run. The zero value of a field takes its default.
type Options struct {
	Epochs int     // passes over the examples; default 10
	Rate   float32 // first step of Adagrad; default 0.3
	Decay  float32 // L2, per step; default 2e-4
	Drop   float32 // share of the features hidden in a step, 0 to 1; default 0.5
	Seed   uint64  // of the order of examples and of what is hidden
	Runs   int     // runs whose mean is taken, each with a seed of its own; default 3
}

// Defaults of a training run, from cross-validation.
const (
	defaultEpochs         = 10
	defaultRate   float32 = 0.3
	defaultDecay  float32 = 2e-4
	defaultDrop   float32 = 0.5
	defaultRuns           = 3
)

// scores are the logits of the classes.
type scores [classes]float32

// An item is an analysed example with the runs that stand for it.
type item struct {
	chunks []chunk
	class  int
	weight float32
	runs   [][2]int // windows; the first is the whole message
}

// runsOf returns the runs of chunks that are scored: the whole, each chunk,
// each two neighbours.
func runsOf(n int) [][2]int {
	runs := [][2]int{{0, n}}
	if n > 1 {
		for i := range n {
			runs = append(runs, [2]int{i, i + 1})
		}
	}
	if n > 2 {
		for i := range n - 1 {
			runs = append(runs, [2]int{i, i + 2})
		}
	}
	return runs
}

// runFeatures calls f for each feature of the run with the scale of its group.
func runFeatures(chunks []chunk, run [2]int, f func(ft feature, scale float32)) {
	for g := range groupCount {
		n := 0
		for c := run[0]; c < run[1]; c++ {
			n += len(chunks[c].own[g])
			if c > run[0] {
				n += len(chunks[c].seam[g])
			}
		}
		if n == 0 {
			continue
		}
		s := groupScale(g, n)
		for c := run[0]; c < run[1]; c++ {
			for _, ft := range chunks[c].own[g] {
				f(ft, s)
			}
			if c > run[0] {
				for _, ft := range chunks[c].seam[g] {
					f(ft, s)
				}
			}
		}
	}
}

// A learner holds the weights while they are learned.
type learner struct {
	w, g  [][classes]float32 // weights, sums of squared gradients
	bias  [classes]float32
	opt   Options
	rnd   uint64
	shown []loud // of the step at hand
}

// A loud feature is a bucket with the scale of its group.
type loud struct {
	bucket uint32
	scale  float32
}

func (l *learner) score(chunks []chunk, run [2]int) scores {
	z := scores(l.bias)
	runFeatures(chunks, run, func(ft feature, s float32) {
		w := &l.w[ft.bucket]
		for k := range z {
			z[k] += float32(w[k] * s)
		}
	})
	return z
}

// hide leaves a share of the run's features out, others each time, and makes
// the rest louder for it. What is left must tell the class by itself, so that
// no few words carry all of it.
func (l *learner) hide(chunks []chunk, run [2]int) []loud {
	l.rnd = l.rnd*6364136223846793005 + 1442695040888963407
	salt, n := uint32(l.rnd>>32), uint32(0)
	below := uint32(float64(l.opt.Drop) * (1 << 32))
	gain := 1 / (1 - l.opt.Drop)
	l.shown = l.shown[:0]
	runFeatures(chunks, run, func(ft feature, s float32) {
		n++
		if mix(salt, n) >= below {
			l.shown = append(l.shown, loud{ft.bucket, float32(s * gain)})
		}
	})
	return l.shown
}

// step moves the weights towards class for one run.
func (l *learner) step(chunks []chunk, run [2]int, class int, weight float32) {
	features := l.hide(chunks, run)
	z := scores(l.bias)
	for _, f := range features {
		w := &l.w[f.bucket]
		for k := range z {
			z[k] += float32(w[k] * f.scale)
		}
	}
	p := softmax(z)
	var d [classes]float32
	for k := range d {
		d[k] = float32(p[k] * weight)
		if k == class {
			d[k] -= weight
		}
	}
	for k := range d {
		l.bias[k] -= float32(0.01 * d[k])
	}
	for _, f := range features {
		w, g := &l.w[f.bucket], &l.g[f.bucket]
		for k := range d {
			grad := float32(d[k]*f.scale) + float32(l.opt.Decay*w[k])
			g[k] += float32(grad * grad)
			w[k] -= float32(l.opt.Rate*grad) / (0.1 + float32(math.Sqrt(float64(g[k]))))
		}
	}
}

// Learn trains on examples a few times, each time in another order, and keeps
// the mean of the weights: one run alone is a point luckier or unluckier than
// the next. The orders depend on the seed alone, so that the same examples give
// the same weights to the byte.
//
// A long message of danger has quiet parts. Only the run that speaks loudest
// for the message's class learns it, besides the whole; of a quiet message
// every run learns that it is quiet.
func Learn(examples []Example, opt Options) (*Model, error) {
	opt.Epochs = cmp.Or(opt.Epochs, defaultEpochs)
	opt.Rate = cmp.Or(opt.Rate, defaultRate)
	opt.Decay = cmp.Or(opt.Decay, defaultDecay)
	opt.Drop = cmp.Or(opt.Drop, defaultDrop)
	opt.Runs = cmp.Or(opt.Runs, defaultRuns)
	lx, err := parseLexicon(lexiconText)
	if err != nil {
		return nil, err
	}
	items := make([]item, len(examples))
	for i, e := range examples {
		a := lx.analyse(e.Text, e.Locale)
		items[i] = item{a.chunks, e.Class, cmp.Or(e.Weight, 1), runsOf(len(a.chunks))}
	}
	sum := make([][classes]float32, buckets)
	var sumBias [classes]float32
	for run := range opt.Runs {
		once := opt
		once.Seed += uint64(run)
		w, bias := learnOnce(items, once)
		for b := range sum {
			for k := range sum[b] {
				sum[b][k] += w[b][k] / float32(opt.Runs)
			}
		}
		for k := range sumBias {
			sumBias[k] += bias[k] / float32(opt.Runs)
		}
	}
	return quantise(lx, sum, sumBias), nil
}

// learnOnce is one run. It returns the mean weights of its second half.
func learnOnce(items []item, opt Options) ([][classes]float32, [classes]float32) {
	l := &learner{w: make([][classes]float32, buckets), g: make([][classes]float32, buckets), opt: opt}
	order := make([]int, len(items))
	for i := range order {
		order[i] = i
	}
	rnd := opt.Seed*2862933555777941757 + 3037000493
	l.rnd = rnd
	sum := make([][classes]float32, buckets)
	var sumBias [classes]float32
	averaged := 0
	for epoch := range opt.Epochs {
		for i := len(order) - 1; i > 0; i-- {
			rnd = rnd*6364136223846793005 + 1442695040888963407
			j := int(rnd>>33) % (i + 1)
			order[i], order[j] = order[j], order[i]
		}
		for _, i := range order {
			it := &items[i]
			if len(it.chunks) == 0 {
				continue
			}
			l.step(it.chunks, it.runs[0], it.class, it.weight)
			if len(it.runs) == 1 {
				continue
			}
			if it.class == None {
				share := it.weight / float32(math.Sqrt(float64(len(it.runs)-1)))
				for _, r := range it.runs[1:] {
					l.step(it.chunks, r, None, share)
				}
				continue
			}
			if epoch < 2 {
				continue // the whole message teaches first what to look for
			}
			best := slices.MaxFunc(it.runs[1:], func(a, b [2]int) int {
				za, zb := l.score(it.chunks, a), l.score(it.chunks, b)
				return cmp.Compare(za[it.class]-za[None], zb[it.class]-zb[None])
			})
			l.step(it.chunks, best, it.class, it.weight)
		}
		if epoch >= opt.Epochs/2 {
			averaged++
			for b := range sum {
				for k := range sum[b] {
					sum[b][k] += l.w[b][k]
				}
			}
			for k := range sumBias {
				sumBias[k] += l.bias[k]
			}
		}
	}
	for b := range sum {
		for k := range sum[b] {
			sum[b][k] /= float32(averaged)
		}
	}
	for k := range sumBias {
		sumBias[k] /= float32(averaged)
	}
	return sum, sumBias
}

// softmax of z. The exponential is written out here so that the weights do not
// depend on a processor's own version of it.
func softmax(z scores) scores {
	top := max(z[0], z[1], z[2], z[3])
	var sum float32
	for k := range z {
		z[k] = exp(z[k] - top)
		sum += z[k]
	}
	for k := range z {
		z[k] /= sum
	}
	return z
}

// exp is e to the x for x <= 0, good to five digits.
func exp(x float32) float32 {
	if x < -30 {
		return 0
	}
	// e^x = (e^(x/1024))^1024, the inner one by its series.
	y := x / 1024
	r := 1 + y + float32(y*y)/2 + float32(float32(y*y)*y)/6
	for range 10 {
		r *= r
	}
	return r
}
