package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"salve/bot"
	"salve/bot/library"
	"salve/bot/preview"
	"salve/bot/store"
	"salve/bot/triage"
)

// previewAddr is where the preview is served unless --addr says otherwise.
const previewAddr = "127.0.0.1:8787"

// preview serves the bot on a local page until ctx ends. It writes into a
// temporary folder, which it removes, or into that of --data.
func (p *program) preview(ctx context.Context, args []string) (err error) {
	f := flag.NewFlagSet("preview", flag.ContinueOnError)
	addr := f.String("addr", "", "")
	folder := f.String("data", "", "")
	dir := f.String("knowledge", "", "")
	rest, err := parse(f, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return usagef("preview takes no argument %q; see \"salve help\"", rest[0])
	}
	listener, err := p.listen(*addr)
	if err != nil {
		return err
	}
	defer listener.Close()
	gc := debug.SetGCPercent(startGC) // as ask: the start makes little garbage
	go triage.Load()
	if *folder == "" {
		if *folder, err = os.MkdirTemp("", "salve-preview-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(*folder)) }()
	} else if err := os.MkdirAll(*folder, 0o700); err != nil {
		return err
	}
	kept, err := store.Open(ctx, filepath.Join(*folder, "salve.db"))
	if err != nil {
		return err
	}
	defer kept.Close()
	log := slog.New(slog.NewTextHandler(p.stderr, &slog.HandlerOptions{Level: max(p.logLevel(), slog.LevelWarn)}))
	articles, err := library.Open(ctx, library.Options{
		Store: kept, Base: p.files(*dir), Follow: cmp.Or(*dir, p.set.Knowledge) == "", Log: log,
	})
	debug.SetGCPercent(gc)
	if err != nil {
		return err
	}
	defer articles.Close()
	v, err := preview.Start(ctx, preview.Config{
		Shelf: articles, Library: func(server string) bot.Library { return bot.Published(articles.Composer(server)) }, Store: kept, Log: log, Contact: p.set.Contact,
	})
	if err != nil {
		return err
	}
	defer v.Close()
	named, _, _ := net.SplitHostPort(*addr)
	server := &http.Server{Handler: v.Handler(named), ReadHeaderTimeout: 5 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	fmt.Fprintf(p.stdout, "Salve's preview is at http://%s (Ctrl-C ends it)\n", listener.Addr())
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		return server.Close()
	}
}

// listen opens the address of the page: a loopback one, or with a warning any
// that was asked for. The usual port gives way to a free one when it is taken.
func (p *program) listen(addr string) (net.Listener, error) {
	if addr == "" {
		if l, err := net.Listen("tcp", previewAddr); err == nil {
			return l, nil
		}
		return net.Listen("tcp", "127.0.0.1:0")
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, usagef("can't listen on %s; write --addr 127.0.0.1:8787, or another free port (%v)", addr, err)
	}
	if tcp, ok := l.Addr().(*net.TCPAddr); ok && !tcp.IP.IsLoopback() {
		fmt.Fprintln(p.stderr, "salve: warning: the preview is open to other machines, which can read what is typed here and use it; leave --addr out to keep it to this one")
	}
	return l, nil
}
