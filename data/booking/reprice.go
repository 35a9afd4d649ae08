package booking

import (
	"database/sql"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/data/store"
	"ardoise/data/store/bulk"
)

// Repriced is a meal whose price would be another one if it were booked now: the
// income quotient came after the booking, or the family moved.
type Repriced struct {
	BookingID int64
	FamilyID  int64
	Child     string
	Service   string
	Day       calendar.Date
	Was, Will money.Cents
	Tariff    string // of the new price

	care     money.Cents
	tariffID int64
}

// PlanReprice prices bookings anew by what is on file now. Prices are fixed when
// a meal is booked: which ones may still change is the caller's to say, and only
// meals that nobody paid yet. Those whose price stays are left out; a meal that
// has no tariff any more is a refusal.
func PlanReprice(tx *store.Tx, ids []int64) ([]Repriced, error) {
	type kept struct {
		row    Repriced
		item   Item
		kind   string
		tariff int64
	}
	list, err := store.Collect(tx, func(r *sql.Rows) (k kept, err error) {
		err = r.Scan(&k.row.BookingID, &k.row.FamilyID, &k.item.ChildID, &k.item.ServiceID, &k.item.Day, &k.kind, &k.row.Was, &k.tariff)
		return k, err
	}, `SELECT id, family_id, child_id, service_id, day, kind, price, tariff_id FROM booking WHERE id = ANY($1) AND pay = 'monthly' ORDER BY family_id, child_id, day, id`, ids)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	w := wanted{}
	for _, k := range list {
		w.items, w.families = append(w.items, k.item), append(w.families, k.row.FamilyID)
	}
	f, err := loadFacts(tx, w)
	if err != nil {
		return nil, err
	}
	var out []Repriced
	for _, k := range list {
		c, _ := f.child(k.item.ChildID, k.item.Day)
		s := f.services[k.item.ServiceID]
		t, _, reason := f.priceFor(k.row.FamilyID, c, s, k.item.Day, k.kind)
		if reason != "" {
			return nil, fault.New(fault.Invalid, "%s, le %s"+nbsp+": %s", c.name, k.item.Day.Short(), reason)
		}
		if t.ID == k.tariff || t.Price() == k.row.Was {
			continue
		}
		r := k.row
		r.Child, r.Service, r.Day, r.Will, r.Tariff, r.care, r.tariffID = c.name, s.Short, k.item.Day, t.Price(), t.Label, t.Care, t.ID
		out = append(out, r)
	}
	return out, nil
}

// Reprice gives meals the prices of a PlanReprice.
func Reprice(tx *store.Tx, list []Repriced) error {
	rows := make([][]any, len(list))
	for i, r := range list {
		rows[i] = []any{r.BookingID, int64(r.Will), int64(r.care), r.tariffID}
	}
	tx.Publish(Topic)
	return bulk.Update(tx, `UPDATE booking SET price = v.column2, care = v.column3, tariff_id = v.column4 FROM %s AS v WHERE booking.id = v.column1 AND booking.pay = 'monthly'`,
		[]string{"BIGINT", "BIGINT", "BIGINT", "BIGINT"}, rows)
}
