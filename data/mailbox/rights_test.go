package mailbox

import (
	"fmt"
	"os"
	"testing"

	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store/storetest"
)

func TestMain(m *testing.M) {
	if address := os.Getenv(fetchChild); address != "" {
		if err := fetchOnce(address); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	storetest.Main(m)
}

func TestRights(t *testing.T) {
	db := storetest.OpenSQLite(t)
	desk := []staff.Role{staff.Accueil}
	admin := []staff.Role{staff.Admin}
	openers := []staff.Role{staff.Accueil, staff.Sante}
	stafftest.Rights(t, New(db), map[string][]staff.Role{
		"Accounts": {staff.Accueil, staff.Admin}, "SaveAccount": admin, "TestAccount": admin, "SignIn": admin, "DropAccount": admin,
		"Take": desk, "Fetch": desk, "Watch": desk,
		"List": desk, "Count": desk, "Get": desk, "Attachment": openers, "Original": openers, "Read": desk, "Several": desk,
		"Plan": desk, "Apply": desk, "Already": desk, "Ignore": desk, "Reopen": desk, "Undo": desk, "SetFamily": desk,
		"Send": stafftest.Anyone, "Outbox": outboxReaders,
		"Retry": desk, "Drop": desk, "Settle": desk, "Refusals": outboxReaders, "Lift": desk,
	}, stafftest.Contexts(t, db))
}
