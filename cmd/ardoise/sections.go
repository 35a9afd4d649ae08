package main

import (
	"context"

	"ardoise/data/family"
	"ardoise/ui/kit"
	"ardoise/ui/requests"
)

// sections are the rail's entries, in its order.
func (d *desk) sections() []kit.Section {
	o := d.office
	return []kit.Section{
		requests.Section(requests.Deps{Access: o.Access, Catalog: o.Catalog, Search: d.findChildren}),
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
