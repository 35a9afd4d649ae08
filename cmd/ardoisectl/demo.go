package main

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/demo"
	"ardoise/data/fault"
)

func (c *cli) demoCommand() *cobra.Command {
	return group("demo", "base de démonstration : création, remise à zéro, journée type", c.demoCreate(), c.demoReset(), c.demoDay())
}

// demoPath gives the demonstration asked for, or the one the window opens.
func (c *cli) demoPath() (string, error) {
	if c.db == "" && c.getenv("ARDOISE_DB") == "" {
		path, err := data.DefaultPath(demoFile)
		c.db = path
		return path, err
	}
	return c.path()
}

// demoFile is the name of the demonstration in the user's data folder.
const demoFile = "demo.db"

func (c *cli) demoCreate() *cobra.Command {
	size := demo.Default
	cmd := &cobra.Command{
		Use: "create", Short: "crée une Dombes fictive, de la taille voulue", Args: words(),
		Long: "Crée une démonstration dans une base neuve : 36 communes, des services à Saint-Marcel et à Baneins, des familles, des demandes dans " +
			"tous les états, des réservations, des porte-monnaie. --families 0 ne met en place que les communes et les services.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			path, err := c.demoPath()
			if err != nil {
				return err
			}
			o, undo, err := c.create(cmd.Context())
			if err != nil {
				return err
			}
			if err := unfinished(cmd.Context(), o); err != nil {
				return err
			}
			res, err := demo.Create(cmd.Context(), o, size, c.progress())
			if err := undo(err); err != nil {
				return err
			}
			out := struct {
				Families int    `json:"families"`
				Children int    `json:"children"`
				Bookings int    `json:"bookings"`
				Database string `json:"database"`
			}{res.Families, res.Children, res.Bookings, o.Store.URL()}
			return c.say(out, func(w io.Writer) {
				put(w, "Démonstration créée dans %s : %s, %s, %s.\n", path, count(res.Families, "famille", "familles"),
					count(res.Children, "enfant", "enfants"), count(res.Bookings, "réservation", "réservations"))
			})
		},
	}
	f := cmd.Flags()
	f.IntVar(&size.Families, "families", size.Families, "`NOMBRE` de familles")
	f.IntVar(&size.Days, "days", size.Days, "`NOMBRE` de jours de service depuis septembre (0\u00a0: jusqu’à trois semaines d’ici)")
	f.BoolVar(&size.Monthly, "monthly", size.Monthly, "toutes les familles payent en fin de mois (mesures de la facturation)")
	f.Uint64Var(&size.Seed, "seed", size.Seed, "`GRAINE` du hasard\u00a0: la même donne les mêmes familles")
	return cmd
}

// unfinished refuses a demonstration whose making was cut off.
func unfinished(ctx context.Context, o *data.Office) error {
	is, err := o.Staff.IsDemo(ctx)
	if err != nil || !is {
		return err
	}
	ready, err := demo.Ready(ctx, o)
	if err == nil && !ready {
		err = fault.New(fault.Conflict, "La création de cette démonstration a été interrompue : oubliez-la d’abord (ardoisectl demo reset).")
	}
	return err
}

// progress tells what a long work is at, for who watches; machines are spared it.
func (c *cli) progress() func(done, total int, what string) {
	if c.json {
		return nil
	}
	return func(done, total int, what string) {
		if what != "" {
			put(c.err, "%d/%d  %s\n", done+1, total, what)
		}
	}
}

func (c *cli) demoReset() *cobra.Command {
	return &cobra.Command{
		Use: "reset", Short: "oublie la base de démonstration : la prochaine ouverture en fait une neuve", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			path, err := c.demoPath()
			if err != nil {
				return err
			}
			there, err := c.removeDemo(cmd.Context(), path)
			if err != nil {
				return err
			}
			out := struct {
				Database string `json:"database"`
				Removed  bool   `json:"removed"`
			}{path, there}
			return c.say(out, func(w io.Writer) {
				if there {
					put(w, "La démonstration %s est oubliée.\n", path)
				} else {
					put(w, "Il n’y avait pas de démonstration dans %s.\n", path)
				}
			})
		},
	}
}

// removeDemo removes a demonstration's file, never another one's and never one
// that somebody has open.
func (c *cli) removeDemo(ctx context.Context, path string) (there bool, err error) {
	if strings.HasPrefix(path, "postgres") {
		return false, fault.New(fault.Invalid, "Sur PostgreSQL, faites supprimer et recréer la base de démonstration par son administrateur.")
	}
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	c.unsound = true // a broken demonstration is a reason to make it anew
	o, err := c.open(ctx, true)
	c.unsound = false
	if err != nil {
		return false, err
	}
	isDemo, err := o.Staff.IsDemo(ctx)
	if err != nil {
		return false, err
	}
	if agents, err := o.Staff.HasAgents(ctx); err != nil {
		return false, err
	} else if !isDemo && agents {
		return false, fault.New(fault.Conflict, "« %s » n’est pas une démonstration : elle n’est pas supprimée.", path)
	}
	file := o.Store.Path()
	c.office = nil
	if err := o.Close(); err != nil {
		return false, err
	}
	lock := flock.New(file + ".lock")
	wait, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if ok, lerr := lock.TryLockContext(wait, 50*time.Millisecond); !ok {
		return false, fault.Wrap(fault.Conflict, lerr, "La démonstration est ouverte dans un programme : fermez-le, puis recommencez. Rien n’a été supprimé.")
	}
	defer func() { err = errors.Join(err, lock.Unlock()) }()
	if err := removeDatabase(file); err != nil {
		return false, err
	}
	return true, nil
}
