package treasury

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"ardoise/data/bank"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
)

// Problem is one reason not to write the file.
type Problem struct {
	Piece    int    // its place in the list, from 1; 0 for the role or the settings
	Invoice  string // its number; empty for the role or the settings
	Sentence string // French, says what to mend
}

// maxAmount is the largest amount of the schema: 14 figures, two of them cents.
const maxAmount = money.Cents(99_999_999_999_999)

var (
	postShape   = regexp.MustCompile(`^(02[AB][0-9]{3,4}|[0-9]{6,7})$`)
	colShape    = regexp.MustCompile(`^[0-9]{3}$`)
	budShape    = regexp.MustCompile(`^[0-9A-Z][0-9]$`)
	localShape  = regexp.MustCompile(`^[0-9a-zA-Z]{1,4}$`)
	postalShape = regexp.MustCompile(`^[0-9]{5}$`)
	landShape   = regexp.MustCompile(`^[0-9]{3}$`)
	codeShape   = regexp.MustCompile(`^[0-9]{2}$`)
)

// checker gathers problems; those of a piece carry its place and number.
type checker struct {
	s     Settings
	b     Bordereau
	found []Problem
	at    Problem
}

func (c *checker) say(format string, args ...any) {
	p := c.at
	p.Sentence = fault.French(fmt.Sprintf(format, args...))
	c.found = append(c.found, p)
}

// want says the sentence where the condition fails.
func (c *checker) want(ok bool, format string, args ...any) {
	if !ok {
		c.say(format, args...)
	}
}

// Check lists what keeps the file from being written, settings and role first,
// then piece by piece. An empty list means that Write will not refuse.
func Check(s Settings, b Bordereau) []Problem {
	c := &checker{s: s, b: b}
	c.settings()
	c.role()
	articles, invoices := map[int]int{}, map[string]int{}
	for i, p := range b.Pieces {
		c.at = Problem{Piece: i + 1, Invoice: p.Invoice}
		article := b.article(i)
		if before, twice := articles[article]; twice {
			c.say("La pièce %d porte le même numéro d’article que la pièce %d.", i+1, before)
		}
		number := strings.TrimLeft(p.Invoice, "0")
		if before, twice := invoices[number]; twice && number != "" {
			c.say("La facture n° %s figure deux fois dans le rôle (pièces %d et %d).", p.Invoice, before, i+1)
		}
		articles[article], invoices[number] = i+1, i+1
		c.piece(p, article)
	}
	return c.found
}

func (c *checker) settings() {
	s := c.s
	c.want(valid(postShape, s.IdPost) && accepted(s.IdPost) != "", "Le codique du poste comptable doit avoir 6 ou 7 chiffres : « %s » (réglages de la trésorerie).", s.IdPost)
	c.want(siret(s.IdColl), "Le SIRET du budget doit avoir 14 chiffres et une clé juste : « %s » (réglages de la trésorerie).", s.IdColl)
	c.want(valid(colShape, s.CodCol) && s.CodCol != "000", "Le code de la collectivité doit avoir 3 chiffres : « %s » (réglages de la trésorerie).", s.CodCol)
	c.want(valid(budShape, s.CodBud), "Le code du budget doit avoir 2 signes, par exemple 00 : « %s » (réglages de la trésorerie).", s.CodBud)
	c.want(number(s.Nature, 12), "Le compte par nature doit être un nombre d’au plus 12 chiffres : « %s » (réglages de la trésorerie).", s.Nature)
	c.want(s.Fonction == "" || digitsOnly(s.Fonction) && len(s.Fonction) <= 10, "Le compte par fonction doit avoir au plus 10 chiffres : « %s » (réglages de la trésorerie).", s.Fonction)
	c.want(!s.Cle1 || digitsOnly(s.CodeNature), "Le code nature de la clé 1 doit être un nombre : « %s » (réglages de la trésorerie).", s.CodeNature)
	c.want(fits(s.Mister, 10) && fits(s.Madam, 10), "Les civilités doivent avoir de 1 à 10 signes : « %s » et « %s » (réglages de la trésorerie).", s.Mister, s.Madam)
	c.want(s.Affect == "" || fits(s.Affect, 10), "Le critère d’affectation doit avoir au plus 10 signes : « %s » (réglages de la trésorerie).", s.Affect)
	c.want(s.IdRegie == "" || fits(s.IdRegie, 10), "Le numéro de régie doit avoir au plus 10 signes : « %s » (réglages de la trésorerie).", s.IdRegie)
	c.want(s.NatPrel == "01" || s.NatPrel == "02", "Le mode de prélèvement est 01 (par le Trésor) ou 02 (par la commune), pas « %s » (réglages de la trésorerie).", s.NatPrel)
	c.want(len(s.PerPrel) == 2 && s.PerPrel >= "01" && s.PerPrel <= "07", "La périodicité du prélèvement va de 01 à 07 : « %s » (réglages de la trésorerie).", s.PerPrel)
	c.want(fits(s.Editor, 32) && fits(s.Program, 38), "Le nom du programme émetteur manque ou il est trop long.")
}

func (c *checker) role() {
	b := c.b
	c.want(b.Exer >= 2000 && b.Exer <= 9999, "L’exercice doit avoir quatre chiffres : %d.", b.Exer)
	c.want(b.Number >= 1 && b.Number <= 9_999_999, "Le numéro de bordereau doit être compris entre 1 et 9999999 : %d.", b.Number)
	c.want(b.Period >= 0 && b.Period <= 9, "La période est un chiffre de 0 à 9 : %d.", b.Period)
	c.want(dated(b.Made), "La date du fichier manque.")
	c.want(dated(b.Issued), "La date d’émission du bordereau manque.")
	c.want(b.Sent.IsZero() || dated(b.Sent) && b.Sent >= b.Issued, "Les avis ne peuvent pas être partis (%s) avant l’émission du bordereau (%s).", b.Sent.Short(), b.Issued.Short())
	c.want(fits(FileName(c.s, b), 100), "Le nom du fichier doit avoir de 1 à 100 signes.")
	c.want(len(b.Pieces) > 0, "Le bordereau ne contient aucune facture.")
	c.want(len(b.Pieces) <= 99_999, "Le bordereau contient %d factures ; il en faut au plus 99999 : faites-en deux.", len(b.Pieces))
	if total, err := b.Total(); err != nil || total > maxAmount {
		c.say("Le total du bordereau dépasse ce qu’un fichier peut porter : faites-en deux.")
	}
}

func (c *checker) piece(p Piece, article int) {
	c.want(article >= 1 && article <= 99_999_999, "Le numéro d’article doit être compris entre 1 et 99999999 : %d.", article)
	c.want(number(p.Invoice, numDette), "Le numéro de facture « %s » doit être un nombre d’au plus %d chiffres.", p.Invoice, numDette)
	c.want(p.Amount > 0, "Le montant de la facture est de %s : seule une somme due peut être transmise.", p.Amount)
	c.want(p.Amount <= maxAmount, "Le montant de la facture est trop grand : %s.", p.Amount)
	product := c.s.product(p)
	c.want(valid(localShape, product) && accepted(product) != "", "Le code produit local doit avoir de 1 à 4 lettres ou chiffres, comme convenu avec le comptable : « %s ».", product)
	c.debtor(p.Debtor)
	if p.Debit != nil {
		c.debit(p)
	}
}

func (c *checker) debtor(d Debtor) {
	sp := c.s.speller()
	c.want(valid(codeShape, d.category()) && valid(codeShape, d.legal()) && catTiers[d.category()] && natJur[d.legal()],
		"La catégorie (%s) ou la nature juridique (%s) du débiteur n’existe pas.", d.category(), d.legal())
	name, _ := sp.split(d.Last, 38)
	c.want(readable(name), "Le nom du débiteur manque ou ne s’écrit pas en caractères latins : « %s ». Complétez la fiche de la famille.", d.Last)
	if d.person() {
		c.want(readable(sp.text(d.First, 38)), "Le prénom du débiteur manque ou ne s’écrit pas en caractères latins : « %s ». Complétez la fiche de la famille.", d.First)
		_, known := c.s.civility(d.Civility)
		c.want(known, "La civilité du débiteur est inconnue : « %s ». Choisissez M. ou Mme sur la fiche de la famille.", d.Civility)
	}
	a := lay(sp, d.Address)
	c.want(readable(a.adr2), "L’adresse du débiteur manque : il faut au moins la rue ou le lieu-dit.")
	c.want(readable(a.city), "La ville du débiteur manque ou ne s’écrit pas en caractères latins : « %s ».", d.Address.City)
	if d.Address.Country == "" {
		c.want(valid(postalShape, strings.TrimSpace(d.Address.Postal)), "Le code postal doit avoir 5 chiffres : « %s ».", d.Address.Postal)
		return
	}
	c.want(valid(landShape, d.Address.Country) && d.Address.Country != "000" && d.Address.Country != "100",
		"Le code du pays doit être celui de l’INSEE, à 3 chiffres, et n’être pas la France : « %s ».", d.Address.Country)
}

func (c *checker) debit(p Piece) {
	d := p.Debit
	iban, err := bank.ParseIBAN(d.IBAN)
	if err != nil {
		c.say("Compte à prélever : %s", fault.Sentence(err))
	}
	bic, err := bank.ParseBIC(d.BIC)
	if err != nil {
		c.say("Compte à prélever : %s", fault.Sentence(err))
	}
	c.want(bic != "" || iban == "" || strings.HasPrefix(iban, "FR"), "Un compte tenu à l’étranger doit avoir son BIC.")
	c.want(readable(c.s.speller().text(d.holder(p.Debtor), 32)), "Le titulaire du compte à prélever manque ou ne s’écrit pas en caractères latins.")
	c.want(dated(d.Collect) && d.Collect >= c.b.Issued, "La date de prélèvement (%s) manque ou précède l’émission du bordereau.", d.Collect.Short())
	if c.s.NatPrel != "01" {
		return // the town's own file carries the mandate
	}
	c.want(sequenceCode[d.Sequence] != "", "La séquence du prélèvement est inconnue : « %s ».", d.Sequence)
	c.want(dated(d.Signed) && d.Signed <= d.Collect, "La date de signature du mandat manque ou suit le prélèvement.")
	c.want(rum(d.RUM), "La référence du mandat (RUM) manque ou n’est pas permise : « %s ».", d.RUM)
	c.want(d.OldRUM == "" || rum(d.OldRUM), "L’ancienne référence du mandat n’est pas permise : « %s ».", d.OldRUM)
	c.want(d.OldIBAN == "" || !d.NewBank, "Un compte changé se dit par l’ancien IBAN ou par le changement de banque, pas par les deux.")
	if d.OldIBAN != "" {
		if _, err := bank.ParseIBAN(d.OldIBAN); err != nil {
			c.say("Ancien compte : %s", fault.Sentence(err))
		}
	}
}

func rum(s string) bool {
	return s != "" && len(s) <= 35 && allSEPA(s) && strings.TrimSpace(s) == s
}

func valid(shape *regexp.Regexp, s string) bool { return shape.MatchString(s) }

// number tells a positive whole number of at most limit figures.
func number(s string, limit int) bool {
	return digitsOnly(s) && len(s) <= limit && strings.Trim(s, "0") != ""
}

// fits tells a text that goes into the file as it stands.
func fits(s string, limit int) bool {
	return speller{}.text(s, limit) == s && s != "" && utf8.RuneCountInString(s) <= limit
}

// dated tells a day the schema's four-figure year can write.
func dated(d calendar.Date) bool { return !d.IsZero() && d.Year() >= 1900 && d.Year() <= 9999 }

// siret checks the fourteen figures and their key (Luhn).
func siret(s string) bool {
	if len(s) != 14 || !digitsOnly(s) || strings.Trim(s, "0") == "" {
		return false
	}
	sum := 0
	for i := range len(s) {
		n := int(s[i] - '0')
		if i%2 == 0 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum%10 == 0
}

func set(codes ...string) map[string]bool {
	m := make(map[string]bool, len(codes))
	for _, c := range codes {
		m[c] = true
	}
	return m
}

// Categories and legal natures of a third party, as the schema lists them.
var (
	catTiers = set("01", "20", "21", "22", "23", "24", "25", "26", "27", "28", "29", "50", "60", "61", "62", "63", "64", "65", "70", "71", "72", "73", "74")
	natJur   = set("01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11")
)
