package knowledge

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"unicode/utf8"
)

// RetractedFile lists what was withdrawn from a library, a line each: the slug
// of an article or the id of a passage, a tab, the day, a tab, and the reason.
// What it names is not quoted, whatever the articles say: a retraction holds
// also when an older version of an article comes back.
const RetractedFile = "retracted.tsv"

// A Retraction is a line of [RetractedFile].
type Retraction struct {
	Ref    string // slug of an article, or id of a passage
	Day    string // YYYY-MM-DD
	Reason string
}

// String returns the line of the file, without its end.
func (r Retraction) String() string {
	flat := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	return flat(r.Ref) + "\t" + flat(r.Day) + "\t" + flat(r.Reason)
}

// loadRetractions reads the list; no file is an empty one.
func loadRetractions(fsys fs.FS) ([]Retraction, Problems) {
	src, err := readBounded(fsys, RetractedFile)
	if err != nil {
		return nil, nil
	}
	r := &reader{file: RetractedFile}
	if len(src) > MaxArticle || !utf8.Valid(src) {
		r.fault(0, "the list of retractions is too long or not UTF-8 text", "save it as UTF-8, a line for each")
		return nil, r.problems
	}
	var out []Retraction
	for i, line := range strings.Split(string(src), "\n") {
		line = strings.TrimSuffix(line, "\r")
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.SplitN(line, "\t", 3)
		if len(f) != 3 || !isDay(f[1]) || f[0] == "" || strings.TrimSpace(f[2]) == "" {
			r.fault(i+1, fmt.Sprintf("%.40q is no retraction", line), "write the slug or passage id, a tab, the day as YYYY-MM-DD, a tab, and the reason")
			continue
		}
		out = append(out, Retraction{f[0], f[1], f[2]})
	}
	return out, r.problems
}

// retract takes what was withdrawn out of the articles. A passage is named by
// the hash of its words, so the same words stay out wherever they stand in its
// section; words that were mended are another passage.
func (lib *Library) retract() {
	gone := map[string]bool{}
	for _, r := range lib.Retracted {
		gone[r.Ref] = true
	}
	for _, a := range lib.Articles {
		if gone[a.Slug] {
			a.Status = Retracted
		}
		for _, s := range a.Sections {
			s.Passages = slices.DeleteFunc(s.Passages, func(p *Passage) bool { return gone[p.ID] })
		}
	}
}
