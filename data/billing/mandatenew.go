package billing

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"

	"ardoise/data/access"
	"ardoise/data/bank"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/data/vault"
)

// papers is what a family handed in for its direct debits.
type papers struct {
	family    int64
	name      string
	merged    bool
	monthly   bool // an accepted request of this school year, or of a later one, pays monthly
	payer     string
	live      string // RUM of its live mandate
	mandates  int    // it has had
	account   paper
	signature paper
}

// paper is a document that is neither replaced nor refused.
type paper struct {
	id       int64 // 0: none
	sealed   []byte
	received calendar.Date
	validTo  calendar.Date
	used     bool // a mandate was made of it already
}

func (p paper) on(day calendar.Date) bool { return p.id != 0 && p.validTo >= day }

// readPapers gathers them for several families, in a number of questions that
// does not depend on theirs.
func readPapers(tx *store.Tx, families []int64, today calendar.Date) (map[int64]*papers, error) {
	all := make(map[int64]*papers, len(families))
	err := store.Each(tx, func(r *sql.Rows) error {
		p := &papers{}
		err := r.Scan(&p.family, &p.name, &p.merged, &p.mandates, &p.live, &p.monthly)
		all[p.family] = p
		return err
	}, `SELECT f.id, f.name, CASE WHEN f.state = 'merged' THEN 1 ELSE 0 END, (SELECT COUNT(*) FROM mandate m WHERE m.family_id = f.id),
			COALESCE((SELECT m.umr FROM mandate m WHERE m.family_id = f.id AND m.state IN ('active', 'blocked')), ''),
			CASE WHEN EXISTS (SELECT 1 FROM access_request q WHERE q.family_id = f.id AND q.state = 'accepted' AND q.pay = 'monthly' AND q.school_year >= $2) THEN 1 ELSE 0 END
		FROM family f WHERE f.id = ANY($1)`, families, int(calendar.SchoolYearOf(today)))
	if err != nil {
		return nil, err
	}
	payers, err := payersOf(tx, families)
	if err != nil {
		return nil, err
	}
	for id, name := range payers {
		all[id].payer = name
	}
	// The newest of a kind decides, as on the checklist of a request.
	return all, store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var kind, media, state string
		var d paper
		if err := r.Scan(&d.id, &id, &kind, &media, &state, &d.sealed, &d.received, &d.validTo, &d.used); err != nil {
			return err
		}
		if state == "rejected" || kind == "iban" && media != "text/iban" {
			d = paper{}
		}
		if kind == "iban" {
			all[id].account = d
		} else {
			all[id].signature = d
		}
		return nil
	}, `SELECT d.id, d.family_id, d.kind, d.media, d.state, CASE WHEN d.media = 'text/iban' THEN d.sealed END, d.received_on, d.valid_to,
			CASE WHEN d.kind = 'mandate' AND EXISTS (SELECT 1 FROM mandate m WHERE m.family_id = d.family_id AND m.document_id = d.id) THEN 1 ELSE 0 END
		FROM document d WHERE d.family_id = ANY($1) AND d.kind IN ('iban', 'mandate') AND d.state <> 'replaced' ORDER BY d.id`, families)
}

// details opens the account of a family's document.
func (p *papers) details(key *vault.Key) (d access.BankDetails, err error) {
	plain, err := key.Open(p.account.sealed, vault.AAD("document", "sealed", p.account.id))
	if err != nil {
		return d, fault.Wrap(fault.Unavailable, err, "L’IBAN au dossier ne s’ouvre pas avec la clé de la base : saisissez-le de nouveau.")
	}
	return d, json.Unmarshal(plain, &d)
}

// drafted is a mandate that may be written.
type drafted struct {
	family                       int64
	umr, kind, holder, iban, bic string
	signed, validTo              calendar.Date
	document                     int64
	id                           int64 // once written
	name                         string
	serial                       int // the first to try, for its reference
}

// draft checks everything that is asked of a new mandate. months is for how long
// a signature holds for the service.
func (p *papers) draft(n NewMandate, key *vault.Key, months int, today calendar.Date) (d drafted, err error) {
	d = drafted{family: p.family, name: p.name, serial: p.mandates + 1, kind: n.Kind, holder: strings.TrimSpace(n.Holder), signed: n.SignedOn}
	switch {
	case p.merged:
		return d, fault.New(fault.Conflict, "La famille %s a été réunie dans une autre : ouvrez ce dossier-là.", p.name)
	case p.live != "":
		return d, fault.New(fault.Conflict, "La famille %s a déjà un mandat en vigueur (%s) : modifiez-le, ou révoquez-le d’abord.", p.name, p.live)
	}
	if d.kind == "" {
		d.kind = MandateRecurrent
	}
	if d.kind != MandateRecurrent && d.kind != MandateOneOff {
		return d, fault.New(fault.Invalid, "Un mandat est récurrent ou ponctuel : « %s » n’est pas permis.", d.kind)
	}
	if n.UMR != "" {
		if d.umr, err = bank.ParseUMR(n.UMR); err != nil {
			return d, err
		}
	}
	if err = p.signing(&d, months, today); err != nil {
		return d, err
	}
	if d.iban, d.bic, err = p.accountFor(n, &d, key, today); err != nil {
		return d, err
	}
	if d.holder == "" {
		d.holder = p.payer
	}
	if d.holder == "" {
		return d, fault.New(fault.Invalid, "Indiquez le titulaire du compte : la famille %s n’a pas de responsable au dossier.", p.name)
	}
	return d, nil
}

// signing says when the mandate was signed and until when it holds. A document
// on file bears no date of signature of its own: the day it came in stands for
// it, unless the agent read another one on it.
func (p *papers) signing(d *drafted, months int, today calendar.Date) error {
	paper := p.signature
	if paper.used && d.signed.IsZero() {
		return fault.New(fault.Conflict, "Le mandat signé au dossier a déjà servi : faites-en signer un nouveau à la famille %s.", p.name)
	}
	if paper.used {
		paper.id = 0
	}
	if d.signed.IsZero() {
		if !paper.on(today) {
			return fault.New(fault.Invalid, "Aucun mandat signé n’est au dossier de la famille %s : sans signature, rien ne peut être prélevé. Faites signer le mandat, ou indiquez sa date de signature.", p.name)
		}
		d.signed = paper.received
	}
	d.validTo = d.signed.AddMonths(months).Add(-1)
	if paper.on(today) {
		d.validTo, d.document = paper.validTo, paper.id
	}
	switch {
	case d.signed > today:
		return fault.New(fault.Invalid, "Le mandat serait signé le %s, un jour à venir : vérifiez la date de signature.", d.signed.Short())
	case d.validTo < today:
		return fault.New(fault.Invalid, "Le mandat est signé du %s, il y a plus de %d mois : faites-en signer un nouveau.", d.signed.Short(), months)
	case d.signed.AddMonths(lapseMonths) < today:
		return fault.New(fault.Invalid, "Le mandat est signé du %s : sans prélèvement depuis 36 mois il est caduc. Faites-en signer un nouveau.", d.signed.Short())
	}
	return nil
}

// accountFor is the account that was typed, or else the one of the documents of
// an accepted request.
func (p *papers) accountFor(n NewMandate, d *drafted, key *vault.Key, today calendar.Date) (iban, bic string, err error) {
	if strings.TrimSpace(n.IBAN) != "" {
		return checkedAccount(n.IBAN, n.BIC)
	}
	switch {
	case !p.monthly:
		return "", "", fault.New(fault.Invalid, "La famille %s n’a pas de demande acceptée en paiement mensuel : acceptez-la d’abord, ou saisissez l’IBAN.", p.name)
	case p.account.id == 0:
		return "", "", fault.New(fault.Invalid, "L’IBAN de la famille %s n’est pas au dossier : saisissez-le.", p.name)
	case !p.account.on(today):
		return "", "", fault.New(fault.Invalid, "Les coordonnées bancaires de la famille %s sont échues depuis le %s : demandez un RIB récent.", p.name, p.account.validTo.Short())
	}
	from, err := p.details(key)
	if err != nil {
		return "", "", err
	}
	if d.holder == "" {
		d.holder = strings.TrimSpace(from.Holder)
	}
	if n.BIC != "" {
		from.BIC = n.BIC
	}
	return checkedAccount(from.IBAN, from.BIC)
}

// mandateMonths is for how long a signed mandate holds for the services of the
// town: the shortest they ask for.
func mandateMonths(tx *store.Tx) (months int, err error) {
	err = tx.QueryRow(`SELECT COALESCE(MIN(months), 12) FROM required_document WHERE kind = 'mandate'`).Scan(&months)
	return months, err
}

// AddMandate makes a family's mandate: from the accepted documents of its
// request, or as typed. A mandate without a signature, signed in the future or
// too long ago, a wrong IBAN or BIC, a reference that is taken and a family that
// has a live mandate are refused.
func (s *Service) AddMandate(ctx context.Context, n NewMandate) (m Mandate, err error) {
	if err := staff.Require(ctx, staff.Regie); err != nil {
		return m, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		key, err := openVault(tx)
		if err != nil {
			return err
		}
		today := calendar.DateOf(tx.Now())
		all, err := readPapers(tx, []int64{n.FamilyID}, today)
		if err != nil {
			return err
		}
		p := all[n.FamilyID]
		if p == nil {
			return fault.New(fault.NotFound, "Cette famille n’existe pas ou n’existe plus.")
		}
		months, err := mandateMonths(tx)
		if err != nil {
			return err
		}
		d, err := p.draft(n, key, months, today)
		if err != nil {
			return err
		}
		list := []drafted{d}
		if err := writeMandates(tx, key, list); err != nil {
			return err
		}
		m, err = readMandate(tx, list[0].id)
		return err
	})
	return m, err
}

// AddAcceptedMandates makes the mandates of every monthly family with an
// accepted request, a valid mandate document and IBAN, and no live mandate. The
// families whose papers do not do are listed with why.
func (s *Service) AddAcceptedMandates(ctx context.Context) (made []Mandate, skipped []SkippedDebit, err error) {
	if err := staff.Require(ctx, staff.Regie); err != nil {
		return nil, nil, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		made, skipped = nil, nil
		key, err := openVault(tx)
		if err != nil {
			return err
		}
		today := calendar.DateOf(tx.Now())
		families, err := store.Collect(tx, func(r *sql.Rows) (id int64, err error) { return id, r.Scan(&id) },
			`SELECT f.id FROM family f WHERE f.state = 'active' AND f.id IN (SELECT q.family_id FROM access_request q WHERE q.state = 'accepted' AND q.pay = 'monthly' AND q.school_year >= $1)
			AND NOT EXISTS (SELECT 1 FROM mandate m WHERE m.family_id = f.id AND m.state IN ('active', 'blocked')) ORDER BY f.sort_key, f.id`, int(calendar.SchoolYearOf(today)))
		if err != nil {
			return err
		}
		all, err := readPapers(tx, families, today)
		if err != nil {
			return err
		}
		months, err := mandateMonths(tx)
		if err != nil {
			return err
		}
		var list []drafted
		for _, id := range families {
			d, err := all[id].draft(NewMandate{FamilyID: id}, key, months, today)
			if err != nil {
				skipped = append(skipped, SkippedDebit{FamilyID: id, Family: all[id].name, Reason: fault.Sentence(err)})
				continue
			}
			list = append(list, d)
		}
		if err := writeMandates(tx, key, list); err != nil {
			return err
		}
		ids := make([]int64, len(list))
		for i, d := range list {
			ids[i] = d.id
		}
		made, err = readMandates(tx, `WHERE m.id = ANY($1) ORDER BY f.sort_key, m.id`, ids)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	return made, skipped, nil
}
