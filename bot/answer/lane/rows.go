package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"

	"salve/bot/answer/lane/model"
)

// A row is one line of messages.tsv, whose head describes it.
type row struct {
	kind, style, text string
	previous          []string
}

func readRows(name string) ([]row, error) {
	src, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("can't read the messages: %w; run it in the root of the module", err)
	}
	return parseRows(name, string(src))
}

func parseRows(name, src string) ([]row, error) {
	var rows []row
	seen := map[string]int{}
	n := 0
	for line := range strings.Lines(src) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 3 {
			return nil, fmt.Errorf("%s:%d: %d fields; write kind, style and message with tabs between", name, n, len(f))
		}
		switch f[0] {
		case "personal", "general", "other", "story":
		default:
			return nil, fmt.Errorf("%s:%d: unknown kind %q; use personal, general, other or story", name, n, f[0])
		}
		if at := seen[strings.ToLower(f[2])]; at > 0 {
			return nil, fmt.Errorf("%s:%d: the same message as in line %d; remove one", name, n, at)
		}
		seen[strings.ToLower(f[2])] = n
		parts := strings.Split(f[2], " >> ")
		rows = append(rows, row{f[0], f[1], parts[len(parts)-1], parts[:len(parts)-1]})
	}
	return rows, nil
}

// tails is how many messages of each kind are put behind every story. More
// gained nothing in cross-validation.
const tails = 4

// joined is how many messages of each kind are made of two questions: one wish
// for a verdict makes the whole personal.
const joined = 200

// examples turns rows into what is learned from. Every row but a story is an
// example; every story makes some more, with a short question of either kind
// behind it (or, one time in four, before it), because a long message is judged
// by what it asks in the end. English messages come a second time with slips of
// the keyboard.
func examples(rows []row) []model.Message {
	rng := rand.New(rand.NewPCG(3, 4))
	var out []model.Message
	var stories []string
	short := map[bool][]string{}
	for _, r := range rows {
		if r.kind == "story" {
			stories = append(stories, r.text)
			continue
		}
		personal := r.kind == "personal"
		out = append(out, model.Message{Text: r.text, Previous: r.previous, Personal: personal})
		switch r.style {
		case "es", "fr", "de", "pt":
			continue
		}
		out = append(out, model.Message{Text: slip(rng, r.text), Previous: r.previous, Personal: personal})
		if r.kind != "other" && len(r.previous) == 0 && (r.style == "plain" || r.style == "slang" || r.style == "typo" || r.style == "multi") {
			short[personal] = append(short[personal], r.text)
		}
	}
	for _, story := range stories {
		for i := range tails {
			for _, personal := range []bool{true, false} {
				if len(short[personal]) == 0 {
					continue
				}
				tail := short[personal][rng.IntN(len(short[personal]))]
				text := story + " " + tail
				switch i % 4 {
				case 1:
					text = strings.TrimRight(text, "?")
				case 2:
					text = strings.ToLower(strings.NewReplacer(". ", " ", ", ", " ", "?", "", "'", "").Replace(text))
				case 3:
					text = tail + " " + story
				}
				out = append(out, model.Message{Text: text, Personal: personal})
			}
		}
	}
	for range joined {
		for _, personal := range []bool{true, false} {
			other, last := short[false], short[personal]
			if len(other) == 0 || len(last) == 0 {
				continue
			}
			pair := []string{other[rng.IntN(len(other))], last[rng.IntN(len(last))]}
			if rng.IntN(3) == 0 {
				pair[0], pair[1] = pair[1], pair[0]
			}
			text := pair[0] + " " + pair[1]
			if rng.IntN(2) == 0 {
				text = strings.TrimRight(pair[0], "?.") + ", and " + pair[1]
			}
			out = append(out, model.Message{Text: text, Personal: personal})
		}
	}
	return out
}

// slip swaps, drops or doubles a letter in about one word of five.
func slip(rng *rand.Rand, text string) string {
	words := strings.Fields(text)
	for i, w := range words {
		if len(w) < 4 || rng.IntN(5) > 0 {
			continue
		}
		b := []byte(w)
		at := 1 + rng.IntN(len(b)-2)
		if b[at] >= 0x80 || b[at+1] >= 0x80 || b[at-1] >= 0x80 {
			continue
		}
		switch rng.IntN(3) {
		case 0:
			b[at], b[at+1] = b[at+1], b[at]
		case 1:
			b = append(b[:at], b[at+1:]...)
		case 2:
			b = append(b[:at+1], b[at:]...)
		}
		words[i] = string(b)
	}
	return strings.Join(words, " ")
}
