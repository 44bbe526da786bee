package knowledge

import (
	"fmt"
	"strings"
	"testing"
)

// article is a file without a fault; the cases below spoil one thing each.
const article = `---
title: Itch
slug: itch
summary: What helps itch.
topics: [itch, sleep]
audience: all
route: none
entities: [itch]
language: en
sources:
  - name: Itch page
    publisher: NHS
    url: https://example.org/itch
    published: 2024-05
    accessed: 2026-11-01
  - leaflet
reviewed: 2026-11-01
reviewed_by: not clinically reviewed
next_review: 2027-05-01
status: published
version: 3
---

## Itch: what helps?

` + "```section" + `
id: relief
asks: [self-care, help]
questions:
  - what helps itch
  - stop the itch
with: [sleep, other#part]
region: [UK]
audience: child
route: topical
as_of: 2024
sources: [leaflet]
` + "```" + `

Itch eases when the skin is cool. A damp cloth \*helps\* at
once, so does A&amp;E cream.

Itch tips:

- cool cloths
- short
  nails

## Sleep and itch

` + "```section" + `
id: sleep
asks: [self-care]
questions: [itch at night]
sources: [leaflet]
` + "```" + `

Sleep by room:

| Room | Degrees |
|---|---|
| bedroom | 18 |
| hall | – |
| loft | |

### In summer

Summer tips for itch:

1. Open a window for itch.
`

var leaflet = &Source{Key: "leaflet", Name: "Leaflet", Publisher: "EMA", URL: "https://example.org/l", Published: Undated, Accessed: "2026-11-01"}

var knownSources = map[string]*Source{"leaflet": leaflet}

func TestParse(t *testing.T) {
	a, problems := Parse("itch.md", []byte(article), knownSources)
	if len(problems) > 0 {
		t.Fatalf("faults: %v", problems)
	}
	var got strings.Builder
	fmt.Fprintf(&got, "%s|%s|%v|%s|%s|%v|%s|%s|%s|%d|%s\n", a.Slug, a.Title, a.Topics, a.Audience, a.Route, a.Entities, a.Reviewed, a.NextReview, a.Status, a.Version, a.Sources[0].Date())
	for _, s := range a.Sections {
		fmt.Fprintf(&got, "%d %s %v %q %v %v %v %s %s %s %s\n", s.Line, s.Ref(), s.Asks, s.Questions, s.With, s.Regions, s.Entities, s.Audience, s.Route, s.AsOf, s.Sources[0].Name)
		for _, p := range s.Passages {
			fmt.Fprintf(&got, "  %d %s %v %q\n", p.Line, p.Shape, p.Path, p.Text)
		}
	}
	want := `itch|Itch|[itch sleep]|all|none|[itch]|2026-11-01|2027-05-01|published|3|2024-05
24 itch#relief [self-care help] ["what helps itch" "stop the itch"] [itch#sleep other#part] [UK] [itch] child topical 2024 Leaflet
  40 paragraph [] "Itch eases when the skin is cool. A damp cloth *helps* at once, so does A&E cream."
  43 list [] "Itch tips:\n- cool cloths\n- short nails"
49 itch#sleep [self-care] ["itch at night"] [] [] [itch] all none  Leaflet
  62 row [] "Sleep by room:\nRoom: bedroom; Degrees: 18"
  63 row [] "Sleep by room:\nRoom: hall"
  64 row [] "Sleep by room:\nRoom: loft"
  68 list [In summer] "Summer tips for itch:\n1. Open a window for itch."
`
	if got.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", got.String(), want)
	}
}

// Each case replaces a piece of the article and wants one fault, at that line.
var faultTests = []struct {
	name, old, new string
	want           string
}{
	{"no front matter", "---\ntitle", "title", "1: the front matter is missing"},
	{"unclosed front matter", "version: 3\n---\n", "version: 3\n", "1: the front matter is missing"},
	{"no title", "title: Itch\n", "", "2: title is missing"},
	{"empty title", "title: Itch", "title: \"\"", "2: title is empty"},
	{"null title", "title: Itch", "title: ~", "2: title is missing"},
	{"no sources", "sources:\n  - name: Itch page\n    publisher: NHS\n    url: https://example.org/itch\n    published: 2024-05\n    accessed: 2026-11-01\n  - leaflet\n", "", "2: sources is missing"},
	{"empty sources", "sources:\n  - name: Itch page\n    publisher: NHS\n    url: https://example.org/itch\n    published: 2024-05\n    accessed: 2026-11-01\n  - leaflet\n", "sources: []\n", "10: sources is empty"},
	{"unknown source", "  - leaflet\n", "  - leafet\n", `16: source "leafet" is not in sources.yaml`},
	{"source twice", "  - leaflet\n", "  - leaflet\n  - leaflet\n", `17: source "leaflet" stands twice`},
	{"source list", "  - leaflet\n", "  - [leaflet]\n", "16: an entry of sources is neither a key nor a source"},
	{"source without publisher", "    publisher: NHS\n", "", "11: publisher is missing"},
	{"source without accessed", "    accessed: 2026-11-01\n", "", "11: accessed is missing"},
	{"source with half an address", "https://example.org/itch", "example.org/itch", `13: source address "example.org/itch" is not a web address`},
	{"source without address", "    url: https://example.org/itch\n", "", "11: a source has no url"},
	{"source of no date", "published: 2024-05", "published: May 2024", `14: published "May 2024" is not a date`},
	{"source of the 13th month", "published: 2024-05", "published: 2024-13", `14: published "2024-13" is not a date`},
	{"unknown key in a source", "    publisher: NHS\n", "    publisher: NHS\n    pubdate: 2020\n", `13: unknown key "pubdate" in the source`},
	{"bad date", "reviewed: 2026-11-01", "reviewed: 1 November", `17: reviewed "1 November" is not a date`},
	{"31st of November", "reviewed: 2026-11-01", "reviewed: 2026-11-31", `17: reviewed "2026-11-31" is not a date`},
	{"review before review", "next_review: 2027-05-01", "next_review: 2026-11-01", "19: next_review is not after reviewed"},
	{"upper-case slug", "slug: itch", "slug: Itch Relief", `3: slug "Itch Relief" holds something else`},
	{"long slug", "slug: itch", "slug: " + strings.Repeat("a", maxSlug+1), "is longer than 60 characters"},
	{"unknown audience", "audience: all", "audience: everyone", `6: audience "everyone" is unknown`},
	{"unknown route", "route: none", "route: rectal", `7: route "rectal" is unknown`},
	{"unknown status", "status: published", "status: live", `20: status "live" is unknown`},
	{"version nought", "version: 3", "version: 0", `21: version "0" is not a whole number`},
	{"unknown key", "version: 3", "verison: 3", `21: unknown key "verison" in the front matter`},
	{"key twice", "version: 3", "version: 3\ntitle: Again", `22: key "title" stands twice`},
	{"topics no list", "topics: [itch, sleep]", "topics: itch", "5: topics is not a list"},
	{"topic twice", "topics: [itch, sleep]", "topics: [itch, itch]", `5: "itch" stands twice in topics`},
	{"list in a list", "topics: [itch, sleep]", "topics: [[itch], sleep]", "5: an entry of topics is not a plain value"},
	{"list as a value", "title: Itch", "title: [Itch]", "2: title is not a single value"},
	{"alias", "slug: itch", "slug: &s itch\nsummary2: *s", `4: unknown key "summary2"`},
	{"broken YAML: two colons", "summary: What helps itch.", "summary: itch: what helps", "4: the front matter is not valid YAML"},
	{"broken YAML: open bracket", "topics: [itch, sleep]", "topics: [itch, sleep", "5: the front matter is not valid YAML"},
	{"broken YAML: tab", "summary: What helps itch.", "\tsummary: What helps itch.", "the front matter is not valid YAML (found a tab character"},
	{"front matter is a list", article[4:strings.Index(article, "\n---\n")], "- a\n- b", `2: the front matter holds no "key: value" lines`},
	{"text before a heading", "## Itch: what helps?", "Hello.\n\n## Itch: what helps?", `24: text stands before the first "## " heading`},
	{"level-1 heading", "## Itch: what helps?", "# Itch\n\n## Itch: what helps?", `24: only "## " headings open sections`},
	{"empty heading", "## Sleep and itch", "##", "49: a heading is empty"},
	{"empty section", "## Sleep and itch", "## Nothing\n\n```section\nid: no\nasks: [help]\nquestions: [x]\nsources: [leaflet]\n```\n\n## Sleep and itch", `49: section "Nothing" is empty`},
	{"no block", "```section\nid: sleep\nasks: [self-care]\nquestions: [itch at night]\nsources: [leaflet]\n```\n", "", `49: section "Sleep and itch" has no "section" block`},
	{"empty block", "id: sleep\nasks: [self-care]\nquestions: [itch at night]\nsources: [leaflet]\n", "", `51: the section block holds no "key: value" lines`},
	{"block after text", "Sleep by room:\n", "Sleep well.\n\n```section\nid: again\n```\n\nSleep by room:\n", "61: a section block does not stand right under its heading"},
	{"section id twice", "id: sleep", "id: relief", `49: section id "relief" stands twice`},
	{"bad section id", "id: sleep", "id: Sleep!", `52: section id "Sleep!" holds something else`},
	{"unknown intent", "asks: [self-care]\n", "asks: [selfcare]\n", `53: asks "selfcare" is unknown`},
	{"unknown region", "region: [UK]", "region: [Mars]", `33: region "Mars" is unknown`},
	{"no questions", "questions: [itch at night]\n", "", "52: questions is missing"},
	{"no section sources", "questions: [itch at night]\nsources: [leaflet]\n", "questions: [itch at night]\n", "52: sources is missing"},
	{"unknown section source", "night]\nsources: [leaflet]", "night]\nsources: [nobody]", `55: source "nobody" is not in sources.yaml`},
	{"as_of in words", "as_of: 2024", "as_of: last year", `36: as_of "last year" is not a date`},
	{"broken YAML in a block", "id: sleep\n", "id: sleep: well\n", "52: the section block is not valid YAML"},
	{"open bracket in a block", "questions: [itch at night]", "questions: [itch at night", "54: the section block is not valid YAML"},
	{"lead-in without list", "Itch tips:\n\n- cool cloths\n- short\n  nails", "Itch tips:", "43: a paragraph ends in a colon but no list or table follows"},
	{"list without lead-in", "Itch tips:\n\n", "", "43: a list has no lead-in"},
	{"list in a list", "- short\n", "- - long\n", "46: a list item holds more than plain text"},
	{"code", "Sleep by room:\n", "Sleep well.\n\n```\ncode\n```\n\nSleep by room:\n", "61: a code block can't be quoted"},
	{"rule", "Itch tips:\n", "***\n\nItch tips:\n", "43: a thematicbreak can't be quoted"},
	{"quote", "Itch tips:\n", "> said\n\nItch tips:\n", "43: a blockquote can't be quoted"},
	{"HTML block", "Itch tips:\n", "<div>\n\nItch tips:\n", "43: a htmlblock can't be quoted"},
	{"HTML", "skin is cool", "skin is <b>cool</b>", "40: HTML stands in the text"},
	{"picture", "skin is cool", "skin ![x](y.png) is cool", "40: a picture stands in the text"},
	{"link definition", "Itch tips:\n", "[itch]: https://example.org\n\nItch tips:\n", "43: a linkreferencedefinition can't be quoted"},
	{"invalid UTF-8", "skin is cool", "skin is co\xffl", "40: the file is not UTF-8 text"},
	{"NUL byte", "skin is cool", "skin is co\x00l", "40: the file holds a NUL byte"},
	{"no section", article[strings.Index(article, "## Itch"):], "", "the article has no section"},
	{"a stretch without end", "Itch tips:\n", strings.Repeat(">", maxBlock+1) + "\n\nItch tips:\n", "43: more than 16384 bytes stand here without a blank line"},
}

func TestParseReportsFaults(t *testing.T) {
	for _, test := range faultTests {
		t.Run(test.name, func(t *testing.T) {
			if !strings.Contains(article, test.old) {
				t.Fatalf("the article does not hold %q", test.old)
			}
			src := strings.Replace(article, test.old, test.new, 1)
			a, problems := Parse("itch.md", []byte(src), knownSources)
			if a == nil {
				t.Fatal("no article")
			}
			for _, p := range problems {
				if p.What == "" || p.Fix == "" || p.File != "itch.md" {
					t.Errorf("half a problem: %+v", p)
				}
				if strings.Contains(p.Error(), strings.TrimPrefix(test.want, "itch.md:")) {
					return
				}
			}
			t.Errorf("got %v, want %q", problems, test.want)
		})
	}
}

// A file saved on Windows reads the same, and faults keep their lines.
func TestParseWindowsFile(t *testing.T) {
	src := "\ufeff" + strings.ReplaceAll(article, "\n", "\r\n")
	unix, p1 := Parse("itch.md", []byte(article), knownSources)
	windows, p2 := Parse("itch.md", []byte(src), knownSources)
	if p1.Error() != p2.Error() {
		t.Errorf("faults differ:\n%v\n%v", p1, p2)
	}
	if got, want := windows.Sections[0].Passages[0].Hash, unix.Sections[0].Passages[0].Hash; got != want {
		t.Error("hashes differ")
	}
}

func TestParseRefusesHugeFile(t *testing.T) {
	_, problems := Parse("big.md", make([]byte, MaxArticle+1), nil)
	if len(problems) != 1 || !strings.Contains(problems[0].What, "more than an article may have") {
		t.Errorf("got %v", problems)
	}
}
