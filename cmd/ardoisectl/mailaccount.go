package main

import (
	"context"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/mailbox"
)

// accountField is one setting of a mailbox by its name on the command line.
type accountField struct {
	name string
	at   func(*mailbox.Account) any // *string, *int or *bool
}

var accountFields = []accountField{
	{"name", func(a *mailbox.Account) any { return &a.Name }},
	{"address", func(a *mailbox.Account) any { return &a.Address }},
	{"sender", func(a *mailbox.Account) any { return &a.Sender }},
	{"auth", func(a *mailbox.Account) any { return &a.Auth }},
	{"tenant", func(a *mailbox.Account) any { return &a.Tenant }},
	{"client_id", func(a *mailbox.Account) any { return &a.ClientID }},
	{"imap_host", func(a *mailbox.Account) any { return &a.IMAPHost }},
	{"imap_port", func(a *mailbox.Account) any { return &a.IMAPPort }},
	{"imap_security", func(a *mailbox.Account) any { return &a.IMAPSecurity }},
	{"imap_user", func(a *mailbox.Account) any { return &a.IMAPUser }},
	{"folder", func(a *mailbox.Account) any { return &a.Folder }},
	{"done_folder", func(a *mailbox.Account) any { return &a.DoneFolder }},
	{"since", func(a *mailbox.Account) any { return &a.Since }},
	{"poll_seconds", func(a *mailbox.Account) any { return &a.PollSeconds }},
	{"auth_host", func(a *mailbox.Account) any { return &a.AuthHost }},
	{"smtp_host", func(a *mailbox.Account) any { return &a.SMTPHost }},
	{"smtp_port", func(a *mailbox.Account) any { return &a.SMTPPort }},
	{"smtp_security", func(a *mailbox.Account) any { return &a.SMTPSecurity }},
	{"smtp_user", func(a *mailbox.Account) any { return &a.SMTPUser }},
	{"per_minute", func(a *mailbox.Account) any { return &a.PerMinute }},
	{"ca", func(a *mailbox.Account) any { return &a.CA }},
	{"active", func(a *mailbox.Account) any { return &a.Active }},
}

// set writes a value typed as NOM=VALEUR; of ca the value is a file.
func (f accountField) set(a *mailbox.Account, value string) error {
	switch at := f.at(a).(type) {
	case *string:
		if f.name == "ca" && value != "" {
			b, err := inputBytes(value)
			if err != nil {
				return err
			}
			value = string(b)
		}
		*at = value
	case *int:
		n, err := strconv.Atoi(value)
		if err != nil {
			return fault.New(fault.Invalid, "« %s » veut un nombre, pas « %s ».", f.name, value)
		}
		*at = n
	case *calendar.Date:
		d, err := calendar.Date(0), error(nil)
		if value != "" {
			d, err = calendar.ParseISO(value)
		}
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "« %s » veut une date AAAA-MM-JJ, ou rien pour tout relever.", f.name)
		}
		*at = d
	case *bool:
		if value != "oui" && value != "non" {
			return fault.New(fault.Invalid, "« %s » veut oui ou non, pas « %s ».", f.name, value)
		}
		*at = value == "oui"
	}
	return nil
}

func accountOut(a mailbox.Account) map[string]any {
	out := map[string]any{"id": a.ID, "version": a.Version, "secret": a.HasSecret, "where": a.Where}
	for _, f := range accountFields {
		switch at := f.at(&a).(type) {
		case *string:
			out[f.name] = *at
		case *int:
			out[f.name] = *at
		case *calendar.Date:
			out[f.name] = at.String()
		case *bool:
			out[f.name] = *at
		}
	}
	return out
}

func (c *cli) mailAccounts() *cobra.Command {
	return &cobra.Command{
		Use: "accounts", Short: "les boîtes aux lettres réglées", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			list, err := o.Mailbox.Accounts(ctx)
			if err != nil {
				return err
			}
			out := []map[string]any{}
			t := columns(">N°", "Nom", "Adresse", "Réception", "Envoi", "État")
			for _, a := range list {
				out = append(out, accountOut(a))
				state := "utilisée"
				if !a.Active {
					state = "arrêtée"
				}
				t.row(a.ID, a.Name, a.Address, a.IMAPHost, a.SMTPHost, state)
			}
			return c.say(out, func(w io.Writer) { t.print(w, "Aucune boîte aux lettres n’est réglée.") })
		},
	}
}

// account finds a mailbox by its address.
func account(ctx context.Context, o *data.Office, address string) (mailbox.Account, bool, error) {
	list, err := o.Mailbox.Accounts(ctx)
	if err != nil {
		return mailbox.Account{}, false, err
	}
	for _, a := range list {
		if strings.EqualFold(a.Address, strings.TrimSpace(address)) {
			return a, true, nil
		}
	}
	return mailbox.Account{}, false, nil
}

// mailAccount sets a mailbox, a new one where the address is not known.
func (c *cli) mailAccount() *cobra.Command {
	return &cobra.Command{
		Use: "account ADRESSE NOM=VALEUR …", Short: "règle une boîte aux lettres ; le mot de passe est lu dans ARDOISE_MAIL_PASSWORD",
		Args: someWords("l’adresse de la boîte"),
		Long: "Règle une boîte aux lettres (nouvelle si l’adresse n’est pas connue). Noms : " + accountNames() + ". ca est un fichier PEM.\n" +
			"Le mot de passe est lu dans ARDOISE_MAIL_PASSWORD, celui de l’envoi, s’il est différent, dans ARDOISE_SMTP_PASSWORD.",
		Example: "  ardoisectl mail account cantine@mairie.example name=Cantine imap_host=imap.mairie.example smtp_host=smtp.mairie.example",
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			a, known, err := account(ctx, o, args[0])
			if err != nil {
				return err
			}
			if !known {
				a = mailbox.NewAccount(today(o))
				a.Address, a.Name = args[0], args[0]
			}
			for _, arg := range args[1:] {
				if err := setAccount(&a, arg); err != nil {
					return err
				}
			}
			with := mailbox.Secrets{Password: c.getenv("ARDOISE_MAIL_PASSWORD"), SMTPPassword: c.getenv("ARDOISE_SMTP_PASSWORD"), ClientSecret: c.getenv("ARDOISE_MAIL_CLIENT_SECRET")}
			if _, err := o.Mailbox.SaveAccount(ctx, a, with); err != nil {
				return err
			}
			if a, _, err = account(ctx, o, args[0]); err != nil {
				return err
			}
			return c.say(accountOut(a), func(w io.Writer) { put(w, "La boîte %s est réglée.\n", a.Address) })
		},
	}
}

func accountNames() string {
	names := make([]string, len(accountFields))
	for i, f := range accountFields {
		names[i] = f.name
	}
	return strings.Join(names, ", ")
}

func setAccount(a *mailbox.Account, arg string) error {
	name, value, ok := strings.Cut(arg, "=")
	if !ok {
		return usage("« %s » n’est pas de la forme NOM=VALEUR", arg)
	}
	for _, f := range accountFields {
		if f.name == name {
			return f.set(a, value)
		}
	}
	return usage("« %s » n’est pas un réglage de boîte : %s", name, accountNames())
}

func (c *cli) mailTest() *cobra.Command {
	return &cobra.Command{
		Use: "test ADRESSE", Short: "essaie la connexion d’une boîte : rien n’est changé, lu ni envoyé", Args: words("l’adresse de la boîte"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			a, err := mustAccount(ctx, o, args[0])
			if err != nil {
				return err
			}
			checks, err := o.Mailbox.TestAccount(ctx, a, mailbox.Secrets{})
			if err != nil {
				return err
			}
			type checkJSON struct {
				What string `json:"what"`
				OK   bool   `json:"ok"`
				Text string `json:"text"`
			}
			out, good := []checkJSON{}, true
			for _, k := range checks {
				out = append(out, checkJSON{k.What, k.OK, k.Text})
				good = good && k.OK
			}
			if err := c.say(out, func(w io.Writer) {
				for _, k := range checks {
					put(w, "%s : %s\n", k.What, k.Text)
				}
			}); err != nil || good {
				return err
			}
			return environment{checkFailed{fault.New(fault.Unavailable, "La connexion ne marche pas.")}}
		},
	}
}

func mustAccount(ctx context.Context, o *data.Office, address string) (mailbox.Account, error) {
	a, known, err := account(ctx, o, address)
	if err == nil && !known {
		err = fault.New(fault.NotFound, "Aucune boîte n’est réglée à l’adresse %s : voyez « mail accounts ».", address)
	}
	return a, err
}

func (c *cli) mailStop() *cobra.Command {
	return &cobra.Command{
		Use: "stop ADRESSE", Short: "n’utilise plus une boîte ; ses messages restent", Args: words("l’adresse de la boîte"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			a, err := mustAccount(ctx, o, args[0])
			if err != nil {
				return err
			}
			if err := o.Mailbox.DropAccount(ctx, a.ID, a.Version); err != nil {
				return err
			}
			return c.say(map[string]any{"id": a.ID}, func(w io.Writer) { put(w, "La boîte %s n’est plus utilisée.\n", a.Address) })
		},
	}
}
