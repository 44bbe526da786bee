package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"salve/bot"
	"salve/bot/library"
	"salve/bot/store"
)

// dataFolder is where the store lives when SALVE_DATA is not set.
const dataFolder = "data"

func (p *program) serve(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("serve", flag.ContinueOnError)
	addr := f.String("http", "", "")
	dir := f.String("knowledge", "", "")
	rest, err := parse(f, args)
	if err != nil {
		return err
	}
	switch {
	case len(rest) > 0:
		return usagef("serve takes no argument %q; see \"salve help\"", rest[0])
	case p.set.Token == "":
		return usagef("DISCORD_TOKEN is not set; copy .env.example to .env and put in the bot token from https://discord.com/developers/applications (your application, Bot, Reset Token)")
	case *addr != "" && p.set.PublicKey == "":
		return usagef("DISCORD_PUBLIC_KEY is not set, and --http needs it; copy it from https://discord.com/developers/applications (your application, General Information)")
	}
	log := slog.New(slog.NewTextHandler(p.stderr, &slog.HandlerOptions{Level: p.logLevel()}))
	path := p.storeFile()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	kept, err := store.Open(ctx, path)
	if err != nil {
		return err
	}
	defer kept.Close()
	// A changed library of the program's own is published by itself; a folder of
	// the operator's waits for a moderator to say so.
	articles, err := library.Open(ctx, library.Options{
		Store: kept, Base: p.files(*dir), Follow: cmp.Or(*dir, p.set.Knowledge) == "", Log: log,
	})
	if err != nil {
		return err
	}
	defer articles.Close()
	watch, unwatch := context.WithCancel(ctx)
	var watching sync.WaitGroup
	watching.Go(func() { articles.Watch(watch) })
	defer func() {
		unwatch()
		watching.Wait()
	}()
	b, err := bot.New(bot.Config{
		Token: p.set.Token, PublicKey: p.set.PublicKey, Contact: p.set.Contact,
		Answerer: articles, Library: bot.Published(articles.Composer("")), Store: kept, Log: log,
		Shelf: articles, Home: p.set.Home,
		ServerLibrary: func(guild string) bot.Library { return bot.Published(articles.Composer(guild)) },
	})
	if err != nil {
		return err
	}
	served := articles.Composer("").Library()
	log.Info("salve starts", "articles", len(served.Articles), "passages", len(served.Passages()))
	if *addr == "" {
		return b.Run(ctx)
	}
	watching.Go(func() { b.Withdraw(watch) })
	return serveHTTP(ctx, b, *addr, log)
}

func (p *program) logLevel() slog.Level {
	var level slog.Level
	_ = level.UnmarshalText([]byte(p.set.LogLevel)) // readSettings has checked it; "" is info
	return level
}

// serveHTTP serves Discord's interactions endpoint until ctx ends, and two
// addresses for health checks: /live and /ready.
func serveHTTP(ctx context.Context, b *bot.Bot, addr string, log *slog.Logger) error {
	if err := b.Register(ctx); err != nil {
		return err
	}
	ok := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }
	mux := http.NewServeMux()
	mux.Handle("/", b.Handler())
	mux.HandleFunc("GET /live", ok)
	mux.HandleFunc("GET /ready", func(w http.ResponseWriter, _ *http.Request) {
		if !b.Ready() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	log.Info("interactions endpoint", "address", listener.Addr().String())
	notes, stopNotes := context.WithCancel(ctx)
	var sending sync.WaitGroup
	sending.Go(func() { b.WeeklyNotes(notes) })
	defer func() {
		stopNotes()
		sending.Wait()
	}()
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err = server.Shutdown(stop)
	b.Drain()
	if errors.Is(err, context.DeadlineExceeded) {
		return nil // whoever still waits has had its answer deferred
	}
	return err
}
