package billing

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"ardoise/data/bank"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Settings are what a town decides about its invoices, its direct debits and its
// cash office. Points that only its accountant can settle are here too, with the
// default that public documents suggest (formats.md, "to confirm").
type Settings struct {
	// The cash office and its invoices.
	Office      string // code of the cash office, "" or two digits: a part of invoice numbers
	OfficeName  string // "Régie de recettes « Cantine »"
	IssuerName  string // who issues: last name, first name, quality (CRPA art. L212-1)
	IssuerGiven string
	IssuerTitle string
	Contact     string      // telephone, e-mail of the cash office
	Threshold   money.Cents // below it a sum is put off (CGCT art. L1611-5, D1611-1: 15 €); 0: never
	DueDays     int         // from issue to due date
	Appeal      string      // how to contest
	Tobacconist bool        // print the text on paying at a tobacconist's
	Remind      [3]int      // days after the due date of the three reminders
	CashFloat   money.Cents // in the box on an ordinary morning

	// The creditor of direct debits.
	Creditor        string
	Street          string
	Postal          string
	City            string
	ICS             string
	IBAN            string
	BIC             string
	UMRPrefix       string // of the mandates' references
	BankDays        int    // TARGET days the bank wants a file before the collection
	NoticeDays      int    // calendar days a family is told before (EPC016-06, 4.1: 14 unless agreed otherwise)
	First           bool   // mark the first collection FRST (since November 2016 RCUR may come first)
	Treasury        bool   // the account is a deposit account of the Treasury
	TreasuryService string // its service code: a part of file names
	TreasuryCode    string // the accountant's six digits: a part of end-to-end references
	TreasuryHolder  string // ultimate creditor

	// The State's online payment.
	PayFiPURL    string // "" : no link and no QR code
	PayFiPClient string // numcli, six digits
	PayFiPEntry  string // saisie: T, X or A

	// The treasury file (PES V2).
	PESPost    string // IdPost
	PESSIRET   string // IdColl
	PESColl    string // CodCol
	PESBudget  string // CodBud
	PESNature  string // account of the sales, e.g. 7067
	PESProduct string // CodProdLoc
	PESKey1    bool   // write Cle1
}

// defaultAppeal is what an invoice says of contesting it, until the town says
// otherwise (CRPA art. L112-6 and R421-5 of the code of administrative justice;
// CGCT art. L1617-5 for the sum itself).
const defaultAppeal = "Dans le délai de deux mois suivant la réception du présent avis, vous pouvez contester le bien-fondé de la somme demandée devant la juridiction compétente (tribunal administratif pour un service public administratif). Avant toute démarche, vous pouvez adresser une réclamation à la mairie, qui ne suspend pas ce délai."

// field is one setting: its name in the database and where it lives.
type field struct {
	name string
	at   any // *string, *int, *bool or *money.Cents
}

func (s *Settings) fields() []field {
	return []field{
		{"billing.office", &s.Office},
		{"billing.office_name", &s.OfficeName},
		{"billing.issuer_name", &s.IssuerName},
		{"billing.issuer_given", &s.IssuerGiven},
		{"billing.issuer_title", &s.IssuerTitle},
		{"billing.contact", &s.Contact},
		{"billing.threshold", &s.Threshold},
		{"billing.due_days", &s.DueDays},
		{"billing.appeal", &s.Appeal},
		{"billing.tobacconist", &s.Tobacconist},
		{"billing.remind1", &s.Remind[0]},
		{"billing.remind2", &s.Remind[1]},
		{"billing.remind3", &s.Remind[2]},
		{"billing.cash_float", &s.CashFloat},
		{"creditor.name", &s.Creditor},
		{"creditor.street", &s.Street},
		{"creditor.postal", &s.Postal},
		{"creditor.city", &s.City},
		{"creditor.ics", &s.ICS},
		{"creditor.iban", &s.IBAN},
		{"creditor.bic", &s.BIC},
		{"debit.umr_prefix", &s.UMRPrefix},
		{"debit.bank_days", &s.BankDays},
		{"debit.notice_days", &s.NoticeDays},
		{"debit.first", &s.First},
		{"debit.treasury", &s.Treasury},
		{"debit.treasury_service", &s.TreasuryService},
		{"debit.treasury_code", &s.TreasuryCode},
		{"debit.treasury_holder", &s.TreasuryHolder},
		{"payfip.url", &s.PayFiPURL},
		{"payfip.client", &s.PayFiPClient},
		{"payfip.entry", &s.PayFiPEntry},
		{"pes.post", &s.PESPost},
		{"pes.siret", &s.PESSIRET},
		{"pes.coll", &s.PESColl},
		{"pes.budget", &s.PESBudget},
		{"pes.nature", &s.PESNature},
		{"pes.product", &s.PESProduct},
		{"pes.key1", &s.PESKey1},
	}
}

// DefaultSettings is what a new town begins with.
func DefaultSettings() Settings {
	return Settings{
		Threshold: 15_00, DueDays: 30, Appeal: defaultAppeal, Remind: [3]int{10, 30, 50}, UMRPrefix: "ARD", BankDays: 2, NoticeDays: 14,
		PayFiPEntry: "X", PESNature: "7067", PESKey1: true,
	}
}

// settings reads them inside a transaction.
func settings(tx *store.Tx) (Settings, error) {
	s := DefaultSettings()
	kept := map[string]string{}
	err := store.Each(tx, func(r *sql.Rows) error {
		var name, value string
		err := r.Scan(&name, &value)
		kept[name] = value
		return err
	}, `SELECT name, value FROM setting WHERE name LIKE 'billing.%' OR name LIKE 'creditor.%' OR name LIKE 'debit.%' OR name LIKE 'payfip.%' OR name LIKE 'pes.%'`)
	if err != nil {
		return s, err
	}
	for _, f := range s.fields() {
		if text, ok := kept[f.name]; ok {
			if err := f.read(text); err != nil {
				return s, fmt.Errorf("billing: setting %s: %w", f.name, err)
			}
		}
	}
	return s, nil
}

func (f field) read(text string) (err error) {
	switch at := f.at.(type) {
	case *string:
		*at = text
	case *int:
		*at, err = strconv.Atoi(text)
	case *bool:
		*at = text == "1"
	case *money.Cents:
		var n int64
		n, err = strconv.ParseInt(text, 10, 64)
		*at = money.Cents(n)
	}
	return err
}

func (f field) text() string {
	switch at := f.at.(type) {
	case *string:
		return *at
	case *int:
		return strconv.Itoa(*at)
	case *bool:
		if *at {
			return "1"
		}
		return "0"
	case *money.Cents:
		return strconv.FormatInt(int64(*at), 10)
	}
	panic("billing: a setting of an unknown type: " + f.name) // a field above was given one
}

// SettingNames lists the names of the settings, as the command line knows them.
func SettingNames() []string {
	var s Settings
	names := make([]string, 0, 40)
	for _, f := range s.fields() {
		names = append(names, f.name)
	}
	return names
}

// Value gives one setting as text: amounts in cents, 1 or 0 for yes or no. An
// unknown name gives "".
func (s Settings) Value(name string) string {
	for _, f := range s.fields() {
		if f.name == name {
			return f.text()
		}
	}
	return ""
}

// Set reads one setting as people type it: amounts in euros ("15,00"), oui or
// non. SetSettings checks it with the others.
func (s *Settings) Set(name, text string) error {
	text = strings.TrimSpace(text)
	for _, f := range s.fields() {
		if f.name == name {
			return f.set(text)
		}
	}
	return fault.New(fault.NotFound, "Le réglage « %s » n’existe pas. Réglages"+nbsp+": %s.", name, strings.Join(SettingNames(), ", "))
}

func (f field) set(text string) (err error) {
	switch at := f.at.(type) {
	case *string:
		*at = text
	case *money.Cents:
		*at, err = money.Parse(text)
	case *int:
		if *at, err = strconv.Atoi(text); err != nil {
			err = fault.Wrap(fault.Invalid, err, "Le réglage « %s » veut un nombre entier, pas « %s ».", f.name, text)
		}
	case *bool:
		yes := slices.Contains([]string{"oui", "1", "true", "vrai"}, strings.ToLower(text))
		if !yes && !slices.Contains([]string{"non", "0", "false", "faux"}, strings.ToLower(text)) {
			return fault.New(fault.Invalid, "Le réglage « %s » veut oui ou non, pas « %s ».", f.name, text)
		}
		*at = yes
	}
	return err
}

// Settings gives the settings.
func (s *Service) Settings(ctx context.Context) (out Settings, err error) {
	if err := staff.Require(ctx, readers...); err != nil {
		return out, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		out, err = settings(tx)
		return err
	})
	return out, err
}

// readers may look at invoices and what is owed.
var readers = []staff.Role{staff.Regie, staff.Accueil, staff.Admin}

// SetSettings checks and keeps the settings; an Invalid refusal names the field.
func (s *Service) SetSettings(ctx context.Context, wanted Settings) error {
	if err := staff.Require(ctx, staff.Admin, staff.Regie); err != nil {
		return err
	}
	if err := wanted.check(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *store.Tx) error {
		now, err := settings(tx)
		if err != nil {
			return err
		}
		was, will := now.fields(), wanted.fields()
		var changed []string
		for i, f := range will { // forty settings, changed by hand
			if f.text() == was[i].text() {
				continue
			}
			changed = append(changed, f.name)
			if _, err := tx.Exec(`INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, f.name, f.text()); err != nil {
				return err
			}
		}
		if len(changed) == 0 {
			return nil
		}
		tx.Publish(Topic)
		return staff.Audit(tx, "billing.settings", "setting:billing", "Réglages de facturation changés"+nbsp+": "+strings.Join(changed, ", "))
	})
}

var (
	twoDigits = regexp.MustCompile(`^(0[1-9]|[1-9][0-9])$`)
	sixDigits = regexp.MustCompile(`^[0-9]{6}$`)
	siret     = regexp.MustCompile(`^[0-9]{14}$`)
	service   = regexp.MustCompile(`^[A-Z0-9]{1,10}$`)
)

// check judges each field where a wrong one would only show months later, on
// an invoice or in the bank's refusal; what it takes it writes in its one form.
func (s *Settings) check() (err error) {
	for _, f := range s.fields() {
		if at, ok := f.at.(*string); ok {
			*at = strings.TrimSpace(*at)
		}
	}
	if s.IBAN != "" {
		if s.IBAN, err = bank.ParseIBAN(s.IBAN); err != nil {
			return err
		}
	}
	if s.BIC, err = bank.ParseBIC(s.BIC); err != nil {
		return err
	}
	s.ICS = strings.ToUpper(strings.ReplaceAll(s.ICS, " ", ""))
	if s.ICS != "" {
		if s.ICS, err = bank.ParseICS(s.ICS); err != nil {
			return err
		}
	}
	s.UMRPrefix = strings.ToUpper(s.UMRPrefix)
	for _, rule := range []struct {
		wrong bool
		text  string
	}{
		{s.Office != "" && !twoDigits.MatchString(s.Office), "Le code de la régie a deux chiffres (01 à 99), ou rien s’il n’y en a qu’une."},
		{s.Threshold < 0 || s.Threshold > 100_00, "Le seuil de report va de 0 à 100,00\u00a0€."},
		{s.DueDays < 0 || s.DueDays > 90, "Le délai de paiement va de 0 à 90 jours."},
		{s.Appeal == "", "Le texte sur les voies de recours est obligatoire sur un avis des sommes à payer."},
		{s.Remind[0] < 1 || s.Remind[1] <= s.Remind[0] || s.Remind[2] <= s.Remind[1] || s.Remind[2] > 365, "Les trois relances se suivent\u00a0: chacune au moins un jour après la précédente, la dernière dans l’année."},
		{s.CashFloat < 0 || s.CashFloat > 10_000_00, "Le fonds de caisse va de 0 à 10\u202f000\u00a0€."},
		{!umrPrefix.MatchString(s.UMRPrefix), "Le début des RUM a de 1 à 12 lettres majuscules ou chiffres."},
		{s.BankDays < 1 || s.BankDays > 15, "Le préavis de la banque va de 1 à 15 jours ouvrés."},
		{s.NoticeDays < 1 || s.NoticeDays > 30, "Le préavis aux familles va de 1 à 30 jours (14 sauf accord)."},
		{s.Treasury && !sixDigits.MatchString(s.TreasuryCode), "Le codique du comptable a six chiffres."},
		{s.Treasury && !service.MatchString(s.TreasuryService), "Le code du service pour les fichiers du Trésor a de 1 à 10 lettres majuscules ou chiffres."},
		{s.PayFiPURL != "" && !strings.HasPrefix(s.PayFiPURL, "https://"), "L’adresse de PayFiP commence par https://."},
		{s.PayFiPURL != "" && !sixDigits.MatchString(s.PayFiPClient), "Le numéro de client PayFiP a six chiffres."},
		{!slices.Contains([]string{"T", "X", "A"}, s.PayFiPEntry), "Le mode de saisie PayFiP est T (essai), X (activation) ou A (production)."},
		{s.PESSIRET != "" && !siret.MatchString(s.PESSIRET), "Le SIRET de la collectivité a quatorze chiffres."},
	} {
		if rule.wrong {
			return fault.New(fault.Invalid, "%s", rule.text)
		}
	}
	return nil
}

var umrPrefix = regexp.MustCompile(`^[A-Z0-9]{1,12}$`)
