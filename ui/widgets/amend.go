package widgets

// Tall makes the field 48 px high, beside big choices. Returns the field.
func (f *TextField) Tall() *TextField { f.height = 48; return f }

// SetLabel changes what stands above the input.
func (f *Field) SetLabel(label string) {
	if f.label != label {
		f.label = label
		f.Refresh()
	}
}
