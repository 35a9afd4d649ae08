package main

import (
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/money"
)

// summaryJSON is what a change of the catalog did, or would do.
type summaryJSON struct {
	ID        int64    `json:"id,omitempty"` // the service, where there is one
	Created   int      `json:"created"`
	Updated   int      `json:"updated"`
	Unchanged int      `json:"unchanged"`
	Removed   int      `json:"removed"`
	Lines     []string `json:"lines"`
	Notices   []string `json:"notices"`
	DryRun    bool     `json:"dry_run"`
}

// saySummary tells a change of the catalog.
func (c *cli) saySummary(what string, id int64, sum catalog.Summary, dryRun bool) error {
	out := summaryJSON{id, sum.Created, sum.Updated, sum.Unchanged, sum.Removed, append([]string{}, sum.Lines...), append([]string{}, sum.Notices...), dryRun}
	return c.say(out, func(w io.Writer) {
		for _, l := range sum.Lines {
			put(w, "  %s\n", l)
		}
		for _, n := range sum.Notices {
			put(w, "  à savoir : %s\n", n)
		}
		put(w, "%s : %s.\n", what, sum)
		if dryRun {
			put(w, "Rien n’a été écrit (--dry-run).\n")
		}
	})
}

// catalogService changes fields of one service.
func (c *cli) catalogService() *cobra.Command {
	var set []string
	var dryRun bool
	cmd := &cobra.Command{
		Use: "service CODE", Short: "change des champs d’un service : le plan, puis le changement", Args: words("le code du service"),
		Long: "Change des champs d’un service, écrits comme dans un catalogue TOML. Champs : " + strings.Join(catalog.Settable(), ", ") + ". Les tarifs, les tours, les écoles et les pièces se changent par un fichier (« catalog load ») ou dans Réglages.",
		Example: "  ardoisectl catalog service cantine-saint-marcel --set capacity=120 --set \"cancel=J-1 10:00 ouverture\" --dry-run\n" +
			"  ardoisectl catalog service cantine-saint-marcel --set \"book=jeudi 12:00 semaine-1 ; lundi = jeudi 10:00 semaine-1\"",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(set) == 0 {
				return usage("l’option --set est obligatoire")
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			info, err := service(ctx, o, args[0])
			if err != nil {
				return err
			}
			d, err := o.Catalog.Draft(ctx, info.ID)
			if err != nil {
				return err
			}
			for _, a := range set {
				name, value, ok := strings.Cut(a, "=")
				if !ok {
					return usage("« %s » n’est pas de la forme CHAMP=VALEUR", a)
				}
				if err := d.Set(strings.TrimSpace(name), value); err != nil {
					return err
				}
			}
			return c.saveDraft(ctx, o, d, dryRun)
		},
	}
	cmd.Flags().StringArrayVar(&set, "set", nil, "`CHAMP=VALEUR`, autant de fois qu’il faut")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "montre le plan et n’écrit rien")
	return cmd
}

// saveDraft plans or keeps a draft and tells it.
func (c *cli) saveDraft(ctx context.Context, o *data.Office, d catalog.Draft, dryRun bool) error {
	if dryRun {
		sum, err := o.Catalog.PlanDraft(ctx, d)
		if err != nil {
			return err
		}
		return c.saySummary("Service", d.Info.ID, sum, true)
	}
	id, sum, err := o.Catalog.SaveDraft(ctx, d)
	if err != nil {
		return err
	}
	return c.saySummary("Service", id, sum, false)
}

type presetFlags struct {
	commune, zone, price, name string
	schools                    []string
	dryRun                     bool
}

// catalogPreset makes a canteen as most towns run it.
func (c *cli) catalogPreset() *cobra.Command {
	var x presetFlags
	cmd := &cobra.Command{
		Use: "preset", Short: "une cantine toute prête : jours, dates limites, une tranche, pièces ; à ajuster ensuite", Args: words(),
		Long: "Crée un service de cantine comme la plupart des communes en ont : lundi, mardi, jeudi et vendredi à 12 h 00, réserver jusqu’au jeudi midi de la semaine d’avant, " +
			"annuler jusqu’à la veille à 10 h 00, un seul tarif, fiche sanitaire et pièces du prélèvement. La commune et ses écoles doivent être au catalogue.",
		Example: "  ardoisectl catalog preset --commune \"Saint-Marcel-en-Dombes\" --zone A --price 4,20",
		RunE:    func(cmd *cobra.Command, _ []string) error { return c.preset(cmd.Context(), x) },
	}
	f := cmd.Flags()
	f.StringVar(&x.commune, "commune", "", "`COMMUNE`, nom ou code INSEE")
	f.StringVar(&x.zone, "zone", "", "`ZONE` de vacances\u00a0: A, B ou C")
	f.StringVar(&x.price, "price", "", "`PRIX` du repas, par exemple 4,20")
	f.StringVar(&x.name, "name", "", "`NOM` du service (défaut\u00a0: Service cantine, et la commune)")
	f.StringArrayVar(&x.schools, "school", nil, "`ÉCOLE` accueillie, autant de fois qu’il faut (défaut\u00a0: toutes celles de la commune)")
	f.BoolVar(&x.dryRun, "dry-run", false, "montre le plan et n’écrit rien")
	return cmd
}

func (c *cli) preset(ctx context.Context, x presetFlags) error {
	if err := need("commune", x.commune, "zone", x.zone, "price", x.price); err != nil {
		return err
	}
	zone, err := calendar.ParseZone(x.zone)
	if err != nil {
		return usage("--zone veut A, B ou C")
	}
	price, err := money.Parse(x.price)
	if err != nil {
		return err
	}
	ctx, o, err := c.enter(ctx)
	if err != nil {
		return err
	}
	place, err := findCommune(ctx, o, x.commune)
	if err != nil {
		return err
	}
	all, err := o.Catalog.Schools(ctx)
	if err != nil {
		return err
	}
	var taken []catalog.School
	for _, s := range all {
		if len(x.schools) == 0 && s.CommuneID == place.ID {
			taken = append(taken, s)
		}
	}
	for _, name := range x.schools {
		s, ok := catalog.FindSchool(all, 0, name)
		if !ok {
			return fault.New(fault.NotFound, "L’école « %s » n’est pas au catalogue, ou plusieurs portent ce nom : « ardoisectl catalog show --json » les liste.", name)
		}
		taken = append(taken, s)
	}
	d := catalog.Preset(place, zone, taken, today(o))
	d.Tariffs[0].Meal = price
	if x.name != "" {
		d.Info.Name = x.name
	}
	return c.saveDraft(ctx, o, d, x.dryRun)
}

// findCommune finds a commune of the catalog by its name, its INSEE code or its number.
func findCommune(ctx context.Context, o *data.Office, text string) (catalog.Commune, error) {
	list, err := o.Catalog.Communes(ctx)
	if err != nil {
		return catalog.Commune{}, err
	}
	if p, ok := catalog.FindCommune(list, text, ""); ok {
		return p, nil
	}
	for _, p := range list {
		if number10(p.ID) == strings.TrimSpace(text) {
			return p, nil
		}
	}
	return catalog.Commune{}, fault.New(fault.NotFound, "La commune « %s » n’est pas au catalogue : ajoutez-la avec « ardoisectl catalog commune add ».", text)
}
