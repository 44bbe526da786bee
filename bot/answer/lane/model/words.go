package model

import (
	_ "embed"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

//go:embed concepts.txt
var conceptsText string

// What stands for a number and for an age in the text of a word.
const (
	number = "#"
	age    = "#age"
)

// A word of a message, as the features see it.
type word struct {
	text    string // lower case, no accents; number, age or a concept in capitals
	hash    uint64 // of text
	concept uint8  // 0 for none
	opens   bool   // the first of its sentence
}

// A sentence is words [from, to); mark says that it ends in a question mark.
type sentence struct {
	from, to int
	mark     bool
}

// A lexicon maps words to what they mean. It does not change once it is made.
type lexicon struct {
	spelling map[string]string
	concepts map[string]concept
	prefixes map[string]concept
	shortest int // of the prefixes, in bytes
	longest  int
	persons  uint64 // bits of the concepts that name the writer or one of theirs
	matters  uint64 // bits of those that name a drug, an illness or a body
}

type concept struct {
	id    uint8
	stand string // stands for the word; empty when the word stays
}

// parseLexicon reads concepts.txt, whose head describes it.
func parseLexicon(text string) (*lexicon, error) {
	x := &lexicon{spelling: map[string]string{}, concepts: map[string]concept{}, prefixes: map[string]concept{}, shortest: 99}
	id := uint8(0)
	line := 0
	for l := range strings.Lines(text) {
		line++
		l = strings.TrimSpace(l)
		if l == "" || l[0] == '#' {
			continue
		}
		name, list, ok := strings.Cut(l, ":")
		if !ok {
			return nil, fmt.Errorf("concepts.txt:%d: no colon; write name: words", line)
		}
		if right, ok := strings.CutPrefix(name, "= "); ok {
			for w := range strings.FieldsSeq(list) {
				x.spelling[w] = right
			}
			continue
		}
		if id++; id >= 63 {
			return nil, fmt.Errorf("concepts.txt:%d: more than 62 concepts; join some", line)
		}
		k := concept{id: id}
		if name == strings.ToUpper(name) {
			k.stand = name
		}
		for w := range strings.FieldsSeq(list) {
			if stem, ok := strings.CutSuffix(w, "*"); ok {
				x.prefixes[stem] = k
				x.shortest, x.longest = min(x.shortest, len(stem)), max(x.longest, len(stem))
			} else if _, ok := x.concepts[w]; !ok {
				x.concepts[w] = k
			}
		}
		x.concepts[name] = k
		switch name {
		case "i", "me", "my", "we", "rel":
			x.persons |= 1 << id
		case "DRUG", "COND", "body", "product", "diag", "lab", "dose":
			x.matters |= 1 << id
		}
	}
	return x, nil
}

// read cuts a message into words and sentences, at most maxWords: the first
// third and the last two thirds of it when there are more.
func (x *lexicon) read(text string) ([]word, []sentence) {
	tokens := tokenize(text)
	if len(tokens) > maxWords {
		tokens = append(tokens[:maxWords/3:maxWords/3], tokens[len(tokens)-maxWords*2/3:]...)
	}
	words := make([]word, 0, len(tokens))
	var sentences []sentence
	from := 0
	end := func(mark bool) {
		if len(words) > from {
			sentences = append(sentences, sentence{from, len(words), mark})
			from = len(words)
		} else if mark && len(sentences) > 0 {
			sentences[len(sentences)-1].mark = true
		}
	}
	for _, t := range tokens {
		switch t {
		case "?":
			end(true)
		case ".":
			end(false)
		default:
			w := x.word(t)
			w.opens = len(words) == from
			words = append(words, w)
		}
	}
	end(false)
	return words, sentences
}

func (x *lexicon) word(t string) word {
	if right, ok := x.spelling[t]; ok {
		t = right
	}
	k, ok := x.concepts[t]
	if !ok {
		k, ok = x.stem(t)
	}
	if !ok && drugName(t) {
		k = x.concepts["DRUG"]
	}
	if k.stand != "" {
		t = k.stand
	}
	return word{text: t, hash: hash(offset, t), concept: k.id}
}

func (x *lexicon) stem(t string) (concept, bool) {
	for n := min(len(t), x.longest); n >= x.shortest; n-- {
		if k, ok := x.prefixes[t[:n]]; ok {
			return k, true
		}
	}
	return concept{}, false
}

// drugEndings are those of generic names, misspellings among them.
var drugEndings = []string{"nib", "tnb", "nibs", "nibe", "tinab", "mab", "umabe", "mabs", "limus", "sone", "solone", "mycin", "cillin", "cyclin",
	"cycline", "azole", "azol", "prazole", "statin", "olol", "pril", "sartan", "profen", "ast", "vir"}

// drugName reports whether a word ends like the generic name of a medicine.
func drugName(t string) bool {
	if len(t) < 7 {
		return false
	}
	for _, e := range drugEndings {
		if strings.HasSuffix(t, e) && (e != "ast" || strings.HasSuffix(t, "ilast")) {
			return true
		}
	}
	return false
}

// ageUnits follow a number that is an age.
var ageUnits = set("yo yos yrold yrsold f m yr-old")

// tokenize cuts a message into words in lower case without accents, numbers, and
// "." and "?" where a sentence ends.
func tokenize(text string) []string {
	out := make([]string, 0, len(text)/5+4)
	buf := make([]byte, 0, 32)
	digits := false
	flush := func() {
		if len(buf) == 0 {
			return
		}
		if digits {
			out = append(out, number)
		} else {
			out = append(out, string(buf))
		}
		buf, digits = buf[:0], false
	}
	stop := func(mark string) {
		flush()
		if n := len(out); n > 0 && out[n-1] != mark {
			out = append(out, mark)
		}
	}
	for i, r := range text {
		r = fold(r)
		switch {
		case r >= '0' && r <= '9':
			if !digits && len(buf) > 0 { // "covid19"
				flush()
			}
			digits = true
			buf = append(buf, byte(r))
		case unicode.IsLetter(r):
			if digits {
				flush()
			}
			if len(buf) < 60 {
				buf = utf8.AppendRune(buf, unicode.ToLower(r))
			}
		case r == '\'' || r == '’' || r == '`':
			if elided(buf) {
				flush()
			}
		case r == '.' || r == ',':
			if digits && i+1 < len(text) && text[i+1] >= '0' && text[i+1] <= '9' {
				continue // a decimal point
			}
			if r == '.' {
				stop(".")
			} else {
				flush()
			}
		case r == '?' || r == '？' || r == '؟':
			stop("?")
		case r == '!' || r == '\n' || r == ';' || r == '…':
			stop(".")
		case r == '&' || r == '+':
			flush()
			out = append(out, "and")
		case unicode.Is(unicode.Mn, r) || r == '\u200b' || r == '\u200d' || r == '\u2060' || r == '\ufeff' || r == '\u00ad':
			// invisible: part of the word
		default:
			flush()
		}
	}
	flush()
	return numbers(out)
}

// numbers joins "13 yo" and "46 f" to an age and leaves the unit of "15 mg" to
// itself.
func numbers(in []string) []string {
	out := in[:0]
	for i := 0; i < len(in); i++ {
		if in[i] == number && i+1 < len(in) {
			if ageUnits[in[i+1]] {
				out = append(out, age)
				i++
				continue
			}
			if i+2 < len(in) && (strings.HasPrefix(in[i+1], "yr") || strings.HasPrefix(in[i+1], "year") || strings.HasPrefix(in[i+1], "month")) && in[i+2] == "old" {
				out = append(out, age)
				i += 2
				continue
			}
		}
		out = append(out, in[i])
	}
	return out
}

// elided reports whether a French word is cut short before an apostrophe.
func elided(b []byte) bool {
	switch string(b) {
	case "j", "l", "d", "c", "m", "s", "t", "qu", "jusqu", "lorsqu", "puisqu":
		return true
	}
	return false
}

// folded are the letters of the five languages without their accents.
var folded = map[rune]rune{
	'á': 'a', 'à': 'a', 'â': 'a', 'ä': 'a', 'ã': 'a', 'å': 'a', 'Á': 'a', 'À': 'a', 'Â': 'a', 'Ä': 'a', 'Ã': 'a',
	'é': 'e', 'è': 'e', 'ê': 'e', 'ë': 'e', 'É': 'e', 'È': 'e', 'Ê': 'e', 'Ë': 'e',
	'í': 'i', 'ì': 'i', 'î': 'i', 'ï': 'i', 'Í': 'i', 'Î': 'i', 'ó': 'o', 'ò': 'o', 'ô': 'o', 'ö': 'o', 'õ': 'o',
	'Ó': 'o', 'Ô': 'o', 'Ö': 'o', 'Õ': 'o', 'ú': 'u', 'ù': 'u', 'û': 'u', 'ü': 'u', 'Ú': 'u', 'Ü': 'u',
	'ñ': 'n', 'Ñ': 'n', 'ç': 'c', 'Ç': 'c', 'ß': 's',
}

func fold(r rune) rune {
	if r < utf8.RuneSelf {
		return r
	}
	if f, ok := folded[r]; ok {
		return f
	}
	return r
}
