package index

import (
	"math/rand/v2"
	"testing"
)

// librarySize is about the number of passages of the library that ships.
const librarySize = 600

// BenchmarkBuildMemory tells what indexing a library costs at start.
func BenchmarkBuildMemory(b *testing.B) {
	docs := randomDocs(rand.New(rand.NewPCG(1, 2)), librarySize)
	for b.Loop() {
		e, err := buildMemory(b.Context(), docSeq(docs), engineOptions{})
		if err != nil {
			b.Fatal(err)
		}
		if err := e.close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkMatch is one search of a library, 150 deep, with the evidence.
func BenchmarkMatch(b *testing.B) {
	e, err := buildMemory(b.Context(), docSeq(randomDocs(rand.New(rand.NewPCG(1, 2)), librarySize)), engineOptions{})
	if err != nil {
		b.Fatal(err)
	}
	defer e.close()
	terms := []weightedTerm{{"terma", 1}, {"termb", 1}, {"termf", 0.5}, {"termk", 1}, {"termp", 0.5}, {"termx", 1}, {"termz", 1}}
	b.Run("match", func(b *testing.B) {
		for b.Loop() {
			if _, err := e.match(b.Context(), terms, 150); err != nil {
				b.Fatal(err)
			}
		}
	})
	found, err := e.match(b.Context(), terms, 150)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("evidence", func(b *testing.B) {
		for b.Loop() {
			e.evidence(terms, found)
		}
	})
}
