package mailbox

// intakeRules are counts that must be zero, of how messages are taken in.
var intakeRules = []struct{ id, good, bad, query string }{
	{
		"I10", "Chaque message est entré une fois.", "%d messages sont entrés deux fois.",
		`SELECT COUNT(*) FROM (SELECT digest FROM mail_message GROUP BY digest HAVING COUNT(*) > 1) d`,
	},
	{
		"I10", "Chaque message a son original.", "%d messages n’ont pas leur original.",
		`SELECT COUNT(*) FROM mail_message m LEFT JOIN mail_original o ON o.message_id = m.id WHERE o.message_id IS NULL AND m.purged_on = ''`,
	},
	{
		"I10", "Chaque message relevé sait où il est sur le serveur.", "%d messages relevés ne savent pas où ils sont sur le serveur.",
		`SELECT COUNT(*) FROM mail_message m WHERE m.account_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM mail_place p WHERE p.message_id = m.id)`,
	},
	{
		"I10", "Seul ce que personne n’a écrit est classé sans agent.", "%d messages ont été traités sans agent.",
		`SELECT COUNT(*) FROM mail_message WHERE agent_id = 0 AND state IN ('applied', 'answered')`,
	},
	{
		"I10", "Chaque opération faite pour un message est jugée à sa réception.", "%d opérations ne sont pas jugées à la réception de leur message.",
		`SELECT COUNT(*) FROM operation o LEFT JOIN mail_message m ON m.id = o.mail_id WHERE o.mail_id IS NOT NULL AND (m.id IS NULL OR m.received_at <> o.received_at)`,
	},
}
