package settings

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/access"
	"ardoise/data/fault"
	"ardoise/data/letter"
	"ardoise/data/schoolyear"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// yearRequests is the fifth step: the requests of the year as drafts, and one
// letter a family that asks for them.
type yearRequests struct {
	t       *yearTab
	plan    schoolyear.RequestPlan
	rows    []askedRow
	ready   bool
	busy    bool
	loading kit.Latest

	table  *widgets.Table
	panel  *widgets.Panel
	note   *widgets.Alert
	mail   *mailSheet
	sheet  *widgets.Panel
	mainB  *widgets.Button
	paperB *widgets.Button
	outB   *widgets.Button
	root   fyne.CanvasObject
}

type askedRow struct {
	name, number, count, missing string
	badge                        *widgets.BadgeSpec
}

func newYearRequests(t *yearTab) *yearRequests {
	s := &yearRequests{t: t, mail: newMailSheet()}
	s.table = widgets.NewTable([]widgets.Column{
		{ID: "family", Title: "Famille", Weight: 1.6}, {ID: "count", Title: "Demandes", Width: 84, Right: true}, {ID: "missing", Title: "À fournir", Spare: true}, {ID: "state", Title: "Courriel", Width: 112},
	}, s.cell).RowHeight(36)
	s.table.OnSelect = s.preview
	s.table.Jump = func(row int) string {
		if row < len(s.rows) {
			return s.rows[row].name
		}
		return ""
	}
	s.mainB = widgets.NewButton("Redemander…", widgets.Primary, s.main).Icon("send").KeyHint("F9").Compact()
	s.paperB = widgets.NewButton("Lettres papier", widgets.Secondary, s.papers).Icon("print").KeyHint("F7").Compact()
	s.outB = widgets.NewButton("Non redemandés", widgets.Secondary, s.leftOut).Compact()
	s.note = widgets.NewAlert(widgets.Info, "", "")
	s.panel = widgets.NewPanel("Familles", s.table).Icon("family").Line().Flush()
	s.sheet = widgets.NewPanel("Courriel", s.mail.root).Icon("eye").Line()
	s.root = widgets.VFlex(12, []float32{0, 1, 0}, s.note, widgets.HFlex(16, []float32{7, 4}, s.panel, s.sheet),
		container.New(&ends{gap: 8}, s.outB, widgets.HFlex(8, []float32{0, 0}, s.paperB, s.mainB)))
	return s
}

func (s *yearRequests) content() fyne.CanvasObject { return s.root }
func (s *yearRequests) focus()                     { focusOn(s.t.sh, s.table) }
func (s *yearRequests) dirty() bool                { return false }
func (s *yearRequests) forget()                    {}

func (s *yearRequests) shortcuts() []kit.Shortcut {
	return []kit.Shortcut{
		{Key: fyne.KeyF7, Hint: "F7", Label: "Lettres aux familles sans adresse électronique", Run: s.papers, Off: s.whyPapers},
		{Key: fyne.KeyF9, Hint: "F9", Label: "Redemander les accès de l’année", Run: s.main, Off: s.why},
	}
}

func (s *yearRequests) load() {
	if !s.ready {
		s.table.Loading("")
	}
	ask := schoolyear.RequestAsk{Year: s.t.view.Year}
	var plan schoolyear.RequestPlan
	s.loading.Go(s.t.sh.Runner(), s.t.sh.Ctx(), func(ctx context.Context) (err error) {
		plan, err = s.t.d.Year.PlanRequests(ctx, ask)
		return err
	}, func(err error) {
		switch {
		case err != nil && !s.ready:
			s.table.Failed(fault.Sentence(err), s.load)
		case err != nil:
			s.t.sh.Refused(err)
		default:
			s.take(plan)
		}
	})
}

func (s *yearRequests) take(plan schoolyear.RequestPlan) {
	s.plan, s.ready, s.rows = plan, true, nil
	for _, f := range plan.Families {
		missing, accepted := 0, 0
		for _, l := range f.Lines {
			missing += len(l.Missing)
			if l.State == access.Accepted {
				accepted++
			}
		}
		row := askedRow{name: f.Family, number: f.Number, count: fmt.Sprint(len(f.Lines)), missing: countOf(missing, "pièce", "pièces")}
		switch {
		case missing == 0:
			row.missing = "rien"
		}
		switch {
		case accepted == len(f.Lines):
			row.badge = &widgets.BadgeSpec{Icon: "circle-check", Text: "Accepté", Tone: widgets.Success}
		case f.To == "" && f.Asks():
			row.badge = &widgets.BadgeSpec{Icon: "print", Text: "Papier", Tone: widgets.Warning}
		case f.Written:
			row.badge = &widgets.BadgeSpec{Icon: "mail", Text: "Écrit", Tone: widgets.Success}
		case f.Asks():
			row.badge = &widgets.BadgeSpec{Icon: "send", Text: "À écrire", Tone: widgets.Info}
		default:
			row.badge = &widgets.BadgeSpec{Icon: "clock", Text: "En cours", Tone: widgets.Neutral}
		}
		s.rows = append(s.rows, row)
	}
	s.table.SetCount(len(s.rows))
	if len(s.rows) == 0 {
		s.table.Empty(widgets.NewEmptyState("request", "Aucune demande à refaire", "Aucun enfant qui reste n’a d’accès cette année.", nil))
	}
	p := plan
	s.note.Set(widgets.Info, fmt.Sprintf("%s, %s, %s, %s.", countOf(p.New, "demande à créer", "demandes à créer"), countOf(p.ToWrite, "courriel à écrire", "courriels à écrire"),
		countOf(p.Written, "famille déjà prévenue", "familles déjà prévenues"), countOf(p.ByPost, "lettre papier", "lettres papier")), "")
	s.panel.SetSub(fmt.Sprint(len(p.Families)))
	s.mainB.SetEnabled(s.why() == "", s.why())
	s.paperB.SetEnabled(s.whyPapers() == "", s.whyPapers())
	s.outB.SetEnabled(len(p.LeftOut) > 0, "Tous les accès sont redemandés.")
	s.preview(s.table.Selected())
	s.root.Refresh()
}

func (s *yearRequests) cell(row, col int) widgets.Cell {
	if row >= len(s.rows) {
		return widgets.Cell{}
	}
	r := s.rows[row]
	switch col {
	case 0:
		return widgets.Cell{Text: r.name, Sub: r.number, Bold: true}
	case 1:
		return widgets.Cell{Text: r.count}
	case 2:
		return widgets.Cell{Text: r.missing}
	}
	return widgets.Cell{Badge: r.badge}
}

// preview shows the letter of the family under the cursor, or what it has asked.
func (s *yearRequests) preview(row int) {
	if row < 0 || row >= len(s.plan.Families) {
		return
	}
	f := s.plan.Families[row]
	if f.Letter.Body != "" {
		s.sheet.SetTitle("Courriel")
		s.mail.show(f.Letter)
		s.mail.when(map[bool]string{true: "Sur papier" + nbsp + ": pas d’adresse électronique."}[f.To == ""])
		return
	}
	var lines []string
	for _, l := range f.Lines {
		lines = append(lines, l.Child+", "+l.Service+nbsp+": "+strings.ToLower(l.State.Label()))
	}
	s.sheet.SetTitle("Demandes")
	s.mail.show(letter.Letter{To: f.To, Subject: "Famille " + f.Family, Body: strings.Join(lines, "\n")})
	s.mail.when("")
}

func (s *yearRequests) why() string {
	switch {
	case !s.ready:
		return "Les demandes ne sont pas encore lues."
	case !s.t.view.Opened():
		return "Ouvrez d’abord l’année : étape « Préparer »."
	case s.plan.New+s.plan.ToWrite == 0:
		return "Tout est demandé, et chaque famille est prévenue."
	}
	return ""
}

func (s *yearRequests) whyPapers() string {
	if len(s.plan.Papers()) == 0 {
		return "Toutes les familles ont une adresse électronique."
	}
	return ""
}

// main asks by when to answer, then drafts the requests and files the letters.
func (s *yearRequests) main() {
	if why := s.why(); why != "" {
		s.t.sh.Toast(why)
		return
	}
	day := widgets.NewDateField(s.t.sh.Today).Required()
	day.Set(s.plan.Ask.ReplyBy)
	form := widgets.NewForm()
	form.Line(widgets.NewParagraph(fmt.Sprintf("%s en brouillon, %s. Chaque famille est prévenue une seule fois.", capital(countOf(s.plan.New, "demande", "demandes")), countOf(s.plan.ToWrite, "courriel", "courriels")), widgets.Body))
	form.Add(widgets.NewField("Répondre au plus tard le", "Dit dans le courriel. Son texte se change dans Modèles.", day), func() error { _, err := day.Value(); return err })
	if n := s.plan.ByPost; n > 0 {
		form.Line(widgets.NewAlert(widgets.Info, countOf(n, "famille n’a", "familles n’ont")+" pas d’adresse électronique.", "").Detail("Leurs lettres s’impriment par F7."))
	}
	var d *widgets.Dialog
	d = widgets.NewDialog("Redemander les accès", "Année "+s.plan.Ask.Year.String(), form.Content(), "Redemander", widgets.Primary, func() {
		if s.busy || !form.Validate() {
			return
		}
		by, err := day.Value()
		if err != nil {
			return // Validate has just said so
		}
		s.busy = true
		shown := s.plan
		var done schoolyear.RequestPlan
		s.t.sh.Runner().Go(s.t.sh.Ctx(), func(ctx context.Context) (err error) {
			if by != shown.Ask.ReplyBy { // the letters say another day
				if shown, err = s.again(ctx, shown, schoolyear.RequestAsk{Year: shown.Ask.Year, ReplyBy: by}); err != nil {
					return err
				}
			}
			done, err = s.t.d.Year.CommitRequests(ctx, shown)
			return err
		}, func(err error) {
			s.busy = false
			if err != nil {
				form.Refuse(err)
				return
			}
			d.Close()
			s.t.sh.Done(countOf(done.New, "demande créée", "demandes créées")+", "+countOf(done.ToWrite, "courriel préparé", "courriels préparés"), nil)
			s.t.load()
		})
	})
	d.First = day.FocusTarget()
	s.t.sh.Show(d)
}

// again plans with another day to answer by, and refuses where anything else has
// changed since the agent read the list.
func (s *yearRequests) again(ctx context.Context, shown schoolyear.RequestPlan, ask schoolyear.RequestAsk) (schoolyear.RequestPlan, error) {
	same, err := s.t.d.Year.PlanRequests(ctx, shown.Ask)
	if err != nil {
		return shown, err
	}
	if same.Digest != shown.Digest {
		return shown, fault.New(fault.Conflict, "Les demandes ou les pièces ont changé depuis l’affichage. Rien n’a été écrit : relisez la liste et validez de nouveau.")
	}
	return s.t.d.Year.PlanRequests(ctx, ask)
}

// papers shows the letters of the families without an address, ready to print.
func (s *yearRequests) papers() {
	if why := s.whyPapers(); why != "" {
		s.t.sh.Toast(why)
		return
	}
	plan := s.plan
	s.t.sh.Progress("Lettres de l’année "+plan.Ask.Year.String(), func(ctx context.Context, report func(done, total int, what string)) error {
		path, err := kit.WriteTemp("demandes-"+plan.Ask.Year.String()+".pdf", func(w io.Writer) error {
			return s.t.d.YearLetters(ctx, w, plan, func(done, total int) { report(done, total, "") })
		})
		if err != nil {
			return err
		}
		return s.t.sh.Files().View(path)
	}, func(err error) {
		if err != nil && !errors.Is(err, context.Canceled) { // the agent stopped it: the shell has said so
			s.t.sh.Refused(err)
		}
	})
}

// leftOut lists the accesses that are not asked again, and why.
func (s *yearRequests) leftOut() {
	list := s.plan.LeftOut
	table := widgets.NewTable([]widgets.Column{{ID: "child", Title: "Enfant", Weight: 3}, {ID: "service", Title: "Service", Weight: 2}, {ID: "why", Title: "Pourquoi", Weight: 4}}, func(row, col int) widgets.Cell {
		if row >= len(list) {
			return widgets.Cell{}
		}
		l := list[row]
		return widgets.Cell{Text: []string{l.Child, l.Service, l.Why}[col], Bold: col == 0}
	}).RowHeight(36)
	table.SetCount(len(list))
	d := widgets.NewDialog("Accès non redemandés", countOf(len(list), "accès", "accès"), container.New(&heightBox{func() float32 { return theme.Px(360) }}, table), "", widgets.Primary, nil)
	d.Width, d.CancelWord, d.First = 720, "Fermer", table
	s.t.sh.Show(d)
}
