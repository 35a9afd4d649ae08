package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"ardoise/data/fault"
)

// pgTool finds a program of PostgreSQL's client package.
func pgTool(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if err != nil || len(found) == 0 {
		return "", fault.New(fault.Unavailable, "Le programme « %s » manque sur ce poste. Installez les outils clients de PostgreSQL (paquet postgresql-client), puis recommencez.", name)
	}
	return found[len(found)-1], nil
}

// pgEnv gives a tool the password by the environment: an address on a command
// line can be read by everybody on the machine.
func pgEnv(rawURL string) (address string, env []string, err error) {
	cfg, err := pgx.ParseConfig(rawURL)
	if err != nil {
		return "", nil, fault.New(fault.Invalid, "L’adresse PostgreSQL est mal écrite. Elle a la forme postgres://nom@serveur/base.")
	}
	u, err := url.Parse(rawURL)
	if err != nil {
		return "", nil, err
	}
	if u.User != nil {
		u.User = url.User(u.User.Username())
	}
	q := u.Query()
	q.Del("password")
	u.RawQuery = q.Encode()
	env = append(os.Environ(), "LC_ALL=C")
	if cfg.Password != "" {
		env = append(env, "PGPASSWORD="+cfg.Password)
	}
	return u.String(), env, nil
}

// runTool runs a client program; what it says on its error output is for the log.
func runTool(ctx context.Context, env []string, name string, args ...string) error {
	return pipeTool(ctx, env, nil, nil, name, args...)
}

// pipeTool is runTool between a reader and a writer, either of which may be nil.
func pipeTool(ctx context.Context, env []string, in io.Reader, out io.Writer, name string, args ...string) error {
	path, err := pgTool(name)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = env
	var said bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, out, &said
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("store: %s: %w: %s", name, err, bytes.TrimSpace(said.Bytes()))
	}
	return nil
}

// copyPostgres gives keep a dump by pg_dump of one snapshot, which stays open
// meanwhile so that the same state can be asked.
func (db *DB) copyPostgres(ctx context.Context, c *Copy, keep func(*Copy) error) error {
	address, env, err := pgEnv(db.pg.ConnString())
	if err != nil {
		return err
	}
	for _, tool := range []string{"pg_dump", "pg_restore"} {
		if _, err := pgTool(tool); err != nil {
			return err
		}
	}
	if c.Schema, _, err = db.schemaState(ctx, db.writer); err != nil {
		return err
	}
	return db.Read(ctx, func(tx *Tx) error {
		var snapshot string
		if _, err := tx.Exec(`SET LOCAL idle_in_transaction_session_timeout = 0`); err != nil {
			return err
		}
		if err := tx.QueryRow(`SELECT pg_export_snapshot()`).Scan(&snapshot); err != nil {
			return err
		}
		if check := db.question(); check != nil {
			if err := check(tx); err != nil {
				return err
			}
		}
		c.read = func(fn func(*Tx) error) error { return fn(tx) }
		c.write = func(ctx context.Context, w io.Writer) error {
			return pipeTool(ctx, env, nil, w, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--snapshot="+snapshot, "--dbname="+address)
		}
		c.verify = CheckDump
		return keep(c)
	})
}

// CheckDump reads every block of a dump with pg_restore, which writes nothing.
func CheckDump(ctx context.Context, r io.Reader) error {
	return pipeTool(ctx, append(os.Environ(), "LC_ALL=C"), r, nil, "pg_restore", "--file="+os.DevNull)
}

// restorePostgres brings a dump back in one transaction: all of it or nothing.
func restorePostgres(ctx context.Context, backup, target string) error {
	if _, err := inspectBackup(backup); err != nil {
		return err
	}
	address, env, err := pgEnv(target)
	if err != nil {
		return err
	}
	if _, err := inspectDump(ctx, backup); err != nil {
		return err
	}
	if err := mayReplace(ctx, target); err != nil {
		return err
	}
	if err := replay(ctx, env, address, backup); err != nil {
		return fault.Wrap(fault.Unavailable, err, "La sauvegarde « %s » n’a pas pu être restaurée. La base est restée comme elle était : vérifiez qu’aucun poste ne l’utilise et recommencez.", filepath.Base(backup))
	}
	return nil
}

// mayReplace asks the server first: a restore makes the tables anew, which only
// their owner can.
func mayReplace(ctx context.Context, target string) (err error) {
	conn, err := pgx.Connect(ctx, target)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	var who string
	var may bool
	err = conn.QueryRow(ctx, `SELECT current_user, coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AND
		coalesce((SELECT bool_and(pg_has_role(relowner, 'USAGE')) FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'), true)`).Scan(&who, &may)
	if err == nil && !may {
		err = fault.New(fault.Forbidden, "Le compte « %s » n’est pas propriétaire de cette base PostgreSQL : il ne peut pas la remplacer. Rien n’a été modifié : recommencez avec le compte qui a créé la base, puis redonnez leurs droits aux postes (ardoisectl server grant).", who)
	}
	return err
}

// dumpVersion reads the schema version inside a dump, 0 if it has none.
func dumpVersion(ctx context.Context, env []string, backup string) (version int64, err error) {
	path, err := pgTool("pg_restore")
	if err != nil {
		return 0, err
	}
	cmd := exec.CommandContext(ctx, path, "--data-only", "--table="+versionTable, "--file=-", backup)
	cmd.Env = env
	out, err := cmd.Output()
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(out)) { // COPY … (id, version_id, is_applied, tstamp)
		fields := strings.Split(line, "\t")
		if len(fields) != 4 || fields[2] != "t" {
			continue
		}
		if n, err := strconv.ParseInt(fields[1], 10, 64); err == nil {
			version = max(version, n)
		}
	}
	return version, nil
}

// emptied begins a restore: everything that is there goes, tables of a newer
// schema included (pg_restore --clean would leave those). It is undone with the
// rest if anything fails.
const emptied = `\set ON_ERROR_STOP on
BEGIN;
SET LOCAL lock_timeout = '10s';
DO $$ DECLARE t record; BEGIN
  FOR t IN SELECT schemaname, tablename FROM pg_tables WHERE schemaname = current_schema() LOOP
    EXECUTE format('DROP TABLE IF EXISTS %I.%I CASCADE', t.schemaname, t.tablename);
  END LOOP;
  DROP FUNCTION IF EXISTS ardoise_refuse();
  DROP FUNCTION IF EXISTS ardoise_locked();
  DROP FUNCTION IF EXISTS ardoise_lock_order();
  DROP FUNCTION IF EXISTS ardoise_close_order();
  DROP FUNCTION IF EXISTS ardoise_closed();
  DROP FUNCTION IF EXISTS ardoise_refuse_but();
  DROP FUNCTION IF EXISTS ardoise_trail();
END $$;
`

// replay runs the dump's own SQL in one transaction. The COMMIT is only sent
// once pg_restore has ended well: cut before, psql meets the end of its input
// and the server undoes everything.
func replay(ctx context.Context, env []string, address, backup string) error {
	reader, err := pgTool("pg_restore")
	if err != nil {
		return err
	}
	player, err := pgTool("psql")
	if err != nil {
		return err
	}
	var complaint, said bytes.Buffer
	from := exec.CommandContext(ctx, reader, "--file=-", "--no-owner", "--no-privileges", backup)
	from.Env, from.Stderr = env, &complaint
	script, err := from.StdoutPipe()
	if err != nil {
		return err
	}
	if err := from.Start(); err != nil {
		return err
	}
	ended := false
	end := func() (string, error) {
		ended = true
		if err := from.Wait(); err != nil {
			return "", err
		}
		return "\nCOMMIT;\nSELECT pg_notify('" + channel + "', 'restore " + Everything + " ');\n", nil
	}
	to := exec.CommandContext(ctx, player, "--no-psqlrc", "--quiet", "--output="+os.DevNull, "--dbname="+address)
	to.Env, to.Stderr = env, &said
	to.Stdin = io.MultiReader(strings.NewReader(emptied), script, &late{text: end})
	err = to.Run()
	if !ended { // psql stopped first: nobody reads the rest
		err = errors.Join(err, from.Process.Kill(), from.Wait())
	}
	if err != nil {
		return fmt.Errorf("store: restore: %w: %s %s", err, bytes.TrimSpace(complaint.Bytes()), bytes.TrimSpace(said.Bytes()))
	}
	return nil
}

// late is a reader whose text is only known when it is reached.
type late struct {
	text func() (string, error)
	rest *strings.Reader
}

// Read is io.Reader's.
func (l *late) Read(p []byte) (int, error) {
	if l.rest == nil {
		text, err := l.text()
		if err != nil {
			return 0, err
		}
		l.rest = strings.NewReader(text)
	}
	return l.rest.Read(p)
}
