package main

import (
	"context"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/fault"
	"ardoise/data/letter"
)

// templateJSON is a template of letters.
type templateJSON struct {
	Name    string      `json:"name"`
	Title   string      `json:"title"`
	When    string      `json:"when"`
	Subject string      `json:"subject"`
	Body    string      `json:"body"`
	Changed bool        `json:"changed"`
	Version int64       `json:"version"`
	Problem string      `json:"problem"`
	Fields  []fieldJSON `json:"fields"`
}

type fieldJSON struct {
	Field   string `json:"field"`
	Label   string `json:"label"`
	Example string `json:"example"`
}

func templateOut(t letter.Template) templateJSON {
	out := templateJSON{t.Name, t.Title, t.When, t.Subject, t.Body, t.Changed, t.Version, t.Problem, []fieldJSON{}}
	for _, in := range t.Inserts() {
		out.Fields = append(out.Fields, fieldJSON{in.Text, in.Label, in.Example})
	}
	return out
}

func (c *cli) mailTemplates() *cobra.Command {
	return &cobra.Command{
		Use: "templates", Short: "les modèles des courriels aux familles", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			list, err := o.Letter.Templates(ctx)
			if err != nil {
				return err
			}
			out := make([]templateJSON, len(list))
			t := columns("Nom", "Modèle", "Envoyé", "Texte")
			for i, x := range list {
				out[i] = templateOut(x)
				t.row(x.Name, x.Title, x.When, templateState(x))
			}
			return c.say(out, func(w io.Writer) { t.print(w, "") })
		},
	}
}

func templateState(t letter.Template) string {
	switch {
	case t.Problem != "":
		return "à revoir"
	case t.Changed:
		return "modifié"
	}
	return "d’origine"
}

// mailTemplate shows a template, changes it, shows what a family would read, or
// puts the program's text back.
func (c *cli) mailTemplate() *cobra.Command {
	var subject, body string
	var restore, preview bool
	cmd := &cobra.Command{
		Use: "template NOM", Short: "montre un modèle, le change ou le remet comme à l’origine", Args: words("NOM"),
		Long: "Sans option, montre le modèle et ses champs. Avec --subject ou --body, le change ; ce qui n’est pas donné reste. Avec --preview, rien n’est enregistré.",
		Example: "  ardoisectl mail template wallet.low --subject \"Porte-monnaie : {solde}\" --preview\n" +
			"  ardoisectl mail template wallet.low --body texte.txt\n  ardoisectl mail template wallet.low --restore",
		RunE: func(cmd *cobra.Command, args []string) error {
			changed := cmd.Flags().Changed("subject") || cmd.Flags().Changed("body")
			if restore && (changed || preview) {
				return usage("--restore ne va pas avec --subject, --body ni --preview")
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			t, err := findTemplate(ctx, o, args[0])
			if err != nil {
				return err
			}
			next := t
			if cmd.Flags().Changed("subject") {
				next.Subject = subject
			}
			if cmd.Flags().Changed("body") {
				if next.Body, err = c.bodyText(body); err != nil {
					return err
				}
			}
			switch {
			case preview:
				return c.previewTemplate(ctx, o, next)
			case restore:
				t, err = o.Letter.RestoreTemplate(ctx, t.Name, t.Version)
			case changed:
				t, err = o.Letter.SaveTemplate(ctx, t.Name, next.Subject, next.Body, t.Version)
			}
			if err != nil {
				return err
			}
			return c.say(templateOut(t), func(w io.Writer) { putTemplate(w, t) })
		},
	}
	cmd.Flags().StringVar(&subject, "subject", "", "le nouvel `OBJET`")
	cmd.Flags().StringVar(&body, "body", "", "`FICHIER` du nouveau texte, « - » pour l’entrée standard")
	cmd.Flags().BoolVar(&restore, "restore", false, "revient au modèle d’origine")
	cmd.Flags().BoolVar(&preview, "preview", false, "montre ce qu’une famille lirait, avec des valeurs d’exemple")
	return cmd
}

func findTemplate(ctx context.Context, o *data.Office, name string) (t letter.Template, err error) {
	list, err := o.Letter.Templates(ctx)
	if err != nil {
		return t, err
	}
	i := slices.IndexFunc(list, func(x letter.Template) bool { return x.Name == name })
	if i < 0 {
		return t, fault.New(fault.NotFound, "Il n’y a pas de modèle de courriel « %s ». La commande « mail templates » en donne la liste.", name)
	}
	return list[i], nil
}

// bodyText reads a file of the user's, or what is left of standard input.
func (c *cli) bodyText(path string) (string, error) {
	if path != "-" {
		b, err := inputBytes(path)
		return string(b), err
	}
	b, err := io.ReadAll(io.LimitReader(c.lines, 1<<20))
	if err != nil {
		return "", fault.Wrap(fault.Unavailable, err, "L’entrée standard n’a pas pu être lue jusqu’au bout.")
	}
	return string(b), nil
}

func (c *cli) previewTemplate(ctx context.Context, o *data.Office, t letter.Template) error {
	l, err := o.Letter.Preview(ctx, t.Name, t.Subject, t.Body)
	if err != nil {
		return err
	}
	return c.say(map[string]string{"name": t.Name, "subject": l.Subject, "body": l.Body}, func(w io.Writer) { put(w, "Objet\u00a0: %s\n\n%s", l.Subject, l.Body) })
}

func putTemplate(w io.Writer, t letter.Template) {
	put(w, "%s (%s), %s\n%s\n\nObjet\u00a0: %s\n\n%s\n\nChamps\u00a0:\n", t.Title, t.Name, templateState(t), t.When, t.Subject, t.Body)
	if t.Problem != "" {
		put(w, "%s\n", t.Problem)
	}
	fields := columns("Champ", "Ce que c’est")
	for _, in := range t.Inserts() {
		fields.row(in.Text, in.Label)
	}
	fields.print(w, "")
}
