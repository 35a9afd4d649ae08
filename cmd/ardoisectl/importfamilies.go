package main

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"ardoise/data/calendar"
	"ardoise/data/importer"
)

type sheetFlags struct {
	school, year, words string
	dryRun, lines       bool
	noBackup            bool
}

func (c *cli) importFamilies() *cobra.Command {
	var x sheetFlags
	cmd := &cobra.Command{
		Use: "families FICHIER.xlsx|.csv", Short: "classeur de familles : une ligne par enfant ; le plan, puis l’import, tout ou rien", Args: words("le fichier"),
		Long: "Importe un classeur (.xlsx) ou un CSV de familles, une ligne par enfant. Les en-têtes français usuels sont reconnus ; --map donne un fichier qui dit " +
			"les autres, une ligne « en-tête = champ » par colonne. Champs : " + strings.Join(importer.Fields(), ", ") + ".",
		RunE: func(cmd *cobra.Command, args []string) error { return c.sheet(cmd.Context(), x, args[0]) },
	}
	f := cmd.Flags()
	f.StringVar(&x.words, "map", "", "`FICHIER` de correspondance des en-têtes")
	f.StringVar(&x.school, "school", "", "`NOM` de l’école des enfants dont la ligne n’en dit aucune")
	f.StringVar(&x.year, "year", "", "`AAAA-AAAA`, année scolaire (défaut\u00a0: celle d’aujourd’hui)")
	f.BoolVar(&x.dryRun, "dry-run", false, "montre le plan et n’écrit rien")
	f.BoolVar(&x.noBackup, "no-backup", false, noBackupHelp)
	f.BoolVar(&x.lines, "lines", false, "montre aussi chaque enfant créé ou modifié")
	return cmd
}

func (c *cli) sheet(ctx context.Context, x sheetFlags, path string) (err error) {
	in := importer.Sheet{Name: filepath.Base(path), School: x.school}
	if x.year != "" {
		if in.Year, err = calendar.ParseSchoolYear(x.year); err != nil {
			return err
		}
	}
	if in.Data, err = inputBytes(path); err != nil {
		return err
	}
	if x.words != "" {
		text, err := inputBytes(x.words)
		if err != nil {
			return err
		}
		if in.Words, err = importer.ParseWords(bytes.NewReader(text)); err != nil {
			return err
		}
	}
	ctx, o, err := c.enter(ctx)
	if err != nil {
		return err
	}
	plan, err := o.Importer.PlanFamilies(ctx, in)
	if err != nil {
		return err
	}
	if !x.dryRun {
		plan.NoCopy = x.noBackup
		if err := o.Importer.CommitFamilies(ctx, plan); err != nil {
			return err
		}
	}
	return c.say(importOut(plan, x.dryRun), func(w io.Writer) { sayImport(w, plan, x.lines, x.dryRun) })
}
