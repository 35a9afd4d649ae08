package mailbox

import (
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/data/store/bulk"
	"ardoise/data/vault"
)

// file keeps what was read and is not there yet, each message once by its bytes,
// and notes where each lies on its server.
func file(tx *store.Tx, batch []parsed, ours []string) ([]Taken, error) {
	key, err := keyOf(tx.Context())
	if err != nil {
		return nil, err
	}
	ids, err := knownDigests(tx, batch)
	if err != nil {
		return nil, err
	}
	known := make([]bool, len(batch))
	var fresh []int // places in batch
	mine := map[string]bool{}
	for i := range batch {
		d := batch[i].digest
		known[i] = ids[d] != 0 || mine[d]
		if !known[i] {
			fresh, mine[d] = append(fresh, i), true
		}
	}
	if err := fileFresh(tx, key, batch, fresh, ours, ids); err != nil {
		return nil, err
	}
	if err := filePlaces(tx, batch, ids); err != nil {
		return nil, err
	}
	out := make([]Taken, len(batch))
	for i, p := range batch {
		out[i] = Taken{MessageID: ids[p.digest], Known: known[i], Aside: p.aside}
	}
	return out, nil
}

// knownDigests gives the numbers of the messages that are there already, by the
// digest in hexadecimal.
func knownDigests(tx *store.Tx, batch []parsed) (map[string]int64, error) {
	out := map[string]int64{}
	if len(batch) == 0 {
		return out, nil
	}
	places, args := make([]string, len(batch)), make([]any, len(batch))
	for i, p := range batch { // bytes cannot be given as a list
		places[i], args[i] = "$"+strconv.Itoa(i+1), p.sum
	}
	return out, store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var sum []byte
		err := r.Scan(&id, &sum)
		out[hex.EncodeToString(sum)] = id
		return err
	}, `SELECT id, digest FROM mail_message WHERE digest IN (`+strings.Join(places, ", ")+`)`, args...)
}

// fileFresh understands and keeps the messages that are new, and adds their
// numbers to ids.
func fileFresh(tx *store.Tx, key *vault.Key, batch []parsed, fresh []int, ours []string, ids map[string]int64) error {
	if len(fresh) == 0 {
		return nil
	}
	f, headers, err := around(tx, batch, fresh)
	if err != nil {
		return err
	}
	var rows [][]any
	for _, i := range fresh {
		row, err := batch[i].row(tx, key, f, headers, ours)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	if err := bulk.InsertReturning(tx, `INSERT INTO mail_message (account_id, digest, header_id, received_at, taken_at, size, sender, family_id, state, quiet, aside, head, reading, decided_at)`,
		rows, `ON CONFLICT (digest) DO NOTHING RETURNING id, digest`, func(r *sql.Rows) error {
			var id int64
			var sum []byte
			err := r.Scan(&id, &sum)
			ids[hex.EncodeToString(sum)] = id
			return err
		}); err != nil {
		return fmt.Errorf("mailbox: take: %w", err)
	}
	return fileOriginals(tx, key, batch, fresh, ids)
}

// around gathers what the new messages are read with: families of the writers,
// and which identifiers other messages have.
func around(tx *store.Tx, batch []parsed, fresh []int) (*facts, map[string]bool, error) {
	var addresses, headers []string
	for _, i := range fresh {
		p := batch[i]
		if addresses = append(addresses, p.writer.Mail); p.msg == nil {
			continue
		}
		addresses = append(addresses, p.msg.From.Mail)
		if p.msg.HeaderID != "" {
			headers = append(headers, p.msg.HeaderID)
		}
	}
	taken := map[string]bool{}
	err := store.Each(tx, func(r *sql.Rows) error {
		var id string
		err := r.Scan(&id)
		taken[id] = true
		return err
	}, `SELECT header_id FROM mail_message WHERE header_id = ANY($1) AND header_id <> ''`, headers)
	if err != nil {
		return nil, nil, err
	}
	f, err := factsOf(tx, addresses, nil)
	return f, taken, err
}

// row makes the row of a new message: what is understood of it, where it stands.
func (p *parsed) row(tx *store.Tx, key *vault.Key, f *facts, headers map[string]bool, ours []string) ([]any, error) {
	now := tx.Now()
	p.head.Warnings = slices.Clone(p.head.Warnings)
	if !p.looked.IsZero() && !p.Received.IsZero() && p.Received.Before(p.looked.Add(-belated)) {
		p.head.Warnings = append(p.head.Warnings, "Daté du "+calendar.InstantText(p.Received)+" par le serveur, mais absent de la boîte le "+calendar.InstantText(p.looked)+
			nbsp+": il y a été déplacé depuis, ou une horloge est à régler. Vérifiez l’heure dont dépend le délai.")
	}
	if p.Received = p.Received.UTC().Truncate(time.Second); p.Received.IsZero() || p.Received.After(now) || p.Received.Year() < 1990 {
		p.Received = now
	}
	if p.body.Written == "" {
		p.body.Written = store.Instant(p.Received)
	}
	if p.AccountID == 0 {
		p.body.Remarks = append(slices.Clone(p.body.Remarks), "Courriel remis en fichier"+nbsp+": son heure de réception est celle qu’il dit de lui-même, aucun serveur ne la confirme.")
	}
	p.head.Received, p.body.Files = store.Instant(p.Received), slices.Clone(p.body.Files)
	familyID, headerID := f.writer(p.writer.Mail), ""
	if p.msg != nil {
		headerID = cut(p.msg.HeaderID, 500)
		if err := understand(f, familyID, &p.head, &p.body); err != nil {
			return nil, err
		}
		p.bounced()
	}
	p.warn(f, familyID, ours, headers[headerID] && headerID != "")
	if headerID != "" {
		headers[headerID] = true
	}
	state, decided := p.firstState(familyID), any("")
	if !state.Open() {
		decided = now
	}
	head, err := sealJSON(key, partHead, p.digest, p.head)
	if err != nil {
		return nil, err
	}
	body, err := sealJSON(key, partBody, p.digest, p.body)
	if err != nil {
		return nil, err
	}
	quiet := p.msg != nil && p.msg.Quiet
	return []any{
		orNull(p.AccountID), p.sum, headerID, p.Received, now, p.size, cut(p.writer.Mail, 320), orNull(familyID), string(state), quiet, p.msg == nil, head, body, decided,
	}, nil
}

// belated is by how much a message must be older than the last look at its folder,
// where it was not, for that to be told: clocks differ a little.
const belated = time.Hour

func orNull(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

// fileOriginals keeps the bytes, tells the outbox of the addresses that refuse,
// and leaves the trail.
func fileOriginals(tx *store.Tx, key *vault.Key, batch []parsed, fresh []int, ids map[string]int64) error {
	var rows [][]any
	var news []int64
	for _, i := range fresh {
		p := batch[i]
		sealed, err := key.Seal(p.Raw, sealLabel(partOriginal, p.digest))
		if err != nil {
			return err
		}
		id := ids[p.digest]
		rows, news = append(rows, []any{id, sealed}), append(news, id)
	}
	if err := bulk.Insert(tx, `INSERT INTO mail_original (message_id, sealed)`, rows, ""); err != nil {
		return fmt.Errorf("mailbox: originals: %w", err)
	}
	for _, i := range fresh {
		for _, b := range batch[i].body.Bounces { // rare: one report in hundreds of messages
			if err := recordBounce(tx, b, ids[batch[i].digest]); err != nil {
				return err
			}
		}
	}
	tx.Publish(Topic, news...)
	if len(news) == 1 {
		return staff.Audit(tx, "mail.take", messageObject(news[0]), "Message relevé")
	}
	return staff.Audit(tx, "mail.take", fmt.Sprintf("mail:%d-%d", slices.Min(news), slices.Max(news)), fmt.Sprintf("%d messages relevés", len(news)))
}

func messageObject(id int64) string { return fmt.Sprintf("mail:%d", id) }

// filePlaces notes where the messages lie; the same place twice is one row.
func filePlaces(tx *store.Tx, batch []parsed, ids map[string]int64) error {
	var rows [][]any
	for _, p := range batch {
		if p.AccountID != 0 && p.UID != 0 && strings.TrimSpace(p.Folder) != "" {
			rows = append(rows, []any{p.AccountID, p.Folder, int64(p.UIDValidity), int64(p.UID), ids[p.digest]})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if err := bulk.Insert(tx, `INSERT INTO mail_place (account_id, folder, uidvalidity, uid, message_id)`, rows, `ON CONFLICT (account_id, folder, uidvalidity, uid) DO NOTHING`); err != nil {
		return fmt.Errorf("mailbox: places: %w", err)
	}
	return nil
}

// preview is Take without keeping: what would be understood of a delivery.
func preview(tx *store.Tx, p parsed, ours []string) (*Message, error) {
	key := vault.NewKey() // of no use after this: nothing is kept
	f, headers, err := around(tx, []parsed{p}, []int{0})
	if err != nil {
		return nil, err
	}
	if _, err := p.row(tx, key, f, headers, ours); err != nil {
		return nil, err
	}
	familyID := f.writer(p.writer.Mail)
	o := &opened{head: p.head, body: p.body, state: p.firstState(familyID), familyID: familyID, sender: p.writer.Mail, aside: p.msg == nil, quiet: p.msg != nil && p.msg.Quiet, received: p.Received}
	if h := f.families[familyID]; h != nil {
		o.family = h.name
	}
	return o.message(tx, f)
}
