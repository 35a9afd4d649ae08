package main

import (
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/reports/desk"
)

func (c *cli) familiesCommand() *cobra.Command {
	return group("families", "familles : recherche, fiche, correction, fusion, export, anonymisation", c.familiesSearch(), c.familiesShow(), c.familiesCorrect(), c.familiesCorrectChild(),
		c.familiesMerge(), c.familiesExport(), c.familiesHold(), c.familiesAnonymise())
}

type childJSON struct {
	ID        int64         `json:"id"`
	FirstName string        `json:"first_name"`
	LastName  string        `json:"last_name"`
	BirthDate calendar.Date `json:"birth_date"`
	Class     string        `json:"class"`
	School    string        `json:"school"`
	Diet      string        `json:"diet"`
}

// familyJSON is an item of families search (ctl.md).
type familyJSON struct {
	ID       int64       `json:"id"`
	Number   string      `json:"number"`
	Name     string      `json:"name"`
	Email    string      `json:"email"`
	Balance  money.Cents `json:"balance"`
	Children []childJSON `json:"children"`
}

func hitJSON(h family.Hit) familyJSON {
	out := familyJSON{h.ID, h.Number(), h.Name, h.Email, h.Balance, []childJSON{}}
	for _, k := range h.Children {
		out.Children = append(out.Children, childJSON{k.ID, k.First, k.Last, k.Birth, k.Class, k.School, k.Diet})
	}
	return out
}

func (c *cli) familiesSearch() *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use: "search TEXTE", Short: "cherche par nom, enfant, courriel, téléphone ou numéro de famille",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return nil // several words are one text
			}
			return words("ce qu’il faut chercher")(cmd, args)
		},
		Long: "Cherche une famille. Accents, majuscules, œ, traits d’union et ordre des mots n’importent pas.",
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			text := strings.Join(args, " ")
			hits, total, err := o.Family.Search(ctx, text, family.Filter{}, limit)
			if err != nil {
				return err
			}
			out := []familyJSON{}
			t := columns("N°", "Famille", ">Solde", "Courriel", "Enfants (n°)")
			for _, h := range hits {
				out = append(out, hitJSON(h))
				var children []string
				for _, k := range h.Children {
					children = append(children, k.First+" "+k.Class+" ("+number10(k.ID)+")")
				}
				t.row(h.Number(), h.Name, h.Balance, h.Email, strings.Join(children, ", "))
			}
			return c.say(out, func(w io.Writer) {
				t.print(w, fault.French("Aucune famille ne correspond à « "+text+" »."))
				if total > len(hits) {
					put(w, "%d familles sur %d : précisez la recherche ou augmentez --limit.\n", len(hits), total)
				}
			})
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 50, "`NOMBRE` de familles au plus (0\u00a0: toutes)")
	return cmd
}

func (c *cli) familiesShow() *cobra.Command {
	return &cobra.Command{
		Use: "show FAMILLE", Short: "la fiche d’une famille", Args: words("le numéro de la famille"),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := number("de famille", args[0])
			if err != nil {
				return err
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			f, err := o.Family.Get(ctx, id)
			if err != nil {
				return err
			}
			return c.sayWhole(ctx, o, f)
		},
	}
}

type guardianJSON struct {
	Civility  string `json:"civility"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
	UsageName string `json:"usage_name"`
	Email     string `json:"email"`
	Home      string `json:"home"`
	Work      string `json:"work"`
	Mobile    string `json:"mobile"`
}

func wholeFamily(f family.Family) any {
	out := struct {
		familyJSON
		Address   []string       `json:"address"`
		Commune   string         `json:"commune"`
		Quotient  *int           `json:"quotient"`
		Floor     money.Cents    `json:"floor"`
		State     string         `json:"state"`
		Guardians []guardianJSON `json:"guardians"`
	}{
		familyJSON: familyJSON{f.ID, f.Number(), f.Name, f.Email(), f.Balance, []childJSON{}},
		Address:    []string{}, Commune: f.Commune, Quotient: f.Quotient, Floor: f.Floor, State: f.State, Guardians: []guardianJSON{},
	}
	for _, l := range []string{f.Address1, f.Address2, strings.TrimSpace(f.Postal + " " + f.City)} {
		if l != "" {
			out.Address = append(out.Address, l)
		}
	}
	for _, g := range f.Guardians {
		out.Guardians = append(out.Guardians, guardianJSON{g.Civility, g.First, g.Last, g.Usage, g.Email, g.Home, g.Work, g.Mobile})
	}
	for _, k := range f.Children {
		out.Children = append(out.Children, childJSON{k.ID, k.First, k.Last, k.Birth, k.Class, k.School, k.Diet})
	}
	return out
}

// sayWhole tells a family whole, with the town's words for diets.
func (c *cli) sayWhole(ctx context.Context, o *data.Office, f family.Family) error {
	diets, err := o.Catalog.Diets(ctx)
	if err != nil {
		return err
	}
	return c.say(wholeFamily(f), func(w io.Writer) { sayFamily(w, f, diets) })
}

func sayFamily(w io.Writer, f family.Family, diets catalog.Diets) {
	put(w, "%s  Famille %s\n%s\nSolde : %s", f.Number(), f.Name, f.Address(), f.Balance)
	if f.Quotient != nil {
		put(w, ". Quotient familial : %d", *f.Quotient)
	}
	put(w, ".\n\n")
	t := columns("Responsable", "Courriel", "Mobile", "Domicile", "Travail")
	for _, g := range f.Guardians {
		t.row(strings.TrimSpace(g.Civility+" "+g.Name()), g.Email, g.Mobile, g.Home, g.Work)
	}
	t.print(w, "Aucun responsable.")
	put(w, "\n")
	t = columns(">N°", "Enfant", "Né(e) le", "École", "Classe", "Régime")
	for _, k := range f.Children {
		t.row(k.ID, k.Name(), k.Birth.Short(), k.School, k.Class, diets.Label(k.Diet))
	}
	t.print(w, "Aucun enfant.")
}

func (c *cli) familiesMerge() *cobra.Command {
	var dryRun bool
	cmd := &cobra.Command{
		Use: "merge A B", Short: "réunit la famille B dans la famille A", Args: words("la famille à garder", "la famille à y réunir"),
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := number("de famille", args[0])
			if err != nil {
				return err
			}
			b, err := number("de famille", args[1])
			if err != nil {
				return err
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			plan, err := o.Family.MergePlan(ctx, a, b)
			if err != nil {
				return err
			}
			if len(plan.Refusals) > 0 {
				return fault.New(fault.Conflict, "Les familles %s et %s ne peuvent pas être réunies : %s", family.Number(a), family.Number(b), strings.Join(plan.Refusals, " "))
			}
			if !dryRun {
				if err := o.Family.Merge(ctx, plan); err != nil {
					return err
				}
			}
			out := struct {
				Kept   int64    `json:"kept"`
				Merged int64    `json:"merged"`
				DryRun bool     `json:"dry_run"`
				Lines  []string `json:"lines"`
			}{a, b, dryRun, append([]string{}, plan.Lines()...)}
			return c.say(out, func(w io.Writer) {
				for _, l := range plan.Lines() {
					put(w, "  %s\n", l)
				}
				if dryRun {
					put(w, "Rien n’a été modifié (--dry-run).\n")
				} else {
					put(w, "La famille %s est réunie dans la famille %s.\n", family.Number(b), family.Number(a))
				}
			})
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "montre ce qui serait fait et n’écrit rien")
	return cmd
}

func (c *cli) familiesExport() *cobra.Command {
	var out string
	var health bool
	cmd := &cobra.Command{
		Use: "export FAMILLE", Short: "écrit tout ce que la base sait d’une famille (droit d’accès)", Args: words("le numéro de la famille"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := need("out", out); err != nil {
				return err
			}
			if _, err := format(out, "zip"); err != nil {
				return err
			}
			id, err := number("de famille", args[0])
			if err != nil {
				return err
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			m, err := desk.NewMaker(ctx, o.Catalog, "", "", o.Store.Now())
			if err != nil {
				return err
			}
			periods, err := o.Retention.Settings(ctx)
			if err != nil {
				return err
			}
			opt := family.ExportOptions{Health: health, Paper: func(w io.Writer, d family.Dossier) error { return m.RightsPDF(ctx, w, d, periods) }}
			if err := outputFile(out, func(w io.Writer) error { return o.Family.Export(ctx, id, opt, w) }); err != nil {
				return err
			}
			answer := struct {
				Family int64  `json:"family"`
				File   string `json:"file"`
			}{id, out}
			return c.say(answer, func(w io.Writer) {
				put(w, "La famille %s est exportée dans %s. Ce fichier n’est pas chiffré : remettez-le en main propre, puis effacez-le.\n", family.Number(id), out)
			})
		},
	}
	cmd.Flags().BoolVar(&health, "health", false, "avec les données de santé (rôle Santé)")
	cmd.Flags().StringVar(&out, "out", "", "`FICHIER` ZIP à écrire")
	return cmd
}
