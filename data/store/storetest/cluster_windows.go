package storetest

import (
	"database/sql"
	"errors"
	"io"
)

// cluster: there is no private PostgreSQL on Windows; its tests are skipped.
type cluster struct {
	admin *sql.DB
	pipe  io.Closer
}

var (
	errNoPostgres = errors.New("no private PostgreSQL on Windows")
	running       *cluster
)

func theCluster() (*cluster, error) { return nil, errNoPostgres }

func (*cluster) url(string) string { return "" }
func (*cluster) start() error      { return errNoPostgres }
func (*cluster) stop() error       { return errNoPostgres }
