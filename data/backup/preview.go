package backup

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"ardoise/data/staff"
	"ardoise/data/store"
)

// shownLost is how many of the last lost entries a preview lists.
const shownLost = 20

// LostKind counts the entries of one kind that a restore would take back.
type LostKind struct {
	Kind  string // first word of the trail's code: booking, wallet, family …
	Label string // French
	Count int
}

// Lost is one entry of the trail that a restore would take back.
type Lost struct {
	At     time.Time
	Agent  string
	Label  string // French, of its kind
	Detail string // French, as in the trail
}

// Preview says what a restore would change. Nothing is written.
type Preview struct {
	Then    Figures  // in the backup
	Now     *Figures // in the open base; nil where there is none
	Schema  int64    // of the backup
	Program int64    // the schema of this program: a migration follows where it is higher
	Kinds   []LostKind
	Last    []Lost // newest first, 20 at the most
	Total   int    // of Kinds
	// Apart says that the backup is not a past state of the open base: another
	// town's, or a way that was left by an earlier restore.
	Apart bool
	// Known says that the open base made this very file and verified it.
	Known bool
}

// Older reports whether the backup's schema will be migrated.
func (p Preview) Older() bool { return p.Schema < p.Program }

// quiet are the kinds of entries that change nothing worth telling, and reads
// the ends of codes that only tell who looked at what.
var (
	quiet = []string{"session", "audit", "backup", "demo"}
	reads = []string{".read", ".export", ".original", ".attachment"}
)

func changes(action string) bool {
	return !slices.Contains(quiet, staff.ActionKind(action)) && !slices.ContainsFunc(reads, func(end string) bool { return strings.HasSuffix(action, end) })
}

// Preview compares the backup with the open base; db may be nil.
func (o *Opened) Preview(ctx context.Context, db *store.DB) (p Preview, err error) {
	p.Schema, p.Program = o.Schema, store.LatestVersion()
	digest, _, err := store.Sum(ctx, o.Path)
	if err != nil {
		return p, unreadable(o.Path, err)
	}
	err = o.with(ctx, func(then facts) error {
		p.Then = then.Figures
		if db == nil {
			return nil
		}
		return db.Read(ctx, func(tx *store.Tx) error {
			now, err := factsTx(tx)
			if err != nil {
				return err
			}
			p.Now = &now.Figures
			if p.Known, err = knownTx(tx, digest); err != nil {
				return err
			}
			common, err := commonEntry(now, then)
			if err != nil {
				return err
			}
			p.Apart = common < then.lastID
			return p.lost(tx, common)
		})
	})
	return p, err
}

// commonEntry finds the last entry that two trails share, 0 for none. Each
// entry's hash follows from all before it: what is shared is a beginning.
func commonEntry(a, b facts) (int64, error) {
	var failed error
	top := min(a.lastID, b.lastID)
	first := max(a.firstID, b.firstID)
	// Ids may have holes (PostgreSQL gives some up): a missing one is looked for
	// below. The beginning may have been cut off in one of them, for its age: what
	// is not there cannot differ.
	same := func(id int64) bool {
		for ; id >= first && id > 0 && failed == nil; id-- {
			x, err := a.hashOf(id)
			y, err2 := b.hashOf(id)
			failed = cmp.Or(err, err2)
			if x != "" && y != "" {
				return x == y
			}
		}
		return true
	}
	low, high := int64(0), top
	for low < high {
		mid := low + (high-low+1)/2
		if same(mid) {
			low = mid
		} else {
			high = mid - 1
		}
	}
	return low, failed
}

func knownTx(tx *store.Tx, digest []byte) (bool, error) {
	var n int64
	err := tx.QueryRow(`SELECT count(*) FROM backup_copy WHERE digest = $1`, digest).Scan(&n)
	return n > 0, err
}

// lost counts and lists what the open base holds beyond an entry of its trail.
func (p *Preview) lost(tx *store.Tx, after int64) error {
	counts := map[string]int{}
	err := store.Each(tx, func(r *sql.Rows) error {
		var action, agent, detail, at string
		if err := r.Scan(&action, &agent, &detail, &at); err != nil {
			return err
		}
		if !changes(action) {
			return nil
		}
		counts[staff.ActionKind(action)]++
		p.Total++
		if len(p.Last) < shownLost {
			p.Last = append(p.Last, Lost{At: readInstant(at), Agent: agent, Label: staff.ActionLabel(action), Detail: detail})
		}
		return nil
	}, `SELECT action, agent, detail, at FROM audit WHERE id > $1 ORDER BY id DESC`, after)
	for kind, n := range counts {
		p.Kinds = append(p.Kinds, LostKind{kind, staff.ActionLabel(kind), n})
	}
	slices.SortFunc(p.Kinds, func(a, b LostKind) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Kind, b.Kind))
	})
	return err
}
