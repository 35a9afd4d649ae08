package family

import (
	"database/sql"
	"slices"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/store"
	"ardoise/data/store/bulk"
)

// foldOf gives a family's search key: the words of its names, children, e-mail
// addresses, phones and town, each once.
func foldOf(f *Family) string {
	var b strings.Builder
	put := func(s string) { b.WriteString(searchWords(s)); b.WriteByte(' ') }
	put(f.Name)
	for _, g := range f.Guardians {
		put(g.Last)
		put(g.Usage)
		put(g.First)
		put(g.Email)
		for _, p := range []string{g.Home, g.Work, g.Mobile} {
			b.WriteString(phoneWords(p))
			b.WriteByte(' ')
		}
	}
	for _, c := range f.Children {
		put(c.Last)
		put(c.Usage)
		put(c.First)
	}
	put(f.City)
	var words []string
	for _, w := range strings.Fields(b.String()) {
		if !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return strings.Join(words, " ")
}

// childFold is the key under which a child is recognised, with its birth date.
func childFold(last, first string) string { return Fold(last + " " + first) }

// ChildKey is the key under which a child is recognised, with its birth date.
func ChildKey(last, first string) string { return childFold(last, first) }

const familyColumns = `name, address1, address2, postal, city, country, commune_id, quotient, quotient_from, quotient_to, low_balance, note, state, fold, sort_key, created_at`

func familyRow(f *Family, now string) []any {
	var quotient, low any
	if f.Quotient != nil {
		quotient = int64(*f.Quotient)
	}
	if f.LowBalance != nil {
		low = int64(*f.LowBalance)
	}
	return []any{
		f.Name, f.Address1, f.Address2, f.Postal, f.City, f.Country, nullID(f.CommuneID), quotient, f.QuotientFrom.String(), f.QuotientTo.String(),
		low, f.Note, f.State, foldOf(f), SortKey(f.Name), now,
	}
}

const guardianColumns = `family_id, rank, civility, last, usage, first, email, home, work, mobile, fold`

func guardianRow(g Guardian) []any {
	return []any{g.FamilyID, g.Rank, g.Civility, g.Last, g.Usage, g.First, g.Email, g.Home, g.Work, g.Mobile, Fold(g.Last + " " + g.Usage + " " + g.First)}
}

const childColumns = `family_id, last, usage, first, birth, sex, ine, class_id, level, age_group, diet, photo_ok, note, state, fold, sort_key, created_at`

func childRow(c Child, now string) []any {
	return []any{
		c.FamilyID, c.Last, c.Usage, c.First, c.Birth.String(), c.Sex, c.INE, nullID(c.ClassID), c.Level, c.AgeGroup, c.Diet, c.PhotoOK, c.Note, c.State,
		childFold(c.Last, c.First), SortKey(c.Last + " " + c.First), now,
	}
}

// InsertTx keeps new families with their guardians and own children, normalised
// beforehand, in a few statements, and sets every id. Children marked Shared are
// not written: they only count in the search key.
func InsertTx(tx *store.Tx, list []*Family) error {
	now := store.Instant(tx.Now())
	rows := make([][]any, len(list))
	for i, f := range list {
		rows[i] = familyRow(f, now)
	}
	i := 0
	err := bulk.InsertReturning(tx, `INSERT INTO family (`+familyColumns+`)`, rows, `RETURNING id, name`, func(r *sql.Rows) error {
		var name string
		if err := r.Scan(&list[i].ID, &name); err != nil {
			return err
		}
		if name != store.CleanText(list[i].Name) {
			return fault.New(fault.Internal, "L’enregistrement des familles n’est pas revenu dans l’ordre. Rien n’a été modifié.")
		}
		list[i].Version = 1
		i++
		return nil
	})
	if err != nil {
		return err
	}
	var guardians [][]any
	var children []*Child
	ids := make([]int64, len(list))
	for i, f := range list {
		ids[i] = f.ID
		for j := range f.Guardians {
			f.Guardians[j].FamilyID = f.ID
			guardians = append(guardians, guardianRow(f.Guardians[j]))
		}
		for j := range f.Children {
			if c := &f.Children[j]; !c.Shared {
				c.FamilyID = f.ID
				children = append(children, c)
			}
		}
	}
	if err := bulk.Insert(tx, `INSERT INTO guardian (`+guardianColumns+`)`, guardians, ``); err != nil {
		return err
	}
	tx.Publish(Topic, ids...)
	return InsertChildrenTx(tx, children)
}

// InsertChildrenTx keeps new children (normalised, FamilyID set) and sets their ids.
func InsertChildrenTx(tx *store.Tx, list []*Child) error {
	if len(list) == 0 {
		return nil
	}
	now := store.Instant(tx.Now())
	rows := make([][]any, len(list))
	for i, c := range list {
		rows[i] = childRow(*c, now)
	}
	i := 0
	err := bulk.InsertReturning(tx, `INSERT INTO child (`+childColumns+`)`, rows, `RETURNING id, first`, func(r *sql.Rows) error {
		var first string
		if err := r.Scan(&list[i].ID, &first); err != nil {
			return err
		}
		if first != store.CleanText(list[i].First) {
			return fault.New(fault.Internal, "L’enregistrement des enfants n’est pas revenu dans l’ordre. Rien n’a été modifié.")
		}
		list[i].Version = 1
		i++
		return nil
	})
	if err != nil {
		return twin(err)
	}
	publishChildren(tx, list)
	return writePickups(tx, list)
}

// twin says in French what the unique indexes of children refuse.
func twin(err error) error {
	switch text := err.Error(); {
	case strings.Contains(text, "child_ine") || strings.Contains(text, "child.ine"):
		return fault.Wrap(fault.Conflict, err, "Un autre enfant a déjà cet identifiant national (INE).")
	case strings.Contains(text, "child_once") || strings.Contains(text, "child.fold"):
		return fault.Wrap(fault.Conflict, err, "Cette famille a déjà un enfant de ce nom et de cette date de naissance.")
	}
	return err
}

func publishChildren(tx *store.Tx, list []*Child) {
	ids, families := make([]int64, len(list)), make([]int64, len(list))
	for i, c := range list {
		ids[i], families[i] = c.ID, c.FamilyID
	}
	tx.Publish(TopicChild, ids...)
	tx.Publish(Topic, families...)
}

func writePickups(tx *store.Tx, list []*Child) error {
	var rows [][]any
	for _, c := range list {
		for _, p := range c.Pickups {
			rows = append(rows, []any{c.ID, p.Name, p.Phone, p.Link})
		}
	}
	return bulk.Insert(tx, `INSERT INTO pickup (child_id, name, phone, link)`, rows, ``)
}

// UpdateTx writes families and their guardians (children aside) over what is
// there; each row's version goes up by one. The search keys follow RefoldTx.
func UpdateTx(tx *store.Tx, list []*Family) error {
	if len(list) == 0 {
		return nil
	}
	var rows, guardians [][]any
	ids := make([]int64, len(list))
	now := store.Instant(tx.Now())
	for i, f := range list {
		ids[i] = f.ID
		rows = append(rows, append([]any{f.ID}, familyRow(f, now)...))
		for j := range f.Guardians {
			f.Guardians[j].FamilyID = f.ID
			guardians = append(guardians, guardianRow(f.Guardians[j]))
		}
	}
	err := bulk.Insert(tx, `INSERT INTO family (id, `+familyColumns+`)`, rows, `ON CONFLICT (id) DO UPDATE SET name = excluded.name,
		address1 = excluded.address1, address2 = excluded.address2, postal = excluded.postal, city = excluded.city, country = excluded.country,
		commune_id = excluded.commune_id, quotient = excluded.quotient, quotient_from = excluded.quotient_from, quotient_to = excluded.quotient_to,
		low_balance = excluded.low_balance, note = excluded.note, state = excluded.state, sort_key = excluded.sort_key, version = family.version + 1`)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`DELETE FROM guardian WHERE family_id = ANY($1)`, ids); err != nil {
		return err
	}
	if err := bulk.Insert(tx, `INSERT INTO guardian (`+guardianColumns+`)`, guardians, ``); err != nil {
		return err
	}
	return RefoldTx(tx, ids)
}

// UpdateChildrenTx writes children over what is there; each version goes up by one.
func UpdateChildrenTx(tx *store.Tx, list []*Child) error {
	if len(list) == 0 {
		return nil
	}
	if err := remember(tx, list); err != nil {
		return err
	}
	now := store.Instant(tx.Now())
	rows := make([][]any, len(list))
	ids := make([]int64, len(list))
	for i, c := range list {
		ids[i] = c.ID
		rows[i] = append([]any{c.ID}, childRow(*c, now)...)
	}
	err := bulk.Insert(tx, `INSERT INTO child (id, `+childColumns+`)`, rows, `ON CONFLICT (id) DO UPDATE SET family_id = excluded.family_id,
		last = excluded.last, usage = excluded.usage, first = excluded.first, birth = excluded.birth, sex = excluded.sex, ine = excluded.ine,
		class_id = excluded.class_id, level = excluded.level, age_group = excluded.age_group, diet = excluded.diet, photo_ok = excluded.photo_ok,
		note = excluded.note, state = excluded.state, fold = excluded.fold, sort_key = excluded.sort_key, version = child.version + 1`)
	if err != nil {
		return twin(err)
	}
	// The day it left counts from the change of state, and goes when it comes back.
	if _, err := tx.Exec(`UPDATE child SET left_on = CASE WHEN state = 'left' THEN $2 ELSE '' END WHERE id = ANY($1) AND (state = 'left') <> (left_on <> '')`, ids, today(tx).String()); err != nil {
		return err
	}
	if _, err := tx.Exec(`DELETE FROM pickup WHERE child_id = ANY($1)`, ids); err != nil {
		return err
	}
	if err := writePickups(tx, list); err != nil {
		return err
	}
	publishChildren(tx, list)
	families, err := familiesOf(tx, ids)
	if err != nil {
		return err
	}
	return RefoldTx(tx, families)
}

func scanID(r *sql.Rows) (id int64, err error) {
	err = r.Scan(&id)
	return id, err
}

// familiesOf gives every family that sees one of the children.
func familiesOf(tx *store.Tx, children []int64) ([]int64, error) {
	return store.Collect(tx, scanID,
		`SELECT family_id FROM child WHERE id = ANY($1) UNION SELECT family_id FROM child_family WHERE child_id = ANY($1)`, children)
}

// RefoldTx works the search keys of families out again, after a change of their
// names, guardians or children, and publishes them.
func RefoldTx(tx *store.Tx, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	list, err := FamiliesTx(tx, ids)
	if err != nil {
		return err
	}
	rows := make([][]any, len(list))
	for i := range list {
		rows[i] = []any{list[i].ID, foldOf(&list[i])}
	}
	tx.Publish(Topic, ids...)
	return bulk.Update(tx, `UPDATE family SET fold = v.column2 FROM %s AS v WHERE family.id = v.column1`, []string{"BIGINT", "TEXT"}, rows)
}

// ShareTx lets a second family see a child; parity 1 gives it the odd ISO weeks
// to book and pay, 2 the even ones, 0 none.
func ShareTx(tx *store.Tx, links []Link) error {
	var rows [][]any
	var families, children []int64
	for _, l := range links {
		if l.Parity < 0 || l.Parity > 2 {
			return fault.New(fault.Invalid, "L’alternance se fait par semaines impaires, par semaines paires ou pas du tout.")
		}
		rows = append(rows, []any{l.ChildID, l.FamilyID, l.Parity})
		families = append(families, l.FamilyID)
		children = append(children, l.ChildID)
	}
	if len(rows) == 0 {
		return nil
	}
	if err := bulk.Insert(tx, `INSERT INTO child_family (child_id, family_id, parity)`, rows,
		`ON CONFLICT (child_id, family_id) DO UPDATE SET parity = excluded.parity`); err != nil {
		return err
	}
	tx.Publish(TopicChild, children...)
	return RefoldTx(tx, families)
}

// Link ties a child to a second family.
type Link struct {
	ChildID  int64
	FamilyID int64
	Parity   int
}

// today is the civil day of a transaction's clock.
func today(tx *store.Tx) calendar.Date { return calendar.DateOf(tx.Now()) }
