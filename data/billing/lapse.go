package billing

import (
	"ardoise/data/bank"
	"ardoise/data/calendar"
	"ardoise/data/fault"
)

// lapseMonths without a collection end a mandate (EPC016-06, 4.5).
const lapseMonths = 36

// mandateProblem says why a live mandate cannot be collected under on a day; ""
// where it can.
func mandateProblem(state, reason string, signed, valid, collected, on calendar.Date) string {
	text := ""
	switch {
	case state == MandateBlocked:
		text = "Le mandat est bloqué (" + reason + ")" + nbsp + ": " + blockedAdvice(reason)
	case state != MandateActive:
		text = "Le mandat n’est plus en vigueur (" + reason + ")" + nbsp + ": faites-en signer un nouveau."
	case max(signed, collected).AddMonths(lapseMonths) < on:
		text = "Le mandat est caduc, 36 mois ont passé sans prélèvement" + nbsp + ": faites-en signer un nouveau."
	case valid < on:
		text = "Le mandat a plus de douze mois (échu le " + valid.Short() + ")" + nbsp + ": faites-le renouveler."
	case signed > on:
		text = "Le mandat n’est signé que du " + signed.Short() + nbsp + ": attendez ce jour."
	}
	return fault.French(text)
}

// blockedAdvice says what a blocked mandate waits for.
func blockedAdvice(reason string) string {
	switch blockedFor(reason) {
	case bank.AskRIB:
		return "demandez un nouveau RIB à la famille."
	case bank.Stop:
		return "décidez de la suite avec la famille."
	}
	return "débloquez-le quand la question est réglée."
}
