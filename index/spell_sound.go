package index

import "strings"

// soundRules rewrite a word to how an English ear hears it, longest first at
// each place. A left side that starts with ^ holds at the start of a word.
var soundRules = strings.NewReplacer(
	"ssion", "xn", "tion", "xn", "sion", "xn", "cion", "xn", "shion", "xn", "shun", "xn", "shon", "xn", "tian", "xn", "cian", "xn",
	"cious", "xs", "tious", "xs", "shus", "xs",
	"sch", "sk", "tch", "x", "cha", "ka", "chr", "kr", "chl", "kl", "ch", "x", "sh", "x",
	"ph", "f", "ght", "t", "gh", "g", "wh", "w", "rh", "r", "th", "t", "dh", "d",
	"psy", "si", "pneu", "nu", "kn", "n", "wr", "r", "mn", "n",
	"ck", "k", "cq", "k", "qu", "k", "sce", "se", "sci", "si", "scy", "si",
	"ce", "se", "ci", "si", "cy", "si", "xc", "ks", "c", "k", "q", "k", "x", "ks", "z", "s",
	"ge", "je", "gi", "ji", "gy", "ji", "dge", "j",
	"aemia", "imia", "ae", "i", "oe", "i", "ee", "i", "ea", "i", "ei", "i", "ie", "i", "y", "i", "oo", "u", "ou", "u",
)

// soundOf returns a key that is the same for words that sound much the same:
// consonants by sound, doubled letters once, inner vowels as one mark. Words
// of fewer than three consonants keep their vowels, else "liver" and "lover"
// would be the same.
func soundOf(word string) string {
	heard := soundRules.Replace(word)
	out := make([]byte, 0, len(heard))
	consonants := 0
	for i := range len(heard) {
		if !vowel(heard[i]) {
			consonants++
		}
	}
	for i := range len(heard) {
		c := heard[i]
		if c == 'h' && i > 0 {
			continue
		}
		if vowel(c) && i > 0 && consonants > 4 {
			c = 'a'
		}
		if len(out) > 0 && out[len(out)-1] == c {
			continue
		}
		out = append(out, c)
	}
	return string(out)
}
