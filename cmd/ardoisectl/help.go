package main

import (
	"regexp"
	"strings"

	"github.com/spf13/cobra"
)

const usageFrench = `Emploi :{{if .Runnable}}
  {{.UseLine | francais}}{{end}}{{if .HasAvailableSubCommands}}
  {{.CommandPath}} COMMANDE{{end}}{{if .HasExample}}

Exemples :
{{.Example}}{{end}}{{if .HasAvailableSubCommands}}

Commandes :{{range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

Options :
{{.LocalFlags.FlagUsages | francais | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableInheritedFlags}}

Options de toutes les commandes :
{{.InheritedFlags.FlagUsages | francais | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableSubCommands}}

« {{.CommandPath}} COMMANDE --help » dit tout d’une commande.{{end}}
`

func init() {
	cobra.AddTemplateFunc("francais", func(s string) string {
		return strings.NewReplacer("(default ", "(défaut\u00a0: ", "[flags]", "[options]").Replace(s)
	})
}

// speakFrench gives the command's own help in French, whatever --lang says: its
// texts exist in French alone.
func (c *cli) speakFrench(root *cobra.Command) {
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetHelpCommand(&cobra.Command{Use: "help", Hidden: true, RunE: func(_ *cobra.Command, args []string) error {
		cmd, rest, err := root.Find(args)
		if err != nil || len(rest) > 0 {
			return usage("« %s » n’est pas une commande", strings.Join(args, " "))
		}
		return cmd.Help()
	}})
	help := root.HelpFunc()
	root.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		cmd.SetUsageTemplate(usageFrench)
		help(cmd, args)
	})
}

var foreign = []struct {
	from *regexp.Regexp
	to   string
}{
	{regexp.MustCompile(`^unknown command "([^"]*)" for "([^"]*)"(?s:.*)$`), "« $1 » n’est pas une commande de « $2 »"},
	{regexp.MustCompile(`^unknown (?:shorthand )?flag: (?:'.*' in )?(.*)$`), "l’option $1 n’existe pas"},
	{regexp.MustCompile(`^flag needs an argument: (.*)$`), "l’option $1 veut une valeur"},
	{regexp.MustCompile(`^invalid argument "([^"]*)" for "(?:-., )?(--[^"]*)" flag: .*$`), "« $1 » n’est pas une valeur possible pour l’option $2"},
	{regexp.MustCompile(`^bad flag syntax: (.*)$`), "l’option $1 est mal écrite"},
}

// inFrench says in French what the library of commands found wrong.
func inFrench(text string) string {
	for _, f := range foreign {
		if f.from.MatchString(text) {
			return f.from.ReplaceAllString(text, f.to)
		}
	}
	return strings.TrimSpace(text)
}
