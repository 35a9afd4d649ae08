package mailbox

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/letter"
	"ardoise/data/mailbox/reading"
	"ardoise/data/store"
)

// replyFor proposes the answer to a message from its cards: to who really wrote,
// never to who forwarded. off says in French why none may be sent.
func replyFor(tx *store.Tx, m *Message) (l letter.Letter, off string, err error) {
	j, err := newJudge(tx, m, m.Received)
	if err != nil {
		return l, "", err
	}
	if off, err = j.replyOff(); err != nil || off != "" {
		return l, off, err
	}
	cards := slices.DeleteFunc(slices.Clone(m.Cards), func(c Card) bool { return !c.Ticked && !c.leftAside() })
	l, err = j.reply(cards)
	return l, "", err
}

// replyOff says why no answer may be sent, "" where one may.
func (j *judge) replyOff() (string, error) {
	to := j.m.From.Mail
	switch {
	case j.m.Quiet:
		return "Message automatique ou de diffusion" + nbsp + ": on n’y répond jamais.", nil
	case to == "":
		return "Aucune adresse à qui répondre.", nil
	}
	var own, bounced int
	err := j.tx.QueryRow(`SELECT (SELECT COUNT(*) FROM mail_account WHERE address = $1),
		(SELECT COUNT(*) FROM mail_bounce WHERE address = $1 AND permanent = 1 AND lifted_at = '')`, to).Scan(&own, &bounced)
	switch {
	case err != nil:
		return "", err
	case own > 0:
		return "Ce message vient de notre propre adresse" + nbsp + ": on n’y répond pas.", nil
	case bounced > 0:
		return "L’adresse " + to + " refuse nos courriels" + nbsp + ": téléphonez à la famille.", nil
	}
	return "", nil
}

// reply writes the answer that tells what cards do, and what they do not.
func (j *judge) reply(cards []Card) (l letter.Letter, err error) {
	var said []string
	for i := range cards {
		if s := j.sentence(&cards[i]); s != "" {
			said = append(said, s)
		}
	}
	said = append(said, notKept(j.m.Files)...)
	to := letter.Correspondent{Greeting: j.greeting()}
	all, err := letter.Correspondents(j.tx, []int64{j.m.FamilyID})
	if err != nil {
		return l, err
	}
	if to.Commune = all[j.m.FamilyID].Commune; to.Commune == "" {
		if err := j.tx.QueryRow(`SELECT COALESCE((SELECT c.name FROM commune c JOIN service s ON s.commune_id = c.id ORDER BY s.id LIMIT 1), '')`).Scan(&to.Commune); err != nil {
			return l, err
		}
	}
	l, err = letter.ComposeTo(j.tx, to, "mail.answer", letter.Facts{"objet": j.answerSubject(), "jour": calendar.DateOf(j.at).Long(), "réponse": strings.Join(said, "\n")})
	l.To = j.m.From.Mail
	return l, err
}

// leftAside reports whether a card that is not chosen is spoken of in the answer:
// too late, or already so. What would still be done if it were chosen is not said.
func (c *Card) leftAside() bool {
	return c.Verdict == TooLate && len(doneOf(c.lines)) == 0 || c.Verdict == Nothing
}

// notKept asks for what was joined and refused again, without its name: names of
// files say of what somebody is ill, and the outbox is not sealed.
func notKept(files []File) (said []string) {
	for _, f := range files {
		if f.Accepted {
			continue
		}
		what := "Un des fichiers joints"
		if ext := strings.ToUpper(strings.TrimPrefix(filepath.Ext(f.Name), ".")); len(ext) >= 2 && len(ext) <= 5 && plainWord(ext) {
			what += " (" + ext + ")"
		}
		if what += " n’a pas pu être retenu : renvoyez-le en PDF, JPEG ou PNG."; !slices.Contains(said, what) {
			said = append(said, what)
		}
	}
	return said
}

func plainWord(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return (r < 'A' || r > 'Z') && (r < '0' || r > '9') }) < 0
}

// greeting gives « Bonjour Madame Favier », by who wrote.
func (j *judge) greeting() string {
	for _, g := range j.family.Guardians {
		if g.Email == "" || g.Email != j.m.From.Mail {
			continue
		}
		last := g.Usage
		if last == "" {
			last = g.Last
		}
		return letter.Greeting(g.Civility, family.TitleName(last))
	}
	return letter.Greeting("", "")
}

// answerSubject never repeats what the family wrote as its subject: « Léa a la
// varicelle » would lie unsealed in the outbox. The thread is in the headers.
func (j *judge) answerSubject() string {
	return "Re" + nbsp + ": votre message du " + calendar.DateOf(j.at).Long()
}

// sentence tells the family what became of one card.
func (j *judge) sentence(c *Card) string {
	ch := c.Choice
	switch ch.Kind {
	case reading.Book, reading.Cancel, reading.JustifiedAbsence:
		return joined(j.mealSentence(c), j.received(c))
	case reading.Documents:
		return j.received(c)
	case reading.AccessRequest:
		news := j.asked(ch)
		switch {
		case c.Verdict == Nothing:
			return "Votre demande d’accès pour " + j.names(ch.Children) + " avait déjà été déposée."
		case c.Verdict != Possible || len(news) == 0:
			return ""
		}
		return joined("Votre demande d’accès au service « "+j.services[ch.ServiceID].Short+" » pour "+j.names(news)+" est enregistrée : vous recevrez notre réponse par courriel.", j.received(c))
	case reading.BankDetails:
		if c.Verdict == Possible {
			return "Vos nouvelles coordonnées bancaires sont enregistrées, après vérification avec vous par téléphone."
		}
	}
	return ""
}

// received acknowledges the papers of a card.
func (j *judge) received(c *Card) string {
	if c.Verdict != Possible || len(c.Choice.Files) == 0 {
		return ""
	}
	return "Nous avons bien reçu " + j.documentsText(c.Choice.Files) + "."
}

func joined(a, b string) string { return strings.TrimSpace(a + " " + b) }

func (j *judge) documentsText(files []Filing) string {
	list := make([]string, len(files))
	for i, f := range files {
		list[i] = theDocument[f.Kind]
		if f.Kind == "medical_certificate" { // the outbox is not sealed
			list[i] = "le justificatif"
		}
		if f.ChildID != 0 {
			list[i] += " " + fault.De(j.first(f.ChildID))
		}
	}
	return andList(list)
}

func (j *judge) mealSentence(c *Card) string {
	ch := c.Choice
	lines := c.lines
	t := tallyOf(lines)
	done := slices.DeleteFunc(slices.Clone(lines), func(l booking.Line) bool { return l.Verdict == booking.Refused })
	rest := slices.DeleteFunc(slices.Clone(lines), func(l booking.Line) bool { return l.Verdict != booking.Refused })
	switch {
	case c.Verdict == Nothing && ch.Kind == reading.Book:
		return upper(j.mealsOf(lines)) + many(len(lines), " était déjà réservé.", " étaient déjà réservés.")
	case c.Verdict == Nothing:
		return "Rien n’était réservé pour " + j.names(ch.Children) + ", " + daysText(ch.Days) + " : il n’y a rien à annuler."
	case len(done) == 0 && c.Verdict == TooLate:
		return upper(j.mealsOf(lines)) + many(len(lines), " n’a pas pu être ", " n’ont pas pu être ") + verb(ch.Kind, lines) + " : le délai était passé depuis " + limitText(t.limit) + "."
	case len(done) == 0 || c.Verdict == Refused || c.Verdict == Unclear:
		return ""
	}
	s := upper(j.mealsOf(done)) + many(len(done), " est ", " sont ") + verb(ch.Kind, done) + j.moneyText(ch.Kind, t) + waitingText(done)
	if len(rest) > 0 {
		s += " Pas " + verb(ch.Kind, rest[:1]) + " : " + j.refusedText(rest) + "."
	}
	return s
}

func many(n int, one, more string) string {
	if n > 1 {
		return more
	}
	return one
}

func verb(k reading.Kind, lines []booking.Line) string {
	return verbOf(k, lines[0].Kind, len(lines))
}

// verbOf agrees with n meals of a kind of service: « annulés », « réservée ».
func verbOf(k reading.Kind, service string, n int) string {
	end := ""
	if word := ledger.MealWord(service, 1); word == "journée" || word == "réservation" {
		end = "e"
	}
	end += many(n, "", "s")
	switch k {
	case reading.Book:
		return "réservé" + end
	case reading.JustifiedAbsence:
		return "décompté" + end + " comme absence justifiée"
	}
	return "annulé" + end
}

// moneyText ends the sentence with what it costs or gives back.
func (j *judge) moneyText(k reading.Kind, t tally) string {
	var parts []string
	switch {
	case k == reading.Book && t.money > 0:
		parts = append(parts, "pour "+t.money.String())
	case k != reading.Book && t.money > 0:
		parts = append(parts, "et "+t.money.String()+" sont recrédités sur votre porte-monnaie")
	}
	switch {
	case k == reading.Book && t.monthly > 0:
		parts = append(parts, "et compté sur la facture du mois ("+t.monthly.String()+")")
	case k != reading.Book && t.monthly > 0:
		parts = append(parts, "et ne sera pas facturé ("+t.monthly.String()+")")
	}
	s := ""
	if len(parts) > 0 {
		s = " " + strings.Join(parts, " ")
	}
	s += "."
	if k != reading.Book && t.unpaid > 0 {
		s += fmt.Sprintf(" Le délai était passé depuis %s pour %s : le montant reste dû.", limitText(t.limit), plural(t.unpaid, "d’entre eux", "d’entre eux"))
		if t.unpaid == t.done {
			s = ". Le délai était passé depuis " + limitText(t.limit) + " : le montant reste dû."
		}
	}
	return s
}

// waitingText says which excused meals are still to be paid.
func waitingText(done []booking.Line) string {
	n := 0
	for _, l := range done {
		if l.Action == booking.Justify && l.Price == 0 && l.Note != "" {
			n++
		}
	}
	switch {
	case n == 0:
		return ""
	case len(done) == 1:
		return " C’est un jour de carence : le montant reste dû."
	}
	return " Dont " + plural(n, "jour de carence", "jours de carence") + ", où le montant reste dû."
}

// mealsOf gives « le repas de Hugo du jeudi 26 novembre 2026 », « 4 repas de Léa
// et Hugo (26, 27, 30 nov. et 1ᵉʳ déc.) ».
func (j *judge) mealsOf(lines []booking.Line) string {
	var names []string
	var days []calendar.Date
	for _, l := range lines {
		if !slices.Contains(names, l.Child) {
			names = append(names, l.Child)
		}
		if !slices.Contains(days, l.Day) {
			days = append(days, l.Day)
		}
	}
	slices.Sort(days)
	what := j.meals(lines[0].ServiceID, len(lines)) + " " + fault.De(andList(names))
	if len(days) == 1 {
		return what + " du " + days[0].Long()
	}
	return what + " (" + daysText(days) + ")"
}

func (j *judge) refusedText(lines []booking.Line) string {
	list := make([]string, len(lines))
	for i, l := range lines {
		list[i] = l.Day.Medium() + " pour " + l.Child + " (" + strings.TrimSuffix(l.Reason, ".") + ")"
	}
	return strings.Join(list, ", ")
}
