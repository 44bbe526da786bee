package index

import (
	"slices"
	"strings"

	"salve/knowledge"
)

// A Question is what a reader asks.
type Question struct {
	Text     string
	Previous []string // earlier questions of the same conversation, oldest first
	Locale   string   // Discord locale, such as "en-GB"; may be empty
	Country  string   // ISO 3166 code, such as "GB"; may be empty
}

// Understanding is what the index made of a question, for an explanation.
type Understanding struct {
	Language string   // of the question, "en" when in doubt
	Words    []Word   // what was searched for, with weights
	Entities []string // lexicon ids, in the order met
	// About are those of Entities that the question is on: of what it asks and
	// of the questions before it, not of a story told around it.
	About   []string
	Intents []Guess  // the likeliest, best first
	Regions []string // named in the question
	Reader  string   // region of the reader, from country or locale; may be empty
	Parts   []string // the questions within the message, when there are several
	// Readings are what an ambiguous name may mean, when the kinds of it are
	// taken in different ways (a cream and a tablet) and the question does not
	// say which: lexicon ids.
	Readings []string
	Unknown  []string // words that neither the library nor the lexicon holds
	Foreign  []string // entities and names that the library has nothing on
}

// A Word is one search unit of a question.
type Word struct {
	Text   string  // as written
	As     string  // the concept it was read as
	Weight float64 // how much of the question it is
}

// A Guess is a possible intent with its probability.
type Guess struct {
	Intent string
	P      float64
}

// maxQuestion is how much of a message is read, in bytes: Discord's longest
// string option has 6,000 characters.
const maxQuestion = 16_000

// maxUnits bounds the work of one search. Units beyond it are the lightest ones.
const maxUnits = 48

// A unit is a part of a question that a passage may cover.
type unit struct {
	text   string
	alts   []alternative
	rarity float64 // how much it says, from how rare it is
	weight float64 // importance: rarity, times that of its sentence
	entity int32   // -1 for a plain word
	known  bool    // the library has something on it
	number bool
	asked  bool // it stands in a sentence that asks
	// subject says that it is a drug, a class or a condition.
	subject bool
	lay     bool // an everyday word with a group of its own
	words   []word
}

// A word of a unit is as it was written, whatever the lexicon takes it for.
type word struct {
	stem   int32 // -1 when the library does not have it
	rarity float64
}

// An alternative is a concept that covers a unit in part or whole.
type alternative struct {
	id     int32
	weight float64 // 0 to 1
}

// A query is a question made ready for matching.
type query struct {
	units     []unit
	total     float64 // sum of the units' weights
	intents   []float64
	topIntent int
	drugs     []int32 // entities of type drug that the question is on
	wide      []int32 // the drugs' wider entities
	classes   []int32 // entities of type class
	foreign   []int32 // entities that the library has nothing on
	regions   []string
	reader    string
	child     bool
	teen      bool
	route     string
	wants     wants
	pairs     [][2]int // neighbouring units
	several   bool     // it asks several things
	language  string
}

// The weights of a sentence, by what it does in a message of several.
const (
	asksWeight    = 1.0  // it asks
	asideWeight   = 0.45 // it stands beside a question; 0.3 to 0.65 are alike in cross-validation
	carriedWeight = 0.5  // of an earlier question, in a follow-up
	// ownIntent is the probability of its likeliest intent from which a follow-up
	// is taken to say itself what it asks.
	ownIntent   = 0.4
	carriedRest = 0.3 // of what is not its subject, when the follow-up has words of its own
)

// The scale of generic, chosen by cross-validation on the judged questions.
const (
	genericFrom  = 1.5
	genericSpan  = 4.0
	genericFloor = 0.2
)

// isSubject reports whether an entity is what a conversation is about, and not
// just something asked about it.
func (x *Index) isSubject(id int32) bool {
	if id < 0 {
		return false
	}
	switch x.lib.Lexicon.Entities[id].Type {
	case "drug", "class", "condition":
		return true
	}
	return false
}

// understand reads a question.
func (x *Index) understand(q Question) (*query, Understanding) {
	text := q.Text
	if len(text) > maxQuestion {
		text = strings.ToValidUTF8(text[:maxQuestion], "")
	}
	var u Understanding
	u.Language = x.language(text, q.Locale)
	text = x.translate(text, u.Language)

	out := &query{language: u.Language, reader: readerRegion(q.Country, q.Locale)}
	u.Reader = out.reader
	sentences := splitSentences(text)
	weights := sentenceWeights(sentences)
	var asked []token // tokens of the asking sentences, for the intent
	for i, s := range sentences {
		toks, fixed := x.concepts.correct(expand(tokenize(s)))
		if weights[i] == asksWeight {
			asked = append(asked, toks...)
		}
		x.addUnits(out, &u, toks, fixed, weights[i])
		x.addAges(out, &u, toks, weights[i])
		u.Regions = appendNew(u.Regions, regionsIn(s, toks)...)
	}
	carried := x.carry(out, &u, q.Previous, asked)
	out.intents = x.intents.guess(x.concepts.intentFeatures(asked))
	if len(carried) > 0 && slices.Max(out.intents) < ownIntent {
		// "what about kids?" asks what was asked before.
		out.intents = x.intents.guess(x.concepts.intentFeatures(append(carried, asked...)))
	}
	u.Intents = topIntents(out.intents, 3)
	out.topIntent = slices.Index(knowledge.Intents, u.Intents[0].Intent)
	out.regions = u.Regions
	out.wants = wantsOf(asked)
	x.finish(out, &u)
	u.Parts = x.parts(text)
	out.several = len(u.Parts) > 1
	u.Readings = x.readings(out)
	return out, u
}

// readings returns the kinds of the one drug or class that a question names, if
// they are taken in different ways and the question leaves open which is meant.
func (x *Index) readings(q *query) []string {
	named := append(slices.Clone(q.drugs), q.classes...)
	if len(named) != 1 || q.route != "" || x.lib.Lexicon.Entities[named[0]].Route != "none" {
		return nil
	}
	var ids, routes []string
	for _, id := range x.concepts.down[named[0]] {
		e := x.lib.Lexicon.Entities[id]
		if (e.Route == "oral" || e.Route == "topical") && x.df(id) > 0 && !slices.Contains(routes, e.Route) {
			ids, routes = append(ids, e.ID), append(routes, e.Route)
		}
	}
	if len(routes) < 2 {
		return nil
	}
	return ids
}

// carry brings over from earlier questions what a follow-up leaves out. It
// returns the tokens that help to see what is asked.
func (x *Index) carry(out *query, u *Understanding, previous []string, asked []token) []token {
	if len(previous) == 0 {
		return nil
	}
	hasSubject := len(out.drugs) > 0
	content := 0
	for _, w := range out.units {
		if w.weight > 0 {
			content++
		}
	}
	var context []token
	for i := len(previous) - 1; i >= 0 && i >= len(previous)-3; i-- {
		text := previous[i]
		if len(text) > maxQuestion {
			text = strings.ToValidUTF8(text[:maxQuestion], "")
		}
		text = x.translate(text, x.language(text, ""))
		toks, fixed := x.concepts.correct(expand(tokenize(text)))
		weight := carriedWeight
		if i < len(previous)-1 {
			weight /= 2
		}
		if hasSubject {
			weight /= 2
		}
		before, units := len(out.drugs), len(out.units)
		x.addUnits(out, u, toks, fixed, weight)
		for j := units; j < len(out.units) && content > 0; j++ {
			if !x.isSubject(out.units[j].entity) {
				out.units[j].weight *= carriedRest
			}
		}
		if hasSubject {
			out.drugs = out.drugs[:before] // the follow-up names its own subject
		}
		if i == len(previous)-1 && content <= 3 {
			context = toks
		}
	}
	return context
}

// addUnits adds the units of one sentence.
func (x *Index) addUnits(out *query, u *Understanding, toks []token, fixed []bool, weight float64) {
	last := -1
	for _, s := range x.concepts.spans(toks) {
		t := toks[s.first]
		if s.entity < 0 && t.Stop {
			continue
		}
		n := x.unit(toks[s.first:s.last+1], fixed[s.first:s.last+1], s.entity, weight)
		if s.entity >= 0 && weight > asideWeight {
			if e := x.lib.Lexicon.Entities[s.entity]; e.Type != knowledge.LayWord {
				u.About = appendNew(u.About, e.ID)
			}
		}
		if i := slices.IndexFunc(out.units, func(o unit) bool { return sameUnit(o, n) }); i >= 0 {
			out.units[i].weight = max(out.units[i].weight, n.weight)
			out.units[i].asked = out.units[i].asked || n.asked
			continue
		}
		if s.entity >= 0 && x.lib.Lexicon.Entities[s.entity].Type != knowledge.LayWord {
			x.addEntity(out, u, s.entity, &n)
		}
		if !n.known && s.entity < 0 {
			u.Unknown = appendNew(u.Unknown, n.text)
		}
		out.units = append(out.units, n)
		if last >= 0 {
			out.pairs = append(out.pairs, [2]int{last, len(out.units) - 1})
		}
		last = len(out.units) - 1
	}
}

func sameUnit(a, b unit) bool {
	if a.entity >= 0 || b.entity >= 0 {
		return a.entity == b.entity
	}
	if len(a.alts) > 0 && len(b.alts) > 0 {
		return a.alts[0].id == b.alts[0].id
	}
	return a.text == b.text
}

func (x *Index) addEntity(out *query, u *Understanding, id int32, n *unit) {
	e := x.lib.Lexicon.Entities[id]
	u.Entities = appendNew(u.Entities, e.ID)
	if !n.known {
		out.foreign = append(out.foreign, id)
		u.Foreign = appendNew(u.Foreign, e.Name)
	}
	switch e.Type {
	case "drug":
		out.drugs = append(out.drugs, id)
	case "class":
		out.classes = append(out.classes, id)
	}
	switch e.ID {
	case "child", "baby":
		out.child = true
	case "teenager":
		out.teen = true
	}
	if e.Route == "oral" || e.Route == "topical" {
		out.route = e.Route
	}
}

// numberWords are numbers as people write them out.
var numberWords = map[string]string{
	"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
	"nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "sixteen": "16", "eighteen": "18", "twenty": "20",
	"thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "hundred": "100",
}

func topIntents(p []float64, n int) []Guess {
	var out []Guess
	for i, x := range p {
		out = append(out, Guess{knowledge.Intents[i], x})
	}
	slices.SortStableFunc(out, func(a, b Guess) int {
		switch {
		case a.P > b.P:
			return -1
		case a.P < b.P:
			return 1
		}
		return 0
	})
	return out[:n]
}

func appendNew[T comparable](list []T, more ...T) []T {
	for _, m := range more {
		if !slices.Contains(list, m) {
			list = append(list, m)
		}
	}
	return list
}
