package families

import (
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
	w.win.Canvas().Focus(p.search.FocusTarget())
	p.list.Select(-1)
	press(p.search.FocusTarget(), fyne.KeyReturn)
	if p.m.cur != p.m.got.rows[0].ID || w.win.Canvas().Focused() != p.tabs {
		t.Error("Enter takes the best answer")
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
	p.home.note.Focus()
	if p.home.scroll.Offset.Y == 0 {
		t.Error("the last field has the keyboard and is out of sight")
	}
	at := p.home.scroll.Offset.Y
	p.home.to.Focus()
	if p.home.scroll.Offset.Y < at-100 {
		t.Error("a date has the keyboard and is out of sight")
	}
	p.home.adults[0].first.Focus()
	if p.home.scroll.Offset.Y > 80 {
		t.Error("the first field has the keyboard and is out of sight")
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
	if w.win.Canvas().Focused() != p.tabs {
		t.Error("Ctrl+Z would undo letters of a field")
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
