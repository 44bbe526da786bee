package index

import (
	"math"

	"salve/knowledge"
)

// intents guesses what a question asks (side effects, age, cost, ...). It is a
// naive Bayes model, learned when the index is built from the library's own
// data: each section says what it answers and how people ask it. So a library
// on another subject, or in another style, brings its own model.
//
// Its features are the words of a question, stop words included ("how long",
// "can I"), and pairs of neighbours. Drugs and conditions are replaced by their
// type, so that what is learned from one drug holds for all.
type intents struct {
	index map[string]int
	prior []float64            // log
	words map[string][]float64 // feature -> log P(feature | intent), by intent
}

const (
	// intentSmoothing is added to every count. 0.1 to 0.5 made no difference to
	// the cross-validated figures; 1 blurs the rare intents.
	intentSmoothing = 0.2
	// intentPrior weakens the class sizes, which are how the library is
	// written and not how often things are asked.
	intentPrior = 0.3
)

// intentSample is one question and what it asks.
type intentSample struct {
	features []string
	asks     []string
}

func learnIntents(samples []intentSample) *intents {
	m := &intents{index: map[string]int{}, words: map[string][]float64{}}
	for i, name := range knowledge.Intents {
		m.index[name] = i
	}
	n := len(knowledge.Intents)
	class := make([]float64, n)
	total := make([]float64, n)
	for _, s := range samples {
		w := 1 / float64(len(s.asks))
		for _, ask := range s.asks {
			i, ok := m.index[ask]
			if !ok {
				continue
			}
			class[i] += w
			for _, f := range s.features {
				if m.words[f] == nil {
					m.words[f] = make([]float64, n)
				}
				m.words[f][i] += w
				total[i] += w
			}
		}
	}
	v := float64(len(m.words)) + 1
	m.prior = make([]float64, n)
	for i := range n {
		m.prior[i] = intentPrior * math.Log(class[i]+intentSmoothing)
	}
	for _, counts := range m.words {
		for i := range n {
			counts[i] = math.Log((counts[i] + intentSmoothing) / (total[i] + intentSmoothing*v))
		}
	}
	return m
}

// guess returns P(intent | features), by position in knowledge.Intents.
func (m *intents) guess(features []string) []float64 {
	p := make([]float64, len(m.prior))
	copy(p, m.prior)
	known := 0
	for _, f := range features {
		if m.words[f] != nil {
			known++
		}
	}
	// Features overlap (a word is in two pairs), so their evidence is counted
	// in part: the more there are, the less each.
	scale := 1 / math.Sqrt(1+float64(known)/3)
	for _, f := range features {
		if logs := m.words[f]; logs != nil {
			for i := range p {
				p[i] += scale * logs[i]
			}
		}
	}
	top := math.Inf(-1)
	for _, x := range p {
		top = max(top, x)
	}
	sum := 0.0
	for i, x := range p {
		p[i] = math.Exp(x - top)
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}

// intentFeatures are the features of a question for intents.
func (c *concepts) intentFeatures(toks []token) []string {
	var seq []string
	for _, s := range c.spans(toks) {
		if s.entity >= 0 {
			switch e := c.lex.Entities[s.entity]; e.Type {
			case "drug", "class", "condition":
				seq = append(seq, "<"+e.Type+">")
			default:
				seq = append(seq, "@"+e.ID)
			}
			continue
		}
		t := toks[s.first]
		if t.Text[0] <= '9' {
			seq = append(seq, "<number>")
			continue
		}
		seq = append(seq, t.Stem)
	}
	out := make([]string, 0, 2*len(seq))
	for i, f := range seq {
		out = append(out, f)
		if i > 0 {
			out = append(out, seq[i-1]+" "+f)
		}
	}
	return out
}
