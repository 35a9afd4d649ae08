package invoice

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/reports/page/pagetest"
)

func in2027(m time.Month, d int) calendar.Date { return calendar.NewDate(2027, m, d) }

func parts() []Part {
	return []Part{
		{Number: "2026000101", IssuedOn: in2027(1, 5), Due: in2027(2, 5), Total: 15210, Rest: 15210},
		{Number: "2026000045", IssuedOn: calendar.NewDate(2026, 12, 5), Due: in2027(1, 5), Total: 8840, Paid: 4000, Rest: 4840},
	}
}

func reminder(step int) Reminder {
	return Reminder{
		Step: step, Date: in2027(3, 16), Payer: usual(1).Payer, Open: parts(), Total: 20050, PayBefore: in2027(3, 30), Earlier: in2027(3, 2),
		Treasury: "service de gestion comptable de Châtillon", Online: online(20050),
	}
}

func notice() DebitNotice {
	return DebitNotice{Date: in2027(1, 5), Payer: usual(1).Payer, Debit: *debit(20050), Invoices: parts()}
}

func refusal(code string) Refusal {
	return Refusal{Date: in2027(1, 25), Payer: usual(1).Payer, Debit: *debit(20050), Code: code, Invoices: parts(), PayBefore: in2027(2, 10), Online: online(20050)}
}

func TestReminders(t *testing.T) {
	for step, wants := range map[int][]string{
		1: {"Rappel", "Sauf erreur de notre part, les factures suivantes ne sont pas encore payées", "Nous vous remercions de payer 200,50 € au plus tard le mardi 30 mars 2027."},
		2: {"Deuxième rappel", "Nous vous avons écrit le 02/03/2027", "restent impayées", "Nous vous demandons de payer 200,50 €"},
		3: {"Dernier rappel avant recouvrement", "Malgré nos rappels, le dernier du 02/03/2027, les factures", "transmis au Trésor public (service de gestion comptable de Châtillon)"},
	} {
		text := pagetest.Text(t, made(t, paper, reminder(step)))
		got := strings.Join(strings.Fields(text), " ")
		contains(t, got, wants...)
		contains(t, got, "Saint-Marcel-en-Dombes, le 16 mars 2027", "Madame, Monsieur,", "M. et Mme Élodie et Karim FAVIER", "2 factures à payer",
			"2026000101 05/01/2027 05/02/2027 152,10 € 0,00 € 152,10 €", "2026000045 05/12/2026 05/01/2027 88,40 € 40,00 € 48,40 €",
			"Total 240,50 € 40,00 € 200,50 €", "Comment payer", "Par chèque", "En ligne, avec PayFiP", "Nathalie PERRET", "Page 1/1")
		if n := strings.Count(text, "\f"); n != 1 {
			t.Errorf("step %d: %d pages", step, n)
		}
	}
	one := reminder(3)
	one.Open, one.Total, one.Earlier, one.Treasury, one.Online = one.Open[:1], 15210, 0, "", nil
	got := words(t, made(t, paper, one))
	contains(t, got, "Malgré nos rappels, la facture suivante reste impayée.", "Trésor public (service de gestion comptable)", "1 facture à payer")
	lacks(t, got, "Déjà réglé", "PayFiP")
}

func TestNotice(t *testing.T) {
	text := pagetest.Text(t, made(t, paper, notice()))
	contains(t, strings.Join(strings.Fields(text), " "), "Avis de prélèvement", "Mercredi 20 janvier 2027", "nous prélèverons 200,50 € sur votre compte le mercredi 20 janvier 2027",
		"2026000101", "2026000045", "FR72ZZZ123456", "CANT-F0087-1", "FR76 •••• •••• •••• •••• •••• 189", "Prélevé le", "F-0087 20/01/2027 200,50 €")
	if strings.Count(text, "\f") != 1 {
		t.Errorf("not one page:\n%s", text)
	}
}

// Each reason has its words, its advice and its one page; one that we do not know
// is named.
func TestRefusals(t *testing.T) {
	for code, wants := range map[string][]string{
		"AC01": {"Prélèvement rejeté", "le numéro de compte n’est pas reconnu", "RIB à jour"}, "AC04": {"le compte est clos", "RIB à jour"},
		"AC06": {"le compte est bloqué", "RIB à jour"}, "AG01": {"n’accepte pas les prélèvements"}, "AM04": {"ne suffisait pas", "par un autre moyen"},
		"MD01": {"mandat valable", "nouveau mandat"}, "MD06": {"Prélèvement remboursé", "demandé le remboursement", "contestez"},
		"MS02": {"vous avez refusé"}, "MS03": {"n’en a pas donné"}, "BE05": {"identifiant de créancier", "L’erreur peut venir de nous"}, "ZZ99": {"code ZZ99"},
	} {
		text := pagetest.Text(t, made(t, paper, refusal(code)))
		got := strings.Join(strings.Fields(text), " ")
		contains(t, got, wants...)
		contains(t, got, "200,50 € du mercredi 20 janvier 2027", "mandat CANT-F0087-1", "de nouveau à payer", "au plus tard le mercredi 10 février 2027")
		if n := strings.Count(text, "\f"); n != 1 {
			t.Errorf("%s: %d pages", code, n)
		}
	}
	again := refusal("AM04")
	again.Retry, again.PayBefore, again.Online = in2027(2, 10), 0, nil
	got := words(t, made(t, paper, again))
	contains(t, got, "Présenté de nouveau le", "F-0087 10/02/2027 200,50 €", "une seconde fois le mercredi 10 février 2027")
	lacks(t, got, "de nouveau à payer", "Comment payer", "autre moyen")
}

func TestLetterRefusals(t *testing.T) {
	type change struct {
		kind fault.Kind
		one  Document
	}
	with := func(c func(*Reminder)) Document { r := reminder(1); c(&r); return r }
	debitWith := func(c func(*DebitNotice)) Document { n := notice(); c(&n); return n }
	backWith := func(c func(*Refusal)) Document { r := refusal("AC04"); c(&r); return r }
	for name, c := range map[string]change{
		"wrong total":          {fault.Internal, with(func(r *Reminder) { r.Total++ })},
		"wrong rest":           {fault.Internal, with(func(r *Reminder) { r.Open[0].Rest++; r.Total++ })},
		"nothing left":         {fault.Internal, with(func(r *Reminder) { r.Open[0].Paid, r.Open[0].Rest = r.Open[0].Total, 0; r.Total = r.Open[1].Rest })},
		"no invoice":           {fault.Invalid, with(func(r *Reminder) { r.Open, r.Total = nil, 0 })},
		"number":               {fault.Invalid, with(func(r *Reminder) { r.Open[0].Number = "A1" })},
		"step 0":               {fault.Invalid, with(func(r *Reminder) { r.Step = 0 })},
		"step 4":               {fault.Invalid, with(func(r *Reminder) { r.Step = 4 })},
		"no time left":         {fault.Invalid, with(func(r *Reminder) { r.PayBefore = r.Date })},
		"not due yet":          {fault.Invalid, with(func(r *Reminder) { r.Open[1].Due = r.Date })},
		"no payer":             {fault.Invalid, with(func(r *Reminder) { r.Payer.Name = "" })},
		"no date":              {fault.Invalid, with(func(r *Reminder) { r.Date = 0 })},
		"other link":           {fault.Invalid, with(func(r *Reminder) { r.Online = online(1) })},
		"notice: wrong sum":    {fault.Internal, debitWith(func(n *DebitNotice) { n.Debit.Amount-- })},
		"notice: after":        {fault.Invalid, debitWith(func(n *DebitNotice) { n.Date = n.Debit.Date })},
		"notice: no RUM":       {fault.Invalid, debitWith(func(n *DebitNotice) { n.Debit.RUM = " " })},
		"notice: no payer":     {fault.Invalid, debitWith(func(n *DebitNotice) { n.Payer = Addressee{} })},
		"refusal: wrong sum":   {fault.Internal, backWith(func(r *Refusal) { r.Debit.Amount++ })},
		"refusal: no reason":   {fault.Invalid, backWith(func(r *Refusal) { r.Code = "" })},
		"refusal: a death":     {fault.Invalid, backWith(func(r *Refusal) { r.Code = "MD07" })},
		"refusal: before":      {fault.Invalid, backWith(func(r *Refusal) { r.Date = r.Debit.Date.Add(-1) })},
		"refusal: no time":     {fault.Invalid, backWith(func(r *Refusal) { r.PayBefore = r.Date })},
		"refusal: retry AC04":  {fault.Invalid, backWith(func(r *Refusal) { r.Retry = in2027(3, 1) })},
		"refusal: other link":  {fault.Invalid, backWith(func(r *Refusal) { r.Online = online(5) })},
		"refusal: bare debit":  {fault.Invalid, backWith(func(r *Refusal) { r.Debit = Debit{} })},
		"refusal: no invoices": {fault.Invalid, backWith(func(r *Refusal) { r.Invoices = nil })},
	} {
		var out bytes.Buffer
		if err := PDF(ctx, &out, paper, c.one); fault.KindOf(err) != c.kind || err == nil || out.Len() > 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestManyLettersAndHostileOnes(t *testing.T) {
	var all []Reminder
	for i, h := range hostile {
		r := reminder(1 + i%3)
		r.Payer = Addressee{Name: h + "N", Address: []string{h, h, "01390 Ville"}, Family: h}
		r.Treasury = h
		all = append(all, r)
		n, f := notice(), refusal(h+"1")
		n.Payer, f.Payer = r.Payer, r.Payer
		contains(t, words(t, made(t, paper, n)), "200,50 €")
		contains(t, words(t, made(t, paper, f)), "200,50 €")
	}
	var out bytes.Buffer
	if err := AllPDF(ctx, &out, paper, Seq(all), len(all), nil); err != nil {
		t.Fatal(err)
	}
	if got := pagetest.Text(t, out.Bytes()); strings.Count(got, "01390 Ville") != len(all) {
		t.Errorf("%d of %d letters", strings.Count(got, "01390 Ville"), len(all))
	}
	long := reminder(2)
	long.Open, long.Total, long.Online = nil, 0, nil
	for i := range 120 {
		long.Open = append(long.Open, Part{Number: fmt.Sprint(2026000000 + i), IssuedOn: in2027(1, 5), Due: in2027(2, 5), Total: money.Cents(100 + i), Rest: money.Cents(100 + i)})
		long.Total += money.Cents(100 + i)
	}
	contains(t, words(t, made(t, paper, long)), "2026000119", "191,40 €", "Page 4/4")
	if err := AllPDF(ctx, io.Discard, paper, Seq([]DebitNotice{notice(), notice()}), 2, nil); err != nil {
		t.Error(err)
	}
}
