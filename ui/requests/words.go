package requests

import (
	"fmt"
	"strings"
	"time"

	"ardoise/data/access"
	"ardoise/data/calendar"
	"ardoise/data/fault"
)

// filterChips are the filters above the queue, in order.
var filterChips = []struct {
	state        access.State
	one, several string
}{
	{"", "Toutes", "Toutes"},
	{access.Submitted, "À traiter", "À traiter"},
	{access.Incomplete, "Incomplète", "Incomplètes"},
	{access.Suspended, "Suspendue", "Suspendues"},
	{access.Accepted, "Acceptée", "Acceptées"},
	{access.Refused, "Refusée", "Refusées"},
}

// chipLabel counts only what waits for somebody: the decided ones would make
// the eye work for nothing.
func chipLabel(i, n int) string {
	c := filterChips[i]
	if c.state == "" || c.state == access.Accepted || c.state == access.Refused || n == 0 {
		return c.several
	}
	if n == 1 {
		return c.one + nbsp + "1"
	}
	return fmt.Sprintf("%s"+nbsp+"%d", c.several, n)
}

// channel gives the icon and the words of how a request came.
func channel(code string) (icon, word string) {
	switch code {
	case "mail":
		return "mail", "courriel"
	case "phone":
		return "phone", "téléphone"
	case "import":
		return "download", "import"
	}
	return "bank", "guichet"
}

func received(q access.Request) string {
	_, how := channel(q.Channel)
	by := map[string]string{"courriel": "par courriel", "téléphone": "par téléphone", "import": "par import", "guichet": "au guichet"}[how]
	return "Reçue le " + calendar.DateOf(q.ReceivedAt).Long() + " à " + calendar.HourText(q.ReceivedAt) + ", " + by
}

func identity(q access.Request, today calendar.Date) string {
	where := strings.TrimPrefix(q.Class+", "+q.School, ", ")
	where = strings.TrimSuffix(where, ", ")
	born := calendar.AgeText(q.Birth, today) + " (" + q.Birth.Short() + ")"
	if where == "" {
		return born
	}
	return where + " · " + born
}

// wanted is what is asked for: before, bold, after.
func wanted(q access.Request) (before, bold, after string) {
	if q.StartOn.IsZero() {
		before, bold = "", "Dès l’acceptation"
	} else {
		before, bold = "À partir du ", q.StartOn.Long()
	}
	if days := dayList(q.Weekdays); days != "" {
		after = ", les " + days
	}
	if q.Pay == access.Monthly {
		after += ", payé chaque mois"
	}
	return before, bold, after
}

// dayList gives "lundi, mardi et jeudi" for ISO digits.
func dayList(digits string) string {
	var names []string
	for _, r := range digits {
		if r >= '1' && r <= '7' {
			names = append(names, calendar.WeekdayName(time.Weekday(int(r-'0')%7)))
		}
	}
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " et " + names[n-1]
	}
	return strings.Join(names, "")
}

// standing is how a line of the checklist stands.
type standing int

const (
	missing standing = iota
	rejected
	lapsed
	toCheck // received, not judged yet
	endsSoon
	conform
)

func stand(it access.Item, today calendar.Date) (standing, string) {
	d := it.Document
	switch {
	case d == nil:
		return missing, "à fournir"
	case d.State == "rejected":
		return rejected, "refusée" + nbsp + ": " + d.Reason
	case !it.OK:
		return lapsed, it.Problem
	}
	text := "valable jusqu’au " + d.ValidTo.Short()
	if left := int(d.ValidTo - today); left <= soonDays {
		text += nbsp + ": à renouveler " + inDays(left)
		if d.State == "conform" {
			return endsSoon, text
		}
	}
	if d.State != "conform" {
		return toCheck, "reçue le " + d.ReceivedOn.Short() + ", à vérifier, " + text
	}
	return conform, text
}

func inDays(n int) string {
	switch {
	case n <= 0:
		return "aujourd’hui"
	case n == 1:
		return "demain"
	}
	return fmt.Sprintf("dans %d jours", n)
}

// tally sums the checklist up: "5 sur 5 conformes".
func tally(q access.Request, today calendar.Date) (text string, all bool) {
	good := 0
	for _, it := range q.Checklist {
		if s, _ := stand(it, today); s == conform || s == endsSoon {
			good++
		}
	}
	word := "conformes"
	if good < 2 {
		word = "conforme"
	}
	return fmt.Sprintf("%d sur %d %s", good, len(q.Checklist), word), good == len(q.Checklist)
}

// outcome says what became of a request that is no longer to decide.
func outcome(q access.Request) string {
	when := ""
	if !q.DecidedAt.IsZero() {
		when = " le " + calendar.DateOf(q.DecidedAt).Long()
	}
	switch q.State {
	case access.Accepted:
		return "Acceptée" + when + ". L’accès est ouvert jusqu’au " + q.ValidTo.Short() + "."
	case access.Refused:
		return fault.French("Refusée" + when + " : " + q.Reason)
	case access.Suspended:
		return fault.French("Suspendue" + when + " : une pièce est à renouveler. Les réservations faites restent.")
	case access.Incomplete:
		return fault.French("Complément demandé" + when + " : " + q.Reason)
	}
	return ""
}

func pageText(page, pages int) string {
	if pages == 0 {
		return ""
	}
	return fmt.Sprintf("page %d sur %d", page+1, pages)
}

func sizeText(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%d"+nbsp+"Mo", (n+(1<<19))>>20)
	case n >= 1<<10:
		return fmt.Sprintf("%d"+nbsp+"Ko", (n+(1<<9))>>10)
	}
	return fmt.Sprintf("%d"+nbsp+"octets", n)
}
