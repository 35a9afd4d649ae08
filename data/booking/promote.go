package booking

import (
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/ledger"
	"ardoise/data/letter"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// promote gives free places to who waits for them, in the order they came, if the
// access, the wallet and the cut-off allow: on the days of the meals that were
// touched, and on the days the families wait for, whose wallets may have been
// filled. Who is passed over stays on the list and is told once why.
func promote(tx *store.Tx, op int64, touched []Item, families []int64) ([]Item, error) {
	days := map[loadKey]int{}
	for _, it := range touched {
		days[loadKey{service: it.ServiceID, day: it.Day}]++
	}
	if err := store.Each(tx, func(r *sql.Rows) error {
		var k loadKey
		err := r.Scan(&k.service, &k.day)
		days[k]++
		return err
	}, `SELECT service_id, day FROM booking WHERE family_id = ANY($1) AND day >= $2 AND state = 'waiting'`, families, today(tx).String()); err != nil {
		return nil, err
	}
	services, when := keysOf(days)
	queue, err := waitingRows(tx, services, when)
	if err != nil || len(queue) == 0 {
		return nil, err
	}
	f, err := loadFacts(tx, wantedOf(queue))
	if err != nil {
		return nil, err
	}
	up, passed := f.choose(queue)
	if err := lift(tx, op, up); err != nil {
		return nil, err
	}
	return itemsOf(up), tellWaiting(tx, f, up, passed)
}

// AfterTopUp gives places that are free to a family that waited for them and can
// now pay. It is the hook the ledger room calls inside a top-up's transaction.
func AfterTopUp(tx *store.Tx, op, family int64) error {
	_, err := promote(tx, op, nil, []int64{family})
	return err
}

// waitingRows gives the waiting lists of some days, in the order they came.
func waitingRows(tx *store.Tx, services []int64, days []string) ([]row, error) {
	if len(services) == 0 {
		return nil, nil
	}
	return store.Collect(tx, scanRow, `SELECT `+rowColumns+` FROM booking WHERE service_id = ANY($1) AND day = ANY($2) AND state = 'waiting' ORDER BY id`, services, days)
}

func wantedOf(queue []row) wanted {
	w := wanted{items: itemsOf(queue)}
	for _, r := range queue {
		w.families = append(w.families, r.familyID)
	}
	return w
}

func itemsOf(list []row) []Item {
	items := make([]Item, len(list))
	for i, r := range list {
		items[i] = r.Item
	}
	return items
}

// holdPlaces keeps the places that who waits could have this very moment (a
// capacity raised, an access renewed): they are theirs, not a newcomer's. Who
// waits and cannot have a place holds none up.
func (f *facts) holdPlaces(tx *store.Tx, ask Ask) error {
	f.held, f.due = map[loadKey]int{}, map[Item]bool{}
	services, days := f.limitedDays(ask.Add)
	queue, err := waitingRows(tx, services, days)
	queue = slices.DeleteFunc(queue, func(r row) bool { return slices.Contains(ask.Cancel, r.Item) })
	if err != nil || len(queue) == 0 {
		return err
	}
	g, err := loadFacts(tx, wantedOf(queue))
	if err != nil {
		return err
	}
	for _, it := range ask.Cancel { // what this basket gives back goes to the list first
		if have, ok := f.live[it]; ok && have.state == Booked && have.kind != Unbooked {
			countPlace(g.load, it.ServiceID, it.Day, have.sittingID, -1)
		}
	}
	up, _ := g.choose(queue)
	for _, r := range up {
		f.due[r.Item] = true
		countPlace(f.held, r.ServiceID, r.Day, r.sittingID, 1)
	}
	return nil
}

// passed is who could not have the place, and why.
type passed struct {
	row
	why string
}

// choose goes down the waiting list. It is pure.
func (f *facts) choose(queue []row) (up []row, over []passed) {
	for _, r := range queue {
		whole := loadKey{service: r.ServiceID, day: r.Day}
		sitting := loadKey{r.ServiceID, r.Day, r.sittingID}
		s := f.services[r.ServiceID]
		if f.tooLate(r) || s.Capacity != nil && f.load[whole] >= *s.Capacity {
			continue
		}
		if n := s.sittingCapacity(r.sittingID); n != nil && f.load[sitting] >= *n {
			continue
		}
		if ok, why := f.promotable(r); !ok {
			over = append(over, passed{r, why})
			continue
		}
		up = append(up, r)
		countPlace(f.load, r.ServiceID, r.Day, r.sittingID, 1)
		if r.pay == Prepaid {
			x := f.families[r.familyID]
			x.balance -= r.price
			f.families[r.familyID] = x
		}
	}
	return up, over
}

// lift makes waiting bookings live, charges them and counts their places.
func lift(tx *store.Tx, op int64, up []row) error {
	if len(up) == 0 {
		return nil
	}
	ids, rows, taken := make([]int64, len(up)), make([]Row, len(up)), map[loadKey]int{}
	children := make([]int64, len(up))
	for i, r := range up {
		ids[i], children[i] = r.id, r.ChildID
		rows[i] = Row{ChildID: r.ChildID, ServiceID: r.ServiceID, Day: r.Day, FamilyID: r.familyID, Pay: r.pay, Price: r.price}
		countPlace(taken, r.ServiceID, r.Day, r.sittingID, 1)
	}
	digest, err := ledger.Digest(ids)
	if err != nil {
		return err
	}
	lifted, _, err := ledger.Operation(tx, ledger.Op{Key: fmt.Sprintf("promote:%d", op), Digest: digest, Kind: "promote", Label: "Place libérée, liste d’attente"})
	if err != nil {
		return err
	}
	for i := range rows {
		rows[i].OperationID = lifted
	}
	if _, err := tx.Exec(`UPDATE booking SET state = 'booked' WHERE id = ANY($1) AND state = 'waiting'`, ids); err != nil {
		return err
	}
	if err := charge(tx, rows, ids); err != nil {
		return err
	}
	publish(tx, children)
	if err := takePlaces(tx, taken); err != nil {
		return err
	}
	return staff.Audit(tx, "booking.promote", fmt.Sprintf("operation:%d", lifted), fmt.Sprintf("Liste d’attente"+nbsp+": %s, %s", plural(len(up), "place donnée", "places données"), daysText(itemsOf(up))))
}

// tellWaiting writes one letter to each who got a place, and one to each who was
// passed over.
func tellWaiting(tx *store.Tx, f *facts, up []row, over []passed) error {
	if len(up)+len(over) == 0 {
		return nil
	}
	families := map[int64]bool{}
	for _, r := range up {
		families[r.familyID] = true
	}
	for _, r := range over {
		families[r.familyID] = true
	}
	who, err := letter.Correspondents(tx, slices.Sorted(maps.Keys(families)))
	if err != nil {
		return err
	}
	post := func(r row, name, key string, more letter.Facts) error {
		said := letter.Facts{"prénom": f.children[r.ChildID].first, "service": f.services[r.ServiceID].Short, "jour": r.Day.Long()}
		maps.Copy(said, more)
		l, err := who[r.familyID].Compose(name, said)
		if err != nil {
			return err
		}
		return letter.Post(tx, r.familyID, l, "booking.waiting", fmt.Sprintf("booking:%d", r.id), key)
	}
	for _, r := range up { // a handful: places come free one by one
		paid := ""
		if r.pay == Prepaid && r.price > 0 {
			paid = r.price.String()
		}
		got := letter.Facts{"réservation": unit(f.services[r.ServiceID].Kind), "montant débité": paid}
		if err := post(r, "booking.waiting", fmt.Sprintf("booking.promoted:%d", r.id), got); err != nil {
			return err
		}
	}
	for _, r := range over {
		if err := post(r.row, "booking.passed", fmt.Sprintf("booking.passed:%d", r.id), letter.Facts{"motif": r.why}); err != nil {
			return err
		}
	}
	return nil
}

// recap writes the summary of a basket to each payer.
func recap(tx *store.Tx, p *Plan, done *Done) error {
	families := make([]int64, len(p.Families))
	for i, t := range p.Families {
		families[i] = t.FamilyID
	}
	who, err := letter.Correspondents(tx, families)
	if err != nil {
		return err
	}
	for _, t := range p.Families { // one, two for separated parents
		var lines []string
		for _, l := range p.Lines {
			if l.FamilyID == t.FamilyID && l.Verdict != Refused {
				lines = append(lines, fmt.Sprintf("– %s"+nbsp+": %s, %s, %s", actWord(l), l.Child, l.Service, l.Day.Long()+amountText(l)))
			}
		}
		monthly := ""
		if t.Monthly > 0 {
			monthly = t.Monthly.String()
		}
		l, err := who[t.FamilyID].Compose("booking.recap", letter.Facts{
			"jour": calendar.DateOf(tx.Now()).Short(), "réservations": strings.Join(lines, "\n"), "solde": t.After.String(), "à facturer": monthly,
		})
		if err != nil {
			return err
		}
		if err := letter.Post(tx, t.FamilyID, l, "booking.recap", fmt.Sprintf("operation:%d", done.OperationID), fmt.Sprintf("booking.recap:%d:%d", done.OperationID, t.FamilyID)); err != nil {
			return err
		}
	}
	return nil
}

func actWord(l Line) string {
	switch {
	case l.Action == Justify:
		return "Absence justifiée"
	case l.Action == Cancel:
		return "Annulation"
	case l.Verdict == Waits:
		return "Liste d’attente"
	}
	return "Réservation"
}

func amountText(l Line) string {
	if l.Price == 0 {
		return ""
	}
	return ", " + l.Price.String()
}
