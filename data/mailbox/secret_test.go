package mailbox

import (
	"bytes"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ardoise/data/family"
	"ardoise/data/letter"
	"ardoise/data/mailbox/reading"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// What must be nowhere in clear: what a family says of a child's health, wherever
// in its message; its account; what opens the town's mailbox.
const (
	secretSubject  = "Hugo a la rougeole"
	secretSentence = "traitement de fond contre la mucoviscidose"
	secretName     = "ordonnance-epilepsie"
	secretRefused  = "bilan-oncologie"
	secretPDF      = "Diagnostic asthme severe"
	secretIBAN     = "FR7630006000011234567890189"
	secretPassword = "Tr0mbone-Perce-Neige"
	secretRefresh  = "1//0gRefreshJeton-ZZ"
	secretAccess   = "ya29.JetonDuJour-ZZ"
)

var plantedSecrets = []string{secretSubject, secretSentence, secretName, secretRefused, secretPDF, secretIBAN, "FR76 3000 6000 0112 3456 7890 189", secretPassword, secretRefresh, secretAccess}

// secretMail is a message with a secret in each of its parts.
func secretMail() string {
	pdf := "%PDF-1.4\n" + secretPDF + strings.Repeat("\nx", 200) + "\n%%EOF\n"
	return "From: " + leaMail + "\r\nTo: cantine@mairie.example\r\nSubject: " + secretSubject + "\r\nDate: Tue, 24 Nov 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" +
		"Bonjour, Hugo est absent jeudi 26 novembre, " + secretSentence + ". Ci-joint son certificat médical.\r\nNotre nouveau compte : FR76 3000 6000 0112 3456 7890 189\r\n" +
		"--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"" + secretName + ".pdf\"\r\n\r\n" + base64.StdEncoding.EncodeToString([]byte(pdf)) + "\r\n" +
		"--b\r\nContent-Type: application/msword\r\nContent-Disposition: attachment; filename=\"" + secretRefused + ".doc\"\r\n\r\nrien\r\n--b--\r\n"
}

// TestPlantedSecrets takes a message through the whole room (taken, listed, looked
// for, read, opened, applied, answered, taken back, exported) and looks for its
// secrets in every file and every column, the trail and the log included.
func TestPlantedSecrets(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		t.Setenv("TMPDIR", t.TempDir())
		var log bytes.Buffer
		before := slog.Default()
		slog.SetDefault(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
		t.Cleanup(func() { slog.SetDefault(before) })

		w := newHamlet(t, db)
		w.ctx = stafftest.Session(t, db, staff.Accueil, staff.Admin, staff.Sante)
		home := w.family("Favier", leaMail, "Hugo")
		secretJourney(t, w, home)

		backups := t.TempDir()
		if _, err := db.Backup(w.ctx, backups); err != nil {
			t.Fatal(err)
		}
		for _, secret := range plantedSecrets {
			if strings.Contains(log.String(), secret) {
				t.Errorf("%q is in the log", secret)
			}
		}
		for _, dir := range append([]string{os.Getenv("TMPDIR"), backups}, databaseFolder(w)...) {
			for path, secret := range inFiles(t, dir) {
				t.Errorf("%q is in clear in %s", secret, filepath.Base(path))
			}
		}
		for where, secret := range inTables(w) {
			t.Errorf("%q is in clear in %s", secret, where)
		}
		// The search itself must be able to find.
		w.exec(`INSERT INTO setting (name, value) VALUES ('planted', $1)`, "x "+secretIBAN+" y")
		if len(inTables(w)) != 1 {
			t.Error("a secret in a table is not found: this test cannot fail")
		}
		for _, dir := range databaseFolder(w) {
			if len(inFiles(t, dir)) == 0 {
				t.Error("a secret in a file is not found: this test cannot fail")
			}
		}
	})
}

// secretJourney does with the message all that can be done with it.
func secretJourney(t *testing.T, w *hamlet, home int64) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(w.s.keepSecrets(w.ctx, w.account, secrets{Password: secretPassword, SMTPPassword: secretPassword, Refresh: secretRefresh}))
	w.s.mu.Lock()
	w.s.tokens[w.account] = token{access: secretAccess, until: w.clock.Now()}
	w.s.mu.Unlock()
	id := w.take(1, secretMail()).MessageID
	if items, _, err := w.s.List(w.ctx, Filter{Text: "mucoviscidose"}); err != nil || len(items) != 1 {
		t.Fatalf("%d found, %v", len(items), err)
	}
	m := w.get(id)
	if len(m.Files) != 2 || m.FamilyID != home {
		t.Fatalf("%+v", m)
	}
	_, _, _, err := w.s.Attachment(w.ctx, id, m.Files[0].N)
	must(err)
	_, err = w.s.Original(w.ctx, id)
	must(err)
	hugo := m.Children[0].ID
	decision := func(key string, choices ...Choice) Decision {
		return Decision{MessageID: id, Version: w.get(id).Version, Key: key, Choices: choices, Reply: letter.Letter{To: leaMail}}
	}
	apply := func(d Decision) {
		t.Helper()
		p, err := w.s.Plan(w.ctx, d)
		must(err)
		if _, err = w.s.Apply(w.ctx, p); err != nil {
			t.Fatal(err, p.Problem)
		}
	}
	apply(decision("one")) // the answer alone, then taken back
	_, err = w.s.Undo(w.ctx, id, "back")
	must(err)
	apply(decision("two",
		Choice{N: 1, Kind: reading.Documents, Files: []Filing{{File: m.Files[0].N, Kind: "medical_certificate", ChildID: hugo}}},
		Choice{N: 2, Kind: reading.BankDetails, IBAN: secretIBAN, Holder: "Élodie Favier", Confirmed: true}))
	_, err = w.s.Undo(w.ctx, id, "never") // refused, in a sentence
	if err == nil {
		t.Fatal("an account was taken back")
	}
	export := family.New(w.db)
	export.OnExport(ExportTx)
	must(export.Export(w.ctx, home, family.ExportOptions{Health: true}, io.Discard))
	_, err = w.s.Send(w.ctx, nil)
	must(err)
	if n := w.count(`SELECT COUNT(*) FROM outbox WHERE answers_id = $1 AND body LIKE '%bien reçu%'`, id); n != 1 {
		t.Errorf("%d answers tell of the paper", n)
	}
}

// databaseFolder is where SQLite keeps the database and its log.
func databaseFolder(w *hamlet) (dirs []string) {
	if w.db.Engine() != store.SQLite {
		return nil
	}
	var name string
	if err := w.db.Read(w.ctx, func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT file FROM pragma_database_list WHERE name = 'main'`).Scan(&name)
	}); err != nil {
		w.t.Fatal(err)
	}
	return []string{filepath.Dir(name)}
}

// inFiles gives the files of a folder that hold a secret.
func inFiles(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	if err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		for _, secret := range plantedSecrets {
			if bytes.Contains(raw, []byte(secret)) {
				found[path] = secret
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return found
}

// inTables gives the tables that hold a secret, as text or as bytes.
func inTables(w *hamlet) map[string]string {
	w.t.Helper()
	found := map[string]string{}
	if err := w.db.Read(w.ctx, func(tx *store.Tx) error {
		list := `SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table'`
		cell := func(column string) string { return `hex(` + column + `)` }
		if tx.Engine() == store.Postgres {
			list = `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'`
			cell = func(column string) string { return `upper(encode(convert_to(` + column + `::text, 'UTF8'), 'hex'))` }
		}
		columns, err := store.Collect(tx, scanPair, list)
		if err != nil {
			return err
		}
		for _, c := range columns {
			for _, secret := range plantedSecrets {
				asText := strings.ToUpper(hex.EncodeToString([]byte(secret)))
				asBytes := strings.ToUpper(hex.EncodeToString([]byte(hex.EncodeToString([]byte(secret))))) // PostgreSQL writes bytes as \x…
				var n int
				if err := tx.QueryRow(`SELECT COUNT(*) FROM "`+c[0]+`" WHERE `+cell(`"`+c[1]+`"`)+` LIKE $1 OR `+cell(`"`+c[1]+`"`)+` LIKE $2`, "%"+asText+"%", "%"+asBytes+"%").Scan(&n); err != nil {
					return err
				}
				if n > 0 {
					found[c[0]+"."+c[1]] = secret
				}
			}
		}
		return nil
	}); err != nil {
		w.t.Fatal(err)
	}
	return found
}

func scanPair(r *sql.Rows) (pair [2]string, err error) {
	err = r.Scan(&pair[0], &pair[1])
	return pair, err
}
