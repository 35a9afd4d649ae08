package settings

import (
	"context"
	"regexp"
	"strings"

	"fyne.io/fyne/v2"

	"ardoise/data/bank"
	"ardoise/data/billing"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// billingTab is what a town decides about its invoices, its direct debits and
// its cash office.
type billingTab struct {
	sh    kit.Shell
	d     Deps
	base  billing.Settings // as read
	ready bool
	busy  bool
	binder[billing.Settings]
	rows   []fyne.CanvasObject // of the card being filled
	state  *widgets.Alert
	saveB  *widgets.Button
	revert *widgets.Button
	root   fyne.CanvasObject
}

func newBilling(sh kit.Shell, d Deps) *billingTab {
	t := &billingTab{sh: sh, d: d, binder: binder[billing.Settings]{form: widgets.NewForm()}}
	t.state = widgets.NewAlert(widgets.Info, "Lecture des réglages…", "")
	t.saveB = widgets.NewButton("Enregistrer", widgets.Primary, t.save).KeyHint("Ctrl+S")
	t.revert = widgets.NewButton("Rétablir", widgets.Secondary, t.load).Icon("undo")
	t.build()
	bar := widgets.NewPanel("", widgets.HFlex(12, []float32{1, 0, 0}, widgets.NewParagraph("Les points marqués « à confirmer » se règlent avec votre comptable public.", widgets.Small), t.revert, t.saveB)).Pad(16, 10)
	t.root = widgets.VFlex(12, []float32{1, 0}, scrolled(widgets.VBox(16, t.state, t.form.Content())), bar)
	return t
}

func (t *billingTab) content() fyne.CanvasObject { return t.root }
func (t *billingTab) focus()                     { focusOn(t.sh, t.form.First()) }

func (t *billingTab) shortcuts() []kit.Shortcut {
	return []kit.Shortcut{{Key: fyne.KeyS, Mod: fyne.KeyModifierControl, Hint: "Ctrl+S", Label: "Enregistrer les réglages de facturation", Run: t.save}}
}

// rule judges a typed text; nil takes anything.
type rule func(text string) error

func matching(pattern, sentence string) rule {
	re := regexp.MustCompile(pattern)
	return func(text string) error {
		if text != "" && !re.MatchString(text) {
			return fault.New(fault.Invalid, "%s", sentence)
		}
		return nil
	}
}

func needed(sentence string) rule {
	return func(text string) error {
		if text == "" {
			return fault.New(fault.Invalid, "%s", sentence)
		}
		return nil
	}
}

// amount adds an amount in euros.
func (t *billingTab) amount(label, help string, high money.Cents, at func(*billing.Settings) *money.Cents) *widgets.Field {
	in := widgets.NewMoneyField()
	f := widgets.NewField(label, help, in)
	read := func() (money.Cents, error) {
		c, err := in.Value()
		if err == nil && (c < 0 || c > high) {
			err = fault.New(fault.Invalid, "Un montant de 0 à %s.", high)
		}
		return c, err
	}
	t.form.Watch(f, func() error { _, err := read(); return err })
	t.fields = append(t.fields, bound[billing.Settings]{
		show: func(s billing.Settings) { in.Set(*at(&s)) },
		read: func(s *billing.Settings) (err error) { *at(s), err = read(); return err },
	})
	return f
}

// line puts objects side by side in the card that is being filled.
func (t *billingTab) line(objs ...fyne.CanvasObject) {
	if len(objs) == 1 {
		t.rows = append(t.rows, objs[0])
		return
	}
	sizes := make([]float32, len(objs))
	for i := range sizes {
		sizes[i] = 1
	}
	t.rows = append(t.rows, widgets.HFlex(16, sizes, objs...))
}

// card ends a card with the lines so far.
func (t *billingTab) card(icon, title string) {
	t.form.Line(widgets.NewPanel(title, widgets.VBox(14, t.rows...)).Icon(icon).Line())
	t.rows = nil
}

func (t *billingTab) build() {
	t.buildInvoices()
	t.buildCreditor()
	t.buildTreasury()
}

func (t *billingTab) buildInvoices() {
	str := t.text
	t.line(
		str("Régie", "Comme elle s’écrit sur l’avis.", func(s *billing.Settings) *string { return &s.OfficeName }, nil),
		str("Code de la régie", "Deux chiffres, ou vide s’il n’y en a qu’une.", func(s *billing.Settings) *string { return &s.Office }, matching(`^[0-9]{2}$`, "Deux chiffres, de 01 à 99.")),
		str("Contact", "Téléphone, courriel.", func(s *billing.Settings) *string { return &s.Contact }, nil))
	t.line(
		str("Nom de qui émet", "", func(s *billing.Settings) *string { return &s.IssuerName }, nil),
		str("Prénom", "", func(s *billing.Settings) *string { return &s.IssuerGiven }, nil),
		str("Qualité", "Maire, régisseur…", func(s *billing.Settings) *string { return &s.IssuerTitle }, nil))
	t.line(
		t.amount("Seuil de report", "En dessous, la somme attend la facture suivante (15,00"+nbsp+"€, CGCT D1611-1). 0"+nbsp+": jamais.", 100_00, func(s *billing.Settings) *money.Cents { return &s.Threshold }),
		t.number("Délai de paiement, en jours", "De l’émission à l’échéance.", 0, 90, func(s *billing.Settings) *int { return &s.DueDays }),
		t.amount("Fonds de caisse", "Dans la caisse un matin ordinaire.", 10_000_00, func(s *billing.Settings) *money.Cents { return &s.CashFloat }))
	t.line(
		t.number("Première relance", "Jours après l’échéance.", 1, 365, func(s *billing.Settings) *int { return &s.Remind[0] }),
		t.number("Deuxième relance", "Après la première.", 1, 365, func(s *billing.Settings) *int { return &s.Remind[1] }),
		t.number("Dernière relance", "Après la deuxième.", 1, 365, func(s *billing.Settings) *int { return &s.Remind[2] }))
	t.line(t.textIn(widgets.NewTextArea(4), "Voies de recours", "Imprimées au dos de chaque avis.", func(s *billing.Settings) *string { return &s.Appeal }, needed("Ce texte est obligatoire sur un avis des sommes à payer.")))
	t.line(t.tick("Paiement de proximité", "L’avis dit qu’il se paie aussi chez un buraliste.", func(s *billing.Settings) *bool { return &s.Tobacconist }))
	t.card("invoice", "Factures")
	t.line(
		str("Adresse", "Vide"+nbsp+": ni lien ni QR code.", func(s *billing.Settings) *string { return &s.PayFiPURL }, matching(`^https://`, "L’adresse commence par https://.")),
		str("Numéro de client", "Six chiffres.", func(s *billing.Settings) *string { return &s.PayFiPClient }, matching(`^[0-9]{6}$`, "Six chiffres.")),
		str("Mode de saisie", "T essai, X activation, A production.", func(s *billing.Settings) *string { return &s.PayFiPEntry }, matching(`^[TXA]$`, "T, X ou A.")))
	t.card("card", "PayFiP")
}

func (t *billingTab) buildCreditor() {
	str := t.text
	t.line(
		str("Créancier", "Le nom que les familles lisent sur leur relevé.", func(s *billing.Settings) *string { return &s.Creditor }, nil),
		str("ICS", "Identifiant créancier SEPA.", func(s *billing.Settings) *string { return &s.ICS }, checkICS))
	t.line(
		str("Rue", "", func(s *billing.Settings) *string { return &s.Street }, nil),
		str("Code postal", "", func(s *billing.Settings) *string { return &s.Postal }, matching(`^[0-9]{5}$`, "Cinq chiffres.")),
		str("Ville", "", func(s *billing.Settings) *string { return &s.City }, nil))
	t.line(
		str("IBAN du créancier", "", func(s *billing.Settings) *string { return &s.IBAN }, checkIBAN),
		str("BIC", "", func(s *billing.Settings) *string { return &s.BIC }, checkBIC))
	t.line(
		str("Début des RUM", "Lettres majuscules et chiffres.", func(s *billing.Settings) *string { return &s.UMRPrefix }, matching(`^[A-Za-z0-9]{1,12}$`, "De 1 à 12 lettres ou chiffres.")),
		t.number("Préavis de la banque", "Jours ouvrés avant le prélèvement.", 1, 15, func(s *billing.Settings) *int { return &s.BankDays }),
		t.number("Préavis aux familles", "Jours (14 sauf accord).", 1, 30, func(s *billing.Settings) *int { return &s.NoticeDays }))
	t.line(t.tick("Marquer le premier prélèvement (FRST)", "Facultatif depuis novembre 2016.", func(s *billing.Settings) *bool { return &s.First }))
	t.card("bank", "Prélèvements")
}

func (t *billingTab) buildTreasury() {
	str := t.text
	t.line(t.tick("Le compte est un dépôt de fonds au Trésor", "Change le nom des fichiers et les références ; à confirmer.", func(s *billing.Settings) *bool { return &s.Treasury }))
	t.line(
		str("Code du service", "", func(s *billing.Settings) *string { return &s.TreasuryService }, matching(`^[A-Z0-9]{1,10}$`, "De 1 à 10 majuscules ou chiffres.")),
		str("Codique", "Six chiffres.", func(s *billing.Settings) *string { return &s.TreasuryCode }, matching(`^[0-9]{6}$`, "Six chiffres.")),
		str("Titulaire", "Créancier final.", func(s *billing.Settings) *string { return &s.TreasuryHolder }, nil))
	t.card("server", "Compte de dépôt au Trésor")
	t.line(
		str("Poste comptable (IdPost)", "", func(s *billing.Settings) *string { return &s.PESPost }, nil),
		str("SIRET", "Quatorze chiffres.", func(s *billing.Settings) *string { return &s.PESSIRET }, matching(`^[0-9]{14}$`, "Quatorze chiffres.")),
		str("Collectivité (CodCol)", "", func(s *billing.Settings) *string { return &s.PESColl }, nil))
	t.line(
		str("Budget (CodBud)", "", func(s *billing.Settings) *string { return &s.PESBudget }, nil),
		str("Nature", "Par exemple 7067.", func(s *billing.Settings) *string { return &s.PESNature }, nil),
		str("Produit local", "", func(s *billing.Settings) *string { return &s.PESProduct }, nil))
	t.line(t.tick("Écrire la clé 1 (Cle1)", "", func(s *billing.Settings) *bool { return &s.PESKey1 }))
	t.card("file", "Fichier du comptable (PES V2), à confirmer")
}

func checkIBAN(text string) error {
	if text == "" {
		return nil
	}
	_, err := bank.ParseIBAN(text)
	return err
}

func checkBIC(text string) error {
	_, err := bank.ParseBIC(text)
	return err
}

func checkICS(text string) error {
	if text == "" {
		return nil
	}
	_, err := bank.ParseICS(strings.ToUpper(strings.ReplaceAll(text, " ", "")))
	return err
}

// load reads the settings into the form; what was typed is given up.
func (t *billingTab) load() {
	if t.d.Billing == nil {
		t.state.Set(widgets.Warning, "La facturation n’est pas disponible.", "")
		return
	}
	kit.Load(t.sh.Runner(), t.sh.Ctx(), t.d.Billing.Settings, func(s billing.Settings, err error) {
		if err != nil {
			t.state.Set(widgets.Failure, fault.Sentence(err), "")
			t.state.Show()
			return
		}
		if t.ready && t.dirty() && t.base == s { // another event: what is being typed stays
			return
		}
		t.base, t.ready = s, true
		t.put(s)
		t.state.Hide()
		t.form.Refuse(nil)
	})
}

// dirty reports whether the form differs from what was read.
func (t *billingTab) dirty() bool {
	s, err := t.typed(t.base)
	return err != nil || s != t.base
}

func (t *billingTab) save() {
	if t.busy || !t.ready || t.d.Billing == nil || !t.form.Validate() {
		return
	}
	wanted, err := t.typed(t.base)
	if err != nil {
		t.form.Refuse(err)
		return
	}
	if wanted == t.base {
		t.sh.Toast("Rien n’a changé.")
		return
	}
	t.busy = true
	was := t.base
	t.keep(wanted, func() {
		t.sh.Done("Réglages de facturation enregistrés", func() { t.keep(was, func() {}) })
	})
}

// keep writes settings and shows them as they were kept.
func (t *billingTab) keep(s billing.Settings, done func()) {
	t.sh.Runner().Go(t.sh.Ctx(), func(ctx context.Context) error { return t.d.Billing.SetSettings(ctx, s) }, func(err error) {
		t.busy = false
		if err != nil {
			t.form.Refuse(err)
			return
		}
		t.base = s
		t.ready = false
		t.load()
		done()
	})
}
