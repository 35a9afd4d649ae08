package schoolyear

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ardoise/data/billing"
	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/store"
)

func scanText(r *sql.Rows) (s string, err error) {
	err = r.Scan(&s)
	return s, err
}

// Leaver is a child that leaves, or has left, for a school year.
type Leaver struct {
	ChildID int64
	Child   string
	School  string // where it was
	Class   string
	Left    bool          // marked as gone
	LeftOn  calendar.Date // or the day it will be
	Coming  int           // bookings from that day on
}

// LeavingFamily is a family with a leaver: what is left between it and the town.
type LeavingFamily struct {
	FamilyID  int64
	Number    string // "F-0087"
	Family    string
	Email     string // "" : none
	State     string // family.Active, family.Archived
	Leavers   []Leaver
	Staying   int         // its children who stay
	Balance   money.Cents // of its wallet; negative: an overdraft to ask for
	Owed      money.Cents // of its unpaid invoices
	Invoices  int
	Mandate   bool        // a mandate that may still be collected
	Coming    int         // bookings of its leavers from their leaving on
	ToInvoice money.Cents // monthly meals not invoiced yet
}

// Gone reports whether nobody of the family stays.
func (f LeavingFamily) Gone() bool { return f.Staying == 0 }

// Open reports whether something is left to settle: meals to cancel, and where
// nobody stays, money one way or the other.
func (f LeavingFamily) Open() bool {
	return f.Coming > 0 || f.Gone() && (f.Balance != 0 || f.Owed != 0 || f.ToInvoice != 0)
}

// Refund is what the town gives back: the balance of a family that is gone.
func (f LeavingFamily) Refund() money.Cents {
	if f.Gone() && f.Balance > 0 {
		return f.Balance
	}
	return 0
}

// Archivable reports whether the family can be put aside now.
func (f LeavingFamily) Archivable() bool {
	left := !slices.ContainsFunc(f.Leavers, func(l Leaver) bool { return !l.Left })
	return f.State == family.Active && f.Gone() && left && !f.Open()
}

// Todo says in French what is left, one thing a line; empty: nothing.
func (f LeavingFamily) Todo() (out []string) {
	if f.Coming > 0 {
		out = append(out, plural(f.Coming, "réservation à annuler", "réservations à annuler"))
	}
	if !f.Gone() {
		return out
	}
	switch {
	case f.Balance > 0:
		out = append(out, "rembourser "+f.Balance.String())
	case f.Balance < 0:
		out = append(out, "découvert de "+(-f.Balance).String())
	}
	if f.ToInvoice > 0 {
		out = append(out, "à facturer"+nbsp+": "+f.ToInvoice.String())
	}
	if f.Owed > 0 {
		out = append(out, plural(f.Invoices, "facture impayée", "factures impayées")+", "+f.Owed.String())
	}
	if f.Mandate && (f.Owed > 0 || f.ToInvoice > 0) {
		out = append(out, "prélèvement encore possible")
	} else if f.Mandate {
		out = append(out, "mandat à révoquer")
	}
	return out
}

// Leavers lists the families that a child leaves for the year, with what is left
// to settle: those with something first. 0 asks for the year there is to prepare.
func (s *Service) Leavers(ctx context.Context, year calendar.SchoolYear) (list []LeavingFamily, err error) {
	if err := staff.Require(ctx, readers...); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		if year, err = yearTx(tx, year); err != nil {
			return err
		}
		state, err := stateOf(tx, year)
		if err != nil {
			return err
		}
		list, err = leaving(tx, state)
		return err
	})
	return list, err
}

const leaverSelect = `SELECT c.id, c.first, CASE WHEN c.usage <> '' THEN c.usage ELSE c.last END, COALESCE(h.name, ''), COALESCE(k.name, ''), x.gone, x.left_on, c.family_id
	FROM (SELECT id, 1 AS gone, left_on FROM child WHERE state = 'left' AND left_on BETWEEN $2 AND $3
		UNION ALL SELECT y.child_id, 0, CAST($4 AS TEXT) FROM child_year y JOIN child l ON l.id = y.child_id AND l.state = 'active' WHERE y.school_year = $1 AND y.leaves = 1) x
	JOIN child c ON c.id = x.id LEFT JOIN class k ON k.id = c.class_id LEFT JOIN school h ON h.id = k.school_id
	ORDER BY c.sort_key, c.id`

// leaving reads the leavers and their families in a number of questions that
// does not depend on how many they are.
func leaving(tx *store.Tx, state State) ([]LeavingFamily, error) {
	of := map[int64][]Leaver{} // by family
	lastDays := map[int64]calendar.Date{}
	err := store.Each(tx, func(r *sql.Rows) error {
		var l Leaver
		var gone, familyID int64
		var first, last string
		if err := r.Scan(&l.ChildID, &first, &last, &l.School, &l.Class, &gone, &l.LeftOn, &familyID); err != nil {
			return err
		}
		l.Child, l.Left = family.Child{First: first, Last: last}.Name(), gone == 1
		of[familyID] = append(of[familyID], l)
		lastDays[l.ChildID] = l.LeftOn
		return nil
	}, leaverSelect, int64(state.Year), Opens(state.Year).String(), state.Year.Last().String(), state.TurnOn.Add(-1).String())
	if err != nil || len(lastDays) == 0 {
		return nil, err
	}
	children := slices.Sorted(maps.Keys(lastDays))
	coming, err := booking.ComingTx(tx, lastDays)
	if err != nil {
		return nil, err
	}
	who := map[int64]Leaver{}
	for _, list := range of {
		for _, l := range list {
			who[l.ChildID] = l
		}
	}
	// A second family of a leaver may have a wallet of its own to settle.
	if err := store.Each(tx, func(r *sql.Rows) error {
		var child, second int64
		err := r.Scan(&child, &second)
		of[second] = append(of[second], who[child])
		return err
	}, `SELECT child_id, family_id FROM child_family WHERE child_id = ANY($1) AND parity <> 0 ORDER BY child_id, family_id`, children); err != nil {
		return nil, err
	}
	return families(tx, of, coming, children)
}

const leavingSelect = `SELECT f.id, f.name, f.state, COALESCE((SELECT g.email FROM guardian g WHERE g.family_id = f.id AND g.email <> '' ORDER BY g.rank LIMIT 1), ''),
	COALESCE(a.balance, 0), COALESCE(o.open, 0), COALESCE(o.n, 0),
	(SELECT COUNT(*) FROM mandate m WHERE m.family_id = f.id AND m.state IN ('active', 'blocked')),
	(SELECT COUNT(*) FROM child c WHERE c.family_id = f.id AND c.state = 'active' AND NOT (c.id = ANY($2)))
		+ (SELECT COUNT(*) FROM child_family s JOIN child c ON c.id = s.child_id WHERE s.family_id = f.id AND s.parity <> 0 AND c.state = 'active' AND NOT (c.id = ANY($2)))
	FROM family f LEFT JOIN account a ON a.family_id = f.id
	LEFT JOIN (SELECT family_id, CAST(SUM(open) AS BIGINT) AS open, COUNT(*) AS n FROM invoice_balance WHERE open > 0 AND family_id = ANY($1) GROUP BY family_id) o ON o.family_id = f.id
	WHERE f.id = ANY($1) ORDER BY f.sort_key, f.id`

func families(tx *store.Tx, of map[int64][]Leaver, coming []booking.Leaving, children []int64) ([]LeavingFamily, error) {
	ids := make([]int64, 0, len(of))
	for id := range of {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	after := map[[2]int64]int{} // child and payer
	for _, b := range coming {
		after[[2]int64{b.ChildID, b.FamilyID}]++
	}
	uninvoiced, err := toInvoice(tx, ids)
	if err != nil {
		return nil, err
	}
	list, err := store.Collect(tx, func(r *sql.Rows) (f LeavingFamily, err error) {
		var mandates int64
		err = r.Scan(&f.FamilyID, &f.Family, &f.State, &f.Email, &f.Balance, &f.Owed, &f.Invoices, &mandates, &f.Staying)
		f.Number, f.Mandate, f.Leavers, f.ToInvoice = family.Number(f.FamilyID), mandates > 0, of[f.FamilyID], uninvoiced[f.FamilyID]
		for i := range f.Leavers {
			l := &f.Leavers[i]
			l.Coming = after[[2]int64{l.ChildID, f.FamilyID}]
			f.Coming += l.Coming
		}
		return f, err
	}, leavingSelect, ids, children)
	slices.SortStableFunc(list, func(a, b LeavingFamily) int {
		return rankOpen(a) - rankOpen(b)
	})
	return list, err
}

func rankOpen(f LeavingFamily) int {
	switch {
	case f.Open():
		return 0
	case f.Archivable():
		return 1
	}
	return 2
}

// toInvoice is what families had by the month in the last year and no invoice
// asks for.
func toInvoice(tx *store.Tx, ids []int64) (map[int64]money.Cents, error) {
	today := calendar.DateOf(tx.Now())
	return billing.UninvoicedTx(tx, ids, today.AddMonths(-12), today)
}

// Leave marks children as gone since a day: those that a school's list has no
// more, or that a family told of. Children marked already stay as they are.
func (s *Service) Leave(ctx context.Context, children []int64, on calendar.Date) (n int64, err error) {
	if err := staff.Require(ctx, desk...); err != nil {
		return 0, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		today := calendar.DateOf(tx.Now())
		switch {
		case len(children) == 0:
			return fault.New(fault.Invalid, "Choisissez au moins un enfant.")
		case on.IsZero():
			on = today
		case on > today:
			return fault.New(fault.Invalid, "Le %s n’est pas encore passé"+nbsp+": un départ à venir se décide dans la répartition des classes.", on.Long())
		}
		numbers, err := store.Collect(tx, scanText, `SELECT CAST(id AS TEXT) FROM child WHERE id = ANY($1) AND state = 'active' ORDER BY id`, children)
		if err != nil || len(numbers) == 0 {
			return err
		}
		if n, err = family.LeaveTx(tx, children, on); err != nil {
			return err
		}
		tx.Publish(Topic)
		return staff.Audit(tx, "year.leave", "child:many", plural(len(numbers), "départ", "départs")+" au "+on.Short()+nbsp+": enfants n° "+some(numbers))
	})
	return n, err
}

// Cancelling is what cancelling the bookings of leavers would do.
type Cancelling struct {
	Year     calendar.SchoolYear
	Lines    []booking.Leaving
	Families int
	Back     money.Cents // to wallets
	Lost     money.Cents // past their cut-off: cancelled and due all the same
	Digest   string
}

// some lists the first of many numbers, and how many more there are. The trail has
// numbers, never names: an entry about many could not lose one of them when its
// file is anonymised (staff.Redact goes by object).
func some(numbers []string) string {
	const few = 12
	if len(numbers) <= few {
		return strings.Join(numbers, ", ")
	}
	return strings.Join(numbers[:few], ", ") + fmt.Sprintf(" et %d autres", len(numbers)-few)
}

// PlanCancelling shows the bookings that leavers still have after they left, with
// what comes back: what is past its cut-off does not.
func (s *Service) PlanCancelling(ctx context.Context, year calendar.SchoolYear) (c Cancelling, err error) {
	if err := staff.Require(ctx, desk...); err != nil {
		return c, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		if year, err = yearTx(tx, year); err != nil {
			return err
		}
		c, err = planCancelling(tx, year)
		return err
	})
	return c, err
}

func planCancelling(tx *store.Tx, year calendar.SchoolYear) (c Cancelling, err error) {
	c.Year = year
	state, err := stateOf(tx, year)
	if err != nil {
		return c, err
	}
	list, err := leaving(tx, state)
	if err != nil {
		return c, err
	}
	lastDays := map[int64]calendar.Date{}
	for _, f := range list {
		for _, l := range f.Leavers {
			if l.Coming > 0 {
				lastDays[l.ChildID] = l.LeftOn
			}
		}
	}
	if c.Lines, err = booking.ComingTx(tx, lastDays); err != nil {
		return c, err
	}
	payers := map[int64]bool{}
	for _, l := range c.Lines {
		payers[l.FamilyID] = true
		c.Back += l.Back
		c.Lost += l.Lost
	}
	c.Families = len(payers)
	c.Digest, err = ledger.Digest(c.Lines)
	return c, err
}

// Cancel does what PlanCancelling showed: one operation, done once for its key.
func (s *Service) Cancel(ctx context.Context, key string, shown Cancelling) (done Cancelling, err error) {
	if err := staff.Require(ctx, desk...); err != nil {
		return done, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		op, replay, err := ledger.Operation(tx, ledger.Op{Key: key, Digest: shown.Digest, Kind: "cancel", Reason: "départ de l’école", Label: "Départ de l’école"})
		if err != nil {
			return err
		}
		if replay {
			done = shown
			return nil
		}
		if done, err = planCancelling(tx, shown.Year); err != nil {
			return err
		}
		switch {
		case done.Digest != shown.Digest:
			return fault.New(fault.Conflict, "Les réservations des sortants ont changé depuis l’affichage. Rien n’a été annulé"+nbsp+": relisez la liste.")
		case len(done.Lines) == 0:
			return fault.New(fault.Conflict, "Les sortants n’ont plus de réservation"+nbsp+": il n’y a rien à annuler.")
		}
		if _, err := booking.CancelLeavingTx(tx, op, done.Lines); err != nil {
			return err
		}
		tx.Publish(Topic, int64(shown.Year))
		return staff.Audit(tx, "year.cancel", object(shown.Year), fmt.Sprintf("Sortants"+nbsp+": %d réservations annulées, %s rendus, %s dus", len(done.Lines), done.Back, done.Lost))
	})
	return done, err
}

// Archive puts aside the families that are gone and owe nothing and are owed
// nothing. The list is the one shown: one that has changed is refused, whole.
func (s *Service) Archive(ctx context.Context, families []int64) (n int64, err error) {
	if err := staff.Require(ctx, desk...); err != nil {
		return 0, err
	}
	if len(families) == 0 {
		return 0, fault.New(fault.Invalid, "Aucune famille n’est à archiver.")
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		ids, err := store.Collect(tx, func(r *sql.Rows) (n int64, err error) { return n, r.Scan(&n) }, `SELECT id FROM family WHERE id = ANY($1) AND state = 'active' ORDER BY id`, families)
		if err != nil || len(ids) == 0 {
			return err
		}
		numbers := make([]string, len(ids))
		for i, id := range ids {
			numbers[i] = family.Number(id)
		}
		uninvoiced, err := toInvoice(tx, families)
		if err != nil {
			return err
		}
		for _, sum := range uninvoiced {
			if sum > 0 {
				return fault.New(fault.Conflict, "Une de ces familles a encore des repas à facturer"+nbsp+": émettez les factures d’abord. Relisez la liste.")
			}
		}
		if n, err = family.ArchiveTx(tx, families); err != nil {
			return err
		}
		tx.Publish(Topic)
		return staff.Audit(tx, "year.archive", "family:many", plural(len(numbers), "famille archivée", "familles archivées")+nbsp+": "+some(numbers))
	})
	return n, err
}
