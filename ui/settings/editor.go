package settings

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// editor ties the fields of a service to its draft: each is read where it is
// typed, and says there what is wrong.
type editor struct {
	ed      *editing
	putting bool // the fields are being filled: nobody is typing
	fields  map[string]*widgets.Field
	puts    []func(catalog.Draft)
	changed func() // after the draft moved, or a field went wrong
}

// watch makes a field known by its path.
func (e *editor) watch(path string, f *widgets.Field) *widgets.Field {
	if e.fields == nil {
		e.fields = map[string]*widgets.Field{}
	}
	e.fields[path] = f
	return f
}

// typed takes what a field says now.
func (e *editor) typed(path string, read func(*catalog.Draft) error) {
	if e.putting || e.ed == nil {
		return
	}
	e.ed.take(path, read)
	e.changed()
}

// put fills the fields from the draft.
func (e *editor) put() {
	e.putting = true
	for _, put := range e.puts {
		put(e.ed.draft)
	}
	e.putting = false
}

// tell shows beside each field what is wrong with it; what has no field of its
// own is returned. Reports whether a field grew or shrank.
func (e *editor) tell() (moved bool) {
	shown := e.ed.shown()
	for path, f := range e.fields {
		if f.Error() != shown[path] {
			f.SetError(shown[path])
			moved = true
		}
	}
	return moved
}

// line adds a line of text.
func (e *editor) line(path, label, help string, at func(*catalog.Draft) *string) *widgets.Field {
	in := widgets.NewTextField()
	e.puts = append(e.puts, func(d catalog.Draft) { in.SetText(*at(&d)) })
	in.OnChanged = func(text string) {
		e.typed(path, func(d *catalog.Draft) error { *at(d) = strings.TrimSpace(text); return nil })
	}
	return e.watch(path, widgets.NewField(label, help, in))
}

// parsed adds a text that is read and written by two functions.
func (e *editor) parsed(path, label, help, suffix string, write func(catalog.Draft) string, read func(string, *catalog.Draft) error) *widgets.Field {
	in := widgets.NewTextField()
	if suffix != "" {
		in.Suffix(suffix)
	}
	e.puts = append(e.puts, func(d catalog.Draft) { in.SetText(write(d)) })
	in.OnChanged = func(text string) {
		e.typed(path, func(d *catalog.Draft) error { return read(strings.TrimSpace(text), d) })
	}
	return e.watch(path, widgets.NewField(label, help, in))
}

// number adds a whole number between two ends.
func (e *editor) number(path, label, help, suffix string, low, high int, at func(*catalog.Draft) *int) *widgets.Field {
	return e.parsed(path, label, help, suffix, func(d catalog.Draft) string { return strconv.Itoa(*at(&d)) }, func(text string, d *catalog.Draft) error {
		n, err := wholeNumber(text, low, high)
		*at(d) = n
		return err
	})
}

// places adds a number of places, empty for no limit.
func (e *editor) places(path, label, help string, at func(*catalog.Draft) **int) *widgets.Field {
	return e.parsed(path, label, help, "", func(d catalog.Draft) string { return placesText(*at(&d)) }, func(text string, d *catalog.Draft) (err error) {
		*at(d), err = placesOf(text)
		return err
	})
}

// amount adds an amount in euros.
func (e *editor) amount(path, label, help string, at func(*catalog.Draft) *money.Cents) *widgets.Field {
	in := widgets.NewMoneyField()
	e.puts = append(e.puts, func(d catalog.Draft) { in.Set(*at(&d)) })
	in.OnChanged = func(string) {
		e.typed(path, func(d *catalog.Draft) error {
			c, err := in.Value()
			*at(d) = c
			return err
		})
	}
	return e.watch(path, widgets.NewField(label, help, in))
}

// pick adds a choice of one among several.
func (e *editor) pick(path, label, help string, at func(*catalog.Draft) *string, options ...widgets.Option) (*widgets.Field, *widgets.Select) {
	var in *widgets.Select
	in = widgets.NewSelect(func(id string) {
		e.typed(path, func(d *catalog.Draft) error { *at(d) = id; return nil })
	}, options...)
	e.puts = append(e.puts, func(d catalog.Draft) { in.Set(*at(&d)) })
	return e.watch(path, widgets.NewField(label, help, in)), in
}

// tick adds a yes or no.
func (e *editor) tick(path, label, detail string, at func(*catalog.Draft) *bool) *widgets.Check {
	c := widgets.NewCheck(label, func(on bool) {
		e.typed(path, func(d *catalog.Draft) error { *at(d) = on; return nil })
	})
	if detail != "" {
		c.Detail(detail)
	}
	e.puts = append(e.puts, func(d catalog.Draft) { c.Set(*at(&d)) })
	return c
}

// several adds a choice of several among many.
func (e *editor) several(path, label, help string, write func(catalog.Draft) []string, read func([]string, *catalog.Draft), options ...widgets.Option) *widgets.Field {
	in := widgets.NewMultiChoice(func(ids []string) {
		e.typed(path, func(d *catalog.Draft) error { read(ids, d); return nil })
	}, options...).Wrap()
	e.puts = append(e.puts, func(d catalog.Draft) { in.Set(write(d)...) })
	return e.watch(path, widgets.NewField(label, help, in))
}

func wholeNumber(text string, low, high int) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || n < low || n > high {
		return 0, fault.New(fault.Invalid, "Un nombre de %d à %d.", low, high)
	}
	return n, nil
}

func placesText(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

func placesOf(text string) (*int, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || n < 0 || n > 100000 {
		return nil, fault.New(fault.Invalid, "Un nombre de places, ou vide : sans limite.")
	}
	return &n, nil
}

// weekdayChoice are the days of service to choose among.
func weekdayChoice() (out []widgets.Option) {
	for _, w := range week {
		out = append(out, widgets.Option{ID: strconv.Itoa(int(w)), Label: capital(calendar.WeekdayShort(w))})
	}
	return out
}

// columns puts objects side by side where each gets enough room, else one above
// the other: what is two columns at 100 % is one at 150 %.
type columns struct {
	gap, least float32 // px: between them; the width under which they are stacked
	width      float32 // as last laid out
}

func sideBySide(least float32, objs ...fyne.CanvasObject) *fyne.Container {
	return container.New(&columns{gap: 16, least: least}, objs...)
}

func (c *columns) fit(n int) bool {
	return c.width < 1 || (c.width-c.gap*float32(n-1))/float32(n) >= theme.Px(c.least)
}

func (c *columns) MinSize(objs []fyne.CanvasObject) (s fyne.Size) {
	wide := c.fit(len(objs))
	for i, o := range objs {
		m := o.MinSize()
		switch {
		case wide:
			s.Height = max(s.Height, m.Height)
		case i > 0:
			s.Height += c.gap + m.Height
		default:
			s.Height = m.Height
		}
		s.Width = max(s.Width, min(m.Width, theme.Px(c.least)))
	}
	return s
}

func (c *columns) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	c.width = size.Width
	n := float32(len(objs))
	if c.fit(len(objs)) {
		w := (size.Width - c.gap*(n-1)) / n
		for i, o := range objs {
			o.Move(fyne.NewPos(float32(i)*(w+c.gap), 0))
			o.Resize(fyne.NewSize(w, size.Height))
		}
		return
	}
	y := float32(0)
	for _, o := range objs {
		o.Resize(fyne.NewSize(size.Width, o.MinSize().Height)) // wrapped texts measure at their width
		h := o.MinSize().Height
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(size.Width, h))
		y += h + c.gap
	}
}
