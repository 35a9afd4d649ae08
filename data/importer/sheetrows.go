package importer

import (
	"fmt"
	"strconv"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
)

func readSheet(in ONDE, today calendar.Date) (*reading, error) {
	t, err := loadSheet(in.Pupils, in.PupilsName)
	if err != nil {
		return nil, err
	}
	at, err := layout(t, in.words)
	if err != nil {
		return nil, err
	}
	s := &sheetReader{reading: &reading{}, t: t, at: at, today: today, diets: in.diets, seen: map[string]int{}, whole: map[string]int{}}
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
	diets catalog.Diets
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
		code, ok := dietCode(s.diets, text)
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

// dietCode reads a diet's code or French label, the town's or the usual one.
func dietCode(diets catalog.Diets, text string) (string, bool) {
	if code, ok := diets.Code(text); ok {
		return code, true
	}
	return catalog.DietStandard, catalog.Fold(text) == "normal"
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
