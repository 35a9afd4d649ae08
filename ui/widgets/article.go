package widgets

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"

	"ardoise/ui/theme"
)

// ArticlePage is a page of Markdown, cut into what an Article paints.
type ArticlePage struct {
	Title   string // its first heading
	Picture string // where its picture lies, "" without one
	blocks  []articleBlock
}

// articleBlock is a heading, a paragraph or a line of a list.
type articleBlock struct {
	before float32 // air above
	mark   string  // « • », « 1. »
	words  []articleWord
}

// articleWord is a word, or the name of a key; glued: no space before it.
type articleWord struct {
	text       string
	style      Style
	key, glued bool
}

// ParseArticle cuts a page: headings, paragraphs, lists, bold, `keys`, and one
// picture that is shown beside the text. What else Markdown can do is left out.
func ParseArticle(source []byte) ArticlePage {
	r := &articleReader{source: source}
	root := goldmark.DefaultParser().Parse(text.NewReader(source))
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Heading:
			if n.Level == 1 {
				r.begin(0, "")
				r.inline(n, Body)
				r.page.Title = r.now.plain()
				continue
			}
			r.begin(14, "")
			r.inline(n, CardTitle)
			r.end()
		case *ast.List:
			number := n.Start
			for item := n.FirstChild(); item != nil; item = item.NextSibling() {
				mark := "•"
				if n.IsOrdered() {
					mark = strconv.Itoa(number) + "."
					number++
				}
				r.begin(5, mark)
				for part := item.FirstChild(); part != nil; part = part.NextSibling() {
					r.inline(part, Body)
				}
				r.end()
			}
		default:
			r.begin(7, "")
			r.inline(n, Body)
			r.end()
		}
	}
	return r.page
}

// articleReader fills a page block by block.
type articleReader struct {
	source []byte
	page   ArticlePage
	now    articleBlock
	space  bool
}

func (r *articleReader) begin(before float32, mark string) {
	r.now, r.space = articleBlock{before: before, mark: mark}, true
}

func (r *articleReader) end() {
	if len(r.now.words) > 0 {
		r.page.blocks = append(r.page.blocks, r.now)
	}
}

func (r *articleReader) inline(of ast.Node, s Style) {
	for n := of.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			r.text(string(n.Segment.Value(r.source)), s)
			r.space = r.space || n.SoftLineBreak() || n.HardLineBreak()
		case *ast.Emphasis:
			bold := s
			bold.Bold = true
			r.inline(n, bold)
		case *ast.CodeSpan:
			name := ""
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				if t, ok := c.(*ast.Text); ok {
					name += string(t.Segment.Value(r.source))
				}
			}
			r.word(articleWord{text: name, style: s, key: true})
		case *ast.Image:
			r.page.Picture = string(n.Destination)
		default:
			r.inline(n, s)
		}
	}
}

// text adds words; only a plain space cuts, a no-break one does not.
func (r *articleReader) text(t string, s Style) {
	for i, word := range strings.Split(t, " ") {
		r.space = r.space || i > 0
		if word != "" {
			r.word(articleWord{text: word, style: s})
		}
	}
}

func (r *articleReader) word(w articleWord) {
	w.glued = !r.space
	r.now.words, r.space = append(r.now.words, w), false
}

func (b articleBlock) plain() string {
	var out strings.Builder
	for i, w := range b.words {
		if i > 0 && !w.glued {
			out.WriteByte(' ')
		}
		out.WriteString(w.text)
	}
	return out.String()
}

// Article shows a page: it wraps, scrolls by itself and takes the keyboard
// (arrows, pages, Home, End).
type Article struct {
	focusBase
	page   ArticlePage
	pieces []articlePiece
	width  float32
	scale  float32
	height float32
	scroll *container.Scroll
	body   *Painting
}

// articlePiece is a run of words on one line, or the chip of a key.
type articlePiece struct {
	x, y, w, h float32
	articleWord
}

// NewArticle returns an empty page.
func NewArticle() *Article {
	a := &Article{}
	a.body = NewPainting(120, 60, a.draw)
	a.body.Min = func() fyne.Size { return fyne.NewSize(120, a.height) }
	a.scroll = container.NewVScroll(a.body)
	a.init(a)
	return a
}

// Set shows a page, from its top.
func (a *Article) Set(p ArticlePage) {
	a.page, a.width = p, 0
	a.scroll.Offset = fyne.NewPos(0, 0)
	a.Refresh()
}

// Scroll moves by a part of what is in sight: 0.9 is a page down.
func (a *Article) Scroll(pages float32) {
	a.scroll.ScrollToOffset(fyne.NewPos(0, a.scroll.Offset.Y+pages*a.scroll.Size().Height))
}

// Offset tells how far down the page is scrolled.
func (a *Article) Offset() float32 { return a.scroll.Offset.Y }

// TypedKey scrolls.
func (a *Article) TypedKey(ev *fyne.KeyEvent) {
	touch()
	switch ev.Name {
	case fyne.KeyUp:
		a.Scroll(-0.1)
	case fyne.KeyDown:
		a.Scroll(0.1)
	case fyne.KeyPageUp:
		a.Scroll(-0.9)
	case fyne.KeyPageDown, fyne.KeySpace:
		a.Scroll(0.9)
	case fyne.KeyHome:
		a.scroll.ScrollToTop()
	case fyne.KeyEnd:
		a.scroll.ScrollToBottom()
	default:
		PassKey(a, ev)
	}
}

// Tapped takes the keyboard.
func (a *Article) Tapped(*fyne.PointEvent) { focus(a) }

func (a *Article) min() fyne.Size { return fyne.NewSize(160, theme.Px(120)) }

// articleRoom is kept around the text for the scroll bar and the focus ring.
const articleRoom = 8

func (a *Article) paint(g *Gfx, size fyne.Size) {
	a.lay(size.Width - 2*articleRoom - 12)
	g.Child(a.scroll, articleRoom, articleRoom, max(0, size.Width-2*articleRoom), max(0, size.Height-2*articleRoom))
	a.body.Refresh()
	a.scroll.Refresh()
	if a.focused {
		g.Rect(0, 0, size.Width, size.Height, Shape{Stroke: theme.Accent, Width: 2, Radius: 4})
	}
}

func (a *Article) draw(g *Gfx, _ fyne.Size) {
	for _, p := range a.pieces {
		if p.key {
			g.KeyChip(p.x, p.y+(p.h-keyChipHeight())/2, p.text)
			continue
		}
		g.Text(p.x, p.y, p.w+1, p.h, p.text, p.style)
	}
}

// lay places the words on lines of width w.
func (a *Article) lay(w float32) {
	w = max(w, 80)
	if a.width == w && a.scale == theme.Px(100) {
		return
	}
	a.width, a.scale, a.pieces = w, theme.Px(100), a.pieces[:0]
	y := float32(0)
	for i, b := range a.page.blocks {
		if i > 0 {
			y += theme.Px(b.before)
		}
		y = a.layBlock(b, y, w)
	}
	a.height = y + theme.Px(4)
}

func (a *Article) layBlock(b articleBlock, y, w float32) float32 {
	h, left := theme.Px(22), float32(0)
	if b.mark != "" {
		left = theme.Px(24)
		a.pieces = append(a.pieces, articlePiece{0, y, left, h, articleWord{text: b.mark, style: BodyBold.With(theme.Accent)}})
	}
	x := left
	for i := 0; i < len(b.words); {
		n, need := i+1, b.words[i].wide() // what is glued together stays on one line
		for ; n < len(b.words) && b.words[n].glued; n++ {
			need += b.words[n].wide()
		}
		space := float32(0)
		if x > left {
			if space = TextWidth(" ", b.words[i].style); x+space+need > w {
				x, y, space = left, y+h, 0
			}
		}
		x += space
		for ; i < n; i++ {
			x = a.put(b.words[i], x, y, h, space > 0)
			space = 0
		}
	}
	return y + h
}

// put adds a word to its line; plain words of one style become one piece.
func (a *Article) put(word articleWord, x, y, h float32, spaced bool) float32 {
	if last := len(a.pieces) - 1; last >= 0 && !word.key {
		p := &a.pieces[last]
		if p.y == y && !p.key && p.style == word.style && x > p.x+1 && (spaced || p.x+p.w >= x-1) {
			if spaced {
				p.text += " "
			}
			p.text += word.text
			p.w = TextWidth(p.text, p.style)
			return p.x + p.w
		}
	}
	a.pieces = append(a.pieces, articlePiece{x, y, word.wide(), h, word})
	return x + word.wide()
}

func (w articleWord) wide() float32 {
	if w.key {
		return KeyChipWidth(w.text)
	}
	return TextWidth(w.text, w.style)
}
