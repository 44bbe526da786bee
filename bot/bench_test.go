package bot

import (
	"testing"
	"time"

	"salve/bot/answer"
)

func BenchmarkRender(b *testing.B) {
	a := cited("q")
	for b.Loop() {
		render(a, everything("en"))
	}
}

func BenchmarkSuggest(b *testing.B) {
	bt := &Bot{cfg: Config{Library: bigLibrary{}}}
	for b.Loop() {
		rank(articleCandidates(bt.cfg.Library), "artcle 3")
	}
}

// BenchmarkKeep is what one reply keeps for its buttons.
func BenchmarkKeep(b *testing.B) {
	m := newMemory("t", time.Now)
	b.ReportAllocs()
	for b.Loop() {
		m.keep(kept{question: "what helps", answer: answer.Answer{Kind: answer.Cited}})
	}
}
