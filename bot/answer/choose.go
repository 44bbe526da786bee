package answer

import (
	"slices"

	"salve/index"
)

// differing are the intents whose answer differs in a way that matters for
// safety between a tablet and a cream of one name.
var differing = []string{"dose", "how-to-use", "missed-dose", "overdose", "side-effects", "warning", "monitoring", "pregnancy", "breastfeeding", "contraception", "stopping", "interaction"}

// differingOfClass are those for a whole class: a list of its drugs answers the
// others better than asking back.
var differingOfClass = []string{"dose", "how-to-use", "missed-dose", "overdose"}

// chooseBar is the probability, of all these intents together, from which we ask
// back; below it we do not know well enough what is asked.
const chooseBar = 0.25

// maxLabel is the length of a button's label, in characters, that Discord's
// guidelines advise.
const maxLabel = 38

// choose asks back when the readings of the question differ in a way that
// matters, and reports whether it does.
func (r *reply) choose(res index.Result) bool {
	u := res.Understanding
	if len(u.Readings) < 2 {
		return false
	}
	lex := r.search.Library().Lexicon
	intents := differing
	if e := lex.Entity(u.Readings[0]); e != nil && e.Type == "class" {
		intents = differingOfClass
	}
	p := 0.0
	for _, g := range u.Intents {
		if slices.Contains(intents, g.Intent) {
			p += g.P
		}
	}
	if p < chooseBar {
		return false
	}
	for _, id := range u.Readings {
		// A reading on which nothing was found is no choice.
		if !slices.ContainsFunc(res.Hits, func(h index.Hit) bool {
			return slices.ContainsFunc(h.Passage.Section.Entities, func(e string) bool { return lex.Is(e, id) })
		}) {
			return false
		}
	}
	for _, id := range u.Readings {
		e := lex.Entity(id)
		label := e.Name
		if e.Type == "drug" && len(e.Terms) > 0 {
			label += " (" + e.Terms[0] + ")"
		}
		if len([]rune(label)) > maxLabel {
			label = e.Name
		}
		r.a.Choices = append(r.a.Choices, Choice{Label: label, Question: r.q.Text + " (" + e.Name + ")"})
	}
	r.a.Kind = Choose
	return true
}
