package index

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"salve/knowledge"
)

// An index folder is one generation of a library: its files, word for word, and
// what Bleve's builder made of them. The rest is computed when it is opened, in
// less time than it takes to read.
const (
	libraryFolder = "library"
	engineFolder  = "engine"
	formatFile    = "format"
	// format changes when texts are cut into concepts in another way, so that
	// an index is never searched with terms that it was not built with.
	format = "salve 2\n"
)

// Write indexes the library in files into the empty folder dir. It refuses a
// library with faults.
func Write(ctx context.Context, files fs.FS, dir string) error {
	lib, problems, err := knowledge.Load(files)
	if err != nil {
		return err
	}
	if faults := problems.Faults(); len(faults) > 0 {
		return faults
	}
	x, err := prepare(lib)
	if err != nil {
		return err
	}
	if err := buildFolder(ctx, filepath.Join(dir, engineFolder), x.engineDocs(), x.engineOptions()); err != nil {
		return err
	}
	if err := copyLibrary(files, filepath.Join(dir, libraryFolder)); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, formatFile), []byte(format), 0o666)
}

// Open opens a folder that [Write] wrote, for reading only.
func Open(dir string) (*Index, error) {
	if got, err := os.ReadFile(filepath.Join(dir, formatFile)); err != nil {
		return nil, fmt.Errorf("%s is not a finished index: %w", dir, err)
	} else if string(got) != format {
		return nil, fmt.Errorf("%s was built by another version of Salve; build the index again", dir)
	}
	lib, problems, err := knowledge.Load(os.DirFS(filepath.Join(dir, libraryFolder)))
	if err != nil {
		return nil, err
	}
	if faults := problems.Faults(); len(faults) > 0 {
		return nil, fmt.Errorf("the library in %s was damaged: %w", dir, faults)
	}
	x, err := prepare(lib)
	if err != nil {
		return nil, err
	}
	x.engine, err = openFolder(filepath.Join(dir, engineFolder), engineOptions{})
	if err != nil {
		return nil, err
	}
	if x.engine.docs() != len(x.docs) {
		return nil, errors.Join(fmt.Errorf("%s holds %d passages, its library %d; build the index again", dir, x.engine.docs(), len(x.docs)), x.Close())
	}
	x.concepts.memo, x.concepts.roots = nil, nil
	return x, nil
}

// copyLibrary copies the files that [knowledge.Load] reads, the lexicon that
// ships with Salve included when the library has none of its own.
func copyLibrary(files fs.FS, dir string) error {
	names := []string{knowledge.SourcesFile, knowledge.RetractedFile, knowledge.LexiconFile, knowledge.WordsFile, knowledge.TranslationsFile}
	for _, pattern := range []string{"*.md", "*/*.md"} {
		found, err := fs.Glob(files, pattern)
		if err != nil {
			return err
		}
		names = append(names, found...)
	}
	lexicon := files
	if _, err := fs.Stat(files, knowledge.LexiconFile); errors.Is(err, fs.ErrNotExist) {
		lexicon = knowledge.Builtin()
	}
	for _, name := range names {
		from := files
		if !strings.HasSuffix(name, ".md") && name != knowledge.SourcesFile && name != knowledge.RetractedFile {
			from = lexicon
		}
		src, err := fs.ReadFile(from, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		to := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(to, src, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// Close releases the files of an index. No search may be under way.
func (x *Index) Close() error {
	if x.engine == nil {
		return nil
	}
	return x.engine.close()
}

// Library generations are kept by this.
type Library = Generations[*Index]

// OpenLibrary opens the newest index in a folder of generations. A new one is
// served only when it finds its own sections.
func OpenLibrary(dir string) (*Library, error) {
	return OpenGenerations(dir, GenerationOptions[*Index]{Open: Open, Check: findsItself, Keep: 10})
}

// findsItself asks an index for the headings of some of its own sections.
func findsItself(ctx context.Context, x *Index) error {
	step := max(1, len(x.sections)/20)
	for i := 0; i < len(x.sections); i += step {
		s := x.sections[i].section
		res, err := x.Search(ctx, Question{Text: s.Heading}, 10)
		if err != nil {
			return err
		}
		found := false
		for _, h := range res.Hits {
			found = found || h.Passage.Section == s
		}
		if !found {
			return fmt.Errorf("section %s is not found by its own heading", s.Ref())
		}
	}
	return nil
}

// Use calls f with x itself. It lets one index stand where a [Library] of
// generations could.
func (x *Index) Use(ctx context.Context, f func(ctx context.Context, x *Index) error) error {
	return f(ctx, x)
}
