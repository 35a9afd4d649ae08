package message

import (
	"regexp"
	"strings"
)

// maxBounces is how many addresses one report may speak of.
const maxBounces = 50

var (
	statusCode  = regexp.MustCompile(`\b([245]\.\d{1,3}\.\d{1,3})\b`)
	smtpCode    = regexp.MustCompile(`(?:^|[\s;:<>(#])([45]\d\d)[\s-]`)
	inBrackets  = regexp.MustCompile(`<([^<>\s@]{1,64}@[^<>\s@]{1,190})>`)
	bareMail    = regexp.MustCompile(`([A-Za-z0-9._%+'=-]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,24})`)
	undelivered = regexp.MustCompile(`(?i)undeliver|delivery (status|failure|has failed)|mail delivery (failed|subsystem)|failure notice|returned (mail|to sender)|non[- ]?(remis|délivr|distribu)|échec de (la )?(remise|distribution)|retour(né)? à l[’']expéditeur|n[’']a pas pu être (remis|distribué|délivré)`)
)

// bounces reads which addresses a delivery report says were not reached.
func (m *Message) bounces(h head, c *collector) {
	if len(c.report) > 0 {
		m.fromReport(c.report, c.origin)
		return
	}
	if returned.MatchString(m.From.Mail) || h.has("return-path") && emptyPath(h.get("return-path")) && undelivered.MatchString(m.Subject) {
		m.fromWords(c.origin)
	}
}

// fromReport reads the blocks of fields of a delivery report (RFC 3464).
func (m *Message) fromReport(report []byte, origin string) {
	if origin == "" {
		origin = messageID(parseHead(report).get("original-message-id"))
	}
	for rest := report; len(rest) > 0 && len(m.Bounces) < maxBounces; {
		if line, next := cutLine(rest); blank(line) {
			rest = next
			continue
		}
		top, next := splitHead(rest)
		rest = next
		h := parseHead(top)
		action, _ := oneLine(h.get("action"))
		action = strings.ToLower(uncomment(action))
		address := reportMail(h.get("final-recipient"))
		if address == "" {
			address = reportMail(h.get("original-recipient"))
		}
		switch action = strings.TrimSpace(action); {
		case address == "", action != "failed" && action != "delayed":
			continue
		}
		status, _ := oneLine(h.get("status"))
		detail, _ := oneLine(h.get("diagnostic-code"))
		code := statusCode.FindString(status)
		if code == "" || code == "5.0.0" || code == "4.0.0" {
			if better := statusCode.FindString(detail); better != "" {
				code = better
			}
		}
		permanent := strings.HasPrefix(code, "5")
		if found := smtpCode.FindStringSubmatch(detail + " "); code == "" && found != nil {
			permanent = found[1][0] == '5'
		}
		m.bounce(Bounce{Address: address, Permanent: permanent && action == "failed", Status: code, Detail: detail, HeaderID: origin})
	}
}

// reportMail reads « rfc822; a@b ».
func reportMail(raw string) string {
	raw, _ = utf8Of(raw)
	if kind, mail, ok := strings.Cut(raw, ";"); ok {
		if kind = strings.ToLower(strings.TrimSpace(kind)); kind != "rfc822" && kind != "utf-8" {
			return ""
		}
		raw = mail
	}
	return address(uncomment(raw)).Mail
}

// bounce adds one, an address once.
func (m *Message) bounce(b Bounce) {
	for i, known := range m.Bounces {
		if known.Address == b.Address {
			if b.Permanent && !known.Permanent {
				m.Bounces[i] = b
			}
			return
		}
	}
	m.Bounces = append(m.Bounces, b)
}

// fromWords reads a report that is written for people only (Exim, qmail, webmails):
// an address counts where the same paragraph gives a permanent code, and no other
// address.
func (m *Message) fromWords(origin string) {
	text, original := m.Text, ""
	for _, mark := range []string{"--- Below this line", "This is a copy of the message", "------ This is a copy", "--- Original message", "Copie du message"} {
		if i := strings.Index(text, mark); i >= 0 {
			text, original = text[:i], text[i:]
		}
	}
	if i := strings.Index(strings.ToLower(original), "message-id:"); i >= 0 && origin == "" {
		line, _, _ := strings.Cut(original[i+len("message-id:"):], "\n")
		origin = messageID(line)
	}
	for _, paragraph := range paragraphs(text) {
		flat := plainLine(paragraph)
		code := statusCode.FindString(flat)
		found := smtpCode.FindStringSubmatch(" " + flat + " ")
		if !strings.HasPrefix(code, "5.") && (found == nil || found[1][0] != '5') || strings.HasPrefix(code, "4.") {
			continue
		}
		mails := mailsOf(paragraph)
		if len(mails) != 1 || len(m.Bounces) >= maxBounces {
			continue
		}
		if code == "" {
			code = found[1]
		}
		m.bounce(Bounce{Address: mails[0], Permanent: true, Status: code, Detail: flat, HeaderID: origin})
	}
}

// paragraphs cuts a text at its empty lines; a paragraph of an address alone
// belongs to the one after it.
func paragraphs(text string) (list []string) {
	waiting := ""
	for one := range strings.SplitSeq(text, "\n\n") {
		one = strings.TrimSpace(one)
		if bare := strings.Trim(one, "<>: \n"); one != "" && cleanMail(bare) != "" {
			waiting = one
			continue
		}
		list = append(list, waiting+"\n"+one)
		waiting = ""
	}
	return list
}

// mailsOf lists the different addresses of a text, lower case.
func mailsOf(text string) (mails []string) {
	seen := map[string]bool{}
	for _, pattern := range []*regexp.Regexp{inBrackets, bareMail} {
		for _, found := range pattern.FindAllStringSubmatch(text, 20) {
			if mail := cleanMail(found[1]); mail != "" && !seen[mail] {
				seen[mail] = true
				mails = append(mails, mail)
			}
		}
	}
	return mails
}
