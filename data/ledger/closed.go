package ledger

import (
	"cmp"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/store"
)

// boxAccounts are the two accounts of the cash box: what came in, what was given
// back to families.
var boxAccounts = map[string]bool{"cash:cash": true, "refund:cash": true}

// earliest gives the earliest accounting day of some entries. today is the office's.
func earliest(list []Transfer, today calendar.Date) calendar.Date {
	first := calendar.Date(0)
	for i := range list {
		if day := cmp.Or(list[i].Day, today); first.IsZero() || day < first {
			first = day
		}
	}
	return first
}

// refuseLocked keeps entries out of a month that the cash office has locked, and
// out of every month before it, with a sentence; the schema refuses them too.
func refuseLocked(tx *store.Tx, list []Transfer) error {
	today := calendar.DateOf(tx.Now())
	var last calendar.Month
	if err := tx.QueryRow(`SELECT COALESCE(MAX(period), '') FROM period_lock`).Scan(&last); err != nil {
		return err
	}
	day := earliest(list, today)
	switch {
	case last.IsZero() || day > last.Last():
		return nil
	case today <= last.Last():
		return fault.New(fault.Conflict, "Le mois %s est verrouillé, et l’horloge de ce poste dit que nous sommes le %s : vérifiez la date de l’ordinateur, puis recommencez.", fault.De(last.Label()), today.Short())
	}
	return fault.New(fault.Conflict, "Le mois %s est verrouillé : aucune écriture n’y entre plus, ni dans les mois d’avant. Datez l’écriture d’aujourd’hui.", fault.De(calendar.MonthOf(day).Label()))
}

// refuseClosed keeps cash off a day whose box was counted, and off every day
// before it. moved are the accounts of the entries.
func refuseClosed(tx *store.Tx, list []Transfer, moved map[int64]string) error {
	var cash []Transfer
	for _, t := range list {
		if boxAccounts[moved[t.Debit]] || boxAccounts[moved[t.Credit]] {
			cash = append(cash, t)
		}
	}
	if len(cash) == 0 {
		return nil
	}
	today := calendar.DateOf(tx.Now())
	var last calendar.Date
	if err := tx.QueryRow(`SELECT MAX(day) FROM cash_close`).Scan(&last); err != nil {
		return err
	}
	switch day := earliest(cash, today); {
	case last.IsZero() || day > last:
		return nil
	case last > today:
		return fault.New(fault.Conflict, "La caisse est arrêtée jusqu’au %s, et l’horloge de ce poste dit que nous sommes le %s : vérifiez la date de l’ordinateur, puis recommencez.", last.Short(), today.Short())
	case last == today:
		return fault.New(fault.Conflict, "La caisse du %s est arrêtée : elle ne prend et ne rend plus d’espèces ce jour-là. Inscrivez ce mouvement demain, après minuit.", last.Short())
	}
	return fault.New(fault.Conflict, "La caisse est arrêtée jusqu’au %s : datez ce mouvement d’espèces d’aujourd’hui.", last.Short())
}

// closedMeanwhile gives the schema's own refusals a sentence, where another
// workstation came first.
func closedMeanwhile(err error) error {
	switch {
	case store.Locked(err):
		return fault.Wrap(fault.Conflict, err, "Ce mois vient d’être verrouillé : aucune écriture n’y entre plus. Datez l’écriture d’aujourd’hui.")
	case store.Closed(err):
		return fault.Wrap(fault.Conflict, err, "La caisse de ce jour vient d’être arrêtée : inscrivez ce mouvement d’espèces demain, après minuit.")
	}
	return err
}
