package index

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// A speller finds the known word that a misspelt one stands for. It is
// immutable once built and safe for concurrent use.
//
// It knows words as token.Text has them, before stemming: a stem is too short
// to compare ("rinvok" and "revok" are one letter apart). It never touches a
// known word, and it would rather say nothing than turn one drug into another:
// see limit.
type speller struct {
	count map[string]int
	words []string // sorted by length, then alphabetically
	sigs  []uint64 // letter counts of words: see signature
	first [maxSpellLen + 2]int
	sound map[string][]int32 // indexes into words by how they sound
}

const (
	// minSpellLen is the shortest word that is corrected, in bytes. Three
	// letters leave too many neighbours ("ivs", "its", "ige").
	minSpellLen = 4
	// maxSpellLen is the longest word that is corrected or proposed, in bytes.
	maxSpellLen = 32
	// soundCost is the price of a word that sounds the same but is written
	// otherwise ("excema", "reacshuns"): more than one slip, less than two.
	// Each letter of difference in length adds lengthCost ("diary" sounds much
	// like "diahrrea", "diarrhea" more so).
	soundCost  = 1.2
	lengthCost = 0.2
	// farSlip is the price of the first letter: people rarely miss it.
	farSlip = 0.4
	// frequencyBonus is what a word ten times as frequent gains in a tie. It is
	// a fifth of a slip, so that it never beats a clearly nearer word.
	frequencyBonus = 0.2
)

// newSpeller returns a speller that knows the words of vocab, each with how
// often it occurs (documents or occurrences; only their order of magnitude
// matters). Words of 1 to 3 letters, with digits or outside a-z are known but
// never proposed.
func newSpeller(vocab map[string]int) *speller {
	s := &speller{count: vocab, sound: make(map[string][]int32)}
	for w := range vocab {
		if len(w) >= minSpellLen && len(w) <= maxSpellLen && plainWord(w) {
			s.words = append(s.words, w)
		}
	}
	slices.SortFunc(s.words, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	})
	s.sigs = make([]uint64, len(s.words))
	for i, w := range s.words {
		s.sigs[i] = signature(w)
		key := soundOf(w)
		s.sound[key] = append(s.sound[key], int32(i))
	}
	for n, i := 0, 0; n < len(s.first); n++ {
		for i < len(s.words) && len(s.words[i]) < n {
			i++
		}
		s.first[n] = i
	}
	return s
}

// A spelling is a known word near a misspelt one.
type spelling struct {
	Word string
	Cost float64 // slips between the two: see slips; a letter doubled is 0.35; at most 1.5, or a little more for words that sound alike
}

// correct returns the known word that word most likely stands for, and whether
// there is one near enough. A known word is never corrected.
func (s *speller) correct(word string) (best string, ok bool) {
	c := s.candidates(word, 1)
	if len(c) == 0 {
		return "", false
	}
	return c[0].Word, true
}

// known says whether word is in the vocabulary.
func (s *speller) known(word string) bool {
	_, ok := s.count[word]
	return ok
}

// candidates returns at most n known words near word, the likeliest first: by
// slips, less a little for frequent words; then alphabetically. It returns
// none for a known word, a word with a digit and a word too short to tell.
func (s *speller) candidates(word string, n int) []spelling {
	if s.known(word) {
		return nil
	}
	return s.near(word, n)
}

// near is candidates for a word of any standing; a known word is not near itself.
func (s *speller) near(word string, n int) []spelling {
	if len(word) < minSpellLen || len(word) > maxSpellLen || !plainWord(word) {
		return nil
	}
	var found []spelling
	sounds := s.sound[soundOf(word)]
	for _, i := range sounds {
		w := s.words[i]
		cost := min(slips(word, w, soundCost), soundCost+lengthCost*math.Abs(float64(len(w)-len(word))))
		if len(word) > minSpellLen || cost <= 1 {
			found = append(found, spelling{w, cost})
		}
	}
	sig, most := signature(word), limit(len(word))
	differ := int(most / cheapestBit)
	for i := s.first[clampLen(len(word)-band)]; i < s.first[clampLen(len(word)+band+1)]; i++ {
		if bits.OnesCount64(s.sigs[i]^sig) > differ {
			continue
		}
		if cost := slips(word, s.words[i], most); cost <= most && !slices.Contains(sounds, int32(i)) {
			found = append(found, spelling{s.words[i], cost})
		}
	}
	found = slices.DeleteFunc(found, func(f spelling) bool { return f.Word == word })
	slices.SortFunc(found, func(a, b spelling) int {
		return cmp.Or(cmp.Compare(s.rank(a), s.rank(b)), cmp.Compare(a.Word, b.Word))
	})
	return found[:min(n, len(found))]
}

// rank orders spellings, the least first.
func (s *speller) rank(f spelling) float64 {
	return f.Cost - frequencyBonus*math.Log10(float64(max(s.count[f.Word], 1)))
}

// limit is how many slips a word of n letters may hold: about half of what
// search engines allow. Four letters may miss one vowel, five one letter, and
// no length two consonants: "amoxicillin" and "ampicillin" are 1.7 apart,
// "nemolizumab" and "natalizumab" 2.2.
func limit(n int) float64 {
	switch {
	case n <= 4:
		return 0.7
	case n <= 5:
		return 1
	case n <= 7:
		return 1.3
	default:
		return 1.5
	}
}

func clampLen(n int) int {
	return max(0, min(n, maxSpellLen+1))
}

func plainWord(w string) bool {
	for i := range len(w) {
		if w[i] < 'a' || w[i] > 'z' {
			return false
		}
	}
	return true
}

// signature has one bit for each letter a word holds and one for each it holds
// twice. The cheapest change of a bit costs cheapestBit.
func signature(w string) uint64 {
	var sig uint64
	for i := range len(w) {
		bit := uint64(1) << (w[i] - 'a')
		if sig&bit != 0 {
			sig |= bit << 26
		}
		sig |= bit
	}
	return sig
}

// The price of a slip, in units of one wrong letter. Vowels and neighbouring
// keys are what people miss; letters that sound alike come next.
const (
	cheapest   = 0.35 // a letter doubled or not: "atack"
	vowelSwap  = 0.6  // "contreception"
	vowelSlip  = 0.7  // "hart", "yungest"
	alikeSwap  = 0.6  // "rinvok"
	keySwap    = 0.8  // "rinboq"
	neighbours = 0.7  // "opzelrua"
	acrossSwap = 1.2  // "oplezura"

	// cheapestBit is vowelSwap over the two bits of signature it changes.
	cheapestBit = 0.3
	// band is how far two words may shift against each other, in letters.
	band = 2
)

// slips returns the price of the cheapest way from a to b by insertions,
// deletions, substitutions and swaps of neighbours (Damerau and Levenshtein's
// distance with prices), or more than most when that is exceeded. Both must be
// at most maxSpellLen letters of a-z, and paths that shift more than band
// letters count as too far.
func slips(a, b string, most float64) float64 {
	var rows [4][maxSpellLen + 1]float64
	prev3, prev2, prev, cur := &rows[0], &rows[1], &rows[2], &rows[3]
	for j := 1; j <= min(band, len(b)); j++ {
		prev[j] = prev[j-1] + single(b, j-1)
	}
	for i := 1; i <= len(a); i++ {
		lo, hi := max(1, i-band), min(len(b), i+band)
		drop := single(a, i-1)
		cur[lo-1] = math.Inf(1)
		if i <= band {
			cur[0] = prev[0] + drop
		}
		least := cur[lo-1]
		for j := lo; j <= hi; j++ {
			x, y := a[i-1], b[j-1]
			best := prev[j-1]
			if x != y {
				best += swap(x, y)
				if i == 1 && j == 1 {
					best += farSlip
				}
			}
			if j < i+band {
				best = min(best, prev[j]+drop)
			}
			best = min(best, cur[j-1]+single(b, j-1))
			if i > 1 && j > 1 && x != y && x == b[j-2] && y == a[i-2] {
				best = min(best, prev2[j-2]+neighbours)
			}
			if i > 2 && j > 2 && x != y && x == b[j-3] && y == a[i-3] && a[i-2] == b[j-2] {
				best = min(best, prev3[j-3]+acrossSwap)
			}
			cur[j] = best
			least = min(least, best)
		}
		if least > most && i > 2 {
			return least
		}
		prev3, prev2, prev, cur = prev2, prev, cur, prev3
	}
	if len(a)-len(b) > band || len(b)-len(a) > band {
		return math.Inf(1)
	}
	return prev[len(b)]
}

// single is the price of a letter too many or too few.
func single(w string, i int) float64 {
	switch {
	case i > 0 && w[i] == w[i-1]:
		return cheapest
	case i == 0:
		return 1 + farSlip
	case vowel(w[i]) || w[i] == 'h':
		return vowelSlip
	}
	return 1
}

// swap is the price of writing x for y.
func swap(x, y byte) float64 {
	switch {
	case vowel(x) && vowel(y):
		return vowelSwap
	case alike[x-'a']&(1<<(y-'a')) != 0:
		return alikeSwap
	case keys[x-'a']&(1<<(y-'a')) != 0:
		return keySwap
	}
	return 1
}

func vowel(c byte) bool {
	switch c {
	case 'a', 'e', 'i', 'o', 'u', 'y':
		return true
	}
	return false
}

// alike and keys hold, for each letter, the set of letters that sound like it
// and that lie beside it on a QWERTY keyboard.
var (
	alike = letterPairs("ck cs cz cq kq kx sz sx zx bp dt fv gj mn vw")
	keys  = letterPairs(`qw we er rt ty yu ui io op as sd df fg gh hj jk kl zx xc cv vb bn nm
qa ws ed rf tg yh uj ik ol az sx dc fv gb hn jm`)
)

// letterPairs reads pairs of letters; each holds both ways.
func letterPairs(table string) (set [26]uint32) {
	for i := 0; i+1 < len(table); i += 3 {
		x, y := table[i]-'a', table[i+1]-'a'
		set[x] |= 1 << y
		set[y] |= 1 << x
	}
	return set
}
