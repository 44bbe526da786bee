package knowledge

import "testing"

// The library that ships must load without a fault.
func TestBuiltinLibraryHasNoFaults(t *testing.T) {
	lib, problems, err := Load(Builtin())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems.Faults() {
		t.Errorf("%v", p)
	}
	t.Logf("%d articles, %d passages", len(lib.Articles), len(lib.Passages()))
}
