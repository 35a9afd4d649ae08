package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/money"
	"ardoise/data/store/storetest"
)

// peer gives what another program says of a file; ok is false where there is no
// such program here, and the test says so.
func peer(t *testing.T, name string, args ...string) (said string, ok bool) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		if os.Getenv("ARDOISE_REQUIRE_PEERS") == "1" {
			t.Fatalf("%s is required here and missing", name)
		}
		t.Logf("%s is missing: not asked", name)
		return "", false
	}
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Errorf("%s %v: %v\n%s", name, args, err, out)
	}
	return plain(strings.ReplaceAll(string(out), "\u202f", " ")), true
}

// says wants texts in a PDF, whatever their case.
func says(t *testing.T, file string, wanted ...string) {
	t.Helper()
	text, ok := peer(t, "pdftotext", "-layout", file, "-")
	for _, want := range wanted {
		if ok && !strings.Contains(strings.ToLower(text), strings.ToLower(plain(strings.ReplaceAll(want, "\u202f", " ")))) {
			t.Errorf("%s does not say « %s »:\n%s", filepath.Base(file), want, text)
		}
	}
}

// valid wants a file valid against a schema of the shared examples.
func valid(t *testing.T, file string, schema ...string) {
	t.Helper()
	shared := os.Getenv("ARDOISE_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	path := filepath.Join(append([]string{shared, "xsd"}, schema...)...)
	if _, err := os.Stat(path); err != nil {
		t.Logf("%s is not among the shared examples: not asked", filepath.Base(path))
		return
	}
	peer(t, "xmllint", "--noout", "--nonet", "--schema", path, file)
}

// TestMonthsEndByCommands closes a month as an accountant would, with commands
// only, on both engines.
func TestMonthsEndByCommands(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { monthsEnd(t, newCtl(t, filepath.Join(t.TempDir(), "mairie.db"))) })
	t.Run("postgres", func(t *testing.T) { monthsEnd(t, newCtl(t, storetest.PostgresURL(t))) })
}

type month struct {
	*ctl
	t   *testing.T
	dir string
	run runJSON
}

func monthsEnd(t *testing.T, c *ctl) {
	c.now = time.Date(2026, 12, 1, 9, 0, 0, 0, calendar.Paris)
	c.ok("demo", "create", "--families", "24", "--days", "70", "--monthly")
	m := &month{ctl: c, t: t, dir: t.TempDir()}
	for _, step := range []struct {
		what string
		do   func()
	}{
		{"issue", m.issue},
		{"print", m.print},
		{"direct debits", m.debits},
		{"payments", m.payments},
		{"credit", m.credit},
		{"reminders", m.reminders},
		{"cash office", m.cashOffice},
		{"accountant", m.accountant},
	} {
		step.do()
		if r := c.run("verify"); r.code != exitDone {
			t.Fatalf("after %s: %s%s", step.what, r.out, r.err)
		}
	}
}

func (m *month) file(name string) string { return filepath.Join(m.dir, name) }

func (m *month) issue() {
	t := m.t
	var plan, again runJSON
	m.keys("count was will meals dry_run", "invoice", "reprice", "--month", "2026-11", "--dry-run")
	m.json(&plan, "invoice", "preview", "--month", "2026-11")
	if plan.Count < 10 || plan.Total <= 0 || len(plan.Invoices) != plan.Count || plan.Invoices[0].Number != "" || plan.Corrective || plan.Debit <= 0 {
		t.Fatalf("preview: %+v", plan)
	}
	if len(plan.Warnings) == 0 || plan.Warnings[0].Reason == "" || plan.Warnings[0].Family == 0 {
		t.Errorf("the demonstration has nothing to look at first: %+v", plan.Warnings)
	}
	m.keys("count total warnings warnings[].family warnings[].reason invoices invoices[].number invoices[].family invoices[].total", "invoice", "preview", "--month", "2026-11")
	left := plan.Invoices[0].Family
	m.json(&again, "invoice", "preview", "--month", "2026-11", "--leave", "F-"+number10(left))
	if again.Count != plan.Count-1 || again.Total != plan.Total-plan.Invoices[0].Total || len(again.Aside) != len(plan.Aside)+1 {
		t.Errorf("left out: %d of %s, was %d of %s", again.Count, again.Total, plan.Count, plan.Total)
	}
	m.json(&m.run, "invoice", "issue", "--month", "2026-11", "--due", "2026-12-31", "--key", "novembre")
	m.keys("count total warnings invoices invoices[].number invoices[].family invoices[].total", "invoice", "issue", "--month", "2026-11", "--due", "2026-12-31", "--key", "novembre")
	if m.run.Count != plan.Count || m.run.Total != plan.Total || m.run.DueOn != calendar.MustISO("2026-12-31") {
		t.Errorf("issued %d of %s, shown %d of %s", m.run.Count, m.run.Total, plan.Count, plan.Total)
	}
	var sum money.Cents
	for i, v := range m.run.Invoices {
		sum += v.Total
		if i > 0 && v.Number <= m.run.Invoices[i-1].Number || len(v.Number) != 10 {
			t.Errorf("number %s after %s", v.Number, m.run.Invoices[max(0, i-1)].Number)
		}
	}
	if sum != m.run.Total {
		t.Errorf("invoices come to %s, the run to %s", sum, m.run.Total)
	}
	m.json(&again, "invoice", "issue", "--month", "2026-11", "--due", "2026-12-31", "--key", "novembre")
	if again.Run != m.run.Run || again.Count != m.run.Count || !slices.EqualFunc(again.Invoices, m.run.Invoices, func(a, b issuedJSON) bool { return a.Number == b.Number && a.Total == b.Total }) {
		t.Errorf("the same key issued something else: %+v", again)
	}
	m.refused(exitRefused, "Il n’y a rien à facturer", "invoice", "issue", "--month", "2026-11")
	m.refused(exitRefused, "n’est pas un mois", "invoice", "preview", "--month", "novembre")
	m.refused(exitRefused, "ne peut pas être passée", "invoice", "preview", "--month", "2026-11", "--due", "2026-11-01")
	m.refused(exitRefused, "rien à corriger", "invoice", "credit", "--month", "2026-12")
}

func (m *month) print() {
	t, first := m.t, m.run.Invoices[0]
	var out struct {
		Count int
		Files []string
	}
	m.json(&out, "invoice", "pdf", "--month", "2026-11", "--out", m.file("factures"))
	if out.Count != m.run.Count || len(out.Files) != m.run.Count || !strings.Contains(out.Files[0], first.Number) {
		t.Fatalf("separate: %+v", out)
	}
	m.json(&out, "invoice", "pdf", "--month", "2026-11", "--out", m.file("factures.pdf"))
	m.json(&out, "invoice", "pdf", "--number", first.Number, "--out", m.file("une.pdf"))
	m.refused(exitRefused, "n’existe pas", "invoice", "pdf", "--number", "2026999999", "--out", m.file("x.pdf"))
	m.refused(exitRefused, "Aucune facture", "invoice", "pdf", "--month", "2027-05", "--out", m.file("x.pdf"))
	if _, err := os.Stat(m.file("x.pdf")); err == nil {
		t.Error("a refused print left a file")
	}
	for _, file := range []string{m.file("une.pdf"), m.file("factures.pdf"), out.Files[0]} {
		says(t, file, "Avis des sommes à payer n° "+first.Number, first.Total.String(), "Démonstration", "Perret", "deux mois")
		if text, ok := peer(t, "pdftotext", "-layout", file, "-"); ok && (!strings.Contains(text, "Mme ") || strings.Contains(text, "MME ") || strings.Contains(text, " ,")) {
			t.Errorf("not written as in French:\n%s", text)
		}
	}
	var shown struct {
		Lines []invoiceLineJSON
		Total money.Cents
	}
	m.json(&shown, "invoice", "show", first.Number)
	var sum money.Cents
	for _, l := range shown.Lines {
		sum += l.Amount
	}
	if sum != first.Total || shown.Total != first.Total {
		t.Errorf("lines come to %s of %s", sum, first.Total)
	}
}

func (m *month) debits() {
	t := m.t
	m.refused(exitRefused, "TARGET", "sepa", "build", "--collect", "2026-12-26", "--out", m.file("noel.xml"))
	var plan, b buildJSON
	m.json(&plan, "sepa", "build", "--collect", "2026-12-30", "--dry-run")
	if plan.ID != 0 || plan.Count < 5 || plan.Problem != "" {
		t.Fatalf("plan: %+v", plan)
	}
	m.keys("id count total file skipped skipped[].family skipped[].reason", "sepa", "build", "--collect", "2026-12-30", "--leave", number10(plan.Debits[0].Family), "--dry-run")
	m.refused(exitEnvironment, "absent/remise.xml » ne peut pas être écrit", "sepa", "build", "--collect", "2026-12-30", "--out", m.file("absent/remise.xml"))
	var none []batchJSON
	m.json(&none, "sepa", "list", "--month", "2026-12")
	if len(none) != 0 {
		t.Errorf("a file that could not be written left a batch: %+v", none)
	}
	for _, version := range []string{"02", "08"} {
		m.json(&b, "sepa", "build", "--collect", "2026-12-30", "--version", version, "--out", m.file(version+".xml"))
		if b.ID == 0 || b.Count != plan.Count || b.Total != plan.Total || b.File == "" {
			t.Fatalf("built: %+v", b)
		}
		valid(t, m.file(version+".xml"), "sepa", "pain.008.001."+version+".xsd")
		if version == "02" {
			m.ok("sepa", "drop", number10(b.ID), "--reason", "essai")
		}
	}
	id := number10(b.ID)
	for _, paper := range []string{"slip", "notices"} {
		m.ok("sepa", paper, id, "--out", m.file(paper+".pdf"))
		says(t, m.file(paper+".pdf"), "FR72ZZZ123456")
	}
	m.ok("sepa", "file", id, "--out", m.file("encore.xml"))
	m.ok("sepa", "sent", id)
	m.refused(exitRefused, "envoyée", "sepa", "drop", id, "--reason", "trop tard")
	m.now = time.Date(2027, 1, 4, 9, 0, 0, 0, calendar.Paris)
	m.returns(b)
}

// returns reads a bank's answer twice: the second time nothing moves.
func (m *month) returns(b buildJSON) {
	t := m.t
	first, second := b.Debits[0], b.Debits[1]
	file := write(t, "retour.xml", fmt.Sprintf(`<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"><CstmrPmtStsRpt><GrpHdr><MsgId>R1</MsgId><CreDtTm>2027-01-03T08:00:00</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>%[1]s</OrgnlMsgId><OrgnlMsgNmId>pain.008.001.08</OrgnlMsgNmId></OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>%[1]s-RCUR</OrgnlPmtInfId>%[2]s%[3]s</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>`,
		b.Message, rejected(first, "AM04"), rejected(second, "AC04")))
	var plan, done, again returnJSON
	m.json(&plan, "sepa", "return", file, "--dry-run")
	m.keys("matched already_known unmatched", "sepa", "return", file, "--dry-run")
	m.json(&done, "sepa", "return", file)
	if plan.Matched != 2 || done.Matched != 2 || done.AlreadyKnown != 0 || len(done.Unmatched) != 0 || !plan.DryRun {
		t.Fatalf("return: %+v, planned %+v", done, plan)
	}
	m.json(&again, "sepa", "return", file)
	if again.Matched != 0 || again.AlreadyKnown != 2 || !again.Replayed {
		t.Errorf("read twice: %+v", again)
	}
	if text := plain(m.ok("sepa", "return", file)); !strings.Contains(text, "a déjà été lu") || !strings.Contains(text, "0 rejet traité, 2 déjà connus") {
		t.Errorf("read twice, nothing says so: %s", text)
	}
	m.refused(exitRefused, "n’est pas", "sepa", "return", write(t, "faux.xml", "<html>pas une banque</html>"))
	var mandates []mandateJSON
	m.json(&mandates, "mandate", "list", "--family", number10(second.Family))
	if len(mandates) == 0 || mandates[0].State != "blocked" {
		t.Errorf("a closed account is still collected from: %+v", mandates)
	}
	m.ok("mandate", "amend", number10(mandates[0].ID), "--iban", "FR14 2004 1010 0505 0001 3M02 606")
	m.ok("mandate", "form", "--family", number10(second.Family), "--out", m.file("mandat.pdf"))
	says(t, m.file("mandat.pdf"), mandates[0].RUM, "Mandat de prélèvement SEPA")
	m.ok("mandate", "show", number10(mandates[0].ID))
	m.form(number10(first.Family))
	m.ok("sepa", "letters", number10(b.ID), "--out", m.file("rejets.pdf"))
	var shown struct{ Rejected int }
	m.json(&shown, "sepa", "show", number10(b.ID))
	if shown.Rejected != 2 {
		t.Errorf("%d rejected", shown.Rejected)
	}
}

// form wants a form that leaves the account to write by hand not to name its
// bank either: the next account may be another bank's.
func (m *month) form(family string) {
	t := m.t
	var mandates []mandateJSON
	m.json(&mandates, "mandate", "list", "--family", family)
	if len(mandates) == 0 || mandates[0].BIC == "" {
		t.Fatalf("no mandate with a BIC: %+v", mandates)
	}
	for _, account := range []bool{false, true} {
		m.ok("mandate", "form", "--family", family, "--out", m.file("vide.pdf"), "--account="+strconv.FormatBool(account))
		text, ok := peer(t, "pdftotext", "-layout", m.file("vide.pdf"), "-")
		if ok && strings.Contains(strings.ReplaceAll(text, " ", ""), mandates[0].BIC) != account {
			t.Errorf("a form with the account %v, BIC %s:\n%s", account, mandates[0].BIC, text)
		}
	}
}

func rejected(d debitJSON, code string) string {
	return fmt.Sprintf(`<TxInfAndSts><OrgnlEndToEndId>%s</OrgnlEndToEndId><TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>%s</Cd></Rsn></StsRsnInf>`+
		`<OrgnlTxRef><Amt><InstdAmt Ccy="EUR">%d.%02d</InstdAmt></Amt></OrgnlTxRef></TxInfAndSts>`, d.EndToEnd, code, d.Amount/100, d.Amount%100)
}

// owing gives an invoice still to be paid that no file asks for.
func (m *month) owing() invoiceJSON {
	m.t.Helper()
	var out struct{ Invoices []invoiceJSON }
	m.json(&out, "invoice", "unpaid", "--month", "2026-11")
	for _, v := range out.Invoices {
		if v.Open > 20_00 && v.State != "collecting" {
			return v
		}
	}
	m.t.Fatalf("nothing is owed: %+v", out)
	return invoiceJSON{}
}

func (m *month) payments() {
	t, v := m.t, m.owing()
	family := number10(v.Family)
	var plan, paid paidJSON
	ask := []string{"invoice", "pay", "--family", family, "--amount", "15", "--means", "cheque", "--reference", "n° 77", "--invoice", v.Number}
	m.json(&plan, append(ask, "--dry-run")...)
	m.json(&paid, append(ask, "--key", "cheque-77", "--out", m.file("quittance.pdf"))...)
	if plan.Paid != 15_00 || paid.Paid != 15_00 || paid.Receipt == nil || paid.Invoices[0].Left != v.Open-15_00 || plan.Receipt != nil {
		t.Errorf("paid %+v, planned %+v", paid, plan)
	}
	var again paidJSON
	m.json(&again, append(ask, "--key", "cheque-77")...)
	if again.Operation != paid.Operation || *again.Receipt != *paid.Receipt {
		t.Errorf("the same key paid twice: %+v", again)
	}
	m.refused(exitRefused, "moyen de paiement", "invoice", "pay", "--family", family, "--amount", "15", "--means", "or")
	m.refused(exitRefused, "Il reste", "invoice", "pay", "--family", family, "--amount", "9000", "--means", "cash", "--invoice", v.Number+"=9000")
	m.ok("invoice", "void", number10(paid.Operation), "--reason", "chèque sans signature")
	m.refused(exitRefused, "déjà été annulé", "invoice", "void", number10(paid.Operation), "--reason", "encore")
	m.ok("cash", "void", *paid.Receipt, "--reason", "chèque rendu")
	m.json(&paid, "invoice", "pay", "--family", family, "--amount", "10", "--means", "cash", "--invoice", v.Number)
	if paid.Invoices[0].Left != v.Open-10_00 {
		t.Errorf("after the void: %+v", paid)
	}
}

func (m *month) credit() {
	t, v := m.t, m.owing()
	var plan, made creditJSON
	m.json(&plan, "invoice", "credit", "--invoice", v.Number, "--lines", "1", "--reason", "Geste", "--dry-run")
	m.json(&made, "invoice", "credit", "--invoice", v.Number, "--lines", "1", "--reason", "Geste")
	if plan.Number != "" || made.Number == "" || made.Total != plan.Total || made.Total <= 0 || made.Reduces+made.ToWallet != made.Total {
		t.Errorf("credit %+v, planned %+v", made, plan)
	}
	m.refused(exitRefused, "déjà été rendue", "invoice", "credit", "--invoice", v.Number, "--lines", "1", "--reason", "Encore")
	m.ok("invoice", "pdf", "--number", made.Number, "--out", m.file("avoir.pdf"))
	says(t, m.file("avoir.pdf"), "Avoir n° "+made.Number, v.Number, made.Total.String())
}

func (m *month) reminders() {
	t := m.t
	m.now = time.Date(2027, 1, 12, 9, 0, 0, 0, calendar.Paris)
	var plan, done, again remindedJSON
	m.json(&plan, "invoice", "remind", "--dry-run")
	if plan.Count == 0 || plan.Families[0].Step < 1 {
		t.Fatalf("nobody to remind: %+v", plan)
	}
	m.json(&done, "invoice", "remind", "--out", m.file("relances.pdf"))
	if done.Count != plan.Count || done.Total != plan.Total || len(done.Files) != 1 {
		t.Errorf("reminded %+v, planned %+v", done, plan)
	}
	for _, f := range done.Families {
		says(t, m.file("relances.pdf"), f.Invoices[0], f.Open.String())
	}
	m.json(&again, "invoice", "remind", "--again", "2027-01-12", "--out", m.file("relances"))
	if again.Count != done.Count || len(again.Files) != done.Count {
		t.Errorf("letters printed again: %+v", again)
	}
	m.refused(exitRefused, "Aucune relance", "invoice", "remind")
}

func (m *month) cashOffice() {
	t := m.t
	m.refused(exitRefused, "n’est pas terminé", "cash", "lock", "--month", "2027-01")
	for _, day := range m.openDays() {
		m.ok("cash", "close", "--date", day.Date.String(), "--counted", strconv.FormatFloat(float64(day.Expected)/100, 'f', 2, 64))
	}
	var d cashDayJSON
	m.json(&d, "cash", "day")
	m.refused(exitRefused, "écart", "cash", "close", "--counted", "1")
	m.json(&d, "cash", "close", "--counted", "1", "--reason", "erreur de rendu", "--out", m.file("arrete.pdf"))
	if d.Difference != 1_00-d.Expected || d.Reason == "" {
		t.Errorf("close: %+v", d)
	}
	says(t, m.file("arrete.pdf"), "erreur de rendu", d.Expected.String())
	var plan, made slipJSON
	m.json(&plan, "cash", "slip", "--kind", "payment", "--month", "2026-12", "--dry-run")
	m.json(&made, "cash", "slip", "--kind", "payment", "--month", "2026-12", "--out", m.file("bordereau.pdf"))
	if made.Number == "" || made.Total != plan.Total || plan.Number != "" {
		t.Errorf("slip %+v, planned %+v", made, plan)
	}
	says(t, m.file("bordereau.pdf"), made.Total.String())
	m.ok("cash", "print", number10(made.ID), "--out", m.file("encore.pdf"))
	for _, month := range []string{"2026-10", "2026-11", "2026-12"} {
		m.ok("cash", "lock", "--month", month)
	}
	var locks []lockJSON
	m.json(&locks, "cash", "locks")
	if len(locks) < 3 || locks[0].Month.String() != "2026-12" {
		t.Errorf("locks: %+v", locks)
	}
	m.refused(exitRefused, "verrouillé", "wallet", "topup", "1", "10", "--means", "cheque", "--date", "2026-12-15")
	m.ok("cash", "journal", "--from", "2026-12-01", "--to", "2026-12-31")
	m.ok("cash", "slips")
}

// openDays are the days that moved cash and are not closed, today aside.
func (m *month) openDays() (open []cashDayJSON) {
	for _, month := range []string{"2026-12", "2027-01"} {
		var list []cashDayJSON
		m.json(&list, "cash", "days", "--month", month)
		for _, d := range list {
			if !d.Closed && d.In+d.Out != 0 && d.Date < calendar.DateOf(m.now) {
				open = append(open, d)
			}
		}
	}
	return open
}

var unpaidCell = regexp.MustCompile(`(?m)^2026`)

func (m *month) accountant() {
	t := m.t
	var books struct {
		Entries             int
		Sales, Paid, Unpaid money.Cents
		Locked              bool
		Files               []string
	}
	m.json(&books, "export", "accounts", "--month", "2026-12", "--out", m.file("comptes.xlsx"))
	if books.Entries == 0 || books.Sales < m.run.Total || !books.Locked || books.Unpaid <= 0 {
		t.Errorf("books: %+v", books)
	}
	m.json(&books, "export", "accounts", "--month", "2026-12", "--out", m.file("comptes"))
	if len(books.Files) != 5 {
		t.Errorf("parts: %v", books.Files)
	}
	for _, f := range books.Files {
		body, err := os.ReadFile(f)
		if err != nil || !strings.HasPrefix(string(body), "\ufeff") || !strings.Contains(string(body), ";") {
			t.Errorf("%s: %v", f, err)
		}
		if strings.Contains(f, "impayes") && (!strings.Contains(string(body), "ʳᵉ relance;") || strings.Contains(string(body), "relance;;")) {
			t.Errorf("a reminder without its day:\n%s", body)
		}
	}
	var role struct {
		Count int
		Total money.Cents
		Name  string
	}
	m.json(&role, "export", "treasury", "--month", "2026-11", "--out", m.file("pes.xml"))
	if role.Count == 0 || role.Total <= 0 || role.Name == "" {
		t.Errorf("role: %+v", role)
	}
	valid(t, m.file("pes.xml"), "pes", "PES_V2", "Rev0", "PES_Aller.xsd")
	m.ok("export", "tax", "--year", "2026", "--out", m.file("attestations.pdf"))
	says(t, m.file("attestations.pdf"), "atteste que « Communauté de communes de la Dombes » a reçu")
	if text, ok := peer(t, "pdftotext", "-layout", m.file("attestations.pdf"), "-"); ok && strings.Contains(text, "ommune de Communauté") {
		t.Error("the creditor is not a town, and a certificate calls it one")
	}
	m.ok("export", "tax", "--year", "2026", "--family", "1", "--out", m.file("attestations"))
	m.refused(exitRefused, "Rien n’a été payé", "export", "tax", "--year", "2020", "--out", m.file("x.pdf"))
	m.ok("invoice", "unpaid", "--out", m.file("restes.csv"))
	body, err := os.ReadFile(m.file("restes.csv"))
	var unpaid struct{ Count int }
	m.json(&unpaid, "invoice", "unpaid")
	if n := len(unpaidCell.FindAllString(string(body), -1)); err != nil || n != unpaid.Count || n == 0 {
		t.Errorf("%d rows for %d unpaid invoices: %v", n, unpaid.Count, err)
	}
}
