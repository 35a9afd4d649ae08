package billing

import (
	"database/sql"

	"ardoise/data/bank"
	"ardoise/data/store"
)

// verdictOn is what a return does to a mandate.
type verdictOn struct {
	what, detail string // the event; "" : none
	told         string // French, added to the line of the return
}

// act moves a mandate by the reason a debit came back for (formats.md): a wrong,
// closed or blocked account blocks it until a new one is given, no mandate revokes
// it, a deceased debtor blocks it until a person decides. Whatever else came back
// leaves it. A debit never collected takes the mandate back to where it stood: the
// first is the first again, the last one has not been. other is the family's
// live mandate where that is another one.
func (m *mandateState) act(h hit, other int64) (v verdictOn) {
	live := m.state == MandateActive || m.state == MandateBlocked
	act := h.reason.Act
	if h.whole {
		act = bank.Correct
	}
	why := h.reason.Code + " " + h.reason.Label
	switch {
	case live && act == bank.AskRIB && m.masked != h.debit.masked:
		v.told = "Le compte du mandat a changé depuis : il n’est pas bloqué."
	case live && act == bank.Revoke:
		m.set(MandateRevoked, why)
		v = verdictOn{mandateRevoked, why, ""}
	case m.state == MandateActive && act.StopsMandate():
		m.set(MandateBlocked, why)
		v = verdictOn{mandateBlocked, why, ""}
	case m.state == MandateBlocked && act == bank.Stop:
		m.set(MandateBlocked, why) // a person decides, a new RIB does not
		v = verdictOn{mandateBlocked, why, ""}
	}
	if !h.early || m.collected != h.debit.collectOn.String() {
		return v
	}
	switch seq := h.debit.sequence; {
	case seq == seqFirst && m.sequence == seqAgain:
		m.sequence, m.changed = seqFirst, true
	case (seq == seqFinal || seq == seqOneOff) && m.state == MandateEnded && !act.StopsMandate() && (other == 0 || other == m.id):
		m.set(MandateActive, "")
		v = verdictOn{mandateReopened, "Le dernier prélèvement n’a pas été collecté : il peut être présenté de nouveau", "Le mandat peut encore servir."}
	}
	return v
}

func (m *mandateState) set(state, reason string) {
	m.state, m.reason, m.changed = state, reason, true
}

// otherLive gives the live mandates of the families concerned.
func (w *returnWriter) otherLive() (map[int64]int64, error) {
	families := make([]int64, 0, len(w.mandates))
	for _, m := range w.mandates {
		families = append(families, m.family)
	}
	out := map[int64]int64{}
	return out, store.Each(w.tx, func(r *sql.Rows) error {
		var family, id int64
		err := r.Scan(&family, &id)
		out[family] = id
		return err
	}, `SELECT family_id, id FROM mandate WHERE state IN ('active', 'blocked') AND family_id = ANY($1)`, families)
}

// tellAgain: an amendment that went with a debit never collected has not reached
// the debtor's bank. The former account waits again, unless another one does.
func (w *returnWriter) tellAgain() error {
	var ids []int64
	for _, h := range w.hits {
		if m := w.mandates[h.debit.mandate]; h.early && h.debit.amended && h.debit.former != nil && m.told && m.collected == h.debit.collectOn.String() {
			ids = append(ids, h.debit.id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	_, err := w.tx.Exec(`UPDATE mandate SET former = d.former FROM debit d WHERE d.mandate_id = mandate.id AND mandate.former IS NULL AND d.id = ANY($1)`, ids)
	return err
}
