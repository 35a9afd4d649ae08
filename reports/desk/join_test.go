package desk_test

import (
	"fmt"
	"strings"
	"testing"

	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/reports/desk"
	"ardoise/reports/page/pagetest"
)

// TestJoinerMakesThePaperALetterSpeaksOf: a letter names its paper, and gets
// that one; a paper that is not there is a refusal, a letter without one nothing.
func TestJoinerMakesThePaperALetterSpeaksOf(t *testing.T) {
	w := newTown(t)
	join := desk.Joiner(w.o)
	bills, err := w.o.Billing.Invoices(w.ctx, billing.InvoiceFilter{})
	if err != nil || len(bills) == 0 {
		t.Fatal(err, len(bills))
	}
	receipts, _, err := w.o.Ledger.Receipts(w.ctx, ledger.ReceiptFilter{Limit: 1})
	if err != nil || len(receipts) == 0 {
		t.Fatal(err)
	}
	sent, err := w.o.Billing.Reminders(w.ctx, calendar.Date(0), 0)
	if err != nil || len(sent.Families) == 0 {
		t.Fatal(err, len(sent.Families))
	}
	for object, says := range map[string]string{
		object("invoice", bills[0].ID):                  bills[0].Number,
		object("receipt", receipts[0].ID):               receipts[0].Number(),
		object("reminder", sent.Families[0].ReminderID): sent.Families[0].Invoices[0].Number,
	} {
		files, err := join(w.ctx, object)
		if err != nil || len(files) != 1 || !strings.HasSuffix(files[0].Name, ".pdf") || strings.ContainsAny(files[0].Name, "/ ") {
			t.Errorf("%s: %d files, %v", object, len(files), err)
			continue
		}
		if text := plain(pagetest.Text(t, files[0].Content)); !strings.Contains(text, says) {
			t.Errorf("%s: %s is not on the paper", object, says)
		}
	}
	for _, none := range []string{"debit_batch:1", "family:3", "", "invoice", "invoice:x"} {
		if files, err := join(w.ctx, none); err != nil || files != nil {
			t.Errorf("%q: %v %v", none, files, err)
		}
	}
	for _, missing := range []string{"invoice:99999", "receipt:99999", "reminder:99999"} {
		if _, err := join(w.ctx, missing); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: %v", missing, err)
		}
	}
}

func object(what string, id int64) string { return fmt.Sprintf("%s:%d", what, id) }
