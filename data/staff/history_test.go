package staff_test

import (
	"testing"

	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

func TestHistory(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := open(t, db)
		desk := stafftest.Session(t, db, staff.Accueil)
		err := db.Write(desk, func(tx *store.Tx) error {
			for _, e := range [][2]string{{"family.create", "family:1"}, {"child.diet", "child:7"}, {"wallet.topup", "family:1"}, {"bank.read", "family:1"}, {"family.create", "family:2"}, {"agent.create", "agent:1"}} {
				if err := staff.Audit(tx, e[0], e[1], "détail"); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			role    staff.Role
			objects []string
			limit   int
			want    int
		}{
			{staff.Accueil, []string{"family:1", "child:7"}, 50, 4},
			{staff.Accueil, []string{"family:1", "child:7"}, 2, 2},
			{staff.Sante, []string{"family:1", "child:7"}, 50, 2}, // no money
			{staff.Regie, []string{"agent:1"}, 50, 0},             // not a file
			{staff.Regie, nil, 50, 0},
		} {
			got, err := r.s.History(stafftest.Session(t, db, c.role), c.limit, c.objects...)
			if err != nil || len(got) != c.want {
				t.Errorf("%s %v: %d entries, %v", c.role, c.objects, len(got), err)
			}
		}
		got, err := r.s.History(desk, 50, "family:1")
		if err != nil || len(got) != 3 || got[0].Action != "bank.read" || got[0].Agent == "" {
			t.Errorf("newest first: %+v %v", got, err)
		}
	})
}
