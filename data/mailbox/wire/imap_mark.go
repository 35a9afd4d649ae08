package wire

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/emersion/go-imap"
	"github.com/emersion/go-imap/utf7"
)

// atOnce is how many messages one command names.
const atOnce = 400

// Mark marks messages as treated: read, and with our keyword where the folder
// keeps keywords. Messages that are gone are passed over.
func (in *Inbox) Mark(ctx context.Context, uids []uint32) error {
	return in.each(ctx, uids, in.mark)
}

// Move marks messages and moves them to another folder. Where the server cannot
// move, they stay, marked, and moved is false: a copy would leave the original to
// be deleted, and nothing is deleted.
func (in *Inbox) Move(ctx context.Context, uids []uint32, folder string) (moved bool, err error) {
	if !in.caps["MOVE"] {
		return false, in.Mark(ctx, uids)
	}
	name, err := utf7.Encoding.NewEncoder().String(folder)
	if err != nil || folder == "" {
		return false, in.failed(Opening, &Refused{Command: "MOVE", Code: "NONEXISTENT", Words: folder})
	}
	err = in.each(ctx, uids, func(some *imap.SeqSet) error {
		if err := in.mark(some); err != nil {
			return err
		}
		return in.command(nil, "UID MOVE", some, argument(name))
	})
	return err == nil, err
}

// each runs what for the messages, so many at once.
func (in *Inbox) each(ctx context.Context, uids []uint32, what func(*imap.SeqSet) error) error {
	for len(uids) > 0 {
		some := &imap.SeqSet{}
		n := min(len(uids), atOnce)
		for _, uid := range uids[:n] {
			if uid != 0 { // 0 would be "*"
				some.AddNum(uid)
			}
		}
		uids = uids[n:]
		if some.Empty() {
			continue
		}
		err := in.run(ctx, Working, imapCommand, func() error {
			if in.box.Folder == "" {
				return errNotOpen
			}
			return what(some)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (in *Inbox) mark(some *imap.SeqSet) error {
	if in.box.ReadOnly {
		return &Refused{Command: "STORE", Code: "READ-ONLY", Words: in.box.Folder}
	}
	flags := ""
	switch {
	case in.seen && in.keyword:
		flags = `(\Seen ` + Keyword + `)`
	case in.keyword:
		flags = `(` + Keyword + `)`
	default:
		flags = `(\Seen)`
	}
	err := in.command(nil, "UID STORE", some, "+FLAGS.SILENT", flags)
	var no *Refused
	if errors.As(err, &no) && in.seen && in.keyword { // some promise keywords and take none
		in.keyword = false
		return in.command(nil, "UID STORE", some, "+FLAGS.SILENT", `(\Seen)`)
	}
	return err
}

// Idle waits until a message comes (news), for at most a while, and is woken by
// the server. supported is false at once where the server cannot do that. When ctx
// ends the connection stays good.
func (in *Inbox) Idle(ctx context.Context, atMost time.Duration) (news, supported bool, err error) {
	if !in.caps["IDLE"] {
		return false, false, nil
	}
	if in.news {
		return true, true, nil
	}
	over := make(chan struct{})
	timer := time.AfterFunc(atMost, func() { close(over) })
	defer timer.Stop()
	for !in.news {
		select {
		case <-over:
			return false, true, nil
		case <-ctx.Done():
			return false, true, ctx.Err()
		default:
		}
		if err := in.idleOnce(ctx, over); err != nil {
			return false, true, err
		}
	}
	return true, true, nil
}

// idleOnce idles until news, the end of the wait, or the time to renew.
func (in *Inbox) idleOnce(ctx context.Context, over <-chan struct{}) error {
	asked, ended := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	var once sync.Once
	done := func(patience time.Duration) {
		once.Do(func() {
			in.conn.arm(patience) // from here on the server owes an answer
			if err := in.write("DONE\r\n"); err != nil {
				in.conn.cut(err)
			}
		})
	}
	wg.Go(func() {
		select {
		case <-asked:
		case <-ended:
			return
		}
		renew := time.NewTimer(imapRenew)
		defer renew.Stop()
		select {
		case <-ctx.Done():
			done(imapGoodbye) // somebody waits for us to leave
		case <-over:
			done(imapStill)
		case <-renew.C:
			done(imapStill)
		case <-ended:
		}
	})
	// The wait has its own end: ctx ends it by DONE, not by cutting the line.
	err := in.run(context.WithoutCancel(ctx), Working, imapRenew+imapCommand, func() error {
		if in.box.Folder == "" {
			return errNotOpen
		}
		begun := false
		return in.command(func(resp imap.Resp) error {
			if _, ok := resp.(*imap.ContinuationReq); ok && !begun {
				begun = true
				in.conn.arm(0) // it may be silent now
				close(asked)
			}
			if begun && in.news {
				done(imapStill)
			}
			return nil
		}, "IDLE")
	})
	close(ended)
	wg.Wait()
	return err
}
