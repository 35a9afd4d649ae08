package invoice

import (
	"net/mail"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"ardoise/data/fault"
	"ardoise/data/money"
)

// PayFiP is a link to the State's online payment (formats.md). Where the page
// lies is a setting; the room knows no address of its own. Its answer is
// unsigned: money is counted in when the cash office sees it, never before.
type PayFiP struct {
	Base      string      // address of the payment page, https; required
	Site      string      // the same as people type it; may be empty
	Client    string      // numcli: 6 digits
	Year      int         // exer: the budget's year
	Reference string      // refdet: 6 to 30 letters and digits
	Object    string      // objet: at most 100 signs; may be empty
	Amount    money.Cents // montant: above 0
	Mail      string      // mel: of who pays; may be empty, it is then asked for
	Return    string      // urlcl: https; may be empty
	Entry     string      // saisie: T (test), X (activation) or A (in service)
}

// Link checks the parameters and gives the address, always the same for the same
// parameters. The refusal says which one is wrong (Invalid).
func (f PayFiP) Link() (string, error) {
	if err := f.check(); err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(strings.TrimRight(f.Base, "?"))
	sep := "?"
	for _, one := range [...][2]string{
		{"numcli", f.Client},
		{"exer", strconv.Itoa(f.Year)},
		{"refdet", f.Reference},
		{"objet", f.Object},
		{"montant", strconv.FormatInt(int64(f.Amount), 10)},
		{"mel", f.Mail},
		{"urlcl", f.Return},
		{"saisie", f.Entry},
	} {
		if one[1] == "" {
			continue
		}
		b.WriteString(sep + one[0] + "=" + escape(one[1]))
		sep = "&"
	}
	return b.String(), nil
}

// escape leaves a plus for nobody to take for a space, or the other way round.
func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

func (f PayFiP) check() error {
	bad := func(format string, args ...any) error {
		return fault.New(fault.Invalid, "Lien de paiement en ligne : "+format, args...)
	}
	switch {
	case !address(f.Base, false):
		return bad("l’adresse de la page de paiement « %s » n’est pas une adresse https complète. Corrigez-la dans les réglages.", f.Base)
	case len(f.Client) != 6 || strings.Trim(f.Client, "0123456789") != "":
		return bad("le numéro de client (NUMCLI) compte 6 chiffres, « %s » n’en est pas un.", f.Client)
	case f.Year < 2000 || f.Year > 2999:
		return bad("l’exercice %d n’est pas une année.", f.Year)
	case len(f.Reference) < 6 || len(f.Reference) > 30 || !alphanumeric(f.Reference):
		return bad("la référence « %s » doit compter 6 à 30 lettres sans accent et chiffres.", f.Reference)
	case utf8.RuneCountInString(f.Object) > 100 || !utf8.ValidString(f.Object) || strings.ContainsFunc(f.Object, unicode.IsControl):
		return bad("l’objet dépasse 100 signes ou contient un signe interdit.")
	case f.Amount <= 0:
		return bad("le montant doit être positif, il est de %s.", f.Amount)
	case f.Mail != "" && !mailbox(f.Mail):
		return bad("« %s » n’est pas une adresse électronique.", f.Mail)
	case f.Return != "" && !address(f.Return, true):
		return bad("l’adresse de retour « %s » n’est pas une adresse https complète.", f.Return)
	case f.Entry != "T" && f.Entry != "X" && f.Entry != "A":
		return bad("le mode de saisie est T, X ou A, pas « %s ».", f.Entry)
	}
	return nil
}

// address tells a whole https address, without a name or password in it, and
// unless query allows it without anything after its path.
func address(text string, query bool) bool {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.Fragment != "" {
		return false
	}
	return (query || u.RawQuery == "") && !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' })
}

func mailbox(text string) bool {
	a, err := mail.ParseAddress(text)
	return err == nil && a.Address == text && len(text) <= 254
}

func alphanumeric(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
}
