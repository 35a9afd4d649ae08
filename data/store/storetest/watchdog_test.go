//go:build unix

package storetest_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"ardoise/data/store/storetest"
)

// The child opens a cluster, says where, and waits to be killed.
func TestChildWithACluster(t *testing.T) {
	if os.Getenv("ARDOISE_STORETEST_CHILD") == "" {
		t.Skip("only as a child of TestWatchdog")
	}
	url := storetest.EmptyPostgresURL(t)
	fmt.Println("\nCLUSTER " + url[strings.Index(url, "host=")+len("host="):])
	time.Sleep(time.Minute)
}

// A test process that is killed leaves no server and no folder behind.
func TestWatchdog(t *testing.T) {
	storetest.EmptyPostgresURL(t) // or skip
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "-test.run=TestChildWithACluster", "-test.v")
	cmd.Env = append(os.Environ(), "ARDOISE_STORETEST_CHILD=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	buf := make([]byte, 4096)
	for !strings.Contains(said.String(), "CLUSTER ") || !strings.HasSuffix(said.String(), "\n") {
		n, err := out.Read(buf)
		said.Write(buf[:n])
		if err != nil {
			t.Fatalf("%v: %s", err, said.String())
		}
	}
	_, dir, _ := strings.Cut(said.String(), "CLUSTER ")
	dir = strings.TrimSpace(dir)
	first, err := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.Fields(string(first))[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed: it says so
	for range 200 {
		_, err := os.Stat(dir)
		if os.IsNotExist(err) && syscall.Kill(pid, 0) != nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("the server %d or its folder %s is still there", pid, dir)
}
