package bot

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"salve/bot/answer"
	"salve/bot/simulator"
	"salve/index"
	"salve/knowledge"
)

// TestLibraryThatShips lays out every section of the built-in library, as an
// answer and as pages to read: each passage must fit a reply whole, with its
// source, in every language, and every page keep Discord's limits.
func TestLibraryThatShips(t *testing.T) {
	lib, problems, err := knowledge.Load(knowledge.Builtin())
	if err != nil || len(problems.Faults()) > 0 {
		t.Fatal(err, problems)
	}
	x, err := index.New(lib)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	c := answer.New(x, time.Now)
	for _, a := range lib.Articles {
		for _, s := range a.Sections {
			quotes, ok := c.Section(a.Slug, s.ID)
			if !ok {
				continue
			}
			for i, q := range quotes {
				lang := languages[i%len(languages)]
				m := render(answer.Answer{Kind: answer.Cited, Language: "en", Quotes: []answer.Quote{q}}, everything(lang))
				lawful(t, s.Ref(), m)
				if shown := textOf(m.Components); !strings.Contains(shown, escape(q.Text)) || len(q.Sources) > 0 && !strings.Contains(shown, escape(oneLine(orElse(q.Sources[0].Name, q.Sources[0].Publisher)))) {
					t.Errorf("%s: passage %d does not fit a reply with its source", s.Ref(), i+1)
				}
			}
			for n, page := range paginate(quotes) {
				if size(page) > pageChars || len(page) > pageBytes {
					t.Errorf("%s: page %d has %d characters", s.Ref(), n+1, size(page))
				}
			}
		}
	}
}

// lawful holds a message against the rules that Discord's schema does not state.
func lawful(t *testing.T, what string, m message) {
	t.Helper()
	raw, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	if f := simulator.Check("POST /channels/{channel_id}/messages", v, false); len(f) > 0 {
		t.Errorf("%s: rules broken: %q", what, f)
	}
}
