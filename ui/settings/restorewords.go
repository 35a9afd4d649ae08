package settings

import (
	"fmt"
	"strings"
	"time"

	"ardoise/data/backup"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/ui/widgets"
)

// previewTitle says which state would come back.
func previewTitle(o *backup.Opened) string {
	if o.MadeAt.IsZero() {
		return "Copie en clair, contrôlée en entier."
	}
	return fault.French("Sauvegarde du " + instant(o.MadeAt) + ", ouverte et contrôlée en entier.")
}

// previewFacts are the figures before and after.
func previewFacts(p backup.Preview) [][3]string {
	now := func(text func(backup.Figures) string) string {
		if p.Now == nil {
			return "—"
		}
		return text(*p.Now)
	}
	var out [][3]string
	for _, line := range []struct {
		what string
		text func(backup.Figures) string
	}{
		{"Familles", func(f backup.Figures) string { return grouped(f.Families) }},
		{"Enfants", func(f backup.Figures) string { return grouped(f.Children) }},
		{"Réservations", func(f backup.Figures) string { return grouped(f.Bookings) }},
		{"Total des porte-monnaie", func(f backup.Figures) string { return f.Wallets.String() }},
		{"Dernière écriture", func(f backup.Figures) string { return instant(f.LastAt) }},
	} {
		out = append(out, [3]string{line.what, now(line.text), line.text(p.Then)})
	}
	return out
}

// previewAlerts are what one must know before.
func previewAlerts(o *backup.Opened, p backup.Preview) (out []*widgets.Alert) {
	say := func(tone widgets.Tone, text string) {
		out = append(out, widgets.NewAlert(tone, fault.French(text), ""))
	}
	if p.Apart && p.Now != nil {
		say(widgets.Warning, "Cette sauvegarde n’est pas un état passé de la base ouverte : elle vient d’une autre commune, ou d’avant une autre restauration.")
	}
	if o.Sealed && !p.Known && p.Now != nil && !p.Apart {
		say(widgets.Info, "La base ouverte ne connaît pas ce fichier : elle ne l’a pas fait, ou l’a oublié lors d’une restauration.")
	}
	if p.Older() {
		say(widgets.Info, fmt.Sprintf("Elle est d’une version plus ancienne d’Ardoise (schéma %d) : elle sera mise à jour à l’ouverture (schéma %d).", p.Schema, p.Program))
	}
	if p.Now != nil && p.Total == 0 {
		say(widgets.Success, "Rien de ce qui est enregistré aujourd’hui ne serait perdu.")
	}
	return out
}

// lostText sums up what would be taken back: « 12 opérations seraient perdues :
// Réservation 8, Famille 4 ».
func lostText(p backup.Preview) string {
	var kinds []string
	for _, k := range p.Kinds {
		kinds = append(kinds, fmt.Sprintf("%s %d", k.Label, k.Count))
	}
	head := countOf(p.Total, "opération serait perdue", "opérations seraient perdues")
	return fault.French(head + " : " + strings.Join(kinds, ", ") + ".")
}

// lostFacts are the last of them.
func lostFacts(p backup.Preview) (out []fact) {
	for _, l := range p.Last {
		out = append(out, fact{shortInstant(l.At), l.Label + nbsp + ": " + l.Detail + " (" + l.Agent + ")"})
	}
	return out
}

// shortInstant gives « 24/11 à 9 h 05 »: the year is in the figures above.
func shortInstant(t time.Time) string {
	d := calendar.DateOf(t)
	return fmt.Sprintf("%02d/%02d à %s", d.Day(), int(d.Month()), calendar.HourText(t))
}

// grouped writes « 191 353 ».
func grouped(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "\u202f" + text[i:]
	}
	return text
}
