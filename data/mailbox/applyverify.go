package mailbox

import (
	"fmt"
	"slices"

	"ardoise/data/ledger"
	"ardoise/data/store"
)

// rules are counts that must be zero.
var rules = []struct{ id, good, bad, query string }{
	{
		"M1", "Chaque courriel a été traité une fois au plus.", "%d courriels ont été traités plusieurs fois, sont à traiter bien que traités, ou passent pour traités sans l’avoir été.",
		`SELECT COUNT(*) FROM mail_message m LEFT JOIN (
			SELECT mail_id, SUM(CASE kind WHEN 'mail' THEN 1 ELSE -1 END) AS n FROM operation WHERE mail_id IS NOT NULL AND kind IN ('mail', 'mail.undo') GROUP BY mail_id) o ON o.mail_id = m.id
		WHERE COALESCE(o.n, 0) <> CASE WHEN m.state IN ('applied', 'answered') THEN 1 ELSE 0 END`,
	},
	{
		"M2", "Rien n’est fait pour un courriel qui attend encore.", "%d actions sont faites pour des courriels qui attendent encore.",
		`SELECT COUNT(*) FROM mail_action x JOIN mail_message m ON m.id = x.message_id WHERE x.undone_at = '' AND m.state IN ('todo', 'toread', 'ignored')`,
	},
	{
		"M3", "Chaque opération faite pour un courriel le nomme.", "%d actions nomment une opération faite pour un autre courriel, ou pour aucun.",
		`SELECT COUNT(*) FROM mail_action x JOIN operation o ON o.id = x.operation_id WHERE o.mail_id IS NULL OR o.mail_id <> x.message_id`,
	},
	{
		"M4", "Les délais des courriels sont jugés à leur réception.", "%d repas demandés par courriel sont dans le délai sans que le courriel le soit.",
		`SELECT COUNT(*) FROM booking b LEFT JOIN operation o ON o.id = b.operation_id AND o.mail_id IS NOT NULL
			LEFT JOIN operation c ON c.id = b.cancel_operation_id AND c.mail_id IS NOT NULL
		WHERE b.verdict = 'in_time' AND o.received_at > b.cutoff_at OR b.cancel_verdict = 'in_time' AND c.received_at > b.cancel_cutoff_at`,
	},
	{
		"M5", "Une réponse reprise ne part pas.", "%d réponses reprises sont encore à envoyer, ou sont à un autre courriel.",
		`SELECT COUNT(*) FROM mail_action x JOIN outbox l ON l.id = x.outbox_id
		WHERE x.undone_at <> '' AND l.state <> 'dropped' OR l.answers_id IS NULL OR l.answers_id <> x.message_id`,
	},
	{
		"M6", "Ce qui est fait pour un courriel est noté avec lui.", "%d opérations, réponses ou courriels traités n’ont pas la ligne qui dit ce qui a été fait.",
		`SELECT (SELECT COUNT(*) FROM operation o WHERE o.mail_id IS NOT NULL AND o.kind NOT IN ('mail', 'mail.undo')
				AND NOT EXISTS (SELECT 1 FROM mail_action x WHERE x.message_id = o.mail_id AND x.operation_id = o.id))
			+ (SELECT COUNT(*) FROM outbox l WHERE l.answers_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM mail_action x WHERE x.outbox_id = l.id))
			+ (SELECT COUNT(*) FROM mail_message m WHERE m.state IN ('applied', 'answered') AND m.state <> COALESCE((
				SELECT CASE WHEN SUM(CASE x.kind WHEN 'answer' THEN 0 ELSE 1 END) > 0 THEN 'applied' ELSE 'answered' END FROM mail_action x WHERE x.message_id = m.id AND x.undone_at = '' HAVING COUNT(*) > 0), ''))`,
	},
	{
		"M7", "Chaque lettre part une fois, sous son identifiant.", "%d lettres sont parties deux fois ou sans identifiant.",
		`SELECT (SELECT COUNT(*) FROM (SELECT header_id FROM outbox WHERE header_id <> '' GROUP BY header_id HAVING COUNT(*) > 1) d)
			+ (SELECT COUNT(*) FROM outbox WHERE sent_at <> '' AND account_id IS NOT NULL AND header_id = '')`,
	},
	{
		"M8", "Chaque courriel a été traité pour sa famille.", "%d courriels ont été traités pour une autre famille que la leur.",
		`SELECT COUNT(DISTINCT m.id) FROM mail_message m JOIN operation o ON o.mail_id = m.id LEFT JOIN family f ON f.id = o.family_id
		WHERE m.state IN ('applied', 'answered') AND COALESCE(o.family_id, 0) <> COALESCE(m.family_id, 0) AND COALESCE(f.state, '') <> 'merged'
			AND o.id >= (SELECT MAX(l.id) FROM operation l WHERE l.mail_id = m.id AND l.kind = 'mail')`,
	},
}

// Verify looks at what must hold of the post, whatever was done.
func Verify(tx *store.Tx) (checks []ledger.Check, err error) {
	for _, r := range slices.Concat(intakeRules, rules) { // fixed lists
		var n int64
		if err := tx.QueryRow(r.query).Scan(&n); err != nil {
			return nil, err
		}
		c := ledger.Check{ID: r.id, OK: n == 0, Detail: r.good}
		if n > 0 {
			c.Detail = fmt.Sprintf(r.bad, n)
		}
		checks = append(checks, c)
	}
	return checks, nil
}

// MergeLines tells what a merge brings over of the post: nothing is asked.
func MergeLines(tx *store.Tx, from, _ int64) ([]string, error) {
	var n int
	err := tx.QueryRow(`SELECT COUNT(*) FROM mail_message WHERE family_id = $1`, from).Scan(&n)
	if err != nil || n == 0 {
		return nil, err
	}
	return []string{plural(n, "courriel", "courriels") + " à rattacher"}, nil
}

// Merge gives the messages of a merged family to the one that lives on.
func Merge(tx *store.Tx, from, to int64) error {
	n, err := tx.Exec(`UPDATE mail_message SET family_id = $1, version = version + 1 WHERE family_id = $2`, to, from)
	if n > 0 {
		tx.Publish(Topic)
	}
	return err
}
