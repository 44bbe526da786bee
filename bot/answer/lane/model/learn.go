package model

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
)

// A Message is one example to learn from.
type Message struct {
	Text     string
	Previous []string
	Personal bool
}

// How the weights are learned; each value was chosen by cross-validation on
// messages.tsv.
const (
	epochs = 40
	rate   = 0.10 // of AdaGrad
	decay  = 2e-4 // L2, per example
)

// Learn returns the weights file for examples. The same examples in the same
// order give the same bytes.
func Learn(examples []Message) ([]byte, error) {
	lex, err := parseLexicon(conceptsText)
	if err != nil {
		return nil, err
	}
	vectors := make([]vector, len(examples))
	for i, e := range examples {
		vectors[i] = lex.features(e.Text, e.Previous)
	}
	w, bias := descend(vectors, examples)
	return quantise(w, bias), nil
}

// Trained returns a model with weights that Learn made.
func Trained(weights []byte) (*Model, error) {
	lex, err := parseLexicon(conceptsText)
	if err != nil {
		return nil, err
	}
	return open(lex, weights), nil
}

// descend minimises the logistic loss by stochastic gradient descent with
// AdaGrad steps. Products are converted to float64 one by one, so that no
// machine fuses them and all find the same weights.
func descend(vectors []vector, examples []Message) ([]float64, float64) {
	w, g2 := make([]float64, table), make([]float64, table)
	bias, biasG2 := 0.0, 1e-6
	order := make([]int, len(examples))
	for i := range order {
		order[i] = i
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range epochs {
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, n := range order {
			v := &vectors[n]
			p := sigmoid(bias + v.sum(func(slot uint32) float64 { return w[slot] }))
			if examples[n].Personal {
				p--
			}
			biasG2 += float64(p * p)
			bias -= float64(rate*p) / math.Sqrt(biasG2)
			for _, slots := range v {
				if len(slots) == 0 {
					continue
				}
				g := p / math.Sqrt(float64(len(slots)))
				for _, slot := range slots {
					d := g + float64(decay*w[slot])
					g2[slot] += float64(d * d)
					w[slot] -= float64(rate*d) / math.Sqrt(1e-6+g2[slot])
				}
			}
		}
	}
	return w, bias
}

// quantise writes weights as bytes, the largest as 127.
func quantise(w []float64, bias float64) []byte {
	most := 1e-9
	for _, x := range w {
		most = max(most, math.Abs(x))
	}
	scale := most / 127
	out := make([]byte, header+len(w))
	binary.LittleEndian.PutUint64(out, math.Float64bits(bias))
	binary.LittleEndian.PutUint64(out[8:], math.Float64bits(scale))
	for i, x := range w {
		out[header+i] = byte(int8(math.Round(x / scale)))
	}
	return out
}

// sigmoid is 1/(1+e^-x). It is written out, because math.Exp differs in its last
// bit between machines.
func sigmoid(x float64) float64 {
	if x < 0 {
		return 1 - sigmoid(-x)
	}
	if x > 40 {
		return 1
	}
	// e^-x = (e^(-x/64))^64, the inner one by its series.
	t := -x / 64
	term, e := 1.0, 1.0
	for i := 1; i <= 12; i++ {
		term = float64(term*t) / float64(i)
		e += term
	}
	for range 6 {
		e = float64(e * e)
	}
	return 1 / (1 + e)
}
