package family_test

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"ardoise/data/family"
	"ardoise/data/fault"
)

// TestMergeDoesWhatWasShown: a plan that is no longer that of the two families
// is refused, whatever changed, and so is one that nobody made.
func TestMergeDoesWhatWasShown(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		a, b := h.create(t, favier()), h.create(t, other("MARTIN", "Paul", "", ""))
		service := h.number(t, `SELECT id FROM service WHERE code = 'cantine-saint-marcel'`)
		for what, change := range map[string]func(){
			"a child came": func() {
				if _, err := h.AddChild(h.ctx, b.ID, family.Child{Last: "MARTIN", First: "Zoé", Birth: day("2018-05-05")}); err != nil {
					t.Fatal(err)
				}
			},
			"the kept family moved": func() {
				f, err := h.Get(h.ctx, a.ID)
				if err != nil {
					t.Fatal(err)
				}
				f.Note = "nouvelle adresse en janvier"
				if err := h.Update(h.ctx, f); err != nil {
					t.Fatal(err)
				}
			},
			"a request came": func() {
				h.write(t, `INSERT INTO access_request (child_id, family_id, service_id, school_year, state, received_at) VALUES ($1, $2, $3, 2026, 'submitted', '2026-11-01T10:00:00Z')`, a.Children[0].ID, b.ID, service)
			},
			"a document came": func() {
				h.write(t, `INSERT INTO document (family_id, kind, name, media, size, digest, sealed, received_on, valid_to, created_at)
					VALUES ($1, 'other', 'x.pdf', 'application/pdf', 1, $2, $2, '2026-11-01', '2027-08-31', '2026-11-01T10:00:00Z')`, b.ID, []byte{})
			},
		} {
			p, err := h.MergePlan(h.ctx, a.ID, b.ID)
			if err != nil {
				t.Fatal(err)
			}
			change()
			if err := h.Merge(h.ctx, p); fault.KindOf(err) != fault.Conflict || !strings.Contains(fault.Sentence(err), "a changé") {
				t.Errorf("%s: the old plan is done all the same: %v", what, err)
			}
			if f, err := h.Get(h.ctx, b.ID); err != nil || f.State != family.Active {
				t.Errorf("%s: %+v %v", what, f, err)
			}
		}
		if err := h.Merge(h.ctx, family.MergePlan{A: a, B: b}); fault.KindOf(err) != fault.Conflict {
			t.Error("a plan made by hand is done:", err)
		}
		if err := h.merge(a.ID, b.ID); err != nil {
			t.Error(err)
		}
	})
}

// TestExportAfterMerge: what the ledger holds of a family stays under its
// number when it is merged, and belongs to the survivor's right of access;
// merged twice over it still does. A stranger's rows do not.
func TestExportAfterMerge(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		a := h.create(t, favier())
		b, c := h.create(t, other("MARTIN", "Paul", "", "")), h.create(t, other("DUPONT", "Anne", "", ""))
		stranger := h.create(t, other("BERNARD", "Luc", "", ""))
		for name, f := range map[string]family.Family{"martin": b, "dupont": c, "bernard": stranger} {
			h.write(t, `INSERT INTO operation (key, digest, kind, at, agent_id, family_id, label) VALUES ($1, 'd', 'topup', '2026-11-01T10:00:00Z', 1, $2, $3)`, "k"+name, f.ID, "operation-"+name)
			h.write(t, `INSERT INTO account (kind, family_id, code, balance, floor) VALUES ('wallet', $1, $2, 0, 0)`, f.ID, "wallet:"+name)
			h.write(t, `INSERT INTO account (kind, code, balance) VALUES ('cash', $1, 0)`, "cash:"+name)
			h.write(t, `INSERT INTO transfer (operation_id, debit_id, credit_id, amount, kind, on_day, label)
				SELECT o.id, d.id, k.id, 100, 'topup', '2026-11-01', $2 FROM operation o, account d, account k WHERE o.key = $1 AND d.code = $3 AND k.code = $4`,
				"k"+name, "transfer-"+name, "cash:"+name, "wallet:"+name)
			h.write(t, `INSERT INTO receipt (year, number, operation_id, transfer_id, family_id, means, payer, amount, balance_after, at, agent)
				SELECT 2026, t.id, t.operation_id, t.id, $2, 'cash', $3, 100, 100, '2026-11-01T10:00:00Z', 'x' FROM transfer t WHERE t.label = $1`,
				"transfer-"+name, f.ID, "receipt-"+name)
		}
		for _, pair := range [][2]int64{{b.ID, c.ID}, {a.ID, b.ID}} { // dupont into martin, then martin into favier
			if err := h.merge(pair[0], pair[1]); err != nil {
				t.Fatal(err)
			}
		}
		var out bytes.Buffer
		if err := h.Export(h.ctx, a.ID, family.ExportOptions{}, &out); err != nil {
			t.Fatal(err)
		}
		z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range z.File {
			if d := e.Modified.Sub(h.db.Now()).Abs(); d > time.Minute {
				t.Errorf("%s is dated %v", e.Name, e.Modified)
			}
		}
		rows, err := z.Open("donnees.json")
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(rows)
		if err != nil {
			t.Fatal(err)
		}
		for _, what := range []string{"operation", "transfer", "receipt"} {
			for _, name := range []string{"martin", "dupont"} {
				if !bytes.Contains(raw, []byte(what+"-"+name)) {
					t.Errorf("the export lacks the %s of %s", what, name)
				}
			}
			if bytes.Contains(raw, []byte(what+"-bernard")) {
				t.Errorf("the export tells a stranger's %s", what)
			}
		}
	})
}
