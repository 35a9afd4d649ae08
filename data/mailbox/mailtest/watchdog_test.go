//go:build unix

package mailtest_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"ardoise/data/mailbox/mailtest"
)

// The child starts a Dovecot, says where, and waits to be killed.
func TestChildWithADovecot(t *testing.T) {
	if os.Getenv("ARDOISE_MAILTEST_CHILD") == "" {
		t.Skip("only as a child of TestWatchdog")
	}
	d := mailtest.Dovecot(t)
	fmt.Println("\nDOVECOT " + d.Dir)
	time.Sleep(time.Minute)
}

// A test process that is killed leaves no server and no folder behind.
func TestWatchdog(t *testing.T) {
	mailtest.Dovecot(t) // or skip
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "-test.run=^TestChildWithADovecot$")
	cmd.Env = append(os.Environ(), "ARDOISE_MAILTEST_CHILD=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	dir := ""
	for lines := bufio.NewScanner(out); dir == "" && lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "DOVECOT "); ok {
			dir = rest
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "run", "master.pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Error("the child ended by itself")
	}
	for range 300 {
		_, err := os.Stat(dir)
		if os.IsNotExist(err) && syscall.Kill(pid, 0) != nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("the server %d or its folder %s is still there", pid, dir)
}
