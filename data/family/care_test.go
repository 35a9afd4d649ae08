package family_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
)

func (h house) write(t *testing.T, query string, args ...any) {
	t.Helper()
	if err := h.db.Write(h.ctx, func(tx *store.Tx) error { _, err := tx.Exec(query, args...); return err }); err != nil {
		t.Fatal(err)
	}
}

func (h house) number(t *testing.T, query string, args ...any) (n int64) {
	t.Helper()
	if err := h.db.Read(h.ctx, func(tx *store.Tx) error { return tx.QueryRow(query, args...).Scan(&n) }); err != nil {
		t.Fatal(err)
	}
	return n
}

// merge plans and merges at once.
func (h house) merge(a, b int64) error {
	p, err := h.MergePlan(h.ctx, a, b)
	if err != nil {
		return err
	}
	return h.Merge(h.ctx, p)
}

func TestMerge(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		a := h.create(t, favier())
		d := other("FAVIER", "Élodie", "", "0611223344",
			family.Child{Last: "FAVIER", First: "Léa", Birth: day("2019-03-14")}, family.Child{Last: "FAVIER", First: "Tom", Birth: day("2017-05-05")})
		d.Guardians = append(d.Guardians, family.Guardian{Last: "DUBOIS", First: "Marc", Email: "marc@example.org"})
		d.Note = "appeler le soir"
		b := h.create(t, d)
		lea := b.Children[1]
		if lea.First != "Léa" {
			t.Fatalf("%+v", b.Children)
		}
		if err := h.SetHealth(h.ctx, family.Health{ChildID: lea.ID, Allergens: []string{"arachides"}, CarePlan: "stylo", Kitchen: "pas d’arachide"}); err != nil {
			t.Fatal(err)
		}
		service := h.number(t, `SELECT id FROM service WHERE code = 'cantine-saint-marcel'`)
		h.write(t, `INSERT INTO access_request (child_id, family_id, service_id, school_year, state, received_at) VALUES ($1, $2, $3, 2026, 'submitted', '2026-11-01T10:00:00Z')`, lea.ID, b.ID, service)
		h.write(t, `INSERT INTO account (kind, family_id, code, balance, floor) VALUES ('wallet', $1, 'wallet:b', 1250, 0)`, b.ID)
		p, err := h.MergePlan(h.ctx, a.ID, b.ID)
		if err != nil || len(p.Refusals) != 1 || p.Balance != 1250 || len(p.Same) != 1 || !slices.Equal(p.Children, []string{"Tom Favier"}) || !slices.Equal(p.Noted, []string{"Marc Dubois"}) || p.Requests != 1 {
			t.Fatalf("%+v %v", p, err)
		}
		if err := h.merge(a.ID, b.ID); fault.KindOf(err) != fault.Conflict {
			t.Fatal("money is left behind:", err)
		}
		h.MoveMoneyBy(func(tx *store.Tx, from, to int64) error {
			if from != b.ID || to != a.ID {
				t.Errorf("money moves from %d to %d", from, to)
			}
			_, err := tx.Exec(`UPDATE account SET balance = 0 WHERE family_id = $1`, from)
			return err
		})
		if err := h.merge(a.ID, b.ID); err != nil {
			t.Fatal(err)
		}
		got, err := h.Get(h.ctx, a.ID)
		if err != nil || len(got.Children) != 3 || len(got.Guardians) != 2 || !strings.Contains(got.Note, "Marc Dubois") || !strings.Contains(got.Note, "appeler le soir") {
			t.Fatalf("%+v %v", got, err)
		}
		if got.Guardians[0].Mobile != "+33639981234" || got.Guardians[0].Email != "elodie.favier@example.org" {
			t.Errorf("the kept family's own details changed: %+v", got.Guardians[0])
		}
		gone, err := h.Get(h.ctx, b.ID)
		if err != nil || gone.State != family.Merged || gone.MergedInto != a.ID || len(gone.Children) != 1 || gone.Children[0].State != family.Left {
			t.Fatalf("%+v %v", gone, err)
		}
		if n := h.number(t, `SELECT COUNT(*) FROM access_request WHERE family_id = $1 AND child_id = $2`, a.ID, a.Children[0].ID); n != 1 {
			t.Error("the request did not follow")
		}
		health, err := h.Health(h.ctx, a.Children[0].ID)
		if err != nil || health.CarePlan != "stylo" || health.Kitchen != "pas d’arachide" {
			t.Errorf("%+v %v", health, err)
		}
		if _, n, err := h.Search(h.ctx, b.Number(), family.Filter{}, 0); err != nil || n != 0 {
			t.Error("a merged family is still listed", n, err)
		}
		if _, n, err := h.Search(h.ctx, "tom", family.Filter{}, 0); err != nil || n != 1 {
			t.Error("a child that came over is not found", n, err)
		}
		if err := h.merge(a.ID, b.ID); fault.KindOf(err) != fault.Conflict {
			t.Error("merged twice:", err)
		}
	})
}

func TestHealthIsSealedAndLogged(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		f := h.create(t, favier())
		child := f.Children[0].ID
		want := family.Health{ChildID: child, Allergens: []string{"lait", "sesame"}, Allergies: "grave", CarePlan: "Anapen", Kitchen: "panier-repas", ReviewOn: day("2027-09-01")}
		if err := h.SetHealth(h.ctx, want); err != nil {
			t.Fatal(err)
		}
		got, err := h.Health(h.ctx, child)
		if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%+v %v", got, err)
		}
		c, err := h.Child(h.ctx, child)
		if err != nil || !c.HasPlan || !c.HasHealth {
			t.Errorf("%+v %v", c, err)
		}
		kitchen := stafftest.Session(t, h.db, staff.Cuisine)
		asked, err := h.KitchenInstructions(kitchen, []int64{child, f.Children[1].ID})
		if err != nil || len(asked) != 1 || asked[child].Instruction != "panier-repas" || !slices.Equal(asked[child].Allergens, []string{"lait", "sesame"}) {
			t.Errorf("%+v %v", asked, err)
		}
		if n := h.number(t, `SELECT COUNT(*) FROM audit WHERE action IN ('health.read', 'health.kitchen', 'health.write')`); n != 3 {
			t.Errorf("%d readings in the trail, want 3", n)
		}
		// The kitchen reads its own part only, and no family.
		if _, err := h.Health(kitchen, child); !errors.Is(err, fault.ErrForbidden) {
			t.Error("the kitchen reads health notes:", err)
		}
		if _, err := h.Get(kitchen, f.ID); !errors.Is(err, fault.ErrForbidden) {
			t.Error("the kitchen reads a family:", err)
		}
		// Planted fault: a sealed value moved to another child's row is not opened.
		h.write(t, `INSERT INTO health (child_id, sealed, kitchen, has_plan, updated_at) SELECT CAST($1 AS BIGINT), sealed, kitchen, has_plan, updated_at FROM health WHERE child_id = $2`, f.Children[1].ID, child)
		if _, err := h.Health(h.ctx, f.Children[1].ID); fault.KindOf(err) != fault.Conflict {
			t.Error("a moved seal opens:", err)
		}
		// Without the key nothing opens.
		locked := staff.With(context.Background(), &staff.Session{Name: "x", Roles: staff.Roles})
		if _, err := h.Health(locked, child); fault.KindOf(err) != fault.Forbidden {
			t.Error("health notes open without a key:", err)
		}
		if err := h.SetHealth(h.ctx, family.Health{ChildID: child, Allergens: []string{"chocolat"}}); fault.KindOf(err) != fault.Invalid {
			t.Error(err)
		}
		if err := h.SetHealth(h.ctx, family.Health{ChildID: child}); err != nil {
			t.Error(err)
		}
		if c, err := h.Child(h.ctx, child); err != nil || c.HasHealth {
			t.Error("empty notes are kept", err)
		}
	})
}

func TestExport(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		f := h.create(t, favier())
		if err := h.SetHealth(h.ctx, family.Health{ChildID: f.Children[0].ID, CarePlan: "Anapen"}); err != nil {
			t.Fatal(err)
		}
		h.OnExport(func(_ *store.Tx, id int64, add func(string, []byte) error) error {
			return add(fmt.Sprintf("pieces/%d.txt", id), []byte("fiche"))
		})
		read := func(ctx context.Context) map[string]string {
			var b bytes.Buffer
			if err := h.Export(ctx, f.ID, family.ExportOptions{Health: staff.From(ctx).Has(staff.Sante)}, &b); err != nil {
				t.Fatal(err)
			}
			z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
			if err != nil {
				t.Fatal(err)
			}
			out := map[string]string{}
			for _, e := range z.File {
				r, err := e.Open()
				if err != nil {
					t.Fatal(err)
				}
				data, err := io.ReadAll(r)
				if err != nil {
					t.Fatal(err)
				}
				out[e.Name] = string(data)
			}
			return out
		}
		files := read(h.ctx)
		for name, want := range map[string]string{
			"donnees.json": "elodie.favier@example.org", fmt.Sprintf("pieces/%d.txt", f.ID): "fiche", fmt.Sprintf("sante/enfant-%d.json", f.Children[0].ID): "Anapen", "LISEZMOI.txt": "centimes",
		} {
			if !strings.Contains(files[name], want) {
				t.Errorf("%s lacks %s: %.300s", name, want, files[name])
			}
		}
		desk := read(stafftest.Session(t, h.db, staff.Accueil))
		for name, text := range desk {
			if strings.Contains(text, "Anapen") {
				t.Errorf("%s tells the desk a care plan", name)
			}
		}
	})
}

func TestMergeRefusals(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		a := h.create(t, favier())
		b := h.create(t, other("FAVIER", "Élodie", "", "", family.Child{Last: "FAVIER", First: "Léa", Birth: day("2019-03-14")}))
		mine, hers := a.Children[0].ID, b.Children[0].ID
		refused := func(want string) {
			t.Helper()
			p, err := h.MergePlan(h.ctx, a.ID, b.ID)
			if err != nil || len(p.Refusals) != 1 || !strings.Contains(p.Refusals[0], want) {
				t.Errorf("%+v %v", p.Refusals, err)
			}
			if err := h.merge(a.ID, b.ID); fault.KindOf(err) != fault.Conflict {
				t.Error("merged all the same:", err)
			}
			if f, err := h.Get(h.ctx, b.ID); err != nil || f.State != family.Active || len(f.Children) != 1 {
				t.Errorf("a refused merge left something: %+v %v", f, err)
			}
		}
		for _, id := range []int64{mine, hers} {
			if err := h.SetHealth(h.ctx, family.Health{ChildID: id, CarePlan: "x"}); err != nil {
				t.Fatal(err)
			}
		}
		refused("données de santé")
		if err := h.SetHealth(h.ctx, family.Health{ChildID: hers}); err != nil {
			t.Fatal(err)
		}
		h.write(t, `INSERT INTO operation (key, digest, kind, at, agent_id) VALUES ('k', 'd', 'book', '2026-11-01T10:00:00Z', 1)`)
		for child, owner := range map[int64]int64{mine: a.ID, hers: b.ID} {
			h.write(t, `INSERT INTO booking (child_id, service_id, day, family_id, state, pay, kind, price, tariff_id, operation_id, cutoff_at, cutoff_rule, verdict)
				SELECT CAST($1 AS BIGINT), t.service_id, '2026-12-01', CAST($2 AS BIGINT), 'booked', 'prepaid', 'booking', 470, t.id, (SELECT MAX(id) FROM operation), '', '', 'in_time' FROM tariff t ORDER BY t.id LIMIT 1`, child, owner)
		}
		refused("réservé deux fois le 01/12/2026")
		if err := h.merge(a.ID, a.ID); fault.KindOf(err) != fault.Invalid {
			t.Error("a family is merged into itself:", err)
		}
		// With one of the two cancelled the merge goes through and nothing is lost.
		h.write(t, `UPDATE booking SET state = 'cancelled', cancel_operation_id = operation_id, cancel_verdict = 'in_time' WHERE child_id = $1`, hers)
		if err := h.merge(a.ID, b.ID); err != nil {
			t.Fatal(err)
		}
		if n := h.number(t, `SELECT COUNT(*) FROM booking WHERE child_id = $1 AND family_id = $2`, mine, a.ID); n != 2 {
			t.Errorf("%d bookings came together, want 2", n)
		}
	})
}

// Planted faults: each guard taken away, something gets through that the guard
// stops, and the room's own questions notice it.
func TestPlantedFaults(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		a := h.create(t, favier())
		twin := family.Child{Last: "Favier", First: "LÉA", Birth: day("2019-03-14")}
		if _, err := h.AddChild(h.ctx, a.ID, twin); fault.KindOf(err) != fault.Conflict {
			t.Error("a child is kept twice:", err)
		}
		h.write(t, `DROP INDEX child_once`)
		if _, err := h.AddChild(h.ctx, a.ID, twin); err != nil {
			t.Error("the index was not the guard:", err)
		}
		ine := family.Child{Last: "Favier", First: "Jo", Birth: day("2019-03-15"), INE: a.Children[0].INE}
		if _, err := h.AddChild(h.ctx, a.ID, ine); fault.KindOf(err) != fault.Conflict {
			t.Error("an identifier is kept twice:", err)
		}
		h.write(t, `DROP INDEX child_ine`)
		if _, err := h.AddChild(h.ctx, a.ID, ine); err != nil {
			t.Error("the index was not the guard:", err)
		}
		// A change around the room, without the search key and without an event:
		// the search goes on with what it knows, and finds it once the key follows.
		h.write(t, `UPDATE guardian SET last = 'ZIMMER' WHERE family_id = $1`, a.ID)
		if _, n, err := h.Search(h.ctx, "zimmer", family.Filter{}, 0); err != nil || n != 0 {
			t.Error("found without a key", n, err)
		}
		if err := h.db.Write(h.ctx, func(tx *store.Tx) error { return family.RefoldTx(tx, []int64{a.ID}) }); err != nil {
			t.Fatal(err)
		}
		for range 100 { // the event comes on its own goroutine
			if _, n, err := h.Search(h.ctx, "zimmer", family.Filter{}, 0); err == nil && n == 1 {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		t.Error("an event is not followed")
	})
}
