package index

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	porter2 "github.com/blevesearch/snowballstem/english"
	"golang.org/x/text/unicode/norm"
)

// A token is one word of a text.
type token struct {
	// Text is the word in one spelling: lower case, without accents, curly
	// quotes, apostrophes, possessive "'s" or invisible characters.
	Text string
	// Stem is Text without its English ending (Porter2). Words with a digit
	// and words outside a-z are their own stem.
	Stem string
	// Start and End are the byte offsets of the word in the original text.
	Start, End int
	// Stop says that the word alone says nothing about a topic: see stopWords.
	Stop bool
}

// maxTokenBytes cuts the Text of absurdly long "words" (base64, noise), so
// that neither the index nor the speller carries them. The longest name in
// medicine's daily use is about 45 letters.
const maxTokenBytes = 64

// tokenize cuts s into words, in order, in time linear in len(s). Any input is
// allowed, also text that is not valid UTF-8.
//
//   - A word is a run of letters and digits. Hyphens and slashes split
//     ("extended-release" is two words), apostrophes do not ("don't" is
//     "dont"), a possessive "'s" is dropped.
//   - A short name and its number are one word however they are written: see
//     numberedNames ("IL-13", "il 13" and "IL13" are all "il13"). Letters
//     hyphenated to a number are too ("easi-75", "covid-19", "b-12").
//   - A number keeps its decimals ("14.6"), loses its thousands commas
//     ("1,000" is "1000"), and lets go of its unit ("20mg" is "20", "mg";
//     "5.5%" is "5.5"). "2-11" is two numbers.
//   - "MedlinePlus" is two words, "PsA" is one.
//   - A Greek letter within Latin text is spelled out ("IFN-γ": "ifn",
//     "gamma").
//   - Accents, ligatures, full-width forms, zero-width and bidirectional
//     control characters make no difference.
func tokenize(s string) []token {
	toks := tokenizeRaw(s)
	for i := range toks {
		t := &toks[i]
		t.Stem = stem(t.Text)
		t.Stop = stopWords[t.Text]
	}
	return toks
}

// tokenizeRaw is tokenize without stems and stop marks.
func tokenizeRaw(s string) []token {
	sc := scanner{text: s, toks: make([]token, 0, len(s)/6+1)}
	for i := 0; i < len(s); {
		i += sc.step(i)
	}
	sc.flush()
	return joinNumbered(s, sc.toks)
}

// A class is the kind of the last character of the word under way.
type class int8

const (
	gap class = iota // there is no word yet
	letter
	digit
)

// scanner holds the word under way.
type scanner struct {
	text       string
	toks       []token
	word       []byte // the folded word under way
	start, end int    // its place in text
	last       class  // class of its last character
	upper      bool   // its last letter was upper case
	lowers     int    // lower-case letters since the last upper-case one
	greek      bool   // its last letter was Greek
	lettered   bool   // it holds a letter
}

// step reads the character at byte i and returns its length.
func (sc *scanner) step(i int) int {
	c := sc.text[i]
	if c < utf8.RuneSelf {
		switch {
		case 'a' <= c && c <= 'z':
			sc.letter(i, 1, c, false)
		case 'A' <= c && c <= 'Z':
			sc.letter(i, 1, c+'a'-'A', true)
		case '0' <= c && c <= '9':
			sc.digit(i, 1, c)
		case (c == '\'' || c == '`') && !(sc.last == digit && digitAt(sc.text, i+1)):
			// an apostrophe: nothing; but 5'10 is two numbers
		case c == '.' && sc.last == digit && !sc.lettered && digitAt(sc.text, i+1) && !sc.hasPoint():
			sc.add(i, 1, '.')
		case c == ',' && sc.thousands(i):
			// 1,000 is one number
		default:
			sc.flush()
		}
		return 1
	}
	r, n := utf8.DecodeRuneInString(sc.text[i:])
	sc.wide(i, n, r)
	return n
}

// wide handles a character outside ASCII.
func (sc *scanner) wide(i, n int, r rune) {
	switch {
	case r == utf8.RuneError:
		sc.flush()
	case r == '’' || r == '‘' || r == 'ʼ' || r == '′':
		// an apostrophe: nothing
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		// an accent or an invisible character: nothing
	case greekNames[unicode.ToLower(r)] != "" && !sc.greek && !greekAt(sc.text, i+n):
		sc.flush()
		for _, b := range []byte(greekNames[unicode.ToLower(r)]) {
			sc.letter(i, n, b, false)
		}
		sc.flush()
	case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsNumber(r):
		sc.fold(i, n, r)
	default:
		sc.flush()
	}
}

// fold adds the plain form of a letter or digit that is not ASCII.
func (sc *scanner) fold(i, n int, r rune) {
	low := unicode.ToLower(r)
	if plain, ok := plainLetters[low]; ok {
		for _, b := range []byte(plain) {
			sc.letter(i, n, b, unicode.IsUpper(r))
		}
		return
	}
	var buf [utf8.UTFMax]byte
	d := norm.NFKD.Properties(buf[:utf8.EncodeRune(buf[:], r)]).Decomposition()
	if d == nil {
		d = buf[:utf8.EncodeRune(buf[:], low)]
	}
	for len(d) > 0 {
		p, m := utf8.DecodeRune(d)
		switch p = unicode.ToLower(p); {
		case '0' <= p && p <= '9':
			sc.digit(i, n, byte(p))
		case p < utf8.RuneSelf && unicode.IsLetter(p):
			sc.letter(i, n, byte(p), unicode.IsUpper(r))
		case unicode.IsLetter(p) || unicode.IsDigit(p):
			sc.begin(i)
			sc.word = utf8.AppendRune(sc.word, p)
			sc.end, sc.last, sc.lettered, sc.upper = i+n, letter, true, false
			sc.greek = unicode.Is(unicode.Greek, p)
		case p == '⁄': // the bar of ½
			sc.flush()
		}
		d = d[m:]
	}
}

// letter adds an ASCII letter, which stood at i in n bytes.
func (sc *scanner) letter(i, n int, c byte, upper bool) {
	switch {
	case sc.last == digit && !sc.lettered && unitAt(sc.text, i):
		sc.flush() // 20mg
	case upper && !sc.upper && sc.last == letter && sc.lowers >= 4 && lowersAt(sc.text, i+n) >= 3:
		sc.flush() // MedlinePlus
	}
	sc.add(i, n, c)
	sc.last, sc.lettered, sc.greek, sc.upper = letter, true, false, upper
	if upper {
		sc.lowers = 0
	} else {
		sc.lowers++
	}
}

func (sc *scanner) digit(i, n int, c byte) {
	sc.add(i, n, c)
	sc.last, sc.upper, sc.greek = digit, false, false
}

func (sc *scanner) begin(i int) {
	if len(sc.word) == 0 {
		sc.start = i
	}
}

func (sc *scanner) add(i, n int, c byte) {
	sc.begin(i)
	sc.word = append(sc.word, c)
	sc.end = i + n
}

// flush ends the word under way.
func (sc *scanner) flush() {
	if len(sc.word) > 0 {
		text := string(sc.word)
		if possessive(sc.text[sc.start:sc.end]) {
			text = text[:len(text)-1]
		}
		if text = strings.TrimRight(text, "."); len(text) > maxTokenBytes {
			text = cut(text, maxTokenBytes)
		}
		sc.toks = append(sc.toks, token{Text: text, Start: sc.start, End: sc.end})
	}
	*sc = scanner{text: sc.text, toks: sc.toks, word: sc.word[:0]}
}

func (sc *scanner) hasPoint() bool {
	return slices.Contains(sc.word, '.')
}

// thousands says whether the comma at i stands between the digits of a number.
func (sc *scanner) thousands(i int) bool {
	s := sc.text
	return sc.last == digit && !sc.lettered && len(sc.word) <= 12 &&
		digitAt(s, i+1) && digitAt(s, i+2) && digitAt(s, i+3) && !digitAt(s, i+4)
}

// possessive says whether a word as written ends in 's.
func possessive(raw string) bool {
	for _, end := range []string{"'s", "'S", "’s", "’S", "`s", "ʼs"} {
		if len(raw) > len(end) && strings.HasSuffix(raw, end) {
			return true
		}
	}
	return false
}

// cut shortens s to at most n bytes, at the start of a character.
func cut(s string, n int) string {
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

func digitAt(s string, i int) bool {
	return i < len(s) && '0' <= s[i] && s[i] <= '9'
}

func letterAt(s string, i int) bool {
	return i < len(s) && ('a' <= s[i]|0x20 && s[i]|0x20 <= 'z' || s[i] >= utf8.RuneSelf)
}

// lowersAt counts the lower-case letters from i on, to 3 at most.
func lowersAt(s string, i int) int {
	n := 0
	for i+n < len(s) && n < 3 && 'a' <= s[i+n] && s[i+n] <= 'z' {
		n++
	}
	return n
}

func greekAt(s string, i int) bool {
	r, _ := utf8.DecodeRuneInString(s[i:])
	return unicode.Is(unicode.Greek, r)
}

// unitAt says whether the letters from i on are a unit of measure.
func unitAt(s string, i int) bool {
	j := i
	for letterAt(s, j) && j-i <= 6 {
		j++
	}
	return !digitAt(s, j) && units[strings.ToLower(s[i:j])]
}

// joinNumbered makes one word of a name and the number that belongs to it.
// It works in place.
func joinNumbered(s string, toks []token) []token {
	out := toks[:0]
	for i := 0; i < len(toks); i++ {
		t := toks[i]
		if i+1 < len(toks) && belongs(s, t, toks[i+1]) {
			t.Text += toks[i+1].Text
			t.End = toks[i+1].End
			i++
		}
		out = append(out, t)
	}
	return out
}

// belongs says whether the number b is a part of the name a: "IL-13", "il 13".
func belongs(s string, a, b token) bool {
	if b.Text[0] < '0' || b.Text[0] > '9' || len(b.Text) > 4 || strings.Contains(b.Text, ".") || len(a.Text) > 8 {
		return false
	}
	for i := range len(a.Text) {
		if a.Text[i] < 'a' || a.Text[i] > 'z' {
			return false
		}
	}
	switch s[a.End:b.Start] {
	case "-", "‐", "‑", "–":
		// A number that counts or orders something is not part of a name:
		// "under-12", "type-2", "week-16".
		return len(a.Text) <= 6 && !stopWords[a.Text] && !orderedWords[a.Text] && !strings.HasPrefix(s[b.End:], "-")
	case " ", "- ", " -":
		return numberedNames[a.Text]
	}
	return false
}

// stem returns the Porter2 stem of a folded word.
func stem(word string) string {
	if len(word) < 3 || len(word) > 40 {
		return word
	}
	for i := range len(word) {
		if c := word[i]; c < 'a' || c > 'z' {
			return word
		}
	}
	env := snowballstem.NewEnv(word)
	porter2.Stem(env)
	return env.Current()
}
