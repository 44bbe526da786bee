package main

import (
	"bufio"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// everydayFile holds the ordinary questions, one a line. It is a copy, renewed
// on purpose, so that the weights do not change with each article.
const everydayFile = "everyday_questions.txt"

// dangerArticles are the articles whose listed questions may be of danger now.
var dangerArticles = []string{
	"*-signs.md", "sepsis*", "emergency-signs.md", "when-to-get-help.md", "suicidal-thoughts-help.md", "overdose.md",
	"erythroderma.md", "shingles.md", "eczema-herpeticum.md", "infected-eczema.md", "mood-and-eczema.md",
	// Among the questions these answer are some of danger now ("pregnant on rinvoq").
	"when-to-*.md", "*-warnings.md", "*-side-effects.md", "*-pregnancy*.md", "jak-infections.md", "*-dose-facts.md",
}

// snapshot reads the ordinary questions of the repository: the judged ones that
// want no card, and those listed in articles that are not on danger. Sorted,
// each once.
func snapshot(repo fs.FS) ([]string, error) {
	var list []string
	judged, err := fs.Glob(repo, "index/eval/questions/*.txt")
	if err != nil {
		return nil, err
	}
	for _, name := range judged {
		b, err := fs.ReadFile(repo, name)
		if err != nil {
			return nil, err
		}
		for stanza := range strings.SplitSeq(string(b), "\n\n") {
			if strings.Contains("\n"+stanza, "\nurgency:") {
				continue
			}
			for line := range strings.Lines(stanza) {
				key, value, _ := strings.Cut(line, ":")
				if key == "question" || key == "previous" {
					list = append(list, value)
				}
			}
		}
	}
	articles, err := fs.Glob(repo, "knowledge/articles/*.md")
	if err != nil {
		return nil, err
	}
	for _, name := range articles {
		if slices.ContainsFunc(dangerArticles, func(p string) bool { ok, _ := path.Match(p, path.Base(name)); return ok }) {
			continue
		}
		b, err := fs.ReadFile(repo, name)
		if err != nil {
			return nil, err
		}
		in := false
		s := bufio.NewScanner(strings.NewReader(string(b)))
		for s.Scan() {
			item, ok := strings.CutPrefix(s.Text(), "  - ")
			switch {
			case s.Text() == "questions:":
				in = true
			case !ok:
				in = false
			case in:
				list = append(list, strings.Trim(item, `"'`))
			}
		}
		if err := s.Err(); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	for i, q := range list {
		list[i] = strings.TrimSpace(q)
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}
