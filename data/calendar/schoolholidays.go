package calendar

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"ardoise/data/fault"
)

// Zone is a school-holiday zone: A, B or C.
type Zone string

// The three zones of metropolitan France.
const (
	ZoneA Zone = "A"
	ZoneB Zone = "B"
	ZoneC Zone = "C"
)

// ParseZone reads "A", "zone B".
func ParseZone(text string) (Zone, error) {
	switch s := strings.TrimSpace(strings.TrimPrefix(fold(text), "zone")); s {
	case "a", "b", "c":
		return Zone(strings.ToUpper(s)), nil
	}
	return "", fault.New(fault.Invalid, "« %s » n’est pas une zone de vacances : écrivez A, B ou C.", text)
}

// Holiday is one period of school holidays of one zone; First and Last are both
// days without school. Year is the ministry's: the summer belongs to the year it ends.
type Holiday struct {
	Year        SchoolYear
	Zone        Zone
	Name        string // "vacances de Noël"
	First, Last Date
}

// The names every year has; the other names of an imported calendar are kept as they are.
const (
	nameToussaint = "vacances de la Toussaint"
	nameNoel      = "vacances de Noël"
	nameHiver     = "vacances d’hiver"
	namePrintemps = "vacances de printemps"
	nameAscension = "pont de l’Ascension"
	nameEte       = "vacances d’été"
)

var holidayNames = map[string]string{
	"toussaint": nameToussaint, "noel": nameNoel, "hiver": nameHiver,
	"printemps": namePrintemps, "ascension": nameAscension, "ete": nameEte,
}

//go:embed schoolholidays.txt
var embeddedText string

var embedded = mustEmbedded(embeddedText)

// SchoolHolidays gives the holidays this program was published with, all zones,
// in order of zone and date; the caller may change the slice.
func SchoolHolidays() []Holiday { return slices.Clone(embedded) }

func mustEmbedded(text string) []Holiday {
	var list []Holiday
	for n, line := range strings.Split(text, "\n") {
		f := strings.Fields(line)
		if len(f) == 0 || f[0] == "#" {
			continue
		}
		year, err := ParseSchoolYear(f[0])
		if err != nil || len(f) != 5 || holidayNames[f[2]] == "" {
			panic(fmt.Sprintf("calendar: schoolholidays.txt line %d: %q: %v", n+1, line, err))
		}
		for _, z := range f[1] {
			list = append(list, Holiday{year, Zone(z), holidayNames[f[2]], MustISO(f[3]), MustISO(f[4])})
		}
	}
	sortHolidays(list)
	return list
}

func sortHolidays(list []Holiday) {
	slices.SortStableFunc(list, func(a, b Holiday) int {
		if c := strings.Compare(string(a.Zone), string(b.Zone)); c != 0 {
			return c
		}
		if a.First != b.First {
			return int(a.First) - int(b.First)
		}
		if a.Last != b.Last {
			return int(a.Last) - int(b.Last)
		}
		return strings.Compare(a.Name, b.Name)
	})
}

// YearKnown reports whether the list has the four holidays every school year has
// (Toussaint, Noël, hiver, printemps) for that zone: anything less is not a year
// one may plan on.
func YearKnown(list []Holiday, zone Zone, year SchoolYear) bool {
	seen := map[string]bool{}
	for _, h := range list {
		if h.Zone == zone && h.Year == year {
			seen[h.Name] = true
		}
	}
	return seen[nameToussaint] && seen[nameNoel] && seen[nameHiver] && seen[namePrintemps]
}

// MissingText says to a person that a year's holidays are not known.
func MissingText(zone Zone, year SchoolYear) string {
	return fmt.Sprintf("Les vacances scolaires %s de la zone %s ne sont pas connues"+nbsp+": importez le calendrier du ministère avant de réserver sur cette année.", year, zone)
}

// MergeHolidays gives base with the years of fresh put in their place: a zone and
// year that the import knows fully replaces the same one of base, a partial one
// is added to it.
func MergeHolidays(base, fresh []Holiday) []Holiday {
	var out []Holiday
	for _, h := range base {
		if !YearKnown(fresh, h.Zone, h.Year) {
			out = append(out, h)
		}
	}
	for _, h := range fresh {
		if !slices.Contains(out, h) {
			out = append(out, h)
		}
	}
	sortHolidays(out)
	return out
}
