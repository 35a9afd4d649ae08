package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// The means by which money comes in or goes out at the desk.
var means = map[string]string{"cash": "espèces", "cheque": "chèque", "card": "carte bancaire", "transfer": "virement"}

// MeansLabel gives "chèque".
func MeansLabel(m string) string { return means[m] }

// KnownMeans reports whether money can come in by m.
func KnownMeans(m string) bool { return means[m] != "" }

// Receipt is a numbered receipt; it never changes.
type Receipt struct {
	ID           int64
	Year, Serial int
	Operation    int64
	Transfer     int64
	FamilyID     int64
	Family       string
	Means        string
	Reference    string // cheque number, card ticket
	Payer        string
	Amount       money.Cents
	BalanceAfter money.Cents
	At           time.Time
	Agent        string
	VoidedOn     calendar.Date // the accounting day of its annulment; no date: it stands
	VoidReason   string
	For          string // the operation's kind: ForInvoices where the sum paid invoices
}

// ForInvoices is what a receipt was given for when its sum paid invoices: the
// wallet was only passed through.
const ForInvoices = "payment"

// Number is how the receipt is shown: "2026-0463".
func (r Receipt) Number() string { return fmt.Sprintf("%d-%04d", r.Year, r.Serial) }

// TopUp is money that comes into a wallet.
type TopUp struct {
	Key       string
	FamilyID  int64
	Amount    money.Cents
	Means     string // cash, cheque, card, transfer
	Reference string
	Payer     string        // "" : the family's first guardian
	Day       calendar.Date // accounting day; no date: today
}

func (t TopUp) check() error {
	if t.Amount <= 0 {
		return fault.New(fault.Invalid, "Le montant à encaisser doit être supérieur à zéro.")
	}
	if t.Amount > 10_000_00 {
		return fault.New(fault.Invalid, "Le montant à encaisser dépasse 10"+nbsp+"000"+nbsp+"€"+nbsp+": vérifiez la saisie.")
	}
	if !KnownMeans(t.Means) {
		return fault.New(fault.Invalid, "Choisissez un moyen de paiement"+nbsp+": espèces, chèque, carte ou virement.")
	}
	return nil
}

// TopUp puts money into a wallet and gives its receipt. The same key gives the
// same receipt again.
func (s *Service) TopUp(ctx context.Context, t TopUp) (rec Receipt, err error) {
	if err := staff.Require(ctx, staff.Regie); err != nil {
		return rec, err
	}
	if err := t.check(); err != nil {
		return rec, err
	}
	digest, err := Digest(t)
	if err != nil {
		return rec, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		op, replay, err := Operation(tx, Op{Key: t.Key, Digest: digest, Kind: "topup", FamilyID: t.FamilyID, Label: "Rechargement " + byMeans(t.Means)})
		if err != nil {
			return err
		}
		if replay {
			list, err := ReceiptsOf(tx, op, []int64{t.FamilyID})
			if err == nil && len(list) == 1 {
				rec = list[0]
			}
			return err
		}
		if rec, err = TopUpIn(tx, op, t); err != nil || s.afterTop == nil {
			return err
		}
		return s.afterTop(tx, op, t.FamilyID)
	})
	return rec, err
}

func byMeans(m string) string {
	switch m {
	case "cash":
		return "en espèces"
	case "transfer":
		return "par virement"
	}
	return "par " + strings.TrimSuffix(means[m], " bancaire")
}

// TopUpIn is a top-up inside an operation already open; it takes the next
// receipt number of the accounting day's year.
func TopUpIn(tx *store.Tx, op int64, t TopUp) (rec Receipt, err error) {
	if err := t.check(); err != nil {
		return rec, err
	}
	day := dayOr(tx, t.Day)
	if day > calendar.DateOf(tx.Now()) {
		return rec, fault.New(fault.Invalid, "La date d’un encaissement ne peut pas être dans l’avenir (%s).", day.Short())
	}
	wallet, err := WalletOf(tx, t.FamilyID)
	if err != nil {
		return rec, err
	}
	cash, err := AccountOf(tx, "cash:"+t.Means)
	if err != nil {
		return rec, err
	}
	label := "Rechargement " + byMeans(t.Means)
	id, err := Post(tx, Transfer{Op: op, Debit: cash.ID, Credit: wallet.ID, Amount: t.Amount, Kind: "topup", Label: label, Day: day})
	if err != nil {
		return rec, err
	}
	payer := strings.TrimSpace(t.Payer)
	if payer == "" {
		if payer, err = firstGuardian(tx, t.FamilyID); err != nil {
			return rec, err
		}
	}
	n, err := NextNumber(tx, fmt.Sprintf("receipt:%d", day.Year()))
	if err != nil {
		return rec, err
	}
	kind := ""
	if err := tx.QueryRow(`SELECT kind FROM operation WHERE id = $1`, op).Scan(&kind); err != nil {
		return rec, err
	}
	agent := "Ardoise"
	if s := staff.From(tx.Context()); s != nil {
		agent = s.Name
	}
	rec = Receipt{
		Year: day.Year(), Serial: int(n), Operation: op, Transfer: id, FamilyID: t.FamilyID, Means: t.Means, Reference: strings.TrimSpace(t.Reference),
		Payer: payer, Amount: t.Amount, BalanceAfter: wallet.Balance + t.Amount, At: tx.Now(), Agent: agent, For: kind,
	}
	if err := tx.QueryRow(`INSERT INTO receipt (year, number, operation_id, transfer_id, family_id, means, reference, payer, amount, balance_after, at, agent)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id`,
		rec.Year, rec.Serial, op, id, rec.FamilyID, rec.Means, rec.Reference, rec.Payer, int64(rec.Amount), int64(rec.BalanceAfter), rec.At, rec.Agent).Scan(&rec.ID); err != nil {
		return rec, err
	}
	if err := tx.QueryRow(`SELECT name FROM family WHERE id = $1`, t.FamilyID).Scan(&rec.Family); err != nil {
		return rec, err
	}
	return rec, staff.Audit(tx, "wallet.topup", object(t.FamilyID), fmt.Sprintf("%s, quittance %s"+nbsp+": %s", label, rec.Number(), t.Amount))
}

func object(familyID int64) string { return fmt.Sprintf("family:%d", familyID) }

func firstGuardian(tx *store.Tx, familyID int64) (name string, err error) {
	err = tx.QueryRow(`SELECT COALESCE((SELECT first || ' ' || CASE WHEN usage <> '' THEN usage ELSE last END FROM guardian
		WHERE family_id = $1 ORDER BY rank LIMIT 1), (SELECT name FROM family WHERE id = $1), '')`, familyID).Scan(&name)
	return strings.TrimSpace(name), err
}

// Refund is money given back to a family: a balance on leaving.
type Refund struct {
	Key      string
	FamilyID int64
	Amount   money.Cents // 0: the whole balance
	Means    string      // transfer, cheque, cash
	Reason   string      // obligatory
}

// Refund takes money out of a wallet. A balance below the amount is Insufficient,
// even where an overdraft is allowed: nobody is refunded what he has not.
func (s *Service) Refund(ctx context.Context, r Refund) (given money.Cents, err error) {
	if err := staff.Require(ctx, staff.Regie); err != nil {
		return 0, err
	}
	if !slices.Contains([]string{"transfer", "cheque", "cash"}, r.Means) {
		return 0, fault.New(fault.Invalid, "Choisissez comment rembourser"+nbsp+": virement, chèque ou espèces.")
	}
	if strings.TrimSpace(r.Reason) == "" {
		return 0, fault.New(fault.Invalid, "Le motif du remboursement est obligatoire.")
	}
	if r.Amount < 0 {
		return 0, fault.New(fault.Invalid, "Le montant à rembourser doit être supérieur à zéro.")
	}
	digest, err := Digest(r)
	if err != nil {
		return 0, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		given, err = refund(tx, r, digest)
		return err
	})
	return given, err
}

func refund(tx *store.Tx, r Refund, digest string) (money.Cents, error) {
	label := "Remboursement " + byMeans(r.Means)
	op, replay, err := Operation(tx, Op{Key: r.Key, Digest: digest, Kind: "refund", FamilyID: r.FamilyID, Reason: r.Reason, Label: label})
	if err != nil {
		return 0, err
	}
	if replay {
		var given money.Cents
		err := tx.QueryRow(`SELECT t.amount FROM transfer t JOIN account a ON a.id = t.debit_id WHERE a.family_id = $1 AND t.operation_id = $2`, r.FamilyID, op).Scan(&given)
		return given, err
	}
	wallet, err := WalletOf(tx, r.FamilyID)
	if err != nil {
		return 0, err
	}
	amount := r.Amount
	if amount == 0 {
		amount = wallet.Balance
	}
	if amount <= 0 {
		return 0, fault.New(fault.Insufficient, "Le porte-monnaie est vide"+nbsp+": il n’y a rien à rembourser.")
	}
	if amount > wallet.Balance {
		return 0, fault.New(fault.Insufficient, "Le porte-monnaie ne contient que %s"+nbsp+": remboursez ce montant au plus.", wallet.Balance)
	}
	out, err := AccountOf(tx, "refund:"+r.Means)
	if err != nil {
		return 0, err
	}
	if _, err := Post(tx, Transfer{Op: op, Debit: wallet.ID, Credit: out.ID, Amount: amount, Kind: "refund", Label: label}); err != nil {
		return 0, err
	}
	return amount, staff.Audit(tx, "wallet.refund", object(r.FamilyID), fmt.Sprintf("%s de %s"+nbsp+": %s", label, amount, r.Reason))
}

const receiptSelect = `SELECT r.id, r.year, r.number, r.operation_id, r.transfer_id, r.family_id, f.name, r.means, r.reference, r.payer,
	r.amount, r.balance_after, r.at, r.agent, v.on_day, COALESCE(vo.reason, ''), ro.kind FROM receipt r JOIN operation ro ON ro.id = r.operation_id JOIN family f ON f.id = r.family_id
	LEFT JOIN transfer v ON v.reverses_id = r.transfer_id LEFT JOIN operation vo ON vo.id = v.operation_id `

func scanReceipt(scan func(...any) error) (r Receipt, err error) {
	var at string
	if err = scan(&r.ID, &r.Year, &r.Serial, &r.Operation, &r.Transfer, &r.FamilyID, &r.Family, &r.Means, &r.Reference, &r.Payer,
		&r.Amount, &r.BalanceAfter, &at, &r.Agent, &r.VoidedOn, &r.VoidReason, &r.For); err != nil {
		return r, err
	}
	r.At, err = store.ParseInstant(at)
	return r, err
}

func oneReceipt(tx *store.Tx, where string, arg any) (Receipt, error) {
	r, err := scanReceipt(tx.QueryRow(receiptSelect+where+` ORDER BY r.id LIMIT 1`, arg).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return r, fault.New(fault.NotFound, "Cette quittance n’existe pas.")
	}
	return r, err
}

// ReceiptsOf gives the receipts an operation issued to some families.
func ReceiptsOf(tx *store.Tx, op int64, families []int64) ([]Receipt, error) {
	return store.Collect(tx, func(r *sql.Rows) (Receipt, error) { return scanReceipt(r.Scan) },
		receiptSelect+`WHERE r.family_id = ANY($1) AND r.operation_id = $2 ORDER BY r.id`, families, op)
}

// Receipt gives one receipt.
func (s *Service) Receipt(ctx context.Context, id int64) (r Receipt, err error) {
	if err := staff.Require(ctx, staff.Regie, staff.Accueil); err != nil {
		return r, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		r, err = oneReceipt(tx, `WHERE r.id = $1`, id)
		return err
	})
	return r, err
}

// ReceiptFilter narrows Receipts; zero fields do not.
type ReceiptFilter struct {
	FamilyID int64
	Means    string
	From, To calendar.Date // of the instant in Paris
	Limit    int           // 0: 200
}

// Receipts lists receipts, the newest first, those annulled included, and the sum
// by means of those that stand.
func (s *Service) Receipts(ctx context.Context, f ReceiptFilter) (list []Receipt, sums map[string]money.Cents, err error) {
	if err := staff.Require(ctx, staff.Regie); err != nil {
		return nil, nil, err
	}
	where, args := f.where()
	limit := f.Limit
	if limit <= 0 {
		limit = 200
	}
	sums = map[string]money.Cents{}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		if list, err = store.Collect(tx, func(r *sql.Rows) (Receipt, error) { return scanReceipt(r.Scan) },
			receiptSelect+where+fmt.Sprintf(` ORDER BY r.id DESC LIMIT $%d`, len(args)+1), append(slices.Clone(args), limit)...); err != nil {
			return err
		}
		return store.Each(tx, func(r *sql.Rows) error {
			var m string
			var c money.Cents
			err := r.Scan(&m, &c)
			sums[m] = c
			return err
		}, `SELECT r.means, CAST(SUM(r.amount) AS BIGINT) FROM receipt r `+where+`
			AND NOT EXISTS (SELECT 1 FROM transfer v WHERE v.reverses_id = r.transfer_id) GROUP BY r.means`, args...)
	})
	return list, sums, err
}

func (f ReceiptFilter) where() (string, []any) {
	where, args := "WHERE 1 = 1", []any(nil)
	add := func(text string, v any) {
		args = append(args, v)
		where += fmt.Sprintf(text, len(args))
	}
	if f.FamilyID != 0 {
		add(` AND r.family_id = $%d`, f.FamilyID)
	}
	if f.Means != "" {
		add(` AND r.means = $%d`, f.Means)
	}
	if !f.From.IsZero() {
		add(` AND r.at >= $%d`, f.From.At(0, 0))
	}
	if !f.To.IsZero() {
		add(` AND r.at < $%d`, f.To.Add(1).At(0, 0))
	}
	return where, args
}

// NextReceipt says which number the next receipt of the year will take, if
// nobody comes first.
func (s *Service) NextReceipt(ctx context.Context) (number string, err error) {
	if err := staff.Require(ctx, staff.Regie); err != nil {
		return "", err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		year := calendar.DateOf(tx.Now()).Year()
		var last int
		err := tx.QueryRow(`SELECT COALESCE((SELECT last FROM counter WHERE name = $1), 0)`, fmt.Sprintf("receipt:%d", year)).Scan(&last)
		number = Receipt{Year: year, Serial: last + 1}.Number()
		return err
	})
	return number, err
}
