package answer

import (
	"cmp"
	"context"
	"slices"

	"salve/bot/triage"
	"salve/index"
	"salve/knowledge"
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
		r.a.Choices = append(r.a.Choices, r.reading(lex.Entity(id)))
	}
	r.a.Kind = Choose
	return true
}

// reading is the choice of one meaning.
func (r *reply) reading(e *knowledge.Entity) Choice {
	label := e.Name
	if e.Type == "drug" && len(e.Terms) > 0 {
		label += " (" + e.Terms[0] + ")"
	}
	if len([]rune(label)) > maxLabel {
		label = e.Name
	}
	return Choice{Label: label, Question: r.q.Text + " (" + e.Name + ")"}
}

const (
	// offered is how many medicines are offered to a question that names none:
	// what a reader takes in at a glance.
	offered = 4
	// openWords is the length of a question, in what it asks with, up to which it
	// may be one that left out its medicine. A longer one tells what it is on.
	openWords = 4
)

// subjects are the types of entities of which one may be what a question is on.
var subjects = []string{"drug", "class", "condition", "place"}

// chooseMedicine asks back which medicine is meant when a question that found no
// answer names nothing at all ("how long until it works"), and reports whether
// it does. It offers the medicines on which the library says most, those of them
// with which the question has an answer.
func (r *reply) chooseMedicine(ctx context.Context, res index.Result) (bool, error) {
	u := res.Understanding
	open := len(u.Unknown) == 0 && len(u.Foreign) == 0 && len(u.Regions) == 0 && len(u.Parts) <= 1 && len(u.Words) <= openWords
	lex := r.search.Library().Lexicon
	for _, id := range u.About {
		e := lex.Entity(id)
		open = open && e != nil && !slices.Contains(subjects, e.Type)
	}
	if !open || r.a.Urgency.Urgency != triage.None || len(r.q.Previous) > 0 {
		return false, nil
	}
	var choices []Choice
	for _, e := range medicines(r.search.Library()) {
		c := r.reading(e)
		found, err := r.find(ctx, r.q, c.Question)
		if err != nil {
			return false, err
		}
		if len(found.Hits) == 0 || found.Hits[0].Coverage < coverageBar {
			continue
		}
		if slices.ContainsFunc(found.Hits[:min(len(found.Hits), maxQuotes)], func(h index.Hit) bool {
			return asksFor(u, h.Passage.Section) >= chooseBar
		}) {
			choices = append(choices, c)
		}
	}
	if len(choices) < 2 {
		return false, nil
	}
	r.a.Kind, r.a.Choices = Choose, choices
	return true, nil
}

// asksFor is the probability that a question asks what a section answers.
func asksFor(u index.Understanding, s *knowledge.Section) (p float64) {
	for _, g := range u.Intents {
		if slices.Contains(s.Asks, g.Intent) {
			p += g.P
		}
	}
	return p
}

// medicines are the medicines that have most sections to themselves, at most
// [offered] of them.
func medicines(lib *knowledge.Library) []*knowledge.Entity {
	sections := map[string]int{}
	last := (*knowledge.Section)(nil)
	for _, p := range lib.Passages() {
		if p.Section == last {
			continue
		}
		last = p.Section
		alone, n := "", 0
		for _, id := range last.Entities {
			if e := lib.Lexicon.Entity(id); e != nil && e.Type == "drug" {
				alone, n = id, n+1
			}
		}
		if n == 1 {
			sections[alone]++
		}
	}
	var list []*knowledge.Entity
	for _, e := range lib.Lexicon.Entities {
		if sections[e.ID] > 0 {
			list = append(list, e)
		}
	}
	slices.SortStableFunc(list, func(a, b *knowledge.Entity) int { return cmp.Compare(sections[b.ID], sections[a.ID]) })
	return list[:min(len(list), offered)]
}
