package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ardoise/data/catalog"
	"ardoise/data/staff"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// services opens the tab on a service, by its code.
func (r *room) services(code string) *servicesTab {
	r.Helper()
	r.p.Open(tabServices)
	t := r.p.made[tabServices].(*servicesTab)
	for i, s := range t.place.services {
		if s.Code == code {
			t.list.Select(i)
			t.choose(i)
		}
	}
	if t.ed == nil || t.ed.draft.Info.Code != code {
		r.Fatalf("%s is not shown; refused: %v", code, r.sh.Refusals)
	}
	return t
}

// key presses a shortcut of the tab by its hint.
func (r *room) key(hint string) {
	r.Helper()
	for _, k := range r.p.Shortcuts() {
		if k.Hint == hint {
			if k.Off == nil || k.Off() == "" {
				k.Run()
			}
			return
		}
	}
	r.Fatalf("no key %s", hint)
}

// text gives the text field of a path.
func (t *servicesTab) text(path string) *widgets.TextField {
	return t.fields[path].Input().(*widgets.TextField)
}

func (r *room) stored(id int64) catalog.Draft {
	r.Helper()
	d, err := r.o.Catalog.Draft(r.sh.Context, id)
	r.must(err)
	return d
}

func TestEachPartOfAService(t *testing.T) {
	r := newRoom(t).made(staff.Admin)
	s := r.services("cantine-saint-marcel")
	for _, part := range []string{partGeneral, partPlaces, partLimits, partTariffs, partPapers} {
		s.tabs.Set(part)
		s.showPart()
		r.shoot("settings-service-" + part)
	}
	if s.ed.dirty() {
		t.Errorf("looking changed something: %+v", s.ed.wrong)
	}
}

func TestServiceFile(t *testing.T) {
	r := newRoom(t).made(staff.Admin)
	s := r.services("cantine-saint-marcel")
	r.files.save = filepath.Join(t.TempDir(), "services.toml")
	s.export()
	text, err := os.ReadFile(r.files.save)
	if err != nil || len(text) < 200 {
		t.Fatalf("export: %v", err)
	}
	r.files.open = r.files.save
	s.askFile()
	if len(r.sh.Toasts) != 1 || !strings.Contains(r.sh.Toasts[0], "rien à charger") {
		t.Errorf("the same file again: %v, %v", r.sh.Toasts, r.sh.Refusals)
	}
	r.must(os.WriteFile(r.files.save, []byte(strings.Replace(string(text), `name = "Service cantine`, `name = "Restaurant scolaire`, 1)), 0o600))
	s.askFile()
	r.shoot("settings-toml-plan")
	d := r.dialog()
	if !strings.HasPrefix(d.Title, "Charger") || len(r.sh.Dones) != 1 { // the export
		t.Fatalf("the plan comes first: %q, %v", d.Title, r.sh.Dones)
	}
	d.Main.Press()
	if len(r.sh.Dones) != 2 {
		t.Errorf("not loaded: %v %v", r.sh.Dones, r.sh.Refusals)
	}
	bad := filepath.Join(t.TempDir(), "faux.toml")
	r.must(os.WriteFile(bad, []byte("[[services]]\ncode = 3\nsurprise = true\n"), 0o600))
	r.files.open = bad
	n := len(r.sh.Dones)
	s.askFile()
	r.shoot("settings-toml-faux")
	if d := r.dialog(); !strings.Contains(d.Title, "n’a pas été chargé") || len(r.sh.Dones) != n {
		t.Errorf("a wrong file: %q", d.Title)
	}
}

// TestLargeServices: at 150 % nothing is cut short, whatever the names.
func TestLargeServices(t *testing.T) {
	r := newRoom(t).made(staff.Admin)
	r.app.Settings().SetTheme(theme.New(theme.Light, 150))
	r.show()
	s := r.services("cantine-saint-marcel")
	s.text("name").SetText("Restaurant scolaire de l’école élémentaire Antoine de Saint-Exupéry de Châtillon-sur-Chalaronne")
	for _, part := range []string{partGeneral, partPlaces, partLimits, partTariffs, partPapers} {
		s.tabs.Set(part)
		s.showPart()
		r.shoot("settings-service-" + part + "-150")
	}
}
