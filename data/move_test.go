package data_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ardoise/data"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// TestMoveWantsToBeAlone: while a colleague is at work here nothing moves; a base
// that is not sound does not move either, and no file is left behind; what moves
// opens with the same password, and its witness begins there.
func TestMoveWantsToBeAlone(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	opt := data.Options{Clock: storetest.NewClock().Now, Cost: &stafftest.Fast, Machine: "ACCUEIL-2", Program: "Ardoise"}
	o, err := data.Open(t.Context(), filepath.Join(t.TempDir(), "mairie.db"), opt)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { closing(t, o) }()
	if _, err := o.Staff.Bootstrap(t.Context(), "nperret", "Nadia Perret", stafftest.Password, staff.Admin); err != nil {
		t.Fatal(err)
	}
	se, err := o.Staff.SignIn(t.Context(), "nperret", stafftest.Password)
	if err != nil {
		t.Fatal(err)
	}
	colleague := staff.With(t.Context(), se)
	if err := o.Staff.Here(colleague); err != nil {
		t.Fatal(err)
	}
	ctx := staff.System(t.Context())
	for to, target := range map[string]string{"file": filepath.Join(t.TempDir(), "new.db"), "server": storetest.EmptyPostgresURL(t)} {
		move := func() error {
			_, err := o.MoveTo(ctx, target, opt, time.Now, nil)
			return err
		}
		gone := func(what string) {
			if _, err := os.Stat(target); to == "file" && err == nil {
				t.Errorf("%s: a file is left", what)
			}
		}
		err := move()
		if said := fault.Sentence(err); fault.KindOf(err) != fault.Conflict || !strings.Contains(said, "Nadia Perret") || !strings.Contains(said, "ACCUEIL-2") {
			t.Errorf("%s: somebody is at work: %v", to, err)
		}
		gone("refused")
		fresh := stafftest.Session(t, nil, staff.Admin)
		if err := o.Staff.SignOut(colleague); err != nil {
			t.Fatal(err)
		}
		plant := func(statement string) {
			t.Helper()
			if err := o.Store.Write(t.Context(), func(tx *store.Tx) error { _, err := tx.Exec(statement); return err }); err != nil {
				t.Fatal(err)
			}
		}
		plant(`INSERT INTO account (kind, code, balance) VALUES ('cash', '` + to + `', 500)`)
		if err := move(); fault.KindOf(err) != fault.Conflict || !strings.Contains(fault.Sentence(err), "ne respecte pas la règle I1") {
			t.Errorf("%s: money from nowhere moved: %v", to, err)
		}
		gone("unsound")
		plant(`UPDATE account SET balance = 0`)
		rep, err := o.MoveTo(fresh, target, opt, time.Now, nil)
		if err != nil {
			t.Fatal(to, err)
		}
		there, err := data.Open(t.Context(), target, opt)
		if err != nil {
			t.Fatal(to, err)
		}
		again, err := there.Staff.SignIn(t.Context(), "nperret", stafftest.Password)
		if err != nil || rep.Rows < 5 {
			t.Errorf("%s: %+v %v", to, rep, err)
		} else if err := there.Staff.Verify(staff.With(t.Context(), again)); err != nil {
			t.Errorf("%s: %v", to, err)
		}
		closing(t, there)
		if se, err = o.Staff.SignIn(t.Context(), "nperret", stafftest.Password); err != nil { // for the next target
			t.Fatal(err)
		}
		colleague = staff.With(t.Context(), se)
		if err := o.Staff.Here(colleague); err != nil {
			t.Fatal(err)
		}
	}
}
