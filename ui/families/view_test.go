package families

import (
	"archive/zip"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"ardoise/data/family"
	"ardoise/data/staff"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

func open(t *testing.T, roles ...staff.Role) (*world, *page) {
	t.Helper()
	dress(t, theme.Light, 100)
	w := newWorld(t, false)
	return w, w.show(roles...)
}

func press(f fyne.Focusable, keys ...fyne.KeyName) {
	for _, k := range keys {
		f.TypedKey(&fyne.KeyEvent{Name: k})
	}
}

// field finds what is typed in under a label of the dialog on top.
func write(f *widgets.TextField, text string) {
	f.SetText("")
	test.Type(f.FocusTarget(), text)
}

func TestTheListFollowsTyping(t *testing.T) {
	w, p := open(t, staff.Accueil)
	if len(p.m.got.rows) != homes || p.m.det == nil || plain(p.m.countText()) != "60 sur 60" {
		t.Fatalf("%d families, %s", len(p.m.got.rows), p.m.countText())
	}
	want := p.m.got.rows[4]
	test.Type(p.search.FocusTarget(), strings.ToUpper(want.Name))
	w.sh.Run.Fire(time.Second)
	if p.m.row(want.ID) < 0 || len(p.m.got.rows) == homes {
		t.Errorf("%d families for %q", len(p.m.got.rows), want.Name)
	}
	press(p.search.FocusTarget(), fyne.KeyDown, fyne.KeyReturn)
	if w.win.Canvas().Focused() != p.tabs {
		t.Error("Enter goes into the family")
	}
	write(p.search, "zzzz")
	w.sh.Run.Fire(time.Second)
	if len(p.m.got.rows) != 0 {
		t.Errorf("%d families", len(p.m.got.rows))
	}
	if !p.Escape() || len(p.m.got.rows) != homes || p.search.Text() != "" || p.Escape() {
		t.Error("Escape clears the filter, once")
	}
	w.clean()
}

func TestChipsAndOrder(t *testing.T) {
	w, p := open(t, staff.Accueil, staff.Regie)
	p.Open(family.BadgeLow)
	if p.m.chip != family.BadgeLow || p.m.got.total != p.m.got.counts[family.BadgeLow] {
		t.Errorf("%s: %d", p.m.chip, p.m.got.total)
	}
	for _, h := range p.m.got.rows {
		if h.Badge != family.BadgeLow {
			t.Errorf("%s is %s", h.Name, h.Badge)
		}
	}
	p.Escape()
	test.Tap(p.order)
	if p.m.got.rows[0].Name < p.m.got.rows[homes-1].Name {
		t.Error("Z first")
	}
	test.Tap(p.order)
	if p.m.got.rows[0].Balance > p.m.got.rows[homes-1].Balance {
		t.Error("the poorest first")
	}
	p.choose("archived")
	if !p.m.filter().Archived || p.m.got.total != 0 {
		t.Errorf("%+v", p.m.filter())
	}
	w.clean()
}

func TestOpenByArgument(t *testing.T) {
	_, p := open(t, staff.Accueil)
	id := p.m.got.rows[10].ID
	p.Open(id)
	if p.m.det.f.ID != id {
		t.Errorf("shows %d", p.m.det.f.ID)
	}
	p.Open(kit.OpenFamily{ID: p.m.got.rows[11].ID, Tab: tabPapers})
	if p.m.det.f.ID != p.m.got.rows[11].ID || p.tabs.Value() != tabPapers || p.body.Objects[0] != fyne.CanvasObject(p.papers.box) {
		t.Errorf("shows %d %s", p.m.det.f.ID, p.tabs.Value())
	}
	p.NextTab(1)
	if p.tabs.Value() != tabBookings {
		t.Errorf("Ctrl+Tab goes to %s", p.tabs.Value())
	}
}

func TestEveryTabLoads(t *testing.T) {
	w, p := open(t, staff.Accueil, staff.Regie)
	for i, h := range p.m.got.rows {
		if h.HasWallet {
			p.pick(p.m.got.rows[i].ID)
			break
		}
	}
	for _, tab := range []string{tabBookings, tabWallet, tabHistory} {
		p.tabs.Set(tab)
		p.goTab(tab)
		if len(p.short.rows) == 0 {
			t.Errorf("%s is empty", tab)
		}
	}
	p.goTab(tabBookings)
	test.Tap(p.short.open1)
	p.goTab(tabWallet)
	test.Tap(p.short.open1)
	p.book()
	p.recharge()
	if got := strings.Join(w.sh.Navigated, " "); got != "bookings wallets bookings wallets" {
		t.Errorf("%s", got)
	}
	w.clean()
}

func TestHouseholdIsSavedAndUndone(t *testing.T) {
	w, p := open(t, staff.Accueil)
	p.tabs.Set(tabHome)
	p.goTab(tabHome)
	before := w.get(p.m.cur)
	if p.home.saveOff() == "" {
		t.Error("nothing was typed yet")
	}
	write(p.home.address1, "12, chemin des Étangs")
	write(p.home.quotient, "abc")
	p.home.save()
	if len(w.sh.Dones) != 0 || p.home.quotient.Text() != "abc" {
		t.Error("a wrong quotient is saved")
	}
	write(p.home.quotient, "874")
	p.home.save()
	after := w.get(p.m.cur)
	if after.Address1 != "12, chemin des Étangs" || after.Quotient == nil || *after.Quotient != 874 || len(w.sh.Dones) != 1 {
		t.Fatalf("%+v %v", after, w.sh.Dones)
	}
	if p.home.dirty() || p.m.det.f.Version != after.Version {
		t.Error("the form does not show what was saved")
	}
	w.sh.Undos[0]()
	if got := w.get(p.m.cur); got.Address1 != before.Address1 || p.home.address1.Text() != before.Address1 {
		t.Errorf("undo leaves %q", got.Address1)
	}
	w.clean()
}

func TestUndoRefusesOverAnotherChange(t *testing.T) {
	w, p := open(t, staff.Accueil)
	write(p.home.note, "appeler le soir")
	p.home.save()
	f := w.get(p.m.cur)
	f.Note = "autre"
	if err := w.o.Family.Update(w.sh.Context, f); err != nil {
		t.Fatal(err)
	}
	w.sh.Undos[0]()
	if w.get(p.m.cur).Note != "autre" || len(w.sh.Refusals) != 1 {
		t.Errorf("note %q, %v", w.get(p.m.cur).Note, w.sh.Refusals)
	}
}

func TestConflictKeepsWhatWasTyped(t *testing.T) {
	w, p := open(t, staff.Accueil)
	write(p.home.note, "ma note")
	f := w.get(p.m.cur)
	f.City, f.Postal = "Lyon", "69001"
	if err := w.o.Family.Update(w.sh.Context, f); err != nil {
		t.Fatal(err)
	}
	p.home.save()
	if w.get(p.m.cur).Note != "" || p.home.note.Text() != "ma note" || !p.home.notice.Visible() || !strings.Contains(p.home.alert.Text(), "Lyon") {
		t.Fatalf("%q, %q", p.home.note.Text(), p.home.alert.Text())
	}
	p.home.save() // knowingly
	if got := w.get(p.m.cur); got.Note != "ma note" {
		t.Errorf("%+v", got)
	}
	w.clean()
	// An event while typing keeps the text too.
	write(p.home.note, "encore")
	f = w.get(p.m.cur)
	f.City = "Bourg"
	if err := w.o.Family.Update(w.sh.Context, f); err != nil {
		t.Fatal(err)
	}
	p.OnEvent(kit.Event{Topic: family.Topic})
	if p.home.note.Text() != "encore" || !p.home.notice.Visible() {
		t.Errorf("%q", p.home.note.Text())
	}
	asked := len(w.sh.Confirmed)
	p.Leave(func() {})
	if len(w.sh.Confirmed) != asked+1 {
		t.Error("leaving asks first")
	}
}

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
	form := newChildForm(p.sh.Today, "01390")
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

func TestRolesLimitTheScreen(t *testing.T) {
	for _, c := range []struct {
		role               staff.Role
		write, book, money bool
	}{
		{staff.Accueil, true, true, true},
		{staff.Regie, false, false, true},
		{staff.Sante, false, false, false},
		{staff.Admin, true, false, false},
	} {
		w, p := open(t, c.role)
		if (p.writeOff() == "") != c.write || (p.bookOff() == "") != c.book || p.m.may.money != c.money || (p.rechargeOff() == "") != (c.role == staff.Regie) {
			t.Errorf("%s: %q %q %q", c.role, p.writeOff(), p.bookOff(), p.rechargeOff())
		}
		if (p.importOff() == "") != c.write {
			t.Errorf("%s imports: %q", c.role, p.importOff())
		}
		for _, tab := range []string{tabHome, tabPapers, tabBookings, tabWallet, tabHistory} {
			p.tabs.Set(tab)
			p.goTab(tab)
		}
		w.clean()
	}
}
