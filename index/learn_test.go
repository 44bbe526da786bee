package index

import (
	"bytes"
	"strings"
	"testing"
)

// Learning on a small set gives a whole weights file, the same every time.
func TestLearn(t *testing.T) {
	holds := func(words string) func(string) bool {
		return func(text string) bool { return strings.Contains(text, words) }
	}
	var examples []Example
	for _, name := range []string{"alfaro", "betaro"} {
		examples = append(examples,
			Example{Name: "effects", Question: Question{Text: "side effects of " + name}, Holds: holds("headache and nausea")},
			Example{Name: "dose", Question: Question{Text: "how much " + name + " a day"}, Holds: holds("once a day")},
			Example{Name: "speed", Question: Question{Text: "how fast is " + name}, Holds: holds("the itch is better")},
			Example{Name: "age", Question: Question{Text: "youngest age for " + name}, Holds: holds("approved in the US")},
			Example{Name: "off", Question: Question{Text: "does " + name + " stain the carpet"}, Refuse: true},
			Example{Name: "off", Question: Question{Text: "what is the price of bicycles"}, Refuse: true},
			Example{Name: "asks back", Question: Question{Text: name}}, // neither: nothing to learn
		)
	}
	var first []byte
	for range 2 {
		var figures bytes.Buffer
		got, err := newIndex(t, smallFiles()).Learn(t.Context(), examples, &figures, &figures)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = got
		}
		if !bytes.Equal(got, first) {
			t.Errorf("learned twice from the same examples:\n%s\n%s", first, got)
		}
		w, err := parseWeights(got)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(w.about, "from 14 judged questions") {
			t.Errorf("the weights are about %q", w.about)
		}
		for _, want := range []string{"round 2, on the training data: right@1 1.000", "cross-validated (5 folds)", "(8 questions, 0 of them with no passage", "coverage, cross-validated"} {
			if !strings.Contains(figures.String(), want) {
				t.Errorf("the figures lack %q:\n%s", want, figures.String())
			}
		}
	}
}
