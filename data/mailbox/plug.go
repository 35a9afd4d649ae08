package mailbox

import (
	"time"

	"ardoise/data/letter"
	"ardoise/data/mailbox/message"
	"ardoise/data/mailbox/reading"
	"ardoise/data/store"
)

// What neighbours are still building; each line goes when theirs is merged.
var (
	readMessage  = func([]byte, message.Options) (*message.Message, error) { return nil, errNotYet }
	understood   = func(reading.Input) reading.Understood { return reading.Understood{Summary: "Non compris"} }
	recordBounce = func(*store.Tx, message.Bounce, int64) error { return nil }
	cardsOf      = func(*store.Tx, *Message, reading.Understood, time.Time) error { return nil }
	replyFor     = func(*store.Tx, *Message) (letter.Letter, string, error) { return letter.Letter{}, "", nil }
)
