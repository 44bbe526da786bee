package knowledge

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// reader collects the faults of one file while it is read.
type reader struct {
	file     string
	problems Problems
}

func (r *reader) fault(line int, what, fix string) {
	r.problems = append(r.problems, &Problem{File: r.file, Line: line, What: what, Fix: fix})
}

var (
	yamlLine = regexp.MustCompile(`line (\d+): ?`)
	// yamlGrammar matches the errors that the yaml package counts lines of from 0;
	// it counts from 1 in the others.
	yamlGrammar = regexp.MustCompile(`^did not find expected (<|node content|'-' indicator|key|',' or)`)
)

// mapping parses src as a YAML mapping whose first line is line first of the
// file. It returns nil after reporting a fault.
func (r *reader) mapping(src []byte, first int, what string) *fields {
	var doc yaml.Node
	if err := yaml.Unmarshal(src, &doc); err != nil {
		line, msg := first, strings.TrimPrefix(err.Error(), "yaml: ")
		if m := yamlLine.FindStringSubmatch(msg); m != nil {
			n, _ := strconv.Atoi(m[1])
			line = first + n - 1
			msg = strings.Replace(msg, m[0], "", 1)
			if yamlGrammar.MatchString(msg) {
				line++
			}
		}
		r.fault(line, fmt.Sprintf("the %s is not valid YAML (%s)", what, msg), "check its indentation, quotes and colons")
		return nil
	}
	if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		r.fault(first, fmt.Sprintf("the %s holds no \"key: value\" lines", what), "write one key and its value a line")
		return nil
	}
	return r.fields(doc.Content[0], first-1, what)
}

// fields wraps a mapping node; offset is added to its line numbers.
func (r *reader) fields(node *yaml.Node, offset int, what string) *fields {
	f := &fields{r: r, what: what, line: node.Line + offset, offset: offset, values: map[string]*yaml.Node{}}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		if _, dup := f.values[key.Value]; dup {
			r.fault(key.Line+offset, fmt.Sprintf("key %q stands twice in the %s", key.Value, what), "keep one of them")
			continue
		}
		f.values[key.Value] = node.Content[i+1]
		f.keys = append(f.keys, key)
	}
	return f
}

// fields reads the values of one YAML mapping and remembers which were asked
// for, so that done can report the rest as unknown.
type fields struct {
	r      *reader
	what   string
	line   int
	offset int
	keys   []*yaml.Node
	values map[string]*yaml.Node
	asked  []string
}

func (f *fields) at(key string) int {
	if n := f.values[key]; n != nil {
		return n.Line + f.offset
	}
	return f.line
}

func (f *fields) get(key string) *yaml.Node {
	f.asked = append(f.asked, key)
	n := f.values[key]
	if n != nil && n.Kind == yaml.AliasNode {
		// An alias could make a small file expand without bound.
		f.r.fault(f.at(key), fmt.Sprintf("%s uses a YAML alias", key), "write the value out")
		return nil
	}
	if n != nil && n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return nil
	}
	return n
}

// text returns a scalar, trimmed; it reports a missing one when required.
func (f *fields) text(key string, required bool) string {
	n := f.get(key)
	if n == nil {
		if required {
			f.r.fault(f.at(key), fmt.Sprintf("%s is missing from the %s", key, f.what), fmt.Sprintf("add a line %q", key+": ..."))
		}
		return ""
	}
	if n.Kind != yaml.ScalarNode {
		f.r.fault(f.at(key), fmt.Sprintf("%s is not a single value", key), "write one value on the same line")
		return ""
	}
	v := strings.TrimSpace(n.Value)
	if v == "" && required {
		f.r.fault(f.at(key), fmt.Sprintf("%s is empty", key), "give it a value")
	}
	return v
}

// list returns a sequence of scalars.
func (f *fields) list(key string, required bool) []string {
	n := f.get(key)
	if n == nil {
		if required {
			f.r.fault(f.at(key), fmt.Sprintf("%s is missing from the %s", key, f.what), fmt.Sprintf("add a line %q", key+": [...]"))
		}
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		f.r.fault(f.at(key), fmt.Sprintf("%s is not a list", key), "write it as [one, two] or as lines that open with \"- \"")
		return nil
	}
	var out []string
	for _, item := range n.Content {
		v := strings.TrimSpace(item.Value)
		if item.Kind != yaml.ScalarNode || v == "" {
			f.r.fault(item.Line+f.offset, fmt.Sprintf("an entry of %s is not a plain value", key), "write one value an entry; quote it when it holds a colon")
			continue
		}
		if slices.Contains(out, v) {
			f.r.fault(item.Line+f.offset, fmt.Sprintf("%q stands twice in %s", v, key), "keep one of them")
			continue
		}
		out = append(out, v)
	}
	return out
}

// oneOf returns a value of a closed list, or fallback when the key is absent.
func (f *fields) oneOf(key string, allowed []string, fallback string) string {
	v := f.text(key, fallback == "")
	if v == "" {
		return fallback
	}
	if !slices.Contains(allowed, v) {
		f.r.fault(f.at(key), fmt.Sprintf("%s %q is unknown", key, v), "use one of "+strings.Join(allowed, ", "))
		return fallback
	}
	return v
}

// someOf returns a list whose entries are of a closed list.
func (f *fields) someOf(key string, allowed []string, required bool) []string {
	vs := f.list(key, required)
	return slices.DeleteFunc(vs, func(v string) bool {
		if slices.Contains(allowed, v) {
			return false
		}
		f.r.fault(f.at(key), fmt.Sprintf("%s %q is unknown", key, v), "use one of "+strings.Join(allowed, ", "))
		return true
	})
}

// day returns a date written YYYY-MM-DD.
func (f *fields) day(key string) string {
	v := f.text(key, true)
	if v != "" && !isDay(v) {
		f.r.fault(f.at(key), fmt.Sprintf("%s %q is not a date", key, v), "write it as YYYY-MM-DD, for example 2026-03-02")
		return ""
	}
	return v
}

// done reports the keys that nobody asked for.
func (f *fields) done() {
	for _, k := range f.keys {
		if !slices.Contains(f.asked, k.Value) {
			f.r.fault(k.Line+f.offset, fmt.Sprintf("unknown key %q in the %s", k.Value, f.what), "remove it, or check its spelling: "+strings.Join(f.asked, ", "))
		}
	}
}

func isDay(s string) bool {
	_, err := time.Parse("2006-01-02", s)
	return err == nil
}

// isDate accepts a day, a month or a year.
func isDate(s string) bool {
	for _, layout := range []string{"2006-01-02", "2006-01", "2006"} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= 1900 {
			return true
		}
	}
	return false
}

var slugForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// maxSlug keeps a slug, an anchor and a hash within one Discord custom id or
// autocomplete value (100 characters).
const maxSlug = 60

func validSlug(s string) error {
	if len(s) > maxSlug {
		return fmt.Errorf("is longer than %d characters", maxSlug)
	}
	if !slugForm.MatchString(s) {
		return errors.New("holds something else than lower-case letters, digits and single hyphens")
	}
	return nil
}

// source reads one written-out source.
func (f *fields) source(key string) *Source {
	s := &Source{
		Key: key, Name: f.text("name", true), Publisher: f.text("publisher", true),
		URL: f.text("url", false), NoURL: f.text("no_url", false), Note: f.text("note", false),
		Published: f.text("published", true), Accessed: f.day("accessed"),
	}
	if f.values["also"] != nil {
		s.Also = f.list("also", false)
	}
	for _, u := range append([]string{s.URL}, s.Also...) {
		if u != "" && !isURL(u) {
			f.r.fault(f.at("url"), fmt.Sprintf("source address %q is not a web address", u), "write it whole, opening with https:// or http://, without spaces")
		}
	}
	if s.URL == "" && s.NoURL == "" {
		f.r.fault(f.line, "a source has no url", "add its url, or no_url with the reason")
	}
	if s.Published != "" && s.Published != Undated && !isDate(s.Published) {
		f.r.fault(f.at("published"), fmt.Sprintf("published %q is not a date", s.Published), "write YYYY-MM-DD, YYYY-MM or YYYY, or \"undated\" when the page shows none")
	}
	f.done()
	return s
}
