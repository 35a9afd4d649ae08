package mailbox

import (
	"testing"

	"ardoise/data/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }
