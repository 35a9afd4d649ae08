package mailbox

import (
	"crypto/x509"
	"encoding/pem"
	"net"
	"regexp"
	"strings"

	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/mailbox/wire"
)

var (
	hostName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$`)
	tenantID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.-]*$`)
)

// The ways to sign in.
const (
	byPassword  = "password"
	byGoogle    = "google"
	byMicrosoft = "microsoft"
)

// defaults fills what was left blank.
func (a *Account) defaults() {
	for _, p := range []*string{&a.Name, &a.Address, &a.Sender, &a.Tenant, &a.ClientID, &a.IMAPHost, &a.IMAPUser, &a.Folder, &a.DoneFolder, &a.AuthHost, &a.SMTPHost, &a.SMTPUser, &a.CA} {
		*p = strings.TrimSpace(*p)
	}
	for p, value := range map[*string]string{&a.Name: a.Address, &a.Auth: byPassword, &a.IMAPSecurity: wire.TLS, &a.SMTPSecurity: wire.StartTLS, &a.Folder: "INBOX"} {
		if *p == "" {
			*p = value
		}
	}
	for p, value := range map[*int]int{&a.IMAPPort: 993, &a.SMTPPort: 587, &a.PollSeconds: 120, &a.PerMinute: 30} {
		if *p == 0 {
			*p = value
		}
	}
}

// check says in French all that is wrong with what was typed, field by field.
func (a *Account) check() error {
	a.defaults()
	var wrong []string
	say := func(bad bool, text string) {
		if bad {
			wrong = append(wrong, text)
		}
	}
	clean, ok := family.CleanEmail(a.Address)
	say(!ok || clean == "", "Adresse : écrivez-la en entier, par exemple cantine@mairie.fr.")
	if ok {
		a.Address = clean
	}
	say(a.IMAPHost == "" && a.SMTPHost == "", "Serveurs : indiquez au moins celui de réception ou celui d’envoi.")
	a.checkServers(say)
	say(a.PollSeconds < 15 || a.PollSeconds > 3600, "Relève : toutes les 15 secondes au plus souvent, toutes les 3 600 secondes (une heure) au plus rare.")
	say(a.PerMinute < 1 || a.PerMinute > 600, "Envoi : entre 1 et 600 lettres par minute.")
	say(strings.EqualFold(a.Folder, a.DoneFolder), "Dossier des messages traités : ce doit être un autre dossier que celui qui est relevé ; laissez-le vide pour marquer les messages sur place.")
	say(a.AuthHost != "" && !goodHost(a.AuthHost), "Serveur qui vérifie les expéditeurs : « "+a.AuthHost+" » n’est pas un nom de serveur.")
	switch a.Auth {
	case byPassword:
	case byGoogle, byMicrosoft:
		say(a.ClientID == "", "Identifiant d’application : collez celui que Google ou Microsoft a donné à la mairie.")
		say(a.Tenant != "" && !tenantID.MatchString(a.Tenant), "Annuaire Microsoft : collez son identifiant, ou laissez vide.")
	default:
		say(true, "Connexion : choisissez mot de passe, Google ou Microsoft.")
	}
	say(a.CA != "" && !goodPEM(a.CA), "Autorité de certification : ce texte ne contient pas de certificat (il commence par -----BEGIN CERTIFICATE-----).")
	if len(wrong) > 0 {
		return fault.New(fault.Invalid, "%s", strings.Join(wrong, " "))
	}
	return nil
}

func (a *Account) checkServers(say func(bool, string)) {
	for _, s := range []struct {
		what, host, security string
		port                 int
	}{{"Réception", a.IMAPHost, a.IMAPSecurity, a.IMAPPort}, {"Envoi", a.SMTPHost, a.SMTPSecurity, a.SMTPPort}} {
		say(s.host != "" && !goodHost(s.host), s.what+" : « "+s.host+" » n’est pas un nom de serveur ; écrivez-le sans http:// ni chemin, par exemple imap.mairie.fr.")
		say(s.port < 1 || s.port > 65535, s.what+" : le port est un nombre entre 1 et 65535.")
		say(s.security != wire.TLS && s.security != wire.StartTLS, s.what+" : la protection est TLS ou STARTTLS ; aucune connexion ne se fait en clair.")
	}
}

func goodHost(s string) bool {
	return len(s) <= 253 && (hostName.MatchString(s) || net.ParseIP(s) != nil)
}

// goodPEM reports whether every block of the text is a certificate.
func goodPEM(text string) bool {
	rest, n := []byte(text), 0
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return n > 0 && strings.TrimSpace(string(rest)) == ""
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil || block.Type != "CERTIFICATE" {
			return false
		}
		n++
	}
}

// receiver and sending are where the account is read and where its letters leave.
func (a Account) receiver() wire.Server {
	return wire.Server{Host: a.IMAPHost, Port: a.IMAPPort, Security: a.IMAPSecurity, User: firstOf(a.IMAPUser, a.Address), CA: []byte(a.CA)}
}

func (a Account) sending() wire.Server {
	return wire.Server{Host: a.SMTPHost, Port: a.SMTPPort, Security: a.SMTPSecurity, User: firstOf(a.SMTPUser, a.IMAPUser, a.Address), CA: []byte(a.CA)}
}

func firstOf(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}
