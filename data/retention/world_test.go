package retention_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"ardoise/assets"
	"ardoise/data"
	"ardoise/data/access"
	"ardoise/data/billing"
	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/mailbox"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// town is an office with its catalog, and who does everything in it.
type town struct {
	t    *testing.T
	db   *store.DB
	o    *data.Office
	ctx  context.Context
	keys int
}

// start is a Monday of November: the canteen is open, the month not yet over.
var start = time.Date(2026, 11, 16, 9, 0, 0, 0, calendar.Paris)

func newTown(t *testing.T, db *store.DB) *town {
	t.Helper()
	w := &town{t: t, db: db, o: data.Over(db, &staff.MemoryHead{}, staff.WithCost(stafftest.Fast))}
	w.at(start)
	w.ctx = stafftest.Session(t, db, staff.Roles...)
	_, err := w.o.Catalog.Load(w.ctx, bytes.NewReader(assets.Dombes), "dombes.toml")
	w.must(err)
	return w
}

func (w *town) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *town) at(t time.Time) { storetest.ClockOf(w.db).Set(t) }

func (w *town) key() string { w.keys++; return fmt.Sprint("test-", w.keys) }

// service is a canteen, and a class of a school it takes.
func (w *town) service() (id, class int64) {
	w.t.Helper()
	services, err := w.o.Catalog.Services(w.ctx)
	w.must(err)
	for _, s := range services {
		if s.Kind != "canteen" || len(s.Schools) == 0 {
			continue
		}
		w.must(w.db.Write(w.ctx, func(tx *store.Tx) error {
			return tx.QueryRow(`INSERT INTO class (school_id, school_year, name) VALUES ($1, 2026, 'CE1') ON CONFLICT (school_id, school_year, name) DO UPDATE SET rank = class.rank RETURNING id`, s.Schools[0]).Scan(&class)
		}))
		return s.ID, class
	}
	w.t.Fatal("no canteen with a school")
	return 0, 0
}

// words are unlike anything else in the base: one a place, so that what is found
// says where it was left.
const words = "zqxnom zqxusage zqxprenom zqxrue zqxbatiment zqxville zqxnote zqxadresse zqxenfant zqxsurnom zqxpetit zqxremarque zqxpersonne zqxlien " +
	"zqxallergie zqxpai zqxcuisine zqxfichier zqxrefus zqxaccord zqxmoyen zqxmotif zqxpayeur zqxreference zqxrembours zqxtitulaire zqxsujet zqxtexte zqxgarde zqxavoir"

// phone and account are the others that name a family.
const (
	phone   = "+33639984455"
	account = "FR7630006000011234567890189"
	ine     = "9876543210Z"
)

// nominative is everything that must not be found.
func nominative() []string { return append(strings.Fields(words), phone, account, ine, "2019-03-17") }

// berthet keeps a family with every planted word, through the doors a desk uses.
func (w *town) berthet() (familyID, childID int64) {
	w.t.Helper()
	service, class := w.service()
	quotient := 850
	f, err := w.o.Family.Create(w.ctx, family.Draft{
		Name: "zqxnom", Address1: "3 zqxrue", Address2: "zqxbatiment", Postal: "01390", City: "zqxville", Note: "zqxnote", Quotient: &quotient,
		Guardians: []family.Guardian{{Civility: "Mme", Last: "zqxnom", Usage: "zqxusage", First: "zqxprenom", Email: "zqxadresse@exemple.fr", Mobile: phone}},
		Children: []family.Child{{
			Last: "zqxenfant", Usage: "zqxsurnom", First: "zqxpetit", Birth: calendar.MustISO("2019-03-17"), INE: ine, Sex: "F", Note: "zqxremarque", ClassID: class, Level: "CE1",
			Pickups: []family.Pickup{{Name: "zqxpersonne", Phone: phone, Link: "zqxlien"}},
		}},
	})
	w.must(err)
	child := f.Children[0].ID
	w.must(w.o.Family.SetHealth(w.ctx, family.Health{ChildID: child, Allergens: []string{"lait"}, Allergies: "zqxallergie", CarePlan: "zqxpai", Kitchen: "zqxcuisine"}))
	_, err = w.o.Family.Health(w.ctx, child)
	w.must(err)
	w.requests(f.ID, child, service)
	w.money(f.ID, child, service)
	return f.ID, child
}

func pdf(text string) *bytes.Reader {
	return bytes.NewReader([]byte("%PDF-1.4\n" + text + "\n%%EOF\n"))
}

// requests asks for the canteen with every document, refuses another service.
func (w *town) requests(familyID, child, service int64) {
	w.t.Helper()
	q, err := w.o.Access.Submit(w.ctx, access.Asked{ChildID: child, ServiceID: service, Year: 2026})
	w.must(err)
	for _, m := range q.Checklist {
		if m.Kind == "iban" || m.Kind == "mandate" {
			continue
		}
		d, err := w.o.Access.Attach(w.ctx, access.Attachment{RequestID: q.ID, Kind: m.Kind, Name: "zqxfichier.pdf", Content: pdf("zqxfichier " + m.Kind)})
		w.must(err)
		w.must(w.o.Access.MarkDocument(w.ctx, d.ID, true, 0, ""))
	}
	q, err = w.o.Access.Get(w.ctx, q.ID)
	w.must(err)
	_, err = w.o.Access.Accept(w.ctx, q.ID, q.Version, nil)
	w.must(err)
	other, err := w.o.Catalog.Services(w.ctx)
	w.must(err)
	for _, s := range other {
		if s.ID == service {
			continue
		}
		if q, err := w.o.Access.Submit(w.ctx, access.Asked{ChildID: child, ServiceID: s.ID, Year: 2026}); err == nil {
			_, err = w.o.Access.Refuse(w.ctx, q.ID, q.Version, "zqxrefus", nil)
			w.must(err)
			return
		}
	}
}

// money tops a wallet up, books with a consent past the cut-off, invoices a month.
func (w *town) money(familyID, child, service int64) {
	w.t.Helper()
	_, err := w.o.Ledger.TopUp(w.ctx, ledger.TopUp{Key: w.key(), FamilyID: familyID, Amount: 50_00, Means: "cheque", Reference: "zqxreference", Payer: "zqxpayeur"})
	w.must(err)
	day := calendar.DateOf(start).Add(1)
	p, err := w.o.Booking.Plan(w.ctx, booking.Ask{
		Key: w.key(), FamilyID: familyID, Add: []booking.Item{{ChildID: child, ServiceID: service, Day: day}, {ChildID: child, ServiceID: service, Day: day.Add(10)}},
		Consent: ledger.Consent{Who: "zqxaccord", How: "zqxmoyen"}, Override: "zqxmotif", SendRecap: true,
	})
	w.must(err)
	_, err = w.o.Booking.Commit(w.ctx, p)
	w.must(err)
	_, err = w.o.Booking.Send(w.ctx, service, day)
	w.must(err)
	m, err := w.o.Billing.AddMandate(w.ctx, billing.NewMandate{FamilyID: familyID, Holder: "zqxtitulaire", IBAN: account, BIC: "AGRIFRPPXXX", SignedOn: calendar.DateOf(start)})
	w.must(err)
	w.must(w.o.Billing.BlockMandate(w.ctx, m.ID, "zqxmotif"))
	w.must(w.o.Billing.UnblockMandate(w.ctx, m.ID, "zqxmotif"))
	set, err := w.o.Billing.Settings(w.ctx)
	w.must(err)
	set.Creditor, set.ICS, set.IBAN, set.BIC = "Commune de Saint-Marcel", "FR72ZZZ123456", "FR7630001007941234567890185", "BDFEFRPP"
	w.must(w.o.Billing.SetSettings(w.ctx, set))
	w.must(w.db.Write(w.ctx, func(tx *store.Tx) error { // from now on the family pays at the end of the month
		_, err := tx.Exec(`UPDATE access_request SET pay = 'monthly' WHERE child_id = $1`, child)
		return err
	}))
	var monthly []booking.Item
	for _, n := range []int{2, 3, 6, 7} {
		monthly = append(monthly, booking.Item{ChildID: child, ServiceID: service, Day: day.Add(n)})
	}
	p, err = w.o.Booking.Plan(w.ctx, booking.Ask{Key: w.key(), FamilyID: familyID, Add: monthly, Consent: ledger.Consent{Who: "zqxaccord", How: "zqxmoyen"}, Override: "zqxmotif"})
	w.must(err)
	for _, l := range p.Lines {
		if l.Reason != "" {
			w.t.Log(l.Day, l.Reason)
		}
	}
	_, err = w.o.Booking.Commit(w.ctx, p)
	w.must(err)
	w.take("Bonjour, zqxtexte.")
	_, err = w.o.Family.Get(w.ctx, familyID)
	w.must(err)
}

// take receives a message of the family.
func (w *town) take(text string) int64 {
	w.t.Helper()
	raw := "From: zqxprenom zqxnom <zqxadresse@exemple.fr>\r\nTo: cantine@exemple.fr\r\nSubject: zqxsujet\r\nMessage-ID: <zqxsujet-" + w.key() + "@exemple.fr>\r\nDate: Mon, 16 Nov 2026 09:00:00 +0100\r\n\r\n" + text + "\r\n"
	got, err := w.o.Mailbox.Take(w.ctx, mailbox.Delivery{Received: w.db.Now(), Raw: []byte(raw)})
	w.must(err)
	w.must(w.o.Mailbox.Ignore(w.ctx, got.MessageID))
	return got.MessageID
}

// invoice closes November, pays part of it at the counter and has the rest collected.
func (w *town) invoice(familyID int64) {
	w.t.Helper()
	run := billing.Run{Month: calendar.NewMonth(2026, 11), Small: []int64{familyID}}
	p, err := w.o.Billing.Plan(w.ctx, run)
	w.must(err)
	done, err := w.o.Billing.Issue(w.ctx, w.key(), run, p.Digest)
	w.must(err)
	if done.Count != 1 {
		w.t.Fatalf("%d invoices", done.Count)
	}
	pay := billing.Payment{Key: w.key(), FamilyID: familyID, Amount: 2_00, Means: "cash", Payer: "zqxpayeur", Reference: "zqxreference"}
	pp, err := w.o.Billing.PlanPayment(w.ctx, pay)
	w.must(err)
	_, err = w.o.Billing.Pay(w.ctx, pay, pp.Digest)
	w.must(err)
	ask := billing.DebitAsk{CollectOn: calendar.MustISO("2027-01-04"), Version: "08"}
	dp, err := w.o.Billing.PlanDebits(w.ctx, ask)
	w.must(err)
	if dp.Problem != "" || dp.Count != 1 {
		w.t.Fatalf("%s %+v", dp.Problem, dp.Skipped)
	}
	batch, err := w.o.Billing.BuildDebits(w.ctx, dp.Ask, dp.Digest)
	w.must(err)
	_, err = w.o.Billing.SendDebits(w.ctx, w.key(), batch.ID)
	w.must(err)
}

// settle gives the rest of a wallet back and drops the letters that wait.
func (w *town) settle(familyID int64) {
	w.t.Helper()
	if wallet, err := w.o.Ledger.Wallet(w.ctx, familyID); err == nil && wallet.Balance > 0 {
		_, err := w.o.Ledger.Refund(w.ctx, ledger.Refund{Key: w.key(), FamilyID: familyID, Means: "transfer", Reason: "zqxrembours"})
		w.must(err)
	}
	list, err := w.o.Mailbox.Outbox(w.ctx, []string{"waiting"}, 0, 100)
	w.must(err)
	for _, l := range list {
		w.must(w.o.Mailbox.Drop(w.ctx, l.ID))
	}
}

// sound fails the test where an invariant does not hold.
func (w *town) sound(when string) {
	w.t.Helper()
	checks, err := w.o.Verify(w.ctx)
	w.must(err)
	for _, c := range checks {
		if !c.OK {
			w.t.Errorf("%s, %s: %s", when, c.ID, c.Detail)
		}
	}
}

// books is every amount and day of the accounts, in order.
func (w *town) books() string {
	w.t.Helper()
	var b strings.Builder
	w.must(w.db.Read(w.ctx, func(tx *store.Tx) error {
		for _, q := range []string{
			`SELECT 'account ' || id || ' ' || kind || ' ' || balance || ' ' || COALESCE(family_id, 0) FROM account ORDER BY id`,
			`SELECT 'transfer ' || id || ' ' || operation_id || ' ' || debit_id || ' ' || credit_id || ' ' || amount || ' ' || kind || ' ' || on_day FROM transfer ORDER BY id`,
			`SELECT 'receipt ' || id || ' ' || year || ' ' || number || ' ' || amount || ' ' || balance_after || ' ' || at || ' ' || means FROM receipt ORDER BY id`,
			`SELECT 'invoice ' || id || ' ' || number || ' ' || total || ' ' || previous || ' ' || issued_on || ' ' || due_on FROM invoice ORDER BY id`,
			`SELECT 'line ' || invoice_id || ' ' || rank || ' ' || day || ' ' || amount || ' ' || COALESCE(quotient, 0) || ' ' || tariff FROM invoice_line ORDER BY invoice_id, rank`,
			`SELECT 'open ' || invoice_id || ' ' || open || ' ' || due_on FROM invoice_balance ORDER BY invoice_id`,
			`SELECT 'booking ' || id || ' ' || child_id || ' ' || day || ' ' || price || ' ' || state || ' ' || attendance || ' ' || family_id FROM booking ORDER BY id`,
			`SELECT 'debit ' || id || ' ' || amount || ' ' || state || ' ' || end_to_end FROM debit ORDER BY id`,
			`SELECT 'sheet ' || headcount_id || ' ' || rank || ' ' || school || ' ' || diet || ' ' || count FROM headcount_line ORDER BY headcount_id, rank`,
		} {
			err := store.Each(tx, func(r rows) error {
				var s string
				err := r.Scan(&s)
				b.WriteString(s + "\n")
				return err
			}, q)
			if err != nil {
				return err
			}
		}
		return nil
	}))
	return b.String()
}

// said fails the test for an error that is no refusal of a rule.
func (w *town) said(err error) {
	w.t.Helper()
	var refusal *fault.Error
	if err != nil && !errors.As(err, &refusal) {
		w.t.Fatal(err)
	}
}
