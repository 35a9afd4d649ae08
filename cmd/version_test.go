package cmd

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// tagged is a repository that holds .ci/version, a FyneApp.toml and one commit.
type tagged struct {
	t   *testing.T
	dir string
}

func newTagged(t *testing.T) tagged {
	t.Helper()
	for _, tool := range []string{"bash", "git"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is missing here", tool)
		}
	}
	script, err := os.ReadFile(filepath.Join(root, ".ci", "version"))
	if err != nil {
		t.Fatal(err)
	}
	r := tagged{t, t.TempDir()}
	if err := os.Mkdir(filepath.Join(r.dir, ".ci"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(r.dir, ".ci", "version"), script, 0o755); err != nil {
		t.Fatal(err)
	}
	r.says("0.2.0")
	r.git("init", "--quiet")
	r.commit()
	return r
}

// run gives what a command in the repository prints, whether or not it succeeds.
func (r tagged) run(name string, args ...string) (string, error) {
	command := exec.Command(name, args...)
	command.Dir = r.dir
	// The user's own git settings, and the repository this test may run in, stay out of it.
	command.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_DIR="+filepath.Join(r.dir, ".git"), "GIT_WORK_TREE="+r.dir,
		"GIT_AUTHOR_NAME=Essai", "GIT_AUTHOR_EMAIL=essai@example.org", "GIT_COMMITTER_NAME=Essai",
		"GIT_COMMITTER_EMAIL=essai@example.org", "GIT_COMMITTER_DATE=2026-11-24T23:30:00+01:00")
	out, err := command.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

func (r tagged) git(args ...string) string {
	r.t.Helper()
	out, err := r.run("git", args...)
	if err != nil {
		r.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return out
}

// says makes FyneApp.toml name this version.
func (r tagged) says(version string) {
	r.t.Helper()
	if err := os.WriteFile(filepath.Join(r.dir, "FyneApp.toml"), []byte("[Details]\nVersion = \""+version+"\"\n"), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

func (r tagged) commit() {
	r.t.Helper()
	r.git("add", "--all")
	r.git("commit", "--quiet", "--allow-empty", "--message", "Essai")
}

// is compares the version told with the one wanted; COMMIT in it stands for the short name of the commit.
func (r tagged) is(want string) {
	r.t.Helper()
	want = strings.ReplaceAll(want, "COMMIT", r.git("rev-parse", "--short=7", "HEAD"))
	if got, err := r.run(".ci/version"); err != nil || got != want {
		r.t.Errorf("version %q (%v), want %q", got, err, want)
	}
}

func TestVersion(t *testing.T) {
	r := newTagged(t)
	r.is("0.2.0~20261124.2230.COMMIT")
	r.git("tag", "v0.2.0")
	r.is("0.2.0")
	r.says("0.3.0")
	if out, err := r.run(".ci/version"); err == nil || !strings.Contains(out, "tagged v0.2.0 but FyneApp.toml says 0.3.0") {
		t.Errorf("a tag that FyneApp.toml contradicts gave %q (%v)", out, err)
	}
	r.says("0.2.0")
	r.git("tag", "encore")
	r.commit()
	r.is("0.2.0+20261124.2230.COMMIT")
	r.says("0.3.0")
	r.is("0.3.0~20261124.2230.COMMIT.modified")
	r.commit()
	r.is("0.3.0~20261124.2230.COMMIT")
	if got, err := r.run(".ci/version", "--number"); err != nil || got != "0.3.0" {
		t.Errorf("--number gave %q (%v)", got, err)
	}
	r.says("0.3")
	if out, err := r.run(".ci/version"); err == nil {
		t.Errorf("a version of two numbers gave %q", out)
	}
}

// Debian must take each version for newer than the one before.
func TestVersionSorts(t *testing.T) {
	if _, err := exec.LookPath("dpkg"); err != nil {
		t.Skip("dpkg is missing here")
	}
	order := []string{"0.2.0~20261124.2230.fffffff", "0.2.0~20261125.0800.aaaaaaa", "0.2.0", "0.2.0+20261126.0800.aaaaaaa", "0.3.0~20261127.0800.aaaaaaa"}
	for i := 1; i < len(order); i++ {
		if err := exec.Command("dpkg", "--compare-versions", order[i-1], "lt", order[i]).Run(); err != nil {
			t.Errorf("%s does not sort below %s (%v)", order[i-1], order[i], err)
		}
	}
}
