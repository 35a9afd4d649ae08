package booking

import (
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/data/store"
)

// Row is one booking to write: every decision is already taken.
type Row struct {
	ChildID     int64
	ServiceID   int64
	Day         calendar.Date
	FamilyID    int64  // who pays
	State       string // "" is booked; or waiting
	Pay         string // "" is prepaid; or monthly
	Kind        string // "" is booking; or late, unbooked
	Price       money.Cents
	Care        money.Cents // the part of Price that is "encadrement"
	TariffID    int64
	SittingID   int64 // 0: none
	OperationID int64
	Cutoff      time.Time
	Rule        string
	Verdict     string // "" is in_time; or override, unbooked
	Attendance  string
	Uncharged   bool          // eaten without booking and without money: to regularise
	Entered     calendar.Date // accounting day of the charge; no date: today
}

func (r Row) state() string   { return orElse(r.State, Booked) }
func (r Row) pay() string     { return orElse(r.Pay, Prepaid) }
func (r Row) kind() string    { return orElse(r.Kind, "booking") }
func (r Row) verdict() string { return orElse(r.Verdict, InTime) }

// charged reports whether the row moves money now. A price of zero moves none.
func (r Row) charged() bool {
	return r.state() == Booked && r.pay() == Prepaid && r.Price > 0 && !r.Uncharged
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// Book writes many bookings: the rows, one charge for each that is prepaid, the
// places they take. Nothing is judged here; the database refuses a second live
// booking of the same meal, a place too many and a wallet below its floor. ids
// are in the order of rows. Thousands of rows at once are welcome.
func Book(tx *store.Tx, rows []Row) (ids []int64, err error) {
	if len(rows) == 0 {
		return nil, nil
	}
	if ids, err = insertRows(tx, rows); err != nil {
		return nil, err
	}
	if err := charge(tx, rows, ids); err != nil {
		return nil, err
	}
	taken := map[loadKey]int{}
	children := make([]int64, len(rows))
	for i, r := range rows {
		children[i] = r.ChildID
		if r.state() == Booked && r.kind() != Unbooked {
			countPlace(taken, r.ServiceID, r.Day, r.SittingID, 1)
		}
	}
	publish(tx, children)
	return ids, takePlaces(tx, taken)
}

// manyChildren is from how many on an event says "bookings changed" and no more.
const manyChildren = 500

func publish(tx *store.Tx, children []int64) {
	if len(children) > manyChildren {
		children = nil
	}
	tx.Publish(Topic, children...)
}

func countPlace(m map[loadKey]int, service int64, day calendar.Date, sitting int64, n int) {
	m[loadKey{service, day, 0}] += n
	if sitting != 0 {
		m[loadKey{service, day, sitting}] += n
	}
}

const insertColumns = `child_id, service_id, day, family_id, state, pay, kind, price, care, tariff_id, sitting_id, operation_id, cutoff_at, cutoff_rule, verdict, attendance`

func insertRows(tx *store.Tx, rows []Row) ([]int64, error) {
	ids := make([]int64, len(rows))
	place := make(map[Item]int, len(rows))
	for i, r := range rows {
		it := Item{r.ChildID, r.ServiceID, r.Day}
		if _, twice := place[it]; twice {
			return nil, twiceBooked(nil)
		}
		place[it] = i
	}
	err := ledger.Batches(len(rows), 16, func(from, to int, values string) error {
		args := make([]any, 0, (to-from)*16)
		for _, r := range rows[from:to] {
			args = append(args, r.ChildID, r.ServiceID, r.Day.String(), r.FamilyID, r.state(), r.pay(), r.kind(), int64(r.Price), int64(r.Care),
				r.TariffID, r.SittingID, r.OperationID, store.Instant(r.Cutoff), r.Rule, r.verdict(), r.Attendance)
		}
		return store.Each(tx, func(q *sql.Rows) error {
			var id int64
			var it Item
			if err := q.Scan(&id, &it.ChildID, &it.ServiceID, &it.Day); err != nil {
				return err
			}
			i, ok := place[it]
			if !ok {
				return errors.New("booking: the database gave back a booking nobody wrote")
			}
			ids[i] = id
			return nil
		}, `INSERT INTO booking (`+insertColumns+`) VALUES `+values+` RETURNING id, child_id, service_id, day`, args...)
	})
	if name, _ := store.Unique(err); name == "booking_live" {
		return nil, twiceBooked(err)
	}
	return ids, err
}

func twiceBooked(cause error) error {
	return fault.Wrap(fault.Conflict, cause, "Un de ces repas vient d’être réservé par ailleurs. Rien n’a été modifié"+nbsp+": relisez la grille.")
}

// charge posts one transfer a prepaid booking: from the payer's wallet to the
// service's sales.
func charge(tx *store.Tx, rows []Row, ids []int64) error {
	families, services := map[int64]bool{}, map[int64]bool{}
	for _, r := range rows {
		if r.charged() {
			families[r.FamilyID], services[r.ServiceID] = true, true
		}
	}
	if len(families) == 0 {
		return nil
	}
	wallets, err := ledger.WalletsOf(tx, slices.Sorted(maps.Keys(families)))
	if err != nil {
		return err
	}
	sales := map[int64]int64{}
	for _, id := range slices.Sorted(maps.Keys(services)) { // a town's few services
		a, err := ledger.AccountOf(tx, fmt.Sprintf("sales:%d", id))
		if err != nil {
			return err
		}
		sales[id] = a.ID
	}
	list := make([]ledger.Transfer, 0, len(rows))
	for i, r := range rows {
		if r.charged() {
			list = append(list, ledger.Transfer{
				Op: r.OperationID, Debit: wallets[r.FamilyID].ID, Credit: sales[r.ServiceID], Amount: r.Price, Kind: "charge", BookingID: ids[i],
				Label: "Réservation du " + r.Day.Short(), Day: r.Entered,
			})
		}
	}
	_, err = ledger.PostMany(tx, list)
	return err
}

// capacities gives the places of the services and of their sittings, where there
// is a limit.
func capacities(tx *store.Tx, services []int64) (map[loadKey]int, error) {
	out := map[loadKey]int{}
	err := store.Each(tx, func(r *sql.Rows) error {
		var k loadKey
		var n int
		err := r.Scan(&k.service, &k.sitting, &n)
		out[k] = n
		return err
	}, `SELECT id, 0, capacity FROM service WHERE id = ANY($1) AND capacity IS NOT NULL
		UNION ALL SELECT service_id, id, capacity FROM sitting WHERE service_id = ANY($1) AND capacity IS NOT NULL`, services)
	return out, err
}

// takePlaces counts bookings just written on the days they take a place of. The
// schema refuses a place too many, whoever asks at the same time.
func takePlaces(tx *store.Tx, taken map[loadKey]int) error {
	services, days := keysOf(taken)
	limits, err := capacities(tx, services)
	if err != nil || len(limits) == 0 {
		return err
	}
	kept, err := keptLoad(tx, services, days)
	if err != nil {
		return err
	}
	var rest []loadKey
	change := map[loadKey]int{}
	for k, n := range taken {
		if _, limited := limits[loadKey{service: k.service, sitting: k.sitting}]; !limited {
			continue
		}
		if _, ok := kept[k]; ok {
			change[k] = n
		} else {
			rest = append(rest, k)
		}
	}
	err = errors.Join(changePlaces(tx, change, limits), startPlaces(tx, rest, services, days, limits))
	if name, ok := store.Check(err); ok && name == "day_load_capacity" {
		return fault.Wrap(fault.Insufficient, err, "Complet"+nbsp+": la dernière place vient d’être prise. Rien n’a été modifié.")
	}
	return err
}

func keysOf(m map[loadKey]int) (services []int64, days []string) {
	serv, day := map[int64]bool{}, map[string]bool{}
	for k := range m {
		serv[k.service], day[k.day.String()] = true, true
	}
	return slices.Sorted(maps.Keys(serv)), slices.Sorted(maps.Keys(day))
}

// changePlaces adds to the counts kept; limits nil leaves the capacities as they are.
func changePlaces(tx *store.Tx, change map[loadKey]int, limits map[loadKey]int) error {
	keys := slices.Collect(maps.Keys(change))
	set := "taken = taken + v.column4"
	if limits != nil {
		set += ", capacity = v.column5"
	}
	return ledger.Batches(len(keys), 5, func(from, to int, _ string) error {
		args, rows := make([]any, 0, 5*(to-from)), make([]string, 0, to-from)
		for _, k := range keys[from:to] {
			args = append(args, k.service, k.day.String(), k.sitting, change[k], limits[loadKey{service: k.service, sitting: k.sitting}])
			n := len(args)
			rows = append(rows, fmt.Sprintf("(CAST($%d AS BIGINT), CAST($%d AS TEXT), CAST($%d AS BIGINT), CAST($%d AS BIGINT), CAST($%d AS BIGINT))", n-4, n-3, n-2, n-1, n))
		}
		_, err := tx.Exec(`UPDATE day_load SET `+set+` FROM (VALUES `+strings.Join(rows, ", ")+`) AS v
			WHERE day_load.service_id = v.column1 AND day_load.day = v.column2 AND day_load.sitting_id = v.column3`, args...)
		return err
	})
}

// startPlaces begins to keep the count of days, from the bookings there are.
func startPlaces(tx *store.Tx, keys []loadKey, services []int64, days []string, limits map[loadKey]int) error {
	if len(keys) == 0 {
		return nil
	}
	counted := map[loadKey]int{}
	err := store.Each(tx, func(r *sql.Rows) error {
		var k loadKey
		var n int
		if err := r.Scan(&k.service, &k.day, &k.sitting, &n); err != nil {
			return err
		}
		countPlace(counted, k.service, k.day, k.sitting, n)
		return nil
	}, `SELECT service_id, day, sitting_id, COUNT(*) FROM booking WHERE service_id = ANY($1) AND day = ANY($2) AND state = 'booked' AND kind <> 'unbooked'
		GROUP BY service_id, day, sitting_id`, services, days)
	if err != nil {
		return err
	}
	// A count that another station begins at the same moment is a serialization
	// failure on PostgreSQL: the store runs the transaction again.
	return ledger.Batches(len(keys), 5, func(from, to int, values string) error {
		args := make([]any, 0, 5*(to-from))
		for _, k := range keys[from:to] {
			args = append(args, k.service, k.day.String(), k.sitting, counted[k], limits[loadKey{service: k.service, sitting: k.sitting}])
		}
		_, err := tx.Exec(`INSERT INTO day_load (service_id, day, sitting_id, taken, capacity) VALUES `+values+`
			ON CONFLICT (service_id, day, sitting_id) DO UPDATE SET taken = excluded.taken, capacity = excluded.capacity`, args...)
		return err
	})
}

// givePlaces takes bookings off the counts kept.
func givePlaces(tx *store.Tx, given map[loadKey]int) error {
	change := make(map[loadKey]int, len(given))
	for k, n := range given {
		change[k] = -n
	}
	return changePlaces(tx, change, nil)
}
