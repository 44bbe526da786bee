package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"salve/bot/answer"
	"salve/index"
	"salve/knowledge"
)

// program is salve without the process around it: a test runs it with its own
// environment, input and output.
type program struct {
	getenv func(string) (string, bool)
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	set    settings
}

// A command is one word of the command line after "salve".
type command struct {
	name, args, help string
	run              func(p *program, ctx context.Context, args []string) error
}

var commands = []command{
	{"ask", `[--json] [--explain] [--country GB] [--locale en-GB] [--previous QUESTION] [--knowledge DIR | --index DIR] "QUESTION" | --json -`, "answer a question", (*program).ask},
	{"triage", `[--json] [--locale fr] [--country FR] "MESSAGE" | --eval FILE`, "say how urgent a message is, and show the card", (*program).triage},
	{"check", "[--report] [--knowledge DIR]", "list every fault of a library", (*program).check},
	{"source", "[--knowledge DIR] ARTICLE[#SECTION]", "print the sources of an article or section", (*program).source},
	{"index", "[--knowledge DIR] [--out DIR]", "build the search index; --out publishes it into a folder that ask reads with --index", (*program).index},
	{"eval", "[--wrong] [--knowledge DIR] [FILE ...] | beir DIR [--run FILE] [--split test]", "measure answers on judged questions, or search on a collection", (*program).eval},
	{"preview", "[--addr ADDR] [--data DIR] [--knowledge DIR]", "try the whole bot on a local web page, with no account", (*program).preview},
	{"serve", "[--http ADDR] [--knowledge DIR]", "run the Discord bot, over the gateway or as an interactions endpoint", (*program).serve},
	{"library", "[--server ID] [--by NAME] [--json | --csv] [--note TEXT] [--reason TEXT] [--days N] [--knowledge DIR] [STEP ...]", "change the library without fear: draft, preview, publish, undo; alone it lists the steps", (*program).moderate},
	{"backup", "FILE", "copy the store of SALVE_DATA into a new file, also while the bot runs", (*program).backup},
	{"restore", "[--replace] FILE", "put a backup in place of the store, while the bot is stopped", (*program).restore},
	{"version", "", "print the version", (*program).version},
}

func (p *program) run(ctx context.Context, args []string) error {
	var err error
	if p.set, err = readSettings(p.getenv); err != nil {
		return err
	}
	if len(args) == 0 {
		return usagef("no command; use one of %s, or \"salve help\"", names())
	}
	switch args[0] {
	case "help", "-h", "--help", "-help":
		return p.help()
	}
	for _, c := range commands {
		if c.name == args[0] {
			return c.run(p, ctx, args[1:])
		}
	}
	return usagef("unknown command %q; use one of %s", args[0], names())
}

func names() string {
	var out []string
	for _, c := range commands {
		out = append(out, c.name)
	}
	return strings.Join(out, ", ")
}

func (p *program) help() error {
	fmt.Fprintln(p.stdout, "salve answers health questions from a library of articles, word for word.")
	fmt.Fprintln(p.stdout)
	for _, c := range commands {
		fmt.Fprintf(p.stdout, "  salve %s %s\n      %s\n", c.name, c.args, c.help)
	}
	fmt.Fprintln(p.stdout, "\nSettings are read from the environment and from a file .env; see .env.example.")
	return nil
}

// parse reads flags wherever they stand among the arguments and returns the
// rest. "--" ends the flags; "-" is an argument.
func parse(f *flag.FlagSet, args []string) ([]string, error) {
	f.SetOutput(io.Discard)
	var rest []string
	for {
		if err := f.Parse(args); err != nil {
			return nil, usagef("%v; see \"salve help\"", err)
		}
		left := f.Args()
		if len(left) == 0 {
			return rest, nil
		}
		if used := len(args) - len(left); used > 0 && args[used-1] == "--" {
			return append(rest, left...), nil
		}
		rest = append(rest, left[0])
		args = left[1:]
	}
}

// library loads the library of dir, or the built-in one when dir is empty, and
// refuses it when it has faults.
func (p *program) library(dir string) (*knowledge.Library, error) {
	lib, problems, err := p.load(dir)
	if err != nil {
		return nil, err
	}
	if faults := problems.Faults(); len(faults) > 0 {
		for _, f := range faults {
			fmt.Fprintln(p.stderr, f.Error())
		}
		return nil, fmt.Errorf("the library has %d faults, listed above; mend them, then run salve check", len(faults))
	}
	return lib, nil
}

// files are those of dir, of SALVE_KNOWLEDGE, or of the built-in library.
func (p *program) files(dir string) fs.FS {
	if dir = cmp.Or(dir, p.set.Knowledge); dir == "" {
		return knowledge.Builtin()
	}
	return os.DirFS(dir)
}

// load reads the library of dir, of SALVE_KNOWLEDGE, or the built-in one, with
// what is wrong with it.
func (p *program) load(dir string) (*knowledge.Library, knowledge.Problems, error) {
	if dir = cmp.Or(dir, p.set.Knowledge); dir == "" {
		return knowledge.Load(p.files(""))
	}
	info, err := os.Stat(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("can't read the library folder %s; check its name (%w)", dir, err)
	}
	if !info.IsDir() {
		return nil, nil, fmt.Errorf("%s is not a folder; name the folder that holds the articles", dir)
	}
	return knowledge.Load(os.DirFS(dir))
}

// answers returns what answers questions: from the index folder built, when it
// is named, and else from the library of dir, indexed in memory. done releases it.
func (p *program) answers(dir, built string) (c *answer.Composer, done func(), err error) {
	if built != "" {
		lib, err := index.OpenLibrary(built)
		if err != nil {
			return nil, nil, err
		}
		if lib.Number() == 0 {
			lib.Close()
			return nil, nil, fmt.Errorf("%s: %w; run salve index --out %s", built, index.ErrNoIndex, built)
		}
		return answer.New(lib, time.Now), func() { lib.Close() }, nil
	}
	lib, err := p.library(dir)
	if err != nil {
		return nil, nil, err
	}
	x, err := index.New(lib)
	if err != nil {
		return nil, nil, err
	}
	return answer.New(x, time.Now), func() { x.Close() }, nil
}

func (p *program) version(_ context.Context, args []string) error {
	if len(args) > 0 {
		return usagef("version takes no arguments; run \"salve version\"")
	}
	version := "development build"
	if info, ok := debug.ReadBuildInfo(); ok {
		if v := info.Main.Version; v != "" && v != "(devel)" {
			version = v
		}
		i := slices.IndexFunc(info.Settings, func(s debug.BuildSetting) bool { return s.Key == "vcs.revision" })
		if i >= 0 {
			version += " " + info.Settings[i].Value[:min(12, len(info.Settings[i].Value))]
		}
	}
	_, err := fmt.Fprintln(p.stdout, "salve", version)
	return err
}
