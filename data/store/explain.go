package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/mattn/go-sqlite3"

	"ardoise/data/fault"
)

// explain gives an engine's error the sentence of its cause. A refusal that
// already has a sentence, and a programming error, pass unchanged.
func explain(err error) error {
	var already *fault.Error
	if err == nil || errors.As(err, &already) {
		return err
	}
	var lite sqlite3.Error
	if errors.As(err, &lite) {
		return explainSQLite(err, lite)
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return explainPostgres(err, pg)
	}
	var refused *pgconn.ConnectError
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fault.Wrap(fault.Unavailable, err, "L’opération a été interrompue avant la fin. Rien n’a été modifié.")
	case errors.As(err, &refused) && strings.Contains(refused.Error(), "server refused TLS connection"):
		return fault.Wrap(fault.Unavailable, err, "Le serveur PostgreSQL ne propose pas de connexion chiffrée. Faites-la activer, ou choisissez « En clair » si le réseau est celui de la mairie.")
	case errors.As(err, &refused):
		return fault.Wrap(fault.Unavailable, err, "Le serveur PostgreSQL ne répond pas. Vérifiez que la machine est allumée, que le réseau fonctionne et que l’adresse est la bonne.")
	case lost(err):
		return fault.Wrap(fault.Unavailable, err, "La connexion au serveur PostgreSQL a été coupée. Rien n’a été modifié : recommencez.")
	case errors.Is(err, syscall.ENOSPC):
		return diskFull(err)
	case errors.Is(err, syscall.EIO), errors.Is(err, syscall.EROFS):
		return fault.Wrap(fault.Unavailable, err, "Le disque n’a pas pu être lu ou écrit. Rien de ce qui était enregistré n’a été modifié : vérifiez le disque, puis recommencez.")
	}
	return err
}

func diskFull(err error) error {
	return fault.Wrap(fault.Unavailable, err, "Le disque est plein. Rien de ce qui était enregistré n’est perdu : libérez de la place, puis recommencez.")
}

func explainSQLite(err error, e sqlite3.Error) error {
	switch e.Code {
	case sqlite3.ErrFull:
		return diskFull(err)
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return fault.Wrap(fault.Unavailable, err, "La base est occupée par un autre programme. Rien n’a été modifié : attendez quelques secondes et recommencez.")
	case sqlite3.ErrCorrupt:
		return fault.Wrap(fault.Unavailable, err, "Le fichier de la base est abîmé. N’y travaillez plus : gardez-en une copie et restaurez la dernière sauvegarde.")
	case sqlite3.ErrNotADB:
		return fault.Wrap(fault.Invalid, err, "Ce fichier n’est pas une base Ardoise. Choisissez un autre fichier.")
	case sqlite3.ErrReadonly, sqlite3.ErrPerm, sqlite3.ErrAuth:
		return fault.Wrap(fault.Unavailable, err, "La base ne peut pas être modifiée : le fichier ou son dossier est en lecture seule. Demandez le droit d’écrire dans ce dossier.")
	case sqlite3.ErrCantOpen:
		return fault.Wrap(fault.Unavailable, err, "Le fichier de la base ne peut pas être ouvert. Vérifiez que le dossier existe et que vous avez le droit d’y écrire.")
	case sqlite3.ErrIoErr:
		return fault.Wrap(fault.Unavailable, err, "Le disque n’a pas pu lire ou écrire la base. Rien de ce qui était enregistré n’a été modifié : vérifiez le disque et sa place libre, puis recommencez.")
	case sqlite3.ErrInterrupt:
		return fault.Wrap(fault.Unavailable, err, "L’opération a été interrompue avant la fin. Rien n’a été modifié.")
	case sqlite3.ErrNomem:
		return fault.Wrap(fault.Unavailable, err, "La mémoire manque sur ce poste. Rien n’a été modifié : fermez d’autres programmes et recommencez.")
	}
	return err
}

func explainPostgres(err error, e *pgconn.PgError) error {
	switch {
	case e.Code == "40001" || e.Code == "40P01":
		return fault.Wrap(fault.Conflict, err, "Plusieurs postes modifient les mêmes données en même temps. Rien n’a été modifié : recommencez.")
	case stalePlan(e):
		return fault.Wrap(fault.Conflict, err, "La base vient d’être mise à jour par un autre poste. Rien n’a été modifié : recommencez.")
	case e.Code == "53100":
		return fault.Wrap(fault.Unavailable, err, "Le disque du serveur PostgreSQL est plein. Rien de ce qui était enregistré n’est perdu : faites libérer de la place, puis recommencez.")
	case strings.HasPrefix(e.Code, "53"):
		return fault.Wrap(fault.Unavailable, err, "Le serveur PostgreSQL est surchargé. Rien n’a été modifié : attendez un peu et recommencez.")
	case e.Code == "28P01" || e.Code == "28000":
		return fault.Wrap(fault.Unavailable, err, "Le serveur PostgreSQL refuse ce nom ou ce mot de passe. Vérifiez l’adresse de la base.")
	case e.Code == "3D000":
		return fault.Wrap(fault.NotFound, err, "Cette base n’existe pas sur le serveur PostgreSQL. Faites-la créer, ou vérifiez son nom.")
	case e.Code == "42501":
		return fault.Wrap(fault.Unavailable, err, "Le serveur PostgreSQL ne donne pas à ce compte le droit de travailler dans cette base. Demandez-le à son administrateur.")
	case e.Code == "25006":
		return fault.Wrap(fault.Unavailable, err, "Le serveur PostgreSQL est en lecture seule. Rien n’a été modifié.")
	case e.Code == "55P03":
		return fault.Wrap(fault.Unavailable, err, "La base est occupée par un autre poste. Rien n’a été modifié : attendez quelques secondes et recommencez.")
	case e.Code == "57014":
		return fault.Wrap(fault.Unavailable, err, "L’opération a été interrompue avant la fin. Rien n’a été modifié.")
	case connectionCode(e.Code):
		return fault.Wrap(fault.Unavailable, err, "La connexion au serveur PostgreSQL a été coupée. Rien n’a été modifié : recommencez.")
	}
	return err
}

// connectionCode: the server ended or refuses the connection.
func connectionCode(code string) bool {
	return strings.HasPrefix(code, "08") || code == "57P01" || code == "57P02" || code == "57P03" || code == "57P05" || code == "25P03"
}

// lost says that the connection died, so that what was under way there is undone
// (or, at a commit, in doubt).
func lost(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return connectionCode(pg.Code)
	}
	var network *net.OpError // not net.Error: any errno is one
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, syscall.EPIPE) ||
		errors.Is(err, syscall.ECONNRESET) || (errors.As(err, &network) && !errors.Is(err, context.DeadlineExceeded)) ||
		(err != nil && strings.HasSuffix(err.Error(), "conn closed"))
}

// stalePlan: a prepared statement met a table that a migration changed; it is
// prepared anew the next time.
func stalePlan(e *pgconn.PgError) bool {
	return e.Code == "0A000" && strings.Contains(e.Message, "cached plan")
}

// retryable says that a whole new try of the transaction is right.
func retryable(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01" || stalePlan(pg)) {
		return true
	}
	return lost(err)
}

// Unique gives the unique index, unique constraint or primary key that err
// hit: its name in the schema on both engines ("table_pkey" for a primary
// key). SQLite itself only names columns; where several unique indexes are on
// the same columns, the first by name is given.
func Unique(err error) (constraint string, ok bool) {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "23505" {
		return pg.ConstraintName, true
	}
	var lite sqlite3.Error
	if !errors.As(err, &lite) || lite.Code != sqlite3.ErrConstraint {
		return "", false
	}
	columns, found := strings.CutPrefix(lite.Error(), "UNIQUE constraint failed: ")
	if !found {
		return "", false
	}
	if name, found := strings.CutPrefix(columns, "index '"); found {
		return strings.TrimSuffix(name, "'"), true
	}
	if name, known := indexNames.Load(columns); known {
		return name.(string), true
	}
	return columns, true
}

// Check gives the CHECK constraint that err hit.
func Check(err error) (constraint string, ok bool) {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "23514" {
		return pg.ConstraintName, true
	}
	var lite sqlite3.Error
	if errors.As(err, &lite) && lite.Code == sqlite3.ErrConstraint {
		return strings.CutPrefix(lite.Error(), "CHECK constraint failed: ")
	}
	return "", false
}

// ForeignKey says that err comes from a row that is referred to, or refers to
// one that is not there. SQLite does not say which, so neither does this.
func ForeignKey(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "23503"
	}
	var lite sqlite3.Error
	return errors.As(err, &lite) && lite.ExtendedCode == sqlite3.ErrConstraintForeignKey
}

// AppendOnly gives the table whose rows never change or vanish (append_only or
// no_delete in the schema) and that err tried to change.
func AppendOnly(err error) (table string, ok bool) {
	text := ""
	var pg *pgconn.PgError
	var lite sqlite3.Error
	if errors.As(err, &pg) {
		text = pg.Message
	} else if errors.As(err, &lite) {
		text = lite.Error()
	}
	for _, mark := range []string{"append_only:", "no_delete:"} {
		if _, table, ok = strings.Cut(text, mark); ok {
			return table, true
		}
	}
	return "", false
}

// Locked reports whether err is the refusal of an entry in a locked month.
func Locked(err error) bool { return raised(err, "locked:period") }

// Closed reports whether err is the refusal of a movement on a day that is closed.
func Closed(err error) bool { return raised(err, "closed:day") }

// raised looks for the word of a trigger of the schema.
func raised(err error, word string) bool {
	var pg *pgconn.PgError
	var lite sqlite3.Error
	return errors.As(err, &pg) && pg.Message == word || errors.As(err, &lite) && strings.Contains(lite.Error(), word)
}

// joinClose closes a handle that could not be opened whole.
func joinClose(err error, db *DB) error { return errors.Join(err, db.Close()) }
