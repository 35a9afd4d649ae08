package catalog

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
)

// The rules of values live here once, for what a file says and for what a
// person types. They see neither the file nor the database: a rule that was not
// kept is a flaw of a field of the Draft.

// flaw is one rule not kept.
type flaw struct {
	field  string // path in a Draft: "tariffs[2].meal"
	text   string // French, without capital and full stop
	file   string // what to write instead in a file, "" where text says enough
	screen string // what to do instead on a screen
}

// sentence is the flaw as a screen shows it.
func (f flaw) sentence() string {
	text := f.text + f.screen
	r, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(r)) + text[size:] + "."
}

// span is what a number may be, both ends included.
type span struct{ low, high int }

func (s span) text(typed string) string {
	return fmt.Sprintf("« %s » n’est pas permis. Attendu"+nbsp+": un nombre entier de %d à %d", typed, s.low, s.high)
}

// The bounds of the numbers of a catalog.
var (
	placesSpan   = span{0, 100000}
	waitingSpan  = span{0, 2}
	proofSpan    = span{0, 720} // hours
	quotientSpan = span{0, MaxQuotient}
	siblingSpan  = span{0, 20}
	monthsSpan   = span{1, 120}
	rankSpan     = span{0, 999}
)

// Bounds of what a catalog holds, so that nothing of it is too long for a screen
// or too much to check.
const (
	maxText    = 200                     // characters of a name
	maxAmount  = money.Cents(100_000_00) // cents
	maxTariffs = 200                     // of one service
	maxRows    = 500                     // sittings, schools, classes of one service
)

const (
	requiredText = "ce champ est obligatoire et ne peut pas être vide"
	amountText   = "« %s » n’est pas un montant"
	amountFile   = ". Attendu" + nbsp + ": des euros entre guillemets, par exemple \"4,20\""
	dateFile     = ". Attendu" + nbsp + ": AAAA-MM-JJ, par exemple 2026-09-01"
	codeText     = "« %s » n’est pas permis. Attendu" + nbsp + ": minuscules, chiffres et tirets, par exemple \"cantine-saint-marcel\""
	clockText    = "« %s » n’est pas une heure. Attendu" + nbsp + ": HH:MM, par exemple \"12:00\""
)

// endless is the end of a tariff that has none.
var endless = calendar.MustISO("9999-12-31")

// judge gathers the flaws of one thing.
type judge struct {
	flaws  []flaw
	broken func(field string) bool // what the file could not even say is not judged again; nil: nothing
}

func (j *judge) add(f flaw) {
	if j.broken != nil && j.broken(f.field) {
		return
	}
	j.flaws = append(j.flaws, f)
}

func (j *judge) bad(field, format string, args ...any) {
	j.add(flaw{field: field, text: fmt.Sprintf(format, args...)})
}

func (j *judge) name(field, v string) {
	switch {
	case strings.TrimSpace(v) == "":
		j.bad(field, requiredText)
	default:
		j.length(field, v)
	}
}

func (j *judge) length(field, v string) {
	switch {
	case utf8.RuneCountInString(v) > maxText:
		j.bad(field, "ce texte est trop long (%d caractères au plus)", maxText)
	case !utf8.ValidString(v) || strings.ContainsFunc(v, unicode.IsControl):
		j.bad(field, "ce texte contient un caractère qui ne s’écrit pas, ou un retour à la ligne"+nbsp+": retapez-le")
	}
}

func (j *judge) within(field string, n int, s span) {
	if n < s.low || n > s.high {
		j.bad(field, "%s", s.text(fmt.Sprint(n)))
	}
}

func (j *judge) optional(field string, n *int, s span) {
	if n != nil {
		j.within(field, *n, s)
	}
}

func (j *judge) amount(field string, c money.Cents) {
	if c < 0 || c > maxAmount {
		j.add(flaw{field: field, text: fmt.Sprintf(amountText, c) + " permis ici", file: amountFile, screen: nbsp + ": de 0 à " + maxAmount.String()})
	}
}

func (j *judge) oneOf(field, v string, list []named) {
	if !known(list, v) {
		j.add(flaw{field: field, text: "« " + clip(v, 60) + " » n’est pas permis", file: ". Valeurs permises" + nbsp + ": " + codes(list), screen: nbsp + ": choisissez " + labels(list)})
	}
}

func labels(list []named) string {
	out := make([]string, 0, len(list))
	for _, n := range list {
		if n.label == "" {
			n.label = n.code
		}
		out = append(out, "« "+n.label+" »")
	}
	return strings.Join(out, ", ")
}

// told notes a refusal of the calendar room, which already says what is allowed.
func (j *judge) told(field string, err error) {
	text := strings.TrimSuffix(fault.Sentence(err), ".")
	j.add(flaw{field: field, text: text})
}

// commune judges a commune.
func (j *judge) commune(c Commune) {
	if !inseeForm.MatchString(c.INSEE) {
		j.add(flaw{
			field: "insee", text: "« " + clip(c.INSEE, 20) + " » n’est pas un code INSEE",
			file: ". Attendu" + nbsp + ": cinq caractères entre guillemets, par exemple \"01371\"", screen: nbsp + ": cinq caractères, par exemple 01371",
		})
	}
	if c.Postal != "" && !postalForm.MatchString(c.Postal) {
		j.add(flaw{
			field: "postal", text: "« " + clip(c.Postal, 20) + " » n’est pas un code postal",
			file: ". Attendu" + nbsp + ": cinq chiffres entre guillemets, par exemple \"01390\"", screen: nbsp + ": cinq chiffres, par exemple 01390",
		})
	}
	j.name("name", c.Name)
}

// class judges a class, without its school.
func (j *judge) class(c Class) {
	j.name("name", c.Name)
	j.within("rank", c.Rank, rankSpan)
	if c.Year < 2000 || c.Year > 2100 {
		j.bad("year", "l’année scolaire %d n’est pas permise. Attendu"+nbsp+": par exemple 2026-2027", c.Year)
	}
}

// service judges a service; ids are not looked at, for a file has names.
func (j *judge) service(d *Draft) {
	s := &d.Info
	if s.Code != "" && (!codeForm.MatchString(s.Code) || len(s.Code) > maxText) {
		j.bad("code", codeText, clip(s.Code, 60))
	}
	j.name("name", s.Name)
	j.name("short", s.Short)
	j.name("product", s.Product)
	j.oneOf("kind", s.Kind, serviceKinds)
	j.oneOf("region", string(s.Region), regions)
	j.oneOf("zone", string(s.Zone), zones)
	j.days(s)
	j.optional("capacity", s.Capacity, placesSpan)
	if len(s.Pay) == 0 {
		j.add(flaw{field: "pay", text: "il faut au moins un moyen de paiement", file: ". Valeurs permises" + nbsp + ": " + codes(payMeans)})
	}
	for i, p := range s.Pay {
		j.oneOf(fmt.Sprintf("pay[%d]", i), p, payMeans)
	}
	j.within("waiting_days", s.WaitingDays, waitingSpan)
	j.within("proof_hours", s.ProofHours, proofSpan)
	j.amount("low_balance", s.LowBalance)
	j.tables(d)
	j.tariffs(d.Tariffs)
	j.documents(d.Documents)
}

// days judges when the service is open and until when one may act.
func (j *judge) days(s *ServiceInfo) {
	if s.Weekdays == 0 || s.Weekdays >= 1<<7 {
		j.add(flaw{
			field: "weekdays", text: "ce champ est obligatoire", file: ". Attendu" + nbsp + ": les jours de service, par exemple \"lundi mardi jeudi vendredi\"",
			screen: nbsp + ": choisissez au moins un jour de service",
		})
	}
	if c, err := calendar.ParseClock(s.StartsAt.String()); err != nil || c != s.StartsAt {
		j.bad("starts_at", clockText, s.StartsAt)
	}
	j.cutoffs("book", s.Book, s.Weekdays)
	j.cutoffs("cancel", s.Cancel, s.Weekdays)
}

func (j *judge) cutoffs(field string, set calendar.CutoffSet, open calendar.Weekdays) {
	before := len(j.flaws)
	if err := set.Default.Validate(); err != nil {
		j.told(field, err)
	}
	for w := range set.ByWeekday {
		if w < 0 || w > 6 {
			j.bad(field, "une date limite n’est d’aucun jour de la semaine")
			return
		}
	}
	all := calendar.SchoolWeek | calendar.MondayToFriday | calendar.NewWeekdays(6, 0)
	for _, w := range all.Days() {
		at := field
		if c, own := set.ByWeekday[w]; own {
			at = field + "." + calendar.WeekdayName(w)
			if err := c.Validate(); err != nil {
				j.told(at, err)
				continue
			}
		}
		if len(j.flaws) > before || !open.Has(w) {
			continue
		}
		if err := (calendar.CutoffSet{Default: set.For(w)}).Validate(calendar.NewWeekdays(w)); err != nil {
			j.told(at, err)
		}
	}
}

// tables judges the sittings, the schools taken and the classes with another sitting.
func (j *judge) tables(d *Draft) {
	if len(d.Sittings) > maxRows || len(d.Schools) > maxRows || len(d.Classes) > maxRows {
		j.bad("sittings", "un service a au plus %d tours, écoles et classes", maxRows)
		return
	}
	names := map[string]bool{}
	for i, t := range d.Sittings {
		field := fmt.Sprintf("sittings[%d]", i)
		j.name(field+".name", t.Name)
		if names[t.Name] {
			j.bad(field+".name", "le tour « %s » est écrit deux fois", clip(t.Name, 60))
		}
		names[t.Name] = true
		j.optional(field+".capacity", t.Capacity, placesSpan)
	}
	sitting := func(field, name string) {
		if name != "" && !names[name] {
			j.bad(field, "le tour « %s » n’est pas parmi ceux du service", clip(name, 60))
		}
	}
	if len(d.Schools) == 0 {
		j.add(flaw{field: "schools", text: "le service n’accueille aucune école", file: nbsp + ": ajoutez [[service.school]] avec name = \"…\"", screen: nbsp + ": choisissez-en au moins une"})
	}
	for i, t := range d.Schools {
		sitting(fmt.Sprintf("schools[%d].sitting", i), t.Sitting)
	}
	for i, t := range d.Classes {
		field := fmt.Sprintf("classes[%d].sitting", i)
		if t.Sitting == "" {
			j.bad(field, requiredText)
		}
		sitting(field, t.Sitting)
	}
}

var allAges = append([]named{{"", "tous"}}, ageGroups...)

func (j *judge) tariffs(list []Tariff) {
	if len(list) > maxTariffs {
		j.bad("tariffs", "un service a au plus %d tarifs", maxTariffs)
		return
	}
	before := len(j.flaws)
	for i := range list {
		j.tariff(fmt.Sprintf("tariffs[%d]", i), &list[i])
	}
	if len(j.flaws) > before || j.broken != nil && j.broken("tariffs") {
		return // what overlaps or lacks is told of tariffs that can be read
	}
	if len(list) == 0 {
		j.add(flaw{field: "tariffs", text: "le service n’a aucun tarif", file: nbsp + ": ajoutez [[service.tariff]]", screen: nbsp + ": ajoutez-en un"})
	}
	for i, p := range checkTariffs(list) {
		if i == maxProblems {
			return
		}
		j.bad(fmt.Sprintf("tariffs[%d]", max(p.Index, 0)), "%s", p.Text)
	}
}

func (j *judge) tariff(field string, t *Tariff) {
	j.name(field+".label", t.Label)
	j.oneOf(field+".kind", t.Kind, tariffKinds)
	j.within(field+".quotient_min", t.QuotientMin, quotientSpan)
	j.within(field+".quotient_max", t.QuotientMax, quotientSpan)
	j.oneOf(field+".age_group", t.AgeGroup, allAges)
	j.within(field+".sibling_rank", t.SiblingRank, siblingSpan)
	j.amount(field+".meal", t.Meal)
	j.amount(field+".care", t.Care)
	j.day(field+".valid_from", t.ValidFrom)
	if t.ValidTo < t.ValidFrom {
		j.bad(field+".valid_to", "le tarif finit avant de commencer")
	} else if t.ValidTo > endless {
		j.day(field+".valid_to", t.ValidTo)
	}
	if t.QuotientMax < t.QuotientMin {
		j.bad(field+".quotient_max", "la tranche finit (%d) avant de commencer (%d)", t.QuotientMax, t.QuotientMin)
	}
}

func (j *judge) day(field string, d calendar.Date) {
	switch {
	case d.IsZero():
		j.add(flaw{field: field, text: "ce champ est obligatoire", file: dateFile, screen: nbsp + ": donnez une date"})
	case d < calendar.MustISO("1990-01-01") || d > calendar.MustISO("2199-12-31"):
		j.add(flaw{field: field, text: "cette date n’est pas permise", file: dateFile, screen: nbsp + ": donnez une date de 1990 à 2199"})
	}
}

func (j *judge) documents(list []RequiredDocument) {
	var seen []string
	for i, d := range list {
		field := fmt.Sprintf("documents[%d]", i)
		j.oneOf(field+".kind", d.Kind, documentKinds)
		j.name(field+".label", d.Label)
		j.within(field+".months", d.Months, monthsSpan)
		if slices.Contains(seen, d.Kind) {
			j.bad(field+".kind", "la pièce « %s » est demandée deux fois", clip(DocumentLabel(d.Kind), 60))
		}
		seen = append(seen, d.Kind)
	}
}
