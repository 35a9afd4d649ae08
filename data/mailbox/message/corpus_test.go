package message

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ardoise/data/fault"
)

// corpus finds the shared messages; the test is skipped with a word without them.
func corpus(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("ARDOISE_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared")
	}
	dir = filepath.Join(dir, "data", "mail")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("shared data missing (set ARDOISE_SHARED): %v", err)
	}
	return dir
}

// truth is what truth.json says of one message, as far as it concerns this room.
type truth struct {
	File, Sender, Action, Address string
	Inner                         string `json:"inner_sender"`
	Permanent                     bool
	Reply                         *bool
	Accepted, Refused             int
}

// seen is what cannot be told from truth.json: which text, how many files, what is set aside.
var seen = map[string]struct {
	own   string // the family's words, "-" where none is asserted
	files int    // joined, of the outer message
	aside string // part of the French reason
}{
	"01": {own: "Bonjour,\n\nVoici les pièces pour l'accès de Cléa à la cantine : la fiche de renseignements santé et le mandat de prélèvement signé.\nNotre IBAN : FR76 3000 6000 0180 4518 8609 775\nBIC : AGRIFRPP", files: 2},
	"02": {own: "Bonjour, merci d'annuler le repas de Louis jeudi 26 novembre, il est malade.\nMerci"},
	"03": {own: "Bonjour,\n\nPouvez-vous inscrire Éloïse à la cantine du 30/11 au 4/12 ?\n\nMerci d’avance"},
	"04": {own: "Bonjour,\nles deux enfants ne mangeront pas mardi prochain (1er décembre)."},
	"05": {own: "Bonjour, Loïc mangera tous les lundis et jeudis de décembre. Par contre annulez le 27 novembre. Merci, Cécile TRAORÉ"},
	"06": {own: "Je suis absent jusqu'au 30 novembre."},
	"07": {own: "The message could not be delivered."},
	"08": {own: "Bonjour, je voudrais inscrire mon fils Tom à la cantine."},
	"09": {own: "Ci-joint.", files: 4},
	"10": {own: "", files: 1},
	"11": {own: "", files: 1},
	"12": {own: "Autre contenu, même identifiant."},
	"13": {own: "Annuler Timéo le 03/12 svp"},
	"14": {own: "Bonjour, Fatou ne déjeunera pas à l’école le vendredi 4 décembre – merci."},
	"15": {own: "Bonjour, notre compte a changé, nouvel IBAN : FR7630006000015946267932275"},
	"16": {own: "Pour suite à donner."},
	"17": {own: "Bonjour, quel est le prix du repas pour un quotient de 850 ? Merci"},
	"18": {own: "Bonjour, Maëlys n'a pas mangé lundi 23 novembre car malade, certificat médical ci-joint.", files: 1},
	"19": {aside: "niveaux de parties imbriquées"},
	"20": {aside: "plus de 200 parties"},
	"21": {aside: "aucun en-tête lisible"},
	"22": {aside: "vide"},
}

func TestCorpus(t *testing.T) {
	dir := corpus(t)
	raw, err := os.ReadFile(filepath.Join(dir, "truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all struct{ Messages []truth }
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	if len(all.Messages) != len(seen) {
		t.Errorf("%d messages, %d known", len(all.Messages), len(seen))
	}
	for _, one := range all.Messages {
		t.Run(one.File, func(t *testing.T) {
			raw, err := os.ReadFile(filepath.Join(dir, one.File))
			if err != nil {
				t.Fatal(err)
			}
			want := seen[one.File[:2]]
			m, err := Read(context.Background(), raw, Options{Own: []string{"cantine@mairie.example"}})
			if want.aside != "" {
				if fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Sentence(err), want.aside) {
					t.Fatalf("set aside with %v, want %q", err, want.aside)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			check(t, m)
			one.compare(t, m)
			if m.Own != want.own {
				t.Errorf("own words %q\nwant %q", m.Own, want.own)
			}
			if len(m.Attachments) != want.files {
				t.Errorf("%d files, want %d", len(m.Attachments), want.files)
			}
		})
	}
}

// compare holds a message against the truth.
func (one truth) compare(t *testing.T, m *Message) {
	t.Helper()
	if one.Sender != "" && m.From.Mail != one.Sender {
		t.Errorf("sender %q, want %q", m.From.Mail, one.Sender)
	}
	if writer := m.Writer().Mail; one.Inner != "" && writer != one.Inner {
		t.Errorf("inner sender %q, want %q", writer, one.Inner)
	}
	if one.Inner == "" && m.Inner != nil {
		t.Errorf("an inner message: %+v", m.Inner)
	}
	if quiet := one.Reply != nil && !*one.Reply; m.Quiet != quiet || (m.Why != "") != quiet {
		t.Errorf("quiet %v (%s), want %v", m.Quiet, m.Why, quiet)
	}
	files := len(m.Attachments)
	if m.Inner != nil {
		files += len(m.Inner.Attachments)
	}
	if n := one.Accepted + one.Refused; n > 0 && files != n {
		t.Errorf("%d files in all, want %d", files, n)
	}
	switch one.Action {
	case "bounce":
		want := Bounce{Address: one.Address, Permanent: one.Permanent, Status: "5.1.1", HeaderID: "sent-1@mairie.example"}
		if len(m.Bounces) != 1 || m.Bounces[0] != want {
			t.Errorf("bounces %+v, want %+v", m.Bounces, want)
		}
	default:
		if len(m.Bounces) != 0 {
			t.Errorf("bounces %+v", m.Bounces)
		}
	}
	if warned := strings.HasPrefix(one.File, "15"); m.Auth.Unverified != warned || m.Auth.Fails() != warned {
		t.Errorf("auth %+v", m.Auth)
	}
}
