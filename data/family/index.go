package family

import (
	"bytes"
	"database/sql"
	"slices"
	"strings"
	"sync"

	"ardoise/data/store"
)

// index keeps every family's search key in memory, in French order. It is built
// at the first search (one question) and kept by the store's events: a search
// then reads no table but those of the rows it shows. 100,000 families weigh
// about 30 MB.
type index struct {
	db     *store.DB
	once   sync.Once
	cancel func()

	mu      sync.Mutex
	ready   bool           // entries are those of the database, stale ones aside
	stale   map[int64]bool // families to read again
	version int            // of what is stale, so that a refresh loses nothing
	entries []entry        // sorted; never changed in place: searches hold the slice
}

type entry struct {
	id    int64
	state string
	key   []byte
	words string // " elodie favier 0639981234 ": every word has a space before it
}

func newIndex(db *store.DB) *index { return &index{db: db, stale: map[int64]bool{}} }

func (x *index) watch() {
	x.once.Do(func() {
		x.cancel = x.db.Subscribe(func(e store.Event) {
			if e.Topic == store.Everything || len(e.IDs) == 0 {
				x.forget()
				return
			}
			x.changed(e.IDs...)
		}, Topic)
	})
}

func (x *index) close() {
	x.once.Do(func() {})
	if x.cancel != nil {
		x.cancel()
	}
}

// changed marks families to be read again before the next search.
func (x *index) changed(ids ...int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, id := range ids {
		x.stale[id] = true
	}
	x.version++
}

// forget has everything read again.
func (x *index) forget() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.ready = false
	x.version++
}

// fresh gives the entries as of tx. It must be the first question of tx: both
// engines take their snapshot there, so it holds every change already marked.
func (x *index) fresh(tx *store.Tx) ([]entry, error) {
	x.mu.Lock()
	ready, version, old := x.ready, x.version, x.entries
	ids := make([]int64, 0, len(x.stale))
	for id := range x.stale {
		ids = append(ids, id)
	}
	x.mu.Unlock()
	if ready && len(ids) == 0 {
		return old, nil
	}
	list, err := readEntries(tx, ids, ready)
	if err != nil {
		return nil, err
	}
	if ready {
		list = mergeEntries(old, list, ids)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.version == version { // nothing changed meanwhile
		x.ready, x.entries = true, list
		clear(x.stale)
	}
	return list, nil
}

func readEntries(tx *store.Tx, ids []int64, some bool) ([]entry, error) {
	query, args := `SELECT id, state, sort_key, fold FROM family WHERE state <> 'merged' ORDER BY sort_key, id`, []any(nil)
	if some {
		query, args = `SELECT id, state, sort_key, fold FROM family WHERE id = ANY($1) AND state <> 'merged' ORDER BY sort_key, id`, []any{ids}
	}
	return store.Collect(tx, func(r *sql.Rows) (e entry, err error) {
		err = r.Scan(&e.id, &e.state, &e.key, &e.words)
		e.words = " " + e.words + " "
		return e, err
	}, query, args...)
}

// mergeEntries gives old without the ids and with news, still sorted.
func mergeEntries(old, news []entry, ids []int64) []entry {
	gone := make(map[int64]bool, len(ids))
	for _, id := range ids {
		gone[id] = true
	}
	out := make([]entry, 0, len(old)+len(news))
	for _, e := range old {
		if gone[e.id] {
			continue
		}
		for len(news) > 0 && before(news[0], e) {
			out = append(out, news[0])
			news = news[1:]
		}
		out = append(out, e)
	}
	return append(out, news...)
}

func before(a, b entry) bool {
	if c := bytes.Compare(a.key, b.key); c != 0 {
		return c < 0
	}
	return a.id < b.id
}

// match gives the families a text means, the best first: a family number, a
// phone in any shape, else words in any order, each the beginning of one of the
// family's; where none begins so, words that contain them; where there are none
// either, words one typing error away.
func match(list []entry, text string, keep func(*entry) bool) []int64 {
	if id, ok := parseNumber(text); ok {
		for i := range list {
			if list[i].id == id && keep(&list[i]) {
				return []int64{id}
			}
		}
	}
	if digits, ok := phoneDigits(text); ok {
		return scan(list, []string{digits}, keep)
	}
	words := strings.Fields(Fold(text))
	if len(words) == 0 {
		return scan(list, nil, keep)
	}
	begin := make([]string, len(words))
	for i, w := range words {
		begin[i] = " " + w
	}
	if ids := scan(list, begin, keep); len(ids) > 0 {
		return ids
	}
	if ids := scan(list, words, keep); len(ids) > 0 {
		return ids
	}
	return nearly(list, words, keep)
}

// scan gives the families that contain every pattern; those whose name begins
// with the first come before the others, both in French order.
func scan(list []entry, patterns []string, keep func(*entry) bool) []int64 {
	var first, rest []int64
next:
	for i := range list {
		e := &list[i]
		for _, p := range patterns {
			if !strings.Contains(e.words, p) {
				continue next
			}
		}
		if !keep(e) {
			continue
		}
		if len(patterns) > 0 && strings.HasPrefix(e.words, patterns[0]) {
			first = append(first, e.id)
		} else {
			rest = append(rest, e.id)
		}
	}
	return append(first, rest...)
}

// minNear is the length from which a typing error is forgiven.
const minNear = 4

// nearly allows each word one typing error; only asked when nothing fits.
func nearly(list []entry, words []string, keep func(*entry) bool) []int64 {
	if !slices.ContainsFunc(words, func(w string) bool { return len(w) >= minNear }) {
		return nil
	}
	var out []int64
next:
	for i := range list {
		e := &list[i]
	words:
		for _, w := range words {
			if strings.Contains(e.words, " "+w) {
				continue
			}
			if len(w) >= minNear {
				for rest := e.words[1:]; rest != ""; {
					have, after, _ := strings.Cut(rest, " ")
					if oneEdit(have, w) {
						continue words
					}
					rest = after
				}
			}
			continue next
		}
		if keep(e) {
			out = append(out, e.id)
		}
	}
	return out
}

// oneEdit reports whether one letter more, less, other or two neighbours swapped
// make a and b the same.
func oneEdit(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	if i == len(a) || a[i+1:] == b[i+1:] {
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

// parseNumber reads "F-0087", "f 87", "n° F-0087".
func parseNumber(text string) (int64, bool) {
	s := strings.TrimPrefix(strings.ReplaceAll(Fold(text), " ", ""), "n")
	rest, ok := strings.CutPrefix(s, "f")
	if !ok || rest == "" || onlyDigits(rest) != rest || len(rest) > 12 {
		return 0, false
	}
	var n int64
	for _, r := range rest {
		n = n*10 + int64(r-'0')
	}
	return n, true
}

// phoneDigits reads a text as a piece of phone number: digits, spaces, dots,
// dashes, +33 (0); at least four digits.
func phoneDigits(text string) (string, bool) {
	text = strings.ReplaceAll(text, "(0)", "")
	if strings.Trim(text, "0123456789 .-+/()\u00a0\u202f") != "" {
		return "", false
	}
	digits := onlyDigits(text)
	if rest, ok := strings.CutPrefix(digits, "0033"); ok {
		digits = "33" + rest
	}
	return digits, len(digits) >= 4
}
