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
		"M1", "Chaque courriel a été traité une fois au plus.", "%d courriels ont été traités plusieurs fois, ou sont à traiter bien que traités.",
		`SELECT COUNT(*) FROM mail_message m JOIN (
			SELECT mail_id, SUM(CASE kind WHEN 'mail' THEN 1 ELSE -1 END) AS n FROM operation WHERE mail_id IS NOT NULL AND kind IN ('mail', 'mail.undo') GROUP BY mail_id) o ON o.mail_id = m.id
		WHERE o.n < 0 OR o.n > 1 OR o.n = 1 AND m.state IN ('todo', 'toread', 'ignored')`,
	},
	{
		"M2", "Rien n’est fait pour un courriel qui attend encore.", "%d actions sont faites pour des courriels qui attendent encore.",
		`SELECT COUNT(*) FROM mail_action x JOIN mail_message m ON m.id = x.message_id WHERE x.undone_at = '' AND x.kind <> 'bounce' AND m.state IN ('todo', 'toread', 'ignored')`,
	},
	{
		"M3", "Chaque opération faite pour un courriel le nomme.", "%d actions nomment une opération faite pour un autre courriel, ou pour aucun.",
		`SELECT COUNT(*) FROM mail_action x JOIN operation o ON o.id = x.operation_id WHERE o.mail_id IS NULL OR o.mail_id <> x.message_id`,
	},
	{
		"M4", "Les délais des courriels sont jugés à leur réception.", "%d repas demandés par courriel sont dans le délai sans que le courriel le soit.",
		`SELECT COUNT(*) FROM booking b JOIN operation o ON o.id = b.operation_id OR o.id = b.cancel_operation_id
		WHERE o.mail_id IS NOT NULL AND (b.operation_id = o.id AND b.verdict = 'in_time' AND o.received_at > b.cutoff_at
			OR b.cancel_operation_id = o.id AND b.cancel_verdict = 'in_time' AND o.received_at > b.cancel_cutoff_at)`,
	},
	{
		"M5", "Une réponse reprise ne part pas.", "%d réponses reprises sont encore à envoyer, ou sont à un autre courriel.",
		`SELECT COUNT(*) FROM mail_action x JOIN outbox l ON l.id = x.outbox_id
		WHERE x.undone_at <> '' AND l.state <> 'dropped' OR l.answers_id IS NULL OR l.answers_id <> x.message_id`,
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
