package bookings

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/ui/widgets"
)

// smallWeek is a class of four on the Tuesday, and one child of another class.
func smallWeek() *booking.WeekGrid {
	day := func(n int, open, late bool) booking.WeekDay {
		d := calendar.MustISO("2026-11-23").Add(n)
		return booking.WeekDay{Day: d, Open: open, Late: late, Cutoff: d.Add(-2).At(16, 0)}
	}
	g := &booking.WeekGrid{
		ServiceID: 7, Service: "Cantine", Kind: catalog.Canteen, Monday: calendar.MustISO("2026-11-23"), Today: tuesday,
		Days: []booking.WeekDay{day(0, true, true), day(1, true, true), day(3, true, false), day(4, false, false)},
	}
	g.Days[3].Reason = "Journée pédagogique."
	child := func(id int64, first, diet string, access bool, states ...booking.CellState) booking.WeekChild {
		c := booking.WeekChild{ChildID: id, First: first, Last: "Combe", Diet: diet, Access: access}
		for i, s := range states {
			cell := booking.WeekCell{Day: g.Days[i].Day, State: s}
			if s == booking.CellBooked || s == booking.CellPresent || s == booking.CellAbsent {
				cell.BookingID = id*10 + int64(i)
			}
			c.Cells = append(c.Cells, cell)
		}
		return c
	}
	b, f, p, cl := booking.CellBooked, booking.CellFree, booking.CellPresent, booking.CellClosed
	g.Classes = []booking.WeekClass{
		{ClassID: 1, Name: "CE1", School: "Les Étangs", Children: []booking.WeekChild{
			child(11, "Rose", "standard", true, b, b, b, cl), child(12, "Anna", "sans_porc", true, p, b, f, cl),
			child(13, "Sacha", "standard", true, booking.CellLocked, booking.CellLocked, f, cl), child(14, "Inès", "pai_adapte", true, booking.CellJustified, booking.CellWaiting, b, cl),
		}},
		{ClassID: 2, Name: "CE2", School: "Les Étangs", Children: []booking.WeekChild{child(21, "Malo", "standard", false, booking.CellNone, booking.CellNone, booking.CellNone, cl)}},
	}
	return g
}

func smallModel() *weekModel {
	m := newWeekModel(tuesday, true)
	m.take(smallWeek())
	return m
}

func TestWeekTexts(t *testing.T) {
	m := smallModel()
	if len(m.lines) != 7 || m.rows[0].Heading != "CE1" || m.rows[0].Detail != "4 enfants" || m.rows[5].Detail != "1 enfant" {
		t.Errorf("rows %+v", m.rows)
	}
	if r := m.rows[4]; r.Extra != "Repas adapté" || r.ExtraIcon == "" || !r.ExtraStrong {
		t.Errorf("an adapted meal is shown as %+v", r)
	}
	var subs []string
	for _, h := range m.heads {
		subs = append(subs, h.Title+" "+h.Sub)
	}
	if got := strings.Join(subs, " | "); got != "lundi 23 1 case à pointer | mardi 24 aujourd’hui | jeudi 26 clôture 16\u00a0h\u00a000 | vendredi 27 Journée pédagogique" {
		t.Errorf("heads %s", got)
	}
	if got := fmt.Sprint(m.foot); got != "[{Total des repas [2 2 2 ]} {Standard [1 1 1 ]} {Sans porc [1 1 0 ]} {Repas adapté [0 0 1 ]}]" {
		t.Errorf("foot %s", got)
	}
	if days, week := m.weekRange(); days != "23 – 27 novembre" || week != "semaine 48" {
		t.Errorf("%s, %s", days, week)
	}
	for want, at := range map[string]place{"à pointer": {1, 1}, "réservé": {1, 2}, "présent": {2, 0}, "justifiée": {4, 0}, "en attente": {4, 1}, "": {3, 0}} {
		if got := m.at(at.row, at.col).Word; got != want {
			t.Errorf("%v says %q, want %q", at, got, want)
		}
	}
	if m.at(0, 0).Fill != widgets.CellClosed || m.at(99, 0).Fill != widgets.CellClosed {
		t.Error("a heading has no cells")
	}
	if text := m.leftText(1, m.day(1)); text != "Reste 2 enfants à pointer, tous en CE1" {
		t.Error(text)
	}
	if row, col := m.start(0); row != 1 || col != 1 {
		t.Errorf("starts at %d, %d", row, col)
	}
	if row, col := m.start(calendar.MustISO("2026-11-26")); row != 1 || col != 2 {
		t.Errorf("starts at %d, %d", row, col)
	}
}

// TestEveryMarkOnEveryState checks what each key makes of each state, and that
// what the booking room would refuse is refused at once, with a word.
func TestEveryMarkOnEveryState(t *testing.T) {
	marks := []string{booking.Present, booking.Absent, booking.Justified, booking.Ate, booking.NoMark}
	for _, c := range []struct {
		state booking.CellState
		id    int64
		want  string // one a mark; ! refused with a word
	}{
		{booking.CellBooked, 1, "present absent justified present booked"},
		{booking.CellPresent, 1, "present absent justified present booked"},
		{booking.CellAbsent, 1, "present absent justified present booked"},
		{booking.CellJustified, 1, "present absent justified present booked"},
		{booking.CellJustified, 0, "present absent justified unbooked booked"},
		{booking.CellUnbooked, 1, "unbooked ! ! unbooked locked"},
		{booking.CellFree, 0, "! ! ! unbooked free"},
		{booking.CellLocked, 0, "! ! ! unbooked locked"},
		{booking.CellNone, 0, "! ! ! unbooked none"},
		{booking.CellCancelled, 0, "! ! ! unbooked cancelled"},
		{booking.CellWaiting, 1, "! ! ! unbooked !"},
		{booking.CellClosed, 0, "! ! ! ! !"},
	} {
		var got []string
		for _, mark := range marks {
			to, why := target("Rose", booking.WeekCell{State: c.state, BookingID: c.id}, true, mark)
			if why != "" {
				got = append(got, "!")
				continue
			}
			got = append(got, string(to))
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s (booking %d): %s, want %s", c.state, c.id, s, c.want)
		}
	}
}

func TestTypedMarksAreShownCountedAndQueued(t *testing.T) {
	m := smallModel()
	for _, mark := range []string{booking.Absent, booking.Present} { // a correction before it is sent
		if done, why := m.set(1, 1, mark, booking.Justification{}, ""); !done || why != "" {
			t.Fatal(done, why)
		}
	}
	if done, why := m.set(3, 1, booking.Ate, booking.Justification{}, ""); !done || why != "" {
		t.Fatal(done, why)
	}
	m.count()
	if m.at(1, 1).Text != "P" || m.at(3, 1).Text != "NR" || m.foot[0].Values[1] != "3" {
		t.Errorf("shown %v %v, total %s", m.at(1, 1), m.at(3, 1), m.foot[0].Values[1])
	}
	batches := m.marks.next()
	if len(batches) != 1 || len(batches[0].strokes) != 2 || batches[0].strokes[0].mark != booking.Present || batches[0].strokes[0].was != booking.CellBooked {
		t.Fatalf("queued %+v", batches)
	}
	m.settle(batches[0].strokes[:1], batches[0].strokes[1:])
	m.count()
	if m.at(1, 1).Text != "P" || m.at(3, 1).Text != "" || m.foot[0].Values[1] != "2" || len(m.marks.over) != 0 {
		t.Errorf("after a refusal: %v %v, total %s", m.at(1, 1), m.at(3, 1), m.foot[0].Values[1])
	}
	undo := back(batches[0].strokes)
	if len(undo) != 2 || undo[0].mark != booking.NoMark || undo[0].to != booking.CellBooked {
		t.Errorf("undo %+v", undo)
	}
	if back([]*stroke{{was: booking.CellJustified, to: booking.CellPresent}}) != nil {
		t.Error("taking a justification off must not promise an undo")
	}
}

// TestALateAnswerKeepsWhatWasTypedSince: the answer to an old mark must not
// wipe the newer one on the same cell.
func TestALateAnswerKeepsWhatWasTypedSince(t *testing.T) {
	m := smallModel()
	m.set(1, 1, booking.Present, booking.Justification{}, "")
	first := m.marks.next()
	m.set(1, 1, booking.Absent, booking.Justification{}, "")
	m.settle(nil, first[0].strokes) // refused
	if m.at(1, 1).Text != "Ab" {
		t.Errorf("shows %q", m.at(1, 1).Text)
	}
	m.take(smallWeek()) // a load from before
	if m.at(1, 1).Text != "Ab" {
		t.Errorf("after a load it shows %q", m.at(1, 1).Text)
	}
}

func TestRefusedBeforeSending(t *testing.T) {
	m := smallModel()
	for at, want := range map[place]string{{1, 2}: "On pointe le jour même", {3, 1}: "n’a rien réservé", {4, 1}: "liste d’attente", {6, 0}: "n’a rien réservé"} {
		if done, why := m.set(at.row, at.col, booking.Present, booking.Justification{}, ""); done || !strings.Contains(why, want) {
			t.Errorf("%v: %v %q, want %q", at, done, why, want)
		}
	}
	m.may = false
	if _, why := m.set(1, 1, booking.Present, booking.Justification{}, ""); !strings.Contains(why, "droit Accueil") {
		t.Errorf("without the right: %q", why)
	}
	if n, why := m.allPresent(1, 1); n != 0 || why == "" {
		t.Errorf("without the right the whole class: %d %q", n, why)
	}
	if len(m.marks.waiting) != 0 {
		t.Error("a refused mark must not wait to be sent")
	}
}

func TestWholeClassIsOneBatch(t *testing.T) {
	m := smallModel()
	n, why := m.allPresent(2, 1)
	if n != 2 || why != "" {
		t.Fatal(n, why)
	}
	b := m.marks.next()
	if len(b) != 1 || b[0].class != 1 || len(b[0].strokes) != 2 {
		t.Errorf("queued %+v", b)
	}
	if m.at(3, 1).Text != "" || m.at(4, 1).Text != "LA" || m.at(6, 1).Text != "" {
		t.Error("only booked children are made present")
	}
}

func TestOnlySomeChildren(t *testing.T) {
	m := newWeekModel(tuesday, true)
	m.only = map[int64]bool{12: true, 13: true}
	m.take(smallWeek())
	if len(m.lines) != 3 || m.rows[0].Detail != "2 enfants" || m.rowOf(13) != 2 || m.rowOf(21) != -1 {
		t.Errorf("rows %+v", m.rows)
	}
	m.allPresent(1, 1)
	if b := m.marks.next(); len(b) != 1 || b[0].class != 0 {
		t.Error("the whole class must not be marked when some of it is hidden")
	}
	s := m.snapshot()
	if len(s.Classes) != 1 || len(s.Classes[0].Children) != 2 || s.Classes[0].Children[0].Cells[1].State != booking.CellPresent {
		t.Errorf("the paper shows %+v", s.Classes)
	}
}

func TestFirstChoiceIsACanteen(t *testing.T) {
	m := newWeekModel(tuesday, true)
	m.takeLists(weekLists{
		services: []catalog.ServiceInfo{{ID: 1, Kind: catalog.Evening, Active: true, Schools: []int64{5}}, {ID: 2, Kind: catalog.Canteen, Short: "Cantine", Schools: []int64{5}}, {ID: 3, Kind: catalog.Canteen, Active: true, Schools: []int64{5, 6}}},
		schools:  []catalog.School{{ID: 5, Name: "A"}, {ID: 6, Name: "B"}, {ID: 8, Name: "C"}},
		classes:  []catalog.Class{{ID: 51, SchoolID: 5, Name: "CE1"}, {ID: 52, SchoolID: 5, Name: "CE2"}, {ID: 53, SchoolID: 5, Name: "CM1"}, {ID: 61, SchoolID: 6, Name: "CP"}},
	})
	m2 := newWeekModel(tuesday, true)
	if m2.takeLists(weekLists{services: m.lists.services, start: 1}); m2.service != 1 || m2.school != 5 {
		t.Errorf("asked to start with the evening, service %d", m2.service)
	}
	if m.service != 3 || m.school != 5 || len(m.serviceOptions()) != 2 {
		t.Errorf("service %d school %d, %v", m.service, m.school, m.serviceOptions())
	}
	if got := len(m.schoolOptions()); got != 3 { // A, B, all
		t.Errorf("schools %v", m.schoolOptions())
	}
	m.classes = []int64{51, 52}
	if m.classNames() != "CE1 et CE2" || m.classValue() != "51,52" {
		t.Error(m.classNames(), m.classValue())
	}
	if o := m.classOptions(); len(o) != 6 || o[5].ID != several {
		t.Errorf("classes %v", o)
	}
	m.setService(1)
	if m.school != 5 || len(m.classes) != 2 {
		t.Error("the school stays where the other service takes it too")
	}
	m.setSchool(6)
	m.setService(1)
	if m.school != 5 {
		t.Errorf("school %d", m.school)
	}
}

func TestBookedOn(t *testing.T) {
	at := time.Date(2026, 11, 12, 23, 30, 0, 0, time.UTC) // the 13th in Paris
	if got := bookedOn(booking.WeekCell{BookedAt: at}); got != "réservé le 13 novembre" {
		t.Error(got)
	}
}
