package answer

import (
	"slices"

	"salve/index"
	"salve/knowledge"
)

// Labels differ between countries, and readers come from all of them. When a
// question names no place, what holds in one is quoted together with what holds
// in another, the reader's own first.

// sibling is the likelihood, against the best hit, from which a passage that says
// the same for another region is quoted beside it.
const sibling = 0.02

// elsewhere returns the best hit that answers the same for another region, if
// the first hit is bound to one and the question names none.
func elsewhere(res index.Result) (index.Hit, bool) {
	first := res.Hits[0]
	s := first.Passage.Section
	if len(res.Understanding.Regions) > 0 || len(s.Regions) == 0 {
		return index.Hit{}, false
	}
	for _, h := range res.Hits[1:] {
		if h.Probability >= sibling*first.Probability && sameForAnother(s, h.Passage.Section) {
			return h, true
		}
	}
	return index.Hit{}, false
}

// sameForAnother reports whether two sections answer the same on the same
// subject for regions of which each lacks one of the other's.
func sameForAnother(a, b *knowledge.Section) bool {
	return len(a.Regions) > 0 && len(b.Regions) > 0 && !overlap(a.Regions, b.Regions) &&
		a.Asks[0] == b.Asks[0] && slices.Equal(a.Entities, b.Entities)
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

// readersFirst puts the hit for the reader's region before the one for another.
func readersFirst(first, other index.Hit, reader string) (index.Hit, index.Hit) {
	if reader != "" && slices.Contains(other.Passage.Section.Regions, reader) && !slices.Contains(first.Passage.Section.Regions, reader) {
		return other, first
	}
	return first, other
}
