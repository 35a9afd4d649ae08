package main

import (
	"context"
	"strings"

	"ardoise/data/family"
	"ardoise/ui/bookings"
	"ardoise/ui/families"
	"ardoise/ui/kit"
	"ardoise/ui/kitchen"
	"ardoise/ui/requests"
	"ardoise/ui/wallets"
)

// sections are the rail's entries, in its order.
func (d *desk) sections() []kit.Section {
	o := d.office
	return []kit.Section{
		families.Section(families.Deps{
			Family: o.Family, Catalog: o.Catalog, Access: o.Access, Ledger: o.Ledger, Booking: o.Booking, Staff: o.Staff, Import: o.Importer,
		}),
		requests.Section(requests.Deps{Access: o.Access, Catalog: o.Catalog, Search: d.findChildren}),
		bookings.Section(bookings.Deps{Booking: o.Booking, Catalog: o.Catalog, Search: d.findFamilies, Contact: d.contact}),
		kitchen.Section(kitchen.Deps{Booking: o.Booking, Catalog: o.Catalog, Care: o.Family.KitchenInstructions, Start: places{d}.canteen}),
		wallets.Section(wallets.Deps{Ledger: o.Ledger, Family: o.Family, Catalog: o.Catalog}),
	}
}

// findChildren gives the requests screen the children a text means.
func (d *desk) findChildren(ctx context.Context, text string) ([]requests.Hit, error) {
	hits, _, err := d.office.Family.Search(ctx, text, family.Filter{}, 10)
	if err != nil {
		return nil, err
	}
	var out []requests.Hit
	for _, h := range hits {
		for _, c := range h.Children {
			out = append(out, requests.Hit{ChildID: c.ID, Child: c.First + " " + family.TitleName(c.Last), Class: c.Class, Family: h.Name})
		}
	}
	return out, nil
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
