package importer

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
)

// Sheet is a spreadsheet of families: one row a child (or a family without
// children), .xlsx or .csv.
type Sheet struct {
	Name   string // the file's, shown in refusals
	Data   []byte
	School string              // of children whose row names none; may be empty
	Year   calendar.SchoolYear // 0: that of the office's clock
	Words  map[string]string   // header -> field, over the usual French ones (Fields)
}

// fields are what a column may hold, with the French headers understood.
var fields = []struct {
	name  string
	words []string
}{
	{"family", []string{"famille", "nom famille", "nom de la famille", "foyer"}},
	{"address", []string{"adresse", "adresse 1", "rue", "adresse responsable"}},
	{"postal", []string{"code postal", "cp", "cp responsable"}},
	{"city", []string{"ville", "commune", "localite", "commune responsable"}},
	{"quotient", []string{"quotient", "quotient familial", "qf"}},
	{"note", []string{"note", "notes", "observation", "observations", "remarque", "remarques"}},
	{"civility1", []string{"civilite", "civilite responsable", "civilite 1", "civilite responsable 1"}},
	{"last1", []string{"nom responsable", "nom responsable 1", "nom parent", "nom parent 1", "nom du responsable", "nom responsable legal"}},
	{"first1", []string{"prenom responsable", "prenom responsable 1", "prenom parent", "prenom parent 1", "prenom du responsable"}},
	{"email1", []string{"email", "e mail", "mail", "courriel", "adresse electronique", "adresse mail", "email 1", "courriel 1", "email responsable", "courriel responsable", "email parent 1"}},
	{"mobile1", []string{"portable", "telephone portable", "mobile", "telephone mobile", "telephone", "tel", "telephone 1", "portable 1", "telephone responsable", "telephone parent 1"}},
	{"home1", []string{"telephone domicile", "domicile", "fixe", "telephone fixe"}},
	{"work1", []string{"telephone travail", "telephone professionnel", "travail"}},
	{"civility2", []string{"civilite 2", "civilite responsable 2"}},
	{"last2", []string{"nom responsable 2", "nom parent 2", "nom conjoint"}},
	{"first2", []string{"prenom responsable 2", "prenom parent 2", "prenom conjoint"}},
	{"email2", []string{"email 2", "courriel 2", "mail 2", "email responsable 2", "email parent 2"}},
	{"mobile2", []string{"portable 2", "telephone 2", "mobile 2", "telephone responsable 2", "telephone parent 2"}},
	{"child_last", []string{"nom enfant", "nom de l enfant", "nom de famille enfant", "nom eleve"}},
	{"child_first", []string{"prenom enfant", "prenom de l enfant", "prenom eleve"}},
	{"birth", []string{"date de naissance", "date naissance", "naissance", "ne e le", "ne le", "date de naissance enfant"}},
	{"sex", []string{"sexe", "sexe enfant"}},
	{"ine", []string{"ine", "identifiant national"}},
	{"level", []string{"niveau"}},
	{"class", []string{"classe", "libelle classe", "classe enfant"}},
	{"school", []string{"ecole", "etablissement"}},
	{"diet", []string{"regime", "regime alimentaire", "menu"}},
}

// Fields lists the names a header may be mapped to.
func Fields() []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = f.name
	}
	return out
}

// ParseWords reads a mapping file: one « header = field » a line, # for remarks.
func ParseWords(r io.Reader) (map[string]string, error) {
	data, err := io.ReadAll(io.LimitReader(r, 1<<20))
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "Le fichier de correspondance n’a pas pu être lu.")
	}
	text, err := decode(data, "de correspondance")
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		header, field, ok := strings.Cut(line, "=")
		field = strings.Trim(strings.TrimSpace(field), `"`)
		if !ok || !knownField(field) {
			return nil, fault.New(fault.Invalid, "Fichier de correspondance, ligne %d"+nbsp+": attendu « en-tête = champ ». Champs possibles"+nbsp+": %s.", i+1, strings.Join(Fields(), ", "))
		}
		out[strings.Trim(strings.TrimSpace(header), `"`)] = field
	}
	return out, nil
}

func knownField(name string) bool {
	for _, f := range fields {
		if f.name == name {
			return true
		}
	}
	return false
}

// PlanFamilies reads a spreadsheet of families and shows what an import would
// do; nothing is written. Its plan is committed by CommitFamilies.
func (s *Service) PlanFamilies(ctx context.Context, sheet Sheet) (*ONDEPlan, error) {
	return s.PlanONDE(ctx, ONDE{
		School: sheet.School, Year: sheet.Year, Pupils: sheet.Data, PupilsName: firstOf(sheet.Name, "familles"), GuardiansName: firstOf(sheet.Name, "familles"),
		sheet: true, words: sheet.Words,
	})
}

// CommitFamilies writes a plan of PlanFamilies whole, like CommitONDE.
func (s *Service) CommitFamilies(ctx context.Context, plan *ONDEPlan) error {
	return s.CommitONDE(ctx, plan)
}

func (in ONDE) read(today calendar.Date) (*reading, error) {
	if in.sheet {
		return readSheet(in, today)
	}
	return readONDE(in, today)
}

// unzipLimit bounds a workbook once unzipped, in bytes: a small file that swells
// past it is refused before it fills the memory. The limit of one sheet is the
// same, so that nothing of it goes through a temporary file.
const unzipLimit = 128 << 20

// loadSheet reads the first sheet that has rows of a workbook, or a CSV.
func loadSheet(data []byte, name string) (*table, error) {
	if !bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		return load(data, name)
	}
	if err := workbook(data, name); err != nil {
		return nil, err
	}
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true, UnzipSizeLimit: unzipLimit, UnzipXMLSizeLimit: unzipLimit})
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "Le classeur %s ne peut pas être lu"+nbsp+": il est abîmé, protégé par un mot de passe ou beaucoup trop gros.", name)
	}
	t, err := firstSheet(f, name)
	if cerr := f.Close(); err == nil && cerr != nil {
		err = fault.Wrap(fault.Unavailable, cerr, "Le classeur %s n’a pas pu être refermé.", name)
	}
	return t, err
}

// workbook refuses a ZIP that is no .xlsx, with a word on what it is.
func workbook(data []byte, name string) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "Le classeur %s est abîmé ou incomplet.", name)
	}
	var total uint64
	found := false
	for _, e := range z.File {
		total += e.UncompressedSize64
		found = found || e.Name == "xl/workbook.xml"
		if e.Name == "mimetype" || e.Name == "content.xml" {
			return fault.New(fault.Invalid, "Le fichier %s est un classeur OpenDocument (.ods), qui n’est pas lu"+nbsp+": enregistrez-le au format .xlsx ou CSV.", name)
		}
	}
	if total > unzipLimit {
		return fault.New(fault.Invalid, "Le classeur %s est trop gros une fois décompressé (128 Mo au plus).", name)
	}
	if !found {
		return fault.New(fault.Invalid, "Le fichier %s n’est pas un classeur .xlsx.", name)
	}
	return nil
}

func firstSheet(f *excelize.File, name string) (*table, error) {
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, err, "La feuille « %s » du classeur %s ne peut pas être lue.", sheet, name)
		}
		t := &table{name: name}
		for i, cells := range rows {
			for j := range cells {
				cells[j] = clean(cells[j])
			}
			whole := strings.Join(cells, "\x1f")
			if strings.Trim(whole, "\x1f \t") == "" {
				continue
			}
			if t.header == nil {
				for _, h := range cells {
					t.header, t.shown = append(t.header, catalog.Fold(h)), append(t.shown, strings.TrimSpace(h))
				}
				continue
			}
			t.rows = append(t.rows, row{line: i + 1, cells: cells, whole: whole})
		}
		if len(t.rows) > 0 {
			return t, nil
		}
	}
	return nil, fault.New(fault.Invalid, "Le classeur %s n’a aucune ligne.", name)
}

// layout finds the column of each field.
func layout(t *table, words map[string]string) (map[string]int, error) {
	at := map[string]int{}
	for header, field := range words {
		i := t.column(catalog.Fold(header))
		if i < 0 {
			return nil, t.missing("celui que décrit la correspondance", header)
		}
		at[field] = i
	}
	for _, f := range fields {
		if _, done := at[f.name]; !done {
			if i := t.column(f.words...); i >= 0 {
				at[f.name] = i
			}
		}
	}
	var missing []string
	for _, need := range []struct{ field, header string }{{"last1", "Nom responsable"}, {"first1", "Prénom responsable"}} {
		if _, ok := at[need.field]; !ok {
			missing = append(missing, need.header)
		}
	}
	if _, ok := at["child_first"]; ok {
		if _, ok := at["birth"]; !ok {
			missing = append(missing, "Date de naissance")
		}
	}
	if len(missing) > 0 {
		return nil, t.missing("une liste de familles", missing...)
	}
	return at, nil
}
