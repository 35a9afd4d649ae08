package sheet

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"sort"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

// pageSetUp makes the sheet print well on A4: as wide as the paper, as many
// pages high as it takes, with who, when and which version.
func (s *Sheet) pageSetUp() error {
	f := s.book.file
	on, a4, wide, high := true, 9, 1, 0
	if err := f.SetSheetProps(s.name, &excelize.SheetPropsOptions{FitToPage: &on}); err != nil {
		return err
	}
	orientation := "portrait"
	if s.layout.Landscape {
		orientation = "landscape"
	}
	if err := f.SetPageLayout(s.name, &excelize.PageLayoutOptions{
		Size: &a4, Orientation: &orientation, FitToWidth: &wide, FitToHeight: &high,
	}); err != nil {
		return err
	}
	side, top, edge := 0.5, 0.85, 0.35 // inches
	if err := f.SetPageMargins(s.name, &excelize.PageLayoutMarginsOptions{
		Left: &side, Right: &side, Top: &top, Bottom: &top, Header: &edge, Footer: &edge,
	}); err != nil {
		return err
	}
	off := false
	if err := f.SetSheetView(s.name, 0, &excelize.ViewOptions{ShowGridLines: &off}); err != nil {
		return err
	}
	i := s.book.info
	header := "&L" + headText(join(i.Commune, i.Service), 90) + "&R" + headText(i.Notice, 40)
	footer := "&L" + headText(i.Version, 60) + "&C" + headText(made(i.MadeAt), 60) + "&RPage &P/&N"
	return f.SetHeaderFooter(s.name, &excelize.HeaderFooterOptions{OddHeader: header, OddFooter: footer})
}

// headText makes text safe inside a header: && is one &, the whole header has
// at most 255 units, line ends would begin a second line.
func headText(text string, limit int) string {
	text = strings.TrimSpace(strings.NewReplacer("\n", " ", "\t", " ").Replace(Clean(text)))
	var b strings.Builder
	n := 0
	for _, r := range text {
		piece := string(r)
		if r == '&' {
			piece = "&&"
		}
		size := len(utf16.Encode([]rune(piece)))
		if n+size > limit-1 {
			b.WriteString("…")
			break
		}
		n += size
		b.WriteString(piece)
	}
	return b.String()
}

// finish closes the stream once the last row is known.
func (s *Sheet) finish() error {
	f, cols := s.book.file, max(len(s.layout.Columns), 1)
	last, err := excelize.ColumnNumberToName(cols)
	if err != nil {
		return err
	}
	end := max(s.row, s.head)
	quoted := "'" + strings.ReplaceAll(s.name, "'", "''") + "'!"
	names := map[string]string{
		"_xlnm.Print_Area":   fmt.Sprintf("%s$A$1:$%s$%d", quoted, last, end),
		"_xlnm.Print_Titles": fmt.Sprintf("%s$%d:$%d", quoted, s.head, s.head),
	}
	for _, name := range []string{"_xlnm.Print_Area", "_xlnm.Print_Titles"} {
		if err := f.SetDefinedName(&excelize.DefinedName{Name: name, RefersTo: names[name], Scope: s.name}); err != nil {
			return err
		}
	}
	if s.layout.Filter && s.body > s.head {
		if err := f.AutoFilter(s.name, fmt.Sprintf("A%d:%s%d", s.head, last, s.body), nil); err != nil {
			return err
		}
	}
	return s.stream.Flush()
}

// uniqueName makes a name Excel accepts, different from the ones before it.
func (b *Book) uniqueName(name string) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]`, r) || r == '\n' || r == '\t' {
			return ' '
		}
		return r
	}, Clean(name))
	name = strings.Trim(strings.TrimSpace(name), "'")
	base := clip(name, 31)
	if base == "" || strings.EqualFold(base, "History") || strings.EqualFold(base, "Historique") {
		base = clip("Feuille "+base, 31) // names Excel keeps for itself
	}
	unique := base
	for n := 2; b.names[strings.ToLower(unique)]; n++ {
		suffix := fmt.Sprintf(" (%d)", n)
		unique = clip(base, 31-len(suffix)) + suffix
	}
	b.names[strings.ToLower(unique)] = true
	return unique
}

// clip cuts text to at most limit UTF-16 units, which is how Excel counts.
func clip(text string, limit int) string {
	n := 0
	for i, r := range text {
		size := 1
		if r > 0xFFFF {
			size = 2
		}
		if n+size > limit {
			return strings.Trim(strings.TrimSpace(text[:i]), "'")
		}
		n += size
	}
	return strings.TrimSpace(text)
}

// sortedZip writes the parts of a workbook in the order of their names: excelize
// takes its streams from a map, and the same day must give the same bytes.
type sortedZip struct {
	w     io.Writer
	names []string
	parts map[string]*bytes.Buffer
}

func newSortedZip(w io.Writer) excelize.ZipWriter {
	return &sortedZip{w: w, parts: map[string]*bytes.Buffer{}}
}

// Create begins a part.
func (z *sortedZip) Create(name string) (io.Writer, error) {
	if _, ok := z.parts[name]; !ok {
		z.names = append(z.names, name)
	}
	z.parts[name] = new(bytes.Buffer)
	return z.parts[name], nil
}

// AddFS is part of excelize's interface; this package adds no file system.
func (z *sortedZip) AddFS(fs.FS) error { return fmt.Errorf("sheet: no file system in a workbook") }

// Close writes all parts.
func (z *sortedZip) Close() error {
	out := zip.NewWriter(z.w)
	// The list of content types comes first, as readers of streams like it.
	sort.Slice(z.names, func(i, j int) bool {
		a, b := z.names[i], z.names[j]
		if (a[0] == '[') != (b[0] == '[') {
			return a[0] == '['
		}
		return a < b
	})
	for _, name := range z.names {
		part, err := out.Create(name)
		if err != nil {
			return err
		}
		if _, err := z.parts[name].WriteTo(part); err != nil {
			return err
		}
	}
	return out.Close()
}
