package catalog

import (
	"slices"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/fault"
)

// settable are the fields of a service that one text can say, by their words in
// a catalog file.
var settable = map[string]func(r *reader, s *ServiceInfo, v raw){
	"name":         func(_ *reader, s *ServiceInfo, v raw) { s.Name = v.s },
	"short":        func(_ *reader, s *ServiceInfo, v raw) { s.Short = v.s },
	"product":      func(_ *reader, s *ServiceInfo, v raw) { s.Product = v.s },
	"kind":         func(r *reader, s *ServiceInfo, v raw) { s.Kind = r.choice("kind", v.s, serviceKinds) },
	"region":       func(r *reader, s *ServiceInfo, v raw) { s.Region = calendar.Region(r.choice("region", v.s, regions)) },
	"zone":         func(r *reader, s *ServiceInfo, v raw) { s.Zone = calendar.Zone(r.choice("zone", v.s, zones)) },
	"in_holidays":  func(r *reader, s *ServiceInfo, v raw) { s.InHolidays = r.yes("in_holidays", v, s.InHolidays) },
	"active":       func(r *reader, s *ServiceInfo, v raw) { s.Active = r.yes("active", v, s.Active) },
	"waiting_days": func(r *reader, s *ServiceInfo, v raw) { s.WaitingDays = r.number("waiting_days", v, 0, waitingSpan) },
	"proof_hours":  func(r *reader, s *ServiceInfo, v raw) { s.ProofHours = r.number("proof_hours", v, 0, proofSpan) },
	"low_balance":  func(r *reader, s *ServiceInfo, v raw) { s.LowBalance = r.amount("low_balance", v, 0) },
	"capacity": func(r *reader, s *ServiceInfo, v raw) {
		v.set = v.s != "" // nothing: no limit
		s.Capacity = r.optionalNumber("capacity", v, placesSpan)
	},
	"pay": func(r *reader, s *ServiceInfo, v raw) {
		s.Pay = strings.FieldsFunc(v.s, func(c rune) bool { return c == ',' || c == ' ' })
		for _, p := range s.Pay {
			r.choice("pay", p, payMeans)
		}
	},
	"weekdays": func(r *reader, s *ServiceInfo, v raw) {
		var err error
		if s.Weekdays, err = calendar.ParseWeekdays(v.s); err != nil {
			r.told("weekdays", err)
		}
	},
	"starts_at": func(r *reader, s *ServiceInfo, v raw) {
		var err error
		if s.StartsAt, err = calendar.ParseClock(v.s); err != nil {
			r.bad("starts_at", clockText, v.s)
		}
	},
	"book":   func(r *reader, s *ServiceInfo, v raw) { setCutoffs(r, "book", &s.Book, v) },
	"cancel": func(r *reader, s *ServiceInfo, v raw) { setCutoffs(r, "cancel", &s.Cancel, v) },
}

// choice refuses a value that is none of a list in the words that are typed here, its
// codes: a screen's refusal names what is read there.
func (r *reader) choice(field, v string, list []named) string {
	if !known(list, v) {
		r.bad(field, "« %s » n’est pas permis. Valeurs permises"+nbsp+": %s", clip(v, 60), codes(list))
	}
	return v
}

func setCutoffs(r *reader, field string, to *calendar.CutoffSet, v raw) {
	set, err := calendar.ParseCutoffSet(v.s)
	if err != nil {
		r.told(field, err)
		return
	}
	*to = set
}

// Settable lists the fields Set takes.
func Settable() []string { return sortedKeys(settable) }

// Set reads one field of the service as a catalog file writes it; cut-offs on
// one line, "J-1 10:00 ; lundi = jeudi 10:00 semaine-1". What the value may be is
// judged when the draft is planned or saved.
func (d *Draft) Set(field, text string) error {
	set, ok := settable[field]
	if !ok {
		return fault.New(fault.Invalid, "Le champ « %s » ne se change pas ainsi. Champs possibles"+nbsp+": %s. Pour le reste"+nbsp+": un fichier TOML.", field, strings.Join(Settable(), ", "))
	}
	r := &reader{name: "Service « " + d.Info.Code + " »"}
	d.Info.Pay = slices.Clone(d.Info.Pay)
	set(r, &d.Info, raw{strings.TrimSpace(text), true})
	return r.refusal()
}
