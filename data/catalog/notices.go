package catalog

import (
	"database/sql"
	"fmt"
	"slices"

	"ardoise/data/calendar"
	"ardoise/data/store"
)

// What a change means for what is already booked or accepted. Nothing of it is
// undone: a booking keeps its price and the deadline it was judged by. This room
// only counts the rows of the booking and access rooms.

// bookedDay is how many meals to come a day of a service has, in all or at one sitting.
type bookedDay struct {
	service int64
	day     calendar.Date
	sitting int64
	meals   int
}

// notices tells what follows of the changes, and forgets the counts of places
// whose limit changed: the booking room counts those days anew.
func (l *loader) notices(list []*incoming) error {
	var limits, watched []int64
	for _, in := range list {
		in.freeOfCharge(&l.sum)
		in.noPriceAfter(&l.sum, calendar.DateOf(l.tx.Now()))
		if in.isNew() {
			continue
		}
		if in.limitsChanged() {
			limits = append(limits, in.old.Info.ID)
		}
		if in.limitsChanged() || in.daysChanged() || in.old.Info.Active && !in.draft.Info.Active {
			watched = append(watched, in.old.Info.ID)
		}
	}
	if len(limits) > 0 {
		if _, err := l.tx.Exec(`DELETE FROM day_load WHERE service_id = ANY($1)`, limits); err != nil {
			return err
		}
	}
	if len(watched) > 0 {
		if err := l.noticeDays(list, watched); err != nil {
			return err
		}
	}
	if err := l.noticeSchools(list); err != nil {
		return err
	}
	if err := l.noticeDocuments(list); err != nil {
		return err
	}
	return l.noticeTariffs(list)
}

func (in *incoming) limitsChanged() bool {
	if nullInt(in.old.Info.Capacity) != nullInt(in.draft.Info.Capacity) || len(in.old.Sittings) != len(in.draft.Sittings) {
		return true
	}
	for _, t := range in.draft.Sittings {
		if !slices.ContainsFunc(in.old.Sittings, func(o Sitting) bool { return o.ID == t.ID && nullInt(o.Capacity) == nullInt(t.Capacity) }) {
			return true
		}
	}
	return false
}

func (in *incoming) cutoffsChanged() bool {
	a, b := in.old.Info, in.draft.Info
	return a.Book.String() != b.Book.String() || a.Cancel.String() != b.Cancel.String()
}

func (in *incoming) daysChanged() bool {
	a, b := in.old.Info, in.draft.Info
	return in.cutoffsChanged() || a.Weekdays != b.Weekdays || a.Zone != b.Zone || a.Region != b.Region || a.InHolidays != b.InHolidays
}

// freeOfCharge tells the tariffs at no price: a preset has one until it is typed.
func (in *incoming) freeOfCharge(sum *Summary) {
	for _, t := range in.draft.Tariffs {
		if i := in.old.tariffAt(t.ID); t.Price() == 0 && (i < 0 || in.old.Tariffs[i].Price() != 0) {
			sum.notice("Le tarif « %s » de « %s » est à 0,00"+nbsp+"€"+nbsp+": ces repas ne coûteront rien.", t.Label, in.draft.Info.Short)
		}
	}
}

// noPriceAfter tells the day the last tariff ends, where the change makes one end
// that had a successor or no end.
func (in *incoming) noPriceAfter(sum *Summary, today calendar.Date) {
	last := func(list []Tariff) (end calendar.Date) {
		for _, t := range list {
			if t.Kind == ForBooking {
				end = max(end, t.ValidTo)
			}
		}
		return end
	}
	if end := last(in.draft.Tariffs); end < endless && end >= today && end != last(in.old.Tariffs) {
		sum.notice("%s"+nbsp+": aucun tarif après le %s. Ajoutez la suite avant, sans quoi rien ne se réservera au-delà.", in.draft.Info.Name, end.Short())
	}
}

func (l *loader) noticeDays(list []*incoming, watched []int64) error {
	booked, err := l.bookedDays(watched)
	if err != nil {
		return err
	}
	holidays, err := HolidaysTx(l.tx)
	if err != nil {
		return err
	}
	closed, err := closures(l.tx)
	if err != nil {
		return err
	}
	for _, in := range list {
		if !slices.Contains(watched, in.draft.Info.ID) {
			continue
		}
		days := slices.DeleteFunc(slices.Clone(booked), func(b bookedDay) bool { return b.service != in.draft.Info.ID })
		in.noticePlaces(&l.sum, days)
		was, err := planOf(in.old.Info, holidays, closed)
		if err != nil {
			return err
		}
		now, err := planOf(in.draft.Info, holidays, closed)
		if err != nil {
			return err
		}
		in.noticeOpen(&l.sum, days, was, now)
	}
	return nil
}

// bookedDays counts the meals to come of the services, today's included.
func (l *loader) bookedDays(services []int64) ([]bookedDay, error) {
	return store.Collect(l.tx, func(r *sql.Rows) (b bookedDay, err error) {
		err = r.Scan(&b.service, &b.day, &b.sitting, &b.meals)
		return b, err
	}, `SELECT service_id, day, sitting_id, COUNT(*) FROM booking WHERE service_id = ANY($1) AND day >= $2 AND state = 'booked' AND kind <> 'unbooked'
		GROUP BY service_id, day, sitting_id ORDER BY day, sitting_id`, services, l.today())
}

func (l *loader) today() string { return calendar.DateOf(l.tx.Now()).String() }

// maxDaysTold is how many days a notice names.
const maxDaysTold = 8

// noticePlaces tells the days with more meals than places from now on.
func (in *incoming) noticePlaces(sum *Summary, booked []bookedDay) {
	tell := func(name string, places *int, meals map[calendar.Date]int) {
		if places == nil {
			return
		}
		var over []calendar.Date
		for day, n := range meals {
			if n > *places {
				over = append(over, day)
			}
		}
		slices.Sort(over)
		for i, day := range over {
			if i == maxDaysTold {
				sum.notice("%s"+nbsp+": et %s au-delà des places.", name, plural(len(over)-i, "autre jour"))
				return
			}
			sum.notice("%s, %s"+nbsp+": %s pour %s. Les réservations restent, aucune ne s’ajoute.", name, day.Long(), mealsBooked(meals[day]), plural(*places, "place"))
		}
	}
	all := map[calendar.Date]int{}
	at := map[int64]map[calendar.Date]int{}
	for _, b := range booked {
		all[b.day] += b.meals
		if at[b.sitting] == nil {
			at[b.sitting] = map[calendar.Date]int{}
		}
		at[b.sitting][b.day] += b.meals
	}
	if nullInt(in.old.Info.Capacity) != nullInt(in.draft.Info.Capacity) {
		tell(in.draft.Info.Name, in.draft.Info.Capacity, all)
	}
	for _, t := range in.draft.Sittings {
		if !slices.ContainsFunc(in.old.Sittings, func(o Sitting) bool { return o.ID == t.ID && nullInt(o.Capacity) == nullInt(t.Capacity) }) {
			tell(in.draft.Info.Name+", "+t.Name, t.Capacity, at[t.ID])
		}
	}
}

// noticeOpen tells the meals booked on days that are no longer served, and
// which deadline those already booked follow.
func (in *incoming) noticeOpen(sum *Summary, booked []bookedDay, was, now *calendar.Plan) {
	total, lost := 0, 0
	var days []calendar.Date
	for _, b := range booked {
		total += b.meals
		before, _ := was.IsOpen(b.day)
		after, _ := now.IsOpen(b.day)
		if before && !after {
			lost += b.meals
			days = append(days, b.day)
		}
	}
	days = slices.Compact(days)
	name := in.draft.Info.Name
	if len(days) > 0 {
		told := days[:min(len(days), maxDaysTold)]
		more := ""
		if len(days) > len(told) {
			more = " et " + plural(len(days)-len(told), "autre jour")
		}
		sum.notice("%s"+nbsp+": %s, des jours qui ne seront plus servis (%s%s). Rien n’est annulé"+nbsp+": passez par « Fermer un jour… » dans Réservations.",
			name, isBooked(lost), calendar.ListText(told), more)
	}
	if total > 0 && in.cutoffsChanged() {
		sum.notice("%s"+nbsp+": %s déjà avant ce changement. Ils restent, à leur prix"+nbsp+"; leur annulation suivra la nouvelle date limite.", name, isBooked(total))
	}
	if total > 0 && in.old.Info.Active && !in.draft.Info.Active {
		sum.notice("%s"+nbsp+": %s encore. Ils restent"+nbsp+": annulez-les si le service s’arrête.", name, isBooked(total))
	}
}

func isBooked(n int) string {
	if n > 1 {
		return fmt.Sprintf("%d repas sont réservés", n)
	}
	return "1 repas est réservé"
}

// noticeSchools tells the meals to come of children of schools no longer taken.
func (l *loader) noticeSchools(list []*incoming) error {
	type left struct{ service, school int64 }
	names := map[left]string{}
	var services, schools []int64
	of := l.schoolNames()
	for _, in := range list {
		for _, o := range in.old.Schools {
			if !slices.ContainsFunc(in.draft.Schools, func(t TakenSchool) bool { return t.SchoolID == o.SchoolID }) {
				names[left{in.old.Info.ID, o.SchoolID}] = in.draft.Info.Short + ", " + of[o.SchoolID]
				services, schools = append(services, in.old.Info.ID), append(schools, o.SchoolID)
			}
		}
	}
	if len(names) == 0 {
		return nil
	}
	return store.Each(l.tx, func(r *sql.Rows) error {
		var k left
		var n int
		if err := r.Scan(&k.service, &k.school, &n); err != nil {
			return err
		}
		if name, ok := names[k]; ok {
			l.sum.notice("%s"+nbsp+": %s pour des enfants de cette école, que le service n’accueille plus. Ils restent.", name, isBooked(n))
		}
		return nil
	}, `SELECT b.service_id, k.school_id, COUNT(*) FROM booking b JOIN child c ON c.id = b.child_id JOIN class k ON k.id = c.class_id
		WHERE b.service_id = ANY($1) AND k.school_id = ANY($2) AND b.day >= $3 AND b.state = 'booked' GROUP BY b.service_id, k.school_id
		ORDER BY b.service_id, k.school_id`, services, schools, l.today())
}

// noticeDocuments tells how many accesses were accepted without a document that
// is asked for from now on.
func (l *loader) noticeDocuments(list []*incoming) error {
	added := map[int64]string{}
	var services []int64
	for _, in := range list {
		for _, r := range in.draft.Documents {
			if !in.isNew() && !slices.ContainsFunc(in.old.Documents, func(o RequiredDocument) bool { return o.Kind == r.Kind }) {
				if added[in.old.Info.ID] == "" {
					services = append(services, in.old.Info.ID)
				}
				added[in.old.Info.ID] += ", « " + r.Label + " »"
			}
		}
	}
	if len(added) == 0 {
		return nil
	}
	return store.Each(l.tx, func(r *sql.Rows) error {
		var id int64
		var n int
		if err := r.Scan(&id, &n); err != nil {
			return err
		}
		l.sum.notice("Pièce demandée en plus (%s)"+nbsp+": %s sans elle. Les accès restent ouverts"+nbsp+"; elle sera réclamée au prochain dépôt ou au renouvellement.", added[id][2:], accepted(n))
		return nil
	}, `SELECT service_id, COUNT(*) FROM access_request WHERE service_id = ANY($1) AND state = 'accepted' AND school_year >= $2 GROUP BY service_id ORDER BY service_id`,
		services, int64(calendar.SchoolYearOf(calendar.DateOf(l.tx.Now()))))
}

func mealsBooked(n int) string {
	if n > 1 {
		return fmt.Sprintf("%d repas réservés", n)
	}
	return "1 repas réservé"
}

func accepted(n int) string {
	if n > 1 {
		return fmt.Sprintf("%d demandes ont été acceptées", n)
	}
	return "1 demande a été acceptée"
}

// noticeTariffs tells the meals already priced past the new end of a tariff.
func (l *loader) noticeTariffs(list []*incoming) error {
	ends := map[int64]Tariff{}
	var ids []int64
	for _, in := range list {
		for _, t := range in.draft.Tariffs {
			if i := in.old.tariffAt(t.ID); i >= 0 && t.ValidTo < in.old.Tariffs[i].ValidTo {
				ends[t.ID] = t
				ids = append(ids, t.ID)
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return store.Each(l.tx, func(r *sql.Rows) error {
		var id int64
		var n int
		if err := r.Scan(&id, &n); err != nil {
			return err
		}
		l.sum.notice("Tarif « %s »"+nbsp+": %s à ce prix après le %s. Ils le gardent.", ends[id].Label, isBooked(n), ends[id].ValidTo.Short())
		return nil
	}, `SELECT t.id, COUNT(*) FROM tariff t JOIN booking b ON b.service_id = t.service_id AND b.tariff_id = t.id
		WHERE t.id = ANY($1) AND b.day > t.valid_to AND b.day >= $2 AND b.state = 'booked' GROUP BY t.id ORDER BY t.id`, ids, l.today())
}
