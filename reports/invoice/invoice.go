// Package invoice is the room of what a family is asked to pay: the invoice and
// its credit note, alone or many in one file, the link of the State's online
// payment, and the letters about money (reminders, notice of a direct debit,
// notice of a refused one), all as PDF in French public style. It prints what it
// is given and computes nothing but the check that every sum is right: an
// invoice that does not add up is refused. It never reads a clock, a database
// or a setting. Amounts are cents, days civil dates.
package invoice

import (
	"context"
	"io"
	"iter"
	"strings"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/money"
	"ardoise/reports/page"
)

const nbsp = "\u00a0"

// Issuer is who claims the money.
type Issuer struct {
	Commune string   // "Saint-Marcel-en-Dombes"
	Body    string   // who the commune acts through: "Communauté de communes de la Dombes"; "Commune de …" when empty
	Place   string   // where letters are written; the commune when empty
	Service string   // "Restaurant scolaire"
	Office  string   // the cash office: "Régie de recettes « Cantine »"; may be empty
	Address []string // lines of the town hall's address
	Contact string   // telephone, e-mail; may be empty
	Agent   string   // first name and name of who issues; an invoice must name one
	Quality string   // "Maire", "Régisseuse titulaire"; an invoice must name one
}

// Paper is what all papers of a run carry besides their own matter.
type Paper struct {
	Issuer      Issuer
	MadeAt      time.Time // instant of the caller's clock, required
	Program     string    // "Ardoise 1.0"
	Notice      string    // "Démonstration"; may be empty
	Heading     string    // "Avis des sommes à payer"; "Facture" when empty
	Ways        []string  // ways to pay, a sentence each; may be empty
	Tobacconist string    // how to pay at a tobacconist's; may be empty
	Appeal      string    // ways and time limits of appeal; Appeal("") when empty
}

// Addressee is who pays. The address stands in the window of an envelope, in six
// lines with the name: what is more is brought together.
type Addressee struct {
	Name    string   // "M. et Mme Favier"
	Address []string // lines, the postal code and town last
	Family  string   // "F-0087"; may be empty
}

// Kind is what sort of invoice it is.
type Kind int

// An invoice, the credit note that takes one back, or the invoice that corrects
// one.
const (
	Bill Kind = iota
	Credit
	Corrective
)

// Invoice is one of them, as it was issued.
type Invoice struct {
	Number       string // figures, at most 15 (formats.md); required
	Kind         Kind
	Corrects     string        // number of the invoice it corrects; required but on a Bill
	CorrectsDate calendar.Date // when that one was issued; may be zero
	Reason       string        // why it corrects; may be empty
	IssuedOn     calendar.Date // required
	From, To     calendar.Date // the period, both days included; required
	Due          calendar.Date // last day to pay; required where there is something to pay
	Payer        Addressee
	Children     []Child
	Meals        money.Cents // sum of the meals' parts
	Care         money.Cents // sum of the supervision's parts
	Total        money.Cents // sum of all lines; negative on a Credit
	Previous     money.Cents // balance before: owed when positive, in the family's favour when negative
	Paid         money.Cents // already paid of this invoice
	ToPay        money.Cents // Total + Previous - Paid
	Debit        *Debit      // nil: the family pays by itself
	Online       *PayFiP     // nil: no online payment; its amount is ToPay
	PaidOn       calendar.Date
	PaidBy       string // "chèque"; shown with PaidOn; may be empty
	Duplicate    bool   // printed once more
}

// Child is one child's part.
type Child struct {
	Name          string
	Class         string        // "CE1, école du Bourg"; may be empty
	Quotient      *int          // nil when none is known
	QuotientUntil calendar.Date // last day it is valid; may be zero
	Tariff        string        // "QF 3 : 601 à 900"; may be empty
	Flat          bool          // the tariff does not depend on the quotient
	Lines         []Line
	Meals         money.Cents
	Care          money.Cents
	Total         money.Cents
}

// What is why a day is charged.
type What int

// A day is charged for a booking, or for something out of the usual.
const (
	Booked     What = iota
	NotBooked       // eaten without booking
	Late            // booked past the cut-off
	Waiting         // unpaid waiting day of a justified absence
	Correction      // of an earlier invoice; Detail says what changed
)

var whats = [...]string{NotBooked: "sans réservation", Late: "réservation tardive", Waiting: "jour de carence", Correction: "correction"}

// Line is one day of one child. Where the tariff separates them, Meals and Care
// are the two parts of Price; else both are 0.
type Line struct {
	Date    calendar.Date // may be zero on a correction
	Service string        // "Repas", "Garderie du soir"
	What    What
	Detail  string      // what changed; may be empty
	Tariff  string      // where it is not the child's; may be empty
	Price   money.Cents // negative on a correction in the family's favour
	Meals   money.Cents
	Care    money.Cents
}

// Debit is the notice of a direct debit (14 days before, formats.md).
type Debit struct {
	Amount   money.Cents   // at most what there is to pay
	Date     calendar.Date // of collection
	Creditor string
	ICS      string
	RUM      string
	Account  string // masked; a whole account number is masked here
}

// Seq makes a sequence of a slice.
func Seq[T any](all []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, one := range all {
			if !yield(one, nil) {
				return
			}
		}
	}
}

func (p Paper) meta(title string) page.Meta {
	return page.Meta{Title: title, Author: strings.TrimSpace(p.Issuer.Commune + " " + p.Issuer.Service), Program: p.Program, MadeAt: p.MadeAt}
}

// Document is what this room prints: an Invoice, a Reminder, a DebitNotice, a
// Refusal.
type Document interface {
	// prepare checks the document and says how to draw it.
	prepare(p Paper) (page.Item, error)
	// plural names many of them in one file.
	plural() string
}

// PDF writes one document. One that does not add up is refused (Internal), one
// that lacks what the law or the envelope asks for as well (Invalid).
func PDF(ctx context.Context, w io.Writer, p Paper, one Document) error {
	item, err := one.prepare(p)
	if err != nil {
		return err
	}
	return page.Write(ctx, w, item.Meta, item.Build)
}

// AllPDF writes documents into one file for printing, each with its own page
// numbers. total is only told to progress, which may be nil. One refused document
// refuses the file: nothing is written then, nor when ctx is cancelled.
func AllPDF[T Document](ctx context.Context, w io.Writer, p Paper, all iter.Seq2[T, error], total int, progress func(done, total int)) error {
	var none T
	return page.WriteMany(ctx, w, p.meta(none.plural()), items(prepared(all, p)), counted(total, progress))
}

// EachPDF makes one file of each document and hands it to deliver, in order; the
// bytes are the receiver's to keep. Many cost far less here than by PDF, which
// loads the fonts for each. A refused document, an error of the sequence or of
// deliver, or ctx ends it; what was handed over stays good. total is only told
// to progress, which may be nil.
func EachPDF[T Document](ctx context.Context, p Paper, all iter.Seq2[T, error], total int, deliver func(one T, pdf []byte) error, progress func(done, total int)) error {
	var waiting []T // drawn and not yet handed over: a batch at most
	drawn := func(yield func(page.Item, error) bool) {
		for r, err := range prepared(all, p) {
			waiting = append(waiting, r.one)
			if !yield(r.item, err) {
				return
			}
		}
	}
	return page.WriteEach(ctx, drawn, func(n int, pdf []byte) error {
		one := waiting[0]
		waiting = waiting[1:]
		if err := deliver(one, pdf); err != nil {
			return err
		}
		if progress != nil {
			progress(n+1, total)
		}
		return nil
	})
}

// counted tells progress, which may be nil, what is done of total.
func counted(total int, progress func(done, total int)) func(int) {
	if progress == nil {
		return nil
	}
	return func(done int) { progress(done, total) }
}
