package index

import "strings"

// glossary turns the words of one language into English search words.
type glossary struct {
	phrases map[string]string // folded words joined by a space -> English
	longest int
}

func newGlossaries(translations map[string]map[string]string) map[string]*glossary {
	out := map[string]*glossary{}
	for lang, terms := range translations {
		g := &glossary{phrases: map[string]string{}}
		for term, english := range terms {
			toks := tokenizeRaw(term)
			if len(toks) == 0 {
				continue
			}
			words := make([]string, len(toks))
			for i, t := range toks {
				words[i] = t.Text
			}
			g.phrases[strings.Join(words, " ")] = english
			g.longest = max(g.longest, len(words))
		}
		out[lang] = g
	}
	return out
}

// language guesses the language of a text: the one whose words it has most of,
// English unless another clearly leads. The locale decides when it is close.
func (x *Index) language(text, locale string) string {
	toks := tokenizeRaw(text)
	if len(toks) == 0 {
		return "en"
	}
	// Names of drugs count for no language.
	names := 0
	english := 0
	for _, t := range toks {
		switch {
		case x.isName(t.Text):
			names++
		case stopWords[t.Text] || x.concepts.words[t.Text] > 0:
			english++
		}
	}
	best, most := "en", 0
	for _, lang := range languages {
		g := x.glossaries[lang]
		if g == nil {
			continue
		}
		n := 0
		for _, t := range toks {
			if _, ok := g.phrases[t.Text]; ok && !x.isName(t.Text) {
				n++
			}
		}
		if strings.HasPrefix(locale, lang) {
			n++
		}
		if n > most {
			best, most = lang, n
		}
	}
	// Short words are shared by languages, so one word alone must be nearly all
	// of the message.
	rest := len(toks) - names
	if most > english && 3*most >= rest && (most >= 2 || rest <= 2) {
		return best
	}
	return "en"
}

// isName reports whether a word is the name of a drug.
func (x *Index) isName(word string) bool {
	id, ok := x.concepts.phrases[stem(word)]
	return ok && x.lib.Lexicon.Entities[id].Type == "drug"
}

// languages are those that questions are read in besides English.
var languages = []string{"es", "fr", "de", "pt"}

// translate replaces the words of another language by English search words,
// sentence by sentence. Words that the glossary lacks stay: most are names.
func (x *Index) translate(text, lang string) string {
	g := x.glossaries[lang]
	if lang == "en" || g == nil {
		return text
	}
	var out []string
	for _, s := range splitSentences(text) {
		toks := tokenizeRaw(s)
		for i := 0; i < len(toks); {
			n, english := g.match(toks[i:])
			if n == 0 {
				out = append(out, toks[i].Text)
				i++
				continue
			}
			if english != "" {
				out = append(out, english)
			}
			i += n
		}
		switch {
		case strings.HasSuffix(s, "?"):
			out = append(out, "?")
		case len(out) > 0:
			out = append(out, "\n")
		}
	}
	return strings.Join(out, " ")
}

func (g *glossary) match(toks []token) (int, string) {
	best, english := 0, ""
	var key []byte
	for n := 0; n < g.longest && n < len(toks); n++ {
		if n > 0 {
			key = append(key, ' ')
		}
		key = append(key, toks[n].Text...)
		if e, ok := g.phrases[string(key)]; ok {
			best, english = n+1, e
		}
	}
	return best, english
}
