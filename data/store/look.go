package store

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"ardoise/data/fault"
)

// Inspect verifies a plain copy, whole, and says which engine's it is and which
// schema it has. A newer program's copy is refused.
func Inspect(ctx context.Context, path string) (engine Engine, schema int64, err error) {
	if _, err := inspectBackup(path); err != nil {
		return 0, 0, err
	}
	head, err := firstBytes(path)
	if err != nil {
		return 0, 0, err
	}
	if bytes.HasPrefix(head, []byte("PGDMP")) {
		schema, err = inspectDump(ctx, path)
		return Postgres, schema, explain(err)
	}
	if !strings.HasPrefix(string(head), "SQLite format 3\x00") {
		return 0, 0, fault.New(fault.Invalid, "« %s » n’est pas une sauvegarde d’Ardoise. Choisissez un autre fichier.", filepath.Base(path))
	}
	set, err := loadMigrations(nil)
	if err != nil {
		return 0, 0, err
	}
	schema, err = verifyFile(ctx, path, set, 1, nil)
	return SQLite, schema, explain(err)
}

func firstBytes(path string) (head []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "La sauvegarde « %s » ne peut pas être lue.", filepath.Base(path))
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	head = make([]byte, 16)
	n, err := io.ReadFull(f, head)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return head[:n], err
}

// inspectDump reads a dump whole and gives its schema.
func inspectDump(ctx context.Context, path string) (int64, error) {
	env := append(os.Environ(), "LC_ALL=C")
	if err := runTool(ctx, env, "pg_restore", "--file="+os.DevNull, path); err != nil {
		if fault.KindOf(err) != fault.Internal {
			return 0, err
		}
		return 0, fault.Wrap(fault.Invalid, err, "« %s » n’est pas une sauvegarde PostgreSQL lisible. Rien n’a été modifié.", filepath.Base(path))
	}
	has, err := dumpVersion(ctx, env, path)
	if err != nil {
		return 0, err
	}
	if has == 0 {
		return 0, fault.New(fault.Invalid, "« %s » n’est pas une sauvegarde d’Ardoise. Rien n’a été modifié.", filepath.Base(path))
	}
	return has, refuseNewer(filepath.Base(path), has, LatestVersion())
}

// ReadFile asks a SQLite file that nobody writes to: a copy.
func ReadFile(ctx context.Context, path string, fn func(*Tx) error) error {
	set, err := loadMigrations(nil)
	if err != nil {
		return err
	}
	return explain(readFile(ctx, path, set, fn))
}

// DumpRows calls fn for each row of some tables of a dump, without a server:
// values as PostgreSQL writes them in text, NULL as "".
func DumpRows(ctx context.Context, path string, tables []string, fn func(table string, row map[string]string) error) (err error) {
	tool, err := pgTool("pg_restore")
	if err != nil {
		return err
	}
	args := []string{"--data-only", "--file=-"}
	for _, t := range tables {
		args = append(args, "--table="+t)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	cmd := exec.CommandContext(ctx, tool, append(args, path)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	if err := copyRows(out, fn); err != nil {
		stop()
		return errors.Join(err, ignoreKilled(cmd.Wait()))
	}
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("store: pg_restore: %w: %s", err, bytes.TrimSpace(said.Bytes()))
	}
	return nil
}

// ignoreKilled: a program that we stopped ourselves did not fail.
func ignoreKilled(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil
	}
	return err
}

// copyRows reads the COPY blocks of a script.
func copyRows(script io.Reader, fn func(table string, row map[string]string) error) error {
	in := bufio.NewReaderSize(script, 1<<20)
	var table string
	var columns []string
	for {
		line, err := in.ReadString('\n')
		if line == "" && errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		line = strings.TrimSuffix(line, "\n")
		switch {
		case table == "":
			table, columns = copyHead(line)
		case line == `\.`:
			table = ""
		default:
			row := make(map[string]string, len(columns))
			for i, v := range strings.Split(line, "\t") {
				if i < len(columns) {
					row[columns[i]] = copyValue(v)
				}
			}
			if err := fn(table, row); err != nil {
				return err
			}
		}
	}
}

// copyHead reads "COPY public.t (a, b) FROM stdin;"; another line gives "".
func copyHead(line string) (table string, columns []string) {
	rest, ok := strings.CutPrefix(line, "COPY ")
	if !ok || !strings.HasSuffix(rest, ") FROM stdin;") {
		return "", nil
	}
	name, list, ok := strings.Cut(strings.TrimSuffix(rest, ") FROM stdin;"), " (")
	if !ok {
		return "", nil
	}
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		name = name[i+1:]
	}
	for c := range strings.SplitSeq(list, ", ") {
		columns = append(columns, strings.Trim(c, `"`))
	}
	return strings.Trim(name, `"`), columns
}

var copyEscapes = strings.NewReplacer(`\\`, `\`, `\t`, "\t", `\n`, "\n", `\r`, "\r", `\b`, "\b", `\f`, "\f", `\v`, "\v")

func copyValue(v string) string {
	if v == `\N` {
		return ""
	}
	if strings.IndexByte(v, '\\') < 0 {
		return v
	}
	return copyEscapes.Replace(v)
}

// DumpBytes reads a BYTEA value as DumpRows gives it.
func DumpBytes(text string) ([]byte, error) {
	return hex.DecodeString(strings.TrimPrefix(text, `\x`))
}
