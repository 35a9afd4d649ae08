package backup

import (
	"slices"
	"strconv"
	"time"

	"ardoise/data/calendar"
)

// Rule says how long copies are kept, by their age.
type Rule struct {
	Days   int // every copy of the last days, today included
	Weeks  int // beyond: the last copy of each of the last weeks
	Months int // beyond: the last copy of each of the last months
	Before int // days a copy made before a migration, an import or a restore is kept at the least
}

// DefaultRule is what a new town has.
var DefaultRule = Rule{Days: 7, Weeks: 5, Months: 12, Before: 30}

// Stamp is what the rule looks at of one copy.
type Stamp struct {
	At    time.Time
	Cause Cause
}

const (
	// gap is how long no copy was made before the clock may be doubted, and
	// settle how long copies must have been made again before it is believed: a
	// workstation that thinks it is 2031 must not take everything for old.
	gap    = 60 * 24 * time.Hour
	settle = 7 * 24 * time.Hour
)

// Expired gives the indexes, in order, of the copies of one place that no rule
// keeps. The last copy is always kept, and so is one whose date is to come.
func (r Rule) Expired(now time.Time, copies []Stamp) (out []int) {
	order := make([]int, len(copies))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return copies[b].At.Compare(copies[a].At) })
	if doubtful(now, copies, order) {
		return nil
	}
	today := calendar.DateOf(now)
	weeks, months := map[calendar.Date]bool{}, map[calendar.Month]bool{}
	first := true
	for _, i := range order { // newest first: the first of each week and month is its last copy
		at, day := copies[i].At, calendar.DateOf(copies[i].At)
		if at.After(now) {
			continue
		}
		week, month := day.Monday(), calendar.MonthOf(day)
		keep := first || day > today.Add(-r.Days) || special(copies[i].Cause) && day > today.Add(-r.Before) ||
			!weeks[week] && week >= today.Monday().Add(-7*r.Weeks) || !months[month] && !month.Before(calendar.MonthOf(today).Add(-r.Months))
		first, weeks[week], months[month] = false, true, true
		if !keep {
			out = append(out, i)
		}
	}
	slices.Sort(out)
	return out
}

// special are the copies one goes back to when a change went wrong.
func special(c Cause) bool { return c == Migration || c == Import || c == ToRestore }

// doubtful reports whether now is so far from the copies before that the clock
// may be wrong: nothing is taken for old until a week of copies speaks for it.
func doubtful(now time.Time, copies []Stamp, newestFirst []int) bool {
	newer := now
	for _, i := range newestFirst {
		at := copies[i].At
		if at.After(now) {
			continue
		}
		if newer.Sub(at) > gap {
			return now.Sub(newer) < settle
		}
		newer = at
	}
	return false
}

// Sentence says the rule to an agent.
func (r Rule) Sentence() string {
	text := "Toutes les sauvegardes " + lastDays(r.Days)
	if r.Weeks > 0 {
		text += ", puis une par semaine pendant " + counted(r.Weeks, "semaine", "semaines")
	}
	if r.Months > 0 {
		text += ", puis une par mois pendant " + counted(r.Months, "mois", "mois")
	}
	return text + ". Celles d’avant un import ou une mise à jour restent " + counted(r.Before, "jour", "jours") + ", et la dernière n’est jamais effacée."
}

func lastDays(n int) string {
	if n == 1 {
		return "du jour"
	}
	return "des " + strconv.Itoa(n) + "\u00a0derniers jours"
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1\u00a0" + one
	}
	return strconv.Itoa(n) + "\u00a0" + many
}
