package index

import (
	"testing"

	"salve/knowledge"
)

// The hints keep slow expressions off most texts, and hide nothing.
func TestHintsHideNothing(t *testing.T) {
	for _, p := range loadFiles(t, knowledge.Builtin()).Passages() {
		got := detailsIn(p.Text, false)
		for _, d := range details {
			if want := d.re.MatchString(p.Text); want != (got&d.w != 0) {
				t.Errorf("%s: detail %b is %v, want %v: %s", p.ID, d.w, !want, want, p.Text)
			}
		}
	}
}
