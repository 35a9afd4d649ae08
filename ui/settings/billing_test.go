package settings

import (
	"strings"
	"testing"

	"ardoise/data/billing"
	"ardoise/data/staff"
	"ardoise/ui/theme"
)

func (r *room) billing() *billingTab {
	r.Helper()
	r.p.Open(tabBilling)
	return r.p.made[tabBilling].(*billingTab)
}

func TestBillingSettingsAreCheckedKeptAndUndone(t *testing.T) {
	r := newRoom(t).made(staff.Roles...)
	b := r.billing()
	was := b.base
	if !b.ready || b.dirty() {
		t.Fatalf("ready %v, dirty %v", b.ready, b.dirty())
	}
	r.shoot("settings-billing")
	typed := was
	typed.DueDays, typed.OfficeName = 20, "Régie « Cantine »"
	for _, f := range b.fields {
		f.show(typed)
	}
	if !b.dirty() {
		t.Fatal("what was typed is not seen")
	}
	r.p.Shortcuts()[0].Run()
	s, err := r.o.Billing.Settings(r.sh.Context)
	if err != nil || s.DueDays != 20 || s.OfficeName != typed.OfficeName || b.base != s {
		t.Fatalf("%+v %v %q", s.DueDays, err, b.form.Summary())
	}
	if len(r.sh.Undos) != 1 || r.sh.Undos[0] == nil {
		t.Fatal("no undo")
	}
	r.sh.Undos[0]()
	if s, err = r.o.Billing.Settings(r.sh.Context); err != nil || s != was {
		t.Errorf("undone: %+v %v", s, err)
	}
}

// Each field that can be wrong refuses it where it is typed.
func TestBillingFieldsRefuseWhatIsWrong(t *testing.T) {
	r := newRoom(t).made(staff.Roles...)
	b := r.billing()
	good := b.base
	for name, spoil := range map[string]func(*billing.Settings){
		"office": func(s *billing.Settings) { s.Office = "1" }, "iban": func(s *billing.Settings) { s.IBAN = "FR76 1234" }, "bic": func(s *billing.Settings) { s.BIC = "X" },
		"ics": func(s *billing.Settings) { s.ICS = "FR00ZZZ000000" }, "due": func(s *billing.Settings) { s.DueDays = 91 }, "appeal": func(s *billing.Settings) { s.Appeal = "" },
		"payfip": func(s *billing.Settings) { s.PayFiPURL = "http://exemple.fr" }, "siret": func(s *billing.Settings) { s.PESSIRET = "123" }, "float": func(s *billing.Settings) { s.CashFloat = -1 },
	} {
		wrong := good
		spoil(&wrong)
		for _, f := range b.fields {
			f.show(wrong)
		}
		b.save()
		if b.form.Summary() == "" {
			t.Errorf("%s: taken", name)
		}
	}
	if s, err := r.o.Billing.Settings(r.sh.Context); err != nil || s != good || len(r.sh.Dones) != 0 {
		t.Errorf("something was written: %v %v", r.sh.Dones, err)
	}
	// the rules that look at several settings at once are the service's
	wrong := good
	wrong.Remind = [3]int{10, 5, 50}
	for _, f := range b.fields {
		f.show(wrong)
	}
	b.save()
	if !strings.Contains(b.form.Summary(), "relances") {
		t.Errorf("%q", b.form.Summary())
	}
}

func TestTheCashOfficeMaySetItsBilling(t *testing.T) {
	r := newRoom(t).made(staff.Regie)
	ids := ""
	for _, it := range tabsFor(r.sh.User()) {
		ids += it.ID + " "
	}
	if ids != "billing display help " {
		t.Errorf("tabs %q", ids)
	}
	if b := r.billing(); !b.ready {
		t.Error("not read")
	}
	r.app.Settings().SetTheme(theme.New(theme.Light, 150))
	r.show()
	r.billing()
	r.shoot("settings-billing-150")
}
