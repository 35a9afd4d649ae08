package main

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/fault"
	"ardoise/data/store"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// noticeWidth is how wide a sentence of the window may be, in pixels at 100 %.
const noticeWidth = 560

// notice is the window before there is a shell: one sentence, one explanation,
// and what can be done.
func notice(icon, head, text string, acts ...*widgets.Button) fyne.CanvasObject {
	wrapped := func() []string {
		if text == "" {
			return nil
		}
		return widgets.Wrap(text, widgets.Body, theme.Wide(noticeWidth))
	}
	mark := theme.Px(28)
	words := widgets.NewPainting(noticeWidth, 0, func(g *widgets.Gfx, size fyne.Size) {
		g.Icon((size.Width-mark)/2, 0, mark, icon, theme.Ardoise600)
		y := mark + 12
		g.Text(0, y, size.Width, widgets.LineHeight(widgets.Title), head, widgets.Title.Center())
		y += widgets.LineHeight(widgets.Title) + 12
		for _, line := range wrapped() {
			g.Text(0, y, size.Width, widgets.LineHeight(widgets.Body), line, widgets.Body.Center())
			y += widgets.LineHeight(widgets.Body)
		}
	})
	words.Min = func() fyne.Size {
		h := mark + 24 + widgets.LineHeight(widgets.Title) + float32(len(wrapped()))*widgets.LineHeight(widgets.Body)
		return fyne.NewSize(theme.Wide(noticeWidth), h)
	}
	parts := []fyne.CanvasObject{words}
	if len(acts) > 0 {
		row := make([]fyne.CanvasObject, len(acts))
		for i, b := range acts {
			row[i] = b
		}
		parts = append(parts, container.NewCenter(widgets.HBox(8, row...)))
	}
	return container.NewStack(widgets.NewPainting(1, 1, func(g *widgets.Gfx, size fyne.Size) {
		g.Rect(0, 0, size.Width, size.Height, widgets.Shape{Fill: theme.Ardoise100})
	}), container.NewCenter(widgets.VBox(20, parts...)))
}

// say shows a notice and gives the keyboard to what can be done first.
func (d *desk) say(icon, head, text string, acts ...*widgets.Button) {
	widgets.MainCanvas = d.window.Canvas()
	d.window.SetContent(notice(icon, head, text, acts...))
	if len(acts) > 0 {
		d.window.Canvas().Focus(acts[0])
	}
}

// notOpened says why a base did not open, and offers to try again or to take
// another one.
func (d *desk) notOpened(path string, wantDemo bool, err error) {
	again := widgets.NewButton("Réessayer", widgets.Primary, func() { d.open(path, wantDemo) }).Icon("refresh")
	other := widgets.NewButton("Ouvrir une autre base…", widgets.Secondary, func() { d.another(path) }).Icon("database")
	begin := widgets.NewButton("Nouvelle commune, serveur ou sauvegarde…", widgets.Secondary, d.elsewhereWizard).Icon("plus")
	d.say("triangle-alert", "La base ne s’est pas ouverte", fault.Sentence(err)+"\n"+store.Shown(path), again, other, begin)
}

// doubtfulDate asks before a base is opened that nobody worked in for long.
func (d *desk) doubtfulDate(path string, wantDemo bool, err error) {
	quit := widgets.NewButton("Fermer Ardoise", widgets.Primary, d.window.Close)
	sure := widgets.NewButton("La date est juste, ouvrir", widgets.Secondary, func() {
		d.dateSure = true
		d.open(path, wantDemo)
	})
	d.say("calendar", "Quelle date est-il ?", fault.Sentence(err), quit, sure)
}

// another asks for the address of another base, or for a file.
func (d *desk) another(path string) {
	address := widgets.NewTextField().Icon("database").PlaceHolder("postgres://compte@serveur/base, ou un fichier")
	address.SetText(store.Shown(path))
	form := widgets.NewForm().Add(widgets.NewField("Adresse ou fichier", "Un mot de passe masqué (xxxxx) est à retaper.", address), func() error {
		if address.Text() == "" {
			return fault.New(fault.Invalid, "Indiquez l’adresse de la base.")
		}
		return nil
	})
	browse := widgets.NewButton("Choisir un fichier…", widgets.Secondary, func() {
		var chosen string
		d.runner.Go(d.ctx, func(ctx context.Context) (err error) {
			chosen, err = files{d}.Open(ctx, "Ouvrir une base Ardoise", "*.db")
			return err
		}, func(err error) {
			if err != nil {
				form.Refuse(err)
			} else if chosen != "" {
				address.SetText(chosen)
			}
		})
	}).Icon("folder")
	form.Line(browse)
	var dialog *widgets.Dialog
	dialog = widgets.NewDialog("Ouvrir une autre base", "", form.Content(), "Ouvrir", widgets.Primary, func() {
		if form.Validate() {
			dialog.Close()
			d.open(address.Text(), false)
		}
	})
	dialog.First = address.FocusTarget()
	dialog.Show(d.window.Canvas())
}
