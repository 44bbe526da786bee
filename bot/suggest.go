package bot

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// A candidate is something a member may mean: an article or a topic.
type candidate struct {
	value string   // slug, or topic
	title string   // as shown
	names []string // what else it is called
}

// suggest answers an autocomplete: ranked, at most 25, and never an error.
func (b *Bot) suggest(t *turn) []choice {
	name, typed := t.in.focused()
	var list []candidate
	switch t.in.Data.Name + " " + name {
	case "article name":
		list = articleCandidates(b.library(t.in.Guild))
	case "topic topic":
		list = topicCandidates(b.library(t.in.Guild))
	case "library article":
		list = b.shelfCandidates(t)
	case "library remove":
		list = b.judgedCandidates(t)
	case "settings country":
		for _, c := range countries {
			list = append(list, candidate{value: c, title: c})
		}
	}
	var out []choice
	for _, c := range rank(list, typed) {
		if len(out) == maxOptions {
			break
		}
		if size(c.value) > maxChoiceText {
			continue // it could not be sent back whole; it can still be typed
		}
		out = append(out, choice{Name: shown(c.title, maxChoiceText), Value: c.value})
	}
	return out
}

func articleCandidates(lib Library) []candidate {
	var out []candidate
	for _, a := range lib.Articles() {
		out = append(out, candidate{value: a.Slug, title: oneLine(a.Title), names: append(a.Aliases[:len(a.Aliases):len(a.Aliases)], a.Slug)})
	}
	return out
}

// topicCandidates are the topics that articles name, and the headings of their
// sections: people look for "side effects", which is a heading in ten articles.
func topicCandidates(lib Library) []candidate {
	var out []candidate
	seen := map[string]bool{}
	articles := lib.Articles()
	casing := capitals(articles)
	add := func(title string) {
		title = oneLine(title)
		if key := fold(title); key != "" && !seen[key] {
			seen[key] = true
			out = append(out, candidate{value: cutRunes(title, maxChoiceText), title: title})
		}
	}
	for _, a := range articles {
		for _, t := range a.Topics {
			add(topicTitle(t, casing))
		}
	}
	for _, a := range articles {
		for _, s := range a.Sections {
			add(s.Heading)
		}
	}
	return out
}

// topicTitle is how a topic such as "jak-inhibitors" is shown: "JAK inhibitors".
func topicTitle(topic string, casing map[string]string) string {
	words := strings.Fields(strings.ReplaceAll(topic, "-", " "))
	for i, w := range words {
		if c, ok := casing[w]; ok {
			words[i] = c
		}
	}
	title := strings.Join(words, " ")
	for i, r := range title {
		return string(unicode.ToUpper(r)) + title[i+len(string(r)):]
	}
	return ""
}

// capitals are the words that the titles of the library write in capitals, such
// as JAK, by their lower case.
func capitals(articles []ArticleInfo) map[string]string {
	out := map[string]string{}
	for _, a := range articles {
		for w := range strings.FieldsSeq(a.Title) {
			if len(w) > 1 && w == strings.ToUpper(w) && unicode.IsLetter(rune(w[0])) {
				out[strings.ToLower(w)] = w
			}
		}
	}
	return out
}

// rank orders candidates by how well they fit what was typed, best first, and
// drops those that do not fit at all. With nothing typed it keeps the order.
func rank(list []candidate, typed string) []candidate {
	want := fold(typed)
	if want == "" {
		return list
	}
	type ranked struct {
		candidate
		fit int
	}
	var hits []ranked
	for _, c := range list {
		best := fit(fold(c.title), want)
		for _, n := range append(c.names[:len(c.names):len(c.names)], c.value) {
			// Another name is worth a little less than the title itself.
			best = max(best, fit(fold(n), want)-1)
		}
		if best > 0 {
			hits = append(hits, ranked{c, best})
		}
	}
	slices.SortStableFunc(hits, func(a, b ranked) int { return cmp.Compare(b.fit, a.fit) })
	out := make([]candidate, len(hits))
	for i, h := range hits {
		out[i] = h.candidate
	}
	return out
}

// Fits, from same to alike.
const (
	fitSame   = 100
	fitStart  = 80
	fitWords  = 60 // every word typed starts a word of the name
	fitInside = 40
	fitNear   = 20 // every word typed is a word of the name but for a letter or two
)

// fit says how well the folded name fits the folded words typed; 0 when not.
func fit(name, want string) int {
	switch {
	case name == "":
		return 0
	case name == want:
		return fitSame
	case strings.HasPrefix(name, want):
		return fitStart
	}
	words := strings.Fields(name)
	all := func(ok func(have, want string) bool) bool {
		for w := range strings.FieldsSeq(want) {
			if !slices.ContainsFunc(words, func(have string) bool { return ok(have, w) }) {
				return false
			}
		}
		return true
	}
	switch {
	case all(strings.HasPrefix):
		return fitWords
	case len(want) >= 3 && strings.Contains(name, want):
		return fitInside
	case all(near):
		return fitNear
	}
	return 0
}

// near reports whether the start of have is want but for one wrong, missing or
// added letter, or two in a word of eight or more.
func near(have, want string) bool {
	h, w := []rune(have), []rune(want)
	if len(w) < 4 {
		return false
	}
	allowed := 1
	if len(w) >= 8 {
		allowed = 2
	}
	for n := len(w) - allowed; n <= len(w)+allowed; n++ {
		if n > 0 && n <= len(h) && distance(h[:n], w) <= allowed {
			return true
		}
	}
	return false
}

// distance is the number of letters to change, add, drop or swap (Damerau's,
// restricted to neighbours).
func distance(a, b []rune) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(a)][len(b)]
}

// fold lowers case, drops accents, and turns everything but letters and digits
// into single spaces.
func fold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(clean(s)) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r), unicode.IsDigit(r):
			b.WriteRune(unicode.ToLower(r))
		default:
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
