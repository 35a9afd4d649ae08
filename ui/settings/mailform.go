package settings

import (
	"context"
	"os"
	"strings"

	"fyne.io/fyne/v2"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/mailbox"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// provider fills in the servers of a mailbox that many towns have.
type provider struct {
	id, label string
	fill      mailbox.Account
}

var providers = []provider{
	{"microsoft", "Microsoft 365", mailbox.Account{
		Auth: "microsoft", IMAPHost: "outlook.office365.com", IMAPPort: 993, IMAPSecurity: "tls", SMTPHost: "smtp.office365.com", SMTPPort: 587, SMTPSecurity: "starttls",
	}},
	{"google", "Google", mailbox.Account{
		Auth: "google", IMAPHost: "imap.gmail.com", IMAPPort: 993, IMAPSecurity: "tls", SMTPHost: "smtp.gmail.com", SMTPPort: 465, SMTPSecurity: "tls",
	}},
	{"ovh", "OVHcloud", mailbox.Account{
		Auth: "password", IMAPHost: "ssl0.ovh.net", IMAPPort: 993, IMAPSecurity: "tls", SMTPHost: "ssl0.ovh.net", SMTPPort: 465, SMTPSecurity: "tls",
	}},
	{"orange", "Orange", mailbox.Account{
		Auth: "password", IMAPHost: "imap.orange.fr", IMAPPort: 993, IMAPSecurity: "tls", SMTPHost: "smtp.orange.fr", SMTPPort: 465, SMTPSecurity: "tls",
	}},
}

var securities = []widgets.Option{{ID: "tls", Label: "TLS"}, {ID: "starttls", Label: "STARTTLS"}}

// build lays the form out, once.
func (t *mailTab) build() {
	t.buildWho()
	t.buildIMAP()
	t.buildSMTP()
	t.buildMore()
}

func (t *mailTab) buildWho() {
	var options []widgets.Option
	for _, p := range providers {
		options = append(options, widgets.Option{ID: p.id, Label: p.label})
	}
	t.preset = widgets.NewSelect(t.fill, options...).PlaceHolder("Autre, à la main")
	t.auth = widgets.NewSelect(func(string) { t.showAuth() },
		widgets.Option{ID: "password", Label: "Mot de passe"}, widgets.Option{ID: "microsoft", Label: "Page de Microsoft"}, widgets.Option{ID: "google", Label: "Page de Google"})
	t.fields = append(t.fields, bound[mailbox.Account]{
		show: func(a mailbox.Account) { t.auth.Set(a.Auth) },
		read: func(a *mailbox.Account) error { a.Auth = t.auth.Value(); return nil },
	})
	who := []fyne.CanvasObject{
		t.text("Nom", "Comme on l’appelle ici.", func(a *mailbox.Account) *string { return &a.Name }, needed("Donnez un nom à la boîte : « Cantine ».")),
		t.text("Adresse", "cantine@mairie.fr", func(a *mailbox.Account) *string { return &a.Address }, needed("Il manque l’adresse de la boîte.")),
		t.text("Nom vu des familles", "Mairie de…, cantine.", func(a *mailbox.Account) *string { return &a.Sender }, nil),
	}
	how := []fyne.CanvasObject{
		widgets.NewField("Hébergeur", "Remplit les serveurs ci-dessous.", t.preset),
		widgets.NewField("Connexion", "Google et Microsoft demandent leur page.", t.auth),
		t.secret("password", "Mot de passe", "Gardé dans le trousseau du système, ou scellé dans la base. Vide : celui d’avant."),
	}
	t.byPage = widgets.HFlex(16, []float32{1, 1, 1},
		t.text("Identifiant d’application", "Donné par votre administrateur Google ou Microsoft.", func(a *mailbox.Account) *string { return &a.ClientID }, nil),
		t.secret("client", "Secret d’application", "Google seulement."),
		t.text("Locataire Microsoft", "Vide : n’importe lequel.", func(a *mailbox.Account) *string { return &a.Tenant }, nil))
	t.card("mail", "La boîte", who, how, []fyne.CanvasObject{t.byPage})
}

func (t *mailTab) buildIMAP() {
	t.card("download", "Réception (IMAP)",
		[]fyne.CanvasObject{
			t.text("Serveur de réception", "Vide : rien n’est relevé.", func(a *mailbox.Account) *string { return &a.IMAPHost }, nil),
			t.number("Port de réception", "993, ou 143.", 1, 65535, func(a *mailbox.Account) *int { return &a.IMAPPort }),
			t.segments("Protection", func(a *mailbox.Account) *string { return &a.IMAPSecurity }),
			t.text("Utilisateur", "Vide : l’adresse.", func(a *mailbox.Account) *string { return &a.IMAPUser }, nil),
		},
		[]fyne.CanvasObject{
			t.text("Dossier relevé", "", func(a *mailbox.Account) *string { return &a.Folder }, needed("Le plus souvent INBOX.")),
			t.text("Dossier après lecture", "Où vont les messages traités. Vide : ils restent, marqués.", func(a *mailbox.Account) *string { return &a.DoneFolder }, nil),
			t.day("Messages reçus depuis le", "Vide : tous, même anciens.", func(a *mailbox.Account) *calendar.Date { return &a.Since }),
			t.number("Relève, en secondes", "Quand le serveur ne prévient pas.", 15, 3600, func(a *mailbox.Account) *int { return &a.PollSeconds }),
		})
}

func (t *mailTab) buildSMTP() {
	t.card("send", "Envoi (SMTP)",
		[]fyne.CanvasObject{
			t.text("Serveur d’envoi", "Vide : rien ne part.", func(a *mailbox.Account) *string { return &a.SMTPHost }, nil),
			t.number("Port d’envoi", "587, ou 465.", 1, 65535, func(a *mailbox.Account) *int { return &a.SMTPPort }),
			t.segments("Protection", func(a *mailbox.Account) *string { return &a.SMTPSecurity }),
			t.text("Utilisateur d’envoi", "Vide : comme en réception.", func(a *mailbox.Account) *string { return &a.SMTPUser }, nil),
		},
		[]fyne.CanvasObject{
			t.secret("smtp", "Mot de passe d’envoi", "Seulement s’il est différent."),
			t.number("Courriels par minute", "Au plus ; votre hébergeur a sa limite.", 1, 600, func(a *mailbox.Account) *int { return &a.PerMinute }),
		})
}

func (t *mailTab) buildMore() {
	ca := widgets.NewTextArea(3)
	t.caField = ca
	load := widgets.NewButton("Lire un fichier…", widgets.Secondary, func() { t.loadCA(ca) }).Icon("folder")
	t.fields = append(t.fields, bound[mailbox.Account]{
		show: func(a mailbox.Account) { ca.SetText(a.CA) },
		read: func(a *mailbox.Account) error { a.CA = strings.TrimSpace(ca.Text()); return nil },
	})
	active := t.tick("Boîte utilisée", "Relevée et servant à l’envoi.", func(a *mailbox.Account) *bool { return &a.Active })
	t.card("shield", "Confiance",
		[]fyne.CanvasObject{t.text("Serveur qui vérifie les expéditeurs", "Le nom en tête de ses lignes « Authentication-Results » : mx.mairie.fr.", func(a *mailbox.Account) *string { return &a.AuthHost }, nil), active},
		[]fyne.CanvasObject{widgets.NewField("Autorité de certification de la mairie", "Seulement si le serveur a un certificat maison (texte PEM).", ca)},
		[]fyne.CanvasObject{load, widgets.Spacer()})
}

// loadCA reads a certificate file into its field.
func (t *mailTab) loadCA(into *widgets.TextField) {
	kit.Load(t.sh.Runner(), t.sh.Ctx(), func(ctx context.Context) (string, error) {
		path, err := t.sh.Files().Open(ctx, "Certificat de l’autorité", "*.pem", "*.crt", "*.cer")
		if err != nil || path == "" {
			return "", err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return "", fault.Wrap(fault.Unavailable, err, "Le fichier n’a pas pu être lu : choisissez-en un autre.")
		}
		if len(b) > 1<<20 {
			return "", fault.New(fault.Invalid, "Ce fichier est trop gros pour un certificat.")
		}
		return string(b), nil
	}, func(text string, err error) {
		switch {
		case err != nil:
			t.sh.Refused(err)
		case text != "":
			into.SetText(text)
		}
	})
}

// fill puts the servers of a known host into the form.
func (t *mailTab) fill(id string) {
	for _, p := range providers {
		if p.id != id {
			continue
		}
		a, err := t.typed(t.base)
		if err != nil {
			a = t.base
		}
		f := p.fill
		a.Auth, a.IMAPHost, a.IMAPPort, a.IMAPSecurity = f.Auth, f.IMAPHost, f.IMAPPort, f.IMAPSecurity
		a.SMTPHost, a.SMTPPort, a.SMTPSecurity = f.SMTPHost, f.SMTPPort, f.SMTPSecurity
		t.put(a)
		t.showAuth()
	}
}

func (t *mailTab) card(icon, title string, lines ...[]fyne.CanvasObject) {
	rows := make([]fyne.CanvasObject, len(lines))
	for i, objs := range lines {
		sizes := make([]float32, len(objs))
		for j := range sizes {
			sizes[j] = 1
		}
		rows[i] = widgets.HFlex(16, sizes, objs...)
	}
	t.form.Line(widgets.NewPanel(title, widgets.VBox(14, rows...)).Icon(icon).Line())
}

func (t *mailTab) day(label, help string, at func(*mailbox.Account) *calendar.Date) *widgets.Field {
	in := widgets.NewDateField(t.sh.Today)
	f := widgets.NewField(label, help, in)
	read := func() (calendar.Date, error) {
		if strings.TrimSpace(in.Text()) == "" {
			return 0, nil
		}
		return in.Value()
	}
	t.form.Watch(f, func() error { _, err := read(); return err })
	t.fields = append(t.fields, bound[mailbox.Account]{
		show: func(a mailbox.Account) { in.Set(*at(&a)) },
		read: func(a *mailbox.Account) (err error) { *at(a), err = read(); return err },
	})
	return f
}

func (t *mailTab) segments(label string, at func(*mailbox.Account) *string) *widgets.Field {
	c := widgets.NewSelect(nil, securities...)
	t.fields = append(t.fields, bound[mailbox.Account]{
		show: func(a mailbox.Account) { c.Set(*at(&a)) },
		read: func(a *mailbox.Account) error { *at(a) = c.Value(); return nil },
	})
	return widgets.NewField(label, "", c)
}

func (t *mailTab) secret(id, label, help string) *widgets.Field {
	p := widgets.NewPasswordField()
	t.ask[id] = p
	return widgets.NewField(label, help, p)
}
