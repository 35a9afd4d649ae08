package settings

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/data/schoolyear"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// yearLeavers is the fourth step: who leaves, and what is left between the town
// and each family. Money goes back in the wallets' own screen.
type yearLeavers struct {
	t       *yearTab
	list    []schoolyear.LeavingFamily
	rows    []leaverRow
	ready   bool
	loading kit.Latest

	table    *widgets.Table
	panel    *widgets.Panel
	note     *widgets.Alert
	cancelB  *widgets.Button
	archiveB *widgets.Button
	bookB    *widgets.Button
	root     fyne.CanvasObject
}

type leaverRow struct {
	name, number, children, balance, todo string
	badge                                 *widgets.BadgeSpec
}

func newYearLeavers(t *yearTab) *yearLeavers {
	s := &yearLeavers{t: t}
	s.table = widgets.NewTable([]widgets.Column{
		{ID: "family", Title: "Famille", Weight: 1.2}, {ID: "children", Title: "Enfants qui partent", Weight: 1.4, Spare: true}, {ID: "balance", Title: "Solde", Width: 96, Right: true}, {ID: "todo", Title: "Reste à faire", Weight: 2},
	}, s.cell).RowHeight(36)
	s.table.OnOpen = s.openWallet
	s.table.Jump = func(row int) string {
		if row < len(s.rows) {
			return s.rows[row].name
		}
		return ""
	}
	s.cancelB = widgets.NewButton("Annuler les réservations…", widgets.Secondary, s.cancel).Icon("calendar-x").KeyHint("F3").Compact()
	s.archiveB = widgets.NewButton("Archiver…", widgets.Secondary, s.archive).Icon("folder").KeyHint("F9").Compact()
	s.bookB = widgets.NewButton("Classeur…", widgets.Secondary, s.workbook).Icon("file-excel").KeyHint("F7").Compact()
	s.note = widgets.NewAlert(widgets.Info, "", "")
	s.panel = widgets.NewPanel("Sortants", s.table).Icon("logout").Line().Flush()
	hint := widgets.NewKeyHints("Entrée", "ouvre le porte-monnaie de la famille, pour rembourser")
	s.root = widgets.VFlex(12, []float32{0, 1, 0, 0}, s.note, s.panel, hint, container.New(&ends{gap: 8}, s.bookB, widgets.HFlex(8, []float32{0, 0}, s.cancelB, s.archiveB)))
	return s
}

func (s *yearLeavers) content() fyne.CanvasObject { return s.root }
func (s *yearLeavers) focus()                     { focusOn(s.t.sh, s.table) }
func (s *yearLeavers) dirty() bool                { return false }
func (s *yearLeavers) forget()                    {}

func (s *yearLeavers) shortcuts() []kit.Shortcut {
	return []kit.Shortcut{
		{Key: fyne.KeyF3, Hint: "F3", Label: "Annuler les réservations des sortants", Run: s.cancel, Off: s.whyCancel},
		{Key: fyne.KeyF7, Hint: "F7", Label: "Classeur des sortants, pour le comptable", Run: s.workbook, Off: s.whyBook},
		{Key: fyne.KeyF9, Hint: "F9", Label: "Archiver les familles parties", Run: s.archive, Off: s.whyArchive},
	}
}

func (s *yearLeavers) load() {
	if !s.ready {
		s.table.Loading("")
	}
	year := s.t.view.Year
	var list []schoolyear.LeavingFamily
	s.loading.Go(s.t.sh.Runner(), s.t.sh.Ctx(), func(ctx context.Context) (err error) {
		list, err = s.t.d.Year.Leavers(ctx, year)
		return err
	}, func(err error) {
		switch {
		case err != nil && !s.ready:
			s.table.Failed(fault.Sentence(err), s.load)
		case err != nil:
			s.t.sh.Refused(err)
		default:
			s.take(list)
		}
	})
}

func (s *yearLeavers) take(list []schoolyear.LeavingFamily) {
	s.list, s.ready, s.rows = list, true, nil
	var refund money.Cents
	for _, f := range list {
		var names []string
		for _, l := range f.Leavers {
			name := l.Child
			if !l.Left {
				name += " (le " + l.LeftOn.Short() + ")"
			}
			names = append(names, name)
		}
		row := leaverRow{name: f.Family, number: f.Number, children: strings.Join(names, ", "), balance: f.Balance.String(), todo: strings.Join(f.Todo(), ", ")}
		switch {
		case f.State == family.Archived:
			row.badge = &widgets.BadgeSpec{Icon: "folder", Text: "Archivée", Tone: widgets.Neutral}
		case row.todo != "":
		case !f.Gone():
			row.badge = &widgets.BadgeSpec{Icon: "circle-check", Text: countOf(f.Staying, "enfant reste", "enfants restent"), Tone: widgets.Neutral}
		case f.Archivable():
			row.badge = &widgets.BadgeSpec{Icon: "circle-check", Text: "À archiver", Tone: widgets.Success}
		default:
			row.badge = &widgets.BadgeSpec{Icon: "clock", Text: "Rien à solder", Tone: widgets.Success}
		}
		refund += f.Refund()
		s.rows = append(s.rows, row)
	}
	s.table.SetCount(len(s.rows))
	if len(s.rows) == 0 {
		s.table.Empty(widgets.NewEmptyState("users", "Aucun sortant", "Les sortants viennent de la répartition, puis de la comparaison avec ONDE.", nil))
	}
	s.panel.SetSub(countOf(len(list), "famille", "familles") + ", " + refund.String() + " à rembourser")
	s.note.Set(widgets.Info, s.t.said(3), "")
	s.cancelB.SetEnabled(s.whyCancel() == "", s.whyCancel())
	s.archiveB.SetEnabled(s.whyArchive() == "", s.whyArchive())
	s.bookB.SetEnabled(s.whyBook() == "", s.whyBook())
	s.root.Refresh()
}

func (s *yearLeavers) cell(row, col int) widgets.Cell {
	if row >= len(s.rows) {
		return widgets.Cell{}
	}
	r := s.rows[row]
	switch col {
	case 0:
		return widgets.Cell{Text: r.name, Sub: r.number, Bold: true}
	case 1:
		return widgets.Cell{Text: r.children}
	case 2:
		return widgets.Cell{Text: r.balance}
	}
	return widgets.Cell{Text: r.todo, Badge: r.badge}
}

func (s *yearLeavers) openWallet(row int) {
	if row >= 0 && row < len(s.list) {
		s.t.sh.Navigate("wallets", s.list[row].FamilyID)
	}
}

func (s *yearLeavers) whyCancel() string {
	for _, f := range s.list {
		if f.Coming > 0 {
			return ""
		}
	}
	return "Les sortants n’ont pas de réservation à annuler."
}

func (s *yearLeavers) whyBook() string {
	if len(s.list) == 0 {
		return "Il n’y a pas de sortant."
	}
	return ""
}

func (s *yearLeavers) archivable() (ids []int64, names []string) {
	for _, f := range s.list {
		if f.Archivable() {
			ids, names = append(ids, f.FamilyID), append(names, f.Family)
		}
	}
	return ids, names
}

func (s *yearLeavers) whyArchive() string {
	if ids, _ := s.archivable(); len(ids) == 0 {
		return "Aucune famille partie n’a tout soldé."
	}
	return ""
}

// cancel shows what cancelling would give back, then does it once.
func (s *yearLeavers) cancel() {
	if why := s.whyCancel(); why != "" {
		s.t.sh.Toast(why)
		return
	}
	year, key := s.t.view.Year, "window:"+rand.Text()
	var plan schoolyear.Cancelling
	s.t.sh.Runner().Go(s.t.sh.Ctx(), func(ctx context.Context) (err error) { plan, err = s.t.d.Year.PlanCancelling(ctx, year); return err }, func(err error) {
		if err != nil {
			s.t.sh.Refused(err)
			return
		}
		text := fmt.Sprintf("%s de %s"+nbsp+": %s reviennent aux porte-monnaie.", countOf(len(plan.Lines), "réservation", "réservations"), countOf(plan.Families, "famille", "familles"), plan.Back)
		if plan.Lost > 0 {
			text += fmt.Sprintf(" Hors délai, %s restent dus.", plan.Lost)
		}
		s.t.sh.Confirm("Annuler les réservations des sortants"+nbsp+"?", text, "Annuler les réservations", widgets.Danger, func() {
			s.t.sh.Runner().Go(s.t.sh.Ctx(), func(ctx context.Context) error { _, err := s.t.d.Year.Cancel(ctx, key, plan); return err }, s.after(countOf(len(plan.Lines), "réservation annulée", "réservations annulées")))
		})
	})
}

// after tells of what was done and reads again.
func (s *yearLeavers) after(done string) func(error) {
	return func(err error) {
		if err != nil {
			s.t.sh.Refused(err)
			return
		}
		s.t.sh.Done(done, nil)
		s.t.load()
	}
}

func (s *yearLeavers) archive() {
	if why := s.whyArchive(); why != "" {
		s.t.sh.Toast(why)
		return
	}
	ids, names := s.archivable()
	s.t.sh.Confirm("Archiver "+countOf(len(ids), "famille", "familles")+nbsp+"?", "Elles n’ont plus d’enfant ici et plus rien à solder"+nbsp+": "+strings.Join(names, ", ")+". Une famille archivée se réactive dans sa fiche.", "Archiver", widgets.Primary, func() {
		s.t.sh.Runner().Go(s.t.sh.Ctx(), func(ctx context.Context) error { _, err := s.t.d.Year.Archive(ctx, ids); return err }, s.after(countOf(len(ids), "famille archivée", "familles archivées")))
	})
}

// workbook writes the list for the accountant.
func (s *yearLeavers) workbook() {
	if why := s.whyBook(); why != "" {
		s.t.sh.Toast(why)
		return
	}
	year, list := s.t.view.Year, s.list
	path := ""
	s.t.sh.Runner().Go(s.t.sh.Ctx(), func(ctx context.Context) (err error) {
		if path, err = s.t.sh.Files().Save(ctx, "Classeur des sortants", "sortants-"+year.String()+".xlsx"); err != nil || path == "" {
			return err
		}
		return kit.WriteFile(path, func(w io.Writer) error { return s.t.d.YearLeavers(ctx, w, year, list) })
	}, func(err error) {
		switch {
		case err != nil:
			s.t.sh.Refused(err)
		case path != "":
			s.t.sh.Done("Classeur des sortants enregistré", nil)
		}
	})
}
