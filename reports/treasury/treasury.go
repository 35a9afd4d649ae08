// Package treasury is the room of one file: the PES V2 "PESORMC" that hands a
// role of invoices over to the public accountant, who collects them. It writes
// what it is given, in the order and the lengths of the DGFiP's schemas (v5.17),
// and refuses before the first byte whatever Hélios would reject. It reads no
// database, no clock and no schema, numbers nothing and decides no amount.
// Amounts are cents, days civil dates.
//
// Points that no public source settles are fields of Settings marked "to
// confirm": the town agrees on them with its accountant, once.
package treasury

import (
	"fmt"

	"ardoise/data/calendar"
	"ardoise/data/money"
)

// Settings is what the accountant gives the town, and what both agreed on. The
// names are those of the schema, so that the accountant's letter can be copied.
type Settings struct {
	IdPost       string // accountant's post: 6 or 7 digits, or 02A, 02B and 3 or 4 digits; required
	LibellePoste string // its name, at most 38; may be empty
	IdColl       string // SIRET of the budget, 14 digits; required
	CodCol       string // code of the collectivity, 3 digits; required
	CodBud       string // code of the budget, a digit or capital and a digit; "00" for the main one
	LibelleCol   string // its name, at most 38; may be empty

	// Nature is the account in the plan of accounts. To confirm; the schema
	// itself proposes 588 for a role.
	Nature string
	// Fonction is the functional account, where the budget is voted by function.
	// To confirm; empty leaves it out.
	Fonction string
	// CodProdLoc is the local product code, 1 to 4 letters or digits, as agreed
	// with the accountant. To confirm: there is no sound default.
	CodProdLoc string
	// Affect directs the file inside the accountant's services, at most 10. To
	// confirm; empty leaves it out.
	Affect string
	// IdRegie ties each line to the cash office known to Hélios, at most 10. To
	// confirm; empty leaves it out.
	IdRegie string

	// Mister and Madam are the two civilities written for people. The list Hélios
	// accepts is in an annex the schemas do not hold: to confirm; "M" and "MME".
	Mister, Madam string
	// Capitals writes names and addresses in capitals without accents, as the
	// postal norm the schema cites. To confirm; false keeps what was typed.
	Capitals bool
	// Cle1 writes the first control key. To confirm: off, for a key left out
	// cannot be wrong, and the schema lets it out.
	Cle1 bool
	// CodeNature is the "code nature" inside the first key. To confirm; "01".
	CodeNature string
	// NumeroFacture writes the invoice's number once more under that name.
	NumeroFacture bool

	// NatPrel says who hands the direct debits to the bank: "01" the Treasury,
	// "02" the town itself, which sends its own SEPA file. To confirm.
	NatPrel string
	// PerPrel is how often: "07", a single collection, as the schema advises.
	PerPrel string

	Editor  string // who made the program, at most 32
	Program string // name and version, at most 38
}

// Default gives the settings with what has a default; IdPost, IdColl, CodCol and
// CodProdLoc stay empty, for only the accountant knows them.
func Default() Settings {
	return Settings{
		CodBud: "00", Nature: "588", Mister: "M", Madam: "MME", Capitals: true, CodeNature: "01",
		NumeroFacture: true, NatPrel: "01", PerPrel: "07", Editor: "Ardoise", Program: "Ardoise",
	}
}

// Bordereau is one role: the invoices of a month that go to the accountant
// together.
type Bordereau struct {
	Exer    int           // budget year, four figures
	Number  int           // of the role, unique in the year, 1 to 9999999
	Made    calendar.Date // day the file is made
	Issued  calendar.Date // day the role is issued
	Sent    calendar.Date // day the invoices went to the families; may be zero
	Object  string        // "Restauration scolaire, novembre 2026", at most 160
	Period  int           // 0 to 9, completes the invoices' numbers; 0 where these are unique in the year
	Pieces  []Piece
	NomFic  string // name of the file; FileName's when empty
	ObjLine bool   // repeats each piece's object on its line
}

// Piece is one invoice of one debtor.
type Piece struct {
	Number  int         // article of the role, 1 to 99999999; its place in the list when 0
	Invoice string      // number of the invoice, digits, at most 13 (the keys want no more)
	Object  string      // at most 160; may be empty
	Product string      // local product code of this piece; that of the settings when empty
	Amount  money.Cents // of the claim, above 0
	Debtor  Debtor
	Debit   *DirectDebit // nil: not collected by direct debit
}

// Debtor is who owes.
type Debtor struct {
	Ref      string // number of the family with the town, at most 30; may be empty
	Category string // CatTiers: "01", a person, when empty
	Legal    string // NatJur: "01", a private person, when empty
	Civility string // "M.", "Mme": required of a person
	Last     string // name, or that of an organisation
	First    string // required of a person
	Address  Address
}

// Address is a postal address; of each line at most 38 signs are kept.
type Address struct {
	Complement string // flat, stair, building; may be empty
	Street     string // number and street; another line stands in where it is empty
	Place      string // hamlet; may be empty
	Postal     string // five digits in France
	City       string
	Country    string // INSEE code of a country other than France (99xxx without the 99); empty for France
}

// Sequence is the place of a collection in the life of a mandate.
type Sequence string

// The sequences of the SEPA scheme.
const (
	OneOff    Sequence = "OOFF"
	First     Sequence = "FRST"
	Recurrent Sequence = "RCUR"
	Final     Sequence = "FNAL"
)

var sequenceCode = map[Sequence]string{OneOff: "01", First: "02", Recurrent: "03", Final: "04"}

// DirectDebit is the account, the mandate and the collection of one piece.
type DirectDebit struct {
	IBAN     string
	BIC      string // required for an account abroad
	Holder   string // of the account, at most 32; the debtor's name when empty
	Collect  calendar.Date
	Sequence Sequence
	RUM      string // as on the mandate, at most 35 signs of the SEPA set
	Signed   calendar.Date
	Label    string // on the debtor's statement, at most 140; may be empty

	OldRUM  string // the mandate had another reference; may be empty
	OldIBAN string // the account has changed within the bank; may be empty
	NewBank bool   // the account has changed and so has the bank; excludes OldIBAN
	// Other says that the account's holder is not the debtor.
	Other bool
}

// Total adds the pieces up, in cents.
func (b Bordereau) Total() (total money.Cents, err error) {
	for _, p := range b.Pieces {
		if total, err = money.Add(total, p.Amount); err != nil {
			return 0, err
		}
	}
	return total, nil
}

// FileName is the name the file goes under, inside and out. Its shape is to
// confirm with whoever carries the files; NomFic overrides it.
func FileName(s Settings, b Bordereau) string {
	if b.NomFic != "" {
		return b.NomFic
	}
	return fmt.Sprintf("PESORMC_%s_%04d_%07d.xml", s.IdColl, b.Exer, b.Number)
}

func (b Bordereau) article(i int) int {
	if n := b.Pieces[i].Number; n != 0 {
		return n
	}
	return i + 1
}

func (s Settings) product(p Piece) string {
	if p.Product != "" {
		return p.Product
	}
	return s.CodProdLoc
}

func (d Debtor) person() bool { return d.category() == "01" }

func (d Debtor) category() string {
	if d.Category == "" {
		return "01"
	}
	return d.Category
}

func (d Debtor) legal() string {
	if d.Legal == "" {
		return "01"
	}
	return d.Legal
}
