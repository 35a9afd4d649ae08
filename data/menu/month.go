package menu

import (
	"context"
	"database/sql"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/store"
)

// Month is the menus of a month by whole weeks: the first and the last one may
// reach into the months beside.
type Month struct {
	ServiceID int64
	Service   string // short: "Cantine"
	Commune   string
	Month     calendar.Month
	Weeks     []Week
}

// State is how a week stands with the vegetarian menu it must have.
type State string

// The states of a week.
const (
	NoService  State = "closed"     // no day of service: nothing is asked
	Served     State = "vegetarian" // at least one vegetarian menu
	Incomplete State = "incomplete" // none yet, days without a menu remain
	Lacking    State = "lacking"    // every day has its menu and none is vegetarian
)

// Week is Monday to Sunday.
//
// The rule: « au moins une fois par semaine, un menu végétarien » (code rural,
// art. L. 230-5-6, from the laws EGalim of 2018, art. 24, and Climat et
// résilience of 2021, art. 252). The law knows no short week, so a week with a
// single day of service counts like any other; one without service (holidays)
// is asked nothing. The week is judged whole, also when it lies over two months.
type Week struct {
	Monday calendar.Date
	Days   []Day // seven
}

// State judges the week.
func (w Week) State() State {
	open, typed := 0, 0
	for _, d := range w.Days {
		if !d.Open {
			continue
		}
		open++
		if d.Vegetarian() {
			return Served
		}
		if len(d.Dishes) > 0 {
			typed++
		}
	}
	switch {
	case open == 0:
		return NoService
	case typed < open:
		return Incomplete
	}
	return Lacking
}

// Vegetarian counts the week's vegetarian menus.
func (w Week) Vegetarian() (n int) {
	for _, d := range w.Days {
		if d.Open && d.Vegetarian() {
			n++
		}
	}
	return n
}

// Open counts the week's days of service.
func (w Week) Open() (n int) {
	for _, d := range w.Days {
		if d.Open {
			n++
		}
	}
	return n
}

// Count is the balance of a month.
type Count struct {
	Open       int // days of service of the month
	Typed      int // of them, with a menu
	Vegetarian int // of them, with a vegetarian one
	Weeks      int // weeks with service, judged whole
	Served     int // of them, with a vegetarian menu
	Lacking    int // of them, all typed without one
}

// Count adds the month up: days of the month itself, weeks whole.
func (m Month) Count() (c Count) {
	for _, w := range m.Weeks {
		switch w.State() {
		case NoService:
		case Served:
			c.Weeks++
			c.Served++
		case Lacking:
			c.Weeks++
			c.Lacking++
		default:
			c.Weeks++
		}
		for _, d := range w.Days {
			if !d.Open || !m.Month.Has(d.Day) {
				continue
			}
			c.Open++
			if len(d.Dishes) > 0 {
				c.Typed++
			}
			if d.Vegetarian() {
				c.Vegetarian++
			}
		}
	}
	return c
}

// Days lists the days of the month itself.
func (m Month) Days() (out []Day) {
	for _, w := range m.Weeks {
		for _, d := range w.Days {
			if m.Month.Has(d.Day) {
				out = append(out, d)
			}
		}
	}
	return out
}

// From and To are the first and last days shown, Monday to Sunday.
func (m Month) From() calendar.Date { return m.Month.First().Monday() }

// To is the Sunday after the last day.
func (m Month) To() calendar.Date { return m.Month.Last().Monday().Add(6) }

// Month reads the menus of a month, dishes in one question.
func (s *Service) Month(ctx context.Context, serviceID int64, month calendar.Month) (Month, error) {
	return read(ctx, s, func(tx *store.Tx) (Month, error) {
		m := Month{ServiceID: serviceID, Month: month}
		info, plan, err := service(tx, serviceID)
		if err != nil {
			return m, err
		}
		m.Service, m.Commune = info.Short, info.Commune
		days, err := daysTx(tx, serviceID, plan, m.From(), m.To())
		for i := 0; i+7 <= len(days); i += 7 {
			m.Weeks = append(m.Weeks, Week{Monday: days[i].Day, Days: days[i : i+7]})
		}
		return m, err
	})
}

// Day reads the menu of one day.
func (s *Service) Day(ctx context.Context, serviceID int64, day calendar.Date) (Day, error) {
	return read(ctx, s, func(tx *store.Tx) (Day, error) {
		_, plan, err := service(tx, serviceID)
		if err != nil {
			return Day{}, err
		}
		days, err := daysTx(tx, serviceID, plan, day, day)
		if err != nil {
			return Day{}, err
		}
		return days[0], nil
	})
}

// DayTx gives the menu of one day, without asking whether the service is open.
func DayTx(tx *store.Tx, serviceID int64, day calendar.Date) (Day, error) {
	byDay, err := dishesTx(tx, serviceID, day, day)
	return Day{Day: day, Dishes: byDay[day]}, err
}

// daysTx gives every day of a span, dishes in one question.
func daysTx(tx *store.Tx, serviceID int64, plan *calendar.Plan, from, to calendar.Date) ([]Day, error) {
	byDay, err := dishesTx(tx, serviceID, from, to)
	if err != nil {
		return nil, err
	}
	var out []Day
	for d := from; d <= to; d = d.Add(1) {
		x := Day{Day: d, Dishes: byDay[d]}
		x.Open, x.Closed = plan.IsOpen(d)
		out = append(out, x)
	}
	return out, nil
}

func dishesTx(tx *store.Tx, serviceID int64, from, to calendar.Date) (map[calendar.Date][]Dish, error) {
	out := map[calendar.Date][]Dish{}
	err := store.Each(tx, func(r *sql.Rows) error {
		var day calendar.Date
		d, err := scanDish(r, &day)
		out[day] = append(out[day], d)
		return err
	}, `SELECT day, course, name, allergens, vegetarian FROM dish WHERE service_id = $1 AND day BETWEEN $2 AND $3 ORDER BY day, rank`, serviceID, from, to)
	return out, err
}

func scanDish(r *sql.Rows, day *calendar.Date) (d Dish, err error) {
	var codes string
	var vegetarian int
	err = r.Scan(day, &d.Course, &d.Name, &codes, &vegetarian)
	d.Vegetarian = vegetarian == 1
	if codes != "" {
		d.Allergens = strings.Split(codes, ",")
	}
	return d, err
}

// Known lists the dishes already served, each once as it was served last, the
// latest first: typed again, a dish brings its allergens with it.
func (s *Service) Known(ctx context.Context, serviceID int64) ([]Dish, error) {
	return read(ctx, s, func(tx *store.Tx) (out []Dish, err error) {
		seen := map[string]bool{}
		err = store.Each(tx, func(r *sql.Rows) error {
			var day calendar.Date
			d, err := scanDish(r, &day)
			if key := d.Course + "\x1f" + strings.ToLower(d.Name); err == nil && !seen[key] {
				seen[key] = true
				out = append(out, d)
			}
			return err
		}, `SELECT day, course, name, allergens, vegetarian FROM dish WHERE service_id = $1 ORDER BY day DESC, rank`, serviceID)
		return out, err
	})
}
