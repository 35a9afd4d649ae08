package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"ardoise/data"
	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/store"
	"ardoise/ui"
	"ardoise/ui/kit"
)

// status answers the bar at the foot of the window.
type status struct{ o *data.Office }

// Status says which database it is, when it was last saved, and what it holds.
func (s status) Status(ctx context.Context) (ui.Status, error) {
	base := s.o.Store.Name() + " · " + s.o.Store.Engine().String()
	out := ui.Status{Database: base, Server: s.o.Store.Engine() == store.Postgres, Warning: s.warning()}
	if _, away := s.o.Store.Away(); away {
		return out, nil
	}
	f, err := s.o.Figures(ctx)
	if err != nil {
		return out, err
	}
	saved := "jamais sauvegardée"
	if !f.LastBackup.IsZero() {
		saved = "sauvegardée le " + calendar.DateOf(f.LastBackup).Short() + " à " + calendar.HourText(f.LastBackup)
		if calendar.DateOf(f.LastBackup) == calendar.DateOf(s.o.Store.Now()) {
			saved = "sauvegardée à " + calendar.HourText(f.LastBackup)
		}
	}
	out.Database, out.Counts = base+" — "+saved, count(f.Families, "famille")+" · "+count(f.Children, "enfant")
	return out, nil
}

// warning says at the foot what every screen suffers from: a server that is
// away, a machine whose clock is wrong.
func (s status) warning() string {
	if since, away := s.o.Store.Away(); away {
		return "Le serveur ne répond plus depuis " + calendar.HourText(since) + " : ce qui est affiché date d’avant, ce qui est tapé est gardé"
	}
	skew := s.o.Store.Skew()
	if skew.Abs() < store.SkewToTell {
		return ""
	}
	word := "avance"
	if skew < 0 {
		word = "retarde"
	}
	return "L’horloge de ce poste " + word + " de " + spell(skew.Abs()) + " : Ardoise suit celle du serveur"
}

// spell writes a difference of clocks as one says it: « 2 h 05 », « 12 min »,
// « 3 jours ».
func spell(d time.Duration) string {
	d = d.Round(time.Minute)
	switch minutes := int(d / time.Minute); {
	case minutes >= 2*24*60:
		return fmt.Sprintf("%d jours", minutes/(24*60))
	case minutes >= 60 && minutes%60 == 0:
		return fmt.Sprintf("%d h", minutes/60)
	case minutes >= 60:
		return fmt.Sprintf("%d h %02d", minutes/60, minutes%60)
	default:
		return fmt.Sprintf("%d min", minutes)
	}
}

func count(n int, word string) string {
	if n > 1 {
		word += "s"
	}
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "\u202f" + text[i:]
	}
	return text + " " + word
}

// search answers the search of the top bar.
type search struct{ o *data.Office }

// Search finds families and their children, and invoices by their number.
func (s search) Search(ctx context.Context, text string) ([]ui.SearchHit, error) {
	hits, _, err := s.o.Family.Search(ctx, text, family.Filter{}, 12)
	if fault.KindOf(err) == fault.Forbidden {
		return nil, nil // the kitchen sees no family: it finds none
	}
	if err != nil {
		return nil, err
	}
	var out []ui.SearchHit
	for _, h := range hits {
		var names []string
		for _, c := range h.Children {
			names = append(names, c.First)
		}
		out = append(out, ui.SearchHit{
			Icon: "users", Label: "Famille " + h.Name, Detail: strings.Join(names, ", "), Section: "families", Arg: h.ID,
		})
	}
	invoices, err := s.invoices(ctx, text)
	return append(out, invoices...), err
}

// invoices finds documents by the beginning of their number, on their family's
// card.
func (s search) invoices(ctx context.Context, text string) (out []ui.SearchHit, err error) {
	text = strings.TrimSpace(text)
	if len(text) < 4 || strings.Trim(text, "0123456789") != "" {
		return nil, nil
	}
	list, err := s.o.Billing.Invoices(ctx, billing.InvoiceFilter{Text: text, Limit: 6})
	if err != nil {
		if fault.KindOf(err) == fault.Forbidden {
			err = nil
		}
		return nil, err
	}
	for _, v := range list {
		out = append(out, ui.SearchHit{
			Icon: "invoice", Label: "Facture " + v.Number, Detail: "Famille " + v.Family + ", " + v.Month.Label() + ", " + v.Total.String(),
			Section: "families", Arg: kit.OpenFamily{ID: v.FamilyID, Tab: "invoices"},
		})
	}
	return out, nil
}
