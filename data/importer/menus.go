package importer

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/menu"
	"ardoise/data/staff"
)

// Menus is a caterer's file of menus, .xlsx or .csv: one row a day with a column
// a course, or one row a dish.
type Menus struct {
	ServiceID int64
	Name      string // the file's, shown in refusals
	Data      []byte
}

// MenuColumn says how a header of the file was understood; Meaning is "" for a
// column that is not read.
type MenuColumn struct{ Header, Meaning string }

// MenuPlan is what an import of menus would do. A day of which one cell is
// refused is refused whole: a menu without one of its dishes, or without one of
// its allergens, is worse than none.
type MenuPlan struct {
	Columns []MenuColumn
	Refused []Refusal
	Notices []Notice
	Plan    *menu.Plan // nil where nothing could be read
	NoCopy  bool       // the agent's own choice to go on without the copy of the base
}

// menuWriters may change what is served.
var menuWriters = []staff.Role{staff.Cuisine, staff.Accueil}

// PlanMenus reads a caterer's file and shows what an import would do; nothing is
// written.
func (s *Service) PlanMenus(ctx context.Context, in Menus) (*MenuPlan, error) {
	if err := staff.Require(ctx, menuWriters...); err != nil {
		return nil, err
	}
	in.Name = firstOf(in.Name, "de menus")
	t, err := loadSheet(in.Data, in.Name)
	if err != nil {
		return nil, err
	}
	at, err := menuLayout(t)
	if err != nil {
		return nil, err
	}
	r := &menuReader{t: t, menuColumns: at, today: calendar.DateOf(s.db.Now()), bad: map[calendar.Date]bool{}, days: map[calendar.Date]*menuDay{}, plan: &MenuPlan{Columns: at.shown}}
	for _, row := range t.rows {
		r.row(row)
	}
	change := menu.Change{ServiceID: in.ServiceID, Entries: r.entries()}
	if len(change.Entries) == 0 {
		return r.plan, nil
	}
	r.plan.Plan, err = menu.New(s.db).Plan(ctx, change)
	return r.plan, err
}

// CommitMenus writes a plan of PlanMenus: the days that are not refused.
func (s *Service) CommitMenus(ctx context.Context, p *MenuPlan) error {
	if err := staff.Require(ctx, menuWriters...); err != nil {
		return err
	}
	if p == nil || p.Plan == nil {
		return fault.New(fault.Invalid, "Aucun menu n’est préparé"+nbsp+": relisez d’abord le fichier.")
	}
	if _, err := s.before.Copy(ctx, p.NoCopy); err != nil {
		return err
	}
	return menu.New(s.db).Commit(ctx, p.Plan)
}

// menuColumns are where each thing is in a file of menus, -1 where it is not.
type menuColumns struct {
	date, course, dish, allergens, vegetarian int
	courses                                   []menuCourse // one row a day
	shown                                     []MenuColumn
}

// menuCourse is a column of dishes and, where there is one, of their allergens.
type menuCourse struct {
	code          string
	at, allergens int
}

var (
	dateWords       = []string{"date", "jour", "date du repas", "date de service", "dates"}
	courseHeaders   = []string{"partie du repas", "partie", "composante", "composantes", "type", "type de plat", "categorie", "rubrique"}
	dishHeaders     = []string{"plat", "libelle", "intitule", "designation", "nom du plat", "nom", "recette", "plats"}
	allergenHeaders = []string{"allergenes", "allergene", "allergenes presents", "liste des allergenes"}
	vegetarianWords = []string{"vegetarien", "vege", "menu vegetarien", "veg", "repas vegetarien"}
)

// headerRows is how far down the headers may stand, under a title.
const headerRows = 12

// menuLayout finds the headers, under a title where there is one, and says what
// was understood.
func menuLayout(t *table) (c menuColumns, err error) {
	found := t.shown
	for i := 0; ; i++ {
		if c = menuColumnsOf(t); c.date >= 0 && (c.dish >= 0 && c.course >= 0 || len(c.courses) > 0) {
			return c, nil
		}
		if i >= headerRows || len(t.rows) == 0 {
			break
		}
		t.header, t.shown = nil, nil
		for _, h := range t.rows[0].cells {
			t.header, t.shown = append(t.header, catalog.Fold(h)), append(t.shown, strings.TrimSpace(h))
		}
		t.rows = t.rows[1:]
	}
	t.shown = found
	return c, t.missing("un fichier de menus", "Date", "Plat")
}

func menuColumnsOf(t *table) menuColumns {
	c := menuColumns{date: t.column(dateWords...), course: t.column(courseHeaders...), allergens: t.column(allergenHeaders...), vegetarian: t.column(vegetarianWords...), dish: -1}
	if c.course >= 0 {
		c.dish = t.column(dishHeaders...)
	}
	own := map[string]int{} // allergens of one course
	for i, h := range t.header {
		if rest, ok := strings.CutPrefix(h, "allergenes "); ok {
			if code, ok := courseOf(rest); ok {
				own[code] = i
			}
		}
	}
	for i, h := range t.header {
		meaning := ""
		code, isCourse := courseOf(h)
		switch {
		case i == c.date:
			meaning = "jour"
		case i == c.course:
			meaning = "partie du repas"
		case i == c.dish:
			meaning = "plat"
		case i == c.allergens:
			meaning = "allergènes"
		case i == c.vegetarian:
			meaning = "végétarien"
		case c.dish < 0 && isCourse:
			meaning = strings.ToLower(menu.CourseLabel(code))
			at := menuCourse{code: code, at: i, allergens: -1}
			if k, ok := own[code]; ok {
				at.allergens = k
			}
			c.courses = append(c.courses, at)
		case strings.HasPrefix(h, "allergenes "):
			if code, ok := courseOf(strings.TrimPrefix(h, "allergenes ")); ok {
				meaning = "allergènes" + nbsp + ": " + strings.ToLower(menu.CourseLabel(code))
			}
		}
		c.shown = append(c.shown, MenuColumn{t.shown[i], meaning})
	}
	return c
}

// courseOf reads a header: « Entrée », « Plat 2 », « Allergènes du plat ».
func courseOf(h string) (string, bool) {
	h = strings.TrimRight(h, " 0123456789")
	for _, article := range []string{"du ", "de l ", "de la ", "des ", "le ", "la "} {
		h = strings.TrimPrefix(h, article)
	}
	return menu.ParseCourse(h)
}

// menuReader gathers the days of a file.
type menuReader struct {
	menuColumns
	t     *table
	today calendar.Date
	plan  *MenuPlan
	days  map[calendar.Date]*menuDay
	order []calendar.Date
	bad   map[calendar.Date]bool
	whole bool // it was said that a menu's allergens go to its main dish
}

type menuDay struct {
	line   int
	dishes []menu.Dish
}

func (r *menuReader) refuse(line int, day calendar.Date, format string, args ...any) {
	who := ""
	if !day.IsZero() {
		who = day.LongNoYear()
		r.bad[day] = true
	}
	r.plan.Refused = append(r.plan.Refused, Refusal{File: r.t.name, Line: line, Who: who, Reason: fault.Sentence(fault.New(fault.Invalid, format, args...)), Kind: "menu"})
}

func (r *menuReader) row(row row) {
	text := row.get(r.date)
	if text == "" {
		if strings.Trim(row.whole, "\x1f;,\t ") != "" {
			r.refuse(row.line, 0, "La ligne n’a pas de date.")
		}
		return
	}
	day, err := calendar.ParseTyped(excelDay(text), r.today)
	if err != nil {
		r.refuse(row.line, 0, "« %s » n’est pas une date.", clip(text, 30))
		return
	}
	if row.open {
		r.refuse(row.line, day, "Un guillemet ouvert n’est jamais fermé.")
		return
	}
	dishes := r.dishes(row, day)
	d := r.days[day]
	switch {
	case d == nil:
		r.days[day] = &menuDay{row.line, dishes}
		r.order = append(r.order, day)
	case r.dish < 0:
		r.refuse(row.line, day, "Ce jour est déjà à la ligne %d.", d.line)
	default:
		d.dishes = append(d.dishes, dishes...)
	}
}

// dishes reads the dishes of one row.
func (r *menuReader) dishes(row row, day calendar.Date) (out []menu.Dish) {
	if r.dish >= 0 {
		code, ok := courseOf(catalog.Fold(row.get(r.course)))
		if !ok {
			r.refuse(row.line, day, "« %s » n’est pas une partie du repas.", clip(row.get(r.course), 40))
			return nil
		}
		out = r.cell(row, day, code, r.dish, r.allergens)
		for i := range out {
			out[i].Vegetarian = r.yes(row)
		}
		return out
	}
	for _, c := range r.courses {
		out = append(out, r.cell(row, day, c.code, c.at, c.allergens)...)
	}
	main := slices.IndexFunc(out, func(d menu.Dish) bool { return d.Course == menu.Main })
	if r.yes(row) && main >= 0 {
		for i := range out {
			out[i].Vegetarian = out[i].Vegetarian || out[i].Course == menu.Main
		}
	}
	if codes := r.codes(row, day, r.allergens); len(codes) > 0 && len(out) > 0 {
		at := max(main, 0)
		out[at].Allergens = append(out[at].Allergens, codes...)
		if !r.whole {
			r.whole = true
			r.plan.Notices = append(r.plan.Notices, Notice{r.t.name, row.line, "La colonne « " + r.t.shown[r.allergens] + " » vaut pour tout le repas" + nbsp + ": ses allergènes sont mis au plat principal."})
		}
	}
	return out
}

// cell reads the dishes of one cell, one a line.
func (r *menuReader) cell(row row, day calendar.Date, course string, at, allergens int) (out []menu.Dish) {
	for text := range strings.SplitSeq(row.get(at), "\n") {
		text = squeeze(text)
		if text == "" || text == "-" {
			continue
		}
		if strings.ContainsAny(text[:1], "=@") {
			r.refuse(row.line, day, "Colonne « %s » : « %s » est une formule, pas un plat.", r.t.shown[at], clip(text, 40))
			continue
		}
		d := menu.Dish{Course: course}
		d.Name, d.Allergens = menu.SplitDish(text)
		out = append(out, d)
	}
	if len(out) == 0 {
		return nil
	}
	for i, codes := 0, r.codes(row, day, allergens); i < len(out); i++ {
		out[i].Allergens = append(slices.Clone(out[i].Allergens), codes...)
	}
	return out
}

// codes reads a cell of allergens; a word that is none of the fourteen refuses
// the day, for nobody knows what it hides.
func (r *menuReader) codes(row row, day calendar.Date, at int) []string {
	if at < 0 {
		return nil
	}
	codes, unknown := menu.ParseAllergens(row.get(at))
	if len(unknown) > 0 {
		names := make([]string, len(family.Allergens))
		for i, a := range family.Allergens {
			names[i] = strconv.Itoa(i+1) + " " + a.Label
		}
		r.refuse(row.line, day, "Colonne « %s » : « %s » n’est pas l’un des 14 allergènes (%s).", r.t.shown[at], clip(strings.Join(unknown, ", "), 60), strings.Join(names, ", "))
	}
	return codes
}

func (r *menuReader) yes(row row) bool {
	return slices.Contains([]string{"oui", "o", "x", "v", "1", "vrai", "true", "vegetarien", "vege"}, catalog.Fold(row.get(r.vegetarian)))
}

// entries gives the days that are whole.
func (r *menuReader) entries() (out []menu.Entry) {
	for _, day := range r.order {
		d := r.days[day]
		switch {
		case r.bad[day]:
		case len(d.dishes) == 0:
			r.plan.Notices = append(r.plan.Notices, Notice{r.t.name, d.line, "Le " + day.LongNoYear() + " n’a aucun plat" + nbsp + ": il est laissé tel quel."})
		default:
			out = append(out, menu.Entry{Day: day, Dishes: d.dishes})
		}
	}
	return out
}
