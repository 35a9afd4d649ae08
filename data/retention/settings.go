package retention

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Settings are how long each kind of data is kept, in months. The defaults are what
// public documents suggest for such a service; the town confirms them with its data
// protection officer (« à confirmer avec votre DPD »).
type Settings struct {
	Health    int // after the end of the schooling
	Documents int // after the end of their validity
	Requests  int // refused, or left without answer
	Messages  int // e-mails received and letters sent
	Presence  int // names on the kitchen's sheets, consents and reasons of bookings
	Families  int // after the last thing that happened
	Mandates  int // account numbers, after the end of the mandate and the last collection
	Accounts  int // names on invoices and receipts
	Trail     int // the journal of actions
}

// Default are the periods a new town starts with.
func Default() Settings {
	s := Settings{}
	for _, f := range s.Fields() {
		*f.At = f.Default
	}
	return s
}

// Field is one period: its ends, and why they are there.
type Field struct {
	Name, Label string
	At          *int // months
	Default     int
	Low, High   int
	Why         string // French: what the ends protect
	Source      string // French: where the default comes from
	After       string // « après la fin de la scolarité »
}

// Period writes the value: « 12 mois après la fin de validité ».
func (f Field) Period() string {
	return months(*f.At) + " " + f.After
}

func months(n int) string {
	switch {
	case n == 0:
		return "aussitôt"
	case n >= 24 && n%12 == 0:
		return fmt.Sprintf("%d ans", n/12)
	}
	return fmt.Sprintf("%d mois", n)
}

// Fields lists the periods in the order screens show them.
//
// Sources: CNIL, "Les durées de conservation des données" (practical guide, 2020) and
// its recommendations to local authorities; RGPD art. 5(1)(e) and 9; Code de commerce
// art. L123-22 (ten years for accounting records) and, for public accounting, the four
// years of the loi n° 68-1250 and five of the accountant's responsibility; EPC016-06,
// 4.4 and Code monétaire et financier L133-24 (thirteen months to contest a debit).
func (s *Settings) Fields() []Field {
	return []Field{
		{Name: "health", Label: "Données de santé", At: &s.Health, Default: 12, Low: 0, High: 24, After: "après la fin de la scolarité",
			Why:    "Deux ans au plus" + nbsp + ": passé la scolarité, plus rien ne les justifie.",
			Source: "RGPD, art. 5 et 9" + nbsp + ": le temps strictement nécessaire."},
		{Name: "documents", Label: "Pièces justificatives", At: &s.Documents, Default: 12, Low: 0, High: 60, After: "après la fin de leur validité",
			Why: "Cinq ans au plus, la prescription de droit commun.", Source: "Guide de la CNIL sur les durées de conservation."},
		{Name: "requests", Label: "Demandes refusées ou sans suite", At: &s.Requests, Default: 12, Low: 2, High: 60, After: "après la décision ou la réception",
			Why: "Deux mois au moins" + nbsp + ": le délai pour contester un refus.", Source: "Code de justice administrative, art. R421-1."},
		{Name: "messages", Label: "Courriels reçus et envoyés", At: &s.Messages, Default: 12, Low: 2, High: 60, After: "après leur réception ou leur envoi",
			Why: "Deux mois au moins" + nbsp + ": une annulation contestée se prouve par le message.", Source: "Usage des services périscolaires."},
		{Name: "presence", Label: "Noms des feuilles de cuisine, accords et motifs", At: &s.Presence, Default: 36, Low: 12, High: 120, After: "après le jour du repas",
			Why: "Un an au moins" + nbsp + ": ces détails expliquent une facture.", Source: "Usage" + nbsp + ": trois ans."},
		{Name: "families", Label: "Familles parties", At: &s.Families, Default: 24, Low: 12, High: 120, After: "après la dernière activité",
			Why: "Un an au moins" + nbsp + ": une famille peut revenir à la rentrée.", Source: "Guide de la CNIL" + nbsp + ": deux ans après le dernier contact."},
		{Name: "mandates", Label: "IBAN des mandats finis", At: &s.Mandates, Default: 13, Low: 13, High: 120, After: "après la fin du mandat et le dernier prélèvement",
			Why: "Treize mois au moins" + nbsp + ": le délai pour contester un prélèvement.", Source: "Code monétaire et financier, art. L133-24."},
		{Name: "accounts", Label: "Noms des factures et des quittances", At: &s.Accounts, Default: 120, Low: 48, High: 240, After: "après la pièce",
			Why: "Quatre ans au moins, la prescription des créances publiques.", Source: "Code de commerce, art. L123-22" + nbsp + ": dix ans."},
		{Name: "trail", Label: "Journal des actions", At: &s.Trail, Default: 60, Low: 12, High: 120, After: "après l’action",
			Why: "Un an au moins" + nbsp + ": qui a consulté quoi doit pouvoir être dit.", Source: "Usage" + nbsp + ": cinq ans."},
	}
}

// Check refuses a period out of its ends, and says why they are there.
func (f Field) Check(n int) error {
	if n >= f.Low && n <= f.High {
		return nil
	}
	return fault.New(fault.Invalid, "%s"+nbsp+": de %d à %d mois. %s", f.Label, f.Low, f.High, f.Why)
}

func settingName(f Field) string { return "retention." + f.Name }

// SettingsTx gives the periods.
func SettingsTx(tx *store.Tx) (Settings, error) {
	s := Default()
	for _, f := range s.Fields() { // nine settings
		text, err := catalog.SettingTx(tx, settingName(f), strconv.Itoa(f.Default))
		if err != nil {
			return s, err
		}
		if *f.At, err = strconv.Atoi(text); err != nil {
			return s, fault.Wrap(fault.Conflict, err, "Le réglage « %s » n’est pas un nombre de mois"+nbsp+": enregistrez de nouveau les durées de conservation.", settingName(f))
		}
	}
	return s, nil
}

// Settings gives the periods.
func (s *Service) Settings(ctx context.Context) (out Settings, err error) {
	if err := staff.Require(ctx, staff.Admin, staff.Accueil); err != nil {
		return out, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		out, err = SettingsTx(tx)
		return err
	})
	return out, err
}

// SetSettings checks and keeps the periods. Nothing is taken away by that: it shows
// in the next preview.
func (s *Service) SetSettings(ctx context.Context, wanted Settings) error {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return err
	}
	for _, f := range wanted.Fields() {
		if err := f.Check(*f.At); err != nil {
			return err
		}
	}
	return s.db.Write(ctx, func(tx *store.Tx) error {
		now, err := SettingsTx(tx)
		if err != nil {
			return err
		}
		was := now.Fields()
		var changed []string
		for i, f := range wanted.Fields() {
			if *f.At == *was[i].At {
				continue
			}
			changed = append(changed, f.Label+nbsp+": "+months(*was[i].At)+" → "+months(*f.At))
			if err := catalog.SetSettingTx(tx, settingName(f), strconv.Itoa(*f.At)); err != nil {
				return err
			}
		}
		if len(changed) == 0 {
			return nil
		}
		tx.Publish(Topic)
		return staff.Audit(tx, "retention.settings", "setting:retention", "Durées de conservation changées"+nbsp+": "+strings.Join(changed, "; "))
	})
}

// cut is the day before which something of that period is due.
func cut(day calendar.Date, months int) calendar.Date { return day.AddMonths(-months) }
