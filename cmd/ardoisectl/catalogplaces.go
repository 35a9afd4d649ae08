package main

import (
	"context"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
)

// placeJSON is the answer of a change of one commune, school or class.
type placeJSON struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

func (c *cli) sayPlace(id int64, name, did string) error {
	return c.say(placeJSON{id, name}, func(w io.Writer) { put(w, "%s (n° %d) : %s.\n", name, id, did) })
}

// placeCommand is a command that changes one place and tells it.
func (c *cli) placeCommand(use, short string, args cobra.PositionalArgs, did string, run func(ctx context.Context, o *data.Office, args []string) (int64, string, error)) *cobra.Command {
	return &cobra.Command{Use: use, Short: short, Args: args, RunE: func(cmd *cobra.Command, args []string) error {
		ctx, o, err := c.enter(cmd.Context())
		if err != nil {
			return err
		}
		id, name, err := run(ctx, o, args)
		if err != nil {
			return err
		}
		return c.sayPlace(id, name, did)
	}}
}

func (c *cli) catalogCommune() *cobra.Command {
	var v catalog.Commune
	add := c.placeCommand("add NOM", "ajoute une commune", words("le nom de la commune"), "commune ajoutée", func(ctx context.Context, o *data.Office, args []string) (int64, string, error) {
		if err := need("insee", v.INSEE); err != nil {
			return 0, "", err
		}
		v.Name = args[0]
		id, err := o.Catalog.SaveCommune(ctx, v)
		return id, v.Name, err
	})
	add.Flags().StringVar(&v.INSEE, "insee", "", "`CODE` INSEE, cinq caractères")
	add.Flags().StringVar(&v.Postal, "postal", "", "`CODE` postal")
	find := func(ctx context.Context, o *data.Office, text string) (int64, string, error) {
		p, err := findCommune(ctx, o, text)
		return p.ID, p.Name, err
	}
	return group("commune", "les communes, une par une", add,
		c.placeCommand("rename COMMUNE NOM", "change le nom d’une commune (nom, code INSEE ou numéro)", words("la commune", "son nouveau nom"), "commune renommée",
			func(ctx context.Context, o *data.Office, args []string) (int64, string, error) {
				p, err := findCommune(ctx, o, args[0])
				if err != nil {
					return 0, "", err
				}
				p.Name = args[1]
				_, err = o.Catalog.SaveCommune(ctx, p)
				return p.ID, p.Name, err
			}),
		c.removeCommand("commune", "retire une commune que rien ne nomme", "commune retirée", find, func(o *data.Office) func(context.Context, int64) error { return o.Catalog.RemoveCommune }))
}

func (c *cli) removeCommand(what, short, did string, find func(context.Context, *data.Office, string) (int64, string, error), remove func(*data.Office) func(context.Context, int64) error) *cobra.Command {
	return c.placeCommand("remove "+map[string]string{"commune": "COMMUNE", "school": "ÉCOLE", "class": "N°"}[what], short, words("ce qu’il faut retirer"), did,
		func(ctx context.Context, o *data.Office, args []string) (int64, string, error) {
			id, name, err := find(ctx, o, args[0])
			if err != nil {
				return 0, "", err
			}
			return id, name, remove(o)(ctx, id)
		})
}

func findSchool(ctx context.Context, o *data.Office, text string) (catalog.School, error) {
	list, err := o.Catalog.Schools(ctx)
	if err != nil {
		return catalog.School{}, err
	}
	if s, ok := catalog.FindSchool(list, 0, text); ok {
		return s, nil
	}
	if i := slices.IndexFunc(list, func(s catalog.School) bool { return number10(s.ID) == text }); i >= 0 {
		return list[i], nil
	}
	return catalog.School{}, fault.New(fault.NotFound, "L’école « %s » n’est pas au catalogue, ou plusieurs portent ce nom : donnez son numéro (« ardoisectl catalog show --json »).", text)
}

func (c *cli) catalogSchool() *cobra.Command {
	var commune string
	add := c.placeCommand("add NOM", "ajoute une école", words("le nom de l’école"), "école ajoutée", func(ctx context.Context, o *data.Office, args []string) (int64, string, error) {
		if err := need("commune", commune); err != nil {
			return 0, "", err
		}
		p, err := findCommune(ctx, o, commune)
		if err != nil {
			return 0, "", err
		}
		id, err := o.Catalog.SaveSchool(ctx, catalog.School{CommuneID: p.ID, Name: args[0]})
		return id, args[0], err
	})
	add.Flags().StringVar(&commune, "commune", "", "`COMMUNE`, nom ou code INSEE")
	find := func(ctx context.Context, o *data.Office, text string) (int64, string, error) {
		s, err := findSchool(ctx, o, text)
		return s.ID, s.Name, err
	}
	return group("school", "les écoles, une par une", add,
		c.placeCommand("rename ÉCOLE NOM", "change le nom d’une école (nom ou numéro)", words("l’école", "son nouveau nom"), "école renommée",
			func(ctx context.Context, o *data.Office, args []string) (int64, string, error) {
				s, err := findSchool(ctx, o, args[0])
				if err != nil {
					return 0, "", err
				}
				s.Name = args[1]
				_, err = o.Catalog.SaveSchool(ctx, s)
				return s.ID, s.Name, err
			}),
		c.removeCommand("school", "retire une école que rien ne nomme", "école retirée", find, func(o *data.Office) func(context.Context, int64) error { return o.Catalog.RemoveSchool }))
}

type classFlags struct {
	school, year string
	rank         int
}

// schoolYear reads a school year, this one by default.
func schoolYear(o *data.Office, text string) (calendar.SchoolYear, error) {
	if text == "" {
		return calendar.SchoolYearOf(today(o)), nil
	}
	return calendar.ParseSchoolYear(text)
}

// findClass finds a class of a year by its number, or by its name in a school.
func findClass(ctx context.Context, o *data.Office, text string, x classFlags) (catalog.Class, error) {
	year, err := schoolYear(o, x.year)
	if err != nil {
		return catalog.Class{}, err
	}
	list, err := o.Catalog.Classes(ctx, year)
	if err != nil {
		return catalog.Class{}, err
	}
	var in int64
	if x.school != "" {
		s, err := findSchool(ctx, o, x.school)
		if err != nil {
			return catalog.Class{}, err
		}
		in = s.ID
	}
	var found []catalog.Class
	for _, k := range list {
		if number10(k.ID) == text {
			return k, nil
		}
		if catalog.Fold(k.Name) == catalog.Fold(text) && (in == 0 || k.SchoolID == in) {
			found = append(found, k)
		}
	}
	if len(found) == 1 {
		return found[0], nil
	}
	return catalog.Class{}, fault.New(fault.NotFound, "La classe « %s » n’existe pas en %s, ou plusieurs portent ce nom : donnez --school, ou son numéro (« ardoisectl catalog show --json »).", text, year)
}

func (c *cli) catalogClass() *cobra.Command {
	var x classFlags
	flags := func(cmd *cobra.Command) *cobra.Command {
		cmd.Flags().StringVar(&x.school, "school", "", "`ÉCOLE`, nom ou numéro")
		cmd.Flags().StringVar(&x.year, "year", "", "`AAAA-AAAA`, année scolaire (défaut\u00a0: celle d’aujourd’hui)")
		return cmd
	}
	add := flags(c.placeCommand("add NOM", "ajoute une classe à une école", words("le nom de la classe"), "classe ajoutée", func(ctx context.Context, o *data.Office, args []string) (int64, string, error) {
		if err := need("school", x.school); err != nil {
			return 0, "", err
		}
		year, err := schoolYear(o, x.year)
		if err != nil {
			return 0, "", err
		}
		s, err := findSchool(ctx, o, x.school)
		if err != nil {
			return 0, "", err
		}
		id, err := o.Catalog.SaveClass(ctx, catalog.Class{SchoolID: s.ID, Year: year, Name: args[0], Rank: x.rank})
		return id, args[0], err
	}))
	add.Flags().IntVar(&x.rank, "rank", 0, "`RANG` dans l’ordre des classes (défaut\u00a0: d’après son nom)")
	find := func(ctx context.Context, o *data.Office, text string) (int64, string, error) {
		k, err := findClass(ctx, o, text, x)
		return k.ID, k.Name, err
	}
	return group("class", "les classes, une par une", add,
		flags(c.placeCommand("rename CLASSE NOM", "change le nom d’une classe (nom ou numéro) ; ses élèves y restent", words("la classe", "son nouveau nom"), "classe renommée",
			func(ctx context.Context, o *data.Office, args []string) (int64, string, error) {
				k, err := findClass(ctx, o, args[0], x)
				if err != nil {
					return 0, "", err
				}
				k.Name, k.Rank = args[1], 0
				_, err = o.Catalog.SaveClass(ctx, k)
				return k.ID, k.Name, err
			})),
		flags(c.removeCommand("class", "retire une classe que rien ne nomme", "classe retirée", find, func(o *data.Office) func(context.Context, int64) error { return o.Catalog.RemoveClass })))
}
