package eval

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "accept the report as it is now")

const stanza = "title: Acne\nquestion: does it cause acne\nexpect: answer\nfact: acne && (mild|common)\nnot: never\ntopic: safety\nstyle: plain\n"

func TestReadCases(t *testing.T) {
	cases, err := ReadCases("a.txt", strings.NewReader("# a comment\n\n"+stanza+"previous: first\nprevious: second\ncountry: GB\n\n\n# another\nquestion: weather\nexpect: not_covered\nwhy: off topic\nurgency: same_day"))
	if err != nil || len(cases) != 2 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	a, b := cases[0], cases[1]
	if a.Line != 3 || a.Title != "Acne" || a.Country != "GB" || a.Urgency != "none" || !slices.Equal(a.Previous, []string{"first", "second"}) {
		t.Errorf("first case %+v", a)
	}
	if b.Line != 16 || b.Expect != "not_covered" || b.Urgency != "same_day" || b.Why != "off topic" {
		t.Errorf("second case %+v", b)
	}
	for _, tt := range []struct {
		text string
		want bool
	}{
		{"Common: Acne.", true}, {"acne", false}, {"common", false}, {"never a mild acne", false}, {"", false},
	} {
		if a.Holds(tt.text) != tt.want {
			t.Errorf("%q holds the fact: %v", tt.text, !tt.want)
		}
	}
	if b.Holds("anything") {
		t.Error("a case with no fact holds one")
	}
}

func TestReadCasesFaults(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"no question", "\nexpect: answer\nfact: a\n", "a.txt:2: the stanza has no question; add a line"},
		{"unknown expectation", "question: a\nexpect: maybe\n", `a.txt:1: expect "maybe" is unknown; use one of answer, not_covered, personal, choose`},
		{"no expectation", "question: a\n", `a.txt:1: expect "" is unknown`},
		{"no fact", "question: a\nexpect: answer\n", "a.txt:1: the question has no fact; pin"},
		{"an empty fact, which all texts hold", "question: a\nexpect: answer\nfact:\n", "a.txt:3: an expression is empty"},
		{"half of a fact empty", "question: a\nexpect: answer\nfact: a &&\n", "a.txt:3: an expression is empty"},
		{"an empty not, which no text passes", "question: a\nexpect: answer\nfact: a\nnot:\n", "a.txt:4: an expression is empty"},
		{"a bad fact", "question: a\nexpect: answer\nfact: (a\n", `a.txt:3: "(a" is not a regular expression`},
		{"a bad not", "question: a\nexpect: answer\nfact: a\nnot: [a\n", `a.txt:4: "[a" is not a regular expression`},
		{"no key", "question: a\nso what\n", `a.txt:2: the line is not "key: value"`},
		{"unknown key", "question: a\nanswer: b\n", `a.txt:2: unknown key "answer"`},
		{"unknown urgency", "question: a\nexpect: personal\nurgency: high\n", `a.txt:1: urgency "high" is unknown; use one of none, same_day`},
		{"no blank line between two", "question: a\nexpect: personal\nquestion: b\nexpect: personal\n", `a.txt:3: "question" stands twice in one stanza; part the stanzas with a blank line`},
		{"the last of several", stanza + "\n" + stanza + "\nquestion: a\n", "a.txt:17: expect"},
		{"a line too long", "question: " + strings.Repeat("a", 1<<20), "a.txt: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cases, err := ReadCases("a.txt", strings.NewReader(tt.text))
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got %v\nwant %s", err, tt.want)
			}
			if cases != nil {
				t.Errorf("%d cases beside the fault", len(cases))
			}
		})
	}
}

func TestReadTable(t *testing.T) {
	const header = tableColumns + "\tnote\n"
	cases, err := ReadTable("a.tsv", strings.NewReader(header+"q1\tfirst >> then\tanswer\tacne&&mild\tnever\tsafety\tplain\tx\r\n\nq2\tweather\tno_answer\t\t\toff\tplain\nq3\tshould i\tadvice\t\t\ta\tb\n"))
	if err != nil || len(cases) != 3 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	c := cases[0]
	if c.Line != 2 || c.Title != "q1" || c.Question != "then" || !slices.Equal(c.Previous, []string{"first"}) || c.Topic != "safety" || c.Style != "plain" || !c.Holds("mild acne") || c.Holds("never mild acne") {
		t.Errorf("first case %+v", c)
	}
	if cases[1].Expect != "not_covered" || cases[1].Line != 4 || cases[2].Expect != "personal" {
		t.Errorf("%+v %+v", cases[1], cases[2])
	}
	for _, tt := range []struct{ name, text, want string }{
		{"another header", "id\tmessage\tlabel\n", "a.tsv:1: the header is not that of a table of judged questions; name the columns id, question"},
		{"too few columns", header + "q1\ta\tanswer\n", "a.tsv:2: the line has 3 columns, and needs at least 7"},
		{"unknown expectation", header + "q1\ta\tmaybe\ta\t\ta\tb\n", `a.tsv:2: expect "maybe" is unknown; use answer, no_answer or advice`},
		{"no fact", header + "q1\ta\tanswer\t\t\ta\tb\n", "a.tsv:2: an expression is empty"},
		{"a bad not", header + "q1\ta\tanswer\ta\t(b\ta\tb\n", `a.tsv:2: "(b" is not a regular expression`},
	} {
		if _, err := ReadTable("a.tsv", strings.NewReader(tt.text)); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: got %v\nwant %s", tt.name, err, tt.want)
		}
	}
}

func TestBuiltinQuestionsAreSound(t *testing.T) {
	cases, err := Builtin()
	if err != nil || len(cases) == 0 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	for _, c := range cases {
		if c.Title == "" || c.Topic == "" || c.Style == "" {
			t.Errorf("%s:%d: title %q, topic %q, style %q", c.File, c.Line, c.Title, c.Topic, c.Style)
		}
	}
}

// Nobody learns from the held-out questions, so none may stand in the built-in
// set as well.
func TestHeldOutQuestionsAreSoundAndHeldOut(t *testing.T) {
	learned := map[string]*Case{}
	builtin, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range builtin {
		learned[asked(c)] = c
	}
	names, err := filepath.Glob(filepath.Join("testdata", "held-out", "*.txt"))
	if err != nil || len(names) == 0 {
		t.Fatal(len(names), "files", err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		cases, err := ReadCases(name, bytes.NewReader(text))
		if err != nil || len(cases) == 0 {
			t.Fatalf("%d cases, %v", len(cases), err)
		}
		for _, c := range cases {
			if c.Title == "" || c.Topic == "" || c.Style == "" {
				t.Errorf("%s:%d: title %q, topic %q, style %q", c.File, c.Line, c.Title, c.Topic, c.Style)
			}
			if l := learned[asked(c)]; l != nil {
				t.Errorf("%s:%d: the question is learned from, in %s:%d; ask another", c.File, c.Line, l.File, l.Line)
			}
		}
	}
}

// asked is what a case asks, without regard to case and spaces.
func asked(c *Case) string {
	return strings.Join(strings.Fields(strings.ToLower(strings.Join(append(slices.Clone(c.Previous), c.Question), " >> "))), " ")
}

func one(t *testing.T, text string) *Case {
	t.Helper()
	cases, err := ReadCases("made-up.txt", strings.NewReader(text))
	if err != nil || len(cases) != 1 {
		t.Fatal(len(cases), err)
	}
	return cases[0]
}

func TestRank(t *testing.T) {
	plain := one(t, "question: a\nexpect: answer\nfact: acne&&mild\nstyle: plain\n")
	multi := one(t, "question: a\nexpect: answer\nfact: acne&&mild\nstyle: multi\n")
	for _, tt := range []struct {
		name   string
		c      *Case
		quotes []string
		want   int
	}{
		{"the first", plain, []string{"mild acne", "x"}, 1},
		{"the third", plain, []string{"x", "y", "mild acne"}, 3},
		{"in two quotes it is not held", plain, []string{"mild", "acne"}, 0},
		{"nothing quoted", plain, nil, 0},
		{"several parts in two quotes", multi, []string{"mild", "acne"}, 2},
		{"several parts in the first and the third", multi, []string{"mild", "x", "acne"}, 3},
		{"several parts in one", multi, []string{"x", "mild acne"}, 2},
		{"one part missing", multi, []string{"mild", "x"}, 0},
	} {
		if got := tt.c.rank(tt.quotes); got != tt.want {
			t.Errorf("%s: rank %d, want %d", tt.name, got, tt.want)
		}
	}
}

// The report of a made-up set, in which every kind of outcome occurs.
func TestReportOfAMadeUpSet(t *testing.T) {
	set := []struct {
		stanza string
		out    Outcome
	}{
		{"question: right at once\nexpect: answer\nfact: acne\ntopic: safety\nstyle: plain\n", Outcome{Kind: "cited", Quotes: []string{"Acne is common."}, Coverage: 0.99}},
		{"question: right in the second\nexpect: answer\nfact: acne\ntopic: safety\nstyle: chat\n", Outcome{Kind: "cited", Quotes: []string{"Headache.", "Acne here."}, Coverage: 0.85}},
		{"question: right too late\nexpect: answer\nfact: acne\ntopic: safety\nstyle: chat\n", Outcome{Kind: "cited", Quotes: []string{"a", "b", "c", "acne"}, Coverage: 0.75}},
		{"question: wrong\nexpect: answer\nfact: acne\ntopic: dose\nstyle: plain\n", Outcome{Kind: "cited", Quotes: []string{"Headache."}, Coverage: 0.65}},
		{"question: refused wrongly\nexpect: answer\nfact: acne\ntopic: dose\nstyle: plain\n", Outcome{Kind: "not_covered", Coverage: 0.3}},
		{"question: taken for personal\nexpect: answer\nfact: acne\ntopic: dose\nstyle: plain\n", Outcome{Kind: "personal", Quotes: []string{"acne"}, Coverage: 0.9}},
		{"question: refused rightly\nexpect: not_covered\ntopic: off\nstyle: plain\n", Outcome{Kind: "not_covered", Urgency: "none"}},
		{"question: answered wrongly\nexpect: not_covered\ntopic: off\nstyle: plain\n", Outcome{Kind: "cited", Quotes: []string{"x"}, Coverage: 0.55}},
		{"question: recognised\nexpect: personal\ntopic: off\nstyle: chat\nurgency: emergency\n", Outcome{Kind: "personal", Urgency: "emergency"}},
		{"question: not recognised\nexpect: personal\ntopic: off\nstyle: chat\nurgency: crisis\n", Outcome{Kind: "cited", Quotes: []string{"x"}, Coverage: 0.6}},
		{"question: asked back\nexpect: choose\ntopic: dose\nstyle: plain\n", Outcome{Kind: "choose"}},
		{"question: false alarm, not asked back\nexpect: choose\ntopic: dose\nstyle: plain\n", Outcome{Kind: "cited", Quotes: []string{"x"}, Coverage: 0.6, Urgency: "same_day"}},
	}
	var cases []*Case
	outs := map[*Case]Outcome{}
	for _, s := range set {
		c := one(t, s.stanza)
		cases = append(cases, c)
		outs[c] = s.out
	}
	report, err := Run(t.Context(), cases, func(_ context.Context, c *Case) (Outcome, error) { return outs[c], nil })
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := report.Write(&got); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join("testdata", "report.txt")
	if *update {
		if err := os.WriteFile(name, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("the report differs from %s; if that is wanted: go test ./index/eval -run MadeUp -update\n%s", name, got.String())
	}
	tally := report.Tally()
	if tally.Right1 != 2 || tally.Right3 != 3 || tally.Refused != 1 || tally.PersonalRight != 1 || tally.Asked != 1 || tally.UrgentRight != 1 || tally.FalseAlarms != 1 {
		t.Errorf("tally %+v", tally)
	}
}

func TestAFailedAnswerNamesItsCase(t *testing.T) {
	c := one(t, "\nquestion: a\nexpect: personal\n")
	broken := errors.New("broken")
	if _, err := Run(t.Context(), []*Case{c}, func(context.Context, *Case) (Outcome, error) { return Outcome{}, broken }); !errors.Is(err, broken) || err.Error() != "made-up.txt:2: broken" {
		t.Errorf("got %v", err)
	}
	var empty bytes.Buffer
	if err := (&Report{}).Write(&empty); err != nil || strings.Contains(empty.String(), "NaN") {
		t.Errorf("an empty report: %v\n%s", err, empty.String())
	}
}

func FuzzReadCases(f *testing.F) {
	f.Add(stanza)
	f.Add("question: a\nexpect: answer\nfact: (((\n")
	f.Add("\x00: \xff\n::\n#\n\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		cases, err := ReadCases("a.txt", strings.NewReader(text))
		if err != nil && (cases != nil || !strings.HasPrefix(err.Error(), "a.txt:")) {
			t.Errorf("%d cases, %v", len(cases), err)
		}
		for _, c := range cases {
			if c.Question == "" || c.Line < 1 || c.Expect == "answer" && c.Holds("") && len(c.Fact) == 0 {
				t.Errorf("unsound case %+v", c)
			}
		}
	})
}
