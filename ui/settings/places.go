package settings

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// The levels of the tree of places.
const (
	levelCommune = iota
	levelSchool
	levelClass
)

// placeRow is a line of the tree: a commune, a school of it, a class of that.
type placeRow struct {
	level   int
	commune catalog.Commune
	school  catalog.School
	class   catalog.Class
	name    string
	detail  string
	facts   []fact
}

// placeRows lays communes, schools and the classes of one year out as a tree.
func placeRows(communes []catalog.Commune, schools []catalog.School, classes []catalog.Class, services []catalog.ServiceInfo) (out []placeRow) {
	for _, c := range communes {
		at := len(out)
		out = append(out, placeRow{level: levelCommune, commune: c, name: c.Name, detail: c.INSEE})
		n := 0
		for _, s := range schools {
			if s.CommuneID != c.ID {
				continue
			}
			n++
			school := len(out)
			out = append(out, placeRow{level: levelSchool, commune: c, school: s, name: s.Name})
			var names []string
			for _, k := range classes {
				if k.SchoolID == s.ID {
					out = append(out, placeRow{level: levelClass, commune: c, school: s, class: k, name: k.Name, facts: []fact{{"Classe", k.Name}, {"École", s.Name}, {"Année", k.Year.String()}, {"Rang", rankText(k.Rank)}}})
					names = append(names, k.Name)
				}
			}
			out[school].detail = countOf(len(names), "classe", "classes")
			if len(names) == 0 {
				out[school].detail = "aucune classe"
			}
			out[school].facts = []fact{{"École", s.Name}, {"Commune", c.Name}, {"Classes", orNone(strings.Join(names, ", "), "aucune cette année-là")}, {"Services", orNone(takenBy(services, s.ID), "aucun service ne l’accueille")}}
		}
		out[at].facts = []fact{{"Commune", c.Name}, {"Code INSEE", c.INSEE}, {"Code postal", orNone(c.Postal, "non saisi")}, {"Écoles", orNone(strconv.Itoa(n), "0")}}
	}
	return out
}

func orNone(text, none string) string {
	if text == "" {
		return none
	}
	return text
}

// rankText says where a class stands: its rank is ten times its first level.
func rankText(rank int) string {
	if n := rank / 10; n >= 1 && n <= len(catalog.Levels) {
		return strconv.Itoa(rank) + ", avec les " + catalog.Levels[n-1]
	}
	return strconv.Itoa(rank) + ", aucun niveau lu dans le nom"
}

func takenBy(services []catalog.ServiceInfo, school int64) string {
	var names []string
	for _, s := range services {
		if s.Takes(school) && !slices.Contains(names, s.Short) {
			names = append(names, s.Short)
		}
	}
	return strings.Join(names, ", ")
}

// placesTab is where the communes, the schools and the classes of a year are.
type placesTab struct {
	sh     kit.Shell
	d      Deps
	year   calendar.SchoolYear
	rows   []placeRow
	read   bool
	latest kit.Latest
	tree   *widgets.List
	years  *widgets.Select
	panel  *widgets.Panel
	facts  *widgets.Painting
	refus  *widgets.Alert
	side   *fyne.Container
	edit   *widgets.Button
	remove *widgets.Button
	root   fyne.CanvasObject
}

func newPlaces(sh kit.Shell, d Deps) *placesTab {
	t := &placesTab{sh: sh, d: d, year: calendar.SchoolYearOf(sh.Today())}
	t.tree = widgets.NewList(36, t.draw)
	t.tree.OnSelect = func(int) { t.show("") }
	t.tree.OnOpen = func(int) { t.change() }
	t.tree.OnKey = onDelete(t.askRemove)
	t.tree.Jump = func(row int) string { return t.rows[row].name }
	var years []widgets.Option
	for y := t.year - 1; y <= t.year+1; y++ {
		years = append(years, widgets.Option{ID: y.String(), Label: y.String()})
	}
	t.years = widgets.NewSelect(func(id string) {
		if y, err := calendar.ParseSchoolYear(id); err == nil {
			t.year = y
			t.load()
		}
	}, years...).Compact().Width(124)
	t.years.Set(t.year.String())
	add := widgets.NewButton("Ajouter…", widgets.Primary, t.add).Icon("plus").KeyHint("F2").Compact()
	t.edit = widgets.NewButton("Modifier…", widgets.Secondary, t.change).Icon("edit").KeyHint("Entrée").Compact()
	t.remove = widgets.NewButton("Retirer…", widgets.Danger, t.askRemove).KeyHint("Suppr").Compact()
	t.facts = factsBox(func() []fact {
		if r := t.row(); r != nil {
			return r.facts
		}
		return nil
	})
	t.refus = widgets.NewAlert(widgets.Failure, "", "")
	t.refus.Hide()
	t.side = widgets.VBox(14, t.refus, t.facts, widgets.HBox(8, t.edit, t.remove),
		widgets.NewParagraph("Les classes sont celles de l’année choisie. Leur rang suit les niveaux de leur nom : « CE1-CE2 » vient après « CP ».", widgets.Small))
	t.panel = widgets.NewPanel("", scrolled(t.side)).Icon("info").Line()
	t.root = widgets.HFlex(16, []float32{1, -360}, widgets.NewPanel("Communes et écoles", t.tree).Icon("school").Right(t.years, add).Line().Flush(), t.panel)
	return t
}

func (t *placesTab) content() fyne.CanvasObject { return t.root }
func (t *placesTab) focus()                     { focusOn(t.sh, t.tree) }

func (t *placesTab) shortcuts() []kit.Shortcut {
	return []kit.Shortcut{{Key: fyne.KeyF2, Hint: "F2", Label: "Ajouter une commune, une école ou des classes", Run: t.add}}
}

func (t *placesTab) row() *placeRow {
	if i := t.tree.Selected(); i >= 0 && i < len(t.rows) {
		return &t.rows[i]
	}
	return nil
}

func (t *placesTab) draw(g *widgets.Gfx, row int, b widgets.Box, _ bool) {
	r := t.rows[row]
	ic := theme.Px(16)
	x := b.X + float32(r.level)*theme.Px(24)
	icon, st := [3]string{"home", "school", ""}[r.level], [3]widgets.Style{widgets.BodyBold, widgets.BodyBold, widgets.Body}[r.level]
	if icon != "" {
		g.Icon(x, b.Y+(b.H-ic)/2, ic, icon, theme.Ardoise600)
	}
	x += ic + 8
	room := b.X + b.W - x
	if r.detail != "" {
		w := widgets.TextWidth(r.detail, widgets.Small) + 2
		g.Text(b.X+b.W-w, b.Y, w, b.H, r.detail, widgets.Small.Right())
		room -= w + 12
	}
	g.Text(x, b.Y, room, b.H, r.name, st)
}

func (t *placesTab) load() { t.reload(0, 0) }

// reload reads the tree and goes to a line of it (id 0: stays where it is).
func (t *placesTab) reload(level int, id int64) {
	if !t.read {
		t.tree.Loading("")
	}
	year := t.year
	var rows []placeRow
	t.latest.Go(t.sh.Runner(), t.sh.Ctx(), func(ctx context.Context) error {
		communes, err := t.d.Catalog.Communes(ctx)
		if err != nil {
			return err
		}
		schools, err := t.d.Catalog.Schools(ctx)
		if err != nil {
			return err
		}
		classes, err := t.d.Catalog.Classes(ctx, year)
		if err != nil {
			return err
		}
		services, err := t.d.Catalog.Services(ctx)
		rows = placeRows(communes, schools, classes, services)
		return err
	}, func(err error) {
		if err != nil {
			t.tree.Failed(fault.Sentence(err), t.load)
			return
		}
		before := t.read
		t.rows, t.read = rows, true
		t.tree.SetCount(len(rows))
		if len(rows) == 0 {
			t.tree.Empty(widgets.NewEmptyState("school", "Aucune commune", "Commencez par la commune, puis ses écoles et leurs classes.", widgets.NewButton("Ajouter une commune…", widgets.Secondary, t.add).Icon("plus").Compact()))
		}
		for i := len(rows) - 1; i >= 0; i-- { // first a school: communes may be many
			if r := rows[i]; id != 0 && r.level == level && r.id() == id || !before && id == 0 && r.level == levelSchool {
				t.tree.Select(max(0, i-1)) // its commune stays in sight
				t.tree.Select(i)
			}
		}
		t.show("")
	})
}

func (r placeRow) id() int64 {
	switch r.level {
	case levelCommune:
		return r.commune.ID
	case levelSchool:
		return r.school.ID
	}
	return r.class.ID
}

// show tells of the line chosen, and why something was refused.
func (t *placesTab) show(refusal string) {
	r := t.row()
	title := "Rien de choisi"
	if r != nil {
		title = [3]string{"Commune", "École", "Classe"}[r.level]
	}
	t.panel.SetTitle(title)
	t.edit.SetEnabled(r != nil, "Rien n’est choisi.")
	t.remove.SetEnabled(r != nil, "Rien n’est choisi.")
	t.refus.Hidden = refusal == ""
	t.refus.Set(widgets.Failure, refusal, "")
	t.facts.Refresh()
	t.side.Refresh()
	t.panel.Refresh()
}

// askRemove takes away what nothing names; a refusal is told beside the line.
func (t *placesTab) askRemove() {
	r := t.row()
	if r == nil {
		return
	}
	row := *r
	what := [3]string{"la commune", "l’école", "la classe"}[row.level]
	t.sh.Confirm(fault.French("Retirer "+what+" « "+row.name+" » ?"), "Seulement si rien ne s’en sert : ni enfant, ni service, ni réservation.", "Retirer", widgets.Danger, func() {
		t.sh.Runner().Go(t.sh.Ctx(), func(ctx context.Context) error {
			switch row.level {
			case levelCommune:
				return t.d.Catalog.RemoveCommune(ctx, row.commune.ID)
			case levelSchool:
				return t.d.Catalog.RemoveSchool(ctx, row.school.ID)
			}
			return t.d.Catalog.RemoveClass(ctx, row.class.ID)
		}, func(err error) {
			if err != nil {
				t.show(fault.Sentence(err))
				return
			}
			t.sh.Done(fault.French(capital(what)+" « "+row.name+" » a été retirée"), nil)
			t.load()
		})
	})
}
