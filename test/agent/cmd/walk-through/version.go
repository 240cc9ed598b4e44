package main

import (
	"context"
	"fmt"
	"os/exec"
)

// version is a release of the agent.
type version struct{ major, minor int }

// sinceManagers is the first release with runner managers, tokens that begin
// with glrt- and the deletion of a manager (runner protocol, section 14).
var sinceManagers = version{16, 0}

// sinceAcknowledgement is the first release whose first word about a job comes
// before its script begins.
var sinceAcknowledgement = version{18, 5}

// sinceRetryAfter is the first release that waits as Retry-After says. Older ones
// look at RateLimit-ResetTime alone.
var sinceRetryAfter = version{16, 1}

// versionOf asks the program which release it is.
func versionOf(ctx context.Context, agent string) (v version, err error) {
	text, err := exec.CommandContext(ctx, agent, "--version").Output()
	if err != nil {
		return v, fmt.Errorf("%s --version: %w", agent, err)
	}
	if _, err := fmt.Sscanf(string(text), "Version: %d.%d", &v.major, &v.minor); err != nil {
		return v, fmt.Errorf("%s --version says %q: %w", agent, text, err)
	}
	return v, nil
}

// String is the release as people write it.
func (v version) String() string { return fmt.Sprintf("%d.%d", v.major, v.minor) }

func (v version) before(other version) bool {
	return v.major < other.major || v.major == other.major && v.minor < other.minor
}
