package main

import (
	"context"
	"fmt"
	"strings"

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
	f, err := s.o.Figures(ctx)
	if err != nil {
		return ui.Status{}, err
	}
	saved := "jamais sauvegardée"
	if !f.LastBackup.IsZero() {
		saved = "sauvegardée le " + calendar.DateOf(f.LastBackup).Short() + " à " + calendar.HourText(f.LastBackup)
		if calendar.DateOf(f.LastBackup) == calendar.DateOf(s.o.Store.Now()) {
			saved = "sauvegardée à " + calendar.HourText(f.LastBackup)
		}
	}
	return ui.Status{
		Database: s.o.Store.Name() + " · " + s.o.Store.Engine().String() + " — " + saved,
		Server:   s.o.Store.Engine() == store.Postgres,
		Counts:   count(f.Families, "famille") + " · " + count(f.Children, "enfant"),
	}, nil
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
