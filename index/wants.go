package index

import (
	"regexp"
	"slices"
	"strings"
)

// wants is the kind of detail that a question looks for, or that a passage has.
type wants uint16

const (
	wantsNumber wants = 1 << iota // a share, a rate, a count
	wantsDate
	wantsAge
	wantsSpan // how long, how fast
	wantsDose // an amount of medicine
	wantsPhone
	wantsMoney
	wantsList // which ones
	numWants  = iota
)

// wantWords are the words of a question that show what it looks for.
var wantWords = map[string]wants{
	"percent": wantsNumber, "percentage": wantsNumber, "rate": wantsNumber, "rates": wantsNumber, "odds": wantsNumber, "share": wantsNumber,
	"common": wantsNumber, "often": wantsNumber, "figure": wantsNumber, "figures": wantsNumber, "numbers": wantsNumber, "results": wantsNumber,
	"chance": wantsNumber, "likely": wantsNumber, "proportion": wantsNumber, "rare": wantsNumber,
	"when": wantsDate, "date": wantsDate, "year": wantsDate, "wen": wantsDate,
	"age": wantsAge, "aged": wantsAge, "ages": wantsAge, "old": wantsAge, "older": wantsAge, "young": wantsAge, "younger": wantsAge, "youngest": wantsAge,
	"long": wantsSpan, "fast": wantsSpan, "quick": wantsSpan, "quickly": wantsSpan, "soon": wantsSpan, "weeks": wantsSpan, "days": wantsSpan,
	"hours": wantsSpan, "months": wantsSpan, "minutes": wantsSpan, "before": wantsSpan, "until": wantsSpan,
	"dose": wantsDose, "doses": wantsDose, "dosage": wantsDose, "mg": wantsDose, "strength": wantsDose, "strengths": wantsDose, "grams": wantsDose, "amount": wantsDose,
	"phone": wantsPhone, "hotline": wantsPhone, "helpline": wantsPhone, "call": wantsPhone, "ring": wantsPhone,
	"cost": wantsMoney, "price": wantsMoney, "dollars": wantsMoney, "pay": wantsMoney, "expensive": wantsMoney,
	"which": wantsList, "list": wantsList, "wich": wantsList, "types": wantsList, "kinds": wantsList, "signs": wantsList, "symptoms": wantsList,
}

func wantsOf(toks []token) wants {
	var w wants
	slip := slices.ContainsFunc(toks, func(t token) bool { return doseSlips[t.Text] })
	for i, t := range toks {
		if slip && (t.Text == "dose" || t.Text == "doses") {
			continue
		}
		w |= wantWords[t.Text]
		if t.Text == "how" && i+1 < len(toks) {
			switch toks[i+1].Text {
			case "many", "much":
				w |= wantsNumber
			}
		}
	}
	return w
}

// doseSlips are what goes wrong with a dose: who missed one asks for no amount.
var doseSlips = wordSet("miss missed missing misses skip skipped forget forgot forgotten double late")

var details = []struct {
	w  wants
	re *regexp.Regexp
}{
	{wantsNumber, regexp.MustCompile(`\d%|per 100|\d+ (in|of) (every )?[\d,]+|(?i:\b(half|quarter|third)\b)|-fold|ratio`)},
	{wantsDate, regexp.MustCompile(`\b(January|February|March|April|May|June|July|August|September|October|November|December) \d{4}\b|\bin (19|20)\d\d\b`)},
	{wantsAge, regexp.MustCompile(`\bage[ds]?\b|\byears? (old|and|or)\b|\bfrom \d+ (years|months)\b|\b\d+ (years|months)\b`)},
	{wantsSpan, regexp.MustCompile(`(?i)\b(\d+|one|two|three|four|five|six|few|several) ?(to|or|-)? ?(\d+|two|three)? ?(minute|hour|day|week|month|year)s?\b|\b(day|week|month) \d+`)},
	{wantsDose, regexp.MustCompile(`\d ?(mg|g|ml)\b|\d ?%[ -](cream|ointment|gel)|\bthin layer\b|\bcup\b|fingertip`)},
	{wantsPhone, regexp.MustCompile(`\d[\d -]{5,}\d`)},
	{wantsMoney, regexp.MustCompile(`dollar|price|free|charge|pay\b|card`)},
}

// hints are words of which a text with a kind of detail has at least one. They
// keep the expressions, which are slow, off most texts.
var hints = map[wants][]string{
	wantsNumber: {"%", "per 100", " in ", " of ", "half", "Half", "quarter", "Quarter", "third", "-fold", "ratio"},
	wantsDate:   {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December", "in 19", "in 20"},
	wantsAge:    {"age", "year", "month"},
	wantsSpan:   {"minute", "hour", "day", "week", "month", "year", "Day", "Week", "Month"},
	wantsDose:   {"mg", "g", "ml", "%", "thin layer", "cup", "fingertip"},
	wantsPhone:  {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"},
	wantsMoney:  {"dollar", "price", "free", "charge", "pay", "card"},
}

// detailsIn returns the kinds of detail that a passage has.
func detailsIn(text string, list bool) wants {
	var w wants
	for _, d := range details {
		hinted := slices.ContainsFunc(hints[d.w], func(h string) bool { return strings.Contains(text, h) })
		if hinted && d.re.MatchString(text) {
			w |= d.w
		}
	}
	if list {
		w |= wantsList
	}
	return w
}
