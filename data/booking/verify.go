package booking

import (
	"ardoise/data/ledger"
	"ardoise/data/store"
)

// Check is the answer to one invariant.
type Check = ledger.Check

// rules are counts that must be zero. A booking of price zero has no charge. A
// meal eaten without booking (kind unbooked) whose wallet could not pay has none
// either until it is regularised: it is listed by Unbooked, and I5 lets it have
// no charge, never two.
var rules = []struct{ id, good, bad, query string }{
	{
		"I4", "Un seul repas par enfant, service et jour.", "%d repas sont réservés deux fois.",
		`SELECT COUNT(*) FROM (SELECT child_id, service_id, day FROM booking WHERE state <> 'cancelled' GROUP BY child_id, service_id, day HAVING COUNT(*) > 1) d`,
	},
	{
		"I5", "Chaque réservation prépayée est débitée une fois, à son prix.", "%d réservations prépayées ne sont pas débitées exactement une fois à leur prix.",
		`SELECT COUNT(*) FROM booking b LEFT JOIN (
			SELECT t.booking_id, COUNT(*) AS n, SUM(t.amount) AS total, SUM(CASE WHEN r.id IS NULL THEN 0 ELSE 1 END) AS reversed
			FROM transfer t LEFT JOIN transfer r ON r.reverses_id = t.id WHERE t.kind = 'charge' GROUP BY t.booking_id) c ON c.booking_id = b.id
		WHERE b.state = 'booked' AND b.pay = 'prepaid' AND CASE
			WHEN b.price = 0 THEN c.n IS NOT NULL
			WHEN c.n IS NULL THEN b.kind <> 'unbooked'
			ELSE c.n <> 1 OR c.total <> b.price OR c.reversed <> 0 END`,
	},
	{
		"I5", "Aucune réservation mensuelle ou en attente n’est débitée.", "%d réservations mensuelles ou en attente sont débitées.",
		`SELECT COUNT(*) FROM booking b WHERE (b.pay = 'monthly' OR b.state = 'waiting')
		AND EXISTS (SELECT 1 FROM transfer t WHERE t.booking_id = b.id AND t.kind = 'charge')`,
	},
	{
		"I5", "Chaque annulation rend ce qu’elle doit, ni plus ni moins.", "%d annulations ne rendent pas exactement ce qui était débité.",
		`SELECT COUNT(*) FROM booking b LEFT JOIN (
			SELECT t.booking_id, COUNT(DISTINCT t.id) AS n, COUNT(r.id) AS back, SUM(t.amount) AS total, SUM(COALESCE(r.amount, 0)) AS returned
			FROM transfer t LEFT JOIN transfer r ON r.reverses_id = t.id WHERE t.kind = 'charge' GROUP BY t.booking_id) c ON c.booking_id = b.id
		WHERE b.state = 'cancelled' AND CASE
			WHEN c.n IS NULL THEN b.pay = 'prepaid' AND b.price > 0 AND b.kind <> 'unbooked' AND b.cancel_verdict <> 'waiting'
			WHEN b.cancel_verdict = 'waiting' THEN 1 = 1
			WHEN b.cancel_verdict = 'late' THEN c.n <> 1 OR c.back <> 0 OR c.total <> b.price
			ELSE c.n <> 1 OR c.back <> 1 OR c.returned <> c.total OR c.total <> b.price END`,
	},
	{
		"I5", "Chaque débit de repas a sa réservation.", "%d débits ou avoirs ne sont d’aucune réservation.",
		`SELECT COUNT(*) FROM transfer t LEFT JOIN booking b ON b.id = t.booking_id WHERE t.booking_id IS NOT NULL AND b.id IS NULL OR t.kind = 'charge' AND t.booking_id IS NULL`,
	},
	{"I6", "Aucun jour au-delà de ses places.", "%d jours sont au-delà de leurs places.", `SELECT COUNT(*) FROM day_load WHERE taken > capacity`},
	{
		"I6", "Les places comptées sont celles des réservations.", "%d jours n’ont pas le bon compte de places.",
		`SELECT COUNT(*) FROM day_load d LEFT JOIN (
			SELECT service_id, day, 0 AS sitting_id, COUNT(*) AS n FROM booking WHERE state = 'booked' AND kind <> 'unbooked' GROUP BY service_id, day
			UNION ALL
			SELECT service_id, day, sitting_id, COUNT(*) FROM booking WHERE state = 'booked' AND kind <> 'unbooked' AND sitting_id <> 0 GROUP BY service_id, day, sitting_id
		) b ON b.service_id = d.service_id AND b.day = d.day AND b.sitting_id = d.sitting_id
		WHERE d.taken <> COALESCE(b.n, 0)`,
	},
	{
		"I12", "Chaque décision sur un délai garde sa règle, son instant et son verdict.", "%d décisions n’ont pas leur règle ou leur instant.",
		`SELECT COUNT(*) FROM booking WHERE verdict <> 'unbooked' AND (cutoff_rule = '' OR cutoff_at = '')
		OR state = 'cancelled' AND cancel_verdict IN ('in_time', 'late') AND (cancel_rule = '' OR cancel_cutoff_at = '')`,
	},
	{
		// A correction of attendance goes past no cut-off: it says what was seen.
		"I12", "Chaque passage outre un délai a son motif.", "%d passages outre un délai n’ont pas de motif.",
		`SELECT COUNT(*) FROM booking b JOIN operation o ON o.id = b.operation_id LEFT JOIN operation c ON c.id = b.cancel_operation_id
		WHERE b.verdict = 'override' AND o.kind <> 'attend' AND TRIM(o.reason) = ''
		OR b.cancel_verdict = 'override' AND c.kind <> 'attend' AND TRIM(c.reason) = ''`,
	},
	{
		"I12", "Les verdicts s’accordent avec les instants.", "%d verdicts contredisent l’instant de l’opération.",
		`SELECT COUNT(*) FROM booking b JOIN operation o ON o.id = b.operation_id LEFT JOIN operation c ON c.id = b.cancel_operation_id
		WHERE b.verdict = 'in_time' AND COALESCE(NULLIF(o.received_at, ''), o.at) > b.cutoff_at
		OR b.cancel_verdict = 'in_time' AND COALESCE(NULLIF(c.received_at, ''), c.at) > b.cancel_cutoff_at
		OR b.cancel_verdict = 'late' AND COALESCE(NULLIF(c.received_at, ''), c.at) <= b.cancel_cutoff_at`,
	},
}

// Verify looks at I4, I5, I6 and I12, each with questions over whole tables.
func Verify(tx *store.Tx) ([]Check, error) {
	out := make([]Check, 0, len(rules))
	for _, r := range rules { // a fixed list, not a list of data
		c, err := ledger.Count(tx, r.id, r.good, r.bad, r.query)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}
