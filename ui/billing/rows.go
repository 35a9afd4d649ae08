package billing

import (
	"slices"
	"strconv"
	"strings"

	"ardoise/data/billing"
	"ardoise/data/catalog"
	"ardoise/data/money"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// row is one line of the month's table, formatted once: a draft of the plan, or
// a numbered document.
type row struct {
	draft   int // index in the plan, -1: a document
	invoice int // index in the documents, -1: a draft

	familyID                                int64
	number, family, children, meals, amount string
	pay, payIcon                            string
	badge                                   widgets.BadgeSpec
	search                                  string // folded, for the text filter
	look                                    bool   // to be looked at before anything else
	quiet                                   bool   // left out or put off: muted
}

// The filters of the table.
const (
	showAll    = "all"
	showLook   = "look"
	showIssued = "issued"
	showDrafts = "drafts"
)

// rows gives the whole table: what is to be issued first, then what was.
func (s *sheet) rows() []row {
	out := make([]row, 0, len(s.plan.Drafts)+len(s.invoices))
	for i := range s.plan.Drafts {
		out = append(out, draftRow(i, &s.plan.Drafts[i]))
	}
	for i := range s.invoices {
		out = append(out, invoiceRow(i, &s.invoices[i]))
	}
	for i := range out {
		r := &out[i]
		r.search = catalog.Fold(r.family + " " + r.children + " " + r.number + " " + r.badge.Text)
	}
	return out
}

func draftRow(i int, d *billing.Draft) row {
	r := row{
		draft: i, invoice: -1, familyID: d.FamilyID, number: "—", family: d.Family, children: d.Children, meals: strconv.Itoa(d.Meals), amount: d.Total.String(),
		look: len(d.Warned) > 0 && d.State != billing.Left, quiet: d.State == billing.Left || d.State == billing.Carried,
	}
	r.pay, r.payIcon = payWord(d.Pay)
	if d.Total <= 0 {
		r.pay, r.payIcon = "—", ""
	}
	r.badge = stateBadge(d.State)
	if r.look && d.State == billing.Ready {
		r.badge = warnBadge(d.Warned[0])
	}
	return r
}

func invoiceRow(i int, v *billing.Invoice) row {
	r := row{
		draft: -1, invoice: i, familyID: v.FamilyID, number: v.Number, family: v.Family, children: v.Children, meals: strconv.Itoa(v.Meals), amount: v.Total.String(),
		badge: stateBadge(v.State), look: v.State == billing.Rejected || v.State == billing.Overdue,
	}
	r.pay, r.payIcon = payWord(v.Pay)
	if v.Kind == billing.KindCredit || v.Total <= 0 {
		r.pay, r.payIcon = "—", ""
	}
	return r
}

// payWord says how a document is to be paid.
func payWord(pay string) (text, icon string) {
	if pay == billing.PayDebit {
		return "Prélèvement", "bank"
	}
	return "Autre moyen", "cash"
}

// stateBadge shows a state by its words, its icon and its tone.
func stateBadge(s billing.State) widgets.BadgeSpec {
	b := widgets.BadgeSpec{Text: s.Label()}
	switch s {
	case billing.Ready:
		b.Icon, b.Tone = "clock", widgets.Neutral
	case billing.ToCredit, billing.Credit:
		b.Icon, b.Tone = "undo", widgets.Info
	case billing.Carried:
		b.Icon, b.Tone = "history", widgets.Neutral
	case billing.Left:
		b.Icon, b.Tone = "circle-dashed", widgets.Neutral
	case billing.Issued:
		b.Icon, b.Tone = "check", widgets.Success
	case billing.Partly:
		b.Icon, b.Tone = "circle-dashed", widgets.Warning
	case billing.Paid:
		b.Icon, b.Tone = "wallet", widgets.Success
	case billing.Collecting:
		b.Icon, b.Tone = "hourglass", widgets.Info
	case billing.Rejected:
		b.Icon, b.Tone, b.Text = "circle-cross", widgets.Failure, "Rejetée"
	case billing.Overdue:
		b.Icon, b.Tone = "clock", widgets.Warning
	}
	return b
}

// warnBadge is a draft's most pressing warning in two or three words.
func warnBadge(kind string) widgets.BadgeSpec {
	w := warnings[kind]
	return widgets.BadgeSpec{Icon: w.icon, Text: w.badge, Tone: w.tone}
}

// match reports whether a row is shown under a filter and a text.
func (r row) match(show, text string) bool {
	switch {
	case show == showLook && !r.look, show == showIssued && r.invoice < 0, show == showDrafts && (r.draft < 0 || r.quiet):
		return false
	case text == "":
		return true
	}
	for _, word := range strings.Fields(catalog.Fold(text)) {
		if !strings.Contains(r.search, word) {
			return false
		}
	}
	return true
}

// counts are the numbers beside the filters.
func counts(rows []row) (all, look, drafts, issued int) {
	for _, r := range rows {
		if r.look {
			look++
		}
		switch {
		case r.invoice >= 0:
			issued++
		case !r.quiet:
			drafts++
		}
	}
	return len(rows), look, drafts, issued
}

// total is a sum at the foot of the table.
type total struct {
	label  string
	amount money.Cents
	ink    theme.Token
}

// totals sum what is shown by way of paying; what is left out or put off is in
// none of them.
func (s *sheet) totals(rows []row) []total {
	var all, debit, other, open money.Cents
	var n, nd, no int
	for _, r := range rows {
		amount, pay := money.Cents(0), ""
		switch {
		case r.invoice >= 0:
			v := s.invoices[r.invoice]
			amount, pay = v.Total, v.Pay
			open += v.Open
		case r.quiet:
			continue
		default:
			d := s.plan.Drafts[r.draft]
			amount, pay = d.Total, d.Pay
			open += d.Total
		}
		n++
		all += amount
		if pay == billing.PayDebit {
			nd++
			debit += amount
		} else {
			no++
			other += amount
		}
	}
	out := []total{
		{label: "Total, " + plural(n, "facture", "factures"), amount: all},
		{label: "Prélèvement, " + strconv.Itoa(nd), amount: debit},
		{label: "Autres moyens, " + strconv.Itoa(no), amount: other},
	}
	if s.issued() {
		t := total{label: "Reste à payer", amount: max(0, open)}
		if s.over.Overdue > 0 {
			t.label, t.ink = "Reste dû, dont "+s.over.Overdue.String()+" échus", theme.Alerte
		}
		out = append(out, t)
	}
	return out
}

// shown gives the indices of the rows under a filter.
func shown(rows []row, show, text string) (out []int) {
	for i := range rows {
		if rows[i].match(show, text) {
			out = append(out, i)
		}
	}
	return slices.Clip(out)
}
