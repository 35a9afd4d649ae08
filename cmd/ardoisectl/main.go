// Command ardoisectl does without a window what the window does: the same
// plans, the same commits, for schedulers, tests and servers. Exit status: 0
// done, 1 refused by a rule, 2 wrong usage, 3 environment.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"
)

func main() {
	// A command lives a moment beside other programs: a smaller heap is worth a
	// little more collecting (200 MB at the most, quality.md).
	debug.SetGCPercent(50)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	realClock = true
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv, time.Now)
	stop()
	os.Exit(code)
}
