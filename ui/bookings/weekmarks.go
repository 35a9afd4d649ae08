package bookings

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
)

// stroke is one mark typed: what the cell showed before, what it shows now.
type stroke struct {
	item     booking.Item
	name     string
	mark     string
	was, to  booking.CellState
	just     booking.Justification
	override string
}

// batch is what goes to the booking room in one call: marks of one day.
type batch struct {
	key      string
	day      calendar.Date
	service  int64
	class    int64 // not 0: everybody of the class who has no mark yet
	just     booking.Justification
	override string
	strokes  []*stroke
}

// markQueue holds what was typed and is not known to be kept.
type markQueue struct {
	over    map[booking.Item]*stroke // shown over the week
	waiting []*batch
}

func newMarkQueue() markQueue { return markQueue{over: map[booking.Item]*stroke{}} }

// put adds a stroke behind the others; the same cell typed twice before it was
// sent is sent once.
func (q *markQueue) put(s *stroke, class int64) {
	q.over[s.item] = s
	for _, b := range q.waiting {
		for i, old := range b.strokes {
			if old.item == s.item && b.class == 0 && class == 0 && b.just == s.just && b.override == s.override {
				s.was = old.was
				b.strokes[i] = s
				return
			}
		}
	}
	if n := len(q.waiting); n > 0 {
		b := q.waiting[n-1]
		if b.day == s.item.Day && b.service == s.item.ServiceID && b.class == class && b.just == s.just && b.override == s.override {
			b.strokes = append(b.strokes, s)
			return
		}
	}
	q.waiting = append(q.waiting, &batch{
		key: "pointage-" + rand.Text(), day: s.item.Day, service: s.item.ServiceID, class: class, just: s.just, override: s.override, strokes: []*stroke{s},
	})
}

// next takes all that waits.
func (q *markQueue) next() []*batch {
	out := q.waiting
	q.waiting = nil
	return out
}

// target says what a mark makes of a cell, or in French why it cannot be.
func target(name string, cell booking.WeekCell, access bool, mark string) (to booking.CellState, why string) {
	switch cell.State {
	case booking.CellClosed:
		return cell.State, "Le service est fermé ce jour-là."
	case booking.CellBooked, booking.CellPresent, booking.CellAbsent, booking.CellJustified:
		switch mark {
		case booking.Present:
			return booking.CellPresent, ""
		case booking.Absent:
			return booking.CellAbsent, ""
		case booking.Justified:
			return booking.CellJustified, ""
		case booking.Ate:
			if cell.State == booking.CellJustified && cell.BookingID == 0 {
				return booking.CellUnbooked, ""
			}
			return booking.CellPresent, ""
		}
		return booking.CellBooked, ""
	case booking.CellUnbooked:
		switch mark {
		case booking.Present, booking.Ate:
			return cell.State, ""
		case booking.NoMark:
			if access {
				return booking.CellLocked, ""
			}
			return booking.CellNone, ""
		}
		return cell.State, fault.French(name + " n’avait rien réservé : Retour arrière efface le pointage s’il n’a pas mangé.")
	}
	switch {
	case mark == booking.Ate:
		return booking.CellUnbooked, ""
	case mark == booking.NoMark && cell.State != booking.CellWaiting:
		return cell.State, ""
	case cell.State == booking.CellWaiting:
		return cell.State, fault.French(name + " est en liste d’attente : N s’il a mangé.")
	}
	return cell.State, fault.French(name + " n’a rien réservé ce jour-là : N s’il a mangé.")
}

// set types a mark into a cell: shown at once, waiting to be kept. It says in
// French why it cannot be; done is false when nothing changed.
func (m *weekModel) set(row, col int, mark string, just booking.Justification, override string) (done bool, why string) {
	cell, ok := m.cell(row, col)
	if !ok {
		return false, ""
	}
	c, _, _ := m.child(row)
	switch {
	case !m.may:
		return false, fault.French("Le pointage demande le droit Accueil : voyez un administrateur.")
	case cell.Day > m.today && cell.State != booking.CellClosed:
		return false, fault.French("On pointe le jour même ou après : un jour à venir s’annule dans le mois de la famille (Ctrl+Tab).")
	}
	to, why := target(c.First, cell, c.Access, mark)
	if why != "" || to == cell.State && override == "" {
		return why == "", why
	}
	m.marks.put(&stroke{item: m.item(row, col), name: c.First + " " + c.Last, mark: mark, was: cell.State, to: to, just: just, override: override}, 0)
	m.redraw(row, col)
	return true, ""
}

// allPresent marks present who is booked and has no mark in the class of a line.
func (m *weekModel) allPresent(row, col int) (n int, why string) {
	_, k, ok := m.child(row)
	if !ok {
		return 0, ""
	}
	if day := m.grid.Days[col].Day; !m.may || day > m.today {
		_, why = m.set(row, col, booking.Present, booking.Justification{}, "")
		return 0, why
	}
	for r, l := range m.lines {
		cell, shown := m.cell(r, col)
		if !shown || l.class != m.lines[row].class || cell.State != booking.CellBooked {
			continue
		}
		c, _, _ := m.child(r)
		class := k.ClassID
		if m.only != nil {
			class = 0 // only those shown
		}
		m.marks.put(&stroke{item: m.item(r, col), name: c.First + " " + c.Last, mark: booking.Present, was: cell.State, to: booking.CellPresent}, class)
		m.redraw(r, col)
		n++
	}
	return n, ""
}

func (m *weekModel) redraw(row, col int) { m.cells[row][col] = m.look(row, col) }

// settle ends strokes: kept ones become the week's own, refused ones go back to
// what was there.
func (m *weekModel) settle(kept, lost []*stroke) {
	for _, s := range kept {
		m.end(s, func(c *booking.WeekCell) { c.State = s.to })
	}
	for _, s := range lost {
		m.end(s, nil)
	}
}

func (m *weekModel) end(s *stroke, change func(*booking.WeekCell)) {
	if m.marks.over[s.item] == s {
		delete(m.marks.over, s.item)
	}
	at, shown := m.where[s.item]
	if m.grid == nil || !shown {
		return
	}
	if change != nil {
		change(&m.grid.Classes[m.lines[at.row].class].Children[m.lines[at.row].child].Cells[at.col])
	}
	m.redraw(at.row, at.col)
}

// back gives the strokes that undo others, none when that would not be honest: a
// justification taken off and set again may be judged otherwise.
func back(kept []*stroke) (out []*stroke) {
	seen := map[booking.Item]bool{}
	for _, s := range kept {
		if seen[s.item] { // typed twice: what it was at first is what counts
			continue
		}
		seen[s.item] = true
		if s.was == booking.CellJustified {
			return nil
		}
		mark := booking.NoMark
		switch s.was {
		case booking.CellPresent:
			mark = booking.Present
		case booking.CellAbsent:
			mark = booking.Absent
		case booking.CellUnbooked:
			mark = booking.Ate
		case booking.CellWaiting:
			return nil
		}
		out = append(out, &stroke{item: s.item, name: s.name, mark: mark, was: s.to, to: s.was})
	}
	return out
}

// outcome is what became of the strokes sent.
type outcome struct {
	kept, lost        []*stroke
	notes             []string
	errs              []error
	charged, credited money.Cents
}

func (o *outcome) keep(strokes []*stroke, a *booking.Attended) {
	o.kept, o.notes = append(o.kept, strokes...), append(o.notes, a.Notes...)
	o.charged += a.Charged
	o.credited += a.Credited
}

// keep sends batches one after the other. A batch that is refused because of one
// child is sent again child by child, so that the others are kept.
func keep(ctx context.Context, s *booking.Service, batches []*batch) (out outcome) {
	for _, b := range batches {
		done, err := b.send(ctx, s, b.key, b.strokes)
		if err == nil {
			out.keep(b.strokes, done)
			continue
		}
		k := fault.KindOf(err)
		if len(b.strokes) == 1 || b.class != 0 || k == fault.Internal || k == fault.Unavailable || k == fault.Forbidden {
			out.lost, out.errs = append(out.lost, b.strokes...), append(out.errs, err)
			continue
		}
		for i, one := range b.strokes {
			done, err := b.send(ctx, s, fmt.Sprintf("%s-%d", b.key, i), []*stroke{one})
			if err != nil {
				out.lost, out.errs = append(out.lost, one), append(out.errs, err)
				continue
			}
			out.keep([]*stroke{one}, done)
		}
	}
	return out
}

func (b *batch) send(ctx context.Context, s *booking.Service, key string, strokes []*stroke) (*booking.Attended, error) {
	if b.class != 0 {
		return s.AllPresent(ctx, key, b.service, b.day, b.class)
	}
	a := booking.Attend{Key: key, ServiceID: b.service, Day: b.day, Justification: b.just, Override: b.override}
	for _, x := range strokes {
		a.Marks = append(a.Marks, booking.Mark{ChildID: x.item.ChildID, Mark: x.mark})
	}
	return s.Attend(ctx, a)
}

// refusal makes one sentence of several.
func (o outcome) refusal() error {
	if len(o.errs) < 2 {
		return o.errs[0]
	}
	said := make([]string, 0, len(o.errs))
	for _, e := range o.errs {
		said = append(said, fault.Sentence(e))
	}
	return fault.Wrap(fault.KindOf(o.errs[0]), o.errs[0], "%s", strings.Join(said, "\n"))
}

// text says what was kept: "Jules Guichard, mardi 24, absent".
func (o outcome) text() string {
	first := o.kept[0]
	day := calendar.WeekdayName(first.item.Day.Weekday()) + " " + fmt.Sprint(first.item.Day.Day())
	text := plural(len(o.kept), "enfant pointé", "enfants pointés") + ", " + day
	if len(o.kept) == 1 {
		word := weekWords[first.to]
		switch first.to {
		case booking.CellBooked, booking.CellLocked, booking.CellNone:
			word = "pointage effacé"
		case booking.CellJustified:
			word = "absence justifiée"
		}
		text = first.name + ", " + day + ", " + word
	}
	if o.charged > 0 {
		text += ", " + o.charged.String() + " débités"
	}
	if o.credited > 0 {
		text += ", " + o.credited.String() + " recrédités"
	}
	switch len(o.notes) {
	case 0:
		return text
	case 1:
		return text + ". " + o.notes[0]
	}
	return text + ". " + o.notes[0] + fmt.Sprintf(" (et %d autres remarques)", len(o.notes)-1)
}
