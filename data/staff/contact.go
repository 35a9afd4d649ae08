package staff

import (
	"context"

	"ardoise/data/store"
)

// Contacts gives the shown names of the active administrators, by name: whom to
// ask when a password is forgotten. It needs no session, because it is asked on
// the sign-in page; it tells no login.
func (s *Service) Contacts(ctx context.Context) (names []string, err error) {
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		agents, err := allAgents(tx)
		for _, a := range agents {
			if a.Active && a.Has(Admin) && a.Name != a.Login {
				names = append(names, a.Name)
			}
		}
		return err
	})
	return names, err
}
