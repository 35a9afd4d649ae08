// Package bookings is the room of the month grid, its basket and the class grid.
// It asks the booking room for plans and commits them; it prices, judges and
// stores nothing itself.
package bookings

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/money"
)

// mark is what the basket does with one meal.
type mark int

const (
	unmarked mark = iota
	toAdd
	toCancel
	toJustify
)

// change is one step of the basket, kept so that Ctrl+Z can take it back.
type change struct {
	item     booking.Item
	from, to mark
}

// basket is what is being prepared; it holds no price and no rule: the plan
// that the booking room makes of it says both.
type basket struct {
	marks   map[booking.Item]mark
	steps   [][]change // one a gesture: a key, a drag, a fill
	gesture []change   // of the drag under way

	override      string // why cut-offs may be passed
	justification booking.Justification
}

func newBasket() *basket { return &basket{marks: map[booking.Item]mark{}} }

func (b *basket) of(it booking.Item) mark { return b.marks[it] }
func (b *basket) empty() bool             { return len(b.marks) == 0 }

// set marks one meal as part of the gesture under way.
func (b *basket) set(it booking.Item, to mark) {
	from := b.marks[it]
	if from == to {
		return
	}
	b.put(it, to)
	b.gesture = append(b.gesture, change{it, from, to})
}

func (b *basket) put(it booking.Item, to mark) {
	if to == unmarked {
		delete(b.marks, it)
		return
	}
	b.marks[it] = to
}

// endGesture makes what was set since the last call one step of Ctrl+Z.
func (b *basket) endGesture() {
	if len(b.gesture) > 0 {
		b.steps = append(b.steps, b.gesture)
		b.gesture = nil
	}
}

// undo takes the last gesture back; false where there is none.
func (b *basket) undo() bool {
	b.endGesture()
	if len(b.steps) == 0 {
		return false
	}
	last := b.steps[len(b.steps)-1]
	b.steps = b.steps[:len(b.steps)-1]
	for i := len(last) - 1; i >= 0; i-- {
		b.put(last[i].item, last[i].from)
	}
	return true
}

// clear empties the basket; it can be taken back like any gesture.
func (b *basket) clear() {
	for _, it := range b.items(func(mark) bool { return true }) {
		b.set(it, unmarked)
	}
	b.endGesture()
}

// done forgets everything after a commit.
func (b *basket) done() { *b = *newBasket() }

// items lists the marked meals in the order of day, child and service.
func (b *basket) items(want func(mark) bool) (list []booking.Item) {
	for it, m := range b.marks {
		if want(m) {
			list = append(list, it)
		}
	}
	slices.SortFunc(list, func(x, y booking.Item) int {
		return cmp.Or(cmp.Compare(x.Day, y.Day), cmp.Compare(x.ChildID, y.ChildID), cmp.Compare(x.ServiceID, y.ServiceID))
	})
	return list
}

// ask is the basket as a question to the booking room.
func (b *basket) ask(key string, family int64, means string, consent ledger.Consent, recap bool) booking.Ask {
	return booking.Ask{
		Key: key, FamilyID: family, Means: means, Consent: consent, Override: b.override, Justification: b.justification, SendRecap: recap,
		Add:    b.items(func(m mark) bool { return m == toAdd }),
		Cancel: b.items(func(m mark) bool { return m == toCancel || m == toJustify }),
	}
}

// basketLine is a line as the panel shows it: several days of one child and
// service at one price, or one refusal.
type basketLine struct {
	Sign    string // "+" or "–"
	Title   string // "5 repas Léa"
	Detail  string // "cantine, 5 × 4,20 €"
	Days    string // "11, 14, 15, 17 et 18 déc."
	Amount  money.Cents
	Refused bool
	Items   []booking.Item
}

// lineKey says which plan lines are shown as one.
type lineKey struct {
	child, service int64
	action         booking.Action
	verdict        booking.Verdict
	price          money.Cents
	reason         string
}

// basketLines groups a plan's lines as mockup 04 shows them, additions first,
// in the plan's order otherwise.
func basketLines(p *booking.Plan) []basketLine {
	if p == nil {
		return nil
	}
	groups := map[lineKey][]booking.Line{}
	var order []lineKey
	for _, l := range p.Lines {
		k := lineKey{l.ChildID, l.ServiceID, l.Action, l.Verdict, l.Price, l.Reason}
		if _, seen := groups[k]; !seen {
			order = append(order, k)
		}
		groups[k] = append(groups[k], l)
	}
	slices.SortStableFunc(order, func(a, b lineKey) int { return cmp.Compare(rank(a), rank(b)) })
	out := make([]basketLine, 0, len(order))
	for _, k := range order {
		out = append(out, oneLine(groups[k]))
	}
	return out
}

func rank(k lineKey) int {
	switch {
	case k.verdict == booking.Refused:
		return 2
	case k.action == booking.Add:
		return 0
	}
	return 1
}

func oneLine(list []booking.Line) basketLine {
	l, n := list[0], len(list)
	out := basketLine{Sign: "+", Refused: l.Verdict == booking.Refused}
	days := make([]calendar.Date, n)
	for i, x := range list {
		days[i] = x.Day
		out.Items = append(out.Items, x.Item)
		out.Amount += x.Price
	}
	what := ledger.MealWord(l.Kind, n)
	out.Title = strconv.Itoa(n) + " " + what + " " + l.Child
	out.Detail = fmt.Sprintf("%s, %d × %s", strings.ToLower(l.Service), n, l.Price)
	if n == 1 {
		out.Detail = strings.ToLower(l.Service)
	}
	out.Days = calendar.ListText(days)
	switch {
	case out.Refused:
		out.Amount = 0
		out.Detail = fault.French(l.Reason)
	case l.Verdict == booking.Waits:
		out.Amount = 0
		out.Detail = "liste d’attente"
	case l.Action != booking.Add:
		out.Amount = -out.Amount
	}
	if l.Action != booking.Add {
		out.Sign = "–"
		word := " annulation "
		if n > 1 {
			word = " annulations "
		}
		if l.Action == booking.Justify {
			word = strings.Replace(word, "annulation", "absence justifiée", 1)
			if n > 1 {
				word = " absences justifiées "
			}
		}
		out.Title = strconv.Itoa(n) + word + l.Child
		if !out.Refused {
			out.Detail = strings.ToLower(l.Service) + ", " + fate(l, out.Amount)
		}
	}
	return out
}

// fate says what becomes of the money of a cancelled meal.
func fate(l booking.Line, amount money.Cents) string {
	switch {
	case l.Pay == booking.Monthly:
		return "non facturée"
	case amount != 0 && l.Late:
		return "recréditée avec motif"
	case amount != 0:
		return "dans le délai : recréditée"
	}
	return "hors délai : reste due"
}
