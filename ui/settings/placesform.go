package settings

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/ui/widgets"
)

// placeForm is the dialog that adds a commune, a school or classes, or changes
// one of them.
type placeForm struct {
	t    *placesTab
	row  *placeRow // being changed; nil: adding
	form *widgets.Form
	kind *widgets.Choice
	d    *widgets.Dialog
	busy bool

	commune map[string]*widgets.TextField // name, insee, postal
	home    *widgets.Select               // the commune of a school
	school  *widgets.TextField
	of      *widgets.Select // the school of a class
	classes *widgets.TextField
	groups  [3][]*widgets.Field
}

var inseeRule = matching(`^(\d{5}|2[AB]\d{3})$`, "Cinq caractères, par exemple 01371.")

var postalRule = matching(`^\d{5}$`, "Cinq chiffres, par exemple 01390.")

// add proposes what most likely comes next: a school under a commune, classes
// under a school.
func (t *placesTab) add() {
	level, r := levelCommune, t.row()
	switch {
	case r != nil && r.level == levelCommune:
		level = levelSchool
	case r != nil:
		level = levelClass
	}
	f := newPlaceForm(t, nil)
	f.kind.Set(strconv.Itoa(level))
	if r != nil {
		f.home.Set(strconv.FormatInt(r.commune.ID, 10))
		f.of.Set(strconv.FormatInt(r.school.ID, 10))
	}
	f.open("Ajouter", "Ajouter", level)
}

// change edits the line chosen.
func (t *placesTab) change() {
	r := t.row()
	if r == nil {
		return
	}
	row := *r
	f := newPlaceForm(t, &row)
	f.commune["name"].SetText(row.commune.Name)
	f.commune["insee"].SetText(row.commune.INSEE)
	f.commune["postal"].SetText(row.commune.Postal)
	f.home.Set(strconv.FormatInt(row.commune.ID, 10))
	f.school.SetText(row.school.Name)
	f.of.Set(strconv.FormatInt(row.school.ID, 10))
	f.classes.SetText(row.class.Name)
	f.open([3]string{"Commune", "École", "Classe de " + row.class.Year.String()}[row.level], "Enregistrer", row.level)
}

func newPlaceForm(t *placesTab, row *placeRow) *placeForm {
	f := &placeForm{t: t, row: row, form: widgets.NewForm(), commune: map[string]*widgets.TextField{}}
	var homes, schools []widgets.Option
	for _, r := range t.rows {
		switch r.level {
		case levelCommune:
			homes = append(homes, widgets.Option{ID: strconv.FormatInt(r.commune.ID, 10), Label: r.name})
		case levelSchool:
			schools = append(schools, widgets.Option{ID: strconv.FormatInt(r.school.ID, 10), Label: r.name, Detail: r.commune.Name})
		}
	}
	f.kind = widgets.NewChoice(widgets.Segments, func(id string) {
		if n, err := strconv.Atoi(id); err == nil {
			f.shown(n)
		}
	}, widgets.Option{ID: "0", Label: "Une commune"}, widgets.Option{ID: "1", Label: "Une école"}, widgets.Option{ID: "2", Label: "Des classes"})
	if row == nil {
		f.form.Line(f.kind)
	}
	for _, k := range []struct {
		id, label, help string
		check           rule
	}{{"name", "Nom de la commune", "", needed("Il manque le nom de la commune.")}, {"insee", "Code INSEE", "Il est sur insee.fr ; ce n’est pas le code postal.", both(needed("Il manque le code INSEE."), inseeRule)}, {"postal", "Code postal", "", postalRule}} {
		in := widgets.NewTextField()
		f.commune[k.id] = in
		f.field(levelCommune, k.label, k.help, in, func() error { return k.check(strings.TrimSpace(in.Text())) })
	}
	f.home, f.of = widgets.NewSelect(nil, homes...), widgets.NewSelect(nil, schools...)
	f.school = widgets.NewTextField()
	f.field(levelSchool, "Commune", "", f.home, chosen(f.home, "Choisissez la commune ; ajoutez-la d’abord si elle manque."))
	f.field(levelSchool, "Nom de l’école", "Maternelle et élémentaire sous une même direction : une seule école.", f.school, func() error {
		return needed("Il manque le nom de l’école.")(strings.TrimSpace(f.school.Text()))
	})
	f.classes = widgets.NewTextArea(5)
	help := "Une par ligne : « CP A », « CE1-CE2 M. Tissot ». Année " + t.year.String() + "."
	label := "Classes"
	if row != nil {
		f.classes, help, label = widgets.NewTextField(), "Le rang suit les niveaux du nom.", "Nom de la classe"
	}
	f.field(levelClass, "École", "", f.of, chosen(f.of, "Choisissez l’école ; ajoutez-la d’abord si elle manque."))
	f.field(levelClass, label, help, f.classes, func() error {
		if len(lines(f.classes.Text())) == 0 {
			return fault.New(fault.Invalid, "Écrivez au moins une classe.")
		}
		return nil
	})
	return f
}

func both(a, b rule) rule {
	return func(text string) error {
		if err := a(text); err != nil {
			return err
		}
		return b(text)
	}
}

func chosen(s *widgets.Select, sentence string) func() error {
	return func() error {
		if s.Value() == "" {
			return fault.New(fault.Invalid, "%s", sentence)
		}
		return nil
	}
}

// lines are the lines of a text that say something, each once.
func lines(text string) (out []string) {
	for l := range strings.SplitSeq(text, "\n") {
		if l = strings.Join(strings.Fields(l), " "); l != "" && !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return out
}

// field adds a field of one level: it is checked only while that level is shown.
func (f *placeForm) field(level int, label, help string, in widgets.Input, check func() error) {
	x := widgets.NewField(label, help, in)
	f.groups[level] = append(f.groups[level], x)
	f.form.Add(x, func() error {
		if x.Hidden {
			return nil
		}
		return check()
	})
}

// shown shows the fields of one level.
func (f *placeForm) shown(level int) {
	for l, group := range f.groups {
		for _, x := range group {
			x.Hidden = l != level
		}
	}
	f.form.Refuse(nil)
	f.form.Content().Refresh()
	if f.d != nil {
		f.d.Reflow()
	}
}

func (f *placeForm) open(title, verb string, level int) {
	f.shown(level)
	f.d = widgets.NewDialog(title, "", f.form.Content(), verb, widgets.Primary, f.submit)
	f.d.First = f.groups[level][0].Input().FocusTarget()
	if level > levelCommune { // where it belongs is mostly known already
		f.d.First = f.groups[level][1].Input().FocusTarget()
	}
	f.t.sh.Show(f.d)
}

func (f *placeForm) level() int {
	if f.row != nil {
		return f.row.level
	}
	n, err := strconv.Atoi(f.kind.Value())
	if err != nil {
		return levelCommune
	}
	return n
}

func number64(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func (f *placeForm) submit() {
	if f.busy || !f.form.Validate() {
		return
	}
	f.busy = true
	level := f.level()
	var row placeRow
	if f.row != nil {
		row = *f.row
	}
	commune := catalog.Commune{ID: row.commune.ID, Name: strings.TrimSpace(f.commune["name"].Text()), INSEE: strings.ToUpper(strings.TrimSpace(f.commune["insee"].Text())), Postal: strings.TrimSpace(f.commune["postal"].Text())}
	school := catalog.School{ID: row.school.ID, CommuneID: number64(f.home.Value()), Name: strings.TrimSpace(f.school.Text())}
	names, year, of := lines(f.classes.Text()), f.t.year, number64(f.of.Value())
	var id int64
	var left []string // classes not kept yet
	f.t.sh.Runner().Go(f.t.sh.Ctx(), func(ctx context.Context) (err error) {
		switch level {
		case levelCommune:
			id, err = f.t.d.Catalog.SaveCommune(ctx, commune)
		case levelSchool:
			id, err = f.t.d.Catalog.SaveSchool(ctx, school)
		default:
			id, left, err = f.saveClasses(ctx, row.class, of, year, names)
		}
		return err
	}, func(err error) {
		f.busy = false
		if err != nil {
			if level == levelClass && f.row == nil {
				f.classes.SetText(strings.Join(left, "\n")) // those before are kept
			}
			f.refuse(level, err)
			if len(left) < len(names) {
				f.t.load()
			}
			return
		}
		f.d.Close()
		what := [3]string{"Commune « " + commune.Name + " » enregistrée", "École « " + school.Name + " » enregistrée", countOf(len(names), "classe enregistrée", "classes enregistrées")}[level]
		f.t.sh.Done(fault.French(what), nil)
		f.t.reload(level, id)
	})
}

// refuse shows a refusal beside the field it is of, else on top.
func (f *placeForm) refuse(level int, err error) {
	f.form.Refuse(err)
	names := [3][]string{{"name", "insee", "postal"}, {"commune", "name"}, {"school", "name"}}[level]
	for _, flaw := range catalog.FlawsOf(err) {
		for i, name := range names {
			if flaw.Field == name {
				f.groups[level][i].SetError(flaw.Text)
				focusOn(f.t.sh, f.groups[level][i].Input().FocusTarget())
			}
		}
	}
}

// saveClasses keeps the classes one by one; left are those from the first that
// was refused on.
func (f *placeForm) saveClasses(ctx context.Context, was catalog.Class, school int64, year calendar.SchoolYear, names []string) (id int64, left []string, err error) {
	if was.ID != 0 {
		names = []string{strings.Join(names, " ")}
		year = was.Year
	}
	for i, name := range names {
		if id, err = f.t.d.Catalog.SaveClass(ctx, catalog.Class{ID: was.ID, SchoolID: school, Year: year, Name: name}); err != nil {
			return id, names[i:], err
		}
	}
	return id, nil, nil
}
