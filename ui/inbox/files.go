package inbox

import (
	"bytes"
	"context"
	"image"
	_ "image/jpeg" // the two picture formats that can be shown
	_ "image/png"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"ardoise/data/access"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/mailbox"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// previewDPI makes a page of A4 1240 points wide: sharp at 200 %.
const previewDPI = 150

// everybody is the choice of a document of the family, not of one child.
const everybody = "0"

// files are the lines of the dialog that say what each attachment is.
func (e *editor) files() {
	msg := e.p.m.msg
	var docs []widgets.Option
	docs = append(docs, widgets.Option{ID: "", Label: "Ne pas classer"})
	for _, k := range catalog.DocumentKinds() {
		docs = append(docs, widgets.Option{ID: k, Label: catalog.DocumentLabel(k)})
	}
	whose := []widgets.Option{{ID: everybody, Label: "La famille"}}
	for _, k := range msg.Children {
		whose = append(whose, widgets.Option{ID: strconv.FormatInt(k.ID, 10), Label: kidName(msg.Children, k)})
	}
	for _, f := range accepted(msg.Files) {
		r := filingRow{file: f, kind: widgets.NewSelect(nil, docs...).Compact(), child: widgets.NewSelect(nil, whose...).Compact()}
		r.child.Set(everybody)
		if len(msg.Children) == 1 {
			r.child.Set(strconv.FormatInt(msg.Children[0].ID, 10))
		}
		for _, g := range e.draft.Files {
			if g.File == f.N {
				r.kind.Set(g.Kind)
				r.child.Set(strconv.FormatInt(g.ChildID, 10))
				if g.ChildID == 0 && !access.FamilyKind(g.Kind) {
					r.child.Set("") // to be said, never guessed
				}
			}
		}
		r.line = widgets.HFlex(16, []float32{1.4, 1}, widgets.NewField(f.Name, "", r.kind), widgets.NewField("Dossier de", "", r.child))
		e.form.Line(r.line)
		e.filings = append(e.filings, r)
	}
}

// openFile shows an attachment, or says why not; what cannot be shown is saved.
func (p *page) openFile(i int) {
	if p.m.msg == nil || i < 0 || i >= len(p.m.msg.Files) {
		return
	}
	f := p.m.msg.Files[i]
	switch {
	case f.Health && !p.m.may.health:
		p.sh.Toast(fault.French("Données de santé : seuls les agents qui ont le rôle « Santé » l’ouvrent, et chaque lecture est journalisée."))
	case !f.Accepted:
		p.sh.Toast(fault.French("Pièce refusée : " + f.Reason))
	case f.Media == "application/pdf", f.Media == "image/jpeg", f.Media == "image/png":
		newViewer(p, f).show()
	default:
		p.saveFile(f)
	}
}

// viewer is the dialog that shows one attachment. Its bytes stay in memory only
// while it is open.
type viewer struct {
	p       *page
	id      int64
	file    mailbox.File
	content []byte
	page    int
	pages   int
	turn    kit.Latest
	dialog  *widgets.Dialog
	image   *widgets.ImagePreview
	note    *widgets.EmptyState
	number  *widgets.Label
	before  *widgets.Button
	after   *widgets.Button
}

func newViewer(p *page, f mailbox.File) *viewer {
	v := &viewer{p: p, id: p.m.msg.ID, file: f}
	v.image = widgets.NewImagePreview()
	v.image.Hide()
	v.note = widgets.NewEmptyState("hourglass", "Ouverture…", "", nil)
	v.number = widgets.NewLabel("", widgets.Small)
	v.before = widgets.NewButton("Page précédente", widgets.Secondary, func() { v.goTo(v.page - 1) }).Icon("chevron-left").Compact()
	v.after = widgets.NewButton("Page suivante", widgets.Secondary, func() { v.goTo(v.page + 1) }).Icon("chevron-right").Compact()
	less := widgets.NewIconButton("minus", "Réduire (–)", func() { v.image.Zoom(-1) })
	larger := widgets.NewIconButton("plus", "Agrandir (+)", func() { v.image.Zoom(1) })
	bar := widgets.HFlex(8, []float32{0, 0, 0, 1, 0, 0}, v.before, v.after, v.number, widgets.Spacer(), less, larger)
	stage := newTall(stack(v.image, v.note), func() float32 {
		return max(160, min(theme.Px(520), p.sh.Canvas().Size().Height-theme.Px(260)))
	})
	v.dialog = widgets.NewDialog(f.Name, fileText(f)+". Cette consultation est journalisée.", widgets.VBox(8, stage, bar), "Enregistrer une copie…", widgets.Secondary, func() { p.saveFile(f) })
	v.dialog.Width, v.dialog.First, v.dialog.CancelWord = 860, v.image, "Fermer"
	v.dialog.OnClose = func() { v.content = nil; v.image.SetImage(nil) }
	return v
}

func (v *viewer) show() {
	v.p.sh.Show(v.dialog)
	v.showBar()
	mail, draw, id, n := v.p.m.d.Mail, v.p.m.d.Preview, v.id, v.file.N
	var content []byte
	var img image.Image
	pages := 1
	v.turn.Go(v.p.sh.Runner(), v.p.sh.Ctx(), func(ctx context.Context) (err error) {
		var media string
		if content, media, _, err = mail.Attachment(ctx, id, n); err != nil {
			return err
		}
		if media == "application/pdf" {
			img, pages, err = draw(ctx, content, 0, previewDPI)
			return err
		}
		if img, _, err = image.Decode(bytes.NewReader(content)); err != nil {
			err = fault.Wrap(fault.Invalid, err, "Cette image est abîmée : demandez-en une autre à la famille.")
		}
		return err
	}, func(err error) {
		v.content = content
		v.arrived(img, 0, pages, err)
	})
}

func (v *viewer) arrived(img image.Image, page, pages int, err error) {
	if !v.dialog.Open() {
		v.content = nil
		return
	}
	if err != nil {
		v.image.Hide()
		v.note.Set("circle-alert", "Aperçu impossible", fault.Sentence(err), nil)
		v.note.Show()
	} else {
		v.page, v.pages = page, pages
		v.note.Hide()
		v.image.Show()
		v.image.SetImage(img)
		if c := v.p.sh.Canvas(); c != nil {
			c.Focus(v.image)
		}
	}
	v.showBar()
}

func (v *viewer) showBar() {
	text := ""
	if v.pages > 1 {
		text = "page " + strconv.Itoa(v.page+1) + " sur " + strconv.Itoa(v.pages)
	}
	v.number.Set(text)
	show(v.before, v.pages > 1)
	show(v.after, v.pages > 1)
	v.before.SetEnabled(v.page > 0, "C’est la première page.")
	v.after.SetEnabled(v.page+1 < v.pages, "C’est la dernière page.")
	v.dialog.Content.Refresh()
}

// goTo turns to a page of the PDF.
func (v *viewer) goTo(n int) {
	if v.content == nil || n < 0 || n >= v.pages {
		return
	}
	content, draw := v.content, v.p.m.d.Preview
	var img image.Image
	var pages int
	v.turn.Go(v.p.sh.Runner(), v.p.sh.Ctx(), func(ctx context.Context) (err error) {
		img, pages, err = draw(ctx, content, n, previewDPI)
		return err
	}, func(err error) { v.arrived(img, n, pages, err) })
}

// saveFile writes an attachment in clear where the agent says, after a warning.
func (p *page) saveFile(f mailbox.File) {
	mail, id := p.m.d.Mail, p.m.msg.ID
	p.saveCopy(copyName(f), "« "+f.Name+" »", func(ctx context.Context) ([]byte, error) {
		content, _, _, err := mail.Attachment(ctx, id, f.N)
		return content, err
	})
}

// saveOriginal writes the whole message as it came.
func (p *page) saveOriginal() {
	if p.m.msg == nil {
		return
	}
	mail, id := p.m.d.Mail, p.m.msg.ID
	name := "message-" + strconv.FormatInt(id, 10) + ".eml"
	p.saveCopy(name, "Le message", func(ctx context.Context) ([]byte, error) { return mail.Original(ctx, id) })
}

func (p *page) saveCopy(name, what string, read func(context.Context) ([]byte, error)) {
	text := what + " sera enregistré en clair hors d’Ardoise, et n’importe qui pourra le lire sur ce poste. La consultation est journalisée. Effacez la copie dès qu’elle a servi."
	p.sh.Confirm("Enregistrer une copie en clair", fault.French(text), "Choisir où l’enregistrer", widgets.Primary, func() {
		files := p.sh.Files()
		var path string
		p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
			if path, err = files.Save(ctx, "Enregistrer une copie", name); err != nil || path == "" {
				return err
			}
			content, err := read(ctx)
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
	})
}

// copyName keeps the sender's name with the ending of what the content is, and
// nothing that a system takes for a folder.
func copyName(f mailbox.File) string {
	end := map[string]string{"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png", "image/heic": ".heic"}[f.Media]
	base := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || r < ' ' {
			return '-'
		}
		return r
	}, strings.TrimSuffix(f.Name, filepath.Ext(f.Name)))
	if base = strings.Trim(base, " ."); base == "" {
		base = "piece-" + strconv.Itoa(f.N+1)
	}
	return base + end
}
