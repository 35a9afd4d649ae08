package staff_test

import (
	"context"
	"database/sql"
	"strings"
	"testing"

	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

type rows = *sql.Rows

var admin = []staff.Role{staff.Admin}

func TestRights(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := open(t, db)
		stafftest.Rights(t, r.s, map[string][]staff.Role{
			"SignIn": stafftest.Open, "SignInDemo": stafftest.Open, "Bootstrap": stafftest.Open, "Found": stafftest.Open, "Recover": stafftest.Open,
			"IsDemo": stafftest.Open, "HasAgents": stafftest.Open, "Contacts": stafftest.Open, "IdleAfter": stafftest.Open,
			"Lock": stafftest.Open, "Unlock": stafftest.Open, "SignOut": stafftest.Open, "OnSignIn": stafftest.Open, "Close": stafftest.Open,
			"ChangePassword": stafftest.Anyone, "Here": stafftest.Anyone, "StillHere": stafftest.Anyone, "LastInstant": stafftest.Open, "AcceptClock": admin, "Present": admin, "EndSession": admin,
			"Agents": admin, "CreateAgent": admin, "Rename": admin, "SetRoles": admin, "SetActive": admin,
			"ResetPassword": admin, "Release": admin, "RenewPhrase": admin, "Trail": admin,
			"History": {staff.Accueil, staff.Regie, staff.Sante, staff.Admin},
			"Verify":  admin, "AcceptHead": admin, "SetUpDemo": admin,
		}, stafftest.Contexts(t, db))
	})
}

// careless has every fault the rights test must find.
type careless struct{ db *store.DB }

func (careless) Forgets(context.Context) error { return nil }
func (c careless) ReadsFirst(ctx context.Context) error {
	if err := c.db.Read(ctx, func(*store.Tx) error { return nil }); err != nil && ctx.Value(1) != nil {
		return err
	}
	return staff.Require(ctx, staff.Admin)
}

func (careless) TooStrict(ctx context.Context, _ int, _ ...string) error {
	return staff.Require(ctx, staff.Sante)
}
func (careless) Falls(ctx context.Context, p *int) (int, error) { panic("before asking") }
func (careless) Unlisted(ctx context.Context) error             { return staff.Require(ctx) }
func (careless) NoContext() error                               { return nil }
func (careless) Right(ctx context.Context) error                { return staff.Require(ctx, staff.Admin) }

func TestRightsTestFails(t *testing.T) {
	db := storetest.OpenSQLite(t)
	got := strings.Join(stafftest.Check(careless{db}, map[string][]staff.Role{
		"Forgets": admin, "ReadsFirst": admin, "TooStrict": {staff.Sante, staff.Accueil}, "Falls": admin, "Gone": admin, "NoContext": admin, "Right": admin,
	}, stafftest.Contexts(t, db)), "\n")
	for _, want := range []string{
		"Forgets by accueil: not refused", "Forgets without a session: not refused",
		"ReadsFirst by cuisine: reached for the database", "TooStrict: refused to accueil",
		"Falls by regie: panicked", "Unlisted: not in the table", "Gone: in the table of rights, but no such method", "NoContext: takes no context",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("not found: %q in\n%s", want, got)
		}
	}
	if strings.Contains(got, "\nRight") {
		t.Error("a right method was blamed:\n" + got)
	}
}
