package importer

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
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

func readSheet(in ONDE, today calendar.Date) (*reading, error) {
	t, err := loadSheet(in.Pupils, in.PupilsName)
	if err != nil {
		return nil, err
	}
	at, err := layout(t, in.words)
	if err != nil {
		return nil, err
	}
	s := &sheetReader{reading: &reading{}, t: t, at: at, today: today, seen: map[string]int{}, whole: map[string]int{}}
	for _, row := range t.rows {
		s.row(row)
	}
	return s.reading, nil
}

type sheetReader struct {
	*reading
	t     *table
	at    map[string]int
	today calendar.Date
	seen  map[string]int // child -> index of pupils
	whole map[string]int
}

func (s *sheetReader) get(r row, field string) string {
	i, ok := s.at[field]
	if !ok {
		return ""
	}
	return squeeze(r.get(i))
}

func (s *sheetReader) row(r row) {
	who := strings.TrimSpace(firstOf(s.get(r, "child_last"), s.get(r, "last1")) + " " + firstOf(s.get(r, "child_first"), s.get(r, "first1")))
	if first, twice := s.whole[r.whole]; twice {
		s.note(s.t.name, r.line, "%s"+nbsp+": ligne identique à la ligne %d, lue une seule fois.", who, first)
		return
	}
	s.whole[r.whole] = r.line
	if r.open {
		s.refuse(s.t.name, r.line, who, "truncated", "Un guillemet ouvert n’est jamais fermé.")
		return
	}
	home := place{s.get(r, "address"), postal(s.get(r, "postal")), s.get(r, "city"), ""}
	child := -1
	if s.get(r, "child_first") != "" || s.get(r, "child_last") != "" {
		var ok bool
		if child, ok = s.child(r, home, who); !ok {
			return
		}
	}
	s.people(r, home, child, who)
}

func (s *sheetReader) child(r row, home place, who string) (int, bool) {
	p := pupil{line: r.line, class: s.get(r, "class"), address: home}
	p.child = family.Child{
		Last: firstOf(s.get(r, "child_last"), s.get(r, "family"), s.get(r, "last1")), First: s.get(r, "child_first"),
		INE: s.get(r, "ine"), Level: s.get(r, "level"), Sex: clipSex(s.get(r, "sex")),
	}
	if text := s.get(r, "diet"); text != "" {
		code, ok := dietCode(text)
		if !ok {
			s.note(s.t.name, r.line, "%s"+nbsp+": le régime « %s » n’est pas connu, laissé standard.", who, clip(text, 40))
		}
		p.child.Diet, p.diet = code, ok
	}
	birth, bad := parseBirth(excelDay(s.get(r, "birth")))
	if bad != "" {
		s.refuse(s.t.name, r.line, who, "date", "%s", bad)
		return 0, false
	}
	p.child.Birth = birth
	if err := p.child.Normalize(s.today); err != nil {
		kind := "name"
		if birth > s.today {
			kind = "future"
		}
		s.refuse(s.t.name, r.line, who, kind, "%s", fault.Sentence(err))
		return 0, false
	}
	key := family.ChildKey(p.child.Last, p.child.First) + "|" + birth.String() + "|" + s.get(r, "school")
	if i, twice := s.seen[key]; twice { // another row of the same child: its second home
		return i, true
	}
	s.seen[key] = len(s.pupils)
	s.schools = append(s.schools, s.get(r, "school"))
	s.pupils = append(s.pupils, p)
	return len(s.pupils) - 1, true
}

func (s *sheetReader) people(r row, home place, child int, who string) {
	kept := 0
	for _, n := range []string{"1", "2"} {
		g := family.Guardian{Civility: civility(s.get(r, "civility"+n)), Last: s.get(r, "last"+n), First: s.get(r, "first"+n)}
		if g.Last == "" && g.First == "" {
			continue
		}
		if g.Last == "" || catalog.Fold(g.First) == "" {
			s.note(s.t.name, r.line, "%s"+nbsp+": le responsable %s n’a pas de nom ou pas de prénom, il est laissé de côté.", who, n)
			continue
		}
		email, ok := family.CleanEmail(s.get(r, "email"+n))
		if !ok {
			s.note(s.t.name, r.line, "%s"+nbsp+": l’adresse électronique « %s » n’est pas lisible, laissée vide.", g.Name(), clip(s.get(r, "email"+n), 60))
			email = ""
		}
		g.Email = email
		for field, to := range map[string]*string{"mobile" + n: &g.Mobile, "home" + n: &g.Home, "work" + n: &g.Work} {
			e164, ok := family.Phone(excelPhone(s.get(r, field)), home.postal)
			if !ok {
				s.note(s.t.name, r.line, "%s"+nbsp+": le téléphone « %s » n’est pas lisible, laissé vide.", g.Name(), clip(s.get(r, field), 40))
			}
			*to = e164
		}
		a := adult{line: r.line, guardian: g, home: home, row: r.line, name: s.get(r, "family"), note: s.get(r, "note")}
		if child >= 0 {
			a.children = []int{child}
		}
		if text := s.get(r, "quotient"); text != "" && kept == 0 {
			a.quotient = s.quotient(r, who, text)
		}
		s.adults = append(s.adults, a)
		kept++
	}
	if kept == 0 && child < 0 {
		s.refuse(s.t.name, r.line, who, "nobody", "La ligne n’a ni enfant ni responsable.")
	}
}

func (s *sheetReader) quotient(r row, who, text string) *int {
	whole, _, _ := strings.Cut(strings.ReplaceAll(strings.ReplaceAll(text, " ", ""), ".", ","), ",")
	n, err := strconv.Atoi(whole)
	if err != nil || n < 0 || n > 99999 {
		s.note(s.t.name, r.line, "%s"+nbsp+": le quotient « %s » n’est pas un nombre, laissé vide.", who, clip(text, 30))
		return nil
	}
	return &n
}

// findClasses finds each child's class among those the catalog has for the year,
// in the school its row names, the one given, or the only one that has it. A
// spreadsheet creates neither school nor class: what is not found is said.
func (r *reading) findClasses(in ONDE, all []catalog.Class) {
	for i := range r.pupils {
		p := &r.pupils[i]
		if p.class == "" {
			continue
		}
		school := firstOf(r.schools[i], in.School)
		var found []catalog.Class
		for _, c := range all {
			if catalog.Fold(c.Name) == catalog.Fold(p.class) && (school == "" || looseKey(c.School) == looseKey(school)) {
				found = append(found, c)
			}
		}
		if len(found) == 1 {
			p.classID = found[0].ID
			continue
		}
		why := "n’est pas au catalogue"
		if len(found) > 1 {
			why = "est dans plusieurs écoles"
		}
		r.note(in.PupilsName, p.line, "%s"+nbsp+": la classe « %s » %s en %s, elle est laissée vide.", p.child.Name(), p.class, why, in.Year)
	}
}

func clipSex(s string) string {
	switch catalog.Fold(s) {
	case "f", "fille", "feminin":
		return "F"
	case "m", "g", "garcon", "masculin":
		return "M"
	}
	return ""
}

// dietCode reads a diet's code or French label.
func dietCode(text string) (string, bool) {
	key := catalog.Fold(text)
	for _, d := range family.Diets {
		if key == catalog.Fold(d.Code) || key == catalog.Fold(d.Label) {
			return d.Code, true
		}
	}
	return "standard", key == "normal"
}

// excelDay turns a workbook's day number into a date's text.
func excelDay(text string) string {
	n, err := strconv.ParseInt(strings.TrimSuffix(text, ".0"), 10, 32)
	if err != nil || n < 20000 || n > 80000 {
		return text
	}
	return calendar.NewDate(1899, 12, 30).Add(int(n)).String()
}

// excelPhone gives back the zero that a number cell has lost.
func excelPhone(text string) string {
	if len(text) == 9 && strings.Trim(text, "0123456789") == "" {
		return "0" + text
	}
	return text
}

// postal gives back the zero that a number cell has lost.
func postal(text string) string {
	if len(text) == 4 && strings.Trim(text, "0123456789") == "" {
		return "0" + text
	}
	return text
}

func quotient(f *family.Family) string {
	if f.Quotient == nil {
		return ""
	}
	return fmt.Sprint(*f.Quotient)
}
