package billing

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// ByWallet pays from the family's wallet.
const ByWallet = "wallet"

// PlanPayment says which invoices a sum would pay, and what would stay in the
// wallet.
func (s *Service) PlanPayment(ctx context.Context, ask Payment) (p PaymentPlan, err error) {
	if err := staff.Require(ctx, staff.Regie); err != nil {
		return p, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		p, err = planPayment(tx, ask)
		return err
	})
	return p, err
}

func (a Payment) check() error {
	switch {
	case a.FamilyID == 0:
		return fault.New(fault.Invalid, "Choisissez la famille qui paie.")
	case a.Means != ByWallet && !ledger.KnownMeans(a.Means):
		return fault.New(fault.Invalid, "Choisissez un moyen de paiement"+nbsp+": espèces, chèque, carte, virement ou porte-monnaie.")
	case a.Amount < 0, a.Amount == 0 && a.Means != ByWallet:
		return fault.New(fault.Invalid, "Le montant reçu doit être supérieur à zéro.")
	case a.Amount > 10_000_00:
		return fault.New(fault.Invalid, "Le montant dépasse 10"+nbsp+"000"+nbsp+"€"+nbsp+": vérifiez la saisie.")
	}
	seen := map[int64]bool{}
	for _, share := range a.Invoices {
		if share.Amount < 0 || seen[share.InvoiceID] {
			return fault.New(fault.Invalid, "Chaque facture est nommée une fois, avec un montant positif.")
		}
		seen[share.InvoiceID] = true
	}
	return nil
}

func planPayment(tx *store.Tx, ask Payment) (p PaymentPlan, err error) {
	if err := ask.check(); err != nil {
		return p, err
	}
	p.Ask = ask
	if err := tx.QueryRow(`SELECT name FROM family WHERE id = $1`, ask.FamilyID).Scan(&p.Family); err != nil {
		return p, missingFamily(err)
	}
	owed, err := payable(tx, []int64{ask.FamilyID})
	if err != nil {
		return p, err
	}
	wallets, err := ledger.Peek(tx, []int64{ask.FamilyID})
	if err != nil {
		return p, err
	}
	wallet := wallets[ask.FamilyID]
	p.Before = wallet.Balance
	list := owed[ask.FamilyID]
	for _, s := range list {
		p.Owed += s.Owed
	}
	chosen, err := choose(list, ask.Invoices)
	if err != nil {
		return p, err
	}
	rest := ask.Amount
	if ask.Means == ByWallet && rest == 0 {
		for _, s := range chosen {
			rest += s.Amount
		}
		rest = min(rest, max(0, p.Before))
	}
	for _, s := range chosen {
		take := min(rest, s.Amount)
		if take == 0 {
			continue
		}
		s.Amount, s.Left = take, s.Owed-take
		p.Shares = append(p.Shares, s)
		p.Paid += take
		rest -= take
	}
	p.After = p.Before - p.Paid
	if ask.Means != ByWallet {
		p.ToWallet, p.After = rest, p.Before+rest
	}
	p.Problem = p.problem(wallet, rest)
	shown := p
	shown.Ask = ask.content()
	p.Digest, err = ledger.Digest(shown)
	return p, err
}

// content is what is asked, whatever key it comes under.
func (a Payment) content() Payment {
	a.Key = ""
	if len(a.Invoices) == 0 {
		a.Invoices = nil
	}
	return a
}

func (p *PaymentPlan) problem(wallet ledger.Account, rest money.Cents) string {
	text := ""
	switch {
	case p.Ask.Means != ByWallet && p.Paid == 0:
		text = "Rien n’est à payer ici" + nbsp + ": créditez plutôt le porte-monnaie."
	case p.Ask.Means != ByWallet:
	case p.Owed == 0:
		text = "La famille ne doit rien."
	case p.Before < p.Paid || p.Paid == 0 || p.Ask.Amount > p.Before:
		text = fmt.Sprintf("Le porte-monnaie ne contient que %s"+nbsp+": encaissez d’abord, ou payez moins.", wallet.Balance)
	case rest > 0:
		text = fmt.Sprintf("La famille ne doit que %s sur ces factures"+nbsp+": payez ce montant au plus.", p.Paid)
	}
	return fault.French(text)
}

// choose gives the invoices to pay in order, Amount being the most each takes:
// those a person named, or all, oldest due first. What a direct-debit file
// already asks for cannot be paid twice.
func choose(list, named []Share) ([]Share, error) {
	var out []Share
	if len(named) == 0 {
		for _, s := range list {
			if s.Amount = s.Left; s.Amount > 0 {
				out = append(out, s)
			}
		}
		return out, nil
	}
	for _, want := range named {
		i := slices.IndexFunc(list, func(s Share) bool { return s.InvoiceID == want.InvoiceID })
		if i < 0 {
			return nil, fault.New(fault.Conflict, "Une des factures choisies est déjà réglée ou n’est pas de cette famille"+nbsp+": relisez la liste.")
		}
		s := list[i]
		switch s.Amount = s.Left; {
		case s.Left == 0:
			return nil, fault.New(fault.Conflict, "La facture %s est dans un fichier de prélèvement"+nbsp+": abandonnez ce fichier avant d’encaisser, sans quoi la famille paierait deux fois.", s.Number)
		case want.Amount > s.Left:
			return nil, fault.New(fault.Invalid, "Il reste %s à payer sur la facture %s"+nbsp+": affectez-lui ce montant au plus.", s.Left, s.Number)
		case want.Amount > 0:
			s.Amount = want.Amount
		}
		out = append(out, s)
	}
	return out, nil
}

func missingFamily(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.NotFound, "Cette famille n’existe pas ou n’existe plus.")
	}
	return err
}

// Pay does what a PaymentPlan says. shown is its digest ("" : none was shown).
// The same key pays once.
func (s *Service) Pay(ctx context.Context, ask Payment, shown string) (done PaymentDone, err error) {
	if err := staff.Require(ctx, staff.Regie); err != nil {
		return done, err
	}
	digest, err := ledger.Digest(ask.content())
	if err != nil {
		return done, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		done, err = payIn(tx, ask, shown, digest)
		return err
	})
	return done, err
}

func payIn(tx *store.Tx, ask Payment, shown, digest string) (done PaymentDone, err error) {
	if op, replay, err := ledger.Replay(tx, ask.Key, digest); err != nil || replay {
		return paidBefore(tx, op, ask.FamilyID, err)
	}
	p, err := planPayment(tx, ask)
	switch {
	case err != nil:
		return done, err
	case shown != "" && shown != p.Digest:
		return done, fault.New(fault.Conflict, "Ce que doit la famille a changé depuis l’affichage. Rien n’a été encaissé"+nbsp+": relisez et validez de nouveau.")
	case p.Problem != "":
		return done, fault.New(fault.Invalid, "%s", p.Problem)
	}
	op, _, err := ledger.Operation(tx, ledger.Op{Key: ask.Key, Digest: digest, Kind: "payment", FamilyID: ask.FamilyID, Label: "Paiement de factures"})
	if err != nil {
		return done, err
	}
	done = PaymentDone{OperationID: op, Shares: p.Shares, Paid: p.Paid, ToWallet: p.ToWallet, After: p.After}
	if ask.Means != ByWallet {
		r, err := ledger.TopUpIn(tx, op, ledger.TopUp{FamilyID: ask.FamilyID, Amount: ask.Amount, Means: ask.Means, Reference: ask.Reference, Payer: ask.Payer})
		if err != nil {
			return done, err
		}
		done.Receipt = &r
	}
	if err := payFrom(tx, op, ask.FamilyID, p.Shares); err != nil {
		return done, err
	}
	tx.Publish(Topic, ask.FamilyID)
	return done, staff.Audit(tx, "invoice.pay", object(ask.FamilyID), fmt.Sprintf("Factures payées"+nbsp+": %d, %s, %s au porte-monnaie", len(p.Shares), p.Paid, p.ToWallet))
}

// payFrom pays invoices from the wallet: one entry an invoice, so that each line
// of the statement names its own.
func payFrom(tx *store.Tx, op, familyID int64, shares []Share) error {
	wallet, err := ledger.WalletOf(tx, familyID)
	if err != nil {
		return err
	}
	due, err := ledger.AccountOf(tx, "due")
	if err != nil {
		return err
	}
	list := make([]ledger.Transfer, len(shares))
	for i, s := range shares {
		list[i] = ledger.Transfer{Op: op, Debit: wallet.ID, Credit: due.ID, Amount: s.Amount, Kind: "payment", Label: "Facture " + s.Number}
	}
	ids, err := ledger.PostMany(tx, list)
	if err != nil {
		return err
	}
	settled := make([]settlement, len(shares))
	for i, s := range shares {
		settled[i] = settlement{s.InvoiceID, ids[i], s.Amount}
	}
	return settle(tx, settled)
}

// paidBefore gives what an operation paid.
func paidBefore(tx *store.Tx, op, familyID int64, err error) (PaymentDone, error) {
	done := PaymentDone{OperationID: op, Replayed: true}
	if err != nil {
		return done, err
	}
	if done.Shares, err = store.Collect(tx, func(r *sql.Rows) (s Share, err error) {
		err = r.Scan(&s.InvoiceID, &s.Number, &s.Month, &s.DueOn, &s.Amount, &s.Left)
		s.Owed = s.Left + s.Amount
		return s, err
	}, `SELECT i.id, i.number, i.period, b.due_on, s.amount, b.open FROM transfer t JOIN settlement s ON s.transfer_id = t.id JOIN invoice i ON i.id = s.invoice_id
		JOIN invoice_balance b ON b.invoice_id = i.id WHERE t.operation_id = $1 ORDER BY t.id`, op); err != nil {
		return done, err
	}
	for _, s := range done.Shares {
		done.Paid += s.Amount
	}
	receipts, err := ledger.ReceiptsOf(tx, op, []int64{familyID})
	if err != nil {
		return done, err
	}
	if len(receipts) > 0 {
		done.Receipt = &receipts[0]
		done.ToWallet = receipts[0].Amount - done.Paid
	}
	wallets, err := ledger.Peek(tx, []int64{familyID})
	done.After = wallets[familyID].Balance
	return done, err
}

// VoidPayment undoes the payment of an operation by contra-entries: its invoices
// are owed again and the money is back in the wallet. reason is obligatory. What
// came in by cash or cheque and has to go out again is the receipt's matter.
func (s *Service) VoidPayment(ctx context.Context, key string, operation int64, reason string) error {
	if err := staff.Require(ctx, staff.Regie); err != nil {
		return err
	}
	if reason = strings.TrimSpace(reason); reason == "" {
		return fault.New(fault.Invalid, "Écrivez pourquoi ce paiement est annulé"+nbsp+": le motif est conservé.")
	}
	digest, err := ledger.Digest([]any{operation, reason})
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *store.Tx) error { return voidPayment(tx, key, operation, reason, digest) })
}

func voidPayment(tx *store.Tx, key string, operation int64, reason, digest string) error {
	if _, replay, err := ledger.Replay(tx, key, digest); err != nil || replay {
		return err
	}
	type paid struct {
		id, debit, credit, family int64
		amount                    money.Cents
		label                     string
		undone                    bool
	}
	list, err := store.Collect(tx, func(r *sql.Rows) (p paid, err error) {
		err = r.Scan(&p.id, &p.debit, &p.credit, &p.amount, &p.label, &p.family, &p.undone)
		return p, err
	}, `SELECT t.id, t.debit_id, t.credit_id, t.amount, t.label, a.family_id, CASE WHEN EXISTS (SELECT 1 FROM transfer x WHERE x.reverses_id = t.id) THEN 1 ELSE 0 END
		FROM transfer t JOIN account a ON a.id = t.debit_id AND a.kind = 'wallet' WHERE t.operation_id = $1 AND t.kind = 'payment' ORDER BY t.id`, operation)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return fault.New(fault.NotFound, "Cette opération n’a payé aucune facture depuis le porte-monnaie"+nbsp+": il n’y a rien à annuler.")
	}
	if list[0].undone {
		return fault.New(fault.Conflict, "Ce paiement a déjà été annulé.")
	}
	op, _, err := ledger.Operation(tx, ledger.Op{Key: key, Digest: digest, Kind: "void", FamilyID: list[0].family, Reason: reason, Label: "Paiement annulé"})
	if err != nil {
		return err
	}
	ids := make([]int64, len(list))
	for i, p := range list {
		ids[i] = p.id
	}
	back, err := ledger.VoidMany(tx, op, ids, "Paiement annulé")
	if err != nil {
		return err
	}
	settled, err := store.Collect(tx, func(r *sql.Rows) (x settlement, err error) {
		err = r.Scan(&x.invoice, &x.transfer, &x.amount)
		return x, err
	}, `SELECT invoice_id, transfer_id, amount FROM settlement WHERE transfer_id = ANY($1)`, ids)
	if err != nil {
		return err
	}
	for i := range settled {
		settled[i].transfer, settled[i].amount = back[slices.Index(ids, settled[i].transfer)], -settled[i].amount
	}
	if err := settle(tx, settled); err != nil {
		return err
	}
	tx.Publish(Topic, list[0].family)
	return staff.Audit(tx, "invoice.void", fmt.Sprintf("operation:%d", operation), "Paiement annulé"+nbsp+": "+reason)
}

func object(familyID int64) string { return fmt.Sprintf("family:%d", familyID) }
