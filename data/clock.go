package data

import (
	"context"
	"errors"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/fault"
)

// ErrDate is inside the refusal to open a base so long after its last entry that
// the machine's date is doubtful: Options.DateSure opens it all the same.
var ErrDate = errors.New("data: the date is doubtful")

// sleeps is how long a base may rest without anybody wondering: more than a
// school year.
const sleeps = 400 * 24 * time.Hour

// askDate refuses to begin, before anything is suspended or purged by a date
// that may be wrong.
func (o *Office) askDate(ctx context.Context) error {
	last, err := o.Staff.LastInstant(ctx)
	if err != nil || last.IsZero() {
		return err
	}
	now := o.Store.Now()
	if now.Sub(last) <= sleeps {
		return nil
	}
	return fault.Wrap(fault.Conflict, ErrDate, "Ce poste se dit au %s, et la dernière opération enregistrée ici est du %s. Si la date est fausse, réglez l’horloge avant d’ouvrir\u00a0: à une mauvaise date, des accès seraient suspendus à tort. Rien n’a été modifié.",
		calendar.DateOf(now).Long(), calendar.DateOf(last).Long())
}
