package settings

import (
	"bytes"
	"context"
	"image"
	_ "image/png" // the pictures of the screens
	"path"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"golang.org/x/image/draw"

	"ardoise/assets"
	"ardoise/data/fault"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// helpPage is one line of the list: a page of assets/help, or one of the two
// that are written here. Sub says which part of its screen it is about.
type helpPage struct{ id, icon, label, sub string }

// The pages that are not a screen's.
const (
	helpKeys   = "keys"
	helpLimits = "limits"
)

var helpPages = []helpPage{
	{"home", "home", "Accueil", ""},
	{"families", "users", "Familles", ""},
	{"requests", "request", "Demandes", ""},
	{"bookings", "booking", "Réservations", "une famille"},
	{"bookings-class", "booking", "Réservations", "une classe"},
	{"kitchen", "kitchen", "Cuisine", "le jour"},
	{"kitchen-menus", "kitchen", "Cuisine", "les menus"},
	{"wallets", "wallet", "Porte-monnaie", ""},
	{"billing", "invoice", "Facturation", "le mois"},
	{"billing-debits", "invoice", "Facturation", "prélèvements"},
	{"billing-cash", "invoice", "Facturation", "la caisse"},
	{"billing-figures", "invoice", "Facturation", "les chiffres"},
	{"inbox", "mail", "Courrier", ""},
	{"settings", "settings", "Réglages", ""},
	{"settings-places", "settings", "Réglages", "communes et écoles"},
	{"settings-services", "settings", "Réglages", "services"},
	{"settings-calendar", "settings", "Réglages", "calendrier"},
	{"settings-year", "school", "Réglages", "l’année scolaire"},
	{"settings-backup", "settings", "Réglages", "la sauvegarde"},
	{"settings-retention", "settings", "Réglages", "droits des familles"},
	{"signin", "lock", "Connexion", ""},
	{"setup", "play", "Premiers pas", "une base neuve"},
	{helpKeys, "help", "Touches", "partout"},
	{helpLimits, "info", "Limites", "ce qu’Ardoise ne fait pas"},
}

// helpTab is the help: its pages at left, the one chosen at right with the
// picture of its screen; which keys there are, what the program cannot do.
type helpTab struct {
	sh      kit.Shell
	list    *widgets.List
	panel   *widgets.Panel
	article *widgets.Article
	shot    *shot
	side    *fyne.Container // the article and the picture
	fixed   map[string]fixedPage
	shown   *fyne.Container
	root    fyne.CanvasObject
	latest  kit.Latest
}

func newHelp(sh kit.Shell, d Deps) *helpTab {
	t := &helpTab{sh: sh, article: widgets.NewArticle(), fixed: map[string]fixedPage{helpKeys: keysPanel(d), helpLimits: limitsPanel()}}
	t.list = widgets.NewList(36, t.row)
	t.list.OnSelect = t.show
	t.list.OnOpen = func(int) { t.enlarge() }
	t.list.OnKey = t.key
	t.list.Jump = func(row int) string { return helpPages[row].label }
	t.list.SetCount(len(helpPages))
	t.shot = newShot(t.enlarge)
	t.side = container.New(&beside{t.shot}, t.article, t.shot.Pressable)
	t.panel = widgets.NewPanel("", t.side).Icon("help").Line().Flush()
	t.shown = container.NewStack(t.panel)
	hints := widgets.NewKeyHints("Page suiv.", "lire la suite")
	t.root = widgets.HFlex(16, []float32{-264, 1}, widgets.NewPanel("Pages", t.list).Icon("list").Line().Flush().Footer(hints), t.shown)
	t.show(0)
	return t
}

func (t *helpTab) content() fyne.CanvasObject { return t.root }
func (t *helpTab) focus()                     { focusOn(t.sh, t.list) }
func (t *helpTab) load()                      {}
func (t *helpTab) shortcuts() []kit.Shortcut  { return nil }

func (t *helpTab) row(g *widgets.Gfx, row int, b widgets.Box, _ bool) {
	p, ic := helpPages[row], theme.Px(16)
	g.Icon(b.X, b.Y+(b.H-ic)/2, ic, p.icon, theme.Ardoise600)
	x := b.X + ic + 10
	x += g.Text(x, b.Y, b.X+b.W-x, b.H, p.label, widgets.BodyBold) + 8
	g.Text(x, b.Y, b.X+b.W-x, b.H, p.sub, widgets.Small)
}

// key turns the pages of the text while the list keeps the arrows.
func (t *helpTab) key(ev *fyne.KeyEvent) bool {
	switch ev.Name {
	case fyne.KeyPageDown, fyne.KeySpace:
		t.turn(0.9)
	case fyne.KeyPageUp:
		t.turn(-0.9)
	default:
		return false
	}
	return true
}

func (t *helpTab) turn(pages float32) {
	if f, ok := t.fixed[helpPages[t.list.Selected()].id]; ok {
		f.scroll.ScrollToOffset(fyne.NewPos(0, f.scroll.Offset.Y+pages*f.scroll.Size().Height))
		return
	}
	t.article.Scroll(pages)
}

// choose goes to a page by its name; an unknown one leaves what is shown.
func (t *helpTab) choose(id string) {
	for i, p := range helpPages {
		if p.id == id {
			t.list.Select(i)
			t.show(i)
		}
	}
}

func (t *helpTab) show(row int) {
	if row < 0 {
		return
	}
	id := helpPages[row].id
	if f, ok := t.fixed[id]; ok {
		t.latest.Go(t.sh.Runner(), t.sh.Ctx(), func(context.Context) error { return nil }, func(error) {}) // a picture on its way is for nobody
		t.put(f.panel)
		return
	}
	page := loadHelp(id)
	t.panel.SetTitle(page.Title)
	t.article.Set(page)
	t.shot.set(nil, nil)
	t.put(t.panel)
	if page.Picture == "" {
		t.side.Refresh()
		return
	}
	var whole, small image.Image
	t.latest.Go(t.sh.Runner(), t.sh.Ctx(), func(context.Context) (err error) {
		whole, small, err = loadShot(page.Picture)
		return err
	}, func(err error) {
		if err == nil { // without its picture the page still says everything
			t.shot.set(whole, small)
		}
		t.side.Refresh()
	})
}

func (t *helpTab) put(o fyne.CanvasObject) {
	t.shown.Objects = []fyne.CanvasObject{o}
	t.shown.Refresh()
}

// enlarge shows the picture as large as the window lets.
func (t *helpTab) enlarge() {
	if t.shot.whole == nil || t.shown.Objects[0] != fyne.CanvasObject(t.panel) {
		return
	}
	view := widgets.NewImagePreview()
	view.SetImage(t.shot.whole)
	high := func() float32 {
		if c := t.sh.Canvas(); c != nil {
			return max(240, c.Size().Height-theme.Px(88)-156) // what the dialog has around it
		}
		return 480
	}
	d := widgets.NewDialog(helpPages[t.list.Selected()].label, "", container.New(&heightBox{high}, view), "", widgets.Secondary, nil)
	d.Sub = "+ agrandit, - réduit, les flèches se déplacent."
	d.Width, d.First = 1400, view
	t.sh.Show(d)
}

// loadHelp reads a page; a missing one is a page that says so.
func loadHelp(id string) widgets.ArticlePage {
	text, err := assets.Help.ReadFile("help/" + id + ".md")
	if err != nil {
		text = []byte("# Aide\n\n" + fault.French("Cette page manque : signalez-le à votre assistance."))
	}
	return widgets.ParseArticle(text)
}

// shotWide is the width of the small picture: twice the room it takes, for
// screens with fine dots.
const shotWide = 640

// loadShot reads a picture, whole and small.
func loadShot(name string) (whole, small image.Image, err error) {
	data, err := assets.Screenshots.ReadFile("screenshots/" + path.Base(name))
	if err != nil {
		return nil, nil, err
	}
	if whole, _, err = image.Decode(bytes.NewReader(data)); err != nil {
		return nil, nil, err
	}
	b := whole.Bounds()
	to := image.NewNRGBA(image.Rect(0, 0, shotWide, shotWide*b.Dy()/max(1, b.Dx())))
	draw.CatmullRom.Scale(to, to.Bounds(), whole, b, draw.Src, nil)
	return whole, to, nil
}

// shot is the small picture of a screen; a press enlarges it.
type shot struct {
	*widgets.Pressable
	img   *canvas.Image
	whole image.Image
}

func newShot(enlarge func()) *shot {
	s := &shot{img: canvas.NewImageFromImage(nil)}
	s.img.FillMode, s.img.ScaleMode = canvas.ImageFillContain, canvas.ImageScaleSmooth
	s.Pressable = widgets.NewPressable(200, 150, enlarge, func(g *widgets.Gfx, size fyne.Size, hovered bool) {
		ink := theme.Ardoise300
		if hovered {
			ink = theme.Accent
		}
		h := s.high(size.Width)
		g.Child(s.img, 5, 5, size.Width-10, h-10)
		g.Rect(4, 4, size.Width-8, h-8, widgets.Shape{Stroke: ink})
		chip := widgets.KeyChipWidth("Entrée")
		g.Text(6, h, size.Width-chip-16, theme.Px(24), "Agrandir l’écran", widgets.Small)
		g.KeyChip(size.Width-chip-6, h+theme.Px(3), "Entrée")
	})
	s.Hide()
	return s
}

// high is the height of the picture at a width.
func (s *shot) high(w float32) float32 {
	if s.whole == nil {
		return 0
	}
	b := s.whole.Bounds()
	return (w-10)*float32(b.Dy())/float32(b.Dx()) + 10
}

func (s *shot) set(whole, small image.Image) {
	s.whole, s.img.Image = whole, small
	s.img.Refresh()
	if whole == nil {
		s.Hide()
		return
	}
	s.Show()
	s.Refresh()
}

// beside lays the article out with its picture at right, or alone.
type beside struct{ shot *shot }

func (*beside) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(400, 200) }

func (l *beside) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	text, pic := objs[0], objs[1]
	w := min(theme.Wide(300), size.Width*0.36)
	wide := size.Width - 16
	if pic.Visible() {
		wide -= w + 16
		pic.Resize(fyne.NewSize(w, l.shot.high(w)+theme.Px(28)))
		pic.Move(fyne.NewPos(size.Width-w-12, 12))
	}
	text.Move(fyne.NewPos(8, 6))
	text.Resize(fyne.NewSize(wide, size.Height-10))
}

// fixedPage is a page that is not in assets/help.
type fixedPage struct {
	panel  *widgets.Panel
	scroll *container.Scroll
}

func newFixed(title, icon string, content fyne.CanvasObject) fixedPage {
	s := container.NewVScroll(widgets.Pad(bleedPx, bleedPx, content))
	return fixedPage{widgets.NewPanel(title, container.New(&bleed{}, s)).Icon(icon).Line(), s}
}

func keysPanel(d Deps) fixedPage {
	row := func() float32 { return theme.Px(28) }
	list := widgets.NewPainting(360, 28*float32(len(keys)), func(g *widgets.Gfx, size fyne.Size) {
		for i, k := range keys {
			y := float32(i) * row()
			g.KeyChip(0, y+theme.Px(4), k[0])
			g.Text(theme.Wide(120), y, size.Width-theme.Wide(120), row(), fault.French(k[1]), widgets.Body)
		}
	})
	f := newFixed("Touches", "help", list)
	f.panel.Footer(widgets.NewLabel("Ardoise "+d.Version+", base "+d.Database, widgets.Small))
	return f
}

func limitsPanel() fixedPage {
	known := make([]fact, len(limits))
	for i, l := range limits {
		known[i] = fact{l.what, fault.French(l.how)}
	}
	return newFixed("Ce qu’Ardoise ne fait pas", "info", factsBox(func() []fact { return known }))
}
