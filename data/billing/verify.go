package billing

import (
	"slices"

	"ardoise/data/ledger"
	"ardoise/data/store"
)

// rule is a count that must be zero.
type rule struct{ id, good, bad, query string }

var invoiceRules = []rule{
	{
		"I8", "Les factures et avoirs se suivent sans trou.", "%d séries de factures ont un trou ou ne finissent pas à leur compteur.",
		`SELECT COUNT(*) FROM (SELECT year, office, COUNT(*) AS n, MIN(serial) AS low, MAX(serial) AS high FROM invoice GROUP BY year, office) r
		LEFT JOIN counter k ON k.name = 'invoice:' || r.year || ':' || r.office WHERE r.n <> r.high OR r.low <> 1 OR k.last IS NULL OR k.last <> r.high`,
	},
	{
		"I8", "Les lignes de chaque facture font son total.", "%d factures ne sont pas la somme de leurs lignes.",
		`SELECT COUNT(*) FROM invoice i LEFT JOIN (SELECT invoice_id, SUM(amount) AS total FROM invoice_line GROUP BY invoice_id) l ON l.invoice_id = i.id WHERE i.total <> COALESCE(l.total, 0)`,
	},
	{
		"I8", "Les écritures de chaque facture font son total.", "%d factures ne sont pas la somme de leurs écritures.",
		`SELECT COUNT(*) FROM invoice i LEFT JOIN (SELECT x.invoice_id, SUM(CASE WHEN t.kind = 'invoice' THEN t.amount WHEN c.kind = 'due' THEN -t.amount ELSE 0 END) AS total
			FROM invoice_transfer x JOIN transfer t ON t.id = x.transfer_id JOIN account c ON c.id = t.credit_id GROUP BY x.invoice_id) e ON e.invoice_id = i.id
		WHERE i.total <> COALESCE(e.total, 0)`,
	},
	{
		"I8", "Chaque écriture de facture a sa facture.", "%d écritures de facture ou d’avoir ne sont d’aucune facture.",
		`SELECT COUNT(*) FROM transfer t LEFT JOIN invoice_transfer x ON x.transfer_id = t.id WHERE t.kind IN ('invoice', 'credit_note') AND x.transfer_id IS NULL`,
	},
	{
		"I8", "Chaque tirage a le nombre et le total de ses factures.", "%d tirages n’ont pas le nombre ou le total de leurs factures.",
		`SELECT COUNT(*) FROM invoice_run r LEFT JOIN (SELECT run_id, COUNT(*) AS n, SUM(total) AS total FROM invoice GROUP BY run_id) i ON i.run_id = r.id
		WHERE r.invoices <> COALESCE(i.n, 0) OR r.total <> COALESCE(i.total, 0)`,
	},
	{
		"I2", "Ce qui reste à payer de chaque facture est son total moins ses règlements.", "%d factures n’ont pas le bon reste à payer.",
		`SELECT COUNT(*) FROM invoice i LEFT JOIN invoice_balance b ON b.invoice_id = i.id
		LEFT JOIN (SELECT invoice_id, SUM(amount) AS paid FROM settlement GROUP BY invoice_id) s ON s.invoice_id = i.id
		WHERE i.kind = 'invoice' AND (b.invoice_id IS NULL OR b.open <> i.total - COALESCE(s.paid, 0)) OR i.kind = 'credit' AND (b.invoice_id IS NOT NULL OR s.paid IS NOT NULL)`,
	},
	{
		"I2", "Ce que doivent les familles est le solde du compte des sommes dues.", "%d centimes d’écart entre ce que doivent les familles et le compte des sommes dues.",
		`SELECT CAST(ABS(COALESCE((SELECT SUM(balance) FROM account WHERE kind = 'due'), 0) + COALESCE((SELECT SUM(open) FROM invoice_balance), 0)) AS BIGINT)`,
	},
	{
		"I8", "Chaque écriture qui règle une facture le fait à son montant.", "%d écritures de règlement ne sont pas à leur montant.",
		`SELECT COUNT(*) FROM transfer t LEFT JOIN (SELECT transfer_id, SUM(amount) AS total FROM settlement GROUP BY transfer_id) s ON s.transfer_id = t.id
		LEFT JOIN transfer o ON o.id = t.reverses_id
		WHERE CASE WHEN t.kind = 'payment' THEN COALESCE(s.total, 0) <> t.amount
			WHEN t.kind = 'reject' OR t.kind = 'void' AND o.kind = 'payment' THEN COALESCE(s.total, 0) <> -t.amount
			WHEN t.kind = 'credit_note' THEN COALESCE(s.total, 0) > t.amount ELSE s.total IS NOT NULL END`,
	},
	{
		// What stands is due once; what does not is not, whatever was invoiced on the way.
		"I5", "Aucun repas n’est facturé au-delà de son prix.", "%d repas sont facturés au-delà de leur prix.",
		`SELECT COUNT(*) FROM (SELECT booking_id, SUM(amount) AS net FROM invoice_line WHERE booking_id IS NOT NULL GROUP BY booking_id) l
		JOIN booking b ON b.id = l.booking_id WHERE l.net > b.price OR l.net < 0 OR b.pay <> 'monthly'`,
	},
}

// Verify looks at I8 and at what I2, I5 and I7 ask of invoices, direct debits
// and the cash office, each with questions over whole tables.
func Verify(tx *store.Tx) ([]Check, error) {
	var out []Check
	for _, r := range slices.Concat(invoiceRules, linkRules, debitRules, cashRules) { // a fixed list, not a list of data
		c, err := ledger.Count(tx, r.id, r.good, r.bad, r.query)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}
