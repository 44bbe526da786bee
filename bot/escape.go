package bot

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// link finds addresses, which are shown as they are: a backslash inside one
// would break it.
var link = regexp.MustCompile(`https?://[^\s<>()\[\]|*\x60]+`)

// listMark finds the marks of a list item at the start of a line, which Discord
// shows as the list they are.
var listMark = regexp.MustCompile(`^\s*(?:[-*+]|\d{1,3}[.)])\s+`)

// escape makes s show in Discord as the words it is: nothing in it can ping,
// link, format, or pretend to be the bot's own heading. Lists stay lists.
func escape(s string) string {
	lines := strings.Split(clean(s), "\n")
	for i, l := range lines {
		mark := listMark.FindString(l)
		rest := l[len(mark):]
		if mark != "" {
			mark = strings.NewReplacer("*", "-", "+", "-").Replace(mark)
		}
		lines[i] = mark + escapeLine(rest)
	}
	return strings.Join(lines, "\n")
}

func escapeLine(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		at := link.FindStringIndex(s)
		if at == nil {
			escapeInto(&b, s)
			break
		}
		escapeInto(&b, s[:at[0]])
		b.WriteString(s[at[0]:at[1]])
		s = s[at[1]:]
	}
	// A heading, a small print line or a quotation must start the line.
	out := b.String()
	if t := strings.TrimLeft(out, " "); strings.HasPrefix(t, "#") || strings.HasPrefix(t, "-#") || strings.HasPrefix(t, "- #") {
		out = out[:len(out)-len(t)] + `\` + t
	}
	return out
}

// special are the characters that Discord's Markdown gives a meaning inside a
// line; @ and : are in it for mentions and emoji.
const special = "\\*_~`|<>[]@"

func escapeInto(b *strings.Builder, s string) {
	for _, r := range s {
		if strings.ContainsRune(special, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
}

// clean drops what cannot be seen: control characters, and the marks that turn
// the direction of writing or hide letters. Line ends become "\n".
func clean(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t' || r == '\r':
			return ' '
		case r == utf8.RuneError, unicode.IsControl(r):
			return -1
		case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200b, r == 0xfeff:
			return -1
		}
		return r
	}, s)
}

// size is the length of s in the larger of the two units that Discord may mean
// by "character".
func size(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(max(r, 0))
	}
	return n
}

// clip shortens a label or a title at a word where it can, and marks it with an
// ellipsis. It is never used on a sentence of the library.
func clip(s string, most int) string {
	if size(s) <= most {
		return s
	}
	n, end, space := 1, 0, 0 // 1 for the ellipsis
	for i, r := range s {
		if n += utf16.RuneLen(r); n > most {
			break
		}
		if r == ' ' {
			space = i
		}
		end = i + utf8.RuneLen(r)
	}
	if space > end*2/3 {
		end = space
	}
	return strings.TrimRight(s[:end], " ,;:-") + "…"
}
