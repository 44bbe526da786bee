package bot

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

func TestCatalogue(t *testing.T) {
	for key, words := range texts() {
		var langs []string
		for l := range words {
			langs = append(langs, l)
		}
		slices.Sort(langs)
		want := slices.Sorted(slices.Values(languages))
		if !slices.Equal(langs, want) {
			t.Errorf("%s is in %v; want %v", key, langs, want)
		}
		in := placeholder.FindAllString(words["en"], -1)
		slices.Sort(in)
		for l, s := range words {
			got := placeholder.FindAllString(s, -1)
			slices.Sort(got)
			if !slices.Equal(got, in) {
				t.Errorf("%s in %s has placeholders %v; English has %v", key, l, got, in)
			}
			if strings.TrimSpace(s) == "" || s != strings.TrimSpace(s) {
				t.Errorf("%s in %s is empty or has blanks around it: %q", key, l, s)
			}
			if strings.HasPrefix(key, "b_") && size(s) > maxLabel {
				t.Errorf("%s in %s: a button of %d characters; at most %d", key, l, size(s), maxLabel)
			}
			if (strings.HasSuffix(key, "_menu")) && size(s) > 100 {
				t.Errorf("%s in %s: too long for a placeholder", key, l)
			}
			if (key == "report_title" || key == "follow_label" || key == "report_label") && size(s) > maxModalTitle {
				t.Errorf("%s in %s: %d characters; a modal takes %d", key, l, size(s), maxModalTitle)
			}
		}
	}
}

// TestCatalogueHasNoRepeatedKey reads the file as a tree: a map would keep the
// last of two.
func TestCatalogueHasNoRepeatedKey(t *testing.T) {
	var doc yaml.Node
	if err := yaml.Unmarshal(textFile, &doc); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i := 0; i < len(doc.Content[0].Content); i += 2 {
		k := doc.Content[0].Content[i].Value
		if seen[k] {
			t.Errorf("%s twice", k)
		}
		seen[k] = true
	}
}

// TestEveryKeyIsUsed finds keys that the code asks for and that are not there,
// and keys that nothing asks for.
func TestEveryKeyIsUsed(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var code strings.Builder
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		code.Write(raw)
	}
	src := code.String()
	for key := range texts() {
		// Keys made of parts: commands, options, choices, languages, reasons, kinds.
		if regexp.MustCompile(`^(cmd|opt|choice|language|why|mod_kind|lib_err|lib_did|lib_what|lib_phase)_`).MatchString(key) {
			continue
		}
		if !strings.Contains(src, `"`+key+`"`) {
			t.Errorf("nothing uses %s", key)
		}
	}
	for _, m := range regexp.MustCompile(`(?:tr\([a-z.]+, |tell\(ctx, )"([a-z_]+)"`).FindAllStringSubmatch(src, -1) {
		key := m[1]
		if strings.HasSuffix(key, "_") {
			continue
		}
		if _, ok := texts()[key]; !ok {
			t.Errorf("%s has no words", key)
		}
	}
}

func TestLanguageOf(t *testing.T) {
	for locale, want := range map[string]string{
		"en-US": "en", "en-GB": "en", "es-ES": "es", "es-419": "es", "fr": "fr", "de": "de", "pt-BR": "pt", "ja": "en", "": "en", "zz-ZZ": "en", "FR": "fr",
	} {
		if got := languageOf(locale); got != want {
			t.Errorf("languageOf(%q) = %q; want %q", locale, got, want)
		}
	}
}

func TestCommandsAreNamedAsTheReaderSeesThem(t *testing.T) {
	for lang, want := range map[string]string{"en": "use /ask", "es": "usa /preguntar", "de": "/fragen"} {
		if got := tr(lang, "no_article"); !strings.Contains(got, want) {
			t.Errorf("%s: %q lacks %q", lang, got, want)
		}
	}
	for key, words := range texts() {
		for lang, s := range words {
			if lang != "en" && (strings.Contains(s, "/ask") || strings.Contains(s, "/verify") || lang != "pt" && lang != "es" && strings.Contains(s, "/report")) {
				t.Errorf("%s in %s names a command in English: %q", key, lang, s)
			}
		}
	}
}

func TestTr(t *testing.T) {
	if got := tr("xx", "sent"); got != tr("en", "sent") {
		t.Errorf("an unknown language gives %q", got)
	}
	if got := tr("en", "no_such_key"); got != "no_such_key" {
		t.Errorf("an unknown key gives %q", got)
	}
	if got := tr("en", "mod_title", "who", "{who} {minutes}"); got != "Question from {who} {minutes}" {
		t.Errorf("a placeholder within a value was filled: %q", got)
	}
}

// TestInEveryLanguage runs each command in each language through Discord's rules.
func TestInEveryLanguage(t *testing.T) {
	for _, locale := range []string{"en-GB", "es-419", "fr", "de", "pt-BR", "ja"} {
		t.Run(locale, func(t *testing.T) {
			bubble(t, setup{}, func(w *world) {
				w.ana.Locale = locale
				w.ana.Permissions = permManageServer
				lang := languageOf(locale)
				m := w.ask("what are the side effects")
				wants(t, m, tr(lang, "safety"), nausea.Text)
				if lang != "en" {
					wants(t, m, tr(lang, "language", "language", tr(lang, "language_en")))
				}
				for _, c := range []string{"help", "privacy", "settings", "report"} {
					w.reply(w.sim.Run(w.act(), c, nil))
				}
			})
		})
	}
}
