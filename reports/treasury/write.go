package treasury

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/text/encoding/charmap"

	"ardoise/data/bank"
	"ardoise/data/fault"
	"ardoise/data/money"
)

const namespace = "http://www.minefi.gouv.fr/cp/helios/pes_v2/Rev0/aller"

// Write sends the file to w, piece after piece, without holding it in memory. It
// refuses, before the first byte, a role that Check finds fault with. When w
// fails or ctx is cancelled, w has part of a file: write to a temporary one.
func Write(ctx context.Context, w io.Writer, s Settings, b Bordereau) error {
	if found := Check(s, b); len(found) > 0 {
		return refusal(found)
	}
	total, err := b.Total()
	if err != nil {
		return err
	}
	out := charmap.ISO8859_1.NewEncoder().Writer(w)
	x := &writer{w: bufio.NewWriterSize(out, 64<<10)}
	x.line(`<?xml version="1.0" encoding="ISO-8859-1"?>`)
	x.line(`<n:PES_Aller xmlns:n="` + namespace + `">`)
	x.depth = 1
	x.envelope(s, b)
	x.open("PES_RecetteAller")
	x.open("EnTeteRecette")
	x.put("IdVer", "2")
	x.put("InfoDematerialisee", "0") // 1 wants a signature, which others add
	x.close("EnTeteRecette")
	x.open("Bordereau")
	x.block(b, total)
	for i, p := range b.Pieces {
		if i%256 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		x.piece(s, b, p, b.article(i))
	}
	x.close("Bordereau")
	x.close("PES_RecetteAller")
	x.depth = 0
	x.line(`</n:PES_Aller>`)
	if x.err != nil {
		return fault.Wrap(fault.Internal, x.err, "Le fichier pour la trésorerie n’a pas pu être composé. Transmettez le journal technique à votre assistance.")
	}
	if err := x.w.Flush(); x.out == nil {
		x.out = err
	}
	if err := x.out; err != nil {
		return fault.Wrap(fault.Unavailable, err, "Le fichier pour la trésorerie n’a pas pu être écrit : vérifiez la place libre et les droits du dossier.")
	}
	return nil
}

// told is how many points a refusal names: who mends them all at once does not
// come back ten times.
const told = 12

func refusal(found []Problem) error {
	lines := make([]string, 0, told)
	for _, p := range found[:min(len(found), told)] {
		text := strings.TrimSuffix(p.Sentence, ".")
		if p.Invoice != "" {
			text = "facture n° " + p.Invoice + ", " + text
		}
		lines = append(lines, text)
	}
	points := "Un point est à corriger"
	if len(found) > 1 {
		points = strconv.Itoa(len(found)) + " points sont à corriger"
	}
	if rest := len(found) - len(lines); rest > 0 {
		lines = append(lines, "et "+strconv.Itoa(rest)+" de plus")
	}
	return fault.New(fault.Invalid, "Le fichier pour la trésorerie n’a pas été écrit. %s : %s.", points, strings.Join(lines, " ; "))
}

// writer writes elements whose value stands in the attribute V. The first thing
// that goes wrong is kept.
type writer struct {
	w     *bufio.Writer
	depth int
	err   error // what was to be written is wrong
	out   error // it could not be written
}

const tabs = "\t\t\t\t\t\t\t\t\t\t"

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

func (x *writer) line(parts ...string) {
	if x.err != nil || x.out != nil {
		return
	}
	x.text(tabs[:x.depth])
	for _, p := range parts {
		x.text(p)
	}
	x.text("\n")
}

func (x *writer) text(s string) {
	if _, err := x.w.WriteString(s); err != nil && x.out == nil {
		x.out = err
	}
}

func (x *writer) open(name string) {
	x.line("<", name, ">")
	x.depth++
}

func (x *writer) close(name string) {
	x.depth--
	x.line("</", name, ">")
}

// put writes an element that must have a value: Check has seen to it.
func (x *writer) put(name, value string) {
	if value == "" && x.err == nil {
		x.err = fmt.Errorf("treasury: %s has no value", name)
	}
	x.maybe(name, value)
}

// maybe writes an element that is left out when it has no value.
func (x *writer) maybe(name, value string) {
	if value != "" {
		x.line("<", name, ` V="`, escape.Replace(value), `"/>`)
	}
}

func (x *writer) envelope(s Settings, b Bordereau) {
	x.open("Enveloppe")
	x.open("Parametres")
	x.put("Version", "2")
	x.put("TypFic", "PESORMC")
	x.put("NomFic", FileName(s, b))
	x.close("Parametres")
	x.open("Emetteur")
	x.put("Sigle", s.Editor)
	x.put("Adresse", s.Program)
	x.close("Emetteur")
	x.close("Enveloppe")
	x.open("EnTetePES")
	x.put("DteStr", b.Made.String())
	x.put("IdPost", s.IdPost)
	x.maybe("LibellePoste", s.speller().text(s.LibellePoste, 38))
	x.put("IdColl", s.IdColl)
	x.put("CodCol", s.CodCol)
	x.put("CodBud", s.CodBud)
	x.maybe("LibelleColBud", s.speller().text(s.LibelleCol, 38))
	x.close("EnTetePES")
}

func (x *writer) block(b Bordereau, total money.Cents) {
	x.open("BlocBordereau")
	x.put("Exer", strconv.Itoa(b.Exer))
	x.put("IdBord", strconv.Itoa(b.Number))
	x.put("DteBordEm", b.Issued.String())
	x.put("TypBord", "06") // role for several creditors
	x.put("NbrPce", strconv.Itoa(len(b.Pieces)))
	x.put("MtBordHt", amount(total))
	x.maybe("DteAsp", b.Sent.String())
	x.maybe("Objet", speller{}.text(b.Object, 160))
	x.close("BlocBordereau")
}

func (x *writer) piece(s Settings, b Bordereau, p Piece, article int) {
	x.open("Piece")
	x.open("BlocPiece")
	x.maybe("Affect", s.Affect)
	x.put("IdPce", strconv.Itoa(article))
	x.put("TypPce", "15") // ORMC
	x.put("NatPce", "01") // running costs
	object := speller{}.text(p.Object, 160)
	x.maybe("ObjPce", object)
	x.put("NumDette", p.Invoice)
	x.put("Per", strconv.Itoa(b.Period))
	x.keys(s, b, p)
	if s.NumeroFacture {
		x.put("NumeroFacture", p.Invoice)
	}
	x.close("BlocPiece")
	x.open("LigneDePiece")
	x.open("BlocLignePiece")
	x.open("InfoLignePiece")
	x.put("IdLigne", "1")
	if b.ObjLine {
		x.maybe("ObjLignePce", object)
	}
	x.put("CodProdLoc", s.product(p))
	x.put("Nature", s.Nature)
	x.maybe("Fonction", s.Fonction)
	x.put("Majo", "0")
	x.put("TvaIntraCom", "0")
	x.put("MtHT", amount(p.Amount))
	x.close("InfoLignePiece")
	if p.Debit != nil {
		x.collection(s, p)
	}
	if s.IdRegie != "" {
		x.open("LiensIdent")
		x.put("IdRegie", s.IdRegie)
		x.close("LiensIdent")
	}
	x.close("BlocLignePiece")
	x.debtor(s, p)
	x.close("LigneDePiece")
	x.close("Piece")
}

func (x *writer) keys(s Settings, b Bordereau, p Piece) {
	if s.Cle1 {
		key, err := Key1(s.CodCol, s.CodeNature, b.Exer, b.Period, p.Invoice)
		x.fail(err)
		x.put("Cle1", key)
	}
	key, err := Key2(b.Exer, b.Period, p.Invoice)
	x.fail(err)
	x.put("Cle2", key)
}

func (x *writer) fail(err error) {
	if x.err == nil && err != nil {
		x.err = err
	}
}

// collection writes the direct debit: with the mandate where the Treasury hands
// the collection to the bank, without where the town's own file does.
func (x *writer) collection(s Settings, p Piece) {
	d, name := p.Debit, "InfoPrelevementSEPA"
	if s.NatPrel == "02" {
		name = "InfoPrelevement"
	}
	x.open(name)
	x.put("NatPrel", s.NatPrel)
	x.put("PerPrel", s.PerPrel)
	x.put("DtePrel", d.Collect.String())
	x.put("MtPrel", amount(p.Amount))
	if s.NatPrel != "02" {
		x.put("SequencePres", sequenceCode[d.Sequence])
		x.put("DateSignMandat", d.Signed.String())
		x.put("RefUniMdt", d.RUM)
		x.maybe("LibPrel", sepa(d.Label, 140))
		x.maybe("AncienRUM", d.OldRUM)
		if d.NewBank {
			x.put("AncienneBanque", "1")
		}
		x.account("AncienIBAN", d.OldIBAN)
		if d.Other {
			x.put("TitCpteDiff", "1")
		}
	}
	x.close(name)
}

// account writes an IBAN without its spaces; none is left out.
func (x *writer) account(name, typed string) {
	if typed == "" {
		return
	}
	iban, err := bank.ParseIBAN(typed)
	x.fail(err)
	x.put(name, iban)
}

func (x *writer) debtor(s Settings, p Piece) {
	d, sp := p.Debtor, s.speller()
	x.open("Tiers")
	x.open("InfoTiers")
	x.maybe("RefTiers", sp.text(d.Ref, 30))
	x.put("CatTiers", d.category())
	x.put("NatJur", d.legal())
	x.put("TypTiers", "01") // the debtor
	if d.person() {
		word, _ := s.civility(d.Civility)
		x.put("Civilite", word)
	}
	last, rest := sp.split(d.Last, 38)
	x.put("Nom", last)
	x.maybe("ComplNom", rest)
	if d.person() {
		x.put("Prenom", sp.text(d.First, 38))
	}
	x.close("InfoTiers")
	x.address(s, d.Address)
	if p.Debit != nil {
		bic, err := bank.ParseBIC(p.Debit.BIC)
		x.fail(err)
		x.open("CpteBancaire")
		x.maybe("BIC", bic)
		x.account("IBAN", p.Debit.IBAN)
		x.put("TitCpte", sp.text(p.Debit.holder(d), 32))
		x.close("CpteBancaire")
	}
	x.close("Tiers")
}

func (x *writer) address(s Settings, a Address) {
	l := lay(s.speller(), a)
	x.open("Adresse")
	x.put("TypAdr", "1") // the main one
	x.maybe("Adr1", l.adr1)
	x.put("Adr2", l.adr2)
	x.maybe("Adr3", l.adr3)
	if a.Country == "" {
		x.put("CP", strings.TrimSpace(a.Postal))
		x.put("Ville", l.city)
		x.put("CodRes", "0")
	} else {
		x.put("CP", "99999") // what the schema asks for abroad
		x.put("Ville", l.city)
		x.put("CodRes", "1")
		x.put("CodPays", a.Country)
	}
	x.close("Adresse")
}

// amount writes cents as the schema wants them: "1250.40".
func amount(c money.Cents) string { return fmt.Sprintf("%d.%02d", c/100, c%100) }
