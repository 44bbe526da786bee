package knowledge

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

// Names of the files that a library folder holds beside its articles.
const (
	SourcesFile      = "sources.yaml"
	LexiconFile      = "lexicon.yaml"
	WordsFile        = "words.yaml"
	TranslationsFile = "translations.tsv"
)

// MaxArticles is the largest number of articles one library may hold; the bound
// keeps a hostile folder from costing memory.
const MaxArticles = 20_000

// A Library is a set of articles with the words readers use for their subjects.
// It does not change after [Load]; it is safe for concurrent use.
type Library struct {
	Articles []*Article // by slug; drafts and retracted ones included
	Sources  map[string]*Source
	Lexicon  *Lexicon
	// Retracted is what was withdrawn and is not quoted.
	Retracted []Retraction

	sections map[string]*Section
	passages []*Passage
	byID     map[string]*Passage
}

//go:embed articles/*.md articles/sources.yaml lexicon
var builtin embed.FS

// Builtin returns the files of the library that ships with Salve.
func Builtin() fs.FS { return overlay{sub("articles"), sub("lexicon")} }

func sub(dir string) fs.FS {
	f, err := fs.Sub(builtin, dir)
	if err != nil {
		panic(err) // unreachable: dir is a folder embedded above
	}
	return f
}

// overlay shows the files of several folders as one; the first that has a file wins.
type overlay []fs.FS

func (o overlay) Open(name string) (fs.File, error) {
	for _, f := range o {
		file, err := f.Open(name)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return file, err
		}
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// Load reads a library folder. It returns the library as far as it could be
// read, and every problem found; a library with faults must not be published.
// The error is of reading the folder itself.
//
// A folder without a lexicon of its own uses the one that ships with Salve.
func Load(fsys fs.FS) (*Library, Problems, error) {
	names, err := fs.Glob(fsys, "*.md")
	if err != nil {
		return nil, nil, err
	}
	sub, err := fs.Glob(fsys, "*/*.md")
	if err != nil {
		return nil, nil, err
	}
	names = slices.DeleteFunc(append(names, sub...), func(n string) bool { return path.Base(n) == "README.md" })
	if len(names) == 0 {
		if _, err := fs.Stat(fsys, "."); err != nil {
			return nil, nil, fmt.Errorf("can't read the library folder: %w", err)
		}
		return nil, nil, errors.New("the library folder holds no article; put Markdown files (*.md) in it")
	}
	if len(names) > MaxArticles {
		return nil, nil, fmt.Errorf("the library folder holds %d articles, more than %d; split it", len(names), MaxArticles)
	}
	sort.Strings(names)

	lib := &Library{}
	var problems Problems
	lib.Sources, problems = loadSources(fsys)
	lex, lexProblems, err := LoadLexicon(fsys)
	if err != nil {
		return nil, nil, err
	}
	lib.Lexicon = lex
	problems = append(problems, lexProblems...)
	for _, name := range names {
		src, err := readBounded(fsys, name)
		if err != nil {
			problems = append(problems, &Problem{File: name, What: "the file can't be read (" + err.Error() + ")", Fix: "check its permissions"})
			continue
		}
		a, ps := Parse(name, src, lib.Sources)
		problems = append(problems, ps...)
		lib.Articles = append(lib.Articles, a)
	}
	retracted, retractedProblems := loadRetractions(fsys)
	lib.Retracted = retracted
	problems = append(problems, retractedProblems...)
	lib.retract()
	problems = append(problems, lib.link()...)
	problems.sort()
	return lib, problems, nil
}

// readBounded reads at most one byte more than an article may have, so that
// [Parse] can refuse a huge file without holding it.
func readBounded(fsys fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	if info.Size() > MaxArticle {
		return make([]byte, MaxArticle+1), nil
	}
	return fs.ReadFile(fsys, name)
}

func loadSources(fsys fs.FS) (map[string]*Source, Problems) {
	src, err := fs.ReadFile(fsys, SourcesFile)
	if err != nil {
		return nil, nil // optional: articles may write their sources out
	}
	r := &reader{file: SourcesFile}
	if !utf8.Valid(src) {
		r.fault(0, "the file is not UTF-8 text", "save it as UTF-8")
		return nil, r.problems
	}
	f := r.mapping(src, 1, "list of sources")
	if f == nil {
		return nil, r.problems
	}
	sources := map[string]*Source{}
	for _, k := range f.keys {
		node := f.values[k.Value]
		if len(node.Content) == 0 {
			r.fault(k.Line, fmt.Sprintf("source %q is empty", k.Value), "give its name, publisher, url, published and accessed")
			continue
		}
		sources[k.Value] = r.fields(node, 0, "source "+k.Value).source(k.Value)
	}
	return sources, r.problems
}

// link resolves what articles say of one another, and indexes the library.
func (lib *Library) link() Problems {
	var problems Problems
	fault := func(a *Article, line int, what, fix string) {
		problems = append(problems, &Problem{File: a.File, Line: line, What: what, Fix: fix})
	}
	lib.sections = map[string]*Section{}
	lib.byID = map[string]*Passage{}
	files := map[string]string{}
	for _, a := range lib.Articles {
		if a.Slug == "" {
			continue
		}
		if other, dup := files[a.Slug]; dup {
			fault(a, 1, fmt.Sprintf("slug %q is also that of %s", a.Slug, other), "give each article its own slug")
			continue
		}
		files[a.Slug] = a.File
		for _, s := range a.Sections {
			lib.sections[s.Ref()] = s
		}
	}
	for _, a := range lib.Articles {
		lib.checkEntities(a, a.Entities, 1, fault)
		for _, s := range a.Sections {
			lib.checkEntities(a, s.Entities, s.Line, fault)
			for _, w := range s.With {
				if t := lib.sections[w]; t == nil {
					fault(a, s.Line, fmt.Sprintf("section %q must come with %q, which does not exist", s.ID, w), "name a section as slug#id")
				}
			}
			for _, ref := range s.Differs {
				lib.checkDiffers(s, ref, fault)
			}
			for _, src := range s.Sources {
				if !slices.Contains(a.Sources, src) && src.Key != "" {
					a.Sources = append(a.Sources, src) // the section's word is enough
				}
			}
			if a.Status != Published {
				continue
			}
			for _, p := range s.Passages {
				if other := lib.byID[p.ID]; other != nil {
					fault(a, p.Line, "the same passage stands twice in one section", "remove one of them")
					continue
				}
				lib.byID[p.ID] = p
				lib.passages = append(lib.passages, p)
			}
		}
	}
	sort.SliceStable(lib.Articles, func(i, j int) bool { return lib.Articles[i].Slug < lib.Articles[j].Slug })
	return problems
}

// checkDiffers checks one section whose sources are said to disagree with those of
// s, and lets it name s too. Both must have a source with a date: the reader is
// told to compare the dates.
func (lib *Library) checkDiffers(s *Section, ref string, fault func(*Article, int, string, string)) {
	other := lib.sections[ref]
	switch {
	case other == nil:
		fault(s.Article, s.Line, fmt.Sprintf("section %q differs from %q, which does not exist", s.ID, ref), "name a section as slug#id")
	case other == s:
		fault(s.Article, s.Line, fmt.Sprintf("section %q differs from itself", s.ID), "name the section that says something else")
	case s.Dated() == "" || other.Dated() == "":
		fault(s.Article, s.Line, fmt.Sprintf("section %q differs from %q, and the sources of one of them have no date", s.ID, ref), "cite a source with the date it was published or read")
	case !slices.Contains(other.Differs, s.Ref()):
		other.Differs = append(other.Differs, s.Ref())
	}
}

func (lib *Library) checkEntities(a *Article, ids []string, line int, fault func(*Article, int, string, string)) {
	for _, id := range ids {
		if lib.Lexicon.Entity(id) == nil {
			fault(a, line, fmt.Sprintf("entity %q is not in the lexicon", id), "use an id of "+LexiconFile+", or add it there")
		}
	}
}

// Passages returns every passage of the published articles, in a fixed order.
// The caller must not change it.
func (lib *Library) Passages() []*Passage { return lib.passages }

// Passage returns the published passage with that id, or nil.
func (lib *Library) Passage(id string) *Passage { return lib.byID[id] }

// Section returns the section named "slug#id", or nil.
func (lib *Library) Section(ref string) *Section { return lib.sections[ref] }

// Article returns the article with that slug, or nil.
func (lib *Library) Article(slug string) *Article {
	i, ok := slices.BinarySearchFunc(lib.Articles, slug, func(a *Article, s string) int { return strings.Compare(a.Slug, s) })
	if !ok {
		return nil
	}
	return lib.Articles[i]
}
