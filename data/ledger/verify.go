package ledger

import (
	"fmt"
	"strings"

	"ardoise/data/store"
)

// Check is the answer to one invariant (quality.md).
type Check struct {
	ID     string // "I1"
	OK     bool
	Detail string // French, what was found
}

// question is a count that must be zero.
type question struct{ id, good, bad, query string }

var questions = []question{
	{"I1", "La somme de tous les comptes est nulle.", "La somme de tous les comptes vaut %d centimes.", `SELECT CAST(COALESCE(SUM(balance), 0) AS BIGINT) FROM account`},
	{
		"I1", "Chaque écriture passe d’un compte à un autre.", "%d écritures sans deux comptes différents ou sans montant.",
		`SELECT COUNT(*) FROM transfer t LEFT JOIN account d ON d.id = t.debit_id LEFT JOIN account c ON c.id = t.credit_id
		WHERE d.id IS NULL OR c.id IS NULL OR t.debit_id = t.credit_id OR t.amount <= 0`,
	},
	{
		"I2", "Chaque solde est la somme de ses écritures.", "%d soldes ne sont pas la somme de leurs écritures.",
		`SELECT COUNT(*) FROM account a
		LEFT JOIN (SELECT credit_id AS id, SUM(amount) AS total FROM transfer GROUP BY credit_id) i ON i.id = a.id
		LEFT JOIN (SELECT debit_id AS id, SUM(amount) AS total FROM transfer GROUP BY debit_id) o ON o.id = a.id
		WHERE a.balance <> COALESCE(i.total, 0) - COALESCE(o.total, 0)`,
	},
	{
		"I3", "Aucun porte-monnaie n’est sous son plancher.", "%d porte-monnaie sont sous leur plancher.",
		`SELECT COUNT(*) FROM account WHERE kind = 'wallet' AND (floor IS NULL OR balance < floor)`,
	},
	{
		"I3", "Aucune famille réunie dans une autre ne garde d’argent.", "%d familles réunies dans une autre ont un solde.",
		`SELECT COUNT(*) FROM account a JOIN family f ON f.id = a.family_id WHERE f.state = 'merged' AND a.balance <> 0`,
	},
	{
		"I3", "Chaque avoir ou annulation rend une écriture, au même montant, une seule fois.", "%d avoirs ou annulations ne rendent pas exactement une écriture.",
		heirs("") + `SELECT COUNT(*) FROM transfer c LEFT JOIN transfer t ON t.id = c.reverses_id
		WHERE c.reverses_id IS NOT NULL AND (t.id IS NULL OR t.amount <> c.amount
			OR t.credit_id <> c.debit_id AND NOT EXISTS (SELECT 1 FROM heir h JOIN account p ON p.family_id = h.family_id
				JOIN account s ON s.family_id = h.heir_id WHERE p.id = t.credit_id AND s.id = c.debit_id)
			OR t.debit_id <> c.credit_id AND NOT EXISTS (SELECT 1 FROM heir h JOIN account p ON p.family_id = h.family_id
				JOIN account s ON s.family_id = h.heir_id WHERE p.id = t.debit_id AND s.id = c.credit_id)
			OR EXISTS (SELECT 1 FROM transfer x WHERE x.reverses_id = c.reverses_id AND x.id <> c.id))`,
	},
	{
		"I8", "Les quittances se suivent sans trou.", "%d séries de quittances ont un trou ou ne finissent pas à leur compteur.",
		`SELECT COUNT(*) FROM (SELECT year, COUNT(*) AS n, MIN(number) AS low, MAX(number) AS high FROM receipt GROUP BY year) r
		LEFT JOIN counter k ON k.name = 'receipt:' || r.year
		WHERE r.n <> r.high OR r.low <> 1 OR k.last IS NULL OR k.last <> r.high`,
	},
	{
		"I8", "Chaque quittance est au montant de son encaissement.", "%d quittances ne sont pas au montant de leur encaissement.",
		`SELECT COUNT(*) FROM receipt r LEFT JOIN transfer t ON t.id = r.transfer_id
		WHERE t.id IS NULL OR t.amount <> r.amount OR t.kind <> 'topup' OR t.operation_id <> r.operation_id`,
	},
	{
		"I8", "Chaque encaissement a sa quittance.", "%d encaissements n’ont pas de quittance.",
		`SELECT COUNT(*) FROM transfer t LEFT JOIN receipt r ON r.transfer_id = t.id WHERE t.kind = 'topup' AND r.id IS NULL`,
	},
	{
		"I9", "Une clé d’opération, un effet.", "%d clés d’opération servent deux fois ou sont vides.",
		`SELECT COUNT(*) FROM (SELECT key FROM operation GROUP BY key HAVING COUNT(*) > 1 OR key = '') k`,
	},
}

// Verify looks at I1, I2, I3, I7 (the triggers are there), I8 for receipts and
// I9, each with questions over whole tables.
func Verify(tx *store.Tx) ([]Check, error) {
	var out []Check
	for _, q := range questions { // a fixed list, not a list of data
		var n int64
		if err := tx.QueryRow(q.query).Scan(&n); err != nil {
			return nil, fmt.Errorf("ledger: verify %s: %w", q.id, err)
		}
		out = append(out, answer(q.id, n, q.good, q.bad))
	}
	guards, err := verifyGuards(tx)
	return append(out, guards), err
}

func answer(id string, n int64, good, bad string) Check {
	if n == 0 {
		return Check{ID: id, OK: true, Detail: good}
	}
	return Check{ID: id, Detail: fmt.Sprintf(bad, n)}
}

// Count is answer for the rooms above: one question that must count zero.
func Count(tx *store.Tx, id, good, bad, query string, args ...any) (Check, error) {
	var n int64
	if err := tx.QueryRow(query, args...).Scan(&n); err != nil {
		return Check{}, fmt.Errorf("verify %s: %w", id, err)
	}
	return answer(id, n, good, bad), nil
}

// verifyGuards asks the database itself whether its triggers, indexes and
// constraints are all still there.
func verifyGuards(tx *store.Tx) (Check, error) {
	missing, err := store.MissingGuards(tx)
	if err != nil {
		return Check{}, err
	}
	if len(missing) > 0 {
		return Check{ID: "I7", Detail: "Des protections manquent dans la base" + nbsp + ": " + strings.Join(missing, ", ") + "."}, nil
	}
	return Check{ID: "I7", OK: true, Detail: "Les écritures, quittances et traces ne peuvent ni changer ni disparaître."}, nil
}
