package main

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
)

// periodJSON is one period of an imported calendar.
type periodJSON struct {
	Verdict string `json:"verdict"`
	Year    string `json:"year"`
	Zone    string `json:"zone"`
	Name    string `json:"name"`
	First   string `json:"first"`
	Last    string `json:"last"`
}

var lineWords = map[string]string{catalog.LineAdded: "ajout", catalog.LineChanged: "modification", catalog.LineSame: "inchangé", catalog.LineRefused: "refusé"}

func (c *cli) importCalendar() *cobra.Command {
	var zone string
	var dryRun, noBackup bool
	cmd := &cobra.Command{
		Use: "calendar FICHIER", Short: "vacances scolaires (CSV du ministère ou ICS) : le plan, puis l’import", Args: words("le fichier"),
		RunE: func(cmd *cobra.Command, args []string) error {
			z, err := calendar.ParseZone(zone)
			if err != nil {
				return usage("--zone veut A, B ou C")
			}
			ctx, o, p, err := openAndPlan(cmd.Context(), c, args[0], func(ctx context.Context, o *data.Office, r io.Reader) (*catalog.CalendarPlan, error) {
				return o.Catalog.PlanCalendar(ctx, r, z)
			})
			if err != nil {
				return err
			}
			if !dryRun {
				p.NoCopy = noBackup
				if err := o.Catalog.CommitCalendar(ctx, p); err != nil {
					return err
				}
			}
			return c.sayCalendar(p, z, dryRun)
		},
	}
	cmd.Flags().StringVar(&zone, "zone", "A", "`ZONE` du fichier\u00a0: A, B ou C")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "montre le plan et n’écrit rien")
	cmd.Flags().BoolVar(&noBackup, "no-backup", false, noBackupHelp)
	return cmd
}

// openAndPlan opens the office and a file, and plans what the file says.
func openAndPlan[P any](ctx context.Context, c *cli, path string, plan func(context.Context, *data.Office, io.Reader) (P, error)) (in context.Context, o *data.Office, p P, err error) {
	if in, o, err = c.enter(ctx); err != nil {
		return ctx, nil, p, err
	}
	f, err := inputFile(path)
	if err != nil {
		return in, o, p, err
	}
	p, err = plan(in, o, f)
	return in, o, p, errors.Join(err, f.Close())
}

func (c *cli) sayCalendar(p *catalog.CalendarPlan, z calendar.Zone, dryRun bool) error {
	out := struct {
		Holidays int          `json:"holidays"`
		Zone     string       `json:"zone"`
		Added    int          `json:"added"`
		Changed  int          `json:"changed"`
		Same     int          `json:"unchanged"`
		Lines    []periodJSON `json:"lines"`
		Missing  []string     `json:"missing"`
		Notices  []string     `json:"notices"`
		DryRun   bool         `json:"dry_run"`
	}{len(p.Lines), string(z), p.Added, p.Changed, p.Same, []periodJSON{}, append([]string{}, p.Missing...), append([]string{}, p.Notices...), dryRun}
	for _, l := range p.Lines {
		h := l.Period
		out.Lines = append(out.Lines, periodJSON{l.Verdict, h.Year.String(), string(h.Zone), h.Name, h.First.String(), h.Last.String()})
	}
	return c.say(out, func(w io.Writer) {
		for _, l := range p.Lines {
			if l.Verdict == catalog.LineSame {
				continue
			}
			put(w, "  %s : %s, zone %s, %s\n", lineWords[l.Verdict], l.Period.Name, l.Period.Zone, calendar.RangeText(l.Period.First, l.Period.Last))
			for _, was := range l.Was {
				put(w, "      au lieu de : %s, %s\n", was.Name, calendar.RangeText(was.First, was.Last))
			}
		}
		for _, n := range append(append([]string{}, p.Notices...), p.Missing...) {
			put(w, "  à savoir : %s\n", n)
		}
		put(w, "%s de la zone %s : %s.\n", count(len(p.Lines), "période de vacances lue", "périodes de vacances lues"), z, p)
		if dryRun {
			put(w, "Rien n’a été écrit (--dry-run).\n")
		}
	})
}

type closureJSON struct {
	Verdict string `json:"verdict"`
	First   string `json:"first"`
	Last    string `json:"last"`
	Name    string `json:"name"`
	Reason  string `json:"reason"`
}

func (c *cli) importClosures() *cobra.Command {
	var code string
	var dryRun, noBackup bool
	cmd := &cobra.Command{
		Use: "closures FICHIER.ics", Short: "fermetures de l’agenda de la commune (ICS) : le plan, puis l’import", Args: words("le fichier"),
		Long: "Ajoute comme fermetures les événements d’une ou plusieurs journées entières d’un agenda ICS. Les jours déjà réservés sont refusés : « ardoisectl close » les ferme, et recrédite.",
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, o, p, err := openAndPlan(cmd.Context(), c, args[0], func(ctx context.Context, o *data.Office, r io.Reader) (*catalog.ClosurePlan, error) {
				var id int64
				if code != "" {
					s, err := service(ctx, o, code)
					if err != nil {
						return nil, err
					}
					id = s.ID
				}
				return o.Catalog.PlanClosures(ctx, r, id)
			})
			if err != nil {
				return err
			}
			if !dryRun {
				p.NoCopy = noBackup
				if err := o.Catalog.CommitClosures(ctx, p); err != nil {
					return err
				}
			}
			return c.sayClosures(p, dryRun)
		},
	}
	cmd.Flags().StringVar(&code, "service", "", "`SERVICE` concerné, code ou numéro (défaut\u00a0: tous)")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "montre le plan et n’écrit rien")
	cmd.Flags().BoolVar(&noBackup, "no-backup", false, noBackupHelp)
	return cmd
}

func (c *cli) sayClosures(p *catalog.ClosurePlan, dryRun bool) error {
	out := struct {
		Added   int           `json:"added"`
		Same    int           `json:"unchanged"`
		Refused int           `json:"refused"`
		Lines   []closureJSON `json:"lines"`
		Left    []string      `json:"left"`
		DryRun  bool          `json:"dry_run"`
	}{p.Added, p.Same, p.Refused, []closureJSON{}, append([]string{}, p.Left...), dryRun}
	for _, l := range p.Lines {
		out.Lines = append(out.Lines, closureJSON{l.Verdict, l.Closure.First.String(), l.Closure.Last.String(), l.Closure.Reason, l.Reason})
	}
	return c.say(out, func(w io.Writer) {
		for _, l := range p.Lines {
			put(w, "  %s : %s, %s", lineWords[l.Verdict], calendar.RangeText(l.Closure.First, l.Closure.Last), l.Closure.Reason)
			if l.Reason != "" {
				put(w, ". %s", l.Reason)
			}
			put(w, "\n")
		}
		for _, l := range p.Left {
			put(w, "  laissé : %s\n", l)
		}
		one, many := "fermeture ajoutée", "fermetures ajoutées"
		if dryRun {
			one, many = "fermeture à ajouter", "fermetures à ajouter"
		}
		put(w, "%s, %s, %s.\n", count(p.Added, one, many), count(p.Same, "inchangée", "inchangées"), count(p.Refused, "refusée", "refusées"))
		if dryRun {
			put(w, "Rien n’a été écrit (--dry-run).\n")
		}
	})
}
