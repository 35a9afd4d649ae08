package cmd

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// machine is a pretended computer for .ci/setup: what dpkg knows, how apt-get behaves, who asks.
type machine struct {
	lacks    []string // packages dpkg does not have
	failures int      // how many times "apt-get install" fails before it succeeds
	user     string   // what "id -u" prints; "" is root
	sudo     bool
}

// setUp runs .ci/setup on the pretended machine and tells what apt-get was asked for, line by line.
func (m machine) setUp(t *testing.T, groups ...string) (status int, output string, asked []string) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("the set-up is for Debian")
	}
	dir := t.TempDir()
	bin, asks := filepath.Join(dir, "bin"), filepath.Join(dir, "asks")
	if err := os.Mkdir(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	// The script sees these tools of the real machine and nothing else of it.
	for _, tool := range []string{"bash", "env", "sed", "grep", "sort", "mktemp", "tail", "rm", "dirname", "cat"} {
		path, err := exec.LookPath(tool)
		if err != nil {
			t.Skipf("%s is missing here", tool)
		}
		if err := os.Symlink(path, filepath.Join(bin, tool)); err != nil {
			t.Fatal(err)
		}
	}
	user := m.user
	if user == "" {
		user = "0"
	}
	stubs := map[string]string{
		"go":         "",
		"sleep":      "",
		"id":         "echo " + user,
		"dpkg-query": "shift 3\nfor p; do case \" " + strings.Join(m.lacks, " ") + " \" in *\" $p \"*) ;; *) echo \"installed $p\" ;; esac; done\nexit 1",
		"apt-get": `words=; for w; do case $w in -*|*::*) ;; *) words="$words $w" ;; esac; done
echo "$words" >>` + asks + `
case $words in *" install "*) ;; *) exit 0 ;; esac
n=$(grep -c ' install ' ` + asks + `)
[ "$n" -gt ` + strconv.Itoa(m.failures) + ` ] || { echo "mirror unreachable"; exit 100; }`,
	}
	if m.sudo {
		stubs["sudo"] = "echo sudo >>" + asks + "\nexec \"$@\""
	}
	for name, body := range stubs {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!"+filepath.Join(bin, "bash")+"\n"+body+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	script, err := filepath.Abs(filepath.Join(root, ".ci", "setup"))
	if err != nil {
		t.Fatal(err)
	}
	run := exec.Command(filepath.Join(bin, "bash"), append([]string{script}, groups...)...)
	run.Env = []string{"PATH=" + bin, "TMPDIR=" + dir}
	said, err := run.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	text, err := os.ReadFile(asks)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return run.ProcessState.ExitCode(), string(said), strings.FieldsFunc(string(text), func(r rune) bool { return r == '\n' })
}

func TestSetup(t *testing.T) {
	for _, c := range []struct {
		name   string
		on     machine
		groups []string
		status int
		says   string
		asked  []string
	}{
		{name: "all there", groups: []string{"build", "test"}},
		{
			name: "two missing", on: machine{lacks: []string{"qpdf", "xvfb"}}, groups: []string{"test"}, says: "installing 2 packages: qpdf xvfb",
			asked: []string{" update", " install qpdf xvfb"},
		},
		{name: "missing elsewhere", on: machine{lacks: []string{"qpdf"}}, groups: []string{"build"}},
		{
			name: "a mirror that hiccups", on: machine{lacks: []string{"qpdf"}, failures: 2}, groups: []string{"test"}, says: "try 2 of 3",
			asked: []string{" update", " install qpdf", " install qpdf", " install qpdf"},
		},
		{
			name: "a mirror that is gone", on: machine{lacks: []string{"qpdf"}, failures: 9}, groups: []string{"test"}, status: 3, says: "mirror unreachable",
			asked: []string{" update", " install qpdf", " install qpdf", " install qpdf"},
		},
		{
			name: "by sudo", on: machine{lacks: []string{"gcc"}, user: "1000", sudo: true}, groups: []string{"build"}, says: "done",
			asked: []string{"sudo", " update", "sudo", " install gcc"},
		},
		{name: "neither root nor sudo", on: machine{lacks: []string{"gcc"}, user: "1000"}, groups: []string{"build"}, status: 3, says: "root or sudo"},
		{name: "nothing to do, no right needed", on: machine{user: "1000"}, groups: []string{"build"}},
		{name: "an unknown group", groups: []string{"attic"}, status: 2, says: "unknown group: attic"},
	} {
		status, output, asked := c.on.setUp(t, c.groups...)
		if status != c.status || !slices.Equal(asked, c.asked) {
			t.Errorf("%s: status %d, asked %q; want %d, %q\n%s", c.name, status, asked, c.status, c.asked, output)
		}
		if c.says == "" && output != "" || !strings.Contains(output, c.says) {
			t.Errorf("%s: said %q, want %q", c.name, output, c.says)
		}
	}
}
