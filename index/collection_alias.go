package index

import (
	"iter"
	"strings"
)

// An aliasMiner learns other names from the texts themselves. Health texts say
// them in brackets: "deep vein thrombosis (DVT)", "fluoxetine (Prozac,
// Sarafem)". It counts what it sees; aliases keeps what was said most often.
type aliasMiner map[string]map[string]int

// watch hands docs on and reads their bodies.
func (m aliasMiner) watch(docs iter.Seq2[Doc, error]) iter.Seq2[Doc, error] {
	return func(yield func(Doc, error) bool) {
		for d, err := range docs {
			m.add(d.Body)
			if !yield(d, err) {
				return
			}
		}
	}
}

// maxBracket is the longest bracket that is read, in bytes: several brand names.
const maxBracket = 80

// add reads one text.
func (m aliasMiner) add(text string) {
	for at := 0; ; {
		open := strings.Index(text[at:], " (")
		if open < 0 {
			return
		}
		open += at
		at = open + 2
		end := strings.IndexByte(text[at:min(len(text), at+maxBracket)], ')')
		if end <= 0 || text[at] < 'A' || text[at] > 'Z' {
			continue
		}
		words := wordsBefore(text[:open])
		for short := range strings.SplitSeq(text[at:at+end], ", ") {
			m.pair(words, strings.TrimPrefix(strings.TrimPrefix(short, "and "), "or "))
		}
	}
}

// pair counts short as another name of the last of words, if it is one.
func (m aliasMiner) pair(words []string, short string) {
	toks := tokenizeRaw(short)
	if len(toks) != 1 || stopWords[toks[0].Text] || short[0] < 'A' || short[0] > 'Z' {
		return
	}
	long, key := strings.ToLower(longForm(words, short)), toks[0].Text
	if long == "" || long == key {
		return
	}
	if m[key] == nil {
		m[key] = make(map[string]int)
	}
	m[key][long]++
}

// maxLongForm is the most words a long form may have.
const maxLongForm = 8

// wordsBefore returns the last words of text that no punctuation separates.
func wordsBefore(text string) []string {
	start := len(text)
	for n := 0; start > 0; start-- {
		c := text[start-1]
		if c == ' ' || c == '/' {
			if n++; n == maxLongForm {
				break
			}
		} else if c != '-' && c != '\'' && !digitAt(text, start-1) && !letterAt(text, start-1) {
			break
		}
	}
	return strings.FieldsFunc(text[start:], func(r rune) bool { return r == ' ' || r == '/' })
}

// isAcronym says whether short is written like one: "DVT", "mRNA" is not, "GERDs" is.
func isAcronym(short string) bool {
	short = strings.TrimSuffix(short, "s")
	if len(short) < 2 || len(short) > 8 {
		return false
	}
	upper := 0
	for i := range len(short) {
		c := short[i]
		switch {
		case 'A' <= c && c <= 'Z':
			upper++
		case i == 0 || !digitAt(short, i) && c != '-' && !(i == 1 && 'a' <= c && c <= 'z'):
			return false
		}
	}
	return upper >= 2
}

// longForm returns what short stands for: the words whose initials it spells,
// or the one word that it is another name of; "" when there is no telling.
func longForm(words []string, short string) string {
	if len(words) == 0 {
		return ""
	}
	if isAcronym(short) {
		letters := strings.ToLower(strings.TrimSuffix(short, "s"))
		i := len(words)
		for at := len(letters) - 1; at >= 0; at-- {
			i--
			for i > 0 && stopWords[strings.ToLower(words[i])] && words[i][0]|0x20 != letters[at] {
				i--
			}
			if i < 0 || words[i][0]|0x20 != letters[at] {
				return ""
			}
		}
		return strings.Join(words[i:], " ")
	}
	last := words[len(words)-1]
	if len(short) < 4 || len(last) < 5 || strings.ToUpper(short) == short || stopWords[strings.ToLower(last)] {
		return ""
	}
	if c := last[0]; (c < 'a' || c > 'z') && len(words) > 1 {
		return "" // part of a name: "Down Syndrome (Trisomy)"
	}
	return last
}

// aliases returns the long form of each short one, where one was said more
// often than all others together.
func (m aliasMiner) aliases() map[string]string {
	out := make(map[string]string)
	for short, longs := range m {
		best, total := "", 0
		for long, n := range longs {
			total += n
			if n > longs[best] || n == longs[best] && long < best {
				best = long
			}
		}
		if 2*longs[best] > total {
			out[short] = best
		}
	}
	return out
}
