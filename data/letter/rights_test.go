package letter

import (
	"testing"

	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

func TestRights(t *testing.T) {
	db := storetest.OpenSQLite(t)
	stafftest.Rights(t, New(db), map[string][]staff.Role{
		"Outbox": readers, "Waiting": readers, "Templates": templateReaders, "Preview": templateReaders,
		"SaveTemplate": {staff.Admin}, "RestoreTemplate": {staff.Admin},
	}, stafftest.Contexts(t, db))
}
