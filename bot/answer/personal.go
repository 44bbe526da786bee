package answer

import (
	"regexp"
	"strings"

	"salve/index"
	"salve/knowledge"
)

// The bars of the decision. Each is the value at which the judged questions are
// decided best; "salve eval" prints the curve.
const (
	// coverageBar is the coverage from which a passage is quoted as an answer, or
	// as what the library says on the topic of a personal question.
	coverageBar = 0.35
	// nearBar is the coverage from which a section is named as a near topic.
	nearBar = 0.1
	// laneBar is the probability from which a message is taken to ask us to
	// decide for a person.
	laneBar = 0.4
)

// onTopic reports whether a question names a subject of the library.
func onTopic(res index.Result) bool {
	return len(res.Understanding.Entities) > len(res.Understanding.Foreign)
}

// prescriberArticle is the article whose lists are offered to readers who ask
// us to decide.
const prescriberArticle = "questions-for-your-prescriber"

// asksWhatToAsk reports whether a message asks for just such a list. To any other
// question its items are no answer.
func asksWhatToAsk(text string) bool { return whatToAsk.MatchString(text) }

var whatToAsk = regexp.MustCompile(`(?i)\b(ask|bring up|tell|raise)\b.{0,40}\b(doctor|doc|derm|dermatologist|gp|prescriber|pharmacist|nurse|consultant|specialist|appointment|visit)|questions? (for|to ask)|\bappointment\b.{0,40}\bask`)

// questionsFor returns the list of questions for the prescriber that is nearest
// to what was asked.
func (c *Composer) questionsFor(lib *knowledge.Library, q Question) []Quote {
	a := lib.Article(prescriberArticle)
	if a == nil || a.Status != knowledge.Published {
		return nil
	}
	best, most := (*knowledge.Section)(nil), -1
	words := strings.Fields(strings.ToLower(q.Text))
	for _, s := range a.Sections {
		n := 0
		hay := " " + strings.ToLower(s.Heading+" "+strings.Join(s.Questions, " ")) + " "
		for _, w := range words {
			if len(w) > 3 && strings.Contains(hay, " "+w) {
				n++
			}
		}
		if n > most {
			best, most = s, n
		}
	}
	if best == nil || len(best.Passages) == 0 {
		return nil
	}
	return []Quote{c.Quote(best.Passages[0])}
}
