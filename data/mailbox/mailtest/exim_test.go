//go:build unix

package mailtest

import (
	"strings"
	"testing"
	"time"
)

// TestEximStarts: it answers, is gone when stopped, and comes back on its ports.
func TestEximStarts(t *testing.T) {
	e := StartExim(t, EximOptions{})
	begun := time.Now()
	if !e.answers() {
		t.Fatal("it does not answer")
	}
	e.Stop(t)
	if e.answers() {
		t.Fatal("stopped, it answers")
	}
	e.Start(t)
	t.Logf("stopped and started in %v", time.Since(begun))
	if n := len(e.Delivered(t)); n != 0 {
		t.Error("letters from nowhere:", n)
	}
	if log := e.log(); strings.Contains(log, "panic") {
		t.Error(log)
	}
}
