package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// walk does steps and tells of them.
type walk struct {
	program, agent string
	version        version // of the agent
	dir            string

	mu     sync.Mutex // guards what follows
	out    io.Writer
	failed []string
	broken error // out cannot be written
}

// all does the steps, so many at once, and then those that are to be alone.
func (w *walk) all(ctx context.Context, steps []step, atOnce int) error {
	room := make(chan struct{}, atOnce)
	var wait sync.WaitGroup
	for number, s := range steps {
		if s.alone {
			continue
		}
		room <- struct{}{}
		wait.Go(func() {
			defer func() { <-room }()
			w.try(ctx, s, number)
		})
	}
	wait.Wait()
	for number, s := range steps {
		if s.alone {
			w.try(ctx, s, number)
		}
	}
	if len(w.failed) > 0 {
		slices.Sort(w.failed)
		return errors.Join(w.broken, fmt.Errorf("failed: %s", strings.Join(w.failed, ", ")))
	}
	return w.broken
}

// try does a step, if the agent can, and says what came of it.
func (w *walk) try(ctx context.Context, s step, number int) {
	if w.version.before(s.since) {
		w.tell("skip  %s: gitlab-runner %s cannot do it, %s can\n", s.name, w.version, s.since)
		return
	}
	start := time.Now()
	err := w.do(ctx, s, filepath.Join(w.dir, strconv.Itoa(number)))
	took := time.Since(start).Seconds()
	if err == nil {
		w.tell("ok    %s  (%.1f s)\n", s.name, took)
		return
	}
	w.tell("FAIL  %s: %v  (%.1f s)\n", s.name, err, took)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.failed = append(w.failed, s.name[:2])
}

func (w *walk) tell(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, err := fmt.Fprintf(w.out, format, args...)
	w.broken = errors.Join(w.broken, err)
}

// stepLimit is how long a step may take.
const stepLimit = 2 * time.Minute

// do does one step with a server of its own.
func (w *walk) do(ctx context.Context, s step, dir string) error {
	ctx, cancel := context.WithTimeout(ctx, stepLimit)
	defer cancel()
	world, err := newWorld(ctx, w.program, w.agent, dir, s.settings)
	if err != nil {
		return err
	}
	return errors.Join(s.run(ctx, world), world.stop())
}
