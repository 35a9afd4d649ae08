package main

import (
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/retention"
)

// demand is who asked for a correction, and how.
type demand struct {
	set      []string
	who, how string
}

func (d *demand) flags(cmd *cobra.Command, fields string) {
	f := cmd.Flags()
	f.StringArrayVar(&d.set, "set", nil, "`CHAMP=VALEUR` à corriger, autant de fois qu’il faut\u00a0: "+fields)
	f.StringVar(&d.who, "asked-by", "", "qui `DEMANDE` la correction (gardé au journal)")
	f.StringVar(&d.how, "how", "guichet", "`COMMENT` elle a été demandée")
}

// apply writes the values into the fields named.
func (d *demand) apply(at map[string]func(string) error) error {
	if len(d.set) == 0 {
		return need("set", "")
	}
	for _, s := range d.set {
		name, value, ok := strings.Cut(s, "=")
		put := at[name]
		if !ok || put == nil {
			return usage("« %s » n’est pas un CHAMP=VALEUR connu", s)
		}
		if err := put(strings.TrimSpace(value)); err != nil {
			return err
		}
	}
	return nil
}

func (d *demand) names() string {
	var out []string
	for _, s := range d.set {
		name, _, _ := strings.Cut(s, "=")
		out = append(out, name)
	}
	return strings.Join(out, ", ")
}

func textAt(p *string) func(string) error {
	return func(s string) error { *p = s; return nil }
}

func dayAt(p *calendar.Date) func(string) error {
	return func(s string) (err error) {
		if *p = 0; s != "" {
			*p, err = calendar.ParseISO(s)
		}
		if err != nil {
			return fault.New(fault.Invalid, "« %s » n’est pas une date de la forme AAAA-MM-JJ.", s)
		}
		return nil
	}
}

const (
	familyFields = "name, address1, address2, postal, city, country, note, quotient, quotient-from, quotient-to, civility1, last1, usage1, first1, email1, home1, work1, mobile1 (et 2)"
	childFields  = "last, usage, first, birth, sex, ine, level, note"
)

func familyField(f *family.Family) map[string]func(string) error {
	out := map[string]func(string) error{
		"name": textAt(&f.Name), "address1": textAt(&f.Address1), "address2": textAt(&f.Address2), "postal": textAt(&f.Postal), "city": textAt(&f.City),
		"country": textAt(&f.Country), "note": textAt(&f.Note), "quotient-from": dayAt(&f.QuotientFrom), "quotient-to": dayAt(&f.QuotientTo),
		"quotient": func(s string) error {
			if f.Quotient = nil; s == "" {
				return nil
			}
			n, err := strconv.Atoi(s)
			if err != nil {
				return fault.New(fault.Invalid, "« %s » n’est pas un quotient familial.", s)
			}
			f.Quotient = &n
			return nil
		},
	}
	for i := range f.Guardians {
		g, n := &f.Guardians[i], strconv.Itoa(i+1)
		for name, at := range map[string]*string{
			"civility": &g.Civility, "last": &g.Last, "usage": &g.Usage, "first": &g.First, "email": &g.Email, "home": &g.Home, "work": &g.Work, "mobile": &g.Mobile,
		} {
			out[name+n] = textAt(at)
		}
	}
	return out
}

func (c *cli) familiesCorrect() *cobra.Command {
	var d demand
	cmd := &cobra.Command{
		Use: "correct FAMILLE", Short: "corrige le foyer à la demande de la famille (droit de rectification)", Args: words("le numéro de la famille"),
		Long: "Corrige le foyer ou ses responsables. Le journal garde qui l’a demandé, et ce qui a changé. Les quittances et les factures passées ne sont pas réécrites.",
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := number("de famille", args[0])
			if err != nil {
				return err
			}
			if err := need("asked-by", d.who); err != nil {
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
			if err := d.apply(familyField(&f)); err != nil {
				return err
			}
			// The demand first, as in the window: a refused demand must not leave the file changed.
			if err := o.Family.Rectify(ctx, family.Rectification{FamilyID: id, Who: d.who, How: d.how, What: d.names()}); err != nil {
				return err
			}
			if err := o.Family.Update(ctx, f); err != nil {
				return err
			}
			if f, err = o.Family.Get(ctx, id); err != nil {
				return err
			}
			return c.sayWhole(ctx, o, f)
		},
	}
	d.flags(cmd, familyFields)
	return cmd
}

func (c *cli) familiesCorrectChild() *cobra.Command {
	var d demand
	cmd := &cobra.Command{
		Use: "correct-child ENFANT", Short: "corrige la fiche d’un enfant à la demande de la famille", Args: words("le numéro de l’enfant"),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := number("d’enfant", args[0])
			if err != nil {
				return err
			}
			if err := need("asked-by", d.who); err != nil {
				return err
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			k, err := o.Family.Child(ctx, id)
			if err != nil {
				return err
			}
			err = d.apply(map[string]func(string) error{
				"last": textAt(&k.Last), "usage": textAt(&k.Usage), "first": textAt(&k.First), "birth": dayAt(&k.Birth), "sex": textAt(&k.Sex),
				"ine": textAt(&k.INE), "level": textAt(&k.Level), "note": textAt(&k.Note),
			})
			if err != nil {
				return err
			}
			// The demand first, as in the window: a refused demand must not leave the file changed.
			if err := o.Family.Rectify(ctx, family.Rectification{FamilyID: k.FamilyID, Who: d.who, How: d.how, What: "enfant n° " + strconv.FormatInt(id, 10) + ", " + d.names()}); err != nil {
				return err
			}
			if err := o.Family.UpdateChild(ctx, k); err != nil {
				return err
			}
			f, err := o.Family.Get(ctx, k.FamilyID)
			if err != nil {
				return err
			}
			return c.sayWhole(ctx, o, f)
		},
	}
	d.flags(cmd, childFields)
	return cmd
}

func (c *cli) familiesHold() *cobra.Command {
	var reason string
	var lift bool
	cmd := &cobra.Command{
		Use: "hold FAMILLE", Short: "marque un dossier « ne pas purger », ou retire la marque", Args: words("le numéro de la famille"),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := number("de famille", args[0])
			if err != nil {
				return err
			}
			if !lift {
				if err := need("reason", reason); err != nil {
					return err
				}
			} else {
				reason = ""
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			if err := o.Retention.SetHold(ctx, id, reason); err != nil {
				return err
			}
			out := struct {
				Family int64  `json:"family"`
				Hold   string `json:"hold"`
			}{id, reason}
			return c.say(out, func(w io.Writer) {
				if lift {
					put(w, "Le dossier %s suit de nouveau les durées de conservation.\n", family.Number(id))
					return
				}
				put(w, "Le dossier %s ne sera pas purgé : %s.\n", family.Number(id), reason)
			})
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "`MOTIF` de la marque")
	cmd.Flags().BoolVar(&lift, "lift", false, "retire la marque")
	return cmd
}

func (c *cli) familiesAnonymise() *cobra.Command {
	var dryRun bool
	cmd := &cobra.Command{
		Use: "anonymise FAMILLE", Short: "retire d’un dossier tout ce qui nomme quelqu’un ; les comptes restent", Args: words("le numéro de la famille"),
		Long: "Retire d’un dossier tout ce qui nomme quelqu’un. C’est définitif ; montants, jours et numéros restent. Ce que la loi fait garder (factures, quittances) attend sa durée.",
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := number("de famille", args[0])
			if err != nil {
				return err
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			p, err := o.Retention.PlanAnonymise(ctx, id)
			if err != nil {
				return err
			}
			if len(p.Refusals) > 0 {
				return fault.New(fault.Conflict, "La famille %s ne peut pas être anonymisée. %s", family.Number(id), strings.Join(p.Refusals, " "))
			}
			traces := ""
			if !dryRun {
				if err := o.Retention.Anonymise(ctx, p); errors.Is(err, retention.ErrTraces) {
					traces = fault.Sentence(err)
				} else if err != nil {
					return err
				}
			}
			out := struct {
				Family int64    `json:"family"`
				Done   bool     `json:"done"`
				Lines  []string `json:"lines"`
				Traces string   `json:"traces,omitempty"`
			}{id, !dryRun, p.Lines(), traces}
			return c.say(out, func(w io.Writer) {
				for _, l := range p.Lines() {
					put(w, "- %s\n", l)
				}
				if dryRun {
					put(w, "Rien n’a été modifié.\n")
					return
				}
				put(w, "Le dossier %s est anonymisé. %s\n", family.Number(id), traces)
			})
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "montre ce qui serait fait et n’écrit rien")
	return cmd
}
