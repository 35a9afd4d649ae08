package importer_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "github.com/mattn/go-sqlite3"

	"ardoise/data/fault"
	"ardoise/data/importer"
	"ardoise/data/store/storetest"
)

// noeSchema is the part of Noethys's tables that a take-over reads, written for
// these tests.
const noeSchema = `
CREATE TABLE parametres (IDparametre INTEGER PRIMARY KEY, categorie VARCHAR(100), nom VARCHAR(100), parametre VARCHAR(255));
CREATE TABLE individus (IDindividu INTEGER PRIMARY KEY, IDcivilite INTEGER, nom VARCHAR(100), nom_jfille VARCHAR(100), prenom VARCHAR(100), date_naiss DATE,
  adresse_auto INTEGER, rue_resid VARCHAR(255), cp_resid VARCHAR(10), ville_resid VARCHAR(100), travail_tel VARCHAR(50), tel_domicile VARCHAR(50),
  tel_mobile VARCHAR(50), mail VARCHAR(50), travail_mail VARCHAR(50), deces INTEGER, memo VARCHAR(2000));
CREATE TABLE familles (IDfamille INTEGER PRIMARY KEY, IDcompte_payeur INTEGER);
CREATE TABLE rattachements (IDrattachement INTEGER PRIMARY KEY, IDindividu INTEGER, IDfamille INTEGER, IDcategorie INTEGER, titulaire INTEGER);
CREATE TABLE comptes_payeurs (IDcompte_payeur INTEGER PRIMARY KEY, IDfamille INTEGER);
CREATE TABLE prestations (IDprestation INTEGER PRIMARY KEY, IDcompte_payeur INTEGER, date DATE, montant FLOAT);
CREATE TABLE reglements (IDreglement INTEGER PRIMARY KEY, IDcompte_payeur INTEGER, date DATE, montant FLOAT);
CREATE TABLE quotients (IDquotient INTEGER PRIMARY KEY, IDfamille INTEGER, date_debut DATE, date_fin DATE, quotient INTEGER);
CREATE TABLE ecoles (IDecole INTEGER PRIMARY KEY, nom VARCHAR(300), cp VARCHAR(10), ville VARCHAR(200));
CREATE TABLE classes (IDclasse INTEGER PRIMARY KEY, IDecole INTEGER, nom VARCHAR(400));
CREATE TABLE niveaux_scolaires (IDniveau INTEGER PRIMARY KEY, abrege VARCHAR(200));
CREATE TABLE scolarite (IDscolarite INTEGER PRIMARY KEY, IDindividu INTEGER, date_debut DATE, date_fin DATE, IDecole INTEGER, IDclasse INTEGER, IDniveau INTEGER);
CREATE TABLE activites (IDactivite INTEGER PRIMARY KEY, nom VARCHAR(200));
CREATE TABLE unites (IDunite INTEGER PRIMARY KEY, IDactivite INTEGER, nom VARCHAR(200), repas INTEGER);
CREATE TABLE inscriptions (IDinscription INTEGER PRIMARY KEY, IDindividu INTEGER, IDactivite INTEGER, parti INTEGER);
CREATE TABLE consommations (IDconso INTEGER PRIMARY KEY, IDindividu INTEGER, IDunite INTEGER, date DATE, etat VARCHAR(20));
CREATE TABLE questionnaire_questions (IDquestion INTEGER PRIMARY KEY, label VARCHAR(400), controle VARCHAR(200));
CREATE TABLE questionnaire_reponses (IDreponse INTEGER PRIMARY KEY, IDquestion INTEGER, IDindividu INTEGER, reponse VARCHAR(400));
CREATE TABLE questionnaire_choix (IDchoix INTEGER PRIMARY KEY, label VARCHAR(400));
INSERT INTO parametres VALUES (1, 'fichier', 'version', '1.3.1.2'), (2, 'fichier', 'IDfichier', '20200101000000ABC');
`

// noeTown is a small town: Roux with two children and 12,40 in hand, Petit who
// owes 5,00, Vidal who left with nothing.
const noeTown = `
INSERT INTO individus (IDindividu, IDcivilite, nom, nom_jfille, prenom, date_naiss, adresse_auto, rue_resid, cp_resid, ville_resid, tel_domicile, tel_mobile, mail, deces) VALUES
 (1, 3, 'ROUX', 'MARTIN', 'Anne', '1985-02-01', NULL, '12 rue des Écoles', '01390', 'SAINT-MARCEL', '04.74.00.11.22.', '06.11.22.33.44.', 'Anne.Roux@Example.org', 0),
 (2, 1, 'ROUX', '', 'Paul', NULL, 1, '', '', '', '  .  .  .  .  .', '06.11.22.33.45.', '', 0),
 (3, 5, 'ROUX', '', 'Léa', '2019-03-14', 1, '', '', '', '', '', '', 0),
 (4, 4, 'ROUX', '', 'Tom', '2017-06-02', 1, '', '', '', '', '', '', 0),
 (5, 1, 'PETIT', '', 'Luc', NULL, NULL, '3 place du Marché', '01390', 'SAINT-MARCEL', '', '06.11.22.33.46.', '', 0),
 (6, 4, 'PETIT', '', 'Hugo', '2018-09-09', 5, '', '', '', '', '', '', 0),
 (7, 1, 'VIDAL', '', 'Yves', NULL, NULL, '1 rue Neuve', '01390', 'SAINT-MARCEL', '', '', '', 0),
 (8, 3, 'ROUX', '', 'Odette', NULL, 1, '', '', '', '', '', '', 1);
INSERT INTO familles VALUES (1, 1), (2, 2), (3, 3);
INSERT INTO rattachements (IDindividu, IDfamille, IDcategorie, titulaire) VALUES (1, 1, 1, 1), (2, 1, 1, 1), (8, 1, 1, 1), (3, 1, 2, 0), (4, 1, 2, 0), (5, 2, 1, 1), (6, 2, 2, 0), (7, 3, 1, 1);
INSERT INTO comptes_payeurs VALUES (1, 1), (2, 2), (3, 3);
INSERT INTO reglements (IDcompte_payeur, date, montant) VALUES (1, '2026-11-02', 20.0), (2, '2026-11-02', 1.1);
INSERT INTO prestations (IDcompte_payeur, date, montant) VALUES (1, '2026-11-03', 3.8), (1, '2026-11-24', 3.8), (1, '2026-12-03', 3.8), (2, '2026-11-05', 2.2), (2, '2026-11-06', 3.9);
INSERT INTO quotients (IDfamille, date_debut, date_fin, quotient) VALUES (1, '2026-01-01', '2026-12-31', 850), (2, '2020-01-01', '2020-12-31', 400);
INSERT INTO ecoles VALUES (1, 'École de Saint-Marcel', '01390', 'SAINT-MARCEL'), (2, 'École Jean Moulin', '01390', 'Saint-Marcel');
INSERT INTO classes VALUES (1, 1, 'CP Mme Rey'), (2, 2, 'CE2 M. Noir');
INSERT INTO niveaux_scolaires VALUES (5, 'CP'), (7, 'CE2');
INSERT INTO scolarite (IDindividu, date_debut, date_fin, IDecole, IDclasse, IDniveau) VALUES (3, '2026-09-01', '2027-07-05', 1, 1, 5), (4, '2026-09-01', '2027-07-05', 2, 2, 7), (6, '2020-09-01', '2021-07-05', 1, 1, 5);
INSERT INTO activites VALUES (1, 'Cantine'), (2, 'Garderie');
INSERT INTO unites VALUES (1, 1, 'Repas', 1), (2, 2, 'Matin', 0);
INSERT INTO inscriptions (IDindividu, IDactivite, parti) VALUES (3, 1, 0), (6, 2, 0);
INSERT INTO consommations (IDindividu, IDunite, date, etat) VALUES (3, 1, '2026-11-24', 'reservation'), (3, 1, '2026-12-03', 'reservation'), (3, 1, '2026-12-04', 'reservation'),
 (3, 1, '2026-12-07', 'absentj'), (3, 1, '2026-12-08', 'attente'), (3, 2, '2026-12-03', 'reservation'), (3, 1, '2026-12-03', 'reservation'), (5, 1, '2026-12-03', 'reservation');
INSERT INTO questionnaire_questions VALUES (1, 'Régime alimentaire', 'liste_deroulante'), (2, 'Pointure', 'entier');
INSERT INTO questionnaire_choix VALUES (1, 'Repas sans porc'), (2, 'Sans gluten');
INSERT INTO questionnaire_reponses (IDquestion, IDindividu, reponse) VALUES (1, 3, '1'), (1, 4, '2'), (2, 3, '28');
`

// noethys writes a file of Noethys made of some statements.
func noethys(t testing.TB, statements ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "VILLE_DATA.dat")
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%v in %.200s", err, s)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func file(t testing.TB, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "VILLE_DATA.dat")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// spoilt is a town's file with bytes written over its pages.
func spoilt(t testing.TB) string {
	path := noethys(t, noeSchema, noeTown)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 8192; i < len(data)-200; i += 4096 {
		copy(data[i:], strings.Repeat("\xa5\x07", 100))
	}
	return file(t, string(data))
}

func cut(t testing.TB) string {
	data, err := os.ReadFile(noethys(t, noeSchema, noeTown))
	if err != nil {
		t.Fatal(err)
	}
	return file(t, string(data[:len(data)/2]))
}

func TestNoethysRefusedFiles(t *testing.T) {
	r := open(t, storetest.OpenSQLite(t))
	busy := noethys(t, noeSchema)
	if err := os.WriteFile(busy+"-journal", []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	version := func(v string) string {
		return noethys(t, noeSchema, "UPDATE parametres SET parametre = '"+v+"' WHERE nom = 'version'")
	}
	swap := func(table, with string) string { return noethys(t, noeSchema, "DROP TABLE "+table, with) }
	for name, c := range map[string]struct{ path, want string }{
		"no path":         {" ", "Indiquez le fichier"},
		"absent":          {filepath.Join(t.TempDir(), "x.dat"), "n’existe pas"},
		"folder":          {t.TempDir(), "est un dossier"},
		"device":          {"/dev/null", "n’est pas un fichier ordinaire"},
		"empty":           {file(t, ""), "est vide"},
		"archive":         {file(t, "PK\x03\x04"+strings.Repeat("x", 200)), "est une archive"},
		"short":           {file(t, "SQLite format 3\x00"), "n’est pas un fichier de Noethys"},
		"text":            {file(t, strings.Repeat("nom;prenom\n", 50)), "n’est pas un fichier de Noethys"},
		"header alone":    {file(t, "SQLite format 3\x00"+strings.Repeat("\x00", 4096)), "abîmé"},
		"cut":             {cut(t), "abîmé"},
		"spoilt":          {spoilt(t), "abîmé"},
		"being written":   {busy, "en cours d’utilisation"},
		"other program":   {noethys(t, "CREATE TABLE notes (id INTEGER)"), "n’est pas un fichier de Noethys"},
		"photos":          {noethys(t, "CREATE TABLE photos (IDphoto INTEGER)"), "fichier des photos"},
		"too old":         {version("1.0.6.2"), "trop ancien (version 1.0.6.2)"},
		"too new":         {version("2.0.0.0"), "plus récent (version 2.0.0.0)"},
		"no version":      {version("bientôt"), "ne dit pas de quelle version"},
		"no identity":     {noethys(t, noeSchema, "DELETE FROM parametres WHERE nom = 'IDfichier'"), "identifiant"},
		"a table lacks":   {noethys(t, noeSchema, "DROP TABLE scolarite"), "la table « scolarite » y manque"},
		"a column lacks":  {noethys(t, noeSchema, "ALTER TABLE individus DROP COLUMN date_naiss"), "la colonne « date_naiss » de la table « individus » y manque"},
		"a view":          {swap("familles", "CREATE VIEW familles AS WITH RECURSIVE n(IDfamille) AS (SELECT 1 UNION ALL SELECT IDfamille + 1 FROM n) SELECT IDfamille FROM n"), "n’y est pas une table ordinaire"},
		"a computed cell": {swap("familles", "CREATE TABLE familles (x INTEGER, IDfamille INTEGER GENERATED ALWAYS AS (length(hex(zeroblob(500000000)))) VIRTUAL)"), "n’y est pas une table ordinaire"},
		"too many rows":   {noethys(t, noeSchema, grow("familles", "IDfamille", "i", 400001)), "plus de données"},
		"too much text":   {noethys(t, noeSchema, grow("individus", "nom, prenom, rue_resid, ville_resid, mail, travail_mail, tel_mobile", strings.TrimSuffix(strings.Repeat("hex(zeroblob(240)), ", 7), ", "), 21000)), "plus de données"},
		"a virtual table": {swap("familles", "CREATE VIRTUAL TABLE familles USING rtree(IDfamille, a, b)"), "n’y est pas une table ordinaire"},
	} {
		_, err := r.PlanNoethys(r.ctx, importer.Noethys{Path: c.path})
		if got := sentence(err); err == nil || !strings.Contains(got, c.want) || fault.KindOf(err) == fault.Internal {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A file that changes between the plan and the commit is not written.
func TestNoethysFileChanges(t *testing.T) {
	r := open(t, storetest.OpenSQLite(t))
	path := noethys(t, noeSchema, noeTown)
	p, err := r.PlanNoethys(r.ctx, importer.Noethys{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("UPDATE reglements SET montant = 2000 WHERE IDcompte_payeur = 1"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := r.CommitNoethys(r.ctx, p); fault.KindOf(err) != fault.Conflict {
		t.Errorf("committed: %v", err)
	}
	if n := r.count(t, "SELECT COUNT(*) FROM family"); n != 0 {
		t.Errorf("%d families", n)
	}
	if err := r.CommitNoethys(r.ctx, nil); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
}

// The file is read where it lies: not a byte of it changes, nothing is put beside
// it, and a file that nobody may write is read as well.
func TestNoethysFileIsNotTouched(t *testing.T) {
	r := open(t, storetest.OpenSQLite(t))
	path := noethys(t, noeSchema, noeTown)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o400); err != nil {
		t.Fatal(err)
	}
	p, err := r.PlanNoethys(r.ctx, importer.Noethys{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.CommitNoethys(r.ctx, p); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(path)
	if err != nil || string(after) != string(before) {
		t.Errorf("the file changed (%v)", err)
	}
	if list, err := os.ReadDir(filepath.Dir(path)); err != nil || len(list) != 1 {
		t.Errorf("beside the file: %v %v", list, err)
	}
}

// grow is a statement that fills a table with n rows; i counts them.
func grow(table, columns, values string, n int) string {
	return fmt.Sprintf("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d) INSERT INTO %s (%s) SELECT %s FROM n", n-1, table, columns, values)
}

// Bytes of a file spoilt at random give a plan or a sentence, never an error
// nobody foresaw; what gives a plan can be committed or is refused in words.
func TestNoethysSpoiltAnywhere(t *testing.T) {
	r := open(t, storetest.OpenSQLite(t))
	whole, err := os.ReadFile(noethys(t, noeSchema, noeTown))
	if err != nil {
		t.Fatal(err)
	}
	path, dice := file(t, "x"), rand.New(rand.NewPCG(1, 2))
	plans := 0
	for n := range 400 {
		data := slices.Clone(whole)
		for range 1 + n%4 {
			data[dice.IntN(len(data))] = byte(dice.IntN(256))
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := r.PlanNoethys(r.ctx, importer.Noethys{Path: path, Service: canteenCode})
		if err == nil {
			plans++
			err = r.CommitNoethys(r.ctx, p)
		}
		if err != nil && (fault.KindOf(err) == fault.Internal || fault.Sentence(err) == "") {
			t.Fatalf("round %d: %v", n, err)
		}
	}
	r.sound(t)
	t.Logf("%d plans of 400 spoilt files", plans)
}

func (r room) count(t testing.TB, query string, args ...any) (n int) {
	t.Helper()
	if err := r.db.Read(r.ctx, func(tx *storeTx) error { return tx.QueryRow(query, args...).Scan(&n) }); err != nil {
		t.Fatal(fmt.Errorf("%s: %w", query, err))
	}
	return n
}
