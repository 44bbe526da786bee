package model

import "strings"

// everydayWords are frequent short words by which the language of a message is
// told. A word of several languages counts for each of them.
var everydayWords = map[string]string{
	"en": "the and is it to of in my with for that this was have has been not but are on at they from what how do does did im its youre dont cant just about when after since who can will would should anyone please or if so get got he she his her we our me you your be an as by up out no all now today help there",
	"es": "el la los las de que y en un una es por con para mi me se no si lo le su sus pero como mas ya muy tengo hace desde esta este estoy cuando hay ayer hoy sin sobre tambien porque mis nos al del yo ella tiene son qué alguien puedo algo",
	"fr": "le la les de des et en un une est que qui pour pas je j ai mon ma mes me ne il elle on ce cette sur avec dans plus depuis suis mais ou au aux du se sa son ses c y a d l qu sous comme tout quand avez vous nous leur sont fait ca être",
	"de": "der die das und ist ich mein meine nicht ein eine mit auf seit bei zu im in den dem des es hat habe hab von für war wie was aber auch noch nur nach wenn als sie er wir ihr man oder dass am um an kann schon wird sich mir mich heute keine kein bin gegen",
	"pt": "o a os as de que e em um uma é por com para meu minha me se não sim do da no na dos das mas como mais já muito tenho faz desde está este estou quando há ontem hoje sem sobre também porque eu ele ela isso tá to pra pro nao ta alguem posso foi são",
}

func everyday() map[string]uint8 {
	m := map[string]uint8{}
	t := newFoldTable()
	for i, l := range languages {
		for w := range strings.FieldsSeq(everydayWords[l]) {
			var b strings.Builder
			for _, r := range w {
				if s, ok := t[r]; ok {
					b.WriteString(s)
				} else {
					b.WriteRune(r)
				}
			}
			m[b.String()] |= 1 << i
		}
	}
	return m
}

// spoken returns the bits of the languages words may be in: the likeliest by
// its everyday words, those close to it, and the reader's own. When the words
// tell nothing, as in "atemnot", every language is looked up.
func (lx *lexicon) spoken(words []word, locale string) (langs uint8, best int) {
	var n [5]int
	for _, w := range words {
		bits := lx.common[w.text]
		for i := range n {
			if bits&(1<<i) != 0 {
				n[i] += 2
			}
		}
	}
	hint := -1
	for i, l := range languages {
		if strings.HasPrefix(strings.ToLower(locale), l) {
			hint = i
			if l != "en" { // English is what Discord says when nobody chose
				n[i]++
			}
		}
	}
	best = 0
	for i := range n {
		if n[i] > n[best] {
			best = i
		}
	}
	if n[best] < 4 {
		if hint < 0 || n[best] == 0 {
			if n[best] == 0 {
				return allLanguages, max(hint, 0)
			}
		}
		for i := range n {
			if n[i] >= n[best]-2 {
				langs |= 1 << i
			}
		}
		return langs | 1, best
	}
	for i := range n {
		if n[i]*3 >= n[best]*2 {
			langs |= 1 << i
		}
	}
	return langs, best
}
