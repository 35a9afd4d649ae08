package booking

import (
	"database/sql"
	"maps"
	"slices"

	"ardoise/data/access"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/ledger"
	"ardoise/data/store"
)

// lookBack is how many days before the first meal asked for the run of an
// absence is looked for.
const lookBack = 21

// wanted is what the facts are loaded for.
type wanted struct {
	items    []Item
	families []int64 // besides those the children lead to
	absences bool
}

// loadFacts reads all a plan needs, in a number of questions that does not depend
// on the number of meals.
func loadFacts(tx *store.Tx, w wanted) (*facts, error) {
	f := &facts{now: tx.Now()}
	children, services, first, last := span(w.items)
	steps := []func() error{
		func() error { return f.loadServices(tx, services) },
		func() error { return f.loadChildren(tx, children) },
		func() error { return f.loadYears(tx, children, w.items) },
		func() error { return f.loadFamilies(tx, w.families) },
		func() error { return f.loadGates(tx, children, w.items) },
		func() error { return f.loadLive(tx, children, first, last) },
		func() error { return f.loadPlaces(tx, w.items) },
		func() error {
			if !w.absences {
				return nil
			}
			return f.loadAbsences(tx, children, first.Add(-lookBack), last)
		},
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// span gives the children, the services and the days of some meals.
func span(items []Item) (children, services []int64, first, last calendar.Date) {
	kids, serv := map[int64]bool{}, map[int64]bool{}
	for i, it := range items {
		kids[it.ChildID], serv[it.ServiceID] = true, true
		if i == 0 || it.Day < first {
			first = it.Day
		}
		last = max(last, it.Day)
	}
	return slices.Sorted(maps.Keys(kids)), slices.Sorted(maps.Keys(serv)), first, last
}

// loadServices reads the services with their calendars, tariffs and trips.
func (f *facts) loadServices(tx *store.Tx, ids []int64) error {
	all, err := catalog.ServicesTx(tx)
	if err != nil {
		return err
	}
	list := slices.DeleteFunc(all, func(s catalog.ServiceInfo) bool { return !slices.Contains(ids, s.ID) })
	plans, err := catalog.PlansTx(tx, list)
	if err != nil {
		return err
	}
	f.services = make(map[int64]serviceFacts, len(list))
	for _, s := range list {
		f.services[s.ID] = serviceFacts{ServiceInfo: s, plan: plans[s.ID]}
	}
	if len(list) == 0 {
		return nil
	}
	tariffs, err := catalog.TariffsTx(tx, ids...)
	if err != nil {
		return err
	}
	trips, err := classClosures(tx)
	if err != nil {
		return err
	}
	for id, s := range f.services {
		for _, t := range tariffs {
			if t.ServiceID == id {
				s.tariffs = append(s.tariffs, t)
			}
		}
		for _, c := range trips {
			if c.ServiceID == 0 || c.ServiceID == id {
				s.trips = append(s.trips, c)
			}
		}
		f.services[id] = s
	}
	return nil
}

// classClosures reads the closures of one class only; a town has a few a year.
func classClosures(tx *store.Tx) ([]catalog.Closure, error) {
	return store.Collect(tx, func(r *sql.Rows) (c catalog.Closure, err error) {
		err = r.Scan(&c.ID, &c.ServiceID, &c.ClassID, &c.First, &c.Last, &c.Reason)
		return c, err
	}, `SELECT id, COALESCE(service_id, 0), class_id, first_day, last_day, reason FROM closure WHERE class_id IS NOT NULL`)
}

func (f *facts) loadChildren(tx *store.Tx, ids []int64) error {
	f.children = make(map[int64]childFacts, len(ids))
	err := store.Each(tx, func(r *sql.Rows) error {
		var c childFacts
		var state string
		err := r.Scan(&c.id, &c.first, &c.name, &c.familyID, &c.classID, &c.schoolID, &c.ageGroup, &state)
		c.left = state == "left"
		f.children[c.id] = c
		return err
	}, `SELECT c.id, c.first, c.first || ' ' || CASE WHEN c.usage <> '' THEN c.usage ELSE c.last END, c.family_id,
		COALESCE(c.class_id, 0), COALESCE(k.school_id, 0), c.age_group, c.state
		FROM child c LEFT JOIN class k ON k.id = c.class_id WHERE c.id = ANY($1)`, ids)
	if err != nil {
		return err
	}
	return store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var s share
		if err := r.Scan(&id, &s.familyID, &s.parity); err != nil {
			return err
		}
		c := f.children[id]
		c.shared = append(c.shared, s)
		f.children[id] = c
		return nil
	}, `SELECT child_id, family_id, parity FROM child_family WHERE child_id = ANY($1) ORDER BY child_id, family_id`, ids)
}

// loadYears reads where the children are in the school years of the meals, where
// that is not what their entries say: one question a year, one or two of them.
func (f *facts) loadYears(tx *store.Tx, ids []int64, items []Item) error {
	f.years = map[yearKey]family.Place{}
	years := map[calendar.SchoolYear]bool{}
	for _, it := range items {
		years[calendar.SchoolYearOf(it.Day)] = true
	}
	for year := range years {
		places, err := family.PlacesTx(tx, year, ids...)
		if err != nil {
			return err
		}
		for id, p := range places {
			f.years[yearKey{id, year}] = p
		}
	}
	return nil
}

// loadFamilies reads the payers: quotient, residence, siblings, wallet.
func (f *facts) loadFamilies(tx *store.Tx, more []int64) error {
	set := map[int64]bool{}
	for _, c := range f.children {
		set[c.familyID] = true
		for _, s := range c.shared {
			set[s.familyID] = true
		}
	}
	for _, id := range more {
		if id != 0 {
			set[id] = true
		}
	}
	ids := slices.Sorted(maps.Keys(set))
	f.families = make(map[int64]familyFacts, len(ids))
	err := store.Each(tx, func(r *sql.Rows) error {
		var x familyFacts
		var quotient sql.NullInt64
		var from, to string
		if err := r.Scan(&x.id, &x.name, &x.communeID, &quotient, &from, &to); err != nil {
			return err
		}
		if quotient.Valid {
			n := int(quotient.Int64)
			x.quotient = &n
		}
		if err := x.quotientFrom.UnmarshalText([]byte(from)); err != nil {
			return err
		}
		if err := x.quotientTo.UnmarshalText([]byte(to)); err != nil {
			return err
		}
		f.families[x.id] = x
		return nil
	}, `SELECT id, name, COALESCE(commune_id, 0), quotient, quotient_from, quotient_to FROM family WHERE id = ANY($1)`, ids)
	if err != nil {
		return err
	}
	wallets, err := ledger.Peek(tx, ids)
	if err != nil {
		return err
	}
	for id, a := range wallets {
		x := f.families[id]
		x.balance, x.floor = a.Balance, *a.Floor
		f.families[id] = x
	}
	return store.Each(tx, func(r *sql.Rows) error {
		var payer, child int64
		var leftOn string
		var leaves calendar.SchoolYear
		if err := r.Scan(&payer, &child, &leftOn, &leaves); err != nil {
			return err
		}
		x := f.families[payer]
		x.siblings = append(x.siblings, child)
		if leftOn != "" || leaves != 0 {
			last := leaves.First().Add(-1)
			if leftOn != "" {
				var err error
				if last, err = calendar.ParseISO(leftOn); err != nil {
					return err
				}
			}
			if x.lastDays == nil {
				x.lastDays = map[int64]calendar.Date{}
			}
			x.lastDays[child] = last
		}
		f.families[payer] = x
		return nil
	}, `SELECT x.family_id, x.id, x.left_on, COALESCE((SELECT MIN(y.school_year) FROM child_year y WHERE y.child_id = x.id AND y.leaves = 1), 0) FROM (
			SELECT family_id, id, birth, left_on FROM child WHERE family_id = ANY($1) AND (state = 'active' OR left_on <> '')
			UNION SELECT s.family_id, c.id, c.birth, c.left_on FROM child_family s JOIN child c ON c.id = s.child_id
				WHERE s.family_id = ANY($1) AND s.parity <> 0 AND (c.state = 'active' OR c.left_on <> '')
		) x ORDER BY x.family_id, x.birth, x.id`, ids)
}

// loadGates reads the accesses of the school years the meals are in.
func (f *facts) loadGates(tx *store.Tx, children []int64, items []Item) error {
	f.gates = map[gateKey]access.Gate{}
	years := map[calendar.SchoolYear]bool{}
	for _, it := range items {
		years[calendar.SchoolYearOf(it.Day)] = true
	}
	for year := range years { // one, two around 1 August
		gates, err := access.Gates(tx, children, year)
		if err != nil {
			return err
		}
		for k, g := range gates {
			f.gates[gateKey{k, year}] = g
		}
	}
	return nil
}

const rowColumns = `id, child_id, service_id, day, family_id, state, pay, kind, price, care, tariff_id, sitting_id, attendance, cancel_verdict`

func scanRow(r *sql.Rows) (b row, err error) {
	err = r.Scan(&b.id, &b.ChildID, &b.ServiceID, &b.Day, &b.familyID, &b.state, &b.pay, &b.kind, &b.price, &b.care, &b.tariffID, &b.sittingID, &b.attendance, &b.verdict)
	return b, err
}

// loadLive reads the children's live bookings of the span.
func (f *facts) loadLive(tx *store.Tx, children []int64, first, last calendar.Date) error {
	f.live = map[Item]row{}
	return store.Each(tx, func(r *sql.Rows) error {
		b, err := scanRow(r)
		f.live[b.Item] = b
		return err
	}, `SELECT `+rowColumns+` FROM booking WHERE child_id = ANY($1) AND day BETWEEN $2 AND $3 AND state <> 'cancelled'`, children, first.String(), last.String())
}

// loadAbsences reads what tells runs of absence: live bookings and those given
// back as justified.
func (f *facts) loadAbsences(tx *store.Tx, children []int64, first, last calendar.Date) error {
	f.absences = map[access.GateKey][]row{}
	return store.Each(tx, func(r *sql.Rows) error {
		b, err := scanRow(r)
		k := access.GateKey{ChildID: b.ChildID, ServiceID: b.ServiceID}
		f.absences[k] = append(f.absences[k], b)
		return err
	}, `SELECT `+rowColumns+` FROM booking WHERE child_id = ANY($1) AND day BETWEEN $2 AND $3
		AND (state = 'booked' OR attendance = 'justified')`, children, first.String(), last.String())
}

// loadPlaces reads how full the days are, for services with a capacity only.
func (f *facts) loadPlaces(tx *store.Tx, items []Item) error {
	services, days := f.limitedDays(items)
	if len(services) == 0 {
		f.load = map[loadKey]int{}
		return nil
	}
	var err error
	f.load, err = loadOf(tx, services, days)
	return err
}

// limitedDays gives the services with a capacity and the days asked of them.
func (f *facts) limitedDays(items []Item) (services []int64, days []string) {
	serv, day := map[int64]bool{}, map[string]bool{}
	for _, it := range items {
		s, ok := f.services[it.ServiceID]
		limited := s.Capacity != nil || slices.ContainsFunc(s.Sittings, func(t catalog.Sitting) bool { return t.Capacity != nil })
		if ok && limited {
			serv[s.ID], day[it.Day.String()] = true, true
		}
	}
	return slices.Sorted(maps.Keys(serv)), slices.Sorted(maps.Keys(day))
}

// loadOf gives the places taken of each service, day and sitting: kept in
// day_load, and counted where nothing is kept yet (a capacity set since).
// Meals eaten without booking take no place.
func loadOf(tx *store.Tx, services []int64, days []string) (map[loadKey]int, error) {
	load, err := keptLoad(tx, services, days)
	if err != nil {
		return nil, err
	}
	// A day that is kept is never counted again: it would cost what the whole
	// town eats that day, at every look at a grid.
	kept := map[loadKey]bool{}
	for k := range load {
		kept[loadKey{k.service, k.day, 0}] = true
	}
	var unkeptServices []int64
	var unkeptDays []string
	for _, service := range services {
		for _, d := range days {
			day, err := calendar.ParseISO(d)
			if err != nil {
				return nil, err
			}
			if kept[loadKey{service, day, 0}] {
				continue
			}
			if !slices.Contains(unkeptServices, service) {
				unkeptServices = append(unkeptServices, service)
			}
			if !slices.Contains(unkeptDays, d) {
				unkeptDays = append(unkeptDays, d)
			}
		}
	}
	if len(unkeptDays) == 0 {
		return load, nil
	}
	err = store.Each(tx, func(r *sql.Rows) error {
		var k loadKey
		var n int
		if err := r.Scan(&k.service, &k.day, &k.sitting, &n); err != nil {
			return err
		}
		whole := loadKey{k.service, k.day, 0}
		if kept[whole] {
			return nil
		}
		load[whole] += n
		if k.sitting != 0 {
			load[k] = n
		}
		return nil
	}, `SELECT service_id, day, sitting_id, COUNT(*) FROM booking
		WHERE service_id = ANY($1) AND day = ANY($2) AND state = 'booked' AND kind <> 'unbooked' GROUP BY service_id, day, sitting_id`, unkeptServices, unkeptDays)
	return load, err
}

func keptLoad(tx *store.Tx, services []int64, days []string) (map[loadKey]int, error) {
	load := map[loadKey]int{}
	err := store.Each(tx, func(r *sql.Rows) error {
		var k loadKey
		var n int
		err := r.Scan(&k.service, &k.day, &k.sitting, &n)
		load[k] = n
		return err
	}, `SELECT service_id, day, sitting_id, taken FROM day_load WHERE service_id = ANY($1) AND day = ANY($2)`, services, days)
	return load, err
}
