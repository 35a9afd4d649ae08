package widgets

import (
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"ardoise/ui/theme"
)

// shoot renders an object at a size and writes it to out/gallery (git-ignored).
func shoot(t *testing.T, name string, o fyne.CanvasObject, size fyne.Size, then func(w fyne.Window)) image.Image {
	t.Helper()
	w := test.NewWindow(o)
	defer w.Close()
	w.SetPadded(false)
	w.Resize(size)
	if then != nil {
		then(w)
	}
	w.Resize(size.AddWidthHeight(1, 1)) // wrapped texts know their width the second time
	w.Resize(size)
	img := w.Canvas().Capture()
	dir := filepath.Join("..", "..", "out", "gallery")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(dir, name+".png"))
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return img
}

// fixed places objects at given places: x, y, w, h (0 = smallest).
type fixed struct{ boxes [][4]float32 }

func (f *fixed) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(1, 1) }

func (f *fixed) Layout(objs []fyne.CanvasObject, _ fyne.Size) {
	for i, o := range objs {
		b := f.boxes[i]
		m := o.MinSize()
		w, h := b[2], b[3]
		if w == 0 {
			w = m.Width
		}
		o.Resize(fyne.NewSize(w, m.Height))
		if h == 0 {
			h = o.MinSize().Height
		}
		o.Move(fyne.NewPos(b[0], b[1]))
		o.Resize(fyne.NewSize(w, h))
	}
}

type sheet struct {
	l    fixed
	objs []fyne.CanvasObject
}

func (s *sheet) put(o fyne.CanvasObject, x, y, w, h float32) {
	k := float32(theme.Active().Percent()) / 100 // a larger sheet for larger texts
	x, y, w, h = x*k, y*k, w*k, h*k
	s.objs = append(s.objs, o)
	s.l.boxes = append(s.l.boxes, [4]float32{x, y, w, h})
}

func (s *sheet) box() *fyne.Container { return container.New(&s.l, s.objs...) }

func background(o fyne.CanvasObject) fyne.CanvasObject {
	return container.NewStack(NewPainting(1, 1, func(g *Gfx, s fyne.Size) { g.Rect(0, 0, s.Width, s.Height, Shape{Fill: theme.Ardoise50}) }), o)
}

func componentSheet() (fyne.CanvasObject, *Button) {
	var s sheet
	in := func(title string, x, y, w, h float32, inner *sheet) {
		s.put(NewPanel(title, inner.box()).Pad(16, 8), x, y, w, h)
	}
	var b sheet
	focus := NewButton("Avec focus", Primary, nil)
	b.put(NewButton("Accepter", Primary, nil).KeyHint("Ctrl+Entrée"), 0, 0, 0, 0)
	b.put(NewButton("Répondre", Secondary, nil).KeyHint("F7"), 0, 48, 0, 0)
	b.put(NewButton("Refuser…", Danger, nil).Icon("cross"), 140, 48, 0, 0)
	off := NewButton("Indisponible", Secondary, nil)
	off.SetEnabled(false, "Possible à la fin de l’émission")
	b.put(off, 0, 96, 0, 0)
	b.put(focus, 150, 96, 0, 0)
	b.put(NewButton("Lien d’action", Flat, nil), 0, 144, 0, 0)
	b.put(NewButton("Compact", Secondary, nil).Compact(), 112, 144, 0, 0)
	b.put(NewIconButton("edit", "Modifier", nil), 202, 144, 0, 0)
	b.put(NewButton("Valider", Primary, nil).Final().KeyHint("F9"), 0, 190, 298, 0)
	in("Boutons", 24, 24, 330, 310, &b)

	var f sheet
	wrong := NewTextField()
	wrong.SetText("FR76 3000 1007 94")
	wf := NewField("Erreur", "", wrong)
	wf.SetError("IBAN incomplet : 27 caractères attendus")
	ro := NewTextField()
	ro.SetText("2026-0463")
	ro.SetReadOnly(true)
	f.put(NewField("Repos", "", NewTextField().Icon("user").PlaceHolder("Nom de famille")), 0, 0, 298, 0)
	filled := NewTextField()
	filled.SetText("0004587")
	filled.focused = true
	f.put(NewField("Focus", "Au dos du chèque.", filled), 0, 68, 298, 0)
	f.put(wf, 0, 154, 298, 0)
	f.put(NewField("Lecture seule", "", ro), 0, 242, 298, 0)
	f.put(NewTextField().Compact().Icon("calendar").PlaceHolder("Compact"), 0, 312, 140, 0)
	f.put(NewTextField().Suffix("€").PlaceHolder("Autre"), 150, 312, 140, 0)
	in("Champs", 24, 350, 330, 420, &f)

	var c sheet
	ck := NewCheck("coché", nil)
	ck.Set(true)
	c.put(ck, 0, 0, 0, 0)
	c.put(NewCheck("libre", nil), 100, 0, 0, 0)
	c.put(NewChoice(Chips, nil, Option{ID: "50", Label: "50 €"}, Option{ID: "100", Label: "100 €"}), 0, 34, 0, 0)
	c.put(NewChoice(Segments, nil, Option{ID: "t", Label: "Tous"}, Option{ID: "c", Label: "Cantine"}), 150, 34, 0, 0)
	c.put(NewChoice(Filters, nil, Option{ID: "t", Label: "Toutes"}, Option{ID: "c", Label: "Solde bas 6"}), 0, 76, 0, 0)
	m := NewMultiChoice(nil, Option{ID: "l", Label: "lun."}, Option{ID: "m", Label: "mar."})
	m.Set("m")
	c.put(m, 190, 74, 0, 0)
	c.put(NewRadioRows(nil, Option{ID: "a", Label: "Porte-monnaie", Icon: "wallet", Detail: "solde 32,60 €"}, Option{ID: "b", Label: "Carte", Icon: "card", Detail: "terminal"}), 0, 116, 298, 0)
	in("Choix", 370, 24, 330, 260, &c)

	var p sheet
	x, y := float32(0), float32(0)
	for _, bs := range []BadgeSpec{
		{"inbox", "À traiter", Info},
		{"circle-dashed", "Incomplète", Warning},
		{"circle-check", "Acceptée", Success},
		{"circle-cross", "Refusée", Failure},
		{"arrow-down", "Solde bas", Warning},
		{"circle-alert", "Débiteur", Failure},
		{"file-clock", "Pièce bientôt échue", Warning},
		{"check", "Émise", Success},
		{"wallet", "Acquittée", Success},
		{"hourglass", "PDF en cours", Info},
		{"clock", "En attente", Neutral},
		{"", "4", Counter},
	} {
		w := NewBadge(bs.Icon, bs.Text, bs.Tone)
		if x+w.MinSize().Width > 298 {
			x, y = 0, y+30
		}
		p.put(w, x, y, 0, 0)
		x += w.MinSize().Width + 8
	}
	in("Pastilles d’état", 370, 300, 330, 210, &p)

	var a sheet
	a.put(NewAlert(Info, "Nouveau solde : ", "15,80 €"), 0, 0, 298, 0)
	a.put(NewAlert(Success, "IBAN validé, mandat signé", ""), 0, 46, 298, 0)
	a.put(NewAlert(Warning, "Clôture dans 14 minutes", ""), 0, 92, 298, 0)
	a.put(NewAlert(Failure, "3 mandats caducs", "").Detail("36 mois sans prélèvement : à remplacer avant la prochaine émission."), 0, 138, 298, 0)
	in("Alertes", 716, 24, 330, 280, &a)
	var to sheet
	to.put(NewToast("", "5 repas réservés", func() {}), 0, 0, 298, 0)
	in("Message fugitif (6 s)", 716, 320, 330, 120, &to)
	s.put(NewPanel("État vide", NewEmptyState("inbox", "Aucune demande à traiter", "Les prochaines arriveront par courriel ou depuis le guichet.", NewButton("&Nouvelle demande", Secondary, nil).Icon("plus").Compact())), 716, 456, 330, 200)
	s.put(NewKeyHints("Flèches", "choisir", "Entrée", "ouvrir"), 716, 680, 0, 0)
	s.put(NewAvatar("NP", true), 960, 676, 0, 0)
	s.put(NewLabel("Maternelle Les Libellules du grand étang", Body), 716, 710, 200, 20)
	s.put(NewLabel("6 412,80 €", Total), 930, 710, 0, 0)
	return background(s.box()), focus
}

func TestGallery(t *testing.T) {
	app := test.NewTempApp(t)
	for _, v := range []struct {
		look    theme.Look
		percent int
	}{{theme.Light, 100}, {theme.Dark, 100}, {theme.Contrast, 100}, {theme.Light, 150}} {
		app.Settings().SetTheme(theme.New(v.look, v.percent))
		o, f := componentSheet()
		img := shoot(t, fmt.Sprintf("composants-%s-%d", v.look, v.percent), o, fyne.NewSize(14.4*float32(v.percent), 9*float32(v.percent)), func(w fyne.Window) { w.Canvas().Focus(f) })
		if img.Bounds().Dx() < 1440 {
			t.Error("the sheet is not whole")
		}
	}
}
