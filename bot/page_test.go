package bot

import (
	"fmt"
	"html"
	"os"
	"regexp"
	"strings"
	"testing"
)

// A post is a message of the bot's as a member sees it in Discord.
type post struct {
	user    string // who used the command
	command string // with its slash
	private bool
	parts   []component
}

// page lays a post out as a self-contained HTML page that looks like Discord's
// dark theme. It is a pure function. It knows the components and the Markdown
// that the bot sends; a component it does not know has the class "unknown".
func page(style string, p post) string {
	var b strings.Builder
	b.WriteString("<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Salve on Discord</title>\n<style>\n" + style + "</style>\n")
	fmt.Fprintf(&b, "<div class=\"used\"><span class=\"face\">%s</span><b>%s</b> used <a>%s</a></div>\n",
		html.EscapeString(p.user[:1]), html.EscapeString(p.user), html.EscapeString(p.command))
	b.WriteString("<div class=\"message\"><span class=\"face\">S</span>\n<div class=\"name\">Salve<span class=\"app\">APP</span><time>Today at 10:00</time></div>\n")
	for _, c := range p.parts {
		drawComponent(&b, c)
	}
	if p.private {
		b.WriteString("<div class=\"private\">" + eye + "Only you can see this · <a>Dismiss message</a></div>\n")
	}
	b.WriteString("</div>\n</html>\n")
	return b.String()
}

const eye = `<svg viewBox="0 0 24 24"><path d="M12 5C6 5 2 12 2 12s4 7 10 7 10-7 10-7-4-7-10-7zm0 11a4 4 0 1 1 0-8 4 4 0 0 1 0 8z"/></svg>`

func drawComponent(b *strings.Builder, c component) {
	within := func(open string) {
		b.WriteString(open + "\n")
		for _, sub := range c.Components {
			drawComponent(b, sub)
		}
		b.WriteString("</div>\n")
	}
	switch c.Type {
	case compContainer:
		if c.Accent == nil {
			within(`<div class="container">`)
		} else {
			within(fmt.Sprintf(`<div class="container accent" style="--accent: #%06x">`, *c.Accent))
		}
	case compRow:
		within(`<div class="row">`)
	case compText:
		b.WriteString("<div class=\"text\">\n" + markdown(c.Content) + "</div>\n")
	case compSeparator:
		b.WriteString("<hr class=\"separator\">\n")
	case compButton:
		class := map[int]string{stylePrimary: " primary", styleDanger: " danger", styleLink: " link"}[c.Style]
		b.WriteString("<span class=\"button" + class + "\">" + html.EscapeString(c.Label) + "</span>\n")
	case compSelect:
		b.WriteString("<div class=\"select\">" + html.EscapeString(c.Placeholder) + "</div>\n")
	default:
		fmt.Fprintf(b, "<p class=\"unknown\">component of type %d</p>\n", c.Type)
	}
}

var (
	headingLine  = regexp.MustCompile(`^(#{1,3}) (.*)`)
	bulletLine   = regexp.MustCompile(`^\s*[-*] (.*)`)
	numberedLine = regexp.MustCompile(`^\s*(\d+)\. (.*)`)
)

// markdown is Discord's Markdown as HTML, block by block.
func markdown(s string) string {
	var b strings.Builder
	list := ""
	in := func(kind string) { // opens and closes lists
		if kind != list {
			if list != "" {
				b.WriteString("</" + list + ">\n")
			}
			if kind != "" {
				b.WriteString("<" + kind + ">\n")
			}
			list = kind
		}
	}
	for line := range strings.SplitSeq(s, "\n") {
		if m := bulletLine.FindStringSubmatch(line); m != nil {
			in("ul")
			b.WriteString("<li>" + inline(m[1]) + "</li>\n")
			continue
		}
		if m := numberedLine.FindStringSubmatch(line); m != nil {
			in("ol")
			b.WriteString("<li value=\"" + m[1] + "\">" + inline(m[2]) + "</li>\n")
			continue
		}
		in("")
		small, isSmall := strings.CutPrefix(line, "-# ")
		quoted, isQuoted := strings.CutPrefix(line, "> ")
		heading := headingLine.FindStringSubmatch(line)
		switch {
		case isSmall:
			b.WriteString("<small>" + inline(small) + "</small>\n")
		case isQuoted:
			b.WriteString("<blockquote>" + inline(quoted) + "</blockquote>\n")
		case heading != nil:
			fmt.Fprintf(&b, "<h%d>%s</h%[1]d>\n", len(heading[1]), inline(heading[2]))
		default:
			b.WriteString("<p>" + inline(line) + "</p>\n")
		}
	}
	in("")
	return b.String()
}

// spans are the marks around words, longest first, and their elements.
var spans = []struct{ mark, element string }{
	{"**", "strong"}, {"__", "u"}, {"~~", "s"}, {"*", "em"}, {"_", "em"}, {"`", "code"},
}

// masked is a link with words: [words](address), the address in <> or bare.
var masked = regexp.MustCompile(`^\[((?:\\.|[^\]\\])+)\]\(<?(https?://[^\s<>)]+)>?\)`)

// inline is what stands within one line, as HTML.
func inline(s string) string {
	var b strings.Builder
next:
	for len(s) > 0 {
		if s[0] == '\\' && len(s) > 1 && strings.IndexByte(special+"#-", s[1]) >= 0 {
			b.WriteString(html.EscapeString(s[1:2]))
			s = s[2:]
			continue
		}
		if m := masked.FindStringSubmatch(s); m != nil {
			b.WriteString(`<a href="` + html.EscapeString(m[2]) + `">` + inline(m[1]) + "</a>")
			s = s[len(m[0]):]
			continue
		}
		if at := link.FindStringIndex(s); at != nil && at[0] == 0 {
			u := html.EscapeString(s[:at[1]])
			b.WriteString(`<a href="` + u + `">` + u + "</a>")
			s = s[at[1]:]
			continue
		}
		for _, sp := range spans {
			if rest, ok := strings.CutPrefix(s, sp.mark); ok {
				if end := closing(rest, sp.mark); end > 0 {
					b.WriteString("<" + sp.element + ">" + inline(rest[:end]) + "</" + sp.element + ">")
					s = rest[end+len(sp.mark):]
					continue next
				}
			}
		}
		b.WriteString(html.EscapeString(s[:1])) // of a longer rune, the first byte: none is special
		s = s[1:]
	}
	return b.String()
}

// closing is where mark stands next in s without a backslash, or -1.
func closing(s, mark string) int {
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' {
			i++
		} else if strings.HasPrefix(s[i:], mark) {
			return i
		}
	}
	return -1
}

func TestInline(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"plain", "plain"},
		{"**[1]** words", "<strong>[1]</strong> words"},
		{"**a *b* c**", "<strong>a <em>b</em> c</strong>"},
		{`2 \* 3 \* 4`, "2 * 3 * 4"},
		{`**a \*\* b**`, "<strong>a ** b</strong>"},
		{`\[label\] <b> & "c"`, "[label] &lt;b&gt; &amp; &#34;c&#34;"},
		{"[a \\[b\\]](<https://x.org/a?b=1&c>)", `<a href="https://x.org/a?b=1&amp;c">a [b]</a>`},
		{"see https://x.org/a_b.", `see <a href="https://x.org/a_b.">https://x.org/a_b.</a>`},
		{"one * alone", "one * alone"},
		{"`/verify id:ab`", "<code>/verify id:ab</code>"},
		{"Über é ⚠ 薬", "Über é ⚠ 薬"},
		{`end\`, `end\`},
	} {
		if got := inline(tt.in); got != tt.want {
			t.Errorf("inline(%q)\n got %s\nwant %s", tt.in, got, tt.want)
		}
	}
}

// TestPage keeps the page of a message with every component in a golden file.
func TestPage(t *testing.T) {
	got := page("", post{user: "Ana", command: "/ask", private: true, parts: []component{
		container(colourUrgent, text("# Call now\n**112** in *most* of Europe\n\n> quoted <b>"), text("1. one\n2. two\nafter")),
		container(colourQuiet,
			text("**[1]** Common:\n- a\n- b \\* c\n-# Label, with [a link](<https://example.org/?a=1&b=2>), 2024"),
			component{Type: compSeparator}, text("-# The safety note")),
		container(0, text("no accent")),
		row(selectMenu("Where are you?", "id", []choice{{Label: "Peru", Value: "PE"}})),
		{Type: compRow, Components: []component{button(stylePrimary, "Next", "1"), button(styleSecondary, "Back <", "2"), button(styleDanger, "Delete", "3"), {Type: compButton, Style: styleLink, Label: "Page", URL: "https://example.org"}}},
		{Type: 99},
	}})
	const file = "testdata/picture/page.html"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the page differs from %s; go test ./bot -run TestPage -update shows how", file)
	}
}
