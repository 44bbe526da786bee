// Package knowledge reads a library of sourced health articles and cuts them
// into passages, the units that Salve may quote.
//
// A library is a folder (an [fs.FS]) of CommonMark files, one article each, with
// YAML front matter, beside sources.yaml (the sources that articles cite by
// key), and optionally lexicon.yaml and translations.tsv (the words readers use).
// The article format is described at [Article] and [Section].
//
// The package promises three things. A passage can stand alone: it is a
// paragraph, a whole list with its lead-in, or a table row with its header, and
// it is never cut. Its words are those of the article, and its [Passage.Hash]
// proves it. And reading is strict: [Load] reports every fault of a folder in
// one pass, as a [Problem] that says where, what and how to mend it.
//
// It does no searching and knows nothing of Discord.
package knowledge

import (
	"fmt"
	"sort"
)

// Status says whether an article may be quoted.
type Status string

const (
	Draft     Status = "draft"     // not quoted yet
	Published Status = "published" // quoted
	Retracted Status = "retracted" // not quoted any more
)

// An Article is one Markdown file: front matter, then level-2 headings, each of
// which opens a [Section]. Days are written YYYY-MM-DD, so they sort as text.
type Article struct {
	File       string // path within the library
	Slug       string // unique name, lower-case letters, digits and hyphens
	Title      string
	Summary    string // one sentence: what the article answers
	Topics     []string
	Audience   string   // adult, teen, child or all
	Route      string   // oral, topical, injection or none
	Entities   []string // lexicon ids of what the article is about
	Language   string   // BCP 47, "en"
	Sources    []*Source
	Reviewed   string // day the text was last checked against its sources
	ReviewedBy string // role and name, or "not clinically reviewed"
	NextReview string // day the next check is due
	Status     Status
	Version    int // 1 when the file does not say
	Sections   []*Section
}

// A Section answers one question. It opens with a heading and a fenced block
// with the info string "section", which holds what follows as YAML.
type Section struct {
	Article   *Article
	ID        string   // unique within the article
	Heading   string   // level-2 heading, names its subject
	Asks      []string // what is asked, of [Intents]
	Questions []string // ways people ask it
	With      []string // sections that must accompany it, as "slug#id"
	// Differs are the sections, as "slug#id", whose sources say something else on
	// the same point; one answer shows both. It holds both ways: a section that
	// another one names, names that one too once the library is loaded.
	Differs  []string
	Regions  []string // where it holds, of [Regions]; empty when not region-bound
	Sources  []*Source
	Entities []string // what the section is about; the article's unless it says otherwise
	Audience string   // the article's unless it says otherwise
	Route    string   // the article's unless it says otherwise
	AsOf     string   // the day, month or year its claims hold for; may be empty
	Line     int      // of its heading
	Passages []*Passage
}

// Ref returns the section's name in the library, "slug#id".
func (s *Section) Ref() string { return s.Article.Slug + "#" + s.ID }

// Dated returns the date of the section's newest source, or "" when none has one.
func (s *Section) Dated() string {
	newest := ""
	for _, src := range s.Sources {
		newest = max(newest, src.Date())
	}
	return newest
}

// A Source is a document that facts come from.
type Source struct {
	Key       string // short name in sources.yaml; empty when written out in the article
	Name      string
	Publisher string
	URL       string   // empty when no address was kept; NoURL then says why
	Also      []string // further addresses of the same source
	NoURL     string
	Published string // YYYY, YYYY-MM, YYYY-MM-DD, or "undated"
	Accessed  string // day it was read
	Note      string
}

// Date returns the best date known for the source: when it was published or,
// for an undated one, when it was read.
func (s *Source) Date() string {
	if s.Published != "" && s.Published != Undated {
		return s.Published
	}
	return s.Accessed
}

// Undated is what a source says whose page carries no date.
const Undated = "undated"

// NotReviewed is the only thing reviewed_by may say when no clinician has
// reviewed an article.
const NotReviewed = "not clinically reviewed"

// A Shape says what sort of Markdown block a passage was cut from.
type Shape string

const (
	Paragraph Shape = "paragraph"
	List      Shape = "list"
	Row       Shape = "row"
)

// A Passage is the smallest unit that may be quoted.
type Passage struct {
	// ID is "slug#section/" and the first ten hex digits of Hash. It stays the
	// same when other parts of the article change, and changes with the words.
	ID      string
	Section *Section
	Shape   Shape
	Path    []string // heading path below the section's heading, usually empty
	Text    string   // word for word; list items are lines that open with "- "
	Hash    string   // SHA-256 of Text, hex
	Line    int      // of its first line in the file
}

// A Problem is a fault that an editor can mend.
type Problem struct {
	File string // path within the library
	Line int    // 1-based; 0 when the fault is of the whole file
	What string // what is wrong
	Fix  string // what to do about it
	// Warning marks advice: it does not keep a library from being published.
	Warning bool
}

// Error formats p as "FILE:LINE: WHAT; FIX", the form editors click on.
func (p *Problem) Error() string {
	at := p.File
	if p.Line > 0 {
		at = fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s: %s; %s", at, p.What, p.Fix)
}

// Problems are all faults found in one pass, ordered by file and line.
type Problems []*Problem

// Error lists every problem on a line of its own.
func (ps Problems) Error() string {
	s := ""
	for i, p := range ps {
		if i > 0 {
			s += "\n"
		}
		s += p.Error()
	}
	return s
}

// Faults returns the problems that are not mere warnings.
func (ps Problems) Faults() Problems {
	var out Problems
	for _, p := range ps {
		if !p.Warning {
			out = append(out, p)
		}
	}
	return out
}

func (ps Problems) sort() {
	sort.SliceStable(ps, func(i, j int) bool {
		if ps[i].File != ps[j].File {
			return ps[i].File < ps[j].File
		}
		return ps[i].Line < ps[j].Line
	})
}

// Intents are what a section may say it answers, its "asks".
var Intents = []string{
	"definition", "mechanism", "class", "use", "form", "dose", "how-to-use", "missed-dose", "overdose",
	"onset", "efficacy", "compare", "side-effects", "warning", "eligibility", "age", "pregnancy",
	"breastfeeding", "contraception", "fertility", "interaction", "vaccine", "monitoring", "stopping",
	"infection", "cost", "approval", "access", "history", "evidence", "signs", "cause", "prevalence",
	"prognosis", "diagnosis", "trigger", "self-care", "help", "report", "mental-health", "support", "about",
}

// Regions are the places a section may be bound to.
var Regions = []string{"US", "EU", "UK", "JP", "CA", "AU", "NZ"}

var (
	audiences = []string{"adult", "teen", "child", "all"}
	routes    = []string{"oral", "topical", "injection", "none"}
	statuses  = []string{string(Draft), string(Published), string(Retracted)}
)
