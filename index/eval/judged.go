package eval

import (
	"bufio"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"embed"
)

// A Case is one judged question.
type Case struct {
	File     string
	Line     int
	Title    string
	Question string
	Previous []string // earlier questions, oldest first
	Country  string
	Expect   string // answer, not_covered, personal or choose
	// Fact pins the asked fact: every expression must match the quote.
	Fact []*regexp.Regexp
	// Not must not match the quote; nil when there is no such rule.
	Not     *regexp.Regexp
	Urgency string // none when the file does not say
	Topic   string
	Style   string
	Why     string // for a question that is not to be answered: the reason
}

// Holds reports whether text holds the asked fact.
func (c *Case) Holds(text string) bool {
	for _, re := range c.Fact {
		if !re.MatchString(text) {
			return false
		}
	}
	return len(c.Fact) > 0 && (c.Not == nil || !c.Not.MatchString(text))
}

//go:embed questions/*.txt
var questions embed.FS

// Builtin returns the judged questions that ship with Salve, by file and line.
func Builtin() ([]*Case, error) {
	names, err := fs.Glob(questions, "questions/*.txt")
	if err != nil {
		return nil, err
	}
	var cases []*Case
	for _, name := range names {
		f, err := questions.Open(name)
		if err != nil {
			return nil, err
		}
		more, err := ReadCases(strings.TrimPrefix(name, "questions/"), f)
		f.Close()
		if err != nil {
			return nil, err
		}
		cases = append(cases, more...)
	}
	return cases, nil
}

var expectations = []string{"answer", "not_covered", "personal", "choose"}

// ReadCases reads judged questions: stanzas of "key: value" lines parted by
// blank lines; lines that open with # are comments. The keys are those of
// [Case]; question and expect are required, and fact when expect is answer.
// Facts are regular expressions joined by "&&", matched without regard to case.
func ReadCases(file string, r io.Reader) ([]*Case, error) {
	var cases []*Case
	var c *Case
	finish := func() error {
		if c == nil {
			return nil
		}
		switch {
		case c.Question == "":
			return fmt.Errorf("%s:%d: the stanza has no question; add a line \"question: ...\"", file, c.Line)
		case !slices.Contains(expectations, c.Expect):
			return fmt.Errorf("%s:%d: expect %q is unknown; use one of %s", file, c.Line, c.Expect, strings.Join(expectations, ", "))
		case c.Expect == "answer" && len(c.Fact) == 0:
			return fmt.Errorf("%s:%d: the question has no fact; pin the asked fact with a line \"fact: ...\"", file, c.Line)
		}
		cases, c = append(cases, c), nil
		return nil
	}
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 1<<20)
	for n := 1; sc.Scan(); n++ {
		line := strings.TrimSpace(sc.Text())
		if line == "" {
			if err := finish(); err != nil {
				return nil, err
			}
			continue
		}
		if strings.HasPrefix(line, "#") {
			continue
		}
		key, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, fmt.Errorf("%s:%d: the line is not \"key: value\"; see the top of the file for the keys", file, n)
		}
		if c == nil {
			c = &Case{File: file, Line: n, Urgency: "none"}
		}
		if err := c.set(key, strings.TrimSpace(value)); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, n, err)
		}
	}
	if err := sc.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return cases, finish()
}

func (c *Case) set(key, value string) (err error) {
	switch key {
	case "title":
		c.Title = value
	case "question":
		c.Question = value
	case "previous":
		c.Previous = append(c.Previous, value)
	case "country":
		c.Country = value
	case "expect":
		c.Expect = value
	case "fact":
		c.Fact, err = patterns(value)
	case "not":
		c.Not, err = regexp.Compile("(?i)" + value)
	case "urgency":
		c.Urgency = value
	case "topic":
		c.Topic = value
	case "style":
		c.Style = value
	case "why":
		c.Why = value
	default:
		return fmt.Errorf("unknown key %q; see the top of the file for the keys", key)
	}
	return err
}

func patterns(value string) ([]*regexp.Regexp, error) {
	var out []*regexp.Regexp
	for part := range strings.SplitSeq(value, "&&") {
		re, err := regexp.Compile("(?i)" + strings.TrimSpace(part))
		if err != nil {
			return nil, fmt.Errorf("the fact is not a regular expression: %w", err)
		}
		out = append(out, re)
	}
	return out, nil
}

// ReadTable reads judged questions from tab-separated lines with the header
// "id question expect must_any must_not topic style ...", without quoting.
// Earlier questions stand before " >> ". expect is answer, no_answer or advice.
func ReadTable(file string, r io.Reader) ([]*Case, error) {
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 1<<20)
	var cases []*Case
	for n := 1; sc.Scan(); n++ {
		cols := strings.Split(sc.Text(), "\t")
		if n == 1 || len(cols) < 7 {
			continue
		}
		turns := strings.Split(cols[1], " >> ")
		c := &Case{
			File: file, Line: n, Title: cols[0], Question: turns[len(turns)-1], Previous: turns[:len(turns)-1],
			Urgency: "none", Topic: cols[5], Style: cols[6],
		}
		var err error
		switch cols[2] {
		case "answer":
			c.Expect = "answer"
			c.Fact, err = patterns(cols[3])
		case "no_answer":
			c.Expect = "not_covered"
		case "advice":
			c.Expect = "personal"
		default:
			err = fmt.Errorf("expect %q is unknown", cols[2])
		}
		if err == nil && cols[4] != "" {
			c.Not, err = regexp.Compile("(?i)" + cols[4])
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, n, err)
		}
		cases = append(cases, c)
	}
	return cases, sc.Err()
}
