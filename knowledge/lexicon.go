package knowledge

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// EntityTypes are what an entity of the lexicon can be.
// A lay-word is a group of everyday words that mean the same in a question.
var EntityTypes = []string{"drug", "class", "condition", "symptom", "test", "body-part", "place", "topic", LayWord}

// LayWord is the type of an entity that is no subject of its own.
const LayWord = "lay-word"

// An Entity is a thing readers ask about, with the words they use for it.
type Entity struct {
	ID    string   // kebab-case
	Name  string   // the word to show
	Type  string   // of [EntityTypes]
	Terms []string // brands, synonyms, lay words, abbreviations and misspellings
	IsA   []string // ids of wider entities: upadacitinib is a jak-inhibitor
	Route string   // oral, topical, injection or none
	// Not holds ids that are searched together with this one but are not the
	// same thing: Opzelura is not Jakafi. A question on one is never answered
	// with a passage on the other alone.
	Not  []string
	Note string // for editors
	Line int
}

// A Lexicon is the words readers use, by entity. It does not change once read.
type Lexicon struct {
	Entities []*Entity
	// Translations maps a word or phrase of another language to English search
	// words, by language ("es", "fr", "de", "pt"). An empty value marks a word
	// that carries no meaning for search but shows the language.
	Translations map[string]map[string]string

	byID map[string]*Entity
}

// Entity returns the entity with that id, or nil.
func (l *Lexicon) Entity(id string) *Entity {
	if l == nil {
		return nil
	}
	return l.byID[id]
}

// Is reports whether id is wide or, through IsA, a kind of it.
func (l *Lexicon) Is(id, wide string) bool {
	reached := []string{id} // each once: there may be very many ways up
	for i := 0; i < len(reached); i++ {
		if reached[i] == wide {
			return true
		}
		e := l.Entity(reached[i])
		if e == nil {
			continue
		}
		for _, up := range e.IsA {
			if !slices.Contains(reached, up) {
				reached = append(reached, up)
			}
		}
	}
	return false
}

// LoadLexicon reads lexicon.yaml, words.yaml and translations.tsv from fsys or,
// when the first is absent, those that ship with Salve.
func LoadLexicon(fsys fs.FS) (*Lexicon, Problems, error) {
	src, err := fs.ReadFile(fsys, LexiconFile)
	if errors.Is(err, fs.ErrNotExist) {
		fsys = Builtin()
		src, err = fs.ReadFile(fsys, LexiconFile)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("can't read the lexicon: %w", err)
	}
	lex, problems := ParseLexicon(src)
	words, err := fs.ReadFile(fsys, WordsFile)
	switch {
	case errors.Is(err, fs.ErrNotExist): // optional
	case err != nil:
		return nil, nil, fmt.Errorf("can't read the everyday words: %w", err)
	default:
		problems = append(problems, lex.add(words)...)
	}
	tsv, err := fs.ReadFile(fsys, TranslationsFile)
	if errors.Is(err, fs.ErrNotExist) {
		return lex, problems, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("can't read the translations: %w", err)
	}
	var more Problems
	lex.Translations, more = parseTranslations(tsv)
	return lex, append(problems, more...), nil
}

// add reads words.yaml, which has the form of lexicon.yaml, into l.
func (l *Lexicon) add(src []byte) Problems {
	more, problems := parseLexicon(WordsFile, src)
	for _, e := range more.Entities {
		if l.byID[e.ID] != nil {
			problems = append(problems, &Problem{File: WordsFile, Line: e.Line, What: fmt.Sprintf("entity %q is in %s too", e.ID, LexiconFile), Fix: "give the group of words another id"})
			continue
		}
		l.byID[e.ID] = e
		l.Entities = append(l.Entities, e)
	}
	return problems
}

// ParseLexicon reads lexicon.yaml: a mapping from entity id to name, type,
// terms, and optionally is_a, route, not and note.
func ParseLexicon(src []byte) (*Lexicon, Problems) { return parseLexicon(LexiconFile, src) }

func parseLexicon(file string, src []byte) (*Lexicon, Problems) {
	r := &reader{file: file}
	lex := &Lexicon{byID: map[string]*Entity{}}
	if !utf8.Valid(src) {
		r.fault(0, "the file is not UTF-8 text", "save it as UTF-8")
		return lex, r.problems
	}
	f := r.mapping(src, 1, "lexicon")
	if f == nil {
		return lex, r.problems
	}
	for _, k := range f.keys {
		node := f.values[k.Value]
		if node.Kind != yaml.MappingNode {
			r.fault(k.Line, fmt.Sprintf("entity %q is empty", k.Value), "give its name, type and terms")
			continue
		}
		g := r.fields(node, 0, "entity "+k.Value)
		e := &Entity{
			ID: k.Value, Line: k.Line,
			Name: g.text("name", true), Type: g.oneOf("type", EntityTypes, ""),
			Terms: g.list("terms", false), IsA: g.list("is_a", false),
			Route: g.oneOf("route", routes, "none"), Not: g.list("not", false), Note: g.text("note", false),
		}
		g.done()
		if err := validSlug(e.ID); err != nil {
			r.fault(k.Line, fmt.Sprintf("entity id %q %v", e.ID, err), "write it like ruxolitinib-cream")
		}
		lex.byID[e.ID] = e
		lex.Entities = append(lex.Entities, e)
	}
	for _, e := range lex.Entities {
		for _, id := range slices.Concat(e.IsA, e.Not) {
			if lex.byID[id] == nil {
				r.fault(e.Line, fmt.Sprintf("entity %q refers to %q, which does not exist", e.ID, id), "use the id of another entity")
			}
		}
		e.IsA = slices.DeleteFunc(e.IsA, func(id string) bool { return lex.byID[id] == nil || id == e.ID })
	}
	for _, e := range lex.Entities {
		if slices.ContainsFunc(e.IsA, func(up string) bool { return lex.Is(up, e.ID) }) {
			r.fault(e.Line, fmt.Sprintf("entity %q is, through is_a, a kind of itself", e.ID), "remove one of the is_a entries")
			e.IsA = nil
		}
	}
	return lex, r.problems
}

// parseTranslations reads lines "language<TAB>foreign term<TAB>English words".
func parseTranslations(src []byte) (map[string]map[string]string, Problems) {
	r := &reader{file: TranslationsFile}
	out := map[string]map[string]string{}
	if !utf8.Valid(src) {
		r.fault(0, "the file is not UTF-8 text", "save it as UTF-8")
		return out, r.problems
	}
	n := 0
	for line := range strings.Lines(string(src)) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.Split(line, "\t")
		if len(parts) == 2 {
			parts = append(parts, "")
		}
		if len(parts) != 3 || len(parts[0]) != 2 || strings.TrimSpace(parts[1]) == "" {
			r.fault(n, "the line is not language, foreign term and English words, parted by tabs", "write es<TAB>picor<TAB>itch")
			continue
		}
		if out[parts[0]] == nil {
			out[parts[0]] = map[string]string{}
		}
		out[parts[0]][strings.ToLower(strings.TrimSpace(parts[1]))] = strings.TrimSpace(parts[2])
	}
	return out, r.problems
}
