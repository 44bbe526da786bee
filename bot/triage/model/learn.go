package model

import (
	"cmp"
	"math"
	"runtime"
	"slices"
	"sync"
)

// An Example is a message with its class.
type Example struct {
	Text   string
	Locale string
	Class  int
	Kind   string  // what its writer calls it; see kindTable
	Weight float32 // 0 counts as 1

	// Key decides into which part of the examples it goes (see PartOf); Text when
	// it is "". What is made of other examples has the key of one of them, and
	// all of them must be of one part.
	Key string
	// Made says that a program made it, so that the judge does not learn it.
	// Without a key it is of every part.
	Made bool
}

// Options of a training run. The zero value of a field takes its default.
type Options struct {
	Epochs int     // passes over the examples; default 10
	Rate   float32 // first step of Adagrad; default 0.3
	Decay  float32 // L2, per step; default 2e-4
	Drop   float32 // share of the features hidden in a step, 0 to 1; default 0.5
	Seed   uint64  // of the order of examples and of what is hidden
}

// Defaults of a training run, from cross-validation.
const (
	defaultEpochs         = 10
	defaultRate   float32 = 0.3
	defaultDecay  float32 = 2e-4
	defaultDrop   float32 = 0.5
)

// parts is how many ways the examples are divided: one model is learned without
// each part.
const parts = 5

// PartOf returns the part of an example by its key.
func PartOf(key string) int { return int(mix(hashWord(key), 0x9a47)>>8) % parts }

// scores are the logits of the kinds.
type scores [kinds]float32

// An item is an analysed example with the runs that stand for it.
type item struct {
	*analysis
	class  int
	kinds  kindSet
	weight float32
	part   int // -1: in every part
	made   bool
	runs   [][2]int
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
	w, g  [][kinds]float32 // weights, sums of squared gradients
	bias  [kinds]float32
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

// step moves the weights of one run towards the kinds it may be of, each as far
// as the model already believes in it.
func (l *learner) step(chunks []chunk, run [2]int, may kindSet, weight float32) {
	features := l.hide(chunks, run)
	z := scores(l.bias)
	for _, f := range features {
		w := &l.w[f.bucket]
		for k := range z {
			z[k] += float32(w[k] * f.scale)
		}
	}
	p := softmax(z)
	var believed float32 = 1e-9
	for k := range p {
		if may.has(k) {
			believed += p[k]
		}
	}
	var d [kinds]float32
	for k := range d {
		d[k] = float32(p[k] * weight)
		if may.has(k) {
			d[k] -= float32(weight*p[k]) / believed
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

// Learn trains on examples in two stages. They are divided into parts, and one
// linear model is learned without each part; what it makes of that part is what
// a message looks like to a model that never saw it. From this the second stage
// (see judge) learns how far to believe which score. The linear model that is
// kept is the mean of them all: one alone is a point luckier or unluckier than
// the next. The order of examples depends on the seed alone, so that the same
// examples give the same weights to the byte.
//
// A long message of danger has quiet parts. Only the run that speaks loudest
// for the message's class learns it, besides the whole; of a quiet message
// every run learns that it is quiet.
func Learn(examples []Example, opt Options) (*Model, error) {
	opt.Epochs = cmp.Or(opt.Epochs, defaultEpochs)
	opt.Rate = cmp.Or(opt.Rate, defaultRate)
	opt.Decay = cmp.Or(opt.Decay, defaultDecay)
	opt.Drop = cmp.Or(opt.Drop, defaultDrop)
	lx, err := parseLexicon(lexiconText)
	if err != nil {
		return nil, err
	}
	items := make([]item, len(examples))
	for i, e := range examples {
		a := lx.analyse(e.Text, e.Locale)
		part := PartOf(cmp.Or(e.Key, e.Text))
		if e.Made && e.Key == "" {
			part = -1
		}
		items[i] = item{a, e.Class, kindsOf(e.Class, e.Kind), cmp.Or(e.Weight, 1), part, e.Made, runsOf(len(a.chunks))}
	}
	without := make([]linear, parts)
	seen := make([]seen, len(items))
	inTurn(parts, func(k int) {
		once := opt
		once.Seed += uint64(k)
		w := learnLinear(items, k, once)
		m := quantise(lx, w)
		for i := range items {
			if it := &items[i]; it.part == k {
				seen[i] = m.look(it.analysis, m.survey(it.analysis, [2]int{0, len(it.chunks)}))
			}
		}
		without[k] = w
	})
	m := quantise(lx, meanOf(without))
	m.judge = learnJudge(items, seen, opt.Seed)
	return m, nil
}

// inTurn calls f for 0 to n-1, as many at once as there are processors: a run
// takes much memory.
func inTurn(n int, f func(i int)) {
	var wg sync.WaitGroup
	turn := make(chan bool, runtime.GOMAXPROCS(0))
	for i := range n {
		turn <- true
		wg.Go(func() {
			f(i)
			<-turn
		})
	}
	wg.Wait()
}

// linear are the weights of a linear model.
type linear struct {
	w    [][kinds]float32
	bias [kinds]float32
}

func newLinear() linear { return linear{w: make([][kinds]float32, buckets)} }

// add adds the share of other.
func (l *linear) add(other linear, share float32) {
	for b := range l.w {
		for k := range l.w[b] {
			l.w[b][k] += float32(other.w[b][k] * share)
		}
	}
	for k := range l.bias {
		l.bias[k] += float32(other.bias[k] * share)
	}
}

func meanOf(list []linear) linear {
	mean := newLinear()
	for _, l := range list {
		mean.add(l, 1/float32(len(list)))
	}
	return mean
}

// learnLinear learns from all items but those of a part. It returns the mean
// weights of its second half.
func learnLinear(items []item, without int, opt Options) linear {
	l := &learner{w: make([][kinds]float32, buckets), g: make([][kinds]float32, buckets), opt: opt}
	for k := range l.bias { // kinds with the same cases must not begin alike
		l.bias[k] = float32(0.3*float32(int(mix(1, uint32(k))%100)-50)) / 50
	}
	var order []int
	for i, it := range items {
		if it.part != without && len(it.chunks) > 0 {
			order = append(order, i)
		}
	}
	rnd := opt.Seed*2862933555777941757 + 3037000493
	l.rnd = rnd
	sum, averaged := newLinear(), opt.Epochs-opt.Epochs/2
	for epoch := range opt.Epochs {
		for i := len(order) - 1; i > 0; i-- {
			rnd = rnd*6364136223846793005 + 1442695040888963407
			j := int(rnd>>33) % (i + 1)
			order[i], order[j] = order[j], order[i]
		}
		for _, i := range order {
			l.learn(&items[i], epoch)
		}
		if epoch >= opt.Epochs/2 {
			sum.add(linear{l.w, l.bias}, 1/float32(averaged))
		}
	}
	return sum
}

// learn takes the steps for one item.
func (l *learner) learn(it *item, epoch int) {
	l.step(it.chunks, it.runs[0], it.kinds, it.weight)
	if len(it.runs) == 1 {
		return
	}
	if it.class == None {
		share := it.weight / float32(math.Sqrt(float64(len(it.runs)-1)))
		for _, r := range it.runs[1:] {
			l.step(it.chunks, r, it.kinds, share)
		}
		return
	}
	if epoch < 2 {
		return // the whole message teaches first what to look for
	}
	best := slices.MaxFunc(it.runs[1:], func(a, b [2]int) int {
		return cmp.Compare(l.lean(it, a), l.lean(it, b))
	})
	l.step(it.chunks, best, it.kinds, it.weight)
}

// lean says how far a run speaks for the item's class and not for none.
func (l *learner) lean(it *item, run [2]int) float32 {
	c := chanceOf(softmax(l.score(it.chunks, run)))
	return c[it.class] / (c[None] + 1e-9)
}

func softmax(z scores) scores {
	soften(z[:])
	return z
}

// soften turns scores into their softmax. The exponential is written out here so
// that the weights do not depend on a processor's own version of it.
func soften(z []float32) {
	top := slices.Max(z)
	var sum float32
	for k := range z {
		z[k] = exp(z[k] - top)
		sum += z[k]
	}
	for k := range z {
		z[k] /= sum
	}
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
