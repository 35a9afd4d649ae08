package inbox

import (
	"fmt"
	"strings"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/mailbox"
	"ardoise/data/mailbox/message"
	"ardoise/data/mailbox/reading"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// kinds are the things an agent can ask for, in the order of the dialog.
var kinds = []struct {
	kind        reading.Kind
	word, title string
	icon        string
}{
	{reading.Cancel, "Annuler", "Annuler une réservation", "calendar-x"},
	{reading.Book, "Réserver", "Réserver", "calendar-plus"},
	{reading.JustifiedAbsence, "Justifier une absence", "Justifier une absence", "care"},
	{reading.Documents, "Classer une pièce", "Classer une pièce", "file-check"},
	{reading.AccessRequest, "Demander un accès", "Demander un accès", "request"},
	{reading.BankDetails, "Changer de compte", "Changer les coordonnées bancaires", "bank"},
}

func kindTitle(k reading.Kind) string {
	for _, w := range kinds {
		if w.kind == k {
			return w.title
		}
	}
	return "Message"
}

// rowIcon is the picture of what was understood.
func rowIcon(it mailbox.Item) string {
	switch {
	case it.Aside:
		return "triangle-alert"
	case it.Kind == reading.Bounce:
		return "circle-alert"
	case it.Quiet:
		return "ban"
	}
	for _, w := range kinds {
		if w.kind == it.Kind {
			return w.icon
		}
	}
	return "help"
}

// badge is the state of a message in a word.
func badge(it mailbox.Item) widgets.BadgeSpec {
	switch {
	case it.State == mailbox.Todo:
		return widgets.BadgeSpec{Icon: "inbox", Text: "À traiter", Tone: widgets.Info}
	case it.State == mailbox.ToRead:
		return widgets.BadgeSpec{Icon: "eye", Text: "À lire", Tone: widgets.Warning}
	case it.State == mailbox.Ignored:
		return widgets.BadgeSpec{Icon: "ban", Text: "Ignoré", Tone: widgets.Neutral}
	case it.Late:
		return widgets.BadgeSpec{Icon: "circle-cross", Text: "Hors délai", Tone: widgets.Failure}
	case it.State == mailbox.Answered:
		return widgets.BadgeSpec{Icon: "circle-check", Text: "Répondu", Tone: widgets.Success}
	case it.Kind == reading.AccessRequest:
		return widgets.BadgeSpec{Icon: "circle-check", Text: "Transmis", Tone: widgets.Success}
	}
	return widgets.BadgeSpec{Icon: "circle-check", Text: "Appliqué", Tone: widgets.Success}
}

// note is the small text at the right of a row's badge.
func note(it mailbox.Item) (text string, warning bool) {
	switch {
	case it.Warning != "":
		return it.Warning, true
	case it.Late && it.State == mailbox.Answered:
		return "réponse envoyée", false
	case it.Files > 0:
		return count(it.Files, "pièce jointe", "pièces jointes"), false
	case it.State.Open() && it.Proposals > 1:
		return count(it.Proposals, "action", "actions"), false
	}
	return "", false
}

func count(n int, one, many string) string {
	if n > 1 {
		return fmt.Sprintf("%d"+nbsp+"%s", n, many)
	}
	return fmt.Sprintf("%d"+nbsp+"%s", n, one)
}

// when is a message's instant in a list: the hour today, the day this week, the
// date before.
func when(at time.Time, today calendar.Date) string {
	day := calendar.DateOf(at)
	switch ago := int(today - day); {
	case at.IsZero():
		return ""
	case ago == 0:
		return calendar.HourText(at)
	case ago > 0 && ago < 7:
		return calendar.WeekdayShort(day.Weekday()) + " " + fmt.Sprint(day.Day())
	case day.Year() == today.Year():
		return day.DayMonth()
	}
	return day.Short()
}

// instant is a message's whole date: « mardi 24 novembre, 11 h 30 ».
func instant(at time.Time, today calendar.Date) string {
	if at.IsZero() {
		return ""
	}
	day := calendar.DateOf(at)
	if day.Year() != today.Year() {
		return day.Long() + ", " + calendar.HourText(at)
	}
	return day.LongNoYear() + ", " + calendar.HourText(at)
}

// writer is who a message says wrote it.
func writer(it mailbox.Item) string {
	switch {
	case it.From.Name != "":
		return it.From.Name
	case it.From.Mail != "":
		return it.From.Mail
	}
	return "Expéditeur inconnu"
}

func subject(it mailbox.Item) string {
	if s := strings.TrimSpace(it.Subject); s != "" {
		return s
	}
	return "(sans objet)"
}

// summary is a row's second line.
func summary(it mailbox.Item) string {
	switch {
	case it.Aside:
		return "Message mis de côté"
	case it.Summary != "":
		return it.Summary
	}
	return subject(it)
}

// known is the line under the sender.
func known(msg *mailbox.Message) (text string, sure bool) {
	if msg.FamilyID == 0 {
		text = "Adresse inconnue"
		if n := len(msg.Candidates); n > 0 {
			text += nbsp + ": " + count(n, "famille possible", "familles possibles")
		}
		return text, false
	}
	text = "Adresse connue"
	switch {
	case authWarning(msg) != "":
		text = "Adresse connue, expéditeur non vérifié"
	case msg.Auth.DMARC == "pass" && !msg.Auth.Unverified:
		text = "Adresse connue, vérifiée (DMARC)"
	}
	text += nbsp + ": famille " + msg.Family
	if msg.Guardian != "" {
		text += ", " + msg.Guardian
	}
	return text, true
}

// look is how a verdict shows itself.
func look(c card) widgets.BadgeSpec {
	spec := widgets.BadgeSpec{Icon: "clock", Text: c.Note, Tone: widgets.Success}
	switch c.Verdict {
	case mailbox.Nothing:
		spec.Icon, spec.Tone = "check", widgets.Neutral
	case mailbox.TooLate:
		spec.Icon, spec.Tone = "circle-cross", widgets.Failure
	case mailbox.Refused:
		spec.Icon, spec.Tone = "circle-alert", widgets.Failure
	case mailbox.Unclear:
		spec.Icon, spec.Tone = "help", widgets.Warning
	case mailbox.Done:
		spec.Icon = "circle-check"
	default:
		if !c.Sure {
			spec.Icon, spec.Tone = "eye", widgets.Info
		}
	}
	if spec.Text == "" {
		spec.Text = verdictWords[c.Verdict]
	}
	return spec
}

var verdictWords = map[mailbox.Verdict]string{
	mailbox.Possible: "Possible", mailbox.Nothing: "Rien à faire", mailbox.TooLate: "Hors délai",
	mailbox.Refused: "Refusé", mailbox.Unclear: "À préciser", mailbox.Done: "Fait",
}

// fileIcon is the picture of an attachment.
func fileIcon(f mailbox.File) (string, theme.Token) {
	if f.Accepted {
		return "file-check", theme.Succes
	}
	return "file-cross", theme.Erreur
}

// fileText is an attachment's second line: size, what it is, why it is refused.
func fileText(f mailbox.File) string {
	text := sizeText(f.Size)
	switch {
	case f.Reason != "":
		text += nbsp + ": " + f.Reason
	case f.Media == "application/pdf" && f.Pages == 1:
		text += ", PDF d’une page"
	case f.Media == "application/pdf" && f.Pages > 1:
		text += ", PDF de " + count(f.Pages, "page", "pages")
	case f.Media != "":
		text += ", " + mediaWord(f.Media)
	}
	if f.Health {
		text += ", données de santé"
	}
	return text
}

func mediaWord(media string) string {
	words := map[string]string{"application/pdf": "PDF", "image/jpeg": "photo JPEG", "image/png": "image PNG", "image/heic": "photo HEIC"}
	if w := words[media]; w != "" {
		return w
	}
	return media
}

func sizeText(n int64) string {
	switch {
	case n >= 1<<20:
		tenth := (n*10 + (1 << 19)) >> 20
		if tenth >= 100 || tenth%10 == 0 {
			return fmt.Sprintf("%d"+nbsp+"Mo", tenth/10)
		}
		return fmt.Sprintf("%d,%d"+nbsp+"Mo", tenth/10, tenth%10)
	case n >= 1<<10:
		return fmt.Sprintf("%d"+nbsp+"Ko", (n+(1<<9))>>10)
	}
	return fmt.Sprintf("%d"+nbsp+"octets", n)
}

// verdicts are what the receiving server found: « DMARC : échec, SPF : bon ».
func verdicts(a message.Auth) string {
	var parts []string
	for _, v := range []struct{ what, found string }{{"DMARC", a.DMARC}, {"SPF", a.SPF}} {
		switch v.found {
		case "":
		case "pass":
			parts = append(parts, v.what+" : bon")
		case "fail", "softfail":
			parts = append(parts, v.what+" : échec")
		default:
			parts = append(parts, v.what+" : "+v.found)
		}
	}
	return fault.French(strings.Join(parts, ", "))
}

// authWarning is the sentence of a sender who could not be verified.
func authWarning(msg *mailbox.Message) string {
	if !msg.Auth.Fails() {
		return ""
	}
	return fault.French("Le serveur de réception n’a pas pu vérifier l’expéditeur (" + verdicts(msg.Auth) + "). Ce message peut être une imitation : appelez la famille avant d’agir.")
}

// actionText is a line of what was done.
func actionText(a mailbox.Action) (text, small string, undone bool) {
	small = calendar.InstantText(a.At)
	if a.Agent != "" {
		small += ", " + a.Agent
	}
	if !a.UndoneAt.IsZero() {
		return a.Text, "annulé le " + calendar.InstantText(a.UndoneAt), true
	}
	return a.Text, small, false
}

// nothing says why there are no cards.
func (m *model) nothing() (icon, title, text string, action *widgets.Button) {
	switch {
	case !m.open() && !m.msg.Aside:
		return "help", "Rien n’avait été proposé", "", nil
	case m.msg.Aside:
		return "triangle-alert", "Message mis de côté", "Il n’a pas pu être lu. L’original est gardé" + nbsp + ": enregistrez-le pour le regarder avec un autre programme.", nil
	case m.msg.Quiet:
		return "ban", "Message automatique", "Il n’attend pas de réponse.", nil
	case m.msg.FamilyID == 0:
		return "family", "Qui a écrit" + nbsp + "?", "Choisissez la famille (Ctrl+O)" + nbsp + ": ce qu’elle demande sera alors proposé.", nil
	}
	return "help", "Aucune action sûre", "Rien de sûr n’a été compris" + nbsp + ": lisez, puis répondez ou ajoutez une action.", nil
}
