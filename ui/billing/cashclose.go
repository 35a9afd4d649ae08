package billing

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"ardoise/data/billing"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// countDialog counts the box at the end of a day, note by note, against what the
// books say.
type countDialog struct {
	c      *cashPart
	day    billing.CashDay
	key    string
	values []money.Cents
	boxes  []*widgets.TextField
	sum    *widgets.MoneyField // where nobody counts note by note
	reason *widgets.TextField
	result *widgets.Painting
	form   *widgets.Form
	dialog *widgets.Dialog
	busy   bool
}

// count opens the close of a day.
func (c *cashPart) count(day billing.CashDay) {
	d := newCountDialog(c, day)
	c.p.sh.Show(d.dialog)
}

func newCountDialog(c *cashPart, day billing.CashDay) *countDialog {
	d := &countDialog{c: c, day: day, key: c.p.d.newKey(), values: slices.DeleteFunc(billing.Pieces(), func(v money.Cents) bool { return v > 200_00 })}
	slices.Reverse(d.values)
	f := widgets.NewForm()
	cells := make([]fyne.CanvasObject, len(d.values))
	for i, v := range d.values {
		box := widgets.NewTextField().Compact().Width(56)
		box.OnChanged = func(string) { d.changed() }
		field := widgets.NewField(pieceWord(v), "", box)
		f.Watch(field, func() error { _, err := pieceCount(box.Text()); return err })
		d.boxes = append(d.boxes, box)
		cells[i] = field
	}
	for i := 0; i < len(cells); i += 7 {
		row := cells[i:min(i+7, len(cells))]
		for len(row) < 7 {
			row = append(row[:len(row):len(row)], widgets.Spacer())
		}
		f.Line(widgets.HFlex(8, []float32{1, 1, 1, 1, 1, 1, 1}, row...))
	}
	d.sum = widgets.NewMoneyField()
	d.sum.OnChanged = func(string) { d.changed() }
	d.reason = widgets.NewTextField().PlaceHolder("erreur de rendu, oubli d’une quittance…")
	f.Add(widgets.NewField("Ou le montant compté en tout", "Quand les pièces ne sont pas détaillées.", d.sum), func() error {
		if strings.TrimSpace(d.sum.Text()) == "" {
			return nil
		}
		_, err := d.sum.Value()
		return err
	})
	d.result = widgets.NewPainting(300, 52, d.draw)
	f.Line(d.result)
	f.Add(widgets.NewField("Raison de l’écart", "Obligatoire s’il y a un écart ; vide sinon.", d.reason), func() error {
		counted, ok := d.counted()
		if ok && counted != day.Expected && strings.TrimSpace(d.reason.Text()) == "" {
			return fault.New(fault.Invalid, "Recomptez, ou donnez la raison de l’écart de %s.", (counted - day.Expected).Signed())
		}
		return nil
	})
	d.form = f
	d.dialog = widgets.NewDialog("Arrêter la caisse", closeSub(day), f.Content(), "Arrêter la caisse", widgets.Primary, d.submit)
	d.dialog.Width, d.dialog.First = 680, d.boxes[0].FocusTarget()
	return d
}

// closeSub is the day, and what came in by other means.
func closeSub(day billing.CashDay) string {
	text := capital(day.Day.Long())
	if others := meansText(day.Means, "cash"); others != "" {
		text += ". Hors espèces : " + others
	}
	return fault.French(text)
}

// pieceWord is « 50 € », « 20 c ».
func pieceWord(v money.Cents) string {
	if v < 1_00 {
		return strconv.FormatInt(int64(v), 10) + nbsp + "c"
	}
	return strings.TrimSuffix(v.Number(), ",00") + nbsp + "€"
}

// pieceCount reads how many; nothing is none.
func pieceCount(text string) (int, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 100_000 {
		return 0, fault.New(fault.Invalid, "Un nombre.")
	}
	return n, nil
}

// pieces are what was typed, by value; wrong ones count for nothing until they
// are mended.
func (d *countDialog) pieces() map[money.Cents]int {
	out := map[money.Cents]int{}
	for i, b := range d.boxes {
		if n, err := pieceCount(b.Text()); err == nil && n > 0 {
			out[d.values[i]] = n
		}
	}
	return out
}

// counted is the sum of what was counted; false while nothing was.
func (d *countDialog) counted() (sum money.Cents, ok bool) {
	pieces := d.pieces()
	for v, n := range pieces {
		sum += v * money.Cents(n)
	}
	if len(pieces) > 0 {
		return sum, true
	}
	if strings.TrimSpace(d.sum.Text()) == "" {
		return 0, false
	}
	c, err := d.sum.Value()
	return c, err == nil
}

func (d *countDialog) changed() {
	d.result.Refresh()
	if d.form != nil {
		d.form.Refuse(nil)
	}
}

// draw sets what was counted against the books.
func (d *countDialog) draw(g *widgets.Gfx, size fyne.Size) {
	counted, ok := d.counted()
	fill, line, ink, icon := theme.SuccesClair, theme.SuccesLigne, theme.Succes, "check"
	head, detail := "La caisse est juste", "Attendu "+d.day.Expected.String()
	switch {
	case !ok:
		fill, line, ink, icon, head = theme.Ardoise50, theme.Ardoise200, theme.Ardoise600, "info", "Comptez la caisse"
	case counted != d.day.Expected:
		fill, line, ink, icon = theme.AlerteClair, theme.AlerteLigne, theme.Alerte, "triangle-alert"
		head = "Écart de " + (counted - d.day.Expected).Signed()
	}
	if d.day.Carried != 0 {
		detail += ", dont un écart de " + d.day.Carried.Signed() + " déjà constaté"
	}
	g.Rect(0, 0, size.Width, size.Height, widgets.Shape{Fill: fill, Stroke: line, Radius: 4})
	ic := theme.Px(18)
	g.Icon(14, (size.Height-ic)/2, ic, icon, ink)
	x, right := 14+ic+12, size.Width-14
	if ok {
		w := widgets.TextWidth(counted.String(), widgets.Title)
		g.Text(right-w, 0, w+1, size.Height, counted.String(), widgets.Title.With(ink))
		right -= w + 12
	}
	h := widgets.LineHeight(widgets.Body)
	y := (size.Height - 2*h) / 2
	g.Text(x, y, right-x, h, head, widgets.BodyBold)
	g.Text(x, y+h, right-x, h, fault.French(detail), widgets.Small)
}

func (d *countDialog) submit() {
	if d.busy || !d.form.Validate() {
		return
	}
	counted, ok := d.counted()
	if !ok {
		d.form.Refuse(fault.New(fault.Invalid, "Comptez la caisse, ou écrivez 0 si elle est vide."))
		return
	}
	ask := billing.CashClose{Key: d.key, Day: d.day.Day, Counted: counted, Pieces: d.pieces(), Reason: strings.TrimSpace(d.reason.Text())}
	d.busy = true
	p := d.c.p
	var done billing.CashDay
	p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
		done, err = p.d.Billing.CloseCash(ctx, ask)
		return err
	}, func(err error) {
		if err != nil {
			d.busy = false
			d.form.Refuse(err)
			return
		}
		d.dialog.Close()
		p.sh.Done("Caisse du "+done.Day.Medium()+" arrêtée"+nbsp+": "+done.Counted.String(), nil)
		d.c.load()
		d.c.printDay(done)
	})
}
