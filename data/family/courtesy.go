package family

import "strings"

// Courtesy writes a civility as French papers do, « Mme » or « M. », from what
// ONDE, a spreadsheet or a person typed ("MME", "Monsieur"). What is not known
// stays as it is. There is no « Mlle » on official papers any more (circulaire
// no 5575/SG of 21 February 2012).
func Courtesy(typed string) string {
	switch strings.ToLower(strings.Trim(strings.TrimSpace(typed), ".")) {
	case "mme", "mlle", "melle", "madame", "mademoiselle":
		return "Mme"
	case "m", "mr", "monsieur":
		return "M."
	}
	return typed
}
