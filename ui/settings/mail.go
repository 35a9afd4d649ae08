package settings

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/fault"
	"ardoise/data/mailbox"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// Mail is what the tab asks of the post's room.
type Mail interface {
	Accounts(ctx context.Context) ([]mailbox.Account, error)
	SaveAccount(ctx context.Context, a mailbox.Account, with mailbox.Secrets) (int64, error)
	DropAccount(ctx context.Context, id, version int64) error
	TestAccount(ctx context.Context, a mailbox.Account, with mailbox.Secrets) ([]mailbox.Check, error)
	SignIn(ctx context.Context, id int64) (*mailbox.Consent, error)
}

// mailTab is where the post is set up: the mailboxes that are read, and the one
// that letters leave by.
type mailTab struct {
	sh   kit.Shell
	d    Deps
	list []mailbox.Account
	base mailbox.Account // as read, or a new one
	seen mailbox.Account // base as the form says it, before anything is typed
	busy bool

	table *widgets.Table
	binder[mailbox.Account]
	ask     map[string]*widgets.PasswordField
	auth    *widgets.Select
	preset  *widgets.Select
	byPage  *fyne.Container // what a sign-in by page needs
	caField *widgets.TextField
	state   *widgets.Alert
	checks  *fyne.Container
	signIn  *widgets.Button
	drop    *widgets.Button
	testB   *widgets.Button
	saveB   *widgets.Button
	body    *fyne.Container
	bar     *fyne.Container
	root    fyne.CanvasObject
	nothing fyne.CanvasObject
}

func newMail(sh kit.Shell, d Deps) *mailTab {
	t := &mailTab{sh: sh, d: d, binder: binder[mailbox.Account]{form: widgets.NewForm()}, ask: map[string]*widgets.PasswordField{}, checks: widgets.VBox(8)}
	t.table = widgets.NewTable([]widgets.Column{{ID: "name", Title: "Boîte", Weight: 1}, {ID: "state", Title: "État", Width: 104}}, t.cell).RowHeight(48)
	t.table.OnSelect = func(row int) {
		if row >= 0 && row < len(t.list) {
			t.leave(func() { t.open(t.list[row]) })
		}
	}
	add := widgets.NewButton("Ajouter", widgets.Secondary, func() { t.leave(t.create) }).Icon("plus").KeyHint("F2").Compact()
	left := widgets.NewPanel("Boîtes", t.table).Icon("mail").Right(add).Line().Flush()

	t.state = widgets.NewAlert(widgets.Info, "", "")
	t.state.Hide()
	t.checks.Hide()
	t.signIn = widgets.NewButton("Se connecter…", widgets.Secondary, t.consent).Icon("key")
	t.drop = widgets.NewButton("Arrêter…", widgets.Danger, t.remove)
	t.testB = widgets.NewButton("Tester la connexion", widgets.Secondary, t.test).Icon("refresh").KeyHint("F9")
	t.saveB = widgets.NewButton("Enregistrer", widgets.Primary, t.save).KeyHint("Ctrl+S")
	t.build()
	t.bar = widgets.HFlex(12, []float32{0, 1, 0, 0, 0}, t.drop, widgets.Spacer(), t.signIn, t.testB, t.saveB)
	bar := widgets.NewPanel("", t.bar).Pad(16, 10)
	edit := widgets.VFlex(12, []float32{1, 0}, scrolled(widgets.VBox(16, t.state, t.checks, t.form.Content())), bar)
	t.nothing = widgets.NewEmptyState("mail", "Aucune boîte aux lettres", "Réglez la boîte de la cantine : les courriels des familles arriveront dans « Courrier », et les lettres partiront.",
		widgets.NewButton("Nouvelle boîte", widgets.Primary, t.create).Icon("plus"))
	t.body = container.NewStack(edit)
	t.root = widgets.HFlex(16, []float32{2, 5}, left, t.body)
	t.body.Objects = []fyne.CanvasObject{t.nothing, edit}
	edit.Hide()
	return t
}

func (t *mailTab) content() fyne.CanvasObject { return t.root }
func (t *mailTab) focus() {
	if len(t.list) > 0 {
		focusOn(t.sh, t.table)
	}
}

func (t *mailTab) shortcuts() []kit.Shortcut {
	return []kit.Shortcut{
		{Key: fyne.KeyF2, Hint: "F2", Label: "Nouvelle boîte aux lettres", Run: func() { t.leave(t.create) }},
		{Key: fyne.KeyF9, Hint: "F9", Label: "Tester la connexion", Run: t.test},
		{Key: fyne.KeyS, Mod: fyne.KeyModifierControl, Hint: "Ctrl+S", Label: "Enregistrer la boîte aux lettres", Run: t.save},
	}
}

func (t *mailTab) cell(row, col int) widgets.Cell {
	a := t.list[row]
	if col == 0 {
		return widgets.Cell{Text: a.Name, Sub: a.Address, Bold: true}
	}
	b := widgets.BadgeSpec{Icon: "circle-check", Text: "Active", Tone: widgets.Success}
	if !a.Active {
		b = widgets.BadgeSpec{Icon: "pause", Text: "Arrêtée", Tone: widgets.Neutral}
	}
	return widgets.Cell{Badge: &b}
}

// load reads the mailboxes; what is being typed stays.
func (t *mailTab) load() {
	if t.d.Mail == nil {
		return
	}
	kit.Load(t.sh.Runner(), t.sh.Ctx(), t.d.Mail.Accounts, func(list []mailbox.Account, err error) {
		if err != nil {
			t.table.Failed(fault.Sentence(err), t.load)
			return
		}
		t.list = list
		t.table.SetCount(len(list))
		if t.showing() && t.dirty() {
			return
		}
		for i, a := range list {
			if a.ID == t.base.ID || t.base.ID == 0 && i == 0 {
				t.table.Select(i)
				t.open(a)
				return
			}
		}
		if !t.showing() {
			t.show(false)
		}
	})
}

func (t *mailTab) showing() bool { return t.body.Objects[1].Visible() }

func (t *mailTab) show(form bool) {
	if form {
		t.nothing.Hide()
		t.body.Objects[1].Show()
	} else {
		t.body.Objects[1].Hide()
		t.nothing.Show()
	}
	t.body.Refresh()
}

// open shows a mailbox in the form.
func (t *mailTab) open(a mailbox.Account) {
	t.base = a
	t.put(a)
	t.seen, _ = t.typed(a) // a new one is not right yet
	for _, p := range t.ask {
		p.SetText("")
	}
	t.preset.Set("")
	t.form.Refuse(nil)
	t.say(widgets.Info, "")
	t.checks.Objects = nil
	t.checks.Hide()
	t.showAuth()
	t.show(true)
}

// create opens an empty form with the usual ports.
func (t *mailTab) create() {
	t.table.NoSelection()
	t.open(mailbox.NewAccount(t.sh.Today()))
	focusOn(t.sh, t.form.First())
}

func (t *mailTab) say(tone widgets.Tone, text string) {
	if text == "" {
		t.state.Hide()
		return
	}
	t.state.Set(tone, text, "")
	t.state.Show()
}

// showAuth offers what the way of signing in needs.
func (t *mailTab) showAuth() {
	byPage := t.auth.Value() != "password"
	t.signIn.SetEnabled(byPage && t.base.ID != 0, "Enregistrez d’abord une boîte Google ou Microsoft.")
	t.drop.SetEnabled(t.base.ID != 0 && t.base.Active, "Cette boîte n’est pas utilisée.")
	if byPage != t.byPage.Visible() {
		t.byPage.Hidden, t.signIn.Hidden = !byPage, !byPage
		t.form.Content().Refresh()
		t.bar.Refresh()
	}
}

// dirty reports whether something was typed and not kept.
func (t *mailTab) dirty() bool {
	for _, p := range t.ask {
		if p.Text() != "" {
			return true
		}
	}
	a, _ := t.typed(t.base) // wrong or not, it was typed
	return a != t.seen
}

func (t *mailTab) leave(then func()) {
	if !t.showing() || !t.dirty() {
		then()
		return
	}
	what := "La nouvelle boîte n’a pas été enregistrée."
	if t.base.Name != "" {
		what = "La boîte « " + t.base.Name + " » n’a pas été enregistrée."
	}
	t.sh.Confirm("Abandonner ce qui est saisi"+nbsp+"?", what, "Abandonner", widgets.Danger, then)
}

func (t *mailTab) secrets() mailbox.Secrets {
	return mailbox.Secrets{Password: t.ask["password"].Text(), SMTPPassword: t.ask["smtp"].Text(), ClientSecret: strings.TrimSpace(t.ask["client"].Text())}
}

// asked is the form read whole; false where something in it is wrong.
func (t *mailTab) asked() (a mailbox.Account, ok bool) {
	if t.busy || !t.showing() || t.d.Mail == nil || !t.form.Validate() {
		return a, false
	}
	a, err := t.typed(t.base)
	if err != nil {
		t.form.Refuse(err)
		return a, false
	}
	return a, true
}

func (t *mailTab) save() {
	a, ok := t.asked()
	if !ok {
		return
	}
	with := t.secrets()
	t.busy = true
	kit.Load(t.sh.Runner(), t.sh.Ctx(), func(ctx context.Context) (int64, error) { return t.d.Mail.SaveAccount(ctx, a, with) }, func(id int64, err error) {
		t.busy = false
		if err != nil {
			t.form.Refuse(err)
			return
		}
		a.ID = id
		t.open(a)
		t.sh.Done("Boîte « "+a.Name+" » enregistrée", nil)
		t.load()
	})
}

// test tries what is typed; nothing is kept.
func (t *mailTab) test() {
	a, ok := t.asked()
	if !ok {
		return
	}
	with := t.secrets()
	t.busy = true
	t.say(widgets.Info, "Connexion en cours…")
	kit.Load(t.sh.Runner(), t.sh.Ctx(), func(ctx context.Context) ([]mailbox.Check, error) { return t.d.Mail.TestAccount(ctx, a, with) }, func(list []mailbox.Check, err error) {
		t.busy = false
		t.say(widgets.Info, "")
		if err != nil {
			t.form.Refuse(err)
			return
		}
		t.form.Refuse(nil)
		t.checks.Objects = nil
		for _, c := range list {
			tone := widgets.Success
			if !c.OK {
				tone = widgets.Failure
			}
			t.checks.Add(widgets.NewAlert(tone, c.What+nbsp+": "+c.Text, ""))
		}
		t.checks.Show()
		t.checks.Refresh()
		t.root.Refresh()
	})
}

// remove stops using a mailbox; its messages stay.
func (t *mailTab) remove() {
	a := t.base
	t.sh.Confirm("Ne plus utiliser « "+a.Name+" »"+nbsp+"?", "Les messages déjà relevés restent dans « Courrier ». Rien n’est effacé sur le serveur. La boîte peut être reprise quand on veut.", "Ne plus utiliser", widgets.Danger, func() {
		t.sh.Runner().Go(t.sh.Ctx(), func(ctx context.Context) error { return t.d.Mail.DropAccount(ctx, a.ID, a.Version) }, func(err error) {
			if err != nil {
				t.sh.Refused(err)
				return
			}
			t.base = mailbox.Account{}
			t.show(false)
			t.sh.Done("Boîte « "+a.Name+" » arrêtée", nil)
			t.load()
		})
	})
}

// consent signs in on Google's or Microsoft's own page.
func (t *mailTab) consent() {
	id := t.base.ID
	kit.Load(t.sh.Runner(), t.sh.Ctx(), func(ctx context.Context) (*mailbox.Consent, error) { return t.d.Mail.SignIn(ctx, id) }, func(c *mailbox.Consent, err error) {
		if err != nil {
			t.sh.Refused(err)
			return
		}
		ctx, stop := context.WithCancel(t.sh.Ctx())
		text := "La page de connexion s’ouvre dans votre navigateur. Acceptez l’accès à la boîte, puis revenez ici."
		rows := []fyne.CanvasObject{widgets.NewParagraph(text, widgets.Body), widgets.NewParagraph(c.URL, widgets.Small)}
		if c.Code != "" {
			rows = append(rows, widgets.NewLabel("Code à saisir sur la page", widgets.SmallBold), widgets.NewLabel(c.Code, widgets.Total))
		}
		rows = append(rows, widgets.NewLabel("En attente de votre accord…", widgets.Small))
		d := widgets.NewDialog("Se connecter à la boîte", t.base.Address, widgets.VBox(12, rows...), "Ouvrir la page", widgets.Primary, func() { t.openPage(c.URL) })
		d.OnClose = stop
		t.sh.Show(d)
		t.openPage(c.URL)
		t.sh.Runner().Go(ctx, c.Finish, func(err error) {
			switch {
			case ctx.Err() != nil: // closed by hand
			case err != nil:
				d.Close()
				t.sh.Refused(err)
			default:
				d.Close()
				t.sh.Done("Connexion à la boîte acceptée", nil)
				t.load()
			}
		})
	})
}

func (t *mailTab) openPage(url string) {
	if t.d.OpenURL == nil {
		return
	}
	if err := t.d.OpenURL(url); err != nil {
		t.sh.Refused(err)
	}
}
