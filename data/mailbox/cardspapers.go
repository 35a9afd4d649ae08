package mailbox

import (
	"fmt"
	"slices"
	"strings"

	"ardoise/data/access"
	"ardoise/data/bank"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/mailbox/reading"
)

// documents judges a card that files documents.
func (j *judge) documents(c *Card) {
	c.Verdict = Possible
	c.Lines = append(c.Lines, j.fileLines(c.Choice.Files)...)
	if words := j.unblocked(c.Choice.Files); words != "" {
		c.Lines = append(c.Lines, "Débloque"+nbsp+": "+words)
	}
	for _, f := range c.Choice.Files {
		if old := j.onFile(f); old != nil {
			c.Note = "Remplace celle du " + old.ReceivedOn.Short()
		}
	}
}

// fileLines gives « Dossier de Hugo, jusqu’au 31/08/2027 » for each file.
func (j *judge) fileLines(files []Filing) (out []string) {
	for _, f := range files {
		where := "Dossier de la famille"
		if f.ChildID != 0 && !access.FamilyKind(f.Kind) {
			where = "Dossier " + fault.De(j.first(f.ChildID))
		}
		if len(files) > 1 {
			where = upper(theDocument[f.Kind]) + nbsp + ": d" + strings.TrimPrefix(where, "D")
		}
		out = append(out, where+", jusqu’au "+j.goodUntil(f).Short())
	}
	return out
}

// goodUntil is when a document filed today would lapse.
func (j *judge) goodUntil(f Filing) calendar.Date {
	months := access.DefaultMonths
	if q := j.asking(f); q != nil {
		if at := slices.IndexFunc(q.Checklist, func(it access.Item) bool { return it.Kind == f.Kind }); at >= 0 {
			months = q.Checklist[at].Months
		}
	}
	return j.today().AddMonths(months).Add(-1)
}

// asking is the request that asks for a document: one that lacks it before one
// that has it.
func (j *judge) asking(f Filing) (found *access.Request) {
	for i := range j.requests {
		q := &j.requests[i]
		if !access.FamilyKind(f.Kind) && q.ChildID != f.ChildID {
			continue
		}
		for _, it := range q.Checklist {
			if it.Kind != f.Kind {
				continue
			}
			if !it.OK {
				return q
			}
			if found == nil {
				found = q
			}
		}
	}
	return found
}

// onFile is the good document that a filing would replace.
func (j *judge) onFile(f Filing) *access.Document {
	q := j.asking(f)
	if q == nil {
		return nil
	}
	for _, it := range q.Checklist {
		if it.Kind == f.Kind && it.OK {
			return it.Document
		}
	}
	return nil
}

// have counts what of a request's checklist is good, before and after filing.
func have(q *access.Request, files []Filing) (before, after int) {
	for _, it := range q.Checklist {
		comes := slices.ContainsFunc(files, func(f Filing) bool {
			return f.Kind == it.Kind && (access.FamilyKind(f.Kind) || f.ChildID == q.ChildID)
		})
		if it.OK {
			before++
		}
		if it.OK || comes {
			after++
		}
	}
	return before, after
}

// unblocked names the requests that would become complete.
func (j *judge) unblocked(files []Filing) string {
	var out []string
	for i := range j.requests {
		q := &j.requests[i]
		if before, after := have(q, files); before < after && after == len(q.Checklist) {
			out = append(out, q.Short+" "+fault.De(q.First))
		}
	}
	return strings.Join(out, ", ")
}

// requestOf is a child's live request for a service, nil where there is none.
func (j *judge) requestOf(child, service int64) *access.Request {
	year := calendar.SchoolYearOf(j.today())
	for i := range j.requests {
		if q := &j.requests[i]; q.ChildID == child && q.ServiceID == service && q.Year == year {
			return q
		}
	}
	return nil
}

// asked gives the children a request would be made for.
func (j *judge) asked(ch Choice) (children []int64) {
	for _, id := range ch.Children {
		if j.requestOf(id, ch.ServiceID) == nil {
			children = append(children, id)
		}
	}
	return children
}

func (j *judge) request(c *Card) {
	ch := c.Choice
	for _, id := range ch.Children {
		if q := j.requestOf(id, ch.ServiceID); q != nil {
			c.Lines = append(c.Lines, j.first(id)+nbsp+": demande déjà déposée ("+strings.ToLower(q.State.Label())+")")
		}
	}
	news := j.asked(ch)
	if len(news) > 0 {
		pay := "au fil de l’eau"
		if ch.Pay == access.Monthly {
			pay = "en facture mensuelle"
		}
		c.Lines = append(c.Lines, fmt.Sprintf("Année scolaire %s, paiement %s", calendar.SchoolYearOf(j.today()), pay))
	}
	if len(ch.Files) > 0 {
		c.Lines = append(c.Lines, j.fileLines(ch.Files)...)
	}
	if ch.IBAN != "" {
		j.accountOf(c)
	}
	switch {
	case c.Verdict == Refused:
	case len(news) == 0 && len(ch.Files) == 0:
		c.Verdict, c.Note = Nothing, "Demande déjà déposée"+nbsp+": rien à faire"
	default:
		c.Verdict = Possible
	}
}

// accountOf tells the account that comes with a request: it is kept only where a
// person has checked it.
func (j *judge) accountOf(c *Card) {
	if _, err := bank.ParseIBAN(c.Choice.IBAN); err != nil {
		c.Verdict, c.Note = Refused, fault.Sentence(err)
		return
	}
	word := "à vérifier avec la famille, pas encore enregistré"
	if c.Choice.Confirmed {
		word = "vérifié avec la famille"
	}
	c.Lines = append(c.Lines, "Compte "+bank.Mask(c.Choice.IBAN)+nbsp+": "+word)
	j.forged(c)
}

// bankDetails shows a change of account, masked. It is never done unless a person
// has checked with the family.
func (j *judge) bankDetails(c *Card) {
	ch := c.Choice
	if _, err := bank.ParseIBAN(ch.IBAN); err != nil {
		c.Verdict, c.Note = Refused, fault.Sentence(err)
		return
	}
	old := j.account
	if old == "" {
		old = "aucun"
	}
	c.Lines = append(c.Lines, "Compte au dossier"+nbsp+": "+old, "Nouveau compte"+nbsp+": "+bank.Mask(ch.IBAN))
	if j.mandate != "" {
		c.Lines = append(c.Lines, "Mandat "+j.mandate+" en vigueur"+nbsp+": il garde l’ancien compte jusqu’à ce que la régie le modifie dans Facturation.")
	}
	if len(ch.Files) > 0 {
		c.Lines = append(c.Lines, j.fileLines(ch.Files)...)
	}
	c.Verdict, c.Note = Unclear, "À vérifier avec la famille par téléphone"
	if failing(j.m.Auth) {
		c.Verdict, c.Note = Refused, "Expéditeur non authentifié"
	}
	if ch.Confirmed {
		c.Verdict, c.Note = Possible, "Vérifié avec la famille par téléphone"
	}
	j.forged(c)
}

// forged warns of a sender the receiving server does not vouch for.
func (j *judge) forged(c *Card) {
	if failing(j.m.Auth) {
		c.Lines = append(c.Lines, "Ce courriel ne vient peut-être pas de la famille"+nbsp+": appelez-la au numéro de son dossier, jamais à celui du message.")
	}
}

// filingsOf gives what cards file, each once.
func filingsOf(cards []Card) (out []Filing) {
	for _, c := range cards {
		for _, f := range c.Choice.Files {
			if access.FamilyKind(f.Kind) {
				f.ChildID = 0
			}
			if !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
	}
	return out
}

// isMeals reports whether a card goes through a booking plan.
func isMeals(k reading.Kind) bool {
	return k == reading.Book || k == reading.Cancel || k == reading.JustifiedAbsence
}
