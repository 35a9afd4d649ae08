package widgets

import (
	"fmt"

	"fyne.io/fyne/v2"

	"ardoise/data/fault"
)

// Form checks several fields: errors beside each field and a summary on top.
// Its submit button is always enabled, and nothing typed is ever lost.
type Form struct {
	fields  []*Field
	checks  []func() error
	summary *Alert
	rows    []fyne.CanvasObject
	box     *fyne.Container
}

// NewForm returns an empty form.
func NewForm() *Form {
	f := &Form{summary: NewAlert(Failure, "", "")}
	f.summary.Hide()
	return f
}

// Add puts a field on its own line; check (may be nil) returns why it is wrong.
func (f *Form) Add(field *Field, check func() error) *Form {
	f.Watch(field, check)
	return f.Line(field)
}

// Watch registers a field placed elsewhere (in a line of several).
func (f *Form) Watch(field *Field, check func() error) *Form {
	f.fields = append(f.fields, field)
	f.checks = append(f.checks, check)
	return f
}

// Line puts objects side by side, equal widths.
func (f *Form) Line(objs ...fyne.CanvasObject) *Form {
	if len(objs) == 1 {
		f.rows = append(f.rows, objs[0])
		return f
	}
	sizes := make([]float32, len(objs))
	for i := range sizes {
		sizes[i] = 1
	}
	f.rows = append(f.rows, HFlex(16, sizes, objs...))
	return f
}

// Content returns the form to show: summary, then the lines.
func (f *Form) Content() fyne.CanvasObject {
	if f.box == nil {
		f.box = VBox(14, append([]fyne.CanvasObject{f.summary}, f.rows...)...)
	}
	return f.box
}

// First is what to focus at opening.
func (f *Form) First() fyne.Focusable {
	if len(f.fields) == 0 {
		return nil
	}
	return f.fields[0].input.FocusTarget()
}

// Validate checks every field, shows the errors, focuses the first wrong one,
// and reports whether all is right.
func (f *Form) Validate() bool {
	var wrong []*Field
	for i, field := range f.fields {
		sentence := ""
		if c := f.checks[i]; c != nil {
			if err := c(); err != nil {
				sentence = fault.Sentence(err)
				wrong = append(wrong, field)
			}
		}
		field.SetError(sentence)
	}
	switch len(wrong) {
	case 0:
		f.say("")
		return true
	case 1:
		f.say(fmt.Sprintf("À corriger : %s.", wrong[0].label))
	default:
		f.say(fmt.Sprintf("%d champs à corriger, le premier est « %s ».", len(wrong), wrong[0].label))
	}
	if c := canvasOf(wrong[0]); c != nil {
		c.Focus(wrong[0].input.FocusTarget())
	}
	return false
}

// Refuse shows why the action was refused; the form stays as typed. nil clears.
func (f *Form) Refuse(err error) {
	if err == nil {
		f.say("")
		return
	}
	f.say(fault.Sentence(err))
}

// Summary returns the sentence on top, "" if none.
func (f *Form) Summary() string {
	if !f.summary.Visible() {
		return ""
	}
	return f.summary.Text()
}

func (f *Form) say(sentence string) {
	if sentence == "" {
		f.summary.Hide()
	} else {
		f.summary.Set(Failure, sentence, "")
		f.summary.Show()
	}
	if f.box != nil {
		f.box.Refresh()
		relayout(f.summary)
	}
}
