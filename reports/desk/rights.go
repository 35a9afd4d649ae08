package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"ardoise/data/access"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/data/retention"
	"ardoise/data/store"
	"ardoise/reports/page"
	"ardoise/reports/rights"
)

// RightsPDF writes what a family gets when it asks what is known of it. Account
// numbers are masked, but for what a session of the cash office had opened in d.
func (m Maker) RightsPDF(ctx context.Context, w io.Writer, d family.Dossier, periods retention.Settings) error {
	paper := rights.Paper{Commune: m.Commune, Service: "Services périscolaires", MadeAt: m.At, Program: Program, Notice: m.notice()}
	doc := rights.Document{Family: "Famille " + d.Family.Name, Number: d.Family.Number()}
	for _, part := range []rights.Part{
		household(d), m.children(d), health(d), requests(d), bookings(d), wallet(d), invoices(d), debits(d), letters(d), readings(d), m.closing(d, periods),
	} {
		for i, s := range part.Says {
			part.Says[i] = fault.French(s)
		}
		doc.Parts = append(doc.Parts, part)
	}
	return rights.PDF(ctx, w, paper, doc)
}

// column is one column of a list: its title, its width, and how a value reads.
type column struct {
	title string
	key   string
	width float64 // millimetres; 0 shares what is left
	show  func(any) string
}

func listOf(title, empty string, rows []map[string]any, columns ...column) rights.List {
	l := rights.List{Title: title, Empty: empty}
	for _, c := range columns {
		k := page.Column{Title: c.title, Width: c.width, Lines: 4}
		if c.width != 0 && strings.HasSuffix(c.title, "€") {
			k.Align = page.Right
		}
		l.Columns = append(l.Columns, k)
	}
	for _, r := range rows {
		cells := make([]string, len(columns))
		for i, c := range columns {
			show := c.show
			if show == nil {
				show = text
			}
			cells[i] = show(r[c.key])
		}
		l.Rows = append(l.Rows, cells)
	}
	return l
}

func text(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	case []byte:
		return string(x)
	}
	return fmt.Sprint(v)
}

func cents(v any) string {
	n, err := strconv.ParseInt(text(v), 10, 64)
	if err != nil {
		return ""
	}
	return money.Cents(n).String()
}

func dayText(v any) string {
	d, err := calendar.ParseISO(text(v))
	if err != nil || d.Year() >= 9999 {
		return ""
	}
	return d.Short()
}

func instant(v any) string {
	at, err := store.ParseInstant(text(v))
	if err != nil {
		return ""
	}
	return calendar.DateOf(at).Short() + " " + calendar.HourText(at)
}

func yes(v any) string {
	if text(v) == "1" {
		return "oui"
	}
	return "non"
}

// words gives a way to read codes; a code without a word stays as it is.
func words(list map[string]string) func(any) string {
	return func(v any) string {
		if w, ok := list[text(v)]; ok {
			return w
		}
		return text(v)
	}
}

func household(d family.Dossier) rights.Part {
	f := d.Family
	p := rights.Part{Title: "Le foyer"}
	say := func(what, how string) {
		if how != "" {
			p.Says = append(p.Says, what+" : "+how+".")
		}
	}
	say("Nom du dossier", f.Name)
	say("Adresse", f.Address())
	say("Commune de résidence", f.Commune)
	if f.Quotient != nil {
		validity := ""
		if !f.QuotientFrom.IsZero() || !f.QuotientTo.IsZero() {
			validity = ", du " + f.QuotientFrom.Short() + " au " + f.QuotientTo.Short()
		}
		say("Quotient familial", strconv.Itoa(*f.Quotient)+validity)
	}
	say("Note du service", f.Note)
	say("Dossier conservé", f.Hold)
	p.Lists = []rights.List{
		listOf("Responsables", "Aucun responsable.", d.Tables["responsables"],
			column{title: "Civilité", key: "civility", width: 20}, column{title: "Nom", key: "last"}, column{title: "Nom d’usage", key: "usage"}, column{title: "Prénom", key: "first"}),
		listOf("Pour les joindre", "Rien n’est enregistré.", d.Tables["responsables"],
			column{title: "Prénom", key: "first", width: 28}, column{title: "Courriel", key: "email"}, column{title: "Domicile", key: "home", width: 27}, column{title: "Travail", key: "work", width: 27}, column{title: "Mobile", key: "mobile", width: 27}),
	}
	return p
}

func (m Maker) children(d family.Dossier) rights.Part {
	p := rights.Part{Title: "Les enfants"}
	p.Lists = append(p.Lists, listOf("", "Aucun enfant.", d.Tables["enfants"],
		column{title: "Nom", key: "last"}, column{title: "Prénom", key: "first"}, column{title: "Né(e) le", key: "birth", width: 21.5, show: dayText}, column{title: "Sexe", key: "sex", width: 10},
		column{title: "INE", key: "ine", width: 24}, column{title: "École", key: "ecole"}, column{title: "Classe", key: "classe"},
		column{title: "Régime", key: "diet", width: 20, show: func(v any) string { return m.Diets.Label(text(v)) }}, column{title: "Photos", key: "photo_ok", width: 13, show: yes}, column{title: "Note", key: "note"}),
		listOf("Personnes autorisées à venir chercher l’enfant", "Personne n’est inscrit.", d.Tables["personnes_autorisees"],
			column{title: "Nom", key: "name"}, column{title: "Téléphone", key: "phone", width: 34}, column{title: "Lien", key: "link"}))
	return p
}

func health(d family.Dossier) rights.Part {
	p := rights.Part{Title: "La santé"}
	names := map[int64]string{}
	for _, c := range d.Family.Children {
		names[c.ID] = c.Name()
	}
	for _, h := range d.Health {
		var labels []string
		for _, code := range h.Allergens {
			for _, a := range family.Allergens {
				if a.Code == code {
					labels = append(labels, a.Label)
				}
			}
		}
		for _, l := range []struct{ what, how string }{
			{"allergènes", strings.Join(labels, ", ")}, {"allergies", h.Allergies}, {"projet d’accueil individualisé", h.CarePlan}, {"consigne donnée à la cuisine", h.Kitchen},
		} {
			if l.how != "" {
				p.Says = append(p.Says, names[h.ChildID]+", "+l.what+" : "+l.how)
			}
		}
	}
	switch {
	case d.HealthKept:
		p.Says = append(p.Says, "Des données de santé sont enregistrées. Elles ne sont pas dans ce document : un agent qui a le rôle « Santé » peut les y ajouter, à la demande de la famille.")
	case len(d.Health) == 0:
		p.Says = append(p.Says, "Aucune donnée de santé n’est enregistrée.")
	}
	return p
}

func requests(d family.Dossier) rights.Part {
	return rights.Part{Title: "Les demandes et les pièces", Lists: []rights.List{
		listOf("Demandes", "Aucune demande.", d.Tables["demandes"],
			column{title: "Service", key: "service"}, column{title: "Année", key: "school_year", width: 14}, column{title: "Reçue le", key: "received_at", width: 30, show: instant},
			column{title: "État", key: "state", width: 24, show: func(v any) string { return access.State(text(v)).Label() }}, column{title: "Décidée le", key: "decided_at", width: 30, show: instant}, column{title: "Motif", key: "reason"}),
		listOf("Pièces", "Aucune pièce.", d.Tables["pieces"],
			column{title: "Pièce", key: "kind", show: func(v any) string { return catalog.DocumentLabel(text(v)) }}, column{title: "Fichier", key: "name"}, column{title: "Reçue le", key: "received_on", width: 21.5, show: dayText},
			column{title: "Valable jusqu’au", key: "valid_to", width: 26, show: dayText}, column{title: "Effacée le", key: "purged_on", width: 21.5, show: dayText}, column{title: "Remarque", key: "reason"}),
	}}
}

func bookings(d family.Dossier) rights.Part {
	return rights.Part{Title: "Les réservations", Lists: []rights.List{
		listOf("", "Aucune réservation.", d.Tables["reservations"],
			column{title: "Jour", key: "day", width: 21.5, show: dayText}, column{title: "Enfant", key: "enfant"}, column{title: "Service", key: "service"},
			column{title: "État", key: "state", width: 22, show: words(map[string]string{"booked": "réservé", "waiting": "en attente", "cancelled": "annulé"})},
			column{title: "Présence", key: "attendance", width: 20, show: words(map[string]string{"present": "présent", "absent": "absent", "justified": "justifié"})},
			column{title: "Prix €", key: "price", width: 18, show: cents}),
		listOf("Accords et motifs", "Aucun.", d.Tables["operations"],
			column{title: "Le", key: "at", width: 30, show: instant}, column{title: "Opération", key: "label"}, column{title: "Accord de", key: "consent_who"}, column{title: "Comment", key: "consent_how"}, column{title: "Motif", key: "reason"}),
	}}
}

func wallet(d family.Dossier) rights.Part {
	p := rights.Part{Title: "Le porte-monnaie", Says: []string{"Solde : " + d.Family.Balance.String() + "."}}
	p.Lists = []rights.List{
		listOf("Mouvements", "Aucun mouvement.", d.Tables["mouvements"],
			column{title: "Jour", key: "on_day", width: 21.5, show: dayText}, column{title: "Libellé", key: "label"}, column{title: "Effet €", key: "effet", width: 26, show: cents}),
		listOf("Quittances", "Aucune quittance.", d.Tables["quittances"],
			column{title: "Année", key: "year", width: 14}, column{title: "N°", key: "number", width: 14}, column{title: "Le", key: "at", width: 30, show: instant}, column{title: "Payeur", key: "payer"},
			column{title: "Moyen", key: "means", width: 22, show: words(map[string]string{"cash": "espèces", "cheque": "chèque", "card": "carte", "transfer": "virement"})}, column{title: "Référence", key: "reference"}, column{title: "Montant €", key: "amount", width: 24, show: cents}),
	}
	return p
}

func invoices(d family.Dossier) rights.Part {
	return rights.Part{Title: "Les factures", Lists: []rights.List{
		listOf("Factures et avoirs", "Aucune facture.", d.Tables["factures"],
			column{title: "Numéro", key: "number", width: 28}, column{title: "Émise le", key: "issued_on", width: 21.5, show: dayText}, column{title: "Échéance", key: "due_on", width: 21.5, show: dayText},
			column{title: "Adressée à", key: "payer"}, column{title: "Total €", key: "total", width: 24, show: cents}, column{title: "Reste dû €", key: "open", width: 24, show: cents}),
		listOf("Chaque ligne", "Aucune ligne.", d.Tables["lignes_de_factures"],
			column{title: "Jour", key: "day", width: 21.5, show: dayText}, column{title: "Enfant", key: "child"}, column{title: "Service", key: "service"}, column{title: "Tarif", key: "tariff"},
			column{title: "Quotient", key: "quotient", width: 17}, column{title: "Remarque", key: "note"}, column{title: "Montant €", key: "amount", width: 24, show: cents}),
		listOf("Relances", "Aucune relance.", d.Tables["relances"],
			column{title: "Envoyée le", key: "sent_on", width: 24, show: dayText}, column{title: "Relance n°", key: "step", width: 24}, column{title: "Somme due €", key: "open", show: cents}),
	}}
}

func debits(d family.Dossier) rights.Part {
	p := rights.Part{Title: "Les prélèvements", Says: []string{"Les comptes bancaires sont scellés dans la base ; leur forme masquée est donnée ici."}}
	for _, f := range d.Files { // opened for the cash office alone
		if path.Ext(f.Name) != ".json" || !strings.HasPrefix(f.Name, "pieces/") {
			continue
		}
		var a struct{ IBAN, BIC, Holder string }
		if err := json.Unmarshal(f.Data, &a); err == nil && a.IBAN != "" {
			p.Says = append(p.Says, "Coordonnées remises : "+a.IBAN+" "+a.BIC+" "+a.Holder)
		}
	}
	p.Lists = []rights.List{
		listOf("Mandats", "Aucun mandat.", d.Tables["mandats"],
			column{title: "Référence (RUM)", key: "umr"}, column{title: "Titulaire", key: "holder"}, column{title: "Compte", key: "masked"}, column{title: "Signé le", key: "signed_on", width: 21.5, show: dayText},
			column{title: "État", key: "state", width: 22, show: words(map[string]string{"active": "actif", "blocked": "bloqué", "revoked": "révoqué", "ended": "terminé"})}),
		listOf("Prélèvements", "Aucun prélèvement.", d.Tables["prelevements"],
			column{title: "Le", key: "collect_on", width: 21.5, show: dayText}, column{title: "Référence", key: "end_to_end"}, column{title: "Compte", key: "masked"},
			column{title: "État", key: "state", width: 22, show: words(map[string]string{"built": "préparé", "sent": "envoyé", "rejected": "rejeté", "dropped": "abandonné"})}, column{title: "Montant €", key: "amount", width: 24, show: cents}),
	}
	return p
}

func letters(d family.Dossier) rights.Part {
	p := rights.Part{Title: "Les courriers"}
	received := map[string]map[string]any{}
	for _, r := range d.Tables["courriels_recus"] {
		received["courriels/"+text(r["id"])+".txt"] = r
	}
	for _, f := range d.Files {
		if r, ok := received[f.Name]; ok {
			p.Letters = append(p.Letters, rights.Letter{Head: "Reçu le " + instant(r["received_at"]) + " de " + text(r["sender"]), Text: string(f.Data)})
		}
	}
	for _, r := range d.Tables["courriers"] {
		if text(r["body"]) == "" {
			continue
		}
		state := "Écrit"
		if text(r["state"]) == "sent" {
			state = "Envoyé"
		}
		p.Letters = append(p.Letters, rights.Letter{Head: state + " le " + instant(r["created_at"]) + " à " + text(r["address"]) + fault.French(" : ") + text(r["subject"]), Text: text(r["body"])})
	}
	if len(p.Letters) == 0 {
		p.Says = []string{"Aucun courrier n’est conservé."}
	}
	return p
}

func readings(d family.Dossier) rights.Part {
	return rights.Part{
		Title: "Qui a consulté les données de santé, et ce qui a été fait du dossier",
		Says:  []string{"Chaque ouverture des données de santé est écrite au journal. La cuisine ouvre de plus, les jours de service, les consignes de tous les enfants attendus."},
		Lists: []rights.List{
			listOf("Consultations", "Personne ne les a ouvertes.", d.Tables["consultations_de_sante"],
				column{title: "Le", key: "at", width: 34, show: instant}, column{title: "Agent", key: "agent", width: 50}, column{title: "Action", key: "detail"}),
			listOf("Journal du dossier", "Aucune entrée.", d.Tables["journal"],
				column{title: "Le", key: "at", width: 34, show: instant}, column{title: "Agent", key: "agent", width: 50}, column{title: "Action", key: "detail"}),
		},
	}
}

func (m Maker) closing(d family.Dossier, periods retention.Settings) rights.Part {
	p := rights.Part{Title: "Combien de temps, et à qui s’adresser"}
	l := rights.List{Columns: []page.Column{{Title: "Données"}, {Title: "Gardées", Lines: 2}}}
	for _, f := range periods.Fields() {
		l.Rows = append(l.Rows, []string{f.Label, f.Period()})
	}
	p.Lists = []rights.List{l}
	contact := m.Commune
	if m.Issuer.Contact != "" {
		contact += ", " + m.Issuer.Contact
	}
	p.Says = []string{
		"Ce document a été fait par " + d.Agent + " pour répondre à une demande de droit d’accès (règlement général sur la protection des données, article 15).",
		"Pour faire corriger ou effacer une donnée, adressez-vous à : " + contact + ". La mairie a aussi un délégué à la protection des données.",
		"Sans réponse dans un délai d’un mois, vous pouvez saisir la CNIL (www.cnil.fr).",
		"Les factures et les quittances passées ne se réécrivent pas : une erreur s’y corrige par un avoir ou une nouvelle pièce.",
	}
	return p
}
