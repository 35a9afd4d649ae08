package store

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"ardoise/data/fault"
)

// Content is what Look finds at an address.
type Content int

// What may be there.
const (
	Nothing   Content = iota // no file, or a PostgreSQL base without a table
	Current                  // a base of ours, with this program's schema
	Older                    // one that Open would back up and migrate
	Newer                    // one of a newer program: this one must be updated
	Strangers                // PostgreSQL: tables of another program
)

// Look says what is at an address without changing it: no file is made, nothing is
// migrated. What cannot be reached (no server, a wrong password, no such base) is
// a refusal with its sentence.
func Look(ctx context.Context, rawURL string) (Content, error) {
	set, err := loadMigrations(nil)
	if err != nil {
		return Nothing, err
	}
	db := &DB{set: set}
	var pool *sql.DB
	if IsServer(rawURL) {
		cfg, err := pgx.ParseConfig(rawURL)
		if err != nil {
			return Nothing, badAddress()
		}
		if cfg.ConnectTimeout == 0 {
			cfg.ConnectTimeout = 10 * time.Second
		}
		db.engine, pool = Postgres, stdlib.OpenDB(*cfg)
	} else {
		path, err := absolute(FilePath(rawURL))
		if err != nil {
			return Nothing, err
		}
		if info, err := os.Stat(path); errors.Is(err, os.ErrNotExist) || err == nil && info.Size() == 0 && !info.IsDir() {
			return Nothing, nil
		}
		if _, err := inspectFile(path, true); err != nil {
			return Nothing, err
		}
		pool = liteOpen(path, 1, readerParams)
	}
	has, others, err := db.schemaState(ctx, pool)
	if err := errors.Join(err, pool.Close()); err != nil {
		return Nothing, explain(err)
	}
	switch latest := newest(set); {
	case has > latest:
		return Newer, nil
	case has == latest:
		return Current, nil
	case has > 0:
		return Older, nil
	case others && db.engine == Postgres:
		return Strangers, nil
	}
	return Nothing, nil
}

func badAddress() error {
	return fault.New(fault.Invalid, "L’adresse PostgreSQL est mal écrite. Elle a la forme postgres://nom@serveur/base.")
}
