package settings

import (
	"strconv"
	"strings"

	"ardoise/data/fault"
	"ardoise/ui/widgets"
)

// bound is one value of S in a form: it is shown and read back.
type bound[S any] struct {
	show func(S)
	read func(*S) error
}

// binder ties the fields of a form to a value S.
type binder[S any] struct {
	form   *widgets.Form
	fields []bound[S]
}

// typed is base with all that the form says, and what is wrong in it first.
func (b *binder[S]) typed(base S) (S, error) {
	var wrong error
	for _, f := range b.fields {
		if err := f.read(&base); err != nil && wrong == nil {
			wrong = err
		}
	}
	return base, wrong
}

// put shows a value in the form.
func (b *binder[S]) put(s S) {
	for _, f := range b.fields {
		f.show(s)
	}
}

// text adds a line of text; check may be nil.
func (b *binder[S]) text(label, help string, at func(*S) *string, check rule) *widgets.Field {
	return b.textIn(widgets.NewTextField(), label, help, at, check)
}

func (b *binder[S]) textIn(in *widgets.TextField, label, help string, at func(*S) *string, check rule) *widgets.Field {
	f := widgets.NewField(label, help, in)
	read := func() (string, error) {
		text := strings.TrimSpace(in.Text())
		if check == nil {
			return text, nil
		}
		return text, check(text)
	}
	b.form.Watch(f, func() error { _, err := read(); return err })
	b.fields = append(b.fields, bound[S]{
		show: func(s S) { in.SetText(*at(&s)) },
		read: func(s *S) (err error) { *at(s), err = read(); return err },
	})
	return f
}

// number adds a whole number between two ends.
func (b *binder[S]) number(label, help string, low, high int, at func(*S) *int) *widgets.Field {
	in := widgets.NewTextField()
	f := widgets.NewField(label, help, in)
	read := func() (int, error) {
		n, err := strconv.Atoi(strings.TrimSpace(in.Text()))
		if err != nil || n < low || n > high {
			return 0, fault.New(fault.Invalid, "Un nombre de %d à %d.", low, high)
		}
		return n, nil
	}
	b.form.Watch(f, func() error { _, err := read(); return err })
	b.fields = append(b.fields, bound[S]{
		show: func(s S) { in.SetText(strconv.Itoa(*at(&s))) },
		read: func(s *S) (err error) { *at(s), err = read(); return err },
	})
	return f
}

// tick adds a yes or no.
func (b *binder[S]) tick(label, detail string, at func(*S) *bool) *widgets.Check {
	c := widgets.NewCheck(label, nil)
	if detail != "" {
		c.Detail(detail)
	}
	b.fields = append(b.fields, bound[S]{
		show: func(s S) { c.Set(*at(&s)) },
		read: func(s *S) error { *at(s) = c.Checked(); return nil },
	})
	return c
}
