package backup

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"ardoise/data/catalog"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// KeepKey compares the public key that copies are sealed for with the data key
// of the session that ctx carries, and puts it right: the first session of a
// town publishes it, and one that was changed outside the program does not stay.
// Every sign-in calls it.
func (s *Service) KeepKey(ctx context.Context) error {
	if err := staff.Require(ctx); err != nil {
		return err
	}
	want, err := recipientOf(staff.From(ctx).Key)
	if err != nil || want == "" {
		return err
	}
	var have string
	if err := s.db.Read(ctx, func(tx *store.Tx) error { have, err = recipientTx(tx); return err }); err != nil || have == want {
		return err
	}
	return s.db.Write(ctx, func(tx *store.Tx) error {
		have, err := recipientTx(tx)
		if err != nil || have == want {
			return err
		}
		if err := catalog.SetSettingTx(tx, recipientKey, want); err != nil {
			return err
		}
		tx.Publish(Topic)
		if have != "" {
			return staff.Audit(tx, "backup.key", "setting:0", "La clé publique des sauvegardes avait été changée en dehors du programme\u00a0: elle est remise. Les copies faites entre-temps ne comptent pas.")
		}
		return staff.Audit(tx, "backup.key", "setting:0", "Les sauvegardes sont désormais scellées avec la clé de la commune.")
	})
}

func idText(id int64) string { return strconv.FormatInt(id, 10) }

// lower writes a label in the middle of a sentence.
func lower(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	return strings.ToLower(s[:n]) + s[n:]
}
