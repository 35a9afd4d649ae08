package billing

import (
	"cmp"
	"database/sql"
	"maps"
	"slices"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/money"
	"ardoise/data/store"
)

// facts are all a run needs, read in a number of questions that does not depend
// on the number of meals.
type facts struct {
	today     calendar.Date
	settings  Settings
	ran       bool // invoices of the month exist
	families  map[int64]*familyFacts
	order     []*familyFacts // by name
	children  map[int64]childFacts
	services  map[int64]serviceFacts
	tariffs   map[int64]tariffFacts
	invoiced  map[int64]billed // of bookings invoiced before
	access    map[gate]bool
	unsettled []unsettled
	forgotten []unsettled
}

type familyFacts struct {
	id             int64
	name           string
	sort           []byte
	payer, address string
	quotient       *int
	from, to       calendar.Date // of the quotient; no date: no bound
	owed           money.Cents
	mandate        *mandateFacts
	signed         bool // a mandate document is on file that no mandate was made of
	meals          []meal
	carries        []calendar.Month // put off, not invoiced yet
}

func (f *familyFacts) quotientOn(day calendar.Date) *int {
	return family.Family{Quotient: f.quotient, QuotientFrom: f.from, QuotientTo: f.to}.QuotientOn(day)
}

type mandateFacts struct {
	id      int64
	problem string // French, "" where it can be collected under
}

type childFacts struct {
	first, name string
	birth       calendar.Date
}

type serviceFacts struct {
	short    string
	brackets bool // the price hangs on the quotient
}

type tariffFacts struct {
	label    string
	min, max int // of the income quotient
}

// gaveBy reports whether the bracket is that of a quotient: prices are fixed
// when booked, and a quotient that came later gave none.
func (t tariffFacts) gaveBy(quotient *int) bool {
	return quotient != nil && *quotient >= t.min && *quotient <= t.max
}

type parts struct{ meal, care money.Cents }

func (p parts) minus(o parts) parts { return parts{p.meal - o.meal, p.care - o.care} }
func (p parts) zero() bool          { return p == parts{} }

// billed is what was invoiced of one meal, and what was given back of it by
// credit notes although it stands (negative).
type billed struct{ invoiced, given parts }

type gate struct {
	child, service int64
	year           calendar.SchoolYear
}

type unsettled struct {
	family int64
	name   string
	count  int
	total  money.Cents
	month  calendar.Month // of forgotten meals
}

func loadFacts(tx *store.Tx, r Run) (f *facts, err error) {
	f = &facts{today: calendar.DateOf(tx.Now()), families: map[int64]*familyFacts{}}
	if f.settings, err = settings(tx); err != nil {
		return nil, err
	}
	var runs int
	if err := tx.QueryRow(`SELECT COUNT(*) FROM invoice_run WHERE period = $1`, r.Month).Scan(&runs); err != nil {
		return nil, err
	}
	f.ran = runs > 0
	if err := f.loadMeals(tx, r.Month); err != nil {
		return nil, err
	}
	ids := slices.Sorted(maps.Keys(f.families))
	for _, step := range []func(*store.Tx, []int64) error{f.loadFamilies, f.loadPayers, f.loadOwed, f.loadMandates, f.loadChildren, f.loadAccess} {
		if err := step(tx, ids); err != nil {
			return nil, err
		}
	}
	if err := f.loadPrices(tx); err != nil {
		return nil, err
	}
	if err := f.loadForgotten(tx, r.Month); err != nil {
		return nil, err
	}
	return f, f.loadUnsettled(tx, r.Month)
}

// loadForgotten looks back two months: older meals are found by their own run.
func (f *facts) loadForgotten(tx *store.Tx, m calendar.Month) (err error) {
	f.forgotten, err = store.Collect(tx, func(r *sql.Rows) (u unsettled, err error) {
		err = r.Scan(&u.family, &u.name, &u.month, &u.count, &u.total)
		return u, err
	}, `SELECT f.id, f.name, substr(b.day, 1, 7), COUNT(*), CAST(SUM(b.price) AS BIGINT) FROM booking b JOIN family f ON f.id = b.family_id
		WHERE b.pay = 'monthly' AND b.day BETWEEN $1 AND $2 AND (b.state = 'booked' OR b.cancel_verdict = 'late') AND b.price > 0
		AND EXISTS (SELECT 1 FROM invoice_run n WHERE n.period = substr(b.day, 1, 7))
		AND NOT EXISTS (SELECT 1 FROM invoice_line l WHERE l.booking_id = b.id)
		AND NOT EXISTS (SELECT 1 FROM invoice_carry c WHERE c.family_id = b.family_id AND c.period = substr(b.day, 1, 7) AND c.invoice_id IS NULL)
		GROUP BY f.id, f.name, f.sort_key, substr(b.day, 1, 7) ORDER BY f.sort_key, f.id, substr(b.day, 1, 7)`, m.Add(-2).First(), m.First().Add(-1))
	return err
}

const mealColumns = `b.id, b.family_id, b.child_id, b.service_id, b.tariff_id, b.day, b.kind, b.state, b.attendance, b.cancel_verdict, b.price, b.care`

// loadMeals reads the month's meals, and those of earlier months that were put
// off, with what was invoiced of them.
func (f *facts) loadMeals(tx *store.Tx, m calendar.Month) error {
	put, err := f.loadCarries(tx, m)
	if err != nil {
		return err
	}
	first := m.First()
	for _, months := range put {
		for p := range months {
			if p.Before(m) {
				first = min(first, p.First())
			}
		}
	}
	late := slices.Sorted(maps.Keys(put)) // families whose earlier meals are wanted too
	add := func(r *sql.Rows) error {
		var x meal
		if err := r.Scan(&x.id, &x.family, &x.child, &x.service, &x.tariff, &x.day, &x.sort, &x.state, &x.attendance, &x.cancelled, &x.price, &x.care); err != nil {
			return err
		}
		if month := calendar.MonthOf(x.day); month != m && !put[x.family][month] {
			return nil
		}
		ff := f.families[x.family]
		if ff == nil {
			ff = &familyFacts{id: x.family}
			f.families[x.family] = ff
		}
		ff.meals = append(ff.meals, x)
		return nil
	}
	if err := store.Each(tx, add, `SELECT `+mealColumns+` FROM booking b WHERE b.pay = 'monthly' AND b.day BETWEEN $1 AND $2`, m.First(), m.Last()); err != nil {
		return err
	}
	if len(late) > 0 {
		if err := store.Each(tx, add, `SELECT `+mealColumns+` FROM booking b WHERE b.pay = 'monthly' AND b.family_id = ANY($1) AND b.day BETWEEN $2 AND $3`,
			late, first, m.First().Add(-1)); err != nil {
			return err
		}
	}
	for id, months := range put {
		if ff := f.families[id]; ff != nil {
			ff.carries = slices.SortedFunc(maps.Keys(months), func(a, b calendar.Month) int { return cmp.Compare(a.First(), b.First()) })
		}
	}
	f.invoiced = map[int64]billed{}
	var since int // a meal is invoiced by the run of its month or by a later one: mostly there is none yet
	if err := tx.QueryRow(`SELECT COUNT(*) FROM invoice_run WHERE period >= $1`, m).Scan(&since); err != nil {
		return err
	}
	if since > 0 {
		if err := f.loadInvoiced(tx, `b.day BETWEEN $1 AND $2`, m.First(), m.Last()); err != nil {
			return err
		}
	}
	if len(late) == 0 {
		return nil
	}
	return f.loadInvoiced(tx, `b.day BETWEEN $1 AND $2 AND b.family_id = ANY($3)`, first, m.First().Add(-1), late)
}

// loadCarries gives the months each family's small sums were put off from.
func (f *facts) loadCarries(tx *store.Tx, m calendar.Month) (map[int64]map[calendar.Month]bool, error) {
	put := map[int64]map[calendar.Month]bool{}
	return put, store.Each(tx, func(r *sql.Rows) error {
		var family int64
		var p calendar.Month
		err := r.Scan(&family, &p)
		if put[family] == nil {
			put[family] = map[calendar.Month]bool{}
		}
		put[family][p] = true
		return err
	}, `SELECT family_id, period FROM invoice_carry WHERE invoice_id IS NULL AND period <= $1`, m)
}

func (f *facts) loadInvoiced(tx *store.Tx, where string, args ...any) error {
	return store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var b billed
		err := r.Scan(&id, &b.invoiced.meal, &b.invoiced.care, &b.given.meal, &b.given.care)
		f.invoiced[id] = b
		return err
	}, `SELECT b.id, CAST(SUM(CASE WHEN l.kind <> 'gesture' THEN l.meal ELSE 0 END) AS BIGINT), CAST(SUM(CASE WHEN l.kind <> 'gesture' THEN l.care ELSE 0 END) AS BIGINT),
		CAST(SUM(CASE WHEN l.kind = 'gesture' THEN l.meal ELSE 0 END) AS BIGINT), CAST(SUM(CASE WHEN l.kind = 'gesture' THEN l.care ELSE 0 END) AS BIGINT)
		FROM booking b JOIN invoice_line l ON l.booking_id = b.id
		WHERE b.pay = 'monthly' AND `+where+` GROUP BY b.id`, args...)
}

func (f *facts) loadFamilies(tx *store.Tx, ids []int64) error {
	err := store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var x familyFacts
		var a [5]string
		var quotient sql.NullInt64
		if err := r.Scan(&id, &x.name, &x.sort, &a[0], &a[1], &a[2], &a[3], &a[4], &quotient, &x.from, &x.to); err != nil {
			return err
		}
		ff := f.families[id]
		ff.name, ff.sort, ff.from, ff.to = x.name, x.sort, x.from, x.to
		ff.address = postal(a)
		if quotient.Valid {
			q := int(quotient.Int64)
			ff.quotient = &q
		}
		return nil
	}, `SELECT id, name, sort_key, address1, address2, postal, city, country, quotient, NULLIF(quotient_from, ''), NULLIF(quotient_to, '') FROM family WHERE id = ANY($1)`, ids)
	f.order = slices.SortedFunc(maps.Values(f.families), func(a, b *familyFacts) int {
		return cmp.Or(slices.Compare(a.sort, b.sort), cmp.Compare(a.id, b.id))
	})
	return err
}

// postal writes an address as lines; "" where it would not arrive.
func postal(a [5]string) string {
	if a[0] == "" || a[3] == "" {
		return ""
	}
	lines := []string{a[0], a[1], strings.TrimSpace(a[2] + " " + a[3])}
	if a[4] != "" && a[4] != "FRANCE" {
		lines = append(lines, a[4])
	}
	return strings.Join(slices.DeleteFunc(lines, func(s string) bool { return s == "" }), "\n")
}

func (f *facts) loadPayers(tx *store.Tx, ids []int64) error {
	payers, err := payersOf(tx, ids)
	for id, name := range payers {
		f.families[id].payer = name
	}
	return err
}

// payersOf gives the first line of each family's address: its guardians.
func payersOf(tx *store.Tx, ids []int64) (map[int64]string, error) {
	out := map[int64]string{}
	return out, store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var civility, first, last string
		if err := r.Scan(&id, &civility, &first, &last); err != nil {
			return err
		}
		name := strings.TrimSpace(family.Courtesy(civility) + " " + first + " " + last)
		if out[id] != "" {
			name = out[id] + " et " + name
		}
		out[id] = name
		return nil
	}, `SELECT family_id, civility, first, CASE WHEN usage <> '' THEN usage ELSE last END FROM guardian WHERE family_id = ANY($1) ORDER BY family_id, rank`, ids)
}

func (f *facts) loadOwed(tx *store.Tx, ids []int64) error {
	owed, err := owedBy(tx, ids)
	for id, c := range owed {
		f.families[id].owed = c
	}
	return err
}

// owedBy gives what families still owe on invoices.
func owedBy(tx *store.Tx, ids []int64) (map[int64]money.Cents, error) {
	out := map[int64]money.Cents{}
	return out, store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var c money.Cents
		err := r.Scan(&id, &c)
		out[id] = c
		return err
	}, `SELECT family_id, CAST(SUM(open) AS BIGINT) FROM invoice_balance WHERE open > 0 AND family_id = ANY($1) GROUP BY family_id`, ids)
}

func (f *facts) loadMandates(tx *store.Tx, ids []int64) error {
	err := store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var m mandateFacts
		var state, reason string
		var signed, valid, collected calendar.Date
		if err := r.Scan(&id, &m.id, &state, &reason, &signed, &valid, &collected); err != nil {
			return err
		}
		m.problem = mandateProblem(state, reason, signed, valid, collected, f.today)
		f.families[id].mandate = &m
		return nil
	}, `SELECT family_id, id, state, reason, signed_on, valid_to, NULLIF(collected_on, '') FROM mandate WHERE state IN ('active', 'blocked') AND family_id = ANY($1)`, ids)
	if err != nil {
		return err
	}
	return store.Each(tx, func(r *sql.Rows) error {
		var id int64
		err := r.Scan(&id)
		f.families[id].signed = true
		return err
	}, `SELECT DISTINCT family_id FROM document d WHERE kind = 'mandate' AND state IN ('received', 'conform') AND valid_to >= $2 AND family_id = ANY($1)
		AND NOT EXISTS (SELECT 1 FROM mandate m WHERE m.family_id = d.family_id AND m.document_id = d.id)`, ids, f.today)
}

func (f *facts) loadChildren(tx *store.Tx, _ []int64) error {
	seen := map[int64]bool{}
	for _, ff := range f.families {
		for _, m := range ff.meals {
			seen[m.child] = true
		}
	}
	f.children = make(map[int64]childFacts, len(seen))
	return store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var c childFacts
		err := r.Scan(&id, &c.first, &c.name, &c.birth)
		f.children[id] = c
		return err
	}, `SELECT id, first, first || ' ' || CASE WHEN usage <> '' THEN usage ELSE last END, birth FROM child WHERE id = ANY($1)`, slices.Sorted(maps.Keys(seen)))
}

func (f *facts) loadAccess(tx *store.Tx, _ []int64) error {
	f.access = map[gate]bool{}
	return store.Each(tx, func(r *sql.Rows) error {
		var g gate
		err := r.Scan(&g.child, &g.service, &g.year)
		f.access[g] = true
		return err
	}, `SELECT child_id, service_id, school_year FROM access_request WHERE state = 'accepted' AND child_id = ANY($1)`, slices.Sorted(maps.Keys(f.children)))
}

func (f *facts) loadPrices(tx *store.Tx) error {
	f.services, f.tariffs = map[int64]serviceFacts{}, map[int64]tariffFacts{}
	err := store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var s serviceFacts
		var brackets int
		err := r.Scan(&id, &s.short, &brackets)
		s.brackets = brackets > 0
		f.services[id] = s
		return err
	}, `SELECT s.id, s.short, (SELECT COUNT(*) FROM tariff t WHERE t.service_id = s.id AND t.quotient_max < 999999) FROM service s`)
	if err != nil {
		return err
	}
	return store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var t tariffFacts
		err := r.Scan(&id, &t.label, &t.min, &t.max)
		f.tariffs[id] = t
		return err
	}, `SELECT id, label, quotient_min, quotient_max FROM tariff`)
}

func (f *facts) loadUnsettled(tx *store.Tx, m calendar.Month) (err error) {
	f.unsettled, err = store.Collect(tx, func(r *sql.Rows) (u unsettled, err error) {
		err = r.Scan(&u.family, &u.name, &u.count, &u.total)
		return u, err
	}, `SELECT f.id, f.name, COUNT(*), CAST(SUM(b.price) AS BIGINT) FROM booking b JOIN family f ON f.id = b.family_id
		WHERE b.service_id = ANY($1) AND b.day BETWEEN $2 AND $3 AND b.kind = 'unbooked' AND b.state = 'booked' AND b.pay = 'prepaid' AND b.price > 0
		AND NOT EXISTS (SELECT 1 FROM transfer t WHERE t.booking_id = b.id AND t.kind = 'charge')
		GROUP BY f.id, f.name, f.sort_key ORDER BY f.sort_key, f.id`, slices.Sorted(maps.Keys(f.services)), m.First(), m.Last())
	return err
}
