package importer

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/base"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/commonmark"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/table"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const (
	// MaxHTML is the largest page read, in bytes. A long leaflet saved from a
	// browser has about 400,000.
	MaxHTML = 2 << 20
	// maxDepth is how deep its elements may be nested. Pages have 20 to 40
	// levels; the converter calls itself once a level.
	maxDepth = 200
	// maxNodes bounds the work that a small but dense page makes.
	maxNodes = 100_000
)

// HTML returns the draft article of a web page: the part marked as main, or else
// the whole body, as Markdown. It returns an error when src is larger than
// [MaxHTML], is not UTF-8 text, is nested past all reason, or has no text.
func HTML(src []byte, about About) ([]byte, error) {
	switch {
	case len(src) > MaxHTML:
		return nil, fmt.Errorf("the page has %d bytes, more than are read (%d); save its text alone, or cut it", len(src), MaxHTML)
	case !utf8.Valid(src):
		return nil, errors.New("the page is not UTF-8 text; save it as UTF-8")
	case bytes.IndexByte(src, 0) >= 0:
		return nil, errors.New("the file holds a NUL byte, so it is not a page; send the HTML itself")
	}
	doc, err := html.Parse(bytes.NewReader(src))
	if err != nil {
		return nil, fmt.Errorf("the page can't be read (%v); send its text as Markdown", err)
	}
	if err := bounded(doc); err != nil {
		return nil, err
	}
	if about.Title == "" {
		about.Title = oneLine(firstText(doc, atom.H1))
	}
	if about.Title == "" {
		about.Title = oneLine(firstText(doc, atom.Title))
	}
	if about.Title == "" {
		return nil, errors.New("the page has no title; give the article one")
	}
	clean(doc)
	conv := converter.NewConverter(converter.WithPlugins(
		base.NewBasePlugin(),
		commonmark.NewCommonmarkPlugin(commonmark.WithStrongDelimiter("**"), commonmark.WithBulletListMarker("-")),
		table.NewTablePlugin(),
	))
	text, err := conv.ConvertNode(mainPart(doc))
	if err != nil {
		return nil, fmt.Errorf("the page can't be made into Markdown (%v); send its text as Markdown", err)
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, errors.New("the page holds no text; save it from a browser with its text, or send Markdown")
	}
	return Form(about, string(text))
}

// bounded refuses a page that is too deep or too dense, without recursion.
func bounded(doc *html.Node) error {
	depth, nodes := 0, 0
	for n := doc; n != nil; {
		if nodes++; nodes > maxNodes {
			return fmt.Errorf("the page has more than %d elements; save its text alone", maxNodes)
		}
		if n.FirstChild != nil {
			if depth++; depth > maxDepth {
				return fmt.Errorf("the page is nested more than %d levels deep; save its text alone", maxDepth)
			}
			n = n.FirstChild
			continue
		}
		for n != nil && n.NextSibling == nil {
			n = n.Parent
			depth--
		}
		if n != nil {
			n = n.NextSibling
		}
	}
	return nil
}

// dropped are elements that hold no text of the article.
var dropped = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Noscript: true, atom.Template: true, atom.Iframe: true, atom.Frame: true,
	atom.Object: true, atom.Embed: true, atom.Form: true, atom.Input: true, atom.Button: true, atom.Select: true, atom.Textarea: true,
	atom.Img: true, atom.Picture: true, atom.Svg: true, atom.Math: true, atom.Video: true, atom.Audio: true, atom.Canvas: true,
	atom.Nav: true, atom.Header: true, atom.Footer: true, atom.Aside: true, atom.Head: true, atom.Dialog: true, atom.Hr: true,
}

// unwrapped are elements of which only the text is kept: a link's target and
// code are nothing that may be quoted.
var unwrapped = map[atom.Atom]bool{atom.A: true, atom.Code: true, atom.Pre: true, atom.Kbd: true, atom.Samp: true, atom.Blockquote: true}

// clean removes from a page what is no text of the article.
func clean(n *html.Node) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		switch {
		case c.Type == html.CommentNode, c.Type == html.ElementNode && (dropped[c.DataAtom] || hidden(c)):
			n.RemoveChild(c)
		case c.Type == html.ElementNode && unwrapped[c.DataAtom]:
			clean(c)
			for c.FirstChild != nil {
				inner := c.FirstChild
				c.RemoveChild(inner)
				n.InsertBefore(inner, c)
			}
			n.RemoveChild(c)
		default:
			clean(c)
		}
		c = next
	}
}

// hidden reports whether a reader of the page would not see n: what was not seen
// was not checked.
func hidden(n *html.Node) bool {
	for _, a := range n.Attr {
		switch style := strings.ReplaceAll(strings.ToLower(a.Val), " ", ""); {
		case a.Key == "hidden", a.Key == "aria-hidden" && a.Val == "true",
			a.Key == "style" && (strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden")):
			return true
		}
	}
	return false
}

// mainPart returns the element with the page's own text.
func mainPart(doc *html.Node) *html.Node {
	for _, want := range []atom.Atom{atom.Main, atom.Article, atom.Body} {
		for n := range doc.Descendants() {
			if n.Type == html.ElementNode && n.DataAtom == want {
				return n
			}
		}
	}
	return doc
}

// firstText returns the text of the first element of a kind.
func firstText(doc *html.Node, kind atom.Atom) string {
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode || n.DataAtom != kind {
			continue
		}
		var b strings.Builder
		for t := range n.Descendants() {
			if t.Type == html.TextNode {
				b.WriteString(t.Data)
			}
		}
		return b.String()
	}
	return ""
}
