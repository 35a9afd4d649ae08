//go:build unix

package mailtest

import (
	"errors"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// account is who a peer runs as: an ordinary user where the tests run as root,
// else whoever we are.
type account struct {
	cred     *syscall.Credential // nil: us
	uid, gid int
	name     string
	group    string
}

// ordinary finds the account a peer runs under.
func ordinary(t testing.TB) account {
	t.Helper()
	var u *user.User
	var err error
	if os.Geteuid() != 0 {
		u, err = user.Current()
	} else {
		u, err = user.Lookup("nobody")
	}
	if err != nil {
		t.Fatal(err)
	}
	uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
	gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
	g, err3 := user.LookupGroupId(u.Gid)
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	a := account{uid: int(uid), gid: int(gid), name: u.Username, group: g.Name}
	if os.Geteuid() == 0 {
		a.cred = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	return a
}

// run makes a command a process group of its own under the account.
func (a account) run(cmd *exec.Cmd) *exec.Cmd {
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: a.cred, Setsid: true}
	return cmd
}

// own gives a file or folder to the account.
func (a account) own(t testing.TB, paths ...string) {
	t.Helper()
	if a.cred == nil {
		return
	}
	for _, path := range paths {
		if err := os.Lchown(path, a.uid, a.gid); err != nil {
			t.Fatal(err)
		}
	}
}

// folder makes the peer's own folder, which goes at the end, also when this
// process is killed: a watchdog holds the other end of a pipe, ends the processes
// whose ids lie in pidFiles (below the folder), then removes it.
func (a account) folder(t testing.TB, prefix string, pidFiles ...string) string {
	t.Helper()
	dir, err := os.MkdirTemp(roomyMemory(), prefix)
	if err != nil {
		t.Fatal(err)
	}
	a.own(t, dir)
	dog := a.run(exec.Command("/bin/sh", append([]string{"-c", watchdog, "watchdog", dir}, pidFiles...)...))
	dog.Dir = "/"
	pipe, err := dog.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := dog.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(pipe.Close(), dog.Wait(), os.RemoveAll(dir)); err != nil {
			t.Error(err)
		}
	})
	return dir
}

const watchdog = `trap '' INT TERM HUP
read -r _ignored
dir=$1; shift
for f; do [ -s "$dir/$f" ] && kill "$(cat "$dir/$f")" 2>/dev/null && sleep 0.2; done
rm -rf "$dir"
exit 0`

// finish ends a process and what it started: asked, and shortly after forced, for
// some linger for seconds over children that have nothing to do.
func finish(t testing.TB, cmd *exec.Cmd) {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Error(err)
	}
	ended := false
	select {
	case <-done:
		ended = true
	case <-time.After(200 * time.Millisecond):
	}
	if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		t.Error(err)
	}
	if ended {
		return
	}
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Error("a peer does not end")
	}
}
