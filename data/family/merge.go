package family

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// MergePlan is what merging family B into family A would do; nothing is deleted,
// B stays and points to A.
type MergePlan struct {
	A, B      Family
	Children  []string    // that come to A
	Same      []SameChild // children both have: B's entry is closed, its files and bookings come over
	Guardians []string    // that come to A
	Noted     []string    // guardians for whom A has no place: kept in A's note
	Requests  int
	Documents int
	Bookings  int
	Balance   money.Cents // that comes to A's wallet
	Rooms     []string    // what other rooms bring over, in French: what is owed, a mandate
	Refusals  []string    // why it cannot be done, in French; empty: it can

	digest string // of everything above: Merge does this and nothing else
}

// SameChild is a child that both families have.
type SameChild struct {
	Name     string
	IntoID   int64 // A's entry
	FromID   int64 // B's
	intoNote bool  // A's entry has health notes
	fromNote bool
}

// Lines says the plan in French, one line each.
func (p MergePlan) Lines() []string {
	var out []string
	add := func(n int, one, many string) {
		switch {
		case n == 1:
			out = append(out, "1 "+one)
		case n > 1:
			out = append(out, fmt.Sprintf("%d %s", n, many))
		}
	}
	if len(p.Children) > 0 {
		out = append(out, "Enfants rattachés"+nbsp+": "+strings.Join(p.Children, ", "))
	}
	for _, c := range p.Same {
		out = append(out, "Fiche en double réunie"+nbsp+": "+c.Name)
	}
	if len(p.Guardians) > 0 {
		out = append(out, "Responsables rattachés"+nbsp+": "+strings.Join(p.Guardians, ", "))
	}
	if len(p.Noted) > 0 {
		out = append(out, "Responsables gardés en note"+nbsp+": "+strings.Join(p.Noted, ", "))
	}
	add(p.Requests, "demande d’accès", "demandes d’accès")
	add(p.Documents, "pièce justificative", "pièces justificatives")
	add(p.Bookings, "réservation", "réservations")
	if p.Balance != 0 {
		out = append(out, "Porte-monnaie"+nbsp+": "+p.Balance.Signed())
	}
	return append(out, p.Rooms...)
}

// MergePlan shows what merging family b into family a would do.
func (s *Service) MergePlan(ctx context.Context, a, b int64) (MergePlan, error) {
	if err := staff.Require(ctx, writers...); err != nil {
		return MergePlan{}, err
	}
	return readTx(ctx, s, func(tx *store.Tx) (MergePlan, error) { return s.mergePlan(tx, a, b) })
}

func (s *Service) mergePlan(tx *store.Tx, a, b int64) (p MergePlan, err error) {
	if a == b {
		return p, fault.New(fault.Invalid, "Choisissez deux familles différentes.")
	}
	if p.A, err = GetTx(tx, a); err != nil {
		return p, err
	}
	if p.B, err = GetTx(tx, b); err != nil {
		return p, err
	}
	for _, f := range []Family{p.A, p.B} {
		if f.AnonymisedOn != 0 {
			return p, anonymised()
		}
		if f.State == Merged {
			return p, fault.New(fault.Conflict, "La famille n° %s a déjà été fusionnée avec la famille n° %s.", f.Number(), Number(f.MergedInto))
		}
	}
	p.Balance = p.B.Balance
	p.people()
	for _, q := range []struct {
		into  *int
		query string
	}{
		{&p.Requests, `SELECT COUNT(*) FROM access_request WHERE family_id = $1`},
		{&p.Documents, `SELECT COUNT(*) FROM document WHERE family_id = $1`},
		{&p.Bookings, `SELECT COUNT(*) FROM booking WHERE family_id = $1`},
	} {
		if err := tx.QueryRow(q.query, b).Scan(q.into); err != nil {
			return p, err
		}
	}
	for _, room := range s.mergedRooms() {
		told, err := room.tell(tx, b, a)
		if err != nil {
			return p, err
		}
		p.Rooms = append(p.Rooms, told...)
	}
	if err := s.refusals(tx, &p); err != nil {
		return p, err
	}
	p.digest, err = p.sum()
	return p, err
}

// sum tells two plans apart: families, guardians and children with their
// versions, the balance, what comes over and what stands against it.
func (p MergePlan) sum() (string, error) {
	text, err := json.Marshal(p)
	if err != nil {
		return "", err
	}
	h := sha256.Sum256(text)
	return hex.EncodeToString(h[:]), nil
}

// people sorts out which children and guardians come over.
func (p *MergePlan) people() {
	for _, c := range p.B.Children {
		if c.Shared {
			continue
		}
		i := slices.IndexFunc(p.A.Children, func(o Child) bool {
			return !o.Shared && o.Birth == c.Birth && childFold(o.Last, o.First) == childFold(c.Last, c.First)
		})
		if i < 0 {
			p.Children = append(p.Children, c.Name())
			continue
		}
		o := p.A.Children[i]
		p.Same = append(p.Same, SameChild{Name: o.Name(), IntoID: o.ID, FromID: c.ID, intoNote: o.HasHealth, fromNote: c.HasHealth})
	}
	places := 2 - len(p.A.Guardians)
	for _, g := range p.B.Guardians {
		if slices.ContainsFunc(p.A.Guardians, func(o Guardian) bool { return sameGuardian(o, g) }) {
			continue
		}
		if places > 0 {
			places--
			p.Guardians = append(p.Guardians, g.Name())
			continue
		}
		p.Noted = append(p.Noted, g.Name())
	}
}

// sameGuardian: same first name and one family name in common, or same address.
func sameGuardian(a, b Guardian) bool {
	if a.Email != "" && a.Email == b.Email && Fold(a.First) == Fold(b.First) {
		return true
	}
	names := []string{Fold(b.Last), Fold(b.Usage)}
	return Fold(a.First) == Fold(b.First) && (slices.Contains(names, Fold(a.Last)) || a.Usage != "" && slices.Contains(names, Fold(a.Usage)))
}

func (s *Service) refusals(tx *store.Tx, p *MergePlan) error {
	s.mu.Lock()
	canMove := s.moveMoney != nil
	s.mu.Unlock()
	if p.Balance != 0 && !canMove {
		p.Refusals = append(p.Refusals, "Le porte-monnaie de la famille "+p.B.Name+" n’est pas vide et ne peut pas être transféré ici.")
	}
	for _, c := range p.Same {
		if c.intoNote && c.fromNote {
			p.Refusals = append(p.Refusals, "Les deux fiches "+fault.De(c.Name)+" ont des données de santé"+nbsp+": un agent Santé les réunit d’abord sur la première et efface la seconde.")
		}
		days, err := store.Collect(tx, func(r *sql.Rows) (d calendar.Date, err error) { err = r.Scan(&d); return d, err },
			`SELECT x.day FROM booking x JOIN booking y ON y.service_id = x.service_id AND y.day = x.day AND y.child_id = $2 AND y.state <> 'cancelled'
			WHERE x.child_id = $1 AND x.state <> 'cancelled' ORDER BY x.day`, c.FromID, c.IntoID)
		if err != nil {
			return err
		}
		if len(days) > 0 {
			p.Refusals = append(p.Refusals, fmt.Sprintf("%s est réservé deux fois le %s (une fois dans chaque famille)"+nbsp+": annulez l’une des deux réservations d’abord.", c.Name, days[0].Short()))
		}
	}
	return nil
}

// Merge does what MergePlan showed, in one transaction: children, guardians,
// requests, documents, bookings and wallet of B come to A; B is kept, empty, and
// points to A. Where one of the two has changed since, nothing is done: a merge
// cannot be undone, so it is never another one than the one that was agreed to.
func (s *Service) Merge(ctx context.Context, shown MergePlan) error {
	a, b := shown.A.ID, shown.B.ID
	return s.write(ctx, writers, func(tx *store.Tx) ([]int64, error) {
		p, err := s.mergePlan(tx, a, b)
		if err != nil {
			return nil, err
		}
		if p.digest != shown.digest {
			return nil, fault.New(fault.Conflict, "Un des deux dossiers a changé depuis que la fusion a été montrée. Rien n’a été réuni : relisez ce qu’elle ferait, puis recommencez.")
		}
		if len(p.Refusals) > 0 {
			return nil, fault.New(fault.Conflict, "%s", strings.Join(p.Refusals, " "))
		}
		if err := s.mergeMoney(tx, p); err != nil {
			return nil, err
		}
		for _, step := range []func(*store.Tx, MergePlan) error{mergeSame, mergeRows, s.mergeRooms, mergePeople} {
			if err := step(tx, p); err != nil {
				return nil, err
			}
		}
		if err := mergeHealth(tx, key(ctx), p); err != nil {
			return nil, err
		}
		if err := RefoldTx(tx, []int64{a, b}); err != nil {
			return nil, err
		}
		detail := fmt.Sprintf("Famille %s (%s) fusionnée dans %s (%s) : %s", p.B.Name, p.B.Number(), p.A.Name, p.A.Number(), strings.Join(p.Lines(), " ; "))
		if err := staff.Audit(tx, "family.merge", object(a), detail); err != nil {
			return nil, err
		}
		return []int64{a, b}, staff.Audit(tx, "family.merge", object(b), detail)
	})
}

func (s *Service) mergeMoney(tx *store.Tx, p MergePlan) error {
	if p.Balance == 0 {
		return nil
	}
	s.mu.Lock()
	move := s.moveMoney
	s.mu.Unlock()
	return move(tx, p.B.ID, p.A.ID)
}

// mergedRoom is another room's part of a merge.
type mergedRoom struct {
	tell  func(tx *store.Tx, from, to int64) ([]string, error)
	bring func(tx *store.Tx, from, to int64) error
}

// OnMerge registers what another room brings over from a merged family (from) to
// the one that lives on (to), in the same transaction: what it owes, its mandate.
// tell says it beforehand, in French, a line each.
func (s *Service) OnMerge(tell func(tx *store.Tx, from, to int64) ([]string, error), bring func(tx *store.Tx, from, to int64) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.merged = append(s.merged, mergedRoom{tell, bring})
}

func (s *Service) mergedRooms() []mergedRoom {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.merged)
}

func (s *Service) mergeRooms(tx *store.Tx, p MergePlan) error {
	for _, room := range s.mergedRooms() {
		if err := room.bring(tx, p.B.ID, p.A.ID); err != nil {
			return err
		}
	}
	return nil
}

// mergeSame brings a double entry's files over to the kept one and closes it.
// Requests that the kept entry already has stay where they are.
func mergeSame(tx *store.Tx, p MergePlan) error {
	for _, c := range p.Same { // the children of one family: a handful
		for _, q := range []string{
			`UPDATE booking SET child_id = $1 WHERE child_id = $2`,
			`UPDATE document SET child_id = $1 WHERE child_id = $2`,
			`UPDATE mail_action SET child_id = $1 WHERE child_id = $2`,
			`UPDATE access_request SET child_id = $1 WHERE child_id = $2 AND (state = 'refused' OR NOT EXISTS (SELECT 1 FROM access_request o
				WHERE o.child_id = $1 AND o.service_id = access_request.service_id AND o.school_year = access_request.school_year AND o.state <> 'refused'))`,
			`UPDATE pickup SET child_id = $1 WHERE child_id = $2`,
			`UPDATE child_year SET child_id = $1 WHERE child_id = $2 AND NOT EXISTS (SELECT 1 FROM child_year o WHERE o.child_id = $1 AND o.school_year = child_year.school_year)`,
			`INSERT INTO child_family (child_id, family_id, parity) SELECT CAST($1 AS BIGINT), family_id, parity FROM child_family WHERE child_id = $2 ON CONFLICT (child_id, family_id) DO NOTHING`,
		} {
			if _, err := tx.Exec(q, c.IntoID, c.FromID); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(`UPDATE child SET state = 'left', left_on = $2, ine = '', version = version + 1 WHERE id = $1`, c.FromID, today(tx).String()); err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM child_family WHERE child_id = $1`, c.FromID); err != nil {
			return err
		}
		tx.Publish(TopicChild, c.IntoID, c.FromID)
	}
	return nil
}

// mergeRows moves what hangs on the family; the ledger's rows never change.
func mergeRows(tx *store.Tx, p MergePlan) error {
	same := make([]int64, len(p.Same))
	for i, c := range p.Same {
		same[i] = c.FromID
	}
	var moved []int64
	for _, c := range p.B.Children {
		if !c.Shared && !slices.Contains(same, c.ID) {
			moved = append(moved, c.ID)
		}
	}
	if _, err := tx.Exec(`UPDATE child SET family_id = $1, version = version + 1 WHERE id = ANY($2)`, p.A.ID, moved); err != nil {
		return err
	}
	for _, q := range []string{
		`UPDATE access_request SET family_id = $1 WHERE family_id = $2`,
		`UPDATE document SET family_id = $1 WHERE family_id = $2`,
		`UPDATE booking SET family_id = $1 WHERE family_id = $2`,
		`UPDATE outbox SET family_id = $1 WHERE family_id = $2`,
		`INSERT INTO child_family (child_id, family_id, parity) SELECT child_id, CAST($1 AS BIGINT), parity FROM child_family WHERE family_id = $2 ON CONFLICT (child_id, family_id) DO NOTHING`,
		`UPDATE family SET state = 'merged', merged_into = $1, version = version + 1 WHERE id = $2`,
	} {
		if _, err := tx.Exec(q, p.A.ID, p.B.ID); err != nil {
			return err
		}
	}
	tx.Publish(TopicChild, moved...)
	// A child of A is no second family's guest of A itself.
	if _, err := tx.Exec(`DELETE FROM child_family WHERE family_id = $1`, p.B.ID); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM child_family WHERE family_id = $1 AND child_id IN (SELECT id FROM child WHERE family_id = $1)`, p.A.ID)
	return err
}

// mergePeople brings guardians over where there is a place, into the note where
// there is none, and fills what the kept family lacks.
func mergePeople(tx *store.Tx, p MergePlan) error {
	f := p.A
	for _, g := range p.B.Guardians {
		i := slices.IndexFunc(f.Guardians, func(o Guardian) bool { return sameGuardian(o, g) })
		switch {
		case i >= 0:
			o := &f.Guardians[i]
			o.Email, o.Home, o.Work, o.Mobile = firstOf(o.Email, g.Email), firstOf(o.Home, g.Home), firstOf(o.Work, g.Work), firstOf(o.Mobile, g.Mobile)
		case len(f.Guardians) < 2:
			g.Rank = len(f.Guardians) + 1
			f.Guardians = append(f.Guardians, g)
		default:
			text := strings.TrimSpace(strings.Join([]string{"Autre responsable" + nbsp + ":", g.Name(), g.Email, PhoneText(firstOf(g.Mobile, g.Home, g.Work))}, " "))
			f.Note = strings.TrimSpace(f.Note + "\n" + text)
		}
	}
	if f.Address1 == "" {
		f.Address1, f.Address2, f.Postal, f.City, f.CommuneID = p.B.Address1, p.B.Address2, p.B.Postal, p.B.City, p.B.CommuneID
	}
	if f.Quotient == nil {
		f.Quotient, f.QuotientFrom, f.QuotientTo = p.B.Quotient, p.B.QuotientFrom, p.B.QuotientTo
	}
	if p.B.Note != "" && !strings.Contains(f.Note, p.B.Note) {
		f.Note = strings.TrimSpace(f.Note + "\n" + p.B.Note)
	}
	return UpdateTx(tx, []*Family{&f})
}
