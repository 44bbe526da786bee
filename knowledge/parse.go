package knowledge

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
	"go.yaml.in/yaml/v3"
)

// MaxArticle is the largest article file read, in bytes. The longest article of
// the shipped library has under 20,000; the bound keeps a hostile upload from
// costing memory.
const MaxArticle = 256 << 10

// maxBlock is the longest stretch without a blank line, in bytes. Reading nested
// quotes or half-open links takes time by the square of it: 200,000 bytes took
// 15 seconds, this many take under a tenth of one.
const maxBlock = 16 << 10

// longBlock returns the line, from 1 on, that opens a stretch longer than
// [maxBlock], or 0.
func longBlock(src []byte) int {
	line, start, size := 0, 0, 0
	for l := range bytes.Lines(src) {
		line++
		if len(bytes.TrimSpace(l)) == 0 {
			size = 0
			continue
		}
		if size == 0 {
			start = line
		}
		if size += len(l); size > maxBlock {
			return start
		}
	}
	return 0
}

// MaxWith is how many sections may have to accompany another.
const MaxWith = 2

func isURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && !strings.ContainsAny(s, " <>\t\n")
}

// Parse reads one article. sources are those that it may cite by key, and may be
// nil. The article is returned even when it has faults, as far as it could be read.
func Parse(file string, src []byte, sources map[string]*Source) (*Article, Problems) {
	r := &reader{file: file}
	a := &Article{File: file}
	if len(src) > MaxArticle {
		r.fault(0, fmt.Sprintf("the file has %d bytes, more than an article may have (%d)", len(src), MaxArticle), "split it into several articles")
		return a, r.problems
	}
	if !utf8.Valid(src) {
		good := 0
		for good < len(src) {
			c, n := utf8.DecodeRune(src[good:])
			if c == utf8.RuneError && n == 1 {
				break
			}
			good += n
		}
		r.fault(1+bytes.Count(src[:good], []byte("\n")), "the file is not UTF-8 text", "save it as UTF-8")
		return a, r.problems
	}
	if i := bytes.IndexByte(src, 0); i >= 0 {
		r.fault(1+bytes.Count(src[:i], []byte("\n")), "the file holds a NUL byte, so it is not a text file", "upload the Markdown text itself")
		return a, r.problems
	}
	src = bytes.ReplaceAll(bytes.TrimPrefix(src, []byte("\ufeff")), []byte("\r\n"), []byte("\n"))
	front, body, bodyLine, ok := splitFrontMatter(src)
	if !ok {
		r.fault(1, "the front matter is missing", "open the file with a line \"---\", then \"key: value\" lines, then \"---\"")
		return a, r.problems
	}
	if f := r.mapping(front, 2, "front matter"); f != nil {
		r.frontMatter(a, f, sources)
	}
	if line := longBlock(body); line > 0 {
		r.fault(bodyLine+line-1, fmt.Sprintf("more than %d bytes stand here without a blank line", maxBlock), "break the text into paragraphs")
		return a, r.problems
	}
	p := &parser{reader: r, article: a, src: body, first: bodyLine, sources: sources}
	p.body()
	r.problems.sort()
	return a, r.problems
}

// splitFrontMatter returns the YAML between the two "---" lines, and what
// follows with the line number it starts on.
func splitFrontMatter(src []byte) (front, body []byte, bodyLine int, ok bool) {
	rest, found := bytes.CutPrefix(src, []byte("---\n"))
	if !found {
		return nil, nil, 0, false
	}
	if bytes.HasPrefix(rest, []byte("---\n")) {
		return nil, rest[4:], 3, true
	}
	front, body, found = bytes.Cut(rest, []byte("\n---\n"))
	if !found {
		front, found = bytes.CutSuffix(rest, []byte("\n---"))
		if !found {
			return nil, nil, 0, false
		}
	}
	return append(front, '\n'), body, bytes.Count(front, []byte("\n")) + 4, true
}

func (r *reader) frontMatter(a *Article, f *fields, sources map[string]*Source) {
	a.Title = f.text("title", true)
	a.Slug = f.text("slug", true)
	if a.Slug != "" {
		if err := validSlug(a.Slug); err != nil {
			r.fault(f.at("slug"), fmt.Sprintf("slug %.80q %v", a.Slug, err), "write it like jak-side-effects")
			a.Slug = ""
		}
	}
	a.Summary = f.text("summary", true)
	a.Topics = f.list("topics", true)
	a.Audience = f.oneOf("audience", audiences, "")
	a.Route = f.oneOf("route", routes, "")
	a.Entities = f.list("entities", true)
	a.Language = f.text("language", true)
	a.Reviewed = f.day("reviewed")
	a.ReviewedBy = f.text("reviewed_by", true)
	a.NextReview = f.day("next_review")
	if a.Reviewed != "" && a.NextReview != "" && a.NextReview <= a.Reviewed {
		r.fault(f.at("next_review"), "next_review is not after reviewed", "set it to the day the article is to be checked again")
	}
	a.Status = Status(f.oneOf("status", statuses, ""))
	a.Version = 1
	if v := f.text("version", false); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 {
			r.fault(f.at("version"), fmt.Sprintf("version %q is not a whole number from 1 on", v), "write a number, or leave it out")
		} else {
			a.Version = n
		}
	}
	a.Sources = r.sources(f, "sources", sources)
	f.done()
}

// sources reads a list whose entries are keys of sources.yaml or written-out sources.
func (r *reader) sources(f *fields, key string, known map[string]*Source) []*Source {
	n := f.get(key)
	if n == nil {
		r.fault(f.at(key), fmt.Sprintf("%s is missing from the %s", key, f.what), "name where the facts come from; nothing is quoted without a source")
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		r.fault(f.at(key), fmt.Sprintf("%s is not a list", key), "write it as [key, key] or as a list of sources")
		return nil
	}
	var out []*Source
	for _, item := range n.Content {
		line := item.Line + f.offset
		switch item.Kind {
		case yaml.MappingNode:
			out = append(out, r.fields(item, f.offset, "source").source(""))
		case yaml.ScalarNode:
			s := known[item.Value]
			if s == nil {
				r.fault(line, fmt.Sprintf("source %q is not in sources.yaml", item.Value), "add it there, or write the source out here")
				continue
			}
			if slices.Contains(out, s) {
				r.fault(line, fmt.Sprintf("source %q stands twice", item.Value), "keep one of them")
				continue
			}
			out = append(out, s)
		default:
			r.fault(line, "an entry of sources is neither a key nor a source", "write a key of sources.yaml, or name, publisher, url, published and accessed")
		}
	}
	if len(out) == 0 && len(n.Content) == 0 {
		r.fault(f.at(key), "sources is empty", "name where the facts come from; nothing is quoted without a source")
	}
	return out
}

// parser cuts the body of one article into sections and passages.
type parser struct {
	*reader
	article *Article
	src     []byte
	first   int // line number of the body's first line
	sources map[string]*Source

	section *Section
	path    []string
	lead    ast.Node // a paragraph that ends in ":" and waits for its list or table
}

var markdown = goldmark.New(goldmark.WithExtensions(extension.Table))

// line returns the line of the file that n starts on; of a fenced block, that of
// its first line inside, if there is one.
func (p *parser) line(n ast.Node) int {
	at := n.Pos()
	if n.Type() == ast.TypeBlock && n.Lines().Len() > 0 {
		at = n.Lines().At(0).Start
	} else if t, ok := n.(*ast.Text); ok {
		at = t.Segment.Start
	} else if c := n.FirstChild(); c != nil {
		return p.line(c)
	}
	if at < 0 || at > len(p.src) {
		return p.first
	}
	return p.first + bytes.Count(p.src[:at], []byte("\n"))
}

func (p *parser) body() {
	doc := markdown.Parser().Parse(text.NewReader(p.src))
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		p.block(n)
	}
	p.endSection()
	if len(p.article.Sections) == 0 {
		p.fault(0, "the article has no section", "add a heading \"## ...\" with text under it")
	}
}

func (p *parser) block(n ast.Node) {
	line := p.line(n)
	if h, ok := n.(*ast.Heading); ok {
		p.heading(h, line)
		return
	}
	if p.section == nil {
		p.fault(line, "text stands before the first \"## \" heading", "put it under a heading; the front matter has the summary")
		return
	}
	switch n := n.(type) {
	case *ast.FencedCodeBlock:
		if string(n.Language(p.src)) == "section" {
			p.meta(n, line)
			return
		}
		p.fault(line, "a code block can't be quoted", "write plain paragraphs, lists or tables")
	case *ast.Paragraph:
		p.dropLead()
		if t := p.plain(n); strings.HasSuffix(t, ":") {
			p.lead = n
		} else {
			p.add(Paragraph, t, line)
		}
	case *ast.List:
		p.list(n, line)
	case *east.Table:
		p.table(n)
	default:
		p.fault(line, fmt.Sprintf("a %s can't be quoted", strings.ToLower(n.Kind().String())), "write plain paragraphs, lists or tables")
	}
}

func (p *parser) heading(h *ast.Heading, line int) {
	title := p.plain(h)
	switch {
	case h.Level == 2:
		p.endSection()
		p.section = &Section{Article: p.article, Heading: title, Line: line}
		p.path = nil
		if title == "" {
			p.fault(line, "a heading is empty", "name the section's subject")
		}
	case h.Level > 2 && p.section != nil:
		p.dropLead()
		keep := min(h.Level-3, len(p.path))
		p.path = append(slices.Clone(p.path[:keep]), title)
	default:
		p.fault(line, "only \"## \" headings open sections", "the title stands in the front matter; use \"## \" and, below it, \"### \"")
	}
}

// endSection closes the section under way and files it.
func (p *parser) endSection() {
	s := p.section
	if s == nil {
		return
	}
	p.dropLead()
	p.section = nil
	p.article.Sections = append(p.article.Sections, s)
	if s.ID == "" {
		p.fault(s.Line, fmt.Sprintf("section %q has no \"section\" block with an id", s.Heading), "open it with ```section, id: ..., asks: [...], questions: [...], sources: [...], ```")
	}
	if len(s.Passages) == 0 {
		p.fault(s.Line, fmt.Sprintf("section %q is empty", s.Heading), "write its text, or remove the heading")
	}
	for _, other := range p.article.Sections[:len(p.article.Sections)-1] {
		if s.ID != "" && other.ID == s.ID {
			p.fault(s.Line, fmt.Sprintf("section id %q stands twice in the article", s.ID), "give each section its own id")
		}
	}
	for _, ps := range s.Passages {
		ps.ID = fmt.Sprintf("%s/%s", s.Ref(), ps.Hash[:10])
	}
}

// references reads a list of sections, as "slug#id"; "id" is one of this article.
func (p *parser) references(f *fields, key string) []string {
	refs := f.list(key, false)
	for i, ref := range refs {
		if !strings.Contains(ref, "#") {
			refs[i] = p.article.Slug + "#" + ref
		}
	}
	return refs
}

func (p *parser) meta(n *ast.FencedCodeBlock, line int) {
	s := p.section
	if s.ID != "" || len(s.Passages) > 0 {
		p.fault(line, "a section block does not stand right under its heading", "put one block under each heading, before the text")
		return
	}
	var src bytes.Buffer
	for i := range n.Lines().Len() {
		seg := n.Lines().At(i)
		src.Write(seg.Value(p.src))
	}
	f := p.mapping(src.Bytes(), line, "section block")
	if f == nil {
		s.ID = "-" // reported already; do not report a missing id as well
		return
	}
	s.ID = f.text("id", true)
	if s.ID != "" {
		if err := validSlug(s.ID); err != nil {
			p.fault(f.at("id"), fmt.Sprintf("section id %q %v", s.ID, err), "write it like common-side-effects")
		}
	} else {
		s.ID = "-"
	}
	s.Asks = f.someOf("asks", Intents, true)
	s.Questions = f.list("questions", true)
	s.With = p.references(f, "with")
	s.Differs = p.references(f, "differs")
	if n := len(s.With) + len(s.Differs); n > MaxWith {
		p.fault(f.at("with"), fmt.Sprintf("the section must come with %d others", n), fmt.Sprintf("name at most %d under with and differs together; one answer has room for three quotes", MaxWith))
	}
	s.Regions = f.someOf("region", Regions, false)
	s.Entities = f.list("entities", false)
	if s.Entities == nil {
		s.Entities = p.article.Entities
	}
	s.Audience = f.oneOf("audience", audiences, orElse(p.article.Audience, "all"))
	s.Route = f.oneOf("route", routes, orElse(p.article.Route, "none"))
	s.AsOf = f.text("as_of", false)
	if s.AsOf != "" && !isDate(s.AsOf) {
		p.fault(f.at("as_of"), fmt.Sprintf("as_of %q is not a date", s.AsOf), "write YYYY-MM-DD, YYYY-MM or YYYY")
	}
	s.Sources = p.reader.sources(f, "sources", p.sources)
	f.done()
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func (p *parser) dropLead() {
	if p.lead != nil {
		p.fault(p.line(p.lead), "a paragraph ends in a colon but no list or table follows", "end it with a full stop, or put the list right under it")
		p.lead = nil
	}
}

// takeLead returns the lead-in of the block that opens at line, which comes with
// it, and the line the two start on.
func (p *parser) takeLead(line int, what string) (string, int) {
	if p.lead == nil {
		p.fault(line, fmt.Sprintf("a %s has no lead-in", what), "open it with a sentence that names its subject and ends in a colon")
		return "", line
	}
	lead := p.lead
	p.lead = nil
	return p.plain(lead) + "\n", p.line(lead)
}

func (p *parser) list(n *ast.List, line int) {
	lead, at := p.takeLead(line, "list")
	var b strings.Builder
	b.WriteString(lead)
	i := n.Start
	for item := n.FirstChild(); item != nil; item = item.NextSibling() {
		var parts []string
		for c := item.FirstChild(); c != nil; c = c.NextSibling() {
			if c.Kind() != ast.KindTextBlock && c.Kind() != ast.KindParagraph {
				p.fault(p.line(c), "a list item holds more than plain text", "write one sentence or phrase an item, without inner lists")
				continue
			}
			parts = append(parts, p.plain(c))
		}
		if item != n.FirstChild() {
			b.WriteByte('\n')
		}
		if n.IsOrdered() {
			fmt.Fprintf(&b, "%d. ", i)
			i++
		} else {
			b.WriteString("- ")
		}
		b.WriteString(strings.Join(parts, " "))
	}
	p.add(List, b.String(), at)
}

func (p *parser) table(n *east.Table) {
	lead := "" // optional: each row names its subject itself
	if p.lead != nil {
		lead, _ = p.takeLead(p.line(n), "table")
	}
	var head []string
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		var cells []string
		for c := row.FirstChild(); c != nil; c = c.NextSibling() {
			cells = append(cells, p.plain(c))
		}
		if row.Kind() == east.KindTableHeader {
			head = cells
			continue
		}
		var parts []string
		for i, c := range cells {
			if strings.Trim(c, "-–—") == "" {
				continue // nothing to say in this cell
			}
			if i < len(head) && head[i] != "" {
				c = head[i] + ": " + c
			}
			parts = append(parts, c)
		}
		p.add(Row, lead+strings.Join(parts, "; "), p.line(row))
	}
}

func (p *parser) add(shape Shape, s string, line int) {
	if s = strings.TrimSpace(s); s == "" {
		return
	}
	sum := sha256.Sum256([]byte(s))
	p.section.Passages = append(p.section.Passages, &Passage{
		Section: p.section, Shape: shape, Path: slices.Clone(p.path), Text: s, Hash: hex.EncodeToString(sum[:]), Line: line,
	})
}

// plain returns the words of a block's inline content, a line break being a space.
func (p *parser) plain(n ast.Node) string {
	var b strings.Builder
	_ = ast.Walk(n, func(c ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch c := c.(type) {
		case *ast.Text:
			if v := c.Segment.Value(p.src); c.Parent().Kind() == ast.KindCodeSpan {
				b.Write(v)
			} else {
				b.Write(unescape(v))
			}
			if c.SoftLineBreak() || c.HardLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(c.Value)
		case *ast.AutoLink:
			b.Write(c.URL(p.src))
		case *ast.RawHTML:
			p.fault(p.line(n), "HTML stands in the text", "write plain words")
			return ast.WalkSkipChildren, nil
		case *ast.Image:
			p.fault(p.line(n), "a picture stands in the text", "describe it in words; only words can be quoted")
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
	return strings.Join(strings.Fields(b.String()), " ")
}

// unescape resolves the backslash escapes and the references such as &amp; that
// goldmark leaves in text segments.
func unescape(s []byte) []byte {
	return util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(s)))
}
