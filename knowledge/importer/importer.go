// Package importer turns what a moderator has (a web page saved as HTML, or a
// few lines typed into a form) into a draft article of package knowledge.
//
// It writes no medical word of its own and fills in nothing it was not told:
// what a page does not say (who reviewed it, when it must be checked again, what
// its sections answer) stays empty, and the library's checks then list it, each
// fault with what to do. So an import is never published by itself.
//
// From HTML it takes headings, paragraphs, lists and tables. Scripts, styles,
// forms, pictures, frames, navigation and the targets of links are left out.
package importer

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
	"golang.org/x/text/unicode/norm"

	"salve/knowledge"
)

// About is what is known of an import beside its text. Every field may be empty.
type About struct {
	Slug      string // of the article; made from the title when empty
	Title     string // of the article; the page's own when empty
	Summary   string // one sentence: what the article answers
	Topics    []string
	Audience  string // adult, teen, child or all
	Route     string // oral, topical, injection or none
	Entities  []string
	Language  string // BCP 47; "en" when empty
	Asks      []string
	Questions []string // ways people ask, for the first section
	Source    Source
	// Reviewed is the day, YYYY-MM-DD, on which somebody checked the text against
	// its source, and NextReview the day the next check is due. They are written
	// only when told.
	Reviewed, NextReview string
}

// Source is the document the text comes from.
type Source struct {
	Name, Publisher, URL string
	Published            string // YYYY-MM-DD, YYYY-MM, YYYY or "undated"
	Accessed             string // day it was read, YYYY-MM-DD
}

// Form returns the article that a form describes: its text, which may hold
// headings, lists and tables in Markdown, under a skeleton with what is known.
// Text without a heading gets the title as its heading. It returns an error when
// there is no text, no title, or the text is not UTF-8.
func Form(about About, text string) ([]byte, error) {
	if !utf8.ValidString(text) {
		return nil, errors.New("the text is not UTF-8; save it as UTF-8 and send it again")
	}
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	if text == "" {
		return nil, errors.New("there is no text; write what the article says")
	}
	if about.Title = strings.TrimSpace(about.Title); about.Title == "" {
		return nil, errors.New("there is no title; give the article one")
	}
	return article(about, sections(text, about.Title))
}

// A part is a heading of the second level and what stands under it.
type part struct{ heading, body string }

// sections cuts Markdown at its highest headings below the title. Headings under
// those keep their distance, from the third level on. Text before the first
// heading stands under title.
func sections(text, title string) []part {
	lines := strings.Split(text, "\n")
	top, fenced := 7, false
	for _, l := range lines {
		if strings.HasPrefix(l, "```") {
			fenced = !fenced
		}
		if n := level(l); n > 1 && !fenced {
			top = min(top, n)
		}
	}
	parts := []part{{heading: title}}
	fenced = false
	for _, l := range lines {
		if strings.HasPrefix(l, "```") {
			fenced = !fenced
		}
		last := &parts[len(parts)-1]
		switch n := level(l); {
		case fenced || n == 0:
			last.body += l + "\n"
		case n == 1:
			// The title: the front matter has it.
		case n == top:
			parts = append(parts, part{heading: headingText(l)})
		default:
			last.body += strings.Repeat("#", min(6, n-top+2)) + " " + headingText(l) + "\n"
		}
	}
	kept := parts[:0]
	for _, p := range parts {
		if p.body = strings.TrimSpace(p.body); p.body != "" {
			kept = append(kept, p)
		}
	}
	return kept
}

// level returns the level of a Markdown heading, or 0.
func level(line string) int {
	n := 0
	for n < len(line) && line[n] == '#' {
		n++
	}
	if n == 0 || n > 6 || n < len(line) && line[n] != ' ' {
		return 0
	}
	return n
}

func headingText(line string) string { return strings.TrimSpace(strings.TrimLeft(line, "#")) }

// article writes the file. Keys that nobody told are left out, so that the
// checks name them.
func article(about About, parts []part) ([]byte, error) {
	if len(parts) == 0 {
		return nil, errors.New("nothing was found to quote; send paragraphs, lists or tables")
	}
	front := &yaml.Node{Kind: yaml.MappingNode}
	scalar(front, "title", about.Title)
	slug := about.Slug
	if slug == "" {
		slug = Slug(about.Title)
	}
	scalar(front, "slug", slug)
	scalar(front, "summary", about.Summary)
	list(front, "topics", about.Topics)
	scalar(front, "audience", about.Audience)
	scalar(front, "route", about.Route)
	list(front, "entities", about.Entities)
	language := about.Language
	if language == "" {
		language = "en"
	}
	scalar(front, "language", language)
	about.Source.write(front)
	scalar(front, "reviewed", about.Reviewed)
	scalar(front, "reviewed_by", knowledge.NotReviewed)
	scalar(front, "next_review", about.NextReview)
	scalar(front, "status", string(knowledge.Published))

	var out bytes.Buffer
	out.WriteString("---\n")
	if err := encode(&out, front); err != nil {
		return nil, err
	}
	out.WriteString("---\n")
	taken := map[string]bool{}
	for i, p := range parts {
		id := Slug(p.heading)
		for n := 2; taken[id]; n++ {
			id = fmt.Sprintf("%s-%d", strings.TrimSuffix(id, fmt.Sprintf("-%d", n-1)), n)
		}
		taken[id] = true
		block := &yaml.Node{Kind: yaml.MappingNode}
		scalar(block, "id", id)
		list(block, "asks", about.Asks)
		if i == 0 {
			list(block, "questions", about.Questions)
		}
		about.Source.write(block)
		fmt.Fprintf(&out, "\n## %s\n\n```section\n", p.heading)
		if err := encode(&out, block); err != nil {
			return nil, err
		}
		fmt.Fprintf(&out, "```\n\n%s\n", p.body)
	}
	return out.Bytes(), nil
}

// write adds the list of sources, with s alone, to a mapping; nothing when
// nothing is known of s.
func (s Source) write(m *yaml.Node) {
	source := &yaml.Node{Kind: yaml.MappingNode}
	scalar(source, "name", s.Name)
	scalar(source, "publisher", s.Publisher)
	scalar(source, "url", s.URL)
	scalar(source, "published", s.Published)
	if len(source.Content) == 0 {
		return
	}
	scalar(source, "accessed", s.Accessed)
	m.Content = append(m.Content, text("sources"), &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{source}})
}

func encode(out *bytes.Buffer, n *yaml.Node) error {
	enc := yaml.NewEncoder(out)
	enc.SetIndent(2)
	if err := enc.Encode(n); err != nil {
		return fmt.Errorf("the draft can't be written: %w", err)
	}
	return enc.Close()
}

func text(s string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(oneLine(s))
	return n
}

func scalar(m *yaml.Node, key, value string) {
	if value = oneLine(value); value != "" {
		m.Content = append(m.Content, text(key), text(value))
	}
}

func list(m *yaml.Node, key string, values []string) {
	seq := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, v := range values {
		if v = oneLine(v); v != "" {
			seq.Content = append(seq.Content, text(v))
		}
	}
	if len(seq.Content) > 0 {
		m.Content = append(m.Content, text(key), seq)
	}
}

// oneLine folds white space, and drops what does not print.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// slugLength leaves room for a number, within what knowledge allows (60).
const slugLength = 50

// Slug makes a name of lower-case letters, digits and single hyphens from a
// title; accents are dropped. A title with none of these gives "article".
func Slug(title string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(title)) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r) || r == '\'' || r == '’':
		default:
			if s := b.String(); s != "" && !strings.HasSuffix(s, "-") {
				b.WriteByte('-')
			}
		}
		if b.Len() >= slugLength {
			break
		}
	}
	if s := strings.Trim(b.String(), "-"); s != "" {
		return s
	}
	return "article"
}
