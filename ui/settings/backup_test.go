package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"ardoise/data/staff"
)

func TestBackupTab(t *testing.T) {
	r := newRoom(t).made(staff.Admin)
	r.p.Open(tabBackup)
	b := r.p.made[tabBackup].(*backupTab)
	if !strings.Contains(b.here.Text(), "jamais") {
		t.Errorf("state: %q", b.here.Text())
	}
	test.Tap(b.now)
	if len(b.list) != 1 || !strings.Contains(b.here.Text(), "24/11/2026") {
		t.Fatalf("%d copies, %q, refused %v", len(b.list), b.here.Text(), r.sh.Refusals)
	}
	dir := filepath.Join(filepath.Dir(r.db.Path()), "sauvegardes")
	if list, err := os.ReadDir(dir); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
	r.shoot("settings-sauvegarde")
}
