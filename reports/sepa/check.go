package sepa

import (
	"fmt"
	"regexp"
	"strings"

	"ardoise/data/bank"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
)

// WholeBatch is the Debit of a problem that is not one debit's.
const WholeBatch = -1

// Problem is one thing to put right before the file can be written.
type Problem struct {
	Debit    int    // index in Batch.Debits, or WholeBatch
	Sentence string // French; says what is wrong and what to do, without naming the debtor
}

// The amounts of a direct debit in euro (EPC130-08: 0.01 to 999,999,999.99), in cents.
const (
	minAmount money.Cents = 1
	maxAmount money.Cents = 99_999_999_999
)

// horizon is how far ahead a collection date may lie, in days: further away it is a wrong year.
const horizon = 366

var country = regexp.MustCompile(`^[A-Z]{2}$`)

// checker collects problems, and puts IBAN, BIC, ICS and RUM into the form that is written.
type checker struct{ problems []Problem }

func (c *checker) say(debit int, format string, args ...any) {
	c.problems = append(c.problems, Problem{debit, fault.French(fmt.Sprintf(format, args...))})
}

func (c *checker) parsed(debit int, text string, parse func(string) (string, error)) string {
	s, err := parse(text)
	if err != nil {
		c.say(debit, "%s", fault.Sentence(err))
		return text
	}
	return s
}

// Check applies our own rules to a batch: identifiers, account numbers, the creditor, the collection date, amounts,
// mandates and sequences. Nothing found means that Write will write a valid file. It asks no clock: that the date leaves
// the bank and the families their notice is for the caller to see.
func Check(b Batch) []Problem {
	_, problems := prepare(b)
	return problems
}

// prepare checks a batch and gives it as it is to be written.
func prepare(b Batch) (Batch, []Problem) {
	var c checker
	c.head(&b)
	debits := make([]Debit, len(b.Debits))
	copy(debits, b.Debits)
	for i := range debits {
		c.debit(i, &debits[i], b)
	}
	c.together(debits)
	b.Debits = debits
	if len(c.problems) == 0 {
		if _, err := Sum(b); err != nil {
			c.say(WholeBatch, "%s", fault.Sentence(err))
		}
	}
	return b, c.problems
}

func (c *checker) head(b *Batch) {
	say := func(format string, args ...any) { c.say(WholeBatch, format, args...) }
	if b.Version != V02 && b.Version != V08 {
		say("La version « %s » du fichier de prélèvement n’est pas connue : choisissez 02 ou 08, selon votre banque.", b.Version)
	}
	switch {
	case b.MessageID == "":
		say("La référence de la remise manque.")
	case !bank.IsReference(b.MessageID):
		say("La référence de la remise « %s » n’est pas admise par les banques : lettres sans accent, chiffres et / - ? : ( ) . , ' + seulement, sans « / » au début ni à la fin, sans « // ».", b.MessageID)
	case len(b.MessageID) > maxMessageID:
		say("La référence de la remise « %s » est trop longue : %d caractères au plus.", b.MessageID, maxMessageID)
	}
	if b.CreatedAt.IsZero() {
		say("La date de création de la remise manque.")
	}
	c.day(b)
	c.creditor(&b.Creditor)
	if len(b.Debits) == 0 {
		say("La remise ne contient aucun prélèvement.")
	}
}

func (c *checker) day(b *Batch) {
	if b.CollectOn.IsZero() {
		c.say(WholeBatch, "La date de prélèvement manque.")
		return
	}
	if !calendar.TargetOpen(b.CollectOn) {
		c.say(WholeBatch, "Les banques européennes sont fermées le %s : choisissez par exemple le %s.", b.CollectOn.Long(), calendar.NextTarget(b.CollectOn).Long())
	}
	if b.CreatedAt.IsZero() {
		return
	}
	today := calendar.DateOf(b.CreatedAt)
	if b.CollectOn <= today {
		c.say(WholeBatch, "La date de prélèvement, le %s, est passée ou trop proche : choisissez une date à venir.", b.CollectOn.Long())
	}
	if b.CollectOn > today.Add(horizon) {
		c.say(WholeBatch, "La date de prélèvement, le %s, est dans plus d’un an : vérifiez l’année.", b.CollectOn.Long())
	}
}

func (c *checker) creditor(who *Creditor) {
	if name := bank.Name(who.Name); name == "" || name == bank.NotProvided {
		c.say(WholeBatch, "Le nom du créancier manque, ou ne peut pas s’écrire en lettres latines : complétez-le dans les réglages.")
	}
	who.ICS = c.parsed(WholeBatch, who.ICS, bank.ParseICS)
	who.IBAN = c.account(WholeBatch, "Compte du créancier", who.IBAN)
	who.BIC = c.parsed(WholeBatch, who.BIC, bank.ParseBIC)
	town := bank.Clean(who.Town, maxTown)
	switch {
	case who.Town == "" && who.Country == "":
	case town == "" || who.Country == "":
		c.say(WholeBatch, "L’adresse du créancier est incomplète : donnez la ville et le pays, ou aucun des deux.")
	case !country.MatchString(who.Country):
		c.say(WholeBatch, "Le pays du créancier « %s » n’est pas un code de deux lettres majuscules, par exemple FR.", who.Country)
	}
}

func (c *checker) account(debit int, whose, iban string) string {
	s, err := bank.ParseIBAN(iban)
	if err != nil {
		c.say(debit, "%s : %s", whose, fault.Sentence(err))
		return iban
	}
	return s
}

func (c *checker) debit(i int, d *Debit, b Batch) {
	switch {
	case d.EndToEndID == "":
		c.say(i, "La référence du prélèvement manque.")
	case !bank.IsReference(d.EndToEndID):
		c.say(i, "La référence du prélèvement « %s » n’est pas admise par les banques : 35 lettres sans accent, chiffres ou / - ? : ( ) . , ' + au plus, sans « / » au début ni à la fin, sans « // ».", d.EndToEndID)
	}
	switch {
	case d.Amount < minAmount:
		c.say(i, "Le montant %s ne peut pas être prélevé : il doit être d’au moins %s.", d.Amount, minAmount)
	case d.Amount > maxAmount:
		c.say(i, "Le montant %s ne peut pas être prélevé : le maximum est de %s.", d.Amount, maxAmount)
	}
	switch d.Sequence {
	case First, Recurrent, OneOff, Final:
	default:
		c.say(i, "Le type de séquence « %s » n’est pas connu : FRST, RCUR, OOFF ou FNAL.", d.Sequence)
	}
	if d.AccountChanged && d.Sequence == OneOff {
		c.say(i, "Un prélèvement ponctuel ne peut pas porter un changement de compte : faites signer un nouveau mandat.")
	}
	d.UMR = c.parsed(i, d.UMR, bank.ParseUMR)
	switch {
	case d.SignedOn.IsZero():
		c.say(i, "Le mandat n’a pas de date de signature : complétez-la ou faites signer le mandat.")
	case !b.CreatedAt.IsZero() && d.SignedOn > calendar.DateOf(b.CreatedAt):
		c.say(i, "Le mandat est signé le %s, après la création de la remise : corrigez la date de signature.", d.SignedOn.Short())
	}
	if strings.TrimSpace(d.Name) == "" {
		c.say(i, "Le nom du titulaire du compte manque.")
	}
	d.IBAN = c.account(i, "Compte à débiter", d.IBAN)
	d.BIC = c.parsed(i, d.BIC, bank.ParseBIC)
}

// together checks what only shows when debits stand side by side.
func (c *checker) together(debits []Debit) {
	references := make(map[string]int, len(debits))
	mandates := make(map[string]int, len(debits))
	for i, d := range debits {
		if first, twice := references[d.EndToEndID]; twice && d.EndToEndID != "" {
			c.say(i, "La référence « %s » sert déjà au prélèvement n° %d de la remise : chacune ne sert qu’une fois.", d.EndToEndID, first+1)
		} else {
			references[d.EndToEndID] = i
		}
		first, twice := mandates[d.UMR]
		if !twice || d.UMR == "" {
			mandates[d.UMR] = i
			continue
		}
		other := debits[first]
		switch {
		case other.IBAN != d.IBAN || other.SignedOn != d.SignedOn:
			c.say(i, "Le mandat %s a un autre compte ou une autre date de signature que dans le prélèvement n° %d de la remise.", d.UMR, first+1)
		case d.Sequence != Recurrent || other.Sequence != Recurrent:
			c.say(i, "Le mandat %s sert déjà au prélèvement n° %d de la remise : un premier, un dernier ou un ponctuel y est seul. Regroupez les sommes.", d.UMR, first+1)
		}
	}
}

// refusal is the sentence of a file that is not written: the first problems, and how many more.
func refusal(b Batch, problems []Problem) error {
	const shown = 3
	var said []string
	for _, p := range problems[:min(shown, len(problems))] {
		s := p.Sentence
		if p.Debit != WholeBatch {
			name := strings.TrimSpace(b.Debits[p.Debit].Name)
			if name == "" {
				name = fmt.Sprintf("Prélèvement n°\u00a0%d", p.Debit+1)
			}
			s = name + " : " + s
		}
		said = append(said, s)
	}
	if more := len(problems) - shown; more == 1 {
		said = append(said, "Un autre point est à corriger.")
	} else if more > 1 {
		said = append(said, fmt.Sprintf("%d autres points sont à corriger.", more))
	}
	return fault.New(fault.Invalid, "Le fichier de prélèvement n’a pas été écrit. %s", strings.Join(said, " "))
}
