package bot

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// textFile holds every word of the interface, by key and language.
//
//go:embed text.yaml
var textFile []byte

// languages are those of the interface, English first: it is the fallback.
var languages = []string{"en", "es", "fr", "de", "pt"}

// texts is the catalogue. It is embedded, so a fault in it is a broken program;
// a test reads it first.
var texts = sync.OnceValue(func() map[string]map[string]string {
	var m map[string]map[string]string
	if err := yaml.Unmarshal(textFile, &m); err != nil {
		panic(fmt.Sprintf("bot: text.yaml: %v", err))
	}
	// Discord shows a reader the command names of their own language.
	for _, lang := range languages {
		r := commandNames(m, lang)
		for _, words := range m {
			words[lang] = r.Replace(words[lang])
		}
	}
	return m
})

// commandNames turns "/ask" into what the command is called in a language.
func commandNames(m map[string]map[string]string, lang string) *strings.Replacer {
	var pairs []string
	for _, c := range []string{"ask", "article", "topic", "verify", "help", "privacy", "report", "settings", "library"} {
		pairs = append(pairs, "/"+c, "/"+m["cmd_"+c][lang])
	}
	return strings.NewReplacer(pairs...)
}

// tr returns the words of a key in a language. The placeholders {name} are
// filled from args, which are pairs of name and value. A key without words is a
// broken program, which a test finds; it shows as the key.
func tr(lang, key string, args ...any) string {
	words := texts()[key]
	s := words[lang]
	if s == "" {
		if s = words["en"]; s == "" {
			s = key
		}
	}
	if len(args) == 0 {
		return s
	}
	pairs := make([]string, len(args))
	for i, a := range args {
		pairs[i] = fmt.Sprint(a)
		if i%2 == 0 {
			pairs[i] = "{" + pairs[i] + "}"
		}
	}
	return strings.NewReplacer(pairs...).Replace(s)
}

// languageOf is the interface language for a Discord locale such as "pt-BR".
func languageOf(locale string) string {
	l, _, _ := strings.Cut(strings.ToLower(locale), "-")
	for _, k := range languages {
		if k == l {
			return k
		}
	}
	return "en"
}

// discordLocales are the Discord locales of each language. English has both of
// its own keys, since Discord falls back from one to the other and not to the
// plain text.
var discordLocales = map[string][]string{
	"en": {"en-US", "en-GB"},
	"es": {"es-ES", "es-419"},
	"fr": {"fr"},
	"de": {"de"},
	"pt": {"pt-BR"},
}

// localized returns the words of key for every Discord locale.
func localized(key string) map[string]string {
	out := map[string]string{}
	for lang, locales := range discordLocales {
		for _, l := range locales {
			out[l] = tr(lang, key)
		}
	}
	return out
}
