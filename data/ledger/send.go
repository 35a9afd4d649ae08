package ledger

import (
	"context"
	"fmt"
	"strings"
	"text/template"

	"ardoise/assets"
	"ardoise/data/access"
	"ardoise/data/calendar"
	"ardoise/data/fault"
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

var receiptLetter = template.Must(template.ParseFS(assets.Mail, "mail/receipt.txt"))

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
		if err := access.Post(tx, r.FamilyID, l, "wallet.receipt", object, "wallet."+object); err != nil {
			return err
		}
		return staff.Audit(tx, "wallet.receipt", object, "Quittance "+r.Number()+" à envoyer par courriel")
	})
	return to, err
}

func acknowledge(tx *store.Tx, r Receipt) (l access.Letter, err error) {
	facts := struct{ Number, Greeting, Amount, Means, Day, Family, Balance, Commune string }{
		Number: r.Number(), Greeting: "Bonjour", Amount: r.Amount.String(), Means: MeansLabel(r.Means),
		Day: calendar.DateOf(r.At).Long(), Family: r.Family, Balance: r.BalanceAfter.String(),
	}
	var civility, last string
	if err = tx.QueryRow(`SELECT COALESCE((SELECT g.email FROM guardian g WHERE g.family_id = f.id AND g.email <> '' ORDER BY g.rank LIMIT 1), ''),
		COALESCE((SELECT g.civility FROM guardian g WHERE g.family_id = f.id AND g.email <> '' ORDER BY g.rank LIMIT 1), ''),
		COALESCE((SELECT CASE WHEN g.usage <> '' THEN g.usage ELSE g.last END FROM guardian g WHERE g.family_id = f.id AND g.email <> '' ORDER BY g.rank LIMIT 1), ''),
		COALESCE((SELECT c.name FROM commune c WHERE c.id = f.commune_id), (SELECT c.name FROM commune c ORDER BY c.id LIMIT 1), '')
		FROM family f WHERE f.id = $1`, r.FamilyID).Scan(&l.To, &civility, &last, &facts.Commune); err != nil {
		return l, missingFamily(err)
	}
	switch strings.ToUpper(strings.TrimSuffix(civility, ".")) {
	case "MME", "MADAME":
		facts.Greeting = "Bonjour Madame " + last
	case "M", "MR", "MONSIEUR":
		facts.Greeting = "Bonjour Monsieur " + last
	}
	var b strings.Builder
	if err = receiptLetter.Execute(&b, facts); err != nil {
		return l, fmt.Errorf("ledger: letter of a receipt: %w", err)
	}
	subject, body, _ := strings.Cut(b.String(), "\n")
	l.Subject, l.Body = strings.TrimSpace(subject), strings.TrimSpace(body)+"\n"
	return l, nil
}
