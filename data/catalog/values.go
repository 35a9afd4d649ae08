package catalog

import (
	"strconv"
	"strings"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
)

// The readers of one value each: they note what cannot be read and give the
// value by default. What a value may be is judged after them, in judge.go.

func (r *reader) text(path string, v raw) string {
	if v.s == "" {
		r.bad(path, requiredText)
	}
	return v.s
}

// orElse gives what is written, or def where nothing is.
func orElse(v raw, def string) string {
	if !v.set {
		return def
	}
	return v.s
}

func (r *reader) number(path string, v raw, def int, may span) int {
	if !v.set {
		return def
	}
	n, err := strconv.Atoi(strings.ReplaceAll(v.s, "_", ""))
	if err != nil {
		r.bad(path, "%s", may.text(v.s))
		return def
	}
	return n
}

func (r *reader) optionalNumber(path string, v raw, may span) *int {
	if !v.set {
		return nil
	}
	n := r.number(path, v, may.low, may)
	return &n
}

func (r *reader) year(path string, v raw) calendar.SchoolYear {
	year, err := calendar.ParseSchoolYear(v.s)
	if err != nil {
		r.told(path, err)
	}
	return year
}

func (r *reader) yes(path string, v raw, def bool) bool {
	switch v.s {
	case "true":
		return true
	case "false":
		return false
	}
	if v.set {
		r.bad(path, "« %s » n’est pas permis. Valeurs permises"+nbsp+": true (oui), false (non)", v.s)
	}
	return def
}

func (r *reader) date(path string, v raw, def calendar.Date) calendar.Date {
	if !v.set {
		return def
	}
	d, err := calendar.ParseISO(v.s)
	if err != nil {
		r.bad(path, "« %s » n’est pas une date"+dateFile, v.s)
		return def
	}
	return d
}

func (r *reader) amount(path string, v raw, def money.Cents) money.Cents {
	if !v.set {
		return def
	}
	c, err := money.Parse(v.s)
	if err != nil {
		r.bad(path, amountText+amountFile, v.s)
		return def
	}
	return c
}

// told notes a refusal of the calendar room, which already says what is allowed.
func (r *reader) told(path string, err error) {
	r.bad(path, "%s", strings.TrimSuffix(fault.Sentence(err), "."))
}

const defaultWord = "default"

// cutoffs reads { default = "J-1 10:00", lundi = "jeudi 12:00 semaine-1" }.
func (r *reader) cutoffs(path string, m map[string]raw) calendar.CutoffSet {
	var s calendar.CutoffSet
	def, ok := m[defaultWord]
	if !ok {
		r.bad(path, "il manque la date limite de tous les jours. Attendu"+nbsp+": { %s = \"J-1 10:00\" }, et au besoin celles de certains jours, par exemple lundi = \"jeudi 12:00 semaine-1\"", defaultWord)
		return s
	}
	s.Default = r.cutoff(path+"."+defaultWord, def)
	for _, word := range sortedKeys(m) {
		if word == defaultWord {
			continue
		}
		w, err := calendar.ParseWeekday(word)
		if err != nil {
			r.bad(path+"."+word, "« %s » n’est pas un jour de la semaine. Attendu"+nbsp+": %s, lundi, mardi, mercredi, jeudi, vendredi, samedi ou dimanche", word, defaultWord)
			continue
		}
		if s.ByWeekday == nil {
			s.ByWeekday = map[time.Weekday]calendar.Cutoff{}
		}
		s.ByWeekday[w] = r.cutoff(path+"."+word, m[word])
	}
	return s
}

func (r *reader) cutoff(path string, v raw) calendar.Cutoff {
	c, err := calendar.ParseCutoff(v.s)
	if err != nil {
		r.told(path, err)
	}
	return c
}
