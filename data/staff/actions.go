package staff

import (
	"cmp"
	"strings"
)

var actionWords = map[string]string{
	"session": "Connexion", "agent": "Agent", "health": "Santé", "booking": "Réservation", "wallet": "Porte-monnaie", "family": "Famille",
	"child": "Enfant", "document": "Pièce", "catalog": "Réglage", "headcount": "Effectifs", "menu": "Menu", "request": "Demande",
	"backup": "Sauvegarde", "vault": "Coffre", "audit": "Journal", "bank": "IBAN", "import": "Import", "demo": "Démonstration", "letter": "Courriel",
	"invoice": "Facture", "billing": "Facturation", "cash": "Caisse", "mail": "Message", "mandate": "Mandat", "debit": "Prélèvement", "year": "Année scolaire", "retention": "Conservation", "clock": "Horloge",
}

// ActionKind is the first word of a code of the trail: booking of booking.commit.
func ActionKind(action string) string {
	kind, _, _ := strings.Cut(action, ".")
	return kind
}

// ActionLabel names in French what an entry of the trail, or a kind, is about.
func ActionLabel(action string) string { return cmp.Or(actionWords[ActionKind(action)], action) }
