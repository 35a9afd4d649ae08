package letter

import (
	"cmp"
	"fmt"
	"strings"

	"ardoise/assets"
	"ardoise/data/fault"
)

// spec is a template as the program brings it. Its name is also the kind its
// letters have in the outbox.
type spec struct {
	name, title, when string
	fields            []Field
	subject, body     string // the program's own text, from assets/mail
	origin            texts
}

// texts is a template ready to be filled.
type texts struct{ subject, body pattern }

// Every template has these two; their values are the correspondent's.
var (
	greeting = Field{Name: "salutation", Label: "« Bonjour Madame Favier », ou « Bonjour »", Example: "Bonjour Madame Favier"}
	town     = Field{Name: "commune", Label: "La commune de la famille", Example: "Ambérieu-en-Dombes", Of: true}
)

func field(name, label, example string) Field {
	return Field{Name: name, Label: label, Example: example}
}

func must(name, label, example string) Field {
	return Field{Name: name, Label: label, Example: example, Must: true}
}

var (
	firstName  = Field{Name: "prénom", Label: "Le prénom de l’enfant", Example: "Éva", Of: true}
	service    = field("service", "Le service demandé", "Cantine Saint-Marcel")
	schoolYear = field("année scolaire", "L’année scolaire de la demande", "2026-2027")
	family     = field("famille", "Le nom de la famille", "Favier")
	contact    = field("contact", "Le contact de la régie (réglages de la facturation), parfois vide", "04 74 00 00 00")
	monthOf    = field("mois", "Le mois des repas", "novembre 2026")
	number     = must("numéro", "Le numéro", "2026000145")
	someDay    = "jeudi 10 décembre 2026"
)

// registry is every template, in the order they are shown.
var registry = []*spec{
	{name: "access.accepted", title: "Accès accepté", when: "Quand une demande d’accès est acceptée.", fields: []Field{
		firstName, service, schoolYear,
		field("début des réservations", "« dès maintenant », ou « à partir du… »", "dès maintenant"),
		field("fin de validité", "Le dernier jour de validité des pièces", "mardi 31 août 2027"),
	}},
	{name: "access.incomplete", title: "Dossier incomplet", when: "Quand on demande un complément à une demande d’accès.", fields: []Field{
		firstName, service, must("pièces manquantes", "Ce qui manque, ou ce que l’agent a écrit", "Fiche sanitaire, mandat SEPA signé"),
	}},
	{name: "access.refused", title: "Accès refusé", when: "Quand une demande d’accès est refusée.", fields: []Field{
		firstName, service, schoolYear, must("motif", "Le motif écrit par l’agent", "l’enfant n’est pas scolarisé dans la commune"),
	}},
	{name: "access.suspended", title: "Accès suspendu", when: "Quand une pièce obligatoire n’est plus valable.", fields: []Field{
		firstName, service, must("pièces manquantes", "Les pièces à renouveler", "Fiche sanitaire"),
	}},
	{name: "year.requests", title: "Demandes de la nouvelle année", when: "Quand les demandes d’accès sont redemandées pour l’année à venir.", fields: []Field{
		family, schoolYear,
		must("demandes", "Une ligne par enfant et service, avec les pièces à fournir", "– Éva, Cantine : à fournir – Fiche sanitaire\n– Éva, Garderie du soir : aucune pièce à fournir"),
		field("réponse", "Le dernier jour pour répondre", "mardi 30 juin 2026"),
	}},
	{name: "document.warning", title: "Pièce à renouveler", when: "30 jours, puis 7 jours, avant la fin d’une pièce.", fields: []Field{
		{Name: "prénom", Label: "Le prénom de l’enfant, vide pour une pièce de la famille", Example: "Éva", Of: true},
		must("pièce", "La pièce à renouveler", "Fiche sanitaire"),
		field("fin de validité", "Son dernier jour de validité", someDay),
	}},
	{name: "booking.recap", title: "Réservations et annulations", when: "À la validation d’un panier, si l’agent envoie le récapitulatif.", fields: []Field{
		field("jour", "Le jour de l’enregistrement", "24/11/2026"),
		must("réservations", "Une ligne par repas réservé, annulé ou mis en attente", "– Réservation : Éva, Cantine Saint-Marcel, jeudi 26 novembre 2026, 4,20 €\n– Annulation : Éva, Cantine Saint-Marcel, vendredi 27 novembre 2026, 4,20 €"),
		field("solde", "Le solde du porte-monnaie après l’opération", "18,40 €"),
		field("à facturer", "Ce qui ira sur la facture du mois, vide s’il n’y a rien", "8,40 €"),
	}},
	{name: "booking.closed", title: "Fermeture du service", when: "Quand un jour est fermé et que l’agent prévient les familles.", fields: []Field{
		field("jours", "Les jours fermés, avec « du »", "du lundi 7 décembre"),
		field("motif", "Le motif de la fermeture", "grève"),
		must("réservations annulées", "Une ligne par repas annulé", "– Éva Favier, Cantine Saint-Marcel, lundi 7 décembre 2026"),
		field("montant rendu", "Ce qui revient au porte-monnaie, vide s’il n’y a rien", "4,20 €"),
	}},
	{name: "booking.waiting", title: "Attente, place obtenue", when: "Quand une place libérée est donnée à un enfant en attente.", fields: []Field{
		firstName, service,
		field("réservation", "Ce qui est réservé", "un repas réservé"),
		field("jour", "Le jour du repas", someDay),
		field("montant débité", "Ce qui a été pris sur le porte-monnaie, vide s’il n’y a rien", "4,20 €"),
	}},
	{name: "booking.passed", title: "Attente, place non donnée", when: "Quand une place libérée ne peut pas être donnée à un enfant en attente.", fields: []Field{
		firstName, service,
		field("jour", "Le jour du repas", someDay),
		field("motif", "Pourquoi, en une phrase", "Le solde du porte-monnaie ne suffit pas."),
	}},
	{name: "wallet.low", title: "Solde bas", when: "Quand le porte-monnaie passe sous le seuil d’alerte.", fields: []Field{
		family, field("solde", "Le solde du porte-monnaie", "3,60 €"), field("seuil", "Le seuil d’alerte", "10,00 €"),
	}},
	{name: "wallet.receipt", title: "Quittance", when: "Quand la régie envoie une quittance par courriel.", fields: []Field{
		number, must("montant", "La somme reçue", "50,00 €"),
		field("moyen de paiement", "Chèque, espèces…", "chèque"),
		field("jour", "Le jour du paiement", someDay),
		field("emploi", "« sur le porte-monnaie », ou « pour les factures »", "sur le porte-monnaie"),
		family, field("solde", "Le nouveau solde, vide pour des factures", "53,60 €"),
	}},
	{name: "billing.invoice", title: "Facture", when: "À l’émission des factures du mois.", fields: []Field{
		number, must("montant", "Le montant de la facture", "42,00 €"), monthOf, family,
		field("modalités de paiement", "Comment et jusqu’à quand payer, prélèvement, ou rien à payer", "Elle est à régler au plus tard le "+someDay+", par l’un des moyens indiqués sur la facture."),
		field("échéance", "Le dernier jour pour payer, vide si rien n’est à faire", someDay),
	}},
	{name: "billing.credit", title: "Avoir", when: "Quand un avoir est établi.", fields: []Field{
		number, must("montant", "Le montant de l’avoir", "12,60 €"), monthOf, family, field("motif", "Le motif de l’avoir", "repas facturés en trop"),
	}},
	{name: "billing.reminder", title: "Relance", when: "À chacune des trois relances d’impayés.", fields: []Field{
		field("rappel", "« Rappel », « Deuxième rappel » ou « Dernier rappel avant recouvrement »", "Rappel"),
		field("introduction", "La phrase de ce rappel", "Sauf erreur de notre part, nous n’avons pas encore reçu le paiement de ce qui suit."),
		must("factures", "Une ligne par facture impayée", "– facture n° 2026000145 de novembre 2026, échue le 31/12/2026 : 42,00 €"),
		must("total", "Ce qui reste à payer", "42,00 €"), family,
	}},
	{name: "debit.notice", title: "Annonce de prélèvement", when: "À la préparation d’une remise de prélèvements.", fields: []Field{
		must("montant", "La somme prélevée", "42,00 €"), must("jour", "Le jour du prélèvement", someDay),
		field("compte", "Le compte, masqué", "FR76 •••• 0189"),
		field("factures", "« la facture n° », ou « les factures n° », et les numéros", "la facture n° 2026000145"),
		family, field("créancier", "Le créancier", "Commune d’Ambérieu-en-Dombes"),
		must("ICS", "L’identifiant du créancier", "FR72ZZZ123456"), must("RUM", "La référence du mandat", "ARD-F-000012-1"), contact,
	}},
	{name: "debit.returned", title: "Prélèvement non payé", when: "Quand la banque renvoie un prélèvement.", fields: []Field{
		must("montant", "La somme à régler", "42,00 €"), field("jour", "Le jour du prélèvement", someDay), field("RUM", "La référence du mandat", "ARD-F-000012-1"),
		field("motif", "Le motif que donne la banque", "provision insuffisante"),
		field("factures", "« la facture n° », ou « les factures n° », et les numéros", "la facture n° 2026000145"),
		family, field("suite", "Ce que la famille doit faire, selon le motif", "Merci d’approvisionner le compte : le prélèvement peut être présenté une seconde fois, et vous en serez prévenus. Vous pouvez aussi régler cette somme à la régie."), contact,
	}},
	{name: "mail.answer", title: "Réponse à un message", when: "Quand on répond à un message reçu dans le courrier.", fields: []Field{
		field("objet", "« Re : votre message du », et le jour", "Re : votre message du mardi 24 novembre 2026"),
		field("jour", "Le jour où il a été reçu", "mardi 24 novembre 2026"),
		must("réponse", "Ce qui a été fait, et ce que l’agent a écrit", "Le repas d’Éva du jeudi 26 novembre 2026 est annulé : 4,20 € sont rendus au porte-monnaie."),
	}},
}

var byName = load()

// load reads the program's own texts; one that is missing or wrong is a program
// built wrong.
func load() map[string]*spec {
	out := make(map[string]*spec, len(registry))
	for _, s := range registry {
		s.fields = append([]Field{greeting}, append(s.fields, town)...)
		text, err := assets.Mail.ReadFile("mail/" + s.name + ".txt")
		if err != nil {
			panic(fmt.Sprintf("letter: template %s: %v", s.name, err))
		}
		subject, body, _ := strings.Cut(string(text), "\n")
		s.subject, s.body = tidy(subject), tidy(body)
		if s.origin, err = s.read(s.subject, s.body); err != nil {
			panic(fmt.Sprintf("letter: template %s: %v", s.name, err))
		}
		out[s.name] = s
	}
	return out
}

// letter fills texts; what a family reads of it has French typography.
func (s *spec) letter(t texts, values Facts) Letter {
	subject := strings.TrimSpace(strings.ReplaceAll(t.subject.fill(values), "\n", " "))
	return Letter{Subject: french(cmp.Or(subject, s.title)), Body: french(t.body.fill(values)) + "\n"}
}

// french is the typography of a letter; a number stays beside its « n° ».
func french(text string) string {
	return strings.ReplaceAll(fault.French(text), "n° ", "n°\u00a0")
}
