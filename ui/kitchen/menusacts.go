package kitchen

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/importer"
	"ardoise/data/menu"
	"ardoise/reports/desk"
	papers "ardoise/reports/menu"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// askCopy copies the menus of one week onto another: first which, then what it
// would do, day by day.
func (p *menusPage) askCopy() {
	day, ok := p.current()
	if !ok {
		p.sh.Toast("Choisissez d’abord un jour de la semaine à remplir.")
		return
	}
	to := day.Day.Monday()
	from := widgets.NewDateField(p.sh.Today).Required()
	from.Set(to.Add(-28))
	into := widgets.NewDateField(p.sh.Today).Required()
	into.Set(to)
	form := widgets.NewForm()
	a, b := widgets.NewField("Copier la semaine du", "N’importe quel jour de la semaine. Les cycles sont souvent de quatre semaines.", from), widgets.NewField("Vers la semaine du", "Celle du jour choisi.", into)
	form.Watch(a, func() error { _, err := from.Value(); return err }).Watch(b, func() error { _, err := into.Value(); return err }).Line(a, b)
	var d *widgets.Dialog
	service := p.service
	d = widgets.NewDialog("Copier une semaine", "", form.Content(), "Voir ce qui changera", widgets.Primary, func() {
		if !form.Validate() {
			return
		}
		src, err1 := from.Value()
		dst, err2 := into.Value()
		if err1 != nil || err2 != nil {
			return // Validate has just said so
		}
		kit.Load(p.sh.Runner(), p.sh.Ctx(), func(ctx context.Context) (*menu.Plan, error) {
			return p.d.Menu.CopyWeek(ctx, service, src, dst)
		}, func(plan *menu.Plan, err error) {
			if err != nil {
				form.Refuse(err)
				return
			}
			d.Close()
			p.month, p.want = calendar.MonthOf(dst.Monday().Add(3)), dst
			p.showPlan("Copier la semaine du "+src.Monday().DayMonth(), plan, nil, func(ctx context.Context, _ bool) error { return p.d.Menu.Commit(ctx, plan) })
		})
	})
	d.First = from.FocusTarget()
	p.sh.Show(d)
	from.SelectAll()
}

// planLines says a plan day by day.
func planLines(plan *menu.Plan) (out []fyne.CanvasObject) {
	words := map[string]widgets.BadgeSpec{
		menu.Create: {Icon: "plus", Text: "Nouveau", Tone: widgets.Success}, menu.Replace: {Icon: "edit", Text: "Remplace", Tone: widgets.Warning},
		menu.Remove: {Icon: "trash", Text: "Retire", Tone: widgets.Warning}, menu.Unchanged: {Icon: "check", Text: "Inchangé", Tone: widgets.Neutral},
		menu.Refused: {Icon: "circle-cross", Text: "Refusé", Tone: widgets.Failure},
	}
	for _, l := range plan.Lines {
		text := menu.Day{Dishes: l.Now}.Text()
		if l.Action == menu.Refused {
			text = l.Why
		}
		if l.Action == menu.Replace {
			text += "\nau lieu de" + nbsp + ": " + menu.Day{Dishes: l.Was}.Text()
		}
		out = append(out, widgets.HFlex(12, []float32{-108, -104, 1}, widgets.NewLabel(l.Day.Medium(), widgets.BodyBold), widgets.HBox(0, badgeOf(words[l.Action])), widgets.NewParagraph(text, widgets.Small)))
	}
	return out
}

func badgeOf(s widgets.BadgeSpec) *widgets.Badge { return widgets.NewBadge(s.Icon, s.Text, s.Tone) }

// showPlan shows what would be done, then does it.
func (p *menusPage) showPlan(title string, plan *menu.Plan, before []fyne.CanvasObject, commit func(ctx context.Context, without bool) error) {
	form := widgets.NewForm()
	for _, o := range before {
		form.Line(o)
	}
	verb, sub := "", "Aucun jour ne peut être enregistré."
	if plan != nil {
		sub = plan.Summary()
		form.Line(widgets.VBox(8, planLines(plan)...))
		if plan.Changes() > 0 {
			verb = "Enregistrer"
		}
	}
	busy := false
	var d *widgets.Dialog
	d = widgets.NewDialog(title, sub, form.Content(), verb, widgets.Primary, func() {
		if busy {
			return
		}
		busy = true
		kit.Importing(p.sh, commit, func(err error) {
			busy = false
			if err != nil {
				form.Refuse(err)
				return
			}
			d.Close()
			p.sh.Done(plan.Summary(), nil)
			p.known = nil
			p.load()
		})
	})
	d.Width = 860
	p.sh.Show(d)
}

// maxMenus bounds a caterer's file, in bytes.
const maxMenus = 16 << 20

// readFile reads a whole file, with a sentence where it cannot.
func readFile(path string) (data []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "Le fichier %s ne s’ouvre pas. Vérifiez qu’il existe encore et que vous pouvez le lire.", filepath.Base(path))
	}
	defer func() {
		if cerr := f.Close(); err == nil && cerr != nil {
			err = fault.Wrap(fault.Unavailable, cerr, "Le fichier %s n’a pas pu être refermé.", filepath.Base(path))
		}
	}()
	if data, err = io.ReadAll(io.LimitReader(f, maxMenus+1)); err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "Le fichier %s n’a pas pu être lu jusqu’au bout.", filepath.Base(path))
	}
	if len(data) > maxMenus {
		return nil, fault.New(fault.Invalid, "Le fichier %s est trop gros pour des menus (16 Mo au plus).", filepath.Base(path))
	}
	return data, nil
}

// askImport reads a caterer's file and shows what it would do.
func (p *menusPage) askImport() {
	if p.d.Import == nil {
		return
	}
	service := p.service
	var path string
	var plan *importer.MenuPlan
	p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
		if path, err = p.sh.Files().Open(ctx, "Importer les menus du prestataire", "*.xlsx", "*.csv"); err != nil || path == "" {
			return err
		}
		text, err := readFile(path)
		if err != nil {
			return err
		}
		plan, err = p.d.Import.PlanMenus(ctx, importer.Menus{ServiceID: service, Name: filepath.Base(path), Data: text})
		return err
	}, func(err error) {
		switch {
		case err != nil:
			p.sh.Refused(err)
		case path != "":
			if plan.Plan != nil && len(plan.Plan.Lines) > 0 {
				first := plan.Plan.Lines[0].Day
				p.month, p.want = calendar.MonthOf(first), first
			}
			p.showPlan("Importer "+filepath.Base(path), plan.Plan, importNotes(plan), func(ctx context.Context, without bool) error {
				plan.NoCopy = without
				return p.d.Import.CommitMenus(ctx, plan)
			})
		}
	})
}

// importNotes says how the headers were understood and what is refused.
func importNotes(plan *importer.MenuPlan) (out []fyne.CanvasObject) {
	var read, left []string
	for _, c := range plan.Columns {
		switch {
		case c.Header == "":
		case c.Meaning == "":
			left = append(left, "«\u00a0"+c.Header+"\u00a0»")
		default:
			read = append(read, "«\u00a0"+c.Header+"\u00a0» = "+c.Meaning)
		}
	}
	text := "Colonnes lues\u00a0: " + strings.Join(read, ", ") + "."
	if len(left) > 0 {
		text += " Laissées\u00a0: " + strings.Join(left, ", ") + "."
	}
	out = append(out, widgets.NewParagraph(text, widgets.Small))
	for _, n := range plan.Notices {
		out = append(out, widgets.NewParagraph(fmt.Sprintf("Ligne %d\u00a0: %s", n.Line, n.Text), widgets.Small))
	}
	const most = 8
	for i, r := range plan.Refused {
		if i == most {
			out = append(out, widgets.NewParagraph(fmt.Sprintf("et %d\u00a0autres refus.", len(plan.Refused)-most), widgets.Small))
			break
		}
		who := ""
		if r.Who != "" {
			who = r.Who + ", "
		}
		out = append(out, widgets.NewAlert(widgets.Failure, fmt.Sprintf("%sligne %d", who, r.Line), "").Detail(r.Reason))
	}
	return out
}

// askPrint chooses the paper: which days, for whom.
func (p *menusPage) askPrint() {
	if !p.loaded {
		return
	}
	day, _ := p.current()
	what := widgets.NewChoice(widgets.Segments, nil, widgets.Option{ID: "month", Label: capital(p.got.m.Month.Label())}, widgets.Option{ID: "week", Label: "Semaine du " + day.Day.Monday().DayMonth()})
	for1 := widgets.NewRadioRows(nil, widgets.Option{ID: "families", Label: "Pour les familles et les portes des écoles", Detail: "allergènes par numéro, avec leur légende"},
		widgets.Option{ID: "internal", Label: "Exemplaire interne", Detail: "avec les effectifs et le compte des menus végétariens"})
	form := widgets.NewForm().Add(widgets.NewField("Période", "", what), nil).Line(for1)
	var d *widgets.Dialog
	d = widgets.NewDialog("Imprimer les menus", "", form.Content(), "Imprimer", widgets.Primary, func() {
		d.Close()
		week := calendar.Date(0)
		if what.Value() == "week" {
			week = day.Day.Monday()
		}
		p.print(week, for1.Value() == "internal")
	})
	d.First = what
	p.sh.Show(d)
}

// paper gathers the menus as the paper prints them.
func (p *menusPage) paper(ctx context.Context, got monthSheet, service int64, week calendar.Date, internal bool) (papers.Menu, error) {
	svc, _ := p.place.service(service)
	m, err := desk.NewMaker(ctx, p.d.Catalog, svc.Commune, svc.Short, p.sh.Now())
	if err != nil {
		return papers.Menu{}, err
	}
	var counts *desk.MenuCounts
	if internal {
		served, err := p.d.Booking.Served(ctx, service, got.m.From(), got.m.To())
		if err != nil {
			return papers.Menu{}, err
		}
		counts = desk.CountMenus(served, got.meals)
	}
	return m.Menus(got.m, week, counts), nil
}

func (p *menusPage) print(week calendar.Date, internal bool) {
	got, service := p.got, p.service
	name := "menus-" + got.m.Month.String() + ".pdf"
	if !week.IsZero() {
		name = "menus-" + week.String() + ".pdf"
	}
	p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) error {
		paper, err := p.paper(ctx, got, service, week, internal)
		if err != nil {
			return err
		}
		path, err := kit.WriteTemp(name, func(w io.Writer) error { return papers.PDF(ctx, w, paper) })
		if err != nil {
			return err
		}
		return p.sh.Files().View(path)
	}, func(err error) {
		if err != nil {
			p.sh.Refused(err)
			return
		}
		p.sh.Toast("Document ouvert dans la visionneuse")
	})
}

// export writes the month's workbook.
func (p *menusPage) export() {
	if !p.loaded {
		return
	}
	got, service := p.got, p.service
	var path string
	p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
		if path, err = p.sh.Files().Save(ctx, "Enregistrer les menus", "menus-"+got.m.Month.String()+".xlsx"); err != nil || path == "" {
			return err
		}
		paper, err := p.paper(ctx, got, service, 0, false)
		if err != nil {
			return err
		}
		return kit.WriteFile(path, func(w io.Writer) error { return papers.Workbook(ctx, w, paper) })
	}, func(err error) {
		switch {
		case err != nil:
			p.sh.Refused(err)
		case path != "":
			p.sh.Done(filepath.Base(path)+" enregistré", nil)
		}
	})
}
