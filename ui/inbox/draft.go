package inbox

import (
	"slices"
	"strings"

	"ardoise/data/bank"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/mailbox"
	"ardoise/data/mailbox/reading"
)

// draft is a choice while an agent puts it right.
type draft struct {
	mailbox.Choice
	off  []calendar.Date // days taken off, still shown
	late bool            // a cut-off has passed
}

// wanted says which fields a kind of action has.
var wanted = map[reading.Kind][]string{
	reading.Book:             {"children", "service", "day", "days", "override"},
	reading.Cancel:           {"children", "service", "day", "days", "override"},
	reading.JustifiedAbsence: {"children", "service", "day", "days", "absence"},
	reading.Documents:        {},
	reading.AccessRequest:    {"children", "service", "pay"},
	reading.BankDetails:      {"iban", "bic", "holder", "checked"},
}

// wants reports whether a field is asked for.
func (d *draft) wants(field string) bool {
	switch {
	case field == "override" && !d.late && d.Override == "":
		return false
	case field == "days" && len(d.Days) == 0:
		return false
	case field == "checked" && d.Kind == reading.AccessRequest:
		return d.IBAN != ""
	}
	return slices.Contains(wanted[d.Kind], field)
}

// addDay adds a day in its place; it reports whether it was a day.
func (d *draft) addDay(day calendar.Date) bool {
	if day.IsZero() {
		return false
	}
	d.off = slices.DeleteFunc(d.off, func(x calendar.Date) bool { return x == day })
	if !slices.Contains(d.Days, day) {
		d.Days = append(slices.Clone(d.Days), day)
		slices.Sort(d.Days)
	}
	return true
}

// kept are the days that were not taken off.
func (d *draft) kept() (out []calendar.Date) {
	for _, day := range d.Days {
		if !slices.Contains(d.off, day) {
			out = append(out, day)
		}
	}
	return out
}

// typed is what the fields of the dialog say.
type typed struct {
	children               []int64
	service                int64
	absence, pay, override string
	iban, bic, holder      string
	confirmed              bool
	files                  []mailbox.Filing
}

// choice makes the decision's choice of what was typed: only what the kind has.
func (d *draft) choice(in typed) (mailbox.Choice, error) {
	c := mailbox.Choice{N: d.N, Kind: d.Kind}
	if d.wants("children") {
		c.Children = in.children
	}
	if d.wants("service") {
		c.ServiceID = in.service
	}
	if d.wants("day") {
		c.Days = d.kept()
	}
	if d.wants("absence") {
		c.Absence = in.absence
	}
	if d.wants("pay") {
		c.Pay = in.pay
	}
	if d.wants("override") {
		c.Override = strings.TrimSpace(in.override)
	}
	switch d.Kind {
	case reading.JustifiedAbsence:
		c.Files = in.files
	case reading.Documents:
		if c.Files = in.files; len(c.Files) == 0 {
			return c, fault.New(fault.Invalid, "Dites ce qu’est au moins une pièce jointe.")
		}
	case reading.AccessRequest:
		c.Files, c.IBAN, c.BIC, c.Holder, c.Confirmed = in.files, d.IBAN, d.BIC, d.Holder, in.confirmed && d.IBAN != ""
	case reading.BankDetails:
		iban, err := bank.ParseIBAN(in.iban)
		if err != nil {
			return c, err
		}
		bic, err := bank.ParseBIC(in.bic)
		if err != nil {
			return c, err
		}
		c.IBAN, c.BIC, c.Holder, c.Confirmed = string(iban), string(bic), strings.TrimSpace(in.holder), in.confirmed
		c.Files = d.Files
	}
	return c, nil
}

// filing reports whether the kind of action files attachments.
func (d *draft) filing() bool {
	return d.Kind == reading.Documents || d.Kind == reading.AccessRequest || d.Kind == reading.JustifiedAbsence
}

// accepted are the attachments that may be filed.
func accepted(files []mailbox.File) (out []mailbox.File) {
	for _, f := range files {
		if f.Accepted {
			out = append(out, f)
		}
	}
	return out
}
