package access

import (
	"database/sql"
	"fmt"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/store"
)

type requirement struct {
	kind, label string
	months      int
	debitOnly   bool
}

func requirements(tx *store.Tx, serviceID int64) ([]requirement, error) {
	return store.Collect(tx, func(r *sql.Rows) (q requirement, err error) {
		err = r.Scan(&q.kind, &q.label, &q.months, &q.debitOnly)
		return
	}, `SELECT kind, label, months, debit_only FROM required_document WHERE service_id = $1 ORDER BY rank, kind`, serviceID)
}

const documentColumns = `d.id, d.family_id, COALESCE(d.child_id, 0), d.kind, d.name, d.media, d.size, d.state, d.reason, d.received_on, d.valid_to`

func scanDocument(r *sql.Rows) (d Document, err error) {
	err = r.Scan(&d.ID, &d.FamilyID, &d.ChildID, &d.Kind, &d.Name, &d.Media, &d.Size, &d.State, &d.Reason, &d.ReceivedOn, &d.ValidTo)
	d.Label = catalog.DocumentLabel(d.Kind)
	return
}

// documentsOf gives what is on file for a child: its own documents and those of
// its family, the newest first; what was replaced is left out.
func documentsOf(tx *store.Tx, childID, familyID int64) ([]Document, error) {
	return store.Collect(tx, scanDocument, `SELECT `+documentColumns+` FROM document d
		WHERE (d.child_id = $1 OR (d.child_id IS NULL AND d.family_id = $2)) AND d.state <> 'replaced'
		ORDER BY d.id DESC`, childID, familyID)
}

// checklist compares what a service asks with what is on file, on a given day.
func checklist(need []requirement, have []Document, pay string, today calendar.Date) (items []Item, missing []string) {
	for _, n := range need {
		if n.debitOnly && pay != Monthly {
			continue
		}
		it := Item{Kind: n.kind, Label: n.label, Months: n.months, Problem: "à fournir"}
		for i := range have {
			d := have[i]
			if d.Kind != n.kind {
				continue
			}
			d.Label = n.label
			it.Document = &d
			switch {
			case d.State == "rejected":
				it.Problem = "refusée : " + d.Reason
			case d.ValidTo < today:
				it.Problem = "échue depuis le " + d.ValidTo.Short()
			default:
				it.OK, it.Problem = true, ""
			}
			break // the newest decides
		}
		if !it.OK {
			label := it.Label
			if it.Document != nil {
				label += " (" + it.Problem + ")"
			}
			missing = append(missing, label)
		}
		items = append(items, it)
	}
	return items, missing
}

// validTo is the end of an access: the end of the school year, or the first of
// its required documents to lapse.
func validTo(items []Item, year calendar.SchoolYear) calendar.Date {
	end := year.Last()
	for _, it := range items {
		if it.OK && it.Document.ValidTo < end {
			end = it.Document.ValidTo
		}
	}
	return end
}

func (r *Request) fillChecklist(tx *store.Tx, today calendar.Date) error {
	need, err := requirements(tx, r.ServiceID)
	if err != nil {
		return fmt.Errorf("access: requirements of service %d: %w", r.ServiceID, err)
	}
	have, err := documentsOf(tx, r.ChildID, r.FamilyID)
	if err != nil {
		return fmt.Errorf("access: documents of child %d: %w", r.ChildID, err)
	}
	r.Checklist, r.Missing = checklist(need, have, r.Pay, today)
	return nil
}

// ChecklistsTx gives the checklists of requests that are not made yet, in their
// order, as they would be on a day to come; families are those of the children.
// Two questions, whatever their number.
func ChecklistsTx(tx *store.Tx, asked []Asked, families []int64, on calendar.Date) ([][]Item, error) {
	list := make([]Request, len(asked))
	for i, a := range asked {
		list[i] = Request{ChildID: a.ChildID, FamilyID: families[i], ServiceID: a.ServiceID, Pay: a.Pay}
	}
	if err := fillMany(tx, list, on); err != nil {
		return nil, err
	}
	out := make([][]Item, len(list))
	for i, q := range list {
		out[i] = q.Checklist
	}
	return out, nil
}
