package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
)

// Both are set by the linker in releases: -ldflags "-X main.version=… -X main.commit=…".
var (
	version = "0.1.0"
	commit  = ""
)

// printVersion writes one line with version, commit and Go version.
func printVersion(w io.Writer) error {
	_, err := fmt.Fprintf(w, "runyard %s (commit %s, %s %s/%s)\n", version, revision(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

// revision is the commit that the program was built from, or "unknown": the Go
// tool records it only when it builds inside a checkout.
func revision() string {
	if commit != "" {
		return commit
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, setting := range info.Settings {
			if setting.Key == "vcs.revision" {
				return setting.Value
			}
		}
	}
	return "unknown"
}
