package desk

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ardoise/data"
	"ardoise/data/access"
	"ardoise/data/calendar"
	"ardoise/data/demo"
	"ardoise/data/family"
	"ardoise/data/ledger"
	"ardoise/data/mailbox"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store/storetest"
	"ardoise/reports/page/pagetest"
)

// TestRightsPDF exports a family with something in every part, and reads the paper
// with another program: what was typed is there, health only where it was asked for.
func TestRightsPDF(t *testing.T) {
	db := storetest.OpenSQLite(t)
	o := data.Over(db, &staff.MemoryHead{}, staff.WithCost(stafftest.Fast))
	t.Cleanup(func() {
		if err := o.Close(); err != nil {
			t.Log(err)
		}
	})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := demo.Create(context.Background(), o, demo.Size{Families: 4, Seed: 1}, nil)
	must(err)
	ctx := stafftest.Session(t, db, staff.Accueil, staff.Sante, staff.Admin, staff.Regie)
	f, err := o.Family.Create(ctx, family.Draft{
		Address1: "3 rue Zqxrue", Postal: "01390", City: "Zqxville", Note: "Zqxnote",
		Guardians: []family.Guardian{{Civility: "Mme", Last: "Zqxnom", First: "Élodie", Email: "zqx@exemple.fr", Mobile: "06 39 98 12 34"}},
		Children: []family.Child{{
			Last: "Zqxnom", First: "Zqxpetit", Birth: calendar.MustISO("2019-03-17"), Level: "CE1",
			Pickups: []family.Pickup{{Name: "Zqxpersonne", Phone: "+33639981235", Link: "voisine"}},
		}},
	})
	must(err)
	must(o.Family.SetHealth(ctx, family.Health{ChildID: f.Children[0].ID, Allergens: []string{"lait"}, Allergies: "Zqxallergie", Kitchen: "Zqxcuisine"}))
	_, err = o.Family.Health(ctx, f.Children[0].ID)
	must(err)
	_, err = o.Access.Attach(ctx, access.Attachment{FamilyID: f.ID, Kind: "income", Name: "Zqxfichier.pdf", Content: strings.NewReader("%PDF-1.4\n%%EOF\n")})
	must(err)
	_, err = o.Ledger.TopUp(ctx, ledger.TopUp{Key: "a", FamilyID: f.ID, Amount: 12_34, Means: "cheque", Reference: "Zqxreference", Payer: "Zqxpayeur"})
	must(err)
	_, err = o.Mailbox.Take(ctx, mailbox.Delivery{Received: db.Now(), Raw: []byte("From: <zqx@exemple.fr>\r\nSubject: Zqxsujet\r\nDate: Mon, 16 Nov 2026 09:00:00 +0100\r\n\r\nBonjour,\r\n\r\nZqxtexte " + strings.Repeat("long ", 60) + "\r\n")})
	must(err)
	must(o.Family.Rectify(ctx, family.Rectification{FamilyID: f.ID, Who: "Zqxqui", How: "courrier", What: "Zqxquoi"}))

	m, err := NewMaker(ctx, o.Catalog, "Saint-Marcel-en-Dombes", "", db.Now())
	must(err)
	periods, err := o.Retention.Settings(ctx)
	must(err)
	for _, health := range []bool{false, true} {
		var zipped bytes.Buffer
		opt := family.ExportOptions{Health: health, Paper: func(w io.Writer, d family.Dossier) error { return m.RightsPDF(ctx, w, d, periods) }}
		must(o.Family.Export(ctx, f.ID, opt, &zipped))
		z, err := zip.NewReader(bytes.NewReader(zipped.Bytes()), int64(zipped.Len()))
		must(err)
		paper, err := z.Open("droit-d-acces.pdf")
		must(err)
		pdf, err := io.ReadAll(paper)
		must(err)
		if dir := os.Getenv("ARDOISE_SHOTS"); dir != "" { // to look at them
			must(os.WriteFile(filepath.Join(dir, map[bool]string{false: "droit.pdf", true: "droit-sante.pdf"}[health]), pdf, 0o600))
		}
		text := strings.Join(strings.Fields(pagetest.Text(t, pdf)), " ")
		for _, want := range []string{
			"Droit d’accès – Famille Zqxnom", "Le foyer", "3 rue Zqxrue", "Zqxnote", "Les enfants", "Zqxpetit", "17/03/2019", "Zqxpersonne", "Les demandes et les pièces",
			"Zqxfichier", "Le porte-monnaie", "12,34 €", "Zqxpayeur", "Zqxreference", "Les factures", "Les prélèvements", "Les courriers", "Zqxsujet", "Zqxtexte",
			"Qui a consulté les données de santé", "Testeur", "lues", "Zqxqui", "Combien de temps", "12 mois après la fin de la scolarité", "CNIL",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("health %v: %q is missing in\n%s", health, want, text)
			}
		}
		if strings.Contains(text, "Zqxallergie") != health || strings.Contains(text, "Zqxcuisine") != health {
			t.Errorf("health %v: %s", health, text)
		}
		if strings.Contains(text, "peut les y ajouter") == health {
			t.Errorf("health %v: what is left out is not said, or said wrongly", health)
		}
	}
}
