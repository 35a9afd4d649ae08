package mailbox

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"ardoise/data/booking"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/letter"
	"ardoise/data/mailbox/message"
	"ardoise/data/mailbox/reading"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// TestKey: a decision sent twice is done once; the same key with something else
// in it is refused.
func TestKey(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		w.book(w.hugo, "2026-11-26")
		id := w.arrives("2026-11-23 07:00:00", letterIn{}, w.wants(reading.Cancel, w.hugo, "2026-11-26"))
		p := w.plan(w.decision(id))
		if none, err := w.s.Already(w.ctx, id, p.Decision.Key); none != nil || err != nil {
			t.Errorf("done before it was: %+v, %v", none, err)
		}
		first, err := w.s.Apply(w.ctx, p)
		if err != nil {
			t.Fatal(err)
		}
		balance := w.balance()
		if told, err := w.s.Already(w.ctx, id, p.Decision.Key); err != nil || told == nil || !told.Replayed || told.Text != first.Text || len(told.Operations) != len(first.Operations) {
			t.Errorf("already: %+v, %v", told, err)
		}
		for _, c := range []struct {
			id  int64
			key string
		}{{id, "another"}, {id + 1, p.Decision.Key}} {
			if none, err := w.s.Already(w.ctx, c.id, c.key); none != nil || err != nil {
				t.Errorf("%+v: %+v, %v", c, none, err)
			}
		}
		again, err := w.s.Apply(w.ctx, p)
		if err != nil || !again.Replayed || again.Text != first.Text || len(again.Operations) != len(first.Operations) || again.Undo != first.Undo {
			t.Errorf("again: %+v, %v; first %+v", again, err, first)
		}
		if w.balance() != balance {
			t.Error("the second time moved money")
		}
		other := *p
		other.Decision.Reply = letter.Letter{}
		_, err = w.s.Apply(w.ctx, &other)
		w.refused(fault.Conflict, err)
		_, err = w.s.Apply(w.ctx, &Plan{Decision: Decision{MessageID: id, Reply: p.Reply}})
		w.refused(fault.Invalid, err)
	})
}

// TestTwoAgents: of two who treat the same message at once, one does and the other
// is told who did.
func TestTwoAgents(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		w.book(w.hugo, "2026-11-26")
		id := w.arrives("2026-11-23 07:00:00", letterIn{}, w.wants(reading.Cancel, w.hugo, "2026-11-26"))
		plans := []*Plan{w.plan(w.decision(id)), w.plan(w.decision(id))}
		errs := make([]error, 2)
		var wg sync.WaitGroup
		for i, p := range plans {
			wg.Go(func() { _, errs[i] = w.s.Apply(w.ctx, p) })
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			switch {
			case err == nil:
				won++
			case fault.KindOf(err) != fault.Conflict || !strings.Contains(fault.Sentence(err), "a déjà été traité par Testeur accueil, lun. 23 nov. à 7"):
				t.Errorf("the other is told %v", err)
			}
		}
		if won != 1 || w.count(`SELECT COUNT(*) FROM outbox WHERE answers_id = $1`, id) != 1 {
			t.Errorf("%d agents did it", won)
		}
		w.clean()
	})
}

// TestStale: what changed since the plan was shown stops it, whole.
func TestStale(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		w.book(w.hugo, "2026-11-26", "2026-11-27")
		id := w.arrives("2026-11-23 07:00:00", letterIn{}, w.wants(reading.Cancel, w.hugo, "2026-11-26", "2026-11-27"))
		p := w.plan(w.decision(id))
		if _, err := booking.New(db).Book(w.ctx, booking.Ask{Key: w.key(), FamilyID: w.family, Consent: ledger.Consent{Who: "Mme", How: "guichet"}, Cancel: itemsOf(Choice{Children: []int64{w.hugo}, ServiceID: w.canteen, Days: days("2026-11-26")})}); err != nil {
			t.Fatal(err)
		}
		_, err := w.s.Apply(w.ctx, p)
		w.refused(fault.Conflict, err)
		if !w.live(w.hugo, "2026-11-27") || !w.get(id).State.Open() || w.count(`SELECT COUNT(*) FROM mail_action`) != 0 {
			t.Error("a part was done")
		}
	})
}

// TestKilled: what breaks at the last moment leaves nothing behind, and the same
// decision goes through afterwards.
func TestKilled(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		w.book(w.hugo, "2026-11-26")
		before := w.balance()
		id := w.arrives("2026-11-23 07:00:00", w.joined("assurance.pdf"), w.wants(reading.Cancel, w.hugo, "2026-11-26"),
			reading.Proposal{Kind: reading.Documents, Files: []reading.FileGuess{{File: 0, Kind: "insurance", Child: w.clea}}})
		p := w.plan(w.decision(id))
		whole := w.s.from.attachment
		w.s.from.attachment = func(*store.Tx, int64, int) ([]byte, error) { return nil, errors.New("the cable was pulled") }
		if _, err := w.s.Apply(w.ctx, p); err == nil {
			t.Fatal("no error")
		}
		w.s.from.attachment = whole
		ctx, cancel := context.WithCancel(w.ctx)
		cancel()
		if _, err := w.s.Apply(ctx, p); err == nil {
			t.Fatal("no error")
		}
		if w.balance() != before || !w.live(w.hugo, "2026-11-26") || !w.get(id).State.Open() || w.count(`SELECT COUNT(*) FROM outbox WHERE answers_id IS NOT NULL`) != 0 {
			t.Error("something was left behind")
		}
		w.clean()
		if _, err := w.s.Apply(w.ctx, p); err != nil {
			t.Fatal(err)
		}
		if w.balance() != before+420 {
			t.Errorf("balance %s", w.balance())
		}
		w.clean()
	})
}

// joined is a message with files.
func (w *town) joined(names ...string) (in letterIn) {
	for i, n := range names {
		in.files = append(in.files, File{N: i, Name: n, Media: "application/pdf", Accepted: true})
		in.content = append(in.content, pdf)
	}
	return in
}

// TestDocuments: filed as received in the right file, and what they unblock.
func TestDocuments(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		in := w.joined("assurance.pdf", "virus.exe")
		in.files[1].Accepted, in.files[1].Reason = false, "Ce n’est pas un PDF."
		id := w.arrives("2026-11-23 06:00:00", in, reading.Proposal{
			Kind: reading.AccessRequest, Children: []int64{w.clea}, ServiceID: w.canteen, IBAN: goodIBAN,
			Files: []reading.FileGuess{{File: 0, Kind: "insurance", Child: w.clea}, {File: 1, Kind: "other", Child: w.clea}},
		})
		c := w.card(id)
		if c.Verdict != Possible || !c.Ticked || len(c.Choice.Files) != 1 || c.Choice.Pay != "monthly" {
			t.Errorf("card %+v", c)
		}
		d := w.decision(id)
		d.Choices = []Choice{c.Choice}
		p := w.plan(d)
		if strings.Contains(p.Reply.Body, "virus") || !strings.Contains(p.Reply.Body, "Un des fichiers joints (EXE) n’a pas pu être retenu") {
			t.Errorf("the answer says %q", p.Reply.Body)
		}
		out := w.apply(d)
		if out.Undo || !strings.Contains(out.NoUndo, "ne se retire pas") || out.Text != "1 demande d’accès déposée, 1 pièce classée, réponse préparée" {
			t.Errorf("%+v", out)
		}
		if n := w.count(`SELECT COUNT(*) FROM access_request WHERE child_id = $1 AND channel = 'mail' AND pay = 'monthly'`, w.clea); n != 1 {
			t.Errorf("%d requests", n)
		}
		if n := w.count(`SELECT COUNT(*) FROM document WHERE child_id = $1 AND kind = 'insurance' AND state = 'received' AND valid_to = '2027-08-22'`, w.clea); n != 1 {
			t.Errorf("%d documents good for the nine months the service asks", n)
		}
		if n := w.count(`SELECT COUNT(*) FROM document WHERE kind = 'iban'`); n != 0 {
			t.Error("an account nobody has checked was filed")
		}
		_, err := w.s.Undo(w.ctx, id, w.key())
		w.refused(fault.Conflict, err)

		// The other way round: a request waits for a document.
		w.write(func(tx *store.Tx) error {
			w.exec(tx, `UPDATE document SET state = 'replaced' WHERE child_id = $1`, w.clea)
			w.exec(tx, `UPDATE access_request SET state = 'incomplete', reason = 'assurance' WHERE child_id = $1`, w.clea)
			return nil
		})
		id = w.arrives("2026-11-23 06:00:00", w.joined("a.pdf"), reading.Proposal{Kind: reading.Documents, Files: []reading.FileGuess{{File: 0, Kind: "insurance", Child: w.clea}}})
		c = w.card(id)
		if got := strings.Join(c.Lines, "|"); c.Title != "Classer l’assurance scolaire" || got != "Dossier de Cléa, jusqu’au 22/08/2027|Débloque"+nbsp+": Cantine de Cléa" || !c.Ticked {
			t.Errorf("%q, %q, ticked %v", c.Title, got, c.Ticked)
		}
		p = w.plan(w.decision(id))
		if len(p.After) != 1 || p.After[0] != (Change{"Dossier Cantine de Cléa", "0 sur 1 pièce", "1 sur 1"}) {
			t.Errorf("after %+v", p.After)
		}
		w.apply(w.decision(id))
		if n := w.count(`SELECT COUNT(*) FROM access_request WHERE child_id = $1 AND state = 'submitted'`, w.clea); n != 1 {
			t.Error("the request does not wait to be decided")
		}
	})
}

// TestBankDetails: never without a person's word, and a forged sender is shown.
func TestBankDetails(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		forged := letterIn{auth: message.Auth{Host: "mx", DMARC: "fail"}}
		id := w.arrives("2026-11-23 06:00:00", forged, reading.Proposal{Kind: reading.BankDetails, IBAN: goodIBAN})
		c := w.card(id)
		if c.Verdict != Refused || c.Ticked || !strings.Contains(strings.Join(c.Lines, " "), "jamais à celui du message") {
			t.Errorf("%+v", c)
		}
		d := w.decision(id)
		d.Choices = []Choice{c.Choice}
		_, err := w.s.Apply(w.ctx, w.plan(d))
		w.refused(fault.Invalid, err)
		honest := w.arrives("2026-11-23 06:00:00", letterIn{}, reading.Proposal{Kind: reading.BankDetails, IBAN: goodIBAN})
		d = w.decision(honest)
		d.Choices = []Choice{w.card(honest).Choice}
		if d.Choices[0].Holder != "Delphine Legrand" {
			t.Errorf("holder %q", d.Choices[0].Holder)
		}
		_, err = w.s.Apply(w.ctx, w.plan(d))
		w.refused(fault.Invalid, err)
		if n := w.count(`SELECT COUNT(*) FROM document WHERE kind = 'iban'`); n != 0 {
			t.Fatal("an account was filed without a person's word")
		}
		d.Choices[0].Confirmed = true
		out := w.apply(d)
		if w.count(`SELECT COUNT(*) FROM document WHERE kind = 'iban' AND family_id = $1`, w.family) != 1 || out.Undo {
			t.Errorf("%+v", out)
		}
		if n := w.count(`SELECT COUNT(*) FROM audit WHERE detail LIKE '%FR14%'`) + w.count(`SELECT COUNT(*) FROM operation WHERE label LIKE '%FR14%'`); n != 0 {
			t.Error("the account number is in the trail")
		}
		// A RIB filed as a mere document would take the account's place.
		rib := w.arrives("2026-11-23 06:00:00", w.joined("rib.pdf"), reading.Proposal{Kind: reading.Documents, Files: []reading.FileGuess{{File: 0, Kind: "iban"}}})
		if c := w.card(rib); c.Verdict != Unclear || c.Ticked {
			t.Errorf("%+v", c)
		}
		d = w.decision(rib)
		d.Choices = []Choice{w.card(rib).Choice}
		_, err = w.s.Apply(w.ctx, w.plan(d))
		w.refused(fault.Invalid, err)
		if n := w.count(`SELECT COUNT(*) FROM document WHERE kind = 'iban' AND state = 'replaced'`); n != 0 {
			t.Error("a RIB took the account's place")
		}
		// A ticked booking is not ticked by itself where the sender is forged.
		if w.card(w.arrives("2026-11-23 06:00:00", forged, w.wants(reading.Book, w.lea, "2026-11-27"))).Ticked {
			t.Error("a forged sender's booking is ticked")
		}
	})
}

// TestJustified: an illness wants its certificate, which counts as handed in when
// the message came.
func TestJustified(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		w.book(w.hugo, "2026-11-26", "2026-11-27")
		before := w.balance()
		w.now("2026-12-02 09:00:00")
		p := w.wants(reading.JustifiedAbsence, w.hugo, "2026-11-26", "2026-11-27")
		bare := w.arrives("2026-11-26 08:00:00", letterIn{}, p)
		d := w.decision(bare)
		d.Choices = []Choice{w.card(bare).Choice}
		d.Choices[0].Absence = booking.Illness
		if got := w.plan(d).Problem; !strings.Contains(got, "Aucun certificat") {
			t.Errorf("problem %q", got)
		}
		p.Files = []reading.FileGuess{{File: 0, Kind: "medical_certificate", Child: w.hugo}}
		id := w.arrives("2026-11-26 08:00:00", w.joined("certificat.pdf"), p)
		if c := w.card(id); c.Verdict != Possible || !c.Ticked {
			t.Errorf("%+v", c)
		}
		out := w.apply(w.decision(id))
		if w.balance() != before+840 || out.Text != "2 absences justifiées, 1 pièce classée, réponse préparée" {
			t.Errorf("balance %s, was %s; %+v", w.balance(), before, out)
		}
	})
}

// TestProofAlone: a certificate for a day that was not booked is filed, and no
// meal is touched.
func TestProofAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		p := w.wants(reading.JustifiedAbsence, w.hugo, "2026-11-26")
		p.Files = []reading.FileGuess{{File: 0, Kind: "medical_certificate", Child: w.hugo}}
		id := w.arrives("2026-11-23 06:00:00", w.joined("certificat.pdf"), p)
		if c := w.card(id); c.Verdict != Possible || !c.Ticked || c.Note != "Rien de réservé ce jour-là"+nbsp+": seule la pièce jointe est classée" {
			t.Errorf("%+v", c)
		}
		reply := w.get(id).Reply.Body
		out := w.apply(w.decision(id))
		if out.Text != "1 pièce classée, réponse préparée" || len(out.Operations) != 1 || strings.Contains(reply, "médical") || !strings.Contains(reply, "Nous avons bien reçu le justificatif de Hugo.") {
			t.Errorf("%+v, %q", out, reply)
		}
	})
}

// TestAnswer: to who wrote, or a guardian, and to nobody who must not be answered.
func TestAnswer(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		w.book(w.hugo, "2026-11-26")
		id := w.arrives("2026-11-23 07:00:00", letterIn{}, w.wants(reading.Cancel, w.hugo, "2026-11-26"))
		m := w.get(id)
		want := strings.ReplaceAll("Bonjour Madame Legrand,\n\nLe repas de Hugo du jeudi 26 novembre 2026 est annulé et 4,20_€ sont recrédités sur votre porte-monnaie.\n\nBonne journée.\n\nLa mairie de Saint-Marcel\n", "_", nbsp)
		if m.Reply.To != "delphine@example.org" || m.Reply.Subject != "Re"+nbsp+": votre message du lundi 23 novembre 2026" || m.Reply.Body != want {
			t.Errorf("%+v", m.Reply)
		}
		d := Decision{MessageID: id, Version: m.Version, Key: w.key(), Reply: letter.Letter{To: "voleur@example.net", Subject: "x", Body: "x"}}
		_, err := w.s.Plan(w.ctx, d)
		w.refused(fault.Invalid, err)
		_, err = w.s.Plan(w.ctx, Decision{MessageID: id, Version: m.Version, Key: w.key()})
		w.refused(fault.Invalid, err)
		quiet := w.arrives("2026-11-23 07:00:00", letterIn{quiet: true})
		if m := w.get(quiet); m.Reply.To != "" || !strings.Contains(m.ReplyOff, "automatique") {
			t.Errorf("quiet: %+v %q", m.Reply, m.ReplyOff)
		}
		d = Decision{MessageID: quiet, Version: 1, Key: w.key(), Reply: letter.Letter{To: "delphine@example.org", Body: "Bonjour"}}
		_, err = w.s.Plan(w.ctx, d)
		w.refused(fault.Invalid, err)
		w.write(func(tx *store.Tx) error {
			w.exec(tx, `INSERT INTO mail_bounce (address, permanent, reason, at) VALUES ('delphine@example.org', 1, 'Adresse inconnue', $1)`, tx.Now())
			return nil
		})
		if m := w.get(id); m.Reply.To != "" || !strings.Contains(m.ReplyOff, "refuse nos courriels") {
			t.Errorf("bounced: %+v %q", m.Reply, m.ReplyOff)
		}
		// Nobody knows who it is: a person writes.
		unknown := w.arrives("2026-11-23 07:00:00", letterIn{from: message.Address{Mail: "quelquun@example.net"}})
		w.write(func(tx *store.Tx) error {
			w.exec(tx, `UPDATE mail_message SET family_id = NULL WHERE id = $1`, unknown)
			return nil
		})
		d = w.decision(unknown)
		d.Reply.Body = "Bonjour, qui êtes-vous ?"
		w.apply(d)
		if w.get(unknown).State != Answered || w.count(`SELECT COUNT(*) FROM outbox WHERE address = 'quelquun@example.net' AND family_id IS NULL`) != 1 {
			t.Error("no answer to who is not known")
		}
	})
}

// TestDecideRights: the doors of decisions are Accueil's.
func TestDecideRights(t *testing.T) {
	for name, door := range map[string]func(context.Context, *Service) error{
		"Plan":      func(ctx context.Context, s *Service) error { _, err := s.Plan(ctx, Decision{}); return err },
		"Apply":     func(ctx context.Context, s *Service) error { _, err := s.Apply(ctx, &Plan{}); return err },
		"Ignore":    func(ctx context.Context, s *Service) error { return s.Ignore(ctx, 1) },
		"Reopen":    func(ctx context.Context, s *Service) error { return s.Reopen(ctx, 1) },
		"Undo":      func(ctx context.Context, s *Service) error { _, err := s.Undo(ctx, 1, "k"); return err },
		"SetFamily": func(ctx context.Context, s *Service) error { return s.SetFamily(ctx, 1, 1, 1, 0) },
	} {
		for _, role := range []staff.Role{staff.Regie, staff.Sante, staff.Cuisine, staff.Admin} {
			if err := door(stafftest.Session(t, nil, role), New(nil)); !errors.Is(err, fault.ErrForbidden) {
				t.Errorf("%s by %s: %v", name, role, err)
			}
		}
	}
}

// TestChoicesByHand: what an agent or a caller names is looked at again: a child
// of another family, a file that was refused, a message not at that version.
func TestChoicesByHand(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		var stranger int64
		w.write(func(tx *store.Tx) error {
			other := w.id(tx, `INSERT INTO family (name, fold, sort_key, created_at) VALUES ('AUTRE', 'autre', $1, $2) RETURNING id`, []byte("autre"), tx.Now())
			stranger = w.id(tx, `INSERT INTO child (family_id, last, first, birth, age_group, fold, sort_key, created_at)
				VALUES ($1, 'AUTRE', 'Zoé', '2018-05-01', 'elementaire', 'autre zoe', $2, $3) RETURNING id`, other, []byte("z"), tx.Now())
			return nil
		})
		in := w.joined("photo.heif")
		in.files[0].Accepted, in.files[0].Reason = false, "Ce n’est ni un PDF ni une photo."
		id := w.arrives("2026-11-23 06:00:00", in, w.wants(reading.Book, w.lea, "2026-11-27"))
		for what, ch := range map[string]Choice{
			"a stranger's access": {Kind: reading.AccessRequest, Children: []int64{stranger}, ServiceID: w.canteen},
			"a stranger's meal":   {Kind: reading.Book, Children: []int64{stranger}, ServiceID: w.canteen, Days: days("2026-11-27")},
			"a refused file":      {Kind: reading.Documents, Files: []Filing{{File: 0, Kind: "insurance", ChildID: w.lea}}},
			"a stranger's paper":  {Kind: reading.Documents, Files: []Filing{{File: 0, Kind: "insurance", ChildID: stranger}}},
			"no such file":        {Kind: reading.Documents, Files: []Filing{{File: 7, Kind: "insurance", ChildID: w.lea}}},
		} {
			_, err := w.s.Apply(w.ctx, w.plan(Decision{MessageID: id, Version: 1, Key: w.key(), Choices: []Choice{ch}}))
			w.refused(fault.Invalid, err)
			if !w.get(id).State.Open() {
				t.Fatalf("%s was done", what)
			}
		}
		_, err := w.s.Plan(w.ctx, Decision{MessageID: id, Version: 1, Key: w.key(), Choices: []Choice{{Kind: reading.Bounce}}})
		w.refused(fault.Invalid, err)
		err = db.Write(w.ctx, func(tx *store.Tx) error { return closeMessage(tx, id, 2, Applied, false) })
		w.refused(fault.Conflict, err)
	})
}
