package index

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// splitSentences cuts a message at ., !, ? and line breaks. A point within a
// number, before one, or after an abbreviation ends nothing ("14.6", "no. 5",
// "e.g. this", "Dr. Smith", "in the U.S. today"). A small letter may open a
// sentence: in chats most do.
func splitSentences(text string) []string {
	if intro, items := listed(text); items != nil {
		text = intro + "\n" + strings.Join(items, "\n")
	}
	var out []string
	start := 0
	flush := func(end int) {
		if s := strings.TrimSpace(text[start:end]); s != "" {
			out = append(out, s)
		}
		start = end
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '\n', '?', '!':
			for c != '\n' && i+1 < len(text) && (text[i+1] == '?' || text[i+1] == '!') {
				i++
			}
			flush(i + 1)
		case '.':
			rest := strings.TrimLeft(text[i+1:], " ")
			if len(rest) == len(text)-i-1 && rest != "" {
				continue // no space follows
			}
			r, _ := utf8.DecodeRuneInString(rest)
			if rest == "" || !unicode.IsDigit(r) && !abbreviated(lastWord(text[:i]), r) {
				flush(i + 1)
			}
		}
	}
	flush(len(text))
	return out
}

// numbered is the label of an item in a list of questions: "1) ", "b. ".
var numbered = regexp.MustCompile(`(?i)(^|[\s,;])(\d|[a-d])[).]\s`)

// listed returns the items of a numbered list of questions, "1) what is it 2) how
// old for it", and what stands before it. The labels count from 1 or from a:
// "hepatitis B. And vitamin D." is no list. Without a list it returns no items.
func listed(text string) (intro string, items []string) {
	labels := numbered.FindAllStringSubmatchIndex(text, -1)
	if len(labels) < 2 {
		return text, nil
	}
	for i, m := range labels {
		label := text[m[4]] | 0x20 // lower case; digits have that bit
		if label != byte('1'+i) && label != byte('a'+i) {
			return text, nil
		}
		end := len(text)
		if i+1 < len(labels) {
			end = labels[i+1][0]
		}
		items = append(items, strings.TrimSpace(text[m[1]:end]))
	}
	return text[:labels[0][0]], items
}

// abbreviations are written with a point that ends no sentence.
var abbreviations = wordSet("e.g i.e dr mr mrs ms vs approx")

// abbreviated reports whether a point after word belongs to it, when next is the
// character that follows: always after a single letter or an abbreviation, and
// within a word of points ("U.S.", "a.m.") unless a capital follows.
func abbreviated(word string, next rune) bool {
	word = strings.ToLower(strings.TrimLeft(word, "(\"'"))
	return len(word) < 2 || abbreviations[word] || strings.Contains(strings.Trim(word, "."), ".") && !unicode.IsUpper(next)
}

// lastWord returns what stands after the last space or line break of s.
func lastWord(s string) string { return s[strings.LastIndexAny(s, " \n\t")+1:] }

// askWords open a question, or report one, in English. Other languages are read
// after translation.
var askWords = wordSet(`what whats which who whos when where why how hows is are am can could do does did
should shall will would has have may might was were any anyone wat wats wen wich duz`)

// longMessage is from how many words on a message is taken to have a story
// around its question.
const longMessage = 28

// sentenceWeights says how much each sentence has to do with what is asked.
func sentenceWeights(sentences []string) []float64 {
	w := make([]float64, len(sentences))
	asks := false
	for i, s := range sentences {
		if w[i] = asideWeight; asksSomething(s) {
			w[i], asks = asksWeight, true
		}
	}
	if !asks { // no sentence asks: all of it may
		for i := range w {
			w[i] = asksWeight
		}
	}
	return w
}

func asksSomething(sentence string) bool {
	if strings.HasSuffix(sentence, "?") {
		return true
	}
	low := strings.ToLower(sentence)
	first, _, _ := strings.Cut(low, " ")
	if askWords[strings.Trim(first, ",;:-'’\"")] {
		return true
	}
	for _, cue := range []string{"wonder", "does anyone", "anybody know", "anyone know", "what i want", "question is", "tell me", "want to know", "need to know", "can't find out", "how long", "how many", "how much", "is it ", "what age"} {
		if strings.Contains(low, cue) {
			return true
		}
	}
	return false
}

// maxParts is how many questions of one message are answered apart; an answer has
// room for three quotes, and of four questions two often share one.
const maxParts = 4

// parts returns the questions within a message, when there are two or more that
// each ask something of their own, and at most maxParts.
func (x *Index) parts(text string) []string {
	var asking []string
	intro, items := listed(text)
	for _, s := range splitSentences(intro) {
		if asksSomething(s) {
			asking = append(asking, s)
		}
	}
	for _, item := range items { // each asks, however short it is
		if sentences := splitSentences(item); len(sentences) > 0 {
			i := max(0, slices.IndexFunc(sentences, asksSomething))
			asking = append(asking, sentences[i])
		}
	}
	if len(asking) == 1 || len(asking) == 0 && len(strings.Fields(text)) < longMessage {
		s := text
		if len(asking) == 1 {
			s = asking[0]
		}
		asking = splitClauses(s)
	}
	// "Can anyone help?" is no question of its own.
	asking = slices.DeleteFunc(asking, func(s string) bool {
		return !slices.ContainsFunc(tokenize(s), func(t token) bool { return !t.Stop })
	})
	if len(asking) < 2 || len(asking) > maxParts {
		return nil
	}
	return asking
}

// splitClauses cuts one sentence where a second question joins the first:
// "what is X, how fast does it work and what are the side effects?".
func splitClauses(s string) []string {
	words := strings.Fields(s)
	var out []string
	start := 0
	for i := 1; i < len(words); i++ {
		w := strings.ToLower(strings.Trim(words[i], ",;:?!"))
		prev := strings.ToLower(words[i-1])
		joined := prev == "and" || prev == "or" || prev == "&" || strings.HasSuffix(prev, ",") || strings.HasSuffix(prev, ":")
		if joined && askWords[w] {
			clause := strings.TrimRight(strings.Join(words[start:i], " "), " ,;:")
			clause = strings.TrimSuffix(strings.TrimSuffix(clause, " and"), " or")
			clause = strings.TrimRight(strings.TrimSuffix(clause, " &"), " ,;:")
			if clause != "" && len(strings.Fields(clause)) > 1 {
				out = append(out, clause)
				start = i
			}
		}
	}
	return append(out, strings.Join(words[start:], " "))
}
