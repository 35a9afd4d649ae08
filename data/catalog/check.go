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

type serviceEntry struct {
	path, commune string
	info          ServiceInfo
	schools       []takenEntry
	classes       []turnEntry
	tariffs       []Tariff
	documents     []RequiredDocument
}

type takenEntry struct{ path, commune, school, sitting string }

type turnEntry struct {
	path, school, name, sitting string
	year                        calendar.SchoolYear
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
		if codes[e.info.Code] && e.info.Code != "" {
			r.bad(path+".code", "le service « %s » est écrit deux fois", e.info.Code)
		}
		codes[e.info.Code] = true
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
		if !inseeForm.MatchString(k.INSEE.s) {
			r.bad(path+".insee", "« %s » n’est pas un code INSEE. Attendu"+nbsp+": cinq caractères entre guillemets, par exemple \"01371\"", k.INSEE.s)
		}
		if k.Postal.set && !postalForm.MatchString(k.Postal.s) {
			r.bad(path+".postal", "« %s » n’est pas un code postal. Attendu"+nbsp+": cinq chiffres entre guillemets, par exemple \"01390\"", k.Postal.s)
		}
		if seen[k.INSEE.s] {
			r.bad(path+".insee", "la commune %s est écrite deux fois", k.INSEE.s)
		}
		seen[k.INSEE.s] = true
		c.communes = append(c.communes, Commune{INSEE: k.INSEE.s, Name: r.text(path+".name", k.Name), Postal: k.Postal.s})
	}
}

func (r *reader) checkSchools(f *file, c *content) {
	for i, s := range f.Schools {
		path := fmt.Sprintf("school[%d]", i)
		e := schoolEntry{path: path, commune: r.text(path+".commune", s.Commune), name: r.text(path+".name", s.Name)}
		for j, k := range s.Classes {
			p := fmt.Sprintf("%s.class[%d]", path, j)
			name := r.text(p+".name", k.Name)
			year, err := calendar.ParseSchoolYear(k.Year.s)
			if err != nil {
				r.told(p+".year", err)
			}
			e.classes = append(e.classes, Class{Year: year, Name: name, Rank: r.number(p+".rank", k.Rank, ClassRank(name, ""), 0, 999)})
		}
		c.schools = append(c.schools, e)
	}
}

var zones = []named{{"A", ""}, {"B", ""}, {"C", ""}}

var regions = []named{{string(calendar.Metropole), ""}, {string(calendar.AlsaceMoselle), ""}}

func (r *reader) checkService(path string, s fileService) serviceEntry {
	e := serviceEntry{path: path, commune: r.text(path+".commune", s.Commune)}
	if !codeForm.MatchString(s.Code.s) {
		r.bad(path+".code", "« %s » n’est pas permis. Attendu"+nbsp+": minuscules, chiffres et tirets, par exemple \"cantine-saint-marcel\"", s.Code.s)
	}
	info := ServiceInfo{
		Code: s.Code.s, Name: r.text(path+".name", s.Name), Short: r.text(path+".short", s.Short),
		Kind: r.oneOf(path+".kind", s.Kind, serviceKinds, ""), Product: r.text(path+".product", s.Product),
		Region:      calendar.Region(r.oneOf(path+".region", s.Region, regions, string(calendar.Metropole))),
		Zone:        calendar.Zone(r.oneOf(path+".zone", s.Zone, zones, "")),
		InHolidays:  r.yes(path+".in_holidays", s.InHolidays, false),
		Capacity:    r.optionalNumber(path+".capacity", s.Capacity, 0, 100000),
		WaitingDays: r.number(path+".waiting_days", s.WaitingDays, 0, 0, 2),
		ProofHours:  r.number(path+".proof_hours", s.ProofHours, 48, 0, 720),
		LowBalance:  r.amount(path+".low_balance", s.LowBalance, 1000),
		Active:      r.yes(path+".active", s.Active, true),
	}
	days, err := calendar.ParseWeekdays(s.Weekdays.s)
	switch {
	case err != nil:
		r.told(path+".weekdays", err)
	case days == 0:
		r.bad(path+".weekdays", "ce champ est obligatoire. Attendu"+nbsp+": les jours de service, par exemple \"lundi mardi jeudi vendredi\"")
	}
	info.Weekdays = days
	if info.StartsAt, err = calendar.ParseClock(s.StartsAt.s); err != nil {
		r.bad(path+".starts_at", "« %s » n’est pas une heure. Attendu"+nbsp+": HH:MM, par exemple \"12:00\"", s.StartsAt.s)
	}
	info.Book = r.cutoffs(path+".book", s.Book, days)
	info.Cancel = r.cutoffs(path+".cancel", s.Cancel, days)
	info.Pay = r.means(path+".pay", s.Pay)
	r.checkTables(path, s, &info, &e)
	e.info = info
	e.tariffs = r.tariffs(path, s.Tariffs)
	e.documents = r.documents(path, s.Documents)
	return e
}

func (r *reader) means(path string, list []raw) []string {
	var out []string
	for i, p := range list {
		out = append(out, r.oneOf(fmt.Sprintf("%s[%d]", path, i), p, payMeans, ""))
	}
	if len(out) == 0 {
		r.bad(path, "il faut au moins un moyen de paiement. Valeurs permises"+nbsp+": %s", codes(payMeans))
	}
	return out
}

// checkTables reads the sittings, the schools taken and the classes with another sitting.
func (r *reader) checkTables(path string, s fileService, info *ServiceInfo, e *serviceEntry) {
	names := map[string]bool{}
	for i, t := range s.Sittings {
		p := fmt.Sprintf("%s.sitting[%d]", path, i)
		name := r.text(p+".name", t.Name)
		if names[name] {
			r.bad(p+".name", "le tour « %s » est écrit deux fois", name)
		}
		names[name] = true
		info.Sittings = append(info.Sittings, Sitting{Name: name, Capacity: r.optionalNumber(p+".capacity", t.Capacity, 0, 100000)})
	}
	sitting := func(p string, v raw) string {
		if v.s != "" && !names[v.s] {
			r.bad(p, "le tour « %s » n’est pas parmi ceux du service", v.s)
		}
		return v.s
	}
	for i, t := range s.Schools {
		p := fmt.Sprintf("%s.school[%d]", path, i)
		e.schools = append(e.schools, takenEntry{path: p, commune: t.Commune.s, school: r.text(p+".name", t.Name), sitting: sitting(p+".sitting", t.Sitting)})
	}
	if len(s.Schools) == 0 {
		r.bad(path+".school", "le service n’accueille aucune école"+nbsp+": ajoutez [[service.school]] avec name = \"…\"")
	}
	for i, t := range s.Classes {
		p := fmt.Sprintf("%s.class[%d]", path, i)
		year, err := calendar.ParseSchoolYear(t.Year.s)
		if err != nil {
			r.told(p+".year", err)
		}
		e.classes = append(e.classes, turnEntry{path: p, school: r.text(p+".school", t.School), name: r.text(p+".name", t.Name), year: year, sitting: r.text(p+".sitting", t.Sitting)})
		sitting(p+".sitting", t.Sitting)
	}
}

var allAges = append([]named{{"", "tous"}}, ageGroups...)

func (r *reader) tariffs(path string, list []fileTariff) []Tariff {
	out := make([]Tariff, 0, len(list))
	before := len(r.problems)
	for i, t := range list {
		p := fmt.Sprintf("%s.tariff[%d]", path, i)
		v := Tariff{
			Label: r.text(p+".label", t.Label), Kind: r.oneOf(p+".kind", t.Kind, tariffKinds, ForBooking),
			ValidFrom: r.date(p+".valid_from", t.From, 0), ValidTo: r.date(p+".valid_to", t.To, calendar.MustISO("9999-12-31")),
			QuotientMin: r.number(p+".quotient_min", t.QuotientMin, 0, 0, MaxQuotient),
			QuotientMax: r.number(p+".quotient_max", t.QuotientMax, MaxQuotient, 0, MaxQuotient),
			AgeGroup:    r.oneOf(p+".age_group", raw{t.AgeGroup.s, true}, allAges, ""),
			SiblingRank: r.number(p+".sibling_rank", t.SiblingRank, 0, 0, 20),
			Meal:        r.amount(p+".meal", t.Meal, 0), Care: r.amount(p+".care", t.Care, 0),
		}
		if t.Resident.set {
			yes := r.yes(p+".resident", t.Resident, false)
			v.Resident = &yes
		}
		if !t.From.set {
			r.bad(p+".valid_from", "ce champ est obligatoire. Attendu"+nbsp+": AAAA-MM-JJ, par exemple 2026-09-01")
		}
		if !t.Meal.set && !t.Care.set {
			r.bad(p+".meal", "il manque le prix. Attendu"+nbsp+": meal (part repas), care (part encadrement) ou les deux, par exemple \"4,20\"")
		}
		if v.ValidTo < v.ValidFrom {
			r.bad(p+".valid_to", "le tarif finit avant de commencer")
		}
		if v.QuotientMax < v.QuotientMin {
			r.bad(p+".quotient_max", "la tranche finit (%d) avant de commencer (%d)", v.QuotientMax, v.QuotientMin)
		}
		out = append(out, v)
	}
	if len(r.problems) > before {
		return out
	}
	if len(out) == 0 {
		r.bad(path+".tariff", "le service n’a aucun tarif"+nbsp+": ajoutez [[service.tariff]]")
	}
	for _, p := range checkTariffs(out) {
		r.bad(fmt.Sprintf("%s.tariff[%d]", path, max(p.Index, 0)), "%s", p.Text)
	}
	return out
}

func (r *reader) documents(path string, list []fileDocument) []RequiredDocument {
	var out []RequiredDocument
	seen := map[string]bool{}
	for i, d := range list {
		p := fmt.Sprintf("%s.document[%d]", path, i)
		kind := r.oneOf(p+".kind", d.Kind, documentKinds, "")
		v := RequiredDocument{Kind: kind, Label: d.Label.s, Months: r.number(p+".months", d.Months, 12, 1, 120), DebitOnly: r.yes(p+".debit_only", d.DebitOnly, false)}
		if v.Label == "" {
			v.Label = DocumentLabel(kind)
		}
		if seen[kind] {
			r.bad(p+".kind", "la pièce « %s » est demandée deux fois", kind)
		}
		seen[kind] = true
		out = append(out, v)
	}
	return out
}
