package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
)

// clusterConfiguration is where Debian's packages look whether to make and start
// a server of their own.
const clusterConfiguration = "/etc/postgresql-common/createcluster.conf"

// Install installs PostgreSQL's server programs where that needs no question:
// as root on Debian and its kin. Elsewhere it returns ErrNoPrograms. What the
// package manager says goes to output.
func Install(ctx context.Context, output io.Writer) error {
	if _, err := os.Stat("/etc/debian_version"); err != nil || os.Geteuid() != 0 {
		return ErrNoPrograms
	}
	if _, err := exec.LookPath("apt-get"); err != nil {
		return ErrNoPrograms
	}
	// The common package comes first, so that the other one finds the wish for
	// no server of its own.
	for _, step := range []func() error{
		func() error { return aptGet(ctx, output, "update") },
		func() error {
			return aptGet(ctx, output, "install", "-y", "--no-install-recommends", "postgresql-common")
		},
		refuseMainCluster,
		func() error { return aptGet(ctx, output, "install", "-y", "--no-install-recommends", "postgresql") },
	} {
		if err := step(); err != nil {
			return fmt.Errorf("install PostgreSQL: %w", err)
		}
	}
	return nil
}

func aptGet(ctx context.Context, output io.Writer, args ...string) error {
	cmd := exec.CommandContext(ctx, "apt-get", args...)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	cmd.Stdout, cmd.Stderr = output, output
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("apt-get %s: %w", args[0], err)
	}
	return nil
}

func refuseMainCluster() (err error) {
	const wish = "create_main_cluster = false\n"
	content, err := os.ReadFile(clusterConfiguration)
	if err != nil || bytes.Contains(content, []byte("\n"+wish)) {
		return err
	}
	file, err := os.OpenFile(clusterConfiguration, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	_, err = file.WriteString("\n" + wish)
	return err
}
