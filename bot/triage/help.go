package triage

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed help.yaml
var helpFile []byte

// Shape of help.yaml.
type (
	helpData struct {
		Checked string                         `yaml:"checked"`
		Texts   map[string]map[string]helpText `yaml:"texts"`
		Lines   map[string]map[string]string   `yaml:"lines"`
		Why     map[string]map[string]string   `yaml:"why"`
		General struct {
			Emergency []entry `yaml:"emergency"`
			Crisis    []entry `yaml:"crisis"`
		} `yaml:"general"`
		Countries []*country `yaml:"countries"`

		general country
		byCode  map[string]*country
	}
	helpText struct {
		Title    string `yaml:"title"`
		Call     string `yaml:"call"`
		Anywhere string `yaml:"anywhere"`
	}
	country struct {
		Code      string            `yaml:"code"`
		Codes     []string          `yaml:"codes"` // more codes that mean it
		Name      map[string]string `yaml:"name"`
		Emergency []entry           `yaml:"emergency"`
		SameDay   []entry           `yaml:"same_day"`
		Crisis    []entry           `yaml:"crisis"`
		Poison    []entry           `yaml:"poison"`
	}
	entry struct {
		Number string `yaml:"number"`
		Label  label  `yaml:"label"`
		Seen   string `yaml:"seen"`
		Dated  string `yaml:"dated"`

		override bool
	}
	// A label is one text, or one for each language.
	label struct {
		any string
		by  map[string]string
	}
)

func (l *label) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		return n.Decode(&l.any)
	}
	return n.Decode(&l.by)
}

func (e entry) confirmed() bool { return e.Seen != "" || e.override }

func (e entry) number(checked, lang string) Number {
	n := Number{Number: e.Number, Label: e.Label.any, Source: e.Seen, Dated: e.Dated, Checked: checked, Confirmed: e.confirmed(), Override: e.override}
	if s := e.Label.by[lang]; s != "" {
		n.Label = s
	}
	if e.override {
		n.Checked = ""
	}
	return n
}

// named returns the first lines of c with its name, or with the general label
// where the general card g lists the same number for more than one country.
func (c *country) named(lang string, g *country) *country {
	of := func(own, general []entry) []entry {
		e := own[0]
		if i := slices.IndexFunc(general, func(x entry) bool { return x.Number == e.Number }); i >= 0 {
			return general[i : i+1]
		}
		e.Label = label{any: strings.TrimSuffix(c.Name[lang]+", "+e.number("", lang).Label, ", ")}
		return []entry{e}
	}
	return &country{Emergency: of(c.Emergency, g.Emergency), Crisis: of(c.Crisis, g.Crisis)}
}

// with returns c with the kinds that moderators set.
func (c *country) with(o Numbers) *country {
	set := func(old []entry, list []Number) []entry {
		if len(list) == 0 {
			return old
		}
		var es []entry
		for _, n := range list {
			es = append(es, entry{Number: n.Number, Label: label{any: n.Label}, override: true})
		}
		return es
	}
	d := *c
	d.Emergency, d.SameDay = set(c.Emergency, o.Emergency), set(c.SameDay, o.SameDay)
	d.Crisis, d.Poison = set(c.Crisis, o.Crisis), set(c.Poison, o.Poison)
	return &d
}

var cardLanguages = []string{"en", "es", "fr", "de", "pt"}

// cardLanguage returns the language of a locale that cards are written in.
func cardLanguage(locale string) string {
	l, _, _ := strings.Cut(strings.ToLower(locale), "-")
	if slices.Contains(cardLanguages, l) {
		return l
	}
	return "en"
}

var help = sync.OnceValue(func() *helpData {
	h, err := parseHelp(helpFile)
	if err != nil {
		panic("triage: help.yaml: " + err.Error()) // the program was built with a broken file
	}
	return h
})

// parseHelp reads help.yaml and refuses a file with a hole in it.
func parseHelp(data []byte) (*helpData, error) {
	h := &helpData{byCode: map[string]*country{}}
	if err := yaml.Unmarshal(data, h); err != nil {
		return nil, err
	}
	for _, u := range []Urgency{SameDay, Emergency, Crisis} {
		for _, l := range cardLanguages {
			if t := h.Texts[u.String()][l]; t.Title == "" || !strings.Contains(t.Call, "{number}") || t.Anywhere == "" {
				return nil, fmt.Errorf("texts %s %s: title, call with {number} and anywhere are needed", u, l)
			}
		}
	}
	for _, k := range []string{"now", "stay", "today", "wait", "crisis_line", "check", "moderators", "choose"} {
		for _, l := range cardLanguages {
			if h.Lines[k][l] == "" {
				return nil, fmt.Errorf("lines %s %s is missing", k, l)
			}
		}
	}
	for sign, by := range h.Why {
		for _, l := range cardLanguages {
			if by[l] == "" {
				return nil, fmt.Errorf("why %s %s is missing", sign, l)
			}
		}
	}
	for _, c := range h.Countries {
		if len(c.Emergency) == 0 {
			return nil, fmt.Errorf("country %s has no emergency number", c.Code)
		}
		for _, code := range append([]string{c.Code}, c.Codes...) {
			if h.byCode[code] != nil {
				return nil, fmt.Errorf("country %s stands there twice", code)
			}
			h.byCode[code] = c
		}
	}
	h.general = country{Emergency: h.General.Emergency, Crisis: h.General.Crisis}
	if len(h.general.Emergency) == 0 || len(h.general.Crisis) == 0 {
		return nil, errors.New("general numbers are missing")
	}
	return h, nil
}
