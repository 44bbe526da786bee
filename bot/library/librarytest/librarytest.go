// Package librarytest holds a small made-up library, for tests of what changes
// and shows libraries. Nothing in it is true of any medicine.
package librarytest

import (
	"fmt"
	"slices"
	"testing/fstest"

	"salve/index/eval"
)

// Questions are the judged questions that ship, without the stories: in a library
// of two passages each word of a story counts, so that nearly anything is near one.
func Questions() ([]*eval.Case, error) {
	cases, err := eval.Builtin()
	return slices.DeleteFunc(cases, func(c *eval.Case) bool { return c.Style == "longwinded" }), err
}

// Article is a published article of one section, "main", which says text,
// answers question, and is filed under asks, such as "definition" or "warning".
func Article(slug, title, question, text, asks string) []byte {
	return fmt.Appendf(nil, `---
title: %[2]s
slug: %[1]s
summary: What is known of %[2]s.
topics: [eczema]
audience: all
route: none
entities: [atopic-dermatitis]
language: en
sources:
  - {name: A page, publisher: A clinic, url: "https://example.org/%[1]s", published: 2026-01, accessed: 2026-03-02}
reviewed: 2026-11-01
reviewed_by: not clinically reviewed
next_review: 2027-05-01
status: published
---

## %[2]s

`+"```section"+`
id: main
asks: [%[5]s]
questions:
  - %[3]s
  - %[3]s please
  - tell me, %[3]s
sources:
  - {name: A page, publisher: A clinic, url: "https://example.org/%[1]s", published: 2026-01, accessed: 2026-03-02}
`+"```"+`

%[4]s
`, slug, title, question, text, asks)
}

// What the articles of [Base] say, and the questions that they answer.
const (
	MangoText     = "Eczema mango balm is a fruit balm from one clinic. It smells of mango and is put on dry eczema skin at night."
	MangoQuestion = "what is eczema mango balm"
	LemonText     = "Eczema lemon warning: lemon juice on eczema skin burns and blisters in the sun. Wash it off with water at once."
	LemonQuestion = "is lemon juice on eczema skin dangerous"
	KiwiText      = "The eczema kiwi bath is made with two kiwis."
	KiwiQuestion  = "how is an eczema kiwi bath made"
)

// Base is a library of two articles: mango-balm, and lemon-warning, which is on
// a danger.
func Base() fstest.MapFS {
	return fstest.MapFS{
		"mango.md": {Data: Article("mango-balm", "Eczema mango balm", MangoQuestion, MangoText, "definition")},
		"lemon.md": {Data: Article("lemon-warning", "Eczema lemon juice warning", LemonQuestion, LemonText, "warning")},
	}
}

// Kiwi is an article that is not in [Base], filed under asks; it is good when
// that is "how-to-use", and has a fault when it is "nonsense".
func Kiwi(asks string) []byte {
	return Article("kiwi-bath", "Eczema kiwi bath", KiwiQuestion, KiwiText, asks)
}
