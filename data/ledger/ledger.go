// Package ledger is the room of money at rest and on the move: accounts, the
// families' wallets, operations that happen once, transfers between two
// accounts, receipts numbered without gaps, statements. A row written here is
// never changed or deleted: a correction is a new transfer that names the one
// it reverses. The room never decides a price and knows of a meal only what a
// statement must say.
package ledger

import (
	"database/sql"
	"errors"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/data/store"
)

// Topic is what is published when a wallet moved; ids are families' ids.
const Topic = "wallet"

const nbsp = "\u00a0"

// Service is the door of the room for screens and commands.
type Service struct {
	db       *store.DB
	afterTop func(tx *store.Tx, op, family int64) error
}

// New gives the service over an open database.
func New(db *store.DB) *Service { return &Service{db: db} }

// AfterTopUp registers what a top-up makes possible and is done with it, in the
// same transaction: who waits for a meal may now pay it. To be called before the
// room is used.
func (s *Service) AfterTopUp(fn func(tx *store.Tx, op, family int64) error) { s.afterTop = fn }

// Account is one account with its kept balance (credits minus debits, cents).
type Account struct {
	ID       int64
	Kind     string // wallet, cash, sales, refund, opening
	Code     string // "wallet:12", "cash:cheque", "sales:3"
	FamilyID int64  // 0 unless a wallet
	Balance  money.Cents
	Floor    *money.Cents // nil: none
}

// Missing gives how much the account lacks to pay amount without passing its floor.
func (a Account) Missing(amount money.Cents) money.Cents {
	if a.Floor == nil {
		return 0
	}
	return max(0, *a.Floor-(a.Balance-amount))
}

const accountColumns = `id, kind, code, COALESCE(family_id, 0), balance, floor`

func scanAccount(scan func(...any) error) (a Account, err error) {
	var floor sql.NullInt64
	err = scan(&a.ID, &a.Kind, &a.Code, &a.FamilyID, &a.Balance, &floor)
	if floor.Valid {
		c := money.Cents(floor.Int64)
		a.Floor = &c
	}
	return a, err
}

// WalletOf gives a family's wallet, made on demand (write transactions only
// when it does not exist yet). That of a merged family is refused.
func WalletOf(tx *store.Tx, familyID int64) (Account, error) {
	all, err := WalletsOf(tx, []int64{familyID})
	return all[familyID], err
}

// WalletsOf is WalletOf for several families: one question, and one more
// statement where some have no wallet yet.
func WalletsOf(tx *store.Tx, families []int64) (map[int64]Account, error) {
	if err := refuseMerged(tx, families); err != nil {
		return nil, err
	}
	out, err := Peek(tx, families)
	if err != nil {
		return nil, err
	}
	var absent []int64
	for _, f := range families {
		if _, ok := out[f]; !ok {
			absent = append(absent, f)
		}
	}
	if len(absent) == 0 {
		return out, nil
	}
	if _, err := tx.Exec(`INSERT INTO account (kind, family_id, code, balance, floor)
		SELECT 'wallet', id, 'wallet:' || id, 0, 0 FROM family WHERE id = ANY($1) ON CONFLICT (code) DO NOTHING`, absent); err != nil {
		return nil, err
	}
	made, err := Peek(tx, absent)
	if err != nil {
		return nil, err
	}
	for _, f := range absent {
		a, ok := made[f]
		if !ok {
			return nil, fault.New(fault.NotFound, "Cette famille n’existe pas ou n’existe plus.")
		}
		out[f] = a
	}
	return out, nil
}

// Peek reads the wallets that exist and makes none: a family that is not in the
// map has nothing and no overdraft.
func Peek(tx *store.Tx, families []int64) (map[int64]Account, error) {
	out := make(map[int64]Account, len(families))
	err := store.Each(tx, func(r *sql.Rows) error {
		a, err := scanAccount(r.Scan)
		out[a.FamilyID] = a
		return err
	}, `SELECT `+accountColumns+` FROM account WHERE family_id = ANY($1)`, families)
	return out, err
}

// AccountOf gives an account of the town by its code ("sales:3", "cash:cheque",
// "refund:transfer", "opening"), made on demand; the word before the colon is
// its kind.
func AccountOf(tx *store.Tx, code string) (Account, error) {
	read := func() (Account, error) {
		return scanAccount(tx.QueryRow(`SELECT `+accountColumns+` FROM account WHERE code = $1`, code).Scan)
	}
	a, err := read()
	if !errors.Is(err, sql.ErrNoRows) {
		return a, err
	}
	kind := code
	for i, r := range code {
		if r == ':' {
			kind = code[:i]
			break
		}
	}
	if kind == "wallet" {
		return a, errors.New("ledger: a wallet is made by WalletOf")
	}
	if _, err := tx.Exec(`INSERT INTO account (kind, code, balance) VALUES ($1, $2, 0) ON CONFLICT (code) DO NOTHING`, kind, code); err != nil {
		return a, err
	}
	return read()
}

// instantOr gives the transaction's own instant where none is said.
func instantOr(tx *store.Tx, at time.Time) time.Time {
	if at.IsZero() {
		return tx.Now()
	}
	return at
}

func dayOr(tx *store.Tx, d calendar.Date) calendar.Date {
	if d.IsZero() {
		return calendar.DateOf(tx.Now())
	}
	return d
}
