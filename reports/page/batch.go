package page

import (
	"context"
	"fmt"
	"io"
	"iter"
)

// Item is one document of many.
type Item struct {
	Meta  Meta
	Build func(*Doc) error
}

// A batch is laid out in one gofpdf document. What costs is the fonts (parsing,
// cutting out the signs used, compressing: ten milliseconds a document): they
// are paid once a batch. What bounds memory is that a batch is compressed and
// let go before the next one begins.
const (
	batchDocs  = 128
	batchPages = 256
)

// WriteMany lays documents out one after the other into one file, for printing;
// each keeps its own page numbers. done, which may be nil, is told after each
// one how many are laid out. Cancelling ctx stops it between two rows, and an
// error of the sequence ends it. Nothing is written to w unless all succeeded;
// until then only compressed pages are kept (some kilobytes each).
func WriteMany(ctx context.Context, w io.Writer, meta Meta, items iter.Seq2[Item, error], done func(int)) error {
	if meta.MadeAt.IsZero() {
		return broken(fmt.Errorf("page: no instant given"))
	}
	out := newFile()
	var nodes []int
	pages, first := 0, 0
	err := inBatches(ctx, items, done, func(b *printed) error {
		node := out.reserve()
		fonts := out.shared(b)
		kids := make([]int, 0, len(b.pages))
		for i := range b.pages {
			kids = append(kids, out.page(&b.pages[i], node, fonts))
		}
		out.pages(node, rootObject, kids, len(kids))
		if first == 0 {
			first = kids[0]
		}
		nodes, pages = append(nodes, node), pages+len(kids)
		out.flush()
		return nil
	})
	if err != nil {
		return err
	}
	if len(nodes) == 0 {
		return broken(fmt.Errorf("page: a file without a document"))
	}
	out.pages(rootObject, 0, nodes, pages)
	out.close(meta, first)
	return out.writeTo(w)
}

// WriteEach lays documents out and hands each one over as a file of its own, in
// order; n counts from 0. The bytes are the receiver's to keep. Its error, one
// of the sequence, or ctx ends the work; files already handed over stay good.
// A file's fonts hold the signs of its batch, so that its bytes (not its look)
// depend on its neighbours: the same sequence gives the same bytes.
func WriteEach(ctx context.Context, items iter.Seq2[Item, error], deliver func(n int, pdf []byte) error) error {
	n := 0
	return inBatches(ctx, items, nil, func(b *printed) error {
		for _, one := range b.docs {
			if err := ctx.Err(); err != nil {
				return err
			}
			out := newFile()
			fonts := out.shared(b)
			kids := make([]int, 0, one.last-one.first+1)
			for i := one.first; i <= one.last; i++ {
				kids = append(kids, out.page(&b.pages[i], rootObject, fonts))
			}
			out.pages(rootObject, 0, kids, len(kids))
			out.close(one.meta, kids[0])
			if err := deliver(n, out.bytes()); err != nil {
				return err
			}
			n++
		}
		return nil
	})
}

// drawn is where a document lies among its batch's pages, counted from 0.
type drawn struct {
	meta        Meta
	first, last int
}

// inBatches draws the documents and calls flush for each batch. gofpdf's panics
// become errors; those of the sequence or of flush would, too.
func inBatches(ctx context.Context, items iter.Seq2[Item, error], done func(int), flush func(*printed) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = broken(fmt.Errorf("panic: %v", p))
		}
	}()
	var d *Doc
	var docs []drawn
	count, squeeze := 0, newSqueezer()
	press := func() error {
		if d == nil {
			return nil
		}
		b, err := takeApart(d.pdf, docs, squeeze)
		if err != nil {
			return broken(err)
		}
		d, docs = nil, nil
		return flush(b)
	}
	for item, err := range items {
		if err != nil {
			return err
		}
		if d == nil {
			d = &Doc{ctx: ctx, pdf: newPDF(item.Meta)}
			d.pdf.SetCompression(false) // pages are compressed below, with one compressor for all
		}
		one, err := d.add(item)
		if err != nil {
			return err
		}
		docs = append(docs, one)
		if count++; done != nil {
			done(count)
		}
		if len(docs) >= batchDocs || d.pdf.PageNo() >= batchPages {
			if err := press(); err != nil {
				return err
			}
		}
	}
	return press()
}

// add draws one document after the others.
func (d *Doc) add(item Item) (drawn, error) {
	if item.Meta.MadeAt.IsZero() {
		return drawn{}, broken(fmt.Errorf("page: no instant given"))
	}
	d.meta = item.Meta
	first := d.pdf.PageNo()
	if err := item.Build(d); err != nil {
		return drawn{}, err
	}
	if err := d.ctx.Err(); err != nil {
		return drawn{}, err
	}
	if len(d.spans) == 0 {
		return drawn{}, broken(fmt.Errorf("page: a document without a section"))
	}
	d.closeSections()
	return drawn{meta: item.Meta, first: first, last: d.pdf.PageNo() - 1}, nil
}
