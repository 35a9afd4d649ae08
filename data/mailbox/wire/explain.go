package wire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"strings"
	"syscall"

	"ardoise/data/fault"
)

// Explain makes a refusal of any error of this package about reading a mailbox or
// signing in at Google or Microsoft: a French sentence that says what is wrong and
// what to do, around the error for the log. Invalid: what was typed is wrong, and
// trying again is of no use; Unavailable: it may pass.
func Explain(err error) error {
	var (
		large  *TooLarge
		failed *Failed
		sign   *ConsentFailed
		known  *fault.Error
	)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return err
	case errors.As(err, &large):
		return fault.Wrap(fault.Invalid, err, "Ce message est trop lourd (%s) : il reste sur le serveur. Lisez-le dans votre messagerie.", megabytes(large.Size))
	case errors.Is(err, ErrGone):
		return fault.Wrap(fault.NotFound, err, "Ce message n’est plus dans le dossier : il a été déplacé ou supprimé par un autre programme.")
	case errors.As(err, &sign):
		kind, sentence := sign.explain()
		return fault.Wrap(kind, err, "%s", sentence)
	case errors.As(err, &failed):
		kind, sentence := failed.explain()
		return fault.Wrap(kind, err, "%s", sentence)
	}
	return fault.Wrap(fault.Unavailable, err, "Le serveur de courrier n’a pas répondu comme prévu. Un nouvel essai aura lieu.")
}

func megabytes(n int64) string {
	return strings.Replace(fmt.Sprintf("%.1f Mo", float64(n)/1e6), ".", ",", 1)
}

// explain says what is wrong with the connection.
func (e *Failed) explain() (fault.Kind, string) {
	host := e.Server.Host
	if kind, sentence := e.explainNetwork(); sentence != "" {
		return kind, sentence
	}
	if sentence := e.explainTLS(); sentence != "" {
		return fault.Invalid, sentence
	}
	var (
		no  *Refused
		bye *goodbye
	)
	switch {
	case errors.As(e.Err, &no) && e.Step == SigningIn:
		return e.explainSignIn(no)
	case errors.As(e.Err, &no):
		return e.explainRefused(no)
	case errors.As(e.Err, &bye):
		return fault.Unavailable, quote(fmt.Sprintf("Le serveur %s a mis fin à la liaison. Un nouvel essai aura lieu.", host), bye.words)
	case errors.Is(e.Err, errNoWay):
		return fault.Invalid, fmt.Sprintf("Le serveur %s n’accepte pas de mot de passe. Connectez la boîte par la page de Google ou de Microsoft, dans %s.", host, settings)
	case errors.Is(e.Err, errNoToken):
		return fault.Invalid, fmt.Sprintf("Le serveur %s n’accepte pas la connexion par la page de Google ou de Microsoft. Indiquez un mot de passe dans %s.", host, settings)
	case errors.Is(e.Err, errControl):
		return fault.Invalid, "L’utilisateur ou le mot de passe contient un caractère interdit. Retapez-les sans copier-coller."
	case errors.Is(e.Err, errNotOpen):
		return fault.Unavailable, "Aucun dossier de la boîte n’est ouvert. Un nouvel essai aura lieu."
	}
	return fault.Unavailable, fmt.Sprintf("Le serveur %s a donné une réponse incompréhensible. Si cela se répète, vérifiez le serveur dans %s.", host, settings)
}

// explainNetwork: the server was not reached, or was lost.
func (e *Failed) explainNetwork() (fault.Kind, string) {
	host, port := e.Server.Host, e.Server.Port
	var (
		dns *net.DNSError
		op  *net.OpError
	)
	silent := errors.Is(e.Err, errSilent) || errors.Is(e.Err, context.DeadlineExceeded) || errors.As(e.Err, &op) && op.Timeout()
	switch {
	case errors.Is(e.Err, context.Canceled):
		return fault.Unavailable, fmt.Sprintf("L’échange avec le serveur %s a été interrompu.", host)
	case errors.As(e.Err, &dns) && dns.IsNotFound:
		return fault.Invalid, fmt.Sprintf("Le serveur « %s » est introuvable. Vérifiez son nom dans %s, ou votre accès à Internet.", host, settings)
	case errors.As(e.Err, &dns):
		return fault.Unavailable, fmt.Sprintf("Le nom du serveur « %s » n’a pas pu être cherché. Vérifiez votre accès à Internet.", host)
	case silent && e.Step == Greeting && e.Server.Security == StartTLS:
		return fault.Unavailable, fmt.Sprintf("Le serveur %s accepte la liaison sur le port %d, puis se tait. Ce port attend sans doute TLS dès le début : choisissez « TLS » (port 993 en général) dans %s.", host, port, settings)
	case silent && e.Step == Connecting:
		return fault.Unavailable, fmt.Sprintf("Le serveur %s ne répond pas sur le port %d. Vérifiez le port dans %s ; sinon, un pare-feu bloque peut-être la liaison.", host, port, settings)
	case silent:
		return fault.Unavailable, fmt.Sprintf("Le serveur %s ne répond plus. Un nouvel essai aura lieu.", host)
	case refusedPort(e.Err) && e.Step == Connecting:
		return fault.Unavailable, fmt.Sprintf("Le serveur %s refuse la liaison sur le port %d : il est arrêté, ou le port n’est pas le bon. Vérifiez le port dans %s.", host, port, settings)
	case unreachable(e.Err):
		return fault.Unavailable, fmt.Sprintf("Le serveur %s ne peut pas être joint. Vérifiez votre accès à Internet.", host)
	case lost(e.Err) && (e.Step == Connecting || e.Step == Greeting):
		return fault.Unavailable, fmt.Sprintf("Le serveur %s ferme la liaison sur le port %d sans rien dire. Vérifiez le port et la sécurité dans %s.", host, port, settings)
	case lost(e.Err):
		return fault.Unavailable, fmt.Sprintf("La liaison avec le serveur %s s’est coupée. Un nouvel essai aura lieu.", host)
	}
	return 0, ""
}

func refusedPort(err error) bool {
	// 10061 is Windows' own number for it
	return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.Errno(10061))
}

func unreachable(err error) bool {
	for _, n := range []syscall.Errno{syscall.ENETUNREACH, syscall.EHOSTUNREACH, syscall.ENETDOWN, 10051, 10065, 10050} {
		if errors.Is(err, n) {
			return true
		}
	}
	return false
}

func lost(err error) bool {
	var op *net.OpError
	for _, end := range []error{io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, io.ErrClosedPipe} {
		if errors.Is(err, end) {
			return true
		}
	}
	return errors.As(err, &op) && (op.Op == "read" || op.Op == "write")
}

// explainTLS: the connection cannot be secured.
func (e *Failed) explainTLS() string {
	host, port := e.Server.Host, e.Server.Port
	var (
		name    x509.HostnameError
		unknown x509.UnknownAuthorityError
		invalid x509.CertificateInvalidError
		record  tls.RecordHeaderError
		alert   tls.AlertError
	)
	switch {
	case errors.Is(e.Err, errBadAuthority):
		return "L’autorité de certification ajoutée n’est pas lisible : il faut un fichier PEM, qui commence par « -----BEGIN CERTIFICATE----- »."
	case errors.As(e.Err, &name):
		return fmt.Sprintf("Le certificat du serveur n’est pas au nom de « %s » : ce n’est peut-être pas le bon serveur. Vérifiez le nom dans %s ; rien n’a été transmis.", host, settings)
	case errors.As(e.Err, &unknown):
		return fmt.Sprintf("Le certificat du serveur %s est signé par une autorité inconnue. Si c’est votre propre serveur, ajoutez l’autorité de certification de votre mairie dans %s ; rien n’a été transmis.", host, settings)
	case errors.As(e.Err, &invalid) && invalid.Reason == x509.Expired && strings.Contains(invalid.Detail, "is before"):
		return fmt.Sprintf("Le certificat du serveur %s n’est pas encore valable. Vérifiez la date et l’heure de ce poste ; sinon, prévenez l’hébergeur.", host)
	case errors.As(e.Err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Sprintf("Le certificat du serveur %s a expiré. Prévenez l’hébergeur, ou votre informatique si c’est votre serveur ; vérifiez aussi la date de ce poste.", host)
	case errors.As(e.Err, &invalid):
		return fmt.Sprintf("Le certificat du serveur %s n’est pas valable. Prévenez l’hébergeur ; rien n’a été transmis.", host)
	case errors.As(e.Err, &record) && e.Server.Security != StartTLS:
		return fmt.Sprintf("Le port %d du serveur %s ne parle pas TLS dès le début. Choisissez « STARTTLS » (port 143 en général), ou le port 993 pour TLS, dans %s.", port, host, settings)
	case errors.Is(e.Err, errNotIMAP):
		return fmt.Sprintf("Le port %d du serveur %s n’est pas celui d’une boîte IMAP. Vérifiez le port (993 ou 143 en général) dans %s.", port, host, settings)
	case errors.Is(e.Err, errNoStartTLS):
		return fmt.Sprintf("Le serveur %s n’offre pas de liaison protégée (STARTTLS) sur le port %d. Choisissez « TLS » et le port 993 dans %s ; le mot de passe n’a pas été transmis.", host, port, settings)
	case errors.Is(e.Err, errInjected):
		return fmt.Sprintf("La liaison avec le serveur %s a été altérée avant d’être protégée : quelqu’un s’est peut-être glissé entre lui et vous. Le mot de passe n’a pas été transmis ; prévenez votre informatique.", host)
	case errors.As(e.Err, &alert), e.Step == Connecting && strings.Contains(e.Err.Error(), "tls: "):
		return fmt.Sprintf("Le serveur %s et ce poste ne s’entendent pas sur la protection de la liaison : il lui faut TLS 1.2 ou plus récent. Prévenez l’hébergeur.", host)
	}
	return ""
}

var (
	lockedWords = regexp.MustCompile(`(?i)\b(lock(ed)?( out)?|disabled|suspended|blocked|deactivated|verrouill|bloqu|suspendu|désactiv)`)
	pageWords   = regexp.MustCompile(`(?i)application-specific|app(lication)? password|web browser|web login|oauth|basic auth|two-factor|2-step`)
	crowdWords  = regexp.MustCompile(`(?i)too many|maximum number of connections|limit.*(connections|login)|rate limit|throttl|try again later`)
	fullWords   = regexp.MustCompile(`(?i)quota|mailbox (is )?full|over limit|no space|not enough (disk )?space`)
	absentWords = regexp.MustCompile(`(?i)(doesn'?t|does not|not) exist|unknown mailbox|no such (mailbox|folder)|non-?existent|nonexistent|not found`)
)

// explainSignIn: the server says no to who we are.
func (e *Failed) explainSignIn(no *Refused) (fault.Kind, string) {
	host := e.Server.Host
	google, microsoft := providerOf(host) == Google, providerOf(host) == Microsoft
	page := "Gmail et Microsoft demandent une connexion par leur page : choisissez-la dans " + settings + "."
	switch {
	case no.Code == "UNAVAILABLE" || no.Code == "INUSE" || no.Code == "SERVERBUG":
		return fault.Unavailable, quote(fmt.Sprintf("Le serveur %s ne peut pas ouvrir la boîte pour l’instant. Un nouvel essai aura lieu.", host), no.Words)
	case no.Code == "LIMIT" || crowdWords.MatchString(no.Words):
		return fault.Unavailable, quote(fmt.Sprintf("Le serveur %s reçoit trop de connexions à cette boîte. Fermez les autres programmes qui la lisent ; un nouvel essai aura lieu.", host), no.Words)
	case no.Code == "EXPIRED":
		return fault.Invalid, fmt.Sprintf("Le mot de passe de la boîte %s a expiré. Changez-le chez l’hébergeur, puis retapez-le dans %s.", e.Server.User, settings)
	case no.Code == "CONTACTADMIN" || lockedWords.MatchString(no.Words):
		return fault.Invalid, quote(fmt.Sprintf("Le compte %s est bloqué ou désactivé sur le serveur %s. Demandez à l’hébergeur de le rouvrir.", e.Server.User, host), no.Words)
	case e.Token:
		return fault.Invalid, fmt.Sprintf("Le serveur %s ne reconnaît plus l’autorisation donnée pour %s. Reconnectez le compte dans %s.", host, e.Server.User, settings)
	case google:
		return fault.Invalid, "Google a refusé ce mot de passe. Gmail demande une connexion par sa page : choisissez « Google » dans " + settings + ", ou tapez un mot de passe d’application."
	case microsoft:
		return fault.Invalid, "Microsoft a refusé ce mot de passe. Microsoft 365 demande une connexion par sa page : choisissez « Microsoft » dans " + settings + "."
	case pageWords.MatchString(no.Words):
		return fault.Invalid, quote(fmt.Sprintf("Le serveur %s n’accepte pas ce mot de passe. %s", host, page), no.Words)
	case no.Code == "PRIVACYREQUIRED":
		return fault.Invalid, fmt.Sprintf("Le serveur %s juge la liaison trop peu protégée. Choisissez « TLS » et le port 993 dans %s.", host, settings)
	}
	return fault.Invalid, fmt.Sprintf("Le serveur %s refuse l’utilisateur « %s » ou le mot de passe. Retapez-les dans %s. %s", host, e.Server.User, settings, page)
}

// explainRefused: the server says no to what was asked.
func (e *Failed) explainRefused(no *Refused) (fault.Kind, string) {
	host := e.Server.Host
	switch {
	case no.Code == "READ-ONLY" || no.Code == "NOPERM":
		return fault.Invalid, fmt.Sprintf("Cette boîte n’est ouverte qu’en lecture sur le serveur %s : les messages traités ne peuvent pas y être marqués. Demandez à l’hébergeur le droit d’écrire.", host)
	case no.Code == "OVERQUOTA" || fullWords.MatchString(no.Words):
		return fault.Unavailable, fmt.Sprintf("La boîte est pleine sur le serveur %s. Faites de la place dans votre messagerie, ou demandez-en à l’hébergeur.", host)
	case no.Code == "NONEXISTENT" || no.Code == "TRYCREATE" || absentWords.MatchString(no.Words),
		no.Command == "SELECT" && no.Code == "", no.Command == "EXAMINE" && no.Code == "":
		return fault.Invalid, fmt.Sprintf("Le dossier demandé n’existe pas sur le serveur %s. Choisissez-en un autre dans %s, ou créez-le dans votre messagerie.", host, settings)
	case no.Code == "INUSE" || no.Code == "UNAVAILABLE" || no.Code == "SERVERBUG" || no.Code == "LIMIT":
		return fault.Unavailable, quote(fmt.Sprintf("Le serveur %s est occupé. Un nouvel essai aura lieu.", host), no.Words)
	}
	return fault.Unavailable, quote(fmt.Sprintf("Le serveur %s a refusé ce qui lui était demandé. Un nouvel essai aura lieu.", host), no.Words)
}

// quote adds the server's own words to a sentence.
func quote(sentence, words string) string {
	if words == "" {
		return sentence
	}
	return sentence + " Réponse du serveur : « " + words + " »."
}
