package main

import (
	"context"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/calendar"
	"ardoise/data/importer"
	"ardoise/reports/desk"
	menupaper "ardoise/reports/menu"
)

func (c *cli) menuImport() *cobra.Command {
	var serviceText string
	var dryRun, noBackup bool
	cmd := &cobra.Command{
		Use: "import FICHIER.xlsx|.csv", Short: "fichier de menus du prestataire : le plan, puis l’import", Args: words("le fichier"),
		Long: "Lit le fichier de menus d’un prestataire : une ligne par jour avec une colonne par partie du repas, ou une ligne par plat. Les en-têtes compris sont dits. " +
			"Un jour dont une cellule est refusée est refusé entier, avec la ligne et la raison ; les autres sont enregistrés.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := need("service", serviceText); err != nil {
				return err
			}
			text, err := inputBytes(args[0])
			if err != nil {
				return err
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			s, err := service(ctx, o, serviceText)
			if err != nil {
				return err
			}
			p, err := o.Importer.PlanMenus(ctx, importer.Menus{ServiceID: s.ID, Name: filepath.Base(args[0]), Data: text})
			if err != nil {
				return err
			}
			if dryRun || p.Plan == nil {
				return c.sayMenuImport(p, dryRun)
			}
			if p.Plan.Changes() > 0 {
				p.NoCopy = noBackup
				if err := o.Importer.CommitMenus(ctx, p); err != nil {
					return err
				}
			}
			if err := c.sayMenuImport(p, false); err != nil { // with all that the file was refused for
				return err
			}
			return p.Plan.Only()
		},
	}
	f := cmd.Flags()
	f.StringVar(&serviceText, "service", "", "numéro ou code du `SERVICE`")
	f.BoolVar(&dryRun, "dry-run", false, "montre le plan et n’écrit rien")
	f.BoolVar(&noBackup, "no-backup", false, noBackupHelp)
	return cmd
}

type menuColumnJSON struct {
	Header  string `json:"header"`
	Meaning string `json:"meaning"` // "": not read
}

type menuImportJSON struct {
	menuPlanJSON
	Columns []menuColumnJSON `json:"columns"`
	Refused []refusalJSON    `json:"refused"`
	DryRun  bool             `json:"dry_run"`
}

func (c *cli) sayMenuImport(p *importer.MenuPlan, dryRun bool) error {
	out := menuImportJSON{menuPlanJSON: menuPlanOut(p.Plan), Columns: []menuColumnJSON{}, Refused: refusalsJSON(p.Refused), DryRun: dryRun}
	for _, col := range p.Columns {
		out.Columns = append(out.Columns, menuColumnJSON(col))
	}
	return c.say(out, func(w io.Writer) {
		for _, col := range p.Columns {
			meaning := col.Meaning
			if meaning == "" {
				meaning = "non lue"
			}
			put(w, "  colonne « %s » : %s\n", col.Header, meaning)
		}
		sayRefused(w, p.Refused, true)
		for _, n := range p.Notices {
			put(w, "  à savoir : %s, ligne %d : %s\n", n.File, n.Line, n.Text)
		}
		if p.Plan == nil {
			put(w, "Aucun menu à enregistrer.\n")
			return
		}
		sayMenuPlan(w, p.Plan)
		if dryRun {
			put(w, "Rien n’a été écrit (--dry-run).\n")
		}
	})
}

func (c *cli) menuPrint() *cobra.Command {
	var serviceText, month, week, path string
	var internal bool
	cmd := &cobra.Command{
		Use: "pdf", Short: "le papier des menus : un mois ou une semaine, pour les portes des écoles ou en interne", Args: words(),
		Long: "Écrit les menus en PDF (A4 couché, allergènes par numéro avec leur légende) ou en classeur (.xlsx, un plat par ligne, relu par menu import). " +
			"--internal ajoute les effectifs et le compte des menus végétariens.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := need("service", serviceText, "out", path); err != nil {
				return err
			}
			form, err := format(path, "pdf", "xlsx")
			if err != nil {
				return err
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			monday := calendar.Date(0)
			if week != "" {
				if monday, err = c.day(week, today(o)); err != nil {
					return err
				}
				monday = monday.Monday()
				if month == "" {
					month = calendar.MonthOf(monday.Add(3)).String()
				}
			}
			paper, n, err := menuPaper(ctx, o, serviceText, month, monday, internal)
			if err != nil {
				return err
			}
			write := menupaper.PDF
			if form == "xlsx" {
				write = menupaper.Workbook
			}
			if err := outputFile(path, func(w io.Writer) error { return write(ctx, w, paper) }); err != nil {
				return err
			}
			out := struct {
				File  string `json:"file"`
				Weeks int    `json:"weeks"`
				Days  int    `json:"days"`
			}{path, len(paper.Weeks), n}
			return c.say(out, func(w io.Writer) {
				put(w, "%s, %s, écrits dans %s.\n", paper.Title, count(n, "jour avec un menu", "jours avec un menu"), path)
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&serviceText, "service", "", "numéro ou code du `SERVICE`")
	f.StringVar(&month, "month", "", "`AAAA-MM` (défaut\u00a0: le mois d’aujourd’hui)")
	f.StringVar(&week, "week", "", "un `JOUR` de la semaine à imprimer seule")
	f.StringVar(&path, "out", "", "`FICHIER` à écrire, en .pdf ou en .xlsx")
	f.BoolVar(&internal, "internal", false, "exemplaire interne, avec les comptes")
	return cmd
}

// menuPaper gathers the menus as the paper prints them and counts the days that
// have one.
func menuPaper(ctx context.Context, o *data.Office, serviceText, month string, week calendar.Date, internal bool) (p menupaper.Menu, days int, err error) {
	s, m, meals, err := readMenus(ctx, o, serviceText, month)
	if err != nil {
		return p, 0, err
	}
	maker, err := desk.NewMaker(ctx, o.Catalog, s.Commune, s.Short, o.Store.Now())
	if err != nil {
		return p, 0, err
	}
	var counts *desk.MenuCounts
	if internal {
		served, err := o.Booking.Served(ctx, s.ID, m.From(), m.To())
		if err != nil {
			return p, 0, err
		}
		counts = desk.CountMenus(served, meals)
	}
	for _, d := range m.Days() {
		if len(d.Dishes) > 0 && (week.IsZero() || d.Day.Monday() == week) {
			days++
		}
	}
	return maker.Menus(m, week, counts), days, nil
}
