package family_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// about gives the tables that say something about a family: those with a family_id or
// a child_id, and those that point to one of a family's own things.
func about(tx *store.Tx) ([]string, error) {
	columns := `SELECT DISTINCT m.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name IN ('family_id', 'child_id')`
	links := `SELECT DISTINCT m.name FROM sqlite_master m, pragma_foreign_key_list(m.name) k WHERE m.type = 'table' AND k."table" = ANY($1)`
	if tx.Engine() == store.Postgres {
		columns = `SELECT DISTINCT table_name FROM information_schema.columns WHERE table_schema = current_schema() AND column_name IN ('family_id', 'child_id')`
		links = `SELECT DISTINCT c.relname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid
			WHERE k.contype = 'f' AND c.relnamespace = current_schema()::regnamespace AND t.relname = ANY($1)`
	}
	read := func(query string, args ...any) ([]string, error) {
		return store.Collect(tx, func(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) }, query, args...)
	}
	out, err := read(columns)
	if err != nil {
		return nil, err
	}
	own := []string{"family", "guardian", "child", "document", "access_request", "mandate", "invoice", "debit", "reminder", "receipt", "mail_message", "booking", "account", "outbox"}
	more, err := read(links, own)
	out = append(out, append(more, own...)...)
	slices.Sort(out)
	return slices.Compact(out), err
}

func missing(tx *store.Tx) (out []string, err error) {
	all, err := about(tx)
	for _, table := range all {
		if family.NotExported[table] == "" && !slices.Contains(family.ExportedTables(), table) {
			out = append(out, table)
		}
	}
	return out, err
}

// TestEveryTableIsExported walks the schema; a table about a family that nobody exports
// fails here, and so does the planted one.
func TestEveryTableIsExported(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		undone := errors.New("undone")
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			all, err := about(tx)
			if err != nil || len(all) < 25 {
				t.Fatal(all, err)
			}
			left, err := missing(tx)
			if err != nil {
				return err
			}
			if len(left) > 0 {
				t.Errorf("about a family, and in no export: %v", left)
			}
			if _, err := tx.Exec(`CREATE TABLE planted (id INTEGER PRIMARY KEY, invoice_ref BIGINT REFERENCES invoice (id))`); err != nil {
				return err
			}
			if left, err = missing(tx); err != nil || !slices.Equal(left, []string{"planted"}) {
				t.Errorf("the planted table is not missed: %v, %v", left, err)
			}
			return undone
		})
		if err != undone {
			t.Fatal(err)
		}
	})
}

// unzip reads a ZIP whole.
func unzip(t *testing.T, data []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(b)
	}
	return out
}

// TestExportManifestAndHealth: the manifest holds for every file, health notes come
// only when asked for and by who may, and the trail says which it was.
func TestExportManifestAndHealth(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := family.New(db)
		defer s.Close()
		both := stafftest.Session(t, db, staff.Accueil, staff.Sante)
		f, err := s.Create(both, family.Draft{
			Guardians: []family.Guardian{{Last: "Favier", First: "Élodie"}},
			Children:  []family.Child{{Last: "Favier", First: "Léa", Birth: calendar.MustISO("2019-03-17")}},
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.SetHealth(both, family.Health{ChildID: f.Children[0].ID, Allergies: "arachides"}); err != nil {
			t.Fatal(err)
		}
		paper := func(w io.Writer, d family.Dossier) error {
			_, err := fmt.Fprintf(w, "%s %v %d", d.Family.Name, d.HealthKept, len(d.Health))
			return err
		}
		for _, c := range []struct {
			health bool
			paper  string
		}{{false, "Favier true 0"}, {true, "Favier false 1"}} {
			var out bytes.Buffer
			if err := s.Export(both, f.ID, family.ExportOptions{Health: c.health, Paper: paper}, &out); err != nil {
				t.Fatal(err)
			}
			files := unzip(t, out.Bytes())
			if files["droit-d-acces.pdf"] != c.paper {
				t.Errorf("%q", files["droit-d-acces.pdf"])
			}
			whole := fmt.Sprint(files)
			if strings.Contains(whole, "arachides") != c.health {
				t.Errorf("health %v: %s", c.health, whole)
			}
			said := 0
			for line := range strings.Lines(files["MANIFESTE.txt"]) {
				sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
				if got := sha256.Sum256([]byte(files[name])); hex.EncodeToString(got[:]) != sum {
					t.Errorf("the manifest does not hold for %s", name)
				}
				said++
			}
			if said != len(files)-1 {
				t.Errorf("%d files, %d in the manifest", len(files), said)
			}
		}
		if err := s.Export(stafftest.Session(t, db, staff.Accueil), f.ID, family.ExportOptions{Health: true}, io.Discard); !errors.Is(err, fault.ErrForbidden) {
			t.Errorf("health without the role: %v", err)
		}
	})
}

// TestRectify: what is corrected stands in the trail, old and new, but for what may say
// something of health; and so does who asked.
func TestRectify(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := family.New(db)
		defer s.Close()
		ctx := stafftest.Session(t, db, staff.Accueil, staff.Admin)
		f, err := s.Create(ctx, family.Draft{
			Address1: "3 rue des Carpes", Postal: "01390", City: "Saint-Marcel",
			Guardians: []family.Guardian{{Last: "Favier", First: "Élodie", Mobile: "06 39 98 12 34"}},
			Children:  []family.Child{{Last: "Favier", First: "Lea", Birth: calendar.MustISO("2019-03-17")}},
		})
		if err != nil {
			t.Fatal(err)
		}
		f.Address1, f.Guardians[0].Last, f.Note = "5 rue des Carpes", "Fabvier", "zqxsante"
		if err := s.Update(ctx, f); err != nil {
			t.Fatal(err)
		}
		c := f.Children[0]
		c.First, c.Birth, c.Note = "Léa", calendar.MustISO("2019-03-18"), "zqxsante"
		if err := s.UpdateChild(ctx, c); err != nil {
			t.Fatal(err)
		}
		for what, r := range map[string]family.Rectification{
			"nobody": {FamilyID: f.ID, How: "guichet", What: "nom"}, "no way": {FamilyID: f.ID, Who: "Mme", What: "nom"}, "nothing": {FamilyID: f.ID, Who: "Mme", How: "guichet"},
			"tomorrow": {FamilyID: f.ID, Who: "Mme", How: "guichet", What: "nom", On: calendar.DateOf(db.Now()).Add(1)},
		} {
			if err := s.Rectify(ctx, r); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", what, err)
			}
		}
		if err := s.Rectify(ctx, family.Rectification{FamilyID: f.ID, Who: "Élodie Favier", How: "courrier", What: "nom et adresse"}); err != nil {
			t.Fatal(err)
		}
		var trail strings.Builder
		if err := db.Read(ctx, func(tx *store.Tx) error {
			return store.Each(tx, func(r *sql.Rows) error {
				var s string
				err := r.Scan(&s)
				trail.WriteString(s + "\n")
				return err
			}, `SELECT detail FROM audit`)
		}); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{
			"3 rue des Carpes, 01390 Saint-Marcel → 5 rue des Carpes, 01390 Saint-Marcel", "responsable 1, nom Favier → Fabvier", "prénom Lea → Léa",
			"naissance 2019-03-17 → 2019-03-18", ", note", "Rectification demandée par Élodie Favier le", "(courrier)",
		} {
			if !strings.Contains(trail.String(), want) {
				t.Errorf("%q is not in the trail:\n%s", want, trail.String())
			}
		}
		if strings.Contains(trail.String(), "zqxsante") {
			t.Error("a note is in the trail")
		}
	})
}
