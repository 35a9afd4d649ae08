package access

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Asked is what a family asks for.
type Asked struct {
	ChildID, ServiceID int64
	Year               calendar.SchoolYear // zero: the year of today
	Pay                string              // Prepaid (default) or Monthly
	StartOn            calendar.Date       // zero: at once
	Weekdays           string              // ISO digits, "" all
	Channel            string              // desk (default), mail, phone, import
	Draft              bool                // keep for later instead of submitting
}

// Submit records a request. A child has one live request per service and
// school year; after a refusal a new one may be made.
func (s *Service) Submit(ctx context.Context, n Asked) (q Request, err error) {
	if err := staff.Require(ctx, staff.Accueil); err != nil {
		return q, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		id, err := SubmitTx(tx, n)
		if err != nil {
			return err
		}
		q, err = get(tx, id)
		return err
	})
	return q, err
}

// SubmitTx is Submit inside a transaction of a higher floor.
func SubmitTx(tx *store.Tx, n Asked) (int64, error) {
	today := calendar.DateOf(tx.Now())
	if n.Year == 0 {
		n.Year = calendar.SchoolYearOf(today)
	}
	if n.Pay == "" {
		n.Pay = Prepaid
	}
	if n.Channel == "" {
		n.Channel = "desk"
	}
	if n.Pay != Prepaid && n.Pay != Monthly {
		return 0, fault.New(fault.Invalid, "« %s » n’est pas une façon de payer : choisissez au fil de l’eau ou chaque mois.", n.Pay)
	}
	if n.StartOn != 0 && !n.Year.Contains(n.StartOn) {
		return 0, fault.New(fault.Invalid, "Le %s n’est pas dans l’année scolaire %s.", n.StartOn.Short(), n.Year)
	}
	var familyID int64
	var child, service string
	err := tx.QueryRow(`SELECT c.family_id, c.first, s.short FROM child c, service s WHERE c.id = $1 AND s.id = $2 AND c.state = 'active'`,
		n.ChildID, n.ServiceID).Scan(&familyID, &child, &service)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, fault.New(fault.NotFound, "L’enfant ou le service demandé n’existe pas (ou plus).")
	}
	if err != nil {
		return 0, fmt.Errorf("access: child %d, service %d: %w", n.ChildID, n.ServiceID, err)
	}
	state := Submitted
	if n.Draft {
		state = Draft
	}
	var id int64
	err = tx.QueryRow(`INSERT INTO access_request (child_id, family_id, service_id, school_year, state, channel, pay, start_on, weekdays, received_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING RETURNING id`,
		n.ChildID, familyID, n.ServiceID, int(n.Year), string(state), n.Channel, n.Pay, n.StartOn.String(), n.Weekdays, tx.Now()).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, fault.New(fault.Conflict, "%s a déjà une demande pour « %s » en %s : ouvrez-la au lieu d’en créer une autre.", child, service, n.Year)
	}
	if err != nil {
		return 0, fmt.Errorf("access: submit: %w", err)
	}
	tx.Publish(Topic, id)
	return id, staff.Audit(tx, "request.submit", object(id), "Demande pour "+child+" : "+service+", "+n.Year.String())
}

// Present turns a draft, or a request sent back, into one to be decided.
func (s *Service) Present(ctx context.Context, id, version int64) error {
	if err := staff.Require(ctx, staff.Accueil); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *store.Tx) error {
		q, err := get(tx, id)
		if err != nil {
			return err
		}
		if q.State != Draft && q.State != Incomplete {
			return fault.New(fault.Conflict, "Cette demande est déjà « %s ».", q.State.Label())
		}
		return move(tx, q, version, Submitted, "", 0, "request.present")
	})
}

func object(id int64) string { return fmt.Sprintf("request:%d", id) }

// Attachment is a document being handed in, for a request or for a family.
type Attachment struct {
	RequestID int64 // or FamilyID (and ChildID)
	FamilyID  int64
	ChildID   int64
	Kind      string
	Name      string
	Content   io.Reader
}

// Attach judges, seals and files a document; an older one of the same kind is
// kept as replaced. A sent-back request with nothing missing any more goes
// back to the desk.
func (s *Service) Attach(ctx context.Context, a Attachment) (d Document, err error) {
	if err := staff.Require(ctx, staff.Accueil, staff.Sante); err != nil {
		return d, err
	}
	content, err := io.ReadAll(io.LimitReader(a.Content, MaxSize+1))
	if err != nil {
		return d, fault.Wrap(fault.Unavailable, err, "Le fichier « %s » n’a pas pu être lu.", CleanName(a.Name))
	}
	media, err := Judge(content)
	if err != nil {
		return d, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		d, err = fileDocument(tx, a, media, content)
		return err
	})
	return d, err
}

// AttachTx is Attach inside a transaction of a higher floor.
func AttachTx(tx *store.Tx, a Attachment, content []byte) (d Document, err error) {
	media, err := Judge(content)
	if err != nil {
		return d, err
	}
	return fileDocument(tx, a, media, content)
}

// DefaultMonths is for how many months a document holds where no service says otherwise.
const DefaultMonths = 12

// owner finds whose document it is and for how many months it holds.
func owner(tx *store.Tx, a *Attachment) (months int, err error) {
	months = DefaultMonths
	if !catalog.KnownDocument(a.Kind) {
		return 0, fault.New(fault.Invalid, "« %s » n’est pas une sorte de pièce connue. Sont permis : %s.", a.Kind, strings.Join(catalog.DocumentKinds(), ", "))
	}
	if a.RequestID != 0 {
		q, err := get(tx, a.RequestID)
		if err != nil {
			return 0, err
		}
		a.FamilyID, a.ChildID = q.FamilyID, q.ChildID
		err = tx.QueryRow(`SELECT months FROM required_document WHERE service_id = $1 AND kind = $2`, q.ServiceID, a.Kind).Scan(&months)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return 0, err
		}
	}
	if familyKinds[a.Kind] {
		a.ChildID = 0
	}
	var known int
	if err := tx.QueryRow(`SELECT count(*) FROM family WHERE id = $1 AND state <> 'merged' AND anonymised_on = ''`, a.FamilyID).Scan(&known); err != nil {
		return 0, err
	}
	if known == 0 {
		return 0, fault.New(fault.NotFound, "La famille de cette pièce n’existe pas (ou plus).")
	}
	return months, nil
}

func fileDocument(tx *store.Tx, a Attachment, media string, content []byte) (d Document, err error) {
	months, err := owner(tx, &a)
	if err != nil {
		return d, err
	}
	session := staff.From(tx.Context())
	if session == nil || session.Key == nil {
		return d, fault.New(fault.Forbidden, "Le coffre est fermé : reconnectez-vous pour ranger une pièce.")
	}
	today := calendar.DateOf(tx.Now())
	d = Document{
		FamilyID: a.FamilyID, ChildID: a.ChildID, Kind: a.Kind, Label: catalog.DocumentLabel(a.Kind), Name: CleanName(a.Name), Media: media,
		Size: int64(len(content)), State: "received", ReceivedOn: today, ValidTo: today.AddMonths(months).Add(-1),
	}
	if _, err = tx.Exec(`UPDATE document SET state = 'replaced' WHERE family_id = $1 AND COALESCE(child_id, 0) = $2 AND kind = $3 AND state <> 'replaced'`,
		d.FamilyID, d.ChildID, d.Kind); err != nil {
		return d, err
	}
	var child any
	if d.ChildID != 0 {
		child = d.ChildID
	}
	// The row's own id is part of what the seal binds, so it is asked for first.
	if err = tx.QueryRow(`INSERT INTO document (family_id, child_id, kind, name, media, size, digest, sealed, state, received_on, valid_to, agent_id, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'received', $9, $10, $11, $12) RETURNING id`,
		d.FamilyID, child, d.Kind, d.Name, d.Media, d.Size, session.Key.Digest(content), []byte{}, d.ReceivedOn, d.ValidTo, session.AgentID, tx.Now()).Scan(&d.ID); err != nil {
		return d, fmt.Errorf("access: file document: %w", err)
	}
	sealed, err := session.Key.Seal(content, documentSeal(d.ID))
	if err != nil {
		return d, err
	}
	if _, err = tx.Exec(`UPDATE document SET sealed = $1 WHERE id = $2`, sealed, d.ID); err != nil {
		return d, err
	}
	if err := staff.Audit(tx, "document.attach", fmt.Sprintf("family:%d", d.FamilyID), d.Label+" reçue"); err != nil {
		return d, err
	}
	return d, refresh(tx, d.FamilyID, d.ChildID)
}

func documentSeal(id int64) []byte { return fmt.Appendf(nil, "document:sealed:%d", id) }

// refresh looks again at the requests a changed document touches: a suspended
// access whose papers are in order opens again, one whose papers no longer are
// is suspended, a sent-back request that is complete returns to the desk.
func refresh(tx *store.Tx, familyID, childID int64) error {
	today := calendar.DateOf(tx.Now())
	list, err := store.Collect(tx, scanRequest, `SELECT `+requestColumns+requestFrom+`
		WHERE q.family_id = $1 AND ($2 = 0 OR q.child_id = $2) AND q.state IN ('incomplete', 'accepted', 'suspended') AND q.school_year >= $3`,
		familyID, childID, int(calendar.SchoolYearOf(today)))
	if err != nil {
		return err
	}
	if err := fillMany(tx, list, today); err != nil {
		return err
	}
	tx.Publish(Topic)
	for _, q := range list {
		var err error
		switch {
		case q.State == Incomplete && len(q.Missing) == 0:
			err = move(tx, q, q.Version, Submitted, "", 0, "request.complete")
		case q.State == Suspended && len(q.Missing) == 0:
			err = move(tx, q, q.Version, Accepted, "", validTo(q.Checklist, q.Year), "request.reopen")
		case q.State == Accepted && len(q.Missing) > 0:
			err = move(tx, q, q.Version, Suspended, "", q.ValidTo, "request.suspend")
		case q.State == Accepted && validTo(q.Checklist, q.Year) != q.ValidTo:
			err = move(tx, q, q.Version, Accepted, "", validTo(q.Checklist, q.Year), "request.extend")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// MarkDocument records an agent's judgement of a document: conform until a
// date, or rejected with a reason.
func (s *Service) MarkDocument(ctx context.Context, id int64, conform bool, until calendar.Date, reason string) error {
	if err := staff.Require(ctx, staff.Accueil, staff.Sante); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *store.Tx) error {
		d, err := document(tx, id)
		if err != nil {
			return err
		}
		state, word := "conform", "jugée conforme"
		if !conform {
			state, word = "rejected", "refusée : "+reason
			if reason == "" {
				return fault.New(fault.Invalid, "Dites à la famille pourquoi la pièce est refusée : le motif est obligatoire.")
			}
		}
		if until == 0 {
			until = d.ValidTo
		}
		if conform && until < calendar.DateOf(tx.Now()) {
			return fault.New(fault.Invalid, "Une pièce échue le %s ne peut pas être conforme : corrigez la date ou demandez-en une autre.", until.Short())
		}
		if _, err := tx.Exec(`UPDATE document SET state = $1, reason = $2, valid_to = $3, warned = 0 WHERE id = $4`, state, reason, until, id); err != nil {
			return err
		}
		if err := staff.Audit(tx, "document.judge", fmt.Sprintf("family:%d", d.FamilyID), d.Label+" "+word); err != nil {
			return err
		}
		return refresh(tx, d.FamilyID, d.ChildID)
	})
}

func document(tx *store.Tx, id int64) (Document, error) {
	list, err := store.Collect(tx, scanDocument, `SELECT `+documentColumns+` FROM document d WHERE d.id = $1`, id)
	if err != nil {
		return Document{}, err
	}
	if len(list) == 0 {
		return Document{}, fault.New(fault.NotFound, "Cette pièce n’existe pas.")
	}
	return list[0], nil
}

// keeper is the one role a document opens for, where not every reader may: a
// health form or a medical certificate is the santé's, an account number typed at the desk the régie's.
func keeper(d Document) (role staff.Role, only bool) {
	switch {
	case d.Kind == "health_form", d.Kind == "medical_certificate":
		return staff.Sante, true
	case d.Media == "text/iban":
		return staff.Regie, true
	}
	return "", false
}

// Content opens a document, for its keeper where it has one; every opening is
// logged before the bytes are given.
func (s *Service) Content(ctx context.Context, id int64) (content []byte, media string, err error) {
	if err := staff.Require(ctx, readers...); err != nil {
		return nil, "", err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		d, err := document(tx, id)
		if err != nil {
			return err
		}
		if role, sealed := keeper(d); sealed {
			if err := staff.Require(ctx, role); err != nil {
				return err
			}
		}
		session := staff.From(ctx)
		if session.Key == nil {
			return fault.New(fault.Forbidden, "Le coffre est fermé : reconnectez-vous pour lire une pièce.")
		}
		var sealed []byte
		var purged string
		if err := tx.QueryRow(`SELECT sealed, purged_on FROM document WHERE id = $1`, id).Scan(&sealed, &purged); err != nil {
			return err
		}
		if purged != "" {
			return fault.New(fault.NotFound, "Cette pièce a été effacée : sa durée de conservation était passée.")
		}
		if content, err = session.Key.Open(sealed, documentSeal(id)); err != nil {
			return fault.Wrap(fault.Unavailable, err, "Cette pièce ne s’ouvre pas avec la clé de la base : elle a été abîmée ou déplacée.")
		}
		media = d.Media
		return staff.Audit(tx, "document.read", fmt.Sprintf("family:%d", d.FamilyID), d.Label+" consultée")
	})
	if err != nil {
		return nil, "", err
	}
	return content, media, nil
}
