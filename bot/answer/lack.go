package answer

import (
	"cmp"
	"slices"

	"salve/bot/triage"
	"salve/index"
	"salve/knowledge"
)

// A Lack is something that a reader asked and the library does not answer, said
// only in words that the library's editors chose. The zero Lack is a question on
// nothing that the lexicon knows.
type Lack struct {
	Entity string // id in the lexicon; empty when the question names none
	Intent string // of knowledge.Intents; empty when it is not clear, or Entity is empty
}

const (
	// clearIntent is the probability from which an intent is taken to be what is
	// asked: below a half another one is as likely.
	clearIntent = 0.5
	// maxLacks bounds the lacks of one message. Who names more lists medicines
	// rather than asking about each.
	maxLacks = 4
)

// lacks notes what a question that found no answer is on. What is urgent is no
// lack. A closed vocabulary is checked here and not only trusted: what is not in
// it is left out.
func (r *reply) lacks(u index.Understanding) {
	if r.a.Urgency.Urgency != triage.None {
		return
	}
	intent := ""
	if len(u.Intents) > 0 && u.Intents[0].P >= clearIntent {
		intent = known(u.Intents[0].Intent)
	}
	var entities []string
	for _, id := range u.About {
		e := r.search.Library().Lexicon.Entity(id)
		switch {
		case e == nil || e.Type == knowledge.LayWord:
		case known(id) != "": // "cost" says what is asked, not on what
			intent = cmp.Or(intent, id)
		default:
			entities = append(entities, id)
		}
	}
	if len(entities) == 0 {
		r.lack(Lack{})
	}
	for _, id := range entities {
		r.lack(Lack{Entity: id, Intent: intent})
	}
}

// known returns an intent, or "" when there is none of that name.
func known(intent string) string {
	if slices.Contains(knowledge.Intents, intent) {
		return intent
	}
	return ""
}

func (r *reply) lack(l Lack) {
	if len(r.a.Lacks) < maxLacks && !slices.Contains(r.a.Lacks, l) {
		r.a.Lacks = append(r.a.Lacks, l)
	}
}
