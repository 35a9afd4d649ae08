package main

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"ardoise/data/fault"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// TestFullDisk: a file or an answer that cannot be written is told in a sentence,
// whatever wrote it, and leaves no file behind.
func TestFullDisk(t *testing.T) {
	full := errors.New("no space left on device")
	dir := t.TempDir()
	err := outputFile(filepath.Join(dir, "facture.pdf"), func(w io.Writer) error {
		w.(*disk).to = writerFunc(func([]byte) (int, error) { return 0, full })
		_, err := w.Write([]byte("%PDF"))
		return err
	})
	if !errors.Is(err, full) || fault.KindOf(err) != fault.Unavailable || !strings.Contains(fault.Sentence(err), "place libre") {
		t.Errorf("a file: %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
	own := fault.New(fault.Conflict, "Rien à imprimer.")
	if err := outputFile(filepath.Join(dir, "facture.pdf"), func(io.Writer) error { return own }); fault.KindOf(err) != fault.Conflict {
		t.Errorf("another refusal: %v", err)
	}
	for _, json := range []bool{false, true} {
		c := &cli{out: writerFunc(func([]byte) (int, error) { return 0, full }), json: json}
		err := c.say(1, func(w io.Writer) { put(w, "fait") })
		if said := fault.Sentence(err); fault.KindOf(err) != fault.Unavailable || strings.Contains(said, "Rien n’a été modifié") {
			t.Errorf("an answer, json %v: %v", json, err)
		}
	}
}

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// TestBadInput is the list of the issue: each gets a clear French sentence, and
// nothing has changed.
func TestBadInput(t *testing.T) {
	w := newTown(t)
	y, m := number10(w.ysoline), number10(w.maieul)
	w.refused(exitRefused, "n’existe pas : vérifiez le jour", "book", "--child", y, "--service", canteen, "--dates", "2026-12-32")
	w.refused(exitRefused, "n’existe pas : vérifiez le jour", "headcount", "--service", canteen, "--date", "2027-02-29")
	w.refused(exitRefused, "Maïeul", "book", "--child", m, "--service", canteen, "--dates", "2026-12-07")
	w.refused(exitRefused, "Il manque", "book", "--child", y, "--service", canteen, "--dates", "2026-12-07")
	w.rich()
	w.refused(exitRefused, "Délai passé", "book", "--child", y, "--service", canteen, "--dates", "2026-11-27")
	w.ok("book", "--child", y, "--service", canteen, "--dates", "2026-12-07", "--dry-run")
	w.refused(exitRefused, "Pas de service ce jour-là", "book", "--child", y, "--service", canteen, "--dates", "2026-12-25")
	w.refused(exitRefused, "n’a rien de réservé", "cancel", "--child", y, "--service", canteen, "--dates", "2026-12-07")
	w.refused(exitRefused, "deux fois", "book", "--child", y, "--service", canteen, "--dates", "2026-12-07,2026-12-07")
	w.refused(exitRefused, "« cantine-nulle-part » n’existe pas", "cutoff", "--service", "cantine-nulle-part", "--date", "2026-12-07")
	w.refused(exitRefused, "n’existe pas", "wallet", "show", "99999")
	w.refused(exitRefused, "moyen de paiement", "wallet", "topup", number10(w.garance), "10", "--means", "or")
	w.refused(exitRefused, "ne contient que", "wallet", "refund", number10(w.garance), "500", "--means", "cheque", "--reason", "départ")
	w.refused(exitRefused, "n’existe pas", "requests", "accept", "999")
	w.refused(exitRefused, "motif du refus", "requests", "refuse", number10(w.newRequest()))
	w.clean()
}

// newRequest submits a request for the child without access.
func (w *town) newRequest() int64 {
	w.t.Helper()
	var q requestJSON
	w.json(&q, "requests", "submit", "--child", number10(w.maieul), "--service", canteen)
	return q.ID
}

// One refused line refuses the whole command: nothing is half done.
func TestOneRefusedLineRefusesAll(t *testing.T) {
	w := newTown(t)
	w.rich()
	before := dump(t, w.db)
	r := w.run("--json", "book", "--child", number10(w.ysoline), "--service", canteen, "--dates", "2026-12-07,2026-12-12,2026-12-08")
	var out basketJSON
	decode(t, r.out, &out)
	if r.code != exitRefused || out.Error == nil || out.Error.Kind != "invalid" || len(out.Lines) != 3 {
		t.Fatalf("exit %d, %s", r.code, r.out)
	}
	for _, l := range out.Lines {
		if _, err := time.Parse(time.RFC3339, l.Cutoff); err != nil || l.Rule == "" {
			t.Errorf("a line without its limit: %+v", l)
		}
	}
	var verdicts []string
	for _, l := range out.Lines {
		verdicts = append(verdicts, l.Verdict)
	}
	if got := strings.Join(verdicts, " "); got != "accepted refused accepted" {
		t.Error("verdicts:", got)
	}
	if dump(t, w.db) != before {
		t.Error("something was booked")
	}
}

func TestFullDay(t *testing.T) {
	w := newTown(t)
	w.rich()
	small := strings.ReplaceAll(strings.ReplaceAll(w.ok("catalog", "show"), "capacity = 160", "capacity = 1"), "capacity = 90", "capacity = 1")
	w.ok("catalog", "load", write(t, "petit.toml", small))
	w.ok("book", "--child", number10(w.ysoline), "--consent", "Mme Essai, téléphone", "--service", canteen, "--dates", "2026-12-07")
	w.refused(exitRefused, "1 place sur 1", "book", "--child", number10(w.anselme), "--service", canteen, "--dates", "2026-12-07")
	var out basketJSON
	w.json(&out, "book", "--child", number10(w.anselme), "--consent", "Mme Essai, téléphone", "--service", canteen, "--dates", "2026-12-07", "--waiting")
	if out.Lines[0].Verdict != "waiting" || out.Total != 0 {
		t.Errorf("waiting list: %+v", out)
	}
	w.clean()
}

// The last place is given once, whoever asks at the same time.
func TestLastPlaceOnce(t *testing.T) {
	for engine, w := range map[string]func(t *testing.T) *town{
		"sqlite": newTown,
		"postgres": func(t *testing.T) *town {
			w := &town{ctl: newCtl(t, storetest.PostgresURL(t))}
			w.build()
			return w
		},
	} {
		t.Run(engine, func(t *testing.T) {
			w := w(t)
			w.rich()
			small := strings.ReplaceAll(strings.ReplaceAll(w.ok("catalog", "show"), "capacity = 160", "capacity = 1"), "capacity = 90", "capacity = 1")
			w.ok("catalog", "load", write(t, "petit.toml", small))
			children := []int64{w.ysoline, w.anselme}
			results := make([]result, len(children))
			var both sync.WaitGroup
			for i, child := range children {
				both.Go(func() {
					results[i] = w.run("book", "--child", number10(child), "--consent", "Mme Essai, téléphone", "--service", canteen, "--dates", "2026-12-07")
				})
			}
			both.Wait()
			if results[0].code+results[1].code != exitRefused {
				t.Errorf("exit %d and %d:\n%s%s\n%s%s", results[0].code, results[1].code, results[0].out, results[0].err, results[1].out, results[1].err)
			}
			var h headcountJSON
			w.json(&h, "headcount", "--service", canteen, "--date", "2026-12-07")
			if h.Total != 1 {
				t.Errorf("%d meals for one place", h.Total)
			}
			w.clean()
		})
	}
}

func TestBadFiles(t *testing.T) {
	w := newTown(t)
	id := number10(w.newRequest())
	w.refused(exitRefused, "PDF", "requests", "attach", id, write(t, "fiche.pdf", "PK\x03\x04 not a PDF at all"))
	w.refused(exitRefused, "est vide", "requests", "attach", id, write(t, "vide.pdf", ""))
	w.refused(exitRefused, "n’existe pas", "requests", "attach", id, filepath.Join(t.TempDir(), "absent.pdf"))
	w.refused(exitRefused, "dossier", "requests", "attach", id, t.TempDir())
	w.refused(exitRefused, "Sont permis", "requests", "attach", id, write(t, "fiche.pdf", pdf), "--kind", "photo")
	w.refused(exitRefused, "IBAN", "requests", "attach", id, "--iban", "FR7612345", "--bic", "AGRIFRPP")
	w.refused(exitRefused, "ligne", "catalog", "load", write(t, "faux.toml", "[[commune]]\nname = 3\n"))
	school := []string{"import", "onde", "--school", "École de Saint-Marcel"}
	good, adults := write(t, "eleves.csv", dayPupils), write(t, "responsables.csv", dayGuardians)
	w.refused(exitRefused, "est vide", append(school, "--pupils", write(t, "vide.csv", ""), "--guardians", adults)...)
	w.refused(exitRefused, "intervertis", append(school, "--pupils", adults, "--guardians", good)...)
	w.refused(exitRefused, "n’est pas une extraction", append(school, "--pupils", write(t, "coupe.csv", dayPupils[:60]), "--guardians", adults)...)
	w.clean()
}

// A list cut in the middle of a row: the row is refused by its line, the others
// stay what they were.
func TestTruncatedList(t *testing.T) {
	w := newTown(t)
	before := dump(t, w.db)
	cut := dayPupils[:strings.Index(dayPupils, "29/11/2017")]
	var out ondeJSON
	w.json(&out, "import", "onde", "--school", "École de Saint-Marcel", "--pupils", write(t, "eleves.csv", cut), "--guardians", write(t, "responsables.csv", dayGuardians))
	if out.Created+out.Updated != 0 || out.Unchanged != 2 || len(out.Refused) == 0 || out.Refused[0].Line != 4 {
		t.Errorf("cut list: %+v", out)
	}
	if after := dump(t, w.db); after != before {
		t.Error("the cut list changed the database:", firstDifference(before, after))
	}
}

func TestDatabasesThatCannotBeOpened(t *testing.T) {
	w := newTown(t)
	newer := filepath.Join(t.TempDir(), "neuve.db")
	copyFile(t, w.db, newer)
	raise(t, newer)
	c := newCtl(t, newer)
	c.refused(exitEnvironment, "version plus récente d’Ardoise", "verify")
	c.refused(exitEnvironment, "version plus récente d’Ardoise", "book", "--child", "1", "--service", "1", "--dates", "2026-12-07")

	c = newCtl(t, write(t, "note.db", "ceci n’est pas une base, loin de là ; c’est une note de service assez longue."))
	c.refused(exitEnvironment, "n’est pas une base Ardoise", "verify")
	c = newCtl(t, filepath.Join(t.TempDir(), "absente.db"))
	c.refused(exitEnvironment, "n’existe pas", "verify")
	if isFile(c.db) {
		t.Error("a missing database was made by verify")
	}
	c = newCtl(t, t.TempDir())
	c.refused(exitEnvironment, "dossier", "verify")
	c = newCtl(t, "postgres://nobody@127.0.0.1:1/none?connect_timeout=2")
	c.refused(exitEnvironment, "PostgreSQL", "verify")
}

// raise makes a file look like one of a later program.
func raise(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`)
	if err = errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	body, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, body, 0o600); err != nil {
		t.Fatal(err)
	}
}

// readOnly gives a folder nobody can write into, root included.
func readOnly(t *testing.T) string {
	t.Helper()
	if os.Getuid() == 0 {
		return "/proc/sys" // permissions do not hold root back, this does
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestReadOnlyFolder(t *testing.T) {
	dir := readOnly(t)
	w := newTown(t)
	w.refused(exitEnvironment, "sauvegarde n’est pas faite", "backup", filepath.Join(dir, "sauvegardes"))
	w.refused(exitEnvironment, "ne peut pas être écrit", "headcount", "--service", canteen, "--date", "2026-12-07", "--out", filepath.Join(dir, "e.xlsx"))
	w.refused(exitEnvironment, "ne peut pas être écrit", "families", "export", number10(w.garance), "--out", filepath.Join(dir, "f.zip"))
	c := newCtl(t, filepath.Join(dir, "neuve.db"))
	c.refused(exitEnvironment, "lecture seule", "demo", "create", "--families", "0")
}

// A second program on the same file: both may work, none loses what the other
// did; what needs the file alone is refused.
func TestSecondProgram(t *testing.T) {
	w := newTown(t)
	w.rich()
	backup := t.TempDir()
	w.ok("backup", backup)
	files, err := filepath.Glob(filepath.Join(backup, "*.ardoise"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	other, err := store.Open(context.Background(), w.db, store.Options{Clock: func() time.Time { return w.now }})
	if err != nil {
		t.Fatal(err)
	}
	w.ok("book", "--child", number10(w.ysoline), "--consent", "Mme Essai, téléphone", "--service", canteen, "--dates", "2026-12-07")
	w.refused(exitRefused, "ouverte dans un programme", "restore", files[0])
	w.refused(exitRefused, "ouverte dans un programme", "demo", "reset")
	var n int
	err = other.Read(context.Background(), func(tx *store.Tx) error { return tx.QueryRow(`SELECT count(*) FROM booking`).Scan(&n) })
	if err = errors.Join(err, other.Close()); err != nil {
		t.Fatal(err)
	}
	if n != 1 {
		t.Errorf("the other program sees %d bookings, wanted 1", n)
	}
	w.clean()
}

func TestUsage(t *testing.T) {
	w := newTown(t)
	for _, args := range [][]string{
		{"commander"},
		{"demo", "commander"},
		{"wallet", "show"},
		{"wallet", "show", "1", "2"},
		{"book"},
		{"book", "--child", "1"},
		{"book", "--child", "x", "--service", "1", "--dates", "2026-12-07"},
		{"book", "--inconnu"},
		{"book", "--child"},
		{"demo", "create", "--families", "beaucoup"},
		{"cutoff", "--service", "1", "--date", "2026-12-07", "--for", "eat"},
		{"headcount", "--service", "1", "--date", "2026-12-07", "--out", "effectifs.doc"},
		{"requests", "list", "--status", "perdue"},
		{"wallet", "show", "abc"},
		{"attend", "--service", "1", "--date", "2026-12-07"},
		{"verify", "--now", "demain"},
		{"admin", "agents", "roles", "demo", "chef"},
		{"export", "families", "--out", "familles.ods"},
		{"import", "calendar", "x.csv", "--zone", "D"},
		{"book", "--child", "1", "--service", "1", "--dates", "2026-12-07", "--consent", "la mère"},
		// what later issues will bring must not exist yet; month's end asks for its words
		{"migrate"},
		{"mail", "fetch", "tout"},
		{"mail", "apply"},
		{"mail", "relever"},
		{"wallet", "close"},
		{"invoice", "preview"},
		{"invoice", "credit", "--month", "2026-11", "--invoice", "2026000001"},
		{"invoice", "credit", "--invoice", "2026000001"},
		{"invoice", "pay", "--family", "1"},
		{"invoice", "pdf", "--out", "f.pdf"},
		{"invoice", "remind", "--dry-run", "--out", "f.pdf"},
		{"mandate", "revoke", "1"},
		{"sepa", "build"},
		{"sepa", "build", "--collect", "2027-01-15", "--out", "remise.txt"},
		{"sepa", "build", "--collect", "2027-01-15", "--out", "remise.xml", "--version", "09"},
		{"cash", "close"},
		{"cash", "close", "--pieces", "50"},
		{"cash", "slip", "--kind", "or"},
		{"cash", "slip", "--kind", "payment"},
		{"export", "treasury"},
		{"export", "accounts", "--month", "2026-11", "--out", "comptes.ods"},
		{"export", "tax", "--out", "f.pdf"},
		{"settings", "set", "billing.contact"},
	} {
		before := dump(t, w.db)
		r := w.run(args...)
		if r.code != exitUsage || !strings.HasPrefix(r.err, "Commande mal écrite") || !strings.Contains(r.err, "--help") {
			t.Errorf("%v: exit %d, %s%s", args, r.code, r.out, r.err)
		}
		for _, english := range []string{"unknown", "invalid", "flag ", "required"} {
			if strings.Contains(r.err, english) {
				t.Errorf("%v: English in %q", args, r.err)
			}
		}
		if dump(t, w.db) != before {
			t.Errorf("%v changed the database", args)
		}
	}
	if r := w.run("--lang", "en", "book", "--nope"); r.code != exitUsage || !strings.HasPrefix(r.err, "Wrong usage") {
		t.Errorf("--lang en: exit %d, %s", r.code, r.err)
	}
	for _, args := range [][]string{{"attend", "a", "b"}, {"book", "--inconnu", "--json"}} {
		if r := w.run(args...); r.code != exitUsage {
			t.Errorf("%v: exit %d", args, r.code)
		}
	}
	r := w.run("--json", "wallet", "show")
	var out map[string]errorJSON
	decode(t, r.out, &out)
	if r.code != exitUsage || out["error"].Kind != "usage" || out["error"].Message == "" || r.err != "" {
		t.Errorf("JSON of wrong usage: exit %d, %q, %q", r.code, r.out, r.err)
	}
}

// A command without --consent is kept for what it is: nobody noted the family's
// word, and the agent who typed it is named.
func TestConsentThatWasNotNoted(t *testing.T) {
	w := newTown(t)
	w.rich()
	w.ok("book", "--child", number10(w.ysoline), "--service", canteen, "--dates", "2026-12-07")
	db, err := store.Open(context.Background(), w.db, store.Options{Clock: func() time.Time { return w.now }})
	if err != nil {
		t.Fatal(err)
	}
	var who, how string
	err = db.Read(context.Background(), func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT consent_who, consent_how FROM operation WHERE kind = 'book' ORDER BY id DESC LIMIT 1`).Scan(&who, &how)
	})
	if err = errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	if who == "" || !strings.Contains(how, "non noté") {
		t.Errorf("consent kept as %q, %q", who, how)
	}
}
