package main

import (
	"context"
	"flag"
	"fmt"
	"time"

	"salve/index"
)

// check lists every fault of a library.
func (p *program) check(_ context.Context, args []string) error {
	f := flag.NewFlagSet("check", flag.ContinueOnError)
	dir := f.String("knowledge", "", "")
	report := f.Bool("report", false, "")
	rest, err := parse(f, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return usagef("check takes no argument %q; name a folder with --knowledge DIR", rest[0])
	}
	lib, problems, err := p.load(*dir)
	if err != nil {
		return err
	}
	today := time.Now().Format(time.DateOnly)
	problems = append(problems, lib.Check(today)...)
	if *report {
		if err := lib.Report(p.stdout, today); err != nil {
			return err
		}
	}
	faults := 0
	for _, problem := range problems {
		if problem.Warning {
			fmt.Fprintf(p.stdout, "warning: %v\n", problem)
			continue
		}
		faults++
		fmt.Fprintln(p.stderr, problem)
	}
	fmt.Fprintf(p.stdout, "%d articles, %d passages, %d faults, %d warnings\n", len(lib.Articles), len(lib.Passages()), faults, len(problems)-faults)
	if faults > 0 {
		return errReported
	}
	return nil
}

// source prints where an article's or a section's facts come from.
func (p *program) source(_ context.Context, args []string) error {
	f := flag.NewFlagSet("source", flag.ContinueOnError)
	dir := f.String("knowledge", "", "")
	rest, err := parse(f, args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return usagef("source needs one article; write salve source abrocitinib or abrocitinib#how-it-works")
	}
	lib, err := p.library(*dir)
	if err != nil {
		return err
	}
	return lib.WriteSources(p.stdout, rest[0])
}

// index builds the search index of a library and says what is in it.
func (p *program) index(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("index", flag.ContinueOnError)
	dir := f.String("knowledge", "", "")
	out := f.String("out", "", "")
	rest, err := parse(f, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return usagef("index takes no argument %q; name a folder with --knowledge DIR", rest[0])
	}
	lib, err := p.library(*dir)
	if err != nil {
		return err
	}
	start := time.Now()
	where := "in memory"
	if *out == "" {
		x, err := index.New(lib)
		if err != nil {
			return err
		}
		defer x.Close()
	} else {
		kept, err := index.OpenLibrary(*out)
		if err != nil {
			return err
		}
		defer kept.Close()
		files := p.files(*dir)
		number, err := kept.Publish(ctx, func(ctx context.Context, dir string) error { return index.Write(ctx, files, dir) })
		if err != nil {
			return err
		}
		where = fmt.Sprintf("as generation %d of %s", number, *out)
	}
	fmt.Fprintf(p.stdout, "%d articles, %d passages indexed %s in %d ms\n", len(lib.Articles), len(lib.Passages()), where, time.Since(start).Milliseconds())
	return nil
}
