package settings

import (
	"bytes"
	"context"
	"testing"

	"ardoise/assets"
	"ardoise/data/catalog"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store/storetest"
)

// The example a town is given to begin with must itself be loadable.
func TestTheExampleLoads(t *testing.T) {
	db := storetest.OpenSQLite(t)
	ctx := stafftest.Session(t, db, staff.Admin)
	if _, err := catalog.New(db).Load(ctx, bytes.NewReader(assets.Dombes), "services.toml"); err != nil {
		t.Fatal(err)
	}
	list, err := catalog.New(db).Services(context.WithoutCancel(ctx))
	if err != nil || len(list) == 0 {
		t.Errorf("%d services, %v", len(list), err)
	}
}
