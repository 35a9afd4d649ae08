package backup

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"ardoise/data/fault"
	"ardoise/data/store"
)

// A sealed backup is one file:
//
//	magic                17 bytes, the last before the end of line is the version
//	length               4 bytes, big endian, of what follows
//	head                 JSON, in clear: what one must know to open the rest
//	age stream           sealed for the town, and for an identity thrown away
//	                     once the file has been read again
//
// and inside the stream:
//
//	SHA-256              32 bytes, of everything before the stream: a head that
//	                     was touched is found out
//	body                 the SQLite file under gzip, or the dump as it is
const (
	magic = "ARDOISE-SAUVE-01\n"
	// Ext is what the name of a sealed backup ends with.
	Ext = ".ardoise"
	// headLimit bounds what is read of a head before anything is known of it.
	headLimit = 1 << 20
)

// head is the clear beginning of a sealed backup. It names administrators by
// their login only, and holds no data of the town.
type head struct {
	MadeAt    string `json:"made_at"` // store.Instant
	Engine    string `json:"engine"`  // sqlite, postgres
	Schema    int64  `json:"schema"`
	Database  string `json:"database"`
	Program   string `json:"program"`
	Cause     Cause  `json:"cause"`
	Recipient string `json:"recipient"`
	Body      string `json:"body"` // sqlite+gzip, pgdump
	Wraps     []wrap `json:"wraps"`
}

// wrap is one way to the data key, as it stands in key_wrap: under Argon2id.
type wrap struct {
	Holder string `json:"holder"` // recovery, demo, agent:ID
	Login  string `json:"login,omitempty"`
	KDF    string `json:"kdf"`
	Sealed []byte `json:"sealed"`
}

const (
	bodySQLite = "sqlite+gzip"
	bodyDump   = "pgdump"
)

// encoded is the clear beginning of the file.
func (h head) encoded() ([]byte, error) {
	text, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	if len(text) > headLimit {
		return nil, errors.New("backup: the head is too long")
	}
	out := append([]byte(magic), 0, 0, 0, 0)
	binary.BigEndian.PutUint32(out[len(magic):], uint32(len(text)))
	return append(out, text...), nil
}

// errForeign is a file that is no sealed backup.
var errForeign = errors.New("backup: not a sealed backup")

// readHead reads the clear beginning; raw is its bytes.
func readHead(r io.Reader) (h head, raw []byte, err error) {
	begin := make([]byte, len(magic)+4)
	if _, err := io.ReadFull(r, begin); err != nil || string(begin[:len(magic)]) != magic {
		return h, nil, errForeign
	}
	n := binary.BigEndian.Uint32(begin[len(magic):])
	if n > headLimit {
		return h, nil, damaged(errForeign)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(r, text); err != nil {
		return h, nil, damaged(err)
	}
	if err := json.Unmarshal(text, &h); err != nil {
		return h, nil, damaged(err)
	}
	return h, append(begin, text...), nil
}

func damaged(err error) error {
	return fault.Wrap(fault.Conflict, err, "Cette sauvegarde est abîmée : un octet au moins n’est plus celui qui a été écrit. Rien n’a été modifié : prenez une autre sauvegarde.")
}

// writeSealed writes a whole sealed backup of a copy and gives the SHA-256 of
// the clear body.
func writeSealed(ctx context.Context, w io.Writer, h head, c *store.Copy, to ...age.Recipient) (sum []byte, err error) {
	raw, err := h.encoded()
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(raw); err != nil {
		return nil, err
	}
	stream, err := age.Encrypt(w, to...)
	if err != nil {
		return nil, err
	}
	mark := sha256.Sum256(raw)
	if _, err := stream.Write(mark[:]); err != nil {
		return nil, err
	}
	clear := sha256.New()
	body := io.Writer(stream)
	var zip *gzip.Writer
	if h.Body == bodySQLite {
		if zip, err = gzip.NewWriterLevel(stream, gzip.BestSpeed); err != nil {
			return nil, err
		}
		body = zip
	}
	if err := c.WriteTo(ctx, io.MultiWriter(body, clear)); err != nil {
		return nil, err
	}
	if zip != nil {
		if err := zip.Close(); err != nil {
			return nil, err
		}
	}
	return clear.Sum(nil), stream.Close()
}

// readSealed opens a sealed backup with an identity and gives its clear body to
// use, which must read it to the end. Whatever was touched is refused.
func readSealed(ctx context.Context, path string, id age.Identity, use func(head, io.Reader) error) (err error) {
	f, err := os.Open(path)
	if err != nil {
		return unreadable(path, err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	in := bufio.NewReaderSize(untilOver{ctx, f}, 1<<20)
	h, raw, err := readHead(in)
	if err != nil {
		return err
	}
	stream, err := age.Decrypt(in, id)
	if err != nil {
		var nobody *age.NoIdentityMatchError
		if errors.As(err, &nobody) {
			return fault.Wrap(fault.Conflict, err, "Cette sauvegarde n’est pas scellée pour la clé qui l’accompagne : elle a été modifiée. Rien n’a été touché : prenez une autre sauvegarde.")
		}
		return ended(ctx, err)
	}
	mark := make([]byte, sha256.Size)
	if _, err := io.ReadFull(stream, mark); err != nil {
		return ended(ctx, err)
	}
	if sum := sha256.Sum256(raw); !bytes.Equal(sum[:], mark) {
		return damaged(errors.New("backup: the head is not the one that was sealed"))
	}
	seen := &telling{r: stream}
	body := io.Reader(seen)
	if h.Body == bodySQLite {
		zip, err := gzip.NewReader(seen)
		if err != nil {
			return ended(ctx, err)
		}
		body = zip
	}
	if err := use(h, body); err != nil {
		if seen.err != nil {
			return ended(ctx, errors.Join(seen.err, err))
		}
		return err
	}
	for _, rest := range []io.Reader{body, stream} { // the last block tells that nothing was cut off
		if _, err := io.Copy(io.Discard, rest); err != nil {
			return ended(ctx, err)
		}
	}
	return nil
}

// telling remembers why reading failed, whatever its reader makes of it.
type telling struct {
	r   io.Reader
	err error
}

// Read is io.Reader's.
func (t *telling) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		t.err = err
	}
	return n, err
}

// ended tells work that was stopped, or a disk that gave nothing, from a file
// that was touched.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fault.Wrap(fault.Unavailable, ctx.Err(), "L’opération a été interrompue avant la fin. Rien n’a été modifié.")
	}
	var path *os.PathError
	if errors.As(err, &path) {
		return unreadable(path.Path, err)
	}
	return damaged(err)
}

func unreadable(path string, err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return fault.Wrap(fault.NotFound, err, "La sauvegarde « %s » est introuvable. Rien n’a été modifié : vérifiez que la clé USB ou le partage est branché.", path)
	}
	return fault.Wrap(fault.Unavailable, err, "La sauvegarde « %s » ne peut pas être lue. Rien n’a été modifié : vérifiez le disque et vos droits.", filepath.Base(path))
}

// untilOver ends a reading when its context ends.
type untilOver struct {
	ctx context.Context
	r   io.Reader
}

// Read is io.Reader's.
func (u untilOver) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}

func readInstant(text string) time.Time {
	at, err := store.ParseInstant(text)
	if err != nil {
		return time.Time{} // a head somebody wrote by hand: the seal is what counts
	}
	return at
}
