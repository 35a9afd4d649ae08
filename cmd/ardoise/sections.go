package main

import (
	"context"
	"io"
	"strings"

	"ardoise/data/booking"
	"ardoise/data/family"
	"ardoise/data/mailbox"
	"ardoise/data/store"
	reports "ardoise/reports/desk"
	paper "ardoise/reports/kitchen"
	"ardoise/ui/billing"
	"ardoise/ui/bookings"
	"ardoise/ui/families"
	"ardoise/ui/home"
	"ardoise/ui/inbox"
	"ardoise/ui/kit"
	"ardoise/ui/kitchen"
	"ardoise/ui/requests"
	"ardoise/ui/settings"
	"ardoise/ui/wallets"
)

// sections are the rail's entries, in its order.
func (d *desk) sections() []kit.Section {
	o := d.office
	copies := o.Backup.State
	if demo, err := o.Staff.IsDemo(d.ctx); err != nil || demo { // nothing to lose
		copies = nil
	}
	return []kit.Section{
		home.Section(home.Deps{Family: o.Family, Catalog: o.Catalog, Access: o.Access, Letter: o.Letter, Mail: o.Mailbox, Ledger: o.Ledger, Booking: o.Booking, Copies: copies, Service: d.canteen}),
		families.Section(families.Deps{
			Family: o.Family, Catalog: o.Catalog, Access: o.Access, Ledger: o.Ledger, Booking: o.Booking, Staff: o.Staff, Import: o.Importer, Billing: o.Billing, Retention: o.Retention, RightsPDF: d.rightsPDF,
			InvoicePDF: func(ctx context.Context, w io.Writer, id int64) error {
				return d.billingPapers().Invoices(ctx, w, []int64{id})
			},
		}),
		requests.Section(requests.Deps{Access: o.Access, Catalog: o.Catalog, Family: o.Family}),
		bookings.Section(bookings.Deps{Booking: o.Booking, Catalog: o.Catalog, Search: d.findFamilies, Contact: d.contact, PrintWeek: d.printWeek, Start: places{d}.canteen}),
		kitchen.Section(kitchen.Deps{Booking: o.Booking, Catalog: o.Catalog, Menu: o.Menu, Import: o.Importer, Care: o.Family.KitchenInstructions, Start: places{d}.canteen}),
		wallets.Section(wallets.Deps{Ledger: o.Ledger, Family: o.Family, Catalog: o.Catalog}),
		billing.Section(billing.Deps{Billing: o.Billing, Ledger: o.Ledger, Family: o.Family, Catalog: o.Catalog, Papers: d.billingPapers()}),
		inbox.Section(inbox.Deps{Mail: o.Mailbox, Catalog: o.Catalog, Family: o.Family, Status: d.mailboxes}),
		settings.Section(settings.Deps{
			Staff: o.Staff, Catalog: o.Catalog, Billing: o.Billing, Letter: o.Letter, Mail: o.Mailbox, Retention: o.Retention, OpenURL: d.openURL, Backup: o.Backup, Restore: d.restore, Verify: o.Verify,
			Year: o.Year, Importer: o.Importer, YearLetters: d.yearLetters, YearLeavers: d.yearLeavers,
			Database: o.Store.Name() + " (" + o.Store.Engine().String() + ")", Version: metadata().Version, Server: o.Store.Engine() == store.Postgres,
		}),
	}
}

// rightsPDF writes the readable document of a family's right of access.
func (d *desk) rightsPDF(ctx context.Context, w io.Writer, of family.Dossier) error {
	m, err := reports.NewMaker(ctx, d.office.Catalog, "", "", d.clock())
	if err != nil {
		return err
	}
	periods, err := d.office.Retention.Settings(ctx)
	if err != nil {
		return err
	}
	return m.RightsPDF(ctx, w, of, periods)
}

// canteen is the service screens open on.
func (d *desk) canteen(ctx context.Context) (int64, error) { return places{d}.canteen(ctx), nil }

// mailboxes says how each mailbox stands, to the screen that asks.
func (d *desk) mailboxes() []mailbox.Status {
	if d.post == nil {
		return nil
	}
	return d.post.statuses()
}

// findFamilies gives the bookings screen every family, or those a text means.
func (d *desk) findFamilies(ctx context.Context, text string) ([]bookings.Family, error) {
	hits, _, err := d.office.Family.Search(ctx, text, family.Filter{}, 0)
	if err != nil {
		return nil, err
	}
	out := make([]bookings.Family, len(hits))
	for i, h := range hits {
		names := make([]string, len(h.Children))
		for j, c := range h.Children {
			names[j] = c.First
		}
		out[i] = bookings.Family{ID: h.ID, Name: h.Name, Children: strings.Join(names, ", "), Number: h.Number()}
	}
	return out, nil
}

// contact is who gives a family's consent, and where its summary goes.
func (d *desk) contact(ctx context.Context, id int64) (name, guardian, email string, err error) {
	f, err := d.office.Family.Get(ctx, id)
	if err != nil {
		return "", "", "", err
	}
	if len(f.Guardians) > 0 {
		guardian = f.Guardians[0].Name()
	}
	return f.Name, guardian, f.Email(), nil
}

// printWeek writes the attendance sheet of a week and gives the file to open.
func (d *desk) printWeek(ctx context.Context, g *booking.WeekGrid) (string, error) {
	s, err := d.office.Catalog.Service(ctx, g.ServiceID)
	if err != nil {
		return "", err
	}
	m, err := reports.NewMaker(ctx, d.office.Catalog, s.Commune, s.Name, d.clock())
	if err != nil {
		return "", err
	}
	return kit.WriteTemp("pointage-"+g.Monday.String()+".pdf", func(w io.Writer) error {
		return paper.AttendancePDF(ctx, w, m.Attendance(g))
	})
}
