package access

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"ardoise/data/bank"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// BankDetails are a family's account, sealed in the database.
type BankDetails struct {
	IBAN, BIC, Holder string
	Masked            string // "FR76 •••• … 189"; the only form without the Régie role
	ValidTo           calendar.Date
}

// SetBankDetails checks and seals the account typed for a request.
func (s *Service) SetBankDetails(ctx context.Context, requestID int64, iban, bic, holder string) error {
	if err := staff.Require(ctx, staff.Accueil, staff.Regie); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *store.Tx) error { return SetBankDetailsTx(tx, requestID, iban, bic, holder) })
}

// SetBankDetailsTx is SetBankDetails inside a transaction of a higher floor.
func SetBankDetailsTx(tx *store.Tx, requestID int64, iban, bic, holder string) error {
	_, err := fileBankDetails(tx, Attachment{RequestID: requestID}, iban, bic, holder)
	return err
}

// SetFamilyBankDetailsTx checks and seals the account of a family, whatever it
// has asked for; document is what was filed.
func SetFamilyBankDetailsTx(tx *store.Tx, familyID int64, iban, bic, holder string) (document Document, err error) {
	return fileBankDetails(tx, Attachment{FamilyID: familyID}, iban, bic, holder)
}

func fileBankDetails(tx *store.Tx, a Attachment, iban, bic, holder string) (document Document, err error) {
	var d BankDetails
	if d.IBAN, err = bank.ParseIBAN(iban); err != nil {
		return document, err
	}
	if d.BIC, err = bank.ParseBIC(bic); err != nil {
		return document, err
	}
	d.Holder = holder
	d.Masked = bank.Mask(d.IBAN)
	content, err := json.Marshal(d)
	if err != nil {
		return document, err
	}
	a.Kind, a.Name = "iban", d.Masked
	return fileDocument(tx, a, "text/iban", content)
}

// MaskedAccountTx gives the masked account on file for a family, "" where there is none.
func MaskedAccountTx(tx *store.Tx, familyID int64) (masked string, err error) {
	err = tx.QueryRow(`SELECT name FROM document WHERE family_id = $1 AND kind = 'iban' AND media = 'text/iban' AND state <> 'replaced' ORDER BY id DESC LIMIT 1`,
		familyID).Scan(&masked)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return masked, err
}

// BankDetails gives the account on file for a family; found is false where
// there is none. reveal shows the whole number: Régie only, and logged.
func (s *Service) BankDetails(ctx context.Context, familyID int64, reveal bool) (d BankDetails, found bool, err error) {
	if err := staff.Require(ctx, staff.Accueil, staff.Regie); err != nil {
		return d, false, err
	}
	if reveal {
		if err := staff.Require(ctx, staff.Regie); err != nil {
			return d, false, err
		}
	}
	door := s.db.Read
	if reveal { // a reading leaves its trace
		door = s.db.Write
	}
	err = door(ctx, func(tx *store.Tx) error {
		var id int64
		var sealed []byte
		err := tx.QueryRow(`SELECT id, name, valid_to, sealed FROM document WHERE family_id = $1 AND kind = 'iban' AND media = 'text/iban' AND state <> 'replaced' ORDER BY id DESC LIMIT 1`,
			familyID).Scan(&id, &d.Masked, &d.ValidTo, &sealed)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		found = true
		if !reveal {
			return nil
		}
		session := staff.From(ctx)
		if session.Key == nil {
			return fault.New(fault.Forbidden, "Le coffre est fermé : reconnectez-vous pour lire l’IBAN.")
		}
		plain, err := session.Key.Open(sealed, documentSeal(id))
		if err != nil {
			return fault.Wrap(fault.Unavailable, err, "L’IBAN ne s’ouvre pas avec la clé de la base.")
		}
		end := d.ValidTo
		if err := json.Unmarshal(plain, &d); err != nil {
			return err
		}
		d.ValidTo = end
		return staff.Audit(tx, "bank.read", fmt.Sprintf("family:%d", familyID), "IBAN consulté")
	})
	return d, found, err
}
