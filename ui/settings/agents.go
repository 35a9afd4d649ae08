package settings

import (
	"context"
	"io"

	"fyne.io/fyne/v2"

	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/reports/phrase"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// agentsTab lists who may come in.
type agentsTab struct {
	sh     kit.Shell
	d      Deps
	list   []staff.Agent
	places map[int64][]staff.Presence // where each is at work
	table  *widgets.Table
	root   fyne.CanvasObject
	edit   *widgets.Button
	reset  *widgets.Button
	active *widgets.Button
	unlock *widgets.Button
	part   *widgets.Button
	where  *widgets.Label // where the chosen agent is at work
}

func newAgents(sh kit.Shell, d Deps) *agentsTab {
	t := &agentsTab{sh: sh, d: d}
	t.table = widgets.NewTable([]widgets.Column{
		{ID: "name", Title: "Nom", Weight: 3},
		{ID: "login", Title: "Identifiant", Weight: 2},
		{ID: "roles", Title: "Rôles", Weight: 3},
		{ID: "state", Title: "État", Width: 112},
		{ID: "seen", Title: "Connexion", Weight: 3},
	}, t.cell)
	t.table.OnOpen = func(int) { t.change() }
	t.table.OnSelect = func(int) { t.showButtons() }
	t.table.Jump = func(row int) string { return t.list[row].Name }
	t.edit = widgets.NewButton("Nom et rôles…", widgets.Secondary, t.change).Icon("edit").KeyHint("Entrée")
	t.reset = widgets.NewButton("Nouveau mot de passe…", widgets.Secondary, t.resetPassword).Icon("key")
	t.active = widgets.NewButton("Désactiver", widgets.Danger, t.toggle)
	t.unlock = widgets.NewButton("Débloquer", widgets.Secondary, t.release).Icon("unlock")
	t.part = widgets.NewButton("Fermer sa session…", widgets.Secondary, t.endSessions).Icon("logout")
	t.where = widgets.NewParagraph("", widgets.Small)
	add := widgets.NewButton("Nouvel agent…", widgets.Primary, t.create).Icon("plus").KeyHint("F2").Compact()
	renew := widgets.NewButton("Phrase de secours…", widgets.Secondary, t.renewPhrase).Icon("shield").Compact()
	if sh.Demo() {
		renew.SetEnabled(false, "Une démonstration n’a pas de phrase de secours.")
	}
	t.root = widgets.NewPanel("Agents", t.table).Icon("users").Right(renew, add).Line().Flush().
		Footer(widgets.VBox(8, t.where, widgets.HBox(8, t.edit, t.reset, t.unlock), widgets.HBox(8, t.part, t.active)))
	t.showButtons()
	return t
}

func (t *agentsTab) content() fyne.CanvasObject { return t.root }
func (t *agentsTab) focus()                     { focusOn(t.sh, t.table) }

func (t *agentsTab) shortcuts() []kit.Shortcut {
	return []kit.Shortcut{{Key: fyne.KeyF2, Hint: "F2", Label: "Nouvel agent", Run: t.create}}
}

func (t *agentsTab) load() {
	if t.list == nil {
		t.table.Loading("")
	}
	var list []staff.Agent
	var there []staff.Presence
	t.sh.Runner().Go(t.sh.Ctx(), func(ctx context.Context) (err error) {
		if list, err = t.d.Staff.Agents(ctx); err != nil {
			return err
		}
		there, err = t.d.Staff.Present(ctx)
		return err
	}, func(err error) {
		if err != nil {
			t.table.Failed(fault.Sentence(err), t.load)
			return
		}
		t.list, t.places = list, map[int64][]staff.Presence{}
		for _, p := range there {
			t.places[p.AgentID] = append(t.places[p.AgentID], p)
		}
		t.table.SetCount(len(list))
		t.showButtons()
	})
}

func (t *agentsTab) cell(row, col int) widgets.Cell {
	a := t.list[row]
	switch col {
	case 0:
		return widgets.Cell{Text: a.Name, Bold: true}
	case 1:
		return widgets.Cell{Text: a.Login}
	case 2:
		return widgets.Cell{Text: rolesText(a.Roles)}
	case 3:
		b := agentState(a, t.sh.Now())
		return widgets.Cell{Badge: &b}
	}
	if there := t.places[a.ID]; len(there) > 0 {
		return widgets.Cell{Text: whereText(there, t.sh.Now()), Icon: "circle-check"}
	}
	return widgets.Cell{Text: instant(a.LastSeenAt)}
}

func (t *agentsTab) selected() (staff.Agent, bool) {
	i := t.table.Selected()
	if i < 0 || i >= len(t.list) {
		return staff.Agent{}, false
	}
	return t.list[i], true
}

func (t *agentsTab) showButtons() {
	a, ok := t.selected()
	none := "Choisissez un agent dans la liste."
	if ok && t.sh.Demo() && t.own(a) { // everybody enters a demonstration by that account
		ok, none = false, "L’agent de la démonstration ne se modifie pas."
	}
	t.edit.SetEnabled(ok, none)
	t.reset.SetEnabled(ok, none)
	t.active.SetEnabled(ok, none)
	t.unlock.SetEnabled(ok && a.Failures > 0, "Cet agent n’est pas bloqué.")
	t.where.Set(whereLines(t.places[a.ID], t.sh.Now()))
	t.part.SetEnabled(ok && len(t.elsewhere(a)) > 0, "Cet agent n’a pas de session ouverte sur un autre poste.")
	t.active.SetLabel("Désactiver…")
	t.active.SetKind(widgets.Danger)
	if ok && !a.Active {
		t.active.SetLabel("Réactiver")
		t.active.SetKind(widgets.Secondary)
	}
}

func (t *agentsTab) own(a staff.Agent) bool {
	se := staff.From(t.sh.Ctx())
	return se != nil && se.AgentID == a.ID
}

// do runs an action on the agents and tells of it.
func (t *agentsTab) do(work func(ctx context.Context) error, told string) {
	t.sh.Runner().Go(t.sh.Ctx(), work, func(err error) {
		if err != nil {
			t.sh.Refused(err)
			return
		}
		t.sh.Done(told, nil)
		t.load()
	})
}

// submit is do from a form: a refusal stays in it.
func (t *agentsTab) submit(d *widgets.Dialog, form *widgets.Form, work func(ctx context.Context) error, told string) {
	d.Main.SetEnabled(false, "Un instant\u00a0: le mot de passe est mis à l’abri.")
	t.sh.Runner().Go(t.sh.Ctx(), work, func(err error) {
		d.Main.SetEnabled(true, "")
		if err != nil {
			form.Refuse(err)
			return
		}
		d.Close()
		t.sh.Done(told, nil)
		t.load()
	})
}

func (t *agentsTab) toggle() {
	a, ok := t.selected()
	if !ok {
		return
	}
	if !a.Active {
		t.do(func(ctx context.Context) error { return t.d.Staff.SetActive(ctx, a.ID, true) }, a.Name+" peut de nouveau se connecter")
		return
	}
	t.sh.Confirm("Désactiver "+a.Name+"\u00a0?", "L’agent ne pourra plus se connecter. Ce qu’il a fait reste signé de son nom\u00a0; le compte se réactive quand on veut.", "Désactiver", widgets.Danger, func() {
		t.do(func(ctx context.Context) error { return t.d.Staff.SetActive(ctx, a.ID, false) }, a.Name+" désactivé")
	})
}

func (t *agentsTab) release() {
	if a, ok := t.selected(); ok {
		t.do(func(ctx context.Context) error { return t.d.Staff.Release(ctx, a.ID) }, a.Name+" débloqué")
	}
}

// roleChecks are the roles to tick.
type roleChecks struct {
	checks []*widgets.Check
	box    fyne.CanvasObject
}

func newRoleChecks(has []staff.Role) *roleChecks {
	r := &roleChecks{}
	details := map[staff.Role]string{
		staff.Accueil: "familles, demandes, réservations", staff.Regie: "porte-monnaie, quittances", staff.Sante: "PAI, allergies, fiches sanitaires",
		staff.Cuisine: "effectifs, régimes, consignes", staff.Admin: "réglages, agents, sauvegardes",
	}
	var rows []fyne.CanvasObject
	for _, role := range staff.Roles {
		c := widgets.NewCheck(role.Label(), nil).Detail(details[role])
		c.Set((staff.Agent{Roles: has}).Has(role))
		r.checks, rows = append(r.checks, c), append(rows, c)
	}
	lines := []fyne.CanvasObject{widgets.NewLabel("Rôles", widgets.SmallBold)}
	for i := 0; i < len(rows); i += 2 {
		pair := []fyne.CanvasObject{rows[i], widgets.Spacer()}
		if i+1 < len(rows) {
			pair[1] = rows[i+1]
		}
		lines = append(lines, widgets.HFlex(16, []float32{1, 1}, pair...))
	}
	r.box = widgets.VBox(8, lines...)
	return r
}

func (r *roleChecks) roles() (out []staff.Role) {
	for i, c := range r.checks {
		if c.Checked() {
			out = append(out, staff.Roles[i])
		}
	}
	return out
}

// passwords are a new password and its repetition, judged as they are typed.
type passwords struct {
	first, again *widgets.PasswordField
	rule         *widgets.Label
}

func newPasswords(form *widgets.Form, label string, login, name func() string) *passwords {
	p := &passwords{first: widgets.NewPasswordField(), again: widgets.NewPasswordField()}
	rule := "13 caractères au moins, avec une lettre, un chiffre et un symbole. Coller est permis."
	p.rule = widgets.NewParagraph(rule, widgets.Small)
	check := func() error {
		return staff.CheckPasswordFor(p.first.Text(), staff.CleanLogin(login()), name())
	}
	field := widgets.NewField(label, "", p.first)
	p.first.OnChanged = func(text string) {
		field.SetError("") // the line under the field says the rest as it is typed
		switch err := check(); {
		case text == "":
			p.rule.Set(rule)
		case err != nil:
			p.rule.Set(fault.Sentence(err))
		default:
			p.rule.Set("Ce mot de passe convient.")
		}
	}
	form.Add(field, check).Line(p.rule).
		Add(widgets.NewField("Le même une seconde fois", "", p.again), func() error {
			if p.first.Text() != p.again.Text() {
				return fault.New(fault.Invalid, "Les deux mots de passe diffèrent : retapez le second.")
			}
			return nil
		})
	return p
}

func (t *agentsTab) create() {
	login, name := widgets.NewTextField().Icon("user").PlaceHolder("prenom.nom"), widgets.NewTextField().PlaceHolder("Prénom Nom")
	form := widgets.NewForm()
	lf := widgets.NewField("Identifiant", "", login)
	form.Watch(lf, func() error {
		if login.Text() == "" {
			return fault.New(fault.Invalid, "Choisissez un identifiant.")
		}
		return nil
	})
	form.Line(widgets.NewField("Prénom et nom", "", name), lf)
	words := newPasswords(form, "Mot de passe de départ", login.Text, name.Text)
	roles := newRoleChecks([]staff.Role{staff.Accueil})
	form.Line(roles.box)
	var d *widgets.Dialog
	d = widgets.NewDialog("Nouvel agent", "Remettez-lui le mot de passe de vive voix\u00a0: il le changera dans Affichage.", form.Content(), "Créer l’agent", widgets.Primary, func() {
		if !form.Validate() {
			return
		}
		n := staff.NewAgent{Login: login.Text(), Name: name.Text(), Password: words.first.Text(), Roles: roles.roles()}
		t.submit(d, form, func(ctx context.Context) error { _, err := t.d.Staff.CreateAgent(ctx, n); return err }, "Agent "+n.Name+" créé")
	})
	d.Width = 600
	d.First = name.FocusTarget()
	t.sh.Show(d)
}

func (t *agentsTab) change() {
	a, ok := t.selected()
	if !ok || t.edit.Disabled() {
		return
	}
	login, name := widgets.NewTextField().Icon("user"), widgets.NewTextField()
	login.SetText(a.Login)
	name.SetText(a.Name)
	roles := newRoleChecks(a.Roles)
	form := widgets.NewForm().Line(widgets.NewField("Prénom et nom", "", name), widgets.NewField("Identifiant", "", login)).Line(roles.box)
	var d *widgets.Dialog
	d = widgets.NewDialog("Modifier "+a.Name, "S’il est connecté et que ses rôles changent, il devra se reconnecter.", form.Content(), "Enregistrer", widgets.Primary, func() {
		wanted := roles.roles()
		t.submit(d, form, func(ctx context.Context) error {
			if login.Text() != a.Login || name.Text() != a.Name {
				if err := t.d.Staff.Rename(ctx, a.ID, login.Text(), name.Text()); err != nil {
					return err
				}
			}
			if rolesText(wanted) == rolesText(a.Roles) {
				return nil
			}
			return t.d.Staff.SetRoles(ctx, a.ID, wanted...)
		}, "Agent "+name.Text()+" modifié")
	})
	d.Width = 600
	d.First = name.FocusTarget()
	t.sh.Show(d)
}

func (t *agentsTab) resetPassword() {
	a, ok := t.selected()
	if !ok {
		return
	}
	form := widgets.NewForm()
	words := newPasswords(form, "Nouveau mot de passe", func() string { return a.Login }, func() string { return a.Name })
	var d *widgets.Dialog
	d = widgets.NewDialog("Nouveau mot de passe pour "+a.Name, "L’ancien ne servira plus et le compte est débloqué.", form.Content(), "Enregistrer", widgets.Primary, func() {
		if form.Validate() {
			t.submit(d, form, func(ctx context.Context) error { return t.d.Staff.ResetPassword(ctx, a.ID, words.first.Text()) }, "Mot de passe de "+a.Name+" changé")
		}
	})
	d.First = form.First()
	t.sh.Show(d)
}

// renewPhrase replaces the printed phrase, once the agent's password is given.
func (t *agentsTab) renewPhrase() {
	own := widgets.NewPasswordField()
	form := widgets.NewForm().Add(widgets.NewField("Votre mot de passe", "", own), nil)
	var d *widgets.Dialog
	d = widgets.NewDialog("Nouvelle phrase de secours", "L’ancienne feuille n’ouvrira plus rien\u00a0: à faire si elle a été perdue ou vue.", form.Content(), "Faire une nouvelle phrase", widgets.Danger, func() {
		d.Main.SetEnabled(false, "Un instant…")
		kit.Load(t.sh.Runner(), t.sh.Ctx(), func(ctx context.Context) (string, error) { return t.d.Staff.RenewPhrase(ctx, own.Text()) }, func(secret string, err error) {
			d.Main.SetEnabled(true, "")
			if err != nil {
				form.Refuse(err)
				return
			}
			d.Close()
			t.showPhrase(secret)
		})
	})
	d.First = own.FocusTarget()
	t.sh.Show(d)
}

func (t *agentsTab) showPhrase(secret string) {
	paper := func(ctx context.Context) func(io.Writer) error {
		return func(w io.Writer) error {
			return phrase.PDF(ctx, w, phrase.Sheet{Database: t.d.Database, Agent: t.sh.User().Name, Phrase: secret, Program: "Ardoise " + t.d.Version, MadeAt: t.sh.Now()})
		}
	}
	told := func(err error) {
		if err != nil {
			t.sh.Refused(err)
		}
	}
	save := widgets.NewButton("Enregistrer…", widgets.Secondary, func() {
		t.sh.Runner().Go(t.sh.Ctx(), func(ctx context.Context) error {
			path, err := t.sh.Files().Save(ctx, "Enregistrer la phrase de secours", "phrase-de-secours.pdf")
			if err != nil || path == "" {
				return err
			}
			return kit.WriteFile(path, paper(ctx))
		}, told)
	}).Icon("download")
	show := widgets.NewButton("Imprimer", widgets.Secondary, func() {
		t.sh.Runner().Go(t.sh.Ctx(), func(ctx context.Context) error {
			path, err := kit.WriteTemp("phrase-de-secours.pdf", paper(ctx))
			if err != nil {
				return err
			}
			return t.sh.Files().View(path)
		}, told)
	}).Icon("print")
	d := widgets.NewDialog("Votre nouvelle phrase de secours", "Elle n’est montrée qu’une fois et n’est gardée nulle part.", widgets.VBox(16,
		widgets.NewLabel(secret, widgets.Heading.Center()), widgets.HFlex(8, []float32{1, 1}, show, save)), "", widgets.Secondary, nil)
	d.CancelWord = "J’ai rangé la phrase"
	d.Width = 560
	t.sh.Show(d)
}
