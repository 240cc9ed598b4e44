package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"runyard/test/bench/report"
	"runyard/test/postgres/cluster"
)

const (
	postgresDatabase = report.PostgreSQL
	sqliteDatabase   = "sqlite"
)

// host has the databases of a run.
type host struct {
	newDatabase func(ctx context.Context, name string) (url string, err error)
	settings    string
	version     func(ctx context.Context) (string, error)
}

func (b *bench) openHost(ctx context.Context) (host, error) {
	if b.database == sqliteDatabase {
		return host{
			newDatabase: func(_ context.Context, name string) (string, error) {
				return "sqlite:" + filepath.Join(b.folder, name+".db"), nil
			},
			settings: "journal_mode=WAL, synchronous=FULL",
			version:  func(context.Context) (string, error) { return "SQLite of modernc.org/sqlite", nil },
		}, nil
	}
	return b.startPostgreSQL(ctx)
}

// startPostgreSQL starts a server with the settings that one would give it on a
// machine of this size which it shares with Runyard.
func (b *bench) startPostgreSQL(ctx context.Context) (host, error) {
	bin, err := cluster.Programs(ctx, b.log)
	if err != nil {
		return host{}, err
	}
	memory, err := memoryOfMachine()
	if err != nil {
		return host{}, err
	}
	const megabyte = 1 << 20
	settings := []string{
		fmt.Sprintf("shared_buffers=%dMB", memory/6/megabyte),
		fmt.Sprintf("effective_cache_size=%dMB", memory/2/megabyte),
		"work_mem=16MB", "maintenance_work_mem=256MB", "random_page_cost=1.1",
		"wal_level=replica", "max_wal_size=8GB", "checkpoint_timeout=15min",
	}
	server, err := cluster.StartOnDisk(ctx, bin, settings...)
	if err != nil {
		return host{}, err
	}
	b.atEnd(server.Stop)
	return host{
		newDatabase: func(ctx context.Context, name string) (string, error) {
			_, err := onServer(ctx, server.URL(), "CREATE DATABASE "+name)
			return strings.Replace(server.URL(), "/postgres?", "/"+name+"?", 1), err
		},
		settings: "fsync=on, " + strings.Join(settings, ", "),
		version: func(ctx context.Context) (string, error) {
			version, err := onServer(ctx, server.URL(), "SHOW server_version")
			return "PostgreSQL " + version, err
		},
	}, nil
}

// onServer runs a statement and returns its value, if it has one.
func onServer(ctx context.Context, url, statement string) (value string, err error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return "", err
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // nothing is left to be done
	rows, err := conn.Query(ctx, statement)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&value); err != nil {
			return "", err
		}
	}
	return value, rows.Err()
}

// thisMachine says where the figures come from.
func thisMachine(ctx context.Context, h host) (report.Machine, error) {
	memory, err := memoryOfMachine()
	if err != nil {
		return report.Machine{}, err
	}
	load, err := loadOfMachine()
	if err != nil {
		return report.Machine{}, err
	}
	version, err := h.version(ctx)
	return report.Machine{
		Cores: runtime.NumCPU(), Memory: memory, Go: runtime.Version(), Database: version,
		System: runtime.GOOS + "/" + runtime.GOARCH, Load: load,
	}, err
}

// memoryOfMachine is how many bytes it has.
func memoryOfMachine() (int64, error) {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0, err
	}
	_, rest, _ := bytes.Cut(text, []byte("MemTotal:"))
	fields := bytes.Fields(rest)
	if len(fields) == 0 {
		return 0, fmt.Errorf("the system does not tell its memory")
	}
	kilobytes, err := strconv.ParseInt(string(fields[0]), 10, 64)
	return kilobytes << 10, err
}

// loadOfMachine is the average of the last minute.
func loadOfMachine() (float64, error) {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(text), " ")
	return strconv.ParseFloat(first, 64)
}
