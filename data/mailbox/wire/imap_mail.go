package wire

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap"
	"github.com/emersion/go-imap/responses"
	"github.com/emersion/go-imap/utf7"
)

// Keyword is the flag of a message this program has treated.
const Keyword = "$ArdoiseDone"

// Selected is an open folder.
type Selected struct {
	Folder      string
	UIDValidity uint32
	UIDNext     uint32 // 0: unsaid
	Exists      uint32
	ReadOnly    bool // messages cannot be marked
}

// Entry is one message of a folder.
type Entry struct {
	UID      uint32
	Size     int64     // as the server counts; some are off by a little
	Received time.Time // when the server took it in; zero where it makes no sense
}

// TooLarge: a message is larger than may be fetched.
type TooLarge struct {
	UID  uint32
	Size int64
	cut  bool // the server sent more than it had said: the connection is over
}

func (e *TooLarge) Error() string {
	return fmt.Sprintf("wire: message %d has %d bytes", e.UID, e.Size)
}

// ErrGone: the message is not in the folder any more.
var ErrGone = errors.New("wire: the message is gone")

var errNotOpen = errors.New("wire: no folder is open")

// maxEntries is how many messages are listed at once; those that came later are
// left for next time (servers list them in the order they came).
const maxEntries = 200_000

// maxHead is how much is read of a message's headers.
const maxHead = 256 << 10

// Folders lists the folders that can be opened, by name.
func (in *Inbox) Folders(ctx context.Context) (names []string, err error) {
	err = in.run(ctx, Working, imapCommand, func() error {
		return in.command(func(resp imap.Resp) error {
			name, fields, ok := imap.ParseNamedResp(resp)
			if !ok || name != "LIST" || len(fields) < 3 {
				return nil
			}
			if attrs, ok := fields[0].([]any); ok && slices.ContainsFunc(attrs, func(a any) bool {
				s, ok := a.(string)
				return ok && (strings.EqualFold(s, imap.NoSelectAttr) || strings.EqualFold(s, `\NonExistent`))
			}) {
				return nil
			}
			raw, err := imap.ParseString(fields[2])
			if err != nil {
				return nil // a name we cannot read is one nobody can choose
			}
			folder, err := utf7.Encoding.NewDecoder().String(raw)
			if err != nil {
				return nil
			}
			names = append(names, imap.CanonicalMailboxName(folder))
			return nil
		}, "LIST", argument(""), argument("*"))
	})
	slices.Sort(names)
	return slices.Compact(names), err
}

// Select opens a folder to read it and mark its messages.
func (in *Inbox) Select(ctx context.Context, folder string) (Selected, error) {
	return in.open(ctx, "SELECT", folder)
}

// Examine opens a folder without being able to change anything in it.
func (in *Inbox) Examine(ctx context.Context, folder string) (Selected, error) {
	return in.open(ctx, "EXAMINE", folder)
}

func (in *Inbox) open(ctx context.Context, how, folder string) (Selected, error) {
	err := in.run(ctx, Opening, imapCommand, func() error {
		name, err := utf7.Encoding.NewEncoder().String(folder)
		if err != nil || folder == "" {
			return &Refused{Command: how, Code: "NONEXISTENT", Words: folder}
		}
		in.box, in.exists, in.list = Selected{}, 0, nil
		h := &responses.Select{}
		box := Selected{Folder: folder}
		err = in.command(func(resp imap.Resp) error {
			if err := h.Handle(resp); err != nil && !errors.Is(err, responses.ErrUnhandled) {
				return nil // a line of it makes no sense: the numbers below tell
			}
			return nil
		}, how, argument(name))
		if err != nil {
			return err
		}
		if h.Mailbox == nil || h.Mailbox.UidValidity == 0 {
			return fmt.Errorf("%w: no UIDVALIDITY", errGarbled)
		}
		box.UIDValidity, box.UIDNext, box.Exists = h.Mailbox.UidValidity, h.Mailbox.UidNext, in.exists
		flags := h.Mailbox.PermanentFlags
		if flags == nil { // unsaid: all of them
			flags = []string{`\Seen`, `\*`}
		}
		can := func(f string) bool {
			return slices.ContainsFunc(flags, func(g string) bool { return strings.EqualFold(f, g) })
		}
		in.seen, in.keyword = can(imap.SeenFlag), can(Keyword) || can(`\*`)
		box.ReadOnly = in.box.ReadOnly || how == "EXAMINE" || !in.seen && !in.keyword
		in.box, in.news = box, false
		return nil
	})
	return in.box, err
}

// After lists the messages that came after a UID, ascending.
func (in *Inbox) After(ctx context.Context, last uint32) (entries []Entry, err error) {
	err = in.run(ctx, Working, imapCommand, func() error {
		switch {
		case in.box.Folder == "":
			return errNotOpen
		case last == math.MaxUint32:
			return nil
		}
		in.news, in.list = false, nil
		listed := 0
		return in.command(func(resp imap.Resp) error {
			in.lines.budget = maxChatter // by the number of messages, below
			e, _, ok := entryOf(resp)
			// "n:*" means the last message where none is as high as n
			if !ok || e.UID <= last || e.Size < 0 {
				return nil
			}
			if listed++; listed > int(in.exists)+1000 {
				return errChatter
			}
			if len(entries) < maxEntries {
				entries = append(entries, e)
			}
			return nil
		}, "UID FETCH", fmt.Sprintf("%d:*", last+1), "(UID RFC822.SIZE INTERNALDATE)")
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(entries, func(a, b Entry) int { return cmp.Compare(a.UID, b.UID) })
	entries = slices.CompactFunc(entries, func(a, b Entry) bool { return a.UID == b.UID })
	in.list = slices.Clone(entries)
	return entries, nil
}

// entryOf reads a FETCH answer; body is nil where there is none, Size -1.
func entryOf(resp imap.Resp) (e Entry, body []byte, ok bool) {
	name, fields, ok := imap.ParseNamedResp(resp)
	if !ok || name != "FETCH" || len(fields) < 2 {
		return e, nil, false
	}
	e.Size = -1
	pairs, ok := fields[1].([]any)
	if !ok {
		return e, nil, false
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		key, ok := pairs[i].(string)
		if !ok {
			return e, nil, false
		}
		switch key = strings.ToUpper(key); {
		case key == "UID":
			if n, err := imap.ParseNumber(pairs[i+1]); err == nil {
				e.UID = n
			}
		case key == "RFC822.SIZE":
			if n, err := imap.ParseNumber(pairs[i+1]); err == nil {
				e.Size = int64(n)
			}
		case key == "INTERNALDATE":
			if s, ok := pairs[i+1].(string); ok {
				if at, err := time.Parse(imap.DateTimeLayout, s); err == nil {
					e.Received = at.UTC()
				}
			}
		case strings.HasPrefix(key, "BODY["):
			body = bytesOf(pairs[i+1])
		}
	}
	return e, body, e.UID != 0
}

// bytesOf gives a literal's own bytes, without a copy where it can.
func bytesOf(field any) []byte {
	switch f := field.(type) {
	case nil:
		return []byte{}
	case string:
		if strings.ContainsRune(f, '\uFFFD') {
			return nil // it was not text: its bytes are lost
		}
		return []byte(f)
	case interface{ Bytes() []byte }:
		return f.Bytes()
	case io.Reader:
		if b, err := io.ReadAll(f); err == nil {
			return b
		}
	}
	return nil
}

// Fetch gives the bytes of one message, which stays unread on the server. A larger
// one than limit is a *TooLarge and is not transferred; a vanished one ErrGone.
func (in *Inbox) Fetch(ctx context.Context, uid uint32, limit int64) (raw []byte, err error) {
	err = in.run(ctx, Working, imapMessage, func() error {
		if in.box.Folder == "" {
			return errNotOpen
		}
		i, known := slices.BinarySearchFunc(in.list, uid, func(e Entry, uid uint32) int { return cmp.Compare(e.UID, uid) })
		size := int64(0)
		if known {
			size = in.list[i].Size
		}
		if !known {
			err := in.command(func(resp imap.Resp) error {
				if e, _, ok := entryOf(resp); ok && e.UID == uid && e.Size >= 0 {
					size, known = e.Size, true
				}
				return nil
			}, "UID FETCH", uid, "(UID RFC822.SIZE)")
			if err != nil {
				return err
			}
		}
		switch {
		case !known:
			return ErrGone
		case size > limit:
			return &TooLarge{UID: uid, Size: size}
		}
		raw, err = in.part(uid, "BODY.PEEK[]", limit)
		return err
	})
	if err != nil {
		return nil, err
	}
	return raw, nil
}

// Head gives the headers of a message, of one too large to fetch.
func (in *Inbox) Head(ctx context.Context, uid uint32) (raw []byte, err error) {
	err = in.run(ctx, Working, imapCommand, func() error {
		if in.box.Folder == "" {
			return errNotOpen
		}
		raw, err = in.part(uid, "BODY.PEEK[HEADER]", maxHead)
		return err
	})
	if err != nil {
		return nil, err
	}
	return raw, nil
}

// part fetches one part of one message.
func (in *Inbox) part(uid uint32, what string, limit int64) (raw []byte, err error) {
	in.lines.literal = max(limit, maxSmall)
	err = in.command(func(resp imap.Resp) error {
		if e, body, ok := entryOf(resp); ok && e.UID == uid && body != nil {
			raw = body
		}
		return nil
	}, "UID FETCH", uid, "(UID "+what+")")
	in.lines.literal = maxSmall
	var big *bigLiteral
	switch {
	case errors.As(err, &big):
		return nil, &TooLarge{UID: uid, Size: big.size, cut: true}
	case err != nil:
		return nil, err
	case raw == nil:
		return nil, ErrGone
	case int64(len(raw)) > limit:
		return nil, &TooLarge{UID: uid, Size: int64(len(raw))}
	}
	return raw, nil
}
