package families

import (
	"fmt"
	"strings"
	"time"

	"ardoise/data/access"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/ui/widgets"
)

// badges shows each standing of a family with icon, word and tone together.
var badges = map[string]widgets.BadgeSpec{
	family.BadgeDebt:       {Icon: "circle-alert", Text: "Débiteur", Tone: widgets.Failure},
	family.BadgeIncomplete: {Icon: "circle-dashed", Text: "Dossier incomplet", Tone: widgets.Warning},
	family.BadgeRequest:    {Icon: "request", Text: "Demande en cours", Tone: widgets.Info},
	family.BadgeExpiring:   {Icon: "file-clock", Text: "Pièce bientôt échue", Tone: widgets.Warning},
	family.BadgeLow:        {Icon: "arrow-down", Text: "Solde bas", Tone: widgets.Warning},
	family.BadgeOK:         {Icon: "check", Text: "À jour", Tone: widgets.Success},
}

var (
	archivedBadge = widgets.BadgeSpec{Icon: "folder", Text: "Archivée", Tone: widgets.Neutral}
	mergedBadge   = widgets.BadgeSpec{Icon: "folder", Text: "Fusionnée", Tone: widgets.Neutral}
)

func badgeOf(badge, state string) (widgets.BadgeSpec, bool) {
	switch state {
	case family.Archived:
		return archivedBadge, true
	case family.Merged:
		return mergedBadge, true
	}
	b, ok := badges[badge]
	return b, ok
}

// doorBadges are the states of an access, in the words of a child's file.
var doorBadges = map[access.State]widgets.BadgeSpec{
	access.Draft:      {Icon: "edit", Text: "Brouillon", Tone: widgets.Neutral},
	access.Submitted:  {Icon: "inbox", Text: "À traiter", Tone: widgets.Info},
	access.Incomplete: {Icon: "circle-dashed", Text: "Incomplet", Tone: widgets.Warning},
	access.Accepted:   {Icon: "circle-check", Text: "Accepté", Tone: widgets.Success},
	access.Refused:    {Icon: "circle-cross", Text: "Refusé", Tone: widgets.Failure},
	access.Suspended:  {Icon: "file-clock", Text: "Suspendu", Tone: widgets.Warning},
}

var noRequest = widgets.BadgeSpec{Icon: "minus", Text: "Sans demande", Tone: widgets.Neutral}

func (d door) badge() widgets.BadgeSpec {
	if d.req == nil {
		return noRequest
	}
	return doorBadges[d.req.State]
}

// action names what the line offers.
func (d door) action() string {
	switch {
	case d.req == nil:
		return "Créer"
	case d.req.State == access.Refused:
		return "Motif"
	}
	return ""
}

func (d door) until() string {
	if d.req == nil || d.req.ValidTo.IsZero() || d.req.State != access.Accepted && d.req.State != access.Suspended {
		return "—"
	}
	return d.req.ValidTo.Short()
}

// pieces writes « 2 sur 3 ».
func pieces(ok, of int) string {
	if of == 0 {
		return "aucune"
	}
	return fmt.Sprintf("%d sur %d", ok, of)
}

// chip is one filter above the list; label counts what it would show.
type chip struct{ id, label string }

// chips lists the filters; those that would find nobody are left out, but the
// four of every day stay where they are.
func chips(counts map[string]int, chosen string) []chip {
	n := func(label string, badge string) string {
		if counts[badge] == 0 {
			return label
		}
		return fmt.Sprintf("%s"+nbsp+"%d", label, counts[badge])
	}
	out := []chip{{chipAll, "Toutes"}, {family.BadgeLow, n("Solde bas", family.BadgeLow)}, {family.BadgeExpiring, n("Pièces", family.BadgeExpiring)}, {family.BadgeIncomplete, n("Incomplets", family.BadgeIncomplete)}}
	if counts[family.BadgeDebt] > 0 || chosen == family.BadgeDebt {
		out = append(out, chip{family.BadgeDebt, n("Débiteurs", family.BadgeDebt)})
	}
	if counts[family.BadgeRequest] > 0 || chosen == family.BadgeRequest {
		out = append(out, chip{family.BadgeRequest, n("Demandes", family.BadgeRequest)})
	}
	if chosen == chipArchived {
		out = append(out, chip{chipArchived, "Archivées"})
	}
	return out
}

// thousands groups a whole number by three: 9 412.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + nbsp + s[i:]
	}
	return s
}

func (m *model) countText() string {
	all := m.got.all
	if m.chip == chipArchived {
		return thousands(m.got.total) + " archivée" + plural(m.got.total)
	}
	return thousands(m.got.total) + " sur " + thousands(all)
}

func plural(n int) string {
	if n > 1 {
		return "s"
	}
	return ""
}

func childNames(h family.Hit) string {
	var out []string
	for _, c := range h.Children {
		if !c.Left {
			out = append(out, c.First)
		}
	}
	if len(out) == 0 {
		return "sans enfant inscrit"
	}
	return strings.Join(out, ", ")
}

// birth writes « née le 14 mars 2019 · 7 ans ».
func birth(c family.Child, today calendar.Date) string {
	word := map[string]string{"F": "née", "M": "né"}[c.Sex]
	if word == "" {
		word = "né(e)"
	}
	day := fmt.Sprint(c.Birth.Day())
	if c.Birth.Day() == 1 {
		day = "1er"
	}
	return fmt.Sprintf("%s le %s %s %d · %s", word, day, calendar.MonthName(c.Birth.Month()), c.Birth.Year(), calendar.AgeText(c.Birth, today))
}

func guardianNames(f family.Family) string {
	var out []string
	for i, g := range f.Guardians {
		name := g.Name()
		if i == 0 && len(f.Guardians) == 2 && family.Fold(g.Last+g.Usage) == family.Fold(f.Guardians[1].Last+f.Guardians[1].Usage) {
			name = g.First
		}
		out = append(out, name)
	}
	return strings.Join(out, " et ")
}

func phones(f family.Family) string {
	var out []string
	for _, g := range f.Guardians {
		for _, p := range []string{g.Mobile, g.Home, g.Work} {
			if p != "" {
				out = append(out, family.PhoneText(p))
				break
			}
		}
	}
	return strings.Join(out, " / ")
}

// quotient writes « quotient 874, tarif B »; bad says that it should be looked at.
func quotient(det *folder, today calendar.Date) (text string, bad bool) {
	f := det.f
	tariff := ""
	if det.tariff != "" {
		tariff = ", " + det.tariff
	}
	switch {
	case f.Quotient == nil:
		return "sans quotient" + tariff, true
	case f.QuotientOn(today) == nil && !f.QuotientTo.IsZero() && f.QuotientTo < today:
		return "quotient échu le " + f.QuotientTo.Short() + tariff, true
	case f.QuotientOn(today) == nil:
		return fmt.Sprintf("quotient %d à partir du %s%s", *f.Quotient, f.QuotientFrom.Short(), tariff), true
	}
	return fmt.Sprintf("quotient %s%s", thousands(*f.Quotient), tariff), false
}

func pickups(c family.Child) string {
	switch n := len(c.Pickups); n {
	case 0:
		return "parents seulement"
	case 1:
		return c.Pickups[0].Name
	default:
		return fmt.Sprintf("%d personnes autorisées", n)
	}
}

func or(text, other string) string {
	if strings.TrimSpace(text) == "" {
		return other
	}
	return text
}

// paperBadge is where a document stands today.
func paperBadge(d access.Document, today calendar.Date) widgets.BadgeSpec {
	switch {
	case d.State == "rejected":
		return widgets.BadgeSpec{Icon: "circle-cross", Text: "Rejetée", Tone: widgets.Failure}
	case !d.ValidTo.IsZero() && d.ValidTo < today:
		return widgets.BadgeSpec{Icon: "file-clock", Text: "Échue", Tone: widgets.Failure}
	case !d.ValidTo.IsZero() && d.ValidTo <= today.Add(30):
		return widgets.BadgeSpec{Icon: "file-clock", Text: "Bientôt échue", Tone: widgets.Warning}
	case d.State == "conform":
		return widgets.BadgeSpec{Icon: "circle-check", Text: "Conforme", Tone: widgets.Success}
	}
	return widgets.BadgeSpec{Icon: "file", Text: "À vérifier", Tone: widgets.Info}
}

// instant writes « 24/11/2026 à 13 h 46 » in Paris.
func instant(t time.Time) string {
	return calendar.DateOf(t).Short() + " à " + calendar.HourText(t)
}

func serviceName(s catalog.ServiceInfo, all []catalog.ServiceInfo) string {
	for _, o := range all {
		if o.ID != s.ID && o.Short == s.Short && o.Active {
			return s.Short + ", " + s.Commune
		}
	}
	return s.Short
}

// pickupLines and parsePickups write the people who may fetch a child, one a line.
func pickupLines(list []family.Pickup) string {
	var out []string
	for _, p := range list {
		out = append(out, strings.TrimRight(strings.Join([]string{p.Name, family.PhoneText(p.Phone), p.Link}, " ; "), " ;"))
	}
	return strings.Join(out, "\n")
}

func parsePickups(text, postal string) ([]family.Pickup, error) {
	var out []family.Pickup
	for _, line := range strings.Split(text, "\n") {
		parts := strings.SplitN(line, ";", 3)
		for len(parts) < 3 {
			parts = append(parts, "")
		}
		p := family.Pickup{Name: strings.TrimSpace(parts[0]), Phone: strings.TrimSpace(parts[1]), Link: strings.TrimSpace(parts[2])}
		if p.Name == "" {
			if p.Phone+p.Link != "" {
				return nil, fault.New(fault.Invalid, "Écrivez d’abord le nom : « Paule Favier ; 06 39 98 12 34 ; grand-mère ».")
			}
			continue
		}
		if p.Phone != "" {
			e164, ok := family.Phone(p.Phone, postal)
			if !ok {
				return nil, fault.New(fault.Invalid, "« %s » n’est pas un numéro de téléphone.", p.Phone)
			}
			p.Phone = e164
		}
		out = append(out, p)
	}
	return out, nil
}
