package billing

// cashRules are what must hold of the cash office's closes, slips and locks.
var cashRules = []rule{
	{
		"I2", "Chaque arrêté de caisse est ce que disent les écritures.", "%d arrêtés de caisse ne sont pas ce que disent les écritures.",
		`WITH moved AS (
			SELECT m.on_day AS day, SUM(m.change) AS change FROM (
				SELECT t.on_day, t.amount AS change FROM transfer t JOIN account a ON a.id = t.debit_id WHERE a.code IN ('cash:cash', 'refund:cash')
				UNION ALL SELECT t.on_day, -t.amount FROM transfer t JOIN account a ON a.id = t.credit_id WHERE a.code IN ('cash:cash', 'refund:cash')) m GROUP BY m.on_day),
		line AS (SELECT day, change, 0 AS fund, CAST(NULL AS BIGINT) AS expected FROM moved UNION ALL SELECT day, 0, fund, expected FROM cash_close),
		run AS (SELECT fund, expected, SUM(change) OVER (ORDER BY day) AS held FROM line)
		SELECT COUNT(*) FROM run WHERE expected IS NOT NULL AND expected <> fund + held`,
	},
	{
		"I8", "Chaque bordereau compte ses lignes et en fait la somme.", "%d bordereaux n’ont pas le nombre ou la somme de leurs lignes.",
		`SELECT COUNT(*) FROM cash_slip s LEFT JOIN (SELECT slip_id, COUNT(*) AS n, SUM(amount) AS total FROM (
			SELECT x.slip_id, r.amount FROM cash_slip_receipt x JOIN receipt r ON r.id = x.receipt_id
			UNION ALL SELECT slip_id, amount FROM cash_slip_entry) l GROUP BY slip_id) l ON l.slip_id = s.id
		WHERE s.count <> COALESCE(l.n, 0) OR s.total <> COALESCE(l.total, 0)`,
	},
	{
		"I8", "Chaque ligne est sur un bordereau de sa sorte, à son montant.", "%d lignes de bordereau ne sont pas de sa sorte ou à leur montant.",
		`SELECT (SELECT COUNT(*) FROM cash_slip_receipt x JOIN cash_slip s ON s.id = x.slip_id JOIN receipt r ON r.id = x.receipt_id
			WHERE x.kind <> s.kind OR s.kind = 'cheques' AND r.means <> 'cheque')
		+ (SELECT COUNT(*) FROM cash_slip_entry e JOIN cash_slip s ON s.id = e.slip_id JOIN transfer t ON t.id = e.transfer_id
			WHERE s.kind <> 'payment' OR e.amount NOT IN (t.amount, -t.amount) OR t.kind IN ('topup', 'deposit'))`,
	},
	{
		"I8", "Chaque bordereau verse une fois ce qui ne l’était pas encore.", "%d bordereaux ne versent pas exactement ce qui ne l’était pas encore.",
		`SELECT COUNT(*) FROM cash_slip s
		LEFT JOIN (SELECT slip_id, SUM(amount) AS total FROM (
			SELECT x.slip_id, r.amount FROM cash_slip_receipt x JOIN receipt r ON r.id = x.receipt_id
			WHERE NOT EXISTS (SELECT 1 FROM cash_slip_receipt o WHERE o.kind IN ('cheques', 'payment') AND o.receipt_id = x.receipt_id AND o.slip_id < x.slip_id)
			UNION ALL SELECT slip_id, amount FROM cash_slip_entry) l GROUP BY slip_id) l ON l.slip_id = s.id
		LEFT JOIN (SELECT t.operation_id, SUM(CASE WHEN d.code = 'treasury' THEN t.amount ELSE -t.amount END) AS total FROM transfer t JOIN account d ON d.id = t.debit_id
			WHERE t.kind = 'deposit' GROUP BY t.operation_id) m ON m.operation_id = s.operation_id
		WHERE COALESCE(l.total, 0) <> COALESCE(m.total, 0)`,
	},
	{
		"I8", "Chaque versement est d’un bordereau.", "%d versements ne sont d’aucun bordereau.",
		`SELECT COUNT(*) FROM transfer t LEFT JOIN cash_slip s ON s.operation_id = t.operation_id WHERE t.kind = 'deposit' AND s.id IS NULL`,
	},
	{
		"I8", "Les bordereaux se suivent sans trou.", "%d séries de bordereaux ont un trou ou ne finissent pas à leur compteur.",
		`SELECT COUNT(*) FROM (SELECT kind, year, COUNT(*) AS n, MIN(serial) AS low, MAX(serial) AS high FROM cash_slip GROUP BY kind, year) s
		LEFT JOIN counter k ON k.name = 'slip:' || s.kind || ':' || s.year WHERE s.n <> s.high OR s.low <> 1 OR k.last IS NULL OR k.last <> s.high`,
	},
	{
		"I8", "Tout encaissement d’un mois verrouillé est sur un bordereau.", "%d encaissements de mois verrouillés ne sont sur aucun bordereau.",
		`SELECT COUNT(*) FROM receipt r JOIN transfer t ON t.id = r.transfer_id
		LEFT JOIN cash_slip_receipt x ON x.kind = 'payment' AND x.receipt_id = r.id LEFT JOIN transfer v ON v.reverses_id = t.id
		WHERE x.receipt_id IS NULL AND v.id IS NULL AND substr(t.on_day, 1, 7) <= (SELECT MAX(period) FROM period_lock)`,
	},
	{
		"I7", "Aucune écriture n’est entrée dans un mois après son verrouillage.", "%d mois verrouillés ont une écriture plus récente que leur verrou.",
		`SELECT COUNT(*) FROM (SELECT substr(t.on_day, 1, 7) AS month, MAX(o.at) AS newest FROM transfer t JOIN operation o ON o.id = t.operation_id GROUP BY substr(t.on_day, 1, 7)) m
		WHERE m.newest > (SELECT MIN(locked_at) FROM period_lock WHERE period >= m.month)`,
	},
	{
		"I7", "Les mois se verrouillent dans l’ordre, sans en sauter.", "%d mois ont été sautés entre deux verrous.",
		`SELECT COALESCE(MAX(n) - MIN(n) + 1 - COUNT(*), 0) FROM (SELECT CAST(substr(period, 1, 4) AS BIGINT) * 12 + CAST(substr(period, 6, 2) AS BIGINT) AS n FROM period_lock) p`,
	},
	{
		"I8", "Chaque annulation de quittance a son motif et vient de la régie.", "%d annulations de quittance sont sans motif ou sans opération de la régie.",
		`SELECT COUNT(*) FROM receipt r JOIN transfer v ON v.reverses_id = r.transfer_id JOIN operation o ON o.id = v.operation_id WHERE v.kind <> 'void' OR o.kind <> 'void' OR o.reason = ''`,
	},
}
