package bankfile

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"unicode"

	"ardoise/data/fault"
)

// advice ends the sentences about a file that is not one of ours.
const advice = "Choisissez un fichier de retour de la banque : pain.002, camt.053 ou camt.054."

var spaceShape = regexp.MustCompile(`(?:^|[:$/])([a-z]{4}\.[0-9]{3})\.([0-9]{3}\.[0-9]{2})$`)

// messages gives the element below Document and the oldest version that is read.
var messages = map[Kind]struct{ element, since string }{
	StatusReport: {"CstmrPmtStsRpt", "03"},
	DayReport:    {"BkToCstmrAcctRpt", "02"},
	Statement:    {"BkToCstmrStmt", "02"},
	Notification: {"BkToCstmrDbtCdtNtfctn", "02"},
}

// Read reads a file to its end: pain.002 from version 001.03 on, camt.052, camt.053 and camt.054 from 001.02 on, in
// UTF-8, UTF-16 with its mark, ISO-8859-1, ISO-8859-15 or Windows-1252. Elements it does not know are passed over, so
// that later versions are read too. A file that is empty, too big, cut off, no XML, of another message or with a
// DOCTYPE is refused (fault.Invalid); a stream that fails is fault.Unavailable. On refusal the File is empty.
func Read(r io.Reader, limits Limits) (File, error) {
	limits = limits.orDefault()
	src := &source{r: r, left: limits.Bytes}
	sum := sha256.New()
	p := &parser{limits: limits}
	text, marked, err := utf8Reader(io.TeeReader(src, sum))
	if err == nil {
		p.decoder = xml.NewDecoder(&guard{r: text})
		p.decoder.CharsetReader = charsetReader(marked)
		err = p.run()
	}
	if err != nil {
		return File{}, p.refusal(err, src, limits)
	}
	p.file.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return p.file, nil
}

// refusal finds the sentence for what went wrong.
func (p *parser) refusal(err error, src *source, limits Limits) error {
	var syntax *xml.SyntaxError
	var said *fault.Error
	invalid := func(sentence string, args ...any) error { return fault.Wrap(fault.Invalid, err, sentence, args...) }
	switch {
	case src.err != nil:
		return fault.Wrap(fault.Unavailable, src.err, "Le fichier n’a pas pu être lu jusqu’au bout : vérifiez le disque ou la clé, puis recommencez.")
	case errors.As(err, &said):
		return said
	case errors.Is(err, errTooBig):
		return invalid("Le fichier dépasse %d Mo : ce n’est pas un retour de banque ordinaire, il est refusé. Demandez à la banque de le partager en plusieurs fichiers.", max(1, limits.Bytes/1_000_000))
	case errors.Is(err, errRun):
		return invalid("Le fichier contient un texte d’une longueur démesurée : il est refusé.")
	case errors.Is(err, errDoctype):
		return invalid("Le fichier contient une déclaration DOCTYPE, que les banques n’emploient pas : il est refusé. " + advice)
	case errors.Is(err, errEncoding):
		return invalid("L’encodage du fichier n’est pas lu : demandez à la banque un fichier en UTF-8.")
	case errors.As(err, &syntax):
		return p.damaged(syntax)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return invalid("Le fichier est incomplet : il s’arrête avant la fin. Téléchargez-le de nouveau.")
	}
	return invalid("Le fichier ne peut pas être lu : il est refusé. " + advice)
}

func (p *parser) damaged(syntax *xml.SyntaxError) error {
	invalid := func(sentence string, args ...any) error { return fault.Wrap(fault.Invalid, syntax, sentence, args...) }
	switch {
	case strings.Contains(syntax.Msg, "unexpected EOF"):
		return invalid("Le fichier est incomplet : il s’arrête avant la fin. Téléchargez-le de nouveau.")
	case strings.Contains(syntax.Msg, "entity"):
		return invalid("Le fichier emploie une entité XML inconnue (ligne %d) : il est refusé.", syntax.Line)
	case strings.Contains(syntax.Msg, "UTF-8"):
		return invalid("L’encodage annoncé n’est pas celui du fichier (ligne %d) : il est refusé. Téléchargez-le de nouveau sans l’ouvrir dans un autre programme.", syntax.Line)
	case !p.rooted:
		return invalid("Ce fichier n’est pas du XML. " + advice)
	}
	return invalid("Le fichier est abîmé à la ligne %d : il est refusé. Téléchargez-le de nouveau.", syntax.Line)
}

// parser walks through the tokens. It knows where it is by a path of element names, and asks the tables of its kind what
// to do where an element opens and closes.
type parser struct {
	limits  Limits
	decoder *xml.Decoder
	file    File
	err     error // of a handler

	rooted, closed bool
	space          string // namespace of the root
	table          *table
	depth          int
	path           []byte // "/Ntry/Amt" below the message element
	cuts           []int  // length of path before each open element
	text           []byte // of the innermost element
	currency       string // Ccy of the innermost element

	report report
	entry  entry
}

// table says what to do with the elements of one kind of message, by path.
type table struct {
	opens  map[string]func(*parser)
	closes map[string]func(*parser, string)
}

// textLimit is more than any text we keep may have.
const textLimit = 2000

func (p *parser) run() error {
	for {
		token, err := p.decoder.Token()
		if errors.Is(err, io.EOF) {
			return p.end()
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			err = p.start(t)
		case xml.EndElement:
			p.finish()
			err = p.err
		case xml.CharData:
			err = p.characters(t)
		case xml.Directive:
			err = errDoctype
		}
		if err != nil {
			return err
		}
	}
}

func (p *parser) end() error {
	switch {
	case !p.rooted:
		return fault.New(fault.Invalid, "Le fichier est vide. "+advice)
	case !p.closed:
		return io.ErrUnexpectedEOF
	case p.file.Kind == StatusReport && p.file.OriginalMessageID == "":
		return fault.New(fault.Invalid, "Le fichier ne dit pas à quelle remise il répond (OrgnlMsgId) : il est refusé. Demandez à la banque un fichier complet.")
	}
	return nil
}

func (p *parser) characters(data []byte) error {
	if p.depth == 0 {
		if len(strings.TrimFunc(string(data), unicode.IsSpace)) > 0 {
			if p.rooted {
				return fault.New(fault.Invalid, "Le fichier continue après sa fin : il est refusé. Téléchargez-le de nouveau.")
			}
			return fault.New(fault.Invalid, "Ce fichier n’est pas du XML. "+advice)
		}
		return nil
	}
	if room := textLimit - len(p.text); room > 0 {
		p.text = append(p.text, data[:min(room, len(data))]...)
	}
	return nil
}

func (p *parser) start(t xml.StartElement) error {
	if p.depth++; p.depth > p.limits.Depth {
		return fault.New(fault.Invalid, "Le fichier emboîte plus de %d niveaux : ce n’est pas un retour de banque, il est refusé.", p.limits.Depth)
	}
	p.text, p.currency = p.text[:0], ""
	switch p.depth {
	case 1:
		return p.root(t)
	case 2:
		if want := messages[p.file.Kind].element; t.Name.Local != want || t.Name.Space != p.space {
			return fault.New(fault.Invalid, "Le fichier s’annonce comme %s mais n’en a pas le contenu : il est refusé. Demandez à la banque un fichier conforme.", p.file.Kind)
		}
		return nil
	}
	for _, a := range t.Attr {
		if a.Name.Local == "Ccy" && a.Name.Space == "" {
			p.currency = clip(a.Value, 3)
		}
	}
	p.cuts = append(p.cuts, len(p.path))
	p.path = append(p.path, '/')
	switch {
	case t.Name.Space != p.space:
		p.path = append(p.path, '*') // somebody's extension: no path of ours leads there
	case len(p.cuts) == 1 && p.file.Kind != StatusReport && (t.Name.Local == "Stmt" || t.Name.Local == "Ntfctn" || t.Name.Local == "Rpt"):
		p.path = append(p.path, 'S')
	default:
		p.path = append(p.path, t.Name.Local...)
	}
	if open := p.table.opens[string(p.path)]; open != nil {
		open(p)
	}
	return p.err
}

func (p *parser) finish() {
	p.depth--
	switch {
	case p.depth == 0:
		p.closed = true
	case p.depth >= 2:
		if end := p.table.closes[string(p.path)]; end != nil {
			end(p, strings.ToValidUTF8(string(p.text), ""))
		}
		last := len(p.cuts) - 1
		p.path, p.cuts = p.path[:p.cuts[last]], p.cuts[:last]
	}
	p.text, p.currency = p.text[:0], ""
}

// root reads kind and version from the namespace, whatever stands before them in it.
func (p *parser) root(t xml.StartElement) error {
	if p.rooted {
		return fault.New(fault.Invalid, "Le fichier contient plusieurs documents à la suite : enregistrez-les séparément.")
	}
	p.rooted = true
	found := spaceShape.FindStringSubmatch(t.Name.Space)
	if t.Name.Local != "Document" || found == nil {
		return fault.New(fault.Invalid, "Ce fichier n’est pas un message bancaire ISO 20022. "+advice)
	}
	kind, version := Kind(found[1]), found[2]
	message, known := messages[kind]
	switch {
	case kind == "pain.008":
		return fault.New(fault.Invalid, "Ce fichier est une remise de prélèvements (pain.008), pas la réponse de la banque. "+advice)
	case !known:
		return fault.New(fault.Invalid, "Ce fichier est un message %s, qui ne parle pas de prélèvements revenus. "+advice, kind)
	case version[4:] < message.since:
		return fault.New(fault.Invalid, "Ce fichier est un message %s de version %s, trop ancienne : demandez à la banque la version 001.%s ou une plus récente.", kind, version, message.since)
	}
	p.space = t.Name.Space
	p.file.Kind, p.file.Version, p.file.Statuses = kind, version, map[string]int{}
	p.table = &camtTable
	if kind == StatusReport {
		p.table = &painTable
	}
	return nil
}

func (p *parser) fail(err error) {
	if p.err == nil {
		p.err = err
	}
}

// room tells whether one more item may be kept beside those that wait; where not, the file is refused.
func (p *parser) room(waiting int) bool {
	if len(p.file.Items)+waiting < p.limits.Items {
		return true
	}
	p.fail(fault.New(fault.Invalid, "Le fichier annonce plus de %d retours : il est refusé. Demandez à la banque de le partager en plusieurs fichiers.", p.limits.Items))
	return false
}

func (p *parser) add(i Item) {
	if p.room(0) {
		p.file.Items = append(p.file.Items, i)
	}
}
