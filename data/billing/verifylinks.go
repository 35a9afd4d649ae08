package billing

// roots names the family that lives on for each family, itself where it was
// never merged: the head of a question.
const roots = `WITH RECURSIVE root (family_id, root_id) AS (
	SELECT id, id FROM family WHERE merged_into IS NULL UNION ALL SELECT f.id, r.root_id FROM root r JOIN family f ON f.merged_into = r.family_id) `

// linkRules ask whether what sums up also belongs together: the sums of accounts
// stay whole where money or a debt is turned to somebody else.
var linkRules = []rule{
	{
		"I8", "Chaque numéro de facture est celui de son année, de sa régie et de son rang.", "%d factures n’ont pas le numéro de leur année, de leur régie et de leur rang.",
		`SELECT COUNT(*) FROM invoice WHERE CAST(year AS TEXT) <> substr(issued_on, 1, 4)
			OR number <> CAST(year AS TEXT) || office || CASE WHEN serial < 1000000 THEN substr(CAST(1000000 + serial AS TEXT), 2) ELSE CAST(serial AS TEXT) END`,
	},
	{
		"I8", "Chaque compteur de factures a ses factures.", "%d compteurs de factures n’ont plus leurs factures.",
		`SELECT COUNT(*) FROM counter k LEFT JOIN (SELECT year, office, COUNT(*) AS n FROM invoice GROUP BY year, office) r ON k.name = 'invoice:' || r.year || ':' || r.office
		WHERE k.name LIKE 'invoice:%' AND k.last <> COALESCE(r.n, 0)`,
	},
	{
		"I8", "Chaque facture est de son tirage, chaque avoir isolé de la facture qu’il corrige.", "%d factures ou avoirs ne sont pas de leur tirage ou de la facture corrigée.",
		roots + `SELECT COUNT(*) FROM invoice i LEFT JOIN invoice_run r ON r.id = i.run_id LEFT JOIN invoice c ON c.id = i.corrects_id
		LEFT JOIN root a ON a.family_id = i.family_id LEFT JOIN root b ON b.family_id = c.family_id
		WHERE CASE WHEN i.run_id IS NULL THEN c.id IS NULL OR i.kind <> 'credit' OR c.kind <> 'invoice' OR c.period <> i.period OR a.root_id <> b.root_id
			ELSE r.id IS NULL OR c.id IS NOT NULL OR r.operation_id <> i.operation_id OR r.period <> i.period OR r.issued_on <> i.issued_on END`,
	},
	{
		"I8", "Les écritures de chaque facture vendent ce que disent ses lignes, service par service.", "%d ventes de factures ne sont pas celles de leurs lignes.",
		`SELECT COUNT(*) FROM (SELECT e.invoice_id, e.code FROM (
			SELECT invoice_id, 'sales:' || service_id AS code, SUM(amount) AS amount FROM invoice_line GROUP BY invoice_id, service_id
			UNION ALL SELECT x.invoice_id, a.code, CASE WHEN a.id = t.credit_id THEN -t.amount ELSE t.amount END
				FROM invoice_transfer x JOIN transfer t ON t.id = x.transfer_id JOIN account a ON a.kind = 'sales' AND (a.id = t.credit_id OR a.id = t.debit_id)) e
			GROUP BY e.invoice_id, e.code HAVING SUM(e.amount) <> 0) d`,
	},
	{
		"I8", "Chaque écriture de facture est de l’opération qui l’a émise, et d’elle seule.", "%d écritures de facture ne sont pas de l’opération ou de la facture qu’elles disent.",
		`SELECT COUNT(*) FROM invoice_transfer x JOIN transfer t ON t.id = x.transfer_id JOIN invoice i ON i.id = x.invoice_id
		WHERE t.operation_id <> i.operation_id OR t.on_day <> i.issued_on OR t.kind NOT IN ('invoice', 'credit_note')
			OR t.label NOT IN ('Facture ' || i.number, 'Avoir ' || i.number, 'Avoir ' || i.number || ' versé au porte-monnaie')`,
	},
	{
		"I2", "Chaque écriture de facture, d’avoir ou de paiement passe entre les comptes de sa sorte.", "%d écritures ne passent pas entre les comptes de leur sorte.",
		`SELECT COUNT(*) FROM transfer t JOIN account d ON d.id = t.debit_id JOIN account c ON c.id = t.credit_id
		WHERE CASE t.kind WHEN 'invoice' THEN d.kind <> 'due' OR c.kind <> 'sales'
			WHEN 'credit_note' THEN NOT (d.kind = 'sales' AND c.kind = 'due' OR d.kind = 'due' AND c.kind = 'wallet')
			WHEN 'payment' THEN c.kind <> 'due' OR d.kind NOT IN ('wallet', 'cash')
			ELSE 1 = 0 END`,
	},
	{
		"I2", "Chaque facture est due par sa famille, ou par celle où elle a été réunie, à son échéance.", "%d factures ne sont pas dues par leur famille ou à leur échéance.",
		roots + `SELECT COUNT(*) FROM invoice_balance b JOIN invoice i ON i.id = b.invoice_id LEFT JOIN root r ON r.family_id = i.family_id
		WHERE r.root_id IS NULL OR b.family_id <> r.root_id OR b.due_on <> i.due_on`,
	},
	{
		"I2", "Chaque porte-monnaie ne paie que les factures de sa famille.", "%d règlements viennent du porte-monnaie d’une autre famille.",
		roots + `SELECT COUNT(*) FROM settlement s JOIN transfer t ON t.id = s.transfer_id JOIN account d ON d.id = t.debit_id JOIN account c ON c.id = t.credit_id
		JOIN root w ON w.family_id = COALESCE(d.family_id, c.family_id) JOIN invoice i ON i.id = s.invoice_id JOIN root r ON r.family_id = i.family_id WHERE w.root_id <> r.root_id`,
	},
	{
		"I2", "Chaque avoir va à sa famille.", "%d avoirs sont versés à une autre famille ou réduisent ce que doit une autre.",
		roots + `SELECT COUNT(*) FROM invoice_transfer x JOIN transfer t ON t.id = x.transfer_id JOIN account c ON c.id = t.credit_id JOIN invoice i ON i.id = x.invoice_id
		JOIN root r ON r.family_id = i.family_id LEFT JOIN root w ON w.family_id = c.family_id
		LEFT JOIN settlement s ON s.transfer_id = t.id LEFT JOIN invoice o ON o.id = s.invoice_id LEFT JOIN root p ON p.family_id = o.family_id
		WHERE w.root_id <> r.root_id OR p.root_id <> r.root_id`,
	},
	{
		"I8", "Chaque annulation rouvre les factures que l’écriture avait réglées.", "%d règlements annulés ne rouvrent pas leur facture.",
		`SELECT COUNT(*) FROM settlement s JOIN transfer t ON t.id = s.transfer_id LEFT JOIN settlement o ON o.transfer_id = t.reverses_id AND o.invoice_id = s.invoice_id
		WHERE t.reverses_id IS NOT NULL AND (o.id IS NULL OR o.amount <> -s.amount) OR t.reverses_id IS NULL AND s.amount < 0`,
	},
	{
		"I5", "Chaque ligne est du repas, du jour, du service et de la famille qu’elle dit.", "%d lignes de facture ne sont pas de leur repas.",
		// the family only where it is another one: few were ever merged, and lines are many
		roots + `SELECT COUNT(*) FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id JOIN booking b ON b.id = l.booking_id
		WHERE b.day <> l.day OR b.service_id <> l.service_id
			OR b.family_id <> i.family_id AND NOT EXISTS (SELECT 1 FROM root r WHERE r.family_id = i.family_id AND r.root_id = b.family_id)`,
	},
	{
		"I8", "Chaque somme reportée est reprise par une facture de sa famille.", "%d sommes reportées sont reprises par la facture d’une autre famille ou d’un mois d’avant.",
		roots + `SELECT COUNT(*) FROM invoice_carry k JOIN invoice i ON i.id = k.invoice_id JOIN root a ON a.family_id = k.family_id JOIN root b ON b.family_id = i.family_id
		WHERE a.root_id <> b.root_id OR i.period < k.period`,
	},
	{
		"I8", "Chaque relance est la suivante de ses factures, à la somme qu’elles devaient.", "%d relances ne sont pas la suivante de leurs factures ou n’en font pas la somme.",
		`SELECT (SELECT COUNT(*) FROM (SELECT invoice_id FROM reminder_invoice GROUP BY invoice_id HAVING COUNT(*) <> MAX(step) OR MIN(step) <> 1) x)
			+ (SELECT COUNT(*) FROM reminder m LEFT JOIN (SELECT reminder_id, SUM(open) AS open, MAX(step) AS step FROM reminder_invoice GROUP BY reminder_id) x ON x.reminder_id = m.id
				WHERE x.reminder_id IS NULL OR x.open <> m.open OR x.step <> m.step)`,
	},
}
