package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/calendar"
)

func (c *cli) catalogCommand() *cobra.Command {
	return group("catalog", "communes, services, écoles, classes, tarifs, dates limites", c.catalogLoad(), c.catalogShow(), c.catalogServices(),
		c.catalogService(), c.catalogPreset(), c.catalogCommune(), c.catalogSchool(), c.catalogClass())
}

func (c *cli) catalogLoad() *cobra.Command {
	var dryRun bool
	cmd := &cobra.Command{
		Use: "load FICHIER.toml", Short: "met le catalogue en accord avec un fichier, tout ou rien ; --dry-run montre ce qui changerait", Args: words("le fichier"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			f, err := inputFile(args[0])
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, f.Close()) }()
			load := o.Catalog.Load
			if dryRun {
				load = o.Catalog.PlanLoad
			}
			sum, err := load(ctx, f, filepath.Base(args[0]))
			if err != nil {
				return err
			}
			return c.saySummary("Catalogue", 0, sum, dryRun)
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "montre le plan et n’écrit rien")
	return cmd
}

type communeJSON struct {
	ID     int64  `json:"id"`
	INSEE  string `json:"insee"`
	Name   string `json:"name"`
	Postal string `json:"postal"`
}

type serviceJSON struct {
	ID       int64    `json:"id"`
	Code     string   `json:"code"`
	Name     string   `json:"name"`
	Commune  string   `json:"commune"`
	Kind     string   `json:"kind"`
	Weekdays string   `json:"weekdays"`
	Book     string   `json:"book"`
	Cancel   string   `json:"cancel"`
	Capacity *int     `json:"capacity"`
	Pay      []string `json:"pay"`
	Schools  []int64  `json:"schools"`
	Active   bool     `json:"active"`
}

type schoolJSON struct {
	ID      int64  `json:"id"`
	Name    string `json:"name"`
	Commune string `json:"commune"`
}

type classJSON struct {
	ID     int64  `json:"id"`
	Name   string `json:"name"`
	School string `json:"school"`
	Year   string `json:"year"`
}

type catalogJSON struct {
	Communes []communeJSON `json:"communes"`
	Services []serviceJSON `json:"services"`
	Schools  []schoolJSON  `json:"schools"`
	Classes  []classJSON   `json:"classes"`
}

func readCatalog(ctx context.Context, o *data.Office) (out catalogJSON, err error) {
	communes, err := o.Catalog.Communes(ctx)
	if err != nil {
		return out, err
	}
	services, err := o.Catalog.Services(ctx)
	if err != nil {
		return out, err
	}
	schools, err := o.Catalog.Schools(ctx)
	if err != nil {
		return out, err
	}
	classes, err := o.Catalog.Classes(ctx, calendar.SchoolYearOf(today(o)))
	if err != nil {
		return out, err
	}
	out = catalogJSON{[]communeJSON{}, []serviceJSON{}, []schoolJSON{}, []classJSON{}}
	for _, k := range communes {
		out.Communes = append(out.Communes, communeJSON{k.ID, k.INSEE, k.Name, k.Postal})
	}
	for _, s := range services {
		out.Services = append(out.Services, serviceJSON{
			s.ID, s.Code, s.Name, s.Commune, s.Kind, s.Weekdays.String(), s.Book.String(), s.Cancel.String(), s.Capacity,
			append([]string{}, s.Pay...), append([]int64{}, s.Schools...), s.Active,
		})
	}
	for _, s := range schools {
		out.Schools = append(out.Schools, schoolJSON{s.ID, s.Name, s.Commune})
	}
	for _, k := range classes {
		out.Classes = append(out.Classes, classJSON{k.ID, k.Name, k.School, k.Year.String()})
	}
	return out, nil
}

func (c *cli) catalogShow() *cobra.Command {
	return &cobra.Command{
		Use: "show", Short: "écrit tout le catalogue en TOML, que « catalog load » relit ; avec --json, ses listes et leurs numéros", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			if c.json {
				out, err := readCatalog(ctx, o)
				if err != nil {
					return err
				}
				return c.writeJSON(out)
			}
			var b bytes.Buffer
			if err := o.Catalog.Show(ctx, &b); err != nil {
				return err
			}
			_, err = b.WriteTo(c.out)
			return err
		},
	}
}

func (c *cli) catalogServices() *cobra.Command {
	return &cobra.Command{
		Use: "services", Short: "les services, avec le numéro et le code que les autres commandes demandent", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			out, err := readCatalog(ctx, o)
			if err != nil {
				return err
			}
			return c.say(out.Services, func(w io.Writer) {
				t := columns(">N°", "Code", "Nom", "Réserver", "Annuler")
				for _, s := range out.Services {
					t.row(s.ID, s.Code, s.Name, s.Book, s.Cancel)
				}
				t.print(w, "Aucun service : chargez un catalogue avec « ardoisectl catalog load ».")
			})
		},
	}
}
