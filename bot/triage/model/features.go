package model

import "math"

// A message is cut into chunks, about a sentence each. Every feature belongs
// to a chunk, or to the seam between a chunk and the one before it, so that
// the score of any run of chunks is a sum: danger in the middle of a long post
// is as loud as danger alone.

// Sizes of a chunk, in words.
const (
	chunkSoft = 12 // from here on a comma ends it
	chunkHard = 40 // here it ends anyway
)

// buckets is the number of weights per class; features are hashed into them.
// Must be a power of two.
const buckets = 1 << 17

// The groups of features. Each is scaled by its own size in the run that is
// scored, so that no group drowns another.
const (
	groupWords    = iota // words, pairs and triples of words
	groupLetters         // three to five letters
	groupConcepts        // concepts with their scope
	groupPairs           // two concepts near each other
	groupCount
)

// A feature is a bucket and the word it begins at, for the reason.
type feature struct {
	bucket uint32
	word   int32
}

type chunk struct {
	from, to int // words
	own      [groupCount][]feature
	seam     [groupCount][]feature // with the chunk before
}

// An analysis is everything the model reads of a message.
type analysis struct {
	words  []word
	hits   []hit
	flags  []scope // per hit
	chunks []chunk
	best   int // number of the likeliest language
}

// scope says how a concept is spoken of.
type scope uint16

const (
	negated    scope = 1 << iota
	farNegated       // denied earlier in the sentence
	past
	supposed
	asked
	ofPet
	told // fiction, news, moderation
	mild
	personal // of the writer or a person with them
	current  // said to be now
)

// analyse reads text. The locale is a hint for the language only.
func (lx *lexicon) analyse(text, locale string) *analysis {
	a := &analysis{words: lx.split(text)}
	langs, best := lx.spoken(a.words, locale)
	a.best = best
	a.hits = lx.find(a.words, langs)
	a.cut()
	a.flags = lx.scopes(a)
	lx.features(a)
	return a
}

// cut divides the words into chunks.
func (a *analysis) cut() {
	from := 0
	for i := 1; i <= len(a.words); i++ {
		switch {
		case i == len(a.words):
		case a.words[i].sentence != a.words[i-1].sentence && i-from >= 3:
		case a.words[i].clause != a.words[i-1].clause && i-from >= chunkSoft:
		case i-from >= chunkHard:
		default:
			continue
		}
		a.chunks = append(a.chunks, chunk{from: from, to: i})
		from = i
	}
}

// scopes tells for each hit how it is spoken of.
func (lx *lexicon) scopes(a *analysis) []scope {
	sentences := 1
	if n := len(a.words); n > 0 {
		sentences = a.words[n-1].sentence + 1
	}
	of := make([]scope, sentences) // scope of whole sentences
	hasNow := make([]bool, sentences)
	neg, pst, now, hyp, ask := lx.index["neg"], lx.index["past"], lx.index["now"], lx.index["hyp"], lx.index["ask"]
	me, child, baby, other := lx.index["me"], lx.index["child"], lx.index["baby"], lx.index["other"]
	pet, fic, news, mod, mld := lx.index["pet"], lx.index["fiction"], lx.index["news"], lx.index["mod"], lx.index["mildword"]
	for _, h := range a.hits {
		s := a.words[h.from].sentence
		switch h.concept {
		case pst:
			of[s] |= past
		case now:
			hasNow[s] = true
		case hyp:
			of[s] |= supposed
		case ask:
			of[s] |= asked
		case pet:
			of[s] |= ofPet
		case fic, news, mod:
			of[s] |= told
		case mld:
			of[s] |= mild
		case me, child, baby, other:
			of[s] |= personal
		}
	}
	for i, w := range a.words {
		if w.text == "?" && i > 0 {
			of[a.words[i-1].sentence] |= asked
		}
	}
	for s := range of {
		if hasNow[s] {
			of[s] = of[s]&^past | current
		}
	}
	flags := make([]scope, len(a.hits))
	lastNeg, negHit := -1, -1
	k := 0
	for i, h := range a.hits {
		for ; k < len(a.hits) && a.hits[k].from < h.from; k++ {
			if a.hits[k].concept == neg {
				lastNeg, negHit = a.hits[k].to-1, k
			}
		}
		f := of[a.words[h.from].sentence]
		if h.concept != neg && negHit >= 0 && lastNeg < h.from && a.words[lastNeg].sentence == a.words[h.from].sentence {
			switch d := h.from - lastNeg; {
			case d <= 3 && a.words[lastNeg].clause == a.words[h.from].clause:
				f |= negated
			case d <= 8:
				f |= farNegated
			}
		}
		flags[i] = f
	}
	return flags
}

// features fills the chunks.
func (lx *lexicon) features(a *analysis) {
	for c := range a.chunks {
		ch := &a.chunks[c]
		ch.own[groupWords] = make([]feature, 0, 4*(ch.to-ch.from))
		ch.own[groupLetters] = make([]feature, 0, 12*(ch.to-ch.from))
		for i := ch.from; i < ch.to; i++ {
			h := hashWord(a.words[i].text)
			ch.add(groupWords, h, i)
			if i+1 < ch.to {
				h2 := mix(h, hashWord(a.words[i+1].text))
				ch.add(groupWords, h2, i)
				if i+2 < ch.to {
					h3 := hashWord(a.words[i+2].text)
					ch.add(groupWords, mix(h2, h3), i)
					ch.add(groupWords, mix(h^0x51ed27, h3), i)
				}
			}
			letters(ch, a.words[i].text, i)
		}
		if c == 0 {
			ch.add(groupWords, 0xf157, ch.from)
		}
	}
	// Concepts, and pairs of them within the chunk or with the one before.
	c := 0
	met := map[uint32]int{} // times a family of concepts was met in a chunk
	type seen struct {
		hit, chunk int
	}
	var recent []seen
	for i, h := range a.hits {
		for h.from >= a.chunks[c].to {
			c++
		}
		ch := &a.chunks[c]
		base := lx.hashes[h.concept]
		f := a.flags[i]
		quiet := f&(negated|past|supposed|ofPet|told) != 0
		if !quiet {
			ch.add(groupConcepts, base, h.from)
		}
		ch.add(groupConcepts, mix(base, 0x5c0be+uint32(f&(personal|current|asked))), h.from)
		for bit := negated; bit <= mild; bit <<= 1 {
			if f&bit != 0 {
				ch.add(groupConcepts, mix(base, uint32(bit)), h.from)
			}
		}
		if f&(negated|farNegated|past|supposed|ofPet|told) == 0 {
			ch.add(groupConcepts, mix(base, 0xa55e47), h.from)
		}
		if family := lx.families[h.concept]; family != 0 {
			ch.add(groupConcepts, mix(family, uint32(f)), h.from)
			if quiet {
				ch.add(groupConcepts, mix(family, 0x901e7), h.from)
			} else {
				ch.add(groupConcepts, family, h.from)
				ch.add(groupConcepts, mix(family, 0x111+uint32(f&(personal|asked))), h.from)
				key := family<<8 ^ uint32(c)
				met[key]++
				if times := met[key]; times == 2 || times == 3 {
					ch.add(groupConcepts, mix(family, 0x2e2e+uint32(times)), h.from)
				}
			}
		}
		n := 0
		for j := len(recent) - 1; j >= 0 && n < 24; j-- {
			r := recent[j]
			if c-r.chunk > 1 {
				break
			}
			n++
			other := a.hits[r.hit]
			if other.concept == h.concept {
				continue
			}
			x, y := lx.hashes[other.concept], base
			if x > y {
				x, y = y, x
			}
			pair := mix(mix(x, y), 0x9a17)
			fo := a.flags[r.hit]
			if quiet || fo&(negated|past|supposed|ofPet|told) != 0 {
				pair = mix(pair, 0x9e6)
			} else if f&(asked|personal) == asked {
				pair = mix(pair, 0xa5c)
			}
			if c == r.chunk {
				ch.add(groupPairs, pair, h.from)
				if h.from-other.to <= 2 {
					ch.add(groupPairs, mix(pair, 0x4ea4), h.from)
				}
			} else {
				ch.seam[groupPairs] = append(ch.seam[groupPairs], feature{pair & (buckets - 1), int32(h.from)})
			}
		}
		recent = append(recent, seen{i, c})
	}
}

func (ch *chunk) add(group int, hash uint32, at int) {
	ch.own[group] = append(ch.own[group], feature{hash & (buckets - 1), int32(at)})
}

// letters adds the runs of three to five bytes of w, with its ends marked.
func letters(ch *chunk, w string, at int) {
	if len(w) < 3 || len(w) > 24 {
		return
	}
	var buf [26]byte
	b := append(buf[:0], '^')
	b = append(b, w...)
	b = append(b, '$')
	for n := 3; n <= 5; n++ {
		for i := 0; i+n <= len(b); i++ {
			h := uint32(2166136261) ^ uint32(n)<<24
			for _, x := range b[i : i+n] {
				h = (h ^ uint32(x)) * 16777619
			}
			ch.add(groupLetters, finish(h), at)
		}
	}
}

func hashWord(s string) uint32 {
	h := uint32(2166136261)
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return finish(h)
}

func mix(a, b uint32) uint32 { return finish(a*31 ^ b*0x85ebca6b + 0x9e3779b9) }

func finish(h uint32) uint32 {
	h ^= h >> 16
	h *= 0x85ebca6b
	h ^= h >> 13
	h *= 0xc2b2ae35
	return h ^ h>>16
}

// groupScale is the scale of a group by its number of features in a run: the
// square root keeps a long run comparable with a short one.
func groupScale(group, n int) float32 {
	return groupGain[group] / float32(math.Sqrt(float64(n+groupFloor[group])))
}

// groupGain is how loud each group is; groupFloor keeps a run of few features
// from shouting. Both from cross-validation.
var (
	groupGain  = [groupCount]float32{1.5, 1.2, 1.4, 1}
	groupFloor = [groupCount]int{6, 30, 4, 6}
)
