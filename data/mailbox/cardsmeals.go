package mailbox

import (
	"fmt"
	"slices"
	"time"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/mailbox/reading"
	"ardoise/data/money"
)

// ask makes one basket of cards: what is cancelled first, so that its money
// comes back, then what is booked, in the order of the cards. Its Mail is the
// message, by whose receipt booking judges the cut-offs.
func (j *judge) ask(cards []*Card) booking.Ask {
	a := booking.Ask{FamilyID: j.m.FamilyID, Mail: ledger.Mail{ID: j.m.ID, Received: j.at}}
	for _, c := range cards {
		ch := c.Choice
		a.Override = ch.Override
		items := itemsOf(ch)
		switch ch.Kind {
		case reading.Book:
			a.Add = append(a.Add, items...)
		case reading.JustifiedAbsence:
			a.Justification = booking.Justification{Kind: ch.Absence}
			if ch.Absence == booking.Other {
				a.Justification.Note = "selon le " + j.consentHow()
			}
			a.Cancel = append(a.Cancel, items...)
		default:
			a.Cancel = append(a.Cancel, items...)
		}
	}
	a.Consent = ledger.Consent{Who: j.guardian(), How: j.consentHow(), At: j.at}
	return a
}

// consentHow gives « courriel du lundi 23 novembre 2026 à 07 h 16 ».
func (j *judge) consentHow() string {
	return "courriel du " + calendar.DateOf(j.at).Long() + " à " + calendar.HourText(j.at)
}

func itemsOf(ch Choice) (items []booking.Item) {
	for _, day := range ch.Days {
		for _, child := range ch.Children {
			items = append(items, booking.Item{ChildID: child, ServiceID: ch.ServiceID, Day: day})
		}
	}
	return items
}

// tally sums up the lines of a card.
type tally struct {
	done, late, unpaid int // lines done; of them past their cut-off; of them that give nothing back
	already, gone, bad int // refused: already so, past their cut-off, else
	money, monthly     money.Cents
	first, limit       time.Time // the first limit of what is done in time, of what is too late
}

func tallyOf(lines []booking.Line) (t tally) {
	sooner := func(at *time.Time, l time.Time) {
		if at.IsZero() || l.Before(*at) {
			*at = l
		}
	}
	for _, l := range lines {
		switch {
		case l.Verdict != booking.Refused:
			t.done++
			if l.Pay == booking.Monthly {
				t.monthly += l.Price
			} else {
				t.money += l.Price
			}
			if l.Late {
				t.late++
				sooner(&t.limit, l.Cutoff)
			} else {
				sooner(&t.first, l.Cutoff)
			}
			if l.Late && l.Action == booking.Cancel && l.Price == 0 {
				t.unpaid++
			}
		case l.Already:
			t.already++
		case l.Refusal == fault.TooLate:
			t.gone++
			sooner(&t.limit, l.Cutoff)
		default:
			t.bad++
		}
	}
	return t
}

// settle writes on a card what its lines say.
func (j *judge) settle(c *Card, lines []booking.Line) {
	ch := c.Choice
	c.Lines = append(c.Lines, j.services[ch.ServiceID].Short+", "+daysText(ch.Days))
	c.lines = lines
	t := tallyOf(lines)
	j.verdict(c, t, lines)
	c.Lines = append(c.Lines, moneyLines(ch.Kind, t)...)
	if c.Verdict != Nothing { // the badge says it all
		c.Lines = append(c.Lines, reasons(lines, c.Note)...)
	}
	if ch.Kind == reading.JustifiedAbsence && ch.Absence == booking.Illness && !j.proof && ch.Override == "" && t.late > 0 {
		c.Verdict, c.Note = Refused, "Aucun certificat n’est joint"
		c.Lines = append(c.Lines, "Demandez le certificat à la famille, ou écrivez pourquoi vous vous en passez.")
	}
	if len(ch.Files) == 0 {
		return
	}
	c.Lines = append(c.Lines, j.fileLines(ch.Files)...)
	if c.Verdict == Nothing {
		c.Verdict = Possible
		c.Note += nbsp + ": seule la pièce jointe est classée"
	}
}

func (j *judge) verdict(c *Card, t tally, lines []booking.Line) {
	switch {
	case t.done == 0 && t.gone > 0:
		c.Verdict, c.Note = TooLate, sinceText(t.limit)
	case t.done == 0 && t.bad > 0:
		at := slices.IndexFunc(lines, func(l booking.Line) bool { return !l.Already })
		c.Verdict, c.Note = Refused, lines[at].Reason
	case t.done == 0:
		c.Verdict, c.Note = Nothing, "Rien de réservé ces jours-là"
		if c.Choice.Kind == reading.Book {
			c.Note = "Déjà réservé" + nbsp + ": rien à faire"
		} else if len(c.Choice.Days) == 1 {
			c.Note = "Rien de réservé ce jour-là"
		}
	case t.unpaid == t.done:
		c.Verdict, c.Note = TooLate, sinceText(t.limit)
	default:
		c.Verdict = Possible
		c.Note = j.inTimeText(t)
		if t.done < len(lines) {
			c.Note = fmt.Sprintf("%d sur %d possibles", t.done, len(lines))
			if t.done == 1 {
				c.Note = fmt.Sprintf("1 sur %d possible", len(lines))
			}
		}
	}
}

// sinceText gives « Délai passé depuis mardi 24 nov. à 10 h 00 ».
func sinceText(limit time.Time) string { return "Délai passé depuis " + limitText(limit) }

func limitText(limit time.Time) string {
	d := calendar.DateOf(limit)
	return calendar.WeekdayName(d.Weekday()) + " " + d.DayMonth() + " à " + calendar.HourText(limit)
}

// inTimeText gives « Dans le délai, clôture à 16 h 00 », with the day where it is
// not today's; once the limit has passed it says that the message came before.
func (j *judge) inTimeText(t tally) string {
	switch {
	case t.first.IsZero() && t.late > 0:
		return "Hors délai, accepté"
	case t.first.IsZero():
		return ""
	case !calendar.InTime(j.tx.Now(), t.first):
		return "Reçu dans le délai (clôture " + limitText(t.first) + ")"
	case calendar.DateOf(t.first) == j.today():
		return "Dans le délai, clôture à " + calendar.HourText(t.first)
	}
	return "Dans le délai, clôture " + limitText(t.first)
}

func moneyLines(kind reading.Kind, t tally) (out []string) {
	back := kind != reading.Book
	switch {
	case t.money > 0 && back:
		out = append(out, "Recrédit"+nbsp+": "+t.money.String()+" au porte-monnaie")
	case t.money > 0:
		out = append(out, "À payer"+nbsp+": "+t.money.String())
	}
	switch {
	case t.monthly > 0 && back:
		out = append(out, "Ne sera pas facturé"+nbsp+": "+t.monthly.String())
	case t.monthly > 0:
		out = append(out, "À facturer en fin de mois"+nbsp+": "+t.monthly.String())
	}
	return out
}

// reasons tells line by line what is not as asked: refused, late, a note. What
// the badge already says is not said twice.
func reasons(lines []booking.Line, badge string) (out []string) {
	for _, l := range lines {
		why := l.Reason
		if l.Note != "" && l.Verdict != booking.Refused && l.Action == booking.Justify {
			why = l.Note
		}
		if why == "" || why == badge || len(lines) > 1 && l.Verdict != booking.Refused && l.Action == booking.Justify && l.Note == "" {
			continue
		}
		if len(lines) > 1 {
			why = upper(l.Day.Medium()) + ", " + l.Child + nbsp + ": " + why
		}
		out = append(out, why)
	}
	return out
}
