package settings

import (
	"strings"
	"testing"

	"ardoise/data/family"
	"ardoise/data/staff"
	"ardoise/data/store/storetest"
	"ardoise/ui/theme"
)

func (r *room) retention() *retentionTab {
	r.Helper()
	r.p.Open(tabRights)
	return r.p.made[tabRights].(*retentionTab)
}

// aged gives the town three families of long ago: one free, one held, one with a very
// long name.
func (r *room) aged() {
	r.Helper()
	now := r.db.Now()
	for _, name := range []string{"Favier", "Guillot", "de La Rochefoucauld-Montmorency-Bergerac"} {
		f, err := r.o.Family.Create(r.sh.Context, family.Draft{Guardians: []family.Guardian{{Last: name, First: "Élodie", Email: "x@exemple.fr"}}})
		if err != nil {
			r.Fatal(err)
		}
		if name == "Guillot" {
			if err := r.o.Retention.SetHold(r.sh.Context, f.ID, "recours au tribunal administratif"); err != nil {
				r.Fatal(err)
			}
		}
	}
	storetest.ClockOf(r.db).Set(now.AddDate(3, 0, 0))
	r.sh.Clock = r.db.Now()
}

func TestRetentionShowsAndPurges(t *testing.T) {
	r := newRoom(t).made(staff.Roles...)
	r.aged()
	b := r.retention()
	if !b.ready || b.dirty() || b.plan.Count() == 0 {
		t.Fatalf("ready %v, dirty %v, %d due", b.ready, b.dirty(), b.plan.Count())
	}
	r.shoot("settings-retention")
	for i, rule := range b.plan.Rules {
		if rule.ID == "families" {
			b.open(i)
			r.shoot("settings-retention-rule")
			r.sh.Dialogs[len(r.sh.Dialogs)-1].Close()
		}
	}
	b.purge()
	if len(r.sh.Confirmed) != 1 || !strings.Contains(strings.Join(r.sh.Confirmed, ""), "Purger") {
		t.Fatalf("not asked: %v", r.sh.Confirmed)
	}
	if len(r.sh.Dones) == 0 || len(r.sh.Refusals) != 0 {
		t.Fatalf("%v %v", r.sh.Dones, r.sh.Refusals)
	}
	done, err := r.o.Retention.History(r.sh.Context)
	if err != nil || len(done) != 1 || done[0].Counts["families"] < 2 {
		t.Fatalf("%+v %v", done, err)
	}
	if b.purgeOff() == "" {
		t.Error("what is done can be done again")
	}
	b.purge()
	if len(r.sh.Toasts) == 0 {
		t.Error("nothing said")
	}
	r.shoot("settings-retention-done")
}

// A period out of its ends is refused where it is typed, with the reason; one that is
// kept can be undone; what is typed is asked for before it is left.
func TestRetentionPeriods(t *testing.T) {
	r := newRoom(t).made(staff.Roles...)
	b := r.retention()
	was := b.base
	typed := was
	typed.Mandates = 6
	b.put(typed)
	b.save()
	if !strings.Contains(b.form.Summary(), "IBAN des mandats") {
		t.Errorf("%q", b.form.Summary())
	}
	r.shoot("settings-retention-refused")
	typed.Mandates = 24
	b.put(typed)
	left := false
	b.leave(func() { left = true })
	if len(r.sh.Confirmed) != 1 || !left || b.dirty() {
		t.Errorf("asked %v, left %v", r.sh.Confirmed, left)
	}
	b.put(typed)
	r.p.Shortcuts()[0].Run()
	if s, err := r.o.Retention.Settings(r.sh.Context); err != nil || s.Mandates != 24 || len(r.sh.Undos) != 1 {
		t.Fatalf("%+v %v %q", s, err, b.form.Summary())
	}
	r.sh.Undos[0]()
	if s, err := r.o.Retention.Settings(r.sh.Context); err != nil || s != was {
		t.Errorf("%+v %v", s, err)
	}
}

func TestRetentionLarge(t *testing.T) {
	r := newRoom(t).made(staff.Roles...)
	r.aged()
	r.app.Settings().SetTheme(theme.New(theme.Light, 150))
	r.show()
	b := r.retention()
	r.shoot("settings-retention-150")
	b.open(0)
	r.shoot("settings-retention-rule-150")
}
