// Package model tells how likely it is that a message asks Salve to decide for a
// person: to choose, diagnose, dose, combine, start, stop, switch or judge
// safety for the writer or somebody of theirs. Such a message is answered with
// what the library says on the topic and with questions for the prescriber,
// never with a verdict. A person's story that ends in a request for a published
// fact ("does the leaflet say ...") is not one.
//
// The model is linear: a logistic regression over hashed features, which are the
// words and letters of the asking sentences, the words of the whole message, and
// concepts (concepts.txt) that five languages share. Names of drugs and
// illnesses are replaced by DRUG and COND first, so that no drug is more
// personal than another. The weights (weights.bin) are learned from
// ../messages.tsv by `go run ./bot/answer/lane`, which writes the same bytes
// every time.
//
// It reads any text, in time linear in its length, and keeps nothing.
package model

import (
	_ "embed"
	"encoding/binary"
	"fmt"
	"math"
)

//go:embed weights.bin
var weightsFile []byte

// A Model holds the concepts and the learned weights. It does not change and is
// safe for concurrent use.
type Model struct {
	lex    *lexicon
	bias   float64
	scale  float64
	weight []byte // int8, times scale
}

// header is the length of what stands before the weights in their file: the bias
// and the scale, each a float64, little-endian.
const header = 16

// Load returns the built-in model.
func Load() (*Model, error) {
	lex, err := parseLexicon(conceptsText)
	if err != nil {
		return nil, err
	}
	if len(weightsFile) != header+table {
		return nil, fmt.Errorf("weights.bin holds %d bytes, not %d; run go run ./bot/answer/lane", len(weightsFile), header+table)
	}
	return open(lex, weightsFile), nil
}

func open(lex *lexicon, file []byte) *Model {
	return &Model{
		lex:    lex,
		bias:   math.Float64frombits(binary.LittleEndian.Uint64(file)),
		scale:  math.Float64frombits(binary.LittleEndian.Uint64(file[8:])),
		weight: file[header:],
	}
}

// Probability returns how likely it is, 0 to 1, that text asks to decide for a
// person. Previous are the earlier messages of the conversation, oldest first;
// the last of them counts when text is a few words only ("and for my son?").
func (m *Model) Probability(text string, previous []string) float64 {
	v := m.lex.features(text, previous)
	if len(v[whole]) == 0 {
		return 0
	}
	s := v.sum(func(slot uint32) float64 { return float64(int8(m.weight[slot])) })
	return sigmoid(m.bias + float64(m.scale*s))
}
