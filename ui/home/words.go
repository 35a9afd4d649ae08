package home

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// plural writes « 1 repas », « 3 familles ».
func plural(n int, one, many string) string {
	if n <= 1 {
		return thousands(n) + nbsp + one
	}
	return thousands(n) + nbsp + many
}

func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + nbsp + s[i:]
	}
	return s
}

// sheetBadge says where the kitchen's sheet stands. Once the meal has begun a
// difference is of no use to the kitchen any more.
func sheetBadge(h *booking.Headcount, begun bool) widgets.BadgeSpec {
	switch {
	case h.Version == 0 && begun:
		return widgets.BadgeSpec{Icon: "minus", Text: "Non transmise", Tone: widgets.Neutral}
	case h.Version == 0:
		return widgets.BadgeSpec{Icon: "clock", Text: "À transmettre", Tone: widgets.Info}
	case len(h.Changes) > 0 && !begun:
		return widgets.BadgeSpec{Icon: "circle-alert", Text: "À retransmettre", Tone: widgets.Warning}
	}
	return widgets.BadgeSpec{Icon: "check", Text: fmt.Sprintf("Transmise · feuille n°"+nbsp+"%d", h.Version), Tone: widgets.Success}
}

// deltas writes the differences of a school since the last sheet.
func (s school) deltas() (out []string) {
	if s.plus > 0 {
		out = append(out, fmt.Sprintf("+%d", s.plus))
	}
	if s.minus > 0 {
		out = append(out, fmt.Sprintf("–%d", s.minus))
	}
	return out
}

// left writes the time to a cut-off: « 2 h 14 », « 12 min », « 3 jours ».
func left(now, at time.Time) string {
	d := at.Sub(now).Truncate(time.Minute)
	switch {
	case d <= 0:
		return "0" + nbsp + "min"
	case d < time.Hour:
		return fmt.Sprintf("%d"+nbsp+"min", int(d.Minutes()))
	case d < 24*time.Hour:
		return fmt.Sprintf("%d"+nbsp+"h"+nbsp+"%02d", int(d.Hours()), int(d.Minutes())%60)
	case d < 48*time.Hour:
		return fmt.Sprintf("1"+nbsp+"j"+nbsp+"%d"+nbsp+"h", int(d.Hours())-24)
	}
	days := int(calendar.DateOf(at)) - int(calendar.DateOf(now))
	return fmt.Sprintf("%d"+nbsp+"jours", days)
}

// closing writes « Clôture aujourd’hui à 16 h 00. »
func closing(now, at time.Time) string {
	day := calendar.DateOf(at)
	word := "le " + day.Medium()
	switch int(day) - int(calendar.DateOf(now)) {
	case 0:
		word = "aujourd’hui"
	case 1:
		word = "demain"
	}
	return "Clôture " + word + " à " + calendar.HourText(at) + "."
}

func habituals(n int) string {
	switch n {
	case 0:
		return "Tous les habitués sont réservés."
	case 1:
		return "1 enfant habitué sans réservation."
	}
	return thousands(n) + " enfants habitués sans réservation."
}

// begun reports that the service of a day has begun.
func (b *board) begun(day calendar.Date) bool {
	start := day.At(b.service.StartsAt.Hour, b.service.StartsAt.Minute)
	return !b.at.Before(start)
}

// gap says why the days before the next service are closed: « mer. 25 nov. : … ».
func (b *board) gap() string {
	if b.next == nil || b.plan == nil || b.next.Day <= b.today.Add(1) {
		return ""
	}
	d := b.today.Add(1)
	_, why := b.plan.IsOpen(d)
	if why == "" {
		return ""
	}
	if strings.HasPrefix(why, "pas de service") {
		why = "pas de service"
	}
	return d.Medium() + nbsp + ": " + why
}

// task is one line of « À faire ».
type task struct {
	due     calendar.Date // sorts; 0: today
	at      time.Time     // when an hour is known
	when    string
	icon    string
	ink     theme.Token
	what    string
	detail  string
	section string
	arg     any
}

func dueText(d, today calendar.Date) string {
	switch {
	case d <= today:
		return "aujourd’hui"
	case d == today.Add(1):
		return "demain"
	}
	return d.Medium()
}

// tasks lists what waits, the most urgent first.
func (b *board) tasks(may rights) []task {
	var out []task
	add := func(t task) {
		if t.due < b.today {
			t.due = b.today
		}
		t.when = dueText(t.due, b.today)
		if !t.at.IsZero() {
			day := calendar.DateOf(t.at)
			t.when = day.Medium()
			if day == b.today {
				t.when = "auj."
			}
			t.when += " " + calendar.HourText(t.at)
		}
		out = append(out, t)
	}
	b.sheetTask(may, add)
	b.fileTasks(may, add)
	for _, d := range b.open {
		if !may.desk {
			break
		}
		add(task{
			icon: "booking", ink: theme.Ardoise600, what: "Finir le pointage du " + d.LongNoYear(), detail: plural(b.openLeft[d], "case", "cases"),
			section: "bookings", arg: kit.OpenDay{ServiceID: b.service.ID, Day: d},
		})
	}
	b.copyTask(add)
	slices.SortStableFunc(out, func(x, y task) int {
		return cmp.Or(cmp.Compare(x.due, y.due), timed(x, y))
	})
	return out
}

// timed puts what has an hour before what has none.
func timed(x, y task) int {
	switch {
	case x.at.IsZero() && y.at.IsZero():
		return 0
	case x.at.IsZero():
		return 1
	case y.at.IsZero():
		return -1
	}
	return x.at.Compare(y.at)
}

// copyTask asks for a copy of the base where the last one is old, or none was made.
func (b *board) copyTask(add func(task)) {
	if !b.copies || !b.saved.Late(b.at) {
		return
	}
	what, detail := "Choisir où sauvegarder hors de ce poste", "aucune copie"
	if at := b.saved.Outside.MadeAt; !at.IsZero() {
		what, detail = "Brancher la clé des sauvegardes, puis sauvegarder", "copie du "+calendar.DateOf(at).DayMonth()
	}
	add(task{due: b.today, icon: "database", ink: theme.Alerte, what: what, detail: detail, section: "settings", arg: "backup"})
}

// sheetTask is the kitchen's next sheet, due when bookings close.
func (b *board) sheetTask(may rights, add func(task)) {
	if b.next == nil || b.next.Total == 0 || !may.desk && !may.kitchen {
		return
	}
	verb := "Transmettre"
	if b.next.Version > 0 {
		if len(b.next.Changes) == 0 {
			return
		}
		verb = "Retransmettre"
	}
	t := task{
		due: b.next.Day, icon: "hourglass", ink: theme.Alerte, what: verb + " la feuille de " + calendar.WeekdayName(b.next.Day.Weekday()) + " à la cuisine",
		detail: plural(b.next.Total, "repas", "repas"), section: "kitchen", arg: kit.OpenDay{ServiceID: b.service.ID, Day: b.next.Day},
	}
	if at, _ := b.service.Cutoff(b.plan, b.next.Day, "cancel"); !at.IsZero() {
		t.due = calendar.DateOf(at)
		if at.After(b.at) {
			t.at = at
		}
	}
	add(t)
}

func (b *board) fileTasks(may rights, add func(task)) {
	if may.desk {
		for _, q := range b.submitted {
			add(task{
				due: q.StartOn, icon: "request", ink: theme.Info, what: "Instruire la demande de " + q.Child, detail: "reçue le " + calendar.DateOf(q.ReceivedAt).DayMonth(),
				section: "requests", arg: q.ID,
			})
		}
		if n := b.toDecide - len(b.submitted); n > 0 {
			add(task{icon: "request", ink: theme.Info, what: "Instruire les autres demandes", detail: plural(n, "demande", "demandes"), section: "requests", arg: "submitted"})
		}
	}
	if may.cash || may.desk {
		if n := b.unbooked; n > 0 {
			add(task{icon: "fork-knife", ink: theme.Alerte, what: "Régulariser les repas pris sans réservation", detail: plural(n, "repas", "repas"), section: "bookings"})
		}
		if n := b.debtors(); n > 0 {
			add(task{icon: "wallet", ink: theme.Erreur, what: "Appeler les porte-monnaie débiteurs", detail: plural(n, "famille", "familles"), section: "families", arg: family.BadgeDebt})
		}
	}
	if may.files {
		for _, d := range dues(b.expiring, b.today) {
			word, ink := "bientôt échue", theme.Alerte
			if d.lapsed {
				word, ink = "échue", theme.Erreur
			}
			arg := any(family.BadgeExpiring)
			switch {
			case d.families == 1:
				arg = kit.OpenFamily{ID: d.family, Tab: "papers"}
			case d.lapsed:
				arg = nil // the list has no chip for them
			}
			add(task{due: d.first, icon: "file-clock", ink: ink, what: fault.French("Relancer : " + lower(d.label) + ", " + word), detail: plural(d.families, "famille", "familles"), section: "families", arg: arg})
		}
		if b.failed > 0 {
			add(task{icon: "mail", ink: theme.Erreur, what: "Renvoyer les courriels non partis", detail: plural(b.failed, "courriel", "courriels"), section: mailSection(may), arg: "outbox"})
		}
		if n := b.mail.Todo + b.mail.ToRead; n > 0 {
			add(task{due: b.today, icon: "mail", ink: theme.Info, what: "Traiter les courriels des familles", detail: plural(n, "courriel", "courriels"), section: "inbox"})
		}
	}
}

// mailSection is where an agent sees the letters that have not left.
func mailSection(may rights) string {
	if may.desk {
		return "inbox"
	}
	return "settings"
}

// lower writes a label inside a sentence; sigles stay.
func lower(s string) string {
	r := []rune(s)
	if len(r) > 1 && strings.ToUpper(string(r[1])) != string(r[1]) {
		return strings.ToLower(string(r[0])) + string(r[1:])
	}
	return s
}

// step is one line of the first day's guide.
type step struct {
	title, text, verb string
	off               string // why it cannot be done by this agent
	section           string
	arg               any
}

// steps are what is left to do before the first meal, in order.
func (b *board) steps(may rights) (out []step) {
	const desk, admin = "Il faut le rôle « Accueil ».", "Il faut le rôle « Administration »."
	add := func(done bool, needs, before string, s step) {
		if done {
			return
		}
		if s.off = needs; needs == "" && before != "" {
			s.off = before
		}
		out = append(out, s)
	}
	unless := func(ok bool, why string) string {
		if ok {
			return ""
		}
		return why
	}
	add(b.services > 0, unless(may.admin, admin), "", step{title: "Décrivez la cantine", text: "Commune, écoles, service, délais, tarifs et pièces demandées.", verb: "Ouvrir les réglages", section: "settings", arg: "services"})
	first := unless(b.services > 0, "Décrivez d’abord la cantine.")
	add(b.families > 0, unless(may.desk || may.admin, desk), first, step{title: "Importez l’école", text: "Les deux listes de ONDE créent les familles, les enfants et les classes. Vous voyez tout avant d’écrire.", verb: "Importer une école", section: "families", arg: kit.OpenFamily{Tab: "import"}})
	add(b.families > 0, unless(may.desk || may.admin, desk), first, step{title: "Ou ajoutez une première famille", text: "Un responsable, un enfant" + nbsp + ": le reste se complète ensuite.", verb: "Nouvelle famille", section: "families", arg: kit.OpenFamily{Tab: "new"}})
	add(b.accepted > 0, unless(may.desk, desk), or(first, unless(b.families > 0, "Il faut d’abord une famille.")), step{title: "Acceptez une première demande d’accès", text: "Pour quel enfant, pour quel service, avec quelles pièces. L’accès accepté, les repas se réservent.", verb: "Ouvrir les demandes", section: "requests"})
	add(b.booked, unless(may.desk, desk), or(first, unless(b.accepted > 0, "Il faut d’abord une demande acceptée.")), step{title: "Réservez un premier repas", text: "Choisissez la famille, cochez les jours, validez le panier.", verb: "Ouvrir les réservations", section: "bookings"})
	add(b.sent, unless(may.desk || may.kitchen, desk), or(first, unless(b.booked, "Il faut d’abord un repas réservé.")), step{title: "Transmettez la feuille à la cuisine", text: "L’effectif du jour par école, tranche d’âge et régime, numéroté et prêt à imprimer.", verb: "Ouvrir la cuisine", section: "kitchen"})
	return out
}

func or(text, other string) string {
	if text == "" {
		return other
	}
	return text
}
