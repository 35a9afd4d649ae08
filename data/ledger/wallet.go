package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// DefaultLow is the notice of a low balance where neither family nor service
// says otherwise, in cents.
const DefaultLow money.Cents = 10_00

// Wallet is a family's prepaid balance.
type Wallet struct {
	FamilyID int64
	Family   string
	Number   string // "F-0087"
	Email    string // where a notice goes, "" if nowhere
	Balance  money.Cents
	Floor    money.Cents // 0, or an allowed overdraft (negative)
	LowBelow money.Cents // notice under this
	Since    calendar.Date
	Credits  money.Cents // since that day
	Debits   money.Cents
}

// Low reports whether the balance is under its notice.
func (w Wallet) Low() bool { return w.Balance < w.LowBelow }

// Overdrawn reports a debtor.
func (w Wallet) Overdrawn() bool { return w.Balance < 0 }

// lowBelow is the notice of family f: its own, else the services' highest.
const lowBelow = `COALESCE(f.low_balance, (SELECT MAX(s.low_balance) FROM service s WHERE s.active = 1), 1000)`

const walletSelect = `SELECT f.id, f.name, COALESCE(a.balance, 0), COALESCE(a.floor, 0), ` + lowBelow + `,
	COALESCE((SELECT g.email FROM guardian g WHERE g.family_id = f.id AND g.email <> '' ORDER BY g.rank LIMIT 1), '')
	FROM family f LEFT JOIN account a ON a.family_id = f.id `

func scanWallet(scan func(...any) error) (w Wallet, err error) {
	err = scan(&w.FamilyID, &w.Family, &w.Balance, &w.Floor, &w.LowBelow, &w.Email)
	w.Number = fmt.Sprintf("F-%04d", w.FamilyID)
	return w, err
}

func missingFamily(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.NotFound, "Cette famille n’existe pas ou n’existe plus.")
	}
	return err
}

// Wallet gives a family's wallet with what came in and went out since the first
// day of last month.
func (s *Service) Wallet(ctx context.Context, familyID int64) (w Wallet, err error) {
	if err := staff.Require(ctx, staff.Regie, staff.Accueil); err != nil {
		return w, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		if w, err = scanWallet(tx.QueryRow(walletSelect+`WHERE f.id = $1`, familyID).Scan); err != nil {
			return missingFamily(err)
		}
		w.Since = calendar.DateOf(tx.Now()).FirstOfMonth().AddMonths(-1)
		return tx.QueryRow(`SELECT CAST(COALESCE((SELECT SUM(amount) FROM transfer WHERE credit_id = a.id AND on_day >= $2), 0) AS BIGINT),
			CAST(COALESCE((SELECT SUM(amount) FROM transfer WHERE debit_id = a.id AND on_day >= $2), 0) AS BIGINT)
			FROM (SELECT COALESCE((SELECT id FROM account WHERE family_id = $1), 0) AS id) a`, familyID, w.Since.String()).Scan(&w.Credits, &w.Debits)
	})
	return w, err
}

// Low lists the active families under their notice that have ever had a wallet,
// the poorest first.
func (s *Service) Low(ctx context.Context) (list []Wallet, err error) {
	if err := staff.Require(ctx, staff.Regie, staff.Accueil); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		list, err = store.Collect(tx, func(r *sql.Rows) (Wallet, error) { return scanWallet(r.Scan) },
			walletSelect+`WHERE f.state = 'active' AND a.id IS NOT NULL
				AND a.balance < `+lowBelow+` ORDER BY a.balance, f.id`)
		return err
	})
	return list, err
}

// LowBelow gives the balance under which each family is told, its own or the
// services'.
func LowBelow(tx *store.Tx, families []int64) (map[int64]money.Cents, error) {
	out := make(map[int64]money.Cents, len(families))
	err := store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var c money.Cents
		if err := r.Scan(&id, &c); err != nil {
			return err
		}
		out[id] = c
		return nil
	}, `SELECT f.id, `+lowBelow+` FROM family f WHERE f.id = ANY($1)`, families)
	return out, err
}

// SetFloor allows a family an overdraft: floor is 0 or a negative amount. A
// floor above the present balance is refused.
func (s *Service) SetFloor(ctx context.Context, familyID int64, floor money.Cents) error {
	if err := staff.Require(ctx, staff.Regie); err != nil {
		return err
	}
	if floor > 0 {
		return fault.New(fault.Invalid, "Le découvert autorisé s’écrit en négatif ou à zéro.")
	}
	return s.db.Write(ctx, func(tx *store.Tx) error {
		w, err := WalletOf(tx, familyID)
		if err != nil {
			return err
		}
		if w.Balance < floor {
			return fault.New(fault.Insufficient, "Le solde est de %s"+nbsp+": il passerait sous le nouveau plancher de %s. Faites d’abord recharger le porte-monnaie.", w.Balance, floor)
		}
		if _, err := tx.Exec(`UPDATE account SET floor = $1 WHERE id = $2`, int64(floor), w.ID); err != nil {
			return err
		}
		tx.Publish(Topic, familyID)
		return staff.Audit(tx, "wallet.floor", object(familyID), fmt.Sprintf("Découvert autorisé"+nbsp+": %s", -floor))
	})
}

// Explanation says where a transfer comes from.
type Explanation struct {
	Transfer  int64
	Amount    money.Cents
	Kind      string
	From, To  string // account codes
	Day       calendar.Date
	Label     string
	Operation Op
	Agent     string
	Booking   int64
	Reverses  int64 // the transfer it gives back
	Reversed  int64 // the transfer that gave it back
}

// Why explains one transfer: by which operation, by whom, on what grounds.
func (s *Service) Why(ctx context.Context, transferID int64) (e Explanation, err error) {
	if err := staff.Require(ctx, staff.Regie, staff.Accueil); err != nil {
		return e, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		var at, consentAt string
		err := tx.QueryRow(`SELECT t.id, t.amount, t.kind, d.code, c.code, t.on_day, t.label, COALESCE(t.booking_id, 0), COALESCE(t.reverses_id, 0),
			COALESCE((SELECT id FROM transfer x WHERE x.reverses_id = t.id), 0),
			o.key, o.kind, COALESCE(o.family_id, 0), o.consent_who, o.consent_how, o.consent_at, o.reason, o.label, o.at, COALESCE(g.name, 'Ardoise')
			FROM transfer t JOIN account d ON d.id = t.debit_id JOIN account c ON c.id = t.credit_id JOIN operation o ON o.id = t.operation_id
			LEFT JOIN agent g ON g.id = o.agent_id WHERE t.id = $1`, transferID).Scan(&e.Transfer, &e.Amount, &e.Kind, &e.From, &e.To, &e.Day, &e.Label,
			&e.Booking, &e.Reverses, &e.Reversed, &e.Operation.Key, &e.Operation.Kind, &e.Operation.FamilyID, &e.Operation.Consent.Who, &e.Operation.Consent.How,
			&consentAt, &e.Operation.Reason, &e.Operation.Label, &at, &e.Agent)
		if errors.Is(err, sql.ErrNoRows) {
			return fault.New(fault.NotFound, "Cette écriture n’existe pas.")
		}
		if err != nil {
			return err
		}
		if consentAt != "" {
			if e.Operation.Consent.At, err = store.ParseInstant(consentAt); err != nil {
				return err
			}
		}
		e.Operation.At, err = store.ParseInstant(at)
		return err
	})
	return e, err
}
