// Package phrase is the room of one sheet of paper: the recovery phrase of a
// database, printed once when it is made. It keeps nothing, reads no database
// and no clock, and asks no right (whoever calls has the phrase already).
package phrase

import (
	"context"
	"io"
	"strings"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/reports/page"
)

// Sheet is what is printed.
type Sheet struct {
	Database string    // "saint-marcel.db"
	Agent    string    // who made it
	Phrase   string    // seven groups of four signs
	Program  string    // "Ardoise 1.0"
	MadeAt   time.Time // instant of the caller's clock, required
}

// PDF writes the sheet.
func PDF(ctx context.Context, w io.Writer, s Sheet) error {
	if strings.TrimSpace(s.Phrase) == "" {
		return fault.New(fault.Invalid, "Il n’y a pas de phrase de secours à imprimer.")
	}
	meta := page.Meta{Title: "Phrase de secours", Author: s.Agent, Program: s.Program, MadeAt: s.MadeAt}
	return page.Write(ctx, w, meta, func(d *page.Doc) error {
		d.Section(page.Section{Commune: s.Database, Title: "Phrase de secours", Subtitle: "Faite le " + calendar.DateOf(s.MadeAt).Long() + " par " + s.Agent, Notice: "À garder sous clé", Version: s.Program})
		d.Paragraph("Cette phrase rouvre la base quand plus personne n’a de mot de passe valable. Elle n’est gardée nulle part : sans elle et sans mot de passe, les données de santé et les coordonnées bancaires sont perdues.", page.Style{Size: 11})
		d.Space(8)
		x, y := d.Left(), d.Y()
		d.Box(x, y, d.Width(), 24, page.Fill{Line: page.Ink, Weight: 0.5})
		d.TextIn(x, y+15, d.Width(), s.Phrase, page.Center, page.Style{Size: 19, Bold: true})
		d.Space(32)
		for _, line := range []string{
			"1. Rangez cette feuille au coffre de la mairie, jamais près du poste.",
			"2. Pour s’en servir : page de connexion, « Utiliser la phrase de secours », recopier les sept groupes.",
			"3. Il n’y a ni I, ni L, ni O, ni U : ce sont des 1 et des 0.",
			"4. Si cette feuille a été vue ou perdue, faites-en une nouvelle dans Réglages, Agents.",
		} {
			d.Paragraph(fault.French(line), page.Style{Size: 11})
			d.Space(2)
		}
		return nil
	})
}
