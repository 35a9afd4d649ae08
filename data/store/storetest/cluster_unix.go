//go:build unix

package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"

	_ "github.com/jackc/pgx/v5/stdlib" // to create databases
)

// cluster is this process's private PostgreSQL: a Unix socket in a temporary
// folder, nothing kept, nothing synced to disk. A watchdog of its own process
// group holds the other end of a pipe: when this process ends, however it
// ends, the pipe closes, the server stops and the folder goes.
type cluster struct {
	dir   string
	admin *sql.DB
	pipe  io.Closer
	run   func(name string, args ...string) error
}

// settings of the server: nothing kept, nothing synced to disk.
func (c *cluster) settings() string {
	return "-k " + c.dir + " -c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off " +
		"-c max_connections=200 -c shared_buffers=64MB -c autovacuum=off -c max_pred_locks_per_transaction=256"
}

func (c *cluster) start() error {
	return c.run("pg_ctl", "-D", c.dir+"/data", "-w", "-l", c.dir+"/log", "-o", c.settings(), "start")
}

func (c *cluster) stop() error {
	return c.run("pg_ctl", "-D", c.dir+"/data", "-w", "-m", "fast", "stop")
}

// errNoPostgres says why there is no cluster.
var errNoPostgres = errors.New("PostgreSQL is not installed here (apt-get install postgresql)")

var (
	clusterOnce sync.Once
	running     *cluster
	clusterErr  error
)

// theCluster starts the cluster the first time it is asked for.
func theCluster() (*cluster, error) {
	clusterOnce.Do(func() { running, clusterErr = startCluster() })
	return running, clusterErr
}

// watchdog waits for its standard input to end, then puts everything away.
const watchdog = `trap '' INT TERM HUP
read -r _ignored
"$1/pg_ctl" -D "$2/data" -m immediate -w stop >/dev/null 2>&1
rm -rf "$2"`

func startCluster() (*cluster, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	who, err := nobodyButUs()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(roomyMemory(), "ardoise-pg-")
	if err != nil {
		return nil, err
	}
	if who != nil {
		if err := os.Chown(dir, int(who.Uid), int(who.Gid)); err != nil {
			return nil, err
		}
	}
	run := func(name string, args ...string) error {
		cmd := exec.Command(filepath.Join(bin, name), args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "LC_ALL=C", "PGUSER=ardoise")
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: who, Setsid: true}
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", name, err, out)
		}
		return nil
	}
	dog := exec.Command("/bin/sh", "-c", watchdog, "watchdog", bin, dir)
	dog.Dir = "/"
	dog.SysProcAttr = &syscall.SysProcAttr{Credential: who, Setsid: true}
	pipe, err := dog.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := dog.Start(); err != nil {
		return nil, err
	}
	c := &cluster{dir: dir, pipe: pipe, run: run}
	if err := run("initdb", "-D", dir+"/data", "-U", "ardoise", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"); err != nil {
		return nil, err
	}
	// Started through the shell's own redirection: the server must not keep our
	// pipes, or `go test` would wait for it.
	if err := c.start(); err != nil {
		return nil, err
	}
	c.admin, err = sql.Open("pgx", c.url("postgres"))
	if err != nil {
		return nil, err
	}
	return c, c.admin.PingContext(context.Background())
}

// roomyMemory gives a folder in memory where there is plenty of it: creating a
// database is copying a thousand small files. Both are short names: a socket's
// path has 107 bytes at most.
func roomyMemory() string {
	var st syscall.Statfs_t
	if err := syscall.Statfs("/dev/shm", &st); err == nil && int64(st.Bavail)*int64(st.Bsize) > 4<<30 {
		return "/dev/shm"
	}
	return "/tmp"
}

// url gives the address of one of the cluster's databases.
func (c *cluster) url(name string) string {
	return fmt.Sprintf("postgres://ardoise@/%s?host=%s", name, c.dir)
}

// binaries finds the newest installed server.
func binaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	if len(found) > 0 {
		slices.SortFunc(found, func(a, b string) int { return major(a) - major(b) })
		return filepath.Dir(found[len(found)-1]), nil
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	return "", errNoPostgres
}

func major(path string) int {
	n, err := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
	if err != nil {
		return 0
	}
	return n
}

// nobodyButUs gives the account the server runs under: PostgreSQL refuses root.
func nobodyButUs() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("no account to run PostgreSQL under")
}
