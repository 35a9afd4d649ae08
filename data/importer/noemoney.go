package importer

import (
	"database/sql"
	"fmt"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/data/store"
)

// openingAccount is where balances that come from elsewhere come from.
const openingAccount = "opening"

// openingLabel is what a statement shows of a balance taken over. It names the
// account it comes from: the same one is never entered twice, whatever becomes
// of the family.
func openingLabel(file string, account int64) string {
	return fmt.Sprintf("Reprise du solde de Noethys (compte %d, fichier %s)", account, file)
}

// openedTx gives what was entered of this file's accounts, by label; a debt is
// below zero.
func openedTx(tx *store.Tx, file string) (map[string]money.Cents, error) {
	out := map[string]money.Cents{}
	tail := ", fichier " + file + ")"
	err := store.Each(tx, func(r *sql.Rows) error {
		var label string
		var amount money.Cents
		var in bool
		err := r.Scan(&label, &amount, &in)
		switch {
		case !strings.HasSuffix(label, tail):
		case in:
			out[label] += amount
		default:
			out[label] -= amount
		}
		return err
	}, `SELECT t.label, t.amount, t.debit_id = a.id FROM transfer t JOIN account a ON a.id = t.debit_id WHERE a.code = $1
		UNION ALL SELECT t.label, t.amount, t.debit_id = a.id FROM transfer t JOIN account a ON a.id = t.credit_id WHERE a.code = $1`, openingAccount)
	return out, err
}

// balances says of each account what becomes of it: what a family has is put
// into its wallet once; what it owes stays in Noethys, where its invoices are.
func (x *noePlanner) balances() error {
	opened, err := openedTx(x.tx, x.d.id)
	if err != nil {
		return err
	}
	var ids []int64
	for _, h := range x.p.noe.homes {
		if h.family.ID != 0 {
			ids = append(ids, h.family.ID)
		}
	}
	wallets, err := ledger.Peek(x.tx, ids)
	if err != nil {
		return err
	}
	twice := map[int64]bool{} // two accounts of one family: the floor is looked at for one
	for _, a := range x.d.accounts {
		b := NoethysBalance{Account: a.id, Paid: a.paid, Served: a.due, Later: a.later, Balance: a.paid - a.due}
		b.Family = fmt.Sprintf("famille n° %d de Noethys", a.family)
		b.home = x.p.noe.homes[a.family]
		if b.home != nil {
			b.FamilyID, b.Family = b.home.family.ID, b.home.family.Name
		}
		before, done := opened[openingLabel(x.d.id, a.id)]
		wallet := wallets[b.FamilyID]
		if b.FamilyID == 0 || wallet.Floor == nil { // no wallet yet: nothing, and no overdraft
			floor := money.Cents(0)
			wallet = ledger.Account{Floor: &floor}
		}
		b.judge(a, before, done, wallet, twice[b.FamilyID])
		if b.Action == Take && b.FamilyID != 0 {
			twice[b.FamilyID] = true
		}
		if b.Balance != 0 || done || a.bad {
			x.p.Balances = append(x.p.Balances, b)
		}
	}
	return nil
}

// judge settles what is done with one account.
func (b *NoethysBalance) judge(a noeAccount, before money.Cents, done bool, wallet ledger.Account, twice bool) {
	b.Action = LeftOut
	switch {
	case done && before == b.Balance:
		b.Action, b.Reason = Already, "Déjà repris."
	case done:
		b.Action, b.Reason = Already, fmt.Sprintf("Déjà repris pour %s ; Noethys dit maintenant %s"+nbsp+": la différence n’est pas reprise, saisissez-la s’il le faut.", before, b.Balance)
	case a.bad:
		b.Reason = "Un montant de ce compte n’est pas lisible" + nbsp + ": le solde n’est pas repris, saisissez-le à la main."
	case b.home == nil:
		b.Reason = "La famille n’est pas reprise" + nbsp + ": son solde reste dans Noethys."
	case b.Balance < 0 && (twice || wallet.Missing(-b.Balance) > 0):
		b.Reason = fmt.Sprintf("La famille doit %s dans Noethys (%s payés, %s de prestations jusqu’à ce jour)"+nbsp+": encaissez-les dans Noethys. Un porte-monnaie ne passe pas sous zéro, sauf si un découvert y est permis"+nbsp+": accordez-le, puis refaites la reprise.", -b.Balance, b.Paid, b.Served)
	default:
		b.Action, b.Reason = Take, fmt.Sprintf("%s payés, %s de prestations jusqu’à ce jour", b.Paid, b.Served)
		if b.Later != 0 {
			b.Reason += fmt.Sprintf(" ; %s après ce jour ne sont pas comptés", b.Later)
		}
		b.Reason += "."
	}
}

// open enters the balances, as one operation that moves money from the account
// of openings to the wallets.
func (p *NoethysPlan) open(tx *store.Tx) error {
	var families []int64
	for _, b := range p.Balances {
		if b.Action == Take {
			families = append(families, b.home.family.ID)
		}
	}
	if len(families) == 0 {
		return nil
	}
	op, replay, err := ledger.Operation(tx, ledger.Op{
		Key: "noethys:" + p.file + ":opening:" + p.Digest, Digest: p.Digest, Kind: "opening", Label: "Reprise des soldes de Noethys",
		Reason: fmt.Sprintf("Fichier %s, soldes au %s", p.src.name(), calendar.DateOf(tx.Now()).Short()),
	})
	if err != nil || replay {
		return err
	}
	wallets, err := ledger.WalletsOf(tx, families)
	if err != nil {
		return err
	}
	from, err := ledger.AccountOf(tx, openingAccount)
	if err != nil {
		return err
	}
	var list []ledger.Transfer
	for _, b := range p.Balances {
		if b.Action != Take {
			continue
		}
		t := ledger.Transfer{Op: op, Debit: from.ID, Credit: wallets[b.home.family.ID].ID, Amount: b.Balance, Kind: "correction", Label: openingLabel(p.file, b.Account)}
		if b.Balance < 0 {
			t.Debit, t.Credit, t.Amount = t.Credit, t.Debit, -b.Balance
		}
		list = append(list, t)
	}
	_, err = ledger.PostMany(tx, list)
	return err
}
