package index

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A net judges by a list of features: their weighted sum, and to it what a few
// hidden units add, each a weighted sum of its own, bent to stay within -1 and 1.
// The sum alone cannot say that one feature matters only beside another (a
// summary, where one thing is asked; a word of the heading, where the drug is
// right).
type net struct {
	names  []string // of the features, in their order
	linear []float64
	hidden []hiddenUnit
}

type hiddenUnit struct {
	in   []float64 // by feature
	bias float64
	out  float64
}

// score is what the net makes of a value for each of its features.
func (n *net) score(x []float64) float64 {
	sum := 0.0
	for i, v := range x {
		sum += v * n.linear[i]
	}
	for i := range n.hidden {
		sum += n.hidden[i].out * n.hidden[i].bend(x)
	}
	return sum
}

func (h *hiddenUnit) bend(x []float64) float64 {
	z := h.bias
	for i, v := range x {
		if v != 0 {
			z += v * h.in[i]
		}
	}
	return z / (1 + math.Abs(z))
}

// slope is how fast a bent sum y rises with the sum: z/(1+|z|) has the slope
// 1/(1+|z|)^2. In cross-validation it is as good as the tanh, and it needs no
// exponential.
func slope(y float64) float64 { return (1 - math.Abs(y)) * (1 - math.Abs(y)) }

// pathSteps is the number of steps of parts: with it they miss the score by less
// than a hundredth.
const pathSteps = 32

// parts says what each feature that is not 0 adds to the score, as integrated
// gradients (Sundararajan, Taly and Yan, 2017): its value, times its mean effect on
// the way from nothing to x. What is left is the score of nothing, named "base".
// Their points sum to the score.
func (n *net) parts(x []float64) []Part {
	effect := slices.Clone(n.linear)
	way := make([]float64, len(x))
	for step := range pathSteps {
		at := (float64(step) + 0.5) / pathSteps
		for i, v := range x {
			way[i] = at * v
		}
		for _, h := range n.hidden {
			y := h.bend(way)
			for i, w := range h.in {
				effect[i] += h.out * slope(y) * w / pathSteps
			}
		}
	}
	var out []Part
	rest := n.score(x)
	for i, v := range x {
		if v != 0 {
			out = append(out, Part{n.names[i], v, v * effect[i]})
			rest -= v * effect[i]
		}
	}
	return append(out, Part{"base", 1, rest})
}

// file writes a net as JSON with a line for each feature, so that a change of it
// can be read: its linear weight, then those into the hidden units. Numbers are
// rounded to four decimals.
func (n *net) file() []byte {
	var bias, out []float64
	for _, h := range n.hidden {
		bias, out = append(bias, h.bias), append(out, h.out)
	}
	b := fmt.Appendf(nil, "{\n  \"bias\": %s,\n  \"out\": %s,\n  \"features\": {", row(bias), row(out))
	for i, name := range n.names {
		weights := []float64{n.linear[i]}
		for _, h := range n.hidden {
			weights = append(weights, h.in[i])
		}
		if i > 0 {
			b = append(b, ',')
		}
		b = fmt.Appendf(b, "\n    %q: %s", name, row(weights))
	}
	return append(b, "\n  }\n}"...)
}

func row(x []float64) string {
	parts := make([]string, len(x))
	for i, v := range x {
		parts[i] = strconv.FormatFloat(math.Round(v*1e4)/1e4, 'g', -1, 64)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// netFrom reads what file wrote. It fails unless the features are just the
// names: one without a weight would count for nothing, and nobody would see.
func netFrom(src []byte, names []string) (*net, error) {
	var file struct {
		Features  map[string][]float64
		Bias, Out []float64
	}
	if err := json.Unmarshal(src, &file); err != nil {
		return nil, err
	}
	if len(file.Bias) != len(file.Out) {
		return nil, fmt.Errorf("%d hidden units have a bias and %d a weight", len(file.Bias), len(file.Out))
	}
	n := &net{names: names, linear: make([]float64, len(names)), hidden: make([]hiddenUnit, len(file.Bias))}
	for j := range n.hidden {
		n.hidden[j] = hiddenUnit{make([]float64, len(names)), file.Bias[j], file.Out[j]}
	}
	for i, name := range names {
		row, ok := file.Features[name]
		if !ok || len(row) != 1+len(n.hidden) {
			return nil, fmt.Errorf("the feature %s has %d weights, not %d; learn them anew", name, len(row), 1+len(n.hidden))
		}
		n.linear[i] = row[0]
		for j := range n.hidden {
			n.hidden[j].in[i] = row[1+j]
		}
	}
	for name := range file.Features {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("%s is no feature; learn the weights anew", name)
		}
	}
	return n, nil
}
