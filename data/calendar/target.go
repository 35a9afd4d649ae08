package calendar

import "time"

// TargetOpen tells whether the euro's settlement system is open on a day: not on weekends, 1 January, Good Friday,
// Easter Monday, 1 May, 25 and 26 December (T2 calendar of the European Central Bank). A direct debit is collected on
// such days only; the public holidays of France do not count.
func TargetOpen(d Date) bool {
	if w := d.Weekday(); w == time.Saturday || w == time.Sunday {
		return false
	}
	switch month, day := d.Month(), d.Day(); {
	case month == time.January && day == 1, month == time.May && day == 1,
		month == time.December && (day == 25 || day == 26):
		return false
	case month == time.March || month == time.April:
		easter := Easter(d.Year())
		return d != easter.Add(-2) && d != easter.Add(1)
	}
	return true
}

// NextTarget gives the day itself when the settlement system is open, or else the next day it is.
func NextTarget(d Date) Date {
	for !TargetOpen(d) {
		d = d.Add(1)
	}
	return d
}

// AddTarget moves by n open days: the n-th open day after d, before it when n is negative. Zero gives NextTarget.
func AddTarget(d Date, n int) Date {
	if n == 0 {
		return NextTarget(d)
	}
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		if d = d.Add(step); TargetOpen(d) {
			n--
		}
	}
	return d
}
