package family

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// changed gathers what differs, for the trail: « nom : Favier → Fabvier ». What may
// say something of a child's health or of an account (notes, diets) is named, and what
// it held is not.
type changed []string

func (c *changed) value(what, was, will string) {
	if was == will {
		return
	}
	quote := func(s string) string {
		if s == "" {
			return "(rien)"
		}
		return s
	}
	*c = append(*c, what+" "+quote(was)+" → "+quote(will))
}

func (c *changed) silent(what string, differs bool) {
	if differs {
		*c = append(*c, what)
	}
}

func (c changed) String() string {
	if len(c) == 0 {
		return "aucun champ"
	}
	return strings.Join(c, ", ")
}

// changes says what differs between a family as it was and as it will be.
func changes(a, b *Family) string {
	var out changed
	out.value("nom", a.Name, b.Name)
	out.value("adresse", a.Address(), b.Address())
	out.value("pays", a.Country, b.Country)
	out.value("quotient familial", quotientText(a), quotientText(b))
	out.silent("note", a.Note != b.Note)
	out.silent("seuil d’alerte", (a.LowBalance == nil) != (b.LowBalance == nil) || a.LowBalance != nil && *a.LowBalance != *b.LowBalance)
	for i := range max(len(a.Guardians), len(b.Guardians)) {
		var x, y Guardian
		if i < len(a.Guardians) {
			x = a.Guardians[i]
		}
		if i < len(b.Guardians) {
			y = b.Guardians[i]
		}
		who := fmt.Sprintf("responsable %d, ", i+1)
		out.value(who+"civilité", x.Civility, y.Civility)
		out.value(who+"nom", x.Last, y.Last)
		out.value(who+"nom d’usage", x.Usage, y.Usage)
		out.value(who+"prénom", x.First, y.First)
		out.value(who+"courriel", x.Email, y.Email)
		out.value(who+"téléphone du domicile", x.Home, y.Home)
		out.value(who+"téléphone du travail", x.Work, y.Work)
		out.value(who+"mobile", x.Mobile, y.Mobile)
	}
	return out.String()
}

// childChanges is changes for a child's entry.
func childChanges(a, b *Child) string {
	var out changed
	out.value("nom", a.Last, b.Last)
	out.value("nom d’usage", a.Usage, b.Usage)
	out.value("prénom", a.First, b.First)
	out.value("naissance", a.Birth.String(), b.Birth.String())
	out.value("sexe", a.Sex, b.Sex)
	out.value("INE", a.INE, b.INE)
	out.value("niveau", a.Level, b.Level)
	out.value("groupe d’âge", a.AgeGroup, b.AgeGroup)
	out.silent("classe", a.ClassID != b.ClassID)
	out.silent("régime", a.Diet != b.Diet)
	out.silent("photos", a.PhotoOK != b.PhotoOK)
	out.silent("note", a.Note != b.Note)
	out.silent("personnes autorisées", !slices.Equal(a.Pickups, b.Pickups))
	return out.String()
}

func quotientText(f *Family) string {
	if f.Quotient == nil {
		return ""
	}
	text := fmt.Sprint(*f.Quotient)
	if !f.QuotientFrom.IsZero() || !f.QuotientTo.IsZero() {
		text += " (" + f.QuotientFrom.Short() + "-" + f.QuotientTo.Short() + ")"
	}
	return text
}

// Rectification is a family's demand that something be corrected (RGPD, art. 16). The
// correction itself is made in the file, and the trail says it field by field.
type Rectification struct {
	FamilyID int64
	Who      string        // who asked
	How      string        // at the counter, by letter, by e-mail
	On       calendar.Date // zero: today
	What     string        // what is to be corrected, in the agent's words
}

// Rectify keeps on the trail that a family asked for a correction: who, when, how. It
// changes nothing else; receipts and invoices of before are never written anew.
func (s *Service) Rectify(ctx context.Context, r Rectification) error {
	return s.write(ctx, writers, func(tx *store.Tx) ([]int64, error) {
		f, err := GetTx(tx, r.FamilyID)
		if err != nil {
			return nil, err
		}
		if f.AnonymisedOn != 0 {
			return nil, anonymised()
		}
		r.Who, r.How, r.What = squeeze(r.Who), squeeze(r.How), squeeze(r.What)
		if r.On.IsZero() {
			r.On = today(tx)
		}
		switch {
		case r.Who == "":
			return nil, fault.New(fault.Invalid, "Dites qui demande la rectification.")
		case r.How == "":
			return nil, fault.New(fault.Invalid, "Dites comment elle a été demandée"+nbsp+": guichet, courrier, courriel, téléphone.")
		case r.What == "":
			return nil, fault.New(fault.Invalid, "Dites ce qui est à corriger.")
		case r.On > today(tx):
			return nil, fault.New(fault.Invalid, "Une demande ne peut pas dater de l’avenir (%s).", r.On.Short())
		}
		return nil, staff.Audit(tx, "family.rectify", object(f.ID), fmt.Sprintf("Rectification demandée par %s le %s (%s)"+nbsp+": %s", r.Who, r.On.Short(), r.How, r.What))
	})
}
