package inbox

import (
	"slices"
	"strconv"
	"strings"

	"ardoise/data/access"
	"ardoise/data/bank"
	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/mailbox"
	"ardoise/data/mailbox/reading"
	"ardoise/ui/widgets"
)

func (e *editor) who() {
	var options []widgets.Option
	var chosen []string
	for _, k := range e.p.m.msg.Children {
		id := strconv.FormatInt(k.ID, 10)
		options = append(options, widgets.Option{ID: id, Label: kidName(e.p.m.msg.Children, k)})
		if slices.Contains(e.draft.Children, k.ID) {
			chosen = append(chosen, id)
		}
	}
	if len(options) == 1 {
		chosen = []string{options[0].ID}
	}
	e.children = widgets.NewMultiChoice(nil, options...).Wrap()
	e.children.Set(chosen...)
	e.add("children", widgets.NewField("Enfants", "Flèches pour aller de l’un à l’autre, Espace pour choisir.", e.children), func() error {
		if len(e.children.Values()) == 0 {
			return fault.New(fault.Invalid, "Choisissez au moins un enfant.")
		}
		return nil
	})
	e.service = widgets.NewSelect(nil, e.services()...)
	e.service.Set(strconv.FormatInt(e.usual(), 10))
	e.add("service", widgets.NewField("Service", "", e.service), func() error {
		if e.service.Value() == "" {
			return fault.New(fault.Invalid, "Choisissez un service.")
		}
		return nil
	})
}

// usual is the service of the draft; of a new one, that of the other cards, or
// the only one there is.
func (e *editor) usual() int64 {
	if e.draft.ServiceID != 0 || e.at >= 0 {
		return e.draft.ServiceID
	}
	for _, c := range e.p.m.cards {
		if c.Choice.ServiceID != 0 {
			return c.Choice.ServiceID
		}
	}
	if n := e.services(); len(n) == 1 {
		return ids([]string{n[0].ID})[0]
	}
	return 0
}

// kidName adds the last name where two children bear the same first one.
func kidName(all []mailbox.Kid, k mailbox.Kid) string {
	for _, o := range all {
		if o.ID != k.ID && o.First == k.First {
			return k.First + " " + k.Last
		}
	}
	return k.First
}

func (e *editor) services() (out []widgets.Option) {
	for _, s := range e.p.m.services {
		if s.Active {
			out = append(out, widgets.Option{ID: strconv.FormatInt(s.ID, 10), Label: s.Short, Detail: s.Commune})
		}
	}
	return out
}

func (e *editor) when() {
	e.days = widgets.NewMultiChoice(func([]string) { e.sayDays() }).Wrap()
	e.typed = widgets.NewDateField(e.p.sh.Today)
	e.typed.OnDate = func(d calendar.Date) {
		if e.draft.addDay(d) {
			e.typed.Set(0)
			e.showDays()
		}
	}
	e.typed.OnSubmit = e.enterDay
	e.showDays()
	e.add("day", widgets.NewField("Ajouter un jour", "Tapez 26/11 ou « demain », puis Entrée ; Bas ouvre le mois.", e.typed), func() error {
		if len(e.draft.kept()) == 0 {
			return fault.New(fault.Invalid, "Ajoutez au moins un jour.")
		}
		return nil
	})
	e.add("days", widgets.NewField("Jours", "Espace retire un jour, ou le remet.", e.days), nil)
}

// enterDay adds the day typed; on an empty field Enter ends the dialog.
func (e *editor) enterDay() {
	switch d, err := e.typed.Value(); {
	case err != nil:
		e.typed.SetError(true)
	case d.IsZero():
		e.keep()
	default:
		e.draft.addDay(d)
		e.typed.Set(0)
		e.showDays()
	}
}

func (e *editor) showDays() {
	var options []widgets.Option
	var on []string
	for _, d := range e.draft.Days {
		options = append(options, widgets.Option{ID: d.String(), Label: d.Medium()})
		if !slices.Contains(e.draft.off, d) {
			on = append(on, d.String())
		}
	}
	e.days.SetOptions(options...)
	e.days.Set(on...)
	e.follow()
}

// sayDays notes which days were taken off.
func (e *editor) sayDays() {
	on := e.days.Values()
	e.draft.off = nil
	for _, d := range e.draft.Days {
		if !slices.Contains(on, d.String()) {
			e.draft.off = append(e.draft.off, d)
		}
	}
}

func (e *editor) what() {
	var options []widgets.Option
	for _, k := range []string{booking.Illness, booking.Strike, booking.Teacher, booking.Trip, booking.Other} {
		options = append(options, widgets.Option{ID: k, Label: booking.JustificationLabels[k]})
	}
	e.absence = widgets.NewSelect(nil, options...)
	e.absence.Set(e.draft.Absence)
	e.add("absence", widgets.NewField("Motif de l’absence", "", e.absence), func() error {
		if e.absence.Value() == "" {
			return fault.New(fault.Invalid, "Choisissez le motif de l’absence.")
		}
		return nil
	})
	e.pay = widgets.NewRadioRows(nil, widgets.Option{ID: access.Prepaid, Label: "Au fil de l’eau", Icon: "wallet"}, widgets.Option{ID: access.Monthly, Label: "Chaque mois", Icon: "invoice"}).Columns(2)
	if e.draft.Pay != "" {
		e.pay.Set(e.draft.Pay)
	}
	e.add("pay", widgets.NewField("Paiement", "", e.pay), nil)
	e.override = widgets.NewTextField()
	e.override.SetText(e.draft.Override)
	e.add("override", widgets.NewField("Motif pour passer outre le délai", "Il reste au journal. Sans motif, la demande reste hors délai.", e.override), nil)
}

func (e *editor) account() {
	e.iban, e.bic, e.holder = widgets.NewTextField().Icon("bank").PlaceHolder("FR76 …"), widgets.NewTextField(), widgets.NewTextField().Icon("user")
	e.iban.SetText(grouped(e.draft.IBAN))
	e.bic.SetText(e.draft.BIC)
	e.holder.SetText(e.draft.Holder)
	e.checked = widgets.NewCheck("J’ai vérifié ce compte avec la famille", nil).Detail("Au guichet, ou en l’appelant au numéro de son dossier, jamais à celui du message.")
	e.checked.Set(e.draft.Confirmed)
	e.add("iban", widgets.NewField("IBAN", "Les espaces ne comptent pas.", e.iban), func() error {
		_, err := bank.ParseIBAN(e.iban.Text())
		return err
	})
	e.add("bic", widgets.NewField("BIC", "Facultatif pour un compte français.", e.bic), func() error {
		_, err := bank.ParseBIC(e.bic.Text())
		return err
	})
	e.add("holder", widgets.NewField("Titulaire du compte", "", e.holder), notEmpty(e.holder, "Indiquez le titulaire, comme sur le relevé d’identité bancaire."))
	e.add("checked", widgets.NewField("Vérification", "", e.checked), func() error {
		if e.draft.Kind == reading.BankDetails && !e.checked.Checked() {
			return fault.New(fault.Invalid, "Un compte n’est jamais changé sur la foi d’un courriel : vérifiez-le avec la famille, puis cochez.")
		}
		return nil
	})
}

// grouped writes an IBAN by fours.
func grouped(iban string) string {
	var b strings.Builder
	for i, r := range iban {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}
