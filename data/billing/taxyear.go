package billing

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"
	"strings"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// TaxYears gives what families paid in a year for their children, by child and
// month: one family, or all (0) in the order of names. It is what counts for the
// tax credit for child care, of which the law takes the year the money was paid
// and children under six on 1 January (CGI art. 200 quater B).
//
// Paid is what left the family for good in the year, by accounting day:
//
//   - prepaid meals charged to the wallet, less those given back;
//   - of invoices, what was paid, less what was rejected, undone, or given back to
//     the wallet by a credit note. What a credit note took off a debt was never paid.
//
// A part paid of an invoice is spread over its lines, those of its credit notes
// taken off, in their order: the first k lines together get the part
// paid/total of their sum, rounded down to the cent, and each line the difference
// with the lines before. So the lines make the payment to the cent, a second
// payment completes the first, and an invoice paid in full gives every line whole.
//
// A month is the meal's; a meal of another year is put in the month it was paid.
// Care is the "encadrement" part of meals, and all of what is not a meal: morning,
// evening, and days whose tariff separates no meal.
func (s *Service) TaxYears(ctx context.Context, year int, familyID int64) (out []TaxYear, err error) {
	if err := staff.Require(ctx, readers...); err != nil {
		return nil, err
	}
	if year < 2000 || year > 9998 {
		return nil, fault.New(fault.Invalid, "Choisissez une année, par exemple 2026.")
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		out, err = taxYears(tx, year, familyID)
		return err
	})
	return out, err
}

func taxYears(tx *store.Tx, year int, familyID int64) ([]TaxYear, error) {
	w := &taxer{tx: tx, year: year, first: calendar.NewDate(year, time.January, 1), last: calendar.NewDate(year, time.December, 31), paid: map[taxKey]*TaxChild{}}
	var err error
	if w.into, err = mergedInto(tx); err != nil {
		return nil, err
	}
	if familyID != 0 {
		w.only = []int64{heirOf(w.into, familyID)}
		for f := range w.into {
			if heirOf(w.into, f) == w.only[0] {
				w.only = append(w.only, f)
			}
		}
	}
	for _, step := range []func() error{w.kinds, w.prepaid, w.invoices} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return w.result()
}

type taxKey struct{ family, child int64 }

// taxer gathers what was paid, in a number of questions that does not depend on
// the number of meals.
type taxer struct {
	tx          *store.Tx
	year        int
	first, last calendar.Date
	into        map[int64]int64 // merged families
	only        []int64         // the family and those merged into it; nil: all
	care        map[int64]string
	paid        map[taxKey]*TaxChild
}

func (w *taxer) kinds() error {
	w.care = map[int64]string{}
	return store.Each(w.tx, func(r *sql.Rows) error {
		var id int64
		var kind string
		err := r.Scan(&id, &kind)
		w.care[id] = kind
		return err
	}, `SELECT id, kind FROM service`)
}

// cared is what of a price is child care; care is its "encadrement" part.
func (w *taxer) cared(service int64, amount, care money.Cents) money.Cents {
	switch kind := w.care[service]; {
	case kind == "morning", kind == "evening", kind == "day" && care == 0:
		return amount
	}
	return care
}

// add counts a sum for a child, and what of it is child care.
func (w *taxer) add(family, child int64, month string, amount, care money.Cents) {
	if amount == 0 && care == 0 {
		return
	}
	k := taxKey{heirOf(w.into, family), child}
	c := w.paid[k]
	if c == nil {
		c = &TaxChild{ChildID: child}
		w.paid[k] = c
	}
	n := int(month[5]-'0')*10 + int(month[6]-'0') - 1
	c.Months[n] += amount
	c.Cares[n] += care
	c.Care += care
	c.Meal += amount - care
	c.Total += amount
}

// prepaid sums charges and what was given back, in the database.
func (w *taxer) prepaid() error {
	payer, giver, args := "", "", []any{w.first, w.last, w.first.String()[:4]}
	if w.only != nil {
		wallets, err := store.Collect(w.tx, func(r *sql.Rows) (id int64, err error) { return id, r.Scan(&id) }, `SELECT id FROM account WHERE family_id = ANY($1)`, w.only)
		if err != nil {
			return err
		}
		payer, giver, args = ` AND debit_id = ANY($4)`, ` AND credit_id = ANY($4)`, append(args, wallets)
	}
	return store.Each(w.tx, func(r *sql.Rows) error {
		var family, child, service int64
		var month string
		var amount, care money.Cents
		if err := r.Scan(&family, &child, &service, &month, &amount, &care); err != nil {
			return err
		}
		w.add(family, child, month, amount, w.cared(service, amount, care))
		return nil
	}, `SELECT a.family_id, b.child_id, b.service_id, CASE WHEN substr(b.day, 1, 4) = $3 THEN substr(b.day, 1, 7) ELSE substr(t.on_day, 1, 7) END AS month,
		CAST(SUM(t.amount) AS BIGINT), CAST(SUM(CASE WHEN t.amount < 0 THEN -b.care ELSE b.care END) AS BIGINT)
		FROM (SELECT debit_id AS wallet, booking_id, on_day, amount FROM transfer WHERE on_day BETWEEN $1 AND $2 AND kind = 'charge'`+payer+`
			UNION ALL SELECT credit_id, booking_id, on_day, -amount FROM transfer WHERE on_day BETWEEN $1 AND $2 AND kind = 'credit'`+giver+`) t
		JOIN account a ON a.id = t.wallet JOIN booking b ON b.id = t.booking_id GROUP BY a.family_id, b.child_id, b.service_id, month`, args...)
}

// result names families and children and puts them in order.
func (w *taxer) result() ([]TaxYear, error) {
	families, children := map[int64]*TaxYear{}, map[int64][]taxKey{}
	for k, c := range w.paid {
		if families[k.family] == nil {
			families[k.family] = &TaxYear{FamilyID: k.family, Year: w.year}
		}
		families[k.family].Total += c.Total
		children[k.child] = append(children[k.child], k)
	}
	type place struct {
		sort []byte
		id   int64
	}
	at := map[int64]place{}
	ids := slices.Sorted(maps.Keys(families))
	if err := store.Each(w.tx, func(r *sql.Rows) error {
		var id int64
		var p place
		var name string
		var a [5]string
		if err := r.Scan(&id, &name, &p.sort, &a[0], &a[1], &a[2], &a[3], &a[4]); err != nil {
			return err
		}
		p.id, at[id] = id, p
		families[id].Family = name
		if lines := postal(a); lines != "" {
			families[id].Address = strings.Split(lines, "\n")
		}
		return nil
	}, `SELECT id, name, sort_key, address1, address2, postal, city, country FROM family WHERE id = ANY($1)`, ids); err != nil {
		return nil, err
	}
	payers, err := payersOf(w.tx, ids)
	if err != nil {
		return nil, err
	}
	if err := w.name(children); err != nil {
		return nil, err
	}
	for k, c := range w.paid {
		families[k.family].Children = append(families[k.family].Children, *c)
	}
	slices.SortFunc(ids, func(a, b int64) int { return cmp.Or(slices.Compare(at[a].sort, at[b].sort), cmp.Compare(a, b)) })
	out := make([]TaxYear, 0, len(ids))
	for _, id := range ids {
		y := families[id]
		y.Payer = payers[id]
		y.Children = slices.DeleteFunc(y.Children, func(c TaxChild) bool { return c.Total == 0 && c.Months == [12]money.Cents{} && c.Care == 0 })
		slices.SortFunc(y.Children, func(a, b TaxChild) int {
			return cmp.Or(cmp.Compare(a.Birth, b.Birth), cmp.Compare(a.ChildID, b.ChildID))
		})
		if len(y.Children) > 0 {
			out = append(out, *y)
		}
	}
	return out, nil
}

// name gives each child its name and says whether it was under six on 1 January.
func (w *taxer) name(children map[int64][]taxKey) error {
	return store.Each(w.tx, func(r *sql.Rows) error {
		var id int64
		var name string
		var birth calendar.Date
		if err := r.Scan(&id, &name, &birth); err != nil {
			return err
		}
		for _, k := range children[id] {
			c := w.paid[k]
			c.Name, c.Birth, c.Young = name, birth, calendar.Age(birth, w.first) < 6
		}
		return nil
	}, `SELECT id, first || ' ' || CASE WHEN usage <> '' THEN usage ELSE last END, birth FROM child WHERE id = ANY($1)`, slices.Sorted(maps.Keys(children)))
}
