package main

import (
	"cmp"
	"context"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/importer"
	"ardoise/data/schoolyear"
	"ardoise/reports/desk"
)

type yearClassFlags struct {
	year, turnOn, school string
	names, moves         []string
	dryRun, lines, undo  bool
}

func (c *cli) yearClasses() *cobra.Command {
	var x yearClassFlags
	cmd := &cobra.Command{
		Use: "classes", Short: "propose les classes de l’année et la place de chaque élève ; validé, tout attend le jour de la montée", Args: words(),
		Long: "Montre où va chaque élève : la classe du niveau suivant, dans son école ou dans la seule autre de la commune qui l’a. Les CM2 sortent. " +
			"L’année en cours n’est pas touchée : les élèves ne changent de classe que le jour de la montée. La commande peut être refaite jusque-là.",
		Example: "  ardoisectl year classes --dry-run --lines\n" +
			"  ardoisectl year classes --school \"Les Étangs\" --name \"CE1 Mme Rey=CE1 Mme Roy\" --move \"128=CP M. Lac\" --move \"131=\"",
		RunE: func(cmd *cobra.Command, _ []string) error { return c.classesOfYear(cmd.Context(), x) },
	}
	yearFlag(cmd, &x.year)
	f := cmd.Flags()
	f.StringVar(&x.turnOn, "turn-on", "", "`JOUR` où les élèves montent")
	f.StringVar(&x.school, "school", "", "`ÉCOLE` dont parlent --name et --move")
	f.StringArrayVar(&x.names, "name", nil, "`ANCIEN=NOUVEAU` nom d’une classe ; vide après « = » : elle n’ouvre pas ; peut être répétée")
	f.StringArrayVar(&x.moves, "move", nil, "`ENFANT=CLASSE` par le numéro de l’enfant ; vide après « = » : il part ; peut être répétée")
	f.BoolVar(&x.lines, "lines", false, "montre aussi chaque élève")
	f.BoolVar(&x.undo, "undo", false, "oublie la répartition, tant que les élèves ne sont pas montés")
	f.BoolVar(&x.dryRun, "dry-run", false, "montre ce qui serait fait et n’écrit rien")
	return cmd
}

type yearClassJSON struct {
	School string `json:"school"`
	From   string `json:"from"`
	Name   string `json:"name"`
	New    bool   `json:"new"`
	Count  int    `json:"children"`
}

type yearChildJSON struct {
	ID     int64  `json:"child_id"`
	Child  string `json:"child"`
	Was    string `json:"was"`
	School string `json:"school"`
	Class  string `json:"class"`
	Level  string `json:"level"`
	Fate   string `json:"fate"`
	Why    string `json:"why"`
}

type yearClassesJSON struct {
	Year     string          `json:"year"`
	TurnOn   calendar.Date   `json:"turn_on"`
	Staying  int             `json:"staying"`
	Leaving  int             `json:"leaving"`
	Unplaced int             `json:"unplaced"`
	Settled  int             `json:"settled"`
	New      int             `json:"new_classes"`
	Changes  int             `json:"changes"`
	Classes  []yearClassJSON `json:"classes"`
	Children []yearChildJSON `json:"children"`
	DryRun   bool            `json:"dry_run"`
}

func (c *cli) classesOfYear(ctx context.Context, x yearClassFlags) error {
	return c.inYear(ctx, x.year, func(ctx context.Context, o *data.Office, y calendar.SchoolYear) error {
		ask, err := c.classAsk(ctx, o, x)
		if err != nil {
			return err
		}
		ask.Year = y
		if x.undo {
			view, err := o.Year.Overview(ctx, y)
			if err != nil {
				return err
			}
			if !x.dryRun {
				if err := o.Year.UndoClasses(ctx, view.Year); err != nil {
					return err
				}
			}
			ask.Year = view.Year
		}
		plan, err := o.Year.PlanClasses(ctx, ask)
		if err != nil {
			return err
		}
		out := classesOut(plan, x.dryRun)
		if !x.dryRun && !x.undo {
			if _, err := o.Year.CommitClasses(ctx, plan); err != nil {
				return err
			}
		}
		return c.say(out, func(w io.Writer) { putClasses(w, plan, x) })
	})
}

func (c *cli) classAsk(ctx context.Context, o *data.Office, x yearClassFlags) (ask schoolyear.ClassAsk, err error) {
	if ask.TurnOn, _, err = c.span(x.turnOn, "", today(o)); err != nil {
		return ask, err
	}
	if len(x.names)+len(x.moves) == 0 {
		return ask, nil
	}
	if err := need("school", x.school); err != nil {
		return ask, err
	}
	schools, err := o.Catalog.Schools(ctx)
	if err != nil {
		return ask, err
	}
	school, ok := catalog.FindSchool(schools, 0, x.school)
	if !ok {
		return ask, fault.New(fault.NotFound, "L’école « %s » n’est pas au catalogue.", x.school)
	}
	for _, n := range x.names {
		from, to, ok := strings.Cut(n, "=")
		if !ok {
			return ask, usage("--name veut ANCIEN=NOUVEAU, pas « %s »", n)
		}
		ask.Names = append(ask.Names, schoolyear.Rename{SchoolID: school.ID, From: strings.TrimSpace(from), To: strings.TrimSpace(to)})
	}
	for _, m := range x.moves {
		child, class, ok := strings.Cut(m, "=")
		if !ok {
			return ask, usage("--move veut ENFANT=CLASSE, pas « %s »", m)
		}
		id, err := number("d’enfant", child)
		if err != nil {
			return ask, err
		}
		class = strings.TrimSpace(class)
		ask.Moves = append(ask.Moves, schoolyear.Move{ChildID: id, SchoolID: school.ID, Class: class, Leaves: class == ""})
	}
	return ask, nil
}

func classesOut(p schoolyear.ClassPlan, dryRun bool) yearClassesJSON {
	out := yearClassesJSON{
		Year: p.Ask.Year.String(), TurnOn: p.Ask.TurnOn, Staying: p.Staying, Leaving: p.Leaving, Unplaced: p.Unplaced, Settled: p.Settled, New: p.New, Changes: p.Changes,
		Classes: []yearClassJSON{}, Children: []yearChildJSON{}, DryRun: dryRun,
	}
	for _, k := range p.Classes {
		out.Classes = append(out.Classes, yearClassJSON{k.School, k.From, k.Name, k.ID == 0, k.Count})
	}
	for _, k := range p.Children {
		out.Children = append(out.Children, yearChildJSON{k.ChildID, k.Child, k.FromClass, k.School, k.Class, k.Level, k.Fate, k.Why})
	}
	return out
}

func putClasses(w io.Writer, p schoolyear.ClassPlan, x yearClassFlags) {
	t := columns("École", "Classe", "Niveaux", ">Élèves", "")
	for _, k := range p.Classes {
		state := ""
		if k.ID == 0 {
			state = "à créer"
		}
		t.row(k.School, k.Name, strings.Join(k.Levels, ", "), k.Count, state)
	}
	t.print(w, "Aucune classe.")
	lines := columns(">N°", "Enfant", "Cette année", "L’an prochain", "")
	for _, k := range p.Children {
		if x.lines || k.Fate == schoolyear.Unplaced {
			to := cmp.Or(strings.TrimPrefix(k.School+", "+k.Class, ", "), "")
			switch k.Fate {
			case schoolyear.Leaves:
				to = "sortant"
			case schoolyear.Unplaced:
				to = "à placer"
			}
			lines.row(k.ChildID, k.Child, strings.Trim(k.FromClass+" "+k.FromLevel, " "), to, k.Why)
		}
	}
	if x.lines || p.Unplaced > 0 {
		lines.print(w, "")
	}
	put(w, "Année %s : %s, %s, %s. Les élèves montent le %s.\n", p.Ask.Year, count(p.Staying+p.Settled, "élève placé", "élèves placés"), count(p.Leaving, "sortant", "sortants"),
		count(p.Unplaced, "à placer", "à placer"), p.Ask.TurnOn.Long())
	switch {
	case x.dryRun:
		sayDry(w, true)
	case x.undo:
		put(w, "La répartition est oubliée. Voici ce qui serait proposé.\n")
	default:
		put(w, "Répartition enregistrée.\n")
	}
}

func (c *cli) yearCompare() *cobra.Command {
	var x ondeFlags
	cmd := &cobra.Command{
		Use: "compare", Short: "compare la liste ONDE d’une école avec la répartition ; n’écrit rien", Args: words(),
		Long:    "Compare les deux fichiers d’ONDE avec la répartition : confirmés, ailleurs, nouveaux, absents (sans doute partis). Rien n’est écrit : l’import est « import onde », le départ « year leavers --left ».",
		Example: "  ardoisectl year compare --school \"École de Saint-Marcel\" --pupils eleves.csv --guardians responsables.csv",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := need("school", x.school, "pupils", x.pupils, "guardians", x.guardians); err != nil {
				return err
			}
			return c.inYear(cmd.Context(), x.year, func(ctx context.Context, o *data.Office, y calendar.SchoolYear) error {
				return c.compare(ctx, o, y, x)
			})
		},
	}
	yearFlag(cmd, &x.year)
	f := cmd.Flags()
	f.StringVar(&x.school, "school", "", "`NOM` de l’école")
	f.StringVar(&x.commune, "commune", "", "`COMMUNE` de l’école")
	f.StringVar(&x.pupils, "pupils", "", "`FICHIER` des élèves")
	f.StringVar(&x.guardians, "guardians", "", "`FICHIER` des responsables")
	f.BoolVar(&x.lines, "lines", false, "montre aussi les élèves confirmés")
	return cmd
}

func (c *cli) compare(ctx context.Context, o *data.Office, y calendar.SchoolYear, x ondeFlags) error {
	in := importer.ONDE{School: x.school, Commune: x.commune, PupilsName: filepath.Base(x.pupils), GuardiansName: filepath.Base(x.guardians)}
	var err error
	if in.Pupils, err = inputBytes(x.pupils); err != nil {
		return err
	}
	if in.Guardians, err = inputBytes(x.guardians); err != nil {
		return err
	}
	view, err := o.Year.Overview(ctx, y)
	if err != nil {
		return err
	}
	in.Year = view.Year
	plan, err := o.Importer.PlanONDE(ctx, in)
	if err != nil {
		return err
	}
	k, err := o.Year.Compare(ctx, desk.SchoolList(plan))
	if err != nil {
		return err
	}
	out := yearCompareJSON{k.Year.String(), k.School, k.Counts, append([]string{}, k.NewClasses...), append([]string{}, k.NoClasses...), []yearCompareLine{}}
	for _, l := range k.Lines {
		out.Lines = append(out.Lines, yearCompareLine{l.What, l.ChildID, l.Child, l.Ours, l.Theirs})
	}
	return c.say(out, func(w io.Writer) {
		t := columns("", ">N°", "Enfant", "Répartition", "ONDE")
		for _, l := range k.Lines {
			if x.lines || l.What != schoolyear.Confirmed {
				t.row(comparedWords[l.What], l.ChildID, l.Child, l.Ours, strings.TrimSpace(l.Theirs+" "+l.Level))
			}
		}
		t.print(w, "La liste confirme toute la répartition.")
		for _, name := range k.NewClasses {
			put(w, "  classe d’ONDE que la répartition n’a pas : %s\n", name)
		}
		for _, name := range k.NoClasses {
			put(w, "  classe de la répartition qu’ONDE n’a pas : %s\n", name)
		}
		put(w, "%s, %s : %s, %s, %s, %s, %s.\n", k.School, k.Year, count(k.Counts[schoolyear.Confirmed], "confirmé", "confirmés"), count(k.Counts[schoolyear.Elsewhere], "ailleurs", "ailleurs"),
			count(k.Counts[schoolyear.Arrives], "nouveau", "nouveaux"), count(k.Counts[schoolyear.Returns], "revient", "reviennent"), count(k.Counts[schoolyear.Missing], "absent d’ONDE", "absents d’ONDE"))
	})
}
