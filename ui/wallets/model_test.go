package wallets

import (
	"strings"
	"testing"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/ledger"
	"ardoise/data/money"
)

func today() calendar.Date { return calendar.MustISO("2026-12-08") }

func TestPeriods(t *testing.T) {
	m := newModel(Deps{}, rights{}, today)
	if got := m.periods()[0].label; got != "du 01/11/2026 au 08/12/2026" {
		t.Errorf("first period %q", got)
	}
	for id, want := range map[string]string{
		"recent": "2026-11-01 2026-12-08", "month": "2026-12-01 2026-12-08", "school": "2026-08-01 2027-07-31", "civil": "2026-01-01 2026-12-08",
	} {
		from, to := m.span(id)
		if got := from.String() + " " + to.String(); got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
	if from, to := m.span("all"); from != 0 || to != 0 {
		t.Errorf("all: %v %v", from, to)
	}
	m.period, m.from, m.to = "custom", calendar.MustISO("2026-02-01"), calendar.MustISO("2026-02-28")
	if from, _ := m.span("custom"); from != m.from {
		t.Errorf("custom: %v", from)
	}
	for id, want := range map[string]string{"day": "2026-12-08", "week": "2026-12-02", "month": "2026-11-09"} {
		if from, to := m.spanOf(id); from.String() != want || to != today() {
			t.Errorf("receipts of a %s: %v %v", id, from, to)
		}
	}
}

func TestLinesComeNewestFirstWithTheBalanceBroughtForwardLast(t *testing.T) {
	m := newModel(Deps{}, rights{}, today)
	st := ledger.Statement{From: calendar.MustISO("2026-11-01"), Opening: 14_60, Lines: []ledger.Line{
		{Day: calendar.MustISO("2026-11-02"), Kind: "topup", Label: "Rechargement par carte", Credit: 50_00, Balance: 64_60, Receipt: "2026-0412"},
		{Day: calendar.MustISO("2026-11-03"), Kind: "charge", Label: "Réservation", Detail: "du 5 au 13 nov.", Debit: 33_60, Balance: 31_00},
	}}
	m.show(account{st: st})
	if len(m.rows) != 3 || m.rows[0].debit != "–33,60\u00a0€" || m.rows[0].credit != "" || m.rows[1].detail != "quittance 2026-0412" ||
		m.rows[1].credit != "+50,00\u00a0€" || !m.rows[2].opening || m.rows[2].b != "14,60\u00a0€" {
		t.Errorf("%+v", m.rows)
	}
	st.From = 0
	m.show(account{st: st})
	if len(m.rows) != 2 {
		t.Error("a statement from the origin brings nothing forward")
	}
}

func TestWords(t *testing.T) {
	w := ledger.Wallet{LowBelow: 10_00, Email: "e@example.org"}
	if got := notice(w); got != "Alerte sous 10,00\u00a0€, par courriel à e@example.org" {
		t.Errorf("%q", got)
	}
	w.Email, w.Floor = "", -20_00
	if got := notice(w); !strings.Contains(got, "aucune adresse") || !strings.HasSuffix(got, "découvert autorisé jusqu’à 20,00\u00a0€") {
		t.Errorf("%q", got)
	}
	services := []catalog.ServiceInfo{{ID: 3, Name: "Service cantine"}}
	for code, want := range map[string]string{
		"wallet:12": "porte-monnaie de la famille", "cash:cheque": "encaissement, chèque", "refund:transfer": "remboursement, virement",
		"sales:3": "Service cantine", "sales:9": "service", "opening": "reprise d’ancien logiciel",
	} {
		if got := accountWord(code, services); got != want {
			t.Errorf("%s: %q", code, got)
		}
	}
	if got := sumText(map[string]money.Cents{"cheque": 50_00, "cash": 20_00}); got != "Total 70,00\u00a0€\u00a0: espèces 20,00\u00a0€, chèque 50,00\u00a0€" {
		t.Errorf("%q", got)
	}
	if got := sumText(nil); got != "Aucun encaissement" {
		t.Errorf("%q", got)
	}
	for balance, want := range map[money.Cents]string{-1: "Débiteur", 0: "Solde bas", 9_99: "Solde bas", 10_00: "Suffisant"} {
		if got := standing(balance, 10_00).Text; got != want {
			t.Errorf("%s: %s", balance, got)
		}
	}
	if (rights{}).cashOff() == "" || (rights{cash: true}).cashOff() != "" {
		t.Error("rights of the cash office")
	}
}
