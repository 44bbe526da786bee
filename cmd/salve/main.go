// Command salve answers health questions of a patient community from a library
// of articles, word for word, on Discord and on the command line.
//
// Usage: see "salve help". It exits with 0 when done, 1 when the operation
// failed and 2 on wrong usage. Errors go to standard error as
// "salve: what is wrong; what to do".
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p := &program{getenv: os.LookupEnv, stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr}
	if err := p.run(ctx, os.Args[1:]); err != nil {
		if !errors.Is(err, errReported) {
			fmt.Fprintf(os.Stderr, "salve: %v\n", err)
		}
		os.Exit(exitCode(err))
	}
}

// A usageError is a wrong command line or a missing setting.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

func usagef(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

// errReported fails a command whose output already says why.
var errReported = errors.New("failed")

func exitCode(err error) int {
	var usage usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &usage):
		return 2
	}
	return 1
}
