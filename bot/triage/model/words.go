package model

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxText is the longest part of a message that is read, in bytes. Discord
// lets a member write 4,000 characters, at most four bytes each.
const maxText = 16_000

// A word is a piece of a message after normalisation.
type word struct {
	text       string // lower case, no accents, number classes in <>
	start, end int    // bytes of the message it came from
	sentence   int
	clause     int // counts over the whole message; a comma opens a new one
	number     bool
}

// foldTable holds what the runes of Latin, full width and mathematical letters
// become. It is filled once: a table costs nothing per message, and a message
// of 4,000 mathematical letters must not take longer than any other.
type foldTable map[rune]string

func newFoldTable() foldTable {
	t := foldTable{'ß': "ss", 'æ': "ae", 'ø': "o", 'œ': "oe", 'ı': "i", 'ł': "l", 'đ': "d", 'Œ': "oe", 'Æ': "ae", 'Ø': "o",
		// Letters of other alphabets that are used to hide a word from a filter.
		'а': "a", 'е': "e", 'о': "o", 'р': "p", 'с': "c", 'у': "y", 'х': "x", 'і': "i", 'ѕ': "s", 'ԁ': "d", 'ο': "o", 'α': "a"}
	for _, span := range [][2]rune{{0x80, 0x24F}, {0x1E00, 0x1EFF}, {0x2070, 0x20CF}, {0x2100, 0x214F}, {0x2460, 0x24FF}, {0xFB00, 0xFB06}, {0xFF01, 0xFF5E}, {0x1D400, 0x1D7FF}} {
		for r := span[0]; r <= span[1]; r++ {
			if _, ok := t[r]; ok {
				continue
			}
			s := fold(r)
			if s != string(r) {
				t[r] = s
			}
		}
	}
	return t
}

// fold returns r in lower case, decomposed, without its accents.
func fold(r rune) string {
	var b strings.Builder
	for _, d := range norm.NFKD.String(string(r)) {
		if !unicode.Is(unicode.Mn, d) {
			b.WriteRune(unicode.ToLower(d))
		}
	}
	return b.String()
}

// shortForms are written out as the words they stand for.
var shortForms = map[string]string{
	"w": "with", "u": "you", "ur": "your", "bc": "because", "b4": "before", "pls": "please", "plz": "please",
	"thx": "thanks", "ppl": "people", "tmrw": "tomorrow", "tonite": "tonight", "2nite": "tonight", "2day": "today",
	"wanna": "want to", "gonna": "going to", "gotta": "got to", "cannot": "cant", "abt": "about",
	"dx": "diagnosed", "tx": "treatment", "dr": "doctor", "docs": "doctors", "thru": "through", "wld": "would",
	"cuz": "because", "cos": "because", "coz": "because", "smth": "something", "sth": "something",
	"xq": "porque", "q": "que", "vc": "voce", "vcs": "voces", "mto": "muito", "pq": "porque",
	"hrs": "hours", "hr": "hour", "mins": "minutes", "min": "minutes", "yrs": "years", "yr": "year",
	"wk": "week", "wks": "weeks", "mo": "month", "mth": "month", "mths": "months", "doesn": "doesnt",
	"suic": "suicide", "wdyt": "what do you think", "idk": "i dont know",
}

// leet are the digits that stand for letters inside a word, as in "k1ll".
var leet = map[byte]byte{'0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't', '@': 'a', '$': 's', '!': 'i'}

// split cuts text into normalised words. It reads at most maxText bytes.
func (lx *lexicon) split(text string) []word {
	if len(text) > maxText {
		cut := maxText
		for cut > 0 && !utf8.RuneStart(text[cut]) {
			cut--
		}
		text = text[:cut]
	}
	words := make([]word, 0, len(text)/4+4)
	var buf []byte // the word being read
	start, sentence, clause := -1, 0, 0
	flush := func(end int) {
		if len(buf) > 0 {
			words = lx.appendWord(words, buf, start, end, sentence, clause)
		}
		buf, start = buf[:0], -1
	}
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		next := byte(0)
		if i+n < len(text) {
			next = text[i+n]
		}
		switch {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
			if start < 0 {
				start = i
			}
			buf = append(buf, byte(r))
		case 'A' <= r && r <= 'Z':
			if start < 0 {
				start = i
			}
			buf = append(buf, byte(r)+'a'-'A')
		case r == '\'' || r == '’' || r == '‘' || r == '`' || r == '´':
			// French elision ends a word (j'ai), an English contraction does not (can't).
			if isElision(buf) {
				flush(i)
			}
		case (r == '.' || r == ',') && len(buf) > 0 && isDigit(buf[len(buf)-1]) && isDigit(next):
			buf = append(buf, '.')
		case (r == '@' || r == '$' || r == '*' || r == '!') && len(buf) > 0 && !isDigit(buf[len(buf)-1]) && 'a' <= next|0x20 && next|0x20 <= 'z':
			// A letter hidden from a filter: su*cide, k!ll.
			if c, ok := leet[byte(r)]; ok {
				buf = append(buf, c)
			}
		case r == '\u200b' || r == '\u200c' || r == '\u200d' || r == '\u2060' || r == '\ufeff' || r == '\u00ad' || r == '\ufe0f' || unicode.Is(unicode.Mn, r):
			// Invisible: nothing stands between the letters around it.
		default:
			if s, ok := lx.folds[r]; ok && s != "" && isWordy(s) {
				if start < 0 {
					start = i
				}
				buf = append(buf, s...)
				break
			}
			if unicode.IsLetter(r) {
				if start < 0 {
					start = i
				}
				buf = utf8.AppendRune(buf, unicode.ToLower(r))
				break
			}
			flush(i)
			switch {
			case r == '.' || r == '!' || r == '?' || r == '\n' || r == ';' || r == '…' || r == '¿' || r == '¡' || r == '|' || r == '•':
				if r == '?' {
					words = append(words, word{text: "?", start: i, end: i + n, sentence: sentence, clause: clause})
				}
				sentence++
				clause++
			case r == ',' || r == ':' || r == '(' || r == ')' || r == '"' || r == '“' || r == '”' || r == '—' || r == '–':
				clause++
			case r == '&':
				words = append(words, word{text: "and", start: i, end: i + n, sentence: sentence, clause: clause})
			case r == '%':
				words = append(words, word{text: "%", start: i, end: i + n, sentence: sentence, clause: clause})
			case r > 0x2000 && (unicode.Is(unicode.So, r)):
				words = append(words, word{text: text[i : i+n], start: i, end: i + n, sentence: sentence, clause: clause})
			}
		}
		i += n
	}
	flush(len(text))
	for i := 1; i < len(words); i++ {
		if words[i-1].number && measures[words[i].text] && words[i-1].text[0] == '<' {
			words[i-1].text = "#" // 38 kg is no fever, 200 mg no pulse
		}
	}
	return words
}

// measures are units of what is neither a temperature nor a pulse.
var measures = map[string]bool{
	"kg": true, "mg": true, "g": true, "ml": true, "mcg": true, "cm": true, "lbs": true, "pounds": true, "kilos": true,
	"week": true, "weeks": true, "wochen": true, "semanas": true, "semaines": true, "month": true, "months": true,
	"year": true, "years": true, "yo": true, "anos": true, "ans": true, "jahre": true, "days": true, "day": true,
	"hours": true, "minutes": true, "euros": true, "euro": true, "dollars": true, "quid": true, "people": true, "%": true,
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

func isWordy(s string) bool {
	for i := range len(s) {
		if b := s[i]; !('a' <= b && b <= 'z' || isDigit(b)) {
			return false
		}
	}
	return true
}

func isElision(b []byte) bool {
	switch string(b) {
	case "j", "l", "d", "c", "n", "m", "s", "t", "qu", "jusqu", "puisqu", "aujourd":
		return true
	}
	return false
}

// appendWord appends the word or words that buf holds: a number is taken apart
// from its unit (3yo), letters repeated for emphasis become one, a digit
// between letters becomes the letter it stands for.
func (lx *lexicon) appendWord(words []word, buf []byte, start, end, sentence, clause int) []word {
	add := func(s string, number bool) {
		words = append(words, word{text: s, start: start, end: end, sentence: sentence, clause: clause, number: number})
	}
	if isDigit(buf[0]) {
		i := 0
		for i < len(buf) && (isDigit(buf[i]) || buf[i] == '.') {
			i++
		}
		add(numberClass(string(buf[:i])), true)
		if i < len(buf) {
			words = lx.appendWord(words, buf[i:], start, end, sentence, clause)
		}
		return words
	}
	// Keep one of three or more equal letters; "soooo" and "so" are one word.
	out := make([]byte, 0, len(buf))
	for i := 0; i < len(buf); {
		j := i
		for j < len(buf) && buf[j] == buf[i] {
			j++
		}
		keep := min(j-i, 2)
		if j-i > 2 {
			keep = 1
		}
		out = append(out, buf[i:i+keep]...)
		i = j
	}
	for i := 1; i+1 < len(out); i++ {
		if isDigit(out[i]) && !isDigit(out[i+1]) {
			if c, ok := leet[out[i]]; ok {
				out[i] = c
			}
		}
	}
	s := string(out)
	if long, ok := shortForms[s]; ok {
		for part := range strings.FieldsSeq(long) {
			add(part, false)
		}
		return words
	}
	add(lx.correct(s), false)
	return words
}

// numberClass returns the class of a number that matters here: a body
// temperature that is a fever or too low, a heart rate, a year. Other numbers
// up to 12 stand for themselves, the rest are "#".
func numberClass(s string) string {
	whole, frac, decimal := strings.Cut(s, ".")
	n := 0
	for i := 0; i < len(whole) && i < 6; i++ {
		n = n*10 + int(whole[i]-'0')
	}
	tenth := 0
	if decimal && frac != "" && isDigit(frac[0]) {
		tenth = int(frac[0] - '0')
	}
	switch {
	case len(whole) > 5:
		return "#"
	case decimal && (n == 34 || n == 35):
		return "<35>"
	case decimal && (n == 36 || n == 37):
		return "<37>"
	case 38 <= n && n <= 41:
		return "<38>"
	case n == 100 && decimal && tenth >= 4, 101 <= n && n <= 105:
		return "<102>"
	case 1900 <= n && n <= 2030:
		return "<year>"
	case !decimal && 130 <= n && n <= 230:
		return "<hr>"
	case n <= 12 && !decimal:
		return whole
	}
	return "#"
}
