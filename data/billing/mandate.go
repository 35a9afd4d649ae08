package billing

import (
	"context"
	"database/sql"
	"fmt"

	"ardoise/data/bank"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/data/store/bulk"
	"ardoise/data/vault"
)

// The two kinds of mandates.
const (
	MandateRecurrent = "recurrent"
	MandateOneOff    = "oneoff"
)

// The sequence types of a collection (EPC130-08, AT-21). Since rulebook 9.2, in
// force on 20 November 2016, FRST is no longer obligatory: the first collection
// may bear RCUR. A town that keeps it (Settings.First) marks the first one.
const (
	seqFirst  = "FRST"
	seqAgain  = "RCUR"
	seqFinal  = "FNAL"
	seqOneOff = "OOFF"
)

// The events of a mandate.
const (
	mandateSigned    = "signed"
	mandateAmended   = "amended"
	mandateRenewed   = "renewed"
	mandateBlocked   = "blocked"
	mandateUnblocked = "unblocked"
	mandateRevoked   = "revoked"
	mandateLast      = "last"
	mandateEnded     = "ended"
	mandateReopened  = "reopened"
	mandateCollected = "collected"
	mandateRejected  = "rejected"
)

const mandateColumns = `m.id, m.family_id, f.name, m.umr, m.kind, m.state, m.holder, m.masked, m.bic, m.signed_on, m.valid_to, NULLIF(m.collected_on, ''),
	m.next_sequence, CASE WHEN m.former IS NULL THEN 0 ELSE 1 END, m.reason, m.version`

const mandateFrom = ` FROM mandate m JOIN family f ON f.id = m.family_id `

func scanMandate(r *sql.Rows) (m Mandate, err error) {
	var amended int
	err = r.Scan(&m.ID, &m.FamilyID, &m.Family, &m.UMR, &m.Kind, &m.State, &m.Holder, &m.Masked, &m.BIC, &m.SignedOn, &m.ValidTo, &m.CollectedOn,
		&m.Sequence, &amended, &m.Reason, &m.Version)
	m.Amended = amended == 1
	return m, err
}

// judge fills what hangs on a day and on the town's habit of FRST.
func (m *Mandate) judge(on calendar.Date, first bool) {
	m.LapsesOn = max(m.SignedOn, m.CollectedOn).AddMonths(lapseMonths)
	m.Problem = mandateProblem(m.State, m.Reason, m.SignedOn, m.ValidTo, m.CollectedOn, on)
	m.Usable = m.Problem == ""
	if m.Sequence == seqFirst && !first {
		m.Sequence = seqAgain
	}
}

// live tells the mandates of which a family has one at most.
func (m *Mandate) live() bool { return m.State == MandateActive || m.State == MandateBlocked }

// readMandates reads those that where narrows, judged on the office's day.
func readMandates(tx *store.Tx, where string, args ...any) ([]Mandate, error) {
	set, err := settings(tx)
	if err != nil {
		return nil, err
	}
	today := calendar.DateOf(tx.Now())
	return store.Collect(tx, func(r *sql.Rows) (Mandate, error) {
		m, err := scanMandate(r)
		if err == nil {
			m.judge(today, set.First)
		}
		return m, err
	}, `SELECT `+mandateColumns+mandateFrom+where, args...)
}

func readMandate(tx *store.Tx, id int64) (Mandate, error) {
	list, err := readMandates(tx, `WHERE m.id = $1`, id)
	if err != nil {
		return Mandate{}, err
	}
	if len(list) == 0 {
		return Mandate{}, fault.New(fault.NotFound, "Ce mandat n’existe pas.")
	}
	return list[0], nil
}

// LiveMandate gives a family's live mandate, nil where it has none.
func LiveMandate(tx *store.Tx, familyID int64) (*Mandate, error) {
	list, err := readMandates(tx, `WHERE m.family_id = $1 AND m.state IN ('active', 'blocked')`, familyID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// Mandates of a family, the newest first (0: every family's live ones, in the
// order of names). Usable and Problem are those of the office's day.
func (s *Service) Mandates(ctx context.Context, familyID int64) (list []Mandate, err error) {
	if err := staff.Require(ctx, readers...); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		if familyID == 0 {
			list, err = readMandates(tx, `WHERE m.state IN ('active', 'blocked') ORDER BY f.sort_key, m.id`)
			return err
		}
		list, err = readMandates(tx, `WHERE m.family_id = $1 ORDER BY m.id DESC`, familyID)
		return err
	})
	return list, err
}

// MandateEvents tells a mandate's story, the oldest first.
func (s *Service) MandateEvents(ctx context.Context, id int64) (list []MandateEvent, err error) {
	if err := staff.Require(ctx, readers...); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		if _, err := readMandate(tx, id); err != nil {
			return err
		}
		list, err = store.Collect(tx, func(r *sql.Rows) (e MandateEvent, err error) {
			var at string
			if err = r.Scan(&at, &e.Agent, &e.What, &e.Detail); err != nil {
				return e, err
			}
			e.At, err = store.ParseInstant(at)
			return e, err
		}, `SELECT at, agent, what, detail FROM mandate_event WHERE mandate_id = $1 ORDER BY id`, id)
		return err
	})
	return list, err
}

// MandateAccount opens the IBAN of a mandate: Régie only, and the reading
// leaves its trace.
func (s *Service) MandateAccount(ctx context.Context, id int64) (iban string, err error) {
	if err := staff.Require(ctx, staff.Regie); err != nil {
		return "", err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		m, err := readMandate(tx, id)
		if err != nil {
			return err
		}
		if iban, err = openAccount(tx, m); err != nil {
			return err
		}
		return trail(tx, "mandate.read", mandateObject(id), "IBAN du mandat "+m.UMR+" consulté")
	})
	if err != nil {
		return "", err
	}
	return iban, nil
}

func mandateObject(id int64) string { return fmt.Sprintf("mandate:%d", id) }

// The places of sealed account numbers. A mandate's reference and a debit's
// end-to-end reference are theirs alone and never change, so they name the place.
func mandateSeal(umr string) []byte { return []byte("mandate:sealed:" + umr) }
func formerSeal(umr string) []byte  { return []byte("mandate:former:" + umr) }
func debitSeal(e2e string) []byte   { return []byte("debit:sealed:" + e2e) }

// openVault gives the session's key, or says that the strong-room is closed.
func openVault(tx *store.Tx) (*vault.Key, error) {
	session := staff.From(tx.Context())
	if session == nil || !session.Key.IsOpen() {
		return nil, fault.New(fault.Forbidden, "Le coffre est fermé : reconnectez-vous pour lire ou enregistrer un IBAN.")
	}
	return session.Key, nil
}

// openAccount opens a mandate's IBAN.
func openAccount(tx *store.Tx, m Mandate) (string, error) {
	key, err := openVault(tx)
	if err != nil {
		return "", err
	}
	var sealed []byte
	if err := tx.QueryRow(`SELECT sealed FROM mandate WHERE id = $1`, m.ID).Scan(&sealed); err != nil {
		return "", err
	}
	if len(sealed) == 0 {
		return "", fault.New(fault.NotFound, "L’IBAN du mandat %s a été effacé : sa durée de conservation était passée.", m.UMR)
	}
	plain, err := key.Open(sealed, mandateSeal(m.UMR))
	if err != nil {
		return "", fault.Wrap(fault.Unavailable, err, "L’IBAN du mandat %s ne s’ouvre pas avec la clé de la base : saisissez-le de nouveau.", m.UMR)
	}
	return string(plain), nil
}

// note writes what happened to mandates.
type note struct {
	mandate      int64
	what, detail string // French, no IBAN
}

func noteMandates(tx *store.Tx, notes []note) error {
	if len(notes) == 0 {
		return nil
	}
	at, agent := store.Instant(tx.Now()), agentName(tx)
	rows := make([][]any, len(notes))
	for i, n := range notes {
		rows[i] = []any{n.mandate, at, agent, n.what, fault.French(n.detail)}
	}
	return bulk.Insert(tx, `INSERT INTO mandate_event (mandate_id, at, agent, what, detail)`, rows, "")
}

// trail writes an entry of the audit trail, with the no-break spaces of a sentence.
func trail(tx *store.Tx, action, object, text string) error {
	return staff.Audit(tx, action, object, fault.French(text))
}

// sameBank tells whether two accounts are held at one bank, as far as their
// numbers say: the bank code of a French IBAN, the first four characters after
// the check digits elsewhere, and the BIC where both are known.
func sameBank(iban, bic, other, otherBIC string) bool {
	code := func(s string) string {
		n := 8
		if s[:2] == "FR" || s[:2] == "MC" {
			n = 9
		}
		return s[:2] + s[4:n]
	}
	if bic != "" && otherBIC != "" && bic[:6] != otherBIC[:6] {
		return false
	}
	return code(iban) == code(other)
}

// checkedAccount checks an account as typed.
func checkedAccount(iban, bic string) (string, string, error) {
	iban, err := bank.ParseIBAN(iban)
	if err != nil {
		return "", "", err
	}
	bic, err = bank.ParseBIC(bic)
	return iban, bic, err
}
