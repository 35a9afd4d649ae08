package families

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ardoise/data/access"
	"ardoise/data/staff"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
)

func attachment(family int64, kind string) access.Attachment {
	return access.Attachment{FamilyID: family, Kind: kind}
}

func ondeFile(t *testing.T, set, name string) string {
	t.Helper()
	root := os.Getenv("ARDOISE_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	path := filepath.Join(root, "data", "onde", set, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the shared data is not here: %v", err)
	}
	return path
}

func TestImportIsShownThenWritten(t *testing.T) {
	dress(t, theme.Light, 100)
	set := firstSet(t)
	w := newWorld(t, false)
	p := w.show(staff.Accueil, staff.Admin)
	before := p.m.got.all
	p.Open(kit.OpenFamily{Tab: tabImport})
	d := w.dialog()
	d.Main.Press()
	if !d.Open() {
		t.Fatal("nothing was chosen")
	}
	d.Close()
	plan, err := p.m.d.planSchool(w.sh.Context, lists{school: "École de Saint-Marcel", pupils: ondeFile(t, set, "eleves.csv"), guardians: ondeFile(t, set, "responsables.csv")})
	if err != nil {
		t.Fatal(err)
	}
	p.showPlan(plan)
	w.shoot("familles-plan")
	w.dialog().Main.Press()
	if len(w.sh.Progressed) != 1 || len(w.sh.Dones) != 1 || p.m.got.all <= before {
		t.Fatalf("%v %v, %d families", w.sh.Dones, w.sh.Refusals, p.m.got.all)
	}
	again, err := p.m.d.planSchool(w.sh.Context, lists{school: "École de Saint-Marcel", pupils: ondeFile(t, set, "eleves.csv"), guardians: ondeFile(t, set, "responsables.csv")})
	if err != nil || again.Changes() {
		t.Fatalf("a second import changes something: %v", err)
	}
	p.showPlan(again)
	if w.dialog().Main.Reason() == "" {
		t.Error("nothing to import, and the button is lit")
	}
	w.clean()
}

// The copy before the import fails: the agent is asked, and only a yes goes on.
func TestImportWithoutItsCopyIsAChoice(t *testing.T) {
	dress(t, theme.Light, 100)
	set := firstSet(t)
	w := newWorld(t, false)
	p := w.show(staff.Accueil, staff.Admin)
	here := filepath.Join(filepath.Dir(w.o.Store.Path()), "sauvegardes")
	if err := os.RemoveAll(here); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(here, nil, 0o600); err != nil { // a file where the folder goes
		t.Fatal(err)
	}
	plan, err := p.m.d.planSchool(w.sh.Context, lists{school: "École de Saint-Marcel", pupils: ondeFile(t, set, "eleves.csv"), guardians: ondeFile(t, set, "responsables.csv")})
	if err != nil {
		t.Fatal(err)
	}
	p.showPlan(plan)
	w.dialog().Main.Press()
	if len(w.sh.Confirmed) != 1 || !strings.Contains(w.sh.Confirmed[0], "sauvegarde préalable") {
		t.Fatalf("nobody was asked: %v, refused %v", w.sh.Confirmed, w.sh.Refusals)
	}
	if len(w.sh.Dones) != 1 || !plan.NoCopy {
		t.Errorf("%v, %v", w.sh.Dones, w.sh.Refusals)
	}
}

func firstSet(t *testing.T) string {
	t.Helper()
	root := os.Getenv("ARDOISE_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	sets, err := filepath.Glob(filepath.Join(root, "data", "onde", "*", "eleves.csv"))
	if err != nil || len(sets) == 0 {
		t.Skip("the shared data is not here")
	}
	return filepath.Base(filepath.Dir(sets[0]))
}

func TestAMissingListIsSaid(t *testing.T) {
	_, err := readList(filepath.Join(t.TempDir(), "absent.csv"))
	if err == nil || !strings.Contains(err.Error(), "absent.csv") {
		t.Errorf("%v", err)
	}
	big := filepath.Join(t.TempDir(), "gros.csv")
	f, err := os.Create(big)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(maxList + 1); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := readList(big); err == nil {
		t.Error("a huge file is read")
	}
}
