package main

import (
	"io"
	"os"

	"github.com/spf13/cobra"

	"ardoise/data/backup"
)

type backupSettingsJSON struct {
	Daily   bool   `json:"daily"`
	Hour    int    `json:"hour"`
	Here    string `json:"here"`
	Second  string `json:"second"`
	Machine string `json:"machine"`
	Days    int    `json:"keep_days"`
	Weeks   int    `json:"keep_weeks"`
	Months  int    `json:"keep_months"`
	Before  int    `json:"keep_before"`
}

func (c *cli) backupSettings() *cobra.Command {
	var want backup.Settings
	cmd := &cobra.Command{
		Use: "settings", Short: "montre les réglages des sauvegardes, et change ceux qui sont donnés", Args: words(),
		Long: "Montre les réglages des sauvegardes. Ceux qui sont donnés sont changés, par un administrateur (--user) : les dossiers, l’heure, combien de temps une " +
			"sauvegarde est gardée, et avec PostgreSQL le poste qui fait celle du jour (« ici » pour celui-ci).",
		Example: "  ardoisectl --user nperret backup settings --second /media/cle --hour 18",
		RunE: func(cmd *cobra.Command, _ []string) error {
			f := cmd.Flags()
			changes := map[string]func(*backup.Settings){
				"daily": func(s *backup.Settings) { s.Daily = want.Daily }, "hour": func(s *backup.Settings) { s.Hour = want.Hour },
				"here": func(s *backup.Settings) { s.Here = want.Here }, "second": func(s *backup.Settings) { s.Second = want.Second },
				"machine": func(s *backup.Settings) { s.Machine = want.Machine }, "keep-days": func(s *backup.Settings) { s.Rule.Days = want.Rule.Days },
				"keep-weeks": func(s *backup.Settings) { s.Rule.Weeks = want.Rule.Weeks }, "keep-months": func(s *backup.Settings) { s.Rule.Months = want.Rule.Months },
				"keep-before": func(s *backup.Settings) { s.Rule.Before = want.Rule.Before },
			}
			changed := false
			for name := range changes {
				changed = changed || f.Changed(name)
			}
			enter := c.unattended
			if changed { // who changes a setting says who they are
				enter = c.enter
			}
			ctx, o, err := enter(cmd.Context())
			if err != nil {
				return err
			}
			set, err := o.Backup.Settings(ctx)
			if err != nil {
				return err
			}
			if changed {
				for name, change := range changes {
					if f.Changed(name) {
						change(&set)
					}
				}
				if set.Machine == "ici" {
					set.Machine = o.Backup.Machine()
				}
				if err := o.Backup.SaveSettings(ctx, set); err != nil {
					return err
				}
			}
			r := set.Rule
			out := backupSettingsJSON{set.Daily, set.Hour, set.Here, set.Second, set.Machine, r.Days, r.Weeks, r.Months, r.Before}
			return c.say(out, func(w io.Writer) { saySettings(w, set) })
		},
	}
	f := cmd.Flags()
	f.BoolVar(&want.Daily, "daily", true, "une sauvegarde par jour d’elle-même (--daily=false pour l’arrêter)")
	f.IntVar(&want.Hour, "hour", 0, "`HEURE` (0 à 23) à partir de laquelle celle du jour est faite")
	f.StringVar(&want.Here, "here", "", "premier `DOSSIER`")
	f.StringVar(&want.Second, "second", "", "second `DOSSIER` : clé USB, partage (vide : aucun)")
	f.StringVar(&want.Machine, "machine", "", "`POSTE` qui fait la sauvegarde du jour d’une base PostgreSQL")
	f.IntVar(&want.Rule.Days, "keep-days", 0, "`JOURS` dont toutes les sauvegardes sont gardées")
	f.IntVar(&want.Rule.Weeks, "keep-weeks", 0, "`SEMAINES` dont la dernière est gardée")
	f.IntVar(&want.Rule.Months, "keep-months", 0, "`MOIS` dont la dernière est gardée")
	f.IntVar(&want.Rule.Before, "keep-before", 0, "`JOURS` où celles d’avant un import ou une mise à jour sont gardées")
	return cmd
}

func saySettings(w io.Writer, set backup.Settings) {
	if set.Daily {
		put(w, "Une sauvegarde par jour, à partir de %d h.\n", set.Hour)
	} else {
		put(w, "Pas de sauvegarde automatique.\n")
	}
	put(w, "Premier dossier : %s\n", set.Here)
	switch _, err := os.Stat(set.Second); {
	case set.Second == "":
		put(w, "Second dossier : aucun\n")
	case err != nil:
		put(w, "Second dossier : %s (absent en ce moment)\n", set.Second)
	default:
		put(w, "Second dossier : %s\n", set.Second)
	}
	if set.Machine != "" {
		put(w, "Poste chargé de la sauvegarde du jour : %s\n", set.Machine)
	}
	put(w, "%s\n", set.Rule.Sentence())
}
