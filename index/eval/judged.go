package eval

import (
	"bufio"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strings"
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
	Urgency string // none (when a stanza does not say), same_day, emergency or crisis; "" in a table
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

var (
	expectations = []string{"answer", "not_covered", "personal", "choose"}
	urgencies    = []string{"none", "same_day", "emergency", "crisis"}
)

// ReadCases reads judged questions: stanzas of "key: value" lines parted by
// blank lines; lines that open with # are comments. The keys are those of
// [Case]; question and expect are required, and fact when expect is answer.
// Only "previous" may stand more than once in a stanza, oldest first.
// Facts are regular expressions joined by "&&", matched without regard to case.
// The first fault is returned as "FILE:LINE: what; what to do".
func ReadCases(file string, r io.Reader) ([]*Case, error) {
	var cases []*Case
	var c *Case
	seen := map[string]bool{} // keys of the stanza
	finish := func() error {
		if c == nil {
			return nil
		}
		clear(seen)
		switch {
		case c.Question == "":
			return fmt.Errorf("%s:%d: the stanza has no question; add a line \"question: ...\"", file, c.Line)
		case !slices.Contains(expectations, c.Expect):
			return fmt.Errorf("%s:%d: expect %q is unknown; use one of %s", file, c.Line, c.Expect, strings.Join(expectations, ", "))
		case !slices.Contains(urgencies, c.Urgency):
			return fmt.Errorf("%s:%d: urgency %q is unknown; use one of %s", file, c.Line, c.Urgency, strings.Join(urgencies, ", "))
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
		if seen[key] && key != "previous" {
			return nil, fmt.Errorf("%s:%d: %q stands twice in one stanza; part the stanzas with a blank line", file, n, key)
		}
		seen[key] = true
		if err := c.set(key, strings.TrimSpace(value)); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, n, err)
		}
	}
	if err := sc.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if err := finish(); err != nil {
		return nil, err
	}
	return cases, nil
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
		c.Not, err = pattern(value)
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
		re, err := pattern(strings.TrimSpace(part))
		if err != nil {
			return nil, err
		}
		out = append(out, re)
	}
	return out, nil
}

// pattern refuses an empty expression, which would match every text.
func pattern(value string) (*regexp.Regexp, error) {
	if value == "" {
		return nil, errors.New("an expression is empty; write what the quote must hold, or leave the line out")
	}
	re, err := regexp.Compile("(?i)" + value)
	if err != nil {
		return nil, fmt.Errorf("%q is not a regular expression (%w); see https://pkg.go.dev/regexp/syntax", value, err)
	}
	return re, nil
}

// tableColumns are the first columns of a table of judged questions.
const tableColumns = "id\tquestion\texpect\tmust_any\tmust_not\ttopic\tstyle"

// ReadTable reads judged questions from tab-separated lines, without quoting,
// under a header that opens with tableColumns; further columns are passed over,
// and so are empty lines. Earlier questions stand before " >> ". expect is
// answer, no_answer or advice. The first fault is returned as
// "FILE:LINE: what; what to do".
func ReadTable(file string, r io.Reader) ([]*Case, error) {
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 1<<20)
	var cases []*Case
	for n := 1; sc.Scan(); n++ {
		line := strings.TrimSuffix(sc.Text(), "\r")
		if n == 1 && line != tableColumns && !strings.HasPrefix(line, tableColumns+"\t") {
			return nil, fmt.Errorf("%s:1: the header is not that of a table of judged questions; name the columns %s", file, strings.ReplaceAll(tableColumns, "\t", ", "))
		}
		if n == 1 || line == "" {
			continue
		}
		cols := strings.Split(line, "\t")
		if len(cols) < 7 {
			return nil, fmt.Errorf("%s:%d: the line has %d columns, and needs at least 7; part them with tabs", file, n, len(cols))
		}
		turns := strings.Split(cols[1], " >> ")
		c := &Case{
			File: file, Line: n, Title: cols[0], Question: turns[len(turns)-1], Previous: turns[:len(turns)-1],
			Topic: cols[5], Style: cols[6],
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
			err = fmt.Errorf("expect %q is unknown; use answer, no_answer or advice", cols[2])
		}
		if err == nil && cols[4] != "" {
			c.Not, err = pattern(cols[4])
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, n, err)
		}
		cases = append(cases, c)
	}
	if err := sc.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return cases, nil
}
