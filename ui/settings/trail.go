package settings

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/staff"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

const (
	trailPage = 200
	typing    = 200 * time.Millisecond
)

// trailTab reads the audit trail, newest first, page after page.
type trailTab struct {
	sh     kit.Shell
	d      Deps
	list   []staff.Entry
	more   bool
	kind   string
	latest kit.Latest
	pause  func()

	text   *widgets.TextField
	kinds  *widgets.Choice
	table  *widgets.Table
	older  *widgets.Button
	verify *widgets.Button
	checks *widgets.Button
	state  *widgets.Label
	root   fyne.CanvasObject
}

func newTrail(sh kit.Shell, d Deps) *trailTab {
	t := &trailTab{sh: sh, d: d}
	t.text = widgets.NewTextField().Compact().Icon("search").PlaceHolder("Agent ou détail").Width(240)
	t.text.OnChanged = func(string) {
		if t.pause != nil {
			t.pause()
		}
		t.pause = sh.Runner().After(typing, t.load)
	}
	t.kinds = widgets.NewChoice(widgets.Filters, func(id string) { t.kind = id; t.load() }, trailKinds...).Wrap()
	t.table = widgets.NewTable([]widgets.Column{
		{ID: "at", Title: "Quand", Width: 152},
		{ID: "agent", Title: "Qui", Width: 168},
		{ID: "kind", Title: "Quoi", Width: 112},
		{ID: "detail", Title: "Détail", Weight: 1},
		{ID: "object", Title: "Objet", Width: 120, Spare: true},
	}, t.cell).RowHeight(36)
	t.older = widgets.NewButton("Lignes plus anciennes", widgets.Secondary, t.loadOlder).Icon("chevron-down").Compact()
	t.verify = widgets.NewButton("Vérifier le journal", widgets.Secondary, t.verifyChain).Icon("shield").Compact()
	t.checks = widgets.NewButton("Vérifier les comptes…", widgets.Secondary, t.verifyAll).Icon("circle-check").Compact()
	t.state = widgets.NewLabel("", widgets.Small)
	t.root = widgets.NewPanel("Journal", widgets.VFlex(0, []float32{0, 1}, widgets.Pad(16, 12, widgets.VBox(8, widgets.HFlex(12, []float32{0, 1}, t.text, widgets.Spacer()), t.kinds)), t.table)).
		Icon("history").Right(t.checks, t.verify).Line().Flush().Footer(widgets.HFlex(8, []float32{1, 0}, t.state, t.older))
	return t
}

func (t *trailTab) content() fyne.CanvasObject { return t.root }
func (t *trailTab) focus()                     { focusOn(t.sh, t.table) }

func (t *trailTab) shortcuts() []kit.Shortcut {
	return []kit.Shortcut{
		{Key: fyne.KeyF5, Hint: "F5", Label: "Relire le journal", Run: t.load},
		{Key: fyne.KeyF, Mod: fyne.KeyModifierControl, Hint: "Ctrl+F", Label: "Filtrer le journal", Run: t.text.Focus},
	}
}

func (t *trailTab) cell(row, col int) widgets.Cell {
	e := t.list[row]
	switch col {
	case 0:
		return widgets.Cell{Text: instant(e.At)}
	case 1:
		return widgets.Cell{Text: e.Agent, Bold: true}
	case 2:
		return widgets.Cell{Text: staff.ActionLabel(e.Action)}
	case 3:
		return widgets.Cell{Text: e.Detail}
	}
	return widgets.Cell{Text: e.Object, Ink: theme.Ardoise600}
}

func (t *trailTab) load() { t.read(0) }

func (t *trailTab) loadOlder() {
	if t.more && len(t.list) > 0 {
		t.read(t.list[len(t.list)-1].ID)
	}
}

// read asks for the entries older than before (0: the newest).
func (t *trailTab) read(before int64) {
	if t.list == nil {
		t.table.Loading("")
	}
	f := staff.TrailFilter{Action: t.kind, Text: strings.TrimSpace(t.text.Text()), Before: before, Limit: trailPage + 1}
	var got []staff.Entry
	t.latest.Go(t.sh.Runner(), t.sh.Ctx(), func(ctx context.Context) (err error) {
		got, err = t.d.Staff.Trail(ctx, f)
		return err
	}, func(err error) {
		if err != nil {
			t.table.Failed(fault.Sentence(err), t.load)
			return
		}
		t.more = len(got) > trailPage
		got = got[:min(len(got), trailPage)]
		if before == 0 {
			t.list = got
		} else {
			t.list = append(t.list, got...)
		}
		t.show(f)
	})
}

func (t *trailTab) show(f staff.TrailFilter) {
	t.table.SetCount(len(t.list))
	if len(t.list) == 0 {
		t.table.NoMatch("Aucune ligne du journal ne correspond.", func() {
			t.text.SetText("")
			t.kinds.Set("")
			t.kind = ""
			t.load()
		})
	}
	t.older.SetEnabled(t.more, "Toutes les lignes sont affichées.")
	word := countOf(len(t.list), "ligne", "lignes")
	if t.more {
		word += ", et de plus anciennes"
	}
	t.state.Set(word)
}

// verifyChain recomputes the whole chain.
func (t *trailTab) verifyChain() {
	t.sh.Progress("Vérification du journal", func(ctx context.Context, report func(int, int, string)) error {
		report(0, 1, "Chaque ligne est recalculée")
		return t.d.Staff.Verify(ctx)
	}, func(err error) {
		if err != nil {
			t.sh.Refused(err)
			return
		}
		t.sh.Show(linesDialog("Le journal est intact", "", []string{
			"Aucune ligne n’a été changée, retirée ou ajoutée après coup.",
			"La fin du journal est celle du témoin gardé hors de la base.",
		}, "circle-check", theme.Succes))
	})
}

// verifyAll checks the invariants of the whole office.
func (t *trailTab) verifyAll() {
	var list []ledger.Check
	t.sh.Progress("Vérification des comptes", func(ctx context.Context, report func(int, int, string)) (err error) {
		report(0, 1, "Porte-monnaie, réservations, journal, base")
		list, err = t.d.Verify(ctx)
		return err
	}, func(err error) {
		if err != nil {
			t.sh.Refused(err)
			return
		}
		t.sh.Show(checksDialog(list))
	})
}

// checksDialog lists each rule and whether it holds.
func checksDialog(list []ledger.Check) *widgets.Dialog {
	bad := 0
	var objs []fyne.CanvasObject
	for _, c := range list {
		icon, ink := "circle-check", theme.Succes
		if !c.OK {
			icon, ink = "circle-alert", theme.Erreur
			bad++
		}
		objs = append(objs, widgets.HFlex(8, []float32{0, -40, 1}, widgets.NewIcon(icon, ink, 16), widgets.NewLabel(c.ID, widgets.BodyBold), widgets.NewParagraph(capital(c.Detail), widgets.Body)))
	}
	title, sub := "Tout est en ordre", countOf(len(list), "règle vérifiée", "règles vérifiées")+" sur un seul et même état de la base."
	if bad > 0 {
		title = countOf(bad, "règle n’est pas respectée", "règles ne sont pas respectées")
		sub = "Faites une sauvegarde, ne saisissez plus rien et prévenez votre assistance avec cette liste."
	}
	d := widgets.NewDialog(title, sub, widgets.VBox(8, objs...), "", widgets.Secondary, nil)
	d.Width = 720
	return d
}
