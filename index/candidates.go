package index

import "context"

// candidates finds the passages worth ranking.
func (x *Index) candidates(ctx context.Context, q *query) ([]candidate, error) {
	out := make([]candidate, len(x.docs))
	for i := range out {
		out[i].doc = i
	}
	return out, nil
}
