package bot

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

var escapeTests = []struct{ name, in, want string }{
	{"plain words", "Take it with food.", "Take it with food."},
	{"bold", "**never**", `\*\*never\*\*`},
	{"underline", "a_b__c", `a\_b\_\_c`},
	{"strike", "~~x~~", `\~\~x\~\~`},
	{"code", "`x`", "\\`x\\`"},
	{"spoiler", "||x||", `\|\|x\|\|`},
	{"everyone", "@everyone", `\@everyone`},
	{"user", "<@123>", `\<\@123\>`},
	{"channel", "<#123>", `\<#123\>`},
	{"emoji", "<:a:1>", `\<:a:1\>`},
	{"time", "<t:1:R>", `\<t:1:R\>`},
	{"masked link", "[x](https://a.org)", `\[x\](https://a.org)`},
	{"backslash", `\*`, `\\\*`},
	{"heading", "# x", `\# x`},
	{"heading after blanks", "  ## x", `  \## x`},
	{"small print", "-# x", `\-# x`},
	{"quotation", "> x", `\> x`},
	{"list stays", "- a\n- b", "- a\n- b"},
	{"stars become a list", "* a\n* b", "- a\n- b"},
	{"numbers stay", "1. a\n2) b", "1. a\n2) b"},
	{"heading in a list", "- # x", `- \# x`},
	{"address", "see https://a.org/b_c*d", `see https://a.org/b_c\*d`},
	{"address in words", "(https://a.org/b_c)", "(https://a.org/b_c)"},
	{"figures", "5 mg < 10 mg; 2*2", `5 mg \< 10 mg; 2\*2`},
	{"right-to-left override", "a\u202eb", "ab"},
	{"zero width", "a\u200bb", "ab"},
	{"control", "a\x00\x1bb", "ab"},
	{"line ends", "a\r\nb", "a\nb"},
	{"tab", "a\tb", "a b"},
	{"letters of all kinds", "зуд 薬 é 🤒", "зуд 薬 é 🤒"},
	{"empty", "", ""},
}

func TestEscape(t *testing.T) {
	for _, tt := range escapeTests {
		t.Run(tt.name, func(t *testing.T) {
			if got := escape(tt.in); got != tt.want {
				t.Errorf("escape(%q)\n got %q\nwant %q", tt.in, got, tt.want)
			}
		})
	}
}

// live finds what Discord would act on: a mark without a backslash before it.
var live = regexp.MustCompile("(?:^|[^\\\\])(?:\\\\\\\\)*[*_~`|<>\\[\\]@]")

func FuzzEscape(f *testing.F) {
	for _, tt := range escapeTests {
		f.Add(tt.in)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := escape(s)
		if !utf8.ValidString(got) {
			t.Errorf("%q is not UTF-8", got)
		}
		for line := range strings.SplitSeq(link.ReplaceAllString(got, ""), "\n") {
			if !strings.Contains(s, "http") && live.MatchString(line) {
				t.Errorf("%q from %q", line, s)
			}
		}
	})
}

func TestClip(t *testing.T) {
	for _, tt := range []struct {
		in   string
		most int
		want string
	}{
		{"short", 10, "short"},
		{"exactly ten", 11, "exactly ten"},
		{"the quick brown fox", 12, "the quick…"},
		{"unbreakable", 6, "unbre…"},
		{"薬薬薬薬", 3, "薬薬…"},
		{"🤒🤒🤒", 5, "🤒🤒…"},
		{"comma, then", 7, "comma…"},
		{"", 5, ""},
	} {
		if got := clip(tt.in, tt.most); got != tt.want || size(got) > tt.most {
			t.Errorf("clip(%q, %d) = %q; want %q", tt.in, tt.most, got, tt.want)
		}
	}
}

func TestSize(t *testing.T) {
	for s, want := range map[string]int{"": 0, "abc": 3, "é": 1, "薬": 1, "🤒": 2} {
		if got := size(s); got != want {
			t.Errorf("size(%q) = %d; want %d", s, got, want)
		}
	}
}
