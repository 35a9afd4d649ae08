package ledger

import (
	"context"
	"fmt"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/letter"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// ReceiptOfTransfer gives the receipt that acknowledges one transfer; NotFound
// where there is none (a charge has no receipt).
func (s *Service) ReceiptOfTransfer(ctx context.Context, transferID int64) (r Receipt, err error) {
	if err := staff.Require(ctx, staff.Regie, staff.Accueil); err != nil {
		return r, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		r, err = oneReceipt(tx, `WHERE r.transfer_id = $1`, transferID)
		return err
	})
	return r, err
}

// SendReceipt files the e-mail that acknowledges a receipt in the outbox, once
// however often it is asked, and says to whom. A family without an address is
// an Invalid refusal: the receipt is handed over on paper.
func (s *Service) SendReceipt(ctx context.Context, receiptID int64) (to string, err error) {
	if err := staff.Require(ctx, staff.Regie); err != nil {
		return "", err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		r, err := oneReceipt(tx, `WHERE r.id = $1`, receiptID)
		if err != nil {
			return err
		}
		l, err := acknowledge(tx, r)
		if err != nil {
			return err
		}
		if to = l.To; to == "" {
			return fault.New(fault.Invalid, "La famille %s n’a pas d’adresse électronique"+nbsp+": imprimez la quittance.", r.Family)
		}
		object := fmt.Sprintf("receipt:%d", r.ID)
		if err := letter.Post(tx, r.FamilyID, l, "wallet.receipt", object, "wallet."+object); err != nil {
			return err
		}
		return staff.Audit(tx, "wallet.receipt", object, "Quittance "+r.Number()+" à envoyer par courriel")
	})
	return to, err
}

func acknowledge(tx *store.Tx, r Receipt) (letter.Letter, error) {
	purpose, balance := "sur le porte-monnaie", r.BalanceAfter.String()
	if r.For == ForInvoices {
		purpose, balance = "pour les factures", ""
	}
	return letter.Compose(tx, r.FamilyID, "wallet.receipt", letter.Facts{
		"numéro": r.Number(), "montant": r.Amount.String(), "moyen de paiement": MeansLabel(r.Means),
		"jour": calendar.DateOf(r.At).Long(), "emploi": purpose, "famille": r.Family, "solde": balance,
	})
}
