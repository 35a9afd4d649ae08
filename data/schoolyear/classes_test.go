package schoolyear_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"ardoise/data/booking"
	"ardoise/data/fault"
	"ardoise/data/schoolyear"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// TestOpen: from May on, once; what lacks is said and stops nothing.
func TestOpen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.clock.Set(at("2027-04-30T23:00:00+02:00"))
		_, err := w.s.Open(w.ctx, next, 0)
		w.refused(err, fault.Conflict, "se prépare à partir du samedi 1ᵉʳ mai 2027")
		o := must[schoolyear.Overview](t)(w.s.Overview(w.ctx, 0))
		if o.Year != next || o.CanOpen || o.WhyNot == "" {
			t.Errorf("in April: %+v", o.State)
		}
		w.clock.Set(at("2027-05-01T00:30:00+02:00"))
		_, err = w.s.Open(w.ctx, next, day("2027-06-01"))
		w.refused(err, fault.Invalid, "choisissez un jour de cet été")
		_, err = w.s.Open(w.ctx, next+1, 0)
		w.refused(err, fault.Invalid, "pas 2028-2029")
		o = must[schoolyear.Overview](t)(w.s.Open(w.ctx, 0, 0))
		if !o.Opened() || o.TurnOn != day("2027-08-01") || o.Steps[0].State != schoolyear.Done || o.Steps[1].State != schoolyear.Now {
			t.Errorf("opened: %+v", o)
		}
		again := must[schoolyear.Overview](t)(w.s.Open(w.ctx, next, day("2027-07-10")))
		if again.TurnOn != o.TurnOn || w.count(`SELECT COUNT(*) FROM audit WHERE action = 'year.open'`) != 1 {
			t.Error("opened twice")
		}
		said := map[string]schoolyear.Check{}
		for _, c := range o.Checks {
			said[c.What] = c
		}
		if c := said["Vacances scolaires, zone A"]; c.OK || !strings.Contains(c.Said, "2027-2028") {
			t.Errorf("holidays: %+v", c)
		}
		if c := said["Tarifs, Cantine, Saint-Marcel"]; c.OK || !strings.Contains(c.Said, "1ᵉʳ janvier 2028") || !strings.Contains(c.Said, "maternelle") {
			t.Errorf("tariffs: %+v", c)
		}
		if c := said["Pièces, Cantine, Saint-Marcel"]; !c.OK || !strings.Contains(c.Said, "Fiche sanitaire") {
			t.Errorf("documents: %+v", c)
		}
		w.sql(`UPDATE tariff SET valid_to = '9999-12-31'`)
		o = must[schoolyear.Overview](t)(w.s.Overview(w.ctx, next))
		for _, c := range o.Checks {
			if strings.HasPrefix(c.What, "Tarifs") && !c.OK {
				t.Errorf("covered and not said so: %+v", c)
			}
		}
	})
}

// TestProposal: where each child goes without anybody deciding.
func TestProposal(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		p := w.planned(schoolyear.ClassAsk{})
		for first, want := range map[string]string{
			"Éva":  "stays CP Mme Petit CP", // from the nursery school to the other one of the commune
			"Léa":  "stays CE2 M. Blanc CE2",
			"Tom":  "leaves  ",
			"Zoé":  "stays CM2 M. Gris CM2",
			"Hugo": "leaves  ",
			"Nina": "stays PS/MS Mme Brun MS",
			"Noé":  "stays CE1 Mme Rey CE1",
			"Lou":  "stays CM1 Mme Noir CM1", // no level: that of its class
			"Ana":  "unplaced  ",
			"Max":  "stays CE2-CM2 CM2",
			"Ida":  "stays CE2-CM2 CE2",
		} {
			c := lineOf(t, p, w.kids[first])
			if got := c.Fate + " " + c.Class + " " + c.Level; got != want {
				t.Errorf("%s: %q, want %q (%s)", first, got, want, c.Why)
			}
		}
		if c := lineOf(t, p, w.kids["Ana"]); c.Why != "ni classe ni niveau" && c.Why != "niveau inconnu" {
			t.Errorf("Ana: %q", c.Why)
		}
		if p.New != 9 || p.Staying != 8 || p.Leaving != 2 || p.Unplaced != 1 || p.Changes != 10 {
			t.Errorf("%d new, %d stay, %d leave, %d unplaced, %d changes", p.New, p.Staying, p.Leaving, p.Unplaced, p.Changes)
		}
		if n := w.count(`SELECT COUNT(*) FROM class WHERE school_year = 2027`) + w.count(`SELECT COUNT(*) FROM child_year`); n != 0 {
			t.Errorf("a plan wrote %d rows", n)
		}
	})
}

// TestDecide: names changed, a class that does not open, one more, children moved
// by hand; committed again until the day; undone.
func TestDecide(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		ask := schoolyear.ClassAsk{
			Names: []schoolyear.Rename{
				{SchoolID: w.primary, From: "CE1 Mme Rey", To: "CE1 Mme Roy"},
				{SchoolID: w.primary, From: "CM1 Mme Noir", To: ""},
				{SchoolID: w.primary, From: "CM1/CM2 Mme Noir", To: "CM1/CM2 Mme Noir"},
			},
			Moves: []schoolyear.Move{
				{ChildID: w.kids["Hugo"], SchoolID: w.primary, Class: "CM2 M. Gris"}, // a repeated year
				{ChildID: w.kids["Ana"], SchoolID: w.primary, Class: "CE1 Mme Roy", Level: "CE1"}, {ChildID: w.kids["Ida"], Leaves: true},
			},
		}
		p := w.planned(ask)
		if c := lineOf(t, p, w.kids["Hugo"]); c.Fate != schoolyear.Stays || c.Level != "CM2" {
			t.Errorf("a repeated year: %+v", c)
		}
		if c := lineOf(t, p, w.kids["Lou"]); c.Class != "CM1/CM2 Mme Noir" {
			t.Errorf("CM1 of a class that opens: %+v", c)
		}
		_, err := w.s.CommitClasses(w.ctx, p)
		w.refused(err, fault.Conflict, "n’est pas ouverte")
		w.open()
		_, err = w.s.CommitClasses(w.ctx, p) // it was shown before the opening
		w.refused(err, fault.Conflict, "ont changé depuis l’affichage")
		p = w.planned(ask)
		kept := must[schoolyear.ClassPlan](t)(w.s.CommitClasses(w.ctx, p))
		if kept.Changes != 0 || kept.New != 0 || kept.Unplaced != 0 || !lineOf(t, kept, w.kids["Ida"]).Decided {
			t.Errorf("kept: %d changes, %d new, %d unplaced", kept.Changes, kept.New, kept.Unplaced)
		}
		if n := w.count(`SELECT COUNT(*) FROM class WHERE school_year = 2027`); n != 9 {
			t.Errorf("%d classes", n)
		}
		if n := w.count(`SELECT COUNT(*) FROM class_sitting s JOIN class k ON k.id = s.class_id WHERE k.school_year = 2027 AND k.name = 'CP Mme Petit' AND s.sitting_id = $1`, w.early); n != 1 {
			t.Error("a class did not keep its sitting")
		}
		if n := w.count(`SELECT COUNT(*) FROM child c JOIN class k ON k.id = c.class_id WHERE k.school_year <> 2026`); n != 0 {
			t.Errorf("%d children moved before the day", n)
		}
		again := must[schoolyear.ClassPlan](t)(w.s.CommitClasses(w.ctx, kept)) // twice: the same
		if again.Digest != kept.Digest {
			t.Error("committing again changed something")
		}
		// Two classes swap their names; one that nobody is in goes.
		swap := schoolyear.ClassAsk{Names: []schoolyear.Rename{
			{SchoolID: w.hamlet, From: "PS-CE1", To: "CE2-CM2"}, {SchoolID: w.hamlet, From: "CE2-CM2", To: "PS-CE1"}, {SchoolID: w.nursery, From: "GS M. Roux", To: ""},
		}}
		must[schoolyear.ClassPlan](t)(w.s.CommitClasses(w.ctx, w.planned(swap)))
		if n := w.count(`SELECT COUNT(*) FROM class WHERE school_year = 2027`); n != 8 {
			t.Errorf("%d classes", n)
		}
		_, err = w.s.PlanClasses(w.ctx, schoolyear.ClassAsk{Year: next, Names: []schoolyear.Rename{{SchoolID: w.primary, From: "CP Mme Petit", To: "ce2 m. blanc"}}})
		w.refused(err, fault.Invalid, "s’appelleraient")
		if err := w.s.UndoClasses(w.ctx, next); err != nil {
			t.Fatal(err)
		}
		w.refused(w.s.UndoClasses(w.ctx, next), fault.Conflict, "rien à annuler")
		if n := w.count(`SELECT COUNT(*) FROM child_year`); n != 0 {
			t.Errorf("%d places after undoing", n)
		}
		w.sound()
	})
}

// june is all that the desk and the kitchen see of a week of June.
func (w *world) june() string {
	w.t.Helper()
	var b strings.Builder
	for _, d := range []string{"2027-06-10", "2027-06-11"} {
		h := must[*booking.Headcount](w.t)(w.b.Headcount(w.ctx, w.canteen, day(d)))
		fmt.Fprintf(&b, "%s %v\n", d, h.Groups)
		for _, n := range h.Names {
			fmt.Fprintf(&b, " %s %s %s %s %s %s\n", n.First, n.School, n.Class, n.Sitting, n.AgeGroup, n.Diet)
		}
		fmt.Fprintf(&b, " changes %v\n", h.Changes)
		totals := must[*booking.DayTotals](w.t)(w.b.Day(w.ctx, w.canteen, day(d)))
		fmt.Fprintf(&b, " %v\n", totals.Schools)
	}
	fmt.Fprintf(&b, "%v\n", must[[]booking.MonthDay](w.t)(w.b.HeadcountMonth(w.ctx, w.canteen, 2027, 6)))
	week := must[*booking.WeekGrid](w.t)(w.b.Week(w.ctx, w.canteen, booking.WeekFilter{}, day("2027-06-07")))
	for _, k := range week.Classes {
		fmt.Fprintf(&b, "%s\n", k.Name)
		for _, c := range k.Children {
			fmt.Fprintf(&b, " %s %s", c.First, c.Diet)
			for _, cell := range c.Cells {
				fmt.Fprintf(&b, " %v", cell.BookingID)
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// TestTheTurn goes through a whole summer: bookings of June and of September made
// before the turn, the turn itself, a June that does not move, a September that
// is what was announced.
func TestTheTurn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.clock.Set(at("2027-06-01T09:00:00+02:00"))
		for _, f := range []string{"Favier", "Morel", "Perrin", "Girard", "Blanc", "Dubois"} {
			w.topUp(f, 10000)
		}
		for _, k := range []string{"Éva", "Léa", "Tom", "Zoé", "Hugo", "Nina", "Noé", "Lou", "Max", "Ida"} {
			w.book(k, "2027-06-10", "2027-06-11")
		}
		if _, err := w.b.Send(w.ctx, w.canteen, day("2027-06-10")); err != nil {
			t.Fatal(err)
		}
		before := w.june()
		if !strings.Contains(before, "Tom Élémentaire les Étangs CM2 M. Gris 2e service elementaire") || !strings.Contains(before, "Éva Maternelle les Lilas GS M. Roux 1er service maternelle") {
			t.Fatal("the June of the test is empty:\n", before)
		}
		w.decide()
		if got := w.june(); got != before {
			t.Errorf("deciding moved June:\n%s\nwas\n%s", got, before)
		}
		w.sql(`INSERT INTO access_request (child_id, family_id, service_id, school_year, state, received_at, valid_to)
			SELECT child_id, family_id, service_id, 2027, 'accepted', received_at, '2028-07-31' FROM access_request`)
		// September, before the turn: the class and the price of then.
		w.book("Éva", "2027-09-02", "2027-06-14")
		if n := w.count(`SELECT price FROM booking WHERE child_id = $1 AND day = '2027-09-02'`, w.kids["Éva"]); n != 420 {
			t.Errorf("a CP pays %d", n)
		}
		if n := w.count(`SELECT price FROM booking WHERE child_id = $1 AND day = '2027-06-14'`, w.kids["Éva"]); n != 300 {
			t.Errorf("a GS pays %d", n)
		}
		if n := w.count(`SELECT sitting_id FROM booking WHERE child_id = $1 AND day = '2027-09-02'`, w.kids["Éva"]); n != w.early {
			t.Error("the class of September eats at its own sitting")
		}
		plan := must[*booking.Plan](t)(w.b.Plan(w.ctx, booking.Ask{Add: []booking.Item{{ChildID: w.kids["Tom"], ServiceID: w.canteen, Day: day("2027-09-02")}}}))
		if plan.Lines[0].Verdict != booking.Refused || !strings.Contains(plan.Lines[0].Reason, "a quitté l’école") {
			t.Errorf("a leaver is booked in September: %+v", plan.Lines[0])
		}
		september := func() string {
			h := must[*booking.Headcount](t)(w.b.Headcount(w.ctx, w.canteen, day("2027-09-02")))
			week := must[*booking.WeekGrid](t)(w.b.Week(w.ctx, w.canteen, booking.WeekFilter{}, day("2027-08-30")))
			names := ""
			for _, k := range week.Classes {
				names += fmt.Sprint(k.Name, len(k.Children), " ")
			}
			return fmt.Sprint(h.Groups, h.Names, names)
		}
		announced := september()
		if !strings.Contains(announced, "CP Mme Petit1") || !strings.Contains(announced, "elementaire") {
			t.Fatal("September is empty:", announced)
		}
		_, _, err := w.s.Turn(w.ctx, next)
		w.refused(err, fault.Conflict, "Les élèves montent le")
		if moved, _, err := w.s.TurnDue(staff.System(t.Context())); err != nil || moved != 0 {
			t.Fatal("turned before its day", moved, err)
		}
		before = w.june()
		w.clock.Set(at("2027-08-01T07:00:00+02:00"))
		moved, left, err := w.s.TurnDue(staff.System(t.Context()))
		if err != nil || moved != 8 || left != 2 {
			t.Fatalf("moved %d, left %d: %v", moved, left, err)
		}
		if moved, left, err = w.s.TurnDue(staff.System(t.Context())); err != nil || moved+left != 0 {
			t.Fatal("turned twice", moved, left, err)
		}
		if moved, left, err = w.s.Turn(w.ctx, next); err != nil || moved+left != 0 {
			t.Fatal("turned twice", moved, left, err)
		}
		if got := w.june(); got != before {
			t.Errorf("the turn moved June:\n%s\nwas\n%s", got, before)
		}
		if got := september(); got != announced {
			t.Errorf("September is not what was announced:\n%s\nwas\n%s", got, announced)
		}
		if n := w.count(`SELECT COUNT(*) FROM child WHERE state = 'left' AND left_on = '2027-07-31'`); n != 2 {
			t.Errorf("%d left on 31 July", n)
		}
		if n := w.count(`SELECT COUNT(*) FROM child c JOIN class k ON k.id = c.class_id WHERE k.school_year = 2027 AND c.state = 'active'`); n != 8 {
			t.Errorf("%d are in classes of the year", n)
		}
		w.sound()
		w.refused(w.s.UndoClasses(w.ctx, next), fault.Conflict, "déjà montés")
		_, err = w.s.CommitClasses(w.ctx, w.planned(schoolyear.ClassAsk{}))
		w.refused(err, fault.Conflict, "déjà montés")
		o := must[schoolyear.Overview](t)(w.s.Overview(w.ctx, 0))
		if o.Year != next || !o.Turned() || o.Steps[1].State != schoolyear.Done || o.Unplaced != 1 || o.Leaving != 2 {
			t.Errorf("after the turn: %+v", o)
		}
		if p := w.planned(schoolyear.ClassAsk{}); p.Staying != 0 || p.Settled != 8 || p.Unplaced != 1 || lineOf(t, p, w.kids["Ana"]).Why != "classe à choisir dans sa fiche" {
			t.Errorf("after the turn %d are proposed, %d settled, %d to place", p.Staying, p.Settled, p.Unplaced)
		}
		// Without what was written of the year gone by, June would be told with the classes of today.
		w.sql(`DELETE FROM child_year WHERE school_year = 2026`)
		if w.june() == before {
			t.Error("the test of June cannot fail")
		}
		w.sql(`UPDATE child SET class_id = $1 WHERE id = $2`, w.classes["CE1 Mme Rey"], w.kids["Max"])
		w.sql(`INSERT INTO child_year (child_id, school_year, class_id, age_group) SELECT $1, 2025, id, 'elementaire' FROM class WHERE school_year = 2027 AND name = 'PS-CE1'`, w.kids["Max"])
		if err := db.Read(w.ctx, func(tx *store.Tx) error {
			list, err := schoolyear.Verify(tx)
			if err == nil && list[0].OK {
				t.Error("a place in a class of another year is not found")
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// TestImportedBeforeTheTurn: a list of ONDE that comes early moves its children at
// once, and June stays what it was; the turn leaves them where they are.
func TestImportedBeforeTheTurn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.clock.Set(at("2027-06-01T09:00:00+02:00"))
		w.topUp("Favier", 5000)
		w.book("Éva", "2027-06-10")
		before := w.june()
		w.decide()
		f := familyOf(w)
		c := must2(t)(f.Child(w.ctx, w.kids["Éva"]))
		c.ClassID, c.Level = w.newClass("CP Mme Petit"), "CP"
		if err := f.UpdateChild(w.ctx, c); err != nil {
			t.Fatal(err)
		}
		if got := w.june(); got != before {
			t.Errorf("June moved:\n%s\nwas\n%s", got, before)
		}
		if l := lineOf(t, w.planned(schoolyear.ClassAsk{}), w.kids["Éva"]); l.Fate != schoolyear.Settled || l.Class != "CP Mme Petit" {
			t.Errorf("%+v", l)
		}
		w.clock.Set(at("2027-08-02T07:00:00+02:00"))
		if moved, _, err := w.s.Turn(w.ctx, next); err != nil || moved != 7 {
			t.Fatal(moved, err)
		}
		if got := w.june(); got != before {
			t.Errorf("June moved:\n%s\nwas\n%s", got, before)
		}
		// And back again: her entry speaks of 2026 once more.
		c = must2(t)(f.Child(w.ctx, w.kids["Éva"]))
		c.ClassID, c.Level = w.classes["GS M. Roux"], "GS"
		if err := f.UpdateChild(w.ctx, c); err != nil {
			t.Fatal(err)
		}
		if got := w.june(); got != before {
			t.Errorf("June moved:\n%s\nwas\n%s", got, before)
		}
		w.sound()
	})
}

// TestBroken: a step that breaks before its end has done nothing, and goes
// through when taken again.
func TestBroken(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.topUp("Favier", 5000)
		state := func() string {
			return fmt.Sprint(w.count(`SELECT COUNT(*) FROM school_year`), w.count(`SELECT COUNT(*) FROM child_year`), w.count(`SELECT COUNT(*) FROM class`), w.count(`SELECT COUNT(*) FROM outbox`),
				w.count(`SELECT COUNT(*) FROM access_request`), w.count(`SELECT COUNT(*) FROM child WHERE state = 'left'`), w.count(`SELECT COUNT(*) FROM school_year WHERE classes_at = '' AND turned_at = '' AND requests_at = ''`),
				w.count(`SELECT CAST(SUM(version) AS BIGINT) FROM child`))
		}
		steps := []struct {
			name string
			do   func() error
		}{
			{"open", func() error { _, err := w.s.Open(w.ctx, next, 0); return err }},
			{"classes", func() error {
				_, err := w.s.CommitClasses(w.ctx, w.planned(schoolyear.ClassAsk{}))
				return err
			}},
			{"requests", func() error {
				p, err := w.s.PlanRequests(w.ctx, schoolyear.RequestAsk{Year: next})
				if err == nil {
					_, err = w.s.CommitRequests(w.ctx, p)
				}
				return err
			}},
			{"turn", func() error {
				w.clock.Set(at("2027-08-01T07:00:00+02:00"))
				_, _, err := w.s.Turn(w.ctx, next)
				return err
			}},
			{"leave", func() error {
				_, err := w.s.Leave(w.ctx, []int64{w.kids["Max"]}, 0)
				return err
			}},
		}
		for _, step := range steps {
			was := state()
			w.sql(`ALTER TABLE audit RENAME TO audit_away`) // the last thing a step writes
			if err := step.do(); err == nil {
				t.Fatalf("%s: done without its journal entry", step.name)
			}
			w.sql(`ALTER TABLE audit_away RENAME TO audit`)
			if got := state(); got != was {
				t.Errorf("%s: half done: %s, was %s", step.name, got, was)
			}
			if err := step.do(); err != nil {
				t.Fatalf("%s: %v", step.name, err)
			}
			if state() == was {
				t.Errorf("%s: done and nothing changed", step.name)
			}
		}
		w.sound()
	})
}

// TestLate: in September, where nobody has moved up, it is the year that has
// begun that there is to prepare, and its turn is due at once.
func TestLate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.clock.Set(at("2027-09-06T09:00:00+02:00"))
		o := must[schoolyear.Overview](t)(w.s.Overview(w.ctx, 0))
		if o.Year != next || !o.CanOpen {
			t.Fatalf("%+v", o.State)
		}
		w.decide()
		if o = must[schoolyear.Overview](t)(w.s.Overview(w.ctx, 0)); !o.TurnIsDue {
			t.Error("the turn is not due")
		}
		if moved, left, err := w.s.Turn(w.ctx, next); err != nil || moved != 8 || left != 2 {
			t.Error(moved, left, err)
		}
		w.clock.Set(at("2028-05-02T09:00:00+02:00"))
		if o = must[schoolyear.Overview](t)(w.s.Overview(w.ctx, 0)); o.Year != next+1 || !o.CanOpen {
			t.Errorf("the next May: %+v", o.State)
		}
	})
}

func TestRights(t *testing.T) {
	db := storetest.OpenSQLite(t)
	all, desk, admin := []staff.Role{staff.Accueil, staff.Regie, staff.Admin}, []staff.Role{staff.Accueil, staff.Admin}, []staff.Role{staff.Admin}
	stafftest.Rights(t, schoolyear.New(db), map[string][]staff.Role{
		"Overview": all, "PlanClasses": all, "Compare": all, "Leavers": all,
		"Open": admin, "CommitClasses": admin, "UndoClasses": admin, "Turn": admin, "TurnDue": stafftest.Anyone,
		"Leave": desk, "PlanCancelling": desk, "Cancel": desk, "Archive": desk, "PlanRequests": desk, "CommitRequests": desk,
	}, stafftest.Contexts(t, db))
}

// TestSplit: a level that two classes teach: two old classes go one to each, one
// old class is cut in two.
func TestSplit(t *testing.T) {
	w := newWorld(t, storetest.OpenSQLite(t))
	w.write(func(tx *store.Tx) error {
		for i := range 10 {
			w.child(tx, 100+i, "Favier", fmt.Sprint("Petit", i), "CE1 Mme Rey", "CE1", fmt.Sprintf("2019-01-%02d", i+1))
		}
		return nil
	})
	p := w.planned(schoolyear.ClassAsk{Names: []schoolyear.Rename{{SchoolID: w.primary, From: "CE2 B", To: "CE2 B"}}})
	counts := map[string]int{}
	for _, c := range p.Children {
		if c.Level == "CE2" && c.SchoolID == w.primary {
			counts[c.Class]++
		}
	}
	if !reflect.DeepEqual(counts, map[string]int{"CE2 M. Blanc": 6, "CE2 B": 5}) {
		t.Error(counts)
	}
}
