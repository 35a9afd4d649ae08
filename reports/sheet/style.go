package sheet

import (
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

type rowKind int

const (
	rowBody rowKind = iota
	rowTitle
	rowSubtitle
	rowHead
	rowGroup
	rowSubtotal
	rowTotal
	rowNote
)

type format int

const (
	formatPlain format = iota
	formatAdded
	formatDayName
)

// styleKey is all a style depends on; equal keys share one style.
type styleKey struct {
	row    rowKind
	kind   Kind
	format format
	wrap   bool
	guard  bool // text that looks like a formula
}

const (
	ink    = "18222B"
	muted  = "465766"
	strong = "7B8C99"
	rule   = "D5DDE3"
	shade  = "E8EDF1"
)

// The formats are written as the file wants them, in English signs; Excel in
// French shows 1 250,40 € and 24/11/2026.
const (
	fmtAdded   = `\+#,##0;\–#,##0`
	fmtMoney   = `#,##0.00\ "€";\-#,##0.00\ "€"`
	fmtDate    = `dd/mm/yyyy`
	fmtDayName = `[$-40C]ddd\ dd/mm/yyyy`
	fmtText    = `@`
)

func (k styleKey) numFmt() string {
	switch {
	case k.kind == KindText && k.guard:
		return fmtText // stays text even when edited again
	case k.kind == KindText:
		return ""
	case k.kind == KindMoney:
		return fmtMoney
	case k.kind == KindDate && k.format == formatDayName:
		return fmtDayName
	case k.kind == KindDate:
		return fmtDate
	case k.format == formatAdded:
		return fmtAdded
	}
	return "#,##0"
}

func (b *Book) style(k styleKey) (int, error) {
	if id, ok := b.styles[k]; ok {
		return id, nil
	}
	st := &excelize.Style{
		Font:      &excelize.Font{Family: "Calibri", Size: 11, Color: ink},
		Alignment: &excelize.Alignment{Vertical: "center", Horizontal: k.horizontal(), WrapText: k.wrap},
	}
	if nf := k.numFmt(); nf != "" && k.row != rowHead {
		st.CustomNumFmt = &nf
	}
	side := func(where, color string, style int) {
		st.Border = append(st.Border, excelize.Border{Type: where, Color: color, Style: style})
	}
	switch k.row {
	case rowTitle:
		st.Font.Size, st.Font.Bold = 16, true
		st.Alignment.WrapText = false
	case rowSubtitle, rowNote:
		st.Font.Color = muted
		st.Alignment.WrapText = false
	case rowHead:
		st.Font.Bold, st.Font.Color = true, muted
		st.Alignment.WrapText, st.Alignment.Vertical = true, "bottom"
		side("bottom", strong, 2)
	case rowGroup:
		st.Font.Bold = true
		st.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{shade}}
		st.Alignment.WrapText = false
	case rowSubtotal:
		st.Font.Bold = true
		side("top", strong, 1)
		side("bottom", strong, 1)
	case rowTotal:
		st.Font.Bold = true
		st.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{shade}}
		side("top", strong, 2)
	default:
		side("bottom", rule, 1)
	}
	id, err := b.file.NewStyle(st)
	if err == nil {
		b.styles[k] = id
	}
	return id, err
}

func (k styleKey) horizontal() string {
	if k.kind == KindText {
		return "left"
	}
	if k.kind == KindDate && k.row == rowHead {
		return "left"
	}
	if k.kind == KindDate {
		return "left"
	}
	return "right"
}

// height gives a row room for its wrapped text, in points: a stream's rows are
// not measured by LibreOffice, which would print one line over the other.
func (s *Sheet) height(kind rowKind, values []Value) float64 {
	const line, least, most = 15.0, 17.0, 405.0
	lines := 1
	for i, v := range values {
		if v.kind == KindText && i < len(s.layout.Columns) && (kind == rowHead || kind == rowBody && s.layout.Columns[i].Wrap) {
			lines = max(lines, wrappedLines(v.text, s.layout.Columns[i].Width))
		}
	}
	return min(max(least, float64(lines)*line+2), most)
}

// wrappedLines guesses into how many lines Excel will wrap text: width counts
// figures, and letters are about as wide; better one line too many.
func wrappedLines(text string, width float64) int {
	width = max(width-1.5, 3)
	lines := 0
	for _, para := range strings.Split(text, "\n") {
		lines++
		used := 0.0
		for _, word := range strings.Split(para, " ") {
			w := float64(utf8.RuneCountInString(word)) * 1.08
			if used > 0 && used+1+w > width {
				lines++
				used = 0
			}
			for ; w > width; w -= width { // a word longer than the column
				lines++
			}
			if used > 0 {
				used++
			}
			used += w
		}
	}
	return lines
}
