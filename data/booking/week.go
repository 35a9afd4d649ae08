package booking

import (
	"context"
	"database/sql"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// WeekGrid is a service's week: classes, children, days.
type WeekGrid struct {
	ServiceID int64
	Service   string
	Kind      string
	Monday    calendar.Date
	Today     calendar.Date
	Days      []WeekDay
	Classes   []WeekClass
	Diets     catalog.Diets // their words
}

// WeekDay is the head of one column, with what the kitchen prepares for the
// children shown.
type WeekDay struct {
	Day     calendar.Date
	Open    bool
	Reason  string    // why closed
	Cutoff  time.Time // last instant to book
	Late    bool
	Total   int            // meals: booked and eaten without booking, justified absences taken off
	ByDiet  map[string]int // diet code -> meals
	Marked  int            // with a mark
	ToMark  int            // booked, day come, no mark yet
	Unknown int            // eaten without booking
}

// WeekClass is one class of the week.
type WeekClass struct {
	ClassID  int64
	Name     string
	School   string
	Children []WeekChild
}

// WeekChild is one line of the week.
type WeekChild struct {
	ChildID  int64
	FamilyID int64
	First    string
	Last     string
	Diet     string
	HasPlan  bool // a care plan is on file; what it says is for the santé role
	Access   bool // an accepted access to the service
	Cells    []WeekCell
}

// WeekCell is one day of a line.
type WeekCell struct {
	Day       calendar.Date
	State     CellState
	BookingID int64
	BookedAt  time.Time // zero without a booking
}

// WeekFilter narrows the week to some schools or some classes.
type WeekFilter struct {
	Schools []int64
	Classes []int64
}

// Week gives the week of a service from a Monday: the days the service has in
// its ordinary week, each class with its children.
func (s *Service) Week(ctx context.Context, serviceID int64, filter WeekFilter, monday calendar.Date) (g *WeekGrid, err error) {
	if err := staff.Require(ctx, staff.Accueil, staff.Regie, staff.Cuisine, staff.Admin); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		g, err = weekGrid(tx, serviceID, filter, monday.Monday())
		return err
	})
	if err == nil && kitchenAlone(ctx) {
		for i := range g.Classes {
			for j := range g.Classes[i].Children {
				c := &g.Classes[i].Children[j]
				c.Last = initial(c.Last)
			}
		}
	}
	return g, err
}

func weekGrid(tx *store.Tx, serviceID int64, filter WeekFilter, monday calendar.Date) (*WeekGrid, error) {
	f := &facts{now: tx.Now()}
	if err := f.loadServices(tx, []int64{serviceID}); err != nil {
		return nil, err
	}
	s, ok := f.services[serviceID]
	if !ok {
		return nil, fault.New(fault.NotFound, "Ce service n’existe pas ou n’existe plus.")
	}
	g := &WeekGrid{ServiceID: serviceID, Service: s.Short, Kind: s.Kind, Monday: monday, Today: today(tx)}
	for d := monday; d < monday.Add(7); d++ {
		open, why := s.plan.IsOpen(d)
		if !open && !s.Weekdays.Has(d.Weekday()) {
			continue
		}
		day := WeekDay{Day: d, Open: open, Reason: why, ByDiet: map[string]int{}}
		day.Cutoff, _ = s.Book.Limit(d, s.plan)
		day.Late = !calendar.InTime(f.now, day.Cutoff)
		g.Days = append(g.Days, day)
	}
	if filter.Schools == nil && filter.Classes == nil {
		filter.Schools = s.Schools
	}
	if err := g.children(tx, filter); err != nil {
		return nil, err
	}
	var err error
	if g.Diets, err = catalog.DietsTx(tx); err != nil {
		return nil, err
	}
	return g, g.fill(tx)
}

// children reads the classes and who is in them.
func (g *WeekGrid) children(tx *store.Tx, filter WeekFilter) error {
	year := calendar.SchoolYearOf(g.Monday)
	return store.Each(tx, func(r *sql.Rows) error {
		var k WeekClass
		var c WeekChild
		var plan, access int64
		if err := r.Scan(&k.ClassID, &k.Name, &k.School, &c.ChildID, &c.FamilyID, &c.First, &c.Last, &c.Diet, &plan, &access); err != nil {
			return err
		}
		c.HasPlan, c.Access = plan == 1, access == 1
		if n := len(g.Classes); n == 0 || g.Classes[n-1].ClassID != k.ClassID {
			g.Classes = append(g.Classes, k)
		}
		for _, d := range g.Days {
			cell := WeekCell{Day: d.Day, State: CellFree}
			switch {
			case !d.Open:
				cell.State = CellClosed
			case !c.Access:
				cell.State = CellNone
			case d.Late:
				cell.State = CellLocked
			}
			c.Cells = append(c.Cells, cell)
		}
		last := &g.Classes[len(g.Classes)-1]
		last.Children = append(last.Children, c)
		return nil
	}, `SELECT k.id, k.name, h.name, c.id, c.family_id, c.first, CASE WHEN c.usage <> '' THEN c.usage ELSE c.last END, c.diet, COALESCE(p.has_plan, 0),
		CASE WHEN r.id IS NULL THEN 0 ELSE 1 END
		FROM class k JOIN school h ON h.id = k.school_id JOIN (
			SELECT c.id, c.class_id FROM child c JOIN class k ON k.id = c.class_id WHERE k.school_year = $2
				AND NOT EXISTS (SELECT 1 FROM child_year y WHERE y.child_id = c.id AND y.school_year = $2)
			UNION ALL SELECT child_id, class_id FROM child_year WHERE school_year = $2) m ON m.class_id = k.id
		JOIN child c ON c.id = m.id AND (c.state = 'active' OR c.left_on >= $6) LEFT JOIN health p ON p.child_id = c.id
		LEFT JOIN access_request r ON r.child_id = c.id AND r.service_id = $1 AND r.school_year = $2 AND r.state <> 'refused' AND r.state = 'accepted' AND r.valid_to >= $3
		WHERE k.school_year = $2 AND (k.id = ANY($4) OR k.school_id = ANY($5)) ORDER BY h.name, k.rank, k.name, k.id, c.sort_key, c.id`,
		g.ServiceID, int(year), g.Today.String(), filter.Classes, filter.Schools, g.Monday.String())
}

// fill puts the week's bookings into the cells and counts the columns.
func (g *WeekGrid) fill(tx *store.Tx) error {
	if len(g.Days) == 0 || len(g.Classes) == 0 {
		return nil
	}
	type place struct {
		cell *WeekCell
		day  *WeekDay
		diet string
	}
	at := map[Item]place{}
	for i := range g.Classes {
		for j := range g.Classes[i].Children {
			c := &g.Classes[i].Children[j]
			for n := range c.Cells {
				at[Item{c.ChildID, g.ServiceID, c.Cells[n].Day}] = place{&c.Cells[n], &g.Days[n], c.Diet}
			}
		}
	}
	where, args := `b.service_id = $1 AND b.day BETWEEN $2 AND $3`, []any{g.ServiceID, g.Days[0].Day.String(), g.Days[len(g.Days)-1].Day.String()}
	if ids := g.ids(); len(ids) <= fewChildren { // a class: by its children, not by all who eat that week
		where, args = `b.child_id = ANY($4) AND b.day BETWEEN $2 AND $3 AND b.service_id + 0 = $1`, append(args, ids)
	}
	return store.Each(tx, func(r *sql.Rows) error {
		var it Item
		var id int64
		var state, kind, attendance, verdict, when string
		it.ServiceID = g.ServiceID
		if err := r.Scan(&id, &it.ChildID, &it.Day, &state, &kind, &attendance, &verdict, &when); err != nil {
			return err
		}
		p, shown := at[it]
		if !shown {
			return nil
		}
		seen := weekState(state, kind, attendance, verdict)
		if state == Cancelled {
			if p.cell.BookingID == 0 && verdict != CancelWaiting {
				p.cell.State = seen
			}
			return nil
		}
		var err error
		p.cell.State, p.cell.BookingID = seen, id
		p.cell.BookedAt, err = store.ParseInstant(when)
		p.day.count(seen, p.diet, g.Today)
		return err
	}, `SELECT b.id, b.child_id, b.day, b.state, b.kind, b.attendance, b.cancel_verdict, o.at FROM booking b JOIN operation o ON o.id = b.operation_id
		WHERE `+where+` ORDER BY b.id`, args...)
}

// fewChildren is up to how many children the index by child is the shorter way.
const fewChildren = 200

func (g *WeekGrid) ids() (ids []int64) {
	for _, k := range g.Classes {
		for _, c := range k.Children {
			ids = append(ids, c.ChildID)
		}
	}
	return ids
}

func weekState(state, kind, attendance, verdict string) CellState {
	switch {
	case state == Cancelled && verdict == CancelJustified, attendance == Justified:
		return CellJustified
	case state == Cancelled:
		return CellCancelled
	case state == Waiting:
		return CellWaiting
	case kind == Unbooked:
		return CellUnbooked
	case attendance == Present:
		return CellPresent
	case attendance == Absent:
		return CellAbsent
	}
	return CellBooked
}

// count adds one live booking to its column.
func (d *WeekDay) count(state CellState, diet string, today calendar.Date) {
	switch state {
	case CellWaiting:
		return
	case CellJustified:
		d.Marked++
		return
	case CellBooked:
		if d.Day <= today {
			d.ToMark++
		}
	case CellUnbooked:
		d.Unknown++
	default:
		d.Marked++
	}
	d.Total++
	d.ByDiet[diet]++
}

// DayTotals is a service's day at a glance, for the home screen.
type DayTotals struct {
	ServiceID int64
	Service   string
	Day       calendar.Date
	Open      bool
	Reason    string
	Total     int
	Marked    int
	Schools   []SchoolTotal
	Waiting   int
	ToSettle  int  // eaten without booking that day and not paid
	Capacity  *int // nil: none
}

// SchoolTotal is one school's part of a day.
type SchoolTotal struct {
	SchoolID int64
	School   string
	Total    int
	Marked   int
}

// Day counts a service's day by school.
func (s *Service) Day(ctx context.Context, serviceID int64, day calendar.Date) (d *DayTotals, err error) {
	if err := staff.Require(ctx, staff.Accueil, staff.Regie, staff.Cuisine, staff.Admin); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		d, err = dayTotals(tx, serviceID, day)
		return err
	})
	return d, err
}

func dayTotals(tx *store.Tx, serviceID int64, day calendar.Date) (*DayTotals, error) {
	f := &facts{now: tx.Now()}
	if err := f.loadServices(tx, []int64{serviceID}); err != nil {
		return nil, err
	}
	s, ok := f.services[serviceID]
	if !ok {
		return nil, fault.New(fault.NotFound, "Ce service n’existe pas ou n’existe plus.")
	}
	d := &DayTotals{ServiceID: serviceID, Service: s.Short, Day: day, Capacity: s.Capacity}
	d.Open, d.Reason = s.plan.IsOpen(day)
	err := store.Each(tx, func(r *sql.Rows) error {
		var t SchoolTotal
		var waiting int
		if err := r.Scan(&t.SchoolID, &t.School, &t.Total, &t.Marked, &waiting); err != nil {
			return err
		}
		d.Total, d.Marked, d.Waiting = d.Total+t.Total, d.Marked+t.Marked, d.Waiting+waiting
		d.Schools = append(d.Schools, t)
		return nil
	}, `SELECT COALESCE(h.id, 0), COALESCE(h.name, ''), CAST(SUM(CASE WHEN b.state = 'booked' AND b.attendance <> 'justified' THEN 1 ELSE 0 END) AS BIGINT),
		CAST(SUM(CASE WHEN b.state = 'booked' AND b.attendance <> '' THEN 1 ELSE 0 END) AS BIGINT), CAST(SUM(CASE WHEN b.state = 'waiting' THEN 1 ELSE 0 END) AS BIGINT)
		FROM booking b JOIN child c ON c.id = b.child_id`+family.JoinYear("b.day")+`LEFT JOIN class k ON k.id = `+family.ClassThen+` LEFT JOIN school h ON h.id = k.school_id
		WHERE b.service_id = $1 AND b.day = $2 AND b.state <> 'cancelled' GROUP BY h.id, h.name ORDER BY h.name`, serviceID, day.String())
	if err != nil {
		return nil, err
	}
	err = tx.QueryRow(`SELECT COUNT(*) FROM booking b LEFT JOIN transfer t ON t.booking_id = b.id AND t.kind = 'charge'
		WHERE b.service_id = $1 AND b.day = $2 AND b.state = 'booked' AND b.kind = 'unbooked' AND b.pay = 'prepaid' AND b.price > 0 AND t.id IS NULL`,
		serviceID, day.String()).Scan(&d.ToSettle)
	return d, err
}
