//go:build !unix

package mailtest

import (
	"os/exec"
	"testing"
)

// account: Debian's servers are not on this system; their tests are skipped.
type account struct {
	name, group string
	uid, gid    int
}

func ordinary(t testing.TB) account {
	t.Helper()
	t.Skip("skipped: the peers of the post run on Debian only")
	return account{}
}

func (account) run(cmd *exec.Cmd) *exec.Cmd { return cmd }

func (account) own(testing.TB, ...string) {}

func (account) folder(t testing.TB, _ string, _ ...string) string { return t.TempDir() }

func finish(testing.TB, *exec.Cmd) {}
