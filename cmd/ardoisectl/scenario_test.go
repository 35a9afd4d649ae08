package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ardoise/assets"
	"ardoise/data/calendar"
	"ardoise/data/store/storetest"
)

// TestDeskDayByCommands goes through a real database's first days with commands
// only, on both engines: agents and passwords, catalog, import, requests,
// money, bookings, kitchen, attendance, closure, verification.
func TestDeskDayByCommands(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { deskDay(t, newCtl(t, filepath.Join(t.TempDir(), "mairie.db"))) })
	t.Run("postgres", func(t *testing.T) { deskDay(t, newCtl(t, storetest.PostgresURL(t))) })
}

func deskDay(t *testing.T, c *ctl) {
	firstAgents(t, c)
	c.ok("catalog", "load", write(t, "dombes.toml", string(assets.Dombes)))
	if again := c.ok("catalog", "load", write(t, "dombes.toml", string(assets.Dombes))); !strings.Contains(again, "0 ajout") && strings.Contains(again, "ajouts,") {
		t.Error("loading the catalog again changed it:", again)
	}
	lists := []string{"import", "onde", "--school", "École de Saint-Marcel", "--pupils", write(t, "eleves.csv", dayPupils), "--guardians", write(t, "responsables.csv", dayGuardians)}
	var onde ondeJSON
	c.json(&onde, append(lists, "--dry-run")...)
	if onde.Created != 3 || !onde.DryRun {
		t.Fatalf("dry run: %+v", onde)
	}
	c.json(&onde, lists...)
	if onde.Families != 2 || onde.Children != 3 || onde.Created != 3 || len(onde.Refused) != 2 {
		t.Fatalf("import: %+v", onde)
	}
	w := &town{ctl: c}
	w.learn()
	requests(t, w)
	moneyAndMeals(t, w)
	kitchenAndClass(t, w)
	closing(t, w)
	w.clean()
	var kept struct{ File string }
	w.json(&kept, "backup", t.TempDir())
	w.ok("wallet", "topup", number10(w.garance), "10", "--means", "cash")
	w.restore(kept.File)
	var list []receiptJSON
	w.json(&list, "receipts", "list")
	if len(list) != 2 {
		t.Errorf("%d receipts after the restore, wanted 2", len(list))
	}
	w.clean()
}

// restore puts a backup back: on a server that is its owner's work, not a
// workstation's.
func (w *town) restore(file string) {
	w.t.Helper()
	if w.owner == "" {
		w.ok("restore", file)
		return
	}
	w.refused(exitRefused, "n’est pas propriétaire", "restore", file)
	workstation := w.db
	w.db = w.owner
	w.ok("restore", file)
	w.ok("server", "grant") // the tables are new ones
	w.db = workstation
	if r := w.run("verify"); r.code != exitRefused || !strings.Contains(plain(r.out), "I11") { // its own witness is of the base before
		w.t.Errorf("the witness of this workstation: %s%s", r.out, r.err)
	}
	w.ok("admin", "accept", "--reason", "restauration faite sur le serveur")
}

const password, other = "Brume-tenace-47", "Etang.calme.2026"

func firstAgents(t *testing.T, c *ctl) {
	c.refused(exitRefused, "mot de passe", "admin", "create", "nperret")
	c.env["ARDOISE_PASSWORD"] = "court"
	c.refused(exitRefused, "13", "admin", "create", "nperret")
	if isFile(c.db) {
		t.Error("a refused first agent left an empty database behind")
	}
	c.env["ARDOISE_PASSWORD"] = password
	var made struct{ Login, Phrase string }
	c.json(&made, "admin", "create", "nperret", "--name", "Nathalie Perret")
	if made.Phrase == "" {
		t.Fatal("no recovery phrase")
	}
	c.refused(exitRefused, "Un agent existe déjà", "admin", "create", "autre")
	c.refused(exitRefused, "--user", "families", "search", "garance")
	c.refused(exitRefused, "Mot de passe refusé", "--user", "inconnu", "verify")
	c.ok("verify") // a scheduler's work: nobody's data is shown
	c.env["ARDOISE_NEW_PASSWORD"] = other
	c.ok("--user", "nperret", "admin", "agents", "add", "cuisine", "--roles", "cuisine")
	c.ok("--user", "nperret", "admin", "agents", "roles", "cuisine", "cuisine")
	c.env["ARDOISE_PASSWORD"] = other
	c.refused(exitRefused, "Il manque le rôle", "--user", "cuisine", "families", "search", "garance")
	c.refused(exitRefused, "Il manque le rôle « Administration »", "--user", "cuisine", "backup", t.TempDir())
	// the first agent has forgotten: the phrase opens the door again
	c.env["ARDOISE_PHRASE"], c.env["ARDOISE_PASSWORD"] = made.Phrase, other
	c.ok("admin", "recover", "nperret")
	c.env["ARDOISE_PASSWORD"] = password
	c.refused(exitRefused, "Mot de passe refusé", "--user", "nperret", "verify")
	delete(c.env, "ARDOISE_PASSWORD")
	c.stdin = other + "\n"
	c.ok("--user", "nperret", "verify")
	c.stdin, c.env["ARDOISE_PASSWORD"] = "", other
	c.user = "nperret"
	var agents []agentJSON
	c.json(&agents, "admin", "agents", "list")
	if len(agents) != 2 {
		t.Errorf("agents: %+v", agents)
	}
}

func requests(t *testing.T, w *town) {
	var q requestJSON
	w.json(&q, "requests", "submit", "--child", number10(w.ysoline), "--service", canteen)
	if q.Status != "submitted" || !slices.Equal(q.Missing, []string{"Fiche sanitaire"}) {
		t.Fatalf("submitted: %+v", q)
	}
	w.refused(exitRefused, "Il manque", "requests", "accept", number10(q.ID))
	w.json(&q, "requests", "incomplete", number10(q.ID))
	if q.Status != "incomplete" {
		t.Errorf("incomplete: %+v", q)
	}
	w.json(&q, "requests", "attach", number10(q.ID), write(t, "fiche.pdf", pdf))
	if q.Status != "submitted" || len(q.Missing) != 0 {
		t.Errorf("attached: %+v", q)
	}
	w.json(&q, "requests", "accept", number10(q.ID))
	w.json(&q, "requests", "submit", "--child", number10(w.maieul), "--service", canteen, "--pay", "monthly")
	w.ok("requests", "attach", number10(q.ID), "--iban", "FR76 3000 6000 0112 3456 7890 189", "--bic", "AGRIFRPP", "--holder", "Solveig Obrecht")
	w.json(&q, "requests", "refuse", number10(q.ID), "--reason", "hors secteur")
	if q.Status != "refused" || q.Reason != "hors secteur" {
		t.Errorf("refused: %+v", q)
	}
	var list []requestJSON
	w.json(&list, "requests", "list", "--status", "accepted")
	if len(list) != 1 || list[0].Child == "" || list[0].Status != "accepted" {
		t.Errorf("list: %+v", list)
	}
	var letters []struct{ To, Subject, State string }
	w.json(&letters, "mail", "outbox")
	if len(letters) != 3 || letters[0].State != "waiting" || letters[2].To != "elise.garance@example.org" {
		t.Errorf("outbox: %+v", letters)
	}
	w.ok("requests", "show", number10(q.ID))
}

func moneyAndMeals(t *testing.T, w *town) {
	id, child := number10(w.garance), number10(w.ysoline)
	var got struct {
		Receipt      string
		BalanceAfter int `json:"balance_after"`
	}
	for range 2 { // the same key twice: one effect
		w.json(&got, "wallet", "topup", id, "60,00", "--means", "cheque", "--reference", "1234567", "--key", "guichet-1")
		if got.Receipt != "2026-0001" || got.BalanceAfter != 60_00 {
			t.Fatalf("topup: %+v", got)
		}
	}
	w.refused(exitRefused, "autre contenu", "wallet", "topup", id, "61,00", "--means", "cheque", "--key", "guichet-1")
	ask := []string{"book", "--child", child, "--service", canteen, "--dates", "2026-11-30,2026-12-01,2026-12-03,2026-12-04", "--consent", "Mme Garance, téléphone", "--key", "panier-1"}
	var out basketJSON
	w.json(&out, append(ask, "--dry-run")...)
	if out.Total <= 0 || len(out.Lines) != 4 || out.BalanceAfter != 60_00-out.Total || out.Lines[0].Cutoff != "2026-11-26T12:00:00+01:00" {
		t.Fatalf("plan: %+v", out)
	}
	price := out.Total / 4
	for range 2 {
		w.json(&out, ask...)
		if out.Total != 4*price || out.BalanceAfter != 60_00-4*price || out.Receipt != nil {
			t.Fatalf("booked: %+v", out)
		}
	}
	w.json(&out, "cancel", "--child", child, "--consent", "Mme Essai, téléphone", "--service", canteen, "--dates", "2026-12-04")
	if out.Total != price || out.Lines[0].Price != price || out.Lines[0].Verdict != "accepted" || out.BalanceAfter != 60_00-3*price {
		t.Fatalf("cancelled in time: %+v", out)
	}
	w.json(&out, "book", "--child", child, "--consent", "Mme Essai, téléphone", "--service", canteen, "--dates", "2026-12-07", "--pay", "card", "--reference", "ticket 12")
	if out.Receipt == nil || *out.Receipt != "2026-0002" || out.BalanceAfter != 60_00-3*price {
		t.Fatalf("paid by card: %+v", out)
	}
	w.now = time.Date(2026, 11, 26, 12, 0, 1, 0, calendar.Paris) // one second late
	w.refused(exitRefused, "Délai passé", "book", "--child", child, "--service", canteen, "--dates", "2026-12-04")
	w.json(&out, "cancel", "--child", child, "--consent", "Mme Essai, téléphone", "--service", canteen, "--dates", "2026-12-03")
	if out.Total != 0 || !out.Lines[0].Late || out.BalanceAfter != 60_00-3*price {
		t.Fatalf("cancelled late: %+v", out)
	}
	w.json(&out, "book", "--child", child, "--consent", "Mme Essai, téléphone", "--service", canteen, "--dates", "2026-12-04", "--override", "mère hospitalisée")
	if out.Total <= 0 || !out.Lines[0].Late {
		t.Fatalf("overridden: %+v", out)
	}
	var st struct{ Lines []movementJSON }
	w.json(&st, "wallet", "statement", id)
	if n := len(st.Lines); n < 4 || st.Lines[n-1].Balance != out.BalanceAfter {
		t.Errorf("statement: %+v", st)
	}
	papers(t, w, id)
}

// papers writes what is written on paper, and looks at how each file begins.
func papers(t *testing.T, w *town, id string) {
	dir := t.TempDir()
	for _, p := range []struct {
		name, begins string
		args         []string
	}{
		{"releve.pdf", "%PDF", []string{"wallet", "statement", id}},
		{"quittance.pdf", "%PDF", []string{"receipts", "pdf", "2026-0001"}},
		{"jour.xlsx", "PK", []string{"headcount", "--service", canteen, "--date", "2026-11-30"}},
		{"jour.pdf", "%PDF", []string{"headcount", "--service", canteen, "--date", "2026-11-30"}},
		{"mois.xlsx", "PK", []string{"headcount", "--service", canteen, "--date", "2026-12-01", "--to", "2026-12-31"}},
		{"mois.pdf", "%PDF", []string{"headcount", "--service", canteen, "--date", "2026-12-01", "--to", "2026-12-31"}},
		{"familles.xlsx", "PK", []string{"export", "families"}},
		{"familles.csv", "\uFEFFFamille;Nom;", []string{"export", "families"}},
		{"reservations.csv", "\uFEFFJour;Service;", []string{"export", "bookings", "--service", canteen, "--from", "2026-11-01", "--to", "2026-12-31"}},
		{"famille.zip", "PK", []string{"families", "export", id}},
	} {
		path := filepath.Join(dir, p.name)
		w.ok(append(p.args, "--out", path)...)
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(body), p.begins) {
			t.Errorf("%s begins with %q", p.name, body[:min(len(body), 12)])
		}
	}
	left, err := filepath.Glob(filepath.Join(dir, ".ardoise-*"))
	if err != nil || len(left) > 0 {
		t.Error("temporary files left:", left, err)
	}
}

func kitchenAndClass(t *testing.T, w *town) {
	var h headcountJSON
	w.json(&h, "headcount", "--service", canteen, "--date", "2026-11-30")
	if h.Total != 1 || h.Version != 0 || h.SentAt != nil || len(h.Groups) != 1 || h.Groups[0].Diet != "standard" {
		t.Fatalf("headcount: %+v", h)
	}
	w.json(&h, "headcount", "--service", canteen, "--date", "2026-11-30", "--send")
	if h.Version != 1 || h.SentAt == nil {
		t.Fatalf("sent: %+v", h)
	}
	child := number10(w.ysoline)
	w.ok("cancel", "--child", child, "--consent", "Mme Essai, téléphone", "--service", canteen, "--dates", "2026-11-30", "--override", "erreur de saisie")
	w.json(&h, "headcount", "--service", canteen, "--date", "2026-11-30")
	if h.Total != 0 || len(h.Changes) != 1 || h.Changes[0].Delta != -1 {
		t.Errorf("differences: %+v", h)
	}
	w.now = time.Date(2026, 12, 1, 12, 30, 0, 0, calendar.Paris)
	var a attendedJSON
	mark := []string{"attend", "--service", canteen, "--date", "2026-12-01", "--class", "CE1/CE2 Mme Rey"}
	w.refused(exitRefused, "n’est pas dans la classe", append(mark, write(t, "p.csv", "enfant;pointage\nPERSONNE Aucune;P\n"))...)
	w.refused(exitRefused, "Ligne 2", append(mark, write(t, "p.csv", "enfant;pointage\nGARANCE\n"))...)
	w.refused(exitRefused, "la marque", append(mark, write(t, "p.csv", "enfant;pointage\nGARANCE Ysoline;X\n"))...)
	w.json(&a, append(mark, write(t, "p.csv", "\uFEFFenfant;pointage\r\ngarance ysoline;Ab\r\n"))...)
	if a.Marked != 1 {
		t.Errorf("absent: %+v", a)
	}
	w.json(&a, append(mark, write(t, "p.csv", child+";P\n"))...)
	w.json(&a, append(mark, "--all-present")...)
	if a.Marked != 0 {
		t.Errorf("all were marked: %+v", a)
	}
}

func closing(t *testing.T, w *town) {
	var out closedJSON
	shut := []string{"close", "--service", canteen, "--date", "2026-12-07", "--reason", "Grève"}
	w.json(&out, append(shut, "--dry-run")...)
	if out.Cancelled != 1 || out.Total <= 0 {
		t.Fatalf("closing plan: %+v", out)
	}
	w.json(&out, shut...)
	var h headcountJSON
	w.json(&h, "headcount", "--service", canteen, "--date", "2026-12-07")
	if h.Total != 0 {
		t.Errorf("closed day: %+v", h)
	}
	w.refused(exitRefused, "Grève", "book", "--child", number10(w.ysoline), "--service", canteen, "--dates", "2026-12-07", "--override", "x")
	var wallet struct{ Balance int }
	w.json(&wallet, "wallet", "show", number10(w.garance))
	var refund struct{ Amount int }
	w.json(&refund, "wallet", "refund", number10(w.garance), "--means", "transfer", "--reason", "déménagement")
	if refund.Amount != wallet.Balance {
		t.Errorf("refunded %d of %d", refund.Amount, wallet.Balance)
	}
}

// TestONDE: both schools give what their truth.json says, through the command,
// and a second import changes nothing.
func TestONDE(t *testing.T) {
	root := filepath.Join(sharedFolder(t), "data", "onde")
	for _, school := range []string{"saint-marcel", "baneins"} {
		t.Run(school, func(t *testing.T) {
			var truth struct {
				School        string
				Households    int
				ChildrenCount int      `json:"children_count"`
				RejectedRows  []string `json:"rejected_rows"`
			}
			body, err := os.ReadFile(filepath.Join(root, school, "truth.json"))
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(body, &truth); err != nil {
				t.Fatal(err)
			}
			c := newCtl(t, filepath.Join(t.TempDir(), "ecole.db"))
			c.ok("demo", "create", "--families", "0")
			args := []string{"import", "onde", "--school", truth.School, "--pupils", filepath.Join(root, school, "eleves.csv"), "--guardians", filepath.Join(root, school, "responsables.csv")}
			before := dump(t, c.db)
			var out ondeJSON
			c.json(&out, append(args, "--dry-run")...)
			if dump(t, c.db) != before {
				t.Error("--dry-run wrote something")
			}
			c.json(&out, args...)
			if out.Families != truth.Households || out.Children != truth.ChildrenCount || out.Created != truth.ChildrenCount || out.Updated+out.Unchanged != 0 {
				t.Errorf("first import: %+v, truth %d households, %d children", out, truth.Households, truth.ChildrenCount)
			}
			for _, r := range out.Refused {
				if r.File == "" || r.Line == 0 || r.Reason == "" {
					t.Errorf("a refusal without its place: %+v", r)
				}
			}
			if len(out.Refused) != len(truth.RejectedRows) {
				t.Errorf("%d rows refused, wanted %d: %+v", len(out.Refused), len(truth.RejectedRows), out.Refused)
			}
			before = dump(t, c.db)
			c.json(&out, args...)
			if out.Created+out.Updated != 0 || out.Unchanged != truth.ChildrenCount {
				t.Errorf("second import: %+v", out)
			}
			if after := dump(t, c.db); after != before {
				t.Error("the second import wrote:", firstDifference(before, after))
			}
			if r := c.run("verify"); r.code != exitDone {
				t.Error(r.out)
			}
		})
	}
}

// Both schools in one database: no child of one is taken for a child of the
// other, though two of them carry the same national identifier.
func TestBothSchools(t *testing.T) {
	root := filepath.Join(sharedFolder(t), "data", "onde")
	c := newCtl(t, filepath.Join(t.TempDir(), "dombes.db"))
	c.ok("demo", "create", "--families", "0")
	created := 0
	for name, folder := range map[string]string{"École de Saint-Marcel": "saint-marcel", "École de Baneins": "baneins"} {
		var out ondeJSON
		c.json(&out, "import", "onde", "--school", name, "--pupils", filepath.Join(root, folder, "eleves.csv"), "--guardians", filepath.Join(root, folder, "responsables.csv"))
		created += out.Created
		if out.Updated != 0 {
			t.Errorf("%s: %d children of the other school updated", name, out.Updated)
		}
	}
	if created != 148+82 {
		t.Errorf("%d children, wanted %d", created, 148+82)
	}
}

// TestFamiliesSheet takes in what « export families » of another program may
// give: a CSV with French headers, twice.
func TestFamiliesSheet(t *testing.T) {
	w := newTown(t)
	sheet := write(t, "familles.csv", "Famille;Adresse;CP;Ville;Nom responsable;Prénom responsable;Courriel;Portable;Nom enfant;Prénom enfant;Né le;Classe;École\r\n"+
		"Perrachon;4 rue du Four;01390;Saint-Marcel;PERRACHON;Lison;lison.perrachon@example.org;06 39 98 00 20;PERRACHON;Eudes;03/05/2018;CE2 Mme Roy;École de Saint-Marcel\r\n"+
		"Perrachon;4 rue du Four;01390;Saint-Marcel;PERRACHON;Lison;lison.perrachon@example.org;06 39 98 00 20;PERRACHON;Blanche;31/02/2020;CE2 Mme Roy;École de Saint-Marcel\r\n")
	var out ondeJSON
	w.json(&out, "import", "families", sheet, "--dry-run")
	if out.Created != 1 || len(out.Refused) != 1 || out.Refused[0].Line != 3 {
		t.Fatalf("plan: %+v", out)
	}
	w.json(&out, "import", "families", sheet)
	w.json(&out, "import", "families", sheet)
	if out.Created+out.Updated != 0 || out.Unchanged != 1 {
		t.Errorf("second time: %+v", out)
	}
	w.refused(exitRefused, "Fichier de correspondance, ligne 1", "import", "families", sheet, "--map", write(t, "mots.txt", "Prénom = surnom"))
	w.refused(exitRefused, "abîmé", "import", "families", write(t, "faux.xlsx", "PK\x03\x04"))
	w.clean()
}

func TestCalendar(t *testing.T) {
	w := newTown(t)
	file := write(t, "calendrier.csv", "\ufeffDescription;Population;Date de début;Date de fin;Académies;Zones;annee_scolaire\r\n"+
		"Vacances de la Toussaint;-;2028-10-20T22:00:00+00:00;2028-11-05T23:00:00+00:00;Lyon;Zone A;2028-2029\r\n"+
		"Vacances de Noël;Élèves;2028-12-22T23:00:00+00:00;2029-01-07T23:00:00+00:00;Lyon;Zone A;2028-2029\r\n"+
		"Vacances de Noël;Enseignants;2028-12-22T23:00:00+00:00;2029-01-07T23:00:00+00:00;Lyon;Zone A;2028-2029\r\n")
	var out struct{ Holidays int }
	w.json(&out, "import", "calendar", file, "--zone", "A")
	if out.Holidays != 2 {
		t.Errorf("%d holidays, wanted 2", out.Holidays)
	}
	before := dump(t, w.db)
	w.json(&out, "import", "calendar", file, "--zone", "A")
	if dump(t, w.db) != before {
		t.Error("the same calendar again changed something")
	}
	w.refused(exitRefused, "aucune période", "import", "calendar", write(t, "vide.ics", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"))
}

// sharedFolder finds the examples that are not kept in the repository.
func sharedFolder(t *testing.T) string {
	t.Helper()
	shared := os.Getenv("ARDOISE_SHARED")
	if shared == "" {
		shared = "../../../shared"
	}
	if _, err := os.Stat(filepath.Join(shared, "data")); errors.Is(err, os.ErrNotExist) {
		t.Skip("skipped: the shared examples are not here")
	}
	return shared
}
