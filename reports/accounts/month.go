package accounts

import (
	"fmt"
	"slices"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/reports/page"
)

// AccountKind says which sheet, besides the journal, an account is counted on.
type AccountKind int

// The kinds of accounts. Bank is where the cash office pays its takings in: what
// goes from Cash to Bank is no receipt. Other is counted on no other sheet.
const (
	Other  AccountKind = iota
	Wallet             // of a family
	Due                // what a family owes for its invoices
	Sales              // of a service
	Cash               // one means of payment: money in, and refunds out
	Bank
)

// Account is one side of an entry.
type Account struct {
	Kind AccountKind
	Name string // as printed: "Porte-monnaie F-0012", "Ventes Cantine"
	// Of is whose account it is, in the words of the other sheets: the family's
	// number (Wallet, Due), the service (Sales), the means (Cash).
	Of string
}

// Entry is one transfer of the ledger; it is never negative: a correction goes
// the other way.
type Entry struct {
	Date   calendar.Date // accounting day
	Number int           // of the operation
	Label  string
	Debit  Account
	Credit Account
	Amount money.Cents
	Agent  string
}

// Balance is a family at the beginning and at the end of the month. A wallet is
// above 0 when the town owes the family, a debt when the family owes the town.
type Balance struct {
	Family        string // "F-0087"
	Name          string
	WalletOpening money.Cents
	WalletClosing money.Cents
	DueOpening    money.Cents
	DueClosing    money.Cents
}

// Sale is what one tariff brought to one service; the two parts make the total.
// A tariff without an "encadrement" part has it all in Repas.
type Sale struct {
	Service string
	Tariff  string // "Tranche 3 – élémentaire"
	Meals   int
	Repas   money.Cents
	Care    money.Cents // encadrement
	Total   money.Cents
}

// Payment is what came in on one day by one means; refunds are negative.
type Payment struct {
	Day    calendar.Date
	Means  string // as in Account.Of
	Count  int
	Amount money.Cents
}

// Unpaid is one invoice not wholly paid at the end of the month, due or not yet.
type Unpaid struct {
	Invoice  string
	Family   string // number
	Name     string
	DueOn    calendar.Date
	Open     money.Cents
	Step     string        // last reminder: "2ᵉ relance"; empty for none
	Reminded calendar.Date // day of it; may be zero
}

// Month is all the accountant takes away of one month (or any period).
type Month struct {
	Head
	From, To calendar.Date // first and last day
	Journal  []Entry
	Balances []Balance
	Sales    []Sale
	Payments []Payment
	Unpaid   []Unpaid
}

// period gives "décembre 2026", or both ends of another period.
func (m Month) period() string {
	if m.From == m.From.FirstOfMonth() && m.To == m.From.LastOfMonth() {
		return m.From.MonthYear()
	}
	return page.Span(m.From, m.To)
}

// late gives the days past the due date at the end of the period, 0 before it.
func (m Month) late(u Unpaid) int { return max(0, int(m.To-u.DueOn)) }

// side is one account as the journal sees it: what was credited less what was
// debited, in cents.
type side struct {
	kind AccountKind
	of   string
}

// largest is what a spreadsheet can hold to the cent.
const largest = money.Cents(999_999_999_999_999)

// audit gathers what does not agree.
type audit struct {
	journal map[side]money.Cents
	sheet   map[side]money.Cents
	wrong   []string
	err     error // a sum that does not fit
}

func (a *audit) say(format string, args ...any) {
	a.wrong = append(a.wrong, fmt.Sprintf(format, args...))
}

func (a *audit) add(sums map[side]money.Cents, key side, amount money.Cents) {
	sum, err := money.Add(sums[key], amount)
	if amount > largest || amount < -largest { // the smallest of all has no opposite
		err = invalid("Le montant de %s est trop grand pour un document comptable.", amount)
	}
	if err != nil && a.err == nil {
		a.err = err
	}
	sums[key] = sum
}

// Check refuses a month whose sheets do not say the same: sales by service,
// receipts by means, the movement of each wallet and of each debt must be those
// of the journal, and the unpaid invoices of a family must make its debt. The
// sentence names the first three differences.
func (m Month) Check() error {
	if m.From.IsZero() || m.To < m.From {
		return invalid("La période des documents comptables manque ou elle est à l’envers.")
	}
	a := &audit{journal: map[side]money.Cents{}, sheet: map[side]money.Cents{}}
	m.readJournal(a)
	m.readSheets(a)
	a.compare()
	m.checkUnpaid(a)
	m.checkTotals(a)
	if a.err != nil {
		return a.err
	}
	if len(a.wrong) == 0 {
		return nil
	}
	shown := strings.Join(a.wrong[:min(3, len(a.wrong))], " ; ")
	if more := len(a.wrong) - 3; more > 0 {
		shown += " ; et " + page.Count(more, "autre écart", "autres écarts")
	}
	cause := fmt.Errorf("accounts: %d differences: %s", len(a.wrong), strings.Join(a.wrong, "; "))
	return fault.Wrap(fault.Internal, cause, "Les sommes ne tombent pas juste (%s) : %s. Rien n’a été écrit. Lancez la vérification des comptes.", m.period(), shown)
}

func (m Month) readJournal(a *audit) {
	for _, e := range m.Journal {
		if e.Amount <= 0 {
			a.say("l’opération n° %d est de %s", e.Number, e.Amount)
		}
		if e.Date < m.From || e.Date > m.To {
			a.say("l’opération n° %d est datée du %s, hors de la période", e.Number, e.Date.Short())
		}
		if e.Debit.Kind == Bank && e.Credit.Kind == Cash || e.Debit.Kind == Cash && e.Credit.Kind == Bank {
			continue // takings paid in, or float drawn: nothing received
		}
		a.add(a.journal, side{e.Debit.Kind, e.Debit.Of}, -e.Amount)
		a.add(a.journal, side{e.Credit.Kind, e.Credit.Of}, e.Amount)
	}
	for key := range a.journal {
		if key.kind == Other || key.kind == Bank {
			delete(a.journal, key)
		}
	}
}

// readSheets turns the other sheets into movements signed like the journal's.
func (m Month) readSheets(a *audit) {
	for _, s := range m.Sales {
		if parts, err := money.Add(s.Repas, s.Care); err != nil || parts != s.Total {
			a.say("les parts du tarif « %s » (%s) ne font pas son total de %s", s.Tariff, s.Service, s.Total)
		}
		a.add(a.sheet, side{Sales, s.Service}, s.Total)
	}
	for _, p := range m.Payments {
		if p.Day < m.From || p.Day > m.To {
			a.say("un encaissement est daté du %s, hors de la période", p.Day.Short())
		}
		a.add(a.sheet, side{Cash, p.Means}, -p.Amount)
	}
	seen := map[string]bool{}
	for _, b := range m.Balances {
		if seen[b.Family] {
			a.say("la famille %s figure deux fois dans les soldes", b.Family)
		}
		seen[b.Family] = true
		a.add(a.sheet, side{Wallet, b.Family}, b.WalletClosing)
		a.add(a.sheet, side{Wallet, b.Family}, -b.WalletOpening)
		a.add(a.sheet, side{Due, b.Family}, b.DueOpening)
		a.add(a.sheet, side{Due, b.Family}, -b.DueClosing)
	}
}

// compare tells each account on which the journal and its sheet differ.
func (a *audit) compare() {
	keys := make([]side, 0, len(a.journal))
	for key := range a.journal {
		keys = append(keys, key)
	}
	for key := range a.sheet {
		if _, both := a.journal[key]; !both {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(x, y side) int {
		if x.kind != y.kind {
			return int(y.kind - x.kind) // payments and sales before the families
		}
		return strings.Compare(x.of, y.of)
	})
	for _, key := range keys {
		j, s := a.journal[key], a.sheet[key]
		if j == s {
			continue
		}
		switch key.kind {
		case Sales:
			a.say("ventes « %s » : %s au journal, %s par tarif", key.of, j, s)
		case Cash:
			a.say("encaissements « %s » : %s au journal, %s par jour", key.of, -j, -s)
		case Wallet:
			a.say("porte-monnaie de la famille %s : %s au journal, %s entre les deux soldes", key.of, j.Signed(), s.Signed())
		default:
			a.say("dette de la famille %s : %s au journal, %s entre les deux soldes", key.of, (-j).Signed(), (-s).Signed())
		}
	}
}

func (m Month) checkUnpaid(a *audit) {
	open := map[side]money.Cents{}
	for _, u := range m.Unpaid {
		a.add(open, side{Due, u.Family}, u.Open)
	}
	told := map[string]bool{}
	for _, b := range m.Balances {
		told[b.Family] = true
		if got := open[side{Due, b.Family}]; got != b.DueClosing {
			a.say("famille %s : %s de factures impayées, %s de dette", b.Family, got, b.DueClosing)
		}
	}
	for _, u := range m.Unpaid {
		if !told[u.Family] {
			told[u.Family] = true
			a.say("la famille %s a des impayés et ne figure pas dans les soldes", u.Family)
		}
	}
}

// checkTotals sees to it that the sums at the foot of the sheets fit.
func (m Month) checkTotals(a *audit) {
	const journal, wallets, debts = Other, Wallet, Due
	scratch := map[side]money.Cents{}
	for _, e := range m.Journal {
		a.add(scratch, side{kind: journal}, e.Amount)
	}
	for _, b := range m.Balances {
		a.add(scratch, side{wallets, "opening"}, b.WalletOpening)
		a.add(scratch, side{wallets, "closing"}, b.WalletClosing)
		a.add(scratch, side{debts, "opening"}, b.DueOpening)
		a.add(scratch, side{debts, "closing"}, b.DueClosing)
	}
}
