package catalog

import (
	"fmt"
	"regexp"
	"strings"

	"ardoise/data/bank"
	"ardoise/data/calendar"
	"ardoise/data/fault"
)

// content is a file once read: what is to be applied.
type content struct {
	creditor map[string]string
	communes []Commune
	schools  []schoolEntry
	services []serviceEntry
	closures []closureEntry
}

type schoolEntry struct {
	path, commune, name string
	classes             []Class
}

// serviceEntry is one service of a file: its draft, whose commune, schools and
// classes are still names.
type serviceEntry struct {
	path, commune string
	draft         Draft
	schools       []takenEntry // beside draft.Schools
	classes       []turnEntry  // beside draft.Classes
}

type takenEntry struct{ path, commune, school string }

type turnEntry struct {
	path, school, name string
	year               calendar.SchoolYear
}

type closureEntry struct {
	path, service string
	closure       Closure
}

var (
	inseeForm  = regexp.MustCompile(`^(\d{5}|2[AB]\d{3})$`)
	postalForm = regexp.MustCompile(`^\d{5}$`)
	codeForm   = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
)

// check judges every value of the file, without the database.
func (r *reader) check(f *file) (content, error) {
	var c content
	r.checkCommunes(f, &c)
	r.checkSchools(f, &c)
	codes := map[string]bool{}
	for i, s := range f.Services {
		path := fmt.Sprintf("service[%d]", i)
		e := r.checkService(path, s)
		if code := e.draft.Info.Code; codes[code] && code != "" {
			r.bad(path+".code", "le service « %s » est écrit deux fois", code)
		}
		codes[e.draft.Info.Code] = true
		c.services = append(c.services, e)
	}
	for i, k := range f.Closures {
		path := fmt.Sprintf("closure[%d]", i)
		e := closureEntry{path: path, service: k.Service.s}
		if !k.First.set {
			r.bad(path+".first", "ce champ est obligatoire")
		}
		e.closure = Closure{First: r.date(path+".first", k.First, 0), Reason: r.text(path+".reason", k.Reason)}
		e.closure.Last = r.date(path+".last", k.Last, e.closure.First)
		if e.closure.Last < e.closure.First {
			r.bad(path+".last", "la fermeture finit avant de commencer")
		}
		c.closures = append(c.closures, e)
	}
	if k := f.Creditor; k != nil {
		c.creditor = r.creditor(k)
	}
	return c, r.refusal()
}

// creditor gives what the file says of it: what it does not say stays as it is,
// for the town may have set it elsewhere.
func (r *reader) creditor(k *fileCreditor) map[string]string {
	out := map[string]string{"creditor.name": r.text("creditor.name", k.Name)}
	for name, v := range map[string]raw{"street": k.Street, "postal": k.Postal, "city": k.City} {
		if v.set {
			out["creditor."+name] = v.s
		}
	}
	for name, of := range map[string]struct {
		raw   raw
		parse func(string) (string, error)
	}{"ics": {k.ICS, bank.ParseICS}, "iban": {k.IBAN, bank.ParseIBAN}, "bic": {k.BIC, bank.ParseBIC}} {
		switch number, err := of.parse(of.raw.s); {
		case of.raw.s != "" && err != nil:
			r.bad("creditor."+name, "%s", strings.TrimSuffix(fault.Sentence(err), "."))
		case of.raw.s != "":
			out["creditor."+name] = number
		case of.raw.set:
			out["creditor."+name] = ""
		}
	}
	return out
}

func (r *reader) checkCommunes(f *file, c *content) {
	seen := map[string]bool{}
	for i, k := range f.Communes {
		path := fmt.Sprintf("commune[%d]", i)
		v := Commune{INSEE: k.INSEE.s, Name: k.Name.s, Postal: k.Postal.s}
		r.judged(path, func(j *judge) { j.commune(v) })
		if k.Postal.set && v.Postal == "" {
			r.bad(path+".postal", "« » n’est pas un code postal. Attendu"+nbsp+": cinq chiffres entre guillemets, par exemple \"01390\"")
		}
		if seen[k.INSEE.s] {
			r.bad(path+".insee", "la commune %s est écrite deux fois", k.INSEE.s)
		}
		seen[k.INSEE.s] = true
		c.communes = append(c.communes, v)
	}
}

func (r *reader) checkSchools(f *file, c *content) {
	for i, s := range f.Schools {
		path := fmt.Sprintf("school[%d]", i)
		e := schoolEntry{path: path, commune: r.text(path+".commune", s.Commune), name: s.Name.s}
		r.judged(path, func(j *judge) { j.name("name", e.name) })
		for n, k := range s.Classes {
			p := fmt.Sprintf("%s.class[%d]", path, n)
			v := Class{Year: r.year(p+".year", k.Year), Name: k.Name.s, Rank: r.number(p+".rank", k.Rank, ClassRank(k.Name.s, ""), rankSpan)}
			r.judged(p, func(j *judge) { j.class(v) })
			e.classes = append(e.classes, v)
		}
		c.schools = append(c.schools, e)
	}
}

var zones = []named{{"A", ""}, {"B", ""}, {"C", ""}}

var regions = []named{{string(calendar.Metropole), "France métropolitaine"}, {string(calendar.AlsaceMoselle), "Alsace-Moselle"}}

// checkService reads a service of the file into a draft, which is then judged
// as one that was typed on a screen.
func (r *reader) checkService(path string, s fileService) serviceEntry {
	e := serviceEntry{path: path, commune: r.text(path+".commune", s.Commune)}
	if s.Code.s == "" {
		r.bad(path+".code", codeText, "")
	}
	info := ServiceInfo{
		Code: s.Code.s, Name: s.Name.s, Short: s.Short.s, Kind: s.Kind.s, Product: s.Product.s,
		Region:      calendar.Region(orElse(s.Region, string(calendar.Metropole))),
		Zone:        calendar.Zone(s.Zone.s),
		InHolidays:  r.yes(path+".in_holidays", s.InHolidays, false),
		Capacity:    r.optionalNumber(path+".capacity", s.Capacity, placesSpan),
		WaitingDays: r.number(path+".waiting_days", s.WaitingDays, 0, waitingSpan),
		ProofHours:  r.number(path+".proof_hours", s.ProofHours, defaultProof, proofSpan),
		LowBalance:  r.amount(path+".low_balance", s.LowBalance, defaultLow),
		Active:      r.yes(path+".active", s.Active, true),
	}
	var err error
	if info.Weekdays, err = calendar.ParseWeekdays(s.Weekdays.s); err != nil {
		r.told(path+".weekdays", err)
	}
	if info.StartsAt, err = calendar.ParseClock(s.StartsAt.s); err != nil {
		r.bad(path+".starts_at", clockText, s.StartsAt.s)
	}
	info.Book = r.cutoffs(path+".book", s.Book)
	info.Cancel = r.cutoffs(path+".cancel", s.Cancel)
	for _, p := range s.Pay {
		info.Pay = append(info.Pay, p.s)
	}
	e.draft.Info = info
	r.tables(path, s, &e)
	e.draft.Tariffs = r.tariffs(path, s.Tariffs)
	for i, d := range s.Documents {
		p := fmt.Sprintf("%s.document[%d]", path, i)
		e.draft.Documents = append(e.draft.Documents, RequiredDocument{
			Kind: d.Kind.s, Label: d.Label.s, Months: r.number(p+".months", d.Months, defaultMonths, monthsSpan), DebitOnly: r.yes(p+".debit_only", d.DebitOnly, false),
		})
	}
	e.draft = e.draft.clean()
	r.judged(path, func(j *judge) { j.service(&e.draft) })
	return e
}

// judged lets the rules judge what the file says at path and notes their flaws
// there, but for the fields that could not be read.
func (r *reader) judged(path string, fn func(*judge)) {
	j := &judge{broken: func(field string) bool {
		at := path + "." + fileField(field)
		for p := range r.flawed {
			if p == at || strings.HasPrefix(p, at+"[") || strings.HasPrefix(p, at+".") || strings.HasPrefix(at, p+".") {
				return true
			}
		}
		return false
	}}
	fn(j)
	for _, f := range j.flaws {
		r.bad(path+"."+fileField(f.field), "%s", f.text+f.file)
	}
}

// listWords are the lists of a Draft, and the tables of a file that fill them.
var listWords = map[string]string{"sittings": "sitting", "schools": "school", "classes": "class", "tariffs": "tariff", "documents": "document"}

// fileField gives the words of a file for a field of a draft.
func fileField(field string) string {
	head, rest := field, ""
	if i := strings.IndexAny(field, "[."); i >= 0 {
		head, rest = field[:i], field[i:]
	}
	switch {
	case listWords[head] != "":
		head = listWords[head]
	case rest == "" && (head == "book" || head == "cancel"):
		rest = "." + defaultWord
	}
	return head + rest
}

// tables reads the sittings, the schools taken and the classes with another sitting.
func (r *reader) tables(path string, s fileService, e *serviceEntry) {
	d := &e.draft
	for i, t := range s.Sittings {
		p := fmt.Sprintf("%s.sitting[%d]", path, i)
		d.Sittings = append(d.Sittings, Sitting{Name: t.Name.s, Capacity: r.optionalNumber(p+".capacity", t.Capacity, placesSpan)})
	}
	for i, t := range s.Schools {
		p := fmt.Sprintf("%s.school[%d]", path, i)
		e.schools = append(e.schools, takenEntry{path: p, commune: t.Commune.s, school: r.text(p+".name", t.Name)})
		d.Schools = append(d.Schools, TakenSchool{Sitting: t.Sitting.s})
	}
	for i, t := range s.Classes {
		p := fmt.Sprintf("%s.class[%d]", path, i)
		e.classes = append(e.classes, turnEntry{path: p, school: r.text(p+".school", t.School), name: r.text(p+".name", t.Name), year: r.year(p+".year", t.Year)})
		d.Classes = append(d.Classes, TakenClass{Sitting: t.Sitting.s})
	}
}

func (r *reader) tariffs(path string, list []fileTariff) []Tariff {
	out := make([]Tariff, 0, len(list))
	for i, t := range list {
		p := fmt.Sprintf("%s.tariff[%d]", path, i)
		v := Tariff{
			Label: t.Label.s, Kind: orElse(t.Kind, ForBooking),
			ValidFrom: r.date(p+".valid_from", t.From, 0), ValidTo: r.date(p+".valid_to", t.To, endless),
			QuotientMin: r.number(p+".quotient_min", t.QuotientMin, 0, quotientSpan),
			QuotientMax: r.number(p+".quotient_max", t.QuotientMax, MaxQuotient, quotientSpan),
			AgeGroup:    t.AgeGroup.s,
			SiblingRank: r.number(p+".sibling_rank", t.SiblingRank, 0, siblingSpan),
			Meal:        r.amount(p+".meal", t.Meal, 0), Care: r.amount(p+".care", t.Care, 0),
		}
		if t.Resident.set {
			yes := r.yes(p+".resident", t.Resident, false)
			v.Resident = &yes
		}
		if !t.Meal.set && !t.Care.set {
			r.bad(p+".meal", "il manque le prix. Attendu"+nbsp+": meal (part repas), care (part encadrement) ou les deux, par exemple \"4,20\"")
		}
		out = append(out, v)
	}
	return out
}
