package main

import (
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/retention"
)

type purgeRuleJSON struct {
	Rule     string          `json:"rule"`
	Label    string          `json:"label"`
	Before   calendar.Date   `json:"before"`
	Count    int             `json:"count"`
	Families []int64         `json:"families"`
	Kept     []purgeKeptJSON `json:"kept"`
}

type purgeKeptJSON struct {
	Family int64  `json:"family"`
	Why    string `json:"why"`
}

type purgeJSON struct {
	Done   bool            `json:"done"`
	Count  int             `json:"count"`
	Rules  []purgeRuleJSON `json:"rules"`
	Traces string          `json:"traces,omitempty"`
}

func purgeOf(p retention.Plan) purgeJSON {
	out := purgeJSON{Count: p.Count(), Rules: []purgeRuleJSON{}}
	for _, r := range p.Rules {
		j := purgeRuleJSON{r.ID, r.Label, r.Before, r.Count, []int64{}, []purgeKeptJSON{}}
		for _, w := range r.Who {
			j.Families = append(j.Families, w.FamilyID)
		}
		for _, k := range r.Kept {
			j.Kept = append(j.Kept, purgeKeptJSON{k.FamilyID, k.Why})
		}
		out.Rules = append(out.Rules, j)
	}
	return out
}

func (c *cli) purgeCommand() *cobra.Command {
	var dryRun bool
	cmd := &cobra.Command{
		Use: "purge", Short: "efface ce dont la durée de conservation est passée", Args: words(),
		Long: "Efface ce dont la durée de conservation est passée, règle par règle, en une fois. Les comptes gardent leurs montants et leurs jours. " +
			"Regardez d’abord avec --dry-run : c’est définitif.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			p, err := o.Retention.PlanPurge(ctx)
			if err != nil {
				return err
			}
			out := purgeOf(p)
			if !dryRun && p.Count() > 0 {
				if _, err := o.Retention.Purge(ctx, p); errors.Is(err, retention.ErrTraces) {
					out.Traces = fault.Sentence(err)
				} else if err != nil {
					return err
				}
				out.Done = true
			}
			return c.say(out, func(w io.Writer) { sayPurge(w, p, out) })
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "montre ce qui serait effacé et n’écrit rien")
	return cmd
}

func sayPurge(w io.Writer, p retention.Plan, out purgeJSON) {
	t := columns("Données", "D’avant le", "À purger", ">Familles", ">Retenues")
	for _, r := range p.Rules {
		t.row(r.Label, r.Before.Short(), r.What, len(r.Who), len(r.Kept))
	}
	t.print(w, "Aucune règle.")
	for _, r := range p.Rules {
		for _, k := range r.Kept {
			put(w, "Retenu, %s : %s %s, %s\n", strings.ToLower(r.Label), k.Number, k.Name, k.Why)
		}
	}
	switch {
	case out.Done:
		put(w, "%s purgées. %s\n", count(out.Count, "chose", "choses"), out.Traces)
	case out.Count == 0:
		put(w, "Rien n’est à purger.\n")
	default:
		put(w, "Rien n’a été modifié.\n")
	}
}

// settingsRetention shows the periods, and changes those that are given.
func (c *cli) settingsRetention() *cobra.Command {
	fields := retention.Default()
	values := map[string]*int{}
	cmd := &cobra.Command{
		Use: "retention", Short: "durées de conservation, en mois", Args: words(),
		Long: "Montre les durées de conservation, et change celles qui sont données. Elles sont à confirmer avec votre délégué à la protection des données.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			s, err := o.Retention.Settings(ctx)
			if err != nil {
				return err
			}
			changed := false
			for _, f := range s.Fields() {
				if cmd.Flags().Changed(f.Name) {
					*f.At, changed = *values[f.Name], true
				}
			}
			if changed {
				if err := o.Retention.SetSettings(ctx, s); err != nil {
					return err
				}
			}
			out := map[string]int{}
			t := columns("Réglage", ">Mois", "De … à …", "Données gardées", "Pourquoi")
			for _, f := range s.Fields() {
				out[f.Name] = *f.At
				t.row(f.Name, *f.At, strconv.Itoa(f.Low)+" à "+strconv.Itoa(f.High), f.Label+", "+f.After, f.Source)
			}
			return c.say(out, func(w io.Writer) { t.print(w, "") })
		},
	}
	for _, f := range fields.Fields() {
		values[f.Name] = cmd.Flags().Int(f.Name, f.Default, "`MOIS` : "+f.Label+", "+f.After)
	}
	return cmd
}
