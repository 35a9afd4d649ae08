package booking

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// open fills in what the service is and whether it serves that day.
func (h *Headcount) open(tx *store.Tx) error {
	info, err := catalog.ServiceTx(tx, h.ServiceID)
	if err != nil {
		return err
	}
	plan, err := catalog.PlanTx(tx, h.ServiceID)
	if err != nil {
		return err
	}
	h.Service = info.Name
	h.Open, h.Closed = plan.IsOpen(h.Day)
	if h.Diets, err = catalog.DietsTx(tx); err != nil {
		return err
	}
	h.Deliveries, err = deliveries(tx, info)
	return err
}

// Delivery is a group of schools whose meals leave together.
type Delivery struct {
	Name    string
	Schools []string // names; "" stands for children without a school
}

// NoDelivery names the schools that are in no group, where there are groups.
const NoDelivery = "Sans groupe de livraison"

// deliveries lists the groups of the service's schools in their order; nil where
// there is one or none, for then there is nothing to tell apart.
func deliveries(tx *store.Tx, info catalog.ServiceInfo) ([]Delivery, error) {
	groups, err := catalog.KitchenGroupsTx(tx)
	if err != nil || len(groups) < 2 {
		return nil, err
	}
	schools, err := catalog.SchoolsTx(tx)
	if err != nil {
		return nil, err
	}
	var out []Delivery
	grouped := map[int64]bool{}
	for _, g := range groups {
		d := Delivery{Name: g.Name}
		for _, h := range schools {
			if slices.Contains(g.Schools, h.ID) {
				grouped[h.ID] = true
				if info.Takes(h.ID) {
					d.Schools = append(d.Schools, h.Name)
				}
			}
		}
		if d.Schools != nil {
			out = append(out, d)
		}
	}
	rest := Delivery{Name: NoDelivery, Schools: []string{""}}
	for _, h := range schools {
		if !grouped[h.ID] {
			rest.Schools = append(rest.Schools, h.Name)
		}
	}
	if len(out) < 2 && len(rest.Schools) == 1 {
		return nil, nil
	}
	return append(out, rest), nil
}

// DeliveryOf gives the place of a school's delivery in Deliveries, -1 for none.
func (h *Headcount) DeliveryOf(school string) int {
	i := slices.IndexFunc(h.Deliveries, func(d Delivery) bool { return slices.Contains(d.Schools, school) })
	if i < 0 {
		return len(h.Deliveries) - 1 // a school that the service takes no more
	}
	return i
}

// Adults is a number of grown-ups who eat, by school and diet.
type Adults struct {
	SchoolID int64
	Diet     string
	Count    int
}

func adultsOf(tx *store.Tx, serviceID int64, day calendar.Date) ([]Group, error) {
	return store.Collect(tx, func(r *sql.Rows) (g Group, err error) {
		g.AgeGroup = "adulte"
		err = r.Scan(&g.School, &g.Diet, &g.Count)
		return
	}, `SELECT h.name, a.diet, a.count FROM adult_meal a JOIN school h ON h.id = a.school_id
		WHERE a.service_id = $1 AND a.day = $2 AND a.count > 0 ORDER BY h.name, a.diet`, serviceID, day)
}

// SetAdults says how many grown-ups eat that day; lines not named stay.
func (s *Service) SetAdults(ctx context.Context, serviceID int64, day calendar.Date, list []Adults) error {
	if err := staff.Require(ctx, staff.Cuisine, staff.Accueil); err != nil {
		return err
	}
	total := 0
	for _, a := range list {
		if a.Count < 0 || a.Count > 9999 {
			return fault.New(fault.Invalid, "Le nombre d’adultes doit être compris entre 0 et 9 999.")
		}
		if !catalog.KnownDiet(a.Diet) {
			return fault.New(fault.Invalid, "« %s » n’est pas un régime connu. Sont permis : %s.", a.Diet, strings.Join(catalog.DietCodes(), ", "))
		}
		total += a.Count
	}
	return s.db.Write(ctx, func(tx *store.Tx) error {
		for _, a := range list { // a line a school and diet: a handful
			if _, err := tx.Exec(`INSERT INTO adult_meal (service_id, day, school_id, diet, count) VALUES ($1, $2, $3, $4, $5)
				ON CONFLICT (service_id, day, school_id, diet) DO UPDATE SET count = excluded.count`, serviceID, day, a.SchoolID, a.Diet, a.Count); store.ForeignKey(err) {
				return fault.Wrap(fault.NotFound, err, "L’école n° %d ou le service n° %d n’existe pas.", a.SchoolID, serviceID)
			} else if err != nil {
				return fmt.Errorf("booking: adults: %w", err)
			}
		}
		tx.Publish(TopicHeadcount, serviceID)
		return staff.Audit(tx, "headcount.adults", fmt.Sprintf("service:%d", serviceID), fmt.Sprintf("Adultes du %s : %d", day.Short(), total))
	})
}

// MonthDay is a day of a month's headcounts.
type MonthDay struct {
	Day    calendar.Date
	Groups []Group // without differences
	Total  int     // adults included
}

// HeadcountMonth counts every served day of a month, in two questions.
func (s *Service) HeadcountMonth(ctx context.Context, serviceID int64, year int, month int) (days []MonthDay, err error) {
	if err := staff.Require(ctx, kitchenReaders...); err != nil {
		return nil, err
	}
	if month < 1 || month > 12 {
		return nil, fault.New(fault.Invalid, "Le mois %d n’existe pas.", month)
	}
	first := calendar.MustISO(fmt.Sprintf("%04d-%02d-01", year, month))
	last := first.LastOfMonth()
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		byDay := map[calendar.Date]*MonthDay{}
		add := func(r *sql.Rows) error {
			var d calendar.Date
			var g Group
			if err := r.Scan(&d, &g.School, &g.Sitting, &g.AgeGroup, &g.Diet, &g.Count); err != nil {
				return err
			}
			if byDay[d] == nil {
				byDay[d] = &MonthDay{Day: d}
			}
			byDay[d].Groups = append(byDay[d].Groups, g)
			byDay[d].Total += g.Count
			return nil
		}
		if err := store.Each(tx, add, `SELECT b.day, COALESCE(h.name, ''), COALESCE(t.name, ''), `+family.AgeThen+`, c.diet, count(*)
			FROM booking b JOIN child c ON c.id = b.child_id`+family.JoinYear("b.day")+`LEFT JOIN class k ON k.id = `+family.ClassThen+`
			LEFT JOIN school h ON h.id = k.school_id LEFT JOIN sitting t ON t.id = b.sitting_id
			WHERE b.service_id = $1 AND b.day BETWEEN $2 AND $3 AND b.state = 'booked' AND b.attendance <> 'justified'
			GROUP BY b.day, COALESCE(h.name, ''), COALESCE(t.name, ''), `+family.AgeThen+`, c.diet`, serviceID, first, last); err != nil {
			return err
		}
		if err := store.Each(tx, add, `SELECT a.day, h.name, '', 'adulte', a.diet, a.count FROM adult_meal a JOIN school h ON h.id = a.school_id
			WHERE a.service_id = $1 AND a.day BETWEEN $2 AND $3 AND a.count > 0`, serviceID, first, last); err != nil {
			return err
		}
		for d := first; d <= last; d = d.Add(1) {
			if m := byDay[d]; m != nil {
				slices.SortStableFunc(m.Groups, compareGroups)
				days = append(days, *m)
			}
		}
		return nil
	})
	return days, err
}

// DayCount is one day's figures, for the front page.
type DayCount struct {
	Day     calendar.Date
	Booked  int // meals of children
	Pointed int // whose attendance is known
}

// Served counts the meals of each day of a span, in one question.
func (s *Service) Served(ctx context.Context, serviceID int64, from, to calendar.Date) (list []DayCount, err error) {
	if err := staff.Require(ctx, kitchenReaders...); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		list, err = store.Collect(tx, func(r *sql.Rows) (d DayCount, err error) {
			err = r.Scan(&d.Day, &d.Booked, &d.Pointed)
			return
		}, `SELECT day, sum(CASE WHEN attendance <> 'justified' THEN 1 ELSE 0 END), sum(CASE WHEN attendance <> '' THEN 1 ELSE 0 END) FROM booking
			WHERE service_id = $1 AND day BETWEEN $2 AND $3 AND state = 'booked' GROUP BY day ORDER BY day`, serviceID, from, to)
		return err
	})
	return list, err
}

// Habitual is a child who usually eats on that weekday and has no booking.
type Habitual struct {
	ChildID, FamilyID         int64
	First, Last, Class, Phone string
	Times                     int // of the last four such days
}

// Habitual lists the children who ate on at least three of the last four
// served days of the same weekday and are not booked: somebody may have forgotten.
func (s *Service) Habitual(ctx context.Context, serviceID int64, day calendar.Date) (list []Habitual, err error) {
	if err := staff.Require(ctx, staff.Accueil, staff.Regie, staff.Admin); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		plan, err := catalog.PlanTx(tx, serviceID)
		if err != nil {
			return err
		}
		if open, _ := plan.IsOpen(day); !open {
			return nil
		}
		var days []string
		for d, n := day.Add(-7), 0; n < 10 && len(days) < 4; d, n = d.Add(-7), n+1 {
			if open, _ := plan.IsOpen(d); open {
				days = append(days, d.String())
			}
		}
		if len(days) < 3 {
			return nil
		}
		list, err = store.Collect(tx, func(r *sql.Rows) (h Habitual, err error) {
			err = r.Scan(&h.ChildID, &h.FamilyID, &h.First, &h.Last, &h.Class, &h.Phone, &h.Times)
			return
		}, `SELECT c.id, c.family_id, c.first, CASE WHEN c.usage <> '' THEN c.usage ELSE c.last END, COALESCE(k.name, ''),
				COALESCE((SELECT CASE WHEN g.mobile <> '' THEN g.mobile ELSE g.home END FROM guardian g WHERE g.family_id = c.family_id AND g.rank = 1), ''), p.times
			FROM (SELECT child_id, count(*) AS times FROM booking WHERE service_id = $1 AND day = ANY($2) AND state = 'booked'
				GROUP BY child_id HAVING count(*) >= 3) p
			JOIN child c ON c.id = p.child_id AND c.state = 'active'`+family.JoinYear("CAST($3 AS TEXT)")+`LEFT JOIN class k ON k.id = `+family.ClassThen+`
			WHERE NOT EXISTS (SELECT 1 FROM booking b WHERE b.child_id = c.id AND b.service_id = $1 AND b.day = $3 AND b.state IN ('booked', 'waiting'))
			AND NOT EXISTS (SELECT 1 FROM booking b WHERE b.child_id = c.id AND b.service_id = $1 AND b.day = $3 AND b.state = 'cancelled')
			ORDER BY c.sort_key, c.id`, serviceID, days, day)
		return err
	})
	return list, err
}
