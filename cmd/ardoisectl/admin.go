package main

import (
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/fault"
	"ardoise/data/staff"
)

func (c *cli) adminCommand() *cobra.Command {
	return group("admin", "agents : premier agent, phrase de secours, comptes et rôles",
		c.adminCreate(), c.adminRecover(), c.adminAccept(), c.adminClock(),
		group("agents", "comptes des agents", c.agentsList(), c.agentsAdd(), c.agentsRoles()))
}

const passwordRule = "Le mot de passe (13 caractères au moins, lettres, chiffres et symboles) est lu dans ARDOISE_PASSWORD ou sur l’entrée standard."

func (c *cli) adminCreate() *cobra.Command {
	var name, roles string
	cmd := &cobra.Command{
		Use: "create AGENT", Short: "crée le premier agent et donne la phrase de secours, une seule fois", Args: words("l’identifiant de l’agent"),
		Long:    "Crée la base si elle manque, et son premier agent. " + passwordRule + " La phrase de secours n’est montrée qu’ici : imprimez-la.",
		Example: "  ARDOISE_PASSWORD=… ardoisectl --db /srv/ardoise/ardoise.db admin create nperret --name \"Nathalie Perret\"",
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			list, err := rolesOf(roles)
			if err != nil {
				return err
			}
			if list == nil {
				list = staff.Roles
			}
			password, err := c.password()
			if err != nil {
				return err
			}
			o, undo, err := c.create(ctx)
			if err != nil {
				return err
			}
			if name == "" {
				name = args[0]
			}
			phrase, err := o.Staff.Bootstrap(ctx, args[0], name, password, list...)
			if err := undo(err); err != nil {
				return err
			}
			out := struct {
				Login    string `json:"login"`
				Phrase   string `json:"phrase"`
				Database string `json:"database"`
			}{staff.CleanLogin(args[0]), phrase, o.Store.URL()}
			return c.say(out, func(w io.Writer) {
				put(w, "L’agent « %s » est créé.\nPhrase de secours, à imprimer et à ranger sous clé. Elle ne sera plus jamais montrée :\n\n    %s\n", args[0], phrase)
			})
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "`NOM` montré à l’écran")
	cmd.Flags().StringVar(&roles, "roles", "", "`LISTE` de rôles\u00a0: "+roleCodes()+" (défaut\u00a0: tous)")
	return cmd
}

func (c *cli) adminRecover() *cobra.Command {
	return &cobra.Command{
		Use: "recover AGENT", Short: "redonne l’accès à un agent avec la phrase de secours", Args: words("l’identifiant de l’agent"),
		Long: "Lit la phrase de secours dans ARDOISE_PHRASE ou sur la première ligne de l’entrée standard, puis le nouveau mot de passe. " + passwordRule,
		RunE: func(cmd *cobra.Command, args []string) error {
			phrase := c.getenv("ARDOISE_PHRASE")
			if phrase == "" {
				var err error
				if phrase, err = c.line("La phrase de secours manque : donnez-la dans ARDOISE_PHRASE ou sur l’entrée standard."); err != nil {
					return err
				}
			}
			password, err := c.password()
			if err != nil {
				return err
			}
			o, err := c.open(cmd.Context(), true)
			if err != nil {
				return err
			}
			if err := o.Staff.Recover(cmd.Context(), phrase, args[0], password); err != nil {
				return err
			}
			out := struct {
				Login string `json:"login"`
			}{staff.CleanLogin(args[0])}
			return c.say(out, func(w io.Writer) {
				put(w, "L’agent « %s » peut se connecter avec son nouveau mot de passe.\n", args[0])
			})
		},
	}
}

func roleCodes() string {
	var out []string
	for _, r := range staff.Roles {
		out = append(out, string(r))
	}
	return strings.Join(out, ",")
}

func rolesOf(text string) (out []staff.Role, err error) {
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		r := staff.Role(part)
		if !r.Valid() {
			return nil, usage("« %s » n’est pas un rôle ; rôles : %s", part, roleCodes())
		}
		out = append(out, r)
	}
	return out, nil
}

type agentJSON struct {
	ID     int64    `json:"id"`
	Login  string   `json:"login"`
	Name   string   `json:"name"`
	Roles  []string `json:"roles"`
	Active bool     `json:"active"`
}

func (c *cli) sayAgents(ctx context.Context, o *data.Office) error {
	list, err := o.Staff.Agents(ctx)
	if err != nil {
		return err
	}
	out := []agentJSON{}
	t := columns(">N°", "Identifiant", "Nom", "Rôles", "Actif")
	for _, a := range list {
		j := agentJSON{ID: a.ID, Login: a.Login, Name: a.Name, Active: a.Active, Roles: []string{}}
		var labels []string
		for _, r := range a.Roles {
			j.Roles = append(j.Roles, string(r))
			labels = append(labels, r.Label())
		}
		out = append(out, j)
		t.row(a.ID, a.Login, a.Name, strings.Join(labels, ", "), map[bool]string{true: "oui", false: "non"}[a.Active])
	}
	return c.say(out, func(w io.Writer) { t.print(w, "Aucun agent.") })
}

func (c *cli) agentsList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "les agents et leurs rôles", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			return c.sayAgents(ctx, o)
		},
	}
}

func (c *cli) agentsAdd() *cobra.Command {
	var name, roles string
	cmd := &cobra.Command{
		Use: "add AGENT", Short: "ajoute un agent", Args: words("l’identifiant de l’agent"),
		Long: "Ajoute un agent. Son mot de passe est lu dans ARDOISE_NEW_PASSWORD, sinon sur l’entrée standard (après le vôtre).",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := need("roles", roles); err != nil {
				return err
			}
			list, err := rolesOf(roles)
			if err != nil {
				return err
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			password := c.getenv("ARDOISE_NEW_PASSWORD")
			if password == "" {
				if password, err = c.line("Le mot de passe du nouvel agent manque : donnez-le dans ARDOISE_NEW_PASSWORD ou sur l’entrée standard."); err != nil {
					return err
				}
			}
			if name == "" {
				name = args[0]
			}
			if _, err := o.Staff.CreateAgent(ctx, staff.NewAgent{Login: args[0], Name: name, Password: password, Roles: list}); err != nil {
				return err
			}
			return c.sayAgents(ctx, o)
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "`NOM` montré à l’écran")
	cmd.Flags().StringVar(&roles, "roles", "", "`LISTE` de rôles\u00a0: "+roleCodes())
	return cmd
}

func (c *cli) agentsRoles() *cobra.Command {
	return &cobra.Command{
		Use: "roles AGENT RÔLES", Short: "donne ces rôles à un agent, à la place des anciens", Args: words("l’identifiant de l’agent", "les rôles"),
		Example: "  ardoisectl --user nperret admin agents roles jdubois accueil,regie",
		RunE: func(cmd *cobra.Command, args []string) error {
			roles, err := rolesOf(args[1])
			if err != nil {
				return err
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			list, err := o.Staff.Agents(ctx)
			if err != nil {
				return err
			}
			for _, a := range list {
				if a.Login == staff.CleanLogin(args[0]) {
					if err := o.Staff.SetRoles(ctx, a.ID, roles...); err != nil {
						return err
					}
					return c.sayAgents(ctx, o)
				}
			}
			return fault.New(fault.NotFound, "L’agent « %s » n’existe pas.", args[0])
		},
	}
}
