package message

import (
	"regexp"
	"slices"
	"strings"

	"github.com/emersion/go-msgauth/authres"

	"ardoise/data/fault"
)

// auth believes the topmost Authentication-Results of the configured host, and
// nobody else's. Without a configured host, the topmost one is told when it says
// that something fails: as a warning.
func (c *collector) auth(h head) Auth {
	for _, raw := range h.all("authentication-results") {
		a, from := results(raw)
		switch host := strings.TrimSuffix(strings.ToLower(c.o.AuthHost), "."); {
		case host == "" && a.Fails():
			a.Unverified = true
			return a
		case host == "":
			return Auth{}
		case a.Host != host:
			continue
		}
		_, domain, _ := strings.Cut(c.m.From.Mail, "@")
		if a.DMARC == "pass" && (reachable(addresses(strings.Join(h.all("from"), ","), 50)) > 1 || from != "" && from != domain) {
			a.DMARC = "none"
			c.m.remark("La vérification de l’expéditeur porte sur un autre nom que celui affiché : elle n’est pas retenue.")
		}
		return a
	}
	return Auth{}
}

// results reads one Authentication-Results; from is the domain DMARC speaks of.
func results(raw string) (a Auth, from string) {
	raw, _ = utf8Of(raw)
	if len(raw) > 16<<10 {
		raw = raw[:16<<10]
	}
	raw = uncomment(raw)
	first, rest, _ := strings.Cut(raw, ";")
	if fields := strings.Fields(first); len(fields) > 0 && strings.Contains(fields[0], "=") {
		rest = raw // Microsoft names no host
	} else if len(fields) > 0 {
		a.Host = plainLine(strings.TrimSuffix(strings.ToLower(strings.Trim(fields[0], `"`)), "."))
	}
	// One result at a time: a malformed one must not hide those after it.
	for _, one := range strings.Split(rest, ";") {
		_, found, err := authres.Parse("host;" + one)
		if err != nil {
			continue
		}
		for _, result := range found {
			switch r := result.(type) {
			case *authres.DMARCResult:
				if a.DMARC == "" {
					a.DMARC, from = verdict(r.Value), strings.ToLower(r.From[strings.LastIndexByte(r.From, '@')+1:])
				}
			case *authres.SPFResult:
				if a.SPF == "" {
					a.SPF = verdict(r.Value)
				}
			case *authres.DKIMResult:
				if a.DKIM == "" || r.Value == authres.ResultPass {
					a.DKIM = verdict(r.Value)
				}
			}
		}
	}
	return a, from
}

// verdict keeps a known word only.
func verdict(v authres.ResultValue) string {
	switch v {
	case authres.ResultNone, authres.ResultPass, authres.ResultFail, authres.ResultPolicy, authres.ResultNeutral, authres.ResultTempError,
		authres.ResultPermError, authres.ResultHardFail, authres.ResultSoftFail:
		return string(v)
	}
	return ""
}

func failed(verdict string) bool { return verdict == "fail" || verdict == "hardfail" }

// uncomment takes the (comments) out of a structured field.
func uncomment(s string) string {
	var out strings.Builder
	depth, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && (quoted || depth > 0):
			i++
		case c == '"' && depth == 0:
			quoted = !quoted
			out.WriteByte(c)
		case quoted:
			out.WriteByte(c)
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case depth == 0:
			out.WriteByte(c)
		}
	}
	return out.String()
}

var (
	autoSubject = regexp.MustCompile(`(?i)^\s*(re\s*:\s*)?(réponse automatique|absence du bureau|absent du bureau|automatic reply|auto[- ]?reply|out of (the )?office|automatische antwort)`)
	returned    = regexp.MustCompile(`(?i)^(mailer-daemon|postmaster)@`)
	noReply     = regexp.MustCompile(`(?i)^(no|ne|do)[-_.]?(not|pas)?[-_.]?(reply|repondre|répondre|reponse)([-_.+][^@]*)?@`)
)

// quiet says whether and why a message must never be answered.
func (m *Message) quiet(h head, root *part, o Options) {
	because := func(yes bool, why string) {
		if yes && m.Why == "" {
			m.Quiet, m.Why = true, fault.French(why)
		}
	}
	lower := func(key string) string { return strings.ToLower(strings.TrimSpace(uncomment(h.get(key)))) }
	precedence, auto := lower("precedence"), lower("auto-submitted")
	auto, _, _ = strings.Cut(auto, ";")
	bulk := precedence == "bulk" || precedence == "list" || precedence == "junk"
	for _, f := range h {
		switch f.key {
		case "list-id", "list-post", "list-unsubscribe", "list-help", "list-owner", "list-subscribe", "list-archive", "mailing-list":
			m.List = true
		}
	}
	m.List = m.List || bulk
	report := root.is("multipart/report", "message/delivery-status", "message/disposition-notification")
	because(report, "rapport de remise ou de lecture")
	because(returned.MatchString(m.From.Mail), "message d’un serveur de courrier")
	because(strings.TrimSpace(auto) != "" && strings.TrimSpace(auto) != "no", "réponse ou envoi automatique")
	because(h.has("return-path") && emptyPath(h.get("return-path")), "adresse de retour vide : envoi automatique")
	because(m.List, "liste de diffusion ou publicité")
	because(h.has("x-auto-response-suppress") && lower("x-auto-response-suppress") != "none", "l’expéditeur demande qu’on ne lui réponde pas automatiquement")
	because(h.has("x-autoreply") || h.has("x-autorespond") || h.has("x-autoresponder"), "réponse automatique")
	because(autoSubject.MatchString(m.Subject), "réponse automatique, d’après son objet")
	because(ours(o.Own, m.From.Mail) || ours(o.Own, m.ReplyTo.Mail), "message venu de notre propre adresse")
	because(noReply.MatchString(m.From.Mail), "adresse qui n’attend pas de réponse")
	because(m.From.Mail == "", "aucune adresse à qui répondre")
}

func emptyPath(path string) bool { return strings.Trim(uncomment(path), "<> \t") == "" }

func ours(own []string, mail string) bool { return mail != "" && slices.Contains(own, mail) }
