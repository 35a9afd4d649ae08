package settings

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"ardoise/data"
	"ardoise/data/backup"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
	"ardoise/ui/theme"
)

// copiesRoom is the tab over a real town with a first agent and a family.
func copiesRoom(t *testing.T) (*room, *backupTab) {
	t.Helper()
	r := newRoom(t).real()
	r.must(r.db.Write(r.sh.Context, func(tx *store.Tx) error {
		_, err := tx.Exec(`INSERT INTO family (name, fold, sort_key, created_at) VALUES ('Chevallier', 'c', $1, '')`, []byte("c"))
		return err
	}))
	r.p.Open(tabBackup)
	return r, r.p.made[tabBackup].(*backupTab)
}

func (r *room) audit(action, detail string) {
	r.Helper()
	r.must(r.db.Write(r.sh.Context, func(tx *store.Tx) error { return staff.Audit(tx, action, "family:1", detail) }))
}

func TestBackupTab(t *testing.T) {
	r, b := copiesRoom(t)
	if !strings.Contains(b.here.Text(), "jamais") || !strings.Contains(b.outside.Text(), "Aucune copie hors") {
		t.Errorf("state: %q, %q", b.here.Text(), b.outside.Text())
	}
	test.Tap(b.now)
	if len(b.list) != 1 || !b.list[0].Sealed || !strings.Contains(b.here.Text(), "24/11/2026") || len(r.sh.Dones) != 1 {
		t.Fatalf("%d copies, %q, refused %v", len(b.list), b.here.Text(), r.sh.Refusals)
	}
	dir := filepath.Join(filepath.Dir(r.db.Path()), "sauvegardes")
	if list, err := os.ReadDir(dir); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
	b.table.Select(0)
	b.verify()
	if n := len(r.sh.Dones); n != 2 || !strings.Contains(r.sh.Dones[1], "entière") {
		t.Errorf("%v, refused %v", r.sh.Dones, r.sh.Refusals)
	}
	raw, err := os.ReadFile(b.list[0].Path)
	r.must(err)
	raw[len(raw)-9] ^= 1
	r.must(os.WriteFile(b.list[0].Path, raw, 0o600))
	b.verify()
	if len(r.sh.Refusals) != 1 || !strings.Contains(r.sh.Refusals[0].Error(), "abîmée") {
		t.Errorf("a spoilt copy: %v", r.sh.Refusals)
	}
}

// What is typed is judged where it is typed, and kept.
func TestBackupSettings(t *testing.T) {
	r, b := copiesRoom(t)
	b.askSettings()
	d := r.dialog()
	r.tabKey() // from the first folder over its button to the second
	r.tabKey()
	r.typeHere("/nulle/part")
	d.Main.Press()
	if !d.Open() {
		t.Fatal("a folder that is not there was taken")
	}
	if set, err := r.o.Backup.Settings(r.sh.Context); err != nil || set.Second != "" {
		t.Errorf("kept: %+v, %v", set, err)
	}
	d.Close()
	set, err := r.o.Backup.Settings(r.sh.Context)
	r.must(err)
	set.Second, set.Hour = r.TempDir(), 18
	b.showSettings(set)
	r.dialog().Main.Press()
	if got, err := r.o.Backup.Settings(r.sh.Context); err != nil || got != set {
		t.Errorf("%+v, %v", got, err)
	}
	if !strings.Contains(b.rule.Text(), "à partir de 18 h") || !strings.Contains(b.rule.Text(), set.Second) {
		t.Errorf("%q", b.rule.Text())
	}
	bad := set
	bad.Rule.Days = 0
	b.showSettings(bad)
	r.dialog().Main.Press()
	if got, err := r.o.Backup.Settings(r.sh.Context); err != nil || got != set {
		t.Errorf("nonsense was kept: %+v, %v", got, err)
	}
	r.dialog().Close()
}

// The restore goes through a look at what would be lost and a word to type; given
// up, nothing stays open.
func TestRestoreDialogs(t *testing.T) {
	r, b := copiesRoom(t)
	test.Tap(b.now)
	storetest.ClockOf(r.db).Add(time.Hour)
	r.audit("booking.commit", "Réservation de Garance, mardi 1ᵉʳ décembre")
	work := func() int {
		left, err := filepath.Glob(filepath.Join(filepath.Dir(r.db.Path()), ".ardoise-travail-*"))
		r.must(err)
		return len(left)
	}
	b.table.Select(0)
	b.askRestore()
	r.dialog().Main.Press() // the session opens it
	d := r.dialog()
	if !strings.HasPrefix(d.Title, "Restaurer ardoise-2026") || work() != 1 {
		t.Fatalf("%q, %v", d.Title, r.sh.Refusals)
	}
	d.Main.Press() // without the word
	if !d.Open() || r.restored != nil {
		t.Error("replaced without the word")
	}
	d.Close()
	if work() != 0 {
		t.Error("the clear content stays though one gave up")
	}
	b.askRestore()
	r.dialog().Main.Press()
	r.typeHere("restaurer")
	r.dialog().Main.Press()
	if r.restored == nil {
		t.Fatal("not handed over:", r.sh.Refusals)
	}
	r.must(r.restored.Close())
	// another town's: the session does not open it, nor does a phrase of one's own making
	other := data.Over(storetest.OpenSQLite(t), &staff.MemoryHead{}, staff.WithCost(stafftest.Fast))
	_, err := other.Staff.Bootstrap(r.Context(), login, "Hélène Borel", pass)
	r.must(err)
	made, err := other.Backup.Make(staff.System(r.Context()))
	r.must(err)
	r.must(other.Staff.Close())
	for words, secret := range map[string]backup.Secret{"est scellée": {}, "signes": {Phrase: "0000"}, "n’ouvrent pas": {Login: login, Password: "Autre-Chose-2026"}} {
		b.openBackup(made.Copies[0].Path, secret, func(o *backup.Opened, _ backup.Preview, err error) {
			if o != nil || !strings.Contains(fault.Sentence(err), words) {
				t.Errorf("%q: %v", words, err)
			}
		})
	}
	b.openBackup(made.Copies[0].Path, backup.Secret{Login: login, Password: pass}, func(o *backup.Opened, p backup.Preview, err error) {
		r.must(err)
		if !p.Apart || len(previewAlerts(o, p)) == 0 {
			t.Errorf("another town's copy passes for one's own: %+v", p)
		}
		r.must(o.Close())
	})
	if work() != 0 {
		t.Error("clear content stays")
	}
}

// At both sizes: with copies, and the two dialogs.
func TestBackupShots(t *testing.T) {
	for _, percent := range []int{100, 150} {
		t.Run(fmt.Sprint(percent), func(t *testing.T) {
			r := newRoom(t)
			r.app.Settings().SetTheme(theme.New(theme.Light, percent))
			r.real()
			r.must(r.db.Write(r.sh.Context, func(tx *store.Tx) error {
				_, err := tx.Exec(`INSERT INTO family (name, fold, sort_key, created_at) VALUES ('Chevallier', 'c', $1, '')`, []byte("c"))
				return err
			}))
			r.p.Open(tabBackup)
			b := r.p.made[tabBackup].(*backupTab)
			r.shoot(fmt.Sprintf("settings-sauvegarde-vide-%d", percent))
			set, err := r.o.Backup.Settings(r.sh.Context)
			r.must(err)
			set.Second = filepath.Join(r.TempDir(), "CLE-USB")
			r.must(os.MkdirAll(set.Second, 0o700))
			r.must(r.o.Backup.SaveSettings(r.sh.Context, set))
			for range 5 {
				_, _, err := r.o.Backup.Day(staff.System(r.Context()), false)
				r.must(err)
				storetest.ClockOf(r.db).Add(24 * time.Hour)
			}
			r.must(os.RemoveAll(set.Second))
			_, err = r.o.Backup.Make(r.sh.Context)
			r.must(err)
			r.sh.Clock = r.db.Now()
			b.load()
			r.shoot(fmt.Sprintf("settings-sauvegarde-%d", percent))
			b.table.Select(4)
			for i := range 9 {
				r.audit([]string{"booking.commit", "family.update", "wallet.topup"}[i%3], []string{"Réservation de Garance Chevallier, mardi 1ᵉʳ décembre 2026 et jours suivants", "Adresse de la famille Chevallier corrigée", "Rechargement de 50,00\u00a0€ par chèque"}[i%3])
			}
			b.askSettings()
			r.shoot(fmt.Sprintf("settings-sauvegarde-regler-%d", percent))
			r.dialog().Close()
			b.askRestore()
			r.shoot(fmt.Sprintf("settings-restaurer-%d", percent))
			r.dialog().Main.Press()
			r.shoot(fmt.Sprintf("settings-restaurer-apercu-%d", percent))
			r.dialog().Close()
		})
	}
}
