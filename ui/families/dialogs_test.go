package families

import (
	"archive/zip"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/staff"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

func TestChildIsAddedChangedAndUndone(t *testing.T) {
	w, p := open(t, staff.Accueil)
	n := len(p.m.det.f.Children)
	p.editChild(nil)
	d := w.dialog()
	d.Main.Press()
	if !d.Open() {
		t.Fatal("an empty child is added")
	}
	d.Close()
	classes, err := w.o.Catalog.Classes(w.sh.Context, 2026)
	if err != nil {
		t.Fatal(err)
	}
	form := newChildForm(p.sh.Today, "01390", catalog.DefaultDiets(), nil)
	write(form.first, "Zélie")
	write(form.last, "Favier")
	form.birth.Set(tuesday.AddMonths(-60))
	form.class.SetOptions(classOptions(classes)...)
	form.class.Set(id(classes[0].ID))
	c, err := form.get(family.Child{}, classes, "01390")
	if err != nil || c.ClassID != classes[0].ID {
		t.Fatalf("%+v %v", c, err)
	}
	dlg := widgets.NewDialog("x", "", nil, "Ajouter", widgets.Primary, nil)
	p.keepChild(p.m.det.f, nil, c, dlg, form.form)
	if got := w.get(p.m.cur); len(got.Children) != n+1 {
		t.Fatalf("%d children: %v", len(got.Children), form.form.Summary())
	}
	old := w.get(p.m.cur).Children[0]
	next := old
	next.Diet = "vegetarien"
	p.keepChild(p.m.det.f, &old, next, dlg, form.form)
	if w.get(p.m.cur).Children[0].Diet != "vegetarien" {
		t.Fatalf("%s", form.form.Summary())
	}
	w.sh.Undos[len(w.sh.Undos)-1]()
	if got := w.get(p.m.cur).Children[0].Diet; got != old.Diet {
		t.Errorf("undo leaves %s", got)
	}
	w.clean()
}

func TestHealthIsReadByTheRoleOnly(t *testing.T) {
	w, p := open(t, staff.Accueil)
	p.openHealth(p.m.det.f.Children[0])
	if len(w.sh.Refusals) != 1 || widgets.TopDialog(w.win.Canvas()) != nil {
		t.Fatal("the desk reads health notes")
	}
	w, p = open(t, staff.Sante)
	c := p.m.det.f.Children[0]
	p.openHealth(c)
	if w.dialog().Title == "" {
		t.Fatal("no dialog")
	}
	w.dialog().Close()
	p.showHealth(c, family.Health{ChildID: c.ID})
	d := w.dialog()
	f := p.newHealthForm(family.Health{ChildID: c.ID, Allergens: []string{"lait"}, CarePlan: "PAI lait", Kitchen: "sans lait"})
	if got := f.allergens.Values(); len(got) != 1 || got[0] != "lait" {
		t.Errorf("%v", got)
	}
	d.Main.Press()
	if len(w.sh.Dones) != 1 {
		t.Errorf("%v %v", w.sh.Dones, w.sh.Refusals)
	}
	admin := w.ctx(staff.Admin)
	trail, err := w.o.Staff.Trail(admin, staff.TrailFilter{Action: "health.read"})
	if err != nil || len(trail) != 1 {
		t.Errorf("the reading is not logged: %v %v", trail, err)
	}
}

func TestSharedChild(t *testing.T) {
	w, p := open(t, staff.Accueil)
	c := p.m.det.f.Children[0]
	other := p.m.got.rows[5]
	p.shareChild(c)
	w.dialog().Main.Press()
	if !w.dialog().Open() || len(w.sh.Dones) != 0 {
		t.Fatal("shared with nobody")
	}
	w.dialog().Close()
	if err := w.o.Family.Share(w.sh.Context, c.ID, other.ID, 1); err != nil {
		t.Fatal(err)
	}
	p.OnEvent(kit.Event{Topic: family.TopicChild})
	if got := p.m.det.f.Children[0].Families; len(got) != 1 {
		t.Fatalf("%+v", got)
	}
	p.Open(other.ID)
	found := false
	for _, k := range p.kids.cards {
		found = found || k.c.ID == c.ID && k.c.Shared && p.editOff(k.c) != ""
	}
	if !found {
		t.Error("the second family does not see the child, or may change it")
	}
	p.unshare(c, family.Shared{FamilyID: other.ID, Name: other.Name, Parity: 1})
	if w.get(c.FamilyID).Children[0].Families != nil {
		t.Error("still shared")
	}
	w.sh.Undos[len(w.sh.Undos)-1]()
	if got := w.get(c.FamilyID).Children[0].Families; len(got) != 1 || got[0].Parity != 1 {
		t.Errorf("undo: %+v", got)
	}
	w.clean()
}

func TestNewFamilyWarnsOfItsDouble(t *testing.T) {
	w, p := open(t, staff.Accueil)
	for _, h := range p.m.got.rows {
		if h.Email != "" {
			p.pick(h.ID)
			break
		}
	}
	twin := w.get(p.m.cur)
	p.showCreate(nil)
	d := w.dialog()
	d.Main.Press()
	if !d.Open() || len(w.sh.Dones) != 0 {
		t.Fatal("an empty family is created")
	}
	d.Close()
	n := &newFamily{p: p, form: widgets.NewForm(), adult: newAdultFields(func() {}), twins: widgets.VBox(8)}
	n.address, n.postal, n.city, n.first, n.last = widgets.NewTextField(), widgets.NewTextField(), widgets.NewTextField(), widgets.NewTextField(), widgets.NewTextField()
	n.birth, n.class = widgets.NewDateField(p.sh.Today), widgets.NewSelect(nil)
	n.dlg = widgets.NewDialog("x", "", nil, "Créer la famille", widgets.Primary, nil)
	n.adult.set(adult{first: "Paule", last: "Martin", email: twin.Email()})
	n.submit()
	if len(n.twins.Objects) != 1 || n.dlg.Main.Label() != "Créer quand même" || len(w.sh.Dones) != 0 {
		t.Fatalf("%d look-alikes, %v", len(n.twins.Objects), w.sh.Dones)
	}
	n.submit()
	if len(w.sh.Dones) != 1 || p.m.det.f.Name != "Martin" {
		t.Fatalf("%v %v", w.sh.Dones, p.m.det.f)
	}
	// The pair is now told, and merges.
	p.duplicates()
	pairs, err := w.o.Family.Duplicates(w.sh.Context)
	if err != nil || len(pairs) != 1 {
		t.Fatalf("%v %v", pairs, err)
	}
	gone := p.m.det.f.ID
	w.dialog().Main.Press()
	if f := w.get(gone); f.State != family.Merged || f.MergedInto != twin.ID {
		t.Errorf("%+v %v", f, w.sh.Refusals)
	}
	if p.m.det.f.ID != twin.ID {
		t.Error("the family kept is shown")
	}
	w.clean()
}

func TestArchiveAndExport(t *testing.T) {
	w, p := open(t, staff.Accueil)
	p.showCreate(nil)
	w.dialog().Close()
	f, err := w.o.Family.Create(w.sh.Context, family.Draft{Name: "Vide", Guardians: []family.Guardian{{Last: "Vide", First: "Ana"}}})
	if err != nil {
		t.Fatal(err)
	}
	p.Open(f.ID)
	p.choose("archive")
	if w.get(f.ID).State != family.Archived {
		t.Fatalf("%v", w.sh.Refusals)
	}
	w.sh.Undos[len(w.sh.Undos)-1]()
	if w.get(f.ID).State != family.Active {
		t.Error("undo")
	}
	w.files.save = filepath.Join(t.TempDir(), "dossier.zip")
	p.choose("export")
	z, err := zip.OpenReader(w.files.save)
	if err != nil || len(z.File) == 0 {
		t.Fatalf("%v %v", err, w.sh.Refusals)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	w.clean()
}

func TestPapers(t *testing.T) {
	w, p := open(t, staff.Accueil)
	path := filepath.Join(t.TempDir(), "assurance.pdf")
	if err := os.WriteFile(path, []byte("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.files.open = []string{path}
	p.papers.attach()
	d := w.dialog()
	d.Main.Press()
	if len(w.sh.Dones) != 0 {
		t.Fatal("nothing was chosen")
	}
	d.Close()
	n := len(p.papers.list)
	if _, err := p.m.d.attach(w.sh.Context, attachment(p.m.cur, "insurance"), path); err != nil {
		t.Fatal(err)
	}
	p.OnEvent(kit.Event{Topic: "request"})
	if len(p.papers.list) != n+1 {
		t.Fatalf("%d papers", len(p.papers.list))
	}
	for i, doc := range p.papers.list {
		off := p.papers.copyOff(i)
		if (doc.Kind == "health_form") != (off != "") {
			t.Errorf("%s: %q", doc.Kind, off)
		}
		if doc.Kind == "insurance" {
			w.files.save = filepath.Join(t.TempDir(), "copie.pdf")
			p.papers.save(i)
			if got, err := os.ReadFile(w.files.save); err != nil || !strings.HasPrefix(string(got), "%PDF") {
				t.Errorf("%q %v", got, err)
			}
		}
	}
	if _, err := p.m.d.attach(context.Background(), attachment(p.m.cur, "insurance"), filepath.Join(t.TempDir(), "absent")); err == nil {
		t.Error("a missing file is attached")
	}
	w.clean()
}
