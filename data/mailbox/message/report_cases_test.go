package message

// report is a delivery report with these fields.
func report(fields, original string) string {
	return "Return-Path: <>\nFrom: Mail Delivery System <MAILER-DAEMON@mx.example.net>\nSubject: Undelivered Mail Returned to Sender\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nDésolé.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n" +
		fields + "\n--b\nContent-Type: " + original + "\n--b--\n"
}

// daemon is one in words only.
func daemon(text string) string {
	return "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net\nSubject: Mail delivery failed: returning message to sender\n\n" + text
}

const ourHead = "text/rfc822-headers\n\nFrom: cantine@mairie.example\nMessage-ID: <notre-7@mairie.example>\n"

var reportCases = []oneCase{
	{
		"two of three", report("Final-Recipient: rfc822; Paul@Example.org\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 No such user\n here\n\nFinal-Recipient: rfc822;lea@example.org\nAction: delayed\nStatus: 4.4.1\n\nFinal-Recipient: rfc822;zoe@example.org\nAction: delivered\nStatus: 2.0.0\n", ourHead),
		want{quiet: "rapport", text: "Désolé.", files: []string{}, bounces: []Bounce{
			{"paul@example.org", true, "5.1.1", "550 5.1.1 No such user here", "notre-7@mairie.example"},
			{"lea@example.org", false, "4.4.1", "", "notre-7@mairie.example"},
		}},
	},
	{"full mailbox, given up", report("Final-Recipient: rfc822; p@example.org\nAction: failed\nStatus: 4.2.2\n", ourHead), want{quiet: "rapport", bounces: []Bounce{{"p@example.org", false, "4.2.2", "", "notre-7@mairie.example"}}}},
	{"code in the server's words only", report("Original-Recipient: rfc822;p@example.org\nFinal-Recipient: x; y\nAction: Failed\nDiagnostic-Code: smtp; 554 rejected\n", ourHead), want{quiet: "rapport", bounces: []Bounce{{"p@example.org", true, "", "554", "notre-7@mairie.example"}}}},
	{"not an address", report("Final-Recipient: rfc822; a b@x <script>\nAction: failed\nStatus: 5.1.1\n", ourHead), want{quiet: "rapport"}},
	{"no action", report("Final-Recipient: rfc822; p@example.org\nStatus: 5.1.1\n", ourHead), want{quiet: "rapport"}},
	{
		"exim", daemon("This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  paul@example.org\n    host mx.example.org [192.0.2.1]\n    SMTP error from remote mail server after RCPT TO:<paul@example.org>:\n    550 5.1.1 User unknown\n\n------ This is a copy of the message, including all the headers. ------\n\nMessage-ID: <notre-8@mairie.example>\nFrom: cantine@mairie.example\nTo: autre@example.org\n"),
		want{quiet: "serveur de courrier", bounces: []Bounce{{"paul@example.org", true, "5.1.1", "550", "notre-8@mairie.example"}}},
	},
	{
		"qmail", daemon("Hi. This is the program.\nI'm afraid I wasn't able to deliver your message.\n\n<paul@example.org>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 unknown\nGiving up.\n\n--- Below this line is a copy of the message.\n\nTo: autre@example.org\n"),
		want{quiet: "serveur de courrier", bounces: []Bounce{{"paul@example.org", true, "550", "does not like", ""}}},
	},
	{"our message joined without a report", "From: MAILER-DAEMON@mx.example.net\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n<paul@example.org>: 550 5.1.1 unknown\n--b\nContent-Type: message/rfc822\n\nFrom: cantine@mairie.example\nMessage-ID: <notre-9@mairie.example>\n\nx\n--b--\n", want{quiet: "serveur de courrier", bounces: []Bounce{{"paul@example.org", true, "5.1.1", "550", "notre-9@mairie.example"}}}},
	{"temporary in words", daemon("<paul@example.org>: 450 4.2.2 mailbox full\n"), want{quiet: "serveur de courrier"}},
	{"two addresses in one paragraph", daemon("paul@example.org lea@example.org 550 5.1.1 unknown\n"), want{quiet: "serveur de courrier"}},
	{"no code", daemon("paul@example.org is unknown\n"), want{quiet: "serveur de courrier"}},
	{"a family tells of a bounce", plain("Undelivered Mail", "J’ai reçu : <paul@example.org>: 550 5.1.1 unknown"), want{}},
}
