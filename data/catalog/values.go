package catalog

import (
	"strconv"
	"strings"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
)

// The readers of one value each: they note what is wrong and give the zero value.

func (r *reader) text(path string, v raw) string {
	if v.s == "" {
		r.bad(path, "ce champ est obligatoire et ne peut pas être vide")
	}
	return v.s
}

func (r *reader) number(path string, v raw, def, low, high int) int {
	if !v.set {
		return def
	}
	n, err := strconv.Atoi(strings.ReplaceAll(v.s, "_", ""))
	if err != nil || n < low || n > high {
		r.bad(path, "« %s » n’est pas permis. Attendu"+nbsp+": un nombre entier de %d à %d", v.s, low, high)
		return def
	}
	return n
}

func (r *reader) optionalNumber(path string, v raw, low, high int) *int {
	if !v.set {
		return nil
	}
	n := r.number(path, v, low, low, high)
	return &n
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

func (r *reader) oneOf(path string, v raw, list []named, def string) string {
	if !v.set && def != "" {
		return def
	}
	if !known(list, v.s) {
		r.bad(path, "« %s » n’est pas permis. Valeurs permises"+nbsp+": %s", v.s, codes(list))
	}
	return v.s
}

func (r *reader) date(path string, v raw, def calendar.Date) calendar.Date {
	if !v.set {
		return def
	}
	d, err := calendar.ParseISO(v.s)
	if err != nil {
		r.bad(path, "« %s » n’est pas une date. Attendu"+nbsp+": AAAA-MM-JJ, par exemple 2026-09-01", v.s)
		return def
	}
	return d
}

func (r *reader) amount(path string, v raw, def money.Cents) money.Cents {
	if !v.set {
		return def
	}
	c, err := money.Parse(v.s)
	if err != nil || c < 0 {
		r.bad(path, "« %s » n’est pas un montant. Attendu"+nbsp+": des euros entre guillemets, par exemple \"4,20\"", v.s)
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
func (r *reader) cutoffs(path string, m map[string]raw, open calendar.Weekdays) calendar.CutoffSet {
	var s calendar.CutoffSet
	def, ok := m[defaultWord]
	if !ok {
		r.bad(path, "il manque la date limite de tous les jours. Attendu"+nbsp+": { %s = \"J-1 10:00\" }, et au besoin celles de certains jours, par exemple lundi = \"jeudi 12:00 semaine-1\"", defaultWord)
		return s
	}
	before := len(r.problems)
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
	if len(r.problems) == before {
		if err := s.Validate(open); err != nil {
			r.told(path, err)
		}
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
