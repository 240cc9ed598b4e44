// Command runyard serves GitLab's Runners API from one binary.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

// Exit codes of the program; scripts rely on them.
const (
	exitFailure = 1
	exitUsage   = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "runyard: "+oneLine(err))
		os.Exit(exitCode(err))
	}
}

// run is the whole program but for the exit code. environ is a list of
// NAME=value pairs, the form of os.Environ.
func run(ctx context.Context, args, environ []string, stdout, stderr io.Writer) error {
	invocation, err := parseCommandLine(args, environ, stdout)
	if errors.Is(err, errHelpShown) {
		return nil
	}
	if err != nil {
		return err
	}
	if invocation.command == commandVersion {
		return printVersion(stdout)
	}
	settings, err := newSettings(invocation.values, environ, isTerminal(stderr))
	if err != nil {
		return err
	}
	switch invocation.command {
	case commandMigrate:
		return migrateDatabase(ctx, settings, invocation.statusOnly, stdout)
	case commandBackup:
		return backUp(ctx, settings, invocation.file)
	}
	return serve(ctx, settings, stdout, stderr)
}

// usageError is a mistake in a flag or a setting: the reader can mend it
// without looking at anything but the command line and the environment.
type usageError struct{ message string }

// Error is one line that names the setting, its value unless that is a secret,
// and what to write instead.
func (e *usageError) Error() string { return e.message }

func usageErrorf(format string, args ...any) error {
	return &usageError{message: fmt.Sprintf(format, args...)}
}

func exitCode(err error) int {
	if _, ok := errors.AsType[*usageError](err); ok {
		return exitUsage
	}
	return exitFailure
}

// oneLine keeps the promise of one line on standard error for the errors of
// libraries too: some of them join several causes by line breaks.
func oneLine(err error) string {
	lines := strings.FieldsFunc(err.Error(), func(r rune) bool { return r == '\n' || r == '\r' })
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	return strings.ReplaceAll(strings.Join(lines, "; "), ":; ", ": ")
}
