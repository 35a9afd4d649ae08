package settings

import (
	"context"
	"strconv"

	"fyne.io/fyne/v2"

	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
	"ardoise/ui/words"
)

// displayTab is each agent's own: look, text size, password.
type displayTab struct {
	sh   kit.Shell
	d    Deps
	look *widgets.RadioRows
	size *widgets.Choice
	says *widgets.Choice
	root fyne.CanvasObject
}

func newDisplay(sh kit.Shell, d Deps) *displayTab {
	t := &displayTab{sh: sh, d: d}
	now := theme.Active()
	t.look = widgets.NewRadioRows(func(id string) { t.apply() },
		widgets.Option{ID: string(theme.Light), Label: "Clair", Icon: "sun", Detail: "fond blanc, pour le jour"},
		widgets.Option{ID: string(theme.Dark), Label: "Sombre", Icon: "moon", Detail: "moins de lumière le soir"},
		widgets.Option{ID: string(theme.Contrast), Label: "Contraste élevé", Icon: "eye", Detail: "noir sur blanc, traits marqués"})
	t.look.Set(string(now.Look()))
	t.size = widgets.NewChoice(widgets.Chips, func(id string) { t.apply() },
		widgets.Option{ID: "100", Label: "100\u00a0%"}, widgets.Option{ID: "125", Label: "125\u00a0%"}, widgets.Option{ID: "150", Label: "150\u00a0%"})
	t.size.Set(strconv.Itoa(now.Percent()))
	t.says = widgets.NewChoice(widgets.Chips, func(id string) {
		if id != words.Language() {
			sh.SetLanguage(id)
		}
	}, widgets.Option{ID: words.French, Label: "Français"}, widgets.Option{ID: words.English, Label: "English"})
	t.says.Set(words.Language())
	own := widgets.NewButton("Changer mon mot de passe…", widgets.Secondary, t.askPassword).Icon("key")
	if sh.Demo() {
		own.SetEnabled(false, "La démonstration n’a pas de mot de passe.")
	}
	u := sh.User()
	left := widgets.NewPanel("Affichage de ce poste", widgets.VBox(14, widgets.NewLabel("Apparence", widgets.SmallBold), t.look,
		widgets.NewLabel("Taille du texte", widgets.SmallBold), t.size,
		widgets.NewLabel("Langue de la fenêtre (Language)", widgets.SmallBold), t.says,
		widgets.NewParagraph("Ce qui sort d’Ardoise reste en français\u00a0: courriers, factures, quittances, feuilles de cuisine, aide.", widgets.Small),
		widgets.NewParagraph("Le choix vaut tout de suite et reste d’un démarrage à l’autre, pour l’utilisateur de cet ordinateur.", widgets.Small))).Icon("eye").Line()
	right := widgets.NewPanel("Mon compte", widgets.VBox(14,
		widgets.HFlex(12, []float32{0, 1}, widgets.NewAvatar(u.Initials, false), widgets.VBox(0, widgets.NewLabel(u.Name, widgets.CardTitle), widgets.NewLabel(u.RolesText, widgets.Small))),
		widgets.HBox(8, own))).Icon("user").Line()
	if theme.Px(100) > 120 { // side by side, large texts would not fit the window
		t.root = scrolled(widgets.VBox(16, left, right))
	} else {
		t.root = widgets.VFlex(16, []float32{0, 1}, widgets.HFlex(16, []float32{1, 1}, left, right), widgets.Spacer())
	}
	return t
}

func (t *displayTab) content() fyne.CanvasObject { return t.root }
func (t *displayTab) focus()                     { focusOn(t.sh, t.look) }
func (t *displayTab) load()                      {}
func (t *displayTab) shortcuts() []kit.Shortcut  { return nil }

func (t *displayTab) apply() {
	percent, err := strconv.Atoi(t.size.Value())
	if err != nil {
		percent = 100
	}
	t.sh.SetLook(theme.Look(t.look.Value()), percent)
}

func (t *displayTab) askPassword() {
	old := widgets.NewPasswordField()
	form := widgets.NewForm().Add(widgets.NewField("Mot de passe actuel", "", old), func() error {
		if old.Text() == "" {
			return fault.New(fault.Invalid, "Indiquez votre mot de passe actuel.")
		}
		return nil
	})
	who := staff.From(t.sh.Ctx())
	login, name := func() string { return "" }, func() string { return t.sh.User().Name }
	if who != nil {
		login = func() string { return who.Login }
	}
	words := newPasswords(form, "Nouveau mot de passe", login, name)
	var d *widgets.Dialog
	d = widgets.NewDialog("Changer mon mot de passe", "", form.Content(), "Changer", widgets.Primary, func() {
		if !form.Validate() {
			return
		}
		d.Main.SetEnabled(false, "Un instant\u00a0: le mot de passe est mis à l’abri.")
		t.sh.Runner().Go(t.sh.Ctx(), func(ctx context.Context) error {
			return t.d.Staff.ChangePassword(ctx, old.Text(), words.first.Text())
		}, func(err error) {
			d.Main.SetEnabled(true, "")
			if err != nil {
				form.Refuse(err)
				return
			}
			d.Close()
			t.sh.Done("Mot de passe changé", nil)
		})
	})
	d.First = form.First()
	t.sh.Show(d)
}

// keys are those of the whole window; each screen shows its own with F1.
var keys = [][2]string{
	{"F1", "les touches de l’écran affiché, et sa page d’aide"},
	{"Alt+lettre", "ouvre la rubrique dont la lettre est soulignée"},
	{"Ctrl+K", "cherche une famille, un enfant, un courriel, un téléphone"},
	{"Ctrl+Tab", "onglet suivant"},
	{"Tab", "élément suivant (Maj+Tab : précédent)"},
	{"Flèches", "se déplacer dans une liste, une grille, un choix"},
	{"Entrée", "ouvre la ligne ou appuie sur le bouton"},
	{"Espace", "coche, réserve, annule une case"},
	{"Ctrl+Entrée", "valide : accepter, enregistrer, encaisser"},
	{"F6", "encaisse : recharger un porte-monnaie, payer une facture"},
	{"F9", "termine : valider le panier, transmettre, émettre, sauvegarder"},
	{"Échap", "ferme la fenêtre, puis efface le filtre"},
	{"Ctrl+Z", "annule la dernière action, quand elle s’annule"},
	{"Ctrl+L", "verrouille le poste"},
}

var limits = []fact{
	{"Lecteurs d’écran", "Ardoise ne parle pas aux lecteurs d’écran (NVDA, VoiceOver, Orca) : sa bibliothèque de fenêtres ne le permet pas encore. Clavier, contraste et texte agrandi sont prévus ; la commande ardoisectl, en texte, se lit avec un lecteur."},
	{"Impression", "Ardoise fait un PDF et l’ouvre dans votre visionneuse : c’est elle qui imprime."},
	{"Courriel", "Ardoise lit les messages par des règles, sans intelligence artificielle ni service extérieur : ce qui n’est pas clair est marqué et attend une personne. Rien n’est jamais effacé sur le serveur. Un RIB ne change jamais sans que quelqu’un ait vérifié avec la famille. Relève et envoi se font tant que la fenêtre est ouverte et qu’un agent y est connecté ; sur un serveur, « ardoisectl mail watch ». Les photos HEIC sont gardées mais pas montrées."},
	{"Paiement en ligne", "Les familles ne paient pas dans Ardoise : la régie encaisse et saisit. Le lien PayFiP d’une facture mène au site de l’État ; sa réponse n’est pas lue."},
	{"Banque", "Ardoise ne se connecte à aucune banque : le fichier de prélèvement se dépose sur son site, ses retours s’y prennent et se lisent ici."},
	{"À confirmer", "Avec votre comptable, avant le premier envoi : les codes du fichier PES, sa clé 1 et ses civilités ; pour un compte de dépôt au Trésor, le nom des fichiers et le titulaire ; le texte pour payer chez un buraliste ; le tribunal nommé dans les voies de recours. Tout se change dans Réglages, Facturation."},
	{"Plusieurs postes", "Un fichier SQLite sert un seul poste. Pour plusieurs postes à la fois, il faut une base PostgreSQL."},
}
