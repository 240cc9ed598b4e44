package cluster

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"

	"github.com/jackc/pgx/v5"
)

// durable data survives the end of the server in whatever way, which is all that
// tests can do to it: what the system was given it writes, so that nothing waits
// for the disk.
var durable = []string{
	"fsync=off",
	"synchronous_commit=on",
	"wal_level=replica",
	"max_wal_senders=4",
	"hot_standby=on",
}

// StartDurable is Start for a cluster whose server may be killed: as on a real
// one, what was committed is there afterwards.
func StartDurable(ctx context.Context, bin string) (*Cluster, error) {
	return start(ctx, bin, temporaryPlaces(), durable)
}

// StartOnDisk is StartDurable with the files on a disk, so that what is measured
// includes writing there. The settings, as name=value, come last.
func StartOnDisk(ctx context.Context, bin string, settings ...string) (*Cluster, error) {
	return start(ctx, bin, diskPlaces(), slices.Concat(durable, settings))
}

// Addr is where the server listens.
func (c *Cluster) Addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(c.port)) }

// Kill ends the server at once, with SIGKILL or, as pg_ctl stop -m immediate
// does, with SIGQUIT. Restart starts it again.
func (c *Cluster) Kill(signal syscall.Signal) error {
	if c.server == nil {
		return errors.New("the PostgreSQL server does not run")
	}
	if err := c.server.Process.Signal(signal); err != nil {
		return fmt.Errorf("kill the PostgreSQL server: %w", err)
	}
	<-c.exited
	c.server = nil
	return nil
}

// Restart starts the server again on the same port and the same data. After
// SIGKILL that takes until its children have noticed that they are alone.
func (c *Cluster) Restart(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		err := c.launch(ctx)
		if err == nil || ctx.Err() != nil {
			return err
		}
		c.kill()
	}
}

// Replica makes a streaming replica, a cluster of its own.
func (c *Cluster) Replica(ctx context.Context) (*Cluster, error) {
	r, err := prepare(c.bin, temporaryPlaces(), c.settings)
	if err != nil {
		return nil, err
	}
	r.password = c.password
	backup := exec.CommandContext(ctx, filepath.Join(c.bin, "pg_basebackup"), "--host=127.0.0.1", "--port="+strconv.Itoa(c.port),
		"--username=postgres", "--pgdata="+r.data(), "--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync")
	c.owner.own(backup, r.dir)
	backup.Env = append(os.Environ(), "PGPASSWORD="+c.password)
	if output, err := backup.CombinedOutput(); err != nil {
		return nil, errors.Join(fmt.Errorf("pg_basebackup: %w\n%s", err, output), r.Stop())
	}
	return r.launchSomewhere(ctx)
}

// Promote makes the replica a server of its own, and returns when it takes writes.
func (c *Cluster) Promote(ctx context.Context) error { return c.Execute(ctx, "SELECT pg_promote()") }

// Execute runs a statement as the superuser.
func (c *Cluster) Execute(ctx context.Context, statement string) (err error) {
	conn, err := pgx.Connect(ctx, c.URL())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	_, err = conn.Exec(ctx, statement)
	return err
}
