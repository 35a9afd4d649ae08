package billing

import (
	"fmt"

	"ardoise/ui/widgets"
)

// The five steps of a month.
const (
	stepPlan = iota
	stepCheck
	stepIssue
	stepDebit
	stepRemind
)

var stepLabels = [...]string{"Calculer", "Contrôler", "Émettre", "Prélever", "Relancer"}

// making is how far the PDF files of the month are.
type making struct {
	done, total int
	at          map[int64]int // document -> its place in the work, from 0
}

// steps says where the month stands: exactly one step is the current one, unless
// nothing is left to do.
func (s *sheet) steps(pdf making) []widgets.Step {
	out := make([]widgets.Step, len(stepLabels))
	for i := range out {
		out[i].Label = stepLabels[i]
	}
	if s == nil {
		return out
	}
	out[stepPlan].State, out[stepPlan].Detail = widgets.StepDone, s.planDetail()
	s.checkStep(&out[stepCheck])
	s.issueStep(&out[stepIssue], pdf)
	s.debitStep(&out[stepDebit])
	s.remindStep(&out[stepRemind])
	if s.refused != "" {
		out[stepPlan].State = widgets.StepToReview
	}
	now := false
	for i := range out { // the first that waits is the one to do
		switch {
		case out[i].State == widgets.StepNow && now:
			out[i].State = widgets.StepToCome
		case out[i].State == widgets.StepNow:
			now = true
		}
	}
	return out
}

func (s *sheet) planDetail() string {
	switch {
	case s.refused != "":
		return "à revoir"
	case s.issued() && s.pending():
		return s.docWord(s.plan.Count) + " depuis le " + dayMonth(s.over.LastRun)
	case s.issued():
		return plural(s.over.Invoices, "facture", "factures") + ", le " + dayMonth(s.over.LastRun)
	case s.pending() && s.running():
		return plain(s.plan.Count) + ", mois en cours"
	case s.pending():
		return s.docWord(s.plan.Count)
	}
	return "rien à facturer"
}

func (s *sheet) checkStep(st *widgets.Step) {
	n, left := s.alertFamilies(), len(s.run.Leave)
	switch {
	case n == 0 && left == 0:
		st.State, st.Detail = widgets.StepDone, "rien à revoir"
	case n == 0:
		st.State, st.Detail = widgets.StepDone, plural(left, "écartée", "écartées")
	default:
		st.State, st.Detail = widgets.StepToReview, plural(n, "alerte", "alertes")
		if left > 0 {
			st.Detail += ", " + plural(left, "écartée", "écartées")
		}
	}
	if !s.pending() && s.issued() { // what is put off waits for the next run
		st.State, st.Detail = widgets.StepDone, "rien à revoir"
		if text := putOff(s); text != "" {
			st.Detail = text
		}
	}
}

func (s *sheet) issueStep(st *widgets.Step, pdf making) {
	switch {
	case pdf.total > 0:
		st.State, st.Detail = widgets.StepNow, fmt.Sprintf("en cours"+nbsp+": %d sur %d", pdf.done, pdf.total)
	case s.pending() && s.over.Locked:
		st.State, st.Detail = widgets.StepToCome, "mois clos"
	case s.pending():
		st.State, st.Detail = widgets.StepNow, s.plan.Total.String()
	case s.issued():
		st.State, st.Detail = widgets.StepDone, "le "+dayMonth(s.over.LastRun)
	default:
		st.Detail = "rien à émettre"
	}
}

func (s *sheet) debitStep(st *widgets.Step) {
	d := &s.debits
	built, sent := 0, 0
	for _, b := range d.batches {
		switch b.State {
		case debitBuilt:
			built += b.Count
		case debitSent:
			sent += b.Count
		}
	}
	switch {
	case built > 0:
		st.State, st.Detail = widgets.StepNow, plural(built, "prélèvement", "prélèvements")+" à transmettre"
	case !s.issued() && s.plan.Debit > 0:
		st.Detail = s.plan.Debit.String()
	case s.issued() && len(d.plan.Debits) > 0:
		st.State, st.Detail = widgets.StepNow, plural(len(d.plan.Debits), "prélèvement", "prélèvements")
	case s.over.Rejected > 0:
		st.State, st.Detail = widgets.StepToReview, plural(s.over.Rejected, "rejet", "rejets")
		if sent > 0 {
			st.Detail = plural(sent, "prélèvement", "prélèvements") + ", " + st.Detail
		}
	case sent > 0:
		st.State, st.Detail = widgets.StepDone, plural(sent, "prélèvement", "prélèvements")
	default:
		st.Detail = "aucun prélèvement"
		if s.issued() && !s.pending() {
			st.State = widgets.StepDone
		}
	}
}

func (s *sheet) remindStep(st *widgets.Step) {
	switch n := len(s.remind.Families); {
	case n > 0:
		st.State, st.Detail = widgets.StepNow, plural(n, "lettre", "lettres")
	case !s.over.RemindOn.IsZero():
		st.Detail = "à partir du " + s.over.RemindOn.Short()
	case s.issued() && s.over.Owed <= 0:
		st.State, st.Detail = widgets.StepDone, "tout est payé"
	default:
		st.Detail = "rien à relancer"
	}
}

// current is the step to open on: the one to do, else the last done.
func (s *sheet) current() int {
	steps := s.steps(making{})
	for i, st := range steps {
		if st.State == widgets.StepNow {
			return i
		}
	}
	if s.issued() {
		return stepIssue
	}
	return stepPlan
}
