package booking

import (
	"database/sql"

	"ardoise/data/calendar"
	"ardoise/data/store"
)

// ServiceDay names a service's day.
type ServiceDay struct {
	ServiceID int64
	Day       calendar.Date
}

// MealsOn counts the meals booked of some services on some days, in one question;
// a service's day without any is not in the map.
func MealsOn(tx *store.Tx, services []int64, days []calendar.Date) (map[ServiceDay]int, error) {
	out := map[ServiceDay]int{}
	texts := make([]string, len(days))
	for i, d := range days {
		texts[i] = d.String()
	}
	err := store.Each(tx, func(r *sql.Rows) error {
		var k ServiceDay
		var n int
		err := r.Scan(&k.ServiceID, &k.Day, &n)
		out[k] = n
		return err
	}, `SELECT service_id, day, COUNT(*) FROM booking WHERE service_id = ANY($1) AND day = ANY($2) AND state = 'booked' AND attendance <> 'justified'
		GROUP BY service_id, day`, services, texts)
	return out, err
}

// Meals is what a line changes in the number of meals of its day.
func (l Line) Meals() int {
	switch {
	case l.Verdict != Accepted || l.Action != Add && l.verdict == CancelWaiting:
		return 0
	case l.Action == Add:
		return 1
	}
	return -1
}
