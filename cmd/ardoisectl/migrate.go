package main

import (
	"context"
	"io"
	"time"

	"github.com/spf13/cobra"

	"ardoise/data/fault"
	"ardoise/data/store"
	"ardoise/data/transfer"
)

func (c *cli) migrateCommand() *cobra.Command {
	var to string
	cmd := &cobra.Command{
		Use: "migrate --to BASE", Short: "recopie toute la base dans une autre, vide : d’un fichier vers PostgreSQL, ou l’inverse", Args: words(),
		Long: "Recopie toute la base (--db) dans une base vide : postgres://… ou un fichier qui n’existe pas encore. Chaque ligne de chaque table est relue des deux côtés " +
			"et comparée, toutes les règles sont contrôlées sur la copie, et rien n’est gardé si une seule différence apparaît. La base d’origine n’est que lue. " +
			"Personne d’autre ne doit y travailler ; il faut y être administrateur (--user). Les mots de passe des agents restent les mêmes.",
		Example: "  ardoisectl migrate --db saint-marcel.db --to postgres://ardoise@serveur/ardoise --user nperret\n" +
			"  ardoisectl migrate --db postgres://ardoise@serveur/ardoise --to saint-marcel.db --user nperret",
		RunE: func(cmd *cobra.Command, _ []string) error { return c.migrate(cmd.Context(), to) },
	}
	cmd.Flags().StringVar(&to, "to", "", "`BASE` d’arrivée, vide : postgres://… ou chemin d’un fichier")
	return cmd
}

type movedTable struct {
	Table string `json:"table"`
	Rows  int64  `json:"rows"`
}

type movedJSON struct {
	From     string       `json:"from"`
	To       string       `json:"to"`
	Rows     int64        `json:"rows"`
	Compared int64        `json:"compared"`
	Checks   int          `json:"checks"`
	PeakMB   int          `json:"peak_mb"` // memory of this process
	Tables   []movedTable `json:"tables"`
	Millis   struct {
		Copy    int64 `json:"copy"`
		Guards  int64 `json:"guards"`
		Compare int64 `json:"compare"`
		Verify  int64 `json:"verify"`
		Total   int64 `json:"total"`
	} `json:"millis"`
}

func (c *cli) migrate(ctx context.Context, to string) error {
	if err := need("to", to); err != nil {
		return err
	}
	ctx, o, err := c.enter(ctx)
	if err != nil {
		return err
	}
	opt, err := c.options()
	if err != nil {
		return err
	}
	rep, err := o.MoveTo(ctx, to, opt, c.clock, c.rows())
	if rep == nil {
		return err
	}
	if err != nil {
		put(c.err, "La copie est faite et contrôlée, mais : %s\n", fault.Sentence(err))
	}
	out := moved(rep, o.Store.URL(), store.Shown(to))
	return c.say(out, func(w io.Writer) {
		put(w, "%s copiées, relues et comparées dans %d tables ; %d contrôles bons. Durée : %s.\n", count(int(rep.Rows), "ligne", "lignes"), len(rep.Tables), rep.Checks, rep.Total.Round(100*time.Millisecond))
		put(w, "La base est maintenant à l’adresse %s : ouvrez Ardoise avec --db %s sur chaque poste.\n", out.To, out.To)
		put(w, "L’ancienne, %s, est restée telle quelle : gardez-la comme copie et n’y travaillez plus.\n", out.From)
		if rep.To == store.Postgres {
			put(w, "Sur le serveur, « ardoisectl server grant » donne ensuite leurs droits aux postes.\n")
		}
	})
}

func moved(rep *transfer.Report, from, to string) (out movedJSON) {
	out.From, out.To, out.Rows, out.Compared, out.Checks, out.PeakMB = from, to, rep.Rows, rep.Rows, rep.Checks, peak()
	for _, t := range rep.Tables {
		out.Tables = append(out.Tables, movedTable{t.Table, t.Rows})
	}
	m := &out.Millis
	m.Copy, m.Guards, m.Compare = rep.Copy.Milliseconds(), rep.Guards.Milliseconds(), rep.Compare.Milliseconds()
	m.Verify, m.Total = rep.Verify.Milliseconds(), rep.Total.Milliseconds()
	return out
}

// rows tells how far a copy is, once a second at the most.
func (c *cli) rows() func(done, total int64, what string) {
	if c.json {
		return nil
	}
	var last time.Time
	return func(done, total int64, what string) {
		if now := c.clock(); now.Sub(last) >= time.Second {
			last = now
			put(c.err, "%3d %%  %s\n", done*100/max(total, 1), what)
		}
	}
}
