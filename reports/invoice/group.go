package invoice

import (
	"fmt"
	"slices"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/money"
	"ardoise/reports/page"
)

// kin is what days must share to stand in one row of the table.
type kin struct {
	service, detail, tariff string
	what                    What
	price, meals, care      money.Cents
}

// group is one row: the days at one price.
type group struct {
	kin
	days  []calendar.Date // ascending; a day may stand there twice
	count int
}

// rowDays is the most days of a row: two months of school days, so that a row
// never comes near the height of a page.
const rowDays = 40

// grouped gathers lines of one price, in the order they first appear.
func grouped(lines []Line) []group {
	var all []group
	open := map[kin]int{} // the row still being filled
	for _, l := range lines {
		k := kin{service: l.Service, detail: l.Detail, tariff: l.Tariff, what: l.What, price: l.Price, meals: l.Meals, care: l.Care}
		i, ok := open[k]
		if !ok || all[i].count == rowDays {
			i = len(all)
			open[k] = i
			all = append(all, group{kin: k})
		}
		all[i].count++
		if !l.Date.IsZero() {
			all[i].days = append(all[i].days, l.Date)
		}
	}
	for _, g := range all {
		slices.Sort(g.days)
	}
	return all
}

// sum is what the row comes to. Sums were checked before: nothing overflows.
func (g group) sum(unit money.Cents) money.Cents { return unit * money.Cents(g.count) }

// title says what the row is about.
func (g group) title(childTariff string) string {
	text := g.service
	if int(g.what) > 0 && int(g.what) < len(whats) {
		text = join(", ", g.service, whats[g.what])
	}
	if g.tariff != "" && g.tariff != childTariff {
		text = join(", ", text, g.tariff)
	}
	return join("\n", page.Capital(text), g.detail)
}

// dayList names each day, and those that stand there more than once.
func (g group) dayList() string {
	once := slices.Compact(slices.Clone(g.days))
	text := calendar.ListText(once)
	var twice []string
	for _, d := range once {
		n := 0
		for _, o := range g.days {
			if o == d {
				n++
			}
		}
		if n > 1 {
			twice = append(twice, fmt.Sprintf("%d%sfois le %s", n, nbsp, d.DayMonth()))
		}
	}
	if len(twice) > 0 {
		text += " (" + strings.Join(twice, ", ") + ")"
	}
	// A day never leaves its month, nor the last day its « et ».
	return keep(text)
}

// keep makes the spaces before a month and after « et » no-break ones.
func keep(text string) string {
	words := strings.Split(text, " ")
	var b strings.Builder
	for i, w := range words {
		if i > 0 {
			before := words[i-1]
			if strings.HasSuffix(before, ",") || w == "et" || strings.HasPrefix(w, "(") {
				b.WriteString(" ")
			} else {
				b.WriteString(nbsp)
			}
		}
		b.WriteString(w)
	}
	return b.String()
}

// join puts sep between the texts that are not empty.
func join(sep string, texts ...string) string {
	var full []string
	for _, t := range texts {
		if t = strings.TrimSpace(t); t != "" {
			full = append(full, t)
		}
	}
	return strings.Join(full, sep)
}
