// Package preview is the room where a page of a PDF a family sent becomes a
// picture. The document is hostile until shown otherwise, so it is read by
// PDFium compiled to WebAssembly (no file, no network, bounded memory) in a
// child process of the program: what crashes or hangs there harms nothing.
// Nothing is written to disk but PDFium's own compiled code, kept as a cache.
package preview

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"ardoise/data/fault"
)

// ChildArg is the first argument by which the program knows it is the child.
const ChildArg = "preview-page"

const (
	timeout     = 30 * time.Second
	memoryPages = 4096 // of 64 KiB: 256 MB
	maxSide     = 4000 // points of the picture
)

// Page renders one page, counted from 0, and says how many there are. It runs
// the program itself (or the program named by exe) as a child.
func Page(ctx context.Context, exe string, pdf []byte, page, dpi int) (img image.Image, pages int, err error) {
	if exe == "" {
		if exe, err = os.Executable(); err != nil {
			return nil, 0, fault.Wrap(fault.Unavailable, err, "L’aperçu n’a pas pu démarrer. Ouvrez le document dans votre visionneuse.")
		}
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, exe, ChildArg, strconv.Itoa(page), strconv.Itoa(dpi))
	cmd.Stdin = bytes.NewReader(pdf)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return nil, 0, fault.Wrap(fault.Invalid, fmt.Errorf("%w: %s", err, errs.Bytes()), "Ce PDF ne s’affiche pas ici : il est abîmé ou protégé par un mot de passe. Demandez une autre copie à la famille.")
	}
	var n uint32
	if err := binary.Read(&out, binary.BigEndian, &n); err != nil {
		return nil, 0, fault.Wrap(fault.Unavailable, err, "L’aperçu n’a rien rendu. Recommencez.")
	}
	if img, err = png.Decode(&out); err != nil {
		return nil, 0, fault.Wrap(fault.Unavailable, err, "L’aperçu est illisible. Recommencez.")
	}
	return img, int(n), nil
}

// Child is the child's whole life: a PDF on standard input, the page count (4
// bytes) and a PNG on standard output. args are what follows ChildArg.
func Child(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	if len(args) != 2 {
		return fmt.Errorf("preview: want page and dpi, got %q", args)
	}
	page, err := strconv.Atoi(args[0])
	if err != nil {
		return fmt.Errorf("preview: page: %w", err)
	}
	dpi, err := strconv.Atoi(args[1])
	if err != nil {
		return fmt.Errorf("preview: dpi: %w", err)
	}
	pdf, err := io.ReadAll(in)
	if err != nil {
		return fmt.Errorf("preview: reading: %w", err)
	}
	return render(ctx, pdf, page, dpi, out)
}

func render(ctx context.Context, pdf []byte, page, dpi int, out io.Writer) (err error) {
	cfg := wazero.NewRuntimeConfig().
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
		WithMemoryLimitPages(memoryPages).WithCloseOnContextDone(true)
	if dir, err := os.UserCacheDir(); err == nil {
		if cache, err := wazero.NewCompilationCacheWithDir(filepath.Join(dir, "ardoise", "pdfium")); err == nil {
			cfg = cfg.WithCompilationCache(cache)
			defer func() { err = closing(err, cache.Close(ctx)) }()
		}
	}
	pool, err := webassembly.Init(webassembly.Config{
		Context: ctx, MaxIdle: 1, MaxTotal: 1, RuntimeConfig: cfg, FSConfig: wazero.NewFSConfig(), Stdout: io.Discard, Stderr: io.Discard,
	})
	if err != nil {
		return fmt.Errorf("preview: start: %w", err)
	}
	defer func() { err = closing(err, pool.Close()) }()
	inst, err := pool.GetInstance(timeout)
	if err != nil {
		return fmt.Errorf("preview: instance: %w", err)
	}
	doc, err := inst.OpenDocument(&requests.OpenDocument{File: &pdf})
	if err != nil {
		return fmt.Errorf("preview: open: %w", err)
	}
	count, err := inst.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: doc.Document})
	if err != nil {
		return fmt.Errorf("preview: count: %w", err)
	}
	if page < 0 || page >= count.PageCount {
		return fmt.Errorf("preview: page %d of %d", page, count.PageCount)
	}
	at := requests.Page{ByIndex: &requests.PageByIndex{Document: doc.Document, Index: page}}
	size, err := inst.GetPageSizeInPixels(&requests.GetPageSizeInPixels{Page: at, DPI: dpi})
	if err != nil {
		return fmt.Errorf("preview: size: %w", err)
	}
	if size.Width > maxSide || size.Height > maxSide {
		return fmt.Errorf("preview: page of %d by %d points is too large", size.Width, size.Height)
	}
	img, err := inst.RenderPageInDPI(&requests.RenderPageInDPI{Page: at, DPI: dpi})
	if err != nil {
		return fmt.Errorf("preview: render: %w", err)
	}
	defer img.Cleanup()
	if err := binary.Write(out, binary.BigEndian, uint32(count.PageCount)); err != nil {
		return fmt.Errorf("preview: write: %w", err)
	}
	return png.Encode(out, img.Result.RenderedImage)
}

func closing(err, closed error) error {
	if err != nil {
		return err
	}
	return closed
}
