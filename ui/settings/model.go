// Package settings is the screen of what is set once: agents, services,
// calendar, backups, the audit trail, the look, and help. It decides nothing:
// staff, catalog and the office do, and refuse whoever may not.
package settings

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"ardoise/data/backup"
	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/importer"
	"ardoise/data/ledger"
	"ardoise/data/letter"
	"ardoise/data/retention"
	"ardoise/data/schoolyear"
	"ardoise/data/staff"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

const nbsp = "\u00a0"

// Deps is what the screen needs.
type Deps struct {
	Staff   *staff.Service
	Catalog *catalog.Service
	Billing *billing.Service
	Letter  *letter.Service
	Mail    Mail
	Year    *schoolyear.Service
	// Importer reads and brings in the schools' lists (ONDE) of the year.
	Importer *importer.Service
	// YearLetters prints the letters of the year for families without an address;
	// YearLeavers writes the workbook of who leaves.
	YearLetters func(ctx context.Context, w io.Writer, p schoolyear.RequestPlan, progress func(done, total int)) error
	YearLeavers func(ctx context.Context, w io.Writer, year calendar.SchoolYear, list []schoolyear.LeavingFamily) error
	// Retention gives the tab of what is kept and for how long.
	Retention *retention.Service
	OpenURL   func(url string) error // in the system's browser; may be nil
	// Backup makes, checks and opens the town's copies.
	Backup *backup.Service
	// Restore takes an opened backup over: it closes this base, puts the backup in
	// its place and opens it. nil where that cannot be done.
	Restore func(o *backup.Opened)
	// Verify checks every invariant (Office.Verify).
	Verify func(ctx context.Context) ([]ledger.Check, error)

	Database string // « saint-marcel.db (SQLite) »
	Version  string // « 1.0.0 »
	Server   bool   // the base is a server's
}

// Section is the screen's entry of the rail. The tab shown is remembered:
// changing the look builds the page again.
func Section(d Deps) kit.Section {
	last := ""
	return kit.Section{ID: "settings", Label: "Ré&glages", Icon: "settings", New: func(sh kit.Shell) kit.Page { return newPage(sh, d, &last) }}
}

// The tabs, as Navigate names them.
const (
	tabAgents   = "agents"
	tabPlaces   = "places"
	tabServices = "services"
	tabCalendar = "calendar"
	tabKitchen  = "kitchen"
	tabYear     = "year"
	tabBilling  = "billing"
	tabMail     = "mail"
	tabLetters  = "letters"
	tabBackup   = "backup"
	tabTrail    = "trail"
	tabRights   = "retention"
	tabDisplay  = "display"
	tabHelp     = "help"
)

// The groups of tabs, in the order of the index.
const (
	groupTown  = "La commune"
	groupMoney = "L’argent"
	groupPost  = "Le courrier"
	groupTeam  = "L’équipe"
	groupData  = "Les données"
	groupHere  = "Ce poste"
)

var allTabs = []widgets.TabItem{
	{ID: tabPlaces, Label: "Communes et écoles", Group: groupTown},
	{ID: tabServices, Label: "Services", Group: groupTown},
	{ID: tabCalendar, Label: "Calendrier", Group: groupTown},
	{ID: tabKitchen, Label: "Cuisine", Group: groupTown},
	{ID: tabYear, Label: "Année scolaire", Group: groupTown},
	{ID: tabBilling, Label: "Facturation", Group: groupMoney},
	{ID: tabMail, Label: "Messagerie", Group: groupPost},
	{ID: tabLetters, Label: "Modèles", Group: groupPost},
	{ID: tabAgents, Label: "Agents", Group: groupTeam},
	{ID: tabTrail, Label: "Journal", Group: groupTeam},
	{ID: tabBackup, Label: "Sauvegarde", Group: groupData},
	{ID: tabRights, Label: "Données des familles", Group: groupData},
	{ID: tabDisplay, Label: "Affichage", Group: groupHere},
	{ID: tabHelp, Label: "Aide", Group: groupHere},
}

// tabsFor lists the tabs an agent may open.
func tabsFor(u kit.User) (out []widgets.TabItem) {
	for _, t := range allTabs {
		if t.ID == tabDisplay || t.ID == tabHelp || u.Has(string(staff.Admin)) || t.ID == tabBilling && u.Has(string(staff.Regie)) || t.ID == tabYear && u.Has(string(staff.Accueil)) {
			out = append(out, t)
		}
	}
	return out
}

// rolesText gives « Accueil, Régie ».
func rolesText(roles []staff.Role) string {
	if len(roles) == len(staff.Roles) {
		return "Tous"
	}
	words := make([]string, len(roles))
	for i, r := range roles {
		words[i] = r.Label()
	}
	return strings.Join(words, ", ")
}

// agentState is the badge of an account.
func agentState(a staff.Agent, now time.Time) widgets.BadgeSpec {
	switch {
	case !a.Active:
		return widgets.BadgeSpec{Icon: "circle-cross", Text: "Désactivé", Tone: widgets.Neutral}
	case a.LockedUntil.After(now):
		return widgets.BadgeSpec{Icon: "lock", Text: "Bloqué", Tone: widgets.Failure}
	case a.Failures > 0:
		return widgets.BadgeSpec{Icon: "triangle-alert", Text: countOf(a.Failures, "refus", "refus"), Tone: widgets.Warning}
	}
	return widgets.BadgeSpec{Icon: "circle-check", Text: "Actif", Tone: widgets.Success}
}

// countOf gives « 0 ligne », « 1 ligne », « 2 lignes »: French counts in the
// plural from two.
func countOf(n int, one, many string) string {
	if n < 2 {
		return fmt.Sprint(n) + nbsp + one
	}
	return fmt.Sprint(n) + nbsp + many
}

// instant gives « 24/11/2026 à 9 h 05 », « jamais ».
func instant(t time.Time) string {
	if t.IsZero() {
		return "jamais"
	}
	return calendar.DateOf(t).Short() + " à " + calendar.HourText(t)
}

// place is the catalog as the tabs show it.
type place struct {
	services   []catalog.ServiceInfo
	communes   []catalog.Commune
	schoolList []catalog.School
	classList  []catalog.Class // of this school year
	classes    map[int64]string
}

func loadPlace(ctx context.Context, c *catalog.Service, today calendar.Date) (p place, err error) {
	if p.services, err = c.Services(ctx); err != nil {
		return p, err
	}
	if p.communes, err = c.Communes(ctx); err != nil {
		return p, err
	}
	if p.schoolList, err = c.Schools(ctx); err != nil {
		return p, err
	}
	if p.classList, err = c.Classes(ctx, calendar.SchoolYearOf(today)); err != nil {
		return p, err
	}
	p.classes = map[int64]string{}
	for _, k := range p.classList {
		p.classes[k.ID] = k.Name
	}
	return p, nil
}

// fact is a line of what is told: what, and how it is.
type fact struct{ what, how string }

// tariffFor says whom a tariff is for: « QF 0 à 620, habitants, à partir du 2ᵉ enfant ».
func tariffFor(t catalog.Tariff) string {
	who := []string{}
	if b := t.Bracket(); b != "" {
		who = append(who, b)
	}
	if t.Resident != nil {
		who = append(who, map[bool]string{true: "habitants", false: "hors commune"}[*t.Resident])
	}
	if t.AgeGroup != "" {
		who = append(who, catalog.AgeLabel(t.AgeGroup))
	}
	if t.SiblingRank > 1 {
		who = append(who, fmt.Sprintf("à partir du %dᵉ enfant", t.SiblingRank))
	}
	return cmp.Or(strings.Join(who, ", "), "tous")
}

// validText gives « depuis le 01/08/2026 », « du 01/08/2026 au 31/07/2027 ».
func validText(from, to calendar.Date) string {
	if to.IsZero() || to.Year() >= 9999 {
		return "depuis le " + from.Short()
	}
	return "du " + from.Short() + " au " + to.Short()
}

func capital(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

// trailKinds filter the trail by the beginning of its codes.
var trailKinds = []widgets.Option{
	{ID: "", Label: "Tout"},
	{ID: "session.", Label: "Connexions"},
	{ID: "agent.", Label: "Agents"},
	{ID: "health.", Label: "Santé"},
	{ID: "booking.", Label: "Réservations"},
	{ID: "wallet.", Label: "Porte-monnaie"},
	{ID: "family.", Label: "Familles"},
	{ID: "retention.", Label: "Conservation"},
	{ID: "document.", Label: "Pièces"},
	{ID: "catalog.", Label: "Réglages"},
}
