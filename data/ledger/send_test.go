package ledger_test

import (
	"strings"
	"testing"

	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/letter"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

func TestReceiptIsSentOnceAndFoundByItsTransfer(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, s := desk(t, db), ledger.New(db)
		f := family(t, ctx, db, "Favier")
		for _, q := range []string{
			`INSERT INTO commune (insee, name, fold) VALUES ('01371', 'Saint-Marcel', 'saint marcel')`,
			`UPDATE family SET commune_id = (SELECT id FROM commune)`,
		} {
			if err := exec(t, ctx, db, q); err != nil {
				t.Fatal(err)
			}
		}
		r, err := s.TopUp(ctx, topUp("k1", f, 50_00))
		must(t, r, err)
		same, err := s.ReceiptOfTransfer(ctx, r.Transfer)
		if must(t, same, err); same.ID != r.ID || same.Family != "Favier" {
			t.Errorf("by its transfer: %+v", same)
		}
		_, err = s.ReceiptOfTransfer(ctx, r.Transfer+1000)
		wantKind(t, err, fault.NotFound)
		for range 2 {
			to, err := s.SendReceipt(ctx, r.ID)
			if must(t, to, err); to != "elodie@example.org" {
				t.Errorf("sent to %q", to)
			}
		}
		box, err := letter.New(db).Outbox(ctx, 10)
		must(t, box, err)
		if len(box) != 1 || box[0].Kind != "wallet.receipt" || !strings.Contains(box[0].Letter.Subject, r.Number()) ||
			!strings.Contains(box[0].Letter.Body, "50,00\u00a0€ (chèque)") || !strings.Contains(box[0].Letter.Body, "Saint-Marcel") {
			t.Errorf("outbox: %+v", box)
		}
		if err := exec(t, ctx, db, `UPDATE guardian SET email = ''`); err != nil {
			t.Fatal(err)
		}
		_, err = s.SendReceipt(ctx, r.ID)
		wantKind(t, err, fault.Invalid)
	})
}
