package booking

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// UnbookedMeal is a meal eaten without booking.
type UnbookedMeal struct {
	Item
	BookingID int64
	Child     string
	Class     string
	FamilyID  int64
	Family    string
	Price     money.Cents
	Pay       string
	Charged   bool        // false: to regularise
	Balance   money.Cents // of the payer's wallet
}

// Unbooked lists the meals eaten without booking that are still to be paid: no
// charge was possible. A day (no date: every day) narrows to all those of that
// day, charged or not. serviceID 0 means every service.
func (s *Service) Unbooked(ctx context.Context, serviceID int64, day calendar.Date) (list []UnbookedMeal, err error) {
	if err := staff.Require(ctx, staff.Accueil, staff.Regie); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		services := []int64{serviceID}
		if serviceID == 0 {
			if services, err = everyService(tx); err != nil {
				return err
			}
		}
		where, args := `b.service_id = ANY($1) AND b.kind = 'unbooked' AND b.state = 'booked'`, []any{services}
		if day.IsZero() {
			where += ` AND b.pay = 'prepaid' AND b.price > 0 AND t.id IS NULL`
		} else {
			where, args = where+` AND b.day = $2`, append(args, day.String())
		}
		list, err = store.Collect(tx, scanUnbooked, unbookedSelect+`WHERE `+where+` ORDER BY b.day, k.rank, c.sort_key, b.id`, args...)
		return err
	})
	return list, err
}

var unbookedSelect = `SELECT b.id, b.child_id, b.service_id, b.day, b.family_id, b.price, b.pay, CASE WHEN t.id IS NULL THEN 0 ELSE 1 END, COALESCE(a.balance, 0),
	c.first || ' ' || CASE WHEN c.usage <> '' THEN c.usage ELSE c.last END, COALESCE(k.name, ''), f.name
	FROM booking b JOIN child c ON c.id = b.child_id JOIN family f ON f.id = b.family_id` + family.JoinYear("b.day") + `LEFT JOIN class k ON k.id = ` + family.ClassThen + `
	LEFT JOIN account a ON a.family_id = b.family_id LEFT JOIN transfer t ON t.booking_id = b.id AND t.kind = 'charge' `

func scanUnbooked(r *sql.Rows) (m UnbookedMeal, err error) {
	var charged int64
	err = r.Scan(&m.BookingID, &m.ChildID, &m.ServiceID, &m.Day, &m.FamilyID, &m.Price, &m.Pay, &charged, &m.Balance, &m.Child, &m.Class, &m.Family)
	m.Charged = charged == 1
	return m, err
}

// Settle charges meals eaten without booking that could not be paid then: from
// the wallets, or by another means of one payer with a receipt.
type Settle struct {
	Key       string
	Bookings  []int64
	Means     string // "" or wallet; cash, cheque, card, transfer
	Reference string
	Payer     string
}

// Settle gives what was charged and the receipts.
func (s *Service) Settle(ctx context.Context, ask Settle) (done *Done, err error) {
	if err := staff.Require(ctx, staff.Accueil, staff.Regie); err != nil {
		return nil, err
	}
	if len(ask.Bookings) == 0 {
		return nil, fault.New(fault.Invalid, "Choisissez au moins un repas à régulariser.")
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		done, err = settleIn(tx, ask)
		return err
	})
	return done, err
}

func settleIn(tx *store.Tx, ask Settle) (*Done, error) {
	ids := slices.Clone(ask.Bookings)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	content := ask
	content.Key, content.Bookings = "", ids
	digest, err := ledger.Digest(content)
	if err != nil {
		return nil, err
	}
	op, replay, err := ledger.Operation(tx, ledger.Op{Key: ask.Key, Digest: digest, Kind: "regularise", Label: "Régularisation"})
	if err != nil || replay {
		return &Done{OperationID: op, Replayed: replay}, err
	}
	list, err := store.Collect(tx, scanUnbooked, unbookedSelect+`WHERE b.id = ANY($1) AND b.kind = 'unbooked' AND b.state = 'booked' AND b.pay = 'prepaid' AND t.id IS NULL ORDER BY b.id`, ids)
	if err != nil {
		return nil, err
	}
	if len(list) != len(ids) {
		return nil, fault.New(fault.Conflict, "Un de ces repas est déjà régularisé ou annulé"+nbsp+": relisez la liste.")
	}
	rows, left, due := make([]Row, len(list)), ids[:0:0], map[int64]money.Cents{}
	done := &Done{OperationID: op}
	var children []int64
	for i, m := range list {
		rows[i] = Row{ChildID: m.ChildID, ServiceID: m.ServiceID, Day: m.Day, FamilyID: m.FamilyID, Price: m.Price, OperationID: op}
		left, children = append(left, m.BookingID), append(children, m.ChildID)
		due[m.FamilyID] += m.Price
		done.Total += m.Price
	}
	if ledger.KnownMeans(ask.Means) {
		if len(due) > 1 {
			return nil, fault.New(fault.Invalid, "Un encaissement ne vaut que pour une famille"+nbsp+": régularisez chaque famille à part.")
		}
		r, err := ledger.TopUpIn(tx, op, ledger.TopUp{FamilyID: list[0].FamilyID, Amount: done.Total, Means: ask.Means, Reference: ask.Reference, Payer: ask.Payer})
		if err != nil {
			return nil, err
		}
		done.Receipt, done.Receipts = &r, []ledger.Receipt{r}
	}
	if err := charge(tx, rows, left); err != nil {
		return nil, err
	}
	tx.Publish(Topic, children...)
	families := map[int64]bool{}
	for f := range due {
		families[f] = true
	}
	if done.BalanceAfter, err = balances(tx, families); err != nil {
		return nil, err
	}
	return done, staff.Audit(tx, "booking.settle", fmt.Sprintf("operation:%d", op), fmt.Sprintf("Régularisation de %d repas sans réservation"+nbsp+": %s", len(list), done.Total))
}
