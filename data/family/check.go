package family

import (
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
)

// maxQuotient bounds an income quotient as CAF and MSA give it.
const maxQuotient = 99999

// Normalize cleans what was typed (spaces, e-mail in lower case, phones in E.164,
// ranks) and refuses what cannot be right, in one French sentence.
func (f *Family) Normalize(today calendar.Date) error {
	f.Address1, f.Address2, f.City = squeeze(f.Address1), squeeze(f.Address2), squeeze(f.City)
	f.Postal, f.Country = squeeze(f.Postal), strings.ToUpper(firstOf(squeeze(f.Country), "FRANCE"))
	f.Note = strings.TrimSpace(f.Note)
	f.State = firstOf(f.State, Active)
	if len(f.Guardians) == 0 {
		return fault.New(fault.Invalid, "Une famille a au moins un responsable"+nbsp+": saisissez son nom et son prénom.")
	}
	if len(f.Guardians) > 2 {
		return fault.New(fault.Invalid, "Une famille a deux responsables au plus. Pour des parents séparés, créez une seconde famille et partagez l’enfant.")
	}
	if f.Country == "FRANCE" && f.Postal != "" && (len(f.Postal) != 5 || onlyDigits(f.Postal) != f.Postal) {
		return fault.New(fault.Invalid, "Le code postal « %s » n’a pas cinq chiffres.", f.Postal)
	}
	if f.Quotient != nil && (*f.Quotient < 0 || *f.Quotient > maxQuotient) {
		return fault.New(fault.Invalid, "Le quotient familial « %d » n’est pas possible"+nbsp+": il va de 0 à %d.", *f.Quotient, maxQuotient)
	}
	if !f.QuotientTo.IsZero() && f.QuotientTo < f.QuotientFrom {
		return fault.New(fault.Invalid, "La validité du quotient familial finit avant de commencer.")
	}
	for i := range f.Guardians {
		f.Guardians[i].Rank = i + 1
		if err := f.Guardians[i].normalize(f.Postal); err != nil {
			return err
		}
	}
	if f.Name = squeeze(f.Name); f.Name == "" {
		f.Name = f.defaultName()
	}
	for i := range f.Children {
		if err := f.Children[i].Normalize(today); err != nil {
			return err
		}
	}
	return nil
}

// defaultName takes the children's name where they share one, else the first
// guardian's.
func (f *Family) defaultName() string {
	name := ""
	for _, c := range f.Children {
		if name != "" && Fold(name) != Fold(c.Last) {
			name = ""
			break
		}
		name = c.Last
	}
	g := f.Guardians[0]
	return TitleName(firstOf(squeeze(name), g.Usage, g.Last))
}

func (g *Guardian) normalize(postal string) error {
	g.Last, g.Usage, g.First, g.Civility = squeeze(g.Last), squeeze(g.Usage), squeeze(g.First), squeeze(g.Civility)
	if g.Last == "" {
		g.Last = g.Usage
	}
	if g.Last == "" || g.First == "" {
		return fault.New(fault.Invalid, "Le nom et le prénom de chaque responsable sont obligatoires.")
	}
	email, ok := cleanEmail(g.Email)
	if !ok {
		return fault.New(fault.Invalid, "« %s » n’est pas une adresse électronique.", g.Email)
	}
	g.Email = email
	for _, p := range []*string{&g.Home, &g.Work, &g.Mobile} {
		e164, ok := Phone(*p, postal)
		if !ok {
			return fault.New(fault.Invalid, "« %s » n’est pas un numéro de téléphone"+nbsp+": écrivez par exemple 06 39 98 12 34.", *p)
		}
		*p = e164
	}
	return nil
}

// oldest is the age past which a child's birth date is a typing error.
const oldest = 20

// Normalize cleans a child's entry and refuses what cannot be right.
func (c *Child) Normalize(today calendar.Date) error {
	c.Last, c.Usage, c.First = squeeze(c.Last), squeeze(c.Usage), squeeze(c.First)
	c.INE, c.Sex, c.Level = strings.ToUpper(squeeze(c.INE)), strings.ToUpper(squeeze(c.Sex)), strings.ToUpper(squeeze(c.Level))
	c.Note = strings.TrimSpace(c.Note)
	c.State, c.Diet = firstOf(c.State, Present), firstOf(c.Diet, "standard")
	switch {
	case Fold(c.Last) == "" || Fold(c.First) == "":
		return fault.New(fault.Invalid, "Le nom et le prénom de l’enfant sont obligatoires.")
	case c.Birth.IsZero():
		return fault.New(fault.Invalid, "La date de naissance %s est obligatoire.", fault.De(c.Name()))
	case c.Birth > today:
		return fault.New(fault.Invalid, "La date de naissance %s (%s) est dans le futur.", fault.De(c.Name()), c.Birth.Short())
	case c.AgeGroup != "adulte" && calendar.Age(c.Birth, today) > oldest:
		return fault.New(fault.Invalid, "La date de naissance %s (%s) n’est pas celle d’un enfant.", fault.De(c.Name()), c.Birth.Short())
	case c.Sex != "" && c.Sex != "F" && c.Sex != "M":
		return fault.New(fault.Invalid, "Le sexe %s s’écrit F, M ou rien.", fault.De(c.Name()))
	case !catalog.KnownDiet(c.Diet):
		return fault.New(fault.Invalid, "Le régime « %s » n’existe pas.", c.Diet)
	}
	if group, ok := catalog.AgeGroupOf(c.Level); ok {
		c.AgeGroup = group
	}
	switch c.AgeGroup {
	case "maternelle", "elementaire", "adulte":
	case "":
		c.AgeGroup = ageGroupAt(c.Birth, today)
	default:
		return fault.New(fault.Invalid, "Le groupe d’âge « %s » n’existe pas.", c.AgeGroup)
	}
	return nil
}

// ageGroupAt says maternelle up to the civil year of the sixth birthday's school
// year, as schools do.
func ageGroupAt(birth, today calendar.Date) string {
	if int(calendar.SchoolYearOf(today))-birth.Year() < 6 {
		return "maternelle"
	}
	return "elementaire"
}
