package access

import (
	"bytes"
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/letter"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// town is a commune with a canteen that asks for a health form (and, for
// direct debit, bank details), and one family with one child.
type town struct {
	*Service
	db                     *store.DB
	clock                  *storetest.Clock
	desk                   context.Context // accueil and santé
	family, child, service int64
}

func newTown(t *testing.T, db *store.DB) *town {
	t.Helper()
	w := &town{Service: New(db), db: db, clock: storetest.ClockOf(db), desk: stafftest.Session(t, db, staff.Accueil, staff.Sante)}
	err := db.Write(w.desk, func(tx *store.Tx) error {
		var commune int64
		if err := tx.QueryRow(`INSERT INTO commune (insee, name, fold) VALUES ('01371', 'Saint-Marcel', 'saint marcel') RETURNING id`).Scan(&commune); err != nil {
			return err
		}
		if err := tx.QueryRow(`INSERT INTO service (commune_id, code, name, short, kind, product, weekdays, region, zone, starts_at, book_cutoff, cancel_cutoff, pay)
			VALUES ($1, 'cantine', 'Service cantine, Saint-Marcel', 'Cantine', 'canteen', 'Réservation repas cantine', '1245', 'metropole', 'A', '12:00', '', '', 'wallet,monthly') RETURNING id`, commune).Scan(&w.service); err != nil {
			return err
		}
		if err := tx.QueryRow(`INSERT INTO family (name, fold, sort_key, created_at) VALUES ('Berthet', 'berthet', $1, $2) RETURNING id`, []byte{1}, tx.Now()).Scan(&w.family); err != nil {
			return err
		}
		if err := tx.QueryRow(`INSERT INTO child (family_id, last, first, birth, age_group, fold, sort_key, created_at)
			VALUES ($1, 'BERTHET', 'Manon', '2018-06-09', 'elementaire', 'berthet manon', $2, $3) RETURNING id`, w.family, []byte{1}, tx.Now()).Scan(&w.child); err != nil {
			return err
		}
		for _, q := range []string{
			`INSERT INTO guardian (family_id, rank, civility, last, first, email, fold) VALUES ($1, 1, 'MME', 'BERTHET', 'Camille', 'camille.berthet@example.org', '')`,
		} {
			if _, err := tx.Exec(q, w.family); err != nil {
				return err
			}
		}
		for _, d := range []string{"health_form:0", "iban:1", "mandate:1"} {
			kind, debit, _ := strings.Cut(d, ":")
			if _, err := tx.Exec(`INSERT INTO required_document (service_id, kind, label, debit_only) VALUES ($1, $2, $3, $4)`, w.service, kind, "Pièce "+kind, debit == "1"); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *town) submit(t *testing.T, pay string) Request {
	t.Helper()
	q, err := w.Submit(w.desk, asked(w, pay))
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// asked is what the family of the tests asks for.
func asked(w *town, pay string) Asked { return Asked{ChildID: w.child, ServiceID: w.service, Pay: pay} }

func (w *town) attach(t *testing.T, request int64, kind string) Document {
	t.Helper()
	d, err := w.Attach(w.desk, Attachment{RequestID: request, Kind: kind, Name: kind + ".pdf", Content: strings.NewReader(smallPDF)})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (w *town) gate(t *testing.T, day string) (ok bool, why string) {
	t.Helper()
	d := calendar.MustISO(day)
	err := w.db.Read(w.desk, func(tx *store.Tx) error {
		gates, err := Gates(tx, []int64{w.child}, calendar.SchoolYearOf(d))
		ok, why = gates[GateKey{w.child, w.service}].Open(d)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return ok, why
}

func wantRefusal(t *testing.T, err error, kind fault.Kind, word string) {
	t.Helper()
	if fault.KindOf(err) != kind || !strings.Contains(fault.Sentence(err), word) {
		t.Errorf("got %v, want %v with %q", err, kind, word)
	}
}

func TestFromRequestToAccess(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		if ok, why := w.gate(t, "2026-11-26"); ok || !strings.Contains(why, "Aucune demande") {
			t.Errorf("gate before any request: %v %q", ok, why)
		}
		q := w.submit(t, Prepaid)
		if q.State != Submitted || !slices.Equal(q.Missing, []string{"Pièce health_form"}) || q.Child != "Manon BERTHET" {
			t.Fatalf("submitted: %+v", q)
		}
		_, err := w.Submit(w.desk, asked(w, Prepaid))
		wantRefusal(t, err, fault.Conflict, "déjà une demande")
		_, err = w.Accept(w.desk, q.ID, q.Version, nil)
		wantRefusal(t, err, fault.Invalid, "Pièce health_form")
		if q, err = w.AskMore(w.desk, q.ID, q.Version, "", nil); err != nil || q.State != Incomplete {
			t.Fatalf("ask more: %v %v", q.State, err)
		}
		if ok, why := w.gate(t, "2026-11-26"); ok || !strings.Contains(why, "incomplète") {
			t.Errorf("gate of an incomplete request: %v %q", ok, why)
		}
		d := w.attach(t, q.ID, "health_form")
		if d.ValidTo != calendar.MustISO("2027-11-23") {
			t.Errorf("12 months from 24 November 2026 end on %v", d.ValidTo)
		}
		if q, err = w.Get(w.desk, q.ID); err != nil || q.State != Submitted || len(q.Missing) != 0 {
			t.Fatalf("a complete file comes back to the desk: %+v %v", q, err)
		}
		_, err = w.Accept(w.desk, q.ID, q.Version-1, nil)
		wantRefusal(t, err, fault.Conflict, "a changé")
		if q, err = w.Accept(w.desk, q.ID, q.Version, nil); err != nil || q.State != Accepted || q.ValidTo != q.Year.Last() {
			t.Fatalf("accept: %+v %v", q, err)
		}
		if ok, why := w.gate(t, "2026-11-26"); !ok {
			t.Errorf("gate after acceptance: %q", why)
		}
		if ok, _ := w.gate(t, "2027-09-06"); ok {
			t.Error("the access of one school year opens the next")
		}
		_, err = w.Refuse(w.desk, q.ID, 0, "non", nil)
		wantRefusal(t, err, fault.Conflict, "ouvert")
		box, err := letter.New(db).Outbox(w.desk, 10)
		if err != nil || len(box) != 2 || box[0].Kind != "access.accepted" || !strings.Contains(box[0].Letter.Body, "Manon") ||
			!strings.HasPrefix(box[0].Letter.Body, "Bonjour Madame Berthet") || box[0].State != "waiting" {
			t.Errorf("outbox: %+v %v", box, err)
		}
	})
}

func TestRefusalNeedsAReason(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		q := w.submit(t, Prepaid)
		_, err := w.Refuse(w.desk, q.ID, 0, "  ", nil)
		wantRefusal(t, err, fault.Invalid, "motif")
		if q, err = w.Refuse(w.desk, q.ID, 0, "effectif complet", nil); err != nil || q.State != Refused {
			t.Fatal(q, err)
		}
		if ok, why := w.gate(t, "2026-11-26"); ok || !strings.Contains(why, "effectif complet") {
			t.Errorf("gate: %v %q", ok, why)
		}
		if again := w.submit(t, Prepaid); again.ID == q.ID {
			t.Error("a new request after a refusal is a new row")
		}
		// Planted fault: the schema refuses a refusal without a reason too.
		err = db.Write(w.desk, func(tx *store.Tx) error {
			_, err := tx.Exec(`UPDATE access_request SET reason = '' WHERE id = $1`, q.ID)
			return err
		})
		if err == nil {
			t.Error("the schema let a refusal lose its reason")
		}
	})
}

func TestBankDetailsAndDirectDebit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		q := w.submit(t, Monthly)
		if len(q.Missing) != 3 {
			t.Fatalf("monthly by direct debit wants three documents: %v", q.Missing)
		}
		w.attach(t, q.ID, "health_form")
		w.attach(t, q.ID, "mandate")
		wantRefusal(t, w.SetBankDetails(w.desk, q.ID, "FR76 3000 1007 94", "", ""), fault.Invalid, "27 caractères")
		if err := w.SetBankDetails(w.desk, q.ID, "FR7630006000011234567890189", "AGRIFRPP", "Camille Berthet"); err != nil {
			t.Fatal(err)
		}
		d, found, err := w.BankDetails(w.desk, w.family, false)
		if err != nil || !found || d.IBAN != "" || !strings.HasSuffix(d.Masked, "189") {
			t.Errorf("masked: %+v %v %v", d, found, err)
		}
		_, _, err = w.BankDetails(w.desk, w.family, true)
		wantRefusal(t, err, fault.Forbidden, "Régie")
		// Nor by the other door: as a document like any other.
		docs, err := w.Documents(w.desk, w.family)
		if err != nil {
			t.Fatal(err)
		}
		tried := 0
		for _, doc := range docs {
			if doc.Media == "text/iban" {
				tried++
				_, _, err := w.Content(w.desk, doc.ID)
				wantRefusal(t, err, fault.Forbidden, "Régie")
			}
		}
		if tried != 1 {
			t.Errorf("%d account numbers on file, want 1", tried)
		}
		d, _, err = w.BankDetails(stafftest.Session(t, db, staff.Regie), w.family, true)
		if err != nil || d.IBAN != "FR7630006000011234567890189" || d.BIC != "AGRIFRPP" {
			t.Errorf("revealed: %+v %v", d, err)
		}
		if q, err = w.Accept(w.desk, q.ID, 0, nil); err != nil || q.Pay != Monthly {
			t.Errorf("accept: %v", err)
		}
	})
}

func TestDocumentsAreSealedAndReadingIsLogged(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		q := w.submit(t, Prepaid)
		d := w.attach(t, q.ID, "health_form")
		_, _, err := w.Content(stafftest.Session(t, db, staff.Accueil), d.ID)
		wantRefusal(t, err, fault.Forbidden, "Santé")
		content, media, err := w.Content(w.desk, d.ID)
		if err != nil || string(content) != smallPDF || media != "application/pdf" {
			t.Fatalf("content: %q %v", media, err)
		}
		var reads int
		var sealed []byte
		err = db.Read(w.desk, func(tx *store.Tx) error {
			if err := tx.QueryRow(`SELECT count(*) FROM audit WHERE action = 'document.read'`).Scan(&reads); err != nil {
				return err
			}
			return tx.QueryRow(`SELECT sealed FROM document WHERE id = $1`, d.ID).Scan(&sealed)
		})
		if err != nil || reads != 1 || bytes.Contains(sealed, []byte("Catalog")) {
			t.Errorf("reads %d, in clear: %v, %v", reads, bytes.Contains(sealed, []byte("Catalog")), err)
		}
		if path := db.Path(); path != "" {
			for _, name := range []string{path, path + "-wal"} {
				file, err := os.ReadFile(name)
				if err != nil && !os.IsNotExist(err) {
					t.Fatal(err)
				}
				if bytes.Contains(file, []byte("/Type/Catalog")) {
					t.Errorf("%s holds a document in clear", name)
				}
			}
		}
		// Planted fault: a sealed document moved to another row does not open.
		other := w.attach(t, q.ID, "other")
		if err := db.Write(w.desk, func(tx *store.Tx) error {
			_, err := tx.Exec(`UPDATE document SET sealed = $1 WHERE id = $2`, sealed, other.ID)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		_, _, err = w.Content(w.desk, other.ID)
		wantRefusal(t, err, fault.Unavailable, "abîmée")
		_, err = w.Attach(w.desk, Attachment{RequestID: q.ID, Kind: "health_form", Name: "x.pdf", Content: strings.NewReader("MZ not a pdf")})
		wantRefusal(t, err, fault.Invalid, "ni un PDF")
		_, err = w.Attach(w.desk, Attachment{RequestID: q.ID, Kind: "recipe", Content: strings.NewReader(smallPDF)})
		wantRefusal(t, err, fault.Invalid, "sorte de pièce")
	})
}

func TestLapseWarnsThenSuspendsThenReopens(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		q := w.submit(t, Prepaid)
		d := w.attach(t, q.ID, "health_form")
		if err := w.MarkDocument(w.desk, d.ID, true, calendar.MustISO("2027-02-15"), ""); err != nil {
			t.Fatal(err)
		}
		q, err := w.Accept(w.desk, q.ID, 0, nil)
		if err != nil || q.ValidTo != calendar.MustISO("2027-02-15") {
			t.Fatalf("valid to %v, %v", q.ValidTo, err)
		}
		run := func(at string, wantSuspended, wantWarned int) {
			t.Helper()
			instant, err := time.Parse(time.RFC3339, at)
			if err != nil {
				t.Fatal(err)
			}
			w.clock.Set(instant)
			s, n, err := w.SuspendLapsed(w.desk)
			if err != nil || s != wantSuspended || n != wantWarned {
				t.Errorf("%s: suspended %d warned %d (%v), want %d %d", at, s, n, err, wantSuspended, wantWarned)
			}
		}
		run("2027-01-15T12:00:00+01:00", 0, 0) // 31 days before
		run("2027-01-16T12:00:00+01:00", 0, 1) // 30 days
		run("2027-01-20T12:00:00+01:00", 0, 0) // once
		run("2027-02-08T12:00:00+01:00", 0, 1) // 7 days
		run("2027-02-09T12:00:00+01:00", 0, 0)
		// The family brings it up to date by three days: it is told again before the new end.
		if err := w.MarkDocument(w.desk, d.ID, true, calendar.MustISO("2027-02-18"), ""); err != nil {
			t.Fatal(err)
		}
		run("2027-02-11T12:00:00+01:00", 0, 1)
		if box, err := letter.New(db).Outbox(w.desk, 1); err != nil || box[0].Kind != "document.warning" || !strings.Contains(box[0].Letter.Subject, "18 février") {
			t.Errorf("the warning of the new end: %+v %v", box, err)
		}
		if err := w.MarkDocument(w.desk, d.ID, true, calendar.MustISO("2027-02-15"), ""); err != nil {
			t.Fatal(err)
		}
		run("2027-02-11T12:00:00+01:00", 0, 1) // the earlier end once more: its letter stands, the document is marked
		run("2027-02-15T23:59:59+01:00", 0, 0) // the last day counts
		if ok, _ := w.gate(t, "2027-03-01"); !ok {
			t.Error("closed on its last day")
		}
		w.clock.Set(time.Date(2027, 2, 16, 0, 0, 0, 0, calendar.Paris))
		if ok, why := w.gate(t, "2027-03-01"); ok || !strings.Contains(why, "suspendu") {
			t.Errorf("the gate does not wait for the housekeeping: %v %q", ok, why)
		}
		run("2027-02-16T00:00:00+01:00", 1, 0)
		run("2027-02-16T00:00:01+01:00", 0, 0)
		w.attach(t, q.ID, "health_form")
		if q, err = w.Get(w.desk, q.ID); err != nil || q.State != Accepted {
			t.Errorf("a new document reopens the access: %v %v", q.State, err)
		}
		if err := w.MarkDocument(w.desk, q.Checklist[0].Document.ID, false, 0, "illisible"); err != nil {
			t.Fatal(err)
		}
		if q, err = w.Get(w.desk, q.ID); err != nil || q.State != Suspended {
			t.Errorf("a rejected document suspends: %v %v", q.State, err)
		}
	})
}

func TestQueueCountsAndFilters(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		w.submit(t, Prepaid)
		list, counts, err := w.Queue(w.desk, Filter{States: []State{Accepted}}, 0, 10)
		if err != nil || len(list) != 0 || counts[Submitted] != 1 {
			t.Errorf("accepted: %v %v %v", list, counts, err)
		}
		for text, want := range map[string]int{"": 1, "manon": 1, "Bérthet man": 1, "zzz": 0, "100%": 0, "_": 1} {
			if list, _, err = w.Queue(w.desk, Filter{Text: text, FamilyID: w.family}, 0, 10); err != nil || len(list) != want {
				t.Errorf("%q: %d requests, %v; want %d", text, len(list), err, want)
			}
		}
	})
}

func TestDemonstrationHoldsItsLetters(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		err := db.Write(w.desk, func(tx *store.Tx) error {
			if _, err := tx.Exec(`INSERT INTO setting (name, value) VALUES ('demo', '1')`); err != nil {
				return err
			}
			return letter.Post(tx, w.family, letter.Letter{To: "a@example.org", Subject: "s", Body: "b"}, "k", "o", "key")
		})
		if err != nil {
			t.Fatal(err)
		}
		if box, err := letter.New(db).Outbox(w.desk, 1); err != nil || len(box) != 1 || box[0].State != "held" {
			t.Errorf("outbox of a demonstration: %+v %v", box, err)
		}
	})
}

func TestRights(t *testing.T) {
	db := storetest.OpenSQLite(t)
	desk, read := []staff.Role{staff.Accueil}, readers
	stafftest.Rights(t, New(db), map[string][]staff.Role{
		"Submit": desk, "Present": desk, "Accept": desk, "AskMore": desk, "Refuse": desk, "Letter": desk,
		"Attach": {staff.Accueil, staff.Sante}, "MarkDocument": {staff.Accueil, staff.Sante},
		"SetBankDetails": {staff.Accueil, staff.Regie}, "BankDetails": {staff.Accueil, staff.Regie},
		"Content": read, "Queue": read, "Get": read, "Expiring": read, "Documents": read,
		"SuspendLapsed": stafftest.Anyone,
	}, stafftest.Contexts(t, db))
}
