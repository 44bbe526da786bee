package main

import (
	"bufio"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"salve/bot/triage"
)

// grammarFile holds the templates.
const grammarFile = "grammar.txt"

// perTemplate is how many messages a template makes; grammarWeight is what one
// of them counts against a message that a person wrote. From cross-validation.
const (
	perTemplate   = 14
	grammarWeight = 0.4
)

// slot is a place of a template that a list fills.
var slot = regexp.MustCompile(`\{(\w+)\}`)

// expand reads a grammar (see data/grammar.txt) and makes its messages. Every
// third one gets a slip of the keyboard. The choice is by a counter, not by
// chance: the same grammar makes the same messages.
func expand(text string) ([]triage.Judged, error) {
	lists := map[string][]string{}
	var made []triage.Judged
	var want triage.Urgency
	kind := ""
	rnd := uint64(1)
	next := func(n int) int {
		rnd = rnd*6364136223846793005 + 1442695040888963407
		return int(rnd>>33) % n
	}
	s := bufio.NewScanner(strings.NewReader(text))
	for n := 1; s.Scan(); n++ {
		line := strings.TrimSpace(s.Text())
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
			continue
		case strings.HasPrefix(line, "== "):
			label, rest, _ := strings.Cut(line[3:], " ")
			var err error
			if want, err = triage.ParseUrgency(label); err != nil {
				return nil, fmt.Errorf("line %d: %w", n, err)
			}
			kind = rest
			continue
		case kind == "":
			name, body, ok := strings.Cut(line, ":")
			if !ok {
				return nil, fmt.Errorf("line %d: no \":\" after the name of a list", n)
			}
			for e := range strings.SplitSeq(body, "|") {
				lists[name] = append(lists[name], strings.TrimSpace(e))
			}
			continue
		}
		for _, m := range slot.FindAllStringSubmatch(line, -1) {
			if len(lists[m[1]]) == 0 {
				return nil, fmt.Errorf("line %d: no list %q", n, m[1])
			}
		}
		var seen []string
		for range perTemplate {
			pick := func(m string) string {
				l := lists[m[1:len(m)-1]]
				return l[next(len(l))]
			}
			// Twice: an entry of a list may hold a slot itself.
			msg := slot.ReplaceAllStringFunc(slot.ReplaceAllStringFunc(line, pick), pick)
			if slices.Contains(seen, msg) {
				continue
			}
			seen = append(seen, msg)
			if next(3) == 0 {
				msg = slip(msg, next)
			}
			made = append(made, triage.Judged{ID: fmt.Sprint(n), Text: msg, Want: want, Kind: kind})
		}
	}
	return made, s.Err()
}

// slip drops, doubles or swaps a letter in one or two words of msg.
func slip(msg string, next func(int) int) string {
	words := strings.Fields(msg)
	for range 2 {
		i := next(len(words))
		w := []byte(words[i])
		if len(w) < 5 {
			continue
		}
		j := 1 + next(len(w)-2)
		switch next(3) {
		case 0:
			w = slices.Delete(w, j, j+1)
		case 1:
			w = slices.Insert(w, j, w[j])
		default:
			w[j], w[j-1] = w[j-1], w[j]
		}
		words[i] = string(w)
	}
	return strings.Join(words, " ")
}
