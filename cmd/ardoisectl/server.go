package main

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"ardoise/data/fault"
	"ardoise/data/server"
	"ardoise/data/store"
)

// serverCommand is the work of whoever keeps the PostgreSQL server: it asks for
// no agent, the server itself says who owns the base.
func (c *cli) serverCommand() *cobra.Command {
	prefix := server.DefaultPrefix
	g := group("server", "base PostgreSQL : mise à jour, rôles et droits, pour l’administrateur du serveur",
		c.serverMigrate(&prefix), c.serverGrant(&prefix), c.serverCheck(&prefix))
	g.PersistentFlags().StringVar(&prefix, "prefix", prefix, "`DÉBUT` du nom des rôles du serveur")
	return g
}

func (c *cli) serverMigrate(prefix *string) *cobra.Command {
	var backups string
	cmd := &cobra.Command{
		Use: "migrate", Short: "crée ou met à jour les tables, puis redonne les droits", Args: words(),
		Long: "Crée les tables dans une base vide, ou les met à jour pour cette version d’Ardoise après une sauvegarde (--backups). À lancer avec le compte " +
			"propriétaire de la base : les comptes des postes n’en ont pas le droit. Si les rôles existent, leurs droits sont redonnés.",
		Example: "  ardoisectl --db postgres://ardoise_owner@serveur/ardoise server migrate --backups /var/backups/ardoise",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			db, err := c.openServer(ctx, backups)
			if err != nil {
				return err
			}
			return closingStore(db, c.migrated(ctx, db, *prefix))
		},
	}
	cmd.Flags().StringVar(&backups, "backups", "", "`DOSSIER` de la sauvegarde d’avant la mise à jour")
	return cmd
}

func (c *cli) migrated(ctx context.Context, db *store.DB, prefix string) error {
	version, err := db.SchemaVersion(ctx)
	if err != nil {
		return err
	}
	granted, err := server.Made(ctx, db, prefix)
	if err != nil {
		return err
	}
	if granted {
		if err := server.Grant(ctx, db, prefix); err != nil {
			return err
		}
	}
	out := struct {
		Schema  int64 `json:"schema"`
		Granted bool  `json:"granted"`
	}{version, granted}
	return c.say(out, func(w io.Writer) {
		put(w, "La base « %s » est au schéma %d.\n", db.Name(), version)
		if granted {
			put(w, "Les droits des rôles %s_… sont redonnés.\n", prefix)
		} else {
			put(w, "Les rôles n’existent pas encore : « ardoisectl server grant » les crée.\n")
		}
	})
}

func (c *cli) serverGrant(prefix *string) *cobra.Command {
	var sql bool
	cmd := &cobra.Command{
		Use: "grant", Short: "crée les rôles du serveur et leur donne exactement leurs droits", Args: words(),
		Long: "Crée les rôles du serveur (app pour les postes ; accueil, regie, cuisine et lecture pour un tableur) et leur donne exactement ce que prévoit le programme, " +
			"quoi qu’ils aient eu avant. Une connexion directe ne lit ainsi ni ce qui est scellé, ni mots de passe, ni notes, ni courriers. " +
			"À lancer avec le compte propriétaire de la base, et de nouveau après chaque « migrate » d’un fichier vers le serveur.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			db, err := c.openServer(ctx, "")
			if err != nil {
				return err
			}
			if sql {
				return closingStore(db, c.script(ctx, db, *prefix))
			}
			return closingStore(db, c.granted(ctx, db, *prefix))
		},
	}
	cmd.Flags().BoolVar(&sql, "sql", false, "écrit les ordres SQL sur la sortie, sans rien exécuter")
	return cmd
}

func (c *cli) script(ctx context.Context, db *store.DB, prefix string) error {
	script, err := server.Script(ctx, db, prefix)
	if err != nil {
		return err
	}
	return c.say(map[string][]string{"statements": script}, func(w io.Writer) {
		put(w, "BEGIN;\n%s;\nCOMMIT;\n", strings.Join(script, ";\n"))
	})
}

func (c *cli) granted(ctx context.Context, db *store.DB, prefix string) error {
	if err := server.Grant(ctx, db, prefix); err != nil {
		return err
	}
	out := []map[string]string{}
	for _, r := range server.Roles {
		out = append(out, map[string]string{"role": r.Name(prefix), "for": r.What()})
	}
	return c.say(map[string]any{"roles": out}, func(w io.Writer) {
		t := columns("Rôle du serveur", "Pour")
		for _, r := range server.Roles {
			t.row(r.Name(prefix), r.What())
		}
		t.print(w, "Aucun rôle.")
		put(w, "Un compte par poste : CREATE ROLE accueil_2 LOGIN PASSWORD '…' IN ROLE %s;\n", server.App.Name(prefix))
	})
}

func (c *cli) serverCheck(prefix *string) *cobra.Command {
	return &cobra.Command{
		Use: "check", Short: "compare les droits du serveur à ceux que prévoit le programme", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			db, err := c.openServer(cmd.Context(), "")
			if err != nil {
				return err
			}
			return closingStore(db, c.standing(cmd.Context(), db, *prefix))
		},
	}
}

type standingJSON struct {
	Role    string   `json:"role"`
	Made    bool     `json:"made"`
	Members []string `json:"members"`
	Differs []string `json:"differs"`
}

func (c *cli) standing(ctx context.Context, db *store.DB, prefix string) error {
	list, err := server.Look(ctx, db, prefix)
	if err != nil {
		return err
	}
	out, wrong := []standingJSON{}, false
	for _, s := range list {
		out = append(out, standingJSON{s.Name, s.Made, append([]string{}, s.Members...), append([]string{}, s.Differs...)})
		wrong = wrong || !s.Made || len(s.Differs) > 0
	}
	err = c.say(map[string]any{"ok": !wrong, "roles": out}, func(w io.Writer) {
		t := columns("Rôle", "État", "Comptes")
		for _, s := range list {
			state := "juste"
			switch {
			case !s.Made:
				state = "n’existe pas"
			case len(s.Differs) > 0:
				state = count(len(s.Differs), "différence", "différences")
			}
			t.row(s.Name, state, strings.Join(s.Members, ", "))
		}
		t.print(w, "Aucun rôle.")
		for _, s := range list {
			for _, d := range s.Differs {
				put(w, "%s, %s\n", s.Name, d)
			}
		}
		if wrong {
			put(w, "Pour tout remettre d’aplomb : ardoisectl server grant.\n")
		}
	})
	if err == nil && wrong {
		err = checkFailed{errDrift}
	}
	return err
}

// openServer opens the base without an office: its owner is no agent.
func (c *cli) openServer(ctx context.Context, backups string) (*store.DB, error) {
	opt, err := c.options()
	if err != nil {
		return nil, err
	}
	path, err := c.path()
	if err != nil {
		return nil, err
	}
	if !store.IsServer(path) {
		return nil, fault.New(fault.Invalid, "« %s » est un fichier : cette commande est pour une base PostgreSQL (--db postgres://…).", path)
	}
	db, err := store.Open(ctx, path, store.Options{Clock: opt.Clock, Log: opt.Log, BackupDir: backups})
	if err != nil {
		return nil, environment{err}
	}
	return db, nil
}

// errDrift is for the exit status: the report was printed.
var errDrift = errors.New("server check: the server grants something else")

func closingStore(db *store.DB, err error) error { return errors.Join(err, db.Close()) }
