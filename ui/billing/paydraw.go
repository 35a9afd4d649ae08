package billing

import (
	"fyne.io/fyne/v2"

	"ardoise/data/billing"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// draw tells what the payment does, in words and colour.
func (t *payDialog) draw(g *widgets.Gfx, size fyne.Size) {
	fill, line, ink := theme.SuccesClair, theme.SuccesLigne, theme.Succes
	icon, head, detail, sum := "check", "", "", ""
	switch {
	case t.plan == nil && t.why == "":
		fill, line, ink, icon, head = theme.Ardoise50, theme.Ardoise200, theme.Ardoise600, "info", "Choisissez la famille et le montant."
	case t.plan == nil:
		fill, line, ink, icon, head = theme.AlerteClair, theme.AlerteLigne, theme.Alerte, "circle-alert", t.why
	case t.plan.Problem != "":
		fill, line, ink, icon, head = theme.AlerteClair, theme.AlerteLigne, theme.Alerte, "circle-alert", t.plan.Problem
	default:
		head = plural(len(t.plan.Shares), "facture payée", "factures payées")
		sum = t.plan.Paid.String()
		detail = "La famille ne doit plus rien."
		if left := t.plan.Owed - t.plan.Paid; left > 0 {
			detail = "Il restera dû " + left.String() + "."
		}
		switch {
		case t.plan.Ask.Means == billing.ByWallet:
			detail += " Porte-monnaie ensuite" + nbsp + ": " + t.plan.After.String() + "."
		case t.plan.ToWallet > 0:
			fill, line, ink, icon = theme.InfoClair, theme.InfoLigne, theme.Info, "wallet"
			detail = t.plan.ToWallet.String() + " de trop restent au porte-monnaie (" + t.plan.After.String() + ")."
		}
	}
	g.Rect(0, 0, size.Width, size.Height, widgets.Shape{Fill: fill, Stroke: line, Radius: 4})
	ic := theme.Px(18)
	g.Icon(14, (size.Height-ic)/2, ic, icon, ink)
	x := 14 + ic + 12
	right := size.Width - 14
	if sum != "" {
		w := widgets.TextWidth(sum, widgets.Title)
		g.Text(right-w, 0, w+1, size.Height, sum, widgets.Title.With(ink))
		right -= w + 12
	}
	if detail == "" {
		lines := widgets.Wrap(head, widgets.Body, right-x)
		h := widgets.LineHeight(widgets.Body)
		y := (size.Height - float32(min(2, len(lines)))*h) / 2
		for i, l := range lines[:min(2, len(lines))] {
			g.Text(x, y+float32(i)*h, right-x, h, l, widgets.Body)
		}
		return
	}
	h := widgets.LineHeight(widgets.Body)
	y := (size.Height - 2*h) / 2
	g.Text(x, y, right-x, h, head, widgets.BodyBold)
	g.Text(x, y+h, right-x, h, detail, widgets.Small)
}
