package setup

import (
	"context"
	"net"
	"net/url"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"ardoise/data"
	"ardoise/data/fault"
	"ardoise/ui/widgets"
)

// address is a PostgreSQL server as it is typed in fields.
type address struct{ host, port, base, user, password, tls string }

// tlsModes are how the connection is protected, the safest first.
var tlsModes = []struct{ id, label string }{{"verify-full", "Chiffrée, serveur vérifié"}, {"require", "Chiffrée"}, {"disable", "En clair"}}

// url is the address as the store wants it.
func (a address) url() string {
	u := url.URL{Scheme: "postgres", Host: net.JoinHostPort(a.host, a.port), Path: "/" + a.base, RawQuery: "sslmode=" + a.tls}
	if a.user != "" {
		u.User = url.User(a.user)
		if a.password != "" {
			u.User = url.UserPassword(a.user, a.password)
		}
	}
	return u.String()
}

// parseAddress reads a whole address; what it does not say keeps its default.
func parseAddress(text string) (a address, ok bool) {
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "postgres://") && !strings.HasPrefix(text, "postgresql://") {
		return a, false
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" {
		return a, false
	}
	a = address{host: u.Hostname(), port: u.Port(), base: strings.TrimPrefix(u.Path, "/"), user: u.User.Username(), tls: u.Query().Get("sslmode")}
	a.password, _ = u.User.Password()
	if a.port == "" {
		a.port = "5432"
	}
	if a.tls != "disable" && a.tls != "verify-full" {
		a.tls = "require"
	}
	return a, true
}

// shownAddress is an address without its password.
func shownAddress(text string) string {
	a, ok := parseAddress(text)
	if !ok {
		return "PostgreSQL"
	}
	return "base «" + nbsp + a.base + nbsp + "» du serveur " + a.host
}

// serverPage asks for the server's address and tries it.
type serverPage struct {
	s                               *Screen
	host, port, base, user          *widgets.TextField
	password                        *widgets.PasswordField
	tls                             *widgets.Choice
	form                            *widgets.Form
	result                          *widgets.Alert
	found                           *data.Found
	tried                           string // the address that found is about
	box                             fyne.CanvasObject
	hostF, portF, baseF, userF, pwF *widgets.Field
}

func newServer(s *Screen) *serverPage {
	p := &serverPage{s: s, form: widgets.NewForm()}
	p.host, p.port = widgets.NewTextField().Icon("server").PlaceHolder("serveur.mairie.lan"), widgets.NewTextField()
	p.base, p.user, p.password = widgets.NewTextField().Icon("database"), widgets.NewTextField().Icon("user"), widgets.NewPasswordField()
	p.tls = widgets.NewChoice(widgets.Segments, func(string) { p.changed() })
	var modes []widgets.Option
	for _, m := range tlsModes {
		modes = append(modes, widgets.Option{ID: m.id, Label: m.label})
	}
	p.tls.SetOptions(modes...)
	p.put(address{port: "5432", base: "ardoise", user: "ardoise", tls: "require"})
	p.hostF, p.portF = widgets.NewField("Serveur", "Ou collez ici l’adresse entière, postgres://…", p.host), widgets.NewField("Port", "", p.port)
	p.baseF, p.userF, p.pwF = widgets.NewField("Base", "", p.base), widgets.NewField("Nom d’utilisateur du serveur", "", p.user), widgets.NewField("Mot de passe du serveur", "Gardé dans le trousseau de ce poste, jamais en clair.", p.password)
	need := func(f *widgets.TextField, text string) func() error {
		return func() error {
			if strings.TrimSpace(f.Text()) == "" {
				return fault.New(fault.Invalid, "%s", text)
			}
			return nil
		}
	}
	p.form.Watch(p.hostF, need(p.host, "Indiquez le nom ou l’adresse du serveur, demandez-les à qui l’a installé."))
	p.form.Watch(p.portF, func() error {
		if n, err := strconv.Atoi(strings.TrimSpace(p.port.Text())); err != nil || n < 1 || n > 65535 {
			return fault.New(fault.Invalid, "Un nombre de 1 à 65535, souvent 5432.")
		}
		return nil
	})
	p.form.Watch(p.baseF, need(p.base, "Indiquez le nom de la base, par exemple ardoise."))
	p.form.Watch(p.userF, need(p.user, "Indiquez le nom d’utilisateur que le serveur connaît."))
	p.form.Watch(p.pwF, nil)
	before := 0
	p.host.OnChanged = func(text string) {
		pasted := len(text) > before+1
		before = len(text)
		if pasted { // one that is typed is whole when the field is left
			p.whole()
		}
		p.changed()
	}
	p.host.OnFocus = func(on bool) {
		if !on {
			p.whole()
		}
	}
	for _, f := range []*widgets.TextField{p.port, p.base, p.user, &p.password.TextField} {
		f.OnChanged = func(string) { p.changed() }
	}
	s.chain(p.host, p.port, p.base, p.user, &p.password.TextField)
	p.result = widgets.NewAlert(widgets.Info, "", "")
	p.result.Hide()
	p.form.Line(widgets.HFlex(16, []float32{4, 1}, p.hostF, p.portF)).Line(p.baseF, p.userF).Line(p.pwF, widgets.NewField("Connexion", "", p.tls)).Line(p.result)
	p.box = scroll(p.form.Content())
	if a, ok := parseAddress(s.d.Join); ok {
		p.put(a)
	}
	return p
}

// whole takes a whole address apart into the fields.
func (p *serverPage) whole() {
	if a, ok := parseAddress(p.host.Text()); ok && a.host != p.host.Text() {
		p.put(a)
	}
}

func (p *serverPage) put(a address) {
	p.host.SetText(a.host)
	p.port.SetText(a.port)
	p.base.SetText(a.base)
	p.user.SetText(a.user)
	p.password.SetText(a.password)
	p.tls.Set(a.tls)
}

func (p *serverPage) typed() address {
	clean := strings.TrimSpace
	return address{clean(p.host.Text()), clean(p.port.Text()), clean(p.base.Text()), clean(p.user.Text()), p.password.Text(), p.tls.Value()}
}

// changed forgets what was found elsewhere.
func (p *serverPage) changed() {
	if p.found == nil || p.box == nil || p.typed().url() == p.tried {
		return
	}
	p.found = nil
	p.result.Hide()
	p.box.Refresh()
	p.s.label()
}

func (p *serverPage) label() string { return "Serveur" }

func (p *serverPage) words() (head, text string) {
	if p.s.d.Join != "" {
		return "La base de votre mairie", "Ce poste a besoin du mot de passe du serveur pour ouvrir la base."
	}
	return "Rejoindre la base de ma mairie", "Ces renseignements sont ceux du serveur PostgreSQL, pas votre identifiant d’agent."
}
func (p *serverPage) content() fyne.CanvasObject { return p.box }
func (p *serverPage) enter()                     {}

func (p *serverPage) first() fyne.Focusable {
	if p.host.Text() != "" {
		return p.password.FocusTarget()
	}
	return p.host.FocusTarget()
}

func (p *serverPage) verb() (text, icon string) {
	switch {
	case p.found == nil:
		return "Essayer la connexion", "server"
	case p.found.Town:
		return "Ouvrir cette base", "arrow-right"
	}
	return "Y créer ma commune", "arrow-right"
}

func (p *serverPage) next(func()) {
	p.whole()
	s := p.s
	if !p.form.Validate() {
		return
	}
	at := p.typed().url()
	switch {
	case p.found == nil || p.tried != at:
		p.try(at)
	case !p.found.Usable():
		s.d.Canvas.Focus(p.host.FocusTarget())
	case p.found.Town:
		s.Close()
		s.d.House.Open(at, nil)
	default:
		s.a.server = at
		s.route, s.at = "empty", 1
		s.show()
	}
}

func (p *serverPage) try(at string) {
	s := p.s
	p.result.Hide()
	var found data.Found
	s.run("Connexion…", func(ctx context.Context) (err error) {
		found, err = s.d.House.Probe(ctx, at)
		return err
	}, func() {
		p.tried, p.found = at, &found
		tone := widgets.Success
		if !found.Usable() {
			tone = widgets.Failure
		}
		p.result.Set(tone, found.Text(), "")
		p.result.Show()
		p.box.Refresh()
		if !found.Usable() {
			p.found = nil
		}
		s.label()
		s.d.Canvas.Focus(s.on)
	})
}
