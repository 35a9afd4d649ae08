package settings

import (
	"strings"
	"testing"
	"time"

	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store/storetest"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
)

// elsewhere signs a colleague in at two other desks.
func (r *room) elsewhere() {
	r.Helper()
	_, err := r.o.Staff.CreateAgent(r.sh.Context, staff.NewAgent{Login: "lea.gros-dechampelauvier", Name: "Léa Gros-Dechampelauvier", Password: other, Roles: []staff.Role{staff.Accueil, staff.Regie, staff.Sante}})
	r.must(err)
	for i, machine := range []string{"ACCUEIL-2", "PC-MEDIATHEQUE-DE-BANEINS"} {
		desk := staff.New(r.db, &staff.MemoryHead{}, staff.WithCost(stafftest.Fast), staff.At(machine, "Ardoise 1.0.0"))
		r.Cleanup(func() { r.must(desk.Close()) })
		se, err := desk.SignIn(r.Context(), "lea.gros-dechampelauvier", other)
		r.must(err)
		if i == 1 {
			desk.Lock(se)
		}
		r.must(desk.Here(staff.With(r.Context(), se)))
	}
}

// TestWhoIsAtWorkWhere: the list says it, hears of it, and an administrator ends
// a session at another desk; not their own.
func TestWhoIsAtWorkWhere(t *testing.T) {
	r := newRoom(t).real()
	a := r.agents()
	r.elsewhere()
	r.p.OnEvent(kit.Event{Topic: staff.TopicPresence})
	at := func(row int) string { return strings.ReplaceAll(a.cell(row, 4).Text, "\u00a0", " ") }
	if len(a.list) != 2 || at(1) != "Sur ACCUEIL-2 depuis 13 h 46 (+1)" || !strings.HasPrefix(at(0), "24/11/2026") {
		t.Fatalf("%q, %q", at(0), at(1))
	}
	a.table.Select(0)
	a.showButtons()
	if !a.part.Disabled() {
		t.Error("who is nowhere else can be sent away")
	}
	a.endSessions()
	a.table.Select(1)
	a.showButtons()
	r.shoot("settings-agents-presence")
	storetest.ClockOf(r.db).Add(time.Minute)
	a.endSessions()
	if len(r.sh.Refusals) != 0 || len(r.sh.Dones) == 0 || !strings.Contains(r.sh.Dones[len(r.sh.Dones)-1], "ACCUEIL-2, PC-MEDIATHEQUE-DE-BANEINS") {
		t.Errorf("%v %v", r.sh.Dones, r.sh.Refusals)
	}
	if !strings.HasPrefix(at(1), "24/11/2026") || !a.part.Disabled() {
		t.Errorf("still there: %q", at(1))
	}
}

func TestWhereTexts(t *testing.T) {
	now := storetest.Start
	for _, c := range []struct {
		p    staff.Presence
		want string
	}{
		{staff.Presence{Machine: "MAIRIE", Since: now.Add(-5 * time.Hour)}, "Sur MAIRIE depuis 8 h 46"},
		{staff.Presence{Machine: "MAIRIE", Since: now.Add(-24 * time.Hour)}, "Sur MAIRIE depuis le 23/11/2026 à 13 h 46"},
		{staff.Presence{Here: true, Since: now, Locked: true}, "Ici depuis 13 h 46, verrouillé"},
	} {
		if got := strings.ReplaceAll(placeText(c.p, now), "\u00a0", " "); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestPresenceLarge(t *testing.T) {
	r := newRoom(t)
	r.app.Settings().SetTheme(theme.New(theme.Light, 150))
	r.real()
	r.elsewhere()
	r.agents().load()
	r.agents().table.Select(1)
	r.agents().showButtons()
	r.shoot("settings-agents-presence-150")
}
