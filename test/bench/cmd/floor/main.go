// Command floor runs the server that Runyard is measured against on the database
// in its only argument.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"runyard/test/bench/floor"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	err := floor.Serve(ctx, os.Args[1], os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "floor: "+err.Error())
		os.Exit(1)
	}
}
