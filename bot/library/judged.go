package library

import (
	"bytes"
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"salve/bot/store"
	"salve/index/eval"
)

// A Judged is a judged question that a library's moderators added: it is put to
// the draft at each preview, beside those that ship with Salve.
type Judged struct {
	Question string
	Expect   string   // one of [Expectations]
	Words    []string // what the answer must hold, each of them; needed with "answer"
}

// Expectations are what a judged question may expect: an answer, none, that
// Salve does not decide for the person, or that it asks back.
var Expectations = []string{"answer", "not_covered", "personal", "choose"}

const maxJudged = 300 // characters of a judged question

// Judge adds judged questions to the draft, in the format of package eval.
func (s *Shelf) Judge(ctx context.Context, scope string, by Actor, stanzas string) error {
	if _, err := eval.ReadCases(JudgedFile, strings.NewReader(stanzas)); err != nil {
		return err
	}
	return s.edit(ctx, scope, by, store.Entry{What: "judge"}, func(draft Files) error {
		draft[JudgedFile] = []byte(strings.TrimSpace(string(draft[JudgedFile])+"\n\n"+stanzas) + "\n")
		return nil
	})
}

// AddJudged adds one judged question to the draft. It refuses one that the draft
// has ([ErrJudged]), and one that says too little to be judged.
func (s *Shelf) AddJudged(ctx context.Context, scope string, by Actor, j Judged) error {
	question := oneLine(j.Question)
	if n := utf8.RuneCountInString(question); n == 0 || n > maxJudged {
		return ErrNoQuestion
	}
	if !slices.Contains(Expectations, j.Expect) {
		return ErrJudgedKind.with("kind", j.Expect, "kinds", strings.Join(Expectations, ", "))
	}
	stanza := "question: " + question + "\nexpect: " + j.Expect + "\n"
	var facts []string
	for _, w := range j.Words {
		if w = oneLine(w); w != "" {
			facts = append(facts, quoted(w))
		}
	}
	if len(facts) > 0 {
		stanza += "fact: " + strings.Join(facts, " && ") + "\n"
	} else if j.Expect == "answer" {
		return ErrJudgedFact
	}
	return s.edit(ctx, scope, by, store.Entry{What: "judge"}, func(draft Files) error {
		for _, old := range stanzas(draft[JudgedFile]) {
			if old.asks(question) {
				return ErrJudged.with("question", question)
			}
		}
		draft[JudgedFile] = []byte(strings.TrimSpace(string(draft[JudgedFile])+"\n\n"+stanza) + "\n")
		return nil
	})
}

// RemoveJudged takes a judged question out of the draft. It is still put to the
// next preview, since the published library has it.
func (s *Shelf) RemoveJudged(ctx context.Context, scope string, by Actor, question string) error {
	question = oneLine(question)
	return s.edit(ctx, scope, by, store.Entry{What: "unjudge"}, func(draft Files) error {
		all := stanzas(draft[JudgedFile])
		left := slices.DeleteFunc(slices.Clone(all), func(x stanza) bool { return x.asks(question) })
		if len(left) == len(all) {
			return ErrJudgedUnknown
		}
		var b strings.Builder
		for _, x := range left {
			b.WriteString(x.text + "\n\n")
		}
		if delete(draft, JudgedFile); len(left) > 0 {
			draft[JudgedFile] = []byte(strings.TrimSpace(b.String()) + "\n")
		}
		return nil
	})
}

// Judged lists the judged questions of a library's own, of the draft if there is one.
func (s *Shelf) Judged(ctx context.Context, scope string) ([]Judged, error) {
	draft, _, err := s.both(ctx, scope)
	if err != nil {
		return nil, err
	}
	var out []Judged
	for _, x := range stanzas(draft[JudgedFile]) {
		for _, c := range x.cases {
			j := Judged{Question: c.Question, Expect: c.Expect}
			for _, re := range c.Fact {
				j.Words = append(j.Words, plain(strings.TrimPrefix(re.String(), "(?i)")))
			}
			out = append(out, j)
		}
	}
	return out, nil
}

// escaped is a character that QuoteMeta put a backslash before.
var escaped = regexp.MustCompile(`\\(.)`)

// plain is an expression as its words, if it is nothing but words.
func plain(expression string) string {
	words := escaped.ReplaceAllString(strings.ReplaceAll(expression, "&[&]", "&&"), "$1")
	if quoted(words) == expression {
		return words
	}
	return expression
}

// quoted is an expression that matches words; "&&" would part two of them.
func quoted(words string) string { return strings.ReplaceAll(regexp.QuoteMeta(words), "&&", "&[&]") }

// A stanza is a block of lines of the file of judged questions.
type stanza struct {
	text  string
	cases []*eval.Case // none in a block of comments
}

func (x stanza) asks(question string) bool {
	return slices.ContainsFunc(x.cases, func(c *eval.Case) bool { return strings.EqualFold(c.Question, question) })
}

// stanzas takes a file of judged questions apart.
func stanzas(file []byte) []stanza {
	var out []stanza
	var lines []string
	for _, l := range append(strings.Split(string(file), "\n"), "") {
		if l = strings.TrimSpace(l); l != "" {
			lines = append(lines, l)
			continue
		}
		if text := strings.Join(lines, "\n"); text != "" {
			cases, _ := eval.ReadCases(JudgedFile, strings.NewReader(text)) // it was read before it was kept
			out = append(out, stanza{text, cases})
		}
		lines = nil
	}
	return out
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// judged returns the questions that ship, and those of the library itself: of
// the published one too, so that a draft can't drop the question it fails.
func (s *Shelf) judged(live, draft Files) ([]*eval.Case, error) {
	cases, err := s.questions()
	if err != nil {
		return nil, err
	}
	cases = slices.Clone(cases)
	asked := map[string]bool{}
	for _, f := range []Files{live, draft} {
		own, err := eval.ReadCases(JudgedFile, bytes.NewReader(f[JudgedFile]))
		if err != nil {
			return nil, err
		}
		for _, c := range own {
			if !asked[c.Question] {
				asked[c.Question] = true
				cases = append(cases, c)
			}
		}
	}
	return cases, nil
}
