// Package setup is the room where a base begins: it asks a new user what the town
// is and offers, or which base to join, restore or take over, shows what would be
// made, and hands that over whole. It makes nothing itself: that is the Office's,
// through the House it is given; and keeps no password once it is done.
package setup

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"ardoise/data"
	"ardoise/data/backup"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/importer"
	"ardoise/data/staff"
	"ardoise/reports/phrase"
	"ardoise/ui/kit"
)

const nbsp = "\u00a0"

// House is what the wizard asks of the program around it. Methods with a ctx run
// away from the window's thread.
type House interface {
	// Create makes the town's base at an address, "" for this workstation's file.
	Create(ctx context.Context, url string, t data.Town) error
	// Probe says what is at an address.
	Probe(ctx context.Context, url string) (data.Found, error)
	// TakeOver prepares a town with what Noethys knew, in this workstation's file.
	TakeOver(ctx context.Context, t data.Town, in importer.Noethys) (*data.TakeOver, error)
	// OpenCopy opens and verifies a backup, and says what it holds.
	OpenCopy(ctx context.Context, path string, secret backup.Secret) (*backup.Opened, backup.Preview, error)
	// Restore leaves the wizard, puts an opened backup in this workstation's place
	// and opens it.
	Restore(*backup.Opened)
	// Open leaves the wizard for a base ("" for this workstation's file): signed in
	// as agent where it is given, else at the door.
	Open(url string, enter *Entry)
	// Demo leaves the wizard for the demonstration.
	Demo()
}

// Entry is who comes in once the base is made, and where to.
type Entry struct {
	Login, Password string
	Section         string // "": the first one
	Arg             any    // handed to that section
	Word            string // what is said on the way in
}

// Deps is what the wizard needs; House, Runner, Canvas, Files and Clock are needed.
type Deps struct {
	House   House
	Runner  kit.Runner
	Ctx     context.Context // nil: context.Background()
	Canvas  fyne.Canvas
	Files   kit.Files
	Clock   func() time.Time
	Version string
	Known   []catalog.Commune // proposed as the name is typed
	Place   string            // where this workstation's file goes
	Join    string            // the server remembered, password left out: only that door
	Title   func(head string) // the window's; may be nil
	Log     func(error)       // may be nil
	Phrase  func() string     // tests; nil: staff.NewPhrase
	Ask     func() []int      // tests: which groups are asked back, from 0
}

// answers is everything typed so far, over all pages.
type answers struct {
	commune  catalog.Commune
	schools  []catalog.FoundingSchool
	year     calendar.SchoolYear
	zone     calendar.Zone
	region   calendar.Region
	service  catalog.Draft
	agent    staff.NewAgent
	phrase   string
	asked    []int // groups of the phrase to type back, from 0
	mail     bool
	noethys  string // its file
	server   string // address to create at; "": the workstation's own file
	takeover *data.TakeOver
	copied   *backup.Opened // the backup to restore
	view     backup.Preview
}

// town is what the answers make.
func (a *answers) town() data.Town {
	return data.Town{
		Catalog: catalog.Founding{Commune: a.commune, Schools: a.schools, Year: a.year, Service: a.service},
		Agent:   a.agent, Phrase: a.phrase,
	}
}

// canteen fits the canteen to the commune and calendar: what a person changed of
// it stays, what comes of the commune's name follows it.
func (a *answers) canteen(today calendar.Date) {
	fresh := data.Canteen(a.commune, a.zone, a.region, today)
	if a.service.Info.Kind == "" {
		a.service = fresh
		return
	}
	was := &a.service.Info
	was.Name, was.Commune, was.Zone, was.Region = fresh.Info.Name, fresh.Info.Commune, a.zone, a.region
}

// propose gives the known communes that a text may mean, at most n: those that
// begin so first, then those with a word that does, then those that contain it or
// have that postal code.
func propose(known []catalog.Commune, text string, n int) []catalog.Commune {
	want := catalog.Fold(text)
	if want == "" {
		return nil
	}
	var ranks [3][]catalog.Commune
	for _, c := range known {
		name := catalog.Fold(c.Name)
		switch {
		case strings.HasPrefix(name, want):
			ranks[0] = append(ranks[0], c)
		case strings.Contains(" "+name, " "+want):
			ranks[1] = append(ranks[1], c)
		case strings.Contains(name, want), strings.HasPrefix(c.Postal, want), c.INSEE == want:
			ranks[2] = append(ranks[2], c)
		}
	}
	out := slices.Concat(ranks[0], ranks[1], ranks[2])
	return out[:min(n, len(out))]
}

// whole reports whether a commune is one of the known, as it is.
func whole(known []catalog.Commune, c catalog.Commune) bool {
	return slices.ContainsFunc(known, func(k catalog.Commune) bool {
		return catalog.Fold(k.Name) == catalog.Fold(c.Name) && k.INSEE == c.INSEE && k.Postal == c.Postal
	})
}

// flaw is the sentence about one field, "" where there is none.
func flaw(flaws []catalog.Flaw, field string) error {
	for _, f := range flaws {
		if f.Field == field {
			return fault.New(fault.Invalid, "%s", fault.French(f.Text))
		}
	}
	return nil
}

// calendarOf proposes zone and region from the INSEE code, and says why.
func calendarOf(c catalog.Commune) (zone calendar.Zone, region calendar.Region, why string) {
	code := c.INSEE
	department := calendar.DepartmentOf(code)
	zone, ok := calendar.ZoneOf(code)
	region = calendar.RegionOf(code)
	switch {
	case !ok && department == "":
		return calendar.ZoneA, region, "Choisissez la zone de vacances de votre académie."
	case !ok:
		return calendar.ZoneA, region, "Le département " + department + " a son propre calendrier scolaire" + nbsp + ": choisissez la zone la plus proche, puis importez son calendrier dans Réglages."
	case region == calendar.AlsaceMoselle:
		return zone, region, "Proposé d’après le département " + department + nbsp + ": zone " + string(zone) + ", avec le Vendredi saint et le 26 décembre fériés."
	}
	return zone, region, "Proposé d’après le département " + department + nbsp + ": zone " + string(zone) + "."
}

// holidayLines are the school holidays known of a year; missing says which are not.
func holidayLines(zone calendar.Zone, year calendar.SchoolYear) (lines []string, missing string) {
	all := calendar.SchoolHolidays()
	for _, h := range all {
		if h.Zone == zone && h.Year == year {
			name := []rune(h.Name)
			lines = append(lines, strings.ToUpper(string(name[:1]))+string(name[1:])+nbsp+": "+calendar.RangeText(h.First, h.Last))
		}
	}
	if !calendar.YearKnown(all, zone, year) {
		missing = fmt.Sprintf("Les vacances %s de la zone %s ne sont pas encore publiées dans Ardoise"+nbsp+": importez le fichier du ministère dans Réglages, Calendrier, avant de réserver.", year, zone)
	}
	return lines, missing
}

// rule is a cut-off a town may choose, as its text.
type rule struct{ text, label string }

// cutoffs are those towns use, the commonest first.
var cutoffs = func() []rule {
	var out []rule
	for _, text := range []string{
		"jeudi 12:00 semaine-1", "J-1 10:00", "J-1 10:00 ouvrés", "J-1 10:00 ouverture", "J-2 10:00 ouvrés", "J-8 24:00", "72h avant 12:00", "J-0 08:30",
		"jeudi 10:00 semaine-1 ; jeudi vendredi = mardi 10:00 semaine-0",
	} {
		set, err := calendar.ParseCutoffSet(text)
		if err != nil {
			panic("setup: " + text + ": " + err.Error()) // written above, held by a test
		}
		out = append(out, rule{set.String(), strings.Join(set.Rules(), nbsp+"; ")})
	}
	return out
}()

// cutoffOptions are the rules to choose from, the one in use among them.
func cutoffOptions(now calendar.CutoffSet) []rule {
	out := slices.Clone(cutoffs)
	if text := now.String(); !slices.ContainsFunc(out, func(r rule) bool { return r.text == text }) {
		out = append(out, rule{text, strings.Join(now.Rules(), nbsp+"; ")})
	}
	return out
}

// week is the preview of the cut-offs over one real week.
type week struct {
	title string
	rows  [][3]string // meal, book until, cancel until
}

// preview takes the first week after today's that has service and shows until
// when each of its days may be booked and cancelled.
func preview(d catalog.Draft, today calendar.Date) week {
	plan, err := catalog.DraftPlan(d, calendar.SchoolHolidays(), nil)
	if err != nil || d.Info.Weekdays == 0 {
		return week{title: "Choisissez d’abord les jours de service"}
	}
	for monday := today.Monday().Add(7); ; monday = monday.Add(7) {
		w := week{title: "Semaine du " + monday.DayMonth()}
		for _, day := range catalog.WeekPreview(d, plan, monday) {
			if day.Closed == "" {
				w.rows = append(w.rows, [3]string{day.Day.Medium(), calendar.InstantText(day.Book), calendar.InstantText(day.Cancel)})
			}
		}
		if len(w.rows) > 0 || monday > today.Add(180) {
			return w
		}
	}
}

// papers are the documents a new canteen may ask for, and whether only with a
// monthly direct debit.
var papers = []catalog.RequiredDocument{
	{Kind: "health_form", Months: 12},
	{Kind: "insurance", Months: 12},
	{Kind: "income", Months: 12},
	{Kind: "iban", Months: 12, DebitOnly: true},
	{Kind: "mandate", Months: 12, DebitOnly: true},
}

// loginOf proposes "nathalie.perret" for "Nathalie Perret".
func loginOf(name string) string { return strings.ReplaceAll(catalog.Fold(name), " ", ".") }

// askGroups draws three groups of the phrase to type back, in order.
func askGroups(total int) []int {
	out := rand.Perm(total)[:3]
	slices.Sort(out)
	return out
}

// askedText names the groups asked: "2, 5 et 7".
func askedText(asked []int) string {
	words := make([]string, len(asked))
	for i, n := range asked {
		words[i] = fmt.Sprint(n + 1)
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " et " + words[last]
}

// checkBack compares what was typed with the phrase: the groups asked, or all of it.
func checkBack(secret, typed string, asked []int) error {
	clean := func(s string) string {
		s = strings.NewReplacer("O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(s))
		return strings.Map(func(r rune) rune {
			if strings.ContainsRune(" -–—\u00a0\u202f\t\r\n.", r) {
				return -1
			}
			return r
		}, s)
	}
	groups := strings.Split(secret, "-")
	want := ""
	for _, i := range asked {
		want += groups[i]
	}
	switch got := clean(typed); got {
	case clean(want), clean(secret):
		return nil
	case "":
		return fault.New(fault.Invalid, "Retapez les groupes %s de la phrase imprimée"+nbsp+": c’est la preuve que la feuille est lisible.", askedText(asked))
	}
	return fault.New(fault.Invalid, "Ce ne sont pas les groupes %s. Relisez la feuille, ou revenez à la page précédente pour revoir la phrase.", askedText(asked))
}

// paper writes the sheet with the recovery phrase.
func (d Deps) paper(ctx context.Context, place, agent, secret string) func(io.Writer) error {
	return func(w io.Writer) error {
		return phrase.PDF(ctx, w, phrase.Sheet{Database: place, Agent: agent, Phrase: secret, Program: strings.TrimSpace("Ardoise " + d.Version), MadeAt: d.Clock()})
	}
}
