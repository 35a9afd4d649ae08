package families

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/staff"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// shortTab shows what another screen holds in full: bookings to come, the last
// movements of the wallet, the history. Each is loaded when it is looked at.
type shortTab struct {
	p      *page
	tab    string
	asked  string // tab and family already loaded
	rows   [][]widgets.Cell
	table  *widgets.Table
	note   *widgets.Label
	open1  *widgets.Button
	bar    *fyne.Container
	box    *fyne.Container
	latest kit.Latest
}

var shortColumns = map[string][]widgets.Column{
	tabBookings: {{ID: "day", Title: "Jour", Width: 184}, {ID: "child", Title: "Enfant", Weight: 1}, {ID: "service", Title: "Service", Weight: 1}, {ID: "state", Title: "État", Width: 128}, {ID: "price", Title: "Prix", Width: 88, Right: true}},
	tabWallet:   {{ID: "day", Title: "Date", Width: 88}, {ID: "label", Title: "Mouvement", Weight: 2}, {ID: "debit", Title: "Débit", Width: 88, Right: true}, {ID: "credit", Title: "Crédit", Width: 88, Right: true}, {ID: "balance", Title: "Solde", Width: 96, Right: true}},
	tabHistory:  {{ID: "at", Title: "Quand", Width: 148}, {ID: "agent", Title: "Par", Width: 168}, {ID: "detail", Title: "Ce qui a été fait", Weight: 1}},
}

// shortColumnsOf narrows the fixed columns where the text is large.
func shortColumnsOf(tab string) []widgets.Column {
	out := slices.Clone(shortColumns[tab])
	if large() {
		for i := range out {
			out[i].Width *= 0.86
			if out[i].ID == "agent" || tab == tabBookings && out[i].ID == "day" {
				out[i].Width = 124
			}
		}
	}
	return out
}

func newShortTab(p *page) *shortTab {
	t := &shortTab{p: p}
	t.table = widgets.NewTable(nil, func(row, col int) widgets.Cell {
		if row >= len(t.rows) || col >= len(t.rows[row]) {
			return widgets.Cell{}
		}
		return t.rows[row][col]
	})
	t.note = widgets.NewLabel("", widgets.Body.With(theme.Ardoise600))
	t.open1 = widgets.NewButton("", widgets.Secondary, t.go1).Compact().Trailing("chevron-right")
	t.table.OnOpen = func(int) {
		if t.tab != tabHistory {
			t.go1()
		}
	}
	t.bar = widgets.HFlex(8, []float32{1, 0}, container.NewCenter(t.note), t.open1)
	t.bar.Objects[0] = t.note
	t.box = widgets.VFlex(0, []float32{0, 0, 1}, widgets.Pad(16, 12, t.bar), widgets.NewDivider(), t.table)
	return t
}

// forget makes the next look load again.
func (t *shortTab) forget() { t.asked = "" }

// go1 goes to the screen that holds it all.
func (t *shortTab) go1() {
	if t.p.m.det == nil {
		return
	}
	id := t.p.m.det.f.ID
	switch t.tab {
	case tabBookings:
		t.p.sh.Navigate("bookings", kit.OpenFamily{ID: id})
	case tabWallet:
		t.p.sh.Navigate("wallets", kit.OpenFamily{ID: id})
	}
}

func (t *shortTab) open(tab string) fyne.CanvasObject {
	if t.p.m.det == nil {
		return t.box
	}
	f := t.p.m.det.f
	if t.tab != tab {
		t.tab = tab
		t.rows = nil
		t.table.SetColumns(shortColumnsOf(tab))
		t.note.Set("")
	}
	switch tab {
	case tabBookings:
		t.open1.SetLabel("Ouvrir la grille")
		enable(t.open1, t.p.bookOff())
	case tabWallet:
		t.open1.SetLabel("Ouvrir le porte-monnaie")
		enable(t.open1, t.moneyOff())
	}
	if tab == tabHistory {
		t.open1.Hide()
	} else {
		t.open1.Show()
	}
	key := tab + f.Number()
	if t.asked != key {
		t.asked = key
		t.load(tab, f, key)
	}
	return t.box
}

func (t *shortTab) moneyOff() string {
	if !t.p.m.may.money {
		return lacks(staff.Accueil, staff.Regie)
	}
	return ""
}

func (t *shortTab) load(tab string, f family.Family, key string) {
	if tab == tabWallet && t.moneyOff() != "" {
		t.rows = nil
		t.table.Empty(widgets.NewEmptyState("lock", "Porte-monnaie", t.moneyOff(), nil))
		return
	}
	if len(t.rows) == 0 {
		t.table.Loading("")
	}
	d, today, brief := t.p.m.d, t.p.sh.Today(), large()
	var rows [][]widgets.Cell
	var note string
	t.latest.Go(t.p.sh.Runner(), t.p.sh.Ctx(), func(ctx context.Context) (err error) {
		switch tab {
		case tabBookings:
			rows, note, err = d.bookingRows(ctx, f.ID, today, brief)
		case tabWallet:
			rows, note, err = d.walletRows(ctx, f.ID, today, brief)
		default:
			rows, note, err = d.historyRows(ctx, f)
		}
		return err
	}, func(err error) {
		if t.asked != key {
			return
		}
		if err != nil {
			t.rows = nil
			t.table.Failed(fault.Sentence(err), func() { t.forget(); t.open(tab) })
			return
		}
		t.rows = rows
		t.note.Set(note)
		if len(rows) == 0 {
			t.table.Empty(emptyShort[tab]())
			return
		}
		t.table.SetCount(len(rows))
	})
}

var emptyShort = map[string]func() *widgets.EmptyState{
	tabBookings: func() *widgets.EmptyState {
		return widgets.NewEmptyState("booking", "Aucune réservation à venir", "Réservez avec F2.", nil)
	},
	tabWallet: func() *widgets.EmptyState {
		return widgets.NewEmptyState("wallet", "Aucun mouvement", "Le porte-monnaie s’ouvre à la première recharge.", nil)
	},
	tabHistory: func() *widgets.EmptyState {
		return widgets.NewEmptyState("history", "Rien dans l’historique", "Ce qui sera fait dans ce dossier s’écrira ici.", nil)
	},
}

func (d Deps) bookingRows(ctx context.Context, id int64, today calendar.Date, brief bool) (rows [][]widgets.Cell, note string, err error) {
	list, total, err := d.Booking.Upcoming(ctx, id, today, lines)
	if err != nil {
		return nil, "", err
	}
	last := calendar.Date(0)
	for _, b := range list {
		state := widgets.BadgeSpec{Icon: "check", Text: "Réservé", Tone: widgets.Accented}
		if b.State == booking.Waiting {
			state = widgets.BadgeSpec{Icon: "hourglass", Text: "Liste d’attente", Tone: widgets.Warning}
		}
		text := ""
		if b.Day != last {
			text, last = b.Day.LongNoYear(), b.Day
			if brief {
				text = b.Day.Medium()
			}
		}
		price := b.Price.String()
		if b.Pay == booking.Monthly {
			price = "facturé"
		}
		rows = append(rows, []widgets.Cell{{Text: text, Bold: true}, {Text: b.Child}, {Text: b.Service}, {Badge: &state}, {Text: price}})
	}
	switch {
	case total > len(list):
		note = "Les " + thousands(len(list)) + " prochaines sur " + thousands(total)
	case total > 0:
		note = thousands(total) + " réservation" + plural(total) + " à venir"
	}
	return rows, note, nil
}

func (d Deps) walletRows(ctx context.Context, id int64, today calendar.Date, brief bool) (rows [][]widgets.Cell, note string, err error) {
	st, err := d.Ledger.Statement(ctx, id, today.FirstOfMonth().AddMonths(-2), today)
	if err != nil {
		return nil, "", err
	}
	list := slices.Clone(st.Lines)
	slices.Reverse(list)
	if len(list) > lines {
		list = list[:lines]
	}
	for _, l := range list {
		rows = append(rows, walletRow(l, brief))
	}
	if len(rows) > 0 {
		note = "Derniers mouvements"
	}
	return rows, note, nil
}

func walletRow(l ledger.Line, brief bool) []widgets.Cell {
	debit, credit := widgets.Cell{}, widgets.Cell{}
	if l.Debit != 0 {
		debit.Text = l.Debit.Number()
	}
	if l.Credit != 0 {
		credit = widgets.Cell{Text: "+" + l.Credit.Number(), Ink: theme.Succes}
	}
	balance := widgets.Cell{Text: l.Balance.String(), Bold: true}
	if l.Balance < 0 {
		balance.Ink = theme.Erreur
	}
	date := l.Day.Short()
	if brief {
		date = l.Day.DayMonth()
	}
	return []widgets.Cell{{Text: date}, {Text: l.Label, Sub: l.Detail}, debit, credit, balance}
}

func (d Deps) historyRows(ctx context.Context, f family.Family) (rows [][]widgets.Cell, note string, err error) {
	objects := []string{"family:" + id(f.ID)}
	for _, c := range f.Children {
		objects = append(objects, "child:"+id(c.ID))
	}
	list, err := d.Staff.History(ctx, entries, objects...)
	if err != nil {
		return nil, "", err
	}
	for _, e := range list {
		rows = append(rows, []widgets.Cell{{Text: instant(e.At)}, {Text: or(e.Agent, "Ardoise")}, {Text: e.Detail}})
	}
	if len(rows) > 0 {
		note = "Ce qui a été fait dans ce dossier, du plus récent au plus ancien"
	}
	return rows, note, nil
}
