package data

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"ardoise/data/billing"
	"ardoise/data/booking"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/mailbox"
	"ardoise/data/retention"
	"ardoise/data/schoolyear"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Verify checks every invariant the program promises (quality.md, I1 to I14 as
// far as their rooms exist) and says of each whether it holds. It changes
// nothing and reads one consistent state.
func (o *Office) Verify(ctx context.Context) (checks []ledger.Check, err error) {
	if err := staff.Require(ctx, staff.Admin, staff.Regie); err != nil {
		return nil, err
	}
	err = o.Store.Read(ctx, func(tx *store.Tx) error {
		checks, err = verify(tx)
		if err != nil {
			return err
		}
		checks = append(checks, o.verifyTrail(tx))
		return nil
	})
	if err != nil {
		return nil, err
	}
	schema, err := o.verifySchema(ctx)
	if err != nil {
		return nil, err
	}
	return append(checks, schema), nil
}

// verifyTrail is I11. Without a witness outside the database the chain alone
// cannot tell that its end was cut off: the check says so.
func (o *Office) verifyTrail(tx *store.Tx) ledger.Check {
	c := ledger.Check{ID: "I11"}
	head, err := o.heads.Load()
	if err == nil {
		err = staff.VerifyHead(tx, o.heads)
	}
	switch {
	case err != nil:
		c.Detail = fault.Sentence(err)
	case head.IsZero():
		c.OK, c.Detail = true, fault.French("le journal s’enchaîne ; aucun témoin hors de la base : sa fin n’a pas pu être contrôlée")
	default:
		c.OK, c.Detail = true, "le journal s’enchaîne jusqu’au témoin gardé hors de la base"
	}
	return c
}

func verify(tx *store.Tx) (checks []ledger.Check, err error) {
	for _, room := range []func(*store.Tx) ([]ledger.Check, error){ledger.Verify, booking.Verify, billing.Verify, mailbox.Verify, retention.Verify, schoolyear.Verify, verifyFloats} {
		list, err := room(tx)
		if err != nil {
			return nil, err
		}
		checks = append(checks, list...)
	}
	return checks, nil
}

// verifySchema is I13: the database has exactly the shape this program knows.
func (o *Office) verifySchema(ctx context.Context) (c ledger.Check, err error) {
	have, err := o.Store.SchemaVersion(ctx)
	if err != nil {
		return c, err
	}
	want := store.LatestVersion()
	return ledger.Check{ID: "I13", OK: have == want, Detail: fmt.Sprintf("version %d de la base, version %d du programme", have, want)}, nil
}

// verifyFloats is I14: no column of the database can hold a float.
func verifyFloats(tx *store.Tx) ([]ledger.Check, error) {
	query := `SELECT table_name || '.' || column_name FROM information_schema.columns
		WHERE table_schema = current_schema() AND data_type IN ('real', 'double precision', 'numeric', 'money')`
	if tx.Engine() == store.SQLite {
		query = `SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c
			WHERE m.type = 'table' AND (c.type LIKE '%REAL%' OR c.type LIKE '%FLOA%' OR c.type LIKE '%DOUB%' OR c.type LIKE '%NUMERIC%' OR c.type LIKE '%DECIMAL%')`
	}
	names, err := store.Collect(tx, func(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) }, query)
	if err != nil {
		return nil, err
	}
	c := ledger.Check{ID: "I14", OK: len(names) == 0, Detail: "aucune colonne ne peut contenir un nombre à virgule"}
	if !c.OK {
		c.Detail = "colonnes à virgule : " + strings.Join(names, ", ")
	}
	return []ledger.Check{c}, nil
}
