package widgets

import (
	"fmt"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"

	"ardoise/data/money"
)

// MoneyGroup is one group of bars: what stands below it (« déc. »), its whole
// name (« décembre 2026 ») and one amount a series, in cents, negative where
// money went back.
type MoneyGroup struct {
	Label, Name string
	Amounts     []money.Cents
}

// MoneyChart draws amounts side by side, one or two series: plain bars, and
// striped ones that are told apart without colours. The axis always holds zero.
// Left, Right, Home and End go from group to group, and the amounts of the one
// chosen stand in the legend; the pointer has them in a tooltip.
type MoneyChart struct {
	focusBase
	series []string
	groups []MoneyGroup
	cursor int
	empty  *EmptyState
	axis   moneyAxis
	plot   moneyPlot

	// Stripes is the tone of the second series; Warning by default.
	Stripes Tone
	// OnSelect tells which group the cursor moved to.
	OnSelect func(i int)
	// OnOpen is called by Enter and by a tap on the group chosen; nil passes
	// Enter on.
	OnOpen func(i int)
}

// NewMoneyChart returns an empty chart; the words name the plain series and the
// striped one ("" for none).
func NewMoneyChart(plain, striped string) *MoneyChart {
	c := &MoneyChart{series: []string{plain}, Stripes: Warning}
	if striped != "" {
		c.series = append(c.series, striped)
	}
	c.empty = NewEmptyState("chart", "Aucun montant", "", nil)
	c.init(c)
	return c
}

// Set replaces the groups and chooses the last, the latest as a rule. Without
// groups the chart says that it is empty.
func (c *MoneyChart) Set(groups []MoneyGroup) {
	c.groups = groups
	c.cursor = max(0, len(groups)-1)
	c.Refresh()
}

// Empty changes what an empty chart says.
func (c *MoneyChart) Empty(e *EmptyState) { c.empty = e; c.Refresh() }

// Selected returns the chosen group, -1 if the chart is empty.
func (c *MoneyChart) Selected() int {
	if len(c.groups) == 0 {
		return -1
	}
	return c.cursor
}

// Select chooses a group without calling OnSelect.
func (c *MoneyChart) Select(i int) {
	c.cursor = min(max(i, 0), max(0, len(c.groups)-1))
	c.Refresh()
}

func (c *MoneyChart) move(i int) {
	was := c.cursor
	c.Select(i)
	if c.cursor != was && c.OnSelect != nil {
		c.OnSelect(c.cursor)
	}
}

// TypedKey moves and opens.
func (c *MoneyChart) TypedKey(ev *fyne.KeyEvent) {
	touch()
	switch ev.Name {
	case fyne.KeyLeft:
		c.move(c.cursor - 1)
	case fyne.KeyRight:
		c.move(c.cursor + 1)
	case fyne.KeyHome:
		c.move(0)
	case fyne.KeyEnd:
		c.move(len(c.groups) - 1)
	case fyne.KeyReturn, fyne.KeyEnter:
		c.open(ev)
	default:
		PassKey(c, ev)
	}
}

func (c *MoneyChart) open(ev *fyne.KeyEvent) {
	switch {
	case len(c.groups) == 0 && c.empty.action != nil:
		c.empty.action.Press()
	case len(c.groups) > 0 && c.OnOpen != nil:
		c.OnOpen(c.cursor)
	default:
		PassKey(c, ev)
	}
}

// Tapped chooses the group under the pointer, and opens it the second time.
func (c *MoneyChart) Tapped(ev *fyne.PointEvent) {
	focus(c)
	h, ok := c.g.hitAt(ev.Position)
	switch {
	case ok && h.Row == c.cursor && c.OnOpen != nil:
		c.OnOpen(h.Row)
	case ok:
		c.move(h.Row)
	}
}

// Text is a group in one line: « décembre 2026 : facturé 92,40 €, impayé 0,00 € ».
func (c *MoneyChart) Text(i int) string {
	if i < 0 || i >= len(c.groups) {
		return ""
	}
	var parts []string
	for s, word := range c.series {
		parts = append(parts, inSentence(word)+" "+c.amount(i, s).String())
	}
	return c.groups[i].Name + nbsp + ": " + strings.Join(parts, ", ")
}

// Summary says the whole chart in words, for who cannot see it: the span, and
// of each series the sum, the highest and the lowest group.
func (c *MoneyChart) Summary() string {
	n := len(c.groups)
	if n == 0 {
		return c.empty.title
	}
	out := []string{"De " + c.groups[0].Name + " à " + c.groups[n-1].Name + "."}
	if n == 1 {
		out[0] = c.groups[0].Name + "."
	}
	for s, word := range c.series {
		out = append(out, word+nbsp+": "+c.sum(s)+".")
	}
	return strings.Join(out, " ")
}

func (c *MoneyChart) sum(series int) string {
	total, high, low, fits := money.Cents(0), 0, 0, true
	for i := range c.groups {
		a := c.amount(i, series)
		sum, err := money.Add(total, a)
		total, fits = sum, fits && err == nil
		if a > c.amount(high, series) {
			high = i
		}
		if a < c.amount(low, series) {
			low = i
		}
	}
	var parts []string
	if fits { // a sum beyond 64 bits is not said rather than said wrong
		parts = append(parts, total.String()+" au total")
	}
	if high != low {
		for _, m := range []struct {
			word string
			at   int
		}{{"au plus haut ", high}, {"au plus bas ", low}} {
			parts = append(parts, fmt.Sprintf("%s%s (%s)", m.word, c.amount(m.at, series), c.groups[m.at].Name))
		}
	}
	return strings.Join(parts, ", ")
}

// AccessibilityLabel is the summary and what is chosen.
func (c *MoneyChart) AccessibilityLabel() string {
	return strings.TrimSpace(c.Summary() + " " + c.Text(c.cursor))
}

// AccessibilityRole is that of a text.
func (c *MoneyChart) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// inSentence lowers the first letter of a word, unless it is an acronym.
func inSentence(word string) string {
	r := []rune(word)
	if len(r) > 1 && unicode.IsLower(r[1]) {
		r[0] = unicode.ToLower(r[0])
	}
	return string(r)
}

func (c *MoneyChart) amount(group, series int) money.Cents {
	if a := c.groups[group].Amounts; series < len(a) {
		return a[series]
	}
	return 0
}

func (c *MoneyChart) amounts() []money.Cents {
	var out []money.Cents
	for i := range c.groups {
		for s := range c.series {
			out = append(out, c.amount(i, s))
		}
	}
	return out
}
