package billing

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"ardoise/data/bank"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/letter"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// maxDebit is the largest amount of a SEPA direct debit (EPC130-08, AT-06).
const maxDebit money.Cents = 999_999_999_99

// maxPresented is how often a debit that came back for want of money may be
// presented: once, and once more.
const maxPresented = 2

// debitFacts are all a batch needs, read in a number of questions that does not
// depend on the number of families.
type debitFacts struct {
	today    calendar.Date
	settings Settings
	locked   bool // the month of the collection
	debtors  []*debtor
}

// debtor is a family with invoices to be collected.
type debtor struct {
	id       int64
	name     string
	payer    string
	address  []string
	email    string
	owes     []owing
	mandate  *Mandate // the live one, else the last
	notOwing bool     // asked for by name, and nothing is to be collected
}

// owing is an invoice still to be paid by direct debit.
type owing struct {
	id       int64
	number   string
	month    calendar.Month
	due      calendar.Date
	issued   calendar.Date
	open     money.Cents
	prepared calendar.Date // the collection day of a batch that holds it already
	short    int           // how often it came back for want of money
	refund   bool          // the family asked its bank for the last collection back
}

// PlanDebits says what a batch would collect on a day, and of whom not and why.
// Nothing is written. Problem is why the batch as a whole cannot be built.
func (s *Service) PlanDebits(ctx context.Context, a DebitAsk) (p DebitPlan, err error) {
	if err := staff.Require(ctx, staff.Regie); err != nil {
		return p, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		p, err = planDebits(tx, a)
		return err
	})
	return p, err
}

func planDebits(tx *store.Tx, a DebitAsk) (p DebitPlan, err error) {
	if a.CollectOn.IsZero() {
		return p, fault.New(fault.Invalid, "Choisissez le jour du prélèvement.")
	}
	if a.Version == "" {
		a.Version = "08"
	}
	a.Families, a.Leave = sorted(a.Families), sorted(a.Leave)
	f, err := loadDebitFacts(tx, a)
	if err != nil {
		return p, err
	}
	return f.plan(a)
}

// plan is the batch, computed from what was read: no input or output.
func (f *debitFacts) plan(a DebitAsk) (p DebitPlan, err error) {
	p = DebitPlan{Ask: a, NotifyBy: a.CollectOn.Add(-f.settings.NoticeDays), SendBy: calendar.AddTarget(a.CollectOn, -f.settings.BankDays)}
	for _, d := range f.debtors {
		take, skipped := f.collect(d, &p)
		p.Skipped = append(p.Skipped, skipped...)
		if len(take) == 0 {
			continue
		}
		debit := Debit{
			FamilyID: d.id, Family: d.name, MandateID: d.mandate.ID, UMR: d.mandate.UMR, SignedOn: d.mandate.SignedOn, Sequence: d.mandate.Sequence,
			Holder: d.mandate.Holder, Masked: d.mandate.Masked, BIC: d.mandate.BIC, Amended: d.mandate.Amended, Email: d.email, Payer: d.payer, Address: d.address,
		}
		for _, o := range take {
			debit.Invoices = append(debit.Invoices, Share{InvoiceID: o.id, Number: o.number, Month: o.month, DueOn: o.due, Owed: o.open, Amount: o.open})
			if debit.Amount, err = money.Add(debit.Amount, o.open); err != nil {
				return p, err
			}
		}
		if debit.Amount > maxDebit {
			p.Skipped = append(p.Skipped, d.skip(debit.Amount, "la somme dépasse ce qu’un prélèvement peut porter"))
			continue
		}
		p.Debits = append(p.Debits, debit)
		p.Count++
		if p.Total, err = money.Add(p.Total, debit.Amount); err != nil {
			return p, err
		}
	}
	p.Problem = f.problem(p)
	p.Digest, err = debitDigest(p, f)
	return p, err
}

// debitDigest is of what decides: names and addresses may change meanwhile.
func debitDigest(p DebitPlan, f *debitFacts) (string, error) {
	p.Debits = slices.Clone(p.Debits)
	for i := range p.Debits {
		d := &p.Debits[i]
		d.Family, d.Email, d.Payer, d.Address = "", "", "", nil
	}
	s := f.settings
	return ledger.Digest([]any{p, s.Creditor, s.ICS, s.IBAN, s.BIC, s.Treasury, s.TreasuryService, s.TreasuryCode})
}

func (d *debtor) skip(amount money.Cents, reason string, args ...any) SkippedDebit {
	return SkippedDebit{FamilyID: d.id, Family: d.name, Amount: amount, Reason: fault.French(fmt.Sprintf(reason, args...))}
}

// collect gives the invoices of a family that can be collected that day; what
// cannot is told with why, a whole family or some of its invoices.
func (f *debitFacts) collect(d *debtor, p *DebitPlan) (take []owing, skipped []SkippedDebit) {
	var owed money.Cents
	for _, o := range d.owes {
		owed += o.open
	}
	if why := f.leave(d, p.Ask); why != "" {
		return nil, []SkippedDebit{d.skip(owed, "%s", why)}
	}
	left := map[string]money.Cents{}
	var reasons []string
	for _, o := range d.owes {
		why := f.hold(o, p)
		if why == "" {
			take = append(take, o)
			continue
		}
		if left[why] == 0 {
			reasons = append(reasons, why)
		}
		left[why] += o.open
	}
	for _, why := range reasons {
		skipped = append(skipped, d.skip(left[why], "%s", why))
	}
	return take, skipped
}

// leave says why nothing at all is collected of a family; "" where something is.
func (f *debitFacts) leave(d *debtor, a DebitAsk) string {
	switch m := d.mandate; {
	case slices.Contains(a.Leave, d.id):
		return "Laissée de côté par un agent."
	case d.notOwing:
		return "Rien n’est à prélever à cette famille."
	case m == nil:
		return "Aucun mandat : créez-le à partir du dossier, ou faites-en signer un."
	default:
		return mandateProblem(m.State, m.Reason, m.SignedOn, m.ValidTo, m.CollectedOn, a.CollectOn)
	}
}

// hold says why one invoice is not collected that day. A family is told
// NoticeDays before (EPC016-06, 4.1): by the notice sent when the batch is built,
// or by the invoice itself where it was issued early enough. A sum the family
// asked back is collected again only where an agent names the family.
func (f *debitFacts) hold(o owing, p *DebitPlan) string {
	switch {
	case !o.prepared.IsZero():
		return "Déjà dans la remise préparée pour le " + o.prepared.Short() + "."
	case o.short >= maxPresented:
		return "Déjà présentée deux fois sans provision : convenez d’un autre moyen de paiement avec la famille."
	case o.refund && len(p.Ask.Families) == 0:
		return "La famille s’est fait rembourser le dernier prélèvement : voyez avec elle, puis choisissez-la par son nom pour la prélever."
	case f.today > p.NotifyBy && (o.issued > p.NotifyBy || o.short > 0): // what comes again was not announced by the invoice
		return fmt.Sprintf("Prévenue trop tard : il faut %d jours avant le prélèvement, soit le %s au plus tard.", f.settings.NoticeDays, p.NotifyBy.Short())
	}
	return ""
}

// problem says why no batch can be built for that day; "" where one can.
func (f *debitFacts) problem(p DebitPlan) string {
	if text := f.settings.creditorProblem(); text != "" {
		return text
	}
	day := p.Ask.CollectOn
	text := ""
	switch {
	case p.Ask.Version != "02" && p.Ask.Version != "08":
		text = "Les fichiers de prélèvement sont faits en version 02 ou 08 de pain.008.001 : « " + p.Ask.Version + " » n’est pas permis."
	case day <= f.today:
		text = "Le " + day.Short() + " n’est pas à venir : choisissez un jour de prélèvement à partir du " + calendar.AddTarget(f.today, f.settings.BankDays).Short() + "."
	case day > f.today.Add(366):
		text = "Le " + day.Short() + " est dans plus d’un an : vérifiez l’année."
	case !calendar.TargetOpen(day):
		text = "Le " + day.Long() + " n’est pas un jour de règlement en euros (TARGET) : choisissez le " + calendar.NextTarget(day).Long() + "."
	case f.today > p.SendBy:
		text = fmt.Sprintf("La banque veut le fichier %d jours ouvrés avant, donc le %s au plus tard : choisissez un jour à partir du %s.",
			f.settings.BankDays, p.SendBy.Short(), calendar.AddTarget(f.today, f.settings.BankDays).Short())
	case f.locked:
		text = "Le mois de " + day.MonthYear() + " est verrouillé : aucune écriture ne peut plus y entrer. Choisissez un jour d’un autre mois."
	case len(p.Debits) == 0:
		text = "Aucune famille ne peut être prélevée ce jour-là."
	}
	return fault.French(text)
}

// creditorProblem says what the settings lack for direct debits; "" when nothing.
func (s Settings) creditorProblem() string {
	const where = " Complétez Réglages, Facturation."
	if strings.TrimSpace(s.Creditor) == "" {
		return "Le nom du créancier manque." + where
	}
	if _, err := bank.ParseICS(s.ICS); err != nil {
		return fault.Sentence(err) + where
	}
	if _, err := bank.ParseIBAN(s.IBAN); err != nil {
		return fault.French("Compte du créancier : ") + fault.Sentence(err) + where
	}
	if _, err := bank.ParseBIC(s.BIC); err != nil {
		return fault.French("Compte du créancier : ") + fault.Sentence(err) + where
	}
	if s.Treasury && (!sixDigits.MatchString(s.TreasuryCode) || !service.MatchString(s.TreasuryService)) {
		return "Le code du service ou le codique du comptable manque pour un compte de dépôt de fonds au Trésor." + where
	}
	return ""
}

func loadDebitFacts(tx *store.Tx, a DebitAsk) (f *debitFacts, err error) {
	f = &debitFacts{today: calendar.DateOf(tx.Now())}
	if f.settings, err = settings(tx); err != nil {
		return nil, err
	}
	if f.locked, err = monthLocked(tx, a.CollectOn); err != nil {
		return nil, err
	}
	byFamily := map[int64]*debtor{}
	if err := loadOwing(tx, a, byFamily); err != nil {
		return nil, err
	}
	for _, id := range a.Families {
		if byFamily[id] == nil {
			byFamily[id] = &debtor{id: id, notOwing: true}
		}
	}
	ids := make([]int64, 0, len(byFamily))
	for id := range byFamily {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	if err := f.loadDebtors(tx, ids, byFamily); err != nil {
		return nil, err
	}
	return f, f.loadMandates(tx, ids, byFamily)
}

// monthLocked tells whether a day takes no entry any more: its month is locked,
// or a later one.
func monthLocked(tx *store.Tx, day calendar.Date) (bool, error) {
	var n int
	err := tx.QueryRow(`SELECT COUNT(*) FROM period_lock WHERE period >= $1`, calendar.MonthOf(day)).Scan(&n)
	return n > 0, err
}

// loadOwing reads the invoices to be collected, with what became of them in
// earlier batches.
func loadOwing(tx *store.Tx, a DebitAsk, byFamily map[int64]*debtor) error {
	until := "9999-12-31"
	if !a.DueBy.IsZero() {
		until = a.DueBy.String()
	}
	at := map[int64]*owing{}
	var order []*owing
	var families []int64
	err := store.Each(tx, func(r *sql.Rows) error {
		var family int64
		o := &owing{}
		if err := r.Scan(&family, &o.id, &o.number, &o.month, &o.due, &o.issued, &o.open); err != nil {
			return err
		}
		if len(a.Families) > 0 {
			if _, asked := slices.BinarySearch(a.Families, family); !asked {
				return nil
			}
		}
		at[o.id] = o
		order, families = append(order, o), append(families, family)
		return nil
	}, `SELECT b.family_id, b.invoice_id, i.number, i.period, b.due_on, i.issued_on, b.open FROM invoice_balance b JOIN invoice i ON i.id = b.invoice_id
		WHERE b.open > 0 AND b.due_on <= $1 AND i.pay = 'debit' AND i.kind = 'invoice' ORDER BY b.family_id, b.due_on, b.invoice_id`, until)
	if err != nil {
		return err
	}
	if err := store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var state, reason string
		var day calendar.Date
		if err := r.Scan(&id, &state, &reason, &day); err != nil {
			return err
		}
		o := at[id]
		if o == nil {
			return nil
		}
		if state == "built" {
			o.prepared = day
			return nil
		}
		act := bank.ReasonOf(reason).Act
		o.refund = act == bank.Refund // the last one decides
		if act == bank.Again {
			o.short++
		}
		return nil
	}, `SELECT di.invoice_id, d.state, d.reason, p.collect_on FROM invoice_balance b JOIN debit_invoice di ON di.invoice_id = b.invoice_id JOIN debit d ON d.id = di.debit_id
		JOIN debit_batch p ON p.id = d.batch_id WHERE b.open > 0 AND d.state IN ('built', 'rejected') ORDER BY d.id`); err != nil {
		return err
	}
	for i, o := range order {
		d := byFamily[families[i]]
		if d == nil {
			d = &debtor{id: families[i]}
			byFamily[families[i]] = d
		}
		d.owes = append(d.owes, *o)
	}
	return nil
}

func (f *debitFacts) loadDebtors(tx *store.Tx, ids []int64, byFamily map[int64]*debtor) error {
	if err := store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var name string
		var a [5]string
		if err := r.Scan(&id, &name, &a[0], &a[1], &a[2], &a[3], &a[4]); err != nil {
			return err
		}
		d := byFamily[id]
		d.name = name
		if lines := postal(a); lines != "" {
			d.address = strings.Split(lines, "\n")
		}
		f.debtors = append(f.debtors, d)
		return nil
	}, `SELECT id, name, address1, address2, postal, city, country FROM family WHERE id = ANY($1) ORDER BY sort_key, id`, ids); err != nil {
		return err
	}
	payers, err := payersOf(tx, ids)
	if err != nil {
		return err
	}
	who, err := letter.Correspondents(tx, ids)
	if err != nil {
		return err
	}
	for _, d := range f.debtors {
		d.payer, d.email = payers[d.id], who[d.id].To
	}
	return nil
}

// loadMandates gives each family its live mandate, or else the last it had.
func (f *debitFacts) loadMandates(tx *store.Tx, ids []int64, byFamily map[int64]*debtor) error {
	list, err := readMandates(tx, `WHERE m.family_id = ANY($1) ORDER BY m.id`, ids)
	if err != nil {
		return err
	}
	for i := range list {
		d := byFamily[list[i].FamilyID]
		if d.mandate == nil || !d.mandate.live() {
			d.mandate = &list[i]
		}
	}
	return nil
}

// CollectDay is the day to propose for a batch: the one its invoices announced
// (no date: none did), and the first from it on which the bank settles in euros
// and that leaves the bank and the families their notice.
func (s Settings) CollectDay(today, announced calendar.Date) calendar.Date {
	return calendar.NextTarget(max(announced, today.Add(s.NoticeDays), calendar.AddTarget(today, s.BankDays)))
}
