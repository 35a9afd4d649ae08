package billing

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"ardoise/data/bank"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// changeMandate runs one change of a mandate: fn writes, and gives the event and
// what the trail says. Nothing of an account number is in either.
func (s *Service) changeMandate(ctx context.Context, id int64, fn func(tx *store.Tx, m Mandate) (note, error)) (m Mandate, err error) {
	if err := staff.Require(ctx, staff.Regie); err != nil {
		return m, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		if m, err = readMandate(tx, id); err != nil {
			return err
		}
		n, err := fn(tx, m)
		if err != nil {
			return err
		}
		n.mandate = id
		if err := noteMandates(tx, []note{n}); err != nil {
			return err
		}
		if err := trail(tx, "mandate."+n.what, mandateObject(id), "Mandat "+m.UMR+nbsp+": "+n.detail); err != nil {
			return err
		}
		tx.Publish(Topic, m.FamilyID)
		m, err = readMandate(tx, id)
		return err
	})
	return m, err
}

// onlyLive refuses to change a mandate that is over.
func onlyLive(m Mandate) error {
	if m.live() {
		return nil
	}
	return fault.New(fault.Conflict, "Le mandat %s n’est plus en vigueur (%s) : faites-en signer un nouveau.", m.UMR, m.Reason)
}

// notPrepared refuses a change that a file already prepared would contradict:
// the batch is dropped or marked as sent first, so that nobody has to guess
// which of the two the bank received.
func notPrepared(tx *store.Tx, m Mandate) error {
	var day calendar.Date
	err := tx.QueryRow(`SELECT b.collect_on FROM debit d JOIN debit_batch b ON b.id = d.batch_id WHERE d.mandate_id = $1 AND d.state = 'built' LIMIT 1`, m.ID).Scan(&day)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return fault.New(fault.Conflict, "Le mandat %s est dans la remise préparée pour le %s : abandonnez cette remise, ou marquez-la comme envoyée si la banque l’a reçue, puis recommencez.", m.UMR, day.Short())
}

func needReason(reason string) (string, error) {
	if reason = strings.TrimSpace(reason); reason == "" {
		return "", fault.New(fault.Invalid, "Le motif est obligatoire : il reste au dossier.")
	}
	return reason, nil
}

// AmendMandate changes the account of a live mandate (iban "": the one of the
// family's documents), its BIC or its holder. Where the bank has collected under
// the former account, that one is kept, sealed, until the next collection has
// told it: the file then carries SMNDA, "same mandate with a new debtor account"
// (EPC implementation guidelines since 20 November 2016, when the code ceased to
// mean a new bank). Until then a change of bank asked for FRST again: a town that
// still marks first collections (Settings.First) keeps to that, the others go on
// with RCUR. A mandate blocked for its account is collected from again.
func (s *Service) AmendMandate(ctx context.Context, id int64, iban, bic, holder string) (Mandate, error) {
	return s.changeMandate(ctx, id, func(tx *store.Tx, m Mandate) (n note, err error) {
		if err := onlyLive(m); err != nil {
			return n, err
		}
		if err := notPrepared(tx, m); err != nil {
			return n, err
		}
		a := amendment{tx: tx, m: m, holder: strings.TrimSpace(holder)}
		if a.iban, a.bic, err = newAccount(tx, m, iban, bic, &a.holder); err != nil {
			return n, err
		}
		if a.holder == "" {
			a.holder = m.Holder
		}
		return a.write()
	})
}

// newAccount is the account that was typed, or else the family's document.
func newAccount(tx *store.Tx, m Mandate, iban, bic string, holder *string) (string, string, error) {
	if strings.TrimSpace(iban) != "" {
		return checkedAccount(iban, bic)
	}
	key, err := openVault(tx)
	if err != nil {
		return "", "", err
	}
	today := calendar.DateOf(tx.Now())
	all, err := readPapers(tx, []int64{m.FamilyID}, today)
	if err != nil {
		return "", "", err
	}
	d := drafted{holder: *holder}
	p := all[m.FamilyID]
	p.monthly = true // the mandate is there: the request was accepted
	iban, bic, err = p.accountFor(NewMandate{BIC: bic}, &d, key, today)
	*holder = d.holder
	return iban, bic, err
}

type amendment struct {
	tx                *store.Tx
	m                 Mandate
	iban, bic, holder string
}

func (a *amendment) write() (n note, err error) {
	key, err := openVault(a.tx)
	if err != nil {
		return n, err
	}
	was, err := openAccount(a.tx, a.m)
	if err != nil {
		return n, err
	}
	if a.iban == was && a.bic == "" {
		a.bic = a.m.BIC // not typed again
	}
	if a.iban == was && a.bic == a.m.BIC && a.holder == a.m.Holder {
		return n, fault.New(fault.Invalid, "C’est déjà le compte du mandat %s : rien n’est à changer.", a.m.UMR)
	}
	n = note{what: mandateAmended, detail: "Titulaire ou BIC corrigé, compte inchangé"}
	if a.iban == was {
		_, err = a.tx.Exec(`UPDATE mandate SET bic = $1, holder = $2, version = version + 1 WHERE id = $3`, a.bic, a.holder, a.m.ID)
		return n, err
	}
	n.detail = "Compte changé" + nbsp + ": " + a.m.Masked + " remplacé par " + bank.Mask(a.iban)
	sealed, err := key.Seal([]byte(a.iban), mandateSeal(a.m.UMR))
	if err != nil {
		return n, err
	}
	// The raw sequence: what readMandate gives hides FRST from towns without it.
	var seq string
	var former []byte
	if err := a.tx.QueryRow(`SELECT next_sequence, former FROM mandate WHERE id = $1`, a.m.ID).Scan(&seq, &former); err != nil {
		return n, err
	}
	if former, seq, err = a.remember(was, former, seq); err != nil {
		return n, err
	}
	state, reason := a.m.State, a.m.Reason
	if state == MandateBlocked && blockedFor(reason) == bank.AskRIB {
		state, reason = MandateActive, ""
		n.detail += ", mandat débloqué"
	}
	_, err = a.tx.Exec(`UPDATE mandate SET sealed = $1, masked = $2, bic = $3, holder = $4, former = $5, next_sequence = $6, state = $7, reason = $8, version = version + 1 WHERE id = $9`,
		sealed, bank.Mask(a.iban), a.bic, a.holder, former, seq, state, reason, a.m.ID)
	return n, err
}

// remember says which account the bank still knows and what sequence comes next.
func (a *amendment) remember(was string, former []byte, seq string) ([]byte, string, error) {
	if a.m.CollectedOn.IsZero() || seq == seqFirst && former == nil {
		return nil, seq, nil // the bank has seen none, or refused the first
	}
	key, err := openVault(a.tx)
	if err != nil {
		return nil, seq, err
	}
	known := was
	if former != nil { // amended twice before it was told
		plain, err := key.Open(former, formerSeal(a.m.UMR))
		if err != nil {
			return nil, seq, err
		}
		known = string(plain)
	}
	if seq == seqFirst {
		seq = seqAgain
	}
	if known == a.iban {
		return nil, seq, nil // changed back
	}
	if seq == seqAgain && !sameBank(known, "", a.iban, "") {
		seq = seqFirst
	}
	sealed, err := key.Seal([]byte(known), formerSeal(a.m.UMR))
	return sealed, seq, err
}

// RenewMandate gives a live mandate the service's next twelve months: from the
// newest mandate document (no date), or from the day the family signed again.
// The date of signature that banks are told stays that of the reference.
func (s *Service) RenewMandate(ctx context.Context, id int64, signedOn calendar.Date) (Mandate, error) {
	return s.changeMandate(ctx, id, func(tx *store.Tx, m Mandate) (n note, err error) {
		if err := onlyLive(m); err != nil {
			return n, err
		}
		today := calendar.DateOf(tx.Now())
		if m.LapsesOn < today {
			return n, fault.New(fault.Conflict, "Le mandat %s est caduc, 36 mois ont passé sans prélèvement : révoquez-le et faites-en signer un nouveau.", m.UMR)
		}
		until, document, err := renewal(tx, m, signedOn, today)
		if err != nil {
			return n, err
		}
		n = note{what: mandateRenewed, detail: "Mandat renouvelé jusqu’au " + until.Short()}
		_, err = tx.Exec(`UPDATE mandate SET valid_to = $1, document_id = COALESCE($2, document_id), version = version + 1 WHERE id = $3`, until.String(), orNull(document), id)
		return n, err
	})
}

func renewal(tx *store.Tx, m Mandate, signedOn, today calendar.Date) (until calendar.Date, document int64, err error) {
	if signedOn.IsZero() {
		all, err := readPapers(tx, []int64{m.FamilyID}, today)
		if err != nil {
			return 0, 0, err
		}
		p := all[m.FamilyID].signature
		if !p.on(today) || p.used {
			return 0, 0, fault.New(fault.Invalid, "Aucun mandat signé plus récent n’est au dossier de la famille %s : rangez-le, ou indiquez la date de la nouvelle signature.", m.Family)
		}
		until, document = p.validTo, p.id
	} else {
		months, err := mandateMonths(tx)
		if err != nil {
			return 0, 0, err
		}
		until = signedOn.AddMonths(months).Add(-1)
	}
	switch {
	case signedOn > today:
		return 0, 0, fault.New(fault.Invalid, "Le %s est à venir : vérifiez la date de signature.", signedOn.Short())
	case until <= m.ValidTo || until < today:
		return 0, 0, fault.New(fault.Invalid, "Le mandat %s vaut déjà jusqu’au %s : une signature plus récente est nécessaire pour le renouveler.", m.UMR, m.ValidTo.Short())
	}
	return until, document, nil
}

// BlockMandate stops collections until UnblockMandate; the reason is obligatory.
func (s *Service) BlockMandate(ctx context.Context, id int64, reason string) error {
	return s.setMandate(ctx, id, reason, func(tx *store.Tx, m Mandate) (string, string, error) {
		if m.State != MandateActive {
			return "", "", fault.New(fault.Conflict, "Le mandat %s n’est pas actif : il ne se bloque pas.", m.UMR)
		}
		return MandateBlocked, mandateBlocked, notPrepared(tx, m)
	})
}

// UnblockMandate lets a blocked mandate be collected under again.
func (s *Service) UnblockMandate(ctx context.Context, id int64, reason string) error {
	return s.setMandate(ctx, id, reason, func(_ *store.Tx, m Mandate) (string, string, error) {
		if m.State != MandateBlocked {
			return "", "", fault.New(fault.Conflict, "Le mandat %s n’est pas bloqué.", m.UMR)
		}
		return MandateActive, mandateUnblocked, nil
	})
}

// RevokeMandate ends a mandate at the family's request, or because the bank has
// none. It does not come back: a new one is signed.
func (s *Service) RevokeMandate(ctx context.Context, id int64, reason string) error {
	return s.setMandate(ctx, id, reason, func(tx *store.Tx, m Mandate) (string, string, error) {
		if err := onlyLive(m); err != nil {
			return "", "", err
		}
		return MandateRevoked, mandateRevoked, notPrepared(tx, m)
	})
}

// setMandate moves a mandate to another state; to says which, or why not.
func (s *Service) setMandate(ctx context.Context, id int64, reason string, to func(*store.Tx, Mandate) (state, what string, err error)) error {
	_, err := s.changeMandate(ctx, id, func(tx *store.Tx, m Mandate) (n note, err error) {
		state, what, err := to(tx, m)
		if err != nil {
			return n, err
		}
		if reason, err = needReason(reason); err != nil {
			return n, err
		}
		kept := reason
		if state == MandateActive {
			kept = ""
		}
		_, err = tx.Exec(`UPDATE mandate SET state = $1, reason = $2, version = version + 1 WHERE id = $3`, state, kept, id)
		return note{what: what, detail: reason}, err
	})
	return err
}

// LastCollection marks the next collection as the final one (FNAL): the mandate
// ends when its file is marked as sent.
func (s *Service) LastCollection(ctx context.Context, id int64) error {
	_, err := s.changeMandate(ctx, id, func(tx *store.Tx, m Mandate) (n note, err error) {
		if err := onlyLive(m); err != nil {
			return n, err
		}
		switch m.Sequence {
		case seqOneOff:
			return n, fault.New(fault.Conflict, "Le mandat %s est ponctuel : il ne sert qu’une fois.", m.UMR)
		case seqFinal:
			return n, fault.New(fault.Conflict, "Le prochain prélèvement du mandat %s est déjà marqué comme le dernier.", m.UMR)
		}
		if err := notPrepared(tx, m); err != nil {
			return n, err
		}
		_, err = tx.Exec(`UPDATE mandate SET next_sequence = 'FNAL', version = version + 1 WHERE id = $1`, id)
		return note{what: mandateLast, detail: "Le prochain prélèvement sera le dernier"}, err
	})
	return err
}

// blockedFor reads what a bank's return asked for back from the reason kept with
// a mandate; a reason of an agent's own asks for nothing in particular.
func blockedFor(reason string) bank.Act {
	code, _, _ := strings.Cut(reason, " ")
	if r := bank.ReasonOf(code); r.Known() {
		return r.Act
	}
	return bank.Correct
}
