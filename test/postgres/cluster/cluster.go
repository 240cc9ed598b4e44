// Package cluster runs a throw-away PostgreSQL server for tests: on a free port
// of the loopback address, in a temporary directory, without durability. It runs
// on Unix systems, as root as well as an ordinary user.
package cluster

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	startTimeout = time.Minute
	stopTimeout  = 10 * time.Second
	pollInterval = 20 * time.Millisecond
	// Somebody else may take the free port before the server does.
	startAttempts = 3
)

// Cluster is a running PostgreSQL server with one superuser, postgres.
type Cluster struct {
	bin      string
	owner    *owner
	settings []string
	dir      string
	password string
	port     int
	server   *exec.Cmd
	exited   chan struct{} // closed once the server process is gone
}

// Start makes a cluster with the programs in bin and returns when it answers.
// Whoever starts it must Stop it; after an error nothing is left behind.
func Start(ctx context.Context, bin string) (*Cluster, error) {
	return start(ctx, bin, temporaryPlaces(), fleeting)
}

func start(ctx context.Context, bin string, places, settings []string) (*Cluster, error) {
	c, err := prepare(bin, places, settings)
	if err != nil {
		return nil, err
	}
	if err := c.initialize(ctx); err != nil {
		return nil, errors.Join(err, c.Stop())
	}
	return c.launchSomewhere(ctx)
}

// prepare makes the directory of a cluster that is still to be filled.
func prepare(bin string, places, settings []string) (*Cluster, error) {
	owner, err := findOwner()
	if err != nil {
		return nil, err
	}
	dir, err := makeDirectory(owner, places)
	if err != nil {
		return nil, err
	}
	return &Cluster{bin: bin, owner: owner, settings: settings, dir: dir, password: rand.Text()}, nil
}

// launchSomewhere starts the server on a free port.
func (c *Cluster) launchSomewhere(ctx context.Context) (*Cluster, error) {
	for attempt := 1; ; attempt++ {
		err := c.pickPort()
		if err == nil {
			err = c.launch(ctx)
		}
		if err == nil {
			return c, nil
		}
		if attempt == startAttempts || ctx.Err() != nil {
			return nil, errors.Join(err, c.Stop())
		}
		c.kill()
	}
}

// URL is where the superuser finds the database postgres, over TCP.
func (c *Cluster) URL() string {
	u := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword("postgres", c.password),
		Host:     net.JoinHostPort("127.0.0.1", strconv.Itoa(c.port)),
		Path:     "/postgres",
		RawQuery: "sslmode=disable",
	}
	return u.String()
}

// Directory holds the data and the Unix socket, until Stop removes it.
func (c *Cluster) Directory() string { return c.dir }

// Stop ends the server, whoever is still connected, and removes all its files.
func (c *Cluster) Stop() error {
	c.kill()
	if err := os.RemoveAll(c.dir); err != nil {
		return fmt.Errorf("remove the directory of the PostgreSQL server: %w", err)
	}
	return nil
}

func (c *Cluster) data() string    { return filepath.Join(c.dir, "data") }
func (c *Cluster) logFile() string { return filepath.Join(c.dir, "server.log") }

// initialize makes the data directory. A password is needed even on loopback:
// a superuser may run programs, and other people may have accounts on the machine.
func (c *Cluster) initialize(ctx context.Context) error {
	passwordFile := filepath.Join(c.dir, "password")
	if err := os.WriteFile(passwordFile, []byte(c.password+"\n"), 0o600); err != nil {
		return fmt.Errorf("write the password of the PostgreSQL server: %w", err)
	}
	if err := c.owner.give(passwordFile); err != nil {
		return err
	}
	args := []string{
		"--pgdata=" + c.data(), "--username=postgres", "--pwfile=" + passwordFile, "--auth=password",
		"--encoding=UTF8", "--locale=C", "--no-sync",
	}
	if runtime.GOOS == "linux" {
		// Upper and lower case of letters outside ASCII, as on a real server.
		args = append(args, "--lc-ctype=C.UTF-8")
	}
	initdb := exec.CommandContext(ctx, filepath.Join(c.bin, "initdb"), args...)
	c.owner.own(initdb, c.dir)
	if output, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, output)
	}
	return nil
}

// launch starts the server on its port and waits until it answers.
func (c *Cluster) launch(ctx context.Context) error {
	log, err := os.Create(c.logFile())
	if err != nil {
		return fmt.Errorf("create the log of the PostgreSQL server: %w", err)
	}
	defer log.Close()

	// Not CommandContext: a signal that ends ctx must not take the server away
	// from tests that are still cleaning up. Stop ends it.
	server := exec.Command(filepath.Join(c.bin, "postgres"), c.arguments()...)
	server.Stdout, server.Stderr = log, log
	c.owner.own(server, c.dir)
	if err := server.Start(); err != nil {
		return fmt.Errorf("start the PostgreSQL server: %w", err)
	}
	exited := make(chan struct{})
	go func() {
		defer close(exited)
		_ = server.Wait() // that it ended is all that matters; the log has the reason
	}()
	c.server, c.exited = server, exited
	return c.waitUntilReady(ctx)
}

func (c *Cluster) arguments() []string {
	args := []string{"-D", c.data(), "-p", strconv.Itoa(c.port)}
	for _, setting := range append([]string{
		"listen_addresses=127.0.0.1",
		"unix_socket_directories=" + c.dir,
		"max_connections=300",
		"shared_buffers=128MB",
		// Shared memory as files below the data directory goes with it, even if the
		// server had to be killed, and is not bounded by a container's small /dev/shm.
		"dynamic_shared_memory_type=mmap",
		"max_wal_size=512MB",
		"checkpoint_timeout=1h",
	}, c.settings...) {
		args = append(args, "-c", setting)
	}
	return args
}

// fleeting data dies with the tests: nothing has to survive a crash.
var fleeting = []string{
	"fsync=off",
	"synchronous_commit=off",
	"full_page_writes=off",
	"wal_level=minimal",
	"max_wal_senders=0",
}

func (c *Cluster) waitUntilReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	for {
		err := ping(ctx, c.URL())
		if err == nil {
			return nil
		}
		select {
		case <-ticker.C:
		case <-c.exited:
			return fmt.Errorf("the PostgreSQL server ended at once\n%s", c.lastLogLines())
		case <-ctx.Done():
			return fmt.Errorf("the PostgreSQL server does not answer: %w\n%s", err, c.lastLogLines())
		}
	}
}

func ping(ctx context.Context, url string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

func (c *Cluster) lastLogLines() []byte {
	log, err := os.ReadFile(c.logFile())
	if err != nil {
		return []byte(err.Error())
	}
	const most = 2000
	return bytes.TrimSpace(log[max(0, len(log)-most):])
}

// kill ends the server process, if there is one, and waits until it is gone.
func (c *Cluster) kill() {
	if c.server == nil {
		return
	}
	// SIGQUIT is PostgreSQL's immediate shutdown: no checkpoint, but no orphans either.
	_ = c.server.Process.Signal(syscall.SIGQUIT)
	select {
	case <-c.exited:
	case <-time.After(stopTimeout):
		_ = c.server.Process.Kill()
		<-c.exited
	}
	c.server = nil
}

// The ports that systems do not give to outgoing connections: nobody gets one by
// chance while the server is away for a moment.
const (
	firstPort = 10_000
	lastPort  = 32_000
)

func (c *Cluster) pickPort() error {
	for {
		c.port = firstPort + mathrand.IntN(lastPort-firstPort)
		listener, err := net.Listen("tcp", c.Addr())
		if err == nil {
			return listener.Close()
		}
		if !errors.Is(err, syscall.EADDRINUSE) {
			return fmt.Errorf("find a free port: %w", err)
		}
	}
}
