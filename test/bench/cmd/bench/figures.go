package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"runyard/test/bench/measures"
	"runyard/test/bench/report"
	"runyard/test/bench/server"
)

const (
	mebibyte = 1 << 20
	megabyte = 1_000_000
	// starts is how often the program is started to see how long it takes.
	starts = 5
	// settling is how long a server has nothing to do before it counts as idle, but
	// no longer than a round.
	settling = time.Second
)

// figures are what is no line: of other servers on the same database, and of the
// program itself.
func (b *bench) figures(ctx context.Context, site *measures.Site) ([]report.Figure, error) {
	var all []report.Figure
	for _, more := range []func(context.Context, *measures.Site) ([]report.Figure, error){
		b.heldPolls, b.startFigures, b.binary,
	} {
		figures, err := more(ctx, site)
		if err != nil {
			return nil, err
		}
		all = append(all, figures...)
	}
	return all, nil
}

// heldPolls is the memory of a server of its own that holds many requests.
func (b *bench) heldPolls(ctx context.Context, site *measures.Site) ([]report.Figure, error) {
	storage, err := b.newFolder("storage-held")
	if err != nil {
		return nil, err
	}
	environ := measures.Environment(b.databases[site.Data.Name], storage, "RUNYARD_LONG_POLL=1m")
	holder, err := server.Start(ctx, b.folder, environ, b.runyard, "serve")
	if err != nil {
		return nil, err
	}
	b.atEnd(holder.Stop)
	if err := holder.AwaitReady(ctx); err != nil {
		return nil, err
	}
	return measures.HeldPolls(ctx, holder, site.Data)
}

// startFigures are of the program on an SQLite file that is there already.
func (b *bench) startFigures(ctx context.Context, _ *measures.Site) ([]report.Figure, error) {
	folder, err := b.newFolder("start")
	if err != nil {
		return nil, err
	}
	environ := measures.Environment("sqlite:"+filepath.Join(folder, "runyard.db"), folder)
	if url := b.databases[b.plan.Name]; strings.HasPrefix(url, "sqlite:") {
		environ = measures.Environment(url, folder)
	}
	// The first start makes the file and its tokens.
	if _, _, err := b.startOnce(ctx, environ, 0); err != nil {
		return nil, err
	}
	var times, memories []float64
	for range starts {
		took, memory, err := b.startOnce(ctx, environ, min(settling, b.round))
		if err != nil {
			return nil, err
		}
		times = append(times, float64(took)/float64(time.Millisecond))
		memories = append(memories, float64(memory.Resident)/mebibyte)
	}
	return []report.Figure{
		{Key: "start", Name: "start to ready on an existing SQLite file", Value: report.Median(times), Unit: "ms", AtMost: 200},
		{Key: "idle-memory", Name: "idle memory", Value: report.Median(memories), Unit: "MiB", AtMost: 60},
	}, nil
}

func (b *bench) startOnce(ctx context.Context, environ []string, idle time.Duration) (took time.Duration, memory server.Memory, err error) {
	begin := time.Now()
	s, err := server.Start(ctx, b.folder, environ, b.runyard, "serve")
	if err != nil {
		return 0, memory, err
	}
	if err = s.AwaitReady(ctx); err == nil {
		took = time.Since(begin)
		time.Sleep(idle)
		memory, err = s.Memory()
	}
	if stopped := s.Stop(); err == nil {
		err = stopped
	}
	return took, memory, err
}

func (b *bench) binary(context.Context, *measures.Site) ([]report.Figure, error) {
	file, err := os.Stat(b.runyard)
	if err != nil {
		return nil, err
	}
	return []report.Figure{{
		Key: "binary", Name: "the binary", Value: float64(file.Size()) / megabyte, Unit: "MB", AtMost: 45,
	}}, nil
}
