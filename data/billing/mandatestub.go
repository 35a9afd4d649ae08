package billing

import "ardoise/data/store"

func liveMandate(tx *store.Tx, familyID int64) (*Mandate, error) { return nil, nil }
