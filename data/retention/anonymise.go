package retention

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/data/store/bulk"
)

// Anonymisation is what making a family nameless would do. It cannot be undone.
type Anonymisation struct {
	Family   family.Family
	Merged   []string // numbers of the files merged into it, which go with it
	Children []string // whose entries lose their name
	Moved    []string // children another family still has: the entry goes to it, whole
	Guests   []string // children of other families that this one no longer sees
	Goes     []string // what is taken away, counted, in French
	Law      []string // what the law keeps, and until when, in French
	Refusals []string // why it cannot be done; empty: it can

	digest string
}

// Lines says the plan in French, one line each.
func (a Anonymisation) Lines() (out []string) {
	add := func(what string, list []string) {
		if len(list) > 0 {
			out = append(out, what+nbsp+": "+strings.Join(list, ", "))
		}
	}
	add("Dossiers réunis dans celui-ci", a.Merged)
	add("Enfants anonymisés", a.Children)
	add("Enfants qui passent à leur autre famille", a.Moved)
	add("Enfants d’autres familles, plus visibles d’ici", a.Guests)
	out = append(out, a.Goes...)
	return append(out, a.Law...)
}

// PlanAnonymise shows what making a family nameless would do.
func (s *Service) PlanAnonymise(ctx context.Context, id int64) (Anonymisation, error) {
	return read(ctx, s, func(tx *store.Tx) (Anonymisation, error) { return planAnonymise(tx, id) })
}

// Anonymise does what PlanAnonymise showed, in one transaction; where the file has
// changed since, nothing is done. An error that is ErrTraces comes after it was done.
func (s *Service) Anonymise(ctx context.Context, shown Anonymisation) error {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return err
	}
	id := shown.Family.ID
	err := s.db.Write(ctx, func(tx *store.Tx) error {
		p, err := planAnonymise(tx, id)
		if err != nil {
			return err
		}
		if p.digest != shown.digest {
			return fault.New(fault.Conflict, "Le dossier a changé depuis l’affichage"+nbsp+": relisez ce qui partirait, puis recommencez.")
		}
		if len(p.Refusals) > 0 {
			return fault.New(fault.Conflict, "La famille %s ne peut pas être anonymisée. %s", p.Family.Name, strings.Join(p.Refusals, " "))
		}
		f := facts{day: today(tx)}
		if f.settings, err = SettingsTx(tx); err != nil {
			return err
		}
		_, err = anonymiseTx(tx, f, []int64{id})
		return err
	})
	if err != nil {
		return err
	}
	return s.scrub(ctx)
}

func planAnonymise(tx *store.Tx, id int64) (p Anonymisation, err error) {
	if p.Family, err = family.GetTx(tx, id); err != nil {
		return p, err
	}
	switch {
	case p.Family.State == family.Merged:
		return p, fault.New(fault.Conflict, "Cette famille a été fusionnée"+nbsp+": c’est la famille n° %s qu’il faut anonymiser, celle-ci la suivra.", family.Number(p.Family.MergedInto))
	case p.Family.AnonymisedOn != 0:
		return p, fault.New(fault.Conflict, "Cette famille est déjà anonymisée depuis le %s.", p.Family.AnonymisedOn.Long())
	}
	_, all, err := houses(tx, []int64{id})
	if err != nil {
		return p, err
	}
	for _, m := range all {
		if m != id {
			p.Merged = append(p.Merged, "n° "+family.Number(m))
		}
	}
	if p.Family.Hold != "" {
		p.Refusals = append(p.Refusals, "Ce dossier est marqué « ne pas purger »"+nbsp+": "+p.Family.Hold+".")
	}
	why, err := moneyReasons(tx, []int64{id})
	if err != nil {
		return p, err
	}
	if why[id] != "" {
		p.Refusals = append(p.Refusals, why[id]+".")
	}
	kids, err := childrenOf(tx, all)
	if err != nil {
		return p, err
	}
	for _, k := range kids {
		switch {
		case k.guest:
			p.Guests = append(p.Guests, k.name)
		case k.other != 0:
			p.Moved = append(p.Moved, fmt.Sprintf("%s (famille %s, n° %s)", k.name, k.otherName, family.Number(k.other)))
		default:
			p.Children = append(p.Children, k.name)
		}
	}
	if err := p.count(tx, all, kids); err != nil {
		return p, err
	}
	text, err := json.Marshal(p)
	if err != nil {
		return p, err
	}
	h := sha256.Sum256(text)
	p.digest = hex.EncodeToString(h[:])
	return p, nil
}

// count says how much goes, and what the law keeps.
func (p *Anonymisation) count(tx *store.Tx, all []int64, kids []kid) error {
	s, err := SettingsTx(tx)
	if err != nil {
		return err
	}
	words, err := addressesOf(tx, all)
	if err != nil {
		return err
	}
	_, _, moved := fates(kids)
	accounts, mandates := cut(today(tx), s.Accounts), cut(today(tx), s.Mandates)
	for _, c := range []struct {
		query, one, many string
		law              bool
		args             []any
	}{
		{`SELECT COUNT(*) FROM document WHERE family_id = ANY($1) AND purged_on = '' AND NOT (COALESCE(child_id, 0) = ANY($2))`, "pièce effacée", "pièces effacées", false, []any{all, moved}},
		{`SELECT COUNT(*) FROM mail_message WHERE purged_on = '' AND ` + theirMessages, "courriel reçu effacé", "courriels reçus effacés", false, []any{all, words}},
		{`SELECT COUNT(*) FROM outbox WHERE (address <> '' OR body <> '') AND ` + theirLetters, "courriel envoyé effacé", "courriels envoyés effacés", false, []any{all, words}},
		{`SELECT COUNT(*) FROM booking WHERE family_id = ANY($1)`, "réservation gardée sans nom", "réservations gardées sans nom", false, []any{all}},
		{`SELECT COUNT(*) FROM invoice WHERE family_id = ANY($1) AND issued_on >= $2`, "facture garde son nom", "factures gardent leur nom", true, []any{all, accounts}},
		{`SELECT COUNT(*) FROM receipt WHERE family_id = ANY($1) AND at >= $2`, "quittance garde son nom", "quittances gardent leur nom", true, []any{all, accounts.At(0, 0)}},
		{`SELECT COUNT(*) FROM mandate WHERE family_id = ANY($1) AND masked <> '' AND collected_on >= $2`, "mandat garde son IBAN scellé", "mandats gardent leur IBAN scellé", true, []any{all, mandates}},
	} { // a fixed list, not a list of data
		var n int
		if err := tx.QueryRow(c.query, c.args...).Scan(&n); err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		text := countText(n, c.one, c.many)
		if c.law {
			until := months(s.Accounts) + " après la pièce"
			if strings.Contains(c.one, "mandat") {
				until = months(s.Mandates) + " après le dernier prélèvement"
			}
			p.Law = append(p.Law, "La loi garde"+nbsp+": "+text+", "+until+".")
			continue
		}
		p.Goes = append(p.Goes, text)
	}
	return nil
}

// kid is a child that a house sees, and what becomes of it.
type kid struct {
	id, family int64
	name       string
	guest      bool  // another family's child, shared with the house
	other      int64 // the family that still has it, 0: none
	otherName  string
}

// childrenOf gives the children a house sees. A child that an active family outside of
// it shares, or one that must not be purged, keeps its name: the entry goes to that family.
func childrenOf(tx *store.Tx, all []int64) ([]kid, error) {
	var out []kid
	err := store.Each(tx, func(r *sql.Rows) error {
		var k kid
		var own int64
		if err := r.Scan(&k.id, &k.family, &k.name, &own, &k.other, &k.otherName); err != nil {
			return err
		}
		k.guest = own == 0
		if n := len(out); n == 0 || out[n-1].id != k.id { // the first other family takes it
			out = append(out, k)
		}
		return nil
	}, `SELECT c.id, c.family_id, c.first || ' ' || c.last, CASE WHEN c.family_id = ANY($1) THEN 1 ELSE 0 END, COALESCE(g.id, 0), COALESCE(g.name, '')
		FROM child c LEFT JOIN child_family x ON x.child_id = c.id AND NOT (x.family_id = ANY($1))
			AND EXISTS (SELECT 1 FROM family a WHERE a.id = x.family_id AND (a.state = 'active' OR a.hold <> '') AND a.anonymised_on = '')
		LEFT JOIN family g ON g.id = x.family_id
		WHERE c.anonymised_on = '' AND (c.family_id = ANY($1) OR c.id IN (SELECT child_id FROM child_family WHERE family_id = ANY($1)))
		ORDER BY c.id, x.parity DESC, g.id`, all)
	return out, err
}

// fates tells the children that lose their name from those that another family
// keeps; moves are the rows child, family of these.
func fates(kids []kid) (gone []int64, moves [][]any, moved []int64) {
	for _, k := range kids {
		switch {
		case k.guest:
		case k.other != 0:
			moves = append(moves, []any{k.id, k.other})
			moved = append(moved, k.id)
		default:
			gone = append(gone, k.id)
		}
	}
	return gone, moves, moved
}

// anonymiseTx makes families nameless, with those merged into them, in a number of
// statements that does not depend on how many. The caller has judged that they may.
func anonymiseTx(tx *store.Tx, f facts, ids []int64) (entries int64, err error) {
	_, all, err := houses(tx, ids)
	if err != nil {
		return 0, err
	}
	kids, err := childrenOf(tx, all)
	if err != nil {
		return 0, err
	}
	gone, moves, moved := fates(kids)
	words, err := addressesOf(tx, all)
	if err != nil {
		return 0, err
	}
	if err := moveChildren(tx, moves, moved, all); err != nil {
		return 0, err
	}
	for _, step := range []func() error{
		func() error { return anonymiseChildren(tx, f.day.String(), gone) },
		func() error { return anonymisePost(tx, f.day.String(), all, words) },
		func() error { return anonymiseFiles(tx, f, all, gone) },
		func() error { return anonymiseFamilies(tx, f.day.String(), all) },
	} {
		if err := step(); err != nil {
			return 0, err
		}
	}
	objects, err := objectsOf(tx, all, gone)
	if err != nil {
		return 0, err
	}
	var kept int64
	if entries, kept, err = staff.Redact(tx, objects, []string{"mail.bounce", "mail.lift"}, words); err != nil {
		return 0, err
	}
	for _, id := range ids { // one entry a family: the trail is by object
		detail := "Dossier anonymisé"
		if kept > 0 {
			detail += " ; " + countText(int(kept), "phrase ancienne du journal attend", "phrases anciennes du journal attendent") + " la fin de sa durée"
		}
		if err := staff.Audit(tx, "family.anonymise", fmt.Sprintf("family:%d", id), fault.French(detail)); err != nil {
			return 0, err
		}
	}
	tx.Publish(Topic)
	tx.Publish(family.Topic, all...)
	tx.Publish(family.TopicChild, append(slices.Clone(gone), moved...)...)
	return entries, nil
}

// addressesOf gives every address the families were written to, or wrote from, and
// that is nobody else's: two parents may share one, a portal writes for everybody.
func addressesOf(tx *store.Tx, all []int64) ([]string, error) {
	return store.Collect(tx, func(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) },
		`SELECT email FROM (SELECT email FROM guardian WHERE family_id = ANY($1) UNION SELECT lower(address) FROM outbox WHERE family_id = ANY($1)
			UNION SELECT sender FROM mail_message WHERE family_id = ANY($1)) AS mine
		WHERE email <> '' AND NOT EXISTS (SELECT 1 FROM guardian g WHERE g.email = mine.email AND NOT (g.family_id = ANY($1)))
			AND NOT EXISTS (SELECT 1 FROM mail_message m WHERE m.sender = mine.email AND m.family_id IS NOT NULL AND NOT (m.family_id = ANY($1)))`, all)
}

// moveChildren gives children to their other family, with what is theirs: without
// their requests and documents they would lose their access there.
func moveChildren(tx *store.Tx, moves [][]any, moved, all []int64) error {
	if len(moves) > 0 {
		if err := bulk.Update(tx, `UPDATE child SET family_id = v.column2, version = version + 1 FROM %s AS v WHERE child.id = v.column1`, []string{"BIGINT", "BIGINT"}, moves); err != nil {
			return err
		}
		for _, table := range []string{"access_request", "document"} {
			if _, err := tx.Exec(`UPDATE `+table+` SET family_id = (SELECT c.family_id FROM child c WHERE c.id = child_id) WHERE child_id = ANY($1) AND family_id = ANY($2)`, moved, all); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(`DELETE FROM child_family WHERE child_id = ANY($1) AND family_id = (SELECT family_id FROM child WHERE id = child_family.child_id)`, moved); err != nil {
			return err
		}
	}
	_, err := tx.Exec(`DELETE FROM child_family WHERE family_id = ANY($1)`, all)
	return err
}
