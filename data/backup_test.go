package data_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ardoise/data"
	"ardoise/data/backup"
	"ardoise/data/importer"
	"ardoise/data/ledger"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// A town's copy goes back in the place of its base, its trail says so, and the
// witness outside the base agrees; a base that was never there is made.
func TestRestore(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		t.Setenv("XDG_DATA_HOME", t.TempDir())
		o := mustOpen(t, url)
		phrase, err := o.Staff.Bootstrap(t.Context(), "nperret", "Nadia Perret", stafftest.Password, staff.Admin)
		if err != nil {
			t.Fatal(err)
		}
		made, err := o.Backup.Make(staff.System(t.Context()))
		if err != nil || !made.Copies[0].Sealed {
			t.Fatalf("%+v, %v", made, err)
		}
		if err := o.Store.Write(staff.System(t.Context()), func(tx *store.Tx) error {
			return staff.Audit(tx, "family.create", "family:1", "Famille perdue")
		}); err != nil {
			t.Fatal(err)
		}
		engine := o.Store.Engine()
		closing(t, o)
		b, err := data.OpenBackup(t.Context(), made.Copies[0].Path, backup.Secret{Phrase: phrase})
		if err != nil {
			t.Fatal(err)
		}
		opt := data.Options{Clock: storetest.NewClock().Now, Cost: &stafftest.Fast}
		noted, err := data.Restore(t.Context(), b, url, "Nadia Perret", opt)
		if err != nil || !noted {
			t.Fatal(noted, err)
		}
		o = mustOpen(t, url)
		checks, err := o.Verify(staff.System(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		if i := slices.IndexFunc(checks, func(c ledger.Check) bool { return !c.OK }); i >= 0 {
			t.Errorf("%+v", checks[i])
		}
		trail, err := o.Staff.Trail(staff.System(t.Context()), staff.TrailFilter{Action: "audit.accept"})
		if err != nil || len(trail) != 1 || !strings.Contains(trail[0].Detail, "restaurée par Nadia Perret") {
			t.Errorf("%+v, %v", trail, err)
		}
		if lost, err := o.Staff.Trail(staff.System(t.Context()), staff.TrailFilter{Action: "family.create"}); err != nil || len(lost) != 0 {
			t.Errorf("%+v, %v", lost, err)
		}
		closing(t, o)
		if engine == store.SQLite {
			fresh := filepath.Join(t.TempDir(), "neuve", "ardoise.db")
			if _, err := data.Restore(t.Context(), b, fresh, "", opt); err != nil {
				t.Error(err)
			}
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		dir, err := data.Folder()
		if err != nil {
			t.Fatal(err)
		}
		if left, err := filepath.Glob(filepath.Join(dir, ".ardoise-travail-*")); err != nil || len(left) > 0 {
			t.Errorf("left: %v, %v", left, err)
		}
	})
}

// What a killed program left open in the user's folder goes at the next start.
func TestClearWorkGoesAtTheNextStart(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	t.Setenv("XDG_DATA_HOME", t.TempDir())
	dir, err := data.Folder()
	if err != nil {
		t.Fatal(err)
	}
	left := filepath.Join(dir, ".ardoise-travail-123")
	if err := os.MkdirAll(left, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(left, "ouverte"), []byte("clair"), 0o600); err != nil {
		t.Fatal(err)
	}
	held, err := store.NewWorkspace(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	closing(t, mustOpen(t, filepath.Join(t.TempDir(), "ardoise.db")))
	if _, err := os.Stat(left); !os.IsNotExist(err) {
		t.Error("it stays:", err)
	}
	if err := held.Close(); err != nil {
		t.Error(err)
	}
}

// An import without its copy is an agent's explicit choice, and the trail tells.
func TestImportWithoutACopy(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		t.Setenv("XDG_DATA_HOME", t.TempDir())
		o := mustOpen(t, url)
		defer func() { closing(t, o) }()
		if _, err := o.Staff.Bootstrap(t.Context(), "nperret", "Nadia Perret", stafftest.Password); err != nil {
			t.Fatal(err)
		}
		se, err := o.Staff.SignIn(t.Context(), "nperret", stafftest.Password)
		if err != nil {
			t.Fatal(err)
		}
		ctx := staff.With(t.Context(), se)
		if err := o.Store.Write(ctx, func(tx *store.Tx) error {
			_, err := tx.Exec(`INSERT INTO commune (insee, name, postal, fold) VALUES ('01371', 'Saint-Marcel', '01390', 'saint marcel')`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		count := func() int {
			list, err := o.Backup.Copies(ctx)
			if err != nil {
				t.Fatal(err)
			}
			return len(list)
		}
		take := func(name string, without bool) error {
			plan, err := o.Importer.PlanFamilies(ctx, importer.Sheet{School: "École de Saint-Marcel", Name: "f.csv", Data: []byte(
				"Nom responsable;Prénom responsable;Adresse;CP;Commune;Nom enfant;Prénom enfant;Date de naissance\n" + name + ";Anne;1 rue du Four;01390;Saint-Marcel;" + name + ";Léo;12/03/2019\n")})
			if err != nil {
				t.Fatal(err)
			}
			plan.NoCopy = without
			return o.Importer.CommitFamilies(ctx, plan)
		}
		if err := take("ZUBER", false); err != nil {
			t.Fatal(err)
		}
		if n := count(); n != 0 {
			t.Errorf("%d copies of a base with nobody in it", n)
		}
		if err := take("ZWINGLI", false); err != nil || count() != 1 {
			t.Fatalf("%d copies, %v", count(), err)
		}
		if err := take("ZWINGLI", false); err != nil || count() != 1 { // changes nothing
			t.Errorf("%d copies, %v", count(), err)
		}
		if err := take("ZORN", true); err != nil || count() != 1 {
			t.Errorf("%d copies, %v", count(), err)
		}
		trail, err := o.Staff.Trail(ctx, staff.TrailFilter{Action: "import."})
		if err != nil || !strings.Contains(trail[0].Detail, "Sans sauvegarde préalable") || strings.Contains(trail[1].Detail, "Sans sauvegarde") {
			t.Errorf("%+v, %v", trail, err)
		}
	})
}
