package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"salve/bot/store"
)

// storeFile is the path of the store in the data folder.
func (p *program) storeFile() string {
	folder := p.set.Data
	if folder == "" {
		folder = dataFolder
	}
	return filepath.Join(folder, "salve.db")
}

// backup writes the store into a file, also while the bot runs.
func (p *program) backup(ctx context.Context, args []string) error {
	rest, err := parse(flag.NewFlagSet("backup", flag.ContinueOnError), args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return usagef("backup needs the name of one new file; write salve backup salve-backup.db")
	}
	path := p.storeFile()
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no store at %s; set SALVE_DATA to the folder that holds salve.db", path)
	}
	kept, err := store.Open(ctx, path)
	if err != nil {
		return err
	}
	defer kept.Close()
	if err := kept.Backup(ctx, rest[0]); err != nil {
		return err
	}
	info, err := os.Stat(rest[0])
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "%s backed up into %s, %d bytes\n", path, rest[0], info.Size())
	return nil
}

// restore puts a backup in place of the store, while the bot does not run.
func (p *program) restore(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("restore", flag.ContinueOnError)
	replace := f.Bool("replace", false, "")
	rest, err := parse(f, args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return usagef("restore needs the name of one backup; write salve restore salve-backup.db")
	}
	path := p.storeFile()
	if err := store.Restore(ctx, rest[0], path, *replace); err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "%s restored from %s\n", path, rest[0])
	return nil
}
