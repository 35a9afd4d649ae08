package bookings

import (
	"context"
	"crypto/rand"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/booking"
	"ardoise/data/fault"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// monthView is a family's month with its basket.
type monthView struct {
	p  *page
	m  *monthModel
	sh kit.Shell

	who      *widgets.Select
	balance  *widgets.Label
	monthly  *widgets.Label
	filter   *widgets.Choice
	grid     *widgets.DayGrid
	limit    *widgets.Label
	repeat   *repeatPanel
	basket   *basketPanel
	empty    *widgets.EmptyState
	body     fyne.CanvasObject
	loading  kit.Latest
	planning kit.Latest
	stop     func()
	painting mark // what the drag under way does
	fresh    bool // another family or month: the cursor has no place yet
	contact  struct{ name, guardian, email string }
}

func newMonthView(p *page) *monthView {
	v := &monthView{p: p, sh: p.sh, m: newMonthModel(p.sh.Today())}
	v.m.key = newKey()
	v.build()
	v.families("")
	v.showGrid()
	return v
}

// newKey makes the idempotency key of a basket: the same basket sent twice has
// one effect.
func newKey() string { return "basket-" + rand.Text() }

func (v *monthView) title() string              { return "Réservations" }
func (v *monthView) content() fyne.CanvasObject { return v.body }

func (v *monthView) focus() {
	if v.m.grid == nil {
		v.p.focus(v.who.FocusTarget())
		return
	}
	v.p.focus(v.grid)
}

func (v *monthView) build() {
	v.who = widgets.NewSelect(func(id string) {
		if n, err := strconv.ParseInt(id, 10, 64); err == nil {
			v.choose(n)
		}
	}).Compact().Icon("users").Bold().PlaceHolder("Choisir une famille").Width(216)
	v.balance = widgets.NewLabel("", widgets.Body.With(theme.Ardoise600))
	v.monthly = widgets.NewLabel(monthTitle(v.m.month), widgets.Heading.Center())
	prev := widgets.NewIconButton("chevron-left", "Mois précédent (Page préc.)", func() { v.turn(-1) })
	next := widgets.NewIconButton("chevron-right", "Mois suivant (Page suiv.)", func() { v.turn(1) })
	v.filter = widgets.NewChoice(widgets.Segments, func(id string) {
		v.m.filter = id
		v.m.take(v.m.grid)
		v.showGrid()
	}, widgets.Option{ID: "", Label: "Tous"}, widgets.Option{ID: "canteen", Label: "Cantine"}, widgets.Option{ID: "care", Label: "Périscolaire"})
	var head fyne.CanvasObject = widgets.HFlex(8, []float32{0, 1, 0, -160, 0, -12, 0}, v.who, v.balance, prev, v.monthly, next, widgets.Spacer(), v.filter)
	if roomy() {
		head = widgets.VBox(8, widgets.HFlex(8, []float32{0, 1}, v.who, v.balance), widgets.HFlex(8, []float32{0, -160, 0, 1, 0}, prev, v.monthly, next, widgets.Spacer(), v.filter))
	}

	v.grid = widgets.NewDayGrid("Service", v.m.look)
	v.grid.OnToggle = v.toggle
	v.grid.OnLetter = v.letter
	v.grid.OnReset = func(row, col int) { v.unmark(row, col) }
	v.grid.OnPage = v.turn
	v.grid.OnPaint = v.paint
	v.grid.OnPaintEnd = func() { v.m.basket.endGesture(); v.replan() }

	v.limit = widgets.NewLabel("", widgets.Small.Right())
	v.repeat = newRepeatPanel(v)
	v.basket = newBasketPanel(v)
	v.empty = widgets.NewEmptyState("users", "Aucune famille choisie", "Choisissez une famille ci-dessus, ou cherchez-la avec Ctrl+K.",
		widgets.NewButton("Choisir une famille", widgets.Secondary, func() { v.who.Open("") }).Icon("search").Compact())
	card := widgets.NewPanel("", widgets.Pad(16, 12, widgets.VFlex(12, []float32{0, 1}, head, container.NewStack(v.grid, v.empty)))).Flush()
	toClass := widgets.NewButton("Pointage par classe", widgets.Flat, func() { v.p.NextTab(1) }).Icon("school").KeyHint("Ctrl+Tab").Compact()
	if roomy() { // nothing fits beside the grid: the basket comes below it
		column := widgets.VFlex(16, []float32{-400, 0, 0, 0}, card, v.basket.box, v.repeat.box, legend(toClass))
		v.body = kit.Frame(container.NewVScroll(column))
		return
	}
	column := widgets.VFlex(16, []float32{1, 0, 0}, card, v.repeat.box, legend(toClass))
	v.body = kit.Frame(widgets.HFlex(16, []float32{1, -304}, column, v.basket.box))
}

// roomy reports a text so large that lines of fields are broken in two.
func roomy() bool { return theme.Active().Percent() > 115 }

// families offers the families a text means.
func (v *monthView) families(text string) {
	if v.p.d.Search == nil {
		return
	}
	kit.Load(v.sh.Runner(), v.sh.Ctx(), func(ctx context.Context) ([]Family, error) { return v.p.d.Search(ctx, text) }, func(list []Family, err error) {
		if err != nil {
			v.sh.Refused(err)
			return
		}
		opts := make([]widgets.Option, len(list))
		for i, f := range list {
			opts[i] = widgets.Option{ID: strconv.FormatInt(f.ID, 10), Label: "Famille " + f.Name, Detail: f.Children}
		}
		v.who.SetOptions(opts...)
		if v.m.family != 0 {
			v.who.Set(strconv.FormatInt(v.m.family, 10))
		}
	})
}

// choose turns to another family, after a word about a basket that is not committed.
func (v *monthView) choose(id int64) {
	if id == v.m.family {
		return
	}
	turn := func() {
		v.m.family = id
		v.m.basket.done()
		v.m.key = newKey()
		v.m.plan = nil
		v.m.take(nil)
		v.fresh = true
		v.who.Set(strconv.FormatInt(id, 10))
		v.loadContact()
		v.load()
	}
	if v.m.basket.empty() {
		turn()
		return
	}
	v.sh.Confirm("Changer de famille ?", "Le panier n’est pas validé : ses lignes seront perdues.", "Changer", widgets.Danger, turn)
}

func (v *monthView) loadContact() {
	if v.p.d.Contact == nil {
		return
	}
	type contact = struct{ name, guardian, email string }
	id := v.m.family
	kit.Load(v.sh.Runner(), v.sh.Ctx(), func(ctx context.Context) (c contact, err error) {
		c.name, c.guardian, c.email, err = v.p.d.Contact(ctx, id)
		return c, err
	}, func(c contact, err error) {
		if err != nil {
			v.sh.Refused(err)
			return
		}
		if id == v.m.family {
			v.contact = c
			v.basket.showFamily()
		}
	})
}

// turn goes to another month; the basket stays.
func (v *monthView) turn(step int) {
	v.fresh = true
	v.m.month = v.m.month.AddMonths(step)
	v.load()
}

func (v *monthView) load() {
	v.monthly.Set(monthTitle(v.m.month))
	if v.m.family == 0 {
		v.showGrid()
		return
	}
	family, month := v.m.family, v.m.month
	var g *booking.MonthGrid
	v.loading.Go(v.sh.Runner(), v.sh.Ctx(), func(ctx context.Context) (err error) {
		g, err = v.p.d.Booking.Month(ctx, family, month.Year(), month.Month())
		return err
	}, func(err error) {
		if err != nil {
			v.m.take(nil)
			v.empty.Set("circle-alert", "Impossible d’afficher le mois", fault.Sentence(err), widgets.NewButton("Réessayer", widgets.Secondary, v.load).Compact())
			v.showGrid()
			return
		}
		first := v.m.grid == nil
		v.m.take(g)
		v.showGrid()
		v.replan()
		if first {
			v.focus()
		}
	})
}

// showGrid draws what is loaded.
func (v *monthView) showGrid() {
	if v.m.grid == nil {
		v.grid.Hide()
		v.empty.Show()
		v.balance.Set("")
		v.repeat.show()
		v.basket.show()
		return
	}
	g := v.m.grid
	if len(v.m.lines) == 0 {
		v.empty.Set("child", "Aucun enfant à réserver", "Cette famille n’a pas d’enfant accueilli par un service. Ajoutez-le dans sa fiche, puis demandez son accès.", nil)
		v.grid.Hide()
		v.empty.Show()
	} else {
		v.empty.Hide()
		v.grid.Show()
	}
	v.balance.Set("solde " + g.Balance.String())
	v.grid.Set(v.m.columns(roomy()), v.m.groups(), v.m.spans()...)
	if v.fresh {
		v.fresh = false
		v.startToday()
	}
	v.repeat.show()
	v.basket.show()
}

// startToday puts the cursor on the first day something can still be done.
func (v *monthView) startToday() {
	for row := range v.m.lines {
		for col := range v.m.grid.Last - v.m.grid.First + 1 {
			if want, late, ok := v.m.wish(row, int(col)); ok && want != unmarked && !late {
				v.grid.MoveTo(row, int(col))
				return
			}
		}
	}
}

func (v *monthView) onEvent(e kit.Event) {
	switch e.Topic {
	case booking.Topic, "wallet", "request", "child", "catalog", "*":
		if v.m.family != 0 {
			v.load()
		}
	case "family":
		v.families("")
	}
}

func (v *monthView) escape() bool {
	if v.m.filter == "" {
		return false
	}
	v.m.filter = ""
	v.filter.Set("")
	v.m.take(v.m.grid)
	v.showGrid()
	return true
}

func (v *monthView) shortcuts() []kit.Shortcut {
	list := []kit.Shortcut{
		{Key: fyne.KeyF9, Hint: "F9", Label: "Valider le panier", Run: v.basket.commit, Off: v.basket.off},
		{Key: fyne.KeyDelete, Mod: fyne.KeyModifierControl, Hint: "Ctrl+Suppr", Label: "Vider le panier", Run: v.clearBasket},
		{Key: fyne.KeyR, Mod: fyne.KeyModifierControl, Hint: "Ctrl+R", Label: "Remplir jusqu’à la fin du mois", Run: v.repeat.fill},
		{Key: fyne.KeyF6, Hint: "F6", Label: "Recharger le porte-monnaie", Run: func() { v.sh.Navigate("wallets", v.m.family) }},
	}
	if len(v.m.basket.steps) > 0 { // else Ctrl+Z undoes the last thing done
		list = append(list, kit.Shortcut{Key: fyne.KeyZ, Mod: fyne.KeyModifierControl, Hint: "Ctrl+Z", Label: "Revenir en arrière dans le panier", Run: func() {
			v.m.basket.undo()
			v.changed()
		}})
	}
	return list
}

func (v *monthView) clearBasket() {
	v.m.basket.clear()
	v.changed()
}
