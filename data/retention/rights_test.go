package retention_test

import (
	"testing"

	"ardoise/data/retention"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

func TestRights(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		admin := []staff.Role{staff.Admin}
		stafftest.Rights(t, retention.New(db), map[string][]staff.Role{
			"PlanPurge": admin, "Purge": admin, "Due": admin, "History": admin,
			"PlanAnonymise": admin, "Anonymise": admin, "SetHold": admin, "SetSettings": admin,
			"Settings": {staff.Admin, staff.Accueil},
		}, stafftest.Contexts(t, db))
	})
}
