// Package transfer is the room where a whole database moves to the other
// engine: every table copied in one transaction, every row read again on both
// sides and compared, every promise of the program checked, and only then
// committed. It knows no table by name: what there is to copy is asked of the
// database, so that no table can be forgotten. It never writes to the source.
package transfer

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Options of Run.
type Options struct {
	// Verify gives every promise of the program, asked of the copy.
	Verify func(tx *store.Tx) ([]ledger.Check, error)
	// Progress is told how many rows are done, of how many, and what is under way;
	// may be nil.
	Progress func(done, total int64, what string)
	// Spoil lets a test damage the copy before it is compared.
	Spoil func(tx *store.Tx) error
}

// Count is how many rows a table has.
type Count struct {
	Table string
	Rows  int64
}

// Report tells what a copy was.
type Report struct {
	From, To store.Engine
	Tables   []Count
	Rows     int64
	Checks   int // promises verified on the copy
	// How long copying, putting the guards back, comparing and verifying took.
	Copy, Guards, Compare, Verify, Total time.Duration

	started time.Time
}

// move is one copy under way.
type move struct {
	src, dst *store.DB
	opt      Options
	from     *store.Tx // the source, as it stood at the beginning
	tables   []store.Table
	rep      *Report
	done     int64
	now      func() time.Time
}

// Run copies src into dst, which must be empty and of the same schema. Whatever
// fails, or whoever ends the program, dst stays empty and src is untouched.
// clock measures, it is written nowhere.
func Run(ctx context.Context, src, dst *store.DB, clock func() time.Time, opt Options) (*Report, error) {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return nil, err
	}
	m := &move{src: src, dst: dst, opt: opt, now: clock}
	if m.opt.Progress == nil {
		m.opt.Progress = func(int64, int64, string) {}
	}
	begun := clock()
	err := src.Read(ctx, func(from *store.Tx) (err error) {
		m.from = from
		if m.tables, err = sameShape(ctx, from, dst); err != nil {
			return err
		}
		return dst.Fill(from.Context(), m.fill, func(to *store.Tx) error { return m.check(ctx, to) })
	})
	if err != nil {
		return nil, err
	}
	m.rep.Total = clock().Sub(begun)
	return m.rep, nil
}

// sameShape demands the same tables and columns on both sides, and nothing in
// the target yet.
func sameShape(ctx context.Context, from *store.Tx, dst *store.DB) ([]store.Table, error) {
	here, err := store.Tables(from)
	if err != nil {
		return nil, err
	}
	err = dst.Read(ctx, func(to *store.Tx) error {
		there, err := store.Tables(to)
		if err != nil {
			return err
		}
		if a, b := outline(here), outline(there); a != b {
			return fault.New(fault.Conflict, "Les deux bases n’ont pas la même forme\u00a0: %s. Rien n’a été modifié\u00a0: ouvrez-les d’abord toutes deux avec cette version d’Ardoise.", firstDifference(a, b))
		}
		return empty(to, there)
	})
	return here, err
}

// empty refuses a target with rows in it.
func empty(to *store.Tx, tables []store.Table) error {
	asked := make([]string, len(tables))
	for i, t := range tables {
		asked[i] = fmt.Sprintf(`SELECT '%s' AS name WHERE EXISTS (SELECT 1 FROM "%s")`, t.Name, t.Name)
	}
	found, err := store.Collect(to, scanText, strings.Join(asked, " UNION ALL ")+" ORDER BY name LIMIT 1")
	if err == nil && len(found) > 0 {
		err = fault.New(fault.Conflict, "La base d’arrivée contient déjà des données (table «\u00a0%s\u00a0»). Rien n’a été modifié\u00a0: indiquez une base vide, ou un fichier qui n’existe pas encore.", found[0])
	}
	return err
}

// outline writes tables and columns so that both engines give the same text,
// whatever the order of the columns.
func outline(tables []store.Table) string {
	var lines []string
	for _, t := range tables {
		for _, c := range t.Columns {
			lines = append(lines, fmt.Sprintf("%s.%s %s %d", t.Name, c.Name, c.Kind, c.Key))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for _, l := range x {
		if !slices.Contains(y, l) {
			return l
		}
	}
	for _, l := range y {
		if !slices.Contains(x, l) {
			return l
		}
	}
	return ""
}

// check is everything asked of the copy before it is kept.
func (m *move) check(ctx context.Context, to *store.Tx) error {
	if m.opt.Spoil != nil {
		if err := m.opt.Spoil(to); err != nil {
			return err
		}
	}
	at := m.now()
	m.rep.Guards = at.Sub(m.rep.started) - m.rep.Copy
	if err := m.compare(to); err != nil {
		return err
	}
	m.rep.Compare = m.now().Sub(at)
	at = m.now()
	m.opt.Progress(m.done, 2*m.rep.Rows, "contrôle des règles")
	checks, err := m.opt.Verify(to)
	if err != nil {
		return err
	}
	for _, c := range checks {
		if !c.OK {
			return fault.New(fault.Conflict, "La copie ne respecte pas la règle %s (%s). Rien n’a été gardé, la base d’origine est intacte\u00a0: contrôlez-la avec «\u00a0ardoisectl verify\u00a0».", c.ID, c.Detail)
		}
	}
	m.rep.Checks, m.rep.Verify = len(checks), m.now().Sub(at)
	return m.stood(ctx)
}

// stood refuses a copy of what has moved on meanwhile: whoever wrote there
// would not find it again here.
func (m *move) stood(ctx context.Context) error {
	const end = `SELECT coalesce(max(id), 0) FROM audit`
	var then, now int64
	if err := m.from.QueryRow(end).Scan(&then); err != nil {
		return err
	}
	err := m.src.Read(ctx, func(tx *store.Tx) error { return tx.QueryRow(end).Scan(&now) })
	if err == nil && now != then {
		err = fault.New(fault.Conflict, "Quelqu’un a travaillé dans la base d’origine pendant la copie. Rien n’a été gardé et la base d’origine est intacte\u00a0: fermez Ardoise sur tous les postes, puis recommencez.")
	}
	return err
}
