package mailbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"ardoise/data/fault"
	"ardoise/data/mailbox/message"
	"ardoise/data/mailbox/wire"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// A transaction takes this many messages in, or this many bytes, whichever comes
// first.
const (
	batchCount = 20
	batchBytes = 4 << 20
)

// Fetched counts what a fetch brought.
type Fetched struct{ New, Known, Aside int }

func (f *Fetched) count(list []Taken) {
	for _, t := range list {
		switch {
		case t.Known:
			f.Known++
		case t.Aside != "":
			f.Aside++
			f.New++
		default:
			f.New++
		}
	}
}

// Fetch reads what is new in a mailbox (0: in all) and tells the server which
// messages were treated. What was taken in before something went wrong stays, and
// is counted. Accueil.
func (s *Service) Fetch(ctx context.Context, accountID int64, report func(done, total int)) (f Fetched, err error) {
	if err := staff.Require(ctx, staff.Accueil); err != nil {
		return f, err
	}
	if _, err := keyOf(ctx); err != nil {
		return f, err
	}
	list, err := s.toRead(ctx, accountID)
	if err != nil {
		return f, err
	}
	var wrong []string
	kind := fault.Internal
	for _, a := range list { // one at a time: a town hall has one or two
		r := &round{s: s, account: a, report: report, fetched: &f}
		if err := r.once(ctx); err != nil {
			if ctx.Err() != nil {
				return f, ctx.Err()
			}
			if len(list) == 1 {
				return f, err
			}
			kind = fault.KindOf(err)
			wrong = append(wrong, "Boîte « "+a.Name+" » : "+fault.Sentence(err))
		}
	}
	if len(wrong) > 0 {
		return f, fault.New(kind, "%s", strings.Join(wrong, " "))
	}
	return f, nil
}

// toRead gives the active mailboxes that are read, or the one asked for.
func (s *Service) toRead(ctx context.Context, accountID int64) (list []Account, err error) {
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		all, err := accountsTx(tx)
		list = nil
		for _, a := range all {
			if a.Active && a.IMAPHost != "" && (accountID == 0 || a.ID == accountID) {
				list = append(list, a)
			}
		}
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case len(list) > 0:
		return list, nil
	case accountID != 0:
		return nil, fault.New(fault.NotFound, "Cette boîte n’est pas relevée : elle est désactivée ou n’a pas de serveur de réception (Réglages, Messagerie).")
	}
	return nil, fault.New(fault.NotFound, "Aucune boîte n’est relevée : ajoutez celle de la mairie (Réglages, Messagerie).")
}

// round is the reading of one mailbox over one connection at a time.
type round struct {
	s       *Service
	account Account
	box     inbox
	folder  wire.Selected
	looked  time.Time // when the folder had last been read to its end; zero: never
	report  func(done, total int)
	fetched *Fetched
	polls   bool             // the server does not tell of news by itself
	huge    map[uint32]int64 // what a server sent more of than it had said
}

// once connects, takes what is new in, tells what was treated, and leaves.
func (r *round) once(ctx context.Context) (err error) {
	if err := r.connect(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.leave()) }()
	return r.look(ctx)
}

// look takes what is new in and tells the server what was treated.
func (r *round) look(ctx context.Context) error {
	if err := r.collect(ctx); err != nil {
		return err
	}
	return r.tell(ctx)
}

// connect signs in and opens the folder.
func (r *round) connect(ctx context.Context) error {
	with, err := r.s.credential(ctx, r.account, false)
	if err != nil {
		return err
	}
	if r.box, err = r.s.out.dial(ctx, r.account.receiver(), with); err != nil {
		r.s.refused(r.account.ID, err)
		return r.explain(err)
	}
	if r.folder, err = r.box.Select(ctx, r.account.Folder); err != nil {
		return errors.Join(r.explain(err), r.leave())
	}
	return nil
}

// leave closes the connection; a connection that is over has nothing to say.
func (r *round) leave() error {
	if r.box == nil {
		return nil
	}
	live := r.box.Live()
	err := r.box.Close()
	r.box = nil
	if live && err != nil {
		return r.explain(err)
	}
	return nil
}

// explain says in French what a server refused; what our own database says is
// left as it is.
func (*round) explain(err error) error { return wire.Explain(err) }

// collect takes in the messages that came since the last time, in order.
func (r *round) collect(ctx context.Context) error {
	last, err := r.far(ctx)
	if err != nil {
		return err
	}
	c, err := r.s.circle(ctx)
	if err != nil {
		return err
	}
	entries, err := r.box.After(ctx, last)
	if err != nil {
		return r.explain(err)
	}
	r.said(0, len(entries))
	for done := 0; done < len(entries); {
		n, list, err := r.batch(ctx, entries[done:])
		if err != nil {
			return err
		}
		far := progress{r.account.ID, r.account.Folder, r.folder.UIDValidity, entries[done+n-1].UID}
		taken, err := r.s.takeAll(ctx, c, list, &far)
		if err != nil {
			return err
		}
		r.fetched.count(taken)
		done += n
		r.said(done, len(entries))
	}
	return r.complete(ctx, len(entries))
}

// complete notes that all there was has been read, at times when there was nothing
// new: what appears later with an older date was put there by somebody.
func (r *round) complete(ctx context.Context, entries int) error {
	if now := r.s.db.Now(); entries == 0 && now.Sub(r.looked) < lookedEvery && !now.Before(r.looked) {
		return nil
	}
	return r.s.db.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(`INSERT INTO mail_folder (account_id, folder, uidvalidity, last_uid, read_at, looked_at) VALUES ($2, $3, $4, 0, $1, $1)
			ON CONFLICT (account_id, folder) DO UPDATE SET looked_at = excluded.looked_at WHERE mail_folder.uidvalidity = excluded.uidvalidity`,
			tx.Now(), r.account.ID, r.account.Folder, int64(r.folder.UIDValidity))
		if err == nil {
			r.looked = tx.Now()
		}
		return err
	})
}

// lookedEvery is how often it is noted that nothing new was there.
const lookedEvery = 10 * time.Minute

func (r *round) said(done, total int) {
	if r.report != nil {
		r.report(done, total)
	}
}

// far is how far the folder was read; a folder numbered anew is read from the
// start, what is known is recognised by its bytes.
func (r *round) far(ctx context.Context) (last uint32, err error) {
	err = r.s.db.Read(ctx, func(tx *store.Tx) error {
		var validity, uid int64
		var looked string
		r.looked = time.Time{}
		err := tx.QueryRow(`SELECT uidvalidity, last_uid, looked_at FROM mail_folder WHERE account_id = $1 AND folder = $2`, r.account.ID, r.account.Folder).Scan(&validity, &uid, &looked)
		if errors.Is(err, sql.ErrNoRows) || err == nil && uint32(validity) != r.folder.UIDValidity {
			last = 0
			return nil
		}
		last = uint32(uid)
		if err == nil && looked != "" {
			r.looked, err = store.ParseInstant(looked)
		}
		return err
	})
	return last, err
}

// batch fetches the next messages, n of them looked at; one that went meanwhile is
// passed over.
func (r *round) batch(ctx context.Context, entries []wire.Entry) (n int, list []Delivery, err error) {
	bytes := 0
	since := r.account.Since.At(0, 0)
	for _, e := range entries {
		if len(list) == batchCount || len(list) > 0 && int64(bytes)+e.Size > batchBytes {
			break
		}
		if r.account.Since != 0 && e.Received.Before(since) { // from before the town began with Ardoise
			n++
			continue
		}
		d := Delivery{AccountID: r.account.ID, Folder: r.account.Folder, UIDValidity: r.folder.UIDValidity, UID: e.UID, Received: e.Received, looked: r.looked}
		if d.Raw, d.Size, err = r.fetch(ctx, e); err != nil && !errors.Is(err, wire.ErrGone) {
			return n, nil, r.explain(err)
		}
		n++
		if err == nil {
			list = append(list, d)
			bytes += len(d.Raw)
		}
	}
	return n, list, nil
}

// fetch gives the bytes of a message, of one past the limit its header lines only.
func (r *round) fetch(ctx context.Context, e wire.Entry) (raw []byte, size int64, err error) {
	if size = r.huge[e.UID]; size == 0 {
		raw, err = r.box.Fetch(ctx, e.UID, message.MaxSize)
		var large *wire.TooLarge
		if !errors.As(err, &large) {
			return raw, 0, err
		}
		if size = large.Size; !r.box.Live() { // it had said less: the connection is over
			if r.huge == nil {
				r.huge = map[uint32]int64{}
			}
			r.huge[e.UID] = size
			before := r.folder.UIDValidity
			if err := errors.Join(r.leave(), r.connect(ctx)); err != nil {
				return nil, 0, err
			}
			if r.folder.UIDValidity != before {
				return nil, 0, fault.New(fault.Unavailable, "Le serveur vient de renuméroter la boîte : la relève reprend au prochain passage.")
			}
		}
	}
	raw, err = r.box.Head(ctx, e.UID)
	return raw, max(size, message.MaxSize+1), err
}

// treatedQuery begins with the few messages that are decided and not told, and
// must not with the many places of a folder: CROSS JOIN and CASE say so to SQLite.
const treatedQuery = `SELECT m.id, p.uid FROM mail_message m CROSS JOIN mail_place p
	WHERE m.account_id = $1 AND m.marked = 0 AND m.decided_at <> '' AND p.message_id = m.id
		AND CASE WHEN p.account_id = $1 AND p.folder = $2 AND p.uidvalidity = $3 THEN 1 ELSE 0 END = 1 ORDER BY p.uid LIMIT 500`

// treated are the decided messages that the server has not been told of.
func (r *round) treated(tx *store.Tx) (ids []int64, uids []uint32, err error) {
	err = store.Each(tx, func(row *sql.Rows) error {
		var id, uid int64
		err := row.Scan(&id, &uid)
		ids, uids = append(ids, id), append(uids, uint32(uid))
		return err
	}, treatedQuery, r.account.ID, r.account.Folder, int64(r.folder.UIDValidity))
	return ids, uids, err
}

// tell marks the treated messages on the server, or moves them if so set. It is
// noted afterwards: told twice does no harm, not told would.
func (r *round) tell(ctx context.Context) error {
	if r.folder.ReadOnly {
		return nil
	}
	for {
		var ids []int64
		var uids []uint32
		if err := r.s.db.Read(ctx, func(tx *store.Tx) (err error) {
			ids, uids, err = r.treated(tx)
			return err
		}); err != nil || len(ids) == 0 {
			return err
		}
		if err := r.mark(ctx, uids); err != nil {
			return err
		}
		if err := r.s.db.Write(ctx, func(tx *store.Tx) error {
			_, err := tx.Exec(`UPDATE mail_message SET marked = 1 WHERE id = ANY($1) AND decided_at <> ''`, ids)
			return err
		}); err != nil {
			return fmt.Errorf("mailbox: marked: %w", err)
		}
	}
}

func (r *round) mark(ctx context.Context, uids []uint32) error {
	if r.account.DoneFolder == "" {
		return r.explain(r.box.Mark(ctx, uids))
	}
	if _, err := r.box.Move(ctx, uids, r.account.DoneFolder); err != nil {
		var no *wire.Refused
		if errors.As(err, &no) {
			return fault.Wrap(fault.Unavailable, err, "Les messages traités n’ont pas pu être déplacés dans le dossier « %s » : vérifiez qu’il existe encore (Réglages, Messagerie). Ils restent dans la boîte.", r.account.DoneFolder)
		}
		return r.explain(err)
	}
	return nil
}
