package calendar

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

const nbsp = "\u00a0"

var (
	monthNames    = [...]string{"", "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"}
	monthShort    = [...]string{"", "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."}
	weekdayNames  = [...]string{"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"}
	weekdayShorts = [...]string{"dim.", "lun.", "mar.", "mer.", "jeu.", "ven.", "sam."}
	weekdayLetter = [...]string{"D", "L", "M", "M", "J", "V", "S"}
)

// WeekdayName gives "mardi".
func WeekdayName(w time.Weekday) string { return weekdayNames[(int(w)%7+7)%7] }

// WeekdayShort gives "mar.".
func WeekdayShort(w time.Weekday) string { return weekdayShorts[(int(w)%7+7)%7] }

// WeekdayInitial gives "M" (Tuesday and Wednesday share it, as on wall calendars).
func WeekdayInitial(w time.Weekday) string { return weekdayLetter[(int(w)%7+7)%7] }

// MonthName gives "décembre".
func MonthName(m time.Month) string { return monthNames[((int(m)-1)%12+12)%12+1] }

// MonthShort gives "déc.".
func MonthShort(m time.Month) string { return monthShort[((int(m)-1)%12+12)%12+1] }

// dayNumber writes the first of a month as French does: "1ᵉʳ".
func dayNumber(d Date) string {
	if d.Day() == 1 {
		return "1ᵉʳ"
	}
	return strconv.Itoa(d.Day())
}

// Short gives "05/09/2026", "" for no date.
func (d Date) Short() string {
	if d.IsZero() {
		return ""
	}
	return d.utc().Format("02/01/2006")
}

// Long gives "mardi 24 novembre 2026".
func (d Date) Long() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%s %d", d.LongNoYear(), d.Year())
}

// LongNoYear gives "mardi 24 novembre".
func (d Date) LongNoYear() string {
	if d.IsZero() {
		return ""
	}
	return WeekdayName(d.Weekday()) + " " + dayNumber(d) + " " + MonthName(d.Month())
}

// Medium gives "mar. 24 nov.".
func (d Date) Medium() string {
	if d.IsZero() {
		return ""
	}
	return WeekdayShort(d.Weekday()) + " " + d.DayMonth()
}

// DayMonth gives "24 nov.", "1ᵉʳ déc.".
func (d Date) DayMonth() string {
	if d.IsZero() {
		return ""
	}
	return dayNumber(d) + " " + MonthShort(d.Month())
}

// MonthYear gives the date's month as a title: "décembre 2026".
func (d Date) MonthYear() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%s %d", MonthName(d.Month()), d.Year())
}

// HourText gives the clock time of an instant in Paris: "16 h 00", with
// no-break spaces.
func HourText(t time.Time) string {
	t = t.In(Paris)
	return hourText(t.Hour(), t.Minute())
}

func hourText(hour, minute int) string {
	return fmt.Sprintf("%d%sh%s%02d", hour, nbsp, nbsp, minute)
}

// InstantText gives "jeu. 19 nov. à 12 h 00", in Paris.
func InstantText(t time.Time) string {
	return DateOf(t).Medium() + " à " + HourText(t)
}

// Age gives whole years between birth and on, never negative. Somebody born on
// 29 February is one year older on 1 March of a common year (French civil use).
func Age(birth, on Date) int {
	if birth.IsZero() || on < birth {
		return 0
	}
	years := on.Year() - birth.Year()
	if on.Month() < birth.Month() || on.Month() == birth.Month() && on.Day() < birth.Day() {
		years--
	}
	return years
}

// AgeText gives "7 ans", "1 an", "8 mois" under one year, "" for no date of birth.
func AgeText(birth, on Date) string {
	if birth.IsZero() || on < birth {
		return ""
	}
	switch years := Age(birth, on); {
	case years == 1:
		return "1" + nbsp + "an"
	case years > 1:
		return strconv.Itoa(years) + nbsp + "ans"
	}
	months := (on.Year()-birth.Year())*12 + int(on.Month()) - int(birth.Month())
	if on.Day() < birth.Day() {
		months--
	}
	return strconv.Itoa(months) + nbsp + "mois"
}

// RangeText gives "du 26 nov. au 4 déc.", "du 11 au 18 déc.", "le 26 nov.";
// the years are written where they differ.
func RangeText(first, last Date) string {
	if last < first {
		first, last = last, first
	}
	switch {
	case first == last:
		return "le " + first.DayMonth()
	case first.Year() != last.Year():
		return fmt.Sprintf("du %s %d au %s %d", first.DayMonth(), first.Year(), last.DayMonth(), last.Year())
	case first.Month() == last.Month():
		return "du " + dayNumber(first) + " au " + last.DayMonth()
	}
	return "du " + first.DayMonth() + " au " + last.DayMonth()
}

// ListText gives "11, 14, 15, 17 et 18 déc.": days in the order given, the month
// said once for each run of days of one month, the year where years differ.
func ListText(days []Date) string {
	if len(days) == 0 {
		return ""
	}
	manyYears := false
	for _, d := range days {
		manyYears = manyYears || d.Year() != days[0].Year()
	}
	items := make([]string, len(days))
	for i, d := range days {
		endOfRun := i == len(days)-1 || days[i+1].FirstOfMonth() != d.FirstOfMonth()
		switch {
		case !endOfRun:
			items[i] = dayNumber(d)
		case manyYears:
			items[i] = fmt.Sprintf("%s %d", d.DayMonth(), d.Year())
		default:
			items[i] = d.DayMonth()
		}
	}
	last := len(items) - 1
	if last == 0 {
		return items[0]
	}
	return strings.Join(items[:last], ", ") + " et " + items[last]
}
