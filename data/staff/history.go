package staff

import (
	"context"
	"slices"
	"strings"

	"ardoise/data/store"
)

// fileReaders work on families' files; the whole trail is for Admin (Trail).
var fileReaders = []Role{Accueil, Regie, Sante, Admin}

// History reads what was done to a family's file, newest first: the entries of
// the objects named ("family:12", "child:30"). Other objects are left out, for
// they belong to Trail; movements of money and bank details are told to those
// who see money.
func (s *Service) History(ctx context.Context, limit int, objects ...string) (out []Entry, err error) {
	if err := Require(ctx, fileReaders...); err != nil {
		return nil, err
	}
	objects = slices.DeleteFunc(slices.Clone(objects), func(o string) bool {
		return !strings.HasPrefix(o, "family:") && !strings.HasPrefix(o, "child:")
	})
	if len(objects) == 0 {
		return nil, nil
	}
	money := 0
	if Require(ctx, Accueil, Regie, Admin) == nil {
		money = 1
	}
	err = s.db.Read(ctx, func(tx *store.Tx) (err error) {
		out, err = store.Collect(tx, scanEntry, `SELECT `+entryColumns+` FROM audit
			WHERE object = ANY($1) AND (CAST($2 AS BIGINT) = 1 OR substr(action, 1, 7) <> 'wallet.' AND substr(action, 1, 5) <> 'bank.')
			ORDER BY id DESC LIMIT $3`, objects, money, min(max(limit, 1), 1000))
		return err
	})
	return out, err
}
