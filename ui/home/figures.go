package home

import (
	"fmt"

	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// bars gives the last four weeks with service as the chart wants them, and the
// mean of the days served.
func (b *board) bars() (groups []widgets.BarGroup, mean int) {
	if b.plan == nil {
		return nil, 0
	}
	counts := map[calendar.Date]int{}
	for _, c := range b.served {
		counts[c.Day] = c.Booked
	}
	days, sum := 0, 0
	for w := 0; w <= chartBack && len(groups) < 4; w++ {
		monday := b.today.Monday().Add(-7 * w)
		open := b.plan.OpenDays(monday, monday.Add(6))
		if len(open) == 0 {
			continue
		}
		_, week := monday.ISOWeek()
		g := widgets.BarGroup{Caption: fmt.Sprintf("S"+nbsp+"%d · %s", week, span(open[0], open[len(open)-1]))}
		for _, d := range open {
			g.Bars = append(g.Bars, widgets.Bar{Label: calendar.WeekdayInitial(d.Weekday()), Value: counts[d], Strong: d == b.today, Hollow: d > b.today})
			if d <= b.today && counts[d] > 0 {
				days++
				sum += counts[d]
			}
		}
		groups = append([]widgets.BarGroup{g}, groups...)
	}
	if days > 0 {
		mean = (sum + days/2) / days
	}
	return groups, mean
}

// span writes « 2 – 6 nov. ».
func span(a, z calendar.Date) string {
	if a == z {
		return a.DayMonth()
	}
	if a.FirstOfMonth() == z.FirstOfMonth() {
		return fmt.Sprintf("%d"+nbsp+"–"+nbsp+"%s", a.Day(), z.DayMonth())
	}
	return a.DayMonth() + nbsp + "–" + nbsp + z.DayMonth()
}

// counter is one of the four figures under the cards.
type counter struct {
	icon          string
	tone          widgets.Tone
	n             int
	title, detail string
	section       string
	arg           any
}

// counters are those of the agent's roles.
func (b *board) counters(may rights) []counter {
	if !may.files {
		return b.dishes()
	}
	var out []counter
	oldest := "aucune en attente"
	if len(b.submitted) > 0 {
		oldest = "la plus ancienne" + nbsp + ": " + calendar.DateOf(b.submitted[0].ReceivedAt).DayMonth()
	}
	out = append(out, counter{"request", widgets.Info, b.toDecide, "Demandes à traiter", oldest, "requests", "submitted"})
	out = append(out, b.post(may))
	if may.desk || may.cash {
		low := "aucun sous son seuil"
		if len(b.low) > 0 {
			low = plural(b.debtors(), "débiteur", "débiteurs")
			if b.debtors() == 0 {
				low = "aucun débiteur"
			}
		}
		out = append(out, counter{"wallet", widgets.Failure, len(b.low), "Porte-monnaie bas", low, "wallets", nil})
	}
	return append(out, counter{"file-clock", widgets.Warning, b.soon(), "Pièces bientôt échues", "d’ici au " + b.today.Add(soonDays).LongNoYear(), "families", family.BadgeExpiring})
}

// post is the figure of the mail: what families wrote for who answers them, what
// waits to leave for the others.
func (b *board) post(may rights) counter {
	if may.desk {
		detail := "tout est traité"
		if n := b.mail; n.Todo+n.ToRead > 0 {
			detail = plural(n.Todo, "compris", "compris") + ", " + fmt.Sprint(n.ToRead) + nbsp + "à lire"
		}
		return counter{"mail", widgets.Info, b.mail.Todo + b.mail.ToRead, "Courriers à traiter", detail, "inbox", nil}
	}
	detail := "tout est parti"
	switch {
	case b.failed > 0:
		detail = plural(b.failed, "envoi échoué", "envois échoués")
	case b.waiting > 0:
		detail = "en attente d’envoi"
	}
	return counter{"mail", widgets.Info, b.waiting + b.failed, "Courriers à envoyer", detail, "settings", nil}
}

// dishes are the kitchen's figures of the next service: diets, nobody's name.
func (b *board) dishes() (out []counter) {
	if b.next == nil {
		return nil
	}
	by := map[string]int{}
	for _, g := range b.next.Groups {
		by[g.Diet] += g.Count
	}
	words := b.next.Diets
	meatless := words.Label("sans_viande") + ", " + lower(words.Label("vegetarien"))
	day := b.next.Day.Medium()
	arg := kit.OpenDay{ServiceID: b.service.ID, Day: b.next.Day}
	return []counter{
		{"fork-knife", widgets.Accented, by["standard"], words.Label("standard"), day, "kitchen", arg},
		{"no-pork", widgets.Info, by["sans_porc"], words.Label("sans_porc"), day, "kitchen", arg},
		{"leaf", widgets.Success, by["sans_viande"] + by["vegetarien"], meatless, day, "kitchen", arg},
		{"care", widgets.Warning, by["pai_adapte"] + by["pai_panier"], "PAI", day, "kitchen", arg},
	}
}
