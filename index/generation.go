package index

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Generations keeps the finished builds of an index in one folder and serves
// the newest, without a gap when a newer one is published:
//
//	DIR/CURRENT       the number of the generation that is served, and a newline
//	DIR/g-000007/     a generation, written once and never changed
//	DIR/new-*/        a build under way, or the rest of one that was cut short
//
// A build is written beside the others, flushed to disk, given its name, opened,
// checked, and only then named in CURRENT, which is replaced by renaming. So a
// crash at any moment leaves the last published generation in place; what is
// left over is removed by the next publishing.
//
// The index and what is computed from it must change together, which is why a
// generation is one value of type T behind one pointer, and Bleve's alias, which
// could swap only its own half, is not used.
//
// One process may publish into a folder at a time; any number may serve from it.
// All methods are safe for concurrent use.
type Generations[T io.Closer] struct {
	dir  string
	opts GenerationOptions[T]

	publishing sync.Mutex // held by Publish, Rollback and Close

	mu   sync.RWMutex // guards live
	live *generation[T]

	fault func(point string) error // of tests: what happens at a point of Publish
}

// GenerationOptions say what a generation is.
type GenerationOptions[T io.Closer] struct {
	// Open opens the generation in a folder, for reading. Required.
	Open func(dir string) (T, error)
	// Check tells whether a generation that was just built may be served: it
	// asks what must be found. Default: everything may.
	Check func(ctx context.Context, t T) error
	// Keep is how many generations stay on disk, the one served included, 1 or
	// more. Default 3.
	Keep int
	// Timeout is how long one use may take. Default 5 s.
	Timeout time.Duration
}

const (
	defaultKeep       = 3
	defaultUseTimeout = 5 * time.Second

	currentFile      = "CURRENT"
	generationPrefix = "g-"
	newPrefix        = "new-"
)

// ErrNoIndex reports that a folder holds no finished build.
var ErrNoIndex = errors.New("no index has been built yet")

type generation[T io.Closer] struct {
	number int
	value  T
	users  sync.WaitGroup
}

// OpenGenerations opens the generation that CURRENT in the folder dir names. It
// changes nothing on disk. When there is none yet, or no folder, [Generations.Use]
// returns an error wrapping ErrNoIndex until one is published. It fails, saying
// what to do, when the generation is damaged.
func OpenGenerations[T io.Closer](dir string, opts GenerationOptions[T]) (*Generations[T], error) {
	opts.Keep = max(1, cmp.Or(opts.Keep, defaultKeep))
	opts.Timeout = cmp.Or(opts.Timeout, defaultUseTimeout)
	if opts.Check == nil {
		opts.Check = func(context.Context, T) error { return nil }
	}
	g := &Generations[T]{dir: dir, opts: opts}
	number, err := g.current()
	if errors.Is(err, ErrNoIndex) {
		return g, nil
	}
	if err != nil {
		return nil, err
	}
	value, err := opts.Open(g.path(number))
	if err != nil {
		return nil, fmt.Errorf("generation %d in %s cannot be opened (%w); %s", number, dir, err, g.advice(number))
	}
	g.live = &generation[T]{number: number, value: value}
	return g, nil
}

// advice says what to do about a generation that cannot be opened.
func (g *Generations[T]) advice(number int) string {
	older, _ := g.list()
	older = slices.DeleteFunc(older, func(n int) bool { return n >= number })
	if len(older) == 0 {
		return "remove the folder and build the index again"
	}
	return fmt.Sprintf("build the index again, or write %d into %s to go back", slices.Max(older), filepath.Join(g.dir, currentFile))
}

func (g *Generations[T]) path(number int) string {
	return filepath.Join(g.dir, fmt.Sprintf("%s%06d", generationPrefix, number))
}

// current reads CURRENT. It returns an error wrapping ErrNoIndex when there is
// no such file.
func (g *Generations[T]) current() (int, error) {
	path := filepath.Join(g.dir, currentFile)
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, fmt.Errorf("%s: %w; publish one first", g.dir, ErrNoIndex)
	}
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(raw)))
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%s holds %.20q, not the number of a generation; write the one to serve into it, or remove it", path, raw)
	}
	return n, nil
}

// list returns the numbers of the generations on disk, ascending.
func (g *Generations[T]) list() ([]int, error) {
	entries, err := os.ReadDir(g.dir)
	if err != nil {
		return nil, err
	}
	var numbers []int
	for _, e := range entries {
		if digits, ok := strings.CutPrefix(e.Name(), generationPrefix); ok && e.IsDir() {
			if n, err := strconv.Atoi(digits); err == nil {
				numbers = append(numbers, n)
			}
		}
	}
	slices.Sort(numbers)
	return numbers, nil
}

// Use calls f with the generation served now, which stays open until f has
// returned, also when another one is published meanwhile. The context of f ends
// after the timeout of the options.
func (g *Generations[T]) Use(ctx context.Context, f func(ctx context.Context, t T) error) error {
	ctx, cancel := context.WithTimeout(ctx, g.opts.Timeout)
	defer cancel()
	g.mu.RLock()
	live := g.live
	if live != nil {
		live.users.Add(1)
	}
	g.mu.RUnlock()
	if live == nil {
		return fmt.Errorf("%s: %w; publish one first", g.dir, ErrNoIndex)
	}
	defer live.users.Done()
	return f(ctx, live.value)
}

// Number returns the number of the generation served now, or 0.
func (g *Generations[T]) Number() int {
	g.mu.RLock()
	defer g.mu.RUnlock()
	if g.live == nil {
		return 0
	}
	return g.live.number
}

// Publish lets build write a generation into an empty folder, checks it and
// serves it. After an error the former one is still served, now and after a
// restart. Uses of the former one end before Publish returns.
func (g *Generations[T]) Publish(ctx context.Context, build func(ctx context.Context, dir string) error) (number int, err error) {
	g.publishing.Lock()
	defer g.publishing.Unlock()
	if err := os.MkdirAll(g.dir, 0o777); err != nil {
		return 0, err
	}
	numbers, err := g.list()
	if err != nil {
		return 0, err
	}
	number = 1
	if len(numbers) > 0 {
		number = numbers[len(numbers)-1] + 1
	}
	tmp, err := os.MkdirTemp(g.dir, newPrefix)
	if err != nil {
		return 0, err
	}
	value, err := g.install(ctx, tmp, number, build)
	if err != nil {
		if !errors.Is(err, errKilled) {
			err = errors.Join(err, os.RemoveAll(tmp), os.RemoveAll(g.path(number)))
		}
		return 0, fmt.Errorf("publish generation %d: %w", number, err)
	}
	return number, g.serve(&generation[T]{number: number, value: value})
}

// errKilled stands in tests for the end of the process: nothing is tidied up.
var errKilled = errors.New("killed")

// at is a point where the process may end.
func (g *Generations[T]) at(point string) error {
	if g.fault == nil {
		return nil
	}
	return g.fault(point)
}

// install builds and checks a generation and names it in CURRENT.
func (g *Generations[T]) install(ctx context.Context, tmp string, number int, build func(ctx context.Context, dir string) error) (value T, err error) {
	steps := []struct {
		point string
		do    func() error
	}{
		{"built", func() error { return build(ctx, tmp) }},
		{"flushed", func() error { return syncTree(tmp) }},
		{"named", func() error { return g.rename(tmp, g.path(number)) }},
		{"opened", func() (err error) { value, err = g.opts.Open(g.path(number)); return err }},
		{"checked", func() error {
			if err := g.opts.Check(ctx, value); err != nil {
				return fmt.Errorf("the new index fails its check: %w", err)
			}
			return ctx.Err()
		}},
		{"current", func() error { return g.setCurrent(number) }},
	}
	opened := false
	for _, s := range steps {
		if err = s.do(); err == nil {
			opened = opened || s.point == "opened"
			err = g.at(s.point)
		}
		if err != nil {
			if opened {
				err = errors.Join(err, value.Close())
			}
			return value, err
		}
	}
	return value, nil
}

// setCurrent replaces CURRENT whole.
func (g *Generations[T]) setCurrent(number int) error {
	path := filepath.Join(g.dir, currentFile)
	tmp := path + ".new"
	if err := os.WriteFile(tmp, []byte(strconv.Itoa(number)+"\n"), 0o666); err != nil {
		return err
	}
	if err := syncFile(tmp); err != nil {
		return err
	}
	if err := g.at("current written"); err != nil {
		return err
	}
	return g.rename(tmp, path)
}

// rename moves a file or folder within dir, for good.
func (g *Generations[T]) rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return syncFile(g.dir)
}

// serve puts next in the place of the live generation, closes that one when
// nobody uses it any more, and removes what is not kept.
func (g *Generations[T]) serve(next *generation[T]) error {
	g.mu.Lock()
	old := g.live
	g.live = next
	g.mu.Unlock()
	var err error
	if old != nil {
		old.users.Wait()
		err = old.value.Close()
	}
	return errors.Join(err, g.clean(next.number))
}

// Rollback serves the newest generation on disk that is older than the one
// served now, also after a restart, and returns its number. The newer ones are
// removed.
func (g *Generations[T]) Rollback(ctx context.Context) (number int, err error) {
	g.publishing.Lock()
	defer g.publishing.Unlock()
	numbers, err := g.list()
	if err != nil {
		return 0, err
	}
	now := g.Number()
	numbers = slices.DeleteFunc(numbers, func(n int) bool { return n >= now })
	if len(numbers) == 0 {
		return 0, fmt.Errorf("%s keeps no older index to go back to; publish one", g.dir)
	}
	number = numbers[len(numbers)-1]
	value, err := g.opts.Open(g.path(number))
	if err != nil {
		return 0, fmt.Errorf("go back to generation %d: %w", number, err)
	}
	if err = g.opts.Check(ctx, value); err == nil {
		err = g.setCurrent(number)
	}
	if err != nil {
		return 0, errors.Join(fmt.Errorf("go back to generation %d: %w", number, err), value.Close())
	}
	return number, g.serve(&generation[T]{number: number, value: value})
}

// clean removes unfinished builds, generations newer than current, which were
// never served or were rolled back, and all but the newest others to keep.
func (g *Generations[T]) clean(current int) error {
	numbers, err := g.list()
	if err != nil {
		return err
	}
	kept := 0
	for _, n := range slices.Backward(numbers) {
		if n <= current && kept < g.opts.Keep {
			kept++
			continue
		}
		err = errors.Join(err, os.RemoveAll(g.path(n)))
	}
	left, globErr := filepath.Glob(filepath.Join(g.dir, newPrefix+"*"))
	err = errors.Join(err, globErr)
	for _, dir := range left {
		err = errors.Join(err, os.RemoveAll(dir))
	}
	return err
}

// Close waits for the uses under way and closes the generation. A later use
// returns an error wrapping ErrNoIndex; closing again does nothing.
func (g *Generations[T]) Close() error {
	g.publishing.Lock()
	defer g.publishing.Unlock()
	g.mu.Lock()
	old := g.live
	g.live = nil
	g.mu.Unlock()
	if old == nil {
		return nil
	}
	old.users.Wait()
	return old.value.Close()
}

// syncTree flushes every file and folder under dir to disk.
func syncTree(dir string) error {
	return filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return syncFile(path)
	})
}

// syncFile flushes a file, or the list of the names in a folder, to disk.
func syncFile(path string) error {
	mode := os.O_RDWR // Windows flushes only what may be written
	if info, err := os.Stat(path); err != nil {
		return err
	} else if info.IsDir() {
		if runtime.GOOS == "windows" {
			return nil // keeps its folders in order by itself
		}
		mode = os.O_RDONLY
	}
	f, err := os.OpenFile(path, mode, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
