package wire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"

	"ardoise/data/fault"
)

// ExplainSend says in French what became of a letter to an address, or of the
// connection, and what to do; err is what DialOutbox or Send gave.
func ExplainSend(err error, s Server, to string) string {
	var (
		temporary *Temporary
		permanent *Permanent
		doubt     *Doubt
		unsent    *Unsent
	)
	var text string
	switch {
	case errors.As(err, &permanent):
		text = permanent.explain(to)
	case errors.As(err, &temporary):
		text = temporary.explain(to)
	case errors.As(err, &doubt):
		text = "La liaison s’est coupée juste après l’envoi : le message est peut-être parti. Demandez à la famille si elle l’a reçu avant de le renvoyer."
	case errors.As(err, &unsent):
		text = unsent.explain(s)
	default:
		text = "Ce message ne peut pas être composé. Vérifiez l’adresse de la boîte dans les réglages du courrier."
	}
	return fault.French(text)
}

// code gives « 550 5.1.1 ».
func (r Reply) code() string {
	if r.Code == 0 {
		return r.Status
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", r.Code, r.Status))
}

// quoted adds the server's words to a sentence.
func (r Reply) quoted(sentence string) string {
	if r.Words == "" {
		return sentence
	}
	return sentence + " Réponse du serveur : « " + r.Words + " »."
}

func (r Reply) is(status ...string) bool {
	for _, s := range status {
		if r.Status == s {
			return true
		}
	}
	return false
}

func (e *Permanent) explain(to string) string {
	switch {
	case e.is("5.1.3") && e.Words == "":
		return fmt.Sprintf("« %s » n’est pas une adresse. Corrigez-la sur la fiche de la famille.", to)
	case e.Address:
		return fmt.Sprintf("L’adresse %s n’existe pas ou n’est plus ouverte (%s). Demandez la bonne à la famille.", to, e.code())
	case e.is("5.6.7"):
		return fmt.Sprintf("Votre serveur ne sait pas écrire à une adresse avec des accents (%s).", to)
	case e.is("5.3.4", "5.2.3"):
		return fmt.Sprintf("Le message est trop lourd pour le serveur (%s). Remettez la pièce jointe autrement.", e.code())
	case e.is("5.2.2") || e.Code == 552 && e.Status == "":
		return fmt.Sprintf("La boîte de %s est pleine (%s). Prévenez la famille, puis renvoyez.", to, e.code())
	case strings.HasPrefix(e.Status, "5.7.") || policyWords.MatchString(e.Words):
		return e.quoted(fmt.Sprintf("Le message pour %s a été refusé comme indésirable (%s). Si cela se répète, montrez cette réponse à votre informatique.", to, e.code()))
	}
	return e.quoted(fmt.Sprintf("Le serveur a refusé le message pour %s (%s).", to, e.code()))
}

func (e *Temporary) explain(to string) string {
	switch {
	case e.is("4.2.2") || e.Code == 452 && e.Status == "":
		return fmt.Sprintf("La boîte de %s est pleine pour l’instant (%s).", to, e.code())
	case strings.HasPrefix(e.Status, "4.7."):
		return fmt.Sprintf("Le serveur demande d’attendre avant d’écrire à %s (%s).", to, e.code())
	}
	return e.quoted(fmt.Sprintf("Le serveur n’a pas pris le message pour %s cette fois (%s).", to, e.code()))
}

func (e *Unsent) explain(s Server) string {
	switch {
	case e.Code >= 400 && e.Code < 500:
		return fmt.Sprintf("Le serveur %s demande d’attendre (%s).", s.Host, e.code())
	case e.Stage == AtSignIn:
		return e.explainSignIn(s)
	case e.Stage == AtGreeting:
		return e.explainGreeting(s)
	case e.Code == 530 || e.Code == 535 || e.Code == 538:
		return fmt.Sprintf("Le serveur %s veut que la boîte s’identifie (%s). Indiquez l’utilisateur et le mot de passe dans %s.", s.Host, e.code(), settings)
	case e.Stage == AtSender && e.Code >= 500:
		return e.quoted(fmt.Sprintf("Le serveur %s refuse que cette boîte envoie (%s). Vérifiez l’adresse et l’utilisateur dans %s.", s.Host, e.code(), settings))
	case e.Code >= 500:
		return e.quoted(fmt.Sprintf("Le serveur %s n’accepte pas les messages de cette boîte (%s). Vérifiez le serveur d’envoi dans %s.", s.Host, e.code(), settings))
	}
	return fmt.Sprintf("La liaison avec le serveur %s s’est coupée avant l’envoi.", s.Host)
}

// hostOf reports whether a server is one of a provider's.
func hostOf(host string, domains ...string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	for _, d := range domains {
		if host == d || strings.HasSuffix(host, "."+d) {
			return true
		}
	}
	return false
}

func (e *Unsent) explainSignIn(s Server) string {
	microsoft := hostOf(s.Host, "office365.com", "outlook.com", "office.com") || e.is("5.7.139", "5.7.57")
	google := hostOf(s.Host, "gmail.com", "google.com", "googlemail.com")
	switch {
	case errors.Is(e.Cause, errNoWay):
		return fmt.Sprintf("Le serveur %s n’offre aucune façon de s’identifier que le programme connaisse. Demandez à votre hébergeur le bon serveur d’envoi.", s.Host)
	case e.Code == 0:
		return fmt.Sprintf("La liaison avec le serveur %s s’est coupée pendant l’identification.", s.Host)
	case e.Token && microsoft:
		return "Microsoft ne reconnaît plus l’autorisation donnée. Reconnectez la boîte par la page de Microsoft, dans " + settings + "."
	case e.Token && google:
		return "Google ne reconnaît plus l’autorisation donnée. Reconnectez la boîte par la page de Google, dans " + settings + "."
	case e.Token:
		return fmt.Sprintf("Le serveur %s ne reconnaît plus l’autorisation donnée (%s). Reconnectez la boîte dans %s.", s.Host, e.code(), settings)
	case microsoft:
		return fmt.Sprintf("Microsoft a refusé le mot de passe (%s). Il n’accepte plus l’envoi par mot de passe après la fin de décembre 2026 : reconnectez la boîte par la page de Microsoft, dans %s.", e.code(), settings)
	case google:
		return fmt.Sprintf("Google a refusé le mot de passe (%s). Connectez la boîte par la page de Google, dans %s, ou utilisez un mot de passe d’application.", e.code(), settings)
	}
	return fmt.Sprintf("Le serveur %s a refusé l’utilisateur ou le mot de passe (%s). Retapez-les dans %s.", s.Host, e.code(), settings)
}

func (e *Unsent) explainGreeting(s Server) string {
	var (
		dns     *net.DNSError
		name    x509.HostnameError
		unknown x509.UnknownAuthorityError
		invalid x509.CertificateInvalidError
		record  tls.RecordHeaderError
		timeout net.Error
	)
	at := fmt.Sprintf("%s (port %d)", s.Host, s.Port)
	switch {
	case e.Code >= 500:
		return e.quoted(fmt.Sprintf("Le serveur %s refuse la liaison (%s).", at, e.code()))
	case errors.Is(e.Cause, errBadAuthority):
		return "L’autorité de certification ajoutée n’est pas lisible : il faut un fichier PEM, qui commence par « -----BEGIN CERTIFICATE----- »."
	case errors.As(e.Cause, &name):
		return fmt.Sprintf("Le certificat du serveur %s est celui d’un autre serveur. Rien n’a été envoyé : vérifiez le nom du serveur.", at)
	case errors.As(e.Cause, &unknown):
		return fmt.Sprintf("Le certificat du serveur %s vient d’une autorité inconnue. Si c’est celle de la mairie, ajoutez-la dans %s.", at, settings)
	case errors.As(e.Cause, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Sprintf("Le certificat du serveur %s n’est pas valable aujourd’hui. Vérifiez la date de cet ordinateur, sinon prévenez votre hébergeur.", at)
	case errors.As(e.Cause, &invalid):
		return fmt.Sprintf("Le certificat du serveur %s n’est pas valable. Prévenez votre hébergeur.", at)
	case errors.As(e.Cause, &dns):
		return fmt.Sprintf("Le serveur %s est introuvable. Vérifiez son nom et la connexion à Internet.", s.Host)
	case errors.As(e.Cause, &record) || strings.Contains(fmt.Sprint(e.Cause), "STARTTLS"):
		return fmt.Sprintf("Le serveur %s ne parle pas la protection demandée. Essayez l’autre (TLS ou STARTTLS), ou un autre port.", at)
	case errors.Is(e.Cause, context.DeadlineExceeded), errors.Is(e.Cause, os.ErrDeadlineExceeded), errors.As(e.Cause, &timeout) && timeout.Timeout():
		return fmt.Sprintf("Le serveur %s ne répond pas. Vérifiez la connexion à Internet, ou réessayez plus tard.", at)
	}
	return fmt.Sprintf("Le serveur %s ne peut pas être joint. Vérifiez le port et la connexion à Internet.", at)
}
