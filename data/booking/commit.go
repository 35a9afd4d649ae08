package booking

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// mayBook asks for the right to book: Accueil's. Régie may only go past a cut-off
// (lateOnly).
func mayBook(ctx context.Context, a Ask) error {
	if a.Override != "" {
		return staff.Require(ctx, staff.Accueil, staff.Regie)
	}
	return staff.Require(ctx, staff.Accueil)
}

// lateOnly keeps who is not Accueil to lines that are past their cut-off.
func lateOnly(ctx context.Context, lines []Line) error {
	if staff.Require(ctx, staff.Accueil) == nil {
		return nil
	}
	for _, l := range lines {
		if l.Verdict != Refused && !l.Late {
			return fault.New(fault.Forbidden, "Le %s est encore dans le délai"+nbsp+": un agent « Accueil » s’en charge. La régie ne fait que les opérations hors délai.", l.Day.LongNoYear())
		}
	}
	return nil
}

// Plan works out what an Ask would do, line by line, and writes nothing.
func (s *Service) Plan(ctx context.Context, ask Ask) (p *Plan, err error) {
	if err := mayBook(ctx, ask); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		if p, err = PlanIn(tx, ask); err != nil {
			return err
		}
		return lateOnly(ctx, p.Lines)
	})
	return p, err
}

// PlanIn is Plan inside a transaction of a higher floor.
func PlanIn(tx *store.Tx, ask Ask) (*Plan, error) {
	if err := ask.check(); err != nil {
		return nil, err
	}
	ask = ask.clean()
	items := slices.Concat(ask.Cancel, ask.Add)
	for _, it := range items {
		if it.Day.IsZero() {
			return nil, fault.New(fault.Invalid, "Il manque le jour d’une ligne du panier.")
		}
	}
	f, err := loadFacts(tx, wanted{items: items, families: []int64{ask.FamilyID}, absences: ask.Justification.Kind == Illness})
	if err != nil {
		return nil, err
	}
	if _, ok := f.families[ask.FamilyID]; ask.FamilyID != 0 && !ok {
		return nil, fault.New(fault.NotFound, "Cette famille n’existe pas ou n’existe plus.")
	}
	if ask.Mail.ID != 0 && ask.Mail.Received.Before(f.now) {
		f.asked = ask.Mail.Received
	}
	if err := f.holdPlaces(tx, ask); err != nil {
		return nil, err
	}
	p := makePlan(f, ask)
	p.Digest, err = p.digest()
	return p, err
}

// Commit does a plan that was shown. It is worked out again inside the
// transaction; where anything shown has changed, nothing is done (Conflict).
func (s *Service) Commit(ctx context.Context, p *Plan) (*Done, error) {
	return s.commit(ctx, p.Ask, p.Digest)
}

// Book plans and commits at once: for who does not look at the plan first.
func (s *Service) Book(ctx context.Context, ask Ask) (*Done, error) {
	return s.commit(ctx, ask, "")
}

func (s *Service) commit(ctx context.Context, ask Ask, shown string) (done *Done, err error) {
	if err := mayBook(ctx, ask); err != nil {
		return nil, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		if done, err = CommitIn(tx, ask, shown); err != nil || done.Replayed {
			return err
		}
		return lateOnly(ctx, done.Lines)
	})
	return done, err
}

// CommitIn is Commit inside a transaction; shown is the digest of the plan the
// agent saw, "" when none was shown. It needs the family's consent: who gave it
// and how; without an instant, it was given now.
func CommitIn(tx *store.Tx, ask Ask, shown string) (*Done, error) {
	if err := ask.check(); err != nil {
		return nil, err
	}
	content := ask.clean()
	content.Key = ""
	content.Consent.At = content.Consent.At.UTC()
	content.Mail.Received = content.Mail.Received.UTC()
	digest, err := ledger.Digest(content)
	if err != nil {
		return nil, err
	}
	if ask.Key == "" {
		return nil, fault.New(fault.Invalid, "L’opération n’a pas de clé"+nbsp+": recommencez depuis la grille.")
	}
	if id, replay, err := ledger.Replay(tx, ask.Key, digest); err != nil || replay {
		if err != nil {
			return nil, err
		}
		return doneOf(tx, id, ask)
	}
	if err := consented(ask.Consent); err != nil {
		return nil, err
	}
	p, err := PlanIn(tx, ask)
	if err != nil {
		return nil, err
	}
	switch {
	case shown != "" && shown != p.Digest:
		return nil, fault.New(fault.Conflict, "La situation a changé depuis l’affichage du panier. Rien n’a été modifié"+nbsp+": relisez le panier et validez de nouveau.")
	case p.Missing > 0:
		return nil, fault.New(fault.Insufficient, "%s", p.Problem)
	case p.Accepted() == 0:
		return nil, refusal(p)
	}
	return do(tx, p, digest)
}

// consented refuses to act for a family that nobody has asked.
func consented(c ledger.Consent) error {
	if strings.TrimSpace(c.Who) == "" || strings.TrimSpace(c.How) == "" {
		return fault.New(fault.Invalid, "Notez l’accord de la famille"+nbsp+": qui l’a donné, et comment (téléphone, guichet, courriel).")
	}
	return nil
}

// refusal gives the reason of a plan in which nothing is accepted: the first
// line's.
func refusal(p *Plan) error {
	l := p.Lines[0]
	text := l.Reason
	if len(p.Lines) > 1 {
		text = fmt.Sprintf("Aucune des %d lignes ne peut être validée. La première"+nbsp+": %s", len(p.Lines), l.Reason)
	}
	return fault.New(l.Refusal, "%s", text)
}

// do writes an accepted plan: money in, what comes back, what is charged, then
// who was waiting for the places given back.
func do(tx *store.Tx, p *Plan, digest string) (*Done, error) {
	op, _, err := ledger.Operation(tx, opOf(p, digest))
	if err != nil {
		return nil, err
	}
	done := &Done{OperationID: op, Lines: p.Lines, Total: p.Total}
	for _, t := range p.Families {
		if t.TopUp == 0 {
			continue
		}
		r, err := ledger.TopUpIn(tx, op, ledger.TopUp{FamilyID: t.FamilyID, Amount: t.TopUp, Means: p.Ask.Means, Reference: p.Ask.Reference, Payer: p.Ask.Payer})
		if err != nil {
			return nil, err
		}
		done.Receipts = append(done.Receipts, r)
	}
	if len(done.Receipts) > 0 {
		done.Receipt = &done.Receipts[0]
	}
	var releases []Release
	var rows []Row
	var kept []int64
	for _, l := range p.Lines {
		switch {
		case l.Verdict == Refused:
		case l.Action == Add:
			rows = append(rows, l.row(op))
			if l.bookingID != 0 {
				releases = append(releases, Release{Item: l.Item, BookingID: l.bookingID, Verdict: CancelWaiting, NoPlace: true})
			}
		case l.justifyOnly:
			kept = append(kept, l.bookingID)
		default:
			releases = append(releases, l.release())
		}
	}
	label := "Annulation"
	if p.Ask.Justification.Kind != "" {
		label = "Absence justifiée"
	}
	if _, err := CancelMany(tx, op, releases, label); err != nil {
		return nil, err
	}
	if err := keepJustified(tx, kept); err != nil {
		return nil, err
	}
	if _, err := Book(tx, rows); err != nil {
		return nil, err
	}
	if done.Promoted, err = promote(tx, op, slices.Concat(p.Ask.Cancel, p.Ask.Add), p.payers()); err != nil {
		return nil, err
	}
	if err := finish(tx, p, done); err != nil {
		return nil, err
	}
	payers := map[int64]bool{}
	for _, t := range p.Families {
		payers[t.FamilyID] = true
	}
	done.BalanceAfter, err = balances(tx, payers)
	return done, err
}

// payers gives the families whose lines are done, waiting ones included.
func (p *Plan) payers() (families []int64) {
	for _, l := range p.Lines {
		if l.Verdict != Refused && !slices.Contains(families, l.FamilyID) {
			families = append(families, l.FamilyID)
		}
	}
	return families
}

// keepJustified marks the unpaid waiting days of a justified absence.
func keepJustified(tx *store.Tx, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := tx.Exec(`UPDATE booking SET attendance = 'justified' WHERE id = ANY($1) AND state = 'booked'`, ids)
	tx.Publish(Topic)
	return err
}

func opOf(p *Plan, digest string) ledger.Op {
	op := ledger.Op{Key: p.Ask.Key, Digest: digest, Kind: "book", FamilyID: p.Ask.FamilyID, Consent: p.Ask.Consent, Reason: p.Ask.Override, Label: "Réservation", Mail: p.Ask.Mail}
	j := p.Ask.Justification
	if j.Kind != "" {
		op.Reason = strings.TrimSpace(j.text() + " " + p.Ask.Override)
	}
	switch {
	case len(p.Ask.Add) > 0:
	case j.Kind != "":
		op.Kind, op.Label = "justify", "Absence justifiée"
	default:
		op.Kind, op.Label = "cancel", "Annulation"
	}
	if op.FamilyID == 0 && len(p.Families) == 1 {
		op.FamilyID = p.Families[0].FamilyID
	}
	return op
}

// finish leaves the trail and the letter.
func finish(tx *store.Tx, p *Plan, done *Done) error {
	object := fmt.Sprintf("operation:%d", done.OperationID)
	if len(p.Families) == 1 {
		object = fmt.Sprintf("family:%d", p.Families[0].FamilyID)
	}
	if err := staff.Audit(tx, "booking.commit", object, p.summary()); err != nil {
		return err
	}
	if err := lowNotice(tx, p, done.OperationID); err != nil {
		return err
	}
	if !p.Ask.SendRecap {
		return nil
	}
	return recap(tx, p, done)
}

// summary is the plan in one sentence, for the trail.
func (p *Plan) summary() string {
	n := map[Action]int{}
	var items []Item
	names := []string(nil)
	for _, l := range p.Lines {
		if l.Verdict == Refused {
			continue
		}
		n[l.Action]++
		items = append(items, l.Item)
		if !slices.Contains(names, l.Child) {
			names = append(names, l.Child)
		}
	}
	var parts []string
	for _, a := range []struct {
		action Action
		one    string
	}{{Add, "ajout(s)"}, {Cancel, "annulation(s)"}, {Justify, "absence(s) justifiée(s)"}} {
		if n[a.action] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[a.action], a.one))
		}
	}
	text := fmt.Sprintf("%s, %s, %s"+nbsp+": %s", strings.Join(names, ", "), strings.Join(parts, ", "), daysText(items), p.Total)
	if p.Ask.Override != "" {
		text += ". Hors délai" + nbsp + ": " + p.Ask.Override
	}
	if c := p.Ask.Consent; c.Who != "" || c.How != "" {
		text += ". Accord" + nbsp + ": " + strings.TrimSpace(c.Who+" "+c.How)
	}
	return text
}

// balances sums the wallets of some families.
func balances(tx *store.Tx, families map[int64]bool) (sum money.Cents, err error) {
	wallets, err := ledger.Peek(tx, slices.Sorted(maps.Keys(families)))
	for _, a := range wallets {
		sum += a.Balance
	}
	return sum, err
}

// doneOf rebuilds what an operation did, for a key that comes again. It looks
// among the days the Ask is about, where an index leads; a waiting place that the
// operation made a booking is one line, as it was.
func doneOf(tx *store.Tx, op int64, ask Ask) (*Done, error) {
	done := &Done{OperationID: op, Replayed: true}
	children, _, first, last := span(slices.Concat(ask.Cancel, ask.Add))
	err := store.Each(tx, func(r *sql.Rows) error {
		var l Line
		var cancelled int64
		var cutoff, cancelCutoff, cancelRule, state, verdict, cancelVerdict string
		if err := r.Scan(&l.bookingID, &l.ChildID, &l.ServiceID, &l.Day, &l.FamilyID, &l.Child, &l.Family, &l.Service, &l.Kind, &l.Price, &l.Pay,
			&cutoff, &l.Rule, &verdict, &state, &cancelled, &cancelCutoff, &cancelRule, &cancelVerdict); err != nil {
			return err
		}
		l.Action, l.Verdict, l.verdict = Add, Accepted, verdict
		if cancelled == op {
			l.Action, l.Rule, l.verdict, cutoff = Cancel, cancelRule, cancelVerdict, cancelCutoff
			if cancelVerdict == CancelJustified {
				l.Action = Justify
			}
			if !gives(cancelVerdict) {
				l.Price = 0
			}
		} else if state == Waiting {
			l.Verdict = Waits
		}
		l.Late = l.verdict == Overridden || l.verdict == CancelLate || l.verdict == CancelJustified
		if cutoff != "" {
			var err error
			if l.Cutoff, err = store.ParseInstant(cutoff); err != nil {
				return err
			}
		}
		done.Lines = append(done.Lines, l)
		return nil
	}, `SELECT b.id, b.child_id, b.service_id, b.day, b.family_id, c.first, f.name, s.short, s.kind, b.price, b.pay, b.cutoff_at, b.cutoff_rule, b.verdict,
		b.state, COALESCE(b.cancel_operation_id, 0), b.cancel_cutoff_at, b.cancel_rule, b.cancel_verdict
		FROM booking b JOIN child c ON c.id = b.child_id JOIN family f ON f.id = b.family_id JOIN service s ON s.id = b.service_id
		WHERE b.child_id = ANY($2) AND b.day BETWEEN $3 AND $4 AND (b.operation_id = $1 OR b.cancel_operation_id = $1
			AND NOT EXISTS (SELECT 1 FROM booking n WHERE n.operation_id = $1 AND n.child_id = b.child_id AND n.service_id = b.service_id AND n.day = b.day))
		ORDER BY CASE WHEN b.cancel_operation_id = $1 THEN 0 ELSE 1 END, b.id`, op, children, first.String(), last.String())
	if err != nil {
		return nil, err
	}
	families := map[int64]bool{}
	for _, l := range done.Lines {
		families[l.FamilyID] = true
		switch {
		case l.Verdict != Accepted || l.Pay != Prepaid:
		case l.Action == Add:
			done.Total += l.Price
		default:
			done.Total -= l.Price
		}
	}
	if done.BalanceAfter, err = balances(tx, families); err != nil {
		return nil, err
	}
	if done.Receipts, err = ledger.ReceiptsOf(tx, op, slices.Sorted(maps.Keys(families))); len(done.Receipts) > 0 {
		done.Receipt = &done.Receipts[0]
	}
	return done, err
}

// today is the transaction's civil day in Paris.
func today(tx *store.Tx) calendar.Date { return calendar.DateOf(tx.Now()) }
