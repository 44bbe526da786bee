// Train learns the weights of the red-flag gate from bot/triage/data.
//
//	go run ./bot/triage/train          learn and write weights.bin
//	go run ./bot/triage/train -cv      five-fold cross-validation instead
//	go run ./bot/triage/train -cv -show   and print every message that missed
//	go run ./bot/triage/train -snapshot   renew data/everyday_questions.txt
//
// The run is the same to the byte every time: one thread, a fixed order, no
// clock. Run it in the root of the repository.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"salve/bot/triage"
	"salve/bot/triage/model"
)

// options of the run that makes the weights that ship.
var options = model.Options{Seed: 1}

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

func run(args []string, stdout io.Writer) error {
	fl := flag.NewFlagSet("train", flag.ContinueOnError)
	dir := fl.String("dir", "bot/triage", "folder of the package")
	cv := fl.Bool("cv", false, "cross-validate instead of writing weights")
	show := fl.Bool("show", false, "with -cv: print the messages that missed")
	snap := fl.Bool("snapshot", false, "renew the file of everyday questions from the repository instead")
	if err := fl.Parse(args); err != nil {
		return err
	}
	if *snap {
		list, err := snapshot(os.DirFS(filepath.Join(*dir, "../..")))
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(*dir, "data", everydayFile), []byte(strings.Join(list, "\n")+"\n"), 0o644)
	}
	cases, err := readCases(os.DirFS(*dir + "/data"))
	if err != nil {
		return err
	}
	if *cv {
		return crossValidate(stdout, cases, *show)
	}
	m, err := learn(cases)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(*dir, "weights.bin"), m.Marshal(), 0o644)
}

// A labelled message and the file it is of.
type labelled struct {
	triage.Judged
	file string
}

// readCases reads messages.tsv, then every cases_*.txt in the order of names,
// then the templates of grammar.txt, then the everyday questions.
func readCases(fsys fs.FS) ([]labelled, error) {
	var all []labelled
	f, err := fsys.Open("messages.tsv")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	judged, err := triage.ReadJudged(f)
	if err != nil {
		return nil, fmt.Errorf("messages.tsv: %w", err)
	}
	for _, j := range judged {
		all = append(all, labelled{j, "messages.tsv"})
	}
	names, err := fs.Glob(fsys, "cases_*.txt")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		b, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		more, err := parseCases(string(b))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for _, j := range more {
			all = append(all, labelled{j, name})
		}
	}
	b, err := fs.ReadFile(fsys, "grammar.txt")
	if err != nil {
		return nil, err
	}
	made, err := expand(string(b))
	if err != nil {
		return nil, fmt.Errorf("grammar.txt: %w", err)
	}
	for _, j := range made {
		all = append(all, labelled{j, "grammar.txt"})
	}
	judgedAlready := map[string]bool{}
	for _, c := range all {
		judgedAlready[strings.ToLower(c.Text)] = true
	}
	if b, err = fs.ReadFile(fsys, everydayFile); err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSpace(line); line != "" && !judgedAlready[strings.ToLower(line)] {
			all = append(all, labelled{triage.Judged{Text: line, Want: triage.None, Kind: "everyday"}, everydayFile})
		}
	}
	return all, nil
}

// parseCases reads blocks of messages, one a line, each block under a line
// "== label kind", as in "== crisis lang fr".
func parseCases(text string) ([]triage.Judged, error) {
	var list []triage.Judged
	var want triage.Urgency
	kind := ""
	s := bufio.NewScanner(strings.NewReader(text))
	for n := 1; s.Scan(); n++ {
		line := strings.TrimSpace(s.Text())
		if line == "" || strings.HasPrefix(line, "# ") {
			continue
		}
		if head, ok := strings.CutPrefix(line, "== "); ok {
			label, rest, _ := strings.Cut(head, " ")
			var err error
			if want, err = triage.ParseUrgency(label); err != nil {
				return nil, fmt.Errorf("line %d: %w", n, err)
			}
			kind = rest
			continue
		}
		if kind == "" {
			return nil, fmt.Errorf("line %d: a message before the first \"== label kind\"", n)
		}
		list = append(list, triage.Judged{ID: fmt.Sprint(n), Text: line, Want: want, Kind: kind})
	}
	return list, s.Err()
}

// What a message counts, by its file and by its class. From cross-validation:
// messages.tsv is nearest to what people write; everyday questions are many; a
// crisis is told in more ways than any other danger.
const (
	messagesWeight = 2
	everydayWeight = 0.35
	storyWeight    = 4 // times that, for an everyday question told as a long story
	storyLength    = 160
	crisisWeight   = 1.5
)

func weightOf(c labelled) float32 {
	weight := float32(1)
	switch c.file {
	case "messages.tsv":
		weight = messagesWeight
	case "grammar.txt":
		weight = grammarWeight
	case everydayFile:
		weight = everydayWeight
		if len(c.Text) > storyLength {
			weight *= storyWeight
		}
	}
	if c.Want == triage.Crisis {
		weight *= crisisWeight
	}
	return weight
}

func learn(cases []labelled) (*model.Model, error) {
	examples := make([]model.Example, 0, len(cases))
	for _, c := range cases {
		examples = append(examples, model.Example{Text: c.Text, Class: int(c.Want), Weight: weightOf(c)})
	}
	return model.Learn(append(examples, ramble(cases)...), options)
}

// rambleWeight is what a message made by ramble counts.
const rambleWeight = 0.4

// ramble makes long quiet messages of four short ones. Those that people wrote
// as long ones are mostly hard cases; an ordinary long story is quiet as well.
func ramble(cases []labelled) []model.Example {
	var quiet []string
	for _, c := range cases {
		if c.Want == triage.None && c.file != everydayFile && !strings.HasPrefix(c.Kind, "lang") && !strings.HasPrefix(c.Kind, "everyday ") && len(c.Text) < 160 {
			quiet = append(quiet, c.Text)
		}
	}
	var long []model.Example
	for i := 0; i < len(quiet); i += 2 {
		n := len(quiet)
		text := strings.Join([]string{quiet[i], quiet[(i*7+3)%n], quiet[(i*13+5)%n], quiet[(i*29+11)%n]}, ". ")
		long = append(long, model.Example{Text: text, Class: int(triage.None), Weight: rambleWeight})
	}
	return long
}

// folds of the cross-validation. A message's fold depends on its text alone.
const folds = 5

func foldOf(text string) int {
	h := fnv.New32a()
	io.WriteString(h, text)
	return int(h.Sum32()>>8) % folds
}

// crossValidate judges every message by weights that never saw it: messages.tsv
// and the everyday questions by weights that saw all cases, the cases by
// weights that saw the other cases.
func crossValidate(w io.Writer, cases []labelled, show bool) error {
	ours := func(c labelled) bool { return strings.HasPrefix(c.file, "cases_") }
	given := make([]triage.Assessment, len(cases))
	errs := make([]error, 2*folds)
	var wg sync.WaitGroup
	turn := make(chan bool, runtime.GOMAXPROCS(0)) // a run takes much memory
	for run := range 2 * folds {
		wg.Go(func() {
			turn <- true
			defer func() { <-turn }()
			k, judgeOurs := run%folds, run >= folds
			held := func(c labelled) bool {
				return c.file != "grammar.txt" && ours(c) == judgeOurs && foldOf(c.Text) == k
			}
			var rest []labelled
			for _, c := range cases {
				if !held(c) {
					rest = append(rest, c)
				}
			}
			m, err := learn(rest)
			if err != nil {
				errs[run] = err
				return
			}
			for i, c := range cases {
				if held(c) {
					given[i] = triage.Decide(m.Read(c.Text, ""), c.Text)
				}
			}
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	for _, part := range []struct {
		name string
		in   func(file string) bool
	}{
		{"messages.tsv", func(f string) bool { return f == "messages.tsv" }},
		{everydayFile, func(f string) bool { return f == everydayFile }},
		{"cases_*.txt", func(f string) bool { return strings.HasPrefix(f, "cases_") }},
	} {
		var list []triage.Judged
		byText := map[string]triage.Assessment{}
		for i, c := range cases {
			if part.in(c.file) {
				list = append(list, c.Judged)
				byText[c.Text] = given[i]
			}
		}
		r := triage.Count(list, func(text, _ string) triage.Assessment { return byText[text] })
		fmt.Fprintf(w, "## %s, %d messages, each judged by weights that never saw it\n\n", part.name, len(list))
		if !show {
			r.Wrong = nil
		}
		if err := r.Write(w); err != nil {
			return err
		}
		curve(w, list, byText)
		if show {
			wrong := map[string]bool{}
			for _, id := range r.Wrong {
				wrong[id] = true
			}
			for _, j := range list {
				if wrong[j.ID] {
					a := byText[j.Text]
					fmt.Fprintf(w, "%s>%s %.2f [%s] %s  <- %s\n", j.Want, a.Urgency, a.Chance, j.Kind, j.Text, a.Reason())
				}
			}
		}
		fmt.Fprintln(w)
	}
	return nil
}

// curve prints how many dangers get any card when so many quiet messages may.
func curve(w io.Writer, list []triage.Judged, given map[string]triage.Assessment) {
	fmt.Fprintln(w, "\nbar     alarms  same_day  emergency  crisis   (any card)")
	for _, bar := range []float64{0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95} {
		var n, hit [4]int
		for _, j := range list {
			n[j.Want]++
			if given[j.Text].Chance >= bar {
				hit[j.Want]++
			}
		}
		share := func(u triage.Urgency) float64 { return float64(hit[u]) / float64(max(n[u], 1)) }
		fmt.Fprintf(w, "%.2f    %.4f    %.4f     %.4f  %.4f\n", bar, share(triage.None), share(triage.SameDay), share(triage.Emergency), share(triage.Crisis))
	}
}
