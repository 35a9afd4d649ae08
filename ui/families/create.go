package families

import (
	"context"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

func id(n int64) string { return strconv.FormatInt(n, 10) }

// newFamily is the dialog of a new family: who is responsible, where they live,
// the first child. The rest is filled in afterwards, in the file.
type newFamily struct {
	p                     *page
	form                  *widgets.Form
	adult                 adultFields
	address, postal, city *widgets.TextField
	first, last           *widgets.TextField
	birth                 *widgets.DateField
	class                 *widgets.Select
	classes               []catalog.Class
	twins                 *fyne.Container
	told                  string // the draft whose look-alikes were shown
	dlg                   *widgets.Dialog
}

// create opens the dialog.
func (p *page) create() {
	if off := p.writeOff(); off != "" {
		p.sh.Refused(fault.New(fault.Forbidden, "%s", off))
		return
	}
	p.home.leave(func() {
		d, today := p.m.d, p.sh.Today()
		kit.Load(p.sh.Runner(), p.sh.Ctx(), func(ctx context.Context) ([]catalog.Class, error) {
			return d.Catalog.Classes(ctx, calendar.SchoolYearOf(today))
		}, func(classes []catalog.Class, err error) {
			if err != nil {
				p.sh.Refused(err)
				return
			}
			p.showCreate(classes)
		})
	})
}

func (p *page) showCreate(classes []catalog.Class) {
	n := &newFamily{p: p, classes: classes, form: widgets.NewForm(), adult: newAdultFields(func() {})}
	n.address, n.postal, n.city = widgets.NewTextField(), widgets.NewTextField(), widgets.NewTextField()
	n.first, n.last, n.birth = widgets.NewTextField(), widgets.NewTextField(), widgets.NewDateField(p.sh.Today)
	n.class = widgets.NewSelect(nil, classOptions(classes)...).PlaceHolder("Sans classe")
	n.adult.addTo(n.form, "Premier responsable", true, n.postal.Text)
	postal := widgets.NewField("Code postal", "", n.postal)
	n.form.Watch(postal, func() error {
		if s := strings.TrimSpace(n.postal.Text()); s != "" && len(s) != 5 {
			return fault.New(fault.Invalid, "Cinq chiffres.")
		}
		return nil
	})
	n.form.Line(widgets.HFlex(16, []float32{1, -112, 1}, widgets.NewField("Adresse", "", n.address), postal, widgets.NewField("Commune", "", n.city)))
	birth := widgets.NewField("Date de naissance", "", n.birth)
	n.form.Watch(birth, func() error {
		d, err := n.birth.Value()
		if err == nil && d.IsZero() && strings.TrimSpace(n.first.Text()) != "" {
			err = fault.New(fault.Invalid, "La date de naissance est obligatoire.")
		}
		return err
	})
	n.form.Line(widgets.NewLabel("Premier enfant", widgets.CardTitle))
	n.form.Line(widgets.HFlex(16, []float32{1, 1, -148, 1.2}, widgets.NewField("Prénom", "", n.first), widgets.NewField("Nom", "Vide : celui du responsable.", n.last), birth, widgets.NewField("Classe", "", n.class)))
	n.twins = widgets.VBox(8)
	n.form.Line(n.twins)
	n.dlg = widgets.NewDialog("Nouvelle famille", "Le second responsable, le quotient et les autres enfants se complètent ensuite dans le dossier.", n.form.Content(), "Créer la famille", widgets.Primary, n.submit)
	n.dlg.Width, n.dlg.First = 800, n.adult.first.FocusTarget()
	p.sh.Show(n.dlg)
}

// draft reads the dialog.
func (n *newFamily) draft() (family.Draft, error) {
	a := n.adult.get()
	d := family.Draft{Address1: n.address.Text(), Postal: n.postal.Text(), City: n.city.Text()}
	d.Guardians = []family.Guardian{{Civility: a.civility, Last: a.last, Usage: a.usage, First: a.first, Email: a.email, Home: a.home, Work: a.work, Mobile: a.mobile}}
	if strings.TrimSpace(n.first.Text()) == "" {
		return d, nil
	}
	c := family.Child{First: n.first.Text(), Last: or(n.last.Text(), or(a.usage, a.last))}
	var err error
	if c.Birth, err = n.birth.Value(); err != nil {
		return d, err
	}
	if v := n.class.Value(); v != "" {
		if c.ClassID, err = strconv.ParseInt(v, 10, 64); err != nil {
			return d, fault.Wrap(fault.Internal, err, "Cette classe n’existe pas.")
		}
	}
	d.Children = []family.Child{c}
	return d, nil
}

// submit looks for families that may be the same one, once for what is typed,
// then creates.
func (n *newFamily) submit() {
	if !n.form.Validate() {
		return
	}
	draft, err := n.draft()
	if err != nil {
		n.form.Refuse(err)
		return
	}
	typed := strings.Join([]string{draft.Guardians[0].Email, draft.Guardians[0].Mobile, draft.Guardians[0].Home, draft.Guardians[0].Work, n.first.Text(), n.last.Text(), n.birth.Text()}, "|")
	d := n.p.m.d.Family
	told := n.told == typed
	var pairs []family.Pair
	var made family.Family
	n.p.write(func(ctx context.Context) (err error) {
		if !told {
			if pairs, err = d.DuplicatesOf(ctx, draft); err != nil || len(pairs) > 0 {
				return err
			}
		}
		made, err = d.Create(ctx, draft)
		return err
	}, n.form.Refuse, func() {
		if made.ID == 0 {
			n.told = typed
			n.warn(pairs)
			return
		}
		n.dlg.Close()
		n.p.m.clear()
		n.p.showFilters()
		n.p.m.tab = tabHome
		n.p.tabs.Set(tabHome)
		n.p.m.cur, n.p.m.det = made.ID, nil
		n.p.sh.Done("Famille "+made.Name+" créée, "+made.Number(), nil)
		n.p.refresh()
	})
}

// warn shows the look-alikes; creating all the same asks for a second press.
func (n *newFamily) warn(pairs []family.Pair) {
	n.twins.Objects = nil
	for i, pair := range pairs {
		if i == 3 {
			break
		}
		text := fault.French("Ressemble à la famille " + pair.NameA + ", " + family.Number(pair.A) + " : " + strings.Join(pair.Why, " ; ") + ".")
		n.twins.Objects = append(n.twins.Objects, widgets.NewAlert(widgets.Warning, text, "").Action("Ouvrir", func() {
			n.dlg.Close()
			n.p.Open(pair.A)
		}))
	}
	n.twins.Refresh()
	n.dlg.Main.SetLabel("Créer quand même")
	n.form.Refuse(fault.New(fault.Conflict, "Cette famille existe peut-être déjà : vérifiez en bas de la fenêtre avant de créer."))
}
