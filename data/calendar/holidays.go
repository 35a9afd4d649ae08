package calendar

import (
	"sort"
	"time"

	"ardoise/data/fault"
)

// Region says which public holidays apply.
type Region string

// The regions of public holidays known here.
const (
	Metropole     Region = "metropole"
	AlsaceMoselle Region = "alsace-moselle"
)

// ParseRegion reads a region's code; an empty text is Metropole.
func ParseRegion(text string) (Region, error) {
	switch r := fold(text); r {
	case "", string(Metropole):
		return Metropole, nil
	case string(AlsaceMoselle):
		return AlsaceMoselle, nil
	}
	return "", fault.New(fault.Invalid, "« %s » n’est pas une région connue pour les jours fériés : écrivez metropole ou alsace-moselle.", text)
}

// PublicHoliday is one public holiday with its French name.
type PublicHoliday struct {
	Date Date
	Name string // "11 novembre", "Lundi de Pâques"
}

// Easter gives Easter Sunday (Gregorian computus, Meeus/Jones/Butcher).
func Easter(year int) Date {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	f := (b + 8) / 25
	g := (b - f + 1) / 3
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return NewDate(year, time.Month(n/31), n%31+1)
}

// PublicHolidays gives the public holidays of a civil year in order of date.
func PublicHolidays(region Region, year int) []PublicHoliday {
	easter := Easter(year)
	list := []PublicHoliday{
		{NewDate(year, time.January, 1), "1er janvier"},
		{easter.Add(1), "Lundi de Pâques"},
		{NewDate(year, time.May, 1), "1er mai"},
		{NewDate(year, time.May, 8), "8 mai"},
		{easter.Add(39), "Ascension"},
		{easter.Add(50), "Lundi de Pentecôte"},
		{NewDate(year, time.July, 14), "14 juillet"},
		{NewDate(year, time.August, 15), "Assomption"},
		{NewDate(year, time.November, 1), "Toussaint"},
		{NewDate(year, time.November, 11), "11 novembre"},
		{NewDate(year, time.December, 25), "Jour de Noël"},
	}
	if region == AlsaceMoselle {
		list = append(list,
			PublicHoliday{easter.Add(-2), "Vendredi saint"},
			PublicHoliday{NewDate(year, time.December, 26), "2ème jour de Noël"})
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].Date < list[j].Date })
	return list
}

// PublicHolidayName gives the name of the public holiday of a day, "" if none.
func PublicHolidayName(region Region, d Date) string {
	for _, h := range PublicHolidays(region, d.Year()) {
		if h.Date == d {
			return h.Name
		}
	}
	return ""
}

// isWorking: Monday to Friday and no public holiday.
func isWorking(region Region, d Date) bool {
	w := d.Weekday()
	return w != time.Saturday && w != time.Sunday && PublicHolidayName(region, d) == ""
}
