package importer

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"ardoise/data/fault"
	"ardoise/data/store"
)

const (
	// maxNoethys bounds the file, in bytes: twenty years of a town weigh 200 MB.
	maxNoethys = 2 << 30
	// maxCell bounds what is read of one cell, in bytes; a longer one is empty.
	maxCell = 500
	// maxWeight bounds all the texts read, in bytes: a town of 20,000 weighs 4 MB.
	maxWeight = 64 << 20
	// maxValue bounds what SQLite itself may hold of one, in bytes.
	maxValue = 32 << 20
	// maxRows bounds the rows taken of one table.
	maxRows = 400_000
	// noethysTime is how long a file may make us read.
	noethysTime = 3 * time.Minute
)

// Versions of Noethys (the desktop program) whose file is understood: below the
// first, columns lack; from the second on, nobody knows yet.
var oldestNoethys, newerNoethys = [2]int{1, 1}, [2]int{2, 0}

// noeTables are the tables that are read and the columns that must be there.
// Nothing else of the file is looked at: no password, no health note, no bank
// account.
var noeTables = map[string][]string{
	"parametres":              {"categorie", "nom", "parametre"},
	"individus":               {"IDindividu", "IDcivilite", "nom", "nom_jfille", "prenom", "date_naiss", "adresse_auto", "rue_resid", "cp_resid", "ville_resid", "travail_tel", "tel_domicile", "tel_mobile", "mail", "travail_mail", "deces"},
	"familles":                {"IDfamille"},
	"rattachements":           {"IDrattachement", "IDindividu", "IDfamille", "IDcategorie", "titulaire"},
	"comptes_payeurs":         {"IDcompte_payeur", "IDfamille"},
	"prestations":             {"IDcompte_payeur", "date", "montant"},
	"reglements":              {"IDcompte_payeur", "date", "montant"},
	"quotients":               {"IDquotient", "IDfamille", "date_debut", "date_fin", "quotient"},
	"ecoles":                  {"IDecole", "nom", "cp", "ville"},
	"classes":                 {"IDclasse", "IDecole", "nom"},
	"niveaux_scolaires":       {"IDniveau", "abrege"},
	"scolarite":               {"IDscolarite", "IDindividu", "date_debut", "date_fin", "IDecole", "IDclasse", "IDniveau"},
	"activites":               {"IDactivite", "nom"},
	"unites":                  {"IDunite", "IDactivite", "nom", "repas"},
	"inscriptions":            {"IDindividu", "IDactivite", "parti"},
	"consommations":           {"IDindividu", "IDunite", "date", "etat"},
	"questionnaire_questions": {"IDquestion", "label", "controle"},
	"questionnaire_reponses":  {"IDquestion", "IDindividu", "reponse"},
	"questionnaire_choix":     {"IDchoix", "label"},
}

// noeFile is an opened file of Noethys; the first error of a reading stays.
type noeFile struct {
	ctx     context.Context
	pool    *sql.DB
	name    string // what refusals call it
	id      string // given by Noethys to each file
	version string
	weight  int // bytes of text read
	err     error
}

// readNoethys opens the file read-only, looks at it, hands it to fn and closes
// it: nothing is written to it or beside it.
func readNoethys(ctx context.Context, path, name string, fn func(*noeFile) error) (err error) {
	before, err := inspectNoethys(path, name)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, noethysTime)
	defer cancel()
	f := &noeFile{ctx: ctx, name: name, pool: store.OpenForeign(path, maxValue)}
	err = f.recognise()
	if err == nil {
		err = fn(f)
	}
	if err = errors.Join(err, f.pool.Close()); err != nil {
		return f.explain(err)
	}
	after, err := os.Stat(path)
	if err != nil || after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime()) {
		return fault.Wrap(fault.Conflict, err, "Le fichier « %s » a changé pendant sa lecture"+nbsp+": fermez Noethys sur tous les postes, puis recommencez.", name)
	}
	return nil
}

// explain turns what SQLite says of a spoilt file into a sentence.
func (f *noeFile) explain(err error) error {
	switch {
	case fault.KindOf(err) != fault.Internal:
		return err
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, context.DeadlineExceeded) || f.ctx.Err() != nil:
		return fault.Wrap(fault.Invalid, err, "La lecture de « %s » dure trop longtemps"+nbsp+": ce fichier n’est pas une base Noethys ordinaire. Rien n’a été écrit.", f.name)
	}
	return fault.Wrap(fault.Invalid, err, "Le fichier « %s » est abîmé, il n’est pas lisible jusqu’au bout. Restaurez une sauvegarde dans Noethys, puis recommencez. Rien n’a été écrit.", f.name)
}

// inspectNoethys refuses what is no SQLite file, or one being written.
func inspectNoethys(path, name string) (info os.FileInfo, err error) {
	info, err = os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, fault.Wrap(fault.NotFound, err, "Le fichier « %s » n’existe pas.", name)
	case err != nil:
		return nil, fault.Wrap(fault.Unavailable, err, "Le fichier « %s » ne peut pas être lu"+nbsp+": vérifiez vos droits.", name)
	case info.IsDir():
		return nil, fault.New(fault.Invalid, "« %s » est un dossier"+nbsp+": indiquez le fichier de Noethys, celui dont le nom finit par « _DATA.dat ».", name)
	case !info.Mode().IsRegular():
		return nil, fault.New(fault.Invalid, "« %s » n’est pas un fichier ordinaire.", name)
	case info.Size() == 0:
		return nil, fault.New(fault.Invalid, "Le fichier %s est vide.", name)
	case info.Size() > maxNoethys:
		return nil, fault.New(fault.Invalid, "Le fichier %s est trop gros (2 Go au plus).", name)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "Le fichier « %s » ne peut pas être lu"+nbsp+": vérifiez vos droits.", name)
	}
	head := make([]byte, 100)
	n, err := io.ReadFull(f, head)
	if cerr := f.Close(); cerr != nil || err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fault.Wrap(fault.Unavailable, errors.Join(err, cerr), "Le fichier « %s » n’a pas pu être lu jusqu’au bout.", name)
	}
	switch head := string(head[:n]); {
	case strings.HasPrefix(head, "PK\x03\x04"):
		return nil, fault.New(fault.Invalid, "« %s » est une archive"+nbsp+": si c’est une sauvegarde de Noethys, restaurez-la d’abord dans Noethys, puis indiquez le fichier dont le nom finit par « _DATA.dat ».", name)
	case n < 100 || !strings.HasPrefix(head, "SQLite format 3\x00"):
		return nil, fault.New(fault.Invalid, "« %s » n’est pas un fichier de Noethys"+nbsp+": indiquez celui dont le nom finit par « _DATA.dat ».", name)
	}
	if store.IsOurs(head) {
		return nil, fault.New(fault.Invalid, "« %s » est une base d’Ardoise, pas un fichier de Noethys"+nbsp+": indiquez celui dont le nom finit par « _DATA.dat ».", name)
	}
	for _, beside := range []string{"-journal", "-wal"} {
		if j, err := os.Stat(path + beside); err == nil && j.Size() > 0 {
			return nil, fault.New(fault.Conflict, "« %s » est en cours d’utilisation, ou Noethys s’est arrêté au milieu d’un enregistrement"+nbsp+": ouvrez le fichier dans Noethys, fermez Noethys sur tous les postes, puis recommencez.", name)
		}
	}
	return info, nil
}

// recognise looks at the whole file for damage, then at the tables and columns
// that will be read, then at who wrote it.
func (f *noeFile) recognise() error {
	if err := store.CheckForeign(f.ctx, f.pool); err != nil {
		if f.ctx.Err() != nil {
			return f.ctx.Err()
		}
		return fmt.Errorf("importer: noethys: %v", err) // whatever its sentence, it is about another file here
	}
	tables := map[string]string{}
	f.each(func(r *sql.Rows) error {
		var name, kind, begin string
		err := r.Scan(&name, &kind, &begin)
		tables[strings.ToLower(name)] = kind + " " + strings.ToUpper(begin)
		return err
	}, `SELECT name, type, substr(COALESCE(sql, ''), 1, 13) FROM sqlite_master WHERE type IN ('table', 'view') AND octet_length(name) < 200 LIMIT 5000`)
	if f.err != nil {
		return f.err
	}
	_, people := tables["individus"]
	_, homes := tables["familles"]
	_, photos := tables["photos"]
	_, papers := tables["documents"]
	switch {
	case !people && !homes && (photos || papers):
		return fault.New(fault.Invalid, "« %s » est le fichier des photos ou des documents de Noethys"+nbsp+": indiquez celui dont le nom finit par « _DATA.dat ».", f.name)
	case !people || !homes:
		return fault.New(fault.Invalid, "« %s » n’est pas un fichier de Noethys"+nbsp+": indiquez celui dont le nom finit par « _DATA.dat ».", f.name)
	}
	if err := f.columns(tables); err != nil {
		return err
	}
	return f.origin()
}

// columns refuses a file that lacks a table or a column, and one whose schema
// would have something else run while it is read: a view, a virtual table, a
// computed column.
func (f *noeFile) columns(tables map[string]string) error {
	for _, table := range sortedKeys(noeTables) {
		begin, ok := tables[table]
		if !ok {
			return f.strange("la table « %s » y manque", table)
		}
		if begin != "table CREATE TABLE " {
			return f.strange("« %s » n’y est pas une table ordinaire", table)
		}
	}
	have := map[string]bool{}
	var computed string
	f.each(func(r *sql.Rows) error {
		var table, column string
		var hidden int
		err := r.Scan(&table, &column, &hidden)
		if hidden != 0 {
			computed = table
		}
		have[strings.ToLower(table+"."+column)] = true
		return err
	}, `SELECT m.name, substr(x.name, 1, 100), x.hidden FROM sqlite_master m, pragma_table_xinfo(m.name) x WHERE m.type = 'table' AND lower(m.name) IN ('`+strings.Join(sortedKeys(noeTables), "','")+`')`)
	if f.err != nil {
		return f.err
	}
	if computed != "" {
		return f.strange("« %s » n’y est pas une table ordinaire", computed)
	}
	for _, table := range sortedKeys(noeTables) {
		for _, column := range noeTables[table] {
			if !have[strings.ToLower(table+"."+column)] {
				return f.strange("la colonne « %s » de la table « %s » y manque", column, table)
			}
		}
	}
	return nil
}

func (f *noeFile) strange(format string, args ...any) error {
	return fault.New(fault.Invalid, "« %s » ne vient pas d’une version de Noethys que la reprise connaît (%s). Ouvrez-le dans un Noethys à jour, qui le convertit, puis recommencez.", f.name, fmt.Sprintf(format, args...))
}

// origin reads which file of which version of Noethys it is.
func (f *noeFile) origin() error {
	f.each(func(r *sql.Rows) error {
		var name, value string
		err := r.Scan(&name, &value)
		switch name {
		case "version":
			f.version = clip(f.tidy(value), 40)
		case "IDfichier":
			f.id = clip(f.tidy(value), 60)
		}
		return err
	}, `SELECT `+cell("nom")+`, `+cell("parametre")+` FROM parametres WHERE categorie = 'fichier' ORDER BY IDparametre LIMIT 100`)
	if f.err != nil {
		return f.err
	}
	v, ok := parseVersion(f.version)
	switch {
	case f.id == "" || !ok:
		return f.strange("il ne dit pas de quelle version il vient, ou n’a pas d’identifiant")
	case slices.Compare(v[:], oldestNoethys[:]) < 0:
		return fault.New(fault.Invalid, "« %s » vient d’un Noethys trop ancien (version %s)"+nbsp+": ouvrez-le dans un Noethys à jour, qui le convertit, puis recommencez.", f.name, f.version)
	case slices.Compare(v[:], newerNoethys[:]) >= 0:
		return fault.New(fault.Invalid, "« %s » vient d’un Noethys plus récent (version %s) que ceux que cette version d’Ardoise sait reprendre"+nbsp+": mettez Ardoise à jour.", f.name, f.version)
	}
	return nil
}

func parseVersion(text string) (v [2]int, ok bool) {
	parts := strings.Split(text, ".")
	if len(parts) < 2 {
		return v, false
	}
	for i := range v {
		n, err := strconv.Atoi(parts[i])
		if err != nil || n < 0 {
			return v, false
		}
		v[i] = n
	}
	return v, true
}

// each runs a question over the file and scans its rows, at most maxRows of them.
func (f *noeFile) each(scan func(*sql.Rows) error, query string, args ...any) {
	if f.err != nil {
		return
	}
	rows, err := f.pool.QueryContext(f.ctx, query, args...)
	if err != nil {
		f.err = err
		return
	}
	for n := 0; err == nil && rows.Next(); n++ {
		if n == maxRows || f.weight > maxWeight {
			err = fault.New(fault.Invalid, "« %s » contient plus de données que la reprise n’en lit (%d lignes par table, 64 Mo de texte)"+nbsp+": ce n’est pas une base Noethys ordinaire.", f.name, maxRows)
			break
		}
		err = scan(rows)
	}
	f.err = errors.Join(err, rows.Err(), rows.Close())
}

// cell reads a column as a text of bounded length, whatever is in it: a longer
// one is not even loaded.
func cell(column string) string {
	return fmt.Sprintf("CASE WHEN octet_length(%[1]s) <= %[2]d THEN CAST(%[1]s AS TEXT) ELSE '' END", column, maxCell)
}

// whole reads a column as an integer, 0 where it holds something else.
func whole(column string) string {
	return fmt.Sprintf("CASE WHEN typeof(%[1]s) = 'integer' THEN %[1]s ELSE 0 END", column)
}

// baseName is what refusals call a file.
func baseName(path, name string) string { return firstOf(name, filepath.Base(path)) }
