package catalog

import (
	"database/sql"
	"errors"
	"strconv"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/store"
)

func optionalInt(v sql.NullInt64) *int {
	if !v.Valid {
		return nil
	}
	n := int(v.Int64)
	return &n
}

func communesTx(tx *store.Tx) ([]Commune, error) {
	return store.Collect(tx, func(r *sql.Rows) (c Commune, err error) {
		err = r.Scan(&c.ID, &c.INSEE, &c.Name, &c.Postal)
		return c, err
	}, `SELECT id, insee, name, postal FROM commune ORDER BY fold, insee`)
}

// CommunesTx lists the communes in order of name.
func CommunesTx(tx *store.Tx) ([]Commune, error) { return communesTx(tx) }

// SchoolsTx lists the schools, by commune then name.
func SchoolsTx(tx *store.Tx) ([]School, error) {
	return store.Collect(tx, func(r *sql.Rows) (s School, err error) {
		err = r.Scan(&s.ID, &s.CommuneID, &s.Commune, &s.Name)
		return s, err
	}, `SELECT s.id, s.commune_id, c.name, s.name FROM school s JOIN commune c ON c.id = s.commune_id ORDER BY c.fold, s.name`)
}

const classSelect = `SELECT k.id, k.school_id, s.name, k.school_year, k.name, k.rank FROM class k JOIN school s ON s.id = k.school_id `

func scanClass(r *sql.Rows) (c Class, err error) {
	err = r.Scan(&c.ID, &c.SchoolID, &c.School, &c.Year, &c.Name, &c.Rank)
	return c, err
}

// ClassesTx lists the classes of a school year, by school then from the smallest
// children up.
func ClassesTx(tx *store.Tx, year calendar.SchoolYear) ([]Class, error) {
	return store.Collect(tx, scanClass, classSelect+`WHERE k.school_year = $1 ORDER BY s.name, k.rank, k.name`, int64(year))
}

const serviceSelect = `SELECT s.id, s.commune_id, c.name, s.code, s.name, s.short, s.kind, s.product, s.weekdays, s.region, s.zone,
	s.in_holidays, s.starts_at, s.book_cutoff, s.cancel_cutoff, s.capacity, s.pay, s.waiting_days, s.proof_hours, s.low_balance, s.active
	FROM service s JOIN commune c ON c.id = s.commune_id `

func scanService(r *sql.Rows) (s ServiceInfo, err error) {
	var weekdays, starts, book, cancel, pay string
	var inHolidays, active int64
	var capacity sql.NullInt64
	if err = r.Scan(&s.ID, &s.CommuneID, &s.Commune, &s.Code, &s.Name, &s.Short, &s.Kind, &s.Product, &weekdays, &s.Region, &s.Zone,
		&inHolidays, &starts, &book, &cancel, &capacity, &pay, &s.WaitingDays, &s.ProofHours, &s.LowBalance, &active); err != nil {
		return s, err
	}
	s.Weekdays = parseWeekdayDigits(weekdays)
	s.InHolidays, s.Active = inHolidays == 1, active == 1
	s.Capacity = optionalInt(capacity)
	s.Pay = splitList(pay)
	if s.StartsAt, err = calendar.ParseClock(starts); err != nil {
		return s, err
	}
	if s.Book, err = calendar.ParseCutoffSet(book); err != nil {
		return s, err
	}
	s.Cancel, err = calendar.ParseCutoffSet(cancel)
	return s, err
}

func splitList(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

// ServicesTx lists every service (by commune, then in the order of the day) with
// its schools and sittings.
func ServicesTx(tx *store.Tx) ([]ServiceInfo, error) {
	list, err := store.Collect(tx, scanService, serviceSelect+`ORDER BY c.fold, CASE s.kind WHEN 'canteen' THEN 0 WHEN 'morning' THEN 1 WHEN 'evening' THEN 2 ELSE 3 END, s.name`)
	if err != nil {
		return nil, err
	}
	return list, fillServices(tx, list)
}

// ServiceTx gives one service; NotFound if there is none.
func ServiceTx(tx *store.Tx, id int64) (ServiceInfo, error) {
	list, err := store.Collect(tx, scanService, serviceSelect+`WHERE s.id = $1`, id)
	if err != nil {
		return ServiceInfo{}, err
	}
	if len(list) == 0 {
		return ServiceInfo{}, fault.New(fault.NotFound, "Ce service n’existe pas ou n’existe plus.")
	}
	return list[0], fillServices(tx, list[:1])
}

// fillServices adds schools and sittings: three questions whatever the number.
func fillServices(tx *store.Tx, list []ServiceInfo) error {
	at := make(map[int64]*ServiceInfo, len(list))
	ids := make([]int64, len(list))
	for i := range list {
		s := &list[i]
		s.schoolSitting, s.classSitting = map[int64]int64{}, map[int64]int64{}
		at[s.ID], ids[i] = s, s.ID
	}
	err := store.Each(tx, func(r *sql.Rows) error {
		var service, school int64
		var sitting sql.NullInt64
		if err := r.Scan(&service, &school, &sitting); err != nil {
			return err
		}
		s := at[service]
		s.Schools = append(s.Schools, school)
		if sitting.Valid {
			s.schoolSitting[school] = sitting.Int64
		}
		return nil
	}, `SELECT ss.service_id, ss.school_id, ss.sitting_id FROM service_school ss JOIN school c ON c.id = ss.school_id WHERE ss.service_id = ANY($1) ORDER BY c.name, c.id`, ids)
	if err != nil {
		return err
	}
	err = store.Each(tx, func(r *sql.Rows) error {
		var service int64
		var t Sitting
		var capacity sql.NullInt64
		if err := r.Scan(&service, &t.ID, &t.Name, &capacity); err != nil {
			return err
		}
		t.Capacity = optionalInt(capacity)
		at[service].Sittings = append(at[service].Sittings, t)
		return nil
	}, `SELECT service_id, id, name, capacity FROM sitting WHERE service_id = ANY($1) ORDER BY id`, ids)
	if err != nil {
		return err
	}
	return store.Each(tx, func(r *sql.Rows) error {
		var class, service, sitting int64
		if err := r.Scan(&class, &service, &sitting); err != nil {
			return err
		}
		at[service].classSitting[class] = sitting
		return nil
	}, `SELECT class_id, service_id, sitting_id FROM class_sitting WHERE service_id = ANY($1)`, ids)
}

const tariffColumns = `id, service_id, valid_from, valid_to, label, kind, quotient_min, quotient_max, resident, age_group, sibling_rank, meal, care`

func scanTariff(r *sql.Rows) (t Tariff, err error) {
	var resident sql.NullInt64
	err = r.Scan(&t.ID, &t.ServiceID, &t.ValidFrom, &t.ValidTo, &t.Label, &t.Kind, &t.QuotientMin, &t.QuotientMax, &resident, &t.AgeGroup, &t.SiblingRank, &t.Meal, &t.Care)
	if resident.Valid {
		yes := resident.Int64 == 1
		t.Resident = &yes
	}
	return t, err
}

// TariffsTx gives the tariffs of the services (of all when none is named),
// ready for Pick after grouping by ServiceID.
func TariffsTx(tx *store.Tx, services ...int64) ([]Tariff, error) {
	const order = ` ORDER BY service_id, kind, valid_from, COALESCE(resident, 2) DESC, age_group, sibling_rank, quotient_min, id`
	if len(services) == 0 {
		return store.Collect(tx, scanTariff, `SELECT `+tariffColumns+` FROM tariff`+order)
	}
	return store.Collect(tx, scanTariff, `SELECT `+tariffColumns+` FROM tariff WHERE service_id = ANY($1)`+order, services)
}

// RequiredTx gives the documents a service asks for, in order.
func RequiredTx(tx *store.Tx, serviceID int64) ([]RequiredDocument, error) {
	all, err := RequiredAllTx(tx)
	return all[serviceID], err
}

// RequiredAllTx gives the documents of every service, by service.
func RequiredAllTx(tx *store.Tx) (map[int64][]RequiredDocument, error) {
	out := map[int64][]RequiredDocument{}
	err := store.Each(tx, func(r *sql.Rows) error {
		var d RequiredDocument
		var service, debit int64
		if err := r.Scan(&service, &d.Kind, &d.Label, &d.Months, &debit); err != nil {
			return err
		}
		d.DebitOnly = debit == 1
		out[service] = append(out[service], d)
		return nil
	}, `SELECT service_id, kind, label, months, debit_only FROM required_document ORDER BY service_id, rank, kind`)
	return out, err
}

// ClosuresTx gives the closures that concern a service (its own and everybody's)
// and touch the span; no bound when from or to is no date. Closures of one class
// come too: Closure.ClassID tells them.
func ClosuresTx(tx *store.Tx, serviceID int64, from, to calendar.Date) ([]Closure, error) {
	all, err := closures(tx)
	var out []Closure
	for _, c := range all {
		if (c.ServiceID == 0 || c.ServiceID == serviceID) && (from.IsZero() || c.Last >= from) && (to.IsZero() || c.First <= to) {
			out = append(out, c)
		}
	}
	return out, err
}

func closures(tx *store.Tx) ([]Closure, error) {
	return store.Collect(tx, func(r *sql.Rows) (c Closure, err error) {
		var service, class sql.NullInt64
		err = r.Scan(&c.ID, &service, &class, &c.First, &c.Last, &c.Reason)
		c.ServiceID, c.ClassID = service.Int64, class.Int64
		return c, err
	}, `SELECT id, service_id, class_id, first_day, last_day, reason FROM closure ORDER BY first_day, id`)
}

// SettingTx gives a setting, or def where it is not set.
func SettingTx(tx *store.Tx, name, def string) (string, error) {
	var v string
	err := tx.QueryRow(`SELECT value FROM setting WHERE name = $1`, name).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		return def, nil
	}
	return v, err
}

// SetSettingTx keeps a setting.
func SetSettingTx(tx *store.Tx, name, value string) error {
	_, err := tx.Exec(`INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	return err
}

func pairText(a, b int64) string { return strconv.FormatInt(a, 10) + ":" + strconv.FormatInt(b, 10) }
