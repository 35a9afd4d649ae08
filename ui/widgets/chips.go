package widgets

import (
	"fyne.io/fyne/v2"

	"ardoise/ui/theme"
)

func keyStyle() Style { return Style{Size: theme.KeyHint} }

func keyChipHeight() float32 { return theme.Px(18) }

// KeyChipWidth is the width of a key hint, in px at the agent's scale.
func KeyChipWidth(key string) float32 { return TextWidth(key, keyStyle()) + 12 }

func keyChip(g *Gfx, x, y float32, key string, s Shape, ink theme.Token) {
	w, h := KeyChipWidth(key), keyChipHeight()
	g.Rect(x, y, w, h, s)
	g.Text(x, y, w, h, key, Style{Size: theme.KeyHint, Ink: ink, Align: fyne.TextAlignCenter})
}

// KeyChip draws a key hint with its upper left corner at x, y.
func (g *Gfx) KeyChip(x, y float32, key string) {
	keyChip(g, x, y, key, Shape{Fill: theme.Ardoise50, Stroke: theme.Ardoise300, Radius: 3}, theme.Ardoise600)
}

// KeyHints shows pairs of a key and what it does: « Flèches choisir ».
type KeyHints struct {
	tipBase
	pairs []string
}

// NewKeyHints takes key, meaning, key, meaning…
func NewKeyHints(pairs ...string) *KeyHints {
	k := &KeyHints{pairs: pairs}
	k.init(k)
	return k
}

func (k *KeyHints) min() fyne.Size {
	var w float32
	for i, p := range k.pairs {
		if i%2 == 0 {
			w += KeyChipWidth(p) + 8
		} else {
			w += TextWidth(p, Small) + 8
		}
	}
	return fyne.NewSize(max(0, w-8), theme.Px(20))
}

func (k *KeyHints) paint(g *Gfx, size fyne.Size) {
	x := float32(0)
	for i, p := range k.pairs {
		if i%2 == 0 {
			g.KeyChip(x, (size.Height-keyChipHeight())/2, p)
			x += KeyChipWidth(p) + 8
		} else {
			x += g.Text(x, 0, TextWidth(p, Small)+1, size.Height, p, Small) + 8
		}
	}
}

// Tone is the meaning of a colour pair.
type Tone int

// The tones; Neutral says nothing good or bad.
const (
	Neutral Tone = iota
	Info
	Success
	Warning
	Failure
	Accented
	Counter // chalk, count on the rail
)

// Colours gives the light fill, the ink and the border of a tone.
func (t Tone) Colours() (fill, ink, line theme.Token) {
	switch t {
	case Info:
		return theme.InfoClair, theme.Info, theme.InfoLigne
	case Success:
		return theme.SuccesClair, theme.Succes, theme.SuccesLigne
	case Warning:
		return theme.AlerteClair, theme.Alerte, theme.AlerteLigne
	case Failure:
		return theme.ErreurClair, theme.Erreur, theme.ErreurLigne
	case Accented:
		return theme.AccentClair, theme.Accent, theme.AccentLigne
	case Counter:
		return theme.Craie, theme.SurCraie, theme.Craie
	}
	return theme.Ardoise100, theme.Ardoise600, theme.Ardoise200
}

// BadgeSpec describes a state badge: icon, words and tone together, never the
// colour alone. The icon may be empty.
type BadgeSpec struct {
	Icon, Text string
	Tone       Tone
}

func badgeStyle() Style { return Style{Size: theme.Small, Bold: true} }

// BadgeWidth is the width a badge takes, in px at the agent's scale.
func BadgeWidth(s BadgeSpec) float32 {
	w := TextWidth(s.Text, badgeStyle()) + 12
	if s.Icon != "" {
		w += theme.Px(14) + 5
	}
	return w
}

// BadgeHeight is the height of a badge.
func BadgeHeight() float32 { return theme.Px(22) }

// Badge draws a state badge with its upper left corner at x, y, cut at maxW;
// it returns its width.
func (g *Gfx) Badge(x, y, maxW float32, s BadgeSpec) float32 {
	fill, ink, _ := s.Tone.Colours()
	w, h := min(BadgeWidth(s), maxW), BadgeHeight()
	g.Rect(x, y, w, h, Shape{Fill: fill, Radius: 4})
	tx := x + 6
	if s.Icon != "" {
		ic := theme.Px(14)
		g.Icon(tx, y+(h-ic)/2, ic, s.Icon, ink)
		tx += ic + 5
	}
	g.Text(tx, y, x+w-6-tx+1, h, s.Text, badgeStyle().With(ink))
	return w
}

// Badge is the widget of a state badge.
type Badge struct {
	tipBase
	spec BadgeSpec
}

// NewBadge returns a badge; it is 22 px high.
func NewBadge(icon, text string, tone Tone) *Badge {
	b := &Badge{spec: BadgeSpec{icon, text, tone}}
	b.init(b)
	return b
}

// Set changes the state shown.
func (b *Badge) Set(s BadgeSpec) {
	if b.spec != s {
		b.spec = s
		b.Refresh()
	}
}

// Spec returns the state shown.
func (b *Badge) Spec() BadgeSpec { return b.spec }

func (b *Badge) min() fyne.Size { return fyne.NewSize(BadgeWidth(b.spec), BadgeHeight()) }

func (b *Badge) paint(g *Gfx, size fyne.Size) {
	g.Badge(0, (size.Height-BadgeHeight())/2, size.Width, b.spec)
}

// IconView is an icon as a widget.
type IconView struct {
	base
	name string
	ink  theme.Token
	size float32
}

// NewIcon returns an icon of size px (16 as a rule) in a colour.
func NewIcon(name string, ink theme.Token, size float32) *IconView {
	i := &IconView{name: name, ink: ink, size: size}
	i.init(i)
	return i
}

// Set changes icon and colour.
func (i *IconView) Set(name string, ink theme.Token) {
	if i.name != name || i.ink != ink {
		i.name, i.ink = name, ink
		i.Refresh()
	}
}

func (i *IconView) min() fyne.Size { return fyne.NewSquareSize(theme.Px(i.size)) }

func (i *IconView) paint(g *Gfx, size fyne.Size) {
	s := theme.Px(i.size)
	g.Icon((size.Width-s)/2, (size.Height-s)/2, s, i.name, i.ink)
}

// Avatar shows initials in a square.
type Avatar struct {
	base
	initials   string
	onSlate    bool
	side       float32
	customFill theme.Token
}

// NewAvatar returns a square of initials; onSlate is the rail's look.
func NewAvatar(initials string, onSlate bool) *Avatar {
	a := &Avatar{initials: initials, onSlate: onSlate, side: 28}
	if onSlate {
		a.side = 32
	}
	a.init(a)
	return a
}

// Set changes the initials.
func (a *Avatar) Set(initials string) {
	if a.initials != initials {
		a.initials = initials
		a.Refresh()
	}
}

func (a *Avatar) min() fyne.Size { return fyne.NewSquareSize(theme.Px(a.side)) }

func (a *Avatar) paint(g *Gfx, size fyne.Size) {
	fill, ink := theme.Ardoise100, theme.Ardoise600
	if a.onSlate {
		fill, ink = theme.Ardoise700, theme.SurArdoise
	}
	if a.customFill != theme.None {
		fill = a.customFill
	}
	s := theme.Px(a.side)
	g.Rect((size.Width-s)/2, (size.Height-s)/2, s, s, Shape{Fill: fill, Radius: 4})
	g.Text(0, 0, size.Width, size.Height, a.initials, Style{Size: theme.Small, Bold: true, Ink: ink, Align: fyne.TextAlignCenter})
}

// Divider is a 1 px line across its container.
type Divider struct {
	base
	vertical bool
}

// NewDivider returns a horizontal line.
func NewDivider() *Divider {
	d := &Divider{}
	d.init(d)
	return d
}

// NewVDivider returns a vertical line.
func NewVDivider() *Divider {
	d := &Divider{vertical: true}
	d.init(d)
	return d
}

func (d *Divider) min() fyne.Size { return fyne.NewSize(1, 1) }

func (d *Divider) paint(g *Gfx, size fyne.Size) {
	if d.vertical {
		g.VLine(0, 0, size.Height, theme.Ardoise200)
		return
	}
	g.HLine(0, 0, size.Width, theme.Ardoise200)
}
