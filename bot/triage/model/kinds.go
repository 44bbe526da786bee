package model

import "slices"

// Classes: what is decided.
const (
	None = iota
	SameDay
	Emergency
	Crisis
	classes
)

// kinds are what the weights tell apart: a class is told in many ways that have
// little in common, and a linear model needs one direction for each. In
// cross-validation it misses a tenth fewer dangers than with the four classes.
const kinds = 16

// kindTable lists the kinds with the class and what the written cases call
// them. A case of another name ("buried", "lang") may be any kind of its class:
// the model says which.
var kindTable = [kinds]struct {
	class int
	names []string
}{
	{None, []string{"info", "hypothetical", "library", "everyday", "plain"}},
	{None, []string{"past", "resolved", "negated"}},
	{None, []string{"figurative", "joke", "fiction", "news", "moderation", "pet"}},
	{None, []string{"mild", "plain", "everyday", "pet"}},
	{None, []string{"distress"}},
	{SameDay, []string{"herpeticum", "infection", "shingles", "erythroderma"}},
	{SameDay, []string{"dvt", "gi", "liver", "eye"}},
	{SameDay, []string{"doubledose", "exposure", "pregnancy"}},
	{Emergency, []string{"anaphylaxis", "breathing", "choking", "pe"}},
	{Emergency, []string{"cardiac", "stroke", "seizure", "unconscious", "diabetes"}},
	{Emergency, []string{"sepsis", "newborn", "sjs", "heat", "herpeticum"}},
	{Emergency, []string{"overdose", "childpoison"}},
	{Emergency, []string{"bleeding", "burn"}},
	{Crisis, []string{"suicide", "third person"}}, // two of them: plainly said and told sideways
	{Crisis, []string{"suicide", "third person"}},
	{Crisis, []string{"selfharm"}},
}

// A kindSet has a bit for each kind.
type kindSet uint32

func (s kindSet) has(kind int) bool { return s>>kind&1 != 0 }

// kindsOf returns the kinds that a case may be of.
func kindsOf(class int, name string) (named kindSet) {
	var all kindSet
	for k, t := range kindTable {
		if t.class != class {
			continue
		}
		all |= 1 << k
		if slices.Contains(t.names, name) {
			named |= 1 << k
		}
	}
	if named == 0 {
		return all
	}
	return named
}

// A Chance is the chance of each class, by its number. They sum to 1.
type Chance [classes]float32

// chanceOf sums the chances of the kinds by class.
func chanceOf(p scores) (c Chance) {
	for k, t := range kindTable {
		c[t.class] += p[k]
	}
	return c
}
