package backup

import (
	"context"
	"os"
	"path/filepath"

	"ardoise/data/store"
)

// adopt records the sealed copies of this town that lie in the two folders and
// that the base does not know: it forgot them when an older state of it was
// restored. They are listed and thinned out like the others, and count as
// verified once somebody has checked them.
func (s *Service) adopt(ctx context.Context, set Settings) error {
	for place, dir := range map[Place]string{Here: set.Here, Second: set.Second} {
		if dir == "" {
			continue
		}
		found, err := s.unknown(ctx, dir)
		if err != nil {
			return err
		}
		for _, c := range found {
			c.Place, c.Machine = place, s.opt.Machine
			if c.Outside, err = s.outside(dir); err != nil {
				return err
			}
			if err := s.db.Write(ctx, func(tx *store.Tx) error { return insertTx(tx, &c) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// unknown finds the copies of a folder that no record names; a folder that
// cannot be read (a stick that is away) has none.
func (s *Service) unknown(ctx context.Context, dir string) (out []Copy, err error) {
	paths, err := filepath.Glob(filepath.Join(globbed(dir), "*"+Ext))
	if err != nil || len(paths) == 0 {
		return nil, err
	}
	known := map[string]bool{}
	var recipient string
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		list, err := copiesTx(tx, `WHERE path = ANY($1)`, paths)
		for _, c := range list {
			known[c.Path] = true
		}
		if err == nil {
			recipient, err = recipientTx(tx)
		}
		return err
	})
	if err != nil || recipient == "" {
		return nil, err
	}
	for _, path := range paths {
		info, err := os.Lstat(path)
		if known[path] || err != nil || !info.Mode().IsRegular() {
			continue
		}
		got, err := Peek(path)
		if err != nil || !got.Sealed || got.recipient != recipient || got.MadeAt.IsZero() || !got.Cause.known() {
			continue // a stranger's, or spoilt: left alone
		}
		c := Copy{MadeAt: got.MadeAt, Cause: got.Cause, Path: path, recipient: recipient}
		if c.Digest, c.Bytes, err = store.Sum(ctx, path); err != nil {
			if ctx.Err() != nil {
				return nil, err
			}
			continue
		}
		out = append(out, c)
	}
	return out, nil
}

func (c Cause) known() bool { return c.Label() != string(c) }

// globbed writes a folder's name so that nothing in it is a pattern.
func globbed(dir string) string {
	var out []rune
	for _, r := range dir {
		switch r {
		case '*', '?', '[':
			out = append(out, '[', r, ']')
		default:
			out = append(out, r)
		}
	}
	return string(out)
}
