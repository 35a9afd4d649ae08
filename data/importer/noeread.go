package importer

import (
	"cmp"
	"database/sql"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/money"
)

// The categories of an attachment in Noethys.
const (
	noeAdult = 1
	noeChild = 2
)

// noePerson is a row of individus.
type noePerson struct {
	id, civility, auto int64 // auto: whose address it has, 0 its own
	dead               bool
	last, maiden       string
	first, birth       string
	home               place
	phones             [3]string // domicile, travail, portable
	mail               string
}

// noeTie attaches a person to a family.
type noeTie struct {
	person, family, category int64
	holder                   bool
}

type noeSchool struct{ name, postal, city string }

type noeClass struct {
	school int64
	name   string
}

// noeYear is the schooling of a person today.
type noeYear struct{ school, class, level int64 }

type noeQuotient struct {
	value    int
	from, to calendar.Date
}

// noeMeal is a meal to come.
type noeMeal struct {
	person int64
	day    calendar.Date
}

// noeAccount is what Noethys keeps of a family's money; cents.
type noeAccount struct {
	id, family int64
	paid, due  money.Cents // up to today
	later      money.Cents // services after today, not counted
	bad        bool        // an amount that cannot be read
}

// noeData is what is taken of a file.
type noeData struct {
	id, version string
	people      map[int64]*noePerson
	families    []int64
	ties        []noeTie
	schools     map[int64]noeSchool
	classes     map[int64]noeClass
	levels      map[int64]string
	schooling   map[int64]noeYear
	quotients   map[int64]noeQuotient
	diets       map[int64][]string // what questionnaires and meals say
	enrolled    map[int64]bool     // registered for the canteen
	meals       []noeMeal
	waiting     int // meals on Noethys's waiting list, not taken
	accounts    []noeAccount
}

// load reads what is taken, as it stands on a day.
func (f *noeFile) load(today calendar.Date) (*noeData, error) {
	d := &noeData{
		id: f.id, version: f.version, people: map[int64]*noePerson{}, schools: map[int64]noeSchool{}, classes: map[int64]noeClass{}, levels: map[int64]string{},
		schooling: map[int64]noeYear{}, quotients: map[int64]noeQuotient{}, diets: map[int64][]string{}, enrolled: map[int64]bool{},
	}
	f.loadPeople(d)
	f.loadSchools(d, today)
	f.loadQuotients(d, today)
	f.loadDiets(d)
	f.loadMeals(d, today)
	f.loadAccounts(d, today)
	return d, f.err
}

func (f *noeFile) loadPeople(d *noeData) {
	f.each(func(r *sql.Rows) error {
		p := &noePerson{}
		var city, postal, street, mail, mail2 string
		err := r.Scan(&p.id, &p.civility, &p.auto, &p.dead, &p.last, &p.maiden, &p.first, &p.birth, &street, &postal, &city, &p.phones[0], &p.phones[1], &p.phones[2], &mail, &mail2)
		for _, t := range []*string{&p.last, &p.maiden, &p.first, &p.birth} {
			*t = f.tidy(*t)
		}
		for i := range p.phones {
			p.phones[i] = noePhone(f.tidy(p.phones[i]))
		}
		p.home = place{street: f.tidy(street), postal: f.tidy(postal), city: f.tidy(city)}
		p.mail = firstOf(f.tidy(mail), f.tidy(mail2))
		d.people[p.id] = p
		return err
	}, `SELECT `+whole("IDindividu")+`, `+whole("IDcivilite")+`, `+whole("adresse_auto")+`, `+whole("deces")+` <> 0, `+
		cells("nom", "nom_jfille", "prenom", "date_naiss", "rue_resid", "cp_resid", "ville_resid", "tel_domicile", "travail_tel", "tel_mobile", "mail", "travail_mail")+
		` FROM individus ORDER BY 1`)
	f.each(func(r *sql.Rows) error {
		var id int64
		err := r.Scan(&id)
		d.families = append(d.families, id)
		return err
	}, `SELECT `+whole("IDfamille")+` FROM familles ORDER BY 1`)
	f.each(func(r *sql.Rows) error {
		var t noeTie
		err := r.Scan(&t.person, &t.family, &t.category, &t.holder)
		d.ties = append(d.ties, t)
		return err
	}, `SELECT `+whole("IDindividu")+`, `+whole("IDfamille")+`, `+whole("IDcategorie")+`, `+whole("titulaire")+` = 1 FROM rattachements ORDER BY IDrattachement`)
}

func (f *noeFile) loadSchools(d *noeData, today calendar.Date) {
	f.each(func(r *sql.Rows) error {
		var id int64
		var s noeSchool
		err := r.Scan(&id, &s.name, &s.postal, &s.city)
		d.schools[id] = noeSchool{f.tidy(s.name), f.tidy(s.postal), f.tidy(s.city)}
		return err
	}, `SELECT `+whole("IDecole")+`, `+cells("nom", "cp", "ville")+` FROM ecoles`)
	f.each(func(r *sql.Rows) error {
		var id int64
		var c noeClass
		err := r.Scan(&id, &c.school, &c.name)
		d.classes[id] = noeClass{c.school, clip(f.tidy(c.name), 100)}
		return err
	}, `SELECT `+whole("IDclasse")+`, `+whole("IDecole")+`, `+cell("nom")+` FROM classes`)
	f.each(func(r *sql.Rows) error {
		var id int64
		var name string
		err := r.Scan(&id, &name)
		d.levels[id] = strings.ToUpper(clip(f.tidy(name), 20))
		return err
	}, `SELECT `+whole("IDniveau")+`, `+cell("abrege")+` FROM niveaux_scolaires`)
	f.each(func(r *sql.Rows) error {
		var who int64
		var y noeYear
		err := r.Scan(&who, &y.school, &y.class, &y.level)
		d.schooling[who] = y // the latest row that covers today
		return err
	}, `SELECT `+whole("IDindividu")+`, `+whole("IDecole")+`, `+whole("IDclasse")+`, `+whole("IDniveau")+` FROM scolarite WHERE date_debut <= $1 AND date_fin >= $1 ORDER BY date_debut, IDscolarite`, today.String())
}

func (f *noeFile) loadQuotients(d *noeData, today calendar.Date) {
	f.each(func(r *sql.Rows) error {
		var who int64
		var q noeQuotient
		var from, to string
		err := r.Scan(&who, &q.value, &from, &to)
		q.from, q.to = noeDay(from), noeDay(to)
		d.quotients[who] = q
		return err
	}, `SELECT `+whole("IDfamille")+`, `+whole("quotient")+`, `+cells("date_debut", "date_fin")+` FROM quotients
		WHERE date_debut <= $1 AND date_fin >= $1 AND quotient BETWEEN 1 AND 99999 ORDER BY date_debut, IDquotient`, today.String())
}

// loadMeals reads who is registered for the canteen and the meals after today.
// A unit marked as a meal is one; where none is, those of an activity that calls
// itself a canteen.
func (f *noeFile) loadMeals(d *noeData, today calendar.Date) {
	canteens := map[int64]bool{}
	f.each(func(r *sql.Rows) error {
		var id int64
		var name string
		err := r.Scan(&id, &name)
		if n := catalog.Fold(name); strings.Contains(n, "cantine") || strings.Contains(n, "restaur") {
			canteens[id] = true
		}
		return err
	}, `SELECT `+whole("IDactivite")+`, `+cell("nom")+` FROM activites`)
	type unit struct {
		id, activity int64
		name         string
		meal         bool
	}
	var units []unit
	marked := false
	f.each(func(r *sql.Rows) error {
		var u unit
		err := r.Scan(&u.id, &u.activity, &u.name, &u.meal)
		u.name = f.tidy(u.name)
		units, marked = append(units, u), marked || u.meal
		return err
	}, `SELECT `+whole("IDunite")+`, `+whole("IDactivite")+`, `+cell("nom")+`, `+whole("repas")+` = 1 FROM unites`)
	meal, with := map[int64]string{}, map[int64]bool{}
	for _, u := range units {
		if u.meal || !marked && canteens[u.activity] {
			meal[u.id], with[u.activity] = u.name, true
		}
	}
	f.each(func(r *sql.Rows) error {
		var who, activity int64
		err := r.Scan(&who, &activity)
		if with[activity] {
			d.enrolled[who] = true
		}
		return err
	}, `SELECT `+whole("IDindividu")+`, `+whole("IDactivite")+` FROM inscriptions WHERE COALESCE(parti, 0) = 0`)
	seen := map[noeMeal]bool{}
	f.each(func(r *sql.Rows) error {
		var m noeMeal
		var unit int64
		var day, state string
		if err := r.Scan(&m.person, &unit, &day, &state); err != nil {
			return err
		}
		name, ok := meal[unit]
		m.day = noeDay(day)
		switch {
		case !ok || m.day <= today || seen[m]:
		case state == "attente":
			d.waiting++
		case state == "reservation" || state == "present":
			seen[m] = true
			d.meals = append(d.meals, m)
			if _, said, known := noeDiet([]string{name}); said && known {
				d.diets[m.person] = append(d.diets[m.person], name)
			}
		}
		return nil
	}, `SELECT `+whole("IDindividu")+`, `+whole("IDunite")+`, `+cells("date", "etat")+` FROM consommations WHERE date > $1 ORDER BY date, IDindividu`, today.String())
	slices.SortFunc(d.meals, func(a, b noeMeal) int { return cmp.Or(cmp.Compare(a.person, b.person), cmp.Compare(a.day, b.day)) })
}

// loadAccounts sums each account in the file itself, in cents: what was paid and
// what was served up to today. What is dated later is told apart.
func (f *noeFile) loadAccounts(d *noeData, today calendar.Date) {
	at := map[int64]int{}
	f.each(func(r *sql.Rows) error {
		var a noeAccount
		err := r.Scan(&a.id, &a.family)
		at[a.id] = len(d.accounts)
		d.accounts = append(d.accounts, a)
		return err
	}, `SELECT `+whole("IDcompte_payeur")+`, `+whole("IDfamille")+` FROM comptes_payeurs ORDER BY 1`)
	sum := func(table string, put func(a *noeAccount, now, later money.Cents)) {
		f.each(func(r *sql.Rows) error {
			var id, bad int64
			var now, later money.Cents
			if err := r.Scan(&id, &now, &later, &bad); err != nil {
				return err
			}
			i, ok := at[id]
			if !ok {
				i, at[id] = len(d.accounts), len(d.accounts)
				d.accounts = append(d.accounts, noeAccount{id: id})
			}
			d.accounts[i].bad = d.accounts[i].bad || bad > 0
			put(&d.accounts[i], now, later)
			return nil
		}, `SELECT account, SUM(CASE WHEN fine AND NOT later THEN CAST(ROUND(montant * 100) AS INTEGER) ELSE 0 END),
			SUM(CASE WHEN fine AND later THEN CAST(ROUND(montant * 100) AS INTEGER) ELSE 0 END), SUM(NOT fine)
			FROM (SELECT `+whole("IDcompte_payeur")+` AS account, COALESCE(montant, 0) AS montant, COALESCE(date, '') > $1 AS later,
				montant IS NULL OR typeof(montant) IN ('integer', 'real') AND montant BETWEEN -1000000 AND 1000000 AS fine FROM `+table+`) GROUP BY account ORDER BY account`, today.String())
	}
	sum("prestations", func(a *noeAccount, now, later money.Cents) { a.due, a.later = now, later })
	sum("reglements", func(a *noeAccount, now, later money.Cents) { a.paid = now + later })
}

func cells(columns ...string) string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = cell(c)
	}
	return strings.Join(out, ", ")
}

// tidy counts what is kept of a file, then cleans it.
func (f *noeFile) tidy(s string) string {
	f.weight += len(s)
	return tidy(s)
}

// tidy makes a clean text of whatever bytes a cell holds.
func tidy(s string) string {
	if !utf8.ValidString(s) {
		if t, err := charmap.Windows1252.NewDecoder().String(s); err == nil {
			s = t
		}
	}
	return squeeze(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == utf8.RuneError {
			return ' '
		}
		return r
	}, clean(s)))
}

// noePhone takes off the mask of Noethys's fields ("02.98.12.34.56.", "  .  . ").
func noePhone(s string) string {
	s = strings.Trim(s, " .")
	if !strings.ContainsAny(s, "0123456789") {
		return ""
	}
	return s
}

// noeDay reads a day, zero where there is none.
func noeDay(text string) calendar.Date {
	if len(text) > 10 {
		text = text[:10]
	}
	d, err := calendar.ParseISO(text)
	if err != nil {
		return 0
	}
	return d
}
