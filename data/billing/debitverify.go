package billing

// debitRules are what must hold of mandates and direct debits.
var debitRules = []rule{
	{
		"I8", "Chaque remise de prélèvements a le nombre et le total de ses prélèvements.", "%d remises de prélèvements n’ont pas le nombre ou le total de leurs prélèvements.",
		`SELECT COUNT(*) FROM debit_batch b LEFT JOIN (SELECT batch_id, COUNT(*) AS n, SUM(amount) AS total FROM debit GROUP BY batch_id) d ON d.batch_id = b.id
		WHERE b.count <> COALESCE(d.n, 0) OR b.total <> COALESCE(d.total, 0)`,
	},
	{
		"I8", "Chaque prélèvement est la somme de ce qu’il prend de ses factures.", "%d prélèvements ne sont pas la somme de leurs factures.",
		`SELECT COUNT(*) FROM debit d LEFT JOIN (SELECT debit_id, SUM(amount) AS total FROM debit_invoice GROUP BY debit_id) x ON x.debit_id = d.id WHERE d.amount <> COALESCE(x.total, 0)`,
	},
	{
		"I8", "Chaque prélèvement est dans l’état de sa remise.", "%d prélèvements ne sont pas dans l’état de leur remise.",
		`SELECT COUNT(*) FROM debit d JOIN debit_batch b ON b.id = d.batch_id WHERE b.state <> CASE WHEN d.state = 'rejected' THEN 'sent' ELSE d.state END`,
	},
	{
		"I8", "La référence de bout en bout de chaque prélèvement est à lui seul.", "%d références de bout en bout servent deux fois.",
		`SELECT COUNT(*) FROM (SELECT end_to_end FROM debit GROUP BY end_to_end HAVING COUNT(*) > 1) x`,
	},
	{
		"I5", "Chaque prélèvement envoyé a son encaissement, à son montant et à son jour.", "%d prélèvements envoyés n’ont pas exactement leur encaissement.",
		`SELECT COUNT(*) FROM debit d JOIN debit_batch b ON b.id = d.batch_id LEFT JOIN transfer t ON t.id = d.transfer_id
		LEFT JOIN account i ON i.id = t.debit_id LEFT JOIN account o ON o.id = t.credit_id
		WHERE d.state IN ('sent', 'rejected') AND (t.id IS NULL OR t.kind <> 'payment' OR t.amount <> d.amount OR t.on_day <> b.collect_on OR t.operation_id <> b.operation_id
			OR i.code <> 'cash:debit' OR o.code <> 'due' OR EXISTS (SELECT 1 FROM debit x WHERE x.transfer_id = d.transfer_id AND x.id <> d.id))`,
	},
	{
		"I5", "Chaque encaissement par prélèvement est d’un prélèvement envoyé.", "%d encaissements par prélèvement ne sont d’aucun prélèvement.",
		`SELECT COUNT(*) FROM transfer t JOIN account a ON a.id = t.debit_id LEFT JOIN debit d ON d.transfer_id = t.id WHERE a.code = 'cash:debit' AND t.kind = 'payment' AND d.id IS NULL`,
	},
	{
		"I5", "Chaque prélèvement revenu a une contre-écriture de son encaissement, une seule.", "%d prélèvements n’ont pas exactement la contre-écriture de leur retour.",
		`SELECT COUNT(*) FROM debit d LEFT JOIN transfer t ON t.id = d.reject_id LEFT JOIN transfer r ON r.reverses_id = d.transfer_id
		WHERE d.state = 'rejected' AND (t.id IS NULL OR t.kind <> 'reject' OR t.amount <> d.amount OR t.reverses_id <> d.transfer_id)
			OR d.state <> 'rejected' AND r.id IS NOT NULL`,
	},
	{
		"I5", "Chaque contre-écriture de rejet est d’un prélèvement revenu.", "%d contre-écritures de rejet ne sont d’aucun prélèvement.",
		`SELECT COUNT(*) FROM transfer t LEFT JOIN debit d ON d.reject_id = t.id WHERE t.kind = 'reject' AND d.id IS NULL`,
	},
	{
		"I5", "Chaque prélèvement envoyé règle les factures qu’il nomme, et son retour les rouvre.", "%d factures prélevées ne sont pas réglées ou rouvertes à leur montant.",
		`SELECT COUNT(*) FROM debit d JOIN debit_invoice x ON x.debit_id = d.id LEFT JOIN settlement s ON s.transfer_id = d.transfer_id AND s.invoice_id = x.invoice_id
		LEFT JOIN settlement r ON r.transfer_id = d.reject_id AND r.invoice_id = x.invoice_id
		WHERE d.state IN ('sent', 'rejected') AND COALESCE(s.amount, 0) <> x.amount OR d.state = 'rejected' AND COALESCE(r.amount, 0) <> -x.amount`,
	},
	{
		"I5", "Aucune facture n’est réservée au-delà de ce qui reste à payer.", "%d factures sont réservées au-delà de ce qui reste à payer.",
		`SELECT COUNT(*) FROM (SELECT x.invoice_id, SUM(x.amount) AS held FROM debit_invoice x JOIN debit d ON d.id = x.debit_id WHERE d.state = 'built' GROUP BY x.invoice_id) h
		LEFT JOIN invoice_balance b ON b.invoice_id = h.invoice_id WHERE h.held > COALESCE(b.open, 0)`,
	},
	{
		"I8", "Chaque famille a un mandat en vigueur au plus.", "%d familles ont deux mandats en vigueur, ou en gardent un après leur réunion.",
		`SELECT COUNT(*) FROM (SELECT m.family_id FROM mandate m JOIN family f ON f.id = m.family_id WHERE m.state IN ('active', 'blocked')
			GROUP BY m.family_id, f.state HAVING COUNT(*) > 1 OR f.state = 'merged') x`,
	},
	{
		"I8", "Chaque retour lu a le nombre de ses lignes.", "%d retours n’ont pas le nombre de leurs lignes.",
		`SELECT COUNT(*) FROM bank_return r LEFT JOIN (SELECT return_id, SUM(CASE WHEN outcome = 'matched' THEN 1 ELSE 0 END) AS m, SUM(CASE WHEN outcome = 'known' THEN 1 ELSE 0 END) AS k,
			SUM(CASE WHEN outcome = 'unmatched' THEN 1 ELSE 0 END) AS u FROM bank_return_line GROUP BY return_id) l ON l.return_id = r.id
		WHERE r.matched <> COALESCE(l.m, 0) OR r.known <> COALESCE(l.k, 0) OR r.unmatched <> COALESCE(l.u, 0)`,
	},
}
