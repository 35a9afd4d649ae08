package billing

import (
	"slices"
	"strings"

	"ardoise/data/billing"
	"ardoise/data/fault"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// warning is how a kind of warning is shown and what can be done about it.
type warning struct {
	icon      string
	tone      widgets.Tone
	badge     string // in the table
	one, many string // « 1 mandat à remplacer », « 3 mandats à remplacer »
	verb      string
}

// warnings in the order of what hurts most.
var (
	warnOrder = []string{
		billing.WarnNegative, billing.WarnForgotten, billing.WarnMandate, billing.WarnUnmade, billing.WarnAccess, billing.WarnQuotient, billing.WarnZero, billing.WarnUnpaid, billing.WarnCarried, billing.WarnAddress,
	}
	warnings = map[string]warning{
		billing.WarnMandate:   {"circle-cross", widgets.Failure, "Mandat à voir", "mandat à revoir", "mandats à revoir", "Revoir"},
		billing.WarnUnmade:    {"file-check", widgets.Warning, "Mandat à créer", "mandat à créer", "mandats à créer", "Créer"},
		billing.WarnAccess:    {"circle-cross", widgets.Failure, "Sans accès", "famille sans accès accepté", "familles sans accès accepté", "Vérifier"},
		billing.WarnForgotten: {"history", widgets.Warning, "Oubliés", "famille aux repas oubliés", "familles aux repas oubliés", "Voir"},
		billing.WarnNegative:  {"triangle-alert", widgets.Warning, "Négative", "montant négatif", "montants négatifs", "Voir"},
		billing.WarnQuotient:  {"help", widgets.Warning, "Sans quotient", "famille sans quotient", "familles sans quotient", "Compléter"},
		billing.WarnZero:      {"triangle-alert", widgets.Warning, "À zéro", "facture à 0,00" + nbsp + "€", "factures à 0,00" + nbsp + "€", "Écarter"},
		billing.WarnUnpaid:    {"wallet", widgets.Warning, "Non réglés", "famille aux repas non réglés", "familles aux repas non réglés", "Régulariser"},
		billing.WarnCarried:   {"history", widgets.Info, "Reportée", "facture sous le seuil", "factures sous le seuil", "Facturer"},
		billing.WarnAddress:   {"mail", widgets.Warning, "Sans adresse", "famille sans adresse", "familles sans adresse", "Compléter"},
	}
)

// alertGroup is the warnings of one kind that still stand.
type alertGroup struct {
	kind string
	list []billing.Warning
}

// alerts groups the warnings by kind; those of families left out are settled.
func (s *sheet) alerts() (out []alertGroup) {
	by := map[string][]billing.Warning{}
	for _, w := range s.plan.Warnings {
		if !slices.Contains(s.run.Leave, w.FamilyID) {
			by[w.Kind] = append(by[w.Kind], w)
		}
	}
	for _, kind := range warnOrder {
		if list := by[kind]; len(list) > 0 {
			out = append(out, alertGroup{kind, list})
		}
	}
	return out
}

// alertFamilies is how many families have something to look at.
func (s *sheet) alertFamilies() int {
	seen := map[int64]bool{}
	for _, g := range s.alerts() {
		for _, w := range g.list {
			seen[w.FamilyID] = true
		}
	}
	return len(seen)
}

// alertRows are the lines of the card.
func (s *sheet) alertRows() (out []widgets.ActionRow) {
	for _, g := range s.alerts() {
		w := warnings[g.kind]
		names := make([]string, len(g.list))
		for i, x := range g.list {
			names[i] = x.Family
		}
		detail := strings.Join(names, ", ")
		verb := w.verb
		if len(g.list) > 1 {
			verb = "Voir"
		}
		out = append(out, widgets.ActionRow{Icon: w.icon, Tone: w.tone, Title: plural(len(g.list), w.one, w.many), Detail: detail, Action: verb, ID: g.kind})
	}
	return out
}

// alert does what the verb of a line of the card says: at once for one family,
// in a list of them for several.
func (p *page) alert(r widgets.ActionRow) {
	for _, g := range p.s.alerts() {
		if g.kind != r.ID {
			continue
		}
		if len(g.list) == 1 && g.kind != billing.WarnQuotient { // a quotient is completed, or its meals are priced anew
			p.mend(g.list[0])
			return
		}
		p.alertList(g)
	}
}

// alertList shows the families of one kind of warning, each with its verb.
func (p *page) alertList(g alertGroup) {
	w := warnings[g.kind]
	rows := make([]widgets.ActionRow, len(g.list))
	for i, x := range g.list {
		rows[i] = widgets.ActionRow{Icon: w.icon, Tone: w.tone, Title: x.Family, Detail: x.Reason, Action: w.verb}
	}
	verb, all := "", func() {}
	switch g.kind {
	case billing.WarnZero:
		verb, all = "Écarter tout", func() { p.leaveOut(familiesOf(g.list)) }
	case billing.WarnCarried:
		verb, all = "Facturer tout quand même", func() { p.invoiceSmall(familiesOf(g.list)) }
	case billing.WarnQuotient:
		verb, all = "Retarifer", func() { p.reprice(familiesOf(g.list)) }
	case billing.WarnUnmade:
		verb, all = "Créer les mandats du dossier", p.acceptedMandates
	}
	p.pickRow(capital(plural(len(g.list), w.one, w.many)), fault.French("Flèches pour choisir, Entrée pour « "+w.verb+" »."), rows, func(i int) { p.mend(g.list[i]) }, verb, all)
}

// pickRow shows families with what is wrong and a verb; the main button (verb "":
// none) does it for all.
func (p *page) pickRow(title, sub string, rows []widgets.ActionRow, act func(i int), verb string, all func()) {
	var d *widgets.Dialog
	list := widgets.NewList(74, func(gfx *widgets.Gfx, row int, b widgets.Box, _ bool) {
		if row < len(rows) {
			drawWarning(gfx, b, rows[row], row)
		}
	})
	one := func(row int) {
		if row >= 0 && row < len(rows) {
			d.Close()
			act(row)
		}
	}
	list.OnOpen = one
	list.OnZone = func(row int, _ string) { one(row) }
	list.Jump = func(row int) string { return rows[row].Title }
	list.SetCount(len(rows))
	d = widgets.NewDialog(title, sub, tall(list, min(len(rows), 6), 74), verb, widgets.Primary, func() {
		d.Close()
		all()
	})
	d.Width, d.First, d.CancelWord = 640, list, "Fermer"
	p.sh.Show(d)
}

func familiesOf(list []billing.Warning) []int64 {
	out := make([]int64, len(list))
	for i, w := range list {
		out[i] = w.FamilyID
	}
	return out
}

// drawWarning is one family of a list of warnings: name, whole sentence, verb.
func drawWarning(g *widgets.Gfx, b widgets.Box, r widgets.ActionRow, row int) {
	_, ink, _ := r.Tone.Colours()
	ic := theme.Px(20)
	g.Icon(b.X, b.Y+(b.H-ic)/2, ic, r.Icon, ink)
	x := b.X + ic + 12
	w := widgets.TextWidth(r.Action, widgets.BodyBold) + 1
	right := b.X + b.W - w
	g.Text(right, b.Y, w, b.H, r.Action, widgets.BodyBold.With(theme.Accent))
	g.Zone(right-8, b.Y, w+16, b.H, "action", row)
	room := right - 12 - x
	lines := widgets.Wrap(r.Detail, widgets.Small, room)
	if len(lines) > 2 {
		lines = []string{lines[0], strings.Join(lines[1:], " ")} // the rest is in the tooltip of what is cut
	}
	title, line := widgets.LineHeight(widgets.Body), widgets.LineHeight(widgets.Small)
	y := b.Y + (b.H-title-float32(len(lines))*line)/2
	g.Text(x, y, room, title, r.Title, widgets.BodyBold)
	for i, l := range lines {
		g.Text(x, y+title+float32(i)*line, room, line, l, widgets.Small)
	}
}
