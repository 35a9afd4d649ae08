package mailbox

import (
	"ardoise/data/mailbox/reading"
)

// What neighbours are still building; each line goes when theirs is merged.
var (
	understood = func(reading.Input) reading.Understood { return reading.Understood{Summary: "Non compris"} }
)
