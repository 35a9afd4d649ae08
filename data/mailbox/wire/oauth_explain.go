package wire

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"

	"golang.org/x/oauth2"

	"ardoise/data/fault"
)

// Microsoft says what matters in its words only.
var (
	adminWords  = regexp.MustCompile(`AADSTS(65001|90094|900941|90093)\b`)
	publicWords = regexp.MustCompile(`AADSTS(7000218|7000215|700025)\b`)
	appWords    = regexp.MustCompile(`AADSTS(700016|50194|50059|90002|50020)\b`)
)

// explain says what is wrong with a sign-in at a provider's.
func (e *ConsentFailed) explain() (fault.Kind, string) {
	name := map[string]string{Google: "Google", Microsoft: "Microsoft"}[e.Provider]
	var (
		refused *oauth2.RetrieveError
		dns     *net.DNSError
		web     *url.Error
	)
	switch {
	case errors.Is(e.Err, errNoClient):
		return fault.Invalid, "L’identifiant d’application manque. Indiquez celui que Google ou Microsoft a donné à votre mairie dans " + settings + "."
	case errors.Is(e.Err, errTenant):
		return fault.Invalid, "L’identifiant de l’organisation Microsoft n’est pas valable. Recopiez-le du portail de Microsoft (« ID de l’annuaire »)."
	case errors.Is(e.Err, errExpired):
		return fault.Invalid, fmt.Sprintf("Le code a expiré : personne n’a accordé la connexion sur la page de %s à temps. Recommencez.", name)
	case errors.Is(e.Err, errNoRefresh) && e.Renewing:
		return fault.Invalid, fmt.Sprintf("La connexion à %s n’a jamais été accordée, ou a été perdue. Reconnectez le compte dans %s.", name, settings)
	case errors.Is(e.Err, errNoRefresh):
		return fault.Invalid, fmt.Sprintf("%s n’a pas donné d’accès durable. Recommencez et accordez tout ce qui est demandé.", name)
	case errors.As(e.Err, &refused):
		return e.explainRefused(name, refused)
	case errors.Is(e.Err, context.Canceled):
		return fault.Unavailable, fmt.Sprintf("La connexion à %s a été interrompue.", name)
	case errors.As(e.Err, &dns), errors.As(e.Err, &web), errors.Is(e.Err, context.DeadlineExceeded), errors.Is(e.Err, errSilent):
		return fault.Unavailable, fmt.Sprintf("La page de connexion de %s ne répond pas. Vérifiez votre accès à Internet, puis réessayez.", name)
	}
	return fault.Unavailable, fmt.Sprintf("%s a donné une réponse incompréhensible. Réessayez plus tard.", name)
}

func (e *ConsentFailed) explainRefused(name string, r *oauth2.RetrieveError) (fault.Kind, string) {
	switch code := r.ErrorCode; {
	case adminWords.MatchString(r.ErrorDescription) || code == "admin_policy_enforced" || code == "consent_required":
		return fault.Invalid, fmt.Sprintf("L’administrateur de votre compte %s doit d’abord autoriser Ardoise pour toute la mairie. Demandez-le-lui.", name)
	case publicWords.MatchString(r.ErrorDescription):
		return fault.Invalid, "L’application enregistrée chez Microsoft n’accepte pas cette connexion. Son administrateur doit y autoriser « les flux clients publics »."
	case appWords.MatchString(r.ErrorDescription):
		return fault.Invalid, fmt.Sprintf("Microsoft ne connaît pas cette application dans cette organisation. Vérifiez l’identifiant d’application et celui de l’organisation dans %s.", settings)
	case code == "expired_token" || code == "code_expired":
		return fault.Invalid, fmt.Sprintf("Le code a expiré : personne n’a accordé la connexion sur la page de %s à temps. Recommencez.", name)
	case code == "access_denied" || code == "authorization_declined":
		return fault.Invalid, fmt.Sprintf("La connexion a été refusée sur la page de %s. Recommencez et acceptez, avec le compte de la boîte de la mairie.", name)
	case code == "invalid_client" || code == "unauthorized_client" || code == "deleted_client":
		return fault.Invalid, fmt.Sprintf("%s ne reconnaît pas l’application de votre mairie. Vérifiez l’identifiant d’application et son secret dans %s.", name, settings)
	case code == "invalid_grant" || code == "interaction_required" || code == "login_required" || code == "bad_verification_code":
		return fault.Invalid, fmt.Sprintf("L’autorisation donnée par %s n’est plus valable (mot de passe changé, accès retiré ou trop ancien). Reconnectez le compte dans %s.", name, settings)
	case code == "invalid_scope":
		return fault.Invalid, fmt.Sprintf("L’application de votre mairie n’a pas le droit de lire le courrier chez %s. Son administrateur doit y ajouter l’accès IMAP et SMTP.", name)
	case code == "temporarily_unavailable" || code == "server_error" || code == "slow_down" || r.Response != nil && (r.Response.StatusCode >= 500 || r.Response.StatusCode == 429):
		return fault.Unavailable, fmt.Sprintf("%s est momentanément indisponible. Un nouvel essai aura lieu.", name)
	}
	return fault.Invalid, fmt.Sprintf("%s a refusé la connexion. Vérifiez l’application enregistrée par votre mairie dans %s, puis recommencez.", name, settings)
}
