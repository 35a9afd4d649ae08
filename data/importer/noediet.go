package importer

import (
	"database/sql"
	"slices"
	"strings"

	"ardoise/data/catalog"
)

// loadDiets reads the questions of the town's own questionnaires that are about
// what a child eats. Health notes are never read.
func (f *noeFile) loadDiets(d *noeData) {
	choices := map[string]string{}
	f.each(func(r *sql.Rows) error {
		var id, label string
		err := r.Scan(&id, &label)
		choices[id] = f.tidy(label)
		return err
	}, `SELECT CAST(IDchoix AS TEXT), `+cell("label")+` FROM questionnaire_choix`)
	type question struct{ label, control string }
	asked := map[int64]question{}
	f.each(func(r *sql.Rows) error {
		var id int64
		var q question
		err := r.Scan(&id, &q.label, &q.control)
		if q.label = f.tidy(q.label); aboutDiet(q.label) {
			asked[id] = q
		}
		return err
	}, `SELECT `+whole("IDquestion")+`, `+cells("label", "controle")+` FROM questionnaire_questions`)
	if len(asked) == 0 {
		return
	}
	f.each(func(r *sql.Rows) error {
		var question, who int64
		var answer string
		if err := r.Scan(&question, &who, &answer); err != nil {
			return err
		}
		q, ok := asked[question]
		answer = f.tidy(answer)
		switch {
		case !ok || who == 0 || answer == "":
		case q.control == "case_coche":
			if answer == "1" {
				d.diets[who] = append(d.diets[who], q.label)
			}
		case q.control == "liste_deroulante" || q.control == "liste_coches":
			for _, id := range strings.Split(answer, ";") {
				if label := choices[strings.TrimSpace(id)]; label != "" {
					d.diets[who] = append(d.diets[who], label)
				}
			}
		case catalog.Fold(answer) == "oui":
			d.diets[who] = append(d.diets[who], q.label)
		default:
			d.diets[who] = append(d.diets[who], answer)
		}
		return nil
	}, `SELECT `+whole("IDquestion")+`, `+whole("IDindividu")+`, `+cell("reponse")+` FROM questionnaire_reponses ORDER BY 2, 1`)
}

// aboutDiet reports whether a question or a unit is about what is eaten.
func aboutDiet(label string) bool {
	key := catalog.Fold(label)
	for _, word := range []string{"regime", "alimentaire", "sans porc", "sans viande", "vegetarien", "type de repas", "menu"} {
		if strings.Contains(key, word) {
			return true
		}
	}
	return false
}

// noeDiet reads the diet that some answers say. said: they say one; known: it is
// one of ours. Where several are said, the one that leaves out most.
func noeDiet(answers []string) (code string, said, known bool) {
	best := -1
	order := []string{"standard", "sans_porc", "sans_viande", "vegetarien"}
	for _, a := range answers {
		key := catalog.Fold(a)
		got := ""
		if c, ok := dietCode(nil, a); ok {
			got = c
		}
		switch {
		case slices.Contains(order, got):
		case slices.Contains([]string{"", "non", "aucun", "sans objet", "sans regime", "neant", "rien"}, key):
			continue
		case strings.Contains(key, "vegetarien"):
			got = "vegetarien"
		case strings.Contains(key, "sans viande"):
			got = "sans_viande"
		case strings.Contains(key, "sans porc"):
			got = "sans_porc"
		default:
			said = true
			continue
		}
		said = true
		best = max(best, slices.Index(order, got))
	}
	if best < 0 {
		return "standard", said, !said
	}
	return order[best], said, true
}
