package billing

import (
	"context"
	"io"
	"strings"

	"fyne.io/fyne/v2"

	"ardoise/data/bank"
	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// mandateFile is a family's mandates as its dialog shows them.
type mandateFile struct {
	familyID int64
	family   string
	payer    string
	live     *billing.Mandate
	former   int
	events   []billing.MandateEvent
}

// mandate opens a family's mandate: the live one, or the form of a new one.
func (p *page) mandate(familyID int64) {
	if familyID == 0 {
		p.sh.Toast(p.noFamily())
		return
	}
	d := p.d
	m := mandateFile{familyID: familyID}
	p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) error {
		f, err := d.Family.Get(ctx, familyID)
		if err != nil {
			return err
		}
		m.family = f.Name
		if len(f.Guardians) > 0 {
			m.payer = f.Guardians[0].Name()
		}
		list, err := d.Billing.Mandates(ctx, familyID)
		if err != nil {
			return err
		}
		for i := range list {
			if list[i].State == billing.MandateActive || list[i].State == billing.MandateBlocked {
				m.live = &list[i]
			} else {
				m.former++
			}
		}
		if m.live != nil {
			m.events, err = d.Billing.MandateEvents(ctx, m.live.ID)
		}
		return err
	}, func(err error) {
		switch {
		case err != nil:
			p.sh.Refused(err)
		case m.live == nil:
			p.newMandate(m)
		default:
			p.showMandate(m)
		}
	})
}

// mandateBadge is a mandate's state.
func mandateBadge(m billing.Mandate) (text string, tone widgets.Tone) {
	switch {
	case m.Problem != "":
		return m.Problem, widgets.Failure
	case m.Amended:
		return "Utilisable ; le nouveau compte sera annoncé à la banque au prochain prélèvement.", widgets.Warning
	}
	return "Utilisable", widgets.Success
}

func (p *page) showMandate(m mandateFile) {
	v := *m.live
	text, tone := mandateBadge(v)
	collected := "aucun encore"
	if !v.CollectedOn.IsZero() {
		collected = "le " + v.CollectedOn.Short()
	}
	list := []fact{
		{label: "État", text: text, tone: tone},
		{label: "RUM", text: v.UMR},
		{label: "Titulaire", text: v.Holder},
		{label: "Compte", text: v.Masked + zeroless(", "+v.BIC, v.BIC == "")},
		{label: "Signé le", text: v.SignedOn.Short() + ", valable jusqu’au " + v.ValidTo.Short()},
		{label: "Prochain", text: "prélèvement " + sequenceLabel(v.Sequence)},
		{label: "Dernier", text: collected + ", caduc le " + v.LapsesOn.Short() + " sans nouveau prélèvement"},
	}
	if m.former > 0 {
		list = append(list, fact{label: "Auparavant", text: plural(m.former, "mandat terminé", "mandats terminés")})
	}
	var dialog *widgets.Dialog
	then := func(f func()) func() { return func() { dialog.Close(); f() } }
	button := func(icon, label string, f func()) fyne.CanvasObject {
		return widgets.NewButton(label, widgets.Secondary, then(f)).Icon(icon).Compact()
	}
	block := button("lock", "Bloquer…", func() { p.mandateReason(m, "Bloquer le mandat", "Bloquer", p.d.Billing.BlockMandate) })
	if v.State == billing.MandateBlocked {
		block = button("unlock", "Débloquer…", func() { p.mandateReason(m, "Débloquer le mandat", "Débloquer", p.d.Billing.UnblockMandate) })
	}
	amend := widgets.NewButton("Changer de compte…", widgets.Secondary, then(func() { p.amendMandate(m) })).Icon("edit").Compact()
	first := widgets.HBox(8, amend, button("refresh", "Renouveler…", func() { p.renewMandate(m) }), block)
	second := widgets.HBox(8, button("file-pdf", "Formulaire à signer", func() { p.mandateForm(m) }), button("clock", "Dernier prélèvement", func() { p.lastCollection(m) }),
		button("circle-cross", "Révoquer…", func() { p.mandateReason(m, "Révoquer le mandat", "Révoquer", p.d.Billing.RevokeMandate) }))
	content := []fyne.CanvasObject{facts(list), first, second}
	if len(m.events) > 0 {
		content = append(content, widgets.NewLabel("Historique", widgets.SmallBold), eventList(m.events))
	}
	dialog = widgets.NewDialog("Mandat de la famille "+m.family, "", widgets.VBox(12, content...), "", widgets.Primary, nil)
	dialog.Width, dialog.First = 640, amend
	p.sh.Show(dialog)
}

// eventWords are what happened to a mandate, in the agent's words.
var eventWords = map[string]string{
	"signed": "Mandat enregistré", "amended": "Compte modifié", "renewed": "Renouvelé", "blocked": "Bloqué", "unblocked": "Débloqué",
	"revoked": "Révoqué", "last": "Dernier prélèvement demandé", "ended": "Terminé", "reopened": "Rouvert", "collected": "Prélevé", "rejected": "Prélèvement rejeté",
}

// eventList shows a mandate's story, the newest first.
func eventList(events []billing.MandateEvent) fyne.CanvasObject {
	n := len(events)
	list := widgets.NewList(44, func(g *widgets.Gfx, row int, b widgets.Box, _ bool) {
		if row >= n {
			return
		}
		e := events[n-1-row]
		word := eventWords[e.What]
		if word == "" {
			word = e.What
		}
		h := theme.Px(20)
		y := b.Y + (b.H-2*h)/2
		when := calendar.DateOf(e.At).Short() + ", " + e.Agent
		w := widgets.TextWidth(when, widgets.Small) + 1
		g.Text(b.X+b.W-w, y, w, h, when, widgets.Small)
		g.Text(b.X, y, b.W-w-12, h, word, widgets.BodyBold)
		g.Text(b.X, y+h, b.W, h, e.Detail, widgets.Small)
	})
	list.SetCount(n)
	return tall(list, min(n, 3), 44)
}

// accountFields are what an account is typed in.
type accountFields struct {
	from         *widgets.Choice
	holder       *widgets.TextField
	iban, bic    *widgets.TextField
	ibanF, bicF  *widgets.Field
	form         *widgets.Form
	typedAccount func() bool
}

func newAccountFields(holder string) *accountFields {
	a := &accountFields{form: widgets.NewForm()}
	a.from = widgets.NewChoice(widgets.Filters, func(string) { a.show() }, widgets.Option{ID: "papers", Label: "Coordonnées du dossier"}, widgets.Option{ID: "typed", Label: "Saisir un IBAN"})
	a.holder, a.iban, a.bic = widgets.NewTextField(), widgets.NewTextField().PlaceHolder("FR76 …"), widgets.NewTextField()
	a.holder.PlaceHolder(holder)
	a.ibanF, a.bicF = widgets.NewField("IBAN", "Il est chiffré aussitôt ; seuls ses derniers chiffres seront montrés.", a.iban), widgets.NewField("BIC", "Facultatif en France.", a.bic)
	a.typedAccount = func() bool { return a.from.Value() == "typed" }
	a.form.Line(widgets.NewField("Compte", "", a.from))
	a.form.Watch(a.ibanF, func() error {
		if !a.typedAccount() {
			return nil
		}
		_, err := bank.ParseIBAN(a.iban.Text())
		return err
	})
	a.form.Watch(a.bicF, func() error {
		if !a.typedAccount() {
			return nil
		}
		_, err := bank.ParseBIC(a.bic.Text())
		return err
	})
	a.form.Line(a.ibanF)
	a.form.Line(widgets.HFlex(16, []float32{1, 1}, a.bicF, widgets.NewField("Titulaire", "Vide"+nbsp+": celui du dossier.", a.holder)))
	a.show()
	return a
}

func (a *accountFields) show() {
	if a.typedAccount() {
		a.ibanF.Show()
		a.bicF.Show()
	} else {
		a.ibanF.Hide()
		a.bicF.Hide()
	}
	a.form.Refuse(nil)
}

// typed gives the account as typed, "" for the one of the documents.
func (a *accountFields) typed() (iban, bic, holder string) {
	holder = strings.TrimSpace(a.holder.Text())
	if !a.typedAccount() {
		return "", "", holder
	}
	return a.iban.Text(), a.bic.Text(), holder
}

// newMandate is the form of a family without a live mandate.
func (p *page) newMandate(m mandateFile) {
	a := newAccountFields(m.payer)
	signed := widgets.NewDateField(p.sh.Today)
	kind := widgets.NewChoice(widgets.Filters, nil, widgets.Option{ID: "recurrent", Label: "Récurrent"}, widgets.Option{ID: "oneoff", Label: "Ponctuel"})
	signedF := widgets.NewField("Signé le", "Vide"+nbsp+": la date du mandat au dossier.", signed)
	a.form.Watch(signedF, func() error {
		day, err := signed.Value()
		if err == nil && day > p.sh.Today() {
			err = fault.New(fault.Invalid, "La signature ne peut pas être à venir.")
		}
		return err
	})
	a.form.Line(widgets.HFlex(16, []float32{1, 1}, signedF, widgets.NewField("Nature", "", kind)))
	form := widgets.NewButton("Formulaire à signer", widgets.Secondary, func() { p.mandateForm(m) }).Icon("file-pdf").Compact()
	form.SetEnabled(p.d.Papers.MandateForm != nil, noPapers)
	open := widgets.NewButton("Pièces de la famille", widgets.Secondary, nil).Icon("folder").Compact()
	a.form.Line(widgets.HBox(8, form, open))
	busy := false
	var d *widgets.Dialog
	open.SetAction(func() {
		d.Close()
		p.sh.Navigate("families", kit.OpenFamily{ID: m.familyID, Tab: "papers"})
	})
	d = widgets.NewDialog("Nouveau mandat", "Famille "+m.family, a.form.Content(), "Créer le mandat", widgets.Primary, func() {
		if busy || !a.form.Validate() {
			return
		}
		day, err := signed.Value()
		if err != nil {
			a.form.Refuse(err)
			return
		}
		n := billing.NewMandate{FamilyID: m.familyID, Kind: kind.Value(), SignedOn: day}
		n.IBAN, n.BIC, n.Holder = a.typed()
		busy = true
		var made billing.Mandate
		p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
			made, err = p.d.Billing.AddMandate(ctx, n)
			return err
		}, func(err error) {
			if err != nil {
				busy = false
				a.form.Refuse(err)
				return
			}
			d.Close()
			p.sh.Done("Mandat "+made.UMR+" créé, famille "+m.family, nil)
			p.changed()
		})
	})
	d.First = a.from
	p.sh.Show(d)
}

// amendMandate changes the account of a live mandate.
func (p *page) amendMandate(m mandateFile) {
	a := newAccountFields(m.live.Holder)
	busy := false
	var d *widgets.Dialog
	d = widgets.NewDialog("Changer de compte", "Famille "+m.family+", compte actuel "+m.live.Masked, a.form.Content(), "Enregistrer le compte", widgets.Primary, func() {
		if busy || !a.form.Validate() {
			return
		}
		busy = true
		iban, bic, holder := a.typed()
		p.mandateDo(a.form, d, "Compte du mandat "+m.live.UMR+" modifié", &busy, func(ctx context.Context) error {
			_, err := p.d.Billing.AmendMandate(ctx, m.live.ID, iban, bic, holder)
			return err
		})
	})
	d.First = a.from
	p.sh.Show(d)
}

// renewMandate enters a new signature.
func (p *page) renewMandate(m mandateFile) {
	signed := widgets.NewDateField(p.sh.Today)
	f := widgets.NewForm().Add(widgets.NewField("Signé de nouveau le", "Vide"+nbsp+": la date du mandat reçu au dossier.", signed), func() error {
		_, err := signed.Value()
		return err
	})
	busy := false
	var d *widgets.Dialog
	d = widgets.NewDialog("Renouveler le mandat", "Famille "+m.family+", "+m.live.UMR, f.Content(), "Renouveler", widgets.Primary, func() {
		if busy || !f.Validate() {
			return
		}
		day, err := signed.Value()
		if err != nil {
			f.Refuse(err)
			return
		}
		busy = true
		p.mandateDo(f, d, "Mandat "+m.live.UMR+" renouvelé", &busy, func(ctx context.Context) error {
			_, err := p.d.Billing.RenewMandate(ctx, m.live.ID, day)
			return err
		})
	})
	d.First = signed.FocusTarget()
	p.sh.Show(d)
}

// mandateReason does what needs a reason: block, unblock, revoke.
func (p *page) mandateReason(m mandateFile, title, verb string, do func(ctx context.Context, id int64, reason string) error) {
	reason, check := reasonField("demande de la famille, compte clos…")
	f := widgets.NewForm().Add(widgets.NewField("Motif", "", reason), check)
	kind := widgets.Primary
	if verb == "Révoquer" {
		kind = widgets.Danger
	}
	busy := false
	var d *widgets.Dialog
	d = widgets.NewDialog(title, "Famille "+m.family+", "+m.live.UMR, f.Content(), verb, kind, func() {
		if busy || !f.Validate() {
			return
		}
		busy = true
		text := strings.TrimSpace(reason.Text())
		p.mandateDo(f, d, title+nbsp+": fait, famille "+m.family, &busy, func(ctx context.Context) error { return do(ctx, m.live.ID, text) })
	})
	d.First = reason.FocusTarget()
	p.sh.Show(d)
}

// lastCollection marks the next collection as the final one.
func (p *page) lastCollection(m mandateFile) {
	p.sh.Confirm("Dernier prélèvement"+nbsp+"?", "Le prochain prélèvement de la famille "+m.family+" sera annoncé comme le dernier, et le mandat prendra fin avec lui.", "Marquer comme dernier", widgets.Primary, func() {
		p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) error { return p.d.Billing.LastCollection(ctx, m.live.ID) }, func(err error) {
			if err != nil {
				p.sh.Refused(err)
				return
			}
			p.sh.Done("Dernier prélèvement annoncé, famille "+m.family, nil)
			p.changed()
		})
	})
}

// mandateDo runs a change of a mandate for a dialog.
func (p *page) mandateDo(f *widgets.Form, d *widgets.Dialog, told string, busy *bool, do func(ctx context.Context) error) {
	p.sh.Runner().Go(p.sh.Ctx(), do, func(err error) {
		if err != nil {
			*busy = false
			f.Refuse(err)
			return
		}
		d.Close()
		p.sh.Done(told, nil)
		p.changed()
	})
}

// mandateForm opens the mandate to sign, filled in.
func (p *page) mandateForm(m mandateFile) {
	if p.d.Papers.MandateForm == nil {
		p.sh.Toast(noPapers)
		return
	}
	p.view("mandat-"+plainID(m.familyID)+".pdf", false, func(ctx context.Context, w io.Writer) error { return p.d.Papers.MandateForm(ctx, w, m.familyID) })
}

// acceptedMandates makes the mandates of all families whose papers are there.
func (p *page) acceptedMandates() {
	var made []billing.Mandate
	var skipped []billing.SkippedDebit
	p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
		made, skipped, err = p.d.Billing.AddAcceptedMandates(ctx)
		return err
	}, func(err error) {
		if err != nil {
			p.sh.Refused(err)
			return
		}
		p.sh.Done(plural(len(made), "mandat créé", "mandats créés"), nil)
		p.changed()
		if len(skipped) == 0 {
			return
		}
		rows := make([]widgets.ActionRow, len(skipped))
		for i, s := range skipped {
			rows[i] = widgets.ActionRow{Icon: "circle-alert", Tone: widgets.Warning, Title: s.Family, Detail: s.Reason, Action: "Ouvrir"}
		}
		p.pickRow(plural(len(skipped), "mandat non créé", "mandats non créés"), "Les pièces de ces familles ne suffisent pas.", rows, func(i int) { p.mandate(skipped[i].FamilyID) }, "", nil)
	})
}
