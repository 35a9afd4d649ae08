package main

import (
	"io"
	"strings"

	"github.com/spf13/cobra"

	"ardoise/data/billing"
)

func (c *cli) settingsCommand() *cobra.Command {
	return group("settings", "réglages : facturation (régie, créancier, prélèvements, PayFiP, PES), durées de conservation", c.settingsShow(), c.settingsSet(), c.settingsRetention())
}

func settingsOut(s billing.Settings) map[string]string {
	out := map[string]string{}
	for _, name := range billing.SettingNames() {
		out[name] = s.Value(name)
	}
	return out
}

func (c *cli) settingsShow() *cobra.Command {
	return &cobra.Command{
		Use: "show", Short: "tous les réglages et leur valeur (montants en centimes, oui = 1)", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			s, err := o.Billing.Settings(ctx)
			if err != nil {
				return err
			}
			return c.say(settingsOut(s), func(w io.Writer) {
				t := columns("Réglage", "Valeur")
				for _, name := range billing.SettingNames() {
					t.row(name, s.Value(name))
				}
				t.print(w, "")
			})
		},
	}
}

func (c *cli) settingsSet() *cobra.Command {
	return &cobra.Command{
		Use: "set NOM=VALEUR …", Short: "change des réglages, tous ou aucun", Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("il manque NOM=VALEUR")
			}
			return nil
		},
		Example: "  ardoisectl settings set billing.issuer_given=Nathalie billing.issuer_name=Perret \"billing.issuer_title=Régisseuse titulaire\"\n" +
			"  ardoisectl settings set creditor.ics=FR72ZZZ123456 creditor.iban=\"FR76 …\" billing.threshold=15,00",
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			s, err := o.Billing.Settings(ctx)
			if err != nil {
				return err
			}
			for _, a := range args {
				name, value, ok := strings.Cut(a, "=")
				if !ok {
					return usage("« %s » n’est pas de la forme NOM=VALEUR", a)
				}
				if err := s.Set(name, value); err != nil {
					return err
				}
			}
			if err := o.Billing.SetSettings(ctx, s); err != nil {
				return err
			}
			if s, err = o.Billing.Settings(ctx); err != nil {
				return err
			}
			return c.say(settingsOut(s), func(w io.Writer) { put(w, "%s.\n", count(len(args), "réglage enregistré", "réglages enregistrés")) })
		},
	}
}
