package answer

import (
	"context"
	"math"
	"slices"

	"salve/index"
)

// citeParts quotes for a message that asks several things: one passage that
// answers them all when there is such a one, and else the best for each part.
// Parts that the library does not answer are listed as missing. The answer stays
// not covered when there is nothing to quote.
func (r *reply) citeParts(ctx context.Context, res index.Result) error {
	parts := res.Understanding.Parts
	found := make([]index.Result, len(parts))
	for i, part := range parts {
		sub := r.q
		sub.Previous = append(slices.Clone(r.q.Previous), parts[:i]...)
		var err error
		if found[i], err = r.find(ctx, sub, part); err != nil {
			return err
		}
	}
	b := builder{reply: r}
	if h, ok := answersAll(res, found); ok && h.Coverage >= coverageBar {
		b.add(h)
	}
	for i, f := range found {
		if len(f.Hits) == 0 || f.Hits[0].Coverage < coverageBar {
			r.a.Missing = append(r.a.Missing, parts[i])
			r.lacks(f.Understanding)
			continue
		}
		r.a.Coverage = max(r.a.Coverage, f.Hits[0].Coverage)
		b.add(f.Hits[0])
	}
	if len(r.a.Quotes) == 0 && len(res.Hits) > 0 && res.Hits[0].Coverage >= coverageBar {
		b.add(res.Hits[0])
	}
	if len(r.a.Quotes) == 0 || len(r.a.Missing) == len(parts) {
		r.a.Missing = nil
		if len(r.a.Quotes) > 0 {
			r.a.Lacks = nil // one passage answers the whole
		}
	}
	b.finish()
	if len(r.a.Quotes) > 0 {
		r.a.Kind = Cited
	}
	return nil
}

// answersAll returns the passage that is likeliest to answer every part, if it
// is likely enough: its share of the best passage's probability, part by part,
// is at least jointShare.
func answersAll(whole index.Result, found []index.Result) (index.Hit, bool) {
	best, most := index.Hit{}, 0.0
	for _, h := range whole.Hits {
		joint := 1.0
		for _, f := range found {
			joint = math.Min(joint, relative(f, h.Passage.ID))
		}
		if joint > most {
			best, most = h, joint
		}
	}
	return best, most >= jointShare
}

// jointShare is low because two passages that answer a part equally well share
// its probability.
const jointShare = 0.05

// relative returns a passage's probability against that of the best hit.
func relative(f index.Result, passage string) float64 {
	for _, h := range f.Hits {
		if h.Passage.ID == passage {
			return h.Probability / math.Max(f.Hits[0].Probability, 1e-9)
		}
	}
	return 0
}
