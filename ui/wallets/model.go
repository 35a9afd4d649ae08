// Package wallets is the room of the wallet screen: a family's balance and
// statement, money taken in and given back, receipts, and the list of low
// wallets. It computes no balance (package ledger does) and never takes the same
// payment twice: each opening of a dialog has its own idempotency key.
package wallets

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/data/staff"
)

// Deps is what the screen needs of the house.
type Deps struct {
	Ledger  *ledger.Service
	Family  *family.Service
	Catalog *catalog.Service
	// Key makes an idempotency key; nil: a random one.
	Key func() string
}

const nbsp = "\u00a0"

// newKey makes the key of one dialog.
func (d Deps) newKey() string {
	if d.Key != nil {
		return d.Key()
	}
	return "window:" + rand.Text()
}

// rights are what the agent's roles allow here; the services check again.
type rights struct{ cash bool }

func rightsOf(has func(...string) bool) rights { return rights{cash: has(string(staff.Regie))} }

// cashOff is the sentence of an action only the cash office may do.
func (r rights) cashOff() string {
	if r.cash {
		return ""
	}
	return fault.French("Il faut le rôle « " + staff.Regie.Label() + " » : demandez-le à un agent « Administration ».")
}

// home is what is shown while no family is chosen.
type home struct {
	low      []ledger.Wallet
	receipts []ledger.Receipt
	sums     map[string]money.Cents
}

// account is one family's wallet as it is shown.
type account struct {
	wallet   ledger.Wallet
	family   family.Family
	st       ledger.Statement
	receipts []ledger.Receipt
	services []catalog.ServiceInfo
}

type model struct {
	d    Deps
	may  rights
	day  func() calendar.Date
	text string       // of the search
	hits []family.Hit // of the search

	home     home
	homeSpan string // span of the receipts: day, week, month

	id       int64 // the chosen family, 0 none
	acc      *account
	period   string
	from, to calendar.Date
	rows     []row
	receipts bool // receipts are shown instead of the statement
}

func newModel(d Deps, may rights, today func() calendar.Date) *model {
	m := &model{d: d, may: may, day: today, homeSpan: "day", period: "recent"}
	m.from, m.to = m.span("recent")
	return m
}

// spanOf gives the days of a period of receipts.
func (m *model) spanOf(id string) (from, to calendar.Date) {
	to = m.day()
	switch id {
	case "week":
		return to.Add(-6), to
	case "month":
		return to.Add(-29), to
	}
	return to, to
}

func (d Deps) loadHome(ctx context.Context, may rights, from, to calendar.Date) (h home, err error) {
	if h.low, err = d.Ledger.Low(ctx); err != nil || !may.cash {
		return h, err
	}
	h.receipts, h.sums, err = d.Ledger.Receipts(ctx, ledger.ReceiptFilter{From: from, To: to, Limit: 500})
	return h, err
}

func (d Deps) loadAccount(ctx context.Context, id int64, may rights, from, to calendar.Date) (a account, err error) {
	if a.wallet, err = d.Ledger.Wallet(ctx, id); err != nil {
		return a, err
	}
	if a.family, err = d.Family.Get(ctx, id); err != nil {
		return a, err
	}
	if a.st, err = d.Ledger.Statement(ctx, id, from, to); err != nil {
		return a, err
	}
	if a.services, err = d.Catalog.Services(ctx); err != nil || !may.cash {
		return a, err
	}
	a.receipts, _, err = d.Ledger.Receipts(ctx, ledger.ReceiptFilter{FamilyID: id, From: from, To: to, Limit: 1000})
	return a, err
}

// periods of a statement, in order.
func (m *model) periods() []period {
	today := m.day()
	year := calendar.SchoolYearOf(today)
	out := []period{
		{"recent", "", today.FirstOfMonth().AddMonths(-1), today},
		{"month", "Ce mois-ci", today.FirstOfMonth(), today},
		{"school", "Année scolaire " + year.String(), year.First(), year.Last()},
		{"civil", "Année " + today.String()[:4], calendar.NewDate(today.Year(), 1, 1), today},
		{"all", "Depuis l’origine", 0, 0},
	}
	for i := range out {
		if out[i].label == "" {
			out[i].label = spanText(out[i].from, out[i].to)
		}
	}
	if m.period == "custom" {
		out = append(out, period{"custom", spanText(m.from, m.to), m.from, m.to})
	}
	return append(out, period{"choose", "Choisir les dates…", 0, 0})
}

type period struct {
	id, label string
	from, to  calendar.Date
}

func spanText(from, to calendar.Date) string { return "du " + from.Short() + " au " + to.Short() }

func (m *model) span(id string) (from, to calendar.Date) {
	for _, p := range m.periods() {
		if p.id == id {
			return p.from, p.to
		}
	}
	return m.from, m.to
}

// row is one line of the statement, formatted once.
type row struct {
	line                                 ledger.Line
	icon                                 string
	day, label, detail, debit, credit, b string
	opening                              bool
}

// show takes a loaded account and formats its lines, the newest first, the
// balance brought forward last.
func (m *model) show(a account) {
	m.acc = &a
	m.rows = make([]row, 0, len(a.st.Lines)+1)
	for _, l := range slices.Backward(a.st.Lines) {
		r := row{line: l, icon: icons[l.Kind], day: l.Day.Short(), label: l.Label, detail: l.Detail, b: l.Balance.String()}
		if l.Receipt != "" {
			r.detail = strings.TrimPrefix(r.detail+", quittance "+l.Receipt, ", ")
		}
		if l.Debit != 0 {
			r.debit = (-l.Debit).String()
		}
		if l.Credit != 0 {
			r.credit = l.Credit.Signed()
		}
		m.rows = append(m.rows, r)
	}
	if !a.st.From.IsZero() {
		m.rows = append(m.rows, row{opening: true, icon: "history", day: a.st.From.Short(), label: "Solde reporté", b: a.st.Opening.String()})
	}
}

// icons of the kinds of movement: out, in, given back.
var icons = map[string]string{"charge": "arrow-up", "topup": "arrow-down", "credit": "undo", "refund": "arrow-up", "merge": "redo", "correction": "edit"}

// notice says when and where the family is warned.
func notice(w ledger.Wallet) string {
	text := "Alerte sous " + w.LowBelow.String()
	if w.Email != "" {
		text += ", par courriel à " + w.Email
	} else {
		text += " ; aucune adresse électronique"
	}
	if w.Floor < 0 {
		text += " ; découvert autorisé jusqu’à " + (-w.Floor).String()
	}
	return fault.French(text)
}

// since gives "depuis le 1ᵉʳ nov.".
func since(d calendar.Date) string { return "depuis le " + d.DayMonth() }

// payers are the names a payment may come from, the first guardian's first.
func payers(f family.Family) []string {
	var out []string
	for _, g := range f.Guardians {
		if n := g.Name(); n != "" {
			out = append(out, n)
		}
	}
	return out
}

// accountWord names an account of the ledger in the agent's words.
func accountWord(code string, services []catalog.ServiceInfo) string {
	kind, rest, _ := strings.Cut(code, ":")
	switch kind {
	case "wallet":
		return "porte-monnaie de la famille"
	case "cash":
		return "encaissement, " + ledger.MeansLabel(rest)
	case "refund":
		return "remboursement, " + ledger.MeansLabel(rest)
	case "opening":
		return "reprise d’ancien logiciel"
	case "sales":
		for _, s := range services {
			if ledgerID(s.ID) == rest {
				return s.Name
			}
		}
		return "service"
	}
	return code
}

// meansOptions are the ways money comes in, in the order of the mock-up.
var meansOptions = []struct{ id, label, icon, reference string }{
	{"cash", "Espèces", "cash", "Référence (facultative)"},
	{"cheque", "Chèque", "cheque", "Référence (n° du chèque)"},
	{"card", "Carte", "card", "Référence (n° du ticket)"},
	{"transfer", "Virement", "bank", "Référence (libellé du virement)"},
}

func referenceLabel(means string) string {
	for _, o := range meansOptions {
		if o.id == means {
			return o.reference
		}
	}
	return "Référence"
}

// sumText writes sums by means: "espèces 20,00 €, chèque 50,00 €".
func sumText(sums map[string]money.Cents) string {
	var parts []string
	var total money.Cents
	for _, o := range meansOptions {
		if c := sums[o.id]; c != 0 {
			parts = append(parts, strings.ToLower(o.label)+" "+c.String())
			total += c
		}
	}
	if len(parts) == 0 {
		return "Aucun encaissement"
	}
	return "Total " + total.String() + nbsp + ": " + strings.Join(parts, ", ")
}
