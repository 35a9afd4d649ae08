package billing

import (
	"fmt"
	"slices"
	"strings"

	"ardoise/data/fault"
	"ardoise/data/money"
)

// Check sets the parts of the books against each other, to the cent, and says in
// French where two of them disagree; nothing: all agree. It reads nothing but the
// books, so that whoever has the workbook can do the same sums:
//
//   - the balances of all accounts make zero at both ends, and each moves by the
//     entries of the journal;
//   - the families' wallets make the account of wallets, and each moves by its
//     own entries;
//   - what families owe makes the account of invoices, the unpaid invoices make it
//     too, and each debt moves by its own entries;
//   - sales by service and tariff make the accounts of sales;
//   - what came in by day and means makes the accounts of the cash office, less
//     what was handed over.
func (b MonthBooks) Check() []string {
	c := &bookCheck{journal: map[string]AccountLine{}, wallets: map[string]money.Cents{}, debts: map[int64]money.Cents{}}
	for _, l := range b.Journal {
		c.enter(l)
	}
	c.balances(b.Accounts)
	c.families(b)
	var sold, paid, unpaid money.Cents
	for _, l := range b.Sales {
		sold += l.Total
		c.same("repas et encadrement de "+l.Service+", "+l.Tariff, l.Meal+l.Care, l.Total)
	}
	c.same("ventes par service et comptes de ventes", sold, c.sales)
	for _, p := range b.Payments {
		paid += p.Total
	}
	c.same("encaissements par moyen et comptes de la régie", paid, c.paid)
	for _, i := range b.Unpaid {
		unpaid += i.Open
	}
	c.same("factures impayées et compte des factures", unpaid, -closing(b.Accounts, "due"))
	return c.wrong
}

type bookCheck struct {
	journal     map[string]AccountLine // debits and credits by account
	wallets     map[string]money.Cents // what each wallet moved by
	debts       map[int64]money.Cents  // what each family's debt moved by
	sales, paid money.Cents
	wrong       []string
}

func (c *bookCheck) same(what string, a, b money.Cents) {
	if a != b {
		c.wrong = append(c.wrong, fault.French(fmt.Sprintf("%s : %s contre %s.", strings.ToUpper(what[:1])+what[1:], a, b)))
	}
}

// enter counts one entry on both its accounts.
func (c *bookCheck) enter(l JournalLine) {
	for _, side := range []struct {
		code          string
		debit, credit money.Cents
	}{{l.Debit, l.Amount, 0}, {l.Credit, 0, l.Amount}} {
		kind, _, _ := strings.Cut(side.code, ":")
		code, net := side.code, side.credit-side.debit
		switch kind {
		case "wallet":
			c.wallets[code] += net
			code = "wallet"
		case "due":
			c.debts[l.FamilyID] -= net
		case "sales":
			c.sales += net
		case "cash":
			if l.Kind != "deposit" {
				c.paid -= net
			}
		}
		a := c.journal[code]
		a.add(AccountLine{Debits: side.debit, Credits: side.credit})
		c.journal[code] = a
	}
}

func (c *bookCheck) balances(accounts []AccountLine) {
	var opening, end money.Cents
	for _, a := range accounts {
		opening, end = opening+a.Opening, end+a.Closing
		j := c.journal[a.Code]
		c.same("journal et débits de « "+a.Label+" »", j.Debits, a.Debits)
		c.same("journal et crédits de « "+a.Label+" »", j.Credits, a.Credits)
		c.same("solde de « "+a.Label+" »", a.Opening+a.Credits-a.Debits, a.Closing)
	}
	c.same("somme des soldes au début du mois", opening, 0)
	c.same("somme des soldes à la fin du mois", end, 0)
}

func (c *bookCheck) families(b MonthBooks) {
	var all FamilyBalance
	for _, f := range b.Families {
		all.WalletOpening, all.WalletClosing = all.WalletOpening+f.WalletOpening, all.WalletClosing+f.WalletClosing
		all.DueOpening, all.DueClosing = all.DueOpening+f.DueOpening, all.DueClosing+f.DueClosing
		code := fmt.Sprintf("wallet:%d", f.FamilyID)
		c.same("porte-monnaie de la famille "+f.Family, f.WalletOpening+c.wallets[code], f.WalletClosing)
		c.same("dette de la famille "+f.Family, f.DueOpening+c.debts[f.FamilyID], f.DueClosing)
	}
	i := slices.IndexFunc(b.Accounts, func(a AccountLine) bool { return a.Code == "wallet" })
	if i >= 0 {
		c.same("porte-monnaie au début du mois", all.WalletOpening, b.Accounts[i].Opening)
	}
	c.same("porte-monnaie à la fin du mois", all.WalletClosing, closing(b.Accounts, "wallet"))
	c.same("dettes des familles à la fin du mois", all.DueClosing, -closing(b.Accounts, "due"))
	i = slices.IndexFunc(b.Accounts, func(a AccountLine) bool { return a.Code == "due" })
	if i >= 0 {
		c.same("dettes des familles au début du mois", all.DueOpening, -b.Accounts[i].Opening)
	}
}

func closing(accounts []AccountLine, code string) money.Cents {
	for _, a := range accounts {
		if a.Code == code {
			return a.Closing
		}
	}
	return 0
}
