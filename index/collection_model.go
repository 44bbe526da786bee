package index

import (
	_ "embed"
	"encoding/json"
	"maps"
	"sync"
)

// A CollectionModel says how a [Collection] reads a question and ranks what it
// finds. It is learned: see About.
type CollectionModel struct {
	About    string             // which data it was learned from, how, and with what result
	Question QuestionWeights    // for the first search
	Signals  map[string]float64 // for the ranking: weight of each of SignalNames; 0 when absent
}

// QuestionWeights say how much a word of a question counts; a plain word, also
// one whose spelling was corrected, counts 1.
//
// Telling sentences that ask from those that tell a story, the opening from the
// rest, repeated words, and everyday words from others was tried: on top of the
// signals it gained nothing, so it is not here.
type QuestionWeights struct {
	// Heading is the weight of words of questionClasses ("treatment", "cause"),
	// which name no subject; 0 to 1.
	Heading float64
	// Other is the weight of words in another form than the question's: the
	// long form of an abbreviation or the generic name of a brand, and two
	// words written as one ("rib cage", "ribcage"); 0 to 1.
	Other float64
}

//go:embed collection_model.json
var collectionModelFile []byte

// shippedModel returns the model that ships. It must not be changed.
var shippedModel = sync.OnceValue(func() *CollectionModel {
	m := new(CollectionModel)
	if err := json.Unmarshal(collectionModelFile, m); err != nil {
		panic(err) // unreachable: the file is compiled in and tested
	}
	return m
})

// ShippedModel returns a copy of the model that ships.
func ShippedModel() CollectionModel {
	m := *shippedModel()
	m.Signals = make(map[string]float64)
	maps.Copy(m.Signals, shippedModel().Signals)
	return m
}
