package schoolyear_test

import (
	"slices"
	"strings"
	"testing"

	"ardoise/data/booking"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/schoolyear"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

func (w *world) leavers() []schoolyear.LeavingFamily {
	w.t.Helper()
	return must[[]schoolyear.LeavingFamily](w.t)(w.s.Leavers(w.ctx, next))
}

func (w *world) leaving(family string) schoolyear.LeavingFamily {
	w.t.Helper()
	list := w.leavers()
	i := slices.IndexFunc(list, func(f schoolyear.LeavingFamily) bool { return f.Family == family })
	if i < 0 {
		w.t.Fatalf("%s is not among the leavers: %+v", family, list)
	}
	return list[i]
}

// TestLeavers follows two families whose children leave: one where a sister stays,
// one that is gone, with meals to cancel, a balance to give back, an invoice to
// pay, then nothing left and put aside.
func TestLeavers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.topUp("Perrin", 5000)
		w.topUp("Morel", 5000)
		w.sql(`INSERT INTO access_request (child_id, family_id, service_id, school_year, state, received_at, valid_to)
			SELECT child_id, family_id, service_id, 2027, 'accepted', received_at, '2028-07-31' FROM access_request`)
		w.book("Hugo", "2027-06-10", "2027-09-02", "2027-09-03")
		w.open()
		if len(w.leavers()) != 0 {
			t.Error("somebody leaves before anything is decided")
		}
		must[schoolyear.ClassPlan](t)(w.s.CommitClasses(w.ctx, w.planned(schoolyear.ClassAsk{})))
		morel, perrin := w.leaving("Morel"), w.leaving("Perrin")
		if morel.Staying != 1 || morel.Open() || morel.Refund() != 0 || morel.Leavers[0].Left || morel.Leavers[0].LeftOn != day("2027-07-31") {
			t.Errorf("a sister stays: %+v", morel)
		}
		if perrin.Staying != 0 || perrin.Coming != 2 || perrin.Balance != 5000-3*420 || !perrin.Open() || perrin.Archivable() {
			t.Errorf("%+v", perrin)
		}
		if w.leavers()[0].Family != "Perrin" {
			t.Error("who has something to settle does not come first")
		}
		// Bookings of September: what is in time comes back, June is not touched.
		w.clock.Set(at("2027-09-01T11:00:00+02:00")) // past the limit for the 2nd, not for the 3rd
		if _, _, err := w.s.Turn(w.ctx, next); err != nil {
			t.Fatal(err)
		}
		c := must[schoolyear.Cancelling](t)(w.s.PlanCancelling(w.ctx, next))
		if len(c.Lines) != 2 || c.Back != 420 || c.Lost != 420 || c.Families != 1 {
			t.Fatalf("%+v", c)
		}
		stale := c
		stale.Digest = "x"
		_, err := w.s.Cancel(w.ctx, "stale", stale)
		w.refused(err, fault.Conflict, "ont changé depuis l’affichage")
		done := must[schoolyear.Cancelling](t)(w.s.Cancel(w.ctx, "cancel", c))
		again := must[schoolyear.Cancelling](t)(w.s.Cancel(w.ctx, "cancel", c))
		if done.Back != 420 || again.Back != 420 || w.count(`SELECT COUNT(*) FROM booking WHERE state = 'cancelled'`) != 2 {
			t.Error("cancelled otherwise than shown")
		}
		empty := must[schoolyear.Cancelling](t)(w.s.PlanCancelling(w.ctx, next))
		_, err = w.s.Cancel(w.ctx, "cancel2", empty)
		w.refused(err, fault.Conflict, "rien à annuler")
		perrin = w.leaving("Perrin")
		if perrin.Coming != 0 || perrin.Refund() != 5000-2*420 || !perrin.Leavers[0].Left || perrin.Archivable() {
			t.Errorf("%+v", perrin)
		}
		w.sound()
		// Money: the ledger's own door, an invoice, a month not invoiced yet.
		_, err = w.s.Archive(w.ctx, []int64{perrin.FamilyID})
		w.refused(err, fault.Conflict, "Perrin ne peut pas être archivée")
		if _, err := w.l.Refund(w.ctx, ledger.Refund{Key: "refund", FamilyID: perrin.FamilyID, Means: "transfer", Reason: "départ"}); err != nil {
			t.Fatal(err)
		}
		w.sql(`UPDATE booking SET pay = 'monthly' WHERE child_id = $1 AND day = '2027-06-10'`, w.kids["Hugo"])
		perrin = w.leaving("Perrin")
		if perrin.ToInvoice != 420 || perrin.Archivable() || !slices.Contains(perrin.Todo(), "à facturer\u00a0: 4,20\u00a0€") {
			t.Errorf("a meal not invoiced: %+v %q", perrin, perrin.Todo())
		}
		_, err = w.s.Archive(w.ctx, []int64{perrin.FamilyID})
		w.refused(err, fault.Conflict, "des repas à facturer")
		w.sql(`UPDATE booking SET pay = 'prepaid' WHERE child_id = $1`, w.kids["Hugo"])
		_, err = w.s.Archive(w.ctx, []int64{perrin.FamilyID, morel.FamilyID})
		w.refused(err, fault.Conflict, "Morel ne peut pas être archivée")
		if perrin = w.leaving("Perrin"); !perrin.Archivable() || len(perrin.Todo()) != 0 {
			t.Fatalf("%+v", perrin)
		}
		if n, err := w.s.Archive(w.ctx, []int64{perrin.FamilyID}); err != nil || n != 1 {
			t.Fatal(n, err)
		}
		if n, err := w.s.Archive(w.ctx, []int64{perrin.FamilyID}); err != nil || n != 0 {
			t.Error("archived twice", n, err)
		}
		if perrin = w.leaving("Perrin"); perrin.State != "archived" || perrin.Archivable() || w.count(`SELECT COUNT(*) FROM family WHERE archived_on = '2027-09-01'`) != 1 {
			t.Errorf("%+v", perrin)
		}
		w.sound()
	})
}

// TestLeave marks children a school's list has no more, and a child comes back.
func TestLeave(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.clock.Set(at("2027-09-06T09:00:00+02:00"))
		w.open()
		_, err := w.s.Leave(w.ctx, nil, 0)
		w.refused(err, fault.Invalid, "au moins un enfant")
		_, err = w.s.Leave(w.ctx, []int64{w.kids["Max"]}, day("2027-09-07"))
		w.refused(err, fault.Invalid, "pas encore passé")
		if n, err := w.s.Leave(w.ctx, []int64{w.kids["Max"], w.kids["Ida"]}, day("2027-07-31")); err != nil || n != 2 {
			t.Fatal(n, err)
		}
		if n, err := w.s.Leave(w.ctx, []int64{w.kids["Max"]}, 0); err != nil || n != 0 {
			t.Error("left twice", n, err)
		}
		f := w.leaving("Dubois")
		if !f.Gone() || len(f.Leavers) != 2 || f.Leavers[0].LeftOn != day("2027-07-31") || !f.Archivable() {
			t.Errorf("%+v", f)
		}
		families := familyOf(w)
		if err := families.Leave(w.ctx, w.kids["Max"], false); err != nil {
			t.Fatal(err)
		}
		if n := w.count(`SELECT COUNT(*) FROM child WHERE left_on <> ''`); n != 1 {
			t.Errorf("%d have a day of leaving", n)
		}
		if f = w.leaving("Dubois"); f.Gone() || len(f.Leavers) != 1 {
			t.Errorf("back again: %+v", f)
		}
		if err := families.Leave(w.ctx, w.kids["Max"], true); err != nil {
			t.Fatal(err)
		}
		if n := w.count(`SELECT COUNT(*) FROM child WHERE left_on = '2027-09-06'`); n != 1 {
			t.Error("who leaves today has no day of leaving")
		}
	})
}

// TestSecondFamily: the other home of a leaver has a wallet to settle too.
func TestSecondFamily(t *testing.T) {
	w := newWorld(t, storetest.OpenSQLite(t))
	w.sql(`INSERT INTO child_family (child_id, family_id, parity) VALUES ($1, $2, 1)`, w.kids["Hugo"], w.families["Dubois"])
	w.decide()
	if f := w.leaving("Dubois"); f.Staying != 2 || len(f.Leavers) != 1 || f.Leavers[0].Child != "Hugo Perrin" {
		t.Errorf("%+v", f)
	}
	if len(w.leavers()) != 3 {
		t.Error("not Morel, Perrin and Dubois")
	}
}

// TestWaitingLeaver: a leaver on a waiting list is taken off it, and its place of
// September goes to who waits.
func TestWaitingLeaver(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.sql(`INSERT INTO access_request (child_id, family_id, service_id, school_year, state, received_at, valid_to)
			SELECT child_id, family_id, service_id, 2027, 'accepted', received_at, '2028-07-31' FROM access_request`)
		w.sql(`UPDATE service SET capacity = 1 WHERE id = $1`, w.canteen)
		w.topUp("Perrin", 5000)
		w.topUp("Favier", 5000)
		w.book("Hugo", "2027-09-02")
		w.keys++
		if _, err := w.b.Book(w.ctx, booking.Ask{
			Key: "wait", Waiting: true, Consent: ledger.Consent{Who: "Mme", How: "desk"},
			Add: []booking.Item{{ChildID: w.kids["Léa"], ServiceID: w.canteen, Day: day("2027-09-02")}},
		}); err != nil {
			t.Fatal(err)
		}
		if w.count(`SELECT COUNT(*) FROM booking WHERE state = 'waiting'`) != 1 {
			t.Fatal("nobody waits")
		}
		w.decide()
		c := must[schoolyear.Cancelling](t)(w.s.PlanCancelling(w.ctx, next))
		must[schoolyear.Cancelling](t)(w.s.Cancel(w.ctx, "c", c))
		if n := w.count(`SELECT COUNT(*) FROM booking WHERE child_id = $1 AND state = 'booked'`, w.kids["Léa"]); n != 1 {
			t.Error("the place was not given")
		}
		w.sound()
	})
}

func (w *world) document(child string, until string) {
	w.t.Helper()
	w.sql(`INSERT INTO document (family_id, child_id, kind, name, media, size, digest, sealed, received_on, valid_to, created_at)
		SELECT family_id, id, 'health_form', 'fiche.pdf', 'application/pdf', 1, $2, $2, '2026-09-01', $3, '2026-09-01T00:00:00Z' FROM child WHERE id = $1`, w.kids[child], []byte{1}, until)
}

// TestRequests: one letter a family for all its children, what stays valid and
// what is missing, sent once; who has no address is listed for paper.
func TestRequests(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.document("Éva", "2027-10-15")
		w.document("Léa", "2027-08-31")
		w.sql(`UPDATE access_request SET state = 'suspended', pay = 'monthly' WHERE child_id = $1`, w.kids["Léa"])
		w.sql(`UPDATE access_request SET state = 'refused', reason = 'x' WHERE child_id = $1`, w.kids["Zoé"])
		w.sql(`INSERT INTO access_request (child_id, family_id, service_id, school_year, state, received_at) SELECT id, family_id, $2, 2027, 'submitted', created_at FROM child WHERE id = $1`, w.kids["Nina"], w.evening)
		ask := schoolyear.RequestAsk{Year: next, ReplyBy: day("2027-06-18")}
		p := must[schoolyear.RequestPlan](t)(w.s.PlanRequests(w.ctx, ask))
		_, err := w.s.CommitRequests(w.ctx, p)
		w.refused(err, fault.Conflict, "n’est pas ouverte")
		w.decide()
		_, err = w.s.CommitRequests(w.ctx, p)
		w.refused(err, fault.Conflict, "ont changé depuis l’affichage")
		p = must[schoolyear.RequestPlan](t)(w.s.PlanRequests(w.ctx, ask))
		// Favier 2, Girard 2 (and one there), Blanc 1 (Ana has no class), Dubois 2; Morel: one refused, one leaves; Perrin leaves.
		if p.New != 7 || p.There != 1 || p.ToWrite != 4 || p.ByPost != 0 || len(p.Families) != 4 || len(p.LeftOut) != 3 {
			t.Fatalf("new %d, there %d, to write %d, by post %d, families %d, left out %+v", p.New, p.There, p.ToWrite, p.ByPost, len(p.Families), p.LeftOut)
		}
		i := slices.IndexFunc(p.Families, func(f schoolyear.RequestFamily) bool { return f.Family == "Favier" })
		said := strings.ReplaceAll(p.Families[i].Letter.Body, "\u00a0", " ")
		for _, want := range []string{
			"Bonjour Madame Favier", "2027-2028", "– Éva, Cantine : aucune pièce à fournir ; toujours valable – Fiche sanitaire (jusqu’au 15/10/2027)",
			"– Léa, Cantine : à fournir – Fiche sanitaire", "vendredi 18 juin 2027", "La mairie de Saint-Marcel",
		} {
			if !strings.Contains(said, want) {
				t.Errorf("the letter does not say %q:\n%s", want, said)
			}
		}
		w.sql(`UPDATE guardian SET email = '' WHERE last = 'Blanc'`)
		_, err = w.s.CommitRequests(w.ctx, p)
		w.refused(err, fault.Conflict, "ont changé depuis l’affichage")
		p = must[schoolyear.RequestPlan](t)(w.s.PlanRequests(w.ctx, ask))
		done := must[schoolyear.RequestPlan](t)(w.s.CommitRequests(w.ctx, p))
		if done.New != 7 || done.ToWrite != 3 || done.ByPost != 1 || len(done.Papers()) != 1 || !strings.Contains(done.Papers()[0].Letter.Body, "Lou") {
			t.Errorf("new %d, written %d, by post %d", done.New, done.ToWrite, done.ByPost)
		}
		letters := func() int64 { return w.count(`SELECT COUNT(*) FROM outbox WHERE kind = 'year.requests'`) }
		if n := w.count(`SELECT COUNT(*) FROM access_request WHERE school_year = 2027 AND state = 'draft'`); n != 7 || letters() != 3 {
			t.Errorf("%d drafts, %d letters", n, letters())
		}
		if n := w.count(`SELECT COUNT(*) FROM access_request WHERE school_year = 2027 AND pay = 'monthly' AND child_id = $1`, w.kids["Léa"]); n != 1 {
			t.Error("the way of paying was not carried over")
		}
		// Again, and again later: nothing new is sent.
		p = must[schoolyear.RequestPlan](t)(w.s.PlanRequests(w.ctx, ask))
		if p.New != 0 || p.ToWrite != 0 || p.Written != 3 || p.ByPost != 1 {
			t.Errorf("a second time: new %d, to write %d, written %d, by post %d", p.New, p.ToWrite, p.Written, p.ByPost)
		}
		must[schoolyear.RequestPlan](t)(w.s.CommitRequests(w.ctx, p))
		if letters() != 3 {
			t.Error("written twice")
		}
		// A family gets an address: its one letter leaves.
		w.sql(`UPDATE guardian SET email = 'blanc@example.org' WHERE last = 'Blanc'`)
		p = must[schoolyear.RequestPlan](t)(w.s.PlanRequests(w.ctx, ask))
		must[schoolyear.RequestPlan](t)(w.s.CommitRequests(w.ctx, p))
		if letters() != 4 {
			t.Errorf("%d letters", letters())
		}
		_, err = w.s.PlanRequests(w.ctx, schoolyear.RequestAsk{Year: next, ReplyBy: day("2027-05-20")})
		w.refused(err, fault.Invalid, "doit être à venir")
		// Without the outbox's key the second run would write again.
		w.sql(`DELETE FROM outbox WHERE kind = 'year.requests'`)
		if p = must[schoolyear.RequestPlan](t)(w.s.PlanRequests(w.ctx, ask)); p.ToWrite != 4 {
			t.Error("the test of one letter cannot fail")
		}
		w.sound()
	})
}

// TestCompare puts a school's list beside the plan.
func TestCompare(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.decide()
		list := schoolyear.List{Year: next, School: "Élémentaire les Étangs", Pupils: []schoolyear.Listed{
			{ChildID: w.kids["Éva"], Child: "Éva Favier", Class: "CP Mme Petit", Level: "CP"},
			{ChildID: w.kids["Léa"], Child: "Léa Favier", Class: "CE2 Mme Nouvelle", Level: "CE2"}, // another name of the class
			{ChildID: w.kids["Tom"], Child: "Tom Morel", Class: "CM2 M. Gris", Level: "CM2"},       // he was to leave
			{ChildID: w.kids["Noé"], Child: "Noé Girard", Class: "CP Mme Petit", Level: "CP"},      // again a CP
			{ChildID: w.kids["Ida"], Child: "Ida Dubois", Class: "CE2 Mme Nouvelle", Level: "CE2"}, // from the other school
			{Child: "Nouvel Enfant", Class: "CM1 Mme Noir", Level: "CM1"},
		}}
		c := must[schoolyear.Comparison](t)(w.s.Compare(w.ctx, list))
		got := map[string]string{}
		for _, l := range c.Lines {
			got[l.Child] = l.What
		}
		for child, what := range map[string]string{
			"Éva Favier": schoolyear.Confirmed, "Léa Favier": schoolyear.Confirmed, "Tom Morel": schoolyear.Returns, "Noé Girard": schoolyear.Elsewhere,
			"Ida Dubois": schoolyear.Returns, "Nouvel Enfant": schoolyear.Arrives, "Zoé Morel": schoolyear.Missing, "Lou Blanc": schoolyear.Missing,
		} {
			if got[child] != what {
				t.Errorf("%s: %q, want %q", child, got[child], what)
			}
		}
		if c.Counts[schoolyear.Missing] != 2 || c.Lines[0].What != schoolyear.Missing || !slices.Equal(c.NewClasses, []string{"CE2 Mme Nouvelle"}) || !slices.Contains(c.NoClasses, "CE2 M. Blanc") {
			t.Errorf("%+v", c)
		}
		list.School = "École d’ailleurs"
		_, err := w.s.Compare(w.ctx, list)
		w.refused(err, fault.NotFound, "n’est pas au catalogue")
		if w.count(`SELECT COUNT(*) FROM child WHERE state = 'left'`) != 0 {
			t.Error("a comparison wrote")
		}
	})
}

// TestSiblingRank: the price of a second child counts a brother while he is there,
// not in the September after he left; booked before the turn or after it.
func TestSiblingRank(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.sql(`INSERT INTO tariff (service_id, valid_from, label, kind, age_group, sibling_rank, meal, care) VALUES ($1, '2020-01-01', 'deuxième', 'booking', 'elementaire', 2, 100, 0)`, w.canteen)
		w.sql(`INSERT INTO access_request (child_id, family_id, service_id, school_year, state, received_at, valid_to)
			SELECT child_id, family_id, service_id, 2027, 'accepted', received_at, '2028-07-31' FROM access_request`)
		w.topUp("Morel", 10000)
		w.decide() // Tom, the eldest, leaves
		price := func(day string) int64 {
			t.Helper()
			w.book("Zoé", day)
			return w.count(`SELECT price FROM booking WHERE child_id = $1 AND day = $2`, w.kids["Zoé"], day)
		}
		if june, september := price("2027-06-10"), price("2027-09-02"); june != 100 || september != 420 {
			t.Errorf("before the turn: June %d, September %d", june, september)
		}
		w.clock.Set(at("2027-08-01T07:00:00+02:00"))
		if _, _, err := w.s.Turn(w.ctx, next); err != nil {
			t.Fatal(err)
		}
		if september := price("2027-09-03"); september != 420 {
			t.Errorf("after the turn: September %d", september)
		}
		// June is priced again in August: the brother was there.
		w.sql(`UPDATE booking SET pay = 'monthly' WHERE child_id = $1 AND day = '2027-06-10'`, w.kids["Zoé"])
		err := db.Read(w.ctx, func(tx *store.Tx) error {
			list, err := booking.PlanReprice(tx, []int64{w.id(tx, `SELECT id FROM booking WHERE child_id = $1 AND day = '2027-06-10'`, w.kids["Zoé"])})
			if len(list) != 0 {
				t.Errorf("June would change: %+v", list)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
