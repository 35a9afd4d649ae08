package requests

import (
	"bytes"
	"context"
	"image"
	_ "image/jpeg" // the two picture formats access takes in
	_ "image/png"
	"io"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/access"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// previewDPI makes a page of A4 1240 points wide: sharp at 200 %.
const previewDPI = 150

// pane shows one document. Nothing is opened before the agent asks, because
// every opening is written in the trail; what was opened stays in memory only
// while it is shown.
type pane struct {
	p       *page
	doc     int64 // opened document, 0 none
	shown   access.Document
	content []byte
	page    int
	pages   int
	trouble string // why it cannot be shown
	loading bool
	turn    kit.Latest

	title         *widgets.Label
	number        *widgets.Label
	before        *widgets.Button
	after         *widgets.Button
	less          *widgets.Button
	larger        *widgets.Button
	image         *widgets.ImagePreview
	note          *widgets.EmptyState
	until         *widgets.DateField
	good          *widgets.Button
	bad           *widgets.Button
	again         *widgets.Button
	copy          *widgets.Button
	turner        *fyne.Container
	foot, footRow *fyne.Container
	box           *fyne.Container
}

func newPane(p *page) *pane {
	v := &pane{p: p}
	v.title = widgets.NewLabel("", widgets.CardTitle)
	v.number = widgets.NewLabel("", widgets.Small)
	flat := func(icon, name string, f func()) *widgets.Button {
		b := widgets.NewIconButton(icon, name, f)
		b.SetKind(widgets.Flat)
		return b
	}
	v.before = flat("chevron-left", "Page précédente", func() { v.goTo(v.page - 1) })
	v.after = flat("chevron-right", "Page suivante", func() { v.goTo(v.page + 1) })
	v.less = flat("minus", "Réduire (–)", func() { v.image.Zoom(-1) })
	v.larger = flat("plus", "Agrandir (+)", func() { v.image.Zoom(1) })
	v.image = widgets.NewImagePreview()
	v.note = widgets.NewEmptyState("eye", "", "", nil)
	v.until = widgets.NewDateField(p.sh.Today).Required()
	v.until.Width(118 * theme.Px(100) / theme.Wide(100)) // wide enough for a whole date at 150 %
	v.until.OnSubmit = v.markConform
	v.good = widgets.NewButton("Conforme", widgets.Secondary, v.markConform).KeyHint("Espace")
	v.bad = widgets.NewButton("Rejeter…", widgets.Flat, v.reject).Compact().Hint("Dire à la famille pourquoi la pièce ne convient pas")
	v.again = widgets.NewButton("Remplacer…", widgets.Flat, v.replace).Compact().Hint("Joindre un autre fichier à cette ligne")
	v.copy = widgets.NewButton("Enregistrer une copie…", widgets.Flat, v.saveCopy).Compact()
	head := newTall(widgets.Pad(16, 0, widgets.HFlex(2, []float32{1, 0, 0}, v.title, v.less, v.larger)), func() float32 { return theme.Px(48) })
	v.turner = widgets.Pad(16, 2, container.NewCenter(widgets.HBox(8, v.before, v.number, v.after)))
	ground := widgets.NewPainting(160, 160, func(g *widgets.Gfx, s fyne.Size) {
		g.Rect(0, 0, s.Width, s.Height, widgets.Shape{Fill: theme.Ardoise100})
	})
	stage := container.NewStack(ground, v.image, v.note)
	valid := widgets.NewLabel("Valable jusqu’au", widgets.Small)
	v.foot = flow(8, 4, widgets.HBox(8, valid, v.until), v.good, v.bad, v.again, v.copy)
	v.footRow = widgets.VFlex(0, nil, widgets.NewDivider(), widgets.Pad(16, 10, v.foot))
	v.box = widgets.VFlex(0, []float32{0, 0, 1, 0, 0}, head, widgets.NewDivider(), stage, v.turner, v.footRow)
	return v
}

// forget drops what was opened.
func (v *pane) forget() {
	v.doc, v.content, v.pages, v.page, v.trouble, v.loading = 0, nil, 0, 0, "", false
	v.shown = access.Document{}
	v.image.SetImage(nil)
}

// refresh follows the cursor of the checklist: the footer is about its line,
// the picture stays that of the opened document.
func (v *pane) refresh() {
	it := v.p.item()
	if it == nil || it.Document == nil || it.Document.ID != v.doc {
		if v.doc != 0 {
			v.forget()
		}
	}
	v.showHead(it)
	v.showStage(it)
	v.showFoot(it)
	v.box.Refresh()
	v.p.checks.Refresh()
	v.p.logged.Refresh()
}

func (v *pane) showHead(it *access.Item) {
	title := "Aperçu"
	if it != nil {
		title = it.Label
	}
	v.title.Set(title)
	v.number.Set(pageText(v.page, v.pages))
	show(v.turner, v.pages > 1)
	v.before.SetEnabled(v.page > 0, "C’est la première page.")
	v.after.SetEnabled(v.page+1 < v.pages, "C’est la dernière page.")
}

func (v *pane) showStage(it *access.Item) {
	ready := v.doc != 0 && !v.loading && v.trouble == ""
	show(v.image, ready)
	show(v.note, !ready)
	show(v.less, ready)
	show(v.larger, ready)
	switch {
	case ready:
	case v.loading:
		v.note.Set("hourglass", "Ouverture…", "", nil)
	case v.trouble != "":
		v.note.Set("circle-alert", "Aperçu impossible", v.trouble, nil)
	case it == nil:
		v.note.Set("file", "Aucune pièce", "Ce service ne demande aucune pièce.", nil)
	case it.Document == nil:
		v.note.Set("file", "Pièce à fournir", "Joignez un PDF ou une photo, ou demandez un complément à la famille (F7).", v.noteAction(it))
	case it.Document.Media == "text/iban":
		v.note.Set("shield", "Coordonnées bancaires", "Elles sont chiffrées. Seule la Régie peut les montrer, et chaque lecture est journalisée.", nil)
	case v.p.m.seeOff(it.Kind) != "":
		v.note.Set("lock", "Données de santé masquées", v.p.m.seeOff(it.Kind), nil)
	default:
		v.note.Set("eye", "Pièce fermée", fault.French(it.Document.Name+", "+sizeText(it.Document.Size)+". Chaque consultation est journalisée : n’ouvrez que ce qu’il faut lire."), v.noteAction(it))
	}
}

// noteAction is what the empty pane offers for a line.
func (v *pane) noteAction(it *access.Item) *widgets.Button {
	switch v.p.verb(*it) {
	case "Voir":
		return widgets.NewButton("Voir la pièce", widgets.Secondary, func() { v.p.act(v.p.checks.Selected()) }).Icon("eye").KeyHint("Entrée").Compact()
	case "Joindre…":
		return widgets.NewButton("Joindre un fichier…", widgets.Secondary, func() { v.p.act(v.p.checks.Selected()) }).Icon("upload").KeyHint("Entrée").Compact()
	case "Saisir…":
		return widgets.NewButton("Saisir l’IBAN…", widgets.Secondary, v.p.typeBank).Icon("bank").KeyHint("Entrée").Compact()
	}
	return nil
}

func (v *pane) showFoot(it *access.Item) {
	var d *access.Document
	if it != nil {
		d = it.Document
	}
	show(v.footRow, d != nil) // nothing to judge, nothing to show
	off := v.judgeOff(it)
	v.until.SetReadOnly(off != "")
	var day calendar.Date
	if d != nil {
		day = d.ValidTo
	}
	if !v.until.Focused() {
		v.until.Set(day)
		v.until.SetError(false)
	}
	v.good.SetEnabled(off == "", off)
	v.bad.SetEnabled(off == "", off)
	show(v.again, d != nil && d.Media != "text/iban" && v.p.m.may.papers())
	see := ""
	if d != nil {
		see = v.p.m.seeOff(d.Kind)
	}
	show(v.copy, d != nil && d.Media != "text/iban")
	v.copy.SetEnabled(see == "", see)
}

// judgeOff says why a document cannot be judged.
func (v *pane) judgeOff(it *access.Item) string {
	switch {
	case it == nil || it.Document == nil:
		return "Il n’y a pas encore de pièce à juger."
	case !v.p.m.may.papers():
		return fault.French("Il faut le rôle « Accueil » ou « Santé » pour juger une pièce.")
	}
	return ""
}

// open shows a document: the bytes come from the strong-room, and the reading
// is logged before they do.
func (v *pane) open(d access.Document) {
	if off := v.p.m.seeOff(d.Kind); off != "" {
		v.refresh()
		return
	}
	if v.doc == d.ID && (v.loading || v.content != nil) {
		return
	}
	v.forget()
	v.doc, v.shown, v.loading = d.ID, d, true
	v.refresh()
	acc, draw := v.p.m.d.Access, v.p.m.d.Preview
	var content []byte
	var img image.Image
	var pages int
	v.turn.Go(v.p.sh.Runner(), v.p.sh.Ctx(), func(ctx context.Context) (err error) {
		var media string
		if content, media, err = acc.Content(ctx, d.ID); err != nil {
			return err
		}
		if media == "application/pdf" {
			img, pages, err = draw(ctx, content, 0, previewDPI)
			return err
		}
		if media == access.HEIC {
			return fault.New(fault.Invalid, "Photo HEIC : elle est gardée, mais ne s’affiche pas ici. Enregistrez une copie et ouvrez-la avec un autre programme.")
		}
		pages = 1
		if img, _, err = image.Decode(bytes.NewReader(content)); err != nil {
			err = fault.Wrap(fault.Invalid, err, "Cette image est abîmée : demandez-en une autre à la famille.")
		}
		return err
	}, func(err error) {
		if v.doc != d.ID {
			return
		}
		v.loading, v.content = false, content
		v.arrived(img, 0, pages, err)
	})
}

func (v *pane) arrived(img image.Image, page, pages int, err error) {
	v.loading = false
	if err != nil {
		v.trouble = fault.Sentence(err)
	} else {
		v.trouble, v.page, v.pages = "", page, pages
		v.image.SetImage(img)
	}
	v.refresh()
}

// goTo turns to a page of the opened PDF.
func (v *pane) goTo(n int) {
	if v.doc == 0 || n < 0 || n >= v.pages || v.loading {
		return
	}
	id, content, draw := v.doc, v.content, v.p.m.d.Preview
	var img image.Image
	var pages int
	v.turn.Go(v.p.sh.Runner(), v.p.sh.Ctx(), func(ctx context.Context) (err error) {
		img, pages, err = draw(ctx, content, n, previewDPI)
		return err
	}, func(err error) {
		if v.doc == id {
			v.arrived(img, n, pages, err)
		}
	})
}

// markConform judges the document of the line good until the date typed.
func (v *pane) markConform() {
	it := v.p.item()
	if off := v.judgeOff(it); off != "" {
		v.p.sh.Toast(off)
		return
	}
	until, err := v.until.Value()
	if err != nil {
		v.until.SetError(true)
		v.p.sh.Toast(fault.Sentence(err))
		v.until.Focus()
		return
	}
	d, acc := *it.Document, v.p.m.d.Access
	v.p.sh.Runner().Go(v.p.sh.Ctx(), func(ctx context.Context) error {
		return acc.MarkDocument(ctx, d.ID, true, until, "")
	}, func(err error) {
		if err != nil {
			v.p.sh.Refused(err)
			return
		}
		v.p.sh.Done(fault.French(it.Label+" : conforme jusqu’au "+until.Short()), nil)
		v.p.afterPaper()
	})
}

// reject judges the document bad, with the reason the family will read.
func (v *pane) reject() {
	it := v.p.item()
	if it == nil || it.Document == nil {
		return
	}
	reason := widgets.NewTextArea(3).PlaceHolder("illisible, incomplète, échue…")
	f := widgets.NewForm().Add(widgets.NewField("Motif", "La famille le lira dans la demande de complément.", reason), func() error {
		if strings.TrimSpace(reason.Text()) == "" {
			return fault.New(fault.Invalid, "Le motif est obligatoire.")
		}
		return nil
	})
	d, acc := *it.Document, v.p.m.d.Access
	var dialog *widgets.Dialog
	dialog = widgets.NewDialog("Rejeter la pièce", it.Label+", "+d.Name, f.Content(), "Rejeter", widgets.Danger, func() {
		if !f.Validate() {
			return
		}
		text := strings.TrimSpace(reason.Text())
		v.p.sh.Runner().Go(v.p.sh.Ctx(), func(ctx context.Context) error {
			return acc.MarkDocument(ctx, d.ID, false, 0, text)
		}, func(err error) {
			if err != nil {
				f.Refuse(err)
				return
			}
			dialog.Close()
			v.p.sh.Done(fault.French(it.Label+" : rejetée"), nil)
			v.p.afterPaper()
		})
	})
	dialog.First = reason.FocusTarget()
	v.p.sh.Show(dialog)
}

func (v *pane) replace() {
	if it := v.p.item(); it != nil {
		v.p.attach(it.Kind, it.Label)
	}
}

// saveCopy writes a document in clear where the agent says, after a warning.
func (v *pane) saveCopy() {
	it := v.p.item()
	if it == nil || it.Document == nil {
		return
	}
	d := *it.Document
	v.p.sh.Confirm("Enregistrer une copie en clair", fault.French("Hors d’Ardoise, « "+d.Name+" » ne sera plus chiffrée, et n’importe qui pourra la lire sur ce poste. La consultation est journalisée. Effacez la copie dès qu’elle a servi."),
		"Choisir où l’enregistrer", widgets.Primary, func() { v.p.copyTo(d) })
}

func (p *page) copyTo(d access.Document) {
	acc, files := p.m.d.Access, p.sh.Files()
	name := copyName(d)
	var path string
	p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
		if path, err = files.Save(ctx, "Enregistrer une copie", name); err != nil || path == "" {
			return err
		}
		content, _, err := acc.Content(ctx, d.ID)
		if err != nil {
			return err
		}
		return kit.WriteFile(path, func(out io.Writer) error {
			_, err := out.Write(content)
			return err
		})
	}, func(err error) {
		switch {
		case err != nil:
			p.sh.Refused(err)
		case path != "":
			p.sh.Done("Copie en clair enregistrée", nil)
		}
	})
}

// copyName keeps the sender's name with the ending of what the content is.
func copyName(d access.Document) string {
	end := map[string]string{"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png", access.HEIC: ".heic"}[d.Media]
	base := strings.TrimSuffix(d.Name, filepath.Ext(d.Name))
	if base == "" {
		base = d.Label
	}
	return base + end
}
