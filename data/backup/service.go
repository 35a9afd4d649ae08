// Package backup is the room of the town's copies: made each day and before
// what could go wrong, sealed with age for whoever holds the town's key, read
// again before they count, kept by age in two places, and put back after a look
// at what that would change. It never seals with a key of its own making: the
// age identity follows from the vault's data key, and its public half is all
// that is needed to make a copy. It never deletes a file it does not know.
package backup

import (
	"context"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/store"
)

// Topic is published when a copy was made or removed, or a setting changed.
const Topic = "backup"

// Cause says why a copy was made.
type Cause string

// The causes, as they are kept.
const (
	Daily     Cause = "daily"
	Asked     Cause = "asked"
	Import    Cause = "import"
	Migration Cause = "migration"
	ToRestore Cause = "restore"
)

// Label is the cause in French.
func (c Cause) Label() string {
	switch c {
	case Daily:
		return "Du jour"
	case Asked:
		return "Demandée"
	case Import:
		return "Avant un import"
	case Migration:
		return "Avant une mise à jour"
	case ToRestore:
		return "Avant une restauration"
	}
	return string(c)
}

// Place says where a copy lies.
type Place string

// The places: the first folder, the second one, a folder named on the spot.
const (
	Here      Place = "here"
	Second    Place = "second"
	Elsewhere Place = "asked"
)

// Options of a Service; the zero value does.
type Options struct {
	Program string       // « Ardoise 0.5.0 », kept in each copy
	Machine string       // this workstation; its host name when empty
	Folder  string       // where copies go when no folder is set; beside a SQLite file when empty
	Log     *slog.Logger // slog.Default() when nil

	device func(path string) (string, error) // the tests' own
}

// Service is the door to the room.
type Service struct {
	db  *store.DB
	opt Options

	making sync.Mutex // one copy at a time in this program
}

// New opens the room over db.
func New(db *store.DB, opt Options) *Service {
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	if opt.Machine == "" {
		opt.Machine = hostName(opt.Log)
	}
	if opt.Folder == "" && db.Path() != "" {
		opt.Folder = besideFile(filepath.Dir(db.Path()))
	}
	if opt.device == nil {
		opt.device = deviceOf
	}
	return &Service{db: db, opt: opt}
}

// besideFile is where copies go while nobody has chosen.
func besideFile(dir string) string { return filepath.Join(dir, "sauvegardes") }

func hostName(log *slog.Logger) string {
	name, err := os.Hostname()
	if err != nil {
		log.Warn("backup: this machine has no name", "err", err)
		return "poste"
	}
	return name
}

// Machine names this workstation, as settings do.
func (s *Service) Machine() string { return s.opt.Machine }

func isServer(target string) bool {
	return strings.HasPrefix(target, "postgres://") || strings.HasPrefix(target, "postgresql://")
}

// outside reports whether a folder shares neither disk nor machine with the
// database. Of a server elsewhere, every disk of this workstation is outside.
func (s *Service) outside(dir string) (bool, error) {
	there, err := s.opt.device(dir)
	if err != nil || there == "" {
		return false, err
	}
	base := s.db.Path()
	if base == "" {
		if !localServer(s.db.URL()) {
			return true, nil
		}
		base = s.opt.Folder // a server on this machine: its disk is taken to be that of our own files
	}
	for ; ; base = filepath.Dir(base) {
		mine, err := s.opt.device(base)
		if err == nil {
			return mine != "" && mine != there, nil
		}
		if base == filepath.Dir(base) {
			return false, err
		}
	}
}

// localServer reports whether a PostgreSQL address means this machine.
func localServer(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return true // nobody can tell: the copy does not count as outside
	}
	host := u.Hostname()
	if h := u.Query().Get("host"); h != "" {
		host = h
	}
	if host == "" || strings.HasPrefix(host, "/") || host == "localhost" {
		return true
	}
	if name, err := os.Hostname(); err == nil && strings.EqualFold(name, host) {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// dayText writes « 24/11/2026 à 9 h 05 ».
func dayText(t time.Time) string {
	return calendar.DateOf(t).Short() + " à " + calendar.HourText(t)
}

func detached(ctx context.Context) context.Context { return context.WithoutCancel(ctx) }
