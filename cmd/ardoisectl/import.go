package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"ardoise/data/calendar"
	"ardoise/data/importer"
)

func (c *cli) importCommand() *cobra.Command {
	return group("import", "listes venues d’ailleurs : ONDE, familles, Noethys, calendrier, fermetures", c.importONDE(), c.importFamilies(), c.importNoethys(), c.importCalendar(), c.importClosures())
}

type refusalJSON struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Reason string `json:"reason"`
}

// ondeJSON is the answer of import onde (ctl.md): children created, updated,
// unchanged.
type ondeJSON struct {
	Families  int           `json:"families"`
	Children  int           `json:"children"`
	Created   int           `json:"created"`
	Updated   int           `json:"updated"`
	Unchanged int           `json:"unchanged"`
	Refused   []refusalJSON `json:"refused"`
	School    string        `json:"school"`
	NewSchool bool          `json:"new_school"`
	DryRun    bool          `json:"dry_run"`
}

func refusalsJSON(list []importer.Refusal) []refusalJSON {
	out := []refusalJSON{}
	for _, r := range list {
		out = append(out, refusalJSON{r.File, r.Line, r.Reason})
	}
	return out
}

type ondeFlags struct {
	school, commune, year, pupils, guardians string
	dryRun, lines, noBackup                  bool
}

func (c *cli) importONDE() *cobra.Command {
	var x ondeFlags
	cmd := &cobra.Command{
		Use: "onde", Short: "listes d’élèves et de responsables d’ONDE : le plan, puis l’import, tout ou rien", Args: words(),
		Long: "Importe les deux fichiers CSV qu’ONDE donne (Windows-1252 ou UTF-8). Le plan est montré d’abord : créés, modifiés, inchangés, refusés avec le motif " +
			"et la ligne. Un second import des mêmes fichiers ne change rien. Une école que le catalogue n’a pas est créée.",
		Example: "  ardoisectl import onde --school \"École de Saint-Marcel\" --pupils eleves.csv --guardians responsables.csv --dry-run",
		RunE:    func(cmd *cobra.Command, _ []string) error { return c.onde(cmd.Context(), x) },
	}
	f := cmd.Flags()
	f.StringVar(&x.school, "school", "", "`NOM` de l’école")
	f.StringVar(&x.commune, "commune", "", "`COMMUNE` de l’école, si le catalogue n’a pas l’école")
	f.StringVar(&x.year, "year", "", "`AAAA-AAAA`, année scolaire (défaut\u00a0: celle d’aujourd’hui)")
	f.StringVar(&x.pupils, "pupils", "", "`FICHIER` des élèves")
	f.StringVar(&x.guardians, "guardians", "", "`FICHIER` des responsables")
	f.BoolVar(&x.dryRun, "dry-run", false, "montre le plan et n’écrit rien")
	f.BoolVar(&x.noBackup, "no-backup", false, noBackupHelp)
	f.BoolVar(&x.lines, "lines", false, "montre aussi chaque enfant créé ou modifié et chaque ligne refusée")
	return cmd
}

func (c *cli) onde(ctx context.Context, x ondeFlags) error {
	if err := need("school", x.school, "pupils", x.pupils, "guardians", x.guardians); err != nil {
		return err
	}
	in := importer.ONDE{School: x.school, Commune: x.commune, PupilsName: filepath.Base(x.pupils), GuardiansName: filepath.Base(x.guardians)}
	var err error
	if x.year != "" {
		if in.Year, err = calendar.ParseSchoolYear(x.year); err != nil {
			return err
		}
	}
	if in.Pupils, err = inputBytes(x.pupils); err != nil {
		return err
	}
	if in.Guardians, err = inputBytes(x.guardians); err != nil {
		return err
	}
	ctx, o, err := c.enter(ctx)
	if err != nil {
		return err
	}
	plan, err := o.Importer.PlanONDE(ctx, in)
	if err != nil {
		return err
	}
	if !x.dryRun {
		plan.NoCopy = x.noBackup
		if err := o.Importer.CommitONDE(ctx, plan); err != nil {
			return err
		}
	}
	return c.say(importOut(plan, x.dryRun), func(w io.Writer) { sayImport(w, plan, x.lines, x.dryRun) })
}

func importOut(plan *importer.ONDEPlan, dryRun bool) ondeJSON {
	return ondeJSON{plan.Families, plan.Children, plan.Created, plan.Updated, plan.Unchanged, refusalsJSON(plan.Refused), plan.School, plan.NewSchool, dryRun}
}

func sayImport(w io.Writer, plan *importer.ONDEPlan, lines, dryRun bool) {
	if lines {
		t := columns("", "Enfant", "Né(e) le", "Classe", "Famille", "Détail")
		for _, l := range plan.Lines {
			if l.Action != importer.Unchanged {
				t.row(importActions[l.Action], l.Child, l.Birth.Short(), l.Class, l.Family, l.Detail)
			}
		}
		t.print(w, "Aucun changement.")
	}
	sayRefused(w, plan.Refused, lines)
	for _, n := range plan.Notices {
		put(w, "  à savoir : %s, ligne %d : %s\n", n.File, n.Line, n.Text)
	}
	for _, l := range plan.Left {
		put(w, "  plus dans la liste (rien n’est changé) : %s, %s\n", l.Child, l.Class)
	}
	put(w, "%s\n", plan.Summary())
	switch {
	case dryRun:
		put(w, "Rien n’a été écrit (--dry-run).\n")
	case plan.Changes():
		put(w, "Import enregistré.\n")
	default:
		put(w, "Rien à changer.\n")
	}
}

// manyRefused is how many lines refused for one cause are told one by one.
const manyRefused = 3

// sayRefused tells what is refused; many lines of one file refused for one cause
// (a list of pupils cut short leaves most guardians without a child) are told
// together, unless each is asked for.
func sayRefused(w io.Writer, list []importer.Refusal, each bool) {
	type cause struct{ file, kind string }
	groups := map[cause][]importer.Refusal{}
	for _, r := range list {
		k := cause{r.File, r.Kind}
		groups[k] = append(groups[k], r)
	}
	for _, r := range list {
		k := cause{r.File, r.Kind}
		group := groups[k]
		switch {
		case each || len(group) <= manyRefused:
			put(w, "  refusé : %s, ligne %d, %s : %s\n", r.File, r.Line, r.Who, r.Reason)
		case group[0] == r:
			put(w, "  refusées : %s, %d lignes pour une même cause (%s). Ligne %d, %s : %s\n", r.File, len(group), lineRanges(group), r.Line, r.Who, r.Reason)
		}
	}
}

// lineRanges writes "2, 5 à 40, 44".
func lineRanges(list []importer.Refusal) string {
	var numbers []int
	for _, r := range list {
		numbers = append(numbers, r.Line)
	}
	slices.Sort(numbers)
	numbers = slices.Compact(numbers)
	var out []string
	for i := 0; i < len(numbers); {
		k := i
		for k+1 < len(numbers) && numbers[k+1] == numbers[k]+1 {
			k++
		}
		switch {
		case k == i:
			out = append(out, strconv.Itoa(numbers[i]))
		case k == i+1:
			out = append(out, strconv.Itoa(numbers[i]), strconv.Itoa(numbers[k]))
		default:
			out = append(out, fmt.Sprintf("%d à %d", numbers[i], numbers[k]))
		}
		i = k + 1
	}
	return strings.Join(out, ", ")
}

var importActions = map[string]string{importer.Create: "créé", importer.Update: "modifié", importer.Unchanged: "inchangé", importer.Gone: "parti"}
