package answer

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"salve/bot/triage"
	"salve/index/eval"
	"salve/knowledge"
)

// lackTests say what is noted of a question. A change of the library may answer
// one of them; then put another in its place.
var lackTests = []struct {
	name, question string
	previous       []string
	want           []Lack
}{
	{"a medicine and a clear intent", "levothyroxine with upadacitinib", nil, []Lack{{"levothyroxine", "interaction"}, {"upadacitinib", "interaction"}}},
	{"a word for what is asked is no subject", "How much is a tube of Anzupgo in Switzerland?", nil, []Lack{{"cream-or-ointment", "cost"}, {"delgocitinib-cream", "cost"}, {"switzerland", "cost"}}},
	{"an intent that is not clear", "aloe vera gel eczema", nil, []Lack{{"aloe-vera", ""}, {"atopic-dermatitis", ""}}},
	{"nothing that the lexicon knows", "who won the match last night", nil, []Lack{{}}},
	{"not the story around it", "I run with a club and have a spring marathon booked. I have been on baricitinib since August and I feel fine apart from being a bit slow. One of the others mentioned that his tablets slowed his heart rate. Does baricitinib lower a runner's maximum heart rate?", nil, []Lack{{"baricitinib", ""}, {"heart", ""}}},
	{"a follow-up on what came before", "and in India?", []string{"how much is rinvoq"}, []Lack{{"india", "cost"}, {"upadacitinib", "cost"}}},
	{"what is answered", "what are side effects of oral JAK inhibitors", nil, nil},
	{"no words", " ", nil, nil},
	{"a danger", "i took 20 rinvoq tablets to die", nil, nil},
	{"a made-up name and an address", "is Zorbel Quimby of zorbel@example.org a good dermatologist", nil, []Lack{{"doctor", ""}}},
}

func TestLacks(t *testing.T) {
	for _, tt := range lackTests {
		t.Run(tt.name, func(t *testing.T) {
			a := ask(t, tt.question, tt.previous...)
			if !slices.Equal(a.Lacks, tt.want) {
				t.Errorf("%q (%s): lacks %v; want %v", tt.question, a.Kind, a.Lacks, tt.want)
			}
		})
	}
}

// closed reports what of the lacks is not in the closed vocabulary.
func closed(lex *knowledge.Lexicon, lacks []Lack) error {
	if len(lacks) > maxLacks {
		return fmt.Errorf("%d lacks", len(lacks))
	}
	for _, l := range lacks {
		if l.Entity != "" && lex.Entity(l.Entity) == nil {
			return fmt.Errorf("entity %q is not in the lexicon", l.Entity)
		}
		if l.Intent != "" && !slices.Contains(knowledge.Intents, l.Intent) {
			return fmt.Errorf("intent %q is none", l.Intent)
		}
		if l.Entity == "" && l.Intent != "" {
			return fmt.Errorf("intent %q without a subject", l.Intent)
		}
	}
	return nil
}

// TestEveryUnansweredQuestionIsNoted asks every third judged question: one that
// is answered whole lacks nothing, and any other lacks something.
func TestEveryUnansweredQuestionIsNoted(t *testing.T) {
	cases, err := eval.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	lex, noted := builtin().Library().Lexicon, 0
	for i := 0; i < len(cases); i += 3 {
		a := ask(t, cases[i].Question, cases[i].Previous...)
		if err := closed(lex, a.Lacks); err != nil {
			t.Errorf("%q: %v", cases[i].Question, err)
		}
		want := a.Urgency.Urgency == triage.None && (a.Kind != Choose && len(a.Quotes) == 0 || len(a.Missing) > 0)
		if (len(a.Lacks) > 0) != want {
			t.Errorf("%q: %s with %d quotes and %d parts missing lacks %v", cases[i].Question, a.Kind, len(a.Quotes), len(a.Missing), a.Lacks)
		}
		noted += len(a.Lacks)
	}
	if noted == 0 {
		t.Error("nothing is noted of any question")
	}
}

// FuzzLacks asks anything: only words of the closed vocabulary may come out.
func FuzzLacks(f *testing.F) {
	for _, tt := range lackTests {
		f.Add(tt.question, "")
	}
	f.Add("my name is Dan Smith NHS no 123 can you look up my results", "dan.smith@example.org")
	f.Add("token MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs", "what about it?")
	lex := builtin().Library().Lexicon
	f.Fuzz(func(t *testing.T, question, before string) {
		q := Question{Text: question}
		if before != "" {
			q.Previous = []string{before}
		}
		a, err := builtin().Answer(context.Background(), q)
		if err != nil {
			t.Skip()
		}
		if err := closed(lex, a.Lacks); err != nil {
			t.Error(err)
		}
	})
}
