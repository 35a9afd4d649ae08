package billing_test

import (
	"testing"

	"ardoise/data/billing"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store/storetest"
)

// Money, mandates and closings are the régie's; the counter and the
// administration may look at what a family was invoiced and owes; the books are
// the administration's to read as well. The kitchen and health see nothing.
func TestRights(t *testing.T) {
	db := storetest.OpenSQLite(t)
	table := map[string][]staff.Role{"SetSettings": {staff.Admin, staff.Regie}}
	for roles, names := range map[*[]staff.Role][]string{
		{staff.Regie, staff.Accueil, staff.Admin}: {
			"Account", "Batch", "Batches", "Figures", "Invoices", "Locks", "MandateEvents", "Mandates", "Overview", "Reminder", "Reminders", "Returns", "Settings", "TaxYears",
		},
		{staff.Regie, staff.Admin}: {"Books", "CashDay", "CashDays", "EachJournal", "Journal", "PlanLock", "PlanSlip", "Slip", "Slips"},
		{staff.Regie}: {
			"Plan", "Issue", "PlanReprice", "Reprice", "PlanCredit", "Credit", "PlanPayment", "Pay", "VoidPayment", "PlanReminders", "Remind",
			"AddMandate", "AddAcceptedMandates", "AmendMandate", "RenewMandate", "BlockMandate", "UnblockMandate", "RevokeMandate", "LastCollection", "MandateAccount",
			"PlanDebits", "BuildDebits", "DebitFile", "SendDebits", "DropDebits", "PlanReturn", "ReadReturn", "CloseCash", "MakeSlip", "LockMonth", "VoidReceipt",
		},
	} {
		for _, name := range names {
			table[name] = *roles
		}
	}
	stafftest.Rights(t, billing.New(db), table, stafftest.Contexts(t, db))
}
