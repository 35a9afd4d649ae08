package main

import (
	"context"
	"maps"
	"slices"

	"ardoise/data"
	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/fault"
)

// meals is how many the peer was measured booking at once.
const meals = 17

// benchSubject picks the busiest service and day, the largest family, words to
// search for, and a child with free days and the money to book them.
func benchSubject(ctx context.Context, o *data.Office) (s subject, err error) {
	now := today(o)
	year := calendar.SchoolYearOf(now)
	services, err := o.Catalog.Services(ctx)
	if err != nil {
		return s, err
	}
	most := 0
	for _, sv := range services { // a handful
		days, err := o.Booking.Served(ctx, sv.ID, year.First(), year.Last())
		if err != nil {
			return s, err
		}
		for _, d := range days {
			if d.Booked > most {
				most, s.service, s.day = d.Booked, sv.ID, d.Day
			}
		}
	}
	if most == 0 {
		return s, fault.New(fault.Invalid, "Cette démonstration n’a aucune réservation : créez-en une plus grande (ardoisectl demo create --families 1000 --days 144).")
	}
	hits, total, err := o.Family.List(ctx, family.Filter{}, 0, 0)
	if err != nil {
		return s, err
	}
	s.families = total
	largest := slices.MaxFunc(hits, func(a, b family.Hit) int { return len(a.Children) - len(b.Children) })
	s.family = largest.ID
	for i := 0; i < len(hits) && len(s.words) < 8; i += max(1, len(hits)/8) {
		s.words = append(s.words, hits[i].Name)
		if len(hits[i].Children) > 0 {
			s.words = append(s.words, hits[i].Children[0].First)
		}
	}
	return s, s.freeChild(ctx, o, hits, now)
}

// freeChild looks, among the best filled wallets, for a child who can be booked
// on 17 days.
func (s *subject) freeChild(ctx context.Context, o *data.Office, hits []family.Hit, now calendar.Date) error {
	rich := slices.Clone(hits)
	slices.SortStableFunc(rich, func(a, b family.Hit) int { return int(b.Balance - a.Balance) })
	for _, h := range rich[:min(len(rich), 40)] {
		free, err := freeDays(ctx, o, h.ID, now)
		if err != nil {
			return err
		}
		for _, key := range slices.SortedFunc(maps.Keys(free), func(a, b [2]int64) int { return slices.Compare(a[:], b[:]) }) {
			items := free[key]
			if items = items[:min(len(items), 3*meals)]; len(items) <= len(s.items) {
				continue
			}
			plan, err := o.Booking.Plan(ctx, booking.Ask{Key: newKey(), Add: items, Override: "mesure"})
			if err != nil {
				return err
			}
			var can []booking.Item
			left := plan.BalanceBefore
			for _, l := range plan.Lines {
				if l.Verdict == booking.Accepted && len(can) < meals && (l.Pay != booking.Prepaid || l.Price <= left) {
					can = append(can, l.Item)
					left -= l.Price
				}
			}
			if len(can) > len(s.items) {
				s.items = can
			}
			if len(s.items) == meals {
				return nil
			}
		}
	}
	return nil
}

// freeDays gives, for each line of a family's grid, the open days without a
// booking over the months around today, those to come first.
func freeDays(ctx context.Context, o *data.Office, familyID int64, now calendar.Date) (map[[2]int64][]booking.Item, error) {
	out := map[[2]int64][]booking.Item{}
	first := calendar.SchoolYearOf(now).First().AddMonths(1)
	for k := range 10 { // September to June, from this month on and round again
		month := now.FirstOfMonth().AddMonths(k)
		if month > first.AddMonths(9) {
			month = month.AddMonths(-10)
		}
		if month < first {
			continue
		}
		g, err := o.Booking.Month(ctx, familyID, month.Year(), month.Month())
		if err != nil {
			return nil, err
		}
		for _, c := range g.Children {
			for _, sv := range c.Services {
				key := [2]int64{c.ChildID, sv.ServiceID}
				for _, cell := range sv.Cells {
					if sv.Gate == "" && !cell.Other && (cell.State == booking.CellFree || cell.State == booking.CellLocked) {
						out[key] = append(out[key], booking.Item{ChildID: c.ChildID, ServiceID: sv.ServiceID, Day: cell.Day})
					}
				}
			}
		}
	}
	return out, nil
}
