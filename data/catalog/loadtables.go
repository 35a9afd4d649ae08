package catalog

import (
	"slices"
	"strings"
)

// The small tables that hang on a service: schools, classes, documents.

// replace writes the rows of a small table that hang on services anew, for the
// services where they, told by texts, are not what they were.
func (l *loader) replace(what string, list []*incoming, table, columns string, texts func(*Draft) []string, rows func(*Draft) [][]any) error {
	var ids []int64
	var fresh [][]any
	for _, in := range list {
		old, now := texts(&in.old), texts(&in.draft)
		if slices.Equal(old, now) {
			continue
		}
		if !in.isNew() {
			l.sum.count(what, in.draft.Info.Name, false, true, listChanges(old, now)...)
			ids = append(ids, in.draft.Info.ID)
		}
		fresh = append(fresh, rows(&in.draft)...)
	}
	if len(ids) > 0 {
		if _, err := l.tx.Exec(`DELETE FROM `+table+` WHERE service_id = ANY($1)`, ids); err != nil {
			return err
		}
	}
	return insertRows(l.tx, `INSERT INTO `+table+` (service_id, `+columns+`)`, fresh, ``)
}

// listChanges says what came to a list and what left it, in one line.
func listChanges(old, now []string) []string {
	var out []string
	missing := func(from, in []string) (list []string) {
		for _, v := range from {
			if !slices.Contains(in, v) {
				list = append(list, v)
			}
		}
		return list
	}
	if came := missing(now, old); len(came) > 0 {
		out = append(out, "ajout de "+strings.Join(came, ", "))
	}
	if left := missing(old, now); len(left) > 0 {
		out = append(out, "retrait de "+strings.Join(left, ", "))
	}
	if len(out) == 0 {
		return []string{"autre ordre"}
	}
	return []string{strings.Join(out, " ; ")}
}

func (l *loader) schoolNames() map[int64]string {
	out := map[int64]string{}
	for _, h := range l.houses {
		out[h.ID] = h.Name + ", " + h.Commune
	}
	return out
}

func (l *loader) writeSchools(list []*incoming) error {
	names := l.schoolNames()
	return l.replace("Écoles de", list, "service_school", "school_id, sitting_id", func(d *Draft) (out []string) {
		for _, t := range d.Schools {
			out = append(out, atSitting(names[t.SchoolID], t.Sitting))
		}
		slices.Sort(out) // they have no order
		return out
	}, func(d *Draft) (rows [][]any) {
		for _, t := range d.Schools {
			rows = append(rows, []any{d.Info.ID, t.SchoolID, nullID(d.sittingID(t.Sitting))})
		}
		return rows
	})
}

func atSitting(name, sitting string) string {
	if sitting != "" {
		name += " (" + sitting + ")"
	}
	return "« " + name + " »"
}

func (l *loader) writeClasses(list []*incoming) error {
	names, schools := map[int64]string{}, l.schoolNames()
	for _, k := range l.classed {
		names[k.ID] = k.Name + ", " + schools[k.SchoolID] + ", " + k.Year.String()
	}
	return l.replace("Tours des classes de", list, "class_sitting", "class_id, sitting_id", func(d *Draft) (out []string) {
		for _, t := range d.Classes {
			out = append(out, atSitting(names[t.ClassID], t.Sitting))
		}
		slices.Sort(out)
		return out
	}, func(d *Draft) (rows [][]any) {
		for _, t := range d.Classes {
			rows = append(rows, []any{d.Info.ID, t.ClassID, d.sittingID(t.Sitting)})
		}
		return rows
	})
}

func (l *loader) writeDocuments(list []*incoming) error {
	return l.replace("Pièces demandées par", list, "required_document", "kind, label, months, debit_only, rank", func(d *Draft) (out []string) {
		for _, r := range d.Documents {
			out = append(out, documentWords(r))
		}
		return out
	}, func(d *Draft) (rows [][]any) {
		for i, r := range d.Documents {
			rows = append(rows, []any{d.Info.ID, r.Kind, r.Label, r.Months, r.DebitOnly, i})
		}
		return rows
	})
}

// documentWords tells a document asked for: « Fiche sanitaire » (12 mois).
func documentWords(r RequiredDocument) string {
	text := "« " + r.Label + " » ("
	if l := DocumentLabel(r.Kind); l != r.Label {
		text += l + ", "
	}
	text += itoa(int64(r.Months)) + nbsp + "mois"
	if r.DebitOnly {
		text += ", pour le prélèvement seulement"
	}
	return text + ")"
}
