package backup

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"time"

	"ardoise/data/money"
	"ardoise/data/store"
)

// Figures are what one compares two states of a base by.
type Figures struct {
	Families, Children int         // active
	Bookings           int         // not cancelled
	Wallets            money.Cents // sum of the wallets
	LastAt             time.Time   // last entry of the trail; zero: none
	Entries            int64       // of the trail
}

// facts are the figures of one base, and its trail to compare by.
type facts struct {
	Figures
	firstID int64 // of the trail; 0 for an empty one
	lastID  int64
	hashOf  func(id int64) (string, error) // "" where there is no such entry
}

// factsTx reads them where SQL is understood; the tables are of every schema.
func factsTx(tx *store.Tx) (f facts, err error) {
	var at string
	err = tx.QueryRow(`SELECT (SELECT count(*) FROM family WHERE state = 'active'), (SELECT count(*) FROM child WHERE state = 'active'),
		(SELECT count(*) FROM booking WHERE state <> 'cancelled'),
		(SELECT CAST(coalesce(sum(balance), 0) AS BIGINT) FROM account WHERE kind = 'wallet'),
		(SELECT coalesce(min(id), 0) FROM audit), (SELECT coalesce(max(id), 0) FROM audit), (SELECT count(*) FROM audit),
		coalesce((SELECT at FROM audit ORDER BY id DESC LIMIT 1), '')`).
		Scan(&f.Families, &f.Children, &f.Bookings, &f.Wallets, &f.firstID, &f.lastID, &f.Entries, &at)
	if err != nil {
		return f, err
	}
	f.LastAt = readInstant(at)
	f.hashOf = func(id int64) (string, error) {
		var hash []byte
		err := tx.QueryRow(`SELECT hash FROM audit WHERE id = $1`, id).Scan(&hash)
		if errors.Is(err, sql.ErrNoRows) {
			return "", nil
		}
		return string(hash), err
	}
	return f, nil
}

// with gives the facts of what was opened to use.
func (o *Opened) with(ctx context.Context, use func(facts) error) error {
	if o.Engine == store.SQLite {
		return store.ReadFile(ctx, o.plain, func(tx *store.Tx) error {
			f, err := factsTx(tx)
			if err != nil {
				return err
			}
			return use(f)
		})
	}
	f, err := dumpFacts(ctx, o.plain)
	if err != nil {
		return err
	}
	return use(f)
}

// dumpFacts counts the same in a dump, without a server.
func dumpFacts(ctx context.Context, path string) (f facts, err error) {
	hashes := map[int64]string{}
	err = store.DumpRows(ctx, path, []string{"family", "child", "booking", "account", "audit"}, func(table string, row map[string]string) error {
		switch {
		case table == "family" && row["state"] == "active":
			f.Families++
		case table == "child" && row["state"] == "active":
			f.Children++
		case table == "booking" && row["state"] != "cancelled":
			f.Bookings++
		case table == "account" && row["kind"] == "wallet":
			cents, err := strconv.ParseInt(row["balance"], 10, 64)
			if err != nil {
				return err
			}
			f.Wallets += money.Cents(cents)
		case table == "audit":
			id, err := strconv.ParseInt(row["id"], 10, 64)
			if err != nil {
				return err
			}
			raw, err := store.DumpBytes(row["hash"])
			if err != nil {
				return err
			}
			hashes[id] = string(raw)
			f.Entries++
			if f.firstID == 0 || id < f.firstID {
				f.firstID = id
			}
			if id > f.lastID {
				f.lastID, f.LastAt = id, readInstant(row["at"])
			}
		}
		return nil
	})
	f.hashOf = func(id int64) (string, error) { return hashes[id], nil }
	return f, err
}
