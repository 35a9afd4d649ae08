package desk

import (
	"bytes"
	"context"
	"io"
	"strconv"
	"strings"

	"ardoise/data"
	"ardoise/data/billing"
	"ardoise/data/ledger"
	"ardoise/data/mailbox"
	"ardoise/reports/receipt"
)

// Joiner makes the papers that go with a letter of the outbox: the invoice or
// credit note, the reminder, the receipt it speaks of. mailbox.Send asks for them
// as the program: the letter was decided by who had the right.
func Joiner(o *data.Office) mailbox.Joiner {
	return func(ctx context.Context, object string) ([]mailbox.Joined, error) {
		what, number, ok := strings.Cut(object, ":")
		id, err := strconv.ParseInt(number, 10, 64)
		if !ok || err != nil {
			return nil, nil // « debit_batch:3 » and the like join nothing
		}
		switch what {
		case "invoice":
			return joinInvoice(ctx, o, id)
		case "reminder":
			return joinReminder(ctx, o, id)
		case "receipt":
			return joinReceipt(ctx, o, id)
		}
		return nil, nil
	}
}

func joinInvoice(ctx context.Context, o *data.Office, id int64) (out []mailbox.Joined, err error) {
	p, err := NewPapers(ctx, o)
	if err != nil {
		return nil, err
	}
	err = p.EachInvoicePDF(ctx, []int64{id}, func(_ billing.Invoice, name string, pdf []byte) error {
		out = append(out, mailbox.Joined{Name: name, Content: bytes.Clone(pdf)})
		return nil
	}, nil)
	return out, err
}

func joinReminder(ctx context.Context, o *data.Office, id int64) (out []mailbox.Joined, err error) {
	plan, err := o.Billing.Reminder(ctx, id)
	if err != nil {
		return nil, err
	}
	p, err := NewPapers(ctx, o)
	if err != nil {
		return nil, err
	}
	err = p.EachReminderPDF(ctx, plan, func(_ billing.ReminderFamily, name string, pdf []byte) error {
		out = append(out, mailbox.Joined{Name: name, Content: bytes.Clone(pdf)})
		return nil
	}, nil)
	return out, err
}

func joinReceipt(ctx context.Context, o *data.Office, id int64) ([]mailbox.Joined, error) {
	r, err := o.Ledger.Receipt(ctx, id)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := ReceiptPDF(ctx, o, &b, r, false); err != nil {
		return nil, err
	}
	return []mailbox.Joined{{Name: "quittance-" + strings.ReplaceAll(r.Number(), "/", "-") + ".pdf", Content: b.Bytes()}}, nil
}

// ReceiptPDF prints a receipt; duplicate says so on the paper.
func ReceiptPDF(ctx context.Context, o *data.Office, w io.Writer, r ledger.Receipt, duplicate bool) error {
	f, err := o.Family.Get(ctx, r.FamilyID)
	if err != nil {
		return err
	}
	m, err := NewMaker(ctx, o.Catalog, f.Commune, "", o.Store.Now())
	if err != nil {
		return err
	}
	return receipt.PDF(ctx, w, m.PaperOf(r), Receipt(r, PayerOf(f), duplicate))
}
