package catalog

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io"
	"slices"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/data/store/bulk"
)

// What an import does with one period or one closure.
const (
	LineAdded   = "added"
	LineChanged = "changed"
	LineSame    = "same"
	LineRefused = "refused"
)

// CalendarLine is one period of an imported calendar.
type CalendarLine struct {
	Verdict string // LineAdded, LineChanged, LineSame
	Period  calendar.Holiday
	Was     []calendar.Holiday // what it takes the place of, where it is changed
}

// CalendarPlan says what an imported calendar would change.
type CalendarPlan struct {
	Lines   []CalendarLine
	Added   int
	Changed int
	Same    int
	Missing []string // French: years of our services that stay unknown
	Notices []string // French: meals booked on days that would be holidays
	NoCopy  bool     // the agent's own choice to go on without the copy of the base
	digest  string
}

// Changes reports whether anything would change.
func (p *CalendarPlan) Changes() bool { return p.Added+p.Changed > 0 }

// Holidays gives the school holidays known, of every zone.
func (s *Service) Holidays(ctx context.Context) ([]calendar.Holiday, error) {
	return read(ctx, s, HolidaysTx)
}

// PlanCalendar reads a calendar of school holidays (the ministry's CSV, or an
// ICS file of the zone) and says what it would change; nothing is written.
func (s *Service) PlanCalendar(ctx context.Context, r io.Reader, zone calendar.Zone) (*CalendarPlan, error) {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return nil, err
	}
	list, err := calendar.ParseCalendar(r, zone)
	if err != nil {
		return nil, err
	}
	var p *CalendarPlan
	err = s.db.Read(ctx, func(tx *store.Tx) (err error) {
		p, err = planCalendarTx(tx, list)
		return err
	})
	return p, err
}

// CommitCalendar keeps what PlanCalendar showed; Conflict where the holidays
// have changed since.
func (s *Service) CommitCalendar(ctx context.Context, p *CalendarPlan) error {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return err
	}
	list := make([]calendar.Holiday, len(p.Lines))
	for i, l := range p.Lines {
		list[i] = l.Period
	}
	if p.Changes() {
		if _, err := s.before.Copy(ctx, p.NoCopy); err != nil {
			return err
		}
	}
	return s.db.Write(ctx, func(tx *store.Tx) error {
		now, err := planCalendarTx(tx, list)
		if err != nil {
			return err
		}
		if now.digest != p.digest {
			return fault.New(fault.Conflict, "Le calendrier a changé depuis l’affichage, relisez ce que l’import changerait"+nbsp+": rien n’a été modifié.")
		}
		return now.keep(tx)
	})
}

// ImportCalendar is PlanCalendar and CommitCalendar at once; it gives how many
// periods the file holds. Importing it again changes nothing.
func (s *Service) ImportCalendar(ctx context.Context, r io.Reader, zone calendar.Zone) (int, error) {
	p, err := s.PlanCalendar(ctx, r, zone)
	if err != nil {
		return 0, err
	}
	return len(p.Lines), s.CommitCalendar(ctx, p)
}

// planCalendarTx compares the periods of a file with those known. One takes the
// place of those of its zone and year that have its name or its days, unless the
// file has them too.
func planCalendarTx(tx *store.Tx, list []calendar.Holiday) (*CalendarPlan, error) {
	known, err := HolidaysTx(tx)
	if err != nil {
		return nil, err
	}
	p := &CalendarPlan{}
	var fresh []calendar.Holiday
	for _, h := range list {
		l := CalendarLine{Verdict: LineSame, Period: h}
		if !slices.Contains(known, h) {
			for _, o := range known {
				if o.Zone == h.Zone && o.Year == h.Year && (o.Name == h.Name || overlap(o, h)) && !slices.Contains(list, o) {
					l.Was = append(l.Was, o)
				}
			}
			fresh = append(fresh, h)
			l.Verdict = LineAdded
			if len(l.Was) > 0 {
				l.Verdict = LineChanged
			}
		}
		switch l.Verdict {
		case LineAdded:
			p.Added++
		case LineChanged:
			p.Changed++
		default:
			p.Same++
		}
		p.Lines = append(p.Lines, l)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%#v", p.Lines))
	p.digest = hex.EncodeToString(sum[:])
	if p.Missing, err = missingYears(tx, p.after(known)); err != nil {
		return nil, err
	}
	p.Notices, err = bookedIn(tx, fresh)
	return p, err
}

func overlap(a, b calendar.Holiday) bool { return a.First <= b.Last && b.First <= a.Last }

// after gives the holidays as they would be.
func (p *CalendarPlan) after(known []calendar.Holiday) []calendar.Holiday {
	out := slices.Clone(known)
	for _, l := range p.Lines {
		out = slices.DeleteFunc(out, func(h calendar.Holiday) bool { return slices.Contains(l.Was, h) })
		if !slices.Contains(out, l.Period) {
			out = append(out, l.Period)
		}
	}
	return out
}

// keep writes the zones and years that change, whole: what is known of them from
// then on is in the database, whatever the program was published with.
func (p *CalendarPlan) keep(tx *store.Tx) error {
	if !p.Changes() {
		return nil
	}
	known, err := HolidaysTx(tx)
	if err != nil {
		return err
	}
	var touched []string
	for _, l := range p.Lines {
		if l.Verdict != LineSame {
			touched = append(touched, zoneYear(l.Period))
		}
	}
	rows := map[string][]any{} // by key: two periods never begin on one day
	for _, h := range p.after(known) {
		if slices.Contains(touched, zoneYear(h)) {
			rows[zoneYear(h)+h.First.String()] = holidayRow(h)
		}
	}
	list := make([][]any, 0, len(rows))
	for _, key := range sortedKeys(rows) {
		list = append(list, rows[key])
	}
	if _, err := tx.Exec(`DELETE FROM school_holiday WHERE zone || CAST(school_year AS TEXT) = ANY($1)`, touched); err != nil {
		return err
	}
	if err := bulk.Insert(tx, holidayInsert, list, ``); err != nil {
		return err
	}
	tx.Publish(Topic)
	return staff.Audit(tx, "catalog.calendar", "calendar:import", "Vacances scolaires"+nbsp+": "+p.String())
}

// String gives "2 périodes ajoutées, 1 modifiée, 10 inchangées".
func (p *CalendarPlan) String() string {
	return plural(p.Added, "période ajoutée") + ", " + plural(p.Changed, "modifiée") + ", " + plural(p.Same, "inchangée")
}

const holidayInsert = `INSERT INTO school_holiday (school_year, zone, name, first_day, last_day)`

func holidayRow(h calendar.Holiday) []any {
	return []any{int64(h.Year), string(h.Zone), h.Name, h.First.String(), h.Last.String()}
}

func zoneYear(h calendar.Holiday) string { return string(h.Zone) + itoa(int64(h.Year)) }

// missingYears says which holidays of this school year and the next one our
// services lack.
func missingYears(tx *store.Tx, known []calendar.Holiday) ([]string, error) {
	zones, err := store.Collect(tx, func(r *sql.Rows) (z calendar.Zone, err error) { err = r.Scan(&z); return z, err },
		`SELECT DISTINCT zone FROM service WHERE active = 1 AND in_holidays = 0 ORDER BY zone`)
	var out []string
	year := calendar.SchoolYearOf(calendar.DateOf(tx.Now()))
	for _, z := range zones {
		for _, y := range []calendar.SchoolYear{year, year + 1} {
			if !calendar.YearKnown(known, z, y) {
				out = append(out, calendar.MissingText(z, y))
			}
		}
	}
	return out, err
}

// bookedIn tells the meals booked on days that become holidays.
func bookedIn(tx *store.Tx, fresh []calendar.Holiday) ([]string, error) {
	if len(fresh) == 0 {
		return nil, nil
	}
	counts := make([]int, len(fresh))
	err := store.Each(tx, func(r *sql.Rows) error {
		var z calendar.Zone
		var day calendar.Date
		var n int
		if err := r.Scan(&z, &day, &n); err != nil {
			return err
		}
		for i, h := range fresh {
			if h.Zone == z && day >= h.First && day <= h.Last {
				counts[i] += n
			}
		}
		return nil
	}, `SELECT s.zone, b.day, COUNT(*) FROM booking b JOIN service s ON s.id = b.service_id
		WHERE s.in_holidays = 0 AND b.day >= $1 AND b.state = 'booked' GROUP BY s.zone, b.day`, calendar.DateOf(tx.Now()).String())
	var out []string
	for i, n := range counts {
		if n > 0 {
			out = append(out, fmt.Sprintf("%s (zone %s, %s)"+nbsp+": %s ces jours-là. Rien n’est annulé"+nbsp+": passez par « Fermer un jour… » dans Réservations.",
				fresh[i].Name, fresh[i].Zone, calendar.RangeText(fresh[i].First, fresh[i].Last), isBooked(n)))
		}
	}
	return out, err
}

// SaveHoliday keeps a period typed by a person, for a year the ministry has not
// published: was is the period it changes, the zero Holiday for a new one.
// notices say what is booked on its days. A period that the program was
// published with is changed by importing the ministry's file.
func (s *Service) SaveHoliday(ctx context.Context, was, h calendar.Holiday) (notices []string, err error) {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return nil, err
	}
	h.Name = oneSpace(h.Name)
	if err := h.Validate(); err != nil {
		return nil, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		if was == h {
			return nil
		}
		known, err := HolidaysTx(tx)
		if err != nil {
			return err
		}
		did := periodText(h) + nbsp + ": ajout"
		if was != (calendar.Holiday{}) {
			if err := dropHoliday(tx, was, known); err != nil {
				return err
			}
			did = periodText(h) + " au lieu de " + periodText(was)
		}
		for _, o := range known {
			if o != was && o.Zone == h.Zone && overlap(o, h) {
				return fault.New(fault.Conflict, "Ces jours sont déjà dans « %s » (%s), zone %s"+nbsp+": changez les dates.", o.Name, calendar.RangeText(o.First, o.Last), o.Zone)
			}
		}
		if err := bulk.Insert(tx, holidayInsert, [][]any{holidayRow(h)}, ``); err != nil {
			return err
		}
		if notices, err = bookedIn(tx, []calendar.Holiday{h}); err != nil {
			return err
		}
		tx.Publish(Topic)
		return staff.Audit(tx, "catalog.holiday", "calendar:"+zoneYear(h), did)
	})
	return notices, err
}

// RemoveHoliday takes away a period typed or imported.
func (s *Service) RemoveHoliday(ctx context.Context, h calendar.Holiday) error {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *store.Tx) error {
		known, err := HolidaysTx(tx)
		if err != nil {
			return err
		}
		if err := dropHoliday(tx, h, known); err != nil {
			return err
		}
		tx.Publish(Topic)
		return staff.Audit(tx, "catalog.holiday.remove", "calendar:"+zoneYear(h), periodText(h)+nbsp+": retrait")
	})
}

func dropHoliday(tx *store.Tx, h calendar.Holiday, known []calendar.Holiday) error {
	n, err := tx.Exec(`DELETE FROM school_holiday WHERE school_year = $1 AND zone = $2 AND name = $3 AND first_day = $4 AND last_day = $5`, holidayRow(h)...)
	if err != nil {
		return err
	}
	if n > 0 { // one of the program's own may stand behind it
		if known, err = HolidaysTx(tx); err != nil || !slices.Contains(known, h) {
			return err
		}
	}
	if slices.Contains(known, h) {
		return fault.New(fault.Conflict, "« %s » (%s) vient avec le programme, d’après le ministère"+nbsp+": importez son fichier s’il a changé.", h.Name, calendar.RangeText(h.First, h.Last))
	}
	return fault.New(fault.NotFound, "Ces vacances ne sont plus au calendrier"+nbsp+": relisez-le.")
}

func periodText(h calendar.Holiday) string {
	return "« " + h.Name + " » " + h.Year.String() + ", zone " + string(h.Zone) + ", " + calendar.RangeText(h.First, h.Last)
}
