package billing

import (
	"cmp"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"ardoise/data/bank"
	"ardoise/data/bankfile"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/data/store"
)

// What came of a line of a bank's file.
const (
	ReturnMatched   = "matched"   // the debit came back: the debt is open again
	ReturnKnown     = "known"     // told before
	ReturnUnmatched = "unmatched" // a person looks at it
)

// debitFact is a debit a bank's file may speak of.
type debitFact struct {
	id, batch, family, mandate int64
	name                       string // of the family
	e2e, sequence, state       string
	reason                     string
	amount                     money.Cents
	masked                     string
	amended                    bool
	former                     []byte
	transfer                   int64
	rejected                   calendar.Date
	message                    string // of its batch
	collectOn                  calendar.Date
}

// hit is a debit that came back.
type hit struct {
	debit  *debitFact
	reason bank.Reason
	whole  bool // the whole file or batch was refused: nothing is wrong with the family's account
	early  bool // never collected (pain.002), as far as the bank says
	line   int  // its line in the return
}

// judgement is what a bank's file would do.
type judgement struct {
	tx     *store.Tx
	file   bankfile.File
	out    Return
	hits   []hit
	byE2E  map[string]*debitFact
	below  map[string][]*debitFact // by message id
	taken  map[int64]bool          // debits with a line already
	wholes map[string]string       // reason of the file ("") and of its refused batches
}

// judgeReturn says what a file would do, and refuses one of another creditor. It
// writes nothing.
func judgeReturn(tx *store.Tx, f bankfile.File) (*judgement, error) {
	set, err := settings(tx)
	if err != nil {
		return nil, err
	}
	var ours []string
	if set.IBAN != "" {
		ours = []string{set.IBAN}
	}
	if err := f.CheckCreditor(ours, set.ICS); err != nil {
		return nil, err
	}
	j := &judgement{tx: tx, file: f, out: Return{Kind: string(f.Kind)}, taken: map[int64]bool{}, wholes: map[string]string{}}
	if err := j.load(); err != nil {
		return nil, err
	}
	for _, i := range f.Items {
		switch i.Level {
		case bankfile.WholeFile:
			j.wholes[""] = i.Reason
		case bankfile.Batch:
			j.wholes[i.OriginalBatchID] = i.Reason
		}
	}
	// The debits that are told first: their own reason is the better one.
	for _, whole := range []bool{false, true} {
		for _, i := range f.Items {
			if whole != (i.Level != bankfile.Transaction) {
				continue
			}
			if whole {
				err = j.level(i)
			} else {
				err = j.transaction(i)
			}
			if err != nil {
				return nil, err
			}
		}
	}
	return j, j.foreign(set)
}

// foreign refuses a file that answers nothing of ours: neither its message, nor a
// reference in it, nor the account or the creditor it names.
func (j *judgement) foreign(set Settings) error {
	ours := func(list []string, mine string) bool { return mine != "" && slices.Contains(list, mine) }
	if len(j.file.Items) == 0 || j.out.Matched+j.out.Known > 0 || len(j.below) > 0 || ours(j.file.Accounts, set.IBAN) || ours(j.file.Creditors, set.ICS) {
		return nil
	}
	return fault.New(fault.Invalid, "Ce fichier répond à une remise qui n’a pas été faite ici : aucune de ses références n’est connue. Rien n’a été importé : vérifiez que vous avez choisi le bon fichier.")
}

const debitFactColumns = `d.id, d.batch_id, d.family_id, d.mandate_id, f.name, d.end_to_end, d.sequence, d.state, d.reason, d.amount, d.masked, d.amended, d.former,
	COALESCE(d.transfer_id, 0), NULLIF(d.rejected_on, ''), b.message_id, b.collect_on`

func scanDebitFact(r *sql.Rows) (*debitFact, error) {
	d := &debitFact{}
	return d, r.Scan(&d.id, &d.batch, &d.family, &d.mandate, &d.name, &d.e2e, &d.sequence, &d.state, &d.reason, &d.amount, &d.masked, &d.amended, &d.former,
		&d.transfer, &d.rejected, &d.message, &d.collectOn)
}

// load reads the debits the file names, and all those of the files it answers.
func (j *judgement) load() error {
	var e2e []string
	messages := []string{}
	if j.file.OriginalMessageID != "" {
		messages = append(messages, j.file.OriginalMessageID)
	}
	for _, i := range j.file.Items {
		if i.EndToEndID != "" {
			e2e = append(e2e, i.EndToEndID)
		}
		if i.OriginalMessageID != "" && !slices.Contains(messages, i.OriginalMessageID) {
			messages = append(messages, i.OriginalMessageID)
		}
	}
	j.byE2E, j.below = map[string]*debitFact{}, map[string][]*debitFact{}
	add := func(where string, list []string, answers bool) error {
		found, err := store.Collect(j.tx, scanDebitFact, `SELECT `+debitFactColumns+` FROM debit d JOIN debit_batch b ON b.id = d.batch_id JOIN family f ON f.id = d.family_id WHERE `+where+` ORDER BY f.sort_key, d.id`, list)
		for _, d := range found {
			if known := j.byE2E[d.e2e]; known != nil {
				d = known
			}
			j.byE2E[d.e2e] = d
			if answers {
				j.below[d.message] = append(j.below[d.message], d)
			}
		}
		return err
	}
	if err := add(`d.end_to_end = ANY($1)`, e2e, false); err != nil {
		return err
	}
	return add(`b.message_id = ANY($1)`, messages, true)
}

// transaction judges one debit of the file.
func (j *judgement) transaction(i bankfile.Item) error {
	reason := bank.ReasonOf(i.Reason)
	line := ReturnLine{EndToEnd: i.EndToEndID, Amount: i.Amount, Reason: reason.Code, Label: reason.Label, Outcome: ReturnUnmatched}
	if i.ReasonText != "" && !reason.Known() {
		line.Label += nbsp + ": " + i.ReasonText
	}
	d := j.byE2E[i.EndToEndID]
	if d == nil {
		line.Detail = unknownDetail(i)
		j.add(line)
		return nil
	}
	line.FamilyID, line.Family = d.family, d.name
	if i.Amount == 0 {
		line.Amount = d.amount
	}
	switch {
	case !i.Failed():
		line.Detail = "La banque revient sur un retour : voyez le relevé et décidez vous-même."
	case i.Amount != 0 && (i.Amount != d.amount || i.Currency != "" && i.Currency != "EUR"):
		line.Detail = fmt.Sprintf("Le montant n’est pas celui du prélèvement, %s : demandez à la banque.", d.amount)
	default:
		return j.failed(d, line, reason, j.wholeReason(i), i.Fees)
	}
	j.add(line)
	return nil
}

func unknownDetail(i bankfile.Item) string {
	who := ""
	if i.DebtorName != "" {
		who = " (" + i.DebtorName + ")"
	}
	if i.EndToEndID == "" || i.EndToEndID == bank.NotProvided {
		return "La banque ne dit pas quel prélèvement revient" + who + " : cherchez-le sur le relevé."
	}
	return "Aucun prélèvement fait ici ne porte cette référence" + who + "."
}

// wholeReason tells a debit that came back with the file or the batch it was in:
// it bears the reason of that level, which says nothing of the family's account.
func (j *judgement) wholeReason(i bankfile.Item) bool {
	for _, level := range []string{"", i.OriginalBatchID} {
		if why, refused := j.wholes[level]; refused && why == i.Reason {
			return true
		}
	}
	return false
}

// failed judges a debit that came back, by where it stands.
func (j *judgement) failed(d *debitFact, line ReturnLine, reason bank.Reason, whole bool, fees money.Cents) error {
	switch {
	case j.taken[d.id]:
		line.Outcome, line.Detail = ReturnKnown, "Dit deux fois dans ce fichier."
	case d.state == DebitRejected:
		line.Outcome, line.Detail = ReturnKnown, fmt.Sprintf("Déjà enregistré le %s (%s).", d.rejected.Short(), d.reason)
	case d.state == DebitBuilt:
		return fault.New(fault.Conflict, "La remise %s n’est pas marquée comme envoyée : marquez-la d’abord, puis relisez ce fichier. Rien n’a été importé.", d.message)
	case d.state == DebitDropped:
		line.Detail = "La remise " + d.message + " a été abandonnée : demandez à la banque pourquoi elle la connaît."
	default:
		line.Outcome = ReturnMatched
		line.Detail = d.amount.String() + " de nouveau dus. " + reason.Act.Advice()
		if whole {
			line.Detail = d.amount.String() + " de nouveau dus : la banque a refusé toute la remise. Corrigez ce qu’elle signale, puis préparez-en une autre."
		}
		if fees > 0 {
			line.Detail += " Frais de la banque : " + fees.String() + "."
		}
		j.hits = append(j.hits, hit{debit: d, reason: reason, whole: whole, early: j.file.Kind == bankfile.StatusReport, line: len(j.out.Lines)})
	}
	j.taken[d.id] = true
	j.add(line)
	return nil
}

// level judges a whole file or batch that was refused: every debit below it that
// has no line of its own.
func (j *judgement) level(i bankfile.Item) error {
	reason := bank.ReasonOf(i.Reason)
	found := false
	for _, d := range j.below[i.OriginalMessageID] {
		if i.Level == bankfile.Batch && !batchHolds(i.OriginalBatchID, d) {
			continue
		}
		found = true
		if j.taken[d.id] {
			continue
		}
		line := ReturnLine{EndToEnd: d.e2e, Amount: d.amount, Reason: reason.Code, Label: reason.Label, Outcome: ReturnUnmatched, FamilyID: d.family, Family: d.name}
		if err := j.failed(d, line, reason, true, 0); err != nil {
			return err
		}
	}
	if !found {
		j.add(ReturnLine{Reason: reason.Code, Label: reason.Label, Outcome: ReturnUnmatched, Detail: "Toute la remise « " + cmp.Or(i.OriginalBatchID, i.OriginalMessageID) + " » est refusée, et elle n’a pas été faite ici."})
	}
	return nil
}

// batchHolds tells whether a debit is in the batch (PmtInf) of its file that bears
// an identifier: the file's own with the sequence type behind it.
func batchHolds(id string, d *debitFact) bool {
	return id == d.message || id == d.message+"-"+d.sequence
}

func (j *judgement) add(l ReturnLine) {
	l.Detail, l.Label = fault.French(l.Detail), fault.French(l.Label)
	switch l.Outcome {
	case ReturnMatched:
		j.out.Matched++
	case ReturnKnown:
		j.out.Known++
	default:
		j.out.Unmatched++
	}
	j.out.Lines = append(j.out.Lines, l)
}

// readBefore gives what a file did when it was read before: this reading does
// nothing, so what matched then is known now; the lines are those of that time.
func readBefore(tx *store.Tx, digest string) (r Return, found bool, err error) {
	var id int64
	err = tx.QueryRow(`SELECT id FROM bank_return WHERE digest = $1`, digest).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return r, false, nil
	}
	if err != nil {
		return r, false, err
	}
	list, err := readReturns(tx, `WHERE r.id = $1`, id)
	if err != nil {
		return r, false, err
	}
	r = list[0]
	r.Replayed, r.Known, r.Matched = true, r.Known+r.Matched, 0
	return r, true, nil
}

// readReturns reads returns with their lines, the newest first.
func readReturns(tx *store.Tx, where string, args ...any) ([]Return, error) {
	place := map[int64]int{}
	list, err := store.Collect(tx, func(r *sql.Rows) (x Return, err error) {
		err = r.Scan(&x.ID, &x.Kind, &x.Matched, &x.Known, &x.Unmatched)
		place[x.ID] = len(place)
		return x, err
	}, `SELECT r.id, r.kind, r.matched, r.known, r.unmatched FROM bank_return r `+where+` ORDER BY r.id DESC`, args...)
	if err != nil {
		return nil, err
	}
	return list, store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var l ReturnLine
		if err := r.Scan(&id, &l.EndToEnd, &l.Amount, &l.Reason, &l.Outcome, &l.Detail, &l.FamilyID, &l.Family); err != nil {
			return err
		}
		l.Label = bank.ReasonOf(l.Reason).Label
		list[place[id]].Lines = append(list[place[id]].Lines, l)
		return nil
	}, `SELECT l.return_id, l.end_to_end, l.amount, l.reason, l.outcome, l.detail, COALESCE(d.family_id, 0), COALESCE(f.name, '') FROM bank_return r JOIN bank_return_line l ON l.return_id = r.id
		LEFT JOIN debit d ON d.id = l.debit_id LEFT JOIN family f ON f.id = d.family_id `+where+` ORDER BY l.return_id, l.rank`, args...)
}
