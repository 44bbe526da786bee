package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"salve/bot/library"
	"salve/bot/store"
	"salve/index/eval"
	"salve/knowledge"
	"salve/knowledge/importer"
)

// A desk is where one "salve library" command works: the shelf of the store, one
// scope of it, and who does it.
type desk struct {
	*program
	shelf *library.Shelf
	scope string
	by    library.Actor

	json, csv    bool
	note, reason string
	days         int
}

// A step is one word after "salve library".
type step struct {
	name, arg, help string // arg is empty when the step takes none; in brackets when it may be left out
	run             func(d *desk, ctx context.Context, arg string) error
}

var steps = []step{
	{"status", "", "what is published, and what the draft changes", (*desk).status},
	{"list", "", "the articles and what the draft does to them", (*desk).list},
	{"show", "ARTICLE", "the Markdown of an article, of the draft if it is in it", (*desk).show},
	{"add", "FILE", "put a new article, Markdown or a saved web page, in the draft", (*desk).add},
	{"edit", "FILE", "replace an article in the draft by the one with its slug in FILE", (*desk).edit},
	{"remove", "ARTICLE", "take an article out of the draft", (*desk).remove},
	{"judge", "FILE", "add judged questions to the draft", (*desk).judge},
	{"judged", "", "the judged questions that were added", (*desk).judged},
	{"unjudge", "QUESTION", "take a judged question out of the draft", (*desk).unjudge},
	{"reindex", "", "make the draft what the library folder holds now", (*desk).reindex},
	{"discard", "", "end the draft", (*desk).discard},
	{"check", "", "list what is wrong with the draft", (*desk).check},
	{"preview", "", "show which answers the draft changes", (*desk).preview},
	{"approve", "CANDIDATE", "let a draft that changes a safety answer be published, as a second moderator", (*desk).approve},
	{"publish", "[CANDIDATE]", "answer from the draft", (*desk).publish},
	{"history", "", "the versions that were published", (*desk).history},
	{"rollback", "VERSION", "publish an older version again", (*desk).rollback},
	{"retract", "ARTICLE|PASSAGE", "take it out of answers at once; needs --reason", (*desk).retract},
	{"gaps", "", "what readers ask that the library lacks, what does not help, and what is shown most", (*desk).gaps},
	{"due", "", "articles whose review is due; --days 30 looks ahead", (*desk).due},
	{"audit", "", "who did what; --csv for a spreadsheet", (*desk).audit},
	{"export", "FILE", "write the published library as a zip archive", (*desk).export},
}

func stepNames() string {
	var out []string
	for _, s := range steps {
		out = append(out, s.name)
	}
	return strings.Join(out, ", ")
}

// moderate changes the library in the store.
func (p *program) moderate(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("library", flag.ContinueOnError)
	d := &desk{program: p}
	f.StringVar(&d.scope, "server", "", "")
	name := f.String("by", "operator", "")
	dir := f.String("knowledge", "", "")
	f.BoolVar(&d.json, "json", false, "")
	f.BoolVar(&d.csv, "csv", false, "")
	f.StringVar(&d.note, "note", "", "")
	f.StringVar(&d.reason, "reason", "", "")
	f.IntVar(&d.days, "days", 0, "")
	rest, err := parse(f, args)
	if err != nil {
		return err
	}
	if len(rest) == 0 {
		for _, s := range steps {
			fmt.Fprintf(p.stdout, "  salve library %s\n      %s\n", strings.TrimSpace(s.name+" "+s.arg), s.help)
		}
		return nil
	}
	i := slices.IndexFunc(steps, func(s step) bool { return s.name == rest[0] })
	if i < 0 {
		return usagef("unknown word %q after library; use one of %s", rest[0], stepNames())
	}
	s, arg := steps[i], ""
	switch rest = rest[1:]; {
	case len(rest) == 1 && s.arg != "":
		arg = rest[0]
	case len(rest) > 0 || s.arg != "" && s.arg[0] != '[':
		return usagef("write salve library %s", strings.TrimSpace(s.name+" "+s.arg))
	}
	if _, err := strconv.ParseUint(d.scope, 10, 64); err != nil && d.scope != "" {
		return usagef("--server needs the id of a server, a number; leave it out for the shared library")
	}
	if *name = strings.Join(strings.Fields(*name), " "); *name == "" || len(*name) > 100 {
		return usagef("--by needs the name of whoever does this, up to 100 letters")
	}
	path := p.storeFile()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("can't make the data folder; set SALVE_DATA to one that can be written (%w)", err)
	}
	kept, err := store.Open(ctx, path)
	if err != nil {
		return err
	}
	defer kept.Close()
	d.shelf, err = library.Open(ctx, library.Options{Store: kept, Base: p.files(*dir), Follow: cmp.Or(*dir, p.set.Knowledge) == ""})
	if err != nil {
		return err
	}
	defer d.shelf.Close()
	d.by = d.shelf.Actor(*name, "at the command line: "+*name)
	return s.run(d, ctx, arg)
}

// write prints v for programs.
func (d *desk) write(v any) error {
	e := json.NewEncoder(d.stdout)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

func (d *desk) status(ctx context.Context, _ string) error {
	st, err := d.shelf.Status(ctx, d.scope)
	if err != nil {
		return err
	}
	if d.json {
		return d.write(struct {
			Version, Articles, Passages, Due int
			Draft                            bool
			Changes                          []library.Change
			ApprovedBy                       string
		}{st.Version.Number, st.Articles, st.Passages, st.Due, st.Draft != nil, st.Changes, approver(st.Draft)})
	}
	if st.Version.Number == 0 {
		fmt.Fprintln(d.stdout, "nothing is published here yet")
	} else {
		fmt.Fprintf(d.stdout, "version %d, published %s by %s\n%d articles, %d passages, %d due for review\n",
			st.Version.Number, stamp(st.Version.At), st.Version.Who, st.Articles, st.Passages, st.Due)
	}
	if st.Draft == nil {
		fmt.Fprintln(d.stdout, "no draft")
		return nil
	}
	fmt.Fprintf(d.stdout, "a draft, last changed %s by %s, %d files differ\n", stamp(st.Draft.At), st.Draft.Who, len(st.Changes))
	d.changes(st.Changes)
	if who := approver(st.Draft); who != "" {
		fmt.Fprintf(d.stdout, "candidate %s is approved by %s\n", st.Draft.Approved, who)
	}
	return nil
}

func approver(d *store.Draft) string {
	if d == nil {
		return ""
	}
	return d.By
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

func (d *desk) changes(list []library.Change) {
	for _, c := range list {
		fmt.Fprintf(d.stdout, "  %-7s %s\n", c.What, c.File)
	}
}

func (d *desk) list(ctx context.Context, _ string) error {
	articles, err := d.shelf.List(ctx, d.scope)
	return d.articles(articles, err)
}

func (d *desk) due(_ context.Context, _ string) error {
	if d.days < 0 || d.days > 3660 {
		return usagef("--days needs a number from 0 to 3660")
	}
	return d.articles(d.shelf.Due(d.scope, d.days), nil)
}

func (d *desk) articles(list []library.Article, err error) error {
	if err != nil {
		return err
	}
	if d.json {
		return d.write(list)
	}
	for _, a := range list {
		fmt.Fprintf(d.stdout, "%s  %s; %s, next review %s", a.Slug, a.Title, a.Status, cmp.Or(a.NextReview, "not set"))
		if a.Draft != "" {
			fmt.Fprintf(d.stdout, "; %s in the draft", a.Draft)
		}
		fmt.Fprintln(d.stdout)
	}
	fmt.Fprintf(d.stdout, "%d articles\n", len(list))
	return nil
}

func (d *desk) show(ctx context.Context, slug string) error {
	text, err := d.shelf.Show(ctx, d.scope, slug)
	if err != nil {
		return err
	}
	_, err = d.stdout.Write(text)
	return err
}

// article reads an article from a file; a web page is made into one.
func (d *desk) article(file string) ([]byte, error) {
	page := isPage(file)
	limit := knowledge.MaxArticle
	if page {
		limit = importer.MaxHTML
	}
	text, err := readUpTo(file, limit)
	if err != nil || !page {
		return text, err
	}
	return importer.HTML(text, importer.About{})
}

func isPage(file string) bool {
	return slices.Contains([]string{".html", ".htm"}, strings.ToLower(filepath.Ext(file)))
}

// readUpTo reads a file that may have so many bytes.
func readUpTo(file string, limit int) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("can't read the file; check its name (%w)", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, int64(limit)+1))
	if err != nil {
		return nil, fmt.Errorf("can't read the file (%w)", err)
	}
	if len(text) > limit {
		return nil, fmt.Errorf("%s has more than %d bytes, the most for such a file; split it", file, limit)
	}
	return text, nil
}

func (d *desk) add(ctx context.Context, file string) error {
	err := d.put(file, func(text []byte) (string, knowledge.Problems, error) { return d.shelf.Add(ctx, d.scope, d.by, text) })
	if errors.Is(err, library.ErrExists) {
		return fmt.Errorf("%w, with salve library edit %s", err, file)
	}
	return err
}

func (d *desk) edit(ctx context.Context, file string) error {
	return d.put(file, func(text []byte) (string, knowledge.Problems, error) {
		return d.shelf.Edit(ctx, d.scope, d.by, "", "", text)
	})
}

// put reads an article and puts it into the draft.
func (d *desk) put(file string, into func(text []byte) (string, knowledge.Problems, error)) error {
	text, err := d.article(file)
	if err != nil {
		return err
	}
	slug, problems, err := into(text)
	if err != nil {
		return err
	}
	faults := d.problems(problems)
	fmt.Fprintf(d.stdout, "%s is in the draft, with %d faults and %d warnings\n", slug, faults, len(problems)-faults)
	if isPage(file) {
		fmt.Fprintln(d.stdout, "it is made from a web page, which can't vouch for itself: name its source and the day you read it")
	}
	return nil
}

// problems prints what is wrong and returns how much of it keeps the draft from
// being published.
func (d *desk) problems(list knowledge.Problems) int {
	for _, p := range list {
		if p.Warning {
			fmt.Fprintf(d.stdout, "warning: %v\n", p)
		} else {
			fmt.Fprintf(d.stderr, "%v\n", p)
		}
	}
	return len(list.Faults())
}

func (d *desk) remove(ctx context.Context, slug string) error {
	if err := d.shelf.Remove(ctx, d.scope, d.by, slug); err != nil {
		return err
	}
	fmt.Fprintf(d.stdout, "%s is out of the draft; it is quoted until that is published\n", slug)
	return nil
}

func (d *desk) judge(ctx context.Context, file string) error {
	text, err := readUpTo(file, knowledge.MaxArticle)
	if err != nil {
		return err
	}
	cases, err := eval.ReadCases(filepath.Base(file), bytes.NewReader(text))
	if err != nil {
		return err
	}
	if err := d.shelf.Judge(ctx, d.scope, d.by, string(text)); err != nil {
		return err
	}
	fmt.Fprintf(d.stdout, "%d judged questions are in the draft\n", len(cases))
	return nil
}

func (d *desk) judged(ctx context.Context, _ string) error {
	list, err := d.shelf.Judged(ctx, d.scope)
	if err != nil {
		return err
	}
	if d.json {
		return d.write(list)
	}
	for _, j := range list {
		fmt.Fprintln(d.stdout, strings.TrimSpace(fmt.Sprintf("%s  %s  %s", j.Question, j.Expect, strings.Join(j.Words, "; "))))
	}
	fmt.Fprintf(d.stdout, "%d judged questions of this library's own\n", len(list))
	return nil
}

func (d *desk) unjudge(ctx context.Context, question string) error {
	if err := d.shelf.RemoveJudged(ctx, d.scope, d.by, question); err != nil {
		return err
	}
	fmt.Fprintln(d.stdout, "the question is out of the draft; it is put to previews until that is published")
	return nil
}

func (d *desk) reindex(ctx context.Context, _ string) error {
	if d.scope != "" {
		return usagef("reindex reads the folder of the shared library; leave out --server")
	}
	changes, err := d.shelf.Reindex(ctx, d.by)
	if err != nil {
		return err
	}
	fmt.Fprintf(d.stdout, "the draft is what the library folder holds; %d files differ from what is published\n", len(changes))
	d.changes(changes)
	return nil
}

func (d *desk) discard(ctx context.Context, _ string) error {
	if err := d.shelf.Discard(ctx, d.scope, d.by); err != nil {
		return err
	}
	fmt.Fprintln(d.stdout, "the draft is gone; what is published stays")
	return nil
}

func (d *desk) check(ctx context.Context, _ string) error {
	problems, err := d.shelf.Check(ctx, d.scope)
	if err != nil {
		return err
	}
	if d.json {
		if err := d.write(problems); err != nil {
			return err
		}
	} else {
		faults := d.problems(problems)
		fmt.Fprintf(d.stdout, "%d faults, %d warnings\n", faults, len(problems)-faults)
	}
	if len(problems.Faults()) > 0 {
		return errReported
	}
	return nil
}
