package setup

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"ardoise/data"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/ui/theme"
)

// TestNewTownByKeyboard goes from the choice to a base that is made and opened.
func TestNewTownByKeyboard(t *testing.T) {
	r := newWorld(t, theme.Light, 100)
	r.open()
	r.at(atChoice)
	r.key(fyne.KeyReturn)
	r.throughPhrase()
	r.at(atMail)
	r.on()
	r.at(atPlan)
	if _, err := os.Stat(r.inn.path); err == nil {
		t.Fatal("a base before the plan is agreed to")
	}
	if len(r.inn.created) != 0 {
		t.Fatal("made too early")
	}
	var lines []string
	for _, l := range r.s.made[atPlan].(*planPage).lines {
		lines = append(lines, plain(l.Head+" | "+l.Text))
	}
	for _, want := range []string{"Base | fichier", "Commune | Baneins", "École | École de Baneins", "Tarif | tarif unique : 4,20 €", "Agent | Nathalie Perret"} {
		if !strings.Contains(strings.Join(lines, "\n"), want) {
			t.Errorf("the plan lacks %q: %q", want, lines)
		}
	}
	r.key(fyne.KeyReturn) // the button has the keyboard
	if len(r.inn.created) != 1 || len(r.inn.opened) != 1 || r.inn.entry == nil || r.inn.entry.Login != "nathalie.perret" || r.inn.entry.Password != password || r.inn.entry.Section != "" {
		t.Fatalf("made %d, opened %v, %+v; %s", len(r.inn.created), r.inn.opened, r.inn.entry, r.said())
	}
	o, err := data.Open(t.Context(), r.inn.path, r.inn.options())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	}()
	if _, err := o.Staff.SignIn(t.Context(), "nathalie.perret", password); err != nil {
		t.Error(err)
	}
	services, err := o.Catalog.Services(staff.System(t.Context()))
	if err != nil || len(services) != 1 || services[0].Name != "Service cantine, Baneins" || services[0].Zone != calendar.ZoneA {
		t.Errorf("%+v %v", services, err)
	}
	if r.s.a.agent.Password != "" || r.s.a.phrase != "" {
		t.Error("secrets are kept after the wizard")
	}
}

func TestARefusedCreationKeepsEverything(t *testing.T) {
	r := newWorld(t, theme.Light, 100)
	r.inn.fail = fault.New(fault.Unavailable, "Le disque est plein.")
	r.open()
	r.key(fyne.KeyReturn)
	r.throughPhrase()
	r.s.made[atMail].(*mailPage).when.Set("now")
	r.on()
	r.on()
	r.at(atPlan)
	if r.said() != "Le disque est plein." || len(r.inn.opened) != 0 {
		t.Errorf("said %q, opened %v", r.said(), r.inn.opened)
	}
	r.inn.fail = nil
	r.on()
	if len(r.inn.opened) != 1 || r.inn.entry.Section != "settings" || r.inn.entry.Arg != "mail" {
		t.Errorf("opened %v, %+v", r.inn.opened, r.inn.entry)
	}
}

func TestTheCommuneIsProposedAndJudged(t *testing.T) {
	r := newWorld(t, theme.Light, 100)
	r.open()
	r.key(fyne.KeyReturn)
	p := r.s.made[atCommune].(*communePage)
	r.on()
	r.at(atCommune)
	if !strings.Contains(plain(p.form.Summary()), "3 champs à corriger") {
		t.Errorf("an empty page: %q", p.form.Summary())
	}
	r.typeHere("saint-")
	if len(p.hits) != proposals || !p.listBox.Visible() {
		t.Fatalf("%+v", p.hits)
	}
	r.key(fyne.KeyDown, fyne.KeyReturn)
	if p.name.Text() != p.hitsName(1) && p.postal.Text() == "" {
		t.Errorf("%q %q", p.name.Text(), p.postal.Text())
	}
	if p.listBox.Visible() || !strings.HasPrefix(p.schools[0].name.Text(), "École de Saint-") {
		t.Errorf("school %q", p.schools[0].name.Text())
	}
	// typed by hand, judged where it is typed
	p.name.SetText("Strasbourg")
	p.postal.SetText("6700")
	p.insee.SetText("67482")
	p.postal.OnFocus(false)
	if !strings.Contains(plain(p.form.Summary()+r.fieldError(p)), "code postal") {
		t.Error("a wrong postal code is not told where it is typed")
	}
	r.on()
	r.at(atCommune)
	p.postal.SetText("67000")
	p.another("École du Dôme", "CP, CE1, cp")
	r.on()
	r.at(atCommune)
	if e := p.schools[1].classesF.Error(); !strings.Contains(e, "deux fois") {
		t.Errorf("a class twice: %q", e)
	}
	p.schools[1].classes.SetText("CP; CE1")
	p.schools[0].name.SetText("ecole du dome")
	r.on()
	r.at(atCommune)
	if e := p.schools[1].nameF.Error(); !strings.Contains(e, "déjà dans la liste") {
		t.Errorf("a school twice: %q", e)
	}
	p.drop(p.schools[1])
	r.on()
	r.at(atYear)
	y := r.s.made[atYear].(*yearPage)
	if y.zone.Value() != "B" || y.region.Value() != string(calendar.AlsaceMoselle) || !strings.Contains(plain(y.why.Text()), "département 67") {
		t.Errorf("zone %s, region %s, %q", y.zone.Value(), y.region.Value(), y.why.Text())
	}
	// back and forth: nothing is lost
	r.key(fyne.KeyEscape)
	r.at(atCommune)
	if p.name.Text() != "Strasbourg" || p.schools[0].name.Text() != "ecole du dome" {
		t.Error("what was typed is lost")
	}
	y.zone.Set("C")
	r.on()
	r.at(atYear)
	if y.zone.Value() != "C" {
		t.Error("the zone chosen is lost on the way back")
	}
}

func (p *communePage) hitsName(i int) string {
	if i < len(p.hits) {
		return p.hits[i].Name
	}
	return ""
}

func (r *world) fieldError(p *communePage) string {
	return sentence(flaw(catalog.CheckCommune(p.typed()), "postal"))
}

func TestAYearWithoutHolidaysIsSaid(t *testing.T) {
	r := newWorld(t, theme.Light, 100)
	r.open()
	r.key(fyne.KeyReturn)
	r.typeHere("bane")
	r.key(fyne.KeyReturn, fyne.KeyReturn, fyne.KeyReturn)
	y := r.s.made[atYear].(*yearPage)
	if y.missing.Visible() || !strings.Contains(plain(y.days.Text()), "Vacances de Noël : du 19 déc. 2026 au 3 janv. 2027") {
		t.Errorf("%q", y.days.Text())
	}
	y.year.Set("2027-2028")
	y.told()
	if !y.missing.Visible() || !strings.Contains(y.missing.Text(), "2027-2028") {
		t.Error("a year that is not published is not said to be missing")
	}
}

func TestTheCanteenIsReadBack(t *testing.T) {
	r := newWorld(t, theme.Light, 100)
	r.open()
	r.key(fyne.KeyReturn)
	r.typeHere("bane")
	r.key(fyne.KeyReturn, fyne.KeyReturn, fyne.KeyReturn)
	r.on()
	r.at(atCanteen)
	p := r.s.made[atCanteen].(*canteenPage)
	r.on()
	r.at(atCanteen)
	if p.brackets[0].priceF.Error() == "" {
		t.Error("a meal without a price")
	}
	if len(p.week.rows) != 4 || p.week.title != "Semaine du 30 nov." || plain(p.week.rows[2][1]) != "jeu. 26 nov. à 12 h 00" || plain(p.week.rows[2][2]) != "mar. 1ᵉʳ déc. à 10 h 00" {
		t.Errorf("%+v", p.week)
	}
	p.brackets[0].price.SetText("5,10")
	p.insert()
	p.brackets[0].upto.SetText("620")
	p.brackets[0].price.SetText("2,40")
	p.insert()
	p.brackets[1].upto.SetText("600")
	p.brackets[1].price.SetText("3,60")
	r.on()
	r.at(atCanteen)
	if e := p.brackets[1].uptoF.Error(); !strings.Contains(plain(e), "620") {
		t.Errorf("brackets that go back: %q", e)
	}
	p.brackets[1].upto.SetText("900")
	p.outside.SetText("6,30")
	p.days.Set("lundi", "jeudi")
	p.hour.SetText("midi")
	p.papers.Set("health_form", "insurance")
	p.book.Set(cutoffs[2].text)
	p.show()
	if len(p.week.rows) != 2 {
		t.Errorf("the preview does not follow: %+v", p.week)
	}
	r.on()
	r.at(atAgent)
	d := r.s.a.service
	if len(d.Tariffs) != 4 || d.Tariffs[1].QuotientMin != 621 || d.Tariffs[1].Meal != 360 || d.Tariffs[2].QuotientMax != catalog.MaxQuotient || *d.Tariffs[3].Resident {
		t.Errorf("%+v", d.Tariffs)
	}
	if d.Info.Weekdays.String() != "lundi jeudi" || d.Info.StartsAt.String() != "12:00" || len(d.Documents) != 2 || d.Info.Book.String() != cutoffs[2].text {
		t.Errorf("%+v %+v", d.Info, d.Documents)
	}
	r.key(fyne.KeyEscape)
	r.at(atCanteen)
	p.days.Set()
	r.on()
	r.at(atCanteen)
	if !strings.Contains(r.said(), "jour de service") {
		t.Errorf("no day: %q", r.said())
	}
}

func TestTheFirstAgentIsJudgedAsTyped(t *testing.T) {
	r := newWorld(t, theme.Light, 100)
	r.open()
	r.key(fyne.KeyReturn)
	r.toAgent()
	p := r.s.made[atAgent].(*agentPage)
	r.on()
	r.at(atAgent)
	if p.form.Summary() == "" {
		t.Error("an empty page says what is missing")
	}
	p.name.SetText("Hélène Borel-Œuvrard")
	if p.login.Text() != "helene.borel.oeuvrard" {
		t.Errorf("proposed %q", p.login.Text())
	}
	p.login.SetText("hb")
	p.name.SetText("Hélène Borel")
	if p.login.Text() != "hb" {
		t.Error("a login that was typed is replaced")
	}
	p.password.SetText("court")
	if p.rule.Good {
		t.Error("a short password is good")
	}
	p.password.SetText(password)
	if !p.rule.Good {
		t.Errorf("%q", p.rule.Text)
	}
	p.again.SetText(password + "x")
	r.on()
	r.at(atAgent)
	if !strings.Contains(p.form.Summary(), "seconde fois") {
		t.Errorf("%q", p.form.Summary())
	}
	p.login.SetText("h b")
	p.again.SetText(password)
	r.on()
	r.at(atAgent)
	p.login.SetText("hb")
	r.on()
	r.at(atPhrase)
}

func TestThePhraseCannotBeSkipped(t *testing.T) {
	r := newWorld(t, theme.Light, 100)
	r.open()
	r.key(fyne.KeyReturn)
	r.toPhrase()
	p := r.s.made[atPhrase].(*phrasePage)
	r.files.save = filepath.Join(t.TempDir(), "phrase.pdf")
	p.saveIt()
	if st, err := os.Stat(r.files.save); err != nil || st.Size() < 1000 {
		t.Errorf("the saved sheet: %v", err)
	}
	p.printIt()
	if len(r.files.viewed) != 1 {
		t.Fatal("the sheet was not shown")
	}
	r.on()
	for _, wrong := range []string{"", groups(1), groups(1, 4), groups(1, 4, 5), groups(0, 1, 2), groups(6, 4, 1), secret + "A"} {
		p.typed.SetText(wrong)
		r.on()
		r.at(atPhrase)
		if p.typedF.Error() == "" {
			t.Errorf("%q is let through", wrong)
		}
	}
	r.key(fyne.KeyEscape) // back to the phrase itself
	if p.asking {
		t.Error("the phrase is not shown again")
	}
	r.at(atPhrase)
	r.on()
	p.typed.SetText(strings.ToLower(secret)) // the whole, pasted
	r.on()
	r.at(atMail)
	r.s.Close()
	if _, err := os.Stat(r.files.viewed[0]); !os.IsNotExist(err) {
		t.Error("the sheet to be looked at stays behind on the disk")
	}
}

func TestJoinAServer(t *testing.T) {
	r := newWorld(t, theme.Light, 100)
	r.open()
	r.key(fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn)
	r.at(atServer)
	p := r.s.made[atServer].(*serverPage)
	r.on()
	if p.hostF.Error() == "" || len(r.inn.probed) != 0 {
		t.Error("an empty server is tried")
	}
	p.host.SetText("postgresql://marie:se%40cret@pg.mairie.lan:5433/cantine?sslmode=verify-full")
	if p.host.Text() != "pg.mairie.lan" || p.port.Text() != "5433" || p.base.Text() != "cantine" || p.user.Text() != "marie" || p.password.Text() != "se@cret" || p.tls.Value() != "verify-full" {
		t.Errorf("a whole address is not taken apart: %+v", p.typed())
	}
	r.inn.fail = fault.New(fault.Unavailable, "Le serveur PostgreSQL ne répond pas.")
	r.on()
	r.at(atServer)
	if r.said() != "Le serveur PostgreSQL ne répond pas." || p.found != nil {
		t.Errorf("%q", r.said())
	}
	r.inn.fail, r.inn.found = nil, data.Found{Content: store.Newer, Town: true}
	r.on()
	if p.found != nil || !strings.Contains(plain(p.result.Text()), "plus récente") {
		t.Errorf("%q", p.result.Text())
	}
	r.inn.found = data.Found{Content: store.Current, Town: true, Families: 148}
	r.on()
	if text, _ := p.verb(); text != "Ouvrir cette base" || !strings.Contains(plain(p.result.Text()), "148 familles") {
		t.Errorf("%q %q", text, p.result.Text())
	}
	p.base.SetText("autre") // another address is another question
	if text, _ := p.verb(); text != "Essayer la connexion" {
		t.Errorf("%q", text)
	}
	p.base.SetText("cantine")
	r.on()
	r.on()
	if len(r.inn.opened) != 1 || r.inn.opened[0] != "postgres://marie:se%40cret@pg.mairie.lan:5433/cantine?sslmode=verify-full" || r.inn.entry != nil {
		t.Errorf("%v", r.inn.opened)
	}
}

func TestAnEmptyServerGetsATown(t *testing.T) {
	r := newWorld(t, theme.Light, 100)
	r.inn.found = data.Found{Content: store.Nothing}
	r.open()
	r.key(fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn)
	p := r.s.made[atServer].(*serverPage)
	p.host.SetText("pg")
	r.on()
	r.on()
	r.throughPhrase()
	r.on()
	r.at(atPlan)
	if l := r.s.made[atPlan].(*planPage).lines[0]; !strings.Contains(plain(l.Text), "base « ardoise » du serveur pg") {
		t.Errorf("%+v", l)
	}
	r.on()
	if len(r.inn.urls) != 1 || !strings.HasPrefix(r.inn.urls[0], "postgres://ardoise@pg:5432/ardoise") || r.inn.opened[0] != r.inn.urls[0] {
		t.Errorf("%v %v", r.inn.urls, r.inn.opened)
	}
}

func TestARememberedServerAsksForItsPassword(t *testing.T) {
	r := newWorld(t, theme.Light, 100)
	r.d.Join = "postgres://marie@pg.mairie.lan:5432/cantine?sslmode=require"
	r.inn.found = data.Found{Content: store.Current, Town: true, Families: 3}
	r.open()
	r.at(atServer)
	r.typeHere("s3cret") // the password has the keyboard
	r.key(fyne.KeyReturn)
	r.on()
	if len(r.inn.opened) != 1 || !strings.Contains(r.inn.opened[0], "marie:s3cret@") {
		t.Errorf("%v", r.inn.opened)
	}
}

func TestTheDemonstration(t *testing.T) {
	r := newWorld(t, theme.Light, 100)
	r.open()
	r.key(fyne.KeyDown)
	r.on()
	if r.inn.demo != 1 {
		t.Error("no demonstration")
	}
}

func TestTakingNoethysOver(t *testing.T) {
	root := os.Getenv("ARDOISE_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	path := filepath.Join(root, "data", "noethys", "EXEMPLE_cantine_DATA.dat")
	if _, err := os.Stat(path); err != nil {
		t.Skipf("skipped: the example of Noethys is not here: %v", err)
	}
	r := newWorld(t, theme.Light, 100)
	r.inn.clock = func() time.Time { return time.Date(2016, 12, 14, 9, 0, 0, 0, calendar.Paris) } // it has meals to come then
	r.d.Clock = r.inn.clock
	r.open()
	r.key(fyne.KeyEnd, fyne.KeyReturn)
	r.at(atNoethys)
	r.on()
	p := r.s.made[atNoethys].(*noethysPage)
	if p.field.Error() == "" {
		t.Error("no file is let through")
	}
	r.files.open = path
	p.ask()
	r.on()
	r.throughPhrase()
	r.at(atTaking)
	tk := r.s.made[atTaking].(*takingPage)
	if r.s.a.takeover == nil || len(tk.lines) < 24 || !tk.lines[0].todo || tk.lines[len(tk.lines)-1].todo || !strings.Contains(plain(tk.summary.Text()), "24 enfants dans 19 familles") {
		t.Fatalf("%d lines, %q, said %q", len(tk.lines), tk.summary.Text(), r.said())
	}
	if _, err := os.Stat(r.inn.path); err == nil {
		t.Fatal("a base before the plan is agreed to")
	}
	r.key(fyne.KeyEscape)
	r.at(atPhrase)
	if list, _ := filepath.Glob(r.inn.path + "*"); len(list) != 0 {
		t.Errorf("given up, it leaves %v", list)
	}
	r.on()
	r.at(atTaking)
	r.on()
	if len(r.inn.opened) != 1 || r.inn.entry == nil {
		t.Fatalf("not opened: %q", r.said())
	}
	f, err := data.Probe(t.Context(), r.inn.path, r.inn.options())
	if err != nil || f.Families != 19 {
		t.Errorf("%+v %v", f, err)
	}
}

func TestAWrongNoethysFileIsSaid(t *testing.T) {
	r := newWorld(t, theme.Light, 100)
	r.open()
	r.key(fyne.KeyEnd, fyne.KeyReturn)
	bad := filepath.Join(t.TempDir(), "x_DATA.dat")
	if err := os.WriteFile(bad, []byte("une lettre"), 0o600); err != nil {
		t.Fatal(err)
	}
	r.s.made[atNoethys].(*noethysPage).path.SetText(bad)
	r.on()
	r.throughPhrase()
	r.at(atTaking)
	if r.said() == "" || r.s.a.takeover != nil {
		t.Errorf("%q", r.said())
	}
}

func TestRestoringACopy(t *testing.T) {
	r := newWorld(t, theme.Light, 100)
	r.open()
	// a town, and a copy of it made by its program
	r.key(fyne.KeyReturn)
	r.throughPhrase()
	r.on()
	r.on()
	o, err := data.Open(t.Context(), r.inn.path, r.inn.options())
	if err != nil {
		t.Fatal(err)
	}
	se, err := o.Staff.SignIn(t.Context(), "nathalie.perret", password)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	c, err := o.Backup.MakeIn(staff.With(t.Context(), se), dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	r.inn.path = filepath.Join(t.TempDir(), "ardoise.db")
	r.open()
	r.key(fyne.KeyDown, fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn)
	r.at(atCopy)
	p := r.s.made[atCopy].(*copyPage)
	r.on()
	if p.pathF.Error() == "" {
		t.Error("no file is let through")
	}
	p.path.SetText(filepath.Join(dir, "rien.ardoise"))
	r.on()
	if r.said() == "" {
		t.Error("a file that is not there")
	}
	r.files.open = c.Path
	p.ask()
	if p.info == nil || !p.info.Sealed || !strings.Contains(plain(p.about.Text()), "mardi 24 novembre 2026") {
		t.Fatalf("%+v %q", p.info, p.about.Text())
	}
	r.on()
	r.at(atCopy)
	p.phrase.SetText("0000-0000-0000-0000-0000-0000-0000")
	r.on()
	r.at(atCopy)
	if r.said() == "" {
		t.Error("a wrong phrase opens it")
	}
	p.how.Set("agent")
	p.show()
	p.login.SetText("nathalie.perret")
	p.password.SetText(password)
	r.on()
	r.at(atRestore)
	if l := r.s.made[atRestore].(*restoringPage).lines; len(l) < 5 || plain(l[1][1]) != "0 familles, 0 enfants" {
		t.Errorf("%v", l)
	}
	r.on()
	if len(r.inn.restored) != 1 || r.inn.restored[0] != c.Path || r.inn.fail != nil {
		t.Errorf("%v %v", r.inn.restored, r.inn.fail)
	}
}

func TestAWholeAddressMayBeTyped(t *testing.T) {
	r := newWorld(t, theme.Light, 100)
	r.open()
	r.key(fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn)
	p := r.s.made[atServer].(*serverPage)
	r.s.d.Canvas.Focus(p.host.FocusTarget())
	test.Type(p.host.FocusTarget(), "postgres://accueil_2@pg.mairie.lan:5433/cantine")
	if p.base.Text() != "ardoise" {
		t.Errorf("taken apart before it is whole: %q %q", p.host.Text(), p.base.Text())
	}
	r.s.d.Canvas.Focus(p.port.FocusTarget())
	if p.host.Text() != "pg.mairie.lan" || p.port.Text() != "5433" || p.base.Text() != "cantine" || p.user.Text() != "accueil_2" {
		t.Errorf("%q %q %q %q", p.host.Text(), p.port.Text(), p.base.Text(), p.user.Text())
	}
}
