package widgets

import "fyne.io/fyne/v2"

// Insert puts a text at the caret, in the place of what is selected, as if it
// were pasted: one step for the field's own undo.
func (f *TextField) Insert(text string) {
	if text != "" && !f.readOnly {
		f.entry.TypedShortcut(&fyne.ShortcutPaste{Clipboard: &once{text}})
	}
}

// once is a clipboard of our own: the agent's keeps what it holds.
type once struct{ text string }

func (o *once) Content() string     { return o.text }
func (o *once) SetContent(s string) { o.text = s }
