package families

import (
	"fyne.io/fyne/v2"

	"ardoise/data/family"
	"ardoise/data/staff"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

func searchHint() string {
	if large() {
		return "Nom, enfant…"
	}
	return "Nom, enfant, commune, n°…"
}

func (p *page) buildList() fyne.CanvasObject {
	p.search = widgets.NewTextField().Icon("filter").PlaceHolder(searchHint())
	p.search.OnChanged = p.typed
	p.search.OnKey = func(ev *fyne.KeyEvent) bool {
		switch ev.Name {
		case fyne.KeyDown, fyne.KeyUp, fyne.KeyPageDown, fyne.KeyPageUp:
			p.list.TypedKey(ev) // the list follows while typing goes on
			return true
		case fyne.KeyReturn, fyne.KeyEnter:
			p.enter(max(0, p.list.Selected())) // nothing chosen yet: the best answer
			return true
		}
		return false
	}
	add := widgets.NewButton("&Nouvelle", widgets.Secondary, p.create).Icon("plus").Hint("Nouvelle famille (Alt+N)")
	if off := p.writeOff(); off != "" {
		add.SetEnabled(false, off)
	}
	p.chips = widgets.NewChoice(widgets.Filters, func(id string) {
		p.m.chip, p.m.limit = id, pageSize
		p.reload()
	}, p.chipOptions()...).Wrap()
	p.count = widgets.NewLabel("", widgets.SmallBold.With(theme.Encre))
	p.order = widgets.NewButton("Nom", widgets.Flat, p.turn).Trailing("arrow-up").Slim().Hint("Changer l’ordre de la liste")
	p.more = widgets.NewIconButton("menu-dots", "Importer une école, doublons, familles archivées", p.openMenu)
	p.list = widgets.NewList(56, p.drawRow)
	p.list.OnSelect = func(row int) {
		if row >= 0 && row < len(p.m.got.rows) {
			p.pick(p.m.got.rows[row].ID)
		}
		if row >= len(p.m.got.rows)-8 && p.m.more() {
			p.m.limit += pageSize
			p.reload()
		}
	}
	p.list.OnOpen = p.enter
	p.list.Jump = func(row int) string { return p.m.got.rows[row].Name }
	filters := widgets.Pad(15, 0, widgets.VBox(8, widgets.HFlex(8, []float32{1, 0}, p.search, add), p.chips,
		widgets.HFlex(8, []float32{1, 0, 0}, p.count, p.order, p.more)))
	p.left = widgets.VFlex(0, []float32{-11, 0, -4, 0, 1}, widgets.Spacer(), filters, widgets.Spacer(), widgets.NewDivider(), p.list)
	p.filters = filters
	return widgets.NewPanel("", p.left).Flush()
}

// enter goes from the list into the family.
func (p *page) enter(row int) {
	if row >= 0 && row < len(p.m.got.rows) {
		p.pick(p.m.got.rows[row].ID)
		p.focus(p.tabs)
	}
}

func (p *page) chipOptions() []widgets.Option {
	var out []widgets.Option
	for _, c := range chips(p.m.got.counts, p.m.chip) {
		out = append(out, widgets.Option{ID: c.id, Label: c.label})
	}
	return out
}

// showChips writes the filters and their counts; a line more of them pushes the
// list down.
func (p *page) showChips() {
	before := p.chips.MinSize().Height
	p.chips.SetOptions(p.chipOptions()...)
	p.chips.Set(p.m.chip)
	if p.chips.MinSize().Height != before || p.filters.Size().Height != p.filters.MinSize().Height {
		p.filters.Objects[0].Refresh()
		p.filters.Refresh()
		p.left.Refresh()
	}
}

// showFilters writes the model's filters into the inputs.
func (p *page) showFilters() {
	p.showChips()
	p.search.SetText(p.m.text)
}

// turn goes to the next order of the list.
func (p *page) turn() {
	next := map[string]string{byName: byNameDown, byNameDown: byBalance, byBalance: byName}
	p.m.sort = next[p.m.sort]
	if p.m.sort == byBalance && !p.m.may.money {
		p.m.sort = byName
	}
	switch p.m.sort {
	case byName:
		p.order.SetLabel("Nom")
		p.order.Trailing("arrow-up")
	case byNameDown:
		p.order.SetLabel("Nom")
		p.order.Trailing("arrow-down")
	case byBalance:
		p.order.SetLabel("Solde")
		p.order.Trailing("arrow-up")
	}
	p.order.Refresh()
	p.reload()
}

// showList draws the loaded list.
func (p *page) showList() {
	p.showChips()
	p.count.Set(p.m.countText())
	switch {
	case len(p.m.got.rows) > 0:
		p.list.SetCount(len(p.m.got.rows))
		p.list.Select(p.m.row(p.m.cur))
	case p.m.filtered():
		p.list.NoMatch("Aucune famille ne correspond à ce filtre.", func() { p.Escape(); p.Focus() })
	default:
		b := widgets.NewButton("Importer une école…", widgets.Secondary, p.importSchool).Icon("upload").Compact()
		if off := p.importOff(); off != "" {
			b.SetEnabled(false, off)
		}
		p.list.Empty(widgets.NewEmptyState("family", "Aucune famille", "Importez la liste de l’école (ONDE), ou créez une première famille.", b))
	}
}

func (p *page) drawRow(g *widgets.Gfx, row int, b widgets.Box, _ bool) {
	if row >= len(p.m.got.rows) {
		return
	}
	h := p.m.got.rows[row]
	line := theme.Px(20)
	y := b.Y + theme.Px(6)
	room := b.W
	if p.m.may.money {
		text, st := "—", widgets.BodyBold
		if h.HasWallet {
			text = h.Balance.String()
			if h.Balance < 0 {
				st.Ink = theme.Erreur
			}
		}
		w := widgets.TextWidth(text, st)
		g.Text(b.X+b.W-w, y, w+1, line, text, st)
		room -= w + 12
	}
	g.Text(b.X, y, room, line, "Famille "+h.Name, widgets.BodyBold)
	y += theme.Px(22)
	room = b.W
	if spec, ok := badgeOf(h.Badge, h.State); ok {
		w := min(widgets.BadgeWidth(spec), b.W*0.6)
		g.Badge(b.X+b.W-w, y, w, spec)
		room -= w + 12
	}
	g.Text(b.X, y, room, theme.Px(22), childNames(h), widgets.Body.With(theme.Ardoise600))
}

// openMenu offers what is done now and then.
func (p *page) openMenu() {
	var opts []widgets.Option
	if p.importOff() == "" {
		opts = append(opts, widgets.Option{ID: "import", Label: "Importer une école…", Icon: "upload", Detail: "fichiers ONDE"})
	}
	opts = append(opts, widgets.Option{ID: "duplicates", Label: "Doublons…", Icon: "users"})
	if p.m.chip == chipArchived {
		opts = append(opts, widgets.Option{ID: "active", Label: "Familles actives", Icon: "family"})
	} else {
		opts = append(opts, widgets.Option{ID: "archived", Label: "Familles archivées", Icon: "folder"})
	}
	widgets.OpenPicker(p.more, opts, "", func(o widgets.Option) { p.choose(o.ID) })
}

func (p *page) choose(id string) {
	switch id {
	case "import":
		p.importSchool()
	case "duplicates":
		p.duplicates()
	case "archived", "active":
		p.m.clear()
		if id == "archived" {
			p.m.chip = chipArchived
		}
		p.showFilters()
		p.reload()
	case "export":
		p.export()
	case "rectify":
		p.rectify()
	case "hold":
		p.hold()
	case "anonymise":
		p.anonymise()
	case "archive":
		p.archive()
	}
}

func (p *page) importOff() string {
	switch {
	case p.m.d.Import == nil:
		return "L’import n’est pas disponible sur ce poste."
	case !p.m.may.write:
		return lacks(staff.Accueil, staff.Admin)
	}
	return ""
}

// menuOf offers what is done to a whole file.
func (p *page) menuOf() {
	if p.m.det == nil {
		return
	}
	opts := []widgets.Option{
		{ID: "export", Label: "Exporter le dossier…", Icon: "download", Detail: "droit d’accès"},
		{ID: "rectify", Label: "Rectification demandée…", Icon: "edit", Detail: "gardée au journal"},
	}
	if p.m.d.Retention != nil {
		hold := widgets.Option{ID: "hold", Label: "Ne pas purger…", Icon: "lock", Detail: "litige, enquête"}
		if p.m.det.f.Hold != "" {
			hold.Label, hold.Detail = "Ne plus retenir…", p.m.det.f.Hold
		}
		opts = append(opts, hold, widgets.Option{ID: "anonymise", Label: "Anonymiser…", Icon: "eye-off", Detail: "définitif"})
	}
	if p.m.det.f.State == family.Archived {
		opts = append(opts, widgets.Option{ID: "archive", Label: "Réactiver la famille", Icon: "undo"})
	} else {
		opts = append(opts, widgets.Option{ID: "archive", Label: "Archiver la famille…", Icon: "folder"})
	}
	widgets.OpenPicker(p.menu, opts, "", func(o widgets.Option) { p.choose(o.ID) })
}
