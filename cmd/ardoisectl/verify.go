package main

import (
	"errors"
	"io"

	"github.com/spf13/cobra"
)

type checkJSON struct {
	ID     string `json:"id"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
}

func (c *cli) verifyCommand() *cobra.Command {
	return &cobra.Command{
		Use: "verify", Short: "contrôle tout ce que le programme promet, une ligne par contrôle", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c.unsound = true // saying what is wrong is its work
			ctx, o, err := c.unattended(cmd.Context())
			if err != nil {
				return err
			}
			checks, err := o.Verify(ctx)
			if err != nil {
				return err
			}
			out := struct {
				OK     bool        `json:"ok"`
				Checks []checkJSON `json:"checks"`
			}{OK: true, Checks: []checkJSON{}}
			for _, k := range checks {
				out.OK = out.OK && k.OK
				out.Checks = append(out.Checks, checkJSON{k.ID, k.OK, k.Detail})
			}
			err = c.say(out, func(w io.Writer) {
				t := columns("Contrôle", "", "Détail")
				for _, k := range out.Checks {
					word := "bon"
					if !k.OK {
						word = "FAUX"
					}
					t.row(k.ID, word, k.Detail)
				}
				t.print(w, "Aucun contrôle.")
				if out.OK {
					put(w, "Tout est juste.\n")
				} else {
					put(w, "Au moins un contrôle a échoué : ne modifiez plus rien, gardez une copie de la base et prévenez votre assistance.\n")
				}
			})
			if err == nil && !out.OK {
				err = checkFailed{errors.New("verify: an invariant does not hold")}
			}
			return err
		},
	}
}
