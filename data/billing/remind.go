package billing

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/letter"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/data/store/bulk"
)

// LastStep is the last of the three reminders: after it the sum is the
// Treasury's to recover.
const LastStep = 3

// PlanReminders says who is to be reminded today and at which step (an invoice
// that was to be collected and was never presented is the town's lateness, not
// the family's): invoices past
// their due date by the days of the settings, each step once. families narrows;
// empty means all.
func (s *Service) PlanReminders(ctx context.Context, families []int64) (p ReminderPlan, err error) {
	if err := staff.Require(ctx, staff.Regie); err != nil {
		return p, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		p, err = planReminders(tx, families)
		return err
	})
	return p, err
}

// nextStep gives the reminder an invoice is due: days past its due date decide,
// no step is skipped, and where the one before left late (on last) the days
// between the two are still the family's. 0: none today.
func nextStep(done int, due, last, today calendar.Date, days [LastStep]int) int {
	if done >= LastStep || due.Add(days[done]) > today {
		return 0
	}
	if done > 0 && last.Add(days[done]-days[done-1]) > today {
		return 0
	}
	return done + 1
}

// stepOf is one letter: a family gets one for each step that its invoices have
// reached, so that none is called a last reminder that is a first one.
type stepOf struct {
	family int64
	step   int
}

func planReminders(tx *store.Tx, families []int64) (p ReminderPlan, err error) {
	set, err := settings(tx)
	if err != nil {
		return p, err
	}
	p.On = calendar.DateOf(tx.Now())
	at := map[stepOf]int{}
	err = store.Each(tx, func(r *sql.Rows) error {
		var family int64
		var name string
		var s Share
		var done int
		var last calendar.Date
		if err := r.Scan(&family, &name, &s.InvoiceID, &s.Number, &s.Month, &s.DueOn, &s.Owed, &done, &last); err != nil {
			return err
		}
		step := nextStep(done, s.DueOn, last, p.On, set.Remind)
		if step == 0 || len(families) > 0 && !slices.Contains(families, family) {
			return nil
		}
		i, ok := at[stepOf{family, step}]
		if !ok {
			i = len(p.Families)
			at[stepOf{family, step}] = i
			p.Families = append(p.Families, ReminderFamily{FamilyID: family, Family: name, Step: step})
		}
		f := &p.Families[i]
		s.Amount, s.Left = s.Owed, s.Owed
		f.Open += s.Owed
		p.Total += s.Owed
		f.Invoices = append(f.Invoices, s)
		return nil
	}, `SELECT b.family_id, f.name, b.invoice_id, i.number, i.period, b.due_on, b.open,
		COALESCE((SELECT MAX(m.step) FROM reminder_invoice m WHERE m.invoice_id = b.invoice_id), 0),
		(SELECT MAX(e.sent_on) FROM reminder_invoice m JOIN reminder e ON e.id = m.reminder_id WHERE m.invoice_id = b.invoice_id)
		FROM invoice_balance b JOIN invoice i ON i.id = b.invoice_id JOIN family f ON f.id = b.family_id
		WHERE b.open > 0 AND b.due_on < $1 AND NOT EXISTS (SELECT 1 FROM debit_invoice x JOIN debit d ON d.id = x.debit_id WHERE x.invoice_id = b.invoice_id AND d.state = 'built')
		AND NOT (i.pay = 'debit' AND NOT EXISTS (SELECT 1 FROM debit_invoice x JOIN debit d ON d.id = x.debit_id WHERE x.invoice_id = b.invoice_id AND d.state <> 'dropped')
			AND EXISTS (SELECT 1 FROM mandate m WHERE m.family_id = b.family_id AND m.state = 'active'))
		ORDER BY f.sort_key, f.id, b.due_on, b.invoice_id`, p.On)
	if err != nil {
		return p, err
	}
	if err := addressed(tx, p.Families); err != nil {
		return p, err
	}
	p.Digest, err = ledger.Digest(p)
	return p, err
}

// addressed completes reminders with whom they are written to.
func addressed(tx *store.Tx, list []ReminderFamily) error {
	ids := make([]int64, len(list))
	for i := range list {
		ids[i] = list[i].FamilyID
	}
	payers, err := payersOf(tx, ids)
	if err != nil {
		return err
	}
	addresses := map[int64]string{}
	if err := store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var a [5]string
		err := r.Scan(&id, &a[0], &a[1], &a[2], &a[3], &a[4])
		addresses[id] = postal(a)
		return err
	}, `SELECT id, address1, address2, postal, city, country FROM family WHERE id = ANY($1)`, ids); err != nil {
		return err
	}
	who, err := letter.Correspondents(tx, ids)
	for i := range list {
		f := &list[i]
		f.Payer, f.Email = payers[f.FamilyID], who[f.FamilyID].To
		if a := addresses[f.FamilyID]; a != "" {
			f.Address = strings.Split(a, "\n")
		}
	}
	return err
}

// Remind keeps that the families were reminded, and files their e-mails; the
// letters on paper are printed from what it gives. shown is the plan's digest.
func (s *Service) Remind(ctx context.Context, key string, families []int64, shown string) (p ReminderPlan, err error) {
	if err := staff.Require(ctx, staff.Regie); err != nil {
		return p, err
	}
	digest, err := ledger.Digest(sorted(families))
	if err != nil {
		return p, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		p, err = remindIn(tx, key, families, shown, digest)
		return err
	})
	return p, err
}

func remindIn(tx *store.Tx, key string, families []int64, shown, digest string) (p ReminderPlan, err error) {
	if op, replay, err := ledger.Replay(tx, key, digest); err != nil || replay {
		if err != nil {
			return p, err
		}
		return remindersIn(tx, `m.operation_id = $1`, op)
	}
	if p, err = planReminders(tx, families); err != nil {
		return p, err
	}
	if shown != "" && shown != p.Digest {
		return p, fault.New(fault.Conflict, "Ce qui reste à payer a changé depuis l’affichage. Rien n’est parti"+nbsp+": relisez les relances.")
	}
	if len(p.Families) == 0 {
		return p, fault.New(fault.Invalid, "Aucune relance n’est à faire aujourd’hui.")
	}
	op, _, err := ledger.Operation(tx, ledger.Op{Key: key, Digest: digest, Kind: "remind", Label: "Relances"})
	if err != nil {
		return p, err
	}
	rows, at := make([][]any, len(p.Families)), map[stepOf]int{}
	var written []int64
	for i, f := range p.Families {
		rows[i], at[stepOf{f.FamilyID, f.Step}] = []any{op, f.FamilyID, f.Step, p.On, int64(f.Open)}, i
		written = append(written, f.FamilyID)
	}
	if err := bulk.InsertReturning(tx, `INSERT INTO reminder (operation_id, family_id, step, sent_on, open)`, rows, ` RETURNING id, family_id, step`, func(r *sql.Rows) error {
		var id int64
		var s stepOf
		err := r.Scan(&id, &s.family, &s.step)
		p.Families[at[s]].ReminderID = id
		return err
	}); err != nil {
		return p, err
	}
	if err := keepReminded(tx, p); err != nil {
		return p, err
	}
	tx.Publish(Topic, sorted(written)...)
	return p, staff.Audit(tx, "invoice.remind", fmt.Sprintf("operation:%d", op), fmt.Sprintf("%d relances"+nbsp+": %s", len(p.Families), p.Total))
}

// keepReminded writes which step each invoice has reached, and the e-mails.
func keepReminded(tx *store.Tx, p ReminderPlan) error {
	done := map[int64]int{}
	var ids, families []int64
	for _, f := range p.Families {
		families = append(families, f.FamilyID)
		for _, s := range f.Invoices {
			ids = append(ids, s.InvoiceID)
		}
	}
	if err := store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var step int
		err := r.Scan(&id, &step)
		done[id] = step
		return err
	}, `SELECT invoice_id, MAX(step) FROM reminder_invoice WHERE invoice_id = ANY($1) GROUP BY invoice_id`, ids); err != nil {
		return err
	}
	who, err := letter.Correspondents(tx, families)
	if err != nil {
		return err
	}
	var rows [][]any
	var letters []letter.Posting
	for _, f := range p.Families {
		for _, s := range f.Invoices {
			rows = append(rows, []any{f.ReminderID, s.InvoiceID, done[s.InvoiceID] + 1, int64(s.Owed)})
		}
		l, err := who[f.FamilyID].Compose("billing.reminder", f.facts())
		if err != nil {
			return err
		}
		object := fmt.Sprintf("reminder:%d", f.ReminderID)
		letters = append(letters, letter.Posting{FamilyID: f.FamilyID, Letter: l, Kind: "billing.reminder", Object: object, Key: "billing." + object})
	}
	if err := bulk.Insert(tx, `INSERT INTO reminder_invoice (reminder_id, invoice_id, step, open)`, rows, ""); err != nil {
		return err
	}
	_, err = letter.PostMany(tx, letters)
	return err
}

// facts are what its e-mail says; the last step's tone is the third's.
func (f ReminderFamily) facts() letter.Facts {
	title, opening := "Dernier rappel avant recouvrement", "Nos rappels sont restés sans réponse. Sans paiement sous huit jours, la somme sera transmise au comptable public pour recouvrement."
	switch f.Step {
	case 1:
		title, opening = "Rappel", "Sauf erreur de notre part, nous n’avons pas encore reçu le paiement de ce qui suit."
	case 2:
		title, opening = "Deuxième rappel", "Malgré notre premier rappel, il reste à payer ce qui suit."
	}
	return letter.Facts{"rappel": title, "introduction": opening, "factures": strings.Join(remindedLines(f.Invoices), "\n"), "total": f.Open.String(), "famille": f.Family}
}

func remindedLines(list []Share) (out []string) {
	for _, s := range list {
		out = append(out, fmt.Sprintf("– facture n° %s de %s, échue le %s"+nbsp+": %s", s.Number, s.Month.Label(), s.DueOn.Short(), s.Owed))
	}
	return out
}

// Reminders gives reminders that were sent, for their letters: on a day (no date:
// any) to a family (0: all), the newest first.
func (s *Service) Reminders(ctx context.Context, on calendar.Date, familyID int64) (p ReminderPlan, err error) {
	if err := staff.Require(ctx, readers...); err != nil {
		return p, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		switch {
		case on.IsZero() && familyID == 0:
			p, err = remindersIn(tx, `1 = 1`)
		case on.IsZero():
			p, err = remindersIn(tx, `m.family_id = $1`, familyID)
		case familyID == 0:
			p, err = remindersIn(tx, `m.sent_on = $1`, on)
		default:
			p, err = remindersIn(tx, `m.sent_on = $1 AND m.family_id = $2`, on, familyID)
		}
		return err
	})
	return p, err
}

// Reminder gives one reminder that was sent, for its letter.
func (s *Service) Reminder(ctx context.Context, id int64) (p ReminderPlan, err error) {
	if err := staff.Require(ctx, readers...); err != nil {
		return p, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		if p, err = remindersIn(tx, `m.id = $1`, id); err == nil && len(p.Families) == 0 {
			err = fault.New(fault.NotFound, "Cette relance n’existe pas.")
		}
		return err
	})
	return p, err
}

func remindersIn(tx *store.Tx, where string, args ...any) (p ReminderPlan, err error) {
	at := map[int64]int{}
	err = store.Each(tx, func(r *sql.Rows) error {
		var f ReminderFamily
		var s Share
		var on calendar.Date
		if err := r.Scan(&f.ReminderID, &f.FamilyID, &f.Family, &f.Step, &f.Open, &on, &s.InvoiceID, &s.Number, &s.Month, &s.DueOn, &s.Owed); err != nil {
			return err
		}
		i, ok := at[f.ReminderID]
		if !ok {
			i = len(p.Families)
			at[f.ReminderID] = i
			p.Families = append(p.Families, f)
			p.Total += f.Open
			p.On = max(p.On, on)
		}
		s.Amount, s.Left = s.Owed, s.Owed
		p.Families[i].Invoices = append(p.Families[i].Invoices, s)
		return nil
	}, `SELECT m.id, m.family_id, f.name, m.step, m.open, m.sent_on, x.invoice_id, i.number, i.period, i.due_on, x.open
		FROM reminder m JOIN family f ON f.id = m.family_id JOIN reminder_invoice x ON x.reminder_id = m.id JOIN invoice i ON i.id = x.invoice_id
		WHERE `+where+` ORDER BY m.sent_on DESC, f.sort_key, m.id, x.invoice_id`, args...)
	if err != nil {
		return p, err
	}
	return p, addressed(tx, p.Families)
}
