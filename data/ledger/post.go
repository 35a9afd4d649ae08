package ledger

import (
	"cmp"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Consent says who of the family agreed to what an agent does for it, how
// (telephone, at the desk, e-mail) and when.
type Consent struct {
	Who string
	How string
	At  time.Time // zero: now
}

// Op is one commit: a basket, a top-up, a closure.
type Op struct {
	Key      string // idempotency key, never empty
	Digest   string // of the content (Digest)
	Kind     string // book, cancel, topup, refund, close, attend, promote, merge, …
	FamilyID int64  // 0: of no single family
	Consent  Consent
	Reason   string    // an override's or a justification's
	Label    string    // French, what a statement shows
	At       time.Time // zero: the transaction's instant (only made-up data says otherwise)
	Mail     Mail      // the message it was done for; zero: none
}

// Mail is the message of a family that an operation was done for: cut-offs are
// judged by the instant it came.
type Mail struct {
	ID       int64
	Received time.Time
}

func (m Mail) received() string {
	if m.ID == 0 {
		return ""
	}
	return store.Instant(m.Received)
}

// Digest condenses the content of a request into the text an operation keeps,
// so that the same key with other content is noticed.
func Digest(content any) (string, error) {
	b, err := json.Marshal(content)
	if err != nil {
		return "", fmt.Errorf("ledger: digest: %w", err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// Operation opens an operation. replay is true when the same key with the same
// content was done before: id is then the operation of that time, and nothing
// more may be written. The same key with other content is a Conflict (I9).
func Operation(tx *store.Tx, op Op) (id int64, replay bool, err error) {
	if strings.TrimSpace(op.Key) == "" || op.Digest == "" || op.Kind == "" {
		return 0, false, errors.New("ledger: an operation needs a key, a digest and a kind")
	}
	id, replay, err = Replay(tx, op.Key, op.Digest)
	if err != nil || replay {
		return id, replay, err
	}
	var agent int64
	if s := staff.From(tx.Context()); s != nil {
		agent = s.AgentID
	}
	consentAt := ""
	if op.Consent.Who != "" || op.Consent.How != "" {
		consentAt = store.Instant(instantOr(tx, op.Consent.At))
	}
	// On PostgreSQL a key taken meanwhile is a serialization failure here: the
	// store runs the whole transaction again and the replay is seen above.
	err = tx.QueryRow(`INSERT INTO operation (key, digest, kind, at, agent_id, family_id, consent_who, consent_how, consent_at, reason, label, mail_id, received_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (key) DO NOTHING RETURNING id`,
		op.Key, op.Digest, op.Kind, instantOr(tx, op.At), agent, nullID(op.FamilyID),
		op.Consent.Who, op.Consent.How, consentAt, op.Reason, op.Label, nullID(op.Mail.ID), op.Mail.received()).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, fault.New(fault.Conflict, "Cette opération vient d’être enregistrée depuis un autre poste"+nbsp+": rien n’a été fait deux fois.")
	}
	if store.ForeignKey(err) {
		return 0, false, fault.Wrap(fault.NotFound, err, "Cette famille n’existe pas ou n’existe plus.")
	}
	return id, false, err
}

// Replay looks whether an operation was done before, without opening one.
func Replay(tx *store.Tx, key, digest string) (id int64, replay bool, err error) {
	var kept string
	err = tx.QueryRow(`SELECT id, digest FROM operation WHERE key = $1`, key).Scan(&id, &kept)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return 0, false, nil
	case err != nil:
		return 0, false, err
	case kept != digest:
		return 0, false, fault.New(fault.Conflict, "Cette opération a déjà été enregistrée avec un autre contenu. Rien n’a été modifié"+nbsp+": recommencez depuis le début.")
	}
	return id, true, nil
}

func nullID(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

// Transfer moves an amount from the debited account to the credited one.
type Transfer struct {
	Op        int64
	Debit     int64 // account ids
	Credit    int64
	Amount    money.Cents // cents, above zero
	Kind      string      // topup, charge, credit, refund, merge, correction, invoice, credit_note, payment, reject, void, deposit
	BookingID int64       // 0: of no meal
	Reverses  int64       // 0, or the transfer that is given back
	Label     string
	Day       calendar.Date // accounting day; no date: today in Paris
}

// Post writes one transfer and moves both balances.
func Post(tx *store.Tx, t Transfer) (int64, error) {
	ids, err := PostMany(tx, []Transfer{t})
	if err != nil {
		return 0, err
	}
	return ids[0], nil
}

// PostMany writes a basket of transfers and moves each balance once. The floor
// holds for the sum, so that a top-up and the charges it pays go together. ids
// are in the order of list.
func PostMany(tx *store.Tx, list []Transfer) (ids []int64, err error) {
	if len(list) == 0 {
		return nil, nil
	}
	delta := map[int64]money.Cents{}
	for i := range list {
		t := &list[i]
		if t.Amount <= 0 {
			return nil, fault.New(fault.Invalid, "Le montant d’une écriture doit être supérieur à zéro (%s).", t.Amount)
		}
		if t.Debit == t.Credit {
			return nil, fault.New(fault.Invalid, "Une écriture passe d’un compte à un autre.")
		}
		if delta[t.Debit], err = money.Add(delta[t.Debit], -t.Amount); err != nil {
			return nil, err
		}
		if delta[t.Credit], err = money.Add(delta[t.Credit], t.Amount); err != nil {
			return nil, err
		}
	}
	if err := refuseLocked(tx, list); err != nil {
		return nil, err
	}
	codes, err := movable(tx, delta)
	if err != nil {
		return nil, err
	}
	if err := refuseClosed(tx, list, codes); err != nil {
		return nil, err
	}
	if err := move(tx, delta); err != nil {
		return nil, err
	}
	return insertTransfers(tx, list)
}

// movable looks at the accounts before anything moves: each exists, none goes
// below its floor. It gives their codes, and publishes whose wallets will move.
func movable(tx *store.Tx, delta map[int64]money.Cents) (codes map[int64]string, err error) {
	codes = make(map[int64]string, len(delta))
	var families []int64
	err = store.Each(tx, func(r *sql.Rows) error {
		a, err := scanAccount(r.Scan)
		if err != nil {
			return err
		}
		codes[a.ID] = a.Code
		if a.FamilyID != 0 && delta[a.ID] != 0 {
			families = append(families, a.FamilyID)
		}
		if delta[a.ID] >= 0 {
			return nil
		}
		if missing := a.Missing(-delta[a.ID]); missing > 0 {
			return short(missing)
		}
		return nil
	}, `SELECT `+accountColumns+` FROM account WHERE id = ANY($1)`, slices.Sorted(maps.Keys(delta)))
	if err != nil {
		return nil, err
	}
	if len(codes) != len(delta) {
		return nil, errors.New("ledger: a transfer names an account that does not exist")
	}
	tx.Publish(Topic, families...)
	return codes, nil
}

// move changes the balances, each once, in the order of ids so that two
// transactions never wait for each other.
func move(tx *store.Tx, delta map[int64]money.Cents) error {
	err := addBalances(tx, slices.Sorted(maps.Keys(delta)), delta)
	if name, ok := store.Check(err); ok && name == "account_floor" {
		return fault.Wrap(fault.Insufficient, err, "Le porte-monnaie n’est pas assez approvisionné.")
	}
	return err
}

// addBalances is one statement for a basket, a few for thousands of accounts.
func addBalances(tx *store.Tx, ids []int64, delta map[int64]money.Cents) error {
	return Batches(len(ids), 2, func(from, to int, _ string) error {
		args := make([]any, 0, 2*(to-from))
		rows := make([]string, 0, to-from)
		for _, id := range ids[from:to] {
			args = append(args, id, int64(delta[id]))
			rows = append(rows, fmt.Sprintf("(CAST($%d AS BIGINT), CAST($%d AS BIGINT))", len(args)-1, len(args)))
		}
		_, err := tx.Exec(`UPDATE account SET balance = balance + v.column2 FROM (VALUES `+strings.Join(rows, ", ")+`) AS v WHERE account.id = v.column1`, args...)
		return err
	})
}

// short is the sentence of an empty wallet.
func short(missing money.Cents) error {
	return fault.New(fault.Insufficient, "Il manque %s sur le porte-monnaie"+nbsp+": rechargez-le ou choisissez un autre moyen de paiement.", missing)
}

const transferColumns = `operation_id, debit_id, credit_id, amount, kind, booking_id, reverses_id, on_day, label`

// insertTransfers writes the rows; the engines give the new ids in no promised
// order, so they are matched by what makes each row of a batch different.
func insertTransfers(tx *store.Tx, list []Transfer) ([]int64, error) {
	today := calendar.DateOf(tx.Now())
	ids := make([]int64, len(list))
	if len(list) == 1 {
		t := list[0]
		err := tx.QueryRow(`INSERT INTO transfer (`+transferColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`, t.values(today)...).Scan(&ids[0])
		return ids, reversedOnce(err)
	}
	err := Batches(len(list), 9, func(from, to int, values string) error {
		args := make([]any, 0, (to-from)*9)
		wait := make(map[transferKey][]int, to-from)
		for i := from; i < to; i++ {
			args = append(args, list[i].values(today)...)
			k := list[i].key()
			wait[k] = append(wait[k], i)
		}
		return store.Each(tx, func(r *sql.Rows) error {
			var id int64
			var k transferKey
			var booking, reverses sql.NullInt64
			if err := r.Scan(&id, &k.op, &k.debit, &k.credit, &k.amount, &booking, &reverses, &k.label); err != nil {
				return err
			}
			k.booking, k.reverses = booking.Int64, reverses.Int64
			places := wait[k]
			if len(places) == 0 {
				return errors.New("ledger: the database gave back a transfer nobody wrote")
			}
			ids[places[0]], wait[k] = id, places[1:]
			return nil
		}, `INSERT INTO transfer (`+transferColumns+`) VALUES `+values+` RETURNING id, operation_id, debit_id, credit_id, amount, booking_id, reverses_id, label`, args...)
	})
	return ids, reversedOnce(err)
}

type transferKey struct {
	op, debit, credit, booking, reverses int64
	amount                               money.Cents
	label                                string // as the store keeps it
}

func (t *Transfer) key() transferKey {
	return transferKey{t.Op, t.Debit, t.Credit, t.BookingID, t.Reverses, t.Amount, store.CleanText(t.Label)}
}

func (t *Transfer) values(today calendar.Date) []any {
	day := cmp.Or(t.Day, today)
	return []any{t.Op, t.Debit, t.Credit, int64(t.Amount), t.Kind, nullID(t.BookingID), nullID(t.Reverses), day.String(), t.Label}
}

// reversedOnce gives the two unique indexes of the ledger their sentences.
func reversedOnce(err error) error {
	switch name, _ := store.Unique(err); name {
	case "transfer_reversed_once":
		return fault.Wrap(fault.Conflict, err, "Cette somme a déjà été rendue"+nbsp+": elle ne l’est pas deux fois.")
	case "transfer_one_charge":
		return fault.Wrap(fault.Conflict, err, "Ce repas a déjà été payé"+nbsp+": il ne l’est pas deux fois.")
	}
	return closedMeanwhile(err)
}

// ReverseMany gives several transfers back: the same amounts the other way, kind
// credit. What a merged family had paid comes back to the family that lives on.
// ids are in the order of list.
func ReverseMany(tx *store.Tx, op int64, list []int64, label string) ([]int64, error) {
	return reverse(tx, op, list, "credit", label)
}

// VoidMany undoes entries that should not have been made, or that a bank sent
// back: the same amounts the other way, kind void. ids are in the order of list.
func VoidMany(tx *store.Tx, op int64, list []int64, label string) ([]int64, error) {
	return reverse(tx, op, list, "void", label)
}

// reverse turns entries round. What touched the wallet of a merged family, on
// either side, touches now that of the family that lives on.
func reverse(tx *store.Tx, op int64, list []int64, kind, label string) ([]int64, error) {
	back, sides := make(map[int64]Transfer, len(list)), make(map[int64][2]int64, len(list))
	err := store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var side [2]int64 // the families that give and get
		t := Transfer{Op: op, Kind: kind, Label: label}
		err := r.Scan(&id, &t.Credit, &t.Debit, &t.Amount, &t.BookingID, &side[1], &side[0])
		t.Reverses = id
		back[id], sides[id] = t, side
		return err
	}, `SELECT t.id, t.debit_id, t.credit_id, t.amount, COALESCE(t.booking_id, 0), COALESCE(a.family_id, 0), COALESCE(b.family_id, 0)
		FROM transfer t JOIN account a ON a.id = t.debit_id JOIN account b ON b.id = t.credit_id WHERE t.id = ANY($1)`, list)
	if err != nil {
		return nil, err
	}
	rows, families := make([]Transfer, len(list)), make([][2]int64, len(list))
	for i, id := range list {
		t, ok := back[id]
		if !ok {
			return nil, fault.New(fault.NotFound, "L’écriture à rendre n’existe pas.")
		}
		rows[i], families[i] = t, sides[id]
	}
	if err := toSurvivors(tx, rows, families); err != nil {
		return nil, err
	}
	return PostMany(tx, rows)
}

// NextNumber takes the next number of a series inside the transaction that uses
// it: undone with it, so that no number is lost.
func NextNumber(tx *store.Tx, name string) (n int64, err error) { return NextNumbers(tx, name, 1) }

// NextNumbers takes the next count numbers of a series and gives the first.
func NextNumbers(tx *store.Tx, name string, count int) (first int64, err error) {
	var last int64
	err = tx.QueryRow(`INSERT INTO counter (name, last) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET last = counter.last + excluded.last RETURNING last`, name, count).Scan(&last)
	return last - int64(count) + 1, err
}

// batchSizes keep the number of different statements small, for the engines'
// and the store's memories of them.
var batchSizes = [...]int{256, 64, 16, 4, 1}

// Batches cuts n rows of width columns into few sizes of statement and calls fn
// with the text of the VALUES rows.
func Batches(n, width int, fn func(from, to int, values string) error) error {
	for from := 0; from < n; {
		size := 1
		for _, s := range batchSizes {
			if s <= n-from {
				size = s
				break
			}
		}
		if err := fn(from, from+size, valuesText(size, width)); err != nil {
			return err
		}
		from += size
	}
	return nil
}

func valuesText(rows, width int) string {
	var b strings.Builder
	for r := range rows {
		if r > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('(')
		for c := range width {
			if c > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, "$%d", r*width+c+1)
		}
		b.WriteByte(')')
	}
	return b.String()
}
