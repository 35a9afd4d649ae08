package ui

import (
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"

	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// shortcuts is the one table of keys: the shell's own, the sections' Alt letters
// and the page's. Nothing in it works while a dialog or a popup is open.
type shortcuts struct {
	s    *Shell
	live map[string]bool // canvas shortcuts already installed, by name
}

func newShortcuts(s *Shell) *shortcuts { return &shortcuts{s: s, live: map[string]bool{}} }

// install registers what is always there.
func (k *shortcuts) install() {
	c := k.s.canvas()
	c.SetOnTypedKey(k.key)
	widgets.HandleShortcuts(c, k.shortcut)
	c.AddShortcut(&fyne.ShortcutUndo{}, func(fyne.Shortcut) {
		if k.free() {
			k.s.Undo()
		}
	})
	for _, sc := range k.own() {
		k.add(sc.Key, sc.Mod)
	}
	for _, sec := range k.s.d.Sections {
		if key := mnemonicKey(sec.Label); key != "" {
			k.add(key, fyne.KeyModifierAlt)
		}
	}
	// what dialogs and parts of pages use; a key not installed would never reach run
	for _, key := range []fyne.KeyName{fyne.KeyReturn, fyne.KeyEnter, fyne.KeyPageUp, fyne.KeyPageDown} {
		k.add(key, fyne.KeyModifierControl)
	}
	for r := 'A'; r <= 'Z'; r++ {
		k.add(fyne.KeyName(string(r)), fyne.KeyModifierControl)
		k.add(fyne.KeyName(string(r)), fyne.KeyModifierAlt)
		k.add(fyne.KeyName(string(r)), fyne.KeyModifierControl|fyne.KeyModifierShift)
	}
}

// page installs what a page that opens uses.
func (k *shortcuts) page(p kit.Page) {
	if p, ok := p.(kit.HasShortcuts); ok {
		for _, s := range p.Shortcuts() {
			k.add(s.Key, s.Mod)
		}
	}
}

func (k *shortcuts) add(key fyne.KeyName, mod fyne.KeyModifier) {
	sc := &desktop.CustomShortcut{KeyName: key, Modifier: mod}
	if mod == 0 || k.live[sc.ShortcutName()] {
		return
	}
	k.live[sc.ShortcutName()] = true
	k.s.canvas().AddShortcut(sc, func(fyne.Shortcut) { k.run(key, mod, sc) })
}

// shortcut gets the shortcuts that a focused entry did not use.
func (k *shortcuts) shortcut(s fyne.Shortcut) {
	switch sc := s.(type) {
	case *fyne.ShortcutUndo:
		if k.free() {
			k.s.Undo()
		}
	case *desktop.CustomShortcut:
		k.run(sc.KeyName, sc.Modifier, sc)
	}
}

// free reports that nothing lies over the page.
func (k *shortcuts) free() bool {
	c := k.s.canvas()
	return k.s.user != nil && widgets.TopDialog(c) == nil && !widgets.Covered(c)
}

// key gets what no widget used.
func (k *shortcuts) key(ev *fyne.KeyEvent) {
	k.s.used()
	c := k.s.canvas()
	if widgets.Covered(c) {
		return
	}
	if d := widgets.TopDialog(c); d != nil {
		d.Key(ev)
		return
	}
	if k.s.user == nil {
		return
	}
	if ev.Name == fyne.KeyEscape {
		if e, ok := k.s.page.(kit.Escaper); ok && e.Escape() {
			return
		}
		k.s.toasts.clear()
		return
	}
	k.run(ev.Name, 0, nil)
}

// run finds the key in the table and does it.
func (k *shortcuts) run(key fyne.KeyName, mod fyne.KeyModifier, sc fyne.Shortcut) {
	k.s.used()
	c := k.s.canvas()
	if widgets.Covered(c) {
		return
	}
	if d := widgets.TopDialog(c); d != nil {
		if sc != nil {
			d.Shortcut(sc)
		}
		return
	}
	if k.s.user == nil {
		return
	}
	for _, s := range k.table() {
		if !same(s.Key, key) || s.Mod != mod {
			continue
		}
		if s.Off != nil {
			if why := s.Off(); why != "" {
				k.s.toasts.show("lock", why, nil)
				return
			}
		}
		s.Run()
		return
	}
}

func same(a, b fyne.KeyName) bool {
	enter := func(k fyne.KeyName) bool { return k == fyne.KeyReturn || k == fyne.KeyEnter }
	return a == b || enter(a) && enter(b)
}

// table is everything that works now: the page's keys first.
func (k *shortcuts) table() []kit.Shortcut {
	var all []kit.Shortcut
	if p, ok := k.s.page.(kit.HasShortcuts); ok {
		all = append(all, p.Shortcuts()...)
	}
	all = append(all, k.own()...)
	for _, sec := range k.s.d.Sections {
		key := mnemonicKey(sec.Label)
		if key == "" || !k.s.user.Has(sec.Roles...) {
			continue
		}
		label, _ := cut(sec.Label)
		all = append(all, kit.Shortcut{Key: key, Mod: fyne.KeyModifierAlt, Hint: "Alt+" + string(key), Label: "Rubrique " + label, Run: func() { k.s.Navigate(sec.ID, nil) }})
	}
	return all
}

// own is the shell's part of the table.
func (k *shortcuts) own() []kit.Shortcut {
	ctrl := fyne.KeyModifierControl
	tab := func(step int) func() {
		return func() {
			if t, ok := k.s.page.(kit.Tabber); ok {
				t.NextTab(step)
			}
		}
	}
	return []kit.Shortcut{
		{Key: fyne.KeyK, Mod: ctrl, Hint: "Ctrl+K", Label: "Rechercher partout", Run: func() { k.s.top.Open() }},
		{Key: fyne.KeyTab, Mod: ctrl, Hint: "Ctrl+Tab", Label: "Onglet suivant", Run: tab(1)},
		{Key: fyne.KeyTab, Mod: ctrl | fyne.KeyModifierShift, Hint: "Ctrl+Maj+Tab", Label: "Onglet précédent", Run: tab(-1)},
		{Key: fyne.KeyL, Mod: ctrl, Hint: "Ctrl+L", Label: "Verrouiller le poste", Run: k.s.Lock},
		{Key: fyne.KeyF1, Hint: "F1", Label: "Touches et aide de cet écran", Run: k.help},
	}
}

// mnemonicKey is the Alt key of a label: « &Réglages » gives R. An accented
// letter has no key of its own on every keyboard: it gives none.
func mnemonicKey(label string) fyne.KeyName {
	text, at := cut(label)
	runes := []rune(text)
	if at < 0 || at >= len(runes) {
		return ""
	}
	r := unicode.ToUpper(runes[at])
	if r < 'A' || r > 'Z' {
		return ""
	}
	return fyne.KeyName(string(r))
}

// help shows the table.
func (k *shortcuts) help() {
	table := k.table()
	table = append(table, kit.Shortcut{Hint: "Ctrl+Z", Label: "Annuler la dernière action, si elle s’annule"},
		kit.Shortcut{Hint: "Échap", Label: "Fermer la fenêtre, puis effacer le filtre"},
		kit.Shortcut{Hint: "Tab", Label: "Aller à l’élément suivant"})
	rowH := theme.Px(28)
	list := widgets.NewPainting(400, 28*float32(len(table)), func(g *widgets.Gfx, size fyne.Size) {
		for i, s := range table {
			y := float32(i) * rowH
			g.KeyChip(0, y+(rowH-theme.Px(18))/2, s.Hint)
			g.Text(theme.Wide(140), y, size.Width-theme.Wide(140), rowH, s.Label, widgets.Body)
		}
	})
	d := widgets.NewDialog("Touches de cet écran", "Partout : les flèches se déplacent, Entrée ouvre, Espace coche.", container.NewStack(list), "", widgets.Secondary, nil)
	if _, ok := k.s.section(helpSection); ok {
		d.Main = widgets.NewButton("Ouvrir l’aide de cet écran", widgets.Primary, func() {
			d.Close()
			k.s.Navigate(helpSection, kit.OpenHelp{Page: k.helpPage()})
		}).Icon("help").KeyHint("Ctrl+Entrée")
		d.CancelWord = "Fermer"
	}
	d.Show(k.s.canvas())
}

// helpSection is the section that shows the pages of the help.
const helpSection = "settings"

// helpPage names the page of the help about what is shown.
func (k *shortcuts) helpPage() string {
	if p, ok := k.s.page.(kit.Helped); ok {
		return p.HelpPage()
	}
	return k.s.at.ID
}
