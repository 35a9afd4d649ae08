package sepa

import (
	"fmt"
	"regexp"
	"strings"

	"ardoise/data/bank"
	"ardoise/data/calendar"
	"ardoise/data/fault"
)

// What a creditor with a deposit account at the Treasury (compte de dépôt de fonds, DFT) writes otherwise. To be
// confirmed with the accountant, which is why a setting turns it on; the ultimate creditor then names the account's
// holder.
const (
	TreasuryBIC  = "TRPUFRP1"
	TreasuryBank = "10071" // bank code of its accounts
)

var (
	accountantShape = regexp.MustCompile(`^[0-9]{6}$`)
	serviceShape    = regexp.MustCompile(`^[A-Z0-9-]+$`)
)

// TreasuryMessageID gives the reference of a file, which is its file name too: "<service>-DFT-SDD-<YY><day of
// year>-<seq>", for instance "CANTINE-DFT-SDD-26344-001" for the first file made on 10 December 2026. The number of
// the file in the day goes from 1 to 999. A service whose name leaves no room within 30 characters is refused.
func TreasuryMessageID(service string, madeOn calendar.Date, seq int) (string, error) {
	code := strings.ToUpper(bank.Reference(service))
	if !serviceShape.MatchString(code) {
		return "", fault.New(fault.Invalid, "Le code du service « %s » ne permet pas de nommer la remise au Trésor : lettres sans accent, chiffres et tirets seulement.", service)
	}
	if madeOn.IsZero() || seq < 1 || seq > 999 {
		return "", fault.New(fault.Invalid, "La remise au Trésor n’a pas de date, ou son numéro dans la journée n’est pas entre 1 et 999.")
	}
	day := int(madeOn-calendar.NewDate(madeOn.Year(), 1, 1)) + 1
	id := fmt.Sprintf("%s-DFT-SDD-%02d%03d-%03d", code, madeOn.Year()%100, day, seq)
	if len(id) > maxMessageID {
		return "", fault.New(fault.Invalid, "Le code du service « %s » est trop long pour nommer la remise au Trésor : %d caractères au plus.", service, maxMessageID-len(id)+len(code))
	}
	return id, nil
}

// TreasuryFileName is the name of the file on disk.
func TreasuryFileName(messageID string) string { return messageID + ".xml" }

// TreasuryEndToEndID gives the reference of a debit: "1D", the accountant's code (6 figures), "0", then ours, 35
// characters at most. A reference that does not fit is refused, not cut: it would no longer be found on its return.
func TreasuryEndToEndID(accountant, reference string) (string, error) {
	accountant = strings.Join(strings.Fields(accountant), "")
	if !accountantShape.MatchString(accountant) {
		return "", fault.New(fault.Invalid, "Le code du comptable « %s » n’est pas fait de 6 chiffres : demandez-le au service de gestion comptable.", accountant)
	}
	if reference == "" {
		return "", fault.New(fault.Invalid, "La référence du prélèvement manque.")
	}
	id := "1D" + accountant + "0" + reference
	if !bank.IsReference(id) {
		return "", fault.New(fault.Invalid, "La référence « %s » ne convient pas au Trésor : 26 lettres sans accent, chiffres ou tirets au plus.", reference)
	}
	return id, nil
}
