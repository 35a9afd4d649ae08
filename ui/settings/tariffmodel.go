package settings

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/ui/widgets"
)

// noEnd is the last day of a tariff that nobody has ended.
var noEnd = calendar.MustISO("9999-12-31")

// tariffWhen are the cases a price is for.
var tariffWhen = []widgets.Option{
	{ID: catalog.ForBooking, Label: "Réservé à temps"},
	{ID: catalog.ForLate, Label: "Réservé hors délai"},
	{ID: catalog.ForUnbooked, Label: "Sans réservation"},
}

func whenText(kind string) string {
	for _, o := range tariffWhen {
		if o.ID == kind {
			return strings.ToLower(o.Label)
		}
	}
	return kind
}

// caseText says for which case and for whom: « réservé hors délai, tous ».
func caseText(t catalog.Tariff) string {
	if t.Kind == catalog.ForBooking {
		return tariffFor(t)
	}
	return whenText(t.Kind) + ", " + tariffFor(t)
}

// tariffRow is one line of the table of prices: where it is in the draft, and
// its cells; or the heading of those that hold over the same days.
type tariffRow struct {
	index int // -1: a heading
	cells [4]string
	old   bool // ended before today
	flaw  string
	head  string // days they hold, of a heading
	count string
	open  bool
}

// tariffRows gives the prices in the order one reads them, under the days they
// hold: those that apply or will, then those of the past; by case, by bracket.
// open tells which days are unfolded; nil gives the prices alone, all of them.
func tariffRows(list []catalog.Tariff, today calendar.Date, flaws map[string]string, open func(days string, old bool) bool) (out []tariffRow) {
	rows := make([]tariffRow, len(list))
	for i, t := range list {
		rows[i] = tariffRow{index: i, old: t.ValidTo < today, cells: [4]string{t.Label, caseText(t), t.Meal.String(), t.Care.String()}}
		for path, text := range flaws {
			if strings.HasPrefix(path, "tariffs["+strconv.Itoa(i)+"]") {
				rows[i].flaw = text
			}
		}
	}
	order := func(kind string) int {
		return slices.IndexFunc(tariffWhen, func(o widgets.Option) bool { return o.ID == kind })
	}
	slices.SortStableFunc(rows, func(a, b tariffRow) int {
		x, y := list[a.index], list[b.index]
		return cmp.Or(compareBool(a.old, b.old), cmp.Compare(y.ValidFrom, x.ValidFrom), cmp.Compare(y.ValidTo, x.ValidTo), cmp.Compare(order(x.Kind), order(y.Kind)),
			compareBool(x.Resident != nil && !*x.Resident, y.Resident != nil && !*y.Resident), cmp.Compare(x.AgeGroup, y.AgeGroup), cmp.Compare(x.SiblingRank, y.SiblingRank), cmp.Compare(x.QuotientMin, y.QuotientMin))
	})
	if open == nil {
		return rows
	}
	for from := 0; from < len(rows); {
		days := validText(list[rows[from].index].ValidFrom, list[rows[from].index].ValidTo)
		to, wrong := from, false
		for ; to < len(rows) && validText(list[rows[to].index].ValidFrom, list[rows[to].index].ValidTo) == days; to++ {
			wrong = wrong || rows[to].flaw != ""
		}
		h := tariffRow{index: -1, old: rows[from].old, head: capital(days), count: countOf(to-from, "tarif", "tarifs"), open: wrong || open(days, rows[from].old)}
		if h.old {
			h.count += ", passé"
		}
		out = append(out, h)
		if h.open {
			out = append(out, rows[from:to]...)
		}
		from = to
	}
	return out
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// gridRow is one tariff of a new grid: what it copies and the prices to fill.
type gridRow struct {
	from       int // index in the draft
	label      string
	meal, care money.Cents
}

// gridRows are the tariffs a new grid copies: those that apply on its first day,
// begun before it.
func gridRows(list []catalog.Tariff, first calendar.Date) (out []gridRow) {
	for _, r := range tariffRows(list, first, nil, nil) {
		t := list[r.index]
		if t.ValidFrom < first && t.ValidTo >= first {
			out = append(out, gridRow{from: r.index, label: t.Label + ", " + caseText(t), meal: t.Meal, care: t.Care})
		}
	}
	return out
}

// newGrid ends the tariffs of the rows the day before and copies them, with
// their new prices, from that day on.
func newGrid(d *catalog.Draft, first calendar.Date, rows []gridRow) {
	d.Tariffs = slices.Clone(d.Tariffs)
	for _, r := range rows {
		next := d.Tariffs[r.from]
		d.Tariffs[r.from].ValidTo = first.Add(-1)
		next.ID, next.ValidFrom, next.Meal, next.Care = 0, first, r.meal, r.care
		d.Tariffs = append(d.Tariffs, next)
	}
}

// checkGrid refuses a first day no grid can have.
func checkGrid(list []catalog.Tariff, first calendar.Date) error {
	switch {
	case first.IsZero():
		return fault.New(fault.Invalid, "Indiquez le premier jour de la nouvelle grille.")
	case len(gridRows(list, first)) == 0:
		return fault.New(fault.Invalid, "Aucun tarif commencé avant le %s ne vaut ce jour-là : choisissez une date plus tardive, ou changez les tarifs un à un.", first.Short())
	}
	return nil
}

// bracketOf reads a quotient bracket; an empty end is no end.
func bracketOf(low, high string) (from, to int, field string, err error) {
	number := func(text string, def int) (int, error) {
		if strings.TrimSpace(text) == "" {
			return def, nil
		}
		n, err := strconv.Atoi(strings.ReplaceAll(strings.TrimSpace(text), " ", ""))
		if err != nil || n < 0 || n > catalog.MaxQuotient {
			return 0, fault.New(fault.Invalid, "Un quotient est un nombre entier, par exemple 850.")
		}
		return n, nil
	}
	if from, err = number(low, 0); err != nil {
		return 0, 0, "low", err
	}
	if to, err = number(high, catalog.MaxQuotient); err != nil {
		return 0, 0, "high", err
	}
	if to < from {
		return 0, 0, "high", fault.New(fault.Invalid, "La tranche finit avant de commencer.")
	}
	return from, to, "", nil
}

func quotientText(n, none int) string {
	if n == none {
		return ""
	}
	return strconv.Itoa(n)
}

// nextTariff is what a new line begins as: after the last bracket of the same
// grid where there is one, else for everybody from today.
func nextTariff(list []catalog.Tariff, today calendar.Date) catalog.Tariff {
	t := catalog.Tariff{Label: "Repas", Kind: catalog.ForBooking, ValidFrom: today, ValidTo: noEnd, QuotientMax: catalog.MaxQuotient}
	var last calendar.Date
	for _, o := range list {
		if o.Kind == catalog.ForBooking && o.ValidTo >= today && o.ValidFrom > last {
			last, t.ValidFrom, t.Label = o.ValidFrom, o.ValidFrom, o.Label
		}
	}
	top := -1
	for _, o := range list {
		if o.Kind == t.Kind && o.ValidFrom == t.ValidFrom && o.QuotientMax < catalog.MaxQuotient {
			top = max(top, o.QuotientMax)
		}
	}
	if top >= 0 {
		t.QuotientMin = top + 1
	}
	return t
}
