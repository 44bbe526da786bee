// Train learns the weights of the red-flag gate from bot/triage/data.
//
//	go run ./bot/triage/train          learn and write weights.bin
//	go run ./bot/triage/train -cv      five-fold cross-validation instead
//	go run ./bot/triage/train -cv -show   and print every message that missed
//	go run ./bot/triage/train -snapshot   renew data/everyday_questions.txt
//
// The run is the same to the byte every time, on however many processors: each
// part is learned by one thread, in a fixed order, without a clock. Run it in the
// root of the repository; learning takes about a minute of one processor, the
// cross-validation five.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

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
	b, err := fs.ReadFile(fsys, grammarFile)
	if err != nil {
		return nil, err
	}
	made, err := expand(string(b))
	if err != nil {
		return nil, fmt.Errorf("grammar.txt: %w", err)
	}
	for _, j := range made {
		all = append(all, labelled{j, grammarFile})
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
	case grammarFile:
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
		examples = append(examples, model.Example{Text: c.Text, Class: int(c.Want), Kind: c.Kind, Weight: weightOf(c), Made: c.file == grammarFile})
	}
	return model.Learn(append(examples, ramble(cases)...), options)
}

// rambleWeight is what a message made by ramble counts.
const rambleWeight = 0.4

// ramble makes long messages of short ones: quiet ones of four or many more, and
// those with a danger somewhere between. Long ones that people wrote are mostly
// hard cases; an ordinary long story is quiet as well, and a danger is one in
// whatever story. All of a message is of one part of the training.
func ramble(cases []labelled) []model.Example {
	quiet, danger := map[int][]labelled{}, map[int][]labelled{} // by part
	parts := 0
	for _, c := range cases {
		if c.file == grammarFile || c.file == everydayFile || strings.HasPrefix(c.Kind, "lang") || strings.HasPrefix(c.Kind, "everyday ") || len(c.Text) >= 160 {
			continue
		}
		p := model.PartOf(c.Text)
		parts = max(parts, p+1)
		if c.Want == triage.None {
			quiet[p] = append(quiet[p], c)
		} else {
			danger[p] = append(danger[p], c)
		}
	}
	var long []model.Example
	for p := range parts {
		list := quiet[p]
		n := len(list)
		if n == 0 {
			continue
		}
		text := func(i int) string { return list[i%n].Text }
		for i := 0; i < n; i += 2 {
			some := []string{text(i), text(i*7 + 3), text(i*13 + 5), text(i*29 + 11)}
			if i%16 == 0 {
				for j := range 4 + i/16*7%16 {
					some = append(some, text(i*31+j*17))
				}
			}
			long = append(long, model.Example{Text: strings.Join(some, ". "), Class: int(triage.None), Weight: rambleWeight, Key: text(i), Made: true})
		}
		for i := 0; i < len(danger[p]); i += 6 {
			d := danger[p][i]
			var some []string
			for j := range 2 + i/6*7%16 {
				some = append(some, text(i*37+j*19))
			}
			some = slices.Insert(some, i/6%(len(some)+1), d.Text)
			long = append(long, model.Example{Text: strings.Join(some, ". "), Class: int(d.Want), Kind: d.Kind, Weight: rambleWeight, Key: d.Text, Made: true})
		}
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

// crossValidate judges every message by weights that never saw it and prints
// the figures.
func crossValidate(w io.Writer, cases []labelled, show bool) error {
	given := make([]triage.Assessment, len(cases))
	for k := range folds {
		if err := judgeFold(cases, k, given); err != nil {
			return err
		}
	}
	if err := reportFirst(w, cases, given); err != nil {
		return err
	}
	return report(w, cases, given, show)
}

// reportFirst prints the figures of the first fold alone, by which a test tells
// quickly whether they still hold.
func reportFirst(w io.Writer, cases []labelled, given []triage.Assessment) error {
	var list []triage.Judged
	byText := map[string]triage.Assessment{}
	for i, c := range cases {
		if inFold(c, 0) {
			list = append(list, c.Judged)
			byText[c.Text] = given[i]
		}
	}
	fmt.Fprintf(w, "## the first of %d folds alone, %d messages of every file\n\n", folds, len(list))
	r := triage.Count(list, func(text, _ string) triage.Assessment { return byText[text] })
	r.Wrong = nil
	if err := r.Write(w); err != nil {
		return err
	}
	fmt.Fprintln(w)
	return nil
}

// inFold reports whether c is judged in fold k. What is made of templates is
// always learned and never judged.
func inFold(c labelled, k int) bool { return c.file != grammarFile && foldOf(c.Text) == k }

// judgeFold learns from all but fold k and assesses fold k.
func judgeFold(cases []labelled, k int, given []triage.Assessment) error {
	var rest []labelled
	for _, c := range cases {
		if !inFold(c, k) {
			rest = append(rest, c)
		}
	}
	m, err := learn(rest)
	if err != nil {
		return err
	}
	for i, c := range cases {
		if inFold(c, k) {
			given[i] = triage.Decide(m.Read(c.Text, ""), c.Text)
		}
	}
	return nil
}

// report prints the figures of what was given for the cases.
func report(w io.Writer, cases []labelled, given []triage.Assessment, show bool) error {
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
