package wallets

import (
	"context"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// amountInput is three round amounts and a field for any other.
type amountInput struct {
	widget.BaseWidget
	row    *fyne.Container
	choice *widgets.Choice
	other  *widgets.MoneyField
	quiet  bool
	moved  func()
}

func newAmountInput(moved func()) *amountInput {
	a := &amountInput{moved: moved}
	a.choice = widgets.NewChoice(widgets.Big, func(string) {
		a.quiet = true
		a.other.SetText("")
		a.quiet = false
		a.moved()
	}, widgets.Option{ID: "2000", Label: "20" + nbsp + "€"}, widgets.Option{ID: "5000", Label: "50" + nbsp + "€"}, widgets.Option{ID: "10000", Label: "100" + nbsp + "€"})
	a.choice.Set("5000")
	a.other = widgets.NewMoneyField()
	a.other.Tall().PlaceHolder("Autre")
	a.other.OnChanged = func(text string) {
		if a.quiet {
			return
		}
		if strings.TrimSpace(text) != "" {
			a.choice.Set("")
		}
		a.moved()
	}
	a.row = widgets.HFlex(8, []float32{3, 1.25}, a.choice, a.other)
	a.ExtendBaseWidget(a)
	return a
}

// CreateRenderer is Fyne's door.
func (a *amountInput) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(a.row) }

// SetError and FocusTarget make it stand in a Field.
func (a *amountInput) SetError(on bool) { a.other.SetError(on) }

// FocusTarget is the other amount once it is typed, else the round ones.
func (a *amountInput) FocusTarget() fyne.Focusable {
	if a.choice.Value() == "" {
		return a.other.FocusTarget()
	}
	return a.choice
}

// value reads the amount in cents.
func (a *amountInput) value() (money.Cents, error) {
	if id := a.choice.Value(); id != "" {
		n, err := strconv.ParseInt(id, 10, 64)
		return money.Cents(n), err
	}
	c, err := a.other.Value()
	if err == nil && c <= 0 {
		err = fault.New(fault.Invalid, "Le montant doit être supérieur à zéro.")
	}
	return c, err
}

// topUp is the dialog of money coming in.
type topUpDialog struct {
	p      *page
	key    string // one opening, one payment
	acc    account
	busy   bool
	paid   bool // done: the dialog takes nothing more
	dialog *widgets.Dialog
	form   *widgets.Form

	amount    *amountInput
	means     *widgets.RadioRows
	reference *widgets.TextField
	refField  *widgets.Field
	payer     *widgets.TextField
	number    *widgets.TextField
	day       *widgets.DateField
	print     *widgets.Check
	mail      *widgets.Check
	balance   *widgets.Painting
}

// topUp is F6.
func (p *page) topUp() {
	if off := p.rechargeOff(); off != "" {
		p.sh.Toast(off)
		return
	}
	t := newTopUp(p)
	p.sh.Show(t.dialog)
	t.loadNumber()
}

func newTopUp(p *page) *topUpDialog {
	t := &topUpDialog{p: p, key: p.m.d.newKey(), acc: *p.m.acc}
	t.amount = newAmountInput(t.changed)
	var options []widgets.Option
	for _, o := range meansOptions {
		options = append(options, widgets.Option{ID: o.id, Label: o.label, Icon: o.icon})
	}
	t.means = widgets.NewRadioRows(func(id string) { t.refField.SetLabel(referenceLabel(id)) }, options...).Columns(2)
	t.reference, t.payer, t.number = widgets.NewTextField(), widgets.NewTextField(), widgets.NewTextField()
	t.refField = widgets.NewField(referenceLabel("cash"), "", t.reference)
	if names := payers(t.acc.family); len(names) > 0 {
		t.payer.SetText(names[0])
	}
	t.number.SetText("attribuée à l’encaissement")
	t.number.SetReadOnly(true)
	t.day = widgets.NewDateField(p.sh.Today).Required()
	t.day.Set(p.sh.Today())
	t.print = widgets.NewCheck("Imprimer la quittance", nil)
	t.print.Set(true)
	t.mail = widgets.NewCheck("L’envoyer par courriel", nil)
	if t.acc.wallet.Email == "" {
		t.mail.Disable()
	} else {
		t.mail.Set(true)
	}
	t.balance = widgets.NewPainting(160, 56, t.drawBalance)
	t.build()
	return t
}

func (t *topUpDialog) build() {
	f := widgets.NewForm()
	f.Add(widgets.NewField("Montant", "", t.amount), func() error { _, err := t.amount.value(); return err })
	f.Line(widgets.NewField("Moyen de paiement", "", t.means))
	payer := widgets.NewField("Reçu de", "", t.payer)
	f.Watch(payer, func() error {
		if strings.TrimSpace(t.payer.Text()) == "" {
			return fault.New(fault.Invalid, "Indiquez qui a payé : la quittance est à son nom.")
		}
		return nil
	})
	f.Line(t.refField, payer)
	day := widgets.NewField("Date", "", t.day)
	f.Watch(day, func() error {
		d, err := t.day.Value()
		if err == nil && d > t.p.sh.Today() {
			err = fault.New(fault.Invalid, "La date d’un encaissement ne peut pas être dans l’avenir.")
		}
		return err
	})
	f.Line(widgets.NewField("Quittance n°", "", t.number), day)
	f.Line(widgets.HBox(24, t.print, t.mail))
	f.Line(t.balance)
	t.form = f
	sub := "Famille " + t.acc.wallet.Family + ", solde actuel" + nbsp + ": " + t.acc.wallet.Balance.String()
	t.dialog = widgets.NewDialog("Recharger le porte-monnaie", sub, f.Content(), t.verb(), widgets.Primary, t.submit)
	t.dialog.First = t.amount.choice
}

// loadNumber shows which number the receipt will take if nobody comes first.
func (t *topUpDialog) loadNumber() {
	l := t.p.m.d.Ledger
	var number string
	t.p.sh.Runner().Go(t.p.sh.Ctx(), func(ctx context.Context) (err error) {
		number, err = l.NextReceipt(ctx)
		return err
	}, func(err error) {
		if err == nil { // else the words stay: the number is only a foretaste
			t.number.SetText(number)
		}
	})
}

func (t *topUpDialog) verb() string {
	if c, err := t.amount.value(); err == nil {
		return "Encaisser " + c.String()
	}
	return "Encaisser"
}

// changed follows the amount: the verb, the new balance.
func (t *topUpDialog) changed() {
	if t.dialog == nil {
		return
	}
	t.dialog.Main.SetLabel(t.verb())
	t.balance.Refresh()
	t.form.Refuse(nil) // a refusal about another amount is over; the sheet is laid out again
}

func (t *topUpDialog) drawBalance(g *widgets.Gfx, size fyne.Size) {
	now := t.acc.wallet.Balance
	c, err := t.amount.value()
	fill, line, ink := theme.SuccesClair, theme.SuccesLigne, theme.Succes
	after := now + c
	if after < 0 {
		fill, line, ink = theme.AlerteClair, theme.AlerteLigne, theme.Alerte
	}
	g.Rect(0, 0, size.Width, size.Height, widgets.Shape{Fill: fill, Stroke: line, Radius: 4})
	ic := theme.Px(18)
	g.Icon(14, (size.Height-ic)/2, ic, "wallet", ink)
	x := 14 + ic + 12
	g.Text(x, 0, size.Width-x, size.Height, "Nouveau solde", widgets.Body)
	if err != nil {
		g.Text(x, 0, size.Width-x-14, size.Height, "indiquez un montant", widgets.Small.Right())
		return
	}
	st := widgets.Title.With(ink)
	w := widgets.TextWidth(after.String(), st)
	g.Text(size.Width-14-w, 0, w+1, size.Height, after.String(), st)
	sum := now.String() + " + " + c.String() + " ="
	room := size.Width - 14 - w - 8 - x - widgets.TextWidth("Nouveau solde", widgets.Body) - 12
	if sw := widgets.TextWidth(sum, widgets.Small); sw <= room {
		g.Text(size.Width-14-w-8-sw, 0, sw+1, size.Height, sum, widgets.Small)
	}
}

// submit cashes in, once: a second Enter finds the dialog busy or closed, and
// the key would give the same receipt again.
func (t *topUpDialog) submit() {
	if t.busy || t.paid || !t.form.Validate() {
		return
	}
	amount, err := t.amount.value()
	if err != nil {
		t.form.Refuse(err)
		return
	}
	day, err := t.day.Value()
	if err != nil {
		t.form.Refuse(err)
		return
	}
	t.busy = true
	t.dialog.Main.SetEnabled(false, "Encaissement en cours…")
	top := ledger.TopUp{
		Key: t.key, FamilyID: t.acc.wallet.FamilyID, Amount: amount, Means: t.means.Value(),
		Reference: strings.TrimSpace(t.reference.Text()), Payer: strings.TrimSpace(t.payer.Text()), Day: dayOf(day, t.p.sh.Today()),
	}
	l, send := t.p.m.d.Ledger, t.mail.Checked()
	var rec ledger.Receipt
	var mailed error
	t.p.sh.Runner().Go(t.p.sh.Ctx(), func(ctx context.Context) (err error) {
		if rec, err = l.TopUp(ctx, top); err != nil {
			return err
		}
		if send {
			_, mailed = l.SendReceipt(ctx, rec.ID)
		}
		return nil
	}, func(err error) { t.done(rec, mailed, err) })
}

// dayOf leaves today to the ledger's own clock.
func dayOf(day, today calendar.Date) calendar.Date {
	if day == today {
		return 0
	}
	return day
}

// mailWord says what became of the e-mail: a demonstration lets none leave.
func mailWord(demo bool) string {
	if demo {
		return ", courriel retenu (démonstration)"
	}
	return ", courriel en attente d’envoi"
}

func (t *topUpDialog) done(rec ledger.Receipt, mailed, err error) {
	t.busy = false
	t.dialog.Main.SetEnabled(true, "")
	if err != nil {
		t.form.Refuse(err)
		return
	}
	p := t.p
	t.paid = true
	t.dialog.Close()
	text := rec.Amount.String() + " encaissés, quittance " + rec.Number()
	if t.mail.Checked() && mailed == nil {
		text += mailWord(p.sh.Demo())
	}
	p.sh.Done(text, nil)
	if mailed != nil { // the money is in: only the e-mail failed
		p.sh.Refused(mailed)
	}
	p.reload()
	p.sh.RefreshCounts()
	if t.print.Checked() {
		p.printReceipt(rec, false)
	}
}
