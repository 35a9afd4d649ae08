package main

import (
	"context"
	"strconv"
	"strings"

	"ardoise/data/catalog"
	"ardoise/ui"
)

// places is the switcher at the top of the rail: the communes that have
// services. The choice is the workstation's, kept from one start to the next.
type places struct{ d *desk }

const prefPlace = "place"

// Places lists the communes with services, and what is served there.
func (p places) Places(ctx context.Context) ([]ui.Place, error) {
	services, err := p.d.office.Catalog.Services(ctx)
	if err != nil {
		return nil, err
	}
	var out []ui.Place
	at := map[int64]int{}
	for _, s := range services {
		if !s.Active {
			continue
		}
		i, seen := at[s.CommuneID]
		if !seen {
			i = len(out)
			at[s.CommuneID] = i
			out = append(out, ui.Place{ID: strconv.FormatInt(s.CommuneID, 10), Name: s.Commune})
		}
		if out[i].Detail != "" {
			out[i].Detail += ", "
		}
		out[i].Detail += strings.ToLower(s.Short)
	}
	return out, nil
}

// Choose makes a commune the one screens open on.
func (p places) Choose(_ context.Context, id string) error {
	p.d.app.Preferences().SetString(prefPlace, id)
	return nil
}

// Current is the commune chosen, else the one with most services.
func (p places) Current(ctx context.Context) (ui.Place, error) {
	all, err := p.Places(ctx)
	if err != nil || len(all) == 0 {
		return ui.Place{Name: "Aucun service"}, err
	}
	want := p.d.app.Preferences().String(prefPlace)
	best := all[0]
	for _, place := range all {
		if place.ID == want {
			return place, nil
		}
		if strings.Count(place.Detail, ",") > strings.Count(best.Detail, ",") {
			best = place
		}
	}
	return best, nil
}

// canteen is the canteen of the current commune, 0 where there is none.
func (p places) canteen(ctx context.Context) int64 {
	place, err := p.Current(ctx)
	if err != nil {
		p.d.log.Error("place", "err", err)
		return 0
	}
	services, err := p.d.office.Catalog.Services(ctx)
	if err != nil {
		p.d.log.Error("place", "err", err)
		return 0
	}
	for _, s := range services {
		if strconv.FormatInt(s.CommuneID, 10) == place.ID && s.Kind == catalog.Canteen {
			return s.ID
		}
	}
	return 0
}
