package booking

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"ardoise/data/access"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// CellState is what a cell of a grid shows.
type CellState string

// The states of a cell. The first four are days without a booking.
const (
	CellNone      CellState = "none"   // no service that weekday, or no access
	CellClosed    CellState = "closed" // holidays, public holiday, closure, trip
	CellLocked    CellState = "locked" // open, but the cut-off has passed
	CellFree      CellState = "free"
	CellBooked    CellState = "booked"
	CellWaiting   CellState = "waiting"
	CellPresent   CellState = "present"
	CellAbsent    CellState = "absent"
	CellJustified CellState = "justified"
	CellCancelled CellState = "cancelled"
	CellUnbooked  CellState = "unbooked" // ate without booking (NR)
)

// Cell is one day of one child and service.
type Cell struct {
	Day       calendar.Date
	State     CellState
	Late      bool        // the cut-off that matters here has passed: booking for an empty cell, cancelling for a booked one
	Cutoff    time.Time   // that cut-off, zero where nothing can be done
	Price     money.Cents // of the booking, or what one would cost
	Reason    string      // French: why closed or locked
	BookingID int64       // of a live booking
	FamilyID  int64       // who pays it, or would
	Other     bool        // paid by another family than the grid's
}

// GridService is one line of a child in the month grid.
type GridService struct {
	ServiceID int64
	Short     string
	Kind      string
	Gate      string // "" : access accepted; else why the child cannot be booked
	Pay       string // prepaid or monthly, as the access says
	Cells     []Cell // one a day of the month
	Booked    int    // live bookings of the month
}

// GridChild is one child of the month grid.
type GridChild struct {
	ChildID  int64
	First    string
	Name     string
	Class    string
	School   string
	Diet     string
	Services []GridService
}

// Span is a run of days that the grid shows as one: school holidays.
type Span struct {
	First, Last calendar.Date
	Name        string
}

// MonthGrid is a family's month.
type MonthGrid struct {
	FamilyID int64
	Family   string
	Balance  money.Cents
	Floor    money.Cents
	First    calendar.Date
	Last     calendar.Date
	Today    calendar.Date
	Children []GridChild
	Holidays []Span
	Unknown  string // French: the school holidays of that year are not known
	NextDay  calendar.Date
	NextEnd  time.Time // the next booking cut-off that falls, and the meal day it is for
}

// Month gives a family's month: the same number of questions whatever the number
// of children, services and bookings.
func (s *Service) Month(ctx context.Context, familyID int64, year int, month time.Month) (g *MonthGrid, err error) {
	if err := staff.Require(ctx, staff.Accueil, staff.Regie, staff.Admin); err != nil {
		return nil, err
	}
	if month < 1 || month > 12 || year < 2000 || year > 2100 {
		return nil, fault.New(fault.Invalid, "Ce mois n’existe pas.")
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		g, err = monthGrid(tx, familyID, calendar.NewDate(year, month, 1))
		return err
	})
	return g, err
}

func monthGrid(tx *store.Tx, familyID int64, first calendar.Date) (*MonthGrid, error) {
	g := &MonthGrid{FamilyID: familyID, First: first, Last: first.LastOfMonth(), Today: today(tx)}
	kids, err := gridChildren(tx, familyID, first)
	if err != nil {
		return nil, err
	}
	w := wanted{families: []int64{familyID}}
	services, err := everyService(tx)
	if err != nil {
		return nil, err
	}
	for _, c := range kids {
		for _, s := range services {
			w.items = append(w.items, Item{c.ChildID, s, g.First}, Item{c.ChildID, s, g.Last})
		}
	}
	if len(w.items) == 0 { // a family without children has a grid too
		for _, s := range services {
			w.items = append(w.items, Item{0, s, g.First}, Item{0, s, g.Last})
		}
	}
	f, err := loadFacts(tx, w)
	if err != nil {
		return nil, err
	}
	x, ok := f.families[familyID]
	if !ok {
		return nil, fault.New(fault.NotFound, "Cette famille n’existe pas ou n’existe plus.")
	}
	g.Family, g.Balance, g.Floor = x.name, x.balance, x.floor
	past, err := cancelledRows(tx, kids, g.First, g.Last)
	if err != nil {
		return nil, err
	}
	for _, c := range kids {
		for _, id := range f.offered(c.ChildID, services, g.First, past) {
			c.Services = append(c.Services, f.gridService(g, c.ChildID, id, past))
		}
		g.Children = append(g.Children, c)
	}
	return g, g.holidays(tx, f, services)
}

// gridChildren reads the children a family sees: its own, then the shared ones.
func gridChildren(tx *store.Tx, familyID int64, first calendar.Date) ([]GridChild, error) {
	return store.Collect(tx, func(r *sql.Rows) (c GridChild, err error) {
		err = r.Scan(&c.ChildID, &c.First, &c.Name, &c.Class, &c.School, &c.Diet)
		return c, err
	}, `SELECT c.id, c.first, c.first || ' ' || CASE WHEN c.usage <> '' THEN c.usage ELSE c.last END, COALESCE(k.name, ''), COALESCE(h.name, ''), c.diet
		FROM (SELECT id FROM child WHERE family_id = $1 AND state = 'active' UNION SELECT child_id FROM child_family WHERE family_id = $1) m
		JOIN child c ON c.id = m.id`+family.JoinYear("CAST($2 AS TEXT)")+`LEFT JOIN class k ON k.id = `+family.ClassThen+` LEFT JOIN school h ON h.id = k.school_id
		ORDER BY CASE WHEN c.family_id = $1 THEN 0 ELSE 1 END, c.birth, c.id`, familyID, first.String())
}

// cancelledRows reads what was booked and is no more, the latest of each meal.
func cancelledRows(tx *store.Tx, kids []GridChild, first, last calendar.Date) (map[Item]row, error) {
	ids := make([]int64, len(kids))
	for i, c := range kids {
		ids[i] = c.ChildID
	}
	out := map[Item]row{}
	err := store.Each(tx, func(r *sql.Rows) error {
		b, err := scanRow(r)
		out[b.Item] = b
		return err
	}, `SELECT `+rowColumns+` FROM booking WHERE child_id = ANY($1) AND day BETWEEN $2 AND $3 AND state = 'cancelled' AND cancel_verdict <> 'waiting' ORDER BY id`,
		ids, first.String(), last.String())
	return out, err
}

// offered gives the services to show for a child, in the order of the catalog:
// those it asked access to, those that take its school, those it has bookings of.
func (f *facts) offered(child int64, services []int64, first calendar.Date, past map[Item]row) []int64 {
	used := map[int64]bool{}
	for it := range f.live {
		if it.ChildID == child {
			used[it.ServiceID] = true
		}
	}
	for it := range past {
		if it.ChildID == child {
			used[it.ServiceID] = true
		}
	}
	here, _ := f.child(child, first)
	var out []int64
	for _, id := range services {
		s := f.services[id]
		_, asked := f.gates[gateKey{access.GateKey{ChildID: child, ServiceID: id}, calendar.SchoolYearOf(first)}]
		if used[id] || asked || s.Active && s.Takes(here.schoolID) {
			out = append(out, id)
		}
	}
	slices.SortStableFunc(out, func(a, b int64) int { return kindRank(f.services[a].Kind) - kindRank(f.services[b].Kind) })
	return out
}

func kindRank(kind string) int {
	return slices.Index([]string{catalog.Canteen, catalog.Morning, catalog.Evening, catalog.FullDay}, kind)
}

func (f *facts) gridService(g *MonthGrid, child, service int64, past map[Item]row) GridService {
	s := f.services[service]
	c, _ := f.child(child, g.First)
	gate := f.gates[gateKey{access.GateKey{ChildID: child, ServiceID: service}, calendar.SchoolYearOf(g.First)}]
	line := GridService{ServiceID: service, Short: s.Short, Kind: s.Kind, Pay: gate.Pay}
	if ok, why := gate.Open(max(g.First, min(g.Today, g.Last), gate.StartOn)); !ok {
		line.Gate = why
	}
	for d := g.First; d <= g.Last; d++ {
		it := Item{child, service, d}
		cell := Cell{Day: d, State: CellNone}
		live, isLive := f.live[it]
		gone, wasThere := past[it]
		switch {
		case isLive:
			f.liveCell(&cell, live, s)
			line.Booked++
		case wasThere:
			f.emptyCell(&cell, c, s, gate)
			cell.State, cell.Price, cell.FamilyID = CellCancelled, gone.price, gone.familyID
			if gone.verdict == CancelJustified {
				cell.State = CellJustified
			}
		default:
			f.emptyCell(&cell, c, s, gate)
			if cell.State == CellFree && (g.NextEnd.IsZero() || cell.Cutoff.Before(g.NextEnd)) {
				g.NextEnd, g.NextDay = cell.Cutoff, d
			}
		}
		cell.Other = cell.FamilyID != 0 && cell.FamilyID != g.FamilyID
		line.Cells = append(line.Cells, cell)
	}
	return line
}

// liveCell shows a live booking.
func (f *facts) liveCell(cell *Cell, b row, s serviceFacts) {
	cell.Price, cell.BookingID, cell.FamilyID = b.price, b.id, b.familyID
	cell.Cutoff, _ = s.Cancel.Limit(b.Day, s.plan)
	cell.Late = !calendar.InTime(f.now, cell.Cutoff)
	switch {
	case b.state == Waiting:
		cell.State = CellWaiting
	case b.kind == Unbooked:
		cell.State = CellUnbooked
	case b.attendance == Present:
		cell.State = CellPresent
	case b.attendance == Absent:
		cell.State = CellAbsent
	case b.attendance == Justified:
		cell.State = CellJustified
	default:
		cell.State = CellBooked
	}
}

// emptyCell shows a day without a booking: whether one could be made, until when
// and for how much.
func (f *facts) emptyCell(cell *Cell, c childFacts, s serviceFacts, gate access.Gate) {
	if open, why := s.plan.IsOpen(cell.Day); !open {
		cell.Reason = why
		if s.Weekdays.Has(cell.Day.Weekday()) {
			cell.State = CellClosed
		}
		return
	}
	if why := s.trip(c.classID, cell.Day); why != "" {
		cell.State, cell.Reason = CellClosed, why
		return
	}
	if ok, why := gate.Open(cell.Day); !ok {
		cell.Reason = why
		return
	}
	cell.Cutoff, _ = s.Book.Limit(cell.Day, s.plan)
	cell.FamilyID = c.payerOn(cell.Day)
	cell.State = CellFree
	kind := catalog.ForBooking
	if cell.Late = !calendar.InTime(f.now, cell.Cutoff); cell.Late {
		cell.State, kind = CellLocked, catalog.ForLate
		cell.Reason = "Délai passé" + nbsp + ": il fallait réserver avant " + limitText(cell.Cutoff) + "."
	}
	t, _, reason := f.priceFor(cell.FamilyID, c, s, cell.Day, kind)
	if reason != "" {
		cell.State, cell.Reason = CellNone, reason
		return
	}
	cell.Price = t.Price()
}

// holidays names the runs of school holidays of the month, of the first zone the
// family's town has a service in.
func (g *MonthGrid) holidays(tx *store.Tx, f *facts, services []int64) error {
	i := slices.IndexFunc(services, func(id int64) bool { return f.services[id].Active && !f.services[id].InHolidays })
	if i < 0 {
		return nil
	}
	plan := f.services[services[i]].plan
	if !plan.HolidaysKnown(g.Last) {
		g.Unknown = calendar.MissingText(plan.Zone(), calendar.SchoolYearOf(g.Last))
	}
	all, err := catalog.HolidaysTx(tx)
	for _, h := range all {
		if h.Zone == plan.Zone() && h.First <= g.Last && h.Last >= g.First {
			g.Holidays = append(g.Holidays, Span{max(h.First, g.First), min(h.Last, g.Last), h.Name})
		}
	}
	return err
}
